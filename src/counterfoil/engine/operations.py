"""What can be asked of an outside system, and what can become of it.

An **operation** is one thing asked.  A **batch** is the operations of one round trip.
An **outcome** is what became of one operation; there are six, and every connector
answers with these and nothing else:

============  ========================================================================
``Done``      carried out; holds what the system now has
``Missing``   the system said that it is not there (or, of a write: that it certainly
              never happened, so it is safe to send it)
``Conflict``  a change was not made, for the document is another one than we knew
``Refused``   no, with the refusal; the same operation would be refused again
``Busy``      not now; the same operation again later
``Unknown``   no answer came: a write may have happened, and the next thing asked is
              what became of it, never the same write again
============  ========================================================================

Silence is never a "no": a question that was not answered (its set never ran, its page
failed, its reply cannot be read) is ``Unknown`` or ``Busy``, never ``Missing``.

The operations are the same for a system that polls us (QuickBooks Desktop) and for
those we call; only the connector knows the difference.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import msgspec

from counterfoil.documents import Document, DocumentKind, ListRecord, RecordKind, Refusal

__all__ = [
    "ActivateRecord",
    "Batch",
    "Busy",
    "CompleteToDo",
    "Conflict",
    "CreateDocument",
    "CreateRecord",
    "CreateToDo",
    "Describe",
    "Done",
    "FindDocument",
    "FindToDo",
    "LineScope",
    "Missing",
    "Operation",
    "Outcome",
    "Page",
    "ReadDeletions",
    "ReadDocuments",
    "ReadRecords",
    "ReadStock",
    "Refused",
    "StockAt",
    "Unknown",
    "Unreadable",
    "UpdateDocument",
    "VoidDocument",
    "VoidWay",
    "WriteField",
    "WriteMark",
    "is_write",
]


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
    """The documents of one kind that changed; fields as in ``ReadRecords``.

    Attributes:
        heads: ``True``: only who and which they are (identity, number, revision, party,
            date, total, our mark), no lines and no custom fields; for watching what we
            wrote.  A system that cannot leave lines out may bring them.
        dated: In place of ``since``: those whose own date is in this span, both days
            included.  The date is the one that was written, so no clock has a say in it.
        known: Orders that were open lately, for a system that may leave closed ones out of
            its lists: those it does not list are asked for one by one.
        bookmark: Where the last reading ended, as the system's own connector wrote it
            (``Page.bookmark``); ``None``: there was none.
    """

    kind: DocumentKind
    since: datetime | None = None
    dated: tuple[date, date] | None = None
    page: str | None = None
    limit: int = 200
    heads: bool = False
    known: tuple[str, ...] = ()
    bookmark: str | None = None


class ReadDeletions(Operation, frozen=True, kw_only=True):
    """Which list records and documents were deleted since then."""

    records: tuple[RecordKind, ...] = ()
    documents: tuple[DocumentKind, ...] = ()
    since: datetime | None = None


class ReadStock(Operation, frozen=True, kw_only=True):
    """How much there is of items: answered with ``Page.records``, items with ``on_hand``.

    What tells no quantity is among the page's records with ``on_hand`` ``None``.  Of a system
    that keeps stock at several inventory sites it is the sum of all.

    Attributes:
        items: Identities of the items in that system; empty: all that are stocked.
        at_sites: Answered with ``Page.at_sites`` in place of sums; asked of none but a system
            that keeps stock at sites.
        page, limit: As in ``ReadRecords``.
    """

    items: tuple[str, ...] = ()
    page: str | None = None
    limit: int = 500
    at_sites: bool = False


class FindDocument(Operation, frozen=True, kw_only=True):
    """Which documents have one of these identities, or one of these numbers?

    One question for many: exactly one of ``ids`` and ``numbers`` is given.  Answered with
    ``Done`` whose page holds whole documents, whatever fits (possibly more than asked: the
    engine compares exactly); what the page lacks is not there.  Our marks are found by
    reading what changed (``ReadDocuments`` with ``heads``), for no system searches by them.

    Attributes:
        ids: Identities in that system.
        numbers: Document numbers, compared exactly.
        links: Say of each what was made from it (``Document.made_into``), too.
    """

    kind: DocumentKind
    ids: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    links: bool = False


class CreateRecord(Operation, frozen=True, kw_only=True):
    """Add a list record; ``key`` is our mark on it (QuickBooks: ExternalGUID)."""

    kind: RecordKind
    record: ListRecord
    key: str


class ActivateRecord(Operation, frozen=True, kw_only=True):
    """Make a list record active that was made inactive; that it is so already counts as done.

    Nothing else of it is changed.  Answered with ``Busy`` whose ``is_outdated`` is true where it
    is not the one that was read: what the lists hold is read anew first.

    Attributes:
        record: As it was last read: identity, name, type, and the target's mark of the version.
    """

    kind: RecordKind
    record: ListRecord


class CreateDocument(Operation, frozen=True, kw_only=True):
    """Add a document whose references are resolved; ``key`` is our mark on it.

    Attributes:
        may_repeat_number: The number need not be free: a system that would refuse one that it
            has already is told to allow it.
    """

    kind: DocumentKind
    document: Document
    key: str
    may_repeat_number: bool = False


class LineScope(StrEnum):
    """Which lines an update carries."""

    ALL = "all"
    """Every line there shall be: one that is there already with its identity in the
    target as ``id``, a new one with an empty ``id``; what is not named is taken away."""
    NONE = "none"
    """The header only; the lines stay as they are (linked documents, closing)."""


class UpdateDocument(Operation, frozen=True, kw_only=True):
    """Change a document that is there, if it is still the one that was read.

    Answered with ``Done``, or with ``Conflict`` when the target holds another revision.

    Attributes:
        document_id: Its identity in the target.
        revision: The target's mark of the version that was read, ``None`` where it keeps
            none: then the connector reads and compares with ``expected`` before it writes.
        document: As it shall be; references are resolved, ``id`` is empty.
        expected: As it was read; ``None``: not known.
        lines: Which lines ``document`` carries.
        closes: ``True``/``False``: close or re-open it by hand; ``None``: leave that alone.
        may_repeat_number: As in ``CreateDocument``.
    """

    kind: DocumentKind
    document_id: str
    revision: str | None
    document: Document
    expected: Document | None = None
    lines: LineScope = LineScope.ALL
    closes: bool | None = None
    may_repeat_number: bool = False


class VoidWay(StrEnum):
    """How a document is taken out of the target."""

    VOID = "void"
    """It stays, with zero amounts."""
    DELETE = "delete"


class VoidDocument(Operation, frozen=True, kw_only=True):
    """Take a document out of the target; that it is out already counts as done.

    Attributes:
        revision: Which it had when it was read; where the target tells revisions, one of another
            is left alone.  ``None``: not known.
    """

    kind: DocumentKind
    document_id: str
    how: VoidWay
    revision: str | None = None


class WriteField(Operation, frozen=True, kw_only=True):
    """Write one custom field of a document that is already there (DOC-9).

    Attributes:
        expected: What stood there when it was read; ``None``: not known.
    """

    kind: DocumentKind
    document_id: str
    name: str
    value: str
    expected: str | None = None


class CreateToDo(Operation, frozen=True, kw_only=True):
    """Add something to be done to a person's list, once.

    Answered with ``Done`` and its identity, too, where an open one bears the mark already.

    Attributes:
        key: Our mark on it, which its text bears and gives back.
        text: What is to be done, for the one who gets it.
        action_type, assignee: Of which type, and whose it is, in the words of its people.
        due: By when.
    """

    key: str
    text: str
    action_type: str
    assignee: str
    due: datetime


class CompleteToDo(Operation, frozen=True, kw_only=True):
    """Mark it as done; ``Missing`` where it is not there any more."""

    record_id: str
    at: datetime


class FindToDo(Operation, frozen=True, kw_only=True):
    """Is there an open one that bears this mark, or was this one completed?

    Attributes:
        key: Answered with ``Done`` and the identity of the open one, or ``Missing``.
        record_id: In its place: answered with ``Done`` where it is completed or gone, or
            ``Missing``: it is still to be done.
    """

    key: str = ""
    record_id: str | None = None


class WriteMark(Operation, frozen=True, kw_only=True):
    """Keep who we are beside the system's own identity (a ledger's id and position).

    A system that has no place for it answers ``Refused``; nothing depends on its success.

    Attributes:
        value: Text of at most 255 characters.
        exists: A mark of ours is there already and is replaced.
    """

    value: str
    exists: bool = False


_WRITES = (
    ActivateRecord,
    CreateRecord,
    CreateDocument,
    UpdateDocument,
    VoidDocument,
    WriteField,
    CreateToDo,
    CompleteToDo,
    WriteMark,
)


def is_write(operation: Operation) -> bool:
    """Say whether the operation changes anything in the outside system."""
    return isinstance(operation, _WRITES)


class Unreadable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record that made no document: a row that people see, not a silence.

    Attributes:
        id: Its identity, as far as it could be read: it is there, so it is not deleted.
        number: What people call it.
        party: Whose it is, as far as it could be read: the customer of an order.
        dated: Its own date, as far as it could be read.
        field: Path of the field that could not be read.
        value: What stands there, shortened.
        problem: One sentence: what is wrong.
    """

    id: str | None = None
    number: str | None = None
    party: str | None = None
    dated: date | None = None
    field: str | None = None
    value: str | None = None
    problem: str

    @property
    def sentence(self) -> str:
        """All of it in one sentence, for people."""
        name = f"“{self.number or self.id}” " if self.number or self.id else ""
        of = f"of {self.party} " if self.party else ""
        dated = f"dated {self.dated} " if self.dated else ""
        return f"{name}{of}{dated}could not be read: {self.problem}"


