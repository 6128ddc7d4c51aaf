"""Batches as qbXML message sets, and their answers as outcomes.

One operation becomes one request, except a custom field, which becomes two: whether a
field has a value already decides between Mod and Add, so both are sent and one of them
succeeds (reference section 4.13).  The request's id is the operation's own.

Sets that write carry a ``newMessageSetID``; QuickBooks keeps their answer in the company
file until a later set clears it, and gives it again when asked with an empty set.  That
is how a lost answer is recovered (reference section 3.3).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from lxml import etree

from counterfoil.documents import (
    Customer,
    DocumentKind,
    Item,
    ListRecord,
    RecordKind,
    Refusal,
    SalesOrder,
    refuse,
)
from counterfoil.engine.operations import (
    Batch,
    Busy,
    CreateDocument,
    CreateRecord,
    Describe,
    Done,
    FindDocument,
    Missing,
    Operation,
    Outcome,
    Page,
    ReadDeletions,
    ReadDocuments,
    ReadRecords,
    Refused,
    Unknown,
    WriteField,
)
from counterfoil.engine.settling import Asked, Kind

from . import refusals
from .qbxml import (
    Problem,
    Record,
    Rendered,
    Reply,
    ReplySet,
    Request,
    UnreadableQbxml,
    Version,
    parse_replies,
    prepare,
    render_set,
)
from .qbxml.status import NOT_FOUND, NOTHING_FOUND, OK, SET_NEVER_RAN, SOME_NOT_FOUND
from .records import (
    read_record,
    read_sales_order,
    write_customer,
    write_item,
    write_sales_order,
)

__all__ = ["Writer", "clear_set", "read_answer", "render_batch", "requests_of"]

ANSWER_LIMIT_BYTES: Final = 64 * 2**20
SECOND_ID_SUFFIX: Final = "+"

_LIST_QUERIES: Final[Mapping[RecordKind, str]] = {
    RecordKind.CUSTOMER: "CustomerQuery",
    RecordKind.VENDOR: "VendorQuery",
    RecordKind.EMPLOYEE: "EmployeeQuery",
    RecordKind.OTHER_NAME: "OtherNameQuery",
    RecordKind.ITEM: "ItemQuery",
    RecordKind.ACCOUNT: "AccountQuery",
    RecordKind.CLASS: "ClassQuery",
}

# Lists that QuickBooks hands out in pages (reference section 4.15).
_PAGED: Final = frozenset({RecordKind.CUSTOMER, RecordKind.VENDOR, RecordKind.ITEM})

# What a customer with hundreds of ship-to addresses would otherwise drag along
# (reference section 4.11).
_CUSTOMER_ELEMENTS: Final = (
    "ListID",
    "TimeModified",
    "EditSequence",
    "Name",
    "FullName",
    "IsActive",
    "CompanyName",
    "BillAddress",
    "Phone",
    "Email",
    "Contact",
)

_DELETED_LISTS: Final[Mapping[str, RecordKind]] = {
    "Customer": RecordKind.CUSTOMER,
    "Vendor": RecordKind.VENDOR,
    "Employee": RecordKind.EMPLOYEE,
    "OtherName": RecordKind.OTHER_NAME,
    "Account": RecordKind.ACCOUNT,
    "Class": RecordKind.CLASS,
    "ItemService": RecordKind.ITEM,
    "ItemNonInventory": RecordKind.ITEM,
    "ItemInventory": RecordKind.ITEM,
    "ItemInventoryAssembly": RecordKind.ITEM,
    "ItemOtherCharge": RecordKind.ITEM,
    "ItemGroup": RecordKind.ITEM,
    "ItemDiscount": RecordKind.ITEM,
    "ItemSubtotal": RecordKind.ITEM,
    "ItemPayment": RecordKind.ITEM,
    "ItemSalesTax": RecordKind.ITEM,
    "ItemSalesTaxGroup": RecordKind.ITEM,
    "ItemFixedAsset": RecordKind.ITEM,
}
_DELETED_DOCUMENTS: Final[Mapping[str, DocumentKind]] = {
    "SalesOrder": DocumentKind.SALES_ORDER,
}

# A search for our mark looks back this much further than our own clock says: the clock
# of the QuickBooks computer is another one, in a time zone we need not know.
_CLOCK_MARGIN: Final = timedelta(days=2)


def render_batch(batch: Batch, version: Version) -> str:
    """Render a batch as the message set that is sent.

    Raises:
        AssertionError: The batch holds an operation this system does not know.
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
        """Say what QuickBooks would refuse in an operation."""
        rendered: list[Rendered] = []
        for request in requests_of(operation):
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


