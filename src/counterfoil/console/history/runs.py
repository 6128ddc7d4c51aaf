"""The list of runs."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from counterfoil.api import standing
from counterfoil.api.sheets import table_of
from counterfoil.api.table_files import table_answer
from counterfoil.console.filters import PAGE, Filters, every, read_filters, took
from counterfoil.console.rendering import page
from counterfoil.console.visiting import Looking
from counterfoil.hub import views
from counterfoil.hub.setup import Hub

__all__ = ["TRIGGERS", "add"]

TRIGGERS: Final = {
    "web-connector": "Web Connector",
    "agent": "QuickBooks agent",
    "schedule": "By itself",
    "person": "A person",
}
"""Who begins a run, in words."""
_HOW: Final = {"wrote": "Wrote something", "problem": "Had a problem", "on": "On now"}
_Word = Annotated[str, Query(max_length=40)]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get("/history")
    def list_runs(
        visit: Looking,
        *,
        link: _Word = "",
        connection: _Word = "",
        how: _Word = "",
        everything: _Word = "",
        since: _Word = "",
        until: _Word = "",
        before: int | None = None,
        as_: Annotated[str, Query(alias="format", max_length=4)] = "",
    ) -> Response:
        typed = {
            "link": link,
            "connection": connection,
            "how": how if how in _HOW else "",
            "everything": "yes" if everything else "",
            "since": since,
            "until": until,
        }
        filters = read_filters("/history", typed)
        if as_ in ("csv", "xlsx"):
            return _file(hub, filters, as_)
        rows = _rows(hub, filters, before, PAGE)
        return page(
            visit,
            "history/runs.html",
            400 if filters.typed.problems else 200,
            rows=rows,
            filters=filters,
            before=before,
            links=standing.all_links(hub),
            connections=standing.all_connections(hub),
            how=_HOW,
            triggers=TRIGGERS,
            took=took,
        )


def _rows(hub: Hub, filters: Filters, before: int | None, limit: int) -> list[views.RunRow]:
    typed = filters.typed.values
    how: Any = typed["how"] or None
    connection = typed["connection"]
    return views.runs_page(
        hub,
        link=typed["link"] or None,
        connection=int(connection) if connection.isdecimal() else None,
        how=how,
        everything=bool(typed["everything"]),
        before=before,
        limit=limit,
        **views.period_of(hub, filters.since, filters.until),
    )


def _file(hub: Hub, filters: Filters, as_: str) -> Response:
    rows = every(lambda before, limit: _rows(hub, filters, before, limit))
    return table_answer("runs", as_, *table_of(views.RunRow, rows))
