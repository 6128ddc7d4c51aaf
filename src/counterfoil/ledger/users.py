"""Users of the console, the browsers they signed in on, and what else lets them in.

Secrets that we make have random bits enough to be kept as plain hashes (``tokens.token_hash``);
what people choose themselves comes here hashed by argon2.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy import Connection as Tx

from ._prepared import change_row
from .schema import (
    hub_rule,
    hub_user,
    recovery_code,
    setup_code,
    sign_on,
    user_link,
    user_session,
)
from .tokens import token_hash

__all__ = [
    "Going",
    "Rule",
    "Session",
    "User",
    "UserLink",
    "add",
    "add_setup_code",
    "all_users",
    "begin_session",
    "begin_sign_on",
    "by_id",
    "by_login",
    "change",
    "change_rule",
    "end_links",
    "end_session",
    "end_sessions",
    "end_setup_codes",
    "forget_rule",
    "forget_unproved_app",
    "holds_sealed",
    "is_unused",
    "links",
    "lock",
    "make_link",
    "of_link",
    "put_recovery_codes",
    "recovery_codes_left",
    "remove",
    "rule",
    "seen",
    "session_of",
    "sessions_of",
    "set_rule",
    "take_link",
    "take_period",
    "take_recovery_code",
    "take_setup_code",
    "take_sign_on",
]


class User(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who uses the console; the columns are told in ``schema``."""

    id: int
    login: str
    name: str
    role: str
    password_hash: str | None
    password_set_at: datetime | None
    totp_secret: str | None
    totp_since: datetime | None
    totp_period: int | None
    added_at: datetime
    joined_at: datetime | None
    last_seen_at: datetime | None
    off_since: datetime | None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A browser on which somebody signed in, or is about to."""

    id: int
    user: int
    stage: str
    browser: str
    source: str
    begun_at: datetime
    seen_at: datetime
    until: datetime


class UserLink(NamedTuple):
    """An invitation, or a link for a new password, without its key."""

    user: int
    author: str
    made_at: datetime
    until: datetime


class Going(NamedTuple):
    """Somebody on the way to the provider of single sign-on."""

    browser_hash: str
    verifier: str
    nonce: str
    way: str


class Rule(StrEnum):
    """What holds for all users."""

    SIGN_ON = "sign_on"
    TWO_FACTOR = "two_factor"


_USER = tuple(hub_user.c[name] for name in User.__struct_fields__)
_SESSION = tuple(
    user_session.c.hub_user_id if name == "user" else user_session.c[name]
    for name in Session.__struct_fields__
)
_LINK = (user_link.c.hub_user_id, user_link.c.author, user_link.c.made_at, user_link.c.until)


def _user(row: Any) -> User:
    return User(**dict(zip(User.__struct_fields__, row, strict=True)))


def _session(row: Any) -> Session:
    return Session(**dict(zip(Session.__struct_fields__, row, strict=True)))


# --- Users --------------------------------------------------------------------------------


def all_users(tx: Tx) -> list[User]:
    """List everybody, in the order in which they were added."""
    return [_user(row) for row in tx.execute(select(*_USER).order_by(hub_user.c.id))]


def is_unused(tx: Tx) -> bool:
    """Whether nobody was ever added."""
    return tx.execute(select(hub_user.c.id).limit(1)).first() is None


def by_id(tx: Tx, user_id: int) -> User | None:
    """Load a user."""
    return _only(tx, hub_user.c.id == user_id)


def by_login(tx: Tx, login: str) -> User | None:
    """Find whose e-mail address it is; it is given in lower case."""
    return _only(tx, hub_user.c.login == login)


def _only(tx: Tx, which: ColumnElement[bool]) -> User | None:
    row = tx.execute(select(*_USER).where(which)).first()
    return None if row is None else _user(row)


def lock(tx: Tx) -> None:
    """Let nobody else change who there is until the transaction ends.

    SQLite lets one write at a time as it is.
    """
    tx.execute(select(hub_user.c.id).order_by(hub_user.c.id).with_for_update()).all()


def add(tx: Tx, **values: Any) -> User:
    """Add somebody."""
    made = tx.execute(insert(hub_user).values(**values)).inserted_primary_key
    assert made is not None
    found = by_id(tx, int(made[0]))
    assert found is not None, "it was written just now"
    return found


def change(tx: Tx, user_id: int, **values: Any) -> None:
    """Change columns of a user."""
    change_row(tx, hub_user, user_id, values)


def remove(tx: Tx, user_id: int) -> None:
    """Forget somebody, and whatever let them in."""
    for table in (user_session, recovery_code, user_link):
        tx.execute(delete(table).where(table.c.hub_user_id == user_id))
    tx.execute(delete(hub_user).where(hub_user.c.id == user_id))


def take_period(tx: Tx, user_id: int, period: int) -> bool:
    """Note the period of a code that opens; ``False``: it, or a later one, opened before."""
    is_new = or_(hub_user.c.totp_period.is_(None), hub_user.c.totp_period < period)
    took = update(hub_user).where(hub_user.c.id == user_id, is_new).values(totp_period=period)
    return tx.execute(took).rowcount == 1


def forget_unproved_app(tx: Tx, user_id: int) -> None:
    """Forget the secret of an app of which no code was typed yet."""
    is_unproved = hub_user.c.totp_since.is_(None)
    forgot = update(hub_user).where(hub_user.c.id == user_id, is_unproved)
    tx.execute(forgot.values(totp_secret=None, totp_period=None))


# --- Browsers -----------------------------------------------------------------------------


def begin_session(tx: Tx, user_id: int, cookie: str, now: datetime, **values: Any) -> None:
    """Keep the hash of a browser's cookie, and drop the sessions that are over."""
    tx.execute(delete(user_session).where(user_session.c.until <= now))
    tx.execute(
        insert(user_session).values(
            hub_user_id=user_id,
            cookie_hash=token_hash(cookie),
            begun_at=now,
            seen_at=now,
            **values,
        )
    )


