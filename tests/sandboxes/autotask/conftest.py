"""A fresh tenant for every test, in one stand-in for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandboxes.autotask.outside import Outside, World, opened


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with opened() as found:
        yield found


@pytest.fixture
def autotask(world: World) -> Outside:
    return world.fresh()
