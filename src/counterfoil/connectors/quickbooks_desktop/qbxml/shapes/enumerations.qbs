# The values an enumeration takes, by the name of its element.

AVSStreet: Pass Fail NotAvailable
AVSZip: Pass Fail NotAvailable
AccountType: AccountsPayable AccountsReceivable Bank CostOfGoodsSold CreditCard Equity Expense
    FixedAsset Income LongTermLiability NonPosting OtherAsset OtherCurrentAsset
    OtherCurrentLiability OtherExpense OtherIncome
AccountTypeFilter: AccountsPayable AccountsReceivable AllowedFor1099 APAndSalesTax
    APOrCreditCard ARAndAP Asset BalanceSheet Bank BankAndARAndAPAndUF BankAndUF CostOfSales
    CreditCard CurrentAsset CurrentAssetAndExpense CurrentLiability Equity
    EquityAndIncomeAndExpense ExpenseAndOtherExpense FixedAsset IncomeAndExpense
    IncomeAndOtherIncome Liability LiabilityAndEquity LongTermLiability NonPosting
    OrdinaryExpense OrdinaryIncome OrdinaryIncomeAndCOGS OrdinaryIncomeAndExpense OtherAsset
    OtherCurrentAsset OtherCurrentLiability OtherExpense OtherIncome OtherIncomeOrExpense
AccrualPeriod: BeginningOfYear EveryHourOnPaycheck EveryPaycheck
AcquiredAs: New Old
ActiveStatus: ActiveOnly InactiveOnly All
AgingReportBasis: AgeFromDueDate AgeFromTransactionDate
AssignClassesTo: None Accounts Items Names
AssignToObject: Account ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard
    BuildAssembly Charge Check Company CreditCardCharge CreditCardCredit CreditMemo Customer
    Deposit Employee Estimate InventoryAdjustment Invoice Item ItemReceipt JournalEntry
    OtherName PurchaseOrder ReceivePayment SalesOrder SalesReceipt SalesTaxPaymentCheck Vendor
    VendorCredit
BankAccountType: Checking Savings
BillableStatus: Billable NotBillable HasBeenBilled
CalculateChargesFrom: DueDate InvoiceOrBilledDate
CardSecurityCodeMatch: Pass Fail NotAvailable
CashFlowClassification: None Operating Investing Financing NotApplicable
CreditCardTxnType: Authorization Capture Charge Refund VoiceAuthorization
DataExtType: AMTTYPE DATETIMETYPE INTTYPE PERCENTTYPE PRICETYPE QUANTYPE STR1024TYPE STR255TYPE
DateMacro: All Today ThisWeek ThisWeekToDate ThisMonth ThisMonthToDate ThisCalendarQuarter
    ThisCalendarQuarterToDate ThisFiscalQuarter ThisFiscalQuarterToDate ThisCalendarYear
    ThisCalendarYearToDate ThisFiscalYear ThisFiscalYearToDate Yesterday LastWeek LastWeekToDate
    LastMonth LastMonthToDate LastCalendarQuarter LastCalendarQuarterToDate LastFiscalQuarter
    LastFiscalQuarterToDate LastCalendarYear LastCalendarYearToDate LastFiscalYear
    LastFiscalYearToDate NextWeek NextFourWeeks NextMonth NextCalendarQuarter NextCalendarYear
    NextFiscalQuarter NextFiscalYear
DecimalPlaces: 0 2
DecimalSeparator: Period Comma
Disabled: Yes No
EmployeeType: Officer Owner Regular Statutory
EntityTypeFilter: Customer Employee OtherName Vendor
Ethnicity: AmericianIndian Asian Black Hawaiian Hispanic White TwoOrMoreRaces
Exempt: Exempt NonExempt
FirstDayOfWeek: Monday Tuesday Wednesday Thursday Friday Saturday Sunday
FirstMonthFiscalYear: January February March April May June July August September October
    November December
FirstMonthIncomeTaxYear: January February March April May June July August September October
    November December
FulfillmentStatus: StatusBlank StatusOpen StatusSentForPick StatusPartiallySentForPick
    StatusPickInProgress StatusPartialPickInProgress StatusPartiallyPicked StatusPicked
    StatusPartiallyInvoiced StatusInvoiced StatusNotPicked StatusSentForReceive
    StatusPartiallySentForReceive StatusReceiveInProgress StatusPartialReceiveInProgress
    StatusPartiallyReceived StatusReceived StatusReceiptCreated StatusPartialReceiptCreated
    StatusNotReceived StatusSentForPack StatusPartiallySentForPack StatusPackInProgress
    StatusPartialPackinProgress StatusPartiallyPacked StatusPacked StatusNotpacked
    StatusSentForXpack StatusSentForShip StatusPartiallySentForShip StatusShipInProgress
    StatusPartialShipInProgress StatusPartiallyShipped StatusStatusShipped StatusNotShipped
    StatusComplete
Gender: Male Female
IsTrackingSerialOrLotNumber: None SerialNumber LotNumber
ItemTypeFilter: AllExceptFixedAsset Assembly Discount FixedAsset Inventory InventoryAndAssembly
    NonInventory OtherCharge Payment Sales SalesTax Service
JobStatus: Awarded Closed InProgress None NotAwarded Pending
KeyEmployee: Yes No
LinkType: AMTTYPE QUANTYPE
ListDataExtType: Account Customer Employee Item OtherName Vendor
ListDelType: Account BillingRate Class Currency Customer CustomerMsg CustomerType
    DateDrivenTerms Employee InventorySite ItemDiscount ItemFixedAsset ItemGroup ItemInventory
    ItemInventoryAssembly ItemNonInventory ItemOtherCharge ItemPayment ItemSalesTax
    ItemSalesTaxGroup ItemService ItemSubtotal JobType OtherName PaymentMethod
    PayrollItemNonWage PayrollItemWage PriceLevel SalesRep SalesTaxCode ShipMethod StandardTerms
    ToDo UnitOfMeasureSet Vehicle Vendor VendorType WorkersCompCode
