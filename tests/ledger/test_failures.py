"""What a database does instead of recording: each failure provoked for real.

Each arrives as the right kind of ``LedgerError`` with a sentence and a cure, and nothing
is half-written.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import make_url

from counterfoil.engine.life import State
from counterfoil.errors import LedgerBusyError, LedgerError, LedgerFullError
from counterfoil.ledger import Database, connections, open_ledger
from counterfoil.ledger.database import sqlite_url as url_of
from tests.conftest import RUN_FOLDER
from tests.ledger.builders import SALES_ORDER, World, at_once, moved, settle_world
from tests.support import postgres
from tests.support.builders import NOW, order


def note(database: Database, subject: str = "x", detail: str | None = None) -> None:
    """Write one line in a transaction of its own."""
    with database.writing() as tx:
        connections.note(tx, NOW, "me", "did", subject, detail)


def noted(database: Database, subject: str = "x") -> int:
    """How many lines there are."""
    with database.reading() as tx:
        return len(connections.notes(tx, subject))


def told(kind: type[LedgerError], *words: str, when: Callable[[], object]) -> LedgerError:
    """The error of exactly this kind whose sentence has these words."""
    with pytest.raises(LedgerError) as caught:
        when()
    assert type(caught.value) is kind
    for word in words:
        assert word in caught.value.message
    assert caught.value.detail
    assert caught.value.__cause__ is not None
    return caught.value


@contextmanager
def statement(database: Database, words: str) -> Iterator[None]:
    """Run a statement in a writing transaction that stays open for the block."""
    with database.writing() as tx:
        tx.exec_driver_sql(words)
        yield


class TestFullDisk:
    def test_nothing_of_the_batch_is_kept_and_work_goes_on_afterwards(
        self, sqlite_ledger_url: str
    ) -> None:
        """A file that cannot grow keeps nothing of a batch; with room again it all goes."""
        database = Database(sqlite_ledger_url)
        world = settle_world(database)
        pages = [0]

        def limit(raw: Any, _record: object) -> None:
            raw.execute(f"pragma max_page_count = {pages[0]}")

        event.listen(database.engine, "connect", limit)
        with database.reading() as tx:
            pages[0] = int(tx.exec_driver_sql("pragma page_count").scalar() or 0) + 20
        database.engine.dispose()
        orders = [order(f"SO{n}", memo="long " * 200) for n in range(200)]

        error = told(LedgerFullError, "disk", "full", "make room", when=lambda: world.see(*orders))

        assert "SQLITE_FULL" in (error.detail or "")
        assert world.pending() == []
        pages[0] = 1_000_000
        database.engine.dispose()
        world.see(*orders)
        assert len(world.pending()) == 200
        database.close()

    def test_a_full_disk_of_the_server_is_the_same(self, postgres_ledger_url: str) -> None:
        """PostgreSQL's own report of a full disk is understood as one."""
        database = Database(postgres_ledger_url)

        def fill() -> None:
            with database.writing() as tx:
                connections.note(tx, NOW, "me", "did", "x")
                tx.execute(text("DO $$ BEGIN RAISE disk_full; END $$"))

        told(LedgerFullError, "disk", "full", "make room", when=fill)

        assert noted(database) == 0
        database.close()


