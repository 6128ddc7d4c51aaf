"""``/api/v1/connections/…``: the token of an agent, and the steps of setting up."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Body

from counterfoil.hub import accounts, agents, checklist
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Connection

from . import models
from .security import Actor

__all__ = ["add"]


def add(
    routes: APIRouter,
    hub: Hub,
    *,
    find: Callable[[Hub, str], Connection],
    conflict: Callable[[], AbstractContextManager[None]],
    failures: dict[int | str, dict[str, Any]],
) -> None:
    """Add the endpoints.

    Args:
        routes: The routes of the API.
        hub: The hub.
        find: Gives what a path names, or raises that it is not there.
        conflict: Around what cannot be done now.
        failures: How both are answered.
    """

    @routes.post(
        "/connections/{connection}/password",
        response_model=models.NewPassword,
        responses=failures,
    )
    def new_password(
        connection: str, actor: Actor, asked: Annotated[models.Renewing | None, Body()] = None
    ) -> Any:
        """Give a Web Connector a new password; the old one ends at once, or after a while."""
        found = find(hub, connection)
        grace = (asked or models.Renewing()).grace
        with conflict():
            password = accounts.new_password_for(hub, found, actor, grace=grace)
        return {"id": found.id, "username": found.user_name, "password": password}

    @routes.post(
        "/connections/{connection}/token", response_model=models.NewToken, responses=failures
    )
    def new_token(connection: str, actor: Actor) -> Any:
        """Make the token of a connection's agent; the one before ends at once."""
        found = find(hub, connection)
        with conflict():
            token = agents.new_token_for(hub, found, actor)
        return {"id": found.id, "token": token, "hub": hub.configuration.public_url.rstrip("/")}

    @routes.get(
        "/connections/{connection}/checklist", response_model=models.Checklist, responses=failures
    )
    def show(connection: str, actor: Actor) -> Any:
        """The steps of setting QuickBooks Desktop up, each with what it came to."""
        found = find(hub, connection)
        with conflict():
            return msgspec.to_builtins(checklist.checklist(hub, found))

    @routes.post(
        "/connections/{connection}/checklist/{step}",
        response_model=models.Checklist,
        responses=failures,
    )
    def run_step(connection: str, step: str, actor: Actor) -> Any:
        """Try a step now; what a trial in QuickBooks comes to is shown by a later GET."""
        found = find(hub, connection)
        with conflict():
            return msgspec.to_builtins(checklist.run_step(hub, found, step, actor, waits=False))
