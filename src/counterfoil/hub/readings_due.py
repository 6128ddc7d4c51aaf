"""What a run reads before it writes: which lists and documents, and whether any are due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind
from counterfoil.engine.reading import (
    CLOCK_UNKNOWN,
    OVERLAP,
    WIDE_OVERLAP,
    Reading,
    Watch,
    agenda,
    documents_cursor,
    earlier,
)
from counterfoil.ledger import (
    connections,
    counterparts,
    documents,
    grants,
    rereading,
    runs,
    transfers,
)
from counterfoil.ledger.connections import Connection, Request
from counterfoil.settings import (
    FLOWS,
    Direction,
    Flow,
    FlowMode,
    FlowName,
    in_window,
    retrieval_due,
)

from . import bookmarks, counting
from .ancestors import ancestors_first
from .clocks import WIDE_AT, read_until
from .deliveries import ORDERS
from .links import LinkView
from .needed import asked, lists_due
from .systems import Traits, signs_in, traits_of

__all__ = ["agenda_of", "is_due", "is_told"]

# With nothing else to do, the lists are brought up to date this often; of a service that tells
# by itself that something changed, only in case it once did not.
SWEPT_EVERY: Final = timedelta(days=1)
LISTS_EVERY: Final = timedelta(minutes=30)
# Once in so long a reading looks back further than usual: a clock may have moved.
_WIDE_EVERY: Final = timedelta(days=1)
# An order is closed by what is to be read of it; a reading that fails is made up for later.
_CLOSED_LATELY = timedelta(days=3)


def agenda_of(
    tx: Tx,
    connection: Connection,
    views: Sequence[LinkView],
    traits: Traits,
    now: datetime,
    again: Sequence[DocumentKind] = (),
) -> tuple[Reading, ...]:
    """List what a run on a connection reads before it writes.

    ``again``: kinds that it has retrieved, and retrieves once more, from further back.
    """
    if not views:
        return ()
    read = runs.cursors(tx, connection.id)
    once_more = {kind: None for kind in again if documents_cursor(kind) in read}
    readings = agenda(
        lists_due(connection, views, read, now, counterparts.open_kinds(tx, connection.id)),
        {**once_more, **_wanted_documents(tx, connection, views, now)},
        read_until(connection, read, now),
        watches=_watches(tx, connection, views, read) if traits.watch == "changes" else (),
        reads_deletions=traits.tells_deletions,
        deletable=_kinds_there(connection, views),
        is_wide=_is_wide(connection, now),
    )
    asked = _requests_by_kind(tx, connection, views)
    lists_everything = traits.watch == "snapshot"
    return tuple(
        msgspec.structs.replace(
            reading,
            requests=tuple(asked[reading.documents]),
            known=_open_orders(tx, connection, reading.documents, now) if lists_everything else (),
            bookmark=bookmarks.of(connection, reading.cursor),
        )
        if reading.documents is not None and not reading.heads
        else reading
        for reading in readings
    )


def _kinds_there(connection: Connection, views: Sequence[LinkView]) -> set[DocumentKind]:
    """Name the kinds that any flow reads from a connection or writes to it."""
    found: set[DocumentKind] = set()
    for view in views:
        for flow in view.flows:
            is_source = view.source_of(flow).id == connection.id
            found |= {flow.source} if is_source else set(view.targets_of(flow))
    return found


def _open_orders(
    tx: Tx, connection: Connection, kind: DocumentKind, now: datetime
) -> tuple[str, ...]:
    """Say which orders a list should hold, if it holds no closed ones."""
    orders = ORDERS.get(kind, kind)
    seen = documents.open_ids(tx, connection.id, orders, now - _CLOSED_LATELY)
    return (*seen, *rereading.never_read(tx, connection.id, orders))


def _is_wide(connection: Connection, now: datetime) -> bool:
    """Say whether this run looks back further than usual."""
    wide_at = _moment(connection.facts.get(WIDE_AT))
    return wide_at is None or wide_at + _WIDE_EVERY <= now


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def _watches(
    tx: Tx,
    connection: Connection,
    views: Sequence[LinkView],
    read: Mapping[str, tuple[datetime | None, datetime]],
) -> list[Watch]:
    """Say which kinds we write to a connection, and from when on they are first read.

    From the link's beginning, and further back where the system's clock seems to be
    behind: the latest change of its lists is a time that it has reached for certain.
    Where each reading may be a call of its own, nothing is read for a flow that is off and
    never had a document.
    """
    each_costs = traits_of(connection.system).is_called
    wanted: dict[DocumentKind, datetime] = {}
    told = [until for name, (until, _at) in read.items() if name.startswith("records/") and until]
    for view in views:
        began = view.link.created_at.replace(tzinfo=None)
        first = earlier(min([began, *([max(told)] if told else [])]), CLOCK_UNKNOWN + OVERLAP)
        flows = _in_use(tx, view) if each_costs else view.flows
        for flow in flows:
            if view.target_of(flow).id == connection.id:
                wanted |= {
                    kind: min(wanted.get(kind, first), first) for kind in view.targets_of(flow)
                }
    return [Watch(kind, since) for kind, since in wanted.items()]


def _in_use(tx: Tx, view: LinkView) -> list[Flow]:
    """Give the flows of a link that are on, or that had a document once."""
    had = {flow for _link, flow, _state, _number in transfers.counts(tx, view.link.id)}
    on = {flow.name for flow in view.active_flows}
    return [flow for flow in view.flows if flow.name in on or flow.name in had]


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
    if asked(connection) or counting.is_due(tx, connection, views, now):
        return True
    read_at = [at for _until, at in runs.cursors(tx, connection.id).values()]
    return not read_at or max(read_at) + LISTS_EVERY <= now


def is_told(
    tx: Tx, connection: Connection, views: Sequence[LinkView], now: datetime, hinted_at: datetime
) -> bool:
    """Say whether something is to be read of a service that tells when it changed.

    Args:
        hinted_at: When it told so last.
    """
    if not views:
        return False

    def is_hinted(read_at: datetime | None, view: LinkView, flow: Flow) -> bool:
        return _is_news(hinted_at, read_at) and _is_in_window(view, now)

    if _wanted_documents(tx, connection, views, now, is_hinted):
        return True
    if asked(connection) or counting.is_due(tx, connection, views, now):
        return True
    read_at = max((at for _until, at in runs.cursors(tx, connection.id).values()), default=None)
    return read_at is None or _is_news(hinted_at, read_at) or read_at + SWEPT_EVERY <= now


def _is_news(hinted_at: datetime | None, read_at: datetime | None) -> bool:
    return hinted_at is not None and (read_at is None or hinted_at > read_at)


def _is_in_window(view: LinkView, now: datetime) -> bool:
    return in_window(view.settings, now.astimezone(view.settings.zone).time())


Retrieves = Callable[[datetime | None, LinkView, Flow], bool]
"""Whether an automatic flow that was read at a moment (``None``: never) is read now."""


def _usually(tx: Tx, connection: Connection, now: datetime) -> Retrieves:
    """Read automatic flows when their time has come, or their service told of a change."""
    hinted_at = grants.hinted_at(tx, connection.id) if signs_in(connection.system) else None

    def retrieves(read_at: datetime | None, view: LinkView, flow: Flow) -> bool:
        if retrieval_due(read_at, now, view.settings, flow=flow.name):
            return True
        return _is_news(hinted_at, read_at) and _is_in_window(view, now)

    return retrieves


def _wanted_documents(
    tx: Tx,
    connection: Connection,
    views: Sequence[LinkView],
    now: datetime,
    retrieves: Retrieves | None = None,
) -> dict[DocumentKind, datetime | None]:
    """Say which kinds are read, and since which wall-clock time (``None``: go on)."""
    retrieves = retrieves or _usually(tx, connection, now)
    wanted: dict[DocumentKind, datetime | None] = {}
    read = runs.cursors(tx, connection.id)
    overlap = WIDE_OVERLAP if _is_wide(connection, now) else OVERLAP
    for view in views:
        requests = _requests(tx, view)
        for flow in view.active_flows:
            if view.source_of(flow).id != connection.id:
                if traits_of(connection.system).watch == "snapshot":
                    # All there is shows what became of what we wrote.
                    for kind in view.targets_of(flow):
                        _want(wanted, kind, None)
                continue
            until, read_at = read.get(documents_cursor(flow.source), (None, None))
            asked = requests.get(flow.name)
            if flow.is_counted:
                continue
            if flow.direction is Direction.TO_BOOKS:
                _want(wanted, flow.source, None)
                if flow.source in ORDERS and traits_of(connection.system).watch == "snapshot":
                    # Of an order that its list may leave out once it is closed, somebody has
                    # to know that it was there.
                    _want(wanted, ORDERS[flow.source], None)
            elif asked:
                is_automatic = view.mode_of(flow) is FlowMode.AUTOMATIC
                begins = earlier(until, overlap) if until else _first(view, flow)
                for request in asked:
                    since = _midnight(request.since) or begins
                    # What an automatic flow has read up to must leave no hole behind it, nor
                    # what it would begin with.
                    _want(wanted, flow.source, min(since, begins) if is_automatic else since)
            elif view.mode_of(flow) is FlowMode.AUTOMATIC and retrieves(read_at, view, flow):
                _want(wanted, flow.source, None if until else _first(view, flow))
    return {kind: wanted[kind] for kind in ancestors_first(wanted)}


def _want(
    wanted: dict[DocumentKind, datetime | None], kind: DocumentKind, since: datetime | None
) -> None:
    known = wanted.get(kind)
    wanted[kind] = min(known, since) if known and since else known or since


def _requests(tx: Tx, view: LinkView) -> Mapping[str, list[Request]]:
    found: defaultdict[str, list[Request]] = defaultdict(list)
    for each in connections.open_requests(tx, [view.link.id]):
        found[each.flow].append(each)
    return found


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
