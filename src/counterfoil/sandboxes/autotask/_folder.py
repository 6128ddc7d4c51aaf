"""A folder of purchases and stock, read and checked before anything is loaded.

The files are those of the table ``FILES``, in the columns of the public AdventureWorks data;
further columns are passed over.  A vendor's ``phone`` and ``active``, a product's ``number``,
``standard_cost`` and ``list_price`` (or ``unit_price``), an order's ``ship_date`` and
``vendor_invoice`` are heeded where they are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path

from counterfoil.sandboxes.kit import Sheet, SheetRow, read_sheet

__all__ = ["FILES", "Folder", "Line", "Order"]

FILES: dict[str, tuple[str, ...]] = {
    "locations": ("location_id", "name"),
    "vendors": ("vendor_id", "account_number", "name"),
    "products": ("product_id", "name"),
    "product_vendors": ("product_id", "vendor_id", "standard_price"),
    "inventory": ("product_id", "location_id", "quantity"),
    "purchase_orders": ("purchase_order_id", "vendor_id", "order_date"),
    "purchase_order_lines": ("purchase_order_id", "due_date", "quantity", "product_id",
                             "unit_price", "received", "rejected"),
}  # fmt: skip
_OPTIONAL = {"locations", "product_vendors", "inventory"}

_HOLDERS = {
    "location_id": "locations",
    "product_id": "products",
    "purchase_order_id": "purchase_orders",
    "vendor_id": "vendors",
}
"""A column that holds an id -> the file in which that id is."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an order; what was rejected is among what was received.

    Attributes:
        number: The row of the file, which tells two equal lines apart.
        price: Per unit, as exact as the file has it.
        due: A day, ``2026-01-15``; ``None``: the file names none.
    """

    number: int
    product: str
    quantity: int
    price: Decimal
    received: int
    rejected: int
    due: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """One purchase order.

    Attributes:
        ordered, arrived: Days; what came arrived on the ship date, else when the last line
            was due.
        invoice: The vendor's invoice number, if it is known.
    """

    id: str
    vendor: str
    ordered: str | None
    arrived: str | None
    invoice: str | None
    lines: tuple[Line, ...]

    @property
    def came(self) -> tuple[Line, ...]:
        """The lines of which something was received."""
        return tuple(line for line in self.lines if line.received)


class Folder:
    """The files, each row checked against those it points to.

    Attributes:
        locations, vendors, products: Rows by their ids.
        prices: (product, vendor, price).
        stock: (product, location, units).
        orders: At most ``limit``, the first of the file.

    Raises:
        LoadError: A file is missing or wrong.
    """

    def __init__(self, folder: Path, limit: int) -> None:
        self._sheets = {
            name: read_sheet(folder, name, columns, is_optional=name in _OPTIONAL)
            for name, columns in FILES.items()
        }
        self.locations = self._by_id("location_id")
        self.vendors = self._by_id("vendor_id")
        self.products = self._by_id("product_id")
        self.prices = [*self._prices()]
        self.stock = [*self._stock()]
        self.orders = [*islice(self._orders(), limit)]

    def _by_id(self, column: str) -> dict[str, SheetRow]:
        return {row[column]: row for _, row in self._sheets[_HOLDERS[column]].rows}

    def _prices(self) -> Iterator[tuple[str, str, Decimal]]:
        sheet = self._sheets["product_vendors"]
        for number, row in sheet.rows:
            yield (
                _refer(sheet, number, row, "product_id", self.products),
                _refer(sheet, number, row, "vendor_id", self.vendors),
                sheet.number(number, row, "standard_price"),
            )

    def _stock(self) -> Iterator[tuple[str, str, int]]:
        sheet = self._sheets["inventory"]
        for number, row in sheet.rows:
            yield (
                _refer(sheet, number, row, "product_id", self.products),
                _refer(sheet, number, row, "location_id", self.locations),
                _whole(sheet, number, row, "quantity"),
            )

    def _orders(self) -> Iterator[Order]:
        sheet, lines = self._sheets["purchase_orders"], self._lines()
        for number, row in sheet.rows:
            id_ = sheet.refer(number, row, "purchase_order_id", lines, "purchase_order_lines.csv")
            due = max((line.due or "" for line in lines[id_]), default="")
            shipped = sheet.day(number, row, "ship_date") if row.get("ship_date") else None
            yield Order(
                id=id_,
                vendor=_refer(sheet, number, row, "vendor_id", self.vendors),
                ordered=sheet.day(number, row, "order_date"),
                arrived=shipped or due or None,
                invoice=row.get("vendor_invoice") or None,
                lines=tuple(lines[id_]),
            )

    def _lines(self) -> dict[str, list[Line]]:
        sheet, known = self._sheets["purchase_order_lines"], self._by_id("purchase_order_id")
        found: dict[str, list[Line]] = {}
        for number, row in sheet.rows:
            order = _refer(sheet, number, row, "purchase_order_id", known)
            line = Line(
                number=number,
                product=_refer(sheet, number, row, "product_id", self.products),
                quantity=_whole(sheet, number, row, "quantity"),
                price=sheet.number(number, row, "unit_price"),
                received=_whole(sheet, number, row, "received"),
                rejected=_whole(sheet, number, row, "rejected"),
                due=sheet.day(number, row, "due_date"),
            )
            found.setdefault(order, []).append(line)
        return found


def _refer(
    sheet: Sheet, number: int, row: SheetRow, column: str, known: Mapping[str, object]
) -> str:
    return sheet.refer(number, row, column, known, f"{_HOLDERS[column]}.csv")


def _whole(sheet: Sheet, number: int, row: SheetRow, column: str) -> int:
    value = sheet.number(number, row, column)
    if value != value.to_integral_value() or value < 0:
        raise sheet.error("must be a whole number from 0", number, column, row)
    return int(value)