class StockAt(msgspec.Struct, frozen=True):
    """How much there is of an item at one inventory site; ``None``: that could not be read.

    What is told of a bin within a site stands under the bin, whatever is told of the site.
    ``item`` and ``site`` are identities in the system that was asked.
    """

    item: str
    site: str
    quantity: Decimal | None


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What a reading operation brought.

    Attributes:
        records, documents: What was read, in the system's order; beside documents, records that
            they name and that were read with them.
        keys: Document id -> our mark on it, for those that carry one.
        latest: The latest change among them, by the system's own wall clock (without a
            zone); ``None`` where it does not say.
        zone_s: How many seconds ahead of UTC the zone is that its times bear; of several
            the smallest; ``None``: they bear none.  It tells whether the system's clock has
            moved, and is never used to reckon with.
        deleted_records, deleted_documents: Ids that are gone, with their kind.
        deleted_on: Id -> the day on which it was deleted, by the system's own calendar, where
            it says so.
        next: Token for the next page, ``None`` at the end.
        remaining: How many more there are, ``None`` when the system does not say.
        is_snapshot: ``True``, on each page of the reading: together its pages are
            everything there is, so what is neither on them nor among ``unreadable`` is
            gone.  ``False`` where an unreadable record does not even tell its identity.
        told_orders: Orders whose shipments or receipts are all told, though the page is no
            snapshot: one that is neither on it nor among ``unreadable`` is gone.
        formerly: Identity of a document -> the one by which an earlier version knew the same;
            what is kept under that one stays so.
        unreadable: What was there and made no document or record.
        bookmark: Where the reading has come to, of a system that neither tells changes nor is
            read whole; opaque to everybody but its connector, which gets it back.
        at_sites: Of stock, how much there is where.
    """

    records: tuple[ListRecord, ...] = ()
    documents: tuple[Document, ...] = ()
    keys: dict[str, str] = {}
    latest: datetime | None = None
    deleted_records: tuple[tuple[RecordKind, str], ...] = ()
    deleted_documents: tuple[tuple[DocumentKind, str], ...] = ()
    deleted_on: dict[str, date] = {}
    zone_s: int | None = None
    next: str | None = None
    remaining: int | None = None
    is_snapshot: bool = False
    told_orders: tuple[str, ...] = ()
    formerly: dict[str, str] = {}
    unreadable: tuple[Unreadable, ...] = ()
    bookmark: str | None = None
    at_sites: tuple[StockAt, ...] = ()


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """Carried out.

    Attributes:
        id: Identity of what was written, ``None`` for readings.
        number: Its document number as the system now has it.
        revision: Its mark of this version.
        line_ids: Identities of its lines, in document order.
        total: What it comes to, as decimal text, where the system says so.
        tax: Of that total, as the system figured it, where it says so.
        document: The whole document as the system now has it, where its answer says so;
            ``None``: it has to be read (an answer recovered from a lost one is bare).
        mark: Our mark as the answer gave it back, ``None``: the answer bears none.
        written_at: When the system says it wrote it, by its own wall clock (no zone).
        page: What a reading brought.
        facts: What ``Describe`` brought, and anything else worth keeping, as text.
        note: Something a person should know although it worked.
    """

    id: str | None = None
    number: str | None = None
    revision: str | None = None
    line_ids: tuple[str, ...] = ()
    total: str | None = None
    tax: str | None = None
    document: Document | None = None
    mark: str | None = None
    written_at: datetime | None = None
    record: ListRecord | None = None
    page: Page | None = None
    facts: dict[str, str] = {}
    note: str | None = None


class Missing(msgspec.Struct, frozen=True):
    """The system said: not there; or, of a write: it certainly never happened."""

    detail: str | None = None


class Conflict(msgspec.Struct, frozen=True):
    """Nothing was changed: the document is another one than we knew.

    ``current`` is the document as it is now, ``None`` where it has to be read first.
    """

    current: Document | None = None
    detail: str | None = None


class Refused(msgspec.Struct, frozen=True):
    """No; ``code`` is the system's own code for it, ``None`` when we refused ourselves."""

    refusal: Refusal
    code: str | None = None


class Busy(msgspec.Struct, frozen=True):
    """Not now.

    Attributes:
        reason: Why, in one sentence for anybody.
        retry_after_s: The system's own wish, ``None``: it named none.
        otherwise: It may as well be this refusal, the system's words do not tell: that is
            what it is taken for when it stays so.
        is_outdated: What we know of the system's lists is not what they hold: they are to be
            read anew before it is tried again.
        detail: What was seen, for an engineer.
    """

    reason: str
    retry_after_s: float | None = None
    otherwise: Refused | None = None
    is_outdated: bool = False
    detail: str = ""


class Unknown(msgspec.Struct, frozen=True):
    """No answer came; ``detail``: what was seen, for an engineer."""

    reason: str
    detail: str = ""


Outcome = Done | Missing | Conflict | Refused | Busy | Unknown


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
