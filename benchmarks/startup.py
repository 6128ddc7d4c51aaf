"""How long the command line takes to start.

Run from the top folder, in the developer's environment::

    python -m benchmarks.startup

``counterfoil --help`` in fresh processes, by the clock and by CPU, and which modules take
longest to import.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import time

from benchmarks._stage import ROOT, Figure, show

HELP = [sys.executable, "-m", "counterfoil", "--help"]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT / "src")}
SHOWN = 5


def main() -> None:
    """Start it again and again."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    _started()  # whose bytecode is written now
    measured = [_started() for _ in range(asked.times)]
    wall_s = [each[0] for each in measured]
    cpu_s = [each[1] for each in measured]
    show(
        f"counterfoil --help, {asked.times} times",
        [
            Figure("median", statistics.median(wall_s), "s", "<= 0.5"),
            Figure("slowest", max(wall_s), "s"),
            Figure("CPU, median", statistics.median(cpu_s), "s"),
            *(
                Figure(f"import of {name}", microseconds / 1000, "ms, with all below")
                for microseconds, name in _slowest_imports()
            ),
        ],
        as_json=asked.json,
    )


def _started() -> tuple[float, float]:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    subprocess.run(HELP, check=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    wall_s = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall_s, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _slowest_imports() -> list[tuple[int, str]]:
    told = subprocess.run(
        [sys.executable, "-X", "importtime", *HELP[1:]],
        check=True,
        capture_output=True,
        text=True,
        env=ENVIRONMENT,
    ).stderr
    found: list[tuple[int, str]] = []
    for line in told.splitlines():
        parts = line.removeprefix("import time:").split("|")
        if len(parts) == 3 and parts[1].strip().isdigit():
            found.append((int(parts[1]), parts[2].strip()))
    return sorted(found, reverse=True)[:SHOWN]


if __name__ == "__main__":
    main()
