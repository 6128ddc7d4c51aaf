"""API tokens: their names, their hashes, and when they were last used."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, delete, insert, or_, select, update

from .schema import api_token

__all__ = ["Token", "Use", "add", "all_tokens", "by_hash", "note_use", "remove", "token_hash"]


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A token without itself."""

    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


class Use(NamedTuple):
    """Whose token it is, and when it was last used."""

    id: int
    name: str
    last_used_at: datetime | None


_TOKEN = tuple(api_token.c[name] for name in Token.__struct_fields__)


def token_hash(token: str) -> str:
    """Give what is kept of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def add(tx: Connection, name: str, token: str, now: datetime) -> int:
    """Keep a token's hash; says the token's number."""
    made = tx.execute(
        insert(api_token).values(name=name, token_hash=token_hash(token), created_at=now)
    ).inserted_primary_key
    assert made is not None
    return int(made[0])


def all_tokens(tx: Connection) -> list[Token]:
    """List the tokens, oldest first."""
    rows = tx.execute(select(*_TOKEN).order_by(api_token.c.id))
    return [Token(**dict(zip(Token.__struct_fields__, row, strict=True))) for row in rows]


def remove(tx: Connection, token_id: int) -> None:
    """Forget a token."""
    tx.execute(delete(api_token).where(api_token.c.id == token_id))


def by_hash(tx: Connection, hashed: str) -> Use | None:
    """Find the token with this hash; ``None``: it is not one of ours."""
    row = tx.execute(
        select(api_token.c.id, api_token.c.name, api_token.c.last_used_at).where(
            api_token.c.token_hash == hashed
        )
    ).first()
    return None if row is None else Use(*row)


def note_use(tx: Connection, token_id: int, now: datetime) -> None:
    """Note that a token was used."""
    stale = or_(api_token.c.last_used_at.is_(None), api_token.c.last_used_at < now)
    tx.execute(update(api_token).where(api_token.c.id == token_id, stale).values(last_used_at=now))
