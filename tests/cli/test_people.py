"""``connections people``: several people on one company file."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Keyboard


def test_from_added_to_removed(keyboard: Keyboard, tmp_path: Path) -> None:
    """W13: somebody gets a file and a password, is listed and shown, and is removed."""
    keyboard.read("connections", "add", "quickbooks-desktop", "--name", "Books")
    file = tmp_path / "anna.qwc"

    made = keyboard.read("connections", "people", "add", "Books", "Anna", "--qwc", str(file))
    assert made["username"] in file.read_text("ascii")
    assert keyboard.type("connections", "people", "qwc", "Books", "anna").output == made["qwc"]
    fresh = keyboard.read("connections", "people", "password", "Books", "Anna", "--grace", "5")
    assert fresh["password"] != made["password"]

    told = keyboard.type("connections", "people", "list", "Books").stdout
    assert "Anna" in told
    assert "Anna" in keyboard.type("connections", "show", "Books").stdout
    assert not {made["password"], fresh["password"]} & {*told.split()}

    refused = keyboard.type("connections", "people", "remove", "Books", "Anna", code=2)
    assert "--yes" in refused.stderr
    keyboard.type("connections", "people", "remove", "Books", "Anna", "--yes")
    assert keyboard.read("connections", "people", "list", "Books") == {"people": []}


def test_the_password_is_told_in_words(keyboard: Keyboard) -> None:
    """Without ``--json`` the user name and password are told, and what to do with the file."""
    keyboard.type("connections", "add", "quickbooks-desktop", "--name", "Books")

    told = keyboard.type("connections", "people", "add", "Books", "Anna").stdout

    assert "Anna works on Books, too." in told
    assert "Password:" in told
