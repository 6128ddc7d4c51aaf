"""The steps of setting up, with either carrier (rules SET-2 to SET-6)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from counterfoil.errors import UsageError
from counterfoil.hub import accounts, checklist
from counterfoil.hub.checklist import Checklist
from counterfoil.ledger import connections
from counterfoil.ledger.connections import Connection
from counterfoil.sandboxes.quickbooks_desktop import Fault, ProcessResult
from tests.hub.test_web_connector_calls import Phone
from tests.support.office import Office
from tests.support.world import ACTOR, World

DENIED = 3260


def books(world: World) -> Connection:
    with world.hub.database.reading() as tx:
        found = connections.load(tx, world.books_id)
    assert found is not None
    return found


def shown(world: World) -> dict[str, bool | None]:
    return {each.step: each.is_passed for each in steps(world).steps}


def steps(world: World) -> Checklist:
    return checklist.checklist(world.hub, books(world))


def sentence(world: World, step: str) -> str:
    return next(str(each.sentence) for each in steps(world).steps if each.step == step)


def press(world: World, step: str, *, waits: bool = False) -> Checklist:
    """A person tries a step."""
    world.clock.wait(1)
    return checklist.run_step(world.hub, books(world), step, ACTOR, waits=waits)


def waits_in(world: World, run: Callable[[], object]) -> None:
    """Let somebody be at work while the hub waits."""
    wait = world.hub.sleep

    def sleep(seconds: float) -> None:
        wait(seconds)
        run()

    world.hub.sleep = sleep


class TestWithAnAgent:
    def test_from_nothing_to_ready(self, world: World) -> None:
        """SET-2: install, token, connection, access, read and write, each passed in its turn."""
        office = Office(world)
        assert list(shown(world).values()) == [None, True, None, None, None]
        office.run()
        assert list(shown(world).values()) == [True, True, True, True, None]
        press(world, "request-access")
        office.run()
        press(world, "test-access")
        office.run()
        assert steps(world).is_ready

    def test_the_press_waits_for_the_agent(self, world: World) -> None:
        """SET-6: what the trial comes to is the press's answer, not something to look for."""
        office = Office(world)
        office.run()
        waits_in(world, office.run)
        assert press(world, "test-access", waits=True).is_ready

    def test_the_trial_leaves_no_trace(self, world: World) -> None:
        """It reads, writes a private field and deletes it: the file is as before."""
        office = Office(world)
        office.run()
        press(world, "test-access")
        office.run()
        assert any("CounterfoilTrial" in text for text in world.counter.seen)
        left = world.counter.company.process(
            '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError">'
            "<DataExtDefQueryRq><OwnerID>{7d2f9a54-30c1-4b8e-9a61-c0f27e11d7a3}</OwnerID>"
            "</DataExtDefQueryRq></QBXMLMsgsRq></QBXML>"
        )
        assert "FileID" in left.response
        assert "CounterfoilTrial" not in left.response

    def test_a_trial_does_not_disturb_the_work(self, world: World) -> None:
        """Documents that wait go in the same run, after it."""
        office = Office(world)
        office.run()
        world.orders(2)
        world.read_operations()
        press(world, "test-access")
        office.run()
        assert shown(world)["test-access"]
        world.check_exactly_once("SO-1", "SO-2")

    def test_access_that_is_denied_keeps_everything_back(self, world: World) -> None:
        """SET-3, SET-4: a failed step holds what waits and says how access is given; then all goes.

        As Admin, in single-user mode, with one file open, by the last option.
        """
        office = Office(world)
        world.counter.company.faults.arm(Fault(kind="access-denied", count=None))
        world.orders(1)
        world.read_operations()
        office.run()
        assert shown(world)["request-access"] is False
        for words in ("last option", "Admin", "single-user mode", "only this company file"):
            assert words in sentence(world, "request-access")
        assert "Request access" in str(world.status().problem)
        world.order("SO-2", "ACME", "1 BOLT 1.25")
        world.read_operations()
        assert world.states()["SO-2"] == "held"
        assert "request access" in (world.row("SO-2").sentence or "")

        world.counter.company.faults.clear()
        press(world, "request-access")
        office.run()
        assert shown(world)["request-access"]
        office.settle()
        world.check_exactly_once("SO-1", "SO-2")

    @pytest.mark.parametrize("request_name", ["CustomerQuery", "DataExtAdd", "DataExtDel"])
    def test_a_missing_permission_is_named(self, world: World, request_name: str) -> None:
        """Reading or writing refused fails the step, in QuickBooks' words and with the cure."""
        office = Office(world)
        office.run()
        press(world, "test-access")

        def spoil(text: str, result: ProcessResult) -> ProcessResult:
            if "CounterfoilTrial" not in text:
                return result
            return ProcessResult(denied(result.response, request_name))

        world.counter.after = spoil
        office.run()
        assert shown(world)["test-access"] is False
        assert f"(status {DENIED})" in sentence(world, "test-access")
        assert "Integrated Applications" in sentence(world, "test-access")

    def test_an_agent_that_is_away_fails_and_comes_back(self, world: World) -> None:
        """SET-6: its step names the computer; when it calls again nothing has to be pressed."""
        office = Office(world)
        office.run()
        world.clock.advance(minutes=5)
        press(world, "test-connection")
        assert shown(world)["test-connection"] is False
        assert "BOOKS-PC" in sentence(world, "test-connection")
        press(world, "test-access")
        assert "not connected" in sentence(world, "test-access")
        office.run()
        assert shown(world)["test-connection"]

    def test_an_old_token_is_told(self, world: World) -> None:
        """B20: somebody still starts the old agent; the step says so, and what to do."""
        office = Office(world)
        old = office.token
        office.token = office.new_token()
        with pytest.raises(Exception, match="not valid"):
            Office(world, old).run()
        assert shown(world)["install-agent"] is False
        assert "connections token" in sentence(world, "install-agent")


