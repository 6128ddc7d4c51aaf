# Items of every type, units of measure and inventory sites.

ItemInventoryAdd v1 block trim:
    Name![31], BarCode@12-AU{..}, IsActive:b, ClassRef[159]@12, ParentRef,
    ManufacturerPartNumber[31]@7, UnitOfMeasureSetRef[31]@7, IsTaxIncluded:b@6-US,
    SalesTaxCodeRef[3], SalesDesc[4095], SalesPrice:price, IncomeAccountRef[159],
    PurchaseDesc[4095], PurchaseCost:price, PurchaseTaxCodeRef[3]@6-US, COGSAccountRef[159],
    PrefVendorRef[41], AssetAccountRef[159], ReorderPoint:qty, Max:qty@13, QuantityOnHand:qty,
    TotalValue:amt, InventoryDate:d, ExternalGUID:guid@8

> BarCode:
    BarCodeValue[50], AssignEvenIfUsed:b, AllowOverride:b

ItemInventoryMod v1 block trim:
    $list_key, Name[31], BarCode@12-AU{..}, IsActive:b, ClassRef[159]@12, ParentRef,
    ManufacturerPartNumber[31]@7, UnitOfMeasureSetRef[31]@7, ForceUOMChange:b@7,
    IsTaxIncluded:b@6-US, SalesTaxCodeRef[3], SalesDesc[4095], SalesPrice:price,
    IncomeAccountRef[159]@7, ApplyIncomeAccountRefToExistingTxns:b@7, PurchaseDesc[4095],
    PurchaseCost:price, PurchaseTaxCodeRef[3]@6-US, COGSAccountRef[159],
    ApplyCOGSAccountRefToExistingTxns:b@8, PrefVendorRef[41], AssetAccountRef[159],
    ReorderPoint:qty, Max:qty@13

ItemInventoryQuery v1 meta iter:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter,
    ClassFilter@12-AU{$tree}>)?, $trim, OwnerID*:guid

ItemInventoryRet:
    $list_head, Name[31], FullName[159], BarCodeValue[50]@12-AU, IsActive:b, ClassRef[159]@12,
    ParentRef, Sublevel:int, ManufacturerPartNumber[31]@7, UnitOfMeasureSetRef[31]@7,
    IsTaxIncluded:b@6-US, SalesTaxCodeRef[3], SalesDesc[4095], SalesPrice:price,
    IncomeAccountRef[159], PurchaseDesc[4095], PurchaseCost:price, PurchaseTaxCodeRef[3]@6-US,
    COGSAccountRef[159], PrefVendorRef[41], AssetAccountRef[159], ReorderPoint:qty, Max:qty@13,
    QuantityOnHand:qty, AverageCost:price, QuantityOnOrder:qty, QuantityOnSalesOrder:qty,
    ExternalGUID:guid@8, DataExtRet*{..}

ItemNonInventoryAdd v1 block trim:
    Name![31], BarCode@12-AU{..}, IsActive:b, ParentRef, ClassRef[159]@12,
    ManufacturerPartNumber[31]@7, UnitOfMeasureSetRef[31]@7, IsTaxIncluded:b@6-US,
    SalesTaxCodeRef[3], (SalesOrPurchase!{..} | SalesAndPurchase!{..}), ExternalGUID:guid@8

> SalesOrPurchase:
    Desc[4095], (Price!:price | PricePercent!:pct)?, AccountRef[159]

> SalesAndPurchase:
    SalesDesc[4095], SalesPrice:price, IncomeAccountRef[159], PurchaseDesc[4095],
    PurchaseCost:price, PurchaseTaxCodeRef[3]@6-US, ExpenseAccountRef[159], PrefVendorRef[41]

ItemNonInventoryMod v1 block trim:
    $list_key, Name[31], BarCode@12-AU{..}, IsActive:b, ClassRef[159]@12, ParentRef,
    ManufacturerPartNumber[31]@7, UnitOfMeasureSetRef[31]@7, ForceUOMChange:b@7,
    IsTaxIncluded:b@6-US, SalesTaxCodeRef[3], (SalesOrPurchaseMod!{..} |
    SalesAndPurchaseMod!{..})?

> SalesOrPurchaseMod:
    Desc[4095], (Price!:price | PricePercent!:pct)?, AccountRef[159]@7,
    ApplyAccountRefToExistingTxns:b@7

