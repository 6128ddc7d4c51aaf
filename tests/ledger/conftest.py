"""A ledger for every test, on both databases: a copy of one whose tables are made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.ledger import Database, schema
from counterfoil.ledger.database import sqlite_url
from counterfoil.ledger.schema import metadata
from tests.ledger.builders import World, settle_world
from tests.support import postgres


@pytest.fixture
def sqlite_ledger_url(sqlite_tables: bytes, tmp_path: Path) -> str:
    """The URL of an SQLite file with our tables."""
    file = tmp_path / "ledger.db"
    file.write_bytes(sqlite_tables)
    return sqlite_url(file)


@pytest.fixture
def postgres_ledger_url(postgres_server: postgres.Server, postgres_tables: str) -> Iterator[str]:
    """The URL of a PostgreSQL database with our tables."""
    url = postgres_server.create_database(postgres_tables)
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(scope="session")
def postgres_shared(postgres_server: postgres.Server, postgres_tables: str) -> Iterator[Database]:
    """A PostgreSQL ledger that tests use one after the other: making one takes long."""
    url = postgres_server.create_database(postgres_tables)
    database = Database(url)
    yield database
    database.close()
    postgres_server.drop_database(url)


def empty(database: Database) -> None:
    """Leave no row behind, and count from one again."""
    # Who the ledger is stays: whoever opens it next asks.
    kept = [table for table in metadata.sorted_tables if table is not schema.ledger]
    tables = [table.name for table in reversed(kept)]
    counted = [table.name for table in kept if "id" in table.columns]
    words = [f"DELETE FROM {name}" for name in tables]
    words += [f"SELECT setval('{name}_id_seq', 1, false)" for name in counted]
    with database.writing() as tx:
        tx.exec_driver_sql("; ".join(words))


@pytest.fixture(params=["sqlite", "postgres"])
def ledger(request: pytest.FixtureRequest) -> Iterator[Database]:
    """The ledger, empty; runs the test twice."""
    database: Database
    if request.param == "postgres":
        database = request.getfixturevalue("postgres_shared")
        empty(database)
        yield database
        return
    database = Database(request.getfixturevalue("sqlite_ledger_url"))
    yield database
    database.close()


@pytest.fixture
def world(ledger: Database) -> World:
    """The ledger of a company with one link."""
    return settle_world(ledger)
