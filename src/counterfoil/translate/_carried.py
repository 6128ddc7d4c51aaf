"""What a flow writes of a target's document, in one spelling.

A target's document is read again and again, and much about it moves that is not ours:
payments, links, defaults, revisions.  Reduced to the fields that the flow writes, two
readings have the same fingerprint exactly when nobody changed one of those fields.
"""

from __future__ import annotations

from counterfoil.documents import (
    Money,
    OrderLine,
    Quantity,
    Reference,
    name_key,
)

from ._plain import plain, plain_text

__all__ = ["carried_line", "carried_reference"]


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
    quantity, price = line.quantity, line.unit_price
    return OrderLine(
        item=carried_reference(line.item),
        description=plain_text(line.description) if describes else None,
        quantity=quantity and Quantity(plain(quantity.value), plain_text(quantity.unit)),
        unit_price=price and Money(plain(price.amount)),
    )
