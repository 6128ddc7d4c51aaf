"""How often a message set goes to QuickBooks and back, per sales order.

Run from the top folder, in the developer's environment::

    python -m benchmarks.round_trips                   # generated orders
    python -m benchmarks.round_trips --data FOLDER     # a folder of CSV files

Everything is the real thing here except the wire between them: the sandbox of Fusion
Operations is loaded and read over its API, the Web Connector's stand-in carries the orders
into the sandbox company.  First into a company that knows no customer and no item, so that
they are created on the way; then, with a second hub that has seen nothing, the same orders
into the same company, which by now knows them all.  Every round trip of the run counts, the
reading of the lists too.
"""

from __future__ import annotations

import argparse
import csv
import logging
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import structlog
import uvicorn
from fastapi import FastAPI

from benchmarks._stage import ROOT, SECRET_KEY, Figure, show
from counterfoil.api.qbwc import router
from counterfoil.hub import accounts, desk
from counterfoil.hub.drive import drive
from counterfoil.hub.setup import Configuration, Hub, open_hub
from counterfoil.ledger import connections
from counterfoil.sandboxes.fusion_operations import Company, FusionState, fusion_app, load_folder
from counterfoil.sandboxes.quickbooks_desktop import CompanyFile, CompanySettings, fill_company
from counterfoil.sandboxes.web_connector import WebConnector, parse_qwc
from counterfoil.settings import SystemName

NORTHWIND = ROOT.parent / "shared" / "data" / "northwind"
FILE_ID = "{5b1e0c1a-9a53-4d0e-8f0c-2d5a7c1e4f60}"
ORDERS, CUSTOMERS, PRODUCTS, LINES = 830, 91, 77, 3
SETTINGS = (
    "sales-order-out.mode=automatic",
    "sales-order-out.create_missing_customers=true",
    "sales-order-out.create_missing_items=true",
    "sales-order-out.income_account=Sales:Goods",
    "sales-order-out.creation_date=document_date",
)


@dataclass(frozen=True)
class Trip:
    """What one run came to."""

    orders: int
    round_trips: int
    states: dict[str, int]

    @property
    def per_order(self) -> float:
        """Round trips per order that arrived."""
        return self.round_trips / self.orders


def generate(folder: Path) -> Path:
    """Write a folder of files with as many orders as the public sample has."""
    _write(
        folder / "customers.csv",
        "customer_id,company_name,contact_name,address,city,region,postal_code,country,phone",
        (f"K{n:03},Kestrel Hardware {n},,{n} Quarry Lane,Bayshore,CA,94326,USA,"
         for n in range(CUSTOMERS)),
    )  # fmt: skip
    _write(
        folder / "products.csv",
        "product_id,name,quantity_per_unit",
        (f"{n + 1},Bracket {n:03},10 per box" for n in range(PRODUCTS)),
    )
    _write(
        folder / "orders.csv",
        "order_id,customer_id,order_date,required_date,freight,ship_name,ship_address,ship_city,"
        "ship_region,ship_postal_code,ship_country",
        (f"{20_000 + n},K{n % CUSTOMERS:03},2026-02-{n % 28 + 1:02},2026-03-{n % 28 + 1:02},0,,,,,,"
         for n in range(ORDERS)),
    )  # fmt: skip
    _write(
        folder / "order_lines.csv",
        "order_id,product_id,unit_price,quantity,discount",
        (f"{20_000 + n},{(n * 5 + line * 11) % PRODUCTS + 1},{n % 90 + 1}.50,{line + 2},0"
         for n in range(ORDERS) for line in range(LINES)),
    )  # fmt: skip
    return folder


def _write(path: Path, head: str, rows: Iterator[str]) -> None:
    path.write_text("\n".join((head, *rows)) + "\n", encoding="utf-8")


