"""A run on one connection: what is asked next, and what its answer changes.

Both ways of driving a connection stand on these functions: the Web Connector's calls
(``hub.web_connector``), which ask for the next batch and bring its answer, and the
drive of a system we call (``hub.drive``), which does the same in a loop.  They keep the
order that makes a crash harmless at any point:

1. ``next_batch`` decides and records, in one transaction: the exchange, its operations
   and every transfer that moves.  Only after its commit may the batch leave.
2. ``answering.take_answer`` records the answer and everything it changes, in one transaction.
3. ``answering.lose`` records that no answer came.  What is then asked first is what became of it.

All functions take the open transaction; none of them calls anything outside.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind
from counterfoil.engine.asked import Asked, Kind
from counterfoil.engine.drafting import (
    Target,
)
from counterfoil.engine.following import advance_field
from counterfoil.engine.life import UNSETTLED, Event, Standing, State, states_that_are
from counterfoil.engine.moving import advance
from counterfoil.engine.operations import (
    ActivateRecord,
    Batch,
    CompleteToDo,
    CreateDocument,
    CreateRecord,
    CreateToDo,
    FindDocument,
    FindToDo,
    Operation,
    ReadDeletions,
    ReadDocuments,
    ReadRecords,
    ReadStock,
    UpdateDocument,
    VoidDocument,
    WriteField,
    WriteMark,
)
from counterfoil.engine.planning import Plan, Planned
from counterfoil.engine.reading import PageSizes, Reading, operation_of
from counterfoil.ledger import (
    adoptions,
    connections,
    counterparts,
    documents,
    exchanges,
    follow_ups,
    grants,
    pairings,
    rereading,
    runs,
    transfers,
)
from counterfoil.ledger import to_dos as to_do_rows
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.exchanges import Exchange
from counterfoil.ledger.runs import Run, RunState
from counterfoil.ledger.transfers import Sourced

from . import (
    adding,
    adopting,
    converted,
    counting,
    intake,
    paired,
    planned,
    readings_due,
    restored,
    to_dos,
    watching,
    writing_back,
)
from .answering import (
    ONCE_MORE,
    ONCE_MORE_MAX,
    REREAD,
    SOUGHT,
    find_size,
    give_up_asking,
    move,
    store,
)
from .holding import present_hold
from .keys import new_batch_key
from .links import LinkView, views_of
from .systems import Traits, signs_in, traits_of

__all__ = [
    "Prepared",
    "Unfinished",
    "has_to_look",
    "has_work",
    "may_rest",
    "next_batch",
    "remaining",
    "rests",
]

# Documents of ours that are read again in one run, at most.
REREAD_PER_RUN: Final = 1_000
# A plan can consist of nothing but refusals; then the next one is made at once.
_PLANS_IN_A_ROW_MAX: Final = 10_000


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A batch that is recorded and may leave."""

    exchange: int
    batch: Batch


class Unfinished(msgspec.Struct, frozen=True):
    """What is asked next takes more than one short transaction to decide: ask again.

    What was done towards it is in this one, and no other process has to begin anew.
    """


def _question(
    tx: Tx,
    connection: Connection,
    run: Run,
    asked: Sequence[tuple[Operation, Asked]],
    now: datetime,
) -> Prepared:
    """Record questions: whatever becomes of them, nothing was written."""
    exchange = exchanges.record(
        tx,
        connection=connection.id,
        run=run.id,
        key="",
        writes=False,
        operations=[each for _operation, each in asked],
        now=now,
    )
    batch = Batch(operations=tuple(operation for operation, _each in asked))
    return Prepared(exchange=exchange, batch=batch)


def _write(
    tx: Tx,
    connection: Connection,
    run: Run,
    asked: Sequence[tuple[Operation, Asked]],
    now: datetime,
) -> Prepared:
    """Record a batch of writes, under a key by which what became of it can be asked."""
    batch = Batch(
        operations=tuple(operation for operation, _each in asked),
        key=new_batch_key(),
        clears=connection.clearable_key,
    )
    exchange = exchanges.record(
        tx,
        connection=connection.id,
        run=run.id,
        key=batch.key,
        writes=True,
        operations=[each for _operation, each in asked],
        now=now,
    )
    connections.change(tx, connection.id, position=connection.position + 1)
    return Prepared(exchange=exchange, batch=batch)


