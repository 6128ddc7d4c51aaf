"""What a document's links must keep to when it is entered.

The vendor's guide names the rules and says that they are enforced; a live client adds what a
line may carry beside its link (corrections 1, rows 3, 5, 7, 8 and 11).  Whose number nobody has
told answers with ``link_rules_status``.

- An order is linked whole (``LinkToTxnID``) or by its lines (``LinkToTxn``), never both.
- Linked lines follow the sequence of the order's lines, order after order.
- A line that is linked takes something.
- Beside the link of a bill's or receipt's line stand Quantity and Amount only.
- A sales order without sales tax item cannot be invoiced where sales tax is on.
- The order's addresses win over those of its invoice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._facts import reference
from counterfoil.sandboxes.quickbooks_desktop._kinds import TransactionKind
from counterfoil.sandboxes.quickbooks_desktop._lines import flat
from counterfoil.sandboxes.quickbooks_desktop._records import Transaction
from counterfoil.sandboxes.quickbooks_desktop._refusals import RefusedError
from counterfoil.sandboxes.quickbooks_desktop._values import (
    ZERO,
    Fields,
    amount_text,
    decimal,
    is_empty,
    plain_text,
    text_of,
    texts_of,
)

_LINK = "LinkToTxn"
_QUANTITY_AND_AMOUNT = frozenset({"Quantity", "Amount"})
_ADDRESSES = ("BillAddress", "ShipAddress")


@dataclass(slots=True)
class Linking:
    """The links of one document so far, line after line as they were sent.

    ``orders`` are those it names, each once, whole ones first; ``whole`` are those of its
    ``LinkToTxnID``.
    """

    books: Books
    kind: TransactionKind
    whole: tuple[str, ...]
    orders: list[str]
    _position: int = -1
    _taken: dict[tuple[str, str], Decimal] = field(default_factory=dict)

    def follow(self, order: Transaction, line_id: str) -> None:
        """Take the next line in the order of the lines; refused out of sequence."""
        if order.txn_id in self.whole:
            raise self._broken(
                f'the transaction "{order.txn_id}" is linked as a whole and by one of its lines'
            )
        positions = [str(line["TxnLineID"]) for line in flat(order.lines)]
        position = positions.index(line_id)
        if order.txn_id not in self.orders:
            self.orders.append(order.txn_id)
            self._position = -1
        elif order.txn_id != self.orders[-1]:
            raise self._broken(f'the lines of "{order.txn_id}" are mixed with another order\'s')
        is_again = (order.txn_id, line_id) in self._taken
        if is_again and not self.books.settings.switches.order_line_linked_twice:
            raise self._broken(f'the line "{line_id}" is linked twice')
        if position < self._position:
            raise self._broken(f'the line "{line_id}" stands before one that comes after it')
        self._position = position

    def left(self, order: Transaction, line_id: str, open_quantity: Decimal) -> Decimal:
        """What this document itself has left of a line that was open before it."""
        return open_quantity - self._taken.get((order.txn_id, line_id), ZERO)

    def take(self, order: Transaction, line_id: str, asked: Decimal, left: Decimal) -> None:
        """Take so much of a line; refused when it is nothing, or more than there is."""
        if asked <= 0:
            raise self._broken(f"the quantity {plain_text(asked)} takes nothing")
        check_more_than_left(self.books, asked, left)
        key = (order.txn_id, line_id)
        self._taken[key] = self._taken.get(key, ZERO) + asked

    def _broken(self, words: str) -> RefusedError:
        return broken_rule(self.books, self.kind, words)


def linking(books: Books, kind: TransactionKind, fields: Fields) -> Linking:
    """The links of a document that is being entered, before its first line."""
    whole = tuple(texts_of(fields, "LinkToTxnID"))
    links = Linking(books, kind, whole, list(whole))
    if len(set(whole)) < len(whole):
        raise broken_rule(books, kind, "the same transaction is linked twice as a whole")
    return links


def broken_rule(books: Books, kind: TransactionKind, words: str) -> RefusedError:
    """A rule whose number nobody has told: what was sent, in the words QuickBooks begins with."""
    return RefusedError(
        books.settings.switches.link_rules_status,
        f'The "{_LINK}" field has an invalid value in the {kind.name}.  '
        f"QuickBooks error message: {words}.",
    )


def check_more_than_left(books: Books, asked: Decimal, left: Decimal) -> None:
    """Whether a line may take more than is left of its order's, which nobody knows (7.5)."""
    if asked > left and not books.settings.switches.more_than_ordered_allowed:
        raise RefusedError(
            status.BUSINESS_RULE,
            f"The quantity {plain_text(asked)} is more than the {plain_text(left)} left.",
        )


