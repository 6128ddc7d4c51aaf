"""Stock counts: inventory adjustments to absolute figures (reference section 4.8).

QuickBooks answers with how much each line changed, never with the figure that was counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from typing import Any, Final, NamedTuple

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
    "SiteRow",
    "change_stock_count",
    "count_problem",
    "read_site_row",
    "read_stock_count",
    "stock_at_sites",
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


class SiteRow(NamedTuple):
    """How much of an item there is at a site, or in one of the site's bins."""

    item: str
    site: str
    is_bin: bool
    quantity: Decimal | None


def read_site_row(record: Record) -> SiteRow | None:
    """Read an item at a site; ``None``: it names no site, and the item's own sum tells of it."""
    item = record.value("ItemInventoryRef", reference_in) or record.value(
        "ItemInventoryAssemblyRef", reference_in
    )
    if item is None or item.id is None:
        raise UnreadableValue(record.tag, "ItemInventoryRef", "", "an item")
    site = record.value("InventorySiteRef", reference_in)
    if site is None or site.id is None:
        return None
    is_bin = record.value("InventorySiteLocationRef", reference_in) is not None
    return SiteRow(item.id, site.id, is_bin, record.decimal("QuantityOnHand"))


def stock_at_sites(rows: Iterable[SiteRow]) -> Iterator[StockAt]:
    """Tell what lies where: bins that have rows of their own count where their site has none."""
    whole: dict[tuple[str, str], Decimal | None] = {}
    in_bins: defaultdict[tuple[str, str], list[Decimal | None]] = defaultdict(list)
    for row in rows:
        if row.is_bin:
            in_bins[row.item, row.site].append(row.quantity)
        else:
            whole[row.item, row.site] = row.quantity
    sums = {place: _sum(quantities) for place, quantities in in_bins.items()}
    for place, quantity in (sums | whole).items():
        yield StockAt(*place, quantity)


def _sum(quantities: Collection[Decimal | None]) -> Decimal | None:
    known = [each for each in quantities if each is not None]
    return sum(known, Decimal(0)) if len(known) == len(quantities) else None


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
