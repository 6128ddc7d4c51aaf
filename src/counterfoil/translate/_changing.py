"""What may be changed of an order that is in the target already."""

from __future__ import annotations

from decimal import Decimal

from counterfoil.documents import (
    OrderLine,
    Quantity,
    Reference,
    Refusal,
    SalesOrder,
    name_key,
    refuse,
)

from ._plain import plain

__all__ = ["may_change_order"]

_NONE = Quantity(Decimal(0))


def may_change_order(current: SalesOrder, order: SalesOrder) -> Refusal | None:
    """Refuse what would leave less of a line than was invoiced or shipped of it.

    A delivered line may get another price, another text or a larger quantity; it may
    not be taken off, become another item, or fall below what was delivered.  Where the
    target does not tell what was delivered, the target itself has the last word.

    Args:
        current: As the target has it now.
        order: As it shall be; lines that are there already bear their identity there.
    """
    shall_be = {line.id: (position, line) for position, line in enumerate(order.lines) if line.id}
    for position, line in enumerate(current.lines):
        delivered = line.delivered
        if delivered is None or delivered.value <= 0:
            continue
        found = shall_be.get(line.id)
        if found is None:
            return _refused(line, position, "lines", delivered, "it would be taken off")
        where, changed = found
        if not _same_item(line.item, changed.item):
            name = changed.item.name if changed.item else "a text"
            problem = f"“{name}” would stand in its place"
            return _refused(line, position, f"lines[{where}].item", delivered, problem)
        left = changed.quantity or _NONE
        # Two units cannot be compared here; what cannot be told is not allowed.
        if left.value < delivered.value or not _same_unit(left, delivered):
            problem = f"{_words(left)} would remain ordered"
            return _refused(line, position, f"lines[{where}].quantity", delivered, problem)
    return None


def _refused(
    line: OrderLine, position: int, where: str, delivered: Quantity, problem: str
) -> Refusal:
    name = line.item.name if line.item else line.description or ""
    return refuse(
        "below-delivered",
        where=where,
        value=name,
        document="sales order",
        field=f"Line {position + 1}",
        problem=f"{problem}, and {_words(delivered)} of it are invoiced or shipped already",
    )


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
