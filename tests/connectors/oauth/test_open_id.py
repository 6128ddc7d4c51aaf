"""Single sign-on: what a provider says of a person is believed only when all of it fits."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from counterfoil.connectors.called import Line
from counterfoil.connectors.oauth import App, GrantRefusedError, Identity, OpenIdClient
from counterfoil.errors import ConnectorError, UnavailableError, UnreadableReplyError

ISSUER = "https://login.example"
APP = App(client_id="hub", client_secret="client-secret-not-real", redirect_uri="https://hub/back")
NOW_S = 1_772_452_800
CLAIMS = {
    "iss": ISSUER,
    "aud": "hub",
    "sub": "7",
    "exp": NOW_S + 300,
    "iat": NOW_S,
    "nonce": "the nonce",
    "email": "mara@bakery.example",
    "email_verified": True,
    "name": "Mara Quill",
}
DOCUMENT = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/keys",
    "userinfo_endpoint": f"{ISSUER}/me",
}


@cache
def key(name: str = "ours") -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": name})


class Provider:
    """A provider that answers as it is told."""

    def __init__(self, **claims: Any) -> None:
        self.document: dict[str, Any] = dict(DOCUMENT)
        self.claims = {name: value for name, value in {**CLAIMS, **claims}.items() if value != ...}
        self.me: dict[str, Any] = {}
        self.sign: Callable[[dict[str, Any]], str] = lambda claims: jwt.encode(
            {"alg": "RS256", "kid": "ours"}, claims, key()
        )
        self.tokens: Callable[[httpx2.Request], httpx2.Response] = self._tokens
        self.keys: Callable[[], dict[str, Any]] = self._keys
        self.more_keys: list[object] = []
        self.asked: list[httpx2.Request] = []

    def _keys(self) -> dict[str, Any]:
        ours = KeySet([key()]).as_dict(private=False)["keys"]
        return {"keys": [*self.more_keys, *ours]}

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        answers: dict[str, Callable[[], httpx2.Response]] = {
            "/.well-known/openid-configuration": lambda: httpx2.Response(200, json=self.document),
            "/keys": lambda: httpx2.Response(200, json=self.keys()),
            "/token": lambda: self.tokens(request),
            "/me": lambda: httpx2.Response(200, json=self.me),
        }
        return answers[request.url.path]()

    def _tokens(self, request: httpx2.Request) -> httpx2.Response:
        answer = {"access_token": "access-not-real", "id_token": self.sign(self.claims)}
        return httpx2.Response(200, json={**answer, "token_type": "Bearer"})


@contextmanager
def client_of(provider: Provider) -> Iterator[OpenIdClient]:
    line = Line(transport=httpx2.MockTransport(provider), sleep=lambda _s: None)
    client = OpenIdClient(ISSUER, APP, line=line)
    try:
        yield client
    finally:
        client.close()


def identity(provider: Provider) -> Identity:
    with client_of(provider) as client:
        return client.identity("the code", verifier="v" * 48, nonce="the nonce", now_s=NOW_S)


def test_a_person_is_known_by_what_the_provider_signed() -> None:
    """With the code, the verifier and our secret, in the header and in no address."""
    provider = Provider()

    assert identity(provider) == Identity(
        subject="7", email="mara@bakery.example", name="Mara Quill"
    )
    [asked] = [each for each in provider.asked if each.url.path == "/token"]
    assert asked.headers["authorization"].startswith("Basic ")
    assert b"code_verifier=" + b"v" * 48 in asked.content
    assert not any(each.url.query for each in provider.asked)


def test_the_way_there_binds_it_to_this_browser_and_hub() -> None:
    """State, nonce and the challenge of the verifier, which itself stays here."""
    with client_of(Provider()) as client:
        url = httpx2.URL(client.authorization_url("the state", "the nonce", "v" * 48))

    asked = dict(url.params)
    assert (asked["state"], asked["nonce"], asked["code_challenge_method"]) == (
        "the state",
        "the nonce",
        "S256",
    )
    assert asked["scope"] == "openid email profile"
    assert "v" * 48 not in str(url)
    assert "secret" not in str(url)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"aud": "another hub"},
        {"aud": ["hub", "another hub"]},
        {"aud": ["hub", "another hub"], "azp": "another hub"},
        {"nonce": "another nonce"},
        {"nonce": ...},
        {"exp": NOW_S - 120},
        {"exp": ...},
        {"iat": NOW_S + 3600},
        {"sub": ...},
        {"sub": 7},
    ],
)
def test_what_does_not_fit_is_not_believed(claims: dict[str, Any]) -> None:
    """Said by another, to another, in answer to another question, too late, or of nobody."""
    with pytest.raises(UnreadableReplyError):
        identity(Provider(**claims))


def _unsigned(claims: dict[str, Any]) -> str:
    signed = jwt.encode({"alg": "RS256", "kid": "ours"}, claims, key())
    no_algorithm = "eyJhbGciOiJub25lIn0"
    return f"{no_algorithm}.{signed.split('.')[1]}."


def _by_shared_key(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(APP.client_secret))


def _by_public_key(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256", "kid": "ours"}, claims, OctKey.import_key("x" * 64))


def _by_stranger(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "ours"}, claims, key("a stranger's"))


def _changed_after(claims: dict[str, Any]) -> str:
    head, _body, mark = jwt.encode({"alg": "RS256", "kid": "ours"}, claims, key()).split(".")
    other = jwt.encode({"alg": "RS256"}, {**claims, "email": "eve@x.example"}, key()).split(".")[1]
    return f"{head}.{other}.{mark}"


@pytest.mark.parametrize(
    "sign",
    [
        _unsigned,
        _by_shared_key,
        _by_public_key,
        _by_stranger,
        _changed_after,
        lambda claims: "rubbish",
        lambda claims: "",
    ],
)
def test_what_the_provider_did_not_sign_is_not_believed(
    sign: Callable[[dict[str, Any]], str],
) -> None:
    """By nobody, by a shared key, by somebody else's, or changed afterwards."""
    provider = Provider()
    provider.sign = sign

    with pytest.raises(UnreadableReplyError):
        identity(provider)


