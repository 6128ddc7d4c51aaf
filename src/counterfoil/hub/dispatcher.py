"""When connections are driven: the embedded dispatcher, and the house kept beside it.

The connections' rows are the queue: what is due is found there (or was asked for in the
table of wakes), and who drives it is the lease in the same row.  So losing a look is
harmless (the next one finds the row again), and so is a second one (the lease refuses it).

Nothing that happens in a look or a drive ends the dispatcher: it is counted, shown
(``Pulse``), and tried again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from counterfoil.documents import refuse
from counterfoil.engine.drafting import LIST_UNREAD
from counterfoil.engine.following import FollowUp, advance_field
from counterfoil.engine.life import FAMILY_AGE_LIMIT, STATES, Event, State
from counterfoil.engine.moving import advance
from counterfoil.engine.transfers import Transfer
from counterfoil.errors import CounterfoilError
from counterfoil.ledger import (
    connections,
    daybook,
    exchanges,
    follow_ups,
    notices,
    runs,
    transfers,
)
from counterfoil.logs import get_logger
from counterfoil.settings import FLOWS, FlowName

from . import stand_ins, telling
from .desk import press_due_counts
from .drive import SCHEDULE, drive
from .links import views_of
from .outstanding import rests
from .setup import Hub
from .systems import traits_of
from .views import Pulse

__all__ = ["Dispatcher", "due", "keep_house"]

log = get_logger(__name__)

_LOOK_EVERY_S: Final = 5.0
# After so many looks that did not happen, driving stands still.
_LOOKS_MISSED_MAX: Final = 12
_FAILURES_MAX: Final = 3
_STILL: Final = "Nothing goes by itself"
_HOUSEKEEPING: Final = timedelta(hours=1)
_COUNTS_EVERY: Final = timedelta(minutes=1)
_TELLS_EVERY: Final = timedelta(minutes=1)
_TRIALS_EVERY: Final = timedelta(minutes=1)
_THREADS: Final = 8
# One transaction of house-keeping each, so that nobody waits long for its end.
_ALERTS_PER_PAGE: Final = 200
_RUNS_PER_PAGE: Final = 500
_TEXTS_PER_PAGE: Final = 500
_PAGES_MAX: Final = 1_000

_MISTAKE: Final = "Counterfoil made a mistake; its log says which."


def due(hub: Hub) -> list[int]:
    """List the connections that we call and whose time has come, or that were woken."""
    now = hub.now()
    with hub.database.reading() as tx:
        woken = connections.woken(tx)
        leaves_trial = stand_ins.is_elsewhere(hub, tx)
        return [
            each.id
            for each in connections.all_connections(tx)
            if each.is_active
            and traits_of(each.system).is_called
            and not (leaves_trial and stand_ins.is_of_trial(each))
            and (each.due_at is None or each.due_at <= now or each.id in woken)
            and not rests(tx, each.id, views_of(tx, each.id))
        ]


# --- House-keeping ------------------------------------------------------------------------


def keep_house(hub: Hub) -> None:
    """Tell of what has been waiting too long; drop old wire texts and idle runs.

    In pages, a short transaction each.
    """
    now = hub.now()
    before = now - timedelta(days=hub.configuration.keep_exchanges_days)
    with hub.database.writing() as tx:
        transfers.compact_counts(tx)
        daybook.compact(tx, now)
        notices.prune(tx, before)
    _in_pages(lambda: _drop_texts(hub, before))
    _in_pages(lambda: _prune(hub, before))
    for state, ownership in STATES.items():
        limit = ownership.age_limit
        if limit is not None:
            _tell_overdue(hub, state, limit, now)
            _tell_fields(hub, state, limit, now)


def _in_pages(page: Callable[[], bool]) -> None:
    """Do one page after the other until one says that it was the last."""
    for _ in range(_PAGES_MAX):
        if not page():
            return


def _drop_texts(hub: Hub, before: datetime) -> bool:
    with hub.database.writing() as tx:
        return exchanges.drop_texts(tx, before, _TEXTS_PER_PAGE) >= _TEXTS_PER_PAGE


def _prune(hub: Hub, before: datetime) -> bool:
    with hub.database.writing() as tx:
        return runs.prune(tx, before, _RUNS_PER_PAGE) >= _RUNS_PER_PAGE


def _tell_overdue(hub: Hub, state: State, limit: timedelta, now: datetime) -> None:
    def page() -> bool:
        with hub.database.writing() as tx:
            late = transfers.by_state(
                tx,
                state,
                now - limit,
                _ALERTS_PER_PAGE,
                waits_since=FAMILY_AGE_LIMIT - limit if state is State.WAITING else None,
            )
            transfers.save(tx, [(each, _overdue(each, limit, now)) for each in late])
        for each in late:
            log.warning("overdue", transfer=each.id, state=state.value, flow=each.flow)
        return len(late) >= _ALERTS_PER_PAGE

    _in_pages(page)


def _tell_fields(hub: Hub, state: State, limit: timedelta, now: datetime) -> None:
    """Tell of custom fields that have been waiting too long; one put off too long stops."""

    def page() -> bool:
        with hub.database.writing() as tx:
            late = follow_ups.overdue(tx, state, now - limit, _ALERTS_PER_PAGE)
            follow_ups.save(tx, [(each, _field_overdue(each, limit, now)) for each in late])
        for each in late:
            log.warning("overdue", transfer=each.transfer, state=state.value, field=each.name)
        return len(late) >= _ALERTS_PER_PAGE

    _in_pages(page)


def _field_overdue(field: FollowUp, limit: timedelta, now: datetime) -> FollowUp:
    refusal = field.refusal
    if field.state is State.WAITING:
        refusal = refuse(
            "waited-too-long",
            document=f"custom field “{field.name}”",
            duration=_days(limit),
            problem=field.sentence or "the other system was busy each time.",
        )
    return advance_field(field, Event.OVERDUE, now, why=field.reason, refusal=refusal)


def _overdue(transfer: Transfer, limit: timedelta, now: datetime) -> Transfer:
    """Give a transfer that is older than its state allows; one put off too long stops."""
    refusal = transfer.refusal
    if transfer.reason is not None and transfer.reason.code == LIST_UNREAD:
        # Nothing is wrong with the document: it goes as soon as the list can be read.
        return msgspec.structs.replace(transfer, alerted_at=now)
    if transfer.state is State.WAITING:
        refusal = refuse(
            "waited-too-long",
            document=FLOWS[FlowName(transfer.flow)].target.words,
            duration=_days(limit),
            problem=transfer.sentence or "the other system was busy each time.",
        )
    return advance(transfer, Event.OVERDUE, now, why=transfer.reason, refusal=refusal)


def _days(limit: timedelta) -> str:
    return f"{limit.days} days" if limit.days else f"{int(limit.total_seconds() // 3600)} hours"


# --- Driving ------------------------------------------------------------------------------


class Dispatcher:
    """Drives what is due, in threads of this process.

    Args:
        hub: The hub.
        look_every_s: How often to look, in seconds.
        is_led: Until it is started somebody else drives, so that nothing stands still.
    """

    def __init__(
        self, hub: Hub, *, look_every_s: float = _LOOK_EVERY_S, is_led: bool = False
    ) -> None:
        self._hub = hub
        self._look_every_s = look_every_s
        self._is_led = is_led
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._running: set[int] = set()
        self._asides = [
            _Aside("house-keeping", keep_house, _HOUSEKEEPING, hub.now()),
            # Whoever is told waits for a mail server; no drive does.
            _Aside("telling", telling.tell, _TELLS_EVERY, hub.now()),
            _Aside("trial", stand_ins.end_abandoned, _TRIALS_EVERY, hub.now()),
        ]
        self._counts_at = hub.now()
        self._began_at = hub.now()
        self._looked_at: datetime | None = None
        self._failures = 0
        self._drives_failed = 0
        self._problem: str | None = None
        self._thread = threading.Thread(target=self._run, name="dispatcher", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._began_at = self._hub.now()
        self._is_led = False
        self._thread.start()

    def poke(self) -> None:
        """Look now."""
        self._wake.set()

    def stop(self) -> None:
        """End: no new drive begins, and those under way end after the batch they are at."""
        self._stopping.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join()

    def pulse(self) -> Pulse:
        """Say how driving goes."""
        with self._lock:
            return Pulse(
                looked_at=self._looked_at,
                failures=self._failures,
                drives_failed=self._drives_failed,
                problem=self._problem,
                stands_still=self._stands_still(),
            )

    def _stands_still(self) -> str | None:
        if self._is_led:
            return None
        reason = self._problem or "see the log"
        if self._thread.ident is None or self._stopping.is_set():
            return f"{_STILL}: the hub's background work does not run. Start the hub anew."
        if not self._thread.is_alive():
            return f"{_STILL}: the hub's background work ended ({reason}). Start the hub anew."
        if self._failures >= _FAILURES_MAX:
            return f"{_STILL}: {self._failures} looks in a row failed. {reason}"
        silent = self._hub.now() - (self._looked_at or self._began_at)
        if silent > timedelta(seconds=self._look_every_s * _LOOKS_MISSED_MAX):
            minutes = max(1, int(silent.total_seconds() // 60))
            return f"{_STILL}: nothing moved for {minutes} minutes ({reason}). Start the hub anew."
        return None

    def _run(self) -> None:
        with ThreadPoolExecutor(_THREADS, "drive") as pool:
            while not self._stopping.is_set():
                self._wake.clear()
                self._look(pool)
                self._wake.wait(self._look_every_s)

    def _look(self, pool: ThreadPoolExecutor) -> None:
        """Begin what is due; the outermost loop, so it takes every failure."""
        try:
            self._press_counts()
            for connection in due(self._hub):
                self._begin(pool, connection)
            self._begin_asides(pool)
        except Exception as error:
            with self._lock:
                self._failures += 1
                self._problem = _sentence(error)
            log.exception("a look failed")
        else:
            with self._lock:
                self._failures = 0
                self._looked_at = self._hub.now()

    def _press_counts(self) -> None:
        """Press for stock whose time has come, looked at once a minute."""
        if self._hub.now() >= self._counts_at:
            press_due_counts(self._hub)
            self._counts_at = self._hub.now() + _COUNTS_EVERY

    def _begin(self, pool: ThreadPoolExecutor, connection: int) -> None:
        with self._lock:
            if connection in self._running or self._stopping.is_set():
                return
            self._running.add(connection)
        pool.submit(self._drive, connection)

    def _begin_asides(self, pool: ThreadPoolExecutor) -> None:
        for each in self._asides:
            with self._lock:
                if each.is_on or self._stopping.is_set() or self._hub.now() < each.due_at:
                    continue
                each.is_on = True
            pool.submit(self._do_aside, each)

    def _drive(self, connection: int) -> None:
        """Drive one connection; an outermost loop, so it takes every failure."""
        try:
            drive(self._hub, connection, SCHEDULE, ends=self._stopping.is_set)
        except Exception as error:
            log.exception("a drive failed", connection=connection)
            with self._lock:
                self._drives_failed += 1
                self._problem = _sentence(error)
            self._put_off(connection)
        else:
            with self._lock:
                self._problem = None if not self._failures else self._problem
        finally:
            with self._lock:
                self._running.discard(connection)

    def _put_off(self, connection: int) -> None:
        """A drive that fails is not begun anew with every look; who asks for it is heard."""
        with suppress(Exception), self._hub.database.writing() as tx:
            connections.take_wakes(tx, connection)

    def _do_aside(self, aside: _Aside) -> None:
        """Do what is done beside driving; an outermost loop, so it takes every failure."""
        try:
            aside.do(self._hub)
        except Exception as error:
            log.exception("an aside failed", aside=aside.name)
            with self._lock:
                self._problem = _sentence(error)
        finally:
            with self._lock:
                aside.is_on = False
                aside.due_at = self._hub.now() + aside.every


@dataclass
class _Aside:
    """Something that is done now and then beside driving, one at a time."""

    name: str
    do: Callable[[Hub], None]
    every: timedelta
    due_at: datetime
    is_on: bool = False


def _sentence(error: Exception) -> str:
    return error.message if isinstance(error, CounterfoilError) else _MISTAKE
