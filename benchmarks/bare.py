"""The floor on this machine: an exactly-once responder that does nothing else.

Run from the top folder, in the developer's environment::

    python -m benchmarks.bare

The same Web Connector, QuickBooks and orders as in ``web_connector.py``; instead of the hub,
the few lines of ``_bare.py``: SOAP, and a commit before and after each message set.  What the
hub needs beyond this is the price of everything else it does.
"""

from __future__ import annotations

import argparse
import sqlite3
from collections.abc import Callable

from benchmarks._stage import (
    Figure,
    Load,
    PreparedCompany,
    customer_name,
    free_port,
    ledger_url,
    order,
    pause_until_quiet,
    serving,
    show,
)
from counterfoil.connectors.quickbooks_desktop.qbxml import Request, Version, render_set
from counterfoil.connectors.quickbooks_desktop.records import write_sales_order
from counterfoil.connectors.quickbooks_desktop.web_connector.qwc import (
    QwcFile,
    RunEvery,
    render_qwc,
)
from counterfoil.sandboxes.web_connector import WebConnector, parse_qwc

GUID = "{00000000-0000-4000-8000-000000000000}"


def prepare(path: str, load: Load) -> None:
    """Keep every order's rendered request."""
    database = sqlite3.connect(path)
    database.execute(
        "create table orders (id integer primary key, state text, qbxml text, set_key text,"
        " txn_id text)"
    )
    database.execute("create index by_state on orders (state, id)")
    database.execute("create table sets (key text primary key)")
    with database:
        database.executemany(
            "insert into orders (id, state, qbxml) values (?, 'ready', ?)",
            ((number + 1, _rendered(number, load)) for number in range(load.orders)),
        )
    database.close()


def _rendered(number: int, load: Load) -> str:
    request = Request(
        "SalesOrderAdd", write_sales_order(order(number, load), GUID), str(number + 1)
    )
    text = render_set([request], version=Version(16, 0))
    start, end = text.index("<SalesOrderAddRq"), text.index("</QBXMLMsgsRq>")
    return text[start:end]


def measure(
    load: Load,
    *,
    program: str = "_bare.py",
    prepare: Callable[[str, Load], None] = prepare,
) -> list[Figure]:
    """Measure one run of the floor, or of another program that knows the same user."""
    assert customer_name(0), "names are those of the hub's benchmark"
    port = free_port()
    with ledger_url("sqlite") as url:
        prepare(url.removeprefix("sqlite:///"), load)
        company = PreparedCompany()
        with serving(url, port, program=program) as server:
            connector = WebConnector(parse_qwc(_introduction(port)), "bare", company)
            connector.add()
            pause_until_quiet()
            before = server.usage()
            report = connector.run_once()
            after = server.usage()
        company.close()
        if company.taken != load.orders or not report.is_clean:
            raise SystemExit(f"{company.taken} orders arrived: {report.ending}")
    return [
        Figure("orders per second of waiting", load.orders / report.server_s, ""),
        Figure(
            "CPU of the responder",
            (after.cpu_s - before.cpu_s) / load.orders * 1000,
            "s per 1,000",
        ),
        Figure("peak memory of the responder", after.peak_mb, "MB"),
    ]


def _introduction(port: int) -> str:
    return render_qwc(
        QwcFile(
            app_name="Bare responder",
            app_url=f"http://localhost:{port}/qbwc",
            app_description="Nothing but exactly once",
            app_support=f"http://localhost:{port}/qbwc/support",
            user_name="bare",
            owner_id=GUID,
            file_id=GUID.replace("0}", "1}"),
            schedule=RunEvery(10, "minutes"),
        )
    )


def main() -> None:
    """Measure the floor."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--orders", type=int, default=5_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    load = Load(orders=asked.orders)
    for number in range(1, asked.runs + 1):
        title = f"{load.orders:,} orders, bare responder; run {number}"
        show(title, measure(load), as_json=asked.json)


if __name__ == "__main__":
    main()
