"""What a person said of a document in place of its source, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from counterfoil.documents import DocumentKind
from counterfoil.engine.correcting import Correction, Said
from counterfoil.engine.transfers import Transfer

__all__ = ["DAY", "NUMBER", "label_of", "said_of", "told_of"]

DAY: Final = "day"
NUMBER: Final = "number"

_LABELS: Final[Mapping[str, str]] = {
    DAY: "Date",
    NUMBER: "Number",
    "customer": "Customer",
    "vendor": "Vendor",
    "terms": "Terms",
    "due_on": "Due date",
    "shipped_on": "Ship date",
    "customer_order_number": "Customer’s order number",
    "memo": "Memo",
    "notes": "Description",
    "message_to_vendor": "Message to the vendor",
    "item": "item",
    "description": "description",
}
_DUE: Final[Mapping[DocumentKind, str]] = {
    DocumentKind.SALES_ORDER: "Ship date",
    DocumentKind.PURCHASE_ORDER: "Expected date",
}


def label_of(field: str, kind: DocumentKind | None = None) -> str:
    """Call a field as people do, in documents of a kind."""
    words = _DUE.get(kind) if field == "due_on" and kind is not None else None
    return words or _LABELS[field]


def said_of(transfer: Transfer) -> str:
    """Say in words what a document says in place of its source; empty: nothing."""
    if transfer.correction is None:
        return ""
    return told_of(transfer.correction, transfer.target_kind)


def told_of(made: Correction | None, kind: DocumentKind) -> str:
    """Say in words what a document of a kind is to say; ``None``: what its source says."""
    if made is None:
        return "It bears what was entered."
    said = [
        *([] if made.day is None else [f"the date {made.day}"]),
        *([] if made.number is None else [f"the number {made.number}"]),
        *(_told_field(each, kind) for each in made.fields),
    ]
    sentences = [f"It bears {', '.join(said)} where it is sent to."] if said else []
    sentences += [
        f"The {each.kind.words} {each.name} is made active there first." for each in made.activates
    ]
    return " ".join(sentences)


def _told_field(said: Said, kind: DocumentKind) -> str:
    words = label_of(said.field, kind)
    of = " on one line" if said.line else ""
    return f"the {words[:1].lower()}{words[1:]} “{said.value}”{of}"
