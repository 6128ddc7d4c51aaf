"""``/qbwc``: the endpoint that Web Connectors call.

Only this module knows HTTP here: it reads the body within a limit, hands the call to
``hub.web_connector``, and answers.  A body that is no call gets a SOAP fault; what a
person has to read is never a fault but an ordinary answer.
"""

from __future__ import annotations

from typing import Final

import structlog
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

from .bodies import QBXML_LIMIT_BYTES, read_body

__all__ = ["router"]

log = structlog.get_logger(__name__)

BODY_LIMIT_BYTES: Final = QBXML_LIMIT_BYTES
_XML: Final = "text/xml; charset=utf-8"

_SUPPORT_PAGE: Final = """<!doctype html><html lang="en"><meta charset="utf-8">
<title>Counterfoil and the Web Connector</title>
<h1>Counterfoil</h1>
<p>This address belongs to the QuickBooks Web Connector. The results of its runs are on
<a href="/">the status page</a> of this Counterfoil.</p></html>"""


def router(hub: Hub) -> APIRouter:
    """Make the routes of the Web Connector's endpoint."""
    routes = APIRouter(include_in_schema=False)

    # The Web Connector takes only 200 from the support address, and follows no redirect.
    @routes.get("/qbwc")
    def describe(request: Request) -> Response:
        if "wsdl" not in {key.lower() for key in request.query_params}:
            return Response(_SUPPORT_PAGE, media_type="text/html")
        address = f"{hub.configuration.public_url.rstrip('/')}/qbwc"
        return Response(wsdl(address), media_type=_XML)

    @routes.get("/qbwc/support")
    def support() -> Response:
        return Response(_SUPPORT_PAGE, media_type="text/html")

    @routes.post("/qbwc")
    async def call(request: Request) -> Response:
        body = await read_body(request, BODY_LIMIT_BYTES)
        if body is None:
            return _fault("The call is larger than this server takes.", 413)
        charset = _charset(request.headers.get("content-type", ""))
        return await run_in_threadpool(_answer, hub, body, charset)

    return routes


def _charset(content_type: str) -> str | None:
    _, found, rest = content_type.lower().partition("charset=")
    return rest.split(";")[0].strip().strip('"') or None if found else None


def _answer(hub: Hub, body: bytes, charset: str | None) -> Response:
    try:
        call = parse_call(body, charset=charset, limit_bytes=BODY_LIMIT_BYTES)
    except CallTooLarge as error:
        return _fault(str(error), 413)
    except UnreadableCall as error:
        cause = error.__cause__.__cause__ if error.__cause__ is not None else None
        log.info("unreadable call", problem=str(error), cause=str(cause or ""))
        return _fault(str(error), 500)
    try:
        result = web_connector.answer(hub, call)
    except LedgerError as error:
        log.exception("the ledger failed", call=call.operation.value)
        return Response(soap_fault(error.message, blame="Server"), status_code=500, media_type=_XML)
    return Response(render_reply(call, result), media_type=_XML)


def _fault(sentence: str, status: int) -> Response:
    return Response(soap_fault(sentence), status_code=status, media_type=_XML)