def keeps_link(books: Books, kind: TransactionKind, sent: Fields) -> bool:
    """Whether QuickBooks makes the link of such a line; refused where it takes no such line.

    Raises:
        RefusedError: 3153, or 3210 for a bill line's sales tax code.
    """
    switches = books.settings.switches
    beside = [name for name in sent if name != _LINK]
    if kind.name == "Invoice":
        for name in beside:
            if not _may_stand_beside_invoice_link(switches.beside_invoice_link, name):
                raise _conflict(name)
        return switches.links_kept
    if "SalesTaxCodeRef" in beside:
        raise RefusedError(
            status.BUSINESS_RULE,
            'The "SalesTaxCodeRef" field has an invalid value.  QuickBooks error message: '
            "a line that is linked to a purchase order takes no tax code of its own.",
        )
    others = [name for name in beside if name not in _QUANTITY_AND_AMOUNT]
    if others and switches.beside_bill_link == "refused":
        raise _conflict(others[0])
    return switches.links_kept and not others


def _may_stand_beside_invoice_link(tolerated: str, name: str) -> bool:
    if name == "ItemRef" or tolerated == "nothing":
        return False
    return tolerated == "anything" or name in _QUANTITY_AND_AMOUNT


def _conflict(name: str) -> RefusedError:
    return RefusedError(
        status.CONFLICTING_ELEMENTS, f"A line with {_LINK} must not contain {name}."
    )


def quantity_taken(order_line: Fields, sent: Fields, left: Decimal) -> Decimal:
    """How much a linked line takes.

    What it says; one when it says an amount only and the order's line has a rate (LIVE:
    corrections 1, row 7); else all that is left.
    """
    text = text_of(sent, "Quantity")
    if text:
        return decimal(text)
    if text_of(sent, "Amount") and ("Rate" in order_line or "Cost" in order_line):
        return Decimal(1)
    return left


def set_linked_amount(line: Fields, sent: Fields) -> None:
    """The amount of a linked line that says a quantity only.

    Quantity and rate have five decimals at most; the cent is rounded half up, whatever else the
    company does (LIVE: corrections 1, row 7).
    """
    if not {"Amount", "Cost", "Rate", "RatePercent"}.isdisjoint(sent):
        return
    rate = text_of(line, "Cost") or text_of(line, "Rate")
    if rate and "RatePercent" not in line:
        line["Amount"] = amount_text(decimal(rate) * decimal(text_of(line, "Quantity") or ""))


def check_tax_item(books: Books, kind: TransactionKind, order: Transaction) -> None:
    """A sales order needs a sales tax item before it is invoiced (corrections 1, row 11).

    In the American edition, that is: elsewhere tax goes by the codes of the lines.
    """
    settings = books.settings
    has_tax_items = settings.country == "US" and settings.preferences.sales_tax
    if order.kind != "SalesOrder" or not has_tax_items:
        return
    if reference(order.header, "ItemSalesTaxRef") is None:
        raise broken_rule(
            books, kind, f'the sales order "{order.txn_id}" has no sales tax item yet'
        )


def take_addresses(books: Books, kind: TransactionKind, header: Fields, ids: Iterable[str]) -> None:
    """Put the addresses of the first order that has any in place of the invoice's own."""
    if kind.name != "Invoice":
        return
    for order_id in ids:
        order = books.store.transaction(order_id)
        addresses = {
            name: order.header[name]
            for name in _ADDRESSES
            if order is not None and not is_empty(order.header.get(name, ""))
        }
        if addresses:
            header.update(addresses)
            return
