"""Who somebody is, by the word of a provider of single sign-on (OpenID Connect).

The provider is found by its issuer alone.  What it says of a person is believed when one of its
keys signed it, for us, in answer to this very question, and just now; ``joserfc`` judges the
signature.  Keys are asked for anew each time: people sign in now and then, and a key that the
provider has changed is then no trouble.

Source: OpenID Connect Core 1.0, 3.1.3.7 (what to check of an ID token); Discovery 1.0, 4.3 (the
issuer must be the one that was asked); RFC 7636 (PKCE).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final, TypeGuard
from urllib.parse import urlsplit

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from httpx2 import URL, InvalidURL
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from counterfoil.connectors.called import (
    Ask,
    CallRefusedError,
    HttpClient,
    InProcessThrottle,
    Line,
    Reply,
    Service,
    clean_line,
)

from ._client import App
from ._refused import GrantRefusedError, said_by

__all__ = ["Identity", "OpenIdClient"]

_DISCOVERY: Final = "/.well-known/openid-configuration"
_FORM: Final = "application/x-www-form-urlencoded"
_SCOPE: Final = "openid email profile"
# Signed by a key that is the provider's alone; none of them is shared with us (HS256), or nobody's.
_ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384")
_KINDS: Final = ("RSA", "EC")
_LEEWAY_S: Final = 60
_CAPACITY: Final = 10
_PER_MINUTE: Final = 60
_NAME: Final = "The single sign-on provider"
# By which claim a provider says that the address is the person's: of those that come, the first.
_VERIFIED: Final = (
    # OpenID Connect Core 1.0, 5.1.
    "email_verified",
    # Microsoft Entra, which has no other: whether the owner of the address's domain was verified.
    # It has to be asked for as an optional claim (Microsoft, "Optional claims reference"), and
    # comes as true or as "1".
    "xms_edov",
)
_YES: Final = (True, "true", 1, "1")
_LOCAL: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who signed in; ``email`` is empty where the provider did not verify one."""

    subject: str
    email: str
    name: str


@dataclass(frozen=True, kw_only=True)
class _Endpoints:
    issuer: str
    authorize: str
    token: str
    keys: str
    user: str | None
    takes_basic: bool


