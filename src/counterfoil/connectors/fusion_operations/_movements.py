"""What has been shipped and received, in the ways a tenant may show it (3.7).

``iter_shippings`` and ``iter_receivings`` yield one ``Delivery`` for each; all above them
works on those, whichever way the tenant shows it:

* A: nested in the order, with own id, dates and quantities; what comes bit by bit counts up;
* B: quantities on the order's lines only; no day is known then, and they count up, too;
* D: inventory movements that name the order (``moved_documents``): one for each day.

A line's ``order_line_id`` is the identity of that line in ``parse_sales_order`` and
``parse_purchase_order``, in every way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import tzinfo
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

from counterfoil.connectors.called import Reader
from counterfoil.documents import (
    DocumentStatus,
    InvalidDocument,
    MovementLine,
    PurchaseOrder,
    Quantity,
    Receipt,
    Reference,
    SalesOrder,
    Shipment,
    validated,
)

from ._fields import FieldMap
from ._goods import (
    Delivery,
    Movement,
    Place,
    former_key,
    is_complete,
    key_of,
    moved_goods,
    places_of,
)
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
    "MovedDocuments",
    "iter_receivings",
    "iter_shippings",
    "moved_documents",
    "parse_receipts",
    "parse_shipments",
]


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
            is_complete=is_complete(lines)
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


def _progress(parent: DocumentStatus, *, is_complete: bool) -> DocumentStatus:
    """A delivery of a cancelled, draft or closed order is cancelled, a draft or closed itself.

    Of an order that is closed nothing more will move.
    """
    if parent is not DocumentStatus.OPEN:
        return parent
    return DocumentStatus.CLOSED if is_complete else DocumentStatus.OPEN


def parse_shipments(raw: object, zone: tzinfo, fields: FieldMap) -> list[Shipment]:
    """Read the shipments of one sales order: those with a moved quantity or a day."""
    order = parse_sales_order(raw, zone, fields)
    return [
        _shipment(order, delivery)
        for delivery in iter_shippings(raw, zone, fields)
        if _has_happened(delivery)
    ]


def parse_receipts(raw: object, zone: tzinfo, fields: FieldMap) -> list[Receipt]:
    """Read the receipts of one purchase order: those with a moved quantity or a day."""
    order = parse_purchase_order(raw, zone, fields)
    return [
        _receipt(order, delivery)
        for delivery in iter_receivings(raw, zone, fields)
        if _has_happened(delivery)
    ]


def _has_happened(delivery: Delivery) -> bool:
    return delivery.on is not None or any(line.moved.value for line in delivery.lines)


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


def _receipt(order: PurchaseOrder, delivery: Delivery) -> Receipt:
    return validated(
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


# --- Stock movements --------------------------------------------------------------------------


class MovedDocuments(NamedTuple):
    """What stock movements say was shipped or received.

    Attributes:
        documents: Those of orders all of whose movements could be read.
        spoilt: Identity of a document that is there and could not be read whole (``None``:
            it is not known which), and why.  A part of one is never taken for it.
        told: Identities of the orders of which all that moved is told by the two.
        formerly: Identity -> the one that the same had in earlier versions.
    """

    documents: list[Shipment | Receipt]
    spoilt: list[tuple[str | None, InvalidDocument]]
    told: tuple[str, ...] = ()
    formerly: Mapping[str, str] = MappingProxyType({})


def moved_documents(
    side: Side,
    movements: Iterable[object],
    orders: Iterable[SalesOrder | PurchaseOrder],
    zone: tzinfo,
    fields: FieldMap,
    *,
    unread: Mapping[str, str | None] = MappingProxyType({}),
) -> MovedDocuments:
    """Make shipments or receipts from stock movements, where orders do not tell (mode D).

    Movements of one delivery and day belong together; those that name no delivery are of
    the order's only one.  Movements of unknown orders are passed over: without an order
    there is nobody to invoice, and nobody who is owed.

    Args:
        side: Which orders.
        movements: The list of movements.
        orders: Those that could be read.
        zone, fields: Of the connection.
        unread: Code -> id of orders that are there and could not be read.
    """
    sorted_out = _SortedOut(side, orders, zone, fields, unread)
    for raw in movements:
        sorted_out.take(raw)
    documents: list[Shipment | Receipt] = []
    spoilt = sorted_out.rows()
    for order, moved in sorted_out.clean():
        found = moved_goods(order, moved)
        documents += [_moved_document(order, each) for each in found.deliveries]
        spoilt += found.spoilt
    return MovedDocuments(documents, spoilt, sorted_out.told(), sorted_out.formerly())


def _moved_document(order: SalesOrder | PurchaseOrder, delivery: Delivery) -> Shipment | Receipt:
    if isinstance(order, SalesOrder):
        return _shipment(order, delivery)
    return _receipt(order, delivery)


class _SortedOut:
    """Movements by the order they are of.

    An order of which one movement cannot be read makes no documents: a sum that lacks
    something is no sum.
    """

    def __init__(
        self,
        side: Side,
        orders: Iterable[SalesOrder | PurchaseOrder],
        zone: tzinfo,
        fields: FieldMap,
        unread: Mapping[str, str | None],
    ) -> None:
        self._side = side
        self._zone = zone
        self._fields = fields
        self._orders = {order.number or "": order for order in orders}
        self._ids = {order.id: order for order in self._orders.values()}
        self._unread = unread
        self._moved: dict[str, list[Movement]] = {}
        # Order -> where its movements belong, and their identities.
        self._placed: dict[str, list[tuple[Place, str | None]]] = {}
        self._owners: dict[str, str] = {}
        # Order -> what is wrong with one of its movements, or with itself.
        self._bad: dict[str, InvalidDocument] = {}
        self._bad_places: dict[tuple[str, Place], InvalidDocument] = {}
        # What is wrong with a movement of which it is not known where it belongs.
        self._lost: InvalidDocument | None = None

    def take(self, raw: object) -> None:
        """Put a movement with its order."""
        order_id: str | None = None
        place: Place | None = None
        try:
            reader = Reader(raw)
            if not self._is_of_side(reader):
                return
            code = reader.code(self._fields[f"movement.{self._side.order}"]) or ""
            order = self._orders.get(code) or self._ids.get(code)
            if order is None and code not in self._unread:
                return
            order_id = self._unread[code] if order is None else order.id
            id_ = reader.identity(self._fields["movement.id"])
            place = self._place(reader, order_id)
            if order_id is not None:
                self._placed.setdefault(order_id, []).append((place, id_))
            if order is None:
                raise _unread(reader, self._side, self._fields)
            self._moved.setdefault(order.id, []).append(self._parsed(reader, place, id_))
        except InvalidDocument as error:
            if order_id is not None:
                self._bad.setdefault(order_id, error)
            if order_id is None or place is None:
                self._lost = self._lost or error
            else:
                self._bad_places.setdefault((order_id, place), error)

    def _is_of_side(self, reader: Reader) -> bool:
        word = reader.text(self._fields["movement.type"]) or ""
        return word.lower() == self._fields[f"word.{self._side.part}-movement"].lower()

    def _place(self, reader: Reader, order_id: str | None) -> Place:
        """Give the delivery a movement names, and its day."""
        name = self._fields[f"movement.{self._side.part}"]
        part = reader.identity(name)
        if part is not None and order_id is not None:
            owner = self._owners.setdefault(part, order_id)
            if owner != order_id:
                error = InvalidDocument(reader.path(name), part, "is that of two orders")
                self._bad.setdefault(owner, error)
                raise error
        name = self._fields["movement.date"]
        on = reader.day(name, self._zone)
        if on is None:
            # The day says which goods are one document: without it they would be another.
            raise InvalidDocument(reader.path(name), "", "is missing")
        return Place(part, on)

    def _parsed(self, reader: Reader, place: Place, id_: str | None) -> Movement:
        fields = self._fields
        quantity = reader.decimal(fields["movement.quantity"])
        if quantity is None:
            raise InvalidDocument(reader.path(fields["movement.quantity"]), "", "is missing")
        return Movement(
            place=place,
            product=reader.required(fields["movement.product"]),
            # Goods that leave count as negative.
            quantity=-quantity if self._side is SALES else quantity,
            id=id_,
            lot=reader.text(fields["movement.lot"]),
        )

    def clean(self) -> Iterator[tuple[SalesOrder | PurchaseOrder, list[Movement]]]:
        """Give the orders with their movements, those of which one is bad left out."""
        for id_, moved in self._moved.items():
            if id_ not in self._bad:
                yield self._ids[id_], moved

    def rows(self) -> list[tuple[str | None, InvalidDocument]]:
        """Give each document that is there and not told, and why."""
        rows: dict[str | None, InvalidDocument] = {}
        if self._lost is not None:
            rows[None] = self._lost
        for id_, error in self._bad.items():
            for key, place in self._keys(id_):
                rows[key] = self._bad_places.get((id_, place), error)
        return [*rows.items()]

    def told(self) -> tuple[str, ...]:
        """Name the orders of which every document is known, be it told or not."""
        if self._lost is not None:
            return ()
        return tuple(id_ for id_ in self._ids if id_ not in self._bad)

    def formerly(self) -> dict[str, str]:
        """Give what the documents were known by in earlier versions."""
        return {
            key: former_key(id_, place)
            for id_ in self._placed
            for key, place in self._keys(id_)
            if key != former_key(id_, place)
        }

    def _keys(self, order_id: str) -> Iterator[tuple[str, Place]]:
        """Give the identities of an order's documents, and where they are."""
        for place, ids in places_of(self._placed.get(order_id, ())).items():
            yield key_of(order_id, place, ids), place


def _unread(reader: Reader, side: Side, fields: FieldMap) -> InvalidDocument:
    return InvalidDocument(
        reader.path(fields[f"movement.{side.order}"]), "", "is an order that could not be read"
    )
