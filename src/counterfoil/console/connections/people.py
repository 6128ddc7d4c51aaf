"""People who work on one company file, each with a Web Connector of their own."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from counterfoil.api.finding import absent, conflict, find_connection
from counterfoil.console.forms import Typed
from counterfoil.console.rendering import page, said
from counterfoil.console.visiting import Administering, Looking, Visit
from counterfoil.errors import UsageError
from counterfoil.hub import accounts
from counterfoil.hub.setup import Hub
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.people import Person

from .deeds import file_answer
from .secrets import secret_page

__all__ = ["add"]

_Text = Annotated[str, Form(max_length=500)]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_adding(routes, hub)
    _add_keeping(routes, hub)


def _add_adding(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/connections/{connection}/people/new")
    def ask(connection: str, visit: Administering) -> Response:
        """Who shall work on the company file as well."""
        return _asked(visit, find_connection(hub, connection), Typed())

    @routes.post("/connections/{connection}/people")
    def take(
        connection: str, visit: Administering, name: _Text = "", company_file: _Text = ""
    ) -> Response:
        found = find_connection(hub, connection)
        typed = {"name": name, "company_file": company_file}
        if not name.strip():
            return _asked(visit, found, Typed(typed, {"name": "This is needed."}), 400)
        try:
            made = accounts.add_person(
                hub, found, name, visit.name, path=company_file.strip() or None
            )
        except UsageError as error:
            field = "company_file" if error.field == "company_file" else "name"
            return _asked(visit, found, Typed(typed, {field: error.said}), 400)
        person = accounts.person_named(hub, found, str(made.id))
        return _password_shown(visit, found, person, made.password)


def _asked(visit: Visit, connection: Connection, typed: Typed, status: int = 200) -> Response:
    return page(visit, "connections/person.html", status, connection=connection, typed=typed)


def _password_shown(
    visit: Visit, connection: Connection, person: Person, password: str
) -> Response:
    return secret_page(
        visit,
        connection,
        f"/connections/{connection.id}",
        password,
        what="password",
        person=person,
        user_name=person.user_name,
        file=f"/connections/{connection.id}/people/{person.id}/qwc",
    )


def _add_keeping(routes: APIRouter, hub: Hub) -> None:
    def named(connection: str, person: str) -> tuple[Connection, Person]:
        found = find_connection(hub, connection)
        with absent():
            return found, accounts.person_named(hub, found, person)

    @routes.get("/connections/{connection}/people/{person}/qwc")
    def qwc(connection: str, person: str, visit: Looking) -> Response:
        """The file for somebody's Web Connector."""
        found, who = named(connection, person)
        return file_answer(accounts.qwc_of(hub, found, who), f"counterfoil-{found.id}-{who.id}")

    @routes.post("/connections/{connection}/people/{person}/password")
    def new_password(connection: str, person: str, visit: Administering) -> Response:
        found, who = named(connection, person)
        with conflict():
            password = accounts.new_password_of(hub, found, who, visit.name)
        return _password_shown(visit, found, who, password)

    @routes.get("/connections/{connection}/people/{person}/remove")
    def ask_removal(connection: str, person: str, visit: Administering) -> Response:
        """What removing somebody leaves as it is."""
        found, who = named(connection, person)
        return page(
            visit,
            "connections/remove.html",
            connection=found,
            name=who.name,
            action=f"/connections/{found.id}/people/{who.id}/remove",
            leaves=accounts.what_person_leaves(hub, found, who),
            problem="",
        )

    @routes.post("/connections/{connection}/people/{person}/remove")
    def remove(connection: str, person: str, visit: Administering) -> Response:
        found, who = named(connection, person)
        with conflict():
            accounts.remove_person(hub, found, who, visit.name)
        told = f"{who.name}'s Web Connector is let in no more."
        return said(visit, f"/connections/{found.id}", told)
