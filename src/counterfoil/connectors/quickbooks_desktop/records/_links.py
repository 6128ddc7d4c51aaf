"""How documents hang together: what one was made from, and lines that fulfil an order's lines.

QuickBooks tells of a document with which others it is linked only where that is asked for, and
never in the answer to an Add.  A line that is linked takes item, text, price and everything else
from the order's line; what stands beside the link is refused, or the link is dropped without a
word.  So a linked line carries its link, a quantity and, where the price has more decimals than
the books keep, an amount.

Source: corrections to the reference, section 1, rows 3 to 7; reference section 7.5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from counterfoil.connectors.quickbooks_desktop.qbxml import Problem, Record, shown
from counterfoil.documents import Ancestor, BillLine, InvoiceLine, OrderLink
from counterfoil.engine.operations import LineScope, UpdateDocument

from ._parts import present, write_amount

__all__ = [
    "change_problem",
    "link_problem",
    "linked_line",
    "made_from",
    "made_into",
    "whole_order",
]

LinkedLine = InvoiceLine | BillLine

# TxnType -> our word.  Payments are linked as well, and made of nothing and into nothing.
_KINDS: Final[Mapping[str, str]] = {
    "Estimate": "estimate",
    "SalesOrder": "sales-order",
    "PurchaseOrder": "purchase-order",
    "ItemReceipt": "item-receipt",
    "Invoice": "invoice",
    "Bill": "bill",
}

# A purchase order for the goods of a sales order is linked with it, and is another promise to
# another party: nothing was made into something else.
_FOLLOWERS: Final[Mapping[str, tuple[str, ...]]] = {
    "Estimate": ("SalesOrder", "Invoice"),
    "SalesOrder": ("Invoice",),
    "PurchaseOrder": ("ItemReceipt", "Bill"),
    "ItemReceipt": ("Bill",),
}


# --- Reading ------------------------------------------------------------------------------


def made_from(record: Record) -> tuple[Ancestor, ...]:
    """Say from which documents one was made; empty where QuickBooks was not asked."""
    own = record.tag.removesuffix("Ret")
    return _linked(record, [kind for kind, into in _FOLLOWERS.items() if own in into])


def made_into(record: Record) -> tuple[Ancestor, ...]:
    """Say which documents were made from one; empty where QuickBooks was not asked."""
    return _linked(record, _FOLLOWERS.get(record.tag.removesuffix("Ret"), ()))


def _linked(record: Record, types: Sequence[str]) -> tuple[Ancestor, ...]:
    """Give the linked documents of these types, each once."""
    found = (
        Ancestor(_KINDS[type_], identity)
        for link in record.children("LinkedTxn")
        if (type_ := link.word("TxnType") or "") in types and (identity := link.word("TxnID"))
    )
    return tuple(dict.fromkeys(found))


# --- Writing ------------------------------------------------------------------------------


def linked_line(line: LinkedLine, link: OrderLink) -> dict[str, Any]:
    """Give the fields of a line that fulfils an order's line: nothing but these is taken."""
    return present(
        Quantity=None if line.quantity is None else line.quantity.value,
        Amount=write_amount(line.amount),
        LinkToTxn={"TxnID": link.order_id, "TxnLineID": link.line_id},
    )


def whole_order(link: OrderLink | None) -> list[str] | None:
    """Give the order whose open lines are all taken over; ``None``: none is."""
    return None if link is None else [link.order_id]


# --- What would be refused, or dropped without a word ------------------------------------------


def link_problem(
    link: OrderLink | None, lines: Sequence[LinkedLine], element: str
) -> Problem | None:
    """Say why QuickBooks would not make the links of a document.

    Args:
        link: The order that is taken over as a whole.
        lines: Its item lines.
        element: What a line is called, such as ``InvoiceLineAdd``.
    """
    if link is not None and link.line_id is not None:
        words = "an order is taken over as a whole, or line by line, never both"
        return _broken("LinkToTxnID", link.order_id, words)
    return next(_line_problems(link, lines, element), None)


def _line_problems(
    whole: OrderLink | None, lines: Sequence[LinkedLine], element: str
) -> Iterator[Problem]:
    seen: list[str] = []
    taken: set[tuple[str, str]] = set()
    for number, line in enumerate(lines, start=1):
        place, link = f"{element}[{number}]/LinkToTxn", line.link
        if link is None:
            continue
        if whole is not None and link.order_id == whole.order_id:
            yield _broken(place, link.order_id, "its order is taken over as a whole already")
        if not link.line_id:
            yield _broken(place, link.order_id, "it does not name the line of the order")
        elif (link.order_id, link.line_id) in taken:
            yield _broken(place, link.line_id, "another line fulfils the same line of the order")
        if link.order_id in seen and link.order_id != seen[-1]:
            yield _broken(place, link.order_id, "the lines of two orders are mixed")
        if line.quantity is not None and line.quantity.value <= 0:
            words = "a line that is linked to an order takes more than nothing of it"
            yield _broken(f"{element}[{number}]/Quantity", str(line.quantity.value), words)
        if isinstance(line, BillLine) and line.custom_fields:
            words = "a line that is linked to an order bears no custom field"
            yield _broken(f"{element}[{number}]/DataExt", line.custom_fields[0].name, words)
        seen.append(link.order_id)
        taken.add((link.order_id, link.line_id or ""))


def change_problem(change: UpdateDocument) -> Problem | None:
    """Say why the lines of a document stay as they are: a Mod makes no link, and loses some."""
    if change.lines is LineScope.NONE:
        return None
    document = change.document
    links = (
        getattr(document, "link", None),
        *(getattr(line, "link", None) for line in getattr(document, "lines", ())),
    )
    is_linked = document.made_from or (change.expected is not None and change.expected.made_from)
    if not is_linked and not any(link is not None for link in links):
        return None
    words = "the lines of a document that is linked to an order cannot be changed in QuickBooks"
    return _broken("LinkToTxn", change.document_id, words)


def _broken(path: str, value: str, words: str) -> Problem:
    return Problem("bad-link", path, shown(value), words)
