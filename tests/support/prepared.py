"""A hub in which much has happened, kept as a database file: for pages that are looked at.

A workshop that makes shelves and stools, with its books in QuickBooks Desktop.  Most orders of
its last days arrived; the others stopped, each for a reason of its own.  Its second company file
was never opened, and the service desk it is linked with cannot be reached.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

import httpx2
import pytest
from filelock import FileLock

from counterfoil.api import tokens
from counterfoil.hub import accounts, desk, finding, notice_rules, telling, users
from counterfoil.hub.drive import drive
from counterfoil.hub.inbox import Cured, CureName, Undo
from counterfoil.hub.inbox._done import kept
from counterfoil.hub.saved_views import save_view
from counterfoil.hub.scopes import Scope
from counterfoil.hub.setup import Configuration, Hub, open_hub
from counterfoil.hub.users import Role
from counterfoil.ledger import cures
from counterfoil.ledger.database import sqlite_url
from counterfoil.settings import SystemName
from tests.conftest import RUN_FOLDER
from tests.sandboxes.quickbooks_desktop.desk import customer, stock_item, vendor
from tests.support.autotask import ServiceDesk
from tests.support.world import ACTOR, AUTOMATIC, SECRET_KEY, Clock, World, open_world

__all__ = [
    "HOSTILE",
    "PASSWORD",
    "Prepared",
    "hostile_file",
    "once",
    "opened",
    "plain",
    "prepare",
    "prepared_file",
    "spoilt",
]

SETTINGS: Final = (
    *(each for each in AUTOMATIC if "create_missing_items" not in each),
    "sales-order-out.create_missing_items=false",
    "sales-order-out.changes=on_request",
    "purchase-order-out.document_number=order_code",
    "purchase-order-out.create_missing_vendors=true",
    "purchase-order-out.create_missing_items=true",
    "purchase-order-out.income_account=Sales:Goods",
    "receipt-out.mode=automatic",
    "shipment-out.mode=automatic",
    "stock-count-out.mode=manual",
    "stock-count-out.adjustment_account=Cost of Goods Sold",
)

# What an enemy would call things: script, quotes, another direction, and more than a line holds.
HOSTILE: Final = "<script>document.title='taken'</script>\"'&\u202e" + "W" * 60

PASSWORD: Final = "a password of nobody at all"
"""By which everybody of a prepared hub signs in."""

Spoil = Callable[[str], str]
"""Makes what something is called out of what it would be called."""


def plain(name: str) -> str:
    """Call things as people do."""
    return name


def spoilt(name: str) -> str:
    """Call things as an enemy would."""
    return f"{name} {HOSTILE}"


class _Days:
    """What happened, day by day."""

    def __init__(self, world: World, spoil: Spoil) -> None:
        self.world = world
        self._spoil = spoil
        self._number = 1040

    def play(self) -> None:
        """Let everything happen."""
        self._let_in()
        self._stock_books()
        self._know_names()
        for _ in range(8):
            self._ordinary_day()
        self._purchases()
        self._change_one()
        self._stop_some()
        self._count_stock()
        self._leave_one_unread()
        self._decide()
        self._other_systems()

    def _let_in(self) -> None:
        """Let the people in who work with the hub, and a program; one is invited only."""
        hub = self.world.hub
        numbers = []
        for name, role in _PEOPLE.items():
            login = f"{name.partition(' ')[0].lower()}@larkspur.example"
            made = users.add(hub, login, self._called(name), role, ACTOR)
            users.set_password(hub, made.id, PASSWORD, ACTOR)
            numbers.append(made.id)
        users.invite(hub, "theo@larkspur.example", self._called("Theo Brandt"), Role.VIEWER, ACTOR)
        tokens.add(hub, "Monthly report", ACTOR, scope=Scope.READ)
        name, whose = next(iter(_PEOPLE)), f"user/{numbers[0]}"
        for view, query, is_shared in (
            ("Over a thousand", "q=lumen", False),
            ("For the month", "state=refused", True),
        ):
            save_view(hub, self._called(view), query, name, owner=whose, is_shared=is_shared)

    def _called(self, name: str) -> str:
        """Call something that is typed here: no sign turns round what follows, and not so long."""
        return self._spoil(name)[:60].replace("\u202e", "")

    # -- Names --------------------------------------------------------------------------------

    def _stock_books(self) -> None:
        names = ("OAK-SHELF", "PINE-STOOL", "BRASS-HOOK")
        self.world.enter_books(
            *(stock_item(name, "20.00", cost="8.00", on_hand="40") for name in names),
            stock_item("PICNIC", "240.00", active="false"),
            *(customer(name) for name in ("Harbor Supply", "Lumen Books", "Northgate School")),
            vendor("Orchard Cafe"),
        )

    def _know_names(self) -> None:
        for code, name in _CLIENTS.items():
            self.world.enter("clients", code=code, name=self._spoil(name))
        for code, name in _PRODUCTS.items():
            self.world.enter("products", code=code, name=self._spoil(name))
        for code, name in _SUPPLIERS.items():
            self.world.enter("suppliers", code=code, name=self._spoil(name))

    # -- Days ---------------------------------------------------------------------------------

    def _order(self, client: str, *lines: str, **properties: Any) -> str:
        self._number += 1
        number = f"SO-{self._number}"
        self.world.order(number, client, *lines, **properties)
        return number

    def _ordinary_day(self) -> None:
        self._order("Harbor Supply", "4 OAK-SHELF 48.00", "2 BRASS-HOOK 12.50")
        self._order("Lumen Books", f"{self._number % 7 + 2} OAK-SHELF 46.50")
        self._order("Northgate School", "12 PINE-STOOL 31.00")
        self.world.sync()
        self.world.clock.advance(days=1)

    def _purchases(self) -> None:
        self.world.purchase("PO-310", "Mill & Timber", "60 OAK-BOARD 6.20")
        self.world.purchase("PO-311", "Brightwork", "200 BRASS-SCREW 0.11")
        self.world.read_operations()
        desk.release(
            self.world.hub, self.world.link, "purchase-order", ["PO-310"], ACTOR, everything=False
        )
        self.world.sync()
        self.world.receive("PO-310", "25 OAK-BOARD")
        for _ in range(2):
            self.world.clock.advance(hours=1)
            self.world.sync()

    def _change_one(self) -> None:
        stored = next(each for each in self.world.produced() if each["code"] == "SO-1041")
        stored["shippings"][0]["products"][0]["quantity-ordered"] = "6"
        self.world.operations.sign_in()
        answer = self.world.operations.call("PUT", f"/sales-orders/{stored['id']}", stored)
        assert answer.is_success, answer.text
        self.world.clock.advance(minutes=30)
        self.world.sync()

    def _stop_some(self) -> None:
        """Enter orders that cannot go: four over one item, others over names and numbers."""
        for client in ("Harbor Supply", "Lumen Books", "Northgate School", "Harbor Supply"):
            self._order(client, "1 PICNIC 240.00", "2 OAK-SHELF 48.00")
        self._order(self._spoil("Orchard Cafe"), "3 PINE-STOOL 31.00")
        self._order("Pier 2:Kiosk", "1 PINE-STOOL 31.00")
        self._order("Lumen Books", f"5 {self._spoil('LAMP-OIL').replace(' ', '')} 9.00")
        self.world.order("SO-1041-REPLACEMENT", "Harbor Supply", "1 OAK-SHELF 48.00")
        left_out = self._order("Northgate School", "1 LAMP-OIL 9.00")
        self.world.sync()
        desk.skip(self.world.hub, [self.world.row(left_out).id], ACTOR)
        self.world.clock.advance(hours=2)
        self._order("Northgate School", "2 OAK-SHELF 48.00")
        self.world.read_operations()

    def _count_stock(self) -> None:
        desk.press_count(
            self.world.hub, self.world.link, ["OAK-SHELF", "PINE-STOOL"], ACTOR, everything=False
        )
        self.world.sync()
        self._order("Harbor Supply", "1 BRASS-HOOK 12.50")
        self.world.read_operations()

    def _leave_one_unread(self) -> None:
        """Enter an order of which what comes over the line cannot be read."""
        self._order("Lumen Books", "3 BRASS-HOOK 77.77")
        self.world.shop_line.rewrite = lambda text: text.replace("77.77", "a lot")
        self.world.read_operations()
        self.world.shop_line.rewrite = None

    def _decide(self) -> None:
        """Say what a name means, who is told, and who else works on the company file."""
        hub, link = self.world.hub, self.world.link
        desk.match_name(hub, link, "customer", "Lumen", ACTOR, record="Lumen Books")
        books = finding.connection_named(hub, self.world.books_id)
        accounts.add_person(hub, books, self._called("Ines"), ACTOR)
        notice_rules.add(hub, self._called("Chat"), "apprise", _CHAT, ACTOR)

    def _other_systems(self) -> None:
        """Connect a service desk that does not answer with books that were never opened."""
        hub = self.world.hub
        name = self._called("Service desk")
        given = dict(ServiceDesk.credentials)
        autotask = SystemName.AUTOTASK
        made = accounts.add_connection(hub, autotask, name, given, ACTOR, checks=False)
        books = SystemName.QUICKBOOKS_DESKTOP
        other = accounts.add_connection(hub, books, "Second company", {}, ACTOR)
        accounts.add_link(hub, str(made.id), str(other.id), ACTOR)
        self.world.shop_line.spoil = lambda _number, _body: "request"
        drive(hub, made.id, "schedule")
        keys = {"client_id": "app-not-real", "client_secret": "app-secret-not-real"}
        online = SystemName.QUICKBOOKS_ONLINE
        accounts.add_connection(
            hub, online, "Books online", {**keys, "environment": "sandbox"}, ACTOR
        )


_CHAT: Final = "json://chat.example/hook-not-real"
_PEOPLE: Final = {
    "Mara Lindqvist": Role.OWNER,
    "Jon Bell": Role.OPERATOR,
    "Priya Nair": Role.VIEWER,
}
_CLIENTS: Final = {
    "Harbor Supply": "Harbor Supply Company",
    "Lumen Books": "Lumen Books",
    "Northgate School": "Northgate School District",
    "Orchard Cafe": "Orchard Café",
    "Pier 2:Kiosk": "Kiosk at pier 2",
}
_PRODUCTS: Final = {
    "OAK-SHELF": "Oak shelf, 90 cm",
    "PINE-STOOL": "Pine stool",
    "BRASS-HOOK": "Brass hooks, set of six",
    "PICNIC": "Picnic table with two benches",
    "LAMP-OIL": "Lamp oil, one litre",
    "OAK-BOARD": "Oak board, planed",
    "BRASS-SCREW": "Brass screws",
}
_SUPPLIERS: Final = {"Mill & Timber": "Mill and Timber Ltd", "Brightwork": "Brightwork"}


class Prepared(NamedTuple):
    """A hub's database file, and what time it is there."""

    file: Path
    moment: datetime

    @contextmanager
    def opened(self, copy: Path) -> Iterator[Hub]:
        """Open a hub on a copy of the file."""
        with closing(sqlite3.connect(self.file)) as kept, closing(sqlite3.connect(copy)) as fresh:
            kept.backup(fresh)
        with opened(copy, self.moment) as hub:
            yield hub


