"""A run on one connection: what is asked next, and what its answer changes.

Both ways of driving a connection stand on these functions: the Web Connector's calls
(``hub.web_connector``), which ask for the next batch and bring its answer, and the
drive of a system we call (``hub.drive``), which does the same in a loop.  They keep the
order that makes a crash harmless at any point:

1. ``next_batch`` decides and records, in one transaction: the exchange, its operations
   and every transfer that moves.  Only after its commit may the batch leave.
2. ``take_answer`` records the answer and everything it changes, in one transaction.
3. ``lose`` records that no answer came.  What is then asked first is what became of it.

All functions take the open transaction; none of them calls anything outside.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind, ListRecord, RecordKind, decode
from counterfoil.engine.life import Event, State
from counterfoil.engine.matching import Lookup, NameChoice
from counterfoil.engine.operations import (
    Batch,
    Busy,
    CreateDocument,
    CreateRecord,
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
from counterfoil.engine.planning import (
    Draft,
    Knowledge,
    Packer,
    Plan,
    Planned,
    Target,
    Work,
    draft,
    missing_names,
    names_of,
    sources_of,
)
from counterfoil.engine.reading import Reading, next_page, operation_of
from counterfoil.engine.settling import Asked, Kind, Waiting, settle, unanswered
from counterfoil.engine.transfers import Transfer, advance
from counterfoil.ledger import connections, directory, exchanges, runs, transfers
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.exchanges import Exchange
from counterfoil.ledger.runs import Run
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FlowName
from counterfoil.translate import TRANSLATORS

from . import intake
from .keys import new_batch_key, new_key
from .links import LinkView, view_of, views_of
from .targets import Traits, traits_of

__all__ = [
    "Prepared",
    "has_work",
    "lose",
    "never_ran",
    "next_batch",
    "plan_next",
    "remaining",
    "stalled",
    "take_answer",
]

# Drafts per batch: some only look a number up or wait for a record, so more are looked
# at than can be written.
_DRAFTS_PER_BATCH: Final = 2
# A plan can consist of nothing but refusals; then the next one is made at once.
_PLANS_IN_A_ROW_MAX: Final = 10_000

_UNSETTLED: Final = (State.READY, State.MATCHING, State.SENDING, State.UNKNOWN, State.CONFIRMING)


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that is recorded and may leave."""

    exchange: int
    batch: Batch


# --- What is next -------------------------------------------------------------------------


def next_batch(
    tx: Tx, connection: Connection, run: Run, target: Target, now: datetime
) -> Prepared | None:
    """Decide and record what is asked next; ``None``: nothing is left to ask.

    In this order: what became of a write that was never answered; what a run reads
    first; what waits to be written; and last, that the system may forget the answer it
    keeps for us.
    """
    traits = traits_of(connection.system)
    lost = exchanges.open_write(tx, connection.id)
    if lost is not None:
        if traits.recalls_batches:
            return _recover(tx, connection, run, lost, now)
        _give_up_asking(tx, lost, target, now)
    views = views_of(tx, connection.id)
    readings, facts = run.agenda, run.facts
    if readings is None:
        readings = intake.agenda_of(tx, connection, views, traits, now)
        facts = {**facts, "agenda_made": True, "has_begun": False}
        runs.change(tx, run.id, now, agenda=readings, facts=facts)
    if readings:
        return _read(tx, connection, run, readings, traits, now)
    if not facts.get("has_begun"):
        # Once all is read; what the other side reads meanwhile, its own run begins.
        intake.begin_transfers(tx, connection, views, now)
        runs.change(tx, run.id, now, facts={**facts, "has_begun": True})
    return _deliver(tx, connection, run, views, target, now) or _clear(tx, connection, run, now)


