"""The calls of OAuth 2.0: what is asked, what is read of an answer, and what a refusal means."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from counterfoil.connectors.called import Line
from counterfoil.connectors.oauth import (
    PROVIDERS,
    App,
    GrantRefusedError,
    OAuthClient,
    ProviderName,
)
from counterfoil.errors import (
    ConnectorError,
    OutcomeUnknownError,
    UnavailableError,
    UnreadableReplyError,
)

INTUIT = PROVIDERS[ProviderName.INTUIT]
APP = App(
    client_id="client-id-not-real",
    client_secret="client-secret-not-real",
    redirect_uri="https://hub.example/oauth/callback",
)
REFRESH = "refresh-token-not-real"
LONG_REFRESH = "RT1-not-real-at-all-" + "0123456789" * 40
PAIR = base64.b64encode(f"{APP.client_id}:{APP.client_secret}".encode()).decode()
GIVEN = {
    "token_type": "bearer",
    "access_token": "access-not-real",
    "expires_in": 3600,
    "refresh_token": "next-refresh-not-real",
    "x_refresh_token_expires_in": 8_726_400,
    "x_refresh_token_hard_expires_in": 157_680_000,
}

Answer = Callable[[httpx2.Request], httpx2.Response]


def client(answer: Answer, asked: list[httpx2.Request] | None = None) -> OAuthClient:
    """A client whose requests are answered here."""

    def take(request: httpx2.Request) -> httpx2.Response:
        request.read()
        if asked is not None:
            asked.append(request)
        return answer(request)

    line = Line(transport=httpx2.MockTransport(take), sleep=lambda _s: None, chance=lambda: 0.0)
    return OAuthClient(INTUIT, APP, line=line)


def says(status: int, body: object) -> Answer:
    """An answer in JSON, or as it stands."""
    text = body if isinstance(body, str) else json.dumps(body)
    return lambda _request: httpx2.Response(status, text=text)


def form_of(request: httpx2.Request) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(request.content.decode()).items()}


class TestSigningIn:
    def test_a_person_is_sent_to_the_provider(self) -> None:
        """The address names the app, the way back, the scope, the state, and PKCE's challenge."""
        url = urlsplit(client(says(200, {})).authorization_url("state-1", "verifier-1"))
        digest = hashlib.sha256(b"verifier-1").digest()

        assert f"{url.scheme}://{url.netloc}{url.path}" == INTUIT.authorize
        assert {name: values[0] for name, values in parse_qs(url.query).items()} == {
            "client_id": APP.client_id,
            "response_type": "code",
            "redirect_uri": APP.redirect_uri,
            "scope": "com.intuit.quickbooks.accounting",
            "state": "state-1",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }

    def test_a_code_is_good_for_tokens(self) -> None:
        """Code, way back and verifier go as a form, signed by the app, with the hard end asked."""
        asked: list[httpx2.Request] = []
        granted = client(says(200, GIVEN), asked).exchange("code-1", "verifier-1")
        (request,) = asked
        pair = base64.b64encode(f"{APP.client_id}:{APP.client_secret}".encode()).decode()

        assert (request.method, str(request.url)) == ("POST", INTUIT.token)
        assert form_of(request) == {
            "grant_type": "authorization_code",
            "code": "code-1",
            "redirect_uri": APP.redirect_uri,
            "code_verifier": "verifier-1",
        }
        assert request.headers["authorization"] == f"Basic {pair}"
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        assert request.headers["x-include-refresh-token-hard-expires-in"] == "true"
        assert (granted.access, granted.refresh) == ("access-not-real", "next-refresh-not-real")
        assert (granted.life_s, granted.idle_s, granted.hard_s) == (3600, 8_726_400, 157_680_000)

    def test_a_stand_in_takes_the_provider_s_place(self) -> None:
        """Every address keeps its path, at the stand-in's host."""
        app = App(client_id="a", client_secret="b", instead="http://127.0.0.1:9/online/")
        found = OAuthClient(INTUIT, app).authorization_url("s", "v")

        assert found.startswith("http://127.0.0.1:9/online/connect/oauth2?")


