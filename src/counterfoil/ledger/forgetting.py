"""Deleting connections with everything that hangs on them: only ever those of a trial.

What is real is never deleted.  A trial's rows are invented, and whoever tries once more begins
anew; so they go, whole.  Which rows hang on a connection, the tables' own foreign keys say: a
table that is added later is followed without a word here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, delete, or_, select
from sqlalchemy import Connection as Tx

from .schema import connection, metadata

__all__ = ["forget_connections"]


def forget_connections(tx: Tx, ids: Sequence[int]) -> None:
    """Delete connections and every row that refers to one of them, over however many tables.

    The audit stays: it names what was done, and refers to no row.
    """
    doomed = _doomed(ids)
    for table in reversed(metadata.sorted_tables):
        if table in doomed:
            tx.execute(delete(table).where(doomed[table]))


def _doomed(ids: Sequence[int]) -> dict[Table, ColumnElement[bool]]:
    """Say of each table which of its rows go; a table of which none can is not there."""
    found: dict[Table, ColumnElement[bool]] = {connection: connection.c.id.in_([*ids])}
    for table in metadata.sorted_tables:
        ways = [
            key.parent.in_(_keys(key.column.table, key.column, found))
            for key in table.foreign_keys
            # A row that names another one of its table hangs on what that one hangs on.
            if key.column.table in found and key.column.table is not table
        ]
        if ways and table is not connection:
            found[table] = or_(*ways)
    return found


def _keys(
    table: Table, column: ColumnElement[int], doomed: dict[Table, ColumnElement[bool]]
) -> Select[Any]:
    return select(column).where(doomed[table])
