"""Pages about people: the door, one's own account, and what an owner does there."""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pyotp
import pytest

from counterfoil.api import tokens
from counterfoil.api.security import COOKIE
from counterfoil.errors import UsageError
from counterfoil.hub import audits, users
from counterfoil.hub.setup import Hub
from counterfoil.hub.users import Role
from counterfoil.ledger.connections import note
from counterfoil.ledger.users import User
from tests.support.visitors import NEIGHBOUR, Visitor
from tests.support.world import World

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
HERE = "http://localhost:8080"
PASSWORD = "plum orbit candle 47"
ANOTHER = "seven quiet lanterns 9"


class Browser:
    """Somebody's browser: sends forms as our pages do, and keeps cookies."""

    def __init__(self, hub: Hub, *, is_here: bool = False) -> None:
        client = {"client": NEIGHBOUR, "base_url": HERE} if is_here else {}
        self.http = Visitor(hub, **client).http  # type: ignore[arg-type]  # as its keywords are

    def get(self, path: str, **query: Any) -> httpx2.Response:
        return self.http.get(path, params=query or None)

    def post(self, path: str, **fields: Any) -> httpx2.Response:
        return self.http.post(path, data=fields, headers=SAME_SITE)

    def sign_in(self, login: str, password: str = PASSWORD, **more: str) -> httpx2.Response:
        return self.post("/login", login=login, password=password, **more)

    def text(self, path: str) -> str:
        answer = self.get(path)
        assert answer.status_code == 200, (path, answer.status_code, answer.headers)
        return answer.text

    @property
    def cookie(self) -> str:
        return str(self.http.cookies.get(COOKIE))


def joined(hub: Hub, name: str, role: Role) -> User:
    made = users.add(hub, f"{name.lower()}@bakery.example", name, role, "tests")
    users.set_password(hub, made.id, PASSWORD, "tests")
    return made


@pytest.fixture
def mara(new_hub: Hub) -> User:
    return joined(new_hub, "Mara", Role.OWNER)


@pytest.fixture
def ines(new_hub: Hub, mara: User) -> User:
    return joined(new_hub, "Ines", Role.OPERATOR)


@pytest.fixture
def owner(new_hub: Hub, mara: User) -> Browser:
    """Mara, who is the owner, signed in."""
    browser = Browser(new_hub)
    assert browser.sign_in(mara.login).status_code == 303
    return browser


def code_of(page: str) -> str:
    """The code that an app shows which was given the secret on a page."""
    found = re.search(r"<code>((?:[A-Z2-7]{4} ?)+)</code>", page)
    assert found is not None
    return pyotp.TOTP(found.group(1).replace(" ", "")).now()


FIRST = {"name": "Mara Quill", "login": "mara@bakery.example", "password": PASSWORD}


class TestFirstAdministrator:
    def test_a_fresh_hub_leads_there(self, new_hub: Hub) -> None:
        """Whoever comes to a hub without users and tokens is asked who looks after it."""
        browser = Browser(new_hub)

        assert browser.get("/").headers["location"] == "/login"
        assert browser.get("/login").headers["location"] == "/welcome/administrator"
        assert "Setup code" in browser.text("/welcome/administrator")

    def test_a_stranger_needs_the_setup_code(self, new_hub: Hub) -> None:
        """Without it nobody is made; with it one is signed in and led to the welcome."""
        browser = Browser(new_hub)
        code = users.new_setup_code(new_hub)
        wrong = browser.post("/welcome/administrator", **FIRST, code="abcd-efgh-jkmn-pqrs")
        assert wrong.status_code == 400
        assert "not the setup code" in wrong.text
        assert "Mara Quill" in wrong.text
        assert PASSWORD not in wrong.text
        right = browser.post("/welcome/administrator", **FIRST, code=code)

        assert (right.status_code, right.headers["location"]) == (303, "/welcome")
        assert "Mara Quill, owner" in browser.text("/admin")
        assert browser.get("/welcome/administrator").headers["location"] == "/login"

    def test_whoever_sits_at_the_hub_needs_none(self, new_hub: Hub) -> None:
        """Where this computer is trusted, the person at it is."""
        browser = Browser(new_hub, is_here=True)
        assert "Setup code" not in browser.text("/welcome/administrator")

        assert browser.post("/welcome/administrator", **FIRST).status_code == 303

    @pytest.mark.parametrize(
        "field, value, told",
        [
            ("password", "short", "12 or more"),
            ("password", "MaraQuill2026", "everybody here knows"),
            ("name", " ", "A name has"),
            ("login", "mara", "no e-mail address"),
        ],
    )
    def test_what_is_wrong_is_told(self, new_hub: Hub, field: str, value: str, told: str) -> None:
        """With what was typed kept, and the cure."""
        browser = Browser(new_hub, is_here=True)
        answer = browser.post("/welcome/administrator", **{**FIRST, field: value})

        assert answer.status_code == 400
        assert told in answer.text
        assert users.all_users(new_hub) == []

    def test_on_a_hub_with_an_owner_nobody_is_made(self, new_hub: Hub, mara: User) -> None:
        """Whatever is sent."""
        code = users.new_setup_code(new_hub) or ""
        answer = Browser(new_hub, is_here=True).post(
            "/welcome/administrator", name="Eve", login="e@x.example", password=PASSWORD, code=code
        )

        assert answer.headers["location"] == "/login"
        assert len(users.all_users(new_hub)) == 1


