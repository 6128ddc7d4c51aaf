"""Quirks 2, 4 and 5, section 8: what the Web Connector cannot read ends the run."""

from __future__ import annotations

import httpx2
import pytest

from counterfoil.sandboxes.quickbooks_desktop import CompanyFile
from tests.sandboxes.web_connector.scripted import Server, connector, customer_set, reply, xml

GOOD = reply("authenticate", ["t", ""]).text


@pytest.mark.parametrize(
    "bad",
    [
        xml(GOOD.replace("http://developer.intuit.com/", "http://developer.intuit.com")),
        xml(GOOD.replace("authenticateResult", "AuthenticateResult")),
        xml(GOOD.replace("<authenticateResult>", "<authenticateResult>\n  ")),
        xml(GOOD.replace("<soap:Body>", "\n<soap:Body>")),
        xml("\n" + GOOD),
        xml("\ufeff" + GOOD),
        xml("Warning: something\n" + GOOD),
        xml(GOOD[:-10]),
        xml(GOOD.replace("schemas.xmlsoap.org/soap/envelope/", "www.w3.org/2003/05/soap-envelope")),
        xml(GOOD.replace("<string></string>", "")),
        xml(
            GOOD.replace(
                "<string></string>",
                '<string xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>',
            )
        ),
        xml(GOOD.replace("<string>t</string>", "<item>t</item>")),
        xml(GOOD.replace("<string>t", "<string>a</string>" * 3 + "<string>t")),
        xml('<!DOCTYPE a [<!ENTITY b "c">]>' + GOOD.partition("?>")[2]),
        xml(GOOD, 500),
        xml(GOOD, 404),
        httpx2.Response(200, content=GOOD.encode(), headers={"Content-Type": "text/html"}),
        httpx2.Response(200),
    ],
    ids=[
        "namespace without its slash",
        "element in other case",
        "white space inside",
        "white space around the body",
        "blank first line",
        "byte order mark",
        "a warning before the XML",
        "cut short",
        "SOAP 1.2",
        "second value missing",
        "second value nil",
        "another element",
        "five values",
        "document type",
        "HTTP 500",
        "HTTP 404",
        "not XML by its type",
        "nothing at all",
    ],
)
def test_a_reply_that_cannot_be_read(company: CompanyFile, bad: httpx2.Response) -> None:
    """An unreadable answer to authenticate is QBWC1012, and nothing more is asked."""
    server = Server({"authenticate": [bad]})
    report = connector(server, company).run_once()

    assert (report.ending, report.qbwc_code) == ("error", 1012)
    assert server.order[-1] == "authenticate"


@pytest.mark.parametrize(
    "operation, code",
    [
        ("clientVersion", 1036),
        ("authenticate", 1012),
        ("sendRequestXML", 1041),
        ("receiveResponseXML", 1042),
        ("getLastError", 1043),
        ("closeConnection", 1044),
    ],
)
def test_each_operation_has_its_own_code(company: CompanyFile, operation: str, code: int) -> None:
    """A SOAP fault ends the run with the code of the operation."""
    fault = xml(
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        "<soap:Fault><faultcode>soap:Server</faultcode><faultstring>Out of order</faultstring>"
        "</soap:Fault></soap:Body></soap:Envelope>"
    )
    script = {"sendRequestXML": [customer_set(), ""], "receiveResponseXML": ["50"]}
    report = connector(Server({**script, operation: [fault]}), company).run_once()

    assert report.qbwc_code == code
    assert "Out of order" in report.log[-1]


def test_a_percentage_that_is_no_number(company: CompanyFile) -> None:
    """ReceiveResponseXML has to answer an integer."""
    server = Server({"sendRequestXML": [customer_set()], "receiveResponseXML": ["half"]})

    assert connector(server, company).run_once().qbwc_code == 1042


def test_the_server_version_is_optional(company: CompanyFile) -> None:
    """A server that does not know the call is used all the same."""
    server = Server({"serverVersion": [httpx2.Response(500)]})
    report = connector(server, company).run_once()

    assert report.ending == "done"
    assert any("optional" in entry for entry in report.log)


def test_a_server_that_is_not_there(company: CompanyFile) -> None:
    """No connection is an exception of the operation at hand."""

    def refuse(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("connection refused")

    report = connector(refuse, company).run_once()

    assert (report.ending, report.qbwc_code) == ("error", 1036)
