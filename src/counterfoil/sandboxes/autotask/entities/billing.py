"""What was worked, spent and invoiced."""

from __future__ import annotations

from ._table import Entity, Parent

__all__ = ["BILLING"]

BILLING = (
    Entity(
        "Invoices",
        verbs="update",
        refuses_read_only=True,
        fields="""
            id long ro
            batchID integer ro
            comments string(2000) ro
            companyID integer ro ->Companies
            createDateTime datetime ro
            creatorResourceID integer ro ->Resources
            dueDate datetime ro noq
            fromDate datetime ro
            invoiceDateTime datetime ro
            invoiceEditorTemplateID integer ro ->InvoiceTemplates
            invoiceNumber string(100)
            invoiceTotal double ro
            isVoided boolean ro
            orderNumber string(20) ro
            paidDate datetime date
            paymentTerm integer ro pick=PaymentTerms
            taxGroup integer ro noq pick=TaxRegions
            taxRegionName string(200) ro
            toDate datetime ro
            totalTaxValue double ro
            voidedByResourceID integer ro ->Resources
            voidedDate datetime ro
            webServiceDate datetime
        """,
    ),
    Entity(
        "BillingItems",
        verbs="update",
        refuses_read_only=True,
        fields="""
            id long ro
            accountManagerWhenApprovedID integer ro ->Resources
            billingCodeID integer ro ->BillingCodes
            billingItemType integer ro pick=BillingItemType
            companyID integer ro ->Companies
            configurationItemID long ro ->ConfigurationItems
            contractBlockID integer
            contractChargeID long ro ->ContractCharges
            contractID integer ro ->Contracts
            contractServiceAdjustmentID integer
            contractServiceBundleAdjustmentID integer
            contractServiceBundleID integer
            contractServiceBundlePeriodID integer
            contractServiceID integer
            contractServicePeriodID integer
            description string(2000) ro
            expenseItemID integer ro ->ExpenseItems
            extendedPrice double ro
            internalCurrencyExtendedPrice double ro
            internalCurrencyRate double ro
            internalCurrencyTaxDollars double ro
            internalCurrencyTotalAmount double ro
            invoiceID integer ro ->Invoices
            itemApproverID integer ro ->Resources
            itemDate datetime ro
            itemName string(255) ro
            lineItemFullDescription string(8000) ro noq
            lineItemGroupDescription string(8000) ro noq
            milestoneID long ro ->ContractMilestones
            nonBillable integer ro
            organizationalLevelAssociationID integer ro ->OrganizationalLevelAssociations
            ourCost double ro
            postedDate datetime ro
            postedOnTime datetime ro
            projectChargeID long ro ->ProjectCharges
            projectID integer ro ->Projects
            purchaseOrderNumber string(50) ro
            quantity double ro
            rate double ro
            roleID integer ro ->Roles
            serviceBundleID long ro ->ServiceBundles
            serviceID long ro ->Services
            sortOrderID long ro
            subType integer ro pick
            taskID integer ro ->Tasks
            taxDollars double ro
            ticketChargeID long ro ->TicketCharges
            ticketID integer ro ->Tickets
            timeEntryID integer ro ->TimeEntries
            totalAmount double ro
            vendorID long ro ->Companies
            webServiceDate datetime
        """,
    ),
    Entity(
        "TimeEntries",
        verbs="create update delete",
        impersonation=True,
        fields="""
            id long ro
            billingApprovalDateTime datetime
            billingApprovalLevelMostRecent integer ro
            billingApprovalResourceID integer ->Resources
            billingCodeID integer ->BillingCodes
            contractID integer ->Contracts
            contractServiceBundleID long ->ContractServiceBundles
            contractServiceID long ->ContractServices
            createDateTime datetime ro
            creatorUserID integer ro
            dateWorked datetime date
            endDateTime datetime
            hoursToBill double ro
            hoursWorked double
            impersonatorCreatorResourceID integer ro ->Resources
            impersonatorUpdaterResourceID integer ro ->Resources
            internalBillingCodeID integer ->BillingCodes
            internalNotes string(32000)
            isInternalNotesVisibleToComanaged boolean
            isNonBillable boolean
            lastModifiedDateTime datetime ro
            lastModifiedUserID integer ro
            offsetHours double
            resourceID integer req ->Resources
            roleID integer ->Roles
            showOnInvoice boolean
            startDateTime datetime
            summaryNotes string(32000)
            taskID integer ->Tasks
            ticketID integer ->Tickets
            timeEntryType integer ro pick=TimeEntryType
        """,
    ),
    Entity(
        "ExpenseReports",
        verbs="create update",
        fields="""
            id long ro
            amountDue double ro noq
            approvedDate datetime ro
            approverID integer ro ->Resources
            departmentNumber string(50) ro noq
            internalCurrencyCashAdvanceAmount double
            internalCurrencyExpenseTotal double ro
            name string(100) req
            organizationalLevelAssociationID integer ->OrganizationalLevelAssociations
            quickBooksReferenceNumber string(100)
            reimbursementCurrencyAmountDue double ro
            reimbursementCurrencyCashAdvanceAmount double ro
            reimbursementCurrencyID integer ro ->Currencies
            rejectionReason string(2048) ro
            status integer ro pick=ExpenseReportStatus
            submit boolean noq write-only
            submitDate datetime ro
            submitterID integer req ->Resources
            weekEnding datetime req date
        """,
    ),
    Entity(
        "ExpenseItems",
        verbs="create update",
        parent=Parent("ExpenseReports", "expenseReportID", "Items", path="Expenses"),
        fields="""
            id long ro
            companyID integer ->Companies
            description string(128) req
            destination string(128)
            entertainmentLocation string(128)
            expenseCategory integer req pick=ExpenseCategory
            expenseCurrencyExpenseAmount double
            expenseCurrencyID integer ->Currencies
            expenseDate datetime req date
            expenseReportID integer req ->ExpenseReports
            gLCode string(20) ro noq
            haveReceipt boolean req
            internalCurrencyExpenseAmount double
            internalCurrencyReimbursementAmount double
            isBillableToCompany boolean req
            isReimbursable boolean ro noq
            isRejected boolean ro noq
            miles double
            odometerEnd double
            odometerStart double
            origin string(128)
            paymentType integer req pick=ExpensePayment
            projectID integer ->Projects
            purchaseOrderNumber string(50)
            reimbursementCurrencyReimbursementAmount double
            taskID integer ->Tasks
            ticketID integer ->Tickets
            workType integer pick
        """,
    ),
)