class TestTheDoor:
    def test_it_leads_on_to_where_one_wanted_to_go(self, new_hub: Hub, mara: User) -> None:
        """After signing in one is on the page that asked for it."""
        browser = Browser(new_hub)
        asked = browser.get("/admin/audit", who="Mara").headers["location"]
        assert asked == "/login?to=%2Fadmin%2Faudit%3Fwho%3DMara"
        assert 'value="/admin/audit?who=Mara"' in browser.text(asked)

        answer = browser.sign_in(mara.login, to="/admin/audit?who=Mara")
        assert answer.headers["location"] == "/admin/audit?who=Mara"

    @pytest.mark.parametrize(
        "to", ["//evil.example", "https://evil.example", "/\\evil.example", "\t//evil", "evil"]
    )
    @pytest.mark.parametrize("path", ["/login", "/login/code", "/login/set-up"])
    def test_it_leads_to_no_other_host(self, new_hub: Hub, mara: User, to: str, path: str) -> None:
        """Wherever the way is handed on."""
        browser = Browser(new_hub)
        if path == "/login":
            answer = browser.sign_in(mara.login, to=to)
            assert answer.headers["location"] == "/"
            return
        answer = browser.get(path, to=to)
        assert answer.headers["location"] == "/login"

    @pytest.mark.parametrize("login", ["mara@bakery.example", "nobody@bakery.example"])
    def test_a_wrong_password_tells_nothing(self, new_hub: Hub, mara: User, login: str) -> None:
        """One page for whoever is known and whoever is not, the address kept, the password not."""
        answer = Browser(new_hub).sign_in(login, "guess-of-mine")

        assert answer.status_code == 401
        assert "do not open" in answer.text
        assert f'value="{login}"' in answer.text
        assert "guess-of-mine" not in answer.text
        assert "set-cookie" not in answer.headers

    def test_too_many_wrong_ones_wait(self, new_hub: Hub, mara: User) -> None:
        """429, and when to come back."""
        browser = Browser(new_hub)
        for _ in range(5):
            browser.sign_in(mara.login, "guess-of-mine")
        answer = browser.sign_in(mara.login, PASSWORD)

        assert answer.status_code == 429
        assert int(answer.headers["retry-after"]) >= 1

    def test_a_token_opens_as_before(self, new_hub: Hub, mara: User) -> None:
        """Below the form stands the way for whoever has one."""
        _number, token = tokens.add(new_hub, "old", "tests")
        browser = Browser(new_hub)
        assert 'href="/login?by=token"' in browser.text("/login")
        assert 'name="token"' in browser.text("/login?by=token")
        assert browser.post("/login", token=token).status_code == 303

        assert "old (token), owner" in browser.text("/admin")
        assert browser.get("/account").status_code == 403

    def test_a_hub_with_tokens_alone_asks_for_one(self, new_hub: Hub) -> None:
        """An installation from before goes on, and is shown the way to an administrator."""
        tokens.add(new_hub, "old", "tests")
        page = Browser(new_hub).text("/login")

        assert 'name="token"' in page
        assert 'href="/welcome/administrator"' in page

    def test_a_cookie_from_before_is_not_taken_over(self, new_hub: Hub, mara: User) -> None:
        """Session fixation: what somebody slipped into the browser opens nothing afterwards."""
        browser = Browser(new_hub)
        browser.http.cookies.set(COOKIE, "u.slipped-in")
        answer = browser.sign_in(mara.login)

        assert "u.slipped-in" not in answer.headers["set-cookie"]
        intruder = Browser(new_hub)
        intruder.http.cookies.set(COOKIE, "u.slipped-in")
        assert intruder.get("/account").status_code == 303

    def test_a_session_that_ended_leads_back(
        self, owner: Browser, mara: User, new_hub: Hub
    ) -> None:
        """To the form, and from there to the page."""
        users.end_all_sessions(new_hub, mara.id, "tests")

        assert owner.get("/account").headers["location"] == "/login?to=%2Faccount"

    def test_signing_out_ends_it_everywhere(self, owner: Browser, new_hub: Hub) -> None:
        """Wherever the cookie has been copied to."""
        copied = Browser(new_hub)
        copied.http.cookies.set(COOKIE, owner.cookie)
        assert copied.get("/account").status_code == 200
        owner.post("/logout")

        assert copied.get("/account").status_code == 303

    @pytest.mark.parametrize(
        "path",
        ["/login", "/login/code", "/login/set-up", "/logout", "/join", "/welcome/administrator"],
    )
    def test_forms_of_other_sites_are_refused(self, new_hub: Hub, path: str) -> None:
        """403, whatever they hold."""
        headers = {"Sec-Fetch-Site": "cross-site"}

        assert Browser(new_hub).http.post(path, headers=headers).status_code == 403


