# Sales orders, invoices, estimates and customers' payments.

SalesOrderAdd v2.1 block trim:
    CustomerRef![209], ClassRef[159], TemplateRef[31], TxnDate:d, RefNumber[11],
    BillAddress{$address}, ShipAddress{$address}, PONumber[25], TermsRef[31], DueDate:d,
    SalesRepRef[5], FOB[13], ShipDate:d, ShipMethodRef[15], ItemSalesTaxRef[31],
    IsManuallyClosed:b, Memo[4095], CustomerMsgRef[101], IsToBePrinted:b, IsToBeEmailed:b@6,
    IsTaxIncluded:b@6-US, CustomerSalesTaxCodeRef[3], Other[29]@6, ExchangeRate:flt@8,
    ExternalGUID:guid@9, (SalesOrderLineAdd!{..} | SalesOrderLineGroupAdd!{..})+,
    SOChannel:e@15, StoreName@15, StoreType@15

> SalesOrderLineAdd:
    ItemRef, Desc[4095], Quantity:qty, UnitOfMeasure[31]@7, $any_price, ClassRef[159],
    Amount:amt, TaxAmount:amt@6.1~AU, OptionForPriceRuleConflict:e@13, $site, $serial_or_lot,
    SalesTaxCodeRef[3], IsManuallyClosed:b, Other1[29]@6, Other2[29]@6, DataExt*@5{..}

> SalesOrderLineGroupAdd:
    ItemGroupRef![31], Quantity:qty, UnitOfMeasure[31]@7, $site, DataExt*@5{..}

SalesOrderMod v3 block trim:
    $txn_key, CustomerRef[209], ClassRef[159], TemplateRef[31], TxnDate:d, RefNumber[11],
    BillAddress{$address}, ShipAddress{$address}, PONumber[25], TermsRef[31], DueDate:d,
    SalesRepRef[5], FOB[13], ShipDate:d, ShipMethodRef[15], ItemSalesTaxRef[31],
    IsManuallyClosed:b, Memo[4095], CustomerMsgRef[101], IsToBePrinted:b, IsToBeEmailed:b@6,
    IsTaxIncluded:b@6-US, CustomerSalesTaxCodeRef[3], Other[29]@6, ExchangeRate:flt@8,
    (SalesOrderLineMod!{..} | SalesOrderLineGroupMod!{..})*, SOChannel:e@15, StoreName@15,
    StoreType@15

> SalesOrderLineMod:
    TxnLineID!:id, ItemRef, Desc[4095], Quantity:qty, $unit, $any_price, ClassRef[159],
    Amount:amt, TaxAmount:amt@6.1~AU, OptionForPriceRuleConflict:e@13, $site, $serial_or_lot,
    SalesTaxCodeRef[3], IsManuallyClosed:b, Other1[29]@6, Other2[29]@6

> SalesOrderLineGroupMod:
    TxnLineID!:id, ItemGroupRef[31], Quantity:qty, $unit, SalesOrderLineMod*{..}

SalesOrderQuery v2.1 meta iter:
    (TxnID+:id | RefNumber+ | RefNumberCaseSensitive+@4 | <MaxReturned:int, $date_filter,
    EntityFilter{$tree}, $number_filter, CurrencyFilter@8{..}>)?, IncludeLineItems:b,
    IncludeLinkedTxns:b, $trim, OwnerID*:guid

> ModifiedDateRangeFilter:
    FromModifiedDate:dt, ToModifiedDate:dt

> TxnDateRangeFilter:
    (<FromTxnDate:d, ToTxnDate:d> | DateMacro!:e)

> RefNumberFilter:
    MatchCriterion!:e, RefNumber!

> RefNumberRangeFilter:
    FromRefNumber, ToRefNumber

