"""Writing: creates, changes and deletions, up to thirty in one call, each with its own outcome.

====================  ====================================================================
before                what a document needs that it does not hold is read (how much is on
                      hand, what an item costs); what is changed or taken out is read by
                      itself, for its mark of the version counts
the call              one write goes alone, several go as a batch, questions beside them;
                      nothing that may have been carried out is ever sent again
after                 the answer says what is there now; where it took another party, day or
                      currency than was sent, the document is left to be read, and what
                      differs is seen there
====================  ====================================================================

Source: reference sections 2.4 to 2.8; corrections 2, row 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import msgspec

from counterfoil.connectors.called import (
    Answer,
    CallRefusedError,
    Reader,
    clean_line,
    shown,
    unsupported,
)
from counterfoil.documents import (
    Document,
    DocumentKind,
    InvalidDocument,
    RecordKind,
    Refusal,
    StockCount,
    WorkEntry,
    refuse,
)
from counterfoil.engine.numbering import vendor_in
from counterfoil.engine.operations import (
    ActivateRecord,
    Busy,
    Conflict,
    CreateDocument,
    CreateRecord,
    Done,
    FindDocument,
    LineScope,
    Operation,
    Outcome,
    Page,
    Refused,
    UpdateDocument,
    VoidDocument,
    VoidWay,
)
from counterfoil.errors import (
    ConnectorError,
    OutcomeUnknownError,
    RejectedError,
    UnreadableReplyError,
)

from ._activating import ACTIVATED, activated, activation_of, gone, is_active
from ._adjusting import (
    SET_ON_ITEMS,
    is_closed_to_us,
    no_adjustments,
    not_counted_there,
    quantities_set,
    set_document,
)
from ._client import BATCH_MAX, Deed, Item, OnlineClient, Record, Result
from ._codecs import changed_at, identity_in, identity_of
from ._company import Company, before_stock, company_of, objection, start_of_stock
from ._faults import (
    DUPLICATE_NAME,
    DUPLICATE_NUMBER,
    NAME,
    NOT_FOUND,
    NOT_THERE,
    STALE,
    meaning_of,
)
from ._forms import FORMS, change_of, creation_of, mark_in, read_form
from ._lists import LISTS, read_record
from ._naming import CREATED, Names, creation_of_record, name_taken
from ._needs import Needs, completed, fitted, items_needed, rates_needed, with_rate
from ._query import EVERYBODY, VALUES_MAX, Query, among
from ._reading import finding, giving, page_of_documents, raising

__all__ = ["Writings", "refusal_of"]

_Write = ActivateRecord | CreateDocument | CreateRecord | UpdateDocument | VoidDocument
_Told = Result | tuple[Record, ...]

_BLIND: Final = (
    f"{NAME} has not let itself be read since Counterfoil was started, for this month's reads seem "
    "to be used up: the document may be there already"
)
# Lets a number stand on several documents (reference section 2.6).
_REPEATED: Final = "allowduplicatedocnum"


@dataclass(frozen=True, kw_only=True)
class _Job:
    """One thing that leaves, and what its answer comes to."""

    operation: Operation
    item: Item
    finish: Callable[[Any], Outcome]


class Writings:
    """What one batch writes to a company, and looks up beside it.

    Args:
        client: The company.
        today: The day by which a new item's stock is dated.
    """

    def __init__(self, client: OnlineClient, today: date) -> None:
        self._client = client
        self._today = today

    def together(self, operations: Sequence[Operation]) -> Mapping[str, Answer]:
        """Carry out the writes of a batch, and the look-ups beside them.

        A look-up without writes goes alone: batches are fewer a minute than calls.
        """
        writes = [each for each in operations if isinstance(each, _Write)]
        if not writes:
            return {}
        finds = [each for each in operations if isinstance(each, FindDocument)]
        answers: dict[str, Answer] = {}
        try:
            needs = self._needs(writes)
        except (ConnectorError, InvalidDocument) as error:
            return {each.id: _not_sent(error) for each in writes}
        jobs: list[_Job] = [job for each in finds for job in self._lookup(each)]
        for each in writes:
            try:
                prepared = self._prepared(each, needs)
            except (ConnectorError, InvalidDocument) as error:
                answers[each.id] = _not_sent(error)
                continue
            if isinstance(prepared, _Job):
                jobs.append(prepared)
            else:
                answers[each.id] = giving(prepared)
        return answers | self._sent(jobs)

    # --- Before ----------------------------------------------------------------------------

    def _needs(self, writes: Sequence[_Write]) -> Needs:
        """Read what the writes need: nothing, mostly.

        Raises:
            ConnectorError, InvalidDocument: It cannot be read.
        """
        creations = [each for each in writes if isinstance(each, CreateRecord)]
        named = [each for each in creations if each.kind in CREATED]
        documents = [each.document for each in writes if isinstance(each, _WITH_DOCUMENT)]
        company = company_of(self._client)
        return Needs(
            company=company,
            rates=self._rates(documents, company),
            names=Names(self._client, named) if named else None,
            items=self._rows("Item", items_needed(documents)),
        )

    def _rates(
        self, documents: Iterable[Document], company: Company
    ) -> dict[tuple[str, date], Decimal]:
        wanted = sorted(rates_needed(documents, company)) if company.has_currencies else ()
        told = {each: self._client.rate(*each) for each in wanted}
        return {each: rate for each, rate in told.items() if rate is not None}

    def _rows(self, entity: str, ids: Iterable[str]) -> dict[str, Record]:
        wanted = sorted(set(ids))
        rows = [
            row
            for start in range(0, len(wanted), VALUES_MAX)
            for row in self._client.query(
                Query.of(entity, among("Id", wanted[start : start + VALUES_MAX]), EVERYBODY)
            )
        ]
        return {str(row.get("Id")): row for row in rows}

    def _prepared(self, operation: _Write, needs: Needs) -> _Job | Outcome:
        """Say what leaves for a write; an outcome: nothing has to, or may."""
        match operation:
            case CreateDocument():
                return self._creation(operation, needs)
            case UpdateDocument():
                return self._change(operation, needs)
            case VoidDocument():
                return self._removal(operation)
            case CreateRecord():
                return self._new_record(operation, needs)
            case ActivateRecord():
                return self._activation(operation)

    def _creation(self, operation: CreateDocument, needs: Needs) -> _Job | Outcome:
        form = FORMS.get(operation.kind)
        if form is None:
            return unsupported(NAME, f"a {operation.kind.words} is not kept there")
        if self._client.standing.is_blind(form.entity):
            return Busy(_BLIND, self._client.standing.quota.wait_s() or None)
        problem = self._objection(operation.document, needs)
        if problem is not None:
            return Refused(problem)
        body = creation_of(operation.kind, operation.document, operation.key)
        body = completed(operation.kind, operation.document, body, needs)
        body = with_rate(operation.document, body, needs)
        options = _REPEATED if operation.may_repeat_number else None
        item = Item(entity=form.entity, deed=Deed.CREATE, body=body, options=options)
        return _Job(
            operation=operation,
            item=item,
            finish=lambda told: self._created(operation, told),
        )

    def _objection(self, document: Document, needs: Needs) -> Refusal | None:
        problem = objection(needs.company, document, self._client.standing.stock_since)
        if problem is None and isinstance(document, StockCount):
            problem = not_counted_there(document, needs.items)
        return problem

    def _change(self, operation: UpdateDocument, needs: Needs) -> _Job | Outcome:
        """Write a change over what is there right now, if that is what is known."""
        form = FORMS[operation.kind]
        current = self._client.read(form.entity, operation.document_id)
        if current is None:
            return Conflict(None, "it is not there any more")
        if _is_another(operation, current):
            return _changed_meanwhile(operation.kind, current)
        problem = None if operation.closes else self._objection(operation.document, needs)
        if problem is not None:
            return Refused(problem)
        body = change_of(
            operation.kind,
            operation.document,
            current,
            with_lines=operation.lines is LineScope.ALL,
            closes=operation.closes,
        )
        body = fitted(body, needs)
        options = _REPEATED if operation.may_repeat_number else None
        item = Item(entity=form.entity, deed=Deed.UPDATE, body=body, options=options)
        return _Job(
            operation=operation,
            item=item,
            finish=lambda told: self._changed(operation, told),
        )

    def _removal(self, operation: VoidDocument) -> _Job | Outcome:
        if operation.document_id.startswith(SET_ON_ITEMS):
            return unsupported(NAME, "quantities that were set on items are not taken back")
        form = FORMS[operation.kind]
        current = self._client.read(form.entity, operation.document_id)
        if current is None:
            return Done(note=f"{NAME} had it no longer.")
        if operation.revision is not None and _is_another(operation, current):
            return _changed_meanwhile(operation.kind, current)
        body = {name: current.get(name) for name in ("Id", "SyncToken")}
        deed = Deed.DELETE if operation.how is VoidWay.DELETE else Deed.VOID
        if deed is Deed.VOID:
            body["sparse"] = True
        item = Item(entity=form.entity, deed=deed, body=body)
        return _Job(
            operation=operation,
            item=item,
            finish=lambda told: Done(id=operation.document_id),
        )

    def _new_record(self, operation: CreateRecord, needs: Needs) -> _Job | Outcome:
        if operation.kind not in CREATED or needs.names is None:
            return unsupported(NAME, f"a {operation.kind.words} is not created there")
        there = needs.names.there(operation)
        if there is not None:
            return there
        item = creation_of_record(operation, needs.names, needs.company, self._today)
        if isinstance(item, Refusal):
            return Refused(item)
        return _Job(
            operation=operation,
            item=item,
            finish=lambda told: _record_created(operation, told),
        )

    def _activation(self, operation: ActivateRecord) -> _Job | Outcome:
        """Make a record active that is not, as it is right now."""
        if operation.kind not in ACTIVATED:
            return unsupported(NAME, f"a {operation.kind.words} is made active there by hand")
        current = self._client.read(LISTS[operation.kind].entity, operation.record.id)
        if current is None:
            return gone(operation)
        if is_active(current):
            return activated(operation, current)
        item = activation_of(operation, current)
        if isinstance(item, Busy):
            return item
        return _Job(
            operation=operation,
            item=item,
            finish=lambda told: activated(operation, told),
        )

    def _lookup(self, operation: FindDocument) -> Iterator[_Job]:
        """Take a look-up along that is one question; others are asked by themselves."""
        queries = finding(operation) if operation.kind in FORMS else ()
        if len(queries) == 1 and self._client.standing.quota.wait_s() == 0:
            (query,) = queries
            yield _Job(
                operation=operation,
                item=Item(entity=query.entity, query=query.page(size=_ROWS_MAX)),
                finish=lambda told: self._found(operation, query, told),
            )

    # --- The call --------------------------------------------------------------------------

    def _sent(self, jobs: Sequence[_Job]) -> dict[str, Answer]:
        alone = [job for job in jobs if job.item.deed is Deed.VOID]
        rest = [job for job in jobs if job.item.deed is not Deed.VOID]
        answers: dict[str, Answer] = {}
        for start in range(0, len(rest), BATCH_MAX):
            answers |= self._carried(rest[start : start + BATCH_MAX])
        for job in alone:
            answers |= self._carried([job])
        return answers

    def _carried(self, jobs: Sequence[_Job]) -> dict[str, Answer]:
        """Send what belongs in one call; what fails as a whole fails for each."""
        items = [job.item for job in jobs]
        try:
            if len(items) == 1 and items[0].deed is not None:
                results: Sequence[_Told] = [self._client.write(items[0])]
            else:
                results = self._client.batch(items)
        except ConnectorError as error:
            results = [error] * len(items)
        return {
            job.operation.id: self._answer(job, result)
            for job, result in zip(jobs, results, strict=True)
        }

    def _answer(self, job: _Job, result: _Told) -> Answer:
        if not isinstance(result, ConnectorError):
            return lambda: job.finish(result)
        if isinstance(result, CallRefusedError):
            try:
                outcome = self._refused(job.operation, result)
            except (ConnectorError, InvalidDocument) as error:
                return raising(error)
            if outcome is not None:
                return giving(outcome)
        return raising(result)

    # --- After -----------------------------------------------------------------------------

    def _created(self, operation: CreateDocument, record: Record) -> Outcome:
        done = _done(operation.kind, record)
        if done.mark not in (None, operation.key):
            raise InvalidDocument("mark", done.mark or "", "is of another document of ours")
        return _as_sent(operation.document, done)

    def _changed(self, operation: UpdateDocument, record: Record) -> Outcome:
        return _as_sent(operation.document, _done(operation.kind, record))

    def _found(self, operation: FindDocument, query: Query, rows: tuple[Record, ...]) -> Outcome:
        # As many as were asked for may not be all there are.
        if len(rows) >= _ROWS_MAX:
            rows = self._client.query(query)
        return Done(page=page_of_documents(operation.kind, rows, Page()))

    def _refused(self, operation: Operation, error: CallRefusedError) -> Outcome | None:
        """Say what a refusal comes to that is more than one; ``None``: it is one."""
        if isinstance(operation, VoidDocument) and error.fault == NOT_FOUND:
            return Done(note=f"{NAME} had it no longer.")
        if isinstance(operation, UpdateDocument | VoidDocument) and error.fault in _NOT_AS_KNOWN:
            return Conflict(None, f"{error.operation}: {error.detail}")
        if isinstance(operation, _OF_RECORDS) and error.fault == DUPLICATE_NAME:
            return Refused(name_taken(operation, "record"), error.fault)
        if isinstance(operation, CreateDocument) and is_closed_to_us(operation.kind, error):
            return self._without_adjustment(operation, error)
        if isinstance(operation, CreateDocument) and error.fault == DUPLICATE_NUMBER:
            return self._number_taken(operation, error)
        if isinstance(operation, CreateDocument) and error.fault == _BEFORE_STOCK:
            return self._before_stock(operation)
        is_changed = isinstance(operation, ActivateRecord) and error.fault in _NOT_AS_KNOWN
        if is_changed or (isinstance(operation, CreateDocument) and error.fault in NOT_THERE):
            # What our lists hold is not what the company holds: they are read anew first.
            refused = Refused(refusal_of(operation, error), error.fault)
            return Busy(f"{NAME} says: {error.reason}", otherwise=refused, is_outdated=True)
        return None

    def _without_adjustment(self, operation: CreateDocument, error: CallRefusedError) -> Outcome:
        """Set the quantities on the items where that was allowed; else say what to do.

        They are absolute, so that what is set twice is set once.
        """
        count = operation.document
        assert isinstance(count, StockCount), "nothing else is adjusted"
        if not count.may_set_items:
            return Refused(no_adjustments(error), error.fault)
        rows = self._rows("Item", (line.item.id for line in count.lines if line.item.id))
        items = quantities_set(count, rows)
        for start in range(0, len(items), BATCH_MAX):
            for result in self._client.batch(items[start : start + BATCH_MAX]):
                if isinstance(result, CallRefusedError) and result.fault == STALE:
                    # Stock moves; whoever counts again counts from what there is by then.
                    return Busy(f"{NAME} says: {result.reason}")
                if isinstance(result, ConnectorError):
                    raise result
        document = set_document(count, operation.key, rows)
        return Done(id=document.id, document=document, mark=operation.key)

    def _number_taken(self, operation: CreateDocument, error: CallRefusedError) -> Outcome | None:
        """Name what bears the number already: it may be our own, from a write that was lost."""
        number = operation.document.number
        if number is None:
            return None
        asked = FindDocument(id="", kind=operation.kind, numbers=(number,))
        rows = [row for query in finding(asked) for row in self._client.query(query)]
        own = next((row for row in rows if mark_in(operation.kind, row) == operation.key), None)
        if own is not None:
            return _as_sent(operation.document, _done(operation.kind, own))
        found = [row for row in rows if _bears(row, number, operation)]
        identity = (identity_in(found[0]) if found else None) or ""
        told = f"dated {shown(found[0].get('TxnDate'))}" if found else "which it does not name"
        refusal = refuse(
            "number-taken",
            where="number",
            value=number,
            document=operation.kind.words,
            target=NAME,
            found=told,
            id=identity,
            detail=f"{error.operation}: {error.detail}",
        )
        return Refused(refusal, error.fault)

    def _before_stock(self, operation: CreateDocument) -> Outcome | None:
        """Name the item whose stock is not tracked yet on the document's day."""
        day = operation.document.own_day
        lines = getattr(operation.document, "lines", ())
        ids = [line.item.id for line in lines if getattr(line, "item", None) is not None]
        for row in self._rows("Item", filter(None, ids)).values():
            since = start_of_stock(row)
            if day is not None and since is not None and day < since:
                self._client.standing.stock_since[str(row.get("Id"))] = since
                return Refused(before_stock(day, shown(row.get("Name")), since), _BEFORE_STOCK)
        return None


