"""The pages where a person signs in for a connection, and the address where webhooks come in."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import httpx2
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from counterfoil.api import tokens
from counterfoil.api.security import COOKIE
from counterfoil.console.app import create_app
from counterfoil.hub.scopes import Scope
from counterfoil.ledger.database import sqlite_url
from tests.hub.test_webhooks import event, signed, take_wakes
from tests.sandboxes.quickbooks_online import outside
from tests.support.signing_in import HUB, WEBHOOK_TOKEN, SignInOffice, open_office
from tests.support.visitors import STRANGER

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}


class Office(SignInOffice):
    """A hub with its web application; making that takes longer than most tests."""

    app: FastAPI

    def client(self) -> TestClient:
        """Somebody elsewhere."""
        return TestClient(self.app, base_url=HUB, client=STRANGER, follow_redirects=False)

    def program(self) -> TestClient:
        """A program elsewhere, with a token that administers."""
        found = self.client()
        number = len(tokens.all_tokens(self.hub))
        _id, token = tokens.add(self.hub, f"program-{number}", "tests")
        found.headers["Authorization"] = f"Bearer {token}"
        return found


@pytest.fixture(scope="module")
def shared(sqlite_tables: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One hub for every test of this module."""
    file = tmp_path_factory.mktemp("connecting") / "hub.db"
    file.write_bytes(sqlite_tables)
    with outside.opened() as world, open_office(world, sqlite_url(file), kind=Office) as opened:
        assert isinstance(opened, Office)
        opened.app = create_app(opened.hub)
        yield opened


@pytest.fixture
def office(shared: Office) -> Office:
    """A hub with a connection for which nobody has signed in."""
    shared.begin_anew()
    return shared


class Browser:
    """Somebody at a browser, signed in to the hub."""

    def __init__(self, office: Office, *, scope: Scope = Scope.ADMINISTER) -> None:
        self.office = office
        self.http = office.client()
        names = {each.name for each in tokens.all_tokens(office.hub)}
        _number, self.token = tokens.add(office.hub, f"{scope}-{len(names)}", "tests", scope=scope)

    def sign_in(self, to: str = "") -> httpx2.Response:
        form = {"token": self.token, "to": to}
        return self.http.post("/login", data=form, headers=SAME_SITE)

    def begin(self, **form: str) -> str:
        """Press Connect; gives the provider's address that the page leads to."""
        answer = self.http.post("/connect/1", data=form, headers=SAME_SITE)
        assert answer.status_code == 200, answer.text
        found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', answer.text)
        assert found is not None
        return html.unescape(found[1])

    def back(self, location: str) -> httpx2.Response:
        """Come back from the provider, as a browser follows a redirect to another site."""
        headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
        return self.http.get(location.removeprefix(HUB), headers=headers)

    def connect(self) -> httpx2.Response:
        """Sign in at the provider, and come back."""
        return self.back(self.office.pressed(self.begin()))


@pytest.fixture
def browser(office: Office) -> Browser:
    """Somebody who is signed in to the hub and may change connections."""
    found = Browser(office)
    found.sign_in()
    return found


class TestTheWay:
    def test_there_and_back(self, browser: Browser, office: Office) -> None:
        """From the page to the provider and back to a page that says what was tried."""
        before = browser.http.get("/connect/1")
        assert "Connect to QuickBooks Online" in before.text
        assert f"{HUB}/oauth/callback" in before.text

        answer = browser.connect()
        assert (answer.status_code, answer.headers["location"]) == (303, "/connect/1/connected")
        assert office.loaded.account == outside.REALM

        last = browser.http.get("/connect/1/connected").text
        assert "Acme Books is connected" in last
        assert "Read the company, and see that bills may be written" in last
        assert '<span class="hidden">done</span>' in last
        assert "Connect again" in browser.http.get("/connect/1").text

    def test_a_user_without_the_right_is_told_on_the_last_page(
        self, browser: Browser, office: Office
    ) -> None:
        """What the trial could not do is there, with its cure."""
        browser.connect()
        office.provider.fault("forbidden", path="*")
        last = browser.http.get("/connect/1/connected").text

        assert "failed" in last
        assert 'role="alert"' in last

    def test_the_policy_stays(self, browser: Browser) -> None:
        """No page of these needs a script, a style or a form that leads elsewhere."""
        for answer in (
            browser.http.get("/connect/1"),
            browser.http.post("/connect/1", headers=SAME_SITE),
        ):
            policy = answer.headers["content-security-policy"]
            assert "default-src 'self'" in policy
            assert "form-action 'self'" in policy
            assert answer.headers["cache-control"] == "no-store"
            assert "<script" not in answer.text.replace('<script src="/static/', "")
            assert " style=" not in answer.text
            assert not re.search(r'<form[^>]+action="(?!/)', answer.text)

    def test_disconnecting(self, browser: Browser, office: Office) -> None:
        """One button; the page then says that links and settings stay."""
        browser.connect()
        answer = browser.http.post("/connect/1/disconnect", headers=SAME_SITE)

        assert "links and settings stay" in browser.http.get(answer.headers["location"]).text
        assert office.sealed().ended_at is not None
        assert office.wire.revoked

    def test_another_company_is_asked_about(self, browser: Browser, office: Office) -> None:
        """The page after the wrong choice offers both ways, and takes the one that is pressed."""
        other = "9130350000000088"
        office.provider.control("POST", "/companies", {"realm": other, "name": "Other"})
        browser.connect()
        answer = browser.back(office.pressed(browser.begin(), realm=other))
        assert answer.status_code == 400
        assert "to another company instead" in answer.text
        assert office.loaded.account == outside.REALM

        browser.back(office.pressed(browser.begin(another="yes"), realm=other))
        assert office.loaded.account == other


