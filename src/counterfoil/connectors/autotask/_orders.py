"""Purchase orders and receipts of Autotask, as documents.

``Whole`` is an order with all that belongs to it, as it came; what it names is in ``Names``.
Pure: nothing is asked here.

Source: reference sections 8 and 11.1 to 11.3; features P20 to P34.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Final, NamedTuple, TypeVar

import msgspec

from counterfoil.connectors.called import Reader, clean_line, shown
from counterfoil.documents import (
    Address,
    DocumentStatus,
    InvalidDocument,
    Money,
    MovementLine,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    Receipt,
    Reference,
    encode,
    place_in_words,
)

from ._client import Record
from ._receiving import Row, moved_by, save_of
from ._visible import Names, identity_in

__all__ = [
    "BOUGHT_FOR",
    "LOCATIONS",
    "OPEN_STATUSES",
    "Received",
    "Whole",
    "day_of",
    "named_in",
    "parse_order",
    "parse_receipts",
    "stage_of",
]

_Made = TypeVar("_Made")


class Stage(NamedTuple):
    """What one of their statuses means; ``is_received``: something was, and did not go back."""

    status: DocumentStatus
    is_received: bool = False


_STAGES: Final[Mapping[str, Stage]] = {
    "new": Stage(DocumentStatus.NEW),
    "submitted": Stage(DocumentStatus.OPEN),
    "received partial": Stage(DocumentStatus.OPEN, is_received=True),
    "received full": Stage(DocumentStatus.CLOSED, is_received=True),
    "canceled": Stage(DocumentStatus.CANCELLED),
    "cancelled": Stage(DocumentStatus.CANCELLED),
}
# Where the words are others (a zone of another language), the usual order of the five tells.
_USUAL: Final = dict(enumerate([*_STAGES][:5], start=1))
OPEN_STATUSES: Final = frozenset({DocumentStatus.NEW, DocumentStatus.OPEN})

# An item's own fields that lead to whom it is bought for, and where they lead.
BOUGHT_FOR: Final[tuple[tuple[str, str], ...]] = (
    ("ticketID", "Tickets"),
    ("projectID", "Projects"),
    ("contractID", "Contracts"),
)


LOCATIONS: Final = "InventoryLocations"


@dataclass(frozen=True, kw_only=True)
class Whole:
    """An order as it came.

    Attributes:
        header: The order.
        items: Its lines, by identity.
        rows: What was received of them; ``None``: not asked for, for nothing can be.
    """

    header: Record
    items: tuple[Record, ...]
    rows: tuple[Record, ...] | None

    @property
    def id(self) -> int | None:
        """Its identity."""
        return identity_in(self.header, "id")


@dataclass(frozen=True, kw_only=True)
class Received:
    """What was received of an order.

    Attributes:
        receipts: Those of which it is known what they hold.
        problems: Why of others it is not; no more is known of the order's receipts then.
    """

    receipts: tuple[Receipt, ...] = ()
    problems: tuple[str, ...] = ()


def stage_of(value: int, labels: Mapping[int, str]) -> Stage | None:
    """Say what a status of theirs means; ``None``: nobody knows."""
    words = labels.get(value, "").strip().lower()
    return _STAGES.get(words) or _STAGES.get(_USUAL.get(value, ""))


# --- Orders -------------------------------------------------------------------------------


def parse_order(
    whole: Whole, names: Names, zone: tzinfo, labels: Mapping[int, str]
) -> PurchaseOrder:
    """Make a document of an order.

    Raises:
        InvalidDocument: Naming the field.
    """
    reader = Reader(whole.header)
    id_ = str(_identity_of(reader, whole.header, "id"))
    status = _stage(reader, labels).status
    vendor = identity_in(whole.header, "vendorID")
    currency = None if vendor is None else names.currency(vendor)
    if not whole.items and status is not DocumentStatus.NEW:
        # Nothing can be submitted without a line: it is hidden, not absent.
        raise InvalidDocument("items", "", "has no line that is visible to the API user")
    came = _came(whole)
    lines = tuple(
        _line(Reader(item, f"lines[{index}]"), item, names, currency, came)
        for index, item in enumerate(whole.items)
    )
    expected = [_plain_day(Reader(item), "estimatedArrivalDate") for item in whole.items]
    order = PurchaseOrder(
        id=id_,
        number=reader.code("purchaseOrderNumber") or id_,
        status=status,
        vendor=_company(reader, "vendorID", vendor, names),
        created_on=day_of(reader, "createDateTime", zone),
        due_on=min((day for day in expected if day is not None), default=None),
        delivery_address=_address(reader),
        message_to_vendor=reader.text("generalMemo"),
        currency=currency,
        lines=lines,
        external_number=reader.code("externalPONumber"),
        purchased_for=_purchased_for(reader, whole.header, names),
        ship_via=_shipping(whole.header, names),
        freight=_money(reader, "freight", currency),
    )
    return msgspec.structs.replace(order, revision=_revision(order))


def _revision(order: PurchaseOrder) -> str:
    """Give a mark of all that an order says, its progress and its external number included."""
    return hashlib.blake2b(encode(order), digest_size=8).hexdigest()


def _stage(reader: Reader, labels: Mapping[int, str]) -> Stage:
    value = reader.decimal("status")
    stage = None if value is None else stage_of(int(value), labels)
    if stage is None:
        raise InvalidDocument("status", str(value), "is no status that is known")
    return stage


def _line(
    reader: Reader,
    item: Record,
    names: Names,
    currency: str | None,
    came: Mapping[int, Decimal | None],
) -> PurchaseLine:
    product = identity_in(item, "productID")
    id_ = _identity_of(reader, item, "id")
    record = None if product is None else names.of("Products", product)
    return PurchaseLine(
        id=str(id_),
        item=None if product is None else _product(reader, product, names),
        description=reader.text("memo"),
        quantity=Quantity(_needed(reader.decimal("quantity"), reader, "quantity")),
        unit_cost=_money(reader, "unitCost", currency),
        customer=_bought_for(reader, item, names),
        delivered=_quantity(came.get(id_, Decimal(0))),
        manufacturer_number=(
            None if record is None else Reader(record).text("manufacturerProductName")
        ),
        site=_location(item, names),
    )


def _location(item: Record, names: Names) -> Reference | None:
    """Say where a line is received, where that was learnt; ``None``: nobody asked for it.

    One that was asked for and is not shown, or bears no name, is called by its number: it is
    somewhere, and not wherever the books would put it.
    """
    id_ = identity_in(item, "inventoryLocationID")
    if id_ is None:
        return None
    record = names.of(LOCATIONS, id_)
    if record is None and not names.is_hidden(LOCATIONS, id_):
        return None
    name = None if record is None else Reader(record).text("locationName")
    return Reference(clean_line(name or f"Location {id_}", 255), str(id_))


def _identity_of(reader: Reader, record: Record, field: str) -> int:
    """Give an identity that has to be there: all of theirs are whole numbers."""
    found = identity_in(record, field)
    if found is None:
        raise InvalidDocument(reader.path(field), shown(record.get(field)), "must be an identity")
    return found


def _came(whole: Whole) -> dict[int, Decimal | None]:
    """Say how many came of each line, as far as it was told of every row."""
    came: dict[int, Decimal | None] = {}
    for row in whole.rows or ():
        item, moved = identity_in(row, "purchaseOrderItemID"), row.get("quantityNowReceiving")
        if item is None:
            continue
        before = came.get(item, Decimal(0))
        if before is None or not isinstance(moved, int | Decimal):
            came[item] = None
        else:
            came[item] = before + moved
    return came


def _quantity(value: Decimal | None) -> Quantity | None:
    return None if value is None else Quantity(value)


def _money(reader: Reader, field: str, currency: str | None) -> Money | None:
    amount = reader.decimal(field)
    return None if amount is None else Money(amount, currency)


def _needed(value: _Made | None, reader: Reader, field: str) -> _Made:
    if value is None:
        raise InvalidDocument(reader.path(field), "", "is missing")
    return value


def day_of(reader: Reader, field: str, zone: tzinfo) -> date | None:
    """Give the tenant's day of a moment, which is in UTC whether it says so or not."""
    moment = reader.instant(field, UTC)
    return None if moment is None else moment.astimezone(zone).date()


