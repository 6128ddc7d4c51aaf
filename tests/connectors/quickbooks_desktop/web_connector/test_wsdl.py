"""The WSDL, and the whole wire, before judges who share no reading of the protocol with us."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import httpx2
import pytest
from lxml import etree
from qbwc_kit.testing import FakeQuickBooks, FakeWebConnector

from counterfoil.connectors.quickbooks_desktop.web_connector import answers
from counterfoil.connectors.quickbooks_desktop.web_connector.order import (
    Decision,
    Due,
    decide,
    due_after,
    polite_answer,
)
from counterfoil.connectors.quickbooks_desktop.web_connector.soap import (
    Authenticate,
    Call,
    ClientVersion,
    CloseConnection,
    ConnectionError_,
    GetInteractiveUrl,
    GetLastError,
    InteractiveDone,
    InteractiveRejected,
    Operation,
    ReceiveResponse,
    Result,
    SendRequest,
    ServerVersion,
    parse_call,
    render_reply,
    soap_fault,
)
from counterfoil.connectors.quickbooks_desktop.web_connector.wsdl import wsdl
from tests.connectors.quickbooks_desktop.web_connector.builders import LIMIT, host_facts
from tests.connectors.quickbooks_desktop.web_connector.judges import (
    INTUIT_WSDL,
    Endpoint,
    HttpAnswer,
    in_process,
    kit_transport,
    over_http,
    run_update,
    zeep_service,
)

URL = "https://hub.example.com/qbwc?a=1&b=2"
OURS = wsdl(URL)
WSDL = {"w": "http://schemas.xmlsoap.org/wsdl/", "s": "http://schemas.xmlsoap.org/wsdl/soap/"}
QUERY = (
    '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML>'
    '<QBXMLMsgsRq onError="continueOnError"><CustomerQueryRq requestID="{}"/></QBXMLMsgsRq></QBXML>'
)
NOT_ASCII = "Größe <10> & “Ünïcode” 漢字\ttab"


@dataclass
class Listener:
    """An endpoint that writes down each call and answers it with the same result."""

    result: Result
    heard: list[Call] = field(default_factory=list)

    def __call__(self, body: bytes) -> bytes:
        call = parse_call(body, limit_bytes=LIMIT)
        self.heard.append(call)
        return render_reply(call, self.result)


@dataclass
class Hub:
    """The smallest thing that can answer a run: so many queries, one company, one run."""

    queries: int
    ticket: str = field(default_factory=lambda: str(uuid.uuid4()))
    due: Due = Due.SIGN_IN
    sent: int = 0
    hcp_seen: list[str] = field(default_factory=list)
    responses: list[str] = field(default_factory=list)
    constants: ClassVar[Mapping[Operation, str]] = {
        Operation.SERVER_VERSION: "Counterfoil",
        Operation.GET_SERVER_VERSION: "Counterfoil",
        Operation.CLIENT_VERSION: answers.VERSION_ACCEPTED,
        Operation.GET_LAST_ERROR: answers.last_error("QuickBooks could not read the request."),
        Operation.CLOSE_CONNECTION: answers.CLOSED,
        Operation.GET_INTERACTIVE_URL: answers.INTERACTIVE_URL,
        Operation.INTERACTIVE_DONE: answers.INTERACTIVE_DONE,
        Operation.INTERACTIVE_REJECTED: answers.INTERACTIVE_REJECTED,
    }

    def __call__(self, body: bytes) -> bytes:
        call = parse_call(body, limit_bytes=LIMIT)
        if decide(self.due, call.operation) is Decision.REFUSE:
            return render_reply(call, polite_answer(call.operation))
        answer = self.answer(call)
        self.due = due_after(self.due, call.operation, answer)
        if isinstance(answer, answers.AuthenticateAnswer):
            return render_reply(call, answer.strings)
        return render_reply(call, answer)

    def answer(self, call: Call) -> answers.AuthenticateAnswer | str | int:
        match call:
            case Authenticate(user_name="acme", password="not-a-real-one"):
                return answers.work(self.ticket) if self.queries else answers.no_work(self.ticket)
            case Authenticate():
                return answers.not_valid_user(self.ticket)
            case SendRequest():
                self.hcp_seen.append(call.hcp_response)
                self.sent += 1
                return QUERY.format(self.sent)
            case ReceiveResponse(hresult=""):
                self.responses.append(call.response)
                done = self.sent == self.queries
                return answers.ALL_DONE if done else answers.progress(self.sent, self.queries)
            case ReceiveResponse():
                return answers.failure(101)
            case ConnectionError_():
                return answers.connection_error_answer(9, call.hresult)
            case _:
                return self.constants[call.operation]


def at(url: str, reply: Callable[[bytes], bytes]) -> Endpoint:
    """An in-process endpoint that minds where it is addressed and what it is sent as."""
    inner = in_process(reply)

    def post(address: str, body: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        assert address == url
        assert headers["Content-Type"] == "text/xml; charset=utf-8"
        return inner(address, body, headers)

    return post


class TestTheDocument:
    def test_names_eleven_operations(self) -> None:
        """All eleven operations are bound, the alias of serverVersion is not."""
        bound = etree.fromstring(OURS).findall("w:binding/w:operation", WSDL)

        assert [operation.get("name") for operation in bound] == [
            name for name in Operation if name is not Operation.GET_SERVER_VERSION
        ]

    def test_soap_action_is_namespace_and_name(self) -> None:
        """The SOAPAction of each operation is the service's namespace and its name."""
        for operation in etree.fromstring(OURS).findall("w:binding/w:operation", WSDL):
            soap = operation.find("s:operation", WSDL)

            assert soap is not None
            assert soap.get("soapAction") == f"http://developer.intuit.com/{operation.get('name')}"

    def test_carries_the_address_it_is_served_at(self) -> None:
        """The address is ours, whole, and escaped."""
        address = etree.fromstring(OURS).find("w:service/w:port/s:address", WSDL)

        assert address is not None
        assert address.get("location") == URL

    def test_only_numbers_must_be_there(self) -> None:
        """Texts may be absent, numbers have no empty value, and nothing comes twice."""
        fields = etree.fromstring(OURS).findall(".//{*}complexType/{*}sequence/{*}element")
        single = [field for field in fields if field.get("name") != "string"]

        assert {field.get("name") for field in single if field.get("minOccurs") == "1"} == {
            "qbXMLMajorVers",
            "qbXMLMinorVers",
            "receiveResponseXMLResult",
        }
        assert all(field.get("maxOccurs") is None for field in single)

    @pytest.mark.parametrize("url", ["", "/qbwc", "hub.example.com/qbwc", "ftp://hub/qbwc"])
    def test_needs_a_whole_address(self, url: str) -> None:
        """An address that no client could call is refused."""
        with pytest.raises(ValueError, match="give it whole"):
            wsdl(url)


