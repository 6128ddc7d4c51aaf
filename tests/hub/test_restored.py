"""Books and ledgers that turn out to be older copies."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.ledger.database import sqlite_url
from tests.hub.conftest import OpenWorld
from tests.support.world import World, open_world


@pytest.fixture(params=["mark", "documents"])
def restored(request: pytest.FixtureRequest, open_company: OpenWorld) -> World:
    """A company file restored from yesterday, and an order that waits.

    It is noticed by our mark in it; or, where that is as old as the backup, by what is gone.
    """
    world = open_company()
    world.orders(3)
    world.settle()
    world.counter.company.save("yesterday")
    world.clock.advance(hours=30 if request.param == "mark" else 2)
    world.orders(4, first=4)
    world.settle()
    world.counter.company.restore("yesterday")
    world.clock.advance(hours=2)
    world.orders(1, first=8)
    world.read_operations()
    return world


class TestOlderBooks:
    def test_nothing_is_written_before_somebody_says_that_it_is_right(
        self, restored: World
    ) -> None:
        """Run after run only asks, with the command that answers and the page about it."""
        before = restored.counter.company.counts()
        for _ in range(2):
            report = restored.run_web_connector()
            assert "seems to be an older copy" in report.last_result
            assert f"connections accept-file {restored.books_id}" in report.last_result
            assert "another-company-file.md" in report.last_result
            assert "older copy" in (restored.status().problem or "")
            restored.clock.advance(hours=2)

        assert restored.counter.company.counts() == before
        states = restored.states()
        assert [states[f"SO-{n}"] for n in range(1, 9)] == ["done"] * 7 + ["ready"]

    def test_what_is_gone_is_shown_and_nothing_goes_twice(self, restored: World) -> None:
        """After the answer, what the file lacks is shown as changed, and the rest goes on (D5)."""
        restored.run_web_connector()
        assert restored.answers_about_file()
        restored.clock.advance(hours=2)
        restored.settle()

        states = restored.states()
        assert [states[f"SO-{n}"] for n in range(1, 4)] == ["done"] * 3
        assert [states[f"SO-{n}"] for n in range(4, 8)] == ["changed"] * 4, states
        assert states["SO-8"] == "done"
        assert sorted(restored.numbers_booked()) == ["SO-1", "SO-2", "SO-3", "SO-8"]
        assert not restored.answers_about_file()

    def test_the_right_file_is_opened_instead(self, open_company: OpenWorld) -> None:
        """Who had only opened a copy opens the right file: all goes on, and nothing is changed."""
        world = open_company()
        world.orders(3)
        world.settle()
        world.counter.company.save("copy")
        world.clock.advance(hours=2)
        world.orders(2, first=4)
        world.settle()
        world.counter.company.save("right")
        world.counter.company.restore("copy")
        world.orders(1, first=6)
        world.read_operations()
        world.run_web_connector()
        world.counter.company.restore("right")
        world.clock.advance(hours=2)
        world.settle()

        assert set(world.states().values()) == {"done"}
        assert len(world.booked()) == 6
        assert world.status().problem is None
        assert not world.answers_about_file()


class TestOlderLedger:
    @pytest.mark.parametrize("numbering", ["order_code", "books"])
    def test_nothing_is_sent_twice(
        self, sqlite_tables: bytes, tmp_path: Path, numbering: str
    ) -> None:
        """A hub restored from its own backup finds what it wrote since by its marks (D9)."""
        file = tmp_path / "hub.db"
        file.write_bytes(sqlite_tables)
        with open_world(sqlite_url(file)) as world:
            world.set(f"sales-order-out.document_number={numbering}")
            _restore_and_go_on(world, file)


def _restore_and_go_on(world: World, file: Path) -> None:
    world.orders(3)
    world.settle()
    world.hub.database.engine.dispose()
    with world.hub.database.writing() as tx:
        tx.exec_driver_sql("select 1")
    world.pragma("wal_checkpoint(truncate)")
    with world.hub.database.reading() as tx:
        tx.exec_driver_sql("select 1")
    backup = file.read_bytes()
    world.orders(5, first=4)
    world.settle()
    world.hub.database.engine.dispose()
    for each in file.parent.glob("hub.db-*"):
        each.unlink()
    file.write_bytes(backup)
    world.restart()
    world.clock.advance(hours=1)
    world.settle()

    assert len(world.booked()) == 8
    assert set(world.states().values()) == {"done"}
    assert len(world.states()) == 8
