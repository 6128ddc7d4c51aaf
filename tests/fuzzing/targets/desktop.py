"""QuickBooks, its Web Connector and its agent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from xml.sax.saxutils import escape

import httpx2
import msgspec

from counterfoil.connectors.quickbooks_desktop import asides
from counterfoil.connectors.quickbooks_desktop.agent import Line
from counterfoil.connectors.quickbooks_desktop.messages import read_answer
from counterfoil.connectors.quickbooks_desktop.messages._forms import LISTS
from counterfoil.connectors.quickbooks_desktop.qbxml import UnreadableQbxml
from counterfoil.connectors.quickbooks_desktop.web_connector import answers, hcp, qwc, soap
from counterfoil.documents import DocumentKind
from counterfoil.engine.asked import OF_TO_DOS, Asked, Kind
from counterfoil.engine.reading import STOCK_AT_SITES
from counterfoil.errors import RejectedError, UnavailableError
from counterfoil.hub import agents
from tests.fuzzing.keeping import kept

from ._target import Target, as_text, seeds_of

__all__ = ["TARGETS"]

_CALL_LIMIT_BYTES: Final = 2**20
_QBXML: Final = seeds_of("quickbooks")

# Every question a set may hold; of readings, for each list that is read.
_ASKED: Final = (
    *(
        Asked(wire_id="1", kind=kind, subject="sales-order", name="SO-1")
        for kind in Kind
        if kind not in OF_TO_DOS
    ),
    *(
        Asked(wire_id="1", kind=kind, name=f"{area}/{one.value}")
        for kind, area, kinds in (
            (Kind.READ_RECORDS, "records", LISTS),
            (Kind.READ_DOCUMENTS, "documents", DocumentKind),
        )
        for one in kinds
    ),
    Asked(wire_id="1", kind=Kind.READ_STOCK, name=STOCK_AT_SITES),
)


def _answer(data: bytes) -> None:
    """One answer, to whatever may have been asked."""
    text = as_text(data)
    for each in _ASKED:
        kept(read_answer([each], text))


def _asides(data: bytes) -> None:
    text = as_text(data)
    asides.read_trial(text)
    asides.is_marked(text)


def _call(data: bytes) -> None:
    kept(soap.parse_call(data, limit_bytes=_CALL_LIMIT_BYTES))


def _hresult(data: bytes) -> None:
    hresult, _, message = as_text(data).partition("\n")
    kept(answers.explain(hresult, message))
    answers.may_have_been_done(hresult)
    answers.connection_error_answer(1, hresult, company_file=message)


def _agents_word(kind: type[Any]) -> Callable[[bytes], None]:
    def read(data: bytes) -> None:
        said = agents.parse(data, kind)
        # QuickBooks' own answer stays as it is: evidence, judged by its reader.
        kept(msgspec.structs.replace(said, text="") if kind is agents.Report else said)

    return read


def _hubs_word(data: bytes) -> None:
    """What an agent hears, be it from a hub or from a proxy in between."""
    for status in (200, 400, 502):
        answer = httpx2.MockTransport(
            lambda _request, status=status: httpx2.Response(status, content=data)
        )
        line = Line("https://hub.example", "not-a-token", transport=answer)
        try:
            line.ask("look", {})
        except (RejectedError, UnavailableError):
            continue
        finally:
            line.close()


def _soap(method: str, **given: str) -> bytes:
    inside = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in given.items())
    return (
        '<?xml version="1.0" encoding="utf-8"?><soap:Envelope '
        f'xmlns:soap="{soap.ENVELOPE_NAMESPACE}"><soap:Body>'
        f'<{method} xmlns="{soap.NAMESPACE}">{inside}</{method}></soap:Body></soap:Envelope>'
    ).encode()


_TICKET: Final = "{57F3B9B6-86F1-4FCC-B1FF-966DE1813D20}"
_CALLS: Final = (
    _soap("serverVersion"),
    _soap("clientVersion", strVersion="2.3.0.36"),
    _soap("authenticate", strUserName="harbor", strPassword="not-a-password"),
    _soap(
        "sendRequestXML",
        ticket=_TICKET,
        strHCPResponse="<QBXML><QBXMLMsgsRs/></QBXML>",
        strCompanyFileName="C:\\Books\\Harbor.qbw",
        qbXMLCountry="US",
        qbXMLMajorVers="16",
        qbXMLMinorVers="0",
    ),
    _soap(
        "receiveResponseXML", ticket=_TICKET, response=_QBXML[0].decode(), hresult="", message=""
    ),
    _soap("connectionError", ticket=_TICKET, hresult="0x80040400", message="No file is open"),
    _soap("getLastError", ticket=_TICKET),
    _soap("closeConnection", ticket=_TICKET),
    _soap("interactiveRejected", wcTicket=_TICKET, reason="closed"),
)
_QWC: Final = qwc.render_qwc(
    qwc.QwcFile(
        app_name="Counterfoil",
        app_id="",
        app_url="https://hub.example/qbwc",
        app_description="Keeps the books in step",
        app_support="https://hub.example/",
        user_name="harbor",
        owner_id=_TICKET,
        file_id=_TICKET.replace("57F3", "57F4"),
    )
).encode()

TARGETS: Final = {
    "soap": Target(_call, _CALLS, (soap.UnreadableCall,)),
    "qbxml": Target(_answer, _QBXML),
    "asides": Target(_asides, _QBXML, (UnreadableQbxml,)),
    "hcp": Target(lambda data: kept(hcp.read_hcp(as_text(data))), _QBXML),
    "qwc": Target(lambda data: kept(qwc.parse_qwc(as_text(data))), (_QWC,), (qwc.UnreadableQwc,)),
    "hresult": Target(
        _hresult,
        (b"0x80040400\nNo file is open", b"-2147220480\nC:\\Books\\Harbor.qbw", b"80040408"),
    ),
    "agent-hello": Target(
        _agents_word(agents.Greeting),
        (b'{"ticket": "t-1", "computer": "OFFICE", "version": "1.0"}',),
        (ValueError,),
    ),
    "agent-look": Target(
        _agents_word(agents.Looking),
        (b'{"ticket": "t-1", "number": 4, "waits": true}',),
        (ValueError,),
    ),
    "agent-report": Target(
        _agents_word(agents.Report),
        (
            (
                b'{"ticket": "t-1", "run": "r-1", "number": 4, "text": "<QBXML/>", "hresult": "0x8", '
                b'"company_file": "Harbor.qbw", "message": "", "is_last": false}'
            ),
        ),
        (ValueError,),
    ),
    "agent-line": Target(
        _hubs_word,
        (
            b'{"do": "carry", "run": "r-1", "number": 4, "text": "<QBXML/>"}',
            b'{"error": {"message": "A newer agent speaks."}}',
        ),
    ),
}
