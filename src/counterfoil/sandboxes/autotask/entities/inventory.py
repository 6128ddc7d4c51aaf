"""Stock: what lies where, by product and by the lot that came in."""

from __future__ import annotations

from ._table import Entity, Parent

__all__ = ["INVENTORY"]

INVENTORY = (
    Entity(
        "InventoryLocations",
        verbs="create update",
        impersonation=True,
        fields="""
            id long ro
            impersonatorCreatorResourceID integer ro ->Resources
            isActive boolean req
            isDefault boolean
            locationName string(50) req
            resourceID integer ro ->Resources
        """,
    ),
    Entity(
        "InventoryProducts",
        verbs="create update delete",
        fields="""
            id long ro
            availableUnits integer ro
            backOrderQuantity integer ro
            bin string(50)
            createDateTime datetime ro
            createdByResourceID integer ro
            inventoryLocationID integer req create ->InventoryLocations
            onHandUnits integer ro
            pickedUnits integer ro
            productID integer req create ->Products
            quantityMaximum integer req
            quantityMinimum integer req
            referenceNumber string(50)
            reservedUnits integer ro
            unitsOnOrder integer ro
        """,
    ),
    Entity(
        "InventoryStockedItems",
        verbs="update",
        fields="""
            id long ro
            availableUnits integer ro
            companyID integer ro
            configurationItemID integer ro
            contractChargeID integer ro
            createDateTime datetime ro
            createdByResourceID integer ro
            currentInventoryLocationID integer ro
            deliveredUnits integer ro
            inventoryProductID integer ro
            onHandUnits integer ro
            parentInventoryStockedItemID integer ro
            parentStockedItemReceivedUnits integer ro noq
            pickedRemovedByResourceID integer ro
            pickedRemovedDateTime datetime ro
            pickedUnits integer ro
            projectChargeID integer ro
            purchaseOrderID integer ro
            purchaseOrderItemID integer ro
            purchaseOrderItemReceivingID integer ro
            quoteItemID integer ro
            removedUnits integer ro
            reservedUnits integer ro
            returnPrice double
            returnTypeID integer
            serialNumber string ro
            statusID integer ro pick=StockStatus
            ticketChargeID integer ro
            transferredUnits integer ro
            unitCost double ro
            vendorID integer ro
            vendorInvoiceNumber string ro
        """,
    ),
    Entity(
        "InventoryStockedItemsAdd",
        verbs="create",
        is_command=True,
        fields="""
            id long ro
            determineCostUsing integer req pick=CostSource
            determineNewPriceUsing integer
            inventoryProductID integer req ->InventoryProducts
            pricePercentage double
            quantityBeingAdded integer req
            reasonForUpdate string
            returnPrice double
            returnTypeID integer
            serialNumber string
            unitCost double
            vendorID integer req ->Companies
            vendorInvoiceNumber string
        """,
    ),
    Entity(
        "InventoryStockedItemsRemove",
        verbs="create",
        is_command=True,
        fields="""
            id long ro
            inventoryProductID integer ->InventoryProducts
            inventoryStockedItemID integer ->InventoryStockedItems
            quantityBeingRemoved integer req
            reasonForUpdate string
        """,
    ),
    Entity(
        "InventoryStockedItemsTransfer",
        verbs="create",
        is_command=True,
        fields="""
            id long ro
            inventoryProductID integer ->InventoryProducts
            inventoryStockedItemID integer ->InventoryStockedItems
            newInventoryLocationID integer req ->InventoryLocations
            quantityBeingTransferred integer req
            reasonForUpdate string
        """,
    ),
    Entity(
        "InventoryItems",
        verbs="create update",
        impersonation=True,
        fields="""
            id long ro
            backOrderQuantity integer ro
            bin string(50)
            impersonatorCreatorResourceID integer ro ->Resources
            inventoryLocationID integer req create ->InventoryLocations
            productID integer req create ->Products
            quantityMaximum integer req
            quantityMinimum integer req
            quantityOnHand integer req create
            quantityOnOrder integer ro
            quantityPicked integer ro
            quantityReserved integer ro
            referenceNumber string(50)
        """,
    ),
    Entity(
        "InventoryItemSerialNumbers",
        verbs="create update",
        parent=Parent("InventoryItems", "inventoryItemID", "SerialNumbers"),
        fields="""
            id long ro
            inventoryItemID long req create ->InventoryItems
            serialNumber string(100) req
        """,
    ),
    Entity(
        "InventoryTransfers",
        verbs="create",
        fields="""
            id long ro
            fromLocationID long req create ->InventoryLocations
            notes string(4000) create
            productID long req create ->Products
            quantityTransferred integer req create
            serialNumber string(100) create
            toLocationID long req create ->InventoryLocations
            transferByResourceID integer ro ->Resources
            transferDate datetime ro
            updateNote string(500) create
        """,
    ),
)
