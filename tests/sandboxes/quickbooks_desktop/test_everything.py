"""Every field a record may hold is taken, kept and given back in the right place.

Each request below holds nearly every element of its type; where Intuit's schema
is at hand, it checks both the request and the answer.
"""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_desktop.desk import (
    GOODS,
    SERVICES,
    Desk,
    Reply,
    customer,
    line,
    query,
    ref,
    request,
    service,
    stock_item,
    tags,
    unit_set,
    vendor,
)

GUID = "{57F3B9B1-86F1-4fcc-B1EE-566DE1813D20}"
ADDRESS = tags(
    Addr1="Blue Heron Cafe",
    Addr2="1 Quay",
    City="Port",
    State="ME",
    PostalCode="04101",
    Country="USA",
    Note="side door",
)
PRINTED = ["Blue Heron Cafe", "1 Quay", "Port, ME 04101", "USA"]
PERSON = tags(Salutation="Ms", FirstName="Ada", MiddleName="M", LastName="Byrd", JobTitle="Owner")
PHONES = tags(
    Phone="555-0100",
    AltPhone="555-0101",
    Fax="555-0102",
    Email="ada@example.com",
    Cc="books@example.com",
    Contact="Ada Byrd",
    AltContact="Ben Crane",
)
CONTACT = f"<Contacts>{tags(FirstName='Ben', LastName='Crane', JobTitle='Cook')}</Contacts>"
EXTRA = (
    "<AdditionalContactRef>"
    + tags(ContactName="Skype Id", ContactValue="ada.byrd")
    + "</AdditionalContactRef>"
)
NOTES = (
    tags(Notes="Knock twice")
    + f"<AdditionalNotes>{tags(Note='Prefers mornings')}</AdditionalNotes>"
)

