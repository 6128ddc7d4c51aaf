"""Lists: what is traded, where it is booked, how it is sorted, taxed and paid."""

from __future__ import annotations

from ._table import Entity, Family

__all__ = ["LISTS"]

_TREE = """
    Name string(100) req filter
    Active boolean filter
    FullyQualifiedName string ro filter
"""

LISTS = (
    Entity(
        "Item",
        Family.LIST,
        fields=_TREE
        + """
        Type enum(Inventory|NonInventory|Service|Category|Group) filter
        Sku string(100) filter
        Description string(4000)
        PurchaseDesc string(1000)
        Taxable boolean filter
        SalesTaxIncluded boolean
        PurchaseTaxIncluded boolean
        UnitPrice decimal
        PurchaseCost decimal
        RatePercent decimal
        TrackQtyOnHand boolean
        QtyOnHand decimal
        InvStartDate date
        ReorderPoint decimal kept
        IncomeAccountRef ref->Account
        ExpenseAccountRef ref->Account
        AssetAccountRef ref->Account
        SalesTaxCodeRef ref->TaxCode
        PurchaseTaxCodeRef ref->TaxCode
        TaxClassificationRef ref
        PrefVendorRef ref->Vendor
        ClassRef ref->Class
        SubItem boolean filter
        ParentRef ref->Item
        Level integer ro
        ItemGroupDetail any
        PrintGroupedItems boolean
        AbatementRate decimal
        ReverseChargeRate decimal
        ServiceType string
        ItemCategoryType string
        UQCId string
        UQCDisplayText string(25)
        ManPartNum string(31)
        Source string ro
        """,
    ),
    Entity(
        "Account",
        Family.LIST,
        fields=_TREE
        + """
        AccountType string filter
        AccountSubType string filter
        Classification string ro filter
        AcctNum string(20)
        Description string(100) filter
        SubAccount boolean ro filter
        ParentRef ref->Account
        CurrencyRef ref fixed
        CurrentBalance decimal ro filter
        CurrentBalanceWithSubAccounts decimal ro
        TaxCodeRef ref->TaxCode
        TxnLocationType string
        AccountAlias string
        """,
    ),
    Entity(
        "Class",
        Family.LIST,
        plural="Classes",
        fields=_TREE + "ParentRef ref->Class\nSubClass boolean ro",
    ),
    Entity(
        "Department",
        Family.LIST,
        fields=_TREE + "ParentRef ref->Department\nSubDepartment boolean ro",
    ),
    Entity(
        "Term",
        Family.LIST,
        fields="""
            Name string(31) req filter
            Active boolean filter
            Type string ro
            DueDays integer
            DiscountDays integer
            DiscountPercent decimal
            DayOfMonthDue integer
            DueNextMonthDays integer
            DiscountDayOfMonth integer
        """,
    ),
    Entity(
        "CompanyCurrency",
        Family.LIST,
        is_called_out=False,
        fields="""
            Code string(3) req fixed
            Name string ro
            Active boolean filter
        """,
    ),
    Entity(
        "TaxCode",
        Family.LIST,
        verbs="",
        is_captured=False,
        is_called_out=False,
        fields="""
            Name string(100) filter
            Description string(100) filter
            Active boolean filter
            Hidden boolean
            Taxable boolean
            TaxGroup boolean
            SalesTaxRateList TaxRateList
            PurchaseTaxRateList TaxRateList
            TaxCodeConfigType string
        """,
    ),
    Entity(
        "TaxRate",
        Family.LIST,
        verbs="",
        is_captured=False,
        is_called_out=False,
        fields="""
            Name string(100) filter
            Description string(100) filter
            Active boolean filter
            RateValue decimal
            AgencyRef ref filter
            TaxReturnLineRef ref filter
            SpecialTaxType string
            DisplayType string
            EffectiveTaxRate any
            OriginalTaxRate string
        """,
    ),
    Entity(
        "ExchangeRate",
        Family.SINGLE,
        verbs="update",
        is_captured=False,
        is_called_out=False,
        fields="""
            SourceCurrencyCode string(3) req filter
            TargetCurrencyCode string(3)
            Rate decimal req
            AsOfDate date req filter
        """,
    ),
    Entity(
        "CompanyInfo",
        Family.SINGLE,
        verbs="update",
        is_called_out=False,
        fields="""
            CompanyName string(1024) req
            LegalName string(1024)
            CompanyAddr PhysicalAddress req
            LegalAddr PhysicalAddress
            CustomerCommunicationAddr PhysicalAddress
            Country string
            Email EmailAddress
            CustomerCommunicationEmailAddr EmailAddress
            WebAddr WebSiteAddress
            PrimaryPhone TelephoneNumber
            FiscalYearStartMonth string
            CompanyStartDate date ro
            SupportedLanguages string
            EmployerId string
            DefaultTimeZone string
            NameValue NameValue[] ro
        """,
    ),
    Entity(
        "Preferences",
        Family.SINGLE,
        verbs="update",
        is_captured=False,
        fields="""
            AccountingInfoPrefs any
            AdvancedInventoryPrefs any
            ProductAndServicesPrefs any
            SalesFormsPrefs any
            EmailMessagesPrefs any
            VendorAndPurchasesPrefs any
            TimeTrackingPrefs any
            TaxPrefs any
            CurrencyPrefs any
            ReportPrefs any
            OtherPrefs any
        """,
    ),
    Entity(
        "Attachable",
        Family.TRANSACTION,
        verbs="create update delete",
        is_captured=False,
        is_called_out=False,
        fields="""
            FileName string(1000) filter
            Note string(2000) filter
            Category string(100) filter
            ContentType string(100) filter
            Tag string(2000) filter
            PlaceName string(2000)
            Lat string(100)
            Long string(100)
            AttachableRef AttachableRef[]
            Size decimal ro filter
            FileAccessUri string ro
            TempDownloadUri string ro
            ThumbnailFileAccessUri string ro
            ThumbnailTempDownloadUri string ro
        """,
    ),
)
