# Runs of elements that many records share, and the blocks used in more than one of these files.

$address:
    Addr1[41], Addr2[41], Addr3[41], Addr4[41], Addr5[41]@6, City[31], State[21],
    PostalCode[13], Country[31], Note[41]@6

$printed_address:
    Addr1[41], Addr2[41], Addr3[41], Addr4[41], Addr5[41]

$txn_head:
    TxnID:id, TimeCreated:dt, TimeModified:dt, EditSequence[16], TxnNumber:int

$list_head:
    ListID:id, TimeCreated:dt, TimeModified:dt, EditSequence[16]

$txn_key:
    TxnID!:id, EditSequence![16]

$list_key:
    ListID!:id, EditSequence![16]

$tree:
    (ListID+:id | FullName+ | ListIDWithChildren!:id | FullNameWithChildren!)

$name_filter:
    (NameFilter!{..} | NameRangeFilter!{..})?

$number_filter:
    (RefNumberFilter!{..} | RefNumberRangeFilter!{..})?

$date_filter:
    (ModifiedDateRangeFilter!{..} | TxnDateRangeFilter!{..})?

$changed:
    ActiveStatus:e, FromModifiedDate:dt, ToModifiedDate:dt

$site:
    InventorySiteRef[31]@10-AU, InventorySiteLocationRef[31]@12-AU

$serial_or_lot:
    (SerialNumber[4095]-AU | LotNumber[40]-AU)?

$unit:
    UnitOfMeasure[31]@7, OverrideUOMSetRef[31]@7

$person:
    Salutation[15], FirstName[25], MiddleName[5], LastName[25]

$phones:
    Phone[21], AltPhone[21], Fax[21], Email[1023]

$trim:
    IncludeRetElement*[50]@4

$any_price:
    (Rate!:price | RatePercent!:pct | PriceLevelRef![31]@4)?

$price:
    (Rate!:price | RatePercent!:pct)?

> DataExt:
    OwnerID!:guid, DataExtName![31], DataExtValue!

> CurrencyFilter:
    (ListID+:id | FullName+[64])

> LinkedTxn:
    TxnID!:id, TxnType!:e, TxnDate!:d, RefNumber[20], LinkType:e, Amount!:amt

> LinkToTxn:
    TxnID!:id, TxnLineID!:id

> ItemFilter:
    (ListID+:id | FullName+[159] | ListIDWithChildren!:id | FullNameWithChildren![159])
