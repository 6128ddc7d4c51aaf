"""The endpoint's answers, call by call: sections 1.3, 1.4 and 8.1 of the reference.

Spoken to as a Web Connector speaks, one SOAP call at a time, in either of the body styles
that are known from the field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from lxml import etree
from msgspec import structs

from counterfoil.connectors.quickbooks_desktop.web_connector.answers import UNKNOWN_RUN
from counterfoil.hub import accounts
from counterfoil.hub.recognised import Recognised
from counterfoil.hub.web_connector import OWNER_ID
from counterfoil.ledger import connections
from counterfoil.sandboxes.quickbooks_desktop import CompanySettings
from counterfoil.sandboxes.web_connector import RunReport
from counterfoil.sandboxes.web_connector._soap import Call, read_text, read_texts
from tests.hub.conftest import Household, OpenWorld
from tests.support.world import World

CORE = (
    "serverVersion",
    "clientVersion",
    "authenticate",
    "sendRequestXML",
    "receiveResponseXML",
    "connectionError",
    "getLastError",
    "closeConnection",
)


class Phone:
    """Makes single SOAP calls to the hub; ``style`` is the body style."""

    def __init__(self, world: World, style: Any = "document") -> None:
        self.world = world
        self.style = style
        self.ticket = ""
        self.number = ""

    @property
    def state(self) -> str:
        return self.world.states()[self.number]

    def run_to_the_end(self, text: str) -> None:
        """Answer a request, and whatever is asked after it."""
        percent = self.receive(self.quickbooks(text))
        while 0 <= percent < 100:
            percent = self.receive(self.quickbooks(self.send("")))
        assert percent == 100

    def raw(self, operation: str, **parameters: str) -> tuple[Call, httpx2.Response]:
        call = Call(operation, list(parameters.items()))
        body = call.body(self.style)
        return call, self.world.http.post("/qbwc", content=body, headers=call.headers)

    def say(self, operation: str, **parameters: str) -> str:
        return read_text(*self.raw(operation, **parameters))

    def authenticate(self, password: str | None = None, user: str | None = None) -> list[str]:
        account = self.world.account
        return read_texts(
            *self.raw(
                "authenticate",
                strUserName=user or account.username or "",
                strPassword=password or account.password or "",
            )
        )

    def sign_in(self) -> list[str]:
        said = self.authenticate()
        self.ticket = said[0]
        return said

    def send(self, hcp: str | None = None, ticket: str | None = None, **more: str) -> str:
        fields = {
            "ticket": self.ticket if ticket is None else ticket,
            "strHCPResponse": self.hcp() if hcp is None else hcp,
            "strCompanyFileName": self.world.counter.company.settings.location,
            "qbXMLCountry": "US",
            "qbXMLMajorVers": "16",
            "qbXMLMinorVers": "0",
        }
        return self.say("sendRequestXML", **(fields | more))

    def receive(
        self, response: str = "", hresult: str = "", message: str = "", ticket: str | None = None
    ) -> int:
        return int(
            self.say(
                "receiveResponseXML",
                ticket=self.ticket if ticket is None else ticket,
                response=response,
                hresult=hresult,
                message=message,
            )
        )

    def last_error(self) -> str:
        return self.say("getLastError", ticket=self.ticket)

    def close(self) -> str:
        return self.say("closeConnection", ticket=self.ticket)

    def hcp(self) -> str:
        session = self.world.counter.open_session(None, application="hcp")
        return session.host_company_preferences(OWNER_ID).response

    def quickbooks(self, text: str) -> str:
        session = self.world.counter.open_session(None, application="Counterfoil Books")
        return session.process(text).response


@pytest.fixture
def world(household: Household) -> Iterator[World]:
    """A company that lives on; each test brings its own orders."""
    with household.visit() as opened:
        opened.clock.advance(hours=2)
        yield opened


@pytest.fixture
def phone(world: World) -> Iterator[Phone]:
    """A line to a hub that has an order waiting; in the end that order is where it belongs."""
    made = Phone(world)
    [made.number] = world.fresh_orders()
    yield made
    world.clock.advance(hours=1)
    world.settle()
    world.check_each_once(made.number)


@pytest.mark.parametrize("style", ["document", "prefixed"])
class TestCheck1:
    """8.1, check 1: all core operations answer, with exact names, in both styles."""

    @pytest.mark.parametrize("operation", CORE)
    def test_every_core_operation_answers_by_its_name(
        self, world: World, style: Any, operation: str
    ) -> None:
        """An operation is answered with ``opResponse/opResult`` in Intuit's namespace."""
        parameters = {
            "clientVersion": {"strVersion": "2.3.0.215"},
            "authenticate": {"strUserName": "nobody", "strPassword": "nothing"},
            "sendRequestXML": {
                "ticket": "x",
                "strHCPResponse": "",
                "strCompanyFileName": "",
                "qbXMLCountry": "US",
                "qbXMLMajorVers": "13",
                "qbXMLMinorVers": "0",
            },
            "receiveResponseXML": {"ticket": "x", "response": "", "hresult": "", "message": ""},
            "connectionError": {"ticket": "x", "hresult": "", "message": ""},
            "getLastError": {"ticket": "x"},
            "closeConnection": {"ticket": "x"},
        }.get(operation, {})
        call, answer = Phone(world, style).raw(operation, **parameters)

        if operation == "authenticate":
            assert len(read_texts(call, answer)) in (2, 3, 4)
        else:
            read_text(call, answer)

    def test_a_whole_session_in_this_style(self, world: World, style: Any) -> None:
        """A run in which an order is written works in either style."""
        [number] = world.fresh_orders()
        phone = Phone(world, style)
        assert phone.sign_in()[1] == ""
        phone.run_to_the_end(phone.send())

        assert phone.close() == "OK: 1 document settled."
        world.check_each_once(number)


