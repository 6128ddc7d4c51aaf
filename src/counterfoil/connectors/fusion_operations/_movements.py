"""What has been shipped, received and worked, in the ways a tenant may show it (3.7, 3.9).

``iter_shippings`` and ``iter_receivings`` yield one ``Delivery`` for each; all above them
works on those, whichever way the tenant shows it:

* A: nested in the order, with own id, dates and quantities;
* B: quantities on the order's lines only; no day of shipping is known then;
* D: inventory movements that name the order (``movement_shipments``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import NamedTuple

from counterfoil.documents import (
    DocumentStatus,
    InvalidDocument,
    MovementLine,
    Quantity,
    Receipt,
    Reference,
    SalesOrder,
    Shipment,
    WorkEntry,
    validated,
)

from ._dates import STRETCH_MAX, days_between
from ._fields import FieldMap
from ._reader import Reader
from ._wire import (
    PURCHASES,
    SALES,
    Side,
    money,
    order_parts,
    parse_purchase_order,
    parse_sales_order,
    status,
)

__all__ = [
    "Delivery",
    "MovedGoods",
    "iter_receivings",
    "iter_shippings",
    "movement_shipments",
    "parse_receipts",
    "parse_shipments",
    "parse_work_entries",
]


class Delivery(NamedTuple):
    """One shipping or receiving.

    Attributes:
        key: Stable identity: the nested id, else order id and place.
        on: Local day it happened, ``None`` while planned or where the tenant does not say.
        lines: As ordered and as moved.
        number: Its own code.
        is_complete: Everything ordered in it has moved.
    """

    key: str
    order_id: str
    on: date | None
    lines: tuple[MovementLine, ...]
    number: str | None = None
    due_on: date | None = None
    tracking_number: str | None = None
    is_complete: bool = False


def iter_shippings(raw: object, zone: tzinfo, fields: FieldMap) -> Iterator[Delivery]:
    """Yield an order's shippings, planned ones included (modes A and B)."""
    return _deliveries(Reader(raw), zone, fields, SALES)


def iter_receivings(raw: object, zone: tzinfo, fields: FieldMap) -> Iterator[Delivery]:
    """Yield an order's receivings, expected ones included (modes A and B)."""
    return _deliveries(Reader(raw), zone, fields, PURCHASES)


def _deliveries(order: Reader, zone: tzinfo, fields: FieldMap, side: Side) -> Iterator[Delivery]:
    order_id = order.own_identity(fields[f"{side.order}.id"])
    for key, part, products in order_parts(order, order_id, side, fields):
        lines = tuple(
            _line(line, f"{key}:{index}", fields, side)
            for index, line in enumerate(products, start=1)
        )
        is_nested = part is not order
        yield Delivery(
            key=key,
            order_id=order_id,
            on=part.day(fields[f"{side.part}.{side.on}"], zone),
            lines=lines,
            number=part.code(fields[f"{side.part}.code"]) if is_nested else None,
            due_on=part.day(fields[f"{side.part}.due-date"], zone),
            tracking_number=part.text(fields["shipping.tracking-number"])
            if side is SALES
            else None,
            is_complete=_is_complete(lines)
            or (
                is_nested
                and status(part, fields[f"{side.part}.status"], fields) is DocumentStatus.CLOSED
            ),
        )


def _line(reader: Reader, id_: str, fields: FieldMap, side: Side) -> MovementLine:
    ordered = reader.decimal(fields[f"{side.line}.quantity-ordered"])
    moved = reader.decimal(fields[f"{side.line}.{side.moved}"])
    return MovementLine(
        item=Reference(reader.required(fields[f"{side.line}.product"])),
        moved=Quantity(moved or Decimal(0)),
        ordered=None if ordered is None else Quantity(ordered),
        order_line_id=id_,
        unit_value=money(reader.decimal(fields[f"{side.line}.{side.value}"])),
        notes=reader.text(fields[f"{side.line}.observations"]),
        lot=reader.text(fields["purchase-line.lot"]) if side is PURCHASES else None,
    )


def _is_complete(lines: tuple[MovementLine, ...]) -> bool:
    return any(line.moved.value for line in lines) and all(
        line.ordered is not None and line.moved.value >= line.ordered.value for line in lines
    )


def _progress(parent: DocumentStatus, *, is_complete: bool) -> DocumentStatus:
    """A delivery of a cancelled or draft order is cancelled or draft itself."""
    if parent in {DocumentStatus.CANCELLED, DocumentStatus.DRAFT}:
        return parent
    return DocumentStatus.CLOSED if is_complete else DocumentStatus.OPEN