class OpenIdClient:
    """Asks one provider who somebody is.

    Args:
        issuer: Its address, as it calls itself.
        app: This hub, as the provider knows it.
        line: How the world is reached; it has no witness, for every answer is a secret.
    """

    def __init__(self, issuer: str, app: App, *, line: Line | None = None) -> None:
        line = line or Line()
        assert line.witness is None, "nobody may see tokens"
        self._issuer = issuer.rstrip("/")
        self._app = app
        self._secrets = app.secrets()
        self._http = HttpClient(
            Service(system="single-sign-on", name=_NAME, reads=said_by),
            base_url="",
            secrets=self._secrets,
            throttle=InProcessThrottle(line.clock, capacity=_CAPACITY, per_minute=_PER_MINUTE),
            line=line,
        )
        self._found: _Endpoints | None = None

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def authorization_url(self, state: str, nonce: str, verifier: str) -> str:
        """Give the address where a person signs in.

        Raises:
            ConnectorError: The provider cannot be asked, or is not what the issuer says.
        """
        app = self._app
        url: str = prepare_grant_uri(
            self._endpoints().authorize,
            client_id=app.client_id,
            response_type="code",
            redirect_uri=app.redirect_uri,
            scope=_SCOPE,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return url

    def identity(self, code: str, *, verifier: str, nonce: str, now_s: int) -> Identity:
        """Say who came back with a code, which is used up.

        Raises:
            GrantRefusedError: The provider does not take the code.
            ConnectorError: As its name says; ``UnreadableReplyError``: what it says of the person
                is not to be believed.
        """
        self._secrets.add(code)
        self._secrets.add(verifier)
        answer, ask = self._tokens(code, verifier)
        claims = self._claims(ask, answer, nonce, now_s)
        if "email" not in claims:
            claims |= self._told_of(claims["sub"], answer.get("access_token"))
        if not _is_word(claims["sub"]):
            raise self._http.unreadable(ask, "its id_token names nobody")
        # What one of them denies, none after it makes true.
        said = next((claims[mark] for mark in _VERIFIED if mark in claims), None)
        email = claims.get("email") if said in _YES else None
        email = email if _is_word(email) else ""
        name = claims.get("name") or claims.get("preferred_username") or email.partition("@")[0]
        return Identity(subject=claims["sub"], email=email, name=clean_line(str(name)))

    # --- Tokens ----------------------------------------------------------------------------

    def _tokens(self, code: str, verifier: str) -> tuple[Mapping[str, Any], Ask]:
        app, endpoints = self._app, self._endpoints()
        body = prepare_token_request(
            "authorization_code", code=code, redirect_uri=app.redirect_uri, code_verifier=verifier
        )
        way = "client_secret_basic" if endpoints.takes_basic else "client_secret_post"
        _uri, headers, text = ClientAuth(app.client_id, app.client_secret, way).prepare(
            "POST", endpoints.token, {"Content-Type": _FORM}, body
        )
        ask = self._ask("POST", endpoints.token, body=text.encode(), headers=headers)
        return self._object(ask), ask

    def _claims(
        self, ask: Ask, answer: Mapping[str, Any], nonce: str, now_s: int
    ) -> dict[str, Any]:
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise self._http.unreadable(ask, "it holds no id_token")
        endpoints = self._endpoints()
        keys = _keys_in(self._object(self._ask("GET", endpoints.keys)))
        if not keys:
            raise self._http.unreadable(ask, "the provider has no key that it signs with")
        expected = jwt.JWTClaimsRegistry(
            now=now_s,
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": endpoints.issuer},
            aud={"essential": True, "value": self._app.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            found = jwt.decode(token, KeySet(keys), algorithms=_ALGORITHMS)
            expected.validate(found.claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise self._http.unreadable(ask, f"its id_token: {clean_line(str(error))}") from None
        audience = found.claims["aud"]
        is_shared = isinstance(audience, list) and len(audience) > 1
        if is_shared and found.claims.get("azp") != self._app.client_id:
            raise self._http.unreadable(ask, "its id_token is for somebody else as well")
        return dict(found.claims)

    def _told_of(self, subject: str, access: object) -> dict[str, Any]:
        """Ask the provider for more about the person, who must be the same one."""
        address = self._endpoints().user
        # It travels in a header.
        if address is None or not _is_word(access) or not access.isascii():
            return {}
        self._secrets.add(access)
        told = self._object(
            self._ask("GET", address, headers={"Authorization": f"Bearer {access}"})
        )
        names = ("email", *_VERIFIED, "name", "preferred_username")
        return {name: told[name] for name in names if name in told and told.get("sub") == subject}

    # --- Calls -----------------------------------------------------------------------------

    def _endpoints(self) -> _Endpoints:
        if self._found is None:
            ask = self._ask("GET", f"{self._issuer}{_DISCOVERY}")
            try:
                self._found = _read_endpoints(self._object(ask), self._issuer)
            except ValueError as error:
                raise self._http.unreadable(ask, str(error)) from None
        return self._found

    def _ask(self, method: str, address: str, **more: Any) -> Ask:
        at = urlsplit(address)
        self._http.base_url = f"{at.scheme}://{at.netloc}"
        path = at.path + (f"?{at.query}" if at.query else "")
        return Ask(method=method, path=path, hides_answer=True, **more)

    def _object(self, ask: Ask) -> Mapping[str, Any]:
        reply = self._http.perform(ask, self._http.patience()).reply
        if isinstance(reply, CallRefusedError):
            raise _refused(reply) from reply
        if not isinstance(reply, Reply):
            raise reply
        if not isinstance(reply.json, dict):
            raise self._http.unreadable(ask, "the answer is no object")
        return reply.json


def _read_endpoints(found: Mapping[str, Any], issuer: str) -> _Endpoints:
    """Read what a provider says of itself.

    Raises:
        ValueError: It is another one, or something cannot be used.
    """
    called = found.get("issuer")
    if not isinstance(called, str) or called.rstrip("/") != issuer:
        raise ValueError("it calls itself otherwise than the issuer that was set")
    ways = found.get("token_endpoint_auth_methods_supported")
    user = found.get("userinfo_endpoint")
    return _Endpoints(
        issuer=called,
        authorize=_address(found, "authorization_endpoint"),
        token=_address(found, "token_endpoint"),
        keys=_address(found, "jwks_uri"),
        user=None if user is None else _address(found, "userinfo_endpoint"),
        # Where nothing is said, it is this one (Discovery 1.0, 3).
        takes_basic=not isinstance(ways, list) or "client_secret_basic" in ways,
    )


def _address(found: Mapping[str, Any], name: str) -> str:
    told = found.get(name)
    if not _is_word(told) or not told.isascii():
        raise ValueError(f"its {name} is no address")
    try:
        # As those who call it read it, and as those who take it apart.
        address, parts = URL(told), urlsplit(told)
    except (InvalidURL, ValueError):
        raise ValueError(f"its {name} is no address") from None
    if not address.host or address.userinfo or parts.hostname != address.host:
        raise ValueError(f"its {name} is no address")
    if address.scheme != "https" and (address.scheme != "http" or address.host not in _LOCAL):
        raise ValueError(f"its {name} is not encrypted")
    return told


def _is_word(value: object) -> TypeGuard[str]:
    """Whether it is a text that can be shown, sent and kept."""
    return isinstance(value, str) and value != "" and value.isprintable()


def _keys_in(found: Mapping[str, Any]) -> list[Key]:
    """Give the keys that a provider signs with; what is none, or another kind, is passed over.

    Source: RFC 7517, 5.
    """
    keys: list[Key] = []
    told = found.get("keys")
    for each in told if isinstance(told, list) else ():
        # One that both know would let us sign for the provider.
        if not isinstance(each, dict) or each.get("kty") not in _KINDS:
            continue
        with suppress(JoseError, ValueError, TypeError, KeyError):
            keys.append(JWKRegistry.import_key(each))
    return keys


def _refused(error: CallRefusedError) -> GrantRefusedError:
    return GrantRefusedError(
        f"{_NAME} refused: {error.reason}.",
        why=error.field or "",
        system=error.system,
        operation=error.operation,
        request_id=error.request_id,
        code=error.code,
        detail=error.detail,
    )
