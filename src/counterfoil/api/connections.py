"""``/api/v1/connections``: the accounts, how each is reached, and what became of that."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response

from counterfoil.hub import accounts, views
from counterfoil.hub.setup import Hub

from . import models, standing
from .errors import ApiError
from .finding import (
    ABSENT,
    ABSENT_OR_CONFLICT,
    CONFLICT,
    PAGE_MAX,
    UNREACHED,
    conflict,
    find_connection,
    plain,
)
from .security import Actor

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_accounts(routes, hub)
    _add_removal(routes, hub)
    _add_contact(routes, hub)
    _add_signing_in(routes, hub)
    _add_web_connector(routes, hub)


def _add_accounts(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/connections", response_model=models.Connections)
    def all_connections(actor: Actor) -> Any:
        """All connections, oldest first; never a secret."""
        return {"connections": plain(standing.all_connections(hub))}

    @routes.post(
        "/connections", status_code=201, response_model=models.Made, responses=CONFLICT | UNREACHED
    )
    def add_connection(asked: models.Connecting, actor: Actor) -> Any:
        """Add an account; for QuickBooks Desktop the password is told this once."""
        known = {each.name.lower() for each in standing.all_connections(hub)}
        if asked.name.strip().lower() in known:
            raise ApiError(409, f"There is a connection named {asked.name.strip()!r} already.")
        made = accounts.add_connection(
            hub, asked.system, asked.name, asked.given(), actor, checks=asked.check
        )
        return plain(made)

    @routes.get(
        "/connections/{connection}",
        response_model=models.ConnectionShown,
        responses=ABSENT,
    )
    def show_connection(connection: str, actor: Actor) -> Any:
        """One connection, by number or name."""
        return plain(standing.shown(hub, find_connection(hub, connection)))

    @routes.patch(
        "/connections/{connection}",
        response_model=models.ConnectionShown,
        responses=ABSENT | UNREACHED,
    )
    def change_connection(connection: str, asked: models.Reconnecting, actor: Actor) -> Any:
        """Change what a connection was made with; what is not given stays."""
        changed = accounts.change_connection(
            hub,
            find_connection(hub, connection),
            asked.given(),
            actor,
            name=asked.name,
            checks=asked.check,
            same_company=asked.same_company,
        )
        return plain(standing.shown(hub, changed))


def _add_removal(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/connections/{connection}/leaves", response_model=models.Leaves, responses=ABSENT)
    def connection_leaves(connection: str, actor: Actor) -> Any:
        """What removing a connection would leave as it is."""
        found = find_connection(hub, connection)
        return {"leaves": plain(accounts.what_connection_leaves(hub, found))}

    @routes.post(
        "/connections/{connection}/remove",
        response_model=models.ConnectionShown,
        responses=ABSENT_OR_CONFLICT,
    )
    def remove_connection(connection: str, actor: Actor) -> Any:
        """Take a connection out of use; what was recorded of it stays, and its name is free."""
        found = find_connection(hub, connection)
        with conflict():
            removed = accounts.remove_connection(hub, found, actor)
        return plain(standing.shown(hub, removed))

    @routes.post(
        "/connections/{connection}/restore",
        response_model=models.ConnectionShown,
        responses=ABSENT_OR_CONFLICT,
    )
    def restore_connection(
        connection: str, actor: Actor, asked: Annotated[models.Restoring | None, Body()] = None
    ) -> Any:
        """Take a removed connection up again, with all it knew."""
        found = find_connection(hub, connection)
        name = None if asked is None else asked.name
        with conflict():
            restored = accounts.restore_connection(hub, found, actor, name=name)
        return plain(standing.shown(hub, restored))


def _add_contact(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/connections/{connection}/runs", response_model=models.Runs, responses=ABSENT)
    def runs(
        connection: str, actor: Actor, *, limit: Annotated[int, Query(ge=1, le=PAGE_MAX)] = 20
    ) -> Any:
        """A connection's runs, newest first, with what each wrote."""
        found = views.runs_page(
            hub, connection=find_connection(hub, connection).id, everything=True, limit=limit
        )
        return {"runs": plain(found), "next": found[-1].id if len(found) == limit else None}

    @routes.post(
        "/connections/{connection}/test", response_model=models.Tried, responses=ABSENT | UNREACHED
    )
    def try_connection(
        connection: str, actor: Actor, *, steps: bool = False, assumptions: bool = False
    ) -> Any:
        """Try a connection now, step by step; 502 says why it cannot be reached.

        ``steps``: that it fails is no failure of the request; the answer tells which step did.
        ``assumptions``: read every list, too, and see whether it is as expected.
        """
        found = find_connection(hub, connection)
        tried, failure = accounts.trial_of(hub, found, assumptions=assumptions)
        if failure is not None and not steps:
            raise failure
        return plain(tried)


def _add_signing_in(routes: APIRouter, hub: Hub) -> None:
    @routes.get(
        "/connections/{connection}/connect",
        response_model=models.WayToConnect,
        responses=ABSENT_OR_CONFLICT,
    )
    def way_to_connect(connection: str, actor: Actor) -> Any:
        """Where a person signs in for a connection, and what its app has to know for it."""
        found = find_connection(hub, connection)
        with conflict():
            return plain(accounts.how_to_connect(hub, found))

    @routes.post(
        "/connections/{connection}/disconnect",
        response_model=models.Decided,
        responses=ABSENT_OR_CONFLICT,
    )
    def disconnect(connection: str, actor: Actor) -> Any:
        """Give back what somebody signed in for; links, settings and records stay."""
        found = find_connection(hub, connection)
        with conflict():
            return {"sentence": plain(accounts.disconnect(hub, found, actor))}


def _add_web_connector(routes: APIRouter, hub: Hub) -> None:
    @routes.post(
        "/connections/{connection}/accept-file",
        response_model=models.Decided,
        responses=ABSENT_OR_CONFLICT,
    )
    def accept_file(connection: str, actor: Actor) -> Any:
        """Take the company file that was refused last as the connection's own."""
        found = find_connection(hub, connection)
        with conflict():
            return {"sentence": plain(accounts.accept_file(hub, found, actor))}

    @routes.get(
        "/connections/{connection}/qwc",
        response_class=Response,
        responses={
            200: {"content": {"application/xml": {}}, "description": "The .qwc file."},
            **ABSENT,
            **CONFLICT,
        },
    )
    def qwc(connection: str, actor: Actor) -> Response:
        """The file that introduces this hub to a Web Connector; it holds no secret."""
        found = find_connection(hub, connection)
        if found.user_name is None:
            raise ApiError(409, f"{found.name} is not reached through a Web Connector.")
        disposition = f'attachment; filename="counterfoil-{found.id}.qwc"'
        return Response(
            accounts.qwc_of(hub, found),
            media_type="application/xml",
            headers={"Content-Disposition": disposition},
        )
