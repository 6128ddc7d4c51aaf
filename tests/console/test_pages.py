"""The pages for people: who sees them, what they show, and that nothing foreign runs in them."""

from __future__ import annotations

import re

import pytest

from counterfoil.api import tokens
from counterfoil.api.security import COOKIE
from counterfoil.console import rendering
from counterfoil.errors import LedgerFullError
from counterfoil.hub import views
from tests.support.visitors import NEIGHBOUR, Visitor
from tests.support.world import World

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
HERE = "http://localhost:8080"


def neighbour(world: World, base_url: str = HERE) -> Visitor:
    """A browser on the hub's own computer."""
    return Visitor(world.hub, client=NEIGHBOUR, base_url=base_url)


def stranger(world: World) -> Visitor:
    """A browser elsewhere, before a hub to which somebody can sign in already."""
    if not tokens.all_tokens(world.hub):
        tokens.add(world.hub, "somebody", "tests")
    return Visitor(world.hub)


class TestWhoSeesIt:
    @pytest.mark.parametrize("host", [HERE, "http://127.0.0.1:8080", "http://[::1]:8080"])
    def test_this_computer_does(self, calm: World, host: str) -> None:
        """At the hub's own computer nobody has to sign in."""
        assert neighbour(calm, host).http.get("/").status_code == 200

    def test_others_are_asked_to_sign_in(self, calm: World) -> None:
        """From elsewhere the page leads to the form, and shows nothing."""
        answer = Visitor(calm.hub).http.get("/")

        assert (answer.status_code, answer.headers["location"]) == (303, "/login")
        assert "SO-2" not in answer.text

    @pytest.mark.parametrize(
        "headers",
        [
            {"X-Forwarded-For": "203.0.113.9"},
            {"Forwarded": "for=203.0.113.9"},
            {"Via": "1.1 proxy"},
            {"X-Real-IP": "203.0.113.9"},
            {"Host": "evil.example:8080"},
            {"Host": ""},
        ],
    )
    def test_a_proxy_or_a_strange_name_is_not_this_computer(
        self, calm: World, headers: dict[str, str]
    ) -> None:
        """A proxy on the same computer speaks for others; a strange Host is DNS rebinding."""
        assert neighbour(calm).http.get("/", headers=headers).status_code == 303

    def test_an_address_that_names_nothing_is_told_without_its_parts(self, calm: World) -> None:
        """Where a number has to stand and none does, there is no such page."""
        answer = neighbour(calm).http.get("/transfers/first")

        assert answer.status_code == 404
        assert "This page is not here." in answer.text
        assert "path." not in answer.text

    def test_a_token_in_the_address_opens_nothing(self, calm: World) -> None:
        """Addresses end in histories and logs, so a token in one is not looked at."""
        _number, token = tokens.add(calm.hub, "in-address", "tests")

        assert Visitor(calm.hub).http.get("/", params={"token": token}).status_code == 303

    def test_a_bearer_token_opens_the_page(self, calm: World) -> None:
        """A program may look at the page, too."""
        assert Visitor(calm.hub).sign_in(calm.hub).http.get("/").status_code == 200


class TestSigningIn:
    def test_a_token_is_turned_into_a_cookie(self, calm: World) -> None:
        """The cookie is not the token, no script can read it, and it opens the page."""
        _number, token = tokens.add(calm.hub, "browser", "tests")
        browser = Visitor(calm.hub)
        answer = browser.http.post("/login", data={"token": f" {token} "}, headers=SAME_SITE)

        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        cookie = answer.headers["set-cookie"]
        for part in (f"{COOKIE}=", "HttpOnly", "SameSite=lax", "Path=/"):
            assert part in cookie
        assert token not in cookie
        page = browser.http.get("/")
        assert page.status_code == 200
        assert "browser" in page.text
        browser.http.post("/logout", headers=SAME_SITE)
        assert browser.http.get("/").status_code == 303

    def test_it_ends_with_the_token(self, world: World) -> None:
        """Whoever loses the token loses the session."""
        _number, token = tokens.add(world.hub, "browser", "tests")
        browser = Visitor(world.hub)
        browser.http.post("/login", data={"token": token}, headers=SAME_SITE)
        assert browser.http.get("/").status_code == 200
        tokens.remove(world.hub, "browser", "tests")

        assert browser.http.get("/").status_code == 303

    def test_it_ends_by_itself(self, world: World) -> None:
        """After twelve hours one signs in again."""
        _number, token = tokens.add(world.hub, "browser", "tests")
        browser = Visitor(world.hub)
        browser.http.post("/login", data={"token": token}, headers=SAME_SITE)
        world.clock.advance(hours=11)
        assert browser.http.get("/").status_code == 200
        world.clock.advance(hours=2)

        assert browser.http.get("/").status_code == 303

    @pytest.mark.parametrize("cookie", ["", "x", "v1.x.y", "v1..", "v1.00000000.AAAA", "é"])
    def test_a_made_up_cookie_opens_nothing(self, calm: World, cookie: str) -> None:
        """Whatever it is, it is as good as none."""
        headers = {"Cookie": f"{COOKIE}={cookie}".encode()}
        answer = Visitor(calm.hub).http.get("/", headers=headers)  # type: ignore[arg-type]  # bytes

        assert answer.status_code == 303

    def test_a_wrong_token_is_told(self, calm: World) -> None:
        """401 and the form again; what was typed is not repeated."""
        answer = Visitor(calm.hub).http.post("/login", data={"token": "hunter2"}, headers=SAME_SITE)

        assert answer.status_code == 401
        assert "not a token" in answer.text
        assert "hunter2" not in answer.text
        assert "set-cookie" not in answer.headers

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site"},
            {"Origin": "http://evil.example"},
            {"Origin": "null"},
        ],
    )
    @pytest.mark.parametrize("path", ["/login", "/logout"])
    def test_forms_of_other_sites_are_refused(
        self, calm: World, path: str, headers: dict[str, str]
    ) -> None:
        """403 unless the browser says that the form is ours."""
        assert Visitor(calm.hub).http.post(path, headers=headers).status_code == 403

    def test_an_older_browser_names_its_origin(self, calm: World) -> None:
        """Without Sec-Fetch-Site the Origin has to be the address asked for."""
        answer = Visitor(calm.hub).http.post(
            "/login", headers={"Origin": "http://hub.example:8080"}
        )

        assert answer.status_code == 401

    def test_a_form_that_is_too_large(self, calm: World) -> None:
        """413 or a refusal, but no megabytes in memory."""
        answer = Visitor(calm.hub).http.post(
            "/login", data={"token": "x" * 1_000_000}, headers=SAME_SITE
        )

        assert answer.status_code in (400, 413)


