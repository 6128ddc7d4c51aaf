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

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind, ListRecord, RecordKind, decode
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
from counterfoil.engine.life import Event, State
from counterfoil.engine.matching import Lookup, NameChoice
from counterfoil.engine.operations import (
    Batch,
    CreateDocument,
    CreateRecord,
    FindDocument,
    Operation,
    ReadDeletions,
    ReadDocuments,
    ReadRecords,
    WriteField,
)
from counterfoil.engine.planning import Packer, Plan, Planned
from counterfoil.engine.reading import Reading, operation_of
from counterfoil.engine.settling import Asked, Kind
from counterfoil.engine.transfers import advance
from counterfoil.ledger import directory, exchanges, runs, transfers
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.exchanges import Exchange
from counterfoil.ledger.runs import Run
from counterfoil.ledger.transfers import Sourced

from . import intake
from .answering import UNSETTLED, give_up_asking, move, store
from .keys import new_batch_key, new_key
from .links import LinkView, views_of
from .targets import Traits, traits_of

__all__ = ["Prepared", "has_work", "next_batch", "plan_next", "remaining"]

# Drafts per batch: some only look a number up or wait for a record, so more are looked
# at than can be written.
_DRAFTS_PER_BATCH: Final = 2
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
    keeps for us.
    """
    traits = traits_of(connection.system)
    lost = exchanges.open_write(tx, connection.id)
    if lost is not None:
        if traits.recalls_batches:
            return _recover(tx, connection, run, lost, now)
        give_up_asking(tx, lost, target, now)
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
    move(tx, asked, Event.ASKED, now, only=State.UNKNOWN)
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
            store(tx, loaded, made.transfers)
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
        store(tx, loaded, made.transfers, exchange=exchange)
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
    return transfers.count_in(tx, connection, UNSETTLED)