# --- What is next -------------------------------------------------------------------------


def next_batch(
    tx: Tx, connection: Connection, run: Run, target: Target, now: datetime
) -> Prepared | Unfinished | None:
    """Decide and record what is asked next; ``None``: nothing is left to ask.

    In this order: what became of a write that was never answered; what a run reads
    first; what waits to be written; and last, that the system may forget the answer it
    keeps for us.  Nothing at all while a person is asked whether these are the right books.
    """
    if run.facts.asks:
        return None
    traits = traits_of(connection.system)
    lost = _lost(tx, connection, traits, target, now)
    if lost is not None and present_hold(tx, connection, run, now) is None:
        return _recover(tx, connection, run, lost, now)
    views = views_of(tx, connection.id)
    if rests(tx, connection.id, views):
        return _clear(tx, connection, run, now)
    if run.facts.sought:
        return _seek(tx, connection, run, now)
    readings, facts = run.agenda, run.facts
    if readings is None:
        readings = _agenda(tx, connection, run, _read_for(tx, connection.id, views), traits, now)
        facts = runs.load(tx, run.id).facts
    if readings:
        return _read(tx, connection, run, readings, traits, now)
    if lost is not None:
        # What was sent may still be carried out: until that is over nothing is written.
        return None
    if not facts.has_begun:
        # Once all is read; what the other side reads meanwhile, its own run begins.
        intake.begin_transfers(tx, connection, views, now)
        facts = runs.remember(tx, run.id, now, has_begun=True)
    counts = _count(tx, connection, run, facts, views, traits, now)
    if counts is not None:
        return counts
    if restored.looks_back(connection):
        more = _reread(tx, connection, run, now, everything=True)
        if more is not None:
            return more
        restored.looked(tx, connection)
    return (
        _mark(tx, connection, run, traits, now)
        or _ask_named(tx, connection, run, views, target, now)
        or _add_records(tx, connection, run, views, target, now)
        or _deliver(
            tx,
            connection,
            run,
            views,
            target,
            now,
            may_create=_may_create(tx, connection, traits, facts),
        )
        or _keep_to_dos(tx, connection, run, target, now)
        or _reread(tx, connection, run, now)
        or _ask_converted(tx, connection, run, now)
        or _clear(tx, connection, run, now)
    )


def _lost(
    tx: Tx, connection: Connection, traits: Traits, target: Target, now: datetime
) -> Exchange | None:
    """Give the write that was never answered, where its system can recall it as a whole."""
    lost = exchanges.open_write(tx, connection.id)
    if lost is None or traits.recalls_batches:
        return lost
    give_up_asking(tx, lost, target, now)
    return None


def _seek(tx: Tx, connection: Connection, run: Run, now: datetime) -> Prepared:
    """Ask once for the documents that a person wants read first."""
    asked: list[tuple[Operation, Asked]] = []
    for position, (kind, number) in enumerate(run.facts.sought, start=1):
        wire_id = str(position)
        operation = FindDocument(id=wire_id, kind=DocumentKind(kind), numbers=(number,))
        asked.append((operation, Asked(wire_id=wire_id, kind=Kind.FIND, subject=kind, name=SOUGHT)))
    runs.remember(tx, run.id, now, sought=())
    return _question(tx, connection, run, asked, now)


def _count(
    tx: Tx,
    connection: Connection,
    run: Run,
    facts: RunState,
    views: Sequence[LinkView],
    traits: Traits,
    now: datetime,
) -> Prepared | Unfinished | None:
    """Read stock that is to be counted, and compare it; ``None``: nothing of it is left to do."""
    readings = counting.readings(tx, connection, run, facts, views, now)
    if readings:
        return _read(tx, connection, run, readings, traits, now)
    if counting.compare(tx, connection, run, facts, views, now):
        return Unfinished()
    return None


