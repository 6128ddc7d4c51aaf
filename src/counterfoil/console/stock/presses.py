"""The page of a link's inventory, and the history of inventory synchronizations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Form, Query, Response

from counterfoil.api import standing
from counterfoil.api.table_files import table_answer
from counterfoil.console import filters
from counterfoil.console.forms import Typed
from counterfoil.console.rendering import page, said
from counterfoil.console.visiting import Looking, Operating, Visit
from counterfoil.errors import UsageError
from counterfoil.hub import desk, finding, views
from counterfoil.hub.counting import FLOW
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Connection, Link

from ._asked import accounts_offered, found_link, press_once, typed_of, wrong

__all__ = ["STATES", "add"]

STATES: Final = {
    "reading": ("busy", "Being counted"),
    "waiting": ("busy", "Being compared"),
    "counted": ("good", "Done"),
    "superseded": ("skip", "Replaced by a newer one"),
}
"""How a press stands: its mark and its words."""
_LAST: Final = 5
_FOUND_MAX: Final = 20
_Text = Annotated[str, Form(max_length=4_000)]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get("/links/{link}/stock")
    def show(visit: Looking, link: str, q: Annotated[str, Query(max_length=200)] = "") -> Response:
        found = found_link(hub, link)
        return _shown(visit, found, typed_of(hub, found), q=q)

    @routes.post("/links/{link}/stock/preview")
    def preview(visit: Operating, link: str, account: _Text = "", memo: _Text = "") -> Response:
        return _press(visit, link, Typed({"account": account, "memo": memo}), is_preview=True)

    @routes.post("/links/{link}/stock/send")
    def send(
        visit: Operating,
        link: str,
        account: _Text = "",
        memo: _Text = "",
        product: Annotated[list[str] | None, Form(max_length=1_000)] = None,
    ) -> Response:
        return _press(visit, link, Typed({"account": account, "memo": memo}), product or ())

    _add_history(routes, hub)


def _press(
    visit: Visit, link: str, typed: Typed, codes: Any = (), *, is_preview: bool = False
) -> Response:
    found = found_link(visit.hub, link)
    problems = wrong(visit.hub, found, typed)
    if problems:
        return _shown(visit, found, Typed(typed.values, problems), status=400)
    try:
        press = press_once(visit, found, typed, codes, is_preview=is_preview)
    except UsageError as error:
        return _shown(visit, found, Typed(typed.values, {"": error.said}), status=400)
    told = "Both sides are compared; nothing is written." if is_preview else _SENT
    return said(visit, f"/links/{found.id}/stock/{press}", told)


_SENT: Final = "Inventory is on its way: what differs is adjusted."


def _shown(visit: Visit, link: Link, typed: Typed, *, q: str = "", status: int = 200) -> Response:
    hub = visit.hub
    operations, books = finding.sides(hub, link)
    settings, _version, _problems = views.settings_of(hub, link.id)
    rules = settings.flow(FLOW.name)
    problem, products = _products(hub, operations, q)
    return page(
        visit,
        "stock/inventory.html",
        status,
        link=link,
        operations=operations,
        books=books,
        is_on=rules is not None and rules.mode != "off",
        typed=typed,
        accounts=accounts_offered(hub, link),
        q=q,
        products=products,
        products_problem=problem,
        presses=views.count_presses(hub, link=link.id, limit=_LAST),
        states=STATES,
    )


def _products(hub: Hub, operations: Connection, q: str) -> tuple[str, tuple[desk.ListRow, ...]]:
    """Find products by part of their name; or why none can be found."""
    if not q.strip():
        return "", ()
    try:
        found = desk.list_page(
            hub, operations, "item", text=q.strip(), everything=False, limit=_FOUND_MAX
        )
    except UsageError as error:
        return error.said.spoken, ()
    return "", found.rows


# --- The history --------------------------------------------------------------------------


def _add_history(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/history/stock")
    def history(
        visit: Looking,
        *,
        link: Annotated[str, Query(max_length=40)] = "",
        before: int | None = None,
        as_: Annotated[str, Query(alias="format", max_length=4)] = "",
    ) -> Response:
        narrowed = filters.read_filters("/history/stock", {"link": link})
        if as_ in ("csv", "xlsx"):
            return table_answer("inventory-history", as_, _HEADER, _cells(hub, link))
        rows = views.count_presses(hub, link=link or None, before=before, limit=filters.PAGE)
        links = standing.all_links(hub)
        return page(
            visit,
            "stock/history.html",
            rows=rows,
            filters=narrowed,
            before=before,
            links=links,
            link_names={each.id: each.name for each in links},
            states=STATES,
        )


_HEADER: Final = (
    *("id", "link", "made_at", "author", "products", "account", "memo", "state", "is_preview"),
    *("looked_at", "equal", "differing", "left_out", "finished_at", "sentence"),
)


def _cells(hub: Hub, link: str) -> Iterator[tuple[object, ...]]:
    rows = filters.every(
        lambda before, limit: views.count_presses(
            hub, link=link or None, before=before, limit=limit
        )
    )
    for each in rows:
        values = msgspec.structs.asdict(each)
        yield tuple(
            sum(each.left_out.values()) if name == "left_out" else values[name] for name in _HEADER
        )