@pytest.mark.parametrize(
    "claims, email",
    [
        ({"email_verified": False}, ""),
        ({"email_verified": ...}, ""),
        ({"email_verified": "true"}, "mara@bakery.example"),
        ({"email_verified": ..., "xms_edov": True}, "mara@bakery.example"),
        ({"email_verified": ..., "xms_edov": "1"}, "mara@bakery.example"),
        ({"email_verified": ..., "xms_edov": False}, ""),
        ({"email_verified": False, "xms_edov": True}, ""),
        ({"email_verified": "maybe"}, ""),
    ],
)
def test_an_address_counts_only_when_it_was_verified(claims: dict[str, Any], email: str) -> None:
    """Anybody can type somebody else's into a profile."""
    assert identity(Provider(**claims)).email == email


@pytest.mark.parametrize("sub", ["", "7\0", 7, ["7"], None])
def test_who_is_named_by_no_word_is_nobody(sub: object) -> None:
    """A subject that no database keeps, or that is no text, is told as unreadable."""
    with pytest.raises(UnreadableReplyError):
        identity(Provider(sub=sub))


def test_what_a_person_is_called_can_be_shown() -> None:
    """A name is one line of characters that can be seen; an address that is none is no address."""
    odd = identity(Provider(name="Mara\0\nQuill", email="mara\0@bakery.example"))

    assert odd.name == "Mara\\x00 Quill"
    assert odd.email == ""


@pytest.mark.parametrize(
    "strange",
    [
        {"kty": "oct", "k": "c2hhcmVk"},
        {"kty": "AKP", "alg": "ML-DSA-44", "pub": "unheard"},
        {"kty": "RSA", "n": "", "e": "AQAB"},
        {"kty": ["RSA"]},
        "no key at all",
    ],
    ids="shared newer empty list text".split(),
)
def test_a_strange_key_beside_ours_is_passed_over(strange: object) -> None:
    """Of many keys each that cannot be read, or signs nothing for us, hinders nobody."""
    provider = Provider()
    provider.more_keys = [strange]

    assert identity(provider).subject == "7"