def denied(response: str, name: str) -> str:
    """Let QuickBooks refuse one request of an answer."""
    before, found, after = response.partition(f"<{name}Rs ")
    attributes, _, rest = after.partition(">")
    code = re.sub(r'statusCode="\d+"', f'statusCode="{DENIED}"', attributes)
    return f"{before}{found}{code}>{rest}"


class TestWithAWebConnector:
    def test_from_nothing_to_ready(self, world: World) -> None:
        """W1 to W6 (W1, W2, W3, W4, W5, W6): each step is marked: file, password, call, company; the trial is next."""
        assert list(shown(world).values()) == [True, True, None, None, None]
        world.run_web_connector()
        assert list(shown(world).values()) == [True, True, True, True, None]
        press(world, "test-access")
        assert shown(world)["test-access"] is None
        world.run_web_connector()
        assert steps(world).is_ready

    def test_a_wrong_password_fails_its_step(self, world: World) -> None:
        """The step says what the sign-in says."""
        Phone(world).authenticate(password="wrong")
        assert shown(world)["make-password"] is False

    def test_another_company_fails_its_step(self, world: World) -> None:
        """The file that is open is not this connection's: named, and nothing is written."""
        world.run_web_connector()
        world.orders(1)
        world.read_operations()
        world.counter.location = "D:\\Elsewhere\\Copy.qbw"
        world.run_web_connector()
        assert shown(world)["right-company"] is False

    def test_no_such_step(self, world: World) -> None:
        """The names there are, are told."""
        with pytest.raises(UsageError, match="make-file"):
            press(world, "request-access")

    def test_other_systems_have_none(self, world: World) -> None:
        """What we call ourselves is tried by calling it."""
        with world.hub.database.reading() as tx:
            shop = connections.load(tx, world.operations_id)
        assert shop is not None
        with pytest.raises(UsageError, match="connections test"):
            checklist.checklist(world.hub, shop)


class TestANewPassword:
    def test_both_open_for_a_while(self, world: World) -> None:
        """Rotation without a gap: whoever changes it at the Web Connector has until the hour."""
        old, phone = world.account.password, Phone(world)
        new = accounts.new_password_for(world.hub, books(world), ACTOR, grace=timedelta(minutes=60))
        assert phone.authenticate(password=old)[1] != "nvu"
        assert "Not used yet" in sentence(world, "make-password")
        assert "opens until" in sentence(world, "make-password")
        assert phone.authenticate(password=new)[1] != "nvu"
        assert "First used" in sentence(world, "make-password")
        world.clock.advance(minutes=61)
        assert phone.authenticate(password=old)[1] == "nvu"
        assert phone.authenticate(password=new)[1] != "nvu"

    def test_without_a_grace_the_old_one_ends_at_once(self, world: World) -> None:
        """The default; also when a grace of an earlier renewal is still on."""
        old, phone = world.account.password, Phone(world)
        accounts.new_password_for(world.hub, books(world), ACTOR, grace=timedelta(minutes=60))
        accounts.new_password_for(world.hub, books(world), ACTOR)
        assert phone.authenticate(password=old)[1] == "nvu"

    @pytest.mark.parametrize("grace", [timedelta(minutes=-1), timedelta(days=8)])
    def test_a_grace_has_bounds(self, world: World, grace: timedelta) -> None:
        """A password that was given away does not stay valid for ever."""
        with pytest.raises(UsageError, match="week"):
            accounts.new_password_for(world.hub, books(world), ACTOR, grace=grace)
