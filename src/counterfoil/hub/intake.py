"""What the pages of a reading change: documents that are new or others, and what follows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import Document, DocumentKind, decode, fingerprint
from counterfoil.engine.life import State
from counterfoil.engine.moving import reconsider
from counterfoil.engine.operations import Page
from counterfoil.engine.reading import (
    Reading,
)
from counterfoil.engine.standpoint import Standpoint
from counterfoil.engine.transfers import Transfer, is_derived
from counterfoil.ledger import (
    connections,
    directory,
    documents,
    pairings,
    rereading,
    transfers,
)
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.documents import Pending
from counterfoil.settings import (
    FLOWS,
    Direction,
    Flow,
    FlowName,
)
from counterfoil.translate import TRANSLATORS

from . import bookmarks, counting, deliveries, parts, routing
from .ancestors import Asked, ancestors_first, taken_by
from .links import LinkView, view_of, views_of
from .orders import read_there
from .setup import Hub
from .standpoints import keep, standpoints
from .systems import traits_of
from .watching import may_be_ours, take_read, take_target_gone

__all__ = [
    "begin_transfers",
    "decide_anew",
    "finish",
    "reconsider_link",
    "take_page",
]

# Documents and transfers of one step; bodies are loaded in such pages.
_PAGE: Final = 500


# --- Pages --------------------------------------------------------------------------------


def take_page(
    tx: Tx, connection: Connection, reading: Reading, page: Page, run: int, now: datetime
) -> None:
    """Take one page of a reading into the ledger; what is watched is ``watching``'s."""
    if reading.stock:
        counting.take_page(tx, connection, reading, page, now)
        return
    if page.formerly and reading.documents is not None:
        page = deliveries.as_kept(tx, connection, reading.documents, page)
    if page.records:
        directory.learn(tx, connection.id, page.records, run)
    directory.forget(tx, connection.id, page.deleted_records)
    if page.bookmark is not None:
        bookmarks.keep(tx, connection.id, reading.cursor, page.bookmark)
    kind = reading.records or reading.documents
    if kind is not None and not reading.heads:
        present = [
            each.id for each in (page.documents if reading.records is None else page.records)
        ]
        # What could not be told of an order's deliveries bears the order's own identity.
        present += page.told_orders
        documents.keep_unreadable(
            tx,
            connection.id,
            kind.value,
            page.unreadable,
            present,
            now,
            everything=reading.is_complete and page.next is None and reading.page is None,
        )
    if reading.documents is not None and not reading.heads:
        _take_documents(tx, connection, reading, reading.documents, page, now)
    for deleted, gone in _by_kind(page.deleted_documents).items():
        _take_gone(tx, connection, deleted, gone, now, page.deleted_on)


def _by_kind(gone: Sequence[tuple[DocumentKind, str]]) -> dict[DocumentKind, list[str]]:
    found: dict[DocumentKind, list[str]] = {}
    for kind, document_id in gone:
        found.setdefault(kind, []).append(document_id)
    return found


def _take_documents(
    tx: Tx,
    connection: Connection,
    reading: Reading,
    kind: DocumentKind,
    page: Page,
    now: datetime,
) -> None:
    """Keep what changed among the documents of a page, and move their transfers."""
    is_everything = page.is_snapshot and reading.present is not None and page.next is None
    ids = None if is_everything else [each.id for each in page.documents]
    known = documents.seen_fingerprints(tx, connection.id, kind, ids)
    changed = [
        each
        for each in page.documents
        if _said(known.get(each.id)) != (fingerprint(each), each.status.value, False)
    ]
    # What is done of them (invoiced, closed by hand) is no change, and yet worth keeping.
    news = {each.id for each in changed}
    moved_on = [
        each
        for each in page.documents
        if each.id not in news and known[each.id].revision != each.revision
    ]
    documents.see(tx, connection.id, kind, [*changed, *moved_on], page.keys, now, known=known)
    notice(tx, connection, kind, [each.id for each in changed if each.id in known], now)
    if kind in _GO_BY_PROGRESS:
        notice(tx, connection, kind, [each.id for each in moved_on], now, restart=False)
    _take_own(tx, connection, kind, changed, now)
    read_there(tx, connection, kind, {each.id for each in (*changed, *moved_on)} & set(known), now)
    if reading.requests:
        _begin_requested(tx, connection, reading, kind, page.documents, now)
    if not is_everything:
        known = deliveries.of_orders(tx, connection, kind, page.told_orders)
    present = {*(reading.present or ()), *(each.id for each in page.documents)}
    present |= {each.id for each in page.unreadable if each.id is not None}
    gone = [
        document_id
        for document_id, seen in known.items()
        if document_id not in present and not seen.is_gone
    ]
    if is_everything:
        gone += set(rereading.never_read(tx, connection.id, kind)) - present
    _take_gone(tx, connection, kind, gone, now, {})


