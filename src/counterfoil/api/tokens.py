"""API tokens: made, listed, removed; and which of them a request bears.

A token has 256 random bits and is shown once; its SHA-256 is kept.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

from counterfoil.errors import LedgerError, UsageError
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections, tokens
from counterfoil.ledger.tokens import Token

__all__ = ["Token", "add", "all_tokens", "named", "named_by_hash", "remove"]

PREFIX: Final = "cft_"
# How exact "last used" is: a request more often than this writes nothing.
_NOTED_EVERY: Final = timedelta(minutes=10)


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
        if any(each.name == wanted for each in tokens.all_tokens(tx)):
            raise UsageError(
                f"There is a token named {wanted!r} already. Choose another name, or remove it "
                "with: counterfoil tokens remove"
            )
        made = tokens.add(tx, wanted, token, hub.now())
        connections.note(tx, hub.now(), actor, "token added", f"token/{made}", wanted)
    return made, token


def all_tokens(hub: Hub) -> list[Token]:
    """List the tokens, oldest first."""
    with hub.database.reading() as tx:
        return tokens.all_tokens(tx)


def remove(hub: Hub, id_or_name: str, actor: str) -> Token:
    """Remove a token; whoever uses it is refused from now on.

    Raises:
        UsageError: There is none.
    """
    with hub.database.writing() as tx:
        found = next(
            (each for each in tokens.all_tokens(tx) if id_or_name in (str(each.id), each.name)),
            None,
        )
        if found is None:
            raise UsageError(f"There is no token {id_or_name!r}. See: counterfoil tokens list")
        tokens.remove(tx, found.id)
        connections.note(tx, hub.now(), actor, "token removed", f"token/{found.id}", found.name)
    return found


def named(hub: Hub, token: str) -> str | None:
    """Give the name of a token that a request bears; ``None``: it is not one of ours."""
    return named_by_hash(hub, tokens.token_hash(token))


def named_by_hash(hub: Hub, hashed: str) -> str | None:
    """Give the name of the token with this hash, and note that it was used."""
    with hub.database.reading() as tx:
        use = tokens.by_hash(tx, hashed)
    if use is None:
        return None
    now = hub.now()
    if use.last_used_at is None or use.last_used_at < now - _NOTED_EVERY:
        _note_use(hub, use.id, now)
    return use.name


def _note_use(hub: Hub, token: int, now: datetime) -> None:
    """Note a use; a database that is busy or full does not keep anybody out."""
    with suppress(LedgerError), hub.database.writing() as tx:
        tokens.note_use(tx, token, now)
