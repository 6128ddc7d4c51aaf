"""The forms that are read and written, one row each.

Source: reference sections 2.7, 2.9 and 4.7 to 4.11.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from counterfoil.connectors.called import Reader
from counterfoil.documents import Document, DocumentKind, InvalidDocument

from ._client import Record
from ._codecs import Field, write_fields
from ._marks import marked, split
from ._parts import merged
from ._purchases import BILL, ORDER, bill_lines, order_lines, read_bill, read_order
from ._sales import (
    ESTIMATE,
    INVOICE,
    RECEIPT,
    linked_estimate,
    read_estimate,
    read_invoice,
    read_receipt,
    sales_lines,
)
from ._work import COUNT, ENTRY, read_count, read_entry, time_of

__all__ = ["FORMS", "Form", "change_of", "creation_of", "mark_in", "read_form"]


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form of a company.

    Attributes:
        entity: Its name there.
        fields: Of its head.
        read: Makes a document of an object.
        lines: Writes a document's lines; ``None``: it has none, or they need more than it.
        beside: Writes what else its creation says; where ``beside_changes``, a change, too.
        note: The property that bears our mark, and our field that stands there.
        needed: Properties that an update has to repeat.
        closed: What closing it by hand sets, and re-opening it; empty: it cannot be closed.
        is_captured: Change capture carries it.
        is_numbered, is_dated: It can be looked for by number, and by date.
    """

    entity: str
    fields: Sequence[Field]
    read: Callable[[Reader], Document]
    lines: Callable[[Any], list[Record]] | None = None
    beside: Callable[[Any], dict[str, Any]] = lambda document: {}
    beside_changes: bool = False
    note: tuple[str, str] = ("PrivateNote", "memo")
    needed: tuple[str, ...] = ()
    closed: Mapping[bool, Mapping[str, str]] = field(default_factory=dict)
    is_captured: bool = True
    is_numbered: bool = True
    is_dated: bool = True


FORMS: Final[Mapping[DocumentKind, Form]] = {
    DocumentKind.PURCHASE_ORDER: Form(
        entity="PurchaseOrder",
        fields=ORDER,
        read=read_order,
        lines=order_lines,
        needed=("VendorRef", "APAccountRef"),
        closed={True: {"POStatus": "Closed"}, False: {"POStatus": "Open"}},
    ),
    DocumentKind.BILL: Form(
        entity="Bill", fields=BILL, read=read_bill, lines=bill_lines, needed=("VendorRef",)
    ),
    DocumentKind.ESTIMATE: Form(
        entity="Estimate",
        fields=ESTIMATE,
        read=read_estimate,
        lines=sales_lines,
        needed=("CustomerRef",),
        closed={True: {"TxnStatus": "Closed"}, False: {"TxnStatus": "Pending"}},
    ),
    DocumentKind.INVOICE: Form(
        entity="Invoice",
        fields=INVOICE,
        read=read_invoice,
        lines=sales_lines,
        beside=linked_estimate,
        needed=("CustomerRef",),
    ),
    DocumentKind.SALES_RECEIPT: Form(
        entity="SalesReceipt",
        fields=RECEIPT,
        read=read_receipt,
        lines=sales_lines,
        needed=("CustomerRef",),
    ),
    DocumentKind.WORK_ENTRY: Form(
        entity="TimeActivity",
        fields=ENTRY,
        read=read_entry,
        beside=time_of,
        beside_changes=True,
        note=("Description", "notes"),
        needed=("NameOf", "EmployeeRef", "VendorRef"),
        is_captured=False,
        is_numbered=False,
    ),
    DocumentKind.STOCK_COUNT: Form(
        entity="InventoryAdjustment",
        fields=COUNT,
        read=read_count,
        is_numbered=False,
        is_dated=False,
    ),
}
"""Kind -> its form."""


def read_form(kind: DocumentKind, raw: Record, *, heads: bool = False) -> Document:
    """Make a document of an object; of a head, lines that cannot be read are left out.

    Raises:
        InvalidDocument: Naming the field.
    """
    form = FORMS[kind]
    try:
        return form.read(Reader(raw))
    except InvalidDocument:
        if not heads or "Line" not in raw:
            raise
    return form.read(Reader({name: value for name, value in raw.items() if name != "Line"}))


def mark_in(kind: DocumentKind, raw: Record) -> str | None:
    """Give the key of our mark on an object; ``None``: it bears none that can be read."""
    found = raw.get(FORMS[kind].note[0])
    return split(found)[1] if isinstance(found, str) else None


def creation_of(kind: DocumentKind, document: Document, key: str) -> dict[str, Any]:
    """Write a new document that bears our mark; lines that need more are the caller's."""
    form = FORMS[kind]
    theirs, ours = form.note
    told = {
        **write_fields(document, form.fields),
        **form.beside(document),
        theirs: marked(getattr(document, ours), key),
    }
    if form.lines is not None:
        # What a new line is called at its source is nothing there.
        told["Line"] = [_without_identity(line) for line in form.lines(document)]
    return told


def _without_identity(line: Record) -> Record:
    return {name: value for name, value in line.items() if name != "Id"}


def change_of(
    kind: DocumentKind,
    document: Document,
    current: Record,
    *,
    with_lines: bool,
    closes: bool | None,
) -> dict[str, Any]:
    """Write a change: what is left open stays; lines go all together, or none of them.

    Args:
        kind: What it is.
        document: As it shall be.
        current: As it was read right before.
        with_lines: ``document`` carries all lines that it shall have.
        closes: Close or re-open it by hand; ``None``: leave that alone.
    """
    form = FORMS[kind]
    # What is closed stays as it is otherwise.
    told = {} if closes else _changed(form, document, mark_in(kind, current))
    if with_lines and form.lines is not None:
        told["Line"] = merged(form.lines(document), current)
    if closes is not None:
        told |= form.closed[closes]
    kept = {name: current[name] for name in form.needed if name in current and name not in told}
    return {
        "Id": current.get("Id"),
        "SyncToken": current.get("SyncToken"),
        "sparse": True,
        **kept,
        **told,
    }


def _changed(form: Form, document: Document, key: str | None) -> dict[str, Any]:
    """Write what a head says; its note keeps the mark that is there."""
    theirs, ours = form.note
    note, told = getattr(document, ours), write_fields(document, form.fields)
    if form.beside_changes:
        told |= form.beside(document)
    if note is not None:
        told[theirs] = note if key is None else marked(note, key)
    return told