def test_a_provider_without_keys_is_told() -> None:
    """What nobody signed is believed of nobody."""
    provider = Provider()
    provider.keys = lambda: {"keys": 7}

    with pytest.raises(UnreadableReplyError, match="cannot read"):
        identity(provider)


def test_what_the_token_leaves_out_is_asked_for() -> None:
    """And taken when it is about the same person."""
    provider = Provider(email=..., email_verified=..., name=...)
    provider.me = {"sub": "7", "email": "mara@bakery.example", "email_verified": True}
    assert identity(provider).email == "mara@bakery.example"

    provider.me["sub"] = "8"
    assert identity(provider).email == ""


def test_nobody_is_asked_with_a_token_that_no_header_holds() -> None:
    """The person is known all the same, by what was signed."""
    provider = Provider(email=..., name=...)
    signed = provider.sign(provider.claims)
    provider.tokens = lambda _: httpx2.Response(
        200, json={"access_token": "t\u202e", "id_token": signed}
    )

    assert identity(provider) == Identity(subject="7", email="", name="")


@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "https://other.example"},
        {"issuer": None},
        {"token_endpoint": None},
        {"authorization_endpoint": "http://login.example/authorize"},
        {"jwks_uri": "https://user@login.example/keys"},
        {"jwks_uri": 7},
        {"jwks_uri": "https://login.example:1e5/keys"},
        {"jwks_uri": "https://[null]/keys"},
        {"token_endpoint": "https://login.example/\ud800"},
        {"authorization_endpoint": "ftp://localhost/authorize"},
    ],
)
def test_a_provider_that_is_another_one_is_told(change: dict[str, Any]) -> None:
    """Or that would have secrets travel in the open."""
    provider = Provider()
    provider.document |= change

    with pytest.raises(UnreadableReplyError), client_of(provider) as client:
        client.authorization_url("s", "n", "v" * 48)


def test_a_code_that_is_not_taken_is_told_without_it() -> None:
    """The provider's own word, and nothing secret; it is not sent twice."""
    provider = Provider()
    provider.tokens = lambda _request: httpx2.Response(
        400, json={"error": "invalid_grant", "error_description": "the code is over"}
    )
    with pytest.raises(GrantRefusedError) as told:
        identity(provider)

    assert "invalid_grant" in told.value.message
    assert "the code'" not in str(told.value.detail)
    assert sum(each.url.path == "/token" for each in provider.asked) == 1


@pytest.mark.parametrize("status", [400, 401, 500])
def test_a_provider_that_repeats_our_header_is_told_without_it(status: int) -> None:
    """The secret is nowhere in the failure, neither plain nor as the header bore it."""
    pair = b64encode(b"hub:client-secret-not-real").decode()
    provider = Provider()
    provider.tokens = lambda request: httpx2.Response(
        status,
        json={"error": "invalid_client", "error_description": request.headers["authorization"]},
    )
    with pytest.raises((ConnectorError, GrantRefusedError)) as told:
        identity(provider)

    seen = repr(vars(told.value))
    assert pair not in seen
    assert "client-secret-not-real" not in seen


def test_a_provider_that_is_not_there_is_told() -> None:
    """In words, after a few tries."""

    def gone(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("no route", request=request)

    line = Line(transport=httpx2.MockTransport(gone), sleep=lambda _s: None)
    client = OpenIdClient(ISSUER, APP, line=line)
    with pytest.raises(ConnectorError) as told:
        client.authorization_url("s", "n", "v" * 48)
    client.close()

    assert isinstance(told.value, UnavailableError)
    assert "single sign-on provider" in told.value.message


def test_a_provider_may_want_the_secret_in_the_form() -> None:
    """As it says of itself."""
    provider = Provider()
    provider.document["token_endpoint_auth_methods_supported"] = ["client_secret_post"]
    identity(provider)
    [asked] = [each for each in provider.asked if each.url.path == "/token"]

    assert b"client_secret=" in asked.content
    assert "authorization" not in asked.headers
