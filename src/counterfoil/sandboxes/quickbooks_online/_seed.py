"""What a fresh company has: accounts, terms, tax codes, its description and preferences.

Names and ids of accounts are those of the service's own samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ._accounts import complete_account
from ._company import SINGLE_ID
from ._desk import Desk
from ._wire import Row

__all__ = ["seed"]

_ACCOUNTS: Final = (
    ("1", "Services", "Income", "ServiceFeeIncome"),
    ("4", "Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    ("7", "Office Expenses", "Expense", "OfficeGeneralAdministrativeExpenses"),
    ("13", "Supplies", "Expense", "SuppliesMaterials"),
    ("33", "Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    ("34", "Opening Balance Equity", "Equity", "OpeningBalanceEquity"),
    ("35", "Checking", "Bank", "Checking"),
    ("41", "Company Card", "Credit Card", "CreditCard"),
    ("79", "Sales of Product Income", "Income", "SalesOfProductIncome"),
    ("80", "Cost of Goods Sold", "Cost of Goods Sold", "SuppliesMaterialsCogs"),
    ("81", "Inventory Asset", "Other Current Asset", "Inventory"),
    ("84", "Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    ("91", "Inventory Shrinkage", "Cost of Goods Sold", "OtherCostsOfServiceCos"),
    ("92", "Exchange Gain or Loss", "Other Expense", "ExchangeGainOrLoss"),
)

_TERMS: Final = (("1", "Due on receipt", 0), ("2", "Net 15", 15), ("3", "Net 30", 30))

_RATES: Final[Mapping[str, tuple[tuple[str, str, int], ...]]] = {
    "US": (("2", "California", 8),),
    "CA": (("2", "GST", 5), ("3", "HST ON", 13), ("4", "Exempt", 0)),
    "GB": (("2", "20.0% S", 20), ("3", "0.0% Z", 0), ("4", "No VAT", 0)),
    "AU": (("2", "GST", 10), ("3", "GST free", 0)),
}
"""Country -> its tax codes: id, name, rate in percent."""

_COUNTRIES: Final = {"US": "USA", "CA": "CAN", "GB": "GBR", "AU": "AUS"}


def seed(desk: Desk) -> None:
    """Lay what a fresh company has on a desk."""
    for id_, name, kind, subtype in _ACCOUNTS:
        row: Row = {"Name": name, "AccountType": kind, "AccountSubType": subtype}
        row |= {"Active": True, "FullyQualifiedName": name, "SubAccount": False}
        complete_account(desk, row, None)
        desk.add("Account", row, id_=id_)
    for id_, name, days in _TERMS:
        values = {"Name": name, "Active": True, "Type": "STANDARD", "DueDays": days}
        desk.add("Term", values, id_=id_)
    for id_, name, rate in _RATES[desk.company.country]:
        _add_tax(desk, id_, name, rate)
    desk.add("CompanyInfo", _description(desk), id_=SINGLE_ID)
    desk.add("Preferences", {}, id_=SINGLE_ID)


def _add_tax(desk: Desk, id_: str, name: str, rate: int) -> None:
    detail = {"TaxRateRef": {"value": id_}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0}
    rates = {"TaxRateDetail": [detail]}
    desk.add("TaxRate", {"Name": name, "Active": True, "RateValue": rate}, id_=id_)
    values: dict[str, Any] = {"Name": name, "Description": name, "Active": True, "Hidden": False}
    values |= {"Taxable": rate > 0, "TaxGroup": True}
    values |= {"SalesTaxRateList": rates, "PurchaseTaxRateList": rates}
    desk.add("TaxCode", values, id_=id_)


def _description(desk: Desk) -> Row:
    company = desk.company
    address = {"Line1": "1 Ledger Lane", "City": "Fernhollow", "PostalCode": "05999"}
    address["Country"] = _COUNTRIES[company.country]
    names = {"NeoEnabled": "true", "SubscriptionStatus": "SUBSCRIBED"}
    names |= {"PayrollFeature": "false"}
    return {
        "CompanyName": company.name,
        "LegalName": company.name,
        "CompanyAddr": address,
        "LegalAddr": address,
        "Country": company.country,
        "Email": {"Address": "books@company.example"},
        "FiscalYearStartMonth": "January",
        "CompanyStartDate": "2020-01-01",
        "SupportedLanguages": "en",
        "DefaultTimeZone": company.time_zone,
        "NameValue": [{"Name": name, "Value": value} for name, value in names.items()],
    }
