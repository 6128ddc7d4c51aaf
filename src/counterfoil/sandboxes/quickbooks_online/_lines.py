"""Lines of documents: their kinds, ids and amounts, and what may stand on them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from ._desk import Desk
from ._errors import ApiError, missing, rule_broken
from ._wire import Row, cents, number
from .entities import DETAILS, Entity

__all__ = ["complete_lines", "detail_of", "items_of", "lines_of", "total_of"]

_SUBTOTAL = "SubTotalLineDetail"
_WITHOUT_AMOUNT = frozenset({"DescriptionOnly", "ItemAdjustmentLineDetail", "GroupLineDetail"})


def lines_of(row: Row | None) -> list[Row]:
    """The lines of a document, if there is one and it has any."""
    found: list[Row] = [] if row is None else row.get("Line", [])
    return found


def detail_of(line: Row) -> Row:
    """What a line's kind adds to it."""
    kind = line.get("DetailType", "")
    found: Row = line.get(DETAILS.get(kind, kind), {})
    return found


def items_of(row: Row | None) -> Iterator[tuple[Row, str]]:
    """Yield each line that names an item, with its id."""
    for line in lines_of(row):
        id_ = detail_of(line).get("ItemRef", {}).get("value", "")
        if id_.isdecimal():
            yield line, id_


def total_of(row: Row) -> Decimal:
    """The sum of a document's lines, discounts taken off."""
    total = Decimal(0)
    for line in lines_of(row):
        amount = number(line.get("Amount"))
        kind = line.get("DetailType")
        if kind == "DiscountLineDetail":
            total -= amount
        elif kind != _SUBTOTAL:
            total += amount
    return cents(total)


def complete_lines(desk: Desk, entity: Entity, row: Row, stored: Row | None) -> None:
    """Check a document's lines and number them.

    Raises:
        ApiError: 2020, 2170, 6000, 6070 or 6270.
    """
    lines = [line for line in lines_of(row) if line.get("DetailType") != _SUBTOTAL]
    if not lines:
        raise missing("Line")
    _identify(lines, stored)
    for line in lines:
        _check_kind(entity, line)
        _check_amount(line)
        _check_content(desk, entity, line)
    row["Line"] = lines
    _check_start_dates(desk, entity, row)
    if "SalesItemLineDetail" in entity.lines:
        _append_subtotal(row)


def _identify(lines: list[Row], stored: Row | None) -> None:
    """Let lines that are known keep their id; give the others the next ones."""
    known = {line["Id"] for line in lines_of(stored) if "Id" in line}
    last = max((int(id_) for id_ in known), default=0)
    for place, line in enumerate(lines, start=1):
        if line.get("Id") not in known:
            last += 1
            line["Id"] = str(last)
        else:
            known.discard(line["Id"])
        line["LineNum"] = place


def _check_kind(entity: Entity, line: Row) -> None:
    kind = line.get("DetailType")
    if kind is None:
        raise missing("Line.DetailType")
    if kind not in entity.lines:
        raise ApiError(2170, f"Invalid Enumeration : {kind}", "Line.DetailType")
    if DETAILS.get(kind, kind) not in line and kind != "DescriptionOnly":
        raise missing(f"Line.{kind}")


def _check_amount(line: Row) -> None:
    if line["DetailType"] in _WITHOUT_AMOUNT:
        return
    detail = detail_of(line)
    if line["DetailType"] == "SalesItemLineDetail" and "ItemRef" not in detail:
        line.pop("Amount", None)  # a text
        return
    if "Amount" not in line:
        raise missing("Line.Amount")
    quantity, price = number(detail.get("Qty")), number(detail.get("UnitPrice"))
    if quantity and price and cents(quantity * price) != cents(line["Amount"]):
        raise ApiError(
            6070,
            f"Amount is not equal to UnitPrice * Qty. Supplied value:{line['Amount']}",
            "Line.Amount",
        )
    line["Amount"] = cents(line["Amount"])


def _check_content(desk: Desk, entity: Entity, line: Row) -> None:
    detail = detail_of(line)
    if not desk.settings.track_classes:
        detail.pop("ClassRef", None)
    if detail.get("BillableStatus") == "Billable" and "CustomerRef" not in detail:
        raise rule_broken("When you make an expense billable, you must select a customer.")
    if line["DetailType"] == "AccountBasedExpenseLineDetail" and "AccountRef" not in detail:
        raise missing("Line.AccountBasedExpenseLineDetail.AccountRef")
    item = desk.find("Item", detail.get("ItemRef", {}).get("value"))
    if line["DetailType"] == "ItemBasedExpenseLineDetail":
        _check_purchased(desk, item)
    elif line["DetailType"] == "ItemAdjustmentLineDetail":
        _check_adjusted(item, detail)
    elif item is not None and item["Type"] != "Group" and "IncomeAccountRef" not in item:
        raise rule_broken("An item in this transaction is not set up for sale.")


def _check_purchased(desk: Desk, item: Row | None) -> None:
    if item is None:
        raise missing("Line.ItemBasedExpenseLineDetail.ItemRef")
    if not desk.settings.for_purchase:
        raise rule_broken("Products and services are not turned on for purchases.")
    if "ExpenseAccountRef" not in item:
        raise rule_broken("An item in this transaction has no expense account: set one first.")


def _check_adjusted(item: Row | None, detail: dict[str, Any]) -> None:
    if item is None or item["Type"] != "Inventory":
        raise rule_broken("Only inventory items can be adjusted.")
    if not {"QtyDiff", "NewQty"} & detail.keys():
        raise missing("Line.ItemAdjustmentLineDetail.QtyDiff")


_STOCKED = frozenset({"Bill", "Invoice", "SalesReceipt", "InventoryAdjustment"})


def _check_start_dates(desk: Desk, entity: Entity, row: Row) -> None:
    if entity.name not in _STOCKED:
        return
    for _, id_ in items_of(row):
        start = desk.get("Item", id_).get("InvStartDate", "")
        if row["TxnDate"] < start:
            raise ApiError(
                6270,
                "Transaction date is prior to start date for inventory item : The date has to "
                f"be {start} or later.",
            )


def _append_subtotal(row: Row) -> None:
    """Say the sum of what is sold in a line of its own, and figure what is a percentage of it."""
    sold = Decimal(0)
    for line in row["Line"]:
        if line["DetailType"] == "DiscountLineDetail" and detail_of(line).get("PercentBased"):
            percent = number(detail_of(line).get("DiscountPercent"))
            line["Amount"] = cents(sold * percent / 100)
        elif line["DetailType"] != "DiscountLineDetail":
            sold += number(line.get("Amount"))
    row["Line"].append({"Amount": cents(sold), "DetailType": _SUBTOTAL, _SUBTOTAL: {}})
