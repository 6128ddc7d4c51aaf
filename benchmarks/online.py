"""What does QuickBooks Online cost in calls, and how fast do its limits let us be?

Run from the top folder, in the developer's environment::

    python -m benchmarks.online                        # all three
    python -m benchmarks.online --only calls --orders 200

``calls``     purchase orders of three lines go from the Autotask sandbox through the hub into the
              books, as bills; counted is every call to QuickBooks Online, the look that
              verifies them included, and then a look with nothing to do
``throttled`` bills go through the connector into a stand-in that keeps its limits, by a clock
              that waiting moves; counted are answers 429, and proved is that none is lost
``speed``     batches of thirty go over real HTTP into a stand-in that takes 200 ms for each and
              keeps its limits; beside them, in the same run, those of python-quickbooks
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import httpx2
import structlog

from benchmarks._stage import OWN_FOLDER, Figure, show
from counterfoil.connectors.called import Line
from counterfoil.connectors.quickbooks_online import (
    Account,
    OnlineClient,
    QuickBooksOnline,
    company_of,
)
from counterfoil.documents import (
    Bill,
    BillLine,
    DocumentKind,
    Money,
    Quantity,
    Reference,
)
from counterfoil.engine.operations import Batch, CreateDocument, Done, Outcome
from counterfoil.ledger.database import sqlite_url

ORDERS, BILLS, BATCHES = 1_000, 10_000, 60
LINES, PER_BATCH, ANSWER_S = 3, 30, 0.2
BATCHES_PER_MINUTE: Final = 40
VENDORS: Final = 20


# --- Calls ----------------------------------------------------------------------------------


def calls(orders: int) -> list[Figure]:
    """Transfer orders as bills, and count."""
    from tests.support.online import open_online_desk

    with (
        tempfile.TemporaryDirectory() as folder,
        open_online_desk(sqlite_url(Path(folder) / "hub.db")) as company,
    ):
        company.set("receipt-out.mode=off", "purchase-order-out.becomes=bill")
        company.goods(*(f"Part {number}" for number in range(LINES)))
        for number in range(VENDORS):
            company.make("Vendor", DisplayName=f"Vendor {number}")
        company.settle()
        for number in range(orders):
            _enter(company, number)
        company.read_operations()
        _counted(company)
        company.read_books()
        transferred = _counted(company)
        company.clock.wait(7200.0)
        company.read_books()
        verified = _counted(company)
        company.clock.wait(900.0)
        company.read_books()
        look = _counted(company)
        _prove(company, orders)
    return [
        Figure("calls to transfer them", transferred, ""),
        Figure("calls with the look that verifies", transferred + verified, "", _calls_max(orders)),
        Figure("calls of a look with nothing to do", look, "", "<= 1"),
    ]


def _calls_max(orders: int) -> str:
    return f"<= {60 * max(orders, ORDERS) // ORDERS}"


def _enter(company: Any, number: int) -> None:
    lines = (
        f"{number % 7 + 1} Part {line} @ {line + 1}.{number % 90 + 10}" for line in range(LINES)
    )
    company.order(f"Vendor {number % VENDORS}", *lines)


def _counted(company: Any) -> int:
    """Say how many calls there were since this was asked last; those for tokens are none."""
    told = company.online.control("GET", "/exchanges")
    company.online.control("DELETE", "/exchanges")
    return sum("oauth2" not in each["path"] for each in told)


def _prove(company: Any, orders: int) -> None:
    bills = company.held("Bill")
    assert len(bills) == orders, f"{len(bills)} bills of {orders} orders"
    assert not company.unsettled(), company.reasons()


# --- With limits, by a clock that waiting moves -----------------------------------------------


def throttled(bills: int) -> list[Figure]:
    """Send bills through the connector into a stand-in that keeps its limits."""
    from tests.sandboxes.quickbooks_online.outside import MOUNT, REALM, opened

    with opened() as world:
        online = world.fresh()
        books = _Sent(online.vendor()["Id"], online.item()["Id"])
        online.switch(per_second=10, per_minute=500, batches_per_minute=BATCHES_PER_MINUTE)
        clock, refused = world.clock, [0, 0]

        def send(request: httpx2.Request) -> httpx2.Response:
            answer = online.http.send(request)
            refused[0] += 1
            refused[1] += answer.status_code == httpx2.codes.TOO_MANY_REQUESTS
            return answer

        client = OnlineClient(
            Account(realm=REALM, base_url=MOUNT),
            _Keys(lambda: online.token, online.connect),
            line=Line(
                transport=httpx2.MockTransport(send),
                clock=lambda: clock.now().timestamp(),
                sleep=clock.pass_s,
            ),
        )
        with closing(client):
            landed = books.go(QuickBooksOnline(client, clock.now), bills)
        there = online.query("SELECT count(*) FROM Bill")["totalCount"]
    assert landed == bills == there, f"{landed} landed, {there} are there, of {bills}"
    asked, many = refused
    return [
        Figure("bills that landed, each once", landed, ""),
        Figure("answers 429, of a hundred", 100 * many / asked, "", "<= 1"),
    ]


@dataclass
class _Keys:
    """Access tokens of a stand-in."""

    token: Callable[[], str]
    renew: Callable[[], object]

    def access(self) -> str:
        return self.token()

    def renewed(self, rejected: str) -> str:
        self.renew()
        return self.token()


@dataclass
class _Sent:
    """Bills to one vendor, thirty at a time."""

    vendor: str
    item: str

    def go(self, connector: QuickBooksOnline, bills: int) -> int:
        """Send so many; says how many landed."""
        landed = 0
        for start in range(0, bills, PER_BATCH):
            numbers = range(start, min(start + PER_BATCH, bills))
            operations = tuple(self._create(number) for number in numbers)
            outcomes = connector.perform(Batch(operations=operations, key="batch"))
            landed += sum(_has_landed(outcome) for _, outcome in outcomes)
        return landed

    def _create(self, number: int) -> CreateDocument:
        line = BillLine(
            item=Reference("Widget", self.item),
            quantity=Quantity(Decimal(number % 9 + 1)),
            unit_cost=Money(Decimal(number % 97 + 1) / 4),
        )
        bill = Bill(
            id="",
            number=f"V-{number}",
            vendor=Reference("Pelican Supply", self.vendor),
            created_on=date(2026, 1, 15),
            lines=(line,) * LINES,
        )
        key = f"{{{number:032x}}}"
        return CreateDocument(
            id=str(number % PER_BATCH), kind=DocumentKind.BILL, document=bill, key=key
        )


def _has_landed(outcome: Outcome) -> bool:
    return isinstance(outcome, Done)


# --- Speed, over real HTTP ------------------------------------------------------------------


def speed(batches: int) -> list[Figure]:
    """Send batches to a stand-in that takes its time, ours and python-quickbooks'."""
    from tests.support.judging import run_python

    with _slow() as (root, door):
        ours_s, ours = _timed(lambda: _ours(root, door, batches))
    with _slow() as (root, door):
        asked = {**door, "root": root, "batches": batches, "per_batch": PER_BATCH, "lines": LINES}
        theirs_s, told = _timed(lambda: run_python(OWN_FOLDER / "_python_quickbooks.py", asked))
    allowed = BATCHES_PER_MINUTE * PER_BATCH
    return [
        Figure(
            "bills a minute, of what the limit allows",
            100 * ours * 60 / ours_s / allowed,
            "%",
            ">= 80",
        ),
        Figure("bills that landed, of a hundred", 100 * ours / (batches * PER_BATCH), "", ">= 100"),
        Figure("python-quickbooks: of a hundred", 100 * told["landed"] / (batches * PER_BATCH), ""),
        Figure("python-quickbooks: batches refused", told["refused"], ""),
        Figure("seconds, ours", ours_s, "s"),
        Figure("seconds, python-quickbooks", theirs_s, "s"),
    ]


