"""What an answer changes, in the ledger.

The answer itself, what became of each operation, every transfer that moves, what was
learned and what was read are recorded in one transaction, before the answer is
acknowledged to whoever brought it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import CustomField, DocumentKind, decode
from counterfoil.engine.drafting import (
    Target,
)
from counterfoil.engine.life import Event, State
from counterfoil.engine.operations import (
    Busy,
    Done,
    Missing,
    Outcome,
    Page,
    Refused,
    Unknown,
)
from counterfoil.engine.reading import next_page
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
from .links import LinkView, view_of
from .targets import traits_of

__all__ = [
    "UNSETTLED",
    "give_up_asking",
    "lose",
    "move",
    "never_ran",
    "stalled",
    "store",
    "take_answer",
]

UNSETTLED: Final = (State.READY, State.MATCHING, State.SENDING, State.UNKNOWN, State.CONFIRMING)


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
        move(tx, asked, Event.UNANSWERED, now, only=State.SENDING, reason=reason)
    else:
        exchanges.answer(tx, exchange.id, state="lost", now=now, problem=reason)
        if exchange.recovers_id is not None:
            lost = exchanges.asked(tx, exchange.recovers_id)
            move(tx, lost, Event.UNANSWERED, now, only=State.CONFIRMING, reason=reason)
        _settle(tx, exchange, asked, unanswered(asked, reason), target, now)


def give_up_asking(tx: Tx, lost: Exchange, target: Target, now: datetime) -> None:
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
    store(tx, loaded, [_withdrawn(each, waiting, now) for each in result.transfers])
    transfers.pair(tx, result.landings, now)
    exchanges.settle(tx, exchange.id, asked, result.outcomes)
    directory.learn(tx, exchange.connection_id, result.learned, exchange.run_id)
    transfers.write_fields(tx, exchange.connection_id, result.new_fields)
    transfers.keep_fields(tx, result.fields)
    return sum(1 for each in result.transfers if each.state not in UNSETTLED)


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
        fields: tuple[CustomField, ...] = ()
        if translator.has_follow_ups(settings):
            document = decode(DocumentKind(each.kind), each.body)
            fields = translator.follow_ups(document, settings)
        number = transfer.target_number
        waiting[transfer.id] = Waiting(
            transfer=transfer,
            fingerprint=each.fingerprint,
            other_number=number and translator.other_number(number, settings),
            fields=tuple((field.name, field.value) for field in fields),
            is_gone=each.is_withdrawn,
        )
    return waiting


def move(
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


def store(
    tx: Tx,
    loaded: Sequence[Sourced],
    moved: Sequence[Transfer],
    *,
    exchange: int | None = None,
) -> None:
    """Store the transfers that moved; those on their way wait for this exchange."""
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
