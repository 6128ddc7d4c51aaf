"""Whether the size of the books slows a run: 50,000 customers and 20,000 items beside 500 and 300.

Run from the top folder, in the developer's environment::

    python -m benchmarks.directory

It is ``web_connector.py`` twice, with a small and a large directory, in turns.  The orders
draw on all of the directory, so that with the large one each name is looked up once and not
again and again.  What counts is the CPU of the hub: the large one within 20 %.
"""

from __future__ import annotations

import argparse
import statistics

from benchmarks._stage import Figure, Load, show
from benchmarks.web_connector import measure

# Customers and items.
SIZES = {"small": (500, 300), "large": (50_000, 20_000)}


def main() -> None:
    """Measure both, and compare."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--orders", type=int, default=5_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    database = "postgres" if asked.postgres else "sqlite"
    found: dict[str, list[list[Figure]]] = {"small": [], "large": []}
    for _ in range(asked.runs):
        for name, (customers, items) in SIZES.items():
            load = Load(orders=asked.orders, customers=customers, items=items)
            found[name].append(measure(load, database=database))
    rate, cpu = ({name: _median(found[name], at) for name in found} for at in (0, 1))
    memory = _median(found["large"], 2)
    show(
        f"{asked.orders:,} orders, {database}, medians of {asked.runs} runs",
        [
            Figure("small directory: orders per second", rate["small"], ""),
            Figure("large directory: orders per second", rate["large"], ""),
            Figure("small directory: CPU", cpu["small"], "s per 1,000"),
            Figure("large directory: CPU", cpu["large"], "s per 1,000"),
            Figure("large directory: peak memory", memory, "MB", "<= 200"),
            Figure(
                "more CPU with the large one", (cpu["large"] / cpu["small"] - 1) * 100, "%", "<= 20"
            ),
            Figure(
                "more waiting with the large one", (rate["small"] / rate["large"] - 1) * 100, "%"
            ),
        ],
        as_json=asked.json,
    )


def _median(runs: list[list[Figure]], at: int) -> float:
    return statistics.median(figures[at].value for figures in runs)


if __name__ == "__main__":
    main()
