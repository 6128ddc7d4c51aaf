"""A fresh company for every test, in one stand-in for all of them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandboxes.quickbooks_online.outside import Outside, World, opened


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    with opened() as found:
        yield found


@pytest.fixture
def online(world: World) -> Outside:
    return world.fresh()
