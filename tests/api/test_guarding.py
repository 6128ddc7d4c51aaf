"""What a browser may do with an answer: told with every one, whoever asks and however it ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import httpx2
import pytest
from fastapi.routing import iter_route_contexts

from counterfoil.api.guarding import GUARDING, by_https_alone
from counterfoil.hub import users
from counterfoil.hub.configuration import Configuration
from tests.support.visitors import STRANGER, Visitor
from tests.support.world import World

HTTPS: Final = "strict-transport-security"
OTHERS: Final = {name.decode(): value.decode() for name, value in GUARDING}


@pytest.fixture
def guarded(calm: World) -> Iterator[World]:
    """A company whose hub is reached by https."""
    before = calm.hub.configuration
    calm.hub.configuration = replace(before, public_url="https://hub.example")
    yield calm
    calm.hub.configuration = before


def ways(visitor: Visitor) -> list[tuple[str, str]]:
    """Every method and path that is answered, for people and for programs, and some that are not.

    What stands for a number in them is one that nothing has.
    """
    found = {
        (method, str(getattr(route, "path", "")).replace("{", "").replace("}", ""))
        for route in iter_route_contexts(visitor.app.routes)
        for method in getattr(route, "methods", None) or ()
    }
    return sorted(found | {("GET", "/nowhere"), ("DELETE", "/login"), ("GET", "/api/v1/nowhere")})


def lacks(answer: httpx2.Response) -> list[str]:
    """Say what an answer does not tell a browser."""
    found = [name for name, value in OTHERS.items() if answer.headers.get_list(name) != [value]]
    return found + [
        name for name in ("cache-control", "x-request-id") if name not in answer.headers
    ]


def test_every_answer_is_guarded(guarded: World) -> None:
    """Pages, the API, the Web Connector's address, errors: all of them, each header once."""
    visitor = Visitor(guarded.hub)
    visitor.http.headers["Sec-Fetch-Site"] = "same-origin"
    answers = {way: visitor.http.request(*way, content=b"") for way in ways(visitor)}
    assert len(answers) > 200
    assert {each.status_code for each in answers.values()} >= {200, 303, 401, 404, 405}

    assert {way: lacks(each) for way, each in answers.items() if lacks(each)} == {}
    told = {tuple(each.headers.get_list(HTTPS)) for each in answers.values()}
    assert told == {("max-age=31536000",)}


def test_so_is_what_nobody_foresaw(guarded: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault of ours ends outside of everything else, and is guarded all the same."""

    def broken(*_arguments: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(users, "all_users", broken)
    answer = Visitor(guarded.hub).sign_in(guarded.hub).ask("GET", "/users")

    assert (answer.status_code, lacks(answer)) == (500, [])
    assert answer.headers[HTTPS]


@pytest.mark.parametrize(
    "public_url, host, is_told",
    [
        ("https://hub.example", "hub.example", True),
        ("https://hub.example", "other.example:8443", True),
        # Past the proxy: what is asked for here is not https.
        ("https://hub.example", "localhost:8080", False),
        ("https://hub.example", "127.0.0.1:8080", False),
        ("https://hub.example", "[::1]:8080", False),
        ("http://hub.example", "hub.example", False),
        ("", "hub.example", False),
    ],
)
def test_https_alone(public_url: str, host: str, is_told: bool) -> None:
    """Said when, and only when, the hub's public address is https."""
    told = by_https_alone(Configuration(public_url=public_url), host)

    assert bool(told) is is_told


def test_a_hub_without_https_says_nothing_of_it(calm: World) -> None:
    """A browser that was told so once could not reach it for a year."""
    assert HTTPS not in Visitor(calm.hub, client=STRANGER).http.get("/login").headers
