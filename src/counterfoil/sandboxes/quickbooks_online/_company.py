"""What a company tells of itself: its description, its preferences, its exchange rates.

Preferences are not stored: they are the switches a bookkeeper would set, shown in the shape of
the wire and, where the service lets them be written, read back from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from ._desk import Desk
from ._errors import ApiError, DeskError, missing, rule_broken
from ._intake import check_token, is_sparse, merge, read, require
from ._money import CURRENCIES, rate_of
from ._wire import Row
from .entities import ENTITIES

__all__ = [
    "SINGLE_ID",
    "change_company",
    "change_preferences",
    "description",
    "exchange_rate",
    "preferences",
    "set_rate",
]

SINGLE_ID = "1"
"""The id of the company's description and of its preferences."""


class _Pair(msgspec.Struct):
    """A preference and its text."""

    Name: str
    Value: str


class _Others(msgspec.Struct):
    """``OtherPrefs``, as far as it can be written."""

    NameValue: list[_Pair] = []


_FIELDS_MAX: Final = 3
_YES_NO = {"true": True, "false": False}

_SWITCHES: Final[Mapping[tuple[str, str], str]] = {
    ("AccountingInfoPrefs", "BookCloseDate"): "book_close_date",
    ("AccountingInfoPrefs", "TrackDepartments"): "track_departments",
    ("AccountingInfoPrefs", "ClassTrackingPerTxnLine"): "track_classes",
    ("SalesFormsPrefs", "CustomTxnNumbers"): "custom_sales_numbers",
    ("ProductAndServicesPrefs", "ForPurchase"): "for_purchase",
    ("ProductAndServicesPrefs", "QuantityOnHand"): "quantity_on_hand",
    ("TaxPrefs", "UsingSalesTax"): "sales_tax",
}
"""Preference -> the switch it is; these can be written."""

_OTHER_SWITCHES: Final[Mapping[str, str]] = {
    "VendorAndPurchasesPrefs.UseCustomTxnNumbers": "custom_purchase_numbers",
    "WarnDuplicateBillNumber": "warn_duplicate_bill_number",
    "VendorAndPurchasesPrefs.UsePurchaseOrders": "purchase_orders",
}
"""The same for those in ``OtherPrefs``: pairs of a name and a text."""

_SAME_FOR_ALL: Final[Mapping[str, Mapping[str, object]]] = {
    "AccountingInfoPrefs": {
        "FirstMonthOfFiscalYear": "January",
        "UseAccountNumbers": False,
        "TaxYearMonth": "January",
        "ClassTrackingPerTxn": False,
        "DepartmentTerminology": "Location",
        "CustomerTerminology": "Customers",
    },
    "ProductAndServicesPrefs": {"ForSales": True, "QuantityWithPriceAndRate": True},
    "SalesFormsPrefs": {
        "AllowDeposit": True,
        "AllowDiscount": True,
        "AllowEstimates": True,
        "AllowServiceDate": True,
        "AllowShipping": True,
        "UsingProgressInvoicing": False,
    },
    "VendorAndPurchasesPrefs": {
        "BillableExpenseTracking": True,
        "TrackingByCustomer": True,
    },
    "TimeTrackingPrefs": {
        "UseServices": True,
        "BillCustomers": True,
        "WorkWeekStartDate": "Monday",
        "MarkTimeEntriesBillable": True,
    },
    "TaxPrefs": {"PartnerTaxEnabled": False},
    "EmailMessagesPrefs": {},
    "ReportPrefs": {"ReportBasis": "Accrual"},
}
"""What no switch changes."""

_OTHER_SAME_FOR_ALL: Final = {
    "WarnDuplicateCheckNumber": "true",
    "WarnDuplicateJournalNumber": "false",
    "ProjectsEnabled": "false",
}


def description(desk: Desk) -> Row:
    """Show what the company is, with the plan it has now."""
    row = desk.get("CompanyInfo", SINGLE_ID)
    others = [pair for pair in row["NameValue"] if pair["Name"] != "OfferingSku"]
    plan = {"Name": "OfferingSku", "Value": desk.settings.plan}
    return {**row, "NameValue": [*others, plan]}


def preferences(desk: Desk) -> Row:
    """Show the company's preferences."""
    told: Row = {group: {**members} for group, members in _SAME_FOR_ALL.items()}
    for (group, name), switch in _SWITCHES.items():
        value = getattr(desk.settings, switch)
        if value is not None:
            told[group][name] = value
    fields = desk.settings
    told["SalesFormsPrefs"]["CustomField"] = _used("SalesFormsPrefs", "Sales", fields.sales_fields)
    told["VendorAndPurchasesPrefs"]["POCustomField"] = _used(
        "PurchasePrefs", "Purchase", fields.purchase_fields
    )
    told["CurrencyPrefs"] = {
        "MultiCurrencyEnabled": desk.settings.multicurrency,
        "HomeCurrency": {"value": desk.company.home_currency},
    }
    others = {
        name: str(getattr(desk.settings, switch)).lower()
        for name, switch in _OTHER_SWITCHES.items()
    }
    pairs = {**others, **_OTHER_SAME_FOR_ALL}.items()
    told["OtherPrefs"] = {"NameValue": [{"Name": name, "Value": text} for name, text in pairs]}
    return told | desk.get("Preferences", SINGLE_ID)


