"""Stock movements as what was shipped and received (3.7, way D).  Pure, and of no one interface.

A tenant whose orders do not tell what has moved, or when, tells it by movements.  Those of
one delivery and one day are one document, with its true day, quantities and lots; so each
shipping and each receiving of an order is a document of its own.

Such a document is known by the first of its movements, not by what they say: a day, a delivery
or an order that is corrected later is a change of the same document.  Where a group loses its
first movement to another one, or two become one, what moved is told under another name than
before; that it is not taken twice is seen by whoever knows what became of it.

What goes back later (a correction) is taken off what moved last before it: a document whose
goods all went back is none any more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple, TypeVar

from counterfoil.documents import (
    InvalidDocument,
    Money,
    MovementLine,
    OrderLine,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    Reference,
    SalesOrder,
)

__all__ = [
    "Delivery",
    "Moved",
    "Movement",
    "Place",
    "former_key",
    "is_complete",
    "key_of",
    "moved_goods",
    "places_of",
]

Order = SalesOrder | PurchaseOrder
Line = OrderLine | PurchaseLine
_T = TypeVar("_T")


class Delivery(NamedTuple):
    """One shipping or receiving.

    Attributes:
        key: Stable identity: the nested id, else order id and place; of movements the first
            one's, ``@7001``.
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


class Place(NamedTuple):
    """To which document of an order a movement belongs.

    Attributes:
        part: The shipping or receiving it names; ``None``: none, so it is the order's only one.
        on: Local day; ``None``: not told.
    """

    part: str | None
    on: date | None


class Movement(NamedTuple):
    """One movement of goods of an order.

    Attributes:
        id: Its own; ``None``: it has none.
        quantity: How much came (receipts) or left (shipments); negative where it went back.
    """

    place: Place
    product: str
    quantity: Decimal
    id: str | None = None
    lot: str | None = None


class Moved(NamedTuple):
    """What an order's movements come to.

    Attributes:
        deliveries: One for each delivery and day.
        spoilt: Identity of a delivery that is there and cannot be told whole, and why.
    """

    deliveries: list[Delivery]
    spoilt: list[tuple[str, InvalidDocument]]


def is_complete(lines: Sequence[MovementLine]) -> bool:
    """Whether everything ordered has moved."""
    return any(line.moved.value for line in lines) and all(
        line.ordered is not None and line.moved.value >= line.ordered.value for line in lines
    )


def key_of(order_id: str, place: Place, ids: Iterable[str | None]) -> str:
    """Give the identity of what moved at a place: the first of its movements.

    Those without identities are known by their place alone.
    """
    # Numbers in their order, whatever else in one that is always the same.
    known = sorted((len(each), each) for each in ids if each is not None)
    return f"@{known[0][1]}" if known else former_key(order_id, place)


def former_key(order_id: str, place: Place) -> str:
    """Give the identity it had in earlier versions, ``4401@2025-03-09``."""
    part = place.part or f"{order_id}:1"
    return part if place.on is None else f"{part}@{place.on.isoformat()}"


def places_of(movements: Iterable[tuple[Place, _T]]) -> dict[Place, list[_T]]:
    """Put together what moved at one place; what tells no day comes last."""
    found: dict[Place, list[_T]] = {}
    for place, each in movements:
        found.setdefault(place, []).append(each)
    return dict(sorted(found.items(), key=lambda item: item[0].on or date.max))


def moved_goods(order: Order, movements: Iterable[Movement]) -> Moved:
    """Make an order's deliveries from its movements."""
    filling = _Filling(order)
    for place, moved in places_of((each.place, each) for each in movements).items():
        filling.add(place, moved)
    return filling.made()


@dataclass
class _Day:
    """What a part moved on one day: line of the order -> how much; and what no line has."""

    key: str
    part: str
    on: date | None
    lines: dict[str, Decimal] = field(default_factory=dict)
    others: dict[str, Decimal] = field(default_factory=dict)
    lots: dict[str, list[str]] = field(default_factory=dict)
    is_last: bool = False

    @property
    def holds_something(self) -> bool:
        return any(self.lines.values()) or any(self.others.values())


