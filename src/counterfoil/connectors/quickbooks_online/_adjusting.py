"""Stock where the company takes no inventory adjustment from us: set on the items themselves.

The interface for adjustments is open to few apps.  An item takes a quantity as well, and books the
difference by itself; that leaves no document of ours, so a count that went this way is known by
its mark alone.

Source: reference sections 4.11 and 7.5; corrections 2, row 11.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

import msgspec

from counterfoil.connectors.called import CallRefusedError, Reader
from counterfoil.documents import (
    CountLine,
    DocumentKind,
    InvalidDocument,
    Quantity,
    Refusal,
    StockCount,
    refuse,
)

from ._client import Deed, Item, Record
from ._faults import NAME

__all__ = [
    "SET_ON_ITEMS",
    "is_closed_to_us",
    "no_adjustments",
    "not_counted_there",
    "on_hand_of",
    "quantities_set",
    "set_document",
]

SET_ON_ITEMS: Final = "items-"
"""How the identity of a count begins that became no document."""

# Feature, role, edition, plan, or no such interface at all.
_NOT_OPEN: Final = frozenset({"3100", "5020", "5030", "500"})


def is_closed_to_us(kind: DocumentKind, error: CallRefusedError) -> bool:
    """Whether inventory adjustments as such are refused, not this one."""
    is_count = kind is DocumentKind.STOCK_COUNT
    return is_count and (error.code == "403" or error.fault in _NOT_OPEN)


def no_adjustments(error: CallRefusedError) -> Refusal:
    """Say that adjustments are refused, and what to do instead."""
    return refuse(
        "feature-missing",
        target=NAME,
        problem="inventory adjustments are open to apps of Intuit's Silver plan and higher only, "
        "and to companies with Plus or Advanced. Let quantities be set on the items instead "
        "(stock-count-out.fallback), or enter the count there by hand",
        detail=f"{error.operation}: {error.detail}",
    )


def on_hand_of(items: Mapping[str, Record]) -> dict[str, Decimal]:
    """Say how much there is of items, by identity; what tells none is left out.

    Raises:
        InvalidDocument: A quantity is none.
    """
    told = {identity: Reader(row).decimal("QtyOnHand") for identity, row in items.items()}
    return {identity: quantity for identity, quantity in told.items() if quantity is not None}


def not_counted_there(count: StockCount, items: Mapping[str, Record]) -> Refusal | None:
    """Refuse a count of what is not there, or has no quantity there; ``None``: all has one."""
    on_hand = on_hand_of(items)
    for item in (line.item for line in count.lines if line.counted is not None):
        if item.id not in items:
            return refuse("record-unknown", kind="item", value=item.name, target=NAME)
        if item.id not in on_hand:
            problem = "no quantity of it is kept there, for it is no inventory item"
            return refuse(
                "value-unfit", where="lines", field="The item", value=item.name, target=NAME,
                problem=problem,
            )  # fmt: skip
    return None


def quantities_set(count: StockCount, rows: Mapping[str, Record]) -> list[Item]:
    """Write what was counted on the items, dated like the count.

    Raises:
        InvalidDocument: An item is not there any more; nothing is left out in silence.
    """
    return [item for line in count.lines if (item := _quantity_set(count, line, rows)) is not None]


def _quantity_set(count: StockCount, line: CountLine, rows: Mapping[str, Record]) -> Item | None:
    if line.counted is None:
        return None
    row = rows.get(line.item.id or "")
    if row is None:
        raise InvalidDocument("Item", line.item.name, "is not told of any more")
    body: dict[str, Any] = {
        "Id": row.get("Id"),
        "SyncToken": row.get("SyncToken"),
        "sparse": True,
        "QtyOnHand": line.counted.value,
    }
    if count.counted_on is not None:
        body["InvStartDate"] = count.counted_on.isoformat()
    return Item(entity="Item", deed=Deed.UPDATE, body=body)


def set_document(count: StockCount, key: str, rows: Mapping[str, Record]) -> StockCount:
    """Give a count as it was carried out: by how much each item changed."""
    on_hand = on_hand_of(rows)
    lines = tuple(
        line
        if line.counted is None
        else msgspec.structs.replace(
            line, change=Quantity(line.counted.value - on_hand.get(line.item.id or "", Decimal(0)))
        )
        for line in count.lines
    )
    return msgspec.structs.replace(count, id=SET_ON_ITEMS + key.strip("{}"), lines=lines)
