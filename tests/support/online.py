"""Companies whose books are kept in QuickBooks Online: the same hub, other books.

``open_online_desk`` opens one that works with Autotask, ``open_online_shop`` one that works with
Fusion Operations.  The stand-in is opened once and given another company for each test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx2
from fastapi import FastAPI

from counterfoil.engine.life import State
from counterfoil.hub import accounts
from counterfoil.hub.accounts import Came
from counterfoil.hub.drive import DriveReport, drive
from counterfoil.ledger import connections
from counterfoil.sandboxes.quickbooks_desktop import CompanySettings
from counterfoil.sandboxes.quickbooks_online import (
    App,
    QuickBooksOnlineState,
    quickbooks_online_app,
)
from counterfoil.settings import SystemName
from counterfoil.told import Told
from tests.sandboxes.quickbooks_online import outside as online
from tests.sandboxes.quickbooks_online.outside import ref
from tests.support.autotask import ServiceDesk
from tests.support.in_loop import InLoop
from tests.support.world import ACTOR, ZONE, Clock, Company, KilledError, Pipe, World

__all__ = ["OnlineDesk", "OnlineShop", "open_online_desk", "open_online_shop"]

HUB: Final = "https://hub.example"
_REDIRECT: Final = f"{HUB}/oauth/callback"
_PAYABLES: Final = "Accounts Payable (A/P)"

# Orders and receipts go by themselves, and owe on the sample company's account.
DESK_BY_ITSELF: Final = (
    "purchase-order-out.mode=automatic",
    f"purchase-order-out.payables_account={_PAYABLES}",
    "receipt-out.mode=automatic",
)
SHOP_BY_ITSELF: Final = (
    "sales-order-out.mode=automatic",
    "purchase-order-out.mode=automatic",
    f"purchase-order-out.payables_account={_PAYABLES}",
    "receipt-out.mode=automatic",
    "shipment-out.mode=automatic",
)


_EUROS: Final = {"filter": [{"op": "eq", "field": "name", "value": "EUR"}]}


# --- The stand-in -------------------------------------------------------------------------------


class _BooksClock(online.FakeClock):
    """The company's time, for the service."""

    def __init__(self) -> None:
        self.beneath = Clock()
        super().__init__()

    def begin(self) -> None:
        """Go by the company's time."""
        self.stalls = []

    @property
    def moment(self) -> datetime:
        return self.beneath.moment

    @moment.setter
    def moment(self, moment: datetime) -> None:
        raise AssertionError("the company's clock is moved, not the service's")

    def now(self) -> datetime:
        return self.beneath.moment

    def stall(self, seconds: float) -> None:
        self.beneath.stall(seconds)


@cache
def _service() -> online.World:
    """Open the service once: making it takes longer than most tests."""
    clock, postman = _BooksClock(), online.Postman()
    state = QuickBooksOnlineState(
        apps=[App(online.CLIENT_ID, online.CLIENT_SECRET)],
        now=clock.now,
        sleep=clock.stall,
        post=postman,
        spawn=lambda work: work(),
    )
    root = FastAPI()
    root.mount("/online", quickbooks_online_app(state))
    return online.World(httpx2.Client(transport=InLoop(root)), root, clock, postman)


class _Lines(httpx2.BaseTransport):
    """The hub's line to whichever system an address names."""

    def __init__(self, books: httpx2.BaseTransport, operations: httpx2.BaseTransport) -> None:
        self._books, self._operations = books, operations

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        is_books = f"{request.url.scheme}://{request.url.host}" == online.HOST
        return (self._books if is_books else self._operations).handle_request(request)


class _Beyond(httpx2.BaseTransport):
    """Brings a request to the service as it is."""

    def __init__(self, http: httpx2.Client) -> None:
        self._http = http

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = self._http.send(request, follow_redirects=False)
        return httpx2.Response(
            answer.status_code, headers=answer.headers, content=answer.content, request=request
        )


# --- The books ------------------------------------------------------------------------------------


