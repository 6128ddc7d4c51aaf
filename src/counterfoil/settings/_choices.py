"""The values of options that are chosen from a list.

Each member is its stored value, its label and one sentence of help, in that order, so
that a form, a command line and the reference can show a choice without knowing it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from counterfoil.documents import ItemType

__all__ = [
    "CancelledWay",
    "ChangePolicy",
    "Choices",
    "ClosedByHand",
    "CreatedItemType",
    "CreationDate",
    "CustomerName",
    "DocumentNumber",
    "ExcessDecimals",
    "FieldsOn",
    "FlowMode",
    "ForeignCurrency",
    "InvoicedPart",
    "ItemName",
    "Leading",
    "LineDescription",
    "LinkedText",
    "LongNames",
    "NegativeLines",
    "NumberTaken",
    "OrderMissing",
    "OverDelivery",
    "Prices",
    "ProductName",
    "PurchaseOrderBecomes",
    "ReceiptBecomes",
    "ReceiptMoment",
    "ReceivedGoods",
    "ReleaseMoment",
    "SalesOrderBecomes",
    "SeveralCurrencies",
    "ShipDate",
    "ShipmentMoment",
    "StockFallback",
    "ToDos",
    "UnholdableCharacters",
    "UnlinkableLines",
    "VendorName",
    "Weekday",
    "WorkCustomer",
    "WorkMoment",
    "WorkText",
    "WorkerList",
    "WrittenBack",
]


class Choices(StrEnum):
    """A list to choose from; members are ``value, label, help``."""

    label: str
    help: str

    def __new__(cls, value: str, label: str, help: str) -> Self:
        """Make a member of its stored value and its two texts."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.help = help
        return member


class FlowMode(Choices):
    """When a flow runs (FLOW-1)."""

    OFF = "off", "Off", "Nothing is sent or retrieved, and no button is shown."
    MANUAL = "manual", "By hand", "Only when somebody presses the button or gives the command."
    AUTOMATIC = (
        "automatic",
        "Automatically",
        "Counterfoil does it on its own; the button stays for those who cannot wait.",
    )


class ChangePolicy(Choices):
    """What follows when a document that was sent changes, or goes, at its source."""

    REPORT = "report", "Only show it", "It is shown; nothing is written."
    ON_REQUEST = (
        "on_request",
        "When somebody sends it",
        "It is shown, and written when somebody presses send.",
    )
    AUTOMATIC = (
        "automatic",
        "Automatically",
        "It is written by itself, once the document has not changed for a while.",
    )


class CancelledWay(Choices):
    """What becomes of the document in the books when its source was cancelled or deleted."""

    CLOSE = (
        "close",
        "Close it",
        "It is closed by hand: it stays with its lines and invoices, and nothing more is open.",
    )
    DELETE = (
        "delete",
        "Delete it",
        "It is taken out of the books, unless something was invoiced from it.",
    )


class UnholdableCharacters(Choices):
    """What to do with characters outside Windows-1252 (3.6)."""

    REFUSE = (
        "refuse",
        "Stop the document",
        "Nothing is changed behind anybody's back; the document waits until the text is changed.",
    )
    REPLACE = (
        "replace",
        "Write the nearest plain character",
        "Such a character becomes a similar plain one, or a question mark where there is none.",
    )


class NegativeLines(Choices):
    """What to do with lines whose quantity is negative or zero."""

    REFUSE = (
        "refuse",
        "Stop the order",
        "Nothing is left out behind anybody's back; the order waits until the line is removed.",
    )
    LEAVE_OUT = (
        "leave_out",
        "Leave them out",
        "The order goes without such lines, and says which.",
    )


class InvoicedPart(Choices):
    """What is taken of an order of which something is invoiced or closed by hand."""

    WHOLE = (
        "whole",
        "The whole order",
        "Every line goes with the quantity that was ordered, and what is done is told.",
    )
    REST = (
        "rest",
        "What is left of it",
        "What is done or closed by hand does not go; nor does an order with nothing left.",
    )


