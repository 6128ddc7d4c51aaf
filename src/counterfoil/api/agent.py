"""``/agent``: where the agent on a QuickBooks computer calls.

Three calls, each a POST with a JSON body and ``Authorization: Bearer TOKEN``; the token is the
connection's own (``counterfoil connections token``).  ``docs/agent-protocol.md`` describes them.

``/agent/look`` is a long poll: it is answered as soon as there is work, at the latest after
``POLL_S``.  It holds no thread and no transaction while it waits, and looks at the database,
so it does not matter which process of the hub the work came through.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

import msgspec
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from counterfoil.hub import agents
from counterfoil.hub.setup import Hub
from counterfoil.told import Advice, Told

from .bodies import QBXML_LIMIT_BYTES, read_body
from .errors import ApiError

__all__ = ["LOOK_EVERY_S", "POLL_S", "router"]

# A hub that is being stopped waits for the polls under way.
POLL_S: Final = 15.0
LOOK_EVERY_S: Final = 0.5
# Tokens cannot be guessed; who tries waits.
_REFUSED_AFTER_S: Final = 1.0
_SMALL_BODY_BYTES: Final = 16 * 2**10

_NOT_OPEN: Final = Told(
    "This agent's token is not valid, or no longer.",
    Advice("Make a new one", "connections token NAME"),
)
_SUPERSEDED: Final = (
    "A newer agent speaks for this company file, so this one has to stop. Only one agent runs per "
    "company file."
)

Pause = Callable[[float], Awaitable[None]]
_Said = TypeVar("_Said", agents.Greeting, agents.Looking, agents.Report)
_Answer = TypeVar("_Answer")


def router(hub: Hub, *, pause: Pause = asyncio.sleep) -> APIRouter:
    """Make the routes of the agent's endpoint.

    Args:
        hub: The hub.
        pause: Waits so many seconds.
    """
    routes = APIRouter(prefix="/agent", include_in_schema=False)
    endpoint = _Endpoint(hub, pause)

    @routes.post("/hello")
    async def hello(request: Request) -> Response:
        said = await _said(request, agents.Greeting, _SMALL_BODY_BYTES)
        return _json(await endpoint.ask(agents.hello, _token(request), said))

    @routes.post("/look")
    async def look(request: Request) -> Response:
        said = await _said(request, agents.Looking, _SMALL_BODY_BYTES)
        return _json(await endpoint.look(_token(request), said))

    @routes.post("/report")
    async def report(request: Request) -> Response:
        said = await _said(request, agents.Report, QBXML_LIMIT_BYTES, endpoint.opens)
        return _json(await endpoint.ask(agents.report, _token(request), said))

    return routes


class _Endpoint:
    def __init__(self, hub: Hub, pause: Pause) -> None:
        self._hub = hub
        self._pause = pause

    async def ask(
        self, verb: Callable[[Hub, str, _Said], _Answer], token: str, said: _Said
    ) -> _Answer:
        """Ask the hub, in a thread of its own.

        Raises:
            ApiError: 401, the token opens nothing; 409, a newer agent speaks.
        """
        return await self._asked(verb, token, said)

    async def opens(self, token: str) -> None:
        """Let nobody go on whose token opens nothing.

        Raises:
            ApiError: 401.
        """
        await self._asked(agents.check, token)

    async def _asked(self, verb: Callable[..., _Answer], *given: object) -> _Answer:
        try:
            return await run_in_threadpool(verb, self._hub, *given)
        except agents.NotOpenError as error:
            await self._pause(_REFUSED_AFTER_S)
            raise ApiError(401, str(error) or _NOT_OPEN) from None
        except agents.SupersededError:
            raise ApiError(409, _SUPERSEDED) from None

    async def look(self, token: str, said: agents.Looking) -> agents.Instruction:
        await self.ask(agents.begin_look, token, said)
        for _ in range(int(POLL_S / LOOK_EVERY_S) if said.waits else 1):
            found = await self.ask(agents.look, token, said)
            if found is not None:
                return found
            if said.waits:
                await self._pause(LOOK_EVERY_S)
        return agents.Instruction(do="wait")


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def _said(
    request: Request,
    kind: type[_Said],
    limit_bytes: int,
    opens: Callable[[str], Awaitable[None]] | None = None,
) -> _Said:
    """Read what an agent says; more than a little only of one whose token ``opens``."""

    async def may_be_large(_beginning: bytes) -> bool:
        if opens is not None:
            await opens(_token(request))
        return True

    body = await read_body(request, limit_bytes, may_be_large=may_be_large)
    if body is None:
        raise ApiError(413, "The request is larger than this server takes.")
    try:
        return agents.parse(body, kind)
    except ValueError as error:
        raise ApiError(400, f"The request does not fit: {error}.") from None


def _json(answer: Any) -> Response:
    return Response(msgspec.json.encode(answer), media_type="application/json")