class TestRenewing:
    def test_a_refresh_token_that_does_not_change_is_kept(self) -> None:
        """Where no other comes, the one that was used goes on (RFC 6749, 6)."""
        answer = {name: value for name, value in GIVEN.items() if name != "refresh_token"}

        assert client(says(200, answer)).renew(REFRESH).refresh == REFRESH

    @pytest.mark.parametrize(
        "told, seconds",
        [(7200, 7200), ("7200", 7200), (None, 3600), (-5, 3600), ("soon", 3600)],
    )
    def test_its_life_is_read_however_it_is_written(self, told: object, seconds: int) -> None:
        """Numbers come as numbers or as texts; of anything else the usual hour is taken."""
        found = client(says(200, {**GIVEN, "expires_in": told})).renew(REFRESH)

        assert found.life_s == seconds

    @pytest.mark.parametrize("told", [None, 0, -1, "soon", True, {}])
    def test_an_end_that_is_none_is_not_told(self, told: object) -> None:
        """Nobody is reminded of an end that is not known."""
        ends = ("x_refresh_token_expires_in", "x_refresh_token_hard_expires_in")
        found = client(says(200, {**GIVEN, **dict.fromkeys(ends, told)})).renew(REFRESH)

        assert (found.idle_s, found.hard_s) == (None, None)

    @pytest.mark.parametrize(
        "body",
        [
            "<html>busy</html>",
            "[]",
            {"access_token": ""},
            {**GIVEN, "access_token": "with a blank"},
            {**GIVEN, "access_token": 7},
            {**GIVEN, "token_type": "mac"},
        ],
    )
    def test_an_answer_without_tokens_may_have_given_them(self, body: object) -> None:
        """It came, and cannot be read: nobody knows whether the old token still opens."""
        with pytest.raises(UnreadableReplyError):
            client(says(200, body)).renew(REFRESH)

    def test_a_lost_answer_is_not_asked_for_again_here(self) -> None:
        """Whoever keeps the tokens looks first whether somebody has saved others."""
        asked: list[httpx2.Request] = []

        def lost(_request: httpx2.Request) -> httpx2.Response:
            raise httpx2.ReadTimeout("no answer")

        with pytest.raises(OutcomeUnknownError):
            client(lost, asked).renew(REFRESH)
        assert len(asked) == 1

    def test_what_never_left_is_tried_again(self) -> None:
        """Three times, then it is for later; the token is as good as before."""
        asked: list[httpx2.Request] = []

        def nobody(_request: httpx2.Request) -> httpx2.Response:
            raise httpx2.ConnectError("nobody there")

        with pytest.raises(UnavailableError):
            client(nobody, asked).renew(REFRESH)
        assert len(asked) == 3


class TestRefusals:
    @pytest.mark.parametrize(
        "status, body, is_over, is_about_app",
        [
            (400, {"error": "invalid_grant"}, True, False),
            (400, {"error": "invalid_grant", "error_description": "Incorrect"}, True, False),
            (401, {"error": "invalid_client"}, False, True),
            (400, {"error": "invalid_client"}, False, True),
            (400, {"error": "invalid_scope"}, False, False),
            (403, "forbidden", False, False),
        ],
    )
    def test_a_refusal_says_what_is_over(
        self, status: int, body: object, is_over: bool, is_about_app: bool
    ) -> None:
        """Only ``invalid_grant``, alone or described, is about the token itself."""
        with pytest.raises(GrantRefusedError) as caught:
            client(says(status, body)).renew(REFRESH)

        assert (caught.value.is_over, caught.value.is_about_app) == (is_over, is_about_app)

    @pytest.mark.parametrize(
        "answer",
        [
            says(400, {"error": "invalid_grant", "error_description": f"{REFRESH} is over"}),
            says(500, f"<p>{REFRESH} {APP.client_secret}</p>"),
            says(200, f"{REFRESH} {APP.client_secret}"),
            says(400, {"error": REFRESH}),
            says(400, f"Authorization: Basic {PAIR} {REFRESH}"),
        ],
    )
    def test_no_secret_is_in_an_error(self, answer: Answer) -> None:
        """Whatever the provider repeats, neither token nor secret is told on."""
        with pytest.raises(ConnectorError) as caught:
            client(answer).renew(REFRESH)
        told = f"{caught.value.message} {caught.value.detail} {caught.value!r}"

        assert REFRESH not in told
        assert APP.client_secret not in told
        assert PAIR not in told

    @pytest.mark.parametrize("blanks", [250, 280, 299])
    def test_no_part_of_a_secret_is_in_an_error(self, blanks: int) -> None:
        """A long text is shortened; the token at its end may be cut with it."""
        described = f"{'x ' * (blanks // 2)}{LONG_REFRESH} is over"
        answer = says(400, {"error": "invalid_grant", "error_description": described})
        with pytest.raises(ConnectorError) as caught:
            client(answer).renew(LONG_REFRESH)

        assert LONG_REFRESH[:16] not in f"{caught.value.message} {caught.value.detail}"

    @pytest.mark.parametrize(
        "answer",
        [
            says(200, json.dumps(GIVEN)[:-1]),
            says(200, f"<html>{json.dumps(GIVEN)}</html>"),
            says(400, GIVEN),
        ],
    )
    def test_tokens_just_given_are_in_no_error(self, answer: Answer) -> None:
        """Nobody knows them yet, so an answer that cannot be read is not shown at all."""
        with pytest.raises(ConnectorError) as caught:
            client(answer).renew(REFRESH)
        told = f"{caught.value.message} {caught.value.detail}"

        assert "access-not-real" not in told
        assert "next-refresh-not-real" not in told

    def test_tokens_are_not_shown(self) -> None:
        """What was granted can be put into a log by mistake, and tells nothing."""
        granted = client(says(200, GIVEN)).renew(REFRESH)

        assert "not-real" not in repr(granted)
        assert APP.client_secret not in repr(APP)


def test_a_token_is_given_back_as_the_provider_wants_it() -> None:
    """Intuit takes JSON, signed by the app."""
    asked: list[httpx2.Request] = []
    client(says(200, ""), asked).revoke(REFRESH)
    (request,) = asked

    assert str(request.url) == INTUIT.revoke
    assert json.loads(request.content) == {"token": REFRESH}
    assert request.headers["content-type"] == "application/json"
