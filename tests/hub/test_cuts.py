"""A session that breaks off at any point: nothing is lost, and nothing is there twice.

Each test lets one run go wrong at one place and ordinary runs follow.  The company is small,
but its run has everything: lists to read, records to create, numbers to look up, several
sets that write, and a last answer to be forgotten.  It lives on from test to test, since a
company's books do too; each test brings orders, a client and products of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from tests.hub.conftest import Household
from tests.support.world import World

# What a run of this company takes when nothing happens to it; a test below makes sure.
CALLS = 18
ROUND_TRIPS = 7

_serial = count(1)


@pytest.fixture
def world(household: Household) -> Iterator[World]:
    """A company whose sets hold at most three requests."""
    with household.visit(requests_per_set="3") as opened:
        # A day later our mark in the company file is renewed too, in a set of its own.
        opened.clock.advance(hours=26)
        yield opened


@pytest.fixture
def numbers(world: World) -> list[str]:
    """Three orders that wait, for two new clients over new products."""
    serial = next(_serial)
    found = [f"C{serial}-{position}" for position in range(1, 4)]
    for position, number in enumerate(found):
        part = "A" if position < 1 else "B"
        world.order(number, f"CLIENT-{serial}{part}", f"{position + 1} PART-{serial}{part} 1.25")
    world.read_operations()
    return found


def check(world: World, numbers: list[str]) -> None:
    """Let ordinary runs follow; each order has to be there exactly once."""
    world.settle()
    states = world.states()
    assert [states[number] for number in numbers] == ["done"] * len(numbers)
    world.check_each_once(*numbers)


def test_the_run_that_is_cut_has_everything(world: World, numbers: list[str]) -> None:
    """An undisturbed run takes as many calls as the tests below cut it at."""
    report = world.run_web_connector()

    assert (len(report.calls), report.round_trips) == (CALLS, ROUND_TRIPS)
    check(world, numbers)


@pytest.mark.parametrize("calls", range(2, CALLS))
def test_the_computer_stops_between_two_calls(world: World, numbers: list[str], calls: int) -> None:
    """However many calls a session came to, the next ones finish its work."""
    report = world.run_web_connector(cut_after=calls)

    assert report.ending == "cut"
    check(world, numbers)


@pytest.mark.parametrize("turn", range(1, ROUND_TRIPS + 1))
def test_a_set_is_lost_before_quickbooks_saw_it(
    world: World, numbers: list[str], turn: int
) -> None:
    """A message set that QuickBooks never saw is sent again."""
    report = world.run_web_connector(drop_before=turn)

    assert report.ending == "cut"
    check(world, numbers)


@pytest.mark.parametrize("turn", range(1, ROUND_TRIPS + 1))
def test_an_answer_is_lost_after_quickbooks_acted(
    world: World, numbers: list[str], turn: int
) -> None:
    """A message set that was carried out is not sent again."""
    report = world.run_web_connector(drop_after=turn)

    assert report.ending == "cut"
    check(world, numbers)


@pytest.mark.parametrize("call", range(3, CALLS + 1))
def test_the_line_breaks_after_a_call(world: World, numbers: list[str], call: int) -> None:
    """A call whose answer the Web Connector never gets loses and doubles nothing."""
    with world.pipe.spoiled_at(call, "answer"):
        report = world.run_web_connector()

    assert not report.is_clean
    check(world, numbers)


@pytest.mark.parametrize("call", range(3, CALLS + 1, 2))
def test_a_call_arrives_twice(world: World, numbers: list[str], call: int) -> None:
    """A proxy that repeats a call makes a mess of the session, and none of the books."""
    with world.pipe.spoiled_at(call, "twice"):
        world.run_web_connector()

    check(world, numbers)


@pytest.mark.parametrize("turn", range(1, ROUND_TRIPS + 1, 2))
def test_the_hub_starts_anew_while_quickbooks_works(
    world: World, numbers: list[str], turn: int
) -> None:
    """Nothing the hub needs is in its memory: a restart within a session is not noticed."""
    seen = len(world.counter.seen)

    def restart(text: str) -> None:
        if len(world.counter.seen) == seen + turn:
            world.restart()

    world.counter.before = restart
    report = world.run_web_connector()
    world.counter.before = None

    assert report.is_clean
    check(world, numbers)


@pytest.mark.parametrize("name", ["drop_before", "drop_after"])
@pytest.mark.parametrize("turn", range(1, 5))
def test_orders_for_a_known_client(world: World, name: str, turn: int) -> None:
    """With nothing to create, a set that only looks numbers up can be lost as well."""
    serial = next(_serial)
    known = [f"K{serial}-0"]
    world.order(known[0], "KNOWN", "1 KNOWN-PART 1.25")
    check(world, known)
    world.clock.advance(hours=2)
    numbers = [f"K{serial}-{position}" for position in range(1, 5)]
    for number in numbers:
        world.order(number, "KNOWN", "1 KNOWN-PART 1.25")
    world.read_operations()
    report = world.run_web_connector(**{name: turn})

    assert report.ending == "cut"
    check(world, numbers)


class TestRepeatedly:
    @pytest.mark.parametrize("name", ["drop_before", "drop_after"])
    def test_the_same_turn_fails_run_after_run(
        self, world: World, numbers: list[str], name: str
    ) -> None:
        """However often answers are lost in a row, each order is there once in the end."""
        for turn in (3, 2, 2, 1, 3, 2, 2, 4, 2):
            world.run_web_connector(**{name: turn})
            world.clock.wait(60)

        check(world, numbers)

    def test_the_question_what_became_of_it_is_lost_too(
        self, world: World, numbers: list[str]
    ) -> None:
        """A lost answer to the question is no answer: the question is asked again."""
        world.run_web_connector(drop_after=6)
        assert "sending" in {world.states()[number] for number in numbers}
        for _ in range(3):
            world.run_web_connector(drop_after=1)
            world.run_web_connector(drop_before=1)
            assert {"unknown", "confirming"} & {world.states()[number] for number in numbers}

        check(world, numbers)

    def test_signing_in_again_and_again(self, world: World, numbers: list[str]) -> None:
        """A program that signs in three times and goes on with the last ticket is served."""
        report = world.run_web_connector(repeat_authenticate=3)

        assert report.is_clean
        check(world, numbers)
