"""Clients, products, suppliers and orders: from JSON to our documents and back.

Pure.  What documents refer to in Fusion Operations is the *code*, so a record's ``name`` and
``full_name`` are its code and a ``Reference`` holds a code; the descriptive name goes to
``company_name`` or ``description``.  A colon in a code means nothing there.

A record keeps what can be read of it: a fact other than its id, code and whether it is active
may be spoilt, then it is left out and told in ``spoilt``.  Of an order nothing is left out.

An order's lines are those of all its deliveries, one after another.  A line has no id in
the service; ours is the delivery's key and the line's place in it: ``2011:1``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

from counterfoil.connectors.called import Json, Reader, clean_line, fold, render_day
from counterfoil.documents import (
    Address,
    Contact,
    Customer,
    CustomField,
    DocumentStatus,
    InvalidDocument,
    Item,
    Money,
    OrderLine,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    Reference,
    SalesOrder,
    Vendor,
    validated,
)

from ._fields import FieldMap

__all__ = [
    "PURCHASES",
    "SALES",
    "Side",
    "merge_for_put",
    "money",
    "order_parts",
    "parse_client",
    "parse_product",
    "parse_purchase_order",
    "parse_sales_order",
    "parse_supplier",
    "reference",
    "render_client",
    "render_product",
    "render_purchase_order",
    "render_sales_order",
    "render_supplier",
    "same_order",
    "status",
    "with_pairs",
    "written",
]


_Made = TypeVar("_Made")

# --- Parts ------------------------------------------------------------------------------------


def reference(code: str | None) -> Reference | None:
    """Point to a record by its code."""
    return None if code is None else Reference(code)


def money(amount: Decimal | None) -> Money | None:
    """Give an amount in the company's own currency, which the service never names."""
    return None if amount is None else Money(amount)


def _quantity(number: Decimal | None) -> Quantity | None:
    return None if number is None else Quantity(number)


def status(reader: Reader, name: str, fields: FieldMap) -> DocumentStatus:
    """Read a status word; absent means open.

    Raises:
        InvalidDocument: A word the field map does not know.  Guessing could send a
            document that was withdrawn.
    """
    word = reader.text(name)
    if word is None:
        return DocumentStatus.OPEN
    ours = fields.status(word)
    if ours is None:
        raise InvalidDocument(
            reader.path(name),
            word,
            f"is a status Counterfoil does not know; map it as status.{clean_line(word).lower()}",
        )
    return DocumentStatus(ours)


def _address(reader: Reader, name: str, fields: FieldMap) -> Address | None:
    """Read an address that is free text (line by line) or an object."""
    found = reader.value(name)
    if isinstance(found, Mapping):
        return _postal(Reader(found, reader.path(name)), fields)
    text = reader.text(name)
    return None if text is None else Address(tuple(_lines(text)))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _postal(reader: Reader, fields: FieldMap) -> Address:
    return Address(
        lines=tuple(_lines(reader.text(fields["address.address"]) or "")),
        city=reader.text(fields["address.city"]),
        state=reader.text(fields["address.state"]),
        postal_code=reader.text(fields["address.postal-code"]),
        country=reader.text(fields["address.country"]),
    )


def _default(readers: list[Reader], name: str) -> Reader | None:
    """The element marked as default, else the first."""
    marked = (reader for reader in readers if reader.flag(name, default=False))
    return next(marked, readers[0] if readers else None)


def _contact(reader: Reader, fields: FieldMap) -> Contact:
    return Contact(
        name=reader.text(fields["contact.name"]),
        phone=reader.text(fields["contact.phone"]),
        email=reader.text(fields["contact.email"]),
    )


def written(address: Address | None) -> str | None:
    """Write an address as the free text of an order."""
    if address is None:
        return None
    town = " ".join(filter(None, (address.city, address.state, address.postal_code)))
    return "\n".join(filter(None, (*address.lines, town, address.country))) or None


def _number(value: Decimal) -> str:
    return format(value, "f")


def _pairs(custom_fields: tuple[CustomField, ...]) -> list[dict[str, str]]:
    return [{"name": field.name, "value": field.value} for field in custom_fields]