def _recover(tx: Tx, connection: Connection, run: Run, lost: Exchange, now: datetime) -> Prepared:
    """Ask what became of a batch whose answer never came."""
    asked = exchanges.asked(tx, lost.id)
    _move(tx, asked, Event.ASKED, now, only=State.UNKNOWN)
    exchange = exchanges.record(
        tx,
        connection=connection.id,
        run=run.id,
        key=lost.key,
        writes=False,
        operations=(),
        now=now,
        recovers=lost.id,
    )
    return Prepared(exchange=exchange, batch=Batch(operations=(), key=lost.key, recovers=True))


def _read(
    tx: Tx,
    connection: Connection,
    run: Run,
    readings: Sequence[Reading],
    traits: Traits,
    now: datetime,
) -> Prepared:
    """Ask for the next page of every open reading, or of one, after a refused set."""
    if run.facts.get("reads_singly"):
        readings = readings[:1]
    operations = tuple(
        operation_of(
            reading,
            str(position),
            records_per_page=traits.records_per_page,
            documents_per_page=traits.documents_per_page,
        )
        for position, reading in enumerate(readings, start=1)
    )
    asked = [
        Asked(wire_id=operation.id, kind=_kind(operation), name=reading.cursor)
        for operation, reading in zip(operations, readings, strict=True)
    ]
    exchange = exchanges.record(
        tx,
        connection=connection.id,
        run=run.id,
        key="",
        writes=False,
        operations=asked,
        now=now,
    )
    return Prepared(exchange=exchange, batch=Batch(operations=operations))


def _deliver(
    tx: Tx,
    connection: Connection,
    run: Run,
    views: Sequence[LinkView],
    target: Target,
    now: datetime,
) -> Prepared | None:
    _wake(tx, connection, now)
    for _ in range(_PLANS_IN_A_ROW_MAX):
        loaded, made = plan_next(tx, connection, views, target, now)
        if not made.operations:
            if not made.transfers:
                return None
            _store(tx, loaded, made.transfers)
            continue
        batch = Batch(
            operations=tuple(each.operation for each in made.operations),
            key=new_batch_key(),
            clears=connection.clearable_key,
        )
        if not batch.writes:
            batch = Batch(operations=batch.operations)
        exchange = exchanges.record(
            tx,
            connection=connection.id,
            run=run.id,
            key=batch.key,
            writes=batch.writes,
            operations=[_asked(each) for each in made.operations],
            now=now,
        )
        _store(tx, loaded, made.transfers, exchange=exchange)
        return Prepared(exchange=exchange, batch=batch)
    raise AssertionError("planning does not come to an end")


def _clear(tx: Tx, connection: Connection, run: Run, now: datetime) -> Prepared | None:
    """Let the system forget the last answer it keeps for us."""
    if connection.clearable_key is None:
        return None
    exchange = exchanges.record(
        tx,
        connection=connection.id,
        run=run.id,
        key="",
        writes=False,
        operations=(),
        now=now,
    )
    return Prepared(exchange=exchange, batch=Batch(operations=(), clears=connection.clearable_key))


def plan_next(
    tx: Tx, connection: Connection, views: Sequence[LinkView], target: Target, now: datetime
) -> tuple[list[Sourced], Plan]:
    """Plan the next batch from what the ledger holds; writes nothing."""
    by_link = {view.link.id: view for view in views if not view.problems}
    choices = {
        link: directory.choices(tx, link, view.side_of(connection.id), connection.id)
        for link, view in by_link.items()
    }
    packer = Packer(target, now, new_key)
    loaded = transfers.work(tx, connection.id, (State.UNKNOWN,), target.batch_size)
    packer.ask_about(_works(loaded, by_link, choices))
    after, drafted = 0, 0
    while not packer.is_full and drafted < _DRAFTS_PER_BATCH * target.batch_size:
        ready = transfers.work(tx, connection.id, (State.READY,), target.batch_size, after=after)
        works = _works(ready, by_link, choices)
        packer.add_all(*_drafted(tx, connection, works, by_link, target, now))
        loaded += ready
        drafted += len(works)
        if len(ready) < target.batch_size:
            break
        after = ready[-1].transfer.id
    packer.write_fields(transfers.follow_ups(tx, connection.id, target.batch_size))
    return loaded, packer.packed()


