"""``connections`` and ``links``: making them, and what is told of them afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Keyboard
from tests.sandboxes.fusion_operations.play import BASE_URL, KEY, SECRET

FUSION = ("connections", "add", "fusion-operations", "--name", "Shop", "--base-url", BASE_URL)


def connected(keyboard: Keyboard) -> tuple[int, int]:
    left = keyboard.read(*FUSION, "--key", KEY, "--secret", SECRET)
    right = keyboard.read("connections", "add", "quickbooks-desktop", "--name", "Books")
    return left["id"], right["id"]


class TestAdd:
    def test_fusion_operations(self, keyboard: Keyboard) -> None:
        """The answer is the new connection's number and nothing else."""
        made = keyboard.read(*FUSION, "--key", KEY, "--secret", SECRET)

        assert made == {"id": 1}

    def test_quickbooks_desktop_tells_its_password_once(
        self, keyboard: Keyboard, tmp_path: Path
    ) -> None:
        """User name, password and file come with the making, and no password later."""
        file = tmp_path / "books.qwc"
        made = keyboard.read(
            "connections", "add", "quickbooks-desktop", "--name", "Books", "--qwc", str(file)
        )

        assert set(made) == {"id", "username", "password", "qwc"}
        assert file.read_text("ascii") == made["qwc"]
        assert made["username"] in made["qwc"]
        for later in (("show", "Books"), ("list",), ("qwc", "Books")):
            for words in (later, (*later, "--json")):
                assert made["password"] not in keyboard.type("connections", *words).output

    def test_the_secret_may_come_from_the_environment(self, keyboard: Keyboard) -> None:
        """A secret need not stand in the history of a shell."""
        keyboard.environment |= {
            "COUNTERFOIL_CONNECTION_KEY": KEY,
            "COUNTERFOIL_CONNECTION_SECRET": SECRET,
        }

        assert keyboard.read(*FUSION) == {"id": 1}

    def test_no_secret_is_ever_shown(self, keyboard: Keyboard) -> None:
        """Key and secret of a connection appear in no list and no view of it."""
        keyboard.read(*FUSION, "--key", KEY, "--secret", SECRET)

        for words in (("list",), ("show", "1"), ("list", "--json"), ("show", "1", "--json")):
            shown = keyboard.type("connections", *words).output
            assert KEY not in shown
            assert SECRET not in shown

    @pytest.mark.parametrize(
        "words, named",
        [
            (("quickbooks", "--name", "X"), "quickbooks-desktop"),
            (("autotask", "--name", "X"), "not in this version"),
            (("fusion-operations", "--name", "X"), "--base-url"),
            (("quickbooks-desktop", "--name", "X", "--requests-per-set", "0"), "from 1 to 500"),
        ],
    )
    def test_what_cannot_be_made_names_what_can(
        self, keyboard: Keyboard, words: tuple[str, ...], named: str
    ) -> None:
        """A wrong system or value ends with code 2 and one sentence that names the right one."""
        done = keyboard.type("connections", "add", *words, code=2)

        assert named in done.stderr
        assert done.stdout == ""
        assert "Traceback" not in done.output

    def test_a_file_that_cannot_be_written_is_told(
        self, keyboard: Keyboard, tmp_path: Path
    ) -> None:
        """The cure names the command that gives the text again."""
        away = str(tmp_path / "nowhere" / "books.qwc")
        done = keyboard.type(
            "connections", "add", "quickbooks-desktop", "--name", "Books", "--qwc", away, code=2
        )

        assert "connections qwc" in done.stderr


class TestPasswordAndFile:
    def test_a_new_password_replaces_the_old(self, keyboard: Keyboard) -> None:
        """It is told once more, with the same user name."""
        _left, right = connected(keyboard)
        first = keyboard.read("connections", "password", str(right))
        second = keyboard.read("connections", "password", "Books")

        assert first["username"] == second["username"]
        assert first["password"] != second["password"]

    def test_the_file_comes_again(self, keyboard: Keyboard, tmp_path: Path) -> None:
        """The same text as JSON, as output and as file."""
        _left, right = connected(keyboard)
        text = keyboard.read("connections", "qwc", str(right))["qwc"]
        keyboard.type("connections", "qwc", "Books", "--qwc", str(tmp_path / "b.qwc"))

        assert keyboard.type("connections", "qwc", "Books").stdout == text
        assert (tmp_path / "b.qwc").read_text("ascii") == text

    @pytest.mark.parametrize("verb", ["password", "qwc"])
    def test_only_for_a_web_connector(self, keyboard: Keyboard, verb: str) -> None:
        """A system that we call has neither."""
        left, _right = connected(keyboard)

        assert "Web Connector" in keyboard.type("connections", verb, str(left), code=2).stderr


class TestLinks:
    def test_a_pair_is_linked_once(self, keyboard: Keyboard) -> None:
        """By number or by name; a second link between the two is refused."""
        left, right = connected(keyboard)
        made = keyboard.read("links", "add", "--operations", str(left), "--books", "Books")

        assert made["id"] == 1
        again = keyboard.read("links", "add", "--operations", "Shop", "--books", "2", code=2)
        assert "linked already" in again["error"]["message"]
        (listed,) = keyboard.read("links", "list")["links"]
        assert (listed["operations"], listed["books"]) == (left, right)

    def test_sides_are_not_interchangeable(self, keyboard: Keyboard) -> None:
        """Books are no operations connection; the cure names the list."""
        left, right = connected(keyboard)
        done = keyboard.type(
            "links", "add", "--operations", str(right), "--books", str(left), code=2
        )

        assert "connections list" in done.stderr

    def test_lists_say_how_to_begin(self, keyboard: Keyboard) -> None:
        """An empty list is valid JSON, and headings only when it is piped."""
        assert keyboard.read("connections", "list") == {"connections": []}
        assert keyboard.read("links", "list") == {"links": []}
        assert keyboard.type("links", "list").stdout.count("\n") == 1
