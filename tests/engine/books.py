"""A system to write to and a hub in memory, for driving the engine without anything around it.

``Books`` are strict: a document whose references do not exist, a name that is taken or a
number used twice is refused, and nothing is ever forgotten.  ``Desk`` does what the hub
does, in its order: record, let the batch leave, record the answer.  Between any two steps
it can be dropped with whatever it holds in memory; what it recorded stays.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import msgspec

from counterfoil.documents import (
    CustomField,
    DocumentKind,
    DocumentStatus,
    ListRecord,
    RecordKind,
    Refusal,
    SalesOrder,
    fingerprint,
    name_key,
    record_kind,
    refuse,
)
from counterfoil.engine.asked import Asked, Kind, Sent
from counterfoil.engine.deciding import Wish, Write
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
from counterfoil.engine.following import FollowUp, advance_field
from counterfoil.engine.life import STATES, Event, State
from counterfoil.engine.matching import SHARED_NAMES, Entry, NameChoice, lookup, references
from counterfoil.engine.moving import advance, reconsider
from counterfoil.engine.operations import (
    Conflict,
    CreateDocument,
    CreateRecord,
    Done,
    FindDocument,
    LineScope,
    Missing,
    Operation,
    Outcome,
    Page,
    Refused,
    UpdateDocument,
    VoidDocument,
    WriteField,
)
from counterfoil.engine.planning import Plan, Planned, plan
from counterfoil.engine.seeing import landing_of
from counterfoil.engine.settlement import Settlement, Waiting
from counterfoil.engine.settling import recognise, settle, unanswered
from counterfoil.engine.standpoint import Standpoint
from counterfoil.engine.transfers import Landing, Pairing, Transfer, mark_of
from counterfoil.settings import FlowName, Settings
from counterfoil.translate import TRANSLATORS
from tests.support.builders import (
    NOW,
    follower,
    marks,
    numbered_keys,
    settings,
    standpoint,
    target,
    transfer,
)

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
        # How the books spell the name of a new record.
        self.spells: Callable[[str], str] = str
        self._ids = itertools.count(1)
        self._revisions = itertools.count(1)

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

    def of_marks(self, known: Iterable[str]) -> list[SalesOrder]:
        """Give the documents that bear one of these marks, whether or not the books show them."""
        wanted = set(known)
        return [
            self.documents[id_]
            for id_, key in self.keys.items()
            if mark_of(key) in wanted and id_ in self.documents
        ]

    def edit(self, id_: str, **changes: object) -> SalesOrder:
        """Let somebody change a document by hand."""
        self.documents[id_] = msgspec.structs.replace(
            self.documents[id_], revision=str(next(self._revisions)), **changes
        )
        return self.documents[id_]

    def fill(self, id_: str, name: str, value: str) -> None:
        """Put a value into a custom field."""
        others = [each for each in self.documents[id_].custom_fields if each.name != name]
        self.edit(id_, custom_fields=(*others, CustomField(name, value)))

    def remove(self, id_: str) -> None:
        """Let somebody delete a document by hand."""
        del self.documents[id_]

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
            case UpdateDocument(document=SalesOrder() as document):
                return self._update(operation, document)
            case VoidDocument(document_id=id_):
                self.documents.pop(id_, None)
                return Done(id=id_)
            case WriteField(document_id=id_, name=name, value=value):
                if id_ not in self.documents:
                    return Missing("no such document")
                self.fields.setdefault((id_, name), []).append(value)
                self.fill(id_, name, value)
                return Done(id=id_)
            case _:
                raise AssertionError(f"the books cannot {operation!r}")

    def _create_record(self, record: ListRecord) -> Outcome:
        record = msgspec.structs.replace(
            record, name=self.spells(record.name), full_name=self.spells(record.full_name)
        )
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
        problem = self._dangling(document)
        if problem is not None:
            return problem
        if self.unique_numbers and document.number in self.numbers():
            return no(f"the number {document.number} is in use")
        id_ = f"D{next(self._ids)}"
        number = document.number or f"AUTO-{len(self.documents) + 1}"
        self._keep(id_, msgspec.structs.replace(document, number=number))
        self.keys[id_] = key
        return self._answer(id_)

    def _dangling(self, document: SalesOrder) -> Outcome | None:
        for where, wanted, _ in references(document):
            reference = document.customer
            if where != "customer":
                reference = document.lines[int(where[6 : where.index("]")])].item
            record = self.records.get((reference and reference.id) or "")
            if record is None or not record.is_active or record_kind(record) is not wanted.kind:
                return no(f"{where} refers to nothing")
        return None

    def _keep(self, id_: str, document: SalesOrder) -> None:
        lines = tuple(
            msgspec.structs.replace(each, id=each.id if each.id.startswith(id_) else f"{id_}-{n}")
            for n, each in enumerate(document.lines, next(self._revisions))
        )
        self.documents[id_] = msgspec.structs.replace(
            document, id=id_, lines=lines, revision=str(next(self._revisions))
        )

    def _answer(self, id_: str) -> Done:
        kept = self.documents[id_]
        return Done(
            id=id_,
            number=kept.number,
            revision=kept.revision,
            line_ids=tuple(each.id for each in kept.lines),
            document=kept,
            mark=self.keys.get(id_) if self.keeps_marks else None,
        )

    def _update(self, wanted: UpdateDocument, document: SalesOrder) -> Outcome:
        now = self.documents.get(wanted.document_id)
        if now is None or now.revision != wanted.revision:
            return Conflict(now)
        there = {each.id for each in now.lines}
        assert all(not each.id or each.id in there for each in document.lines)
        if wanted.lines is LineScope.NONE:
            document = msgspec.structs.replace(document, lines=now.lines)
        status = now.status
        if wanted.closes is not None:
            # Closed by hand reads as cancelled, as in QuickBooks Desktop.
            status = DocumentStatus.CANCELLED if wanted.closes else DocumentStatus.OPEN
        problem = self._dangling(document)
        if problem is not None:
            return problem
        self._keep(wanted.document_id, msgspec.structs.replace(document, status=status))
        return self._answer(wanted.document_id)

    def _find(self, wanted: FindDocument) -> Outcome:
        assert bool(wanted.ids) != bool(wanted.numbers), "one question asks by one of the two"
        found = {
            id_: each
            for id_, each in self.documents.items()
            if each.number in wanted.numbers or id_ in wanted.ids
        }
        if not found:
            return Missing()
        keys = {id_: self.keys[id_] for id_ in found if id_ in self.keys}
        return Done(
            page=Page(documents=tuple(found.values()), keys=keys if self.keeps_marks else {})
        )


_KINDS: Mapping[type[Operation], Kind] = {
    CreateDocument: Kind.CREATE_DOCUMENT,
    UpdateDocument: Kind.UPDATE_DOCUMENT,
    VoidDocument: Kind.VOID_DOCUMENT,
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
        sent=each.sent,
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
    standpoints = {each.transfer.id: each.at for each in (*ready, *unknown)}
    landed = {each.id for each, _ in made.landings}
    for each in made.transfers:
        was = before[each.id]
        # A number that is no longer free, or an order that another document takes from, is
        # all that changes without a move.
        distrusted = msgspec.structs.replace(was, is_checked=False)
        assert (
            each.state in on_its_way | {State.REFUSED}
            or each.waits_for is not None
            or (each.reason is not None and each.reason.code == "closes-later")
            or each == distrusted
            or each == msgspec.structs.replace(was, order_seen=None)
            or each.id in landed
            or each == reconsider(was, standpoints[each.id], each.state_since)
        )
        assert (each.state is State.CONFIRMING) == (
            was.state is State.UNKNOWN and each.state is not State.REFUSED
        )
    writes = [
        each.transfer
        for each in made.operations
        if isinstance(each.operation, CreateDocument | UpdateDocument | VoidDocument)
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
    is_paused: bool = False
    may_create: bool = True
    may_run_for: timedelta = timedelta(0)
    documents: dict[int, SalesOrder] = field(default_factory=dict)
    changed_at: dict[int, datetime] = field(default_factory=dict)
    followed: set[int] = field(default_factory=set)
    transfers: dict[int, Transfer] = field(default_factory=dict)
    pairings: dict[int, Pairing] = field(default_factory=dict)
    landings: dict[int, list[Landing]] = field(default_factory=dict)
    sent: dict[int, Sent] = field(default_factory=dict)
    follow_ups: dict[int, FollowUp] = field(default_factory=dict)
    directory: list[Entry] = field(default_factory=list)
    choices: dict[tuple[str, str], NameChoice] = field(default_factory=dict)
    asked: tuple[Asked, ...] = ()
    batches: int = 0

    def take(self, *documents: SalesOrder) -> None:
        """Begin a transfer for each document."""
        for document in documents:
            id_ = len(self.transfers) + 1
            self.documents[id_] = document
            self.transfers[id_] = transfer(id_, State.HELD, self.flow, number=document.number)
            self.reconsider(id_)

    def at(self, id_: int) -> Standpoint:
        """Say what is known about a transfer."""
        return standpoint(
            self.documents[id_],
            self.rules,
            flow=self.flow,
            is_paused=self.is_paused,
            changed_at=self.changed_at.get(id_),
            pairing=self.pairings.get(id_),
        )

    def reconsider(self, id_: int, *, restart: bool = False, pressed: bool = False) -> None:
        """Look at a transfer again, after something about it has changed."""
        current, at = self.transfers[id_], self.at(id_)
        self.keep(reconsider(current, at, self.now, restart=restart, pressed=pressed))

    def keep(self, moved: Transfer) -> None:
        """Record a transfer; where its generation has grown, its pairing ends."""
        if moved.generation > self.transfers[moved.id].generation:
            self.pairings.pop(moved.id, None)
        self.transfers[moved.id] = moved

    def change(self, id_: int, document: SalesOrder) -> None:
        """Read a source document that has changed."""
        if fingerprint(self.documents[id_]) != fingerprint(document):
            self.changed_at[id_] = self.now
        self.documents[id_] = document
        self.reconsider(id_, restart=True)

    def cancel(self, id_: int) -> None:
        """Read a source document that was cancelled."""
        document = self.documents[id_]
        self.change(id_, msgspec.structs.replace(document, status=DocumentStatus.CANCELLED))

    def wish(self, id_: int, wish: Wish) -> None:
        """Let a person wish something of a document."""
        wished = msgspec.structs.replace(self.transfers[id_], wish=wish, wished_by="Dana")
        self.transfers[id_] = wished
        self.reconsider(id_, pressed=True)

    def works(self, state: State) -> list[Work]:
        return [
            Work(
                followers=(follower(),) if each.id in self.followed else (),
                transfer=each,
                at=self.at(each.id),
                settings_version=1,
                marks=marks(each),
                choices={
                    lookup(RecordKind(kind), name): choice
                    for (kind, name), choice in self.choices.items()
                },
                landed=self._by_mark(each) if state is State.READY else None,
            )
            for each in self.transfers.values()
            if each.state is state
        ]

    def _by_mark(self, of: Transfer) -> Landing | None:
        """Give the document that bears a transfer's mark, where the books show marks."""
        there = self.books.of_marks(marks(of)) if self.to.keeps_marks else []
        own = TRANSLATORS[FlowName(of.flow)]
        return landing_of(there[0], own, self.sent.get(of.id, Sent())) if there else None

    def watch(self) -> None:
        """Read what was written there lately; it shows what became of lost creates."""
        lost = [each for each in self.of(State.UNKNOWN) if each.write is Write.CREATE]
        if not lost or not self.to.keeps_marks:
            return
        found = {each.id: next(iter(self.books.of_marks(marks(each))), None) for each in lost}
        waiting = {each.id: self._waiting(each.id) for each in lost}
        self._record(recognise(waiting, found, self.now, target=self.to.name))

    def _landed(self, of: Transfer, landing: Landing) -> None:
        self.landings.setdefault(of.id, []).append(landing)
        self.pairings[of.id] = landing.as_pairing(of.sent_fingerprint, of.id)

    def plan(self) -> Plan:
        """Decide what is asked next; records nothing."""
        ready, unknown = self.works(State.READY), self.works(State.UNKNOWN)
        ready = ready[: DRAFTS_PER_BATCH * self.to.batch_size]
        needed = sources_of(ready)
        records = {key: self.origins[key] for key in needed if key in self.origins}
        drafts = [draft(each, records, self.to, self.now) for each in ready]
        names, named = names_of(drafts, self.to), dict[str, list[Entry]]()
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
        return plan(
            drafts,
            unknown,
            [
                each
                for each in self.follow_ups.values()
                if each.state in (State.READY, State.UNKNOWN)
            ],
            known,
            self.to,
            now=self.now,
            new_key=numbered_keys(f"batch-{self.batches}"),
            may_create=None if self.may_create else (),
        )

    def record(self, made: Plan) -> tuple[Operation, ...]:
        """Record a plan; only what is returned then may leave."""
        for each in made.transfers:
            self.keep(each)
        for each, landing in made.landings:
            self._landed(each, landing)
        for _, field_ in made.fields:
            self.follow_ups[field_.id] = field_
        self.asked = tuple(asked_of(each) for each in made.operations)
        for asked in self.asked:
            if asked.transfer is not None and asked.sent is not None:
                self.sent[asked.transfer] = asked.sent
        self.batches += bool(self.asked)
        return tuple(each.operation for each in made.operations)

    def settle(self, outcomes: Mapping[str, Outcome]) -> Settlement:
        """Record what an answer changes."""
        waited_for = {t for a in self.asked for t in (a.transfer, *a.dependants) if t is not None}
        waiting = {id_: self._waiting(id_) for id_ in waited_for}
        result = settle(
            self.asked,
            outcomes,
            waiting,
            self.now,
            target=self.to.name,
            follow_ups=self.follow_ups,
            settles_after=self.may_run_for,
        )
        assert len(result.outcomes) == len(self.asked)
        self.asked = ()
        self._record(result)
        return result

    def _record(self, result: Settlement) -> None:
        for seen in result.seen:
            owner = next(id_ for id_, each in self.pairings.items() if each.id == seen.id)
            self.pairings[owner] = seen
        for landed, landing in result.landings:
            self._landed(landed, landing)
        for each in result.transfers:
            self.keep(each)
        for record in result.learned:
            entry = Entry(record_kind(record), record.id, record.full_name, record.is_active)
            self.directory.append(entry)
        for chosen in result.chosen:
            record = chosen.record
            entry = Entry(record_kind(record), record.id, record.full_name, record.is_active)
            self.choices[chosen.kind, chosen.name] = NameChoice(record=entry)
        for fresh in result.new_fields:
            id_ = max(self.follow_ups, default=0) + 1
            self.follow_ups[id_] = msgspec.structs.replace(fresh, id=id_)
        for _, field_ in result.fields:
            self.follow_ups[field_.id] = field_

    def _waiting(self, id_: int) -> Waiting:
        current = self.transfers[id_]
        translator = TRANSLATORS[self.flow]
        number = current.target_number
        return Waiting(
            transfer=current,
            at=self.at(id_),
            marks=marks(current),
            sent=self.sent.get(id_),
            other_number=translator.other_number(number, self.rules) if number else None,
            may_run_until=current.state_since + self.may_run_for if self.may_run_for else None,
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
        for field_ in list(self.follow_ups.values()):
            if field_.state is State.WAITING:
                self.follow_ups[field_.id] = advance_field(field_, Event.DUE, self.now)

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
        self.watch()
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

    def written(self, id_: int) -> SalesOrder:
        """Give the one document that a transfer has in the books."""
        (found,) = self.books.of_marks(marks(self.transfers[id_]))
        return found

    def exactly_once(self) -> None:
        """What must be true in the end: each document in the books once, or not and said why."""
        for each in self.transfers.values():
            assert STATES[each.state].is_settled or each.state in {State.REFUSED, State.CHANGED}, (
                each
            )
            there = [found.id for found in self.books.of_marks(marks(each))]
            landed = self.pairings.get(each.id)
            assert there == ([] if landed is None else [landed.target_id]), each
            assert (landed is not None) == (each.state in {State.DONE, State.CHANGED}), each


def orders_of(books: Iterable[SalesOrder]) -> list[str]:
    """List the numbers of documents, sorted."""
    return sorted(each.number or "" for each in books)


SALES_ORDER = DocumentKind.SALES_ORDER
