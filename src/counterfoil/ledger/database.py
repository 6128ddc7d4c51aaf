"""Opening the database, the two kinds of transaction, and the guard of an SQLite file.

SQLite runs in WAL mode, with ``synchronous=full`` because a commit that a power cut
takes back could mean a bill sent twice, and every writing transaction begins
``IMMEDIATE``: without that, two threads that read and then write lose each other's
updates without an error.  Reading transactions do not wait for a writer.  An SQLite file
has one hub (``hold``): commands that only read, or write one short transaction, may run
beside it.

PostgreSQL runs at ``READ COMMITTED``, its default: every read-then-write of ours is
either guarded by an ``UPDATE ... WHERE`` or made under a connection's lease.

Failures of the database leave as ``LedgerError``: see ``_failures``.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry, StaticPool

from counterfoil.errors import LedgerError, LedgerInUseError

from ._driver import tell
from ._failures import translated

__all__ = ["BUSY_TIMEOUT_MS", "Database", "hold", "hold_file", "sqlite_url"]

BUSY_TIMEOUT_MS = 10_000
CONNECT_TIMEOUT_S = 10
POOL_SIZE = 20
# Per connection; a megabyte of it holds the pages that one batch touches.
CACHE_KIB = 8_000
# So long, and up to twice as long, until a file that others switch to WAL is looked at again.
_WAL_PAUSE_S = 0.005


def sqlite_url(path: Path) -> str:
    """Give the database URL of an SQLite file."""
    return f"sqlite:///{path}"


class Database:
    """One database, opened; its tables may still have to be made (``migrations``).

    Args:
        url: ``sqlite:///PATH`` or ``postgresql+psycopg://USER@HOST/NAME``; the driver
            may be left out.
        busy_timeout_ms: How long a transaction waits for another program's lock.

    Raises:
        LedgerError: The URL is not understood, or its driver is not installed.
    """

    def __init__(self, url: str, *, busy_timeout_ms: int = BUSY_TIMEOUT_MS) -> None:
        self.url = url
        try:
            address = _address(url)
            self.is_sqlite = address.get_backend_name() == "sqlite"
            self.engine = _engine(address, busy_timeout_ms)
        except (ArgumentError, ImportError, ValueError) as error:
            # The URL may hold a password, and these errors may quote it.
            raise LedgerError(
                "The database address cannot be used: set COUNTERFOIL_DATABASE_URL to "
                "sqlite:///PATH, or install counterfoil[postgres] and set it to "
                "postgresql+psycopg://USER@HOST/NAME.",
                detail=type(error).__name__,
            ) from error
        self.is_held = False
        self._is_closed = False
        event.listen(self.engine, "checkin", self._let_go)
        self._reading = self.engine.execution_options(readonly=True)

    @property
    def file(self) -> Path | None:
        """The SQLite file; ``None`` for a server and for a database in memory."""
        name = self.engine.url.database
        if not self.is_sqlite or not name or name == ":memory:":
            return None
        return Path(name.removeprefix("file:").partition("?")[0])

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Begin a transaction that may write; committed at the end, or not at all.

        Raises:
            LedgerBusyError, LedgerFullError, LedgerError: Nothing was written.
        """
        with translated(), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Begin a transaction that only reads."""
        with translated(), self._reading.connect() as connection:
            yield connection

    def close(self) -> None:
        """Close all connections; one that is still in use, as soon as it is given back."""
        self._is_closed = True
        self.engine.dispose()

    def _let_go(self, _raw: object, record: ConnectionPoolEntry) -> None:
        """Close what comes back late: a pool that was disposed of would keep it open."""
        if self._is_closed:
            record.invalidate()


@contextmanager
def hold(database: Database, *, wait_s: float = 0.0) -> Iterator[None]:
    """Be the only one that drives an SQLite file, for as long as the block lasts.

    The lock is the operating system's, on a file beside the database: it ends with the
    process, however that ends.  A server needs no guard: leases decide there.

    Args:
        wait_s: How long to wait for another holder, in seconds.

    Raises:
        LedgerInUseError: Another hub holds it.
        LedgerError: The lock file cannot be made.
    """
    file = database.file
    if file is None or database.is_held:
        yield
        return
    with hold_file(file, wait_s=wait_s):
        database.is_held = True
        try:
            yield
        finally:
            database.is_held = False


@contextmanager
def hold_file(file: Path, *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the lock beside an SQLite file, which need not be there yet; see ``hold``."""
    from filelock import FileLock, Timeout

    path = file.with_name(f"{file.name}.lock")
    try:
        if not file.parent.is_dir():  # the lock itself would make the folder
            raise NotADirectoryError(str(file.parent))
        lock = FileLock(path, timeout=wait_s, mode=0o600, thread_local=False)
        lock.acquire()
    except Timeout as error:
        raise LedgerInUseError(
            f"Another Counterfoil already works on {file.name}. Stop that one first, or give "
            "this one a database of its own; several hubs can share one PostgreSQL database.",
            detail=f"locked: {path}",
        ) from error
    except OSError as error:
        raise LedgerError(
            f"The lock file beside {file.name} cannot be made. Check that the folder "
            f"{str(file.parent)!r} exists and that the user that runs Counterfoil may write in it.",
            detail=str(error),
        ) from error
    try:
        yield
    finally:
        lock.release()


def _address(url: str) -> URL:
    address = make_url(url)
    match address.get_backend_name():
        case "sqlite":
            return address
        case "postgresql" | "postgres":
            return address.set(drivername="postgresql+psycopg")
        case _:
            raise ValueError("neither SQLite nor PostgreSQL")


def _engine(address: URL, busy_timeout_ms: int) -> Engine:
    if address.get_backend_name() != "sqlite":
        return create_engine(
            address,
            pool_size=POOL_SIZE,
            pool_pre_ping=True,
            connect_args={"connect_timeout": CONNECT_TIMEOUT_S},
        )
    if address.database in (None, "", ":memory:"):
        engine = create_engine(
            address, poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
    else:
        # The connection used last has the warmest cache.
        engine = create_engine(
            address, pool_size=POOL_SIZE, max_overflow=POOL_SIZE, pool_use_lifo=True
        )

    def prepare(raw: Any, _record: object) -> None:
        raw.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            # First, so that the others wait for a lock too.
            f"busy_timeout={busy_timeout_ms}",
            "synchronous=full",
            "foreign_keys=on",
            f"cache_size=-{CACHE_KIB}",
        ):
            raw.execute(f"pragma {pragma}")
        _use_wal(raw, busy_timeout_ms)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _use_wal(raw: Any, busy_timeout_ms: int) -> None:
    """Switch a file to WAL, or see that it is; waits as long as for any other lock.

    SQLite does not: whoever has read a file of the older journal and now wants it to itself,
    while another process does the same, is told at once that it is busy, whatever its
    ``busy_timeout``, for two that wait for each other would wait for ever.  So the look is
    given back and taken anew, until one of them has switched the file for all.
    """
    give_up_at = time.monotonic() + busy_timeout_ms / 1000
    while True:
        try:
            raw.execute("pragma journal_mode=wal")
        except sqlite3.OperationalError as error:
            is_busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not is_busy or time.monotonic() >= give_up_at:
                raise
            # Not in step with the others, who wait for the same.
            time.sleep(_WAL_PAUSE_S * (1 + random.random()))  # noqa: S311 - no secret
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    readonly = connection.get_execution_options().get("readonly")
    tell(connection, "BEGIN" if readonly else "BEGIN IMMEDIATE")
