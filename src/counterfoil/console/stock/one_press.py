"""One press: how far it is, what differs, what was left out and why; and sending what a preview
shows.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from counterfoil.api.errors import ApiError
from counterfoil.api.table_files import table_answer
from counterfoil.console.filters import clock_of
from counterfoil.console.forms import Typed
from counterfoil.console.live import Seen, Streams
from counterfoil.console.rendering import page
from counterfoil.console.visiting import Looking, Visit
from counterfoil.engine.life import Standing, states_that_are
from counterfoil.errors import UsageError
from counterfoil.hub import finding, views
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Link

from ._asked import accounts_offered, found_link
from .presses import STATES

__all__ = ["add"]

_MOVING: Final = frozenset(
    state.value for state in states_that_are(Standing.WANTED, Standing.IN_FLIGHT)
)


def add(routes: APIRouter, hub: Hub, streams: Streams) -> None:
    """Add the routes."""

    @routes.get("/links/{link}/stock/{press}")
    def show(
        visit: Looking,
        link: str,
        press: int,
        as_: Annotated[str, Query(alias="format", max_length=4)] = "",
    ) -> Response:
        found = found_link(hub, link)
        shown = _found(hub, found, press)
        if as_ in ("csv", "xlsx"):
            return table_answer(f"inventory-{press}", as_, *views.press_table(shown))
        return page(visit, "stock/press.html", **_region(visit, found, shown))

    @routes.get("/links/{link}/stock/{press}/live", response_class=EventSourceResponse)
    async def follow(
        visit: Looking, link: str, press: int, found: _Found
    ) -> AsyncIterator[ServerSentEvent]:
        async for each in streams.follow(visit.request, lambda: _look(visit, found, press)):
            yield each


def _found(hub: Hub, link: Link, press: int) -> views.CountPress:
    try:
        (shown,) = views.stock_counts(hub, link.id, press=press)
    except (UsageError, OverflowError) as error:
        raise ApiError(404, f"The link “{link.name}” has no count {press}.") from error
    return shown


def _existing(visit: Looking, link: str, press: int) -> Link:
    """Find a press before anything of it is streamed, where what is not there cannot be a 404."""
    found = found_link(visit.hub, link)
    _found(visit.hub, found, press)
    return found


_Found = Annotated[Link, Depends(_existing)]


def _look(visit: Visit, link: Link, press: int) -> Seen:
    shown = _found(visit.hub, link, press)
    steps = views.count_steps(visit.hub, link.id, press)
    return Seen(
        mark=(shown, steps),
        is_over=not _moves(shown),
        render=lambda: bytes(
            page(visit, "stock/_live.html", **_region(visit, link, shown)).body
        ).decode(),
    )


def _moves(shown: views.CountPress) -> bool:
    """Whether anything of a press is still to come without a person."""
    if shown.state in ("counted", "superseded"):
        return False
    return not shown.looked_at or bool(_MOVING & set(shown.transfers))


def _names_all(shown: views.CountPress) -> bool:
    """Whether every product that differs is told; one may differ at several sites."""
    products = {each["product"] for each in shown.differences}
    return shown.differing <= len(products) and None not in products


def _region(visit: Visit, link: Link, shown: views.CountPress) -> dict[str, Any]:
    operations, books = finding.sides(visit.hub, link)
    values = [Decimal(each["value"]) for each in shown.differences if each["value"] is not None]
    return {
        "link": link,
        "operations": operations,
        "books": books,
        "press": shown,
        "steps": views.count_steps(visit.hub, link.id, shown.id),
        "moves": _moves(shown),
        "value": sum(values, Decimal(0)) if values else None,
        "left_out": sum(shown.left_out.values()),
        "landed": shown.transfers.get("done", 0),
        "total": sum(shown.transfers.values()),
        "stopped": shown.transfers.get("refused", 0),
        "names_all": _names_all(shown),
        "tells_sites": any(each["site"] for each in shown.differences),
        "typed": Typed({"account": shown.account, "memo": shown.memo or ""}),
        "accounts": accounts_offered(visit.hub, link),
        "states": STATES,
        "clock": clock_of(visit),
    }
