"""Nothing is owed twice: not an order that was billed by itself, and what moved of it once more.

Where an order becomes a bill, an invoice or a sales receipt, all that was ordered is owed with
it.  What is received or shipped of that order is left out then, whatever the settings say by
now and whether it is linked to its order or not; and an order of which something moved and was
billed is not billed as a whole.  What came from the books as a bill or an invoice is owed there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind, Reason, Receipt, Shipment, reason
from counterfoil.engine.life import Standing
from counterfoil.ledger import ancestry, transfers
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, Flow, FlowName
from counterfoil.translate import TRANSLATORS

from .links import LinkView

if TYPE_CHECKING:
    from .ancestors import Asked

__all__ = ["owed_already"]

_OWED: Final = frozenset({DocumentKind.BILL, DocumentKind.INVOICE, DocumentKind.SALES_RECEIPT})
"""What a document has to become for all of it to be owed, or paid."""

# What moves -> the flow of its orders, and what such an order may have been made of in the books.
_ORDERS: Final = {
    DocumentKind.RECEIPT: (FLOWS[FlowName.PURCHASE_ORDER_OUT], DocumentKind.BILL),
    DocumentKind.SHIPMENT: (FLOWS[FlowName.SALES_ORDER_OUT], DocumentKind.INVOICE),
}
_GOODS: Final = {flow.source: goods for goods, (flow, _paper) in _ORDERS.items()}


def owed_already(tx: Tx, view: LinkView, flow: Flow, asked: Sequence[Asked]) -> dict[str, Reason]:
    """Say of documents of a flow to the books which are owed there already, by their identities."""
    if flow.source in _ORDERS:
        orders, paper = _ORDERS[flow.source]
        return _came_owed(tx, view, paper, asked, orders) | _with_order(tx, view, orders, asked)
    if flow.source in _GOODS:
        return _with_goods(tx, view, flow, asked)
    return {}


def _came_owed(
    tx: Tx, view: LinkView, paper: DocumentKind, asked: Sequence[Asked], orders: Flow
) -> dict[str, Reason]:
    """Name what moved of orders that were made from an invoice or a bill of the books."""
    named = {each.id: _order_of(each) for each in asked}
    found = ancestry.sources_of_orders(
        tx, view.operations.id, orders.source, set(named.values()), paper
    )
    return {
        id_: reason("made-from", kind=paper.words, number=found[order] or order)
        for id_, order in named.items()
        if order in found
    }


def _with_order(tx: Tx, view: LinkView, orders: Flow, asked: Sequence[Asked]) -> dict[str, Reason]:
    """Name what moved of orders that are owed as a whole."""
    if _OWED.isdisjoint(view.targets_of(orders)):
        return {}
    named = {each.id: _order_of(each) for each in asked}
    sent = transfers.of_sources(tx, view.operations.id, orders.source, set(named.values()))
    found = {each.document_id: each for each in _owed(sent, view, orders)}
    return {
        id_: _why("owed-with-order", found[order]) for id_, order in named.items() if order in found
    }


def _with_goods(tx: Tx, view: LinkView, flow: Flow, asked: Sequence[Asked]) -> dict[str, Reason]:
    """Name orders that would be owed as a whole, and of which something that moved is owed."""
    # What orders become is set for all of a link, so the first one tells: no other is decoded.
    if not asked or _becomes(flow, view, asked[0]) not in _OWED:
        return {}
    goods = _GOODS[flow.source]
    ids = [each.id for each in asked]
    edges = ancestry.descendants(tx, view.operations.id, flow.source, ids)
    order_of = {child.id: order.id for order, child in edges if child.kind is goods}
    sent = transfers.of_sources(tx, view.operations.id, goods, order_of)
    moved = next(each for each in FLOWS.values() if each.source is goods)
    return {
        order_of[each.document_id]: _why("owed-with-goods", each)
        for each in _owed(sent, view, moved)
    }


def _becomes(flow: Flow, view: LinkView, order: Asked) -> DocumentKind:
    return TRANSLATORS[flow.name].target_kind(order.at.document, view.settings)


def _owed(sent: Iterable[Sourced], view: LinkView, flow: Flow) -> Iterable[Sourced]:
    """Give those of this link that are in the books as what is owed, or are on their way there."""
    for each in sent:
        transfer, pairing = each.transfer, each.pairing
        if transfer.link != view.link.id or transfer.flow != flow.name:
            continue
        if pairing is not None:
            is_owed = pairing.target_kind in _OWED and pairing.gone_at is None
        else:
            is_owed = transfer.target_kind in _OWED and transfer.standing is Standing.IN_FLIGHT
        if is_owed:
            yield each


def _why(code: str, each: Sourced) -> Reason:
    pairing = each.pairing
    kind = each.transfer.target_kind if pairing is None else pairing.target_kind
    number = None if pairing is None else pairing.number or pairing.target_id
    return reason(code, kind=kind.words, number=number or each.transfer.number or each.document_id)


def _order_of(asked: Asked) -> str:
    document = asked.at.document
    assert isinstance(document, Receipt | Shipment), "what moved is asked about"
    return document.order_id
