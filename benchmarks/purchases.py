"""What does a year of purchasing cost, and does every quantity and cent arrive?

Run from the top folder, in the developer's environment::

    python -m benchmarks.purchases --data FOLDER

The folder is one in AdventureWorks' columns (vendors, products, stock by location, purchase
orders with what was received and rejected).  More orders than it holds are its orders again,
under numbers of their own: ``--orders 4012`` is as many as that company ever had.  It is
loaded into the Autotask sandbox, and the hub transfers everything into the QuickBooks sandbox:
orders, item receipts, and the numbers back.  Counted are the calls to Autotask, for reading
and for writing numbers back; then a look with nothing changed.  Proved are quantities ordered,
received and on hand, and the value to the cent, on both sides.
"""

from __future__ import annotations

import argparse
import csv
import logging
import re
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import structlog

from benchmarks._stage import ROOT, Figure, show
from counterfoil.ledger.database import sqlite_url
from counterfoil.sandboxes.autotask.load import load_folder

ADVENTUREWORKS = ROOT.parent / "shared" / "data" / "adventureworks"
READING_PER_ORDER_MAX = 0.15
# Stock moves by orders and receipts here; counting it is ``benchmarks.stock``'s matter.
SETTINGS = (
    "purchase-order-out.start_date=2000-01-01",
    "receipt-out.start_date=2000-01-01",
    "general.long_item_names=shorten",
)


class _Counting:
    """Counts what the hub asks of Autotask: to read, and to write numbers back."""

    def __init__(self, service: Any) -> None:
        self.calls: Counter[str] = Counter()
        beyond = service.shop_line.handle_request

        def handle(request: Any) -> Any:
            self.calls["writing" if _writes_back(request) else "reading"] += 1
            return beyond(request)

        service.shop_line.handle_request = handle

    def take(self) -> Counter[str]:
        """Give what was counted since it was taken last."""
        taken, self.calls = self.calls, Counter()
        return taken


def _writes_back(request: Any) -> bool:
    """Whether a call belongs to a number that is written back: read before, written, read back."""
    return request.method == "PATCH" or bool(_ONE_ORDER.search(request.url.path))


_ONE_ORDER = re.compile(r"/PurchaseOrders/\d+$")


def measure(data: Path, orders: int) -> list[Figure]:
    """Transfer the folder, and prove both sides equal."""
    from tests.sandboxes.autotask.outside import MOUNT, TENANT
    from tests.support.autotask import open_service_desk

    with (
        tempfile.TemporaryDirectory() as folder,
        open_service_desk(sqlite_url(Path(folder) / "hub.db"), *SETTINGS) as service,
    ):
        # What is entered at the screens shall not use up the hour's calls.
        enough = _repeated(data, orders, Path(folder) / "data")
        load_folder(f"{MOUNT}/sandbox", TENANT, enough, orders=orders, http=service.tenant.http)
        counting = _Counting(service)
        begun = time.process_time()
        _transfer(service)
        cpu_s = time.process_time() - begun
        spent = counting.take()
        service.clock.advance(minutes=6)
        service.read_operations()
        look = counting.take()
        busy = Figure("seconds of the processor, stand-ins included", round(cpu_s), "s")
        return [*_costs(spent, look, orders), busy, *_proof(service)]


