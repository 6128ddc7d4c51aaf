"""Options that several flows to the books share, declared once.

Each is the annotated type of a field: what people read is the same in every flow, and the
default stands with the flow's own field.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from counterfoil.documents import AccountType, RecordKind

from ._choices import (
    CancelledWay,
    ChangePolicy,
    CreationDate,
    ReleaseMoment,
    ShipDate,
    ToDos,
)
from ._choices_of_lines import (
    OrderMissing,
    OverDelivery,
    Prices,
    UnlinkableLines,
)
from ._choices_of_names import (
    CreatedItemType,
    CustomerName,
    DocumentNumber,
    ItemName,
    LineDescription,
    LinkedText,
    VendorName,
)
from ._flows import SystemName
from ._option import ChannelCustomer, Declared, FieldPair, Naming, OptionType, declared

# QuickBooks' own limits: DataExtName, AccountRef/FullName, CustomerRef/FullName, the ListID of
# an account, SalesTaxCodeRef/FullName, ItemSalesTaxRef/FullName.
BOOKS_FIELD_NAME_LENGTH_MAX = 31
_ACCOUNT_LENGTH_MAX = 159
_CUSTOMER_LENGTH_MAX = 209
_IDENTITY_LENGTH_MAX = 36
_TAX_CODE_LENGTH_MAX = 3
# QuickBooks Online's own: DocNumber, the name of a tax code.
_ONLINE_NUMBER_LENGTH_MAX = 21
_ONLINE_TAX_CODE_LENGTH_MAX = 100
_TERMS_LENGTH_MAX = 31
# Five levels of a hundred characters, and the colons between them.
_LOCATION_LENGTH_MAX = 504
_TAX_ITEM_LENGTH_MAX = 31

_CREATES_ITEMS = ("create_missing_items", True)
_STOCKED = ("item_type", CreatedItemType.INVENTORY)
_SAVES_FIELDS = ("save_custom_fields", True)

# --- When ---------------------------------------------------------------------------------

StartDate = Annotated[
    date | None,
    declared(
        "Start date",
        "Documents of an earlier day are left out. A new link starts from its start date, and "
        "says what that leaves out, so that it does not send what the books already have. "
        "Empty: none is too old.",
    ),
]
ReleasedWhen = Annotated[
    ReleaseMoment,
    declared(
        "Send from",
        "The moment from which an order may go to the books.",
        rule="FLOW-1",
        among=(ReleaseMoment.APPROVED, ReleaseMoment.ENTERED),
    ),
]
OrderedWhen = Annotated[
    ReleaseMoment,
    declared(
        "Send from",
        "The moment from which a purchase order may go to the books. In Autotask an order is "
        "approved when it is Submitted; one that is New waits until then, or until somebody "
        "sends it.",
        rule="FLOW-1",
    ),
]
OnlyVendors = Annotated[
    tuple[str, ...],
    declared(
        "Only these vendors",
        "Only orders to these vendors go by themselves; the others wait until somebody sends "
        "them. Empty: those to any vendor.",
        advanced=True,
        count_max=100,
        names=Naming(RecordKind.VENDOR, is_of_books=False),
    ),
]
Changes = Annotated[
    ChangePolicy,
    declared(
        "When a document changes",
        "What happens when a document changes where it was entered after it was sent: the one in "
        "the books is changed, too, or the change is only shown. Nobody's own change in the books "
        "is ever written over without being asked.",
    ),
]
Cancellations = Annotated[
    ChangePolicy,
    declared(
        "When a document is cancelled",
        "What happens when a document is cancelled or deleted where it was entered after it was "
        "sent: the one in the books goes the same way, or it is only shown.",
    ),
]
CancelledOrders = Annotated[
    CancelledWay,
    declared(
        "Cancelled orders",
        "What becomes of the order in the books. QuickBooks cannot void orders.",
        only_when=("cancellations", (ChangePolicy.ON_REQUEST, ChangePolicy.AUTOMATIC)),
    ),
]

ClosesShort = Annotated[
    bool,
    declared(
        "Close orders that are closed short",
        "An order that is closed in the operations system before all of it has moved is closed in "
        "the books, too, so that nothing of it stays open there. That happens once everything "
        "that moved is in the books. QuickBooks itself closes an order of which all is invoiced "
        "or received.",
    ),
]

# --- DOC-3, DOC-5, DOC-6: number and days -----------------------------------------------------

_ORDER_NUMBERS = (DocumentNumber.BOOKS, DocumentNumber.ORDER_CODE)
_OWN_NUMBERS = (DocumentNumber.ORDER_CODE, DocumentNumber.OWN_CODE)

OrderNumber = Annotated[
    DocumentNumber,
    declared(
        "Quickbooks Document Number",
        "Which number the order bears in the books. An order code that is too long stops the "
        "order; it is never cut.",
        rule="DOC-3",
        among=_ORDER_NUMBERS,
    ),
]
PurchaseOrderNumber = Annotated[
    DocumentNumber,
    declared(
        "Quickbooks Document Number",
        "Which number the order bears in the books. A number that is too long stops the order; "
        "it is never cut.",
        rule="DOC-3",
        among=(*_ORDER_NUMBERS, DocumentNumber.EXTERNAL_NUMBER),
    ),
]
WritesNumberBack = Annotated[
    bool,
    declared(
        "Write the number back",
        "The number that QuickBooks gave the order is written to its External P.O. Number in "
        "Autotask, where that is blank. An order that bears a number there before it was sent "
        "waits: another integration may transfer the same orders.",
        rule="P26",
        only_with=SystemName.AUTOTASK,
    ),
]
LooksBack = Annotated[
    int | None,
    declared(
        "Number of days in the past to look for unsynced POs",
        "Only orders created so many days ago or later go by themselves: calendar days of the "
        "company, both ends counted. 0 pauses: none goes by itself. Empty: however long ago. "
        "Somebody may send an older one all the same.",
        rule="OP9",
        minimum=0,
        maximum=3650,
        unit="days",
        only_with=SystemName.AUTOTASK,
    ),
]
TakesErrors = Annotated[
    bool,
    declared(
        "Take orders marked ERROR",
        "Orders whose External P.O. Number is ERROR, left there by the app that was used before, "
        "go like those whose number is blank. Off: they are listed, and go when somebody sends "
        "them.",
        rule="OP2",
        only_with=SystemName.AUTOTASK,
    ),
]
MarksErrors = Annotated[
    bool,
    declared(
        "Write ERROR to orders that stop",
        "As the vendor's own app did: the External P.O. Number of an order that stops becomes "
        "ERROR where it was blank. It is taken out again once the order goes on. Orders that bear "
        "ERROR already are taken, too. Off: why an order stopped is told here, and by to-dos.",
        rule="OP3",
        advanced=True,
        only_with=SystemName.AUTOTASK,
    ),
]
MakesToDos = Annotated[
    ToDos,
    declared(
        "To-dos for errors",
        "Whether orders that stop become to-dos on Autotask's local organization.",
        rule="OP13",
        only_with=SystemName.AUTOTASK,
    ),
]
_MAKES_TO_DOS = ("to_dos", (ToDos.PER_CAUSE, ToDos.PER_ERROR))
ToDoActionType = Annotated[
    str | None,
    declared(
        "To-Do action type",
        "Name of the action type of such to-dos, as Autotask lists it.",
        rule="OP13",
        only_when=_MAKES_TO_DOS,
        required=True,
        only_with=SystemName.AUTOTASK,
    ),
]
ToDoResource = Annotated[
    str | None,
    declared(
        "Default resource",
        "Who gets such to-dos: the resource's e-mail address, user name, or first and last name. "
        "It has to be active, and no API user.",
        rule="OP13",
        only_when=_MAKES_TO_DOS,
        required=True,
        only_with=SystemName.AUTOTASK,
    ),
]
ResultAddress = Annotated[
    str | None,
    declared(
        "Alternate e-mail",
        "To whom the result of “sync one” is mailed where nobody else is named.",
        rule="OP15",
        only_with=SystemName.AUTOTASK,
    ),
]
CarriesDetails = Annotated[
    bool,
    declared(
        "Carry the order's further fields",
        "Whom the order and its lines are for, where it goes, the message to the vendor, shipping "
        "type, freight, part numbers and the way of transmission. Off: only what is ordered.",
        rule="P21",
        advanced=True,
    ),
]
InvoiceNumber = Annotated[
    DocumentNumber,
    declared(
        "Quickbooks Document Number",
        "Which number the invoice bears in the books. A further invoice of the same shipping "
        "bears the order code with -2 and so on. Where orders have several shippings, let the "
        "books number them, or take the shipping's own code. A code that is too long stops the "
        "document; it is never cut.",
        rule="DOC-3",
        among=(DocumentNumber.BOOKS, *_OWN_NUMBERS),
    ),
]
BillNumber = Annotated[
    DocumentNumber,
    declared(
        "Quickbooks Document Number",
        "Which number the bill bears in the books. QuickBooks never numbers bills itself: where "
        "the books are to number it, the number stays empty. A further bill of the same "
        "receiving bears the order code with -2 and so on; where orders have several "
        "receivings, take the receiving's own code, or the vendor's invoice number. One that is "
        "too long stops the document; it is never cut.",
        rule="DOC-3",
        among=(DocumentNumber.BOOKS, *_OWN_NUMBERS, DocumentNumber.VENDOR_INVOICE),
    ),
]


NumberPrefix = Annotated[
    str | None,
    declared(
        "Prefix",
        "Stands before the number that the document bears in the books, where that is a number of "
        "ours. Both together have 21 characters at most; a longer one stops the document.",
        advanced=True,
        lengths=(_ONLINE_NUMBER_LENGTH_MAX,),
        only_with=SystemName.QUICKBOOKS_ONLINE,
    ),
]


def _checks(what: str, *numbers: DocumentNumber) -> Declared:
    """Declare the look for a number that is taken, for documents that bear one of ours."""
    return declared(
        "Refuse a number that is taken",
        f"Look first whether the books already have such {what} with this number. Off: there may "
        "be several of one number, and QuickBooks Online is told to allow it.",
        rule="DOC-3",
        advanced=True,
        only_when=("document_number", numbers),
    )


ChecksInvoiceNumber = Annotated[bool, _checks("a document", *_OWN_NUMBERS)]
ChecksBillNumber = Annotated[
    bool,
    declared(
        "Refuse a number that is taken",
        "Look first whether the books already have such a document of the same vendor with this "
        "number. Off: one invoice may come in several receipts, so the number may stand on several "
        "documents of ours; one that somebody else entered under it stops the document either way.",
        rule="DOC-3",
        advanced=True,
        only_when=("document_number", (*_OWN_NUMBERS, DocumentNumber.VENDOR_INVOICE)),
    ),
]
ChecksOrderNumber = Annotated[bool, _checks("an order", DocumentNumber.ORDER_CODE)]
ChecksPurchaseNumber = Annotated[
    bool, _checks("an order", DocumentNumber.ORDER_CODE, DocumentNumber.EXTERNAL_NUMBER)
]
CreatedOn = Annotated[
    CreationDate,
    declared(
        "Quickbooks Document Creation Date",
        "Which day the document bears in the books.",
        rule="DOC-5",
    ),
]
ShippedOn = Annotated[
    ShipDate,
    declared(
        "QuickBooks Document Ship Date",
        "Which ship date the document bears in the books.",
        rule="DOC-6",
    ),
]

# --- DOC-4: whose it is -----------------------------------------------------------------------

NamesCustomer = Annotated[
    CustomerName,
    declared(
        "Quickbooks Customer Name",
        "Which text of the order names the customer in the books. It must be the customer's "
        "full name there; capital and small letters are alike.",
        rule="DOC-4",
    ),
]
CustomersOfChannels = Annotated[
    tuple[ChannelCustomer, ...],
    declared(
        "Customers of marketplaces",
        "For each marketplace, the full name of the customer that its orders are booked on.",
        rule="DOC-4",
        only_when=("customer_name", CustomerName.CHANNEL_CUSTOMER),
        required=True,
        lengths=(None, _CUSTOMER_LENGTH_MAX),
        count_max=100,
        names=(None, Naming(RecordKind.CUSTOMER)),
    ),
]
NamesVendor = Annotated[
    VendorName,
    declared(
        "Vendor name",
        "Which text of the supplier names the vendor in the books. It must be the vendor's full "
        "name there; capital and small letters are alike.",
        only_with=SystemName.FUSION_OPERATIONS,
    ),
]
CreatesVendors = Annotated[
    bool,
    declared(
        "Create missing vendors",
        "A vendor that the books lack is created there, under the last of the names that were "
        "looked up. Off: the document stops and says which name was looked up.",
    ),
]

# --- DOC-1, DOC-2: items and lines ------------------------------------------------------------

DescribesLines = Annotated[
    LineDescription,
    declared(
        "Quickbooks Item Line Description",
        "What stands in the description of each line. Where the chosen text is empty, "
        "QuickBooks writes the item's own.",
        rule="DOC-2",
    ),
]
NamesItem = Annotated[
    ItemName,
    declared(
        "Item name",
        "Which text of a product names the item in the books. It must be the item's full "
        "name there.",
        advanced=True,
    ),
]
ItemNameField = Annotated[
    str | None,
    declared(
        "Field with the item name",
        "The product's custom field that holds the item's full name. A product without it "
        "stops the document; the code is not tried instead.",
        type=OptionType.FIELD,
        advanced=True,
        only_when=("item_name", ItemName.CUSTOM_FIELD),
        required=True,
    ),
]
NewItemType = Annotated[
    CreatedItemType,
    declared(
        "Type of new items",
        "What kind of item is created. QuickBooks does not let it be changed freely later.",
        rule="DOC-1",
        only_when=_CREATES_ITEMS,
    ),
]
IncomeAccountId = Annotated[
    str | None,
    declared(
        "IncomeAccountId",
        "Identity of the account on which sales of new items are booked, as the list of "
        "accounts shows it. Where the full name is given, too, the identity counts.",
        rule="DOC-1",
        type=OptionType.ACCOUNT,
        advanced=True,
        only_when=_CREATES_ITEMS,
        lengths=(_IDENTITY_LENGTH_MAX,),
        names=Naming(
            RecordKind.ACCOUNT,
            by_identity=True,
            types=(AccountType.INCOME, AccountType.OTHER_INCOME),
        ),
    ),
]
IncomeAccount = Annotated[
    str | None,
    declared(
        "IncomeAccountFullName",
        "Full name of the account on which sales of new items are booked.",
        rule="DOC-1",
        type=OptionType.ACCOUNT,
        only_when=_CREATES_ITEMS,
        lengths=(_ACCOUNT_LENGTH_MAX,),
        names=Naming(RecordKind.ACCOUNT, types=(AccountType.INCOME, AccountType.OTHER_INCOME)),
    ),
]
CogsAccount = Annotated[
    str | None,
    declared(
        "Cost of goods sold account",
        "Full name of the account on which the cost of sold stock is booked.",
        rule="DOC-1",
        type=OptionType.ACCOUNT,
        only_when=_STOCKED,
        required=True,
        lengths=(_ACCOUNT_LENGTH_MAX,),
        names=Naming(RecordKind.ACCOUNT, types=(AccountType.COST_OF_GOODS_SOLD,)),
    ),
]
AssetAccount = Annotated[
    str | None,
    declared(
        "Inventory asset account",
        "Full name of the account that holds the value of the stock.",
        rule="DOC-1",
        type=OptionType.ACCOUNT,
        only_when=_STOCKED,
        required=True,
        lengths=(_ACCOUNT_LENGTH_MAX,),
        names=Naming(RecordKind.ACCOUNT, types=(AccountType.OTHER_CURRENT_ASSET,)),
    ),
]
SendsPrices = Annotated[
    Prices,
    declared("Prices", "Whose prices stand on the lines in the books.", advanced=True),
]
ExpenseAccount = Annotated[
    str | None,
    declared(
        "Expense account",
        "Full name of the account on which purchases of new items are booked. QuickBooks Online "
        "creates no item to be bought without one.",
        rule="OP11",
        type=OptionType.ACCOUNT,
        only_when=_CREATES_ITEMS,
        lengths=(_ACCOUNT_LENGTH_MAX,),
        only_with=SystemName.QUICKBOOKS_ONLINE,
        names=Naming(
            RecordKind.ACCOUNT, types=(AccountType.EXPENSE, AccountType.COST_OF_GOODS_SOLD)
        ),
    ),
]
StockedSince = Annotated[
    date | None,
    declared(
        "Start date of new stock items",
        "QuickBooks Online counts an inventory item from its start date on and takes no document "
        "of an earlier day that names it. Empty: the first day of the year before, or the day "
        "after the closing date.",
        advanced=True,
        only_when=_STOCKED,
        only_with=SystemName.QUICKBOOKS_ONLINE,
    ),
]
PayablesAccount = Annotated[
    str | None,
    declared(
        "Accounts payable account",
        "Full name of the account that the bill is owed on. Purchase orders cannot go without one.",
        rule="OP12",
        type=OptionType.ACCOUNT,
        lengths=(_ACCOUNT_LENGTH_MAX,),
        only_with=SystemName.QUICKBOOKS_ONLINE,
        names=Naming(RecordKind.ACCOUNT, types=(AccountType.ACCOUNTS_PAYABLE,)),
    ),
]
PaymentTerms = Annotated[
    str | None,
    declared(
        "Payment terms",
        "Name of the terms in QuickBooks that the document bears, such as Net 30. Empty: those of "
        "the customer or vendor, as QuickBooks has them. A sales receipt is paid at once and bears "
        "none.",
        advanced=True,
        lengths=(_TERMS_LENGTH_MAX,),
        only_with=SystemName.QUICKBOOKS_ONLINE,
        names=Naming(RecordKind.PAYMENT_TERM),
    ),
]
BooksLocation = Annotated[
    str | None,
    declared(
        "Location",
        "Full name of the location (department) in QuickBooks for which the document is. Empty: "
        "none. Where the company keeps no locations, a document that names one stops and says so.",
        advanced=True,
        lengths=(_LOCATION_LENGTH_MAX,),
        only_with=SystemName.QUICKBOOKS_ONLINE,
        names=Naming(RecordKind.LOCATION),
    ),
]
UsesTaxes = Annotated[
    str | None,
    declared(
        "Use Taxes",
        "The tax code in QuickBooks that each line bears, such as TAX. Empty: no tax is passed; "
        "QuickBooks figures it as it is set there. Books outside the United States want one.",
        rule="OP5",
        lengths=(_ONLINE_TAX_CODE_LENGTH_MAX,),
        only_with=SystemName.QUICKBOOKS_ONLINE,
        names=Naming(RecordKind.TAX_CODE),
    ),
]
LineTaxCode = Annotated[
    str | None,
    declared(
        "Tax code",
        "Canadian and UK books: the sales tax code that each line bears, such as S. Empty: "
        "QuickBooks takes the item's.",
        advanced=True,
        lengths=(_TAX_CODE_LENGTH_MAX,),
        only_with=SystemName.QUICKBOOKS_DESKTOP,
        names=Naming(RecordKind.TAX_CODE),
    ),
]
SalesTaxItem = Annotated[
    str | None,
    declared(
        "Sales tax item",
        "US books: the item by which QuickBooks figures the sales tax of the document. Empty: "
        "the customer's own. Where the books charge sales tax, an order without one cannot be "
        "invoiced.",
        advanced=True,
        lengths=(_TAX_ITEM_LENGTH_MAX,),
        only_with=SystemName.QUICKBOOKS_DESKTOP,
        names=Naming(RecordKind.ITEM),
    ),
]

# --- The order that a document fulfils ----------------------------------------------------------

LinksToOrder = Annotated[
    bool,
    declared(
        "Link to the order",
        "Lines are linked to the order's lines in the books, so that QuickBooks counts what is "
        "received or invoiced and closes the order by itself.",
    ),
]
_LINKED = ("link_to_order", True)
WithoutOrder = Annotated[
    OrderMissing,
    declared(
        "When the order is not in the books",
        "What happens to a document whose order is not there and will not come. One whose order "
        "is still on its way waits for it.",
        only_when=_LINKED,
    ),
]
MoreThanOpen = Annotated[
    OverDelivery,
    declared(
        "More than is open",
        "What happens when more moved than is open of the order's line in the books. Where "
        "nothing at all is open any more, the document always stops.",
        only_when=_LINKED,
    ),
]
LinesOutsideOrder = Annotated[
    UnlinkableLines,
    declared(
        "Lines the order does not have",
        "What happens to a line of which the order in the books has none, or several.",
        only_when=_LINKED,
    ),
]
TextOfLinkedLines = Annotated[
    LinkedText,
    declared(
        "Texts of linked lines",
        "QuickBooks takes no text on a line that is linked to an order; this says where it goes.",
        advanced=True,
        only_when=_LINKED,
    ),
]
WholeOnce = Annotated[
    bool,
    declared(
        "Whole quantities only, once",
        "As the vendor's own integration does: one document for each order, with the quantities "
        "that were ordered, whatever moved; its transfer says where that differs. What moves "
        "later changes nothing, and a second document of the order is refused. Needs the links, "
        "and the order in the books.",
        rule="FLOW-11",
        advanced=True,
        only_with=SystemName.FUSION_OPERATIONS,
    ),
]

# --- DOC-9: custom fields ---------------------------------------------------------------------

SavesFields = Annotated[
    bool,
    declared(
        "Save Fusion Operations Entity Code to Quickbooks Custom Field",
        "Custom fields of the document in the books are filled right after it is created.",
        rule="DOC-9",
        advanced=True,
        only_with=SystemName.FUSION_OPERATIONS,
    ),
]
FieldForCode = Annotated[
    str | None,
    declared(
        "Quickbooks custom field for the entity code",
        "The custom field in the books that takes the order's code; empty: none does. "
        "Capital and small letters differ.",
        rule="DOC-9",
        type=OptionType.FIELD,
        advanced=True,
        only_when=_SAVES_FIELDS,
        lengths=(BOOKS_FIELD_NAME_LENGTH_MAX,),
        names=Naming(RecordKind.CUSTOM_FIELD),
    ),
]
CopiedFields = Annotated[
    tuple[FieldPair, ...],
    declared(
        "Fusion Operations custom field name 1-3, QuickBooks custom field name 1-3",
        "Up to three pairs: a custom field of the document where it was entered, and the custom "
        "field in the books that takes its value. Capital and small letters differ.",
        rule="DOC-9",
        advanced=True,
        only_when=_SAVES_FIELDS,
        lengths=(None, BOOKS_FIELD_NAME_LENGTH_MAX),
        count_max=3,
        names=(None, Naming(RecordKind.CUSTOM_FIELD)),
    ),
]
