"""Every entity that is read or written, with its fields and their types: one table.

It drives the query builder: a value of another type than its field's would be answered with
nothing, or with an error of the server, so it is never sent (corrections 2, row 2).  An entity
that a later flow needs is a row here, and no code.

Source: reference sections 3, 10 and 11.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

__all__ = ["ENTITIES", "Entity", "Parent", "Type"]


class Type(StrEnum):
    """What a field holds."""

    WHOLE = "whole"
    """A whole number: identities, references, picklist values, counts."""
    NUMBER = "number"
    TEXT = "text"
    MOMENT = "moment"
    """An instant in UTC."""
    FLAG = "flag"


@dataclass(frozen=True)
class Parent:
    """Where a child is written: ``collection`` of its parent, and ``field`` that names it."""

    path: str
    collection: str
    field: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Entity:
    """One of Autotask's entities; there is one object of each.

    Attributes:
        name: As it stands in a path, in plural.
        fields: Name -> type, of those we read or write.
        unfiltered: Of these none may stand in a filter.
        parent: Below which it is written; ``None``: at its own place.
    """

    name: str
    fields: Mapping[str, Type]
    unfiltered: frozenset[str] = frozenset()
    parent: Parent | None = None


def _entity(
    name: str,
    *,
    whole: str = "",
    number: str = "",
    text: str = "",
    moment: str = "",
    flag: str = "",
    unfiltered: str = "",
    parent: Parent | None = None,
) -> Entity:
    words = {
        Type.WHOLE: f"id {whole}",
        Type.NUMBER: number,
        Type.TEXT: text,
        Type.MOMENT: moment,
        Type.FLAG: flag,
    }
    fields = {field: type_ for type_, names in words.items() for field in names.split()}
    assert set(unfiltered.split()) <= set(fields), "only fields of it are not to be filtered"
    return Entity(
        name=name,
        fields=MappingProxyType(fields),
        unfiltered=frozenset(unfiltered.split()),
        parent=parent,
    )


_ROWS: Final = (
    # --- Purchasing ---
    _entity(
        "PurchaseOrders",
        whole="vendorID status purchaseForCompanyID shippingType",
        number="freight",
        text="purchaseOrderNumber externalPONumber generalMemo vendorInvoiceNumber "
        "additionalVendorInvoiceNumbers shipToName "
        "shipToAddress1 shipToAddress2 shipToCity shipToState shipToPostalCode",
        moment="createDateTime submitDateTime cancelDateTime",
    ),
    _entity(
        "PurchaseOrderItems",
        whole="orderID productID chargeID inventoryLocationID quantity ticketID projectID "
        "contractID",
        number="unitCost",
        text="memo",
        moment="estimatedArrivalDate",
        parent=Parent("PurchaseOrders", "Items", "orderID"),
    ),
    _entity(
        "PurchaseOrderItemReceiving",
        whole="purchaseOrderItemID quantityNowReceiving quantityPreviouslyReceived "
        "quantityBackOrdered receivedByResourceID",
        text="serialNumber vendorInvoiceNumber",
        moment="receiveDate",
        parent=Parent("PurchaseOrderItems", "Receiving", "purchaseOrderItemID"),
    ),
    _entity("ShippingTypes", text="name description", flag="isActive"),
    # --- Goods ---
    _entity(
        "Products",
        whole="defaultVendorID productBillingCodeID productCategory",
        number="unitCost unitPrice",
        text="name description manufacturerName manufacturerProductName sku internalProductID "
        "externalProductID vendorProductNumber",
        flag="isActive isSerialized doesNotRequireProcurement",
    ),
    _entity(
        "ProductVendors",
        whole="productID vendorID",
        number="vendorCost",
        text="vendorPartNumber",
        flag="isActive isDefault",
        parent=Parent("Products", "Vendors", "productID"),
    ),
    _entity(
        "InventoryProducts",
        whole="productID inventoryLocationID onHandUnits availableUnits reservedUnits pickedUnits "
        "unitsOnOrder backOrderQuantity",
        text="bin referenceNumber",
    ),
    _entity(
        "InventoryItems",
        whole="productID inventoryLocationID quantityOnHand quantityOnOrder quantityPicked "
        "quantityReserved backOrderQuantity",
        text="bin referenceNumber",
    ),
    _entity(
        "InventoryStockedItems",
        whole="inventoryProductID currentInventoryLocationID purchaseOrderID purchaseOrderItemID "
        "purchaseOrderItemReceivingID onHandUnits removedUnits deliveredUnits transferredUnits "
        "vendorID statusID",
        number="unitCost",
        text="serialNumber vendorInvoiceNumber",
        moment="createDateTime",
    ),
    _entity("InventoryLocations", text="locationName", flag="isActive isDefault"),
    # --- Parties and people ---
    _entity(
        "Companies",
        whole="companyType ownerResourceID countryID currencyID parentCompanyID",
        text="companyName companyNumber phone fax webAddress taxID address1 address2 city state "
        "postalCode",
        moment="createDate lastTrackedModifiedDateTime",
        flag="isActive isTaxExempt",
    ),
    # A contact's flag is a number: true or false is refused (corrections 2, section 2).
    _entity(
        "Contacts",
        whole="companyID isActive",
        text="firstName lastName emailAddress phone title",
        parent=Parent("Companies", "Contacts", "companyID"),
    ),
    _entity(
        "Resources",
        whole="licenseType payrollType",
        text="firstName middleName lastName email userName resourceType accountingReferenceID",
        flag="isActive",
    ),
    _entity(
        "CompanyToDos",
        whole="companyID actionType assignedToResourceID contactID contractID ticketID",
        text="activityDescription",
        moment="startDateTime endDateTime completedDate createDateTime lastModifiedDate",
        parent=Parent("Companies", "ToDos", "companyID"),
    ),
    _entity("ActionTypes", whole="view", text="name", flag="isActive isSystemActionType"),
    _entity("Tickets", whole="companyID", text="ticketNumber title"),
    _entity("Projects", whole="companyID", text="projectNumber projectName"),
    _entity("Contracts", whole="companyID", text="contractName contractNumber"),
    # --- Money ---
    _entity(
        "Currencies",
        number="exchangeRate",
        text="name description",
        moment="lastModifiedDateTime",
        flag="isActive isInternalCurrency",
    ),
    _entity("Countries", text="countryCode displayName name", flag="isActive isDefaultCountry"),
    _entity(
        "BillingCodes",
        whole="billingCodeType useType generalLedgerAccount taxCategoryID department",
        number="unitCost unitPrice",
        text="name description externalNumber",
        flag="isActive",
    ),
    _entity(
        "Invoices",
        whole="companyID batchID paymentTerm taxGroup",
        number="invoiceTotal totalTaxValue",
        text="invoiceNumber orderNumber comments taxRegionName",
        moment="createDateTime invoiceDateTime dueDate fromDate toDate paidDate webServiceDate "
        "voidedDate",
        flag="isVoided",
        unfiltered="dueDate taxGroup",
    ),
    _entity(
        "BillingItems",
        whole="invoiceID companyID billingItemType billingCodeID subType ticketID projectID "
        "contractID timeEntryID expenseItemID nonBillable",
        number="quantity rate extendedPrice totalAmount taxDollars ourCost",
        text="itemName description purchaseOrderNumber",
        moment="itemDate postedDate webServiceDate",
    ),
    # --- Time and expenses ---
    _entity(
        "TimeEntries",
        whole="resourceID ticketID taskID contractID billingCodeID internalBillingCodeID roleID "
        "timeEntryType",
        number="hoursWorked hoursToBill",
        text="summaryNotes internalNotes",
        moment="dateWorked startDateTime endDateTime createDateTime lastModifiedDateTime "
        "billingApprovalDateTime",
        flag="isNonBillable",
    ),
    _entity(
        "ExpenseReports",
        whole="submitterID approverID status reimbursementCurrencyID",
        number="amountDue internalCurrencyExpenseTotal reimbursementCurrencyAmountDue",
        text="name quickBooksReferenceNumber rejectionReason departmentNumber",
        moment="weekEnding submitDate approvedDate",
        unfiltered="amountDue departmentNumber",
    ),
    _entity(
        "ExpenseItems",
        whole="expenseReportID companyID expenseCategory expenseCurrencyID paymentType projectID "
        "taskID ticketID workType",
        number="expenseCurrencyExpenseAmount internalCurrencyExpenseAmount miles",
        text="description gLCode purchaseOrderNumber",
        moment="expenseDate",
        flag="haveReceipt isBillableToCompany isReimbursable isRejected",
        unfiltered="gLCode isReimbursable isRejected",
        parent=Parent("Expenses", "Items", "expenseReportID"),
    ),
)

ENTITIES: Final[Mapping[str, Entity]] = MappingProxyType({each.name: each for each in _ROWS})
