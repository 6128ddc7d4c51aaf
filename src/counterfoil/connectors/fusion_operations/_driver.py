"""Fusion Operations as the engine sees it: operations in, outcomes out.

One HTTP call per write; a reading is always the whole list, for there is no filter by date
and no document says when it changed.  Lists are read once per batch, however many
operations need them.

The service keeps no key of ours, but codes are unique in it.  So after a lost answer, or
when a code is taken, the list is looked through for the code, and what is found there is
either what we sent (``same_order``) or somebody else's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any
from urllib.parse import quote

from counterfoil.documents import (
    Document,
    DocumentKind,
    InvalidDocument,
    ListRecord,
    OrderLine,
    PurchaseLine,
    PurchaseOrder,
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
    is_write,
)
from counterfoil.errors import (
    ConnectorError,
    OutcomeUnknownError,
    RejectedError,
    UnavailableError,
    UnreadableReplyError,
)

from ._client import FusionClient
from ._errors import NAME, CallRefusedError
from ._fields import FieldMap
from ._movements import movement_shipments, parse_receipts, parse_shipments, parse_work_entries
from ._reader import Reader
from ._wire import (
    merge_for_put,
    parse_client,
    parse_product,
    parse_purchase_order,
    parse_sales_order,
    parse_supplier,
    render_client,
    render_product,
    render_purchase_order,
    render_sales_order,
    render_supplier,
    same_order,
)

__all__ = ["Company", "FusionOperations"]

# After so many lost answers in a row the service is down: the rest of the batch waits.
LOST_IN_A_ROW_MAX = 3
# Statuses with which the service may say that a code is taken (it is not documented which).
DUPLICATE_STATUSES = frozenset({"400", "409", "422"})

Parse = Callable[[object, tzinfo, FieldMap], Any]
Render = Callable[[Any, tzinfo, FieldMap], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Company:
    """What the service cannot tell about itself, so the connection keeps it.

    Attributes:
        zone: The company's time zone as set in Fusion Operations; all days are days there.
        country: Two letters; outward flows work in the United States only (FLOW-9).
        shipments_from_movements: Read shipments from stock movements (3.7, way D).
    """

    zone: tzinfo
    country: str = "US"
    shipments_from_movements: bool = False


@dataclass(frozen=True)
class _Resource:
    """How one kind is read and written; ``group`` is its group in the field map."""

    path: str
    group: str
    parse: Parse
    render: Render


_RECORDS: Mapping[RecordKind, _Resource] = {
    RecordKind.CUSTOMER: _Resource("clients", "client", parse_client, render_client),
    RecordKind.ITEM: _Resource("products", "product", parse_product, render_product),
    RecordKind.VENDOR: _Resource("suppliers", "supplier", parse_supplier, render_supplier),
}

_ORDERS: Mapping[DocumentKind, _Resource] = {
    DocumentKind.SALES_ORDER: _Resource(
        "sales-orders", "sales-order", parse_sales_order, render_sales_order
    ),
    DocumentKind.PURCHASE_ORDER: _Resource(
        "purchase-orders", "purchase-order", parse_purchase_order, render_purchase_order
    ),
}

# Kinds that are read out of another resource, several documents from one element.
_DERIVED: Mapping[DocumentKind, tuple[str, Parse]] = {
    DocumentKind.RECEIPT: ("purchase-orders", parse_receipts),
    DocumentKind.SHIPMENT: ("sales-orders", parse_shipments),
    DocumentKind.WORK_ENTRY: ("productions", parse_work_entries),
}


class FusionOperations:
    """The connector of one connection.

    Args:
        client: Signed in as the connection's key; owned by the caller.
        company: What the connection's settings say of it.
    """

    def __init__(self, client: FusionClient, company: Company) -> None:
        self._client = client
        self._company = company

    def perform(self, batch: Batch) -> list[tuple[str, Outcome]]:
        """Carry out a batch: one outcome for each operation, in order.

        Nothing the service or the network does is raised; what was written before is never
        forgotten over it.

        Raises:
            SettingsError: The connection's address or key cannot be used at all.
        """
        visit = _Visit(self._client, self._company)
        ask = visit.recover if batch.recovers else visit.carry_out
        return [(operation.id, ask(operation)) for operation in batch.operations]


class _Visit:
    """One batch: its lists, read once, and whether the service can still be reached."""

    def __init__(self, client: FusionClient, company: Company) -> None:
        self._client = client
        self._company = company
        self._fields = client.fields
        self._lists: dict[str, tuple[Any, ...]] = {}
        self._written: set[str] = set()
        self._stopped: Busy | None = None
        self._lost_in_a_row = 0
        self._answers: dict[type[Operation], Callable[[Any], Outcome]] = {
            CreateDocument: self._create_document,
            CreateRecord: self._create_record,
            Describe: self._describe,
            FindDocument: self._find,
            ReadDeletions: self._read_deletions,
            ReadDocuments: self._read_documents,
            ReadRecords: self._read_records,
            WriteField: self._write_field,
        }

    def carry_out(self, operation: Operation) -> Outcome:
        """Do what is asked."""
        return self._guarded(operation, self._answers[type(operation)])

    def recover(self, operation: Operation) -> Outcome:
        """Find out what became of an operation whose answer was lost; write nothing."""
        if isinstance(operation, CreateRecord):
            return self._guarded(operation, self._recover_record)
        if isinstance(operation, CreateDocument):
            return self._guarded(operation, self._recover_document)
        if isinstance(operation, WriteField):
            # Writing the same value again changes nothing.
            return Missing("A custom field may be written again.")
        return self.carry_out(operation)

    # --- From errors to outcomes -----------------------------------------------------------

    def _guarded(self, operation: Operation, answer: Callable[[Any], Outcome]) -> Outcome:
        if self._stopped is not None:
            return self._stopped
        try:
            outcome = answer(operation)
        except InvalidDocument as error:
            # A write was carried out, but its answer does not say as what.
            return Unknown(f"{NAME} answered with something unreadable: {error}")
        except ConnectorError as error:
            return self._failed(operation, error)
        self._lost_in_a_row = 0
        return outcome

    def _failed(self, operation: Operation, error: ConnectorError) -> Outcome:
        reason = f"{error.message} ({error.operation}, {error.detail})"
        if isinstance(error, RejectedError):
            return self._rejected(operation, error, reason)
        self._lost_in_a_row += 1
        is_limit = isinstance(error, UnavailableError) and error.code == "429"
        if is_limit or self._lost_in_a_row >= LOST_IN_A_ROW_MAX:
            self._stopped = Busy(reason, getattr(error, "retry_after_s", None))
        if isinstance(error, UnavailableError):
            return Busy(reason, error.retry_after_s)
        if isinstance(error, OutcomeUnknownError | UnreadableReplyError) and is_write(operation):
            return Unknown(reason)
        return Busy(reason)

    def _rejected(self, operation: Operation, error: RejectedError, reason: str) -> Outcome:
        if error.code == "401":
            # The documents are not at fault: they wait until the key is right again.
            self._stopped = Busy(reason)
            if is_write(operation) or isinstance(operation, FindDocument):
                return self._stopped
        if error.code in {"401", "403"}:
            return Refused(
                refuse("permission-missing", target=NAME, problem=error.message, detail=reason),
                error.code,
            )
        return Refused(_refusal(operation, error), error.code)

    # --- Readings --------------------------------------------------------------------------

    def _list(self, path: str) -> tuple[Any, ...]:
        if path not in self._lists:
            self._lists[path] = self._client.fetch_list(self._fields.path(path))
            self._written.discard(path)
        return self._lists[path]

    def _post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Create an entity; what the list of it said before is no longer all there is."""
        self._written.add(path)
        return self._client.send("POST", self._fields.path(path), body).json

    def _describe(self, operation: Describe) -> Outcome:
        try:
            # The shortest list there is; what counts is that it answers.
            self._list("product-families")
        except RejectedError as error:
            if error.code not in {"403", "404"}:
                raise
        return Done(
            facts={
                "system": NAME,
                "reachable": "true",
                "time_zone": str(self._company.zone),
                "country": self._company.country,
                "records": " ".join(sorted(_RECORDS)),
                "documents": " ".join(sorted([*_ORDERS, *_DERIVED])),
                "creates": " ".join(sorted([*_RECORDS, *_ORDERS])),
            }
        )

    def _read_records(self, operation: ReadRecords) -> Outcome:
        resource = _RECORDS.get(operation.kind)
        if resource is None:
            return _unsupported(f"it has no list of {operation.kind.words}s")
        elements = self._list(resource.path)
        parse, zone, fields = resource.parse, self._company.zone, self._fields
        records, unreadable = _parsed(lambda raw: [parse(raw, zone, fields)], elements)
        return Done(page=_page(unreadable, records=records))

    def _read_documents(self, operation: ReadDocuments) -> Outcome:
        if operation.kind not in _ORDERS and operation.kind not in _DERIVED:
            return _unsupported(f"it has no list of {operation.kind.words}s")
        documents, unreadable = self._documents(operation.kind)
        return Done(page=_page(unreadable, documents=documents))

    def _documents(self, kind: DocumentKind) -> tuple[tuple[Document, ...], tuple[str, ...]]:
        zone, fields = self._company.zone, self._fields
        if kind is DocumentKind.SHIPMENT and self._company.shipments_from_movements:
            orders, unreadable = self._documents(DocumentKind.SALES_ORDER)
            movements = self._list("inventory-movements")
            shipments, bad = _parsed(
                lambda raw: movement_shipments(raw, _sales(orders), zone, fields),
                [_unique(movements)],
            )
            return shipments, (*unreadable, *bad)
        if kind in _ORDERS:
            path, parse = _ORDERS[kind].path, _ORDERS[kind].parse
        else:
            path, parse = _DERIVED[kind]

        def documents_of(raw: object) -> list[Document]:
            made = parse(raw, zone, fields)
            return made if isinstance(made, list) else [made]

        return _parsed(documents_of, self._list(path))

    def _read_deletions(self, operation: ReadDeletions) -> Outcome:
        """Nothing tells of deletions; what a snapshot lacks is gone."""
        return Done(page=Page())

    def _find(self, operation: FindDocument) -> Outcome:
        if operation.kind not in _ORDERS:
            return _unsupported(f"it keeps no number on a {operation.kind.words}")
        if not operation.numbers:
            return Refused(
                refuse(
                    "outcome-unclear",
                    document=operation.kind.words,
                    target=NAME,
                    detail=f"{NAME} keeps no key of ours",
                )
            )
        documents, unreadable = self._documents(operation.kind)
        wanted = {number.strip() for number in operation.numbers}
        found = tuple(document for document in documents if document.number in wanted)
        if not found:
            return Missing(f"No {operation.kind.words} has such a number")
        return Done(page=Page(documents=found, unreadable=unreadable))

    # --- Records ---------------------------------------------------------------------------

    def _create_record(self, operation: CreateRecord) -> Outcome:
        resource = _RECORDS.get(operation.kind)
        if resource is None:
            return _unsupported(f"it has no list of {operation.kind.words}s")
        body = resource.render(operation.record, self._company.zone, self._fields)
        try:
            raw = self._post(resource.path, body)
        except CallRefusedError as error:
            if error.code not in DUPLICATE_STATUSES:
                raise
            return self._taken_record(operation, resource, error)
        return self._made_record(resource, raw)

    def _made_record(self, resource: _Resource, raw: object, note: str | None = None) -> Done:
        record: ListRecord = resource.parse(raw, self._company.zone, self._fields)
        return Done(id=record.id, record=record, note=note)

    def _taken_record(
        self, operation: CreateRecord, resource: _Resource, error: CallRefusedError
    ) -> Outcome:
        code = operation.record.full_name
        raw = self._by_code(resource, code)
        if raw is not None:
            return self._made_record(resource, raw, note=f"“{code}” was already there.")
        twin = self._by_code(resource, code, fold=True)
        if twin is None:
            raise error
        name = Reader(twin).code(self._fields[f"{resource.group}.code"])
        refusal = refuse(
            "name-taken",
            value=code,
            kind=operation.kind.words,
            other=f"{operation.kind.words} “{name}”",
            target=NAME,
            detail=error.detail,
        )
        return Refused(refusal, error.code)

    def _recover_record(self, operation: CreateRecord) -> Outcome:
        resource = _RECORDS.get(operation.kind)
        raw = None if resource is None else self._by_code(resource, operation.record.full_name)
        if resource is None or raw is None:
            return Missing("It is not in the list.")
        return self._made_record(resource, raw)

    def _by_code(self, resource: _Resource, code: str, *, fold: bool = False) -> object | None:
        """Look an entity up by its code; anew, if the list was read before our last write."""

        def found() -> object | None:
            wanted = code.strip().casefold() if fold else code.strip()
            raw: object
            for raw in self._list(resource.path):
                own = Reader(raw).code(self._fields[f"{resource.group}.code"]) or ""
                if (own.casefold() if fold else own) == wanted:
                    return raw
            return None

        raw = found()
        if raw is None and resource.path in self._written:
            del self._lists[resource.path]
            raw = found()
        return raw

    # --- Documents -------------------------------------------------------------------------

    def _create_document(self, operation: CreateDocument) -> Outcome:
        resource, document = _ORDERS.get(operation.kind), operation.document
        if resource is None or not isinstance(document, SalesOrder | PurchaseOrder):
            return _unsupported(f"a {operation.kind.words} cannot be created there")
        refusal = _unfit(operation.kind, document)
        if refusal is not None:
            return Refused(refusal)
        body = resource.render(document, self._company.zone, self._fields)
        try:
            raw = self._post(resource.path, body)
        except CallRefusedError as error:
            if error.code not in DUPLICATE_STATUSES:
                raise
            raw = self._by_code(resource, document.number or "")
            if raw is None:
                raise
            return self._settled(operation, resource, raw, code=error.code)
        return self._made_document(resource, raw, document)

    def _made_document(
        self, resource: _Resource, raw: object, sent: SalesOrder | PurchaseOrder
    ) -> Done:
        made = resource.parse(raw, self._company.zone, self._fields)
        left_out = sum(line.item is None for line in sent.lines)
        note = f"Lines without an item were left out: {left_out}." if left_out else None
        return Done(
            id=made.id,
            number=made.number,
            line_ids=tuple(line.id for line in made.lines),
            note=note,
        )

    def _recover_document(self, operation: CreateDocument) -> Outcome:
        resource, number = _ORDERS.get(operation.kind), operation.document.number
        raw = None if resource is None or not number else self._by_code(resource, number)
        if resource is None or raw is None:
            return Missing("No document has that number.")
        return self._settled(operation, resource, raw)

    def _settled(
        self, operation: CreateDocument, resource: _Resource, raw: object, code: str | None = None
    ) -> Outcome:
        """Decide about an order found under our number: ours, or somebody else's."""
        found, sent = resource.parse(raw, self._company.zone, self._fields), operation.document
        assert isinstance(sent, SalesOrder | PurchaseOrder)
        if same_order(sent, found):
            return self._made_document(resource, raw, sent)
        refusal = refuse(
            "number-taken",
            where="number",
            value=sent.number,
            document=operation.kind.words,
            target=NAME,
            found=f"id {found.id}",
            id=found.id,
        )
        return Refused(refusal, code)

    def _write_field(self, operation: WriteField) -> Outcome:
        """Read the order, set one custom field, write everything back (A11)."""
        resource = _ORDERS.get(operation.kind)
        if resource is None:
            return _unsupported(f"a {operation.kind.words} has no custom fields there")
        path = self._fields.path(resource.path) + quote(operation.document_id, safe="")
        try:
            current = self._client.fetch(path).json
        except RejectedError as error:
            if error.code == "404":
                return Missing(f"No {operation.kind.words} has the id {operation.document_id}")
            raise
        name = self._fields[f"{resource.group}.custom-fields"]
        fields = {field.name: field.value for field in Reader(current).pairs(name)}
        fields[operation.name] = operation.value
        if isinstance(Reader(current).value(name), Mapping):
            changes: dict[str, Any] = {name: fields}
        else:
            changes = {name: [{"name": key, "value": value} for key, value in fields.items()]}
        self._client.send("PUT", path, merge_for_put(current, changes))
        return Done(id=operation.document_id)


