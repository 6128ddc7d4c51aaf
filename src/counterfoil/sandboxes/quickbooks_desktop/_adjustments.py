"""What an inventory adjustment has to satisfy (4.8; corrections 1.12 and 6 L13).

The file must be in single-user mode; an item stands on one line and something of it changes; an
account that keeps what others owe, or are owed, is posted to under a name.
"""

from __future__ import annotations

from collections.abc import Sequence

from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._facts import reference
from counterfoil.sandboxes.quickbooks_desktop._refusals import RefusedError
from counterfoil.sandboxes.quickbooks_desktop._values import Fields, decimal, text_of


def check_single_user(books: Books) -> None:
    """Refuse an adjustment while others may have the file open."""
    settings = books.settings
    if settings.file_mode != "MultiUser" or settings.switches.adjusts_in_multi_user == (
        settings.edition
    ):
        return
    raise RefusedError(
        settings.switches.adjustment_in_multi_user_status,
        "Inventory can be adjusted in single-user mode only; the company file is open in "
        "multi-user mode.",
    )


def check_adjustment(books: Books, header: Fields, lines: Sequence[Fields]) -> None:
    """Refuse an account without its name, an item named twice and a change of nothing."""
    _check_account(books, header)
    code = books.settings.switches.adjustment_refused_status
    seen: set[str] = set()
    for line in lines:
        item = reference(line, "ItemRef") or ""
        entry = books.entry(item)
        name = item if entry is None else entry.full_name
        if item in seen:
            raise RefusedError(code, f'The item "{name}" stands on more than one line.')
        seen.add(item)
        if not any(decimal(text_of(line, field) or "") for field in _CHANGES):
            raise RefusedError(code, f'Nothing changes for the item "{name}".')


_CHANGES = ("QuantityDifference", "ValueDifference")


def _check_account(books: Books, header: Fields) -> None:
    account = reference(header, "AccountRef")
    kind = None if account is None else text_of(books.body(account), "AccountType")
    # The only name on an adjustment is a customer's, and a payable account wants a vendor's.
    if kind == "AccountsPayable" or (
        kind == "AccountsReceivable" and reference(header, "CustomerRef") is None
    ):
        raise RefusedError(
            books.settings.switches.nameless_account_status,
            "There was an error when saving an inventory adjustment.  QuickBooks error message: "
            f"A transaction that posts to an account of the type {kind} needs a "
            f"{'vendor' if kind == 'AccountsPayable' else 'customer'}.",
        )
