"""Scopes: every operation has one, and a token that has less is told which it lacks."""

from __future__ import annotations

import pytest
from fastapi.routing import APIRoute

from counterfoil.api import tokens
from counterfoil.api.scopes import _ADMINISTER, _OPERATE, _READ, SCOPES, scope_of
from counterfoil.api.v1 import router
from counterfoil.hub.scopes import Scope
from counterfoil.hub.setup import Hub
from tests.support.visitors import STRANGER, Visitor


def test_every_operation_has_its_scope(new_hub: Hub) -> None:
    """The table names what there is, and nothing else."""
    declared = {
        f"{method} {route.path.removeprefix('/api/v1')}"
        for route in router(new_hub).routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }

    assert declared == set(SCOPES)


def test_every_operation_is_named_once() -> None:
    """Of one that stood under two scopes nobody could read which of them holds."""
    assert len(SCOPES) == len((*_READ, *_OPERATE, *_ADMINISTER))


def test_what_has_none_needs_the_most() -> None:
    """An operation that somebody forgot is open to nobody it should not be."""
    assert scope_of("POST", "/api/v1/forgotten") is Scope.ADMINISTER


@pytest.mark.parametrize("scope", Scope)
def test_a_token_may_what_its_scope_covers(new_hub: Hub, scope: Scope) -> None:
    """What it may not is 403 and says which scope that needs."""
    _number, token = tokens.add(new_hub, "reports", "tests", scope=scope)
    visitor = Visitor(new_hub)
    visitor.http.headers["Authorization"] = f"Bearer {token}"
    asked = {
        Scope.METRICS: visitor.http.get("/metrics"),
        Scope.READ: visitor.ask("GET", "/status"),
        Scope.OPERATE: visitor.ask("POST", "/links/1/pause"),
        Scope.ADMINISTER: visitor.ask("POST", "/links", {"operations": "1", "books": "2"}),
    }

    for needed, answer in asked.items():
        if scope.covers(needed):
            assert answer.status_code in (200, 404), answer.text
        else:
            error = answer.json()["error"]
            assert (answer.status_code, error["kind"]) == (403, "forbidden")
            assert f"the scope “{needed}”" in error["message"]
            assert f"--scope {needed}" in error["message"]


def test_a_token_for_metrics_does_not_sign_in(new_hub: Hub) -> None:
    """The page shows documents; a collector's token opens figures only."""
    _number, token = tokens.add(new_hub, "collector", "tests", scope=Scope.METRICS)
    answer = Visitor(new_hub).http.post(
        "/login", data={"token": token}, headers={"Sec-Fetch-Site": "same-origin"}
    )

    assert answer.status_code == 403
    assert "the scope “read”" in answer.text


def test_a_token_that_ended_says_so(new_hub: Hub) -> None:
    """Whoever bears it knows it already, so nothing is given away."""
    _number, token = tokens.add(new_hub, "reports", "tests", days=1)
    with new_hub.database.writing() as tx:
        tx.exec_driver_sql("UPDATE api_token SET expires_at = 1")
    visitor = Visitor(new_hub)
    visitor.http.headers["Authorization"] = f"Bearer {token}"
    answer = visitor.ask("GET", "/status")

    assert answer.status_code == 401
    assert "The token “reports” ended at 1970-01-01" in answer.json()["error"]["message"]


def test_many_wrong_tokens_are_told_to_wait(new_hub: Hub) -> None:
    """From where they came only, and a right token opens all the same."""
    stranger = Visitor(new_hub)
    stranger.http.headers["Authorization"] = "Bearer cft_wrong"
    seen = [stranger.ask("GET", "/status") for _ in range(6)]
    elsewhere = Visitor(new_hub, client=("198.51.100.1", 50_000))
    elsewhere.http.headers["Authorization"] = "Bearer cft_wrong"

    assert [each.status_code for each in seen] == [401] * 5 + [429]
    assert seen[-1].headers["Retry-After"] == "60"
    assert elsewhere.ask("GET", "/status").status_code == 401
    assert Visitor(new_hub, client=STRANGER).sign_in(new_hub).ask("GET", "/status").is_success


def test_signing_out_ends_the_session(new_hub: Hub) -> None:
    """A cookie that somebody has kept opens nothing after it."""
    _number, token = tokens.add(new_hub, "browser", "tests", scope=Scope.READ)
    visitor = Visitor(new_hub)
    same_site = {"Sec-Fetch-Site": "same-origin"}
    signed_in = visitor.http.post("/login", data={"token": token}, headers=same_site)
    kept = signed_in.headers["set-cookie"].partition(";")[0]
    assert visitor.http.get("/").status_code == 200
    visitor.http.post("/logout", headers=same_site)
    visitor.http.cookies.clear()

    assert visitor.http.get("/", headers={"Cookie": kept}).status_code == 303
