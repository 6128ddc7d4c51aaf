"""A deadline for one whole call.

The HTTP library's timeouts are of single steps: a peer that sends a byte now and then, in the
head of its answer, is waited for as long as it likes.  So the connection in use is remembered
as the library tells of it, and is cut when the time is over, whatever the library waits for.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import httpx2

__all__ = ["Deadline"]

# What the library says when a connection is there, in clear or sealed.
_MADE = frozenset({"connection.connect_tcp.complete", "connection.start_tls.complete"})


class Deadline:
    """The deadline of a client that makes one call at a time.

    ``extensions`` goes with every request.
    """

    def __init__(self) -> None:
        self.extensions: Mapping[str, Any] = {"trace": self._told}
        self._stream: Any = None
        self._is_over = False

    def _told(self, event: str, about: Mapping[str, Any]) -> None:
        if event in _MADE or event.endswith(tuple(_MADE)):
            self._stream = about["return_value"]
            if self._is_over:
                self._cut()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Give what is done within the context so long.

        Raises:
            httpx2.ReadTimeout: It took longer; the connection is gone.
        """
        self._is_over = False
        timer = threading.Timer(seconds, self._end)
        timer.daemon = True
        timer.start()
        try:
            yield
        except httpx2.TransportError as error:
            if self._is_over:
                raise httpx2.ReadTimeout(f"not whole after {seconds:.0f} s") from error
            raise
        finally:
            timer.cancel()

    def _end(self) -> None:
        self._is_over = True
        self._cut()

    def _cut(self) -> None:
        """Wake whoever waits at the connection; closing it is his."""
        if self._stream is not None:
            found = self._stream.get_extra_info("socket")
            with suppress(OSError):
                # Not by way of TLS, which somebody else is just using.
                socket.socket.shutdown(found, socket.SHUT_RDWR)