class TestWhichConnection:
    def test_with_one_it_is_that(self, browser: Browser, office: Office) -> None:
        """The app at the provider knows one address for all companies: this one."""
        assert browser.http.get("/connect").headers["location"] == "/connect/1"

    def test_with_several_a_person_chooses(self, browser: Browser, office: Office) -> None:
        """Each is there with what is wrong with it; whoever is not signed in comes back here."""
        office.add("More Books")
        page = browser.http.get("/connect").text

        assert '<a href="/connect/1">Acme Books</a>' in page
        assert "Nobody has signed in to QuickBooks Online for More Books yet." in page
        answer = Browser(office).http.get("/connect")
        assert answer.headers["location"] == "/login?to=%2Fconnect"


class TestWhoMay:
    @pytest.mark.parametrize(
        "method, path",
        [
            ("GET", "/connect/1"),
            ("POST", "/connect/1"),
            ("POST", "/connect/1/disconnect"),
        ],
    )
    def test_signing_in_to_the_hub_leads_back_here(
        self, office: Office, method: str, path: str
    ) -> None:
        """Whoever is not signed in is asked to, and goes on where he was going."""
        visitor = Browser(office)
        headers = {**SAME_SITE, "Referer": f"{HUB}/connect/1"}
        answer = visitor.http.request(method, path, headers=headers)
        assert answer.status_code == 303
        assert answer.headers["location"] == "/login?to=%2Fconnect%2F1"

        form = visitor.http.get(answer.headers["location"]).text
        assert '<input type="hidden" name="to" value="/connect/1">' in form
        assert visitor.sign_in("/connect/1").headers["location"] == "/connect/1"

    @pytest.mark.parametrize(
        "to",
        [
            "https://evil.example/",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "javascript:alert(1)",
            "evil.example",
            "/" + "x" * 3_000,
            "/é",
            "",
        ],
    )
    def test_signing_in_never_leads_elsewhere(self, office: Office, to: str) -> None:
        """An address of another host, however it is spelled, leads home."""
        answer = Browser(office).sign_in(to)

        assert (answer.status_code, answer.headers["location"]) == (303, "/")

    def test_a_token_that_only_reads_may_not(self, office: Office) -> None:
        """The page says what it is for, and who may."""
        reader = Browser(office, scope=Scope.READ)
        reader.sign_in()
        answer = reader.http.get("/connect/1")

        assert answer.status_code == 403
        assert "people who may change connections" in answer.text

    @pytest.mark.parametrize("path", ["/connect/1", "/connect/1/disconnect"])
    def test_a_form_of_another_site_is_refused(
        self, browser: Browser, office: Office, path: str
    ) -> None:
        """Nobody is sent to the provider, or disconnected, by a page that lies in wait."""
        browser.connect()
        answer = browser.http.post(path, headers=ELSEWHERE)

        assert answer.status_code == 403
        assert office.sealed().ended_at is None

    def test_what_another_session_began_is_refused(self, browser: Browser, office: Office) -> None:
        """An attacker's sign-in, finished in somebody's browser, connects nothing."""
        attacker = Browser(office)
        attacker.sign_in()
        location = office.pressed(attacker.begin())
        answer = browser.back(location)

        assert answer.status_code == 400
        assert "another browser or session" in answer.text
        assert office.grant is None

    def test_nobody_comes_back_without_a_session(self, browser: Browser, office: Office) -> None:
        """Signed out meanwhile: nothing is taken, and signing in leads to where it begins anew."""
        location = office.pressed(browser.begin())
        browser.http.cookies.delete(COOKIE)
        answer = browser.back(location)

        assert answer.headers["location"] == "/login?to=%2Fconnect"
        assert office.wire.asked == []

    @pytest.mark.parametrize("connection", ["99", "nobody", "%00", "..%2f"])
    def test_what_is_not_there(self, browser: Browser, connection: str) -> None:
        """A connection that is not there is told as such."""
        assert browser.http.get(f"/connect/{connection}").status_code in {400, 404}

    def test_nobody_signs_in_for_other_systems(self, browser: Browser, office: Office) -> None:
        """A connection that is opened by what was typed has no such page."""
        office.link()
        answer = browser.http.get("/connect/Factory")

        assert answer.status_code == 404
        assert "nobody signs in for it" in answer.text


