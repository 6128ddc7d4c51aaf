"""Connections and links that people change, pause, remove and take up again, also in mid-run."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest

from counterfoil.engine.life import State
from counterfoil.errors import RejectedError, UnavailableError, UsageError
from counterfoil.hub import accounts, agents, desk, finding, verbs
from counterfoil.hub.attention import attention
from counterfoil.hub.served import address_in
from counterfoil.hub.setup import Configuration
from counterfoil.ledger import connections, identity
from counterfoil.settings import SystemName
from tests.hub.test_web_connector_calls import Phone
from tests.sandboxes.fusion_operations import play as fusion
from tests.support.world import ACTOR, World

OTHER_COMPANY = {"key": "NOVA-KEY", "secret": "nova-secret-not-real"}
SAME_COMPANY = {"key": fusion.NEW_KEY, "secret": fusion.NEW_SECRET}


def shop(world: World) -> connections.Connection:
    return finding.connection_named(world.hub, world.operations_id)


def books(world: World) -> connections.Connection:
    return finding.connection_named(world.hub, world.books_id)


def link(world: World, verb: str) -> connections.Link:
    found = finding.link_named(world.hub, world.link)
    return accounts.change_link(world.hub, found, verb, ACTOR)


def change(world: World, given: dict[str, str], **more: Any) -> connections.Connection:
    return accounts.change_connection(world.hub, shop(world), given, ACTOR, **more)


def another_company(world: World) -> None:
    """Open a second company at the same service, in which nothing of the first is."""
    keys = {OTHER_COMPANY["key"]: OTHER_COMPANY["secret"]}
    world.operations.control("POST", "/companies", {"name": "nova", "keys": keys})


class TestChange:
    def test_another_key_of_the_same_company(self, world: World) -> None:
        """It is known by its orders; what was sent keeps its marks, so nothing goes twice."""
        world.orders(1)
        world.sync()
        before = shop(world)
        changed = change(world, SAME_COMPANY)

        assert changed.account == before.account
        assert changed.parameters["opens_as"] != before.account
        world.orders(1, first=2)
        world.settle()
        world.check_exactly_once("SO-1", "SO-2")

    def test_a_write_that_was_lost_under_the_old_key(self, world: World) -> None:
        """Its mark is the same under the new one, so it is found and not sent again."""
        world.orders(1)
        world.read_operations()
        world.pipe.spoil = lambda _number, body: "request" if "SalesOrderAddRs" in body else None
        world.run_web_connector()
        world.pipe.spoil = None
        assert world.states() != {"SO-1": "done"}
        change(world, SAME_COMPANY)
        world.settle()

        world.check_exactly_once("SO-1")

    def test_another_company_is_refused(self, world: World) -> None:
        """None of the last orders is there; the old credentials stay."""
        another_company(world)
        world.orders(1)
        world.sync()
        before = shop(world)
        with pytest.raises(UsageError, match=r"another company .*\(SO-1\).* --same-company"):
            change(world, OTHER_COMPANY)

        assert shop(world) == before

    def test_a_company_that_cannot_be_told(self, world: World) -> None:
        """Credentials that are not tried may open any: a person has to say that it is the same."""
        world.orders(1)
        world.sync()
        with pytest.raises(UsageError, match="cannot be told: they were not tried"):
            change(world, SAME_COMPANY, checks=False)

        assert change(world, SAME_COMPANY, checks=False, same_company=True).account

    def test_nothing_is_known_yet(self, world: World) -> None:
        """Before anything was read there is nothing that could belong to another company."""
        another_company(world)
        changed = change(world, OTHER_COMPANY)

        assert "opens_as" not in changed.parameters

    @pytest.mark.parametrize(
        "given, spoilt, error, sentence",
        [
            ({"secret": "wrong"}, None, RejectedError, "The key or the secret is wrong"),
            ({"secret": "wrong"}, "request", UnavailableError, "cannot be reached"),
            ({"secret": "wrong"}, "answer", UnavailableError, "did not answer in time"),
        ],
    )
    def test_what_does_not_work_is_not_kept(
        self,
        world: World,
        given: dict[str, str],
        spoilt: str | None,
        error: type[Exception],
        sentence: str,
    ) -> None:
        """The sentence says what is wrong, and the hub goes on with what it had."""
        before = shop(world)
        world.shop_line.spoil = lambda _number, _body: spoilt
        with pytest.raises(error, match=sentence):
            change(world, given)
        world.shop_line.spoil = None

        assert shop(world) == before

    def test_somebody_else_changes_it_meanwhile(self, world: World) -> None:
        """The second one is told, and writes over nothing."""
        seen = shop(world)
        change(world, {"time_zone": "Europe/Lisbon"})
        with pytest.raises(UsageError, match="changed by somebody else meanwhile"):
            accounts.change_connection(world.hub, seen, {"stock_from": "movements"}, ACTOR)

        assert shop(world).parameters["time_zone"] == "Europe/Lisbon"

    def test_while_a_run_is_in_flight(self, world: World) -> None:
        """The run ends with what it began with; the next one takes the new key."""

        def spoil(number: int, _body: str) -> None:
            if number == 2:
                world.shop_line.spoil = None
                change(world, SAME_COMPANY, same_company=True)

        world.orders(1)
        world.sync()
        world.orders(1, first=2)
        world.shop_line.spoil = spoil
        world.shop_line.calls = 0
        world.sync()
        world.settle()

        assert "opens_as" in shop(world).parameters
        world.check_exactly_once("SO-1", "SO-2")

    def test_a_new_secret_ends_the_trouble(self, world: World) -> None:
        """One line tells it while it lasts, with how many wait; corrected, the line is gone."""
        world.order("SO-1", "ACME", "1 BOLT 1.00")
        change(world, {"secret": "wrong"}, checks=False)
        world.read_operations()
        (line,) = attention(desk.connection_status(world.hub), desk.link_status(world.hub))

        assert (line.about, line.name) == ("connection", "Shop floor")
        assert "does not accept the API key and secret" in line.sentence
        assert f"counterfoil connections change {world.operations_id}" in str(line.cure)
        change(world, {"secret": fusion.SECRET})
        assert not attention(desk.connection_status(world.hub), desk.link_status(world.hub))

    def test_the_user_name_of_the_web_connector(self, world: World) -> None:
        """It signs in by the new one, and the name QuickBooks knows us under stays."""
        application = accounts.application_of(books(world))
        changed = accounts.change_connection(
            world.hub, books(world), {"user_name": "acme-books"}, ACTOR, name="Ledger"
        )
        world.orders(1)
        world.read_operations()

        assert "<UserName>acme-books</UserName>" in accounts.qwc_of(world.hub, changed)
        assert accounts.application_of(changed) == application
        assert Phone(world).authenticate(user="acme-books")[1] == ""
        assert Phone(world).authenticate()[1] == "nvu"
        with pytest.raises(UsageError, match="no user name"):
            accounts.change_connection(world.hub, changed, {"user_name": "a b"}, ACTOR)


class TestTrying:
    def steps(self, world: World, **more: bool) -> dict[str, bool | None]:
        tried, _failure = accounts.trial_of(world.hub, shop(world), **more)
        return {each.step: each.is_passed for each in tried.steps}

    def test_each_step_is_told(self, world: World) -> None:
        """What failed, what passed before it, and what was not come to."""
        assert self.steps(world) == {"address": True, "credentials": True, "permission": True}
        change(world, {"secret": "wrong"}, checks=False)
        assert self.steps(world) == {"address": True, "credentials": False, "permission": None}
        world.shop_line.spoil = lambda _number, _body: "request"
        assert self.steps(world) == {"address": False, "credentials": None, "permission": None}

    def test_what_is_taken_for_true(self, world: World) -> None:
        """In brief: how much of it is so, and each that is not with what to set."""
        world.orders(1)
        tried, failure = accounts.trial_of(world.hub, shop(world), assumptions=True)

        assert failure is None
        told = next(each for each in tried.steps if each.step == "assumptions")
        assert told.is_passed is True
        assert re.match(r"Of \d+ things \d+ (is|are) so here\b", str(told.sentence))

    def test_one_that_calls_us(self, world: World) -> None:
        """Its steps are those of setting it up."""
        tried, failure = accounts.trial_of(world.hub, books(world))

        assert (tried.is_reached, failure) == (None, None)
        assert "first-call" in {each.step for each in tried.steps}


class TestPause:
    def test_nothing_is_read_or_written(self, world: World) -> None:
        """Not a call leaves, the Web Connector has nothing to do, and every verb says so."""
        world.orders(1)
        world.sync()
        link(world, "pause")
        world.orders(1, first=2)
        world.shop_line.calls = 0
        world.clock.advance(days=1)
        world.read_operations()
        report = world.run_web_connector()

        assert world.shop_line.calls == 0
        assert report.round_trips == 0
        found = finding.link_named(world.hub, world.link)
        for verb in (
            lambda: verbs.send(world.hub, found, "sales-order", ["SO-2"], ACTOR),
            lambda: verbs.retrieve(world.hub, found, "sales-order", None, ACTOR),
        ):
            with pytest.raises(UsageError, match=rf"is paused.* links resume {world.link}"):
                verb()
        told = verbs.run(world.hub, [found])
        assert {each.is_paused for each in told.connections} == {True}
        link(world, "resume")
        world.settle()
        world.check_exactly_once("SO-1", "SO-2")

    def test_in_mid_run(self, world: World) -> None:
        """What is under way is finished, nothing more begins; resumed, all goes once."""
        world.orders(3)
        world.read_operations()

        def pause(text: str, result: Any) -> Any:
            if "SalesOrderAddRq" in text:
                link(world, "pause")
            return result

        world.counter.after = pause
        world.run_web_connector()
        world.counter.after = None
        world.orders(1, first=4)
        world.settle()
        assert world.numbers_booked() == Counter(["SO-1", "SO-2", "SO-3"])
        link(world, "resume")
        world.settle()

        world.check_exactly_once("SO-1", "SO-2", "SO-3", "SO-4")

    def test_a_removed_link_is_not_paused(self, world: World) -> None:
        """The sentence says how it is taken up again."""
        link(world, "remove")

        with pytest.raises(UsageError, match=f"links resume {world.link}"):
            link(world, "pause")


class TestRemove:
    def removed(self, world: World) -> connections.Connection:
        link(world, "remove")
        return accounts.remove_connection(world.hub, books(world), ACTOR)

    def test_its_name_is_free_and_its_record_stays(self, world: World) -> None:
        """What went is still told; another connection may be called the same."""
        world.orders(1)
        world.sync()
        removed = self.removed(world)
        made = accounts.add_connection(world.hub, SystemName.QUICKBOOKS_DESKTOP, "Books", {}, ACTOR)

        assert removed.name == "Books (removed)"
        assert finding.connection_named(world.hub, "Books").id == made.id
        assert desk.details(world.hub, world.row("SO-1").id)["landing"]["number"] == "SO-1"
        with pytest.raises(UsageError, match="There is a connection named 'Books' already"):
            accounts.restore_connection(world.hub, removed, ACTOR)

    def test_its_web_connector_is_told_why(self, world: World) -> None:
        """With the right password it learns that it was removed, and how to restore it."""
        world.orders(1)
        world.read_operations()
        self.removed(world)
        report = world.run_web_connector()

        assert "“Books” was removed from Counterfoil" in report.last_result
        assert "take it up again in Counterfoil" in report.last_result
        assert Phone(world).authenticate(password="wrong")[1] == "nvu"
        assert world.booked() == []

    def test_in_mid_run(self, world: World) -> None:
        """The answer that is under way is taken; then the sentence, and nothing more is sent."""
        world.orders(1)
        world.read_operations()

        def remove(text: str, result: Any) -> Any:
            if "SalesOrderAddRq" in text:
                world.counter.after = None
                self.removed(world)
            return result

        world.counter.after = remove
        report = world.run_web_connector()

        assert "was removed" in report.last_result
        assert world.states() == {"SO-1": "done"}

    def test_its_agent_is_told_why(self, world: World) -> None:
        """Its token opens nothing any more, and the reason is the same sentence."""
        token = agents.new_token_for(world.hub, books(world), ACTOR)
        self.removed(world)
        greeting = agents.Greeting(ticket="t" * 32, computer="BACK-OFFICE", version="1.0")

        with pytest.raises(agents.NotOpenError, match="“Books” was removed from Counterfoil"):
            agents.hello(world.hub, token, greeting)

    def test_restored_it_knows_all(self, world: World) -> None:
        """Name, links and pairings are back: what was sent is not sent again."""
        world.orders(1)
        world.sync()
        restored = accounts.restore_connection(world.hub, self.removed(world), ACTOR)
        link(world, "resume")
        world.orders(1, first=2)
        world.settle()

        assert restored.name == "Books"
        world.check_exactly_once("SO-1", "SO-2")
        with pytest.raises(UsageError, match="in use"):
            accounts.restore_connection(world.hub, restored, ACTOR)

    def test_its_file_is_not_served_anew_unasked(self, world: World) -> None:
        """Another connection would send all again; it is asked for the removed one first."""
        world.orders(1)
        world.sync()
        removed = self.removed(world)
        world.account = accounts.add_connection(
            world.hub, SystemName.QUICKBOOKS_DESKTOP, "Books", {}, ACTOR
        )
        accounts.add_link(world.hub, "Shop floor", str(world.account.id), ACTOR)
        report = world.run_web_connector()

        assert f"Take “{removed.name}” up again" in report.last_result
        assert world.numbers_booked() == Counter(["SO-1"])

    def test_the_account_is_taken_up_again_not_added(self, world: World) -> None:
        """Added anew it would know nothing of what was sent."""
        world.orders(1)
        world.sync()
        link(world, "remove")
        accounts.remove_connection(world.hub, shop(world), ACTOR)
        given = {"base_url": fusion.BASE_URL, "key": fusion.KEY, "secret": fusion.SECRET}

        with pytest.raises(UsageError, match=f"connections restore {world.operations_id}"):
            accounts.add_connection(world.hub, SystemName.FUSION_OPERATIONS, "Again", given, ACTOR)

    def test_what_is_left_is_said(self, world: World) -> None:
        """What waits, what is under way, and how all of it goes on."""
        world.orders(2)
        world.read_operations()
        told = accounts.what_link_leaves(world.hub, finding.link_named(world.hub, world.link))

        assert str(told[0]).startswith("2 documents are not sent")
        assert f"links resume {world.link}" in str(told[-1])
        assert [row.state for row in world.transfers(State.READY)] == ["ready", "ready"]
        assert "connections restore" in str(
            accounts.what_connection_leaves(world.hub, books(world))[0]
        )


class TestAddress:
    @pytest.mark.parametrize(
        "served, configured, url, doubt",
        [
            (None, None, "http://localhost:8080", "has not been served yet"),
            (None, "https://hub.example/", "https://hub.example", None),
            ("http://localhost:8099", None, "http://localhost:8099", None),
            ("https://hub.example", "https://hub.example/", "https://hub.example", None),
            (
                "http://localhost:8099",
                "https://hub.example",
                "https://hub.example",
                "last served under http://localhost:8099",
            ),
        ],
    )
    def test_the_one_it_is_served_under(
        self,
        world: World,
        served: str | None,
        configured: str | None,
        url: str,
        doubt: str | None,
    ) -> None:
        """A command names the address of the hub that runs, and tells where that is contradicted."""
        configuration = Configuration(public_url=configured) if configured else Configuration()
        with world.hub.database.writing() as tx:
            if served is not None:
                identity.keep_served(tx, served, world.hub.now())
            found = address_in(tx, configuration)

        assert found.url == url
        assert str(doubt) in str(found.doubt)
        assert (found.doubt is None) is (doubt is None)
