"""Browsers on which people signed in: begun with a cookie of their own, listed, ended.

A cookie is made anew whenever something was proved (password, second factor), so none that
somebody slipped into a browser beforehand is ever worth anything.  A session ends after some
hours without a request, after some days in any case, and with whatever changes what let it in.
"""

from __future__ import annotations

import secrets
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Connection as Tx

from counterfoil.documents import visible
from counterfoil.errors import LedgerError, UsageError
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections, users
from counterfoil.ledger.users import Session, User

from ._browsers import browser_words
from ._shapes import Caller, Stage

__all__ = [
    "IDLE",
    "LIFE",
    "PREFIX",
    "SignedIn",
    "begin",
    "end_all_sessions",
    "end_other_sessions",
    "end_session",
    "in_session",
    "sessions",
    "sign_out",
]

IDLE: Final = timedelta(hours=12)
"""A session in which nothing was asked for so long is over."""
LIFE: Final = timedelta(days=7)
"""A session that is so old is over."""
PREFIX: Final = "u."
"""By which a person's cookie is told from one that a token was given for."""
# How long somebody may take for the second factor.
_PENDING_LIFE: Final = timedelta(minutes=10)
# How exact "last seen" is: a request more often than this writes nothing.
_NOTED_EVERY: Final = timedelta(minutes=10)
_SOURCE_LENGTH_MAX: Final = 100


class SignedIn(NamedTuple):
    """Who signed in with a cookie, on which browser."""

    session: Session
    user: User


def begin(tx: Tx, user: User, stage: Stage, caller: Caller, now: datetime) -> str:
    """Let a browser in as far as a stage says; gives its cookie.

    An app that is being set up on another browser has to begin anew: whoever sits there has seen
    its secret, and need not be whoever signs in now.
    """
    users.forget_unproved_app(tx, user.id)
    cookie = PREFIX + secrets.token_urlsafe(32)
    users.begin_session(
        tx,
        user.id,
        cookie,
        now,
        stage=stage.value,
        browser=browser_words(caller.browser),
        source=visible(caller.source)[:_SOURCE_LENGTH_MAX],
        until=now + (LIFE if stage is Stage.OPEN else _PENDING_LIFE),
    )
    if stage is Stage.OPEN:
        users.change(tx, user.id, last_seen_at=now)
    return cookie


def in_session(hub: Hub, cookie: str) -> SignedIn | None:
    """Say who signed in with this cookie; ``None``: nobody, or it is over."""
    now = hub.now()
    with hub.database.reading() as tx:
        found = users.session_of(tx, cookie, now)
    if found is None:
        return None
    session, user = found
    if session.seen_at + IDLE <= now:
        return None
    if session.seen_at + _NOTED_EVERY < now:
        # A database that is busy or full does not keep anybody out.
        with suppress(LedgerError), hub.database.writing() as tx:
            users.seen(tx, session, now)
    return SignedIn(session, user)


def sign_out(hub: Hub, cookie: str) -> None:
    """End a browser's session, wherever its cookie has been copied to."""
    signed_in = in_session(hub, cookie)
    if signed_in is not None:
        with hub.database.writing() as tx:
            users.end_session(tx, signed_in.session.id, signed_in.user.id)


def sessions(hub: Hub, user_id: int) -> list[Session]:
    """List where somebody is signed in, the newest first."""
    now = hub.now()
    with hub.database.reading() as tx:
        found = users.sessions_of(tx, user_id, now)
    return [each for each in found if each.seen_at + IDLE > now]


def end_session(hub: Hub, user: User, session_id: int, actor: str) -> None:
    """Sign a person out on one browser.

    Raises:
        UsageError: They are not signed in there, or not any more.
    """
    with hub.database.writing() as tx:
        if not users.end_session(tx, session_id, user.id):
            raise UsageError(f"{user.name} is not signed in there any more.")
        connections.note(tx, hub.now(), actor, "signed out", f"user/{user.id}", user.name)


def end_other_sessions(hub: Hub, user: User, actor: str, *, but: int | None = None) -> int:
    """Sign a person out everywhere, or everywhere but on one browser; says on how many."""
    with hub.database.writing() as tx:
        ended = users.end_sessions(tx, user.id, but=but)
        if ended:
            told = f"{user.name}: {ended} browser{'s' if ended != 1 else ''}"
            connections.note(tx, hub.now(), actor, "signed out", f"user/{user.id}", told)
    return ended


def end_all_sessions(hub: Hub, user_id: int, actor: str) -> int:
    """Sign a person out everywhere; says on how many browsers.

    Raises:
        UsageError: They were removed.
    """
    with hub.database.reading() as tx:
        user = users.by_id(tx, user_id)
    if user is None:
        raise UsageError("This person was removed meanwhile. Look at the list again.")
    return end_other_sessions(hub, user, actor)