class ClosedByHand(Choices):
    """Which orders are left out because somebody closed them, or lines of them, by hand."""

    ANY_LINE = (
        "any_line",
        "Leave them out",
        "An order is left out as soon as one of its lines is closed by hand.",
    )
    NOTHING_OPEN = (
        "nothing_open",
        "Leave them out when nothing is open",
        "An order is left out when it, or all that was left of it, is closed by hand.",
    )
    TAKE = "take", "Take them", "They are retrieved like others."


class ExcessDecimals(Choices):
    """What to do with more decimals than the other side keeps."""

    REFUSE = (
        "refuse",
        "Stop the document",
        "Nothing is rounded behind anybody's back; the document waits until it is shortened.",
    )
    ROUND = (
        "round",
        "Round",
        "The number is rounded, halves upwards, and the transfer tells what became of each line.",
    )


class LongNames(Choices):
    """What to do with a product whose name is longer than the books' item names (M16)."""

    REFUSE = (
        "refuse",
        "Stop the document",
        "Somebody says which item it is, or under which name it shall be created.",
    )
    SHORTEN = (
        "shorten",
        "Shorten the name",
        "The item bears the beginning of the name and the product's number, so it is no other's.",
    )


class DocumentNumber(Choices):
    """Who numbers the document (DOC-3)."""

    BOOKS = "books", "QBD generated (sequential)", "The next number of QuickBooks' own sequence."
    ORDER_CODE = (
        "order_code",
        "Order Code",
        "The order's code becomes its number; Desktop holds 11 characters, on bills 20, Online 21.",
    )
    OWN_CODE = (
        "own_code",
        "Its own code",
        "The code of the receiving or shipping itself; one that has none gets no number from us.",
    )
    EXTERNAL_NUMBER = (
        "external_number",
        "External P.O. Number",
        "That of Autotask, up to 11 characters; QuickBooks numbers an order that has none.",
    )
    VENDOR_INVOICE = (
        "vendor_invoice",
        "Vendor invoice number",
        "The number of the vendor's invoice, once it is known.",
    )


class CustomerName(Choices):
    """Which text is looked up among the books' customers (DOC-4)."""

    CLIENT_CODE = (
        "client_code",
        "Empty (client code)",
        "The code of the order's client is the customer's full name in the books.",
    )
    CLIENT_NAME = (
        "client_name",
        "Client name",
        "The name of the order's client is the customer's full name in the books.",
    )
    SALES_CHANNEL = (
        "sales_channel",
        "Marketplace Name",
        "The name of the marketplace the order came from is the customer's full name.",
    )
    CHANNEL_CUSTOMER = (
        "channel_customer",
        "“Quickbooks Customer” of the marketplace",
        "A table says which customer stands for which marketplace; “Customers of marketplaces”.",
    )


class CreationDate(Choices):
    """Which day the document bears in the books (DOC-5)."""

    EMPTY = (
        "empty",
        "Empty",
        "A sales order bears the day on which it is sent, every other document its own day.",
    )
    DOCUMENT_DATE = (
        "document_date",
        "Document Date",
        "The day on which the order was entered, or the goods were received or shipped.",
    )
    SYNCHRONIZATION_DATE = (
        "synchronization_date",
        "Synchronization Date",
        "The day on which the document is sent.",
    )


class ShipDate(Choices):
    """Which ship date the document bears in the books (DOC-6)."""

    EMPTY = "empty", "Empty", "No ship date is written."
    DUE_DATE = "due_date", "Due Date", "The day for which delivery was promised."


class LineDescription(Choices):
    """What stands in the description of a line (DOC-2)."""

    EMPTY = (
        "empty",
        "Empty (the item's own)",
        "QuickBooks writes the description it keeps for the item.",
    )
    PRODUCT_NAME = "product_name", "Product Name", "The name of the product."
    PRODUCT_OBSERVATIONS = (
        "product_observations",
        "Product Observations",
        "The observations kept with the product.",
    )
    LINE_OBSERVATIONS = (
        "line_observations",
        "Shipping/Receiving Product Observations",
        "The observations written on this line of the order, receiving or shipping.",
    )


