"""The wall clock of an outside system: how far it has been read by it, and whether it moved.

Readings go by that clock, and it can be set, or move to another zone with its computer.  Then
what was read until now says nothing about what is new, and the next reading looks back far
enough.  Three signs tell it: times of another zone, a reading that does not bring the change
its cursor stands at, and the time of a write of ours (``recording``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection as Tx

from counterfoil.engine.operations import Page
from counterfoil.engine.reading import (
    SUMMER,
    Reading,
    has_lost_its_place,
    reached,
    watch_cursor,
)
from counterfoil.ledger import connections, runs
from counterfoil.ledger.connections import Connection
from counterfoil.ledger.runs import Run

__all__ = [
    "WIDE_AT",
    "has_moved",
    "is_known",
    "keep_place",
    "looked_back",
    "read_until",
    "with_clock",
]

WIDE_AT: Final = "wide_at"
"""Fact of a connection: when a run last looked back further; absent: the next one does."""
_ZONE: Final = "clock_zone_s"
_OFFSET: Final = "clock_offset_s"
_KNOWN_AT: Final = "clock_known_at"
_LOOK_BACK_TO: Final = "look_back_to"
"""Fact: the earliest time there that its clock may have shown since it was last known."""
_BARE: Final = "bare_cursors"
# A clock that runs a little slow is the same clock.
_STEP: Final = timedelta(minutes=5)
# That it is the same is kept no more often than this.
_KNOWN_FOR: Final = timedelta(hours=1)


def has_moved(tx: Tx, connection_id: int, pages: Iterable[Page | None]) -> bool:
    """Keep the zone that times bear now; say whether it is another one than before.

    An hour is none: summer time comes and goes, and the overlap is longer than that.
    """
    zones = [page.zone_s for page in pages if page is not None and page.zone_s is not None]
    if not zones:
        return False
    facts = _facts(tx, connection_id)
    zone, known = min(zones), facts.get(_ZONE)
    if zone != known:
        connections.change(tx, connection_id, facts=facts | {_ZONE: zone})
    return known is not None and abs(zone - known) > SUMMER.total_seconds()


def keep_place(
    tx: Tx, connection_id: int, complete: Sequence[Reading], run: Run, now: datetime
) -> bool:
    """Keep how far complete readings came; say whether one of them has lost its place.

    Where even a wide reading brings nothing (its last record was deleted), that is kept, too,
    so that the same is not looked for in every run.
    """
    facts = _facts(tx, connection_id)
    offset, zone = facts.get(_OFFSET), facts.get(_ZONE)
    known = {name: until for name, (until, _at) in runs.cursors(tx, connection_id).items()}
    bare = dict(facts.get(_BARE, {}))
    is_lost, moved = False, []
    for reading in complete:
        if reading.dated is not None:
            # It looked for something of old, and says nothing of how far we have read.
            continue
        names = [reading.cursor]
        if reading.watches and not reading.heads and reading.documents is not None:
            names.append(watch_cursor(reading.documents))
        for name in names:
            until = reached(
                reading.latest,
                known.get(name),
                run.started_at,
                None if offset is None else timedelta(seconds=float(offset)),
                zone=None if zone is None else timedelta(seconds=zone),
                is_wide=reading.is_wide,
            )
            moved.append((name, until))
        before = known.get(reading.cursor)
        if before is None:
            continue
        if reading.is_wide and reading.latest is None:
            bare[reading.cursor] = before.isoformat()
        elif has_lost_its_place(reading, reading.latest, before):
            is_lost = is_lost or bare.get(reading.cursor) != before.isoformat()
    runs.keep_cursors(tx, connection_id, moved, now)
    if bare != facts.get(_BARE, {}):
        connections.change(tx, connection_id, facts=facts | {_BARE: bare})
    return is_lost


def with_clock(facts: Mapping[str, Any], offset: timedelta, now: datetime) -> dict[str, Any]:
    """Give the facts of a connection with what a write showed of the clock there.

    Where it shows another time than before, it was set at some moment since it was last known:
    what was entered there since may bear any time from then on, by the clock that was behind.

    Args:
        facts: As they are.
        offset: Its wall clock minus ours.
        now: The time here.
    """
    known, known_at = facts.get(_OFFSET), facts.get(_KNOWN_AT)
    since = None if known_at is None else datetime.fromisoformat(known_at)
    told = {**facts, _OFFSET: round(offset.total_seconds()), _KNOWN_AT: now.isoformat()}
    if known is None:
        told.pop(WIDE_AT, None)
    elif abs(offset - timedelta(seconds=float(known))) >= _STEP:
        told.pop(WIDE_AT, None)
        if since is not None:
            behind = min(offset, timedelta(seconds=float(known)))
            back = (since.replace(tzinfo=None) + behind).isoformat()
            told[_LOOK_BACK_TO] = min(back, facts.get(_LOOK_BACK_TO, back))
    elif since is not None and since + _KNOWN_FOR > now:
        return dict(facts)
    else:
        told[_OFFSET] = known
    return told


def read_until(
    connection: Connection, read: Mapping[str, tuple[datetime | None, datetime]], now: datetime
) -> dict[str, datetime | None]:
    """Say from where readings go on: never from a time that the system's clock has not reached.

    A cursor may have been kept before a write showed that the clock is behind, or was for a while.
    """
    offset, back = connection.facts.get(_OFFSET), connection.facts.get(_LOOK_BACK_TO)
    until = {name: moment for name, (moment, _at) in read.items()}
    if offset is None:
        return until
    there = now.replace(tzinfo=None) + timedelta(seconds=float(offset))
    if back is not None:
        there = min(there, datetime.fromisoformat(back))
    return {name: moment and min(moment, there) for name, moment in until.items()}


def is_known(tx: Tx, connection_id: int) -> bool:
    """Whether a write has told what time it is there."""
    return _OFFSET in _facts(tx, connection_id)


def looked_back(tx: Tx, connection_id: int, now: datetime | None) -> None:
    """Keep when a run looked back further; ``None``: the next one shall."""
    facts = {name: value for name, value in _facts(tx, connection_id).items() if name != WIDE_AT}
    if now is not None:
        facts[WIDE_AT] = now.isoformat()
        facts.pop(_LOOK_BACK_TO, None)
    connections.change(tx, connection_id, facts=facts)


def _facts(tx: Tx, connection_id: int) -> dict[str, Any]:
    connection = connections.load(tx, connection_id)
    assert connection is not None, "it has just answered"
    return dict(connection.facts)
