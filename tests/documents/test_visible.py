"""What cannot be seen is written out where people read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.documents import visible


@pytest.mark.parametrize(
    "text, shown",
    [
        ("SO-1\x07", "SO-1\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u200bb", "a\\u200bb"),
        ("\ud800", "\\ud800"),
        ("one\n\ttwo", "one\n\ttwo"),
    ],
)
def test_it_is_written_as_its_number(text: str, shown: str) -> None:
    """Control characters, turners of direction, and what is no character; no layout."""
    assert visible(text) == shown


@given(st.text())
def test_nothing_is_dropped(text: str) -> None:
    """The text never gets shorter, and what it shows stays shown."""
    found = visible(text)

    assert len(found) >= len(text)
    assert found.isprintable() or text != found or not text.isprintable()
    assert visible(found) == found