_WITH_DOCUMENT: Final = (CreateDocument, UpdateDocument)
_OF_RECORDS: Final = (ActivateRecord, CreateRecord)
_NOT_AS_KNOWN: Final = frozenset({STALE, NOT_FOUND})
_BEFORE_STOCK: Final = "6270"
# Of a look-up that goes along with writes: a batch's answer holds 1,000 objects.
_ROWS_MAX: Final = 200


def _not_sent(error: ConnectorError | InvalidDocument) -> Answer:
    """Answer for a write that has not left, for what it needs could not be read."""
    if isinstance(error, UnreadableReplyError | OutcomeUnknownError):
        # That was about a reading; of the write nothing is in doubt.
        return giving(Busy(error.message, detail=error.told.detail))
    if isinstance(error, ConnectorError):
        return raising(error)
    return giving(Busy(clean_line(f"{NAME} answered with something unreadable: {error}", 500)))


def _is_another(operation: UpdateDocument | VoidDocument, current: Record) -> bool:
    """Whether a form has another mark of its version than the one that was decided about."""
    return str(current.get("SyncToken")) != operation.revision


def _bears(row: Record, number: str, operation: CreateDocument) -> bool:
    """Whether a form bears the number of one that is to be written, of a bill the vendor's."""
    vendor = vendor_in(operation.kind, operation.document)
    named = row.get("VendorRef")
    is_hers = vendor is None or not isinstance(named, dict) or named.get("value") == vendor
    return is_hers and row.get("DocNumber") == number


