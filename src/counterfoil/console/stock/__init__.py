"""Inventory: sending all of it or one product, a preview of that, and what came of each press."""

from __future__ import annotations

from fastapi import APIRouter

from counterfoil.console.live import Streams
from counterfoil.hub.setup import Hub

from . import one_press, presses

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub, streams: Streams) -> None:
    """Add the routes; ``streams``: those of this process."""
    presses.add(routes, hub)
    one_press.add(routes, hub, streams)
