"""``/admin/people/{user}``: what an owner changes about a person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Form, Response

from counterfoil.console.forms import Typed
from counterfoil.console.rendering import Undo, page, said
from counterfoil.console.visiting import Administering, Visit
from counterfoil.errors import UsageError
from counterfoil.hub import users
from counterfoil.hub.setup import Hub
from counterfoil.hub.users import ROLE_WORDS

from ._doing import done, find_user
from .listing import link_shown

__all__ = ["add"]

_PAGE = "/admin/people/{user}"
Text = Annotated[str, Form(max_length=500)]
_LINK_ENDED = " The link for the other e-mail address opens nothing any more; make a new one."


def _at(user: int, more: str = "") -> str:
    return f"/admin/people/{user}{more}"


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_page(routes, hub)
    _add_leaving(routes, hub)
    _add_proofs(routes, hub)


def _add_page(routes: APIRouter, hub: Hub) -> None:
    @routes.get(_PAGE)
    def show(visit: Administering, user: int) -> Response:
        found = find_user(hub, user)
        values = {"name": found.name, "login": found.login, "role": found.role.value}
        return _shown(hub, visit, user, Typed(values))

    @routes.post(_PAGE)
    def change(
        visit: Administering, user: int, name: Text = "", login: Text = "", role: Text = ""
    ) -> Response:
        before = find_user(hub, user)
        typed = {"name": name, "login": login, "role": role}
        try:
            after = users.change(
                hub, user, visit.name, name=name, login=login, role=users.role_named(role)
            )
        except UsageError as error:
            return _shown(hub, visit, user, Typed(typed, {"": error.said}), 400)
        undo = Undo(_at(user), {"name": before.name, "login": before.login, "role": before.role})
        to = _at(user) if after.role is users.Role.OWNER or visit.user != user else "/"
        is_link_ended = before.link_until is not None and after.link_until is None
        told = f"{after.name} is saved.{_LINK_ENDED if is_link_ended else ''}"
        return said(visit, to, told, undo)


def _shown(hub: Hub, visit: Visit, user: int, typed: Typed, status: int = 200) -> Response:
    return page(
        visit,
        "people/person.html",
        status,
        person=find_user(hub, user),
        typed=typed,
        roles=ROLE_WORDS,
        sessions=users.sessions(hub, user),
        is_self=visit.user == user,
    )


def _add_leaving(routes: APIRouter, hub: Hub) -> None:
    @routes.post(f"{_PAGE}/off")
    def switch_off(visit: Administering, user: int) -> Response:
        name = find_user(hub, user).name
        told = f"{name} is signed out and cannot sign in."
        undo = Undo(_at(user, "/on"))
        return done(visit, _at(user), lambda: users.switch_off(hub, user, visit.name), told, undo)

    @routes.post(f"{_PAGE}/on")
    def switch_on(visit: Administering, user: int) -> Response:
        name = find_user(hub, user).name
        undo = Undo(_at(user, "/off"))
        return done(
            visit,
            _at(user),
            lambda: users.switch_on(hub, user, visit.name),
            f"{name} can sign in again.",
            undo,
        )

    @routes.get(f"{_PAGE}/remove")
    def ask_remove(visit: Administering, user: int) -> Response:
        return page(visit, "people/remove.html", person=find_user(hub, user))

    @routes.post(f"{_PAGE}/remove")
    def remove(visit: Administering, user: int) -> Response:
        try:
            gone = users.remove(hub, user, visit.name)
        except UsageError as error:
            return said(visit, "/admin/people", error.said)
        return said(visit, "/admin/people", f"{gone.name} is removed.")


def _add_proofs(routes: APIRouter, hub: Hub) -> None:
    @routes.post(f"{_PAGE}/link")
    def make_link(visit: Administering, user: int) -> Response:
        find_user(hub, user)
        try:
            made = users.make_link(hub, user, visit.name)
        except UsageError as error:
            return said(visit, _at(user), error.said)
        return link_shown(hub, visit, made)

    def act(path: str, do: Callable[[Any, int, str], object], sentence: str) -> None:
        @routes.post(f"{_PAGE}/{path}", name=path)
        def acted(visit: Administering, user: int) -> Response:
            name = find_user(hub, user).name
            told = sentence.format(name=name)
            return done(visit, _at(user), lambda: do(hub, user, visit.name), told)

    act("link/end", users.revoke_link, "The link opens nothing any more.")
    act(
        "two-factor/reset",
        users.reset_two_factor,
        "{name} is asked for no code any more, and is signed out.",
    )
    act("sessions/end", users.end_all_sessions, "{name} is signed out everywhere.")
