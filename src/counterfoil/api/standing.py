"""How everything stands, as both faces show it: records without a secret in them.

What ``hub.desk`` counts is put together here with names and titles, so that the command
line, the JSON API and the console show the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from typing import Any, Final

import msgspec

from counterfoil.hub import advice, before_first, finding, notices, signing_in, to_dos, views
from counterfoil.hub.attention import Attention, attention
from counterfoil.hub.grants import SignedIn, problem_of, signed_in
from counterfoil.hub.setup import Hub
from counterfoil.hub.times import zone_in
from counterfoil.ledger import connections, grants, people
from counterfoil.ledger.connections import Connection, Link
from counterfoil.ledger.grants import Grant
from counterfoil.ledger.people import Person
from counterfoil.settings import DEFAULTS as DEFAULT_SETTINGS
from counterfoil.settings import (
    FLOWS,
    Direction,
    FlowMode,
    FlowName,
    Settings,
    SystemName,
    decode_settings,
    defaults_of,
    diff,
    form_fields,
    title_of,
)
from counterfoil.told import Told

__all__ = [
    "ConnectionShown",
    "FlowShown",
    "FlowStanding",
    "LinkShown",
    "LinkStanding",
    "PersonShown",
    "Standing",
    "UnreadShown",
    "VersionShown",
    "all_connections",
    "all_links",
    "flows",
    "history",
    "link_shown",
    "rests",
    "shown",
    "status",
    "unreadable",
]


# --- Connections and links ----------------------------------------------------------------


class PersonShown(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works on a company file besides the first, without their secrets.

    Attributes:
        user_name: What their Web Connector signs in with.
        company_file: Where the file is on their computer; ``None``: the one that is open.
        lock: Wrong passwords of their Web Connector, and the cure.
        refused_at: When it was last refused; ``None``: not since it was let in.
    """

    id: int
    name: str
    user_name: str
    company_file: str | None
    added_at: datetime
    last_seen_at: datetime | None
    lock: Told | None
    refused_at: datetime | None


class ConnectionShown(msgspec.Struct, frozen=True, kw_only=True):
    """A connection without its secrets.

    Attributes:
        address: Where it is reached; ``None``: it calls us.
        user_name: What its Web Connector signs in with, ``None`` for systems we call.
        parameters: Everything set for it that is not secret.
        facts: What the system told about itself.
        lock: Wrong passwords of its Web Connector, and until when they lock it.
        refused_at: When its Web Connector was last refused; ``None``: not since it was let in.
        sign_in: How the sign-in at its provider stands; ``None``: nobody signs in for it.
        people: Who works on its company file besides the first.
    """

    id: int
    system: SystemName
    name: str
    address: str | None
    user_name: str | None
    is_active: bool
    created_at: datetime
    last_seen_at: datetime | None
    problem: Told | None
    parameters: dict[str, Any]
    facts: dict[str, Any]
    lock: Told | None = None
    refused_at: datetime | None = None
    sign_in: SignedIn | None = None
    people: tuple[PersonShown, ...] = ()


class LinkShown(msgspec.Struct, frozen=True, kw_only=True):
    """A link as lists show it; ``operations`` and ``books`` are connections' numbers."""

    id: int
    name: str
    operations: int
    operations_name: str
    books: int
    books_name: str
    created_at: datetime
    is_active: bool
    is_paused: bool = False


def shown(hub: Hub, connection: Connection) -> ConnectionShown:
    """Give what may be shown of a connection."""
    with hub.database.reading() as tx:
        return _connection(
            connection,
            grants.load(tx, connection.id),
            zone_in(tx),
            people.of_all(tx).get(connection.id, ()),
        )


def _connection(
    connection: Connection, grant: Grant | None, zone: tzinfo | None, everyone: Sequence[Person]
) -> ConnectionShown:
    address = connection.parameters.get("base_url")
    return ConnectionShown(
        id=connection.id,
        system=connection.system,
        name=connection.name,
        address=str(address) if address else None,
        user_name=connection.user_name,
        is_active=connection.is_active,
        created_at=connection.created_at,
        last_seen_at=connection.last_seen_at,
        problem=problem_of(connection, grant, zone, everyone),
        parameters=dict(connection.parameters),
        facts=dict(connection.facts),
        lock=signing_in.sentence(connection, zone),
        refused_at=connection.sign_in_refused_at,
        sign_in=signed_in(connection, grant),
        people=tuple(_person(each, zone) for each in everyone),
    )


def _person(person: Person, zone: tzinfo | None) -> PersonShown:
    return PersonShown(
        id=person.id,
        name=person.name,
        user_name=person.user_name,
        company_file=person.company_file,
        added_at=person.added_at,
        last_seen_at=person.last_seen_at,
        lock=signing_in.sentence(person, zone),
        refused_at=person.sign_in_refused_at,
    )


