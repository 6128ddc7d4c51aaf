"""Connections of apps to companies: codes, access tokens, refresh tokens and how they die.

A grant is what one person gave one app for one company.  It ends when either of its tokens is
revoked, when its refresh token lay unused for too long, or with its hard end.  Which refresh
token a refresh gives, and what becomes of the one before, are switches of the app.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from ._errors import GatewayError, OAuthError, unauthorized
from ._settings import App

__all__ = ["ACCESS_S", "Grant", "Grants", "Pending"]

ACCESS_S = 3600
"""How long an access token lives."""

_CODE_S = 600.0
_DAY_S = 86_400.0
_REMEMBERED = 50
_TOKEN_MIN, _TOKEN_MAX = 16, 4096


class _Refresh(msgspec.Struct):
    """A refresh token; ``replaced`` is when another one took its place."""

    value: str
    issued: float
    used: float
    replaced: float | None = None


class _Access(msgspec.Struct):
    """An access token."""

    value: str
    issued: float


class Grant(msgspec.Struct):
    """What one person gave one app.

    Attributes:
        realm: The company; ``""``: only who the person is.
        began: When the person agreed, in Unix seconds.
        refresh: Refresh tokens, the newest last; ``access``: the same.
    """

    client_id: str
    realm: str
    scopes: tuple[str, ...]
    began: float
    refresh: list[_Refresh] = []
    access: list[_Access] = []
    is_revoked: bool = False

    @property
    def is_accounting(self) -> bool:
        """Whether the company's books were granted."""
        return "com.intuit.quickbooks.accounting" in self.scopes


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A code that waits to be exchanged.

    Attributes:
        challenge, method: PKCE's, if the app sent them.
    """

    grant: Grant
    redirect_uri: str
    issued: float
    challenge: str = ""
    method: str = ""
    nonce: str = ""


class Grants:
    """All connections; the caller holds a lock."""

    def __init__(self, known: Iterable[Grant] = ()) -> None:
        self.all = [*known]
        self._codes: dict[str, Pending] = {}

    # --- Codes ---------------------------------------------------------------------------------

    def promise(self, pending: Pending) -> str:
        """Give a code for a grant that a person just made."""
        code = f"AB{secrets.token_urlsafe(32)}"
        self._codes[code] = pending
        return code

    def redeem(
        self, app: App, code: str, *, redirect_uri: str, verifier: str, now: float
    ) -> Pending:
        """Exchange a code, once.

        Raises:
            OAuthError: It is unknown, used, too old, another app's, for another address, or
                the verifier is not that of its challenge.
        """
        pending = self._codes.pop(code, None)
        if pending is None or pending.grant.client_id != app.client_id:
            raise _invalid_grant(app, "Invalid authorization code")
        if now - pending.issued > _CODE_S:
            raise _invalid_grant(app, "Authorization code expired")
        if redirect_uri != pending.redirect_uri:
            raise OAuthError("invalid_request", "The redirect URI does not match")
        if pending.challenge and not _proves(verifier, pending):
            raise _invalid_grant(app, "Invalid code verifier")
        grant = pending.grant
        self.all.append(grant)
        grant.refresh.append(_Refresh(_refresh_value(), now, now))
        self._issue(grant, now)
        return pending

    # --- Tokens --------------------------------------------------------------------------------

    def refresh(self, app: App, token: str, now: float) -> Grant:
        """Give the grant of a refresh token a new access token, and maybe a new refresh token.

        Raises:
            OAuthError: ``invalid_grant``.
        """
        found = self._of_refresh(app, token)
        if found is None:
            raise _invalid_grant(app)
        grant, held = found
        newest = grant.refresh[-1]
        if not _is_usable(app, grant, held, now):
            raise _invalid_grant(app)
        if held is newest and _rotates(app, newest, now):
            newest.replaced = now
            newest = _Refresh(_refresh_value(), now, now)
            grant.refresh.append(newest)
        newest.used = now
        self._issue(grant, now)
        return grant

    def revoke(self, app: App, token: str) -> None:
        """End the connection that an access or refresh token belongs to.

        Raises:
            OAuthError: It is unknown, or another app's.
        """
        found = self._of_refresh(app, token)
        grant = found[0] if found else self._of_access(token)
        if grant is None or grant.client_id != app.client_id or grant.is_revoked:
            raise OAuthError("invalid_request", "Invalid token")
        grant.is_revoked = True

    def bearer(self, authorization: str, now: float) -> Grant:
        """Give the grant of an access token.

        Raises:
            GatewayError: 401.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not _TOKEN_MIN <= len(token) <= _TOKEN_MAX:
            raise unauthorized("Malformed bearer token: too short or too long")
        grant = self._of_access(token)
        if grant is None:
            raise unauthorized("Invalid or unknown token")
        if grant.is_revoked:
            raise unauthorized("Token revoked")
        issued = next(one.issued for one in grant.access if one.value == token)
        if now - issued >= ACCESS_S:
            raise self._expired(token)
        return grant

    def expire(self, realm: str, now: float) -> None:
        """Let the access tokens of a company be expired."""
        for grant in self.all:
            if grant.realm == realm:
                for access in grant.access:
                    access.issued = min(access.issued, now - ACCESS_S)

    def _expired(self, token: str) -> GatewayError:
        return unauthorized(f"Token expired: {token[:4]}...")

    def _issue(self, grant: Grant, now: float) -> None:
        grant.access.append(_Access(f"eyJ{secrets.token_urlsafe(48)}", now))
        del grant.access[:-_REMEMBERED]

    def _of_access(self, token: str) -> Grant | None:
        for grant in self.all:
            if any(one.value == token for one in grant.access):
                return grant
        return None

    def _of_refresh(self, app: App, token: str) -> tuple[Grant, _Refresh] | None:
        for grant in self.all:
            for held in grant.refresh:
                if held.value == token and grant.client_id == app.client_id:
                    return grant, held
        return None


def _is_usable(app: App, grant: Grant, held: _Refresh, now: float) -> bool:
    settings = app.settings
    if grant.is_revoked or now - grant.began >= settings.refresh_hard_s:
        return False
    if held.replaced is not None:
        lives = settings.replaced_token == "lives-a-day"
        return lives and now - held.replaced < _DAY_S
    return now - held.used < settings.refresh_idle_s


def _rotates(app: App, newest: _Refresh, now: float) -> bool:
    return app.settings.refresh_token == "rotates" or now - newest.issued >= _DAY_S


def _refresh_value() -> str:
    return f"AB11{secrets.token_urlsafe(30)}"


def _proves(verifier: str, pending: Pending) -> bool:
    if pending.method != "S256":
        return verifier == pending.challenge
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == pending.challenge


def _invalid_grant(app: App, description: str = "Incorrect or invalid refresh token") -> OAuthError:
    is_described = app.settings.describes_invalid_grant
    return OAuthError("invalid_grant", description if is_described else None)
