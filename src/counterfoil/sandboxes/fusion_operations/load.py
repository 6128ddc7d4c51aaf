"""Fill a company of the sandbox from a folder of CSV files, over the service's own API.

The folder holds ``customers.csv``, ``products.csv``, ``orders.csv``, ``order_lines.csv`` and,
if there is one, ``suppliers.csv``, in the columns of the table ``FILES`` (those of the public
Northwind data; further columns are passed over).  They become clients, products, sales
orders and suppliers as a business would have keyed them in:

* A client's code is the customer's id, its name the company's name.
* A product's code is its name where that fits the 31 characters QuickBooks allows for an
  item, else the name cut short before the product's id (``Louisiana Fiery Hot Peppe~65``).
* A line's price is the unit price less its discount, exact.
* Freight is no part of a Fusion Operations order; its sum is only reported.

Everything is read and checked before the first call, so a bad file leaves the company as it
was.  What the company already has (by code) is counted and left alone.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import httpx2

__all__ = ["FILES", "LoadError", "LoadReport", "load_folder", "product_code"]

CODE_LENGTH_MAX = 31
PRICE_PLACES_MAX = 5

FILES: dict[str, tuple[str, ...]] = {
    "customers": ("customer_id", "company_name", "contact_name", "address", "city", "region",
                  "postal_code", "country", "phone"),
    "products": ("product_id", "name", "quantity_per_unit"),
    "orders": ("order_id", "customer_id", "order_date", "required_date", "freight", "ship_name",
               "ship_address", "ship_city", "ship_region", "ship_postal_code", "ship_country"),
    "order_lines": ("order_id", "product_id", "unit_price", "quantity", "discount"),
    "suppliers": ("supplier_id", "company_name", "address", "city", "region", "postal_code",
                  "country", "phone"),
}  # fmt: skip
OPTIONAL_FILES = {"suppliers"}

Progress = Callable[[str, int, int], None]
"""Called with what is being loaded, how many are done and how many there are."""

Row = Mapping[str, str]


class LoadError(ValueError):
    """A file does not hold what it should; names file, row, column and value.

    ``row`` counts as a spreadsheet does: the header is row 1.
    """

    def __init__(
        self, problem: str, *, file: str, row: int = 1, column: str = "", value: str = ""
    ) -> None:
        place = f"{file}, row {row}" + (f", column {column}" if column else "")
        shown = f" (found {value[:80]!r})" if value or column else ""
        super().__init__(f"{place}: {problem}{shown}")
        self.file = file
        self.row = row
        self.column = column
        self.value = value


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


@dataclass(frozen=True)
class _Source:
    """One file with the row numbers that a spreadsheet shows."""

    name: str
    rows: tuple[tuple[int, Row], ...]

    def number(self, number: int, row: Row, column: str) -> Decimal:
        try:
            value = Decimal(row[column])
        except InvalidOperation:
            value = Decimal("NaN")
        if not value.is_finite():
            raise self.error("must be a number", number, column, row)
        return value

    def day(self, number: int, row: Row, column: str) -> str | None:
        try:
            return date.fromisoformat(row[column]).isoformat() if row[column] else None
        except ValueError:
            raise self.error("must be a date such as 2025-03-01", number, column, row) from None

    def error(self, problem: str, number: int, column: str, row: Row) -> LoadError:
        return LoadError(
            problem, file=f"{self.name}.csv", row=number, column=column, value=row[column]
        )


def product_code(product_id: str, name: str) -> str:
    """Give the code a product is known by: its name, or a stable short form of it."""
    if len(name) <= CODE_LENGTH_MAX:
        return name
    ending = f"~{product_id}"
    return name[: CODE_LENGTH_MAX - len(ending)].rstrip() + ending


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
    entities = _read(folder)
    with ExitStack() as stack:
        client = http or stack.enter_context(httpx2.Client(timeout=30))
        service = _Service(client, base_url.rstrip("/"), (key, secret), sleep)
        stack.enter_context(service.unlimited())
        return _send(service, entities, progress or (lambda what, done, total: None))


# --- From rows to bodies ---------------------------------------------------------------------


def _read(folder: Path) -> dict[str, list[dict[str, Any]]]:
    sources = {name: _source(folder, name) for name in FILES}
    codes = {
        row["product_id"]: product_code(row["product_id"], row["name"])
        for _, row in sources["products"].rows
    }
    return {
        "clients": [_client(row) for _, row in sources["customers"].rows],
        "products": [
            {
                "code": codes[row["product_id"]],
                "name": row["name"],
                "observations": row["quantity_per_unit"],
            }
            for _, row in sources["products"].rows
        ],
        "suppliers": [_supplier(row) for _, row in sources["suppliers"].rows],
        "sales-orders": [*_orders(sources, codes)],
    }


def _source(folder: Path, name: str) -> _Source:
    path = folder / f"{name}.csv"
    if not path.exists():
        if name in OPTIONAL_FILES:
            return _Source(name, ())
        raise LoadError(f"there is no such file in {folder}", file=path.name)
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines, restval="")
        try:
            found = set(reader.fieldnames or ())
            for column in FILES[name]:
                if column not in found:
                    raise LoadError(f"there is no column {column!r}", file=path.name)
            rows = tuple((reader.line_num, row) for row in reader)
        except (UnicodeDecodeError, csv.Error) as error:
            problem = f"is no CSV file in UTF-8: {error}"
            raise LoadError(problem, file=path.name, row=reader.line_num) from None
    first = FILES[name][0]
    for number, row in rows:
        if not row[first]:
            raise LoadError("must not be empty", file=path.name, row=number, column=first)
    return _Source(name, rows)


def _postal(row: Row, prefix: str = "") -> Iterator[str]:
    yield row[f"{prefix}address"]
    town = " ".join(
        filter(None, (row[f"{prefix}city"], row[f"{prefix}region"], row[f"{prefix}postal_code"]))
    )
    yield town
    yield row[f"{prefix}country"]


def _client(row: Row) -> dict[str, Any]:
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


def _supplier(row: Row) -> dict[str, Any]:
    return {
        "code": row["supplier_id"],
        "name": row["company_name"],
        "address": "\n".join(filter(None, _postal(row))),
        "phone": row["phone"],
    }


def _orders(sources: Mapping[str, _Source], codes: Mapping[str, str]) -> Iterator[dict[str, Any]]:
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
    source: _Source, codes: Mapping[str, str], orders: set[str]
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


class _Limit:
    """Lifts the sandbox's rate limit while loading; another service answers 404: obey then."""

    def __init__(self, client: httpx2.Client, url: str) -> None:
        self._client = client
        self._url = url
        self._before: int | None = None

    def __enter__(self) -> None:
        found = self._client.get(self._url)
        if found.status_code == httpx2.codes.OK:
            self._before = found.json()["settings"]["rate-limit"]
            self._set(0)

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            self._set(self._before)

    def _set(self, limit: int) -> None:
        settings = {"rate-limit": limit}
        self._client.patch(f"{self._url}/settings", json=settings).raise_for_status()


