"""What a flow writes of a target's document, in one spelling.

A target's document is read again and again, and much about it moves that is not ours:
payments, links, defaults, revisions.  Reduced to the fields that the flow writes, two
readings have the same fingerprint exactly when nobody changed one of those fields.
"""

from __future__ import annotations

from counterfoil.documents import (
    Bill,
    BillLine,
    InvoiceLine,
    ItemReceipt,
    Money,
    OrderLine,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    Reference,
    name_key,
)

from ._plain import plain, plain_text

__all__ = [
    "carried_bill",
    "carried_cost_line",
    "carried_details",
    "carried_invoice_line",
    "carried_line",
    "carried_purchase_line",
    "carried_reference",
]


def carried_reference(reference: Reference | None) -> Reference | None:
    """Give a reference by its identity where that is known, else by its compared name."""
    if reference is None:
        return None
    if reference.id is not None:
        return Reference("", reference.id)
    return Reference(name_key(reference.name))


def carried_line(line: OrderLine, *, describes: bool) -> OrderLine:
    """Give what is written of a line: item, quantity, price, and its text where we write one.

    The currency is the document's and the customer's, never changed on a line alone.
    """
    return OrderLine(
        item=carried_reference(line.item),
        description=plain_text(line.description) if describes else None,
        quantity=_carried_quantity(line.quantity),
        unit_price=_carried_price(line.unit_price),
    )


def carried_invoice_line(line: InvoiceLine) -> InvoiceLine:
    """Give what is written of a line of an invoice."""
    return InvoiceLine(
        item=carried_reference(line.item),
        description=plain_text(line.description),
        quantity=_carried_quantity(line.quantity),
        unit_price=_carried_price(line.unit_price),
    )


def carried_purchase_line(line: PurchaseLine, *, describes: bool = True) -> PurchaseLine:
    """Give what is written of a line of a purchase order, and its text where we write one."""
    return PurchaseLine(
        item=carried_reference(line.item),
        description=plain_text(line.description) if describes else None,
        quantity=_carried_quantity(line.quantity),
        unit_cost=_carried_price(line.unit_cost),
    )


def carried_cost_line(line: BillLine) -> BillLine:
    """Give what is written of a line of a bill or an item receipt."""
    return BillLine(
        item=carried_reference(line.item),
        description=plain_text(line.description),
        quantity=_carried_quantity(line.quantity),
        unit_cost=_carried_price(line.unit_cost),
    )


def carried_details(order: PurchaseOrder) -> PurchaseOrder:
    """Give what is written of a purchase order's further fields (P21, P22, P28 to P30).

    Whether it is to be printed or mailed is not: that changes by printing it.
    """
    return PurchaseOrder(
        id="",
        delivery_address=order.delivery_address,
        purchased_for=carried_reference(order.purchased_for),
        message_to_vendor=plain_text(order.message_to_vendor),
        ship_via=plain_text(order.ship_via),
        freight=_carried_price(order.freight),
        site=carried_reference(order.site),
    )


def carried_bill(document: Bill | ItemReceipt) -> Bill | ItemReceipt:
    """Give what is written of a bill or an item receipt: number, vendor, day, memo and lines."""
    return type(document)(
        id="",
        number=plain_text(document.number),
        vendor=carried_reference(document.vendor),
        created_on=document.created_on,
        memo=plain_text(document.memo),
        lines=tuple(carried_cost_line(line) for line in document.lines),
    )


def _carried_quantity(quantity: Quantity | None) -> Quantity | None:
    return quantity and Quantity(plain(quantity.value), plain_text(quantity.unit))


def _carried_price(price: Money | None) -> Money | None:
    """Give a price without its currency: that is the document's."""
    return price and Money(plain(price.amount))