def _repeated(data: Path, orders: int, into: Path) -> Path:
    """Give a folder with so many orders: this one, or a copy in which its orders come again."""
    heads, lines = (_rows(data / f"purchase_order{end}.csv") for end in ("s", "_lines"))
    if len(heads) >= orders:
        return data
    shutil.copytree(data, into, copy_function=shutil.copyfile)
    times = range(-(-orders // len(heads)))
    for end, rows in (("s", heads), ("_lines", lines)):
        with (into / f"purchase_order{end}.csv").open("w", newline="", encoding="utf-8") as file:
            out = csv.DictWriter(file, rows[0])
            out.writeheader()
            out.writerows(_numbered(row, time) for time in times for row in rows)
    return into


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _numbered(row: dict[str, str], time: int) -> dict[str, str]:
    return row | {"purchase_order_id": f"{time}{int(row['purchase_order_id']):06}"}


def _transfer(service: Any) -> None:
    """Let both sides run every five minutes until everything is where it belongs."""
    for _ in range(100):
        service.sync()
        service.clock.advance(minutes=5)
        if not service.unsettled():
            break
    service.read_operations()


def _costs(spent: Counter[str], look: Counter[str], orders: int) -> list[Figure]:
    return [
        Figure(
            "calls for reading, per order",
            round(spent["reading"] / orders, 3),
            "",
            f"<= {READING_PER_ORDER_MAX}",
        ),
        Figure("calls for writing a number back, per order", spent["writing"] / orders, ""),
        Figure("calls of a look with nothing changed, with a step of the sweep", look.total(), ""),
    ]


def _proof(service: Any) -> list[Figure]:
    """Compare both sides; whatever differs is an error, not a figure."""
    ours = {row.number: row for row in service.transfers() if row.flow == "purchase-order-out"}
    there = {each["TxnID"]: each for each in service.booked("PurchaseOrder")}
    entered, moved = _entered(service)
    ordered = received = 0
    value = Decimal(0)
    for number, row in sorted(ours.items()):
        assert row.target_id is not None, f"order {row.number}: {row.state}, {row.sentence}"
        found = there.pop(row.target_id)
        order = int(number)
        lines = entered[order]
        total = sum(map(_amount, lines), Decimal(0))
        told = Decimal(found["TotalAmount"])
        assert told == total, (
            f"order {number}: {told} there, {total} here: {found['lines']} {lines}"
        )
        came = [moved[line["id"]] for line in lines]
        booked = [int(Decimal(line["ReceivedQuantity"])) for line in found["lines"]]
        assert booked == came, f"order {number}: {booked} received there, {came} here"
        ordered += sum(each["quantity"] for each in lines)
        received += sum(came)
        value += total
    states = Counter(row.state.value for row in service.transfers())
    return [
        Figure("orders equal on both sides", len(ours), ""),
        Figure("quantity ordered", ordered, ""),
        Figure("quantity received", received, ""),
        Figure("value", float(value), ""),
        *(Figure(f"transfers {state}", number, "", "") for state, number in sorted(states.items())),
    ]


def _amount(line: dict[str, Any]) -> Decimal:
    """What a line comes to, in whole cents, as an invoice would have it."""
    exact = Decimal(str(line["unitCost"])) * line["quantity"]
    rounded: Decimal = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
    return rounded


def _entered(service: Any) -> tuple[dict[int, list[dict[str, Any]]], Counter[int]]:
    """Give each order's lines, and how much of each line has come and stayed.

    At the screens: proving is no use of the interface, which would count it.
    """
    from tests.sandboxes.autotask.outside import TENANT

    def rows(entity: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = service.tenant.control(
            "GET", f"/tenants/{TENANT}/records/{entity}"
        )
        return sorted(found, key=lambda row: row["id"])

    lines: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for line in rows("PurchaseOrderItems"):
        lines[line["orderID"]].append(line)
    came = Counter[int]()
    for row in rows("PurchaseOrderItemReceiving"):
        came[row["purchaseOrderItemID"]] += row["quantityNowReceiving"] or 0
    return lines, came


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=ADVENTUREWORKS, metavar="FOLDER")
    parser.add_argument("--orders", type=int, default=500)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    if not arguments.data.is_dir():
        sys.exit(f"{arguments.data} is not there; name the folder with --data.")
    show(
        f"{arguments.orders} purchase orders of {arguments.data.name}",
        measure(arguments.data, arguments.orders),
        as_json=arguments.json,
    )


if __name__ == "__main__":
    main()