> SalesAndPurchaseMod:
    SalesDesc[4095], SalesPrice:price, IncomeAccountRef[159]@7,
    ApplyIncomeAccountRefToExistingTxns:b@7, PurchaseDesc[4095], PurchaseCost:price,
    PurchaseTaxCodeRef[3]@6-US, ExpenseAccountRef[159]@7,
    ApplyExpenseAccountRefToExistingTxns:b@7, PrefVendorRef[41]

ItemNonInventoryQuery v1 meta iter:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter,
    ClassFilter@12-AU{$tree}>)?, $trim, OwnerID*:guid

ItemNonInventoryRet:
    $list_head, Name[31], FullName[159], BarCodeValue[50]@12-AU, IsActive:b, ClassRef[159]@12,
    ParentRef, Sublevel:int, ManufacturerPartNumber[31]@7, UnitOfMeasureSetRef[31]@7,
    IsTaxIncluded:b@6-US, SalesTaxCodeRef[3], (SalesOrPurchase!{..} | SalesAndPurchase!{..})?,
    ExternalGUID:guid@8, DataExtRet*{..}

ItemServiceAdd v1 block trim:
    Name![31], BarCode@12-AU{..}, IsActive:b, ClassRef[159]@12, ParentRef,
    UnitOfMeasureSetRef[31]@7, IsTaxIncluded:b@6-US, SalesTaxCodeRef[3], (SalesOrPurchase!{..} |
    SalesAndPurchase!{..}), ExternalGUID:guid@8

ItemServiceMod v1 block trim:
    $list_key, Name[31], BarCode@12-AU{..}, IsActive:b, ClassRef[159]@12, ParentRef,
    UnitOfMeasureSetRef[31]@7, ForceUOMChange:b@7, IsTaxIncluded:b@6-US, SalesTaxCodeRef[3],
    (SalesOrPurchaseMod!{..} | SalesAndPurchaseMod!{..})?

ItemServiceQuery v1 meta iter:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter,
    ClassFilter@12-AU{$tree}>)?, $trim, OwnerID*:guid

ItemServiceRet:
    $list_head, Name[31], FullName[159], BarCodeValue[50]@12-AU, IsActive:b, ClassRef[159]@12,
    ParentRef, Sublevel:int, UnitOfMeasureSetRef[31]@7, IsTaxIncluded:b@6-US,
    SalesTaxCodeRef[3], (SalesOrPurchase!{..} | SalesAndPurchase!{..})?, ExternalGUID:guid@8,
    DataExtRet*{..}

ItemInventoryAssemblyAdd v2 block trim:
    Name![31], BarCode@12-AU{..}, IsActive:b, ClassRef[159]@12, ParentRef,
    ManufacturerPartNumber[31]@12, UnitOfMeasureSetRef[31]@7, IsTaxIncluded:b@6-US,
    SalesTaxCodeRef[3], SalesDesc[4095], SalesPrice:price, IncomeAccountRef[159],
    PurchaseDesc[4095], PurchaseCost:price, PurchaseTaxCodeRef[3]@6-US, COGSAccountRef[159],
    PrefVendorRef[41], AssetAccountRef[159], BuildPoint:qty, Max:qty@13, QuantityOnHand:qty,
    TotalValue:amt, InventoryDate:d, ExternalGUID:guid@8, ItemInventoryAssemblyLine*{..}

> ItemInventoryAssemblyLine:
    ItemInventoryRef![159], Quantity:qty

ItemInventoryAssemblyMod v3 block trim:
    $list_key, Name[31], BarCode@12-AU{..}, IsActive:b, ClassRef[159]@12, ParentRef,
    ManufacturerPartNumber[31]@12, UnitOfMeasureSetRef[31]@7, ForceUOMChange:b@7,
    IsTaxIncluded:b@6-US, SalesTaxCodeRef[3], SalesDesc[4095], SalesPrice:price,
    IncomeAccountRef[159]@7, ApplyIncomeAccountRefToExistingTxns:b@7, PurchaseDesc[4095],
    PurchaseCost:price, PurchaseTaxCodeRef[3]@6-US, COGSAccountRef[159], PrefVendorRef[41],
    AssetAccountRef[159], BuildPoint:qty, Max:qty@13, (ClearItemsInGroup!:b |
    ItemInventoryAssemblyLine+{..})?

ItemInventoryAssemblyQuery v2 meta iter:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter,
    ClassFilter@12-AU{$tree}>)?, $trim, OwnerID*:guid

