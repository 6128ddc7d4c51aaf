"""The inbox: what needs a person, each cause once, and the cures for it."""

from __future__ import annotations

from fastapi import APIRouter

from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.setup import Hub

from . import carried_out, curing, listing

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    """Add the routes; the list's own addresses come before those of its cases."""
    listing.add(routes, hub)
    carried_out.add(routes, hub)
    curing.add(routes, hub, dispatcher)
