# Purchase orders, bills, item receipts and vendors' credits.

PurchaseOrderAdd v1 block trim:
    VendorRef[41], ClassRef[159], (InventorySiteRef[31]@10-AU | ShipToEntityRef[209])?,
    TemplateRef[31], TxnDate:d, RefNumber[11], VendorAddress{$address}, ShipAddress{$address},
    TermsRef[31], DueDate:d, ExpectedDate:d, ShipMethodRef[15], FOB[13], Memo[4095],
    VendorMsg[99], IsToBePrinted:b, IsToBeEmailed:b@6, IsTaxIncluded:b@6-US,
    SalesTaxCodeRef[3]@6-US, Other1[25]@6, Other2[29]@6, ExchangeRate:flt@8,
    ExternalGUID:guid@9, (PurchaseOrderLineAdd!{..} | PurchaseOrderLineGroupAdd!{..})+

> PurchaseOrderLineAdd:
    ItemRef, ManufacturerPartNumber[31]@7, Desc[4095], Quantity:qty, UnitOfMeasure[31]@7,
    Rate:price, ClassRef[159], Amount:amt, TaxAmount:amt@6.1~AU,
    InventorySiteLocationRef[31]@12-AU, CustomerRef[209], ServiceDate:d,
    SalesTaxCodeRef[3]@6-US, OverrideItemAccountRef[159], Other1[29]@6, Other2[29]@6,
    DataExt*@5{..}

> PurchaseOrderLineGroupAdd:
    ItemGroupRef![31], Quantity:qty, UnitOfMeasure[31]@7, InventorySiteLocationRef[31]@12-AU,
    DataExt*@5{..}

PurchaseOrderMod v2.1 block trim:
    $txn_key, VendorRef[41], ClassRef[159], (InventorySiteRef[31]@10-AU |
    ShipToEntityRef[209])?, TemplateRef[31], TxnDate:d, RefNumber[11], VendorAddress{$address},
    ShipAddress{$address}, TermsRef[31], DueDate:d, ExpectedDate:d, ShipMethodRef[15], FOB[13],
    IsManuallyClosed:b, Memo[4095], VendorMsg[99], IsToBePrinted:b, IsToBeEmailed:b@6,
    IsTaxIncluded:b@6-US, SalesTaxCodeRef[3]@6-US, Other1[25]@6, Other2[29]@6,
    ExchangeRate:flt@8, (PurchaseOrderLineMod!{..} | PurchaseOrderLineGroupMod!{..})*

> PurchaseOrderLineMod:
    TxnLineID!:id, ItemRef, ManufacturerPartNumber[31]@7, Desc[4095], Quantity:qty, $unit,
    Rate:price, ClassRef[159], Amount:amt, TaxAmount:amt@6.1~AU,
    InventorySiteLocationRef[31]@12-AU, CustomerRef[209], ServiceDate:d,
    SalesTaxCodeRef[3]@6-US, IsManuallyClosed:b, OverrideItemAccountRef[159], Other1[29]@6,
    Other2[29]@6

> PurchaseOrderLineGroupMod:
    TxnLineID!:id, ItemGroupRef[31], Quantity:qty, $unit, PurchaseOrderLineMod*{..}

PurchaseOrderQuery v1 meta iter:
    (TxnID+:id | RefNumber+ | RefNumberCaseSensitive+@4 | <MaxReturned:int, $date_filter,
    EntityFilter{$tree}, AccountFilter{$tree}, $number_filter, CurrencyFilter@8{..}>)?,
    IncludeLineItems:b, IncludeLinkedTxns:b, $trim, OwnerID*:guid

PurchaseOrderRet:
    $txn_head, VendorRef[41], ClassRef[159], InventorySiteRef[31]@10-AU, ShipToEntityRef[209],
    TemplateRef[31], TxnDate:d, RefNumber[11], VendorAddress{$address},
    VendorAddressBlock@6{$printed_address}, ShipAddress{$address},
    ShipAddressBlock@6{$printed_address}, TermsRef[31], DueDate:d, ExpectedDate:d,
    ShipMethodRef[15], FOB[13], TotalAmount:amt, CurrencyRef[64]@8, ExchangeRate:flt@8,
    TotalAmountInHomeCurrency:amt@8, IsManuallyClosed:b, IsFullyReceived:b, Memo[4095],
    VendorMsg[99], IsToBePrinted:b, IsToBeEmailed:b@6, IsTaxIncluded:b@6-US,
    SalesTaxCodeRef[3]@6-US, Other1[25]@6, Other2[29]@6, ExternalGUID:guid@9, LinkedTxn*{..},
    (PurchaseOrderLineRet!{..} | PurchaseOrderLineGroupRet!{..})*, DataExtRet*{..}

