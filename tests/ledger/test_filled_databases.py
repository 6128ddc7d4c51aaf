"""Databases of earlier versions, filled by those, come over whole and are read by today's code.

``filled/revision-NNNN.json`` holds what a database of that revision held: the program of that
time let a company work for some days (orders that arrived, stopped, changed, were left out and
received; stock; people, notices, decisions), and what it had no occasion for was added by hand,
so that no table is empty.  A row stands as its columns were; ``hex`` is what is no text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from alembic import command
from sqlalchemy import Boolean, Connection, LargeBinary, MetaData, Table, func, insert, select, text

from counterfoil.api.security import COOKIE
from counterfoil.hub import inbox, notices, views
from counterfoil.hub.scopes import Scope
from counterfoil.hub.setup import Configuration, Hub, open_hub
from counterfoil.ledger import Database, audits, migrations
from counterfoil.ledger.database import sqlite_url
from tests.support.console_routes import pages
from tests.support.visitors import Visitor, session_of
from tests.support.world import SECRET_KEY

FILLED: Final = Path(__file__).parent / "filled"
REVISIONS: Final = sorted(file.stem.partition("-")[2] for file in FILLED.glob("*.json"))
# What an upgrade ends on purpose: table -> keys of its rows.
ENDS: Final = {"hub_rule": {("setup_code",)}}
# A moment after the last that the files tell of.
LATER: Final = datetime(2025, 3, 20, tzinfo=UTC)

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def kept(revision: str) -> Rows:
    """Read what a database of a revision held."""
    rows: Rows = json.loads((FILLED / f"revision-{revision}.json").read_text("utf-8"))
    return rows


def _value(column: Any, value: Any) -> Any:
    """Give a value as its column has it on either database."""
    if isinstance(value, dict):
        (found,) = value.values()
        value = bytes.fromhex(found) if "hex" in value else found.encode()
    elif isinstance(column.type, LargeBinary) and isinstance(value, str):
        value = value.encode()
    return bool(value) if isinstance(column.type, Boolean) and value is not None else value


def fill(database: Database, revision: str, rows: Rows) -> None:
    """Make the tables of a revision, with everything in them."""
    with database.writing() as tx:
        command.upgrade(migrations.config_for(tx), revision)
        tables = MetaData()
        tables.reflect(tx)
        for table in tables.sorted_tables:
            found = [
                {name: _value(table.c[name], value) for name, value in row.items()}
                for row in rows.get(table.name, ())
            ]
            for row in found:
                tx.execute(insert(table).values(**row))
            if found and not database.is_sqlite and "id" in table.c:
                _count_on(tx, table)


def _count_on(tx: Connection, table: Table) -> None:
    """Let the next row get a number that none has."""
    sequence = tx.scalar(text("SELECT pg_get_serial_sequence(:t, 'id')"), {"t": table.name})
    if sequence:
        newest = tx.scalar(select(func.max(table.c.id)))
        tx.execute(text("SELECT setval(:s, :n)"), {"s": sequence, "n": newest})


class Upgraded(NamedTuple):
    """A hub of today on a database that was filled before, and what that held."""

    hub: Hub
    rows: Rows


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which database it is."""
    return str(request.param)


@pytest.fixture(scope="module", params=REVISIONS)
def upgraded(
    request: pytest.FixtureRequest, kind: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Upgraded]:
    """The hub after the upgrade; these tests only look."""
    with ExitStack() as stack:
        if kind == "sqlite":
            url = sqlite_url(tmp_path_factory.mktemp("filled") / "hub.db")
        else:
            server = request.getfixturevalue("postgres_server")
            url = server.create_database()
            stack.callback(server.drop_database, url)
        rows = kept(request.param)
        with closing(Database(url)) as older:
            fill(older, request.param, rows)
        configuration = Configuration(database_url=url, secret_key=SECRET_KEY)
        hub = stack.enter_context(open_hub(configuration, lambda: LATER))
        yield Upgraded(hub, rows)


def test_no_table_was_empty() -> None:
    """What is tried is everything that a revision had tables for."""
    assert REVISIONS
    for revision in REVISIONS:
        with closing(Database("sqlite://")) as database, database.writing() as tx:
            command.upgrade(migrations.config_for(tx), revision)
            tables = MetaData()
            tables.reflect(tx)
        found = {name for name, rows in kept(revision).items() if rows}

        assert found == set(tables.tables) - {"counterfoil_version"}


def test_every_row_says_what_it_said(upgraded: Upgraded) -> None:
    """No row is gone, and no column that is still there holds anything else."""
    with upgraded.hub.database.reading() as tx:
        tables = MetaData()
        tables.reflect(tx)
        for name, rows in upgraded.rows.items():
            table = tables.tables[name]
            found = [dict(row) for row in tx.execute(select(table)).mappings()]
            keys = [column.name for column in table.primary_key]
            by_key = {tuple(row[key] for key in keys): row for row in found}
            for row in rows:
                was = {each: _value(table.c[each], value) for each, value in row.items()}
                key = tuple(was[each] for each in keys)
                if key in ENDS.get(name, ()):
                    assert key not in by_key
                else:
                    assert {each: by_key[key][each] for each in was} == was, name


def test_every_document_is_shown(upgraded: Upgraded) -> None:
    """Both sides, its life, and what went over the wire, of each."""
    hub = upgraded.hub
    for row in upgraded.rows["transfer"]:
        shown = views.document_shown(hub, row["id"])
        assert shown.row.transfer.number == row["number"]
        for each in shown.exchanges:
            views.wire_texts(hub, row["id"], each.id)


def test_what_needs_somebody_still_does(upgraded: Upgraded) -> None:
    """Refusals stand in the inbox, notices in their list, and the audit tells all it told."""
    hub = upgraded.hub
    stopped = {row["number"] for row in upgraded.rows["transfer"] if row["state"] == "refused"}
    cases = inbox.cases(hub)
    with hub.database.reading() as tx:
        told = audits.lines(tx, limit=500)

    assert len(cases) >= len(stopped) > 0
    assert len(notices.told(hub, limit=500)) == len(upgraded.rows["notice"])
    assert len(told) == len(upgraded.rows["audit"])
    assert [each.name for each in views.connection_status(hub)] == [
        row["name"] for row in upgraded.rows["connection"] if not row.get("removed_at")
    ]


def test_documents_are_found(upgraded: Upgraded) -> None:
    """What an upgrade writes down of each anew: its customer, its number, and its amount."""
    for words in ("harbor", "so-2", "SO-3 harb", "240"):
        found = views.documents_page(upgraded.hub, views.DocumentsSought(text=words))
        assert found.rows, words


@pytest.mark.slow
@pytest.mark.parametrize("upgraded", REVISIONS[:1], indirect=True)
def test_every_page_is_there(upgraded: Upgraded) -> None:
    """Whatever today's console shows of it: no page fails."""
    http = Visitor(upgraded.hub).http
    http.cookies.set(COOKIE, session_of(upgraded.hub, Scope.ADMINISTER))
    ways = {each.ways(upgraded.hub)[0] for each in pages()}
    answers = {way: http.get(way).status_code for way in sorted(ways)}

    assert {way: status for way, status in answers.items() if status >= 500} == {}
    assert sum(status == 200 for status in answers.values()) > len(answers) / 2