def all_connections(hub: Hub) -> list[ConnectionShown]:
    """List all connections, oldest first."""
    with hub.database.reading() as tx:
        zone, signed = zone_in(tx), grants.all_grants(tx)
        everyone = people.of_all(tx)
        return [
            _connection(each, signed.get(each.id), zone, everyone.get(each.id, ()))
            for each in connections.all_connections(tx)
        ]


def all_links(hub: Hub) -> list[LinkShown]:
    """List all links, oldest first."""
    with hub.database.reading() as tx:
        found = connections.all_links(tx)
        known = {each.id: each for each in connections.all_connections(tx)}
    return [_shown(link, known[link.operations_id], known[link.books_id]) for link in found]


def link_shown(hub: Hub, link: Link) -> LinkShown:
    """Give a link with the names of its two sides."""
    return _shown(link, *finding.sides(hub, link))


def _shown(link: Link, operations: Connection, books: Connection) -> LinkShown:
    return LinkShown(
        id=link.id,
        name=link.name,
        operations=operations.id,
        operations_name=operations.name,
        books=books.id,
        books_name=books.name,
        created_at=link.created_at,
        is_active=link.is_active,
        is_paused=link.is_paused,
    )


class FlowStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How a flow of a link stands: how many transfers are in which state.

    ``last_press``: what came of the last press on “send stock”; ``None``: there was none.
    """

    flow: FlowName
    title: str
    mode: FlowMode
    states: dict[str, int]
    last_press: str | None = None


class LinkStanding(msgspec.Struct, frozen=True, kw_only=True):
    """How a link stands; ``transfers`` counts those of all its flows by state.

    ``problems`` are stored settings that this version cannot follow; while there are any,
    no flow of the link runs.
    """

    id: int
    name: str
    operations: str
    books: str
    settings_version: int
    problems: tuple[str, ...]
    flows: list[FlowStanding]
    transfers: dict[str, int]
    fields_refused: int = 0
    """Documents of which a custom field could not be written."""
    is_active: bool = True
    is_paused: bool = False
    rests: Told | None = None
    """Why nothing of it is read or sent, and how it goes on; ``None``: it goes on."""
    stage: str | None = None
    """How far setting it up has come; ``None``: it has no steps, or all are done."""
    steps_left: tuple[Told, ...] = ()
    """What is left of setting it up: one sentence each."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How everything stands.

    Attributes:
        driving: Of the hub's own process, where that is asked.
        attention: What keeps more than one document from going, one line each.
    """

    connections: list[views.ConnectionStatus]
    links: list[LinkStanding]
    driving: views.Pulse | None = None
    attention: list[Attention] = []


def status(hub: Hub, driving: views.Pulse | None = None) -> Standing:
    """Say how every connection and every link stands; ``driving``: how that goes, if known."""
    connected, linked = views.connection_status(hub), views.link_status(hub)
    staged = _staged(connected, linked)
    with hub.database.reading() as tx:
        undone = to_dos.attention(tx)
    return Standing(
        driving=driving,
        connections=connected,
        links=[
            _with_steps(hub, _standing(each)) if each.id in staged else _standing(each)
            for each in linked
        ],
        attention=[*attention(connected, linked), *undone, *notices.attention(hub)],
    )


# Steps are asked for one link at a time: of very many, those of the first are told.
_STAGED_MAX: Final = 20


def _staged(
    connected: Sequence[views.ConnectionStatus], linked: Sequence[views.LinkStatus]
) -> frozenset[int]:
    """Name the links whose setting up goes in steps."""
    systems = {each.name: each.system for each in connected}
    found = [
        each.id
        for each in linked
        if before_first.has_stages(systems.get(each.operations), systems.get(each.books))
    ]
    return frozenset(found[:_STAGED_MAX])


def _with_steps(hub: Hub, link: LinkStanding) -> LinkStanding:
    """Say what is left of setting a link up, where that goes in steps (O3)."""
    if not link.is_active:
        return link
    found = before_first.link_checklist(hub, link.id)
    if found.stage is None or found.is_ready:
        return link
    left = tuple(
        each.sentence.after(f"{each.title}?") for each in found.steps if not each.is_passed
    )
    return msgspec.structs.replace(link, stage=found.stage, steps_left=left)


def _standing(found: views.LinkStatus) -> LinkStanding:
    total: dict[str, int] = {}
    for _flow, _mode, states in found.flows:
        for state, number in states.items():
            total[state] = total.get(state, 0) + number
    return LinkStanding(
        id=found.id,
        name=found.name,
        operations=found.operations,
        books=found.books,
        settings_version=found.settings_version,
        problems=found.problems,
        flows=[
            FlowStanding(
                flow=FlowName(flow),
                title=title_of(flow),
                mode=msgspec.convert(mode, FlowMode),
                states=states,
                last_press=found.last_press if FLOWS[FlowName(flow)].is_counted else None,
            )
            for flow, mode, states in found.flows
        ],
        transfers=total,
        fields_refused=found.fields_refused,
        is_active=found.is_active,
        is_paused=found.is_paused,
        rests=rests(found),
    )


def rests(found: views.LinkStatus | Link) -> Told | None:
    """Say why nothing of a link is read or sent, and how it goes on; ``None``: it goes on."""
    if found.is_active and not found.is_paused:
        return None
    why = "Paused" if found.is_active else "Removed"
    told = f"{why}: nothing of it is read or sent until somebody resumes it."
    return Told(told, advice.resume(found.id))


class UnreadShown(msgspec.Struct, frozen=True, kw_only=True):
    """A record that could not be read.

    Attributes:
        connection, connection_name: In which account it is.
        kind: Of document or list record.
        record: Its identity there, ``None``: not even that could be read.
        number: What people call it.
        party, dated: Whose it is, and its own date, as far as that could be read.
        field: What of it could not be read, ``value`` what stands there.
        problem: What is wrong, in one sentence.
    """

    connection: int
    connection_name: str
    kind: str
    record: str | None
    number: str | None
    party: str | None
    dated: date | None
    field: str | None
    value: str | None
    problem: str
    first_seen_at: datetime
    seen_at: datetime


def unreadable(hub: Hub, connection: int | None = None) -> list[UnreadShown]:
    """List the records that could not be read, of one connection or of all."""
    with hub.database.reading() as tx:
        names = {each.id: each.name for each in connections.all_connections(tx)}
    return [
        UnreadShown(
            connection=each.connection,
            connection_name=names[each.connection],
            kind=each.kind,
            record=each.document_id,
            number=each.number,
            party=each.party,
            dated=each.dated,
            field=each.field,
            value=each.value,
            problem=each.problem,
            first_seen_at=each.first_seen_at,
            seen_at=each.seen_at,
        )
        for each in views.unreadables(hub, connection)
    ]


# --- Flows --------------------------------------------------------------------------------


class FlowShown(msgspec.Struct, frozen=True, kw_only=True):
    """A flow between two systems.

    Attributes:
        is_built: ``False``: planned, not in this version.
        may_be_automatic: ``False``: only ever started by a person.
        options: Its options with label, help, type, default and choices; empty for a
            flow without options in this version.
    """

    operations: SystemName
    books: SystemName
    flow: FlowName
    title: str
    source: str
    target: str
    direction: Direction
    is_built: bool
    may_be_automatic: bool
    options: list[dict[str, Any]]


def flows() -> list[FlowShown]:
    """List every flow of every pairing, planned ones included."""
    return [
        FlowShown(
            operations=pairing.operations,
            books=pairing.books,
            flow=flow.name,
            title=title_of(flow.name.value, pairing.operations),
            source=flow.source.value,
            target=pairing.target.value,
            direction=flow.direction,
            is_built=not pairing.planned,
            may_be_automatic=flow.may_be_automatic,
            options=[
                _option(field)
                for field in form_fields(
                    flow.name.value,
                    defaults_of(pairing.operations, pairing.books),
                    pairing.operations,
                    pairing.books,
                )
            ],
        )
        for flow in FLOWS.values()
        for pairing in flow.pairings
    ]


def _option(field: object) -> dict[str, Any]:
    """Give what a declaration says, without the value of any one link."""
    found: dict[str, Any] = msgspec.to_builtins(field, enc_hook=str)
    for name in ("value", "text", "has_effect"):
        del found[name]
    return found


# --- Settings -----------------------------------------------------------------------------


class VersionShown(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a link's settings; ``changes`` to the version before, as texts."""

    version: int
    author: str
    made_at: datetime
    changes: list[dict[str, str]]


def history(hub: Hub, link: int | str) -> list[VersionShown]:
    """List the versions of a link's settings, oldest first.

    Raises:
        UsageError: There is no such link.
    """
    with hub.database.reading() as tx:
        stored = connections.settings_versions(tx, finding.find_link(tx, link).id)
    found: list[VersionShown] = []
    before: Settings = DEFAULT_SETTINGS
    for each in stored:
        after = decode_settings(each["values"]).settings
        changes = [msgspec.to_builtins(change, enc_hook=str) for change in diff(before, after)]
        found.append(
            VersionShown(
                version=each["version"],
                author=each["author"],
                made_at=each["made_at"],
                changes=changes,
            )
        )
        before = after
    return found