def _cure(hub: Hub, spoil: Spoil) -> None:
    """Have cures been carried out, of which one was taken back."""
    undo = Undo(name=CureName.SKIP, link=1)
    for name in ("Harbor Supply", "Lumen Books", "Pier 2:Kiosk"):
        kept(hub, Cured(sentence=f"2 orders of {spoil(name)} were left out.", undo=undo), ACTOR)
    with hub.database.writing() as tx:
        (newest,) = cures.newest(tx, 1)
        cures.take_back(tx, newest.id, "Jon Bell", hub.now())


def prepare(file: Path, spoil: Spoil = plain) -> Prepared:
    """Make a database at ``file`` in which much has happened."""
    with open_world(sqlite_url(file), *SETTINGS) as world:
        _Days(world, spoil).play()
        # As once a minute: what keeps anything from going on is counted as it was noticed.
        telling.look(world.hub)
        _cure(world.hub, spoil)
        return Prepared(file, world.clock.moment)


def once(file: Path, spoil: Spoil = plain) -> Prepared:
    """Make it unless another process of this run has done so."""
    told = file.with_suffix(".moment")
    with FileLock(file.with_suffix(".making")):
        if not told.exists():
            told.write_text(prepare(file, spoil).moment.isoformat(), "utf-8")
    return Prepared(file, datetime.fromisoformat(told.read_text("utf-8")))


@contextmanager
def opened(file: Path, moment: datetime) -> Iterator[Hub]:
    """Open a hub on a file, at a moment that stays until somebody waits; no system answers it."""
    clock = Clock()
    clock.moment = moment
    configuration = Configuration(database_url=sqlite_url(file), secret_key=SECRET_KEY)
    with open_hub(configuration, clock.now, sleep=clock.wait, transport=_Silence()) as hub:
        yield hub


class _Silence(httpx2.BaseTransport):
    """Nobody is there."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("nobody is there", request=request)


# --- Fixtures ------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def prepared_file(pytestconfig: pytest.Config) -> Prepared:
    """The database of a hub in which much has happened, made once per run."""
    return once(pytestconfig.stash[RUN_FOLDER] / "prepared.db", plain)


@pytest.fixture(scope="session")
def hostile_file(pytestconfig: pytest.Config) -> Prepared:
    """The same, where things are called as an enemy would call them."""
    return once(pytestconfig.stash[RUN_FOLDER] / "hostile.db", spoilt)
