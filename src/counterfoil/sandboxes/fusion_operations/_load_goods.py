"""What a folder says beside sales orders: purchases, goods that came and went, hours, stock.

========================  ==================================================================
``vendors``               suppliers, known by their account number
``purchase_orders``,      purchase orders; what their lines say was received came in at once,
``purchase_order_lines``  and what was rejected of it left the stock again
``shipments``             goods of a sales order that left, one row for each product
``work``                  production orders, their workers, and the hours these worked on them
``inventory``             how much of a product there is, by place (``locations``)
========================  ==================================================================

Purchases and stock are in the columns of the public AdventureWorks data.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from counterfoil.sandboxes.kit import Sheet, SheetRow

__all__ = [
    "FILES",
    "Deed",
    "movements",
    "production_orders",
    "productions",
    "purchase_orders",
    "receivings",
    "shippings",
    "vendors",
    "workers",
]

FILES: dict[str, tuple[str, ...]] = {
    "vendors": ("vendor_id", "account_number", "name"),
    "purchase_orders": ("purchase_order_id", "vendor_id", "order_date"),
    "purchase_order_lines": ("purchase_order_id", "due_date", "quantity", "product_id",
                             "unit_price", "received", "rejected"),
    "shipments": ("order_id", "product_id", "quantity", "shipped_date"),
    "work": ("production_order_id", "product_id", "quantity", "worker_number", "worker_name",
             "operation", "started", "ended"),
    "inventory": ("product_id", "location_id", "quantity"),
    "locations": ("location_id", "name"),
}  # fmt: skip

Bodies = list[dict[str, Any]]
Sheets = Mapping[str, Sheet]


@dataclass(frozen=True)
class Deed:
    """Something that is done once another entity was made.

    Attributes:
        what: What it is counted as.
        after: Resource and code of that entity: where it was there before, so was this.
        resource: Where it is made; ``None``: it is asked of the controls.
        deed: The control's word for it.
    """

    what: str
    after: tuple[str, str]
    body: dict[str, Any]
    resource: str | None = None
    deed: str = ""


def vendors(sheets: Sheets) -> Bodies:
    """Give the suppliers of ``vendors``."""
    rows = sheets["vendors"].rows
    return [{"code": row["account_number"], "name": row["name"]} for _, row in rows]


# --- Purchases ----------------------------------------------------------------------------


def purchase_orders(
    sheets: Sheets, suppliers: Mapping[str, str], codes: Mapping[str, str]
) -> Bodies:
    """Give the purchase orders; ``suppliers`` and ``codes`` are codes by the files' ids."""
    orders, lines = sheets["purchase_orders"], _by_order(sheets, codes)
    found: Bodies = []
    for number, row in orders.rows:
        vendor = orders.refer(number, row, "vendor_id", suppliers, "the list of vendors")
        order_id = orders.refer(number, row, "purchase_order_id", lines, "purchase_order_lines.csv")
        created = orders.day(number, row, "order_date")
        due = next((line["due"] for line in lines[order_id] if line["due"]), None)
        found.append(
            {
                "code": order_id,
                "supplier": suppliers[vendor],
                "creation-date": created and f"{created}T00:00:00",
                "receivings": [
                    {
                        "due-date": due and f"{due}T00:00:00",
                        "products": [line["ordered"] for line in lines[order_id]],
                    }
                ],
            }
        )
    return found


