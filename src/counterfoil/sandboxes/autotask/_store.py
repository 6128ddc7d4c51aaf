"""Where tenants and their records survive a restart: one SQLite file, or nowhere.

Everything one request did becomes permanent together.  Faults and counts of calls are not
kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from counterfoil.sandboxes.kit import Database

from ._values import Row

__all__ = ["Kept", "Store"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    tenant TEXT NOT NULL, entity TEXT NOT NULL, id INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (tenant, entity, id)) WITHOUT ROWID;
"""

Kept = tuple[str, int, Row | None]
"""Entity, id and what is there now; ``None``: it was deleted."""


class Store(Database):
    """The file; ``None`` keeps everything in memory only.

    The caller holds a lock: one thread at a time.
    """

    def __init__(self, path: Path | None) -> None:
        super().__init__(path, _SCHEMA)
        self._is_kept = path is not None

    def rows(self) -> Iterator[tuple[str, str, int, Row]]:
        """Read every record, ids ascending: tenant, entity, id, body."""
        for tenant, entity, id_, body in self._db.execute(
            "SELECT tenant, entity, id, body FROM records ORDER BY id"
        ):
            yield tenant, entity, id_, msgspec.json.decode(body)

    def keep(
        self,
        *,
        facts: dict[str, Any] | None = None,
        tenant: str = "",
        changes: Iterable[Kept] = (),
    ) -> None:
        """Write everything of one request, or nothing."""
        if not self._is_kept:
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            for name, value in (facts or {}).items():
                self.set_fact(name, value)
            for entity, id_, body in changes:
                if body is None:
                    self._db.execute(
                        "DELETE FROM records WHERE tenant = ? AND entity = ? AND id = ?",
                        (tenant, entity, id_),
                    )
                else:
                    self._db.execute(
                        "REPLACE INTO records VALUES (?, ?, ?, ?)",
                        (tenant, entity, id_, msgspec.json.encode(body)),
                    )
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            raise

    def forget(self, tenant: str) -> None:
        """Drop everything a tenant holds."""
        if self._is_kept:
            self._db.execute("DELETE FROM records WHERE tenant = ?", (tenant,))
