# Time entries, stock counts and assemblies built.

TimeTrackingAdd v1 block trim:
    TxnDate:d, EntityRef![209], CustomerRef[209], ItemServiceRef[159], Duration!:dur,
    ClassRef[159], PayrollItemWageRef[31], Notes[4095], BillableStatus:e@6, ExternalGUID:guid@9

TimeTrackingMod v6 block trim:
    $txn_key, TxnDate:d, EntityRef![209], CustomerRef[209], ItemServiceRef[159], Duration!:dur,
    ClassRef[159], PayrollItemWageRef[31], Notes[4095], BillableStatus:e

TimeTrackingQuery v1 meta iter:
    (TxnID+:id | <MaxReturned:int, $date_filter, TimeTrackingEntityFilter{(ListID+:id |
    FullName+)}>)?, $trim

TimeTrackingRet:
    $txn_head, TxnDate:d, EntityRef[209], CustomerRef[209], ItemServiceRef[159], Duration:dur,
    ClassRef[159], PayrollItemWageRef[31], Notes[4095], BillableStatus:e@6, ExternalGUID:guid@9

InventoryAdjustmentAdd v2 block trim:
    AccountRef![159], TxnDate:d, RefNumber[11], InventorySiteRef[31]@10-AU, CustomerRef[209],
    ClassRef[159], Memo[4095], ExternalGUID:guid@9, InventoryAdjustmentLineAdd+{..}

> QuantityAdjustment:
    (NewQuantity!:qty | QuantityDifference!:qty), $serial_or_lot,
    ExpirationDateForSerialLotNumber[1099]@15, InventorySiteLocationRef[31]@12-AU

> ValueAdjustment:
    (NewQuantity:qty | QuantityDifference!:qty@10), (NewValue!:amt | ValueDifference!:amt@10)

> SerialNumberAdjustment:
    (AddSerialNumber[4095] | RemoveSerialNumber[4095]),
    ExpirationDateForSerialLotNumber[1099]@15, InventorySiteLocationRef[31]@12

> LotNumberAdjustment:
    LotNumber[40], CountAdjustment:int, ExpirationDateForSerialLotNumber[1099]@15,
    InventorySiteLocationRef[31]@12

> InventoryAdjustmentLineAdd:
    ItemRef!, (QuantityAdjustment!{..} | ValueAdjustment!{..} |
    SerialNumberAdjustment!@11-AU{..} | LotNumberAdjustment!@11-AU{..})

InventoryAdjustmentMod v9 block trim:
    $txn_key, AccountRef[159], InventorySiteRef[31]@10-AU, TxnDate:d, RefNumber[11],
    CustomerRef[209], ClassRef[159], Memo[4095], InventoryAdjustmentLineMod*{..}

> InventoryAdjustmentLineMod:
    TxnLineID!:id, ItemRef, (SerialNumber[4095]@11-AU | <LotNumber[40]@11-AU,
    CountAdjustment:int@11-AU>), ExpirationDateForSerialLotNumber[1099]@15,
    InventorySiteLocationRef[31]@12-AU, QuantityDifference:qty, ValueDifference:amt

InventoryAdjustmentQuery v2 meta iter:
    (TxnID+:id | RefNumber+ | RefNumberCaseSensitive+@4 | <MaxReturned:int, $date_filter,
    EntityFilter{$tree}, AccountFilter{$tree}, ItemFilter{..}, $number_filter>)?,
    IncludeLineItems:b, $trim, OwnerID*:guid

InventoryAdjustmentRet:
    $txn_head, AccountRef[159], InventorySiteRef[31]@10-AU, TxnDate:d, RefNumber[11],
    CustomerRef[209], ClassRef[159], Memo[4095], ExternalGUID:guid@9,
    InventoryAdjustmentLineRet*{..}, DataExtRet*{..}

> InventoryAdjustmentLineRet:
    TxnLineID!:id, ItemRef!, (<SerialNumber[4095]-AU, SerialNumberAddedOrRemoved:e-AU> |
    LotNumber[40]-AU)?, ExpirationDateForSerialLotNumber[1099]@15,
    InventorySiteLocationRef[31]@12-AU, QuantityDifference!:qty, ValueDifference!:amt

BuildAssemblyAdd v5 block trim:
    ItemInventoryAssemblyRef![159], $site, $serial_or_lot,
    ExpirationDateForSerialLotNumber[1099]@15, TxnDate:d, RefNumber[11], Memo[4095],
    QuantityToBuild!:qty, MarkPendingIfRequired:b@7, ExternalGUID:guid@9

BuildAssemblyMod v5 block trim:
    $txn_key, $site, $serial_or_lot, ExpirationDateForSerialLotNumber[1099]@15, TxnDate:d,
    RefNumber[11], Memo[4095], QuantityToBuild:qty, MarkPendingIfRequired:b@7, RemovePending:b

BuildAssemblyQuery v5 meta iter:
    (TxnID+:id | RefNumber+ | RefNumberCaseSensitive+ | <MaxReturned:int, $date_filter,
    ItemFilter{..}, $number_filter, PendingStatus:e>)?, IncludeComponentLineItems:b,
    IncludeRetElement*[50], OwnerID*:guid

BuildAssemblyRet:
    $txn_head, ItemInventoryAssemblyRef![159], $site, $serial_or_lot,
    ExpirationDateForSerialLotNumber[1099]@15, TxnDate!:d, RefNumber[11], Memo[4095],
    IsPending:b, QuantityToBuild!:qty, QuantityCanBuild!:qty, QuantityOnHand!:qty,
    QuantityOnSalesOrder!:qty, ExternalGUID:guid@9, ComponentItemLineRet*{..}, DataExtRet*{..}

> ComponentItemLineRet:
    ItemRef!, $site, $serial_or_lot, ExpirationDateForSerialLotNumber[1099]@15, Desc[4095],
    QuantityOnHand:qty, QuantityNeeded:qty
