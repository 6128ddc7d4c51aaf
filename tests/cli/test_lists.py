"""``connections lists``: the ids and names that settings ask for, as last read."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import pytest

from tests.cli.conftest import Keyboard
from tests.sandboxes.quickbooks_desktop.desk import customer, service
from tests.support.world import World


@pytest.fixture
def read(world: World) -> World:
    """Books with some records, all of which have been read once."""
    world.enter_books(
        customer("Ann & Sons"), customer("Asleep", active="false"), service("BOLT", "1.00")
    )
    world.orders(1)
    world.sync()
    return world


def names(at_hub: Keyboard, *words: str) -> list[str]:
    """The names that a list shows."""
    found = at_hub.read("connections", "lists", "Books", *words)
    return [each["full_name"] for each in found["rows"]]


class TestOneList:
    def test_an_account_is_found_by_part_of_its_name(self, at_hub: Keyboard, read: World) -> None:
        """The id and the full name are those that the settings of the account ask for (SET-2)."""
        words = ("connections", "lists", "Books", "accounts", "--find", "sales:g")
        found = at_hub.read(*words)
        [row] = found["rows"]

        assert (row["full_name"], row["type"]) == ("Sales:Goods", "income")
        [by_id] = at_hub.read("connections", "lists", "Books", "accounts", "--find", row["id"])[
            "rows"
        ]
        assert by_id == row
        assert datetime.fromisoformat(found["read_at"]) == read.clock.now()
        shown = at_hub.type(*words)
        assert shown.stdout.splitlines()[0].split("\t")[:2] == ["ID", "Name"]
        assert row["id"] in shown.stdout
        assert "last read" in shown.stderr

    def test_what_is_inactive_is_shown_when_asked_for(self, at_hub: Keyboard, read: World) -> None:
        """``--active``, which is the default, leaves it out; ``--all`` marks it."""
        assert names(at_hub, "customers") == ["ACME", "Ann & Sons"]
        assert names(at_hub, "customers", "--active") == ["ACME", "Ann & Sons"]
        assert names(at_hub, "customers", "--all") == ["ACME", "Ann & Sons", "Asleep"]

    def test_csv_can_be_read_back(self, at_hub: Keyboard, read: World) -> None:
        """One line for each record, with the same values as JSON has."""
        text = at_hub.type("connections", "lists", "Books", "items", "--csv").stdout
        rows = list(csv.DictReader(io.StringIO(text)))
        found = at_hub.read("connections", "lists", "Books", "items")["rows"]

        assert [(each["id"], each["full_name"]) for each in rows] == [
            (each["id"], each["full_name"]) for each in found
        ]
        assert {each["is_active"] for each in rows} == {"yes"}

    def test_a_list_that_was_not_read_is_no_empty_list(
        self, at_hub: Keyboard, world: World
    ) -> None:
        """It says that it has not been read, and when it will be: never nothing."""
        for form in ((), ("--json",), ("--csv",)):
            done = at_hub.type("connections", "lists", "Books", "accounts", *form, code=2)
            assert "has not been read yet" in done.output
            assert "Web Connector or agent calls next" in done.output

    @pytest.mark.parametrize("word", ["account", "Accounts", "ACCOUNTS"])
    def test_a_list_has_a_name_or_two(self, at_hub: Keyboard, read: World, word: str) -> None:
        """One record or many, small letters or capitals: it is the same list."""
        assert "Sales:Goods" in names(at_hub, word)

    def test_a_word_that_is_no_list_names_those_there_are(
        self, at_hub: Keyboard, world: World
    ) -> None:
        """Of that system: Fusion Operations has no accounts."""
        done = at_hub.type("connections", "lists", "Shop floor", "accounts", code=2)

        assert "customers, vendors, items" in done.stderr

    def test_json_and_csv_exclude_each_other(self, at_hub: Keyboard, world: World) -> None:
        """Nobody has to guess which of them counts."""
        done = at_hub.type("connections", "lists", "Books", "items", "--csv", "--json", code=2)

        assert "not both" in done.stdout


class TestAllLists:
    def test_each_says_when_it_was_read(self, at_hub: Keyboard, read: World) -> None:
        """Without the name of a list: how many records each has, and as of when."""
        found = at_hub.read("connections", "lists", "Books")["lists"]
        by_name = {each["list"]: each for each in found}

        assert by_name["customers"]["records"] == 3
        assert by_name["customers"]["problem"] is None
        assert by_name["customers"]["read_at"]
        assert "customers\t3\t" in at_hub.type("connections", "lists", "Books").stdout
        text = at_hub.type("connections", "lists", "Books", "--csv").stdout
        assert text.startswith("list,records,read,problem\n")

    def test_what_was_never_read_says_so(self, at_hub: Keyboard, world: World) -> None:
        """No record, and no time: that is not the same as none."""
        found = at_hub.read("connections", "lists", "Books")["lists"]

        assert {each["read_at"] for each in found} == {None}
        assert all("has not been read yet" in each["problem"] for each in found)
        told = at_hub.type("connections", "lists", "Books").stdout
        assert "has not been read yet" not in told
        assert told.count("A list is read by the next run") == 1

    def test_what_shall_be_read_anew_is_shown_as_it_was(
        self, at_hub: Keyboard, read: World
    ) -> None:
        """What was known goes on to be shown, and says that it may be another by now."""
        from counterfoil.ledger import runs

        with read.hub.database.writing() as tx:
            runs.forget_cursors(tx, read.books_id)
        found = at_hub.read("connections", "lists", "Books", "customers")

        assert len(found["rows"]) == 2
        assert "anew" in found["problem"]
        assert "anew" in at_hub.type("connections", "lists", "Books", "customers").stderr
