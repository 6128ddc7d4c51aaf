"""Document numbers: who gets one, and what happens to one that is taken."""

from __future__ import annotations

import re

from ._desk import Desk, fold
from ._errors import duplicate_number
from ._wire import Row

__all__ = ["settle_number"]

_SALES = frozenset({"Estimate", "Invoice", "SalesReceipt"})
_NEVER_NUMBERED = frozenset({"Bill", "BillPayment", "Payment"})
_UNCHECKED = frozenset({"BillPayment", "InventoryAdjustment"})
_AUTO = "AUTO_GENERATE"
_TAIL = re.compile(r"(\d+)$")
_FIRST_NUMBER = 1001


def settle_number(
    desk: Desk, kind: str, row: Row, stored: Row | None, *, allows_duplicate: bool
) -> None:
    """Give a document its number, and refuse one that is taken.

    Raises:
        ApiError: 6140.
    """
    if kind in _NEVER_NUMBERED:
        _check(desk, kind, row, stored, allows_duplicate=allows_duplicate)
        return
    is_asked_for = row.get("DocNumber") == _AUTO
    if is_asked_for or (stored is None and "DocNumber" not in row and not _by_hand(desk, kind)):
        row["DocNumber"] = _next(desk, kind)
    _check(desk, kind, row, stored, allows_duplicate=allows_duplicate)


def _by_hand(desk: Desk, kind: str) -> bool:
    """Whether people number documents of that kind themselves."""
    if kind in _SALES:
        return desk.settings.custom_sales_numbers
    return kind == "PurchaseOrder" and desk.settings.custom_purchase_numbers


def _next(desk: Desk, kind: str) -> str:
    """The last number of the kind that ends in digits, one up; what stands before is kept."""
    numbers = (row.get("DocNumber", "") for row in desk.newest(kind))
    newest = next((number for number in numbers if _TAIL.search(number)), None)
    if newest is None:
        return str(_FIRST_NUMBER)
    return _TAIL.sub(lambda digits: str(int(digits[0]) + 1).zfill(len(digits[0])), newest)


def _check(desk: Desk, kind: str, row: Row, stored: Row | None, *, allows_duplicate: bool) -> None:
    number = row.get("DocNumber")
    if number is None or allows_duplicate or kind in _UNCHECKED:
        return
    if stored is not None and fold(stored.get("DocNumber", "")) == fold(number):
        return
    if kind == "Bill" and not _is_bill_number_checked(desk):
        return
    for other in desk.named(kind, number):
        is_other = stored is None or other["Id"] != stored["Id"]
        if is_other and (kind != "Bill" or other["VendorRef"] == row["VendorRef"]):
            raise duplicate_number(number, kind, other["Id"])


def _is_bill_number_checked(desk: Desk) -> bool:
    how = desk.settings.duplicate_bill_number
    return how == "refused" or (how == "by-preference" and desk.settings.warn_duplicate_bill_number)
