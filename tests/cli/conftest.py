"""A keyboard beside a whole company: commands as people type them, in this process."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.main import get_command
from typer.testing import CliRunner, Result

from counterfoil import logs
from counterfoil.cli import _show, app
from counterfoil.hub import setup
from counterfoil.ledger.database import sqlite_url
from tests.support.world import SECRET_KEY, World, cheap_passwords, open_world

HOME = {
    "COUNTERFOIL_SECRET_KEY": SECRET_KEY,
    "COUNTERFOIL_PUBLIC_URL": "http://localhost:8080",
    "COUNTERFOIL_CONNECTION_KEY": None,
    "COUNTERFOIL_CONNECTION_SECRET": None,
    "COUNTERFOIL_CONNECTION_INTEGRATION_CODE": None,
    "COUNTERFOIL_CONFIG": None,
}


class Keyboard:
    """Types commands and reads what they say."""

    def __init__(self, url: str) -> None:
        self.environment: dict[str, str | None] = {**HOME, "COUNTERFOIL_DATABASE_URL": url}

    def type(self, *words: str, code: int = 0, keys: str | None = None) -> Result:
        """Type one command; it has to end with this exit code."""
        done = CliRunner().invoke(app, words, input=keys, env=self.environment)
        assert done.exit_code == code, f"{done.exit_code}: {done.stdout}{done.stderr}"
        return done

    def read(self, *words: str, code: int = 0, keys: str | None = None) -> Any:
        """Type one command with ``--json``; gives the value it printed."""
        return json.loads(self.type(*words, "--json", code=code, keys=keys).stdout)


@pytest.fixture(scope="session", autouse=True)
def built_once() -> Iterator[None]:
    """The command line is built from its functions once, not for every command typed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("typer.testing._get_command", cache(get_command))
        yield


@pytest.fixture(autouse=True)
def logs_as_before() -> Iterator[None]:
    """Commands set the logs up for their process; the tests' process goes on."""
    before, last_resort = structlog.get_config(), logging.lastResort
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with cheap_passwords():
        yield
    logs.silence(on=False)
    _show.read_in(None)
    structlog.configure(**before)
    logging.lastResort = last_resort
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def url(sqlite_tables: bytes, tmp_path: Path) -> str:
    """The URL of an SQLite file with our tables and nothing in them."""
    file = tmp_path / "hub.db"
    file.write_bytes(sqlite_tables)
    return sqlite_url(file)


@pytest.fixture
def keyboard(url: str) -> Keyboard:
    """A keyboard at a hub to which nothing is connected yet."""
    return Keyboard(url)


@pytest.fixture(scope="module")
def at_idle_hub(
    sqlite_tables: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Keyboard]:
    """A keyboard at the hub of a company in which nothing ever happens: for what is refused."""
    file = tmp_path_factory.mktemp("idle") / "hub.db"
    file.write_bytes(sqlite_tables)
    with cheap_passwords(), open_world(sqlite_url(file)):
        yield Keyboard(sqlite_url(file))


@pytest.fixture
def world(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A company, and its hub on a database that commands open, too; all at the same time."""
    with open_world(url) as opened:
        same_world = partial(
            setup.open_hub,
            now=opened.clock.now,
            sleep=opened.clock.wait,
            transport=opened.shop_line,
        )
        monkeypatch.setattr(setup, "open_hub", same_world)
        yield opened


@pytest.fixture
def at_hub(world: World, url: str) -> Keyboard:
    """A keyboard at the company's hub."""
    return Keyboard(url)
