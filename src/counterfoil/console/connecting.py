"""Signing in at a connection's provider: the page before, the way back, and the page after.

Whoever changes a connection here is signed in with a token that may (``administer``), in a
browser: what comes back from the provider counts only with the cookie that it was begun with.

A form that leads to another host is stopped by our own policy (``form-action 'self'`` holds for
what a form's answer leads to, too), so the page that answers it leads on by itself.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from counterfoil.api.errors import ApiError
from counterfoil.api.finding import absent, conflict, find_connection
from counterfoil.hub import accounts, grants
from counterfoil.hub.accounts import Came, NotConnectedError
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import signs_in
from counterfoil.ledger import connections
from counterfoil.ledger import grants as kept
from counterfoil.ledger.connections import Connection

from .rendering import page, said
from .visiting import Administering, SignedOutError, Visit

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_choice(routes, hub)
    _add_page(routes, hub)
    _add_way_back(routes, hub)


def _add_choice(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/connect")
    def choose(visit: Administering) -> Response:
        """Where a provider leads people whose connection has ended: it knows one address."""
        with hub.database.reading() as tx:
            found = [
                each
                for each in connections.all_connections(tx)
                if each.is_active and signs_in(each.system)
            ]
            standing = {each.id: grants.signed_in(each, kept.load(tx, each.id)) for each in found}
        if len(found) == 1:
            return RedirectResponse(f"/connect/{found[0].id}", 303)
        return page(visit, "connecting/choose.html", connections=found, standing=standing)


def _add_page(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/connect/{connection}")
    def show(connection: str, visit: Administering) -> Response:
        return _shown(hub, visit, find_connection(hub, connection))

    @routes.post("/connect/{connection}")
    def begin(
        connection: str,
        visit: Administering,
        another: Annotated[str, Form(max_length=10)] = "",
    ) -> Response:
        found, cookie = find_connection(hub, connection), _cookie(visit)
        with conflict():
            url = accounts.begin_connecting(hub, found, cookie, takes_another=another == "yes")
        return page(visit, "connecting/leaving.html", url=url, provider=_provider(found))

    @routes.post("/connect/{connection}/disconnect")
    def disconnect(connection: str, visit: Administering) -> Response:
        found = find_connection(hub, connection)
        with conflict():
            told = accounts.disconnect(hub, found, visit.name)
        return said(visit, f"/connect/{found.id}", told)


def _cookie(visit: Visit) -> str:
    """Give what binds the way to a provider and back to this browser.

    Raises:
        SignedOutError: A token came in its place, which a provider does not bring back.
    """
    if visit.session is None:
        raise SignedOutError(visit.path)
    return visit.session


def _add_way_back(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/oauth/callback")
    def come_back(request: Request, visit: Administering) -> Response:
        try:
            found = accounts.finish_connecting(hub, _came(request), _cookie(visit), visit.name)
        except NotConnectedError as error:
            return _came_to_nothing(hub, visit, error)
        return RedirectResponse(f"/connect/{found.id}/connected", status_code=303)

    @routes.get("/connect/{connection}/connected")
    def connected(connection: str, visit: Administering) -> Response:
        found = find_connection(hub, connection)
        tried, failure = accounts.trial_of(hub, found)
        return page(
            visit,
            "connecting/connected.html",
            connection=found,
            company=tried.facts.get("company_name"),
            works=failure is None,
            sentence=tried.sentence,
            steps=tried.steps,
        )


def _shown(
    hub: Hub,
    visit: Visit,
    connection: Connection,
    *,
    problem: str = "",
    is_another: bool = False,
    is_about_app: bool = False,
    status: int = 200,
) -> Response:
    with absent():
        way = accounts.how_to_connect(hub, connection)
    company = connection.facts.get("company_name") or f"company {connection.account}"
    return page(
        visit,
        "connecting/connect.html",
        status,
        connection=connection,
        words=connection.system.words,
        provider=_provider(connection),
        company=company,
        standing=accounts.how_signed_in(hub, connection),
        way=way,
        problem=problem,
        is_another=is_another,
        is_about_app=is_about_app,
    )


def _provider(connection: Connection) -> str:
    provider = grants.provider_of(connection)
    assert provider is not None, "somebody signs in for it"
    return provider.words


def _came(request: Request) -> Came:
    """Take what came back; of a parameter that comes twice nobody knows which one is meant."""
    query: dict[str, Any] = {
        name: request.query_params[name]
        for name in request.query_params
        if len(request.query_params.getlist(name)) == 1
    }
    return Came(
        state=query.get("state", ""),
        code=query.get("code", ""),
        account=query.get("realmId", ""),
        error=query.get("error", ""),
    )


def _came_to_nothing(hub: Hub, visit: Visit, error: NotConnectedError) -> Response:
    if error.connection is None:
        raise ApiError(400, error.said) from error
    return _shown(
        hub,
        visit,
        find_connection(hub, str(error.connection)),
        problem=error.said.spoken,
        is_another=error.is_another,
        is_about_app=error.is_about_app,
        status=400,
    )
