"""Orders and what follows them: invoices of sales orders, receipts and bills of purchase orders.

A follower's line takes over an order's line, whole or in part (7.5).  The order
line counts what was taken, the order closes when all of it is, and both sides
name each other as LinkedTxn.  Links are made by an Add only; undoing one is
deleting or voiding the follower.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._effects import apply_effects, effect_of
from counterfoil.sandboxes.quickbooks_desktop._kinds import TransactionKind
from counterfoil.sandboxes.quickbooks_desktop._lines import flat, quantity_of
from counterfoil.sandboxes.quickbooks_desktop._linking_rules import (
    Linking,
    check_tax_item,
    keeps_link,
    quantity_taken,
)
from counterfoil.sandboxes.quickbooks_desktop._records import Link, Transaction
from counterfoil.sandboxes.quickbooks_desktop._refusals import RefusedError, not_found
from counterfoil.sandboxes.quickbooks_desktop._values import (
    ZERO,
    Fields,
    amount_text,
    block_of,
    decimal,
    is_true,
    plain_text,
    text_of,
)

# Order kind -> the line field that counts what was taken, and the header field for "all of it".
_TAKEN: Mapping[str, tuple[str, str]] = {
    "SalesOrder": ("Invoiced", "IsFullyInvoiced"),
    "PurchaseOrder": ("ReceivedQuantity", "IsFullyReceived"),
}
# What a follower's line copies from the order's line unless it says otherwise.
_COPIED = (
    "ItemRef",
    "Desc",
    "UnitOfMeasure",
    "ClassRef",
    "SalesTaxCodeRef",
    "CustomerRef",
    "InventorySiteRef",
)
_SITE = "InventorySiteRef"


@dataclass(frozen=True, slots=True)
class Taken:
    """A line about to be made from an order's line; ``is_linked`` is False for a dropped link."""

    order_id: str
    line_id: str
    fields: Fields
    is_linked: bool = True


def lines_from_orders(
    books: Books, kind: TransactionKind, links: Linking, entity_id: str
) -> list[Taken]:
    """The lines of every order named by ``LinkToTxnID``, with their open quantities."""
    taken: list[Taken] = []
    is_linked = books.settings.switches.links_kept
    for order_id in links.whole:
        order = _order(books, kind, order_id, entity_id)
        if order is None:
            continue
        for line in flat(order.lines):
            quantity = open_quantity(order, line)
            if quantity > 0:
                sent = _copied(books, kind, order, line, {"Quantity": plain_text(quantity)})
                taken.append(Taken(order_id, str(line["TxnLineID"]), sent, is_linked))
    return taken


def line_from_order(
    books: Books, kind: TransactionKind, links: Linking, sent: Fields, entity_id: str
) -> Taken | None:
    """The line a ``LinkToTxn`` asks for; ``None`` when the order is closed and that only warns."""
    link = block_of(sent, "LinkToTxn") or {}
    order_id, line_id = text_of(link, "TxnID") or "", text_of(link, "TxnLineID") or ""
    is_linked = keeps_link(books, kind, sent)
    order = _order(books, kind, order_id, entity_id)
    if order is None:
        return None
    line = next((one for one in flat(order.lines) if one["TxnLineID"] == line_id), None)
    if line is None:
        raise not_found(line_id)
    links.follow(order, line_id)
    left = links.left(order, line_id, open_quantity(order, line))
    if left <= 0:
        _refuse_closed(books, order)
        return None
    overrides = {name: value for name, value in sent.items() if name != "LinkToTxn"}
    asked = quantity_taken(line, overrides, left)
    links.take(order, line_id, asked, left)
    if "ItemRef" in overrides:
        return Taken(order_id, line_id, overrides, is_linked)
    overrides["Quantity"] = plain_text(asked)
    return Taken(order_id, line_id, _copied(books, kind, order, line, overrides), is_linked)


def open_quantity(order: Transaction, line: Fields) -> Decimal:
    """What of an order's line nobody has taken yet; nothing once it is closed."""
    if is_true(order.header.get("IsManuallyClosed")) or is_true(line.get("IsManuallyClosed")):
        return ZERO
    if "ItemRef" not in line:
        return ZERO
    return quantity_of(line) - taken_of(order.kind, line)


def taken_of(kind: str, line: Fields) -> Decimal:
    """What of an order's line was taken so far."""
    taken_field, _ = _TAKEN[kind]
    return decimal(text_of(line, taken_field) or "")


