"""Corrections: what a person lets one document say in the target in place of its source.

A document that the target does not take, for its period is closed, its number is used or a text
of it is too long, may be sent with another day, number or text, and may name other records than
its source does; one that names a record which is inactive there may have that record made active
before it goes.  The correction is kept with the transfer and holds for every write of it; its
source stays as it is, and says what everything else is.

Amounts and quantities are not corrected here: what was delivered, and what is owed for it, the
source and the books have to agree on, and a figure that stands in neither is found by nobody.

What is said of a field holds as long as the source says there what it said then: once the source
says something else, that counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, Final

import msgspec

from counterfoil.documents import Document, ListRecord, RecordKind, Reference

from .matching import Entry, Lookup, NameChoice, lookup

__all__ = [
    "HEAD",
    "LINE",
    "LISTS",
    "Activation",
    "Correction",
    "Place",
    "Said",
    "Value",
    "chosen",
    "corrected",
    "fulfilled",
    "places",
]


class Value(StrEnum):
    """What kind of thing a field holds."""

    RECORD = "record"
    TEXT = "text"
    DAY = "day"


HEAD: Final[Mapping[str, Value]] = {
    "customer": Value.RECORD,
    "vendor": Value.RECORD,
    "terms": Value.RECORD,
    "due_on": Value.DAY,
    "shipped_on": Value.DAY,
    "customer_order_number": Value.TEXT,
    "memo": Value.TEXT,
    "notes": Value.TEXT,
    "message_to_vendor": Value.TEXT,
}
"""What of a document may be corrected besides its own day and number."""

LINE: Final[Mapping[str, Value]] = {"item": Value.RECORD, "description": Value.TEXT}
"""What of a line that has an identity in the source."""


LISTS: Final[Mapping[str, RecordKind]] = {
    "customer": RecordKind.CUSTOMER,
    "vendor": RecordKind.VENDOR,
    "terms": RecordKind.PAYMENT_TERM,
    "item": RecordKind.ITEM,
}
"""In which list the record is that a field names."""


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a person says of one field.

    Attributes:
        field: A key of ``HEAD``, or of ``LINE``.
        value: A text, a day as ``2026-01-31``, or the full name of a record; never empty.
        was: What the source says there, written in the same way: else this does not hold.
        line: Identity of the line in the source; empty: it is of the head.
        record: Identity of the record in the target.
    """

    field: str
    value: str
    was: str
    line: str = ""
    record: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """Of which field it is."""
        return self.line, self.field


class Activation(msgspec.Struct, frozen=True, kw_only=True):
    """A record of the target that a person wants active, so that a document may name it.

    Attributes:
        id: Its identity there.
        name: Its full name when it was said.
    """

    kind: RecordKind
    id: str
    name: str


class Correction(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is said in place of the source.

    Attributes:
        day: The day that the document bears; ``None``: as the settings say.
        number: Its number; ``None``: as source and settings say.
        fields: What else is said, each field once.
        activates: Inactive records that it names and that are made active first.  Said for
            one write: what is made inactive again afterwards stays so.
    """

    day: date | None = None
    number: str | None = None
    fields: tuple[Said, ...] = ()
    activates: tuple[Activation, ...] = ()

    def may_activate(self, kind: RecordKind, identity: str) -> bool:
        """Whether a person wants that record active."""
        return any(each.kind is kind and each.id == identity for each in self.activates)

    @property
    def records(self) -> Mapping[tuple[RecordKind, str], str]:
        """The records that a person chose: kind and identity -> the name it had then."""
        return {(LISTS[each.field], each.record): each.value for each in self.fields if each.record}


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A field of a document that may be corrected, and what stands there.

    Attributes:
        number: Of its line, counted from 1; 0: it is of the head.
        text: What stands there, as ``Said`` writes it.
    """

    field: str
    holds: Value
    text: str
    line: str = ""
    number: int = 0


def places(document: Document) -> Iterator[Place]:
    """Give the fields of a translated document that may be corrected.

    A line without an identity in the source is made by the settings; whose a document is that is
    linked to its order, and what its linked lines name, that order says: neither is corrected
    here.
    """
    is_of_order = _is_linked(document) or any(map(_is_linked, getattr(document, "lines", ())))
    for field, holds in HEAD.items():
        is_kept = field == document.day_field or (is_of_order and field in _OF_ORDER)
        if field in document.__struct_fields__ and not is_kept:
            yield Place(field=field, holds=holds, text=_text(getattr(document, field)))
    for number, line in enumerate(getattr(document, "lines", ()), start=1):
        for field, holds in LINE.items():
            is_kept = field == "item" and _is_linked(line)
            if line.id and not is_kept and field in line.__struct_fields__:
                text = _text(getattr(line, field))
                yield Place(field=field, holds=holds, text=text, line=line.id, number=number)


_OF_ORDER: Final = frozenset({"customer", "vendor"})


def _is_linked(shape: msgspec.Struct) -> bool:
    return getattr(shape, "link", None) is not None


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case Reference(name=name):
            return name
        case date():
            return value.isoformat()
        case _:
            return str(value)


def corrected(document: Document, correction: Correction) -> Document:
    """Give the translated document with what a person said in place of its source.

    The number is no part of it yet: ``Work.wanted_number`` says it.
    """
    of_head = {each.field: each for each in correction.fields if not each.line}
    changes = _changes(document, HEAD, of_head)
    if correction.day is not None and document.day_field is not None:
        changes[document.day_field] = correction.day
    of_line = [each for each in correction.fields if each.line]
    if of_line:
        changes["lines"] = tuple(
            msgspec.structs.replace(
                line,
                **_changes(
                    line, LINE, {each.field: each for each in of_line if each.line == line.id}
                ),
            )
            for line in getattr(document, "lines", ())
        )
    return msgspec.structs.replace(document, **changes) if changes else document


def _changes(
    shape: msgspec.Struct, fields: Mapping[str, Value], said: Mapping[str, Said]
) -> dict[str, Any]:
    """Give what becomes of a head or a line, as far as its source says what it said then."""
    return {
        field: _value(fields[field], each.value)
        for field, each in said.items()
        if field in fields
        and field in shape.__struct_fields__
        and _text(getattr(shape, field)) == each.was
    }


def _value(holds: Value, text: str) -> Any:
    match holds:
        case Value.RECORD:
            return Reference(text)
        case Value.DAY:
            return date.fromisoformat(text)
        case Value.TEXT:
            return text


def chosen(
    correction: Correction,
    known: Mapping[tuple[RecordKind, str], ListRecord],
    choices: Mapping[Lookup, NameChoice],
) -> Mapping[Lookup, NameChoice]:
    """Give what names of a document mean whose records a person chose: those very records.

    One that got another name since is the same; another one that bears the name by now is not.

    Args:
        known: Records of the target that are there, by kind and identity.
        choices: What people of the link decided, which says what is meant once one is gone.
    """
    meant = dict(choices)
    for (kind, identity), name in correction.records.items():
        wanted, record = lookup(kind, name), known.get((kind, identity))
        if record is not None:
            entry = Entry(kind, identity, record.full_name, record.is_active)
            meant[wanted] = NameChoice(record=entry)
        else:
            meant.setdefault(wanted, NameChoice())
    return meant


def fulfilled(correction: Correction | None) -> Correction | None:
    """Give what is left of a correction once the document was written; ``None``: nothing."""
    if correction is None or not correction.activates:
        return correction
    left = msgspec.structs.replace(correction, activates=())
    return None if left == Correction() else left
