"""Every address of the console, from its own list of routes: who may, from where, and what leaves.

What is true of all pages is asked of all pages; a route that is new is asked as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote, urlsplit

import httpx2
import pytest
from lxml import html
from sqlalchemy import text

from counterfoil.api.security import COOKIE
from counterfoil.console.visiting import OPEN_ROUTES
from counterfoil.hub.scopes import Scope
from counterfoil.hub.setup import Hub
from counterfoil.ledger import schema
from tests.support.console_routes import SHUT, Route, declared
from tests.support.prepared import HOSTILE, Prepared
from tests.support.visitors import Visitor, session_of

OWN = {"Sec-Fetch-Site": "same-origin"}
ROLES = [Scope.READ, Scope.OPERATE, Scope.ADMINISTER]
GUARDED = [each for each in declared() if each.needed is not None]
PAGES = [each for each in declared() if each.is_page]
WRITING = [each for each in declared() if each.method == "POST"]

Answer = httpx2.Response
Rows = list[tuple[object, ...]]


@pytest.fixture(scope="module")
def hub(prepared_file: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub in which much has happened; tests here do nothing in it that they may do."""
    with prepared_file.opened(tmp_path_factory.mktemp("routes") / "hub.db") as opened:
        yield opened


@pytest.fixture(scope="module")
def hostile_hub(hostile_file: Prepared, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub where things are called as an enemy would call them."""
    with hostile_file.opened(tmp_path_factory.mktemp("hostile") / "hub.db") as opened:
        yield opened


class Looked(NamedTuple):
    """What the owner saw of every page, and what the database held before and after."""

    answers: dict[str, Answer]
    before: dict[str, Rows]
    after: dict[str, Rows]


@pytest.fixture(scope="module")
def looked(hub: Hub) -> Looked:
    """Every page of the hub in which much has happened, looked at once."""
    browser = Browser(hub, Scope.ADMINISTER)
    before = whole(hub)
    answers = dict(answers_of(browser))
    return Looked(answers, before, whole(hub))


class Browser:
    """A browser at a hub, signed in with a scope (``None``: not at all)."""

    def __init__(self, hub: Hub, scope: Scope | None) -> None:
        self.hub = hub
        self.http = Visitor(hub).http
        self.cookie = session_of(hub, scope) if scope is not None else ""
        self.http.cookies.set(COOKIE, self.cookie)

    def ask(self, route: Route, headers: dict[str, str] | None = None) -> Answer:
        """Ask for a route's first address, as a page of ours would."""
        sent = OWN if headers is None else headers
        return self.http.request(route.method, route.ways(self.hub)[0], headers=sent)


def is_page(answer: Answer) -> bool:
    """Whether an answer is a page in our words."""
    return answer.headers.get("content-type", "").startswith("text/html") and "<h1" in answer.text


# --- Who may -------------------------------------------------------------------------------


def test_a_route_says_who_may() -> None:
    """Each takes one visit, or stands in the table of those that are open to everybody."""
    open_to_all = {str(each) for each in declared() if each.needed is None}

    assert open_to_all == OPEN_ROUTES


def test_nothing_changes_by_looking() -> None:
    """What changes something is a POST: no link, no picture and no crawler can do it."""
    assert {each.method for each in declared()} <= {"GET", "POST"}


def test_nobody_writes_who_may_only_look() -> None:
    """A viewer sends nothing but what is their own: the account, and views of lists."""
    own = [each.path for each in WRITING if each.needed is Scope.READ]

    assert [path for path in own if not path.startswith(("/account", "/documents/views"))] == []


@pytest.mark.parametrize("role", ROLES[:-1])
def test_whoever_may_less_is_told_so(hub: Hub, role: Scope) -> None:
    """By a page of ours, whatever was asked; nothing else of it is looked at."""
    browser = Browser(hub, role)
    barred = [each for each in GUARDED if each.needed and not role.covers(each.needed)]
    answers = {str(each): browser.ask(each) for each in barred}

    assert {way: a.status_code for way, a in answers.items() if a.status_code != 403} == {}
    assert [way for way, a in answers.items() if not is_page(a)] == []


@pytest.mark.parametrize("role", ROLES[:-1])
def test_whoever_may_is_let_in(hub: Hub, role: Scope) -> None:
    """No page that somebody may see answers that they may not, or asks them to sign in."""
    browser = Browser(hub, role)
    pages = [each for each in PAGES if each.needed and role.covers(each.needed)]
    answers = {str(each): browser.ask(each) for each in pages}
    shut = {way: a.status_code for way, a in answers.items() if a.status_code in (401, 403)}

    assert shut == {}
    assert [way for way, a in answers.items() if "/login" in a.headers.get("location", "")] == []


@pytest.mark.parametrize("ends", ["never began", "ended", "made up"])
def test_whoever_is_signed_out_is_led_to_the_form_and_back(hub: Hub, ends: str) -> None:
    """A page is the place to come back to; of a form it is the page that it stood on."""
    browser = Browser(hub, Scope.ADMINISTER if ends == "ended" else None)
    if ends == "ended":
        assert browser.http.post("/logout", headers=OWN).status_code == 303
        browser.http.cookies.set(COOKIE, browser.cookie)
    elif ends == "made up":
        browser.http.cookies.set(COOKIE, "cookie-that-nobody-gave")
    before = {**OWN, "Referer": "http://hub.example:8080/links?side=books"}
    for each in GUARDED:
        answer = browser.ask(each, before)
        way = each.ways(hub)[0] if each.method == "GET" else "/links?side=books"
        way = "/connect" if way == "/oauth/callback" else way
        to = "/login" if way == "/" else f"/login?to={quote(way, safe='')}"

        assert (str(each), answer.status_code) == (str(each), 303)
        assert answer.headers["location"] == to


def test_a_part_of_a_page_is_told_to_load_the_form(hub: Hub) -> None:
    """What swaps a part of a page would swap the form into its middle."""
    browser = Browser(hub, None)
    answers = [browser.ask(each, {**OWN, "HX-Request": "true"}) for each in GUARDED]

    assert {answer.status_code for answer in answers} == {204}
    assert all(answer.headers["hx-redirect"].startswith("/login") for answer in answers)


# --- From where ----------------------------------------------------------------------------


def test_a_form_from_elsewhere_is_refused(hub: Hub) -> None:
    """CSRF: a page that lies in wait sends the owner's cookie along, and nothing happens."""
    browser = Browser(hub, Scope.ADMINISTER)
    before = whole(hub)
    answers = {str(each): browser.ask(each, {"Sec-Fetch-Site": "cross-site"}) for each in WRITING}

    assert {way: a.status_code for way, a in answers.items() if a.status_code != 403} == {}
    assert whole(hub) == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://hub.example:8080"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://hub.example:8080.evil.example"},
        {},
    ],
    ids=str,
)
@pytest.mark.parametrize("needed", [None, *ROLES])
def test_elsewhere_is_wherever_we_are_not(
    hub: Hub, needed: Scope | None, headers: dict[str, str]
) -> None:
    """A neighbour's page, one without an address, one that says nothing: all are elsewhere."""
    route = next(each for each in WRITING if each.needed is needed)
    answer = Browser(hub, Scope.ADMINISTER).ask(route, headers)

    assert answer.status_code == 403
    assert is_page(answer)