SalesOrderRet:
    $txn_head, CustomerRef[209], ClassRef[159], TemplateRef[31], TxnDate:d, RefNumber[11],
    BillAddress{$address}, BillAddressBlock@6{$printed_address}, ShipAddress{$address},
    ShipAddressBlock@6{$printed_address}, PONumber[25], TermsRef[31], DueDate:d, SalesRepRef[5],
    FOB[13], ShipDate:d, ShipMethodRef[15], Subtotal:amt, ItemSalesTaxRef[31],
    SalesTaxPercentage:pct, SalesTaxTotal:amt, TotalAmount:amt, CurrencyRef[64]@8,
    ExchangeRate:flt@8, TotalAmountInHomeCurrency:amt@8, IsManuallyClosed:b, IsFullyInvoiced:b,
    Memo[4095], CustomerMsgRef[101], IsToBePrinted:b, IsToBeEmailed:b@6, IsTaxIncluded:b@6-US,
    CustomerSalesTaxCodeRef[3], Other[29]@6, ExternalGUID:guid@9, LinkedTxn*{..},
    (SalesOrderLineRet!{..} | SalesOrderLineGroupRet!{..})*, DataExtRet*{..},
    FulfillmentStatus:e@15, ShippingDetails@15{..}, SOChannel:e@15, StoreName@15, StoreType@15

> SalesOrderLineRet:
    TxnLineID!:id, ItemRef, Desc[4095], Quantity:qty, $unit, $price, ClassRef[159], Amount:amt,
    TaxAmount:amt@6.1~AU, $site, $serial_or_lot, ExpirationDateForSerialLotNumber[1099]@15,
    SalesTaxCodeRef[3], Invoiced:qty, IsManuallyClosed:b, Other1[29]@6, Other2[29]@6,
    DataExtRet*{..}

> SalesOrderLineGroupRet:
    TxnLineID!:id, ItemGroupRef![31], Desc[4095], Quantity:qty, $unit, IsPrintItemsInGroup!:b,
    TotalAmount!:amt, SalesOrderLineRet*{..}, DataExtRet*{..}

> ShippingDetails:
    ShippingDetailsLineRet*{TrackingID:id, CarrierName, ShippingMethod, ShippingCharges:amt}

InvoiceAdd v1 block trim:
    CustomerRef![209], ClassRef[159], ARAccountRef[159], TemplateRef[31], TxnDate:d,
    RefNumber[11], BillAddress{$address}, ShipAddress{$address}, IsPending:b,
    IsFinanceCharge:b@8, PONumber[25], TermsRef[31], DueDate:d, SalesRepRef[5], FOB[13],
    ShipDate:d, ShipMethodRef[15], ItemSalesTaxRef[31], Memo[4095], CustomerMsgRef[101],
    IsToBePrinted:b, IsToBeEmailed:b@6, IsTaxIncluded:b@6-US, CustomerSalesTaxCodeRef[3],
    Other[29]@6, ExchangeRate:flt@8, ExternalGUID:guid@9, LinkToTxnID*:id@6, SetCredit*@10{..},
    (InvoiceLineAdd!{..} | InvoiceLineGroupAdd!{..})*

> SetCredit:
    CreditTxnID!:id, AppliedAmount!:amt, Override:b@10

> InvoiceLineAdd:
    ItemRef, Desc[4095], Quantity:qty, UnitOfMeasure[31]@7, $any_price, ClassRef[159],
    Amount:amt, TaxAmount:amt@6.1~AU, OptionForPriceRuleConflict:e@13, $site, $serial_or_lot,
    ServiceDate:d, SalesTaxCodeRef[3], OverrideItemAccountRef[159], Other1[29]@6, Other2[29]@6,
    LinkToTxn@6{..}, DataExt*@5{..}

> InvoiceLineGroupAdd:
    ItemGroupRef![31], Quantity:qty, UnitOfMeasure[31]@7, $site, DataExt*@5{..}

InvoiceMod v2.1 block trim:
    $txn_key, CustomerRef[209], ClassRef[159], ARAccountRef[159], TemplateRef[31], TxnDate:d,
    RefNumber[11], BillAddress{$address}, ShipAddress{$address}, IsPending:b, PONumber[25],
    TermsRef[31], DueDate:d, SalesRepRef[5], FOB[13], ShipDate:d, ShipMethodRef[15],
    ItemSalesTaxRef[31], Memo[4095], CustomerMsgRef[101], IsToBePrinted:b, IsToBeEmailed:b@6,
    IsTaxIncluded:b@6-US, CustomerSalesTaxCodeRef[3], Other[29]@6, ExchangeRate:flt@8,
    SetCredit*@10{..}, (InvoiceLineMod!{..} | InvoiceLineGroupMod!{..})*