def parse_shipments(raw: object, zone: tzinfo, fields: FieldMap) -> list[Shipment]:
    """Read the shipments of one sales order: those with a moved quantity or a day."""
    order = parse_sales_order(raw, zone, fields)
    return [
        _shipment(order, delivery)
        for delivery in iter_shippings(raw, zone, fields)
        if delivery.on is not None or any(line.moved.value for line in delivery.lines)
    ]


def _shipment(order: SalesOrder, delivery: Delivery) -> Shipment:
    return validated(
        Shipment,
        {
            "id": delivery.key,
            "number": delivery.number,
            "status": _progress(order.status, is_complete=delivery.is_complete),
            "order_id": order.id,
            "order_number": order.number,
            "customer": order.customer,
            "sales_channel": order.sales_channel,
            "shipped_on": delivery.on,
            "due_on": delivery.due_on,
            "tracking_number": delivery.tracking_number,
            "lines": delivery.lines,
        },
    )


def parse_receipts(raw: object, zone: tzinfo, fields: FieldMap) -> list[Receipt]:
    """Read the receipts of one purchase order: those with a moved quantity or a day."""
    order = parse_purchase_order(raw, zone, fields)
    return [
        validated(
            Receipt,
            {
                "id": delivery.key,
                "number": delivery.number,
                "status": _progress(order.status, is_complete=delivery.is_complete),
                "order_id": order.id,
                "order_number": order.number,
                "vendor": order.vendor,
                "received_on": delivery.on,
                "due_on": delivery.due_on,
                "lines": delivery.lines,
            },
        )
        for delivery in iter_receivings(raw, zone, fields)
        if delivery.on is not None or any(line.moved.value for line in delivery.lines)
    ]


class MovedGoods(NamedTuple):
    """What stock movements say was shipped.

    Attributes:
        shipments: Those all of whose movements could be read.
        spoilt: Identity of a shipment that is there and could not be read whole (``None``:
            it is not known which), and why.  A part of a shipment is never taken for it.
    """

    shipments: list[Shipment]
    spoilt: list[tuple[str | None, InvalidDocument]]


def movement_shipments(
    movements: Iterable[object],
    orders: Iterable[SalesOrder],
    zone: tzinfo,
    fields: FieldMap,
    *,
    unread: Mapping[str, str | None] = MappingProxyType({}),
) -> MovedGoods:
    """Make shipments from stock movements, for tenants whose orders do not tell (mode D).

    Movements of one shipping belong together; those that name none are the order's only
    one.  The day is that of the first movement.  Movements of unknown orders are passed
    over: without an order there is nobody to invoice.

    Args:
        movements: The list of movements.
        orders: Those that could be read.
        zone, fields: Of the connection.
        unread: Code -> id of orders that are there and could not be read.
    """
    by_number = {order.number: order for order in orders}
    groups: dict[str, list[_Moved]] = {}
    owners: dict[str, SalesOrder] = {}
    spoilt: dict[str | None, InvalidDocument] = {}
    for raw in movements:
        key: str | None = None
        try:
            reader = Reader(raw)
            if reader.text(fields["movement.type"]) != "shipping":
                continue
            number = reader.code(fields["movement.sales-order"]) or ""
            order = by_number.get(number)
            if order is None and number not in unread:
                continue
            order_id = unread[number] if order is None else order.id
            shipping = reader.identity(fields["movement.shipping"])
            key = shipping or (None if order_id is None else f"{order_id}:1")
            problem = _ownership(reader, key, order, owners, fields)
            if problem is not None or key is None or order is None:
                spoilt.setdefault(key, problem or _unread(reader, fields))
                continue
            groups.setdefault(key, []).append(_moved(reader, zone, fields))
        except InvalidDocument as error:
            spoilt.setdefault(key, error)
    made = [
        _shipment(owners[key], _grouped(key, owners[key], moved))
        for key, moved in groups.items()
        if key not in spoilt
    ]
    return MovedGoods(made, [*spoilt.items()])


def _ownership(
    reader: Reader,
    key: str | None,
    order: SalesOrder | None,
    owners: dict[str, SalesOrder],
    fields: FieldMap,
) -> InvalidDocument | None:
    """Note whose a shipping is; say so where two orders claim it."""
    if key is None or order is None or owners.setdefault(key, order) is order:
        return None
    return InvalidDocument(reader.path(fields["movement.shipping"]), key, "is that of two orders")


def _unread(reader: Reader, fields: FieldMap) -> InvalidDocument:
    return InvalidDocument(
        reader.path(fields["movement.sales-order"]), "", "is an order that could not be read"
    )


class _Moved(NamedTuple):
    """One movement: which product, how much of it left, on which day."""

    product: str
    quantity: Decimal
    on: date | None