CUSTOMER = (
    tags(Name="Heron Group", IsActive="1")
    + ref("ClassRef", "North")
    + tags(CompanyName="Heron Group Ltd")
    + PERSON
    + f"<BillAddress>{ADDRESS}</BillAddress><ShipAddress>{ADDRESS}</ShipAddress>"
    + f"<ShipToAddress>{tags(Name='Yard')}{ADDRESS}{tags(DefaultShipTo='1')}</ShipToAddress>"
    + PHONES
    + EXTRA
    + CONTACT
    + ref("TermsRef", "Net 30")
    + ref("SalesRepRef", "AB")
    + tags(OpenBalance="10.00", OpenBalanceDate="2026-01-01")
    + ref("SalesTaxCodeRef", "Tax")
    + ref("ItemSalesTaxRef", "State Sales Tax")
    + tags(ResaleNumber="R-1", AccountNumber="C-1", CreditLimit="5000")
    + ref("PreferredPaymentMethodRef", "Check")
    + tags(JobStatus="Awarded", JobStartDate="2026-01-05", JobDesc="Kitchen")
    + NOTES
    + tags(PreferredDeliveryMethod="Email", ExternalGUID=GUID)
)
VENDOR = (
    tags(Name="Ironmonger", IsActive="true")
    + ref("ClassRef", "North")
    + tags(CompanyName="Ironmonger Inc.")
    + PERSON
    + f"<VendorAddress>{ADDRESS}</VendorAddress><ShipAddress>{ADDRESS}</ShipAddress>"
    + PHONES
    + EXTRA
    + CONTACT
    + tags(NameOnCheck="Ironmonger", AccountNumber="V-1")
    + NOTES
    + ref("TermsRef", "Net 15")
    + tags(
        CreditLimit="900.00",
        VendorTaxIdent="12-3456789",
        IsVendorEligibleFor1099="false",
        OpenBalance="25.00",
        OpenBalanceDate="2026-01-01",
        ExternalGUID=GUID,
    )
    + ref("PrefillAccountRef", "Freight and Delivery")
)
BOTH_SIDES = (
    tags(SalesDesc="Cutting", SalesPrice="30")
    + ref("IncomeAccountRef", SERVICES)
    + tags(PurchaseDesc="Cutting bought in", PurchaseCost="20")
    + ref("ExpenseAccountRef", "Materials and Supplies")
    + ref("PrefVendorRef", "Tool Hire")
)
STOCK = (
    tags(Name="GEAR")
    + f"<BarCode>{tags(BarCodeValue='400638133393', AssignEvenIfUsed='true')}</BarCode>"
    + tags(IsActive="true")
    + ref("ClassRef", "North")
    + tags(ManufacturerPartNumber="G-12")
    + ref("SalesTaxCodeRef", "Tax")
    + tags(SalesDesc="Gear", SalesPrice="9.99")
    + ref("IncomeAccountRef", GOODS)
    + tags(PurchaseDesc="Gear blank", PurchaseCost="4.5")
    + ref("COGSAccountRef", "Cost of Goods Sold")
    + ref("PrefVendorRef", "Tool Hire")
    + ref("AssetAccountRef", "Inventory Asset")
    + tags(ReorderPoint="5", Max="50", QuantityOnHand="10", InventoryDate="2026-01-01")
    + tags(ExternalGUID=GUID)
)
ORDER_HEAD = (
    ref("CustomerRef", "Blue Heron Cafe")
    + ref("ClassRef", "North")
    + ref("TemplateRef", "Custom Sales Order")
    + tags(TxnDate="2026-03-02", RefNumber="SO-1")
    + f"<BillAddress>{ADDRESS}</BillAddress><ShipAddress>{ADDRESS}</ShipAddress>"
    + tags(PONumber="PO 77")
    + ref("TermsRef", "Net 30")
    + tags(DueDate="2026-04-15")
    + ref("SalesRepRef", "AB")
    + tags(FOB="Port", ShipDate="2026-03-20")
    + ref("ShipMethodRef", "Ground")
    + ref("ItemSalesTaxRef", "State Sales Tax")
    + tags(IsManuallyClosed="false", Memo="by Friday")
    + ref("CustomerMsgRef", "Thank you for your business.")
    + tags(IsToBePrinted="true", IsToBeEmailed="false")
    + ref("CustomerSalesTaxCodeRef", "Tax")
    + tags(Other="rush", ExternalGUID=GUID)
)
ORDER_LINE = (
    "<SalesOrderLineAdd>"
    + ref("ItemRef", "BOLT-8")
    + tags(Desc="Zinc", Quantity="2", UnitOfMeasure="each", Rate="1.50")
    + ref("ClassRef", "North")
    + tags(Amount="3.00")
    + ref("SalesTaxCodeRef", "Tax")
    + tags(IsManuallyClosed="false", Other1="a", Other2="b")
    + "</SalesOrderLineAdd>"
)
PURCHASE_LINE = (
    "<PurchaseOrderLineAdd>"
    + ref("ItemRef", "BOLT-8")
    + tags(ManufacturerPartNumber="B8", Desc="Zinc", Quantity="10", Rate="0.40")
    + ref("ClassRef", "North")
    + ref("CustomerRef", "Blue Heron Cafe")
    + tags(ServiceDate="2026-03-02", Other1="x", Other2="y")
    + "</PurchaseOrderLineAdd>"
)


@pytest.fixture
def house(desk: Desk) -> Desk:
    """A company with everything the requests below refer to."""
    desk.enter(
        request("ClassAdd", tags(Name="North")),
        request("OtherNameAdd", tags(Name="Ann Bell")),
        request("SalesRepAdd", tags(Initial="AB") + ref("SalesRepEntityRef", "Ann Bell")),
        vendor("Tool Hire"),
        customer("Blue Heron Cafe"),
        unit_set("Count", "each"),
        stock_item("BOLT-8", units="Count"),
        service("Fitting"),
    )
    return desk


def texts(reply: Reply, path: str) -> list[str]:
    block = reply.record.find(path)
    return [] if block is None else [child.text or "" for child in block]


def test_a_customer(house: Desk) -> None:
    """Addresses are printed, notes numbered, contacts dated; opening figures become a balance."""
    made = house.one(request("CustomerAdd", CUSTOMER))

    assert made.code == 0, made.message
    assert texts(made, "BillAddressBlock") == texts(made, "ShipAddressBlock") == PRINTED
    assert made.text("ShipToAddress/Name") == "Yard"
    assert made.text("AdditionalNotesRet/NoteID") == "1"
    assert made.text("ContactsRet/FirstName") == "Ben"
    assert (made.text("Balance"), made.text("CreditLimit")) == ("10.00", "5000.00")
    assert made.text("ExternalGUID") == GUID


