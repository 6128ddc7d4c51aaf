"""Choices about what things are called: numbers, names, kinds of new records, texts of lines."""

from __future__ import annotations

from counterfoil.documents import ItemType

from ._choices import Choices

__all__ = [
    "CreatedItemType",
    "CustomerName",
    "DocumentNumber",
    "ItemName",
    "LineDescription",
    "LinkedText",
    "LongNames",
    "NumberTaken",
    "ProductName",
    "UnholdableCharacters",
    "VendorName",
    "WorkCustomer",
    "WorkText",
    "WorkerList",
]


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


class WorkerList(Choices):
    """In which of the books' lists workers are looked up."""

    EMPLOYEES = "employees", "Employees", "A worker is an employee."
    EITHER = (
        "either",
        "Employees, else vendors",
        "A worker who is no employee may be a vendor: a contractor.",
    )
    VENDORS = "vendors", "Vendors", "All workers are contractors."


class LinkedText(Choices):
    """What becomes of a line's text where the line is linked to its order."""

    LEAVE_OUT = (
        "leave_out",
        "Leave it out",
        "The line bears the text of the order's line; the transfer says what was left out.",
    )
    MEMO = "memo", "Write it to the memo", "The texts stand in the memo of the document."


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
