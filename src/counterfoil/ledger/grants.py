"""What people signed in for: tokens as they are kept, who renews them, and sign-ins under way.

Every change of the tokens raises their version, and says in its condition which version it
changes: of several processes that renew at once, or that renew while a person connects anew,
one changes the row, and the others learn that they did not.  Whoever renews notes so first
(``begin_renewal``), for the old tokens may be gone as soon as the provider has been asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, and_, delete, insert, or_, select, update
from sqlalchemy import Connection as Tx

from ._inserting import insert_of
from .schema import oauth_grant, sign_in

__all__ = [
    "Grant",
    "SignIn",
    "all_grants",
    "begin_renewal",
    "begin_sign_in",
    "end",
    "forget_sign_ins",
    "give_up_renewal",
    "hashed",
    "hint",
    "hinted_at",
    "keep",
    "load",
    "renewed",
    "reseal",
    "take_sign_in",
]


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """The tokens of a connection, sealed.

    Attributes:
        access_token, refresh_token: ``None``: they have ended.
        access_until: When the access token ends.
        idle_until, hard_until: When the connection ends if nobody renews, and in any case;
            ``None``: the provider has not said.
        version: Grows with every change of the tokens.
        renewer: Who renews them now, since ``renewing_since``; ``None``: nobody.
        ended_at, ended_why: ``None``: they open.
        hinted_at: When the service last told that something changed; ``None``: it never has.
    """

    connection: int
    access_token: str | None
    refresh_token: str | None
    access_until: datetime
    idle_until: datetime | None
    hard_until: datetime | None
    version: int
    granted_at: datetime
    granted_by: str
    renewer: str | None
    renewing_since: datetime | None
    ended_at: datetime | None
    ended_why: str | None
    hinted_at: datetime | None


class SignIn(NamedTuple):
    """A sign-in that a person began; see the table ``sign_in``."""

    connection: int
    browser_hash: str
    verifier: str
    redirect_uri: str
    takes_another: bool
    until: datetime


_GRANT: Final = tuple(
    oauth_grant.c.connection_id if name == "connection" else oauth_grant.c[name]
    for name in Grant.__struct_fields__
)
_SIGN_IN: Final = tuple(
    sign_in.c.connection_id if name == "connection" else sign_in.c[name] for name in SignIn._fields
)
_FREE: Final[Mapping[str, Any]] = {"renewer": None, "renewing_since": None}
_OPENS: Final[Mapping[str, Any]] = {"ended_at": None, "ended_why": None}


def hashed(word: str) -> str:
    """Give what is kept of a state or a cookie: 256 random bits need no slow hash."""
    return hashlib.sha256(word.encode()).hexdigest()


# --- Tokens -------------------------------------------------------------------------------


def load(tx: Tx, connection: int) -> Grant | None:
    """Give the tokens of a connection; ``None``: nobody has signed in yet."""
    row = tx.execute(select(*_GRANT).where(oauth_grant.c.connection_id == connection)).first()
    return None if row is None else Grant(**dict(zip(Grant.__struct_fields__, row, strict=True)))


def all_grants(tx: Tx) -> dict[int, Grant]:
    """Give the tokens of every connection that has any, by its number."""
    rows = tx.execute(select(*_GRANT))
    return {row[0]: Grant(**dict(zip(Grant.__struct_fields__, row, strict=True))) for row in rows}


def keep(tx: Tx, connection: int, **tokens: Any) -> None:
    """Keep what a person signed in for, in the place of what was there.

    Args:
        tokens: ``access_token``, ``refresh_token``, ``access_until``, ``idle_until``,
            ``hard_until``, ``granted_at`` and ``granted_by``.
    """
    statement = insert_of(tx.dialect)(oauth_grant).values(
        connection_id=connection, version=1, **tokens
    )
    changed = {**tokens, **_FREE, **_OPENS, "version": oauth_grant.c.version + 1}
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["connection_id"],
            set_={
                name: value if name == "version" else statement.excluded[name]
                for name, value in changed.items()
            },
        )
    )


def begin_renewal(
    tx: Tx, connection: int, version: int, renewer: str, now: datetime, given_up: datetime
) -> bool:
    """Note who renews tokens from now on; ``False``: they are others, or somebody does.

    Args:
        given_up: Whoever began before this moment does so no longer.
    """
    free = or_(oauth_grant.c.renewer.is_(None), oauth_grant.c.renewing_since < given_up)
    return _changed(
        tx,
        _is(connection, version),
        free,
        oauth_grant.c.ended_at.is_(None),
        renewer=renewer,
        renewing_since=now,
    )


def renewed(tx: Tx, connection: int, version: int, renewer: str, **tokens: Any) -> bool:
    """Keep renewed tokens; ``False``: others were kept meanwhile, and stay.

    Args:
        tokens: ``access_token``, ``refresh_token``, ``access_until``, ``idle_until`` and
            ``hard_until``.
    """
    mine = oauth_grant.c.renewer == renewer
    return _changed(tx, _is(connection, version), mine, version=version + 1, **tokens, **_FREE)


def give_up_renewal(tx: Tx, connection: int, renewer: str) -> None:
    """Note that whoever renewed does so no longer."""
    mine = and_(oauth_grant.c.connection_id == connection, oauth_grant.c.renewer == renewer)
    _changed(tx, mine, **_FREE)


def end(tx: Tx, connection: int, why: str, now: datetime, *, version: int | None = None) -> bool:
    """Drop tokens that open nothing any more; ``False``: they are others, or have ended.

    Args:
        version: Only those; ``None``: whichever there are.
    """
    which = oauth_grant.c.connection_id == connection
    return _changed(
        tx,
        which if version is None else _is(connection, version),
        oauth_grant.c.ended_at.is_(None),
        access_token=None,
        refresh_token=None,
        version=oauth_grant.c.version + 1,
        ended_at=now,
        ended_why=why,
        **_FREE,
    )


def reseal(tx: Tx, before: Grant, access_token: str, refresh_token: str) -> bool:
    """Put sealed tokens in the place of the same under another key; ``False``: they are others."""
    return _changed(
        tx,
        _is(before.connection, before.version),
        oauth_grant.c.ended_at.is_(None),
        access_token=access_token,
        refresh_token=refresh_token,
    )


def hint(tx: Tx, connections: Iterable[int], now: datetime) -> None:
    """Note that the service told of changes in these connections' accounts."""
    which = oauth_grant.c.connection_id.in_(list(connections))
    tx.execute(update(oauth_grant).where(which).values(hinted_at=now))


