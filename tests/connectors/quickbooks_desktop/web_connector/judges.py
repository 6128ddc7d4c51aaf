"""Outside judges of the Web Connector endpoint: programs that read the protocol without us.

``zeep`` is a general SOAP client that knows nothing but a WSDL; ``qbwc-kit`` is somebody else's
Web Connector double.  Both are made to post to an ``Endpoint``, which is anything that turns one
HTTP request into one HTTP answer: a function in this process, or a hub behind a socket or an
ASGI transport (``over_http`` with the client that fits).

``run_update`` lets zeep play a whole run in the documented call order against a responder that
plays QuickBooks, and writes down what was said.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import httpx2
import pytest
from lxml import etree

INTUIT_WSDL = Path(__file__).parents[5] / "shared/reference/schemas/QBWebConnectorSvc.wsdl"
BINDING = "{http://developer.intuit.com/}QBWebConnectorSvcSoap"
ROUND_TRIPS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An HTTP answer, with the names zeep expects of one."""

    status_code: int
    content: bytes
    headers: Mapping[str, str] = field(
        default_factory=lambda: {"Content-Type": "text/xml; charset=utf-8"}
    )
    encoding: str = "utf-8"

    @property
    def text(self) -> str:
        return self.content.decode(self.encoding)


Endpoint: TypeAlias = Callable[[str, bytes, Mapping[str, str]], HttpAnswer]


def in_process(reply: Callable[[bytes], bytes]) -> Endpoint:
    """An endpoint that is a function from body to body."""
    return lambda url, body, headers: HttpAnswer(200, reply(body))


def over_http(client: httpx2.Client) -> Endpoint:
    """An endpoint reached through ``client``; its transport may be a socket, ASGI or WSGI."""

    def post(url: str, body: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        answer = client.post(url, content=body, headers=dict(headers))
        return HttpAnswer(answer.status_code, answer.content, dict(answer.headers))

    return post


class ZeepTransport:
    """The part of zeep's transport that zeep uses, over an ``Endpoint``."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self.sent: list[bytes] = []

    def post(self, address: str, message: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        self.sent.append(message)
        return self.endpoint(address, message, headers)

    def post_xml(self, address: str, envelope: Any, headers: Mapping[str, str]) -> HttpAnswer:
        return self.post(address, etree.tostring(envelope, encoding="utf-8"), headers)

    def load(self, url: str) -> bytes:
        raise AssertionError(f"the WSDL makes zeep fetch {url}")

    @contextmanager
    def settings(self, timeout: float | None = None) -> Iterator[None]:
        yield


def zeep_service(wsdl: bytes | Path, endpoint: Endpoint, url: str) -> Any:
    """The service as zeep sees it: one method per operation of ``wsdl``, posting to ``url``.

    Skips the test when ``wsdl`` is a file that is not there.
    """
    if isinstance(wsdl, Path):
        if not wsdl.is_file():
            pytest.skip(f"{wsdl.name} is not beside the checkout (shared/reference/schemas)")
        wsdl = wsdl.read_bytes()
    zeep: Any = importlib.import_module("zeep")  # slow to import, and without types
    client = zeep.Client(io.BytesIO(wsdl), transport=ZeepTransport(endpoint))
    return client.create_service(BINDING, url)


def kit_transport(endpoint: Endpoint, url: str) -> Callable[[str], str]:
    """A transport for ``qbwc_kit.testing.FakeWebConnector`` that posts to ``url``."""

    def transport(body: str) -> str:
        answer = endpoint(url, body.encode(), {"Content-Type": "text/xml; charset=utf-8"})
        assert answer.status_code == 200, f"HTTP {answer.status_code}: {answer.text[:300]}"
        return answer.text

    return transport


@dataclass
class Update:
    """What was said in one run."""

    server_version: str = ""
    client_answer: str = ""
    status: str = ""
    requests: list[str] = field(default_factory=list)
    progress: list[int] = field(default_factory=list)
    last_error: str | None = None
    closed: str | None = None


def run_update(
    service: Any,
    quickbooks: Callable[[str], str],
    *,
    user_name: str,
    password: str,
    host_facts: str = "",
    company_file: str = r"C:\Books\Acme Widgets.qbw",
    version: tuple[int, int] = (16, 0),
) -> Update:
    """One run as the Web Connector performs it; ``quickbooks`` answers each request."""
    said = Update(server_version=service.serverVersion() or "")
    said.client_answer = service.clientVersion(strVersion="2.3.0.215") or ""
    if said.client_answer.startswith(("E:", "O:")):
        return said
    signed_in = service.authenticate(strUserName=user_name, strPassword=password)
    ticket, said.status, *later = [text or "" for text in signed_in]
    if any(later[:1]):
        return said
    if said.status.lower() not in ("none", "nvu", "busy"):
        for turn in range(ROUND_TRIPS_MAX):
            facts = host_facts if turn == 0 else ""
            if not _take_turn(service, quickbooks, said, ticket, (facts, company_file, version)):
                break
    said.closed = service.closeConnection(ticket=ticket) or ""
    return said


def _take_turn(
    service: Any,
    quickbooks: Callable[[str], str],
    said: Update,
    ticket: str,
    context: tuple[str, str, tuple[int, int]],
) -> bool:
    facts, company_file, (major, minor) = context
    request = service.sendRequestXML(
        ticket=ticket,
        strHCPResponse=facts,
        strCompanyFileName=company_file,
        qbXMLCountry="US",
        qbXMLMajorVers=major,
        qbXMLMinorVers=minor,
    )
    if not request:
        said.last_error = service.getLastError(ticket=ticket) or ""
        return said.last_error == "NoOp"
    said.requests.append(request)
    percent: int = service.receiveResponseXML(
        ticket=ticket, response=quickbooks(request), hresult="", message=""
    )
    said.progress.append(percent)
    if percent < 0:
        said.last_error = service.getLastError(ticket=ticket) or ""
    return 0 <= percent < 100
