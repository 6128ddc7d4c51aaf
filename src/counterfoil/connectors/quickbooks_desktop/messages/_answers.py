"""From answers to outcomes.

Three rules hold for everything here.

* **Silence is no answer.**  What the set's own status, a missing reply, a missing half or
  a damaged text leaves open is ``Unknown``; only a reply to the question itself, with the
  status that says so, is an empty page.
* **A landing is not lost to what stands around it.**  Whatever cannot be read of a
  document that was written, its identity counts.
* **People read sentences.**  What a parser says is for the evidence, never for them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from counterfoil.connectors.quickbooks_desktop import refusals
from counterfoil.connectors.quickbooks_desktop.qbxml import (
    Record,
    Reply,
    ReplySet,
    UnreadableQbxml,
    UnreadableValue,
    parse_replies,
)
from counterfoil.connectors.quickbooks_desktop.qbxml.status import (
    CANNOT_BE_SHOWN,
    FIELD_NOT_ASSIGNED,
    NOT_ENABLED,
    NOT_FOUND,
    NOT_SUPPORTED,
    NOTHING_FOUND,
    OK,
    SET_CONTENT_DIFFERS,
    SET_ID_TOO_LONG,
    SET_NOT_KEPT,
    SOME_NOT_FOUND,
    set_status,
)
from counterfoil.connectors.quickbooks_desktop.records import (
    CREATED_ITEMS,
    read_bare,
    read_record,
    unreadable,
)
from counterfoil.documents import Document, DocumentKind, ListRecord, RecordKind, refuse
from counterfoil.engine.asked import Asked, Kind
from counterfoil.engine.operations import (
    Busy,
    Done,
    Outcome,
    Page,
    Refused,
    Unknown,
    Unreadable,
)

from ._forms import (
    DELETED_DOCUMENTS,
    DELETED_LISTS,
    FORM_OF_RECORD,
    FORMS,
    LISTS,
    LONE_ID_SUFFIX,
    SECOND_ID_SUFFIX,
    Form,
)

__all__ = ["read_answer"]

ANSWER_LIMIT_BYTES: Final = 64 * 2**20

_LEFT_OUT: Final = "QuickBooks' answer leaves this request out"
_OTHER_SET: Final = "the answer belongs to another message set"

# Statuses of a set after which none of its requests was looked at (reference section 3.3).
_NOT_CARRIED_OUT: Final = frozenset({SET_CONTENT_DIFFERS, SET_NOT_KEPT, SET_ID_TOO_LONG})

# The replies a question can have; one of another name answers another question.
_ADDS: Final = frozenset(f"{form.name}Add" for form in FORMS.values())
_RECORD_ADDS: Final = frozenset({"CustomerAdd", *CREATED_ITEMS.values()})
_MODS: Final = frozenset(f"{form.name}Mod" for form in FORMS.values())
_QUERIES: Final = frozenset(form.query for form in FORMS.values())
_LIST_QUERIES: Final = frozenset(form.query for form in LISTS.values())


def read_answer(
    asked: Sequence[Asked], text: str, *, recovers: bool = False, key: str | None = None
) -> Mapping[str, Outcome]:
    """Read what QuickBooks answered to a message set.

    Args:
        asked: The operations of the set; for a recovery, those of the set asked about.
        text: The answer; never empty (QuickBooks' errors of connection come otherwise).
        recovers: The set only asked what became of an earlier one.
        key: Id of the message set (of a recovery: of the one asked about); empty: it had
            none; ``None``: not known, so the answer's own id is not compared.

    Returns:
        One outcome per operation.  All of them are unknown where the answer cannot be read,
        belongs to another message set, or says of the set that it was not carried out or is
        not kept: that QuickBooks keeps no answer proves nothing about any document.
    """
    try:
        replies = parse_replies(text, limit_bytes=ANSWER_LIMIT_BYTES)
    except UnreadableQbxml as error:
        return _all_unknown(asked, _damage(error))
    silence = _silence(replies, recovers=recovers, key=key)
    if silence is not None:
        return _all_unknown(asked, silence)
    told = _Replies(replies)
    return {each.wire_id: _outcome(each, told) for each in asked}


def _all_unknown(asked: Sequence[Asked], reason: str) -> dict[str, Outcome]:
    return {each.wire_id: _unknown(each, reason) for each in asked}


def _unknown(asked: Asked, reason: str) -> Unknown:
    """Say that no answer came; of a reading, what it is that is not known."""
    return Unknown(refusals.unread(asked, reason) if asked.kind in _READINGS else reason)


_READINGS: Final = frozenset(
    {
        Kind.READ_RECORDS,
        Kind.READ_DOCUMENTS,
        Kind.READ_DELETIONS,
        Kind.FIND,
        Kind.DESCRIBE,
    }
)


def _damage(error: UnreadableQbxml) -> str:
    place = "" if error.line is None else f" (it is damaged at line {error.line})"
    return f"QuickBooks' answer could not be read{place}"


def _silence(replies: ReplySet, *, recovers: bool, key: str | None) -> str | None:
    """Say why an answer says nothing about any of its requests; ``None``: it does."""
    borne, code = replies.new_set_id, replies.status_code
    if key is not None and borne and borne.lower() != key.lower():
        return _OTHER_SET
    if code is None or code == OK:
        return None
    if recovers or code in _NOT_CARRIED_OUT or not replies.replies:
        return f"{set_status(code).meaning} (message-set status {code})"
    # The set ran; QuickBooks only tells that it could not keep or clear an answer.
    return None


class _Replies:
    """The replies of a set, found by the operation they answer."""

    def __init__(self, replies: ReplySet) -> None:
        counts = Counter(reply.request_id for reply in replies.replies)
        # Two replies to one request say nothing that could be relied on.
        self._by_id = {
            reply.request_id: reply
            for reply in replies.replies
            if reply.request_id and counts[reply.request_id] == 1
        }

    def of(self, wire_id: str, *names: str) -> Reply | None:
        """Give the reply to a request, if it is named like one of these."""
        reply = self._by_id.get(wire_id)
        return reply if reply is not None and reply.name in names else None


def _outcome(asked: Asked, told: _Replies) -> Outcome:
    wire_id = asked.wire_id
    match asked.kind:
        case Kind.CREATE_DOCUMENT:
            return _written(asked, told.of(wire_id, *_ADDS), _document)
        case Kind.UPDATE_DOCUMENT:
            return _written(asked, told.of(wire_id, *_MODS), _document)
        case Kind.CREATE_RECORD:
            return _written(asked, told.of(wire_id, *_RECORD_ADDS), _list_record)
        case Kind.VOID_DOCUMENT:
            return _taken_out(asked, told.of(wire_id, "TxnVoid", "TxnDel"))
        case Kind.READ_RECORDS:
            return _read(asked, told.of(wire_id, *_LIST_QUERIES), _records_page)
        case Kind.READ_DOCUMENTS:
            return _read(asked, told.of(wire_id, *_QUERIES), _documents_page)
        case Kind.FIND:
            return _found(asked, told.of(wire_id, *_QUERIES))
        case Kind.READ_DELETIONS:
            return _read_deletions(asked, told)
        case Kind.WRITE_FIELD:
            return _field_written(asked, told)
        case Kind.WRITE_MARK:
            return _mark_written(asked, told)
        case Kind.DESCRIBE:
            return _described(asked, told)


# --- Writes -------------------------------------------------------------------------------


def _written(asked: Asked, reply: Reply | None, done: Callable[[Record], Done | None]) -> Outcome:
    """Read the reply to an Add or a Mod."""
    if reply is None:
        return Unknown(_LEFT_OUT)
    record = next((each for each in reply.records if each.tag.endswith("Ret")), None)
    written = None if record is None else done(record)
    if written is None and reply.recovery is not None:
        written = _recovered(reply.recovery)
    if not _succeeded(reply):
        if written is not None:
            return Unknown("QuickBooks refuses it and yet names it as written")
        return refusals.outcome(asked, reply)
    if written is None:
        return Unknown("QuickBooks says that it is done, and does not say what")
    if not reply.status_code:
        return written
    return msgspec.structs.replace(written, note=reply.message or None)


def _succeeded(reply: Reply) -> bool:
    """Done, if need be with a warning: what counts is that nothing was refused."""
    return reply.severity.lower() in ("info", "warn", "") and not (
        reply.status_code and not reply.records and reply.recovery is None
    )


def _document(record: Record) -> Done | None:
    """Read what was written; ``None`` where the answer names no identity."""
    identity = _word(record, "TxnID")
    form = FORM_OF_RECORD.get(record.tag)
    if identity is None or form is None:
        return None
    try:
        document: Document | None = form.read(record)
    except UnreadableQbxml:
        document = None
    return Done(
        id=identity,
        number=_word(record, "RefNumber"),
        revision=_word(record, "EditSequence"),
        line_ids=_line_ids(record, form) if document is None else form.line_ids(document),
        total=_amount(record, form.total),
        tax=_amount(record, form.tax) if form.tax is not None else None,
        document=document,
        mark=_mark(record),
        written_at=_written_at(record),
    )


def _list_record(record: Record) -> Done | None:
    identity = _word(record, "ListID")
    if identity is None:
        return None
    try:
        learned: ListRecord | None = read_record(record)
    except UnreadableQbxml:
        learned = None
    return Done(
        id=identity,
        revision=_word(record, "EditSequence"),
        record=learned,
        mark=_mark(record),
        written_at=_written_at(record),
    )


def _recovered(recovery: Record) -> Done | None:
    """Read the bare answer that QuickBooks kept: identity, version and mark, nothing else."""
    identity = _word(recovery, "TxnID") or _word(recovery, "ListID")
    if identity is None:
        return None
    return Done(id=identity, revision=_word(recovery, "EditSequence"), mark=_mark(recovery))


def _word(record: Record, name: str) -> str | None:
    try:
        return record.word(name)
    except UnreadableValue:
        return None


def _written_at(record: Record) -> datetime | None:
    """When QuickBooks says it wrote it, by its computer's clock."""
    try:
        return record.wall_clock("TimeModified")
    except UnreadableValue:
        return None


def _mark(record: Record) -> str | None:
    """Give our mark; QuickBooks writes ``0`` for none (reference section 3.5)."""
    mark = _word(record, "ExternalGUID")
    return None if mark == "0" else mark


def _amount(record: Record, name: str) -> str | None:
    try:
        amount = record.decimal(name)
    except UnreadableValue:
        return None
    return None if amount is None else str(amount)


def _line_ids(record: Record, form: Form) -> tuple[str, ...]:
    """Give the identity of every line as the document has them; empty for one without."""
    return tuple(
        _word(line, "TxnLineID") or ""
        for part in record.children(form.line, form.group)
        for line in (part.children(form.line) if part.tag == form.group else (part,))
    )


def _taken_out(asked: Asked, reply: Reply | None) -> Outcome:
    if reply is None:
        return Unknown(_LEFT_OUT)
    is_named = _word(reply.body, "TxnID") is not None
    warned = reply.status_code is not None and reply.severity.lower() != "error" and is_named
    if warned or (reply.status_code == OK and reply.severity.lower() != "error"):
        return Done(
            id=_word(reply.body, "TxnID"),
            number=_word(reply.body, "RefNumber"),
            note=(reply.message or None) if reply.status_code else None,
        )
    return refusals.outcome(asked, reply)


def _field_written(asked: Asked, told: _Replies) -> Outcome:
    """Read the two replies of a custom field; one success is enough."""
    modified = told.of(asked.wire_id, "DataExtMod")
    added = told.of(asked.wire_id + SECOND_ID_SUFFIX, "DataExtAdd")
    replies = [reply for reply in (modified, added) if reply is not None]
    if any(reply.status_code == OK for reply in replies):
        return Done()
    if modified is None or added is None:
        return Unknown(_LEFT_OUT)
    if all(_lacks(reply, asked.name) for reply in replies):
        refusal = refuse(
            "field-missing",
            where=asked.name,
            field=asked.name,
            target=refusals.TARGET,
            detail=f"{added.name} {added.status_code}: {added.message}",
        )
        return Refused(refusal, str(added.status_code))
    return _unwritten(asked, replies, f"“{asked.name}” could not be written", "custom field")


def _lacks(reply: Reply, name: str | None) -> bool:
    """Whether what QuickBooks does not find is the field, not the document it belongs to."""
    # It quotes what it does not find, in the marks of its language.
    named = re.findall(r"[\"“„«](.+?)[\"”“»]", reply.message)
    return reply.status_code in (NOT_FOUND, FIELD_NOT_ASSIGNED) and name in named


def _unwritten(asked: Asked, replies: Sequence[Reply], what: str, document: str) -> Outcome:
    for reply in replies:
        outcome = refusals.outcome(asked, reply)
        # What is not found is the field itself: no later attempt finds it either.  And nobody
        # counts the attempts, so what may be a refusal is shown as one.
        is_refused = isinstance(outcome, Busy) and outcome.otherwise is not None
        waits = isinstance(outcome, (Busy, Unknown)) and not is_refused
        if reply.status_code != NOT_FOUND and waits:
            return outcome
    failed = replies[-1]
    refusal = refuse(
        "rejected",
        where=asked.name,
        document=document,
        target=refusals.TARGET,
        problem=f"{what}. QuickBooks says: {refusals.words(failed)}",
        detail=f"{failed.name} {failed.status_code}: {failed.message}",
    )
    return Refused(refusal, str(failed.status_code))


def _mark_written(asked: Asked, told: _Replies) -> Outcome:
    """Read the replies about our mark on the company file: what counts is the value."""
    defined = told.of(asked.wire_id, "DataExtDefAdd")
    if defined is None:
        value = told.of(asked.wire_id, "DataExtMod")
    else:
        value = told.of(asked.wire_id + SECOND_ID_SUFFIX, "DataExtAdd")
    if value is None:
        return Unknown(_LEFT_OUT)
    if value.status_code == OK:
        return Done()
    # The definition may have been there already; only where it is not does its refusal count.
    replies = [value] if defined is None or defined.status_code == OK else [defined, value]
    return _unwritten(asked, replies, "our mark could not be written", "company file")


# --- Readings -----------------------------------------------------------------------------


def _read(asked: Asked, reply: Reply | None, page: Callable[[Reply], Page]) -> Outcome:
    """Read one page of a list or of documents."""
    if reply is None or _is_of_another_list(asked, reply):
        return _unknown(asked, _LEFT_OUT)
    code = reply.status_code
    if code in (NOTHING_FOUND, SOME_NOT_FOUND) and not reply.records:
        return Done(page=Page())
    if code in (NOT_ENABLED, NOT_SUPPORTED) and not reply.records and _is_feature(asked):
        return Done(page=Page())
    if code is None or reply.severity.lower() == "error" or not OK <= code < _FIRST_ERROR:
        return refusals.reading(asked, reply)
    if reply.iterator_id is not None and (reply.remaining is None or reply.remaining < 0):
        return _unknown(asked, "QuickBooks does not say how many more there are")
    if reply.remaining and reply.iterator_id is None:
        return _unknown(asked, "QuickBooks holds more and does not say where")
    return Done(page=page(reply))


_FIRST_ERROR: Final = 1000


def _is_feature(asked: Asked) -> bool:
    """Whether the list belongs to a feature that a company file may do without."""
    kind = refusals.list_of(asked)
    return isinstance(kind, RecordKind) and LISTS[kind].is_feature


def _is_of_another_list(asked: Asked, reply: Reply) -> bool:
    kind = refusals.list_of(asked)
    return isinstance(kind, RecordKind) and reply.name != LISTS[kind].query


def _found(asked: Asked, reply: Reply | None) -> Outcome:
    """Read the answer to a look-up: whole documents, whatever fits.

    Nothing but "found", "nothing found" and "some not found" is an answer; a warning that
    something was held back is not, for it might be the very document looked for.
    """
    if reply is None:
        return _unknown(asked, _LEFT_OUT)
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
        identity, mark = _word(each, "TxnID"), _mark(each)
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
    moments = [_moment(each, "TimeModified") for each in reply.records]
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


def _moment(record: Record, name: str) -> datetime | None:
    """Give a time by the wall clock of the QuickBooks computer.

    It only says how far was read: one that cannot be read is left out, and hides nothing.
    """
    try:
        return record.wall_clock(name)
    except UnreadableValue:
        return None


def _zone(records: Sequence[Record], name: str) -> int | None:
    """Give the zone of some times, of several the one furthest behind."""
    zones = [each.zone(name) for each in records]
    return min((int(zone.total_seconds()) for zone in zones if zone is not None), default=None)


def _read_deletions(asked: Asked, replies: _Replies) -> Outcome:
    """Read both halves, or the one that was asked for alone."""
    queries = ("ListDeletedQuery", "TxnDeletedQuery")
    lone = replies.of(asked.wire_id + LONE_ID_SUFFIX, *queries)
    halves = (
        [lone]
        if lone is not None
        else [
            replies.of(asked.wire_id, queries[0]),
            replies.of(asked.wire_id + SECOND_ID_SUFFIX, queries[1]),
        ]
    )
    records: list[tuple[RecordKind, str]] = []
    documents: list[tuple[DocumentKind, str]] = []
    told: list[Record] = []
    days: dict[str, date] = {}
    left: list[Unreadable] = []
    for reply in halves:
        failure = _read(asked, reply, lambda reply: Page())
        if reply is None or not isinstance(failure, Done):
            return failure
        for each in reply.records:
            kind = DELETED_LISTS.get(_word(each, "ListDelType") or "")
            document = DELETED_DOCUMENTS.get(_word(each, "TxnDelType") or "")
            identity = _word(each, "ListID" if kind is not None else "TxnID")
            if (kind is not None or document is not None) and identity is None:
                left.append(unreadable(each, "it was deleted, and QuickBooks gives no identity"))
            elif kind is not None and identity is not None:
                records.append((kind, identity))
            elif document is not None and identity is not None:
                documents.append((document, identity))
            moment = _moment(each, "TimeDeleted")
            if moment is not None and identity is not None:
                days[identity] = moment.date()
            told.append(each)
    return Done(
        page=Page(
            deleted_records=tuple(records),
            deleted_documents=tuple(documents),
            deleted_on=days,
            latest=max(
                (at for each in told if (at := _moment(each, "TimeDeleted")) is not None),
                default=None,
            ),
            zone_s=_zone(told, "TimeDeleted"),
            unreadable=tuple(left),
        )
    )


def _described(asked: Asked, told: _Replies) -> Outcome:
    for position, query in enumerate(("HostQuery", "CompanyQuery", "PreferencesQuery")):
        reply = told.of(asked.wire_id + SECOND_ID_SUFFIX * position, query)
        if reply is None:
            return _unknown(asked, _LEFT_OUT)
        if reply.status_code != OK:
            return refusals.reading(asked, reply)
    return Done()