def session_of(tx: Tx, cookie: str, now: datetime) -> tuple[Session, User] | None:
    """Find who signed in with this cookie; ``None``: nobody, it is over, or they are off."""
    row = tx.execute(
        select(*_SESSION, *_USER)
        .join(hub_user, hub_user.c.id == user_session.c.hub_user_id)
        .where(
            user_session.c.cookie_hash == token_hash(cookie),
            user_session.c.until > now,
            hub_user.c.off_since.is_(None),
        )
    ).first()
    if row is None:
        return None
    return _session(row[: len(_SESSION)]), _user(row[len(_SESSION) :])


def sessions_of(tx: Tx, user_id: int, now: datetime) -> list[Session]:
    """List where somebody is signed in, or about to, the newest first."""
    rows = tx.execute(
        select(*_SESSION)
        .where(user_session.c.hub_user_id == user_id, user_session.c.until > now)
        .order_by(user_session.c.id.desc())
    )
    return [_session(row) for row in rows]


def seen(tx: Tx, session: Session, now: datetime) -> None:
    """Note that somebody is there."""
    tx.execute(update(user_session).where(user_session.c.id == session.id).values(seen_at=now))
    change(tx, session.user, last_seen_at=now)


def end_session(tx: Tx, session_id: int, user_id: int) -> bool:
    """End one of somebody's own sessions; ``False``: they have no such session."""
    mine = (user_session.c.id == session_id, user_session.c.hub_user_id == user_id)
    return tx.execute(delete(user_session).where(*mine)).rowcount == 1


def end_sessions(tx: Tx, user_id: int, *, but: int | None = None) -> int:
    """End all sessions of somebody, or all but one; says how many."""
    which = [user_session.c.hub_user_id == user_id]
    if but is not None:
        which.append(user_session.c.id != but)
    return tx.execute(delete(user_session).where(*which)).rowcount


# --- Recovery codes -----------------------------------------------------------------------


def put_recovery_codes(tx: Tx, user_id: int, codes: Iterable[str]) -> None:
    """Keep the hashes of somebody's codes in place of those before."""
    tx.execute(delete(recovery_code).where(recovery_code.c.hub_user_id == user_id))
    rows = [{"hub_user_id": user_id, "code_hash": token_hash(code)} for code in codes]
    if rows:
        tx.execute(insert(recovery_code), rows)


def take_recovery_code(tx: Tx, user_id: int, code: str) -> bool:
    """Use a code up; ``False``: it is none of theirs."""
    mine = (
        recovery_code.c.code_hash == token_hash(code),
        recovery_code.c.hub_user_id == user_id,
    )
    return tx.execute(delete(recovery_code).where(*mine)).rowcount == 1


def holds_sealed(tx: Tx) -> bool:
    """Whether anything about users was sealed with the hub's key."""
    has_app = select(hub_user.c.id).where(hub_user.c.totp_secret.is_not(None)).limit(1)
    return rule(tx, Rule.SIGN_ON) is not None or tx.execute(has_app).first() is not None


def recovery_codes_left(tx: Tx, user_id: int) -> int:
    """Count the codes that somebody has not used."""
    counted = select(func.count()).where(recovery_code.c.hub_user_id == user_id)
    return int(tx.execute(counted).scalar_one())


# --- Invitations, and links for a new password --------------------------------------------


