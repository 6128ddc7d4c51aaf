"""Runs as people see them: which there were, what each wrote and why not, and how far one is.

All of it is read from the ledger, so every process of a hub tells the same of a run that is on.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final, Literal, TypedDict, Unpack

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.engine.life import State
from counterfoil.errors import UsageError
from counterfoil.hub.document_line import several
from counterfoil.hub.finding import find_link
from counterfoil.hub.setup import Hub
from counterfoil.hub.times import zone_in
from counterfoil.ledger import connections, runs, written
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.runs import Run
from counterfoil.ledger.written import Tally
from counterfoil.told import Told

__all__ = [
    "Period",
    "RunHow",
    "RunProgress",
    "RunRow",
    "RunStep",
    "SoughtRuns",
    "loaded_run",
    "period_of",
    "run_progress",
    "run_steps",
    "runs_page",
    "shown_run",
]


RunHow = Literal["wrote", "problem", "on"]

# A run of which nobody has heard for so long was cut off: longer than any call lasts.
_SILENT: Final = timedelta(minutes=15)


class RunRow(msgspec.Struct, frozen=True, kw_only=True):
    """A run of a connection.

    Attributes:
        connection, connection_name: Whose it is.
        system: What that system is called.
        trigger: ``web-connector``, ``agent``, ``schedule`` or ``person``.
        ended_at: ``None``: it still goes on, or was given up without a word.
        touched_at: When it was last heard of.
        is_on: It goes on.
        seconds: How long it took; of one that goes on, so far.
        round_trips: Calls it made.
        created, changed, taken_out: How many documents it wrote so, or may have.
        refused: How many the system did not take.
        moving: How many are on their way.
        settled: Transfers that came to an end in it.
        title: What it did, in a few words.
        stopped_by: Who had it end before its time; ``None``: nobody.
    """

    id: int
    connection: int
    connection_name: str
    system: str
    trigger: str
    started_at: datetime
    ended_at: datetime | None
    touched_at: datetime
    is_on: bool
    seconds: float
    round_trips: int
    created: int
    changed: int
    taken_out: int
    refused: int
    moving: int
    settled: int
    problem: Told | None
    title: str
    stopped_by: str | None = None


class RunStep(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a run: ``done``, ``now`` or ``later``; ``note``: how much of it there was."""

    title: str
    state: Literal["done", "now", "later"]
    at: datetime | None = None
    seconds: float | None = None
    note: str = ""


class RunProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run is, by what its system has confirmed.

    Attributes:
        arrived: Documents that it created, changed or took out.
        moving: Those on their way.
        to_send: Those still to be sent.
        stopped: Those that stopped in it and need a person.
        checked: Those of which it is being asked whether they arrived.
        total: All of these.
        left: Readings that are still open; ``None``: what is to be read is not known yet.
    """

    run: int
    is_on: bool
    touched_at: datetime
    round_trips: int
    arrived: int
    moving: int
    to_send: int
    stopped: int
    checked: int
    left: int | None

    @property
    def total(self) -> int:
        return self.arrived + self.moving + self.to_send + self.stopped + self.checked


class Period(TypedDict):
    """From the first moment on, and before the second; ``None``: without that bound."""

    since: datetime | None
    until: datetime | None


def period_of(hub: Hub, since: date | None, until: date | None) -> Period:
    """Give the time of days of the company's, both included."""
    with hub.database.reading() as tx:
        zone = zone_in(tx) or UTC
    after = None if until is None or until == date.max else until + timedelta(days=1)
    return Period(since=_begins(since, zone), until=_begins(after, zone))


def _begins(day: date | None, zone: tzinfo) -> datetime | None:
    # Of the first days that a date can be no zone has heard.
    if day is None or day.year <= 1970:
        return None
    return datetime.combine(day, time.min, zone)


# --- Lists --------------------------------------------------------------------------------


class SoughtRuns(TypedDict, total=False):
    """Which runs are looked for; what is left out does not matter.

    Attributes:
        link: Only of its two connections.
        connection: Only of this one, by its number.
        how: Only those that wrote, had a problem or go on.
        everything: Also those that only read and came to a good end.
        since, until: Begun at the first or later, and before the second.
        before: Only those with lower numbers.
    """

    link: int | str | None
    connection: int | None
    how: RunHow | None
    everything: bool
    since: datetime | None
    until: datetime | None
    before: int | None


def runs_page(hub: Hub, *, limit: int = 50, **sought: Unpack[SoughtRuns]) -> list[RunRow]:
    """List runs, newest first.

    Raises:
        UsageError: There is no such link.
    """
    with hub.database.reading() as tx:
        known = _connections(tx)
        of = _of_link(tx, sought.get("link"))
        if (one := sought.get("connection")) is not None:
            of = [one] if not of or one in of else [0]
        found = runs.page(
            tx,
            connections=of,
            how=sought.get("how"),
            only_what_did=not sought.get("everything", False),
            since=sought.get("since"),
            until=sought.get("until"),
            before=sought.get("before"),
            limit=limit,
        )
        counted = written.tallies(tx, [each.id for each in found])
    now = hub.now()
    return [_row(each, known[each.connection], counted.get(each.id), now) for each in found]


def shown_run(hub: Hub, run: int) -> RunRow:
    """Give one run.

    Raises:
        UsageError: There is none, or it is not kept any more.
    """
    with hub.database.reading() as tx:
        found = loaded_run(tx, run)
        known = _connections(tx)
        counted = written.tallies(tx, [run])
    return _row(found, known[found.connection], counted.get(run), hub.now())


