"""What a company is like: its edition, currency and preferences, and what they do not allow.

Source: reference sections 4.14 and 6; corrections 2, rows 11 and 12.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date
from typing import Any, Final

from counterfoil.connectors.called import Reader, clean_line
from counterfoil.documents import (
    Bill,
    Document,
    DocumentKind,
    InvalidDocument,
    PurchaseOrder,
    Refusal,
    StockCount,
    document_kind,
    refuse,
)
from counterfoil.errors import ConnectorError, UnavailableError, UnreadableReplyError

from ._client import Item, OnlineClient, Record
from ._faults import NAME, SYSTEM
from ._fields import definitions_in
from ._query import Query

__all__ = [
    "Company",
    "before_stock",
    "company_of",
    "has_orders",
    "objection",
    "start_of_stock",
]

# A company's preferences change seldom, and nobody tells of it.
_FRESH_FOR_S: Final = 3600.0


@dataclass(frozen=True, kw_only=True)
class Company:
    """A company, as it tells of itself.

    Attributes:
        edition: What is subscribed, such as ``QuickBooks Online Plus``; ``None``: not told.
        closed_until: Postings of that day and before are not taken; ``None``: none is closed.
        numbers_sales, numbers_purchases: People number such forms themselves.
        buys_items: Lines of purchases may name items.
        tracks_stock: Quantities on hand are kept.
        uses_classes, uses_locations, uses_tax: Whether such references are kept.
        custom_fields: ``sales`` and ``purchases`` -> the custom fields that their forms use,
            by name -> place.
    """

    name: str
    country: str | None = None
    edition: str | None = None
    time_zone: str | None = None
    home_currency: str | None = None
    has_currencies: bool = False
    closed_until: date | None = None
    numbers_sales: bool = False
    numbers_purchases: bool = False
    buys_items: bool = True
    tracks_stock: bool = True
    uses_classes: bool = False
    uses_locations: bool = False
    uses_tax: bool = False
    custom_fields: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def facts(self) -> dict[str, str]:
        """All of it as text, for people and for whoever keeps it."""
        told = {
            "company_name": self.name,
            "country": self.country,
            "edition": self.edition,
            "time_zone": self.time_zone,
            "home_currency": self.home_currency,
            "closing_date": None if self.closed_until is None else self.closed_until.isoformat(),
        }
        flags = {
            "multi_currency": self.has_currencies,
            "custom_numbers_sales": self.numbers_sales,
            "custom_numbers_purchases": self.numbers_purchases,
            "items_on_purchases": self.buys_items,
            "quantity_on_hand": self.tracks_stock,
            "purchase_orders": has_orders(self),
            "classes": self.uses_classes,
            "locations": self.uses_locations,
            "sales_tax": self.uses_tax,
        }
        return {
            **{name: text for name, text in told.items() if text is not None},
            **{name: "yes" if flag else "no" for name, flag in flags.items()},
        }


# --- Reading ------------------------------------------------------------------------------


def company_of(client: OnlineClient, *, anew: bool = False) -> Company:
    """Read a company, in one call; what was read within the hour is taken from there.

    So is what was read longer ago while it cannot be read now, unless that was asked for.

    Raises:
        ConnectorError: It cannot be read.
    """
    at, known = client.standing.company or (0.0, None)
    if anew or not isinstance(known, Company):
        return _read_company(client)
    if 0 <= client.standing.clock() - at < _FRESH_FOR_S:
        return known
    try:
        return _read_company(client)
    except UnavailableError:
        return known


def _read_company(client: OnlineClient) -> Company:
    asked = [Item(entity=name, query=Query.of(name).whole()) for name in _ONE_OF]
    try:
        info, preferences = map(_first, _ONE_OF, client.batch(asked))
        company = _company(info, preferences)
    except InvalidDocument as error:
        raise UnreadableReplyError(
            f"{NAME} answered in a way that this version cannot read.",
            system=SYSTEM,
            operation="read the company",
            detail=clean_line(str(error), 500),
        ) from error
    client.standing.company = (client.standing.clock(), company)
    return company


_ONE_OF: Final = ("CompanyInfo", "Preferences")


def _first(name: str, result: object) -> Reader:
    if isinstance(result, ConnectorError):
        raise result
    assert isinstance(result, tuple), "a question brings rows"
    if not result:
        raise InvalidDocument(name, "", "is missing")
    return Reader(result[0])


def _company(info: Reader, preferences: Reader) -> Company:
    accounting = _part(preferences, "AccountingInfoPrefs")
    products = _part(preferences, "ProductAndServicesPrefs")
    sales = _part(preferences, "SalesFormsPrefs")
    currency = _part(preferences, "CurrencyPrefs")
    tax = _part(preferences, "TaxPrefs")
    others = _pairs(_part(preferences, "OtherPrefs"))
    home = currency.value("HomeCurrency")
    return Company(
        name=clean_line(info.text("CompanyName") or "a company without a name"),
        country=info.text("Country"),
        edition=_pairs(info).get("OfferingSku"),
        time_zone=info.text("DefaultTimeZone"),
        home_currency=None if home is None else Reader(home).code("value"),
        has_currencies=currency.flag("MultiCurrencyEnabled", default=False),
        closed_until=accounting.day("BookCloseDate", UTC),
        numbers_sales=sales.flag("CustomTxnNumbers", default=False),
        numbers_purchases=others.get("VendorAndPurchasesPrefs.UseCustomTxnNumbers") == "true",
        buys_items=products.flag("ForPurchase", default=True),
        tracks_stock=products.flag("QuantityOnHand", default=True),
        uses_classes=any(
            accounting.flag(name, default=False)
            for name in ("ClassTrackingPerTxn", "ClassTrackingPerTxnLine")
        ),
        uses_locations=accounting.flag("TrackDepartments", default=False),
        uses_tax=tax.flag("UsingSalesTax", default=False),
        custom_fields={
            "sales": definitions_in(sales, "CustomField"),
            "purchases": definitions_in(
                _part(preferences, "VendorAndPurchasesPrefs"), "POCustomField"
            ),
        },
    )


def _part(reader: Reader, name: str) -> Reader:
    found = reader.value(name)
    return Reader(found if isinstance(found, Mapping) else {}, name)


def _pairs(reader: Reader) -> Mapping[str, str]:
    """Read names and values; they are texts, flags included."""
    return {
        name: value
        for each in reader.records("NameValue")
        if (name := each.text("Name")) is not None and (value := each.text("Value")) is not None
    }


# --- What it does not allow ---------------------------------------------------------------

# Editions without purchase orders, by words of their names (corrections 2, row 12).
_WITHOUT_ORDERS: Final = ("simple start", "essentials", "easystart", "self-employed", "ledger")

# What has no posting may bear a date of a closed period.
_POSTED: Final = frozenset(
    {
        DocumentKind.BILL,
        DocumentKind.INVOICE,
        DocumentKind.SALES_RECEIPT,
        DocumentKind.STOCK_COUNT,
    }
)


def has_orders(company: Company) -> bool:
    """Whether the edition has purchase orders, as far as is known."""
    edition = (company.edition or "").lower()
    return not any(word in edition for word in _WITHOUT_ORDERS)


def objection(
    company: Company, document: Document, stock_since: Mapping[str, date]
) -> Refusal | None:
    """Say what the company would refuse of a document, before it is sent.

    Args:
        company: The company.
        document: To be written.
        stock_since: Item -> the day from which its stock is tracked, as far as is known.
    """
    return next(_objections(company, document, stock_since), None)


def _objections(
    company: Company, document: Document, stock_since: Mapping[str, date]
) -> Iterator[Refusal]:
    kind, day = document_kind(document), document.own_day
    if isinstance(document, PurchaseOrder) and not has_orders(company):
        yield _lacks(
            f"{company.edition} has no purchase orders, QuickBooks Online Plus and higher have; "
            "let purchase orders become bills instead (purchase-order-out)"
        )
    is_purchase = isinstance(document, PurchaseOrder | Bill)
    if is_purchase and _items_of(document) and not company.buys_items:
        yield _lacks(
            "lines of purchases name no items; switch on “Show items table on expense and "
            "purchase forms” (Account and settings, Expenses)"
        )
    if isinstance(document, StockCount) and not company.tracks_stock:
        yield _lacks(
            "it keeps no quantities on hand; switch on “Track inventory quantity on hand” "
            "(Account and settings, Sales)"
        )
    if getattr(document, "location", None) is not None and not company.uses_locations:
        yield _lacks(
            "it keeps no locations; switch on “Track locations” (Account and settings, Advanced, "
            "Categories), or leave the location empty in the flow's settings"
        )
    closed = company.closed_until
    if kind in _POSTED and day is not None and closed is not None and day <= closed:
        yield refuse(
            "period-closed",
            where="created_on",
            document=kind.words,
            target=NAME,
            value=day,
            detail=f"the books are closed up to {closed}",
        )
    yield from _currency_objections(company, document)
    for item in _items_of(document):
        since = stock_since.get(item.id or "")
        if kind in _POSTED and day is not None and since is not None and day < since:
            yield before_stock(day, item.name, since)


def _currency_objections(company: Company, document: Document) -> Iterator[Refusal]:
    currency = getattr(document, "currency", None)
    if currency in (None, company.home_currency) or company.has_currencies:
        return
    yield refuse(
        "value-unfit",
        where="currency",
        value=currency,
        field="The currency",
        target=NAME,
        problem=f"the company keeps {company.home_currency or 'one currency'} only; switch on "
        "Multicurrency there",
    )


def before_stock(day: date, item: str, since: date) -> Refusal:
    """Refuse a document that is dated before the stock of an item is tracked."""
    return refuse(
        "value-unfit",
        where="created_on",
        value=day,
        field="The date",
        target=NAME,
        problem=f"stock of “{item}” is tracked there from {since} on; date it then or later, or "
        "give the item an earlier start date there",
    )


def _lacks(problem: str) -> Refusal:
    return refuse("feature-missing", target=NAME, problem=problem)


def _items_of(document: Document) -> list[Any]:
    lines = getattr(document, "lines", ())
    return [item for line in lines if (item := getattr(line, "item", None)) is not None]


def start_of_stock(record: Record) -> date | None:
    """Say from which day the stock of an item is tracked; ``None``: it is none, or not told."""
    try:
        return Reader(record).day("InvStartDate", UTC)
    except ValueError:
        return None