# Whether these may go can depend on how much of them was done.
_GO_BY_PROGRESS: Final = frozenset({DocumentKind.PURCHASE_ORDER})


def _said(seen: documents.Seen | None) -> tuple[str, str, bool] | None:
    return None if seen is None else (seen.fingerprint, seen.status, seen.is_gone)


def _take_own(
    tx: Tx,
    connection: Connection,
    kind: DocumentKind,
    changed: Sequence[Document],
    now: datetime,
) -> None:
    """Take what documents say now that our own transfers made there."""
    owners = pairings.owners(tx, connection.id, [(kind, each.id) for each in changed])
    own = {owners[kind, each.id]: each for each in changed if (kind, each.id) in owners}
    if own:
        take_read(tx, connection, own, now)


def notice(
    tx: Tx,
    connection: Connection,
    kind: DocumentKind,
    ids: Sequence[str],
    now: datetime,
    *,
    restart: bool = True,
) -> None:
    """Let the transfers of documents that changed at their source be decided anew.

    ``restart``: what was refused is tried again by itself, for somebody may have corrected it.
    """
    if not ids:
        return
    views = {view.link.id: view for view in views_of(tx, connection.id)}
    moves: list[tuple[Transfer, Transfer]] = []
    found = transfers.of_sources(tx, connection.id, kind, ids)
    loaded = [each for each in found if each.transfer.link in views]
    standing = standpoints(tx, loaded, views)
    for each in loaded:
        before = each.transfer
        after = reconsider(before, standing[before.id], now, restart=restart)
        number = decode(kind, each.body).number
        if number != after.number:
            after = msgspec.structs.replace(after, number=number)
        moves.append((before, after))
    keep(tx, moves, now)


def _take_gone(
    tx: Tx,
    connection: Connection,
    kind: DocumentKind,
    ids: Sequence[str],
    now: datetime,
    deleted_on: Mapping[str, date],
) -> None:
    """Keep that documents are gone from their system, and move their transfers."""
    if not ids:
        return
    documents.mark_gone(tx, connection.id, kind, ids)
    notice(tx, connection, kind, ids, now)
    take_target_gone(tx, connection, kind, ids, now, deleted_on)


def finish(
    tx: Tx, connection: Connection, complete: Sequence[Reading], run: int, now: datetime
) -> None:
    """Take what people asked for as brought, and drop what a full list did not bring."""
    for reading in complete:
        if reading.dated is not None:
            continue
        if reading.stock:
            counting.finish(tx, reading, run, now)
            continue
        connections.take_requests(tx, reading.requests, now)
        if reading.records is not None and reading.is_complete:
            directory.sweep(tx, connection.id, reading.records, run)


# --- Transfers ----------------------------------------------------------------------------


def begin_transfers(
    tx: Tx, connection: Connection, views: Sequence[LinkView], now: datetime
) -> int:
    """Begin transfers for documents that no flow has taken up; says how many.

    Looks at flows that write to this connection and at flows that read from it, for
    either side's run may be the first to come along.
    """
    begun = 0
    sources: dict[int, Connection] = {}
    for view in views:
        _go_on_deciding(tx, view, now)
        sources |= {view.operations.id: view.operations, view.books.id: view.books}
    for source in sources.values():
        around = views if source.id == connection.id else views_of(tx, source.id)
        kinds = {
            flow.source
            for view in around
            for flow in view.flows
            if view.source_of(flow).id == source.id and not flow.is_counted
        }
        for kind in ancestors_first(kinds):
            begun += _begin_kind(tx, connection, source, kind, around, now)
    return begun