def _plain_day(reader: Reader, field: str) -> date | None:
    """Read a day that is no moment: it is kept as midnight, and is no other day elsewhere."""
    return reader.day(field, UTC)


def _address(reader: Reader) -> Address | None:
    lines = [reader.text(each) for each in ("shipToName", "shipToAddress1", "shipToAddress2")]
    found = Address(
        lines=tuple(line for line in lines if line),
        city=reader.text("shipToCity"),
        state=reader.text("shipToState"),
        postal_code=reader.text("shipToPostalCode"),
    )
    return None if found == Address() else found


# --- What is named ------------------------------------------------------------------------


def _product(reader: Reader, id_: int, names: Names) -> Reference:
    record = names.of("Products", id_)
    if record is None:
        raise InvalidDocument(
            reader.path("productID"), str(id_), "is of no product that the API user can see"
        )
    return Reference(_name(reader, "productID", record, "name"), str(id_))


def _company(reader: Reader, field: str, id_: int | None, names: Names) -> Reference:
    record = names.of("Companies", _needed(id_, reader, field))
    if record is None:
        raise InvalidDocument(
            reader.path(field), str(id_), "is of no organization that the API user can see"
        )
    return Reference(_name(reader, field, record, "companyName"), str(id_))


def _name(reader: Reader, field: str, record: Record, own: str) -> str:
    name = Reader(record).text(own)
    if name is None:
        raise InvalidDocument(reader.path(field), str(record.get("id")), "has no name")
    return clean_line(name, 255)


