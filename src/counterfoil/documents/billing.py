"""Papers that claim, promise or confirm money: estimates, invoices, sales receipts, bills.

Their ``exchange_rate`` is as in ``PurchaseOrder``.
"""

from __future__ import annotations

from datetime import date

import msgspec

from ._base import Address, CustomField, Document, Reference
from ._money import Money, Quantity
from .orders import OrderLine

__all__ = [
    "Bill",
    "BillLine",
    "Estimate",
    "ExpenseLine",
    "Invoice",
    "InvoiceLine",
    "ItemReceipt",
    "OrderLink",
    "SalesReceipt",
]


class OrderLink(msgspec.Struct, frozen=True, omit_defaults=True):
    """The order, or the one line of it, that a bill or invoice line fulfils.

    ``line_id`` ``None`` means all open lines of the order.
    """

    order_id: str
    line_id: str | None = None


class Estimate(Document, frozen=True, kw_only=True):
    """A quotation; where the books know no sales order it stands for one."""

    customer: Reference | None = None
    created_on: date | None = None
    due_on: date | None = None
    billing_address: Address | None = None
    delivery_address: Address | None = None
    memo: str | None = None
    currency: str | None = None
    lines: tuple[OrderLine, ...] = ()
    total: Money | None = None
    tax: Money | None = None
    exchange_rate: Money | None = None
    terms: Reference | None = None
    location: Reference | None = None


class SalesReceipt(Document, frozen=True, kw_only=True):
    """What a customer bought and paid at once; the books count the money as received."""

    customer: Reference | None = None
    created_on: date | None = None
    shipped_on: date | None = None
    billing_address: Address | None = None
    delivery_address: Address | None = None
    memo: str | None = None
    currency: str | None = None
    lines: tuple[OrderLine, ...] = ()
    total: Money | None = None
    tax: Money | None = None
    exchange_rate: Money | None = None
    location: Reference | None = None


class InvoiceLine(OrderLine, frozen=True, kw_only=True):
    """A line of an invoice; ``link`` names the order line it fulfils, if any."""

    link: OrderLink | None = None


class Invoice(Document, frozen=True, kw_only=True):
    """What a customer owes; ``link`` takes over a whole order (FLOW-11)."""

    customer: Reference | None = None
    created_on: date | None = None
    due_on: date | None = None
    shipped_on: date | None = None
    billing_address: Address | None = None
    delivery_address: Address | None = None
    memo: str | None = None
    currency: str | None = None
    link: OrderLink | None = None
    lines: tuple[InvoiceLine, ...] = ()
    total: Money | None = None
    tax: Money | None = None
    tax_item: Reference | None = None
    tracking_number: str | None = None
    exchange_rate: Money | None = None
    terms: Reference | None = None
    location: Reference | None = None


class BillLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An item line of a vendor's bill or item receipt; ``unit_cost`` is tax excluded.

    ``custom_fields`` are those that the item owns; the bill has none of its own.  ``site`` is the
    inventory site that it is received at; ``None``: the order's, or the default one.
    """

    id: str = ""
    item: Reference | None = None
    description: str | None = None
    quantity: Quantity | None = None
    unit_cost: Money | None = None
    amount: Money | None = None
    customer: Reference | None = None
    accounting_class: Reference | None = None
    link: OrderLink | None = None
    tax_code: Reference | None = None
    custom_fields: tuple[CustomField, ...] = ()
    site: Reference | None = None


class ExpenseLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of a bill that names an account instead of an item."""

    account: Reference
    amount: Money
    id: str = ""
    memo: str | None = None
    customer: Reference | None = None
    accounting_class: Reference | None = None


class _OwedToVendor(Document, frozen=True, kw_only=True):
    """What bills and item receipts have in common.

    ``payables_account`` is the account on which it is owed; ``None``: the books' own.
    """

    vendor: Reference | None = None
    created_on: date | None = None
    memo: str | None = None
    currency: str | None = None
    link: OrderLink | None = None
    lines: tuple[BillLine, ...] = ()
    expenses: tuple[ExpenseLine, ...] = ()
    total: Money | None = None
    exchange_rate: Money | None = None
    payables_account: Reference | None = None
    terms: Reference | None = None
    location: Reference | None = None


class Bill(_OwedToVendor, frozen=True, kw_only=True):
    """What is owed to a vendor, by the vendor's paper."""

    due_on: date | None = None


class ItemReceipt(_OwedToVendor, frozen=True, kw_only=True):
    """Goods that came while the vendor's paper has not; the books owe for them already."""
