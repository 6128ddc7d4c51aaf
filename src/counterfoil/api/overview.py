"""``/api/v1``: how everything stands, and what there is to be set."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.setup import Hub
from counterfoil.settings import json_schema

from . import models, standing
from .finding import ABSENT, find_connection, plain
from .security import Actor

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    """Add the routes."""

    @routes.get("/status", response_model=models.Standing)
    def status(actor: Actor) -> Any:
        """How every connection and every link stands."""
        return plain(standing.status(hub, None if dispatcher is None else dispatcher.pulse()))

    @routes.get("/flows", response_model=models.Flows)
    def flows(actor: Actor) -> Any:
        """Every flow of every pairing, with its options, defaults and help."""
        return {"flows": plain(standing.flows())}

    @routes.get("/unreadable", response_model=models.Unread, responses=ABSENT)
    def unreadable(actor: Actor, *, connection: str | None = None) -> Any:
        """Records that could not be read, with what is wrong with each."""
        named = None if connection is None else find_connection(hub, connection).id
        return {"unreadable": plain(standing.unreadable(hub, named))}

    @routes.get("/settings/schema", response_model=dict[str, Any])
    def schema(actor: Actor) -> Any:
        """The JSON Schema of a link's settings."""
        return json_schema()
