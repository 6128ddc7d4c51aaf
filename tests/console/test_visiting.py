"""Who gets to a page: roles, the way to the form and back, and forms of other sites."""

from __future__ import annotations

import dataclasses
from urllib.parse import unquote

import httpx2
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from lxml import html

from counterfoil.api import tokens
from counterfoil.api.security import COOKIE
from counterfoil.console.kept_forms import KEPT_FOR, KeptForms
from counterfoil.console.visiting import (
    Administering,
    Looking,
    Operating,
    scope_needed,
)
from counterfoil.hub.scopes import Scope
from tests.support.builders import NOW
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


SIGNED_OUT = {**SAME_SITE, "Referer": "http://hub.example:8080/links"}
FORM = {"name": 'Shop\r\n"><script>x', "mode": ["a", "b"]}


def way_back(answer: httpx2.Response) -> str:
    """The page to which somebody comes back who signs in."""
    return unquote(answer.headers["location"].partition("?to=")[2])


class TestKeptForms:
    def test_what_was_typed_waits_for_whoever_signs_in(self, calm: World) -> None:
        """All of it, as often as it came, as text, for the address that it was sent to."""
        answer = Visitor(calm.hub).http.post("/connect/2?a=b", data=FORM, headers=SIGNED_OUT)
        way = way_back(answer)
        assert way.startswith("/again/")
        assert Visitor(calm.hub).http.get(way).status_code == 303
        tree = html.document_fromstring(signed_in(calm, Scope.READ).http.get(way).content)

        assert tree.xpath("//form[@action='/connect/2?a=b' and @method='post']")
        found = [(each.get("name"), each.get("value")) for each in tree.xpath("//input")]
        assert sorted(value for name, value in found if name == "mode") == ["a", "b"]
        assert dict(found)["name"].endswith('"><script>x')
        assert tree.xpath("//a[@href='/links']")

    @pytest.mark.parametrize("field", ["secret", "new_password", "client_secret", "token", "code"])
    def test_a_secret_is_not_kept(self, calm: World, field: str) -> None:
        """Somebody else may sign in at that browser: such a form is typed again."""
        data = {**FORM, field: "S-1"}
        answer = Visitor(calm.hub).http.post("/connect/2", data=data, headers=SIGNED_OUT)

        assert way_back(answer) == "/links"

    def test_it_waits_for_half_an_hour(self) -> None:
        """Then it is gone; and of very many the oldest go."""
        kept = KeptForms()
        ways = [kept.keep("/x", (("a", str(each)),), "/", NOW) or "" for each in range(101)]
        first, second, last = (ways[each].removeprefix("/again/") for each in (0, 1, 100))

        assert kept.find(first, NOW) is None
        assert kept.find(second, NOW) is not None
        assert kept.find(last, NOW + KEPT_FOR) is None

    def test_what_is_not_kept_leads_on(self, calm: World) -> None:
        """A key that nobody gave, or of a process that has ended."""
        answer = signed_in(calm, Scope.READ).http.get("/again/nobody-s")

        assert (answer.status_code, answer.headers["location"]) == (303, "/")


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
