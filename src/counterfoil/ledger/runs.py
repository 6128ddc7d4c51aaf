"""Runs: one stretch of work on a connection, and how far its reading has come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from counterfoil.engine.reading import Reading

from ._prepared import Typed, among, change_row, listed
from ._types import to_microseconds
from ._upsert import Upsert
from .schema import cursor, exchange, operation, run, transfer

__all__ = [
    "Run",
    "begin",
    "by_ticket",
    "change",
    "cursors",
    "end_others",
    "keep_cursors",
    "load",
    "prune",
    "recent",
]


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A run as it stands.

    Attributes:
        trigger: ``web-connector``, ``schedule`` or ``person``.
        expects: The Web Connector's call that has to come next.
        agenda: Readings still open; ``None``: not made yet.
        facts: What the system told about itself in this run.
        settled: Transfers that came to an end in it.
    """

    id: int
    connection: int
    trigger: str
    started_at: datetime
    ended_at: datetime | None
    expects: str | None
    agenda: tuple[Reading, ...] | None
    facts: Mapping[str, Any]
    round_trips: int
    settled: int
    connection_errors: int
    problem: str | None


_COLUMNS = (
    run.c.id,
    run.c.connection_id,
    run.c.trigger,
    run.c.started_at,
    run.c.ended_at,
    run.c.expects,
    run.c.agenda,
    run.c.facts,
    run.c.round_trips,
    run.c.settled,
    run.c.connection_errors,
    run.c.problem,
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


def by_ticket(tx: Connection, ticket_hash: str) -> Run | None:
    """Find the run a ticket was given for, ended or not."""
    row = _BY_TICKET.one(tx, {"ticket": ticket_hash})
    return None if row is None else _run(row)


def load(tx: Connection, run_id: int) -> Run:
    """Load a run."""
    row = _LOAD.one(tx, {"row": run_id})
    assert row is not None
    return _run(row)


# Two calls under one ticket come one after the other, whichever process takes them.
_BY_TICKET = Typed(
    lambda _dialect: (
        select(*_COLUMNS).where(run.c.ticket_hash == bindparam("ticket")).with_for_update()
    )
)
_LOAD = Typed(lambda _dialect: select(*_COLUMNS).where(run.c.id == bindparam("row")))


def _run(row: Row[Any] | Sequence[Any]) -> Run:
    values = dict(zip(Run.__struct_fields__, row, strict=True))
    facts = values["facts"]
    values["agenda"] = (
        msgspec.convert(values["agenda"], tuple[Reading, ...]) if facts.get("agenda_made") else None
    )
    return Run(**values)


def change(tx: Connection, run_id: int, now: datetime, **values: Any) -> None:
    """Change columns of a run."""
    change_row(tx, run, run_id, {"touched_at": now, **values})


def end_others(tx: Connection, connection: int, now: datetime, problem: str) -> list[int]:
    """End the runs of a connection that are still open; says their ids."""
    return list(
        tx.scalars(
            update(run)
            .where(run.c.connection_id == connection, run.c.ended_at.is_(None))
            .values(touched_at=now, ended_at=now, problem=problem, expects=None)
            .returning(run.c.id)
        )
    )


def recent(tx: Connection, connection: int, limit: int) -> list[Run]:
    """List a connection's runs, newest first."""
    rows = tx.execute(
        select(*_COLUMNS)
        .where(run.c.connection_id == connection)
        .order_by(run.c.id.desc())
        .limit(limit)
    )
    return [_run(row) for row in rows]


_SERVES_A_TRANSFER = (
    operation.c.transfer_id.is_not(None)
    | operation.c.dependants.is_not(None)
    | operation.c.follow_up_id.is_not(None)
)


def prune(tx: Connection, before: datetime) -> int:
    """Drop the runs that ended before a moment and did nothing but read; says how many.

    A Web Connector that calls every few minutes leaves hundreds of them a day.  What was
    written or asked for a document stays for good: it is the counterfoil.  So do runs
    with a problem, and each connection's last run.
    """
    last = select(func.max(run.c.id)).group_by(run.c.connection_id)
    is_evidence = exists().where(
        exchange.c.run_id == run.c.id,
        exchange.c.writes
        | exchange.c.recovers_id.is_not(None)
        | exists().where(operation.c.exchange_id == exchange.c.id, _SERVES_A_TRANSFER)
        | exists().where(transfer.c.exchange_id == exchange.c.id),
    )
    idle = list(
        tx.scalars(
            select(run.c.id).where(
                run.c.ended_at < before,
                run.c.problem.is_(None),
                run.c.id.not_in(last),
                ~is_evidence,
            )
        )
    )
    runs = {"runs": listed(tx, idle)}
    of_idle = select(exchange.c.id).where(among(tx.dialect, exchange.c.run_id, "runs"))
    tx.execute(delete(operation).where(operation.c.exchange_id.in_(of_idle)), runs)
    tx.execute(delete(exchange).where(among(tx.dialect, exchange.c.run_id, "runs")), runs)
    tx.execute(delete(run).where(among(tx.dialect, run.c.id, "runs")), runs)
    return len(idle)


def cursors(tx: Connection, connection: int) -> Mapping[str, tuple[datetime | None, datetime]]:
    """Give how far a connection has been read: cursor -> latest change, when read.

    The latest change is by the system's own wall clock, without a zone; ``None``: read
    completely, and nothing there bore a time.
    """
    rows = tx.execute(
        select(cursor.c.name, cursor.c.read_until, cursor.c.read_at).where(
            cursor.c.connection_id == connection
        )
    )
    return {
        name: (None if until is None else datetime.fromisoformat(until), read_at)
        for name, until, read_at in rows
    }


_KEEP_CURSOR = Upsert(cursor)


def keep_cursors(
    tx: Connection, connection: int, readings: Sequence[Reading], now: datetime
) -> None:
    """Keep how far complete readings came; a cursor never goes back."""
    reached = {name: until for name, (until, _) in cursors(tx, connection).items()}
    for each in readings:
        moments = [moment for moment in (reached.get(each.cursor), each.latest) if moment]
        reached[each.cursor] = max(moments, default=None)
    _KEEP_CURSOR.many(
        tx,
        [
            {
                "connection_id": connection,
                "name": name,
                "read_until": None if (until := reached[name]) is None else until.isoformat(),
                "read_at": to_microseconds(now),
            }
            for name in sorted({each.cursor for each in readings})
        ],
    )
