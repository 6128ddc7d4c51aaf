"""What is asked every day, beside 2,000 orders that were done before and beside 200,000.

Run from the top folder, in the developer's environment::

    python -m benchmarks.history                       # an SQLite file
    python -m benchmarks.history --orders 2000 20000   # other sizes
    python -m benchmarks.history --postgres            # the test suite's PostgreSQL
    python -m benchmarks.history --steps               # what SQLite does instead of how long
    python -m benchmarks.history --links 1000          # the status page with so many links

The first 2,000 orders were read, sent, answered and read back from the books, as the hub does
it; the others are copied from them inside the ledger.  A few more are open, so that each
question finds something.  Then it is asked what the hub asks with every sign-in and tick, for
every page that people look at, and every night.  Times are milliseconds, the best of several
(on SQLite this process's own, for it is the database, too): what grows from the first column to
the last costs more every year.  On a busy machine times say little; the steps that SQLite takes
are the same each time.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, event

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from benchmarks._copies import multiply  # noqa: E402 - the path comes first
from benchmarks._stage import (  # noqa: E402 - the path comes first
    SECRET_KEY,
    Figure,
    ledger_url,
    show,
    steps_of,
)
from counterfoil.api import standing  # noqa: E402 - the path comes first
from counterfoil.api.metrics import Metrics  # noqa: E402 - the path comes first
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
from counterfoil.hub import desk, desktop_run, outstanding, work  # noqa: E402 - the path comes first
from counterfoil.hub.dispatcher import keep_house  # noqa: E402 - the path comes first
from counterfoil.hub.setup import Configuration, Hub, open_hub  # noqa: E402 - as above
from counterfoil.hub.systems import target_of  # noqa: E402 - the path comes first
from counterfoil.ledger import (  # noqa: E402 - the path comes first
    connections,
    documents,
    exchanges,
    follow_ups,
    pairings,
    rereading,
    runs,
    transfers,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
KIND = DocumentKind.SALES_ORDER
FLOW = "sales-order-out"
SIZES = (2_000, 200_000)
# Of so many everything was really done; the others are their copies.
REAL = 2_000
WITHIN = 1.2
BATCH = 100
LINES = 10
REPEATS = 5
# Smaller differences are the clock's.
MEASURABLE_MS = 0.2
# So many steps of SQLite are counted as one; a few of these more are where a row happens to lie.
STEPS = 10
COUNTABLE_STEPS = 3
# So many are in each state that is no end.
OPEN_PER_STATE = 10
OPEN_STATES = tuple(state for state, traits in STATES.items() if not traits.is_settled)


class Place(NamedTuple):
    """A hub with a filled ledger: its connections, link and run."""

    hub: Hub
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


def fill(hub: Hub, count: int) -> Place:
    """Let the ledger hold so many orders that are done, and some of each open state."""
    operations, books, link = add_link(hub, "")
    desk.set_settings(hub, link, [f"{FLOW}.mode=automatic"], "benchmark")
    with hub.database.writing() as tx:
        run = runs.begin(tx, books, "web-connector", NOW)
        place = Place(hub, operations, books, link, run)
        real = min(count, REAL)
        for start in range(0, real, BATCH):
            # A run for each batch, as when they come day by day.
            run = runs.begin(tx, books, "web-connector", NOW)
            _done(tx, place._replace(run=run), range(start, min(start + BATCH, real)))
            runs.change(tx, run, NOW, ended_at=NOW)
        multiply(tx, count)
        for position, state in enumerate(OPEN_STATES):
            start = count + position * OPEN_PER_STATE
            _begin(tx, place, range(start, start + OPEN_PER_STATE), state)
    # What was left over by all the years before this night.
    keep_house(hub)
    return place


def add_link(hub: Hub, name: str) -> tuple[int, int, int]:
    """Add both systems and their link."""
    with hub.database.writing() as tx:
        operations, books = (
            connections.add(tx, system=system, name=system + name, parameters={}, created_at=NOW)
            for system in ("fusion-operations", "quickbooks-desktop")
        )
        link = connections.add_link(
            tx, name=f"Orders{name}", operations_id=operations, books_id=books, created_at=NOW
        )
    return operations, books, link


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
Cost = Callable[[Hub, Callable[[], object]], float]


def questions(place: Place) -> Iterator[tuple[str, Question]]:
    """Give what is asked in one transaction, with its name."""
    yield from _of_runs(place)
    yield from _of_ticks(place)
    yield from _of_readings(place)
    yield from _of_people(place)
    yield from _now_and_then(place)


def _of_runs(place: Place) -> Iterator[tuple[str, Question]]:
    def loaded(tx: Connection, row: int) -> connections.Connection:
        found = connections.load(tx, row)
        assert found is not None, "it was added"
        return found

    def sign_in(tx: Connection) -> object:
        ticket = secrets.token_hex(32)
        books = loaded(tx, place.books)
        return desktop_run.begin(tx, books, "web-connector", NOW, ticket_hash=ticket)

    def begin_tick(tx: Connection) -> object:
        runs.end_others(tx, place.operations, NOW, "the next one began")
        operations = loaded(tx, place.operations)
        run = runs.load(tx, runs.begin(tx, place.operations, "schedule", NOW))
        return work.next_batch(tx, operations, run, target_of(operations), NOW)

    yield "sign-in: end the last run, look for work, begin", sign_in
    yield "tick: begin, decide what is read", begin_tick
    yield "progress: has_work", lambda tx: outstanding.has_work(tx, loaded(tx, place.books), NOW)
    yield "progress: remaining", lambda tx: outstanding.remaining(tx, place.books)


def _of_ticks(place: Place) -> Iterator[tuple[str, Question]]:
    books = place.books
    flying = (State.READY, State.MATCHING, State.SENDING, State.UNKNOWN, State.CONFIRMING)
    yield (
        "tick: pending, both sides",
        lambda tx: [documents.pending(tx, side, KIND, BATCH) for side in (place.operations, books)],
    )
    yield "tick: any_waits", lambda tx: transfers.any_waits(tx, books, NOW)
    yield "tick: fields that wait", lambda tx: follow_ups.any_waits(tx, books, NOW)
    yield "tick: due", lambda tx: transfers.due(tx, books, NOW, 500)
    yield (
        "tick: work, ready and unknown",
        lambda tx: transfers.work(tx, books, (State.READY, State.UNKNOWN), BATCH),
    )
    yield "tick: count_in", lambda tx: transfers.count_in(tx, books, flying)
    yield "tick: open_write", lambda tx: exchanges.open_write(tx, books)
    yield "tick: unread", lambda tx: rereading.unread(tx, books, BATCH)
    yield "tick: newest", lambda tx: rereading.newest(tx, books, 20)
    yield "tick: open_ids", lambda tx: documents.open_ids(tx, place.operations, KIND, NOW - DAY)
    yield "tick: never_read", lambda tx: rereading.never_read(tx, books, KIND)
    yield "tick: receipts read again", lambda tx: rereading.stale_receipts(tx, books, NOW)


def _of_readings(place: Place) -> Iterator[tuple[str, Question]]:
    books = place.books
    ids = [f"q{position}" for position in range(BATCH)]
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
    yield "reading: watched, 100", lambda tx: rereading.watched(tx, books, KIND, ids)
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


def _of_people(place: Place) -> Iterator[tuple[str, Question]]:
    yield "people: counts", transfers.counts
    yield "people: oldest", transfers.oldest
    for name, wanted in LISTS.items():
        yield f"list: {name}", partial(_listed, link=place.link, wanted=wanted)


# What is chosen above the list of transfers.
LISTS: dict[str, dict[str, Any]] = {
    "everything": {},
    "of a link": {"link": True},
    "of a flow": {"flow": FLOW},
    "of another flow": {"flow": "receipt-out"},
    "of a flow of a link, done": {"link": True, "flow": FLOW, "states": [State.DONE]},
    "refused": {"states": [State.REFUSED]},
    "left out": {"link": True, "states": [State.SKIPPED]},
    "refused fields": {"fields": True},
    "by number": {"codes": ["SO000007"], "limit": 500},
}


def _listed(tx: Connection, *, link: int, wanted: dict[str, Any]) -> object:
    chosen = {**wanted}
    return transfers.search(tx, link_id=link if chosen.pop("link", False) else None, **chosen)


def _now_and_then(place: Place) -> Iterator[tuple[str, Question]]:
    yield "now and then: of_link, a page", lambda tx: transfers.of_link(tx, place.link, 0, 200)
    yield "now and then: drop_texts", lambda tx: exchanges.drop_texts(tx, NOW + DAY)
    yield "now and then: prune", lambda tx: runs.prune(tx, NOW + DAY)
    yield "now and then: compact_counts", transfers.compact_counts


# What goes through all there is, and why: a part of a number may stand anywhere in it, and
# rules that were changed may let any document go.
THROUGH_ALL: dict[str, Callable[..., object]] = {
    "through all: a part of a number": lambda tx, place: transfers.search(tx, text="no such"),
    "through all: rules have changed": lambda tx, place: documents.put_up(tx, place.link),
}


def best_ms(hub: Hub, ask: Callable[[], object]) -> float:
    """Measure one question: the best of several, in milliseconds."""
    clock = time.process_time if hub.database.is_sqlite else time.perf_counter
    best = float("inf")
    for _ in range(REPEATS):
        start = clock()
        ask()
        best = min(best, clock() - start)
    return best * 1000


def steps_taken(hub: Hub, ask: Callable[[], object]) -> float:
    """Count what SQLite does for a question, in tens of steps: the least of several."""
    taken: list[int] = []
    for _ in range(REPEATS):
        with steps_of(hub, STEPS) as steps:
            ask()
        taken.append(steps[0])
    return min(taken)


def within(hub: Hub, ask: Question) -> object:
    """Ask in a transaction of its own."""
    with hub.database.writing() as tx:
        return ask(tx)


def column(place: Place, cost: Cost) -> dict[str, float]:
    """Ask everything of one ledger, and give what each costs."""
    hub = place.hub
    metrics = Metrics(hub)
    pages: dict[str, Callable[[], object]] = {
        "page: status": lambda: standing.status(hub),
        "page: transfers": lambda: desk.rows(hub, link=place.link, limit=100),
        "page: metrics": metrics.text,
        "house-keeping": lambda: keep_house(hub),
    }
    asked: dict[str, Callable[[], object]] = {
        name: partial(within, hub, ask) for name, ask in questions(place)
    }
    asked |= pages
    for name, through_all in THROUGH_ALL.items():
        asked[name] = partial(within, hub, partial(through_all, place=place))
    return {name: cost(hub, ask) for name, ask in asked.items()}


def opened(url: str) -> AbstractContextManager[Hub]:
    """Open a hub whose clock stands still."""
    key = SECRET_KEY
    return open_hub(Configuration(database_url=url, secret_key=key), lambda: NOW)


def measure(kind: str, sizes: list[int], *, counts_steps: bool = False) -> None:
    """Fill one ledger per size, ask everything, and print one table."""
    cost: Cost = steps_taken if counts_steps else best_ms
    unit = f"{STEPS} steps" if counts_steps else "milliseconds"
    smallest = COUNTABLE_STEPS if counts_steps else MEASURABLE_MS
    columns: list[dict[str, float]] = []
    for size in sizes:
        with ledger_url(kind) as url, opened(url) as hub:
            place = fill(hub, size)
            if not hub.database.is_sqlite:
                # What autovacuum does within a minute.
                within(hub, lambda tx: tx.exec_driver_sql("ANALYZE"))
            columns.append(column(place, cost))
    heads = "".join(f"{size:>10,}" for size in sizes)
    print(f"\n{f'{kind}: {unit}, orders done':<52}{heads}{'ratio':>8}")
    for name in columns[0]:
        times = [each[name] for each in columns]
        ratio = times[-1] / times[0]
        missed = ratio > WITHIN and times[-1] - times[0] > smallest
        told = "".join(f"{each:>10.2f}" for each in times)
        print(f"  {name:<50}{told}{ratio:>8.2f}{'  grows' if missed else ''}")


def measure_links(kind: str, count: int) -> None:
    """Ask how everything stands with one link and with many."""
    found: list[tuple[float, int]] = []
    for number in (1, count):
        with ledger_url(kind) as url, opened(url) as hub:
            for position in range(number):
                add_link(hub, f" {position}")
            found.append((best_ms(hub, lambda: standing.status(hub)), queries(hub)))
    figures = [
        Figure("queries, one link", found[0][1], ""),
        Figure("queries", found[1][1], "", f"<= {found[0][1]}"),
        Figure("time, one link", found[0][0], "ms"),
        Figure("time", found[1][0], "ms"),
    ]
    show(f"the status page with {count:,} links, {kind}", figures, as_json=False)


def queries(hub: Hub) -> int:
    """Count the queries of a status page."""
    asked: list[object] = []

    def notice(*given: Any) -> None:
        asked.append(given[2])

    event.listen(hub.database.engine, "before_cursor_execute", notice)
    standing.status(hub)
    event.remove(hub.database.engine, "before_cursor_execute", notice)
    return len(asked)


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--orders", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--links", type=int)
    parser.add_argument("--steps", action="store_true", help="count what SQLite does")
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    kind = "postgres" if options.postgres else "sqlite"
    if options.steps and options.postgres:
        parser.error("only SQLite counts its steps")
    if options.links is not None:
        measure_links(kind, options.links)
    else:
        measure(kind, options.orders, counts_steps=options.steps)


if __name__ == "__main__":
    main()
