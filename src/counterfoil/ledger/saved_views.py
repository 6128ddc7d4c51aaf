"""The lists that people look at again."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, or_, select

from ._types import to_microseconds
from ._upsert import Upsert
from .schema import saved_view

__all__ = ["EVERYBODY", "SavedView", "all_views", "keep", "remove"]

EVERYBODY = ""
"""The owner of a view that everybody sees."""


class SavedView(msgspec.Struct, frozen=True, kw_only=True):
    """A list's name, and what it is asked for.

    Attributes:
        owner: Whose it is: a person by their number (``user/7``), whoever else by their name;
            ``EVERYBODY``: everybody's.
        query: As it stands behind the question mark of the list's address.
        made_by: Who saved it.
    """

    id: int
    owner: str
    name: str
    query: str
    made_by: str
    made_at: datetime

    @property
    def is_shared(self) -> bool:
        """Whether everybody sees it."""
        return self.owner == EVERYBODY


_COLUMNS = tuple(saved_view.c[name] for name in SavedView.__struct_fields__)
_KEEP = Upsert(saved_view, "owner", "name")


def all_views(tx: Connection, owner: str) -> list[SavedView]:
    """List a person's own views and everybody's, by name."""
    seen = or_(saved_view.c.owner == owner, saved_view.c.owner == EVERYBODY)
    rows = tx.execute(select(*_COLUMNS).where(seen).order_by(saved_view.c.name, saved_view.c.id))
    return [SavedView(**dict(zip(SavedView.__struct_fields__, row, strict=True))) for row in rows]


def keep(tx: Connection, owner: str, name: str, query: str, made_by: str, now: datetime) -> None:
    """Keep a view; one that the owner has under this name becomes this one."""
    row = {"owner": owner, "name": name, "query": query, "made_by": made_by}
    _KEEP.many(tx, [{**row, "made_at": to_microseconds(now)}])


def remove(tx: Connection, view: int) -> None:
    """Forget a view."""
    tx.execute(delete(saved_view).where(saved_view.c.id == view))