def test_a_vendor(house: Desk) -> None:
    """A vendor's second address has no printed form, its accounts repeat."""
    made = house.one(request("VendorAdd", VENDOR))

    assert made.code == 0, made.message
    assert texts(made, "VendorAddressBlock") == PRINTED
    assert made.record.find("ShipAddressBlock") is None
    assert made.text("PrefillAccountRef/FullName") == "Freight and Delivery"
    assert made.text("Balance") == "25.00"


def test_an_employee_and_another_name(house: Desk) -> None:
    """Both keep address and phones."""
    employee = PERSON + f"<EmployeeAddress>{ADDRESS.rpartition('<Country>')[0]}</EmployeeAddress>"
    employee += tags(Phone="555-0100", HiredDate="2020-05-04", Notes="Left-handed")
    other = tags(Name="Postman") + f"<OtherNameAddress>{ADDRESS}</OtherNameAddress>"
    answer = house.enter(request("EmployeeAdd", employee), request("OtherNameAdd", other))

    assert answer[0].text("Name") == "Ada M Byrd"
    assert answer[0].text("HiredDate") == "2020-05-04"
    assert texts(answer[1], "OtherNameAddressBlock") == PRINTED


def test_a_stock_item(house: Desk) -> None:
    """The bar code comes back as its value, quantities with the computed ones."""
    made = house.one(request("ItemInventoryAdd", STOCK))

    assert made.code == 0, made.message
    assert made.text("BarCodeValue") == "400638133393"
    assert (made.text("QuantityOnHand"), made.text("AverageCost")) == ("10", "4.50")
    assert (made.text("ReorderPoint"), made.text("Max")) == ("5", "50")


@pytest.mark.parametrize("kind", ["ItemService", "ItemNonInventory", "ItemOtherCharge"])
def test_an_item_used_both_ways(house: Desk, kind: str) -> None:
    """An item that is bought and sold keeps both sides."""
    body = tags(Name="Cutting") + f"<SalesAndPurchase>{BOTH_SIDES}</SalesAndPurchase>"
    made = house.one(request(f"{kind}Add", body))

    assert made.code == 0, made.message
    assert made.text("SalesAndPurchase/SalesPrice") == "30.00"
    assert made.text("SalesAndPurchase/PrefVendorRef/FullName") == "Tool Hire"


def test_an_assembly(house: Desk) -> None:
    """An assembly names its parts."""
    part = f"<ItemInventoryAssemblyLine>{ref('ItemInventoryRef', 'BOLT-8')}{tags(Quantity='4')}</ItemInventoryAssemblyLine>"
    body = STOCK.replace("ReorderPoint", "BuildPoint").replace("GEAR", "GEARBOX") + part
    made = house.one(request("ItemInventoryAssemblyAdd", body))

    assert made.code == 0, made.message
    assert made.text("ItemInventoryAssemblyLine/ItemInventoryRef/FullName") == "BOLT-8"


def test_an_account(house: Desk) -> None:
    """Number, description and tax line are kept, the opening balance counts upwards."""
    body = tags(Name="Sawmill") + ref("ParentRef", "Sales") + tags(AccountType="Income")
    body += tags(AccountNumber="4030", Desc="Timber", OpenBalance="12.00", TaxLineID="1")
    made = house.one(request("AccountAdd", body))
    parent = house.one(query("AccountQuery", tags(FullName="Sales")))

    assert made.text("FullName") == "Sales:Sawmill"
    assert made.text("TaxLineInfoRet/TaxLineID") == "1"
    assert (parent.text("Balance"), parent.text("TotalBalance")) == ("0.00", "12.00")