def requests_of(operation: Operation) -> Iterator[Request]:
    """Give the requests that carry an operation out."""
    match operation:
        case CreateDocument(document=SalesOrder() as order, key=key):
            yield Request("SalesOrderAdd", write_sales_order(order, key), operation.id)
        case CreateRecord(record=Customer() as customer, key=key):
            yield Request("CustomerAdd", write_customer(customer, key), operation.id)
        case CreateRecord(record=Item() as item, key=key):
            name, fields = write_item(item, key)
            yield Request(name, fields, operation.id)
        case ReadRecords():
            yield _list_query(operation)
        case ReadDocuments():
            yield _order_query(operation)
        case ReadDeletions():
            yield from _deleted_queries(operation)
        case FindDocument():
            yield _find_query(operation)
        case WriteField():
            yield from _field_requests(operation)
        case Describe():
            for position, query in enumerate(("HostQuery", "CompanyQuery", "PreferencesQuery")):
                yield Request(query, {}, operation.id + SECOND_ID_SUFFIX * position)
        case _:
            raise AssertionError(f"QuickBooks Desktop does not know {operation!r:.100}")


def _list_query(read: ReadRecords) -> Request:
    name = _LIST_QUERIES[read.kind]
    fields: dict[str, Any] = {}
    if read.kind in _PAGED:
        fields["MaxReturned"] = read.limit
    if read.page is None:
        fields["ActiveStatus"] = "All"
        if read.since is not None:
            fields["FromModifiedDate"] = read.since
    if read.kind is RecordKind.CUSTOMER:
        fields["IncludeRetElement"] = list(_CUSTOMER_ELEMENTS)
    elif read.kind in (RecordKind.ITEM, RecordKind.VENDOR):
        fields["OwnerID"] = ["0"]
    return Request(name, fields, read.id, _iterator(read.page) if read.kind in _PAGED else {})


def _iterator(page: str | None) -> Mapping[str, str]:
    """Continue without the filters of the start: repeating them is refused (quirk 13)."""
    if page is None:
        return {"iterator": "Start"}
    return {"iterator": "Continue", "iteratorID": page}


def _order_query(read: ReadDocuments) -> Request:
    assert read.kind is DocumentKind.SALES_ORDER
    fields: dict[str, Any] = {"MaxReturned": read.limit}
    if read.page is None and read.since is not None:
        fields["ModifiedDateRangeFilter"] = {"FromModifiedDate": read.since}
    fields["IncludeLineItems"] = True
    fields["OwnerID"] = ["0"]
    return Request("SalesOrderQuery", fields, read.id, _iterator(read.page))


def _deleted_queries(read: ReadDeletions) -> Iterator[Request]:
    wanted: dict[str, Any] = (
        {"DeletedDateRangeFilter": {"FromDeletedDate": read.since}} if read.since else {}
    )
    lists = [name for name, kind in _DELETED_LISTS.items() if kind in read.records]
    documents = [name for name, kind in _DELETED_DOCUMENTS.items() if kind in read.documents]
    if lists:
        yield Request("ListDeletedQuery", {"ListDelType": lists, **wanted}, read.id)
    if documents:
        yield Request(
            "TxnDeletedQuery",
            {"TxnDelType": documents, **wanted},
            read.id + SECOND_ID_SUFFIX,
        )


def _find_query(find: FindDocument) -> Request:
    assert find.kind is DocumentKind.SALES_ORDER
    fields: dict[str, Any] = {"IncludeLineItems": True}
    if find.numbers:
        fields["RefNumberCaseSensitive"] = list(find.numbers)
    elif find.since is not None:
        since = (find.since - _CLOCK_MARGIN).replace(tzinfo=None)
        fields["ModifiedDateRangeFilter"] = {"FromModifiedDate": since}
    return Request("SalesOrderQuery", fields, find.id)


