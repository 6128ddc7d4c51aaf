"""The dispatcher: what is due, what a failure does to it, and the house it keeps."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from counterfoil.errors import LedgerBusyError
from counterfoil.hub import dispatcher as dispatching
from counterfoil.hub.dispatcher import Dispatcher, due, keep_house
from counterfoil.hub.drive import DriveReport
from counterfoil.hub.systems import traits_of
from counterfoil.ledger import connections, runs
from tests.support.world import World


class Pool(ThreadPoolExecutor):
    """Does at once what it is given."""

    def submit(self, task: Callable[..., Any], *arguments: Any) -> Any:  # type: ignore[override]
        """Do it, here."""
        task(*arguments)


@pytest.fixture
def pool() -> Iterator[Pool]:
    """Threads that are none."""
    with Pool() as made:
        yield made


@pytest.fixture
def drives(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Connections that were driven, in order."""
    driven: list[int] = []

    def drive(_hub: object, connection: int, _trigger: str, **_more: object) -> DriveReport:
        driven.append(connection)
        return DriveReport()

    monkeypatch.setattr(dispatching, "drive", drive)
    return driven


class TestDue:
    def test_a_drive_puts_the_next_look_off(self, world: World) -> None:
        """Due at first, not right after a drive, and again when the interval is over."""
        assert due(world.hub) == [world.operations_id]
        world.read_operations()
        assert due(world.hub) == []
        world.clock.moment += traits_of(world.system).looks_every
        assert due(world.hub) == [world.operations_id]

    def test_who_is_woken_is_due(self, world: World) -> None:
        """Woken from any transaction; the drive that follows answers all of it."""
        world.read_operations()
        with world.hub.database.writing() as tx:
            connections.wake(tx, world.operations_id, world.clock.now())
            connections.wake(tx, world.operations_id, world.clock.now())
        assert due(world.hub) == [world.operations_id]
        world.read_operations()
        assert due(world.hub) == []

    def test_a_wake_is_not_lost_on_a_drive_that_is_refused(self, world: World) -> None:
        """While somebody else holds the lease it stays, and is answered afterwards."""
        world.read_operations()
        now = world.clock.now()
        with world.hub.database.writing() as tx:
            epoch = connections.claim(
                tx, world.operations_id, "another", now, now + timedelta(minutes=1)
            )
            assert epoch is not None
            connections.wake(tx, world.operations_id, now)
        assert world.read_operations().skipped
        assert due(world.hub) == [world.operations_id]

    def test_what_calls_us_is_never_due(self, world: World) -> None:
        """A Web Connector comes by itself."""
        with world.hub.database.writing() as tx:
            connections.wake(tx, world.books_id, world.clock.now())

        assert world.books_id not in due(world.hub)


