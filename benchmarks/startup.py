"""How long commands take that do one thing and end.

Run from the top folder, in the developer's environment::

    python -m benchmarks.startup [--times N] [COMMAND ...]

Every command that only looks, and some that do something, in fresh processes with their
bytecode written, at a hub with one link and nothing in it: by the clock and by CPU; and which
modules of the slowest take longest to import.  A quiet machine is needed for the clock; on a
busy one the CPU of ``python -c pass`` and of loading SQLAlchemy alone, in the same run, compare.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks._stage import ROOT, Figure, show

PROGRAM = (sys.executable, "-m", "counterfoil")
BESIDE = ("pass", "import sqlalchemy")
SETTING_UP = (
    (
        "connections add fusion-operations --name Operations --key k --secret not-a-secret "
        "--base-url http://127.0.0.1:1/fusion --no-check"
    ),
    "connections add quickbooks-desktop --name Books",
    "links add --operations Operations --books Books",
)
COMMANDS = (
    "--help",
    "--version",
    "status",
    "flows",
    "transfers",
    "show 1",
    "unreadable",
    "runs Books",
    "counts 1",
    "preview 1",
    "retry 1",
    "connections list",
    "connections show Books",
    "connections checklist Books",
    "connections lists Books",
    "connections qwc Books",
    "links list",
    "settings show 1",
    "settings history 1",
    "settings set 1 sales-order-out.mode=manual",
    "tokens list",
    "secret-key",
)
MARK_S = 0.5
SHOWN = 5


class Taken(NamedTuple):
    """What one command took, the median of some runs."""

    command: str
    wall_s: float
    cpu_s: float


def main() -> None:
    """Start them again and again."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("commands", nargs="*", metavar="COMMAND", help="quoted; default: all")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="counterfoil-startup-") as folder:
        environment = _environment(Path(folder))
        for words in SETTING_UP:
            _run(words.split(), environment)
        beside = [
            _taken(f"python: {each}", (sys.executable, "-c", each), environment, asked.times)
            for each in BESIDE
        ]
        found = [
            _taken(each, (*PROGRAM, *each.split()), environment, asked.times)
            for each in asked.commands or COMMANDS
        ]
        slowest = max(found, key=lambda each: each.cpu_s)
        imports = _slowest_imports(slowest.command, environment)
    show(
        f"Commands that do one thing, {asked.times} times each",
        [
            *(Figure(each.command, each.wall_s, "s", f"<= {MARK_S}") for each in found),
            *(Figure(f"CPU of {each.command}", each.cpu_s, "s") for each in (*beside, *found)),
            *(
                Figure(f"{slowest.command}: import of {name}", us / 1000, "ms, with all below")
                for us, name in imports
            ),
        ],
        as_json=asked.json,
    )


def _environment(folder: Path) -> Mapping[str, str]:
    """Say where the hub's things are; bytecode is kept apart, and used."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return kept | {
        "PYTHONPATH": str(ROOT / "src"),
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        "COUNTERFOIL_DATABASE_URL": f"sqlite:///{folder / 'hub' / 'hub.db'}",
    }


def _run(words: Sequence[str], environment: Mapping[str, str]) -> None:
    subprocess.run([*PROGRAM, *words], check=True, capture_output=True, env=environment)


def _taken(name: str, words: Sequence[str], environment: Mapping[str, str], times: int) -> Taken:
    _started(words, environment)  # whose bytecode is written now
    measured = [_started(words, environment) for _ in range(times)]
    return Taken(
        name,
        statistics.median(wall_s for wall_s, _ in measured),
        statistics.median(cpu_s for _, cpu_s in measured),
    )


def _started(words: Sequence[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """Run a command, whatever it comes to; seconds by the clock and of CPU."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(words, check=False, capture_output=True, env=environment)
    wall_s = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall_s, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _slowest_imports(command: str, environment: Mapping[str, str]) -> list[tuple[int, str]]:
    told = subprocess.run(
        [sys.executable, "-X", "importtime", *PROGRAM[1:], *command.split()],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
    ).stderr
    found: list[tuple[int, str]] = []
    for line in told.splitlines():
        parts = line.removeprefix("import time:").split("|")
        if len(parts) == 3 and parts[1].strip().isdigit():
            found.append((int(parts[1]), parts[2].strip()))
    return sorted(found, reverse=True)[:SHOWN]


if __name__ == "__main__":
    main()