def _begin_kind(
    tx: Tx,
    connection: Connection,
    source: Connection,
    kind: DocumentKind,
    views: Sequence[LinkView],
    now: datetime,
) -> int:
    """Offer what is new of a kind to every flow that reads it, a page at a time."""
    begun, after = 0, 0
    while page := documents.pending(tx, source.id, kind, _PAGE, after=after):
        after = page[-1].row
        waits = _on_their_way(tx, source, kind, page)
        offered = [each for each in page if each.row not in waits]
        own = _from_us(tx, source, kind, offered)
        for view in views:
            for flow in view.active_flows:
                if view.source_of(flow).id == source.id and flow.source is kind:
                    new = [each for each in offered if each.row not in own]
                    number = _begin_flow(tx, view, flow, new, now, asked=False)
                    target = view.target_of(flow)
                    if number and target.id != connection.id:
                        # Whoever dispatches need not wait for the target's usual time.
                        connections.wake(tx, target.id, now)
                    begun += number
        documents.take_up(tx, [each.row for each in offered])
    return begun


def _on_their_way(
    tx: Tx, source: Connection, kind: DocumentKind, page: Sequence[Pending]
) -> set[int]:
    """Name those that may be what a transfer in flight is about to become.

    Only its answer tells, or whoever decides what is unclear; until then they wait.
    """
    if not traits_of(source.system).keeps_marks:
        numbers = [each.number for each in page if each.number is not None]
        flying = documents.on_its_way(tx, source.id, numbers)
        return {each.row for each in page if each.number in flying}
    bare = [each for each in page if each.own_key is None]
    numbers = [each.number for each in bare if each.number is not None]
    flying = documents.on_its_way(tx, source.id, numbers)
    numbered = {each.row for each in bare if each.number in flying}
    return numbered | may_be_ours(tx, source, kind, bare)


def _from_us(tx: Tx, source: Connection, kind: DocumentKind, page: Sequence[Pending]) -> set[int]:
    """Name those that one of our own transfers made (the loop guard).

    They are the target of a pairing, bear the mark of a transfer, or a mark that only
    Counterfoil derives: another hub's, or this one's before it was restored.
    """
    paired = pairings.owners(tx, source.id, [(kind, each.id) for each in page])
    marks = {each.own_key for each in page if each.own_key is not None}
    bearers = transfers.by_key(tx, source.id, marks, tuple(State)) if marks else []
    ours = {(each.transfer.key or "").strip("{}") for each in bearers}
    return {
        each.row
        for each in page
        if (kind, each.id) in paired
        or each.own_key in ours
        or (each.own_key is not None and is_derived(each.own_key))
    }


def _begin_requested(
    tx: Tx,
    connection: Connection,
    reading: Reading,
    kind: DocumentKind,
    found: Sequence[Document],
    now: datetime,
) -> None:
    """Begin what a person asked for by its date, whether or not it is older than the link."""
    wanted = {request.id: request for request in connections.requests(tx, reading.requests)}
    views = {view.link.id: view for view in views_of(tx, connection.id)}
    rows = documents.by_ids(tx, connection.id, kind, [each.id for each in found])
    own = _from_us(tx, connection, kind, rows) | _on_their_way(tx, connection, kind, rows)
    for request in wanted.values():
        view, flow = views.get(request.link_id), FLOWS[FlowName(request.flow)]
        if view is not None and flow in view.active_flows:
            new = [each for each in rows if each.row not in own]
            _begin_flow(tx, view, flow, new, now, asked=True)


def _begin_flow(
    tx: Tx, view: LinkView, flow: Flow, page: Sequence[Pending], now: datetime, *, asked: bool
) -> int:
    begun: list[Transfer] = []
    new: list[tuple[Pending, str, Standpoint]] = []
    known = _taken_up(tx, view, flow, page, now) if _splits(view, flow) else None
    for seen, at in _all_offered(tx, view, flow, page):
        if not asked and _is_before(at.document, seen, view, flow):
            continue
        if known is None:
            begun.append(_begin_one(view, flow, seen, at, now))
            continue
        new += [
            (seen, key, of_part)
            for key, of_part in parts.new_parts(at, known.of(view.link.id, flow.name, seen.row))
        ]
    doubts = deliveries.doubts(tx, view, flow, [Asked(seen.id, at) for seen, _key, at in new])
    for seen, key, at in new:
        doubted = replace(at, doubt=doubts.get(seen.id))
        begun.append(_begin_one(view, flow, seen, doubted, now, part=key))
    return transfers.begin(tx, begun)


