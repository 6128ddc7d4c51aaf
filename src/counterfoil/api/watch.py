"""Around every request: its id, its log line, its duration, and what a browser may do.

A failure that nobody foresaw ends here: it is logged with its trace, and answered with one
sentence and the request's id.
"""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from counterfoil.hub.setup import Hub
from counterfoil.logs import get_logger

from .errors import INTERNAL, error_response
from .guarding import GUARDING, NOT_KEPT, Header, by_https_alone
from .metrics import Metrics

__all__ = ["Watch"]

log = get_logger(__name__)

_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
# Asked for every few seconds by machines; logged only when somebody debugs.
_DULL: Final = frozenset({"/healthz", "/readyz", "/metrics"})


class Watch:
    """The outermost layer of the application.

    Args:
        app: What is watched.
        metrics: Where durations are counted.
        timer: Seconds, for durations only.
    """

    def __init__(
        self, app: ASGIApp, *, metrics: Metrics, timer: Callable[[], float] = time.perf_counter
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._timer = timer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        request_id = _request_id(headers.get(b"x-request-id", b""))
        scope.setdefault("state", {})["request_id"] = request_id
        started = self._timer()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *_with(message.get("headers", ()), request_id),
                    *_by_https_alone(scope, headers),
                ]
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, sending)
            except ClientDisconnect:
                # Whoever asked has left, or was sent away at the edge; nobody reads an answer.
                status = status or 499
                log.info("the caller left", method=scope["method"], path=scope["path"])
            except Exception:
                log.exception("a request failed", method=scope["method"], path=scope["path"])
                if status:
                    raise
                answer = error_response(Request(scope), 500, INTERNAL, kind="bug")
                await answer(scope, receive, sending)
            finally:
                self._note(scope, headers, status or 500, self._timer() - started)

    def _note(self, scope: Scope, headers: dict[bytes, bytes], status: int, seconds: float) -> None:
        route = _route(scope)
        self._metrics.observe(scope["method"], route, status, seconds)
        if route == "/qbwc" and scope["method"] == "POST":
            self._metrics.call(headers.get(b"soapaction", b"").decode("latin-1"), status)
        tell = log.debug if scope["path"] in _DULL else log.info
        tell(
            "request",
            method=scope["method"],
            path=scope["path"],
            status=status,
            duration_ms=round(seconds * 1000, 1),
        )


def _request_id(given: bytes) -> str:
    """Keep the id that a proxy gave, where it is one; otherwise make one."""
    text = given.decode("latin-1")
    return text if _ID.fullmatch(text) else secrets.token_hex(8)


def _route(scope: Scope) -> str:
    """Name the route, not the path: paths name things, and there are many of those."""
    path = getattr(scope.get("route"), "path", None)
    if path is None and scope["path"] == "/api/openapi.json":  # FastAPI's own, not a route
        path = scope["path"]
    return str(path) if path else "none"


def _with(headers: Any, request_id: str) -> list[Header]:
    found = [*headers, (b"x-request-id", request_id.encode()), *GUARDING]
    if not any(name.lower() == b"cache-control" for name, _value in found):
        found.append(NOT_KEPT)
    return found


def _by_https_alone(scope: Scope, headers: Mapping[bytes, bytes]) -> tuple[Header, ...]:
    hub: Hub = scope["app"].state.hub
    return by_https_alone(hub.configuration, headers.get(b"host", b"").decode("latin-1"))
