"""Screenshots: what the pictures are called, and that the docs show what is there."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.browsing import PHONE, WIDE
from tools.screenshots import DOCS, LOOKS, file_name

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "way, name",
    [
        ("/", "home.1280-light.png"),
        ("/links/7", "links-7.1280-light.png"),
        ("/a?b=c", "a-b-c.1280-light.png"),
    ],
)
def test_a_picture_is_called_after_its_page(way: str, name: str) -> None:
    """The name follows from the address, so two runs can be compared file by file."""
    assert file_name(way, WIDE) == name


def test_a_page_is_taken_in_both_widths_and_colours() -> None:
    """A bookkeeper's screen and a telephone, light and dark."""
    assert {look.width for look in LOOKS} == {WIDE.width, PHONE.width}
    assert {look.scheme for look in LOOKS} == {"light", "dark"}


@pytest.mark.parametrize("name", [name for name, _way, _look in DOCS])
def test_what_the_docs_show_is_there(name: str) -> None:
    """Each picture is in its place."""
    assert (ROOT / "docs" / "images" / f"{name}.png").is_file()
