"""``counterfoil notices`` and ``sync-one``: who is told, and one order now."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Keyboard
from tests.support.mail import mail_server

URL = "json://127.0.0.1/secret-not-real"


@pytest.fixture
def posting(at_hub: Keyboard) -> Keyboard:
    """A keyboard whose hub has a mail server, which is not there now."""
    at_hub.environment |= {
        "COUNTERFOIL_SMTP_URL": "smtp://127.0.0.1:9",
        "COUNTERFOIL_MAIL_FROM": "hub@acme.example",
        "COUNTERFOIL_APPRISE_URL": None,
    }
    return at_hub


class TestNotices:
    def test_a_rule_from_first_to_last(self, posting: Keyboard) -> None:
        """Added, tried, listed and removed, each with what it says to people and programs."""
        add = ("notices", "add", "--name", "bookkeeper", "--email", "books@acme.example")
        made = posting.read(*add, "--on", "refused", "--link", "1")
        assert (made["channel"], made["place"], made["causes"]) == (
            "email",
            "books@acme.example",
            ["refused"],
        )
        assert "bookkeeper" in posting.type("notices", "list").stdout
        with mail_server() as (box, port):
            posting.environment["COUNTERFOIL_SMTP_URL"] = f"smtp://127.0.0.1:{port}"
            told = posting.type("notices", "test", "bookkeeper").stdout
        assert "taken by books@acme.example" in told
        assert len(box.mails) == 1

        assert "is not told by" in posting.type("notices", "remove", "1", "--yes").stdout
        assert posting.read("notices", "list")["rules"] == []

    def test_when_a_rule_tells(self, posting: Keyboard) -> None:
        """Quiet hours and a digest are set, changed and taken away; the list says them."""
        add = ("notices", "add", "--name", "night", "--email", "a@acme.example")
        quiet = ("--quiet", "mon-fri 18:00-07:00", "--quiet", "sat 0:00-24:00")
        made = posting.read(*add, *quiet, "--urgent", "connection", "--digest", "daily@08:00")
        assert made["quiet"] == ["mon-fri 18:00-07:00", "sat 00:00-00:00"]
        assert (made["urgent"], made["digest"]) == (["connection"], "daily@08:00")

        told = posting.type(
            "notices", "change", "night", "--digest", "none", "--name", "day"
        ).stdout
        assert "tells a@acme.example at once; quiet mon-fri 18:00-07:00" in told
        changed = posting.read("notices", "change", "day", "--quiet", "none", "--on", "refused")
        assert (changed["quiet"], changed["causes"]) == ([], ["refused"])
        assert "is off" in posting.type("notices", "off", "day").stdout
        assert "it is off" in posting.type("notices", "list").stdout
        assert posting.read("notices", "on", "day")["is_on"]

    def test_what_was_told(self, posting: Keyboard) -> None:
        """Nothing yet: the list is there, and empty."""
        assert posting.type("notices", "told").stdout.startswith("ID\tMade")
        assert posting.read("notices", "told") == {"notices": []}

    def test_a_trial_that_fails_says_why(self, posting: Keyboard) -> None:
        """A mail server that is not there is told with its address."""
        posting.type("notices", "add", "--name", "books", "--email", "books@acme.example")

        told = posting.read("notices", "test", "books", code=4)["error"]["message"]
        assert "127.0.0.1:9" in told

    @pytest.mark.slow
    def test_a_secret_address_is_asked_for_and_not_shown(self, posting: Keyboard) -> None:
        """An Apprise address is typed unseen, or stands in the environment; nothing shows it."""
        add = ("notices", "add", "--name", "chat", "--apprise")
        said = posting.type(*add, keys=f"{URL}\n")
        shown = posting.type("notices", "list")

        assert "secret-not-real" not in said.stdout + said.stderr + shown.stdout
        assert "json" in shown.stdout

    @pytest.mark.parametrize(
        "words",
        [
            ("add", "--name", "books"),
            ("add", "--name", "books", "--email", "nobody"),
            ("add", "--name", "books", "--email", "a@b.example", "--apprise"),
            ("add", "--name", "books", "--email", "a@b.example", "--quiet", "at night"),
            ("add", "--name", "books", "--email", "a@b.example", "--digest", "often"),
            ("change", "nobody", "--quiet", "none"),
            ("told", "nobody"),
            ("test", "nobody"),
            ("remove", "nobody", "--yes"),
        ],
    )
    def test_what_does_not_fit(self, posting: Keyboard, words: tuple[str, ...]) -> None:
        """What cannot be meant ends with code 2, and says what can be."""
        assert posting.read("notices", *words, code=2)["error"]["message"]


class TestSyncOne:
    def test_an_order_that_is_not_there(self, posting: Keyboard) -> None:
        """OP15: what came of it is told, and that it was not mailed; a person has to look."""
        told = posting.read("sync-one", "1", "PO-9999", "--mail", "a@b.example", code=1)
        assert told["is_stopped"]
        assert "PO-9999" in told["sentence"]
        assert told["mailed_to"] is None

        said = posting.type("sync-one", "1", "PO-9999", code=1)
        assert "PO-9999" in said.stdout + said.stderr
