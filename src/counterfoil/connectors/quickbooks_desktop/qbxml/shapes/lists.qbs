# Accounts, classes, terms and the other small lists.

AccountAdd v1 block trim:
    Name![31], IsActive:b, ParentRef, AccountType!:e, AccountNumber[7], BankNumber[25],
    Desc[200], OpenBalance:amt, OpenBalanceDate:d, SalesTaxCodeRef[3]@6-US, TaxLineID:int@7-UK,
    CurrencyRef[64]@8

AccountMod v6 block trim:
    $list_key, Name[31], IsActive:b, ParentRef, AccountType:e, AccountNumber[7], BankNumber[25],
    Desc[200], OpenBalance:amt, OpenBalanceDate:d, SalesTaxCodeRef[3]@6-US, TaxLineID:int@7-UK,
    CurrencyRef[64]@8

AccountQuery v1 meta:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter, AccountType*:e,
    CurrencyFilter@8{..}>)?, $trim, OwnerID*:guid

AccountRet:
    $list_head, Name[31], FullName[159], IsActive:b, ParentRef, Sublevel:int, AccountType:e,
    SpecialAccountType:e, IsTaxAccount:b@6-US, AccountNumber[7], BankNumber[25], Desc[200],
    Balance:amt, TotalBalance:amt, SalesTaxCodeRef[3]@6-US, TaxLineInfoRet-UK{TaxLineID!:int,
    TaxLineName[256]}, CashFlowClassification:e, CurrencyRef[64]@8, DataExtRet*{..}

PayrollItemWageAdd v2 block trim:
    Name![31], IsActive:b, WageType!:e, PayrollItemDetailTypeValue:int@15,
    ExpenseAccountRef![159], OvertimeMultiplier:price@15, (Rate!:price@15 |
    RatePercent!:pct@15)?

PayrollItemWageMod v15 block trim:
    $list_key, Name[31], IsActive:b, PayrollItemDetailTypeValue:int, ExpenseAccountRef[159],
    OvertimeMultiplier:price, $price

PayrollItemWageQuery v1 meta:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter>)?, $trim

PayrollItemWageRet:
    $list_head, Name[31], IsActive:b, WageType:e, PayrollItemDetailTypeValue:int@15,
    ExpenseAccountRef[159], OvertimeMultiplier:price@15, (Rate!:price@15 | RatePercent!:pct@15)?

ClassAdd v1 block trim:
    Name![31], IsActive:b, ParentRef

ClassMod v8 block trim:
    $list_key, Name[31], IsActive:b, ParentRef

ClassQuery v1 meta:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter>)?, $trim

ClassRet:
    $list_head, Name[31], FullName[159], IsActive:b, ParentRef, Sublevel:int

StandardTermsAdd v1 block trim:
    Name![31], IsActive:b, StdDueDays:int, StdDiscountDays:int, DiscountPct:pct

StandardTermsQuery v1 meta:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter>)?, $trim

StandardTermsRet:
    $list_head, Name[31], IsActive:b, StdDueDays:int, StdDiscountDays:int, DiscountPct:pct

SalesTaxCodeAdd v1 block trim:
    Name![3], IsActive:b, IsTaxable!:b, Desc[31], ItemPurchaseTaxRef[31]@6-US,
    ItemSalesTaxRef[31]@6-US

SalesTaxCodeMod v8 block trim:
    $list_key, Name[3], IsActive:b, IsTaxable:b, Desc[31], ItemPurchaseTaxRef[31]@6-US,
    ItemSalesTaxRef[31]@6-US

SalesTaxCodeQuery v1 meta:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter>)?, $trim

SalesTaxCodeRet:
    $list_head, Name[3], IsActive:b, IsTaxable:b, Desc[31], ItemPurchaseTaxRef[31]@6-US,
    ItemSalesTaxRef[31]@6-US

CurrencyAdd v8 block trim:
    Name![64], IsActive:b, CurrencyCode![3], CurrencyFormat{..}

> CurrencyFormat:
    ThousandSeparator:e, ThousandSeparatorGrouping:e, DecimalPlaces:e, DecimalSeparator:e

CurrencyMod v8 block trim:
    $list_key, Name[64], IsActive:b, CurrencyCode[3], CurrencyFormat{..}

CurrencyQuery v8 meta:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter>)?, $trim

CurrencyRet:
    $list_head, Name[64], IsActive:b, CurrencyCode[3], CurrencyFormat{..},
    IsUserDefinedCurrency:b, ExchangeRate:flt, AsOfDate:d

ShipMethodAdd v1 block trim:
    Name![15], IsActive:b

ShipMethodQuery v1 meta:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter>)?, $trim

ShipMethodRet:
    $list_head, Name[15], IsActive:b

SalesRepAdd v1 block trim:
    Initial![5], IsActive:b, SalesRepEntityRef![41]

SalesRepMod v3 block trim:
    $list_key, Initial[5], IsActive:b, SalesRepEntityRef[41]

SalesRepQuery v1 meta:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter>)?, $trim

SalesRepRet:
    $list_head, Initial[5], IsActive:b, SalesRepEntityRef[41]

TermsQuery v1 meta:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter>)?, $trim

TemplateQuery v3 meta:
    $trim

TemplateRet:
    $list_head, Name[31], IsActive:b, TemplateType:e

DateDrivenTermsRet:
    $list_head, Name[31], IsActive:b, DayOfMonthDue:int, DueNextMonthDays:int,
    DiscountDayOfMonth:int, DiscountPct:pct
