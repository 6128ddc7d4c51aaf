"""``/links/{link}``: its flows, how it is set up, and what would be sent now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Final, NamedTuple

from fastapi import APIRouter, Response

from counterfoil.api import standing
from counterfoil.api.finding import conflict, find_link
from counterfoil.api.standing import FlowStanding
from counterfoil.api.table_files import TableFormat, table_answer
from counterfoil.console.rendering import page
from counterfoil.console.visiting import Looking, Visit
from counterfoil.hub import before_first, desk, finding, views
from counterfoil.hub.desk import Forecast
from counterfoil.hub.one_order import able_links
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import traits_of
from counterfoil.ledger.connections import Connection, Link
from counterfoil.settings import FLOWS, OPTIONS, Direction, FlowMode

from .health import figures_of, health_of, totals

__all__ = ["add"]

_PREVIEWED_MAX: Final = 500
_FORECAST: Final = ("action", "where", "what", "number", "only_if_sent", "why")


class FlowShown(NamedTuple):
    """A flow as the page shows it.

    Attributes:
        modes: Each that it can have, and its words.
        documents: What of the list of documents is its own, as an address says it.
    """

    standing: FlowStanding
    modes: list[tuple[FlowMode, str]]
    totals: Mapping[str, int]
    documents: str


class SideShown(NamedTuple):
    """A connection of a link: when it was last reached, and how it is reached next."""

    connection: Connection
    how: str


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_preview(routes, hub)

    @routes.get("/links/{link}")
    def show(link: str, visit: Looking) -> Response:
        return _shown(hub, visit, find_link(hub, link))


def _shown(hub: Hub, visit: Visit, link: Link) -> Response:
    found = standing.status(hub)
    now = next(each for each in found.links if each.id == link.id)
    systems = views.systems_of(hub, link.id)
    return page(
        visit,
        "links/one.html",
        link=link,
        standing=now,
        health=health_of(now, {each.name: each for each in found.connections}),
        flows=[_flow(each) for each in now.flows],
        figures=figures_of(totals(each.states) for each in now.flows),
        sides=[_side(each) for each in finding.sides(hub, link)],
        operations=systems[0].words,
        books=systems[1].words,
        checklist=before_first.link_checklist(hub, link.id),
        ways=_WAYS,
        sends_one=link.id in able_links(hub),
        has_siblings=sum(each.operations == now.operations for each in found.links) > 1,
    )


def _flow(flow: FlowStanding) -> FlowShown:
    option = OPTIONS[f"{flow.flow}.mode"]
    modes = [(each, each.label) for each in option.choices if isinstance(each, FlowMode)]
    row = FLOWS[flow.flow]
    way = "to" if row.direction is Direction.TO_BOOKS else "from"
    return FlowShown(flow, modes, totals(flow.states), f"kind={row.source.value}&way={way}")


def _side(connection: Connection) -> SideShown:
    if not traits_of(connection.system).is_called:
        return SideShown(connection, "It calls by itself; nothing can be fetched before that.")
    return SideShown(connection, "Counterfoil calls it.")


# Step of setting up -> where it is put right, and in which words; LINK and BOOKS are numbers.
_WAYS: Final[Mapping[str, tuple[str, str]]] = {
    "preferences": ("/connections/{books}", "The connection"),
    "sites": ("/links/{link}/settings/general", "Choose the sites"),
    "accounts": ("/links/{link}/settings/purchase-order-out", "Choose the accounts"),
    "rights": ("/connections/{operations}", "Test the connection"),
    "routes": ("/links/{link}/routes", "Say what goes where"),
    "signed-in": ("/connections/{books}", "Sign in"),
    "days": ("/links/{link}/settings/purchase-order-out", "Say how far back"),
    "errors": ("/links/{link}/settings/purchase-order-out", "Let errors become to-dos"),
    "goes": ("/links/{link}/settings/purchase-order-out", "Switch them on"),
}


# --- What would be sent now ---------------------------------------------------------------

_ACTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "create": ("Would be made", "ready"),
    "update": ("Would be changed", "again"),
    "take out": ("Would be taken out", "skip"),
    "stop": ("Would need attention", "need"),
    "wait": ("Would wait", "hold"),
    "leave out": ("Would be left out", "skip"),
    "nothing": ("Would stay as it is", "good"),
}


def _add_preview(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/links/{link}/preview")
    def preview(link: str, visit: Looking) -> Response:
        found = find_link(hub, link)
        rows = _forecast(hub, found)
        return page(
            visit,
            "links/preview.html",
            link=found,
            rows=rows[:_PREVIEWED_MAX],
            is_all=len(rows) <= _PREVIEWED_MAX,
            counts=Counter(each.action for each in rows[:_PREVIEWED_MAX]),
            actions=_ACTIONS,
        )

    @routes.get("/links/{link}/preview/export")
    def export(link: str, visit: Looking, as_: TableFormat = "csv") -> Response:
        found = find_link(hub, link)
        with conflict():
            rows = (
                (each.action, each.system, each.subject, each.name, each.is_held, each.sentence)
                for each in desk.preview(hub, found.id)
            )
        return table_answer(f"preview-{found.id}", as_, _FORECAST, rows)


def _forecast(hub: Hub, link: Link) -> list[Forecast]:
    with conflict():
        return desk.preview(hub, link.id, limit=_PREVIEWED_MAX + 1)
