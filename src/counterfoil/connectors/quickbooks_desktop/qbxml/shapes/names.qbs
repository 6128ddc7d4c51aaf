# Customers with their jobs, vendors, employees and other names.

CustomerAdd v1 block trim:
    Name![41], IsActive:b, ClassRef[159]@12, ParentRef, CompanyName[41], $person,
    JobTitle[41]@12, BillAddress{$address}, ShipAddress{$address}, ShipToAddress*50@12{..},
    $phones, Cc[1023]@12, Contact[41], AltContact[41], AdditionalContactRef*8@12{..},
    Contacts*@12{..}, CustomerTypeRef[159], TermsRef[31], SalesRepRef[5], OpenBalance:amt,
    OpenBalanceDate:d, SalesTaxCodeRef[3], ItemSalesTaxRef[31]-CA-UK, SalesTaxCountry:e@6-US,
    ResaleNumber[15], AccountNumber[99], CreditLimit:amt, PreferredPaymentMethodRef[31],
    CreditCardInfo{..}, JobStatus:e, JobStartDate:d, JobProjectedEndDate:d, JobEndDate:d,
    JobDesc[99], JobTypeRef[159], Notes[4095], AdditionalNotes*@12{Note![4095]},
    PreferredDeliveryMethod:e@12, PriceLevelRef[31]@4, ExternalGUID:guid@8,
    TaxRegistrationNumber[30]@8-US, CurrencyRef[64]@8

> ShipToAddress:
    Name![41], $address, DefaultShipTo:b

> AdditionalContactRef:
    ContactName![40], ContactValue![255]

> Contacts:
    Salutation[15], FirstName![25], MiddleName[5], LastName[25], JobTitle[41],
    AdditionalContactRef*5{..}

> CreditCardInfo:
    CreditCardNumber[25], ExpirationMonth:int, ExpirationYear:int, NameOnCard[41],
    CreditCardAddress[41], CreditCardPostalCode[41]

CustomerMod v1 block trim:
    $list_key, Name[41], IsActive:b, ClassRef[159]@12, ParentRef, CompanyName[41], $person,
    JobTitle[41]@12, BillAddress{$address}, ShipAddress{$address}, ShipToAddress*50@12{..},
    $phones, Cc[1023]@12, Contact[41], AltContact[41], AdditionalContactRef*8@12{..},
    ContactsMod*@12{..}, CustomerTypeRef[159], TermsRef[31], SalesRepRef[5], SalesTaxCodeRef[3],
    ItemSalesTaxRef[31]-CA-UK, SalesTaxCountry:e@6-US, ResaleNumber[15], AccountNumber[99],
    CreditLimit:amt, PreferredPaymentMethodRef[31], CreditCardInfo{..}, JobStatus:e,
    JobStartDate:d, JobProjectedEndDate:d, JobEndDate:d, JobDesc[99], JobTypeRef[159],
    Notes[4095], AdditionalNotesMod*@12{..}, PreferredDeliveryMethod:e@12, PriceLevelRef[31]@4,
    TaxRegistrationNumber[30]@8-US, CurrencyRef[64]@8

> ContactsMod:
    ListID:id, EditSequence[16], Salutation[15], FirstName![25], MiddleName[5], LastName[25],
    JobTitle[41], AdditionalContactRef*5{..}

> AdditionalNotesMod:
    NoteID!:int, Note![4095]

CustomerQuery v1 meta iter:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter, TotalBalanceFilter{..},
    CurrencyFilter@8{..}, ClassFilter@12-AU{$tree}>)?, $trim, OwnerID*:guid

> NameFilter:
    MatchCriterion!:e, Name!

> NameRangeFilter:
    FromName, ToName

> TotalBalanceFilter:
    Operator!:e, Amount!:amt

