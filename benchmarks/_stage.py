"""What the benchmarks share: a ledger with orders that wait, a hub in a process of its own,
and a QuickBooks that answers at once.

Nothing here is measured.  The hub is a separate process, so that its CPU time and its
memory are its own, read from ``/proc``, and the measuring partner's do not count.
"""

from __future__ import annotations

import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

import httpx2  # noqa: E402 - the path comes first
from lxml import etree  # noqa: E402 - the path comes first
from sqlalchemy import event  # noqa: E402 - the path comes first

from counterfoil.documents import (  # noqa: E402 - the path comes first
    Customer,
    DocumentKind,
    Item,
    ListRecord,
    Money,
    OrderLine,
    Quantity,
    RecordKind,
    Reference,
    SalesOrder,
)
from counterfoil.engine.reading import records_cursor  # noqa: E402
from counterfoil.hub import accounts, desk  # noqa: E402
from counterfoil.hub.intake import begin_transfers  # noqa: E402
from counterfoil.hub.links import views_of  # noqa: E402
from counterfoil.hub.setup import Configuration, Hub, open_hub  # noqa: E402
from counterfoil.ledger import connections, directory, documents, runs  # noqa: E402
from counterfoil.sandboxes.quickbooks_desktop import (  # noqa: E402
    CompanyFile,
    CompanySettings,
    ProcessResult,
    fill_company,
)
from counterfoil.sandboxes.quickbooks_desktop._company import Session  # noqa: E402
from counterfoil.settings import SystemName  # noqa: E402

SECRET_KEY = "A" * 43 + "="
OWN_FOLDER = Path(__file__).resolve().parent
LINES = 10


@dataclass(frozen=True)
class Load:
    """How much there is of everything.

    ``numbered``: orders keep their code, which is looked up first.  ``knows_books``: the
    lists of the books have been read, as after any earlier run.
    """

    orders: int = 5_000
    customers: int = 500
    items: int = 300
    numbered: bool = False
    per_set: int = 100
    knows_books: bool = True


@dataclass(frozen=True)
class Prepared:
    """A ledger that is ready to be driven, and what the Web Connector needs."""

    url: str
    qwc: str
    password: str
    connection: int


# --- The ledger, as a drive of the operations side leaves it -------------------------------


def customer_name(number: int) -> str:
    """Give the name of the n-th customer."""
    return f"Kestrel Hardware {number:05}"


def item_name(number: int) -> str:
    """Give the name of the n-th item."""
    return f"BRKT-{number:05}"


def order(position: int, load: Load) -> SalesOrder:
    """Make an order of ten lines: known customer and items, quantity, price, a note."""
    return SalesOrder(
        id=f"so-{position}",
        number=f"SO-{position:06}",
        customer=Reference(customer_name(position % load.customers)),
        created_on=date(2026, 3, 1),
        due_on=date(2026, 3, 20),
        lines=tuple(
            OrderLine(
                id=f"{position}-{line}",
                item=Reference(item_name((position * LINES + line) % load.items)),
                # Hardly two lines of all orders are alike.
                quantity=Quantity(Decimal((position * 7 + line * 3) % 240 + 1)),
                unit_price=Money(Decimal((position * 131 + line * 17) % 9_973 + 25) / 100),
                notes="deburred, packed in tens" if line % 3 == 0 else None,
            )
            for line in range(LINES)
        ),
    )


def books_records(load: Load) -> Iterator[ListRecord]:
    """Give the customers and items as the books list them."""
    for number in range(load.customers):
        name = customer_name(number)
        yield Customer(id=f"80000{number:03X}-1700000001", name=name, full_name=name)
    for number in range(load.items):
        name = item_name(number)
        yield Item(id=f"80001{number:03X}-1700000002", name=name, full_name=name)


def prepare(url: str, load: Load, base_url: str) -> Prepared:
    """Make the connections, the link, the directory and the waiting transfers."""
    configuration = configuration_of(url, base_url)
    with open_hub(configuration) as hub:
        now = hub.now()
        source = accounts.add_connection(
            hub,
            SystemName.FUSION_OPERATIONS,
            "Workshop",
            {"base_url": "http://127.0.0.1:9", "key": "k", "secret": "s"},
            "benchmark",
            checks=False,
        )
        books = accounts.add_connection(
            hub,
            SystemName.QUICKBOOKS_DESKTOP,
            "Books",
            {"requests_per_set": str(load.per_set)},
            "benchmark",
        )
        link = accounts.add_link(hub, "Workshop", "Books", "benchmark")
        number = "order_code" if load.numbered else "books"
        desk.set_settings(
            hub,
            link.id,
            [
                "sales-order-out.mode=automatic",
                f"sales-order-out.document_number={number}",
                "sales-order-out.line_description=line_observations",
                "sales-order-out.creation_date=document_date",
                "sales-order-out.ship_date=due_date",
            ],
            "benchmark",
        )
        _fill_directory(hub, source.id, books.id, load, now)
        with hub.database.writing() as tx:
            orders = (order(position, load) for position in range(load.orders))
            documents.see(tx, source.id, DocumentKind.SALES_ORDER, orders, {}, now, known={})
            source_connection = connections.load(tx, source.id)
            assert source_connection is not None
            begun = begin_transfers(tx, source_connection, views_of(tx, source.id), now)
        assert begun == load.orders, f"{begun} transfers begun"
        assert books.qwc is not None
        assert books.password is not None
        return Prepared(url=url, qwc=books.qwc, password=books.password, connection=books.id)


