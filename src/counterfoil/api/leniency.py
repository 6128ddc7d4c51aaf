"""Small differences in how an address is asked for, harmless for every address at once.

A slash too many, at the end or before it (proxies add some), changes nothing: the same answer,
and no redirect, which a POST would not follow and the Web Connector does not take.  HEAD is
answered as GET without a body: monitors, proxies and the Web Connector look that way whether an
address is there.

A NUL in an address is nobody's name, and no database holds one: 400, before it gets anywhere.

A body that tells to be larger than the JSON API takes, or a form than pages do, is a 413 in the
API's shape or a page, unread.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote_plus

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .bodies import FORM_LIMIT_BYTES, told_length
from .errors import TOO_LARGE, error_response, is_for_programs
from .v1 import BODY_LIMIT_BYTES, PREFIX

__all__ = ["Lenient"]

_NUL: Final = "The address holds a character number 0 (%00), which no name has. Take it out."

_SLASHES: Final = re.compile(r"/{2,}")


def _is_too_large(path: str, length: int) -> bool:
    """Whether nobody reads so much there; what else programs ask judges its bodies itself."""
    if path.startswith(PREFIX):
        return length > BODY_LIMIT_BYTES
    return length > FORM_LIMIT_BYTES and not is_for_programs(path)


class Lenient:
    """Hands a request on as its address is declared."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if "\0" in scope["path"] or "\0" in unquote_plus(scope["query_string"].decode("latin-1")):
            await error_response(Request(scope), 400, _NUL)(scope, receive, send)
            return
        scope["path"] = _SLASHES.sub("/", scope["path"]).rstrip("/") or "/"
        if _is_too_large(scope["path"], told_length(Request(scope))):
            await error_response(Request(scope), 413, TOO_LARGE)(scope, receive, send)
            return
        if scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        # The server reads in its own record that it was HEAD, and the watch which route it was.
        inner = {**scope, "method": "GET"}
        try:
            await self.app(inner, receive, send_head)
        finally:
            scope["route"] = inner.get("route")