# --- Pure helpers ----------------------------------------------------------------------------


def _sales(documents: Iterable[Document]) -> list[SalesOrder]:
    return [document for document in documents if isinstance(document, SalesOrder)]


def _unique(elements: Iterable[Any]) -> list[Any]:
    """Leave out an element that a list shows twice."""
    found: dict[str, Any] = {}
    for index, raw in enumerate(elements):
        id_ = raw.get("id") if isinstance(raw, Mapping) else None
        found.setdefault(f"#{index}" if id_ is None else str(id_), raw)
    return [*found.values()]


def _parsed(
    parse: Callable[[Any], Iterable[Any]], elements: Iterable[Any]
) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    """Parse what can be parsed; say in one sentence each what cannot."""
    made: list[Any] = []
    unreadable: list[str] = []
    for raw in _unique(elements):
        try:
            made.extend(parse(raw))
        except InvalidDocument as error:
            named = ""
            if isinstance(raw, Mapping):
                named = str(raw.get("code") or raw.get("id") or "")[:40]
            unreadable.append(f"“{named}” was left out: {error}")
    return tuple(made), tuple(unreadable)


def _page(
    unreadable: tuple[str, ...],
    *,
    records: tuple[ListRecord, ...] = (),
    documents: tuple[Document, ...] = (),
) -> Page:
    """Everything there is; but while something could not be read, what is absent may be it."""
    return Page(
        records=records,
        documents=documents,
        is_snapshot=not unreadable,
        unreadable=unreadable,
    )


