"""``/welcome``: which two systems, and a trial for whoever only looks."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from counterfoil.api.errors import ApiError
from counterfoil.console.rendering import page
from counterfoil.console.visiting import Administering
from counterfoil.hub import stand_ins
from counterfoil.hub.guide import PAIRINGS
from counterfoil.hub.setup import Hub
from counterfoil.hub.stand_ins import Trials
from counterfoil.settings import SystemName

__all__ = ["add", "pair_in", "way_of"]


def add(routes: APIRouter, hub: Hub, trials: Trials | None) -> None:
    """Add the routes."""

    @routes.get("/welcome")
    def choose(visit: Administering) -> Response:
        """The pairings that there are."""
        return page(
            visit,
            "welcome/choose.html",
            pairings=[(pair, way_of(*pair), told) for pair, told in PAIRINGS.items()],
            may_try=trials is not None and stand_ins.trial_shown(hub) is None,
            problem=None if trials is None else trials.problem,
        )

    @routes.post("/welcome")
    def begin(visit: Administering, pair: Annotated[str, Form(max_length=100)]) -> Response:
        """Go on with one of them."""
        return RedirectResponse(way_of(*pair_in(pair)), 303)


def way_of(operations: SystemName, books: SystemName) -> str:
    """Give the page on which a pairing is set up."""
    return f"/welcome/{operations.value}/{books.value}"


def pair_in(word: str) -> tuple[SystemName, SystemName]:
    """Read a pairing, its systems parted by a slash, or answer 404."""
    for pair in PAIRINGS:
        if word.strip("/") == "/".join(each.value for each in pair):
            return pair
    raise ApiError(404, "There is no such pairing.")