def rests(tx: Tx, connection: int, views: Sequence[LinkView]) -> bool:
    """Whether nothing is read or written: every link is paused, or there is none.

    What may have been written and was never confirmed is asked about all the same.
    """
    return not _read_for(tx, connection, views)


def _read_for(tx: Tx, connection: int, views: Sequence[LinkView]) -> list[LinkView]:
    """Give the links for which a connection is read: those that go on.

    While something may have been written and nobody knows, all of them: what is read then
    tells what became of it.
    """
    going = [view for view in views if not view.link.is_paused]
    if len(going) == len(views) or not _is_in_doubt(tx, connection):
        return going
    return list(views)


def _is_in_doubt(tx: Tx, connection: int) -> bool:
    in_flight = states_that_are(Standing.IN_FLIGHT)
    return bool(transfers.count_in(tx, connection, in_flight)) or follow_ups.any_in(
        tx, connection, in_flight
    )


def _may_create(
    tx: Tx, connection: Connection, traits: Traits, facts: RunState
) -> frozenset[DocumentKind] | None:
    """Name the kinds of which a document may be created in this run; ``None``: any.

    Of no other has it been read what was written there lately: it may be there already.  Where
    the system refuses to be read for longer, what is new goes all the same, as long as nothing
    is in doubt: what this ledger never sent is not there.
    """
    if traits.watch != "changes":
        return None
    if facts.reads_used_up and not _is_in_doubt(tx, connection.id):
        return None
    return frozenset(DocumentKind(kind) for kind in facts.watched if facts.has_looked)


def _ask_converted(tx: Tx, connection: Connection, run: Run, now: datetime) -> Prepared | None:
    """Ask once whether receipts that are gone were made into bills."""
    if run.facts.looked_converted:
        return None
    runs.remember(tx, run.id, now, looked_converted=True)
    found = converted.orders_to_read(tx, connection)
    if found is None:
        return None
    operation, asked = found
    return _question(tx, connection, run, [(operation, asked)], now)


def _ask_named(
    tx: Tx,
    connection: Connection,
    run: Run,
    views: Sequence[LinkView],
    target: Target,
    now: datetime,
) -> Prepared | None:
    """Ask once for the documents that people say transfers are."""
    if run.facts.looked_named:
        return None
    runs.remember(tx, run.id, now, looked_named=True)
    wanted = adoptions.of_target(tx, connection.id, adopting.ASKED_MAX)
    if not wanted:
        return None
    loaded = transfers.load(tx, [each.transfer for each in wanted])
    by_link = {view.link.id: view for view in views}
    choices = planned.choices_of(tx, connection, by_link)
    works = planned.works_of(
        tx, connection, [adopting.plain(each) for each in loaded], by_link, choices
    )
    drafts, knowledge = planned.drafted(tx, connection, works, by_link, target, now)
    found = adopting.questions(tx, connection, run.id, wanted, drafts, knowledge, target)
    if not found:
        return None
    return _question(tx, connection, run, found, now)


def _add_records(
    tx: Tx,
    connection: Connection,
    run: Run,
    views: Sequence[LinkView],
    target: Target,
    now: datetime,
) -> Prepared | None:
    """Add records to the lists, where a person said that they shall be there."""
    made = adding.creations(tx, connection, run, views, target, now)
    if not made:
        return None
    return _write(tx, connection, run, made, now)


def _keep_to_dos(
    tx: Tx, connection: Connection, run: Run, target: Target, now: datetime
) -> Prepared | None:
    """Make what is to be done about errors, complete it, or ask what became of it."""
    asked = to_dos.questions(tx, connection, run, now)
    if asked:
        return _question(tx, connection, run, asked, now)
    made = to_dos.writes(tx, connection, target, now)
    return _write(tx, connection, run, made, now) if made else None


