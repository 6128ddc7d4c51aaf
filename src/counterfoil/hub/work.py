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
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind, ListRecord, RecordKind
from counterfoil.engine.asked import Asked, Kind
from counterfoil.engine.deciding import Write
from counterfoil.engine.drafting import (
    Draft,
    Knowledge,
    Target,
    Work,
    draft,
    missing_names,
    names_of,
    sources_of,
    waits_for_list,
    with_alternatives,
)
from counterfoil.engine.following import FollowUp, advance_field
from counterfoil.engine.life import Event, Standing, State, states_that_are
from counterfoil.engine.matching import Lookup, NameChoice
from counterfoil.engine.moving import advance, reconsider
from counterfoil.engine.operations import (
    Batch,
    CreateDocument,
    CreateRecord,
    FindDocument,
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
from counterfoil.engine.planning import Packer, Plan, Planned
from counterfoil.engine.reading import PageSizes, Reading, operation_of
from counterfoil.engine.transfers import Landing, Transfer
from counterfoil.ledger import (
    adoptions,
    connections,
    directory,
    documents,
    exchanges,
    follow_ups,
    pairings,
    runs,
    transfers,
)
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.exchanges import Exchange
from counterfoil.ledger.runs import Run, RunState
from counterfoil.ledger.transfers import Sourced

from . import adopting, converted, counting, intake, measures, restored, watching
from .answering import (
    ONCE_MORE,
    ONCE_MORE_MAX,
    REREAD,
    UNSETTLED,
    find_size,
    give_up_asking,
    move,
    store,
)
from .closing import coming_to
from .holding import present_hold
from .keys import new_batch_key, new_key
from .links import LinkView, views_of
from .namesakes import doubted
from .orders import followers_of, orders_of
from .standpoints import marks as marks_for
from .standpoints import standpoints
from .systems import Traits, traits_of
from .unread import unread_lists

__all__ = [
    "Prepared",
    "explain",
    "forecast",
    "has_to_look",
    "has_work",
    "next_batch",
    "plan_next",
    "remaining",
    "rests",
]

# Drafts per batch: some only look a number up or wait for a record, so more are looked
# at than can be written.
_DRAFTS_PER_BATCH: Final = 2
# Documents of ours that are read again in one run, at most.
REREAD_PER_RUN: Final = 1_000
# A plan can consist of nothing but refusals; then the next one is made at once.
_PLANS_IN_A_ROW_MAX: Final = 10_000


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
    keeps for us.  Nothing at all while a person is asked whether these are the right books.
    """
    if run.facts.asks:
        return None
    traits = traits_of(connection.system)
    lost = exchanges.open_write(tx, connection.id)
    if lost is not None and not traits.recalls_batches:
        give_up_asking(tx, lost, target, now)
        lost = None
    if lost is not None and present_hold(tx, connection, run, now) is None:
        return _recover(tx, connection, run, lost, now)
    views = views_of(tx, connection.id)
    if rests(tx, connection.id, views):
        return _clear(tx, connection, run, now)
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
    stock = counting.readings(tx, connection, run, facts, views, now)
    if stock:
        return _read(tx, connection, run, stock, traits, now)
    if restored.looks_back(connection):
        more = _reread(tx, connection, run, now, everything=True)
        if more is not None:
            return more
        restored.looked(tx, connection)
    return (
        _mark(tx, connection, run, traits, now)
        or _ask_named(tx, connection, run, views, target, now)
        or _deliver(tx, connection, run, views, target, now, may_create=_may_create(traits, facts))
        or _reread(tx, connection, run, now)
        or _ask_converted(tx, connection, run, now)
        or _clear(tx, connection, run, now)
    )


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


def _may_create(traits: Traits, facts: RunState) -> frozenset[DocumentKind] | None:
    """Name the kinds of which a document may be created in this run; ``None``: any.

    Of no other has it been read what was written there lately: it may be there already.
    """
    if traits.watch != "changes":
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
    exchange = exchanges.record(
        tx,
        connection=connection.id,
        run=run.id,
        key="",
        writes=False,
        operations=[asked],
        now=now,
    )
    return Prepared(exchange=exchange, batch=Batch(operations=(operation,)))


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
    choices = _choices(tx, connection, by_link)
    works = _works(tx, connection, [adopting.plain(each) for each in loaded], by_link, choices)
    drafts, knowledge = _drafted(tx, connection, works, by_link, target, now)
    found = adopting.questions(tx, connection, run.id, wanted, drafts, knowledge, target)
    if not found:
        return None
    exchange = exchanges.record(
        tx,
        connection=connection.id,
        run=run.id,
        key="",
        writes=False,
        operations=[asked for _operation, asked in found],
        now=now,
    )
    batch = Batch(operations=tuple(operation for operation, _asked in found))
    return Prepared(exchange=exchange, batch=batch)


def _choices(
    tx: Tx, connection: Connection, by_link: Mapping[int, LinkView]
) -> dict[int, Mapping[Lookup, NameChoice]]:
    """Give what people of each link decided about names of this connection."""
    return {
        link: directory.choices(tx, link, view.side_of(connection.id), connection.id)
        for link, view in by_link.items()
    }


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
    readings = intake.agenda_of(tx, connection, views, traits, now, again)
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
    connections.change(tx, connection.id, position=connection.position + 1)
    key = new_batch_key()
    exchange = exchanges.record(
        tx,
        connection=connection.id,
        run=run.id,
        key=key,
        writes=True,
        operations=[Asked(wire_id=mark.id, kind=Kind.WRITE_MARK, name=mark.value)],
        now=now,
    )
    batch = Batch(operations=(mark,), key=key, clears=connection.clearable_key)
    return Prepared(exchange=exchange, batch=batch)


def _reread(
    tx: Tx, connection: Connection, run: Run, now: datetime, *, everything: bool = False
) -> Prepared | None:
    """Read documents of ours that were changed there, or whose answer was bare."""
    facts = runs.load(tx, run.id).facts
    if facts.reread >= REREAD_PER_RUN and not everything:
        return None
    # Whole documents come: one answer holds no more of them than a page of a reading.
    limit = _page_sizes(traits_of(connection.system), facts).documents
    wanted = pairings.unread(tx, connection.id, limit, after=facts.reread_to)
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
    exchange = exchanges.record(
        tx,
        connection=connection.id,
        run=run.id,
        key="",
        writes=False,
        operations=asked,
        now=now,
    )
    return Prepared(exchange=exchange, batch=Batch(operations=tuple(operations)))


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
    last = restored.look_for_last(tx, connection, str(len(operations) + 1)) if looks else None
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
    for _ in range(_PLANS_IN_A_ROW_MAX):
        loaded, made = plan_next(tx, connection, views, target, now, may_create=may_create)
        if not made.operations:
            if not made.transfers:
                return None
            store(tx, loaded, made.transfers, now=now)
            pairings.pair(tx, made.landings, now)
            follow_ups.begin(tx, connection.id, made.new_fields)
            continue
        batch = Batch(
            operations=tuple(each.operation for each in made.operations),
            key=new_batch_key(),
            clears=connection.clearable_key,
        )
        about = "" if batch.writes else _about(batch)
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
        pairings.pair(tx, made.landings, now)
        follow_ups.begin(tx, connection.id, made.new_fields)
        return Prepared(exchange=exchange, batch=batch)
    raise AssertionError("planning does not come to an end")


def _about(batch: Batch) -> str:
    """Name what a batch asks, to tell whether it was asked just now."""
    asked = repr([msgspec.to_builtins(each) for each in batch.operations])
    return hashlib.sha256(asked.encode()).hexdigest()


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
    tx: Tx,
    connection: Connection,
    views: Sequence[LinkView],
    target: Target,
    now: datetime,
    *,
    may_create: frozenset[DocumentKind] | None = None,
) -> tuple[list[Sourced], Plan]:
    """Plan the next batch from what the ledger holds; writes nothing."""
    by_link = {view.link.id: view for view in views}
    choices = _choices(tx, connection, by_link)
    target = msgspec.structs.replace(target, find_size=find_size(connection))
    packer = Packer(target, now, new_key, may_create=may_create)
    loaded = transfers.work(tx, connection.id, (State.UNKNOWN,), target.batch_size)
    packer.ask_about(_works(tx, connection, loaded, by_link, choices))
    put_off: list[Transfer] = []
    after, drafted = 0, 0
    while not packer.is_full and drafted < _DRAFTS_PER_BATCH * target.batch_size:
        ready = transfers.work(tx, connection.id, (State.READY,), target.batch_size, after=after)
        works = _works(tx, connection, ready, by_link, choices)
        drafts, knowledge = _drafted(tx, connection, works, by_link, target, now)
        waits = _put_off(drafts, knowledge, target, now)
        put_off += waits.values()
        packer.add_all((each for each in drafts if each.work.transfer.id not in waits), knowledge)
        loaded += ready
        drafted += len(works)
        if len(ready) < target.batch_size:
            break
        after = ready[-1].transfer.id
    packer.write_fields(_written_fields(tx, connection, by_link, target))
    made = packer.packed()
    return loaded, msgspec.structs.replace(made, transfers=(*made.transfers, *put_off))


def forecast(
    tx: Tx,
    connection: Connection,
    view: LinkView,
    loaded: Sequence[Sourced],
    target: Target,
    now: datetime,
) -> Plan:
    """Plan what some transfers of a link would come to, all in one batch; writes nothing.

    What waits for a list that was not read is among the plan's transfers, with that reason.
    """
    by_link = {view.link.id: view}
    roomy = msgspec.structs.replace(target, batch_size=len(loaded) * _ROOM_EACH)
    packer = Packer(roomy, now, new_key)
    works = _works(tx, connection, loaded, by_link, _choices(tx, connection, by_link))
    drafts, knowledge = _drafted(tx, connection, works, by_link, roomy, now)
    waits = _put_off(drafts, knowledge, roomy, now)
    packer.add_all((each for each in drafts if each.work.transfer.id not in waits), knowledge)
    made = packer.packed()
    return msgspec.structs.replace(made, transfers=(*made.transfers, *waits.values()))


# More than any document needs: its records, its questions and itself.
_ROOM_EACH: Final = 1_000


# After so long, what waits for a list is looked at again, whatever woke it or did not.
_LIST_AGAIN: Final = timedelta(minutes=30)


def _put_off(
    drafts: Iterable[Draft], knowledge: Knowledge, target: Target, now: datetime
) -> dict[int, Transfer]:
    """Let those wait that depend on a list which could not be read."""
    if not knowledge.unread and not knowledge.origins_unread:
        return {}
    found = {}
    for each in drafts:
        transfer = each.work.transfer
        why = waits_for_list(each, knowledge, target)
        # What other rules move by now is not put off.
        if why is not None and reconsider(transfer, each.work.at, now) == transfer:
            found[transfer.id] = advance(
                transfer, Event.BUSY, now, why=why, retry_after=_LIST_AGAIN
            )
    return found


def explain(tx: Tx, connection: Connection, target: Target, now: datetime) -> None:
    """Say of what waits that a list it depends on could not be read.

    For a run that ends before it plans anything; nothing else is decided.
    """
    views = {view.link.id: view for view in views_of(tx, connection.id)}
    choices = _choices(tx, connection, views)
    if not _unread(tx, connection.id, views):
        return
    after = 0
    while ready := transfers.work(tx, connection.id, (State.READY,), _EXPLAINED, after=after):
        after = ready[-1].transfer.id
        works = _works(tx, connection, ready, views, choices)
        drafts, knowledge = _drafted(tx, connection, works, views, target, now)
        store(tx, ready, list(_put_off(drafts, knowledge, target, now).values()), now=now)


_EXPLAINED: Final = 500
_WOKEN: Final = 500


def _unread(
    tx: Tx, target_id: int, views: Mapping[int, LinkView]
) -> tuple[dict[RecordKind, str], dict[tuple[int, RecordKind], str]] | None:
    """Give the lists that could not be read, of the target and of each link's source."""
    unread = unread_lists(tx, target_id)
    origins = {
        (link, kind): why
        for link, view in views.items()
        for kind, why in unread_lists(
            tx, view.operations.id if view.books.id == target_id else view.books.id
        ).items()
    }
    return (unread, origins) if unread or origins else None


def _written_fields(
    tx: Tx, connection: Connection, by_link: Mapping[int, LinkView], target: Target
) -> list[FollowUp]:
    """Give the custom fields to be asked about, and those to be written.

    Questions go on where a link is paused; nothing is written for it.
    """
    limit = target.batch_size
    unknown = follow_ups.waiting(tx, connection.id, State.UNKNOWN, by_link, limit)
    going = [link for link, view in by_link.items() if not view.link.is_paused]
    return unknown + follow_ups.waiting(tx, connection.id, State.READY, going, limit)


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
    entries = directory.find(tx, connection.id, names_of(drafts, target))
    lists = _unread(tx, connection.id, by_link) if works else None
    knowledge = Knowledge(entries=entries, origins=records)
    if lists is not None:
        knowledge = msgspec.structs.replace(knowledge, unread=lists[0], origins_unread=lists[1])
    drafts = [with_alternatives(each, knowledge, target) for each in drafts]
    drafts = doubted(tx, connection, drafts, by_link, target)
    drafts = measures.measured_all(tx, connection, drafts, by_link, knowledge, target)
    missing = missing_names(drafts, knowledge, target)
    if missing:
        origins = _source_records(tx, missing, by_link, connection.id)
        knowledge = msgspec.structs.replace(knowledge, origins={**records, **origins})
    return drafts, knowledge


def _works(
    tx: Tx,
    connection: Connection,
    loaded: Sequence[Sourced],
    by_link: Mapping[int, LinkView],
    choices: Mapping[int, Mapping[Lookup, NameChoice]],
) -> list[Work]:
    found = [each for each in loaded if each.transfer.link in by_link]
    marks = {each.transfer.id: marks_for(each, by_link[each.transfer.link]) for each in found}
    there = _found_there(tx, connection, found, marks)
    standing = standpoints(tx, found, by_link)
    followed = followers_of(tx, found)
    stands = [(each, standing[each.transfer.id]) for each in found]
    at_order = orders_of(tx, stands, by_link)
    coming = coming_to(tx, stands, by_link)
    return [
        Work(
            transfer=each.transfer,
            at=standing[each.transfer.id],
            settings_version=by_link[each.transfer.link].version,
            marks=marks[each.transfer.id],
            choices=choices[each.transfer.link],
            landed=there.get(each.transfer.id),
            order=at_order.get(each.transfer.id),
            followers=followed.get(each.transfer.id, ()),
            coming=coming.get(each.transfer.id),
        )
        for each in found
    ]


def _found_there(
    tx: Tx,
    connection: Connection,
    found: Sequence[Sourced],
    marks: Mapping[int, Sequence[str]],
) -> dict[int, Landing]:
    """Give the documents there that bear the mark of what is about to be created."""
    creates = [each for each in found if each.transfer.write is Write.CREATE]
    wanted = {marks[each.transfer.id][0]: each.transfer.id for each in creates}
    if not wanted or not traits_of(connection.system).keeps_marks:
        return {}
    return {
        wanted[mark]: Landing(
            id=there.document_id,
            kind=there.kind,
            number=there.number,
            revision=there.revision,
            total=there.total,
        )
        for mark, there in pairings.marked(tx, connection.id, wanted).items()
    }


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
    (UpdateDocument, Kind.UPDATE_DOCUMENT),
    (VoidDocument, Kind.VOID_DOCUMENT),
    (WriteMark, Kind.WRITE_MARK),
    (FindDocument, Kind.FIND),
    (WriteField, Kind.WRITE_FIELD),
    (ReadRecords, Kind.READ_RECORDS),
    (ReadDocuments, Kind.READ_DOCUMENTS),
    (ReadDeletions, Kind.READ_DELETIONS),
    (ReadStock, Kind.READ_STOCK),
)


