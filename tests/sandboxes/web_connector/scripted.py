"""A server that says what a test tells it to, and writes down what it was asked.

It speaks SOAP as text: replies are formatted here, requests read with lxml, so
that neither the product's endpoint nor the stand-in's own reader is trusted.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from xml.sax.saxutils import escape

import httpx2
from lxml import etree

from counterfoil.sandboxes.web_connector import QuickBooks, RunFaults, WebConnector, parse_qwc

NAMESPACE = "http://developer.intuit.com/"
OWNER = "{57F3B9B1-86F1-4fcc-B1EE-566DE1813D20}"
FILE = "{90A44FB5-33D9-4815-AC85-BC87A7E7D1EB}"
TICKET = "ticket-1"

# What one call is answered with: text, an array of strings, or a whole HTTP response.
Said: TypeAlias = "str | list[str] | httpx2.Response"

_DEFAULTS: Mapping[str, Said] = {
    "serverVersion": "1.0",
    "clientVersion": "",
    "authenticate": [TICKET, ""],
    "sendRequestXML": "",
    "receiveResponseXML": "100",
    "getLastError": "Nothing to do",
    "connectionError": "done",
    "closeConnection": "OK",
    "getInteractiveURL": "https://example.com/page",
    "interactiveDone": "Done",
    "interactiveRejected": "The user said no",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One call as it arrived."""

    operation: str
    parameters: dict[str, str]
    action: str
    body: str


@dataclass
class Server:
    """``script`` maps an operation to its answers in order; the last one repeats."""

    script: Mapping[str, Sequence[Said]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    support: int = 200

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        if request.method == "GET":
            return httpx2.Response(self.support, text="support")
        call = _read(request)
        self.asked.append(call)
        said = list(self.script.get(call.operation, [_DEFAULTS[call.operation]]))
        turn = sum(one.operation == call.operation for one in self.asked) - 1
        answer = said[min(turn, len(said) - 1)]
        return answer if isinstance(answer, httpx2.Response) else reply(call.operation, answer)

    @property
    def order(self) -> list[str]:
        return [call.operation for call in self.asked]

    def parameters(self, operation: str) -> list[dict[str, str]]:
        return [call.parameters for call in self.asked if call.operation == operation]


def _read(request: httpx2.Request) -> Asked:
    body = request.content.decode("utf-8")
    element = etree.fromstring(request.content)[0][0]
    return Asked(
        operation=etree.QName(element).localname,
        parameters={etree.QName(child).localname: child.text or "" for child in element},
        action=request.headers.get("SOAPAction", ""),
        body=body,
    )


def reply(operation: str, said: str | list[str]) -> httpx2.Response:
    """A correct reply."""
    if isinstance(said, list):
        inner = "".join(f"<string>{escape(one)}</string>" for one in said)
    else:
        inner = escape(said)
    return xml(
        '<?xml version="1.0" encoding="utf-8"?>'
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f'<{operation}Response xmlns="{NAMESPACE}"><{operation}Result>{inner}</{operation}Result>'
        f"</{operation}Response></soap:Body></soap:Envelope>"
    )


def xml(text: str, status: int = 200) -> httpx2.Response:
    return httpx2.Response(
        status, content=text.encode(), headers={"Content-Type": "text/xml; charset=utf-8"}
    )


def qwc(**changes: str | None) -> str:
    """The text of a .qwc file; ``None`` leaves an element out."""
    fields: dict[str, str | None] = {
        "AppName": "Larkspur link",
        "AppID": "",
        "AppURL": "http://localhost:8085/qbwc",
        "AppDescription": "Orders to the books",
        "AppSupport": "http://localhost:8085/support",
        "UserName": "larkspur",
        "OwnerID": OWNER,
        "FileID": FILE,
        "QBType": "QBFS",
        "Scheduler": "<RunEveryNMinutes>30</RunEveryNMinutes>",
        **changes,
    }
    inner = "".join(f"<{k}>{v}</{k}>" for k, v in fields.items() if v is not None)
    return f'<?xml version="1.0"?>\n<QBWCXML>{inner}</QBWCXML>'


class Pauses:
    """Stands in for waiting: notes how long one would have."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def connector(
    server: Callable[[httpx2.Request], httpx2.Response],
    quickbooks: QuickBooks,
    *,
    pauses: Pauses | None = None,
    faults: RunFaults | None = None,
    **options: Any,
) -> WebConnector:
    """A Web Connector that reaches the server without a socket."""
    return WebConnector(
        parse_qwc(qwc()),
        "let-me-in",
        quickbooks,
        client=httpx2.Client(transport=httpx2.MockTransport(server)),
        sleep=pauses or Pauses(),
        faults=faults,
        **options,
    )


def customer_set(name: str = "Blue Heron Cafe", set_id: str | None = None) -> str:
    """A message set that adds one customer."""
    mark = "" if set_id is None else f' newMessageSetID="{set_id}"'
    return (
        '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML>'
        f'<QBXMLMsgsRq onError="stopOnError"{mark}><CustomerAddRq requestID="1"><CustomerAdd>'
        f"<Name>{escape(name)}</Name></CustomerAdd></CustomerAddRq></QBXMLMsgsRq></QBXML>"
    )
