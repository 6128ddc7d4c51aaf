"""The agent's whole protocol against a hub and a company, in one process (issue 7, section 5)."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from typing import Any

import msgspec
import pytest

from counterfoil.connectors.quickbooks_desktop.marks import FILE_FIELD
from counterfoil.errors import RejectedError
from counterfoil.hub.agents import _run
from counterfoil.ledger import agents, connections, runs
from counterfoil.sandboxes.quickbooks_desktop import Fault
from tests.hub.conftest import OpenWorld
from tests.hub.test_holding import to_the_write
from tests.hub.test_web_connector_calls import Phone
from tests.support.office import Office
from tests.support.world import KilledError, World

ORDERS = ("SO-1", "SO-2", "SO-3")
# Hello, look, and the reports of a run that writes one order.
LAST_CALL = 8


@pytest.fixture
def office(world: World) -> Office:
    """A company whose books are served by an agent, with three orders waiting."""
    world.orders(3)
    world.read_operations()
    return Office(world)


class Radio:
    """Makes single calls to the hub, as an agent makes them."""

    def __init__(self, office: Office, ticket: str = "radio") -> None:
        self.office = office
        self.ticket = ticket
        self.looks = 0

    def post(self, call: str, *, token: str | None = None, **said: Any) -> Any:
        """Call; gives status and answer."""
        bearer = {"Authorization": f"Bearer {token or self.office.token}"}
        answer = self.office.world.http.post(
            f"/agent/{call}", json={"ticket": self.ticket, **said}, headers=bearer
        )
        return answer.status_code, answer.json()

    def hello(self) -> Any:
        return self.post("hello", computer="BOOKS-PC", version="1.0, 64-bit")

    def look(self, *, waits: bool = False) -> Any:
        self.looks += 1
        return self.post("look", number=self.looks, waits=waits)[1]

    def report(self, instruction: Any, **said: Any) -> Any:
        return self.post("report", run=instruction["run"], number=instruction["number"], **said)[1]

    def to_the_write(self) -> Any:
        """Go on until the instruction that writes the orders; gives it."""
        self.hello()
        instruction = self.look()
        while "SalesOrderAddRq" not in instruction.get("text", ""):
            instruction = self.report(instruction, **self.done(instruction))
        return instruction

    def done(self, instruction: Any) -> dict[str, str]:
        """Do what an instruction says, in the sandbox."""
        company = self.office.world.counter.company
        if instruction["do"] == "open":
            return {"company_file": company.settings.location}
        result = company.process(instruction["text"], application="Counterfoil Books")
        return {
            "company_file": company.settings.location,
            "text": result.response,
            "hresult": result.hresult,
            "message": result.message,
        }

    def to_the_end(self, instruction: Any) -> Any:
        while instruction["do"] != "close":
            instruction = self.report(instruction, **self.done(instruction))
        return instruction


@pytest.fixture
def radio(office: Office) -> Radio:
    """An agent of which every call is made by hand."""
    return Radio(office)


class TestARun:
    def test_orders_arrive_once(self, world: World, office: Office) -> None:
        """Everything that waits is in the books once, as through a Web Connector."""
        office.run()

        world.check_exactly_once(*ORDERS)
        assert "3 documents settled" in office.said[-1]

    def test_what_comes_in_is_taken_within_a_second(self, world: World, office: Office) -> None:
        """An agent that waits for work is given it at the hub's next look, half a second later."""
        office.run()
        radio = Radio(office)
        radio.hello()
        while (instruction := radio.look())["do"] != "wait":
            radio.to_the_end(instruction)
        began = world.clock.moment
        entered: list[datetime] = []

        def enter() -> None:
            if not entered and (world.clock.moment - began).total_seconds() >= 5:
                entered.append(world.clock.moment)
                world.order("SO-4", "ACME", "4 BOLT 1.25")
                world.read_operations()

        world.meanwhile = enter
        assert radio.look(waits=True)["do"] == "open"
        assert (world.clock.moment - entered[0]).total_seconds() <= 1

    def test_a_look_without_work_ends(self, office: Office, radio: Radio) -> None:
        """Nothing to do: the poll is answered after a quarter of a minute, and asked anew."""
        office.run()
        radio.hello()
        while (instruction := radio.look())["do"] != "wait":
            radio.to_the_end(instruction)
        began = office.world.clock.moment
        assert radio.look(waits=True) == {"do": "wait"}
        assert 10 <= (office.world.clock.moment - began).total_seconds() <= 20

    def test_what_cannot_be_settled_is_not_tried_all_the_time(
        self, world: World, office: Office
    ) -> None:
        """A run that settles nothing is followed by a rest of a minute, unless something is new."""
        world.counter.company.faults.arm(Fault(kind="modal-dialog-during-run", count=None))
        office.run()
        trips = len(world.counter.seen)
        office.run()
        assert len(world.counter.seen) == trips
        world.counter.company.faults.clear()
        world.clock.wait(61)
        office.run()
        world.check_exactly_once(*ORDERS)