def hinted_at(tx: Tx, connection: int) -> datetime | None:
    """Say when the service last told of changes in a connection's account; ``None``: never."""
    which = oauth_grant.c.connection_id == connection
    return tx.scalar(select(oauth_grant.c.hinted_at).where(which))


def _is(connection: int, version: int) -> ColumnElement[bool]:
    return and_(oauth_grant.c.connection_id == connection, oauth_grant.c.version == version)


def _changed(tx: Tx, *which: ColumnElement[bool], **values: Any) -> bool:
    return bool(tx.execute(update(oauth_grant).where(*which).values(**values)).rowcount)


# --- Sign-ins under way -------------------------------------------------------------------


def begin_sign_in(tx: Tx, state: str, begun: SignIn, now: datetime) -> None:
    """Keep a sign-in that begins; those that are over are dropped."""
    tx.execute(delete(sign_in).where(sign_in.c.until <= now))
    values = begun._asdict()
    values["connection_id"] = values.pop("connection")
    tx.execute(insert(sign_in).values(state_hash=hashed(state), **values))


def take_sign_in(tx: Tx, state: str) -> SignIn | None:
    """Give the sign-in of a state, which no other can take any more; ``None``: there is none."""
    row = tx.execute(
        delete(sign_in).where(sign_in.c.state_hash == hashed(state)).returning(*_SIGN_IN)
    ).first()
    return None if row is None else SignIn(*row)


def forget_sign_ins(tx: Tx) -> None:
    """Drop every sign-in under way: whoever is at it begins anew."""
    tx.execute(delete(sign_in))
