"""What was written to documents, and in which run: for lists that people look through.

Lists go by the operations' numbers, newest first, and a page of one costs what is on it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, case, distinct, exists, func, select

from counterfoil.engine.asked import Kind
from counterfoil.engine.life import State

from ._prepared import among, listed
from .schema import OPEN, WRITES_DOCUMENT, exchange, operation, run, transfer

__all__ = [
    "Asking",
    "RoundTrip",
    "Span",
    "Tally",
    "Written",
    "asked_in",
    "before",
    "open_states",
    "page",
    "round_trips",
    "spans",
    "stopped",
    "tallies",
    "written_in",
]


class Written(NamedTuple):
    """One write of a document.

    Attributes:
        kind: A word of ``engine.asked.Kind``.
        outcome: A word of ``exchanges``; ``None``: it is on its way.
        detail: What the target said of it.
    """

    id: int
    exchange: int
    run: int
    connection: int
    transfer: int
    link: int
    flow: str
    kind: str
    subject: str | None
    name: str | None
    outcome: str | None
    outcome_id: str | None
    detail: str | None
    sent_at: datetime
    answered_at: datetime | None


_WRITTEN: Final = (
    operation.c.id,
    operation.c.exchange_id,
    exchange.c.run_id,
    exchange.c.connection_id,
    operation.c.transfer_id,
    transfer.c.link_id,
    transfer.c.flow,
    operation.c.kind,
    operation.c.subject,
    operation.c.name,
    operation.c.outcome,
    operation.c.outcome_id,
    operation.c.outcome_detail,
    exchange.c.sent_at,
    exchange.c.answered_at,
)


def page(
    tx: Connection,
    *,
    run_id: int | None = None,
    connection_id: int | None = None,
    link_id: int | None = None,
    flow: str | None = None,
    kinds: Collection[str] = (),
    outcomes: Collection[str | None] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    before_id: int | None = None,
    limit: int = 50,
) -> list[Written]:
    """Give a page of what was written, newest first.

    Args:
        kinds, outcomes: Only these; empty: all.  ``None`` among the outcomes: on its way.
        since, until: What left at the first or later, and before the second.
        before_id: Only those with lower numbers.
    """
    equal = {
        exchange.c.run_id: run_id,
        exchange.c.connection_id: connection_id,
        transfer.c.link_id: link_id,
        transfer.c.flow: flow,
    }
    conditions = [column == value for column, value in equal.items() if value is not None]
    if kinds:
        conditions.append(operation.c.kind.in_(sorted(kinds)))
    if outcomes:
        conditions.append(_is_any(outcomes))
    if before_id is not None:
        conditions.append(operation.c.id < before_id)
    conditions += _between(tx, since, until)
    rows = tx.execute(_select().where(*conditions).order_by(operation.c.id.desc()).limit(limit))
    return [Written(*row) for row in rows]


def _select() -> Select[Any]:
    return (
        select(*_WRITTEN)
        .join(exchange, exchange.c.id == operation.c.exchange_id)
        .join(transfer, transfer.c.id == operation.c.transfer_id)
        .where(WRITES_DOCUMENT)
    )


def _is_any(outcomes: Collection[str | None]) -> ColumnElement[bool]:
    named = operation.c.outcome.in_(sorted(each for each in outcomes if each is not None))
    return named | operation.c.outcome.is_(None) if None in outcomes else named


# A run that goes on for longer than this is found by its own day only.
_RUN_MAX: Final = timedelta(days=2)


def _between(
    tx: Connection, since: datetime | None, until: datetime | None
) -> list[ColumnElement[bool]]:
    """Give what keeps a list to a time, and its search to the operations of that time.

    Numbers grow with time: those of the first run that may matter are where a search ends.
    """
    found: list[ColumnElement[bool]] = []
    if since is not None:
        found += [exchange.c.sent_at >= since, operation.c.id >= _first(tx, since - _RUN_MAX)]
    if until is not None:
        found += [exchange.c.sent_at < until, operation.c.id < _first(tx, until)]
    return found


def _first(tx: Connection, moment: datetime) -> int:
    """Give a number that no operation of a run begun at a moment or later is below."""
    begun = select(run.c.id).where(run.c.started_at >= moment).order_by(run.c.started_at).limit(1)
    first_run = tx.scalar(begun)
    if first_run is None:
        return _NONE_LATER
    left = select(exchange.c.id).where(exchange.c.run_id >= first_run)
    first_exchange = tx.scalar(left.order_by(exchange.c.run_id, exchange.c.id).limit(1))
    if first_exchange is None:
        return _NONE_LATER
    asked = select(operation.c.id).where(operation.c.exchange_id >= first_exchange)
    return tx.scalar(asked.order_by(operation.c.exchange_id).limit(1)) or _NONE_LATER


_NONE_LATER: Final = 2**63 - 1


# --- One run ------------------------------------------------------------------------------


class Tally(NamedTuple):
    """What became of the documents that a run wrote.

    Attributes:
        created, changed, taken_out: Those that are so, or may be.
        refused: Those that the target did not take.
        moving: Those whose answer has not come.
    """

    created: int = 0
    changed: int = 0
    taken_out: int = 0
    refused: int = 0
    moving: int = 0


_DONE: Final = ("done", "unknown")
_COUNTED: Final[Mapping[Kind, str]] = {
    Kind.CREATE_DOCUMENT: "created",
    Kind.UPDATE_DOCUMENT: "changed",
    Kind.VOID_DOCUMENT: "taken_out",
}


def tallies(tx: Connection, run_ids: Iterable[int]) -> dict[int, Tally]:
    """Count what each run wrote; runs that wrote nothing are left out."""
    rows = tx.execute(
        select(
            exchange.c.run_id,
            operation.c.kind,
            operation.c.outcome,
            func.count(distinct(operation.c.transfer_id)),
        )
        .join(exchange, exchange.c.id == operation.c.exchange_id)
        .where(among(tx.dialect, exchange.c.run_id, "runs"), WRITES_DOCUMENT)
        .group_by(exchange.c.run_id, operation.c.kind, operation.c.outcome),
        {"runs": listed(tx, sorted(set(run_ids)))},
    )
    found: dict[int, Counter[str]] = {}
    for run_id, kind, outcome, number in rows:
        name = _counted_as(Kind(kind), outcome)
        if name is not None:
            found.setdefault(run_id, Counter())[name] += number
    return {run_id: Tally(**counted) for run_id, counted in found.items()}


def _counted_as(kind: Kind, outcome: str | None) -> str | None:
    """Say as what a write counts; ``None``: as nothing, for it is tried again."""
    if outcome in _DONE:
        return _COUNTED[kind]
    return {None: "moving", "refused": "refused"}.get(outcome)


def written_in(tx: Connection, run_id: int) -> tuple[list[int], list[int]]:
    """Give the transfers whose documents a run created, and those that it only changed.

    What was taken out since and sent anew is the newer run's.
    """
    newer = operation.alias()
    is_newest = ~exists().where(
        newer.c.transfer_id == operation.c.transfer_id,
        newer.c.id > operation.c.id,
        newer.c.kind == Kind.CREATE_DOCUMENT.value,
        newer.c.outcome.in_(_DONE),
    )
    rows = tx.execute(
        select(operation.c.transfer_id, operation.c.kind)
        .join(exchange, exchange.c.id == operation.c.exchange_id)
        .where(
            exchange.c.run_id == run_id,
            operation.c.kind.in_([Kind.CREATE_DOCUMENT.value, Kind.UPDATE_DOCUMENT.value]),
            operation.c.outcome.in_(_DONE),
            is_newest,
        )
        .order_by(operation.c.id)
    ).all()
    made = [transfer for transfer, kind in rows if kind == Kind.CREATE_DOCUMENT.value]
    changed = [transfer for transfer, kind in rows if kind == Kind.UPDATE_DOCUMENT.value]
    return list(dict.fromkeys(made)), list(dict.fromkeys(changed))


def before(tx: Connection, transfers: Iterable[int], exchange_id: int) -> dict[int, datetime]:
    """Say when transfers were last written before an exchange; never: left out."""
    rows = tx.execute(
        select(operation.c.transfer_id, func.max(exchange.c.sent_at))
        .join(exchange, exchange.c.id == operation.c.exchange_id)
        .where(
            among(tx.dialect, operation.c.transfer_id, "ids"),
            WRITES_DOCUMENT,
            exchange.c.id < exchange_id,
        )
        .group_by(operation.c.transfer_id),
        {"ids": listed(tx, sorted(set(transfers)))},
    )
    return {row[0]: row[1] for row in rows}


class RoundTrip(NamedTuple):
    """A round trip of a run.

    Attributes:
        state: sent, answered, unanswered, recovered or unclear.
        recovers: The round trip that it asks about.
    """

    id: int
    state: str
    writes: bool
    recovers: int | None
    sent_at: datetime
    answered_at: datetime | None
    problem: str | None


class Asking(NamedTuple):
    """How often something was asked in a round trip, with one outcome.

    ``subject``: a kind of documents or records; of what was read its cursor, such as
    ``records/customer``.
    """

    kind: str
    subject: str | None
    outcome: str | None
    number: int


def round_trips(
    tx: Connection, run_id: int, *, before_id: int | None = None, limit: int = 50
) -> list[RoundTrip]:
    """Give a page of a run's round trips, newest first."""
    query = select(
        exchange.c.id,
        exchange.c.state,
        exchange.c.writes,
        exchange.c.recovers_id,
        exchange.c.sent_at,
        exchange.c.answered_at,
        exchange.c.problem,
    ).where(exchange.c.run_id == run_id)
    if before_id is not None:
        query = query.where(exchange.c.id < before_id)
    rows = tx.execute(query.order_by(exchange.c.id.desc()).limit(limit))
    return [RoundTrip(*row) for row in rows]