ItemInventoryAssemblyRet:
    $list_head, Name[31], FullName[159], BarCodeValue[50]@12-AU, IsActive:b, ClassRef[159]@12,
    ParentRef, Sublevel:int, ManufacturerPartNumber[31]@12, UnitOfMeasureSetRef[31]@7,
    IsTaxIncluded:b@6-US, SalesTaxCodeRef[3], SalesDesc[4095], SalesPrice:price,
    IncomeAccountRef[159], PurchaseDesc[4095], PurchaseCost:price, PurchaseTaxCodeRef[3]@6-US,
    COGSAccountRef[159], PrefVendorRef[41], AssetAccountRef[159], BuildPoint:qty, Max:qty@13,
    QuantityOnHand:qty, AverageCost:price, QuantityOnOrder:qty, QuantityOnSalesOrder:qty,
    ExternalGUID:guid@8, ItemInventoryAssemblyLine*{..}, DataExtRet*{..}

ItemOtherChargeAdd v1 block trim:
    Name![31], BarCode@12-AU{..}, IsActive:b, ClassRef[159]@12, ParentRef, IsTaxIncluded:b@6-US,
    SalesTaxCodeRef[3], (SalesOrPurchase!{..} | SalesAndPurchase!{..}), ExternalGUID:guid@8

ItemOtherChargeMod v3 block trim:
    $list_key, Name[31], BarCode@12-AU{..}, IsActive:b, ClassRef[159]@12, ParentRef,
    IsTaxIncluded:b@6-US, SalesTaxCodeRef[3], (SalesOrPurchaseMod!{..} |
    SalesAndPurchaseMod!{..})?

ItemOtherChargeQuery v1 meta iter:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter,
    ClassFilter@12-AU{$tree}>)?, $trim, OwnerID*:guid

ItemOtherChargeRet:
    $list_head, Name[31], FullName[159], BarCodeValue[50]@12-AU, IsActive:b, ClassRef[159]@12,
    ParentRef, Sublevel:int, IsTaxIncluded:b@6-US, SalesTaxCodeRef[3], (SalesOrPurchase!{..} |
    SalesAndPurchase!{..})?, SpecialItemType:e@6, ExternalGUID:guid@8, DataExtRet*{..}

ItemGroupAdd v1 block trim:
    Name![31], BarCode@12-AU{..}, IsActive:b, ItemDesc[4095], UnitOfMeasureSetRef[31]@7,
    IsPrintItemsInGroup:b, ExternalGUID:guid@8, ItemGroupLine*{..}

> ItemGroupLine:
    ItemRef, Quantity:qty, UnitOfMeasure[31]@7

ItemGroupMod v3 block trim:
    $list_key, Name[31], BarCode@12-AU{..}, IsActive:b, ItemDesc[4095],
    UnitOfMeasureSetRef[31]@7, ForceUOMChange:b@7, IsPrintItemsInGroup:b, (ClearItemsInGroup!:b
    | ItemGroupLine+{..})?

ItemGroupQuery v1 meta iter:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter>)?, $trim, OwnerID*:guid

ItemGroupRet:
    $list_head, Name[31], BarCodeValue[50]@12-AU, IsActive:b, ItemDesc[4095],
    UnitOfMeasureSetRef[31]@7, IsPrintItemsInGroup:b, SpecialItemType:e@6, ExternalGUID:guid@8,
    ItemGroupLine*{..}, DataExtRet*{..}

InventorySiteAdd v10 block trim -AU:
    Name![31], IsActive:b, ParentSiteRef[31]@12, SiteDesc[100], Contact[41], Phone[21], Fax[21],
    Email[1023], SiteAddress{..}

> SiteAddress:
    Addr1[41], Addr2[41], Addr3[41], Addr4[41], Addr5[41]@6, City[31], State[21],
    PostalCode[13], Country[31]

InventorySiteMod v10 block trim -AU:
    $list_key, Name[31], IsActive:b, ParentSiteRef[31]@12, SiteDesc[100], Contact[41],
    Phone[21], Fax[21], Email[1023], SiteAddress{..}

InventorySiteQuery v10 meta -AU:
    (ListID+:id | FullName+ | <$changed, $name_filter>)?, $trim

InventorySiteRet:
    $list_head, Name[31], IsActive:b, ParentSiteRef[31]@12, IsDefaultSite:b, SiteDesc[100],
    Contact[41], Phone[21], Fax[21], Email[1023], SiteAddress{..},
    SiteAddressBlock{$printed_address}

