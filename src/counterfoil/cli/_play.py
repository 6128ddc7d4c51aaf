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
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any, Final

import msgspec

from counterfoil.connectors.quickbooks_desktop.qbxml import Request

from ._stage import Stage

__all__ = ["Audit", "Outcome", "play"]

_LINK: Final = "1"
_CENT: Final = Decimal("0.01")
_INCOME: Final = "Sales:Goods"
# Every third customer and every fourth item is missing from the books at first.
_CUSTOMER_MISSING: Final = 3
_ITEM_MISSING: Final = 4
_COLON_CLIENT: Final = "Pier 2:Kiosk"
_COLON_ORDER: Final = "EXTRA-1"
_WALK_IN: Final = "Walk-in customer"
_FROM_BOOKS: Final = ("QB-7001", "QB-7002", "QB-7003")

Say = Callable[[str], None]
Progress = Callable[[str, int, int], None]


class Audit(msgspec.Struct, frozen=True, kw_only=True):
    """What both systems hold at the end.

    Attributes:
        orders: Orders that should be on both sides.
        duplicates: Orders that are there more than once.
        missing: Orders that are not there.
        differing: Sentences about orders whose totals or customers differ.
    """

    orders: int
    duplicates: int
    missing: int
    differing: tuple[str, ...]


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
    """Play all acts."""
    say("Filling the operations system over its own API")
    stage.load(data, progress)
    _enter_colon_order(stage)
    clients = stage.operations("GET", "clients/")
    products = stage.operations("GET", "products/")
    say("Preparing the company file: some customers and items, and three traps")
    traps = _prepare_books(stage, clients, products)

    say("Connecting both systems")
    _connect(stage)
    say("Sending: everything that can go, goes")
    stage.command("run", _LINK)
    trips = _update(stage, progress)
    refused = stage.command("transfers", _LINK, "--state", "refused", "--limit", "1000")
    refused_first = len(_rows(refused))
    say(f"{refused_first} orders were refused; by their reasons:")
    for sentence, number in Counter(str(each["sentence"]) for each in _rows(refused)).items():
        say(f"   {number:>3} × {sentence}")
    say("Resolving them by the commands they name")
    _resolve(stage, traps, say)
    trips += _update(stage, progress)

    say("Entering orders in the books, and retrieving them")
    _enter_in_books(stage)
    stage.command("retrieve", _LINK, "sales-order", "--since", "2020-01-01")
    trips += _update(stage, progress)
    stage.command("run", _LINK)

    say("Running everything a second time")
    before = _states(stage)
    stage.command("run", _LINK)
    trips += _update(stage, progress)
    after = _states(stage)
    status = stage.command("status")
    return Outcome(
        states=after,
        flows=_flows(status),
        audit=_audit(stage),
        round_trips=trips,
        refused_first=refused_first,
        moved_again=sum((Counter(after) - Counter(before)).values()),
    )


def _rows(answer: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = answer["transfers"] if isinstance(answer, dict) else answer
    return found


# --- Before -------------------------------------------------------------------------------


def _enter_colon_order(stage: Stage) -> None:
    """Enter one more order, for a client with a colon in its name."""
    products = stage.operations("GET", "products/")
    stage.operations(
        "POST", "clients/", {"code": _COLON_CLIENT, "name": "Pier 2 Kiosk, Port Lumen"}
    )
    stage.operations(
        "POST",
        "sales-orders/",
        {
            "code": _COLON_ORDER,
            "client": _COLON_CLIENT,
            "creation-date": "2026-01-15T12:00:00Z",
            "shippings": [
                {
                    "due-date": "2026-01-20T12:00:00Z",
                    "products": [
                        {
                            "product": products[0]["code"],
                            "quantity-ordered": "2",
                            "unit-price": "9.75",
                        }
                    ],
                }
            ],
        },
    )


class _Traps(msgspec.Struct, frozen=True):
    """Names that stop orders: a customer that is a vendor, an item that is inactive."""

    customer: str
    item: str


def _prepare_books(stage: Stage, clients: Sequence[Any], products: Sequence[Any]) -> _Traps:
    known_clients = [each for each in clients if each["code"] != _COLON_CLIENT]
    requests = []
    for position, client in enumerate(known_clients):
        if position % _CUSTOMER_MISSING:
            fields = {"Name": client["code"], "CompanyName": str(client["name"])[:41]}
            requests.append(Request("CustomerAdd", fields, f"c{position}"))
    trapped_client = known_clients[0]["code"]
    requests.append(Request("VendorAdd", {"Name": trapped_client}, "vendor"))
    for position, product in enumerate(products):
        if position % _ITEM_MISSING:
            fields = _item(product["code"])
            requests.append(Request("ItemNonInventoryAdd", fields, f"i{position}"))
    trapped_item = products[0]["code"]
    inactive = {**_item(trapped_item), "IsActive": False}
    requests.append(Request("ItemNonInventoryAdd", inactive, "inactive"))
    stage.in_quickbooks(*requests)
    return _Traps(customer=trapped_client, item=trapped_item)


def _item(name: str) -> dict[str, Any]:
    return {
        "Name": name,
        "SalesOrPurchase": {"Price": Decimal("1.00"), "AccountRef": {"FullName": _INCOME}},
    }


def _connect(stage: Stage) -> None:
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
    )
    made = stage.command("connections", "add", "quickbooks-desktop", "--name", "Books")
    stage.command("links", "add", "--operations", "Operations", "--books", "Books")
    stage.command(
        "settings",
        "set",
        _LINK,
        "sales-order-out.mode=automatic",
        "sales-order-out.document_number=order_code",
        "sales-order-out.creation_date=document_date",
        "sales-order-out.ship_date=due_date",
        "sales-order-out.create_missing_customers=true",
        "sales-order-out.create_missing_items=true",
        f"sales-order-out.income_account={_INCOME}",
        "sales-order-in.mode=manual",
    )
    stage.install_web_connector(made["qwc"], made["password"])


