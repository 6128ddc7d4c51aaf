"""``/documents``: the list, what some of it comes to, and all of it as a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Annotated, Final, NamedTuple

from fastapi import APIRouter, Query, Response

from counterfoil.api.sheets import Totals
from counterfoil.api.table_files import TableFormat, table_answer
from counterfoil.console.rendering import page
from counterfoil.console.visiting import Looking, Visit
from counterfoil.documents import DocumentKind
from counterfoil.engine.life import State
from counterfoil.hub import views
from counterfoil.hub.one_order import able_links
from counterfoil.hub.saved_views import views_of
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections
from counterfoil.settings import FLOWS, Direction, Flow

from .asking import PERIODS, WAYS, Asked, asked_in
from .words import FIGURES, KINDS, Figure, called, status_of

__all__ = ["add", "asked_of", "links_in"]

PAGE: Final = 50
# So many can be picked on a page, and not many more are ever named in an address.
PICKED_MAX: Final = 500

Picked = Annotated[list[int], Query(alias="d", max_length=PICKED_MAX)]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get("/documents")
    def leaf(visit: Looking) -> Response:
        return _list(visit)

    @routes.get("/documents/sum")
    def sum_up(visit: Looking, picked: Picked = []) -> Response:  # noqa: B006 - FastAPI copies it
        """What the picked documents come to, for the bar beneath the list."""
        return page(visit, "documents/sum.html", sum=views.sum_of(hub, picked))

    @routes.get("/documents/export")
    def export(visit: Looking, as_: TableFormat = "csv") -> Response:
        rows = _rows(hub, asked_of(visit))
        return table_answer("documents", as_, _HEADER, rows, totals=_TOTALS, zone=visit.zone)


def asked_of(visit: Visit) -> Asked:
    """Read what the list is asked for, from the address of a page."""
    today = visit.now.astimezone(visit.zone or UTC).date()
    return asked_in(dict(visit.request.query_params), today)


def links_in(hub: Hub) -> dict[int, str]:
    """Give the links in use, by number."""
    with hub.database.reading() as tx:
        return {each.id: each.name for each in connections.all_links(tx) if each.is_active}


class FigureShown(NamedTuple):
    """A total above the list, and the list of those that it counts."""

    figure: Figure
    number: int
    way: str
    is_used: bool


def _list(visit: Visit) -> Response:
    hub, asked = visit.hub, asked_of(visit)
    found = views.documents_page(
        hub, asked.sought, limit=PAGE, older_than=asked.older, newer_than=asked.newer
    )
    if not found.rows and asked.newer is not None:
        # Who leafs up beyond the first page sees the first page.
        asked = asked_in(dict(visit.request.query_params) | {"newer": ""}, asked.today)
        found = views.documents_page(hub, asked.sought, limit=PAGE)
    links, flows = links_in(hub), _flows(hub)
    counted = views.figures(hub, asked.sought)
    is_picked = visit.request.query_params.get("pick") == "all"
    return page(
        visit,
        "documents/list.html",
        asked=asked,
        found=found,
        figures=list(_figures(asked, counted)),
        tabs=[(words, kind, asked.but(kind=kind)) for kind, words in _kinds(flows, asked)],
        links=links,
        chips=asked.chips(links),
        is_picked=is_picked,
        sum=_sum_of(hub, found.rows) if is_picked else None,
        pick_all=_picked(asked),
        one_currency=_one_currency(found.rows),
        may_send_one=bool(able_links(hub)),
        may_retrieve=any(flow.direction is Direction.FROM_BOOKS for flow in flows),
        views=views_of(hub, visit.whose),
        periods=PERIODS,
        ways=WAYS,
        called=called,
        status_of=status_of,
    )


def _sum_of(hub: Hub, rows: Sequence[views.DocumentRow]) -> views.Sum:
    return views.sum_of(hub, [row.transfer.id for row in rows])


def _picked(asked: Asked) -> str:
    return f"{asked.address}{'&' if '?' in asked.address else '?'}pick=all"


def _figures(asked: Asked, counted: Mapping[State, int]) -> Iterator[FigureShown]:
    for figure in FIGURES:
        number = sum(counted[state] for state in figure.states or State)
        way = asked.but(status=figure.key)
        yield FigureShown(figure, number, way, figure.key == asked.status)


def _kinds(flows: Sequence[Flow], asked: Asked) -> Iterator[tuple[DocumentKind, str]]:
    """Give the kinds that the hub's links have flows for, and the one that is asked for."""
    there = {flow.source for flow in flows}
    for kind, words in KINDS.items():
        if kind in there or kind is asked.kind:
            yield kind, words


def _flows(hub: Hub) -> list[Flow]:
    """List the flows that the links in use can have."""
    with hub.database.reading() as tx:
        systems = {each.id: each.system for each in connections.all_connections(tx)}
        pairs = {
            (systems[each.operations_id], systems[each.books_id])
            for each in connections.all_links(tx)
            if each.is_active
        }
    return [flow for flow in FLOWS.values() if any(flow.is_built(*pair) for pair in pairs)]


def _one_currency(rows: list[views.DocumentRow]) -> str | None:
    """Give the currency of a page, told once, where it is one for all; ``None``: they differ."""
    found = {row.currency or "" for row in rows if row.total is not None}
    return found.pop() if len(found) == 1 else None if found else ""


_HEADER: Final = (
    "Number",
    "Kind",
    "Customer or vendor",
    "Date",
    "Amount",
    "Currency",
    "Status",
    "Since",
    "Why",
    "From",
    "To",
    "Link",
    "Number there",
    "Amount there",
    "Record",
)
_TOTALS: Final = Totals(amounts=(4, 13), by=5)


def _rows(hub: Hub, asked: Asked) -> Iterator[tuple[object, ...]]:
    for _each, row in views.documents_through(hub, asked.sought):
        transfer = row.transfer
        is_there = transfer.target_id is not None
        yield (
            transfer.number,
            row.kind.words,
            row.party,
            row.dated,
            row.total,
            row.currency,
            status_of(row).words,
            transfer.since,
            transfer.sentence,
            row.here.words,
            row.there.words,
            row.link_name,
            transfer.target_number if is_there else None,
            row.total_there,
            transfer.id,
        )