def _drafted(
    tx: Tx,
    connection: Connection,
    works: Sequence[Work],
    by_link: Mapping[int, LinkView],
    target: Target,
    now: datetime,
) -> tuple[list[Draft], Knowledge]:
    """Translate what waits, and look up every name it mentions."""
    records = _source_records(tx, sources_of(works), by_link, connection.id)
    drafts = [draft(each, records, target, now) for each in works]
    knowledge = Knowledge(entries=directory.find(tx, connection.id, names_of(drafts)))
    missing = missing_names(drafts, knowledge, target)
    if missing:
        origins = _source_records(tx, missing, by_link, connection.id)
        knowledge = msgspec.structs.replace(knowledge, origins={**records, **origins})
    return drafts, knowledge


def _works(
    loaded: Sequence[Sourced],
    by_link: Mapping[int, LinkView],
    choices: Mapping[int, Mapping[Lookup, NameChoice]],
) -> list[Work]:
    return [
        Work(
            transfer=each.transfer,
            document=decode(DocumentKind(each.kind), each.body),
            fingerprint=each.fingerprint,
            settings=by_link[each.transfer.link].settings,
            settings_version=by_link[each.transfer.link].version,
            choices=choices[each.transfer.link],
        )
        for each in loaded
        if each.transfer.link in by_link
    ]


def _source_records(
    tx: Tx,
    wanted: Iterable[tuple[int, RecordKind, str]],
    by_link: Mapping[int, LinkView],
    target_id: int,
) -> dict[tuple[int, RecordKind, str], ListRecord]:
    """Read the source's own records for the links that want them."""
    names: defaultdict[int, list[tuple[RecordKind, str]]] = defaultdict(list)
    for link, kind, name in wanted:
        names[link].append((kind, name))
    found: dict[tuple[int, RecordKind, str], ListRecord] = {}
    for link, of_link in names.items():
        view = by_link[link]
        # Names of one batch all go one way: the source is the side that is not written to.
        source = view.operations if view.books.id == target_id else view.books
        for (kind, name), record in directory.read(tx, source.id, of_link).items():
            found[link, kind, name] = record
    return found


def _wake(tx: Tx, connection: Connection, now: datetime) -> None:
    """Make those ready whose time to wait is over."""
    due = transfers.due(tx, connection.id, now)
    transfers.save(tx, [(each, advance(each, Event.DUE, now)) for each in due])


def _store(
    tx: Tx,
    loaded: Sequence[Sourced],
    moved: Sequence[Transfer],
    *,
    exchange: int | None = None,
) -> None:
    before = {each.transfer.id: each.transfer for each in loaded}
    transfers.save(
        tx,
        [
            (
                before[after.id],
                msgspec.structs.replace(after, exchange=exchange)
                if after.state in _ON_ITS_WAY
                else after,
            )
            for after in moved
        ],
    )


_ON_ITS_WAY: Final = frozenset({State.MATCHING, State.SENDING, State.CONFIRMING})


def _asked(each: Planned) -> Asked:
    operation = each.operation
    return Asked(
        wire_id=operation.id,
        kind=_kind(operation),
        subject=each.subject,
        name=each.name,
        key=getattr(operation, "key", None),
        transfer=each.transfer,
        dependants=each.dependants,
        follow_up=each.follow_up,
    )


def _kind(operation: Operation) -> Kind:
    for type_, kind in _KINDS:
        if isinstance(operation, type_):
            return kind
    raise AssertionError(f"no word for {operation!r:.60}")


