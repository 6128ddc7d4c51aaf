"""Which of their resources hold which of our kinds, and what a connection says of its company."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final, Literal

from counterfoil.documents import DocumentKind, PurchaseOrder, RecordKind, SalesOrder

from ._fields import FieldMap
from ._movements import parse_receipts, parse_shipments
from ._wire import (
    PURCHASES,
    SALES,
    Side,
    parse_client,
    parse_product,
    parse_purchase_order,
    parse_sales_order,
    parse_supplier,
    render_client,
    render_product,
    render_purchase_order,
    render_sales_order,
    render_supplier,
)

__all__ = [
    "DERIVED",
    "ORDERS",
    "PRODUCTION_ORDERS",
    "RECORDS",
    "Company",
    "Derived",
    "Listed",
    "Order",
    "Resource",
    "path_of",
]

Order = SalesOrder | PurchaseOrder
Parse = Callable[..., Any]
Render = Callable[[Any, tzinfo, FieldMap], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Company:
    """What the service cannot tell about itself, so the connection keeps it.

    Attributes:
        zone: The company's time zone as set in Fusion Operations; all days are days there.
        country: Two letters; outward flows work in the United States only (FLOW-9).
        shipments_from, receipts_from: Where they are found (3.7): in the orders (ways A and
            B), or among the stock movements (way D).
        hours_from: Production records, or the report of labour time (4.3).
        stock_from: The stock of each product, a call for each; or the sums of all movements,
            for companies with very many products.
        changes_orders: The service takes changes to orders that are there; ``False``: they
            are refused before anything is sent, and what differs is named.
    """

    zone: tzinfo
    country: str = "US"
    shipments_from: Literal["orders", "movements"] = "orders"
    receipts_from: Literal["orders", "movements"] = "orders"
    hours_from: Literal["productions", "report"] = "productions"
    stock_from: Literal["inventory", "movements"] = "inventory"
    changes_orders: bool = True

    def reads_movements(self, kind: DocumentKind) -> bool:
        """Whether documents of a kind are found among the stock movements."""
        found = {
            DocumentKind.SHIPMENT: self.shipments_from,
            DocumentKind.RECEIPT: self.receipts_from,
        }
        return found.get(kind) == "movements"


@dataclass(frozen=True)
class Listed:
    """A list of theirs; ``group`` is its group in the field map."""

    path: str
    group: str


@dataclass(frozen=True)
class Resource(Listed):
    """How one kind is read and written."""

    parse: Parse
    render: Render


PRODUCTION_ORDERS: Final = Listed("production-orders", "production-order")

RECORDS: Mapping[RecordKind, Resource] = {
    RecordKind.CUSTOMER: Resource("clients", "client", parse_client, render_client),
    RecordKind.ITEM: Resource("products", "product", parse_product, render_product),
    RecordKind.VENDOR: Resource("suppliers", "supplier", parse_supplier, render_supplier),
}

ORDERS: Mapping[DocumentKind, Resource] = {
    DocumentKind.SALES_ORDER: Resource(
        "sales-orders", "sales-order", parse_sales_order, render_sales_order
    ),
    DocumentKind.PURCHASE_ORDER: Resource(
        "purchase-orders", "purchase-order", parse_purchase_order, render_purchase_order
    ),
}


@dataclass(frozen=True)
class Derived(Listed):
    """Deliveries, read out of orders, several from one; ``side``: of which orders."""

    parse: Parse
    side: Side


DERIVED: Mapping[DocumentKind, Derived] = {
    DocumentKind.RECEIPT: Derived("purchase-orders", "purchase-order", parse_receipts, PURCHASES),
    DocumentKind.SHIPMENT: Derived("sales-orders", "sales-order", parse_shipments, SALES),
}


def path_of(kind: DocumentKind) -> str:
    """Give the resource that tells of a kind of documents."""
    if kind is DocumentKind.WORK_ENTRY:
        return "productions"
    return ORDERS[kind].path if kind in ORDERS else DERIVED[kind].path
