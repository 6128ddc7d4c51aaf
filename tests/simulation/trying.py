"""Trying deliberate faults: ``python -m tests.simulation.trying`` says how many are caught.

Names of faults as arguments try those only; ``--seeds N`` plays the seeds 1 to N for each
that no known seed catches, and prints the first that does.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import pytest
import structlog

from counterfoil.ledger import open_ledger
from counterfoil.ledger.database import sqlite_url
from tests.simulation.faults import FAULTS, Fault
from tests.simulation.playing import play
from tests.support.world import cheap_passwords

__all__ = ["Told", "caught_by_seed", "told_by_tests"]

ROOT = Path(__file__).resolve().parents[2]


def caught_by_seed(fault: Fault, seed: int, tables: bytes, folder: Path) -> bool:
    """Play a life without the safeguard; says whether something did not hold."""
    with pytest.MonkeyPatch.context() as patch:
        fault.breaks(patch)
        failure = play(seed, tables, folder).failure
    if failure is not None and not isinstance(failure, AssertionError):
        # It is the fault's own: what is broken like that would be noticed by anything.
        raise failure
    return failure is not None


class Told(NamedTuple):
    """How a fault's named test went without the safeguard.

    Attributes:
        code: What pytest ended with; ``None``: it did not end by itself.
        said: The end of what it printed.
    """

    code: int | None
    said: str

    @property
    def is_caught(self) -> bool:
        assert self.code in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED), (
            f"the named test could not be run: it ended with {self.code}\n{self.said}"
        )
        return self.code == pytest.ExitCode.TESTS_FAILED


def told_by_tests(faults: Iterable[Fault], folder: Path) -> dict[str, Told]:
    """Run the named test of each fault without its safeguard, by the faults' names.

    All in one process of their own, which reads the product once and splits off a child for
    each fault, with a folder for each.
    """
    names = [each.name for each in faults]
    command = [sys.executable, "-m", "tests.simulation.telling", str(folder), *names]
    # No plugin is needed there, and each child would read all of them.
    alone = {"PYTHONPATH": f"src{os.pathsep}.", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment = {**os.environ, **alone}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)
    said = f"{ended.stdout.decode()[-2000:]}\n{ended.stderr.decode()[-2000:]}"
    assert ended.returncode == 0, f"it ended with {ended.returncode}: {said}"
    return {
        name: Told(**json.loads((folder / f"{position}.json").read_text()))
        for position, name in enumerate(names)
    }


# --- The runner ---------------------------------------------------------------------------


def _caught(fault: Fault, seeds: Iterable[int], tables: bytes) -> str | None:
    """Say what catches a fault, ``None``: nothing does."""
    for seed in (*fault.seeds, *seeds):
        with tempfile.TemporaryDirectory() as folder:
            if caught_by_seed(fault, seed, tables, Path(folder)):
                return f"seed {seed}"
    if fault.test is not None:
        with tempfile.TemporaryDirectory() as folder:
            if told_by_tests([fault], Path(folder))[fault.name].is_caught:
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
