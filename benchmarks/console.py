"""Do the console's pages answer alike beside 100 transfers and beside 100,000?

Run from the top folder, in the developer's environment::

    python -m benchmarks.console                       # an SQLite file
    python -m benchmarks.console --orders 100 10000    # other sizes
    python -m benchmarks.console --postgres            # the test suite's PostgreSQL

The ledger is filled as ``history.py`` does it, the orders dated over two years; beside it stand
lists of ten thousand customers on both sides, a hundred times as many as beside 100 orders, and
many more links.  Each page is asked for many times, through the whole application in this process.
Times are milliseconds, of which half and 95 of 100 are no longer: of waiting, and of processors,
this process's and on PostgreSQL its server's (so that is the waiting on a machine that does
nothing else: compare these where others work on it, too).
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import structlog  # noqa: E402 - the path comes first
from sqlalchemy import Connection, text  # noqa: E402 - the path comes first
from starlette.testclient import TestClient  # noqa: E402 - the path comes first

from benchmarks._stage import ledger_url  # noqa: E402 - the path comes first
from benchmarks.history import (  # noqa: E402 - the path comes first
    FLOW,
    NOW,
    Place,
    add_link,
    fill,
    opened,
    within,
)
from counterfoil.api import tokens  # noqa: E402 - the path comes first
from counterfoil.console.app import create_app  # noqa: E402 - the path comes first
from counterfoil.documents import Customer, RecordKind  # noqa: E402 - the path comes first
from counterfoil.engine.counterparts import Decision  # noqa: E402 - the path comes first
from counterfoil.engine.reading import records_cursor  # noqa: E402 - the path comes first
from counterfoil.hub import desk  # noqa: E402 - the path comes first
from counterfoil.hub.setup import Hub  # noqa: E402 - the path comes first
from counterfoil.ledger import directory, runs, words  # noqa: E402 - the path comes first

SIZES = (100, 100_000)
MARK_MS = 150.0
TIMES = 20
PAGE_50 = 50
# Orders are dated over so many days.
DAYS = 730
DATED = {
    "sqlite": "update transfer set day = date(:now, '-' || (id % :days) || ' days')",
    "postgresql": "update transfer set day = "
    "to_char(cast(:now as date) - cast(id % :days as integer), 'YYYY-MM-DD')",
}
_SLICE = 2_000

# So many customers on each side, of which every fourth has another name there.
CUSTOMERS = {100: 100, 100_000: 10_000}
RENAMED = 4
LINKS = {100: 1, 100_000: 50}
LIKE = "/links/{link}/settings/search?key=sales-order-out.channel_customers&part=1"

PAGES = {
    "home": "/",
    "inbox": "/inbox",
    "history: runs": "/history",
    "history: runs that stopped": "/history?how=problem",
    "history: transfers": "/history/transfers",
    "history: a run with its exchanges": "/runs/{run}",
    "an exchange": "/transfers/42/exchanges/{exchange}",
    "connections": "/connections",
    "a connection": "/connections/1",
    "a connection's customers": "/connections/{books}/lists/customers",
    "links": "/links",
    "a link": "/links/{link}",
    "names: to decide": "/links/{link}/names/customers",
    "names: all, operations": "/links/{link}/names/customers?of=operations&fits=",
    "names: decided": "/links/{link}/names/customers?fits=decided",
    "names: search": "/links/{link}/names/customers?fits=&q=0042",
    "names: type-ahead": "/links/{link}/names/customers/search?q=0042",
    "names: marketplaces": "/links/{link}/names/marketplaces",
    "settings": "/links/{link}/settings/sales-order-out",
    "settings: type-ahead": LIKE + "&q=0042",
    "documents": "/documents",
    "documents, of a kind": "/documents?kind=sales-order&way=to",
    "documents, need attention": "/documents?kind=sales-order&status=attention",
    "documents, waiting": "/documents?status=waiting",
    "documents, arrived": "/documents?status=done",
    "documents, changed": "/documents?status=changed",
    "documents, left out": "/documents?status=skipped",
    "documents, of a link last month": "/documents?link={link}&when=before",
    "documents, of a day long ago": "/documents?when=days&from=2024-05-01&to=2024-05-02",
    "documents, by number": "/documents?q=SO000042",
    "documents, by customer": "/documents?q=customer+00042",
    "documents, by a common word": "/documents?q=customer",
    "documents, by an amount": "/documents?q=687.50",
    "documents, by what is not there": "/documents?q=nobody",
    "a document": "/transfers/42",
}


class Timed(NamedTuple):
    """How long a page took, in milliseconds: half and 95 of 100 took no longer."""

    waited: tuple[float, float]
    worked: tuple[float, float]


def spread(tx: Connection) -> None:
    """Date the orders over two years, and let the copies be found by words, too."""
    last = int(tx.exec_driver_sql("select max(id) from transfer").scalar_one())
    tx.execute(text(DATED[tx.dialect.name]), {"now": NOW.date().isoformat(), "days": DAYS})
    for first in range(1, last + 1, _SLICE):
        rows = tx.exec_driver_sql(
            f"select document_id from transfer where id >= {first} and id < {first + _SLICE}"
        )
        words.keep(tx, [int(row[0]) for row in rows])


@contextmanager
def browser(place: Place) -> Iterator[TestClient]:
    """Somebody signed in at a hub."""
    _number, token = tokens.add(place.hub, "benchmark", "benchmark")
    app = create_app(place.hub)
    headers = {"Authorization": f"Bearer {token}"}
    with TestClient(app, base_url="http://localhost:8080", headers=headers) as client:
        yield client


def lists(place: Place, size: int) -> None:
    """Let both sides list customers, some of them under other names there, and some linked."""
    number = CUSTOMERS.get(size, size // 10)
    hub = place.hub

    def called(at: int, *, there: bool) -> str:
        return f"Customer {at:05}{' Ltd' if there and at % RENAMED == 0 else ''}"

    with hub.database.writing() as tx:
        for connection, there in ((place.operations, False), (place.books, True)):
            names = [called(at, there=there) for at in range(number)]
            records = (Customer(id=f"C{at}", name=n, full_name=n) for at, n in enumerate(names))
            directory.learn(tx, connection, records, place.run)
            # As it is for whatever else is needed: nothing is left to be read.
            read = [(records_cursor(kind), None) for kind in RecordKind]
            runs.keep_cursors(tx, connection, read, NOW)
    linked = [
        desk.Said(id=f"C{at}", decision=Decision.LINK, record=f"C{at}")
        for at in range(0, number // 2, RENAMED)
    ]
    desk.say_counterparts(hub, place.link, "customers", linked, "benchmark")
    desk.set_settings(
        hub,
        place.link,
        [
            f"{FLOW}.customer_name=channel_customer",
            f"{FLOW}.channel_customers=Bazaar=Customer 00042",
        ],
        "benchmark",
    )
    for position in range(1, LINKS.get(size, 1)):
        add_link(hub, f" {position}")


class Processors:
    """What this process and, on PostgreSQL, its server have used, in seconds."""

    def __init__(self, hub: Hub) -> None:
        self._database = hub.database

    def used(self) -> float:
        """Give it all; a server's processes that have ended count no more."""
        return time.process_time() + sum(map(_used, self._servers()))

    def _servers(self) -> list[str]:
        if self._database.is_sqlite:
            return []
        with self._database.reading() as tx:
            asked = "select pid from pg_stat_activity where datname = current_database()"
            return [str(row[0]) for row in tx.exec_driver_sql(asked)]


