"""``/links/{link}/routes``: which of several links to company files takes what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from fastapi import APIRouter, Response

from counterfoil.api import standing
from counterfoil.api.finding import conflict, find_link
from counterfoil.api.table_files import TableFormat, table_answer
from counterfoil.console.forms import Posted, Typed
from counterfoil.console.rendering import page, said
from counterfoil.console.visiting import Administering, Looking, Visit
from counterfoil.errors import UsageError
from counterfoil.hub import desk, finding, views
from counterfoil.hub.routing import PARTIES
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Link

__all__ = ["add"]

_HEADER: Final = ("party", "name", "link", "by", "since")
_REST: Final = "rest"


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get("/links/{link}/routes")
    def show(link: str, visit: Looking) -> Response:
        return _shown(hub, visit, find_link(hub, link), Typed())

    @routes.get("/links/{link}/routes/export")
    def export(link: str, visit: Looking, as_: TableFormat = "csv") -> Response:
        source = finding.sides(hub, find_link(hub, link))[0]
        rows = (
            (each.party or "", each.name or "", each.link_name, each.author, each.made_at)
            for each in desk.route_rows(hub, source)
        )
        return table_answer(f"routes-{source.id}", as_, _HEADER, rows)

    @routes.post("/links/{link}/routes")
    def add_route(link: str, visit: Administering, form: Posted) -> Response:
        found = find_link(hub, link)
        values = {name: str(form.get(name) or "").strip() for name in ("party", "name", "to")}
        problems = _missing(values)
        if problems:
            return _shown(hub, visit, found, Typed(values, problems))
        source = finding.sides(hub, found)[0]
        is_rest = values["party"] == _REST
        try:
            told = desk.set_route(
                hub,
                source,
                values["to"],
                visit.name,
                party=None if is_rest else values["party"],
                name=None if is_rest else values["name"],
            )
        except UsageError as error:
            return _shown(hub, visit, found, Typed(values, {"name": error.said}))
        return said(visit, f"/links/{found.id}/routes", told)

    @routes.post("/links/{link}/routes/clear")
    def clear(link: str, visit: Administering, form: Posted) -> Response:
        found = find_link(hub, link)
        source = finding.sides(hub, found)[0]
        party, name = str(form.get("party") or "") or None, str(form.get("name") or "") or None
        with conflict():
            told = desk.clear_route(hub, source, visit.name, party=party, name=name)
        return said(visit, f"/links/{found.id}/routes", told)


def _missing(values: Mapping[str, str]) -> dict[str, str]:
    found = {}
    if values["party"] not in {_REST, *(kind.value for kind in PARTIES)}:
        found["party"] = "Choose whose documents."
    if values["party"] != _REST and not values["name"]:
        found["name"] = "Say whose documents."
    if not values["to"]:
        found["to"] = "Choose a link."
    return found


def _shown(hub: Hub, visit: Visit, link: Link, typed: Typed) -> Response:
    source = finding.sides(hub, link)[0]
    siblings = [
        each for each in standing.all_links(hub) if each.operations == source.id and each.is_active
    ]
    return page(
        visit,
        "links/routes.html",
        400 if typed.problems else 200,
        link=link,
        source=source,
        siblings=siblings,
        routes=desk.route_rows(hub, source),
        parties=PARTIES,
        typed=typed,
        system=views.systems_of(hub, link.id)[0].words,
        may_change=visit.may("administer"),
    )
