"""Reading: what changed, by one change capture for all readings of a batch where it can carry
them; else by questions, page by page.

* Times are told in UTC.  How far a reading came is told by the answer's own time: everything up
  to then is in it, however long ago the last change was.
* Change capture looks back 30 days, by the service's own clock, and tells 1,000 objects.  Where
  it tells so many, the kind with the most is asked for by itself, and, if need be, by questions.
* What is reported as deleted is read before that is believed: objects that are there have been
  reported so.
* Some kinds it does not carry; they are asked for.

Source: reference sections 2.7 and 2.9; corrections 2, section 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeGuard

from msgspec.structs import replace

from counterfoil.connectors.called import (
    Answer,
    CallRefusedError,
    clean_line,
    code_problem,
    unsupported,
)
from counterfoil.documents import (
    Document,
    DocumentKind,
    InvalidDocument,
    ListRecord,
    RecordKind,
)
from counterfoil.engine.operations import (
    Done,
    FindDocument,
    Operation,
    Outcome,
    Page,
    ReadDeletions,
    ReadDocuments,
    ReadRecords,
    ReadStock,
    Unreadable,
)
from counterfoil.errors import ConnectorError

from ._adjusting import is_closed_to_us
from ._client import Changes, OnlineClient, Record, each_once, next_start
from ._codecs import changed_at, identity_in
from ._company import company_of, start_of_stock
from ._faults import NAME
from ._forms import FORMS, mark_in, read_form
from ._lists import LISTS, US_TAX_CODES, read_record
from ._query import (
    EVERYBODY,
    PAGE_MAX,
    VALUES_MAX,
    Query,
    among,
    at_least,
    at_most,
    is_,
    is_askable,
    similar,
)

__all__ = ["Readings", "finding", "giving", "page_of_documents", "raising", "row_of"]

# What change capture looks back, less what clocks may differ by.
_LOOKS_BACK: Final = timedelta(days=29, hours=12)
# Further apart our clock and the service's are not one clock.
_APART: Final = timedelta(hours=1)
_CHANGED: Final = "MetaData.LastUpdatedTime"
_ENTITIES: Final[Mapping[str, RecordKind | DocumentKind]] = {
    **{each.entity: kind for kind, each in LISTS.items()},
    **{form.entity: kind for kind, form in FORMS.items()},
}
_LISTED: Final = tuple(each.entity for each in LISTS.values() if each.is_captured)

# So long a kind that is closed to the app is not asked for again.
_CLOSED_FOR_S: Final = 86_400.0
# Nothing says that change capture carries it, nor that it does not.
_DOUBTED: Final = frozenset({FORMS[DocumentKind.STOCK_COUNT].entity})

_MAY_BE_OVER_ONE: Final = frozenset({"400", "403"})

_Since = ReadRecords | ReadDocuments | ReadDeletions


class _Captured:
    """What change capture told of some entities.

    Attributes:
        living: Entity -> what was changed and is there.
        gone: Entity -> identity of what was deleted, and when.
        told_at: When it was told, by the service's clock.
        cut: Entities of which more was changed than an answer holds.
    """

    def __init__(self) -> None:
        self.living: dict[str, list[Record]] = {}
        self.gone: dict[str, dict[str, datetime | None]] = {}
        self.told_at: datetime | None = None
        self.cut: set[str] = set()


class Readings:
    """What one batch reads of a company.

    Args:
        client: The company.
        now: The time; it decides how far back change capture is asked.
    """

    def __init__(self, client: OnlineClient, now: datetime) -> None:
        self._client = client
        self._earliest = now.astimezone(UTC).replace(tzinfo=None) - _LOOKS_BACK

    # --- By change capture -----------------------------------------------------------------

    def together(self, operations: Sequence[Operation]) -> Mapping[str, Answer]:
        """Answer all readings that change capture can carry from one look."""
        readings = [each for each in operations if self._is_captured(each)]
        if not readings:
            return {}
        asked = dict.fromkeys(name for each in readings for name in self._entities_of(each))
        since = min(each.since for each in readings if each.since is not None)
        try:
            captured = self._capture_since([*asked], since)
        except CallRefusedError as error:
            if error.code not in _MAY_BE_OVER_ONE or _DOUBTED.isdisjoint(asked):
                return {each.id: raising(error) for each in readings}
            # It may be that it does not carry all of these, or that one of them is closed to us.
            self._client.standing.uncaptured |= _DOUBTED
            return self.together(operations)
        except ConnectorError as error:
            return {each.id: raising(error) for each in readings}
        self._client.standing.looked |= asked.keys() - captured.cut
        return {
            each.id: giving(_answer_of(each, captured))
            for each in readings
            if isinstance(each, ReadDeletions) or captured.cut.isdisjoint(self._entities_of(each))
        }

    def _entities_of(self, operation: _Since) -> list[str]:
        """Name what change capture is asked for a reading."""
        not_carried = self._client.standing.uncaptured
        return [each for each in _entities_of(operation) if each not in not_carried]

    def _is_captured(self, operation: Operation) -> TypeGuard[_Since]:
        """Whether a reading goes by change capture: what it asks for lies within its reach."""
        if isinstance(operation, ReadDeletions):
            # What was deleted longer ago nobody tells any more.
            return operation.since is not None
        if not isinstance(operation, ReadRecords | ReadDocuments):
            return False
        if operation.since is None or operation.since < self._earliest or operation.page:
            return False
        return bool(self._entities_of(operation))

    def _capture_since(self, entities: Sequence[str], wanted: datetime) -> _Captured:
        """Ask for what changed since a moment, or as far back as the service goes.

        Where our clock is ahead, that is further back than it says: what was deleted in between
        nobody would ask for again.
        """
        since = max(wanted, self._earliest)
        captured = self._capture(entities, since)
        if captured.told_at is None:
            return captured
        earlier = max(wanted, captured.told_at - _LOOKS_BACK)
        return captured if since - earlier < _APART else self._capture(entities, earlier)

    def _capture(self, entities: Sequence[str], since: datetime) -> _Captured:
        captured = _Captured()
        left = [list(entities)]
        while left:
            asked = left.pop()
            changes = self._client.changes(asked, since)
            if changes.is_whole or len(asked) == 1:
                self._take(captured, changes, asked)
                continue
            most = max(asked, key=lambda entity: len(changes.records[entity]))
            rest = [entity for entity in asked if entity != most]
            left += [rest, [most]]
        return captured

    def _take(self, captured: _Captured, changes: Changes, asked: Sequence[str]) -> None:
        self._learn(RecordKind.ITEM, changes.records.get("Item", ()))
        captured.told_at = min(filter(None, (captured.told_at, changes.told_at)), default=None)
        if not changes.is_whole:
            captured.cut.update(asked)
        for entity, rows in changes.records.items():
            living = captured.living.setdefault(entity, [])
            gone = captured.gone.setdefault(entity, {})
            for row in rows:
                identity = identity_in(row)
                if row.get("status") != "Deleted" or identity is None:
                    # Of what was deleted nobody knows is told like anything that cannot be read.
                    living.append(row)
                    continue
                there = self._still_there(entity, identity)
                if there is None:
                    gone[identity] = changed_at(row)
                else:
                    living.append(there)

    def _still_there(self, entity: str, identity: str) -> Record | None:
        """Read what is reported as deleted; once it was not there, it stays so."""
        if (entity, identity) in self._client.standing.gone:
            return None
        found = self._client.read(entity, identity)
        if found is None:
            self._client.standing.gone[entity, identity] = None
        return found

    # --- By questions ----------------------------------------------------------------------

    def records(self, operation: ReadRecords) -> Outcome:
        """Give a page of a list, what is inactive included."""
        listed = LISTS.get(operation.kind)
        if listed is None:
            return unsupported(NAME, f"it has no list of {operation.kind.words}s")
        conditions = [EVERYBODY] if listed.has_inactive else []
        if operation.since is not None:
            conditions.append(at_least(_CHANGED, operation.since))
        rows, page = self._page(Query.of(listed.entity, *conditions), operation)
        self._learn(operation.kind, rows)
        told = _with_records(operation.kind, rows, page)
        return Done(page=replace(told, records=(*told.records, *self._unlisted(operation))))

    def _unlisted(self, operation: ReadRecords) -> Sequence[ListRecord]:
        """Give what belongs to a list without standing in it: a US company's codes of lines."""
        if operation.kind is not RecordKind.TAX_CODE or operation.page is not None:
            return ()
        is_american = (company_of(self._client).country or "").upper() in {"US", "USA"}
        return US_TAX_CODES if is_american else ()

    def _learn(self, kind: RecordKind, rows: Iterable[Record]) -> None:
        """Keep from which day on the stock of items is tracked."""
        for row in rows if kind is RecordKind.ITEM else ():
            since = start_of_stock(row)
            if since is not None:
                self._client.standing.stock_since[str(row.get("Id"))] = since

    def documents(self, operation: ReadDocuments) -> Outcome:
        """Give a page of forms: those changed since, or those that bear a date."""
        form = FORMS.get(operation.kind)
        if form is None:
            return unsupported(NAME, f"it has no {operation.kind.words}s")
        standing = self._client.standing
        # A clock that was set back since tells nothing: it is asked for.
        if 0 < standing.closed_until.get(form.entity, 0.0) - standing.clock() <= _CLOSED_FOR_S:
            return Done(page=Page(zone_s=0))
        conditions = []
        if operation.since is not None:
            conditions.append(at_least(_CHANGED, operation.since))
        if operation.dated is not None:
            first, last = operation.dated
            # What has no date to be asked by was not changed before it was written.
            by_date = [at_least("TxnDate", first), at_most("TxnDate", last)]
            conditions += by_date if form.is_dated else []
        try:
            rows, page = self._page(Query.of(form.entity, *conditions), operation)
        except CallRefusedError as error:
            if not is_closed_to_us(operation.kind, error):
                raise
            # Nothing of ours can be there: what was written went the same way.
            standing.closed_until[form.entity] = standing.clock() + _CLOSED_FOR_S
            rows, page = (), Page(zone_s=0)
        if page.next is None and operation.dated is None:
            standing.looked.add(form.entity)
        return Done(page=page_of_documents(operation.kind, rows, page, heads=operation.heads))

    def _page(
        self, query: Query, operation: ReadRecords | ReadDocuments | ReadStock
    ) -> tuple[tuple[Record, ...], Page]:
        """Read a stretch of rows, and say where the next one begins."""
        start, size = int(operation.page or 1), min(operation.limit, PAGE_MAX)
        rows, told_at = self._client.page(query, start, size)
        following = next_start(start, len(rows), size)
        page = Page(
            latest=_latest(rows, told_at),
            zone_s=0,
            next=None if following is None else str(following),
        )
        return rows, page

    def stock(self, operation: ReadStock) -> Outcome:
        """Give how much there is of items that are stocked."""
        if operation.items:
            rows = _all_of(self._client, "Item", "Id", operation.items, EVERYBODY)
            return Done(page=_with_records(RecordKind.ITEM, rows, Page()))
        query = Query.of("Item", is_("Type", "Inventory"), EVERYBODY)
        rows, page = self._page(query, operation)
        return Done(page=_with_records(RecordKind.ITEM, rows, page))

    def find(self, operation: FindDocument) -> Outcome:
        """Look forms up by identity or number."""
        if operation.kind not in FORMS:
            return unsupported(NAME, f"it has no {operation.kind.words}s")
        found = (row for query in finding(operation) for row in self._client.query(query))
        return Done(page=page_of_documents(operation.kind, each_once(found), Page()))


