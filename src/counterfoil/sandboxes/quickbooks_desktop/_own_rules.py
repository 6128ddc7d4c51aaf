"""The rules of single transaction types, at the places where every type is handled.

``_transactions`` and ``_deletions`` know all types alike.  What is true of one type only stands
in a module of its own and is called from here: before anything is read, when header and lines
are figured, when the transaction takes effect on others or gives it back, and when it is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from counterfoil.sandboxes.quickbooks_desktop._adjustments import (
    check_adjustment,
    check_single_user,
)
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._building import (
    build_fields,
    build_lines,
    figure_build,
)
from counterfoil.sandboxes.quickbooks_desktop._converting import check_costs_kept, count_billed
from counterfoil.sandboxes.quickbooks_desktop._kinds import TransactionKind
from counterfoil.sandboxes.quickbooks_desktop._payments import (
    figure_payment,
    payment_lines,
    settle_payment,
)
from counterfoil.sandboxes.quickbooks_desktop._records import Transaction
from counterfoil.sandboxes.quickbooks_desktop._time_entries import check_time_entry
from counterfoil.sandboxes.quickbooks_desktop._values import Fields


def check_may_write(books: Books, kind: TransactionKind) -> None:
    """Refuse a type that the edition, the preferences or the file's mode rule out (7.7)."""
    books.require(kind.feature)
    if kind.name == "InventoryAdjustment":
        check_single_user(books)


def check_change(books: Books, had: Transaction, fields: Fields) -> None:
    """Refuse what a Mod of this type must leave as it is."""
    if had.kind == "ItemReceipt":
        check_costs_kept(books, had, fields)


def check_own_rules(
    books: Books, kind: TransactionKind, header: Fields, lines: Sequence[Fields], *, is_new: bool
) -> None:
    """Check and complete a figured transaction by what is true of its type only."""
    if kind.name == "TimeTracking":
        check_time_entry(books, header, is_new=is_new)
    elif kind.name == "InventoryAdjustment":
        check_adjustment(books, header, lines)
    elif kind.name == "ReceivePayment":
        figure_payment(books, header)
    elif kind.name == "BuildAssembly":
        figure_build(books, header)


def settle(books: Books, txn: Transaction, sign: int) -> None:
    """Let a transaction take effect on others (``sign`` 1), or give that back (-1)."""
    if txn.kind == "ReceivePayment":
        settle_payment(books, txn, sign)
    elif txn.kind == "Bill":
        count_billed(books, txn, sign)


def own_fields(books: Books, txn: Transaction, *, with_lines: bool) -> dict[str, Any]:
    """What an answer shows of a transaction beside its header and its lines."""
    if txn.kind == "ReceivePayment":
        return payment_lines(books, txn) if with_lines else {}
    if txn.kind == "BuildAssembly":
        return build_fields(books, txn) | (build_lines(books, txn) if with_lines else {})
    return {}
