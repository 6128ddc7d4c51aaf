"""Whether an address, a key and a secret work: facts, or a failure in words."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable

import httpx2
import pytest

from counterfoil.connectors.called import TrialFailure
from counterfoil.connectors.fusion_operations import (
    FusionClient,
    account_of,
    try_account,
)
from tests.sandboxes.fusion_operations.play import BASE_URL, KEY, SECRET, Play

MakeClient = Callable[..., FusionClient]

TOKEN = httpx2.Response(200, json={"token": "minted"})


def lost(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


def refused(status: int, text: str = "{}") -> httpx2.Response:
    return httpx2.Response(status, content=text.encode())


class TestWhatWorks:
    def test_the_company_is_known(self, play: Play, make_client: MakeClient) -> None:
        """A trial that works tells which company it is, and costs two calls."""
        trial = try_account(make_client())

        assert trial.works
        assert trial.account == account_of(BASE_URL, KEY)
        assert trial.facts["reachable"] == "true"
        assert play.calls()["calls"] == {"POST /authorization": 1, "GET /product-families/": 1}

    @pytest.mark.parametrize("status", [403, 404])
    def test_a_list_that_not_every_tenant_shows(self, make_client: MakeClient, status: int) -> None:
        """Where product families are closed to us, the clients decide."""

        def answer(request: httpx2.Request) -> httpx2.Response:
            if request.url.path.endswith("/authorization"):
                return httpx2.Response(200, json={"token": "minted"})
            is_families = "product-families" in request.url.path
            return httpx2.Response(status if is_families else 200, json=[])

        assert try_account(make_client(transport=httpx2.MockTransport(answer))).works


class TestWhatIsWrong:
    def test_a_wrong_secret(self, play: Play, make_client: MakeClient) -> None:
        """The usual slip is told as such, after one attempt."""
        trial = try_account(make_client(secret="wrong"))

        assert trial.failure is TrialFailure.CREDENTIALS
        assert trial.sentence == "The key or the secret is wrong."
        assert trial.cure is not None
        assert play.clock.waits == []

    @pytest.mark.parametrize(
        "first, then, failure, words",
        [
            (
                lost(httpx2.ConnectError("x"), socket.gaierror(-2, "Name not known")),
                None,
                TrialFailure.ADDRESS,
                "There is no such address as “fusion.example”.",
            ),
            (
                lost(httpx2.ConnectError("x"), ssl.SSLCertVerificationError("x")),
                None,
                TrialFailure.UNREACHABLE,
                "cannot be reached safely",
            ),
            (httpx2.ConnectError("refused"), None, TrialFailure.UNREACHABLE, "cannot be reached"),
            (httpx2.ReadTimeout("late"), None, TrialFailure.UNREACHABLE, "did not answer in time"),
            (refused(404), None, TrialFailure.ADDRESS, "no Fusion Operations at this address"),
            (refused(301), None, TrialFailure.ADDRESS, "sends us to another address"),
            (refused(200, "<p>Sign in"), None, TrialFailure.STRANGE, "not as Fusion Operations"),
            (refused(500), None, TrialFailure.BUSY, "had an error of its own"),
            (refused(403), None, TrialFailure.PERMISSION, "does not let this API key do that"),
            (refused(429), None, TrialFailure.BUSY, "asked more often than it allows"),
            (TOKEN, refused(401), TrialFailure.CREDENTIALS, "The key or the secret is wrong."),
            (TOKEN, refused(403), TrialFailure.PERMISSION, "does not let this key read"),
            (TOKEN, refused(400), TrialFailure.STRANGE, "not as Fusion Operations"),
            (TOKEN, refused(200, "<p>"), TrialFailure.STRANGE, "not as Fusion Operations"),
        ],
    )
    def test_each_in_its_words(
        self,
        make_client: MakeClient,
        first: httpx2.Response | Exception,
        then: httpx2.Response | None,
        failure: TrialFailure,
        words: str,
    ) -> None:
        """What went wrong, whose it is, and what to do about it; no secret in it."""

        def answer(request: httpx2.Request) -> httpx2.Response:
            is_sign_in = request.url.path.endswith("/authorization")
            found = first if is_sign_in else then
            if isinstance(found, Exception):
                raise found
            assert found is not None
            return httpx2.Response(found.status_code, content=found.content)

        trial = try_account(make_client(transport=httpx2.MockTransport(answer)))

        assert trial.failure is failure
        assert words in str(trial.sentence)
        assert trial.cure
        assert trial.facts == {}
        assert not any(secret in repr(trial) for secret in (KEY, SECRET, "minted"))
