"""What a run reads, and when: its agenda, documents of ours again, and what people ask about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind
from counterfoil.engine.asked import Asked, Kind
from counterfoil.engine.drafting import Target
from counterfoil.engine.operations import FindDocument, Operation
from counterfoil.engine.reading import PageSizes, Reading, operation_of
from counterfoil.ledger import adoptions, connections, documents, rereading, runs, transfers
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.runs import Run, RunState

from . import adopting, converted, planned, readings_due, restored, watching
from .answered_readings import ONCE_MORE, ONCE_MORE_MAX, REREAD, SOUGHT, find_size
from .asking import Prepared, kind_of, question
from .links import LinkView
from .systems import Traits, traits_of

__all__ = ["agenda", "ask_converted", "ask_named", "has_to_look", "read", "reread", "seek"]

# Documents of ours that are read again in one run, at most.
REREAD_PER_RUN: Final = 1_000


def agenda(
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


def read(
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
        Asked(wire_id=operation.id, kind=kind_of(operation), name=reading.cursor)
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
    return question(tx, connection, run, [*zip(operations, asked, strict=True)], now)


def _page_sizes(traits: Traits, facts: RunState) -> PageSizes:
    return PageSizes(
        records=traits.records_per_page,
        documents=traits.documents_per_page,
        heads=traits.records_per_page,
    ).shrunk(facts.page_limit)


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


def reread(
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
    return question(tx, connection, run, [*zip(operations, asked, strict=True)], now)


def seek(tx: Tx, connection: Connection, run: Run, now: datetime) -> Prepared:
    """Ask once for the documents that a person wants read first."""
    asked: list[tuple[Operation, Asked]] = []
    for position, (kind, number) in enumerate(run.facts.sought, start=1):
        wire_id = str(position)
        operation = FindDocument(id=wire_id, kind=DocumentKind(kind), numbers=(number,))
        asked.append((operation, Asked(wire_id=wire_id, kind=Kind.FIND, subject=kind, name=SOUGHT)))
    runs.remember(tx, run.id, now, sought=())
    return question(tx, connection, run, asked, now)


def ask_named(
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
    return question(tx, connection, run, found, now)


def ask_converted(tx: Tx, connection: Connection, run: Run, now: datetime) -> Prepared | None:
    """Ask once whether receipts that are gone were made into bills."""
    if run.facts.looked_converted:
        return None
    runs.remember(tx, run.id, now, looked_converted=True)
    found = converted.orders_to_read(tx, connection)
    if found is None:
        return None
    operation, asked = found
    return question(tx, connection, run, [(operation, asked)], now)


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
