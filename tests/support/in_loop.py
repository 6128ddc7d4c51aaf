"""A line to an ASGI application in this thread: no port, no other thread, no waiting."""

from __future__ import annotations

import asyncio

import httpx2
from starlette.types import ASGIApp, Message, Scope

__all__ = ["InLoop"]


class InLoop(httpx2.BaseTransport):
    """Brings requests to an ASGI application in this thread: no port, no waiting."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._loop = asyncio.new_event_loop()

    def close(self) -> None:
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        waiting: list[Message] = [{"type": "http.request", "body": request.read()}]
        said: list[Message] = []

        async def receive() -> Message:
            return waiting.pop() if waiting else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            said.append(message)

        self._loop.run_until_complete(self._app(_scope(request), receive, send))
        return httpx2.Response(
            said[0]["status"],
            headers=said[0]["headers"],
            content=b"".join(message.get("body", b"") for message in said[1:]),
            request=request,
        )


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
