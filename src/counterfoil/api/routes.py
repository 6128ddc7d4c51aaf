"""``/api/v1/connections/{connection}/routes``: which of several links takes what."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from counterfoil.hub import desk, verbs
from counterfoil.hub.setup import Hub

from . import models
from .finding import ABSENT, ABSENT_OR_CONFLICT, conflict, find_connection, find_link, plain
from .security import Actor

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the paths."""

    @routes.get(
        "/connections/{connection}/routes", response_model=models.RouteRows, responses=ABSENT
    )
    def list_routes(connection: str, actor: Actor) -> Any:
        """Where documents go; none: each link takes every document."""
        return {"routes": plain(desk.route_rows(hub, find_connection(hub, connection)))}

    @routes.post(
        "/connections/{connection}/routes",
        response_model=models.Decided,
        responses=ABSENT_OR_CONFLICT,
    )
    def set_route(connection: str, asked: models.Routing, actor: Actor) -> Any:
        """Let a link take what is for a party; without one, all that no other route names."""
        found, link = find_connection(hub, connection), find_link(hub, asked.link)
        with conflict():
            told = desk.set_route(hub, found, link.id, actor, party=asked.party, name=asked.name)
        verbs.wake(hub, [link.id])
        return {"sentence": told}

    @routes.post(
        "/connections/{connection}/routes/clear",
        response_model=models.Decided,
        responses=ABSENT_OR_CONFLICT,
    )
    def clear_route(connection: str, asked: models.Party, actor: Actor) -> Any:
        """Take a route back."""
        found = find_connection(hub, connection)
        with conflict():
            told = desk.clear_route(hub, found, actor, party=asked.party, name=asked.name)
        return {"sentence": told}
