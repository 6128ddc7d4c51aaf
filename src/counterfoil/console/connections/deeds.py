"""What is done with one connection: tried, read, its steps, its password, token and file."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from counterfoil.api.errors import ApiError
from counterfoil.api.finding import conflict, find_connection
from counterfoil.console.rendering import said, way_within
from counterfoil.console.visiting import Administering, Looking, Operating
from counterfoil.hub import accounts, checklist
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import traits_of
from counterfoil.ledger import connections

from .secrets import password_page, token_page
from .showing import connection_page

__all__ = ["To", "add"]

To = Annotated[str, Form(max_length=500)]
"""The page to go on with."""
_GRACE_MAX = 10_080


def add(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    """Add the routes."""
    _add_trying(routes, hub, dispatcher)
    _add_secrets(routes, hub)
    _add_file(routes, hub)


def _add_trying(routes: APIRouter, hub: Hub, dispatcher: Dispatcher | None) -> None:
    @routes.post("/connections/{connection}/test")
    def test(connection: str, visit: Operating) -> Response:
        """Try it now, step by step."""
        found = find_connection(hub, connection)
        tried, _failure = accounts.trial_of(hub, found)
        return connection_page(hub, visit, found, tried=tried)

    @routes.post("/connections/{connection}/read")
    def read(connection: str, visit: Operating, to: To = "") -> Response:
        """Let it be looked at now."""
        found = find_connection(hub, connection)
        if not traits_of(found.system).is_called:
            raise ApiError(409, f"{found.name} calls by itself; nothing here makes it call.")
        with hub.database.writing() as tx:
            connections.wake(tx, found.id, hub.now())
        if dispatcher is not None:
            dispatcher.poke()
        return said(visit, to or f"/connections/{found.id}", f"{found.name} is being read.")

    @routes.post("/connections/{connection}/steps/{step}")
    def run_step(connection: str, step: str, visit: Operating, to: To = "") -> Response:
        """Have a step tried; what it comes to shows on the page as soon as it is known."""
        found = find_connection(hub, connection)
        with conflict():
            shown = checklist.run_step(hub, found, step, visit.name, waits=False)
        one = next(each for each in shown.steps if each.step == step)
        told = one.sentence
        return said(visit, to or f"/connections/{found.id}", f"{one.title}: {told}")


def _add_secrets(routes: APIRouter, hub: Hub) -> None:
    @routes.post("/connections/{connection}/password")
    def new_password(
        connection: str,
        visit: Administering,
        to: To = "",
        grace: Annotated[int, Form(ge=0, le=_GRACE_MAX)] = 0,
    ) -> Response:
        found = find_connection(hub, connection)
        back = to or f"/connections/{found.id}"
        return password_page(hub, visit, found, back, grace_minutes=grace)

    @routes.post("/connections/{connection}/token")
    def new_token(connection: str, visit: Administering, to: To = "") -> Response:
        found = find_connection(hub, connection)
        return token_page(hub, visit, found, to or f"/connections/{found.id}")


def _add_file(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/connections/{connection}/qwc")
    def qwc(connection: str, visit: Looking) -> Response:
        """The file that introduces this hub to a Web Connector; it holds no secret."""
        found = find_connection(hub, connection)
        if found.user_name is None:
            raise ApiError(409, f"{found.name} is not reached through a Web Connector.")
        return file_answer(accounts.qwc_of(hub, found), f"counterfoil-{found.id}")

    @routes.post("/connections/{connection}/accept-file")
    def accept_file(connection: str, visit: Administering, to: To = "") -> Response:
        """Take the company file that was refused last as the connection's own."""
        found = find_connection(hub, connection)
        with conflict():
            told = accounts.accept_file(hub, found, visit.name)
        return said(visit, way_within(to or f"/connections/{found.id}"), told)


def file_answer(text: str, name: str) -> Response:
    """Answer with a Web Connector's file."""
    disposition = f'attachment; filename="{name}.qwc"'
    return Response(
        text, media_type="application/xml", headers={"Content-Disposition": disposition}
    )
