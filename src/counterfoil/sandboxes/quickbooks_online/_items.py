"""Products, services and categories: what kind each is, and the accounts it is booked to."""

from __future__ import annotations

from ._accounts import is_of_kind
from ._desk import Desk
from ._errors import ApiError, missing, rule_broken
from ._plans import demand
from ._wire import Row

__all__ = ["complete_item"]

_ACCOUNTS = {
    "Inventory": {
        "IncomeAccountRef": ("Income",),
        "ExpenseAccountRef": ("Cost of Goods Sold",),
        "AssetAccountRef": ("Other Current Asset",),
    },
}
"""Type -> property -> the types of account it takes; of other items no account is wrong."""


def complete_item(desk: Desk, row: Row, stored: Row | None) -> None:
    """Check and complete an item.

    Raises:
        ApiError: 2020, 5020, 6000, 6430 or 6520.
    """
    row.setdefault("Type", _kind(row))
    if stored is not None and stored["Type"] == "Inventory" != row["Type"]:
        raise rule_broken("The type of an inventory item cannot be changed.")
    if row["Type"] == "Category":
        return
    if row["Type"] == "Inventory":
        _complete_stock(desk, row, stored)
    else:
        for name in ("QtyOnHand", "InvStartDate", "AssetAccountRef"):
            row.pop(name, None)
        row["TrackQtyOnHand"] = False
    if not {"IncomeAccountRef", "ExpenseAccountRef"} & row.keys():
        raise missing("ExpenseAccountRef or IncomeAccountRef")
    _check_accounts(desk, row)
    for name in ("UnitPrice", "PurchaseCost"):
        row.setdefault(name, 0)
    row.setdefault("Taxable", False)


def _kind(row: Row) -> str:
    if row.get("TrackQtyOnHand"):
        return "Inventory"
    return "Service" if "IncomeAccountRef" in row else "NonInventory"


def _complete_stock(desk: Desk, row: Row, stored: Row | None) -> None:
    demand(desk, "Inventory")
    if not desk.settings.quantity_on_hand:
        raise rule_broken("Quantity on hand must be turned on to use inventory items.")
    row["TrackQtyOnHand"] = True
    if "QtyOnHand" not in row:
        raise ApiError(6520, "QtyOnHand is required for an inventory item", "QtyOnHand")
    if "InvStartDate" not in row:
        raise missing("InvStartDate")
    if stored is not None:
        # The date is that of the adjustment; the start stays.
        row["InvStartDate"] = stored["InvStartDate"]
        if not row.get("Active", True):
            row["QtyOnHand"] = 0


def _check_accounts(desk: Desk, row: Row) -> None:
    for name, kinds in _ACCOUNTS.get(row["Type"], {}).items():
        if name not in row:
            raise missing(name)
        if not is_of_kind(desk, row[name]["value"], *kinds):
            raise ApiError(6430, f"Invalid account type: {name} has to be {kinds[0]}", name)