ItemSalesTaxAdd v1 block trim:
    Name![31], BarCode@12-AU{..}, IsActive:b, ClassRef[159]@12, ItemDesc[4095], TaxRate:pct,
    TaxVendorRef[41], SalesTaxReturnLineRef@8-US, ExternalGUID:guid@8

ItemSalesTaxMod v3 block trim:
    $list_key, Name[31], BarCode@12-AU{..}, IsActive:b, ClassRef[159]@12, ItemDesc[4095],
    TaxRate:pct, TaxVendorRef[41], SalesTaxReturnLineRef@8-US

ItemSalesTaxQuery v1 meta iter:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter,
    ClassFilter@12-AU{$tree}>)?, $trim, OwnerID*:guid

ItemSalesTaxRet:
    $list_head, Name[31], BarCodeValue[50]@12-AU, IsActive:b, ClassRef[159]@12, ItemDesc[4095],
    TaxRate:pct, TaxVendorRef[41], SalesTaxReturnLineRef@8-US, ExternalGUID:guid@8,
    DataExtRet*{..}

UnitOfMeasureSetAdd v7 block trim:
    Name![31], IsActive:b, UnitOfMeasureType!:e, BaseUnit!{..}, RelatedUnit*{..},
    DefaultUnit*{..}

> BaseUnit:
    Name![31], Abbreviation![31]

> RelatedUnit:
    Name![31], Abbreviation![31], ConversionRatio!:price

> DefaultUnit:
    UnitUsedFor!:e, Unit![31]

UnitOfMeasureSetQuery v7 meta:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter>)?, $trim

UnitOfMeasureSetRet:
    $list_head, Name[31], IsActive:b, UnitOfMeasureType:e, BaseUnit{..}, RelatedUnit*{..},
    DefaultUnit*{..}

ItemSitesQuery v10 meta iter ~US:
    (ListID*:id | (ItemTypeFilter:e | ItemSiteFilter{ItemFilter{..}, SiteFilter{(ListID+:id |
    FullName+[64])}}))?, MaxReturned:int, ActiveStatus:e, IncludeRetElement*

ItemSitesRet:
    $list_head, (ItemInventoryAssemblyRef![159] | ItemInventoryRef![159]), InventorySiteRef[31],
    InventorySiteLocationRef[31]@12, ReorderLevel:qty, QuantityOnHand:qty,
    QuantityOnPurchaseOrders:qty, QuantityOnSalesOrders:qty,
    QuantityToBeBuiltByPendingBuildTxns:qty, QuantityRequiredByPendingBuildTxns:qty,
    QuantityOnPendingTransfers:qty, AssemblyBuildPoint:qty

ItemSubtotalRet:
    $list_head, Name[31], BarCodeValue[50]@12-AU, IsActive:b, ItemDesc, SpecialItemType:e@6,
    ExternalGUID:guid@8, DataExtRet*{..}

ItemDiscountRet:
    $list_head, Name[31], FullName[159], BarCodeValue[50]@12-AU, IsActive:b, ClassRef[159]@12,
    ParentRef, Sublevel:int, ItemDesc[4095], SalesTaxCodeRef[3], (DiscountRate!:price |
    DiscountRatePercent!:pct)?, AccountRef[159], ExternalGUID:guid@8, DataExtRet*{..}

ItemPaymentRet:
    $list_head, Name[31], BarCodeValue[50]@12-AU, IsActive:b, ClassRef[159]@12, ItemDesc[4095],
    DepositToAccountRef[159], PaymentMethodRef[31], ExternalGUID:guid@8, DataExtRet*{..}

ItemSalesTaxGroupRet:
    $list_head, Name[31], BarCodeValue[50]@12-AU, IsActive:b, ItemDesc[4095],
    ExternalGUID:guid@8, ItemSalesTaxRef*[31], DataExtRet*{..}

ItemFixedAssetRet:
    $list_head, Name[31], BarCodeValue[50]@12-AU, IsActive:b, ClassRef[159]@12, AcquiredAs:e,
    PurchaseDesc[50], PurchaseDate:d, PurchaseCost:price, VendorOrPayeeName[50],
    AssetAccountRef[159], FixedAssetSalesInfo{SalesDesc![50], SalesDate!:d, SalesPrice:price,
    SalesExpense:price}, AssetDesc[50], Location[50], PONumber[30], SerialNumber[30],
    WarrantyExpDate:d, Notes[4095], AssetNumber[10], CostBasis:amt,
    YearEndAccumulatedDepreciation:amt, YearEndBookValue:amt, ExternalGUID:guid@8,
    DataExtRet*{..}