class TestWhatComesBack:
    def test_a_refusal_is_on_the_page(self, browser: Browser, office: Office) -> None:
        """Whoever pressed Cancel there reads so here, beside the button to begin again."""
        answer = browser.back(office.pressed(browser.begin(), decision="cancel"))

        assert answer.status_code == 400
        assert "You did not allow it at Intuit" in answer.text
        assert "Connect to QuickBooks Online" in answer.text

    @pytest.mark.parametrize(
        "query", ["", "?state=x&code=y&realmId=1", "?state=a&state=b", "?error=%3Cb%3E&state=x"]
    )
    def test_what_is_none_of_ours(self, browser: Browser, office: Office, query: str) -> None:
        """Without a state of ours nothing is taken, and nothing of it is markup."""
        answer = browser.back(f"/oauth/callback{query}")

        assert answer.status_code == 400
        assert "<b>" not in answer.text
        assert office.wire.asked == []

    def test_a_parameter_that_comes_twice_is_none(self, browser: Browser, office: Office) -> None:
        """Two companies in one answer: nobody knows which one is meant."""
        location = office.pressed(browser.begin())
        answer = browser.back(f"{location}&realmId=1")

        assert "did not say which company" in answer.text
        assert office.grant is None


class TestTheApi:
    def test_it_says_where(self, office: Office) -> None:
        """The address to open, the one to register, and whether the provider takes it."""
        found = office.program().get("/api/v1/connections/1/connect").json()

        assert found["url"] == f"{HUB}/connect/1"
        assert (found["redirect_uri"], found["problem"]) == (f"{HUB}/oauth/callback", None)

    def test_it_shows_how_the_sign_in_stands(self, office: Office) -> None:
        """Absent, open with its ends, or ended with the cure; never a token."""
        program = office.program()
        shown = program.get("/api/v1/connections/1").json()
        assert "Nobody has signed in" in shown["sign_in"]["problem"]

        office.connect()
        shown = program.get("/api/v1/connections/1").json()
        assert shown["sign_in"]["is_open"] is True
        assert shown["sign_in"]["ends_at"].startswith("2031-01-14")
        assert office.access not in str(shown)

    def test_it_disconnects(self, office: Office) -> None:
        """What a person does on the page, a program may do with a token that administers."""
        office.connect()
        told = office.program().post("/api/v1/connections/1/disconnect").json()

        assert "links and settings stay" in told["sentence"]
        assert office.sealed().ended_why == "disconnected"

    def test_metrics_tell_how_long_it_lasts(self, office: Office) -> None:
        """Seconds to each end, for whoever alerts by them."""
        office.connect()
        text = office.program().get("/metrics").text

        labels = 'connection="1",end="hard",system="quickbooks-online"'
        assert f"counterfoil_connection_sign_in_left_seconds{{{labels}}} 1.5768e+08" in text


class TestWebhooks:
    PATH = "/webhooks/quickbooks-online"

    @pytest.fixture
    def told(self, office: Office) -> TestClient:
        """Somebody elsewhere, at a hub whose app signs webhooks."""
        office.connect()
        office.change(webhook_token=WEBHOOK_TOKEN)
        take_wakes(office)
        return office.client()

    def deliver(self, told: TestClient, body: bytes, **headers: str) -> httpx2.Response:
        return told.post(self.PATH, content=body, headers=headers)

    def test_a_delivery_is_taken(self, told: TestClient, office: Office) -> None:
        """Answered at once and without a word; whom it is about is woken."""
        body = str([event(outside.REALM)]).replace("'", '"').encode()
        answer = self.deliver(told, body, **{"intuit-signature": signed(body)})

        assert (answer.status_code, answer.content) == (200, b"")
        assert take_wakes(office) == {office.connection}

    def test_an_unsigned_one_is_not(self, told: TestClient, office: Office) -> None:
        """401, with the cure for whoever looks at the app's dashboard."""
        answer = self.deliver(told, b"[]")

        assert answer.status_code == 401
        assert "--webhook-token" in answer.text
        assert take_wakes(office) == set()

    def test_a_large_one_is_not_read(self, told: TestClient) -> None:
        """Nobody tells of so much at once."""
        assert self.deliver(told, b"x" * (300 * 1024)).status_code == 413

    def test_only_posting_delivers(self, told: TestClient) -> None:
        """A browser that opens the address learns nothing."""
        assert told.get(self.PATH).status_code == 405
