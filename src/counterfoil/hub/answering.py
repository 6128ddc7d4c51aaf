"""What an answer changes, in the ledger.

The answer itself, what became of each operation, every transfer that moves, what was
learned and what was read are recorded in one transaction, before the answer is
acknowledged to whoever brought it.  It was read and understood before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind, Reason, ended, reason
from counterfoil.engine.activations import believed
from counterfoil.engine.asked import Asked, Kind
from counterfoil.engine.drafting import Target
from counterfoil.engine.following import advance_field
from counterfoil.engine.life import STATES, Event, State
from counterfoil.engine.moving import advance
from counterfoil.engine.numbering import Known
from counterfoil.engine.operations import Busy, Done, Missing, Outcome, Refused, Unknown
from counterfoil.engine.reading import records_cursor
from counterfoil.engine.settling import settle, unanswered
from counterfoil.engine.transfers import Transfer
from counterfoil.ledger import connections, exchanges, follow_ups, pairings, runs, transfers
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.exchanges import Exchange
from counterfoil.ledger.runs import Run
from counterfoil.ledger.transfers import Sourced
from counterfoil.told import Told

from . import adding, adopting, answered_readings, clocks, converted, restored, to_dos
from .holding import hold_of
from .recording import record, what_waits
from .standpoints import keep, standpoints, views_for
from .systems import settles_after, traits_of
from .times import zone_in

__all__ = ["give_up_asking", "lose", "move", "never_ran", "stalled", "store", "take_answer"]


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
    changes: dict[str, Any] = {"round_trips": run.round_trips + 1}
    if exchange.recovers_id is not None:
        lost = exchanges.load(tx, exchange.recovers_id)
        told = any(not isinstance(each, (Unknown, Missing)) for each in outcomes.values())
        if not told and hold_of(tx, connection, lost, run, now) is not None:
            _hold_back(tx, run, lost, now)
            runs.change(tx, run.id, now, agenda=[], **changes)
            return
        settled = _take_recovery(tx, connection, lost, outcomes, target, now)
        # Its records may have been created or not, its documents be there or not: all is
        # read again first.
        changes.update(agenda=[], facts=answered_readings.anew(tx, run))
    else:
        asked = exchanges.asked(tx, exchange.id) if asked is None else asked
        outcomes = believed(asked, outcomes, target.name)
        settled = _settle(tx, connection, exchange, asked, outcomes, target, now)
        if exchange.writes or not asked:
            kept = exchange.key if traits_of(connection.system).recalls_batches else None
            connections.change(tx, connection.id, clearable_key=kept or None)
        answered_readings.take_reread(tx, connection, asked, outcomes, now)
        answered_readings.take_once_more(tx, connection, run, asked, outcomes, now)
        answered_readings.take_sought(tx, connection, run, asked, outcomes, now)
        converted.take(tx, connection, asked, outcomes, now)
        adopting.take(tx, connection, run.id, asked, outcomes, now)
        restored.take_mark(tx, connection, asked, outcomes, now)
        found, more = answered_readings.take_readings(tx, connection, run, asked, outcomes, now)
        settled += found
        changes.update(more)
        changes.update(answered_readings.take_last(tx, connection, run, asked, outcomes, now))
        answered_readings.size_questions(tx, connection, asked, outcomes)
        if _lost_something(asked, outcomes) or _are_outdated(outcomes.values()):
            changes.update(agenda=[], facts=answered_readings.anew(tx, run))
    runs.change(tx, run.id, now, settled=run.settled + settled, **changes)


def _lost_something(asked: Sequence[Asked], outcomes: Mapping[str, Outcome]) -> bool:
    """Whether something may have been created without our knowing: then all is read again."""
    return any(
        each.kind in (Kind.CREATE_RECORD, Kind.ACTIVATE_RECORD, Kind.CREATE_DOCUMENT)
        and isinstance(outcomes.get(each.wire_id) or Unknown(""), Unknown)
        for each in asked
    )


def _are_outdated(outcomes: Iterable[Outcome]) -> bool:
    """Whether the system says that its lists are not what we know of them.

    It does not know a record that we name, or has one already that we do not know.
    """
    return any(
        (isinstance(each, Busy) and each.is_outdated)
        or (isinstance(each, Refused) and each.refusal.code == "name-taken")
        for each in outcomes
    )


def _may_hide(
    tx: Tx, connection: Connection, asked: Sequence[Asked], outcomes: Sequence[Outcome]
) -> bool:
    """Whether a record may have been created at a time that readings have passed already.

    So it may where no write has told yet what time it is there.
    """
    is_lost = any(
        each.kind is Kind.CREATE_RECORD and isinstance(outcome, Unknown)
        for each, outcome in zip(asked, outcomes, strict=True)
    )
    return is_lost and not clocks.is_known(tx, connection.id)


def _hold_back(tx: Tx, run: Run, lost: Exchange, now: datetime) -> None:
    """Leave a write open that may still be carried out; this run writes nothing."""
    asked = exchanges.asked(tx, lost.id)
    why = reason("outcome-asked", problem="QuickBooks keeps no answer to its message set yet")
    move(tx, asked, Event.UNANSWERED, now, only=State.CONFIRMING, why=why)
    runs.remember(tx, run.id, now, agenda_made=False, held=lost.id)


def _take_recovery(
    tx: Tx,
    connection: Connection,
    lost: Exchange,
    outcomes: Mapping[str, Outcome],
    target: Target,
    now: datetime,
) -> int:
    """Take what the system says became of a batch whose answer was lost."""
    asked = exchanges.asked(tx, lost.id)
    found = believed(asked, _looked_for(asked, outcomes), target.name)
    told = any(not isinstance(outcome, Unknown) for outcome in found.values())
    exchanges.answer(
        tx,
        lost.id,
        state="recovered" if told else "unclear",
        now=now,
        problem="its answer was lost and has been asked for again",
    )
    if told:
        connections.change(tx, connection.id, clearable_key=lost.key)
    return _settle(tx, connection, lost, asked, found, target, now)


def _looked_for(asked: Sequence[Asked], outcomes: Mapping[str, Outcome]) -> Mapping[str, Outcome]:
    """Believe "it never ran" of nothing in a whole batch: each is looked for.

    QuickBooks says so of every batch whose answer it does not keep: also of one in whose
    middle it crashed, and of one whose answer it could not store (status 9005).  A question
    that never ran is unanswered.
    """
    return dict(outcomes) | {
        each.wire_id: Unknown("QuickBooks keeps no answer to its message set")
        for each in asked
        if isinstance(outcomes.get(each.wire_id) or Missing(), Missing)
    }


def never_ran(asked: Iterable[Asked], why: str) -> dict[str, Outcome]:
    """Give the outcomes of a batch that certainly was not carried out.

    Its writes may be sent again; its questions are simply unanswered, for "not there"
    would be an answer to them.
    """
    return {each.wire_id: Missing(why) if each.kind in _WRITES else Unknown(why) for each in asked}


_WRITES: Final = frozenset(
    {
        Kind.CREATE_DOCUMENT,
        Kind.CREATE_RECORD,
        Kind.ACTIVATE_RECORD,
        Kind.UPDATE_DOCUMENT,
        Kind.VOID_DOCUMENT,
        Kind.WRITE_FIELD,
        Kind.CREATE_TO_DO,
        Kind.COMPLETE_TO_DO,
    }
)


def stalled(exchange: Exchange, outcomes: Mapping[str, Outcome]) -> Told | None:
    """Say why it is no use to go on in this run, ``None``: go on.

    An answer in which nothing came to an end would be followed by the same questions.
    What became of a lost batch is no such answer: there, "cannot tell" has its own next
    question.
    """
    if exchange.recovers_id is not None:
        return None
    idle = [each for each in outcomes.values() if isinstance(each, (Busy, Unknown))]
    if not idle or len(idle) < len(outcomes):
        return None
    return Told(ended(idle[0].reason), detail=idle[0].detail)


def lose(tx: Tx, exchange: Exchange, target: Target, now: datetime, why: str) -> None:
    """Record that no answer will come to an exchange.

    A reading is simply over; creates it was to tell of wait for the next one.  A write stays
    open: its transfers are unknown, and the next batch asks what became of it.
    """
    asked = exchanges.asked(tx, exchange.id)
    told = reason("outcome-asked", problem=why)
    if exchange.writes:
        exchanges.answer(tx, exchange.id, state="unanswered", now=now, problem=why)
        move(tx, asked, Event.UNANSWERED, now, only=State.SENDING, why=told)
        return
    exchanges.answer(tx, exchange.id, state="lost", now=now, problem=why)
    if exchange.recovers_id is not None:
        lost = exchanges.asked(tx, exchange.recovers_id)
        move(tx, lost, Event.UNANSWERED, now, only=State.CONFIRMING, why=told)
    connection = connections.load(tx, exchange.connection_id)
    assert connection is not None, "an exchange belongs to a connection"
    _settle(tx, connection, exchange, asked, unanswered(asked, why), target, now)


def give_up_asking(tx: Tx, lost: Exchange, target: Target, now: datetime) -> None:
    """Settle a write that its system cannot recall as a whole: look for each document."""
    asked = exchanges.asked(tx, lost.id)
    exchanges.answer(tx, lost.id, state="unclear", now=now, problem="no answer came")
    connection = connections.load(tx, lost.connection_id)
    assert connection is not None, "an exchange belongs to a connection"
    _settle(tx, connection, lost, asked, unanswered(asked, "no answer came"), target, now)


def _settle(
    tx: Tx,
    connection: Connection,
    exchange: Exchange,
    asked: Sequence[Asked],
    outcomes: Mapping[str, Outcome],
    target: Target,
    now: datetime,
) -> int:
    """Move the transfers that waited; says how many came to an end."""
    loaded = transfers.load(tx, _waiting_ids(asked))
    waiting = what_waits(tx, connection, loaded)
    traits = traits_of(connection.system)
    recalls = traits.recalls_batches
    fields = follow_ups.load(tx, _field_ids(asked))
    result = settle(
        asked,
        outcomes,
        waiting,
        now,
        target=target.name,
        known=_known(tx, connection, asked, outcomes),
        follow_ups=fields,
        # A batch that can be recalled has been held back until it could not run.
        settles_after=timedelta(0) if recalls else settles_after(connection),
        zone=(zone_in(tx, connection.id) if fields else None) or UTC,
    )
    exchanges.settle(tx, exchange.id, asked, result.outcomes)
    adding.take(tx, asked, outcomes, now, target.name)
    to_dos.take(tx, asked, outcomes, now, target.name)
    if _are_outdated(result.outcomes) or _may_hide(tx, connection, asked, result.outcomes):
        # What changed there of late does not tell it: the lists are read as wholes.
        runs.forget_cursors(tx, connection.id, [records_cursor(kind) for kind in traits.lists])
    return record(tx, connection, exchange.run_id, loaded, waiting, result, now)


def _known(
    tx: Tx, connection: Connection, asked: Sequence[Asked], outcomes: Mapping[str, Outcome]
) -> Known:
    """Tell which of the documents found by their numbers are transfers', and which we wrote."""
    found = [
        (DocumentKind(each.subject or ""), document.id)
        for each in asked
        if each.kind is Kind.FIND and each.sent is not None and each.sent.by_number
        for outcome in [outcomes.get(each.wire_id)]
        if isinstance(outcome, Done) and outcome.page is not None
        for document in outcome.page.documents
    ]
    if not found:
        return Known()
    return Known(
        taken={document_id for _kind, document_id in pairings.owners(tx, connection.id, found)},
        written={document_id for _kind, document_id in pairings.written(tx, connection.id, found)},
    )


