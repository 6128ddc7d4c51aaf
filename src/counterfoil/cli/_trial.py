"""A trial in the hub's own process: begun, kept going, ended.

The pages ask for one by ``hub.stand_ins.Trials``; only from here are the stand-ins reached, and
they are loaded with the first trial.  It is prepared in a thread, which is the Web Connector then.
A process that ends takes its stand-ins along, and leaves the trial as one that has ended.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from counterfoil.errors import CounterfoilError, UsageError
from counterfoil.hub import stand_ins
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.setup import Hub
from counterfoil.settings import SystemName

if TYPE_CHECKING:
    from counterfoil.sandboxes.web_connector import WebConnector

__all__ = ["StandInTrials"]

_CALLS_EVERY_S: Final = 3.0
_KEEPS_EVERY: Final = timedelta(seconds=30)
# A run of the Web Connector ends within this, but for one that waits for the hub itself.
_JOIN_S: Final = 30.0
_LOOKS_FOR_END: Final = 80
_OURS: Final = "Counterfoil"


class StandInTrials:
    """The trials of one process: one at a time.

    Args:
        hub: The hub that they are connected with.
        dispatcher: Drives them; poked once there is something to do.
        address: Where this process itself is reached, whatever others call it.
        samples: Pairing -> other data than the sample's, as tests have.

    Attributes:
        doing, problem: As all processes of the hub say them; see ``stand_ins.Trials``.
        prepared: Set while nothing is being prepared.
        called: Released each time that the Web Connector has come.
    """

    def __init__(
        self,
        hub: Hub,
        dispatcher: Dispatcher | None,
        address: str,
        *,
        samples: Mapping[tuple[SystemName, SystemName], Path] | None = None,
    ) -> None:
        self._hub = hub
        self._dispatcher = dispatcher
        self._address = address
        self._samples = samples or {}
        self._thread: threading.Thread | None = None
        self._over = threading.Event()
        self._lock = threading.Lock()
        self.prepared = threading.Event()
        self.called = threading.Semaphore(0)
        # The stand-ins of a process that was killed are gone; an SQLite file had no other one.
        if hub.database.is_sqlite:
            stand_ins.end_trial(hub, _OURS)
        else:
            stand_ins.end_abandoned(hub)

    @property
    def doing(self) -> str | None:
        """What is being prepared now."""
        return stand_ins.doing(self._hub)

    @property
    def problem(self) -> str | None:
        """Why the last one could not be prepared."""
        return stand_ins.problem(self._hub)

    def begin(self, operations: SystemName, books: SystemName, actor: str) -> None:
        """Begin a trial of a pairing; see ``stand_ins.Trials``."""
        with self._lock:
            stand_ins.begin_trial(self._hub, "Starting the stand-ins")
            self._over.clear()
            self.prepared.clear()
            self._thread = threading.Thread(
                target=self._run, args=(operations, books, actor), name="trial", daemon=True
            )
            self._thread.start()

    def end(self, actor: str) -> None:
        """End the trial, and throw it away; see ``stand_ins.Trials``."""
        self._stop()
        stand_ins.end_trial(self._hub, actor)
        for _ in range(_LOOKS_FOR_END):
            try:
                stand_ins.throw_away(self._hub, actor)
            except UsageError:
                self._hub.sleep(0.25)
            else:
                return
        stand_ins.throw_away(self._hub, actor)

    def close(self) -> None:
        """Let the stand-ins end with the process; what they did is still shown afterwards."""
        self._stop()
        stand_ins.leave_trial(self._hub)

    def _stop(self) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join(_JOIN_S)
            self._thread = None

    # --- What the thread does -----------------------------------------------------------

    def _run(self, operations: SystemName, books: SystemName, actor: str) -> None:
        from ._trial_script import Preparing

        with ExitStack() as stack:
            try:
                preparing = Preparing(self._hub, self._address, actor, say=self._say)
                sample = self._samples.get((operations, books))
                connector = preparing.run(stack, operations, books, sample)
                self._say(None)
                if self._dispatcher is not None:
                    self._dispatcher.poke()
            except Exception as error:  # noqa: BLE001 - the thread's outermost; it records it
                self._failed(error, actor)
                return
            finally:
                self.prepared.set()
            self._keep_calling(connector)

    def _say(self, sentence: str | None) -> None:
        stand_ins.keep_trial(self._hub, sentence)

    def _failed(self, error: Exception, actor: str) -> None:
        structlog.get_logger(__name__).warning("trial failed", exc_info=error)
        told = error.said.spoken if isinstance(error, CounterfoilError) else "Its log says why."
        stand_ins.end_trial(self._hub, actor)
        problem = f"The trial could not be prepared. {told}"
        stand_ins.throw_away(self._hub, actor, problem=problem)

    def _keep_calling(self, connector: WebConnector | None) -> None:
        """Be there, and be the Web Connector, until the trial or its process ends."""
        kept_until = self._hub.now() + _KEEPS_EVERY
        while not self._over.wait(_CALLS_EVERY_S):
            shown = stand_ins.trial_shown(self._hub)
            if shown is None or not shown.is_running:
                return
            if self._hub.now() >= kept_until:
                stand_ins.keep_trial(self._hub)
                kept_until = self._hub.now() + _KEEPS_EVERY
            if connector is not None:
                connector.run_once()
                self.called.release()
