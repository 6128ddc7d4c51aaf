"""How fast a Web Connector is served: sales orders of ten lines into QuickBooks Desktop.

Run from the top folder, in the developer's environment::

    python -m benchmarks.web_connector                 # numbered by QuickBooks, SQLite file
    python -m benchmarks.web_connector --numbers       # under the order's code, looked up first
    python -m benchmarks.web_connector --postgres      # the test suite's PostgreSQL
    python -m benchmarks.web_connector --sandbox       # the real sandbox company answers

The hub (``counterfoil serve``) runs in a process of its own, on a ledger in which the orders
wait as a run of the operations side leaves them: stored, their transfers ready, customers and
items known.  The Web Connector's stand-in and a prepared QuickBooks run in this process; with
``--sandbox`` it is the sandbox company, and its lists are read in the same run.  Counted are
only the seconds for which the Web Connector waits for the server, and the CPU seconds of the
hub's process.  Every order is recorded before it leaves and after its answer, with a commit
each that reaches the disk.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence

from benchmarks._stage import (
    Figure,
    HubProcess,
    Load,
    Prepared,
    PreparedCompany,
    customer_name,
    free_port,
    item_name,
    ledger_url,
    outcome,
    pause_until_quiet,
    prepare,
    serving,
    show,
)
from counterfoil.connectors.quickbooks_desktop.qbxml import (
    Request,
    Version,
    parse_replies,
    render_set,
)
from counterfoil.sandboxes.quickbooks_desktop import CompanyFile, CompanySettings, fill_company
from counterfoil.sandboxes.web_connector import QuickBooks, RunReport, WebConnector, parse_qwc

GOODS = {"AccountRef": {"FullName": "Sales:Goods"}}
MARKS = {"rate": ">= 3,000", "cpu": "<= 0.3", "memory": "<= 200"}


def run(prepared: Prepared, hub: HubProcess, company: QuickBooks) -> tuple[RunReport, float]:
    """Carry one run out; gives its report and the hub's CPU seconds."""
    connector = WebConnector(parse_qwc(prepared.qwc), prepared.password, company)
    connector.add()
    pause_until_quiet()
    before = hub.usage()
    report = connector.run_once()
    after = hub.usage()
    return report, after.cpu_s - before.cpu_s


def measure(load: Load, *, database: str = "sqlite", sandbox: bool = False) -> list[Figure]:
    """Measure one run from the first call to the last."""
    port = free_port()
    with ledger_url(database) as url:
        prepared = prepare(url, load, f"http://localhost:{port}")
        company: CompanyFile | PreparedCompany = _sandbox(load) if sandbox else PreparedCompany()
        with serving(url, port) as hub:
            report, cpu_s = run(prepared, hub, company)
            peak_mb = hub.usage().peak_mb
        _prove(report, outcome(url), load)
        company.close()
    return [
        Figure("orders per second of waiting", load.orders / report.server_s, "", MARKS["rate"]),
        Figure("CPU of the hub", cpu_s / load.orders * 1000, "s per 1,000", MARKS["cpu"]),
        Figure("peak memory of the hub", peak_mb, "MB", MARKS["memory"]),
        Figure("message sets", report.round_trips, ""),
        Figure("calls", len(report.calls), ""),
    ]


def _sandbox(load: Load) -> CompanyFile:
    """Make a sandbox company that has the customers and items of the orders."""
    company = CompanyFile.create(None, CompanySettings())
    fill_company(company.process, company.settings)
    requests = [
        Request("CustomerAdd", {"Name": customer_name(number)}) for number in range(load.customers)
    ]
    requests += [
        Request("ItemNonInventoryAdd", {"Name": item_name(number), "SalesOrPurchase": GOODS})
        for number in range(load.items)
    ]
    for start in range(0, len(requests), 500):
        text = render_set(requests[start : start + 500], version=Version(16, 0))
        refused = [
            reply.message
            for reply in parse_replies(company.process(text).response).replies
            if reply.status_code
        ]
        if refused:
            raise SystemExit(f"the sandbox refuses what the benchmark needs: {refused[0]}")
    return company


def _prove(report: RunReport, states: Mapping[str, int], load: Load) -> None:
    """Stop unless every order arrived, once."""
    if not report.is_clean:
        raise SystemExit(f"the run failed: {report}")
    expected = {"done": load.orders, "landed": load.orders}
    if states != expected:
        raise SystemExit(f"not every order arrived: {states}, expected {expected}")


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--orders", type=int, default=5_000)
    parser.add_argument("--customers", type=int, default=500)
    parser.add_argument("--items", type=int, default=300)
    parser.add_argument("--per-set", type=int, default=100)
    parser.add_argument("--numbers", action="store_true", help="orders keep their code")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--sandbox", action="store_true", help="the sandbox company answers")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def main() -> None:
    """Measure what was asked for."""
    asked = options()
    load = Load(
        orders=asked.orders,
        customers=asked.customers,
        items=asked.items,
        numbered=asked.numbers,
        per_set=asked.per_set,
        knows_books=not asked.sandbox,
    )
    database = "postgres" if asked.postgres else "sqlite"
    numbers = "the order's code, looked up first" if asked.numbers else "given by QuickBooks"
    for number in range(1, asked.runs + 1):
        figures = measure(load, database=database, sandbox=asked.sandbox)
        title = f"{load.orders:,} orders, {database}, numbers {numbers}; run {number}"
        show(title, figures, as_json=asked.json)


if __name__ == "__main__":
    main()
