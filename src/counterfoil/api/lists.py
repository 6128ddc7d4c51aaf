"""``/api/v1/connections/{connection}/lists``: what a connection's lists hold, a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Path, Query

from counterfoil.errors import UsageError
from counterfoil.hub import desk
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Connection

from . import models
from .errors import ApiError
from .security import Actor

__all__ = ["add_lists"]

_PAGE_MAX: Final = 1_000
_FAILURES: Final[dict[int | str, dict[str, Any]]] = {
    404: {"model": models.Failed, "description": "It is not there."},
    409: {"model": models.Failed, "description": "It has not been read yet."},
}


def add_lists(routes: APIRouter, hub: Hub, named: Callable[[str], Connection]) -> None:
    """Add the routes; ``named`` finds the connection that a path names."""

    @routes.get(
        "/connections/{connection}/lists", response_model=models.Lists, responses={**_FAILURES}
    )
    def lists(connection: str, actor: Actor) -> Any:
        """Which lists of a connection are read, and when each was read last."""
        found = desk.list_standings(hub, named(connection))
        return {"lists": msgspec.to_builtins(found)}

    @routes.get(
        "/connections/{connection}/lists/{list}",
        response_model=models.ListPage,
        responses={**_FAILURES},
    )
    def records(
        connection: str,
        list_: Annotated[str, Path(alias="list")],
        actor: Actor,
        *,
        find: Annotated[str | None, Query(max_length=200)] = None,
        everything: Annotated[bool, Query(alias="all")] = False,
        limit: Annotated[int, Query(ge=1, le=_PAGE_MAX)] = 100,
        after: Annotated[str | None, Query(max_length=2_000)] = None,
    ) -> Any:
        """What a list holds, by name; ``all``: also what is inactive.

        A list that was not read yet is a 409, never an empty page.
        """
        found = named(connection)
        try:
            desk.list_named(found, list_)
        except UsageError as error:
            raise ApiError(404, error.message) from error
        try:
            page = desk.list_page(
                hub, found, list_, text=find, everything=everything, limit=limit, after=after
            )
        except UsageError as error:
            raise ApiError(409, error.message) from error
        plain: dict[str, Any] = msgspec.to_builtins(page)
        return {**plain.pop("standing"), **plain}
