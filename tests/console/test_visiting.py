"""Who gets to a page: roles, the way to the form and back, and forms of other sites."""

from __future__ import annotations

import dataclasses

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from counterfoil.api import tokens
from counterfoil.api.security import COOKIE
from counterfoil.console.visiting import (
    Administering,
    Looking,
    Operating,
    scope_needed,
)
from counterfoil.hub.scopes import Scope
from tests.support.visitors import NEIGHBOUR, Visitor
from tests.support.world import World

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


def signed_in(world: World, scope: Scope) -> Visitor:
    """A browser elsewhere that signed in with a token."""
    name = f"browser-{scope}"
    if name in {each.name for each in tokens.all_tokens(world.hub)}:
        tokens.remove(world.hub, name, "tests")
    _number, token = tokens.add(world.hub, name, "tests", scope=scope)
    visitor = Visitor(world.hub)
    visitor.http.cookies.set(COOKIE, tokens.begin_session(world.hub, token))
    return visitor


class TestScopes:
    def test_a_route_says_what_it_needs(self) -> None:
        """The dependency that a route takes is read from its declaration."""
        routes = APIRouter()

        @routes.get("/look")
        def look(visit: Looking) -> None: ...

        @routes.post("/send")
        def send(visit: Operating) -> None: ...

        @routes.post("/change")
        def change(visit: Administering) -> None: ...

        @routes.get("/open")
        def everybody() -> None: ...

        found = {
            each.path: scope_needed(each) for each in routes.routes if isinstance(each, APIRoute)
        }
        assert found == {
            "/look": Scope.READ,
            "/send": Scope.OPERATE,
            "/change": Scope.ADMINISTER,
            "/open": None,
        }


class TestSignedOut:
    def test_a_page_leads_to_the_form_and_back(self, calm: World) -> None:
        """What was asked of the page comes back with it."""
        answer = Visitor(calm.hub).http.get("/connect/2?a=b")

        assert answer.status_code == 303
        assert answer.headers["location"] == "/login?to=%2Fconnect%2F2%3Fa%3Db"

    def test_a_part_of_a_page_is_led_to_the_form_as_a_whole(self, calm: World) -> None:
        """What swaps a part of a page would show the form within it."""
        answer = Visitor(calm.hub).http.get("/connect/2", headers={"HX-Request": "true"})

        assert answer.status_code == 204
        assert answer.headers["hx-redirect"] == "/login?to=%2Fconnect%2F2"

    @pytest.mark.parametrize(
        "referer, back",
        [
            ("http://hub.example:8080/connect/2", "/login?to=%2Fconnect%2F2"),
            ("http://evil.example/connect/2", "/login"),
            ("http://hub.example:8080//evil.example", "/login"),
            ("", "/login"),
        ],
    )
    def test_a_form_leads_back_to_the_page_it_stood_on(
        self, calm: World, referer: str, back: str
    ) -> None:
        """Only a page of this hub is one to come back to."""
        answer = Visitor(calm.hub).http.post(
            "/connect/2", headers={**SAME_SITE, "Referer": referer}
        )

        assert answer.headers["location"] == back


class TestThisComputer:
    @pytest.mark.parametrize(
        "scope, status", [(Scope.READ, 403), (Scope.OPERATE, 403), (Scope.ADMINISTER, 200)]
    )
    def test_it_may_what_the_configuration_says(
        self, calm: World, monkeypatch: pytest.MonkeyPatch, scope: Scope, status: int
    ) -> None:
        """Where nobody else can reach the hub, whoever sits there may be let do more than look."""
        trusting = dataclasses.replace(calm.hub.configuration, this_computer_may=scope)
        monkeypatch.setattr(calm.hub, "configuration", trusting)
        visitor = Visitor(calm.hub, client=NEIGHBOUR, base_url="http://localhost:8080")

        assert visitor.http.get("/connect").status_code == status


class TestForms:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "https://evil.example"},
            {},
        ],
    )
    def test_those_of_other_sites_are_refused(self, calm: World, headers: dict[str, str]) -> None:
        """A form is taken from a page of this hub, and from no other."""
        visitor = signed_in(calm, Scope.ADMINISTER)
        answer = visitor.http.post("/connect/2", headers=headers)

        assert answer.status_code == 403
        assert "not sent by a page of this hub" in answer.text


class TestErrors:
    @pytest.mark.parametrize(
        "method, path, status, words",
        [
            ("GET", "/nowhere", 404, "This page is not here."),
            ("GET", "/connect/999", 404, "This page is not here."),
            ("PUT", "/", 405, "takes something else"),
            ("POST", "/", 405, "takes something else"),
        ],
    )
    def test_failures_are_pages(
        self, calm: World, method: str, path: str, status: int, words: str
    ) -> None:
        """Where people ask, a failure is a page within the frame, in our words."""
        answer = signed_in(calm, Scope.ADMINISTER).http.request(method, path, headers=SAME_SITE)

        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/html")
        assert words in answer.text
        assert 'aria-label="Main"' in answer.text

    def test_programs_get_json(self, calm: World) -> None:
        """Where programs ask, it stays the one shape."""
        answer = Visitor(calm.hub).sign_in(calm.hub).http.get("/api/v1/nowhere")

        assert answer.status_code == 404
        assert answer.json()["error"]["kind"] == "not-found"

    def test_who_may_less_is_told_so(self, calm: World) -> None:
        """The page says what it is for, who looks, and who can help."""
        answer = signed_in(calm, Scope.READ).http.get("/connect/2")

        assert answer.status_code == 403
        assert "viewer" in answer.text
        assert "An owner can give you another role" in answer.text
