"""The hub's own database fails: full or locked, in the middle of a run.

What cannot be recorded is not sent, and what was sent before is not sent again.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager

import pytest

from tests.hub.conftest import Household
from tests.support.world import World

SETS = range(1, 7)

Trouble = Callable[[World], AbstractContextManager[None]]


@pytest.fixture
def world(household: Household) -> Iterator[World]:
    """A company that lives on; its sets hold five requests."""
    with household.visit(requests_per_set="5") as opened:
        opened.clock.advance(hours=2)
        yield opened


@pytest.fixture
def numbers(world: World) -> list[str]:
    """Fifteen orders that wait."""
    return world.fresh_orders(15)


@contextmanager
def full(world: World) -> Iterator[None]:
    """No page more for the database file."""
    with closing(sqlite3.connect(str(world.hub.database.file))) as raw:
        pages = raw.execute("pragma page_count").fetchone()[0]
    world.pragma("synchronous=off", f"max_page_count={pages}")
    yield
    world.pragma("max_page_count=1073741823")


@contextmanager
def locked(world: World) -> Iterator[None]:
    """Another program holds the database's lock."""
    world.pragma("busy_timeout=1")
    with closing(sqlite3.connect(str(world.hub.database.file), isolation_level=None)) as raw:
        raw.execute("begin immediate")
        yield
        raw.execute("rollback")
    world.pragma("busy_timeout=5000")


@pytest.mark.parametrize("position", SETS)
@pytest.mark.parametrize(
    "trouble, words",
    [(full, "The disk that holds the database is full"), (locked, "locked by another program")],
    ids=["full", "locked"],
)
def test_the_database_fails_while_quickbooks_works(
    world: World, numbers: list[str], trouble: Trouble, words: str, position: int
) -> None:
    """The answer cannot be recorded: a fault with its cause; afterwards all is there once."""
    seen = len(world.counter.seen)
    refused = len(world.pipe.refused)

    def before(text: str) -> None:
        if len(world.counter.seen) == seen + position:
            stack.enter_context(trouble(world))

    with ExitStack() as stack:
        world.counter.before = before
        report = world.run_web_connector()
        world.counter.before = None

    if trouble is locked:
        assert report.ending == "error"
    for fault in world.pipe.refused[refused:]:
        assert words in fault
        assert "Nothing was sent or changed" in fault
    assert len(world.pipe.refused) - refused == (report.ending == "error")
    world.settle()
    world.check_each_once(*numbers)


def test_a_full_disk_is_met_at_all(world: World, numbers: list[str]) -> None:
    """A file that may not grow refuses the first batch with the fault that says so."""
    with full(world):
        report = world.run_web_connector()

    assert report.ending == "error"
    assert "The disk that holds the database is full" in world.pipe.refused[-1]
    world.settle()
    world.check_each_once(*numbers)


def test_a_locked_database_refuses_to_sign_in(world: World, numbers: list[str]) -> None:
    """Signing in meets the lock: a fault in one sentence, and no session begins."""
    with locked(world):
        report = world.run_web_connector()

    assert report.calls[-1] == "authenticate"
    assert "close what holds it open" in world.pipe.refused[-1]
    world.settle()
    world.check_each_once(*numbers)