_DATA_EXT_TYPES: Final[Mapping[DocumentKind, str]] = {
    DocumentKind.SALES_ORDER: "SalesOrder",
    DocumentKind.PURCHASE_ORDER: "PurchaseOrder",
    DocumentKind.INVOICE: "Invoice",
    DocumentKind.BILL: "Bill",
    DocumentKind.ESTIMATE: "Estimate",
}


def _field_requests(field: WriteField) -> Iterator[Request]:
    fields = {
        "OwnerID": "0",
        "DataExtName": field.name,
        "TxnDataExtType": _DATA_EXT_TYPES[field.kind],
        "TxnID": field.document_id,
        "DataExtValue": field.value,
    }
    yield Request("DataExtMod", fields, field.id)
    yield Request("DataExtAdd", fields, field.id + SECOND_ID_SUFFIX)


# --- Answers ------------------------------------------------------------------------------


def read_answer(
    asked: Sequence[Asked], text: str, *, recovers: bool = False
) -> Mapping[str, Outcome]:
    """Read what QuickBooks answered to a message set.

    Args:
        asked: The operations of the set; for a recovery, those of the set asked about.
        text: The answer; never empty (QuickBooks' errors of connection come otherwise).
        recovers: The set only asked what became of an earlier one.

    Returns:
        Outcomes by operation; an operation the answer leaves out is left out here too.
        An answer that cannot be read leaves all of them unknown.
    """
    try:
        replies = parse_replies(text, limit_bytes=ANSWER_LIMIT_BYTES)
    except UnreadableQbxml as error:
        return {each.wire_id: Unknown(f"the answer cannot be read: {error}") for each in asked}
    if recovers and replies.status_code == SET_NEVER_RAN:
        return {each.wire_id: Missing("the message set never ran") for each in asked}
    by_id = {reply.request_id: reply for reply in replies.replies if reply.request_id}
    outcomes: dict[str, Outcome] = {}
    for each in asked:
        reply = by_id.get(each.wire_id)
        if reply is None:
            outcomes[each.wire_id] = Unknown(_silence(replies))
        else:
            outcomes[each.wire_id] = _outcome(each, reply, by_id)
    return outcomes


def _silence(replies: ReplySet) -> str:
    if replies.status_code is None:
        return "the answer leaves this request out"
    return f"QuickBooks cannot tell (message-set status {replies.status_code})"


def _outcome(asked: Asked, reply: Reply, by_id: Mapping[str, Reply]) -> Outcome:
    second = by_id.get(asked.wire_id + SECOND_ID_SUFFIX)
    try:
        match asked.kind:
            case Kind.CREATE_DOCUMENT | Kind.CREATE_RECORD:
                return _written(asked, reply)
            case Kind.READ_RECORDS:
                return _read(asked, reply, _records_page)
            case Kind.READ_DOCUMENTS | Kind.FIND:
                return _read(asked, reply, _documents_page)
            case Kind.READ_DELETIONS:
                return _read_deletions(asked, [reply] if second is None else [reply, second])
            case Kind.WRITE_FIELD:
                return _field_written(asked, reply, second)
            case Kind.DESCRIBE:
                return Done()
    except UnreadableQbxml as error:
        return Unknown(f"the answer cannot be read: {error}")


def _written(asked: Asked, reply: Reply) -> Outcome:
    if not _succeeded(reply):
        return refusals.outcome(asked, reply)
    record = reply.records[0] if reply.records else reply.recovery
    if record is None:
        return Unknown("QuickBooks says it is done and does not say what")
    told = {str(each.tag): each.text or "" for each in _TOLD(record.element)}
    identity = told.get("TxnID") or told.get("ListID")
    if not identity:
        return Unknown("QuickBooks says it is done and gives no identity")
    return Done(
        id=identity,
        number=told.get("RefNumber") or None,
        revision=told.get("EditSequence"),
        total=told.get("TotalAmount"),
        line_ids=_line_ids(record),
        record=_learned(asked, record),
        note=reply.message if reply.status_code else None,
    )


# All that is kept of a document just written; asked for at once, since each search begins anew.
_TOLD: Final = etree.XPath("TxnID|ListID|RefNumber|EditSequence|TotalAmount")
_LINES: Final = etree.XPath("SalesOrderLineRet")
_LINE_IDS: Final = etree.XPath("SalesOrderLineRet/TxnLineID/text()", smart_strings=False)