def _timed(do: Callable[[], Any]) -> tuple[float, Any]:
    began = time.perf_counter()
    found = do()
    return time.perf_counter() - began, found


@contextmanager
def _slow() -> Iterator[tuple[str, Mapping[str, str]]]:
    """Serve a company that answers a batch after 200 ms; gives its address, and how it opens."""
    from fastapi import FastAPI

    from counterfoil.sandboxes.quickbooks_online import (
        App,
        QuickBooksOnlineState,
        quickbooks_online_app,
    )
    from tests.sandboxes.quickbooks_online import outside
    from tests.support.serving import served

    state = QuickBooksOnlineState(apps=[App(outside.CLIENT_ID, outside.CLIENT_SECRET)])
    root = FastAPI()
    root.mount("/online", quickbooks_online_app(state))
    with served(root) as (host, port), httpx2.Client() as http:
        mount = f"http://{host}:{port}/online"
        door = f"{mount}/sandbox"

        def control(method: str, path: str, body: object) -> Any:
            answer = http.request(method, f"{door}{path}", json=body)
            answer.raise_for_status()
            return answer.json() if answer.content else None

        yield mount, _filled(control)
    state.close()


def _filled(control: Callable[[str, str, object], Any]) -> dict[str, str]:
    """Have a company with a vendor and an item, slow from then on; says how it is opened."""
    from tests.sandboxes.quickbooks_online import outside

    app = {"client-secret": outside.CLIENT_SECRET, "redirect-uris": [outside.REDIRECT]}
    control("PUT", f"/apps/{outside.CLIENT_ID}", app)
    control("POST", "/companies", {"realm": outside.REALM, "name": outside.COMPANY})
    told = control("POST", "/connect", {"client-id": outside.CLIENT_ID, "realm": outside.REALM})
    company = f"/companies/{outside.REALM}"
    vendor = control("POST", f"{company}/make/Vendor", {"DisplayName": "Pelican Supply"})
    accounts = {"ExpenseAccountRef": {"value": "80"}, "IncomeAccountRef": {"value": "79"}}
    goods = {"Name": "Widget", "Type": "NonInventory", **accounts}
    item = control("POST", f"{company}/make/Item", goods)
    slow = {"kind": "slow", "path": "batch", "seconds": ANSWER_S, "times": None}
    control("POST", "/faults", slow)
    return {
        "token": told["access_token"],
        "refresh": told["refresh_token"],
        "realm": outside.REALM,
        "id": outside.CLIENT_ID,
        "secret": outside.CLIENT_SECRET,
        "redirect": outside.REDIRECT,
        "vendor": vendor["Id"],
        "item": item["Id"],
    }


