"""A folder of CSV files as the lists of somebody's books, for sandboxes of either QuickBooks.

The same folder fills Fusion Operations; so a customer bears the client's code, a vendor the
supplier's, an item the product's.  Every file may be left out; further columns are passed over:

===================  =====================================  =================================
``customers.csv``    customer_id, company_name              customers
``vendors.csv``      account_number, name                   vendors
``suppliers.csv``    supplier_id, company_name              vendors
``employees.csv``    name; or first_name and last_name      employees
``work.csv``         worker_name, operation                 employees, and service items
``products.csv``     product_id, name, number (optional)    non-inventory items
``inventory.csv``    product_id, quantity                   its products are inventory items,
                                                            of which there are none yet
===================  =====================================  =================================
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from counterfoil.errors import UsageError

__all__ = ["FILES", "BookKind", "BookRecord", "read_books"]

# File -> the columns it cannot do without.
FILES: Final[Mapping[str, tuple[str, ...]]] = {
    "customers": ("customer_id", "company_name"),
    "vendors": ("account_number", "name"),
    "suppliers": ("supplier_id", "company_name"),
    "employees": (),
    "work": ("worker_name", "operation"),
    "products": ("product_id", "name"),
    "inventory": ("product_id",),
}
_Row = Mapping[str, str]


class BookKind(StrEnum):
    """What a record of the books is."""

    CUSTOMER = "customer"
    VENDOR = "vendor"
    EMPLOYEE = "employee"
    SERVICE = "service"
    GOODS = "goods"
    STOCK = "stock"

    @property
    def words(self) -> str:
        """What many of them are called."""
        is_item = self in {BookKind.SERVICE, BookKind.GOODS, BookKind.STOCK}
        return "items" if is_item else f"{self.value}s"


@dataclass(frozen=True, slots=True)
class BookRecord:
    """One record of a list.

    Attributes:
        name: What the books know it by; a person's whole name.
        company: The company's own name; ``""``: it is none.
    """

    kind: BookKind
    name: str
    company: str = ""


def read_books(folder: Path) -> list[BookRecord]:
    """Read the whole folder, so that a bad file leaves the books as they were.

    Raises:
        UsageError: It holds none of the files or nothing in them, or a file is not what it
            should be.
    """
    sheets = {name: list(_rows(folder / f"{name}.csv", *FILES[name])) for name in FILES}
    found = [*_records(sheets)]
    if not found:
        raise UsageError(
            f"{folder} holds nothing for QuickBooks. It is filled from: "
            f"{', '.join(f'{name}.csv' for name in FILES)}."
        )
    return found


def _records(sheets: Mapping[str, Sequence[_Row]]) -> Iterator[BookRecord]:
    # Loaded where a folder is read: the stand-in brings its server along.
    from counterfoil.sandboxes.fusion_operations.load import code_of

    for row in sheets["customers"]:
        yield BookRecord(BookKind.CUSTOMER, row["customer_id"], row["company_name"])
    for row in sheets["suppliers"]:
        yield BookRecord(BookKind.VENDOR, row["supplier_id"], row["company_name"])
    for row in sheets["vendors"]:
        yield BookRecord(BookKind.VENDOR, row["account_number"], row["name"])
    people = [*map(_whole_name, sheets["employees"])]
    people += [row["worker_name"] for row in sheets["work"]]
    for name in dict.fromkeys(filter(None, people)):
        yield BookRecord(BookKind.EMPLOYEE, name)
    for name in dict.fromkeys(row["operation"] for row in sheets["work"]):
        yield BookRecord(BookKind.SERVICE, name)
    counted = {row["product_id"] for row in sheets["inventory"]}
    for row in sheets["products"]:
        kind = BookKind.STOCK if row["product_id"] in counted else BookKind.GOODS
        yield BookRecord(kind, code_of(dict(row)))


def _whole_name(row: _Row) -> str:
    return row.get("name") or " ".join(filter(None, (row.get("first_name"), row.get("last_name"))))


def _rows(path: Path, *needed: str) -> Iterator[dict[str, str]]:
    if not path.exists():
        return
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path.name} cannot be read: {error}. Nothing was loaded.") from error
    for number, row in enumerate(rows, start=2):
        missing = [name for name in needed if not row.get(name)]
        if missing:
            raise UsageError(
                f"{path.name}, row {number}: {missing[0]} is empty. Nothing was loaded; "
                "correct the file."
            )
    yield from rows
