"""What counting the stock of 100,000 products takes: memory, time, and what is adjusted.

Run from the top folder, in the developer's environment::

    python -m benchmarks.stock
    python -m benchmarks.stock --products 10000 --differing 250

Both systems are played by a few lines that make each page when it is asked for, so that the
memory measured is the hub's own.  One press asks for all products; of so many of them the
books hold another quantity, and only those may be adjusted.  A second press adjusts nothing.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec

from benchmarks._stage import SECRET_KEY, Figure, show
from counterfoil.documents import Account, Item, ItemType, Quantity, RecordKind, StockCount
from counterfoil.engine.drafting import Target
from counterfoil.engine.operations import (
    CreateDocument,
    Done,
    FindDocument,
    Operation,
    Outcome,
    Page,
    ReadRecords,
    ReadStock,
)
from counterfoil.hub import answering, desk, work
from counterfoil.hub.setup import Configuration, Hub, open_hub
from counterfoil.hub.systems import target_of
from counterfoil.ledger import connections, exchanges, runs
from counterfoil.ledger.database import sqlite_url

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Systems:
    """Both systems: the same products, and in the books another quantity of some."""

    def __init__(self, products: int, differing: int) -> None:
        self.products = products
        self.step = products // differing if differing else 0
        self.adjusted: dict[int, str] = {}
        self.counts: list[StockCount] = []

    def answer(self, operation: Operation, *, here: bool) -> Outcome:
        """Answer one operation of either system."""
        match operation:
            case ReadRecords(kind=RecordKind.ITEM, page=page, limit=limit, since=None):
                return Done(page=self._page(page, limit, here=here, tells=False))
            case ReadStock(page=page, limit=limit):
                return Done(page=self._page(page, limit, here=here, tells=True))
            case ReadRecords(kind=RecordKind.ACCOUNT):
                account = Account(id="A1", name="Shrinkage", full_name="Shrinkage")
                return Done(page=Page(records=(account,)))
            case CreateDocument(document=StockCount() as count, key=key):
                return self._adjust(count, key)
            case FindDocument(ids=ids):
                found = [self.counts[int(each) - 1] for each in ids]
                return Done(page=Page(documents=tuple(found)))
            case _:
                return Done(page=Page())

    def _page(self, page: str | None, limit: int, *, here: bool, tells: bool) -> Page:
        start = int(page or 0)
        end = min(start + limit, self.products)
        records = tuple(self._items(range(start, end), here=here, tells=tells))
        return Page(records=records, next=str(end) if end < self.products else None)

    def _items(self, numbers: range, *, here: bool, tells: bool) -> Iterator[Item]:
        for number in numbers:
            quantity = Quantity(Decimal(self._held(number, here=here))) if tells else None
            yield Item(
                id=f"{'P' if here else 'I'}{number:06}",
                name=f"PART-{number:06}",
                full_name=f"PART-{number:06}",
                type=None if here else ItemType.INVENTORY,
                description="A part as companies describe them, in half a line of text",
                on_hand=quantity,
            )

    def _held(self, number: int, *, here: bool) -> str:
        is_other = bool(self.step) and number % self.step == 0
        return self.adjusted.get(number) or ("3" if is_other and not here else "7.5")

    def _adjust(self, count: StockCount, key: str) -> Outcome:
        for line in count.lines:
            assert line.counted is not None, "a count says how many there are"
            self.adjusted[int(line.item.name.removeprefix("PART-"))] = str(line.counted.value)
        made = msgspec.structs.replace(count, id=str(len(self.counts) + 1), revision="1")
        self.counts.append(made)
        return Done(id=made.id, revision="1", document=made, mark=key)


def run(hub: Hub, systems: Systems, connection: int, *, here: bool) -> int:
    """One run on a connection; says how many round trips it made."""
    with hub.database.writing() as tx:
        runs.end_others(tx, connection, NOW, "another run began")
        run_id = runs.begin(tx, connection, "schedule", NOW)
    trips = 0
    for _ in range(1_000_000):
        with hub.database.writing() as tx:
            found = connections.load(tx, connection)
            assert found is not None, "it was added"
            target = _target(found)
            prepared = work.next_batch(tx, found, runs.load(tx, run_id), target, NOW)
        if prepared is None:
            return trips
        if isinstance(prepared, work.Unfinished):
            continue
        outcomes = {each.id: systems.answer(each, here=here) for each in prepared.batch.operations}
        with hub.database.writing() as tx:
            exchange = exchanges.load(tx, prepared.exchange)
            current = runs.load(tx, run_id)
            answering.take_answer(tx, found, current, exchange, outcomes, target, NOW)
        trips += 1
    raise AssertionError("a run does not come to an end")


def _target(connection: connections.Connection) -> Target:
    return msgspec.structs.replace(target_of(connection), check=lambda operation, rules: None)


def main() -> None:
    """Measure one count, and show it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--products", type=int, default=100_000)
    parser.add_argument("--differing", type=int, default=1_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), asked.products, asked.differing)
    show(f"Stock of {asked.products:,} products, one press", figures, as_json=asked.json)


def measure(folder: Path, products: int, differing: int) -> list[Figure]:
    """Count all products twice on a fresh ledger."""
    configuration = Configuration(database_url=sqlite_url(folder / "hub.db"), secret_key=SECRET_KEY)
    systems = Systems(products, differing)
    with open_hub(configuration, lambda: NOW) as hub:
        operations, books, link = _connect(hub)
        run(hub, systems, operations, here=True)
        run(hub, systems, books, here=False)
        first, second = (_press(hub, systems, operations, books, link) for _ in range(2))
    lines = sum(len(each.lines) for each in systems.counts)
    assert lines == first[0].differing == len(systems.adjusted), "only what differs is adjusted"
    assert (second[0].differing, second[0].equal) == (0, products), "nothing is adjusted twice"
    return [
        Figure("peak memory of the hub", _peak_mb(), "MB", "<= 300"),
        Figure("adjusted lines", lines, ""),
        Figure("adjustments", len(systems.counts), ""),
        Figure("round trips, both sides", first[2], ""),
        Figure("time of the hub", first[1], "s"),
        Figure("time of a second press", second[1], "s"),
    ]


def _connect(hub: Hub) -> tuple[int, int, int]:
    with hub.database.writing() as tx:
        operations, books = (
            connections.add(tx, system=system, name=system, parameters={}, created_at=NOW)
            for system in ("fusion-operations", "quickbooks-desktop")
        )
        link = connections.add_link(
            tx, name="Stock", operations_id=operations, books_id=books, created_at=NOW
        )
    desk.set_settings(hub, link, ["stock-count-out.adjustment_account=Shrinkage"], "benchmark")
    return operations, books, link


def _press(
    hub: Hub, systems: Systems, operations: int, books: int, link: int
) -> tuple[desk.CountPress, float, int]:
    """Press send for everything, and let both runs come: result, seconds, round trips."""
    press = desk.press_count(hub, link, (), "benchmark", everything=True).id
    begun = time.perf_counter()
    trips = run(hub, systems, operations, here=True) + run(hub, systems, books, here=False)
    elapsed = time.perf_counter() - begun
    [result] = desk.stock_counts(hub, link, press=press)
    return result, elapsed, trips


def _peak_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
