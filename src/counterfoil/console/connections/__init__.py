"""Connections: how each stands, setting it up, changing it, and taking it out of use."""

from __future__ import annotations

from fastapi import APIRouter

from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.setup import Hub

from . import deeds, keeping, lists, people, removing, showing

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None = None) -> None:
    """Add the routes."""
    keeping.add(routes, hub)
    showing.add(routes, hub)
    deeds.add(routes, hub, dispatcher)
    people.add(routes, hub)
    removing.add(routes, hub)
    lists.add(routes, hub)