> PurchaseOrderLineRet:
    TxnLineID!:id, ItemRef, ManufacturerPartNumber[31]@7, Desc[4095], Quantity:qty, $unit,
    Rate:price, ClassRef[159], Amount:amt, TaxAmount:amt@6.1~AU,
    InventorySiteLocationRef[31]@12-AU, CustomerRef[209], ServiceDate:d,
    SalesTaxCodeRef[3]@6-US, ReceivedQuantity:qty, UnbilledQuantity:qty@11, IsBilled:b@11,
    IsManuallyClosed:b, Other1[29]@6, Other2[29]@6, DataExtRet*{..}

> PurchaseOrderLineGroupRet:
    TxnLineID!:id, ItemGroupRef![31], Desc[4095], Quantity:qty, $unit, IsPrintItemsInGroup!:b,
    TotalAmount!:amt, PurchaseOrderLineRet*{..}, DataExtRet*{..}

BillAdd v1 block trim:
    VendorRef![41], VendorAddress@13{$address}, APAccountRef[159], TxnDate:d, DueDate:d,
    RefNumber[20], TermsRef[31], ClassRef[159]@15, Memo[4095], IsTaxIncluded:b@6-US,
    SalesTaxCodeRef[3]@6-US, ExchangeRate:flt@8, ExternalGUID:guid@9, LinkToTxnID*:id@4,
    ExpenseLineAdd*{..}, (ItemLineAdd!{..} | ItemGroupLineAdd!{..})*

> ExpenseLineAdd:
    AccountRef[159], Amount:amt, TaxAmount:amt@6.1~AU, Memo[4095], CustomerRef[209],
    VendorRef[41]@15, ClassRef[159], SalesTaxCodeRef[3]@6-US, BillableStatus:e,
    SalesRepRef[5]@13, DataExt*@13{..}

> ItemLineAdd:
    ItemRef, $site, $serial_or_lot, ExpirationDateForSerialLotNumber[1099]@15, Desc[4095],
    Quantity:qty, UnitOfMeasure[31]@7, Cost:price, Amount:amt, TaxAmount:amt@6.1~AU,
    CustomerRef[209], ClassRef[159], SalesTaxCodeRef[3]@6-US, BillableStatus:e,
    OverrideItemAccountRef[159], LinkToTxn@4{..}, SalesRepRef[5]@13, DataExt*@13{..}

> ItemGroupLineAdd:
    ItemGroupRef![31], Quantity:qty, UnitOfMeasure[31]@7, $site, DataExt*@13{..}

BillMod v3 block trim:
    $txn_key, VendorRef[41], VendorAddress@13{$address}, APAccountRef[159], TxnDate:d,
    DueDate:d, RefNumber[20], TermsRef[31], ClassRef[159]@15, Memo[4095], IsTaxIncluded:b@6-US,
    SalesTaxCodeRef[3]@6-US, ExchangeRate:flt@8, ClearExpenseLines:b, ExpenseLineMod*{..},
    ClearItemLines:b, (ItemLineMod!{..} | ItemGroupLineMod!{..})*

> ExpenseLineMod:
    TxnLineID!:id, AccountRef[159], Amount:amt, TaxAmount:amt@6.1~AU, Memo[4095],
    CustomerRef[209], ClassRef[159], SalesTaxCodeRef[3]@6-US, BillableStatus:e,
    SalesRepRef[5]@13

> ItemLineMod:
    TxnLineID!:id, ItemRef, $site, $serial_or_lot, ExpirationDateForSerialLotNumber[1099]@15,
    Desc[4095], Quantity:qty, $unit, Cost:price, Amount:amt, TaxAmount:amt@6.1~AU,
    CustomerRef[209], ClassRef[159], SalesTaxCodeRef[3]@6-US, BillableStatus:e,
    OverrideItemAccountRef[159], SalesRepRef[5]@13

> ItemGroupLineMod:
    TxnLineID!:id, ItemGroupRef[31], Quantity:qty, $unit, ItemLineMod*{..}

BillQuery v1 meta iter:
    (TxnID+:id | RefNumber+ | RefNumberCaseSensitive+@4 | <MaxReturned:int, $date_filter,
    EntityFilter{$tree}, AccountFilter{$tree}, $number_filter, CurrencyFilter@8{..},
    PaidStatus:e>)?, IncludeLineItems:b, IncludeLinkedTxns:b, $trim, OwnerID*:guid

BillRet:
    $txn_head, VendorRef[41], VendorAddress@13{$address}, APAccountRef[159], TxnDate:d,
    DueDate:d, AmountDue:amt, CurrencyRef[64]@8, ExchangeRate:flt@8,
    AmountDueInHomeCurrency:amt@8, RefNumber[20], IsPending:b@15, TermsRef[31],
    ClassRef[159]@15, Memo[4095], IsTaxIncluded:b@6-US, SalesTaxCodeRef[3]@6-US, IsPaid:b,
    ExternalGUID:guid@9, LinkedTxn*{..}, ExpenseLineRet*{..}, (ItemLineRet!{..} |
    ItemGroupLineRet!{..})*, OpenAmount:amt, DataExtRet*{..}

