"""The request processor: what happens to a message set, in the order of 7.8.

1. The document is read strictly; any fault refuses the whole set (0x80040400).
2. Message-set recovery: a known ID gives its stored answers again, the same ID
   with other content is 9001, an empty set asks, an old ID clears (3.3).
3. Each request is carried out whole or not at all.
4. ``stopOnError`` answers what follows an error with 3231.
5. The answers are stored under the set's ID and made permanent together with
   everything the set did, before anybody sees them.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace

from counterfoil.connectors.quickbooks_desktop.qbxml import (
    Answer,
    IncomingRequest,
    InvalidQbxml,
    RequestSet,
    Version,
    parse_request_set,
    render_replies,
)
from counterfoil.sandboxes.kit import FaultPlan
from counterfoil.sandboxes.quickbooks_desktop import _faults as faults
from counterfoil.sandboxes.quickbooks_desktop import _refusals as status
from counterfoil.sandboxes.quickbooks_desktop._books import Books
from counterfoil.sandboxes.quickbooks_desktop._faults import Fault
from counterfoil.sandboxes.quickbooks_desktop._other_requests import OTHER_REQUESTS
from counterfoil.sandboxes.quickbooks_desktop._refusals import (
    QuickBooksConnectionError,
    RefusedError,
)
from counterfoil.sandboxes.quickbooks_desktop._requests import (
    REQUEST_ID_LENGTH_MAX,
    Reader,
    answer,
    refusal,
)
from counterfoil.sandboxes.quickbooks_desktop._values import as_windows_1252

SET_ID_LENGTH_MAX = 24

# Message-set statuses (3.3).
SET_OK = 0
SET_NOTHING_TO_CLEAR = 600
SET_WRONG_CHECKSUM = 9001
SET_UNKNOWN = 9002
SET_ID_TOO_LONG = 9004
SET_NOT_STORED = 9005

_CONTENT = re.compile(r"<QBXMLMsgsRq\b[^>]*>(.*)</QBXMLMsgsRq\s*>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ProcessResult:
    """What ProcessRequest gave: a response, or an HRESULT with COM's text and no response."""

    response: str
    hresult: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """One application's open connection to the books, and the faults that may strike it."""

    books: Books
    reader: Reader
    plan: FaultPlan[Fault]
    application: str


def process(connection: Connection, text: str) -> ProcessResult:
    """Process one message set of an application.

    Raises:
        QuickBooksConnectionError: QuickBooks "crashed" (an armed fault); the connection is dead.
    """
    books = connection.books
    try:
        asked = _read(books, text)
    except QuickBooksConnectionError as refused:
        return ProcessResult("", refused.hresult, refused.message)
    names = tuple(request.name for request in asked.requests)
    fault = connection.plan.struck(lambda one: one.strikes("set", names))
    if fault is not None and fault.kind == "modal-dialog-during-run":
        return ProcessResult("", fault.what.code, fault.what.message)
    if fault is not None and fault.kind == "crash-before":
        raise QuickBooksConnectionError(fault.what.code, fault.what.message)
    response = _recovered(connection, asked, text)
    if response is None:
        response = _carried_out(connection, asked, text, fault)
    books.store.commit()
    if fault is not None and fault.kind == "crash-after-commit":
        raise QuickBooksConnectionError(fault.what.code, fault.what.message)
    return ProcessResult(response)


def _read(books: Books, text: str) -> RequestSet:
    try:
        asked = parse_request_set(text, country=books.settings.country, unread=OTHER_REQUESTS)
    except InvalidQbxml as error:
        raise _parse_failure(str(error)) from error
    highest = Version.parse(books.settings.qbxml_version, books.settings.country)
    if asked.version > highest:
        raise _parse_failure(f"qbXML {asked.version} is newer than {highest}")
    if asked.on_error == "rollbackOnError":
        raise QuickBooksConnectionError(faults.NO_ROLLBACK, "rollbackOnError is not supported.")
    return asked


def _parse_failure(reason: str) -> QuickBooksConnectionError:
    return QuickBooksConnectionError(
        faults.PARSE_ERROR,
        f"QuickBooks found an error when parsing the provided XML text stream. ({reason})",
    )


