"""Who may ask: tokens for programs, a signed-in browser or this computer for the page.

A browser signs in with a token once and gets a cookie in its place.  The cookie is sealed
with the hub's key and names the token's hash, so any process of the hub can open it, it
ends after some hours, and it ends at once when the token is removed.

Whoever sits at the hub's own computer sees the status page without signing in.  That a
request comes from there is believed only when nothing hints at a proxy and the address
asked for is this computer's: a page elsewhere that lets its name point here (DNS
rebinding) has another ``Host``.
"""

from __future__ import annotations

import ipaddress
import json
import secrets
from datetime import datetime, timedelta
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from counterfoil.errors import SettingsError
from counterfoil.hub.setup import Hub
from counterfoil.ledger.tokens import token_hash

from . import tokens
from .errors import UNAUTHORIZED, ApiError

__all__ = ["COOKIE", "LIFE", "Actor", "Viewer", "is_here", "is_same_site", "new_session", "viewer"]

COOKIE: Final = "counterfoil_session"
LIFE: Final = timedelta(hours=12)
_PLACE: Final = "session/cookie/value"
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_FORWARDED: Final = ("forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip")

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
        ApiError: 401.
    """
    name = None
    if credentials is not None:
        name = tokens.named(_hub(request), credentials.credentials)
    if name is None:
        raise ApiError(401, UNAUTHORIZED)
    return f"{name} (token)"


Actor = Annotated[str, Depends(_by_token)]


# --- The page -----------------------------------------------------------------------------


def is_here(request: Request) -> bool:
    """Whether a request comes from the hub's own computer, for this computer's address."""
    client = request.client.host if request.client is not None else ""
    try:
        is_loopback = ipaddress.ip_address(client.partition("%")[0]).is_loopback
    except ValueError:
        return False
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    forwarded = any(name in request.headers for name in _FORWARDED)
    return is_loopback and not forwarded and host in _HERE


def is_same_site(request: Request) -> bool:
    """Whether a form was sent by a page of this hub (and not by one that lies in wait)."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == request.headers.get("host")


def new_session(hub: Hub, token: str) -> str | None:
    """Give the cookie for the bearer of a token; ``None``: it is not one of ours."""
    if tokens.named(hub, token) is None:
        return None
    session = {
        "token": token_hash(token),
        "until": (hub.now() + LIFE).isoformat(),
        "mark": secrets.token_hex(16),
    }
    return hub.vault.seal(json.dumps(session), _PLACE)


def _by_cookie(hub: Hub, cookie: str) -> str | None:
    """Name the token behind a cookie; ``None``: not ours, too old, or its token is gone."""
    try:
        session = json.loads(hub.vault.open(cookie, _PLACE))
    except (SettingsError, ValueError):
        return None
    if datetime.fromisoformat(session["until"]) <= hub.now():
        return None
    return tokens.named_by_hash(hub, session["token"])


def viewer(request: Request, credentials: _Credentials) -> str | None:
    """Name who looks at a page or at the metrics; ``None``: nobody who may."""
    hub = _hub(request)
    if credentials is not None:
        return tokens.named(hub, credentials.credentials)
    cookie = request.cookies.get(COOKIE)
    named = _by_cookie(hub, cookie) if cookie else None
    return named or ("this computer" if is_here(request) else None)


Viewer = Annotated[str | None, Depends(viewer)]
