"""``/api/v1/connections/{connection}/lists``: what a connection's lists hold, a page at a time."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query

from counterfoil.hub import desk
from counterfoil.hub.setup import Hub

from . import models
from .finding import ABSENT, PAGE_MAX, absent, conflict, failures, find_connection, plain
from .security import Actor

__all__ = ["add"]

_UNREAD: Final = ABSENT | failures({409: "It has not been read yet."})


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get("/connections/{connection}/lists", response_model=models.Lists, responses=_UNREAD)
    def lists(connection: str, actor: Actor) -> Any:
        """Which lists of a connection are read, and when each was read last."""
        found = desk.list_standings(hub, find_connection(hub, connection))
        return {"lists": plain(found)}

    @routes.get(
        "/connections/{connection}/lists/{list}",
        response_model=models.ListPage,
        responses=_UNREAD,
    )
    def records(
        connection: str,
        list_: Annotated[str, Path(alias="list")],
        actor: Actor,
        *,
        find: Annotated[str | None, Query(max_length=200)] = None,
        everything: Annotated[bool, Query(alias="all")] = False,
        limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 100,
        after: Annotated[str | None, Query(max_length=2_000)] = None,
    ) -> Any:
        """What a list holds, by name; ``all``: also what is inactive.

        A list that was not read yet is a 409, never an empty page.
        """
        found = find_connection(hub, connection)
        with absent():
            desk.list_named(found, list_)
        with conflict():
            page = desk.list_page(
                hub, found, list_, text=find, everything=everything, limit=limit, after=after
            )
        told: dict[str, Any] = plain(page)
        return {**told.pop("standing"), **told}
