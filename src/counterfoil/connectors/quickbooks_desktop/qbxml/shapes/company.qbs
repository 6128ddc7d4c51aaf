# What the host, the company and its preferences say of themselves.

HostQuery v1:
    IncludeListMetaData@6{IncludeMaxCapacity!:b}, $trim

CompanyQuery v1:
    $trim, OwnerID*:guid

PreferencesQuery v1.1:
    $trim

HostRet:
    ProductName[255], MajorVersion[5], MinorVersion[5], Country[2], SupportedQBXMLVersion*[10],
    IsAutomaticLogin:b, QBFileMode:e, ListMetaData@6{..}

> ListMetaData:
    AccountMetaData!{MaxCapacity!:int}, BillingRateMetaData!{MaxCapacity!:int},
    ClassMetaData!{MaxCapacity!:int}, CustomerMsgMetaData!{MaxCapacity!:int},
    CustomerTypeMetaData!{MaxCapacity!:int}, EntityMetaData!{MaxCapacity!:int},
    ItemMetaData!{MaxCapacity!:int}, JobTypeMetaData!{MaxCapacity!:int},
    PaymentMethodMetaData!{MaxCapacity!:int}, PayrollItemMetaData!{MaxCapacity!:int},
    PriceLevelMetaData!{MaxCapacity!:int}, SalesRepMetaData!{MaxCapacity!:int},
    SalesTaxCodeMetaData!{MaxCapacity!:int}, ShipMethodMetaData!{MaxCapacity!:int},
    TemplateMetaData!{MaxCapacity!:int}, TermsMetaData!{MaxCapacity!:int},
    ToDoMetaData!{MaxCapacity!:int}, VehicleMetaData!{MaxCapacity!:int},
    VendorTypeMetaData!{MaxCapacity!:int}

CompanyRet:
    IsSampleCompany:b, CompanyName[59], LegalCompanyName[59], Address{$address},
    AddressBlock@6{$printed_address}, LegalAddress{$address},
    CompanyAddressForCustomer{$address}, CompanyAddressBlockForCustomer@6{$printed_address},
    Phone[51], Fax[51], Email[1023], CompanyWebSite[128], FirstMonthFiscalYear:e,
    FirstMonthIncomeTaxYear:e, CompanyType[255], EIN[20], SSN[11], TaxForm:e,
    SubscribedServices@7{Service*{Name![50], Domain![50], ServiceStatus!:e}},
    AccountantCopy@8{AccountantCopyExists!:b, DividingDate:d}, DataExtRet*{..}

PreferencesRet:
    AccountingPreferences{..}, FinanceChargePreferences{..}, JobsAndEstimatesPreferences{..},
    MultiCurrencyPreferences@8{IsMultiCurrencyOn:b, HomeCurrencyRef[64]},
    MultiLocationInventoryPreferences@10-CA-UK{IsMultiLocationInventoryAvailable:b,
    IsMultiLocationInventoryEnabled:b}, PurchasesAndVendorsPreferences{..},
    ReportsPreferences{AgingReportBasis!:e, SummaryReportBasis!:e},
    SalesAndCustomersPreferences{..}, SalesTaxPreferences{..},
    TimeTrackingPreferences{FirstDayOfWeek!:e}, CurrentAppAccessRights{..},
    ItemsAndInventoryPreferences@11{..}

> AccountingPreferences:
    IsUsingAccountNumbers!:b, IsRequiringAccounts!:b, IsUsingClassTracking!:b,
    AssignClassesTo:e@12-AU, IsUsingAuditTrail!:b, IsAssigningJournalEntryNumbers!:b,
    ClosingDate:d

> FinanceChargePreferences:
    AnnualInterestRate:pct, MinFinanceCharge:amt, GracePeriod!:int,
    FinanceChargeAccountRef[159], IsAssessingForOverdueCharges!:b, CalculateChargesFrom!:e,
    IsMarkedToBePrinted!:b

> JobsAndEstimatesPreferences:
    IsUsingEstimates!:b, IsUsingProgressInvoicing!:b, IsPrintingItemsWithZeroAmounts!:b

> PurchasesAndVendorsPreferences:
    IsUsingInventory!:b, DaysBillsAreDue!:int, IsAutomaticallyUsingDiscounts!:b,
    DefaultDiscountAccountRef[159]

> SalesAndCustomersPreferences:
    DefaultShipMethodRef[15], DefaultFOB[13], DefaultMarkup:pct,
    IsTrackingReimbursedExpensesAsIncome!:b, IsAutoApplyingPayments!:b,
    PriceLevels@4{IsUsingPriceLevels!:b, IsRoundingSalesPriceUp:b}

> SalesTaxPreferences:
    DefaultItemSalesTaxRef![31], PaySalesTax!:e, DefaultTaxableSalesTaxCodeRef![3],
    DefaultNonTaxableSalesTaxCodeRef![3], IsUsingVendorTaxCode:b, IsUsingCustomerTaxCode:b,
    IsUsingAmountsIncludeTax:b

> CurrentAppAccessRights:
    IsAutomaticLoginAllowed!:b, AutomaticLoginUserName[29], IsPersonalDataAccessAllowed!:b

> ItemsAndInventoryPreferences:
    EnhancedInventoryReceivingEnabled:b, IsTrackingSerialOrLotNumber:e-AU,
    IsInventoryExpirationDateEnabled:b@15, isTrackingOnSalesTransactionsEnabled:b-AU,
    isTrackingOnPurchaseTransactionsEnabled:b-AU, isTrackingOnInventoryAdjustmentEnabled:b-AU,
    isTrackingOnBuildAssemblyEnabled:b-AU, FIFOEnabled:b-AU, FIFOEffectiveDate:d-AU,
    IsRSBEnabled:b@12, IsBarcodeEnabled:b@12
