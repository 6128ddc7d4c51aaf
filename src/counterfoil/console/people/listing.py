"""``/admin/people``: who uses the console, inviting others, what holds for all."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Final

from fastapi import APIRouter, Form, Response

from counterfoil.api.sheets import table_of
from counterfoil.api.table_files import TableFormat, table_answer
from counterfoil.console.forms import Typed
from counterfoil.console.rendering import Undo, page, said
from counterfoil.console.visiting import Administering, Visit
from counterfoil.errors import UsageError
from counterfoil.hub import users
from counterfoil.hub.setup import Hub
from counterfoil.hub.users import LINK_LIFE, ROLE_WORDS, Linked, Role, State, UserShown

__all__ = ["JUST_NOW", "add", "link_shown"]

_PAGE = "/admin/people"
JUST_NOW: Final = timedelta(seconds=10)
"""What was made so long ago was made by the first of two clicks."""
Text = Annotated[str, Form(max_length=500)]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get(_PAGE)
    def show(visit: Administering) -> Response:
        return page(
            visit,
            "people/people.html",
            people=users.all_users(hub),
            sign_on=users.sign_on_of(hub),
            is_required=users.is_two_factor_required(hub),
            has_second_factor=_has_second_factor(hub, visit),
        )

    @routes.get(f"{_PAGE}/export")
    def export(visit: Administering, as_: TableFormat) -> Response:
        header, rows = table_of(UserShown, users.all_users(hub))
        return table_answer("people", as_, header, rows)

    @routes.post(f"{_PAGE}/two-factor")
    def require(visit: Administering, required: Text = "") -> Response:
        if required and visit.user is not None and not _has_second_factor(hub, visit):
            return said(visit, _PAGE, "Set two-factor sign-in up for yourself first.")
        users.require_two_factor(hub, visit.name, required=bool(required))
        told = "Everybody is asked for a code from now on." if required else "It is up to each now."
        fields: dict[str, str | list[str]] = {} if required else {"required": "yes"}
        return said(visit, _PAGE, told, Undo(f"{_PAGE}/two-factor", fields))

    _add_inviting(routes, hub)


def _has_second_factor(hub: Hub, visit: Visit) -> bool:
    mine = None if visit.user is None else users.find(hub, visit.user)
    return mine is not None and mine.has_second_factor


def _add_inviting(routes: APIRouter, hub: Hub) -> None:
    @routes.get(f"{_PAGE}/invite")
    def ask(visit: Administering) -> Response:
        return _form(hub, visit, Typed({"role": Role.OPERATOR.value}))

    @routes.post(f"{_PAGE}/invite")
    def invite(
        visit: Administering, name: Text = "", login: Text = "", role: Text = ""
    ) -> Response:
        try:
            made = users.invite(hub, login, name, users.role_named(role), visit.name)
        except UsageError as error:
            twin = _invited_just_now(hub, visit, login)
            if twin is not None:
                return link_shown(hub, visit, users.make_link(hub, twin.id, visit.name))
            typed = Typed({"name": name, "login": login, "role": role}, {"": error.said})
            return _form(hub, visit, typed, 400)
        return link_shown(hub, visit, made)


def _invited_just_now(hub: Hub, visit: Visit, login: str) -> UserShown | None:
    """Find whom the click before this one has invited: a double click invites once."""
    typed = login.strip().lower()
    for each in users.all_users(hub):
        is_fresh = each.state is State.INVITED and visit.now - each.added_at < JUST_NOW
        if is_fresh and each.login == typed:
            return each
    return None


def _form(hub: Hub, visit: Visit, typed: Typed, status: int = 200) -> Response:
    return page(
        visit,
        "people/invite.html",
        status,
        typed=typed,
        roles=ROLE_WORDS,
        days=LINK_LIFE.days,
        is_mailed=bool(hub.configuration.smtp_url),
    )


def link_shown(hub: Hub, visit: Visit, made: Linked) -> Response:
    """Show a link, this once."""
    way = users.way_to_join(hub, made.key)
    return page(visit, "people/link.html", made=made, way=way, days=LINK_LIFE.days)
