"""Tickets with their charges, and projects: what orders, time and expenses point to."""

from __future__ import annotations

from ._table import TICKET, Entity, Parent

__all__ = ["SERVICE"]

SERVICE = (
    Entity(
        "Tickets",
        verbs="create update",
        udf_owner=TICKET,
        impersonation=True,
        webhooks=True,
        fields="""
            id long ro
            apiVendorID integer ro pick
            assignedResourceID integer ->Resources
            assignedResourceRoleID integer ->Roles
            billingCodeID integer ->BillingCodes
            changeApprovalBoard integer pick
            changeApprovalStatus integer pick
            changeApprovalType integer pick
            changeInfoField1 string(8000)
            changeInfoField2 string(8000)
            changeInfoField3 string(8000)
            changeInfoField4 string(8000)
            changeInfoField5 string(8000)
            companyID integer req ->Companies
            companyLocationID integer ->CompanyLocations
            completedByResourceID integer ro ->Resources
            completedDate datetime ro
            configurationItemID integer ->ConfigurationItems
            contactID integer ->Contacts
            contractID integer ->Contracts
            contractServiceBundleID long ->ContractServiceBundles
            contractServiceID long ->ContractServices
            createDate datetime ro
            createdByContactID integer ->Contacts
            creatorResourceID integer ro ->Resources
            creatorType integer ro noq pick
            currentServiceThermometerRating integer ro pick
            description string(8000)
            dueDateTime datetime
            estimatedHours double
            externalID string(50)
            firstResponseAssignedResourceID integer ro
            firstResponseDateTime datetime ro
            firstResponseDueDateTime datetime ro
            firstResponseInitiatingResourceID integer ro
            hoursToBeScheduled decimal ro
            impersonatorCreatorResourceID integer ro ->Resources
            isAssignedToComanaged boolean
            issueType integer pick
            isVisibleToComanaged boolean
            lastActivityDate datetime ro
            lastActivityPersonType integer ro noq pick
            lastActivityResourceID integer ro ->Resources
            lastCustomerNotificationDateTime datetime ro
            lastCustomerVisibleActivityDateTime datetime ro
            lastTrackedModificationDateTime datetime ro
            monitorID integer
            monitorTypeID integer pick
            opportunityID integer ->Opportunities
            organizationalLevelAssociationID integer ->OrganizationalLevelAssociations
            previousServiceThermometerRating integer ro pick
            priority integer req pick=TicketPriority
            problemTicketId integer ->Tickets
            projectID integer ->Projects
            purchaseOrderNumber string(50)
            queueID integer pick
            resolution string(32000)
            resolutionPlanDateTime datetime ro
            resolutionPlanDueDateTime datetime ro
            resolvedDateTime datetime ro
            resolvedDueDateTime datetime ro
            rmaStatus integer pick
            rmaType integer pick
            rmmAlertID string(50) ro
            serviceLevelAgreementHasBeenMet boolean ro
            serviceLevelAgreementID integer pick
            serviceLevelAgreementPausedNextEventHours decimal ro noq
            serviceThermometerTemperature integer ro
            source integer pick
            status integer req pick=TicketStatus
            subIssueType integer pick
            ticketCategory integer pick
            ticketNumber string(50)
            ticketType integer pick
            title string(255) req
        """,
    ),
    Entity(
        "TicketCharges",
        verbs="create update delete",
        parent=Parent("Tickets", "ticketID", "Charges"),
        fields="""
            id long ro
            ticketID integer req create ->Tickets
            name string(100) req
            productID integer ->Products
            billingCodeID integer ->BillingCodes
            chargeType integer req pick=ChargeType
            createDate datetime ro
            creatorResourceID integer ro ->Resources
            datePurchased datetime req
            description string(2000)
            extendedCost double ro
            internalPurchaseOrderNumber string(50)
            isBillableToCompany boolean
            isBilled boolean ro
            notes string(2000)
            organizationalLevelAssociationID integer ->OrganizationalLevelAssociations
            purchaseOrderNumber string(50)
            status integer pick=ChargeStatus
            statusLastModifiedBy integer ro ->Resources
            statusLastModifiedDate datetime ro
            unitCost double
            unitPrice double
            unitQuantity double req
        """,
    ),
    Entity(
        "Projects",
        verbs="create update",
        impersonation=True,
        fields="""
            id long ro
            actualBilledHours double ro
            actualHours double ro
            changeOrdersBudget double ro noq
            changeOrdersRevenue double ro
            companyID integer req create ->Companies
            companyOwnerResourceID integer ro ->Resources
            completedDateTime datetime
            completedPercentage integer ro
            contractID integer ->Contracts
            createDateTime datetime ro
            creatorResourceID integer ro ->Resources
            department integer pick
            description string(2000)
            duration integer ro
            endDateTime datetime req
            estimatedSalesCost double
            estimatedTime double ro
            extProjectNumber string(50)
            extProjectType integer noq
            impersonatorCreatorResourceID integer ro ->Resources
            laborEstimatedCosts double
            laborEstimatedMarginPercentage double ro
            laborEstimatedRevenue double
            lastActivityDateTime datetime ro
            lastActivityPersonType integer ro
            lastActivityResourceID integer ro ->Resources
            opportunityID integer ->Opportunities
            organizationalLevelAssociationID integer ->OrganizationalLevelAssociations
            originalEstimatedRevenue double
            projectCostEstimatedMarginPercentage double ro
            projectCostsBudget double
            projectCostsRevenue double
            projectLeadResourceID integer ->Resources
            projectName string(100) req
            projectNumber string(50) ro
            projectType integer req pick=ProjectType
            purchaseOrderNumber string(50)
            sgda double
            startDateTime datetime req
            status integer req pick=ProjectStatus
            statusDateTime datetime
            statusDetail string(2000)
        """,
    ),
)
