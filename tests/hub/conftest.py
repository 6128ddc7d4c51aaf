"""A whole company for every test: both systems, the Web Connector and the hub."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import structlog

from counterfoil.ledger.database import sqlite_url
from tests.support import postgres
from tests.support.autotask import ServiceDesk, open_service_desk
from tests.support.online import OnlineDesk, OnlineShop, open_online_desk, open_online_shop
from tests.support.world import World, cheap_passwords, open_world

OpenWorld = Callable[..., World]


def _unheard(*_event: object) -> dict[str, object]:
    raise structlog.DropEvent


@pytest.fixture(autouse=True)
def quiet() -> None:
    """What the hub logs is not these tests' business, and a traceback takes long to render."""
    structlog.configure(processors=[_unheard])


@pytest.fixture(scope="session", autouse=True)
def quick() -> Iterator[None]:
    """Passwords cost little: their price is what they are for, not what tests are about."""
    with cheap_passwords():
        yield


@pytest.fixture
def sqlite_hub_url(sqlite_tables: bytes, tmp_path: Path) -> str:
    """The URL of an SQLite file with our tables."""
    file = tmp_path / "hub.db"
    file.write_bytes(sqlite_tables)
    return sqlite_url(file)


@pytest.fixture
def postgres_hub_url(postgres_server: postgres.Server, postgres_tables: str) -> Iterator[str]:
    """The URL of a PostgreSQL database with our tables."""
    url = postgres_server.create_database(postgres_tables)
    yield url
    postgres_server.drop_database(url)


class Household:
    """Companies that live on from test to test of one module, unless a test leaves a mess."""

    def __init__(self, tables: bytes, folder: Path) -> None:
        self._tables = tables
        self._folder = folder
        self._stack = ExitStack()
        self._worlds: dict[tuple[Any, ...], World] = {}

    @contextmanager
    def visit(self, *settings: str, **more: Any) -> Iterator[World]:
        """Give the company of these settings; after a failure the next visitor gets a new one."""
        key = (settings, *sorted(more.items()))
        world = self._worlds.pop(key, None)
        if world is None:
            file = self._folder / f"hub-{next(_files)}.db"
            file.write_bytes(self._tables)
            world = self._stack.enter_context(open_world(sqlite_url(file), *settings, **more))
        yield world
        world.counter.well_behaved()
        if not world.unsettled():
            self._worlds[key] = world

    def close(self) -> None:
        self._stack.close()


_files = count(1)


@pytest.fixture(scope="module")
def household(
    sqlite_tables: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Household]:
    """The companies of a module."""
    made = Household(sqlite_tables, tmp_path_factory.mktemp("household"))
    yield made
    made.close()


def _file_of(tables: bytes, folders: pytest.TempPathFactory) -> str:
    """Give the URL of a file with our tables that lives on through a module."""
    file = folders.mktemp("company") / "hub.db"
    file.write_bytes(tables)
    return sqlite_url(file)


@pytest.fixture(scope="module")
def service(
    sqlite_tables: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServiceDesk]:
    """A company that works with Autotask, and lives on through a module."""
    with open_service_desk(_file_of(sqlite_tables, tmp_path_factory)) as opened:
        yield opened


@pytest.fixture(scope="module")
def online_desk(
    sqlite_tables: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OnlineDesk]:
    """A company that works with Autotask and QuickBooks Online, and lives on through a module."""
    with open_online_desk(_file_of(sqlite_tables, tmp_path_factory)) as opened:
        yield opened


@pytest.fixture(scope="module")
def online_shop(
    sqlite_tables: bytes, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OnlineShop]:
    """A company that works with Fusion Operations and QuickBooks Online, through a module."""
    with open_online_shop(_file_of(sqlite_tables, tmp_path_factory)) as opened:
        yield opened


@pytest.fixture
def open_company(sqlite_hub_url: str) -> Iterator[OpenWorld]:
    """Opens the test's company: settings, then ``company`` and parameters of the books."""
    with ExitStack() as stack:

        def enter(*settings: str, **more: Any) -> World:
            opened: AbstractContextManager[World] = open_world(sqlite_hub_url, *settings, **more)
            return stack.enter_context(opened)

        yield enter


@pytest.fixture
def world(open_company: OpenWorld) -> World:
    """A company in which everything runs by itself and whatever is missing is created."""
    return open_company()


@pytest.fixture(params=["sqlite", "postgres"])
def either_world(request: pytest.FixtureRequest) -> Iterator[World]:
    """The same on each database."""
    with open_world(request.getfixturevalue(f"{request.param}_hub_url")) as opened:
        yield opened
