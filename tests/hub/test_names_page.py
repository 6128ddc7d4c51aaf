"""Both sides' lists side by side, a page at a time, as people go through them before go-live."""

from __future__ import annotations

from typing import Any

import pytest

from counterfoil.engine.counterparts import Compared, Decision, Likeness
from counterfoil.errors import UsageError
from counterfoil.hub import desk
from counterfoil.hub.desk import Fits, NamesPage, Said
from tests.sandboxes.quickbooks_desktop import desk as books
from tests.support.world import ACTOR, World

VENDORS = ("Granite & Sons", "Millwright Tools", "Ironside", "Zephyr Air Freight")


@pytest.fixture
def starting(world: World) -> World:
    """Books with four vendors: the shop floor knows one by name and one nearly so."""
    world.enter_books(*(books.vendor(each) for each in VENDORS), books.customer("Quay Cafe"))
    world.enter("suppliers", code="MILLWRIGHT TOOLS", name="Millwright")
    world.enter("suppliers", code="Granite and Sons Ltd", name="Granite")
    world.enter("suppliers", code="Quay Cafe", name="Quay")
    with pytest.raises(UsageError):
        desk.compare_lists(world.hub, world.link, "vendors")
    world.sync()
    return world


def page(world: World, **more: Any) -> NamesPage:
    return desk.names_page(world.hub, world.link, "vendors", **more)


def likeness(found: NamesPage) -> dict[str, Likeness]:
    return {each.name: each.likeness for each in found.rows}


def test_an_unread_list_is_unknown_and_is_read_next(world: World) -> None:
    """Nothing is said of records of a list that nobody has read; the next run reads it."""
    assert page(world).unread is not None
    assert not page(world).rows
    world.sync()
    assert page(world).unread is None


@pytest.mark.parametrize("side", ["books", "operations"])
def test_a_page_says_what_the_whole_comparison_says(starting: World, side: str) -> None:
    """From either side, and after people have said something from the other."""
    say(starting, Said(id="Granite & Sons", decision=Decision.LINK, record="Granite and Sons Ltd"))
    whole = desk.compare_lists(starting.hub, starting.link, "vendors", side=side)
    found = page(starting, side=side)
    assert found.rows == whole.rows
    as_words = {
        Likeness.NEAR: Fits.OPEN,
        Likeness.NONE: Fits.OPEN,
        Likeness.SAME: Fits.SAME,
        Likeness.DECIDED: Fits.DECIDED,
        Likeness.DOUBTFUL: Fits.DOUBTFUL,
    }
    assert sum(found.counts.values()) == len(whole.rows)
    for fits in Fits:
        kept = page(starting, side=side, fits=[fits]).rows
        assert kept == tuple(each for each in whole.rows if as_words[each.likeness] is fits)


def say(world: World, *said: Said) -> None:
    desk.say_counterparts(world.hub, world.link, "vendors", said, ACTOR)


def test_one_page_follows_the_other(starting: World) -> None:
    """Each record stands on one page, in the order of the names."""
    whole = page(starting).rows
    seen: list[Compared] = []
    after = None
    for _ in whole:
        found = page(starting, limit=1, after=after)
        seen += found.rows
        after = found.next
    assert tuple(seen) == whole
    assert after is None


def test_a_name_is_looked_for(starting: World) -> None:
    """Part of a name finds it, and what is counted are those that are found."""
    found = page(starting, text="AIR fr")
    assert likeness(found) == {"Zephyr Air Freight": Likeness.NONE}
    assert found.counts == {Fits.OPEN: 1}


def test_what_was_said_of_records_is_taken_back(starting: World) -> None:
    """By the records themselves, as the page that said it knows them; once only."""
    say(starting, Said(id="Ironside", decision=Decision.LEAVE))
    [row] = [each for each in page(starting).rows if each.name == "Ironside"]
    told = desk.take_back_records(starting.hub, starting.link, "vendors", [row.id], ACTOR)
    assert told == ["The vendor “Ironside” is undecided again."]
    assert likeness(page(starting))["Ironside"] is Likeness.NONE
    with pytest.raises(UsageError, match="taken back already"):
        desk.take_back_records(starting.hub, starting.link, "vendors", [row.id], ACTOR)


def test_what_a_record_is_linked_to_is_named(starting: World) -> None:
    """A row that a person linked says the name of the record there."""
    say(starting, Said(id="Granite & Sons", decision=Decision.LINK, record="Granite and Sons Ltd"))
    found = page(starting, fits=[Fits.DECIDED])
    assert found.names[found.rows[0].record or ""] == "Granite and Sons Ltd"
