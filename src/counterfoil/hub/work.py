"""A run on one connection: what is asked next, and what its answer changes.

Both ways of driving a connection stand on these functions: the Web Connector's calls
(``hub.web_connector``), which ask for the next batch and bring its answer, and the
drive of a system we call (``hub.drive``), which does the same in a loop.  They keep the
order that makes a crash harmless at any point:

1. ``next_batch`` decides and records, in one transaction: the exchange, its operations
   and every transfer that moves.  Only after its commit may the batch leave.
2. ``answering.take_answer`` records the answer and everything it changes, in one transaction.
3. ``answering.lose`` records that no answer came.  What is then asked first is what became of it.

All functions take the open transaction; none of them calls anything outside.  What a run reads
stands in ``run_readings``, whether there is anything to do in ``outstanding``, and how what is
asked is recorded in ``asking``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind
from counterfoil.engine.asked import Asked, Kind
from counterfoil.engine.drafting import Target
from counterfoil.engine.following import advance_field
from counterfoil.engine.life import Event, State
from counterfoil.engine.moving import advance
from counterfoil.engine.operations import Batch
from counterfoil.engine.planning import Plan, Planned
from counterfoil.ledger import connections, exchanges, follow_ups, pairings, runs, transfers
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.exchanges import Exchange
from counterfoil.ledger.runs import Run, RunState
from counterfoil.ledger.transfers import Sourced

from . import (
    adding,
    counting,
    intake,
    paired,
    planned,
    restored,
    run_readings,
    to_dos,
    writing_back,
)
from .answering import give_up_asking, move, store
from .asking import Prepared, asked_of, question, write
from .holding import present_hold
from .keys import new_batch_key
from .links import LinkView, views_of
from .outstanding import any_waits, is_in_doubt, read_for, rests
from .systems import Traits, traits_of

__all__ = ["Unfinished", "next_batch"]

# A plan can consist of nothing but refusals; then the next one is made at once.
_PLANS_IN_A_ROW_MAX: Final = 10_000


class Unfinished(msgspec.Struct, frozen=True):
    """What is asked next takes more than one short transaction to decide: ask again.

    What was done towards it is in this one, and no other process has to begin anew.
    """


def next_batch(
    tx: Tx, connection: Connection, run: Run, target: Target, now: datetime
) -> Prepared | Unfinished | None:
    """Decide and record what is asked next; ``None``: nothing is left to ask.

    In this order: what became of a write that was never answered; what a run reads
    first; what waits to be written; and last, that the system may forget the answer it
    keeps for us.  Nothing at all while a person is asked whether these are the right books, and
    once somebody has had the run end.
    """
    if run.facts.asks or run.stopped_by is not None:
        return None
    traits = traits_of(connection.system)
    lost = _lost(tx, connection, traits, target, now)
    if lost is not None and present_hold(tx, connection, run, now) is None:
        return _recover(tx, connection, run, lost, now)
    views = views_of(tx, connection.id)
    if rests(tx, connection.id, views):
        return _clear(tx, connection, run, now)
    if run.facts.sought:
        return run_readings.seek(tx, connection, run, now)
    readings, facts = run.agenda, run.facts
    if readings is None:
        readings = run_readings.agenda(
            tx, connection, run, read_for(tx, connection.id, views), traits, now
        )
        facts = runs.load(tx, run.id).facts
    if readings:
        return run_readings.read(tx, connection, run, readings, traits, now)
    if lost is not None:
        # What was sent may still be carried out: until that is over nothing is written.
        return None
    if not facts.has_begun:
        # Once all is read; what the other side reads meanwhile, its own run begins.
        intake.begin_transfers(tx, connection, views, now)
        facts = runs.remember(tx, run.id, now, has_begun=True)
    counts = _count(tx, connection, run, facts, views, traits, now)
    if counts is not None:
        return counts
    if restored.looks_back(connection):
        more = run_readings.reread(tx, connection, run, now, everything=True)
        if more is not None:
            return more
        restored.looked(tx, connection)
    return (
        _mark(tx, connection, run, traits, now)
        or run_readings.ask_named(tx, connection, run, views, target, now)
        or _add_records(tx, connection, run, views, target, now)
        or _deliver(
            tx,
            connection,
            run,
            views,
            target,
            now,
            may_create=_may_create(tx, connection, traits, facts),
        )
        or _keep_to_dos(tx, connection, run, target, now)
        or run_readings.reread(tx, connection, run, now)
        or run_readings.ask_converted(tx, connection, run, now)
        or _clear(tx, connection, run, now)
    )


def _lost(
    tx: Tx, connection: Connection, traits: Traits, target: Target, now: datetime
) -> Exchange | None:
    """Give the write that was never answered, where its system can recall it as a whole."""
    lost = exchanges.open_write(tx, connection.id)
    if lost is None or traits.recalls_batches:
        return lost
    give_up_asking(tx, lost, target, now)
    return None


def _count(
    tx: Tx,
    connection: Connection,
    run: Run,
    facts: RunState,
    views: Sequence[LinkView],
    traits: Traits,
    now: datetime,
) -> Prepared | Unfinished | None:
    """Read stock that is to be counted, and compare it; ``None``: nothing of it is left to do."""
    readings = counting.readings(tx, connection, run, facts, views, now)
    if readings:
        return run_readings.read(tx, connection, run, readings, traits, now)
    if counting.compare(tx, connection, run, facts, views, now):
        return Unfinished()
    return None


def _may_create(
    tx: Tx, connection: Connection, traits: Traits, facts: RunState
) -> frozenset[DocumentKind] | None:
    """Name the kinds of which a document may be created in this run; ``None``: any.

    Of no other has it been read what was written there lately: it may be there already.  Where
    the system refuses to be read for longer, what is new goes all the same, as long as nothing
    is in doubt: what this ledger never sent is not there.
    """
    if traits.watch != "changes":
        return None
    if facts.reads_used_up and not is_in_doubt(tx, connection.id):
        return None
    return frozenset(DocumentKind(kind) for kind in facts.watched if facts.has_looked)


def _add_records(
    tx: Tx,
    connection: Connection,
    run: Run,
    views: Sequence[LinkView],
    target: Target,
    now: datetime,
) -> Prepared | None:
    """Add records to the lists, where a person said that they shall be there."""
    made = adding.creations(tx, connection, run, views, target, now)
    if not made:
        return None
    return write(tx, connection, run, made, now)


def _keep_to_dos(
    tx: Tx, connection: Connection, run: Run, target: Target, now: datetime
) -> Prepared | None:
    """Make what is to be done about errors, complete it, or ask what became of it."""
    asked = to_dos.questions(tx, connection, run, now)
    if asked:
        return question(tx, connection, run, asked, now)
    made = to_dos.writes(tx, connection, target, now)
    return write(tx, connection, run, made, now) if made else None


def _mark(
    tx: Tx, connection: Connection, run: Run, traits: Traits, now: datetime
) -> Prepared | None:
    """Renew our mark in the books before documents are written there, now and then."""
    if not traits.keeps_ledger_mark or run.facts.is_marked:
        return None
    if not any_waits(tx, connection, now):
        return None
    runs.remember(tx, run.id, now, is_marked=True)
    mark = restored.mark_due(tx, connection, now)
    if mark is None:
        return None
    asked = Asked(wire_id=mark.id, kind=Kind.WRITE_MARK, name=mark.value)
    return write(tx, connection, run, [(mark, asked)], now)


def _recover(tx: Tx, connection: Connection, run: Run, lost: Exchange, now: datetime) -> Prepared:
    """Ask what became of a batch whose answer never came."""
    move(tx, exchanges.asked(tx, lost.id), Event.ASKED, now, only=State.UNKNOWN)
    exchange = exchanges.record(
        tx,
        connection=connection.id,
        run=run.id,
        key=lost.key,
        writes=False,
        operations=(),
        now=now,
        recovers=lost.id,
    )
    return Prepared(exchange=exchange, batch=Batch(operations=(), key=lost.key, recovers=True))


def _deliver(
    tx: Tx,
    connection: Connection,
    run: Run,
    views: Sequence[LinkView],
    target: Target,
    now: datetime,
    *,
    may_create: frozenset[DocumentKind] | None,
) -> Prepared | None:
    _wake(tx, connection, now)
    counting.look_after(tx, connection, run, views, now)
    writing_back.mark_errors(tx, connection, views, now)
    for _ in range(_PLANS_IN_A_ROW_MAX):
        loaded, made = planned.plan_next(tx, connection, views, target, now, may_create=may_create)
        if not made.operations:
            if not made.transfers:
                return None
            store(tx, loaded, made.transfers, now=now)
            _keep_found(tx, connection, made, loaded, now)
            continue
        batch = Batch(
            operations=tuple(each.operation for each in made.operations),
            key=new_batch_key(),
            clears=connection.clearable_key,
        )
        about = "" if batch.writes else _about(made.operations)
        before = runs.load(tx, run.id).facts.asked
        if about and about == before:
            # It was answered, and the answer told nothing: the next run asks once more.
            return None
        if about != before:
            runs.remember(tx, run.id, now, asked=about)
        if not batch.writes:
            batch = Batch(operations=batch.operations)
        exchange = exchanges.record(
            tx,
            connection=connection.id,
            run=run.id,
            key=batch.key,
            writes=batch.writes,
            operations=[asked_of(each) for each in made.operations],
            now=now,
        )
        if batch.writes:
            connections.change(tx, connection.id, position=connection.position + 1)
        follow_ups.save(tx, made.fields)
        store(tx, loaded, made.transfers, now=now, exchange=exchange)
        _keep_found(tx, connection, made, loaded, now)
        return Prepared(exchange=exchange, batch=batch)
    raise AssertionError("planning does not come to an end")


def _keep_found(
    tx: Tx, connection: Connection, made: Plan, loaded: Sequence[Sourced], now: datetime
) -> None:
    """Keep what planning found to be there already: documents, and what records became."""
    pairings.pair(tx, made.landings, now)
    follow_ups.begin(tx, connection.id, made.new_fields)
    writing_back.begin(tx, made.landings, loaded, now)
    paired.remember(tx, connection, made.paired, now)


def _about(operations: Sequence[Planned]) -> str:
    """Name what is asked, and for whom, to tell whether it was asked just now."""
    asked = [
        (msgspec.to_builtins(each.operation), each.dependants, each.sent and each.sent.fields)
        for each in operations
    ]
    return hashlib.sha256(repr(asked).encode()).hexdigest()


def _clear(tx: Tx, connection: Connection, run: Run, now: datetime) -> Prepared | None:
    """Let the system forget the last answer it keeps for us."""
    if connection.clearable_key is None:
        return None
    exchange = exchanges.record(
        tx,
        connection=connection.id,
        run=run.id,
        key="",
        writes=False,
        operations=(),
        now=now,
    )
    return Prepared(exchange=exchange, batch=Batch(operations=(), clears=connection.clearable_key))


_WOKEN: Final = 500


def _wake(tx: Tx, connection: Connection, now: datetime) -> None:
    """Make those ready whose time to wait is over."""
    # A page at a time: what moves is due no longer, and very many may be due at once.
    while due := transfers.due(tx, connection.id, now, _WOKEN):
        transfers.save(tx, [(each, advance(each, Event.DUE, now)) for each in due])
    fields = follow_ups.due(tx, connection.id, now)
    follow_ups.save(tx, [(each, advance_field(each, Event.DUE, now)) for each in fields])
