"""Runs: one stretch of work on a connection, and how far its reading has come.

What a run has to know between two steps is a ``RunState``: typed, stored as JSON in one
column, and written here and nowhere else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import (
    BigInteger,
    Connection,
    Row,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from counterfoil.engine.counting import Progress
from counterfoil.engine.reading import Reading
from counterfoil.told import Told

from ._prepared import Typed, among, change_row, listed
from ._types import to_microseconds
from ._upsert import Upsert
from .schema import (
    NOT_JUDGED,
    RUNS_ON,
    WRITES,
    connection,
    cursor,
    exchange,
    operation,
    run,
    transfer,
)

__all__ = [
    "Run",
    "RunState",
    "ask_to_stop",
    "begin",
    "begun",
    "by_ticket",
    "change",
    "cursors",
    "end_others",
    "find",
    "forget_cursors",
    "keep_cursors",
    "load",
    "open_since",
    "page",
    "prune",
    "recent",
    "remember",
]


class RunState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a run knows between its steps.

    Attributes:
        person: Whose Web Connector carries it, by name; empty: the connection's own.
        version: qbXML version that is spoken, such as ``16.0``; ``None``: nobody met yet.
        country: Edition of QuickBooks, which decides that version's shapes.
        batch_limit: Operations of one batch after one could not be taken; ``None``: as usual.
        page_limit: Records of one page after one could not be brought; ``None``: as usual.
        agenda_made: What is to be read has been decided; without, ``Run.agenda`` is ``None``.
        has_begun: Transfers were begun for what was read.
        reads_singly: One reading a batch, after several together were refused.
        app_lock: The Web Connector's lock text in the company file, as this run met it.
        went_on: A later call came under this run's ticket than the last request, so whatever
            its Web Connector carried to QuickBooks has ended.
        held: The exchange of an unanswered write to which the books keep no answer, and
            which may still be carried out: nothing is written in this run.
        percent: The highest progress told.
        has_looked: The documents written last have been looked for.
        look_failed: They were asked for and the question was not answered.
        reads_used_up: The system refuses to be read for longer than a run.
        asks: A person is asked whether these are the right books: nothing is written in
            this run.
        is_marked: Our mark in the books has been taken care of.
        asked: What the last batch that only asked was about; asked again at once, it would
            be answered the same.
        reread: How many documents of ours that were changed there have been asked for.
        reread_to: The last row of the pairings asked for.
        watched: Kinds of which all that was written there lately has been read in this run:
            only then may one be created.
        has_widened: The system's clock has moved, so this run looks back further.
        asked_again: What could not be read so far has been asked for once more.
        looked_converted: The orders of receipts that are gone have been asked for.
        reads_again: Kinds of documents that were being retrieved when that was seen.
        wide_failed: Something of what it looked back for could not be read.
        aside: A set that is no exchange is on its way: its name; empty: none is.
        near: Transfer -> documents there that may be what it became, in words; where the
            system does not give our marks back.
        stock_from: When the reading of quantities for a stock count began; ``None``: none did.
        stock_read: It has come to its end.
        sites_open: How much there is at each inventory site is still being read.
        looked_named: What people say is there already has been asked for.
        comparing: How far what presses on “send stock” want has been compared; ``None``: not
            under way.
        has_counted: It has been taken care of.
        sought: Numbers or identities of orders that a person wants read first, of this kind.
    """

    person: str = ""
    version: str | None = None
    country: str | None = None
    batch_limit: int | None = None
    page_limit: int | None = None
    agenda_made: bool = False
    has_begun: bool = False
    reads_singly: bool = False
    app_lock: str | None = None
    went_on: bool = False
    held: int | None = None
    percent: int = 0
    has_looked: bool = False
    look_failed: bool = False
    reads_used_up: bool = False
    asks: bool = False
    is_marked: bool = False
    asked: str = ""
    reread: int = 0
    reread_to: int = 0
    watched: tuple[str, ...] = ()
    asked_again: bool = False
    looked_converted: bool = False
    looked_named: bool = False
    has_widened: bool = False
    reads_again: tuple[str, ...] = ()
    wide_failed: bool = False
    aside: str = ""
    near: dict[str, tuple[str, ...]] = {}
    stock_from: datetime | None = None
    stock_read: bool = False
    sites_open: bool = False
    comparing: Progress | None = None
    has_counted: bool = False
    sought: tuple[tuple[str, str], ...] = ()


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A run as it stands.

    Attributes:
        trigger: ``web-connector``, ``agent``, ``schedule`` or ``person``.
        expects: The Web Connector's call that has to come next; of an agent, the number and
            phase of its next report.
        agenda: Readings still open; ``None``: not made yet.
        facts: What the run knows between its steps.
        touched_at: When it was last heard of.
        settled: Transfers that came to an end in it.
        stopped_by: Who had it end after the batch that was on its way; ``None``: nobody.
    """

    id: int
    connection: int
    trigger: str
    started_at: datetime
    touched_at: datetime
    ended_at: datetime | None
    expects: str | None
    agenda: tuple[Reading, ...] | None
    facts: RunState
    round_trips: int
    settled: int
    connection_errors: int
    problem: Told | None
    stopped_by: str | None = None


# Named as the run's fields are.
_COLUMNS = tuple(
    run.c.connection_id.label("connection") if name == "connection" else run.c[name]
    for name in Run.__struct_fields__
)


def begin(
    tx: Connection,
    connection: int,
    trigger: str,
    now: datetime,
    *,
    ticket_hash: str | None = None,
    expects: str | None = None,
) -> int:
    """Begin a run; says its id."""
    made = tx.execute(
        insert(run).values(
            connection_id=connection,
            trigger=trigger,
            ticket_hash=ticket_hash,
            started_at=now,
            touched_at=now,
            expects=expects,
            agenda=[],
            facts={},
        )
    ).inserted_primary_key
    assert made is not None
    return int(made[0])


def by_ticket(tx: Connection, ticket_hash: str, *, locks: bool = True) -> Run | None:
    """Find the run a ticket was given for, ended or not.

    Two calls under one ticket come one after the other, whichever process takes them:
    the row stays locked until the transaction ends, unless it is only looked at.
    """
    row = (_BY_TICKET if locks else _SEEN_BY_TICKET).one(tx, {"ticket": ticket_hash})
    return None if row is None else _run(row)


def load(tx: Connection, run_id: int) -> Run:
    """Load a run."""
    row = _LOAD.one(tx, {"row": run_id})
    assert row is not None
    return _run(row)


_SEEN_BY_TICKET = Typed(
    lambda _dialect: select(*_COLUMNS).where(run.c.ticket_hash == bindparam("ticket"))
)
_BY_TICKET = Typed(
    lambda _dialect: (
        select(*_COLUMNS).where(run.c.ticket_hash == bindparam("ticket")).with_for_update()
    )
)
_LOAD = Typed(lambda _dialect: select(*_COLUMNS).where(run.c.id == bindparam("row")))


def _run(row: Row[Any] | Sequence[Any]) -> Run:
    values = dict(zip(Run.__struct_fields__, row, strict=True))
    facts = msgspec.convert(values["facts"], RunState)
    agenda = msgspec.convert(values["agenda"], tuple[Reading, ...]) if facts.agenda_made else None
    return Run(**(values | {"facts": facts, "agenda": agenda}))


def change(
    tx: Connection, run_id: int, now: datetime, *, facts: RunState | None = None, **values: Any
) -> None:
    """Change columns of a run; ``facts`` as a whole, ``remember`` changes some by name."""
    if facts is not None:
        values["facts"] = msgspec.to_builtins(facts)
    change_row(tx, run, run_id, {"touched_at": now, **values})


def remember(tx: Connection, run_id: int, now: datetime, **facts: Any) -> RunState:
    """Change some of what a run knows, by name; says all of it."""
    known = msgspec.structs.replace(load(tx, run_id).facts, **facts)
    change(tx, run_id, now, facts=known)
    return known


def ask_to_stop(tx: Connection, run_id: int, who: str) -> bool:
    """Have a run end after the batch on its way; ``False``: it has ended, or is to end already."""
    asked = update(run).where(run.c.id == run_id, RUNS_ON, run.c.stopped_by.is_(None))
    return bool(tx.execute(asked.values(stopped_by=who)).rowcount)


def end_others(tx: Connection, connection: int, now: datetime, problem: str) -> list[int]:
    """End the runs of a connection that are still open; says their ids."""
    return list(
        tx.scalars(
            update(run)
            .where(RUNS_ON, run.c.connection_id == connection)
            .values(touched_at=now, ended_at=now, problem=problem, expects=None)
            .returning(run.c.id)
        )
    )


def open_since(tx: Connection, connection: int, since: datetime) -> Run | None:
    """Give a connection's run that is open and was heard of since; ``None``: there is none."""
    row = _OPEN_SINCE.one(tx, {"connection": connection, "since": since})
    return None if row is None else _run(row)