class TestSecondFactor:
    def test_it_is_set_up_asked_for_and_switched_off(self, owner: Browser, new_hub: Hub) -> None:
        """The picture and the codes are shown; then signing in asks for one."""
        page = owner.text("/account/two-factor")
        assert "<svg" in page
        assert "style=" not in page
        assert owner.post("/account/two-factor", code="000000").status_code == 400
        shown = owner.post("/account/two-factor", code=code_of(page))
        codes = re.findall(r"<code>([a-z2-9-]{19})</code>", shown.text)
        assert len(codes) == 10
        saved = owner.post("/account/recovery-codes/file", code=codes)
        assert saved.headers["content-disposition"].startswith("attachment")
        assert all(code in saved.text for code in codes)

        again = Browser(new_hub)
        answer = again.sign_in("mara@bakery.example", to="/admin")
        assert answer.headers["location"] == "/login/code?to=%2Fadmin"
        assert again.get("/admin").status_code == 303
        before = again.cookie
        assert again.post("/login/code", code="000000", to="/admin").status_code == 401
        answer = again.post("/login/code", code=codes[0].upper(), to="/admin")
        assert answer.headers["location"] == "/admin"
        assert again.cookie != before
        assert "9 of your recovery codes are left" in again.text("/account")

        assert again.post("/account/two-factor/remove", known="wrong").status_code == 400
        assert again.post("/account/two-factor/remove", known=PASSWORD).status_code == 303
        assert Browser(new_hub).sign_in("mara@bakery.example").headers["location"] == "/"

    def test_whoever_has_to_have_it_sets_it_up_at_the_door(
        self, owner: Browser, new_hub: Hub, ines: User
    ) -> None:
        """An owner asks everybody for it, after setting up their own."""
        refused = owner.post("/admin/people/two-factor", required="yes")
        assert "yourself first" in owner.text(refused.headers["location"])
        owner.post("/account/two-factor", code=code_of(owner.text("/account/two-factor")))
        owner.post("/admin/people/two-factor", required="yes")
        browser = Browser(new_hub)
        answer = browser.sign_in(ines.login, to="/account")
        assert answer.headers["location"] == "/login/set-up?to=%2Faccount"
        assert browser.get("/account").status_code == 303
        page = browser.text("/login/set-up?to=/account")
        wrong = browser.post("/login/set-up", code="000000", to="/account")
        assert wrong.status_code == 400
        shown = browser.post("/login/set-up", code=code_of(page), to="/account")

        assert 'href="/account"' in shown.text
        assert browser.get("/account").status_code == 200

    def test_what_is_no_code_is_put_into_no_file(self, owner: Browser) -> None:
        """The file holds what we made and nothing else."""
        answer = owner.post("/account/recovery-codes/file", code=["<script>"])

        assert answer.status_code == 400

    def test_what_opens_for_good_is_given_to_whoever_knows_the_password(
        self, owner: Browser
    ) -> None:
        """Whoever finds a browser signed in takes no recovery codes along."""
        owner.post("/account/two-factor", code=code_of(owner.text("/account/two-factor")))
        way = "/account/recovery-codes"
        wrong = owner.post(way, known_for_codes="wrong")

        assert (wrong.status_code, owner.post(way).status_code) == (400, 400)
        assert 'id="wrong-known_for_codes"' in wrong.text
        assert 'name="code"' in owner.post(way, known_for_codes=PASSWORD).text

    def test_what_is_asked_of_all_is_not_switched_off_by_one(self, owner: Browser) -> None:
        """Nor by a form that was opened before."""
        owner.post("/account/two-factor", code=code_of(owner.text("/account/two-factor")))
        owner.post("/admin/people/two-factor", required="yes")
        answer = owner.post("/account/two-factor/remove", known=PASSWORD)

        assert answer.status_code == 303
        assert "asked of everybody" in owner.text("/account")
        assert "Switched on" in owner.text("/account")