def _moved(reader: Reader, zone: tzinfo, fields: FieldMap) -> _Moved:
    quantity = reader.decimal(fields["movement.quantity"])
    if quantity is None:
        raise InvalidDocument(reader.path(fields["movement.quantity"]), "", "is missing")
    # Goods that leave count as negative; a correction brings some of them back.
    return _Moved(
        reader.required(fields["movement.product"]),
        -quantity,
        reader.day(fields["movement.date"], zone),
    )


def _grouped(key: str, order: SalesOrder, movements: list[_Moved]) -> Delivery:
    days = [each.on for each in movements if each.on is not None]
    moved: dict[str, Decimal] = {}
    for each in movements:
        moved[each.product] = moved.get(each.product, Decimal(0)) + each.quantity
    lines = tuple(_moved_lines(order, moved))
    return Delivery(
        key=key,
        order_id=order.id,
        on=min(days, default=None),
        lines=lines,
        due_on=order.due_on,
        is_complete=_is_complete(lines),
    )


def _moved_lines(order: SalesOrder, moved: dict[str, Decimal]) -> Iterator[MovementLine]:
    """Spread what has moved over the order's lines of that product, first line first."""
    lines = [line for line in order.lines if line.item is not None and line.item.name in moved]
    for index, line in enumerate(lines):
        assert line.item is not None
        left = moved[line.item.name]
        ordered = line.quantity
        is_last = all(
            later.item is None or later.item.name != line.item.name for later in lines[index + 1 :]
        )
        taken = left if ordered is None or is_last else min(left, ordered.value)
        moved[line.item.name] = left - taken
        yield MovementLine(
            item=line.item,
            moved=Quantity(taken),
            ordered=ordered,
            order_line_id=line.id,
            unit_value=line.unit_price,
            notes=line.notes,
        )


def parse_work_entries(raw: object, zone: tzinfo, fields: FieldMap) -> list[WorkEntry]:
    """Read one production record as time worked: one entry for each local day (A9).

    Time inside working hours is what the record says it is; where it crosses midnight it
    is shared out as the clock time is.  A record still running gives nothing, and neither
    does a day of less than half a minute.
    """
    reader = Reader(raw)
    start_name = _either(reader, fields["production.start-date"], "start-date")
    end_name = _either(reader, fields["production.end-date"], "end-date")
    start, end = reader.instant(start_name, zone), reader.instant(end_name, zone)
    if start is None:
        raise InvalidDocument(fields["production.start-date"], "", "is missing")
    if end is None:
        return []
    id_ = reader.own_identity(fields["production.id"])
    try:
        days = [*days_between(start, end, zone)]
    except ValueError as error:
        raise InvalidDocument(reader.path(end_name), end.isoformat(), str(error)) from None
    worked = reader.decimal(fields["production.work-time"])
    if worked is not None and not 0 <= worked <= STRETCH_MAX.total_seconds():
        raise InvalidDocument(
            reader.path(fields["production.work-time"]),
            str(worked),
            "is no time worked, in seconds",
        )
    order = _part(reader, fields["production.production-order"])
    entries = []
    for day, minutes in _minutes(days, worked):
        entries.append(
            validated(
                WorkEntry,
                {
                    "id": f"{id_}:{day.isoformat()}",
                    "worker": _worker(reader, fields),
                    "worked_on": day,
                    "minutes": minutes,
                    "order_id": order.identity("id"),
                    "order_code": order.code("code"),
                    "order_text": order.text("description"),
                    "operation": _name(reader, fields["production.operation"]),
                    "section": _name(reader, fields["production.section"]),
                },
            )
        )
    return entries


def _minutes(days: list[tuple[date, int]], worked: Decimal | None) -> Iterator[tuple[date, int]]:
    total = sum(seconds for _, seconds in days)
    share = Decimal(1) if worked is None or not total else worked / total
    for day, seconds in days:
        minutes = int((share * seconds / 60).quantize(Decimal(1), ROUND_HALF_UP))
        if minutes > 0:
            yield day, minutes


def _either(reader: Reader, name: str, older: str) -> str:
    """The name a record has a time under: the table's, or the one it was said to have before."""
    return older if reader.has(older) and not reader.has(name) else name


def _part(reader: Reader, name: str) -> Reader:
    """Give the object a property holds; a bare text is its code."""
    if isinstance(found := reader.value(name), str):
        return Reader({"code": found})
    return Reader({} if found is None else found, name)


def _name(reader: Reader, name: str) -> str | None:
    part = _part(reader, name)
    return part.text("name") or part.text("code")


def _worker(reader: Reader, fields: FieldMap) -> Reference:
    worker = _part(reader, fields["production.worker"])
    number = worker.code("number") or worker.required("code")
    return Reference(worker.text("name") or number, number)
