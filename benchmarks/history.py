"""What a tick costs when much was done before: 2,000, 20,000 and 100,000 orders in the ledger.

Run from the top folder, in the developer's environment::

    python -m benchmarks.history                       # an SQLite file
    python -m benchmarks.history --orders 2000 20000   # other sizes
    python -m benchmarks.history --only postgres       # the test suite's PostgreSQL

Every order was read, sent, answered and read back from the books, as the hub does it; a few
more are open, so that each question finds something.  Then it asks what the hub asks with
every tick, for every page that people look at, and now and then.  Times are milliseconds,
the best of several (on SQLite this process's own, for it is the database, too): what grows
from column to column costs more every year.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from counterfoil.documents import (  # noqa: E402 - the path comes first
    DocumentKind,
    Money,
    OrderLine,
    Quantity,
    Reference,
    SalesOrder,
)
from counterfoil.engine.asked import Asked, Kind  # noqa: E402 - the path comes first
from counterfoil.engine.life import STATES, State  # noqa: E402 - the path comes first
from counterfoil.engine.operations import Done  # noqa: E402 - the path comes first
from counterfoil.engine.transfers import (  # noqa: E402 - the path comes first
    Landing,
    PairedLine,
    Transfer,
    derived_mark,
)
from counterfoil.ledger import (  # noqa: E402 - the path comes first
    connections,
    documents,
    exchanges,
    open_ledger,
    pairings,
    runs,
    transfers,
)
from counterfoil.ledger.database import Database  # noqa: E402 - the path comes first

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
KIND = DocumentKind.SALES_ORDER
FLOW = "sales-order-out"
SIZES = (2_000, 20_000, 100_000)
BATCH = 100
LINES = 10
REPEATS = 5
# So many are in each state that is no end.
OPEN_PER_STATE = 10
OPEN_STATES = tuple(state for state, traits in STATES.items() if not traits.is_settled)


class Place(NamedTuple):
    """A filled ledger: its connections, link and run."""

    database: Database
    operations: int
    books: int
    link: int
    run: int


def order(position: int, prefix: str) -> SalesOrder:
    """Make an order of ten lines; about 900 bytes when stored."""
    return SalesOrder(
        id=f"{prefix}{position}",
        number=f"SO{position:06}",
        customer=Reference(f"Customer {position % 500:05}"),
        created_on=date(2026, 3, 1),
        lines=tuple(
            OrderLine(
                id=f"{position}-{line}",
                item=Reference(f"ITEM-{(position * LINES + line) % 300:05}"),
                quantity=Quantity(Decimal(line + 1)),
                unit_price=Money(Decimal("12.50")),
            )
            for line in range(LINES)
        ),
    )


def fill(url: str, count: int) -> Place:
    """Make a ledger in which so many orders are done, and some of each open state."""
    database = open_ledger(url)
    with database.writing() as tx:
        sides = [
            connections.add(tx, system=system, name=system, parameters={}, created_at=NOW)
            for system in ("fusion-operations", "quickbooks-desktop")
        ]
        link = connections.add_link(
            tx, name="benchmark", operations_id=sides[0], books_id=sides[1], created_at=NOW
        )
        run = runs.begin(tx, sides[1], "web-connector", NOW)
    place = Place(database, sides[0], sides[1], link, run)
    for start in range(0, count, BATCH):
        with database.writing() as tx:
            _done(tx, place, range(start, min(start + BATCH, count)))
    with database.writing() as tx:
        for position, state in enumerate(OPEN_STATES):
            start = count + position * OPEN_PER_STATE
            _begin(tx, place, range(start, start + OPEN_PER_STATE), state)
        exchanges.drop_texts(tx, NOW + DAY)
        transfers.compact_counts(tx)
    return place


def _begin(tx: Connection, place: Place, positions: range, state: State) -> list[Transfer]:
    """Read orders and begin their transfers."""
    orders = [order(position, "f") for position in positions]
    documents.see(tx, place.operations, KIND, orders, {}, NOW, known={})
    rows = documents.pending(tx, place.operations, KIND, len(orders))
    beginnings = [
        Transfer(
            id=0,
            link=place.link,
            flow=FLOW,
            document_row=each.row,
            target=place.books,
            target_kind=KIND,
            number=each.number,
            state=state,
            state_since=NOW,
            released_at=NOW,
            retry_at=NOW if state is State.WAITING else None,
            key=derived_mark("here", "there", FLOW, each.id, "", 0),
        )
        for each in rows
    ]
    assert transfers.begin(tx, beginnings) == len(orders)
    documents.take_up(tx, [each.row for each in rows])
    found = transfers.of_sources(tx, place.operations, KIND, [each.id for each in orders])
    return [each.transfer for each in found]


def _done(tx: Connection, place: Place, positions: range) -> None:
    """Carry orders to the books, and read them back from there."""
    begun = _begin(tx, place, positions, State.READY)
    asked = [
        Asked(
            wire_id=str(each.id),
            kind=Kind.CREATE_DOCUMENT,
            subject=KIND.value,
            name=each.number,
            key=each.key,
            transfer=each.id,
        )
        for each in begun
    ]
    exchange = exchanges.record(
        tx,
        connection=place.books,
        run=place.run,
        key=f"k{positions.start}",
        writes=True,
        operations=asked,
        now=NOW,
    )
    exchanges.attach_request(tx, exchange, b"<request/>")
    exchanges.answer(tx, exchange, state="answered", now=NOW, text=b"<answer/>")
    exchanges.settle(tx, exchange, asked, [Done(id=f"q{position}") for position in positions])
    transfers.save(tx, [(each, msgspec.structs.replace(each, state=State.DONE)) for each in begun])
    lines = tuple(PairedLine(f"{line}", f"L{line}", "1") for line in range(LINES))
    pairings.pair(
        tx,
        [
            (each, Landing(id=f"q{position}", kind=KIND, content="c" * 32, lines=lines))
            for position, each in zip(positions, begun, strict=True)
        ],
        NOW,
    )
    back = [order(position, "q") for position in positions]
    keys = {f"q{p}": each.key or "" for p, each in zip(positions, begun, strict=True)}
    documents.see(tx, place.books, KIND, back, keys, NOW, known={})
    rows = documents.pending(tx, place.books, KIND, len(back))
    documents.take_up(tx, [each.row for each in rows])


Question = Callable[[Connection], object]


def questions(place: Place) -> Iterator[tuple[str, Question]]:
    """Give what is asked of a ledger, with its name."""
    books, link = place.books, place.link
    ids = [f"q{position}" for position in range(BATCH)]
    flying = (State.READY, State.MATCHING, State.SENDING, State.UNKNOWN, State.CONFIRMING)
    yield (
        "tick: pending, both sides",
        lambda tx: [documents.pending(tx, side, KIND, BATCH) for side in (place.operations, books)],
    )
    yield "tick: any_waits", lambda tx: transfers.any_waits(tx, books, NOW)
    yield "tick: due", lambda tx: transfers.due(tx, books, NOW)
    yield (
        "tick: work, ready and unknown",
        lambda tx: transfers.work(tx, books, (State.READY, State.UNKNOWN), BATCH),
    )
    yield "tick: count_in", lambda tx: transfers.count_in(tx, books, flying)
    yield "tick: open_write", lambda tx: exchanges.open_write(tx, books)
    yield "tick: unread", lambda tx: pairings.unread(tx, books, BATCH)
    yield (
        "reading: seen_fingerprints of 100",
        lambda tx: documents.seen_fingerprints(tx, books, KIND, ids),
    )
    yield (
        "reading: of_sources of 100",
        lambda tx: transfers.of_sources(
            tx, place.operations, KIND, [f"f{position}" for position in range(BATCH)]
        ),
    )
    yield "reading: watched, 100", lambda tx: pairings.watched(tx, books, KIND, ids)
    yield (
        "reading: owners of 100",
        lambda tx: pairings.owners(tx, books, [(KIND, each) for each in ids]),
    )
    yield "reading: on_its_way", lambda tx: documents.on_its_way(tx, books, ["SO000007"])
    yield "asking: last_writes of 100", lambda tx: exchanges.last_writes(tx, range(1, BATCH + 1))
    yield (
        "late: by_state of all open",
        lambda tx: [
            transfers.by_state(tx, state, NOW + DAY, 200, waits_since=DAY) for state in OPEN_STATES
        ],
    )
    yield (
        "people: search by number",
        lambda tx: transfers.search(tx, link_id=link, flow=FLOW, codes=["SO000007"], limit=500),
    )
    yield "people: search refused", lambda tx: transfers.search(tx, states=[State.REFUSED])
    yield "people: counts", transfers.counts
    yield "people: oldest", transfers.oldest
    yield "now and then: of_link, a page", lambda tx: transfers.of_link(tx, link, 0, 200)
    yield "now and then: put_up", lambda tx: documents.put_up(tx, link)
    yield "now and then: drop_texts", lambda tx: exchanges.drop_texts(tx, NOW + DAY)
    yield "now and then: compact_counts", transfers.compact_counts


def best_ms(database: Database, ask: Question) -> float:
    """Measure one question: the best of several, in milliseconds."""
    clock = time.process_time if database.is_sqlite else time.perf_counter
    best = float("inf")
    for _ in range(REPEATS):
        with database.writing() as tx:
            start = clock()
            ask(tx)
            best = min(best, clock() - start)
    return best * 1000


def measure(title: str, urls: Callable[[int], str], sizes: list[int]) -> None:
    """Fill one ledger per size, ask everything, and print one table."""
    columns: list[dict[str, float]] = []
    for size in sizes:
        place = fill(urls(size), size)
        if not place.database.is_sqlite:
            # What autovacuum does within a minute.
            with place.database.writing() as tx:
                tx.exec_driver_sql("ANALYZE")
        columns.append({name: best_ms(place.database, ask) for name, ask in questions(place)})
        place.database.close()
    print(f"\n{title + ': milliseconds, orders done':<44}" + "".join(f"{n:>10,}" for n in sizes))
    for name in columns[0]:
        print(f"  {name:<42}" + "".join(f"{column[name]:>10.2f}" for column in columns))


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    parser.add_argument("--orders", type=int, nargs="+", default=list(SIZES))
    options = parser.parse_args()
    if options.only != "postgres":
        with tempfile.TemporaryDirectory() as folder:
            measure(
                "SQLite", lambda size: f"sqlite:///{Path(folder) / str(size)}.db", options.orders
            )
    if options.only == "sqlite":
        return
    from tests.support import postgres

    with postgres.run_folder() as folder_:
        server = postgres.start(folder_)
        measure("PostgreSQL", lambda _size: server.create_database(), options.orders)


if __name__ == "__main__":
    main()
