"""``/api/v1/links/{link}/counts``: what came of presses on “send stock”."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Query

from counterfoil.errors import UsageError
from counterfoil.hub import desk
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Link

from . import models
from .errors import ApiError
from .security import Actor

__all__ = ["add_counts"]

_PAGE_MAX: Final = 100
_ABSENT: Final[dict[int | str, dict[str, Any]]] = {
    404: {"model": models.Failed, "description": "It is not there."},
}


def add_counts(routes: APIRouter, hub: Hub, named: Callable[[str], Link]) -> None:
    """Add the routes; ``named`` finds the link that a path names."""

    @routes.get("/links/{link}/counts", response_model=models.Counts, responses={**_ABSENT})
    def counts(
        link: str,
        actor: Actor,
        *,
        press: int | None = None,
        limit: Annotated[int, Query(ge=1, le=_PAGE_MAX)] = 20,
    ) -> Any:
        """The last presses of a link, newest first; or one ``press``, with what was left out."""
        found = named(link)
        try:
            shown = desk.stock_counts(hub, found.id, press=press, limit=limit)
        except UsageError as error:
            raise ApiError(404, error.message) from error
        return {"counts": msgspec.to_builtins(shown)}