_READS: Final = operation.c.kind.in_([Kind.READ_RECORDS.value, Kind.READ_DOCUMENTS.value])


def asked_in(tx: Connection, exchanges: Sequence[int]) -> dict[int, list[Asking]]:
    """Say what was asked in each of some round trips, and what came of it."""
    # What is read bears its cursor as its name, and nothing else says of what it is.
    about = func.coalesce(operation.c.subject, case((_READS, operation.c.name))).label("about")
    rows = tx.execute(
        select(operation.c.exchange_id, operation.c.kind, about, operation.c.outcome, func.count())
        .where(among(tx.dialect, operation.c.exchange_id, "ids"))
        .group_by(operation.c.exchange_id, operation.c.kind, "about", operation.c.outcome)
        .order_by(operation.c.exchange_id, func.min(operation.c.id)),
        {"ids": listed(tx, sorted(set(exchanges)))},
    )
    found: dict[int, list[Asking]] = {}
    for exchange_id, *asking in rows:
        found.setdefault(exchange_id, []).append(Asking(*asking))
    return found


# --- A run that is on ---------------------------------------------------------------------


def open_states(tx: Connection, target: int) -> dict[State, int]:
    """Count what a connection still has to take, or a person to decide about, by state."""
    rows = tx.execute(
        select(transfer.c.state, func.count())
        .where(OPEN, transfer.c.target_id == target)
        .group_by(transfer.c.state)
    )
    return {State(state): number for state, number in rows}


