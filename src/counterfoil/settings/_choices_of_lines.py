"""Choices about lines and what they come to: parts of orders, quantities, prices, currencies."""

from __future__ import annotations

from ._choices import Choices

__all__ = [
    "ExcessDecimals",
    "ForeignCurrency",
    "InvoicedPart",
    "NegativeLines",
    "OrderMissing",
    "OverDelivery",
    "Prices",
    "ReceivedGoods",
    "SeveralCurrencies",
    "StockFallback",
    "UnlinkableLines",
]


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


class Prices(Choices):
    """Whose prices stand on the lines."""

    ORDER = "order", "Those of the order", "A line without a price takes the item's."
    BOOKS = "books", "Those of the books", "No price is sent; QuickBooks takes the item's."


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
