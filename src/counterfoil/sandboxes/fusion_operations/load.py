"""Fill a company of the sandbox from a folder of CSV files, over the service's own API.

The folder holds ``customers.csv``, ``products.csv``, ``orders.csv``, ``order_lines.csv`` and,
if there is one, ``suppliers.csv``, in the columns of the table ``FILES`` (those of the public
Northwind data; further columns are passed over).  They become clients, products, sales
orders and suppliers as a business would have keyed them in.  Further files hold purchases,
shipments, hours and stock (``_load_goods``); with purchases, sales may be left out.

* A client's code is the customer's id, its name the company's name.
* A product's code is its number where it has one, else its name where that fits the 31
  characters QuickBooks allows for an item, else the name cut short before the product's id
  (``Louisiana Fiery Hot Peppe~65``).
* A line's price is the unit price less its discount, exact.
* Freight is no part of a Fusion Operations order; its sum is only reported.

Everything is read and checked before the first call, so a bad file leaves the company as it
was.  What the company already has (by code) is counted and left alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2

from counterfoil.sandboxes.kit import LoadError, Sheet, SheetRow, read_sheet

from . import _load_goods as goods
from ._load_service import Service

__all__ = ["FILES", "LoadError", "LoadReport", "code_of", "load_folder", "product_code"]

CODE_LENGTH_MAX = 31
PRICE_PLACES_MAX = 5

FILES: dict[str, tuple[str, ...]] = {
    "customers": ("customer_id", "company_name", "contact_name", "address", "city", "region",
                  "postal_code", "country", "phone"),
    "products": ("product_id", "name"),
    "orders": ("order_id", "customer_id", "order_date", "required_date", "freight", "ship_name",
               "ship_address", "ship_city", "ship_region", "ship_postal_code", "ship_country"),
    "order_lines": ("order_id", "product_id", "unit_price", "quantity", "discount"),
    "suppliers": ("supplier_id", "company_name", "address", "city", "region", "postal_code",
                  "country", "phone"),
}  # fmt: skip
_SALES = {"customers", "orders", "order_lines"}

Progress = Callable[[str, int, int], None]
"""Called with what is being loaded, how many are done and how many there are."""


@dataclass
class LoadReport:
    """What came of it.

    Attributes:
        created, already_there: Resource -> how many.
        order_lines: Lines of the orders that were created.
        total: Their sum, each line rounded to cents as the service does.
        freight_left_out: Sum of the freight of those orders.
    """

    created: dict[str, int] = field(default_factory=dict)
    already_there: dict[str, int] = field(default_factory=dict)
    order_lines: int = 0
    total: Decimal = Decimal(0)
    freight_left_out: Decimal = Decimal(0)


def product_code(product_id: str, name: str) -> str:
    """Give the code a product is known by: its name, or a stable short form of it."""
    if len(name) <= CODE_LENGTH_MAX:
        return name
    ending = f"~{product_id}"
    return name[: CODE_LENGTH_MAX - len(ending)].rstrip() + ending


def code_of(row: SheetRow) -> str:
    """Give the code of a row of ``products``: its number, if there is such a column."""
    return row.get("number") or product_code(row["product_id"], row["name"])


def load_folder(
    base_url: str,
    key: str,
    secret: str,
    folder: Path,
    *,
    progress: Progress | None = None,
    http: httpx2.Client | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> LoadReport:
    """Fill the company that ``key`` belongs to.

    Args:
        base_url: Where the service is mounted, such as ``http://127.0.0.1:9000/fusion``.
        http: A client to use instead of an own one; it stays open.
        sleep: How ``Retry-After`` is waited for where the limit cannot be lifted.

    Raises:
        LoadError: A file is missing or wrong; nothing was sent.
        httpx2.HTTPStatusError: The service refused a call.
    """
    sheets = _sheets(folder)
    entities, deeds = _entities(sheets), [*_deeds(sheets)]
    with ExitStack() as stack:
        client = http or stack.enter_context(httpx2.Client(timeout=30))
        service = Service(client, base_url.rstrip("/"), (key, secret), sleep)
        stack.enter_context(service.unlimited())
        return _Loading(service, progress or (lambda what, done, total: None)).load(entities, deeds)


# --- From rows to bodies ---------------------------------------------------------------------


def _sheets(folder: Path) -> dict[str, Sheet]:
    has_purchases = (folder / "purchase_orders.csv").exists()
    optional = {"suppliers", *goods.FILES} | (_SALES if has_purchases else set())
    return {
        name: read_sheet(folder, name, columns, is_optional=name in optional)
        for name, columns in {**FILES, **goods.FILES}.items()
    }


def _codes(sheets: Mapping[str, Sheet]) -> dict[str, str]:
    return {row["product_id"]: code_of(row) for _, row in sheets["products"].rows}


def _entities(sheets: Mapping[str, Sheet]) -> dict[str, list[dict[str, Any]]]:
    codes = _codes(sheets)
    suppliers = {row["supplier_id"]: row["supplier_id"] for _, row in sheets["suppliers"].rows}
    suppliers |= {row["vendor_id"]: row["account_number"] for _, row in sheets["vendors"].rows}
    found = {
        "clients": [_client(row) for _, row in sheets["customers"].rows],
        "products": [
            {
                "code": codes[row["product_id"]],
                "name": row["name"],
                "observations": row.get("quantity_per_unit", ""),
            }
            for _, row in sheets["products"].rows
        ],
        "suppliers": [
            *(_supplier(row) for _, row in sheets["suppliers"].rows),
            *goods.vendors(sheets),
        ],
        "sales-orders": [*_orders(sheets, codes)],
    }
    more = {
        "workers": goods.workers(sheets),
        "purchase-orders": goods.purchase_orders(sheets, suppliers, codes),
        "production-orders": goods.production_orders(sheets, codes),
    }
    return found | {name: bodies for name, bodies in more.items() if bodies}


def _deeds(sheets: Mapping[str, Sheet]) -> Iterator[goods.Deed]:
    codes = _codes(sheets)
    orders = {row["order_id"] for _, row in sheets["orders"].rows}
    yield from goods.movements(sheets, codes)
    yield from goods.receivings(sheets, codes)
    yield from goods.shippings(sheets, orders, codes)
    yield from goods.productions(sheets)


def _postal(row: SheetRow, prefix: str = "") -> Iterator[str]:
    yield row[f"{prefix}address"]
    town = " ".join(
        filter(None, (row[f"{prefix}city"], row[f"{prefix}region"], row[f"{prefix}postal_code"]))
    )
    yield town
    yield row[f"{prefix}country"]


def _client(row: SheetRow) -> dict[str, Any]:
    return {
        "code": row["customer_id"],
        "name": row["company_name"],
        "addresses": [
            {
                "code": "MAIN",
                "name": row["company_name"],
                "address": row["address"],
                "city": row["city"],
                "postal-code": row["postal_code"],
                "state": row["region"],
                "country": row["country"],
                "default": True,
            }
        ],
        "contacts": [{"name": row["contact_name"], "phone": row["phone"], "default": True}],
    }


def _supplier(row: SheetRow) -> dict[str, Any]:
    return {
        "code": row["supplier_id"],
        "name": row["company_name"],
        "address": "\n".join(filter(None, _postal(row))),
        "phone": row["phone"],
    }


def _orders(sources: Mapping[str, Sheet], codes: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    orders = sources["orders"]
    clients = {row["customer_id"] for _, row in sources["customers"].rows}
    lines = _lines(sources["order_lines"], codes, {row["order_id"] for _, row in orders.rows})
    for number, row in orders.rows:
        if row["customer_id"] not in clients:
            raise orders.error("is not in customers.csv", number, "customer_id", row)
        if row["order_id"] not in lines:
            raise orders.error("has no row in order_lines.csv", number, "order_id", row)
        created, due = (orders.day(number, row, name) for name in ("order_date", "required_date"))
        freight = orders.number(number, row, "freight") if row["freight"] else Decimal(0)
        yield {
            "code": row["order_id"],
            # Without designator: midnight in the company's own zone.
            "creation-date": f"{created}T00:00:00" if created else None,
            "client": row["customer_id"],
            "freight": freight,  # taken out again before sending
            "shippings": [
                {
                    "due-date": f"{due}T00:00:00" if due else None,
                    "delivery-address": "\n".join(
                        filter(None, (row["ship_name"], *_postal(row, "ship_")))
                    ),
                    "products": lines[row["order_id"]],
                }
            ],
        }


def _lines(
    source: Sheet, codes: Mapping[str, str], orders: set[str]
) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for number, row in source.rows:
        if row["order_id"] not in orders:
            raise source.error("is not in orders.csv", number, "order_id", row)
        if row["product_id"] not in codes:
            raise source.error("is not in products.csv", number, "product_id", row)
        quantity, price, discount = (
            source.number(number, row, name) for name in ("quantity", "unit_price", "discount")
        )
        if not 0 <= discount <= 1:
            raise source.error("must be between 0 and 1", number, "discount", row)
        net = (price * (1 - discount)).normalize()
        if -int(net.as_tuple().exponent) > PRICE_PLACES_MAX:
            problem = f"less its discount has more than {PRICE_PLACES_MAX} decimals: {net}"
            raise source.error(problem, number, "unit_price", row)
        found.setdefault(row["order_id"], []).append(
            {
                "product": codes[row["product_id"]],
                "quantity-ordered": format(quantity, "f"),
                "unit-price": format(net, "f"),
            }
        )
    return found


# --- From bodies to the service --------------------------------------------------------------


class _Loading:
    """Entities first, then what was done with those that were not there before."""

    def __init__(self, service: Service, progress: Progress) -> None:
        self._service = service
        self._progress = progress
        self._report = LoadReport()
        self._new: set[tuple[str, str]] = set()

    def load(
        self, entities: Mapping[str, list[dict[str, Any]]], deeds: Iterable[goods.Deed]
    ) -> LoadReport:
        for resource, bodies in entities.items():
            self._begin(resource)
            for done, body in enumerate(bodies, start=1):
                self._create(resource, body)
                self._progress(resource, done, len(bodies))
        waiting: dict[str, list[goods.Deed]] = {}
        for each in deeds:
            waiting.setdefault(each.what, []).append(each)
        for what, found in waiting.items():
            self._begin(what)
            for done, deed in enumerate(found, start=1):
                self._do(deed)
                self._progress(what, done, len(found))
        return self._report

    def _begin(self, what: str) -> None:
        self._report.created[what] = self._report.already_there[what] = 0

    def _create(self, resource: str, body: dict[str, Any]) -> None:
        freight = body.pop("freight", Decimal(0))
        made = self._service.create(resource, body)
        self._count(resource, is_new=made is not None)
        if made is not None:
            self._new.add((resource, str(body.get("code") or body.get("number"))))
            _add_order(self._report, made, freight)

    def _do(self, deed: goods.Deed) -> None:
        is_new = deed.after in self._new
        if is_new and deed.resource is not None:
            self._service.create(deed.resource, deed.body)
        elif is_new:
            self._service.do(deed.deed, deed.body)
        self._count(deed.what, is_new=is_new)

    def _count(self, what: str, *, is_new: bool) -> None:
        counted = self._report.created if is_new else self._report.already_there
        counted[what] += 1


def _add_order(report: LoadReport, made: dict[str, Any], freight: Decimal) -> None:
    report.freight_left_out += freight
    for shipping in made.get("shippings", ()):
        for line in shipping["products"]:
            report.order_lines += 1
            report.total += Decimal(str(line["price"]))