_KINDS: Final = (
    (CreateDocument, Kind.CREATE_DOCUMENT),
    (CreateRecord, Kind.CREATE_RECORD),
    (FindDocument, Kind.FIND),
    (WriteField, Kind.WRITE_FIELD),
    (ReadRecords, Kind.READ_RECORDS),
    (ReadDocuments, Kind.READ_DOCUMENTS),
    (ReadDeletions, Kind.READ_DELETIONS),
)


# --- What came back -----------------------------------------------------------------------


def take_answer(
    tx: Tx,
    connection: Connection,
    run: Run,
    exchange: Exchange,
    outcomes: Mapping[str, Outcome],
    target: Target,
    now: datetime,
    *,
    text: bytes | None = None,
    asked: Sequence[Asked] | None = None,
) -> None:
    """Record an answer and all it changes.

    Args:
        connection: Who answered.
        run: The run in which it was asked.
        exchange: The exchange that waited for it.
        outcomes: By the wire ids of its operations; for a recovery, of those of the
            exchange it asked about.
        target: The connection as planning sees it.
        now: The time.
        text: The answer as it came over the wire.
        asked: The exchange's own operations, if the caller has loaded them already.
    """
    exchanges.answer(tx, exchange.id, state="answered", now=now, text=text)
    changes: dict[str, object] = {"round_trips": run.round_trips + 1}
    if exchange.recovers_id is not None:
        lost = exchanges.load(tx, exchange.recovers_id)
        settled = _take_recovery(tx, connection, lost, outcomes, target, now)
        # Its records may have been created or not: the lists are read again first.
        changes.update(agenda=[], facts={**run.facts, "agenda_made": False})
    else:
        asked = exchanges.asked(tx, exchange.id) if asked is None else asked
        settled = _settle(tx, exchange, asked, outcomes, target, now)
        if exchange.writes or not asked:
            kept = exchange.key if traits_of(connection.system).recalls_batches else None
            connections.change(tx, connection.id, clearable_key=kept or None)
        changes.update(_take_readings(tx, connection, run, asked, outcomes, now))
        if _lost_a_record(asked, outcomes):
            changes.update(agenda=[], facts={**run.facts, "agenda_made": False})
    runs.change(tx, run.id, now, settled=run.settled + settled, **changes)


def _lost_a_record(asked: Sequence[Asked], outcomes: Mapping[str, Outcome]) -> bool:
    """Whether a record may have been created without our knowing: then read the lists."""
    return any(
        each.kind is Kind.CREATE_RECORD and isinstance(outcomes.get(each.wire_id), Unknown)
        for each in asked
    )


def _take_recovery(
    tx: Tx,
    connection: Connection,
    lost: Exchange,
    outcomes: Mapping[str, Outcome],
    target: Target,
    now: datetime,
) -> int:
    """Take what the system says became of a batch whose answer was lost."""
    told = any(not isinstance(outcome, Unknown) for outcome in outcomes.values())
    exchanges.answer(
        tx,
        lost.id,
        state="recovered" if told else "unclear",
        now=now,
        problem="its answer was lost and has been asked for again",
    )
    if told:
        connections.change(tx, connection.id, clearable_key=lost.key)
    asked = exchanges.asked(tx, lost.id)
    return _settle(tx, lost, asked, _looked_for(asked, outcomes), target, now)


def _looked_for(asked: Sequence[Asked], outcomes: Mapping[str, Outcome]) -> Mapping[str, Outcome]:
    """Believe "it never ran" of a whole batch only after a look for each document.

    QuickBooks says so of every batch whose answer it does not keep: also of one in whose
    middle it crashed, and of one whose answer it could not store (status 9005).  Custom
    fields are written again, which changes nothing where they are there.
    """
    return dict(outcomes) | {
        each.wire_id: Unknown("QuickBooks keeps no answer to its message set")
        for each in asked
        if each.kind in (Kind.CREATE_DOCUMENT, Kind.WRITE_FIELD)
        and isinstance(outcomes.get(each.wire_id), Missing)
    }


