"""What a new company needs before anybody can work in it.

A chart of accounts, payment terms, sales tax codes with one tax, shipping
methods and a currency, entered through qbXML like anybody else would enter them.
Customers, vendors and items are left to whoever uses the company.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from counterfoil.connectors.quickbooks_desktop.qbxml import (
    Request,
    Version,
    parse_replies,
    render_set,
)
from counterfoil.sandboxes.kit import Now
from counterfoil.sandboxes.quickbooks_desktop._company import CompanyFile
from counterfoil.sandboxes.quickbooks_desktop._processor import ProcessResult
from counterfoil.sandboxes.quickbooks_desktop._settings import CompanySettings

# Full name, type and number of each account; a parent comes before its children.
ACCOUNTS: tuple[tuple[str, str, str], ...] = (
    ("Checking", "Bank", "1000"),
    ("Accounts Receivable", "AccountsReceivable", "1100"),
    ("Inventory Asset", "OtherCurrentAsset", "1200"),
    ("Undeposited Funds", "OtherCurrentAsset", "1300"),
    ("Machinery and Tools", "FixedAsset", "1500"),
    ("Accounts Payable", "AccountsPayable", "2000"),
    ("Company Card", "CreditCard", "2100"),
    ("Sales Tax Payable", "OtherCurrentLiability", "2200"),
    ("Opening Balance Equity", "Equity", "3000"),
    ("Retained Earnings", "Equity", "3900"),
    ("Sales", "Income", "4000"),
    ("Sales:Goods", "Income", "4010"),
    ("Sales:Services", "Income", "4020"),
    ("Shipping Income", "Income", "4100"),
    ("Cost of Goods Sold", "CostOfGoodsSold", "5000"),
    ("Subcontracted Work", "CostOfGoodsSold", "5100"),
    ("Inventory Adjustments", "Expense", "6000"),
    ("Freight and Delivery", "Expense", "6100"),
    ("Materials and Supplies", "Expense", "6200"),
    ("Wages", "Expense", "6500"),
)
# Name, days until due, days of discount, discount in percent.
TERMS: tuple[tuple[str, int, int, str], ...] = (
    ("Due on receipt", 0, 0, "0"),
    ("Net 15", 15, 0, "0"),
    ("Net 30", 30, 0, "0"),
    ("Net 60", 60, 0, "0"),
    ("2% 10 Net 30", 30, 10, "2"),
)
SHIP_METHODS = ("Ground", "Air", "Sea", "Pick-up", "Courier")
TAX_AUTHORITY = "State Revenue Office"
TAX_ITEM = "State Sales Tax"
_TAX_RATE = "8"
_NO_TAX_RATE = "0"


class SampleRefusedError(RuntimeError):
    """The company file did not take its own sample: one of the two is wrong."""


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    fields: dict[str, object]


def fill_company(
    process: Callable[[str], ProcessResult], settings: CompanySettings
) -> dict[str, int]:
    """Enter the lists into an empty company.

    Returns:
        How many records of each kind were entered.

    Raises:
        SampleRefusedError: QuickBooks refused one of them.
    """
    version = Version.parse(settings.qbxml_version, settings.country)
    requests = [
        Request(f"{entry.name}Add", entry.fields, request_id=f"{entry.name}-{position}")  # type: ignore[arg-type]
        for position, entry in enumerate(_entries(settings), 1)
    ]
    result = process(render_set(requests, version=version, on_error="continueOnError"))
    if result.hresult:
        raise SampleRefusedError(f"{result.hresult}: {result.message}")
    counts: dict[str, int] = {}
    for reply in parse_replies(result.response).replies:
        if reply.status_code != 0:
            raise SampleRefusedError(f"{reply.name} {reply.status_code}: {reply.message}")
        kind = reply.name.removesuffix("Add")
        counts[kind] = counts.get(kind, 0) + 1
    return counts


def ready_company(
    path: Path | None = None, settings: CompanySettings | None = None, *, now: Now = time.time
) -> CompanyFile:
    """The company in ``path``, or a new one with its small lists; in memory without a path.

    ``settings`` are those of a new company; one that exists keeps its own.
    """
    if path is not None and path.exists():
        return CompanyFile.open(path, now=now)
    company = CompanyFile.create(path, settings, now=now)
    fill_company(company.process, company.settings)
    return company


def _entries(settings: CompanySettings) -> Iterator[_Entry]:
    if settings.preferences.multi_currency:
        for name, code in (("US Dollar", "USD"), ("Euro", "EUR"), ("Canadian Dollar", "CAD")):
            yield _Entry("Currency", {"Name": name, "CurrencyCode": code})
    for full_name, kind, number in ACCOUNTS:
        parent, _, name = full_name.rpartition(":")
        fields: dict[str, object] = {"Name": name, "AccountType": kind, "AccountNumber": number}
        if parent:
            fields["ParentRef"] = {"FullName": parent}
        yield _Entry("Account", fields)
    for name, due, discount, percent in TERMS:
        yield _Entry(
            "StandardTerms",
            {
                "Name": name,
                "StdDueDays": str(due),
                "StdDiscountDays": str(discount),
                "DiscountPct": percent,
            },
        )
    for name in SHIP_METHODS:
        yield _Entry("ShipMethod", {"Name": name})
    yield from _tax_entries(settings)


def _tax_entries(settings: CompanySettings) -> Iterator[_Entry]:
    preferences = settings.preferences
    for name, taxable in ((preferences.taxable_code, True), (preferences.non_taxable_code, False)):
        yield _Entry("SalesTaxCode", {"Name": name, "IsTaxable": "true" if taxable else "false"})
    if preferences.sales_tax:
        yield _Entry("Vendor", {"Name": TAX_AUTHORITY})
        for name, rate in (
            (preferences.default_sales_tax_item, _NO_TAX_RATE),
            (TAX_ITEM, _TAX_RATE),
        ):
            yield _Entry(
                "ItemSalesTax",
                {
                    "Name": name,
                    "TaxRate": rate,
                    "TaxVendorRef": {"FullName": TAX_AUTHORITY},
                },
            )
