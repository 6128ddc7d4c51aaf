"""``/api/v1``: the verbs of the hub as JSON.

Each endpoint finds what its path names (404 when it is not there), calls one verb, and
answers with what that gives.  A verb that cannot be carried out now is a 409.  The endpoints
stand by what they are about, a module each.
"""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Depends

from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.setup import Hub

from . import (
    connections,
    corrections,
    counts,
    inbox,
    link_settings,
    links,
    lists,
    names,
    notices,
    overview,
    people,
    runs,
    setting_up,
    transfers,
    users,
    work,
)
from . import routes as routing
from .finding import EVERYWHERE, refuse_odd_parameters

__all__ = ["BODY_LIMIT_BYTES", "PREFIX", "router"]

PREFIX: Final = "/api/v1"

# Far more than any request of ours; the Web Connector's endpoint has a limit of its own.
BODY_LIMIT_BYTES: Final = 2 * 2**20


def router(hub: Hub, dispatcher: Dispatcher | None = None) -> APIRouter:
    """Make the routes of the JSON API.

    Args:
        hub: The hub.
        dispatcher: Drives what is due in the background; ``None``: requests drive it.
    """
    routes = APIRouter(
        prefix=PREFIX,
        responses=EVERYWHERE,
        dependencies=[Depends(refuse_odd_parameters)],
        max_body_size=BODY_LIMIT_BYTES,
        tags=["v1"],
    )
    overview.add(routes, hub, dispatcher)
    connections.add(routes, hub)
    people.add(routes, hub)
    users.add(routes, hub)
    setting_up.add(routes, hub)
    lists.add(routes, hub)
    routing.add(routes, hub)
    links.add(routes, hub)
    names.add(routes, hub)
    link_settings.add(routes, hub)
    work.add(routes, hub, dispatcher)
    counts.add(routes, hub)
    notices.add(routes, hub)
    inbox.add(routes, hub, dispatcher)
    runs.add(routes, hub)
    corrections.add(routes, hub)
    transfers.add(routes, hub, dispatcher)
    return routes
