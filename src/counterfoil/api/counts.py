"""``/api/v1/links/{link}/counts``: what came of presses on “send stock”."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Query

from counterfoil.hub import verbs, views
from counterfoil.hub.setup import Hub

from . import models
from .finding import ABSENT, ABSENT_OR_CONFLICT, absent, conflict, find_link, plain
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
            shown = views.stock_counts(hub, found.id, press=press, limit=limit)
        return {"counts": plain(shown)}

    @routes.post(
        "/links/{link}/counts/preview", response_model=models.Counts, responses=ABSENT_OR_CONFLICT
    )
    def preview(link: str, actor: Actor) -> Any:
        """Compare all products with the books and write nothing; the next run tells of it."""
        found = find_link(hub, link)
        with conflict():
            press = verbs.preview_count(hub, found.id, actor).id
        return {"counts": plain(views.stock_counts(hub, found.id, press=press))}
