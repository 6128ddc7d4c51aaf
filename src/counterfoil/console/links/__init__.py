"""Links: which accounts are paired, what flows between them, and whether it works."""

from __future__ import annotations

from fastapi import APIRouter

from counterfoil.hub.setup import Hub

from . import changing, one, overview, routing

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    overview.add(routes, hub)
    routing.add(routes, hub)
    changing.add(routes, hub)
    one.add(routes, hub)
