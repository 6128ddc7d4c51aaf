"""Pages of links: how each stands, its flows and their modes, what people do with it."""

from __future__ import annotations

from html import unescape

import pytest

from counterfoil.api import tokens
from counterfoil.hub import accounts, desk, finding
from counterfoil.hub.scopes import Scope
from counterfoil.hub.setup import Hub
from tests.support.visitors import Visitor
from tests.support.world import ACTOR, World

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


def text_of(visitor: Visitor, path: str, status: int = 200) -> str:
    answer = visitor.http.get(path)
    assert answer.status_code == status, answer.text
    return unescape(answer.text)


def post(visitor: Visitor, path: str, **fields: str) -> tuple[int, str]:
    """Send a form; gives the status, and where it leads or what it shows."""
    answer = visitor.http.post(path, data=fields, headers=SAME_SITE)
    return answer.status_code, answer.headers.get("location") or unescape(answer.text)


@pytest.mark.parametrize(
    "path, told",
    [
        ("/links", ["1 document needs attention", "Sales orders to QuickBooks", "by hand"]),
        ("/links/1", ["propose?sales-order-out.mode=automatic", "1: Sales orders to QuickBooks"]),
        ("/links/1/preview", ["SO-3", "Only when somebody sends it."]),
        ("/links/1/routes", ["There is one link"]),
        ("/links/1/pause", ["Nothing of it is read or sent until somebody resumes it."]),
        ("/links/1/remove", ["Resumed, the link goes on with what was entered meanwhile."]),
        ("/links/new", ["Operations system", "Fusion Operations"]),
    ],
)
def test_each_page_says_what_matters(reader: Visitor, path: str, told: list[str]) -> None:
    """Of a link with one order refused, one held and one in the books; no page names a command."""
    shown = text_of(reader, path)
    assert [each for each in told if each not in shown] == []
    assert "counterfoil links" not in shown


@pytest.mark.parametrize("path", ["/links/export", "/links/1/preview/export"])
@pytest.mark.parametrize("as_", ["csv", "xlsx"])
def test_lists_are_exported(reader: Visitor, path: str, as_: str) -> None:
    """As text, and as a spreadsheet."""
    answer = reader.http.get(path, params={"format": as_})
    assert answer.status_code == 200
    assert f".{as_}" in answer.headers["content-disposition"]


def test_a_link_is_paused_and_resumed(program: Visitor, world: World) -> None:
    """Its health says so, and the notice has the way back."""
    status, to = post(program, "/links/1/pause")
    assert (status, to) == (303, "/links/1")
    assert "“Shop floor ↔ Books” is paused." in text_of(program, "/links/1")
    assert "Paused" in text_of(program, "/links")
    assert post(program, "/links/1/resume") == (303, "/links/1")
    assert not finding.link_named(world.hub, "1").is_paused


def test_a_removed_link_is_taken_up_again(program: Visitor, world: World) -> None:
    """With all it knew; a paused page of it says what happened."""
    assert post(program, "/links/1/remove") == (303, "/links/1")
    assert "Removed" in text_of(program, "/links/1")
    books = finding.connection_named(world.hub, world.books_id)
    shop = finding.connection_named(world.hub, "Shop floor")
    fields = {"operations": str(shop.id), "books": str(books.id), "name": ""}
    assert post(program, "/links/new", **fields) == (303, "/links/1")
    assert "goes on" in text_of(program, "/links/1")


@pytest.mark.parametrize(
    "fields, told",
    [
        ({"operations": "", "books": ""}, "Choose one."),
        ({"operations": "1", "books": "2", "name": "Kept"}, "They are linked already"),
    ],
)
def test_a_link_that_cannot_be_is_said_so(
    reader: Visitor, fields: dict[str, str], told: str
) -> None:
    """What was typed is kept, and the sentence stands with it."""
    status, shown = post(reader, "/links/new", **fields)
    assert status == 400
    assert told in shown
    assert fields.get("name", "") in shown


def test_without_connections_the_way_leads_to_them(new_hub: Hub) -> None:
    """An empty page is no dead end."""
    visitor = Visitor(new_hub).sign_in(new_hub)
    assert "Connect something" in text_of(visitor, "/links")
    assert "Both sides have to be connected first" in text_of(visitor, "/links/new")


def test_refreshing_says_who_is_read_and_who_is_waited_for(program: Visitor, world: World) -> None:
    """Fusion Operations is called; QuickBooks Desktop calls by itself."""
    assert post(program, "/links/1/refresh") == (303, "/links/1")
    shown = text_of(program, "/links/1")
    assert "Shop floor is read now. Books is read when it calls." in shown
    accounts.change_link(world.hub, finding.link_named(world.hub, "1"), "pause", ACTOR)
    assert post(program, "/links/1/refresh")[0] == 409


@pytest.mark.parametrize(
    "fields, told",
    [
        ({"party": "customer", "name": "", "to": "1"}, "Say whose documents."),
        ({"party": "nobody", "name": "x", "to": "1"}, "Choose whose documents."),
        ({"party": "rest", "name": "", "to": ""}, "Choose a link."),
        ({"party": "customer", "name": "NOBODY", "to": "1"}, "It is not said yet which link takes"),
    ],
)
def test_a_route_that_does_not_fit_says_why(
    reader: Visitor, fields: dict[str, str], told: str
) -> None:
    """Beside the field, and nothing is routed."""
    status, shown = post(reader, "/links/1/routes", **fields)
    assert status == 400
    assert told in shown


def test_routes_are_set_and_taken_back(program: Visitor, world: World) -> None:
    """All the rest goes to a link, and then every link takes everything again."""
    assert post(program, "/links/1/routes", party="rest", to="1") == (303, "/links/1/routes")
    source = finding.connection_named(world.hub, "Shop floor")
    assert [each.party for each in desk.route_rows(world.hub, source)] == [None]
    assert "All the rest" in text_of(program, "/links/1/routes")
    assert post(program, "/links/1/routes/clear") == (303, "/links/1/routes")
    assert desk.route_rows(world.hub, source) == []


@pytest.mark.parametrize(
    "method, path, scope, status",
    [
        ("POST", "/links/1/pause", Scope.READ, 403),
        ("POST", "/links/1/refresh", Scope.READ, 403),
        ("GET", "/links/1/remove", Scope.OPERATE, 403),
        ("GET", "/links/1", Scope.READ, 200),
        ("GET", "/links/99", Scope.READ, 404),
    ],
)
def test_people_do_what_they_may(
    calm: World, method: str, path: str, scope: Scope, status: int
) -> None:
    """A viewer looks; an operator pauses; only an owner removes."""
    visitor = Visitor(calm.hub)
    _number, token = tokens.add(calm.hub, f"{scope} {method} {path}", ACTOR, scope=scope)
    visitor.http.headers["Authorization"] = f"Bearer {token}"
    assert visitor.http.request(method, path, headers=SAME_SITE).status_code == status
