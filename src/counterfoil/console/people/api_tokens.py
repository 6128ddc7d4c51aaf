"""``/admin/tokens``: keys with which programs use the JSON API."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Response

from counterfoil.api import tokens
from counterfoil.api.errors import ApiError
from counterfoil.api.sheets import table_of
from counterfoil.api.table_files import TableFormat, table_answer
from counterfoil.api.tokens import Token
from counterfoil.console.forms import Typed
from counterfoil.console.rendering import page, said
from counterfoil.console.visiting import Administering, Visit
from counterfoil.errors import UsageError
from counterfoil.hub.scopes import WORDS, Scope, scope_named
from counterfoil.hub.setup import Hub

from .listing import JUST_NOW

__all__ = ["add"]

_PAGE: Final = "/admin/tokens"
_LIVES: Final = {"30": "30 days", "90": "90 days", "365": "a year", "": "never"}
Text = Annotated[str, Form(max_length=500)]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_list(routes, hub)
    _add_making(routes, hub)
    _add_removing(routes, hub)


def _add_list(routes: APIRouter, hub: Hub) -> None:
    @routes.get(_PAGE)
    def show(visit: Administering) -> Response:
        return page(visit, "people/tokens.html", tokens=tokens.all_tokens(hub), words=WORDS)

    @routes.get(f"{_PAGE}/export")
    def export(visit: Administering, as_: TableFormat) -> Response:
        header, rows = table_of(Token, tokens.all_tokens(hub))
        return table_answer("tokens", as_, header, rows)


def _add_making(routes: APIRouter, hub: Hub) -> None:
    @routes.get(f"{_PAGE}/add")
    def ask(visit: Administering) -> Response:
        return _form(visit, Typed({"scope": Scope.READ.value, "days": "365"}))

    @routes.post(f"{_PAGE}/add")
    def make(visit: Administering, name: Text = "", scope: Text = "", days: Text = "") -> Response:
        typed = {"name": name, "scope": scope, "days": days}
        try:
            wanted = scope_named(scope)
            _remove_twin(hub, visit, name.strip())
            _number, token = tokens.add(hub, name, visit.name, scope=wanted, days=_days(days))
        except UsageError as error:
            return _form(visit, Typed(typed, {"": error.said}), 400)
        return page(visit, "people/token.html", name=name.strip(), scope=wanted, token=token)


def _remove_twin(hub: Hub, visit: Visit, name: str) -> None:
    """Remove what the click before this one has made, and nobody used: it is made once."""
    for each in tokens.all_tokens(hub):
        is_fresh = each.last_used_at is None and visit.now - each.created_at < JUST_NOW
        if is_fresh and each.name == name:
            tokens.remove(hub, str(each.id), visit.name)


def _days(text: str) -> int | None:
    if text not in _LIVES:
        raise UsageError("Choose when the token ends.")
    return int(text) if text else None


def _form(visit: Visit, typed: Typed, status: int = 200) -> Response:
    return page(visit, "people/token_add.html", status, typed=typed, scopes=WORDS, lives=_LIVES)


def _add_removing(routes: APIRouter, hub: Hub) -> None:
    @routes.get(f"{_PAGE}/{{token}}/remove")
    def ask_remove(visit: Administering, token: int) -> Response:
        found = next((each for each in tokens.all_tokens(hub) if each.id == token), None)
        if found is None:
            raise ApiError(404, "This token is not here any more.")
        return page(visit, "people/token_remove.html", token=found)

    @routes.post(f"{_PAGE}/{{token}}/remove")
    def remove(visit: Administering, token: int) -> Response:
        try:
            gone = tokens.remove(hub, str(token), visit.name)
        except UsageError:
            return said(visit, _PAGE, "This token was removed before.")
        return said(visit, _PAGE, f"The token {gone.name} opens nothing any more.")
