"""Two people on one company file, each with a Web Connector of their own (rows W12 to W14)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import NamedTuple

import pytest

from counterfoil.errors import UsageError
from counterfoil.hub import accounts, checklist, finding
from counterfoil.hub.accounts import PersonMade
from counterfoil.ledger import connections, runs
from counterfoil.sandboxes.web_connector import WebConnector, parse_qwc
from tests.hub.conftest import OpenWorld
from tests.hub.test_web_connector_calls import Phone
from tests.support.world import ACTOR, World


def add(world: World, name: str = "Anna", **more: str) -> PersonMade:
    """Let somebody work on the company's file, too."""
    books = finding.connection_named(world.hub, world.books_id)
    return accounts.add_person(world.hub, books, name, ACTOR, **more)


def call(phone: Phone, person: PersonMade, password: str | None = None) -> list[str]:
    """A person's Web Connector signs in."""
    said = phone.authenticate(password or person.password, person.username)
    phone.ticket = said[0]
    return said


def steps(world: World) -> dict[str, tuple[bool | None, str]]:
    """What the checklist of the company file says."""
    books = finding.connection_named(world.hub, world.books_id)
    shown = checklist.checklist(world.hub, books)
    return {each.step: (each.is_passed, str(each.sentence)) for each in shown.steps}


class TestOwnFile:
    def test_own_user_name_and_the_same_file(self, world: World) -> None:
        """W13: each has a .qwc with a user name of their own, for the same file and application."""
        anna = parse_qwc(add(world).qwc)
        first = parse_qwc(world.account.qwc or "")

        assert anna.user_name != first.user_name
        assert (anna.file_id, anna.owner_id) == (first.file_id, first.owner_id)
        assert anna.app_name == first.app_name

    def test_it_carries_what_waits(self, world: World) -> None:
        """W13: a second person's Web Connector brings an order into the books, once."""
        anna = add(world)
        world.order("SO-1", "ACME", "2 BOLT 1.50")
        world.read_operations()

        report = WebConnector(
            parse_qwc(anna.qwc),
            anna.password,
            world.counter,
            client=world.web_connector()._client,  # noqa: SLF001 - the hub in this process
            sleep=world.clock.wait,
            timer=world.clock.seconds,
        ).run_once()

        assert report.is_clean
        world.check_exactly_once("SO-1")
        world.sync()
        world.check_exactly_once("SO-1")


class Busy(NamedTuple):
    """Two Web Connectors, of which the first has a set at QuickBooks."""

    first: Phone
    text: str
    second: Phone
    anna: PersonMade


class TestOneAtATime:
    @pytest.fixture
    def busy(self, world: World) -> Busy:
        """The first is at work, with a set at QuickBooks; a second is about to call."""
        world.order("SO-1", "ACME", "2 BOLT 1.50")
        world.read_operations()
        first, second = Phone(world), Phone(world)
        first.sign_in()
        return Busy(first, first.send(), second, add(world))

    def test_the_second_is_told_to_come_again(self, busy: Busy) -> None:
        """While one is at work the other hears “busy”, and nothing of the first is broken off."""
        first, text, second, anna = busy

        assert call(second, anna)[1] == "busy"
        first.run_to_the_end(text)
        first.world.check_exactly_once("SO-1")

    def test_who_calls_anew_begins_anew(self, busy: Busy) -> None:
        """The same Web Connector has broken off what it was doing: its older run ends."""
        assert busy.first.sign_in()[1] == ""

    def test_who_broke_off_is_not_waited_for(self, busy: Busy) -> None:
        """After ten silent minutes the other takes over, and what was lost is asked about."""
        first, text, second, anna = busy
        first.quickbooks(text)
        first.world.clock.advance(minutes=11)

        assert call(second, anna)[1] == ""
        second.run_to_the_end(second.send())
        first.world.settle()
        first.world.check_exactly_once("SO-1")


class TestPlaces:
    def test_own_place_of_the_file(self, open_company: OpenWorld) -> None:
        """W12: whose computer sees the file elsewhere says so, and is told that path (K23)."""
        world = open_company(company_file=r"C:\Books\acme.qbw")
        anna = add(world, path=r"\\office\books\acme.qbw")
        phone = Phone(world)

        assert phone.sign_in()[1] == r"C:\Books\acme.qbw"
        world.clock.advance(minutes=11)
        assert call(phone, anna)[1] == r"\\office\books\acme.qbw"

    def test_both_places_stay_known(self, world: World) -> None:
        """The same file seen from two computers in turn is no question to a person."""
        elsewhere = r"\\office\books\acme.qbw"
        anna = add(world, path=elsewhere)
        world.sync()
        for number in ("SO-1", "SO-2"):
            world.order(number, "ACME", "2 BOLT 1.50")
            world.read_operations()
            phone = Phone(world)
            call(phone, anna)
            phone.run_to_the_end(phone.send(strCompanyFileName=elsewhere))
            world.clock.advance(minutes=11)
            assert world.sync().is_clean

        assert "other_file" not in world.status().facts


