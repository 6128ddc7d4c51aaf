"""Statements on the driver's own cursor come to what SQLAlchemy's execution comes to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, event
from sqlalchemy.exc import IntegrityError, OperationalError

from counterfoil.errors import LedgerError
from counterfoil.ledger import Database
from counterfoil.ledger._driver import carry_out, fetch_all

INSERT = "INSERT INTO note VALUES ({}, {})"
SELECT = "SELECT id, words FROM note ORDER BY id"


@contextmanager
def notes(database: Database) -> Iterator[Connection]:
    """A transaction with a table of its own, which ends with it."""
    with database.writing() as tx:
        tx.exec_driver_sql("CREATE TEMPORARY TABLE note (id bigint PRIMARY KEY, words text)")
        yield tx
        tx.exec_driver_sql("DROP TABLE note")


def insert(tx: Connection, *rows: tuple[int, str | None]) -> int:
    """Insert rows in one call."""
    mark = "?" if tx.dialect.name == "sqlite" else "%s"
    return carry_out(tx, INSERT.format(mark, mark), list(rows))


def listened(tx: Connection, run: Callable[[], Any]) -> tuple[Any, int]:
    """What it comes to while somebody listens, and how many statements they heard of."""
    heard: list[object] = []

    def notice(*given: object) -> None:
        heard.append(given[2])

    event.listen(tx.engine, "before_cursor_execute", notice)
    result = run()
    event.remove(tx.engine, "before_cursor_execute", notice)
    return result, len(heard)


@pytest.mark.parametrize(
    "rows", [[(1, "one")], [(1, None), (2, "dö 100 %"), (3, "")]], ids=["one row", "several"]
)
def test_both_ways_come_to_the_same(ledger: Database, rows: list[tuple[int, str | None]]) -> None:
    """Rows touched and rows found are the same, whether somebody listens or not."""
    with notes(ledger) as tx:
        quick = insert(tx, *rows), [tuple(row) for row in fetch_all(tx, SELECT, ())]
        tx.exec_driver_sql("DELETE FROM note")

        touched, heard = listened(tx, lambda: insert(tx, *rows))
        found, heard_more = listened(tx, lambda: fetch_all(tx, SELECT, ()))

        assert quick == (touched, [tuple(row) for row in found]) == (len(rows), rows)
        assert heard == heard_more == 1


def test_the_first_statement_begins_the_transaction(ledger: Database) -> None:
    """A transaction that only reads has begun with its first statement, and sees one state."""
    with ledger.reading() as tx:
        assert not tx.in_transaction()

        assert [tuple(row) for row in fetch_all(tx, "SELECT 1", ())] == [(1,)]

        assert tx.in_transaction()


def test_what_fails_is_the_same_error(ledger: Database) -> None:
    """A row that is there already is SQLAlchemy's error with the driver's as its cause."""

    def write_twice() -> None:
        with notes(ledger) as tx:
            insert(tx, (1, "fake-secret"))
            insert(tx, (1, "fake-secret"))

    with pytest.raises(LedgerError, match="already recorded") as told:
        write_twice()

    error = told.value.__cause__
    assert isinstance(error, IntegrityError)
    assert error.orig is error.__cause__
    assert "fake-secret" not in str(error.params)


def test_a_connection_that_broke_is_used_no_more(postgres_shared: Database) -> None:
    """What the server ended is told as such, and the next transaction has another connection."""

    def ask_when_ended() -> None:
        with postgres_shared.writing() as tx:
            end(postgres_shared, backend(tx))
            backend(tx)

    with pytest.raises(LedgerError, match="server does not answer") as told:
        ask_when_ended()

    assert isinstance(told.value.__cause__, OperationalError)
    assert told.value.__cause__.connection_invalidated
    with postgres_shared.writing() as tx:
        assert backend(tx)


def backend(tx: Connection) -> int:
    """Ask which of the server's processes serves a connection."""
    return int(fetch_all(tx, "SELECT pg_backend_pid()", ())[0][0])


def end(database: Database, process: int) -> None:
    """End one of the server's processes, and wait until it has."""
    url = database.engine.url.set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", (process,))
