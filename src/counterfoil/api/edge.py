"""The edge: what a connection may send and how long it may take, before anything is understood.

The server's parser has no limits of its own; it joins a header that comes in pieces to one, and
waits for the rest of a request as long as its sender likes.  So every connection is bounded here:

====================  ====================================================================
request line          ``target_bytes``; longer: 414
headers, trailers     ``head_bytes`` and ``head_lines`` of each request; more: 431
anything but a body   ``head_bytes`` without the request coming further; more: 431
requests in advance   ``pipelined`` behind the one that is being answered; more: the end
a request's head      ``head_s`` from its first byte, or from the connection's beginning
a request's body      ``slow_s``, then ``bytes_per_s`` on an average, ``body_s`` at most
our answer            within each ``slow_s`` as much has to be taken as ``bytes_per_s`` says
none or several hosts 400: whom a proxy let pass may not be whom we would answer
a body nobody wants   the connection ends soon after the answer that did without it
connections           ``connections``; a further one takes the place of the one that has waited
                      longest for its next request, else for the rest of one
====================  ====================================================================

Bytes are counted as they come, so nothing is kept before it is judged.  Trailers, which nobody
here reads, are dropped: a header that comes after the body is no header.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any, ClassVar, Final, cast

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from .guarding import GUARDING, NOT_KEPT

__all__ = ["Edge", "Limits"]


@dataclass(frozen=True)
class Limits:
    """How much, and how long; the module's table tells what each is for."""

    target_bytes: int = 8 * 2**10
    head_bytes: int = 32 * 2**10
    head_lines: int = 100
    pipelined: int = 8
    connections: int = 500
    head_s: float = 15.0
    slow_s: float = 30.0
    bytes_per_s: float = 8 * 2**10
    body_s: float = 900.0
    look_every_s: float = 2.0


_SENTENCES: Final = {
    400: "More requests came in advance than this server takes.",
    408: "The request did not come whole in time.",
    414: "The address is longer than this server takes.",
    431: "The headers are more, or longer, than this server takes.",
}


class _EndError(Exception):
    """Ends the parser; what is answered was noted before, else that it is no request."""


