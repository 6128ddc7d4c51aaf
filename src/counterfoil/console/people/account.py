"""``/account``: a person's own name, password, second factor and browsers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Response

from counterfoil.api.security import caller_of
from counterfoil.console.forms import Typed
from counterfoil.console.rendering import page, said
from counterfoil.console.visiting import Looking, Visit
from counterfoil.errors import UsageError
from counterfoil.hub import users
from counterfoil.hub.setup import Hub

from ._codes import codes_file, qr_code
from ._doing import done, own

__all__ = ["add"]

_PAGE = "/account"
Text = Annotated[str, Form(max_length=500)]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_page(routes, hub)
    _add_two_factor(routes, hub)
    _add_sessions(routes, hub)


def _add_page(routes: APIRouter, hub: Hub) -> None:
    @routes.get(_PAGE)
    def show(visit: Looking) -> Response:
        return _shown(hub, visit, Typed({"name": own(visit).user.name}))

    @routes.post(f"{_PAGE}/name")
    def rename(visit: Looking, name: Text = "") -> Response:
        user = own(visit).user
        try:
            users.change(hub, user.id, visit.name, name=name)
        except UsageError as error:
            return _shown(hub, visit, Typed({"name": name}, {"name": error.said}), 400)
        return said(visit, _PAGE, "Your name is saved.")

    @routes.post(f"{_PAGE}/password")
    def change_password(visit: Looking, present: Text = "", password: Text = "") -> Response:
        signed_in = own(visit)
        source = caller_of(visit.request).source
        try:
            users.change_password(hub, signed_in, present, password, source)
        except users.PasswordProblemError as error:
            field = "present" if error.is_present else "password"
            typed = Typed({"name": signed_in.user.name}, {field: error.said})
            return _shown(hub, visit, typed, 400)
        return said(visit, _PAGE, "Your password is changed. Your other browsers are signed out.")


def _shown(hub: Hub, visit: Visit, typed: Typed, status: int = 200) -> Response:
    session, user = own(visit)
    return page(
        visit,
        "people/account.html",
        status,
        typed=typed,
        user=user,
        role_words=users.ROLE_WORDS[users.Role(user.role)],
        sessions=users.sessions(hub, user.id),
        this=session.id,
        codes_left=users.recovery_codes_left(hub, user.id),
        is_required=users.is_two_factor_required(hub),
    )


# --- The second factor --------------------------------------------------------------------


def _add_two_factor(routes: APIRouter, hub: Hub) -> None:
    @routes.get(f"{_PAGE}/two-factor")
    def ask(visit: Looking) -> Response:
        return _set_up_form(hub, visit, Typed())

    @routes.post(f"{_PAGE}/two-factor")
    def set_up(visit: Looking, code: Text = "") -> Response:
        user = own(visit).user
        try:
            codes = users.confirm_enrolment(hub, user.id, code)
        except users.WrongCodeError as error:
            return _set_up_form(hub, visit, Typed(problems={"code": error.said}), 400)
        except UsageError as error:
            return said(visit, _PAGE, error.said)
        return page(visit, "people/new_codes.html", codes=codes)

    @routes.post(f"{_PAGE}/two-factor/remove")
    def remove(visit: Looking, known: Text = "") -> Response:
        session, user = own(visit)
        if users.is_two_factor_required(hub):
            return said(visit, _PAGE, "It is asked of everybody here, so it stays switched on.")
        if (wrong := _unknown(hub, visit, "known", known)) is not None:
            return wrong
        users.reset_two_factor(hub, user.id, visit.name, keeps=session.id)
        return said(visit, _PAGE, "No code is asked for any more when you sign in.")

    @routes.post(f"{_PAGE}/recovery-codes")
    def renew(visit: Looking, known_for_codes: Text = "") -> Response:
        """Make codes that open for good: whoever only found the browser open gets none."""
        if (wrong := _unknown(hub, visit, "known_for_codes", known_for_codes)) is not None:
            return wrong
        try:
            codes = users.new_recovery_codes(hub, own(visit).user.id)
        except UsageError as error:
            return said(visit, _PAGE, error.said)
        return page(visit, "people/new_codes.html", codes=codes)

    @routes.post(f"{_PAGE}/recovery-codes/file")
    def save(visit: Looking, code: Annotated[list[str], Form()]) -> Response:
        own(visit)
        return codes_file(code)


def _unknown(hub: Hub, visit: Visit, field: str, password: str) -> Response | None:
    """Give the page that says that this is not their password; ``None``: it is."""
    user = own(visit).user
    try:
        users.check_password(hub, user.id, password, caller_of(visit.request).source)
    except users.PasswordProblemError as error:
        return _shown(hub, visit, Typed({"name": user.name}, {field: error.said}), 400)
    return None


def _set_up_form(hub: Hub, visit: Visit, typed: Typed, status: int = 200) -> Response:
    try:
        enrolment = users.begin_enrolment(hub, own(visit).user.id)
    except UsageError as error:
        return said(visit, _PAGE, error.said)
    picture = qr_code(enrolment.uri)
    values = {"typed": typed, "enrolment": enrolment, "picture": picture}
    return page(visit, "people/two_factor.html", status, **values)


# --- Browsers -----------------------------------------------------------------------------


def _add_sessions(routes: APIRouter, hub: Hub) -> None:
    @routes.post(f"{_PAGE}/sessions/{{session}}/end")
    def end(visit: Looking, session: int) -> Response:
        user = own(visit).user
        ended = "That browser is signed out."
        return done(visit, _PAGE, lambda: users.end_session(hub, user, session, visit.name), ended)

    @routes.post(f"{_PAGE}/sessions/end")
    def end_others(visit: Looking) -> Response:
        session, user = own(visit)
        users.end_other_sessions(hub, user, visit.name, but=session.id)
        return said(visit, _PAGE, "All your other browsers are signed out.")
