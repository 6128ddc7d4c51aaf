"""What the list and the pages of documents call things: one table for each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from counterfoil.documents import DocumentKind
from counterfoil.engine.life import State
from counterfoil.hub.views import DocumentRow
from counterfoil.settings import BOOKS, SystemName

__all__ = [
    "FIGURES",
    "KINDS",
    "Figure",
    "Status",
    "called",
    "several",
    "status_of",
]


class Figure(NamedTuple):
    """A total above the list, which leads to those that it counts.

    Attributes:
        key: What the address calls it.
        kind: How it is marked where it is not zero.
        icon: Its sign then; empty: none.
    """

    key: str
    words: str
    states: tuple[State, ...]
    kind: str = ""
    icon: str = ""


FIGURES: Final = (
    Figure("", "all", ()),
    Figure("attention", "need attention", (State.REFUSED,), "need", "need"),
    Figure("resync", "need resync", (State.CHANGED,), "again", "again"),
    Figure("held", "ready or held", (State.HELD,)),
    Figure("moving", "on their way", (State.READY, State.MATCHING, State.SENDING, State.WAITING)),
    Figure("checked", "being checked", (State.UNKNOWN, State.CONFIRMING)),
    Figure("done", "arrived", (State.DONE,)),
    Figure("left", "left out", (State.SKIPPED,)),
)

KINDS: Final[Mapping[DocumentKind, str]] = {
    DocumentKind.SALES_ORDER: "Sales orders",
    DocumentKind.PURCHASE_ORDER: "Purchase orders",
    DocumentKind.RECEIPT: "Receipts",
    DocumentKind.SHIPMENT: "Shipments",
    DocumentKind.WORK_ENTRY: "Work entries",
    DocumentKind.STOCK_COUNT: "Stock counts",
    DocumentKind.INVOICE: "Invoices",
    DocumentKind.ESTIMATE: "Estimates",
    DocumentKind.BILL: "Bills",
}
"""What the tabs call the kinds of documents that flows read."""


def several(kind: DocumentKind, number: int) -> str:
    """Count documents of a kind: ``1 sales order``, ``4 work entries``."""
    words = kind.words
    if number != 1:
        words = f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"
    return f"{number:,} {words}"


def called(system: SystemName) -> str:
    """Say what a system is called by those who work with it."""
    return "QuickBooks" if system in BOOKS else system.words


class Status(NamedTuple):
    """Where a document stands: the kind of its mark, and words."""

    kind: str
    words: str


_WAITS_FOR_PERSON: Final = frozenset({"waits-for-person", "sent-elsewhere", "numbered-elsewhere"})
_STATUS: Final[Mapping[State, Status]] = {
    State.HELD: Status("hold", "Held"),
    State.READY: Status("busy", "On its way"),
    State.MATCHING: Status("busy", "On its way"),
    State.SENDING: Status("busy", "On its way"),
    State.WAITING: Status("busy", "On its way"),
    State.UNKNOWN: Status("ask", "Being checked"),
    State.CONFIRMING: Status("ask", "Being checked"),
    State.CHANGED: Status("again", "Needs resync"),
    State.REFUSED: Status("need", "Needs attention"),
    State.SKIPPED: Status("skip", "Left out"),
}


def status_of(row: DocumentRow) -> Status:
    """Say where a document stands, in the words of those who wait for it."""
    transfer = row.transfer
    if transfer.state is State.DONE:
        return Status("good", f"In {called(row.there)}")
    if transfer.state is State.HELD and transfer.reason in _WAITS_FOR_PERSON:
        return Status("ready", "Ready to send")
    return _STATUS[transfer.state]