_OPEN_SINCE = Typed(
    lambda _dialect: (
        select(*_COLUMNS)
        .where(
            RUNS_ON,
            run.c.connection_id == bindparam("connection"),
            run.c.touched_at >= bindparam("since"),
        )
        .order_by(run.c.id.desc())
        .limit(1)
    )
)


def recent(tx: Connection, connection: int, limit: int) -> list[Run]:
    """List a connection's runs, newest first."""
    return page(tx, connections=[connection], limit=limit)


# More than reading: it wrote, something came to an end in it, it failed, or it is on.
_DID_SOMETHING = or_(
    run.c.settled > 0,
    run.c.problem.is_not(None),
    RUNS_ON,
    exists().where(exchange.c.run_id == run.c.id, WRITES),
)
_HOW: Final[Mapping[str, Any]] = {
    "on": RUNS_ON,
    "problem": run.c.problem.is_not(None),
    "wrote": exists().where(exchange.c.run_id == run.c.id, WRITES),
}


def page(
    tx: Connection,
    *,
    connections: Collection[int] = (),
    how: str | None = None,
    only_what_did: bool = False,
    since: datetime | None = None,
    until: datetime | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Run]:
    """Give a page of runs, newest first.

    Args:
        connections: Only of these; empty: of all.
        how: ``on``, ``problem`` or ``wrote``: only those that are, had or did so.
        only_what_did: None that only read and came to a good end.
        since, until: Begun at the first or later, and before the second.
        before: Only those with lower numbers.
    """
    query = select(*_COLUMNS).order_by(run.c.id.desc()).limit(limit)
    if connections:
        query = query.where(run.c.connection_id.in_(sorted(connections)))
    if how is not None:
        query = query.where(_HOW[how])
    elif only_what_did:
        query = query.where(_DID_SOMETHING)
    if before is not None:
        query = query.where(run.c.id < before)
    for moment, is_first in ((since, True), (until, False)):
        if moment is not None:
            # Numbers grow with time, so a search ends where they do.
            first = _first_begun(tx, moment)
            query = query.where(run.c.id >= first if is_first else run.c.id < first)
    return [_run(row) for row in tx.execute(query)]