def _taken_up(
    tx: Tx, view: LinkView, flow: Flow, page: Sequence[Pending], now: datetime
) -> parts.TakenUp:
    """Give the parts that documents have already, each decided anew.

    What one part carries says how much is left for the others.
    """
    rows = {each.row: each.id for each in page}
    known = parts.taken_up(tx, rows)
    wanted = [ident for row, ident in rows.items() if known.of(view.link.id, flow.name, row)]
    if wanted:
        found = transfers.of_sources(tx, view.source_of(flow).id, flow.source, wanted)
        found = [
            each
            for each in found
            if (each.transfer.link, each.transfer.flow) == (view.link.id, flow.name)
        ]
        standing = standpoints(tx, found, {view.link.id: view})
        moves = [
            (each.transfer, reconsider(each.transfer, standing[each.transfer.id], now))
            for each in found
        ]
        keep(tx, moves, now)
    return known


def _splits(view: LinkView, flow: Flow) -> bool:
    return TRANSLATORS[flow.name].is_split(view.settings)


def _all_offered(
    tx: Tx, view: LinkView, flow: Flow, page: Sequence[Pending]
) -> list[tuple[Pending, Standpoint]]:
    """Tell what is known of documents that nobody has taken up in a flow."""
    offered = [(seen, _offered(view, flow, seen)) for seen in page]
    asked = [Asked(seen.id, at) for seen, at in offered]
    taken = taken_by(tx, view, flow, asked) | routing.routed(tx, view, flow, asked)
    return [
        (seen, replace(at, taken_by=taken[seen.id]) if seen.id in taken else at)
        for seen, at in offered
    ]


def _offered(view: LinkView, flow: Flow, seen: Pending) -> Standpoint:
    return Standpoint(
        flow=flow.name,
        link=view.rules,
        kind=flow.source,
        body=seen.body,
        fingerprint=seen.fingerprint,
        is_withdrawn=False,
        changed_at=seen.changed_at,
    )


def _begin_one(
    view: LinkView, flow: Flow, seen: Pending, at: Standpoint, now: datetime, *, part: str = ""
) -> Transfer:
    blank = Transfer(
        id=0,
        link=view.link.id,
        flow=flow.name.value,
        document_row=seen.row,
        target=view.target_of(flow).id,
        target_kind=TRANSLATORS[flow.name].target_kind(at.document, view.settings),
        number=seen.number,
        state=State.HELD,
        state_since=now,
        part=part,
        released_at=now,
    )
    return reconsider(blank, at, now)


def _is_before(document: Document, seen: Pending, view: LinkView, flow: Flow) -> bool:
    """Whether a document of the books was there before the link began to read them.

    A link starts from its start date; without one, from the day it was made.  A second link
    on the same books does not take what the first one has read.
    """
    if flow.direction is Direction.TO_BOOKS:
        return False
    rules = view.settings.flow(flow.name)
    start = rules.start_date if rules is not None else None
    if start is not None:
        created: date | None = getattr(document, "created_on", None)
        return created is not None and created < start and seen.seen_at < view.link.created_at
    return seen.seen_at < view.link.created_at


def _go_on_deciding(tx: Tx, view: LinkView, now: datetime) -> None:
    """Go on where deciding a link's transfers anew was broken off."""
    after = view.link.decide_after
    while after is not None:
        after = reconsider_link(tx, view, after, now, restart=False)
        connections.change_link(tx, view.link.id, decide_after=after)


def reconsider_link(
    tx: Tx, view: LinkView, after: int, now: datetime, *, restart: bool
) -> int | None:
    """Decide a page of a link's transfers anew, for its rules have changed.

    Args:
        after: Those above this id.
        restart: What was refused is tried again.

    Returns:
        The last id of the page, ``None``: there was none left.
    """
    page = transfers.of_link(tx, view.link.id, after, _PAGE)
    if not page:
        return None
    standing = standpoints(tx, page, {view.link.id: view})
    moves = [
        (
            each.transfer,
            reconsider(each.transfer, standing[each.transfer.id], now, restart=restart),
        )
        for each in page
    ]
    keep(tx, moves, now)
    for target in {moved.target for before, moved in moves if moved.state is State.READY}:
        connections.wake(tx, target, now)
    return page[-1].transfer.id


def decide_anew(hub: Hub, link: int, *, restart: bool) -> None:
    """Decide about a link's transfers under its present rules, a page at a time.

    What is not reached (the process ends) is gone on with by the next run.
    """
    after: int | None = 0
    while after is not None:
        with hub.database.writing() as tx:
            found = connections.load_link(tx, link)
            assert found is not None, "a link is never deleted"
            if found.decide_after is None:
                return
            view = view_of(tx, found)
            after = reconsider_link(tx, view, found.decide_after, hub.now(), restart=restart)
            connections.change_link(tx, link, decide_after=after)
