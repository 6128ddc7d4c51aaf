"""What every document and every list record shares."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Final

import msgspec

__all__ = [
    "Address",
    "Ancestor",
    "Contact",
    "CustomField",
    "Document",
    "DocumentStatus",
    "InvalidDocument",
    "ListRecord",
    "Reference",
    "place_in_words",
]


class InvalidDocument(ValueError):  # noqa: N818 (names what came, as its siblings do)
    """What came from outside does not make a document; says which field and why.

    Args:
        where: Path of the field, such as ``lines[2].quantity``.
        value: The offending value as text, shortened.
        problem: One sentence: what is wrong and what would be right.
    """

    def __init__(self, where: str, value: str, problem: str) -> None:
        super().__init__(f"{where}: {problem} (found {value[:80]!r})")
        self.where = where
        self.value = value
        self.problem = problem

    @property
    def sentence(self) -> str:
        """What is wrong, as people count: ``Line 1 of shipping 1: unit price must be a number``."""
        told = f"{place_in_words(self.where)} {self.problem}"
        return told[:1].upper() + told[1:]


_INDEXED: Final = re.compile(r"(?P<name>[A-Za-z][\w-]*)\[(?P<index>\d+)\]")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
# What systems call the lines of a document.
_LINES: Final = frozenset({"line", "lines", "products", "items"})


def place_in_words(where: str) -> str:
    """Name a place of an answer, such as ``shippings[0].products[0].unit-price``, in words.

    Places are counted from 1, the innermost first, and the field comes last.
    """
    places: list[str] = []
    field: list[str] = []
    for part in where.split("."):
        found = _INDEXED.fullmatch(part)
        if found is None:
            field.append(_plain(part))
            continue
        name = found["name"].lower()
        noun = "line" if name in _LINES else _plain(found["name"]).removesuffix("s")
        places.insert(0, f"{noun} {int(found['index']) + 1}")
    told = [" of ".join(places), " ".join(field)]
    return ": ".join(filter(None, told))


def _plain(name: str) -> str:
    words = _CAMEL.sub(" ", name).replace("-", " ").replace("_", " ")
    return words if words.isupper() else words.lower()


class DocumentStatus(StrEnum):
    """Where a document stands in its own system."""

    DRAFT = "draft"
    """Not yet released there: never transferred."""
    NEW = "new"
    """Entered and not released yet; unlike a draft a person may send it (Autotask: New)."""
    OPEN = "open"
    CLOSED = "closed"
    """Completely shipped, received or invoiced, or closed by hand."""
    CANCELLED = "cancelled"
    """Void, deleted or withdrawn: never transferred (FLOW-4)."""


# Of references, amounts, quantities and lines there are many, and they cannot form a cycle:
# ``gc=False`` spares the garbage collector from walking them.
class Reference(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A pointer from a document to a list record: a customer, an item, an account.

    ``name`` is the text by which the document names the record: a full name such as
    ``Bakery:Cakes:Strawberry`` in the books, a code in Fusion Operations.  ``id`` is
    the record's identity in the system of the document, ``None`` while unresolved.
    Where both are told the identity says which record is meant, and the name is what it was
    called when the document was read (Autotask: products and companies, which get other names
    while they stay what they are).
    """

    name: str
    id: str | None = None


class CustomField(msgspec.Struct, frozen=True, array_like=True):
    """One user-defined field; names are case-sensitive, values are text (DOC-9)."""

    name: str
    value: str


class Address(msgspec.Struct, frozen=True, omit_defaults=True):
    """A postal address; ``lines`` holds name, street and the like, top to bottom."""

    lines: tuple[str, ...] = ()
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None


class Contact(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person or desk at a party."""

    name: str | None = None
    phone: str | None = None
    email: str | None = None


class Ancestor(msgspec.Struct, frozen=True, array_like=True):
    """A document of the same system from which another one was made there, or into which.

    ``kind`` is a ``DocumentKind``'s word; ``id`` that document's identity.
    """

    kind: str
    id: str


class Document(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A business document as one system knows it.

    Attributes:
        id: Identity in its own system; opaque, never empty, never re-used.  The
            empty string marks a document that no system holds yet.
        number: What people call it (order number); ``None`` when the system that
            receives it shall number it.
        status: Where it stands; not part of what is transferred.
        revision: The system's own mark of this version (QuickBooks: EditSequence);
            ``None`` where the system keeps none.
        custom_fields: User-defined fields in source order.
        made_from: Documents of its own system that it was made from, such as the order
            of an invoice; empty where there is none or the system does not say.
        made_into: Documents of its own system that were made from it, such as the invoices
            of an order; progress, and told only where it was asked for.
    """

    id: str
    number: str | None = None
    status: DocumentStatus = DocumentStatus.OPEN
    revision: str | None = None
    custom_fields: tuple[CustomField, ...] = ()
    made_from: tuple[Ancestor, ...] = ()
    made_into: tuple[Ancestor, ...] = ()

    def custom_field(self, name: str) -> str | None:
        """Give the value of the field with exactly this name, ``None`` when absent."""
        return _field_value(self.custom_fields, name)

    @property
    def own_day(self) -> date | None:
        """The day it bears, whatever its kind calls that day; ``None``: it bears none."""
        return None if self.day_field is None else getattr(self, self.day_field)

    @property
    def day_field(self) -> str | None:
        """What its kind calls the day it bears; ``None``: it bears none."""
        names = ("created_on", "worked_on", "counted_on", "received_on", "shipped_on")
        return next((name for name in names if hasattr(self, name)), None)

    @property
    def party(self) -> Reference | None:
        """Whom it is for or from: its customer or vendor; ``None``: it names neither."""
        found = (getattr(self, name, None) for name in ("customer", "vendor"))
        return next((each for each in found if each is not None), None)


class ListRecord(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record of one of a system's lists: a party, an item, an account, a class.

    Attributes:
        id: Identity in its own system (QuickBooks: ListID).  Empty for a record that
            is still to be created.
        name: Its own name, without its ancestors'.
        full_name: Ancestors and own name joined by colons; equal to ``name`` at the
            top level.  This is what documents refer to.
        is_active: ``False``: kept for history, refused on new documents.
        revision: The system's mark of this version, ``None`` where it keeps none.
    """

    id: str
    name: str
    full_name: str
    is_active: bool = True
    revision: str | None = None
    custom_fields: tuple[CustomField, ...] = ()

    @property
    def parent_name(self) -> str | None:
        """Full name of the record above this one, ``None`` at the top level."""
        parent, colon, _ = self.full_name.rpartition(":")
        return parent if colon else None

    def custom_field(self, name: str) -> str | None:
        """Give the value of the field with exactly this name, ``None`` when absent."""
        return _field_value(self.custom_fields, name)


def _field_value(fields: tuple[CustomField, ...], name: str) -> str | None:
    return next((field.value for field in fields if field.name == name), None)