class TestWhatIsLost:
    @pytest.mark.slow
    @pytest.mark.parametrize("fate", ["request", "answer", "twice"])
    def test_any_call_may_be_lost_or_come_twice(self, world: World, fate: str) -> None:
        """Each call of a run lost on its way there, on its way back, or doubled: once each."""
        office = Office(world)
        for call in range(1, LAST_CALL + 1):
            world.order(f"SO-{call}", "ACME", "1 BOLT 1.25")
            world.read_operations()
            office.started()
            with world.pipe.spoiled_at(call, fate):
                office.run()
            assert not world.unsettled()
        world.check_exactly_once(*(f"SO-{call}" for call in range(1, LAST_CALL + 1)))

    @pytest.mark.slow
    @pytest.mark.parametrize("fate", ["kill before", "kill after"])
    def test_an_agent_may_crash_between_any_two_steps(self, world: World, fate: str) -> None:
        """The next conversation asks what became of what the last one carried."""
        office = Office(world)
        for call in range(1, LAST_CALL + 1):
            world.order(f"SO-{call}", "ACME", "1 BOLT 1.25")
            world.read_operations()
            office.started()
            with suppress(KilledError), world.pipe.spoiled_at(call, fate):
                office.run()
            world.clock.wait(60)
            office.restart()
        office.settle()
        world.check_exactly_once(*(f"SO-{call}" for call in range(1, LAST_CALL + 1)))

    def test_the_same_set_is_given_again(self, radio: Radio) -> None:
        """A report that is repeated, for its answer was lost, is answered with the same text."""
        write = radio.to_the_write()
        answer = radio.done(write)
        following = radio.report(write, **answer)
        assert radio.report(write, **answer) == following

    def test_a_hub_that_starts_anew_goes_on(self, world: World, radio: Radio) -> None:
        """Nothing of a conversation or a run is kept outside of the database."""
        write = radio.to_the_write()
        world.restart()
        radio.to_the_end(write)
        world.check_exactly_once(*ORDERS)

    def test_quickbooks_is_given_back_while_the_hub_is_away(
        self, world: World, office: Office
    ) -> None:
        """After half a minute the file is closed; what was answered is told as soon as it can be."""
        lost = {"left": 8}

        def spoil(_number: int, body: str) -> str | None:
            if "SalesOrderAddRs" in body and lost["left"]:
                lost["left"] -= 1
                return "request"
            return None

        world.pipe.spoil = spoil
        office.run()
        assert any("given back" in each for each in office.said)
        world.check_exactly_once(*ORDERS)

    def test_quickbooks_that_crashes_is_asked_afterwards(
        self, world: World, office: Office
    ) -> None:
        """It wrote and its answer was lost: the next run learns what became of it."""
        world.counter.company.faults.arm(Fault(kind="crash-after-commit", match="SalesOrderAdd"))
        office.run()
        office.settle()
        world.check_exactly_once(*ORDERS)