class TestAccount:
    def test_people_change_their_own_name_and_password(self, owner: Browser, new_hub: Hub) -> None:
        """What is wrong stands beside its field; other browsers are signed out."""
        other = Browser(new_hub)
        other.sign_in("mara@bakery.example")
        assert "A name has" in owner.post("/account/name", name=" ").text
        owner.post("/account/name", name="Mara Quill")
        wrong = owner.post("/account/password", present="wrong", password=ANOTHER)
        assert 'id="wrong-present"' in wrong.text
        weak = owner.post("/account/password", present=PASSWORD, password="MaraQuill2026")
        assert 'id="wrong-password"' in weak.text
        owner.post("/account/password", present=PASSWORD, password=ANOTHER)

        assert "Mara Quill" in owner.text("/account")
        assert other.get("/account").status_code == 303
        assert Browser(new_hub).sign_in("mara@bakery.example", ANOTHER).status_code == 303

    def test_the_present_password_cannot_be_guessed(self, owner: Browser) -> None:
        """Whoever sits at an open browser does not get the password by trying."""
        for _ in range(5):
            owner.post("/account/password", present="wrong", password=ANOTHER)
        answer = owner.post("/account/password", present=PASSWORD, password=ANOTHER)

        assert "Too many wrong passwords" in answer.text

    def test_browsers_are_listed_and_ended(self, owner: Browser, new_hub: Hub) -> None:
        """One, or all but the one at hand; nobody ends somebody else's."""
        mine = users.user_named(new_hub, "Mara").id
        others = [Browser(new_hub) for _ in range(3)]
        for each in others:
            each.sign_in("mara@bakery.example")
        newest = users.sessions(new_hub, mine)[0].id
        assert owner.text("/account").count("<b>A browser</b>") == 4
        owner.post(f"/account/sessions/{newest}/end")
        again = owner.post(f"/account/sessions/{newest}/end")
        assert "not signed in there any more" in owner.text(again.headers["location"])
        assert [each.get("/account").status_code for each in others] == [200, 200, 303]
        owner.post("/account/sessions/end")

        assert [each.get("/account").status_code for each in others] == [303, 303, 303]
        assert owner.get("/account").status_code == 200


