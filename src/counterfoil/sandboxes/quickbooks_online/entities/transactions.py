"""Documents: what was ordered, billed, sold, paid, worked and counted."""

from __future__ import annotations

from ._table import Entity, Family

__all__ = ["TRANSACTIONS"]

_EXPENSES = ("ItemBasedExpenseLineDetail", "AccountBasedExpenseLineDetail")
_SALES = (
    "SalesItemLineDetail",
    "DescriptionOnly",
    "DiscountLineDetail",
    "GroupLineDetail",
    "SubTotalLineDetail",
)

_DATED = """
    TxnDate date filter
    PrivateNote string(4000)
"""

_TRADE = (
    _DATED
    + """
    DocNumber string(21) filter
    CurrencyRef ref
    ExchangeRate decimal
    DepartmentRef ref->Department
    Line Line[]
    LinkedTxn LinkedTxn[]
    TxnTaxDetail TxnTaxDetail
    GlobalTaxCalculation enum(TaxExcluded|TaxInclusive|NotApplicable)
    TransactionLocationType string
    RecurDataRef ref ro
"""
)

_PURCHASE = (
    _TRADE
    + """
    VendorAddr PhysicalAddress
    DueDate date filter
"""
)

_SALE = (
    _TRADE
    + """
    CustomerRef ref->Customer filter
    ProjectRef ref filter
    CustomField CustomField[]
    ClassRef ref->Class
    BillEmail EmailAddress
    BillEmailCc EmailAddress
    BillEmailBcc EmailAddress
    EmailStatus enum(NotSet|NeedToSend|EmailSent)
    PrintStatus enum(NotSet|NeedToPrint|PrintComplete)
    CustomerMemo MemoRef
    BillAddr PhysicalAddress
    ShipAddr PhysicalAddress
    ShipFromAddr PhysicalAddress
    ShipDate date
    ShipMethodRef ref
    ApplyTaxAfterDiscount boolean
    HomeTotalAmt decimal ro
    DeliveryInfo any ro
    TaxExemptionRef ref ro
    FreeFormAddress boolean
"""
)