class TestOneAtATime:
    def test_the_newest_agent_ends_the_older_one(self, world: World, office: Office) -> None:
        """B20: two agents on one file never work side by side; the older one is told to stop."""
        old = Radio(office, "old")
        write = old.to_the_write()
        answer = old.done(write)
        new = Radio(office, "new")
        new.hello()
        status, said = old.post("report", run=write["run"], number=write["number"], **answer)
        assert status == 409
        assert "newer agent" in said["error"]["message"]
        # What it told is kept, so that nothing has to be asked.
        assert set(world.states().values()) == {"done"}
        new.to_the_end(new.look())
        world.check_exactly_once(*ORDERS)

    def test_an_agent_that_was_superseded_ends(self, office: Office) -> None:
        """It does not come back by itself: both would take the file from each other for ever."""
        office.run()
        first = office.agent
        office.started()
        office.run()
        with pytest.raises(RejectedError, match="newer agent"):
            first._look(waits=False)  # noqa: SLF001 - its next look

    def test_an_old_token_is_refused_at_once(self, office: Office) -> None:
        """B20: moving to another computer: the new token ends the old agent, in a run as well."""
        radio = Radio(office)
        write = radio.to_the_write()
        old, office.token = office.token, office.new_token()
        for call in ("hello", "look", "report"):
            said = {"run": write["run"], "number": write["number"]}
            status, _ = radio.post(call, token=old, **said)
            assert status == 401

    def test_the_new_computer_goes_on_without_duplicates(
        self, world: World, office: Office
    ) -> None:
        """B20: what the old one was carrying is asked about; settings and pairings are as before."""
        write = Radio(office).to_the_write()
        Radio(office).done(write)  # QuickBooks has written them, and nobody was told
        office.token = office.new_token()
        world.clock.wait(60)
        office.restart()
        office.settle()
        world.check_exactly_once(*ORDERS)

    def test_a_web_connector_ends_the_agents_run(self, world: World, office: Office) -> None:
        """The newest run wins, whoever carries it; the late answer of the other is kept."""
        radio = Radio(office)
        write = radio.to_the_write()
        phone = Phone(world)
        phone.sign_in()
        closing = radio.report(write, **radio.done(write))
        assert closing["do"] == "close"
        assert set(world.states().values()) == {"done"}

    def test_an_agent_leaves_a_web_connector_at_work_alone(
        self, world: World, office: Office
    ) -> None:
        """Waiting for work, it does not end a run that another carrier is in the middle of."""
        phone = Phone(world)
        phone.sign_in()
        to_the_write(phone)
        radio = Radio(office)
        radio.hello()
        assert radio.look() == {"do": "wait"}
        world.clock.wait(11 * 60)
        assert radio.look()["do"] == "open"

    def test_a_look_that_was_given_up_begins_no_run(self, office: Office, radio: Radio) -> None:
        """A poll whose agent looks anew already would end that one's run."""
        radio.hello()
        radio.looks = 5
        assert radio.look()["do"] == "open"
        assert radio.post("look", number=3, waits=False)[1] == {"do": "wait"}

    def test_a_greeting_that_comes_twice_is_one_conversation(
        self, office: Office, radio: Radio
    ) -> None:
        """Its ticket is the agent's own, so the second copy ends nothing."""
        radio.hello()
        first = radio.look()
        radio.hello()
        assert radio.report(first, **radio.done(first))["do"] == "carry"


class TestCalls:
    def test_no_other_token_opens(self, radio: Radio) -> None:
        """401 whatever is wrong with it, each after a second."""
        for token in ("none", "cfa-1-x", "cfa-99999-x", "cfa-x-x", f"cfa-{'9' * 20}-x"):
            began = radio.office.world.clock.moment
            status, said = radio.post("hello", token=token)
            assert (status, "token" in said["error"]["message"]) == (401, True)
            assert radio.office.world.clock.moment > began

    def test_an_unreadable_call_is_refused(self, radio: Radio) -> None:
        """What is no call of the protocol changes nothing: 400."""
        assert radio.post("look", number="many")[0] == 400

    @pytest.mark.parametrize(
        "call, body",
        [
            ("hello", b'{"ticket": "\xff"}'),
            ("hello", b'{"ticket": "radio", "computer": "\xed\xa0\x80"}'),
            ("look", b'{"ticket": "radio", "number": 9223372036854775808}'),
            ("look", b'{"ticket": "radio", "number": 2147483648}'),
            ("look", b'{"ticket": "radio", "number": -1}'),
        ],
    )
    def test_what_nothing_can_keep_is_refused(self, radio: Radio, call: str, body: bytes) -> None:
        """Texts that are no UTF-8 and numbers that no database holds: 400, and no crash."""
        radio.hello()
        bearer = {"Authorization": f"Bearer {radio.office.token}"}
        answer = radio.office.world.http.post(f"/agent/{call}", content=body, headers=bearer)
        assert answer.status_code == 400

    def test_characters_that_no_line_holds(self, world: World, radio: Radio) -> None:
        """A zero byte in a message of Windows stands in no sentence and stops nothing."""
        radio.post("hello", computer="BOOKS\0PC", version="1.0\0")
        with world.hub.database.reading() as tx:
            agent = agents.load(tx, world.books_id)
        assert agent is not None
        assert agent.computer == "BOOKS PC"
        closing = radio.report(radio.look(), hresult="0x80049999", message="not\0now")
        assert "QuickBooks says: not now." in closing["sentence"]

    def test_a_run_of_another_connection_is_not_touched(self, radio: Radio) -> None:
        """A ticket that is not this connection's is answered like one that nobody knows."""
        radio.hello()
        closing = radio.post("report", run="nobody's", number=1)[1]
        assert closing["do"] == "close"
        # An agent has no buttons to press.
        assert "by itself" in closing["sentence"]

    def test_out_of_step_ends_the_run(self, world: World, radio: Radio) -> None:
        """A report from the future is not believed; what was sent is asked about."""
        write = radio.to_the_write()
        ahead = {**write, "number": write["number"] + 7}
        assert radio.report(ahead, text="<QBXML/>")["do"] == "close"
        assert set(world.states().values()) == {"unknown"}