class _Service:
    def __init__(
        self,
        client: httpx2.Client,
        base_url: str,
        credentials: tuple[str, str],
        sleep: Callable[[float], None],
    ) -> None:
        self._client = client
        self._base_url = base_url
        self._credentials = credentials
        self._sleep = sleep
        self._token = ""

    def unlimited(self) -> _Limit:
        return _Limit(self._client, f"{self._base_url}/sandbox/companies/{self._credentials[0]}")

    def create(self, resource: str, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """Make one entity; ``None`` when its code is taken."""
        may_renew = bool(self._token)
        if not self._token:
            self._token = self._mint()
        while True:
            answer = self._client.post(
                f"{self._base_url}/api/v1/{resource}/",
                params={"access_token": self._token},
                json=body,
            )
            if answer.status_code == httpx2.codes.TOO_MANY_REQUESTS:
                self._sleep(float(answer.headers.get("Retry-After", "60")))
            elif answer.status_code == httpx2.codes.UNAUTHORIZED and may_renew:
                self._token, may_renew = self._mint(), False
            elif answer.status_code == httpx2.codes.CONFLICT:
                return None
            else:
                answer.raise_for_status()
                made: dict[str, Any] = answer.json()
                return made

    def _mint(self) -> str:
        answer = self._client.post(f"{self._base_url}/api/v1/authorization", auth=self._credentials)
        answer.raise_for_status()
        token: str = answer.json()["token"]
        return token


def _send(
    service: _Service, entities: Mapping[str, Iterable[dict[str, Any]]], progress: Progress
) -> LoadReport:
    report = LoadReport()
    for resource, bodies in entities.items():
        found = [*bodies]
        report.created[resource] = report.already_there[resource] = 0
        for done, body in enumerate(found, start=1):
            freight = body.pop("freight", Decimal(0))
            made = service.create(resource, body)
            if made is None:
                report.already_there[resource] += 1
            else:
                report.created[resource] += 1
                _add_order(report, made, freight)
            progress(resource, done, len(found))
    return report


def _add_order(report: LoadReport, made: dict[str, Any], freight: Decimal) -> None:
    report.freight_left_out += freight
    for shipping in made.get("shippings", ()):
        for line in shipping["products"]:
            report.order_lines += 1
            report.total += Decimal(str(line["price"]))
