"""What a purchase order says beside what is ordered, as far as the books can hold it (P21-P32).

What does not fit is left out and told, never cut: no order stops over its message to the vendor.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from counterfoil.documents import PurchaseLine, PurchaseOrder
from counterfoil.settings import PurchaseOrderOut as Rules

from ._named import Named
from ._parties import bought_for
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
    customers = tuple(bought_for(line.customer, rules, context) for line in order.lines)
    message = order.message_to_vendor or order.memo
    fits = message is None or len(message) <= _MESSAGE_LENGTH_MAX
    return Details(
        head={
            "purchased_for": whose.reference if whose else None,
            "delivery_address": order.delivery_address,
            "message_to_vendor": message if fits else None,
            "ship_via": order.ship_via,
            "freight": order.freight,
            "transmission": order.transmission,
        },
        customers=customers,
        names=tuple(_told((whose, *customers))),
        left_out=() if fits or message is None else (_too_long(message, context),),
    )


def _told(names: Iterable[Named | None]) -> Iterable[Named]:
    return (each for each in names if each is not None)


def _too_long(message: str, context: Context) -> str:
    return (
        f"The message to the vendor stays: it has {len(message)} characters, and {context.target} "
        f"keeps {_MESSAGE_LENGTH_MAX}."
    )


def part_number_of(line: PurchaseLine, rules: Rules, context: Context) -> str | None:
    """P31: the number under which the maker knows the product, where it fits."""
    if not rules.carry_details:
        return None
    product = context.item(line.item.name) if line.item else None
    number = line.manufacturer_number or (product.manufacturer_number if product else None)
    return number if number and len(number) <= _PART_NUMBER_LENGTH_MAX else None
