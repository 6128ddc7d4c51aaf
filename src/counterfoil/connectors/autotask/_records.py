"""Lists: vendors and customers, both of them companies, and items, which are products.

Source: reference sections 11.6 to 11.8; features I1 and I2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec

from counterfoil.connectors.called import Reader, clean_line, unsupported
from counterfoil.documents import (
    Address,
    Contact,
    Customer,
    InvalidDocument,
    InventorySite,
    Item,
    ListRecord,
    Money,
    RecordKind,
    Vendor,
    refuse,
)
from counterfoil.documents.records import Party
from counterfoil.engine.operations import (
    CreateRecord,
    Done,
    Missing,
    Outcome,
    Page,
    ReadRecords,
    Refused,
    Unreadable,
)

from ._client import OWN_ORGANISATION, AutotaskClient, Record
from ._errors import NAME
from ._query import Condition, Query, above, among, is_
from ._visible import Names, Visible, identity_in

__all__ = ["KINDS", "Records", "item_of", "none_visible", "row_of"]

KINDS: Final = (
    RecordKind.VENDOR,
    RecordKind.CUSTOMER,
    RecordKind.ITEM,
    RecordKind.INVENTORY_SITE,
)
_PARTIES: Final[Mapping[RecordKind, type[Vendor | Customer]]] = {
    RecordKind.VENDOR: Vendor,
    RecordKind.CUSTOMER: Customer,
}
# Words of the companies' types; where they are others, the usual values.
_TYPES: Final[Mapping[RecordKind, tuple[str, int]]] = {
    RecordKind.VENDOR: ("vendor", 7),
    RecordKind.CUSTOMER: ("customer", 1),
}


class Records:
    """The list records of one batch."""

    def __init__(self, client: AutotaskClient, visible: Visible, names: Names) -> None:
        self._client = client
        self._visible = visible
        self._names = names

    def read(self, operation: ReadRecords) -> Outcome:
        """Give a whole list; one that shows nothing at all is none."""
        if operation.kind not in KINDS:
            return unsupported(NAME, f"it has no list of {operation.kind.words}s")
        raw = self._listed(operation.kind)
        if not raw and not self._sees_others(operation.kind):
            return none_visible(f"no {operation.kind.words}")
        parse = self._parser(operation.kind)
        records, unreadable = [], []
        for each in raw:
            try:
                records.append(parse(each))
            except InvalidDocument as error:
                unreadable.append(row_of(each, error))
        return Done(
            page=Page(
                records=tuple(records),
                unreadable=tuple(unreadable),
                is_snapshot=all(each.id is not None for each in unreadable),
            )
        )

    def _listed(self, kind: RecordKind) -> tuple[Record, ...]:
        if kind in _WHOLE:
            return self._visible.query(Query.of(_WHOLE[kind], is_whole=True))
        found = self._visible.query(Query.of("Companies", self._of_type(kind), is_whole=True))
        # The tenant itself is neither vendor nor customer.
        return tuple(each for each in found if identity_in(each, "id") != OWN_ORGANISATION)

    def _sees_others(self, kind: RecordKind) -> bool:
        """Whether companies of another type are visible, so that there are none of this one."""
        others = Query.of("Companies", above("id", OWN_ORGANISATION))
        return kind in _PARTIES and self._visible.count(others) > 0

    def _of_type(self, kind: RecordKind) -> Condition:
        """Say which companies a list holds: vendors, or everybody else."""
        labels = self._names.labels("Companies", "companyType")
        vendor = self._type(RecordKind.VENDOR)
        if kind is RecordKind.VENDOR:
            return is_("companyType", vendor)
        return among("companyType", sorted({*labels, self._type(kind)} - {vendor}))

    def _type(self, kind: RecordKind) -> int:
        word, usual = _TYPES[kind]
        labels = self._names.labels("Companies", "companyType")
        named = (value for value, label in labels.items() if label.strip().lower() == word)
        return next(named, usual)

    def _parser(self, kind: RecordKind) -> Callable[[Record], ListRecord]:
        if kind in _PARSERS:
            return _PARSERS[kind]
        party = _PARTIES[kind]
        return lambda raw: _party_of(raw, party)

    # --- Writes ----------------------------------------------------------------------------

    def create(self, operation: CreateRecord) -> Outcome:
        """Add a company of the type that its kind says; one of that name is not added again."""
        record = operation.record
        if operation.kind not in _PARTIES or not isinstance(record, Party):
            return unsupported(NAME, f"a {operation.kind.words} cannot be created there")
        known = self._named(operation)
        if known is not None:
            return Done(id=known.id, record=known, note=f"“{record.full_name}” was already there.")
        phone = record.contact.phone if record.contact is not None else None
        if not phone:
            return Refused(
                refuse(
                    "value-unfit",
                    where="contact.phone",
                    value="",
                    field=f"The telephone number of “{record.full_name}”",
                    target=NAME,
                    problem="every organization has to have one there",
                )
            )
        own = self._client.get("Companies", OWN_ORGANISATION)
        owner = None if own is None else identity_in(own, "ownerResourceID")
        values = _company_values(record, phone, self._type(operation.kind), owner)
        id_ = self._client.create("Companies", values)
        self._visible.forget()
        return Done(id=str(id_), record=msgspec.structs.replace(record, id=str(id_)))

    def recover(self, operation: CreateRecord) -> Outcome:
        """Look for a company of that name."""
        known = self._named(operation)
        if known is None:
            return Missing("No organization of that name and type is there.")
        return Done(id=known.id, record=known)

    def _named(self, operation: CreateRecord) -> ListRecord | None:
        """Find the record of that name; capital letters do not count.

        Raises:
            InvalidDocument: It is there and cannot be read.
        """
        self._visible.forget()
        name = is_("companyName", operation.record.full_name)
        query = Query.of("Companies", name, self._of_type(operation.kind))
        found = self._visible.believed(lambda: self._visible.query(query))
        return self._parser(operation.kind)(found[0]) if found else None


def _company_values(record: Party, phone: str, type_: int, owner: int | None) -> dict[str, Any]:
    address = record.billing_address or record.delivery_address or Address()
    street = [*address.lines, "", ""]
    values: dict[str, Any] = {
        "companyName": record.full_name,
        "companyType": type_,
        "phone": phone,
        "isActive": True,
        "ownerResourceID": owner,
        "address1": street[0],
        "address2": street[1],
        "city": address.city,
        "state": address.state,
        "postalCode": address.postal_code,
        "taxID": record.tax_number,
    }
    return {field: value for field, value in values.items() if value not in {None, ""}}


def _party_of(raw: Record, party: type[Vendor | Customer]) -> Vendor | Customer:
    reader = Reader(raw)
    name = clean_line(reader.named("companyName"), 255)
    phone = reader.text("phone")
    lines = (reader.text("address1"), reader.text("address2"))
    address = Address(
        lines=tuple(line for line in lines if line),
        city=reader.text("city"),
        state=reader.text("state"),
        postal_code=reader.text("postalCode"),
    )
    return party(
        id=reader.own_identity("id"),
        name=name,
        full_name=name,
        is_active=reader.flag("isActive", default=True),
        billing_address=None if address == Address() else address,
        contact=None if phone is None else Contact(phone=phone),
        tax_number=reader.text("taxID"),
        custom_fields=reader.pairs("userDefinedFields"),
    )


def item_of(raw: Record) -> Item:
    """Make an item of a product; costs are hidden from some users, and ``None`` then.

    Raises:
        InvalidDocument: Naming the field.
    """
    reader = Reader(raw)
    name = clean_line(reader.named("name"), 255)
    cost, price = reader.decimal("unitCost"), reader.decimal("unitPrice")
    return Item(
        id=reader.own_identity("id"),
        name=name,
        full_name=name,
        is_active=reader.flag("isActive", default=True),
        description=reader.text("description"),
        sales_price=None if price is None else Money(price),
        purchase_cost=None if cost is None else Money(cost),
        manufacturer_number=reader.text("manufacturerProductName"),
        custom_fields=reader.pairs("userDefinedFields"),
    )


def _site_of(raw: Record) -> InventorySite:
    """Make a site of an inventory location."""
    reader = Reader(raw)
    name = clean_line(reader.named("locationName"), 255)
    return InventorySite(
        id=reader.own_identity("id"),
        name=name,
        full_name=name,
        is_active=reader.flag("isActive", default=True),
        is_default=reader.flag("isDefault", default=False),
    )


# Lists that are an entity of their own, and how a record of theirs is read.
_WHOLE: Final[Mapping[RecordKind, str]] = {
    RecordKind.ITEM: "Products",
    RecordKind.INVENTORY_SITE: "InventoryLocations",
}
_PARSERS: Final[Mapping[RecordKind, Callable[[Record], ListRecord]]] = {
    RecordKind.ITEM: item_of,
    RecordKind.INVENTORY_SITE: _site_of,
}


def row_of(raw: Record, error: InvalidDocument) -> Unreadable:
    """Tell of a record that makes none."""
    id_ = identity_in(raw, "id")
    return Unreadable(
        id=None if id_ is None else str(id_),
        field=error.where,
        value=clean_line(error.value),
        problem=error.sentence,
    )


def none_visible(what: str) -> Refused:
    """Answer where nothing at all is shown: there may be none, or no right to see any."""
    return Refused(
        refuse(
            "permission-missing",
            target=NAME,
            problem=f"{what} is visible to the API user: there is none, or its security level "
            "does not let it see them",
        )
    )
