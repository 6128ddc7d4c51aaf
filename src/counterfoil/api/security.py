"""Who may ask: tokens for programs, a signed-in person or this computer for the pages.

Each operation needs a scope (``scopes``), and a token has one; a person has that of their role
(``hub.users``).  A right token opens whatever else came from its address; wrong ones are counted
by where they come from, and whoever brings too many is told to wait.

A browser gets a cookie: a person's who signed in, or one in place of a token (``tokens``).  Who a
browser's request is from is said here alone (``visitor_of``).

Where ``trust_this_computer`` is switched on, and the hub's public address is this computer's
own, whoever sits there sees the pages without signing in.  That a request comes from
there is believed only when nothing hints at a proxy and the address asked for is this
computer's: a page elsewhere that lets its name point here (DNS rebinding) has another
``Host``.  Behind a proxy every request comes from the proxy's computer, so a hub that others
can reach never trusts its own.
"""

from __future__ import annotations

import ipaddress
from datetime import tzinfo
from typing import Annotated, Final, NamedTuple

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from counterfoil.hub import users, views
from counterfoil.hub.channels import address_in
from counterfoil.hub.configuration import is_local
from counterfoil.hub.scopes import Scope
from counterfoil.hub.setup import Hub
from counterfoil.hub.times import local_time
from counterfoil.told import Advice, Told

from . import tokens
from .errors import UNAUTHORIZED, ApiError
from .scopes import scope_of
from .sources import source_of
from .tokens import Bearer

__all__ = [
    "COOKIE",
    "Actor",
    "Collector",
    "Credentials",
    "Visitor",
    "caller_of",
    "is_here",
    "is_same_site",
    "new_session",
    "own_address",
    "sign_out",
    "signed_in_user",
    "visitor_of",
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
Credentials = Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]


def _hub(request: Request) -> Hub:
    hub: Hub = request.app.state.hub
    return hub


def _by_token(request: Request, credentials: Credentials) -> str:
    """Name the bearer of a token; the name stands in the audit.

    Raises:
        ApiError: 401, 403 or 429.
    """
    if credentials is None:
        raise ApiError(401, UNAUTHORIZED)
    needed = scope_of(request.method, request.scope["route"].path)
    return f"{_allowed(request, credentials.credentials, needed).name} (token)"


Actor = Annotated[str, Depends(_by_token)]


def _allowed(request: Request, token: str, needed: Scope) -> Bearer:
    """Give the bearer of a token that may do what is needed.

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
    return bearer


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


def _expired(bearer: Bearer, zone: tzinfo | None) -> Told:
    assert bearer.expired_at is not None, "it has ended"
    return Told(
        f"The token “{bearer.name}” ended at {local_time(bearer.expired_at, zone)}.",
        Advice("Remove it, and make a new one", "tokens add NAME"),
    )


def _too_little(bearer: Bearer, needed: Scope) -> Told:
    return Told(
        f"This needs a token with the scope “{needed}”; “{bearer.name}” has “{bearer.scope}”.",
        Advice("Make another", f"tokens add NAME --scope {needed}"),
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
    cookie = request.cookies.get(COOKIE, "")
    end = users.sign_out if _is_users(cookie) else tokens.end_session
    end(_hub(request), cookie)


class Visitor(NamedTuple):
    """Whose request it is and what they may do.

    Attributes:
        name: For the audit.
        scope: What they may do.
        user: Their number among the people; ``None``: a token, or somebody at this computer.
    """

    name: str
    scope: Scope
    user: int | None = None


def visitor_of(
    request: Request, credentials: HTTPAuthorizationCredentials | None
) -> Visitor | None:
    """Say who asks for a page: a program, a signed-in browser, or this computer; else ``None``.

    Whoever still has to prove a second factor is nobody yet.  That somebody sits at this computer
    lets them do what the configuration says: look, if nothing else.

    Raises:
        ApiError: 401, 403 or 429, a token came with the request and does not open.
    """
    if credentials is not None:
        return _with_token(_allowed(request, credentials.credentials, Scope.READ))
    hub = _hub(request)
    signed_in = signed_in_user(request)
    if signed_in is not None and signed_in.session.stage == users.Stage.OPEN:
        user = signed_in.user
        return Visitor(user.name, users.scope_of_role(user.role), user.id)
    cookie = request.cookies.get(COOKIE, "")
    has_token = bool(cookie) and not _is_users(cookie)
    bearer = tokens.browser_of(hub, cookie) if has_token else None
    if bearer is not None and bearer.expired_at is None:
        return _with_token(bearer)
    is_trusted = hub.configuration.trusts_this_computer and is_here(request)
    return Visitor("this computer", hub.configuration.this_computer_may) if is_trusted else None


def _with_token(bearer: Bearer) -> Visitor:
    return Visitor(f"{bearer.name} (token)", bearer.scope)


def signed_in_user(request: Request) -> users.SignedIn | None:
    """Say which user's browser it is, whatever is still to be proved; ``None``: nobody's."""
    cookie = request.cookies.get(COOKIE, "")
    return users.in_session(_hub(request), cookie) if _is_users(cookie) else None


def own_address(request: Request) -> str | None:
    """Give the e-mail address of whoever asks; ``None``: a program does, or it is not known."""
    signed_in = signed_in_user(request)
    return None if signed_in is None else address_in(signed_in.user.login)


def _is_users(cookie: str) -> bool:
    return cookie.startswith(users.PREFIX)


def caller_of(request: Request) -> users.Caller:
    """Say where a person sits: for what they type, and for them to know the browser again."""
    return users.Caller(source_of(request), request.headers.get("user-agent", ""))


def _collector(request: Request, credentials: Credentials) -> str | None:
    """Name who collects the metrics; ``None``: nobody who may."""
    if credentials is not None:
        return _allowed(request, credentials.credentials, Scope.METRICS).name
    visitor = visitor_of(request, None)
    return None if visitor is None else visitor.name


Collector = Annotated[str | None, Depends(_collector)]
"""Who collects the metrics."""
