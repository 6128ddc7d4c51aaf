"""The history of transfers: every write of a document, and what became of it."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Response

from counterfoil.api import standing
from counterfoil.api.sheets import table_of
from counterfoil.api.table_files import table_answer
from counterfoil.console.filters import PAGE, Filters, every, read_filters
from counterfoil.console.rendering import page
from counterfoil.console.visiting import Looking
from counterfoil.hub import views
from counterfoil.hub.setup import Hub
from counterfoil.settings import FlowName, title_of

__all__ = ["OUTCOMES", "add"]

OUTCOMES: Final = {
    "arrived": ("good", "Arrived"),
    "moving": ("busy", "On its way"),
    "refused": ("need", "Not taken"),
    "checked": ("ask", "Being checked"),
    "again": ("hold", "Tried again later"),
}
"""What became of a write: its mark and its words."""
_Word = Annotated[str, Query(max_length=40)]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get("/history/transfers")
    def list_writes(
        visit: Looking,
        *,
        link: _Word = "",
        flow: _Word = "",
        outcome: _Word = "",
        since: _Word = "",
        until: _Word = "",
        before: int | None = None,
        as_: Annotated[str, Query(alias="format", max_length=4)] = "",
    ) -> Response:
        typed = {
            "link": link,
            "flow": flow if flow in set(FlowName) else "",
            "outcome": outcome if outcome in OUTCOMES else "",
            "since": since,
            "until": until,
        }
        filters = read_filters("/history/transfers", typed)
        if as_ in ("csv", "xlsx"):
            return _file(hub, filters, as_)
        rows = _rows(hub, filters, before, PAGE)
        return page(
            visit,
            "history/transfers.html",
            400 if filters.typed.problems else 200,
            rows=rows,
            filters=filters,
            before=before,
            links=standing.all_links(hub),
            flows=_flows(hub),
            outcomes=OUTCOMES,
        )


def _flows(hub: Hub) -> dict[str, str]:
    """Give the flows that any link has, with what they are called."""
    found = {flow.flow for link in standing.status(hub).links for flow in link.flows}
    return {flow.value: title_of(flow) for flow in FlowName if flow in found}


def _rows(hub: Hub, filters: Filters, before: int | None, limit: int) -> list[views.WriteRow]:
    typed = filters.typed.values
    outcome: Any = typed["outcome"] or None
    return views.writes_page(
        hub,
        link=typed["link"] or None,
        flow=typed["flow"] or None,
        outcome=outcome,
        before=before,
        limit=limit,
        **views.period_of(hub, filters.since, filters.until),
    )


def _file(hub: Hub, filters: Filters, as_: str) -> Response:
    rows = every(lambda before, limit: _rows(hub, filters, before, limit))
    return table_answer("transfer-history", as_, *table_of(views.WriteRow, rows))
