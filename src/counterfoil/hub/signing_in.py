"""Sign-ins that were refused: counted, told, locking after ten, forgotten at the first right one.

A Web Connector with Auto-Run goes on with an old password every few minutes, so whoever looks
at a connection has to see it, and when nobody may sign in.  What is told is figured when it is
shown, for a lock ends by itself.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from counterfoil.connectors.quickbooks_desktop.trouble import see
from counterfoil.ledger.connections import Connection

from .passwords import LOCKED_FOR, is_right, lock_until

__all__ = [
    "cleaned",
    "forgotten",
    "is_first",
    "is_locked",
    "is_old_and_opens",
    "let_in",
    "password_used_at",
    "problem_of",
    "refused",
    "refused_at",
    "renewed",
    "sentence",
    "tried_while_locked",
]

_SINCE: Final = "wrong_password_since"
_LAST: Final = "sign_in_refused_at"
_USED: Final = "password_used_at"


def cleaned(typed: str) -> str:
    """Give a user name or password as it was shown.

    Ours hold neither blanks nor characters that nobody sees.  Copying adds some: around them,
    and within where a line was broken.
    """
    return "".join(each for each in typed if each.isprintable() and not each.isspace())


def is_locked(connection: Connection, now: datetime) -> bool:
    """Whether nobody may sign in, with the right password either."""
    return connection.locked_until is not None and connection.locked_until > now


def refused(connection: Connection, now: datetime) -> dict[str, Any]:
    """Give the columns after a wrong password: ten in a row lock for a while."""
    failures = connection.password_failures + 1
    since = connection.facts.get(_SINCE) or _moment(now)
    return {
        "password_failures": failures,
        "locked_until": lock_until(failures, now),
        "facts": {**connection.facts, _SINCE: since, _LAST: _moment(now)},
    }


def tried_while_locked(connection: Connection, now: datetime) -> dict[str, Any]:
    """Give the columns after a sign-in that nobody looked at: it does not lengthen the lock."""
    return {"facts": {**connection.facts, _LAST: _moment(now)}}


def forgotten(connection: Connection) -> dict[str, Any]:
    """Give the columns after the right password."""
    facts = {key: kept for key, kept in connection.facts.items() if key not in (_SINCE, _LAST)}
    return {"password_failures": 0, "locked_until": None, "facts": facts}


def renewed(connection: Connection) -> dict[str, Any]:
    """Give the columns with a new password, which nobody has used yet."""
    values = forgotten(connection)
    values["facts"].pop(_USED, None)
    return values


def is_old_and_opens(connection: Connection, typed: str, now: datetime) -> bool:
    """Whether it is the password before, and that still opens."""
    until, kept = connection.old_password_until, connection.old_password_hash
    return kept is not None and until is not None and now < until and is_right(kept, typed)


def is_first(connection: Connection, *, is_new: bool) -> bool:
    """Whether the newest password was not used before now."""
    return is_new and _USED not in connection.facts


def let_in(connection: Connection, now: datetime, *, is_new: bool) -> dict[str, Any]:
    """Give the columns after a right password; of the newest, when it was first used."""
    values = forgotten(connection)
    if is_new:
        values["facts"].setdefault(_USED, _moment(now))
    return values


def password_used_at(connection: Connection) -> datetime | None:
    """Say when the newest password was first used; ``None``: nobody has signed in with it."""
    told = connection.facts.get(_USED)
    return datetime.fromisoformat(told) if isinstance(told, str) else None


def refused_at(connection: Connection) -> datetime | None:
    """Say when somebody was last refused; ``None``: nobody since the last right password."""
    told = connection.facts.get(_LAST)
    return datetime.fromisoformat(told) if isinstance(told, str) else None


def sentence(connection: Connection, now: datetime) -> str | None:
    """Say how many passwords were wrong, until when that locks, and the cure; ``None``: none."""
    failures = connection.password_failures
    if not failures:
        return None
    since = str(connection.facts.get(_SINCE) or "")[:16].replace("T", " ")
    told = f"{failures} sign-in{'s' if failures != 1 else ''} with a wrong password"
    told += f" since {since} UTC" if since else ""
    last = refused_at(connection)
    if is_locked(connection, now):
        assert connection.locked_until is not None, "it is locked"
        if last is not None and last > connection.locked_until - LOCKED_FOR:
            told += f", tried again at {last:%H:%M}"
        told += f"; locked until {connection.locked_until:%H:%M} UTC, for the right password too"
    next_lock = "the next lock" if is_locked(connection, now) else "a lock"
    return (
        f"{told}. Make a new password, which opens at once: counterfoil connections password "
        f"{connection.id}; or type the right one in the Web Connector. One with Auto-Run goes on "
        f"with an old password, and so brings {next_lock}. {see('QBWC1012')}"
    )


def problem_of(connection: Connection, now: datetime) -> str | None:
    """Say what is wrong with a connection: who cannot sign in has no other trouble first."""
    return sentence(connection, now) or connection.last_problem


def _moment(now: datetime) -> str:
    return now.isoformat(timespec="seconds")
