"""What a Mod does to links, seen from either side.

A follower whose linked line changes either loses the link or is counted anew; what its order
shows follows at once, whichever it is (corrections 1 row 6, 6 L4).  An order keeps to what was
taken from it: no line of it is cut below that or dropped (6 L10), and what is fully taken is not
closed by hand (2).  The flag of the header wins over those of the lines, and closes them all
(6 D3).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._kinds import TransactionKind
from counterfoil.sandboxes.quickbooks_desktop._lines import flat, quantity_of
from counterfoil.sandboxes.quickbooks_desktop._linking_rules import (
    broken_rule,
    check_more_than_left,
)
from counterfoil.sandboxes.quickbooks_desktop._links import (
    count_taken,
    open_quantity,
    set_billed,
    taken_of,
)
from counterfoil.sandboxes.quickbooks_desktop._records import Link, Transaction
from counterfoil.sandboxes.quickbooks_desktop._refusals import RefusedError
from counterfoil.sandboxes.quickbooks_desktop._values import (
    Fields,
    decimal,
    is_true,
    plain_text,
    text_of,
)

_CLOSED = "IsManuallyClosed"
_ORDER_KINDS = frozenset({"PurchaseOrder", "SalesOrder"})


# -- followers ----------------------------------------------------------------------------------


def settle_links(
    books: Books, kind: TransactionKind, txn: Transaction, lines: Iterable[Fields]
) -> None:
    """Give back or count anew what a follower's lines had taken, now that they are ``lines``.

    A link that is not of a line stays: a line cannot lose what it never had.
    """
    if kind.orders is None:
        return
    outgoing, _ = books.store.links_of(txn.txn_id)
    if not outgoing:
        return
    before = _by_id(txn.lines)
    after = _by_id(lines)
    moved = [
        link
        for link in outgoing
        if link.from_line in before and _is_changed(before, after, link.from_line)
    ]
    if not moved:
        return
    count_taken(books, moved, kind.name, -1)
    books.store.delete_links(txn.txn_id, [link.from_line for link in moved])
    kept: list[Link] = []
    for link in moved:
        line = after.get(link.from_line)
        if line is None:
            continue
        if _is_counted_anew(books, kind):
            kept.append(_counted_anew(books, kind, link, line))
        else:
            line.pop("_linked", None)
    if kept:
        books.store.write_links(kept)
        count_taken(books, kept, kind.name, 1)


def _by_id(lines: Iterable[Fields]) -> dict[str, Fields]:
    return {str(line["TxnLineID"]): line for line in flat(lines)}


def _is_changed(before: dict[str, Fields], after: dict[str, Fields], line_id: str) -> bool:
    """Whether a line is gone or shows something else than before."""
    line = after.get(line_id)
    return line is None or _shown(line) != _shown(before[line_id])


def _shown(line: Fields) -> Fields:
    return {name: value for name, value in line.items() if not name.startswith("_")}


def _is_counted_anew(books: Books, kind: TransactionKind) -> bool:
    switches = books.settings.switches
    how = switches.changed_invoice_line if kind.name == "Invoice" else switches.changed_bill_line
    return how == "counted"


def _counted_anew(books: Books, kind: TransactionKind, link: Link, line: Fields) -> Link:
    """The link with what the line holds now; what it had taken has been given back."""
    quantity = quantity_of(line)
    if quantity <= 0:
        raise broken_rule(books, kind, f"the quantity {plain_text(quantity)} takes nothing")
    order = books.store.transaction(link.to_txn)
    if order is not None and order.kind == kind.orders:
        had = _by_id(order.lines).get(link.to_line)
        if had is not None:
            check_more_than_left(books, quantity, open_quantity(order, had))
    amount = decimal(text_of(line, "Amount") or "")
    return replace(link, quantity=quantity, amount=amount)


# -- orders -------------------------------------------------------------------------------------


def settle_order(
    books: Books, kind: TransactionKind, txn: Transaction, lines: Sequence[Fields]
) -> None:
    """Check an order's new lines against what was taken from the old ones."""
    if kind.name not in _ORDER_KINDS:
        return
    after = _by_id(lines)
    gone: set[str] = set()
    for line_id, had in _by_id(txn.lines).items():
        taken = taken_of(kind.name, had)
        line = after.get(line_id)
        if taken <= 0:
            continue
        if line is None:
            _check_cut(
                books, f"the line {line_id}, of which {plain_text(taken)} was taken, is gone"
            )
            gone.add(line_id)
        elif quantity_of(line) < min(taken, quantity_of(had)):
            _check_cut(
                books,
                f"the quantity {plain_text(quantity_of(line))} is less than the "
                f"{plain_text(taken)} taken",
            )
    if gone:
        _, incoming = books.store.links_of(txn.txn_id)
        for link in incoming:
            if link.to_line in gone:
                books.store.delete_links(link.from_txn, [link.from_line])
    if kind.name == "PurchaseOrder":
        for line in after.values():
            if "UnbilledQuantity" in line:
                set_billed(line)


def _check_cut(books: Books, words: str) -> None:
    if not books.settings.switches.order_cut_below_taken_allowed:
        raise RefusedError(
            status.BUSINESS_RULE,
            f"There is a line that is linked to another transaction: {words}.",
        )


def settle_closing(
    books: Books,
    kind: TransactionKind,
    had: Transaction | None,
    header: Fields,
    lines: Sequence[Fields],
) -> None:
    """Let the header's flag win, after refusing to close by hand what is fully taken.

    ``had`` is the order before this Mod, ``None`` for an Add; ``header`` and ``lines`` are what
    it becomes.
    """
    if kind.name not in _ORDER_KINDS:
        return
    ordered = [line for line in flat(lines) if "ItemRef" in line]
    is_closed = is_true(header.get(_CLOSED))
    was_closed = had is not None and is_true(had.header.get(_CLOSED))
    if is_closed != was_closed:
        if ordered and all(_is_taken(kind, line) for line in ordered):
            _check_closing(books, kind, "whole")
        for line in ordered:
            line[_CLOSED] = "true" if is_closed else "false"
        return
    before = {} if had is None else _by_id(had.lines)
    for line in ordered:
        if is_closed:
            line[_CLOSED] = "true"
            continue
        was = before.get(str(line["TxnLineID"]), {})
        if is_true(line.get(_CLOSED)) and not is_true(was.get(_CLOSED)) and _is_taken(kind, line):
            _check_closing(books, kind, f"line {line['TxnLineID']}")


def _is_taken(kind: TransactionKind, line: Fields) -> bool:
    taken = taken_of(kind.name, line)
    return taken > 0 and taken >= quantity_of(line)


def _check_closing(books: Books, kind: TransactionKind, what: str) -> None:
    if kind.name == "SalesOrder" and books.settings.switches.invoiced_order_closable:
        return
    taken = "invoiced" if kind.name == "SalesOrder" else "received"
    raise RefusedError(
        status.BUSINESS_RULE,
        f'The "{_CLOSED}" field has an invalid value.  QuickBooks error message: the {what} is '
        f"fully {taken} already.",
    )
