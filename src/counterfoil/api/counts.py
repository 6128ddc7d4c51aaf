"""``/api/v1/links/{link}/counts``: what came of presses on “send stock”."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query

from counterfoil.hub import desk
from counterfoil.hub.setup import Hub

from . import models
from .finding import ABSENT, absent, find_link, plain
from .security import Actor

__all__ = ["add"]

_PAGE_MAX: Final = 100


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get("/links/{link}/counts", response_model=models.Counts, responses=ABSENT)
    def counts(
        link: str,
        actor: Actor,
        *,
        press: int | None = None,
        limit: Annotated[int, Query(ge=1, le=_PAGE_MAX)] = 20,
    ) -> Any:
        """The last presses of a link, newest first; or one ``press``, with what was left out."""
        found = find_link(hub, link)
        with absent():
            shown = desk.stock_counts(hub, found.id, press=press, limit=limit)
        return {"counts": plain(shown)}
