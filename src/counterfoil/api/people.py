"""``/api/v1/connections/{connection}/people``: several people on one company file."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Response

from counterfoil.hub import accounts
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.people import Person

from . import models, standing
from .finding import ABSENT, ABSENT_OR_CONFLICT, absent, conflict, find_connection, plain
from .security import Actor

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_list(routes, hub)
    _add_person(routes, hub)


def _add_list(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/connections/{connection}/people", response_model=models.People, responses=ABSENT)
    def all_people(connection: str, actor: Actor) -> Any:
        """Who works on a company file besides the first, and when each called last."""
        return {"people": plain(standing.shown(hub, find_connection(hub, connection)).people)}

    @routes.post(
        "/connections/{connection}/people",
        status_code=201,
        response_model=models.PersonMade,
        responses=ABSENT_OR_CONFLICT,
    )
    def add_person(connection: str, asked: models.AddingPerson, actor: Actor) -> Any:
        """Let somebody else carry its documents, too; their password is told this once."""
        found = find_connection(hub, connection)
        with conflict():
            made = accounts.add_person(
                hub, found, asked.name, actor, path=asked.company_file, user_name=asked.username
            )
        return plain(made)


def _add_person(routes: APIRouter, hub: Hub) -> None:
    @routes.get(
        "/connections/{connection}/people/{person}/qwc",
        response_class=Response,
        responses={
            200: {"content": {"application/xml": {}}, "description": "The .qwc file."},
            **ABSENT,
        },
    )
    def qwc(connection: str, person: str, actor: Actor) -> Response:
        """The file for somebody's Web Connector; it holds no secret."""
        found, somebody = _found(hub, connection, person)
        disposition = f'attachment; filename="counterfoil-{found.id}-{somebody.id}.qwc"'
        return Response(
            accounts.qwc_of(hub, found, somebody),
            media_type="application/xml",
            headers={"Content-Disposition": disposition},
        )

    @routes.post(
        "/connections/{connection}/people/{person}/password",
        response_model=models.NewPassword,
        responses=ABSENT_OR_CONFLICT,
    )
    def new_password(
        connection: str,
        person: str,
        actor: Actor,
        asked: Annotated[models.Renewing | None, Body()] = None,
    ) -> Any:
        """Give somebody's Web Connector a new password; the old one ends at once, or later."""
        found, somebody = _found(hub, connection, person)
        grace = (asked or models.Renewing()).grace
        with conflict():
            password = accounts.new_password_of(hub, found, somebody, actor, grace=grace)
        return {"id": somebody.id, "username": somebody.user_name, "password": password}

    @routes.get(
        "/connections/{connection}/people/{person}/leaves",
        response_model=models.Leaves,
        responses=ABSENT,
    )
    def person_leaves(connection: str, person: str, actor: Actor) -> Any:
        """What removing somebody would leave as it is."""
        return {"leaves": accounts.what_person_leaves(hub, *_found(hub, connection, person))}

    @routes.post(
        "/connections/{connection}/people/{person}/remove",
        response_model=models.People,
        responses=ABSENT_OR_CONFLICT,
    )
    def remove_person(connection: str, person: str, actor: Actor) -> Any:
        """Let somebody's Web Connector in no more; answers with those who are left."""
        found, somebody = _found(hub, connection, person)
        with conflict():
            accounts.remove_person(hub, found, somebody, actor)
        return {"people": plain(standing.shown(hub, found).people)}


def _found(hub: Hub, connection: str, person: str) -> tuple[Connection, Person]:
    found = find_connection(hub, connection)
    with absent():
        return found, accounts.person_named(hub, found, person)
