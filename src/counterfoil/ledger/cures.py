"""Cures that people carried out, with how each is taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from .schema import cure_done

__all__ = ["KEPT_FOR", "CureDone", "find", "keep", "newest", "take_back"]

KEPT_FOR: Final = timedelta(days=30)
"""So long it is kept how a cure is taken back: by then what it sent has arrived long ago."""


class CureDone(msgspec.Struct, frozen=True, kw_only=True):
    """A cure that somebody carried out.

    Attributes:
        link: On which link.
        sentence: What came of it, as it was told.
        undo: How it is taken back, packed.
        undone_at, undone_by: When it was, and by whom; ``None``: it was not.
    """

    id: int
    link: int
    at: datetime
    actor: str
    sentence: str
    undo: bytes
    undone_at: datetime | None
    undone_by: str | None


_COLUMNS = tuple(
    cure_done.c.link_id.label("link") if name == "link" else cure_done.c[name]
    for name in CureDone.__struct_fields__
)


def keep(tx: Connection, link: int, actor: str, sentence: str, undo: bytes, now: datetime) -> int:
    """Keep how a cure is taken back; says under which number.  What is old is let go."""
    tx.execute(delete(cure_done).where(cure_done.c.at < now - KEPT_FOR))
    row = {"link_id": link, "actor": actor, "sentence": sentence, "undo": undo, "at": now}
    made = tx.execute(insert(cure_done).values(**row)).inserted_primary_key
    assert made is not None
    return int(made[0])


def newest(tx: Connection, limit: int, before: int | None = None) -> list[CureDone]:
    """List cures, the newest first; ``before``: only those with a lower number."""
    asked = select(*_COLUMNS).order_by(cure_done.c.id.desc()).limit(limit)
    rows = tx.execute(asked if before is None else asked.where(cure_done.c.id < before))
    return [CureDone(**row) for row in rows.mappings()]


def find(tx: Connection, cure: int) -> CureDone | None:
    """Find a cure by its number; ``None``: there is none, or it is not kept any more."""
    rows = tx.execute(select(*_COLUMNS).where(cure_done.c.id == cure)).mappings()
    return next((CureDone(**row) for row in rows), None)


def take_back(tx: Connection, cure: int, actor: str, now: datetime) -> bool:
    """Note that a cure was taken back; ``False``: it has been already."""
    asked = update(cure_done).where(cure_done.c.id == cure, cure_done.c.undone_at.is_(None))
    return bool(tx.execute(asked.values(undone_at=now, undone_by=actor)).rowcount)
