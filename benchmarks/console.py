"""Do the console's pages answer alike beside 100 transfers and beside 100,000?

Run from the top folder, in the developer's environment::

    python -m benchmarks.console                       # an SQLite file
    python -m benchmarks.console --orders 100 10000    # other sizes
    python -m benchmarks.console --postgres            # the test suite's PostgreSQL

The ledger is filled as ``history.py`` does it, the orders dated over two years, and each page is
asked for many times, through the whole application in this process.  Times are milliseconds, what
95 of 100 do not exceed: of waiting, and of this process (on SQLite it is the database, too, so
that is the waiting on a machine that does nothing else).
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import structlog  # noqa: E402 - the path comes first
from sqlalchemy import Connection  # noqa: E402 - the path comes first
from starlette.testclient import TestClient  # noqa: E402 - the path comes first

from benchmarks._stage import ledger_url  # noqa: E402 - the path comes first
from benchmarks.history import NOW, Place, fill, opened, within  # noqa: E402 - as above
from counterfoil.api import tokens  # noqa: E402 - the path comes first
from counterfoil.console.app import create_app  # noqa: E402 - the path comes first
from counterfoil.ledger import words  # noqa: E402 - the path comes first

SIZES = (100, 100_000)
MARK_MS = 150.0
TIMES = 20
PAGE_50 = 50
# Orders are dated over so many days.
DAYS = 730
_SLICE = 2_000

PAGES = {
    "home": "/",
    "inbox": "/inbox",
    "history": "/history",
    "documents": "/documents",
    "documents, of a kind": "/documents?kind=sales-order&way=to",
    "documents, need attention": "/documents?kind=sales-order&status=attention",
    "documents, arrived": "/documents?status=done",
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
    """How long a page took, in milliseconds: 95 of 100 took no longer."""

    waited: float
    worked: float


def spread(tx: Connection) -> None:
    """Date the orders over two years, and let the copies be found by words, too."""
    last = int(tx.exec_driver_sql("select max(id) from transfer").scalar_one())
    for day in range(DAYS):
        dated = (NOW.date() - timedelta(days=day)).isoformat()
        tx.exec_driver_sql(f"update transfer set day = '{dated}' where id % {DAYS} = {day}")
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


def timed(client: TestClient, path: str) -> Timed | None:
    """Ask for a page many times; ``None``: there is no such page."""
    if client.get(path).status_code == 404:
        return None
    waited, worked = [], []
    for _ in range(TIMES):
        start, began = time.perf_counter(), time.process_time()
        answer = client.get(path)
        worked.append((time.process_time() - began) * 1000)
        waited.append((time.perf_counter() - start) * 1000)
        assert answer.status_code == 200, answer.text
    return Timed(*(statistics.quantiles(each, n=20)[-1] for each in (waited, worked)))


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


def column(place: Place) -> dict[str, Timed | None]:
    """Time every page of one ledger."""
    with browser(place) as client:
        pages = {name: path.format(link=place.link) for name, path in PAGES.items()}
        pages["documents, page 50"] = fiftieth(client)
        return {name: timed(client, path) for name, path in pages.items()}


def measure(kind: str, sizes: list[int]) -> None:
    """Fill one ledger per size, ask for every page, and print one table."""
    columns: list[dict[str, Any]] = []
    for size in sizes:
        with ledger_url(kind) as url, opened(url) as hub:
            place = fill(hub, size)
            within(hub, spread)
            if not hub.database.is_sqlite:
                within(hub, lambda tx: tx.exec_driver_sql("ANALYZE"))
            columns.append(column(place))
    heads = "".join(f"{f'{size:,}: waited':>18}{'worked':>8}" for size in sizes)
    print(f"\n{kind + ': milliseconds, p95':<36}{heads}")
    for name in columns[0]:
        found = [each[name] for each in columns]
        if None in found:
            print(f"  {name:<34}  no such page")
            continue
        told = "".join(f"{each.waited:>18.1f}{each.worked:>8.1f}" for each in found)
        missed = found[-1].worked > MARK_MS
        print(f"  {name:<34}{told}{'  over the mark' if missed else ''}")


def _unheard(*_event: object) -> dict[str, object]:
    raise structlog.DropEvent


def main() -> None:
    """Measure what was asked for."""
    structlog.configure(processors=[_unheard])
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--orders", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--postgres", action="store_true")
    options = parser.parse_args()
    measure("postgres" if options.postgres else "sqlite", options.orders)


if __name__ == "__main__":
    main()
