"""Reading the audit: who did what, when, to what; the newest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, select, tuple_

from .schema import audit

__all__ = ["Line", "Place", "actors", "lines"]

Place = tuple[datetime, int]
"""Where a page ends: moment and number of its last line."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the audit.

    Attributes:
        subject: What it was done to, such as ``link/3``; empty: the hub.
        before, after: What changed, member by member; ``None``: it is not of that kind.
    """

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


_LINE = tuple(audit.c[name] for name in Line.__struct_fields__)


def lines(
    tx: Connection,
    *,
    actor: str | None = None,
    subject: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    beyond: Place | None = None,
    limit: int,
) -> Sequence[Line]:
    """Read lines, the newest first.

    Args:
        tx: The transaction.
        actor, subject: Only of this person, or about this.
        since, until: Only from this moment on, or before that one.
        beyond: Only those after this place.
        limit: At most so many.
    """
    asked = select(*_LINE).order_by(audit.c.at.desc(), audit.c.id.desc()).limit(limit)
    if actor is not None:
        asked = asked.where(audit.c.actor == actor)
    if subject is not None:
        asked = asked.where(audit.c.subject == subject)
    if since is not None:
        asked = asked.where(audit.c.at >= since)
    if until is not None:
        asked = asked.where(audit.c.at < until)
    if beyond is not None:
        asked = asked.where(tuple_(audit.c.at, audit.c.id) < beyond)
    return [
        Line(**dict(zip(Line.__struct_fields__, row, strict=True))) for row in tx.execute(asked)
    ]


def actors(tx: Connection, limit: int) -> list[str]:
    """List who did anything, in alphabetical order: as many looks into an index as there are."""
    return list(_actors(tx, limit))


def _actors(tx: Connection, limit: int) -> Iterator[str]:
    following = select(audit.c.actor).order_by(audit.c.actor).limit(1)
    found = tx.execute(following).scalar()
    for _ in range(limit):
        if found is None:
            return
        yield found
        found = tx.execute(following.where(audit.c.actor > found)).scalar()