CustomerRet:
    $list_head, Name[41], FullName[209], IsActive:b, ClassRef[159]@12, ParentRef, Sublevel:int,
    CompanyName[41], $person, JobTitle[41]@12, BillAddress{$address},
    BillAddressBlock@6{$printed_address}, ShipAddress{$address},
    ShipAddressBlock@6{$printed_address}, ShipToAddress*50@12{..}, $phones, Cc[1023]@12,
    Contact[41], AltContact[41], AdditionalContactRef*8@12{..}, ContactsRet*@12{..},
    CustomerTypeRef[159], TermsRef[31], SalesRepRef[5], Balance:amt, TotalBalance:amt,
    SalesTaxCodeRef[3], ItemSalesTaxRef[31]-CA-UK, SalesTaxCountry:e@6-US, ResaleNumber[15],
    AccountNumber[99], CreditLimit:amt, PreferredPaymentMethodRef[31], CreditCardInfo{..},
    JobStatus:e, JobStartDate:d, JobProjectedEndDate:d, JobEndDate:d, JobDesc[99],
    JobTypeRef[159], Notes[4095], AdditionalNotesRet*@12{..}, PreferredDeliveryMethod:e@12,
    PriceLevelRef[31]@4, ExternalGUID:guid@8, TaxRegistrationNumber[30]@8-US, CurrencyRef[64]@8,
    DataExtRet*{..}

> ContactsRet:
    ListID:id, TimeCreated!:dt, TimeModified!:dt, EditSequence[16], Contact[41], Salutation[15],
    FirstName![25], MiddleName[5], LastName[25], JobTitle[41], AdditionalContactRef*5{..}

> AdditionalNotesRet:
    NoteID!:int, Date!:d, Note![4095]

VendorAdd v1 block trim:
    Name![41], IsActive:b, ClassRef[159]@12, CompanyName[41], $person, JobTitle[41]@12,
    VendorAddress{$address}, ShipAddress@11{$address}, $phones, Cc[1023]@12, Contact[41],
    AltContact[41], AdditionalContactRef*8@12{..}, Contacts*@12{..}, NameOnCheck[41],
    AccountNumber[99], Notes[4095], AdditionalNotes*@12{Note![4095]}, VendorTypeRef[159],
    TermsRef[31], CreditLimit:amt, VendorTaxIdent[15], IsVendorEligibleFor1099:b-CA-UK,
    OpenBalance:amt, OpenBalanceDate:d, BillingRateRef[31]@6, ExternalGUID:guid@8,
    SalesTaxCodeRef[3]@8-US, SalesTaxCountry:e@8-US, IsSalesTaxAgency:b@8-US,
    SalesTaxReturnRef@8-US, TaxRegistrationNumber[30]@8-US, ReportingPeriod:e@8-US,
    IsTaxTrackedOnPurchases:b@8-US, TaxOnPurchasesAccountRef[159]@8-US,
    IsTaxTrackedOnSales:b@8-US, TaxOnSalesAccountRef[159]@8-US, IsTaxOnTax:b@8-US,
    PrefillAccountRef*3[159]@8, CurrencyRef[64]@8

VendorMod v1 block trim:
    $list_key, Name[41], IsActive:b, ClassRef[159]@12, CompanyName[41], $person,
    JobTitle[41]@12, VendorAddress{$address}, ShipAddress@11{$address}, $phones, Cc[1023]@12,
    Contact[41], AltContact[41], AdditionalContactRef*8@12{..}, ContactsMod*@12{..},
    NameOnCheck[41], AccountNumber[99], Notes[4095], AdditionalNotesMod*@12{..},
    VendorTypeRef[159], TermsRef[31], CreditLimit:amt, VendorTaxIdent[15],
    IsVendorEligibleFor1099:b-CA-UK, BillingRateRef[31]@6, SalesTaxCodeRef[3]@8-US,
    SalesTaxCountry:e@8-US, IsSalesTaxAgency:b@8-US, SalesTaxReturnRef@8-US,
    TaxRegistrationNumber[30]@8-US, ReportingPeriod:e@8-US, IsTaxTrackedOnPurchases:b@8-US,
    TaxOnPurchasesAccountRef[159]@8-US, IsTaxTrackedOnSales:b@8-US,
    TaxOnSalesAccountRef[159]@8-US, IsTaxOnTax:b@8-US, PrefillAccountRef*3[159]@8,
    CurrencyRef[64]@8

VendorQuery v1 meta iter:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter, TotalBalanceFilter{..},
    CurrencyFilter@8{..}, ClassFilter@12-AU{$tree}>)?, $trim, OwnerID*:guid