def _used(process: str) -> float:
    """Read what a process of this computer has used, in hundredths of a second."""
    try:
        after_name = Path("/proc", process, "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def timed(client: TestClient, path: str, processors: Processors) -> Timed | None:
    """Ask for a page many times; ``None``: there is no such page."""
    if client.get(path).status_code == 404:
        return None
    waited, worked = [], []
    for _ in range(TIMES):
        start, began = time.perf_counter(), processors.used()
        answer = client.get(path)
        waited.append((time.perf_counter() - start) * 1000)
        worked.append((processors.used() - began) * 1000)
        assert answer.status_code == 200, answer.text
    return Timed(_spread(waited), _spread(worked))


def _spread(found: list[float]) -> tuple[float, float]:
    return statistics.median(found), statistics.quantiles(found, n=20)[-1]


def fiftieth(client: TestClient) -> str:
    """Leaf down, and give the address of the fiftieth page, or of the last one."""
    way = "/documents"
    for _ in range(PAGE_50 - 1):
        _before, found, rest = client.get(way).text.partition('">Older')
        if not found:
            return way
        way = _before.rpartition('href="')[2].replace("&amp;", "&")
        assert rest
    return way


def column(place: Place, only: str) -> dict[str, Timed | None]:
    """Time every page of one ledger whose name has something in it."""
    known = {**place._asdict(), "exchange": within(place.hub, _first_exchange)}
    with browser(place) as client:
        pages = {name: path.format(**known) for name, path in PAGES.items() if only in name}
        if only in (name := "documents, page 50"):
            pages[name] = fiftieth(client)
        processors = Processors(place.hub)
        # As the hub does when it serves: what is loaded stays, and is not looked through again.
        gc.collect()
        gc.freeze()
        return {name: timed(client, path, processors) for name, path in pages.items()}


def _first_exchange(tx: Connection) -> object:
    return tx.exec_driver_sql("select exchange_id from operation where transfer_id = 42").scalar()


def measure(kind: str, sizes: list[int], only: str) -> None:
    """Fill one ledger per size, ask for every page, and print one table."""
    columns: list[dict[str, Timed | None]] = []
    for size in sizes:
        with ledger_url(kind) as url, opened(url) as hub:
            place = fill(hub, size)
            within(hub, spread)
            lists(place, size)
            if not hub.database.is_sqlite:
                within(hub, lambda tx: tx.exec_driver_sql("ANALYZE"))
            columns.append(column(place, only))
    heads = "".join(f"{f'{size:,}: waited':>21}{'worked':>15}" for size in sizes)
    print(f"\n{kind + ': ms, p50 / p95':<36}{heads}")
    for name in columns[0]:
        found = [each[name] for each in columns]
        kept = [each for each in found if each is not None]
        if len(kept) < len(found):
            print(f"  {name:<34}  no such page")
            continue
        told = "".join(f"{_pair(each.waited):>21}{_pair(each.worked):>15}" for each in kept)
        missed = kept[-1].worked[1] > MARK_MS
        print(f"  {name:<34}{told}{'  over the mark' if missed else ''}")


def _pair(times: tuple[float, float]) -> str:
    return f"{times[0]:.1f} / {times[1]:.1f}"


def _unheard(*_event: object) -> dict[str, object]:
    raise structlog.DropEvent


def main() -> None:
    """Measure what was asked for."""
    structlog.configure(processors=[_unheard])
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--orders", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--only", default="", help="pages whose names have this in them")
    options = parser.parse_args()
    measure("postgres" if options.postgres else "sqlite", options.orders, options.only)


if __name__ == "__main__":
    main()
