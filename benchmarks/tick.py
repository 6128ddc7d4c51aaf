"""What 10 changed orders cost where very many are done: beside a ledger that has only those 10.

Run from the top folder, in the developer's environment::

    python -m benchmarks.tick                      # 1,000,000 orders done before
    python -m benchmarks.tick --orders 100000

Both systems are played by a few lines.  The 10 orders go to the books by real runs; what was
done besides is copied from them inside the ledger, row by row.  Then the 10 change, and a run
on either side carries the changes over.  Counted are round trips, and what SQLite does: steps
of its virtual machine, in hundreds, of which reading a row takes a few.
"""

from __future__ import annotations

import argparse
import tempfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import msgspec

from benchmarks._copies import multiply
from benchmarks._stage import LINES, SECRET_KEY, Figure, show, steps_of
from counterfoil.documents import (
    Customer,
    Document,
    DocumentKind,
    Item,
    Money,
    OrderLine,
    Quantity,
    RecordKind,
    Reference,
    SalesOrder,
)
from counterfoil.engine.drafting import Target
from counterfoil.engine.operations import (
    CreateDocument,
    Done,
    FindDocument,
    Operation,
    Outcome,
    Page,
    ReadDocuments,
    ReadRecords,
    UpdateDocument,
)
from counterfoil.hub import answering, asking, desk, work
from counterfoil.hub.setup import Configuration, Hub, open_hub
from counterfoil.hub.systems import target_of
from counterfoil.ledger import connections, exchanges, runs
from counterfoil.ledger.database import sqlite_url

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
LATER = NOW + timedelta(hours=2)
QUIET = timedelta(minutes=10)
CHANGED = 10
STEPS = 100
WITHIN = 1.2


class Systems:
    """Both systems: ten orders, and what the books made of them."""

    def __init__(self) -> None:
        self.orders = [_order(number, Decimal(2)) for number in range(CHANGED)]
        self.booked: dict[str, Document] = {}
        self.updates = 0

    def change(self) -> None:
        """Order more of everything."""
        self.orders = [_order(number, Decimal(3)) for number in range(CHANGED)]

    def answer(self, operation: Operation, *, here: bool) -> Outcome:
        """Answer one operation of either system."""
        match operation:
            case ReadRecords(kind=kind):
                return Done(page=Page(records=_records(kind)))
            case ReadDocuments(kind=DocumentKind.SALES_ORDER) if here:
                return Done(page=Page(documents=tuple(self.orders)))
            case CreateDocument(document=document):
                return self._keep(document, f"B{len(self.booked)}", "1")
            case UpdateDocument(document=document, document_id=identity):
                self.updates += 1
                return self._keep(document, identity, "2")
            case FindDocument(ids=ids):
                found = (self._found(each) for each in ids)
                return Done(page=Page(documents=tuple(each for each in found if each)))
            case _:
                return Done(page=Page())

    def _found(self, identity: str) -> Document | None:
        """Give a document of the books; a copied one says what its original says."""
        there = self.booked.get(identity.partition("-")[0])
        return there and msgspec.structs.replace(there, id=identity, number=identity)

    def _keep(self, document: Document, identity: str, revision: str) -> Done:
        kept = msgspec.structs.replace(document, id=identity, revision=revision, number=identity)
        if isinstance(kept, SalesOrder):
            lines = (
                msgspec.structs.replace(line, id=f"{identity}-{position}")
                for position, line in enumerate(kept.lines)
            )
            kept = msgspec.structs.replace(kept, lines=tuple(lines))
        self.booked[identity] = kept
        return Done(id=identity, number=identity, revision=revision, document=kept)


def _records(kind: RecordKind) -> tuple[Customer | Item, ...]:
    if kind is RecordKind.CUSTOMER:
        return (Customer(id="C1", name="Kestrel", full_name="Kestrel"),)
    return (Item(id="I1", name="BRKT", full_name="BRKT"),) if kind is RecordKind.ITEM else ()