# What a zeep caller says, and the call that must arrive.
SAID: dict[str, tuple[dict[str, Any], Call]] = {
    "serverVersion": ({}, ServerVersion()),
    "clientVersion": ({"strVersion": "2.3"}, ClientVersion("2.3")),
    "authenticate": (
        {"strUserName": NOT_ASCII, "strPassword": "<&>'\""},
        Authenticate(NOT_ASCII, "<&>'\""),
    ),
    "sendRequestXML": (
        {
            "ticket": "t",
            "strHCPResponse": host_facts(),
            "strCompanyFileName": NOT_ASCII,
            "qbXMLCountry": "CA",
            "qbXMLMajorVers": 13,
            "qbXMLMinorVers": 1,
        },
        SendRequest("t", host_facts(), NOT_ASCII, "CA", 13, 1),
    ),
    "receiveResponseXML": (
        {"ticket": "t", "response": host_facts(), "hresult": "", "message": ""},
        ReceiveResponse("t", host_facts(), "", ""),
    ),
    "connectionError": (
        {"ticket": "t", "hresult": "0x80040408", "message": NOT_ASCII},
        ConnectionError_("t", "0x80040408", NOT_ASCII),
    ),
    "getLastError": ({"ticket": "t"}, GetLastError("t")),
    "closeConnection": ({"ticket": "t"}, CloseConnection("t")),
    "getInteractiveURL": ({"wcTicket": "t", "sessionID": "s"}, GetInteractiveUrl("t", "s")),
    "interactiveDone": ({"wcTicket": "t"}, InteractiveDone("t")),
    "interactiveRejected": ({"wcTicket": "t", "reason": "r"}, InteractiveRejected("t", "r")),
}


# The sample WSDL leaves the interactive operations out.
TOLD = [
    *(pytest.param(OURS, name, id=f"{name}, our WSDL") for name in SAID),
    *(
        pytest.param(INTUIT_WSDL, name, id=f"{name}, Intuit's WSDL")
        for name in SAID
        if "nteractive" not in name
    ),
]


