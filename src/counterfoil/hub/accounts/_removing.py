"""Taking a connection out of use, what that leaves behind, and taking it up again."""

from __future__ import annotations

import re
from collections import Counter
from itertools import count
from typing import Any, Final

from sqlalchemy import Connection as Tx

from counterfoil.engine.life import Standing, State, states_that_are
from counterfoil.errors import UsageError
from counterfoil.hub import advice
from counterfoil.hub.finding import connection_named
from counterfoil.hub.grants import signed_in
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import traits_of
from counterfoil.ledger import connections, exchanges, grants, transfers
from counterfoil.ledger.connections import Connection, Link
from counterfoil.told import Advice, Told

from ._connections import as_name, check_free, loaded
from ._files import APPLICATION, application_of

__all__ = [
    "check_unlinked",
    "remove_connection",
    "removed_named",
    "removed_sentence",
    "restore_connection",
    "what_connection_leaves",
    "what_link_leaves",
]

_REMOVED: Final = re.compile(r" \(removed(?: \d+)?\)$")


def remove_connection(hub: Hub, connection: Connection, actor: str) -> Connection:
    """Take a connection out of use; what was recorded of it stays, and its name is free.

    Raises:
        UsageError: A link still needs it, or it was removed before.
    """
    with hub.database.writing() as tx:
        present = loaded(tx, connection.id)
        _check_unlinked(tx, present)
        values: dict[str, Any] = {"is_active": False, "name": _name_removed(tx, present.name)}
        if present.user_name is not None:
            values["parameters"] = {APPLICATION: application_of(present), **present.parameters}
        connections.change(tx, present.id, **values)
        connections.note(tx, hub.now(), actor, "connection removed", f"connection/{present.id}")
        return loaded(tx, present.id)


def check_unlinked(hub: Hub, connection: Connection) -> None:
    """Make sure that a connection can be removed.

    Raises:
        UsageError: A link still needs it, or it was removed before.
    """
    with hub.database.reading() as tx:
        _check_unlinked(tx, connection)


def _check_unlinked(tx: Tx, connection: Connection) -> None:
    if not connection.is_active:
        raise UsageError(f"“{connection.name}” was removed already.")
    links = connections.links_of(tx, connection.id)
    if links:
        raise UsageError(
            f"{connection.name} is part of the link “{links[0].name}”.",
            Advice(
                "Remove that first",
                f"links remove {links[0].id}",
                f"/links/{links[0].id}/remove",
            ),
        )


def _name_removed(tx: Tx, name: str) -> str:
    taken = {each.name.casefold() for each in connections.all_connections(tx)}
    names = (f"{name} (removed{'' if n == 1 else f' {n}'})" for n in count(1))
    return next(each for each in names if each.casefold() not in taken)


def restore_connection(
    hub: Hub, connection: Connection, actor: str, *, name: str | None = None
) -> Connection:
    """Take a removed connection up again, with all it knew.

    Args:
        name: What it is called from now on; ``None``: as before it was removed.

    Raises:
        UsageError: It is in use, or its name or account is another connection's by now.
    """
    with hub.database.writing() as tx:
        present = loaded(tx, connection.id)
        if present.is_active:
            raise UsageError(f"{present.name} is in use; nothing is to be restored.")
        called = as_name(name or "") or _REMOVED.sub("", present.name)
        check_free(tx, called, present.account, but=present.id)
        connections.change(tx, present.id, is_active=True, name=called, last_problem=None)
        connections.note(tx, hub.now(), actor, "connection restored", f"connection/{present.id}")
        return loaded(tx, present.id)


def removed_named(hub: Hub, id_or_name: int | str) -> Connection:
    """Find a removed connection by its number, or by its name of now or before it was removed.

    Raises:
        UsageError: There is none, or several bore that name.
    """
    with hub.database.reading() as tx:
        before = [
            each
            for each in connections.all_connections(tx)
            if not each.is_active and _REMOVED.sub("", each.name) == id_or_name
        ]
    return before[0] if len(before) == 1 else connection_named(hub, id_or_name)


def removed_sentence(connection: Connection) -> Told:
    """Say to a Web Connector or an agent why nothing is asked any more."""
    name = _REMOVED.sub("", connection.name)
    return Told(
        f"The connection “{name}” was removed from Counterfoil, so nothing is exchanged.",
        Advice("Remove this application here"),
        advice.restore(connection.id, "Or take it up again in Counterfoil"),
    )


# --- What is left -------------------------------------------------------------------------


def what_connection_leaves(hub: Hub, connection: Connection) -> list[Told]:
    """Say what removing a connection leaves as it is, in sentences for the person who asks."""
    with hub.database.reading() as tx:
        is_open = exchanges.open_write(tx, connection.id) is not None
        sign_in = signed_in(connection, grants.load(tx, connection.id))
    found = [
        Told(
            "Its documents, and what became of each, stay readable. Its name is free.",
            Advice("It comes back with all it knew", f"connections restore {connection.id}"),
        ),
    ]
    if is_open:
        found.append(
            Told(
                "What it was sent last was never answered. What became of that is asked only once "
                "it is restored."
            )
        )
    if sign_in is not None and sign_in.is_open:
        found.append(
            Told(
                f"What somebody signed in for at {connection.system.words} stays open there.",
                Advice("Give it back first", f"connections disconnect {connection.id}"),
            )
        )
    if not traits_of(connection.system).is_called:
        found.append(
            Told(
                "Its Web Connector or agent is told that it was removed. Remove the application "
                "there."
            )
        )
    return found


_NOT_SENT: Final = (State.HELD, *states_that_are(Standing.WANTED, Standing.STOPPED))
_UNDER_WAY: Final = states_that_are(Standing.IN_FLIGHT)


def what_link_leaves(hub: Hub, link: Link) -> list[Told]:
    """Say what removing a link leaves as it is, in sentences for the person who asks."""
    with hub.database.reading() as tx:
        states: Counter[State] = Counter()
        for _link, _flow, state, number in transfers.counts(tx, link.id):
            states[state] += number
    waiting = sum(states[each] for each in _NOT_SENT)
    flying = sum(states[each] for each in _UNDER_WAY)
    found: list[Told] = []
    if flying:
        found.append(
            Told(
                f"{_documents(flying)} under way: an answer that still comes is taken; what gets "
                "none is asked about once the link is resumed."
            )
        )
    if waiting:
        found.append(Told(f"{_documents(waiting)} not sent, and not before the link is resumed."))
    found.append(
        Told(
            "What went stays where it is, and the record of it readable.",
            Advice(
                "Resumed, the link goes on with what was entered meanwhile",
                f"links resume {link.id}",
            ),
        )
    )
    return found


def _documents(number: int) -> str:
    return "1 document is" if number == 1 else f"{number} documents are"
