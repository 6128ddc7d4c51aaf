"""Where companies and their records survive a restart: one SQLite file, or nowhere.

Everything one request did becomes permanent together.  Faults, counts of calls and the record
of exchanges are not kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from counterfoil.sandboxes.kit import Database

from ._wire import Row, decode, encode

__all__ = ["Kept", "Store"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    realm TEXT NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL, place INTEGER NOT NULL,
    body BLOB NOT NULL,
    PRIMARY KEY (realm, entity, id)) WITHOUT ROWID;
"""

Kept = tuple[str, str, Row]
"""Entity, id and what is there now; a deleted one is kept, marked as such."""


class Store(Database):
    """The file; ``None`` keeps everything in memory only.

    The caller holds a lock: one thread at a time.
    """

    def __init__(self, path: Path | None) -> None:
        super().__init__(path, _SCHEMA)
        self._is_kept = path is not None

    def rows(self) -> Iterator[tuple[str, str, str, Row]]:
        """Read every record, oldest first: realm, entity, id, body."""
        for realm, entity, id_, body in self._db.execute(
            "SELECT realm, entity, id, body FROM records ORDER BY place"
        ):
            yield realm, entity, id_, decode(body)

    def keep(
        self,
        *,
        facts: dict[str, Any] | None = None,
        realm: str = "",
        changes: Iterable[Kept] = (),
    ) -> None:
        """Write everything of one request, or nothing."""
        if not self._is_kept:
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for name, value in (facts or {}).items():
                self.set_fact(name, value)
            for entity, id_, row in changes:
                place = int(id_) if id_.isdecimal() else 0
                self._db.execute(
                    "REPLACE INTO records VALUES (?, ?, ?, ?, ?)",
                    (realm, entity, id_, place, encode(row)),
                )
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise

    def forget(self, realm: str) -> None:
        """Drop everything a company holds."""
        if self._is_kept:
            self._db.execute("DELETE FROM records WHERE realm = ?", (realm,))