def _by_order(sheets: Sheets, codes: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    sheet = sheets["purchase_order_lines"]
    known = {row["purchase_order_id"] for _, row in sheets["purchase_orders"].rows}
    found: dict[str, list[dict[str, Any]]] = {}
    for number, row in sheet.rows:
        order_id = sheet.refer(number, row, "purchase_order_id", known, "purchase_orders.csv")
        product = codes[sheet.refer(number, row, "product_id", codes, "products.csv")]
        found.setdefault(order_id, []).append(
            {
                "due": sheet.day(number, row, "due_date"),
                "ordered": {
                    "product": product,
                    "quantity-ordered": _quantity(sheet, number, row, "quantity"),
                    "unit-cost": _quantity(sheet, number, row, "unit_price"),
                },
                "received": _quantity(sheet, number, row, "received"),
                "rejected": _quantity(sheet, number, row, "rejected"),
            }
        )
    return found


def receivings(sheets: Sheets, codes: Mapping[str, str]) -> Iterator[Deed]:
    """Give the goods that came, and those of them that were sent away again."""
    for order_id, lines in _by_order(sheets, codes).items():
        after = ("purchase-orders", order_id)
        came = [
            {"product": line["ordered"]["product"], "quantity": line["received"]}
            for line in lines
            if Decimal(line["received"])
        ]
        if came:
            body = {"order": order_id, "quantities": came}
            yield Deed("receivings", after, body, deed="receive")
        for line in lines:
            if Decimal(line["rejected"]):
                yield Deed(
                    "inventory-movements",
                    after,
                    {
                        "product": line["ordered"]["product"],
                        "type": "adjustment",
                        "quantity": f"-{line['rejected']}",
                        "observations": f"Rejected of {order_id}",
                    },
                    resource="inventory-movements",
                )


# --- Shipments, hours, stock --------------------------------------------------------------


def shippings(sheets: Sheets, orders: Collection[str], codes: Mapping[str, str]) -> Iterator[Deed]:
    """Give the goods that left; rows of one order and day left together."""
    sheet = sheets["shipments"]
    found: dict[tuple[str, str | None], Bodies] = {}
    for number, row in sheet.rows:
        order = sheet.refer(number, row, "order_id", orders, "orders.csv")
        product = codes[sheet.refer(number, row, "product_id", codes, "products.csv")]
        goods = {"product": product, "quantity": _quantity(sheet, number, row, "quantity")}
        found.setdefault((order, sheet.day(number, row, "shipped_date")), []).append(goods)
    for (order, day), together in found.items():
        body: dict[str, Any] = {"order": order, "quantities": together}
        if day:
            body["date"] = f"{day}T12:00:00"
        yield Deed("shippings", ("sales-orders", order), body, deed="ship")


def workers(sheets: Sheets) -> Bodies:
    """Give the workers, in order of their numbers."""
    found = {row["worker_number"]: row["worker_name"] for _, row in sheets["work"].rows}
    return [{"number": number, "name": found[number]} for number in sorted(found)]


def production_orders(sheets: Sheets, codes: Mapping[str, str]) -> Bodies:
    """Give a production order for each that somebody worked on, for a client if one is named."""
    sheet = sheets["work"]
    made: dict[str, dict[str, Any]] = {}
    for number, row in sheet.rows:
        product = codes[sheet.refer(number, row, "product_id", codes, "products.csv")]
        line = {"product": product, "quantity-ordered": _quantity(sheet, number, row, "quantity")}
        code = row["production_order_id"]
        client = {"client": row["client_id"]} if row.get("client_id") else {}
        made.setdefault(code, {"code": code, "products": [line], **client})
    return [*made.values()]


def productions(sheets: Sheets) -> Iterator[Deed]:
    """Give the hours; with the last of a production order its products are finished."""
    rows = sheets["work"].rows
    last = {row["production_order_id"]: number for number, row in rows}
    for number, row in rows:
        code = row["production_order_id"]
        body = {
            "production-order": {"code": code},
            "start-time": row["started"],
            "end-time": row["ended"],
            "operation": {"code": row["operation"]},
            "worker": {"number": row["worker_number"]},
            "quantity": row["quantity"] if last[code] == number else "0",
        }
        yield Deed("productions", ("production-orders", code), body, resource="productions")


def movements(sheets: Sheets, codes: Mapping[str, str]) -> Iterator[Deed]:
    """Give what is in stock, place by place."""
    sheet = sheets["inventory"]
    places = {row["location_id"]: row["name"] for _, row in sheets["locations"].rows}
    for number, row in sheet.rows:
        product = codes[sheet.refer(number, row, "product_id", codes, "products.csv")]
        body = {
            "product": product,
            "type": "adjustment",
            "quantity": _quantity(sheet, number, row, "quantity"),
            "warehouse": places.get(row["location_id"], row["location_id"]) or "Main",
        }
        yield Deed(
            "inventory-movements", ("products", product), body, resource="inventory-movements"
        )


def _quantity(sheet: Sheet, number: int, row: SheetRow, column: str) -> str:
    """Give a quantity or price as the service takes it, without zeros at its end."""
    return format(sheet.number(number, row, column).normalize(), "f")
