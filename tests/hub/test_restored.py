"""Books and ledgers that turn out to be older copies."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.ledger.database import sqlite_url
from tests.hub.conftest import OpenWorld
from tests.support.world import World, open_world


class TestOlderBooks:
    def test_what_is_gone_is_shown_and_nothing_goes_twice(self, open_company: OpenWorld) -> None:
        """A company file restored from yesterday: what it lacks is shown, the rest goes on (D5)."""
        world = open_company()
        world.orders(3)
        world.settle()
        world.counter.company.save("yesterday")
        world.clock.advance(hours=2)
        world.orders(4, first=4)
        world.settle()
        world.counter.company.restore("yesterday")
        world.clock.advance(hours=2)
        world.orders(1, first=8)
        world.settle()

        states = world.states()
        assert [states[f"SO-{n}"] for n in range(1, 4)] == ["done"] * 3
        assert [states[f"SO-{n}"] for n in range(4, 8)] == ["changed"] * 4, states
        assert states["SO-8"] == "done"
        assert sorted(world.numbers_booked()) == ["SO-1", "SO-2", "SO-3", "SO-8"]


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
