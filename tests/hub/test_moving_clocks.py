"""The books' clock moves, is wrong, or says impossible things: nothing is missed for it.

What is entered after such a day arrives with the next run.
"""

from __future__ import annotations

import re

import pytest

from counterfoil.sandboxes.quickbooks_desktop import ProcessResult
from tests.hub.conftest import OpenWorld
from tests.hub.test_inward import INWARD, both_sides, codes, enter
from tests.sandboxes.quickbooks_desktop.desk import PREFIX
from tests.support.world import World

DAY_S = 86_400


@pytest.fixture
def world(open_company: OpenWorld) -> World:
    """A company whose order Q-0 came from the books a while ago; its customer is in use."""
    opened = open_company(*INWARD)
    arrives(opened, "Q-0")
    return opened


def arrives(world: World, number: str) -> None:
    """Enter an order in the books; it has to arrive with the next run."""
    world.clock.advance(minutes=40)
    enter(world, (number, "2 BOLT 1.50"))
    world.clock.advance(minutes=20)
    both_sides(world)

    assert codes(world)[number] == 1, number


def move(world: World, zone: str) -> None:
    """Move the books to a computer in another zone."""
    answer = world.books.client.patch(f"{PREFIX}/settings", json={"time_zone": zone})
    assert answer.status_code == 200, answer.text


def test_zones(world: World) -> None:
    """Moved west, east, half around the world and back: what is entered next is read next."""
    zones = (
        "America/Los_Angeles",
        "America/New_York",
        "Asia/Kolkata",
        "Pacific/Honolulu",
        "America/New_York",
    )
    for position, zone in enumerate(zones, 1):
        move(world, zone)
        arrives(world, f"Q-{position}")

    assert set(codes(world).values()) == {1}


@pytest.mark.parametrize("ahead_s", [2 * 3600, 2 * DAY_S, 11 * 365 * DAY_S])
def test_a_clock_that_was_ahead(world: World, ahead_s: int) -> None:
    """Hours, days or years ahead, and set right again: later changes still arrive."""
    world.books.post("/clock", {"advance_s": ahead_s})
    arrives(world, "Q-1")
    arrives(world, "Q-2")
    world.books.post("/clock", {"advance_s": -ahead_s})
    arrives(world, "Q-3")
    arrives(world, "Q-4")

    assert set(codes(world).values()) == {1}


def test_the_latest_record_is_deleted(world: World) -> None:
    """A place that is lost because its record is gone is found again, once."""
    arrives(world, "Q-1")
    [last] = [each for each in world.booked() if each["RefNumber"] == "Q-1"]
    world.clock.advance(minutes=31)
    world.enter_books(
        f"<TxnDelRq><TxnDelType>SalesOrder</TxnDelType><TxnID>{last['TxnID']}</TxnID></TxnDelRq>"
    )
    asked = []
    for _ in range(4):
        world.counter.seen.clear()
        world.clock.advance(minutes=31)
        both_sides(world)
        asked.append(sum(text.count("<SalesOrderQueryRq") for text in world.counter.seen))

    assert asked[0] > asked[2] == asked[3]
    arrives(world, "Q-2")


@pytest.mark.parametrize(
    "time",
    [
        "2025-02-30T00:00:00-05:00",
        "0001-01-01T00:00:00",
        "2026-03-02T24:00:00-05:00",
        "2026-13-02T10:00:00",
        "2026-03-02T10:00:00+99:00",
        "yesterday",
        "",
    ],
)
def test_an_impossible_time_hides_nothing(open_company: OpenWorld, time: str) -> None:
    """The record is used and the time left out; the others tell how far was read."""
    world = open_company(*INWARD)
    enter(world, ("Q-0", "2 BOLT 1.50"), ("Q-1", "1 NUT 1.50"))

    def after(text: str, result: ProcessResult) -> ProcessResult:
        """Spoil the time of the first record of each list."""
        answer = re.sub(
            r"(<(?:Customer|ItemService|SalesOrder)Ret>(?:(?!</\w+Ret>).)*?<TimeModified>)[^<]*",
            rf"\g<1>{time}",
            result.response,
            flags=re.DOTALL,
        )
        return ProcessResult(answer) if "QueryRq" in text else result

    world.counter.after = after
    both_sides(world)

    assert codes(world) == {"Q-0": 1, "Q-1": 1}
    arrives(world, "Q-2")
    assert world.status().unreadable == 0