def _agenda(
    tx: Tx,
    connection: Connection,
    run: Run,
    views: Sequence[LinkView],
    traits: Traits,
    now: datetime,
) -> tuple[Reading, ...]:
    """Decide what this run reads first."""
    again = [DocumentKind(kind) for kind in runs.load(tx, run.id).facts.reads_again]
    # What this run has just learnt of the system's clock counts, too.
    connection = connections.load(tx, connection.id) or connection
    readings = readings_due.agenda_of(tx, connection, views, traits, now, again)
    if any(reading.is_wide for reading in readings):
        converted.look_again(tx, connection, now)
    if any(reading.watches for reading in readings):
        readings = (*readings, *watching.ask_about_lost(tx, connection, now))
    runs.change(tx, run.id, now, agenda=readings)
    runs.remember(
        tx,
        run.id,
        now,
        agenda_made=True,
        has_begun=False,
        wide_failed=False,
        watched=(),
        near={},
        stock_from=None,
        stock_read=False,
        comparing=None,
        has_counted=False,
    )
    return readings


def _mark(
    tx: Tx, connection: Connection, run: Run, traits: Traits, now: datetime
) -> Prepared | None:
    """Renew our mark in the books before documents are written there, now and then."""
    if not traits.keeps_ledger_mark or run.facts.is_marked:
        return None
    if not _any_waits(tx, connection, now):
        return None
    runs.remember(tx, run.id, now, is_marked=True)
    mark = restored.mark_due(tx, connection, now)
    if mark is None:
        return None
    asked = Asked(wire_id=mark.id, kind=Kind.WRITE_MARK, name=mark.value)
    return _write(tx, connection, run, [(mark, asked)], now)


def _reread(
    tx: Tx, connection: Connection, run: Run, now: datetime, *, everything: bool = False
) -> Prepared | None:
    """Read documents of ours that were changed there, or whose answer was bare."""
    facts = runs.load(tx, run.id).facts
    if facts.reread >= REREAD_PER_RUN and not everything:
        return None
    # Whole documents come: one answer holds no more of them than a page of a reading.
    limit = _page_sizes(traits_of(connection.system), facts).documents
    wanted = rereading.unread(tx, connection.id, limit, after=facts.reread_to)
    by_kind: defaultdict[DocumentKind, list[tuple[int, str]]] = defaultdict(list)
    for transfer, kind, document_id, row in wanted:
        by_kind[kind].append((transfer, document_id))
        facts = msgspec.structs.replace(facts, reread=facts.reread + 1, reread_to=row)
    runs.remember(tx, run.id, now, reread=facts.reread, reread_to=facts.reread_to)
    operations: list[Operation] = []
    asked: list[Asked] = []
    size = find_size(connection)
    for kind, found in by_kind.items():
        for start in range(0, len(found), size):
            part = found[start : start + size]
            wire_id = str(len(operations) + 1)
            operations.append(
                FindDocument(id=wire_id, kind=kind, ids=tuple(each for _, each in part))
            )
            asked.append(
                Asked(
                    wire_id=wire_id,
                    kind=Kind.FIND,
                    subject=kind,
                    name=REREAD,
                    dependants=tuple(transfer for transfer, _ in part),
                )
            )
    if not operations:
        return None
    return _question(tx, connection, run, [*zip(operations, asked, strict=True)], now)


def _recover(tx: Tx, connection: Connection, run: Run, lost: Exchange, now: datetime) -> Prepared:
    """Ask what became of a batch whose answer never came."""
    move(tx, exchanges.asked(tx, lost.id), Event.ASKED, now, only=State.UNKNOWN)
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


def _page_sizes(traits: Traits, facts: RunState) -> PageSizes:
    return PageSizes(
        records=traits.records_per_page,
        documents=traits.documents_per_page,
        heads=traits.records_per_page,
    ).shrunk(facts.page_limit)


