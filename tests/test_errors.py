"""What an error tells people, and what it tells whoever helps them."""

from __future__ import annotations

import pytest

from counterfoil.errors import UnavailableError, parted


@pytest.mark.parametrize(
    "detail", ["ConnectError", "HTTP 500: no room (disk 2) here", "cut (off", None]
)
def test_what_is_kept_of_an_error_comes_apart_again(detail: str | None) -> None:
    """The sentence, and what was seen, whatever brackets that has."""
    error = UnavailableError("It is busy.", system="x", operation="GET /a/b", detail=detail)
    seen = f"GET /a/b, {detail}"

    assert parted(error.whole) == ("It is busy.", seen)
    assert parted(f"Not now: {error.whole}.") == ("Not now: It is busy.", seen)


@pytest.mark.parametrize(
    "whole, sentence",
    [
        ("It is busy. (GET /a, B (c)). Call.", "It is busy. Call."),
        ("It is busy. (GET /a, B): none needs it.", "It is busy: none needs it."),
    ],
)
def test_what_goes_on_behind_it_stays(whole: str, sentence: str) -> None:
    """A sentence is often part of a longer one."""
    assert parted(whole)[0] == sentence


@pytest.mark.parametrize("text", ["", "It is busy.", "It is busy (as ever).", "Busy. (Or not.)"])
def test_a_text_that_no_error_left_stays_whole(text: str) -> None:
    """Brackets of ours are part of the sentence."""
    assert parted(text) == (text, "")