def stopped(
    tx: Connection, target: int, since: datetime, until: datetime | None, limit: int
) -> list[int]:
    """Give the transfers to a connection that were refused in a time and still are, newest first.

    ``until``: ``None``: until now.
    """
    query = select(transfer.c.id).where(
        OPEN,
        transfer.c.target_id == target,
        transfer.c.state == State.REFUSED.value,
        transfer.c.state_since >= since,
    )
    if until is not None:
        query = query.where(transfer.c.state_since <= until)
    return list(tx.scalars(query.order_by(transfer.c.id.desc()).limit(limit)))


class Span(NamedTuple):
    """From when to when a run read or wrote; ``until`` ``None``: its last answer has not come."""

    since: datetime
    until: datetime | None
    number: int


def spans(tx: Connection, run_id: int) -> dict[bool, Span]:
    """Say when a run read (``False``) and when it wrote (``True``), as far as it did."""
    rows = tx.execute(
        select(
            exchange.c.writes,
            func.min(exchange.c.sent_at),
            func.max(exchange.c.answered_at),
            func.count(),
            func.count(exchange.c.answered_at),
        )
        .where(exchange.c.run_id == run_id)
        .group_by(exchange.c.writes)
    )
    return {
        bool(writes): Span(since, until if number == answered else None, number)
        for writes, since, until, number, answered in rows
    }
