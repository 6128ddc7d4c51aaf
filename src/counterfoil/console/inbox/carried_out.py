"""Cures that were carried out: who did what, and the way back."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from counterfoil.api.sheets import table_of
from counterfoil.api.table_files import TableFormat, table_answer
from counterfoil.console.filters import PAGE, every, read_filters
from counterfoil.console.rendering import page
from counterfoil.console.visiting import Looking
from counterfoil.hub import inbox
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections

__all__ = ["PATH", "add"]

PATH: Final = "/inbox/cures"

_NUMBER_MAX: Final = 10**18


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get(PATH)
    def carried_out(
        visit: Looking, before: Annotated[int | None, Query(ge=1, le=_NUMBER_MAX)] = None
    ) -> Response:
        rows = inbox.cures_done(hub, PAGE, before=before)
        with hub.database.reading() as tx:
            links = {each.id: each.name for each in connections.all_links(tx)}
        return page(
            visit,
            "inbox/cures.html",
            rows=rows,
            links=links,
            newer=PATH if before else "",
            older=read_filters(PATH, {}).older(rows),
        )

    @routes.get(f"{PATH}/export")
    def export(visit: Looking, as_: TableFormat = "csv") -> Response:
        rows = every(lambda before, limit: inbox.cures_done(hub, limit, before=before))
        return table_answer("cures", as_, *table_of(inbox.CureCarriedOut, rows))
