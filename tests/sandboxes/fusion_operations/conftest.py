"""A fresh company for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandboxes.fusion_operations.play import Play, playing


@pytest.fixture
def play() -> Iterator[Play]:
    with playing() as found:
        yield found


@pytest.fixture
def shop(play: Play) -> Play:
    """A company that has a client and two products."""
    play.stock_up()
    return play
