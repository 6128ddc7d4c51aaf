"""What a form takes from the items, customers and terms it names.

These are the defaults of 7.2 and 7.4: a sales form copies terms, sales rep, tax
code, tax item and addresses from the customer; a line takes description, price
and tax code from its item.  Reading them is remembered until a list changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import cast

from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._kinds import STOCKED_KINDS
from counterfoil.sandboxes.quickbooks_desktop._values import (
    ZERO,
    Fields,
    block_of,
    blocks_of,
    decimal,
    is_true,
    text_of,
)

_DAYS_IN_MONTH_MAX = 31


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An item as a line needs it; ``None`` where the item says nothing.

    ``percent`` is the price of items priced as a share of the line before;
    a discount's price and percentage are negative.
    """

    list_id: str
    kind: str
    sales_desc: str | None
    purchase_desc: str | None
    price: Decimal | None
    percent: Decimal | None
    cost: Decimal | None
    tax_code_id: str | None
    is_stocked: bool


@dataclass(frozen=True, slots=True)
class TaxFacts:
    """The sales tax of one form: ``rate`` in percent, codes by taxability."""

    item_id: str | None
    rate: Decimal
    taxable_codes: frozenset[str]
    default_code_id: str | None
    override_code_id: str | None  # the customer's, when it is not taxable

    def is_taxable(self, code_id: str | None) -> bool:
        return code_id in self.taxable_codes


def item_facts(books: Books, list_id: str) -> ItemFacts:
    """Read an item's defaults."""
    found = books.facts.get(list_id)
    if found is None:
        found = books.facts[list_id] = _read_item(books, list_id)
    return cast("ItemFacts", found)


def _read_item(books: Books, list_id: str) -> ItemFacts:
    entry = books.entry(list_id)
    assert entry is not None
    body = books.body(list_id)
    both = block_of(body, "SalesAndPurchase")
    single = block_of(body, "SalesOrPurchase")
    side = both if both is not None else single if single is not None else body
    is_single = both is None and single is not None
    price = text_of(side, "Price" if is_single else "SalesPrice")
    percent = text_of(side, "PricePercent")
    desc = text_of(side, "Desc" if is_single else "SalesDesc")
    cost = text_of(side, "PurchaseCost")
    if entry.kind == "ItemDiscount":
        price, percent = _negative(body, "DiscountRate"), _negative(body, "DiscountRatePercent")
    return ItemFacts(
        list_id=list_id,
        kind=entry.kind,
        sales_desc=desc or text_of(body, "ItemDesc"),
        purchase_desc=text_of(side, "PurchaseDesc") or (desc if is_single else None),
        price=None if price is None else decimal(price),
        percent=None if percent is None else decimal(percent),
        cost=decimal(cost) if cost else (decimal(price) if is_single and price else None),
        tax_code_id=reference(body, "SalesTaxCodeRef"),
        is_stocked=entry.kind in STOCKED_KINDS,
    )


def _negative(body: Fields, field: str) -> str | None:
    text = text_of(body, field)
    return None if text is None else str(-decimal(text))


def reference(fields: Mapping[str, object], field: str) -> str | None:
    """The ListID of a resolved reference."""
    block = fields.get(field)
    list_id = block.get("ListID") if isinstance(block, dict) else None
    return list_id if isinstance(list_id, str) and list_id else None


def tax_facts(books: Books, header: Fields) -> TaxFacts | None:
    """The sales tax of a form with this header; ``None`` when sales tax is off."""
    preferences = books.settings.preferences
    if not preferences.sales_tax:
        return None
    taxable = _taxable_codes(books)
    default = books.named(("SalesTaxCode",), preferences.taxable_code)
    customers = reference(header, "CustomerSalesTaxCodeRef")
    item_id = reference(header, "ItemSalesTaxRef")
    return TaxFacts(
        item_id=item_id,
        rate=ZERO if item_id is None else _tax_rate(books, item_id),
        taxable_codes=taxable,
        default_code_id=None if default is None else default.list_id,
        override_code_id=None if customers in taxable else customers,
    )


def _taxable_codes(books: Books) -> frozenset[str]:
    found = books.facts.get("taxable codes")
    if found is None:
        found = books.facts["taxable codes"] = frozenset(
            code.list_id
            for code in books.entries(("SalesTaxCode",))
            if is_true(books.body(code.list_id).get("IsTaxable"))
        )
    return cast("frozenset[str]", found)


def first_of_type(books: Books, kind: str, field: str, wanted: str) -> str | None:
    """The first active record of a list whose ``field`` holds ``wanted``."""
    fact = f"first {kind} {field} {wanted}"
    if fact not in books.facts:
        books.facts[fact] = next(
            (
                entry.list_id
                for entry in books.entries((kind,))
                if entry.is_active and text_of(books.body(entry.list_id), field) == wanted
            ),
            None,
        )
    return cast("str | None", books.facts[fact])


def _tax_rate(books: Books, item_id: str) -> Decimal:
    body = books.body(item_id)
    members = blocks_of(body, "ItemSalesTaxRef")
    if members:
        return sum((_tax_rate(books, str(one["ListID"])) for one in members), ZERO)
    return decimal(text_of(body, "TaxRate") or "")


def due_date(books: Books, terms_id: str | None, txn_date: date) -> date:
    """When a form of this date falls due; the same day without terms (7.1)."""
    if terms_id is None:
        return txn_date
    body = books.body(terms_id)
    days = text_of(body, "StdDueDays")
    if days is not None:
        return txn_date + timedelta(days=int(days or 0))
    day = text_of(body, "DayOfMonthDue")
    if not day:
        return txn_date
    due = _on_day(txn_date, int(day))
    grace = int(text_of(body, "DueNextMonthDays") or 0)
    if due - txn_date <= timedelta(days=grace):
        due = _on_day(_next_month(due), int(day))
    return due


def _on_day(month: date, day: int) -> date:
    for candidate in range(min(day, _DAYS_IN_MONTH_MAX), 0, -1):
        try:
            return month.replace(day=candidate)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=_DAYS_IN_MONTH_MAX)).replace(day=1)
