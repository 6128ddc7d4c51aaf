"""Whole requests, of strangers and of people who signed in, at the hub's web application.

An input is a request as text: ``METHOD /address``, a header a line, an empty line, the body.
``OWNER`` in a cookie and ``TOKEN`` in a header stand for what somebody is let in with.  Each is
asked of the same company: what the one before changed is put back.
"""

from __future__ import annotations

import atexit
import sqlite3
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import unquote_to_bytes

import httpx2
from starlette.types import ASGIApp, Receive, Scope, Send

from counterfoil.api import tokens
from counterfoil.hub import accounts, desk, finding
from counterfoil.hub.scopes import Scope as Permitted
from counterfoil.ledger.database import sqlite_url
from tests.support.in_loop import InLoop
from tests.support.visitors import seated, session_of
from tests.support.world import ACTOR, World, cheap_passwords, open_world

from ._target import Target, seeds_of

__all__ = ["TARGETS"]

_STRANGER: Final = ("203.0.113.9", 50_000)
_NAME_BYTES: Final = frozenset(
    b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)


@dataclass(frozen=True)
class _Company:
    """A hub in which something has happened, and how it was then."""

    world: World
    file: Path
    before: sqlite3.Connection
    bearers: tuple[tuple[bytes, bytes], ...]

    def ask(self, data: bytes) -> httpx2.Response:
        """Ask what an input says, of the company as it was."""
        with closing(sqlite3.connect(self.file)) as now:
            # It need not outlast a power cut.
            now.execute("pragma synchronous=off")
            self.before.backup(now)
        for word, secret in self.bearers:
            data = data.replace(word, secret)
        with closing(InLoop(_as_written(data, seated(self.world.hub)))) as line:
            return line.handle_request(_carrying(data))


@cache
def _company() -> _Company:
    stack = ExitStack()
    atexit.register(stack.close)
    stack.enter_context(cheap_passwords())
    file = Path(stack.enter_context(TemporaryDirectory())) / "hub.db"
    world = stack.enter_context(open_world(sqlite_url(file)))
    world.orders(2)
    world.sync()
    books = finding.connection_named(world.hub, world.books_id)
    accounts.add_person(world.hub, books, "Ines", ACTOR)
    world.set("sales-order-out.create_missing_customers=false")
    world.set("sales-order-out.mode=manual")
    world.order("SO-3", "NOBODY", "1 BOLT 2.00")
    world.order("SO-4", "ACME", "1 BOLT 2.00")
    world.read_operations()
    desk.release(world.hub, world.link, "sales-order", ["SO-3"], ACTOR, everything=False)
    world.run_web_connector()
    owner = session_of(world.hub, Permitted.ADMINISTER)
    token = tokens.add(world.hub, "fuzzing", ACTOR)[1]
    before = sqlite3.connect(":memory:")
    with closing(sqlite3.connect(file)) as now:
        now.backup(before)
    bearers = ((b"OWNER", owner.encode()), (b"TOKEN", token.encode()))
    return _Company(world, file, before, bearers)


def _carrying(data: bytes) -> httpx2.Request:
    """Make the request that brings a body; where it leads is in the input."""
    return httpx2.Request("POST", "http://hub.example/", content=data.partition(b"\n\n")[2])


def _as_written(data: bytes, app: ASGIApp) -> ASGIApp:
    """Let an application see method, address and headers as the input has them.

    What the server's parser lets nobody send, such as a control character in a header, is left out.
    """
    first, *lines = data.partition(b"\n\n")[0].split(b"\n")
    method, _, address = first.partition(b" ")
    path, _, query = bytes(each for each in address if 0x20 < each < 0x7F).partition(b"?")
    written = {
        "method": "".join(filter(str.isalpha, method.decode("ascii", "ignore")))[:20] or "GET",
        "path": unquote_to_bytes(path).decode("utf-8", "replace") or "/",
        "raw_path": path,
        "query_string": query,
        "headers": [header for line in lines if (header := _header(line)) is not None],
        "client": _STRANGER,
        "server": ("hub.example", 8080),
    }

    async def asked(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, **written}, receive, send)

    return asked


def _header(line: bytes) -> tuple[bytes, bytes] | None:
    name, colon, value = line.partition(b":")
    if not colon or not name or not set(name) <= _NAME_BYTES:
        return None
    return name.lower(), bytes(each for each in value.strip() if each >= 0x20 and each != 0x7F)


def _asked(data: bytes) -> None:
    answer = _company().ask(data)
    # SOAP 1.1 (6.2) has its faults answered with 500; 502 and 503 are another's, or pass.
    is_fault = answer.headers.get("content-type", "").startswith("text/xml")
    assert answer.status_code != 500 or is_fault, answer.text[-300:]


_PAGES, _STRANGERS = (tuple(each.split(b"\n~~~~\n")) for each in seeds_of("requests"))

TARGETS: Final = {
    "pages": Target(_asked, _PAGES, prepare=_company),
    "strangers": Target(_asked, _STRANGERS, prepare=_company),
}
