"""The hub's whole web application: the addresses for programs, and the pages for people."""

from __future__ import annotations

from fastapi import FastAPI

from counterfoil.api import app as programs
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.setup import Hub
from counterfoil.hub.stand_ins import Trials

from . import errors, router

__all__ = ["create_app"]


def create_app(
    hub: Hub, *, dispatcher: Dispatcher | None = None, trials: Trials | None = None
) -> FastAPI:
    """Make the application.

    Args:
        hub, dispatcher: As for ``api.app.create_app``.
        trials: Starts a trial with the stand-ins; ``None``: this process cannot.
    """
    app = programs.create_app(hub, dispatcher=dispatcher)
    errors.add_to(app)
    app.include_router(router(hub, dispatcher, trials))
    return app
