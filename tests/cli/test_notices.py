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
