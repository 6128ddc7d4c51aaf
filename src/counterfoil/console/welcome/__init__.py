"""The first visit: choosing a pairing, setting it up step by step, or trying it first."""

from __future__ import annotations

from fastapi import APIRouter

from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.setup import Hub
from counterfoil.hub.stand_ins import Trials

from . import choosing, guided, trying

__all__ = ["add"]


def add(
    routes: APIRouter,
    hub: Hub,
    dispatcher: Dispatcher | None = None,
    trials: Trials | None = None,
) -> None:
    """Add the routes."""
    choosing.add(routes, hub, trials)
    trying.add(routes, hub, trials)
    guided.add(routes, hub, dispatcher)