def _purchased_for(reader: Reader, header: Record, names: Names) -> Reference | None:
    id_ = identity_in(header, "purchaseForCompanyID")
    # Company 0 is the tenant: bought for its own stock.
    return _company(reader, "purchaseForCompanyID", id_, names) if id_ else None


def _bought_for(reader: Reader, item: Record, names: Names) -> Reference | None:
    """Say for whom a line is bought: the company of its ticket, project or contract."""
    for field, entity in BOUGHT_FOR:
        id_ = identity_in(item, field)
        if id_ is None:
            continue
        record = names.of(entity, id_)
        if record is None:
            raise InvalidDocument(
                reader.path(field), str(id_), "leads to nothing that the API user can see"
            )
        company = identity_in(record, "companyID")
        if company:
            return _company(reader, field, company, names)
    return None


def _shipping(header: Record, names: Names) -> str | None:
    id_ = identity_in(header, "shippingType")
    record = None if id_ is None else names.of("ShippingTypes", id_)
    return None if record is None else Reader(record).text("name")


# --- Receipts -----------------------------------------------------------------------------


def parse_receipts(
    whole: Whole, order: PurchaseOrder, zone: tzinfo, labels: Mapping[int, str]
) -> Received:
    """Make the receipts of an order: one for each save.

    Of a save all of whose goods were taken back there is none.
    """
    if not whole.rows and _stage(Reader(whole.header), labels).is_received:
        return Received(problems=("it was received, and nothing of that is visible",))
    rows, problems = _rows(whole)
    taken = moved_by(rows)
    saves: defaultdict[tuple[datetime, str | None], list[Row]] = defaultdict(list)
    for row in rows:
        if row.id in taken.left or row.id in taken.undecided:
            saves[save_of(row)].append(row)
    receipts = []
    for save in saves.values():
        doubts = [taken.undecided[row.id] for row in save if row.id in taken.undecided]
        if doubts:
            on = save[0].at.astimezone(zone).date()
            problems.append(f"of what came on {on}: {doubts[0]}")
            continue
        lines = _moved_lines(order, [(row, taken.left[row.id]) for row in save])
        if lines:
            invoice = save[0].invoice or _only_invoice(whole.header)
            receipts.append(_receipt(order, save[0], lines, zone, invoice))
    return Received(receipts=tuple(receipts), problems=tuple(problems))


