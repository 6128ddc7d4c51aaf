"""The run of a system that we call: ask for the next batch, call, take the answer.

One process drives a connection at a time: the lease is a row, and every later write of
the drive goes on only while its epoch still holds.  Right before each call to the outside
the lease is renewed, so what a drive may do alone never outlasts it; where it is no longer
ours, the call does not leave.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind
from counterfoil.engine.operations import Batch, Busy, Outcome
from counterfoil.errors import ConnectorError, CounterfoilError, LedgerError
from counterfoil.hub import advice
from counterfoil.ledger import connections, exchanges, grants, runs
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.runs import Run
from counterfoil.logs import get_logger
from counterfoil.told import Told

from . import answering, ending_early, outstanding, planned, sites, work
from .describing import described
from .document_line import how_many_wait
from .evidence import Witness
from .grants import trouble_of
from .links import views_of
from .setup import Hub
from .systems import Caller, Calling, calling, looks_every, target_of, traits_of

__all__ = ["LEASE", "SCHEDULE", "DriveReport", "LeaseLostError", "drive"]

log = get_logger(__name__)

SCHEDULE: Final = "schedule"
"""What drives where nobody in particular does."""
# Longer than all waiting of one call to the outside: its timeouts, and what a service that
# is busy asks for.
LEASE: Final = timedelta(minutes=10)
# A batch is at most 20 calls; a run of this many does not come to an end on its own.
_BATCHES_MAX: Final = 10_000


class LeaseLostError(CounterfoilError):
    """Another process has taken this connection over, so nothing more is asked of it here."""


class _Lease:
    """A drive's right to be the only one, renewed as it goes."""

    def __init__(self, hub: Hub, connection: int, epoch: int) -> None:
        self._hub = hub
        self._connection = connection
        self._epoch = epoch

    def renew(self) -> None:
        """Keep it for another while.

        Raises:
            LeaseLostError: It is somebody else's now.
        """
        with self._hub.database.writing() as tx:
            self.hold(tx)

    def hold(self, tx: Tx) -> None:
        """Keep it, and everybody else out until the transaction's end.

        Raises:
            LeaseLostError: It is somebody else's now.
        """
        until = self._hub.now() + LEASE
        if not connections.extend(tx, self._connection, self._epoch, until):
            raise LeaseLostError(_TAKEN_OVER)


class DriveReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a drive did.

    Attributes:
        batches: Round trips made.
        settled: Transfers that came to an end.
        problem: One sentence about what went wrong, ``None`` for nothing.
        skipped: Somebody else is driving this connection, so nothing was done.
        rests: All its links are paused, or it has none, so nothing was done.
    """

    batches: int = 0
    settled: int = 0
    problem: Told | None = None
    skipped: bool = False
    rests: bool = False


def drive(
    hub: Hub,
    connection_id: int,
    trigger: str,
    *,
    progress: Callable[[int, int], None] | None = None,
    ends: Callable[[], bool] = lambda: False,
    seeks: Sequence[tuple[DocumentKind, str]] = (),
) -> DriveReport:
    """Do everything that is due on a connection that we call.

    Args:
        hub: The hub.
        connection_id: The connection; one that calls us is left alone.
        trigger: ``SCHEDULE`` or ``person``.
        progress: Told after each batch how many are settled and how many are left.
        ends: Asked before each batch; ``True``: this process ends, what is left is left.
        seeks: Documents of its own that are read first, by kind and number or identity.

    Raises:
        LedgerError: Nothing more can be recorded; the drive has stopped.
    """
    # Of this drive alone: two in one process are two.
    owner = f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}"
    now = hub.now()
    with hub.database.writing() as tx:
        connection = connections.load(tx, connection_id)
        assert connection is not None, "only known connections are driven"
        left_alone = _left_alone(tx, connection, trigger, now)
        if left_alone is not None:
            return left_alone
        epoch = connections.claim(tx, connection_id, owner, now, now + LEASE)
        if epoch is None:
            return DriveReport(skipped=True)
        # Whoever wakes it from here on has it driven once more.
        connections.take_wakes(tx, connection_id)
        connections.change(tx, connection_id, due_at=now + looks_every(connection))
        for ended in runs.end_others(tx, connection_id, now, _ABANDONED):
            _lose_open(tx, connection, ended, now, _ABANDONED)
        run = runs.begin(tx, connection_id, trigger, now)
        if seeks:
            runs.remember(tx, run, now, sought=tuple((kind.value, name) for kind, name in seeks))
        tells_sites = sites.documents_tell(tx, connection_id)
    problem: Told | None = None
    is_whole = False
    lease, witness = _Lease(hub, connection_id, epoch), Witness()
    try:
        call = Calling(hub=hub, checkpoint=lease.renew, witness=witness, tells_sites=tells_sites)
        caller = calling(connection, call)
        with closing(caller):
            connection = described(hub, connection, caller, lease.hold)
            for settled, left, stall in _batches(hub, connection, run, lease, caller, witness):
                problem = stall
                if progress is not None:
                    progress(settled, left)
                if stall is not None or ends():
                    break
            else:
                is_whole = True
    except LedgerError:
        # Nothing can be recorded now; who drives next finds this run open, and ends it.
        _let_go(hub, connection_id, epoch)
        raise
    except CounterfoilError as error:
        problem = error.told
        log.warning("drive stopped", connection=connection.name, problem=error.message)
    except BaseException:
        _finish(hub, connection, run, epoch, _OUR_MISTAKE)
        raise
    return _finish(hub, connection, run, epoch, problem, is_whole=is_whole)


def _left_alone(tx: Tx, connection: Connection, trigger: str, now: datetime) -> DriveReport | None:
    """Give the report of a drive that asks nothing; ``None``: it has to ask."""
    if not traits_of(connection.system).is_called or not connection.is_active:
        return DriveReport()
    if _rests(tx, connection.id):
        connections.take_wakes(tx, connection.id)
        return DriveReport(rests=True)
    trouble = trouble_of(connection, grants.load(tx, connection.id))
    if trouble is not None:
        # Nobody is asked, and no document is refused for it: all of them wait for a person.
        connections.take_wakes(tx, connection.id)
        connections.change(tx, connection.id, due_at=now + looks_every(connection))
        return DriveReport(problem=trouble.told)
    is_woken = connection.id in connections.woken(tx)
    if trigger == SCHEDULE and not is_woken and outstanding.may_rest(tx, connection, now):
        connections.change(tx, connection.id, due_at=now + looks_every(connection))
        return DriveReport()
    return None


def _rests(tx: Tx, connection: int) -> bool:
    """Whether nothing is to be asked: all links are paused, and no answer is outstanding."""
    is_at_rest = outstanding.rests(tx, connection, views_of(tx, connection))
    return is_at_rest and exchanges.open_write(tx, connection) is None


def _let_go(hub: Hub, connection_id: int, epoch: int) -> None:
    """Give the lease back if the ledger takes as much; else it runs out by itself."""
    with suppress(LedgerError), hub.database.writing() as tx:
        connections.release(tx, connection_id, epoch)


_OUR_MISTAKE: Final = Told("Counterfoil made a mistake; its log says which.")
_ABANDONED: Final = "The process that drove this run has ended."


def _lose_open(tx: Tx, connection: Connection, run: int, now: datetime, reason: str) -> None:
    """Record that a run's open exchange will get no answer any more."""
    exchange = exchanges.for_run(tx, run)
    if exchange is not None:
        answering.lose(tx, exchange, target_of(connection), now, reason)


