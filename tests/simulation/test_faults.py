"""The net itself is tested: with a safeguard taken out, something does not hold any more."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.simulation.faults import FAULTS, Fault
from tests.simulation.trying import Told, caught_by_seed, told_by_tests

LIVED = [each for each in FAULTS if each.seeds]
TOLD = [each for each in FAULTS if each.test and not each.seeds]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Told]:
    """What became of the named tests, all run at once."""
    return told_by_tests(TOLD, tmp_path_factory.mktemp("told"))


def test_every_fault_is_caught_by_something() -> None:
    """Each safeguard of the table is missed by a life or by a test that is named for it."""
    assert [each.name for each in FAULTS if not each.seeds and not each.test] == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_safeguard_is_where_it_is_taken_out(fault: Fault) -> None:
    """What a fault takes out still exists: one that moved would be taken out of nothing."""
    with pytest.MonkeyPatch.context() as patch:
        fault.breaks(patch)


@pytest.mark.slow
@pytest.mark.parametrize("fault", LIVED, ids=lambda fault: fault.name)
def test_a_life_notices(fault: Fault, sqlite_tables: bytes, tmp_path: Path) -> None:
    """The first of the lives that are known to notice it does so."""
    noticed = caught_by_seed(fault, fault.seeds[0], sqlite_tables, tmp_path)

    assert noticed, f"nobody notices that {fault.name}"


@pytest.mark.slow
@pytest.mark.longest
@pytest.mark.parametrize("fault", TOLD, ids=lambda fault: fault.name)
def test_a_named_test_notices(fault: Fault, told: Mapping[str, Told]) -> None:
    """Where no life here reaches it, the test that is named for it fails without it."""
    assert told[fault.name].is_caught, f"{fault.test} does not notice that {fault.name}"
