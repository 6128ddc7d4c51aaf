"""What was received against transferred orders, and how stock is counted of it (N6).

The source's stock holds what was received at once; the books hold it when its receipt is there.
So a count takes off what has not arrived (its receipt brings it), and leaves a product out of
which nobody can say whether it has: its receipt is on its way, is to be changed, or was entered
after the stock was read.  Links that count what is there ask nothing of this.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind, Receipt, decode
from counterfoil.engine.life import State
from counterfoil.ledger import transfers
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FlowName, ReceivedGoods

from .links import LinkView

__all__ = ["Received", "moved_since", "needing_resync", "received_by", "waits_to_be_sent"]

# What is sent in the same run, before stock is counted.
_ON_THEIR_WAY: Final = (State.READY, State.MATCHING, State.SENDING)
_ORDERS: Final = FlowName.PURCHASE_ORDER_OUT
_RECEIPTS: Final = FlowName.RECEIPT_OUT
# Rest until a person acts, and have not landed: they bring what they hold later.
_WAITS_FOR_A_PERSON: Final = frozenset({State.HELD, State.REFUSED})
# How far the source's clock and ours may be apart.
_APART: Final = timedelta(minutes=2)
_PAGE: Final = 500


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of receipts against transferred orders, by product.

    Attributes:
        waiting: How much has not arrived in the books, and comes only after this count.
        waiting_at: The same by product and location; a receipt that tells none is in none.
        unsure: Products of which it is not known how much has arrived.
        skipped: Products that are left out for having been received, as set.
    """

    waiting: Mapping[str, Decimal] = {}
    waiting_at: Mapping[tuple[str, str], Decimal] = {}
    unsure: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()

    def objection(self, product: str) -> str | None:
        """Say why a product is not counted, by the reason's code."""
        if product in self.skipped:
            return "count-received"
        return "count-receipt-waits" if product in self.unsure else None

    def pending(self, product: str) -> Decimal:
        """Give how much of its stock its receipts still bring to the books."""
        return self.waiting.get(product, Decimal(0))

    def pending_at(self, product: str) -> Mapping[str, Decimal] | None:
        """Give the same by location; ``None``: of some of it nobody knows where it lies."""
        found = {
            location: units for (of, location), units in self.waiting_at.items() if of == product
        }
        return found if sum(found.values(), Decimal(0)) == self.pending(product) else None


def received_by(tx: Tx, view: LinkView, read_at: datetime) -> Received:
    """Look at the receipts of a link; ``read_at``: when the source's stock was read."""
    way = view.settings.stock_count_out.received
    if way is ReceivedGoods.AS_COUNTED:
        return Received()
    waiting: defaultdict[str, Decimal] = defaultdict(Decimal)
    waiting_at: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    unsure, skipped = set[str](), set[str]()
    for page in _pages(tx, view):
        for each, receipt in _of_transferred(tx, view, page):
            products = {line.item.id or "" for line in receipt.lines}
            if way is ReceivedGoods.SKIP:
                skipped |= products
            elif _is_unsure(each, receipt, read_at):
                unsure |= products
            elif each.transfer.state in _WAITS_FOR_A_PERSON and each.pairing is None:
                for line in receipt.lines:
                    product, moved = line.item.id or "", line.moved.value
                    waiting[product] += moved
                    if line.site is not None and line.site.id is not None:
                        waiting_at[product, line.site.id] += moved
    return Received(
        waiting=waiting,
        waiting_at=waiting_at,
        unsure=frozenset(unsure),
        skipped=frozenset(skipped),
    )


def _is_unsure(each: Sourced, receipt: Receipt, read_at: datetime) -> bool:
    is_late = receipt.received_at is not None and receipt.received_at > read_at - _APART
    if each.pairing is not None:
        return is_late or each.transfer.state is not State.DONE
    return is_late or each.transfer.state not in (*_WAITS_FOR_A_PERSON, State.SKIPPED)


def _pages(tx: Tx, view: LinkView) -> Iterator[list[Sourced]]:
    after = 0
    while page := transfers.search(
        tx, link_id=view.link.id, flow=_RECEIPTS, limit=_PAGE, after=after
    ):
        yield page
        after = page[-1].transfer.id


def _of_transferred(
    tx: Tx, view: LinkView, page: Sequence[Sourced]
) -> Iterator[tuple[Sourced, Receipt]]:
    """Give the receipts of orders that are in the books."""
    receipts = [(each, _receipt(each)) for each in page]
    ids = {receipt.order_id for _each, receipt in receipts}
    orders = transfers.of_sources(tx, view.operations.id, DocumentKind.PURCHASE_ORDER, ids)
    there = {
        each.document_id
        for each in orders
        if each.transfer.link == view.link.id and each.pairing is not None
    }
    for each, receipt in receipts:
        if receipt.order_id in there or each.pairing is not None:
            yield each, receipt


def _receipt(each: Sourced) -> Receipt:
    found = decode(DocumentKind.RECEIPT, each.body)
    assert isinstance(found, Receipt), "this flow takes receipts"
    return found


# --- What comes before a count ------------------------------------------------------------


def needing_resync(tx: Tx, view: LinkView) -> list[Sourced]:
    """Give the orders and receipts of a link that changed at their source after their transfer."""
    changed = _in(tx, view, (State.CHANGED,), _PAGE)
    return [each for each in changed if _code_of(each) in _AT_SOURCE]


def _code_of(each: Sourced) -> str | None:
    return None if each.transfer.reason is None else each.transfer.reason.code


_AT_SOURCE: Final = frozenset({"source-changed", "source-gone"})


def waits_to_be_sent(tx: Tx, view: LinkView) -> bool:
    """Whether orders or receipts go in this run before stock may be counted."""
    if view.settings.stock_count_out.received is ReceivedGoods.AS_COUNTED:
        return False
    return any(True for _each in _in(tx, view, _ON_THEIR_WAY, 1))


def moved_since(tx: Tx, view: LinkView, since: datetime) -> bool:
    """Whether a receipt came on its way after a moment: what was counted may be wrong."""
    if view.settings.stock_count_out.received is ReceivedGoods.AS_COUNTED:
        return False
    return bool(
        transfers.search(
            tx,
            link_id=view.link.id,
            flow=_RECEIPTS,
            states=(*_ON_THEIR_WAY, State.UNKNOWN, State.CONFIRMING),
            since=since,
            limit=1,
        )
    )


def _in(tx: Tx, view: LinkView, states: Iterable[State], limit: int) -> Iterator[Sourced]:
    for flow in (_ORDERS, _RECEIPTS):
        yield from transfers.search(tx, link_id=view.link.id, flow=flow, states=states, limit=limit)
