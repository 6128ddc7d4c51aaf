"""Documents: the list of them, each of them in full, and what can be done with them."""

from __future__ import annotations

from fastapi import APIRouter

from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.setup import Hub

from . import correcting, doing, leafing, one, one_order, retrieving, viewing

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    """Add the routes; those with a name of their own come before those with a number."""
    leafing.add(routes, hub)
    viewing.add(routes, hub)
    retrieving.add(routes, hub, dispatcher)
    one_order.add(routes, hub, dispatcher)
    doing.add(routes, hub, dispatcher)
    correcting.add(routes, hub, dispatcher)
    one.add(routes, hub)