def configuration_of(url: str, base_url: str) -> Configuration:
    """Give the configuration that the preparation and the hub share."""
    return Configuration(database_url=url, secret_key=SECRET_KEY, public_url=base_url)


def _fill_directory(hub: Hub, source: int, books: int, load: Load, now: datetime) -> None:
    with hub.database.writing() as tx:
        for connection in (source, books) if load.knows_books else (source,):
            run = runs.begin(tx, connection, "schedule", now)
            directory.learn(tx, connection, books_records(load), run)
            runs.change(tx, run, now, ended_at=now)
        read = [
            (records_cursor(kind), datetime(2026, 3, 1, 9))  # noqa: DTZ001 - a wall clock
            for kind in RecordKind
        ]
        if load.knows_books:
            runs.keep_cursors(tx, books, read, now - timedelta(hours=1))


def outcome(url: str) -> Mapping[str, int]:
    """Count the transfers by state, and the distinct documents they became."""
    configuration = configuration_of(url, "http://localhost:1")
    with open_hub(configuration) as hub, hub.database.reading() as tx:
        rows = tx.exec_driver_sql("select state, count(*) from transfer group by state").all()
        landed = tx.exec_driver_sql("select count(distinct target_id) from pairing").scalar()
    return {**{row[0]: int(row[1]) for row in rows}, "landed": int(landed or 0)}


@contextmanager
def ledger_url(kind: str) -> Iterator[str]:
    """Give the address of an empty database: an SQLite file, or on a PostgreSQL server.

    PostgreSQL is that of ``COUNTERFOIL_TEST_POSTGRES_URL``, else the test suite's, which
    does not wait for the disk: its waiting times are a little too good.
    """
    if kind == "sqlite":
        with tempfile.TemporaryDirectory(prefix="counterfoil-bench-") as folder:
            yield f"sqlite:///{Path(folder) / 'ledger.db'}"
        return
    from tests.support import postgres

    with postgres.run_folder() as folder_:
        yield postgres.start(folder_).create_database()


# --- The hub -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Usage:
    """What a process has used so far."""

    cpu_s: float
    peak_mb: float


class HubProcess:
    """A hub that serves, in a process of its own."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    def usage(self) -> Usage:
        """Read CPU seconds (user and system) and the peak of resident memory."""
        folder = Path("/proc") / str(self.process.pid)
        after_name = (folder / "stat").read_text().rpartition(")")[2].split()
        ticks = int(after_name[11]) + int(after_name[12])
        status = (folder / "status").read_text()
        peak_kb = int(status.partition("VmHWM:")[2].split()[0])
        return Usage(ticks / os.sysconf("SC_CLK_TCK"), peak_kb / 1024)


@contextmanager
def serving(url: str, port: int, *, program: str | None = None) -> Iterator[HubProcess]:
    """Run ``counterfoil serve`` on a database, or another program; ends with the block."""
    command = ["-m", "counterfoil", "serve", "--port", str(port)]
    if program is None and os.environ.get("COUNTERFOIL_PROFILE"):
        program = "_profiled.py"
    if program is not None:
        command = [str(OWN_FOLDER / program), url, str(port)]
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "src"),
        "COUNTERFOIL_DATABASE_URL": url,
        "COUNTERFOIL_SECRET_KEY": SECRET_KEY,
        "COUNTERFOIL_PUBLIC_URL": f"http://localhost:{port}",
        "COUNTERFOIL_LOG_LEVEL": "error",
    }
    process = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.DEVNULL, env=environment
    )
    try:
        _wait_for(port, process)
        yield HubProcess(process, port)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until it answers."""
    for _ in range(600):
        try:
            httpx2.get(f"http://127.0.0.1:{port}/qbwc/support").raise_for_status()
        except httpx2.HTTPError:
            time.sleep(0.05)
            if process.poll() is not None:
                break
        else:
            return
    raise SystemExit("the server did not start")


