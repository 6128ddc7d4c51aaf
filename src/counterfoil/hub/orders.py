"""Where the orders stand that receipts and shipments are to be linked to.

A receipt names its order at the source.  In the target that order is what our own transfer
made of it, or, where it came from the books, the document there that it was made from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection as Tx

from counterfoil.documents import Ancestor, DocumentKind
from counterfoil.engine.deciding import Wish, Write
from counterfoil.engine.life import State
from counterfoil.engine.moving import reconsider
from counterfoil.engine.ordering import (
    SAID_BY_ORDER,
    ComingOrder,
    Follower,
    LandedOrder,
    NoOrder,
    OrderStanding,
)
from counterfoil.engine.standpoint import Standpoint
from counterfoil.engine.transfers import PairedLine, Transfer
from counterfoil.ledger import ancestry, documents, pairings, transfers
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.documents import Pending
from counterfoil.ledger.pairings import Origin
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, Direction, FlowName
from counterfoil.translate import TRANSLATORS

from .links import LinkView
from .standpoints import keep, standpoints, views_for
from .systems import traits_of

__all__ = ["followers_of", "let_try_again", "orders_of", "read_there"]

_ORDERS: Final = frozenset({DocumentKind.SALES_ORDER, DocumentKind.PURCHASE_ORDER})
# What an order is in any books.
_ORDERS_THERE: Final = _ORDERS | {DocumentKind.ESTIMATE}


def orders_of(
    tx: Tx, found: Sequence[tuple[Sourced, Standpoint]], views: Mapping[int, LinkView]
) -> dict[int, OrderStanding]:
    """Say where the orders stand that transfers are to be linked to, by transfer.

    Those that fulfil no order, or shall not be linked, are not there.  What was entered and
    is still to be proved has the order that it was entered for, whatever the settings say now.
    """
    wanted: defaultdict[int, dict[int, Ancestor]] = defaultdict(dict)
    for each, at in found:
        translator = TRANSLATORS[at.flow]
        order = translator.order_of(at.document, at.link.settings)
        if order is not None:
            wanted[each.transfer.link][each.transfer.id] = order
    standing: dict[int, OrderStanding] = {}
    for link, orders in wanted.items():
        standing |= _of_link(tx, views[link], orders)
    return standing | _to_be_proved(tx, found)


def _to_be_proved(tx: Tx, found: Sequence[tuple[Sourced, Standpoint]]) -> dict[int, OrderStanding]:
    """Give the orders of documents that are there, and whose links are not proved."""
    wanted: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for each, _at in found:
        pairing = each.pairing
        if pairing is not None and pairing.is_linked is False and pairing.fulfils is not None:
            wanted[each.transfer.target][each.transfer.id] = pairing.fulfils
    standing: dict[int, OrderStanding] = {}
    for target, orders in wanted.items():
        ends = pairings.ends_at(tx, target, sorted(set(orders.values())))
        standing |= {
            transfer: LandedOrder(pairing=row, kind=ends[row].kind, id=ends[row].id)
            for transfer, row in orders.items()
            if row in ends
        }
    return standing


def followers_of(tx: Tx, found: Iterable[Sourced]) -> dict[int, tuple[Follower, ...]]:
    """Say what of ours fulfils the documents that are to be taken out, by transfer."""
    owners = {
        each.pairing.id: each.transfer.id
        for each in found
        if each.pairing is not None and each.transfer.write is Write.VOID
    }
    told: defaultdict[int, list[Follower]] = defaultdict(list)
    for each in pairings.followers(tx, owners) if owners else ():
        words = f"{each.kind.words} {each.number or each.id}"
        follower = Follower(row=each.document_row, words=words, leaves=each.wish == Wish.UNDO)
        told[owners[each.order]].append(follower)
    return {transfer: tuple(each) for transfer, each in told.items()}


def read_there(
    tx: Tx, connection: Connection, kind: DocumentKind, ids: Collection[str], now: datetime
) -> None:
    """Take that orders of the books, which operations were given, have another revision."""
    if kind not in _ORDERS_THERE or not ids:
        return
    for each in transfers.of_sources(tx, connection.id, kind, ids):
        if each.pairing is not None:
            order = each.pairing.target_kind, each.pairing.target_id
            let_try_again(tx, each.transfer.target, [order], now)


def let_try_again(
    tx: Tx, operations: int, orders: Iterable[tuple[DocumentKind, str]], now: datetime
) -> None:
    """Let what was refused for what its order said in the books try again.

    Args:
        operations: The connection whose orders they are.
        orders: Those of which the books say something else by now, by kind and identity.
        now: The time.
    """
    moves: list[tuple[Transfer, Transfer]] = []
    for kind, id_ in orders:
        for child in (each for _order, each in ancestry.descendants(tx, operations, kind, [id_])):
            found = transfers.of_sources(tx, operations, child.kind, [child.id])
            refused = [each for each in found if _is_for_order(each.transfer)]
            standing = standpoints(tx, refused, views_for(tx, refused))
            moves += [
                (
                    each.transfer,
                    reconsider(each.transfer, standing[each.transfer.id], now, restart=True),
                )
                for each in refused
            ]
    keep(tx, moves, now)


def _is_for_order(transfer: Transfer) -> bool:
    return transfer.refusal is not None and transfer.refusal.code in SAID_BY_ORDER


def _of_link(tx: Tx, view: LinkView, orders: Mapping[int, Ancestor]) -> dict[int, OrderStanding]:
    source, links_to = view.operations.id, traits_of(view.books.system).links_to
    known: dict[Ancestor, OrderStanding] = {}
    for kind in sorted({each.kind for each in orders.values()}):
        asked = {each for each in orders.values() if each.kind == kind}
        ids = sorted(each.id for each in asked)
        seen = {each.id: each for each in documents.by_ids(tx, source, DocumentKind(kind), ids)}
        sent = _sent(transfers.of_sources(tx, source, DocumentKind(kind), ids), view)
        came = pairings.origins(tx, source, DocumentKind(kind), ids)
        for each in asked:
            known[each] = _standing(
                each, seen.get(each.id), sent.get(each.id), came.get(each.id), links_to
            )
    return {transfer: known[order] for transfer, order in orders.items()}


def _sent(found: Iterable[Sourced], view: LinkView) -> dict[str, Sourced]:
    """Give the transfers that take these orders to the books, by the orders' identities."""
    return {
        each.document_id: each
        for each in found
        if each.transfer.link == view.link.id
        and FLOWS[FlowName(each.transfer.flow)].direction is Direction.TO_BOOKS
        and each.kind in _ORDERS
    }


