"""What left in a batch, as the ledger remembers it until its answer is understood.

What follows from an answer was recorded with the write (``Sent``): the source and the
settings may be others by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final

import msgspec

from counterfoil.documents import Document, DocumentKind, decode

from .numbering import Claim
from .operations import Done, Outcome, Page, VoidWay

__all__ = ["OF_TO_DOS", "Asked", "Kind", "Sent", "SentOrder", "pages_named"]


class Kind(StrEnum):
    """What an operation on its way was; the word the ledger keeps."""

    DESCRIBE = "describe"
    READ_RECORDS = "read-records"
    READ_DOCUMENTS = "read-documents"
    READ_DELETIONS = "read-deletions"
    READ_STOCK = "read-stock"
    FIND = "find"
    CREATE_RECORD = "create-record"
    ACTIVATE_RECORD = "activate-record"
    CREATE_DOCUMENT = "create-document"
    UPDATE_DOCUMENT = "update-document"
    VOID_DOCUMENT = "void-document"
    WRITE_FIELD = "write-field"
    CREATE_TO_DO = "create-to-do"
    COMPLETE_TO_DO = "complete-to-do"
    FIND_TO_DO = "find-to-do"
    WRITE_MARK = "write-mark"


OF_TO_DOS: Final = frozenset({Kind.CREATE_TO_DO, Kind.COMPLETE_TO_DO, Kind.FIND_TO_DO})
"""What is asked of systems that keep lists of what is to be done, and of no books."""


class SentOrder(msgspec.Struct, frozen=True, kw_only=True):
    """The order to which a document was linked.

    Attributes:
        pairing: The order's pairing.
        lines: For each line of the document the order's line in the target; ``None``: it was
            linked to none.
    """

    pairing: int
    lines: tuple[str | None, ...]


class Sent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What an answer needs to be understood; kept with the operation until it is answered.

    Settings and source may be others by then: what follows from the answer is what was
    recorded with the write.

    Attributes:
        document: As it was sent, stored form.
        kind: What it is in the target.
        lines: Identity and quantity of the source's lines, in document order.
        follow_ups: Custom fields to be written once it is there.
        notes: Sentences about what did not travel.
        total: What its lines come to as they were sent, decimal text; ``None``: not all bear
            a price.
        closes: It was closed, because its source was cancelled.
        how: How it was taken out; ``None``: it was not.
        by_number: The question was for numbers, not for identities.
        claims: Transfer -> on what terms it shall bear the number it asks for.
        claim: On what terms it bears its number, as it was written.
        wanted: Transfer -> what it is about to create, stored form, where the target keeps no
            mark: what bears its number and says the same is there already.
        lacks: Transfer -> the custom fields of what it is about to create: what is there already
            may lack them.
        record: Identity of the record that was to be made active.
        alias: The name as documents write it, of a record created under another one.
        links: Whose documents that is.
        fields: The follow-ups whose fields were to be read.
        order: The order to which it was linked; ``None``: to none.
        orders: Transfer -> the order that it fulfils: the question was for orders.
        counterpart: Whose record was to be added, because a person said so.
        to_do: Which thing to be done it was about.
    """

    document: msgspec.Raw = msgspec.Raw()
    kind: DocumentKind | None = None
    lines: tuple[tuple[str, str | None], ...] = ()
    follow_ups: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    total: str | None = None
    closes: bool = False
    how: VoidWay | None = None
    by_number: bool = False
    claims: tuple[tuple[int, Claim], ...] = ()
    claim: Claim = Claim()
    wanted: tuple[tuple[int, msgspec.Raw], ...] = ()
    lacks: tuple[tuple[int, tuple[tuple[str, str], ...]], ...] = ()
    record: str | None = None
    alias: str | None = None
    links: tuple[int, ...] = ()
    fields: tuple[int, ...] = ()
    order: SentOrder | None = None
    orders: tuple[tuple[int, str], ...] = ()
    counterpart: int | None = None
    to_do: int | None = None

    @property
    def written(self) -> Document | None:
        """The document as it was sent, ``None`` where none was."""
        data = bytes(self.document)
        return decode(self.kind, data) if self.kind is not None and data else None

    def fields_of(self, transfer: int) -> tuple[tuple[str, str], ...]:
        """The custom fields of what a transfer is about to create."""
        return next((fields for owner, fields in self.lacks if owner == transfer), ())

    def claim_of(self, transfer: int) -> Claim:
        """On what terms a transfer shall bear the number it asks for."""
        return next((claim for owner, claim in self.claims if owner == transfer), Claim())

    def wanted_by(self, transfer: int, kind: DocumentKind) -> Document | None:
        """What a transfer is about to create, ``None``: it was not kept."""
        found = next((data for owner, data in self.wanted if owner == transfer), None)
        return None if found is None else decode(kind, bytes(found))


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An operation that left, as the ledger remembers it."""

    wire_id: str
    kind: Kind
    subject: str | None = None
    name: str | None = None
    key: str | None = None
    transfer: int | None = None
    dependants: tuple[int, ...] = ()
    follow_up: int | None = None
    sent: Sent | None = None


def pages_named(
    name: str, asked: Iterable[Asked], outcomes: Mapping[str, Outcome]
) -> Iterator[tuple[Asked, Page]]:
    """Give the questions of a name that were answered with documents, each with its page.

    Of one that was not answered nothing is known, so it is left out.
    """
    for each in asked:
        outcome = outcomes.get(each.wire_id)
        if each.name == name and isinstance(outcome, Done) and outcome.page is not None:
            yield each, outcome.page
