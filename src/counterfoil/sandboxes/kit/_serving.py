"""A stand-in on a port of this machine, for programs that call over a real line."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

__all__ = ["KEEP_ALIVE_S", "served"]

KEEP_ALIVE_S = 75
"""How long an idle connection stays open.

Longer than the pauses of ordinary clients: with uvicorn's 5 s a client that calls again after
a pause of 5 s finds its connection closed under its hand, and cannot know whether the call
was carried out.
"""

_STOP_S = 10.0


@contextmanager
def served(app: Any, port: int = 0, *, with_lifespan: bool = False) -> Iterator[int]:
    """Serve an application in a thread; gives its port.  ``0`` chooses a free one.

    It listens before the first call can be made, and has ended when the context has.

    Raises:
        OSError: The port cannot be listened on.
    """
    with socket.create_server(("127.0.0.1", port)) as listener:
        config = uvicorn.Config(
            app,
            log_level="error",
            access_log=False,  # tokens stand in addresses
            lifespan="on" if with_lifespan else "off",
            timeout_keep_alive=KEEP_ALIVE_S,
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=server.run, args=([listener],), name="stand-in", daemon=True
        )
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(_STOP_S)
