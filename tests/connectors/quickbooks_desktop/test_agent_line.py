"""The agent's line to the hub: what is sent where, and what its answers mean."""

from __future__ import annotations

from collections.abc import Callable

import httpx2
import pytest

from counterfoil.connectors.quickbooks_desktop.agent import Line
from counterfoil.errors import RejectedError, UnavailableError, UsageError

Answering = Callable[[httpx2.Request], httpx2.Response]


def line(answer: Answering) -> Line:
    return Line("https://hub.example/", " token ", transport=httpx2.MockTransport(answer))


@pytest.mark.parametrize(
    "address",
    ["", "hub.example", "ftp://hub.example", "http://hub.example", "https://"],
)
def test_nothing_goes_over_an_open_line(address: str) -> None:
    """The token and the books travel over HTTPS, or stay on this computer."""
    with pytest.raises(UsageError, match="https"):
        Line(address, "token")


@pytest.mark.parametrize("address", ["http://localhost:8080", "http://127.0.0.1:1"])
def test_a_hub_on_this_computer_may_be_plain(address: str) -> None:
    """There is no line to listen to."""
    Line(address, "token").close()


def test_the_token_is_sent_as_it_was_shown() -> None:
    """In a header, without the blanks that copying adds; never in an address."""
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json={"do": "wait"})

    assert line(answer).ask("look", {"number": 1}) == {"do": "wait"}
    assert str(seen[0].url) == "https://hub.example/agent/look"
    assert seen[0].headers["authorization"] == "Bearer token"


@pytest.mark.parametrize(
    "status, kind, words",
    [
        (401, RejectedError, "the hub's words"),
        (409, RejectedError, "the hub's words"),
        (404, RejectedError, "no Counterfoil hub"),
        (413, RejectedError, "the hub's words"),
        (429, UnavailableError, "HTTP 429"),
        (500, UnavailableError, "HTTP 500"),
        (502, UnavailableError, "HTTP 502"),
        (503, UnavailableError, "HTTP 503"),
    ],
)
def test_what_an_answer_means(status: int, kind: type[Exception], words: str) -> None:
    """Refused is final; everything else is worth another try."""
    told = {"error": {"message": "the hub's words"}}
    with pytest.raises(kind, match=words):
        line(lambda _: httpx2.Response(status, json=told)).ask("look", {})


@pytest.mark.parametrize("page", ["<html>", "[]", "[" * 9_000], ids=["page", "list", "deep"])
def test_a_page_of_somebody_else_is_no_answer(page: str) -> None:
    """A proxy that is up while the hub is not answers with a page of its own: again later."""
    with pytest.raises(UnavailableError):
        line(lambda _: httpx2.Response(200, text=page)).ask("look", {})


def test_no_answer_is_worth_another_try() -> None:
    """The network is away."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("no route", request=request)

    with pytest.raises(UnavailableError, match="cannot be reached"):
        line(answer).ask("look", {})
