"""Items, and the units they are counted in (reference sections 4.12 and 4.13)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from counterfoil.connectors.quickbooks_desktop.qbxml import Fields, Record, UnreadableValue
from counterfoil.documents import Item, ItemType, Quantity, Unit, UnitSet

from ._parts import (
    fitting,
    money_in,
    name_in,
    present,
    read_list_head,
    reference_in,
    write_amount,
    write_named,
    write_parent,
)

__all__ = ["CREATED_ITEMS", "ITEM_TYPES", "read_item", "read_unit_set", "write_item"]

ITEM_TYPES: Final[Mapping[str, ItemType]] = {
    "ItemServiceRet": ItemType.SERVICE,
    "ItemNonInventoryRet": ItemType.NON_INVENTORY,
    "ItemInventoryRet": ItemType.INVENTORY,
    "ItemInventoryAssemblyRet": ItemType.ASSEMBLY,
    "ItemOtherChargeRet": ItemType.OTHER_CHARGE,
    "ItemGroupRet": ItemType.GROUP,
    "ItemSubtotalRet": ItemType.SUBTOTAL,
    "ItemDiscountRet": ItemType.DISCOUNT,
    "ItemPaymentRet": ItemType.PAYMENT,
    "ItemSalesTaxRet": ItemType.SALES_TAX,
    "ItemSalesTaxGroupRet": ItemType.SALES_TAX_GROUP,
    "ItemFixedAssetRet": ItemType.FIXED_ASSET,
}

# The types of items that we create, with their requests.
CREATED_ITEMS: Final[Mapping[ItemType | None, str]] = {
    ItemType.INVENTORY: "ItemInventoryAdd",
    ItemType.NON_INVENTORY: "ItemNonInventoryAdd",
    ItemType.SERVICE: "ItemServiceAdd",
    ItemType.OTHER_CHARGE: "ItemOtherChargeAdd",
}


def read_item(record: Record) -> Item:
    """Read an item: its prices stand in one of three places."""
    sale = record.child("SalesOrPurchase")
    sides = record.child("SalesAndPurchase") or record
    on_hand = record.decimal("QuantityOnHand")
    if sale is not None:
        description, price = sale.text("Desc"), sale.value("Price", money_in)
        income = sale.value("AccountRef", name_in)
    else:
        description, price = sides.text("SalesDesc"), sides.value("SalesPrice", money_in)
        income = sides.value("IncomeAccountRef", name_in)
    return Item(
        **read_list_head(record),
        type=ITEM_TYPES[record.tag],
        unit_set=record.value("UnitOfMeasureSetRef", reference_in),
        description=description or record.text("ItemDesc") or None,
        sales_price=price,
        purchase_cost=sides.value("PurchaseCost", money_in),
        income_account=income,
        on_hand=None if on_hand is None else Quantity(on_hand),
    )


def write_item(item: Item, key: str) -> tuple[str, Fields]:
    """Give the request's name and its fields for a new item (DOC-1).

    Accounts are named by full name or by ListID.  An item that is also bought, to an account
    of its own, has two sides; any other has one account for both.

    Raises:
        AssertionError: Items of that type are not created by us.
    """
    assert item.type in CREATED_ITEMS, f"items of type {item.type} are not created"
    fields: dict[str, Any] = {
        "Name": item.name,
        "ParentRef": write_parent(item),
        "ExternalGUID": key,
    }
    if item.type is ItemType.INVENTORY:
        fields |= {
            **_sold(item),
            "ManufacturerPartNumber": fitting(item.manufacturer_number, 31),
            "PurchaseDesc": item.description,
            "PurchaseCost": write_amount(item.purchase_cost),
            "COGSAccountRef": _account(item.expense_account),
            "AssetAccountRef": _account(item.asset_account),
        }
    elif item.expense_account:
        fields["SalesAndPurchase"] = {
            **_sold(item),
            "PurchaseDesc": item.description,
            "PurchaseCost": write_amount(item.purchase_cost),
            "ExpenseAccountRef": _account(item.expense_account),
        }
    else:
        fields["SalesOrPurchase"] = {
            "Desc": item.description,
            "Price": write_amount(item.sales_price),
            "AccountRef": _account(item.income_account),
        }
    return CREATED_ITEMS[item.type], present(**fields)


def _account(name_or_id: str | None) -> Fields | None:
    return write_named(name_or_id) if name_or_id else None


def _sold(item: Item) -> dict[str, Any]:
    return {
        "SalesDesc": item.description,
        "SalesPrice": write_amount(item.sales_price),
        "IncomeAccountRef": _account(item.income_account),
    }


def read_unit_set(record: Record) -> UnitSet:
    """Read a set of units: how many base units each related unit is (reference section 4.11)."""
    base = record.child("BaseUnit")
    return UnitSet(
        **read_list_head(record),
        base=Unit(_unit_name(base), None if base is None else base.word("Abbreviation")),
        related=tuple(
            Unit(_unit_name(unit), unit.word("Abbreviation"), Quantity(_ratio(unit)))
            for unit in record.children("RelatedUnit")
        ),
        counts=_COUNTS.get(record.word("UnitOfMeasureType") or ""),
    )


_SET: Final = "UnitOfMeasureSetRet"

# UnitOfMeasureType: what it measures otherwise; "Other" may be anything.
_COUNTS: Final[Mapping[str, bool]] = {
    "Count": True,
    "Area": False,
    "Length": False,
    "Time": False,
    "Volume": False,
    "Weight": False,
}


def _unit_name(unit: Record | None) -> str:
    name = None if unit is None else unit.word("Name") or unit.word("Abbreviation")
    if not name:
        raise UnreadableValue(_SET, "Name", "", "the name of a unit")
    return name


def _ratio(unit: Record) -> Decimal:
    ratio = unit.decimal("ConversionRatio")
    if ratio is None or ratio <= 0:
        text = unit.text("ConversionRatio") or ""
        raise UnreadableValue(_SET, "ConversionRatio", text, "a number of base units")
    return ratio
