"""Where companies and entities survive a restart: one SQLite file, or nowhere.

Everything one request did becomes permanent together.  Tokens, faults and counts of calls
are not kept: after a restart clients sign in again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from counterfoil.sandboxes.kit import Database

from ._resources import Entity

__all__ = ["Row", "Store"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entities (
    company TEXT NOT NULL, resource TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL,
    body BLOB NOT NULL, PRIMARY KEY (company, resource, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS feed (
    company TEXT NOT NULL, sequence INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (company, sequence)) WITHOUT ROWID;
"""

Row = tuple[str, str, str, Entity]
"""Company, resource, id and body."""


class Store(Database):
    """The file; ``None`` keeps everything in memory only.

    The caller holds a lock: one thread at a time.
    """

    def __init__(self, path: Path | None) -> None:
        super().__init__(path, _SCHEMA)
        self._is_kept = path is not None

    def rows(self) -> Iterator[Row]:
        """Read every entity in order of creation."""
        for company, resource, id_, body in self._db.execute(
            "SELECT company, resource, id, body FROM entities ORDER BY position"
        ):
            yield company, resource, id_, msgspec.json.decode(body)

    def feed(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Read every change, oldest first."""
        for company, body in self._db.execute("SELECT company, body FROM feed ORDER BY sequence"):
            yield company, msgspec.json.decode(body)

    def keep(
        self,
        *,
        facts: dict[str, Any] | None = None,
        changes: Iterable[tuple[str, str, str, int, Entity | None]] = (),
        feed: Iterable[tuple[str, dict[str, Any]]] = (),
    ) -> None:
        """Write everything of one request, or nothing.

        Args:
            changes: Company, resource, id, position in lists, body; ``None``: deleted.
            feed: Company and change.
        """
        if not self._is_kept:
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for name, value in (facts or {}).items():
                self.set_fact(name, value)
            for company, resource, id_, position, body in changes:
                if body is None:
                    self._db.execute(
                        "DELETE FROM entities WHERE company = ? AND resource = ? AND id = ?",
                        (company, resource, id_),
                    )
                else:
                    self._db.execute(
                        "REPLACE INTO entities VALUES (?, ?, ?, ?, ?)",
                        (company, resource, id_, position, msgspec.json.encode(body)),
                    )
            self._db.executemany(
                "REPLACE INTO feed VALUES (?, ?, ?)",
                [(company, row["sequence"], msgspec.json.encode(row)) for company, row in feed],
            )
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise

    def forget(self, company: str) -> None:
        """Drop a company's entities and changes."""
        if self._is_kept:
            self._db.execute("DELETE FROM entities WHERE company = ?", (company,))
            self._db.execute("DELETE FROM feed WHERE company = ?", (company,))
