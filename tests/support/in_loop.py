"""A line to an ASGI application in this thread: no port, no other thread, no waiting."""

from __future__ import annotations

import asyncio
from asyncio import events
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any

import anyio.to_thread
import httpx2
from starlette.types import ASGIApp, Message, Scope

__all__ = ["InLoop"]


class InLoop(httpx2.BaseTransport):
    """Brings requests to an ASGI application in this thread: no port, no waiting.

    What the application would have a thread for, such as every ``def`` endpoint, is called in
    this one as well: a new thread for each request takes as long as the request.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._loop = _Loop()

    def close(self) -> None:
        with _no_loop_running():
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        waiting: list[Message] = [{"type": "http.request", "body": request.read()}]
        said: list[Message] = []

        async def receive() -> Message:
            return waiting.pop() if waiting else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            said.append(message)

        with _no_loop_running():
            self._loop.run_until_complete(self._app(_scope(request), receive, send))
        return httpx2.Response(
            said[0]["status"],
            headers=said[0]["headers"],
            content=b"".join(message.get("body", b"") for message in said[1:]),
            request=request,
        )


class _Loop(asyncio.SelectorEventLoop):
    """A loop whose applications get no threads."""


_in_thread = anyio.to_thread.run_sync


async def _called(called: Callable[..., Any], *arguments: Any, **how: Any) -> Any:
    """Call in a thread, or where a line like ours runs the application, as a thread would.

    That is in a copy of the context and with no loop running, so that what is called may use
    another line, with a loop of its own.
    """
    if not isinstance(asyncio.get_running_loop(), _Loop):
        return await _in_thread(called, *arguments, **how)
    with _no_loop_running():
        return copy_context().run(called, *arguments)


@contextmanager
def _no_loop_running() -> Iterator[None]:
    """Leave the loop that runs in this thread for a while: a line's, or that of a browser's driver.

    The driver leaves its own running between two calls.
    """
    running = events._get_running_loop()  # noqa: SLF001 - there is no public way to leave a loop
    events._set_running_loop(None)  # noqa: SLF001 - see above
    try:
        yield
    finally:
        events._set_running_loop(running)  # noqa: SLF001 - see above


anyio.to_thread.run_sync = _called  # type: ignore[assignment]  # which tells more of its types


def _scope(request: httpx2.Request) -> Scope:
    url = request.url
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": url.scheme,
        "path": url.path,
        "raw_path": url.raw_path,
        "root_path": "",
        "query_string": url.query,
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 50_000),
        "server": (url.host, url.port or 80),
    }
