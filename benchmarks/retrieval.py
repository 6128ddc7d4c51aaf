"""What retrieving from the books costs: invoices that changed, of however many there are.

Run from the top folder, in the developer's environment::

    python -m benchmarks.retrieval                     # 100,000 changed invoices of 5 lines
    python -m benchmarks.retrieval --invoices 10000

The hub (``counterfoil serve``) runs in a process of its own; the Web Connector's stand-in and
a QuickBooks that answers from prepared text run in this one.  The first run brings all the
invoices, a page at a time, and keeps them; its peak of resident memory is the hub's own,
measured over the whole run.  What they become is begun by the operations side's own run.
Then ten invoices change, and a second run brings them: beside it stands what ten invoices
cost where the books hold no others.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks._stage import (
    Figure,
    HubProcess,
    Load,
    Prepared,
    PreparedCompany,
    PreparedSession,
    configuration_of,
    customer_name,
    free_port,
    item_name,
    ledger_url,
    pause_until_quiet,
    prepare,
    serving,
    show,
)
from counterfoil.hub import desk
from counterfoil.hub.setup import open_hub
from counterfoil.sandboxes.web_connector import RunReport, WebConnector, parse_qwc

LINES = 5
CHANGED = 10
LOAD = Load(orders=0, knows_books=False)
FLOW = "invoice-in"
SETTINGS = (
    "sales-order-out.mode=off",
    f"{FLOW}.mode=automatic",
    f"{FLOW}.start_date=2020-01-01",
)
_BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Books(PreparedCompany):
    """A QuickBooks that lists invoices; ``first`` and ``last`` bound those that changed."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.last = 0, 0
        self.told = 0

    def change(self, first: int, last: int) -> None:
        """Let these, and no others, be what changed since it was asked last."""
        self.first, self.last = first, last

    def open_session(
        self, company_file: str | None = None, *, application: str = "benchmark"
    ) -> Listing:
        """Open a session."""
        return Listing(self, self._sandbox.open_session(application=application))


class Listing(PreparedSession):
    """One session that answers what changed, a page at a time."""

    def __init__(self, company: Books, session: Any) -> None:
        super().__init__(company, session)
        self._books = company
        self._at = 0

    def _answer(self, request: Any) -> str:
        is_heads = request.find("IncludeRetElement") is not None
        if request.tag != "InvoiceQueryRq" or is_heads or self._books.first == self._books.last:
            return super()._answer(request)
        if request.get("iterator") == "Start":
            self._at = self._books.first
        start = self._at
        self._at = min(start + int(request.findtext("MaxReturned")), self._books.last)
        self._books.told += self._at - start
        left = self._books.last - self._at
        return (
            f'<InvoiceQueryRs requestID="{request.get("requestID")}" statusCode="0" '
            f'statusSeverity="Info" statusMessage="Status OK" iteratorRemainingCount="{left}" '
            'iteratorID="{00000000-0000-4000-8000-00000000cafe}">'
            f"{''.join(_invoice(number) for number in range(start, self._at))}</InvoiceQueryRs>\n"
        )


def _invoice(number: int) -> str:
    """Give an invoice as QuickBooks shows it; hardly two are alike."""
    changed = _BEGAN + timedelta(seconds=number)
    customer = number % LOAD.customers
    lines = "".join(_line(number, position) for position in range(LINES))
    return (
        f"<InvoiceRet><TxnID>{number:X}-1772000000</TxnID>"
        f"<TimeCreated>{changed:%Y-%m-%dT%H:%M:%S}+00:00</TimeCreated>"
        f"<TimeModified>{changed:%Y-%m-%dT%H:%M:%S}+00:00</TimeModified>"
        f"<EditSequence>{1772000000 + number}</EditSequence><TxnNumber>{number}</TxnNumber>"
        f"<CustomerRef><ListID>80000{customer:03X}-1700000001</ListID>"
        f"<FullName>{customer_name(customer)}</FullName></CustomerRef>"
        f"<TxnDate>2026-03-02</TxnDate><RefNumber>{number}</RefNumber>"
        "<IsPending>false</IsPending><DueDate>2026-04-01</DueDate>"
        f"<Subtotal>{number % 900 + 1}.00</Subtotal><IsPaid>false</IsPaid>"
        f"<Memo>Deliver to gate {number % 97}</Memo>{lines}</InvoiceRet>"
    )