def whole(hub: Hub) -> dict[str, Rows]:
    """Everything that a hub's database holds, but for when sessions were last seen."""
    tables = [each for each in schema.metadata.sorted_tables if each.name not in _SEEN]
    with hub.database.reading() as tx:
        return {
            each.name: [tuple(row) for row in tx.execute(text(f"SELECT * FROM {each.name}"))]
            for each in tables
        }


# A page that tries a connection counts its calls, and notes how it answered.
_SEEN = frozenset({"api_token", "browser_session", "budget", "connection", "hub_user"})


def test_looking_changes_nothing(looked: Looked) -> None:
    """Every page may be loaded again, and by whoever loads pages ahead of a person."""
    before, after = looked.before, looked.after

    assert [name for name in before if after[name] != before[name]] == []


# --- What leaves -----------------------------------------------------------------------------

POLICY = re.compile(r"default-src 'self';.*frame-ancestors 'none'")
HEADERS = {
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


def answers_of(browser: Browser) -> Iterator[tuple[str, Answer]]:
    """Ask for all addresses that pages have."""
    for each in PAGES:
        for way in each.ways(browser.hub):
            yield way, browser.http.get(way, headers=OWN)


def test_a_page_is_there_whole_and_guarded(looked: Looked) -> None:
    """It answers, says its language and title once, and may not be framed, sniffed or kept."""
    wrong = {way: whats_wrong(answer, SHUT.get(way, 200)) for way, answer in looked.answers.items()}

    assert {way: each for way, each in wrong.items() if each} == {}


def whats_wrong(answer: Answer, status: int) -> list[str]:
    """Say what a page lacks that answers with a status, or leads on."""
    found = [
        f"{n}: {answer.headers.get(n)}" for n, v in HEADERS.items() if answer.headers.get(n) != v
    ]
    policy = answer.headers.get("content-security-policy", "")
    found += [] if POLICY.match(policy) and "unsafe" not in policy else [policy]
    if answer.status_code == 303:
        return found
    if answer.status_code != status:
        return [*found, f"status {answer.status_code}"]
    if not answer.headers["content-type"].startswith("text/html"):
        return found
    tree = html.document_fromstring(answer.content)
    return found + wrong_marks(tree) + foreign_parts(tree)


def wrong_marks(tree: html.HtmlElement) -> list[str]:
    """Say what a page lacks that readers of screens go by."""
    ids = tree.xpath("//@id")
    found = [f"two elements are {each}" for each in set(ids) if ids.count(each) > 1]
    found += [] if tree.get("lang") else ["no language"]
    found += [] if len(tree.xpath("//h1")) == 1 else [f"{len(tree.xpath('//h1'))} h1"]
    found += [] if (tree.findtext(".//title") or "").strip() else ["no title"]
    unnamed = tree.xpath("//form[@method='post' and not(@action)]")
    return found + ["a form says not where it goes"] * len(unnamed)


def foreign_parts(tree: html.HtmlElement) -> list[str]:
    """Say what of a page would run, load or lead elsewhere without the reader's doing."""
    found = [
        f"script {each}" for each in tree.xpath("//script[not(starts-with(@src, '/static/'))]")
    ]
    found += [f"style {each.text}" for each in tree.xpath("//style")]
    found += [f"@{each.attrname}" for each in tree.xpath("//@*[name()='style']")]
    found += [f"@{each.attrname}" for each in tree.xpath("//@*[starts-with(name(), 'on')]")]
    found += [f"@{each.attrname}" for each in tree.xpath("//@*[starts-with(name(), 'hx-on')]")]
    for each in tree.xpath("//@src | //@href | //@action"):
        scheme = urlsplit(each.strip()).scheme
        if scheme not in {"", "https", "http", "mailto"}:
            found.append(f"leads to {each}")
    elsewhere = tree.xpath("//a[starts-with(@href, 'http') and contains(@target, '_blank')]")
    found += [
        f"opens {each.get('href')}" for each in elsewhere if "noopener" not in each.get("rel", "")
    ]
    return found


def test_names_run_nothing(hostile_hub: Hub) -> None:
    """Stored script: what came from other systems is text, in any direction, of any length."""
    taken = HOSTILE.partition("</script>")[0]
    for way, answer in answers_of(Browser(hostile_hub, Scope.ADMINISTER)):
        tree = html.document_fromstring(answer.content) if answer.content else None

        assert answer.status_code in (SHUT.get(way, 200), 303), way
        assert taken not in answer.text, way
        assert "\u202e" not in answer.text, f"{way} shows a sign that turns what follows round"
        assert tree is None or foreign_parts(tree) == [], way


PAYLOAD = "javascript:x'\"><script>x</script><img src=x onerror=x>\u202e"


def test_an_address_runs_nothing(hub: Hub) -> None:
    """Reflected script: neither what stands in an address nor what is asked of it.

    Nor does a link of the page lead to what the address says, such as the way back.
    """
    browser, name = Browser(hub, Scope.ADMINISTER), quote(PAYLOAD, safe="")
    query = "&".join(f"{key}={name}" for key in ASKED)
    spoilt = {re.sub(r"\{\w+(:\w+)?\}", name, each.path) for each in PAGES}
    for way in spoilt | {each.ways(hub)[0].partition("?")[0] for each in PAGES}:
        answer = browser.http.get(f"{way}?{query}", headers=OWN)

        assert answer.status_code < 500, way
        assert "<script>x" not in answer.text, way
        assert "\u202e" not in answer.text, way
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert foreign_parts(html.document_fromstring(answer.content)) == [], way


ASKED = (
    *("q", "to", "link", "kind", "state", "after", "since", "view", "cause"),
    *("back", "of", "fits", "side", "key", "by", "way", "status", "cure", "answer", "what", "mark"),
)


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "\\\\evil.example",
        "/\t/evil.example/",
        "/%09/evil.example/",
        "javascript:alert(1)",
        "evil.example",
        "http:evil.example",
    ],
)
def test_nobody_is_led_elsewhere(hub: Hub, to: str) -> None:
    """Open redirect: the form leads on within the hub, whoever made the address."""
    browser = Browser(hub, Scope.ADMINISTER)
    answer = browser.http.get("/login", params={"to": to})
    led = urlsplit(answer.headers["location"])

    assert answer.status_code == 303
    assert (led.scheme, led.netloc) == ("", "")
    assert answer.headers["location"].startswith("/")
    assert not re.match(r"/[/\\\t]", answer.headers["location"])


