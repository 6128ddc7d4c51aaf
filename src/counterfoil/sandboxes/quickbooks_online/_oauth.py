"""OAuth 2.0 and OpenID Connect: where an app is given a company, and who gave it.

A person is shown a page (``_page``), picks a company and presses Connect or Cancel.  A request
that names an unknown app or an address that is not registered is told to the person; every
other mistake is told to the app, at its address.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

import msgspec

from ._call import Call, Reply
from ._errors import OAuthError, unauthorized
from ._grants import ACCESS_S, Grant, Pending
from ._page import connect_page, wrong_page
from ._settings import App
from ._state import QuickBooksOnlineState

__all__ = ["authorize", "discover", "jwks", "revoke", "token", "userinfo"]

ACCOUNTING = "com.intuit.quickbooks.accounting"
_SCOPES = frozenset(
    {
        ACCOUNTING,
        "com.intuit.quickbooks.payment",
        "openid",
        "profile",
        "email",
        "phone",
        "address",
    }
)
_HARD_END = "x-include-refresh-token-hard-expires-in"


def _json(status: int, body: object, headers: Mapping[str, str] | None = None) -> Reply:
    return Reply(status, msgspec.json.encode(body), headers or {})


def _issuer(call: Call) -> str:
    return f"{call.root}/op/v1"


def discover(state: QuickBooksOnlineState, call: Call) -> Reply:
    """Tell where everything is, with the addresses of this stand-in."""
    root = call.root
    return _json(
        200,
        {
            "issuer": _issuer(call),
            "authorization_endpoint": f"{root}/connect/oauth2",
            "token_endpoint": f"{root}/oauth2/v1/tokens/bearer",
            "revocation_endpoint": f"{root}/v2/oauth2/tokens/revoke",
            "userinfo_endpoint": f"{root}/v1/openid_connect/userinfo",
            "jwks_uri": f"{root}/op/v1/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile", "address", "phone"],
            "token_endpoint_auth_methods_supported": [
                "client_secret_post",
                "client_secret_basic",
            ],
            "claims_supported": ["aud", "exp", "iat", "iss", "realmid", "sub"],
        },
    )


def jwks(state: QuickBooksOnlineState, call: Call) -> Reply:
    """Tell the keys that ID tokens are checked with."""
    return _json(200, state.signer.jwks())


# --- The page ----------------------------------------------------------------------------------


def authorize(state: QuickBooksOnlineState, call: Call) -> Reply:
    """Show the page, or take what the person pressed there."""
    asked = {**call.query, **(call.form if call.method == "POST" else {})}
    client = state.clients.get(asked.get("client_id", ""))
    if client is None:
        return wrong_page("This app is not known. Check its client id (client_id).")
    app, address = client.app, asked.get("redirect_uri", "")
    problem = _wrong_address(app, address)
    if problem:
        return wrong_page(problem)
    error = _wrong_request(asked)
    if error:
        return _back(address, {"error": error, "state": asked.get("state", "")})
    if call.method != "POST":
        return connect_page(app, asked, _companies(state, app), state.person)
    if asked.get("decision") != "connect":
        return _back(address, {"error": "access_denied", "state": asked["state"]})
    realm = asked.get("company", "")
    if realm not in state.books:
        return connect_page(app, asked, _companies(state, app), state.person)
    return _agreed(state, app, asked, realm)


def _companies(state: QuickBooksOnlineState, app: App) -> list[tuple[str, str]]:
    """The companies a person may pick: those of the environment of the app's keys."""
    return [
        (books.company.realm, books.company.name)
        for books in state.books.values()
        if books.company.environment == app.environment
    ]


def _wrong_address(app: App, address: str) -> str:
    """What is wrong with an address, in words; ``""``: nothing."""
    if address not in app.redirect_uris:
        return (
            f"The redirect address {address!r} is not registered for {app.name}. Register "
            "exactly this one, to the letter, or correct it in the app."
        )
    parts = urlsplit(address)
    is_public = parts.scheme == "https" and not _is_here(parts.hostname or "")
    if app.environment == "production" and not is_public:
        return (
            f"The redirect address {address!r} is not allowed with production keys: it has to "
            "begin with https:// and a host name."
        )
    return ""


def _is_here(host: str) -> bool:
    """Whether a host is this computer, or a bare address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host in {"", "localhost"}
    return True


def _wrong_request(asked: Mapping[str, str]) -> str:
    """OAuth's word for what is wrong with a request; ``""``: nothing."""
    scopes = asked.get("scope", "").split()
    if asked.get("response_type") != "code":
        return "unsupported_response_type"
    if not scopes or not set(scopes) <= _SCOPES:
        return "invalid_scope"
    if not asked.get("state"):
        return "invalid_request"
    if asked.get("code_challenge_method", "S256") not in {"S256", "plain"}:
        return "invalid_request"
    return ""


