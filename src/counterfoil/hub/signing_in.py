"""Sign-ins that were refused: counted, told, forgotten at the first right one.

A Web Connector with Auto-Run goes on with an old password every few minutes, so whoever looks
at a connection has to see it.  Nothing locks: who is wrong too often is slowed down where he
comes from (``back_off``), and a password that was right before opens wherever it comes from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, tzinfo
from enum import Enum
from typing import Any, Final

from counterfoil.connectors.quickbooks_desktop.trouble import see
from counterfoil.ledger import people
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.people import Person, SignIn
from counterfoil.logs import get_logger
from counterfoil.told import Advice, Told

from .passwords import which_is_right
from .setup import Hub
from .times import clock_time, local_time

__all__ = [
    "RENEWED",
    "Entry",
    "cleaned",
    "enter",
    "problem_of",
    "refused_of",
    "sentence",
]

log = get_logger(__name__)

# Whoever names a user that is not there: all of them share one count.
_NOBODY: Final = "nobody"


class Entry(Enum):
    """How a sign-in ends."""

    OPEN = "open"
    REFUSED = "refused"
    TOO_SOON = "too soon"


def cleaned(typed: str) -> str:
    """Give a user name or password as it was shown.

    Ours hold neither blanks nor characters that nobody sees.  Copying adds some: around them,
    and within where a line was broken.
    """
    return "".join(each for each in typed if each.isprintable() and not each.isspace())


def enter(hub: Hub, known: SignIn | None, password: str, source: str) -> Entry:
    """Try a password.

    Args:
        hub: The hub.
        known: Whose user name was given; ``None``: nobody's.
        password: As typed.
        source: The address it comes from.
    """
    now = hub.now()
    whose = None if known is None else known.account
    account = _account(whose)
    kept = _opening(whose, now)
    typed = cleaned(password)
    place = hub.recognised.place(kept, typed)
    if place is None:
        if hub.sign_ins.begin(account, source, now):
            log.warning("sign-in refused", why="too soon after a wrong one", source=source)
            return Entry.TOO_SOON
        place = which_is_right(kept, typed)
    if place is None or whose is None:
        why = "no such user" if whose is None else "wrong password"
        log.warning("sign-in refused", why=why, source=source, **_names(known))
        if whose is not None:
            with hub.database.writing() as tx:
                people.note_refused(tx, whose, now)
        return Entry.REFUSED
    hub.recognised.remember(kept[place] or "", typed)
    hub.sign_ins.let_in(account, source)
    if whose.password_failures or (place == 0 and whose.password_used_at is None):
        with hub.database.writing() as tx:
            people.note_let_in(tx, whose, now, is_new=place == 0)
    return Entry.OPEN


def _names(known: SignIn | None) -> dict[str, str | None]:
    if known is None:
        return {"connection": None}
    person = known.person
    return {"connection": known.connection.name, **({"person": person.name} if person else {})}


def _opening(account: Connection | Person | None, now: datetime) -> tuple[str | None, str | None]:
    """Give what opens: the hash of the password, and of the one before while it opens, too.

    A removed connection's password lets its Web Connector hear why nothing happens any more.
    """
    if account is None:
        return None, None
    until = account.old_password_until
    is_old_open = until is not None and now < until
    return account.password_hash, account.old_password_hash if is_old_open else None


def _account(account: Connection | Person | None) -> str:
    """Name what is tried; a new password is another one, which nobody has got wrong yet."""
    if account is None:
        return _NOBODY
    kept = (account.password_hash or "").encode()
    row = f"person {account.id}" if isinstance(account, Person) else str(account.id)
    return f"{row} {hashlib.blake2b(kept, digest_size=8).hexdigest()}"


RENEWED: Final[dict[str, Any]] = {
    "password_failures": 0,
    "wrong_password_since": None,
    "sign_in_refused_at": None,
    "password_used_at": None,
}
"""The columns of an account with a new password, which nobody has used yet."""


def sentence(account: Connection | Person, zone: tzinfo | None) -> Told | None:
    """Say how many passwords were wrong, since when, and the cure; ``None``: none.

    ``zone``: the one that people read times in; ``None``: UTC.
    """
    failures = account.password_failures
    if not failures:
        return None
    told = f"{failures} sign-in{'s' if failures != 1 else ''} with a wrong password"
    if isinstance(account, Person):
        told = f"{account.name}: {told}"
    if account.wrong_password_since is not None:
        told += f" since {local_time(account.wrong_password_since, zone)}"
    if account.sign_in_refused_at is not None:
        told += f", the last at {clock_time(account.sign_in_refused_at, zone)}"
    return Told(
        f"{told}. A Web Connector with Auto-Run goes on with an old password until somebody types "
        "the new one.",
        Advice("Type the right one in the Web Connector"),
        Advice("Or make a new one, which opens at once", _renewing(account), _page(account)),
        Advice(see("QBWC1012")),
    )


def _renewing(account: Connection | Person) -> str:
    if isinstance(account, Person):
        return f"connections people password {account.connection} {account.id}"
    return f"connections password {account.id}"


def _page(account: Connection | Person) -> str:
    at = account.connection if isinstance(account, Person) else account.id
    return f"/connections/{at}"


def problem_of(
    connection: Connection, zone: tzinfo | None, others: Sequence[Person] = ()
) -> Told | None:
    """Say what is wrong with a connection: who cannot sign in has no other trouble first.

    ``others``: the people who work on it besides the first.
    """
    return refused_of(connection, zone, others) or connection.last_problem


def refused_of(
    connection: Connection, zone: tzinfo | None, others: Sequence[Person]
) -> Told | None:
    """Say who cannot sign in for a company file, the first of them; ``None``: everybody can."""
    refused = [sentence(connection, zone), *(sentence(each, zone) for each in others)]
    return next(filter(None, refused), None)