def loaded_run(tx: Tx, run: int) -> Run:
    found = runs.find(tx, run) if 0 < run < 2**63 else None
    if found is None:
        raise UsageError(
            f"There is no run {run}. What only read and came to a good end is kept for some weeks."
        )
    return found


def _of_link(tx: Tx, link: int | str | None) -> list[int]:
    if link is None:
        return []
    found = find_link(tx, link)
    return [found.operations_id, found.books_id]


def _connections(tx: Tx) -> dict[int, Connection]:
    return {each.id: each for each in connections.all_connections(tx)}


def _row(run: Run, of: Connection, tally: Tally | None, now: datetime) -> RunRow:
    counted = tally or Tally()
    is_on = _is_on(run, now)
    ended = run.ended_at or (now if is_on else run.touched_at)
    return RunRow(
        id=run.id,
        connection=run.connection,
        connection_name=of.name,
        system=of.system.words,
        trigger=run.trigger,
        started_at=run.started_at,
        ended_at=run.ended_at,
        touched_at=run.touched_at,
        is_on=is_on,
        seconds=max(0.0, (ended - run.started_at).total_seconds()),
        round_trips=run.round_trips,
        created=counted.created,
        changed=counted.changed,
        taken_out=counted.taken_out,
        refused=counted.refused,
        moving=counted.moving,
        settled=run.settled,
        problem=run.problem or (None if run.ended_at or is_on else _CUT_OFF),
        title=_title(counted, of, is_on=is_on),
        stopped_by=run.stopped_by,
    )


_CUT_OFF: Final = Told(
    "It ended without a word; the next run asks what became of what was on its way."
)


def _is_on(run: Run, now: datetime) -> bool:
    return run.ended_at is None and now - run.touched_at < _SILENT


def _title(counted: Tally, of: Connection, *, is_on: bool) -> str:
    """Say in a few words what a run did."""
    did = [
        (counted.created, "sent"),
        (counted.changed, "changed"),
        (counted.taken_out, "taken out"),
    ]
    told = [f"{number:,} {word}" for number, word in did if number]
    if told:
        # Only the first one says of what there are so many.
        first = several("document", next(number for number, _word in did if number))
        told[0] = f"{first} {told[0].partition(' ')[2]}"
        return f"{', '.join(told)}: {of.name}"
    if counted.moving:
        return f"{several('document', counted.moving)} on the way: {of.name}"
    return f"{'Looking' if is_on else 'Looked'} for changes: {of.name}"


# --- How far it is ------------------------------------------------------------------------

_TO_SEND: Final = (State.READY, State.MATCHING)
_CHECKED: Final = (State.UNKNOWN, State.CONFIRMING)


def run_progress(hub: Hub, run: int) -> RunProgress:
    """Say how far a run is; a few short looks into indexes.

    Raises:
        UsageError: There is no such run.
    """
    with hub.database.reading() as tx:
        found = loaded_run(tx, run)
        counted = written.tallies(tx, [run]).get(run, Tally())
        is_on = _is_on(found, hub.now())
        open_ = written.open_states(tx, found.connection) if is_on else {}
        stopped = written.stopped(
            tx, found.connection, found.started_at, found.ended_at, _STOPPED_MAX
        )
    checked = sum(open_.get(state, 0) for state in _CHECKED)
    return RunProgress(
        run=run,
        is_on=is_on,
        touched_at=found.touched_at,
        round_trips=found.round_trips,
        # What may have arrived counts as being checked.
        arrived=max(0, counted.created + counted.changed + counted.taken_out - checked),
        moving=counted.moving,
        to_send=sum(open_.get(state, 0) for state in _TO_SEND),
        stopped=len(stopped),
        checked=checked,
        left=None if found.agenda is None else len(found.agenda),
    )


_STOPPED_MAX: Final = 10_000


def run_steps(hub: Hub, run: int) -> list[RunStep]:
    """Tell a run as the steps that it goes through.

    Raises:
        UsageError: There is no such run.
    """
    with hub.database.reading() as tx:
        found = loaded_run(tx, run)
        spans = written.spans(tx, run)
    is_on = _is_on(found, hub.now())
    return list(_steps(found, spans, is_on=is_on))


def _steps(run: Run, spans: Mapping[bool, written.Span], *, is_on: bool) -> Iterator[RunStep]:
    is_reading = is_on and (run.agenda is None or bool(run.agenda))
    yield _step("Looks for changes", "Looked for changes", spans.get(False), now=is_reading)
    facts = run.facts
    if facts.stock_from is not None:
        compared = facts.comparing.so_far.products if facts.comparing is not None else 0
        yield RunStep(
            title="Compares quantities" if not facts.has_counted else "Compared quantities",
            state="done" if facts.has_counted or not is_on else "now",
            at=facts.stock_from,
            note=several("product", compared) if compared else "",
        )
    if True in spans or is_on:
        is_writing = is_on and not is_reading and True in spans
        yield _step("Sends documents", "Sent documents", spans.get(True), now=is_writing)
    yield RunStep(
        title="Ended" if not is_on else "Ends once nothing is left",
        state="later" if is_on else "done",
        at=run.ended_at,
    )


def _step(going: str, gone: str, span: written.Span | None, *, now: bool) -> RunStep:
    if span is None:
        return RunStep(title=going, state="now" if now else "later")
    is_over = not now and span.until is not None
    return RunStep(
        title=gone if is_over else going,
        state="done" if is_over else "now",
        at=span.since,
        seconds=None if span.until is None else (span.until - span.since).total_seconds(),
        note=several("call", span.number),
    )