def _read(
    tx: Tx,
    connection: Connection,
    run: Run,
    readings: Sequence[Reading],
    traits: Traits,
    now: datetime,
) -> Prepared:
    """Ask for the next page of every open reading, or of one, after a refused set."""
    if run.facts.reads_singly:
        readings = readings[:1]
    sizes = _page_sizes(traits, run.facts)
    operations: tuple[Operation, ...] = tuple(
        operation_of(reading, str(position), sizes)
        for position, reading in enumerate(readings, start=1)
    )
    asked = [
        Asked(wire_id=operation.id, kind=_kind(operation), name=reading.cursor)
        for operation, reading in zip(operations, readings, strict=True)
    ]
    looks = traits.watch == "changes" and not run.facts.has_looked and not run.facts.look_failed
    wire_id = str(len(operations) + 1)
    asks = looks and traits.may_be_older
    last = restored.look_for_last(tx, connection, wire_id) if asks else None
    if looks and last is None:
        runs.remember(tx, run.id, now, has_looked=True)
    if last is not None:
        # After a set that was refused as a whole, each question is asked alone.
        operations = (last[0],) if run.facts.reads_singly else (*operations, last[0])
        asked = [last[1]] if run.facts.reads_singly else [*asked, last[1]]
    if _asks_once_more(traits, run):
        more = _once_more(tx, connection, run, len(operations), now)
        operations = (*operations, *(operation for operation, _asked in more))
        asked += [each for _operation, each in more]
    return _question(tx, connection, run, [*zip(operations, asked, strict=True)], now)


def _asks_once_more(traits: Traits, run: Run) -> bool:
    """Whether a run asks once more for what could not be read so far.

    Where all there is is read each time, it is among that; after a set that was refused as a
    whole, each question is asked alone, and this one waits.
    """
    facts = run.facts
    return traits.watch == "changes" and not facts.asked_again and not facts.reads_singly


def _once_more(
    tx: Tx, connection: Connection, run: Run, before: int, now: datetime
) -> list[tuple[Operation, Asked]]:
    """Ask for the documents that could not be read, by their identities.

    The reading of what changed has passed them, and would bring them no more.
    """
    runs.remember(tx, run.id, now, asked_again=True)
    found = documents.unreadable_ids(tx, connection.id, ONCE_MORE_MAX)
    return [
        (
            FindDocument(id=str(position), kind=kind, ids=tuple(ids)),
            Asked(wire_id=str(position), kind=Kind.FIND, subject=kind, name=ONCE_MORE),
        )
        for position, (kind, ids) in enumerate(found.items(), start=before + 1)
    ]


def _deliver(
    tx: Tx,
    connection: Connection,
    run: Run,
    views: Sequence[LinkView],
    target: Target,
    now: datetime,
    *,
    may_create: frozenset[DocumentKind] | None,
) -> Prepared | None:
    _wake(tx, connection, now)
    counting.look_after(tx, connection, run, views, now)
    writing_back.mark_errors(tx, connection, views, now)
    for _ in range(_PLANS_IN_A_ROW_MAX):
        loaded, made = planned.plan_next(tx, connection, views, target, now, may_create=may_create)
        if not made.operations:
            if not made.transfers:
                return None
            store(tx, loaded, made.transfers, now=now)
            _keep_found(tx, connection, made, loaded, now)
            continue
        batch = Batch(
            operations=tuple(each.operation for each in made.operations),
            key=new_batch_key(),
            clears=connection.clearable_key,
        )
        about = "" if batch.writes else _about(made.operations)
        if about and about == runs.load(tx, run.id).facts.asked:
            # It was answered, and the answer told nothing: the next run asks once more.
            return None
        runs.remember(tx, run.id, now, asked=about)
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
        if batch.writes:
            connections.change(tx, connection.id, position=connection.position + 1)
        follow_ups.save(tx, made.fields)
        store(tx, loaded, made.transfers, now=now, exchange=exchange)
        _keep_found(tx, connection, made, loaded, now)
        return Prepared(exchange=exchange, batch=batch)
    raise AssertionError("planning does not come to an end")


def _keep_found(
    tx: Tx, connection: Connection, made: Plan, loaded: Sequence[Sourced], now: datetime
) -> None:
    """Keep what planning found to be there already: documents, and what records became."""
    pairings.pair(tx, made.landings, now)
    follow_ups.begin(tx, connection.id, made.new_fields)
    writing_back.begin(tx, made.landings, loaded, now)
    paired.remember(tx, connection, made.paired, now)


def _about(operations: Sequence[Planned]) -> str:
    """Name what is asked, and for whom, to tell whether it was asked just now."""
    asked = [
        (msgspec.to_builtins(each.operation), each.dependants, each.sent and each.sent.fields)
        for each in operations
    ]
    return hashlib.sha256(repr(asked).encode()).hexdigest()


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


