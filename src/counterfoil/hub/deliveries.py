"""Shipments and receipts of one order: under which names they are kept, and what may be two.

What moved of an order is told delivery by delivery, and people correct it: goods are booked
to another day, another shipping or another order.  Then one delivery shows less than was sent
of it, or is gone, and another one shows more.  Whether that is more goods or the same ones
nobody can tell from the documents.  So while a delivery shows less of a product than was sent,
or left out by a person, nothing of that product goes by itself with another delivery of the
order: a person settles the first, or says that the goods are others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind, Reason, Receipt, Shipment, decode, reason
from counterfoil.engine.life import Standing
from counterfoil.engine.operations import Page
from counterfoil.engine.transfers import Transfer
from counterfoil.hub.document_line import called
from counterfoil.ledger import ancestry, documents, transfers
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.documents import Seen
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, Flow, FlowName
from counterfoil.translate import TRANSLATORS

from . import parts
from .ancestors import Asked
from .links import LinkView

__all__ = ["ORDERS", "as_kept", "doubts", "of_orders", "offer_beside"]

ORDERS: Final = {
    DocumentKind.SHIPMENT: DocumentKind.SALES_ORDER,
    DocumentKind.RECEIPT: DocumentKind.PURCHASE_ORDER,
}
"""What is read out of orders -> which orders they are."""

# --- Which they are -------------------------------------------------------------------------


def as_kept(tx: Tx, connection: Connection, kind: DocumentKind, page: Page) -> Page:
    """Name documents as they are kept: what an earlier version took up keeps its identity.

    So it does while its earlier identity is told.  Afterwards it is gone, and what comes in
    its place is another delivery of its order, of which there are doubts.
    """
    both = {*page.formerly, *page.formerly.values()}
    known = documents.seen_fingerprints(tx, connection.id, kind, both)
    kept = {
        new: old
        for new, old in page.formerly.items()
        if new not in known and old in known and not known[old].is_gone
    }
    if not kept:
        return page
    return msgspec.structs.replace(
        page,
        documents=tuple(
            msgspec.structs.replace(each, id=kept.get(each.id, each.id)) for each in page.documents
        ),
        unreadable=tuple(
            msgspec.structs.replace(each, id=kept.get(each.id or "", each.id))
            for each in page.unreadable
        ),
    )


def of_orders(
    tx: Tx, connection: Connection, kind: DocumentKind, orders: Sequence[str]
) -> Mapping[str, Seen]:
    """Give what is known of the deliveries of some orders, by identity."""
    if kind not in ORDERS or not orders:
        return {}
    children = ancestry.descendants(tx, connection.id, ORDERS[kind], orders)
    ids = {child.id for _order, child in children if child.kind is kind}
    return documents.seen_fingerprints(tx, connection.id, kind, ids)


# --- What may be two ------------------------------------------------------------------------


class _Short(NamedTuple):
    """A delivery that shows less than went of it.

    Attributes:
        transfer: What went of it.
        products: Of which it shows less; ``None``: of any.
        words: The transfer as people know it.
    """

    transfer: int
    products: frozenset[str] | None
    words: str


def doubts(tx: Tx, view: LinkView, flow: Flow, asked: Sequence[Asked]) -> dict[str, Reason]:
    """Say of deliveries that have not landed why their goods may have been sent, by identity.

    Where no delivery of their orders was ever changed this costs one query.
    """
    if flow.source not in ORDERS or not asked:
        return {}
    orders = {each.id: _delivery(each).order_id for each in asked}
    changed = ancestry.changed_deliveries(
        tx, view.operations.id, ORDERS[flow.source], set(orders.values()), flow.source
    )
    short = _short(tx, view, flow, {id_ for _order, id_ in changed})
    found: dict[str, Reason] = {}
    for each in asked:
        beside = (id_ for order, id_ in changed if order == orders[each.id])
        for one in (one for id_ in beside for one in short.get(id_, ())):
            is_itself = each.transfer is not None and each.transfer.id == one.transfer
            if not is_itself and _has_any(each, one.products):
                found[each.id] = reason("sent-elsewhere", document=one.words)
    return found


def _delivery(asked: Asked) -> Shipment | Receipt:
    document = asked.at.document
    assert isinstance(document, Shipment | Receipt), "deliveries are asked about"
    return document


def _has_any(asked: Asked, products: frozenset[str] | None) -> bool:
    return products is None or any(
        line.item.name in products for line in _delivery(asked).lines if line.moved.value
    )


def _short(
    tx: Tx, view: LinkView, flow: Flow, ids: Iterable[str]
) -> Mapping[str, Sequence[_Short]]:
    """Give what went of those deliveries that show less, by identity."""
    loaded: defaultdict[str, list[Sourced]] = defaultdict(list)
    for each in transfers.of_sources(tx, view.operations.id, flow.source, ids) if ids else ():
        if (each.transfer.link, each.transfer.flow) == (view.link.id, flow.name):
            loaded[each.document_id].append(each)
    taken_up = parts.taken_up(tx, [each[0].transfer.document_row for each in loaded.values()])
    return {id_: [*_of_one(view, flow, found, taken_up)] for id_, found in loaded.items()}


def _of_one(
    view: LinkView, flow: Flow, found: Sequence[Sourced], taken_up: parts.TakenUp
) -> Iterable[_Short]:
    """Say what one delivery shows less of, and what is on its way of it under another content."""
    first = found[0]
    went = parts.shares(taken_up.of_transfer(first.transfer))
    products = TRANSLATORS[flow.name].lacking(
        decode(first.kind, first.body), view.settings, went, is_gone=first.is_withdrawn
    )
    for each in found:
        if each.transfer.part in went:
            if products is None or products:
                yield _Short(each.transfer.id, products, _words(each))
        elif _may_differ(each):
            yield _Short(each.transfer.id, None, _words(each))


def _may_differ(each: Sourced) -> bool:
    """Whether what is on its way may be more than its source shows by now."""
    transfer = each.transfer
    if transfer.standing is not Standing.IN_FLIGHT:
        return False
    began = transfer.released_at
    is_older = began is None or each.changed_at is None or began <= each.changed_at
    return each.is_withdrawn or is_older


def _words(each: Sourced) -> str:
    pairing = each.pairing
    if pairing is None:
        words = called(each)
    else:
        words = f"{pairing.target_kind.words} {pairing.number or pairing.target_id}"
    return words[0].upper() + words[1:]


def offer_beside(tx: Tx, moves: Iterable[tuple[Transfer, Transfer]]) -> None:
    """Offer again what is held beside deliveries of which something was decided."""
    decided = {
        after.document_row
        for before, after in moves
        if FLOWS[FlowName(after.flow)].source in ORDERS
        and after.state is not before.state
        and after.standing in (Standing.RESTING, Standing.STOPPED)
    }
    if decided:
        documents.offer_again(tx, ancestry.held_beside(tx, decided))
