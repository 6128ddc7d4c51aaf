"""Receipts and invoices where a copy is restored, or two Web Connectors come at once."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from counterfoil.hub import desk
from counterfoil.ledger.database import sqlite_url
from counterfoil.sandboxes.web_connector import RunReport
from tests.hub.conftest import OpenWorld
from tests.hub.test_fulfilling import RULES, invoiced, quantities, received
from tests.hub.test_restored import _backup, _restore
from tests.support.world import ACTOR, World, open_world


def ordered(world: World) -> None:
    """Ten are bought and ten are sold."""
    world.purchase("PO-1", "MILLCO", "10 FLOUR 0.80")
    world.order("SO-1", "ACME", "10 BOLT 1.25")
    world.settle()


def moved(world: World, quantity: int) -> None:
    """An hour later so many come in and go out."""
    world.clock.advance(hours=1)
    world.operations.token = ""
    world.receive("PO-1", f"{quantity} FLOUR")
    world.ship("SO-1", f"{quantity} BOLT")


def hours(world: World, count: int = 3) -> None:
    """Ordinary hours pass."""
    for _ in range(count):
        world.settle()
        world.clock.advance(hours=1)


def check(world: World, *parts: int) -> None:
    """Each part is one bill and one invoice, linked to its order, and nothing else is there."""
    for kind in ("Bill", "Invoice"):
        assert sorted(sum(each) for each in quantities(world, kind)) == sorted(parts), kind
    total = [Decimal(sum(parts))]
    assert (received(world, "PO-1"), invoiced(world, "SO-1")) == (total, total)
    world.check_books()


class TestOlderLedger:
    @pytest.fixture
    def world(self, sqlite_tables: bytes, tmp_path: Path) -> Iterator[World]:
        file = tmp_path / "hub.db"
        file.write_bytes(sqlite_tables)
        with open_world(sqlite_url(file), *RULES) as world:
            yield world

    @pytest.mark.slow
    @pytest.mark.parametrize("when", ["before the orders", "before all", "after the first"])
    def test_each_part_is_there_once(self, world: World, tmp_path: Path, when: str) -> None:
        """Whenever the backup was made, each delivery is billed once, and what comes next goes."""
        file = tmp_path / "hub.db"
        world.orders(1, first=7)
        world.settle()
        backups = {"before the orders": _backup(world, file)}
        ordered(world)
        backups["before all"] = _backup(world, file)
        for quantity in (4, 3):
            moved(world, quantity)
            world.settle()
            backups.setdefault("after the first", _backup(world, file))
        _restore(world, file, backups[when])
        hours(world)
        check(world, 4, 3)

        moved(world, 2)
        hours(world, 2)
        check(world, 4, 3, 2)


@pytest.mark.slow
def test_older_books(open_company: OpenWorld) -> None:
    """What a restored company file lacks is sent again once a person says so, and links anew."""
    world = open_company(*RULES)
    ordered(world)
    moved(world, 4)
    world.settle()
    world.counter.company.save("yesterday")
    world.clock.advance(hours=30)
    moved(world, 3)
    world.settle()
    world.counter.company.restore("yesterday")
    moved(world, 2)
    world.sync()
    assert world.answers_about_file()
    hours(world)
    gone = [row.id for row in world.transfers() if row.state == "changed"]
    assert len(gone) == 2
    desk.retry(world.hub, ACTOR, transfer_ids=gone)
    hours(world)

    check(world, 4, 3, 2)


@pytest.mark.parametrize("after", [3, 5, 7])
def test_two_web_connectors_at_once(open_company: OpenWorld, after: int) -> None:
    """A second run while the first stands still, wherever that is, bills and invoices once."""
    world = open_company(*RULES)
    ordered(world)
    moved(world, 4)
    world.read_operations()
    steps = world.web_connector().steps(RunReport())
    for count, operation in enumerate(steps, 1):
        # A set in hand is carried out before the other session begins.
        if count >= after and operation != "sendRequestXML":
            break
    moved(world, 3)
    world.sync()
    for _ in steps:
        pass
    hours(world)

    assert sum(sum(each) for each in quantities(world, "Bill")) == 7
    assert sum(sum(each) for each in quantities(world, "Invoice")) == 7
    assert (received(world, "PO-1"), invoiced(world, "SO-1")) == ([Decimal(7)], [Decimal(7)])
    world.check_books()
