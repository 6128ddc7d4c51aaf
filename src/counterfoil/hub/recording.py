"""Recording what an answer or a reading settled: one order for all that it changes.

Transfers first, then what they are paired with, then what was learned of the system.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import DocumentKind, name_key, refuse
from counterfoil.engine.life import UNSETTLED, Event
from counterfoil.engine.moving import advance
from counterfoil.engine.settlement import Chosen, Settlement, Waiting
from counterfoil.engine.transfers import Transfer
from counterfoil.ledger import connections, directory, follow_ups, pairings
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.transfers import Sourced

from . import writing_back
from .clocks import with_clock
from .standpoints import keep, waiting_for
from .systems import settles_after, traits_of

__all__ = ["learn_marks", "marks_of_file", "record", "what_waits"]


def what_waits(tx: Tx, connection: Connection, loaded: Sequence[Sourced]) -> dict[int, Waiting]:
    """Put together what settling has to know about transfers to a connection."""
    recalls = traits_of(connection.system).recalls_batches
    # Where a whole batch can be recalled, it has been held back until it could not run.
    wait = timedelta(0) if recalls else settles_after(connection)
    return waiting_for(tx, loaded, wait)


def record(
    tx: Tx,
    connection: Connection,
    run: int,
    loaded: Sequence[Sourced],
    waiting: Mapping[int, Waiting],
    settled: Settlement,
    now: datetime,
) -> int:
    """Record a settlement; says how many transfers came to an end.

    Args:
        connection: Whose answer or reading it was.
        run: The run that brought it.
        loaded: The transfers as they were read.
        waiting: What settling was given.
        settled: What came of it.
    """
    result = _without_taken(tx, connection, waiting, settled, now)
    before = {each.transfer.id: each.transfer for each in loaded}
    follow_ups.save(tx, result.fields)
    keep(tx, [(before[after.id], after) for after in result.transfers], now)
    pairings.see(tx, result.seen)
    pairings.prove(tx, result.linked)
    pairings.pair(tx, result.landings, now)
    directory.learn(tx, connection.id, result.learned, run)
    for chosen in result.chosen:
        _choose(tx, connection, chosen, now)
    for transfer, told in result.remarks:
        connections.note(tx, now, "Counterfoil", "name remembered", f"transfer/{transfer}", told)
    follow_ups.begin(tx, connection.id, result.new_fields)
    writing_back.begin(tx, result.landings, loaded, now)
    _learn(tx, connection, result, now)
    return sum(1 for each in result.transfers if each.state not in UNSETTLED)


def _without_taken(
    tx: Tx,
    connection: Connection,
    waiting: Mapping[int, Waiting],
    settled: Settlement,
    now: datetime,
) -> Settlement:
    """Refuse a landing on a document that belongs to another transfer: that one alone."""
    if not settled.landings:
        return settled
    landed = [(to.kind, to.id) for _each, to in settled.landings]
    claimed: dict[tuple[DocumentKind, str], int] = dict(pairings.owners(tx, connection.id, landed))
    taken: dict[int, int] = {}
    for each, to in settled.landings:
        owner = claimed.setdefault((to.kind, to.id), each.id)
        if owner != each.id:
            taken[each.id] = owner
    if not taken:
        return settled
    return msgspec.structs.replace(
        settled,
        transfers=tuple(
            _refused(waiting[each.id].transfer, taken[each.id], connection, now)
            if each.id in taken
            else each
            for each in settled.transfers
        ),
        landings=tuple(pair for pair in settled.landings if pair[0].id not in taken),
        new_fields=tuple(field for field in settled.new_fields if field.transfer not in taken),
    )


def _refused(before: Transfer, owner: int, connection: Connection, now: datetime) -> Transfer:
    refusal = refuse(
        "already-paired",
        document=before.target_kind.words,
        target=connection.system.words,
        value=before.number,
        owner=owner,
    )
    return advance(before, Event.DECLINED, now, refusal=refusal)


def _choose(tx: Tx, connection: Connection, chosen: Chosen, now: datetime) -> None:
    """Keep that a name means the record that was created for it under another name."""
    link = connections.load_link(tx, chosen.link)
    assert link is not None, "a transfer belongs to a link"
    directory.choose(
        tx,
        {
            "link_id": chosen.link,
            "side": "books" if link.books_id == connection.id else "operations",
            "kind": chosen.kind,
            "name_key": name_key(chosen.name),
            "name": chosen.name,
            "record_id": chosen.record.id,
            "create_as": None,
            "author": directory.OURS,
            "made_at": now,
        },
    )


def _learn(tx: Tx, connection: Connection, settled: Settlement, now: datetime) -> None:
    """Keep what an answer showed of the system: whether our marks come back, and its clock."""
    if settled.keeps_marks is None and settled.written_at is None:
        return
    known = facts = _facts_of(tx, connection.id)
    if settled.keeps_marks is not None:
        facts = _with_marks(facts, are_kept=settled.keeps_marks)
    if settled.written_at is not None:
        facts = with_clock(facts, settled.written_at - now.replace(tzinfo=None), now)
    if facts != known:
        connections.change(tx, connection.id, facts=facts)


def _facts_of(tx: Tx, connection_id: int) -> Mapping[str, Any]:
    current = connections.load(tx, connection_id)
    assert current is not None, "it has just answered"
    return current.facts


def marks_of_file(connection: Connection) -> str | None:
    """Say whether a system gives our marks back: ``kept``, ``lost``; ``None``: not known."""
    found = connection.facts.get("marks")
    return found if isinstance(found, str) else None


def learn_marks(tx: Tx, connection_id: int, *, are_kept: bool) -> None:
    """Keep what an answer showed of our marks; once they came back, they do."""
    known = _facts_of(tx, connection_id)
    facts = _with_marks(known, are_kept=are_kept)
    if facts != known:
        connections.change(tx, connection_id, facts=facts)


def _with_marks(facts: Mapping[str, Any], *, are_kept: bool) -> Mapping[str, Any]:
    told = "kept" if are_kept else "lost"
    return facts if facts.get("marks") in (told, "kept") else {**facts, "marks": told}