def free_port() -> int:
    """Find a port nobody uses."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def steps_of(hub: Hub, every: int) -> Iterator[list[int]]:
    """Count the steps that SQLite takes within the block; ``every`` so many are one.

    Of the same questions it takes as many again, whatever else the machine does.
    """
    steps = [0]

    def count() -> int:
        steps[0] += 1
        return 0

    def watch(raw: object, _record: object = None, _proxy: object = None) -> None:
        raw.set_progress_handler(count, every)  # type: ignore[attr-defined] # SQLite's own

    event.listen(hub.database.engine, "checkout", watch)
    yield steps
    event.remove(hub.database.engine, "checkout", watch)


# --- QuickBooks ----------------------------------------------------------------------------


class PreparedCompany:
    """A QuickBooks for measuring: who it is comes from the sandbox, the rest is prepared.

    Every ``SalesOrderAdd`` is answered with a full ``SalesOrderRet``, every query with
    "nothing found".  It checks and keeps nothing but how many it has taken, so that it
    costs little beside what is measured.
    """

    def __init__(self) -> None:
        self._sandbox = CompanyFile.create(None, CompanySettings())
        fill_company(self._sandbox.process, self._sandbox.settings)
        self.taken = 0

    def open_session(
        self, company_file: str | None = None, *, application: str = "benchmark"
    ) -> PreparedSession:
        """Open a session."""
        return PreparedSession(self, self._sandbox.open_session(application=application))

    def process(self, text: str) -> ProcessResult:
        """Answer as a person at the computer would be answered."""
        return self._sandbox.process(text)

    def close(self) -> None:
        """Close the sandbox behind it."""
        self._sandbox.close()


_INTRODUCING = ("CompanyQuery", "DataExtDefAdd", "DataExtAdd", "DataExtMod")


class PreparedSession:
    """One session on the prepared company."""

    def __init__(self, company: PreparedCompany, session: Session) -> None:
        self._company = company
        self._session = session
        self.company_file = session.company_file
        self.country = session.country
        self.qbxml_version = session.qbxml_version

    def host_company_preferences(self, owner_id: str) -> ProcessResult:
        """Say who this is."""
        return self._session.host_company_preferences(owner_id)

    def process(self, text: str) -> ProcessResult:
        """Answer a message set; what asks who this is goes to the sandbox."""
        if any(f"<{name}Rq" in text for name in _INTRODUCING):
            return self._session.process(text)
        messages = etree.fromstring(text.encode())[0]
        parts = [self._answer(request) for request in messages]
        set_id = messages.get("newMessageSetID")
        told = f' newMessageSetID="{set_id}" messageSetStatusCode="0"' if set_id else ""
        return ProcessResult(
            f'<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs{told}>\n{"".join(parts)}'
            "</QBXMLMsgsRs>\n</QBXML>\n"
        )

    def close(self) -> None:
        """End it."""
        self._session.close()

    def _answer(self, request: Any) -> str:
        name, request_id = request.tag.removesuffix("Rq"), request.get("requestID")
        if name == "SalesOrderAdd":
            self._company.taken += 1
            return _sales_order_added(request[0], request_id, self._company.taken)
        assert name.endswith("Query"), f"{name} is not prepared"
        return (
            f'<{name}Rs requestID="{request_id}" statusCode="1" statusSeverity="Info" '
            'statusMessage="A query request did not find a matching object in QuickBooks" '
            'retCount="0" />\n'
        )


def _sales_order_added(added: Any, request_id: str, number: int) -> str:
    def text(path: str) -> str:
        return added.findtext(path) or ""

    total = Decimal(0)
    lines: list[str] = []
    for position, line in enumerate(added.iterchildren("SalesOrderLineAdd")):
        quantity, rate = Decimal(line.findtext("Quantity")), Decimal(line.findtext("Rate"))
        total += quantity * rate
        lines.append(
            f"<SalesOrderLineRet>\n<TxnLineID>{number * 16 + position:X}-1772000000</TxnLineID>\n"
            f"<ItemRef>\n<ListID>{line.findtext('ItemRef/ListID')}</ListID>\n"
            f"<FullName>BRKT-{position:05}</FullName>\n</ItemRef>\n"
            f"<Desc>{line.findtext('Desc') or 'Bracket, zinc plated'}</Desc>\n"
            f"<Quantity>{quantity}</Quantity>\n<Rate>{rate:.2f}</Rate>\n"
            f"<Amount>{quantity * rate:.2f}</Amount>\n"
            "<SalesTaxCodeRef>\n<ListID>80000001-1700000000</ListID>\n<FullName>Tax</FullName>\n"
            "</SalesTaxCodeRef>\n<Invoiced>0</Invoiced>\n"
            "<IsManuallyClosed>false</IsManuallyClosed>\n</SalesOrderLineRet>\n"
        )
    address = "".join(
        f"<{tag}>\n<Addr1>Kestrel Hardware</Addr1>\n<Addr2>14 Quarry Lane</Addr2>\n"
        f"<City>Bayshore</City>\n<State>CA</State>\n<PostalCode>94326</PostalCode>\n</{tag}>\n"
        for tag in ("BillAddress", "ShipAddress")
    )
    return (
        f'<SalesOrderAddRs requestID="{request_id}" statusCode="0" statusSeverity="Info" '
        'statusMessage="Status OK">\n<SalesOrderRet>\n'
        f"<TxnID>{number:X}-1772000000</TxnID>\n"
        "<TimeCreated>2026-03-02T09:00:00-08:00</TimeCreated>\n"
        "<TimeModified>2026-03-02T09:00:00-08:00</TimeModified>\n"
        f"<EditSequence>1772000000</EditSequence>\n<TxnNumber>{number}</TxnNumber>\n"
        f"<CustomerRef>\n<ListID>{text('CustomerRef/ListID')}</ListID>\n"
        "<FullName>Kestrel Hardware</FullName>\n</CustomerRef>\n"
        "<TemplateRef>\n<ListID>80000005-1700000000</ListID>\n"
        "<FullName>Custom Sales Order</FullName>\n</TemplateRef>\n"
        f"<TxnDate>{text('TxnDate')}</TxnDate>\n"
        f"<RefNumber>{text('RefNumber') or number}</RefNumber>\n"
        f"{address}<DueDate>{text('TxnDate')}</DueDate>\n<ShipDate>{text('ShipDate')}</ShipDate>\n"
        f"<Subtotal>{total:.2f}</Subtotal>\n"
        "<ItemSalesTaxRef>\n<ListID>80000002-1700000000</ListID>\n"
        "<FullName>State Sales Tax</FullName>\n</ItemSalesTaxRef>\n"
        "<SalesTaxPercentage>0.00</SalesTaxPercentage>\n<SalesTaxTotal>0.00</SalesTaxTotal>\n"
        f"<TotalAmount>{total:.2f}</TotalAmount>\n<IsManuallyClosed>false</IsManuallyClosed>\n"
        "<IsFullyInvoiced>false</IsFullyInvoiced>\n<IsToBePrinted>false</IsToBePrinted>\n"
        "<IsToBeEmailed>false</IsToBeEmailed>\n"
        f"<ExternalGUID>{text('ExternalGUID')}</ExternalGUID>\n"
        f"{''.join(lines)}</SalesOrderRet>\n</SalesOrderAddRs>\n"
    )


# --- Showing -------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """One measured figure; ``mark`` is what it should at least (``>=``) or at most reach."""

    name: str
    value: float
    unit: str
    mark: str = ""

    @property
    def is_met(self) -> bool | None:
        """Whether the mark is reached; ``None``: there is none."""
        if not self.mark:
            return None
        sign, _, bound = self.mark.partition(" ")
        limit = float(bound.replace(",", ""))
        return self.value >= limit if sign == ">=" else self.value <= limit


def show(title: str, figures: list[Figure], *, as_json: bool) -> None:
    """Print figures as a table, or as one JSON object on a line."""
    if as_json:
        print(
            json.dumps(
                {
                    "benchmark": title,
                    "at": datetime.now(UTC).isoformat(timespec="seconds"),
                    "machine": machine(),
                    "figures": [
                        {
                            "name": each.name,
                            "value": round(each.value, 4),
                            "unit": each.unit,
                            "mark": each.mark or None,
                            "is_met": each.is_met,
                        }
                        for each in figures
                    ],
                }
            )
        )
        return
    print(f"\n{title}")
    for each in figures:
        value = f"{each.value:,.4g}" if each.value < 1000 else f"{each.value:,.0f}"
        words = {None: "", True: "met", False: "MISSED"}[each.is_met]
        print(f"  {each.name:<44}{value:>10} {each.unit:<18}{each.mark:<10}{words}")
    sys.stdout.flush()


def machine() -> dict[str, object]:
    """Say on what it was measured, and how busy that was."""
    load_1m = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    return {
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "load_1m": round(load_1m, 2),
    }


def percentile(values: list[float], part: float) -> float:
    """Give the value below which a part of all values lies."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


def pause_until_quiet() -> None:
    """Let what has just been started come to rest."""
    time.sleep(0.3)
