"""A real server of ours on a loopback port, in a thread."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any, Self

import uvicorn

from counterfoil.api.edge import Edge
from counterfoil.cli._server import options_of

__all__ = ["Peer", "served"]


@contextmanager
def served(
    app: Any, *, edge: type[Edge] = Edge, trusted_proxies: Sequence[str] = ()
) -> Iterator[tuple[str, int]]:
    """Serve an application as the program does; gives its address."""
    options = options_of(app, trusted_proxies=trusted_proxies)
    options.http = edge
    options.lifespan = "off"
    server = uvicorn.Server(options)
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[:2]
        finally:
            server.should_exit = server.force_exit = True
            thread.join(10)


class Peer:
    """Somebody at the other end of a connection, who sends what he likes."""

    def __init__(self, address: tuple[str, int], timeout_s: float = 5.0) -> None:
        self.socket = socket.create_connection(address, timeout=timeout_s)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> bool:
        """Send; whether the other end still takes it."""
        try:
            self.socket.sendall(data)
        except OSError:
            return False
        return True

    def answer(self) -> bytes:
        """Read until the other end closes, or says no more for a while."""
        found = bytearray()
        try:
            while piece := self.socket.recv(65536):
                found += piece
        except OSError:
            pass
        return bytes(found)

    def status(self) -> int:
        """Give the status of the next answer; 0: the connection ended without one."""
        found = bytearray()
        try:
            while b"\r\n" not in found and (piece := self.socket.recv(65536)):
                found += piece
        except OSError:
            pass
        return int(found.split()[1]) if found.startswith(b"HTTP/") else 0