def _batches(
    hub: Hub,
    connection: Connection,
    run: int,
    lease: _Lease,
    caller: Caller,
    witness: Witness,
) -> Iterator[tuple[int, int, Told | None]]:
    """Ask and answer until nothing is left.

    Gives, after each batch, how many transfers are settled, how many are left, and why
    it is no use to go on (``None``: it is).

    Raises:
        LeaseLostError: Another process asks now what became of the batch under way.
    """
    target = target_of(connection)
    for _ in range(_BATCHES_MAX):
        with hub.database.writing() as tx:
            lease.hold(tx)
            prepared = work.next_batch(tx, connection, runs.load(tx, run), target, hub.now())
        if prepared is None:
            return
        if isinstance(prepared, work.Unfinished):
            continue
        outcomes = _perform(caller, prepared.batch, connection)
        wire = witness.taken()
        with hub.database.writing() as tx:
            lease.hold(tx)
            exchange = exchanges.load(tx, prepared.exchange)
            if wire is not None:
                exchanges.attach_request(tx, exchange.id, wire[0])
            answering.take_answer(
                tx,
                connection,
                runs.load(tx, run),
                exchange,
                outcomes,
                target,
                hub.now(),
                text=None if wire is None else wire[1],
            )
            stall = answering.stalled(exchange, outcomes)
            if stall is not None:
                planned.explain(tx, connection, target, hub.now())
            settled = runs.load(tx, run).settled
            left = outstanding.remaining(tx, connection.id)
        yield settled, left, stall
    raise AssertionError("a drive does not come to an end")


_TAKEN_OVER: Final = "Another process has taken over this connection."


def _perform(caller: Caller, batch: Batch, connection: Connection) -> dict[str, Outcome]:
    try:
        return dict(caller.perform(batch))
    except ConnectorError as error:
        log.warning("call failed", connection=connection.name, problem=error.message)
        stopped = Busy(error.message, detail=error.told.detail)
        return {each.id: stopped for each in batch.operations}


def _finish(
    hub: Hub,
    connection: Connection,
    run: int,
    epoch: int,
    problem: Told | None,
    *,
    is_whole: bool = False,
) -> DriveReport:
    """End the run; ``is_whole``: nothing more was to be asked, so what waits is stuck."""
    now = hub.now()
    with hub.database.writing() as tx:
        _lose_open(tx, connection, run, now, problem.sentence if problem else _ABANDONED)
        ended = runs.load(tx, run)
        trouble = trouble_of(connection, grants.load(tx, connection.id))
        # Where the sign-in ended meanwhile, every question was answered by the same words.
        problem = problem or ended.problem if trouble is None else trouble.told
        stopped = ending_early.told(tx, ended)
        if problem is None and is_whole and stopped is None:
            problem = _stuck(tx, connection, ended)
        runs.change(tx, run, now, ended_at=now, problem=problem or stopped)
        connections.release(
            tx,
            connection.id,
            epoch,
            last_seen_at=now,
            last_problem=problem,
            # From the end on: a look that takes long is not followed by the next one at once.
            due_at=now + looks_every(connection),
        )
    return DriveReport(batches=ended.round_trips, settled=ended.settled, problem=problem)


def _stuck(tx: Tx, connection: Connection, run: Run) -> Told | None:
    """Say that something waits and a drive could settle nothing of it."""
    left = outstanding.remaining(tx, connection.id)
    if not left or run.settled:
        return None
    return Told(
        f"{how_many_wait(left)} for {connection.name}, and this run could settle none of them.",
        advice.see_why("status", "/inbox"),
    )