def never_ran(asked: Iterable[Asked], reason: str) -> dict[str, Outcome]:
    """Give the outcomes of a batch that certainly was not carried out.

    Its creations may be sent again; its questions are simply unanswered, for "not there"
    would be an answer to them.
    """
    return {
        each.wire_id: Missing(reason)
        if each.kind in (Kind.CREATE_DOCUMENT, Kind.CREATE_RECORD)
        else Unknown(reason)
        for each in asked
    }


def stalled(exchange: Exchange, outcomes: Mapping[str, Outcome]) -> str | None:
    """Say why it is no use to go on in this run, ``None``: go on.

    An answer in which nothing came to an end would be followed by the same questions.
    What became of a lost batch is no such answer: there, "cannot tell" has its own next
    question.
    """
    if exchange.recovers_id is not None:
        return None
    idle = [each for each in outcomes.values() if isinstance(each, (Busy, Unknown))]
    return idle[0].reason if idle and len(idle) == len(outcomes) else None


def lose(tx: Tx, exchange: Exchange, target: Target, now: datetime, reason: str) -> None:
    """Record that no answer will come to an exchange.

    A reading is simply over.  A write stays open: its transfers are unknown, and the
    next batch asks what became of it.
    """
    asked = exchanges.asked(tx, exchange.id)
    if exchange.writes:
        exchanges.answer(tx, exchange.id, state="unanswered", now=now, problem=reason)
        _move(tx, asked, Event.UNANSWERED, now, only=State.SENDING, reason=reason)
    else:
        exchanges.answer(tx, exchange.id, state="lost", now=now, problem=reason)
        if exchange.recovers_id is not None:
            lost = exchanges.asked(tx, exchange.recovers_id)
            _move(tx, lost, Event.UNANSWERED, now, only=State.CONFIRMING, reason=reason)
        _settle(tx, exchange, asked, unanswered(asked, reason), target, now)


def _give_up_asking(tx: Tx, lost: Exchange, target: Target, now: datetime) -> None:
    """Settle a write that its system cannot recall as a whole: look for each document."""
    asked = exchanges.asked(tx, lost.id)
    exchanges.answer(tx, lost.id, state="unclear", now=now, problem="no answer came")
    _settle(tx, lost, asked, unanswered(asked, "no answer came"), target, now)


def _settle(
    tx: Tx,
    exchange: Exchange,
    asked: Sequence[Asked],
    outcomes: Mapping[str, Outcome],
    target: Target,
    now: datetime,
) -> int:
    """Move the transfers that waited; says how many came to an end."""
    loaded = transfers.load(tx, _waiting_ids(asked))
    waiting = _waiting(tx, loaded)
    result = settle(asked, outcomes, waiting, now, target=target.name)
    _store(tx, loaded, [_withdrawn(each, waiting, now) for each in result.transfers])
    transfers.pair(tx, result.landings, now)
    exchanges.settle(tx, exchange.id, asked, result.outcomes)
    directory.learn(tx, exchange.connection_id, result.learned, exchange.run_id)
    transfers.write_fields(tx, exchange.connection_id, result.new_fields)
    transfers.keep_fields(tx, result.fields)
    return sum(1 for each in result.transfers if each.state not in _UNSETTLED)


def _withdrawn(transfer: Transfer, waiting: Mapping[int, Waiting], now: datetime) -> Transfer:
    """Leave out what has not arrived and is no longer wanted.

    While a transfer is on its way nothing but an answer moves it, so that its source is
    gone was noticed and could not be acted upon.
    """
    if not waiting[transfer.id].is_gone or transfer.state not in _BACK:
        return transfer
    return advance(transfer, Event.SOURCE_GONE, now, reason=_GONE)


_BACK: Final = frozenset({State.READY, State.WAITING, State.REFUSED})
_GONE: Final = "It was cancelled or deleted at its source before it was sent."