class TestPeople:
    def test_somebody_is_invited_and_joins(self, owner: Browser, new_hub: Hub) -> None:
        """The link is shown once; it opens a page on which a password is chosen."""
        shown = owner.post(
            "/admin/people/invite", name="Ines", login="ines@bakery.example", role="viewer"
        )
        link = re.search(r"<code>http://[^/]+(/join\?key=[\w-]+)</code>", shown.text)
        assert link is not None
        assert "/join?key=" not in owner.text("/admin/people")
        assert "Invited" in owner.text("/admin/people")
        browser = Browser(new_hub)
        assert "Welcome, Ines" in browser.text(link.group(1))
        key = link.group(1).partition("=")[2]
        assert "12 or more" in browser.post("/join", key=key, password="short").text
        assert browser.post("/join", key=key, password=PASSWORD).status_code == 303

        assert "Ines, viewer" in browser.text("/")
        over = browser.post("/join", key=key, password=PASSWORD)
        assert over.status_code == 410
        assert browser.get("/join", key=key).status_code == 410

    def test_a_double_click_invites_once(self, owner: Browser, new_hub: Hub) -> None:
        """The page of the second shows the link that opens."""
        form = {"name": "Ines", "login": "ines@bakery.example", "role": "viewer"}
        first, second = (owner.post("/admin/people/invite", **form).text for _ in range(2))
        keys = [re.findall(r"key=([\w-]+)", page)[0] for page in (first, second)]

        assert len(users.all_users(new_hub)) == 2
        assert users.invited(new_hub, keys[1]).name == "Ines"
        with pytest.raises(UsageError):
            users.invited(new_hub, keys[0])

    def test_what_was_typed_stays(self, owner: Browser) -> None:
        """A form with a fault comes back with it."""
        answer = owner.post("/admin/people/invite", name="Ines", login="ines", role="viewer")

        assert answer.status_code == 400
        assert "no e-mail address" in answer.text
        assert 'value="Ines"' in answer.text

    def test_a_person_is_changed_with_the_way_back(
        self, owner: Browser, new_hub: Hub, ines: User
    ) -> None:
        """The toast undoes it."""
        way = f"/admin/people/{ines.id}"
        owner.post(way, name="Ines Vega", login=ines.login, role="viewer")
        page = owner.text(way)

        assert "Ines Vega is saved." in page
        assert 'name="role" value="operator"' in page
        assert users.user_named(new_hub, "Ines Vega").role is Role.VIEWER

    def test_the_last_owner_stays(self, owner: Browser, new_hub: Hub, mara: User) -> None:
        """Neither demoted, nor switched off, nor removed; the page says what to do."""
        way = f"/admin/people/{mara.id}"
        demoted = owner.post(way, name="Mara", login=mara.login, role="viewer")
        assert demoted.status_code == 400
        assert "only owner" in demoted.text
        for path in ("/off", "/remove"):
            answer = owner.post(way + path)
            assert "only owner" in owner.text(answer.headers["location"])

    def test_somebody_is_switched_off_and_on_and_removed(
        self, owner: Browser, new_hub: Hub, ines: User
    ) -> None:
        """Each is asked or can be undone; the second who does it hears of the first."""
        way = f"/admin/people/{ines.id}"
        browser = Browser(new_hub)
        browser.sign_in(ines.login)
        owner.post(f"{way}/off")
        assert browser.get("/account").status_code == 303
        assert browser.sign_in(ines.login).status_code == 401
        owner.post(f"{way}/on")
        assert browser.sign_in(ines.login).status_code == 303
        assert "Remove Ines?" in owner.text(f"{way}/remove")
        owner.post(f"{way}/remove")
        again = owner.post(f"{way}/remove")

        assert "removed meanwhile" in owner.text(again.headers["location"])
        assert owner.get(way).status_code == 404
        assert browser.get("/account").status_code == 303

    def test_an_owner_helps_whoever_lost_something(
        self, owner: Browser, new_hub: Hub, ines: User
    ) -> None:
        """A link for another password, no second factor, no browser signed in."""
        browser = Browser(new_hub)
        browser.sign_in(ines.login)
        browser.post("/account/two-factor", code=code_of(browser.text("/account/two-factor")))
        way = f"/admin/people/{ines.id}"
        owner.post(f"{way}/two-factor/reset")
        assert browser.get("/account").status_code == 303
        browser.sign_in(ines.login)
        owner.post(f"{way}/sessions/end")
        assert browser.get("/account").status_code == 303
        assert "/join?key=" in owner.post(f"{way}/link").text
        owner.post(f"{way}/link/end")

        assert users.find(new_hub, ines.id).link_until is None  # type: ignore[union-attr]  # is there

    @pytest.mark.parametrize("path", ["/admin/people", "/admin/tokens", "/admin/audit"])
    def test_who_may_less_sees_a_page_that_says_so(
        self, new_hub: Hub, ines: User, path: str
    ) -> None:
        """An operator administers nobody."""
        browser = Browser(new_hub)
        browser.sign_in(ines.login)
        answer = browser.get(path)

        assert answer.status_code == 403
        assert "An owner can give you another role" in answer.text
        assert "an owner’s" in browser.text("/admin")

    def test_it_is_exported(self, owner: Browser, ines: User) -> None:
        """Without a hash or a secret."""
        text = owner.text("/admin/people/export?format=csv")

        assert "ines@bakery.example" in text
        assert "argon2" not in text
        assert owner.get("/admin/people/export", format="xlsx").content.startswith(b"PK")