class TestCheck2:
    """8.1, check 2: each situation has the answer of 1.3."""

    @pytest.mark.parametrize(
        "call, answer",
        [
            (("sendRequestXML", {"strHCPResponse": ""}), ""),
            (("receiveResponseXML", {"response": ""}), "-1"),
            (("connectionError", {"hresult": "0x80040408"}), "done"),
            (("getLastError", {}), UNKNOWN_RUN),
            (("closeConnection", {}), "OK"),
        ],
    )
    @pytest.mark.parametrize("ticket", ["", "f" * 32, "<&'\"é"])
    def test_an_unknown_ticket_gets_a_harmless_answer(
        self, phone: Phone, call: tuple[str, dict[str, str]], answer: str, ticket: str
    ) -> None:
        """A ticket nobody was given changes nothing and is answered politely."""
        operation, parameters = call

        assert phone.say(operation, ticket=ticket, **parameters) == answer
        assert phone.state == "ready"

    def test_a_wrong_password_is_told_so(self, phone: Phone) -> None:
        """A wrong password, or an unknown user, is ``nvu`` without a postponement."""
        assert phone.authenticate(password="wrong")[1:] == ["nvu"]
        assert phone.authenticate(user="somebody")[1:] == ["nvu"]

    def test_wrong_passwords_slow_down_and_lock_nobody_out(self, phone: Phone) -> None:
        """After five wrong ones the next waits, a minute at most; then the right one opens."""
        phone.world.hub.recognised = Recognised()  # as after a start
        for _ in range(5):
            assert phone.authenticate(password="wrong")[1] == "nvu"
        for _ in range(20):
            phone.world.clock.advance(minutes=1)
            assert phone.authenticate(password="wrong")[1] == "nvu"

        assert phone.authenticate()[1] == "nvu"
        phone.world.clock.advance(minutes=1)
        assert phone.authenticate()[1] == ""
        assert phone.authenticate(password="wrong")[1] == "nvu"
        assert phone.authenticate()[1] == ""

    def test_a_stranger_behind_the_same_address_locks_nobody_out(self, phone: Phone) -> None:
        """A password that opened before opens at once, however many wrong ones come beside it."""
        assert phone.authenticate()[1] == ""
        for _ in range(20):
            assert phone.authenticate(password="wrong")[1] == "nvu"

        assert phone.authenticate()[1] == ""

    def test_a_renewed_password_ends_the_old_one(self, phone: Phone) -> None:
        """A new password is good at once, and the old one no longer."""
        world = phone.world
        with world.hub.database.reading() as tx:
            connection = connections.by_user_name(tx, world.account.username or "")
        assert connection is not None
        fresh = accounts.new_password_for(world.hub, connection, "A tester")

        assert phone.authenticate()[1] == "nvu"
        assert phone.authenticate(password=fresh)[1] == ""
        world.account = structs.replace(world.account, password=fresh)

    def test_no_work_is_none_and_work_is_an_empty_text(self, world: World) -> None:
        """``none`` only while there is nothing to do; an empty second text while there is."""
        phone = Phone(world)
        assert world.sync().is_clean
        assert phone.authenticate()[1:] == ["none"]
        world.fresh_orders()

        assert phone.authenticate()[1:] == [""]

    def test_a_company_file_that_was_named_is_asked_for(self, open_company: OpenWorld) -> None:
        """A connection that knows its file's path names it, instead of taking whatever is open."""
        path = r"C:\Users\Public\Documents\Intuit\QuickBooks\Larkspur Fixtures.qbw"
        world = open_company(company_file=path)

        assert Phone(world).sign_in()[1:] == [path]
        assert world.sync().is_clean

    def test_tickets_cannot_be_guessed(self, phone: Phone) -> None:
        """Each ticket is new, and long enough that nobody finds one by trying."""
        tickets = {phone.authenticate()[0] for _ in range(5)}

        assert len(tickets) == 5
        assert all(re.fullmatch("[0-9a-f]{32}", ticket) for ticket in tickets)

    def test_a_newer_run_wins_and_the_old_ticket_is_dead(self, phone: Phone) -> None:
        """After a second sign-in the first ticket gets only harmless answers (quirk 24)."""
        first = phone.sign_in()[0]
        asked = phone.send()
        phone.sign_in()

        assert phone.send("", ticket=first) == ""
        assert phone.receive(phone.quickbooks(asked), ticket=first) == -1
        assert phone.send() != ""

    def test_endless_connection_errors_come_to_an_end(self, open_company: OpenWorld) -> None:
        """The file's path, then whatever is open, then ``done``: never a circle (quirk 36)."""
        path = r"D:\Elsewhere\Moved.qbw"
        world = open_company(company_file=path)
        world.order("SO-1", "ACME", "1 BOLT 1.50")
        world.read_operations()
        phone = Phone(world)
        phone.sign_in()
        said = [
            phone.say("connectionError", ticket=phone.ticket, hresult="0x80040408", message="no")
            for _ in range(4)
        ]

        assert said == [path, "", "done", "done"]
        assert "QuickBooks" in phone.last_error()

    def test_an_open_dialog_ends_the_run_at_once(self, phone: Phone) -> None:
        """What is still wrong a second later is not tried again within the run."""
        phone.sign_in()
        answer = phone.say(
            "connectionError", ticket=phone.ticket, hresult="0x80040414", message="modal"
        )

        assert answer == "done"
        assert "close the open window" in phone.last_error()
        assert "close the open window" in phone.close()

    def test_a_parse_error_is_a_number_and_no_fault(self, phone: Phone) -> None:
        """An answer that is no XML is answered with a negative number and a sentence."""
        phone.sign_in()
        phone.send()

        assert phone.receive("<QBXML><QBXMLMsgsRs>") < 0
        assert "read" in phone.last_error()
        assert phone.close()

    def test_an_answer_that_nobody_waits_for_changes_nothing(self, phone: Phone) -> None:
        """A response before any request is answered with the progress so far."""
        phone.sign_in()

        assert phone.receive("<QBXML><QBXMLMsgsRs/></QBXML>") < 100
        assert phone.state == "ready"

    def test_a_request_asked_for_twice_counts_the_first_as_lost(self, phone: Phone) -> None:
        """A second sendRequestXML without an answer means that the first one's was lost."""
        phone.sign_in()
        first = phone.send()
        second = phone.send("")

        assert first
        assert second
        phone.run_to_the_end(second)

    def test_closing_in_the_middle_keeps_the_work(self, phone: Phone) -> None:
        """A user who cancels the run loses nothing: the next one finishes."""
        phone.sign_in()
        phone.receive(phone.quickbooks(phone.send()))
        phone.send("")
        assert "waiting" in phone.close()

        assert phone.last_error()


