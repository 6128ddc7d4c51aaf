"""What happens in the demonstration, act by act, and how its end is checked.

The company file knows some of the customers and items already, lacks others, and holds
three traps: a vendor with the name of a customer, an inactive item, and an order whose
client has a colon in its name.  What can go, goes; the traps end as refusals, and are
then resolved by the commands that the refusals name.  At the end both systems are asked,
over their own wires, what they hold; the hub's word does not count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import msgspec

from counterfoil.connectors.quickbooks_desktop.qbxml import Request

from . import _goods
from ._audit import SALES_FROM_BOOKS, Audit, audit
from ._goods import INCOME, item
from ._stage import Stage
from ._stand_ins import StandIns

__all__ = [
    "SALES",
    "Outcome",
    "Traps",
    "connect_operations",
    "enter_client",
    "enter_order",
    "flows_of",
    "play",
    "prepare_books",
    "set_item_active",
    "states_of",
]

_LINK: Final = "1"
# Every third customer and every fourth item is missing from the books at first.
_CUSTOMER_MISSING: Final = 3
_ITEM_MISSING: Final = 4
_COLON_CLIENT: Final = "Pier 2:Kiosk"
_COLON_ORDER: Final = "EXTRA-1"
_WALK_IN: Final = "Walk-in customer"

SALES: Final = (
    "sales-order-out.mode=automatic",
    "sales-order-out.document_number=order_code",
    "sales-order-out.creation_date=document_date",
    "sales-order-out.ship_date=due_date",
    "sales-order-out.create_missing_customers=true",
    "sales-order-out.create_missing_items=true",
    f"sales-order-out.income_account={INCOME}",
    "sales-order-in.mode=manual",
)

Say = Callable[[str], None]
Progress = Callable[[str, int, int], None]


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What the demonstration came to.

    Attributes:
        states: Transfers by state, over all flows.
        flows: Link, flow, done, refused.
        round_trips: Of the Web Connector, in all runs.
        moved_again: Transfers that a second run moved: none.
    """

    states: dict[str, int]
    flows: tuple[dict[str, Any], ...]
    audit: Audit
    round_trips: int
    refused_first: int
    moved_again: int

    @property
    def is_right(self) -> bool:
        """Whether every document is where it should be, exactly once."""
        audit = self.audit
        return not (audit.duplicates or audit.missing or audit.differing or self.moved_again)


def play(stage: Stage, data: Path, say: Say, progress: Progress) -> Outcome:
    """Play all acts for which the folder holds documents."""
    sells = _goods.has_sales(data)
    say("Filling the operations system over its own API")
    stage.load(data, progress)
    say("Preparing the company file: some of its lists, and what stops documents")
    traps = prepare_books(stage, data) if sells else None
    if traps is None:
        _goods.prepare_books(stage, data)

    say("Connecting both systems")
    _connect(stage, data)
    say("Sending: everything that can go, goes")
    stage.command("run", _LINK)
    trips = _update(stage, progress)
    refused = _rows(stage.command("transfers", _LINK, "--state", "refused", "--limit", "1000"))
    _tell(refused, say)
    if traps is not None:
        say("Resolving them by the commands they name")
        _resolve(stage, traps, say)
        trips += _update(stage, progress)
    trips += _further(stage, data, say, progress)

    say("Running everything a second time")
    before = states_of(stage.command("status"))
    stage.command("run", _LINK)
    trips += _update(stage, progress)
    status = stage.command("status")
    after = states_of(status)
    return Outcome(
        states=after,
        flows=flows_of(status),
        audit=audit(stage),
        round_trips=trips,
        refused_first=len(refused),
        moved_again=sum((Counter(after) - Counter(before)).values()),
    )


def _tell(refused: Sequence[dict[str, Any]], say: Say) -> None:
    say(f"{len(refused)} documents were refused; by their reasons:")
    for sentence, number in Counter(str(each["sentence"]) for each in refused).items():
        say(f"   {number:>3} × {sentence}")


def _further(stage: Stage, data: Path, say: Say, progress: Progress) -> int:
    """Count stock, and let documents of the books come; says how many round trips it took."""
    trips = 0
    if (data / "inventory.csv").is_file():
        say("Sending stock: what differs in the books is adjusted")
        _goods.count_stock(stage, _LINK)
        trips += _update(stage, progress)
    if not _goods.has_sales(data):
        return trips
    say("Entering orders in the books, and retrieving them")
    _enter_in_books(stage)
    stage.command("retrieve", _LINK, "sales-order", "--since", "2020-01-01")
    if _goods.has_purchases(data):
        _goods.enter_in_books(stage)
        _goods.retrieve(stage, _LINK)
    trips += _update(stage, progress)
    stage.command("run", _LINK)
    return trips


