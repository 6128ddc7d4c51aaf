"""Papers that claim or promise money: estimates, invoices, bills."""

from __future__ import annotations

from datetime import date

import msgspec

from ._base import Address, Document, Reference
from ._money import Money, Quantity
from .orders import OrderLine

__all__ = ["Bill", "BillLine", "Estimate", "ExpenseLine", "Invoice", "InvoiceLine", "OrderLink"]


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


class BillLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An item line of a vendor's bill; ``unit_cost`` is tax excluded."""

    id: str = ""
    item: Reference | None = None
    description: str | None = None
    quantity: Quantity | None = None
    unit_cost: Money | None = None
    amount: Money | None = None
    customer: Reference | None = None
    accounting_class: Reference | None = None
    link: OrderLink | None = None


class ExpenseLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of a bill that names an account instead of an item."""

    account: Reference
    amount: Money
    id: str = ""
    memo: str | None = None
    customer: Reference | None = None
    accounting_class: Reference | None = None


class Bill(Document, frozen=True, kw_only=True):
    """What is owed to a vendor.

    ``is_item_receipt``: the goods came, the vendor's paper has not; the books keep it
    as an item receipt until it does.
    """

    vendor: Reference | None = None
    created_on: date | None = None
    due_on: date | None = None
    memo: str | None = None
    currency: str | None = None
    link: OrderLink | None = None
    is_item_receipt: bool = False
    lines: tuple[BillLine, ...] = ()
    expenses: tuple[ExpenseLine, ...] = ()
    total: Money | None = None
