"""The hub's web application beside a whole company, in this process, and who asks it."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import httpx2
import pytest
import structlog
from fastapi import FastAPI
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from counterfoil.api import tokens
from counterfoil.console.app import create_app
from counterfoil.hub import accounts, desk, finding, users
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.scopes import Scope as Permitted
from counterfoil.hub.setup import Configuration, Hub, open_hub
from counterfoil.hub.users import Caller, Role, Stage, scope_of_role
from counterfoil.hub.users._sessions import begin
from counterfoil.ledger import users as kept_users
from counterfoil.ledger.database import sqlite_url
from tests.support.world import ACTOR, SECRET_KEY, World, cheap_passwords, open_world

__all__ = [
    "NEIGHBOUR",
    "STRANGER",
    "Visitor",
    "calm",
    "new_hub",
    "program",
    "quick_and_quiet",
    "reader",
    "seated",
    "session_of",
    "world",
]

STRANGER = ("203.0.113.9", 50_000)
NEIGHBOUR = ("127.0.0.1", 50_000)


# The hub that the tests' one application speaks for: whichever is asked sits in it meanwhile.
_seat = object.__new__(Hub)


@cache
def _app() -> FastAPI:
    """Make the application once: its hundreds of routes take a second."""
    return create_app(_seat)


def seated(hub: Hub, app: FastAPI | None = None) -> ASGIApp:
    """Give this process's one application, or another, with a hub in its seat at each request."""
    served = app or _app()

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        _seat.__dict__ = hub.__dict__
        await served(scope, receive, send)

    return asked


def session_of(hub: Hub, scope: Permitted) -> str:
    """Sign somebody in who may do so much; gives the cookie of the browser.

    That is one of the hub's people, or where none of them may just that, the bearer of a token.
    """
    with hub.database.writing() as tx:
        for user in kept_users.all_users(tx):
            if user.joined_at is not None and scope_of_role(user.role) is scope:
                return begin(tx, user, Stage.OPEN, Caller("127.0.0.1", "Chromium"), hub.now())
    name = f"{scope} in a browser"
    if name in {each.name for each in tokens.all_tokens(hub)}:
        tokens.remove(hub, name, "tests")
    _number, token = tokens.add(hub, name, "tests", scope=scope)
    return tokens.begin_session(hub, token)


class Visitor:
    """Somebody who asks the hub over HTTP, from an address, with a token or without.

    ``alone``: nobody else has asked its application anything, so that its counters begin at none.
    """

    def __init__(
        self,
        hub: Hub,
        *,
        client: tuple[str, int] = STRANGER,
        base_url: str = "http://hub.example:8080",
        dispatcher: Dispatcher | None = None,
        alone: bool = False,
    ) -> None:
        is_own = alone or dispatcher is not None
        self.app = create_app(hub, dispatcher=dispatcher) if is_own else _app()
        self.http = TestClient(
            seated(hub, self.app),
            base_url=base_url,
            client=client,
            follow_redirects=False,
            raise_server_exceptions=False,
        )
        self.token = ""

    def sign_in(self, hub: Hub, name: str = "tests") -> Visitor:
        """Bear a token from now on."""
        if name in {each.name for each in tokens.all_tokens(hub)}:
            tokens.remove(hub, name, "tests")
        _number, self.token = tokens.add(hub, name, "tests")
        self.http.headers["Authorization"] = f"Bearer {self.token}"
        return self

    def ask(self, method: str, path: str, body: object = None, **query: Any) -> httpx2.Response:
        """Ask the JSON API."""
        return self.http.request(method, f"/api/v1{path}", json=body, params=query)

    def get(self, path: str, **query: Any) -> Any:
        """Read from the JSON API; it has to succeed."""
        answer = self.ask("GET", path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: object = None, *, status: int = 200, **query: Any) -> Any:
        """Do something over the JSON API; it has to end with this status."""
        answer = self.ask("POST", path, body, **query)
        assert answer.status_code == status, answer.text
        return answer.json()


@pytest.fixture(scope="session", autouse=True)
def quick_and_quiet() -> Iterator[None]:
    """Passwords cost little, and what the hub logs is asked for where it matters."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with cheap_passwords():
        yield
    structlog.configure(**before)


@pytest.fixture
def world(sqlite_tables: bytes, tmp_path: Path) -> Iterator[World]:
    """A company in which everything runs by itself."""
    file = tmp_path / "hub.db"
    file.write_bytes(sqlite_tables)
    with open_world(sqlite_url(file)) as opened:
        yield opened


@pytest.fixture(scope="module")
def calm(sqlite_tables: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A company for tests that only look: one order in the books, one refused, one held.

    Two people work on its company file; one is invited to the console.
    """
    file = tmp_path_factory.mktemp("calm") / "hub.db"
    file.write_bytes(sqlite_tables)
    with open_world(sqlite_url(file)) as opened:
        opened.orders(1)
        opened.sync()
        books = finding.connection_named(opened.hub, opened.books_id)
        accounts.add_person(opened.hub, books, "Ines", ACTOR)
        users.invite(opened.hub, "theo@larkspur.example", "Theo Brandt", Role.VIEWER, ACTOR)
        opened.set("sales-order-out.create_missing_customers=false")
        opened.set("sales-order-out.mode=manual")
        opened.order("SO-2", "NOBODY", "1 BOLT 2.00")
        opened.order("SO-3", "ACME", "1 BOLT 2.00")
        opened.read_operations()
        desk.release(opened.hub, opened.link, "sales-order", ["SO-2"], ACTOR, everything=False)
        opened.run_web_connector()
        yield opened


@pytest.fixture
def new_hub(sqlite_tables: bytes, tmp_path: Path) -> Iterator[Hub]:
    """A hub to which nothing is connected yet."""
    file = tmp_path / "new.db"
    file.write_bytes(sqlite_tables)
    url, key = sqlite_url(file), SECRET_KEY
    configuration = Configuration(database_url=url, secret_key=key, trust_this_computer=True)
    with open_hub(configuration) as hub:
        yield hub


@pytest.fixture
def program(world: World) -> Visitor:
    """A program elsewhere, with a token."""
    return Visitor(world.hub).sign_in(world.hub)


@pytest.fixture
def reader(calm: World) -> Visitor:
    """A program elsewhere, with a token, at the calm company's hub."""
    return Visitor(calm.hub).sign_in(calm.hub)
