"""The rules of each kind of document: dates, parties, accounts, and what it may say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from ._accounts import is_of_kind
from ._desk import Desk
from ._errors import ApiError, missing, rule_broken
from ._lines import complete_lines, detail_of, lines_of
from ._links import keep_right_links, unapplied
from ._money import home_amount, settle_account, settle_currency
from ._tax import settle_total
from ._wire import Row, number
from .entities import ENTITIES

__all__ = ["check_open_books", "complete_document"]

_POSTING = frozenset(
    {"Bill", "BillPayment", "Invoice", "Payment", "SalesReceipt", "InventoryAdjustment"}
)
_HOURS_MAX = 8760


def complete_document(desk: Desk, kind: str, row: Row, stored: Row | None) -> None:
    """Check and complete a document.

    Raises:
        ApiError: What is wrong first.
    """
    row.setdefault("TxnDate", desk.today)
    check_open_books(desk, kind, row)
    if not desk.settings.track_departments:
        row.pop("DepartmentRef", None)
    _keep_known_fields(desk, kind, row)
    _COMPLETE[kind](desk, row, stored)


def _keep_known_fields(desk: Desk, kind: str, row: Row) -> None:
    """Keep the custom fields that the company uses, under their names; pass others over."""
    if "CustomField" not in row:
        return
    is_order = kind == "PurchaseOrder"
    names = desk.settings.purchase_fields if is_order else desk.settings.sales_fields
    known = {str(place): name for place, name in enumerate(names, start=1)}
    row["CustomField"] = [
        {**each, "Name": known[each["DefinitionId"]], "Type": "StringType"}
        for each in row["CustomField"]
        if each["DefinitionId"] in known
    ]


def check_open_books(desk: Desk, kind: str, row: Row) -> None:
    """Refuse to touch what lies in closed books.

    Raises:
        ApiError: 6200, or 6210 where a password would open them.
    """
    closed = desk.settings.book_close_date
    if closed is not None and kind in _POSTING and row["TxnDate"] <= closed:
        raise ApiError(
            6210 if desk.settings.book_close_password else 6200,
            f"Account period closed : The books were closed on {closed}. Date the transaction "
            "later.",
            "TxnDate",
        )


def _due(desk: Desk, row: Row) -> str:
    """The day of a document, and the days of its terms."""
    term = desk.find("Term", row.get("SalesTermRef", {}).get("value")) or {}
    days = timedelta(days=int(term.get("DueDays", 0)))
    return (date.fromisoformat(row["TxnDate"]) + days).isoformat()


# --- Purchases ---------------------------------------------------------------------------------


def _purchase(desk: Desk, kind: str, row: Row, stored: Row | None) -> None:
    settle_currency(desk, row, desk.get("Vendor", row["VendorRef"]["value"]))
    settle_account(desk, row, "APAccountRef", "Accounts Payable")
    complete_lines(desk, ENTITIES[kind], row, stored)
    settle_total(desk, ENTITIES[kind], row)


def _bill(desk: Desk, row: Row, stored: Row | None) -> None:
    row.setdefault("DueDate", _due(desk, row))
    _purchase(desk, "Bill", row, stored)
    keep_right_links(desk, row, stored)
    _settle_balance(desk, row, stored)


def _settle_balance(desk: Desk, row: Row, stored: Row | None) -> None:
    """What is open: the total, less what was paid of it."""
    total = number(row["TotalAmt"])
    paid = Decimal(0) if stored is None else number(stored["TotalAmt"]) - number(stored["Balance"])
    row["Balance"] = number(total - paid)
    if desk.settings.multicurrency:
        row["HomeBalance"] = home_amount(row, row["Balance"])
        row["HomeTotalAmt"] = home_amount(row, total)


def _purchase_order(desk: Desk, row: Row, stored: Row | None) -> None:
    _purchase(desk, "PurchaseOrder", row, stored)
    row.setdefault("POStatus", "Open" if stored is None else stored["POStatus"])
    row["LinkedTxn"] = [] if stored is None else stored["LinkedTxn"]
    known = {line["Id"]: line.get("Received", 0) for line in lines_of(stored)}
    for line in lines_of(row):
        line["Received"] = known.get(line["Id"], 0)
        line.pop("LinkedTxn", None)
    gone = known.keys() - {line["Id"] for line in lines_of(row)}
    if any(number(known[id_]) for id_ in gone):
        raise rule_broken("A line of which something was billed cannot be deleted.")
    row.setdefault("EmailStatus", "NotSet")


# --- Sales -------------------------------------------------------------------------------------


def _sale(desk: Desk, kind: str, row: Row, stored: Row | None) -> None:
    party = desk.find("Customer", row.get("CustomerRef", {}).get("value"))
    if party is None and (kind != "SalesReceipt" or desk.settings.customer_required):
        raise missing("CustomerRef")
    settle_currency(desk, row, party)
    complete_lines(desk, ENTITIES[kind], row, stored)
    settle_total(desk, ENTITIES[kind], row)
    for name, default in (("EmailStatus", "NotSet"), ("PrintStatus", "NotSet")):
        row.setdefault(name, default)
    row.setdefault("ApplyTaxAfterDiscount", False)
    if row["EmailStatus"] == "NeedToSend" and "BillEmail" not in row:
        raise missing("BillEmail")
    if party is not None:
        for name in {"BillAddr", "ShipAddr"} & party.keys():
            row.setdefault(name, party[name])
    if desk.settings.multicurrency:
        row["HomeTotalAmt"] = home_amount(row, number(row["TotalAmt"]))


def _estimate(desk: Desk, row: Row, stored: Row | None) -> None:
    _sale(desk, "Estimate", row, stored)
    row.setdefault("TxnStatus", "Pending" if stored is None else stored["TxnStatus"])
    row["LinkedTxn"] = [] if stored is None else stored["LinkedTxn"]


def _invoice(desk: Desk, row: Row, stored: Row | None) -> None:
    row.setdefault("DueDate", _due(desk, row))
    _sale(desk, "Invoice", row, stored)
    _settle_sources(desk, row, stored)
    _settle_balance(desk, row, stored)


def _sales_receipt(desk: Desk, row: Row, stored: Row | None) -> None:
    _sale(desk, "SalesReceipt", row, stored)
    _settle_sources(desk, row, stored)
    row["Balance"] = 0
    if "DepositToAccountRef" not in row:
        found = _undeposited(desk)
        if found is not None:
            row["DepositToAccountRef"] = {"value": found}


def _settle_sources(desk: Desk, row: Row, stored: Row | None) -> None:
    """Keep the links to estimates and hours that a client may set, and those to payments.

    Raises:
        ApiError: 2500, or 6000 for an estimate of somebody else.
    """
    settable = {"Estimate", "TimeActivity"}
    sent = row.get("LinkedTxn", [])
    kept = [] if stored is None else stored.get("LinkedTxn", [])
    for link in (one for one in sent if one["TxnType"] in settable):
        found = desk.find(link["TxnType"], link["TxnId"])
        if found is None:
            raise ApiError(
                2500, f"Invalid Reference Id : Transaction element id {link['TxnId']} not found"
            )
        if found.get("CustomerRef") != row.get("CustomerRef"):
            raise rule_broken("A linked transaction has to be of the same customer.")
    links = [{"TxnId": one["TxnId"], "TxnType": one["TxnType"]} for one in sent]
    row["LinkedTxn"] = [one for one in links if one["TxnType"] in settable]
    row["LinkedTxn"] += [one for one in kept if one["TxnType"] not in settable]


def _undeposited(desk: Desk) -> str | None:
    subtype = "UndepositedFunds"
    rows = desk.all("Account")
    return next((row["Id"] for row in rows if row["AccountSubType"] == subtype), None)


# --- Payments ----------------------------------------------------------------------------------


def _payment(desk: Desk, row: Row, stored: Row | None) -> None:
    settle_currency(desk, row, desk.get("Customer", row["CustomerRef"]["value"]))
    if "DepositToAccountRef" not in row:
        found = _undeposited(desk)
        if found is not None:
            row["DepositToAccountRef"] = {"value": found}
    row["UnappliedAmt"] = unapplied(desk, "Payment", row)


def _bill_payment(desk: Desk, row: Row, stored: Row | None) -> None:
    settle_currency(desk, row, desk.get("Vendor", row["VendorRef"]["value"]))
    settle_account(desk, row, "APAccountRef", "Accounts Payable")
    if not lines_of(row):
        raise missing("Line")
    needed = "CheckPayment" if row["PayType"] == "Check" else "CreditCardPayment"
    if needed not in row:
        raise missing(needed)
    unapplied(desk, "BillPayment", row)


# --- Work and stock ----------------------------------------------------------------------------


def _time_activity(desk: Desk, row: Row, stored: Row | None) -> None:
    who = f"{row['NameOf']}Ref"
    if who not in row:
        raise missing(who)
    row.pop({"EmployeeRef": "VendorRef", "VendorRef": "EmployeeRef"}[who], None)
    _check_hours(row)
    was = None if stored is None else stored.get("BillableStatus")
    row.setdefault("BillableStatus", "NotBillable")
    if row["BillableStatus"] == "HasBeenBilled" != was:
        raise ApiError(2170, "Invalid Enumeration : HasBeenBilled", "BillableStatus")
    if row["BillableStatus"] == "Billable":
        for name in ("CustomerRef", "HourlyRate"):
            if name not in row:
                raise missing(name)
    if desk.settings.time_date == "server":
        row["TxnDate"] = desk.today


def _check_hours(row: Row) -> None:
    if {"StartTime", "EndTime"} <= row.keys():
        return
    if not {"Hours", "Minutes"} & row.keys():
        raise missing("Hours and Minutes, or StartTime and EndTime")
    if not (0 <= row.get("Hours", 0) <= _HOURS_MAX and 0 <= row.get("Minutes", 0) < 60):
        raise ApiError(2090, f"Invalid Number Range : {row.get('Hours')}:{row.get('Minutes')}")


def _adjustment(desk: Desk, row: Row, stored: Row | None) -> None:
    kinds = ("Expense", "Other Expense", "Cost of Goods Sold", "Equity", "Income")
    if not is_of_kind(desk, row["AdjustAccountRef"]["value"], *kinds):
        raise ApiError(6430, "Invalid account type", "AdjustAccountRef")
    before = {line["Id"]: line for line in lines_of(stored)}
    complete_lines(desk, ENTITIES["InventoryAdjustment"], row, stored)
    for line in lines_of(row):
        detail = detail_of(line)
        if "NewQty" in detail:
            item = desk.get("Item", detail["ItemRef"]["value"])
            own = number(detail_of(before.get(line["Id"], {})).get("QtyDiff"))
            there = number(item["QtyOnHand"]) - own
            detail["QtyDiff"] = number(number(detail.pop("NewQty")) - there)


_COMPLETE: Final[Mapping[str, Callable[[Desk, Row, Row | None], None]]] = {
    "Bill": _bill,
    "PurchaseOrder": _purchase_order,
    "Estimate": _estimate,
    "Invoice": _invoice,
    "SalesReceipt": _sales_receipt,
    "Payment": _payment,
    "BillPayment": _bill_payment,
    "TimeActivity": _time_activity,
    "InventoryAdjustment": _adjustment,
    "Attachable": lambda desk, row, stored: None,
}
