"""Requests of Intuit's schema for what this company file does not keep.

A real file can parse every one of them, so they are answered: a question about records that
cannot be here finds none (status 1), everything else is not supported (1030) in words that say
whose limit that is.  What they hold is not read.  A name that is not in the schema breaks the
whole set, as it always did.

Source: the request names of Intuit's qbXML 16.0 schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._kinds import LISTS
from counterfoil.sandboxes.quickbooks_desktop._refusals import RefusedError

# Record types by the requests the schema has for them.
_RECORDS: Mapping[str, str] = MappingProxyType(
    {
        "Add Query": "ARRefundCreditCard BillPaymentCreditCard BillingRate CustomerMsg "
        "CustomerType DateDrivenTerms JobType PaymentMethod PayrollLiabilityAdjustment "
        "PayrollPriorPayment PayrollYearToDateAdjustment VehicleMileage VendorType",
        "Add Mod Query": "BillPaymentCheck Charge Check CreditCardCharge CreditCardCredit "
        "CreditMemo Deposit ItemDiscount ItemFixedAsset ItemPayment ItemSalesTaxGroup "
        "ItemSubtotal JournalEntry Lead PriceLevel SalesReceipt SalesTaxPaymentCheck ToDo "
        "Transfer TransferInventory Vehicle WorkersCompCode",
        "Add Del Query": "Alert",
        "Add Mod": "PayrollItemAddition PayrollItemCompanyContribution PayrollItemDeduction "
        "PayrollItemDirectDeposit PayrollItemTax PayrollItemWorkersCompensation",
        "Query": "Paycheck PayrollItemNonWage PayrollLiabilityCheck SalesTaxReturn "
        "SalesTaxReturnLine",
    }
)
# Questions that are answered from what the company does keep, windows, and preferences.
_OTHERS = (
    "AccountTaxLineInfoQuery BarCodeQuery BillToPayQuery ClearedStatusMod CompanyActivityQuery "
    "DataEventRecoveryInfoDel DataEventRecoveryInfoQuery EmployeeDefaultMod EmployeeDefaultQuery "
    "Form1099CategoryAccountMappingMod Form1099CategoryAccountMappingQuery "
    "ItemAssembliesCanBuildQuery ListDisplayAdd ListDisplayMod PayrollItemQuery "
    "PayrollLastPeriodQuery PreferencesMod QBCommandExec ReceivePaymentToDepositQuery "
    "SalesTaxPayableQuery SpecialAccountAdd SpecialItemAdd TxnDisplayAdd TxnDisplayMod "
    "VendorCreditMod"
)
_REPORTS = (
    "Aging BudgetSummary CustomDetail CustomSummary GeneralDetail GeneralSummary Job "
    "PayrollDetail PayrollSummary Time"
)


def _names() -> Iterator[str]:
    for verbs, kinds in _RECORDS.items():
        yield from (kind + verb for kind in kinds.split() for verb in verbs.split())
    yield from _OTHERS.split()
    yield from (f"{name}ReportQuery" for name in _REPORTS.split())


OTHER_REQUESTS: frozenset[str] = frozenset(_names())
_FINDING_NOTHING = frozenset(
    f"{kind}Query"
    for verbs, kinds in _RECORDS.items()
    if "Query" in verbs
    for kind in kinds.split()
)


def refuse_other_request(books: Books, name: str) -> None:
    """Return when a question finds nothing here; raises ``RefusedError`` for everything else."""
    kind = name.removesuffix("Query")
    # A new company has payment methods and the like, which no request of this program shows.
    holds_some = kind in LISTS and bool(books.entries((kind,)))
    if name in _FINDING_NOTHING and not holds_some:
        return
    raise RefusedError(
        status.UNSUPPORTED,
        f"{name} is a request of QuickBooks which this stand-in does not carry out.",
    )
