"""What the program, the company and its preferences say of themselves (4.14)."""

from __future__ import annotations

from typing import Any

from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._custom_fields import COMPANY_ID, shown_fields
from counterfoil.sandboxes.quickbooks_desktop._showing import View

# List sizes of an Enterprise file; only their being there matters.
_CAPACITIES = {
    "Account": 10000,
    "BillingRate": 100,
    "Class": 10000,
    "CustomerMsg": 50,
    "CustomerType": 10000,
    "Entity": 1000000,
    "Item": 1000000,
    "JobType": 10000,
    "PaymentMethod": 10000,
    "PayrollItem": 10000,
    "PriceLevel": 750,
    "SalesRep": 10000,
    "SalesTaxCode": 10000,
    "ShipMethod": 10000,
    "Template": 10000,
    "Terms": 10000,
    "ToDo": 10000,
    "Vehicle": 10000,
    "VendorType": 10000,
}


def host_fields(books: Books, *, with_capacities: bool) -> dict[str, Any]:
    settings = books.settings
    fields: dict[str, Any] = {
        "ProductName": settings.product_name,
        "MajorVersion": settings.major_version,
        "MinorVersion": "0",
        "Country": settings.country,
        "SupportedQBXMLVersion": list(settings.supported_levels),
        "IsAutomaticLogin": "false",
        "QBFileMode": settings.file_mode,
    }
    if with_capacities:
        fields["ListMetaData"] = {
            f"{name}MetaData": {"MaxCapacity": str(size)} for name, size in _CAPACITIES.items()
        }
    return fields


def company_fields(books: Books, view: View) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "IsSampleCompany": "false",
        "CompanyName": books.settings.name,
        "LegalCompanyName": books.settings.name,
        "FirstMonthFiscalYear": "January",
        "FirstMonthIncomeTaxYear": "January",
    }
    custom = shown_fields(books, COMPANY_ID, view.owners).get("")
    if custom:
        fields["DataExtRet"] = custom
    return fields


def preferences_fields(books: Books) -> dict[str, Any]:
    """Groups of features that are off are absent (4.14)."""
    preferences = books.settings.preferences
    accounting: dict[str, Any] = {
        "IsUsingAccountNumbers": _flag(preferences.account_numbers),
        "IsRequiringAccounts": "true",
        "IsUsingClassTracking": _flag(preferences.class_tracking),
        "IsUsingAuditTrail": "true",
        "IsAssigningJournalEntryNumbers": "true",
    }
    if preferences.closing_date is not None:
        accounting["ClosingDate"] = preferences.closing_date
    fields: dict[str, Any] = {
        "AccountingPreferences": accounting,
        "JobsAndEstimatesPreferences": {
            "IsUsingEstimates": _flag(preferences.estimates),
            "IsUsingProgressInvoicing": "false",
            "IsPrintingItemsWithZeroAmounts": "false",
        },
        "MultiCurrencyPreferences": {"IsMultiCurrencyOn": _flag(preferences.multi_currency)},
        "MultiLocationInventoryPreferences": {
            "IsMultiLocationInventoryAvailable": _flag(books.settings.edition == "Enterprise"),
            "IsMultiLocationInventoryEnabled": _flag(books.allows("sites")),
        },
        "PurchasesAndVendorsPreferences": {
            "IsUsingInventory": _flag(preferences.inventory),
            "DaysBillsAreDue": "10",
            "IsAutomaticallyUsingDiscounts": "false",
        },
        "ReportsPreferences": {
            "AgingReportBasis": "AgeFromDueDate",
            "SummaryReportBasis": "Accrual",
        },
        "SalesAndCustomersPreferences": {
            "IsTrackingReimbursedExpensesAsIncome": "false",
            "IsAutoApplyingPayments": "true",
        },
        "CurrentAppAccessRights": {
            "IsAutomaticLoginAllowed": "false",
            "IsPersonalDataAccessAllowed": "false",
        },
        "ItemsAndInventoryPreferences": {
            "EnhancedInventoryReceivingEnabled": _flag(books.allows("enhanced receiving"))
        },
    }
    if preferences.multi_currency:
        fields["MultiCurrencyPreferences"]["HomeCurrencyRef"] = _ref(
            books, "Currency", preferences.home_currency
        )
    if preferences.sales_tax:
        fields["SalesTaxPreferences"] = _sales_tax(books)
    if preferences.time_tracking:
        fields["TimeTrackingPreferences"] = {"FirstDayOfWeek": "Monday"}
    return fields


def _sales_tax(books: Books) -> dict[str, Any]:
    preferences = books.settings.preferences
    return {
        "DefaultItemSalesTaxRef": _ref(books, "ItemSalesTax", preferences.default_sales_tax_item),
        "PaySalesTax": "Monthly",
        "DefaultTaxableSalesTaxCodeRef": _ref(books, "SalesTaxCode", preferences.taxable_code),
        "DefaultNonTaxableSalesTaxCodeRef": _ref(
            books, "SalesTaxCode", preferences.non_taxable_code
        ),
    }


def _ref(books: Books, kind: str, name: str) -> dict[str, Any]:
    entry = books.named((kind,), name)
    if entry is None:
        return {"FullName": name} if name else {}
    return {"ListID": entry.list_id, "FullName": entry.full_name}


def _flag(value: object) -> str:
    return "true" if value else "false"
