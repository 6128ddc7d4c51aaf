"""A trial: connections to stand-ins, marked in their own rows, ended and thrown away whole.

A trial is a pair of connections and their link, like any other, but for its mark: what belongs to
it is named so, is never linked with what is real, and is deleted with all it did once somebody
throws it away.  The stand-ins themselves run in one process; that they ended with it shows here,
for then the trial rests until it is thrown away.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.errors import UsageError
from counterfoil.ledger import connections
from counterfoil.ledger.connections import Connection, Link
from counterfoil.ledger.forgetting import forget_connections
from counterfoil.settings import SystemName

from .setup import Hub

__all__ = [
    "SUFFIX",
    "TrialShown",
    "Trials",
    "end_trial",
    "is_of_trial",
    "marked",
    "throw_away",
    "trial_shown",
]

_MARK: Final = "trial"

SUFFIX: Final = "(trial)"
"""What ends the name of everything that belongs to a trial."""


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
        links = _links_of(tx, found)
    if not found:
        return None
    link = next(iter(links), None)
    return TrialShown(
        operations=_system_of(found, None if link is None else link.operations_id),
        books=_system_of(found, None if link is None else link.books_id),
        link=None if link is None else link.id,
        began_at=min(each.created_at for each in found),
        is_running=all(each.is_active for each in found),
    )


def _system_of(found: Sequence[Connection], connection: int | None) -> SystemName | None:
    return next((each.system for each in found if each.id == connection), None)


def _of_trial(tx: Tx) -> list[Connection]:
    return [each for each in connections.all_connections(tx) if is_of_trial(each)]


def _links_of(tx: Tx, found: Sequence[Connection]) -> list[Link]:
    ids = {each.id for each in found}
    return [each for each in connections.all_links(tx) if {each.operations_id, each.books_id} & ids]


def end_trial(hub: Hub, actor: str) -> bool:
    """Let nothing of a trial be read or sent any more; ``False``: none was running.

    Its documents can still be looked at.
    """
    with hub.database.writing() as tx:
        found = [each for each in _of_trial(tx) if each.is_active]
        for link in _links_of(tx, found):
            connections.change_link(tx, link.id, is_active=False)
        for each in found:
            connections.change(tx, each.id, is_active=False)
        if found:
            connections.note(tx, hub.now(), actor, "trial ended", "trial")
    return bool(found)


def throw_away(hub: Hub, actor: str) -> None:
    """Delete a trial that has ended, with all it did.

    Raises:
        UsageError: A run of it is still on.
    """
    with hub.database.writing() as tx:
        found = _of_trial(tx)
        now = hub.now()
        if any(each.lease_until is not None and each.lease_until > now for each in found):
            raise UsageError("A run of the trial is just ending. Throw it away again in a moment.")
        forget_connections(tx, [each.id for each in found])
        connections.note(tx, now, actor, "trial thrown away", "trial")
