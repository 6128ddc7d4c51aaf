"""How a connection's sign-in stands: absent, open, ended, or ending before long; and the cure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Final

import msgspec

from counterfoil.hub import advice, signing_in
from counterfoil.hub.systems import signs_in
from counterfoil.hub.times import local_time
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.grants import Grant
from counterfoil.ledger.people import Person
from counterfoil.told import Advice, Told

__all__ = [
    "ENDED_AT_PROVIDER",
    "ENDED_BY_CHANGE",
    "ENDED_HERE",
    "NOTICE_DAYS",
    "Notice",
    "SignedIn",
    "Trouble",
    "notice_of",
    "problem_of",
    "signed_in",
    "trouble_of",
]

ENDED_AT_PROVIDER: Final = "provider"
ENDED_HERE: Final = "disconnected"
ENDED_BY_CHANGE: Final = "changed"

NOTICE_DAYS: Final = (30, 7, 1)
"""An end is told so many days before it comes, and then the nearer it is."""

_WHY: Final[Mapping[str, str]] = {
    ENDED_AT_PROVIDER: (
        "{system} has ended the connection of {name}: somebody disconnected it there, it was not "
        "used for too long, or its time is over. Documents wait; nothing is lost."
    ),
    ENDED_HERE: "{name} is disconnected from {system}. Documents wait; nothing is lost.",
    ENDED_BY_CHANGE: (
        "{name} has other keys of an app since somebody changed them, so nobody is signed in to "
        "{system} by them yet. Documents wait; nothing is lost."
    ),
}
_ABSENT: Final = "Nobody has signed in to {system} for {name} yet."


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Why a connection opens nothing, and what to do."""

    sentence: str
    cure: Advice

    @property
    def told(self) -> Told:
        """Both."""
        return Told(self.sentence, self.cure)


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """An end that comes before long; ``days``: which of ``NOTICE_DAYS`` it is told by."""

    sentence: str
    cure: Advice
    days: int
    at: datetime


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """How a sign-in stands, for showing.

    Attributes:
        is_open: Somebody is signed in.
        since, by: Since when, and who it was; ``None``: nobody yet.
        ends_unused_at: When it ends if nothing is read or written until then.
        ends_at: When it ends in any case; ``None``: the provider has not said.
        problem: Why it opens nothing, and the cure; ``None``: it opens.
    """

    is_open: bool
    since: datetime | None = None
    by: str | None = None
    ends_unused_at: datetime | None = None
    ends_at: datetime | None = None
    problem: Told | None = None


def trouble_of(connection: Connection, grant: Grant | None) -> Trouble | None:
    """Say why a connection opens nothing; ``None``: it does, or nobody has to sign in for it."""
    if not signs_in(connection.system):
        return None
    if grant is None:
        return _trouble(_ABSENT, connection, "Connect it")
    if grant.ended_at is None:
        return None
    why = _WHY.get(grant.ended_why or "", _WHY[ENDED_AT_PROVIDER])
    return _trouble(why, connection, "Connect it again")


def _trouble(why: str, connection: Connection, what: str) -> Trouble:
    sentence = why.format(system=connection.system.words, name=connection.name)
    return Trouble(sentence=sentence, cure=advice.connect(connection.id, what))


def problem_of(
    connection: Connection,
    grant: Grant | None,
    zone: tzinfo | None,
    others: Sequence[Person] = (),
) -> Told | None:
    """Say what is wrong with a connection: who cannot sign in has no other trouble first.

    ``others``: the people who work on it besides the first.
    """
    trouble = trouble_of(connection, grant)
    if trouble is not None:
        return trouble.told
    return signing_in.problem_of(connection, zone, others)


def notice_of(
    connection: Connection, grant: Grant | None, now: datetime, zone: tzinfo | None
) -> Notice | None:
    """Tell of an end that comes within a month; ``None``: none does."""
    if grant is None or grant.ended_at is not None:
        return None
    ends = [
        (at, why)
        for at, why in ((grant.hard_until, _HARD), (grant.idle_until, _IDLE))
        if at is not None
    ]
    at, why = min(ends, key=lambda each: each[0], default=(None, ""))
    near = [days for days in NOTICE_DAYS if at is not None and at <= now + timedelta(days=days)]
    if at is None or not near:
        return None
    sentence = why.format(
        system=connection.system.words,
        name=connection.name,
        at=local_time(at, zone),
        left=_left(at - now),
    )
    return Notice(
        sentence=sentence,
        cure=advice.connect(connection.id, "Connect it again before"),
        days=min(near),
        at=at,
    )


def signed_in(connection: Connection, grant: Grant | None) -> SignedIn | None:
    """Give how a sign-in stands; ``None``: nobody has to sign in for this connection."""
    if not signs_in(connection.system):
        return None
    trouble = trouble_of(connection, grant)
    if grant is None or trouble is not None:
        return SignedIn(is_open=False, problem=None if trouble is None else trouble.told)
    return SignedIn(
        is_open=True,
        since=grant.granted_at,
        by=grant.granted_by,
        ends_unused_at=grant.idle_until,
        ends_at=grant.hard_until,
    )


_HARD: Final = (
    "{system} ends the connection of {name} on {at} ({left}), however much it is used: the time "
    "that it allows a sign-in is over then."
)
_IDLE: Final = (
    "{system} ends the connection of {name} on {at} ({left}) if nothing is read or written by "
    "then: nothing has been for a long time."
)


def _left(time: timedelta) -> str:
    days = time // timedelta(days=1)
    if time < timedelta():
        return "it is over"
    return "within a day" if days < 1 else f"in {days} day{'' if days == 1 else 's'}"
