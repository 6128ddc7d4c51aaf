"""What orders wait for that are to be closed in the books: goods that moved and are not there.

An order that is closed short at its source is closed in the books only when everything that
moved of it has landed or was left out, for nothing can be linked to a closed order.  Silence
is no "nothing comes": what moves the order was read after it was seen closed, or it waits.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind
from counterfoil.engine.deciding import Write
from counterfoil.engine.life import Standing, State
from counterfoil.engine.ordering import Coming
from counterfoil.engine.reading import documents_cursor
from counterfoil.engine.standpoint import Standpoint
from counterfoil.ledger import ancestry, documents, runs, transfers
from counterfoil.ledger.documents import Pending
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, Flow, FlowMode, FlowName

from .links import LinkView

__all__ = ["coming_to"]

_FULFILLED_BY: Final = {
    DocumentKind.SALES_ORDER: FLOWS[FlowName.SHIPMENT_OUT],
    DocumentKind.PURCHASE_ORDER: FLOWS[FlowName.RECEIPT_OUT],
}
# Held for this, a document has nothing to send, or nobody wants it sent.
_NOT_COMING: Final = frozenset({"flow-off", "nothing-moved"})


def coming_to(
    tx: Tx, found: Iterable[tuple[Sourced, Standpoint]], views: Mapping[int, LinkView]
) -> dict[int, Coming]:
    """Say what is still to fulfil the orders that are to be closed, by transfer.

    Those of which nothing more comes are not there.  It costs a few queries, however many
    orders there are, and none where no order is to be closed.
    """
    closing: defaultdict[tuple[int, DocumentKind], dict[str, int]] = defaultdict(dict)
    for each, at in found:
        if each.transfer.write is Write.UPDATE and at.facts(each.transfer).ends:
            closing[each.transfer.link, each.kind][each.document_id] = each.transfer.id
    coming: dict[int, Coming] = {}
    for (link, kind), orders in closing.items():
        told = _of_link(tx, views[link], kind, sorted(orders))
        coming |= {orders[order]: each for order, each in told.items()}
    return coming


def _of_link(
    tx: Tx, view: LinkView, kind: DocumentKind, orders: Sequence[str]
) -> dict[str, Coming]:
    flow = _FULFILLED_BY[kind]
    source = view.source_of(flow).id
    order_of = {
        node.id: order.id
        for order, node in ancestry.descendants(tx, source, kind, orders)
        if node.kind is flow.source
    }
    coming = _unsettled(tx, view, flow, order_of)
    if view.mode_of(flow) is not FlowMode.OFF:
        unread = Coming(words=f"{flow.source.words}s")
        untold = _not_read_since(tx, source, flow, kind, orders) | {
            order_of[each.id] for each in _not_taken_up(tx, source, flow, order_of)
        }
        coming = dict.fromkeys(untold, unread) | coming
    return coming


def _unsettled(
    tx: Tx, view: LinkView, flow: Flow, order_of: Mapping[str, str]
) -> dict[str, Coming]:
    """Name a document of each order that has been taken up, and not come to its end."""
    taken_up = transfers.of_sources(tx, view.source_of(flow).id, flow.source, order_of)
    return {
        order_of[each.document_id]: Coming(
            words=f"{flow.source.words} {each.transfer.number or each.document_id}",
            row=each.transfer.document_row,
        )
        for each in taken_up
        if each.transfer.link == view.link.id and _is_coming(each)
    }


def _is_coming(each: Sourced) -> bool:
    transfer = each.transfer
    code = None if transfer.reason is None else transfer.reason.code
    match transfer.state:
        case State.HELD:
            return code not in _NOT_COMING
        case State.CHANGED:
            return code == "not-linked"
        case _:
            return transfer.standing is not Standing.RESTING


def _not_taken_up(tx: Tx, source: int, flow: Flow, ids: Iterable[str]) -> list[Pending]:
    """Give those of which it is not known yet whether more of them goes to the books."""
    seen = documents.seen_fingerprints(tx, source, flow.source, ids)
    there = [each for each, known in seen.items() if not known.is_gone]
    found = documents.by_ids(tx, source, flow.source, there) if there else []
    return [each for each in found if each.is_pending]


def _not_read_since(
    tx: Tx, source: int, flow: Flow, kind: DocumentKind, orders: Sequence[str]
) -> set[str]:
    """Name the orders that were seen closed after what fulfils them was last read, all of it."""
    _until, read_at = runs.cursors(tx, source).get(documents_cursor(flow.source), (None, None))
    if read_at is None or documents.is_unreadable(tx, source, flow.source.value):
        return set(orders)
    seen = documents.by_ids(tx, source, kind, orders)
    return {each.id for each in seen if each.seen_at >= read_at}