def _first_begun(tx: Connection, moment: datetime) -> int:
    """Give the first run begun at a moment or later; a number beyond all where there is none."""
    query = select(run.c.id).where(run.c.started_at >= moment).order_by(run.c.started_at).limit(1)
    return tx.scalar(query) or 2**63 - 1


def find(tx: Connection, run_id: int) -> Run | None:
    """Give a run that somebody names; ``None``: there is none, or it is not kept any more."""
    row = _LOAD.one(tx, {"row": run_id})
    return None if row is None else _run(row)


def begun(tx: Connection, connections: Iterable[int], limit: int) -> Mapping[int, list[datetime]]:
    """Say when the last runs of some connections began, the newest first; by one query."""
    last = run.alias("last")
    # The oldest that is wanted; where there are fewer, all are.
    oldest = (
        select(last.c.id)
        .where(last.c.connection_id == connection.c.id)
        .order_by(last.c.id.desc())
        .limit(1)
        .offset(limit - 1)
        .scalar_subquery()
    )
    rows = tx.execute(
        select(run.c.connection_id, run.c.started_at)
        .join(connection, connection.c.id == run.c.connection_id)
        .where(connection.c.id.in_([*connections]), run.c.id >= func.coalesce(oldest, 0))
        .order_by(run.c.connection_id, run.c.id.desc())
    )
    found = defaultdict[int, list[datetime]](list)
    for each, began in rows:
        found[each].append(began)
    return found