def _envelope(inner: str, *, header: str = "", declared: str = "utf-8") -> str:
    return (
        f'<?xml version="1.0" encoding="{declared}"?>'
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/">'
        f"{header}<e:Body>{inner}</e:Body></e:Envelope>"
    )


def _version(text: str) -> str:
    return (
        '<clientVersion xmlns="http://developer.intuit.com/">'
        f"<strVersion>{text}</strVersion></clientVersion>"
    )


VERSION = _envelope(_version("34.0.10020.67"))
ADDRESSED = (
    '<e:Header><a:To xmlns:a="http://www.w3.org/2005/08/addressing" e:mustUnderstand="1">'
    "https://hub.example.com/qbwc</a:To></e:Header>"
)
NO_PASSWORD = _envelope(
    '<authenticate xmlns="http://developer.intuit.com/"><strUserName>nobody</strUserName>'
    '<strPassword xmlns:x="http://www.w3.org/2001/XMLSchema-instance" x:nil="true"/>'
    "</authenticate>"
)


class TestEnvelopes:
    """Ways of writing a call that are known from the field."""

    def test_each_is_understood(self, world: World) -> None:
        """Marks, charsets, media types and headers that vary: each call is answered as itself."""
        text = "text/xml; charset=utf-8"
        accepted = b"<clientVersionResult></clientVersionResult>"
        rows: list[tuple[str, bytes, str | None, str]] = [
            ("a mark", b"\xef\xbb\xbf" + VERSION.encode(), text, "/qbwc"),
            ("quotes", VERSION.encode(), 'text/xml; charset="utf-8"', "/qbwc"),
            ("single quotes", VERSION.encode(), "text/xml; charset='utf-8'", "/qbwc"),
            ("no charset", VERSION.encode(), "text/xml", "/qbwc"),
            ("no media type", VERSION.encode(), None, "/qbwc"),
            ("SOAP 1.2", VERSION.encode(), "application/soap+xml; charset=utf-8", "/qbwc"),
            ("UTF-16", VERSION.encode("utf-16"), "text/xml", "/qbwc"),
            ("the POST address", VERSION.encode(), text, "/qbwc?wsdl"),
            (
                "another declaration",
                _envelope(_version("34.0"), declared="Windows-1252").encode(),
                text,
                "/qbwc",
            ),
            ("a header", _envelope(_version("34.0"), header=ADDRESSED).encode(), text, "/qbwc"),
            *(
                (f"version {version!r}", _envelope(_version(version)).encode(), text, "/qbwc")
                for version in ("2.1.0.30", "2.0.0.139 (R3)", "")
            ),
        ]
        for name, body, media_type, path in rows:
            headers = {} if media_type is None else {"Content-Type": media_type}
            answer = world.http.post(path, content=body, headers=headers)
            assert answer.status_code == 200, name
            assert accepted in answer.content, name

    def test_a_password_that_is_nil_is_a_wrong_one(self, world: World) -> None:
        """Nothing typed yet: not a valid user, and no fault."""
        answer = world.http.post("/qbwc", content=NO_PASSWORD.encode())

        assert answer.status_code == 200
        assert b"<string>nvu</string>" in answer.content

    def test_a_first_request_without_facts_or_country(self, phone: Phone) -> None:
        """What the company said and where it is are missing: the run goes on."""
        phone.sign_in()

        phone.run_to_the_end(phone.send("", qbXMLCountry=""))