class Edge(HttpToolsProtocol):
    """One connection, within its limits."""

    limits: ClassVar[Limits] = Limits()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._status: int | None = None
        self._looking: asyncio.TimerHandle | None = None
        # Since when the head that is awaited is awaited; ``None``: none has begun.
        self._head_since: float | None = None
        self._head_bytes = 0
        self._head_lines = 0
        self._stray_bytes = 0
        self._has_moved = False
        # Since when the body comes; ``None``: none is under way.
        self._body_since: float | None = None
        self._body_bytes = 0
        self._is_unwanted = False
        self._unsent: tuple[float, int] = (0.0, 0)
        self._waiting_since = 0.0

    # --- The connection --------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as its base has it
        super().connection_made(transport)
        self._head_since = self._waiting_since = self.loop.time()
        self._look_later()
        if len(self.connections) > self.limits.connections:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._looking is not None:
            self._looking.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.transport.is_closing():
            return
        self._has_moved = False
        super().data_received(data)
        if self.transport.is_closing():
            return
        self._stray_bytes = 0 if self._has_moved else self._stray_bytes + len(data)
        if self._stray_bytes > self.limits.head_bytes:
            self._refuse(431)
        if self._is_between_requests and self._head_since is None and not self._has_moved:
            # Bytes that begin nothing must not keep the connection open for ever.
            self._head_since = self.loop.time()

    def send_400_response(self, msg: str) -> None:
        if self._status is None:
            self._answer(400, msg)
        else:
            self._refuse(self._status)

    def timeout_keep_alive_handler(self) -> None:
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            super().timeout_keep_alive_handler()

    # --- What the parser finds -------------------------------------------------------------

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_bytes = self._head_lines = 0
        if self._head_since is None:
            self._head_since = self.loop.time()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > self.limits.target_bytes:
            self._stop(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._head_lines += 1
        self._head_bytes += len(name) + len(value)
        if self._head_lines > self.limits.head_lines or self._head_bytes > self.limits.head_bytes:
            self._stop(431)
        if self._body_since is None:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        # A proxy may have judged the other one, or its own where there is none (RFC 9112, 3.2).
        hosts = sum(name == b"host" for name, _value in self.headers)
        if hosts > 1 or (hosts == 0 and self.parser.get_http_version() == "1.1"):
            raise _EndError
        super().on_headers_complete()
        self._has_moved = True
        self._head_since = None
        self._head_bytes = self._head_lines = 0
        self._body_since = self.loop.time()
        self._body_bytes = 0
        if len(self.pipeline) > self.limits.pipelined:
            self._stop(400)

    def on_body(self, body: bytes) -> None:
        self._has_moved = True
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._has_moved = True
        self._body_since = None
        self._is_unwanted = False
        self._waiting_since = self.loop.time()
        super().on_message_complete()

    def _unsupported_upgrade_warning(self) -> None:
        """Say nothing: whoever wants another protocol is answered in this one."""

    def _stop(self, status: int) -> None:
        self._status = status
        raise _EndError

    # --- Looking after it ------------------------------------------------------------------

    def _look_later(self) -> None:
        self._looking = self.loop.call_later(self.limits.look_every_s, self._look)

    def _look(self) -> None:
        now = self.loop.time()
        if self._is_unread(now):
            self.transport.abort()
        elif not self.transport.is_closing():
            self._look_at_request(now)
        self._look_later()

    def _look_at_request(self, now: float) -> None:
        if self._is_between_requests:
            if self._head_since is not None and now - self._head_since > self.limits.head_s:
                self._refuse(408)
        elif self._body_since is None:
            return
        elif self.cycle.response_complete:
            if self._is_unwanted:
                self.transport.abort()
            self._is_unwanted = True
        elif self.flow.read_paused:
            # The body waits for us.
            self._body_since += self.limits.look_every_s
        elif self._is_slow(now - self._body_since):
            self._refuse(408)

    def _is_slow(self, elapsed_s: float) -> bool:
        """Whether a body has come more slowly than it may."""
        expected = (elapsed_s - self.limits.slow_s) * self.limits.bytes_per_s
        return self._body_bytes < expected or elapsed_s > self.limits.body_s

    def _is_unread(self, now: float) -> bool:
        """Whether what was sent is taken more slowly than it may be."""
        unsent = self.transport.get_write_buffer_size()
        since, before = self._unsent
        if not unsent or not before:
            self._unsent = (now, unsent)
            return False
        if now - since < self.limits.slow_s:
            return False
        self._unsent = (now, unsent)
        return unsent > max(0.0, before - (now - since) * self.limits.bytes_per_s)

    @property
    def _is_between_requests(self) -> bool:
        return self._body_since is None and self._under_way is None

    @property
    def _under_way(self) -> RequestResponseCycle | None:
        """The request that is not answered yet."""
        newest = cast("RequestResponseCycle | None", self.cycle)
        return None if newest is None or newest.response_complete else newest

    def _make_room(self) -> None:
        """End the connection that can best be spared, this one if there is no other."""
        others = [
            cast("Edge", each)
            for each in self.connections
            if each is not self and not each.transport.is_closing()
        ]
        spare = [each for each in others if each._is_between_requests]  # noqa: SLF001 - one of us
        spare = spare or [each for each in others if each._body_since is not None]  # noqa: SLF001 - one of us
        least = min(spare, key=lambda each: each._waiting_since, default=self)  # noqa: SLF001 - one of us
        least.transport.abort()

    def _refuse(self, status: int) -> None:
        """Answer where nothing was answered yet, and end the connection."""
        unanswered = self._under_way
        if unanswered is not None:
            if unanswered.response_started or self.pipeline:
                self.transport.abort()
                return
            unanswered.disconnected = True
            unanswered.message_event.set()
        self._answer(status, _SENTENCES[status])

    def _answer(self, status: int, sentence: str) -> None:
        """Answer with a sentence of the edge's own, guarded like any other, and say farewell."""
        content = sentence.encode()
        headers = (
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", b"%d" % len(content)),
            (b"connection", b"close"),
            *GUARDING,
            NOT_KEPT,
        )
        lines = b"".join(b"%b: %b\r\n" % header for header in headers)
        self.transport.write(STATUS_LINE[status] + lines + b"\r\n" + content)
        self.transport.close()