def _standing(
    order: Ancestor,
    seen: Pending | None,
    sent: Sourced | None,
    came: Origin | None,
    links_to: Collection[DocumentKind],
) -> OrderStanding:
    kind = DocumentKind(order.kind)
    words = f"{kind.words} {(seen and seen.number) or order.id}"
    if came is not None:
        return _came_from_books(came, words, kind, seen, links_to)
    if sent is None:
        is_new = seen is not None and seen.is_pending
        if seen is not None and is_new:
            return ComingOrder(row=seen.row, words=words)
        return NoOrder(words=words, why="it has not been taken up")
    return _went_to_books(sent, words, links_to)


def _went_to_books(sent: Sourced, words: str, links_to: Collection[DocumentKind]) -> OrderStanding:
    pairing, transfer = sent.pairing, sent.transfer
    if pairing is not None and pairing.gone_at is not None:
        return NoOrder(words=words, why="it was deleted there")
    if pairing is not None and pairing.target_kind not in links_to:
        there = f"{pairing.target_kind.words} {pairing.number or pairing.target_id}"
        return NoOrder(words=words, why=f"it is the {there} there")
    if pairing is not None:
        return LandedOrder(
            pairing=pairing.id,
            kind=pairing.target_kind,
            id=pairing.target_id,
            number=pairing.number,
            lines=_lines(pairing.lines, forward=True),
            source_kind=sent.kind,
            source=sent.body,
        )
    code = transfer.reason.code if transfer.reason is not None else None
    if transfer.state is State.SKIPPED or code == "flow-off":
        why = transfer.sentence or "It was left out."
        return NoOrder(words=words, why=why[0].lower() + why[1:].rstrip("."))
    return ComingOrder(row=transfer.document_row, words=words)


def _came_from_books(
    came: Origin,
    words: str,
    kind: DocumentKind,
    seen: Pending | None,
    links_to: Collection[DocumentKind],
) -> OrderStanding:
    if came.kind not in links_to:
        return NoOrder(words=words, why=f"it was made from the {came.kind.words} {came.id}")
    if came.is_gone:
        return NoOrder(words=words, why="it was deleted there")
    return LandedOrder(
        pairing=came.pairing,
        kind=came.kind,
        id=came.id,
        lines=_lines(came.lines, forward=False),
        source_kind=kind,
        source=None if seen is None else seen.body,
    )


def _lines(pairs: Sequence[PairedLine] | None, *, forward: bool) -> Mapping[str, str] | None:
    """Give the order's lines as the operations name them -> as the books do; empty: not told.

    ``None``: nothing is known of them.
    """
    if pairs is None:
        return None
    ends = ((pair.source, pair.target) for pair in pairs)
    return {here: there for here, there in (ends if forward else ((b, a) for a, b in ends)) if here}