def _filled(properties: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is not said."""
    return {name: value for name, value in properties.items() if value not in (None, [], {})}


# --- Records ----------------------------------------------------------------------------------


Spoilt = list[InvalidDocument] | None
"""Where facts that could not be read are told; ``None``: the first one is raised."""


def _spared(read: Callable[[], _Made], spoilt: Spoilt) -> _Made | None:
    """Read a fact without which a record can be used."""
    try:
        return read()
    except InvalidDocument as error:
        if spoilt is None:
            raise
        spoilt.append(error)
        return None


def _client_address(reader: Reader, fields: FieldMap) -> Address | None:
    found = _default(reader.records(fields["client.addresses"]), fields["address.default"])
    return None if found is None else _postal(found, fields)


def _client_contact(reader: Reader, fields: FieldMap) -> Contact | None:
    found = _default(reader.records(fields["client.contacts"]), fields["contact.default"])
    return None if found is None else _contact(found, fields)


def parse_client(raw: object, zone: tzinfo, fields: FieldMap, spoilt: Spoilt = None) -> Customer:
    """Read a client.

    Raises:
        InvalidDocument: From this and every function of the family: names the property.
    """
    reader = Reader(raw)
    code = reader.required(fields["client.code"])
    return validated(
        Customer,
        {
            "id": reader.own_identity(fields["client.id"]),
            "name": code,
            "full_name": code,
            "is_active": reader.flag(fields["client.active"], default=True),
            "company_name": _spared(lambda: reader.text(fields["client.name"]), spoilt),
            "billing_address": _spared(lambda: _client_address(reader, fields), spoilt),
            "contact": _spared(lambda: _client_contact(reader, fields), spoilt),
            "tax_number": _spared(lambda: reader.text(fields["client.vat-number"]), spoilt),
        },
    )


def parse_supplier(raw: object, zone: tzinfo, fields: FieldMap, spoilt: Spoilt = None) -> Vendor:
    """Read a supplier; its address is one free text."""
    reader = Reader(raw)
    code = reader.required(fields["supplier.code"])
    contact = Contact(
        phone=_spared(lambda: reader.text(fields["supplier.phone"]), spoilt),
        email=_spared(lambda: reader.text(fields["supplier.email"]), spoilt),
    )
    return validated(
        Vendor,
        {
            "id": reader.own_identity(fields["supplier.id"]),
            "name": code,
            "full_name": code,
            "is_active": reader.flag(fields["supplier.active"], default=True),
            "company_name": _spared(lambda: reader.text(fields["supplier.name"]), spoilt),
            "billing_address": _spared(
                lambda: _address(reader, fields["supplier.address"], fields), spoilt
            ),
            "contact": None if contact == Contact() else contact,
            "tax_number": _spared(lambda: reader.text(fields["supplier.vat-number"]), spoilt),
        },
    )


def parse_product(raw: object, zone: tzinfo, fields: FieldMap, spoilt: Spoilt = None) -> Item:
    """Read a product; its type is not Fusion Operations' concern."""
    reader = Reader(raw)
    code = reader.required(fields["product.code"])
    return validated(
        Item,
        {
            "id": reader.own_identity(fields["product.id"]),
            "name": code,
            "full_name": code,
            "is_active": reader.flag(fields["product.active"], default=True),
            "description": _spared(lambda: reader.text(fields["product.name"]), spoilt),
            "notes": _spared(lambda: reader.text(fields["product.observations"]), spoilt),
            "unit": _spared(lambda: reader.text(fields["product.unit"]), spoilt),
            "tags": _spared(lambda: reader.labels(fields["product.tags"]), spoilt) or (),
            "custom_fields": _spared(lambda: reader.pairs(fields["product.custom-fields"]), spoilt)
            or (),
        },
    )


def render_client(customer: Customer, zone: tzinfo, fields: FieldMap) -> dict[str, Any]:
    """Write a client: the code is the full name, the name what is printed on papers."""
    address, contact = customer.billing_address, customer.contact
    addresses = []
    if address is not None:
        addresses.append(
            _filled(
                {
                    fields["address.code"]: "MAIN",
                    fields["address.name"]: customer.company_name or customer.full_name,
                    fields["address.address"]: "\n".join(address.lines) or None,
                    fields["address.city"]: address.city,
                    fields["address.state"]: address.state,
                    fields["address.postal-code"]: address.postal_code,
                    fields["address.country"]: address.country,
                    fields["address.default"]: True,
                }
            )
        )
    contacts = []
    if contact is not None and contact != Contact():
        contacts.append(
            _filled(
                {
                    fields["contact.name"]: contact.name,
                    fields["contact.phone"]: contact.phone,
                    fields["contact.email"]: contact.email,
                    fields["contact.default"]: True,
                }
            )
        )
    return _filled(
        {
            fields["client.code"]: customer.full_name,
            fields["client.name"]: customer.company_name or customer.full_name,
            fields["client.vat-number"]: customer.tax_number,
            fields["client.addresses"]: addresses,
            fields["client.contacts"]: contacts,
        }
    )


def render_supplier(vendor: Vendor, zone: tzinfo, fields: FieldMap) -> dict[str, Any]:
    """Write a supplier; its name is mandatory there."""
    contact = vendor.contact or Contact()
    return _filled(
        {
            fields["supplier.code"]: vendor.full_name,
            fields["supplier.name"]: vendor.company_name or vendor.full_name,
            fields["supplier.vat-number"]: vendor.tax_number,
            fields["supplier.address"]: written(vendor.billing_address),
            fields["supplier.phone"]: contact.phone,
            fields["supplier.email"]: contact.email,
        }
    )


def render_product(item: Item, zone: tzinfo, fields: FieldMap) -> dict[str, Any]:
    """Write a product: the code is the full name (DOC-8 has cut it where it shall)."""
    return _filled(
        {
            fields["product.code"]: item.full_name,
            fields["product.name"]: item.description or item.full_name,
            fields["product.observations"]: item.notes,
            fields["product.unit"]: item.unit,
            fields["product.tags"]: [*item.tags],
            fields["product.custom-fields"]: _pairs(item.custom_fields),
        }
    )


# --- Orders -----------------------------------------------------------------------------------


class Side(NamedTuple):
    """How sales and purchase orders differ in words, as keys of the field map."""

    order: str
    parts: str
    part: str
    line: str
    moved: str
    value: str
    on: str


SALES = Side(
    "sales-order", "shippings", "shipping", "sales-line", "quantity-shipped", "unit-price",
    "shipped-date",
)  # fmt: skip
PURCHASES = Side(
    "purchase-order", "receivings", "receiving", "purchase-line", "quantity-received",
    "unit-cost", "received-date",
)  # fmt: skip


def order_parts(
    order: Reader, order_id: str, side: Side, fields: FieldMap
) -> list[tuple[str, Reader, list[Reader]]]:
    """Give an order's deliveries: key, the object that tells about it, its lines.

    A tenant that nests none has all lines in the order itself: one delivery.  The key is
    the delivery's id, else the order's id and its place: ``1007:1``.
    """
    products = fields[f"{side.order}.products"]
    nested = order.records(fields[f"{side.order}.{side.parts}"])
    if not nested:
        return [(f"{order_id}:1", order, order.records(products))]
    own, inner = fields[f"{side.part}.id"], fields[f"{side.part}.products"]
    return [
        (part.identity(own) or f"{order_id}:{index}", part, part.records(inner))
        for index, part in enumerate(nested, start=1)
    ]


def parse_sales_order(raw: object, zone: tzinfo, fields: FieldMap) -> SalesOrder:
    """Read a sales order with the lines of all its shippings."""
    reader = Reader(raw)
    id_ = reader.own_identity(fields["sales-order.id"])
    parts = order_parts(reader, id_, SALES, fields)
    due = [part.day(fields["shipping.due-date"], zone) for _, part, _ in parts]
    state = status(reader, fields["sales-order.status"], fields)
    if state is DocumentStatus.OPEN and reader.flag(fields["sales-order.archived"], default=False):
        state = DocumentStatus.CLOSED
    return validated(
        SalesOrder,
        {
            "id": id_,
            "number": reader.required(fields["sales-order.code"]),
            "status": state,
            "custom_fields": reader.pairs(fields["sales-order.custom-fields"]),
            "customer": reference(reader.code(fields["sales-order.client"])),
            "sales_channel": reader.text(fields["sales-order.marketplace"]),
            "created_on": reader.day(fields["sales-order.creation-date"], zone),
            "due_on": min((day for day in due if day is not None), default=None),
            "billing_address": _address(reader, fields["sales-order.billing-address"], fields),
            "delivery_address": _address(parts[0][1], fields["shipping.delivery-address"], fields),
            "memo": reader.text(fields["sales-order.observations"]),
            "lines": tuple(
                _sales_line(line, f"{key}:{index}", fields)
                for key, _, lines in parts
                for index, line in enumerate(lines, start=1)
            ),
        },
    )


def _sales_line(reader: Reader, id_: str, fields: FieldMap) -> OrderLine:
    shipped = reader.decimal(fields["sales-line.quantity-shipped"])
    return OrderLine(
        id=id_,
        item=reference(reader.required(fields["sales-line.product"])),
        quantity=_quantity(reader.decimal(fields["sales-line.quantity-ordered"])),
        delivered=_quantity(shipped) if shipped else None,
        unit_price=money(reader.decimal(fields["sales-line.unit-price"])),
        amount=money(reader.decimal(fields["sales-line.price"])),
        notes=reader.text(fields["sales-line.observations"]),
        custom_fields=reader.pairs(fields["sales-line.parameters"]),
    )


def parse_purchase_order(raw: object, zone: tzinfo, fields: FieldMap) -> PurchaseOrder:
    """Read a purchase order with the lines of all its receivings.

    Before its approval, or while inactive, it is a draft; rejected, it is cancelled.
    """
    reader = Reader(raw)
    id_ = reader.own_identity(fields["purchase-order.id"])
    parts = order_parts(reader, id_, PURCHASES, fields)
    due = [part.day(fields["receiving.due-date"], zone) for _, part, _ in parts]
    state = status(reader, fields["purchase-order.approval-status"], fields)
    if state is DocumentStatus.OPEN:
        state = status(reader, fields["purchase-order.status"], fields)
    if state is DocumentStatus.OPEN and not reader.flag(
        fields["purchase-order.active"], default=True
    ):
        state = DocumentStatus.DRAFT
    return validated(
        PurchaseOrder,
        {
            "id": id_,
            "number": reader.required(fields["purchase-order.code"]),
            "status": state,
            "custom_fields": reader.pairs(fields["purchase-order.custom-fields"]),
            "vendor": reference(reader.code(fields["purchase-order.supplier"])),
            "created_on": reader.day(fields["purchase-order.creation-date"], zone),
            "due_on": min((day for day in due if day is not None), default=None),
            "memo": reader.text(fields["purchase-order.notes"]),
            "message_to_vendor": reader.text(fields["purchase-order.external-notes"]),
            "lines": tuple(
                _purchase_line(line, f"{key}:{index}", fields)
                for key, _, lines in parts
                for index, line in enumerate(lines, start=1)
            ),
        },
    )


def _purchase_line(reader: Reader, id_: str, fields: FieldMap) -> PurchaseLine:
    return PurchaseLine(
        id=id_,
        item=reference(reader.required(fields["purchase-line.product"])),
        quantity=_quantity(reader.decimal(fields["purchase-line.quantity-ordered"])),
        unit_cost=money(reader.decimal(fields["purchase-line.unit-cost"])),
        amount=money(reader.decimal(fields["purchase-line.cost"])),
        notes=reader.text(fields["purchase-line.observations"]),
    )


def render_sales_order(order: SalesOrder, zone: tzinfo, fields: FieldMap) -> dict[str, Any]:
    """Write a sales order with one shipping that holds all lines which name an item.

    Dates are the company's midnights.  A price is left out where the line names none.
    """
    shipping = {
        fields["shipping.due-date"]: order.due_on and render_day(order.due_on, zone),
        fields["shipping.delivery-address"]: written(order.delivery_address),
        fields["shipping.products"]: [
            _filled(
                {
                    fields["sales-line.product"]: line.item.name,
                    fields["sales-line.quantity-ordered"]: line.quantity
                    and _number(line.quantity.value),
                    fields["sales-line.unit-price"]: line.unit_price
                    and _number(line.unit_price.amount),
                    fields["sales-line.observations"]: line.notes or line.description,
                    fields["sales-line.parameters"]: _pairs(line.custom_fields),
                }
            )
            for line in order.lines
            if line.item is not None
        ],
    }
    return _filled(
        {
            fields["sales-order.code"]: order.number,
            fields["sales-order.creation-date"]: order.created_on
            and render_day(order.created_on, zone),
            fields["sales-order.client"]: order.customer and order.customer.name,
            fields["sales-order.marketplace"]: order.sales_channel,
            fields["sales-order.billing-address"]: written(order.billing_address),
            fields["sales-order.observations"]: order.memo,
            fields["sales-order.custom-fields"]: _pairs(order.custom_fields),
            fields["sales-order.shippings"]: [_filled(shipping)],
        }
    )


def render_purchase_order(order: PurchaseOrder, zone: tzinfo, fields: FieldMap) -> dict[str, Any]:
    """Write a purchase order with one receiving that holds all lines which name an item."""
    receiving = {
        fields["receiving.due-date"]: order.due_on and render_day(order.due_on, zone),
        fields["receiving.products"]: [
            _filled(
                {
                    fields["purchase-line.product"]: line.item.name,
                    fields["purchase-line.quantity-ordered"]: line.quantity
                    and _number(line.quantity.value),
                    fields["purchase-line.unit-cost"]: line.unit_cost
                    and _number(line.unit_cost.amount),
                    fields["purchase-line.observations"]: line.notes or line.description,
                }
            )
            for line in order.lines
            if line.item is not None
        ],
    }
    return _filled(
        {
            fields["purchase-order.code"]: order.number,
            fields["purchase-order.supplier"]: order.vendor and order.vendor.name,
            fields["purchase-order.creation-date"]: order.created_on
            and render_day(order.created_on, zone),
            fields["purchase-order.notes"]: order.memo,
            fields["purchase-order.external-notes"]: order.message_to_vendor,
            fields["purchase-order.custom-fields"]: _pairs(order.custom_fields),
            fields["purchase-order.receivings"]: [_filled(receiving)],
        }
    )


def same_order(sent: SalesOrder | PurchaseOrder, found: SalesOrder | PurchaseOrder) -> bool:
    """Whether an order found under our number is the one we sent.

    The service keeps no key of ours, so after a lost answer this is all there is: number,
    party, and each line's item, quantity and price.  Texts and dates may have been edited
    or normalised since.
    """
    return _essence(sent) == _essence(found)


def _essence(order: SalesOrder | PurchaseOrder) -> tuple[object, ...]:
    party = order.customer if isinstance(order, SalesOrder) else order.vendor
    lines = [
        (
            line.item.name.strip(),
            line.quantity and line.quantity.value,
            (price := _price(line)) and price.amount,
        )
        for line in order.lines
        if line.item is not None
    ]
    return type(order), order.number, party and party.name.strip(), lines


def _price(line: OrderLine | PurchaseLine) -> Money | None:
    return line.unit_price if isinstance(line, OrderLine) else line.unit_cost


def with_pairs(current: Any, wanted: Iterable[CustomField]) -> Any:
    """Give custom fields as they came, in their own shape, with some of them set."""
    if isinstance(current, Mapping):
        return {**current, **{field.name: field.value for field in wanted}}
    parts: list[Any] = [*current] if isinstance(current, list) else []
    for field in wanted:
        place = next((i for i, part in enumerate(parts) if _pair_name(part) == field.name), None)
        if place is None:
            parts.append({"name": field.name, "value": field.value})
        else:
            parts[place] = merge_for_put(parts[place], {"value": field.value})
    return parts


def _pair_name(part: object) -> str | None:
    try:
        name = Reader(part).text("name")
    except InvalidDocument:
        return None
    return None if name is None else name.strip()


def merge_for_put(current: Json, changes: Json) -> dict[str, Any]:
    """Put changes into what the service last answered, keeping all that we do not know (A11).

    Whether PUT replaces or merges is not documented, so everything read is sent back.
    Properties are matched whatever their spelling.  Elements of arrays are matched by id,
    name or code, else by their place; an array in ``changes`` decides which elements stay.
    """
    merged = dict(current)
    spelled = {fold(name): name for name in current}
    for name, value in changes.items():
        own = spelled.get(fold(name), name)
        merged[own] = _merged(merged.get(own), value)
    return merged


def _merged(old: Any, new: Any) -> Any:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return merge_for_put(old, new)
    if isinstance(old, list) and isinstance(new, list):
        return [_merged(_counterpart(old, index, part), part) for index, part in enumerate(new)]
    return new


def _counterpart(old: list[Any], index: int, part: Any) -> Any:
    if not isinstance(part, Mapping):
        return None
    for key in ("id", "name", "code"):
        if part.get(key) is not None:
            found = [
                other
                for other in old
                if isinstance(other, Mapping) and str(other.get(key)) == str(part[key])
            ]
            return found[0] if found else None
    return old[index] if index < len(old) else None