class CreatedItemType(Choices):
    """What kind of item is created for a product the books lack (DOC-1)."""

    NON_INVENTORY = (
        "non_inventory",
        "Non-inventory part",
        "Bought or sold, but its stock is not counted in the books.",
    )
    SERVICE = "service", "Service", "Something done rather than delivered."
    INVENTORY = (
        "inventory",
        "Inventory part",
        "Its stock and value are kept in the books; needs all three accounts.",
    )

    @property
    def item_type(self) -> ItemType:
        """The same in the words of documents."""
        return ItemType(self.value)


class ItemName(Choices):
    """Which text is looked up among the books' items."""

    PRODUCT_CODE = "product_code", "Product code", "The product's code is the item's full name."
    CUSTOM_FIELD = (
        "custom_field",
        "A custom field",
        "A custom field of the product holds the item's full name.",
    )


class Prices(Choices):
    """Whose prices stand on the lines."""

    ORDER = "order", "Those of the order", "A line without a price takes the item's."
    BOOKS = "books", "Those of the books", "No price is sent; QuickBooks takes the item's."


class ProductName(Choices):
    """How a product is named that was not known before (DOC-2, inward)."""

    CODE = "code", "Its code", "Name and code are the same."
    DESCRIPTION = (
        "description",
        "Product Name",
        "The description of the item in the books; its code where that is empty.",
    )


class NumberTaken(Choices):
    """What to do when another order already bears the number (section 4.6)."""

    APPEND = "append", "Append “-QB”", "The retrieved order gets the number with “-QB” after it."
    REFUSE = "refuse", "Stop the document", "A person decides."


class ReleaseMoment(Choices):
    """From when on an order goes to the books."""

    APPROVED = (
        "approved",
        "When it is approved",
        "Drafts and orders in review wait; one that needs no approval goes when it is entered.",
    )
    ENTERED = "entered", "When it is entered", "Drafts go, too."
    PARTLY_RECEIVED = (
        "partly_received",
        "When something of it is received",
        "Orders of which nothing came yet wait.",
    )
    RECEIVED = (
        "received",
        "When all of it is received",
        "It waits until everything on it has come, or somebody sends it.",
    )


class ReceiptMoment(Choices):
    """From when on a receiving goes to the books."""

    RECEIVED = (
        "received",
        "When something is received",
        "Each time more of it comes, what came goes as a document of its own.",
    )
    COMPLETE = (
        "complete",
        "When all is received",
        "It waits until everything on it has come, or somebody sends it.",
    )


class ShipmentMoment(Choices):
    """From when on a shipping goes to the books."""

    SHIPPED = (
        "shipped",
        "When something is shipped",
        "Each time more of it leaves, what left goes as an invoice of its own.",
    )
    COMPLETE = (
        "complete",
        "When all is shipped",
        "It waits until everything on it has left, or somebody sends it.",
    )


class WorkMoment(Choices):
    """From when on time worked goes to the books."""

    COMPLETED = (
        "completed",
        "When the production order is completed or closed",
        "Time of orders in production waits, or goes when somebody sends it.",
    )
    RECORDED = "recorded", "When the record has ended", "Each record goes as soon as it ended."


class VendorName(Choices):
    """Which text is looked up among the books' vendors."""

    CODE_OR_NAME = (
        "code_or_name",
        "Supplier code, else supplier name",
        "The supplier's name is looked up where no vendor has its code as full name.",
    )
    SUPPLIER_CODE = (
        "supplier_code",
        "Supplier code",
        "The supplier's code is the vendor's full name in the books.",
    )
    SUPPLIER_NAME = (
        "supplier_name",
        "Supplier name",
        "The supplier's name is the vendor's full name in the books.",
    )


