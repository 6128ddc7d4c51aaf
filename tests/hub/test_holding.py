"""Held back: nothing is written while a write without an answer may still be carried out.

A set that one Web Connector took and has not reported is, for QuickBooks, a set it has
never seen; and then it is carried out after all (the story of two connectors, D4).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest

from counterfoil.hub import accounts
from counterfoil.ledger import connections
from counterfoil.sandboxes.quickbooks_desktop import ProcessResult
from counterfoil.sandboxes.web_connector import RunReport
from tests.hub.test_web_connector_calls import Phone
from tests.support.world import ACTOR, World

Reports = Callable[[ProcessResult], ProcessResult]


def connection_of(world: World) -> connections.Connection:
    """The books' connection as it is now."""
    with world.hub.database.reading() as tx:
        found = connections.load(tx, world.books_id)
    assert found is not None
    return found


def to_the_write(phone: Phone) -> str:
    """Go on until a set that writes is handed out; gives that set."""
    text = phone.send()
    while "AddRq" not in text or "SalesOrderAdd" not in text:
        phone.receive(phone.quickbooks(text))
        text = phone.send("")
    return text


@pytest.fixture
def holder(world: World) -> tuple[Phone, str]:
    """A Web Connector that holds a set with two orders, and does not carry it out yet."""
    world.orders(2)
    world.read_operations()
    phone = Phone(world)
    phone.sign_in()
    return phone, to_the_write(phone)


def another_run(world: World) -> RunReport:
    """Another Web Connector of the company comes along."""
    return world.run_web_connector()


class TestHeldBack:
    def test_nothing_is_written_while_the_set_is_young(
        self, world: World, holder: tuple[Phone, str]
    ) -> None:
        """The second connector reads and asks, writes nothing, and tells people why."""
        _phone, _text = holder
        report = another_run(world)

        assert world.numbers_booked() == Counter()
        assert "took documents for QuickBooks at" in report.last_result
        assert "nothing is written twice" in report.last_result
        assert "(America/New_York)" in report.last_result
        assert str(world.status().problem) == report.last_result
        assert set(world.states().values()) == {"unknown"}

    def test_late_execution_is_taken_for_what_it_is(
        self, world: World, holder: tuple[Phone, str]
    ) -> None:
        """The first connector carries its set out after all, and reports it: once in the books."""
        phone, text = holder
        another_run(world)
        answer = phone.quickbooks(text)
        phone.receive(answer)

        assert set(world.states().values()) == {"done"}
        world.check_exactly_once("SO-1", "SO-2")
        assert another_run(world).is_clean
        assert world.status().problem is None
        world.check_exactly_once("SO-1", "SO-2")

    def test_late_execution_that_nobody_reports(
        self, world: World, holder: tuple[Phone, str]
    ) -> None:
        """Carried out and never reported: the next question finds the answer in the books."""
        phone, text = holder
        another_run(world)
        phone.quickbooks(text)
        world.clock.advance(minutes=3)

        world.settle()
        world.check_exactly_once("SO-1", "SO-2")

    def test_the_wait_is_bounded(self, world: World, holder: tuple[Phone, str]) -> None:
        """Two minutes later the absence is believed, and the orders go out."""
        another_run(world)
        world.clock.advance(seconds=121)
        world.settle()

        world.check_exactly_once("SO-1", "SO-2")
        assert world.status().problem is None

    @pytest.mark.parametrize("settles_after, waits", [("600", True), ("0", False)])
    def test_how_long_is_the_connections_own_choice(
        self, world: World, holder: tuple[Phone, str], settles_after: str, waits: bool
    ) -> None:
        """Longer for a slow computer, not at all where only one connector can be."""
        given = {"settles_after": settles_after}
        accounts.change_connection(world.hub, connection_of(world), given, ACTOR)
        world.clock.advance(seconds=300 if waits else 0)
        report = another_run(world)

        assert ("nothing is written twice" in report.last_result) is waits
        if not waits:
            world.check_exactly_once("SO-1", "SO-2")

    @pytest.mark.parametrize(
        "call", ["closeConnection", "getLastError", "connectionError", "sendRequestXML"]
    )
    def test_a_later_call_of_the_holder_ends_the_wait(
        self, world: World, holder: tuple[Phone, str], call: str
    ) -> None:
        """Its calls follow each other: who speaks again carries nothing any more."""
        phone, _text = holder
        parameters = {"hresult": "0x80040408", "message": ""} if call == "connectionError" else {}
        if call == "sendRequestXML":
            world.run_web_connector(cut_after=3)  # another one has signed in meanwhile
            assert phone.send("") == ""
        else:
            phone.say(call, ticket=phone.ticket, **parameters)
        assert another_run(world).is_clean

        world.check_exactly_once("SO-1", "SO-2")

    def test_lists_are_read_meanwhile(self, world: World, holder: tuple[Phone, str]) -> None:
        """What only reads goes on: an item entered by hand is known afterwards."""
        before = world.status().records["item"]
        world.enter_books(
            "<ItemServiceAddRq><ItemServiceAdd><Name>Late item</Name><SalesOrPurchase>"
            "<AccountRef><FullName>Sales:Goods</FullName></AccountRef></SalesOrPurchase>"
            "</ItemServiceAdd></ItemServiceAddRq>"
        )
        another_run(world)

        assert world.status().records["item"] == before + 1


class TestLocks:
    """The Web Connector's lock in the company file, as the host answer tells it."""

    LOCKED = "LOCKED:FRONTDESK:638000000000000000"

    def tell(self, world: World, text: str) -> None:
        """Let the host answer tell this lock."""
        row = (
            "<DataExtRet><OwnerID>{7d2f9a54-30c1-4b8e-9a61-c0f27e11d7a3}</OwnerID>"
            "<DataExtName>AppLock</DataExtName><DataExtType>STR255TYPE</DataExtType>"
            f"<DataExtValue>{text}</DataExtValue></DataExtRet>"
        )

        def locked(result: ProcessResult) -> ProcessResult:
            return ProcessResult(result.response.replace("<DataExtRet>", row + "<DataExtRet>", 1))

        world.counter.hcp = locked

    def hold(self, world: World, lock: str) -> Phone:
        """A connector that holds a set, and met this lock."""
        self.tell(world, lock)
        world.orders(1)
        world.read_operations()
        phone = Phone(world)
        phone.sign_in()
        told = world.counter.open_session(None, application="hcp")
        text = phone.send(
            told.host_company_preferences("{7d2f9a54-30c1-4b8e-9a61-c0f27e11d7a3}").response
        )
        while "SalesOrderAdd" not in text:
            phone.receive(phone.quickbooks(text))
            text = phone.send("")
        return phone

    @pytest.mark.parametrize(
        "later, waits",
        [
            (LOCKED, True),
            ("LOCKED:BACKROOM:638000000000000777", True),
            ("UNLOCKED", False),
        ],
    )
    def test_what_the_lock_tells(self, world: World, later: str, waits: bool) -> None:
        """Only a lock that was let go of ends the wait; its holder is named while it lasts."""
        self.hold(world, self.LOCKED)
        self.tell(world, later)
        report = another_run(world)

        assert ("nothing is written twice" in report.last_result) is waits
        if waits:
            assert f"The Web Connector on {later.split(':')[1]}" in report.last_result
        else:
            world.check_exactly_once("SO-1")
