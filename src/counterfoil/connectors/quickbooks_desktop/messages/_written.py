"""What became of writes.

A landing is not lost to what stands around it: whatever cannot be read of a document that was
written, its identity counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import msgspec

from counterfoil.connectors.quickbooks_desktop import refusals
from counterfoil.connectors.quickbooks_desktop.qbxml import (
    Record,
    Reply,
    UnreadableQbxml,
    UnreadableValue,
)
from counterfoil.connectors.quickbooks_desktop.qbxml.status import (
    FIELD_NOT_ASSIGNED,
    NOT_FOUND,
    OK,
)
from counterfoil.connectors.quickbooks_desktop.records import (
    CHANGED_TABLES,
    CREATED_ITEMS,
    read_record,
)
from counterfoil.documents import Document, ListRecord, refuse
from counterfoil.engine.asked import Asked, Kind
from counterfoil.engine.operations import Busy, Done, Outcome, Refused, Unknown

from ._forms import FORM_OF_RECORD, FORMS, SECOND_ID_SUFFIX, Form
from ._told import LEFT_OUT, Told, mark_of, moment_of, word_of

__all__ = ["WRITES"]

# The replies a write can have; one of another name answers another request.
_ADDS: Final = frozenset(f"{form.name}Add" for form in FORMS.values())
_RECORD_ADDS: Final = frozenset(
    {"CustomerAdd", "VendorAdd", "EmployeeAdd", *CREATED_ITEMS.values()}
)
_RECORD_MODS: Final = frozenset(f"{table}Mod" for table in CHANGED_TABLES)
_MODS: Final = frozenset(f"{form.name}Mod" for form in FORMS.values())


def _document_created(asked: Asked, told: Told) -> Outcome:
    return _written(asked, told.of(asked.wire_id, *_ADDS), _document)


def _document_changed(asked: Asked, told: Told) -> Outcome:
    return _written(asked, told.of(asked.wire_id, *_MODS), _document)


def _record_created(asked: Asked, told: Told) -> Outcome:
    return _written(asked, told.of(asked.wire_id, *_RECORD_ADDS), _list_record)


def _record_activated(asked: Asked, told: Told) -> Outcome:
    return _written(asked, told.of(asked.wire_id, *_RECORD_MODS), _list_record)


def _document_taken_out(asked: Asked, told: Told) -> Outcome:
    return _taken_out(asked, told.of(asked.wire_id, "TxnVoid", "TxnDel"))


def _written(asked: Asked, reply: Reply | None, done: Callable[[Record], Done | None]) -> Outcome:
    """Read the reply to an Add or a Mod."""
    if reply is None:
        return Unknown(LEFT_OUT)
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
    identity = word_of(record, "TxnID")
    form = FORM_OF_RECORD.get(record.tag)
    if identity is None or form is None:
        return None
    try:
        document: Document | None = form.read(record)
    except UnreadableQbxml:
        document = None
    return Done(
        id=identity,
        number=word_of(record, "RefNumber"),
        revision=word_of(record, "EditSequence"),
        line_ids=_line_ids(record, form) if document is None else form.line_ids(document),
        total=_total(record, form),
        tax=_amount(record, form.tax) if form.tax is not None else None,
        document=document,
        mark=mark_of(record),
        written_at=moment_of(record, "TimeModified"),
    )


def _list_record(record: Record) -> Done | None:
    identity = word_of(record, "ListID")
    if identity is None:
        return None
    try:
        learned: ListRecord | None = read_record(record)
    except UnreadableQbxml:
        learned = None
    return Done(
        id=identity,
        revision=word_of(record, "EditSequence"),
        record=learned,
        mark=mark_of(record),
        written_at=moment_of(record, "TimeModified"),
    )


def _recovered(recovery: Record) -> Done | None:
    """Read the bare answer that QuickBooks kept: identity, version and mark, nothing else."""
    identity = word_of(recovery, "TxnID") or word_of(recovery, "ListID")
    if identity is None:
        return None
    return Done(id=identity, revision=word_of(recovery, "EditSequence"), mark=mark_of(recovery))


def _total(record: Record, form: Form) -> str | None:
    try:
        total = None if form.total is None else form.total(record)
    except UnreadableValue:
        return None
    return None if total is None else str(total.amount)


def _amount(record: Record, name: str) -> str | None:
    try:
        amount = record.decimal(name)
    except UnreadableValue:
        return None
    return None if amount is None else str(amount)


def _line_ids(record: Record, form: Form) -> tuple[str, ...]:
    """Give the identity of every line as the document has them; empty for one without."""
    ids: list[str] = []
    for table in form.tables:
        if not table.is_of_items:
            continue
        line, group = f"{table.name}Ret", f"{table.group}Ret"
        for part in record.children(line, group):
            members = part.children(line) if part.tag == group else (part,)
            ids += [word_of(each, "TxnLineID") or "" for each in members]
    return tuple(ids)


def _taken_out(asked: Asked, reply: Reply | None) -> Outcome:
    if reply is None:
        return Unknown(LEFT_OUT)
    is_named = word_of(reply.body, "TxnID") is not None
    warned = reply.status_code is not None and reply.severity.lower() != "error" and is_named
    if warned or (reply.status_code == OK and reply.severity.lower() != "error"):
        return Done(
            id=word_of(reply.body, "TxnID"),
            number=word_of(reply.body, "RefNumber"),
            note=(reply.message or None) if reply.status_code else None,
        )
    return refusals.outcome(asked, reply)


def _field_written(asked: Asked, told: Told) -> Outcome:
    """Read the two replies of a custom field; one success is enough."""
    modified = told.of(asked.wire_id, "DataExtMod")
    added = told.of(asked.wire_id + SECOND_ID_SUFFIX, "DataExtAdd")
    replies = [reply for reply in (modified, added) if reply is not None]
    if any(reply.status_code == OK for reply in replies):
        return Done()
    if modified is None or added is None:
        return Unknown(LEFT_OUT)
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
    named = re.findall(r"[\"“„«]([^\"“„«”»]+)[\"”“»]", reply.message)
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


def _mark_written(asked: Asked, told: Told) -> Outcome:
    """Read the replies about our mark on the company file: what counts is the value."""
    defined = told.of(asked.wire_id, "DataExtDefAdd")
    if defined is None:
        value = told.of(asked.wire_id, "DataExtMod")
    else:
        value = told.of(asked.wire_id + SECOND_ID_SUFFIX, "DataExtAdd")
    if value is None:
        return Unknown(LEFT_OUT)
    if value.status_code == OK:
        return Done()
    # The definition may have been there already; only where it is not does its refusal count.
    replies = [value] if defined is None or defined.status_code == OK else [defined, value]
    return _unwritten(asked, replies, "our mark could not be written", "company file")


WRITES: Final[Mapping[Kind, Callable[[Asked, Told], Outcome]]] = {
    Kind.CREATE_DOCUMENT: _document_created,
    Kind.UPDATE_DOCUMENT: _document_changed,
    Kind.VOID_DOCUMENT: _document_taken_out,
    Kind.CREATE_RECORD: _record_created,
    Kind.ACTIVATE_RECORD: _record_activated,
    Kind.WRITE_FIELD: _field_written,
    Kind.WRITE_MARK: _mark_written,
}
"""How the replies to a write are read."""