def _changed_meanwhile(kind: DocumentKind, current: Record) -> Conflict:
    return Conflict(_readable(kind, current), "it was changed there meanwhile")


def _readable(kind: DocumentKind, record: Record) -> Document | None:
    try:
        return read_form(kind, record)
    except InvalidDocument:
        return None


def _done(kind: DocumentKind, record: Record) -> Done:
    """Read what was written; whatever cannot be read of it, its identity counts.

    Raises:
        InvalidDocument: It does not even tell its identity.
    """
    document, identity = _readable(kind, record), identity_of(Reader(record))
    total = None if document is None else getattr(document, "total", None)
    tax = None if document is None else getattr(document, "tax", None)
    return Done(
        id=identity,
        number=document.number if document is not None else None,
        revision=document.revision if document is not None else None,
        line_ids=tuple(line.id for line in getattr(document, "lines", ())),
        total=None if total is None else str(total.amount),
        tax=None if tax is None else str(tax.amount),
        document=document,
        mark=mark_in(kind, record),
        written_at=changed_at(record),
    )


def _as_sent(sent: Document, done: Done) -> Done:
    """Leave a document to be read where its answer says that something else was taken.

    A name, a day or a currency may be taken otherwise in silence; reading it then shows what
    differs from what was sent.
    """
    answered = done.document
    if answered is None or not _taken_otherwise(sent, answered):
        return done
    return msgspec.structs.replace(done, document=None)


