"""Adding a connection and changing what it was made with; what does not work is not kept."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from counterfoil.api.errors import ApiError
from counterfoil.api.finding import find_connection
from counterfoil.console.forms import Typed
from counterfoil.console.rendering import page, said
from counterfoil.console.visiting import Administering, Visit
from counterfoil.errors import ConnectorError, SettingsError, UsageError
from counterfoil.hub import accounts
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import signs_in, system_of
from counterfoil.ledger.connections import Connection
from counterfoil.settings import SystemName
from counterfoil.told import Told

from .fields import NAME, cleaned, fields_of, known_values, missing, problems_of
from .secrets import new_secret_page
from .typed import FormTyped

__all__ = ["add", "kept", "system_in"]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_adding(routes, hub)
    _add_changing(routes, hub)


def system_in(word: str) -> SystemName:
    """Read the system that a path names, or answer 404."""
    try:
        return SystemName(word)
    except ValueError:
        raise ApiError(404, f"There is no system {word!r}.") from None


def kept(
    hub: Hub, system: SystemName, typed: Mapping[str, str], actor: str
) -> int | Mapping[str, str | Told]:
    """Keep a new connection; gives its number, or what is wrong with the form, by field."""
    wrong = missing(system, typed)
    if wrong:
        return wrong
    try:
        return accounts.add_connection(hub, system, typed[NAME], typed, actor).id
    except (UsageError, SettingsError, ConnectorError) as error:
        return problems_of(system, error)


def _add_adding(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/connections/new")
    def choose(visit: Administering) -> Response:
        """Which system is to be connected."""
        return page(visit, "connections/choose.html", systems=[*SystemName])

    @routes.get("/connections/new/{system}")
    def ask(system: str, visit: Administering) -> Response:
        """The form of a system."""
        return _asked(visit, system_in(system), Typed())

    @routes.post("/connections/new/{system}")
    def take(system: str, form: FormTyped, visit: Administering) -> Response:
        return _taken(hub, visit, system_in(system), form)


def _asked(visit: Visit, system: SystemName, typed: Typed, status: int = 200) -> Response:
    return page(
        visit,
        "connections/add.html",
        status,
        system=system,
        fields=fields_of(system),
        calls_us=system_of(system).form.signs_in_here,
        typed=typed,
    )


def _taken(hub: Hub, visit: Visit, system: SystemName, form: Mapping[str, str]) -> Response:
    typed = cleaned(system, form)
    made = kept(hub, system, typed, visit.name)
    if not isinstance(made, int):
        return _asked(visit, system, Typed(typed, made), 400)
    if signs_in(system):
        return RedirectResponse(f"/connect/{made}", 303)
    if system_of(system).form.signs_in_here:
        by_agent = form.get("way") == "agent"
        return new_secret_page(hub, visit, made, f"/connections/{made}", by_agent=by_agent)
    told = f"{typed[NAME].strip()} is connected: what you entered was tried, and works."
    return said(visit, f"/connections/{made}", told)


# --- Changing -----------------------------------------------------------------------------


def _add_changing(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/connections/{connection}/change")
    def ask(connection: str, visit: Administering) -> Response:
        """The form as it stands; secrets are left empty, and stay then."""
        found = find_connection(hub, connection)
        known = known_values(found.system, found.parameters)
        return _changing(visit, found, Typed({NAME: found.name, **known}))

    @routes.post("/connections/{connection}/change")
    def take(connection: str, form: FormTyped, visit: Administering) -> Response:
        return _changed(hub, visit, connection, form)


def _changing(visit: Visit, connection: Connection, typed: Typed, status: int = 200) -> Response:
    return page(
        visit,
        "connections/change.html",
        status,
        connection=connection,
        fields=fields_of(connection.system),
        typed=typed,
    )


def _changed(hub: Hub, visit: Visit, word: str, form: Mapping[str, str]) -> Response:
    found = find_connection(hub, word)
    typed = cleaned(found.system, form)
    known = {NAME: found.name, **known_values(found.system, found.parameters)}
    given = {name: value for name, value in typed.items() if value.strip() != known.get(name, "")}
    name = given.pop(NAME, None)
    if not given and name is None:
        return said(visit, f"/connections/{found.id}", "Nothing was changed.")
    try:
        changed = accounts.change_connection(
            hub,
            found,
            given,
            visit.name,
            name=name,
            same_company=form.get("same_company") == "yes",
        )
    except (UsageError, SettingsError, ConnectorError) as error:
        problems = problems_of(found.system, error)
        return _changing(visit, found, Typed(typed, problems), 400)
    told = f"{changed.name} is changed."
    if {*given} & _TRIED:
        told = f"{told} What you entered was tried, and works."
    return said(visit, f"/connections/{found.id}", told)


# What opens a system: it was tried before it was kept.
_TRIED = frozenset({"key", "secret", "api_user", "integration_code", "base_url"})
