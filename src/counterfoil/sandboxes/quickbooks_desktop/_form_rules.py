"""What a bill, an item receipt or an invoice needs besides its links (corrections 6, L11).

QuickBooks looks for a payables or receivables account among those only, and answers for any
other as for one that does not exist; a payment is held to that, too.
"""

from __future__ import annotations

from collections.abc import Iterable

from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._facts import reference
from counterfoil.sandboxes.quickbooks_desktop._kinds import TransactionKind
from counterfoil.sandboxes.quickbooks_desktop._lines import flat
from counterfoil.sandboxes.quickbooks_desktop._refusals import (
    RefusedError,
    bad_reference,
    missing,
)
from counterfoil.sandboxes.quickbooks_desktop._values import Fields, decimal, text_of

_PAYABLE = ("APAccountRef", "AccountsPayable", "AP Account")
_RECEIVABLE = ("ARAccountRef", "AccountsReceivable", "AR Account")
# Form -> its account's field, the type that account has to be of, what QuickBooks calls it.
_ACCOUNTS = {
    "Bill": _PAYABLE,
    "ItemReceipt": _PAYABLE,
    "Invoice": _RECEIVABLE,
    "ReceivePayment": _RECEIVABLE,
}
_OF_A_VENDOR = frozenset({"Bill", "ItemReceipt"})


def check_form(
    books: Books, kind: TransactionKind, header: Fields, lines: Iterable[Fields]
) -> None:
    """Refuse a form with a wrong account, an expense of none, or a billable line for nobody."""
    if kind.name not in _ACCOUNTS:
        return
    field, wanted, label = _ACCOUNTS[kind.name]
    account = reference(header, field)
    if account is not None and text_of(books.body(account), "AccountType") != wanted:
        entry = books.entry(account)
        raise bad_reference(label, account if entry is None else entry.full_name, kind.name)
    if kind.name not in _OF_A_VENDOR:
        return
    needs_account = books.settings.switches.expense_account_required
    for line in flat(lines):
        if needs_account and line["_table"] == "ExpenseLineAdd" and not line.get("AccountRef"):
            raise missing("AccountRef")
        is_billable = text_of(line, "BillableStatus") == "Billable"
        if is_billable and reference(line, "CustomerRef") is None:
            raise missing("CustomerRef")


def check_total(books: Books, kind: TransactionKind, header: Fields) -> None:
    """Refuse a bill or an invoice that comes to less than nothing; ``header`` has its totals."""
    if kind.name == "Bill":
        amount = decimal(text_of(header, "AmountDue") or "")
    elif kind.name == "Invoice":
        amount = decimal(text_of(header, "Subtotal") or "")
        amount += decimal(text_of(header, "SalesTaxTotal") or "")
    else:
        return
    if amount < 0 and not books.settings.switches.total_negative_allowed:
        raise RefusedError(
            status.BUSINESS_RULE,
            f"The amount of the {kind.name} must not be negative: {amount}.",
        )
