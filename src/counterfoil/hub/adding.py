"""Adding records to a system's lists, where a person said that they shall be there, too.

Each is looked up in our copy of the lists right before it leaves, and again, in a list that was
read since, before a lost answer is believed to mean anything (``engine.counterparts``).  While
a list could not be read, nothing is added to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import Connection as Tx

from counterfoil.documents import Reason, RecordKind, name_key
from counterfoil.engine.asked import Asked, Kind, Sent
from counterfoil.engine.counterparts import (
    Counterpart,
    advance_counterpart,
    answered,
    looked_up,
)
from counterfoil.engine.drafting import Target
from counterfoil.engine.life import Event, State
from counterfoil.engine.matching import Entry
from counterfoil.engine.operations import CreateRecord, Operation, Outcome, Unknown
from counterfoil.engine.reading import records_cursor
from counterfoil.ledger import connections, counterparts, directory, runs
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.runs import Run
from counterfoil.settings import Settings

from .keys import new_key
from .links import LinkView
from .systems import settles_after, traits_of
from .unread import unread_lists

__all__ = ["creations", "forget", "move", "remember", "take"]

_LOADED: Final = 500


def creations(
    tx: Tx,
    connection: Connection,
    run: Run,
    views: Sequence[LinkView],
    target: Target,
    now: datetime,
) -> list[tuple[Operation, Asked]]:
    """Record as sent, and give, what is to be added next: at most one batch."""
    if not counterparts.open_kinds(tx, connection.id):
        return []
    _wake(tx, connection, views, now)
    _settle_unknown(tx, connection, run, views, target, now)
    going = {view.link.id: view for view in views if not view.link.is_paused}
    ready = _known(tx, connection, State.READY, going)
    if not ready:
        return []
    there = _there(tx, connection, ready)
    moves: list[tuple[Counterpart, Counterpart]] = []
    made: list[tuple[Operation, Asked]] = []
    names: set[tuple[RecordKind, str]] = set()
    for each in ready:
        assert each.record is not None, "only what is to be added is ready"
        name = each.kind, name_key(each.record.full_name)
        found = looked_up(each, there.get(name[1], ()), now, target)
        if found is not None:
            moves.append((each, found))
        elif name not in names and len(made) < target.batch_size:
            # Of two that shall bear one name the second finds the first when its turn comes.
            names.add(name)
            operation = _creation(each, str(len(made) + 1))
            moves.append(_sent_or_refused(each, operation, target, going[each.link].settings, now))
            if moves[-1][1].state is State.SENDING:
                made.append((operation, _asked(each, operation)))
    counterparts.save(tx, moves)
    _note(tx, moves, now)
    return made


def _creation(each: Counterpart, wire_id: str) -> CreateRecord:
    assert each.record is not None, "only what is to be added leaves"
    return CreateRecord(id=wire_id, kind=each.kind, record=each.record, key=new_key())


def _sent_or_refused(
    each: Counterpart, operation: CreateRecord, target: Target, settings: Settings, now: datetime
) -> tuple[Counterpart, Counterpart]:
    refusal = target.check(operation, settings)
    if refusal is not None:
        return each, advance_counterpart(each, Event.DECLINED, now, refusal=refusal)
    return each, advance_counterpart(each, Event.WRITE_SENT, now)


def _asked(each: Counterpart, operation: CreateRecord) -> Asked:
    return Asked(
        wire_id=operation.id,
        kind=Kind.CREATE_RECORD,
        subject=each.kind,
        name=operation.record.full_name,
        key=operation.key,
        sent=Sent(counterpart=each.id),
    )


# --- What is known of the lists -------------------------------------------------------------


def _known(tx: Tx, connection: Connection, state: State, links: Iterable[int]) -> list[Counterpart]:
    """Load those in a state whose lists are known as they are now."""
    # As it is now: lists may have been read since the drive began.
    unread = unread_lists(tx, connections.load(tx, connection.id) or connection)
    return counterparts.waiting(tx, connection.id, state, links, _LOADED, but=unread)


def _there(
    tx: Tx, connection: Connection, wanted: Iterable[Counterpart]
) -> Mapping[str, Sequence[Entry]]:
    keys = {name_key(each.record.full_name) for each in wanted if each.record is not None}
    return directory.find(tx, connection.id, keys)


def _settle_unknown(
    tx: Tx,
    connection: Connection,
    run: Run,
    views: Sequence[LinkView],
    target: Target,
    now: datetime,
) -> None:
    """Let lists tell what became of writes whose answers were lost.

    Only those do whose reading began when the write could no longer be carried out: what a long
    reading has passed already may have been written while it went on.
    """
    lost = _known(tx, connection, State.UNKNOWN, [view.link.id for view in views])
    if not lost:
        return
    told = [each for each in lost if _is_told(tx, connection, run, each)]
    there = _there(tx, connection, told)
    moves = []
    for each in told:
        assert each.record is not None, "only what is to be added can be unknown"
        named = there.get(name_key(each.record.full_name), ())
        after = looked_up(each, named, now, target)
        assert after is not None, "what is unknown is there, or is not"
        moves.append((each, after))
    counterparts.save(tx, moves)
    _note(tx, moves, now)


def _is_told(tx: Tx, connection: Connection, run: Run, each: Counterpart) -> bool:
    assert each.sent_at is not None, "what is unknown was sent"
    _until, read_at = runs.cursors(tx, connection.id)[records_cursor(each.kind)]
    if traits_of(connection.system).recalls_batches:
        # It was held back until it could not run, and then everything is read anew.
        return read_at > each.sent_at
    is_over = run.started_at > each.sent_at + settles_after(connection)
    return is_over and read_at >= run.started_at


def _wake(tx: Tx, connection: Connection, views: Sequence[LinkView], now: datetime) -> None:
    links = [view.link.id for view in views]
    waits = counterparts.waiting(tx, connection.id, State.WAITING, links, _LOADED)
    counterparts.save(
        tx,
        [
            (each, advance_counterpart(each, Event.DUE, now))
            for each in waits
            if each.retry_at is None or each.retry_at <= now
        ],
    )


# --- Answers --------------------------------------------------------------------------------


def take(
    tx: Tx, asked: Sequence[Asked], outcomes: Mapping[str, Outcome], now: datetime, target: str
) -> None:
    """Take what an answer says of records that were to be added."""
    by_id = {
        each.sent.counterpart: outcomes.get(each.wire_id, Unknown("no answer came"))
        for each in asked
        if each.sent is not None and each.sent.counterpart is not None
    }
    loaded = counterparts.load(tx, by_id)
    moves = [(each, answered(each, by_id[each.id], now, target)) for each in loaded]
    counterparts.save(tx, moves)
    _note(tx, moves, now)


def move(
    tx: Tx,
    asked: Sequence[Asked],
    event: Event,
    now: datetime,
    *,
    only: State,
    why: Reason | None = None,
) -> None:
    """Move the records of some writes that are in one state."""
    ids = [each.sent.counterpart for each in asked if each.sent is not None]
    loaded = counterparts.load(tx, [each for each in ids if each is not None])
    counterparts.save(
        tx,
        [
            (each, advance_counterpart(each, event, now, why=why))
            for each in loaded
            if each.state is only
        ],
    )


def _note(tx: Tx, moves: Iterable[tuple[Counterpart, Counterpart]], now: datetime) -> None:
    """Let the names of both sides mean each other from the moment on that both are there."""
    for before, after in moves:
        if after.state is not State.DONE or before.state is State.DONE:
            continue
        remember(tx, after)
        told = f"The {after.kind.words} “{after.source_name}” is there, too."
        connections.note(tx, now, after.author, "record added", f"link/{after.link}", told)


def remember(tx: Tx, each: Counterpart) -> None:
    """Let each side's name mean the other side's record, where the names differ."""
    assert each.record_id is not None, "only what is there is meant"
    link = connections.load_link(tx, each.link)
    assert link is not None, "counterparts are said for a link"
    entry = directory.entry(tx, each.target, each.kind, each.record_id)
    if entry is not None:
        name = entry.full_name
    else:
        name = each.record.full_name if each.record is not None else each.source_name
    if name_key(name) == name_key(each.source_name):
        return
    side = "books" if each.target == link.books_id else "operations"
    other = "operations" if side == "books" else "books"
    for there, called, record in (
        (side, each.source_name, each.record_id),
        (other, name, each.source_record),
    ):
        directory.choose(
            tx,
            {
                "link_id": each.link,
                "side": there,
                "kind": each.kind.value,
                "name_key": name_key(called),
                "name": called,
                "record_id": record,
                "create_as": None,
                "author": each.author,
                "made_at": each.state_since,
            },
        )


def forget(tx: Tx, each: Counterpart) -> None:
    """Take back what ``remember`` let names mean, where nobody said otherwise since."""
    records = {each.record_id or "", each.source_record}
    directory.unchoose(tx, each.link, each.kind, records, each.author, each.state_since)
