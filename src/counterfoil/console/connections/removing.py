"""Taking a connection out of use, with what that leaves, and taking it up again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from counterfoil.api.finding import conflict, find_connection
from counterfoil.console.rendering import Undo, page, said
from counterfoil.console.visiting import Administering
from counterfoil.errors import UsageError
from counterfoil.hub import accounts
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Connection
from counterfoil.told import Told

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get("/connections/{connection}/remove")
    def ask(connection: str, visit: Administering) -> Response:
        """What removing it would leave as it is."""
        found = find_connection(hub, connection)
        return page(
            visit,
            "connections/remove.html",
            connection=found,
            name=found.name,
            action=f"/connections/{found.id}/remove",
            leaves=accounts.what_connection_leaves(hub, found),
            problem=_objection(hub, found),
        )

    @routes.post("/connections/{connection}/remove")
    def remove(connection: str, visit: Administering) -> Response:
        found = find_connection(hub, connection)
        with conflict():
            accounts.remove_connection(hub, found, visit.name)
        undo = Undo(f"/connections/{found.id}/restore", {}, "Take it up again")
        return said(visit, "/connections", f"{found.name} is no longer used.", undo)

    @routes.post("/connections/{connection}/restore")
    def restore(
        connection: str, visit: Administering, name: Annotated[str, Form(max_length=200)] = ""
    ) -> Response:
        found = find_connection(hub, connection)
        with conflict():
            restored = accounts.restore_connection(hub, found, visit.name, name=name or None)
        told = f"{restored.name} is in use again. Its links go on as soon as you resume them."
        return said(visit, f"/connections/{restored.id}", told)


def _objection(hub: Hub, connection: Connection) -> Told | None:
    try:
        accounts.check_unlinked(hub, connection)
    except UsageError as error:
        return error.said
    return None