class TestTokens:
    def test_one_is_made_shown_once_and_removed(self, owner: Browser, new_hub: Hub) -> None:
        """With what it may do and when it ends; removed, it opens nothing."""
        assert "No tokens" in owner.text("/admin/tokens")
        shown = owner.post("/admin/tokens/add", name="reports", scope="read", days="30")
        found = re.search(r"cft_[\w-]+", shown.text)
        assert found is not None
        assert tokens.bearer_of(new_hub, found.group()) is not None
        page = owner.text("/admin/tokens")
        assert found.group() not in page
        assert "reports" in page
        [made] = tokens.all_tokens(new_hub)
        assert made.expires_at is not None
        assert "Remove the token reports?" in owner.text(f"/admin/tokens/{made.id}/remove")
        owner.post(f"/admin/tokens/{made.id}/remove")
        again = owner.post(f"/admin/tokens/{made.id}/remove")

        assert "removed before" in owner.text(again.headers["location"])
        assert tokens.bearer_of(new_hub, found.group()) is None
        assert owner.get(f"/admin/tokens/{made.id}/remove").status_code == 404

    def test_a_double_click_makes_one(self, owner: Browser, new_hub: Hub) -> None:
        """The page of the second shows the one that opens; one that is used is never replaced."""
        form = {"name": "reports", "scope": "read", "days": "30"}
        made = [
            re.findall(r"cft_[\w-]+", owner.post("/admin/tokens/add", **form).text)[0]
            for _ in range(2)
        ]
        assert len(tokens.all_tokens(new_hub)) == 1
        assert tokens.bearer_of(new_hub, made[0]) is None
        assert tokens.bearer_of(new_hub, made[1]) is not None

        assert owner.post("/admin/tokens/add", **form).status_code == 400

    @pytest.mark.parametrize(
        "form",
        [
            {"name": "", "scope": "read"},
            {"name": "x", "scope": "god"},
            {"name": "x", "scope": "read", "days": "9999"},
        ],
    )
    def test_what_cannot_be_made_is_told(self, owner: Browser, form: dict[str, str]) -> None:
        """400 and the form again."""
        answer = owner.post("/admin/tokens/add", **form)

        assert answer.status_code == 400
        assert "Make a token" in answer.text

    def test_they_are_exported(self, owner: Browser, new_hub: Hub) -> None:
        """Without themselves."""
        tokens.add(new_hub, "reports", "tests")

        assert "reports" in owner.text("/admin/tokens/export?format=csv")


