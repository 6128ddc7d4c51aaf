"""``/connections`` and ``/connections/{connection}``: how they stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from fastapi import APIRouter, Response

from counterfoil.api import standing as shown
from counterfoil.api.finding import find_connection
from counterfoil.api.table_files import TableFormat, table_answer
from counterfoil.console.rendering import page
from counterfoil.console.visiting import Looking, Visit
from counterfoil.hub import desk, guide, stand_ins, views
from counterfoil.hub.accounts import Tried, people_of
from counterfoil.hub.guide import StepGuided
from counterfoil.hub.served import public_address
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import Side, side_of, signs_in, system_of
from counterfoil.hub.views import ConnectionStatus
from counterfoil.ledger import connections
from counterfoil.ledger.connections import Connection, Link
from counterfoil.settings import SystemName

from .standing import Health, facts_of, health_of

__all__ = ["add", "connection_page"]

_UNREADABLE_MAX: Final = 50
_RUNS: Final = 8
_HEADER: Final = ("Connection", "System", "Health", "Last contact", "Waiting documents", "Links")


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get("/connections")
    def all_connections(visit: Looking) -> Response:
        """All connections: those that need somebody first, removed ones last."""
        return page(visit, "connections/list.html", rows=_rows(hub, visit))

    @routes.get("/connections/export")
    def export(visit: Looking, as_: TableFormat = "csv") -> Response:
        """The same as a file."""
        rows = (
            (
                each.name,
                each.system.words,
                each.health.words,
                each.seen_at,
                each.waiting,
                ", ".join(each.links),
            )
            for each in _rows(hub, visit)
        )
        return table_answer("connections", as_, _HEADER, rows)

    @routes.get("/connections/{connection}")
    def one(connection: str, visit: Looking) -> Response:
        """One connection: its steps, what is known of it, what can be done."""
        return connection_page(hub, visit, find_connection(hub, connection))


class _Row(NamedTuple):
    """A connection as the list shows it."""

    id: int
    name: str
    system: SystemName
    is_active: bool
    is_trial: bool
    health: Health
    seen_at: datetime | None
    waiting: int
    links: tuple[str, ...]


def _rows(hub: Hub, visit: Visit) -> list[_Row]:
    """List all connections: those that need somebody first, removed ones last."""
    with hub.database.reading() as tx:
        links = [each for each in connections.all_links(tx) if each.is_active]
    rows = [_row(status, each, links, visit.now) for each, status in views.every_connection(hub)]
    return sorted(rows, key=lambda row: (_ORDER.index(row.health.kind), row.name.casefold()))


_ORDER: Final = ("bad", "need", "again", "hold", "ready", "good", "skip")


def _row(
    status: ConnectionStatus, connection: Connection, links: Sequence[Link], now: datetime
) -> _Row:
    return _Row(
        id=status.id,
        name=status.name,
        system=status.system,
        is_active=connection.is_active,
        is_trial=stand_ins.is_of_trial(connection),
        health=health_of(status, now, is_active=connection.is_active),
        seen_at=status.last_seen_at,
        waiting=status.waiting if connection.is_active else 0,
        links=tuple(
            each.name for each in links if connection.id in (each.operations_id, each.books_id)
        ),
    )


def connection_page(
    hub: Hub, visit: Visit, connection: Connection, *, tried: Tried | None = None
) -> Response:
    """Make the page of a connection; ``tried``: what trying it has just come to."""
    status = views.status_of(hub, connection)
    steps = _steps(hub, connection)
    lists = desk.list_standings(hub, connection)
    with hub.database.reading() as tx:
        links = connections.links_of(tx, connection.id)
    return page(
        visit,
        "connections/connection.html",
        connection=connection,
        words=connection.system.words,
        standing=status,
        health=health_of(status, visit.now, is_active=connection.is_active),
        is_trial=stand_ins.is_of_trial(connection),
        is_called=system_of(connection.system).opener is not None,
        signs_in=signs_in(connection.system),
        steps=steps,
        is_waiting=any(each.since is not None for each in steps),
        tried=tried,
        facts=facts_of(connection, visit.now),
        links=links,
        people=people_of(hub, connection) if connection.user_name is not None else [],
        lists=lists,
        unneeded=[each for each in lists if not (each.is_needed or each.read_at or each.records)],
        unreadable=shown.unreadable(hub, connection.id)[:_UNREADABLE_MAX],
        runs=views.runs_page(hub, connection=connection.id, everything=True, limit=_RUNS),
        sign_in=shown.shown(hub, connection).sign_in,
        webhooks=f"{public_address(hub).url}/webhooks/quickbooks-online",
    )


def _steps(hub: Hub, connection: Connection) -> list[StepGuided]:
    """Give the steps of setting books up; none where a system has none, or is removed."""
    if not connection.is_active or side_of(connection.system) is not Side.BOOKS:
        return []
    return guide.steps_of_books(hub, connection)
