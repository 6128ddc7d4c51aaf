"""List records: parties, items, accounts and classes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec

from ._base import Address, Contact, ListRecord, Reference
from ._money import Money, Quantity
from ._names import name_key

__all__ = [
    "Account",
    "AccountType",
    "AccountingClass",
    "Customer",
    "Employee",
    "FieldDefinition",
    "InventorySite",
    "Item",
    "ItemType",
    "Location",
    "OtherName",
    "PaymentTerm",
    "PayrollItem",
    "ShipMethod",
    "TaxCode",
    "Unit",
    "UnitSet",
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
    """Somebody on the payroll.

    Attributes:
        number: The worker number; ``None`` in the books.
        first_name, middle_name, last_name: As the books keep them; ``None``: not told.
        is_paid_by_time: Paychecks are made from time entries; ``None``: not told.
    """

    number: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    is_paid_by_time: bool | None = None


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
        unit: What one of it is called there; ``None``: not told.
        unit_set: The units it is counted in (QuickBooks); ``None``: it has no such set.
        description: What sales papers say of it.
        notes: Free remarks (Fusion Operations: product observations; DOC-2).
        sales_price: Per stock unit, tax excluded; ``None``: not kept.
        purchase_cost: Per stock unit, tax excluded.
        income_account: Full name or id of the account its sales post to.
        expense_account: The same for purchases (inventory: cost of goods sold).
        asset_account: Inventory and assemblies only.
        on_hand: Stock when last read; ``None`` for what is not stocked.
        tags: Labels, as written.
        stocked_since: The day from which its stock is kept: no document of an earlier day may
            name it; ``None``: the books keep no such day.
        is_purchased: Whether it can be bought; ``None``: not told.
        manufacturer_number: Under which its maker knows it.
    """

    type: ItemType | None = None
    description: str | None = None
    notes: str | None = None
    unit: str | None = None
    unit_set: Reference | None = None
    sales_price: Money | None = None
    purchase_cost: Money | None = None
    income_account: str | None = None
    expense_account: str | None = None
    asset_account: str | None = None
    on_hand: Quantity | None = None
    tags: tuple[str, ...] = ()
    manufacturer_number: str | None = None
    stocked_since: date | None = None
    is_purchased: bool | None = None


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


class PayrollItem(ListRecord, frozen=True, kw_only=True):
    """A wage item: by what an hour of work is paid."""


class TaxCode(ListRecord, frozen=True, kw_only=True):
    """A sales tax code, as lines bear it."""

    is_taxable: bool | None = None


class ShipMethod(ListRecord, frozen=True, kw_only=True):
    """A way in which goods travel."""


class PaymentTerm(ListRecord, frozen=True, kw_only=True):
    """Until when something is to be paid, such as ``Net 30``."""


class Location(ListRecord, frozen=True, kw_only=True):
    """A part of a company for which its documents are told apart: a shop, a department."""


class InventorySite(ListRecord, frozen=True, kw_only=True):
    """A place where stock is kept: a warehouse, a van (Autotask: inventory location).

    One with a ``parent`` is a bin within another site.

    Attributes:
        is_default: Where goes what names none; ``None``: not told.
    """

    is_default: bool | None = None


class FieldDefinition(ListRecord, frozen=True, kw_only=True):
    """A custom field as the books define it; ``owners`` are the kinds of records that have it.

    ``id`` is its name: names are unique among the fields that people see.
    """

    owners: tuple[str, ...] = ()


class AccountingClass(ListRecord, frozen=True, kw_only=True):
    """A class: the books' second way of sorting income and expense."""


class Unit(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One unit of a set.

    Attributes:
        name: In full, such as ``case``.
        abbreviation: As papers show it; ``None``: it has none.
        holds: How many base units one of it is; exact and positive.
    """

    name: str
    abbreviation: str | None = None
    holds: Quantity = Quantity(Decimal(1))

    @property
    def ratio(self) -> Decimal:
        """How many base units one of it is."""
        return self.holds.value


# Words for one of anything: what counts pieces may call them so.
_PIECE = frozenset(
    {"ea", "each", "item", "items", "pc", "pcs", "piece", "pieces", "u", "un", "unit", "units"}
)


class UnitSet(ListRecord, frozen=True, kw_only=True):
    """The units that items are counted in, and how many base units each of them is.

    Attributes:
        base: The unit of stock and prices; its ratio is 1.
        related: The other ones.
        counts: It counts pieces, and measures neither weight, length, time nor the like;
            ``None``: not told.
    """

    base: Unit
    related: tuple[Unit, ...] = ()
    counts: bool | None = None

    def unit(self, called: str) -> Unit | None:
        """Find a unit by its name, else by its abbreviation; capital letters do not count.

        ``None``: the set has none of that name, or several that differ.
        """
        found = self.called(called)
        is_one = len({each.ratio for each in found}) == 1
        return found[0] if is_one else None

    def called(self, word: str) -> tuple[Unit, ...]:
        """Give the units of that name, or else of that abbreviation."""
        key = name_key(word)
        units = (self.base, *self.related)
        named = tuple(each for each in units if name_key(each.name) == key)
        return named or tuple(each for each in units if name_key(each.abbreviation or "") == key)

    def meant(self, called: str | None) -> Unit | None:
        """Find the unit that another system means by a word.

        No word, or a word for one piece (many systems call so whatever they do not name),
        means the unit of pieces, if the set has one; else the base unit of what is weighed or
        measured: what is counted may be counted in dozens.  ``None``: it cannot be told.
        """
        found = None if called is None else self.unit(called)
        if found is not None or (called is not None and name_key(called) not in _PIECE):
            return found
        pieces = [each for each in (self.base, *self.related) if _is_piece(each)]
        if pieces:
            return pieces[0] if len({each.ratio for each in pieces}) == 1 else None
        return self.base if self.counts is False else None


def _is_piece(unit: Unit) -> bool:
    return name_key(unit.name) in _PIECE or name_key(unit.abbreviation or "") in _PIECE
