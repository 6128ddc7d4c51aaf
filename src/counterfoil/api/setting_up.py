"""``/api/v1/connections/…``: the token of an agent, and the steps of setting up."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body

from counterfoil.hub import accounts, agents, checklist
from counterfoil.hub.served import public_address
from counterfoil.hub.setup import Hub

from . import models
from .finding import ABSENT_OR_CONFLICT, conflict, find_connection, plain
from .security import Actor

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_secrets(routes, hub)
    _add_checklist(routes, hub)


def _add_secrets(routes: APIRouter, hub: Hub) -> None:
    @routes.post(
        "/connections/{connection}/password",
        response_model=models.NewPassword,
        responses=ABSENT_OR_CONFLICT,
    )
    def new_password(
        connection: str, actor: Actor, asked: Annotated[models.Renewing | None, Body()] = None
    ) -> Any:
        """Give a Web Connector a new password; the old one ends at once, or after a while."""
        found = find_connection(hub, connection)
        grace = (asked or models.Renewing()).grace
        with conflict():
            password = accounts.new_password_for(hub, found, actor, grace=grace)
        return {"id": found.id, "username": found.user_name, "password": password}

    @routes.post(
        "/connections/{connection}/token",
        response_model=models.NewToken,
        responses=ABSENT_OR_CONFLICT,
    )
    def new_token(connection: str, actor: Actor) -> Any:
        """Make the token of a connection's agent; the one before ends at once."""
        found = find_connection(hub, connection)
        with conflict():
            token = agents.new_token_for(hub, found, actor)
        return {"id": found.id, "token": token, "hub": public_address(hub).url}


def _add_checklist(routes: APIRouter, hub: Hub) -> None:
    @routes.get(
        "/connections/{connection}/checklist",
        response_model=models.Checklist,
        responses=ABSENT_OR_CONFLICT,
    )
    def show(connection: str, actor: Actor) -> Any:
        """The steps of setting QuickBooks Desktop up, each with what it came to."""
        found = find_connection(hub, connection)
        with conflict():
            return plain(checklist.checklist(hub, found))

    @routes.post(
        "/connections/{connection}/checklist/{step}",
        response_model=models.Checklist,
        responses=ABSENT_OR_CONFLICT,
    )
    def run_step(connection: str, step: str, actor: Actor) -> Any:
        """Try a step now; what a trial in QuickBooks comes to is shown by a later GET."""
        found = find_connection(hub, connection)
        with conflict():
            return plain(checklist.run_step(hub, found, step, actor, waits=False))
