"""Structures that stand inside entities: addresses, lines and their details, taxes, links.

Lengths and members as the reference has them, section 4.1.
"""

from __future__ import annotations

from collections.abc import Mapping

from ._table import Field, read_fields

__all__ = ["DETAILS", "STRUCTURES"]

_TEXTS = {
    "ModificationMetaData": """
        CreateTime datetime
        LastUpdatedTime datetime
        CreatedByRef ref
        LastModifiedByRef ref
    """,
    "PhysicalAddress": """
        Id string ro
        Line1 string(500)
        Line2 string(500)
        Line3 string(500)
        Line4 string(500)
        Line5 string(500)
        City string(255)
        Country string(255)
        CountryCode string(255)
        CountrySubDivisionCode string(255)
        PostalCode string(30)
        PostalCodeSuffix string(30)
        Lat string ro
        Long string ro
        Tag string
        Note string
    """,
    "TelephoneNumber": """
        Id string ro
        DeviceType string
        CountryCode string
        AreaCode string
        ExchangeCode string
        Extension string
        FreeFormNumber string(30)
        Default boolean
        Tag string
    """,
    "EmailAddress": """
        Id string ro
        Address string(100)
        Default boolean
        Tag string
    """,
    "WebSiteAddress": """
        Id string ro
        URI string(1000)
        Default boolean
        Tag string
    """,
    "MemoRef": """
        id string
        value string(1000)
    """,
    "CustomField": """
        DefinitionId string req
        Name string ro
        Type string
        StringValue string(31)
    """,
    "LinkedTxn": """
        TxnId string req
        TxnType string req
        TxnLineId string
    """,
    "MarkupInfo": """
        PercentBased boolean
        Value decimal
        Percent decimal
        PriceLevelRef ref
        MarkUpIncomeAccountRef ref->Account ro
    """,
    "TxnTaxDetail": """
        DefaultTaxCodeRef ref->TaxCode
        TxnTaxCodeRef ref->TaxCode
        TotalTax decimal
        TaxLine TaxLine[]
    """,
    "TaxLine": """
        Id string
        LineNum integer
        Amount decimal
        DetailType string
        TaxLineDetail TaxLineDetail
    """,
    "TaxLineDetail": """
        TaxRateRef ref->TaxRate
        PercentBased boolean
        TaxPercent decimal
        NetAmountTaxable decimal
        TaxInclusiveAmount decimal
        OverrideDeltaAmount decimal
    """,
    "Line": """
        Id string
        LineNum integer
        Description string(4000)
        Amount decimal
        Received decimal ro
        LinkedTxn LinkedTxn[]
        DetailType string
        ItemBasedExpenseLineDetail ItemBasedExpenseLineDetail
        AccountBasedExpenseLineDetail AccountBasedExpenseLineDetail
        SalesItemLineDetail SalesItemLineDetail
        DescriptionLineDetail DescriptionLineDetail
        DiscountLineDetail DiscountLineDetail
        SubTotalLineDetail any
        GroupLineDetail any
        ItemAdjustmentLineDetail ItemAdjustmentLineDetail
        CustomField CustomField[]
        LineEx any ro
    """,
    "ItemBasedExpenseLineDetail": """
        ItemRef ref->Item
        ItemAccountRef ref->Account ro
        Qty decimal
        UnitPrice decimal
        CustomerRef ref->Customer
        BillableStatus enum(Billable|NotBillable|HasBeenBilled)
        ClassRef ref->Class
        TaxCodeRef ref->TaxCode
        MarkupInfo MarkupInfo
        TaxInclusiveAmt decimal
        PriceLevelRef ref
    """,
    "AccountBasedExpenseLineDetail": """
        AccountRef ref->Account
        CustomerRef ref->Customer
        BillableStatus enum(Billable|NotBillable|HasBeenBilled)
        ClassRef ref->Class
        TaxCodeRef ref->TaxCode
        TaxAmount decimal
        TaxInclusiveAmt decimal
        MarkupInfo MarkupInfo
    """,
    "SalesItemLineDetail": """
        ItemRef ref->Item
        Qty decimal
        UnitPrice decimal
        ServiceDate date
        ClassRef ref->Class
        TaxCodeRef ref->TaxCode
        DiscountRate decimal
        DiscountAmt decimal
        TaxInclusiveAmt decimal
        MarkupInfo MarkupInfo
        PriceLevelRef ref
        DeferredRevenue boolean
        ItemAccountRef ref->Account ro
        TaxClassificationRef ref ro
    """,
    "DescriptionLineDetail": """
        ServiceDate date
        TaxCodeRef ref->TaxCode
    """,
    "DiscountLineDetail": """
        Discount any
        PercentBased boolean
        DiscountPercent decimal
        DiscountAccountRef ref->Account
        ClassRef ref->Class
        TaxCodeRef ref->TaxCode
        ServiceDate date
    """,
    "ItemAdjustmentLineDetail": """
        ItemRef ref->Item req
        QtyDiff decimal
        NewQty decimal
        ClassRef ref->Class
        SalesPrice decimal
    """,
    "BillPaymentCheck": """
        BankAccountRef ref->Account req
        PrintStatus enum(NotSet|NeedToPrint|PrintComplete)
        CheckDetail any
        PayeeAddr PhysicalAddress
    """,
    "BillPaymentCreditCard": """
        CCAccountRef ref->Account req
        CCDetail any
    """,
    "AttachableRef": """
        EntityRef ref
        LineInfo string
        IncludeOnSend boolean
        Inactive boolean
        NoRefOnly boolean
        CustomField CustomField[]
    """,
    "TaxRateList": """
        TaxRateDetail any[]
        originatingGroupId string
    """,
    "NameValue": """
        Name string
        Value string
    """,
}

STRUCTURES: Mapping[str, Mapping[str, Field]] = {
    name: {one.name: one for one in read_fields(text)} for name, text in _TEXTS.items()
}
"""Structure -> its members by name."""

DETAILS: Mapping[str, str] = {"DescriptionOnly": "DescriptionLineDetail"}
"""A line's ``DetailType`` -> the member that holds it, where the two differ."""
