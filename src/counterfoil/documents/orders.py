"""Orders: what is promised to a customer, and what is asked of a vendor."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

from ._base import Address, CustomField, Document, Reference
from ._money import Money, Quantity

__all__ = [
    "ERROR_MARK",
    "EXTERNAL_NUMBER",
    "OrderLine",
    "PurchaseLine",
    "PurchaseOrder",
    "SalesOrder",
    "Transmission",
]

EXTERNAL_NUMBER: Final = "External P.O. Number"
ERROR_MARK: Final = "ERROR"
"""What stands in place of a number where an order could not be transferred (OP3)."""
"""The name under which an order's external number is read and written like a custom field."""


class OrderLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One line of an order, estimate or invoice.

    Attributes:
        id: Identity within the document in its own system; empty when not yet there.
        item: What is ordered; ``None`` on a line that is text only.
        description: ``None``: the receiving system uses the item's own text.
        quantity: As ordered, whatever has been shipped since (FLOW-11), in the line's unit;
            ``None`` only on text lines.
        unit_set: The set its unit belongs to, where the line names one of its own.
        unit_price: Tax excluded, per unit of the line; ``None``: the item's price applies.
        amount: What the line comes to where the source says so; ``None``: quantity
            times price.
        notes: The source's own remark on this line (DOC-2).
        delivered: Of this line already invoiced or shipped in its own system, in the same
            unit; progress, not part of what is transferred; ``None``: not told.
        is_closed: Closed by hand in its own system: no more of it will be delivered;
            progress like ``delivered``.
        position: Its place among the lines of the document it was made from, counted from
            1, by which people know it; ``None``: its place in its own document.
        tax_code: Sales tax code of the line, where the edition of the books asks for one.
    """

    id: str = ""
    item: Reference | None = None
    description: str | None = None
    quantity: Quantity | None = None
    unit_price: Money | None = None
    amount: Money | None = None
    accounting_class: Reference | None = None
    unit_set: Reference | None = None
    notes: str | None = None
    custom_fields: tuple[CustomField, ...] = ()
    delivered: Quantity | None = None
    is_closed: bool = False
    position: int | None = None
    tax_code: Reference | None = None


class SalesOrder(Document, frozen=True, kw_only=True):
    """A customer's order.

    Attributes:
        customer: ``None`` when the source leaves it open; the books then refuse it.
        sales_channel: The marketplace it came from (DOC-4); ``None``: direct.
        created_on: Day it was entered, in the company's time zone; ``None`` on a
            document that shall be dated by the receiver.
        due_on: Earliest day promised for delivery.
        lines: In document order, all deliveries of the order one after another.
        total: As the books computed it, tax included; ``None`` on the operations side.
        tax: Of that total, as the books computed it; ``None``: not told.
        memo: Remark on the whole order.
        tax_item: The item by which the books figure its sales tax; ``None``: the
            customer's own, or none.
    """

    customer: Reference | None = None
    sales_channel: str | None = None
    created_on: date | None = None
    due_on: date | None = None
    billing_address: Address | None = None
    delivery_address: Address | None = None
    customer_order_number: str | None = None
    memo: str | None = None
    currency: str | None = None
    lines: tuple[OrderLine, ...] = ()
    total: Money | None = None
    tax: Money | None = None
    tax_item: Reference | None = None


class PurchaseLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One line of a purchase order; ``unit_cost`` is tax excluded, per unit.

    ``customer`` is whom the line is bought for, ``None`` for stock.  ``manufacturer_number`` is
    the number under which the item's maker knows it.  ``delivered``, ``is_closed``, ``unit_set``,
    ``position`` and ``tax_code`` are as in ``OrderLine``.  ``site`` is where it is to be received,
    where the source tells it.
    """

    id: str = ""
    item: Reference | None = None
    description: str | None = None
    quantity: Quantity | None = None
    unit_cost: Money | None = None
    amount: Money | None = None
    customer: Reference | None = None
    accounting_class: Reference | None = None
    notes: str | None = None
    delivered: Quantity | None = None
    is_closed: bool = False
    unit_set: Reference | None = None
    position: int | None = None
    tax_code: Reference | None = None
    manufacturer_number: str | None = None
    site: Reference | None = None


class Transmission(StrEnum):
    """How a paper is to reach its receiver."""

    PRINT = "print"
    EMAIL = "email"


class PurchaseOrder(Document, frozen=True, kw_only=True):
    """An order to a vendor.

    Attributes:
        due_on: Earliest day its goods are expected.
        external_number: The number it bears in another system (Autotask: External P.O. number).
            We write it there ourselves, so it is kept beside the order and is no part of its
            fingerprint; a source that changes it has to show another ``revision``.
        purchased_for: The customer for whom all of it is bought, and to whom it goes; ``None``:
            for the company's own stock.
        ship_via: How the goods travel, as the source calls it.
        freight: What the vendor charges for carriage, beside the lines.
        transmission: ``None``: nobody said.
        exchange_rate: What one of ``currency`` is worth in the books' home currency; ``None``:
            the books have their own rate, or but one currency.
        payables_account: The account on which its bills will be owed, where the books ask for it.
        terms, location: Until when it is to be paid, and for which part of the company it is.
        site: The inventory site at which all of it is received, where the books keep sites.
    """

    vendor: Reference | None = None
    created_on: date | None = None
    due_on: date | None = None
    delivery_address: Address | None = None
    memo: str | None = None
    message_to_vendor: str | None = None
    currency: str | None = None
    lines: tuple[PurchaseLine, ...] = ()
    total: Money | None = None
    external_number: str | None = None
    purchased_for: Reference | None = None
    ship_via: str | None = None
    freight: Money | None = None
    transmission: Transmission | None = None
    exchange_rate: Money | None = None
    payables_account: Reference | None = None
    terms: Reference | None = None
    location: Reference | None = None
    site: Reference | None = None

    def custom_field(self, name: str) -> str | None:
        """Give the value of the field with exactly this name, ``None`` when absent."""
        if name == EXTERNAL_NUMBER:
            return self.external_number
        return super().custom_field(name)
