"""Who may ask: tokens for programs, a signed-in browser or this computer for the page.

Each operation needs a scope (``scopes``), and a token has one.  A right token opens whatever
else came from its address; wrong ones are counted by where they come from, and whoever brings
too many is told to wait.

A browser signs in with a token once and gets a cookie in its place (``tokens``).

Where ``trust_this_computer`` is switched on, and the hub's public address is this computer's
own, whoever sits there sees the status page without signing in.  That a request comes from
there is believed only when nothing hints at a proxy and the address asked for is this
computer's: a page elsewhere that lets its name point here (DNS rebinding) has another
``Host``.  Behind a proxy every request comes from the proxy's computer, so a hub that others
can reach never trusts its own.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from datetime import tzinfo
from typing import Annotated, Final, NamedTuple

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from counterfoil.hub import views
from counterfoil.hub.configuration import is_local
from counterfoil.hub.scopes import Scope
from counterfoil.hub.setup import Hub
from counterfoil.hub.times import local_time

from . import tokens
from .errors import UNAUTHORIZED, ApiError
from .scopes import scope_of
from .sources import source_of
from .tokens import Bearer

__all__ = [
    "COOKIE",
    "Actor",
    "Administrator",
    "Collector",
    "Person",
    "Viewer",
    "is_here",
    "is_same_site",
    "new_session",
    "sign_out",
]

COOKIE: Final = "counterfoil_session"
# What all wrong tokens are counted as, for they name nobody.
_ACCOUNT: Final = "token"
_FORWARDED: Final = (
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
)

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="token",
    description="A token made with `counterfoil tokens add NAME`.",
)
_Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def _hub(request: Request) -> Hub:
    hub: Hub = request.app.state.hub
    return hub


def _by_token(request: Request, credentials: _Credentials) -> str:
    """Name the bearer of a token; the name stands in the audit.

    Raises:
        ApiError: 401, 403 or 429.
    """
    if credentials is None:
        raise ApiError(401, UNAUTHORIZED)
    needed = scope_of(request.method, request.scope["route"].path)
    return f"{_allowed(request, credentials.credentials, needed)} (token)"


Actor = Annotated[str, Depends(_by_token)]


def _allowed(request: Request, token: str, needed: Scope) -> str:
    """Name the bearer of a token that may do what is needed.

    Raises:
        ApiError: 401, it opens nothing; 403, it may less; 429, too many came that opened nothing.
    """
    hub = _hub(request)
    bearer = tokens.bearer_of(hub, token)
    if bearer is None:
        _slow_down(request)
        raise ApiError(401, UNAUTHORIZED)
    if bearer.expired_at is not None:
        raise ApiError(401, _expired(bearer, views.zone_of(_hub(request))))
    if not bearer.scope.covers(needed):
        raise ApiError(403, _too_little(bearer, needed))
    return bearer.name


def _slow_down(request: Request) -> None:
    """Count a wrong token.

    Raises:
        ApiError: 429, too many came from there.
    """
    hub = _hub(request)
    if hub.sign_ins.begin(_ACCOUNT, source_of(request), hub.now()):
        raise ApiError(
            429, "Too many tokens that open nothing came from this address. Wait a minute."
        )


def _expired(bearer: Bearer, zone: tzinfo | None) -> str:
    assert bearer.expired_at is not None, "it has ended"
    return (
        f"The token “{bearer.name}” ended at {local_time(bearer.expired_at, zone)}. Remove it, "
        "and make a new one with: counterfoil tokens add NAME"
    )


def _too_little(bearer: Bearer, needed: Scope) -> str:
    return (
        f"This needs a token with the scope “{needed}”; “{bearer.name}” has “{bearer.scope}”. "
        f"Make another with: counterfoil tokens add NAME --scope {needed}"
    )


# --- The page -----------------------------------------------------------------------------


def is_here(request: Request) -> bool:
    """Whether a request comes from the hub's own computer, for this computer's address."""
    client = request.client.host if request.client is not None else ""
    try:
        is_loopback = ipaddress.ip_address(client.partition("%")[0]).is_loopback
    except ValueError:
        return False
    forwarded = any(name in request.headers for name in _FORWARDED)
    return is_loopback and not forwarded and is_local(f"//{request.headers.get('host', '')}")


def is_same_site(request: Request) -> bool:
    """Whether a form was sent by a page of this hub (and not by one that lies in wait)."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    # Compared as it stands: what is no address at all is nobody's origin.
    return origin is not None and origin.partition("://")[2] == request.headers.get("host")


def new_session(request: Request, token: str) -> str:
    """Give the cookie for the bearer of a token that may look.

    Raises:
        ApiError: 401, 403 or 429.
    """
    _allowed(request, token, Scope.READ)
    return tokens.begin_session(_hub(request), token)


def sign_out(request: Request) -> None:
    """End the session of whoever asks."""
    cookie = request.cookies.get(COOKIE)
    if cookie:
        tokens.end_session(_hub(request), cookie)


def _viewer(needed: Scope) -> Callable[[Request, HTTPAuthorizationCredentials | None], str | None]:
    def viewer(request: Request, credentials: _Credentials) -> str | None:
        """Name who looks; ``None``: nobody who may."""
        hub = _hub(request)
        if credentials is not None:
            return _allowed(request, credentials.credentials, needed)
        cookie = request.cookies.get(COOKIE)
        signed_in = tokens.browser_of(hub, cookie) if cookie else None
        if signed_in is not None and signed_in.expired_at is None:
            return signed_in.name
        is_trusted = hub.configuration.trusts_this_computer and is_here(request)
        return "this computer" if is_trusted else None

    return viewer


Viewer = Annotated[str | None, Depends(_viewer(Scope.READ))]
"""Who looks at a page."""


class Person(NamedTuple):
    """Whose browser it is; ``barred``: why he may not change things, ``None``: he may."""

    name: str
    barred: str | None


def _person(request: Request) -> Person | None:
    """Say whose browser it is; ``None``: nobody has signed in.

    That somebody sits at this computer lets him look, and no more.
    """
    cookie = request.cookies.get(COOKIE)
    signed_in = tokens.browser_of(_hub(request), cookie) if cookie else None
    if signed_in is None or signed_in.expired_at is not None:
        return None
    needed = Scope.ADMINISTER
    barred = None if signed_in.scope.covers(needed) else _too_little(signed_in, needed)
    return Person(signed_in.name, barred)


Administrator = Annotated[Person | None, Depends(_person)]
"""Who changes things on a page."""
Collector = Annotated[str | None, Depends(_viewer(Scope.METRICS))]
"""Who collects the metrics."""