@contextmanager
def served(app: FastAPI) -> Iterator[int]:
    """Serve an application in a thread; gives its port."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def travel(folder: Path, fusion: str, company: CompanyFile, settings: tuple[str, ...]) -> Trip:
    """Let a hub that has seen nothing carry all orders over."""
    configuration = Configuration(
        database_url=f"sqlite:///{folder / 'ledger.db'}", secret_key=SECRET_KEY
    )
    with open_hub(configuration) as hub:
        app = FastAPI()
        app.include_router(router(hub))
        with served(app) as port:
            public_url = f"http://localhost:{port}"
            hub.configuration = replace(configuration, public_url=public_url)
            source = accounts.add_connection(
                hub,
                SystemName.FUSION_OPERATIONS,
                "Workshop",
                {"base_url": fusion, "key": "k", "secret": "s"},
                "benchmark",
            )
            books = accounts.add_connection(
                hub, SystemName.QUICKBOOKS_DESKTOP, "Books", {}, "benchmark"
            )
            link = accounts.add_link(hub, "Workshop", "Books", "benchmark")
            desk.set_settings(hub, link.id, settings, "benchmark")
            drive(hub, source.id, "person")
            assert books.password is not None
            qwc = parse_qwc(_introduction(hub, books.id))
            connector = WebConnector(qwc, books.password, company)
            connector.add()
            report = connector.run_once()
            if not report.is_clean:
                raise SystemExit(f"the run failed: {report}")
        with hub.database.reading() as tx:
            rows = tx.exec_driver_sql("select state, count(*) from transfer group by state").all()
        states = {row[0]: int(row[1]) for row in rows}
    return Trip(states.get("done", 0), report.round_trips, states)


def _introduction(hub: Hub, connection_id: int) -> str:
    """Give the .qwc file, with the identity that every hub of this benchmark uses.

    A company file knows its application by that; a second hub with another one would be
    refused, as it should be.
    """
    with hub.database.writing() as tx:
        connection = connections.load(tx, connection_id)
        assert connection is not None
        parameters = {**connection.parameters, "file_id": FILE_ID}
        connections.change(tx, connection_id, parameters=parameters)
        connection = connections.load(tx, connection_id)
        assert connection is not None
    return accounts.qwc_of(hub, connection)


def measure(data: Path, settings: tuple[str, ...]) -> tuple[Trip, Trip]:
    """Carry all orders over twice: creating what is missing, and with everything known."""
    state = FusionState([Company(name="Benchmark", time_zone="UTC", keys={"k": "s"})])
    app = FastAPI()
    app.mount("/fusion", fusion_app(state))
    company = CompanyFile.create(None, CompanySettings())
    fill_company(company.process, company.settings)
    with (
        served(app) as port,
        tempfile.TemporaryDirectory() as first,
        tempfile.TemporaryDirectory() as second,
    ):
        fusion = f"http://127.0.0.1:{port}/fusion"
        load_folder(fusion, "k", "s", data)
        created = travel(Path(first), fusion, company, settings)
        known = travel(Path(second), fusion, company, settings)
    company.close()
    return created, known


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--data", type=Path, help="customers, products, orders, order_lines .csv")
    parser.add_argument("--generated", action="store_true", help="even where there is a sample")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory(prefix="generated-") as folder:
        data = asked.data or (NORTHWIND if NORTHWIND.is_dir() else None)
        if data is None or asked.generated:
            data = generate(Path(folder))
        with (data / "orders.csv").open(newline="", encoding="utf-8") as file:
            orders = sum(1 for _ in csv.DictReader(file))
        created, known = measure(data, SETTINGS)
    for trip in (created, known):
        if trip.orders != orders:
            print(f"not every order arrived: {trip.states} of {orders}", file=sys.stderr)
    show(
        f"{orders:,} sales orders from {data.name}",
        [
            Figure("customers and items known", known.per_order, "per order", "<= 0.05"),
            Figure("created on the way", created.per_order, "per order", "<= 0.08"),
            Figure("message sets, known", known.round_trips, ""),
            Figure("message sets, created on the way", created.round_trips, ""),
            Figure("orders that arrived", min(known.orders, created.orders), f"of {orders:,}"),
        ],
        as_json=asked.json,
    )


if __name__ == "__main__":
    main()