# --- How it is asked for -------------------------------------------------------------------


def test_what_went_over_the_wire_is_beneath_a_fold(looked: Looked) -> None:
    """A service desk that cannot be reached is told in a sentence, wherever it is told."""
    open_texts = {}
    for way, answer in looked.answers.items():
        if is_page(answer) and "ConnectError" in answer.text:
            shown = html.fromstring(answer.text)
            for fold in shown.xpath("//details"):
                fold.drop_tree()
            open_texts[way] = "ConnectError" in shown.text_content()

    assert open_texts
    assert [way for way, is_open in open_texts.items() if is_open] == []


def test_small_differences_make_none(looked: Looked, hub: Hub) -> None:
    """HEAD is GET without a body, and a slash at the end changes nothing."""
    browser = Browser(hub, Scope.ADMINISTER)
    for each in PAGES:
        way = each.ways(hub)[0]
        head = browser.http.head(re.sub(r"(?=\?|$)", "/", way, count=1), headers=OWN)

        assert (way, head.status_code) == (way, looked.answers[way].status_code)
        assert head.content == b""


def test_what_an_address_does_not_take_is_a_page(hub: Hub) -> None:
    """405 in our words, with what the address takes."""
    browser = Browser(hub, Scope.ADMINISTER)
    for each in PAGES:
        answer = browser.http.put(each.ways(hub)[0], headers=OWN)

        assert (str(each), answer.status_code) == (str(each), 405)
        assert is_page(answer)
        assert "GET" in answer.headers["allow"]


