"""How much there is of products: the sum over all locations, and at each of them.

The newer entity is asked first; where a tenant has none, the older one.  On hand is what
Autotask's own column says, reserved and picked units included; as set, those are taken off.

Source: reference sections 11.4 and 11.5; corrections 2, section 2.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final

import msgspec

from counterfoil.documents import InvalidDocument, Item, Quantity
from counterfoil.engine.operations import Done, Outcome, Page, ReadStock, StockAt, Unreadable
from counterfoil.errors import RejectedError

from ._client import Record
from ._query import Query
from ._records import item_of, none_visible, row_of
from ._visible import Visible, identity_in

__all__ = ["Stock"]

# Entity, its column of what is on hand, and those of what of it is promised already.
_COUNTED: Final = (
    ("InventoryProducts", "onHandUnits", ("reservedUnits", "pickedUnits")),
    ("InventoryItems", "quantityOnHand", ("quantityReserved", "quantityPicked")),
)
# With these a service says that it has no such entity.
_NO_ENTITY: Final = frozenset({"404", "405"})

Places = Mapping[tuple[int, int | None], Decimal | None]
"""Product and location -> units; ``None`` in place of either: it is not told."""


class Stock:
    """The stock of one batch."""

    def __init__(self, visible: Visible, *, counts_promised: bool) -> None:
        self._visible = visible
        self._counts_promised = counts_promised

    def read(self, operation: ReadStock) -> Outcome:
        """Give all that is wanted in one page; what is not stocked has no quantity."""
        wanted = {int(each) for each in operation.items if each.isdecimal()}
        places = self._counted(wanted)
        if not places and not wanted:
            return none_visible("no stocked product")
        if operation.at_sites:
            return Done(page=Page(at_sites=tuple(_told(places))))
        counted = _totals(places)
        products = self._visible.all_of("Products", "id", wanted or counted)
        items: list[Item] = []
        unreadable: list[Unreadable] = []
        for raw in products:
            try:
                item = item_of(raw)
            except InvalidDocument as error:
                unreadable.append(row_of(raw, error))
                continue
            total = counted.get(int(item.id))
            on_hand = None if total is None else Quantity(total)
            items.append(msgspec.structs.replace(item, on_hand=on_hand))
        return Done(page=Page(records=tuple(items), unreadable=tuple(unreadable)))

    def _counted(self, wanted: Iterable[int]) -> Places:
        """Give what lies where."""
        for entity, field, promised in _COUNTED:
            less = () if self._counts_promised else promised
            try:
                rows = self._rows(entity, sorted(wanted), " ".join((field, *less)))
            except RejectedError as error:
                if error.code in _NO_ENTITY and entity != _COUNTED[-1][0]:
                    continue
                raise
            if rows or entity == _COUNTED[-1][0]:
                return _summed(rows, field, less)
        raise AssertionError("the last one answers or raises")

    def _rows(self, entity: str, wanted: Sequence[int], fields: str) -> Sequence[Record]:
        if wanted:
            return self._visible.all_of(entity, "productID", wanted)
        return self._visible.query(
            Query.of(entity, fields=f"productID inventoryLocationID {fields}")
        )


def _summed(rows: Iterable[Record], field: str, less: Sequence[str]) -> Places:
    by_place: defaultdict[tuple[int, int | None], list[Decimal | None]] = defaultdict(list)
    for row in rows:
        product = identity_in(row, "productID")
        if product is not None:
            found = by_place[product, identity_in(row, "inventoryLocationID")]
            found.append(_units(row, field))
            found += [_negative(_units(row, each)) for each in less]
    return {place: _sum(values) for place, values in by_place.items()}


def _totals(places: Places) -> dict[int, Decimal | None]:
    """Give product -> units at all locations; ``None``: of one location it is not told."""
    by_product: defaultdict[int, list[Decimal | None]] = defaultdict(list)
    for (product, _location), units in places.items():
        by_product[product].append(units)
    return {product: _sum(values) for product, values in by_product.items()}


def _told(places: Places) -> Iterator[StockAt]:
    """Tell what lies where; a row that names no location is in the sum alone."""
    for (product, location), units in places.items():
        if location is not None:
            yield StockAt(str(product), str(location), units)


def _units(row: Record, field: str) -> Decimal | None:
    value = row.get(field)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return Decimal(value)


def _negative(value: Decimal | None) -> Decimal | None:
    return None if value is None else -value


def _sum(values: Iterable[Decimal | None]) -> Decimal | None:
    total = Decimal(0)
    for value in values:
        if value is None:
            return None
        total += value
    return total
