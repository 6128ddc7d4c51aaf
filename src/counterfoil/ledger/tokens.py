"""API tokens: their names, hashes, scopes and ends, and the browsers that signed in with them."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, delete, insert, or_, select, update

from .schema import api_token, browser_session

__all__ = [
    "Token",
    "Use",
    "add",
    "all_tokens",
    "begin_session",
    "by_hash",
    "by_session",
    "end_session",
    "note_use",
    "remove",
    "token_hash",
]


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A token without itself; ``expires_at``: ``None`` where it does not end."""

    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None
    scope: str
    expires_at: datetime | None


class Use(NamedTuple):
    """Whose token it is, when it was last used, what it may do and until when."""

    id: int
    name: str
    last_used_at: datetime | None
    scope: str
    expires_at: datetime | None


_TOKEN = tuple(api_token.c[name] for name in Token.__struct_fields__)
_USE = tuple(api_token.c[name] for name in Use._fields)


def token_hash(token: str) -> str:
    """Give what is kept of a token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def add(
    tx: Connection,
    name: str,
    token: str,
    now: datetime,
    *,
    scope: str = "administer",
    expires_at: datetime | None = None,
) -> int:
    """Keep a token's hash; says the token's number."""
    made = tx.execute(
        insert(api_token).values(
            name=name,
            token_hash=token_hash(token),
            created_at=now,
            scope=scope,
            expires_at=expires_at,
        )
    ).inserted_primary_key
    assert made is not None
    return int(made[0])


def all_tokens(tx: Connection) -> list[Token]:
    """List the tokens, oldest first."""
    rows = tx.execute(select(*_TOKEN).order_by(api_token.c.id))
    return [Token(**dict(zip(Token.__struct_fields__, row, strict=True))) for row in rows]


def remove(tx: Connection, token_id: int) -> None:
    """Forget a token, and every browser that signed in with it."""
    tx.execute(delete(browser_session).where(browser_session.c.token_id == token_id))
    tx.execute(delete(api_token).where(api_token.c.id == token_id))


def by_hash(tx: Connection, hashed: str) -> Use | None:
    """Find the token with this hash; ``None``: it is not one of ours."""
    row = tx.execute(select(*_USE).where(api_token.c.token_hash == hashed)).first()
    return None if row is None else Use(*row)


def note_use(tx: Connection, token_id: int, now: datetime) -> None:
    """Note that a token was used."""
    stale = or_(api_token.c.last_used_at.is_(None), api_token.c.last_used_at < now)
    tx.execute(update(api_token).where(api_token.c.id == token_id, stale).values(last_used_at=now))


# --- Browsers -----------------------------------------------------------------------------


def begin_session(
    tx: Connection, token_id: int, cookie: str, until: datetime, now: datetime
) -> None:
    """Keep the hash of a browser's cookie, and drop the sessions that are over."""
    tx.execute(delete(browser_session).where(browser_session.c.until <= now))
    tx.execute(
        insert(browser_session).values(
            cookie_hash=token_hash(cookie), token_id=token_id, until=until
        )
    )


def by_session(tx: Connection, cookie: str, now: datetime) -> Use | None:
    """Find the token that a browser signed in with; ``None``: it did not, or it is over."""
    row = tx.execute(
        select(*_USE)
        .join(browser_session, browser_session.c.token_id == api_token.c.id)
        .where(browser_session.c.cookie_hash == token_hash(cookie), browser_session.c.until > now)
    ).first()
    return None if row is None else Use(*row)


def end_session(tx: Connection, cookie: str) -> None:
    """End a browser's session, wherever its cookie is."""
    tx.execute(delete(browser_session).where(browser_session.c.cookie_hash == token_hash(cookie)))
