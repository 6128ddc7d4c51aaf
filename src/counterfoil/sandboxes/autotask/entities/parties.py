"""Companies with their people and to-dos, products with their vendors, and resources."""

from __future__ import annotations

from ._table import ACCOUNT, CONTACT, PRODUCT, Entity, Parent

__all__ = ["PARTIES"]

PARTIES = (
    Entity(
        "Companies",
        verbs="create update",
        udf_owner=ACCOUNT,
        impersonation=True,
        webhooks=True,
        fields="""
            id long ro
            additionalAddressInformation string(100)
            address1 string(128)
            address2 string(128)
            alternatePhone1 string(25)
            alternatePhone2 string(25)
            apiVendorID integer ro pick
            assetValue double noq
            billingAddress1 string(150) ro
            billingAddress2 string(150) ro
            billToAdditionalAddressInformation string(100) ro
            billToAddressToUse integer ro pick
            billToAttention string(50)
            billToCity string(50) ro
            billToCompanyLocationID integer ->CompanyLocations
            billToCountryID integer ro ->Countries
            billToState string(128) ro
            billToZipCode string(50) ro
            city string(30)
            classification integer pick
            companyCategoryID integer
            companyName string(100) req
            companyNumber string(50)
            companyType short req pick=CompanyType
            competitorID integer pick
            countryID integer ->Countries
            createDate datetime ro
            createdByResourceID integer ro ->Resources
            currencyID integer ->Currencies
            fax string(25)
            impersonatorCreatorResourceID integer ro ->Resources
            invoiceEmailMessageID integer
            invoiceMethod integer pick=InvoiceMethod
            invoiceNonContractItemsToParentCompany boolean
            invoiceTemplateID integer ->InvoiceTemplates
            isActive boolean
            isClientPortalActive boolean ro
            isEnabledForComanaged boolean
            isTaskFireActive boolean ro
            isTaxExempt boolean
            lastActivityDate datetime ro
            lastTrackedModifiedDateTime datetime ro
            marketSegmentID integer pick
            ownerResourceID integer req ->Resources
            parentCompanyID integer ->Companies
            phone string(25) req
            postalCode string(10)
            purchaseOrderTemplateID integer pick
            quoteEmailMessageID integer
            quoteTemplateID integer ->QuoteTemplates
            sicCode string(32) noq
            state string(40)
            stockMarket string(10) noq
            stockSymbol string(10) noq
            surveyCompanyRating double ro
            taxID string(50)
            taxRegionID integer ->TaxRegions
            territoryID integer pick
            webAddress string(255)
        """,
    ),
    Entity(
        "Contacts",
        verbs="create update delete",
        parent=Parent("Companies", "companyID", "Contacts"),
        udf_owner=CONTACT,
        impersonation=True,
        webhooks=True,
        fields="""
            id long ro
            additionalAddressInformation string(100)
            addressLine string(128)
            addressLine1 string(128)
            alternatePhone string(32)
            apiVendorID integer ro pick
            bulkEmailOptOutTime datetime ro
            city string(32)
            companyID integer req create ->Companies
            companyLocationID integer ->CompanyLocations
            countryID integer ->Countries
            createDate datetime ro
            emailAddress string(254)
            emailAddress2 string(254)
            emailAddress3 string(254)
            extension string(10)
            externalID string(50)
            facebookUrl string(200)
            faxNumber string(25)
            firstName string(50) req
            impersonatorCreatorResourceID integer ro ->Resources
            isActive integer req
            isOptedOutFromBulkEmail boolean noq
            lastActivityDate datetime ro
            lastModifiedDate datetime ro
            lastName string(50) req
            linkedInUrl string(200)
            middleInitial string(50)
            mobilePhone string(25)
            namePrefix integer pick
            nameSuffix integer pick
            note string(50)
            phone string(25)
            primaryContact boolean
            receivesEmailNotifications boolean
            roomNumber string(50)
            solicitationOptOut boolean ro noq
            solicitationOptOutTime datetime ro
            state string(40)
            surveyOptOut boolean ro noq
            title string(50)
            twitterUrl string(200)
            zipCode string(16)
        """,
    ),
    Entity(
        "CompanyToDos",
        verbs="create update delete",
        parent=Parent("Companies", "companyID", "ToDos"),
        impersonation=True,
        fields="""
            id long ro
            actionType integer req pick=ActionTypes
            activityDescription string(32000)
            assignedToResourceID long req ->Resources
            companyID long req create ->Companies
            completedDate datetime
            contactID long ->Contacts
            contractID long ->Contracts
            createDateTime datetime ro
            creatorResourceID long ro ->Resources
            endDateTime datetime req
            impersonatorCreatorResourceID integer ro ->Resources
            lastModifiedDate datetime ro
            opportunityID long ->Opportunities
            startDateTime datetime req
            ticketID long ->Tickets
        """,
    ),
    Entity(
        "Products",
        verbs="create update",
        udf_owner=PRODUCT,
        impersonation=True,
        fields="""
            id long ro
            billingType integer ro pick=ProductBilling
            chargeBillingCodeID integer ->BillingCodes
            createdByResourceID integer ro ->Resources
            createdTime datetime ro
            defaultInstalledProductCategoryID integer ->ConfigurationItemCategories
            defaultVendorID integer ->Companies
            description string(2000)
            doesNotRequireProcurement boolean
            externalProductID string(50)
            impersonatorCreatorResourceID integer ro ->Resources
            internalProductID string(50)
            isActive boolean req
            isEligibleForRma boolean
            isSerialized boolean req
            link string(500)
            manufacturerName string(100)
            manufacturerProductName string(50)
            markupRate double ro
            msrp double
            name string(100) req
            periodType integer pick=Period
            priceCostMethod integer ro pick
            productBillingCodeID integer req ->BillingCodes
            productCategory integer pick
            sku string(50)
            unitCost double cost
            unitPrice double
            vendorProductNumber string(50)
        """,
    ),
    Entity(
        "ProductVendors",
        verbs="create update",
        parent=Parent("Products", "productID", "Vendors"),
        fields="""
            id long ro
            isActive boolean req
            isDefault boolean req
            productID integer req create ->Products
            vendorCost double cost
            vendorID integer req create ->Companies
            vendorPartNumber string(50)
        """,
    ),
    Entity(
        "Resources",
        verbs="update",
        fields="""
            id long ro
            accountingReferenceID string(100)
            dateFormat string(20) ro pick
            defaultServiceDeskRoleID long noq ->Roles
            email string(254) req
            email2 string(254)
            email3 string(254)
            emailTypeCode string(20) req pick
            emailTypeCode2 string(20) pick
            emailTypeCode3 string(20) pick
            firstName string(50) req
            gender string(1) pick
            greeting integer pick
            hireDate datetime req create
            homePhone string(25)
            initials string(32)
            internalCost double ro
            isActive boolean req
            lastName string(50) req
            licenseType integer req create pick=LicenseType
            locationID integer req create pick=InternalLocations
            middleName string(50)
            mobilePhone string(25)
            numberFormat string(20) req pick
            officeExtension string(10)
            officePhone string(25)
            payrollType integer req pick=PayrollType
            resourceType string(15) req pick=ResourceType
            suffix integer pick
            surveyResourceRating double ro
            timeFormat string(20) ro pick
            title string(50)
            travelAvailabilityPct string(15) pick
            userName string(32) req
            userType integer req create pick
        """,
    ),
)
