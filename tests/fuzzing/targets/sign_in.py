"""Sign-in: what a provider answers for tokens, and what services tell by themselves."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Final

import httpx2
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from counterfoil.connectors.called import Line
from counterfoil.connectors.oauth import (
    PROVIDERS,
    App,
    OAuthClient,
    OpenIdClient,
    ProviderName,
)
from counterfoil.connectors.quickbooks_online import delivery_of, is_signed_by
from counterfoil.errors import ConnectorError
from tests.fuzzing.keeping import kept

from ._target import Target, as_text, parts_of, seeds_of

__all__ = ["TARGETS"]

_APP: Final = App(client_id="client-not-real", client_secret="app-secret-not-real")
_HUB: Final = App(client_id="hub", client_secret="not-a-secret", redirect_uri="https://hub/back")
_REFRESH: Final = "refresh-token-not-real"

# RFC 7515, appendix A.3: everybody's example, and nobody's secret.
_KEY: Final = ECKey.import_key(
    {
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
    }
)
_NOW_S: Final = 1_772_452_800


def _answered(status: int) -> Callable[[bytes], None]:
    """Make a reader of an input as what a provider answers to who asks for tokens."""

    def read(data: bytes) -> None:
        transport = httpx2.MockTransport(lambda _: httpx2.Response(status, content=data))
        line = Line(transport=transport, sleep=lambda _: None)
        client = OAuthClient(PROVIDERS[ProviderName.INTUIT], _APP, line=line)
        with closing(client):
            try:
                granted = client.renew(_REFRESH)
            except ConnectorError as error:
                kept([error.message, error.detail, error.code])
                return
        assert granted.life_s > 0, "a token that opens never"
        # They travel in headers and forms.
        assert granted.access.isascii(), "a token that cannot be sent"
        assert granted.refresh.isascii(), "a token that cannot be sent"

    return read


def _identified(data: bytes) -> None:
    """What a provider of single sign-on says of itself, of its keys and of a person."""
    parts = parts_of(data)
    answers = {
        "/.well-known/openid-configuration": parts.get("configuration", b""),
        "/keys": parts.get("keys", b""),
        "/token": parts.get("token", b"").replace(b"ID_TOKEN", _signed(parts)),
        "/me": parts.get("me", b""),
    }
    line = Line(
        transport=httpx2.MockTransport(
            lambda request: httpx2.Response(200, content=answers.get(request.url.path, b"{}"))
        ),
        sleep=lambda _: None,
    )
    with closing(OpenIdClient("https://login.example", _HUB, line=line)) as client:
        try:
            client.authorization_url("state", "the nonce", "verifier")
            kept(client.identity("code", verifier="v", nonce="the nonce", now_s=_NOW_S))
        except ConnectorError as error:
            kept([error.message, error.detail, error.code])


def _signed(parts: Mapping[str, bytes]) -> bytes:
    """Sign the claims as they are; what no header can be made of is signed by nobody."""
    try:
        header = json.loads(parts.get("header", b""))
        return jws.serialize_compact(header, parts.get("claims", b""), _KEY).encode()
    except (JoseError, ValueError, TypeError, KeyError, RecursionError, AttributeError):
        return b"e30.e30."


def _delivered(data: bytes) -> None:
    delivery_of(data)
    assert not is_signed_by(data, as_text(data[:100]), "word-not-real"), "anybody can sign"


_TOKENS: Final = seeds_of("tokens")

TARGETS: Final = {
    "oauth-tokens": Target(_answered(200), _TOKENS),
    "oauth-refusals": Target(_answered(400), _TOKENS),
    "open-id": Target(_identified, seeds_of("identity")),
    "online-deliveries": Target(_delivered, seeds_of("deliveries")),
}
