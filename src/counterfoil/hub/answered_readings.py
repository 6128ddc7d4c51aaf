"""What the pages of an answer change: what was read, how far, and what could not be.

A part of taking an answer (``answering``), in the same transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import Document, DocumentKind, ended
from counterfoil.engine.asked import Asked, Kind, pages_named
from counterfoil.engine.operations import Busy, Done, Missing, Outcome, Page, Refused, Unknown
from counterfoil.engine.reading import Reading, next_page, stands_still
from counterfoil.ledger import connections, documents, runs, transfers
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.runs import Run, RunState
from counterfoil.told import Told

from . import clocks, intake, needed, restored, unread, watching

__all__ = [
    "ONCE_MORE",
    "ONCE_MORE_MAX",
    "REREAD",
    "SOUGHT",
    "anew",
    "find_size",
    "size_questions",
    "take_last",
    "take_once_more",
    "take_readings",
    "take_reread",
    "take_sought",
]

ONCE_MORE: Final = "read once more"
"""Name of an operation that asks for documents which could not be read so far."""

REREAD: Final = "read again"
"""Name of an operation that reads documents of ours again."""

SOUGHT: Final = "read first"
"""Name of an operation that reads documents which a person wants read first."""

ONCE_MORE_MAX: Final = 50
_FIND_SIZE: Final = 100
_LONG_AGO: Final = datetime(1, 1, 1)  # noqa: DTZ001 - a wall clock has no zone
_LOOK_FAILED: Final = (
    "The documents that were written last could not be looked for, so nothing new is written in "
    "this run; the next one looks again."
)
_READS_USED_UP: Final = "reads-used-up"
_STANDS_STILL: Final = "more was announced, and then nothing came"
_READINGS: Final = frozenset(
    {Kind.READ_RECORDS, Kind.READ_DOCUMENTS, Kind.READ_DELETIONS, Kind.READ_STOCK}
)


def take_reread(
    tx: Tx,
    connection: Connection,
    asked: Sequence[Asked],
    outcomes: Mapping[str, Outcome],
    now: datetime,
) -> None:
    """Take documents of ours that were read again, for nobody waits for them."""
    for each in asked:
        outcome = outcomes.get(each.wire_id)
        if each.kind is not Kind.FIND or each.name != REREAD or not isinstance(outcome, Done):
            continue
        page = outcome.page or Page()
        by_id: dict[str, Document] = {document.id: document for document in page.documents}
        unreadable = {row.id for row in page.unreadable}
        loaded = transfers.load(tx, each.dependants)
        found = {
            row.transfer.id: by_id.get(row.pairing.target_id)
            for row in loaded
            if row.pairing is not None and row.pairing.target_id not in unreadable
        }
        watching.take_read(tx, connection, found, now)


def take_once_more(
    tx: Tx,
    connection: Connection,
    run: Run,
    asked: Sequence[Asked],
    outcomes: Mapping[str, Outcome],
    now: datetime,
) -> None:
    """Take documents that could not be read before, as far as they can be now.

    Those that the answer does not bring are gone.
    """
    for each, page in pages_named(ONCE_MORE, asked, outcomes):
        kind = DocumentKind(each.subject or "")
        wanted = documents.unreadable_ids(tx, connection.id, ONCE_MORE_MAX).get(kind, [])
        there = {row.id for row in page.unreadable}
        if None not in there:
            gone = set(wanted) - there
            documents.keep_unreadable(tx, connection.id, kind, (), gone, now, everything=False)
        reading = Reading(cursor=ONCE_MORE, documents=kind, since=_LONG_AGO)
        intake.take_page(tx, connection, reading, page, run.id, now)


def take_sought(
    tx: Tx,
    connection: Connection,
    run: Run,
    asked: Sequence[Asked],
    outcomes: Mapping[str, Outcome],
    now: datetime,
) -> None:
    """Take documents that a person wanted read first; of what did not come nothing is concluded."""
    for each, page in pages_named(SOUGHT, asked, outcomes):
        kind = DocumentKind(each.subject or "")
        reading = Reading(cursor=SOUGHT, documents=kind, since=_LONG_AGO)
        intake.take_page(tx, connection, reading, page, run.id, now)


def find_size(connection: Connection) -> int:
    """Say about how many documents one question may be."""
    return int(connection.facts.get("find_size", _FIND_SIZE))


def size_questions(
    tx: Tx, connection: Connection, asked: Sequence[Asked], outcomes: Mapping[str, Outcome]
) -> None:
    """Halve questions for many that were not answered, and let them grow again.

    One record that cannot be read, or an answer that grows too large, must not leave forty
    documents without an answer for good.
    """
    finds = [each for each in asked if each.kind is Kind.FIND]
    if not finds:
        return
    now_size = find_size(connection)
    failed = [
        len(each.dependants) or len(each.sent.fields if each.sent is not None else ())
        for each in finds
        if not isinstance(outcomes.get(each.wire_id), Done | Missing)
    ]
    if failed and max(failed) > 1:
        size = max(1, min(now_size, max(failed)) // 2)
    else:
        size = now_size if failed else min(now_size * 2, _FIND_SIZE)
    if size != now_size:
        current = connections.load(tx, connection.id)
        assert current is not None, "it has just answered"
        facts = {name: value for name, value in current.facts.items() if name != "find_size"}
        if size < _FIND_SIZE:
            facts["find_size"] = size
        connections.change(tx, connection.id, facts=facts)


def take_last(
    tx: Tx,
    connection: Connection,
    run: Run,
    asked: Sequence[Asked],
    outcomes: Mapping[str, Outcome],
    now: datetime,
) -> dict[str, Any]:
    """Take the documents written last; says what changes in the run."""
    looked = [each for each in asked if each.name == restored.LAST_WRITTEN]
    if not looked:
        return {}
    if not any(isinstance(outcomes.get(each.wire_id), Done) for each in looked):
        runs.remember(tx, run.id, now, look_failed=True)
        return {"problem": Told(_LOOK_FAILED)}
    runs.remember(tx, run.id, now, has_looked=True)
    question = restored.take_last(tx, connection, asked, outcomes, now)
    if question is None:
        return {}
    connections.change(tx, connection.id, last_problem=question)
    runs.remember(tx, run.id, now, asks=True)
    return {"problem": question, "agenda": []}


def take_readings(
    tx: Tx,
    connection: Connection,
    run: Run,
    asked: Sequence[Asked],
    outcomes: Mapping[str, Outcome],
    now: datetime,
) -> tuple[int, dict[str, Any]]:
    """Take the pages of an answer; says how many it settled, and what changes in the run."""
    if not run.agenda:
        return 0, {}
    by_cursor = {each.name: each for each in asked if each.kind in _READINGS}
    answered: dict[str, Page | None] = {}
    problems: dict[str, Told] = {}
    settled = 0
    for reading in run.agenda:
        each = by_cursor.get(reading.cursor)
        if each is None:
            continue
        outcome = outcomes.get(each.wire_id)
        why = _unread(reading, outcome)
        if why is not None:
            problems[reading.cursor] = _not_read(reading, why)
            if isinstance(outcome, Refused) and outcome.refusal.code == _READS_USED_UP:
                runs.remember(tx, run.id, now, reads_used_up=True)
            if reading.is_wide and not isinstance(outcome, Refused):
                runs.remember(tx, run.id, now, wide_failed=True)
            continue
        assert isinstance(outcome, Done), "everything else was not read"
        page = answered[reading.cursor] = outcome.page
        if page is not None:
            if reading.watches:
                settled += watching.take_watched(tx, connection, run, reading, page, now)
            intake.take_page(tx, connection, reading, page, run.id, now)
    open_, complete = next_page(run.agenda, answered)
    # What could not be read in this run is read in the next one; the run goes on with
    # what is known.
    going_on = [
        reading
        for reading in open_
        if reading.cursor in answered or reading.cursor not in by_cursor
    ]
    _keep_unread(tx, connection, run.agenda, problems, complete, now)
    intake.finish(tx, connection, complete, run.id, now)
    for reading in complete:
        if reading.watches and reading.documents is not None:
            settled += watching.complete(tx, connection, run, reading, now)
    changes: dict[str, Any] = {"agenda": going_on}
    if problems:
        changes["problem"] = _together(problems.values())
    changes |= _keep_time(tx, connection, run, answered, complete, going_on, now)
    return settled, changes


def _unread(reading: Reading, outcome: Outcome | None) -> Told | None:
    """Say why a page of a reading is not there; ``None``: it is."""
    match outcome:
        case Done(page=page):
            return Told(_STANDS_STILL) if stands_still(reading, page) else None
        case Busy(why, detail=seen) | Unknown(why, detail=seen):
            return Told(why, detail=seen)
        case Refused(refusal):
            return Told(refusal.sentence, detail=refusal.detail or "")
        case _:
            return Told("no answer came")


def _not_read(reading: Reading, why: Told) -> Told:
    """Say what could not be read; connectors that say so themselves are not said twice."""
    words = reading.words
    told = ended(why.sentence)
    if "could not be read" not in told:
        told = f"{words[0].upper()}{words[1:]} could not be read: {told}"
    return Told(told, detail=why.detail)


def _together(problems: Iterable[Told]) -> Told:
    """Tell what was told of several readings, each once."""
    each_once = list(dict.fromkeys(problems))
    seen = dict.fromkeys(each.detail for each in each_once if each.detail)
    return Told(" ".join(each.sentence for each in each_once), detail="; ".join(seen))


def _keep_unread(
    tx: Tx,
    connection: Connection,
    agenda: Sequence[Reading],
    problems: Mapping[str, Told],
    complete: Sequence[Reading],
    now: datetime,
) -> None:
    """Keep which lists could not be read: what depends on them waits."""
    lists = {each.cursor: each.records for each in agenda if each.records is not None}
    failed = {
        kind: problems[cursor].sentence for cursor, kind in lists.items() if cursor in problems
    }
    read = [each.records for each in complete if each.records is not None]
    if failed or read:
        unread.note(tx, connection.id, failed, read, now)
        needed.answered(tx, connection.id, (*failed, *read))


def _keep_time(
    tx: Tx,
    connection: Connection,
    run: Run,
    answered: Mapping[str, Page | None],
    complete: Sequence[Reading],
    going_on: Sequence[Reading],
    now: datetime,
) -> dict[str, Any]:
    """Keep how far was read; where the clock has moved, let the run look back further, once."""
    assert run.agenda is not None, "something was read"
    has_moved = clocks.has_moved(tx, connection.id, answered.values())
    has_moved = clocks.keep_place(tx, connection.id, complete, run, now) or has_moved
    facts = runs.load(tx, run.id).facts
    if has_moved and not facts.has_widened and not any(each.is_wide for each in run.agenda):
        clocks.looked_back(tx, connection.id, None)
        again = {each.documents.value for each in run.agenda if each.documents and not each.heads}
        runs.remember(tx, run.id, now, has_widened=True, reads_again=tuple(sorted(again)))
        return {"agenda": [], "facts": anew(tx, run)}
    is_last = any(each.is_wide for each in complete) and not any(each.is_wide for each in going_on)
    if is_last and not facts.wide_failed:
        clocks.looked_back(tx, connection.id, now)
    return {}


def anew(tx: Tx, run: Run) -> RunState:
    """Let the run decide once more what it reads."""
    facts = runs.load(tx, run.id).facts
    return msgspec.structs.replace(facts, agenda_made=False, watched=(), near={})