def _unsupported(problem: str) -> Refused:
    return Refused(refuse("feature-missing", target=NAME, problem=problem))


def _refusal(operation: Operation, error: RejectedError) -> Refusal:
    words = "request"
    if isinstance(operation, CreateDocument | CreateRecord | ReadDocuments | ReadRecords):
        words = operation.kind.words
    where, problem = None, error.message
    if isinstance(error, CallRefusedError):
        where, problem = error.field, error.reason
    return refuse(
        "rejected",
        where=where,
        document=words,
        target=NAME,
        problem=problem,
        detail=f"{error.operation}: {error.detail}",
    )


def _unfit(kind: DocumentKind, document: SalesOrder | PurchaseOrder) -> Refusal | None:
    """Say what would make the service refuse the order, before anything is sent."""
    if not document.number:
        return refuse(
            "value-unfit",
            where="number",
            value="",
            field="The number",
            target=NAME,
            problem="every order has to have a code there",
        )
    lines: tuple[OrderLine | PurchaseLine, ...] = document.lines
    if not any(line.item for line in lines):
        return refuse("nothing-to-send", document=kind.words)
    for index, line in enumerate(lines):
        if line.item is not None and line.quantity is None:
            return refuse(
                "value-unfit",
                where=f"lines[{index}].quantity",
                value="",
                field="The quantity",
                target=NAME,
                problem=f"the line of “{line.item.name}” has none",
            )
    return None
