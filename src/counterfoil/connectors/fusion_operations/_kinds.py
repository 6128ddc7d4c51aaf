"""Which of their resources hold which of our kinds, and what a connection says of its company."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from counterfoil.documents import DocumentKind, PurchaseOrder, RecordKind, SalesOrder

from ._fields import FieldMap
from ._movements import parse_receipts, parse_shipments, parse_work_entries
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

__all__ = ["DERIVED", "ORDERS", "RECORDS", "Company", "Derived", "Order", "Resource", "path_of"]

Order = SalesOrder | PurchaseOrder
Parse = Callable[..., Any]
Render = Callable[[Any, tzinfo, FieldMap], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Company:
    """What the service cannot tell about itself, so the connection keeps it.

    Attributes:
        zone: The company's time zone as set in Fusion Operations; all days are days there.
        country: Two letters; outward flows work in the United States only (FLOW-9).
        shipments_from_movements: Read shipments from stock movements (3.7, way D).
        changes_orders: The service takes changes to orders that are there; ``False``: they
            are refused before anything is sent, and what differs is named.
    """

    zone: tzinfo
    country: str = "US"
    shipments_from_movements: bool = False
    changes_orders: bool = True


@dataclass(frozen=True)
class Resource:
    """How one kind is read and written; ``group`` is its group in the field map."""

    path: str
    group: str
    parse: Parse
    render: Render


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
class Derived:
    """A kind that is read out of another resource, several documents from one element.

    ``side``: of the orders it is a delivery of; ``None``: it is no delivery.
    """

    path: str
    group: str
    parse: Parse
    side: Side | None = None


# Kinds that are read out of another resource, several documents from one element.
DERIVED: Mapping[DocumentKind, Derived] = {
    DocumentKind.RECEIPT: Derived("purchase-orders", "purchase-order", parse_receipts, PURCHASES),
    DocumentKind.SHIPMENT: Derived("sales-orders", "sales-order", parse_shipments, SALES),
    DocumentKind.WORK_ENTRY: Derived("productions", "production", parse_work_entries),
}


def path_of(kind: DocumentKind) -> str:
    """Give the resource that tells of a kind of documents."""
    return ORDERS[kind].path if kind in ORDERS else DERIVED[kind].path