def _any_waits(tx: Tx, connection: Connection, now: datetime) -> bool:
    return transfers.any_waits(tx, connection.id, now) or follow_ups.any_waits(
        tx, connection.id, now
    )


def has_work(tx: Tx, connection: Connection, now: datetime) -> bool:
    """Say whether a run would have anything to do; a few counts, however much waits."""
    if connection.clearable_key is not None or exchanges.open_write(tx, connection.id):
        return True
    if _any_waits(tx, connection, now) or adoptions.any_new(tx, connection.id):
        return True
    views = _read_for(tx, connection.id, views_of(tx, connection.id))
    return intake.is_due(tx, connection, views, now)


def has_to_look(tx: Tx, connection: Connection, run: Run) -> bool:
    """Say whether a run has still to read documents of ours, or what people say is ours."""
    facts = runs.load(tx, run.id).facts
    if not facts.looked_named and adoptions.of_target(tx, connection.id, 1):
        return True
    if facts.reread < REREAD_PER_RUN and pairings.unread(
        tx, connection.id, 1, after=facts.reread_to
    ):
        return True
    return not facts.looked_converted and converted.orders_to_read(tx, connection) is not None


def remaining(tx: Tx, connection: int) -> int:
    """Count the transfers that this connection still has to take."""
    return transfers.count_in(tx, connection, UNSETTLED)
