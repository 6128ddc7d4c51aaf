"""Accounts: the kinds there are, and the ones a document is booked to.

Types by classification and the sub-types needed most are those of the reference, section 4.5.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ._desk import Desk
from ._errors import ApiError, missing
from ._wire import Row

__all__ = ["complete_account", "default_account", "is_of_kind"]

_CLASSES: Final[Mapping[str, str]] = {
    "Bank": "Asset",
    "Accounts Receivable": "Asset",
    "Other Current Asset": "Asset",
    "Fixed Asset": "Asset",
    "Other Asset": "Asset",
    "Accounts Payable": "Liability",
    "Credit Card": "Liability",
    "Other Current Liability": "Liability",
    "Long Term Liability": "Liability",
    "Equity": "Equity",
    "Income": "Revenue",
    "Other Income": "Revenue",
    "Cost of Goods Sold": "Expense",
    "Expense": "Expense",
    "Other Expense": "Expense",
}
"""Account type -> classification."""

_SUBTYPES: Final[Mapping[str, str]] = {
    "Checking": "Bank",
    "Savings": "Bank",
    "CashOnHand": "Bank",
    "AccountsReceivable": "Accounts Receivable",
    "Inventory": "Other Current Asset",
    "UndepositedFunds": "Other Current Asset",
    "OtherCurrentAssets": "Other Current Asset",
    "OtherFixedAssets": "Fixed Asset",
    "OtherLongTermAssets": "Other Asset",
    "AccountsPayable": "Accounts Payable",
    "CreditCard": "Credit Card",
    "OtherCurrentLiabilities": "Other Current Liability",
    "GlobalTaxPayable": "Other Current Liability",
    "SalesTaxPayable": "Other Current Liability",
    "NotesPayable": "Long Term Liability",
    "OpeningBalanceEquity": "Equity",
    "RetainedEarnings": "Equity",
    "SalesOfProductIncome": "Income",
    "ServiceFeeIncome": "Income",
    "OtherMiscellaneousIncome": "Other Income",
    "SuppliesMaterialsCogs": "Cost of Goods Sold",
    "OtherCostsOfServiceCos": "Cost of Goods Sold",
    "OfficeGeneralAdministrativeExpenses": "Expense",
    "OtherMiscellaneousServiceCost": "Expense",
    "SuppliesMaterials": "Expense",
    "ExchangeGainOrLoss": "Other Expense",
    "OtherMiscellaneousExpense": "Other Expense",
}
"""Sub-type -> account type; the first of a type is the one it gets when none is named."""

_FOREIGN = frozenset({"Bank", "Accounts Receivable", "Accounts Payable", "Credit Card"})


def complete_account(desk: Desk, row: Row, stored: Row | None) -> None:
    """Derive type, sub-type and classification from one another.

    Raises:
        ApiError: 2020 without any, 2170 for an unknown one.
    """
    kind, subtype = row.get("AccountType"), row.get("AccountSubType")
    if kind is None and subtype is None:
        raise missing("AccountType or AccountSubType")
    kind = str(kind or _SUBTYPES.get(str(subtype), ""))
    if kind not in _CLASSES:
        raise ApiError(2170, f"Invalid Enumeration : {kind or subtype}", "AccountType")
    row["AccountType"] = kind
    row.setdefault("AccountSubType", next(sub for sub, of in _SUBTYPES.items() if of == kind))
    row["Classification"] = _CLASSES[kind]
    row.setdefault("CurrentBalance", 0)
    row.setdefault("CurrentBalanceWithSubAccounts", row["CurrentBalance"])
    if kind not in _FOREIGN or "CurrencyRef" not in row:
        row["CurrencyRef"] = {"value": desk.company.home_currency}
    parent = desk.find("Account", row.get("ParentRef", {}).get("value"))
    if parent is not None and parent["AccountType"] != kind:
        raise ApiError(6430, "Invalid account type: a sub-account is of its parent's type")


def is_of_kind(desk: Desk, id_: str, *kinds: str) -> bool:
    """Whether an account is of one of those types."""
    return desk.get("Account", id_)["AccountType"] in kinds


def default_account(desk: Desk, kind: str, currency: str) -> Row:
    """Give a company's own payables or receivables account in a currency; made when needed."""
    home = desk.company.home_currency
    for row in desk.all("Account"):
        if row["AccountType"] == kind and row["CurrencyRef"]["value"] == currency:
            return row
    short = {"Accounts Payable": "A/P", "Accounts Receivable": "A/R"}[kind]
    name = f"{kind} ({short})" + ("" if currency == home else f" - {currency}")
    made: Row = {"Name": name, "AccountType": kind, "CurrencyRef": {"value": currency}}
    made |= {"Active": True, "FullyQualifiedName": name, "SubAccount": False}
    complete_account(desk, made, None)
    return desk.add("Account", made)
