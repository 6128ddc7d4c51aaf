"""The demonstration's acts beside sales orders: purchases, goods, hours, stock, the books' own.

What the folder does not hold is left out: a folder of purchases alone plays purchases, what
came of them, and stock.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from counterfoil.connectors.quickbooks_desktop.qbxml import Request

from ._stage import Stage
from ._stand_ins import StandIns

__all__ = [
    "FROM_BOOKS",
    "count_stock",
    "enter_in_books",
    "has_purchases",
    "has_sales",
    "item",
    "prepare_books",
    "retrieve",
    "settings",
]

INCOME: Final = "Sales:Goods"
_SERVICES: Final = "Sales:Services"
_COGS: Final = "Cost of Goods Sold"
_ASSET: Final = "Inventory Asset"
# Every third vendor and every second worker is missing from the books at first.
_VENDOR_MISSING: Final = 3
_WORKER_MISSING: Final = 2

# What somebody enters in the books, by the list of the operations system it comes to.
FROM_BOOKS: Final = {
    "purchase-orders": ("QB-PO-7001",),
    "sales-orders": ("QB-INV-7002", "QB-EST-7003"),
}
_KINDS: Final = ("purchase-order", "invoice", "estimate")

_PURCHASES: Final = (
    "purchase-order-out.mode=automatic",
    "purchase-order-out.document_number=order_code",
    "purchase-order-out.creation_date=document_date",
    "purchase-order-out.create_missing_vendors=true",
    "purchase-order-out.create_missing_items=true",
    f"purchase-order-out.income_account={INCOME}",
    "receipt-out.mode=automatic",
    "purchase-order-in.mode=manual",
)
_GOODS_OUT: Final = (
    "shipment-out.mode=automatic",
    "invoice-in.mode=manual",
    "estimate-in.mode=manual",
)
_HOURS: Final = ("work-entry-out.mode=automatic", "work-entry-out.create_missing_employees=true")
_STOCK: Final = (
    "stock-count-out.mode=manual",
    f"stock-count-out.adjustment_account={_COGS}",
    "stock-count-out.adjustment_memo=Stock count",
)


def has_sales(folder: Path) -> bool:
    """Whether a folder holds sales orders."""
    return (folder / "orders.csv").is_file()


def has_purchases(folder: Path) -> bool:
    """Whether a folder holds purchase orders."""
    return (folder / "purchase_orders.csv").is_file()


def settings(folder: Path) -> tuple[str, ...]:
    """Give the settings of the flows for which a folder holds documents."""
    found = (
        ("purchase_orders.csv", _PURCHASES),
        ("shipments.csv", _GOODS_OUT),
        ("work.csv", _HOURS),
        ("inventory.csv", _STOCK),
    )
    return tuple(each for name, own in found if (folder / name).is_file() for each in own)


# --- Before -------------------------------------------------------------------------------


def item(name: str) -> dict[str, Any]:
    """Give an item that is sold and not counted."""
    return {
        "Name": name,
        "SalesOrPurchase": {"Price": Decimal("1.00"), "AccountRef": {"FullName": INCOME}},
    }


def prepare_books(stage: StandIns, folder: Path) -> frozenset[str]:
    """Enter what the books know already: counted items, some vendors, workers, their work.

    Returns:
        The products that the books count.
    """
    counted = _counted(stage) if (folder / "inventory.csv").is_file() else []
    suppliers = stage.operations("GET", "suppliers/") if has_purchases(folder) else []
    requests = [
        *(Request("ItemInventoryAdd", _stocked(code), f"n{at}") for at, code in enumerate(counted)),
        *(
            Request("VendorAdd", {"Name": each["code"], "CompanyName": each["name"][:41]}, f"v{at}")
            for at, each in enumerate(suppliers)
            if at % _VENDOR_MISSING
        ),
        *(_hours(stage) if (folder / "work.csv").is_file() else ()),
    ]
    if requests:
        stage.in_quickbooks(*requests)
    return frozenset(counted)


def _counted(stage: StandIns) -> list[str]:
    moved = stage.operations("GET", "inventory-movements/")
    return sorted({str(each["product"]) for each in moved if each["type"] == "adjustment"})


def _stocked(name: str) -> dict[str, Any]:
    return {
        "Name": name,
        "IncomeAccountRef": {"FullName": INCOME},
        "COGSAccountRef": {"FullName": _COGS},
        "AssetAccountRef": {"FullName": _ASSET},
    }


def _hours(stage: StandIns) -> Sequence[Request]:
    worked = stage.operations("GET", "productions/")
    names = sorted({str(each["worker"]["name"]) for each in worked})
    operations = sorted({str(each["operation"]["code"]) for each in worked})
    known = [name for at, name in enumerate(names) if at % _WORKER_MISSING == 0]
    return [
        *(Request("EmployeeAdd", _employee(name), f"w{at}") for at, name in enumerate(known)),
        *(
            Request("ItemServiceAdd", {**item(name), **_SERVICE}, f"o{at}")
            for at, name in enumerate(operations)
        ),
    ]


_SERVICE: Final[dict[str, Any]] = {
    "SalesOrPurchase": {"Price": Decimal("40.00"), "AccountRef": {"FullName": _SERVICES}}
}


def _employee(name: str) -> dict[str, Any]:
    first, _, last = name.partition(" ")
    return {"FirstName": first, "LastName": last}


# --- In between ---------------------------------------------------------------------------


def count_stock(stage: Stage, link: str) -> None:
    """Send how much there is of everything."""
    stage.command("send", link, "stock", "--all")


def enter_in_books(stage: Stage) -> None:
    """Enter a purchase order, an invoice and an estimate in QuickBooks as the bookkeeper does."""
    customer = stage.books("Customer")[0]["FullName"]
    vendor = stage.books("Vendor")[-1]["Name"]
    sold = stage.books("ItemNonInventory")[0]["FullName"]
    (bought,) = FROM_BOOKS["purchase-orders"]
    invoice, estimate = FROM_BOOKS["sales-orders"]
    line: dict[str, Any] = {"ItemRef": {"FullName": sold}, "Quantity": Decimal(3)}
    stage.in_quickbooks(
        Request(
            "PurchaseOrderAdd",
            {
                "VendorRef": {"FullName": vendor},
                "RefNumber": bought,
                "PurchaseOrderLineAdd": [{**line, "Rate": Decimal("4.20")}],
            },
            "p",
        ),
        Request(
            "InvoiceAdd",
            {
                "CustomerRef": {"FullName": customer},
                "RefNumber": invoice,
                "InvoiceLineAdd": [{**line, "Rate": Decimal("12.34")}],
            },
            "i",
        ),
        Request(
            "EstimateAdd",
            {
                "CustomerRef": {"FullName": customer},
                "RefNumber": estimate,
                "EstimateLineAdd": [{**line, "Rate": Decimal("11.10")}],
            },
            "e",
        ),
    )


def retrieve(stage: Stage, link: str) -> None:
    """Ask for what was entered in the books."""
    for kind in _KINDS:
        stage.command("retrieve", link, kind, "--since", "2020-01-01")