def test_a_sales_order(house: Desk) -> None:
    """Every header and line field of an order comes back."""
    made = house.one(request("SalesOrderAdd", ORDER_HEAD + ORDER_LINE))
    asked = tags(TxnID=made.text("TxnID"), IncludeLineItems="true")
    seen = house.one(query("SalesOrderQuery", asked))

    assert made.code == 0, made.message
    assert [child.tag for child in seen.record] == [child.tag for child in made.record]
    assert texts(made, "BillAddressBlock") == PRINTED
    assert made.text("DueDate") == "2026-04-15"
    assert made.text("TotalAmount") == "3.24"
    for path in ("UnitOfMeasure", "ClassRef/FullName", "Other1", "Other2"):
        assert made.text(f"SalesOrderLineRet/{path}")


def test_an_invoice_and_an_estimate(house: Desk) -> None:
    """The same header serves both, without what only an order has."""
    head = ORDER_HEAD.replace(tags(IsManuallyClosed="false"), "").replace(
        ref("TemplateRef", "Custom Sales Order"), ""
    )
    bill = head.replace(
        ref("ClassRef", "North"),
        ref("ClassRef", "North") + ref("ARAccountRef", "Accounts Receivable"),
    )
    estimate = head.replace(tags(IsToBePrinted="true"), "").replace(tags(ShipDate="2026-03-20"), "")
    estimate = estimate.replace(ref("ShipMethodRef", "Ground"), "")
    invoice_line = line(
        "BOLT-8", "2", rate="1.50", kind="Invoice", rest=tags(ServiceDate="2026-03-01")
    )
    answer = house.enter(
        request("InvoiceAdd", bill + invoice_line),
        request("EstimateAdd", estimate + line("BOLT-8", "2", rate="1.50", kind="Estimate")),
    )

    assert answer[0].text("BalanceRemaining") == answer[1].text("TotalAmount") == "3.24"
    assert answer[0].text("InvoiceLineRet/ServiceDate") == "2026-03-01"


def test_a_purchase_order(house: Desk) -> None:
    """A purchase order keeps whom its lines are for."""
    head = (
        ref("VendorRef", "Tool Hire")
        + ref("ShipToEntityRef", "Blue Heron Cafe")
        + tags(TxnDate="2026-03-02", RefNumber="PO-1")
        + f"<VendorAddress>{ADDRESS}</VendorAddress><ShipAddress>{ADDRESS}</ShipAddress>"
        + ref("TermsRef", "Net 30")
        + tags(DueDate="2026-04-01", ExpectedDate="2026-03-15")
        + ref("ShipMethodRef", "Ground")
        + tags(FOB="Port", Memo="soon", VendorMsg="please", Other1="x", Other2="y")
    )
    made = house.one(request("PurchaseOrderAdd", head + PURCHASE_LINE))

    assert made.code == 0, made.message
    assert texts(made, "VendorAddressBlock") == texts(made, "ShipAddressBlock") == PRINTED
    assert made.text("PurchaseOrderLineRet/CustomerRef/FullName") == "Blue Heron Cafe"
    assert made.text("TotalAmount") == "4.00"


@pytest.mark.parametrize("kind", ["Bill", "ItemReceipt"])
def test_a_bill_and_a_receipt(house: Desk, kind: str) -> None:
    """Expense and item lines stand in two tables, billable to a customer."""
    expense = ref("AccountRef", "Freight and Delivery") + tags(Amount="5.00", Memo="by boat")
    expense += ref("CustomerRef", "Blue Heron Cafe") + tags(BillableStatus="Billable")
    item = ref("ItemRef", "BOLT-8") + tags(Desc="Zinc", Quantity="10", Cost="0.40")
    item += ref("CustomerRef", "Blue Heron Cafe") + ref("ClassRef", "North")
    head = ref("VendorRef", "Tool Hire") + ref("APAccountRef", "Accounts Payable")
    head += tags(TxnDate="2026-03-02", RefNumber="a number of 20 char", Memo="by boat")
    made = house.one(
        request(
            f"{kind}Add",
            head + f"<ExpenseLineAdd>{expense}</ExpenseLineAdd><ItemLineAdd>{item}</ItemLineAdd>",
        )
    )

    assert made.code == 0, made.message
    assert made.text("AmountDue" if kind == "Bill" else "TotalAmount") == "9.00"
    assert made.text("ExpenseLineRet/BillableStatus") == "Billable"
    assert made.text("ItemLineRet/Cost") == "0.40"
