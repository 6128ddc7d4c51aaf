"""What a document does to the books: balances of names and accounts, and stock.

``effects`` says what a document as it stands adds to which number of which record; a change
is the difference of two of them, so that create, update, void and delete need no words of
their own.  Debits are positive.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Final

from ._desk import Desk
from ._lines import detail_of, items_of, lines_of
from ._money import home_amount
from ._wire import Row, number

__all__ = ["apply"]

Effect = tuple[str, str, str, Decimal]
"""Entity, id, property, and what is added to it."""


def apply(desk: Desk, kind: str, before: Row | None, after: Row | None) -> None:
    """Bring the books from a document as it was to the document as it is."""
    total: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for row, sign in ((before, -1), (after, 1)):
        if row is not None and kind in _EFFECTS:
            for entity, id_, field, amount in _EFFECTS[kind](desk, row):
                total[entity, id_, field] += sign * amount
    for (entity, id_, field), amount in total.items():
        if amount:
            record = desk.edit(entity, id_)
            record[field] = number(number(record.get(field)) + amount)


def _booked(row: Row, account: str, amount: Decimal) -> Iterator[Effect]:
    """Book to an account, in the home currency."""
    at_home = home_amount(row, amount)
    yield "Account", account, "CurrentBalance", at_home
    yield "Account", account, "CurrentBalanceWithSubAccounts", at_home


def _owed(desk: Desk, customer: str, amount: Decimal) -> Iterator[Effect]:
    """Let a customer owe more, and those above it."""
    yield "Customer", customer, "Balance", amount
    at: str | None = customer
    while at is not None:
        yield "Customer", at, "BalanceWithJobs", amount
        at = desk.get("Customer", at).get("ParentRef", {}).get("value")


def _bill(desk: Desk, row: Row) -> Iterator[Effect]:
    total = number(row["TotalAmt"])
    yield "Vendor", row["VendorRef"]["value"], "Balance", total
    yield from _booked(row, row["APAccountRef"]["value"], -total)
    for line in lines_of(row):
        account = detail_of(line).get("AccountRef", {}).get("value")
        if account is not None:
            yield from _booked(row, account, number(line["Amount"]))
    for line, id_ in items_of(row):
        item = desk.get("Item", id_)
        is_stock = item["Type"] == "Inventory"
        account = item["AssetAccountRef" if is_stock else "ExpenseAccountRef"]["value"]
        yield from _booked(row, account, number(line["Amount"]))
        if is_stock:
            yield "Item", id_, "QtyOnHand", _units(line)


def _units(line: Row) -> Decimal:
    """How many units a line moves; without a quantity one, unless it was voided."""
    return number(detail_of(line).get("Qty", 1 if number(line.get("Amount")) else 0))


def _bill_payment(desk: Desk, row: Row) -> Iterator[Effect]:
    total = number(row["TotalAmt"])
    yield "Vendor", row["VendorRef"]["value"], "Balance", -total
    yield from _booked(row, row["APAccountRef"]["value"], total)
    paid_from = row.get("CheckPayment", {}).get("BankAccountRef") or row.get(
        "CreditCardPayment", {}
    ).get("CCAccountRef")
    if paid_from is not None:
        yield from _booked(row, paid_from["value"], -total)


def _sold(desk: Desk, row: Row) -> Iterator[Effect]:
    """Income and stock of a sale."""
    for line, id_ in items_of(row):
        item = desk.get("Item", id_)
        if "IncomeAccountRef" in item:
            yield from _booked(row, item["IncomeAccountRef"]["value"], -number(line.get("Amount")))
        if item["Type"] == "Inventory":
            yield "Item", id_, "QtyOnHand", -_units(line)


def _invoice(desk: Desk, row: Row) -> Iterator[Effect]:
    total = number(row["TotalAmt"])
    yield from _owed(desk, row["CustomerRef"]["value"], total)
    yield from _sold(desk, row)


def _payment(desk: Desk, row: Row) -> Iterator[Effect]:
    yield from _owed(desk, row["CustomerRef"]["value"], -number(row["TotalAmt"]))
    if "DepositToAccountRef" in row:
        yield from _booked(row, row["DepositToAccountRef"]["value"], number(row["TotalAmt"]))


def _sales_receipt(desk: Desk, row: Row) -> Iterator[Effect]:
    yield from _sold(desk, row)
    if "DepositToAccountRef" in row:
        yield from _booked(row, row["DepositToAccountRef"]["value"], number(row["TotalAmt"]))


def _adjustment(desk: Desk, row: Row) -> Iterator[Effect]:
    for line, id_ in items_of(row):
        yield "Item", id_, "QtyOnHand", number(detail_of(line).get("QtyDiff"))


_EFFECTS: Final[Mapping[str, Callable[[Desk, Row], Iterator[Effect]]]] = {
    "Bill": _bill,
    "BillPayment": _bill_payment,
    "Invoice": _invoice,
    "Payment": _payment,
    "SalesReceipt": _sales_receipt,
    "InventoryAdjustment": _adjustment,
}
"""Kind -> what it does to the books; orders, estimates and hours do nothing."""
