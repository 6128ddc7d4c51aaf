"""Where a stand-in keeps what it holds: one SQLite file, or memory.

A subclass brings its tables and its statements.  Facts (settings, counters, a clock's shift)
and the saved states are the same for all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

__all__ = ["Database"]

_FACTS = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


class Database:
    """The file, open; the caller holds a lock: one thread at a time.

    Args:
        path: ``None``: in memory only.
        schema: Statements that make the tables unless they are there.
        is_exclusive: A second program that opens the file is refused at once.

    Raises:
        sqlite3.OperationalError: Another program holds the file.
        sqlite3.DatabaseError: The file is no database.
    """

    def __init__(self, path: Path | None, schema: str, *, is_exclusive: bool = False) -> None:
        self._db = sqlite3.connect(
            ":memory:" if path is None else path,
            isolation_level=None,
            check_same_thread=False,
            timeout=0.1 if is_exclusive else 5.0,
        )
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        if is_exclusive:
            self._db.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._db.executescript(_FACTS + schema)
        self._saved: dict[str, sqlite3.Connection] = {}

    def close(self) -> None:
        """Let go of the file and of the saved states."""
        self.forget_saved()
        self._db.close()

    # -- facts ------------------------------------------------------------------------------

    def facts(self) -> dict[str, Any]:
        """Everything ``set_fact`` was given."""
        return {
            name: msgspec.json.decode(value)
            for name, value in self._db.execute("SELECT name, value FROM facts")
        }

    def fact(self, name: str) -> Any:
        """One fact; ``None``: it was never set."""
        row = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return None if row is None else msgspec.json.decode(row[0])

    def set_fact(self, name: str, value: object) -> None:
        """Keep a JSON value under a name."""
        self._db.execute(
            "REPLACE INTO facts VALUES (?, ?)", (name, msgspec.json.encode(value).decode())
        )

    # -- saved states -----------------------------------------------------------------------

    def saved(self) -> tuple[str, ...]:
        """The names of the saved states, oldest first."""
        return tuple(self._saved)

    def save(self, name: str) -> None:
        """Keep a copy of everything under a name, for as long as the database is open."""
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        with self._settled():
            self._db.backup(copy)
        before = self._saved.pop(name, None)
        if before is not None:
            before.close()
        self._saved[name] = copy

    def forget_saved(self) -> None:
        """Keep no copies any more."""
        for saved in self._saved.values():
            saved.close()
        self._saved.clear()

    def restore(self, name: str) -> None:
        """Let everything be as it was saved under a name; it can be restored again.

        Raises:
            KeyError: Nothing was saved under that name.
        """
        saved = self._saved[name]
        with self._settled():
            saved.backup(self._db)

    @contextmanager
    def _settled(self) -> Iterator[None]:
        """Stand outside any transaction: SQLite copies no database that is being written."""
        was_open = self._db.in_transaction
        if was_open:
            self._db.execute("COMMIT")
        try:
            yield
        finally:
            if was_open:
                self._db.execute("BEGIN IMMEDIATE")