# -- message-set recovery -------------------------------------------------------------------------


def _recovered(connection: Connection, asked: RequestSet, text: str) -> str | None:
    """The answer that needs no request carried out; ``None`` when they all have to be."""
    store, application = connection.books.store, connection.application
    new, old = asked.new_set_id, asked.old_set_id
    if any(len(one) > SET_ID_LENGTH_MAX for one in (new, old) if one):
        return _set_reply(asked, SET_ID_TOO_LONG)
    stored = store.message_set(application, new) if new else None
    if stored is not None:
        checksum, response = stored
        if asked.requests and checksum != _checksum(text):
            return _set_reply(asked, SET_WRONG_CHECKSUM)
        return response
    cleared = bool(old) and store.delete_message_set(application, old or "")
    if asked.requests:
        return None
    if new:
        return _set_reply(asked, SET_UNKNOWN)
    if old:
        return _set_reply(asked, SET_OK if cleared else SET_NOTHING_TO_CLEAR)
    return render_replies([], version=asked.version)


def _set_reply(asked: RequestSet, code: int) -> str:
    return render_replies([], version=asked.version, new_set_id=asked.new_set_id, set_status=code)


def _checksum(text: str) -> str:
    """Of what stands inside the message set; its attributes and the prolog do not count."""
    match = _CONTENT.search(text)
    content = match[1] if match is not None else ""
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


# -- carrying out ---------------------------------------------------------------------------------


def _carried_out(connection: Connection, asked: RequestSet, text: str, fault: Fault | None) -> str:
    books, new = connection.books, asked.new_set_id
    lost = fault is not None and fault.kind == "cannot-store"
    code = None if not new else SET_NOT_STORED if lost else SET_OK
    try:
        answers = _answers(connection, asked, text, fault)
        response = render_replies(
            answers, version=asked.version, new_set_id=new or None, set_status=code
        )
    except QuickBooksConnectionError:
        raise
    except BaseException:
        books.store.rollback()
        books.reload()
        raise
    if new and not lost:
        switches = books.settings.switches
        kept = 0 if switches.set_answers_kept == "none" else switches.message_sets_kept
        books.store.write_message_set(
            connection.application, new, _checksum(text), response, kept=kept
        )
    return response


def _answers(
    connection: Connection, asked: RequestSet, text: str, fault: Fault | None
) -> list[Answer]:
    # Text that is ASCII without references cannot hold what Windows-1252 does not.
    mangles = not text.isascii() or "&#" in text
    with_data = asked.response_data != "includeNone"
    answers: list[Answer] = []
    stopped = False
    for position, sent in enumerate(asked.requests):
        if fault is not None and fault.kind == "crash-midway" and position == fault.done:
            connection.books.store.commit()
            raise QuickBooksConnectionError(fault.what.code, fault.what.message)
        if stopped:
            answers.append(refusal(sent, _NOT_PROCESSED))
            continue
        request = replace(sent, fields=as_windows_1252(sent.fields)) if mangles else sent
        one = _answer(connection, request, with_data=with_data)
        answers.append(one)
        stopped = asked.on_error == "stopOnError" and one.severity == "Error"
    return answers


_NOT_PROCESSED = RefusedError(
    status.NOT_PROCESSED,
    "The request has not been processed: an earlier request of the message set failed.",
)


def _answer(connection: Connection, request: IncomingRequest, *, with_data: bool) -> Answer:
    books = connection.books
    if len(request.request_id or "") > REQUEST_ID_LENGTH_MAX:
        return refusal(request, _BAD_REQUEST_ID)
    struck = connection.plan.struck(lambda one: one.strikes("request", (request.name,)))
    if struck is not None:
        return refusal(request, RefusedError(int(struck.what.code), struck.what.message))
    books.is_touched = False
    try:
        with books.store.atomic():
            return answer(books, connection.reader, request, with_data=with_data)
    except RefusedError as reason:
        if books.is_touched:
            books.reload()
        return refusal(request, reason)


_BAD_REQUEST_ID = RefusedError(
    status.BAD_REQUEST_ID, f"The requestID is longer than {REQUEST_ID_LENGTH_MAX} characters."
)
