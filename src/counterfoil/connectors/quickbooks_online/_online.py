"""A company as the engine sees it: readings, look-ups, writes, and what refusals mean."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

import msgspec

from counterfoil.connectors.called import Answer, Driver
from counterfoil.documents import Document, DocumentKind, Refusal, difference, refuse
from counterfoil.engine.operations import (
    ActivateRecord,
    Conflict,
    CreateDocument,
    CreateRecord,
    Describe,
    Done,
    FindDocument,
    LineScope,
    Missing,
    Operation,
    Outcome,
    Page,
    ReadDeletions,
    ReadDocuments,
    ReadRecords,
    ReadStock,
    Refused,
    UpdateDocument,
    VoidDocument,
    WriteField,
)
from counterfoil.errors import ConnectorError, RejectedError

from ._activating import activated, gone, is_active
from ._client import OnlineClient
from ._company import company_of
from ._faults import NAME
from ._field_writing import write_field
from ._forms import FORMS, mark_in, read_form
from ._lists import LISTS
from ._naming import CREATED, Names
from ._query import Query, at_least, at_most
from ._reading import Readings, finding, giving
from ._writing import Writings, refusal_of

__all__ = ["QuickBooksOnline"]


class QuickBooksOnline(Driver):
    """The connector of one connection.

    Args:
        client: The connection's company; owned by the caller.
        now: The clock by which change capture looks back.
    """

    def __init__(
        self, client: OnlineClient, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        super().__init__(lambda: _Company(client, now()))


_READINGS: Final = (ReadDeletions, ReadDocuments, ReadRecords)
_USED_UP: Final = Refused(refuse("reads-used-up", target=NAME))


class _Company:
    """A company, as one batch sees it: a ``Port``."""

    name = NAME

    def __init__(self, client: OnlineClient, now: datetime) -> None:
        self._client = client
        self._now = now.astimezone(UTC).replace(tzinfo=None)
        self._readings = Readings(client, now)
        self._writings = Writings(client, now.date())

    def together(self, operations: Sequence[Operation]) -> Mapping[str, Answer]:
        """Read what changed in one call, and write in one; used-up reads are not tried."""
        if self._client.standing.quota.wait_s() > 0:
            read = {each.id: giving(_USED_UP) for each in operations if isinstance(each, _READINGS)}
        else:
            read = dict(self._readings.together(operations))
        return {**read, **self._writings.together(operations)}

    # --- Readings ---

    def describe(self, operation: Describe) -> Outcome:
        """Say which company it is, and what it has."""
        company = company_of(self._client, anew=True)
        return Done(
            facts={
                "system": NAME,
                "account": self._client.account.realm,
                "reachable": "true",
                **company.facts,
                "records": " ".join(sorted(LISTS)),
                "documents": " ".join(sorted(FORMS)),
                "creates": " ".join(sorted({*CREATED, *FORMS})),
            }
        )

    def read_records(self, operation: ReadRecords) -> Outcome:
        """Give a list."""
        return self._readings.records(operation)

    def read_documents(self, operation: ReadDocuments) -> Outcome:
        """Give forms."""
        return self._readings.documents(operation)

    def read_deletions(self, operation: ReadDeletions) -> Outcome:
        """Tell of none where nothing was read before: from now on it is asked."""
        return Done(page=Page(latest=self._now, zone_s=0))

    def read_stock(self, operation: ReadStock) -> Outcome:
        """Give what items have on hand."""
        return self._readings.stock(operation)

    def find(self, operation: FindDocument) -> Outcome:
        """Look forms up."""
        return self._readings.find(operation)

    # --- Writes ---

    def create_record(self, operation: CreateRecord) -> Outcome:
        """Add a list record."""
        return self._written(operation)

    def activate_record(self, operation: ActivateRecord) -> Outcome:
        """Make a list record active again."""
        return self._written(operation)

    def create(self, operation: CreateDocument) -> Outcome:
        """Add a form."""
        return self._written(operation)

    def update(self, operation: UpdateDocument) -> Outcome:
        """Change a form."""
        return self._written(operation)

    def void(self, operation: VoidDocument) -> Outcome:
        """Take a form out."""
        return self._written(operation)

    def _written(self, operation: Operation) -> Outcome:
        return self._writings.together([operation])[operation.id]()

    def write_field(self, operation: WriteField) -> Outcome:
        """Write one custom field of a form, which is read right before."""
        return write_field(self._client, operation)

    # --- What became of a write whose answer was lost ---

    def recover_record(self, operation: CreateRecord) -> Outcome:
        """Look for its name."""
        if operation.kind not in CREATED:
            return Missing("No such record is created there.")
        there = Names(self._client, [operation]).there(operation)
        return there or Missing("No record of that name is there.")

    def recover_activation(self, operation: ActivateRecord) -> Outcome:
        """Look whether it is active."""
        current = self._client.read(LISTS[operation.kind].entity, operation.record.id)
        if current is None:
            return gone(operation)
        if is_active(current):
            return activated(operation, current)
        return Missing("It is still inactive.")

    def recover_creation(self, operation: CreateDocument) -> Outcome:
        """Look for its mark among what bears its number, or its day."""
        found = (row for query in self._where(operation) for row in self._client.query(query))
        own = next((row for row in found if mark_in(operation.kind, row) == operation.key), None)
        if own is None:
            return Missing("No document with our mark is there.")
        document = read_form(operation.kind, own)
        return Done(
            id=document.id,
            number=document.number,
            revision=document.revision,
            document=document,
            mark=operation.key,
        )

    def _where(self, operation: CreateDocument) -> Sequence[Query]:
        form, document = FORMS[operation.kind], operation.document
        if document.number is not None and form.is_numbered:
            return finding(FindDocument(id="", kind=operation.kind, numbers=(document.number,)))
        day = document.own_day if form.is_dated else None
        dated = () if day is None else (at_least("TxnDate", day), at_most("TxnDate", day))
        return (Query.of(form.entity, *dated),)

    def recover_update(self, operation: UpdateDocument) -> Outcome:
        """Let the form tell: as it was, as it shall be, or another."""
        current = self._current(operation.kind, operation.document_id)
        if current is None:
            return Conflict(None, "it is not there any more")
        if current.revision == operation.revision:
            return Missing("It is as it was.")
        is_head = operation.lines is LineScope.NONE
        sent = _without_lines(operation.document) if is_head else operation.document
        if operation.closes is None and difference(sent, current) is not None:
            return Conflict(current, "it was changed there meanwhile")
        return Done(id=current.id, number=current.number, revision=current.revision)

    def recover_void(self, operation: VoidDocument) -> Outcome:
        """Look whether it is still there."""
        current = self._current(operation.kind, operation.document_id)
        return Done() if current is None else Missing("It is still there.")

    def _current(self, kind: DocumentKind, identity: str) -> Document | None:
        found = self._client.read(FORMS[kind].entity, identity)
        return None if found is None else read_form(kind, found)

    # --- Errors ---

    def may_have_written(self, error: ConnectorError) -> bool:
        """Whether a call that was lost was one that writes: others are GETs, or for a token."""
        return error.operation.startswith("POST /")

    def refusal_of(self, operation: Operation, error: RejectedError) -> Refusal:
        """Say what the company has against it."""
        return refusal_of(operation, error)


def _without_lines(document: Document) -> Document:
    has_lines = "lines" in document.__struct_fields__
    return msgspec.structs.replace(document, lines=()) if has_lines else document