class TestHostile:
    """Bodies that nobody should send."""

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"not xml",
            b"<a/>",
            b"<soap:Envelope xmlns:soap='http://schemas.xmlsoap.org/soap/envelope/'/>",
            (
                b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
                b"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>"
                b"<serverVersion xmlns='http://developer.intuit.com/'>&x;</serverVersion>"
                b"</s:Body></s:Envelope>"
            ),
            (
                b"<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>"
                b"<dropTables xmlns='http://developer.intuit.com/'/></s:Body></s:Envelope>"
            ),
            b"\xff\xfe<\x00",
            b"<a>" * 2000,
        ],
        ids=["empty", "text", "xml", "no-body", "entity", "unknown", "bytes", "deep"],
    )
    def test_a_body_that_is_no_call_gets_a_fault(self, world: World, body: bytes) -> None:
        """What is no call is answered with a SOAP fault that says so, and nothing else happens."""
        answer = world.http.post("/qbwc", content=body, headers={"Content-Type": "text/xml"})

        assert answer.status_code in (400, 413, 500)
        assert b"Fault" in etree.tostring(etree.fromstring(answer.content))
        assert b"root:" not in answer.content

    def test_a_body_larger_than_the_limit_is_refused(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A body beyond the limit is not read to its end."""
        monkeypatch.setattr("counterfoil.api.qbwc.BODY_LIMIT_BYTES", 1000)
        answer = world.http.post("/qbwc", content=b" " * 5000)

        assert answer.status_code == 413

    @pytest.mark.parametrize(
        "response",
        [
            "",
            "garbage",
            "<QBXML><QBXMLMsgsRs><SalesOrderAddRs requestID=",
            "<QBXML><QBXMLMsgsRs/></QBXML>",
            "<html><body>Proxy error</body></html>",
            (
                '<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
                '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><QBXML>&c;</QBXML>'
            ),
            (
                '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
                "<QBXML><QBXMLMsgsRs>&x;</QBXMLMsgsRs></QBXML>"
            ),
            "<QBXML>" + "<a>" * 3000,
            "\x02\x1f",
        ],
        ids="empty garbage cut nothing html laughs entity deep control".split(),
    )
    def test_an_unreadable_answer_of_quickbooks_loses_nothing(
        self, world: World, response: str
    ) -> None:
        """Whatever comes back in place of any answer: every order is there once in the end."""
        for turn in (1, 2, 3):
            numbers = world.fresh_orders(3)
            wanted = len(world.counter.seen) + turn

            def spoil(text: str, result: Any, wanted: int = wanted) -> Any:
                return type(result)(response) if len(world.counter.seen) == wanted else result

            world.counter.after = spoil
            report = world.run_web_connector()
            world.counter.after = None

            assert report.ending in {"error", "done"}
            world.settle()
            world.check_each_once(*numbers)
            world.clock.advance(hours=2)

    def test_a_huge_answer_is_refused_and_asked_for_again(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An answer beyond the limit counts as lost; the next run asks for it."""
        numbers = world.fresh_orders(2)
        with monkeypatch.context() as patch:
            patch.setattr(
                "counterfoil.connectors.quickbooks_desktop.messages._answers.ANSWER_LIMIT_BYTES",
                1500,
            )
            report = world.run_web_connector()
        assert report.ending == "error"

        world.settle()
        world.check_each_once(*numbers)


class TestFirstCall:
    """What the first request of a run learns of the company, and what it does without."""

    @pytest.mark.parametrize(
        "hcp",
        [
            "",
            "The HostQuery, CompanyQuery and PreferencesQuery are not supported by QBPOS.",
            "<QBXML><QBXMLMsgsRs/></QBXML>",
            "<<<",
        ],
        ids=["none", "qbpos", "empty", "broken"],
    )
    def test_a_run_without_facts_of_the_company_works(self, phone: Phone, hcp: str) -> None:
        """Without a readable answer to the three queries the version of the call is used."""
        phone.sign_in()
        text = phone.send(hcp, qbXMLMajorVers="13")

        assert '<?qbxml version="13.0"?>' in text
        phone.run_to_the_end(text)

    def test_a_version_too_old_is_told_and_nothing_is_sent(self, phone: Phone) -> None:
        """QuickBooks before 2014 is named as the reason; nothing is written."""
        phone.sign_in()

        assert phone.send("", qbXMLMajorVers="12") == ""
        assert "QuickBooks 2014" in phone.last_error()
        assert phone.close()
        assert phone.state == "ready"
        assert "2014" in str(phone.world.status().problem)

    def test_the_version_is_what_the_host_supports(self, open_company: OpenWorld) -> None:
        """The highest version the host names is used, not that of the request processor."""
        world = open_company(
            company=CompanySettings(qbxml_version="13.0", time_zone="America/New_York")
        )
        numbers = world.orders(1)
        world.sync()

        assert all('<?qbxml version="13.0"?>' in text for text in world.counter.seen)
        world.check_exactly_once(*numbers)

    def test_what_the_company_said_is_shown(self, world: World) -> None:
        """Name, file, edition and version of the company stand beside the connection."""
        world.sync()
        facts = world.status().facts

        assert facts["company_name"] == "Larkspur Fixtures Co."
        assert facts["file_mode"] == "SingleUser"
        assert "16.0" in facts["qbxml_versions"]
        assert facts["company_file"].endswith("Larkspur Fixtures.qbw")


def test_progress_tells_the_truth(household: Household) -> None:
    """A run never says 100 while anything is left, and says it when nothing is."""
    with household.visit(requests_per_set="2") as world:
        world.fresh_orders(9)
        report = RunReport()
        for _ in world.web_connector().steps(report):
            if report.progress and report.progress[-1] == 100:
                assert world.unsettled() == {}

    assert report.progress[-1] == 100
    assert all(1 <= each <= 99 for each in report.progress[:-1])
    assert report.progress == sorted(report.progress)
