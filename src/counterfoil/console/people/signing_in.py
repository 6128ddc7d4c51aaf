"""Signing in and out: with e-mail address and password, a second factor, or a token."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from counterfoil.api.errors import UNAUTHORIZED, ApiError
from counterfoil.api.security import COOKIE, caller_of, new_session, sign_out
from counterfoil.api.tokens import LIFE as TOKEN_LIFE
from counterfoil.api.tokens import all_tokens
from counterfoil.console.forms import Typed
from counterfoil.console.rendering import bare_page, way_within
from counterfoil.console.visiting import visit_of
from counterfoil.hub import users
from counterfoil.hub.setup import Hub
from counterfoil.hub.users import Stage

from ._codes import qr_code
from ._door import check_ours, let_in, way_at, who_proves

__all__ = ["add"]

_WRONG: Final = "This is not a token of this hub."
Way = Annotated[str, Form(alias="to", max_length=8_000)]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_login(routes, hub)
    _add_code(routes, hub)
    _add_set_up(routes, hub)

    @routes.post("/logout")
    def end_session(request: Request) -> Response:
        check_ours(request)
        sign_out(request)
        response = RedirectResponse("/login", status_code=303)
        response.delete_cookie(COOKIE, path="/", httponly=True, samesite="lax")
        return response


# --- The form -----------------------------------------------------------------------------


def _add_login(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/login")
    def ask(
        request: Request,
        to: str = "",
        by: str = "",
    ) -> Response:
        visit = visit_of(request)
        if visit is not None and visit.session:
            return RedirectResponse(way_within(to), status_code=303)
        is_administered = users.is_administered_here(hub)
        if not is_administered and not all_tokens(hub):
            return RedirectResponse("/welcome/administrator", status_code=303)
        if by == "token" or not (is_administered or users.all_users(hub)):
            return _token_form(hub, Typed(), to)
        return _password_form(hub, Typed(), to)

    @routes.post("/login")
    def sign_in(
        request: Request,
        login: Annotated[str, Form(max_length=500)] = "",
        password: Annotated[str, Form(max_length=500)] = "",
        token: Annotated[str, Form(max_length=500)] = "",
        to: Way = "",
    ) -> Response:
        check_ours(request)
        if token or not (login or password):
            return _with_token(hub, request, token, to)
        return _with_password(hub, request, login, password, to)


def _with_password(hub: Hub, request: Request, login: str, password: str, to: str) -> Response:
    try:
        entered = users.sign_in(hub, login, password, caller_of(request))
    except users.NotLetInError as error:
        typed = Typed({"login": login}, {"": error.said})
        answer = _password_form(hub, typed, to, 429 if error.wait_s else 401)
        if error.wait_s:
            answer.headers["Retry-After"] = str(int(error.wait_s) + 1)
        return answer
    return let_in(hub, request, entered.cookie, entered.stage, to)


def _with_token(hub: Hub, request: Request, token: str, to: str) -> Response:
    try:
        cookie = new_session(request, token.strip())
    except ApiError as error:
        problem = _WRONG if error.told == UNAUTHORIZED else error.told
        return _token_form(hub, Typed(problems={"token": problem}), to, error.status)
    return let_in(hub, request, cookie, Stage.OPEN, to, life=TOKEN_LIFE)


def _password_form(hub: Hub, typed: Typed, to: str, status: int = 200) -> Response:
    return bare_page(
        "people/login.html",
        status,
        typed=typed,
        to=way_within(to),
        sign_on=users.sign_on_of(hub),
        on_way=way_at("/login/sign-on", to),
        by_token=f"{way_at('/login', to)}{'&' if way_within(to) != '/' else '?'}by=token",
    )


def _token_form(hub: Hub, typed: Typed, to: str, status: int = 200) -> Response:
    return bare_page(
        "people/login_token.html",
        status,
        typed=typed,
        to=way_within(to),
        by_password=way_at("/login", to),
        is_administered=users.is_administered_here(hub),
        has_users=bool(users.all_users(hub)),
    )


# --- The second factor --------------------------------------------------------------------


def _add_code(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/login/code")
    def ask_code(request: Request, to: str = "") -> Response:
        who_proves(request, Stage.CODE, to)
        return bare_page("people/login_code.html", typed=Typed(), to=way_within(to))

    @routes.post("/login/code")
    def prove(
        request: Request,
        code: Annotated[str, Form(max_length=100)] = "",
        to: Way = "",
    ) -> Response:
        check_ours(request)
        signed_in = who_proves(request, Stage.CODE, to)
        try:
            entered = users.prove(hub, signed_in, code, caller_of(request))
        except users.WrongCodeError as error:
            typed = Typed(problems={"code": error.said})
            return bare_page("people/login_code.html", 401, typed=typed, to=way_within(to))
        return let_in(hub, request, entered.cookie, entered.stage, to)


def _add_set_up(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/login/set-up")
    def ask_set_up(request: Request, to: str = "") -> Response:
        signed_in = who_proves(request, Stage.SET_UP, to)
        return _set_up_form(hub, signed_in.user.id, Typed(), to)

    @routes.post("/login/set-up")
    def set_up(
        request: Request,
        code: Annotated[str, Form(max_length=100)] = "",
        to: Way = "",
    ) -> Response:
        check_ours(request)
        signed_in = who_proves(request, Stage.SET_UP, to)
        try:
            codes = users.confirm_enrolment(hub, signed_in.user.id, code)
        except users.WrongCodeError as error:
            typed = Typed(problems={"code": error.said})
            return _set_up_form(hub, signed_in.user.id, typed, to, 400)
        entered = users.open_set_up(hub, signed_in, caller_of(request))
        leading = let_in(hub, request, entered.cookie, entered.stage, to)
        answer = bare_page("people/recovery_codes.html", codes=codes, on=way_within(to))
        answer.headers.append("set-cookie", leading.headers["set-cookie"])
        return answer


def _set_up_form(hub: Hub, user: int, typed: Typed, to: str, status: int = 200) -> Response:
    enrolment = users.begin_enrolment(hub, user)
    return bare_page(
        "people/login_set_up.html",
        status,
        typed=typed,
        to=way_within(to),
        enrolment=enrolment,
        picture=qr_code(enrolment.uri),
    )
