"""Choosing a password: by a link, or as the first administrator of all."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from counterfoil.api.security import caller_of, is_here
from counterfoil.console.forms import Typed
from counterfoil.console.rendering import bare_page
from counterfoil.errors import UsageError
from counterfoil.hub import users
from counterfoil.hub.setup import Hub
from counterfoil.hub.users import Stage
from counterfoil.ledger.users import User

from ._door import check_ours, let_in

__all__ = ["add"]

Text = Annotated[str, Form(max_length=500)]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_join(routes, hub)
    _add_administrator(routes, hub)


# --- By a link ----------------------------------------------------------------------------


def _add_join(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/join")
    def ask(key: str = "") -> Response:
        try:
            user = users.invited(hub, key)
        except UsageError as error:
            return _over(error)
        return _join_form(user, key, Typed())

    @routes.post("/join")
    def join(request: Request, key: Text = "", password: Text = "") -> Response:
        check_ours(request)
        try:
            user = users.invited(hub, key)
        except UsageError as error:
            return _over(error)
        try:
            cookie, stage = users.join(hub, key, password, caller_of(request))
        except users.PasswordProblemError as error:
            return _join_form(user, key, Typed(problems={"password": error.said}), 400)
        except UsageError as error:  # somebody else was quicker
            return _over(error)
        return let_in(hub, request, cookie, stage, "/")


def _join_form(user: User, key: str, typed: Typed, status: int = 200) -> Response:
    return bare_page("people/join.html", status, user=user, key=key, typed=typed)


def _over(error: UsageError) -> Response:
    return bare_page("people/join_over.html", 410, sentence=error.said)


# --- The first administrator --------------------------------------------------------------


def _add_administrator(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/welcome/administrator")
    def ask_first(request: Request) -> Response:
        if users.is_administered_here(hub):
            return RedirectResponse("/login", status_code=303)
        return _first_form(hub, request, Typed())

    @routes.post("/welcome/administrator")
    def create_first(
        request: Request,
        name: Text = "",
        login: Text = "",
        password: Text = "",
        code: Text = "",
    ) -> Response:
        check_ours(request)
        given = None if _needs_no_code(hub, request) else code
        values = {"name": name, "login": login, "code": code}
        try:
            cookie = users.first_owner(hub, login, name, password, caller_of(request), code=given)
        except users.PasswordProblemError as error:
            typed = Typed(values, {"password": error.said})
            return _first_form(hub, request, typed, 400)
        except UsageError as error:
            if users.is_administered_here(hub):
                return RedirectResponse("/login", status_code=303)
            return _first_form(hub, request, Typed(values, {"": error.said}), 400)
        return let_in(hub, request, cookie, Stage.OPEN, "/welcome")


def _needs_no_code(hub: Hub, request: Request) -> bool:
    """Whether whoever asks sits at the hub's own computer, which is trusted."""
    return hub.configuration.trusts_this_computer and is_here(request)


def _first_form(hub: Hub, request: Request, typed: Typed, status: int = 200) -> Response:
    asks_code = not _needs_no_code(hub, request)
    return bare_page("people/administrator.html", status, typed=typed, asks_code=asks_code)
