"""Opening a database, its two kinds of transaction, and the guard of an SQLite file."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine

from counterfoil.errors import LedgerBusyError, LedgerError, LedgerInUseError
from counterfoil.ledger import Database, connections, database, hold, open_ledger
from counterfoil.ledger.database import sqlite_url as url_of
from tests.conftest import ROOT
from tests.ledger.builders import World, at_once
from tests.support.builders import NOW


@pytest.fixture(params=["sqlite", "postgres"])
def ledger_url(request: pytest.FixtureRequest) -> str:
    """The URL of a database with our tables, on each database."""
    url: str = request.getfixturevalue(f"{request.param}_ledger_url")
    return url


class TestAddress:
    @pytest.mark.parametrize("url", ["", "ledger.db", "mysql://root@localhost/x", "sqlite+no:///x"])
    def test_what_is_no_address_is_refused_with_one_that_is(self, url: str) -> None:
        """An address of another kind is refused, and the sentence shows how one looks."""
        with pytest.raises(LedgerError) as refused:
            Database(url)

        assert "COUNTERFOIL_DATABASE_URL" in refused.value.message
        assert "sqlite:///PATH" in refused.value.message

    def test_a_password_in_it_is_not_repeated(self) -> None:
        """What is told about an address that cannot be used leaves its password out."""
        with pytest.raises(LedgerError) as refused:
            Database("postgresql+psycopg://me:fake-secret@localhost:port/x")

        assert "fake-secret" not in refused.value.message + str(refused.value.detail)

    @pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
    def test_the_driver_may_be_left_out(self, scheme: str, postgres_url: str) -> None:
        """PostgreSQL is reached by the address as other programs write it, too."""
        database = open_ledger(postgres_url.replace("postgresql+psycopg", scheme))

        assert not database.is_sqlite
        assert database.file is None
        database.close()

    def test_a_database_in_memory_works_for_trials(self) -> None:
        """A database without a file keeps its tables for as long as it is open."""
        database = open_ledger("sqlite://")
        with database.writing() as tx:
            connections.note(tx, NOW, "me", "tried", "it")

        with database.reading() as tx:
            assert len(connections.notes(tx, "it")) == 1
        assert database.file is None
        database.close()


class TestTransactions:
    def test_nothing_of_a_failed_transaction_stays(self, ledger: Database) -> None:
        """What was written before a failure is gone after it, all of it."""

        def fail() -> None:
            with ledger.writing() as tx:
                connections.note(tx, NOW, "me", "did", "something")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            fail()

        with ledger.reading() as tx:
            assert connections.notes(tx, "something") == []

    def test_no_update_is_lost_between_threads(self, world: World) -> None:
        """Threads that read a counter under the row's lock and write it back lose nothing."""

        def count() -> None:
            for _ in range(10):
                with world.ledger.writing() as tx:
                    assert (
                        connections.take_token(tx, world.books, NOW, capacity=60, per_minute=1) == 0
                    )

        assert at_once(*[count] * 6) == [None] * 6

        with world.ledger.writing() as tx:
            assert connections.take_token(tx, world.books, NOW, capacity=60, per_minute=1) == 60

    def test_a_reader_does_not_wait_for_a_writer(self, world: World) -> None:
        """While a transaction writes, others read what was there before."""
        with world.ledger.writing() as writer:
            connections.change(writer, world.books, name="Another")
            with world.ledger.reading() as reader:
                before = connections.load(reader, world.books)

        with world.ledger.reading() as reader:
            after = connections.load(reader, world.books)
        assert before is not None
        assert after is not None
        assert (before.name, after.name) == ("Example Books", "Another")

    def test_a_commit_survives_a_power_cut(self, sqlite_ledger_url: str) -> None:
        """An SQLite file is written through to the disk at every commit, and keeps references."""
        database = Database(sqlite_ledger_url)

        with database.reading() as tx:
            told = {
                name: tx.exec_driver_sql(f"pragma {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }
        database.close()
        # 2 is "full".
        assert told == {
            "journal_mode": "wal",
            "synchronous": 2,
            "foreign_keys": 1,
            "busy_timeout": 10_000,
        }

    def test_what_is_given_back_late_is_closed(self, ledger_url: str) -> None:
        """A connection in use while its database is closed is closed as soon as it is free."""
        database = open_ledger(ledger_url)
        with database.writing() as tx:
            raw: Any = tx.connection.driver_connection
            database.close()
            connections.note(tx, NOW, "me", "was late", "it")

        with pytest.raises((sqlite3.ProgrammingError, psycopg.OperationalError), match="closed"):
            raw.execute("SELECT 1")

    def test_a_first_opening_waits_for_who_looks_at_the_file(
        self, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A file that another program is just reading is switched to WAL when it has read."""
        file = Path(sqlite_url.removeprefix("sqlite:///"))
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("create table theirs (a)")
            other.execute("begin")
            other.execute("select * from theirs").fetchall()
            waits: list[float] = []

            def end_reading(seconds: float) -> None:
                waits.append(seconds)
                if len(waits) == 3:
                    other.execute("commit")

            clock = SimpleNamespace(monotonic=lambda: 0.0, sleep=end_reading)
            monkeypatch.setattr(database, "time", clock)
            opened = Database(sqlite_url, busy_timeout_ms=1)
            with opened.reading() as tx:
                told = tx.exec_driver_sql("pragma journal_mode").scalar()
            opened.close()

        assert (told, len(waits)) == ("wal", 3)

    def test_a_first_opening_does_not_wait_for_ever(
        self, sqlite_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Who never ends its reading is named as what keeps the file, in words."""
        file = Path(sqlite_url.removeprefix("sqlite:///"))
        with closing(sqlite3.connect(file, isolation_level=None)) as other:
            other.execute("create table theirs (a)")
            other.execute("begin")
            other.execute("select * from theirs").fetchall()
            hours = count()
            clock = SimpleNamespace(monotonic=lambda: float(next(hours)), sleep=lambda _s: None)
            monkeypatch.setattr(database, "time", clock)
            opened = Database(sqlite_url, busy_timeout_ms=10)
            with pytest.raises(LedgerBusyError), opened.reading():
                raise AssertionError("it was opened")
            opened.close()

    def test_references_hold_after_an_upgrade_too(self, sqlite_url: str) -> None:
        """The connection that changed tables checks references again afterwards."""
        database = open_ledger(sqlite_url)

        with pytest.raises(LedgerError), database.writing() as tx:
            connections.add_link(tx, name="nothing", operations_id=7, books_id=8, created_at=NOW)
        database.close()


class TestHold:
    def test_a_second_hub_on_the_same_file_is_refused(self, sqlite_ledger_url: str) -> None:
        """While one hub holds a file, another is told so and how both could work."""
        first, second = Database(sqlite_ledger_url), Database(sqlite_ledger_url)

        with hold(first), pytest.raises(LedgerInUseError) as refused, hold(second):
            pytest.fail("the file was held twice")

        assert "Another Counterfoil already works on ledger.db" in refused.value.message
        assert "Stop that one first" in refused.value.message
        assert "PostgreSQL" in refused.value.message
        with hold(second):
            assert second.is_held

    def test_commands_may_read_and_write_beside_the_hub(self, sqlite_ledger_url: str) -> None:
        """A command's short transactions are no second hub."""
        hub = open_ledger(sqlite_ledger_url)
        with hold(hub):
            command = open_ledger(sqlite_ledger_url)
            with command.writing() as tx:
                connections.note(tx, NOW, "me", "looked", "about")
            command.close()
            with hub.reading() as tx:
                assert len(connections.notes(tx, "about")) == 1
        hub.close()

    def test_the_holder_may_ask_again(self, sqlite_ledger_url: str) -> None:
        """Holding what one holds changes nothing, and the inner end does not let go."""
        hub, other = Database(sqlite_ledger_url), Database(sqlite_ledger_url)
        with hold(hub):
            with hold(hub):
                pass
            with pytest.raises(LedgerInUseError), hold(other):
                pass

    def test_a_killed_hub_holds_nothing(self, sqlite_ledger_url: str) -> None:
        """The guard ends with the process, even when that is killed."""
        program = (
            "import sys; from counterfoil.ledger import Database, hold\n"
            "with hold(Database(sys.argv[1])):\n"
            "    print('held', flush=True); sys.stdin.read()\n"
        )
        other = subprocess.Popen(
            [sys.executable, "-c", program, sqlite_ledger_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={"PYTHONPATH": str(ROOT / "src")},
        )
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        mine = Database(sqlite_ledger_url)

        with pytest.raises(LedgerInUseError), hold(mine):
            pass
        other.kill()
        other.communicate()
        with hold(mine):
            assert mine.is_held

    def test_a_server_has_no_guard(self, postgres_url: str) -> None:
        """On PostgreSQL several hubs work together: leases decide, nothing is held."""
        first, second = Database(postgres_url), Database(postgres_url)

        with hold(first), hold(second):
            assert not first.is_held

    def test_a_folder_that_is_missing_is_named_with_the_cure(self, tmp_path: Path) -> None:
        """Where no lock file can be made, the sentence says what to check."""
        folder = tmp_path / "nowhere"

        with (
            pytest.raises(LedgerError, match=r"Check that the folder .* exists") as refused,
            hold(Database(url_of(folder / "ledger.db"))),
        ):
            pass
        assert not isinstance(refused.value, LedgerInUseError)
        assert not folder.exists()


def test_moments_come_back_as_they_went(world: World) -> None:
    """An instant is kept to the microsecond, whatever the database makes of times."""
    moment = NOW + timedelta(microseconds=123_457)
    with world.ledger.writing() as tx:
        connections.change(tx, world.books, due_at=moment)

    with world.ledger.reading() as tx:
        found = connections.load(tx, world.books)
    assert found is not None
    assert found.due_at == moment


def test_only_our_columns_are_read_by_others(sqlite_ledger_url: str) -> None:
    """The file is an ordinary SQLite database that any viewer opens."""
    engine = create_engine(sqlite_ledger_url)
    with engine.connect() as tx:
        assert tx.exec_driver_sql("pragma integrity_check").scalar() == "ok"
    engine.dispose()
