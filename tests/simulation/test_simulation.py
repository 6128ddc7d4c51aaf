"""Seeded lives of a company: whatever fails, each order is in the books exactly once.

``COUNTERFOIL_SEEDS=200`` plays so many lives; ``COUNTERFOIL_SEED=17`` replays one, and
``COUNTERFOIL_ROUNDS`` makes each longer.  A failure prints its seed and what was done.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from counterfoil.ledger.database import sqlite_url
from tests.simulation.company_life import SETTINGS, Life
from tests.support.world import World, open_world

ROUNDS = int(os.environ.get("COUNTERFOIL_ROUNDS", "10"))
SEEDS = int(os.environ.get("COUNTERFOIL_SEEDS", "5"))
ONE = os.environ.get("COUNTERFOIL_SEED")
# Small sets, so that little work makes many round trips; and the usual size.
SET_SIZES = ("3", "7", "100")


@pytest.fixture
def world(seed: int, sqlite_tables: bytes, tmp_path: Path) -> Iterator[World]:
    file = tmp_path / "hub.db"
    file.write_bytes(sqlite_tables)
    size = SET_SIZES[seed % len(SET_SIZES)]
    with open_world(sqlite_url(file), *SETTINGS, requests_per_set=size) as opened:
        yield opened


@pytest.mark.parametrize("seed", [int(ONE)] if ONE else range(1, SEEDS + 1))
def test_whatever_fails_each_order_arrives_once(world: World, seed: int) -> None:
    """Every eligible order is in the books exactly once, and all others say why not."""
    life = Life(world, seed)
    try:
        life.live(ROUNDS)
    except BaseException:
        print(*life.log, sep="\n")
        print(f"Replay it with: COUNTERFOIL_SEED={seed} pytest tests/simulation")
        raise
