"""Stock counts: inventory adjustments to absolute figures (reference section 4.8).

QuickBooks answers with how much each line changed, never with the figure that was counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from counterfoil.connectors.quickbooks_desktop.qbxml import (
    Fields,
    Problem,
    Record,
    UnreadableValue,
    shown,
)
from counterfoil.documents import CountLine, DocumentStatus, Quantity, StockCount
from counterfoil.engine.operations import StockAt, UpdateDocument

from ._orders import changed, read_head
from ._parts import is_memo_of_void, present, read_lines, reference_in, write_reference

__all__ = [
    "LINES_MAX",
    "SITE_ELEMENTS",
    "STOCK_ELEMENTS",
    "change_stock_count",
    "count_problem",
    "read_stock_at",
    "read_stock_count",
    "write_stock_count",
]

# Lines of one adjustment: few enough that one is done in moments, and one bad line spoils few.
LINES_MAX: Final = 100

_LINE: Final = "InventoryAdjustmentLineAdd"

STOCK_ELEMENTS: Final = (
    "ListID",
    "EditSequence",
    "Name",
    "FullName",
    "IsActive",
    "QuantityOnHand",
)
"""What is wanted of an item to know how much there is of it."""
SITE_ELEMENTS: Final = (
    "ItemInventoryAssemblyRef",
    "ItemInventoryRef",
    "InventorySiteRef",
    "InventorySiteLocationRef",
    "QuantityOnHand",
)
"""What is wanted of an item at a site."""


def read_stock_count(record: Record) -> StockCount:
    """Read an inventory adjustment; it has no total, and a voided one is told by its memo."""
    memo = record.text("Memo") or None
    is_void = is_memo_of_void(memo)
    return StockCount(
        **read_head(record),
        status=DocumentStatus.CANCELLED if is_void else DocumentStatus.OPEN,
        counted_on=record.date("TxnDate"),
        account=record.value("AccountRef", reference_in),
        site=record.value("InventorySiteRef", reference_in),
        memo=memo,
        lines=tuple(read_lines(record, "InventoryAdjustmentLineRet", None, _read_line)),
    )


def _read_line(line: Record) -> CountLine:
    item, change = line.value("ItemRef", reference_in), line.decimal("QuantityDifference")
    if item is None:
        raise UnreadableValue(line.tag, "ItemRef", "", "an item")
    return CountLine(
        id=line.word("TxnLineID") or "",
        item=item,
        change=None if change is None else Quantity(change),
    )


def read_stock_at(record: Record) -> StockAt | None:
    """Read an item at a site, or in a bin of it, which is a site within another.

    ``None``: it names no site, and the item's own sum tells of it.
    """
    item = record.value("ItemInventoryRef", reference_in) or record.value(
        "ItemInventoryAssemblyRef", reference_in
    )
    if item is None or item.id is None:
        raise UnreadableValue(record.tag, "ItemInventoryRef", "", "an item")
    site = record.value("InventorySiteRef", reference_in)
    if site is None or site.id is None:
        return None
    within = record.value("InventorySiteLocationRef", reference_in)
    place = site.id if within is None else within.id
    if place is None:
        raise UnreadableValue(record.tag, "InventorySiteLocationRef", "", "a bin")
    return StockAt(item.id, place, record.decimal("QuantityOnHand"))


def write_stock_count(count: StockCount, key: str) -> Fields:
    """Give the fields of an ``InventoryAdjustmentAdd``: absolute figures (STOCK-7)."""
    return {
        **_head(count),
        "ExternalGUID": key,
        "InventoryAdjustmentLineAdd": [_write_line(line) for line in count.lines],
    }


def change_stock_count(change: UpdateDocument) -> Fields:
    """Give the fields of an ``InventoryAdjustmentMod``, which takes no absolute figures."""
    count = change.document
    assert isinstance(count, StockCount), f"no stock count: {type(count).__name__}"
    return changed(change, _head(count))


def _head(count: StockCount) -> dict[str, Any]:
    return present(
        AccountRef=write_reference(count.account),
        TxnDate=count.counted_on,
        RefNumber=count.number,
        InventorySiteRef=write_reference(count.site),
        Memo=count.memo,
    )


def _write_line(line: CountLine) -> dict[str, Any]:
    counted = None if line.counted is None else line.counted.value
    return {
        "ItemRef": write_reference(line.item),
        "QuantityAdjustment": present(NewQuantity=counted),
    }


def count_problem(count: StockCount) -> Problem | None:
    """Say what QuickBooks would refuse in an adjustment, or what we do not ask of it."""
    return next(_problems(count), None)


def _problems(count: StockCount) -> Iterator[Problem]:
    if not count.lines:
        yield Problem("missing", _LINE, "", f"{_LINE} is required: nothing is counted.")
    if len(count.lines) > LINES_MAX:
        sentence = f"{len(count.lines)} items are counted; {LINES_MAX} are allowed in one document."
        yield Problem("repeated", _LINE, str(len(count.lines)), sentence)
    seen: set[str] = set()
    for number, line in enumerate(count.lines, start=1):
        identity = line.item.id or line.item.name
        if identity in seen:
            sentence = f"The item {shown(line.item.name)!r} is counted twice."
            yield Problem("repeated", f"{_LINE}[{number}]/ItemRef", shown(identity), sentence)
        seen.add(identity)
