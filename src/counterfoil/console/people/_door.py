"""What all pages at the door share: cookies, whose form it is, and who has been let in so far."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from counterfoil.api.security import COOKIE, is_here, is_same_site, signed_in_user
from counterfoil.console.rendering import way_within
from counterfoil.console.visiting import ForeignFormError, SignedOutError
from counterfoil.hub.setup import Hub
from counterfoil.hub.users import LIFE, SignedIn, Stage

__all__ = ["check_ours", "is_sealed", "let_in", "way_at", "who_proves"]

_WAYS = {Stage.CODE: "/login/code", Stage.SET_UP: "/login/set-up"}


def check_ours(request: Request) -> None:
    """See that a page of this hub sent the form.

    Raises:
        ForeignFormError: None did.
    """
    if not is_same_site(request):
        raise ForeignFormError


def is_sealed(hub: Hub, request: Request) -> bool:
    """Whether cookies go over encrypted lines alone."""
    return hub.configuration.address.startswith("https:") and not is_here(request)


def let_in(
    hub: Hub, request: Request, cookie: str, stage: Stage, to: str, *, life: timedelta = LIFE
) -> Response:
    """Give a browser its cookie, and lead it to what is still to be proved, or on."""
    way = way_within(to) if stage is Stage.OPEN else way_at(_WAYS[stage], to)
    response = RedirectResponse(way, status_code=303)
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int(life.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=is_sealed(hub, request),
        path="/",
    )
    return response


def way_at(path: str, to: str) -> str:
    """Give a page at the door that leads on to another afterwards."""
    onward = way_within(to)
    return path if onward == "/" else f"{path}?{urlencode({'to': onward})}"


def who_proves(request: Request, stage: Stage, to: str) -> SignedIn:
    """Say who is to prove something yet.

    Raises:
        SignedOutError: Nobody is, or they took too long.
    """
    found = signed_in_user(request)
    if found is None or found.session.stage != stage:
        raise SignedOutError(to)
    return found
