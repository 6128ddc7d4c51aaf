"""``/links``: all links, and a new one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from fastapi import APIRouter, Response

from counterfoil.api import standing
from counterfoil.api.standing import LinkStanding
from counterfoil.api.table_files import TableFormat, table_answer
from counterfoil.console.forms import Posted, Typed
from counterfoil.console.rendering import page, said
from counterfoil.console.visiting import Administering, Looking, Visit
from counterfoil.errors import UsageError
from counterfoil.hub import accounts, views
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import Side, side_of
from counterfoil.hub.views import ConnectionStatus

from .health import FIGURES, Health, figures_of, health_of, totals

__all__ = ["add"]

_HEADER: Final = ("id", "link", "health", "flow", "mode", *FIGURES)


class _LinkRow(NamedTuple):
    """A link as the list shows it."""

    link: LinkStanding
    health: Health
    totals: Mapping[str, int]
    figures: Mapping[str, str]

    @classmethod
    def of(cls, link: LinkStanding, sides: Mapping[str, ConnectionStatus]) -> _LinkRow:
        """Put it together; ``sides``: the connections in use, by name."""
        counted = totals(link.transfers)
        return cls(link, health_of(link, sides), counted, figures_of([counted]))


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get("/links")
    def all_links(visit: Looking) -> Response:
        found = standing.status(hub)
        sides = {each.name: each for each in found.connections}
        shown = sorted(found.links, key=lambda each: not each.is_active)
        return page(
            visit,
            "links/list.html",
            links=[_LinkRow.of(each, sides) for each in shown],
            has_connections=bool(found.connections),
        )

    @routes.get("/links/export")
    def export(visit: Looking, as_: TableFormat = "csv") -> Response:
        found = standing.status(hub)
        sides = {each.name: each for each in found.connections}
        rows = (
            (
                link.id,
                link.name,
                health_of(link, sides).words,
                flow.flow.value,
                flow.mode.value,
                *totals(flow.states).values(),
            )
            for link in found.links
            for flow in link.flows
        )
        return table_answer("links", as_, _HEADER, rows)

    @routes.get("/links/new")
    def ask(visit: Administering) -> Response:
        return _asked(hub, visit, Typed())

    @routes.post("/links/new")
    def make(visit: Administering, form: Posted) -> Response:
        values = {name: str(form.get(name) or "") for name in ("operations", "books", "name")}
        missing = {
            name: "Choose one." for name in ("operations", "books") if not values[name].strip()
        }
        if missing:
            return _asked(hub, visit, Typed(values, missing))
        try:
            made = accounts.add_link(
                hub, values["operations"], values["books"], visit.name, name=values["name"] or None
            )
        except UsageError as error:
            return _asked(hub, visit, Typed(values, {"": error.said}))
        verb = "goes on" if made.is_resumed else "is there"
        return said(visit, f"/links/{made.id}", f"The link “{made.name}” {verb}.")


def _asked(hub: Hub, visit: Visit, typed: Typed) -> Response:
    found = views.connection_status(hub)
    by_side = {
        side: [each for each in found if side_of(each.system) is side]
        for side in (Side.OPERATIONS, Side.BOOKS)
    }
    return page(
        visit,
        "links/new.html",
        400 if typed.problems else 200,
        typed=typed,
        operations=by_side[Side.OPERATIONS],
        books=by_side[Side.BOOKS],
    )
