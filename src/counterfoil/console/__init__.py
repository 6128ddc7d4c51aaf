"""The console: pages for bookkeepers, operations managers and whoever installs the hub.

Server-rendered; every page works without script, and htmx only spares loading the whole of it.
Every text is escaped by the templates; there is no inline script or style, so the policy that
every answer carries forbids both.  An area is a module or package of its own that adds its routes.
"""

from __future__ import annotations

from fastapi import APIRouter

from counterfoil.api.bodies import FORM_LIMIT_BYTES
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.setup import Hub
from counterfoil.hub.stand_ins import Trials

from . import (
    assets,
    connecting,
    connections,
    documentation,
    documents,
    history,
    home,
    inbox,
    kept_forms,
    links,
    names,
    notices,
    people,
    settings,
    stock,
    welcome,
)
from .live import Streams

__all__ = ["router"]


def router(
    hub: Hub, dispatcher: Dispatcher | None = None, trials: Trials | None = None
) -> APIRouter:
    """Make the routes of the pages; ``trials``: whoever can start the stand-ins, if anybody can."""
    streams = Streams()
    routes = APIRouter(include_in_schema=False, max_body_size=FORM_LIMIT_BYTES)
    assets.add(routes)
    home.add(routes, hub, dispatcher)
    inbox.add(routes, hub, dispatcher)
    documents.add(routes, hub, dispatcher)
    connecting.add(routes, hub)
    welcome.add(routes, hub, dispatcher, trials)
    connections.add(routes, hub, dispatcher)
    settings.add(routes, hub)
    names.add(routes, hub)
    stock.add(routes, hub, streams)
    links.add(routes, hub)
    history.add(routes, hub, streams)
    notices.add(routes, hub)
    people.add(routes, hub)
    kept_forms.add(routes)
    documentation.add(routes)
    return routes
