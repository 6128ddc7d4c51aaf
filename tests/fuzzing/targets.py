"""The readers of what comes from outside, each with seeds and the failures it may answer with."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from counterfoil.connectors.fusion_operations import FieldMap
from counterfoil.connectors.fusion_operations import _client as client
from counterfoil.connectors.fusion_operations import _dates as dates
from counterfoil.connectors.fusion_operations import _errors as errors
from counterfoil.connectors.fusion_operations import _movements as movements
from counterfoil.connectors.fusion_operations import _productions as productions
from counterfoil.connectors.fusion_operations import _rim as rim
from counterfoil.connectors.fusion_operations import _wire as wire
from counterfoil.connectors.quickbooks_desktop.qbxml import UnreadableQbxml, parse_replies
from counterfoil.connectors.quickbooks_desktop.qbxml.status import failure
from counterfoil.connectors.quickbooks_desktop.web_connector import hcp, qwc, soap
from counterfoil.documents import InvalidDocument
from counterfoil.hub import agents
from counterfoil.settings import parse_assignments

__all__ = ["TARGETS", "Target"]

_ZONE: Final = ZoneInfo("America/New_York")
_FIELDS: Final = FieldMap()
_LIMIT_BYTES: Final = 2**20


@dataclass(frozen=True)
class Target:
    """A reader under test.

    Attributes:
        read: Takes the bytes; what it returns is not looked at.
        seeds: Inputs it can read; they are spoilt.
        failures: What it may raise, as its docstring says.
    """

    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    failures: tuple[type[Exception], ...] = ()


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogatepass" if b"\xed" in data else "replace")


def _lenient(data: bytes) -> str:
    try:
        return _text(data)
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _soap(method: str, **given: str) -> bytes:
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in given.items())
    return (
        '<?xml version="1.0" encoding="utf-8"?><soap:Envelope '
        'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        f'<{method} xmlns="http://developer.intuit.com/">{inside}</{method}>'
        "</soap:Body></soap:Envelope>"
    ).encode()


_SOAP: Final = (
    _soap("serverVersion"),
    _soap("clientVersion", strVersion="2.3.0.36"),
    _soap("authenticate", strUserName="harbor", strPassword="not-a-secret"),
    _soap("receiveResponseXML", ticket="t", response="&lt;QBXML/&gt;", hresult="", message=""),
    _soap("connectionError", ticket="t", hresult="0x80040400", message="No file is open"),
)

_QBXML: Final = (
    (
        b'<?xml version="1.0"?><QBXML><QBXMLMsgsRs messageSetStatusCode="0" newMessageSetID="a1">'
        b'<CustomerQueryRs requestID="1" statusCode="0" statusSeverity="Info" statusMessage="OK" '
        b'iteratorRemainingCount="0" iteratorID="{1}"><CustomerRet><ListID>80-1</ListID>'
        b"<TimeCreated>2025-03-03T09:00:00-05:00</TimeCreated><Name>Harbor Yard</Name>"
        b"<Balance>12.50</Balance><IsActive>true</IsActive></CustomerRet></CustomerQueryRs>"
        b"</QBXMLMsgsRs></QBXML>"
    ),
    (
        b'<?xml version="1.0"?><QBXML><QBXMLMsgsRs><HostQueryRs requestID="2" statusCode="0">'
        b"<HostRet><ProductName>Books</ProductName><MajorVersion>34</MajorVersion>"
        b"<SupportedQBXMLVersion>16.0</SupportedQBXMLVersion><SupportedQBXMLVersion>CA3.0"
        b"</SupportedQBXMLVersion></HostRet></HostQueryRs><CompanyQueryRs statusCode="
        b'"0"><CompanyRet><CompanyName>Harbor</CompanyName><DataExtRet><OwnerID>{1}</OwnerID>'
        b"<DataExtName>AppLock</DataExtName><DataExtValue>LOCKED:PC:1</DataExtValue></DataExtRet>"
        b"</CompanyRet></CompanyQueryRs></QBXMLMsgsRs></QBXML>"
    ),
)

_QWC: Final = (
    (
        b"<?xml version='1.0'?><QBWCXML><AppName>Counterfoil</AppName><AppID></AppID>"
        b"<AppURL>https://hub.example/qbwc</AppURL><AppDescription>Books</AppDescription>"
        b"<AppSupport>https://hub.example/</AppSupport><UserName>harbor</UserName>"
        b"<OwnerID>{57F3B9B6-86F1-4FCC-B1FF-966DE1813D20}</OwnerID>"
        b"<FileID>{57F3B9B6-86F1-4FCC-B1FF-966DE1813D21}</FileID><QBType>QBFS</QBType>"
        b"<AuthFlags>0xF</AuthFlags><Style>Document</Style>"
        b"<Scheduler><RunEveryNMinutes>5</RunEveryNMinutes></Scheduler></QBWCXML>"
    ),
)

_ORDER: Final[dict[str, Any]] = {
    "id": 7,
    "code": "SO-7",
    "client": {"id": 1, "code": "HARBOR", "name": "Harbor Yard"},
    "status": "confirmed",
    "date": "2025-03-03T09:00:00Z",
    "tags": [{"name": "po", "value": "77"}],
    "shippings": [
        {
            "id": 9,
            "date": "2025-03-04T09:00:00Z",
            "products": [{"id": 3, "code": "BOLT", "quantity": 4, "price": 2.5, "shipped": 1}],
        }
    ],
}
_FO: Final = tuple(
    json.dumps(seed).encode()
    for seed in (
        _ORDER,
        [_ORDER],
        {"id": 1, "code": "HARBOR", "name": "Harbor Yard", "email": "a@harbor.example"},
        {"id": 3, "code": "BOLT", "name": "Bolt", "price": 2.5, "stock": 10, "unit": "ea"},
        {"error": {"message": "client not found", "field": "client"}},
    )
)
_PARSERS: Final[tuple[Callable[..., object], ...]] = (
    wire.parse_client,
    wire.parse_supplier,
    wire.parse_product,
    wire.parse_sales_order,
    wire.parse_purchase_order,
    movements.parse_shipments,
    movements.parse_receipts,
    productions.parse_production_order,
    productions.parse_production,
    productions.parse_labor_row,
)


def _fo_elements(data: bytes) -> None:
    """Read an answer's elements with every parser there is."""
    found = rim.read_json(data)
    for raw in found[:20] if isinstance(found, list) else [found]:
        for parse in _PARSERS:
            try:
                parse(raw, _ZONE, _FIELDS)
            except InvalidDocument:
                continue