VendorRet:
    $list_head, Name[41], IsActive:b, ClassRef[159]@12, IsTaxAgency:b@6-US, CompanyName[41],
    $person, JobTitle[41]@12, VendorAddress{$address}, VendorAddressBlock@6{$printed_address},
    ShipAddress@11{$address}, $phones, Cc[1023]@12, Contact[41], AltContact[41],
    AdditionalContactRef*8@12{..}, ContactsRet*@12{..}, NameOnCheck[41], AccountNumber[99],
    Notes[4095], AdditionalNotesRet*@12{..}, VendorTypeRef[159], TermsRef[31], CreditLimit:amt,
    VendorTaxIdent[15], IsVendorEligibleFor1099:b-CA-UK, Balance:amt, BillingRateRef[31]@6,
    ExternalGUID:guid@8, SalesTaxCodeRef[3]@8-US, SalesTaxCountry:e@8-US,
    IsSalesTaxAgency:b@8-US, SalesTaxReturnRef@8-US, TaxRegistrationNumber[30]@8-US,
    ReportingPeriod:e@8-US, IsTaxTrackedOnPurchases:b@8-US, TaxOnPurchasesAccountRef[159]@8-US,
    IsTaxTrackedOnSales:b@8-US, TaxOnSalesAccountRef[159]@8-US, IsTaxOnTax:b@8-US,
    PrefillAccountRef*3[159]@8, CurrencyRef[64]@8, DataExtRet*{..}

EmployeeAdd v1 block trim:
    IsActive:b, $person, JobTitle[41]@12, SupervisorRef[209]@13~US, Department[31]@13~US,
    Description[64]@13~US, TargetBonus:amt@13, EmployeeAddress{..}, PrintAs[41], Phone[21],
    Mobile[21], Pager[21], PagerPIN[10], AltPhone[21], Fax[21], SSN[15], Email[1023],
    AdditionalContactRef*8@12{..}, EmergencyContacts@13~US{..}, EmployeeType:e,
    PartOrFullTime:e@13, Exempt:e@13~US, KeyEmployee:e@13~US, Gender:e, HiredDate:d,
    OriginalHireDate:d@13~US, AdjustedServiceDate:d@13~US, ReleasedDate:d, BirthDate:d,
    USCitizen:e@13~US, Ethnicity:e@13~US, Disabled:e@13~US, DisabilityDesc[25]@13~US,
    OnFile:e@13~US, WorkAuthExpireDate:d@13~US, USVeteran:e@13~US, MilitaryStatus:e@13~US,
    AccountNumber[99], Notes[4095], AdditionalNotes*@12{Note![4095]}, BillingRateRef[31]@6,
    EmployeePayrollInfo{..}, ExternalGUID:guid@8

> EmployeeAddress:
    Addr1[41], Addr2[41], City[31], State[21], PostalCode[13]

> PrimaryContact:
    ContactName![40], ContactValue![255], Relation:e

> SecondaryContact:
    ContactName![40], ContactValue![255], Relation:e

> EmergencyContacts:
    PrimaryContact{..}, SecondaryContact{..}

> Earnings:
    PayrollItemWageRef![31], $price

> NonEarnings:
    PayrollItemNonWageRef![31], (Amount!:amt | RatePercent!:pct)?, Limit:amt

> SickHours:
    HoursAvailable:dur, AccrualPeriod:e, HoursAccrued:dur, MaximumHours:dur,
    IsResettingHoursEachNewYear:b, HoursUsed:dur@5, YearBeginsDate:d@15, AccrualStartDate:d@5

> VacationHours:
    HoursAvailable:dur, AccrualPeriod:e, HoursAccrued:dur, MaximumHours:dur,
    IsResettingHoursEachNewYear:b, HoursUsed:dur@5, YearBeginsDate:d@15, AccrualStartDate:d@5

> TaxInfo:
    TaxInfoCategory![100], TaxInfoValue!

> EmployeeTax:
    IsSubjectToTax:b, PayrollItemTaxRef![31], TaxLawVersion:int, TaxInfo*{..}

> EmployeeTaxInfo:
    StateLived[21], StateWorked[21], IsStandardTaxationRequired:b, EmployeeTax*{..}

> EmployeeDirectDepositAccount:
    (Amount!:amt | RatePercent!:pct)?, BankName![31], RoutingNumber![9], AccountNumber![25],
    BankAccountType!:e

> EmployeePayrollInfo:
    IsCoveredByQualifiedPensionPlan:b@15, PayPeriod:e, PayScheduleRef[31]@15, ClassRef[159],
    (ClearEarnings!:b | Earnings+{..})?, (ClearNonEarnings!:b@15 | NonEarnings+@15{..})?,
    UseTimeDataToCreatePaychecks:e, SickHours{..}, VacationHours{..}, EmployeeTaxInfo@15{..},
    WorkersCompCodeRef[13]@15, EmployeeDirectDepositAccount*@15{..}