def _waiting_ids(asked: Sequence[Asked]) -> set[int]:
    ids = {each.transfer for each in asked if each.transfer is not None}
    for each in asked:
        ids.update(each.dependants)
    return ids


def _waiting(tx: Tx, loaded: Sequence[Sourced]) -> dict[int, Waiting]:
    views: dict[int, LinkView] = {}
    for link_id in {each.transfer.link for each in loaded}:
        link = connections.load_link(tx, link_id)
        assert link is not None, "a transfer belongs to a link"
        views[link_id] = view_of(tx, link)
    waiting: dict[int, Waiting] = {}
    for each in loaded:
        transfer = each.transfer
        settings = views[transfer.link].settings
        translator = TRANSLATORS[FlowName(transfer.flow)]
        fields = translator.follow_ups(decode(DocumentKind(each.kind), each.body), settings)
        number = transfer.target_number
        waiting[transfer.id] = Waiting(
            transfer=transfer,
            fingerprint=each.fingerprint,
            other_number=number and translator.other_number(number, settings),
            fields=tuple((field.name, field.value) for field in fields),
            is_gone=each.is_withdrawn,
        )
    return waiting


def _move(
    tx: Tx,
    asked: Sequence[Asked],
    event: Event,
    now: datetime,
    *,
    only: State,
    reason: str | None = None,
) -> None:
    """Move the transfers of some operations that are in one state."""
    loaded = transfers.load(tx, _waiting_ids(asked))
    transfers.save(
        tx,
        [
            (each.transfer, advance(each.transfer, event, now, reason=reason))
            for each in loaded
            if each.transfer.state is only
        ],
    )


def _take_readings(
    tx: Tx,
    connection: Connection,
    run: Run,
    asked: Sequence[Asked],
    outcomes: Mapping[str, Outcome],
    now: datetime,
) -> dict[str, object]:
    """Take the pages of an answer; says what changes in the run."""
    if not run.agenda:
        return {}
    by_cursor = {each.name: each for each in asked if each.kind in _READINGS}
    answered: dict[str, Page | None] = {}
    problems: list[str] = []
    for reading in run.agenda:
        each = by_cursor.get(reading.cursor)
        if each is None:
            continue
        match outcomes.get(each.wire_id):
            case Done(page=page):
                answered[reading.cursor] = page
                if page is not None:
                    intake.take_page(tx, connection, reading, page, run.id, now)
            case Busy(reason) | Unknown(reason):
                problems.append(f"{reading.cursor}: {reason}")
            case Refused(refusal):
                problems.append(f"{reading.cursor}: {refusal.sentence}")
            case _:
                problems.append(f"{reading.cursor}: not answered")
    open_, complete = next_page(run.agenda, answered)
    # What could not be read in this run is read in the next one; the run goes on with
    # what is known.
    going_on = [
        reading
        for reading in open_
        if reading.cursor in answered or reading.cursor not in by_cursor
    ]
    intake.finish(tx, connection, complete, run.id, now)
    changes: dict[str, object] = {"agenda": going_on}
    if problems:
        changes["problem"] = "; ".join(problems)
    return changes


_READINGS: Final = frozenset({Kind.READ_RECORDS, Kind.READ_DOCUMENTS, Kind.READ_DELETIONS})


# --- Is there anything to do --------------------------------------------------------------


def has_work(tx: Tx, connection: Connection, now: datetime) -> bool:
    """Say whether a run would have anything to do; a few counts, however much waits."""
    if connection.clearable_key is not None or exchanges.open_write(tx, connection.id):
        return True
    if transfers.any_waits(tx, connection.id, now):
        return True
    views = views_of(tx, connection.id)
    return intake.is_due(tx, connection, views, now)


def remaining(tx: Tx, connection: int) -> int:
    """Count the transfers that this connection still has to take."""
    return transfers.count_in(tx, connection, _UNSETTLED)
