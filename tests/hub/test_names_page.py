"""Both sides' lists side by side, a page at a time, as people go through them before go-live."""

from __future__ import annotations

from typing import Any

import pytest

from counterfoil.documents import RecordKind, name_key
from counterfoil.engine.counterparts import Compared, Decision, Likeness
from counterfoil.errors import UsageError
from counterfoil.hub import desk
from counterfoil.hub.desk import Fits, NamesPage, Said
from counterfoil.ledger import directory
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


# --- What was chosen about names, in the inbox or beside documents ------------------------


def choose(world: World, name: str, **choice: str) -> None:
    desk.match_name(world.hub, world.link, "vendor", name, ACTOR, **choice)


@pytest.mark.parametrize("side", ["operations", "books"])
def test_a_name_that_was_cured_is_decided_on_either_side(starting: World, side: str) -> None:
    """What somebody chose in the inbox is no question any more; lists, counts and exports agree."""
    choose(starting, "Granite and Sons Ltd", record="Granite & Sons")
    name, there = "Granite and Sons Ltd", "Granite & Sons"
    if side == "books":
        name, there = there, name
    found = page(starting, side=side, fits=[Fits.DECIDED])
    [row] = found.rows
    assert (row.name, row.record_name, row.decision) == (name, there, Decision.LINK)
    assert found.counts[Fits.DECIDED] == 1
    assert name not in likeness(page(starting, side=side, fits=[Fits.OPEN]))
    whole = desk.compare_lists(starting.hub, starting.link, "vendors", side=side)
    assert [each for each in whole.rows if each.likeness is Likeness.DECIDED] == [row]


def test_a_choice_that_only_documents_know_is_decided_too(starting: World) -> None:
    """Documents may write a name that is in no list: the record that it means is decided."""
    choose(starting, "Zephyr, as invoiced", record="Zephyr Air Freight")
    [row] = page(starting, fits=[Fits.DECIDED]).rows
    assert (row.name, row.record, row.record_name) == (
        "Zephyr Air Freight",
        None,
        "Zephyr, as invoiced",
    )


def test_a_name_under_which_it_shall_be_made_is_decided(starting: World) -> None:
    """Nothing there bears the new name yet; that it will be made is said."""
    choose(starting, "Granite and Sons Ltd", create_as="Granite (new)")
    [row] = page(starting, side="operations", fits=[Fits.DECIDED]).rows
    assert (row.record, row.record_name, row.decision) == (None, "Granite (new)", Decision.ADD)


def test_a_choice_comes_before_what_was_said_of_the_record(starting: World) -> None:
    """As documents are matched: shown is the record that they are booked on."""
    say(starting, Said(id="Granite & Sons", decision=Decision.LINK, record="Granite and Sons Ltd"))
    choose(starting, "Granite and Sons Ltd", record="Ironside")
    rows = page(starting, side="operations", fits=[Fits.DECIDED]).rows
    assert [(each.name, each.record_name) for each in rows] == [
        ("Granite and Sons Ltd", "Ironside")
    ]


def test_a_record_of_the_same_name_comes_before_another_name_for_it(starting: World) -> None:
    """That a second name means it changes nothing about the first."""
    choose(starting, "Millwright (old)", record="Millwright Tools")
    assert likeness(page(starting))["Millwright Tools"] is Likeness.SAME


@pytest.mark.parametrize("is_said", [True, False])
def test_what_was_chosen_about_its_name_is_taken_back_with_it(
    starting: World, *, is_said: bool
) -> None:
    """By the record, with what was said of it; once only, and it is open again."""
    if is_said:
        said = Said(id="Granite & Sons", decision=Decision.LINK, record="Granite and Sons Ltd")
        say(starting, said)
    choose(starting, "Granite and Sons Ltd", record="Granite & Sons")
    [row] = page(starting, side="operations", fits=[Fits.DECIDED]).rows
    back = (starting.hub, starting.link, "vendors", [row.id], ACTOR)
    told = desk.take_back_records(*back, side="operations")
    assert told
    assert likeness(page(starting, side="operations"))["Granite and Sons Ltd"] is Likeness.NEAR
    with pytest.raises(UsageError, match="taken back already"):
        desk.take_back_records(*back, side="operations")


def test_what_we_made_under_another_name_is_no_question(starting: World) -> None:
    """A record that was made with a shorter name is the record of the longer one, told by nobody."""
    with starting.hub.database.writing() as tx:
        made = directory.entry(tx, starting.books_id, RecordKind.VENDOR, "Ironside")
        assert made is not None
        directory.choose(
            tx,
            {
                "link_id": starting.link,
                "side": "books",
                "kind": "vendor",
                "name_key": name_key("Granite and Sons Ltd"),
                "name": "Granite and Sons Ltd",
                "record_id": made.id,
                "create_as": None,
                "author": directory.OURS,
                "made_at": starting.hub.now(),
            },
        )
    [row] = page(starting, side="operations", fits=[Fits.DECIDED]).rows
    assert (row.name, row.record_name, row.decision) == ("Granite and Sons Ltd", "Ironside", None)
    with pytest.raises(UsageError, match="taken back already"):
        desk.take_back_records(
            starting.hub, starting.link, "vendors", [row.id], ACTOR, side="operations"
        )
