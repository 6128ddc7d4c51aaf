"""How the program's own server treats those who call it."""

from __future__ import annotations

import pytest
import uvicorn
from fastapi import FastAPI

from counterfoil.cli._server import KEEP_ALIVE_S, listening, serve_app

# The Web Connector's pause after NoOp, as the stand-in makes it.
NOOP_PAUSE_S = 5


def test_idle_connections_outlive_the_pauses_between_calls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A Web Connector that pauses between two calls finds its connection open."""
    configured: list[uvicorn.Config] = []
    monkeypatch.setattr(
        uvicorn.Server, "run", lambda self, sockets=None: configured.append(self.config)
    )
    with listening("127.0.0.1", 0) as server:
        serve_app(FastAPI(), server)

    assert configured[0].timeout_keep_alive == KEEP_ALIVE_S > NOOP_PAUSE_S