# --- Questions ----------------------------------------------------------------------------


def finding(operation: FindDocument) -> tuple[Query, ...]:
    """Write the questions that a look-up is; where numbers cannot be asked, all there are."""
    form = FORMS[operation.kind]
    if operation.ids:
        return tuple(Query.of(form.entity, among("Id", values)) for values in _parts(operation.ids))
    if not form.is_numbered:
        return (Query.of(form.entity),)
    plain = [each for each in operation.numbers if is_askable(each)]
    return (
        *(Query.of(form.entity, among("DocNumber", part)) for part in _parts(plain)),
        *(
            Query.of(form.entity, similar("DocNumber", each))
            for each in operation.numbers
            if not is_askable(each)
        ),
    )


def _all_of(
    client: OnlineClient, entity: str, field: str, values: Iterable[str], *conditions: str
) -> tuple[Record, ...]:
    return tuple(
        row
        for part in _parts(tuple(values))
        for row in client.query(Query.of(entity, among(field, part), *conditions))
    )


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + VALUES_MAX] for start in range(0, len(values), VALUES_MAX))


# --- Pages --------------------------------------------------------------------------------


def _entities_of(operation: _Since) -> tuple[str, ...]:
    """Name what change capture is asked for a reading."""
    if isinstance(operation, ReadRecords):
        listed = LISTS.get(operation.kind)
        return (listed.entity,) if listed is not None and listed.is_captured else ()
    if isinstance(operation, ReadDocuments):
        form = FORMS.get(operation.kind)
        return (form.entity,) if form is not None and form.is_captured else ()
    forms = (FORMS[kind] for kind in operation.documents if kind in FORMS)
    # Lists lose records, too: of two that are merged one is gone.
    return (*_LISTED, *(form.entity for form in forms if form.is_captured))


