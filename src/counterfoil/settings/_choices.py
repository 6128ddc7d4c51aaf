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
    "CreatedItemType",
    "CreationDate",
    "CustomerName",
    "DocumentNumber",
    "ExcessDecimals",
    "FlowMode",
    "ItemName",
    "LineDescription",
    "NumberTaken",
    "Prices",
    "ProductName",
    "ShipDate",
    "UnholdableCharacters",
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
        "What is invoiced or closed by hand does not go; nor does an order with nothing left.",
    )


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


class DocumentNumber(Choices):
    """Who numbers the document (DOC-3)."""

    BOOKS = "books", "The books number it", "The next number of QuickBooks' own sequence."
    ORDER_CODE = (
        "order_code",
        "Order code",
        "The order's code becomes its number; QuickBooks Desktop holds 11 characters.",
    )


class CustomerName(Choices):
    """Which text is looked up among the books' customers (DOC-4)."""

    CLIENT_CODE = (
        "client_code",
        "Client code",
        "The code of the order's client is the customer's full name in the books.",
    )
    CLIENT_NAME = (
        "client_name",
        "Client name",
        "The name of the order's client is the customer's full name in the books.",
    )
    SALES_CHANNEL = (
        "sales_channel",
        "Marketplace name",
        "The name of the marketplace the order came from is the customer's full name.",
    )
    CHANNEL_CUSTOMER = (
        "channel_customer",
        "Customer of the marketplace",
        "A table says which customer stands for which marketplace.",
    )


class CreationDate(Choices):
    """Which day the document bears in the books (DOC-5)."""

    EMPTY = (
        "empty",
        "Day of transfer",
        "The day on which the document is sent, as long as nothing else is chosen.",
    )
    DOCUMENT_DATE = "document_date", "Document date", "The day on which the order was entered."
    SYNCHRONIZATION_DATE = (
        "synchronization_date",
        "Synchronization date",
        "The day on which the document is sent.",
    )


class ShipDate(Choices):
    """Which ship date the document bears in the books (DOC-6)."""

    EMPTY = "empty", "None", "No ship date is written."
    DUE_DATE = "due_date", "Due date", "The day for which delivery was promised."


class LineDescription(Choices):
    """What stands in the description of a line (DOC-2)."""

    EMPTY = "empty", "The item's own", "QuickBooks writes the description it keeps for the item."
    PRODUCT_NAME = "product_name", "Product name", "The name of the product."
    PRODUCT_OBSERVATIONS = (
        "product_observations",
        "Product observations",
        "The observations kept with the product.",
    )
    LINE_OBSERVATIONS = (
        "line_observations",
        "Line observations",
        "The observations written on this line of the order.",
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
    DESCRIPTION = "description", "Its description", "What the line says in the books."


class NumberTaken(Choices):
    """What to do when another order already bears the number (section 4.6)."""

    APPEND = "append", "Append “-QB”", "The retrieved order gets the number with “-QB” after it."
    REFUSE = "refuse", "Stop the document", "A person decides."
