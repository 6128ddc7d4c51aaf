"""Short lists that other records point to."""

from __future__ import annotations

from ._table import Entity

__all__ = ["LISTS"]

LISTS = (
    Entity(
        "ActionTypes",
        verbs="create update delete",
        fields="""
            id long ro
            isActive boolean req
            isSystemActionType boolean ro
            name string(32) req
            view integer req pick=ActionView
        """,
    ),
    Entity(
        "BillingCodes",
        verbs="",
        fields="""
            id long ro
            afterHoursWorkType integer ->BillingCodes
            billingCodeType integer pick=BillingCodeType
            department integer
            description string(500)
            externalNumber string(100)
            generalLedgerAccount integer pick=LedgerAccount
            isActive boolean
            isExcludedFromNewContracts boolean
            markupRate double ro
            name string(200)
            taxCategoryID integer ->TaxCategories
            unitCost double
            unitPrice double
            useType integer pick=BillingCodeUse
        """,
    ),
    Entity(
        "Countries",
        verbs="update",
        fields="""
            id long ro
            addressFormatID long req pick
            countryCode string(2) ro
            displayName string(100) req
            invoiceTemplateID integer ->InvoiceTemplates
            isActive boolean
            isDefaultCountry boolean
            name string(50) ro
            purchaseOrderTemplateID integer pick
            quoteTemplateID integer ->QuoteTemplates
        """,
    ),
    Entity(
        "Currencies",
        verbs="update",
        fields="""
            id long ro
            currencyNegativeFormat string(10) ro
            currencyPositiveFormat string(10) ro
            description string(100) ro
            displaySymbol integer ro pick
            exchangeRate decimal
            isActive boolean ro
            isInternalCurrency boolean ro
            lastModifiedDateTime datetime ro
            name string(3) ro
            updateResourceId integer ro ->Resources
        """,
    ),
    Entity(
        "Departments",
        verbs="create update",
        fields="""
            id long ro
            description string(1000)
            name string(100) req
            number string(50)
            primaryLocationID integer req ->InternalLocations
        """,
    ),
    Entity(
        "InternalLocations",
        verbs="",
        fields="""
            id long ro
            additionalAddressInfo string(100) ro
            address1 string(100) ro
            address2 string(100) ro
            city string(50) ro
            country string(100) ro
            holidaySetId long ro pick
            isDefault boolean ro
            name string(100) ro
            postalCode string(20) ro
            state string(25) ro
            timeZone string(100) ro
        """,
    ),
    Entity(
        "OrganizationalLevelAssociations",
        verbs="create update",
        fields="""
            id long ro
            isActive boolean
            organizationalLevel1ID integer req
            organizationalLevel2ID integer req
        """,
    ),
    Entity(
        "PaymentTerms",
        verbs="create update",
        fields="""
            id long ro
            description string(2000)
            isActive boolean
            name string(100) req
            paymentDueInDays integer
        """,
    ),
    Entity(
        "ShippingTypes",
        verbs="",
        fields="""
            id long ro
            billingCodeID integer ro ->BillingCodes
            description string(2000) ro
            isActive boolean ro
            name string(100) ro
        """,
    ),
    Entity(
        "TaxCategories",
        verbs="create update",
        fields="""
            id integer ro
            description string(200)
            isActive boolean
            name string(200) req
        """,
    ),
    Entity(
        "TaxRegions",
        verbs="create update",
        fields="""
            id integer ro
            isActive boolean
            name string(200) req
        """,
    ),
    Entity(
        "Taxes",
        verbs="create update",
        fields="""
            id integer ro
            isCompounded boolean
            taxCategoryID integer req create ->TaxCategories
            taxName string(100) req
            taxRate double req
            taxRegionID integer req create ->TaxRegions
        """,
    ),
    Entity(
        "UserDefinedFieldDefinitions",
        verbs="create update",
        fields="""
            id long ro
            createDate datetime ro
            crmToProjectUdfId long
            dataType integer req pick=UdfDataType
            defaultValue string(1024)
            description string(128)
            displayFormat integer pick
            isActive boolean
            isEncrypted boolean
            isFieldMapping boolean ro
            isPrivate boolean
            isProtected boolean
            isRequired boolean
            isVisibleToClientPortal boolean
            mergeVariableName string(100)
            name string(45) req
            numberOfDecimalPlaces integer
            sortOrder integer
            udfType integer req pick=UdfOwner
        """,
    ),
)
