"""``/qbwc``: the endpoint that Web Connectors call.

Only this module knows HTTP here: it reads the body within a limit, hands the call to
``hub.web_connector``, and answers.  A body that is no call gets a SOAP fault; what a
person has to read is never a fault but an ordinary answer.

Anybody may call, so a large body is taken only with the ticket of a run, and calls wait in
lines: strangers (who sign in, or have no ticket) by their address in one, companies in another.
However many strangers call, companies are served, and a company that calls often waits for
itself alone.
"""

from __future__ import annotations

import re
from contextlib import AsyncExitStack
from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from counterfoil.connectors.quickbooks_desktop.web_connector.soap import (
    CallTooLarge,
    UnreadableCall,
    parse_call,
    render_reply,
    soap_fault,
)
from counterfoil.connectors.quickbooks_desktop.web_connector.wsdl import wsdl
from counterfoil.errors import LedgerError
from counterfoil.hub import web_connector
from counterfoil.hub.setup import Hub
from counterfoil.logs import get_logger

from .bodies import QBXML_LIMIT_BYTES, read_body
from .sources import source_of
from .turns import CrowdedError, Turns

__all__ = ["router"]

log = get_logger(__name__)

BODY_LIMIT_BYTES: Final = QBXML_LIMIT_BYTES
_XML: Final = "text/xml; charset=utf-8"
# A ticket as ``hub.web_connector`` makes them.  Where it is looked for, and that it is believed
# only once the ledger knows it, bounds what a body can do with this.
_TICKET: Final = re.compile(
    rb"<(?:[A-Za-z0-9_.-]{1,40}:)?(?:ticket|wcTicket)(?:\s[^<>]{0,500})?>\s{0,20}([0-9a-f]{32})\s{0,20}<"
)
_TICKET_WITHIN_BYTES: Final = 16 * 2**10
_KNOWN_MAX: Final = 1_000
_RETRY_AFTER_S: Final = "10"

_SUPPORT_PAGE: Final = """<!doctype html><html lang="en"><meta charset="utf-8">
<title>Counterfoil and the Web Connector</title>
<h1>Counterfoil</h1>
<p>This address belongs to the QuickBooks Web Connector. The results of its runs are on
<a href="/">the console</a> of this Counterfoil.</p></html>"""


def router(hub: Hub) -> APIRouter:
    """Make the routes of the Web Connector's endpoint."""
    routes = APIRouter(include_in_schema=False)

    # The Web Connector takes only 200 from the support address, and follows no redirect.
    @routes.get("/qbwc")
    def describe(request: Request) -> Response:
        if "wsdl" not in {key.lower() for key in request.query_params}:
            return Response(_SUPPORT_PAGE, media_type="text/html")
        address = f"{hub.configuration.address}/qbwc"
        return Response(wsdl(address), media_type=_XML)

    @routes.get("/qbwc/support")
    def support() -> Response:
        return Response(_SUPPORT_PAGE, media_type="text/html")

    lines = _Lines(hub)

    @routes.post("/qbwc")
    async def call(request: Request) -> Response:
        try:
            async with AsyncExitStack() as stack:
                body = await lines.body(request, stack)
                if body is None:
                    return _fault("The call is larger than this server takes.", 413)
                await lines.turn(request, body, stack)
                charset = _charset(request.headers.get("content-type", ""))
                return await run_in_threadpool(_answer, hub, body, charset, source_of(request))
        except CrowdedError:
            return _fault("Too many calls come from there at once. Try again later.", 503)
        except LedgerError as error:
            log.exception("the ledger failed", path="/qbwc")
            return _broken(error)

    return routes


class _Lines:
    """In which line a call waits, and what it may bring."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._known: dict[str, int] = {}
        # A password that is checked takes tens of milliseconds of one processor.
        self._strangers = Turns(at_once=4, each=2, waiting=20)
        self._companies = Turns(at_once=20, each=2, waiting=20)
        # Bodies that may be large are all in memory, for as long as they come.
        self._large = Turns(at_once=8, each=1, waiting=4)

    async def body(self, request: Request, stack: AsyncExitStack) -> bytes | None:
        """Read a body, a large one in a turn that ``stack`` keeps; ``None``: it is too large.

        Raises:
            CrowdedError, LedgerError: As their names say.
        """

        async def may_be_large(beginning: bytes) -> bool:
            company = await self._company(request, _ticket(beginning))
            if company is not None:
                await stack.enter_async_context(self._large.turn(company))
            return company is not None

        return await read_body(request, BODY_LIMIT_BYTES, may_be_large=may_be_large)

    async def turn(self, request: Request, body: bytes, stack: AsyncExitStack) -> None:
        """Wait for the turn of a call, which ``stack`` keeps.

        Raises:
            CrowdedError, LedgerError: As their names say.
        """
        ticket = _ticket(body)
        company = self._known.get(ticket) or await self._company(request, ticket)
        line = self._strangers if company is None else self._companies
        name = _address(request) if company is None else company
        await stack.enter_async_context(line.turn(name))

    async def _company(self, request: Request, ticket: str) -> int | None:
        """Say whose run a ticket is of; looked up in the strangers' line."""
        if not ticket:
            return None
        async with self._strangers.turn(_address(request)):
            company = await run_in_threadpool(web_connector.company_of, self._hub, ticket)
        if company is not None:
            if len(self._known) >= _KNOWN_MAX:
                self._known.clear()
            self._known[ticket] = company
        return company


def _address(request: Request) -> str:
    return request.client.host if request.client is not None else ""


def _ticket(body: bytes) -> str:
    """Give the ticket that a call seems to bear; empty: none."""
    # A call in UTF-16 is one of ASCII with a zero beside each letter.
    found = _TICKET.search(body[:_TICKET_WITHIN_BYTES].replace(b"\0", b""))
    return found[1].decode() if found else ""


def _charset(content_type: str) -> str | None:
    _, found, rest = content_type.lower().partition("charset=")
    return rest.split(";")[0].strip().strip('"') or None if found else None


def _answer(hub: Hub, body: bytes, charset: str | None, source: str) -> Response:
    try:
        call = parse_call(body, charset=charset, limit_bytes=BODY_LIMIT_BYTES)
    except CallTooLarge as error:
        return _fault(str(error), 413)
    except UnreadableCall as error:
        cause = error.__cause__.__cause__ if error.__cause__ is not None else None
        log.info("unreadable call", problem=str(error), cause=str(cause or ""))
        return _fault(str(error), 500)
    try:
        result = web_connector.answer(hub, call, source=source)
    except LedgerError as error:
        log.exception("the ledger failed", call=call.operation.value)
        return _broken(error)
    return Response(render_reply(call, result), media_type=_XML)


def _broken(error: LedgerError) -> Response:
    return Response(soap_fault(error.message, blame="Server"), status_code=500, media_type=_XML)


def _fault(sentence: str, status: int) -> Response:
    headers = {"Retry-After": _RETRY_AFTER_S} if status == 503 else None
    return Response(soap_fault(sentence), status_code=status, media_type=_XML, headers=headers)