class ReceiptBecomes(Choices):
    """What a receiving becomes in the books."""

    BILL = "bill", "A bill", "What was received is owed at once."
    ITEM_RECEIPT = (
        "item_receipt",
        "An item receipt",
        "The goods are in stock; the bookkeeper enters the bill when the vendor's paper comes.",
    )
    ITEM_RECEIPT_THEN_BILL = (
        "item_receipt_then_bill",
        "An item receipt, later a bill",
        "First an item receipt; sent again, it is taken out and a bill takes its place.",
    )
    BILL_WITH_INVOICE = (
        "bill_with_invoice",
        "An item receipt, a bill with the vendor's invoice",
        "First an item receipt; once the vendor's invoice number is known, a bill takes its place.",
    )


class SalesOrderBecomes(Choices):
    """What a sales order becomes in books that keep no sales orders."""

    ORDER = (
        "order",
        "What the books have for an order",
        "QuickBooks Desktop has sales orders; in QuickBooks Online an estimate takes their place.",
    )
    ESTIMATE = "estimate", "An estimate", "Nothing is owed yet; what is shipped is invoiced."
    INVOICE = "invoice", "An invoice", "The customer owes it at once; shippings make no second one."
    SALES_RECEIPT = (
        "sales_receipt",
        "A sales receipt",
        "It counts as paid at once; shippings make no invoice.",
    )


class PurchaseOrderBecomes(Choices):
    """What a purchase order becomes in the books."""

    PURCHASE_ORDER = (
        "purchase_order",
        "A purchase order",
        "Nothing is owed yet; what is received becomes a bill that is linked to it.",
    )
    BILL = (
        "bill",
        "A bill",
        "All that was ordered is owed at once, as in Autotask's own app; receipts make no bill.",
    )


class WrittenBack(Choices):
    """What of a bill is written to the order's External P.O. Number."""

    NUMBER = (
        "number",
        "Its number",
        "The number of the bill; its identity in QuickBooks where it bears none.",
    )
    IDENTITY = "identity", "Its identity", "What QuickBooks itself calls the bill, such as 1042."


class SeveralCurrencies(Choices):
    """Whether the operations system deals in several currencies (OP6 to OP8)."""

    AS_SEEN = (
        "as_seen",
        "As it shows",
        "It does where more than one currency is active there.",
    )
    YES = "yes", "Yes", "Every order has to tell its currency; one that does not stops."
    NO = "no", "No", "What it tells of currencies is passed over: amounts are in the home currency."


class ForeignCurrency(Choices):
    """What of a document without a currency whose customer or vendor has a foreign one (OP7)."""

    AT_PAR = (
        "at_par",
        "Send it at the rate 1.00",
        "As Autotask's own app does: the amount counts as one of the home currency.",
    )
    REFUSE = "refuse", "Stop the document", "A person enters it, or changes the currency."


class StockFallback(Choices):
    """What to do where the books take no inventory adjustment from outside."""

    REFUSE = "refuse", "Stop the count", "It says what QuickBooks answered."
    SET_ITEMS = (
        "set_items",
        "Set the quantity of each item",
        "Each item is changed by itself; QuickBooks books the difference as it is set there.",
    )


class WorkerList(Choices):
    """In which of the books' lists workers are looked up."""

    EMPLOYEES = "employees", "Employees", "A worker is an employee."
    EITHER = (
        "either",
        "Employees, else vendors",
        "A worker who is no employee may be a vendor: a contractor.",
    )
    VENDORS = "vendors", "Vendors", "All workers are contractors."


class Leading(Choices):
    """Which system leads for purchasing and stock; what follows is in each answer."""

    OPERATIONS = (
        "operations",
        "The operations system, for both",
        "Orders, receipts and stock go to the books; nobody changes stock there by hand.",
    )
    PURCHASING_ONLY = (
        "purchasing_only",
        "The operations system for purchasing, the books for stock",
        "Orders and receipts go to the books; items are matched, their stock is never adjusted.",
    )
    BOOKS = (
        "books",
        "The books, for both",
        "Orders are made and stock is kept in the books: no order, receipt or stock goes there.",
    )


