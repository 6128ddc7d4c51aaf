"""What a purchase order says beside what is ordered, as far as the books can hold it (P21-P32).

What does not fit is left out and told, never cut: no order stops over its message to the vendor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from counterfoil.documents import Money, PurchaseLine, PurchaseOrder
from counterfoil.settings import PurchaseOrderOut as Rules

from ._named import Named
from ._parties import bought_for
from ._plain import plain
from ._translator import Context

__all__ = ["Details", "details_of", "part_number_of"]

# QuickBooks' own limits: VendorMsg, ManufacturerPartNumber.
_MESSAGE_LENGTH_MAX: Final = 99
_PART_NUMBER_LENGTH_MAX: Final = 31


class Details(msgspec.Struct, frozen=True, kw_only=True):
    """The further fields of an order.

    Attributes:
        head: Field of the order -> value.
        customers: For each line the customer it is for, ``None``: nobody.
        names: Of everybody it is for.
        left_out: Sentences about what stays.
    """

    head: Mapping[str, Any] = {}
    customers: tuple[Named | None, ...]
    names: tuple[Named, ...] = ()
    left_out: tuple[str, ...] = ()


def details_of(order: PurchaseOrder, rules: Rules, context: Context) -> Details:
    """Give the further fields of an order, where they are carried."""
    nobody = (None,) * len(order.lines)
    if not rules.carry_details:
        return Details(customers=nobody)
    whose = bought_for(order.purchased_for, rules, context)
    everywhere = whose if rules.customer_on_lines else None
    customers = tuple(
        bought_for(line.customer, rules, context) or everywhere for line in order.lines
    )
    message, left_out = _message(order, context)
    freight, stays = _freight(order, context)
    return Details(
        head={
            "purchased_for": whose.reference if whose else None,
            "delivery_address": order.delivery_address,
            "message_to_vendor": message,
            "ship_via": order.ship_via,
            "freight": freight,
            "transmission": order.transmission,
        },
        customers=customers,
        names=tuple(_told((whose, *customers))),
        left_out=(*left_out, *stays),
    )


def _told(names: Iterable[Named | None]) -> Iterable[Named]:
    return (each for each in names if each is not None)


def _message(order: PurchaseOrder, context: Context) -> tuple[str | None, tuple[str, ...]]:
    """Give the message to the vendor, or say that it is too long."""
    message = order.message_to_vendor or order.memo
    limit = context.field_length_max.get("message_to_vendor", _MESSAGE_LENGTH_MAX)
    if message is None or len(message) <= limit:
        return message, ()
    too_long = (
        f"The message to the vendor stays: it has {len(message)} characters, and {context.target} "
        f"keeps {limit}."
    )
    return None, (too_long,)


def _freight(order: PurchaseOrder, context: Context) -> tuple[Money | None, tuple[str, ...]]:
    """Give the freight, or say that the target has no place for it."""
    freight = order.freight
    is_kept = context.field_length_max.get("freight") != 0
    if freight is None or is_kept or not freight.amount:
        return freight, ()
    return None, (
        f"The freight of {plain(freight.amount):f} stays: {context.target} has no place for it.",
    )


def part_number_of(line: PurchaseLine, rules: Rules, context: Context) -> str | None:
    """P31: the number under which the maker knows the product, where it fits."""
    if not rules.carry_details:
        return None
    product = context.item(line.item.name) if line.item else None
    number = line.manufacturer_number or (product.manufacturer_number if product else None)
    limit = context.field_length_max.get("manufacturer_number", _PART_NUMBER_LENGTH_MAX)
    return number if number and len(number) <= limit else None
