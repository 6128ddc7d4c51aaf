"""The list of cases, by who acts and by link, and the same as a file."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Response

from counterfoil.api.sheets import table_of
from counterfoil.api.table_files import TableFormat, table_answer
from counterfoil.console.documents.words import FIGURES
from counterfoil.console.rendering import page
from counterfoil.console.visiting import Looking
from counterfoil.documents import Actor
from counterfoil.engine.life import State
from counterfoil.hub import inbox
from counterfoil.hub.inbox import Case, CaseKind
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections

__all__ = ["add", "look_at"]

# So many cases stand on a page; more are a click away.
_PAGE: Final = 25
_WHO: Final = {
    Actor.BOOKKEEPER: "for the bookkeeper",
    Actor.OPERATIONS: "for operations",
    Actor.ADMINISTRATOR: "for an administrator",
    Actor.INSTALLER: "for the installer",
    Actor.SUPPORT: "for support",
}
# Shown also where there is nothing for them.
_ALWAYS: Final = (Actor.BOOKKEEPER, Actor.OPERATIONS, Actor.ADMINISTRATOR)

AskedActor = Annotated[Actor | None, Query(alias="for")]
AskedLink = Annotated[int | None, Query(ge=1)]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get("/inbox")
    def all_cases(
        visit: Looking,
        who: AskedActor = None,
        link: AskedLink = None,
        start: Annotated[int, Query(ge=0, le=100_000)] = 0,
    ) -> Response:
        return page(visit, "inbox/list.html", **_listed(hub, who, link, start))

    @routes.get("/inbox/export")
    def export(
        visit: Looking, who: AskedActor = None, link: AskedLink = None, as_: TableFormat = "csv"
    ) -> Response:
        rows = inbox.listing(hub, inbox.cases(hub, link=link, acts=who))
        return table_answer("inbox", as_, *table_of(inbox.InboxRow, rows))


def _listed(hub: Hub, who: Actor | None, link: int | None, start: int) -> dict[str, Any]:
    every = inbox.cases(hub, link=link)
    found = [each for each in every if who is None or each.acts is who]
    counted = Counter(each.acts for each in every)
    with hub.database.reading() as tx:
        links = [each for each in connections.all_links(tx) if each.is_active]
    asked = {"for": who.value if who else None, "link": link}
    return {
        "cases": inbox.with_documents(hub, found[start : start + _PAGE]),
        "number": len(every),
        "documents": sum(each.number for each in every),
        "who": who,
        "figures": [
            (each, words, counted[each], _way({**asked, "for": each.value}))
            for each, words in _WHO.items()
            if counted[each] or each in _ALWAYS or each is who
        ],
        "all_way": _way({**asked, "for": None}),
        "links": links,
        "link": link,
        "way": _way({**asked, "start": start or None}),
        "export_way": _way(asked, "/inbox/export"),
        "newer": _way({**asked, "start": max(0, start - _PAGE) or None}) if start else "",
        "older": _way({**asked, "start": start + _PAGE}) if len(found) > start + _PAGE else "",
        "look_at": look_at,
    }


def _way(asked: dict[str, Any], path: str = "/inbox") -> str:
    told = urlencode({name: value for name, value in asked.items() if value is not None})
    return f"{path}?{told}" if told else path


def look_at(case: Case) -> str:
    """Say on which page more is told of a case that is about no single documents."""
    match case.kind:
        case CaseKind.CONNECTION:
            return f"/connections/{case.connection}"
        case CaseKind.OVERDUE:
            state = State(case.code.removeprefix("overdue-"))
            found = next((each.key for each in FIGURES if state in each.states), "")
            return f"/documents?link={case.link}&status={found}"
        case CaseKind.LINK:
            return f"/links/{case.link}/settings"
        case _:
            return f"/inbox/{case.key}"