class OnlineBooks(Company):
    """What companies have in common whose books are in QuickBooks Online.

    Attributes:
        online: An outside client of the company, and the door for tests.
        books_line: The line between hub and QuickBooks Online.
    """

    public_url = HUB

    def _open_books(self, stack: ExitStack, settings: CompanySettings) -> None:
        service = _service()
        assert isinstance(service.clock, _BooksClock)
        service.clock.beneath = self.clock
        self.online = service.fresh(**{"time-zone": ZONE})
        app = {"client-secret": online.CLIENT_SECRET, "name": "Counterfoil"}
        self.online.control(
            "PUT", f"/apps/{online.CLIENT_ID}", {**app, "redirect-uris": [_REDIRECT]}
        )
        self.books_line = Pipe(_Beyond(service.http))

    @property
    def outward(self) -> httpx2.BaseTransport:
        """The hub's line to the systems that it calls: both."""
        return _Lines(self.books_line, self.shop_line)

    def connect(self, settings: Sequence[str] = (), **books_parameters: str) -> None:
        """Set both connections and their link up; somebody signs in at QuickBooks."""
        made = accounts.add_connection(self.hub, self.system, "Shop floor", self.credentials, ACTOR)
        self.operations_id = made.id
        keys = {
            "client_id": online.CLIENT_ID,
            "client_secret": online.CLIENT_SECRET,
            "environment": "sandbox",
            "base_url": online.MOUNT,
            "sign_in_url": online.MOUNT,
        }
        self.books_id = accounts.add_connection(
            self.hub, SystemName.QUICKBOOKS_ONLINE, "Books", {**keys, **books_parameters}, ACTOR
        ).id
        self.sign_in()
        self.link = accounts.add_link(self.hub, "Shop floor", "Books", ACTOR).id
        self.set(*settings)

    def sign_in(self) -> None:
        """Somebody signs in to the company at QuickBooks, and allows the app."""
        with self.hub.database.reading() as tx:
            found = connections.load(tx, self.books_id)
        assert found is not None
        browser = "cookie-of-one-browser"
        url = accounts.begin_connecting(self.hub, found, browser)
        answer = self.online.http.post(url, data={"decision": "connect", "company": online.REALM})
        query = parse_qs(urlsplit(answer.headers["location"]).query)
        told = {name: values[0] for name, values in query.items()}
        came = Came(state=told["state"], code=told["code"], account=told["realmId"], error="")
        accounts.finish_connecting(self.hub, came, browser, ACTOR)

    # -- What runs ---------------------------------------------------------------------------

    def read_books(self) -> DriveReport:
        """Let the hub work on the books: read them, and write what waits for them."""
        try:
            return drive(self.hub, self.books_id, "schedule")
        except KilledError:
            self.restart()
            return DriveReport(problem=Told("killed"))

    def tick(self) -> None:
        """Everything runs once: the operations system is read, then the books."""
        self.read_operations()
        self.read_books()

    def settle(self, runs: int = 12, wait_s: float = 900.0) -> None:
        """Let ordinary runs follow each other until nothing is left to do."""
        for _ in range(runs):
            self.tick()
            if not self.unsettled():
                self.read_operations()
                return
            self.clock.wait(wait_s)
        raise AssertionError(f"it does not come to rest: {self.unsettled()}, {self.reasons()}")

    # -- What people do there ------------------------------------------------------------------

    def _at_desk(self, path: str, **fields: object) -> dict[str, Any]:
        found: dict[str, Any] = self.online.desk(path, fields)
        return found

    def make(self, entity: str, **fields: object) -> dict[str, Any]:
        """Enter a record of a list there, by the service's own names."""
        return self._at_desk(f"make/{entity}", **fields)

    def goods(self, *names: str, **fields: object) -> None:
        """Have items there that can be bought and sold."""
        usual = {
            "Type": "NonInventory",
            "ExpenseAccountRef": ref("80"),
            "IncomeAccountRef": ref("79"),
        }
        for name in names:
            self.make("Item", Name=name, **{**usual, **fields})

    def stocked(self, name: str, on_hand: int = 0, since: str = "2025-01-01") -> None:
        """Have an item there whose stock is counted."""
        self.goods(
            name,
            Type="Inventory",
            TrackQtyOnHand=True,
            QtyOnHand=on_hand,
            InvStartDate=since,
            AssetAccountRef=ref("81"),
        )

    def enter_there(self, kind: str, party: str, *lines: str, **fields: object) -> dict[str, Any]:
        """Enter a document there: lines are ``2 Rack @ 99.95``."""
        told = []
        for line in lines:
            quantity, _, rest = line.partition(" ")
            item, _, price = rest.partition(" @ ")
            told.append({"quantity": quantity, "item": item, "price": price})
        return self._at_desk("enter", kind=kind, party=party, lines=told, fields=fields)

    def change_there(self, entity: str, key: str, **fields: object) -> dict[str, Any]:
        """Change a document or record there behind our back."""
        return self._at_desk(f"change/{entity}/{key}", **fields)

    def delete_there(self, entity: str, key: str) -> None:
        """Delete a document there, or deactivate a record."""
        self._at_desk(f"delete/{entity}/{key}")

    # -- What came of it ---------------------------------------------------------------------

    def held(self, entity: str) -> list[dict[str, Any]]:
        """All documents or records of the books of a kind, oldest first."""
        rows = self.online.control("GET", f"/companies/{online.REALM}/records/{entity}")
        living = [row for row in rows if row.get("status") != "Deleted"]
        return sorted(living, key=lambda row: int(row["Id"]))

    def only(self, entity: str) -> dict[str, Any]:
        """The one document or record of the books of a kind."""
        (found,) = self.held(entity)
        return found

    def reasons(self) -> dict[str, str]:
        """Why what is not done stands where it does, by flow and number."""
        return {
            f"{row.flow} {row.number}": f"{row.state}: {row.sentence}"
            for row in self.transfers()
            if row.state != State.DONE
        }


