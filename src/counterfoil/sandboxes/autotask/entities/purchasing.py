"""Purchase orders, their lines and what was received of them."""

from __future__ import annotations

from ._table import Entity, Parent

__all__ = ["PURCHASING"]

PURCHASING = (
    Entity(
        "PurchaseOrders",
        verbs="create update",
        impersonation=True,
        fields="""
            id long ro
            additionalVendorInvoiceNumbers string(8000) ro
            cancelDateTime datetime ro
            createDateTime datetime ro
            creatorResourceID integer ro ->Resources
            externalPONumber string(50)
            fax string(25)
            freight double
            generalMemo string(4000)
            impersonatorCreatorResourceID integer ro ->Resources
            internalCurrencyFreight double ro
            latestEstimatedArrivalDate datetime ro
            paymentTerm integer pick=PaymentTerms
            phone string(25)
            purchaseForCompanyID integer ->Companies
            purchaseOrderNumber string(50) ro
            purchaseOrderTemplateID integer pick
            shippingDate datetime
            shippingType integer ->ShippingTypes
            shipToAddress1 string(128) req
            shipToAddress2 string(128)
            shipToCity string(30)
            shipToName string(100) req
            shipToPostalCode string(10)
            shipToState string(25)
            showEachTaxInGroup boolean
            showTaxCategory boolean
            status integer req pick=PurchaseOrderStatus
            submitDateTime datetime ro
            taxRegionID integer pick=TaxRegions
            useItemDescriptionsFrom integer pick=DescriptionSource
            vendorID integer req create ->Companies
            vendorInvoiceNumber string(50)
        """,
    ),
    Entity(
        "PurchaseOrderItems",
        verbs="create update",
        parent=Parent("PurchaseOrders", "orderID", "Items"),
        fields="""
            id long ro
            chargeID integer ->TicketCharges
            contractID long ro ->Contracts
            estimatedArrivalDate datetime
            internalCurrencyUnitCost double ro
            inventoryLocationID integer req ->InventoryLocations
            memo string(4000)
            orderID integer req create ->PurchaseOrders
            productID integer ->Products
            projectID long ro ->Projects
            quantity integer req
            salesOrderID long ro ->SalesOrders
            ticketID long ro ->Tickets
            unitCost double req
        """,
    ),
    Entity(
        "PurchaseOrderItemReceiving",
        verbs="create",
        parent=Parent("PurchaseOrderItems", "purchaseOrderItemID", "Receiving"),
        fields="""
            id long ro
            purchaseOrderItemID long req create ->PurchaseOrderItems
            quantityBackOrdered integer ro
            quantityNowReceiving integer req create
            quantityPreviouslyReceived integer ro
            receiveDate datetime ro
            receivedByResourceID integer ro ->Resources
            serialNumber string(50) create
            vendorInvoiceNumber string(50) create
        """,
    ),
)