_WOKEN: Final = 500


def _wake(tx: Tx, connection: Connection, now: datetime) -> None:
    """Make those ready whose time to wait is over."""
    # A page at a time: what moves is due no longer, and very many may be due at once.
    while due := transfers.due(tx, connection.id, now, _WOKEN):
        transfers.save(tx, [(each, advance(each, Event.DUE, now)) for each in due])
    fields = follow_ups.due(tx, connection.id, now)
    follow_ups.save(tx, [(each, advance_field(each, Event.DUE, now)) for each in fields])


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
        sent=each.sent,
    )


def _kind(operation: Operation) -> Kind:
    for type_, kind in _KINDS:
        if isinstance(operation, type_):
            return kind
    raise AssertionError(f"no word for {operation!r:.60}")


_KINDS: Final = (
    (CreateDocument, Kind.CREATE_DOCUMENT),
    (CreateRecord, Kind.CREATE_RECORD),
    (ActivateRecord, Kind.ACTIVATE_RECORD),
    (UpdateDocument, Kind.UPDATE_DOCUMENT),
    (VoidDocument, Kind.VOID_DOCUMENT),
    (WriteMark, Kind.WRITE_MARK),
    (FindDocument, Kind.FIND),
    (WriteField, Kind.WRITE_FIELD),
    (CreateToDo, Kind.CREATE_TO_DO),
    (CompleteToDo, Kind.COMPLETE_TO_DO),
    (FindToDo, Kind.FIND_TO_DO),
    (ReadRecords, Kind.READ_RECORDS),
    (ReadDocuments, Kind.READ_DOCUMENTS),
    (ReadDeletions, Kind.READ_DELETIONS),
    (ReadStock, Kind.READ_STOCK),
)


def _any_waits(tx: Tx, connection: Connection, now: datetime) -> bool:
    return (
        transfers.any_waits(tx, connection.id, now)
        or follow_ups.any_waits(tx, connection.id, now)
        or counterparts.any_waits(tx, connection.id, now)
        or to_do_rows.any_waits(tx, connection.id, now)
    )


def has_work(tx: Tx, connection: Connection, now: datetime) -> bool:
    """Say whether a run would have anything to do; a few counts, however much waits."""
    if connection.clearable_key is not None or exchanges.open_write(tx, connection.id):
        return True
    if _any_waits(tx, connection, now) or adoptions.any_new(tx, connection.id):
        return True
    views = _read_for(tx, connection.id, views_of(tx, connection.id))
    return readings_due.is_due(tx, connection, views, now)


def may_rest(tx: Tx, connection: Connection, now: datetime) -> bool:
    """Whether a scheduled run of a connection would only ask what its service would have told.

    So it is once the service has told of a change by itself (a webhook), all of that has been
    read, and nothing waits to be written or found out.
    """
    hinted_at = grants.hinted_at(tx, connection.id) if signs_in(connection.system) else None
    if hinted_at is None or connection.last_problem is not None:
        return False
    if exchanges.open_write(tx, connection.id) or _is_in_doubt(tx, connection.id):
        return False
    if _any_waits(tx, connection, now) or adoptions.any_new(tx, connection.id):
        return False
    views = _read_for(tx, connection.id, views_of(tx, connection.id))
    return not readings_due.is_told(tx, connection, views, now, hinted_at)


def has_to_look(tx: Tx, connection: Connection, run: Run) -> bool:
    """Say whether a run has still to read documents of ours, or what people say is ours."""
    facts = runs.load(tx, run.id).facts
    if not facts.looked_named and adoptions.of_target(tx, connection.id, 1):
        return True
    if facts.reread < REREAD_PER_RUN and rereading.unread(
        tx, connection.id, 1, after=facts.reread_to
    ):
        return True
    return not facts.looked_converted and converted.orders_to_read(tx, connection) is not None


def remaining(tx: Tx, connection: int) -> int:
    """Count the transfers that this connection still has to take."""
    return transfers.count_in(tx, connection, UNSETTLED)
