"""Playing one seed's company, in the way of every test here."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NamedTuple

from counterfoil.ledger.database import sqlite_url
from tests.simulation.company_life import Life
from tests.simulation.rules import rules_of
from tests.support.world import open_world

__all__ = ["ROUNDS", "Played", "play"]

ROUNDS = int(os.environ.get("COUNTERFOIL_ROUNDS", "7"))


class Played(NamedTuple):
    """How a life went; ``failure``: what did not hold, ``None``: everything held."""

    log: list[str]
    failure: Exception | None


def play(seed: int, tables: bytes, folder: Path, *, rounds: int = ROUNDS) -> Played:
    """Play a company's life on a fresh ledger in a folder."""
    file = folder / f"hub-{seed}.db"
    file.write_bytes(tables)
    rules = rules_of(seed)
    size, settles = str(rules.set_size), str(rules.settles_s)
    log: list[str] = []
    try:
        with open_world(
            sqlite_url(file), *rules.settings, requests_per_set=size, settles_after=settles
        ) as world:
            life = Life(world, seed, rules, file)
            log = life.log
            life.live(rounds)
    except Exception as failure:  # noqa: BLE001 - whatever it is, it did not hold
        return Played(log, failure)
    return Played(log, None)
