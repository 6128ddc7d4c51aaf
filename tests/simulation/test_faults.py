"""The net itself is tested: with a safeguard taken out, something does not hold any more."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.simulation.faults import FAULTS, Fault
from tests.simulation.trying import caught_by_seed, caught_by_test

REACHED = [each for each in FAULTS if each.seeds]
TOLD = [each for each in FAULTS if each.test and not each.seeds]


# Said openly, so that the list can only become shorter.
UNCAUGHT = ["half a reading is complete", "cursors believe any clock"]


def test_every_fault_but_these_is_caught_by_something() -> None:
    """Each safeguard of the table is missed by a life or by a test that is named for it."""
    assert [each.name for each in FAULTS if not each.seeds and not each.test] == UNCAUGHT


@pytest.mark.slow
@pytest.mark.parametrize("fault", REACHED, ids=lambda fault: fault.name)
def test_a_life_notices(fault: Fault, sqlite_tables: bytes, tmp_path: Path) -> None:
    """One of the lives that are known to notice it does so."""
    noticed = [caught_by_seed(fault, seed, sqlite_tables, tmp_path) for seed in fault.seeds[:1]]

    assert any(noticed), f"nobody notices that {fault.name}"


@pytest.mark.slow
@pytest.mark.parametrize("fault", TOLD, ids=lambda fault: fault.name)
def test_a_named_test_notices(fault: Fault) -> None:
    """Where no life here reaches it, the test that is named for it fails without it."""
    assert caught_by_test(fault), f"{fault.test} does not notice that {fault.name}"
