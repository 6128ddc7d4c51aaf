"""A stand-in on a port."""

from __future__ import annotations

import socket

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI

from counterfoil.sandboxes.kit import KEEP_ALIVE_S, served

NOOP_PAUSE_S = 5


def test_it_answers_until_the_context_ends() -> None:
    """The first call finds it listening, and afterwards nobody is there."""
    app = FastAPI()
    app.add_api_route("/", lambda: {"said": "yes"})
    with served(app) as port:
        assert httpx2.get(f"http://127.0.0.1:{port}/").json() == {"said": "yes"}

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)


def test_idle_connections_outlive_the_pauses_between_calls(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A client that pauses as long as the Web Connector does finds its connection open."""
    configured: list[uvicorn.Config] = []
    monkeypatch.setattr(
        uvicorn.Server, "run", lambda self, sockets=None: configured.append(self.config)
    )
    with served(FastAPI()):
        pass

    assert configured[0].timeout_keep_alive == KEEP_ALIVE_S > NOOP_PAUSE_S