def _rows(whole: Whole) -> tuple[list[Row], list[str]]:
    rows, problems = [], []
    for raw in whole.rows or ():
        reader = Reader(raw)
        try:
            at = _needed(reader.instant("receiveDate", UTC), reader, "receiveDate")
            rows.append(
                Row(
                    id=_identity_of(reader, raw, "id"),
                    item=_identity_of(reader, raw, "purchaseOrderItemID"),
                    moved=reader.decimal("quantityNowReceiving"),
                    at=at,
                    invoice=reader.code("vendorInvoiceNumber"),
                    serial=reader.code("serialNumber"),
                )
            )
        except InvalidDocument as error:
            problems.append(f"{place_in_words(error.where)} of a row of receiving {error.problem}")
    return rows, problems


def _identity(order: PurchaseOrder, row: Row) -> str:
    """Name a save: it stays the same whichever of its rows are there."""
    at, invoice = save_of(row)
    return clean_line("/".join(filter(None, (order.id, f"{at:%Y%m%dT%H%M%SZ}", invoice))), 255)


def _moved_lines(
    order: PurchaseOrder, moved: Sequence[tuple[Row, Decimal]]
) -> tuple[MovementLine, ...]:
    """Give a receipt's lines in the order of the order's; serial numbers stay apart."""
    counts: defaultdict[tuple[int, str | None], Decimal] = defaultdict(Decimal)
    for row, left in moved:
        counts[row.item, row.serial] += left
    found = []
    for line in order.lines:
        for (item, serial), count in counts.items():
            if str(item) == line.id and count and line.item is not None:
                found.append(
                    MovementLine(
                        item=line.item,
                        moved=Quantity(count),
                        ordered=line.quantity,
                        order_line_id=line.id,
                        unit_value=line.unit_cost,
                        lot=serial,
                        site=line.site,
                    )
                )
    return tuple(found)


def _only_invoice(header: Record) -> str | None:
    """Give the vendor's invoice number of a whole order, where it is the only one.

    A row's own is fixed when it is saved; what comes later is entered on the order.
    """
    reader = Reader(header)
    others = reader.text("additionalVendorInvoiceNumbers")
    return None if others else reader.code("vendorInvoiceNumber")


def _receipt(
    order: PurchaseOrder,
    row: Row,
    lines: tuple[MovementLine, ...],
    zone: tzinfo,
    invoice: str | None,
) -> Receipt:
    """Make one receipt; people know it by its order and the minute in which it was saved."""
    return Receipt(
        id=_identity(order, row),
        number=f"{order.number} {row.at.astimezone(zone):%Y-%m-%d %H:%M}",
        status=DocumentStatus.CLOSED,
        order_id=order.id,
        order_number=order.number,
        vendor=order.vendor,
        received_on=row.at.astimezone(zone).date(),
        currency=order.currency,
        lines=lines,
        received_at=row.at.replace(microsecond=0),
        vendor_invoice_number=invoice,
    )


def named_in(wholes: Iterable[Whole]) -> dict[str, set[int | None]]:
    """Say which records orders name, by entity."""
    named: dict[str, set[int | None]] = defaultdict(set)
    for whole in wholes:
        named["Companies"] |= {
            identity_in(whole.header, field) for field in ("vendorID", "purchaseForCompanyID")
        }
        named["ShippingTypes"].add(identity_in(whole.header, "shippingType"))
        for item in whole.items:
            named["Products"].add(identity_in(item, "productID"))
            named[LOCATIONS].add(identity_in(item, "inventoryLocationID"))
            for field, entity in BOUGHT_FOR:
                named[entity].add(identity_in(item, field))
    return named