def _ours(root: str, door: Mapping[str, str], batches: int) -> int:
    account = Account(realm=door["realm"], base_url=root)
    client = OnlineClient(account, _Keys(lambda: door["token"], lambda: None))
    with closing(client):
        company_of(client)
        sent = _Sent(door["vendor"], door["item"])
        return sent.go(QuickBooksOnline(client), batches * PER_BATCH)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=("calls", "throttled", "speed"))
    parser.add_argument("--orders", type=int, default=ORDERS)
    parser.add_argument("--bills", type=int, default=BILLS)
    parser.add_argument("--batches", type=int, default=BATCHES)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    parts: dict[str, tuple[str, Callable[[], list[Figure]]]] = {
        "calls": (
            f"{arguments.orders} purchase orders become bills",
            lambda: calls(arguments.orders),
        ),
        "throttled": (
            f"{arguments.bills} bills into a company that keeps its limits",
            lambda: throttled(arguments.bills),
        ),
        "speed": (
            f"{arguments.batches} batches that take {ANSWER_S * 1000:.0f} ms each",
            lambda: speed(arguments.batches),
        ),
    }
    for name, (title, measure) in parts.items():
        if arguments.only in {None, name}:
            show(title, measure(), as_json=arguments.json)


if __name__ == "__main__":
    main()
