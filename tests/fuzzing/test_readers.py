"""Every reader withstands a short run; ``./dev fuzz`` makes long ones."""

from __future__ import annotations

import pytest

from .mutation import spoilt
from .running import fuzz, judged
from .targets import TARGETS, Target


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_escapes_a_short_run(name: str) -> None:
    """A few hundred spoilt inputs are read, or refused as the reader says it may."""
    assert [*map(str, fuzz(TARGETS[name], first=0, runs=60))] == []


def test_a_number_is_an_input() -> None:
    """The same number spoils the same seeds in the same way."""
    assert spoilt((b"<a>1</a>",), 5) == spoilt((b"<a>1</a>",), 5)


def test_what_no_reader_may_raise_is_told() -> None:
    """A failure the reader does not promise is an escape; one it does promise is none."""
    assert judged(Target(int, ()), b"x") is not None
    assert judged(Target(int, (), (ValueError,)), b"x") is None
