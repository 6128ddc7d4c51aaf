"""Fusion Operations as the engine sees it: operations in, outcomes out.

One HTTP call per write; a reading is always the whole list, for there is no filter by date
and no document says when it changed.  Lists are read once per batch, however many
operations need them (``_lists``); what is written of orders is in ``_orders``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from counterfoil.documents import (
    Document,
    DocumentKind,
    InvalidDocument,
    ListRecord,
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
    Unreadable,
    UpdateDocument,
    VoidDocument,
    VoidWay,
    WriteField,
    WriteMark,
    is_write,
)
from counterfoil.errors import (
    ConnectorError,
    OutcomeUnknownError,
    RejectedError,
    UnavailableError,
    UnreadableReplyError,
)

from ._account import account_of
from ._client import FusionClient
from ._elements import (
    FIELD_LENGTH_MAX,
    Bad,
    Reading,
    code_of,
    identity_of,
    part_ids,
    read_documents,
    read_records,
    row,
    unique,
)
from ._errors import NAME, CallRefusedError
from ._kinds import DERIVED, ORDERS, RECORDS, Company, Resource, path_of
from ._lists import Lists
from ._movements import movement_shipments
from ._orders import DUPLICATE_STATUSES, Orders
from ._outcomes import page_of, refusal_of, unclear, unsupported
from ._rim import clean_line

__all__ = ["FusionOperations"]

# After so many lost answers in a row the service is down: the rest of the batch waits.
LOST_IN_A_ROW_MAX = 3
# Orders that are not listed are asked for one by one; the rest of them at the next reading.
ASKED_ALONE_MAX = 20


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
            Exception: What the client's ``checkpoint`` raises to stop the batch.
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
        self._lists = Lists(client)
        self._orders = Orders(self._lists, company, client.fields)
        self._readings: dict[DocumentKind, tuple[tuple[Any, ...], Reading]] = {}
        self._stopped: Busy | None = None
        self._lost_in_a_row = 0
        self._answers: dict[type[Operation], Callable[[Any], Outcome]] = {
            CreateDocument: self._orders.create,
            CreateRecord: self._create_record,
            Describe: self._describe,
            FindDocument: self._find,
            ReadDeletions: self._read_deletions,
            ReadDocuments: self._read_documents,
            ReadRecords: self._read_records,
            UpdateDocument: self._orders.update,
            VoidDocument: self._orders.void,
            WriteField: self._orders.write_field,
            WriteMark: self._write_mark,
        }
        self._recoveries: dict[type[Operation], Callable[[Any], Outcome]] = {
            CreateDocument: self._orders.recover_creation,
            CreateRecord: self._recover_record,
            UpdateDocument: self._orders.recover_update,
            VoidDocument: self._orders.recover_void,
            # Writing the same value again changes nothing.
            WriteField: lambda _: Missing("A custom field may be written again."),
        }

    def carry_out(self, operation: Operation) -> Outcome:
        """Do what is asked."""
        return self._guarded(operation, self._answers[type(operation)])

    def recover(self, operation: Operation) -> Outcome:
        """Find out what became of an operation whose answer was lost; write nothing."""
        kind = type(operation)
        return self._guarded(operation, self._recoveries.get(kind) or self._answers[kind])

    # --- From errors to outcomes -----------------------------------------------------------

    def _guarded(self, operation: Operation, answer: Callable[[Any], Outcome]) -> Outcome:
        if self._stopped is not None:
            return self._stopped
        try:
            outcome = answer(operation)
        except InvalidDocument as error:
            # A write was carried out, but its answer does not say as what; or what would tell
            # what became of one cannot be read.
            return Unknown(clean_line(f"{NAME} answered with something unreadable: {error}", 500))
        except ConnectorError as error:
            return self._failed(operation, error)
        self._lost_in_a_row = 0
        return outcome

    def _failed(self, operation: Operation, error: ConnectorError) -> Outcome:
        reason = f"{error.message} ({error.operation}, {error.detail})"
        if isinstance(error, RejectedError):
            return self._rejected(operation, error, reason)
        self._lost_in_a_row += 1
        retry_after_s = getattr(error, "retry_after_s", None)
        if retry_after_s is not None or self._lost_in_a_row >= LOST_IN_A_ROW_MAX:
            self._stopped = Busy(reason, retry_after_s)
        if isinstance(error, UnavailableError):
            return Busy(reason, retry_after_s)
        # Of a lost or unreadable answer to a reading, or for a token, nothing is in doubt.
        is_in_doubt = isinstance(error, OutcomeUnknownError | UnreadableReplyError)
        if is_in_doubt and is_write(operation) and self._may_have_written(error):
            return Unknown(reason)
        return Busy(reason)

    def _may_have_written(self, error: ConnectorError) -> bool:
        is_token = error.operation.endswith(self._fields.path("authorization"))
        return not error.operation.startswith("GET ") and not is_token

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
        return Refused(refusal_of(operation, error), error.code)

    # --- Readings --------------------------------------------------------------------------

    def _describe(self, operation: Describe) -> Outcome:
        try:
            # The shortest list there is; what counts is that it answers.
            self._lists.elements("product-families")
        except RejectedError as error:
            if error.code not in {"403", "404"}:
                raise
        account = self._client.account
        return Done(
            facts={
                "system": NAME,
                "account": account_of(account.base_url, account.key),
                "reachable": "true",
                "time_zone": str(self._company.zone),
                "country": self._company.country,
                "records": " ".join(sorted(RECORDS)),
                "documents": " ".join(sorted([*ORDERS, *DERIVED])),
                "creates": " ".join(sorted([*RECORDS, *ORDERS])),
                "changes": " ".join(sorted(ORDERS)) if self._company.changes_orders else "",
                "takes_out": VoidWay.DELETE.value,
            }
        )

    def _read_records(self, operation: ReadRecords) -> Outcome:
        resource = RECORDS.get(operation.kind)
        if resource is None:
            return unsupported(f"it has no list of {operation.kind.words}s")
        self._lists.forget_stale(resource.path)
        parse, zone, fields = resource.parse, self._company.zone, self._fields
        reading = read_records(
            self._lists.elements(resource.path),
            lambda raw, spoilt: parse(raw, zone, fields, spoilt),
            group=resource.group,
            fields=fields,
        )
        return Done(page=page_of(reading))

    def _read_documents(self, operation: ReadDocuments) -> Outcome:
        """Read documents; heads too are whole, for the list holds nothing less."""
        if operation.kind not in ORDERS and operation.kind not in DERIVED:
            return unsupported(f"it has no list of {operation.kind.words}s")
        self._lists.forget_stale(path_of(operation.kind))
        order = _order_of(operation.kind)
        if order is None or self._lists.shows_closed(order):
            return Done(page=page_of(self._documents(operation.kind)))
        gone, left = self._asked_alone(order, operation.known)
        page = page_of(self._documents(operation.kind))
        deleted = tuple((operation.kind, id_) for id_ in gone if operation.kind in ORDERS)
        return Done(
            page=msgspec.structs.replace(
                page,
                is_snapshot=False,
                deleted_documents=deleted,
                unreadable=(*page.unreadable, *left),
            )
        )

    def _asked_alone(
        self, order: Resource, known: Sequence[str]
    ) -> tuple[list[str], list[Unreadable]]:
        """Read the orders that are known and not listed.

        Those that are there, closed since, stand among the listed ones afterwards.  One that
        cannot be read holds up none of the others.

        Returns:
            Those that are not there, and those of which it cannot be said.
        """
        listed = {
            identity_of(raw, order.group, self._fields) for raw in self._lists.elements(order.path)
        }
        lacking = [id_ for id_ in known if id_ not in listed][:ASKED_ALONE_MAX]
        gone: list[str] = []
        left: list[Unreadable] = []
        for id_ in lacking:
            try:
                raw, is_sure = self._lists.alone(order, id_)
            except (ConnectorError, InvalidDocument) as error:
                if getattr(error, "code", None) == "401":
                    raise
                left.append(Unreadable(id=id_, problem=_not_read_alone(error)))
                asks_to_wait = getattr(error, "retry_after_s", None) is not None
                if asks_to_wait or len(left) == LOST_IN_A_ROW_MAX:
                    break
            else:
                gone += [id_] if raw is None and is_sure else []
        return gone, left

    def _documents(self, kind: DocumentKind) -> Reading:
        """Read a list as documents; the same list is understood once."""
        paths = [path_of(kind)]
        if kind is DocumentKind.SHIPMENT and self._company.shipments_from_movements:
            paths.append("inventory-movements")
        lists = tuple(self._lists.elements(path) for path in paths)
        seen, reading = self._readings.get(kind, ((), None))
        is_same = len(seen) == len(lists) and all(map(operator.is_, seen, lists))
        if reading is None or not is_same:
            reading = self._understood(kind)
            self._readings[kind] = (lists, reading)
        return reading

    def _understood(self, kind: DocumentKind) -> Reading:
        zone, fields = self._company.zone, self._fields
        if kind in ORDERS:
            order = ORDERS[kind]
            return read_documents(
                self._lists.elements(order.path),
                lambda raw: [order.parse(raw, zone, fields)],
                group=order.group,
                fields=fields,
            )
        if kind is DocumentKind.SHIPMENT and self._company.shipments_from_movements:
            return self._moved_shipments()
        derived, side = DERIVED[kind], DERIVED[kind].side
        return read_documents(
            self._lists.elements(derived.path),
            lambda raw: derived.parse(raw, zone, fields),
            group=derived.group,
            fields=fields,
            # Which days a production record would have given is not known.
            identities=lambda raw: (None,) if side is None else part_ids(raw, side, fields),
        )

    def _moved_shipments(self) -> Reading:
        fields = self._fields
        orders = self._documents(DocumentKind.SALES_ORDER)
        unread = {
            code: identity_of(each.raw, "sales-order", fields)
            for each in orders.bad
            if (code := code_of(each.raw, "sales-order", fields)) is not None
        }
        moved = movement_shipments(
            unique(self._lists.elements("inventory-movements"), "movement", fields),
            [each for each in orders.documents if isinstance(each, SalesOrder)],
            self._company.zone,
            fields,
            unread=unread,
        )
        bad = [Bad(None, (row(error, id_=id_),)) for id_, error in moved.spoilt]
        # An order whose code cannot be read may have any movement.
        bad += [
            Bad(each.raw, tuple(msgspec.structs.replace(told, id=None) for told in each.rows))
            for each in orders.bad
            if code_of(each.raw, "sales-order", fields) is None
        ]
        return Reading(documents=tuple(moved.shipments), bad=tuple(bad))

    def _read_deletions(self, operation: ReadDeletions) -> Outcome:
        """Nothing tells of deletions; what a snapshot lacks is gone."""
        return Done(page=Page())

    def _find(self, operation: FindDocument) -> Outcome:
        """Look through the list; what is sought and cannot be read is not "not there"."""
        kind, wanted = operation.kind, operation.ids or operation.numbers
        if bool(operation.ids) is bool(operation.numbers):
            raise AssertionError("a question names ids or numbers")
        if kind not in ORDERS and (operation.numbers or kind not in DERIVED):
            return unsupported(f"it keeps no number on a {kind.words}")
        sought = {each.strip() for each in wanted}
        found, reading = self._sought(operation, sought)
        if len(found) < len(sought) and self._lists.forget_stale(path_of(kind)):
            found, reading = self._sought(operation, sought)
        lacking = sought - {_asked_by(operation, each) for each in found}
        doubtful = self._doubtful(operation, lacking, reading) if lacking else []
        if doubtful:
            return unclear(kind, doubtful, is_alone=len(sought) == 1)
        order = _order_of(kind)
        if lacking and operation.ids and order is not None and not self._lists.shows_closed(order):
            # What is not listed may be closed.
            if not all(self._lists.alone(order, id_)[1] for id_ in sorted(lacking)):
                return Unknown(f"{NAME} lists no closed {kind.words}s, and shows none alone.")
            found, reading = self._sought(operation, sought)
        return Done(page=Page(documents=found, unreadable=reading.unreadable))

    def _sought(
        self, operation: FindDocument, sought: set[str]
    ) -> tuple[tuple[Document, ...], Reading]:
        reading = self._documents(operation.kind)
        found = (each for each in reading.documents if _asked_by(operation, each) in sought)
        return tuple(found), reading

    def _doubtful(
        self, operation: FindDocument, lacking: set[str], reading: Reading
    ) -> list[Unreadable]:
        """Give what could not be read and may be what was sought."""
        doubtful = []
        for each in reading.bad:
            if operation.ids:
                doubtful += [told for told in each.rows if told.id is None or told.id in lacking]
                continue
            code = code_of(each.raw, ORDERS[operation.kind].group, self._fields)
            if code is None or code in lacking:
                doubtful += each.rows
        return doubtful

    # --- Records ---------------------------------------------------------------------------

    def _create_record(self, operation: CreateRecord) -> Outcome:
        resource = RECORDS.get(operation.kind)
        if resource is None:
            return unsupported(f"it has no list of {operation.kind.words}s")
        body = resource.render(operation.record, self._company.zone, self._fields)
        try:
            raw = self._lists.post(resource.path, body)
        except CallRefusedError as error:
            if error.code not in DUPLICATE_STATUSES:
                raise
            return self._taken_record(operation, resource, error)
        return self._made_record(resource, raw)

    def _made_record(self, resource: Resource, raw: object, note: str | None = None) -> Done:
        record: ListRecord = resource.parse(raw, self._company.zone, self._fields, [])
        return Done(id=record.id, record=record, note=note)

    def _there_record(
        self, operation: CreateRecord, resource: Resource, raw: object, note: str | None = None
    ) -> Outcome:
        """Answer with a record of the list; one that cannot be used stops what needs it."""
        try:
            return self._made_record(resource, raw, note)
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

    def _taken_record(
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
            return self._there_record(operation, resource, found[0], note)
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

    def _recover_record(self, operation: CreateRecord) -> Outcome:
        resource = RECORDS.get(operation.kind)
        found = [] if resource is None else self._lists.coded(resource, operation.record.full_name)
        if resource is None or not found:
            return Missing("It is not in the list.")
        return self._there_record(operation, resource, found[0])

    def _write_mark(self, operation: WriteMark) -> Outcome:
        return unsupported("it has no place for a mark of ours")


def _order_of(kind: DocumentKind) -> Resource | None:
    """Give the orders that tell of a kind of documents; ``None``: something else does."""
    return next((each for each in ORDERS.values() if each.path == path_of(kind)), None)


def _asked_by(operation: FindDocument, document: Document) -> str | None:
    return document.id if operation.ids else document.number


def _not_read_alone(error: ConnectorError | InvalidDocument) -> str:
    why = error.message if isinstance(error, ConnectorError) else error.problem
    said = f"it is not in the list, and could not be read alone: {why.rstrip('. ')}"
    return clean_line(said, FIELD_LENGTH_MAX)
