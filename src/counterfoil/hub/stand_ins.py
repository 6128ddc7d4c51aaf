"""A trial: connections to stand-ins, marked in their own rows, ended and thrown away whole.

A trial is a pair of connections and their link, like any other, but for its mark: what belongs to
it is named so, is never linked with what is real, and is deleted with all it did once somebody
throws it away.  The stand-ins themselves run in one process, which holds the trial by a lease and
alone drives it; that they ended with it shows here, for then the trial rests until it is thrown
away.  Whichever process is asked says what is being prepared, and may throw the trial away.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.errors import UsageError
from counterfoil.ledger import connections, trials
from counterfoil.ledger.connections import Connection, Link
from counterfoil.ledger.forgetting import forget_connections
from counterfoil.settings import SystemName

from .setup import Hub

__all__ = [
    "SUFFIX",
    "TrialShown",
    "Trials",
    "begin_trial",
    "doing",
    "end_abandoned",
    "end_trial",
    "is_elsewhere",
    "is_of_trial",
    "keep_trial",
    "leave_trial",
    "marked",
    "problem",
    "throw_away",
    "trial_shown",
]

_MARK: Final = "trial"

SUFFIX: Final = "(trial)"
"""What ends the name of everything that belongs to a trial."""
_LEASE: Final = timedelta(minutes=2)
"""So long after its process said so last, a trial still has stand-ins."""
_OURS: Final = "Counterfoil"
_ONE_ALREADY: Final = "There is a trial already. End it first."


class TrialShown(msgspec.Struct, frozen=True, kw_only=True):
    """The trial that is there.

    Attributes:
        operations, books: Its two systems.
        link: Its link's number; ``None``: it is still being prepared, or never was.
        began_at: When its first connection was made.
        is_running: Its stand-ins answer; ``False``: it has ended, and what it did is still shown.
    """

    operations: SystemName | None
    books: SystemName | None
    link: int | None
    began_at: datetime
    is_running: bool


class Trials(Protocol):
    """Whoever can start the stand-ins: the process that serves the hub."""

    def begin(self, operations: SystemName, books: SystemName, actor: str) -> None:
        """Begin a trial of a pairing; it is prepared while others go on.

        Raises:
            UsageError: There is one already.
        """

    def end(self, actor: str) -> None:
        """End the trial, and throw it away.

        Raises:
            UsageError: A run of it is still on.
        """

    @property
    def doing(self) -> str | None:
        """What is being prepared now; ``None``: nothing."""

    @property
    def problem(self) -> str | None:
        """Why the last one could not be prepared; ``None``: it could."""


def marked(tx: Tx, connection: int) -> None:
    """Mark a connection that was just made as a trial's."""
    found = connections.load(tx, connection)
    assert found is not None, "it was made just now"
    connections.change(tx, connection, parameters={**found.parameters, _MARK: True})


def is_of_trial(connection: Connection) -> bool:
    """Whether a connection is a trial's: of a stand-in, not of anything real."""
    return bool(connection.parameters.get(_MARK))


def trial_shown(hub: Hub) -> TrialShown | None:
    """Give the trial that is there; ``None``: none is."""
    with hub.database.reading() as tx:
        found = _of_trial(tx)
        if not found:
            return None
        links = _links_of(tx, found)
        is_held = _held(tx, hub.now()) is not None
    link = next(iter(links), None)
    return TrialShown(
        operations=_system_of(found, None if link is None else link.operations_id),
        books=_system_of(found, None if link is None else link.books_id),
        link=None if link is None else link.id,
        began_at=min(each.created_at for each in found),
        is_running=is_held and all(each.is_active for each in found),
    )


def _system_of(found: Sequence[Connection], connection: int | None) -> SystemName | None:
    return next((each.system for each in found if each.id == connection), None)


def _of_trial(tx: Tx) -> list[Connection]:
    return [each for each in connections.all_connections(tx) if is_of_trial(each)]


