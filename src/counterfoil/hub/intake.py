"""What a run reads: which lists and documents, and what their pages change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind, decode, fingerprint
from counterfoil.engine.life import Event
from counterfoil.engine.noticing import DELETED, begin, notice
from counterfoil.engine.operations import Page
from counterfoil.engine.reading import Reading, agenda
from counterfoil.engine.transfers import Transfer, advance
from counterfoil.ledger import connections, directory, documents, runs, transfers
from counterfoil.ledger.connections import Connection, Request
from counterfoil.settings import FLOWS, Direction, Flow, FlowMode, FlowName, retrieval_due

from .keys import new_key
from .links import LinkView, views_of
from .targets import Traits

__all__ = ["agenda_of", "begin_transfers", "finish", "is_due", "take_page"]

# With nothing else to do, the lists are brought up to date this often.
LISTS_EVERY: Final = timedelta(minutes=30)


def agenda_of(
    tx: Tx, connection: Connection, views: Sequence[LinkView], traits: Traits, now: datetime
) -> tuple[Reading, ...]:
    """List what a run on a connection reads before it writes."""
    if not views:
        return ()
    read = {name: until for name, (until, _at) in runs.cursors(tx, connection.id).items()}
    readings = agenda(
        traits.lists,
        _wanted_documents(tx, connection, views, now),
        read,
        reads_deletions=traits.tells_deletions,
    )
    asked = _requests_by_kind(tx, connection, views)
    return tuple(
        msgspec.structs.replace(reading, requests=tuple(asked[reading.documents]))
        if reading.documents is not None
        else reading
        for reading in readings
    )


def _requests_by_kind(
    tx: Tx, connection: Connection, views: Sequence[LinkView]
) -> defaultdict[DocumentKind, list[int]]:
    """Collect what people asked this connection for, by the kind that a reading brings."""
    asked: defaultdict[DocumentKind, list[int]] = defaultdict(list)
    for view in views:
        for request in connections.open_requests(tx, [view.link.id]):
            flow = FLOWS[FlowName(request.flow)]
            if view.source_of(flow).id == connection.id:
                asked[flow.source].append(request.id)
    return asked


def is_due(tx: Tx, connection: Connection, views: Sequence[LinkView], now: datetime) -> bool:
    """Say whether something is to be read although nothing is to be written."""
    if not views:
        return False
    if _wanted_documents(tx, connection, views, now):
        return True
    read_at = [at for _until, at in runs.cursors(tx, connection.id).values()]
    return not read_at or max(read_at) + LISTS_EVERY <= now


def _wanted_documents(
    tx: Tx, connection: Connection, views: Sequence[LinkView], now: datetime
) -> dict[DocumentKind, datetime | None]:
    """Say which kinds are read, and since which wall-clock time (``None``: go on)."""
    wanted: dict[DocumentKind, datetime | None] = {}
    read = runs.cursors(tx, connection.id)
    for view in views:
        requests = _requests(tx, view)
        for flow in view.active_flows:
            if view.source_of(flow).id != connection.id:
                continue
            cursor_name = f"documents/{flow.source}"
            until, read_at = read.get(cursor_name, (None, None))
            asked = requests.get(flow.name)
            if flow.direction is Direction.TO_BOOKS:
                _want(wanted, flow.source, None)
            elif asked is not None:
                since = _midnight(asked.since) or until or _first(view, flow)
                # What an automatic flow has read up to must leave no hole behind it.
                is_automatic = view.mode_of(flow) is FlowMode.AUTOMATIC
                _want(wanted, flow.source, min(since, until or since) if is_automatic else since)
            elif view.mode_of(flow) is FlowMode.AUTOMATIC and retrieval_due(
                read_at, now, view.settings, flow=flow.name
            ):
                _want(wanted, flow.source, None if until else _first(view, flow))
    return wanted


def _want(
    wanted: dict[DocumentKind, datetime | None], kind: DocumentKind, since: datetime | None
) -> None:
    known = wanted.get(kind)
    wanted[kind] = min(known, since) if known and since else known or since


def _requests(tx: Tx, view: LinkView) -> Mapping[str, Request]:
    return {each.flow: each for each in connections.open_requests(tx, [view.link.id])}


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time())


def _first(view: LinkView, flow: Flow) -> datetime:
    """Say from when the first retrieval of a flow reads: its start date, or the link's.

    Without a start date the books' old orders stay where they are: nobody who links two
    systems wants years of finished work produced again.
    """
    rules = view.settings.flow(flow.name)
    start = rules.start_date if rules is not None else None
    return datetime.combine(start or view.settings.local_date(view.link.created_at), time())


# --- Pages --------------------------------------------------------------------------------


def take_page(
    tx: Tx, connection: Connection, reading: Reading, page: Page, run: int, now: datetime
) -> None:
    """Take one page of a reading into the ledger."""
    if page.records:
        directory.learn(tx, connection.id, page.records, run)
    directory.forget(tx, connection.id, page.deleted_records)
    if reading.documents is not None:
        _take_documents(tx, connection, reading.documents, page, now)
    for kind, gone in _by_kind(page.deleted_documents).items():
        _take_gone(tx, connection, kind, gone, now)


def _by_kind(gone: Sequence[tuple[DocumentKind, str]]) -> dict[DocumentKind, list[str]]:
    found: dict[DocumentKind, list[str]] = {}
    for kind, document_id in gone:
        found.setdefault(kind, []).append(document_id)
    return found


def _take_documents(
    tx: Tx, connection: Connection, kind: DocumentKind, page: Page, now: datetime
) -> None:
    """Keep what changed among the documents of a page, and move their transfers."""
    ids = None if page.is_snapshot else [each.id for each in page.documents]
    known = documents.seen_fingerprints(tx, connection.id, kind, ids)
    changed = [
        each
        for each in page.documents
        if known.get(each.id) != (fingerprint(each), each.status.value, False)
    ]
    documents.see(tx, connection.id, kind, changed, page.keys, now)
    _notice(tx, connection, kind, [each.id for each in changed if each.id in known], now)
    if page.is_snapshot and page.next is None:
        present = {each.id for each in page.documents}
        gone = [
            document_id
            for document_id, (_fingerprint, _status, is_gone) in known.items()
            if document_id not in present and not is_gone
        ]
        _take_gone(tx, connection, kind, gone, now)


def _notice(
    tx: Tx, connection: Connection, kind: DocumentKind, ids: Sequence[str], now: datetime
) -> None:
    if not ids:
        return
    moves: list[tuple[Transfer, Transfer]] = []
    settings = _settings_by_link(tx, connection)
    for each in transfers.of_sources(tx, connection.id, kind, ids):
        document = decode(kind, each.body)
        after = notice(
            each.transfer, document, each.fingerprint, settings[each.transfer.link].settings, now
        )
        moves.append((each.transfer, after))
    transfers.save(tx, moves)


def _settings_by_link(tx: Tx, connection: Connection) -> Mapping[int, LinkView]:
    return {view.link.id: view for view in views_of(tx, connection.id)}


def _take_gone(
    tx: Tx, connection: Connection, kind: DocumentKind, ids: Sequence[str], now: datetime
) -> None:
    """Keep that documents are gone from their source, and move their transfers."""
    documents.mark_gone(tx, connection.id, kind, ids)
    moves = [
        (
            each.transfer,
            advance(each.transfer, Event.SOURCE_GONE, now, reason=DELETED),
        )
        for each in transfers.of_sources(tx, connection.id, kind, ids)
    ]
    transfers.save(tx, moves)


def finish(
    tx: Tx, connection: Connection, complete: Sequence[Reading], run: int, now: datetime
) -> None:
    """Keep how far complete readings came, and drop what a full one did not bring."""
    runs.keep_cursors(tx, connection.id, complete, now)
    for reading in complete:
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
    for view in views:
        for flow in view.active_flows:
            number = _begin_flow(tx, view, flow, now)
            if number:
                # Whoever dispatches need not wait for the target's usual time.
                connections.change(tx, view.target_of(flow).id, due_at=now)
            begun += number
    return begun


def _begin_flow(tx: Tx, view: LinkView, flow: Flow, now: datetime) -> int:
    source, target = view.source_of(flow), view.target_of(flow)
    rows = []
    for seen in documents.lacking_transfer(
        tx, source.id, flow.source, view.link.id, flow.name.value
    ):
        beginning = begin(flow.name, decode(flow.source, seen.body), view.settings)
        if beginning is None:
            continue
        rows.append(
            {
                "link_id": view.link.id,
                "flow": flow.name.value,
                "document_id": seen.row,
                "target_id": target.id,
                "number": seen.number,
                "state": beginning.state.value,
                "state_since": now,
                "released_at": now,
                "key": new_key(),
                "number_is_free": False,
                "reason": beginning.reason,
            }
        )
    transfers.begin(tx, rows)
    return len(rows)