def _fo_dates(data: bytes) -> None:
    text = _lenient(data)
    try:
        dates.parse_instant(text, _ZONE)
    finally:
        dates.parse_day(text, _ZONE)


def _fo_errors(data: bytes) -> None:
    errors.error_text(data)
    errors.error_field(data)


def _agent(data: bytes) -> None:
    for kind in (agents.Greeting, agents.Looking, agents.Report):
        try:
            said: Any = msgspec.json.decode(data, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError):
            continue
        agents.cleaned(said)


TARGETS: Final[dict[str, Target]] = {
    "soap": Target(
        lambda data: soap.parse_call(data, limit_bytes=_LIMIT_BYTES), _SOAP, (soap.UnreadableCall,)
    ),
    "qbxml": Target(lambda data: parse_replies(_lenient(data)), _QBXML, (UnreadableQbxml,)),
    "hcp": Target(lambda data: hcp.read_hcp(_lenient(data)), _QBXML),
    "qwc": Target(lambda data: qwc.parse_qwc(_lenient(data)), _QWC, (qwc.UnreadableQwc,)),
    "hresult": Target(
        lambda data: failure(_lenient(data)), (b"0x80040400", b"-2147220480", b"80040408")
    ),
    "fo-elements": Target(_fo_elements, _FO, (ValueError,)),
    "fo-dates": Target(_fo_dates, (b"2025-03-03T09:00:00Z", b"2025-03-03"), (ValueError,)),
    "fo-errors": Target(
        _fo_errors, (*_FO, b"<html><head><title>502</title></head><body>Bad gateway</body></html>")
    ),
    "fo-links": Target(
        lambda data: client._linked(_lenient(data)),  # noqa: SLF001 (the reader itself)
        (b'<https://fo.example/api?page=2>; rel="next", </api?page=1>; rel=prev',),
    ),
    "settings": Target(
        lambda data: parse_assignments(_lenient(data).split("\n")),
        (b"flows=customers,items\nexport.account=Sales\ninvoice.terms=Net 30\nday=",),
    ),
    "agent": Target(
        _agent,
        (
            b'{"ticket":"t","computer":"PC","version":"1"}',
            b'{"ticket":"t","number":1,"waits":true}',
            b'{"ticket":"t","run":"r","number":1,"text":"<QBXML/>","is_last":false}',
        ),
    ),
}