> InvoiceLineMod:
    TxnLineID!:id, ItemRef, Desc[4095], Quantity:qty, $unit, $any_price, ClassRef[159],
    Amount:amt, TaxAmount:amt@6.1~AU, OptionForPriceRuleConflict:e@13, $site, $serial_or_lot,
    ServiceDate:d, SalesTaxCodeRef[3], OverrideItemAccountRef[159], Other1[29]@6, Other2[29]@6

> InvoiceLineGroupMod:
    TxnLineID!:id, ItemGroupRef[31], Quantity:qty, $unit, InvoiceLineMod*{..}

InvoiceQuery v1 meta iter:
    (TxnID+:id | RefNumber+ | RefNumberCaseSensitive+@4 | <MaxReturned:int, $date_filter,
    EntityFilter{$tree}, AccountFilter{$tree}, $number_filter, CurrencyFilter@8{..},
    PaidStatus:e>)?, IncludeLineItems:b, IncludeLinkedTxns:b, $trim, OwnerID*:guid

InvoiceRet:
    $txn_head, CustomerRef[209], ClassRef[159], ARAccountRef[159], TemplateRef[31], TxnDate:d,
    RefNumber[11], BillAddress{$address}, BillAddressBlock@6{$printed_address},
    ShipAddress{$address}, ShipAddressBlock@6{$printed_address}, IsPending:b, IsFinanceCharge:b,
    PONumber[25], TermsRef[31], DueDate:d, SalesRepRef[5], FOB[13], ShipDate:d,
    ShipMethodRef[15], Subtotal:amt, ItemSalesTaxRef[31], SalesTaxPercentage:pct,
    SalesTaxTotal:amt, AppliedAmount:amt, BalanceRemaining:amt, CurrencyRef[64]@8,
    ExchangeRate:flt@8, BalanceRemainingInHomeCurrency:amt@8, Memo[4095], IsPaid:b,
    CustomerMsgRef[101], IsToBePrinted:b, IsToBeEmailed:b@6, IsTaxIncluded:b@6-US,
    CustomerSalesTaxCodeRef[3], SuggestedDiscountAmount:amt, SuggestedDiscountDate:d,
    Other[29]@6, ExternalGUID:guid@9, LinkedTxn*{..}, (InvoiceLineRet!{..} |
    InvoiceLineGroupRet!{..})*, DataExtRet*{..}

> InvoiceLineRet:
    TxnLineID!:id, ItemRef, Desc[4095], Quantity:qty, $unit, $price, ClassRef[159], Amount:amt,
    TaxAmount:amt@6.1~AU, $site, $serial_or_lot, ExpirationDateForSerialLotNumber[1099]@15,
    ServiceDate:d, SalesTaxCodeRef[3], Other1[29]@6, Other2[29]@6, DataExtRet*{..}

> InvoiceLineGroupRet:
    TxnLineID!:id, ItemGroupRef![31], Desc[4095], Quantity:qty, $unit, IsPrintItemsInGroup!:b,
    TotalAmount!:amt, InvoiceLineRet*{..}, DataExtRet*{..}

EstimateAdd v1 block trim:
    CustomerRef![209], ClassRef[159], TemplateRef[31], TxnDate:d, RefNumber[11],
    BillAddress{$address}, ShipAddress@7{$address}, IsActive:b, PONumber[25], TermsRef[31],
    DueDate:d, SalesRepRef[5], FOB[13], ItemSalesTaxRef[31], Memo[4095], CustomerMsgRef[101],
    IsToBeEmailed:b@6, IsTaxIncluded:b@6-US, CustomerSalesTaxCodeRef[3], Other[29]@6,
    ExchangeRate:flt@8, ExternalGUID:guid@9, (EstimateLineAdd!{..} | EstimateLineGroupAdd!{..})+

