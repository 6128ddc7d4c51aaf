"""Watching what we wrote: what a target holds of ours, and what became of lost writes.

A run begins by reading what was written to the target lately, heads only: who and which
the documents are, and the marks they bear.  That one reading answers three questions:

* What became of a create whose answer was lost?  Its mark is there, or it is not.
* Was a document of ours changed there?  Its revision moved; it is read as a whole.
* Is there a document with a mark of ours that we know nothing of?  Then this ledger was
  restored, or another hub wrote it; it is adopted instead of sent again.

A write is believed absent only by a reading that was asked for after it was lost, that came
to its end, and in a company file that gives our marks back; elsewhere a document there that
may be it makes its outcome unclear, and a person decides.  That reading goes by the date
that was written with the document: the clock of the books may have been set since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import DOCUMENT_TYPES, Document, DocumentKind, decode, refuse
from counterfoil.engine.deciding import Write
from counterfoil.engine.life import Event, State
from counterfoil.engine.moving import advance, reconsider
from counterfoil.engine.operations import Page
from counterfoil.engine.reading import Reading, looks_for
from counterfoil.engine.seeing import is_news, seen_as
from counterfoil.engine.settling import recognise
from counterfoil.engine.transfers import Pairing, Transfer, is_derived, mark_of
from counterfoil.ledger import exchanges, marks, pairings, rereading, runs, transfers
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.documents import Pending
from counterfoil.ledger.marks import Marked
from counterfoil.ledger.runs import Run
from counterfoil.ledger.transfers import Sourced
from counterfoil.settings import FLOWS, FlowName
from counterfoil.translate import TRANSLATORS

from . import part_lines
from .orders import let_try_again
from .recording import learn_marks, marks_of_file, record, what_waits
from .standpoints import keep, standpoints, views_for

__all__ = [
    "ask_about_lost",
    "complete",
    "may_be_ours",
    "take_read",
    "take_target_gone",
    "take_watched",
]

_LOST: Final = (State.UNKNOWN, State.CONFIRMING)
_PAGE: Final = 500
_NEAR_MAX: Final = 5


def ask_about_lost(tx: Tx, connection: Connection, now: datetime) -> tuple[Reading, ...]:
    """Note that creates which were lost will now be looked for; says what is read for it.

    Not while a write is open: it may still be carried out after the reading.
    """
    if exchanges.open_write(tx, connection.id) is not None:
        return ()
    # Those that were being looked for when an earlier reading was cut off are, once more.
    lost = _lost_creates(tx, connection, _LOST)
    transfers.save(
        tx,
        [
            (each.transfer, advance(each.transfer, Event.ASKED, now))
            for each in lost
            if each.transfer.state is State.UNKNOWN
        ],
    )
    written = _days_written(tx, lost)
    days: defaultdict[DocumentKind, list[date]] = defaultdict(list)
    for each in lost:
        day = written.get(each.transfer.id)
        if day is not None:
            days[each.transfer.target_kind].append(day)
    return tuple(reading for kind, found in days.items() for reading in looks_for(kind, found))


def _days_written(tx: Tx, lost: Sequence[Sourced]) -> dict[int, date]:
    """Give the dates that lost creates bear, by transfer, as far as they were kept."""
    found = {}
    for transfer, last in exchanges.last_writes(tx, [each.transfer.id for each in lost]).items():
        written = last.sent.written if last.sent is not None else None
        day = None if written is None else written.own_day
        if day is not None:
            found[transfer] = day
    return found


def _lost_creates(tx: Tx, connection: Connection, states: Sequence[State]) -> list[Sourced]:
    found: list[Sourced] = []
    after = 0
    while page := transfers.work(tx, connection.id, states, _PAGE, after=after):
        # What is paired was entered: whether it is linked to its order is asked elsewhere.
        found += [
            each for each in page if each.transfer.write is Write.CREATE and each.pairing is None
        ]
        after = page[-1].transfer.id
    return found


# --- Pages --------------------------------------------------------------------------------


def take_watched(
    tx: Tx, connection: Connection, run: Run, reading: Reading, page: Page, now: datetime
) -> int:
    """Take a page of what was written there lately; says how many transfers it settled."""
    kind = reading.documents
    assert kind is not None, "documents are watched"
    paired = {
        each.target_id: each
        for each in rereading.watched(
            tx, connection.id, kind, [document.id for document in page.documents]
        )
    }
    free = [each for each in page.documents if each.id not in paired]
    found = _recognised(tx, connection, run, kind, free, page.keys, now, heads=reading.heads)
    # What cannot be read is there all the same, and its mark says whose it is.
    barely = [
        DOCUMENT_TYPES[kind](id=each.id, number=each.number)
        for each in page.unreadable
        if each.id is not None and each.id in page.keys
    ]
    found += _recognised(tx, connection, run, kind, barely, page.keys, now, heads=True)
    _take_changed(tx, connection, page, paired, now, heads=reading.heads)
    _note_near(tx, connection, run, free, page.keys, now)
    _note_hidden(tx, connection, run, page, now)
    if any(page.keys):
        learn_marks(tx, connection.id, are_kept=True)
    return found


def _recognised(
    tx: Tx,
    connection: Connection,
    run: Run,
    kind: DocumentKind,
    free: Sequence[Document],
    keys: Mapping[str, str],
    now: datetime,
    *,
    heads: bool,
) -> int:
    """Land what bears the mark of a lost create; keep marks that nobody knows."""
    marked = {mark_of(keys[each.id]): each for each in free if each.id in keys}
    if not marked:
        return 0
    lost = [
        each
        for each in transfers.by_key(tx, connection.id, marked, _LOST)
        if each.transfer.write is Write.CREATE and each.pairing is None
    ]
    found = {each.transfer.id: marked.pop(mark_of(each.transfer.key or "")) for each in lost}
    settled = _settle(tx, connection, run, lost, found, now, heads=heads)
    marks.keep(
        tx,
        connection.id,
        [_marked(mark, kind, each) for mark, each in marked.items() if is_derived(mark)],
    )
    return settled


def _settle(
    tx: Tx,
    connection: Connection,
    run: Run,
    lost: Sequence[Sourced],
    found: Mapping[int, Document | None],
    now: datetime,
    *,
    heads: bool,
) -> int:
    """Record what a reading showed of lost creates; says how many came to an end."""
    if not lost:
        return 0
    waiting = what_waits(tx, connection, lost)
    settled = recognise(waiting, found, now, target=connection.system.words, heads=heads)
    return record(tx, connection, run.id, lost, waiting, settled, now)


def _marked(mark: str, kind: DocumentKind, document: Document) -> Marked:
    total = getattr(document, "total", None)
    return Marked(
        mark=mark,
        kind=kind,
        document_id=document.id,
        number=document.number,
        revision=document.revision,
        total=None if total is None else str(total.amount),
    )


def _take_changed(
    tx: Tx,
    connection: Connection,
    page: Page,
    paired: Mapping[str, Any],
    now: datetime,
    *,
    heads: bool,
) -> None:
    """Notice that a document of ours has another revision there."""
    moved = [
        each
        for each in page.documents
        if each.id in paired
        and (paired[each.id].is_unread or paired[each.id].revision != each.revision)
    ]
    if heads:
        rereading.stale(tx, [paired[each.id].transfer for each in moved])
    else:
        take_read(tx, connection, {paired[each.id].transfer: each for each in moved}, now)


def _note_near(
    tx: Tx,
    connection: Connection,
    run: Run,
    free: Sequence[Document],
    keys: Mapping[str, str],
    now: datetime,
) -> None:
    """Remember what may be a lost create, where marks are not known to come back."""
    if marks_of_file(connection) == "kept":
        return
    bare = [each for each in free if each.id not in keys]
    lost = _lost_creates(tx, connection, (State.CONFIRMING,)) if bare else []
    if not lost:
        return
    writes = exchanges.last_writes(tx, [each.transfer.id for each in lost])
    near = {key: list(value) for key, value in runs.load(tx, run.id).facts.near.items()}
    for each in lost:
        last = writes.get(each.transfer.id)
        written = last.sent.written if last and last.sent else None
        for document in bare:
            if written is None or _may_be(written, document):
                known = near.setdefault(str(each.transfer.id), [])
                known.append(_described(document))
    runs.remember(
        tx,
        run.id,
        now,
        near={key: tuple(dict.fromkeys(value))[:_NEAR_MAX] for key, value in near.items()},
    )


def _note_hidden(tx: Tx, connection: Connection, run: Run, page: Page, now: datetime) -> None:
    """Remember what could not be read and may be any lost create: whose it is was not told."""
    keeps = marks_of_file(connection) == "kept"
    hidden = [
        each.sentence
        for each in page.unreadable
        if each.id is None or (each.id not in page.keys and not keeps)
    ]
    lost = _lost_creates(tx, connection, (State.CONFIRMING,)) if hidden else []
    if not lost:
        return
    near = dict(runs.load(tx, run.id).facts.near)
    for each in lost:
        known = (*near.get(str(each.transfer.id), ()), *hidden)
        near[str(each.transfer.id)] = tuple(dict.fromkeys(known))[:_NEAR_MAX]
    runs.remember(tx, run.id, now, near=near)


def _may_be(written: Document, found: Document) -> bool:
    """Whether a document may be what was written: by its number, or else by its party."""
    if written.number is not None:
        return found.number == written.number
    ours, theirs = written.party, found.party
    return ours is None or theirs is None or ours.id is None or ours.id == theirs.id


def may_be_ours(
    tx: Tx, connection: Connection, kind: DocumentKind, bare: Sequence[Pending]
) -> set[int]:
    """Name those of some documents without a mark that a create of ours may have made.

    Where marks do not come back, a create whose answer was lost, or about which a person has
    still to decide, may be any document that it may be (``_may_be``): so none of these is
    anybody's yet.  Gives their rows.
    """
    if not bare or marks_of_file(connection) == "kept":
        return set()
    creates = _lost_creates(tx, connection, (State.SENDING, *_LOST, State.REFUSED))
    doubtful = [
        each
        for each in creates
        if each.transfer.target_kind is kind
        and (each.transfer.state is not State.REFUSED or each.transfer.is_unclear)
    ]
    writes = exchanges.last_writes(tx, [each.transfer.id for each in doubtful])
    written = [last.sent.written for last in writes.values() if last.sent is not None]
    if not written:
        return set()
    found = {each.row: decode(kind, each.body) for each in bare}
    return {
        row
        for row, document in found.items()
        if any(each is None or _may_be(each, document) for each in written)
    }


def _described(document: Document) -> str:
    total = getattr(document, "total", None)
    parts = [document.number or document.id]
    if total is not None:
        parts.append(f"of {total.amount}")
    day = document.own_day
    if day is not None:
        parts.append(f"dated {day}")
    return " ".join(parts)


# --- The end of a reading -----------------------------------------------------------------


def complete(tx: Tx, connection: Connection, run: Run, reading: Reading, now: datetime) -> int:
    """Decide about the lost creates that a complete reading has not shown.

    Those that bear a date by the reading of that date, the others by what changed lately.
    Says how many came to an end.
    """
    kind = reading.documents
    assert kind is not None, "documents are watched"
    facts = runs.load(tx, run.id).facts
    lost = _lost_creates(tx, connection, (State.CONFIRMING,))
    days = _days_written(tx, lost)
    shown = [
        each
        for each in lost
        if each.transfer.target_kind is kind and _shows(reading, days.get(each.transfer.id))
    ]
    unclear = [each for each in shown if str(each.transfer.id) in facts.near]
    for each in unclear:
        near = ", ".join(facts.near[str(each.transfer.id)])
        refusal = refuse(
            "outcome-unclear",
            document=kind.words,
            target=connection.system.words,
            near=near,
            detail=f"no mark of ours came back; it may be: {near}",
        )
        after = advance(each.transfer, Event.DECLINED, now, refusal=refusal)
        transfers.save(tx, [(each.transfer, after)])
    absent = [each for each in shown if str(each.transfer.id) not in facts.near]
    nothing: dict[int, Document | None] = dict.fromkeys(each.transfer.id for each in absent)
    settled = _settle(tx, connection, run, absent, nothing, now, heads=reading.heads)
    if reading.dated is None:
        watched = tuple(sorted({*facts.watched, kind.value}))
        runs.remember(tx, run.id, now, watched=watched)
    return settled + len(unclear)


def _shows(reading: Reading, day: date | None) -> bool:
    """Whether a reading would have shown a lost create that bears this date."""
    if reading.dated is None or day is None:
        return reading.dated is None and day is None
    return reading.dated[0] <= day <= reading.dated[1]


# --- What ours say there now --------------------------------------------------------------


def take_read(
    tx: Tx,
    connection: Connection,
    found: Mapping[int, Document | None],
    now: datetime,
    *,
    deleted_on: Mapping[str, date] = {},
) -> None:
    """Take documents of ours as they were read in the target; ``None``: it is gone.

    Of a document whose deletion is told in the same answer, the deletion counts.

    Args:
        deleted_on: Identity -> the day of its deletion there, where that is told.
    """
    loaded = [
        each
        for each in transfers.load(tx, found)
        if each.pairing is not None and not _is_just_deleted(each.pairing, now)
    ]
    views = views_for(tx, loaded)
    if part_lines.learn(tx, loaded, found, views, now):
        loaded = transfers.load(tx, [each.transfer.id for each in loaded])
    standing = standpoints(tx, loaded, views)
    seen: list[Pairing] = []
    moves: list[tuple[Transfer, Transfer]] = []
    for each in loaded:
        assert each.pairing is not None
        document = found[each.transfer.id]
        settings = views[each.transfer.link].settings
        translator = TRANSLATORS[FlowName(each.transfer.flow)].under(settings)
        pairing = seen_as(each.pairing, document, translator, now)
        day = deleted_on.get(pairing.target_id, pairing.gone_on)
        pairing = msgspec.structs.replace(pairing, gone_on=day if pairing.gone_at else None)
        if pairing.sent_fingerprint is None and not each.is_withdrawn:
            # Adopted, or from an older version: what the source says now is the baseline.
            own = standing[each.transfer.id].fingerprint
            pairing = msgspec.structs.replace(pairing, sent_fingerprint=own)
        at = standing[each.transfer.id].with_pairing(pairing)
        seen.append(_slim(pairing))
        news = is_news(each.pairing, pairing)
        moves.append((each.transfer, reconsider(each.transfer, at, now, news=news)))
    pairings.see(tx, seen)
    keep(tx, moves, now)
    for each, pairing in zip(loaded, seen, strict=True):
        if pairing.seen_revision != (each.pairing and each.pairing.newest_revision):
            source = views[each.transfer.link].source_of(FLOWS[FlowName(each.transfer.flow)])
            let_try_again(tx, source.id, [(each.kind, each.document_id)], now)


def _is_just_deleted(pairing: Pairing, now: datetime) -> bool:
    return pairing.gone_on is not None and pairing.gone_at == now


def _slim(pairing: Pairing) -> Pairing:
    """Keep the document itself only while it differs from what we wrote."""
    same = pairing.seen_content == pairing.content and pairing.gone_at is None
    return msgspec.structs.replace(pairing, seen=None) if same else pairing


def take_target_gone(
    tx: Tx,
    connection: Connection,
    kind: DocumentKind,
    ids: Sequence[str],
    now: datetime,
    deleted_on: Mapping[str, date],
) -> None:
    """Take that documents were deleted in the target."""
    owners = pairings.owners(tx, connection.id, [(kind, each) for each in ids])
    gone = dict.fromkeys(owners.values())
    take_read(tx, connection, gone, now, deleted_on=deleted_on)
