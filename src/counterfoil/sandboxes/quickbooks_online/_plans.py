"""What a plan has and what the person who connected may do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ._desk import Desk
from ._errors import ApiError, wrong_environment

__all__ = ["demand", "demand_interface", "demand_right"]

_PREMIUM = "InventoryAdjustment"
_PLANS = (
    "QuickBooks Online Simple Start",
    "QuickBooks Online Essentials",
    "QuickBooks Online Plus",
    "QuickBooks Online Advanced",
)
_NEEDED: Final[Mapping[str, str]] = {
    "Bill": _PLANS[1],
    "BillPayment": _PLANS[1],
    "TimeActivity": _PLANS[1],
    "PurchaseOrder": _PLANS[2],
    "Inventory": _PLANS[2],
    "InventoryAdjustment": _PLANS[2],
    "Class": _PLANS[2],
    "Department": _PLANS[2],
}
"""Entity or feature -> the smallest plan that has it; what is not here every plan has."""


def demand(desk: Desk, feature: str) -> None:
    """Refuse what the company's plan does not have.

    Raises:
        ApiError: 5020.
    """
    needed = _NEEDED.get(feature, _PLANS[0])
    is_off = feature == "PurchaseOrder" and not desk.settings.purchase_orders
    if is_off or _PLANS.index(desk.settings.plan) < _PLANS.index(needed):
        raise ApiError(
            5020,
            f"Permission Denied Error : {feature} is not supported by the company's subscription",
        )


def demand_interface(desk: Desk, entity: str, *, is_capture: bool = False) -> None:
    """Refuse an app what is open to paid tiers only; people in the product may do it.

    Raises:
        GatewayError: 403.
    """
    closed = {"premium-everywhere"} if is_capture else {"premium", "premium-everywhere"}
    if entity == _PREMIUM and desk.settings.inventory_adjustment in closed:
        raise wrong_environment()


def demand_right(desk: Desk, entity: str) -> None:
    """Refuse a write that the role of the person who connected does not allow.

    Raises:
        ApiError: 5020.
    """
    if {entity, "*"} & set(desk.settings.unwritable):
        raise ApiError(5020, "Permission Denied Error : You do not have the right to do this")
