"""Fill a tenant of the stand-in from a folder of CSV files, as people would at its screens.

The folder holds the files that ``_folder`` names (those of the public AdventureWorks data).
They become inventory locations, vendors, products
with their vendors and prices, counted stock, and purchase orders that were submitted and
received as their lines say.

* A vendor's company number is its account number; an inactive one is inactive once its
  orders were entered.
* A product's ``internalProductID`` is its id in the file.
* An order's memo is ``Order`` and its id: what is there by that memo is left alone.
* What was received came in one save, with the vendor's invoice number where there is one;
  what was rejected of it was un-received the same day.

Everything is read and checked before the first call, so a bad file leaves the tenant as it
was.  Lists and deeds go through the door for tests, a hundred at a time, under the rules of
the API and of the screens: neither the hour's threshold nor patience is used up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2

from counterfoil.sandboxes.kit import LoadError, SheetRow

from ._folder import Folder, Order
from ._seed import MANAGER
from .entities import VENDOR

__all__ = ["ORDERS", "LoadError", "LoadReport", "RefusedError", "load_folder"]

ORDERS = 500
"""How many orders are loaded unless told otherwise."""

_AT_ONCE = 100
_GOODS_CODE = 5


class RefusedError(Exception):
    """The stand-in did not take something; says what, in its words."""


Progress = Callable[[str, int, int], None]
"""Called with what is being loaded, how many are done and how many there are."""

Body = dict[str, Any]


@dataclass
class LoadReport:
    """What came of it.

    Attributes:
        created, already_there: What -> how many.
        order_lines: Lines of the orders that were created.
        total: Their value: quantity times unit cost, exact.
        units_received, units_rejected: What came of them, and what went back.
    """

    created: dict[str, int] = field(default_factory=dict)
    already_there: dict[str, int] = field(default_factory=dict)
    order_lines: int = 0
    total: Decimal = Decimal(0)
    units_received: int = 0
    units_rejected: int = 0


def load_folder(
    control_url: str,
    tenant: str,
    folder: Path,
    *,
    orders: int = ORDERS,
    progress: Progress | None = None,
    http: httpx2.Client | None = None,
) -> LoadReport:
    """Fill a tenant.

    Args:
        control_url: The door for tests, such as ``http://127.0.0.1:9000/autotask/sandbox``.
        tenant: Its name or one of its users.
        orders: At most so many purchase orders, the first ones of the file.
        http: A client to use instead of an own one; it stays open.

    Raises:
        LoadError: A file is missing or wrong; nothing was sent.
        RefusedError: The stand-in refused something; what came before it is there.
    """
    data = Folder(folder, orders)
    url = f"{control_url.rstrip('/')}/tenants/{tenant}"
    if http is not None:
        return _Loading(_Desk(http, url), data, progress or _silent).load()
    with httpx2.Client(timeout=60.0) as own:
        return _Loading(_Desk(own, url), data, progress or _silent).load()


def _silent(what: str, done: int, total: int) -> None:
    return None


# --- From bodies to the tenant -----------------------------------------------------------------


class _Desk:
    """The door for tests, for one tenant."""

    def __init__(self, http: httpx2.Client, url: str) -> None:
        self._http = http
        self._url = url

    def read(self, entity: str) -> list[Body]:
        found: list[Body] = self._call("GET", f"records/{entity}", None)
        return found

    def do(self, path: str, bodies: list[Body]) -> list[Any]:
        done: list[Any] = self._call("POST", path, bodies)
        return done

    def change(self, entity: str, id_: int, **fields: object) -> None:
        self._call("PATCH", f"records/{entity}/{id_}", fields)

    def _call(self, method: str, path: str, body: object) -> Any:
        answer = self._http.request(method, f"{self._url}/{path}", json=body)
        if answer.is_client_error:
            raise RefusedError(answer.json()["error"])
        answer.raise_for_status()
        return answer.json()


class _Loading:
    """Lists first, then stock, then orders with what came of them."""

    def __init__(self, desk: _Desk, data: Folder, progress: Progress) -> None:
        self._desk = desk
        self._data = data
        self._progress = progress
        self._report = LoadReport()

    def load(self) -> LoadReport:
        locations = self._locations()
        vendors = self._vendors()
        products = self._products()
        self._prices(products, vendors)
        self._stock(products, locations)
        self._orders(products, vendors)
        return self._report

    def _make(self, what: str, path: str, bodies: list[Body], *, of: int) -> list[Any]:
        """Send what is new, so many at a time; ``of`` says how many there are in all."""
        made: list[Any] = []
        for start in range(0, len(bodies), _AT_ONCE):
            made += self._desk.do(path, bodies[start : start + _AT_ONCE])
            self._progress(what, len(made), len(bodies))
        self._report.created[what] = len(bodies)
        self._report.already_there[what] = of - len(bodies)
        return made

    def _list(self, what: str, entity: str, key: str, bodies: Mapping[str, Body]) -> dict[str, int]:
        """Make what no record's key is yet; gives the id of each by its id in the files."""
        there = {row[key]: row["id"] for row in self._desk.read(entity)}
        new = {id_: body for id_, body in bodies.items() if body[key] not in there}
        made = self._make(what, f"make/{entity}", [*new.values()], of=len(bodies))
        return {id_: there[body[key]] for id_, body in bodies.items() if id_ not in new} | dict(
            zip(new, made, strict=True)
        )

    def _locations(self) -> dict[str, int]:
        bodies = {
            id_: {"locationName": row["name"], "isActive": True}
            for id_, row in self._data.locations.items()
        }
        return self._list("locations", "InventoryLocations", "locationName", bodies)

    def _vendors(self) -> dict[str, int]:
        bodies = {
            id_: {
                "companyName": row["name"],
                "companyNumber": row["account_number"],
                "companyType": VENDOR,
                "ownerResourceID": MANAGER,
                "phone": row.get("phone") or "555-0100",
                "currencyID": 1,
                "countryID": 1,
            }
            for id_, row in self._data.vendors.items()
        }
        return self._list("vendors", "Companies", "companyNumber", bodies)

    def _products(self) -> dict[str, int]:
        bodies = {
            id_: {
                "name": row["name"],
                "internalProductID": id_,
                "sku": row.get("number"),
                "unitCost": _price(row, "standard_cost"),
                "unitPrice": _price(row, "list_price") or _price(row, "unit_price"),
                "isActive": True,
                "isSerialized": False,
                "productBillingCodeID": _GOODS_CODE,
            }
            for id_, row in self._data.products.items()
        }
        return self._list("products", "Products", "internalProductID", bodies)

    def _prices(self, products: Mapping[str, int], vendors: Mapping[str, int]) -> None:
        there = {(row["productID"], row["vendorID"]) for row in self._desk.read("ProductVendors")}
        bodies = [
            {
                "productID": products[product],
                "vendorID": vendors[vendor],
                "vendorCost": float(price),
                "isActive": True,
                "isDefault": False,
            }
            for product, vendor, price in self._data.prices
            if (products[product], vendors[vendor]) not in there
        ]
        self._make("prices", "make/ProductVendors", bodies, of=len(self._data.prices))

    def _stock(self, products: Mapping[str, int], locations: Mapping[str, int]) -> None:
        there = {
            (row["productID"], row["inventoryLocationID"])
            for row in self._desk.read("InventoryProducts")
        }
        bodies: list[Body] = [
            {"product": products[product], "location": locations[location], "quantity": quantity}
            for product, location, quantity in self._data.stock
            if (products[product], locations[location]) not in there
        ]
        self._make("stock", "count", bodies, of=len(self._data.stock))

    def _orders(self, products: Mapping[str, int], vendors: Mapping[str, int]) -> None:
        there = {row["generalMemo"] for row in self._desk.read("PurchaseOrders")}
        new = [order for order in self._data.orders if _memo(order) not in there]
        bodies = [_entered(order, products, vendors) for order in new]
        self._set_retired(vendors, is_active=bool(bodies))
        made = self._make("purchase orders", "enter", bodies, of=len(self._data.orders))
        self._receive([*zip(new, made, strict=True)])
        self._set_retired(vendors, is_active=False)
        for line in (line for order in new for line in order.lines):
            self._report.order_lines += 1
            self._report.total += line.quantity * line.price

    def _receive(self, orders: list[tuple[Order, Body]]) -> None:
        """Receive each order in one save; then take back what was rejected."""
        saves = [(order, _received(order, made)) for order, made in orders if order.came]
        done = self._make("receipts", "receive", [body for _, body in saves], of=len(saves))
        returns: list[Body] = []
        for (order, body), rows in zip(saves, done, strict=True):
            self._report.units_received += sum(row["quantityNowReceiving"] for row in rows)
            for line, row in zip(order.came, rows, strict=True):
                if line.rejected:
                    self._report.units_rejected += line.rejected
                    asked = {"receipt": row["id"], "quantity": line.rejected}
                    returns.append({**asked, "date": body["date"]})
        self._make("returns", "unreceive", returns, of=len(returns))

    def _set_retired(self, vendors: Mapping[str, int], *, is_active: bool) -> None:
        """Let the vendors that the file calls inactive be so, or not while orders are entered."""
        for id_, row in self._data.vendors.items():
            if row.get("active") == "0":
                self._desk.change("Companies", vendors[id_], isActive=is_active)


def _entered(order: Order, products: Mapping[str, int], vendors: Mapping[str, int]) -> Body:
    return {
        "vendor": vendors[order.vendor],
        "submit": True,
        "date": _noon(order.ordered),
        "fields": {"generalMemo": _memo(order)},
        "lines": [
            {
                "product": products[line.product],
                "quantity": line.quantity,
                "unit_cost": float(line.price),
                "estimatedArrivalDate": line.due,
            }
            for line in order.lines
        ],
    }


def _received(order: Order, made: Body) -> Body:
    ids = {line: one["id"] for line, one in zip(order.lines, made["lines"], strict=True)}
    return {
        "order": made["id"],
        "lines": [{"line": ids[line], "quantity": line.received} for line in order.came],
        "invoice": order.invoice,
        "date": _noon(order.arrived),
    }


def _memo(order: Order) -> str:
    return f"Order {order.id}"


def _noon(day: str | None) -> str | None:
    return day and f"{day}T12:00:00Z"


def _price(row: SheetRow, column: str) -> float | None:
    text = row.get(column)
    return float(text) if text else None