def _order(number: int, quantity: Decimal) -> SalesOrder:
    return SalesOrder(
        id=f"so-{number}",
        number=f"SO-{number}",
        customer=Reference("Kestrel"),
        created_on=date(2026, 3, 1),
        lines=tuple(
            OrderLine(
                id=f"{number}-{line}",
                item=Reference("BRKT"),
                quantity=Quantity(quantity),
                unit_price=Money(Decimal(line + 1)),
            )
            for line in range(LINES)
        ),
    )


def run(hub: Hub, systems: Systems, connection: int, *, here: bool) -> int:
    """One run on a connection; says how many round trips it made."""
    now = hub.now()
    with hub.database.writing() as tx:
        runs.end_others(tx, connection, now, "another run began")
        run_id = runs.begin(tx, connection, "schedule", now)
    for trips in range(1_000):
        with hub.database.writing() as tx:
            found = connections.load(tx, connection)
            assert found is not None, "it was added"
            target = _target(found)
            prepared = work.next_batch(tx, found, runs.load(tx, run_id), target, now)
        if prepared is None:
            return trips
        assert isinstance(prepared, asking.Prepared), "no stock is compared"
        outcomes = {each.id: systems.answer(each, here=here) for each in prepared.batch.operations}
        with hub.database.writing() as tx:
            exchange, current = exchanges.load(tx, prepared.exchange), runs.load(tx, run_id)
            answering.take_answer(tx, found, current, exchange, outcomes, target, now)
    raise AssertionError("a run does not come to an end")


def _target(connection: connections.Connection) -> Target:
    return msgspec.structs.replace(target_of(connection), check=lambda operation, rules: None)


def tick(folder: Path, count: int) -> tuple[int, int]:
    """Carry ten changes over, beside so many done; gives round trips and hundreds of steps."""
    path = folder / f"{count}.db"
    configuration = Configuration(database_url=sqlite_url(path), secret_key=SECRET_KEY)
    systems = Systems()
    with open_hub(configuration, lambda: NOW) as hub:
        operations, books = _connect(hub)
        for _ in range(2):
            run(hub, systems, operations, here=True)
            run(hub, systems, books, here=False)
        assert len(systems.booked) == CHANGED, "the ten are there"
        with hub.database.writing() as tx:
            multiply(tx, count)
    systems.change()
    clock = [LATER]
    trips = 0
    with open_hub(configuration, lambda: clock[0]) as hub, steps_of(hub, STEPS) as steps:
        # A changed order is left alone until it is quiet.
        for clock[0] in (LATER, LATER + QUIET):
            trips += run(hub, systems, operations, here=True)
            trips += run(hub, systems, books, here=False)
        assert systems.updates == CHANGED, f"{systems.updates} were changed"
        return trips, steps[0]


def _connect(hub: Hub) -> tuple[int, int]:
    with hub.database.writing() as tx:
        operations, books = (
            connections.add(tx, system=system, name=system, parameters={}, created_at=NOW)
            for system in ("fusion-operations", "quickbooks-desktop")
        )
        link = connections.add_link(
            tx, name="Orders", operations_id=operations, books_id=books, created_at=NOW
        )
    rules = ["sales-order-out.mode=automatic", "sales-order-out.changes=automatic"]
    desk.set_settings(hub, link, rules, "benchmark")
    return operations, books


def main() -> None:
    """Measure both ledgers, and show them beside each other."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        alone = tick(Path(folder), 0)
        beside = tick(Path(folder), asked.orders)
    figures = [
        Figure("round trips, only the ten", alone[0], ""),
        Figure("round trips", beside[0], "", f"<= {alone[0] * WITHIN:g}"),
        Figure("database steps, only the ten", alone[1], "hundred"),
        Figure("database steps", beside[1], "hundred", f"<= {alone[1] * WITHIN:.0f}"),
    ]
    show(f"10 of {asked.orders:,} orders done change", figures, as_json=asked.json)


if __name__ == "__main__":
    main()
