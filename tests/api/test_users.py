"""People who use the console, over the API: the same verbs as the console's, for a program."""

from __future__ import annotations

from typing import Any

import pytest

from counterfoil.api import tokens
from counterfoil.hub import users
from counterfoil.hub.scopes import Scope
from counterfoil.hub.setup import Hub
from counterfoil.hub.users import Role
from counterfoil.ledger import audits
from tests.support.visitors import Visitor, session_of
from tests.support.world import ACTOR

LOGIN = "ines@larkspur.example"
PASSWORD = "plum orbit candle 47"


@pytest.fixture
def owned(new_hub: Hub) -> Hub:
    """A hub with an owner."""
    made = users.add(new_hub, "mara@larkspur.example", "Mara Quill", Role.OWNER, ACTOR)
    users.set_password(new_hub, made.id, PASSWORD, ACTOR)
    return new_hub


@pytest.fixture
def asking(owned: Hub) -> Visitor:
    """A program of that owner."""
    return Visitor(owned).sign_in(owned, "rota")


def patch(asking: Visitor, path: str, body: object, status: int = 200) -> Any:
    answer = asking.ask("PATCH", path, body)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_from_invited_to_removed(asking: Visitor, owned: Hub) -> None:
    """Somebody is invited, joins by the link, is let do more, switched off and on, and removed."""
    asked = {"name": "Ines Vega", "login": LOGIN, "role": "viewer"}
    made = asking.post("/users", asked, status=201)
    key = made["link"].partition("key=")[2]
    users.join(owned, key, PASSWORD, users.Caller("127.0.0.1", "Firefox"))

    assert (made["mailed"], made["user"]["state"]) == (False, "invited")
    assert asking.get(f"/users/{LOGIN}")["state"] == "active"
    changed = patch(asking, "/users/Ines Vega", {"role": "operator", "name": "Ines Vega-Ruiz"})
    assert (changed["role"], changed["name"]) == ("operator", "Ines Vega-Ruiz")
    assert asking.post(f"/users/{LOGIN}/off")["state"] == "off"
    assert asking.post(f"/users/{LOGIN}/on")["state"] == "active"
    assert asking.post(f"/users/{LOGIN}/remove")["login"] == LOGIN
    assert [each["name"] for each in asking.get("/users")["users"]] == ["Mara Quill"]


def test_every_change_stands_in_the_audit(asking: Visitor, owned: Hub) -> None:
    """With what it was before and after, under the name of the token."""
    asking.post("/users", {"name": "Ines Vega", "login": LOGIN}, status=201)
    patch(asking, f"/users/{LOGIN}", {"role": "viewer"})
    with owned.database.reading() as tx:
        newest = audits.lines(tx, limit=1)[0]

    assert (newest.action, newest.actor) == ("user changed", "rota (token)")
    assert (newest.before, newest.after) == ({"role": "operator"}, {"role": "viewer"})


def test_links_are_made_anew_and_ended(asking: Visitor, owned: Hub) -> None:
    """A new link ends the one before; one that is ended opens nothing."""
    first = asking.post("/users", {"name": "Ines Vega", "login": LOGIN}, status=201)
    second = asking.post(f"/users/{LOGIN}/link")
    assert first["link"] != second["link"]

    assert asking.post(f"/users/{LOGIN}/link/end")["ended"] is True
    assert asking.post(f"/users/{LOGIN}/link/end")["ended"] is False
    for made in (first, second):
        assert Visitor(owned).http.get(made["link"].partition("8080")[2]).status_code == 410


def test_browsers_are_listed_and_signed_out(asking: Visitor, owned: Hub) -> None:
    """Their owner's browser is named, without its cookie, and let in no more."""
    cookie = session_of(owned, Scope.ADMINISTER)
    answer = asking.ask("GET", "/users/1/sessions")

    assert [each["browser"] for each in answer.json()["sessions"]] == ["A browser"]
    assert cookie not in answer.text
    assert asking.post("/users/1/sign-out") == {"id": 1, "ended": 1}
    assert users.in_session(owned, cookie) is None


def test_the_second_factor(asking: Visitor, owned: Hub) -> None:
    """Asked of everybody, or not; whoever has none loses none."""
    assert asking.post("/users/two-factor", {"required": True}) == {"required": True}
    assert asking.get("/users")["two_factor_required"] is True
    assert users.is_two_factor_required(owned)
    assert asking.post("/users/1/reset-two-factor") == {"id": 1, "was_on": False}


@pytest.mark.parametrize(
    "method, path, body",
    [
        ("POST", "/users/1/off", None),
        ("POST", "/users/1/remove", None),
        ("PATCH", "/users/1", {"role": "viewer"}),
    ],
)
def test_an_owner_is_left(asking: Visitor, method: str, path: str, body: object) -> None:
    """The only one can neither be switched off nor removed nor made less, and it says so."""
    answer = asking.ask(method, path, body)

    assert answer.status_code == 409
    assert "the only owner" in answer.json()["error"]["message"]


def test_what_is_not_there_or_does_not_fit(asking: Visitor) -> None:
    """Nobody of that name is 404, an address that is taken 409, a role there is not 400."""
    twin = {"name": "Another", "login": "MARA@larkspur.example"}

    assert asking.ask("GET", "/users/nobody").status_code == 404
    assert "already" in asking.post("/users", twin, status=409)["error"]["message"]
    assert asking.ask("POST", "/users", {**twin, "role": "king"}).status_code == 400
    assert asking.ask("PATCH", "/users/1", {"password_hash": "x"}).status_code == 400


@pytest.mark.parametrize("scope", [Scope.READ, Scope.OPERATE])
def test_only_administrators_look(owned: Hub, scope: Scope) -> None:
    """Who uses the console, with their addresses, is an owner's: as it is in the console."""
    _number, token = tokens.add(owned, "less", ACTOR, scope=scope)
    visitor = Visitor(owned)
    visitor.http.headers["Authorization"] = f"Bearer {token}"

    for path in ("/users", "/users/1", "/users/1/sessions"):
        assert visitor.ask("GET", path).status_code == 403