class TestFailures:
    def test_a_look_that_fails_is_counted_and_tried_again(
        self, world: World, drives: list[int], pool: Pool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Whatever goes wrong, the next look goes on as if nothing had been."""
        made = Dispatcher(world.hub)

        def broken(_hub: object) -> list[int]:
            raise ZeroDivisionError

        with monkeypatch.context() as patch:
            patch.setattr(dispatching, "due", broken)
            for _ in range(3):
                made._look(pool)  # noqa: SLF001 - one look, without the thread around it
        assert made.pulse().failures == 3
        assert made.pulse().looked_at is None
        made._look(pool)  # noqa: SLF001 - see above

        assert drives == [world.operations_id]
        assert made.pulse().failures == 0
        assert made.pulse().looked_at == world.clock.now()

    @pytest.mark.parametrize(
        "error, told",
        [
            (LedgerBusyError("The database is locked."), "The database is locked."),
            (RuntimeError("surprise"), "Counterfoil made a mistake; its log says which."),
        ],
    )
    def test_a_drive_that_fails_is_shown(
        self,
        world: World,
        pool: Pool,
        monkeypatch: pytest.MonkeyPatch,
        error: Exception,
        told: str,
    ) -> None:
        """It is counted, and its sentence is shown, until a drive goes well."""

        def fails(*_arguments: object, **_more: object) -> DriveReport:
            raise error

        made = Dispatcher(world.hub)
        with monkeypatch.context() as patch:
            patch.setattr(dispatching, "drive", fails)
            made._look(pool)  # noqa: SLF001 - see above
        assert (made.pulse().drives_failed, made.pulse().problem) == (1, told)

        made._look(pool)  # noqa: SLF001 - see above
        assert (made.pulse().drives_failed, made.pulse().problem) == (1, None)

    def test_one_drive_of_a_connection_at_a_time(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A look while a drive is under way begins no second one."""
        begun, goes_on = threading.Event(), threading.Event()
        count: list[int] = []

        def slow(*_arguments: object, **_more: object) -> DriveReport:
            count.append(1)
            begun.set()
            assert goes_on.wait(20)
            return DriveReport()

        monkeypatch.setattr(dispatching, "drive", slow)
        made = Dispatcher(world.hub)
        with ThreadPoolExecutor(2) as pool:
            made._look(pool)  # noqa: SLF001 - see above
            assert begun.wait(20)
            made._look(pool)  # noqa: SLF001 - see above
            goes_on.set()

        assert count == [1]


class TestPulse:
    def test_what_does_not_run_says_so(self, world: World) -> None:
        """Before the start and after the end nothing is driven."""
        made = Dispatcher(world.hub)
        assert "does not run" in (made.pulse().stands_still or "")
        made.start()
        made.stop()

        assert "does not run" in (made.pulse().stands_still or "")

    def test_who_is_led_does_not_stand_still(self, world: World) -> None:
        """While somebody else drives, nothing is said of a standstill; after the start it is."""
        made = Dispatcher(world.hub, is_led=True)
        assert made.pulse().stands_still is None
        made.start()
        made.stop()

        assert "does not run" in (made.pulse().stands_still or "")

    def test_a_stop_before_the_start_is_none(self, world: World) -> None:
        """Ending what never began is no error."""
        Dispatcher(world.hub).stop()

    def test_it_runs_hangs_and_fails(
        self, world: World, drives: list[int], pool: Pool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Well while it looks; a minute without a look, or three failures, is a standstill."""
        looked = threading.Event()

        def look(_hub: object) -> list[int]:
            looked.set()
            return []

        monkeypatch.setattr(dispatching, "due", look)
        made = Dispatcher(world.hub, look_every_s=3600.0)
        made._look_every_s = 5.0  # noqa: SLF001 - the thread waits an hour, the pulse does not know
        made.start()
        assert looked.wait(20)
        try:
            made._look(pool)  # noqa: SLF001 - see above
            assert made.pulse().stands_still is None
            world.clock.advance(minutes=10)
            assert "nothing moved for 10 minutes" in (made.pulse().stands_still or "")
            made._look(pool)  # noqa: SLF001 - see above
            assert made.pulse().stands_still is None
            monkeypatch.setattr(dispatching, "due", _broken)
            for _ in range(3):
                made._look(pool)  # noqa: SLF001 - see above
            assert "3 looks in a row failed" in (made.pulse().stands_still or "")
        finally:
            monkeypatch.setattr(dispatching, "due", lambda _hub: [])
            made.stop()


def _broken(_hub: object) -> list[int]:
    raise ZeroDivisionError


class TestHouse:
    def test_idle_runs_are_dropped_in_pages(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Runs that only read go when their texts go, however many there are."""
        monkeypatch.setattr(dispatching, "_RUNS_PER_PAGE", 2)
        for _ in range(6):
            world.clock.advance(hours=1)
            world.read_operations()
        world.clock.advance(days=40)
        keep_house(world.hub)

        with world.hub.database.reading() as tx:
            assert len(runs.recent(tx, world.operations_id, 100)) == 1

    def test_what_is_overdue_is_told_in_pages(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each page is a transaction of its own, and all of them are told."""
        world.set("sales-order-out.mode=manual")
        world.orders(5)
        world.read_operations()
        world.clock.advance(days=31)
        monkeypatch.setattr(dispatching, "_ALERTS_PER_PAGE", 2)
        pages = 0
        original = world.hub.database.writing

        def counted() -> Any:
            nonlocal pages
            pages += 1
            return original()

        monkeypatch.setattr(world.hub.database, "writing", counted)
        keep_house(world.hub)
        told = pages
        pages = 0
        keep_house(world.hub)

        # Three pages of held orders the first time, one empty page afterwards.
        assert told == pages + 2
