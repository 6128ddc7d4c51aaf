# Queries over several types, custom fields, deletions, merges and recovery.

DataExtAdd v2 block:
    OwnerID!:guid, DataExtName![31], (<ListDataExtType!:e, ListObjRef![159]> |
    <TxnDataExtType!:e, TxnID!:id, TxnLineID:id> | OtherDataExtType!:e), DataExtValue!

DataExtMod v2 block:
    OwnerID!:guid, DataExtName![31], (<ListDataExtType!:e, ListObjRef![159]> |
    <TxnDataExtType!:e, TxnID!:id, TxnLineID:id> | OtherDataExtType!:e), DataExtValue!

DataExtDel v2 block:
    OwnerID!:guid, DataExtName![31], (<ListDataExtType!:e, ListObjRef![159]> |
    <TxnDataExtType!:e, TxnID!:id, TxnLineID:id> | OtherDataExtType!:e)

DataExtDefAdd v2 block trim:
    OwnerID!:guid, DataExtName![31], DataExtType!:e, AssignToObject*:e, DataExtListRequire:b@12,
    DataExtTxnRequire:b@12, DataExtFormatString@12

DataExtDefMod v2 block trim:
    OwnerID!:guid, DataExtName![31], DataExtNewName[31], AssignToObject*:e, RemoveFromObject*:e,
    DataExtListRequire:b@12, DataExtTxnRequire:b@12, DataExtFormatString@12

DataExtDefDel v2:
    OwnerID!:guid, DataExtName![31]

DataExtDefQuery v2 meta:
    (OwnerID*:guid | AssignToObject*:e)?, $trim

DataExtRet:
    OwnerID:guid, DataExtName![31], DataExtType!:e, DataExtValue!

DataExtDefRet:
    OwnerID:guid, DataExtID!:int@11, DataExtName[31], DataExtType:e, AssignToObject*:e,
    DataExtListRequire!:b@11, DataExtTxnRequire!:b@11, DataExtFormatString!@11

TxnVoid v1.1:
    TxnVoidType!:e, TxnID!:id

TxnVoidRs:
    TxnVoidType:e, TxnID:id, TimeCreated:dt, TimeModified:dt, RefNumber, ErrorRecovery@11{..}

TxnDel v1.1:
    TxnDelType!:e, TxnID!:id

TxnDelRs:
    TxnDelType:e, TxnID:id, TimeDeleted:dt, RefNumber, ErrorRecovery@11{..}

ListDel v1.1:
    ListDelType!:e, ListID!:id

ListDelRs:
    ListDelType:e, ListID:id, TimeDeleted:dt, FullName

ListMerge v7:
    ListMergeType!:e, MergeFrom!{$list_key}, MergeTo!{$list_key}, SameShipAddrOk:b@8

TxnDeletedQuery v2 meta:
    TxnDelType+:e, DeletedDateRangeFilter{..}, $trim

> DeletedDateRangeFilter:
    FromDeletedDate:dt, ToDeletedDate:dt

ListDeletedQuery v2 meta:
    ListDelType+:e, DeletedDateRangeFilter{..}, $trim

TxnDeletedRet:
    TxnDelType:e, TxnID:id, TimeCreated:dt, TimeDeleted:dt, RefNumber

ListDeletedRet:
    ListDelType:e, ListID:id, TimeCreated:dt, TimeDeleted:dt, FullName

ErrorRecovery:
    (ListID:id | OwnerID:guid | TxnID:id), TxnNumber:int, EditSequence[16], ExternalGUID:guid

ItemQuery v1 meta iter:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter>)?, $trim, OwnerID*:guid

EntityQuery v1 meta iter:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter>)?, $trim

TransactionQuery v4 meta iter:
    (TxnID+:id | <MaxReturned:int, (RefNumber+ | RefNumberCaseSensitive+@4 |
    RefNumberFilter!{..} | RefNumberRangeFilter!{..})?,
    TransactionModifiedDateRangeFilter{((<FromModifiedDate:dt, ToModifiedDate:dt>)? |
    DateMacro!:e)}, TransactionDateRangeFilter{((<FromTxnDate:d, ToTxnDate:d>)? |
    DateMacro!:e)}, TransactionEntityFilter{..}, TransactionAccountFilter{..},
    TransactionItemFilter{..}, TransactionClassFilter{$tree},
    TransactionTypeFilter{TxnTypeFilter+:e}, TransactionDetailLevelFilter:e,
    TransactionPostingStatusFilter:e, TransactionPaidStatusFilter:e, CurrencyFilter@8{..}>)?,
    IncludeRetElement*[50]

> TransactionEntityFilter:
    (EntityTypeFilter!:e | ListID+:id | FullName+ | ListIDWithChildren!:id |
    FullNameWithChildren!)

> TransactionAccountFilter:
    (AccountTypeFilter!:e | ListID+:id | FullName+ | ListIDWithChildren!:id |
    FullNameWithChildren!)

> TransactionItemFilter:
    (ItemTypeFilter!:e | ListID+:id | FullName+ | ListIDWithChildren!:id |
    FullNameWithChildren!)

TransactionRet:
    TxnType:e, TxnID:id, TxnLineID:id, TimeCreated:dt, TimeModified:dt, EntityRef[209],
    AccountRef[159], TxnDate:d, RefNumber, Amount:amt, CurrencyRef[64]@8, ExchangeRate:flt@8,
    AmountInHomeCurrency:amt@8, Memo[4095]

DataExtDelRet:
    OwnerID!:guid, DataExtName![31], (<ListDataExtType!:e, ListObjRef![159]> |
    <TxnDataExtType!:e, TxnID!:id, TxnLineID:id> | OtherDataExtType!:e)?, TimeDeleted:dt

DataExtDefDelRet:
    OwnerID!:guid, DataExtName![31], TimeDeleted:dt

ListMergeRs:
    ListMergeType:e, MergedFrom{ListID!:id, TimeDeleted!:dt, FullName!}, MergedTo{..}

> MergedTo:
    ListID!:id, TimeCreated!:dt, TimeModified!:dt, EditSequence![16], FullName!
