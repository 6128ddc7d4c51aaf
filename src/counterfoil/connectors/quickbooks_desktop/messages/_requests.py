"""From operations to message sets.

One operation becomes one request, with three exceptions.  A custom field becomes two:
whether a field has a value already decides between Mod and Add, so both are sent and one
of them succeeds (reference section 4.13).  Deletions of lists and of documents are two
questions, and our mark on a company file needs its field defined first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from counterfoil.connectors.quickbooks_desktop.marks import (
    LEDGER_FIELD,
    LEDGER_LENGTH_MAX,
    OWNER_ID,
)
from counterfoil.connectors.quickbooks_desktop.qbxml import (
    Problem,
    Rendered,
    Request,
    Version,
    allowed_values,
    length_limit,
    prepare,
    render_set,
    shown,
)
from counterfoil.connectors.quickbooks_desktop.records import (
    CREATED_ITEMS,
    NEW_LINE,
    write_customer,
    write_item,
)
from counterfoil.documents import Customer, Item
from counterfoil.engine.operations import (
    Batch,
    CreateDocument,
    CreateRecord,
    Describe,
    FindDocument,
    LineScope,
    Operation,
    ReadDeletions,
    ReadDocuments,
    ReadRecords,
    UpdateDocument,
    VoidDocument,
    VoidWay,
    WriteField,
    WriteMark,
)

from ._forms import (
    DELETED_DOCUMENTS,
    DELETED_LISTS,
    FIELD_OWNERS,
    FORMS,
    LISTS,
    LONE_ID_SUFFIX,
    SECOND_ID_SUFFIX,
    Form,
)

__all__ = ["Writer", "clear_set", "render_batch", "requests_of"]

_PUBLIC: Final = "0"


def render_batch(batch: Batch, version: Version) -> str:
    """Render a batch as the message set that is sent.

    Raises:
        AssertionError: The batch holds an operation that ``Writer.check`` refuses.
    """
    return Writer(version).render(batch)


class Writer:
    """Checks operations and renders the batch they become part of, each request once.

    Lives no longer than the planning and sending of one batch.
    """

    def __init__(self, version: Version) -> None:
        self.version = version
        self._prepared: dict[str, tuple[Operation, list[Rendered]]] = {}

    def check(self, operation: Operation) -> Problem | None:
        """Say what QuickBooks would refuse in an operation, or what we cannot ask of it.

        Never raises, whatever the operation holds, and whatever its kind: a set with one
        bad value is refused whole, so a look-up whose number holds a control character, or
        one longer than QuickBooks' numbers, is as much a problem as a document with one.
        What was not refused can be rendered.

        Returns:
            The first problem.  Its code is ``unsupported`` where QuickBooks has no way to
            do it (a sales order cannot be voided), ``unknown-request`` where the mistake is
            ours (a kind this connector does not know, a question about nothing).
        """
        requests = _plan(operation)
        if isinstance(requests, Problem):
            return requests
        rendered: list[Rendered] = []
        for request in requests:
            prepared = prepare(request, self.version)
            if not isinstance(prepared, str):
                return prepared[0]
            rendered.append(prepared)
        self._prepared[operation.id] = operation, rendered
        return None

    def render(self, batch: Batch) -> str:
        """Render a batch; ``render_batch`` says how."""
        version = self.version
        if batch.recovers:
            return render_set((), version=version, new_set_id=batch.key, old_set_id=batch.key)
        requests: list[Request | Rendered] = []
        for each in batch.operations:
            checked, rendered = self._prepared.get(each.id, (None, ()))
            # The same id may have been given to another operation since.
            requests += rendered if checked is each else requests_of(each)
        return render_set(
            requests,
            version=version,
            on_error="continueOnError",
            new_set_id=batch.key or None,
            old_set_id=batch.clears,
        )


def clear_set(key: str, version: Version) -> str:
    """Render the empty set that makes QuickBooks forget the answer of an earlier one."""
    return render_set((), version=version, old_set_id=key)


def requests_of(operation: Operation) -> Sequence[Request]:
    """Give the requests that carry an operation out.

    Raises:
        AssertionError: There are none; ``Writer.check`` says so beforehand.
    """
    requests = _plan(operation)
    assert not isinstance(requests, Problem), requests.message
    return requests


def _plan(operation: Operation) -> Sequence[Request] | Problem:
    """Give the requests of an operation, or why there are none."""
    match operation:
        case CreateDocument():
            return _creation(operation)
        case UpdateDocument():
            return _change(operation)
        case VoidDocument():
            return _removal(operation)
        case CreateRecord():
            return _record(operation)
        case ReadRecords():
            return _list_query(operation)
        case ReadDocuments():
            return _document_query(operation)
        case ReadDeletions():
            return _deleted_queries(operation)
        case FindDocument():
            return _find_query(operation)
        case WriteField():
            return _field_requests(operation)
        case WriteMark():
            return _mark_requests(operation)
        case Describe():
            return [
                Request(query, {}, operation.id + SECOND_ID_SUFFIX * position)
                for position, query in enumerate(("HostQuery", "CompanyQuery", "PreferencesQuery"))
            ]
        case _:
            return _unknown(operation, "no such operation")


def _unknown(operation: Operation, what: str) -> Problem:
    name = type(operation).__name__
    return Problem("unknown-request", "", name, f"{name} cannot be asked of QuickBooks: {what}.")


def _missing(path: str, why: str) -> Problem:
    return Problem("missing", path, "", f"{path} is required: {why}.")


# --- Writing a document -------------------------------------------------------------------


def _creation(create: CreateDocument) -> Sequence[Request] | Problem:
    form = FORMS.get(create.kind)
    if form is None or not isinstance(create.document, form.type):
        return _unknown(create, f"{create.kind.words} as a new document")
    return [Request(f"{form.name}Add", form.write(create.document, create.key), create.id)]


def _change(change: UpdateDocument) -> Sequence[Request] | Problem:
    form = FORMS.get(change.kind)
    if form is None or not isinstance(change.document, form.type):
        return _unknown(change, f"{change.kind.words} as a changed document")
    if not change.document_id:
        return _missing("TxnID", "a change names its document")
    if not change.revision:
        return _missing("EditSequence", "a change names the version that was read")
    fields = form.change(change)
    problem = _line_problem(change, form, fields)
    return problem or [Request(f"{form.name}Mod", fields, change.id)]


def _line_problem(change: UpdateDocument, form: Form, fields: Mapping[str, Any]) -> Problem | None:
    """Refuse what QuickBooks would take for something else than is meant."""
    if change.lines is LineScope.NONE:
        return None
    lines = fields[form.changed_line]
    if not lines:
        # QuickBooks reads a Mod without lines as "leave the lines alone" (7.3).
        return _missing(form.changed_line, "a document without lines cannot be written")
    counts = Counter(line["TxnLineID"] for line in lines)
    twice = next((each for each, n in counts.items() if n > 1 and each != NEW_LINE), None)
    if twice is None:
        return None
    sentence = f"The line {shown(twice)!r} is given twice."
    return Problem("repeated", f"{form.changed_line}/TxnLineID", shown(twice), sentence)


def _removal(void: VoidDocument) -> Sequence[Request] | Problem:
    form = FORMS.get(void.kind)
    if form is None:
        return _unknown(void, f"{void.kind.words} as a document to take out")
    if not void.document_id:
        return _missing("TxnID", "what is taken out is named")
    name = "TxnVoid" if void.how is VoidWay.VOID else "TxnDel"
    if form.name not in allowed_values(name, f"{name}Type"):
        verb, other = ("voided", "delete or close") if name == "TxnVoid" else ("deleted", "close")
        sentence = f"a {void.kind.words} cannot be {verb} in QuickBooks; {other} it instead"
        return Problem("unsupported", "", void.how, sentence)
    return [Request(name, {f"{name}Type": form.name, "TxnID": void.document_id}, void.id)]


def _record(create: CreateRecord) -> Sequence[Request] | Problem:
    match create.record:
        case Customer() as customer:
            return [Request("CustomerAdd", write_customer(customer, create.key), create.id)]
        case Item() as item if item.type in CREATED_ITEMS:
            name, fields = write_item(item, create.key)
            return [Request(name, fields, create.id)]
        case _:
            return _unknown(create, f"a new {create.kind.words} of this type")


def _field_requests(field: WriteField) -> Sequence[Request] | Problem:
    owner = FIELD_OWNERS.get(field.kind)
    if owner is None:
        return _unknown(field, f"a {field.kind.words} has no custom fields there")
    if not field.document_id or not field.name:
        return _missing("TxnID" if field.name else "DataExtName", "a field has a name and a place")
    fields = {
        "OwnerID": _PUBLIC,
        "DataExtName": field.name,
        "TxnDataExtType": owner,
        "TxnID": field.document_id,
        "DataExtValue": field.value,
    }
    return [
        Request("DataExtMod", fields, field.id),
        Request("DataExtAdd", fields, field.id + SECOND_ID_SUFFIX),
    ]


def _mark_requests(mark: WriteMark) -> Sequence[Request] | Problem:
    if not mark.value:
        return _missing("DataExtValue", "a mark says something")
    if len(mark.value) > LEDGER_LENGTH_MAX:
        sentence = (
            f"DataExtValue {shown(mark.value)!r} has {len(mark.value)} characters; "
            f"{LEDGER_LENGTH_MAX} are allowed."
        )
        return Problem("too-long", "DataExtValue", shown(mark.value), sentence)
    field = {"OwnerID": OWNER_ID, "DataExtName": LEDGER_FIELD}
    value = {**field, "OtherDataExtType": "Company", "DataExtValue": mark.value}
    if mark.exists:
        return [Request("DataExtMod", value, mark.id)]
    definition = {**field, "DataExtType": "STR255TYPE", "AssignToObject": ["Company"]}
    return [
        Request("DataExtDefAdd", definition, mark.id),
        Request("DataExtAdd", value, mark.id + SECOND_ID_SUFFIX),
    ]


# --- Reading ------------------------------------------------------------------------------


def _iterator(page: str | None) -> Mapping[str, str]:
    """Continue without the filters of the start: repeating them is refused (quirk 13)."""
    if page is None:
        return {"iterator": "Start"}
    return {"iterator": "Continue", "iteratorID": page}


def _list_query(read: ReadRecords) -> Sequence[Request] | Problem:
    form = LISTS[read.kind]
    fields: dict[str, Any] = {}
    if form.is_paged:
        fields["MaxReturned"] = read.limit
    if read.page is None:
        fields["ActiveStatus"] = "All"
        if read.since is not None:
            fields["FromModifiedDate"] = read.since
    if form.elements:
        fields["IncludeRetElement"] = list(form.elements)
    if form.has_custom_fields:
        fields["OwnerID"] = [_PUBLIC]
    return [Request(form.query, fields, read.id, _iterator(read.page) if form.is_paged else {})]


def _document_query(read: ReadDocuments) -> Sequence[Request] | Problem:
    form = FORMS.get(read.kind)
    if form is None:
        return _unknown(read, f"a list of {read.kind.words}s")
    fields: dict[str, Any] = {"MaxReturned": read.limit}
    if read.page is None and read.since is not None:
        fields["ModifiedDateRangeFilter"] = {"FromModifiedDate": read.since}
    if read.page is None and read.dated is not None:
        first, last = read.dated
        fields["TxnDateRangeFilter"] = {"FromTxnDate": first, "ToTxnDate": last}
    if read.heads:
        fields["IncludeRetElement"] = list(form.heads)
    else:
        fields |= _WHOLE
    return [Request(form.query, fields, read.id, _iterator(read.page))]


# Lines and public custom fields come only where they are asked for (reference section 3.4).
_WHOLE: Final[Mapping[str, Any]] = {"IncludeLineItems": True, "OwnerID": [_PUBLIC]}


def _find_query(find: FindDocument) -> Sequence[Request] | Problem:
    form = FORMS.get(find.kind)
    if form is None:
        return _unknown(find, f"a look-up of {find.kind.words}s")
    if bool(find.ids) == bool(find.numbers):
        return _unknown(find, "a look-up is by identities or by numbers")
    name = "TxnID" if find.ids else "RefNumberCaseSensitive"
    # The query itself has no limit; a longer number than an Add takes is none of theirs.
    length_max = None if find.ids else length_limit(f"{form.name}Add", "RefNumber")
    for value in find.ids or find.numbers:
        if not value:
            return _missing(name, "nothing is found by an empty text")
        if length_max is not None and len(value) > length_max:
            sentence = (
                f"RefNumber {shown(value)!r} has {len(value)} characters; {length_max} are allowed."
            )
            return Problem("too-long", "RefNumber", shown(value), sentence)
    return [Request(form.query, {name: list(find.ids or find.numbers), **_WHOLE}, find.id)]


def _deleted_queries(read: ReadDeletions) -> Sequence[Request] | Problem:
    since: dict[str, Any] = (
        {"DeletedDateRangeFilter": {"FromDeletedDate": read.since}} if read.since else {}
    )
    lists = [name for name, kind in DELETED_LISTS.items() if kind in read.records]
    documents = [name for name, kind in DELETED_DOCUMENTS.items() if kind in read.documents]
    if not lists and not documents:
        return _unknown(read, "which deletions?")
    # The answer must show whether a half is missing or was never asked for.
    first, second = (
        (read.id, read.id + SECOND_ID_SUFFIX)
        if lists and documents
        else (read.id + LONE_ID_SUFFIX,) * 2
    )
    requests: list[Request] = []
    if lists:
        requests.append(Request("ListDeletedQuery", {"ListDelType": lists, **since}, first))
    if documents:
        requests.append(Request("TxnDeletedQuery", {"TxnDelType": documents, **since}, second))
    return requests