def _rows(answer: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer["transfers"] if isinstance(answer, dict) else answer
    return found


# --- Before -------------------------------------------------------------------------------


def _enter_colon_order(stage: StandIns) -> None:
    """Enter one more order, for a client with a colon in its name."""
    products = stage.operations("GET", "products/")
    enter_client(stage, _COLON_CLIENT, "Pier 2 Kiosk, Port Lumen")
    enter_order(stage, _COLON_ORDER, _COLON_CLIENT, products[0]["code"], date(2026, 1, 15))


def enter_client(stage: StandIns, code: str, name: str) -> None:
    """Enter a client in the operations system."""
    stage.operations("POST", "clients/", {"code": code, "name": name})


def enter_order(stage: StandIns, code: str, client: str, product: str, day: date) -> None:
    """Enter an order of two of a product in the operations system, due five days later."""
    line = {"product": product, "quantity-ordered": "2", "unit-price": "9.75"}
    due = day + timedelta(days=5)
    order = {
        "code": code,
        "client": client,
        "creation-date": f"{day}T12:00:00Z",
        "shippings": [{"due-date": f"{due}T12:00:00Z", "products": [line]}],
    }
    stage.operations("POST", "sales-orders/", order)


class Traps(msgspec.Struct, frozen=True):
    """Names that stop orders: a customer that is a vendor, an item that is inactive."""

    customer: str
    item: str


def prepare_books(stage: StandIns, data: Path) -> Traps:
    """Enter what the books know already, and what stops some documents."""
    _enter_colon_order(stage)
    clients = stage.operations("GET", "clients/")
    products = stage.operations("GET", "products/")
    counted = _goods.prepare_books(stage, data)
    known_clients = [each for each in clients if each["code"] != _COLON_CLIENT]
    requests = []
    for position, client in enumerate(known_clients):
        if position % _CUSTOMER_MISSING:
            fields = {"Name": client["code"], "CompanyName": str(client["name"])[:41]}
            requests.append(Request("CustomerAdd", fields, f"c{position}"))
    trapped_client = known_clients[0]["code"]
    requests.append(Request("VendorAdd", {"Name": trapped_client}, "vendor"))
    for position, product in enumerate(products):
        if position % _ITEM_MISSING and product["code"] not in counted:
            fields = item(product["code"])
            requests.append(Request("ItemNonInventoryAdd", fields, f"i{position}"))
    trapped_item = products[0]["code"]
    inactive = {**item(trapped_item), "IsActive": False}
    requests.append(Request("ItemNonInventoryAdd", inactive, "inactive"))
    stage.in_quickbooks(*requests)
    return Traps(customer=trapped_client, item=trapped_item)


def connect_operations(stage: Stage) -> None:
    """Connect Fusion Operations as “Operations”."""
    key, secret = stage.credentials
    stage.command(
        "connections",
        "add",
        "fusion-operations",
        "--name",
        "Operations",
        "--base-url",
        stage.fusion_url,
        "--key",
        key,
        "--secret",
        secret,
        "--time-zone",
        stage.time_zone,
        # One list instead of a call for each product.
        "--stock-from",
        "movements",
    )


def _connect(stage: Stage, data: Path) -> None:
    connect_operations(stage)
    made = stage.command("connections", "add", "quickbooks-desktop", "--name", "Books")
    stage.command("links", "add", "--operations", "Operations", "--books", "Books")
    own = SALES if _goods.has_sales(data) else ("sales-order-out.mode=off",)
    stage.command("settings", "set", _LINK, *own, *_goods.settings(data))
    stage.install_web_connector(made["qwc"], made["password"])


def _update(stage: Stage, progress: Progress) -> int:
    report = stage.run_web_connector()
    progress("Web Connector", 1, 1)
    return report.round_trips


# --- In between ---------------------------------------------------------------------------


def _resolve(stage: Stage, traps: Traps, say: Say) -> None:
    """Carry out what the refusals offer."""
    names = {
        traps.customer: f"{traps.customer} (customer)",
        _COLON_CLIENT: _COLON_CLIENT.replace(":", " "),
    }
    for name, new_name in names.items():
        say(f'   $ counterfoil match {_LINK} customer "{name}" --create-as "{new_name}"')
        stage.command("match", _LINK, "customer", name, "--create-as", new_name)
    say(f"   in QuickBooks: make the item “{traps.item}” active")
    # An inactive item is made active by the person at QuickBooks.
    set_item_active(stage, traps.item, is_active=True)
    say(f"   $ counterfoil retry --link {_LINK}")
    stage.command("retry", "--link", _LINK)


def set_item_active(stage: StandIns, name: str, *, is_active: bool) -> None:
    """Make an item active or inactive, as the person at QuickBooks does."""
    found = next(each for each in stage.books("ItemNonInventory") if each["Name"] == name)
    change = {
        "ListID": found["ListID"],
        "EditSequence": found["EditSequence"],
        "IsActive": is_active,
    }
    stage.in_quickbooks(Request("ItemNonInventoryMod", change, "1"))


def _enter_in_books(stage: Stage) -> None:
    """Enter orders in QuickBooks as the bookkeeper does, one with a new customer and item."""
    customer = stage.books("Customer")[0]["FullName"]
    known = stage.books("ItemNonInventory")[0]["FullName"]
    stage.in_quickbooks(
        Request("CustomerAdd", {"Name": _WALK_IN}, "1"),
        Request("ItemNonInventoryAdd", item("Gift Wrapping"), "2"),
        *(
            Request(
                "SalesOrderAdd",
                {
                    "CustomerRef": {"FullName": customer if position else _WALK_IN},
                    "RefNumber": number,
                    "SalesOrderLineAdd": [
                        {
                            "ItemRef": {"FullName": known if position else "Gift Wrapping"},
                            "Quantity": Decimal(position + 1),
                            "Rate": Decimal("12.34"),
                        }
                    ],
                },
                f"s{position}",
            )
            for position, number in enumerate(SALES_FROM_BOOKS)
        ),
    )


# --- After --------------------------------------------------------------------------------


def states_of(status: Any) -> dict[str, int]:
    """Count the transfers by their states."""
    counted: Counter[str] = Counter()
    for link in _links(status):
        for flow in link["flows"]:
            counted.update(flow["states"])
    return dict(counted)


def _links(status: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = status["links"]
    return found


def flows_of(status: Any) -> tuple[dict[str, Any], ...]:
    """Say of each flow how many are done and refused."""
    return tuple(
        {
            "link": link["id"],
            "flow": flow["flow"],
            "done": flow["states"].get("done", 0),
            "refused": flow["states"].get("refused", 0),
        }
        for link in _links(status)
        for flow in link["flows"]
    )
