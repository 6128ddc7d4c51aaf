"""Which process has the stand-ins of the trial: leased, so that one that died has it no longer."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, delete, select, update

from ._inserting import insert_of
from .schema import trial

__all__ = ["Holding", "claim", "forget", "holding", "keep"]

# There is one row, and its key says so: whoever comes second makes none.
_ROW: Final = 1


class Holding(NamedTuple):
    """Who has the trial; the columns are told in ``schema``."""

    owner: str
    until: datetime
    doing: str | None
    problem: str | None


def holding(tx: Connection) -> Holding | None:
    """Say which process has the trial, or had it last; ``None``: none has."""
    row = tx.execute(select(*(trial.c[name] for name in Holding._fields))).first()
    return None if row is None else Holding(*row)


def claim(tx: Connection, owner: str, now: datetime, until: datetime, doing: str) -> bool:
    """Take the trial for a process; ``False``: another one has it."""
    tx.execute(delete(trial).where(trial.c.until <= now))
    took = tx.execute(
        insert_of(tx.dialect)(trial)
        .values(row=_ROW, owner=owner, until=until, doing=doing)
        .on_conflict_do_nothing(index_elements=["row"])
        .returning(trial.c.row)
    )
    return took.first() is not None


def keep(tx: Connection, owner: str, until: datetime, **values: Any) -> bool:
    """Keep it for longer, or until now; ``False``: this process has it no more."""
    kept = update(trial).where(trial.c.owner == owner).values(until=until, **values)
    return tx.execute(kept).rowcount == 1


def forget(tx: Connection) -> None:
    """Let nobody have it any more."""
    tx.execute(delete(trial))