class TestZeepCall:
    @pytest.mark.parametrize("contract,name", TOLD)
    def test_is_understood_and_understands(self, contract: bytes | Path, name: str) -> None:
        """Quirk 3: what zeep sends from the WSDL is read, and it reads every reply."""
        spoken, expected = SAID[name]
        results: dict[str, Result] = {
            "authenticate": ["t", "", "", "60"],
            "receiveResponseXML": -7,
        }
        result = results.get(name, NOT_ASCII)
        listener = Listener(result)
        service = zeep_service(contract, at(URL, listener), URL)

        got = service[name](**spoken)

        assert listener.heard == [expected]
        if name == "authenticate":
            got = [text or "" for text in got]  # zeep reads an empty element as None
        assert got == result


@pytest.mark.parametrize("contract", [OURS, INTUIT_WSDL], ids=["our WSDL", "Intuit's WSDL"])
class TestZeepRun:
    def test_plays_a_whole_run(self, contract: bytes | Path) -> None:
        """A run of three requests goes through in the documented order."""
        hub = Hub(queries=3)
        service = zeep_service(contract, at(URL, hub), URL)

        said = run_update(
            service,
            lambda request: f"<QBXML>{len(request)}</QBXML>",
            user_name="acme",
            password="not-a-real-one",
            host_facts=host_facts(),
        )

        assert said.server_version == "Counterfoil"
        assert said.requests == [QUERY.format(n) for n in (1, 2, 3)]
        assert said.progress == [33, 66, 100]
        assert (said.last_error, said.closed) == (None, "OK")
        assert hub.hcp_seen == [host_facts(), "", ""]
        assert hub.due is Due.CLOSED

    def test_reads_a_fault(self, contract: bytes | Path) -> None:
        """A fault arrives as one, with its sentence."""
        service = zeep_service(contract, in_process(lambda body: soap_fault("Too <long>.")), URL)

        with pytest.raises(Exception, match="Too <long>") as failure:
            service.getLastError(ticket="t")

        assert type(failure.value).__name__ == "Fault"


class TestWrongPassword:
    def test_is_told_without_a_run(self) -> None:
        """A wrong password gives nvu, and no request is ever handed out."""
        hub = Hub(queries=3)
        service = zeep_service(OURS, at(URL, hub), URL)

        said = run_update(service, lambda request: request, user_name="acme", password="wrong")

        assert (said.status, said.requests, said.closed) == ("nvu", [], "OK")


class TestKit:
    def test_web_connector_double_plays_a_whole_run(self) -> None:
        """Another author's Web Connector and QuickBooks go through a run with us."""
        hub = Hub(queries=2)
        connector = FakeWebConnector(
            kit_transport(at(URL, hub), URL), username="acme", password="not-a-real-one"
        )
        customers = FakeQuickBooks(entities={"Customer": [{"ListID": "1", "Name": "Acme"}]})

        result = connector.run_update(customers)

        assert result.authenticated
        assert result.progress == [50, 100]
        assert result.close_message == "OK"
        assert all("<Name>Acme</Name>" in response for response in hub.responses)

    def test_web_connector_double_reports_a_lost_connection(self) -> None:
        """connectionError, getLastError and serverVersion are understood by it too."""
        hub = Hub(queries=1)
        connector = FakeWebConnector(kit_transport(at(URL, hub), URL))

        assert connector.server_version() == "Counterfoil"
        assert connector.connection_error("t", "0x80040414", "A modal dialog") == "done"
        assert "no longer known" in connector.last_error("t")


class TestOverHttp:
    def test_posts_through_any_client(self) -> None:
        """The judges can be pointed at a hub behind HTTP, here one without a socket."""
        hub = Hub(queries=1)
        seen = itertools.count()

        def serve(request: httpx2.Request) -> httpx2.Response:
            next(seen)
            return httpx2.Response(
                200,
                content=hub(request.content),
                headers={"Content-Type": "text/xml; charset=utf-8"},
            )

        with httpx2.Client(transport=httpx2.MockTransport(serve)) as client:
            service = zeep_service(OURS, over_http(client), URL)
            said = run_update(
                service, lambda request: "<QBXML/>", user_name="acme", password="not-a-real-one"
            )

        assert said.progress == [100]
        assert next(seen) == 6
