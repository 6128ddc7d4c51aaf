"""Seeded lives of a company: whatever fails, each order is in the books exactly once.

``COUNTERFOIL_SEEDS=200`` plays so many lives; ``COUNTERFOIL_SEED=17`` replays one, and
``COUNTERFOIL_ROUNDS`` makes each longer.  A failure prints its seed and what was done.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.simulation.playing import ROUNDS, play

SEEDS = int(os.environ.get("COUNTERFOIL_SEEDS", "2"))
ONE = os.environ.get("COUNTERFOIL_SEED")


@pytest.mark.parametrize("seed", [int(ONE)] if ONE else range(1, SEEDS + 1))
def test_whatever_fails_each_order_arrives_once(
    seed: int, sqlite_tables: bytes, tmp_path: Path
) -> None:
    """Every eligible order is in the books exactly once, and all others say why not."""
    life = play(seed, sqlite_tables, tmp_path, rounds=ROUNDS)
    if life.failure is not None:
        print(*life.log, sep="\n")
        print(f"Replay it with: COUNTERFOIL_SEED={seed} pytest tests/simulation")
        raise life.failure
