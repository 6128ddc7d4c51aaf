"""API tokens: made, listed, removed; and which of them a request bears.

A token has 256 random bits and is shown once; its SHA-256 is kept.  ``ledger.connections``
writes and checks them; what else the faces need to ask about them is here.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx
from sqlalchemy import delete, or_, select, update

from counterfoil.errors import LedgerError, UsageError
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections
from counterfoil.ledger.schema import api_token

__all__ = ["Token", "add", "all_tokens", "named", "named_by_hash", "remove"]

PREFIX: Final = "cft_"
# How exact "last used" is: a request more often than this writes nothing.
_NOTED_EVERY: Final = timedelta(minutes=10)


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A token without itself."""

    id: int
    name: str
    created_at: datetime
    last_used_at: datetime | None


def add(hub: Hub, name: str, actor: str) -> tuple[int, str]:
    """Make a token; gives its number, and the token itself, this once.

    Raises:
        UsageError: The name is empty or taken.
    """
    wanted = name.strip()
    if not wanted:
        raise UsageError("A token needs a name, so that it can be told from others.")
    token = PREFIX + secrets.token_urlsafe(32)
    with hub.database.writing() as tx:
        if any(each.name == wanted for each in _all(tx)):
            raise UsageError(
                f"There is a token named {wanted!r} already. Choose another name, or remove it "
                "with: counterfoil tokens remove"
            )
        made = connections.add_token(tx, wanted, token, hub.now())
        connections.note(tx, hub.now(), actor, "token added", f"token/{made}", wanted)
    return made, token


def all_tokens(hub: Hub) -> list[Token]:
    """List the tokens, oldest first."""
    with hub.database.reading() as tx:
        return _all(tx)


def _all(tx: Tx) -> list[Token]:
    columns = [api_token.c[name] for name in Token.__struct_fields__]
    rows = tx.execute(select(*columns).order_by(api_token.c.id))
    return [Token(**dict(zip(Token.__struct_fields__, row, strict=True))) for row in rows]


def remove(hub: Hub, id_or_name: str, actor: str) -> Token:
    """Remove a token; whoever uses it is refused from now on.

    Raises:
        UsageError: There is none.
    """
    with hub.database.writing() as tx:
        found = next(
            (each for each in _all(tx) if id_or_name in (str(each.id), each.name)),
            None,
        )
        if found is None:
            raise UsageError(f"There is no token {id_or_name!r}. See: counterfoil tokens list")
        tx.execute(delete(api_token).where(api_token.c.id == found.id))
        connections.note(tx, hub.now(), actor, "token removed", f"token/{found.id}", found.name)
    return found


def named(hub: Hub, token: str) -> str | None:
    """Give the name of a token that a request bears; ``None``: it is not one of ours."""
    return named_by_hash(hub, connections.token_hash(token))


def named_by_hash(hub: Hub, hashed: str) -> str | None:
    """Give the name of the token with this hash, and note that it was used."""
    with hub.database.reading() as tx:
        row = tx.execute(
            select(api_token.c.id, api_token.c.name, api_token.c.last_used_at).where(
                api_token.c.token_hash == hashed
            )
        ).first()
    if row is None:
        return None
    found, name, used_at = row
    now = hub.now()
    if used_at is None or used_at < now - _NOTED_EVERY:
        _note_use(hub, found, now)
    return str(name)


def _note_use(hub: Hub, token: int, now: datetime) -> None:
    """Note a use; a database that is busy or full does not keep anybody out."""
    stale = or_(api_token.c.last_used_at.is_(None), api_token.c.last_used_at < now)
    try:
        with hub.database.writing() as tx:
            tx.execute(
                update(api_token).where(api_token.c.id == token, stale).values(last_used_at=now)
            )
    except LedgerError:
        return
