"""List records: parties, items, accounts and classes."""

from __future__ import annotations

from enum import StrEnum

from ._base import Address, Contact, ListRecord
from ._money import Money, Quantity

__all__ = [
    "Account",
    "AccountType",
    "AccountingClass",
    "Customer",
    "Employee",
    "Item",
    "ItemType",
    "OtherName",
    "Vendor",
]


class Party(ListRecord, frozen=True, kw_only=True):
    """Somebody one deals with.

    ``company_name`` is the name printed on papers when it differs from ``name``;
    addresses and contact are ``None`` when the source has none.
    """

    company_name: str | None = None
    billing_address: Address | None = None
    delivery_address: Address | None = None
    contact: Contact | None = None
    tax_number: str | None = None
    currency: str | None = None


class Customer(Party, frozen=True, kw_only=True):
    """Somebody who buys; with a parent, one of that customer's jobs."""


class Vendor(Party, frozen=True, kw_only=True):
    """Somebody one buys from."""


class Employee(Party, frozen=True, kw_only=True):
    """Somebody on the payroll; ``number`` is the worker number, ``None`` in the books."""

    number: str | None = None


class OtherName(Party, frozen=True, kw_only=True):
    """A name in the books that is neither customer, vendor nor employee.

    It shares their name space: while it exists, no customer can be called the same.
    """


class ItemType(StrEnum):
    """What kind of thing an item is, in an accountant's words."""

    SERVICE = "service"
    NON_INVENTORY = "non_inventory"
    INVENTORY = "inventory"
    ASSEMBLY = "assembly"
    OTHER_CHARGE = "other_charge"
    GROUP = "group"
    SUBTOTAL = "subtotal"
    DISCOUNT = "discount"
    PAYMENT = "payment"
    SALES_TAX = "sales_tax"
    SALES_TAX_GROUP = "sales_tax_group"
    FIXED_ASSET = "fixed_asset"


class Item(ListRecord, frozen=True, kw_only=True):
    """Something bought, made, sold or done.

    Attributes:
        type: ``None`` where the source makes no distinction (Fusion Operations).
        description: What sales papers say of it.
        notes: Free remarks (Fusion Operations: product observations; DOC-2).
        sales_price: Per stock unit, tax excluded; ``None``: not kept.
        purchase_cost: Per stock unit, tax excluded.
        income_account: Full name or id of the account its sales post to.
        expense_account: The same for purchases (inventory: cost of goods sold).
        asset_account: Inventory and assemblies only.
        on_hand: Stock when last read; ``None`` for what is not stocked.
        tags: Labels, as written.
    """

    type: ItemType | None = None
    description: str | None = None
    notes: str | None = None
    unit: str | None = None
    sales_price: Money | None = None
    purchase_cost: Money | None = None
    income_account: str | None = None
    expense_account: str | None = None
    asset_account: str | None = None
    on_hand: Quantity | None = None
    tags: tuple[str, ...] = ()


class AccountType(StrEnum):
    """The types of the chart of accounts (qbXML AccountType, in our spelling)."""

    ACCOUNTS_PAYABLE = "accounts_payable"
    ACCOUNTS_RECEIVABLE = "accounts_receivable"
    BANK = "bank"
    COST_OF_GOODS_SOLD = "cost_of_goods_sold"
    CREDIT_CARD = "credit_card"
    EQUITY = "equity"
    EXPENSE = "expense"
    FIXED_ASSET = "fixed_asset"
    INCOME = "income"
    LONG_TERM_LIABILITY = "long_term_liability"
    NON_POSTING = "non_posting"
    OTHER_ASSET = "other_asset"
    OTHER_CURRENT_ASSET = "other_current_asset"
    OTHER_CURRENT_LIABILITY = "other_current_liability"
    OTHER_EXPENSE = "other_expense"
    OTHER_INCOME = "other_income"


class Account(ListRecord, frozen=True, kw_only=True):
    """An account of the chart of accounts; ``number`` is ``None`` when unnumbered."""

    type: AccountType | None = None
    number: str | None = None


class AccountingClass(ListRecord, frozen=True, kw_only=True):
    """A class: the books' second way of sorting income and expense."""