def count_taken(books: Books, links: Iterable[Link], follower: str, sign: int) -> None:
    """Count linked quantities on their orders: ``sign`` 1 when taken, -1 when given back."""
    by_order: dict[str, dict[str, Decimal]] = {}
    for link in links:
        lines = by_order.setdefault(link.to_txn, {})
        lines[link.to_line] = lines.get(link.to_line, ZERO) + sign * link.quantity
    for order_id, changes in by_order.items():
        order = books.store.transaction(order_id)
        if order is None:
            continue
        before = effect_of(books, order)
        for line in flat(order.lines):
            change = changes.get(str(line["TxnLineID"]))
            if change is not None:
                _count(order.kind, line, change, follower)
        set_completion(order)
        if books.settings.switches.linking_touches_order:
            order.modified = books.wall_now()
            order.edit_sequence = str(books.unix_now)
        books.store.write_transaction(order)
        apply_effects(books, before, effect_of(books, order), order.entity_id, order.entity_id)


def set_completion(order: Transaction) -> None:
    """Whether everything on an order has been taken (7.5)."""
    if order.kind not in _TAKEN:
        return
    _, complete_field = _TAKEN[order.kind]
    lines = [line for line in flat(order.lines) if "ItemRef" in line]
    closed_counts = order.kind == "SalesOrder"
    complete = bool(lines) and all(
        taken_of(order.kind, line) >= quantity_of(line)
        or (closed_counts and is_true(line.get("IsManuallyClosed")))
        for line in lines
    )
    if not closed_counts and any(is_true(line.get("IsManuallyClosed")) for line in lines):
        complete = False
    order.header[complete_field] = "true" if complete else "false"


def linked_transactions(books: Books, txn: Transaction) -> list[Fields]:
    """The LinkedTxn blocks of a transaction: one per transaction on the other side."""
    outgoing, incoming = books.store.links_of(txn.txn_id)
    amounts: dict[str, Decimal] = {}
    for link in outgoing:
        amounts[link.to_txn] = amounts.get(link.to_txn, ZERO) + link.amount
    for link in incoming:
        amounts[link.from_txn] = amounts.get(link.from_txn, ZERO) + link.amount
    blocks: list[Fields] = []
    for other in books.store.transactions(list(amounts)):
        block: Fields = {"TxnID": other.txn_id, "TxnType": other.kind, "TxnDate": other.txn_date}
        if other.ref_number:
            block["RefNumber"] = other.ref_number
        is_payment = "ReceivePayment" in {txn.kind, other.kind}
        block["LinkType"] = "AMTTYPE" if is_payment else "QUANTYPE"
        block["Amount"] = amount_text(amounts[other.txn_id])
        blocks.append(block)
    return blocks


def _order(
    books: Books, kind: TransactionKind, order_id: str, entity_id: str
) -> Transaction | None:
    order = books.store.transaction(order_id)
    if order is None or order.kind != kind.orders:
        raise not_found(order_id)
    if order.entity_id != entity_id:
        raise RefusedError(
            books.settings.switches.foreign_order_status,
            f'The transaction "{order_id}" belongs to another customer or vendor.',
        )
    check_tax_item(books, kind, order)
    if all(open_quantity(order, line) <= 0 for line in flat(order.lines)):
        _refuse_closed(books, order)
        return None
    return order


def _refuse_closed(books: Books, order: Transaction) -> None:
    """Refuse with 570, unless that is only a warning here."""
    severity = books.settings.switches.closed_order_link_severity
    if severity == "Error":
        raise RefusedError(
            status.ALREADY_CLOSED,
            f'The transaction "{order.txn_id}" cannot be linked: it is already closed.',
            severity,
        )


def _copied(
    books: Books, kind: TransactionKind, order: Transaction, line: Fields, overrides: Fields
) -> Fields:
    purchase = kind.name in {"Bill", "ItemReceipt"}
    names = _COPIED if purchase else (*_COPIED, "Other1", "Other2")
    copied = {name: line[name] for name in names if name in line}
    if purchase and books.settings.switches.linked_line_takes_order_site:
        # Lines of a purchase order have no site of their own; its header has one.
        copied |= {name: order.header[name] for name in (_SITE,) if name in order.header}
    rate_field = "Cost" if purchase else "Rate"
    rate = line.get("Rate", line.get("Cost"))
    if rate is not None and "Amount" not in overrides:
        copied[rate_field] = rate
    return {**copied, **overrides}


def _count(kind: str, line: Fields, change: Decimal, follower: str) -> None:
    taken_field, _ = _TAKEN[kind]
    line[taken_field] = plain_text(taken_of(kind, line) + change)
    if kind == "PurchaseOrder":
        count_billed_on(line, change if follower == "Bill" else ZERO)


def count_billed_on(line: Fields, change: Decimal) -> None:
    """Count what bills take of a purchase order's line; negative where it is given back."""
    billed = decimal(text_of(line, "_billed") or "")
    line["_billed"] = plain_text(billed + change)
    set_billed(line)


def set_billed(line: Fields) -> None:
    """What of a purchase order's line no bill has taken yet, and whether that is nothing."""
    billed = decimal(text_of(line, "_billed") or "")
    line["UnbilledQuantity"] = plain_text(quantity_of(line) - billed)
    line["IsBilled"] = "true" if billed >= quantity_of(line) else "false"
