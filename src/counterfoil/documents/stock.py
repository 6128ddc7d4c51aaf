"""What physically moves: goods received, goods shipped, goods counted."""

from __future__ import annotations

from datetime import date, datetime

import msgspec

from ._base import Document, Reference
from ._money import Money, Quantity

__all__ = ["CountLine", "MovementLine", "Receipt", "Shipment", "StockCount"]


class MovementLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One item that moved.

    Attributes:
        order_line_id: The order's line it fulfils, ``None`` when the source does not say.
        ordered: Quantity on that line of the order.
        moved: Quantity that actually came or went.
        unit_value: Price (shipments) or cost (receipts) per unit, tax excluded.
        lot: Lot or serial number, ``None`` where not tracked.
        site: Where it was put, where the source tells it.
    """

    item: Reference
    moved: Quantity
    ordered: Quantity | None = None
    order_line_id: str | None = None
    unit_value: Money | None = None
    description: str | None = None
    notes: str | None = None
    lot: str | None = None
    site: Reference | None = None


class Receipt(Document, frozen=True, kw_only=True):
    """Goods that arrived against a purchase order (``order_id`` in the same system).

    Attributes:
        received_on: The company's calendar day.
        received_at: The moment at which it was entered, where the source tells one.
        vendor_invoice_number: Of the vendor's paper, once it is known.
    """

    order_id: str
    order_number: str | None = None
    vendor: Reference | None = None
    received_on: date | None = None
    due_on: date | None = None
    currency: str | None = None
    lines: tuple[MovementLine, ...] = ()
    received_at: datetime | None = None
    vendor_invoice_number: str | None = None


class Shipment(Document, frozen=True, kw_only=True):
    """Goods that left against a sales order; ``shipped_on`` is ``None`` while planned."""

    order_id: str
    order_number: str | None = None
    customer: Reference | None = None
    sales_channel: str | None = None
    shipped_on: date | None = None
    due_on: date | None = None
    tracking_number: str | None = None
    currency: str | None = None
    lines: tuple[MovementLine, ...] = ()


class CountLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The stock of one item: an absolute figure, not a difference.

    Attributes:
        counted: How many there are; ``None`` where a document that was read does not tell it:
            QuickBooks keeps the difference only.
        change: By how much the count changed the stock, as the books say; ``None``: not told.
        site: The inventory site where it was counted; all lines of a document have the same.
    """

    item: Reference
    counted: Quantity | None = None
    id: str = ""
    change: Quantity | None = None
    unit_value: Money | None = None
    site: Reference | None = None


class StockCount(Document, frozen=True, kw_only=True):
    """What was counted on one day; ``account`` takes the difference (STOCK-1).

    ``may_set_items``: where the books take no adjustment, the quantities may be set on the items
    themselves (QuickBooks Online: QtyOnHand).  ``site`` is the inventory site of all its lines,
    where the books keep stock at several.
    """

    counted_on: date | None = None
    account: Reference | None = None
    memo: str | None = None
    lines: tuple[CountLine, ...] = ()
    may_set_items: bool = False
    site: Reference | None = None