class _Filling:
    """An order whose lines are filled, day by day."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._taken: dict[str, Decimal] = {line.id: Decimal(0) for line in order.lines}
        self._days: list[_Day] = []
        self._spoilt: list[tuple[str, InvalidDocument]] = []

    def add(self, place: Place, movements: Sequence[Movement]) -> None:
        """Take what a part moved on the day that follows."""
        part = place.part or f"{self._order.id}:1"
        key = key_of(self._order.id, place, (each.id for each in movements))
        day = _Day(key, part, place.on, lots=_lots(movements))
        for product, quantity in _sums(movements).items():
            if quantity >= 0:
                self._pour(day, product, quantity)
            elif left := self._take_back(part, product, -quantity):
                problem = f"more of {product} went back than had moved"
                self._spoilt.append((day.key, InvalidDocument("quantity", str(left), problem)))
                return
        day.is_last = self._is_filled(part)
        self._days.append(day)

    def made(self) -> Moved:
        """Give the deliveries; one whose goods all went back is none."""
        deliveries = [self._delivery(day) for day in self._days if day.holds_something]
        return Moved(deliveries, self._spoilt)

    def _lines_of(self, part: str) -> list[Line]:
        """Give the lines a part has, where the order tells; else it may have any."""
        own = [line for line in self._order.lines if line.id.startswith(f"{part}:")]
        return [line for line in own or self._order.lines if line.item is not None]

    def _of(self, part: str, product: str) -> list[Line]:
        lines = self._lines_of(part)
        return [line for line in lines if line.item is not None and line.item.name == product]

    def _pour(self, day: _Day, product: str, quantity: Decimal) -> None:
        """Spread goods over the lines of their product, first line first; the last takes all."""
        lines = self._of(day.part, product)
        if not lines:
            day.others[product] = day.others.get(product, Decimal(0)) + quantity
        for line in lines:
            room = quantity
            if line is not lines[-1] and line.quantity is not None:
                room = max(line.quantity.value - self._taken[line.id], Decimal(0))
            taken = min(quantity, room)
            quantity -= taken
            day.lines[line.id] = day.lines.get(line.id, Decimal(0)) + taken
            self._taken[line.id] += taken

    def _take_back(self, part: str, product: str, quantity: Decimal) -> Decimal:
        """Take off what went back, from what the part moved last; give what could not be."""
        lines = [line.id for line in reversed(self._of(part, product))]
        for day in reversed(self._days):
            if day.part != part:
                continue
            for id_ in lines:
                taken = min(quantity, day.lines.get(id_, Decimal(0)))
                day.lines[id_] = day.lines.get(id_, Decimal(0)) - taken
                self._taken[id_] -= taken
                quantity -= taken
            other = min(quantity, day.others.get(product, Decimal(0)))
            day.others[product] = day.others.get(product, Decimal(0)) - other
            quantity -= other
        return quantity

    def _is_filled(self, part: str) -> bool:
        return all(
            line.quantity is not None and self._taken[line.id] >= line.quantity.value
            for line in self._lines_of(part)
        )

    def _delivery(self, day: _Day) -> Delivery:
        lines = [
            _line(line, moved, day.lots)
            for line in self._lines_of(day.part)
            if (moved := day.lines.get(line.id))
        ]
        lines += [
            MovementLine(
                item=Reference(product), moved=Quantity(moved), lot=_lot(product, day.lots)
            )
            for product, moved in day.others.items()
            if moved
        ]
        return Delivery(
            key=day.key,
            order_id=self._order.id,
            on=day.on,
            lines=tuple(lines),
            due_on=self._order.due_on,
            is_complete=day.is_last,
        )


def _sums(movements: Iterable[Movement]) -> Mapping[str, Decimal]:
    sums: dict[str, Decimal] = {}
    for each in movements:
        sums[each.product] = sums.get(each.product, Decimal(0)) + each.quantity
    return sums


def _lots(movements: Iterable[Movement]) -> dict[str, list[str]]:
    lots: dict[str, list[str]] = {}
    for each in movements:
        known = lots.setdefault(each.product, [])
        if each.lot is not None and each.quantity > 0 and each.lot not in known:
            known.append(each.lot)
    return lots


def _lot(product: str, lots: Mapping[str, list[str]]) -> str | None:
    return ", ".join(lots.get(product, ())) or None


def _line(line: Line, moved: Decimal, lots: Mapping[str, list[str]]) -> MovementLine:
    assert line.item is not None, "only lines with an item take goods"
    value: Money | None = line.unit_price if isinstance(line, OrderLine) else line.unit_cost
    return MovementLine(
        item=line.item,
        moved=Quantity(moved),
        ordered=line.quantity,
        order_line_id=line.id,
        unit_value=value,
        notes=line.notes,
        lot=_lot(line.item.name, lots),
    )
