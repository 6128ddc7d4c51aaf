"""Notifications: who is told of what, by which way and at which hours, and what was told."""

from __future__ import annotations

from fastapi import APIRouter

from counterfoil.hub.setup import Hub

from . import rules, told

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    # Before the rules, whose numbers stand in the same place.
    told.add(routes, hub)
    rules.add(routes, hub)
