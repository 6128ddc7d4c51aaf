"""A system to write to and a hub in memory, for driving the engine without anything around it.

``Books`` are strict: a document whose references do not exist, a name that is taken or a
number used twice is refused, and nothing is ever forgotten.  ``Desk`` does what the hub
does, in its order: record, let the batch leave, record the answer.  Between any two steps
it can be dropped with whatever it holds in memory; what it recorded stays.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from counterfoil.documents import (
    DocumentKind,
    ListRecord,
    RecordKind,
    Refusal,
    SalesOrder,
    fingerprint,
    record_kind,
    refuse,
)
from counterfoil.engine.drafting import (
    Draft,
    Knowledge,
    Target,
    Work,
    draft,
    missing_names,
    names_of,
    sources_of,
)
from counterfoil.engine.life import SETTLED, Event, State
from counterfoil.engine.matching import SHARED_NAMES, Entry, name_key, references
from counterfoil.engine.operations import (
    CreateDocument,
    CreateRecord,
    Done,
    FindDocument,
    Missing,
    Operation,
    Outcome,
    Page,
    Refused,
    WriteField,
)
from counterfoil.engine.planning import FollowUp, Plan, Planned, plan
from counterfoil.engine.settling import Asked, Kind, Settlement, Waiting, settle, unanswered
from counterfoil.engine.transfers import Landing, Transfer, advance
from counterfoil.settings import FlowName, Settings
from counterfoil.translate import TRANSLATORS
from tests.support.builders import NOW, numbered_keys, settings, target, transfer

OPERATION_ID_LENGTH_MAX = 50
# More are loaded than fit, since some are refused and some only wait for a record.
DRAFTS_PER_BATCH = 2


def no(problem: str) -> Refused:
    return Refused(refuse("rejected", target="the books", document="record", problem=problem))


class Books:
    """Perfect books.

    Args:
        keeps_marks: Documents bear our marks, as in QuickBooks.
        unique_numbers: No two documents have one number, as in Fusion Operations.
    """

    def __init__(self, *, keeps_marks: bool = True, unique_numbers: bool = False) -> None:
        self.keeps_marks = keeps_marks
        self.unique_numbers = unique_numbers
        self.records: dict[str, ListRecord] = {}
        self.documents: dict[str, SalesOrder] = {}
        self.keys: dict[str, str] = {}
        self.fields: dict[tuple[str, str], list[str]] = {}
        self._ids = itertools.count(1)

    def add(self, *records: ListRecord) -> None:
        """Keep records that were there before."""
        for record in records:
            id_ = f"R{next(self._ids)}"
            self.records[id_] = msgspec.structs.replace(record, id=id_)

    def enter(self, document: SalesOrder) -> None:
        """Keep a document that somebody entered by hand."""
        id_ = f"D{next(self._ids)}"
        self.documents[id_] = msgspec.structs.replace(document, id=id_)

    def entries(self) -> list[Entry]:
        """List the directory, read afresh."""
        return [
            Entry(record_kind(each), id_, each.full_name, each.is_active)
            for id_, each in self.records.items()
        ]

    def of_key(self, key: str) -> list[SalesOrder]:
        """Give the documents written under a key, whether or not the books show marks."""
        return [self.documents[id_] for id_, mark in self.keys.items() if mark == key]

    def numbers(self) -> set[str | None]:
        """Give the numbers in use."""
        return {each.number for each in self.documents.values()}

    def execute(self, operation: Operation) -> Outcome:
        """Carry one operation out."""
        match operation:
            case CreateRecord(record=record):
                return self._create_record(record)
            case CreateDocument(document=SalesOrder() as document, key=key):
                return self._create_document(document, key)
            case FindDocument():
                return self._find(operation)
            case WriteField(document_id=id_, name=name, value=value):
                if id_ not in self.documents:
                    return Missing("no such document")
                self.fields.setdefault((id_, name), []).append(value)
                return Done(id=id_)
            case _:
                raise AssertionError(f"the books cannot {operation!r}")

    def _create_record(self, record: ListRecord) -> Outcome:
        kind, key = record_kind(record), name_key(record.full_name)
        for other in self.records.values():
            shared = kind in SHARED_NAMES and record_kind(other) in SHARED_NAMES
            if name_key(other.full_name) == key and (record_kind(other) is kind or shared):
                return no(f"the name {record.full_name} is in use")
        if not record.name.strip():
            return no("a name may not be empty")
        self.add(record)
        id_ = list(self.records)[-1]
        return Done(id=id_, record=self.records[id_])

    def _create_document(self, document: SalesOrder, key: str) -> Outcome:
        for where, wanted, _ in references(document):
            reference = document.customer
            if where != "customer":
                reference = document.lines[int(where[6 : where.index("]")])].item
            record = self.records.get((reference and reference.id) or "")
            if record is None or not record.is_active or record_kind(record) is not wanted.kind:
                return no(f"{where} refers to nothing")
        if self.unique_numbers and document.number in self.numbers():
            return no(f"the number {document.number} is in use")
        id_ = f"D{next(self._ids)}"
        number = document.number or f"AUTO-{len(self.documents) + 1}"
        self.documents[id_] = msgspec.structs.replace(document, id=id_, number=number)
        self.keys[id_] = key
        lines = tuple(f"{id_}-{n}" for n in range(len(document.lines)))
        return Done(id=id_, number=number, revision="1", line_ids=lines)

    def _find(self, wanted: FindDocument) -> Outcome:
        found = {
            id_: each
            for id_, each in self.documents.items()
            if each.number in wanted.numbers
            or (self.keeps_marks and wanted.key is not None and self.keys.get(id_) == wanted.key)
        }
        if not found:
            return Missing()
        keys = {id_: self.keys[id_] for id_ in found if id_ in self.keys}
        return Done(
            page=Page(documents=tuple(found.values()), keys=keys if self.keeps_marks else {})
        )


_KINDS: Mapping[type[Operation], Kind] = {
    CreateDocument: Kind.CREATE_DOCUMENT,
    CreateRecord: Kind.CREATE_RECORD,
    FindDocument: Kind.FIND,
    WriteField: Kind.WRITE_FIELD,
}


def asked_of(each: Planned) -> Asked:
    """Give an operation as the ledger remembers it."""
    return Asked(
        wire_id=each.operation.id,
        kind=_KINDS[type(each.operation)],
        subject=each.subject,
        name=each.name,
        key=getattr(each.operation, "key", None),
        transfer=each.transfer,
        dependants=each.dependants,
        follow_up=each.follow_up,
    )


def sound(made: Plan, ready: Sequence[Work], unknown: Sequence[Work], of: Target) -> None:
    """What is true of every plan, whatever it was made from."""
    ids = [each.operation.id for each in made.operations]
    assert len(ids) == len(set(ids))
    assert all(0 < len(each) <= OPERATION_ID_LENGTH_MAX for each in ids)
    assert len(ids) <= of.batch_size
    moved = [each.id for each in made.transfers]
    assert len(moved) == len(set(moved))
    before = {each.transfer.id: each.transfer for each in (*ready, *unknown)}
    assert set(moved) <= set(before)
    on_its_way = {State.MATCHING, State.SENDING, State.CONFIRMING}
    waited_for = {t for each in made.operations for t in (each.transfer, *each.dependants) if t}
    assert waited_for == {each.id for each in made.transfers if each.state in on_its_way}
    for each in made.transfers:
        # A number that is no longer free is all that changes without a move.
        distrusted = msgspec.structs.replace(before[each.id], number_is_free=False)
        assert each.state in on_its_way | {State.REFUSED} or each == distrusted
        assert (each.state is State.CONFIRMING) == (before[each.id].state is State.UNKNOWN)
    writes = [
        each.transfer for each in made.operations if isinstance(each.operation, CreateDocument)
    ]
    assert sorted(t for t in writes if t) == sorted(
        each.id for each in made.transfers if each.state is State.SENDING
    )


@dataclass
class Desk:
    """What a hub records, and what it does with it."""

    books: Books
    rules: Settings = field(default_factory=settings)
    flow: FlowName = FlowName.SALES_ORDER_OUT
    to: Target = field(default_factory=target)
    origins: Mapping[tuple[int, RecordKind, str], ListRecord] = field(default_factory=dict)
    now: datetime = NOW
    documents: dict[int, SalesOrder] = field(default_factory=dict)
    transfers: dict[int, Transfer] = field(default_factory=dict)
    landings: dict[int, list[Landing]] = field(default_factory=dict)
    follow_ups: dict[int, FollowUp] = field(default_factory=dict)
    directory: list[Entry] = field(default_factory=list)
    asked: tuple[Asked, ...] = ()
    batches: int = 0

    def take(self, *documents: SalesOrder) -> None:
        """Begin a transfer for each document."""
        for document in documents:
            id_ = len(self.transfers) + 1
            self.documents[id_] = document
            self.transfers[id_] = transfer(id_, flow=self.flow, number=document.number)

    def change(self, id_: int, document: SalesOrder) -> None:
        """Read a source document that has changed."""
        self.documents[id_] = document
        before = self.transfers[id_]
        same = before.sent_fingerprint == fingerprint(document)
        event = Event.SOURCE_RESTORED if same else Event.SOURCE_CHANGED
        self.transfers[id_] = advance(before, event, self.now)

    def works(self, state: State) -> list[Work]:
        return [
            Work(
                transfer=each,
                document=self.documents[each.id],
                fingerprint=fingerprint(self.documents[each.id]),
                settings=self.rules,
                settings_version=1,
            )
            for each in self.transfers.values()
            if each.state is state
        ]

    def plan(self) -> Plan:
        """Decide what is asked next; records nothing."""
        ready, unknown = self.works(State.READY), self.works(State.UNKNOWN)
        ready = ready[: DRAFTS_PER_BATCH * self.to.batch_size]
        needed = sources_of(ready)
        records = {key: self.origins[key] for key in needed if key in self.origins}
        drafts = [draft(each, records, self.to, self.now) for each in ready]
        names, named = names_of(drafts), dict[str, list[Entry]]()
        for entry in self.directory:
            if name_key(entry.full_name) in names:
                named.setdefault(name_key(entry.full_name), []).append(entry)
        known = Knowledge(entries=named)
        missing = missing_names(drafts, known, self.to)
        records |= {key: self.origins[key] for key in missing if key in self.origins}
        known = Knowledge(entries=named, origins=records)
        made = self._plan(drafts, unknown, known)
        sound(made, ready, unknown, self.to)
        assert made == self._plan(drafts, unknown, known), "planning is pure"
        return made

    def _plan(self, drafts: Sequence[Draft], unknown: Sequence[Work], known: Knowledge) -> Plan:
        follow_ups = list(self.follow_ups.values())
        keys = numbered_keys(f"batch-{self.batches}")
        return plan(drafts, unknown, follow_ups, known, self.to, now=self.now, new_key=keys)

    def record(self, made: Plan) -> tuple[Operation, ...]:
        """Record a plan; only what is returned then may leave."""
        for each in made.transfers:
            self.transfers[each.id] = each
        self.asked = tuple(asked_of(each) for each in made.operations)
        self.batches += bool(self.asked)
        return tuple(each.operation for each in made.operations)

    def settle(self, outcomes: Mapping[str, Outcome]) -> Settlement:
        """Record what an answer changes."""
        waited_for = {t for a in self.asked for t in (a.transfer, *a.dependants) if t is not None}
        waiting = {id_: self._waiting(id_) for id_ in waited_for}
        result = settle(self.asked, outcomes, waiting, self.now, target=self.to.name)
        assert len(result.outcomes) == len(self.asked)
        for each in result.transfers:
            self.transfers[each.id] = each
        for each, landing in result.landings:
            self.landings.setdefault(each.id, []).append(landing)
        for record in result.learned:
            entry = Entry(record_kind(record), record.id, record.full_name, record.is_active)
            self.directory.append(entry)
        for fresh in result.new_fields:
            id_ = max(self.follow_ups, default=0) + 1
            self.follow_ups[id_] = msgspec.structs.replace(fresh, id=id_)
        for written in result.fields:
            if written.is_final:
                del self.follow_ups[written.follow_up]
        self.asked = ()
        return result

    def _waiting(self, id_: int) -> Waiting:
        current, document = self.transfers[id_], self.documents[id_]
        translator = TRANSLATORS[self.flow]
        number = current.target_number
        fields = translator.follow_ups(document, self.rules)
        return Waiting(
            transfer=current,
            fingerprint=fingerprint(document),
            other_number=translator.other_number(number, self.rules) if number else None,
            fields=tuple((each.name, each.value) for each in fields),
        )

    def lose(self) -> None:
        """Record that no answer came, and read the directory again."""
        self.settle(unanswered(self.asked, "the line went dead"))
        self.refresh()

    def refresh(self) -> None:
        """Read the target's lists."""
        self.directory = self.books.entries()

    def wake(self) -> None:
        """Let the time pass that transfers wait for."""
        self.now += timedelta(hours=1)
        for each in self.of(State.WAITING):
            self.transfers[each.id] = advance(each, Event.DUE, self.now)

    def of(self, *states: State) -> list[Transfer]:
        """Give the transfers in some states."""
        return [each for each in self.transfers.values() if each.state in states]

    def refusal(self, id_: int) -> Refusal:
        """Give the refusal of a transfer that was refused."""
        found = self.transfers[id_].refusal
        assert found is not None, self.transfers[id_].state
        return found

    def round(self) -> bool:
        """One round trip in which nothing goes wrong; ``False``: there was nothing to ask."""
        made = self.plan()
        operations = self.record(made)
        if operations:
            self.settle({each.id: self.books.execute(each) for each in operations})
        return bool(made.operations or made.transfers)

    def run(self, limit: int = 1000) -> None:
        """Round trips until nothing is left to ask."""
        for _ in range(limit):
            if not self.round():
                return
        raise AssertionError(f"still busy after {limit} round trips")

    def exactly_once(self) -> None:
        """What must be true in the end: each document in the books once, or not and refused."""
        for each in self.transfers.values():
            assert each.state in SETTLED | {State.REFUSED, State.CHANGED}, each
            written = len(self.books.of_key(each.key))
            assert written == (each.state is not State.REFUSED), each
            landed = {landing.id for landing in self.landings.get(each.id, ())}
            assert len(landed) == written
            assert all(self.books.keys[id_] == each.key for id_ in landed)


def orders_of(books: Iterable[SalesOrder]) -> list[str]:
    """List the numbers of documents, sorted."""
    return sorted(each.number or "" for each in books)


SALES_ORDER = DocumentKind.SALES_ORDER
