"""What happened in one run: its calls, what stopped in it, and who pressed for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import msgspec

from counterfoil.documents import decode
from counterfoil.engine.asked import Kind
from counterfoil.hub.document_line import plural, several
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections, transfers, written
from counterfoil.ledger.connections import Noted
from counterfoil.ledger.transfers import Sourced
from counterfoil.ledger.written import Asking

from ._runs import loaded_run
from ._writes import kind_words

__all__ = ["CallRow", "StoppedRow", "presses_of_run", "run_calls", "run_stopped"]


class CallRow(msgspec.Struct, frozen=True, kw_only=True):
    """One round trip of a run, in words.

    Attributes:
        asked: What was asked, such as ``Sent 10 sales orders``.
        state: sent, answered, unanswered, recovered or unclear.
        seconds: Until its answer; ``None``: none has come.
    """

    id: int
    at: datetime
    asked: str
    writes: bool
    state: str
    seconds: float | None
    problem: str | None


class StoppedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A document that stopped in a run and still stands there, and why."""

    transfer: int
    number: str | None
    party: str | None
    sentence: str
    cure: str | None


def run_calls(hub: Hub, run: int, *, before: int | None = None, limit: int = 50) -> list[CallRow]:
    """List the round trips of a run, newest first."""
    with hub.database.reading() as tx:
        found = written.round_trips(tx, run, before_id=before, limit=limit)
        asked = written.asked_in(tx, [each.id for each in found])
    return [
        CallRow(
            id=each.id,
            at=each.sent_at,
            asked=_asked(asked.get(each.id, ()), recovers=each.recovers is not None),
            writes=each.writes,
            state=each.state,
            seconds=None
            if each.answered_at is None
            else (each.answered_at - each.sent_at).total_seconds(),
            problem=each.problem,
        )
        for each in found
    ]


_VERBS: Final[Mapping[str, str]] = {
    Kind.READ_RECORDS: "Read",
    Kind.READ_DOCUMENTS: "Read",
    Kind.FIND: "Looked for",
    Kind.CREATE_RECORD: "Added",
    Kind.ACTIVATE_RECORD: "Made active",
    Kind.CREATE_DOCUMENT: "Sent",
    Kind.UPDATE_DOCUMENT: "Changed",
    Kind.VOID_DOCUMENT: "Took out",
}
_READ: Final = frozenset({Kind.READ_RECORDS, Kind.READ_DOCUMENTS})
_SENTENCES: Final[Mapping[str, str]] = {
    Kind.DESCRIBE: "Asked which company and version it is",
    Kind.READ_DELETIONS: "Read what was deleted",
    Kind.READ_STOCK: "Read quantities",
    Kind.WRITE_FIELD: "Wrote custom fields",
    Kind.CREATE_TO_DO: "Added to-dos",
    Kind.COMPLETE_TO_DO: "Completed to-dos",
    Kind.FIND_TO_DO: "Looked for to-dos",
    Kind.WRITE_MARK: "Left our mark",
}


def _asked(found: Sequence[Asking], *, recovers: bool) -> str:
    """Say in words what a round trip asked."""
    numbers: dict[tuple[str, str | None], int] = {}
    for each in found:
        key = (each.kind, each.subject)
        numbers[key] = numbers.get(key, 0) + each.number
    told = list(dict.fromkeys(_told(kind, subject, n) for (kind, subject), n in numbers.items()))
    if recovers:
        told.insert(0, "Asked what became of a write without an answer")
    # The first verb begins the sentence, those behind it go on with it.
    return ", ".join([*told[:1], *(each[:1].lower() + each[1:] for each in told[1:])]) or _TAKEN


_TAKEN: Final = "Said that the answer was taken"


def _told(kind: str, subject: str | None, number: int) -> str:
    if kind in _SENTENCES:
        return _SENTENCES[kind]
    words = kind_words(None if subject is None else subject.rpartition("/")[2])
    return f"{_VERBS[kind]} {plural(words) if kind in _READ else several(words, number)}"


def run_stopped(hub: Hub, run: int, *, limit: int = 50) -> list[StoppedRow]:
    """List the documents that stopped in a run and still stand there, with why."""
    with hub.database.reading() as tx:
        found = loaded_run(tx, run)
        ids = written.stopped(tx, found.connection, found.started_at, found.ended_at, limit)
        loaded = transfers.load(tx, ids)
    return [_stopped(each) for each in reversed(loaded)]


def _stopped(each: Sourced) -> StoppedRow:
    party, refusal = decode(each.kind, each.body).party, each.transfer.refusal
    return StoppedRow(
        transfer=each.transfer.id,
        number=each.transfer.number,
        party=None if party is None else party.name,
        sentence=each.transfer.sentence or "",
        cure=None if refusal is None else refusal.cure,
    )


# So many of its documents are looked at for who sent them.
_PRESSES_LOOKED: Final = 200
_PRESSED: Final = frozenset({"released", "undone", "adopted"})


def presses_of_run(hub: Hub, run: int) -> list[str]:
    """Name the people who sent or took back documents that a run wrote."""
    with hub.database.reading() as tx:
        found = written.page(tx, run_id=run, limit=_PRESSES_LOOKED)
        if not found:
            return []
        ids = {each.transfer for each in found}
        first = min(each.exchange for each in found)
        earlier = written.before(tx, ids, first)
        noted = connections.noted(tx, [f"transfer/{id_}" for id_ in ids], _PRESSED)
    last = max(each.sent_at for each in found)
    return sorted({each.actor for each in noted if _is_of(each, earlier, last)})


def _is_of(noted: Noted, earlier: Mapping[int, datetime], last: datetime) -> bool:
    """Whether a press is of a run: it came after what was written before, and in time."""
    before = earlier.get(int(noted.subject.rpartition("/")[2]))
    return noted.at <= last and (before is None or noted.at > before)
