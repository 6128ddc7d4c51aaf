"""History: what was done, run by run and document by document, and what can be taken back."""

from __future__ import annotations

from fastapi import APIRouter

from counterfoil.console.live import Streams
from counterfoil.hub.setup import Hub

from . import one_run, runs, transfers

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub, streams: Streams) -> None:
    """Add the routes; ``streams``: those of this process."""
    runs.add(routes, hub)
    one_run.add(routes, hub, streams)
    transfers.add(routes, hub)
