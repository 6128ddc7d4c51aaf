"""Names on both sides: what is the same, what a person decided, and what is still open."""

from __future__ import annotations

from fastapi import APIRouter

from counterfoil.hub.setup import Hub

from . import chosen, deciding, lists

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    chosen.add(routes, hub)
    deciding.add(routes, hub)
    lists.add(routes, hub)
