"""From operations to message sets.

One operation becomes one request, with four exceptions.  A custom field becomes two:
whether a field has a value already decides between Mod and Add, so both are sent and one
of them succeeds (reference section 4.13).  Deletions of lists and of documents are two
questions, so are the two kinds of items that are stocked, and our mark on a company file needs
its field defined first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
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
    PUBLIC,
    SITE_ELEMENTS,
    STOCK_ELEMENTS,
    change_problem,
    employee_problem,
    table_of,
    write_customer,
    write_employee,
    write_item,
    write_vendor,
)
from counterfoil.documents import Customer, Employee, Item, Vendor
from counterfoil.engine.operations import (
    ActivateRecord,
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
    ReadStock,
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
    SITES_QUERY,
    STOCK_PAGE,
    STOCK_QUERIES,
    Form,
)

__all__ = ["Writer", "clear_set", "render_batch", "requests_of"]


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
    planner = _PLANNERS.get(type(operation))
    return _unknown(operation, "no such operation") if planner is None else planner(operation)


def _describe(describe: Describe) -> Sequence[Request] | Problem:
    return [
        Request(query, {}, describe.id + SECOND_ID_SUFFIX * position)
        for position, query in enumerate(("HostQuery", "CompanyQuery", "PreferencesQuery"))
    ]


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
    problem = form.problem(create.document)
    return problem or [
        Request(f"{form.name}Add", form.write(create.document, create.key), create.id)
    ]


def _change(change: UpdateDocument) -> Sequence[Request] | Problem:
    form = FORMS.get(change.kind)
    if form is None or not isinstance(change.document, form.type):
        return _unknown(change, f"{change.kind.words} as a changed document")
    if not change.document_id:
        return _missing("TxnID", "a change names its document")
    if not change.revision:
        return _missing("EditSequence", "a change names the version that was read")
    problem = _impossible(change, form) or change_problem(change)
    if problem is not None:
        return problem
    fields = form.change(change)
    problem = _line_problem(change, form, fields)
    return problem or [Request(f"{form.name}Mod", fields, change.id)]


def _impossible(change: UpdateDocument, form: Form) -> Problem | None:
    """Refuse what QuickBooks has no way to do with a document of this kind."""
    if change.closes is not None and not form.is_closable:
        sentence = f"a {change.kind.words} cannot be closed by hand in QuickBooks"
        return Problem("unsupported", "", "close", sentence)
    if change.lines is LineScope.ALL and not form.takes_changed_lines:
        sentence = f"the lines of a {change.kind.words} cannot be changed in QuickBooks"
        return Problem("unsupported", "", change.lines, sentence)
    return None


def _line_problem(change: UpdateDocument, form: Form, fields: Mapping[str, Any]) -> Problem | None:
    """Refuse what QuickBooks would take for something else than is meant."""
    if change.lines is LineScope.NONE or not form.tables:
        return None
    names = [f"{table.name}Mod" for table in form.tables]
    lines = [(name, line) for name in names for line in fields.get(name, ())]
    if not lines:
        # QuickBooks reads a Mod without lines as "leave the lines alone" (7.3).
        return _missing(names[0], "a document without lines cannot be written")
    counts = Counter(line["TxnLineID"] for _, line in lines)
    for name, line in lines:
        identity = line["TxnLineID"]
        if counts[identity] > 1 and identity != NEW_LINE:
            sentence = f"The line {shown(identity)!r} is given twice."
            return Problem("repeated", f"{name}/TxnLineID", shown(identity), sentence)
    return None


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
        case Vendor() as vendor:
            return [Request("VendorAdd", write_vendor(vendor, create.key), create.id)]
        case Employee() as employee:
            problem = employee_problem(employee)
            fields = write_employee(employee, create.key)
            return problem or [Request("EmployeeAdd", fields, create.id)]
        case Item() as item if item.type in CREATED_ITEMS:
            name, fields = write_item(item, create.key)
            return [Request(name, fields, create.id)]
        case _:
            return _unknown(create, f"a new {create.kind.words} of this type")


def _activation(activate: ActivateRecord) -> Sequence[Request] | Problem:
    """Change nothing but that it is active: what a Mod leaves out stays (reference 7.3)."""
    record, table = activate.record, table_of(activate.record)
    if table is None:
        sentence = f"a {activate.kind.words} of this type is made active in QuickBooks by hand"
        return Problem("unsupported", "", shown(record.name), sentence)
    if not record.id or not record.revision:
        return _missing("EditSequence", "a change names the version that was read")
    fields: dict[str, Any] = {
        "ListID": record.id,
        "EditSequence": record.revision,
        "IsActive": True,
    }
    return [Request(f"{table}Mod", fields, activate.id)]


def _field_requests(field: WriteField) -> Sequence[Request] | Problem:
    owner = FIELD_OWNERS.get(field.kind)
    if owner is None:
        sentence = f"a {field.kind.words} has no custom fields of its own in QuickBooks"
        return Problem("unsupported", "", shown(field.name), sentence)
    if not field.document_id or not field.name:
        return _missing("TxnID" if field.name else "DataExtName", "a field has a name and a place")
    fields = {
        "OwnerID": PUBLIC,
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
    if read.page is None and form.is_filtered:
        fields["ActiveStatus"] = "All"
        if read.since is not None:
            fields["FromModifiedDate"] = read.since
    if form.elements:
        fields["IncludeRetElement"] = list(form.elements)
    if form.has_custom_fields:
        fields["OwnerID"] = [PUBLIC]
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
        fields |= _whole(form)
    return [Request(form.query, fields, read.id, _iterator(read.page))]


def _whole(form: Form, *, links: bool = False) -> Mapping[str, Any]:
    """Ask for all of a document, and where it matters for its links."""
    wants_links = form.tells_ancestors or (links and form.has_links)
    return {**form.whole, "IncludeLinkedTxns": True} if wants_links else form.whole


def _find_query(find: FindDocument) -> Sequence[Request] | Problem:
    form = FORMS.get(find.kind)
    if form is None:
        return _unknown(find, f"a look-up of {find.kind.words}s")
    if bool(find.ids) == bool(find.numbers):
        return _unknown(find, "a look-up is by identities or by numbers")
    if find.numbers and not form.is_numbered:
        return _unknown(find, f"a {find.kind.words} has no number there")
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
    fields = {name: list(find.ids or find.numbers), **_whole(form, links=find.links)}
    return [Request(form.query, fields, find.id)]


def _stock_queries(read: ReadStock) -> Sequence[Request] | Problem:
    """Ask for both kinds of stocked items; going on, for those of which there are more."""
    if read.at_sites:
        return [_sites_query(read)]
    wanted: dict[str, Any] = {"IncludeRetElement": list(STOCK_ELEMENTS)}
    if read.items:
        filters: dict[str, Any] = {"ListID": list(read.items), **wanted}
        return _both([Request(query, filters) for query in STOCK_QUERIES], read.id)
    if read.page is None:
        filters = {"MaxReturned": read.limit, "ActiveStatus": "All", **wanted}
        start = _iterator(None)
        return _both([Request(query, filters, None, start) for query in STOCK_QUERIES], read.id)
    pages = [page or None for page in read.page.split(STOCK_PAGE)]
    if len(pages) != len(STOCK_QUERIES) or not any(pages):
        return _unknown(read, "a page that no answer has named")
    filters = {"MaxReturned": read.limit, **wanted}
    return _both(
        [
            Request(query, filters, None, _iterator(page))
            for query, page in zip(STOCK_QUERIES, pages, strict=True)
            if page is not None
        ],
        read.id,
    )


def _sites_query(read: ReadStock) -> Request:
    """Ask how much of stocked items there is at each site."""
    wanted: dict[str, Any] = {"IncludeRetElement": list(SITE_ELEMENTS)}
    if read.items:
        # A ListID beside the filter would be that of an item at a site.
        named = {"ItemSiteFilter": {"ItemFilter": {"ListID": list(read.items)}}}
        return Request(SITES_QUERY, {**named, "ActiveStatus": "All", **wanted}, read.id)
    filters: dict[str, Any] = {"MaxReturned": read.limit, **wanted}
    if read.page is None:
        filters["ActiveStatus"] = "All"
    return Request(SITES_QUERY, filters, read.id, _iterator(read.page))


def _both(requests: Sequence[Request], operation_id: str) -> Sequence[Request]:
    """Name the halves of a question so that the answer shows whether one of them is missing."""
    if len(requests) == 1:
        return [replace(requests[0], request_id=operation_id + LONE_ID_SUFFIX)]
    return [
        replace(request, request_id=operation_id + SECOND_ID_SUFFIX * position)
        for position, request in enumerate(requests)
    ]


def _deleted_queries(read: ReadDeletions) -> Sequence[Request] | Problem:
    since: dict[str, Any] = (
        {"DeletedDateRangeFilter": {"FromDeletedDate": read.since}} if read.since else {}
    )
    lists = [name for name, kind in DELETED_LISTS.items() if kind in read.records]
    documents = [name for name, kind in DELETED_DOCUMENTS.items() if kind in read.documents]
    if not lists and not documents:
        return _unknown(read, "which deletions?")
    requests: list[Request] = []
    if lists:
        requests.append(Request("ListDeletedQuery", {"ListDelType": lists, **since}))
    if documents:
        requests.append(Request("TxnDeletedQuery", {"TxnDelType": documents, **since}))
    return _both(requests, read.id)


_PLANNERS: Final[Mapping[type[Operation], Callable[[Any], Sequence[Request] | Problem]]] = {
    CreateDocument: _creation,
    UpdateDocument: _change,
    VoidDocument: _removal,
    CreateRecord: _record,
    ActivateRecord: _activation,
    ReadRecords: _list_query,
    ReadDocuments: _document_query,
    ReadDeletions: _deleted_queries,
    ReadStock: _stock_queries,
    FindDocument: _find_query,
    WriteField: _field_requests,
    WriteMark: _mark_requests,
    Describe: _describe,
}