def _line_ids(record: Record) -> tuple[str, ...]:
    """Give the identity of every line; an empty one for a line that tells none."""
    lines = _LINES(record.element)
    ids = _LINE_IDS(record.element)
    if len(ids) == len(lines):
        return tuple(ids)
    return tuple(line.findtext("TxnLineID") or "" for line in lines)


def _learned(asked: Asked, record: Record) -> ListRecord | None:
    return read_record(record) if asked.kind is Kind.CREATE_RECORD else None


def _succeeded(reply: Reply) -> bool:
    """Done, if need be with a warning: what counts is that nothing was refused."""
    return reply.severity.lower() in ("info", "warn", "") and not (
        reply.status_code and not reply.records and reply.recovery is None
    )


def _read(asked: Asked, reply: Reply, page: Any) -> Outcome:
    if reply.status_code in (NOTHING_FOUND, SOME_NOT_FOUND) and not reply.records:
        return Done(page=Page())
    if reply.severity.lower() == "error":
        return refusals.reading(asked, reply)
    return Done(page=page(reply))


def _records_page(reply: Reply) -> Page:
    records: list[ListRecord] = []
    unreadable: list[str] = []
    for each in reply.records:
        try:
            record = read_record(each)
        except UnreadableQbxml as error:
            unreadable.append(str(error))
            continue
        if record is not None and record.id:
            records.append(record)
    return Page(
        records=tuple(records),
        latest=_latest(reply),
        next=_next(reply),
        remaining=reply.remaining,
        unreadable=tuple(unreadable),
    )


def _documents_page(reply: Reply) -> Page:
    documents: list[SalesOrder] = []
    keys: dict[str, str] = {}
    unreadable: list[str] = []
    for each in reply.records:
        try:
            document = read_sales_order(each)
        except UnreadableQbxml as error:
            unreadable.append(str(error))
            continue
        if not document.id:
            continue
        documents.append(document)
        if key := each.text("ExternalGUID"):
            keys[document.id] = key
    return Page(
        documents=tuple(documents),
        keys=keys,
        latest=_latest(reply),
        next=_next(reply),
        remaining=reply.remaining,
        unreadable=tuple(unreadable),
    )


def _latest(reply: Reply) -> datetime | None:
    """Give the latest change, by the wall clock of the QuickBooks computer."""
    moments = (each.wall_clock("TimeModified") for each in reply.records)
    return max((moment for moment in moments if moment is not None), default=None)


def _next(reply: Reply) -> str | None:
    return reply.iterator_id if reply.remaining else None


def _read_deletions(asked: Asked, replies: Sequence[Reply]) -> Outcome:
    records: list[tuple[RecordKind, str]] = []
    documents: list[tuple[DocumentKind, str]] = []
    moments: list[datetime] = []
    for reply in replies:
        if reply.severity.lower() == "error":
            return refusals.reading(asked, reply)
        for each in reply.records:
            kind = _DELETED_LISTS.get(each.text("ListDelType") or "")
            document = _DELETED_DOCUMENTS.get(each.text("TxnDelType") or "")
            if kind is not None and (list_id := each.text("ListID")):
                records.append((kind, list_id))
            elif document is not None and (txn_id := each.text("TxnID")):
                documents.append((document, txn_id))
            if (moment := each.wall_clock("TimeDeleted")) is not None:
                moments.append(moment)
    return Done(
        page=Page(
            deleted_records=tuple(records),
            deleted_documents=tuple(documents),
            latest=max(moments, default=None),
        )
    )


def _field_written(asked: Asked, modified: Reply, added: Reply | None) -> Outcome:
    replies = [modified] if added is None else [modified, added]
    if any(reply.status_code == OK for reply in replies):
        return Done()
    for reply in replies:
        outcome = refusals.outcome(asked, reply)
        # What is not found is the field itself: no later attempt finds it either.
        if reply.status_code != NOT_FOUND and isinstance(outcome, (Busy, Unknown)):
            return outcome
    failed = replies[-1]
    refusal: Refusal = refuse(
        "rejected",
        where=asked.name,
        document="custom field",
        target="QuickBooks",
        problem=f"“{asked.name}” could not be written. QuickBooks says: {failed.message}",
        detail=f"{failed.name} {failed.status_code}: {failed.message}",
    )
    return Refused(refusal, str(failed.status_code))