def _agreed(state: QuickBooksOnlineState, app: App, asked: Mapping[str, str], realm: str) -> Reply:
    scopes = tuple(asked["scope"].split())
    needs_company = any(scope.startswith("com.intuit.") for scope in scopes)
    grant = Grant(app.client_id, realm if needs_company else "", scopes, state.clock())
    pending = Pending(
        grant=grant,
        redirect_uri=asked["redirect_uri"],
        issued=state.clock(),
        challenge=asked.get("code_challenge", ""),
        method=asked.get("code_challenge_method", "plain"),
        nonce=asked.get("nonce", ""),
    )
    told = {"code": state.grants.promise(pending), "state": asked["state"]}
    return _back(asked["redirect_uri"], told | ({"realmId": realm} if needs_company else {}))


def _back(address: str, told: Mapping[str, str]) -> Reply:
    sign = "&" if "?" in address else "?"
    told = {name: value for name, value in told.items() if value}
    location = f"{address}{sign}{urlencode(told)}"
    return Reply(302, b"", {"Location": location}, media_type=None)


# --- Tokens ------------------------------------------------------------------------------------


def token(state: QuickBooksOnlineState, call: Call) -> Reply:
    """Exchange a code or a refresh token.

    Raises:
        OAuthError: 400 or 401.
    """
    form = call.form
    app = _app(state, call, form)
    kind = form.get("grant_type", "")
    if kind == "authorization_code":
        pending = state.grants.redeem(
            app,
            form.get("code", ""),
            redirect_uri=form.get("redirect_uri", ""),
            verifier=form.get("code_verifier", ""),
            now=state.clock(),
        )
        told = _tokens(state, call, app, pending.grant)
        if "openid" in pending.grant.scopes:
            claims = _claims(state, call, pending.grant, pending.nonce)
            told["id_token"] = state.signer.sign(claims)
    elif kind == "refresh_token":
        grant = state.grants.refresh(app, form.get("refresh_token", ""), state.clock())
        told = _tokens(state, call, app, grant)
    else:
        raise OAuthError("unsupported_grant_type", f"{kind or 'No grant type'} is not supported")
    state.keep_grants()
    return _json(200, told)


def _tokens(state: QuickBooksOnlineState, call: Call, app: App, grant: Grant) -> dict[str, Any]:
    settings = app.settings
    hard_s = int(grant.began + settings.refresh_hard_s - state.clock())
    told: dict[str, Any] = {
        "token_type": "bearer",
        "access_token": grant.access[-1].value,
        "expires_in": ACCESS_S,
        "refresh_token": grant.refresh[-1].value,
        "x_refresh_token_expires_in": min(settings.refresh_idle_s, hard_s),
    }
    if call.headers.get(_HARD_END, "").lower() == "true":
        told["x_refresh_token_hard_expires_in"] = hard_s
    return told


def _claims(
    state: QuickBooksOnlineState, call: Call, grant: Grant, nonce: str
) -> dict[str, object]:
    now = int(state.clock())
    claims: dict[str, object] = {
        "iss": _issuer(call),
        "aud": [grant.client_id],
        "sub": state.person.sub,
        "iat": now,
        "auth_time": now,
        "exp": now + ACCESS_S,
    }
    if grant.realm:
        claims["realmid"] = grant.realm
    return claims | ({"nonce": nonce} if nonce else {})


def _app(state: QuickBooksOnlineState, call: Call, form: Mapping[str, str]) -> App:
    """Give the app that calls: by Basic credentials, or by those in its form.

    Raises:
        OAuthError: 401.
    """
    scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    if scheme.lower() == "basic":
        try:
            client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            client_id = ""
    client = state.clients.get(client_id)
    if client is None or not hmac.compare_digest(
        client.app.client_secret.encode(), secret.encode()
    ):
        raise OAuthError("invalid_client", status=401)
    return client.app


def revoke(state: QuickBooksOnlineState, call: Call) -> Reply:
    """End a connection.  JSON as documented, or a form, as some clients send it.

    Raises:
        OAuthError: 400 or 401.
    """
    form = call.form
    if "json" in call.headers.get("content-type", ""):
        try:
            form = msgspec.json.decode(call.body, type=dict[str, str])
        except msgspec.DecodeError:
            raise OAuthError("invalid_request", "The body is no JSON") from None
    app = _app(state, call, form)
    state.grants.revoke(app, form.get("token", ""))
    state.keep_grants()
    return Reply(200, b"", media_type=None)


def userinfo(state: QuickBooksOnlineState, call: Call) -> Reply:
    """Tell who connected.

    Raises:
        GatewayError: 401 without a token for that.
    """
    grant = state.grants.bearer(call.headers.get("authorization", ""), state.clock())
    if "openid" not in grant.scopes:
        raise unauthorized("The token was not granted openid")
    person = state.person
    told: dict[str, object] = {"sub": person.sub}
    if "email" in grant.scopes:
        told |= {"email": person.email, "emailVerified": person.email_verified}
    if "profile" in grant.scopes:
        told |= {"givenName": person.given_name, "familyName": person.family_name}
    return _json(200, told)
