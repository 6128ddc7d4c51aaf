"""When connections are driven: the embedded dispatcher.

The connections' rows are the queue: what is due is found there, and who drives it is
the lease in the same row.  So losing a wake-up is harmless (the next look finds the row
again), and so is a second one (the lease refuses it).
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Final

import structlog

from counterfoil.documents import refuse
from counterfoil.engine.life import OWNERS, Event, State
from counterfoil.engine.transfers import Transfer, advance
from counterfoil.errors import LedgerError
from counterfoil.ledger import connections, exchanges, transfers
from counterfoil.settings import FLOWS, FlowName

from .drive import drive
from .links import views_of
from .setup import Hub
from .targets import traits_of

__all__ = ["Dispatcher", "due", "keep_house"]

log = structlog.get_logger(__name__)

# How often a system that we call is looked at when nothing wakes us.
INTERVAL: Final = timedelta(minutes=5)
_LOOK_EVERY_S: Final = 5.0
_HOUSEKEEPING: Final = timedelta(hours=1)
_THREADS: Final = 8
_ALERTS_PER_LOOK: Final = 200


def due(hub: Hub) -> list[int]:
    """List the connections that we call and whose time has come."""
    now = hub.now()
    with hub.database.reading() as tx:
        return [
            each.id
            for each in connections.all_connections(tx)
            if each.is_active
            and traits_of(each.system).is_called
            and (each.due_at is None or each.due_at <= now)
            and views_of(tx, each.id)
        ]


def keep_house(hub: Hub) -> None:
    """Tell of what has been waiting too long, and drop old wire texts."""
    now = hub.now()
    keep = timedelta(days=hub.configuration.keep_exchanges_days)
    with hub.database.writing() as tx:
        exchanges.drop_texts(tx, now - keep)
        for state, ownership in OWNERS.items():
            if ownership.age_limit is None:
                continue
            before = now - ownership.age_limit
            late = transfers.by_state(tx, state, before, _ALERTS_PER_LOOK)
            for each in late:
                transfers.save(tx, [(each, _overdue(each, ownership.age_limit, now))])
            for each in late:
                log.warning("overdue", transfer=each.id, state=state.value, flow=each.flow)


def _overdue(transfer: Transfer, limit: timedelta, now: datetime) -> Transfer:
    """Give a transfer that is older than its state allows; one put off too long stops."""
    refusal = transfer.refusal
    if transfer.state is State.WAITING:
        refusal = refuse(
            "waited-too-long",
            document=FLOWS[FlowName(transfer.flow)].target.words,
            duration=_days(limit),
            problem=transfer.reason or "the other system was busy each time.",
        )
    reason = transfer.reason or f"It has been {transfer.state} for more than {_days(limit)}."
    return advance(transfer, Event.OVERDUE, now, reason=reason, refusal=refusal)


def _days(limit: timedelta) -> str:
    return f"{limit.days} days" if limit.days else f"{int(limit.total_seconds() // 3600)} hours"


class Dispatcher:
    """Drives what is due, in threads of this process.

    Args:
        hub: The hub.
        look_every_s: How often to look, in seconds.
    """

    def __init__(self, hub: Hub, *, look_every_s: float = _LOOK_EVERY_S) -> None:
        self._hub = hub
        self._look_every_s = look_every_s
        self._wake = threading.Event()
        self._stopping = False
        self._running: set[int] = set()
        self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._thread.start()

    def poke(self) -> None:
        """Look now."""
        self._wake.set()

    def stop(self) -> None:
        """End: no new drive begins, and those under way come to their end."""
        self._stopping = True
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        housekeeping = self._hub.now()
        with ThreadPoolExecutor(_THREADS, "drive") as pool:
            while not self._stopping:
                self._wake.clear()
                try:
                    for connection in due(self._hub):
                        if connection not in self._running:
                            self._running.add(connection)
                            pool.submit(self._drive, connection)
                    if self._hub.now() >= housekeeping:
                        keep_house(self._hub)
                        housekeeping = self._hub.now() + _HOUSEKEEPING
                except LedgerError as error:
                    log.exception("the ledger failed", problem=error.message, detail=error.detail)
                self._wake.wait(self._look_every_s)

    def _drive(self, connection: int) -> None:
        """Drive one connection; the outermost loop, so it takes every failure."""
        try:
            # Before the drive: whoever wakes it meanwhile is then not overruled.
            with self._hub.database.writing() as tx:
                connections.change(tx, connection, due_at=self._hub.now() + INTERVAL)
            drive(self._hub, connection, "schedule")
        except Exception:
            log.exception("a drive failed", connection=connection)
        finally:
            self._running.discard(connection)
