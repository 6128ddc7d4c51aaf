"""A document in one line, for whoever is told of it elsewhere."""

from __future__ import annotations

from counterfoil.documents import Document, PurchaseOrder, decode
from counterfoil.engine.measuring import total_of
from counterfoil.ledger.transfers import Sourced

__all__ = ["document_line"]


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