def _answer_of(operation: _Since, captured: _Captured) -> Outcome:
    if isinstance(operation, ReadDeletions):
        return Done(page=_deletions(captured))
    (entity,) = _entities_of(operation)
    rows = tuple(captured.living.get(entity, ()))
    page = Page(latest=_latest(rows, captured.told_at), zone_s=0)
    if isinstance(operation, ReadRecords):
        return Done(page=_with_records(operation.kind, rows, page))
    return Done(page=page_of_documents(operation.kind, rows, page, heads=operation.heads))


def _deletions(captured: _Captured) -> Page:
    records: list[tuple[RecordKind, str]] = []
    documents: list[tuple[DocumentKind, str]] = []
    days: dict[str, date] = {}
    for entity, gone in captured.gone.items():
        kind = _ENTITIES[entity]
        for identity, at in gone.items():
            if isinstance(kind, RecordKind):
                records.append((kind, identity))
                continue
            documents.append((kind, identity))
            if at is not None:
                days[identity] = at.date()
    return Page(
        latest=_latest((), captured.told_at),
        zone_s=0,
        deleted_records=tuple(records),
        deleted_documents=tuple(documents),
        deleted_on=days,
    )


def _latest(rows: Iterable[Record], told_at: datetime | None) -> datetime | None:
    """Say how far a reading came: to when it was told, or to the latest change on it."""
    known = [changed_at(row) for row in rows] if told_at is None else [told_at]
    return max(filter(None, known), default=None)