ListMergeType: Account Class Customer ItemDiscount ItemGroup ItemInventory ItemNonInventory
    ItemOtherCharge ItemPayment ItemSalesTax ItemSalesTaxGroup ItemService ItemSubtotal Vendor
MatchCriterion: StartsWith Contains EndsWith
MilitaryStatus: Active Reserve
OnFile: Yes No
Operator: LessThan LessThanEqual Equal GreaterThan GreaterThanEqual
OptionForPriceRuleConflict: Zero BasePrice
OtherDataExtType: Company
PaidStatus: All PaidOnly NotPaidOnly
PartOrFullTime: PartTime FullTime
PayPeriod: Daily Weekly Biweekly Semimonthly Monthly Quarterly Yearly
PaySalesTax: Monthly Quarterly Annually
PaymentStatus: Unknown Completed
PendingStatus: All PendingOnly NotPendingOnly
PreferredDeliveryMethod: None Email Fax
QBFileMode: MultiUser SingleUser
Relation: Spouse Partner Mother Father Sister Brother Son Daughter Friend Other
RemoveFromObject: Account ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard
    BuildAssembly Charge Check Company CreditCardCharge CreditCardCredit CreditMemo Customer
    Deposit Employee Estimate InventoryAdjustment Invoice Item ItemReceipt JournalEntry
    OtherName PurchaseOrder ReceivePayment SalesOrder SalesReceipt SalesTaxPaymentCheck Vendor
    VendorCredit
ReportingPeriod: Monthly Quarterly
SOChannel: Blank Ecommerce
SalesTaxCountry: Australia Canada UK US
SerialNumberAddedOrRemoved: Added Removed
ServiceStatus: Active Expired Never Pending Suspended Terminated Trial
SpecialAccountType: AccountsPayable AccountsReceivable CondenseItemAdjustmentExpenses
    CostOfGoodsSold DirectDepositLiabilities Estimates ExchangeGainLoss InventoryAssets
    ItemReceiptAccount OpeningBalanceEquity PayrollExpenses PayrollLiabilities PettyCash
    PurchaseOrders ReconciliationDifferences RetainedEarnings SalesOrders SalesTaxPayable
    UncategorizedExpenses UncategorizedIncome UndepositedFunds
SpecialItemType: FinanceCharge ReimbursableExpenseGroup ReimbursableExpenseSubtotal
SummaryReportBasis: Accrual Cash
TaxForm: Form1040 Form1065 Form1120 Form1120S Form990 Form990PF Form990T OtherOrNone
TemplateType: BuildAssembly CreditMemo Estimate Invoice PurchaseOrder SalesOrder SalesReceipt
    PaymentReceipt BillPayment
ThousandSeparator: Comma Period Space Apostrophe
ThousandSeparatorGrouping: XX_XXX_XXX X_XX_XX_XXX
TransactionDetailLevelFilter: All SummaryOnly AllExceptSummary
TransactionMode: CardNotPresent CardPresent
TransactionPaidStatusFilter: Either Closed Open
TransactionPostingStatusFilter: Either NonPosting Posting
TxnDataExtType: ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard BuildAssembly
    Charge Check CreditCardCharge CreditCardCredit CreditMemo Deposit Estimate
    InventoryAdjustment Invoice ItemReceipt JournalEntry PurchaseOrder ReceivePayment SalesOrder
    SalesReceipt SalesTaxPaymentCheck VendorCredit
TxnDelType: ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard BuildAssembly Charge
    Check CreditCardCharge CreditCardCredit CreditMemo Deposit Estimate InventoryAdjustment
    Invoice ItemReceipt JournalEntry PayrollLiabilityAdjustment PayrollPriorPayment
    PayrollYearToDateAdjustment PurchaseOrder ReceivePayment SalesOrder SalesReceipt
    SalesTaxPaymentCheck TimeTracking TransferInventory VehicleMileage VendorCredit
TxnType: ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard BuildAssembly Charge
    Check CreditCardCharge CreditCardCredit CreditMemo Deposit Estimate InventoryAdjustment
    Invoice ItemReceipt JournalEntry LiabilityAdjustment Paycheck PayrollLiabilityCheck
    PurchaseOrder ReceivePayment SalesOrder SalesReceipt SalesTaxPaymentCheck Transfer
    VendorCredit YTDAdjustment
TxnTypeFilter: All ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard BuildAssembly
    Charge Check CreditCardCharge CreditCardCredit CreditMemo Deposit Estimate
    InventoryAdjustment Invoice ItemReceipt JournalEntry LiabilityAdjustment Paycheck
    PayrollLiabilityCheck PurchaseOrder ReceivePayment SalesOrder SalesReceipt
    SalesTaxPaymentCheck Transfer VendorCredit YTDAdjustment
TxnVoidType: ARRefundCreditCard Bill BillPaymentCheck BillPaymentCreditCard Charge Check
    CreditCardCharge CreditCardCredit CreditMemo Deposit InventoryAdjustment Invoice ItemReceipt
    JournalEntry SalesReceipt VendorCredit
USCitizen: Yes No
USVeteran: Yes No
UnitOfMeasureType: Area Count Length Other Time Volume Weight
UnitUsedFor: Purchase Sales Shipping
UseTimeDataToCreatePaychecks: NotSet UseTimeData DoNotUseTimeData
WageType: Bonus Commission HourlyOvertime HourlyRegular HourlySick HourlyVacation SalaryRegular
    SalarySick SalaryVacation
