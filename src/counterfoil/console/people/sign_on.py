"""Single sign-on: to the provider and back, and how an owner sets it up."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from counterfoil.api.security import caller_of
from counterfoil.console.forms import Typed
from counterfoil.console.rendering import bare_page, page, said, way_within
from counterfoil.console.visiting import Administering, Visit
from counterfoil.errors import CounterfoilError, UsageError
from counterfoil.hub import users
from counterfoil.hub.setup import Hub
from counterfoil.hub.users import CALLBACK, SignOn, Stage
from counterfoil.logs import get_logger

from ._doing import done
from ._door import is_sealed, let_in

__all__ = ["add"]

log = get_logger(__name__)

# Brought back from the provider by the browser that left for it, and by no other.
_AWAY: Final = "counterfoil_sign_on"
_AWAY_S: Final = 600
_PAGE: Final = "/admin/people/sign-on"
Text = Annotated[str, Form(max_length=2_000)]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""
    _add_way(routes, hub)
    _add_set_up(routes, hub)


# --- There and back -----------------------------------------------------------------------


def _add_way(routes: APIRouter, hub: Hub) -> None:
    @routes.get("/login/sign-on")
    def leave(request: Request, to: str = "") -> Response:
        try:
            leaving = users.begin_sign_on(hub, way_within(to))
        except CounterfoilError as error:
            return _not_let_in(error)
        response = RedirectResponse(leaving.url, status_code=303)
        response.set_cookie(
            _AWAY,
            leaving.browser,
            max_age=_AWAY_S,
            httponly=True,
            samesite="lax",
            secure=is_sealed(hub, request),
            path=CALLBACK,
        )
        return response

    @routes.get(CALLBACK)
    def come_back(request: Request, state: str = "", code: str = "", error: str = "") -> Response:
        if error or not code:
            log.info("sign-on without a code", said=error[:100])
            return _not_let_in(UsageError("Nobody signed in at the provider. Begin again."))
        try:
            cookie, way = users.complete_sign_on(
                hub,
                state=state,
                code=code,
                browser=request.cookies.get(_AWAY, ""),
                caller=caller_of(request),
            )
        except CounterfoilError as problem:
            return _not_let_in(problem)
        response = let_in(hub, request, cookie, Stage.OPEN, way)
        response.delete_cookie(_AWAY, path=CALLBACK, httponly=True, samesite="lax")
        return response


def _not_let_in(error: CounterfoilError) -> Response:
    status = 403 if isinstance(error, UsageError) else 502
    return bare_page("people/not_let_in.html", status, sentence=error.said)


# --- Setting it up ------------------------------------------------------------------------


def _add_set_up(routes: APIRouter, hub: Hub) -> None:
    @routes.get(_PAGE)
    def show(visit: Administering) -> Response:
        present = users.sign_on_of(hub)
        return _form(hub, visit, Typed(_values(present)), present)

    @routes.post(_PAGE)
    def save(
        visit: Administering,
        issuer: Text = "",
        client_id: Text = "",
        client_secret: Text = "",
        domains: Text = "",
        creates: Text = "",
        only: Text = "",
    ) -> Response:
        typed = {
            "issuer": issuer,
            "client_id": client_id,
            "domains": domains,
            "creates": creates,
            "only": only,
        }
        try:
            users.set_sign_on(
                hub,
                visit.name,
                issuer=issuer,
                client_id=client_id,
                client_secret=client_secret.strip() or None,
                creates=bool(creates),
                domains=domains.replace(",", " ").split(),
                only=bool(only),
            )
        except UsageError as error:
            problems = Typed(typed, {"": error.said})
            return _form(hub, visit, problems, users.sign_on_of(hub), 400)
        return said(visit, _PAGE, "Saved. Try whether the provider answers.")

    @routes.post(f"{_PAGE}/try")
    def try_it(visit: Administering) -> Response:
        try:
            told = users.try_sign_on(hub)
        except CounterfoilError as error:
            told = error.said.spoken
        return said(visit, _PAGE, told)

    @routes.post(f"{_PAGE}/remove")
    def remove(visit: Administering) -> Response:
        told = "Nobody signs in by single sign-on any more."
        return done(visit, "/admin/people", lambda: users.remove_sign_on(hub, visit.name), told)


def _values(present: SignOn | None) -> dict[str, str]:
    if present is None:
        return {}
    return {
        "issuer": present.issuer,
        "client_id": present.client_id,
        "domains": " ".join(present.domains),
        "creates": "yes" if present.creates else "",
        "only": "yes" if present.only else "",
    }


def _form(
    hub: Hub, visit: Visit, typed: Typed, present: SignOn | None, status: int = 200
) -> Response:
    redirect = users.redirect_of(hub)
    values = {"typed": typed, "present": present, "redirect": redirect}
    return page(visit, "people/sign_on.html", status, **values)
