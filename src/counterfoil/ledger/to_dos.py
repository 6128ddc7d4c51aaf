"""Things to be done about errors, in the lists of an operations system."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, insert, select, update

from counterfoil.documents import Reason, Refusal
from counterfoil.engine.life import State
from counterfoil.engine.to_dos import ToDo, ToDoWrite
from counterfoil.errors import LedgerError

from ._prepared import among, listed
from .schema import TO_BE_DONE, link, to_do

__all__ = ["add", "any_waits", "in_state", "load", "open_", "refused", "save"]

_RENAMED: Final = {"link": "link_id", "target": "target_id"}
_STORED: Final = tuple(name for name in ToDo.__struct_fields__ if name != "id")
_COLUMNS: Final = tuple(to_do.c[_RENAMED.get(name, name)] for name in ToDo.__struct_fields__)


def _read(row: Sequence[Any]) -> ToDo:
    values = dict(zip(ToDo.__struct_fields__, row, strict=True))
    return ToDo(
        **{
            **values,
            "write": ToDoWrite(values["write"]),
            "state": State(values["state"]),
            "refusal": values["refusal"] and msgspec.convert(values["refusal"], Refusal),
            "reason": values["reason"] and msgspec.convert(values["reason"], Reason),
        }
    )


def _row(each: ToDo) -> dict[str, Any]:
    row = {_RENAMED.get(name, name): getattr(each, name) for name in _STORED}
    return {**row, "write": each.write.value, "state": each.state.value}


def add(tx: Connection, made: Iterable[ToDo]) -> None:
    """Keep to-dos that are to be made."""
    rows = [_row(each) for each in made]
    if rows:
        tx.execute(insert(to_do), rows)


def open_(tx: Connection, link_id: int) -> list[ToDo]:
    """Give the to-dos of a link that are neither completed nor called off."""
    query = select(*_COLUMNS).where(to_do.c.link_id == link_id, TO_BE_DONE)
    return [_read(row) for row in tx.execute(query.order_by(to_do.c.id))]


def in_state(tx: Connection, target: int, state: State, limit: int) -> list[ToDo]:
    """Give the open to-dos of a connection in a state, oldest first."""
    query = select(*_COLUMNS).where(
        to_do.c.target_id == target, to_do.c.state == state.value, TO_BE_DONE
    )
    return [_read(row) for row in tx.execute(query.order_by(to_do.c.id).limit(limit))]


def refused(tx: Connection) -> list[ToDo]:
    """Give the open to-dos that could not be made or completed."""
    query = select(*_COLUMNS).where(to_do.c.state == State.REFUSED.value, TO_BE_DONE)
    return [_read(row) for row in tx.execute(query.order_by(to_do.c.id))]


def any_waits(tx: Connection, target: int, now: datetime) -> bool:
    """Say whether a connection has any to be written or asked about by now."""
    waits = [State.READY.value, State.WAITING.value, State.UNKNOWN.value]
    is_due = to_do.c.retry_at.is_(None) | (to_do.c.retry_at <= now)
    query = (
        select(to_do.c.id)
        .join(link, link.c.id == to_do.c.link_id)
        .where(
            to_do.c.target_id == target,
            to_do.c.state.in_(waits),
            is_due,
            TO_BE_DONE,
            link.c.is_paused.is_(False),
        )
    )
    return tx.scalar(query.limit(1)) is not None


def load(tx: Connection, ids: Iterable[int]) -> list[ToDo]:
    """Load to-dos by their ids."""
    wanted = list(ids)
    if not wanted:
        return []
    query = select(*_COLUMNS).where(among(tx.dialect, to_do.c.id, "ids"))
    return [
        _read(row) for row in tx.execute(query.order_by(to_do.c.id), {"ids": listed(tx, wanted)})
    ]


def save(tx: Connection, moves: Iterable[tuple[ToDo, ToDo]]) -> None:
    """Store to-dos as they are now.

    Args:
        moves: Each as it was loaded, and as it is.

    Raises:
        LedgerError: Somebody else moved one of them meanwhile; nothing may be stored.
    """
    for before, after in moves:
        if before == after:
            continue
        stored = tx.execute(
            update(to_do)
            .where(
                to_do.c.id == before.id,
                to_do.c.state == before.state.value,
                to_do.c.write == before.write.value,
                to_do.c.attempts == before.attempts,
            )
            .values(_row(after))
        ).rowcount
        if stored != 1:
            raise LedgerError(
                "Somebody else worked on the same to-dos at the same moment; nothing was "
                "changed, and the next run takes them up again.",
                detail=f"to-do {before.id} was no longer as it had been read",
            )
