"""The values of options that are chosen from a list.

Each member is its stored value, its label and one sentence of help, in that order, so
that a form, a command line and the reference can show a choice without knowing it.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

__all__ = [
    "CancelledWay",
    "ChangePolicy",
    "Choices",
    "ClosedByHand",
    "CreationDate",
    "FieldsOn",
    "FlowMode",
    "Leading",
    "PurchaseOrderBecomes",
    "ReceiptBecomes",
    "ReceiptMoment",
    "ReleaseMoment",
    "SalesOrderBecomes",
    "ShipDate",
    "ShipmentMoment",
    "ToDos",
    "Weekday",
    "WorkMoment",
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


class FieldsOn(Choices):
    """Where the custom fields of a receiving go: QuickBooks' bills have none of their own."""

    MEMO = "memo", "The memo", "Name and value of each field stand in the memo."
    LINES = (
        "lines",
        "The items' fields on each line",
        "Lines bear custom fields of their items; one linked to its order cannot, and says so.",
    )
