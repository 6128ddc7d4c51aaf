"""Signing in at a connection's provider: the page before, the way back, and the page after.

Whoever changes a connection here is signed in with a token that may (``administer``), in a
browser: what comes back from the provider counts only with the cookie that it was begun with.

A form that leads to another host is stopped by our own policy (``form-action 'self'`` holds for
what a form's answer leads to, too), so the page that answers it leads on by itself.
"""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from counterfoil.api.security import COOKIE, Administrator, Person, is_same_site
from counterfoil.errors import CounterfoilError, LedgerError, UsageError
from counterfoil.hub import accounts, finding, grants, views
from counterfoil.hub.accounts import Came, NotConnectedError
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import signs_in
from counterfoil.ledger import connections
from counterfoil.ledger import grants as kept
from counterfoil.ledger.connections import Connection

from .rendering import page, refused

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_choice(routes, hub)
    _add_page(routes, hub)
    _add_way_back(routes, hub)


def _add_choice(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/connect")
    def choose(person: Administrator) -> Response:
        """Where a provider leads people whose connection has ended: it knows one address."""
        if person is None or person.barred:
            return _kept_out(person, "/connect")
        with hub.database.reading() as tx:
            found = [
                each
                for each in connections.all_connections(tx)
                if each.is_active and signs_in(each.system)
            ]
            standing = {each.id: grants.signed_in(each, kept.load(tx, each.id)) for each in found}
        if len(found) == 1:
            return RedirectResponse(f"/connect/{found[0].id}", 303)
        return page("choose.html", viewer=person.name, connections=found, standing=standing)


def _add_page(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/connect/{connection}")
    def show(connection: str, person: Administrator) -> Response:
        if person is None or person.barred:
            return _kept_out(person, f"/connect/{connection}")
        try:
            return _shown(hub, person, finding.connection_named(hub, connection))
        except CounterfoilError as error:
            return _failed(error)

    @routes.post("/connect/{connection}")
    def begin(
        request: Request,
        connection: str,
        person: Administrator,
        another: Annotated[str, Form(max_length=10)] = "",
    ) -> Response:
        if not is_same_site(request):
            return refused()
        if person is None or person.barred:
            return _kept_out(person, f"/connect/{connection}")
        try:
            found = finding.connection_named(hub, connection)
            url = accounts.begin_connecting(
                hub, found, request.cookies[COOKIE], takes_another=another == "yes"
            )
        except CounterfoilError as error:
            return _failed(error)
        return page("leaving.html", url=url, provider=_provider(found))

    @routes.post("/connect/{connection}/disconnect")
    def disconnect(request: Request, connection: str, person: Administrator) -> Response:
        if not is_same_site(request):
            return refused()
        if person is None or person.barred:
            return _kept_out(person, f"/connect/{connection}")
        try:
            found = finding.connection_named(hub, connection)
            return _shown(hub, person, found, told=accounts.disconnect(hub, found, person.name))
        except CounterfoilError as error:
            return _failed(error)


def _add_way_back(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/oauth/callback")
    def come_back(request: Request, person: Administrator) -> Response:
        if person is None or person.barred:
            return _kept_out(person)
        try:
            found = accounts.finish_connecting(
                hub, _came(request), request.cookies[COOKIE], person.name
            )
        except NotConnectedError as error:
            return _came_to_nothing(hub, person, error)
        except CounterfoilError as error:
            return _failed(error)
        return RedirectResponse(f"/connect/{found.id}/connected", status_code=303)

    @routes.get("/connect/{connection}/connected")
    def connected(connection: str, person: Administrator) -> Response:
        if person is None or person.barred:
            return _kept_out(person, f"/connect/{connection}")
        try:
            found = finding.connection_named(hub, connection)
            tried, failure = accounts.trial_of(hub, found)
        except CounterfoilError as error:
            return _failed(error)
        return page(
            "connected.html",
            viewer=person.name,
            connection=found,
            company=tried.facts.get("company_name"),
            works=failure is None,
            sentence=tried.sentence,
            steps=tried.steps,
        )


_SIGNED_OUT = (
    "You are not signed in to this hub any more, so nothing was taken from what you come back "
    "with. Sign in, and begin again on the connection's page."
)


def _kept_out(person: Person | None, to: str = "") -> Response:
    """Lead to the form, and from there back to a page; or say who may change connections."""
    if person is not None:
        return page("message.html", 403, title="Connecting", sentence=person.barred)
    if not to:
        return page("message.html", 401, title="Connecting", sentence=_SIGNED_OUT)
    return RedirectResponse(f"/login?{urlencode({'to': to})}", 303)


def _shown(
    hub: Hub,
    person: Person,
    connection: Connection,
    *,
    told: str = "",
    problem: str = "",
    is_another: bool = False,
    status: int = 200,
) -> Response:
    way = accounts.how_to_connect(hub, connection)
    company = connection.facts.get("company_name") or f"company {connection.account}"
    return page(
        "connect.html",
        status,
        viewer=person.name,
        connection=connection,
        words=connection.system.words,
        provider=_provider(connection),
        company=company,
        standing=accounts.how_signed_in(hub, connection),
        way=way,
        told=told,
        problem=problem,
        is_another=is_another,
        zone=views.zone_of(hub),
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


def _came_to_nothing(hub: Hub, person: Person, error: NotConnectedError) -> Response:
    if error.connection is None:
        return page("message.html", 400, title="Not connected", sentence=error.message)
    try:
        return _shown(
            hub,
            person,
            finding.connection_named(hub, str(error.connection)),
            problem=error.message,
            is_another=error.is_another,
            status=400,
        )
    except CounterfoilError as other:
        return _failed(other)


def _failed(error: CounterfoilError) -> Response:
    status = (
        503 if isinstance(error, LedgerError) else 404 if isinstance(error, UsageError) else 500
    )
    return page("message.html", status, title="Connecting", sentence=error.message)