ODD = ["0", "-1", "999999999999999999999999", "1'--", "\u0661"]


@pytest.mark.parametrize("odd", ODD)
def test_what_is_not_there_is_a_page(hub: Hub, odd: str) -> None:
    """A number that nothing has, or none at all: 404 or 400 in our words, never more."""
    browser = Browser(hub, Scope.ADMINISTER)
    for each in (each for each in PAGES if "{" in each.path):
        answer = browser.http.get(re.sub(r"\{\w+(:\w+)?\}", odd, each.path), headers=OWN)

        assert answer.status_code in (200, 303, 400, 404), (str(each), answer.status_code)
        assert answer.status_code == 303 or is_page(answer), str(each)


@pytest.mark.parametrize("way", ["/nowhere", "/documents-of-old/7", "/static", "/a%00b", "/?q=%00"])
def test_a_slip_in_an_address_is_a_page(hub: Hub, way: str) -> None:
    """For people it is a page, whoever they are."""
    for scope in (None, Scope.READ):
        answer = Browser(hub, scope).http.get(way)

        assert answer.status_code in (400, 404)
        assert is_page(answer)


@pytest.mark.parametrize("way", ["/api/v1/nowhere", "/api/v1/links/none", "/agent/nowhere"])
def test_programs_are_answered_in_theirs(hub: Hub, way: str) -> None:
    """Where programs ask a failure is JSON, as it was."""
    answer = Browser(hub, None).http.get(way)

    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["error"]["message"]


def test_a_form_that_is_too_large_is_a_page(hub: Hub) -> None:
    """413 in our words."""
    large = {"token": "x" * (3 * 2**20)}
    answer = Browser(hub, None).http.post("/login", data=large, headers=OWN)

    assert answer.status_code == 413
    assert is_page(answer)


def test_what_breaks_on_our_side_is_a_page(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    """500 in our words, with a reference that stands in the log, and nothing of what broke."""

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret-of-the-inside")

    browser = Browser(hub, Scope.READ)
    monkeypatch.setattr("counterfoil.hub.inbox.count", broken)
    answer = browser.http.get("/")

    assert answer.status_code == 500
    assert is_page(answer)
    assert answer.headers["x-request-id"] in answer.text
    assert "secret-of-the-inside" not in answer.text
    assert "Traceback" not in answer.text


def test_what_is_not_asked_for_is_not_taken(hub: Hub) -> None:
    """Mass assignment: more in the form of signing in gives nobody more."""
    asked = {"scope": "administer", "role": "owner", "user": "1", "is_admin": "true"}
    browser = Browser(hub, Scope.READ)
    browser.http.post("/login", data={"token": "cft_none", **asked}, headers=OWN)
    barred = next(each for each in GUARDED if each.needed is Scope.ADMINISTER)

    assert browser.ask(barred).status_code == 403