> EstimateLineAdd:
    ItemRef, Desc[4095], Quantity:qty, UnitOfMeasure[31]@7, $price, ClassRef[159], Amount:amt,
    TaxAmount:amt@6.1~AU, OptionForPriceRuleConflict:e@13, $site, SalesTaxCodeRef[3],
    (MarkupRate!:price | MarkupRatePercent!:pct | PriceLevelRef![31]@7)?,
    OverrideItemAccountRef[159], Other1[29]@6, Other2[29]@6, DataExt*@5{..}

> EstimateLineGroupAdd:
    ItemGroupRef![31], Quantity:qty, UnitOfMeasure[31]@7, $site, DataExt*@5{..}

EstimateMod v3 block trim:
    $txn_key, CustomerRef[209], ClassRef[159], TemplateRef[31], TxnDate:d, RefNumber[11],
    BillAddress{$address}, ShipAddress@7{$address}, IsActive:b, CreateChangeOrder:b,
    PONumber[25], TermsRef[31], DueDate:d, SalesRepRef[5], FOB[13], ItemSalesTaxRef[31],
    Memo[4095], CustomerMsgRef[101], IsToBeEmailed:b@6, IsTaxIncluded:b@6-US,
    CustomerSalesTaxCodeRef[3], Other[29]@6, ExchangeRate:flt@8, (EstimateLineMod!{..} |
    EstimateLineGroupMod!{..})*

> EstimateLineMod:
    TxnLineID!:id, ItemRef, Desc[4095], Quantity:qty, $unit, $price, ClassRef[159], Amount:amt,
    TaxAmount:amt@6.1~AU, OptionForPriceRuleConflict:e@13, $site, SalesTaxCodeRef[3],
    (MarkupRate!:price | MarkupRatePercent!:pct | PriceLevelRef![31]@7)?, Other1[29]@6,
    Other2[29]@6

> EstimateLineGroupMod:
    TxnLineID!:id, ItemGroupRef[31], Quantity:qty, $unit, EstimateLineMod*{..}

EstimateQuery v1 meta iter:
    (TxnID+:id | RefNumber+ | RefNumberCaseSensitive+@4 | <MaxReturned:int, $date_filter,
    EntityFilter{$tree}, AccountFilter{$tree}, $number_filter, CurrencyFilter@8{..}>)?,
    IncludeLineItems:b, IncludeLinkedTxns:b, $trim, OwnerID*:guid

EstimateRet:
    $txn_head, CustomerRef[209], ClassRef[159], TemplateRef[31], TxnDate:d, RefNumber[11],
    BillAddress{$address}, BillAddressBlock@6{$printed_address}, ShipAddress@7{$address},
    ShipAddressBlock@7{$printed_address}, IsActive:b, PONumber[25], TermsRef[31], DueDate:d,
    SalesRepRef[5], FOB[13], Subtotal:amt, ItemSalesTaxRef[31], SalesTaxPercentage:pct,
    SalesTaxTotal:amt, TotalAmount:amt, CurrencyRef[64]@8, ExchangeRate:flt@8,
    TotalAmountInHomeCurrency:amt@8, Memo[4095], CustomerMsgRef[101], IsToBeEmailed:b@6,
    IsTaxIncluded:b@6-US, CustomerSalesTaxCodeRef[3], Other[29]@6, ExternalGUID:guid@9,
    LinkedTxn*{..}, (EstimateLineRet!{..} | EstimateLineGroupRet!{..})*, DataExtRet*{..}

> EstimateLineRet:
    TxnLineID!:id, ItemRef, Desc[4095], Quantity:qty, $unit, $price, ClassRef[159], Amount:amt,
    TaxAmount:amt@6.1~AU, $site, SalesTaxCodeRef[3], (MarkupRate!:price |
    MarkupRatePercent!:pct)?, Other1[29]@6, Other2[29]@6, DataExtRet*{..}

> EstimateLineGroupRet:
    TxnLineID!:id, ItemGroupRef![31], Desc[4095], Quantity:qty, $unit, IsPrintItemsInGroup!:b,
    TotalAmount!:amt, EstimateLineRet*{..}, DataExtRet*{..}