class TestHome:
    def test_hostile_names_are_only_shown(self, world: World) -> None:
        """Whatever stands in a name, it is text on the page."""
        hostile = "<script>alert(1)</script>\"'&{{7*7}}"
        world.set("sales-order-out.create_missing_customers=false")
        world.enter("clients", code=hostile, name="Evil")
        world.order("SO-1", hostile, "1 BOLT 1.00")
        world.sync()
        text = neighbour(world).http.get("/").text

        assert "<script" not in text.replace('<script src="/static/', "")
        assert "&lt;script&gt;alert(1)" in text
        assert "{{7*7}}" in text

    def test_the_ledger_is_full(self, calm: World, monkeypatch: pytest.MonkeyPatch) -> None:
        """The page says so in words, with 503."""

        def full(*_arguments: object) -> None:
            raise LedgerFullError("The disk is full; make room.")

        monkeypatch.setattr(views, "link_status", full)
        answer = neighbour(calm).http.get("/")

        assert answer.status_code == 503
        assert "make room" in answer.text


class TestPolicy:
    @pytest.mark.parametrize("path", ["/", "/login", "/docs", "/static/page.css", "/api/v1/status"])
    def test_every_answer_forbids_what_is_foreign(self, calm: World, path: str) -> None:
        """No script, style, frame or form of anybody else; nothing is kept by proxies."""
        headers = Visitor(calm.hub).http.get(path).headers

        assert headers["content-security-policy"].startswith("default-src 'self';")
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        if not path.startswith("/static"):
            assert headers["cache-control"] == "no-store"

    @pytest.mark.parametrize("path", ["/", "/docs", "/login"])
    def test_pages_need_no_exception(self, calm: World, path: str) -> None:
        """No inline script or style, and every address in them is the hub's own."""
        visitor = neighbour(calm) if path == "/" else stranger(calm)
        text = visitor.http.get(path).text

        assert "<script" not in text.replace('<script src="/static/', "")
        assert "<style" not in text
        assert not re.search(r"\s(?:style|on\w+)=", text)
        found = re.findall(r'(?:href|src|action)="([^"]+)"', text)
        assert found
        assert all(each.startswith(("/", "#")) for each in found)

    def test_pages_are_made_for_readers(self, calm: World) -> None:
        """A language, a title, one main heading, labelled fields, a way past the header."""
        for visitor, path in ((neighbour(calm), "/"), (stranger(calm), "/login")):
            text = visitor.http.get(path).text
            assert '<html lang="en">' in text
            assert len(re.findall(r"<h1[ >]", text)) == 1
            assert re.search(r"<title>[^<]+</title>", text)
            assert 'href="#main"' in text
            for field in re.findall(r'<input id="(\w+)"', text):
                assert f'<label for="{field}">' in text


def test_what_cannot_be_seen_is_written_out() -> None:
    """A name with a control character shows it, and is still no markup."""
    page = rendering._templates.from_string("{{ name }} {{ number }}")  # noqa: SLF001 - no page has only this

    assert page.render(name="<b>\x07\u202e", number=7) == "&lt;b&gt;\\x07\\u202e 7"