def make_link(tx: Tx, user_id: int, key: str, author: str, now: datetime, until: datetime) -> None:
    """Keep the hash of a link's key; the link before it ends."""
    end_links(tx, user_id)
    tx.execute(
        insert(user_link).values(
            hub_user_id=user_id, key_hash=token_hash(key), author=author, made_at=now, until=until
        )
    )


def of_link(tx: Tx, key: str, now: datetime) -> User | None:
    """Find whose link it is; ``None``: nobody's, it was used, or it is over."""
    row = tx.execute(
        select(*_USER)
        .join(user_link, user_link.c.hub_user_id == hub_user.c.id)
        .where(user_link.c.key_hash == token_hash(key), user_link.c.until > now)
    ).first()
    return None if row is None else _user(row)


def take_link(tx: Tx, key: str, now: datetime) -> User | None:
    """Use a link up; ``None``: it is nobody's, somebody else was quicker, or it is over."""
    took = (
        delete(user_link)
        .where(user_link.c.key_hash == token_hash(key), user_link.c.until > now)
        .returning(user_link.c.hub_user_id)
    )
    user_id = tx.execute(took).scalar()
    return None if user_id is None else by_id(tx, user_id)


def end_links(tx: Tx, user_id: int) -> bool:
    """End somebody's link; ``False``: there was none."""
    return tx.execute(delete(user_link).where(user_link.c.hub_user_id == user_id)).rowcount == 1


def links(tx: Tx) -> dict[int, UserLink]:
    """Give the link of every user who has one, whether it is over or not."""
    return {row[0]: UserLink(*row) for row in tx.execute(select(*_LINK))}


# --- Setup codes --------------------------------------------------------------------------


def add_setup_code(tx: Tx, code: str, now: datetime, until: datetime) -> None:
    """Keep the hash of a code beside those of others, and drop those that are over."""
    tx.execute(delete(setup_code).where(setup_code.c.until <= now))
    tx.execute(insert(setup_code).values(code_hash=token_hash(code), until=until))


def take_setup_code(tx: Tx, code: str, now: datetime) -> bool:
    """Use a code up, and all others with it; ``False``: it is none, or not any more.

    Of several who bring one at once, one takes all.
    """
    typed = token_hash(code)
    mine = (setup_code.c.code_hash == typed, setup_code.c.until > now)
    if tx.execute(select(setup_code.c.code_hash).where(*mine)).first() is None:
        return False
    took = tx.execute(delete(setup_code).returning(setup_code.c.code_hash))
    return typed in {row[0] for row in took}


def end_setup_codes(tx: Tx) -> None:
    """Let no code open anything any more."""
    tx.execute(delete(setup_code))


# --- Single sign-on -----------------------------------------------------------------------


def begin_sign_on(
    tx: Tx, state: str, browser: str, now: datetime, until: datetime, **values: str
) -> None:
    """Keep what somebody left with, and drop what nobody came back for."""
    tx.execute(delete(sign_on).where(sign_on.c.until <= now))
    tx.execute(
        insert(sign_on).values(
            state_hash=token_hash(state), browser_hash=token_hash(browser), until=until, **values
        )
    )


def take_sign_on(tx: Tx, state: str, browser: str, now: datetime) -> Going | None:
    """Take what somebody left with, once; ``None``: nobody did, here, or too long ago."""
    row = tx.execute(
        delete(sign_on)
        .where(
            sign_on.c.state_hash == token_hash(state),
            sign_on.c.browser_hash == token_hash(browser),
            sign_on.c.until > now,
        )
        .returning(sign_on.c.browser_hash, sign_on.c.verifier, sign_on.c.nonce, sign_on.c.way)
    ).first()
    return None if row is None else Going(*row)


# --- What holds for all -------------------------------------------------------------------


def rule(tx: Tx, name: Rule, *, locked: bool = False) -> Any:
    """Give what was said about something; ``None``: nothing.

    ``locked``: nobody else changes it until the transaction ends.
    """
    asked = select(hub_rule.c.value).where(hub_rule.c.name == name.value)
    return tx.execute(asked.with_for_update() if locked else asked).scalar()


def set_rule(tx: Tx, name: Rule, value: Any, author: str, now: datetime) -> None:
    """Say what holds from now on."""
    forget_rule(tx, name)
    tx.execute(insert(hub_rule).values(name=name.value, value=value, author=author, made_at=now))


def change_rule(tx: Tx, name: Rule, value: Any) -> None:
    """Keep otherwise what was said, by whom it was."""
    tx.execute(update(hub_rule).where(hub_rule.c.name == name.value).values(value=value))


def forget_rule(tx: Tx, name: Rule) -> None:
    """Say nothing about something any more."""
    tx.execute(delete(hub_rule).where(hub_rule.c.name == name.value))