> ExpenseLineRet:
    TxnLineID!:id, AccountRef[159], Amount:amt, TaxAmount:amt@6.1~AU, Memo[4095],
    CustomerRef[209], VendorRef[41]@15, ClassRef[159], SalesTaxCodeRef[3]@6-US,
    BillableStatus:e, SalesRepRef[5]@13, DataExtRet*@13{..}

> ItemLineRet:
    TxnLineID!:id, ItemRef, $site, $serial_or_lot, ExpirationDateForSerialLotNumber[1099]@15,
    Desc[4095], Quantity:qty, $unit, Cost:price, Amount:amt, TaxAmount:amt@6.1~AU,
    CustomerRef[209], ClassRef[159], SalesTaxCodeRef[3]@6-US, BillableStatus:e,
    SalesRepRef[5]@13, DataExtRet*@13{..}

> ItemGroupLineRet:
    TxnLineID!:id, ItemGroupRef![31], Desc[4095], Quantity:qty, $unit, TotalAmount!:amt,
    ItemLineRet*{..}, DataExt*@13{..}

ItemReceiptAdd v4 block trim:
    VendorRef![41], APAccountRef[159], TxnDate:d, RefNumber[20], Memo[4095],
    IsTaxIncluded:b@8-US, SalesTaxCodeRef[3]@8-US, ExchangeRate:flt@8, ExternalGUID:guid@9,
    LinkToTxnID*:id, ExpenseLineAdd*{..}, (ItemLineAdd!{..} | ItemGroupLineAdd!{..})*

ItemReceiptMod v4 block trim:
    $txn_key, VendorRef[41], APAccountRef[159], TxnDate:d, RefNumber[20], Memo[4095],
    IsTaxIncluded:b@8-US, SalesTaxCodeRef[3]@8-US, ExchangeRate:flt@8, ClearExpenseLines:b,
    ExpenseLineMod*{..}, ClearItemLines:b, (ItemLineMod!{..} | ItemGroupLineMod!{..})*

ItemReceiptQuery v3 meta iter:
    (TxnID+:id | RefNumber+ | RefNumberCaseSensitive+@4 | <MaxReturned:int, $date_filter,
    EntityFilter{$tree}, AccountFilter{$tree}, $number_filter, CurrencyFilter@8{..}>)?,
    IncludeLineItems:b, IncludeLinkedTxns:b, $trim, OwnerID*:guid

ItemReceiptRet:
    $txn_head, VendorRef[41], (APAccountRef[159] | LiabilityAccountRef[159]@11)?, TxnDate:d,
    TotalAmount:amt, CurrencyRef[64]@8, ExchangeRate:flt@8, TotalAmountInHomeCurrency:amt@8,
    RefNumber[20], Memo[4095], IsTaxIncluded:b@8-US, SalesTaxCodeRef[3]@8-US,
    ExternalGUID:guid@9, LinkedTxn*{..}, ExpenseLineRet*{..}, (ItemLineRet!{..} |
    ItemGroupLineRet!{..})*, DataExtRet*{..}

VendorCreditAdd v1 block trim:
    VendorRef![41], APAccountRef[159], TxnDate:d, RefNumber[20], Memo[4095],
    IsTaxIncluded:b@8-US, SalesTaxCodeRef[3]@8-US, ExchangeRate:flt@8, ExternalGUID:guid@9,
    ExpenseLineAdd*{..}, (ItemLineAdd!{..} | ItemGroupLineAdd!{..})*

VendorCreditQuery v1 meta iter:
    (TxnID+:id | RefNumber+ | RefNumberCaseSensitive+@4 | <MaxReturned:int, $date_filter,
    EntityFilter{$tree}, AccountFilter{$tree}, $number_filter, CurrencyFilter@8{..}>)?,
    IncludeLineItems:b, IncludeLinkedTxns:b, $trim, OwnerID*:guid

VendorCreditRet:
    $txn_head, VendorRef[41], APAccountRef[159], TxnDate:d, CreditAmount:amt, CurrencyRef[64]@8,
    ExchangeRate:flt@8, CreditAmountInHomeCurrency:amt@8, RefNumber[20], Memo[4095],
    IsTaxIncluded:b@8-US, SalesTaxCodeRef[3]@8-US, ExternalGUID:guid@9, LinkedTxn*{..},
    ExpenseLineRet*{..}, (ItemLineRet!{..} | ItemGroupLineRet!{..})*, OpenAmount:amt,
    DataExtRet*{..}
