"""Insert, or replace what stands under the same key: alike on both databases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Dialect, Table, func

from ._inserting import insert_of
from ._prepared import Prepared

__all__ = ["Upsert"]


class Upsert(Prepared):
    """Rows that replace those with the same key; every column but an id of ours is named.

    Args:
        key: Columns of a unique key; none: the primary key.
        keeping: Columns that ``NULL`` does not replace.
        first: Columns that keep what they were given first.
    """

    def __init__(
        self,
        table: Table,
        *key: str,
        keeping: Sequence[str] = (),
        first: Sequence[str] = (),
    ) -> None:
        unique = key or tuple(column.name for column in table.primary_key)
        named = [c.name for c in table.columns if not (key and c.primary_key)]

        def make(dialect: Dialect) -> Any:
            statement = insert_of(dialect)(table)
            new = statement.excluded
            changed = {
                name: func.coalesce(new[name], table.c[name]) if name in keeping else new[name]
                for name in named
                if name not in unique and name not in first
            }
            return statement.on_conflict_do_update(index_elements=list(unique), set_=changed)

        super().__init__(make, *named)
