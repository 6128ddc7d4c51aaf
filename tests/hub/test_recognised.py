"""What opened before is known again, and nothing else is."""

from __future__ import annotations

import pytest

from counterfoil.hub.recognised import Recognised


@pytest.fixture
def recognised() -> Recognised:
    """One that knows the password of ``hash``."""
    found = Recognised()
    found.remember("hash", "right")
    return found


@pytest.mark.parametrize(
    "kept, typed, place",
    [
        (("hash", None), "right", 0),
        (("newer", "hash"), "right", 1),
        (("newer", None), "right", None),
        ((None, None), "right", None),
        (("hash", None), "wrong", None),
        (("hash", None), "\ud800", None),
    ],
    ids="now before replaced removed wrong spoilt".split(),
)
def test_what_is_kept_now_decides(
    recognised: Recognised, kept: tuple[str | None, str | None], typed: str, place: int | None
) -> None:
    """Only the password that opened is known, and only while the same is kept of it."""
    assert recognised.place(kept, typed) == place


def test_little_is_remembered() -> None:
    """What was remembered first is forgotten first, and asked the slow way again."""
    recognised = Recognised(entries_max=2)
    for each in "abc":
        recognised.remember("hash", each)

    assert [recognised.place(("hash",), each) for each in "abc"] == [None, 0, 0]