EmployeeMod v1 block trim:
    $list_key, IsActive:b, $person, JobTitle[41]@12, SupervisorRef[209]@13~US,
    Department[31]@13~US, Description[64]@13~US, TargetBonus:amt@13, EmployeeAddress{..},
    PrintAs[41], Phone[21], Mobile[21], Pager[21], PagerPIN[10], AltPhone[21], Fax[21],
    SSN[15]@15, Email[1023], AdditionalContactRef*8@12{..}, EmergencyContacts@13~US{..},
    EmployeeType:e@5, PartOrFullTime:e@13~US, Exempt:e@13~US, KeyEmployee:e@13~US, Gender:e@15,
    HiredDate:d@5, OriginalHireDate:d@13~US, AdjustedServiceDate:d@13~US, ReleasedDate:d@5,
    BirthDate:d, USCitizen:e@13~US, Ethnicity:e@13~US, Disabled:e@13~US,
    DisabilityDesc[25]@13~US, OnFile:e@13~US, WorkAuthExpireDate:d@13~US, USVeteran:e@13~US,
    MilitaryStatus:e@13~US, AccountNumber[99], Notes[4095], AdditionalNotesMod*@12{..},
    BillingRateRef[31]@6, EmployeePayrollInfoMod{..}

> EmployeePayrollInfoMod:
    IsCoveredByQualifiedPensionPlan:b@15, PayPeriod:e, PayScheduleRef[31]@15, ClassRef[159],
    (ClearEarnings!:b | Earnings+{..})?, (ClearNonEarnings!:b@15 | NonEarnings+@15{..})?,
    UseTimeDataToCreatePaychecks:e, SickHours{..}, VacationHours{..}, EmployeeTaxInfo@15{..},
    WorkersCompCodeRef[13]@15, (ClearDirectDepositAccounts!:b@15 |
    EmployeeDirectDepositAccount+@15{..})?

EmployeeQuery v1 meta:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter>)?, $trim, OwnerID*:guid

EmployeeRet:
    $list_head, Name[41], IsActive:b, $person, JobTitle[41]@12, SupervisorRef[209]@13~US,
    Department[31]@13~US, Description[64]@13~US, TargetBonus:amt@13~US, EmployeeAddress{..},
    PrintAs[41], Phone[21], Mobile[21], Pager[21], PagerPIN[10], AltPhone[21], Fax[21], SSN[11],
    Email[1023], AdditionalContactRef*8@12{..}, EmergencyContacts@13~US{..}, EmployeeType:e,
    PartOrFullTime:e@13~US, Exempt:e@13~US, KeyEmployee:e@13~US, Gender:e, HiredDate:d,
    OriginalHireDate:d@13~US, AdjustedServiceDate:d@13~US, ReleasedDate:d, BirthDate:d,
    USCitizen:e@13~US, Ethnicity:e@13~US, Disabled:e@13~US, DisabilityDesc[25]@13~US,
    OnFile:e@13~US, WorkAuthExpireDate:d@13~US, USVeteran:e@13~US, MilitaryStatus:e@13~US,
    AccountNumber[99], Notes[4095], AdditionalNotesRet*@12{..}, BillingRateRef[31]@6,
    EmployeePayrollInfo{..}, ExternalGUID:guid@8, DataExtRet*{..}

OtherNameAdd v1 block trim:
    Name![41], IsActive:b, CompanyName[41], $person, OtherNameAddress{$address}, $phones,
    Contact[41], AltContact[41], AccountNumber[99], Notes[4095], ExternalGUID:guid@8

OtherNameMod v1 block trim:
    $list_key, Name[41], IsActive:b, CompanyName[41], $person, OtherNameAddress{$address},
    $phones, Contact[41], AltContact[41], AccountNumber[99], Notes[4095]

OtherNameQuery v1 meta:
    (ListID+:id | FullName+ | <MaxReturned:int, $changed, $name_filter>)?, $trim, OwnerID*:guid

OtherNameRet:
    $list_head, Name[41], IsActive:b, CompanyName[41], $person, OtherNameAddress{$address},
    OtherNameAddressBlock@6{$printed_address}, $phones, Contact[41], AltContact[41],
    AccountNumber[99], Notes[4095], ExternalGUID:guid@8, DataExtRet*{..}
