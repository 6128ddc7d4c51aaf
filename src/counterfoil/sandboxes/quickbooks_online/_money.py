"""Currencies: which a record is in, at what rate, and when that is refused."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from ._accounts import default_account
from ._desk import Desk
from ._errors import ApiError, rule_broken
from ._wire import Row, cents, number

__all__ = [
    "CURRENCIES",
    "complete_currency",
    "home_amount",
    "rate_of",
    "settle_account",
    "settle_currency",
]

CURRENCIES: Final[Mapping[str, str]] = {
    "USD": "United States Dollar",
    "CAD": "Canadian Dollar",
    "EUR": "Euro",
    "GBP": "British Pound Sterling",
    "AUD": "Australian Dollar",
    "CHF": "Swiss Franc",
    "JPY": "Japanese Yen",
    "MXN": "Mexican Peso",
    "NZD": "New Zealand Dollar",
    "SEK": "Swedish Krona",
}
"""The currencies there are here: ISO code -> name."""

_ONE_FOREIGN = "You can only use one foreign currency per transaction."


def complete_currency(desk: Desk, row: Row, stored: Row | None) -> None:
    """Give a name or a list's record its currency for good; one that is there keeps it.

    Raises:
        ApiError: 6000 where the company has one currency only, 2220 for one that is none.
    """
    if stored is not None:
        return
    asked = row.get("CurrencyRef", {}).get("value")
    if asked is not None and not desk.settings.multicurrency:
        raise rule_broken("Multi Currency should be enabled to perform this operation.")
    row["CurrencyRef"] = {"value": _listed(desk, asked or desk.company.home_currency)}


def _listed(desk: Desk, code: str) -> str:
    """Give a currency the company has; one it lacks is added, or passed over."""
    if code not in CURRENCIES:
        raise ApiError(2220, f"Invalid Currency Type : {code}", "CurrencyRef")
    home = desk.company.home_currency
    if code == home or any(desk.named("CompanyCurrency", code)):
        return code
    if desk.settings.unknown_currency == "ignored":
        return home
    desk.add("CompanyCurrency", {"Code": code, "Name": CURRENCIES[code], "Active": True})
    return code


def settle_currency(desk: Desk, row: Row, party: Row | None) -> None:
    """Give a document its currency and rate.

    Raises:
        ApiError: 6000 for another currency than the party's, 2410 without a rate.
    """
    home = desk.company.home_currency
    asked = row.get("CurrencyRef", {}).get("value", home)
    if not desk.settings.multicurrency:
        if asked != home:
            raise rule_broken("Multi Currency should be enabled to perform this operation.")
        row.pop("ExchangeRate", None)
        row["CurrencyRef"] = {"value": home}
        return
    theirs = home if party is None else party["CurrencyRef"]["value"]
    if asked != theirs:
        raise rule_broken(_ONE_FOREIGN)
    row["CurrencyRef"] = {"value": asked}
    if asked == home:
        row["ExchangeRate"] = 1
    elif not number(row.get("ExchangeRate")):
        row["ExchangeRate"] = _rate_of_the_day(desk, asked, row["TxnDate"])


def _rate_of_the_day(desk: Desk, code: str, day: str) -> Decimal:
    found = rate_of(desk, code, day)
    if found is None or desk.settings.missing_rate == "refused":
        raise ApiError(
            2410,
            "The currency and exchange rate are required for transaction in foreign currency.",
            "ExchangeRate",
        )
    return number(found["Rate"])


def rate_of(desk: Desk, code: str, day: str) -> Row | None:
    """Give the newest stored rate of a currency that is not later than a day."""
    rates = [
        row
        for row in desk.all("ExchangeRate")
        if row["SourceCurrencyCode"] == code and row["AsOfDate"] <= day
    ]
    return max(rates, key=lambda row: str(row["AsOfDate"]), default=None)


def settle_account(desk: Desk, row: Row, field: str, kind: str) -> None:
    """Give a document its payables or receivables account.

    Raises:
        ApiError: 6000 for an account of another kind or currency.
    """
    currency = row["CurrencyRef"]["value"]
    if field not in row:
        row[field] = {"value": default_account(desk, kind, currency)["Id"]}
        return
    account = desk.get("Account", row[field]["value"])
    if account["AccountType"] != kind:
        raise rule_broken(f"You must select an {kind} account for this transaction.")
    if account["CurrencyRef"]["value"] != currency:
        raise rule_broken(_ONE_FOREIGN)


def home_amount(row: Mapping[str, Any], amount: Decimal) -> Decimal:
    """What an amount of a document is in the home currency."""
    return cents(amount * number(row.get("ExchangeRate", 1)))
