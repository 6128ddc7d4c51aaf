"""What readings brought.

Only a reply to the question itself, with the status that says so, is an empty page: what the
set's own status, a missing reply or a missing half leaves open is unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from counterfoil.connectors.quickbooks_desktop import refusals
from counterfoil.connectors.quickbooks_desktop.qbxml import Record, Reply, UnreadableQbxml
from counterfoil.connectors.quickbooks_desktop.qbxml.status import (
    CANNOT_BE_SHOWN,
    NOT_ENABLED,
    NOT_SUBSCRIBED,
    NOT_SUPPORTED,
    NOTHING_FOUND,
    OK,
    SOME_NOT_FOUND,
)
from counterfoil.connectors.quickbooks_desktop.records import (
    read_bare,
    read_record,
    read_stock_at,
    unreadable,
)
from counterfoil.documents import Document, DocumentKind, ListRecord, RecordKind
from counterfoil.engine.asked import Asked, Kind
from counterfoil.engine.operations import Done, Outcome, Page, StockAt, Unreadable
from counterfoil.engine.reading import STOCK_AT_SITES

from ._forms import (
    DELETED_DOCUMENTS,
    DELETED_LISTS,
    FORM_OF_RECORD,
    FORMS,
    LISTS,
    SECOND_ID_SUFFIX,
    SITES_QUERY,
    STOCK_PAGE,
    STOCK_QUERIES,
)
from ._told import LEFT_OUT, Told, mark_of, moment_of, unknown, word_of

__all__ = ["READINGS"]

# The replies a question can have; one of another name answers another question.
_QUERIES: Final = frozenset(form.query for form in FORMS.values())
_LIST_QUERIES: Final = frozenset(form.query for form in LISTS.values())


def _read_records(asked: Asked, told: Told) -> Outcome:
    return _read(asked, told.of(asked.wire_id, *_LIST_QUERIES), _records_page)


def _read_documents(asked: Asked, told: Told) -> Outcome:
    return _read(asked, told.of(asked.wire_id, *_QUERIES), _documents_page)


def _read(asked: Asked, reply: Reply | None, page: Callable[[Reply], Page]) -> Outcome:
    """Read one page of a list or of documents."""
    if reply is None or _is_of_another_list(asked, reply):
        return unknown(asked, LEFT_OUT)
    code = reply.status_code
    if code in (NOTHING_FOUND, SOME_NOT_FOUND) and not reply.records:
        return Done(page=Page())
    if code in _FEATURE_LACKING and not reply.records and _is_feature(asked):
        return Done(page=Page())
    if code is None or reply.severity.lower() == "error" or not OK <= code < _FIRST_ERROR:
        return refusals.reading(asked, reply)
    if reply.iterator_id is not None and (reply.remaining is None or reply.remaining < 0):
        return unknown(asked, "QuickBooks does not say how many more there are")
    if reply.remaining and reply.iterator_id is None:
        return unknown(asked, "QuickBooks holds more and does not say where")
    return Done(page=page(reply))


_FIRST_ERROR: Final = 1000
# What is switched off, is none of this edition, or was not bought.
_FEATURE_LACKING: Final = frozenset({NOT_ENABLED, NOT_SUPPORTED, NOT_SUBSCRIBED})


def _is_feature(asked: Asked) -> bool:
    """Whether the list belongs to a feature that a company file may do without."""
    if asked.kind is Kind.READ_STOCK:
        return True
    kind = refusals.list_of(asked)
    return isinstance(kind, RecordKind) and LISTS[kind].is_feature


def _is_of_another_list(asked: Asked, reply: Reply) -> bool:
    kind = refusals.list_of(asked)
    return isinstance(kind, RecordKind) and reply.name != LISTS[kind].query


def _find(asked: Asked, told: Told) -> Outcome:
    """Read the answer to a look-up: whole documents, whatever fits.

    Nothing but "found", "nothing found" and "some not found" is an answer; a warning that
    something was held back is not, for it might be the very document looked for.
    """
    reply = told.of(asked.wire_id, *_QUERIES)
    if reply is None:
        return unknown(asked, LEFT_OUT)
    is_plain = reply.status_code == OK and reply.severity.lower() != "error"
    if is_plain or reply.status_code in (NOTHING_FOUND, SOME_NOT_FOUND):
        return Done(page=_documents_page(reply))
    return refusals.reading(asked, reply)


def _records_page(reply: Reply) -> Page:
    records: list[ListRecord] = []
    left: list[Unreadable] = []
    for each in reply.records:
        try:
            record = read_record(each)
        except UnreadableQbxml as error:
            left.append(unreadable(each, error))
            # It is there all the same, and documents that name it need to know no more.
            bare = read_bare(each)
            records += [] if bare is None else [bare]
            continue
        if record is None:
            left.append(unreadable(each, f"records of the type {each.tag[:60]} are not known here"))
        elif not record.id:
            left.append(unreadable(each, "QuickBooks gives no identity for it"))
        elif not record.name:
            left.append(unreadable(each, "it has no name"))
        else:
            records.append(record)
    return _page(reply, left, records=records)


def _documents_page(reply: Reply) -> Page:
    documents: list[Document] = []
    keys: dict[str, str] = {}
    left: list[Unreadable] = []
    for each in reply.records:
        form = FORM_OF_RECORD.get(each.tag)
        if form is None:
            left.append(unreadable(each, f"records of the type {each.tag[:60]} are not known here"))
            continue
        try:
            document = form.read(each)
        except UnreadableQbxml as error:
            left.append(unreadable(each, error))
        else:
            if document.id:
                documents.append(document)
            else:
                left.append(unreadable(each, "QuickBooks gives no identity for it"))
        identity, mark = word_of(each, "TxnID"), mark_of(each)
        if identity and mark:
            keys[identity] = mark
    return _page(reply, left, documents=documents, keys=keys)


def _page(
    reply: Reply,
    left: list[Unreadable],
    *,
    records: Sequence[ListRecord] = (),
    documents: Sequence[Document] = (),
    keys: Mapping[str, str] | None = None,
) -> Page:
    if reply.status_code in CANNOT_BE_SHOWN:
        left.append(Unreadable(problem=f"QuickBooks holds it back: {refusals.words(reply)}"))
    moments = [moment_of(each, "TimeModified") for each in reply.records]
    return Page(
        records=tuple(records),
        documents=tuple(documents),
        keys=dict(keys or {}),
        latest=max((moment for moment in moments if moment is not None), default=None),
        zone_s=_zone(reply.records, "TimeModified"),
        next=reply.iterator_id if reply.remaining else None,
        remaining=reply.remaining,
        unreadable=tuple(left),
    )


def _zone(records: Sequence[Record], name: str) -> int | None:
    """Give the zone of some times, of several the one furthest behind."""
    zones = [each.zone(name) for each in records]
    return min((int(zone.total_seconds()) for zone in zones if zone is not None), default=None)


def _read_stock(asked: Asked, told: Told) -> Outcome:
    """Read how much there is of stocked items: of both kinds, or of the one that goes on."""
    if asked.name == STOCK_AT_SITES:
        return _read(asked, told.of(asked.wire_id, SITES_QUERY), _sites_page)
    pages: dict[str, Page] = {}
    for reply in told.halves(asked.wire_id, *STOCK_QUERIES):
        outcome = _read(asked, reply, _records_page)
        if reply is None or not isinstance(outcome, Done) or outcome.page is None:
            return outcome
        pages[reply.name] = outcome.page
    tokens = [page.next or "" if (page := pages.get(query)) else "" for query in STOCK_QUERIES]
    return Done(
        page=Page(
            records=tuple(record for page in pages.values() for record in page.records),
            unreadable=tuple(row for page in pages.values() for row in page.unreadable),
            next=STOCK_PAGE.join(tokens) if any(tokens) else None,
            remaining=sum(page.remaining or 0 for page in pages.values()),
        )
    )


def _sites_page(reply: Reply) -> Page:
    """Read what lies where; of what cannot be read, nobody knows how much there is in all."""
    rows: list[StockAt] = []
    left: list[Unreadable] = []
    for each in reply.records:
        try:
            row = read_stock_at(each)
        except UnreadableQbxml as error:
            left.append(unreadable(each, error))
            continue
        rows += [] if row is None else [row]
    return msgspec.structs.replace(_page(reply, left), at_sites=tuple(rows))


def _read_deletions(asked: Asked, told: Told) -> Outcome:
    """Read both halves, or the one that was asked for alone."""
    halves = told.halves(asked.wire_id, "ListDeletedQuery", "TxnDeletedQuery")
    records: list[tuple[RecordKind, str]] = []
    documents: list[tuple[DocumentKind, str]] = []
    gone: list[Record] = []
    days: dict[str, date] = {}
    left: list[Unreadable] = []
    for reply in halves:
        failure = _read(asked, reply, lambda reply: Page())
        if reply is None or not isinstance(failure, Done):
            return failure
        for each in reply.records:
            kind = DELETED_LISTS.get(word_of(each, "ListDelType") or "")
            document = DELETED_DOCUMENTS.get(word_of(each, "TxnDelType") or "")
            identity = word_of(each, "ListID" if kind is not None else "TxnID")
            if (kind is not None or document is not None) and identity is None:
                left.append(unreadable(each, "it was deleted, and QuickBooks gives no identity"))
            elif kind is not None and identity is not None:
                records.append((kind, identity))
            elif document is not None and identity is not None:
                documents.append((document, identity))
            moment = moment_of(each, "TimeDeleted")
            if moment is not None and identity is not None:
                days[identity] = moment.date()
            gone.append(each)
    return Done(
        page=Page(
            deleted_records=tuple(records),
            deleted_documents=tuple(documents),
            deleted_on=days,
            latest=max(
                (at for each in gone if (at := moment_of(each, "TimeDeleted")) is not None),
                default=None,
            ),
            zone_s=_zone(gone, "TimeDeleted"),
            unreadable=tuple(left),
        )
    )


def _described(asked: Asked, told: Told) -> Outcome:
    for position, query in enumerate(("HostQuery", "CompanyQuery", "PreferencesQuery")):
        reply = told.of(asked.wire_id + SECOND_ID_SUFFIX * position, query)
        if reply is None:
            return unknown(asked, LEFT_OUT)
        if reply.status_code != OK:
            return refusals.reading(asked, reply)
    return Done()


READINGS: Final[Mapping[Kind, Callable[[Asked, Told], Outcome]]] = {
    Kind.READ_RECORDS: _read_records,
    Kind.READ_DOCUMENTS: _read_documents,
    Kind.READ_DELETIONS: _read_deletions,
    Kind.READ_STOCK: _read_stock,
    Kind.FIND: _find,
    Kind.DESCRIBE: _described,
}
"""How the replies to a question are read."""
