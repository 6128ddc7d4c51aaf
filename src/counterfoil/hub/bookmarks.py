"""Bookmarks: where readings of a system ended that neither tells changes nor is read whole.

What they say is the matter of the system's connector; here they are kept, as facts of the
connection, together with what the page that brought them changed.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection as Tx

from counterfoil.ledger import connections
from counterfoil.ledger.connections import Connection

__all__ = ["keep", "of"]

_FACT: Final = "bookmarks"


def of(connection: Connection, cursor: str) -> str | None:
    """Give a reading's bookmark; ``None``: it has none yet."""
    kept = connection.facts.get(_FACT)
    found = kept.get(cursor) if isinstance(kept, dict) else None
    return found if isinstance(found, str) else None


def keep(tx: Tx, connection_id: int, cursor: str, bookmark: str) -> None:
    """Keep a reading's bookmark in place of the one before."""
    connection = connections.load(tx, connection_id)
    assert connection is not None, "it is being read"
    kept = connection.facts.get(_FACT)
    known = dict(kept) if isinstance(kept, dict) else {}
    facts = {**connection.facts, _FACT: {**known, cursor: bookmark}}
    connections.change(tx, connection_id, facts=facts)