def _used(group: str, forms: str, names: Sequence[str]) -> list[Row]:
    """Show the custom fields of some forms: a block of flags, and one of names."""
    flags = [
        {
            "Name": f"{group}.Use{forms}Custom{place}",
            "Type": "BooleanType",
            "BooleanValue": place <= len(names),
        }
        for place in range(1, _FIELDS_MAX + 1)
    ]
    texts = [
        {
            "Name": f"{group}.{forms}CustomName{place}",
            "Type": "StringType",
            "StringValue": name,
        }
        for place, name in enumerate(names, start=1)
    ]
    return [{"CustomField": flags}, {"CustomField": texts}]


def change_preferences(desk: Desk, body: Mapping[str, Any]) -> Row:
    """Set the preferences that can be written; others in the body are passed over.

    Raises:
        ApiError: 2010, 2020, 5010.
    """
    row = _checked(desk, "Preferences", body)
    read(ENTITIES["Preferences"], body)
    wanted = {
        switch: body[group][name]
        for (group, name), switch in _SWITCHES.items()
        if isinstance(body.get(group), Mapping) and name in body[group]
    }
    for name, text in _pairs(body):
        if name in _OTHER_SWITCHES and text in _YES_NO:
            wanted[_OTHER_SWITCHES[name]] = _YES_NO[text]
    changed = {switch.replace("_", "-"): value for switch, value in wanted.items()}
    try:
        desk.company.changed(changed)
    except DeskError as error:
        raise ApiError(2010, f"Property Name:{error}") from None
    desk.changed_settings.update(changed)
    row["changes"] = int(row.get("changes", 0)) + 1
    return row


def _pairs(body: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Read the pairs of ``OtherPrefs``.

    Raises:
        ApiError: 2010 for what are none.
    """
    try:
        others = msgspec.convert(body.get("OtherPrefs") or {}, _Others)
    except msgspec.ValidationError as error:
        raise ApiError(2010, f"Property Name:{error}", "OtherPrefs") from None
    return [(pair.Name, pair.Value) for pair in others.NameValue]


def _checked(desk: Desk, entity: str, body: Mapping[str, Any]) -> Row:
    row = desk.edit(entity, SINGLE_ID)
    check_token(body, row)
    return row


def change_company(desk: Desk, body: Mapping[str, Any]) -> Row:
    """Change the company's description.

    Raises:
        ApiError: 2010, 2020, 5010.
    """
    row, entity = _checked(desk, "CompanyInfo", body), ENTITIES["CompanyInfo"]
    values, emptied = read(entity, body)
    row.update(merge(entity, row, values, emptied, sparse=is_sparse(body)))
    require(entity, row)
    return row


# --- Exchange rates ----------------------------------------------------------------------------


def exchange_rate(desk: Desk, code: str, day: str) -> Row:
    """Give the rate of a currency on a day; one that nobody stored is 1, as of that day.

    Raises:
        ApiError: 2020 without a currency, 6000 for the home currency.
    """
    _check_foreign(desk, code)
    return rate_of(desk, code, day) or _rate(desk, code, day, 1)


def _rate(desk: Desk, code: str, day: str, rate: object) -> Row:
    return {
        "SourceCurrencyCode": code,
        "TargetCurrencyCode": desk.company.home_currency,
        "Rate": rate,
        "AsOfDate": day,
    }


def set_rate(desk: Desk, body: Mapping[str, Any]) -> Row:
    """Store the rate of a currency from a day on.

    Raises:
        ApiError: 2010, 2020, 6000.
    """
    entity = ENTITIES["ExchangeRate"]
    values, _ = read(entity, body)
    require(entity, values)
    code, day = values["SourceCurrencyCode"], values["AsOfDate"]
    _check_foreign(desk, code)
    key = f"{code} {day}"
    fields = _rate(desk, code, day, values["Rate"])
    if desk.find("ExchangeRate", key) is None:
        return desk.add("ExchangeRate", fields, id_=key)
    row = desk.edit("ExchangeRate", key)
    row.update(fields)
    return row


def _check_foreign(desk: Desk, code: str) -> None:
    if not code:
        raise missing("sourcecurrencycode")
    if code not in CURRENCIES:
        raise ApiError(2220, f"Invalid Currency Type : {code}")
    if code == desk.company.home_currency:
        raise rule_broken("The home currency has no exchange rate.")
