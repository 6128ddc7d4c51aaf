"""The run of a system that we call: ask for the next batch, call, take the answer.

One process drives a connection at a time: the lease is a row, and every later write of
the drive goes on only while its epoch still holds.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog
from sqlalchemy import Connection as Tx

from counterfoil.engine.operations import Batch, Busy, Outcome
from counterfoil.errors import ConnectorError, CounterfoilError, LedgerError
from counterfoil.ledger import connections, exchanges, runs
from counterfoil.ledger.connections import Connection

from . import answering, work
from .callers import Caller, calling
from .setup import Hub
from .targets import target_of, traits_of

__all__ = ["DriveReport", "drive"]

log = structlog.get_logger(__name__)

_LEASE: Final = timedelta(minutes=10)
# A batch is at most 20 calls; a run of this many does not come to an end on its own.
_BATCHES_MAX: Final = 10_000


class DriveReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a drive did.

    Attributes:
        batches: Round trips made.
        settled: Transfers that came to an end.
        problem: One sentence about what went wrong, ``None`` for nothing.
        skipped: Somebody else is driving this connection, so nothing was done.
    """

    batches: int = 0
    settled: int = 0
    problem: str | None = None
    skipped: bool = False


def drive(
    hub: Hub,
    connection_id: int,
    trigger: str,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> DriveReport:
    """Do everything that is due on a connection that we call.

    Args:
        hub: The hub.
        connection_id: The connection; one that calls us is left alone.
        trigger: ``schedule`` or ``person``.
        progress: Told after each batch how many are settled and how many are left.

    Raises:
        LedgerError: Nothing more can be recorded; the drive has stopped.
    """
    # Of this drive alone: two in one process are two.
    owner = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"
    now = hub.now()
    with hub.database.writing() as tx:
        connection = connections.load(tx, connection_id)
        assert connection is not None, "only known connections are driven"
        if not traits_of(connection.system).is_called or not connection.is_active:
            return DriveReport()
        epoch = connections.claim(tx, connection_id, owner, now, now + _LEASE)
        if epoch is None:
            return DriveReport(skipped=True)
        for ended in runs.end_others(tx, connection_id, now, _ABANDONED):
            _lose_open(tx, connection, ended, now, _ABANDONED)
        run = runs.begin(tx, connection_id, trigger, now)
    problem: str | None = None
    try:
        with calling(hub, connection) as caller:
            problem = _loop(hub, connection, run, epoch, caller, progress)
    except LedgerError:
        # Nothing can be recorded now; who drives next finds this run open, and ends it.
        _let_go(hub, connection_id, epoch)
        raise
    except CounterfoilError as error:
        problem = error.message
        log.warning("drive stopped", connection=connection.name, problem=problem)
    except BaseException:
        _finish(hub, connection, run, epoch, "Counterfoil made a mistake; its log says which.")
        raise
    return _finish(hub, connection, run, epoch, problem)


def _let_go(hub: Hub, connection_id: int, epoch: int) -> None:
    """Give the lease back if the ledger takes as much; else it runs out by itself."""
    with suppress(LedgerError), hub.database.writing() as tx:
        connections.release(tx, connection_id, epoch)


_ABANDONED: Final = "The process that drove this run has ended."


def _lose_open(tx: Tx, connection: Connection, run: int, now: datetime, reason: str) -> None:
    """Record that a run's open exchange will get no answer any more."""
    exchange = exchanges.for_run(tx, run)
    if exchange is not None:
        answering.lose(tx, exchange, target_of(connection, version=None), now, reason)


def _loop(
    hub: Hub,
    connection: Connection,
    run: int,
    epoch: int,
    caller: Caller,
    progress: Callable[[int, int], None] | None,
) -> str | None:
    """Ask and answer until nothing is left; gives the sentence of what stopped it."""
    for _ in range(_BATCHES_MAX):
        now = hub.now()
        with hub.database.writing() as tx:
            if not connections.extend(tx, connection.id, epoch, now + _LEASE):
                return _TAKEN_OVER
            target = target_of(connection, version=None)
            prepared = work.next_batch(tx, connection, runs.load(tx, run), target, now)
        if prepared is None:
            return None
        outcomes = _perform(caller, prepared.batch, connection)
        with hub.database.writing() as tx:
            if not connections.extend(tx, connection.id, epoch, hub.now() + _LEASE):
                # Whoever has it now asks what became of this batch.
                return _TAKEN_OVER
            exchange = exchanges.load(tx, prepared.exchange)
            current = runs.load(tx, run)
            answering.take_answer(tx, connection, current, exchange, outcomes, target, hub.now())
            current = runs.load(tx, run)
            left = work.remaining(tx, connection.id)
        if progress is not None:
            progress(current.settled, left)
        stall = answering.stalled(exchange, outcomes)
        if stall is not None:
            return stall
    raise AssertionError("a drive does not come to an end")


_TAKEN_OVER: Final = "Another process has taken over this connection."


def _perform(caller: Caller, batch: Batch, connection: Connection) -> dict[str, Outcome]:
    try:
        return dict(caller.perform(batch))
    except ConnectorError as error:
        log.warning("call failed", connection=connection.name, problem=error.message)
        reason = error.message
        return {each.id: Busy(reason) for each in batch.operations}


def _finish(
    hub: Hub, connection: Connection, run: int, epoch: int, problem: str | None
) -> DriveReport:
    now = hub.now()
    with hub.database.writing() as tx:
        _lose_open(tx, connection, run, now, problem or _ABANDONED)
        ended = runs.load(tx, run)
        runs.change(tx, run, now, ended_at=now, problem=problem or ended.problem)
        connections.release(
            tx,
            connection.id,
            epoch,
            last_seen_at=now,
            last_problem=problem or ended.problem,
        )
    return DriveReport(
        batches=ended.round_trips, settled=ended.settled, problem=problem or ended.problem
    )
