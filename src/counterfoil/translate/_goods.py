"""What a line is about in the books: the item's name, its text (DOC-2), a new item (DOC-1)."""

from __future__ import annotations

from collections.abc import Iterable

from counterfoil.documents import Item, RecordKind, Reference, Refusal, refuse
from counterfoil.settings import (
    CreatedItemType,
    FlowName,
    ItemName,
    LineDescription,
    PurchaseOrderOut,
    ReceiptOut,
    SalesOrderOut,
    ShipmentOut,
)

from ._named import Named, named
from ._names import levelled, short_item_name
from ._translator import Context

__all__ = ["accounts_of_new", "item_named", "item_needs", "line_text", "new_item", "the_item"]

CreatingRules = SalesOrderOut | PurchaseOrderOut
LineRules = CreatingRules | ReceiptOut | ShipmentOut


def item_needs(
    items: Iterable[Reference | None], rules: LineRules
) -> tuple[tuple[RecordKind, str], ...]:
    """Read the products where their texts or fields are wanted."""
    reads_products = rules.item_name is ItemName.CUSTOM_FIELD or rules.line_description in (
        LineDescription.PRODUCT_NAME,
        LineDescription.PRODUCT_OBSERVATIONS,
    )
    return tuple((RecordKind.ITEM, item.name) for item in items if item) if reads_products else ()


def the_item(
    product: Reference | None, position: int, rules: LineRules, context: Context
) -> Named | Refusal:
    """Name the item of a line in the books, by the product's code or by a field of it."""
    name = product.name if product else None
    if rules.item_name is ItemName.CUSTOM_FIELD and rules.item_name_field:
        record = context.item(name) if name else None
        name = record.custom_field(rules.item_name_field) if record else None
    if name:
        return item_named(name, product, context)
    return refuse(
        "reference-missing",
        where=f"lines[{position}].item",
        document=f"line {position + 1}",
        kind="item",
        option=f"Item name: {rules.item_name.label}",
    )


def item_named(name: str, product: Reference | None, context: Context) -> Named:
    """Name the item of a product in the books: its levels, and its short name if it is too long."""
    whole = levelled(name, context.settings)
    short = short_item_name(whole, product.id if product else None, context)
    return named(RecordKind.ITEM, whole, product, otherwise=short)


def line_text(
    product: Reference | None, notes: str | None, rules: LineRules, context: Context
) -> str | None:
    """DOC-2; an empty text leaves the item's own description in place."""
    record = context.item(product.name) if product else None
    text: str | None = None
    match rules.line_description:
        case LineDescription.EMPTY:
            pass
        case LineDescription.PRODUCT_NAME:
            text = record.description if record else None
        case LineDescription.PRODUCT_OBSERVATIONS:
            text = record.notes if record else None
        case LineDescription.LINE_OBSERVATIONS:
            text = notes
    return text or None


def new_item(
    name: str, product: Item | None, rules: CreatingRules, section: FlowName, context: Context
) -> Item | Refusal:
    """Make the item that the books lack (DOC-1); of id and full name of an account the id wins."""
    is_bought = section is FlowName.PURCHASE_ORDER_OUT and context.purchases_need_expense
    accounts = _accounts(rules, is_bought=is_bought)
    missing = next((key for key, account in accounts.items() if not account), None)
    if missing is not None:
        return refuse(
            "account-missing",
            value=name,
            target=context.target,
            option=missing.replace("_", " "),
            setting=f"{section}.{missing}",
            kind="item",
        )
    return Item(
        id="",
        name=name,
        full_name=name,
        type=rules.item_type.item_type,
        description=_text_of(name, product, rules, context),
        sales_price=product.sales_price if product else None,
        purchase_cost=product.purchase_cost if product else None,
        manufacturer_number=product.manufacturer_number if product else None,
        income_account=accounts.get("income_account"),
        expense_account=accounts.get("cogs_account") or accounts.get("expense_account"),
        asset_account=accounts.get("asset_account"),
        stocked_since=rules.stocked_since,
    )


def _accounts(rules: CreatingRules, *, is_bought: bool) -> dict[str, str | None]:
    """Give the accounts that a new item needs, by the options that name them.

    One that is only bought, and so has an expense account, needs no income account (OP11);
    ``is_bought``: without an expense account it could not stand on what it is made for.
    """
    income = rules.income_account_id or rules.income_account
    if rules.item_type is CreatedItemType.INVENTORY:
        return {
            "income_account": income,
            "cogs_account": rules.cogs_account,
            "asset_account": rules.asset_account,
        }
    if rules.expense_account is None and not is_bought:
        return {"income_account": income}
    sold = {"income_account": income} if income else {}
    return {**sold, "expense_account": rules.expense_account}


def accounts_of_new(rules: CreatingRules) -> tuple[str, ...]:
    """Name the accounts of new items, where some are to be made."""
    if not rules.create_missing_items:
        return ()
    return tuple(account for account in _accounts(rules, is_bought=False).values() if account)


def _text_of(name: str, product: Item | None, rules: CreatingRules, context: Context) -> str | None:
    """Give the description of a new item; where its name was shortened, the whole name first."""
    if product is None:
        return None
    wants_notes = rules.line_description is LineDescription.PRODUCT_OBSERVATIONS
    text = product.notes if wants_notes else product.description
    whole = levelled(product.full_name, context.settings)
    is_short = name == short_item_name(whole, product.id, context)
    return "\n".join(filter(None, (product.full_name if is_short else None, text))) or None
