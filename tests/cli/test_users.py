"""``counterfoil users`` and ``audit``: the console's verbs about people, typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from counterfoil.hub import users
from counterfoil.hub.setup import Configuration, open_hub
from counterfoil.hub.users import Caller, NotLetInError
from tests.cli.conftest import Keyboard
from tests.support.world import SECRET_KEY

PASSWORD = "plum orbit candle 47"


@pytest.fixture
def keys(sqlite_url: str, sqlite_tables: bytes) -> Keyboard:
    """A keyboard at a hub without users."""
    Path(sqlite_url.removeprefix("sqlite:///")).write_bytes(sqlite_tables)
    typing = Keyboard(sqlite_url)
    typing.environment["COUNTERFOIL_USER_PASSWORD"] = PASSWORD
    return typing


def signs_in(keys: Keyboard, login: str, password: str) -> bool:
    url = str(keys.environment["COUNTERFOIL_DATABASE_URL"])
    with open_hub(Configuration(database_url=url, secret_key=SECRET_KEY)) as hub:
        try:
            users.sign_in(hub, login, password, Caller("", ""))
        except NotLetInError:
            return False
    return True


ADD = ("users", "add", "Mara Quill", "--email", "mara@bakery.example")


class TestUsers:
    def test_somebody_is_added_changed_and_removed(self, keys: Keyboard) -> None:
        """Each command says what holds afterwards, to people and programs."""
        made = keys.read(*ADD)
        assert (made["role"], made["state"]) == ("owner", "active")
        keys.type("users", "add", "Ines", "--email", "ines@bakery.example", "--role", "viewer")
        assert signs_in(keys, "ines@bakery.example", PASSWORD)
        assert "ines@bakery.example\tviewer\tactive" in keys.type("users", "list").stdout
        assert "sends, retrieves" in keys.type("users", "role", "Ines", "operator").stdout
        keys.type("users", "rename", "Ines", "--name", "Ines Vega")
        keys.type("users", "off", "Ines Vega")
        assert not signs_in(keys, "ines@bakery.example", PASSWORD)
        keys.type("users", "on", "2")
        assert "signed out on" in keys.type("users", "sign-out", "2").stdout
        keys.type("users", "remove", "ines@bakery.example", "--yes")

        assert [each["name"] for each in keys.read("users", "list")["users"]] == ["Mara Quill"]

    def test_the_last_owner_stays(self, keys: Keyboard) -> None:
        """The command line is no way around it."""
        keys.type(*ADD)

        for words in (("role", "1", "viewer"), ("off", "1"), ("remove", "1", "--yes")):
            told = keys.read("users", *words, code=2)["error"]["message"]
            assert "only owner" in told

    def test_a_password_that_cannot_be_chosen_adds_nobody(self, keys: Keyboard) -> None:
        """It says why, and shows none."""
        keys.environment["COUNTERFOIL_USER_PASSWORD"] = "counterfoil2026"
        done = keys.type(*ADD, code=2)

        assert "tried first" in done.stderr
        assert "counterfoil2026" not in done.stdout + done.stderr
        assert keys.read("users", "list")["users"] == []

    def test_whoever_is_locked_out_is_let_in_again(self, keys: Keyboard) -> None:
        """By another password, typed twice and unseen, or by a link; and without the phone."""
        keys.type(*ADD)
        keys.environment["COUNTERFOIL_USER_PASSWORD"] = None
        other = "seven quiet lanterns 9"
        done = keys.type("users", "password", "1", keys=f"{other}\n{other}\n")
        assert other not in done.stdout + done.stderr
        assert signs_in(keys, "mara@bakery.example", other)
        assert "/join?key=" in keys.type("users", "password", "1", "--link").stdout
        told = keys.type("users", "reset-two-factor", "1").stdout
        assert "no two-factor" in told

    def test_an_invitation_is_printed_once(self, keys: Keyboard) -> None:
        """With the link alone on standard output."""
        done = keys.type("users", "invite", "Jo", "--email", "jo@bakery.example")

        assert done.stdout.startswith("http://localhost:8080/join?key=")
        assert "key=" not in keys.type("users", "list").stdout

    def test_the_setup_code_is_made_while_there_is_no_owner(self, keys: Keyboard) -> None:
        """Afterwards it says what to do instead."""
        assert len(keys.read("users", "setup-code")["setup_code"]) == 19
        keys.type(*ADD)

        told = keys.read("users", "setup-code", code=2)["error"]["message"]
        assert "counterfoil users password" in told

    def test_everybody_is_asked_for_a_code(self, keys: Keyboard) -> None:
        """Or it is up to each."""
        assert keys.read("users", "two-factor", "everybody") == {"required": True}
        assert keys.read("users", "two-factor", "up-to-each") == {"required": False}
        keys.type("users", "two-factor", "nobody", code=2)


def test_single_sign_on_is_set_up_and_taken_away(keys: Keyboard) -> None:
    """With the address to register, and never the secret."""
    keys.environment["COUNTERFOIL_CLIENT_SECRET"] = "client-secret-not-real"
    assert "not set up" in keys.type("users", "sign-on", "show").stdout
    words = ("--issuer", "https://login.example", "--client-id", "hub")
    done = keys.type("users", "sign-on", "set", *words, "--create-viewers-of", "bakery.example")
    assert "http://localhost:8080/login/sign-on/back" in done.stdout
    keys.type("users", "sign-on", "set", *words, "--keep-secret", "--only")
    shown = keys.type("users", "sign-on", "show")

    assert "Passwords: owners only" in shown.stdout
    assert "client-secret" not in shown.stdout
    assert keys.read("users", "sign-on", "remove", "--yes") == {"removed": True}
    assert "not set up" in keys.read("users", "sign-on", "try", code=2)["error"]["message"]


def test_the_audit_is_listed(keys: Keyboard) -> None:
    """Who, what, about whom, before and after; filtered as in the console."""
    keys.type(*ADD)
    keys.type("users", "rename", "1", "--name", "Mara Q")
    [newest, *_older] = keys.read("audit", "--about", "user/1")["audit"]

    assert newest["action"] == "user changed"
    assert newest["changes"] == [{"member": "name", "before": "Mara Quill", "after": "Mara Q"}]
    assert "name: Mara Quill → Mara Q" in keys.type("audit", "--limit", "1").stdout
    assert keys.read("audit", "--who", "nobody")["audit"] == []
    assert keys.read("audit", "--until", "2001-01-01")["audit"] == []
    keys.type("audit", "--since", "soon", code=2)