def _taken_otherwise(sent: Document, answered: Document) -> bool:
    ours, theirs = _party(sent), _party(answered)
    if ours is not None and ours != theirs:
        return True
    if sent.own_day is not None and sent.own_day != answered.own_day:
        return True
    currency = getattr(sent, "currency", None)
    return currency is not None and currency != getattr(answered, "currency", None)


def _party(document: Document) -> str | None:
    found = document.worker if isinstance(document, WorkEntry) else document.party
    return None if found is None else found.id


def _record_created(operation: CreateRecord, record: Record) -> Outcome:
    identity = identity_of(Reader(record))
    try:
        learned = read_record(operation.kind, record)
    except InvalidDocument:
        learned = msgspec.structs.replace(operation.record, id=identity)
    return Done(
        id=identity,
        revision=learned.revision,
        record=learned,
        written_at=changed_at(record),
    )


# --- Refusals -----------------------------------------------------------------------------


def refusal_of(operation: Operation, error: RejectedError) -> Refusal:
    """Say for people what the company has against an operation, by its code alone."""
    fault = error.fault if isinstance(error, CallRefusedError) else None
    meaning = meaning_of(fault)
    kind = getattr(operation, "kind", None)
    words = kind.words if isinstance(kind, DocumentKind | RecordKind) else "request"
    said = error.reason if isinstance(error, CallRefusedError) else error.message
    problem = f"{meaning.problem}. {NAME} says: {said}"
    if fault is None:
        problem = said
    return refuse(
        meaning.refusal,
        document=words,
        target=NAME,
        field=f"The {words}",
        value=getattr(getattr(operation, "document", None), "number", None),
        problem=problem,
        detail=f"{error.operation}: {error.detail}" + (f" (code {fault})" if fault else ""),
    )