TRANSACTIONS = (
    Entity(
        "Bill",
        Family.TRANSACTION,
        verbs="create update delete",
        lines=_EXPENSES,
        fields=_PURCHASE
        + """
        VendorRef ref->Vendor req filter sticky
        APAccountRef ref->Account filter
        SalesTermRef ref->Term filter
        TotalAmt decimal ro filter
        Balance decimal ro filter
        HomeBalance decimal ro
        HomeTotalAmt decimal ro
        RemitToAddr PhysicalAddress ro
        IncludeInAnnualTPAR boolean
        LessCIS decimal
        """,
    ),
    Entity(
        "PurchaseOrder",
        Family.TRANSACTION,
        plural="Purchase Orders",
        verbs="create update delete",
        lines=_EXPENSES,
        sends=True,
        fields=_PURCHASE
        + """
        VendorRef ref->Vendor req
        APAccountRef ref->Account req
        POStatus enum(Open|Closed)
        Memo string(4000)
        POEmail EmailAddress
        EmailStatus enum(NotSet|NeedToSend|EmailSent)
        ShipAddr PhysicalAddress
        ShipTo ref->Customer
        ShipMethodRef ref
        SalesTermRef ref->Term
        ClassRef ref->Class
        CustomField CustomField[]
        TotalAmt decimal ro
        """,
    ),
    Entity(
        "Estimate",
        Family.TRANSACTION,
        verbs="create update delete",
        lines=_SALES,
        sends=True,
        fields=_SALE
        + """
        DueDate date filter
        SalesTermRef ref->Term
        TxnStatus enum(Pending|Accepted|Closed|Rejected|Converted)
        AcceptedBy string
        AcceptedDate date
        ExpirationDate date
        TotalAmt decimal ro
        """,
    ),
    Entity(
        "Invoice",
        Family.TRANSACTION,
        verbs="create update delete void",
        lines=_SALES,
        sends=True,
        fields=_SALE
        + """
        DueDate date filter
        SalesTermRef ref->Term filter
        TrackingNum string
        DepositToAccountRef ref->Account
        Deposit decimal
        AllowIPNPayment boolean
        AllowOnlinePayment boolean
        AllowOnlineACHPayment boolean
        AllowOnlineCreditCardPayment boolean
        InvoiceLink string ro
        TotalAmt decimal ro
        Balance decimal ro filter
        HomeBalance decimal ro
        """,
    ),
    Entity(
        "SalesReceipt",
        Family.TRANSACTION,
        plural="Sales Receipts",
        verbs="create update delete void",
        lines=_SALES,
        sends=True,
        fields=_SALE
        + """
        TrackingNum string
        DepositToAccountRef ref->Account
        PaymentMethodRef ref
        PaymentRefNum string(21)
        PaymentType string
        CreditCardPayment any
        TotalAmt decimal ro filter
        Balance decimal ro filter
        HomeBalance decimal ro
        """,
    ),
    Entity(
        "TimeActivity",
        Family.TRANSACTION,
        plural="Time Activities",
        verbs="create update delete",
        is_captured=False,
        fields="""
            TxnDate date filter
            NameOf enum(Employee|Vendor) req
            EmployeeRef ref->Employee
            VendorRef ref->Vendor
            CustomerRef ref->Customer
            ProjectRef ref filter
            ItemRef ref->Item
            ClassRef ref->Class
            DepartmentRef ref->Department
            PayrollItemRef ref
            BillableStatus enum(Billable|NotBillable|HasBeenBilled) filter
            Taxable boolean
            HourlyRate decimal
            CostRate decimal
            Hours integer
            Minutes integer
            Seconds integer
            BreakHours integer
            BreakMinutes integer
            StartTime datetime
            EndTime datetime
            Description string(4000)
            TransactionLocationType string
            LinkedTxn LinkedTxn[] ro
        """,
    ),
    Entity(
        "InventoryAdjustment",
        Family.TRANSACTION,
        plural="Inventory Adjustments",
        verbs="create update delete",
        is_called_out=False,
        lines=("ItemAdjustmentLineDetail",),
        fields="""
            TxnDate date req
            DocNumber string(21)
            PrivateNote string(4000)
            AdjustAccountRef ref->Account req
            CustomerRef ref->Customer
            DepartmentRef ref->Department
            ShippingAdjustment boolean
            Line Line[]
        """,
    ),
    Entity(
        "Payment",
        Family.TRANSACTION,
        verbs="create update delete void",
        fields=_DATED
        + """
        CustomerRef ref->Customer req filter
        TotalAmt decimal req filter
        Line Line[]
        LinkedTxn LinkedTxn[] ro
        CurrencyRef ref
        ExchangeRate decimal
        PaymentMethodRef ref filter
        PaymentRefNum string(21) filter
        DepositToAccountRef ref->Account
        ARAccountRef ref->Account
        ProjectRef ref
        CreditCardPayment any
        UnappliedAmt decimal ro
        ProcessPayment boolean
        TxnSource string ro
        TransactionLocationType string
        """,
    ),
    Entity(
        "BillPayment",
        Family.TRANSACTION,
        plural="Bill Payments",
        verbs="create update delete void",
        fields=_DATED
        + """
        DocNumber string(21) filter
        VendorRef ref->Vendor req filter
        TotalAmt decimal req filter
        Line Line[]
        CurrencyRef ref
        ExchangeRate decimal
        DepartmentRef ref->Department
        APAccountRef ref->Account filter
        PayType enum(Check|CreditCard) req
        CheckPayment BillPaymentCheck
        CreditCardPayment BillPaymentCreditCard
        ProcessBillPayment boolean
        TransactionLocationType string
        """,
    ),
)
