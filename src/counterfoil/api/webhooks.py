"""``/webhooks/...``: where services tell by themselves that something changed.

Answered at once: whoever waits longer than three seconds is called again, and in the end no more
(Intuit, reference 2.10).  What follows is for the next drive.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool

from counterfoil.hub import webhooks
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.setup import Hub
from counterfoil.told import Advice, Told

from .bodies import SMALL_LIMIT_BYTES, read_body
from .errors import TOO_LARGE, ApiError

__all__ = ["router"]

_SIGNATURE: Final = "intuit-signature"
_UNSIGNED: Final = Told(
    "This delivery is signed by no app that a connection of this hub knows.",
    Advice("Enter the app's verifier token", "connections change NAME --webhook-token TOKEN"),
)


def router(hub: Hub, dispatcher: Dispatcher | None = None) -> APIRouter:
    """Make the routes.

    Args:
        hub: The hub.
        dispatcher: Told to look at once; ``None``: another process finds who was woken.
    """
    routes = APIRouter(prefix="/webhooks", include_in_schema=False)

    @routes.post("/quickbooks-online")
    async def quickbooks_online(request: Request) -> Response:
        body = await read_body(request, SMALL_LIMIT_BYTES)
        if body is None:
            raise ApiError(413, TOO_LARGE)
        signature = request.headers.get(_SIGNATURE, "")
        woken = await run_in_threadpool(webhooks.receive, hub, body, signature)
        if woken is None:
            raise ApiError(401, _UNSIGNED)
        if woken and dispatcher is not None:
            dispatcher.poke()
        return Response(status_code=200)

    return routes