class TestLocked:
    def test_an_sqlite_file_locked_by_another_program(self, sqlite_ledger_url: str) -> None:
        """While another program holds the file's lock nothing is written, and reading works."""
        database = Database(sqlite_ledger_url, busy_timeout_ms=10)
        other = sqlite3.connect(make_url(sqlite_ledger_url).database or "", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        told(LedgerBusyError, "locked by another program", "try again", when=lambda: note(database))

        assert noted(database) == 0
        other.close()
        note(database)
        assert noted(database) == 1
        database.close()

    def test_a_row_locked_by_another_program(self, postgres_ledger_url: str) -> None:
        """On PostgreSQL a lock that does not come in time is the same to the caller."""
        world = settle_world(Database(postgres_ledger_url))
        impatient = Database(f"{postgres_ledger_url}?options=-clock_timeout%3D10")

        def change() -> None:
            with impatient.writing() as tx:
                connections.change(tx, world.books, name="Mine")

        with statement(world.ledger, "SELECT * FROM connection FOR UPDATE"):
            told(LedgerBusyError, "locked by another program", when=change)

        change()
        impatient.close()
        world.ledger.close()

    def test_two_that_wait_for_each_other(self, postgres_ledger_url: str) -> None:
        """Of two transactions that wait for each other one goes through, one is told to retry."""
        database = Database(f"{postgres_ledger_url}?options=-cdeadlock_timeout%3D10")
        world = settle_world(database)
        both_hold_one = threading.Barrier(2)

        def change(first: int, second: int) -> None:
            with database.writing() as tx:
                connections.change(tx, first, name=f"Renamed {first} {second}")
                both_hold_one.wait(timeout=10)
                connections.change(tx, second, name=f"Renamed {second} {first}")

        ends = at_once(
            lambda: change(world.operations, world.books),
            lambda: change(world.books, world.operations),
        )

        assert [type(end) for end in ends if end is not None] == [LedgerBusyError]
        database.close()

    def test_stores_of_the_same_transfers_never_wait_for_each_other(self, world: World) -> None:
        """Rows are stored in one order, whoever stores them, so that nobody waits crosswise."""
        begun = world.begin(*(f"SO{n}" for n in range(5)))
        stored: list[list[int]] = []

        def notice(_tx: Any, _cursor: Any, words: str, rows: Any, *_more: Any) -> None:
            if words.startswith("UPDATE transfer"):
                # SQLite's statement names the row right before the version it had.
                stored.append([row["row"] if isinstance(row, dict) else row[-2] for row in rows])

        event.listen(world.ledger.engine, "before_cursor_execute", notice)
        world.save(*((each, moved(each, State.HELD, attempts=999)) for each in reversed(begun)))
        event.remove(world.ledger.engine, "before_cursor_execute", notice)

        assert stored == [[each.id for each in begun]]

    def test_more_at_once_than_there_are_connections(self, postgres_ledger_url: str) -> None:
        """A server that takes no further connection is a reason to come again."""
        database = Database(postgres_ledger_url)
        note(database)
        limit = "ALTER DATABASE {} CONNECTION LIMIT {}"
        name = database.engine.url.database
        with database.writing() as tx:
            tx.exec_driver_sql(f"CREATE ROLE limited_{name} LOGIN")
            tx.exec_driver_sql(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO limited_{name}")
            tx.exec_driver_sql(limit.format(name, 0))
        crowded = Database(
            make_url(postgres_ledger_url)
            .set(username=f"limited_{name}")
            .render_as_string(hide_password=False)
        )

        told(LedgerBusyError, "no free connection", "max_connections", when=lambda: noted(crowded))

        with database.writing() as tx:
            tx.exec_driver_sql(limit.format(name, -1))
        assert noted(crowded) == 1
        crowded.close()
        with database.writing() as tx:
            tx.exec_driver_sql(f"DROP OWNED BY limited_{name}")
            tx.exec_driver_sql(f"DROP ROLE limited_{name}")
        database.close()


class TestFile:
    def test_a_file_that_may_only_be_read(self, sqlite_ledger_url: str) -> None:
        """A file without the right to write says so, and can still be read."""
        path = make_url(sqlite_ledger_url).database
        database = Database(f"sqlite:///file:{path}?mode=ro&uri=true")

        told(LedgerError, "read but not written", "right to write", when=lambda: note(database))

        assert noted(database) == 0
        assert str(database.file) == path
        database.close()

    @pytest.mark.skipif(
        os.name == "nt" or os.geteuid() == 0, reason="the superuser may write everything"
    )
    def test_a_file_whose_rights_forbid_writing(self, sqlite_ledger_url: str) -> None:
        """The file's own rights are respected and reported the same way."""
        path = Path(make_url(sqlite_ledger_url).database or "")
        path.chmod(0o444)
        database = Database(sqlite_ledger_url)

        told(LedgerError, "read but not written", when=lambda: note(database))
        database.close()

    @pytest.mark.parametrize(
        "content", [b"PK\x03\x04 a spreadsheet, saved here" * 40, b"\0" * 4096]
    )
    def test_a_file_that_is_something_else(self, tmp_path: Path, content: bytes) -> None:
        """A file that is no database is refused and left as it is."""
        file = tmp_path / "orders.db"
        file.write_bytes(content)

        told(
            LedgerError,
            "not a Counterfoil database",
            "COUNTERFOIL_DATABASE_URL",
            when=lambda: open_ledger(url_of(file)),
        )
        assert file.read_bytes() == content

    def test_a_damaged_file(self, sqlite_ledger_url: str) -> None:
        """A file that was overwritten in the middle is called damaged, with what to do."""
        world = settle_world(open_ledger(sqlite_ledger_url))
        world.see(*(order(f"SO{n}", memo="long " * 200) for n in range(100)))
        world.ledger.close()
        path = Path(make_url(sqlite_ledger_url).database or "")
        whole = path.read_bytes()
        path.write_bytes(whole[:4096] + os.urandom(len(whole) - 4096))

        told(
            LedgerError,
            "damaged",
            "restore the latest backup",
            when=lambda: noted(Database(sqlite_ledger_url)),
        )

    def test_a_folder_that_does_not_exist(self, tmp_path: Path) -> None:
        """A path that leads nowhere is called by its cure."""
        url = url_of(tmp_path / "nowhere" / "ledger.db")

        told(LedgerError, "cannot be opened", "folder exists", when=lambda: noted(Database(url)))

    def test_a_database_of_something_else(self, database_url: str) -> None:
        """A database without our tables is told to be brought up to date first."""
        database = Database(database_url)

        told(LedgerError, "tables of this version", when=lambda: noted(database))
        database.close()


class TestServer:
    def test_a_server_that_is_not_there(self) -> None:
        """A server that does not answer is named as the reason, with what to check."""
        told(
            LedgerError,
            "does not answer",
            "Start it",
            "host and port",
            when=lambda: open_ledger("postgresql+psycopg://me@127.0.0.1:1/ledger"),
        )

    def test_a_server_that_ends_the_connection(self, postgres_ledger_url: str) -> None:
        """A connection cut in mid-transaction leaves nothing, and the next one works."""
        database = Database(postgres_ledger_url)

        def cut() -> None:
            with database.writing() as tx:
                connections.note(tx, NOW, "me", "did", "x")
                own = tx.exec_driver_sql("SELECT pg_backend_pid()").scalar()
                killer = create_engine(postgres_ledger_url)
                with killer.begin() as other:
                    other.exec_driver_sql(f"SELECT pg_terminate_backend({own}, 5000)")
                killer.dispose()
                connections.note(tx, NOW, "me", "did", "x")

        told(LedgerError, "ended the connection", when=cut)

        assert noted(database) == 0
        database.close()

    def test_a_wrong_password(
        self, postgres_server: postgres.Server, postgres_url: str, pytestconfig: pytest.Config
    ) -> None:
        """A password that the server refuses is told without repeating it."""
        rules = pytestconfig.stash[RUN_FOLDER] / "data" / "pg_hba.conf"
        if not rules.exists():
            pytest.skip("the server is somebody else's: its rules cannot be changed")
        name = make_url(postgres_url).database
        administrator = create_engine(postgres_server.url)
        with FileLock(rules.with_name("rules.lock")):
            rules.write_text(f"host {name} all all scram-sha-256\n{rules.read_text()}")
            with administrator.begin() as tx:
                tx.exec_driver_sql("SELECT pg_reload_conf()")
        administrator.dispose()
        url = make_url(postgres_url).set(password="fake-secret")

        def connect() -> None:
            # The server takes the new rules up in its own time.
            for _ in range(500):
                open_ledger(url.render_as_string(hide_password=False)).close()

        error = told(LedgerError, "refuses the user or the password", when=connect)
        assert "fake-secret" not in f"{error} {error.detail}"

    def test_an_unknown_user(self, postgres_url: str) -> None:
        """A user that the server does not know is told like a wrong password."""
        url = make_url(postgres_url).set(username="nobody_we_know")

        told(
            LedgerError,
            "user",
            when=lambda: open_ledger(url.render_as_string(hide_password=False)),
        )

    def test_an_unknown_database(self, postgres_url: str) -> None:
        """A database that the server does not have is named as the reason."""
        url = make_url(postgres_url).set(database="nothing_of_ours")

        told(
            LedgerError,
            "no database of that name",
            "Create it",
            when=lambda: open_ledger(url.render_as_string(hide_password=False)),
        )

    def test_a_standby_that_only_reads(self, postgres_ledger_url: str) -> None:
        """A server that takes no writes is told as one, and nothing was written."""
        database = Database(f"{postgres_ledger_url}?options=-cdefault_transaction_read_only%3Don")

        told(LedgerError, "read but not written", "standby", when=lambda: note(database))

        assert noted(database) == 0
        database.close()


class TestNothingHalfWritten:
    def test_a_name_that_is_taken(self, world: World) -> None:
        """A name that exists already is told as such, with what to do, and changes nothing."""

        def add() -> None:
            with world.ledger.writing() as tx:
                connections.note(tx, NOW, "me", "added", "x")
                connections.change(tx, world.books, name="Example Works")

        told(LedgerError, "already recorded", "Choose another", when=add)

        assert noted(world.ledger) == 0

    def test_a_refused_row_takes_its_whole_transaction_along(self, world: World) -> None:
        """When the database refuses one row, the rows before it are gone as well."""
        before = [each.state for each in world.begin("SO1", "SO2")]

        def write() -> None:
            with world.ledger.writing() as tx:
                for each in world.all():
                    connections.note(tx, NOW, "me", "sent", each.number or "")
                tx.exec_driver_sql("INSERT INTO link (name) VALUES ('without its connections')")

        told(LedgerError, "refused", when=write)

        assert noted(world.ledger, "SO1") == noted(world.ledger, "SO2") == 0
        assert [each.state for each in world.all()] == before


def test_the_template_of_these_tests_is_whole(sqlite_ledger_url: str, tmp_path: Path) -> None:
    """A copy of an SQLite file that was closed is a whole database (backup by copying)."""
    path = Path(make_url(sqlite_ledger_url).database or "")
    world = settle_world(Database(sqlite_ledger_url))
    world.see(order("SO1"))
    world.ledger.close()
    shutil.copy(path, tmp_path / "copy.db")

    copy = open_ledger(url_of(tmp_path / "copy.db"))
    with copy.reading() as tx:
        found = tx.execute(
            text("SELECT number FROM document WHERE kind = :kind"), {"kind": SALES_ORDER.value}
        )
        assert found.scalars().all() == ["SO1"]
    copy.close()
