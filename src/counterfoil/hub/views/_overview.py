"""How connections and links stand, and what of theirs could not be read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo
from typing import Any

import msgspec

from counterfoil.engine.life import UNSETTLED, State
from counterfoil.hub import checklist
from counterfoil.hub.grants import Notice, Trouble, notice_of, problem_of, trouble_of
from counterfoil.hub.links import LinkView, all_views
from counterfoil.hub.setup import Hub
from counterfoil.hub.times import zone_in
from counterfoil.ledger import (
    agents,
    connections,
    directory,
    documents,
    follow_ups,
    grants,
    people,
    transfers,
)
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.grants import Grant
from counterfoil.settings import FLOWS, FlowName, SystemName
from counterfoil.told import Told

from ._presses import last_presses

__all__ = [
    "ConnectionStatus",
    "LinkStatus",
    "Pulse",
    "connection_status",
    "every_connection",
    "link_status",
    "status_of",
    "unreadables",
    "zone_of",
]


class LinkStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a link stands: transfers by flow and state."""

    id: int
    name: str
    operations: str
    books: str
    settings_version: int
    problems: tuple[str, ...]
    flows: tuple[tuple[str, str, dict[str, int]], ...]
    """Flow, mode, and how many transfers are in which state."""
    fields_refused: int = 0
    """Documents of which a custom field could not be written."""
    is_active: bool = True
    is_paused: bool = False
    last_press: str | None = None
    """What came of the last press on “send stock”; ``None``: there was none."""


class ConnectionStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a connection stands."""

    id: int
    system: SystemName
    name: str
    last_seen_at: datetime | None
    problem: Told | None
    facts: dict[str, Any]
    records: dict[str, int]
    waiting: int
    unreadable: int = 0
    """Records there that could not be read."""
    refused_at: datetime | None = None
    """When its Web Connector was last refused; ``None``: not since it was let in."""
    trouble: Trouble | None = None
    """Why a person has to sign in for it; ``None``: nobody has to now."""
    notice: Notice | None = None
    """That its sign-in ends before long; ``None``: it does not."""


class Pulse(msgspec.Struct, frozen=True, kw_only=True):
    """How driving goes.

    Attributes:
        looked_at: When what is due was last looked for without a failure; ``None``: never.
        failures: Looks that failed, one after the other, until now.
        drives_failed: Drives that ended with a mistake or a failure, since the start.
        problem: The last of those, in one sentence; ``None`` once all is well again.
        stands_still: In one sentence, that nothing is driven; ``None``: it is.
    """

    looked_at: datetime | None
    failures: int
    drives_failed: int
    problem: str | None
    stands_still: str | None


def connection_status(hub: Hub) -> list[ConnectionStatus]:
    """Say how every connection stands that is in use."""
    return [found for each, found in every_connection(hub) if each.is_active]


def status_of(hub: Hub, connection: Connection) -> ConnectionStatus:
    """Say how one connection stands, in use or removed."""
    return next(found for each, found in every_connection(hub) if each.id == connection.id)


def every_connection(hub: Hub) -> list[tuple[Connection, ConnectionStatus]]:
    """Tell of every connection, in use or removed; however many, by the same few queries."""
    with hub.database.reading() as tx:
        found = connections.all_connections(tx)
        failed = agents.failed_steps(tx)
        records = directory.counts(tx)
        waiting = transfers.counts_in(tx, UNSETTLED)
        unreadable = documents.count_unreadable(tx)
        signed = grants.all_grants(tx)
        zone = zone_in(tx)
        everyone = people.of_all(tx)
    now = hub.now()
    return [
        (
            each,
            ConnectionStatus(
                id=each.id,
                system=each.system,
                name=each.name,
                last_seen_at=each.last_seen_at,
                problem=_problem(
                    each, failed.get(each.id), signed.get(each.id), zone, everyone.get(each.id, [])
                ),
                facts=dict(each.facts),
                records={kind.value: n for kind, n in records.get(each.id, {}).items()},
                waiting=waiting.get(each.id, 0),
                unreadable=unreadable.get(each.id, 0),
                refused_at=each.sign_in_refused_at,
                trouble=trouble_of(each, signed.get(each.id)),
                notice=notice_of(each, signed.get(each.id), now, zone),
            ),
        )
        for each in found
    ]


def _problem(
    connection: Connection,
    failed: agents.Step | None,
    grant: Grant | None,
    zone: tzinfo | None,
    others: Sequence[people.Person],
) -> Told | None:
    if failed is not None:
        return checklist.stopped_by(connection.id, failed)
    return problem_of(connection, grant, zone, others)


def link_status(hub: Hub) -> list[LinkStatus]:
    """Say how every link stands; however many there are, by the same few queries."""
    with hub.database.reading() as tx:
        views = all_views(tx)
        counted = transfers.counts(tx)
        refused = follow_ups.counts(tx, State.REFUSED)
        pressed = last_presses(tx, views)
    by_link: defaultdict[int, dict[str, dict[str, int]]] = defaultdict(dict)
    for link, flow, state, number in counted:
        by_link[link].setdefault(flow, {})[state.value] = number
    return [
        msgspec.structs.replace(
            _link_status(each, by_link[each.link.id], refused.get(each.link.id, 0)),
            last_press=pressed.get(each.link.id),
        )
        for each in views
    ]


def _link_status(
    view: LinkView, counted: Mapping[str, dict[str, int]], fields_refused: int
) -> LinkStatus:
    flows: dict[str, dict[str, int]] = {flow.name.value: {} for flow in view.flows}
    flows.update(counted)
    return LinkStatus(
        id=view.link.id,
        name=view.link.name,
        operations=view.operations.name,
        books=view.books.name,
        settings_version=view.version,
        problems=tuple(str(problem) for problem in view.problems),
        flows=tuple(
            (name, view.mode_of(FLOWS[FlowName(name)]).value, states)
            for name, states in flows.items()
        ),
        fields_refused=fields_refused,
        is_active=view.link.is_active,
        is_paused=view.link.is_paused,
    )


def zone_of(hub: Hub) -> tzinfo | None:
    """Give the zone that people of this hub read times in: that of its first link in use.

    ``None``: nothing is linked yet.  Times bear the zone's name, so one of another company is
    told in a zone that is not its own, but never wrongly.
    """
    with hub.database.reading() as tx:
        return zone_in(tx)


def unreadables(hub: Hub, connection: int | None = None) -> list[documents.Unread]:
    """List the records that could not be read, with what is wrong: the newest first."""
    with hub.database.reading() as tx:
        return documents.unreadables(tx, connection)