class TestAudit:
    def test_it_says_who_did_what_with_before_and_after(self, owner: Browser, ines: User) -> None:
        """The person's name, what it is about, and what changed."""
        owner.post(f"/admin/people/{ines.id}", name="Ines", login=ines.login, role="viewer")
        page = owner.text("/admin/audit")

        assert "User changed" in page
        assert "<del>operator</del>" in page
        assert "<ins>viewer</ins>" in page

    def test_documents_are_called_as_people_know_them(self, calm: World) -> None:
        """By kind and number, with a way to their page; one that is gone keeps its number."""
        row = calm.transfers()[0]
        with calm.hub.database.writing() as tx:
            for number in (row.id, 9_999):
                note(tx, calm.hub.now(), "Mara", "released", f"transfer/{number}")
        rows, _next = audits.page_of(calm.hub, audits.Sought())
        told = {each.subject: (each.about, each.page) for each in rows}

        assert told[f"transfer/{row.id}"] == (f"sales order {row.number}", f"/transfers/{row.id}")
        assert told["transfer/9999"] == ("transfer 9999", "")

    def test_settings_are_called_as_their_page_calls_them(
        self, owner: Browser, new_hub: Hub
    ) -> None:
        """Neither a key nor a choice's name stands there."""
        key = "sales-order-out.mode"
        with new_hub.database.writing() as tx:
            was, now = {key: "manual"}, {key: "automatic"}
            note(tx, new_hub.now(), "Mara", "settings changed", "link/1", before=was, after=now)
        page = owner.text("/admin/audit")

        assert "Sales orders to QuickBooks, Send sales orders:" in page
        assert "<del>By hand</del>" in page
        assert "<ins>Automatically</ins>" in page
        assert key not in page

    def test_it_is_filtered(self, owner: Browser, ines: User) -> None:
        """By person, by what it is about, by day; a day that is none stands beside its field."""
        owner.post("/admin/tokens/add", name="reports", scope="read", days="30")

        assert "Token added" in owner.text("/admin/audit?who=Mara")
        assert "User added" not in owner.text("/admin/audit?who=Mara")
        assert "Token added" not in owner.text(f"/admin/audit?about=user/{ines.id}")
        assert "Nothing of that kind" in owner.text("/admin/audit?until=2001-01-01")
        assert "Token added" in owner.text("/admin/audit?since=2001-01-01&until=2199-01-01")
        wrong = owner.get("/admin/audit", since="soon")
        assert wrong.status_code == 400
        assert 'id="wrong-since"' in wrong.text

    def test_pages_follow_each_other(self, owner: Browser, new_hub: Hub) -> None:
        """Every line once, the newest first; a made-up place is the first page."""
        for number in range(60):
            tokens.add(new_hub, f"token {number:02}", "tests")
        first = owner.text("/admin/audit?who=tests&about=")
        older = re.search(r'href="(/admin/audit\?[^"]*beyond=[^"]+)"', first)
        assert older is not None
        second = owner.text(older.group(1).replace("&amp;", "&"))
        names = re.findall(r"token \d\d(?=</a>)", first + second)

        assert names[:60] == [f"token {number:02}" for number in reversed(range(60))]
        assert "token 59" in owner.text("/admin/audit?who=tests&beyond=rubbish")

    def test_it_is_exported(self, owner: Browser, ines: User) -> None:
        """A line for each member that changed."""
        text = owner.text("/admin/audit/export?format=csv&who=tests")

        assert text.startswith("at,who,what,about,detail,member,before,after\n")
        assert "user added,Ines,Ines,role,,operator" in text


def test_what_is_saved_is_a_persons_and_not_a_names(
    owner: Browser, new_hub: Hub, mara: User, ines: User
) -> None:
    """Whoever takes a name that somebody had before gets nothing of theirs, and loses nothing."""
    owner.post("/documents/views", name="My month", query="when=month")
    owner.post("/account/name", name="Mara Quill")
    other = Browser(new_hub)
    other.sign_in(ines.login)
    other.post("/account/name", name=mara.name)

    assert "My month" in owner.text("/documents")
    assert "My month" not in other.text("/documents")
    assert "not there" in other.text(other.post("/documents/views/1/remove").headers["location"])
    assert "My month" in owner.text("/documents")


def test_hostile_names_are_only_shown(owner: Browser, new_hub: Hub) -> None:
    """Whatever stands in a name, it is text on every page."""
    name = '<script>alert("1")</script>'
    made = users.add(new_hub, "x@bakery.example", name, Role.VIEWER, name[:20])
    tokens.add(new_hub, name, name)
    for path in (
        "/admin/people",
        f"/admin/people/{made.id}",
        f"/admin/people/{made.id}/remove",
        "/admin/tokens",
        "/admin/audit",
    ):
        page = owner.text(path)
        assert "<script>alert" not in page
        assert "alert(" in page
