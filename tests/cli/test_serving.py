"""How the program's own server treats those who call it."""

from __future__ import annotations

from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI

from counterfoil.cli._server import KEEP_ALIVE_S, _tell, listening, serve_app
from counterfoil.hub import users
from counterfoil.hub.setup import Configuration, open_hub
from counterfoil.ledger.database import sqlite_url
from tests.support.world import SECRET_KEY

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


def test_the_setup_code_is_told_while_there_is_no_owner(
    sqlite_tables: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever starts a fresh hub can create its administrator, and nobody else can."""
    (tmp_path / "hub.db").write_bytes(sqlite_tables)
    configuration = Configuration(
        database_url=sqlite_url(tmp_path / "hub.db"),
        secret_key=SECRET_KEY,
        public_url="https://hub.example.com",
    )
    with open_hub(configuration) as hub:
        _tell("http://localhost:8080", hub, json=False)
        told = capsys.readouterr().out
        code = told.partition("Setup code: ")[2].split()[0]
        words = ("mara@bakery.example", "Mara", "plum orbit candle 47", users.Caller("", ""))
        users.first_owner(hub, *words, code=code)
        _tell("http://localhost:8080", hub, json=False)

    assert "https://hub.example.com/welcome/administrator" in told
    assert "Setup code" not in capsys.readouterr().out