def _with_records(kind: RecordKind, rows: Iterable[Record], page: Page) -> Page:
    records: list[ListRecord] = []
    unreadable: list[Unreadable] = []
    for row in rows:
        try:
            records.append(read_record(kind, row))
        except InvalidDocument as error:
            unreadable.append(row_of(row, error, named=LISTS[kind].name))
    return replace(page, records=tuple(records), unreadable=tuple(unreadable))


def page_of_documents(
    kind: DocumentKind, rows: Iterable[Record], page: Page, *, heads: bool = False
) -> Page:
    """Make documents of forms; what makes none is told by itself."""
    documents: list[Document] = []
    unreadable: list[Unreadable] = []
    keys: dict[str, str] = {}
    for row in rows:
        key, identity = mark_in(kind, row), row.get("Id")
        if key is not None and isinstance(identity, str):
            keys[identity] = key
        try:
            documents.append(read_form(kind, row, heads=heads))
        except InvalidDocument as error:
            unreadable.append(row_of(row, error))
    return replace(page, documents=tuple(documents), keys=keys, unreadable=tuple(unreadable))


def row_of(row: Record, error: InvalidDocument, *, named: str = "DocNumber") -> Unreadable:
    """Tell of an object that cannot be read."""
    identity, number = row.get("Id"), row.get(named)
    return Unreadable(
        id=identity if isinstance(identity, str) and code_problem(identity) is None else None,
        number=clean_line(number) if isinstance(number, str) else None,
        field=error.where,
        value=clean_line(error.value),
        problem=error.sentence,
    )


def giving(outcome: Outcome) -> Answer:
    """Answer with an outcome."""
    return lambda: outcome


def raising(error: ConnectorError | InvalidDocument) -> Answer:
    """Answer with an error."""

    def answer() -> Outcome:
        raise error

    return answer
