"""Settings: generated from their declarations, changed only after what changes was seen."""

from __future__ import annotations

from fastapi import APIRouter

from counterfoil.hub.setup import Hub

from . import files, proposing, sections

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    files.add(routes, hub)
    proposing.add(routes, hub)
    sections.add(routes, hub)
