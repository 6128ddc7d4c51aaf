"""What the engine has to know about a transfer, put together from the ledger's rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind
from counterfoil.engine.admission import Link as Rules
from counterfoil.engine.deciding import Write
from counterfoil.engine.life import Event, Standing, State
from counterfoil.engine.moving import advance, reconsider
from counterfoil.engine.settlement import Waiting
from counterfoil.engine.standpoint import Standpoint
from counterfoil.engine.transfers import Transfer, marks_of
from counterfoil.ledger import connections, documents, exchanges, follow_ups, pairings, transfers
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, ClosedByHand, Direction, FlowName
from counterfoil.translate import TRANSLATORS

from . import deliveries, parts, routing
from .ancestors import ANCESTORS_FIRST, Asked, left_out_for, taken_by
from .links import LinkView, view_of
from .systems import traits_of

__all__ = [
    "account_of",
    "is_split",
    "keep",
    "marks",
    "standpoint",
    "standpoints",
    "views_for",
    "waiting_for",
]


def account_of(connection: Connection) -> str:
    """Say which company a connection belongs to, in a way that does not change.

    As the system identifies it; where nobody has told yet, the connection itself.
    """
    return connection.account or f"{connection.system.value}/{connection.id}"


def standpoint(tx: Tx, each: Sourced, view: LinkView) -> Standpoint:
    """Tell what is known about a transfer besides itself."""
    return standpoints(tx, [each], {view.link.id: view})[each.transfer.id]


def standpoints(
    tx: Tx, loaded: Iterable[Sourced], views: Mapping[int, LinkView]
) -> dict[int, Standpoint]:
    """Tell what is known about some transfers besides themselves, by transfer."""
    found = list(loaded)
    rules = {link: views[link].rules for link in {each.transfer.link for each in found}}
    whole = {
        each.transfer.id: _of_whole(each, views[each.transfer.link], rules[each.transfer.link])
        for each in found
    }
    whole |= {
        each.transfer.id: parts.told_by_identity(whole[each.transfer.id])
        for each in found
        if _tells_identities(views[each.transfer.link], whole[each.transfer.id])
    }
    in_parts = [each.transfer for each in found if is_split(whole[each.transfer.id])]
    taken_up = parts.taken_up(tx, [each.document_row for each in in_parts])
    parted = {
        each.id: parts.of_part(whole[each.id], each, taken_up.of_transfer(each))
        for each in in_parts
    }
    return _with_takers(tx, found, views, whole | parted)


def _with_takers(
    tx: Tx,
    loaded: Iterable[Sourced],
    views: Mapping[int, LinkView],
    standing: dict[int, Standpoint],
) -> dict[int, Standpoint]:
    """Say where what has not landed was taken up, or may have been, as another document."""
    asked: defaultdict[tuple[int, FlowName], list[Asked]] = defaultdict(list)
    for each in loaded:
        at = standing[each.transfer.id]
        if each.pairing is None and not at.is_withdrawn:
            key = each.transfer.link, at.flow
            asked[key].append(Asked(each.document_id, at, each.transfer))
    for (link, flow), unlanded in asked.items():
        found = taken_by(tx, views[link], FLOWS[flow], unlanded) | routing.routed(
            tx, views[link], FLOWS[flow], unlanded
        )
        doubts = deliveries.doubts(tx, views[link], FLOWS[flow], unlanded)
        for one in unlanded:
            assert one.transfer is not None, "these have been begun"
            taken = found.get(one.id, one.at.taken_by)
            doubt = doubts.get(one.id)
            # One value for each step of a plan: its document is decoded once.
            if (taken, doubt) != (one.at.taken_by, one.at.doubt):
                standing[one.transfer.id] = replace(one.at, taken_by=taken, doubt=doubt)
    return standing


def _tells_identities(view: LinkView, at: Standpoint) -> bool:
    """Whether a document is the same under other names, and goes as one part."""
    source = view.source_of(FLOWS[at.flow])
    return traits_of(source.system).tells_identities and not is_split(at)


def is_split(at: Standpoint) -> bool:
    """Whether its document can become several documents of the target."""
    return TRANSLATORS[at.flow].is_split(at.link.settings)


def _of_whole(each: Sourced, view: LinkView, rules: Rules) -> Standpoint:
    return Standpoint(
        flow=FlowName(each.transfer.flow),
        link=rules,
        kind=each.kind,
        body=each.body,
        fingerprint=each.fingerprint,
        is_withdrawn=each.is_withdrawn and (each.is_gone or not _takes_closed(each, view)),
        changed_at=each.changed_at,
        pairing=each.pairing,
    )


def _takes_closed(each: Sourced, view: LinkView) -> bool:
    """Whether orders that were closed by hand in the books are taken like others."""
    rules = view.settings.flow(FlowName(each.transfer.flow))
    return getattr(rules, "closed_by_hand", None) is ClosedByHand.TAKE


def marks(each: Sourced, view: LinkView) -> tuple[str, ...]:
    """Give the marks of a transfer's generations, the newest first."""
    flow = FLOWS[FlowName(each.transfer.flow)]
    return marks_of(
        account_of(view.source_of(flow)),
        account_of(view.target_of(flow)),
        each.transfer.flow,
        each.document_id,
        each.transfer.part,
        each.transfer.generation,
    )


