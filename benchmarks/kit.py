"""The hub, the bare responder and another project's service, in one run.

Run from the top folder, in the developer's environment::

    python -m benchmarks.kit                              # 100 orders per message set
    python -m benchmarks.kit --per-set 1 --orders 500     # one

All three carry the same orders for the same Web Connector and QuickBooks, one right after the
other, so that the figures can be told as ratios whatever else the machine does.  qbwc-kit checks,
matches and keeps nothing beyond ``_kit.py``; ``_bare.py`` always takes 100 orders per set.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
from collections.abc import Callable

from benchmarks import bare, web_connector
from benchmarks._stage import Figure, Load, order, show
from counterfoil.connectors.quickbooks_desktop.records import write_sales_order


def prepare(path: str, load: Load) -> None:
    """Keep every order's fields."""
    database = sqlite3.connect(path)
    database.execute(
        "create table orders (id integer primary key, state text, fields text, txn_id text)"
    )
    with database:
        database.executemany(
            "insert into orders (id, state, fields) values (?, 'ready', ?)",
            ((number + 1, _fields(number, load)) for number in range(load.orders)),
        )
    database.close()


def _fields(number: int, load: Load) -> str:
    return json.dumps(write_sales_order(order(number, load), bare.GUID), default=str)


def measure(load: Load) -> list[Figure]:
    """Measure all three once, and give the hub's figures as ratios to the others'."""
    os.environ["BENCHMARK_PER_SET"] = str(load.per_set)
    hub = _told(lambda: web_connector.measure(load))
    kit = _told(lambda: bare.measure(load, program="_kit.py", prepare=prepare))
    floor = _told(lambda: bare.measure(load))
    kit_mark = "<= 1.0" if load.per_set > 1 else "<= 1.5"
    return [
        Figure("CPU of the hub", hub[0], "s per 1,000"),
        Figure("CPU of qbwc-kit", kit[0], "s per 1,000"),
        Figure("CPU of the bare responder", floor[0], "s per 1,000"),
        Figure("CPU, hub to qbwc-kit", hub[0] / kit[0], "", kit_mark),
        Figure("CPU, hub to bare responder", hub[0] / floor[0], "", "<= 1.4"),
        Figure("speed, hub to bare responder", hub[1] / floor[1], "", ">= 0.75"),
    ]


def _told(measured: Callable[[], list[Figure]]) -> tuple[float, float]:
    """Give CPU seconds per 1,000 orders, and orders per second of waiting."""
    figures = {each.name: each.value for each in measured()}
    (cpu,) = (value for name, value in figures.items() if name.startswith("CPU"))
    return cpu, figures["orders per second of waiting"]


def main() -> None:
    """Measure all three."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--orders", type=int, default=5_000)
    parser.add_argument("--per-set", type=int, default=100)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    load = Load(orders=asked.orders, per_set=asked.per_set)
    for number in range(1, asked.runs + 1):
        title = f"{load.orders:,} orders, {load.per_set} per set; run {number}"
        show(title, measure(load), as_json=asked.json)


if __name__ == "__main__":
    main()
