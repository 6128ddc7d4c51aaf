"""Trying deliberate faults: ``python -m tests.simulation.trying`` says how many are caught.

Names of faults as arguments try those only; ``--seeds N`` plays the seeds 1 to N for each
that no known seed catches, and prints the first that does.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest
import structlog

from counterfoil.ledger import open_ledger
from counterfoil.ledger.database import sqlite_url
from tests.simulation.faults import FAULTS, Fault, fault_named
from tests.simulation.playing import play
from tests.support.world import cheap_passwords

__all__ = ["caught_by_seed", "caught_by_test"]

ROOT = Path(__file__).resolve().parents[2]
NAMED = "COUNTERFOIL_FAULT"


def caught_by_seed(fault: Fault, seed: int, tables: bytes, folder: Path) -> bool:
    """Play a life without the safeguard; says whether something did not hold."""
    with pytest.MonkeyPatch.context() as patch:
        fault.breaks(patch)
        return play(seed, tables, folder).failure is not None


def caught_by_test(fault: Fault) -> bool:
    """Run the named test in a process of its own, without the safeguard; says whether it fails."""
    assert fault.test is not None, "the fault names its test"
    plugins = ("-p", "tests.simulation.trying", "-p", "no:cacheprovider")
    command = [sys.executable, "-m", "pytest", *plugins, "-q", "-x", fault.test]
    environment = {**os.environ, NAMED: fault.name, "PYTHONPATH": f"src{os.pathsep}."}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    assert ended.returncode in (0, 1), ended.stdout.decode()[-2000:]
    return ended.returncode == pytest.ExitCode.TESTS_FAILED


def pytest_configure() -> None:
    """As a plugin of a named test's process: take the safeguard out before any test is read."""
    name = os.environ.get(NAMED)
    if name:
        fault_named(name).breaks(pytest.MonkeyPatch())


# --- The runner ---------------------------------------------------------------------------


def _caught(fault: Fault, seeds: Iterable[int], tables: bytes) -> str | None:
    """Say what catches a fault, ``None``: nothing does."""
    for seed in (*fault.seeds, *seeds):
        with tempfile.TemporaryDirectory() as folder:
            if caught_by_seed(fault, seed, tables, Path(folder)):
                return f"seed {seed}"
    if fault.test is not None and caught_by_test(fault):
        return fault.test
    return None


def _unheard(*_event: object) -> dict[str, object]:
    raise structlog.DropEvent


def main(arguments: list[str]) -> int:
    """Try faults and print what catches each, and how many are caught."""
    parser = argparse.ArgumentParser(description="Which deliberate faults are noticed?")
    parser.add_argument("names", nargs="*", help="only those whose name holds one of these")
    parser.add_argument("--seeds", type=int, default=0, help="also play the seeds 1 to N")
    given = parser.parse_args(arguments)
    structlog.configure(processors=[_unheard])
    chosen = [
        each for each in FAULTS if not given.names or any(name in each.name for name in given.names)
    ]
    caught = 0
    with tempfile.TemporaryDirectory() as folder, cheap_passwords():
        file = Path(folder) / "tables.db"
        open_ledger(sqlite_url(file)).close()
        tables = file.read_bytes()
        for fault in chosen:
            found = _caught(fault, range(1, given.seeds + 1), tables)
            caught += found is not None
            print(f"{fault.name}: {found or 'NOT CAUGHT'}", flush=True)
    print(f"caught {caught} of {len(chosen)}")
    return 0 if caught == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