def _links_of(tx: Tx, found: Sequence[Connection]) -> list[Link]:
    ids = {each.id for each in found}
    return [each for each in connections.all_links(tx) if {each.operations_id, each.books_id} & ids]


# --- Whose it is --------------------------------------------------------------------------


def _held(tx: Tx, now: datetime) -> trials.Holding | None:
    """Say which process has the stand-ins; ``None``: none has, or it died."""
    found = trials.holding(tx)
    return found if found is not None and found.until > now else None


def begin_trial(hub: Hub, doing: str) -> None:
    """Take the trial for this process, before anything of it is there.

    Raises:
        UsageError: There is one already, here or at another process.
    """
    now = hub.now()
    with hub.database.writing() as tx:
        if _of_trial(tx) or not trials.claim(tx, hub.process, now, now + _LEASE, doing):
            raise UsageError(_ONE_ALREADY)


def keep_trial(hub: Hub, doing: str | None = None) -> bool:
    """Say that the stand-ins are still here, and what is being prepared.

    ``False``: somebody has thrown the trial away, or it was taken for dead.
    """
    with hub.database.writing() as tx:
        return trials.keep(tx, hub.process, hub.now() + _LEASE, doing=doing)


def leave_trial(hub: Hub) -> None:
    """End the trial of this process, if it has one: its stand-ins are gone."""
    now = hub.now()
    with hub.database.writing() as tx:
        found = trials.holding(tx)
        if found is not None and found.owner == hub.process:
            trials.keep(tx, hub.process, now, doing=None)
            _end(tx, now, _OURS)


def end_abandoned(hub: Hub) -> None:
    """End a trial whose process died without a word, so that nothing calls what is gone.

    An SQLite file is served by one process: whatever it finds at its start is abandoned.
    """
    now = hub.now()
    with hub.database.writing() as tx:
        if _of_trial(tx) and _held(tx, now) is None:
            _end(tx, now, _OURS)


def is_elsewhere(hub: Hub, tx: Tx) -> bool:
    """Whether another process has the stand-ins: this one may not reach them."""
    found = _held(tx, hub.now())
    return found is not None and found.owner != hub.process


def doing(hub: Hub) -> str | None:
    """Say what is being prepared now, at whichever process; ``None``: nothing."""
    with hub.database.reading() as tx:
        found = _held(tx, hub.now())
    return None if found is None else found.doing


def problem(hub: Hub) -> str | None:
    """Say why the last trial could not be prepared; ``None``: it could."""
    with hub.database.reading() as tx:
        found = trials.holding(tx)
    return None if found is None else found.problem


# --- Its end ------------------------------------------------------------------------------


def end_trial(hub: Hub, actor: str) -> bool:
    """Let nothing of a trial be read or sent any more; ``False``: none was running.

    Its documents can still be looked at.
    """
    with hub.database.writing() as tx:
        return _end(tx, hub.now(), actor)


def _end(tx: Tx, now: datetime, actor: str) -> bool:
    found = [each for each in _of_trial(tx) if each.is_active]
    for link in _links_of(tx, found):
        connections.change_link(tx, link.id, is_active=False)
    for each in found:
        connections.change(tx, each.id, is_active=False)
    if found:
        connections.note(tx, now, actor, "trial ended", "trial")
    return bool(found)


def throw_away(hub: Hub, actor: str, *, problem: str | None = None) -> None:
    """Delete a trial that has ended, with all it did.

    Args:
        hub: The hub.
        actor: Who does it, for the audit.
        problem: Why it could not be prepared, which is all that stays; ``None``: nothing does.

    Raises:
        UsageError: A run of it is still on.
    """
    with hub.database.writing() as tx:
        found = _of_trial(tx)
        now = hub.now()
        if any(each.lease_until is not None and each.lease_until > now for each in found):
            raise UsageError("A run of the trial is just ending. Throw it away again in a moment.")
        forget_connections(tx, [each.id for each in found])
        if problem is None:
            trials.forget(tx)
        else:
            trials.keep(tx, hub.process, now, doing=None, problem=problem)
        connections.note(tx, now, actor, "trial thrown away", "trial")