ReceivePaymentAdd v1.1 block trim:
    CustomerRef![209], ARAccountRef[159], TxnDate:d, RefNumber[20], TotalAmount:amt,
    ExchangeRate:flt@8, PaymentMethodRef[31], Memo[4095], DepositToAccountRef[159],
    CreditCardTxnInfo@4.1{..}, ExternalGUID:guid@9, (IsAutoApply!:b | AppliedToTxnAdd+{..})

> CreditCardTxnInputInfo:
    CreditCardNumber![25], ExpirationMonth!:int, ExpirationYear!:int, NameOnCard![41],
    CreditCardAddress[41], CreditCardPostalCode[18], CommercialCardCode[24],
    TransactionMode:e@6, CreditCardTxnType:e@7

> CreditCardTxnResultInfo:
    ResultCode!:int, ResultMessage![60], CreditCardTransID![24], MerchantAccountNumber![32],
    AuthorizationCode[12], AVSStreet:e, AVSZip:e, CardSecurityCodeMatch:e@6, ReconBatchID[84],
    PaymentGroupingCode:int, PaymentStatus!:e, TxnAuthorizationTime!:dt,
    TxnAuthorizationStamp:int, ClientTransID[16]@6

> CreditCardTxnInfo:
    CreditCardTxnInputInfo!{..}, CreditCardTxnResultInfo!{..}

> AppliedToTxnAdd:
    TxnID!:id, PaymentAmount:amt, SetCredit*{..}, DiscountAmount:amt, DiscountAccountRef[159],
    DiscountClassRef[159]@11

ReceivePaymentMod v6 block trim:
    $txn_key, CustomerRef[209], ARAccountRef[159], TxnDate:d, RefNumber[20], TotalAmount:amt,
    ExchangeRate:flt@8, PaymentMethodRef[31], Memo[4095], DepositToAccountRef[159],
    CreditCardTxnInfoMod@7{CreditCardTxnInputInfoMod{..}, CreditCardTxnResultInfoMod{..}},
    AppliedToTxnMod*{..}

> CreditCardTxnInputInfoMod:
    CreditCardNumber[25], ExpirationMonth:int, ExpirationYear:int, NameOnCard[41],
    CreditCardAddress[41], CreditCardPostalCode[18], CommercialCardCode[24], TransactionMode:e,
    CreditCardTxnType:e

> CreditCardTxnResultInfoMod:
    ResultCode:int, ResultMessage[60], CreditCardTransID[24], MerchantAccountNumber[32],
    AuthorizationCode[12], AVSStreet:e, AVSZip:e, CardSecurityCodeMatch:e, ReconBatchID[84],
    PaymentGroupingCode:int, PaymentStatus:e, TxnAuthorizationTime:dt,
    TxnAuthorizationStamp:int, ClientTransID[16]

> AppliedToTxnMod:
    TxnID!:id, PaymentAmount:amt, SetCredit*{..}, DiscountAmount:amt, DiscountAccountRef[159],
    DiscountClassRef[159]@11

ReceivePaymentQuery v1.1 meta iter:
    (TxnID+:id | RefNumber+ | RefNumberCaseSensitive+@4 | <MaxReturned:int, $date_filter,
    EntityFilter{$tree}, AccountFilter{$tree}, $number_filter, CurrencyFilter@8{..}>)?,
    IncludeLineItems:b, $trim, OwnerID*:guid

ReceivePaymentRet:
    $txn_head, CustomerRef[209], ARAccountRef[159], TxnDate:d, RefNumber[20], TotalAmount:amt,
    CurrencyRef[64]@8, ExchangeRate:flt@8, TotalAmountInHomeCurrency:amt@8,
    PaymentMethodRef[31], Memo[4095], DepositToAccountRef[159], CreditCardTxnInfo@4.1{..},
    UnusedPayment:amt, UnusedCredits:amt, ExternalGUID:guid@9, AppliedToTxnRet*{..},
    DataExtRet*{..}

> AppliedToTxnRet:
    TxnID!:id, TxnType!:e, TxnDate:d, RefNumber[20], BalanceRemaining:amt, Amount:amt,
    DiscountAmount:amt, DiscountAccountRef[159], DiscountClassRef[159]@11, LinkedTxn*@10{..}
