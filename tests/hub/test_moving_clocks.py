"""The books' clock moves, is wrong, or says impossible things: nothing is missed for it.

What is entered after such a day arrives with the next run.
"""

from __future__ import annotations

import re

import pytest

from counterfoil.sandboxes.quickbooks_desktop import ProcessResult
from tests.hub.conftest import OpenWorld
from tests.hub.test_inward import BOTH, INWARD, both_sides, codes, enter
from tests.sandboxes.quickbooks_desktop.desk import PREFIX, customer
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


def test_a_clock_that_was_set_back_for_days(open_company: OpenWorld) -> None:
    """What was entered at times long read is found once a write of ours tells the time there."""
    world = open_company(*BOTH)
    world.order("SO-1", "ACME", "2 BOLT 1.50")
    both_sides(world)
    arrives(world, "Q-0")
    world.books.wait(-5 * DAY_S)
    enter(world, ("Q-1", "2 BOLT 1.50"))
    for _ in range(3):
        world.clock.advance(days=1)
        world.operations.token = ""
        both_sides(world)
    assert "Q-1" not in codes(world)

    world.order("SO-2", "ACME", "2 BOLT 1.50")
    for _ in range(4):
        world.clock.advance(hours=1)
        both_sides(world)
    assert codes(world)["Q-1"] == 1


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


def test_a_customer_entered_while_the_clock_was_wrong_is_found(open_company: OpenWorld) -> None:
    """Its dates lie behind all readings: its name is taken, so the list is read as a whole."""
    world = open_company()
    world.orders(1)
    world.settle()
    world.clock.advance(hours=6)
    world.enter_books(customer("Somebody"))
    world.run_web_connector()
    world.books.wait(-5 * DAY_S)
    world.enter_books(customer("Newcomer"))
    world.books.wait(5 * DAY_S)
    world.clock.advance(hours=3)
    world.order("SO-2", "Newcomer", "2 BOLT 1.25")
    world.settle()

    assert world.states() == {"SO-1": "done", "SO-2": "done"}
    world.check_exactly_once("SO-1", "SO-2")


@pytest.mark.parametrize("lost", ["all of the answer", "one record of it"])
def test_a_lost_creation_is_found_in_books_whose_clock_is_behind(
    open_company: OpenWorld, lost: str
) -> None:
    """No order has told yet what time it is there, and the lists were read up to a later one."""
    world = open_company()
    world.books.switch(set_answers_kept="none")
    world.run_web_connector()
    world.books.wait(-DAY_S)
    world.order("SO-1", "Newcomer", "2 BOLT 1.25")
    turns = iter([True])

    def lose(text: str, result: ProcessResult) -> ProcessResult:
        if "<CustomerAddRq" not in text or not next(turns, False):
            return result
        if lost == "all of the answer":
            return ProcessResult("", "0x80040402", "QuickBooks ended unexpectedly.")
        before, _, rest = result.response.partition("<CustomerAddRs")
        return ProcessResult(before + rest.partition("</CustomerAddRs>")[2])

    world.counter.after = lose
    world.run_web_connector()
    world.clock.advance(minutes=3)
    world.settle()

    assert sum(text.count("<CustomerAddRq") for text in world.counter.seen) == 1
    world.check_exactly_once("SO-1")