def views_for(tx: Tx, loaded: Iterable[Sourced]) -> Mapping[int, LinkView]:
    """Give the links of some transfers, whether they are active or not."""
    views: dict[int, LinkView] = {}
    for link_id in {each.transfer.link for each in loaded}:
        link = connections.load_link(tx, link_id)
        assert link is not None, "a transfer belongs to a link"
        views[link_id] = view_of(tx, link)
    return views


_LOST: Final = (State.UNKNOWN, State.CONFIRMING)


def waiting_for(tx: Tx, loaded: Iterable[Sourced], settles_after: timedelta) -> dict[int, Waiting]:
    """Put together what settling an answer has to know about the transfers that waited.

    Args:
        settles_after: For how long a write may still be carried out after it has left.
    """
    found = list(loaded)
    views = views_for(tx, found)
    # What is answered as it was asked brings with it what was sent.
    lost = [each.transfer.id for each in found if each.transfer.state in _LOST]
    writes = exchanges.last_writes(tx, lost) if lost else {}
    standing = standpoints(tx, found, views)
    waiting: dict[int, Waiting] = {}
    for each in found:
        transfer, view = each.transfer, views[each.transfer.link]
        number = transfer.target_number
        translator = TRANSLATORS[FlowName(transfer.flow)]
        # A number that a person gave is that one or none.
        is_given = transfer.correction is not None and transfer.correction.number is not None
        last = writes.get(transfer.id)
        is_create = transfer.write is Write.CREATE
        waiting[transfer.id] = Waiting(
            transfer=transfer,
            at=standing[transfer.id],
            marks=marks(each, view),
            sent=last.sent if last else None,
            other_number=None
            if number is None or is_given
            else translator.other_number(number, view.settings),
            may_run_until=last.sent_at + settles_after if last and is_create else None,
        )
    return waiting


def keep(tx: Tx, moves: Iterable[tuple[Transfer, Transfer]], now: datetime) -> None:
    """Store transfers that moved, and end the pairings of those that begin anew."""
    found = [(before, after) for before, after in moves if before is not after]
    transfers.save(tx, found)
    ended = [after.id for before, after in found if after.generation != before.generation]
    if ended:
        pairings.end(tx, ended, now)
        follow_ups.end(tx, ended, now)
    _wake_followers(tx, found, now)
    _offer_rest(tx, found)
    deliveries.offer_beside(tx, found)
    _wake_relatives(tx, found, now)
    _wake_other_links(tx, found, now)


def _wake_other_links(tx: Tx, moves: Iterable[tuple[Transfer, Transfer]], now: datetime) -> None:
    """Look again at what belongs to another link, of documents that have left this one."""
    for each in routing.left_elsewhere(tx, moves):
        view = views_for(tx, [each])[each.transfer.link]
        after = reconsider(each.transfer, standpoint(tx, each, view), now)
        keep(tx, [(each.transfer, after)], now)
        connections.wake(tx, after.target, now)


# What something may wait for: an invoice for its order, an order for what moved of it.
_AWAITED: Final = frozenset(
    {
        DocumentKind.SALES_ORDER,
        DocumentKind.PURCHASE_ORDER,
        DocumentKind.SHIPMENT,
        DocumentKind.RECEIPT,
    }
)


def _wake_followers(tx: Tx, moves: Iterable[tuple[Transfer, Transfer]], now: datetime) -> None:
    """Let what waits for a document look again once something was decided about it."""
    decided = {after.document_row for before, after in moves if _may_free(before, after)}
    if not decided:
        return
    waiting = [each.transfer for each in transfers.waiting_for(tx, decided)]
    transfers.save(tx, [(each, advance(each, Event.DUE, now)) for each in waiting])
    for target in {each.target for each in waiting}:
        connections.wake(tx, target, now)


def _may_free(before: Transfer, after: Transfer) -> bool:
    """Whether something may have waited for what happened: that it came to its end, or left."""
    if after.generation != before.generation:
        return True
    is_over = after.standing in (Standing.RESTING, Standing.STOPPED)
    is_awaited = FLOWS[FlowName(after.flow)].source in _AWAITED
    return is_awaited and is_over and after.state is not before.state


def _wake_relatives(tx: Tx, moves: Iterable[tuple[Transfer, Transfer]], now: datetime) -> None:
    """Look again at what was left out for a document of the books that is taken up no more."""
    over = [
        after.id
        for before, after in moves
        if after.state is State.SKIPPED is not before.state
        and FLOWS[FlowName(after.flow)].direction is Direction.FROM_BOOKS
        and FLOWS[FlowName(after.flow)].source in ANCESTORS_FIRST
    ]
    gone = transfers.load(tx, over) if over else []
    views = views_for(tx, gone)
    for link, view in views.items():
        of_link = [each for each in gone if each.transfer.link == link]
        for each in left_out_for(tx, view.books.id, of_link):
            if each.transfer.link == link and each.transfer.id not in over:
                # One after the other: what goes now keeps out the next one.
                after = reconsider(each.transfer, standpoint(tx, each, view), now)
                keep(tx, [(each.transfer, after)], now)
                connections.wake(tx, after.target, now)


def _offer_rest(tx: Tx, moves: Iterable[tuple[Transfer, Transfer]]) -> None:
    """Offer a document again whose part is not on its way any more.

    It may have grown meanwhile, and what its other parts carry depends on this one.
    """
    documents.offer_again(
        tx,
        (
            after.document_row
            for before, after in moves
            if after.part
            and after.state is not before.state
            and after.standing in (Standing.RESTING, Standing.STOPPED)
        ),
    )