def _waiting_ids(asked: Sequence[Asked]) -> set[int]:
    ids = {each.transfer for each in asked if each.transfer is not None}
    for each in asked:
        ids.update(each.dependants)
    return ids


def _field_ids(asked: Sequence[Asked]) -> set[int]:
    ids = {each.follow_up for each in asked if each.follow_up is not None}
    for each in asked:
        ids.update(each.sent.fields if each.sent is not None else ())
    return ids


def move(
    tx: Tx,
    asked: Sequence[Asked],
    event: Event,
    now: datetime,
    *,
    only: State,
    why: Reason | None = None,
) -> None:
    """Move whatever some writes were for that is in one state: transfers, fields and the rest."""
    adding.move(tx, asked, event, now, only=only, why=why)
    to_dos.move(tx, asked, event, now, only=only, why=why)
    written = {each.follow_up for each in asked if each.follow_up is not None}
    fields = follow_ups.load(tx, written).values()
    follow_ups.save(
        tx,
        [(each, advance_field(each, event, now, why=why)) for each in fields if each.state is only],
    )
    ids = {each.transfer for each in asked if each.transfer is not None}
    loaded = [each for each in transfers.load(tx, ids) if each.transfer.state is only]
    views = views_for(tx, loaded)
    standing = standpoints(tx, loaded, views)
    keep(
        tx,
        [
            (
                each.transfer,
                advance(each.transfer, event, now, at=standing[each.transfer.id], why=why),
            )
            for each in loaded
        ],
        now,
    )


def store(
    tx: Tx,
    loaded: Sequence[Sourced],
    moved: Sequence[Transfer],
    *,
    now: datetime,
    exchange: int | None = None,
) -> None:
    """Store the transfers that moved; those on their way wait for this exchange.

    Where a generation has grown, its pairing has ended.
    """
    before = {each.transfer.id: each.transfer for each in loaded}
    rows = [
        (
            before[after.id],
            msgspec.structs.replace(after, exchange=exchange)
            if STATES[after.state].keeps_exchange and exchange is not None
            else after,
        )
        for after in moved
    ]
    keep(tx, rows, now)
