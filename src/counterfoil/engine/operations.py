"""What can be asked of an outside system, and what can become of it.

An **operation** is one thing asked.  A **batch** is the operations of one round trip.
An **outcome** is what became of one operation; there are five, and every connector
answers with these and nothing else:

==========  ==========================================================================
``Done``    carried out; holds what the system now has
``Missing`` asked for something that is not there (or, after a lost answer: the write
            never happened, so it is safe to send it)
``Refused`` no, with the refusal; the same operation would be refused again
``Busy``    not now; the same operation again later
``Unknown`` no answer came: a write may have happened, and the next thing asked is
            what became of it, never the same write again
==========  ==========================================================================

The operations are the same for a system that polls us (QuickBooks Desktop) and for
those we call; only the connector knows the difference.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

import msgspec

from counterfoil.documents import Document, DocumentKind, ListRecord, RecordKind, Refusal

__all__ = [
    "Batch",
    "Busy",
    "CreateDocument",
    "CreateRecord",
    "Describe",
    "Done",
    "FindDocument",
    "Missing",
    "Operation",
    "OperationKind",
    "Outcome",
    "Page",
    "ReadDeletions",
    "ReadDocuments",
    "ReadRecords",
    "Refused",
    "Unknown",
    "WriteField",
    "is_write",
]


class OperationKind(StrEnum):
    """The word the ledger keeps for an operation."""

    DESCRIBE = "describe"
    CHANGES = "changes"
    FIND = "find"
    CREATE = "create"
    UPDATE = "update"
    VOID = "void"


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One thing asked.

    Attributes:
        id: Ours, unique in its batch, at most 50 characters; travels with the request
            and comes back with the answer.
    """

    id: str


class Describe(Operation, frozen=True, kw_only=True):
    """Who are you, which edition, which company, what can you do."""


class ReadRecords(Operation, frozen=True, kw_only=True):
    """The list records of one kind that changed.

    Attributes:
        since: Inclusive, by the system's own wall clock (no zone); ``None``: all of them.
        page: Token of the previous ``Page``; ``None``: from the start.
        limit: Records per page, at most.
    """

    kind: RecordKind
    since: datetime | None = None
    page: str | None = None
    limit: int = 500


class ReadDocuments(Operation, frozen=True, kw_only=True):
    """The documents of one kind that changed; fields as in ``ReadRecords``."""

    kind: DocumentKind
    since: datetime | None = None
    page: str | None = None
    limit: int = 200


class ReadDeletions(Operation, frozen=True, kw_only=True):
    """Which list records and documents were deleted since then."""

    records: tuple[RecordKind, ...] = ()
    documents: tuple[DocumentKind, ...] = ()
    since: datetime | None = None


class FindDocument(Operation, frozen=True, kw_only=True):
    """Is there a document with one of these numbers, or that carries one of our keys?

    Answered with ``Done`` whose page holds whatever fits (possibly more than asked:
    the engine compares exactly), or ``Missing``.

    Attributes:
        numbers: Document numbers, compared exactly.
        key: Our mark on the document, for documents without a number of ours.
        since: Look only at documents created since then; only used with ``key``.
    """

    kind: DocumentKind
    numbers: tuple[str, ...] = ()
    key: str | None = None
    since: datetime | None = None


class CreateRecord(Operation, frozen=True, kw_only=True):
    """Add a list record; ``key`` is our mark on it (QuickBooks: ExternalGUID)."""

    kind: RecordKind
    record: ListRecord
    key: str


class CreateDocument(Operation, frozen=True, kw_only=True):
    """Add a document whose references are resolved; ``key`` is our mark on it."""

    kind: DocumentKind
    document: Document
    key: str


class WriteField(Operation, frozen=True, kw_only=True):
    """Write one custom field of a document that is already there (DOC-9)."""

    kind: DocumentKind
    document_id: str
    name: str
    value: str


_WRITES = (CreateRecord, CreateDocument, WriteField)


def is_write(operation: Operation) -> bool:
    """Say whether the operation changes anything in the outside system."""
    return isinstance(operation, _WRITES)


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What a reading operation brought.

    Attributes:
        records, documents: What was read, in the system's order.
        keys: Document id -> our mark on it, for those that carry one.
        latest: The latest change among them, by the system's own wall clock (without a
            zone); ``None`` where it does not say.
        deleted_records, deleted_documents: Ids that are gone, with their kind.
        next: Token for the next page, ``None`` at the end.
        remaining: How many more there are, ``None`` when the system does not say.
        is_snapshot: ``True``: this page and those before it are everything there is, so
            what is absent is gone.
        unreadable: Sentences about records left out because they made no document.
    """

    records: tuple[ListRecord, ...] = ()
    documents: tuple[Document, ...] = ()
    keys: dict[str, str] = {}
    latest: datetime | None = None
    deleted_records: tuple[tuple[RecordKind, str], ...] = ()
    deleted_documents: tuple[tuple[DocumentKind, str], ...] = ()
    next: str | None = None
    remaining: int | None = None
    is_snapshot: bool = False
    unreadable: tuple[str, ...] = ()


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """Carried out.

    Attributes:
        id: Identity of what was written, ``None`` for readings.
        number: Its document number as the system now has it.
        revision: Its mark of this version.
        line_ids: Identities of its lines, in document order.
        total: What it comes to, as decimal text, where the system says so.
        page: What a reading brought.
        facts: What ``Describe`` brought, and anything else worth keeping, as text.
        note: Something a person should know although it worked.
    """

    id: str | None = None
    number: str | None = None
    revision: str | None = None
    line_ids: tuple[str, ...] = ()
    total: str | None = None
    record: ListRecord | None = None
    page: Page | None = None
    facts: dict[str, str] = {}
    note: str | None = None


class Missing(msgspec.Struct, frozen=True):
    """Not there, or never happened."""

    detail: str | None = None


class Refused(msgspec.Struct, frozen=True):
    """No; ``code`` is the system's own code for it, ``None`` when we refused ourselves."""

    refusal: Refusal
    code: str | None = None


class Busy(msgspec.Struct, frozen=True):
    """Not now; ``retry_after_s`` is the system's own wish, ``None`` when it named none."""

    reason: str
    retry_after_s: float | None = None


class Unknown(msgspec.Struct, frozen=True):
    """No answer came."""

    reason: str


Outcome = Done | Missing | Refused | Busy | Unknown


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """The operations of one round trip.

    Attributes:
        key: Ours, at most 24 characters, new for every batch that writes; the books keep
            the batch's answer under it where they can.  Empty for readings.
        clears: Key of an earlier batch whose answer is recorded, so that the books may
            forget it.
        recovers: ``True``: nothing is asked but what became of the batch ``key``;
            ``operations`` are those of that batch.
    """

    operations: tuple[Operation, ...]
    key: str = ""
    clears: str | None = None
    recovers: bool = False

    @property
    def writes(self) -> bool:
        """Whether any operation changes something."""
        return any(is_write(operation) for operation in self.operations)