class TestPasswords:
    def test_each_has_their_own(self, world: World) -> None:
        """One's password does not open for the other; a wrong one is told beside the connection."""
        anna = add(world)
        phone = Phone(world)

        assert call(phone, anna, world.account.password)[1] == "nvu"
        assert str(world.status().problem).startswith("Anna: 1 sign-in with a wrong password")
        assert "people password" in str(world.status().problem)
        assert steps(world)["make-password"][0] is False

    def test_a_new_one_leaves_the_others_alone(self, world: World) -> None:
        """A new password of one ends that one's old one, and no other's."""
        anna = add(world)
        books = finding.connection_named(world.hub, world.books_id)
        person = accounts.person_named(world.hub, books, "anna")
        fresh = accounts.new_password_of(world.hub, books, person, ACTOR)
        phone = Phone(world)

        assert call(phone, anna)[1] == "nvu"
        world.clock.advance(minutes=30)
        assert call(phone, anna, fresh)[1] != "nvu"
        world.clock.advance(minutes=11)
        assert phone.sign_in()[1] != "nvu"

    def test_who_is_removed_is_refused(self, world: World) -> None:
        """A removed person's Web Connector is not let in; the audit names both acts."""
        anna = add(world)
        books = finding.connection_named(world.hub, world.books_id)
        person = accounts.person_named(world.hub, books, str(anna.id))
        accounts.remove_person(world.hub, books, person, ACTOR)

        assert call(Phone(world), anna)[1] == "nvu"
        assert accounts.people_of(world.hub, books) == []
        with world.hub.database.reading() as tx:
            acts = [each["action"] for each in connections.notes(tx, f"connection/{books.id}")]
        assert acts[-2:] == ["person added", "person removed"]

    def test_whoever_is_at_work_is_named_before_removal(self, world: World) -> None:
        """Removing somebody whose Web Connector is at work says that the run may still end."""
        anna = add(world)
        call(Phone(world), anna)
        books = finding.connection_named(world.hub, world.books_id)
        person = accounts.person_named(world.hub, books, "Anna")

        leaves = accounts.what_person_leaves(world.hub, books, person)

        assert "at work just now" in leaves[-1]

    @pytest.mark.parametrize(
        "name, more, told",
        [
            ("anna", {}, "Anna works on"),
            ("Ben", {"user_name": "OF-ANNA"}, "Anna, at “"),
            ("Ben", {"user_name": "OF-BOOKS"}, "The connection “"),
            (" ", {}, "Say who it is"),
            ("Ben", {"user_name": "b\x07en"}, "is no user name"),
            ("Ben", {"user_name": "two words"}, "is no user name"),
            ("Ben", {"path": "C:\\\0.qbw"}, "is no path of a company file"),
        ],
    )
    def test_what_is_refused(
        self, world: World, name: str, more: dict[str, str], told: str
    ) -> None:
        """What is taken says whose it is; what no Web Connector could say is none."""
        anna = add(world)
        names = {"OF-ANNA": anna.username, "OF-BOOKS": world.account.username or ""}
        given = {key: names.get(value, value) for key, value in more.items()}

        with pytest.raises(UsageError, match=re.escape(told)):
            add(world, name, **given)

    def test_only_of_a_company_file(self, world: World) -> None:
        """Nobody signs in for a system that the hub calls."""
        shop = finding.connection_named(world.hub, world.operations_id)

        with pytest.raises(UsageError, match="has no Web Connector"):
            accounts.add_person(world.hub, shop, "Anna", ACTOR)


class TestWhoCalled:
    def test_the_checklist_tells_of_each(self, world: World) -> None:
        """The checklist says when the first called last, and when each of the others did."""
        anna = add(world)
        add(world, "Ben")
        world.sync()
        world.clock.advance(minutes=11)
        call(Phone(world), anna)

        told = steps(world)["first-call"][1]

        assert "Anna's at " in told
        assert "Ben's not yet" in told

    def test_a_run_names_who_carried_it(self, world: World) -> None:
        """Of each run it is known whose Web Connector carried it."""
        world.order("SO-1", "ACME", "2 BOLT 1.50")
        world.read_operations()
        call(Phone(world), add(world))

        with world.hub.database.reading() as tx:
            found = runs.open_since(tx, world.books_id, world.clock.now() - timedelta(hours=1))
        assert found is not None
        assert found.facts.person == "Anna"
