"""What moves while somebody looks: a region of a page, sent anew whenever it is another one.

The state comes from the ledger, so that each process of a hub shows the same.  A stream ends by
itself once nothing moves any more; until then it is closed after some minutes, and the browser
opens another one, for whoever looks may have been signed out meanwhile.  So many streams are kept
open and no more: whoever comes then gets the state once, and asks again a little later.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, NamedTuple

from anyio import to_thread
from fastapi import Request
from fastapi.sse import ServerSentEvent

__all__ = ["ENDS", "Seen", "Streams"]

ENDS: Final = "end"
"""The event after which the browser asks no more."""

_STREAMS_MAX: Final = 100
_LOOK_EVERY_S: Final = 1.0
_LOOKS_MAX: Final = 300
_AGAIN_MS: Final = 1_000
_AGAIN_WHEN_FULL_MS: Final = 10_000


class Seen(NamedTuple):
    """What a look saw.

    Attributes:
        mark: Equal as long as the region is the same.
        is_over: Nothing moves any more.
        render: Gives the region.
    """

    mark: object
    is_over: bool
    render: Callable[[], str]


class Streams:
    """The streams of one process.

    Args:
        most: So many at once.
        pause: Waits between two looks.
    """

    def __init__(
        self,
        most: int = _STREAMS_MAX,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._most = most
        self._pause = pause
        self._open = 0

    async def follow(
        self, request: Request, look: Callable[[], Seen]
    ) -> AsyncIterator[ServerSentEvent]:
        """Send a region at once, and again whenever it is another one."""
        is_full = self._open >= self._most
        self._open += 1
        try:
            async for each in self._sent(request, look, 1 if is_full else _LOOKS_MAX):
                yield each
            if is_full:
                yield ServerSentEvent(comment="full", retry=_AGAIN_WHEN_FULL_MS)
        finally:
            self._open -= 1

    async def _sent(
        self, request: Request, look: Callable[[], Seen], looks: int
    ) -> AsyncIterator[ServerSentEvent]:
        before: object = None
        for number in range(looks):
            if number:
                await self._pause(_LOOK_EVERY_S)
            if _is_ending(request):
                return
            seen = await to_thread.run_sync(look)
            if number == 0 or seen.mark != before:
                html = await to_thread.run_sync(seen.render)
                yield ServerSentEvent(raw_data=html, retry=_AGAIN_MS)
            if seen.is_over:
                yield ServerSentEvent(event=ENDS, raw_data=ENDS)
                return
            before = seen.mark


def _is_ending(request: Request) -> bool:
    """Whether the server ends, and waits only for what is still being answered."""
    ends: Callable[[], bool] | None = getattr(request.app.state, "is_ending", None)
    return ends is not None and ends()