_SERVES_A_TRANSFER = (
    operation.c.transfer_id.is_not(None)
    | operation.c.dependants.is_not(None)
    | operation.c.follow_up_id.is_not(None)
)
_IS_EVIDENCE = exists().where(
    exchange.c.run_id == run.c.id,
    exchange.c.writes
    | exchange.c.recovers_id.is_not(None)
    | exists().where(operation.c.exchange_id == exchange.c.id, _SERVES_A_TRANSFER)
    | exists().where(transfer.c.exchange_id == exchange.c.id),
)


def prune(tx: Connection, before: datetime, limit: int = 1_000) -> int:
    """Drop the runs that ended before a moment and did nothing but read.

    A Web Connector that calls every few minutes leaves hundreds of them a day.  What was
    written or asked for a document stays for good: it is the counterfoil.  So do runs
    with a problem, and each connection's last run.

    Looks at ``limit`` runs at most, oldest first, so that nobody waits long for the
    transaction's end, and at each run once: one that has ended comes by no more evidence.

    Returns:
        How many were looked at; fewer than ``limit``: none are left.
    """
    later = run.alias("later")
    is_last = ~exists().where(later.c.connection_id == run.c.connection_id, later.c.id > run.c.id)
    rows = tx.execute(
        select(run.c.id, run.c.problem.is_not(None) | _IS_EVIDENCE)
        .where(NOT_JUDGED, run.c.ended_at < before, ~is_last)
        .order_by(run.c.ended_at)
        .limit(limit)
    ).all()
    _keep(tx, [row for row, stays in rows if stays])
    _drop(tx, [row for row, stays in rows if not stays])
    return len(rows)


def _keep(tx: Connection, rows: Sequence[int]) -> None:
    """Note that these runs stay for good."""
    judged = update(run).where(among(tx.dialect, run.c.id, "rows")).values(is_kept=True)
    tx.execute(judged, {"rows": listed(tx, rows)})


def _drop(tx: Connection, rows: Sequence[int]) -> None:
    """Delete runs with all that they asked."""
    runs = {"runs": listed(tx, rows)}
    of_them = select(exchange.c.id).where(among(tx.dialect, exchange.c.run_id, "runs"))
    tx.execute(delete(operation).where(operation.c.exchange_id.in_(of_them)), runs)
    tx.execute(delete(exchange).where(among(tx.dialect, exchange.c.run_id, "runs")), runs)
    tx.execute(delete(run).where(among(tx.dialect, run.c.id, "runs")), runs)


def cursors(tx: Connection, connection: int) -> Mapping[str, tuple[datetime | None, datetime]]:
    """Give how far a connection has been read: cursor -> latest change, when read.

    The latest change is by the system's own wall clock, without a zone; ``None``: read
    completely, and nothing there bore a time.
    """
    return {
        name: (None if until is None else datetime.fromisoformat(until), read_at)
        for name, until, read_at in _CURSORS.rows(tx, {"connection": connection})
    }


_CURSORS = Typed(
    lambda _dialect: select(cursor.c.name, cursor.c.read_until, cursor.c.read_at).where(
        cursor.c.connection_id == bindparam("connection", type_=BigInteger)
    )
)
_KEEP_CURSOR = Upsert(cursor)


def forget_cursors(tx: Connection, connection: int, names: Collection[str] | None = None) -> None:
    """Forget how far readings came, all or those of some names: they begin anew."""
    wanted = delete(cursor).where(cursor.c.connection_id == connection)
    tx.execute(wanted if names is None else wanted.where(cursor.c.name.in_(names)))


def keep_cursors(
    tx: Connection,
    connection: int,
    moved: Sequence[tuple[str, datetime | None]],
    now: datetime,
) -> None:
    """Keep how far complete readings came, by the system's own wall clock."""
    _KEEP_CURSOR.many(
        tx,
        [
            {
                "connection_id": connection,
                "name": name,
                "read_until": None if until is None else until.isoformat(),
                "read_at": to_microseconds(now),
            }
            for name, until in sorted(dict(moved).items())
        ],
    )
