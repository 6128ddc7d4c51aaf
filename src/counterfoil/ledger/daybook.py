"""The daybook: how many transfers arrived and how many stopped, by quarter of an hour.

Counted as they move, so that a picture of the last days costs what is in it and not what was
ever done.  Quarters, for there are companies whose days begin a quarter of an hour beside UTC's
hours (Nepal is 5:45 ahead, Eucla 8:45).  Rows of before are of half hours.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from counterfoil.engine.life import Standing, State
from counterfoil.engine.transfers import Transfer

from ._prepared import Prepared
from ._types import to_microseconds
from .schema import daybook

__all__ = ["KEPT_FOR", "Count", "Happened", "compact", "note", "since"]

KEPT_FOR: Final = timedelta(days=100)
"""What happened longer ago is not counted any more."""
_QUARTER: Final = timedelta(minutes=15)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Happened(StrEnum):
    """What became of a transfer."""

    ARRIVED = "arrived"
    """It came to be in the target as its source says: written, or found there."""
    STOPPED = "stopped"
    """A person has to decide."""


class Count(NamedTuple):
    """How many transfers of a flow it happened to in the quarter of an hour that began then."""

    link: int
    flow: str
    what: Happened
    began_at: datetime
    number: int


_ARRIVES_FROM: Final = frozenset({Standing.WANTED, Standing.IN_FLIGHT})
_STOPPED: Final = frozenset({State.REFUSED, State.CHANGED})


def _happened(before: Transfer, after: Transfer) -> Happened | None:
    if after.state is before.state:
        return None
    if after.state is State.DONE and before.standing in _ARRIVES_FROM:
        return Happened.ARRIVED
    return Happened.STOPPED if after.state in _STOPPED else None


def note(tx: Connection, moves: Iterable[tuple[Transfer, Transfer]]) -> None:
    """Count what arrived or stopped among some moves; rows are added, none is waited for."""
    counted = Counter[tuple[int, str, Happened, datetime]]()
    for before, after in moves:
        what = _happened(before, after)
        if what is not None:
            counted[after.link, after.flow, what, _quarter_of(after.state_since)] += 1
    _add(tx, counted)


def _quarter_of(moment: datetime) -> datetime:
    return moment - (moment - _EPOCH) % _QUARTER


def _add(tx: Connection, counted: Counter[tuple[int, str, Happened, datetime]]) -> None:
    rows = [
        {
            "link_id": link,
            "flow": flow,
            "what": what.value,
            "began_at": to_microseconds(began_at),
            "number": number,
        }
        for (link, flow, what, began_at), number in sorted(counted.items())
    ]
    _ADD.many(tx, rows)


_ADD = Prepared(lambda _dialect: insert(daybook), "link_id", "flow", "what", "began_at", "number")


def since(tx: Connection, moment: datetime) -> list[Count]:
    """Give what happened in the quarters of an hour that began then or later."""
    columns = daybook.c.link_id, daybook.c.flow, daybook.c.what, daybook.c.began_at
    rows = tx.execute(
        select(*columns, func.sum(daybook.c.number))
        .where(daybook.c.began_at >= moment)
        .group_by(*columns)
    )
    return [
        Count(link, flow, Happened(what), began_at, int(number))
        for link, flow, what, began_at, number in rows
    ]


def compact(tx: Connection, now: datetime) -> int:
    """Put the rows together, and drop those of long ago; says how many there were."""
    # As in the tally: what is summed is what was really taken away.
    columns = daybook.c.link_id, daybook.c.flow, daybook.c.what, daybook.c.began_at
    taken = tx.execute(delete(daybook).returning(*columns, daybook.c.number)).all()
    counted = Counter[tuple[int, str, Happened, datetime]]()
    for link, flow, what, began_at, number in taken:
        if began_at >= now - KEPT_FOR:
            counted[link, flow, Happened(what), began_at] += number
    _add(tx, counted)
    return len(taken)