class ReceivedGoods(Choices):
    """How stock is counted of products that were received against a transferred order."""

    AS_COUNTED = (
        "as_counted",
        "Count what is there",
        "The whole stock counts, whether its receipts are in the books or not.",
    )
    DIFFERENCE = (
        "difference",
        "Count the true difference",
        "What was received and is not in the books yet is taken off: its receipt brings it.",
    )
    SKIP = (
        "skip",
        "Leave them out",
        "As Autotask's own extension does: products received against such an order are skipped.",
    )


class ToDos(Choices):
    """How errors become to-dos of the operations system (OP13)."""

    OFF = "off", "None", "Errors are told here, and by the hub's notices."
    PER_CAUSE = (
        "per_cause",
        "One for each cause",
        "One for whatever keeps any number of orders; it is completed once that is mended.",
    )
    PER_ERROR = (
        "per_error",
        "One for each order",
        "As the vendor's own app did: one for each order that stops; completed once it goes on.",
    )


class Weekday(Choices):
    """A day of the week."""

    MONDAY = "monday", "Monday", "Once a week."
    TUESDAY = "tuesday", "Tuesday", "Once a week."
    WEDNESDAY = "wednesday", "Wednesday", "Once a week."
    THURSDAY = "thursday", "Thursday", "Once a week."
    FRIDAY = "friday", "Friday", "Once a week."
    SATURDAY = "saturday", "Saturday", "Once a week."
    SUNDAY = "sunday", "Sunday", "Once a week."


class OrderMissing(Choices):
    """What to do with a document whose order cannot come to the books."""

    REFUSE = "refuse", "Stop the document", "It waits until its order is there."
    UNLINKED = (
        "unlinked",
        "Send it without its order",
        "It goes with lines and prices of its own, and says that it is linked to no order.",
    )


class OverDelivery(Choices):
    """What to do with more than is open of the order's line."""

    REFUSE = (
        "refuse",
        "Stop the document",
        "A person looks at it: change the order in the books, or leave the document out.",
    )
    TAKE_OPEN = (
        "take_open",
        "Take what is open",
        "The line goes with what is open of the order, and says how much does not go.",
    )
    UNLINKED = (
        "unlinked",
        "Send the rest beside the order",
        "What is open is linked to the order; the rest is a line of its own, linked to none.",
    )


class UnlinkableLines(Choices):
    """What to do with a line that belongs to no line of the order in the books."""

    REFUSE = "refuse", "Stop the document", "A person looks at the order in the books first."
    UNLINKED = (
        "unlinked",
        "Send the line beside the order",
        "It is a line of its own, with its own price, linked to no order.",
    )


class LinkedText(Choices):
    """What becomes of a line's text where the line is linked to its order."""

    LEAVE_OUT = (
        "leave_out",
        "Leave it out",
        "The line bears the text of the order's line; the transfer says what was left out.",
    )
    MEMO = "memo", "Write it to the memo", "The texts stand in the memo of the document."


class FieldsOn(Choices):
    """Where the custom fields of a receiving go: QuickBooks' bills have none of their own."""

    MEMO = "memo", "The memo", "Name and value of each field stand in the memo."
    LINES = (
        "lines",
        "The items' fields on each line",
        "Lines bear custom fields of their items; one linked to its order cannot, and says so.",
    )


class WorkText(Choices):
    """Which text of a work record is looked up in the books (TIME-1 to TIME-3)."""

    ORDER_CODE = (
        "order_code",
        "Production Order/Job Code",
        "The code of the production order or job.",
    )
    ORDER_TEXT = (
        "order_text",
        "Production Order/Job Description",
        "The description of the production order or job.",
    )
    OPERATION = "operation", "Operation Name", "The name of the operation that was worked on."
    SECTION = "section", "Section Name", "The name of the section where it was done."


class WorkCustomer(Choices):
    """On whom time is booked (TIME-1)."""

    CLIENT_FIRST = (
        "client_first",
        "The client, else the chosen text",
        "The production order's client; where the books have no such customer, the chosen text.",
    )
    CHOSEN_ONLY = (
        "chosen_only",
        "The chosen text alone",
        "The production order's client is not looked up.",
    )