def amounts(row: dict[str, Any]) -> list[tuple[str, Decimal, Decimal]]:
    """Item, quantity and price of each line of a document of the books."""
    found = []
    for line in row["Line"]:
        detail = line.get(line["DetailType"]) or {}
        if "ItemRef" in detail:
            found.append(
                (
                    detail["ItemRef"]["name"],
                    Decimal(detail["Qty"]),
                    Decimal(detail["UnitPrice"]),
                )
            )
    return found


class OnlineDesk(OnlineBooks, ServiceDesk):
    """A company that works with Autotask and QuickBooks Online."""

    def order_in_euros(self, vendor: str, *lines: str) -> int:
        """Enter an order to a vendor who deals in euros at Autotask, too; gives its number."""
        known = self.tenant.post("Currencies/query", _EUROS)["items"]
        if not known:
            row = {"name": "EUR", "description": "Euro", "isActive": True, "exchangeRate": 0.9}
            self.tenant.tenant("POST", "records/Currencies", [row])
            known = self.tenant.post("Currencies/query", _EUROS)["items"]
        self._know("vendor", vendor, currencyID=known[0]["id"])
        return self.order(vendor, *lines)


class OnlineShop(OnlineBooks, World):
    """A company that works with Fusion Operations and QuickBooks Online."""


@contextmanager
def open_online_desk(url: str, *settings: str, **books_parameters: str) -> Iterator[OnlineDesk]:
    """Open a company whose hub works on the database at ``url``; ``settings`` come on top."""
    with ExitStack() as stack:
        world = OnlineDesk(stack, url, CompanySettings(time_zone=ZONE))
        world.connect((*DESK_BY_ITSELF, *settings), **books_parameters)
        yield world


@contextmanager
def open_online_shop(url: str, *settings: str, **books_parameters: str) -> Iterator[OnlineShop]:
    """The same of a company that works with Fusion Operations."""
    with ExitStack() as stack:
        world = OnlineShop(stack, url, CompanySettings(time_zone=ZONE))
        world.connect((*SHOP_BY_ITSELF, *settings), **books_parameters)
        yield world
