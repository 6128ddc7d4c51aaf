"""What keeping the record costs: transfers, exchanges and the directory, on both databases.

Run from the top folder, in the developer's environment::

    python -m benchmarks.ledger                 # SQLite file and the test suite's PostgreSQL
    python -m benchmarks.ledger --only sqlite
    python -m benchmarks.ledger --postgres postgresql+psycopg://USER@HOST/EMPTY

It plays what the hub does for sales orders, in the same transactions: load 100 waiting
transfers; record the batch that is about to leave, with its operations, and that the
transfers are on their way (commit); load what waited for the answer; record what became of
each operation, the new states and the pairings (commit).  The wire texts, in the hub part
of these commits, are counted by themselves.  Times are milliseconds per 100 transfers:
``cpu`` is this process's own, ``wall`` the clock's.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from counterfoil.documents import (  # noqa: E402 - the path comes first
    Customer,
    DocumentKind,
    Item,
    Money,
    OrderLine,
    Quantity,
    Reference,
    SalesOrder,
    encode,
    name_key,
)
from counterfoil.engine.asked import (  # noqa: E402 - the path comes first
    Asked,
    Kind,
    Sent,
)
from counterfoil.engine.deciding import Write  # noqa: E402 - the path comes first
from counterfoil.engine.life import State  # noqa: E402 - the path comes first
from counterfoil.engine.operations import Done  # noqa: E402 - the path comes first
from counterfoil.engine.transfers import (  # noqa: E402 - the path comes first
    Landing,
    PairedLine,
    Transfer,
)
from counterfoil.ledger import (  # noqa: E402 - the path comes first
    connections,
    directory,
    documents,
    exchanges,
    open_ledger,
    pairings,
    runs,
    transfers,
)
from counterfoil.ledger.database import Database  # noqa: E402 - the path comes first

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
BATCH = 100
CUSTOMERS, ITEMS = 50_000, 20_000
NAMES_PER_FIND = 1_100


class Watch:
    """Adds up CPU and wall time by step."""

    def __init__(self) -> None:
        self.cpu_s: defaultdict[str, float] = defaultdict(float)
        self.wall_s: defaultdict[str, float] = defaultdict(float)

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        """Count what runs inside to a step."""
        cpu, wall = time.process_time(), time.perf_counter()
        yield
        self.cpu_s[step] += time.process_time() - cpu
        self.wall_s[step] += time.perf_counter() - wall

    def show(self, title: str, count: int, *, total: str) -> None:
        """Print one table."""
        print(f"\n{title:<44}{'cpu ms':>9}{'wall ms':>9}")
        for step, cpu_s in self.cpu_s.items():
            wall_ms = self.wall_s[step] / count * 1000
            print(f"  {step:<42}{cpu_s / count * 1000:>9.2f}{wall_ms:>9.2f}")
        cpu_ms = sum(self.cpu_s.values()) / count * 1000
        wall_ms = sum(self.wall_s.values()) / count * 1000
        print(f"  {total:<42}{cpu_ms:>9.2f}{wall_ms:>9.2f}")


def order(position: int) -> SalesOrder:
    """Make an order of ten lines; about 900 bytes when stored."""
    return SalesOrder(
        id=f"so-{position}",
        number=f"SO{position:06}",
        customer=Reference(f"Customer {position % CUSTOMERS:05}"),
        created_on=date(2026, 3, 1),
        due_on=date(2026, 3, 20),
        lines=tuple(
            OrderLine(
                id=f"{position}-{line}",
                item=Reference(f"ITEM-{(position * 10 + line) % ITEMS:05}"),
                quantity=Quantity(Decimal(line + 1)),
                unit_price=Money(Decimal("12.50")),
            )
            for line in range(10)
        ),
    )


def prepare(database: Database, count: int) -> tuple[int, int]:
    """Make two connections, a link and waiting transfers; says the target and a run."""
    with database.writing() as tx:
        sides = [
            connections.add(tx, system=system, name=system, parameters={}, created_at=NOW)
            for system in ("fusion-operations", "quickbooks-desktop")
        ]
        link = connections.add_link(
            tx, name="benchmark", operations_id=sides[0], books_id=sides[1], created_at=NOW
        )
        run = runs.begin(tx, sides[1], "web-connector", NOW)
        orders = (order(position) for position in range(count))
        documents.see(tx, sides[0], DocumentKind.SALES_ORDER, orders, {}, NOW, known={})
        waiting = documents.pending(tx, sides[0], DocumentKind.SALES_ORDER, count)
        transfers.begin(
            tx,
            [
                Transfer(
                    id=0,
                    link=link,
                    flow="sales-order-out",
                    document_row=seen.row,
                    target=sides[1],
                    target_kind=DocumentKind.SALES_ORDER,
                    number=seen.number,
                    state=State.READY,
                    state_since=NOW,
                    write=Write.CREATE,
                )
                for seen in waiting
            ],
        )
        documents.take_up(tx, [seen.row for seen in waiting])
    return sides[1], run


def batches(database: Database, target: int, run: int, count: int) -> Watch:
    """Carry every transfer from ready to done."""
    watch = Watch()
    request = _wire_text()
    for number in range(count // BATCH):
        with watch("load 100 (transfers.work)"), database.reading() as tx:
            found = transfers.work(tx, target, (State.READY, State.UNKNOWN), BATCH)
        assert len(found) == BATCH
        sending = [
            (
                each.transfer,
                msgspec.structs.replace(
                    each.transfer,
                    state=State.SENDING,
                    state_since=NOW,
                    attempts=1,
                    key=f"{{{random.randbytes(16).hex()}}}",
                    target_number=each.transfer.number,
                    sent_fingerprint=each.fingerprint,
                    settings_version=1,
                ),
            )
            for each in found
        ]
        asked = [
            Asked(
                wire_id=f"{number}-{position}",
                kind=Kind.CREATE_DOCUMENT,
                subject="sales-order",
                name=after.number,
                key=after.key,
                transfer=after.id,
                sent=Sent(
                    document=msgspec.Raw(each.body),
                    kind=each.kind,
                    lines=tuple((f"{line}", "1") for line in range(10)),
                ),
            )
            for position, (each, (_, after)) in enumerate(zip(found, sending, strict=True))
        ]
        outcomes = [Done(id=f"{number}-{position}-TXN") for position in range(BATCH)]
        with watch("record: exchange, 100 operations, sending"), database.writing() as tx:
            exchange = exchanges.record(
                tx,
                connection=target,
                run=run,
                key=f"k{number}",
                writes=True,
                operations=asked,
                now=NOW,
            )
            sending = [
                (before, msgspec.structs.replace(after, exchange=exchange))
                for before, after in sending
            ]
            transfers.save(tx, sending)
        # As stored: one version further.
        sending = [
            (before, msgspec.structs.replace(after, version=after.version + 1))
            for before, after in sending
        ]
        with watch("answer: exchanges.asked, transfers.load"), database.reading() as tx:
            assert exchanges.asked(tx, exchange) == asked
            waited = transfers.load(tx, [each.transfer for each in asked if each.transfer])
        assert [each.transfer for each in waited] == [after for _, after in sending]
        done = [
            (after, msgspec.structs.replace(after, state=State.DONE, exchange=None, write=None))
            for _, after in sending
        ]
        with watch("settle: outcomes, done, pairings"), database.writing() as tx:
            exchanges.answer(tx, exchange, state="answered", now=NOW)
            exchanges.settle(tx, exchange, asked, outcomes)
            transfers.save(tx, done)
            pairings.pair(
                tx, [(after, _landing(number, place)) for place, (_, after) in enumerate(done)], NOW
            )
        with watch("wire texts of 160 and 90 KB"), database.writing() as tx:
            exchanges.attach_request(tx, exchange, request)
            exchanges.answer(tx, exchange, state="answered", now=NOW, text=request[:90_000])
    return watch


def _wire_text() -> bytes:
    """Make 160 KB of something like qbXML."""
    lines = (
        f"<SalesOrderLineAdd><ItemRef><FullName>ITEM-{line * 7 % ITEMS:05}</FullName></ItemRef>"
        f"<Quantity>{line % 17}</Quantity><Rate>{line % 91}.50</Rate></SalesOrderLineAdd>"
        for line in range(1_200)
    )
    return "".join(lines).encode()


def _landing(number: int, position: int) -> Landing:
    return Landing(
        id=f"{number}-{position}-TXN",
        kind=DocumentKind.SALES_ORDER,
        number=f"SO{number * BATCH + position:06}",
        revision="1700000000",
        total="687.50",
        content="c" * 32,
        lines=tuple(
            PairedLine(f"{line}", f"{number}-{position}-L{line}", "1") for line in range(10)
        ),
    )


def names(database: Database, connection: int, run: int) -> Watch:
    """Learn the books' lists, then look up the names of one batch again and again."""
    watch = Watch()
    records: list[Customer | Item] = [
        Customer(id=f"C-{n}", name=f"Customer {n:05}", full_name=f"Customer {n:05}")
        for n in range(CUSTOMERS)
    ]
    records += [
        Item(id=f"I-{n}", name=f"ITEM-{n:05}", full_name=f"ITEM-{n:05}") for n in range(ITEMS)
    ]
    for start in range(0, len(records), 500):
        with watch("directory.learn, per 1,000 records"), database.writing() as tx:
            directory.learn(tx, connection, records[start : start + 500], run)
    watch.cpu_s["directory.learn, per 1,000 records"] /= len(records) / 1000
    watch.wall_s["directory.learn, per 1,000 records"] /= len(records) / 1000
    chance = random.Random(7)
    keys = [name_key(each.full_name) for each in records]
    repeats = 20
    for _ in range(repeats):
        wanted = chance.sample(keys, NAMES_PER_FIND)
        with watch("directory.find, 1,100 names"), database.reading() as tx:
            assert len(directory.find(tx, connection, wanted)) == NAMES_PER_FIND
    watch.cpu_s["directory.find, 1,100 names"] /= repeats
    watch.wall_s["directory.find, 1,100 names"] /= repeats
    return watch


def measure(title: str, url: str, count: int) -> None:
    """Run everything on one database."""
    database = open_ledger(url)
    try:
        target, run = prepare(database, count)
        watch = batches(database, target, run, count)
        watch.show(f"{title}: {count:,} transfers", count // BATCH, total="per 100 transfers")
        watch = names(database, target, run)
        watch.show(f"{title}: {CUSTOMERS + ITEMS:,} records", 1, total="together")
    finally:
        database.close()


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    parser.add_argument("--postgres", metavar="URL", help="an empty database")
    parser.add_argument("--transfers", type=int, default=5_000)
    options = parser.parse_args()
    print(f"order as stored: {len(encode(order(4321)))} bytes")
    if options.only != "postgres":
        with tempfile.TemporaryDirectory() as folder:
            measure("SQLite", f"sqlite:///{Path(folder) / 'benchmark.db'}", options.transfers)
    if options.only == "sqlite":
        return
    if options.postgres:
        measure("PostgreSQL", options.postgres, options.transfers)
        return
    from tests.support import postgres

    with postgres.run_folder() as folder_:
        url = postgres.start(folder_).create_database()
        measure("PostgreSQL", url, options.transfers)


if __name__ == "__main__":
    main()