def _update(stage: Stage, progress: Progress) -> int:
    report = stage.run_web_connector()
    progress("Web Connector", 1, 1)
    return report.round_trips


# --- In between ---------------------------------------------------------------------------


def _resolve(stage: Stage, traps: _Traps, say: Say) -> None:
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
    item = next(each for each in stage.books("ItemNonInventory") if each["Name"] == traps.item)
    stage.in_quickbooks(
        Request(
            "ItemNonInventoryMod",
            {
                "ListID": item["ListID"],
                "EditSequence": item["EditSequence"],
                "IsActive": True,
            },
            "1",
        )
    )
    say(f"   $ counterfoil retry --link {_LINK}")
    stage.command("retry", "--link", _LINK)


def _enter_in_books(stage: Stage) -> None:
    """Enter orders in QuickBooks as the bookkeeper does, one with a new customer and item."""
    customer = stage.books("Customer")[0]["FullName"]
    item = stage.books("ItemNonInventory")[0]["FullName"]
    stage.in_quickbooks(
        Request("CustomerAdd", {"Name": _WALK_IN}, "1"),
        Request("ItemNonInventoryAdd", _item("Gift Wrapping"), "2"),
        *(
            Request(
                "SalesOrderAdd",
                {
                    "CustomerRef": {"FullName": customer if position else _WALK_IN},
                    "RefNumber": number,
                    "SalesOrderLineAdd": [
                        {
                            "ItemRef": {"FullName": item if position else "Gift Wrapping"},
                            "Quantity": Decimal(position + 1),
                            "Rate": Decimal("12.34"),
                        }
                    ],
                },
                f"s{position}",
            )
            for position, number in enumerate(_FROM_BOOKS)
        ),
    )


# --- After --------------------------------------------------------------------------------


def _states(stage: Stage) -> dict[str, int]:
    counted: Counter[str] = Counter()
    for link in _links(stage.command("status")):
        for flow in link["flows"]:
            counted.update(flow["states"])
    return dict(counted)


def _links(status: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = status["links"]
    return found


def _flows(status: Any) -> tuple[dict[str, Any], ...]:
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


def _audit(stage: Stage) -> Audit:
    """Ask both systems what they hold."""
    made = stage.operations("GET", "sales-orders/")
    booked = stage.books("SalesOrder")
    in_books = Counter(each.get("RefNumber", "") for each in booked)
    in_operations = Counter(str(each["code"]) for each in made)
    by_number = {each.get("RefNumber", ""): each for each in booked}
    wanted_in_books = [code for code in in_operations if code not in _FROM_BOOKS]
    counts = [in_books[code] for code in wanted_in_books]
    counts += [in_operations[number] for number in _FROM_BOOKS]
    differing = [
        f"{each['code']}: {_total(each)} in operations, {other['Subtotal']} in the books"
        for each in made
        if (other := by_number.get(str(each["code"]))) is not None
        and Decimal(str(other["Subtotal"])) != _total(each)
    ]
    return Audit(
        orders=len(counts),
        duplicates=sum(count - 1 for count in counts if count > 1),
        missing=counts.count(0),
        differing=(*differing, *_lost_accents(stage)),
    )


def _total(order: Any) -> Decimal:
    """Add an order up as its company would: each line in whole cents."""
    return sum(
        (
            (Decimal(str(line["quantity-ordered"])) * Decimal(str(line["unit-price"]))).quantize(
                _CENT, ROUND_HALF_UP
            )
            for shipping in order["shippings"]
            for line in shipping["products"]
        ),
        Decimal(0),
    )


def _lost_accents(stage: Stage) -> list[str]:
    """Compare the companies' names, letter by letter."""
    names = {each["code"]: str(each["name"]) for each in stage.operations("GET", "clients/")}
    return [
        f"{each['FullName']}: {each['CompanyName']!r} instead of {names[each['FullName']]!r}"
        for each in stage.books("Customer")
        if each.get("CompanyName")
        and each["FullName"] in names
        and each["CompanyName"] != names[each["FullName"]][:41]
    ]
