"""How fast linked invoices go: shipments of ten lines, each linked to its order's lines.

Run from the top folder, in the developer's environment::

    python -m benchmarks.linked                 # numbered by QuickBooks
    python -m benchmarks.linked --numbers       # under the order's code, looked up first
    python -m benchmarks.linked --invoices 500  # fewer

First the orders go to the books, which is not measured.  Then each is shipped, and one run of
the Web Connector carries the invoices: each order is read right before, its invoice is
entered with links line by line, and the order is read once more for the proof.  The prepared
QuickBooks of ``_linking.py`` stops the run where a link is wrong.  Everything else is as in
``web_connector.py``; the bare responder, which knows no links, is measured right after.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from benchmarks import bare
from benchmarks._linking import LinkingCompany
from benchmarks._stage import (
    Figure,
    HubProcess,
    Load,
    Prepared,
    configuration_of,
    free_port,
    ledger_url,
    order,
    outcome,
    pause_until_quiet,
    prepare,
    serving,
    show,
)
from counterfoil.documents import DocumentKind, MovementLine, OrderLine, RecordKind, Shipment
from counterfoil.engine.life import State
from counterfoil.engine.reading import records_cursor
from counterfoil.hub import desk
from counterfoil.hub.intake import begin_transfers
from counterfoil.hub.links import views_of
from counterfoil.hub.setup import open_hub
from counterfoil.ledger import connections, documents, runs
from counterfoil.sandboxes.web_connector import RunReport, WebConnector, parse_qwc


def shipment(position: int, load: Load) -> Shipment:
    """Ship all of an order."""
    ordered = order(position, load)
    return Shipment(
        id=f"sh-{position}",
        number=f"SH-{position:06}",
        order_id=ordered.id,
        order_number=ordered.number,
        customer=ordered.customer,
        shipped_on=date(2026, 3, 2),
        lines=tuple(_moved(ordered.lines)),
    )


def _moved(lines: Sequence[OrderLine]) -> Iterator[MovementLine]:
    for line in lines:
        assert line.item is not None
        assert line.quantity is not None
        yield MovementLine(
            item=line.item, moved=line.quantity, ordered=line.quantity, order_line_id=line.id
        )


def rest(prepared: Prepared, base_url: str) -> None:
    """Leave the operations side as after a reading of its lists, and not due again."""
    with (
        open_hub(configuration_of(prepared.url, base_url)) as hub,
        hub.database.writing() as tx,
    ):
        (view,) = views_of(tx, prepared.connection)
        connections.change(tx, view.operations.id, due_at=hub.now() + timedelta(days=1))
        connections.take_wakes(tx, view.operations.id)
        read = [(records_cursor(kind), None) for kind in RecordKind]
        runs.keep_cursors(tx, view.operations.id, read, hub.now())


def arrive(prepared: Prepared, load: Load, base_url: str) -> None:
    """Let all shipments wait, as a run of the operations side leaves them."""
    number = "order_code" if load.numbered else "books"
    with open_hub(configuration_of(prepared.url, base_url)) as hub:
        with hub.database.reading() as tx:
            (view,) = views_of(tx, prepared.connection)
        settings = ["shipment-out.mode=automatic", f"shipment-out.document_number={number}"]
        desk.set_settings(hub, view.link.id, settings, "benchmark")
        now, source = hub.now(), view.operations.id
        with hub.database.writing() as tx:
            found = (shipment(position, load) for position in range(load.orders))
            documents.see(tx, source, DocumentKind.SHIPMENT, found, {}, now, known={})
            workshop = connections.load(tx, source)
            assert workshop is not None
            begun = begin_transfers(tx, workshop, views_of(tx, source), now)
        assert begun == load.orders, f"{begun} transfers begun"


def run(connector: WebConnector, hub: HubProcess) -> tuple[RunReport, float]:
    """Carry one run out; gives its report and the hub's CPU seconds."""
    pause_until_quiet()
    before = hub.usage()
    report = connector.run_once()
    if not report.is_clean:
        raise SystemExit(f"the run failed: {report}")
    return report, hub.usage().cpu_s - before.cpu_s


def measure(load: Load, *, database: str = "sqlite") -> list[Figure]:
    """Measure one run, from the first call to the last; the orders went before."""
    port = free_port()
    base_url = f"http://localhost:{port}"
    with ledger_url(database) as url:
        prepared, company = prepare(url, load, base_url), LinkingCompany()
        connector = WebConnector(parse_qwc(prepared.qwc), prepared.password, company)
        rest(prepared, base_url)
        with serving(url, port) as hub:
            connector.add()
            run(connector, hub)
        arrive(prepared, load, base_url)
        rest(prepared, base_url)
        company.count_anew()
        with serving(url, port) as hub:
            report, cpu_s = run(connector, hub)
            peak_mb = hub.usage().peak_mb
        _prove(company, url, load)
        company.close()
    invoices, matching = load.orders, report.round_trips - company.read_back
    return [
        Figure(
            "message sets per invoice, with read-back", report.round_trips / invoices, "", "<= 0.05"
        ),
        Figure("message sets per invoice, without", matching / invoices, "", "<= 0.03"),
        Figure("invoices per second of waiting", invoices / report.server_s, ""),
        Figure("CPU of the hub", cpu_s / invoices * 1000, "s per 1,000"),
        Figure("peak memory of the hub", peak_mb, "MB"),
        Figure("readings of an order", sum(company.readings.values()) / invoices, ""),
    ]


def _prove(company: LinkingCompany, url: str, load: Load) -> None:
    """Stop unless every order has its invoice, once, proved by reading it again."""
    states = outcome(url)
    expected = {"done": 2 * load.orders, "landed": 2 * load.orders}
    if states != expected or len(company.invoices) != load.orders:
        with open_hub(configuration_of(url, "http://localhost:1")) as hub:
            rows = desk.rows(hub, states=(State.REFUSED, State.WAITING))
            why = [row.sentence or row.reason for row in rows][:1]
        raise SystemExit(f"not every invoice arrived: {states}, expected {expected}; {why}")
    if len(company.readings) < load.orders or min(company.readings.values()) < 2:
        raise SystemExit("not every link was proved")


def options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--invoices", type=int, default=5_000)
    parser.add_argument("--per-set", type=int, default=100)
    parser.add_argument("--numbers", action="store_true", help="invoices bear the order's code")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    return parser.parse_args(arguments)


def main() -> None:
    """Measure what was asked for, and the bare responder beside it."""
    asked = options()
    load = Load(orders=asked.invoices, numbered=asked.numbers, per_set=asked.per_set)
    database = "postgres" if asked.postgres else "sqlite"
    numbers = "the order's code, looked up first" if asked.numbers else "given by QuickBooks"
    for number in range(1, asked.runs + 1):
        title = f"{load.orders:,} linked invoices, {database}, numbers {numbers}; run {number}"
        show(title, measure(load, database=database), as_json=asked.json)
        title = f"{load.orders:,} orders, bare responder; run {number}"
        show(title, bare.measure(load), as_json=asked.json)


if __name__ == "__main__":
    main()
