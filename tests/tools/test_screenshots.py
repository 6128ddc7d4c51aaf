"""Screenshots: which pages are taken and what the pictures are called."""

from __future__ import annotations

import pytest

from tools.screenshots import file_name, linked_paths


@pytest.mark.parametrize(
    "path, name",
    [("/", "start.wide.png"), ("/links/7", "links-7.wide.png"), ("/a?b=c", "a-b-c.wide.png")],
)
def test_a_picture_is_called_after_its_page(path: str, name: str) -> None:
    """The name follows from the path, so two runs can be compared file by file."""
    assert file_name(path, "wide") == name


def test_only_pages_of_the_hub_itself_are_taken() -> None:
    """Links to other hosts are left out, and a page linked twice is taken once."""
    hrefs = ["/links", "links", "https://docs.example/", "#top", "/links?state=refused"]

    assert linked_paths("http://127.0.0.1:8080/", hrefs) == ["/", "/links"]
