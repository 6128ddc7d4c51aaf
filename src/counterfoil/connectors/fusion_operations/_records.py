"""List records: clients, suppliers and products, read and created.

The service keeps no key of ours, but codes are unique in it, so a code says what is there.
"""

from __future__ import annotations

from counterfoil.connectors.called import CallRefusedError
from counterfoil.documents import InvalidDocument, ListRecord, refuse
from counterfoil.engine.operations import (
    CreateRecord,
    Done,
    Missing,
    Outcome,
    ReadRecords,
    Refused,
)

from ._elements import Reading, code_of, identity_of, read_records, row
from ._errors import NAME
from ._fields import FieldMap
from ._kinds import RECORDS, Company, Resource
from ._lists import Lists
from ._orders import DUPLICATE_STATUSES
from ._outcomes import page_of, unclear, unsupported

__all__ = ["Records"]


class Records:
    """The list records of one batch; methods answer or raise as those of ``Orders``."""

    def __init__(self, lists: Lists, company: Company, fields: FieldMap) -> None:
        self._lists = lists
        self._company = company
        self._fields = fields

    def read(self, operation: ReadRecords) -> Outcome:
        """Give a whole list."""
        resource = RECORDS.get(operation.kind)
        if resource is None:
            return unsupported(f"it has no list of {operation.kind.words}s")
        self._lists.forget_stale(resource.path)
        return Done(page=page_of(self.reading(resource)))

    def reading(self, resource: Resource) -> Reading:
        """Read a list as records."""
        parse, zone, fields = resource.parse, self._company.zone, self._fields
        return read_records(
            self._lists.elements(resource.path),
            lambda raw, spoilt: parse(raw, zone, fields, spoilt),
            group=resource.group,
            fields=fields,
        )

    def create(self, operation: CreateRecord) -> Outcome:
        resource = RECORDS.get(operation.kind)
        if resource is None:
            return unsupported(f"it has no list of {operation.kind.words}s")
        body = resource.render(operation.record, self._company.zone, self._fields)
        try:
            raw = self._lists.post(resource.path, body)
        except CallRefusedError as error:
            if error.code not in DUPLICATE_STATUSES:
                raise
            return self._taken(operation, resource, error)
        return self._made(resource, raw)

    def _made(self, resource: Resource, raw: object, note: str | None = None) -> Done:
        record: ListRecord = resource.parse(raw, self._company.zone, self._fields, [])
        return Done(id=record.id, record=record, note=note)

    def _there(
        self, operation: CreateRecord, resource: Resource, raw: object, note: str | None = None
    ) -> Outcome:
        """Answer with a record of the list; one that cannot be used stops what needs it."""
        try:
            return self._made(resource, raw, note)
        except InvalidDocument as error:
            return unclear(
                operation.kind,
                [
                    row(
                        error,
                        id_=identity_of(raw, resource.group, self._fields),
                        number=operation.record.full_name,
                    )
                ],
                is_alone=True,
            )

    def _taken(
        self, operation: CreateRecord, resource: Resource, error: CallRefusedError
    ) -> Outcome:
        code = operation.record.full_name
        try:
            found = self._lists.coded(resource, code)
            twins = [] if found else self._lists.coded(resource, code, fold=True)
        except InvalidDocument:
            # It was not created, whatever the list looks like.
            raise error from None
        if found:
            note = f"“{code}” was already there."
            return self._there(operation, resource, found[0], note)
        if not twins:
            raise error
        name = code_of(twins[0], resource.group, self._fields)
        refusal = refuse(
            "name-taken",
            value=code,
            kind=operation.kind.words,
            other=f"{operation.kind.words} “{name}”",
            target=NAME,
            detail=error.detail,
        )
        return Refused(refusal, error.code)

    def recover(self, operation: CreateRecord) -> Outcome:
        resource = RECORDS.get(operation.kind)
        found = [] if resource is None else self._lists.coded(resource, operation.record.full_name)
        if resource is None or not found:
            return Missing("It is not in the list.")
        return self._there(operation, resource, found[0])
