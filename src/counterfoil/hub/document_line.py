"""Documents in one line, and counted, for whoever is told of them elsewhere."""

from __future__ import annotations

from counterfoil.documents import Document, PurchaseOrder, decode
from counterfoil.engine.measuring import total_of
from counterfoil.ledger.transfers import Sourced

__all__ = ["called", "document_line", "how_many_wait", "plural", "several"]


def called(each: Sourced) -> str:
    """Call a document by its kind and number: ``sales order SO-1001``."""
    return f"{each.kind.words} {each.transfer.number or each.document_id}"


def document_line(each: Sourced) -> str:
    """Tell a document in one line: its kind, number, party, day and amount."""
    document = decode(each.kind, each.body)
    party = document.party
    parts = [
        f"{each.kind.words} {document.number or each.document_id}",
        None if party is None else party.name,
        None if document.own_day is None else f"{document.own_day}",
        _amount(document),
    ]
    return ", ".join(part for part in parts if part)


def _amount(document: Document) -> str | None:
    total = total_of(document)
    currency = document.currency if isinstance(document, PurchaseOrder) else None
    return None if total is None else f"{total} {currency or ''}".rstrip()


def how_many_wait(number: int) -> str:
    """Say how many documents wait: ``1 document waits``, ``3 documents wait``."""
    return "1 document waits" if number == 1 else f"{number} documents wait"


def several(words: str, number: int) -> str:
    """Name so many of a kind: ``1 sales order``, ``3 deliveries``."""
    return f"{number:,} {words if number == 1 else plural(words)}"


def plural(words: str) -> str:
    """Give the word for more than one of a kind."""
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"
