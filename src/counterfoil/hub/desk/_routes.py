"""Which of several company files takes what: the routes of an operations connection."""

from __future__ import annotations

from datetime import datetime

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import RecordKind
from counterfoil.engine.matching import suggestions
from counterfoil.errors import UsageError
from counterfoil.hub import intake
from counterfoil.hub.finding import find_link
from counterfoil.hub.routing import PARTIES
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import Side, side_of, traits_of
from counterfoil.ledger import connections, directory, documents, routes
from counterfoil.ledger.connections import Connection, Link
from counterfoil.told import Advice

__all__ = ["RouteRow", "clear_route", "route_rows", "set_route"]


class RouteRow(msgspec.Struct, frozen=True, kw_only=True):
    """Where a party's documents go.

    Attributes:
        party: ``customer``, ``vendor`` or ``employee``; ``None``: all that no other route names.
        name: Of that party.
        link, link_name: The link that takes them.
    """

    party: str | None
    name: str | None
    link: int
    link_name: str
    author: str
    made_at: datetime


def route_rows(hub: Hub, connection: Connection) -> list[RouteRow]:
    """List the routes of an operations connection, the one for all the rest first.

    None at all: each of its links takes every document.
    """
    with hub.database.reading() as tx:
        names = {each.id: each.name for each in connections.all_links(tx)}
        return [
            RouteRow(
                party=each.party or None,
                name=each.name or None,
                link=each.link,
                link_name=names[each.link],
                author=each.author,
                made_at=each.made_at,
            )
            for each in routes.of_connection(tx, connection.id)
        ]


def set_route(
    hub: Hub,
    connection: Connection,
    link: int | str,
    actor: str,
    *,
    party: str | None = None,
    name: str | None = None,
) -> str:
    """Route a party's documents, or all that no other route names, to a link.

    What has landed or may be on its way stays where it is; what was not sent moves.

    Returns:
        One sentence: what goes where.

    Raises:
        UsageError: The connection has no such link or party; or the first route of a
            connection is not the one for all the rest.
    """
    with hub.database.writing() as tx:
        _check_operations(connection)
        found = _link_of(tx, connection, link)
        kind, known, record = _party(tx, connection, party, name)
        if not kind and name is None:
            told = f"What no other route names goes to “{found.name}”."
        else:
            told = f"What is for the {kind} “{known}” goes to “{found.name}”."
        present = routes.of_connection(tx, connection.id)
        if kind and not any(each.party == "" for each in present):
            raise UsageError(
                "It is not said yet which link takes what no route names.",
                Advice("Say that first", f"routes set {connection.id} LINK --rest"),
            )
        now = hub.now()
        routes.add(tx, connection.id, kind, known, found.id, actor, now, record=record)
        _changed(tx, hub, connection, actor, told)
    _decide_anew(hub, connection)
    return told


def clear_route(
    hub: Hub,
    connection: Connection,
    actor: str,
    *,
    party: str | None = None,
    name: str | None = None,
) -> str:
    """Take a route back; says where its documents go now.

    Raises:
        UsageError: There is no such route; or others still need the one for all the rest.
    """
    with hub.database.writing() as tx:
        kind, known = party or "", name or ""
        present = routes.of_connection(tx, connection.id)
        if not kind and len(present) > 1:
            raise UsageError(
                "Other routes still need the link that takes all the rest; take them back first, "
                "or name another link for the rest."
            )
        if not routes.clear(tx, connection.id, kind, known):
            what = f"the {kind} “{known}”" if kind else "all the rest"
            raise UsageError(f"{connection.name} has no route for {what}.")
        told = (
            f"The {kind} “{known}” goes where all the rest goes."
            if kind
            else f"Every link of {connection.name} takes all its documents again."
        )
        _changed(tx, hub, connection, actor, told)
    _decide_anew(hub, connection)
    return told


def _check_operations(connection: Connection) -> None:
    if side_of(connection.system) is not Side.OPERATIONS:
        raise UsageError(
            f"{connection.name} is no operations connection; documents are routed where they "
            "come from."
        )


def _link_of(tx: Tx, connection: Connection, link: int | str) -> Link:
    found = find_link(tx, link)
    if found.operations_id != connection.id or not found.is_active:
        known = ", ".join(
            f"{each.id} ({each.name})" for each in connections.links_of(tx, connection.id)
        )
        raise UsageError(
            f"Link {found.id} ({found.name}) is none of {connection.name}'s. It has: "
            f"{known or 'none'}."
        )
    return found


def _party(
    tx: Tx, connection: Connection, party: str | None, name: str | None
) -> tuple[str, str, str | None]:
    """Read whom a route is for, as our copy of the lists knows it: kind, name and identity."""
    if party is None or name is None:
        if party is not None or name is not None:
            raise UsageError("Name both: a customer, vendor or employee, and its name.")
        return "", "", None
    if party not in {kind.value for kind in PARTIES}:
        words = ", ".join(kind.value for kind in PARTIES)
        raise UsageError(f"{party!r} cannot be routed; choose one of: {words}.")
    traits = traits_of(connection.system)
    if RecordKind(party) not in traits.lists and name.strip():
        # It gives no list of them: only its documents name them.
        return party, name.strip(), None
    entry = directory.entry(tx, connection.id, RecordKind(party), name)
    if entry is None:
        near = suggestions(name, directory.names(tx, connection.id, RecordKind(party)))
        hint = f" Did you mean: {', '.join(near)}?" if near else ""
        raise UsageError(f"{connection.name} has no {party} “{name}”.{hint}")
    return party, entry.full_name, entry.id if traits.tells_identities else None


def _changed(tx: Tx, hub: Hub, connection: Connection, actor: str, told: str) -> None:
    """Let every link of a connection look again at what belongs to it."""
    for each in connections.links_of(tx, connection.id):
        documents.put_up(tx, each.id)
        connections.change_link(tx, each.id, decide_after=0)
    connections.note(tx, hub.now(), actor, "routes changed", f"connection/{connection.id}", told)


def _decide_anew(hub: Hub, connection: Connection) -> None:
    with hub.database.reading() as tx:
        links = [each.id for each in connections.links_of(tx, connection.id)]
    for each in links:
        intake.decide_anew(hub, each, restart=True)
