"""What may be changed of an order that is in the target already."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from counterfoil.documents import (
    OrderLine,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    Reference,
    Refusal,
    SalesOrder,
    document_kind,
    name_key,
    refuse,
)

from ._plain import plain

__all__ = ["may_change_order"]

_Order = SalesOrder | PurchaseOrder

_NONE = Quantity(Decimal(0))


def may_change_order(current: _Order, order: _Order) -> Refusal | None:
    """Refuse what would leave less of a line than was invoiced or shipped of it.

    A delivered line may get another price, another text or a larger quantity; it may
    not be taken off, become another item, or fall below what was delivered.  Where the
    target does not tell what was delivered, the target itself has the last word.

    Args:
        current: As the target has it now.
        order: As it shall be; lines that are there already bear their identity there.
    """
    shall_be = {line.id: (place, line) for place, line in enumerate(_lines(order)) if line.id}
    for position, line in enumerate(_lines(current)):
        delivered = line.delivered
        if delivered is None or delivered.value <= 0:
            continue
        found = shall_be.get(line.id)
        if found is None:
            return _refused(current, position, "lines", "it would be taken off")
        where, changed = found
        if not _same_item(line.item, changed.item):
            name = changed.item.name if changed.item else "a text"
            problem = f"“{name}” would stand in its place"
            return _refused(current, position, f"lines[{where}].item", problem)
        left = changed.quantity or _NONE
        # Two units cannot be compared here; what cannot be told is not allowed.
        if left.value < delivered.value or not _same_unit(left, delivered):
            problem = f"{_words(left)} would remain ordered"
            return _refused(current, position, f"lines[{where}].quantity", problem)
    return None


def _refused(current: _Order, position: int, where: str, problem: str) -> Refusal:
    line = _lines(current)[position]
    assert line.delivered is not None
    done = "received or billed" if isinstance(current, PurchaseOrder) else "invoiced or shipped"
    return refuse(
        "below-delivered",
        where=where,
        value=line.item.name if line.item else line.description or "",
        document=document_kind(current).words,
        field=f"Line {position + 1}",
        problem=f"{problem}, and {_words(line.delivered)} of it are {done} already",
    )


def _lines(order: _Order) -> Sequence[OrderLine | PurchaseLine]:
    return order.lines


def _same_item(one: Reference | None, other: Reference | None) -> bool:
    if one is None or other is None:
        return one is other
    if one.id is not None and other.id is not None:
        return one.id == other.id
    return name_key(one.name) == name_key(other.name)


def _same_unit(one: Quantity, other: Quantity) -> bool:
    return one.unit is None or other.unit is None or one.unit == other.unit


def _words(quantity: Quantity) -> str:
    number = format(plain(quantity.value), "f")
    return f"{number} {quantity.unit}" if quantity.unit else number
