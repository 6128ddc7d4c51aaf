"""API tokens: made, listed, removed; which of them a request bears; browsers that signed in.

A token has 256 random bits and is shown once; its SHA-256 is kept.  A browser signs in with one
and gets a cookie in its place, of which the hash is kept as well: it ends after some hours, with
its token, and when it signs out, wherever else the cookie may be.
"""

from __future__ import annotations

import secrets
import shlex
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final

import msgspec

from counterfoil.errors import LedgerError, UsageError
from counterfoil.hub.scopes import Scope
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections, tokens
from counterfoil.ledger.tokens import Token, Use
from counterfoil.told import Advice

__all__ = [
    "LIFE",
    "Bearer",
    "Token",
    "add",
    "all_tokens",
    "bearer_of",
    "begin_session",
    "browser_of",
    "end_session",
    "remove",
]

PREFIX: Final = "cft_"
LIFE: Final = timedelta(hours=12)
# How exact "last used" is: a request more often than this writes nothing.
_NOTED_EVERY: Final = timedelta(minutes=10)
_DAYS_MAX: Final = 3_650


class Bearer(msgspec.Struct, frozen=True, kw_only=True):
    """Whose token it is and what it may do; ``expired_at``: it opens nothing since then."""

    name: str
    scope: Scope
    expired_at: datetime | None = None


def add(
    hub: Hub,
    name: str,
    actor: str,
    *,
    scope: Scope = Scope.ADMINISTER,
    days: int | None = None,
) -> tuple[int, str]:
    """Make a token; gives its number, and the token itself, this once.

    Args:
        hub: The hub.
        name: Who or what uses it.
        actor: Who makes it, for the audit.
        scope: What it may do.
        days: After so many it opens nothing any more; ``None``: it does not end.

    Raises:
        UsageError: The name is empty or taken, or the days are none.
    """
    wanted = name.strip()
    if not wanted:
        raise UsageError("A token needs a name, so that it can be told from others.")
    if days is not None and not 1 <= days <= _DAYS_MAX:
        raise UsageError(f"A token lasts from 1 to {_DAYS_MAX} days, not {days}.")
    token = PREFIX + secrets.token_urlsafe(32)
    now = hub.now()
    with hub.database.writing() as tx:
        if any(each.name == wanted for each in tokens.all_tokens(tx)):
            raise UsageError(
                f"There is a token named {wanted!r} already.",
                Advice("Choose another name, or remove it", f"tokens remove {shlex.quote(wanted)}"),
            )
        expires_at = None if days is None else now + timedelta(days=days)
        made = tokens.add(tx, wanted, token, now, scope=scope.value, expires_at=expires_at)
        allowed = {"may": scope.value, "ends": None if expires_at is None else str(expires_at)}
        connections.note(tx, now, actor, "token added", f"token/{made}", wanted, after=allowed)
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
            raise UsageError(f"There is no token {id_or_name!r}.", Advice("", "tokens list"))
        tokens.remove(tx, found.id)
        connections.note(tx, hub.now(), actor, "token removed", f"token/{found.id}", found.name)
    return found


def bearer_of(hub: Hub, token: str) -> Bearer | None:
    """Say who bears a token; ``None``: it is not one of ours."""
    with hub.database.reading() as tx:
        use = tokens.by_hash(tx, tokens.token_hash(token))
    return None if use is None else _used(hub, use)


def _used(hub: Hub, use: Use) -> Bearer:
    now = hub.now()
    bearer = Bearer(name=use.name, scope=Scope(use.scope))
    if use.expires_at is not None and use.expires_at <= now:
        return msgspec.structs.replace(bearer, expired_at=use.expires_at)
    if use.last_used_at is None or use.last_used_at < now - _NOTED_EVERY:
        _note_use(hub, use.id, now)
    return bearer


def _note_use(hub: Hub, token: int, now: datetime) -> None:
    """Note a use; a database that is busy or full does not keep anybody out."""
    with suppress(LedgerError), hub.database.writing() as tx:
        tokens.note_use(tx, token, now)


# --- Browsers -----------------------------------------------------------------------------


def begin_session(hub: Hub, token: str) -> str:
    """Let a browser in with a token that is known to open; gives its cookie."""
    cookie = secrets.token_urlsafe(32)
    now = hub.now()
    with hub.database.writing() as tx:
        use = tokens.by_hash(tx, tokens.token_hash(token))
        if use is not None:  # it may have been removed just now; the cookie then opens nothing
            tokens.begin_session(tx, use.id, cookie, now + LIFE, now)
    return cookie


def browser_of(hub: Hub, cookie: str) -> Bearer | None:
    """Say who signed in with this cookie; ``None``: nobody, or it is over."""
    with hub.database.reading() as tx:
        use = tokens.by_session(tx, cookie, hub.now())
    return None if use is None else _used(hub, use)


def end_session(hub: Hub, cookie: str) -> None:
    """Sign a browser out: its cookie opens nothing any more."""
    with hub.database.writing() as tx:
        tokens.end_session(tx, cookie)