def _line(number: int, position: int) -> str:
    item = (number * LINES + position) % LOAD.items
    return (
        f"<InvoiceLineRet><TxnLineID>{number * 16 + position:X}-1772000000</TxnLineID>"
        f"<ItemRef><ListID>80001{item:03X}-1700000002</ListID>"
        f"<FullName>{item_name(item)}</FullName></ItemRef><Desc>Bracket, zinc plated</Desc>"
        f"<Quantity>{number % 240 + 1}</Quantity><Rate>{position + 1}.25</Rate></InvoiceLineRet>"
    )


@dataclass(frozen=True)
class Retrieval:
    """What one run came to."""

    invoices: int
    message_sets: int
    seconds: float
    cpu_s: float
    peak_mb: float


def introduced(prepared: Prepared, books: Books) -> WebConnector:
    """Give a Web Connector that knows the hub."""
    connector = WebConnector(parse_qwc(prepared.qwc), prepared.password, books)
    connector.add()
    return connector


def retrieve(connector: WebConnector, hub: HubProcess, books: Books) -> Retrieval:
    """Carry out one run."""
    pause_until_quiet()
    before, told, began = hub.usage(), books.told, time.monotonic()
    report: RunReport = connector.run_once()
    if not report.is_clean:
        raise SystemExit(f"the run failed: {report}")
    usage = hub.usage()
    return Retrieval(
        invoices=books.told - told,
        message_sets=report.round_trips,
        seconds=time.monotonic() - began,
        cpu_s=usage.cpu_s - before.cpu_s,
        peak_mb=usage.peak_mb,
    )


def _ask(url: str) -> None:
    """Let a person ask for what changed, so that the next run need not wait half an hour."""
    with open_hub(configuration_of(url, "http://localhost:1")) as hub:
        desk.request_retrieval(hub, 1, "invoice", None, "benchmark")


def _kept(url: str) -> int:
    with open_hub(configuration_of(url, "http://localhost:1")) as hub, hub.database.reading() as tx:
        return int(tx.exec_driver_sql("select count(*) from document").scalar() or 0)


def measure(invoices: int) -> tuple[Retrieval, Retrieval]:
    """Retrieve so many invoices, then ten that changed after that."""
    port = free_port()
    books = Books()
    with ledger_url("sqlite") as url:
        prepared = prepare(url, LOAD, f"http://localhost:{port}")
        with open_hub(configuration_of(url, f"http://localhost:{port}")) as hub:
            desk.set_settings(hub, 1, SETTINGS, "benchmark")
        with serving(url, port) as process:
            connector = introduced(prepared, books)
            books.change(0, invoices)
            everything = retrieve(connector, process, books)
            books.change(invoices, invoices + CHANGED)
            _ask(url)
            few = retrieve(connector, process, books)
        kept = _kept(url)
        books.close()
    if kept != invoices + CHANGED:
        raise SystemExit(f"{kept:,} invoices were kept of {invoices + CHANGED:,}")
    return everything, few


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--invoices", type=int, default=100_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    everything, few = measure(asked.invoices)
    _, alone = measure(CHANGED)
    show(
        f"{asked.invoices:,} changed invoices of {LINES} lines",
        [
            Figure("peak memory of the hub", everything.peak_mb, "MB", "<= 300"),
            Figure("message sets", everything.message_sets, ""),
            Figure("invoices per second", everything.invoices / everything.seconds, ""),
            Figure("CPU of the hub", everything.cpu_s / asked.invoices * 1000, "s per 1,000"),
            Figure(f"then {CHANGED} changed: message sets", few.message_sets, ""),
            Figure(f"{CHANGED} changed in small books: message sets", alone.message_sets, ""),
            Figure(f"then {CHANGED} changed: CPU of the hub", few.cpu_s, "s"),
            Figure(f"{CHANGED} changed in small books: CPU of the hub", alone.cpu_s, "s"),
        ],
        as_json=asked.json,
    )


if __name__ == "__main__":
    main()