class TestTheFile:
    def test_the_agent_marks_the_company_file(self, world: World, office: Office) -> None:
        """A file that no Web Connector serves bears our own field, and is known by it."""
        forget_file_id(world)
        office.run()
        assert FILE_FIELD in str(world.counter.seen)
        assert books(world).account is not None
        world.check_exactly_once(*ORDERS)

    def test_another_file_stops_everything(self, world: World, office: Office) -> None:
        """A copy made another company: nothing is written until a person confirms it."""
        office.run()
        world.order("SO-4", "ACME", "4 BOLT 1.25")
        world.read_operations()
        world.counter.location = "D:\\Elsewhere\\Copy.qbw"
        office.run()
        assert "another place" in office.said[-1]
        assert world.states()["SO-4"] == "ready"
        assert world.answers_about_file()
        world.clock.wait(61)
        office.run()
        world.check_exactly_once(*ORDERS, "SO-4")

    def test_a_file_that_does_not_open_is_told(self, world: World, office: Office) -> None:
        """The number is explained, and the connection shows it."""
        world.counter.company.faults.arm(Fault(kind="closed", count=10))
        office.run()
        assert world.status().problem
        with world.hub.database.reading() as tx:
            assert runs.recent(tx, world.books_id, 1)[0].problem


class TestOpening:
    @pytest.mark.parametrize(
        "hresult, mode", [("0x80040410", "any"), ("0x80040422", "any"), ("0x8004041A", None)]
    )
    def test_alone_only_if_it_can_be(
        self, radio: Radio, monkeypatch: pytest.MonkeyPatch, hresult: str, mode: str | None
    ) -> None:
        """STOCK: stock asks for the file alone; where others work in it, all else still goes."""
        monkeypatch.setattr(_run, "_needs_file_alone", lambda _tx, _connection: True)
        radio.hello()
        opening = radio.look()
        assert opening["mode"] == "single"
        following = radio.report(opening, hresult=hresult, message="in use")
        assert following["do"] == ("open" if mode else "close")
        assert following.get("mode", "any") == "any"
        if mode:
            # The same again, where its answer was lost.
            assert radio.report(opening, hresult=hresult, message="in use") == following
            assert radio.report(following, **radio.done(following))["do"] == "carry"

    def test_the_file_that_is_open_is_tried_last(self, open_company: OpenWorld) -> None:
        """The path the hub knows is gone: then what is open, whose identity is checked next."""
        world = open_company(company_file="C:\\Gone\\Books.qbw")
        world.orders(1)
        world.read_operations()
        radio = Radio(Office(world))
        radio.hello()
        tried = [radio.look()]
        while (following := radio.report(tried[-1], hresult="0x8004040A"))["do"] == "open":
            tried.append(following)
        paths = [each.get("company_file", "") for each in tried]
        assert paths == ["C:\\Gone\\Books.qbw", "C:\\Gone\\Books.qbw", ""]

    def test_a_wrong_bitness_is_named_at_the_hub(self, world: World, radio: Radio) -> None:
        """Whoever reads the connection's problem learns which Python to install."""
        radio.hello()
        radio.report(radio.look(), hresult="0x80040154", message="Class not registered")
        assert "64-bit program" in str(world.status().problem)


def forget_file_id(world: World) -> None:
    """Take the Web Connector's FileID out of the company file: it was never added there."""
    deleting = (
        '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError">'
        "<DataExtDelRq><DataExtDel><OwnerID>{7d2f9a54-30c1-4b8e-9a61-c0f27e11d7a3}</OwnerID>"
        "<DataExtName>FileID</DataExtName><OtherDataExtType>Company</OtherDataExtType>"
        "</DataExtDel></DataExtDelRq></QBXMLMsgsRq></QBXML>"
    )
    assert 'statusCode="0"' in world.counter.company.process(deleting).response


def books(world: World) -> connections.Connection:
    """The connection to the books, as it is now."""
    with world.hub.database.reading() as tx:
        found = connections.load(tx, world.books_id)
    assert found is not None
    return msgspec.structs.replace(found)
