"""What people said records of one side are on the other, and what is to be added there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, insert, or_, select, update

from counterfoil.documents import Reason, RecordKind, Refusal, decode_record, encode
from counterfoil.engine.counterparts import Counterpart, Decision
from counterfoil.engine.life import Standing, State, states_that_are
from counterfoil.errors import LedgerError

from ._prepared import Typed, among, listed, spelled
from .schema import counterpart, link

__all__ = ["add", "any_waits", "load", "of_link", "of_records", "open_kinds", "save", "waiting"]

_RENAMED: Final = {"link": "link_id", "source": "source_id", "target": "target_id"}
_STORED: Final = tuple(name for name in Counterpart.__struct_fields__ if name != "id")
_COLUMNS: Final = tuple(
    counterpart.c[_RENAMED.get(name, name)] for name in Counterpart.__struct_fields__
)
_OPEN: Final = states_that_are(Standing.WANTED, Standing.IN_FLIGHT)


def _read(row: Sequence[Any]) -> Counterpart:
    values = dict(zip(Counterpart.__struct_fields__, row, strict=True))
    kind = RecordKind(values["kind"])
    return Counterpart(
        **{
            **values,
            "kind": kind,
            "decision": Decision(values["decision"]),
            "state": State(values["state"]),
            "record": values["record"] and decode_record(kind, values["record"]),
            "refusal": values["refusal"] and msgspec.convert(values["refusal"], Refusal),
            "reason": values["reason"] and msgspec.convert(values["reason"], Reason),
        }
    )


def _row(each: Counterpart) -> dict[str, Any]:
    row = {_RENAMED.get(name, name): getattr(each, name) for name in _STORED}
    return {
        **row,
        "kind": each.kind.value,
        "decision": each.decision.value,
        "state": each.state.value,
        "record": None if each.record is None else encode(each.record),
    }


def add(tx: Connection, said: Iterable[Counterpart]) -> None:
    """Keep what was just said of records of which nothing else holds."""
    rows = [_row(each) for each in said]
    if rows:
        tx.execute(insert(counterpart), rows)


def of_link(
    tx: Connection, link_id: int, *, kind: RecordKind | None = None, taken_back: bool = False
) -> list[Counterpart]:
    """List what was said for a link, in the order in which it was said.

    ``taken_back``: also what was taken back since.
    """
    query = select(*_COLUMNS).where(counterpart.c.link_id == link_id)
    if kind is not None:
        query = query.where(counterpart.c.kind == kind.value)
    if not taken_back:
        query = query.where(counterpart.c.undone_at.is_(None))
    return [_read(tuple(row)) for row in tx.execute(query.order_by(counterpart.c.id))]


def of_records(
    tx: Connection, link_id: int, kind: RecordKind, records: Iterable[str]
) -> list[Counterpart]:
    """List what holds for a link of records of one list, told from whichever side."""
    query = (
        select(*_COLUMNS)
        .where(
            counterpart.c.link_id == link_id,
            counterpart.c.kind == kind.value,
            counterpart.c.undone_at.is_(None),
            or_(
                among(tx.dialect, counterpart.c.source_record, "ids"),
                among(tx.dialect, counterpart.c.record_id, "ids"),
            ),
        )
        .order_by(counterpart.c.id)
    )
    return [_read(tuple(row)) for row in tx.execute(query, {"ids": listed(tx, records)})]


def waiting(
    tx: Connection,
    target: int,
    state: State,
    links: Iterable[int],
    limit: int,
    *,
    but: Iterable[RecordKind] = (),
) -> list[Counterpart]:
    """Load what is to be added to a connection's lists and is in a state.

    ``but``: nothing of these lists.
    """
    query = (
        select(*_COLUMNS)
        .where(
            counterpart.c.target_id == target,
            counterpart.c.state == state.value,
            counterpart.c.link_id.in_(list(links)),
            counterpart.c.kind.not_in([kind.value for kind in but]),
        )
        .order_by(counterpart.c.id)
        .limit(limit)
    )
    return [_read(tuple(row)) for row in tx.execute(query)]


def any_waits(tx: Connection, target: int, now: datetime) -> bool:
    """Say whether a connection has any record to be added or asked about by now."""
    # Between two sends of one record lies an answer: what is on its way does not wait.
    is_due = counterpart.c.retry_at.is_(None) | (counterpart.c.retry_at <= now)
    waits = [State.READY.value, State.WAITING.value, State.UNKNOWN.value]
    query = (
        select(counterpart.c.id)
        .join(link, link.c.id == counterpart.c.link_id)
        .where(
            counterpart.c.target_id == target,
            counterpart.c.state.in_(waits),
            is_due,
            link.c.is_paused.is_(False),
        )
        .limit(1)
    )
    return tx.scalar(query) is not None


def open_kinds(tx: Connection, target: int) -> list[RecordKind]:
    """Say to which lists of a connection something is still to be added."""
    return [RecordKind(row[0]) for row in _OPEN_KINDS.rows(tx, {"target": target})]


_OPEN_KINDS = Typed(
    lambda _dialect: (
        select(counterpart.c.kind)
        .where(
            counterpart.c.target_id == bindparam("target"),
            or_(*(spelled(counterpart.c.state, state) for state in _OPEN)),
        )
        .distinct()
    )
)


def load(tx: Connection, ids: Iterable[int]) -> list[Counterpart]:
    """Load counterparts by their ids."""
    wanted = list(ids)
    if not wanted:
        return []
    query = select(*_COLUMNS).where(among(tx.dialect, counterpart.c.id, "ids"))
    rows = tx.execute(query.order_by(counterpart.c.id), {"ids": listed(tx, wanted)})
    return [_read(tuple(row)) for row in rows]


def save(tx: Connection, moves: Iterable[tuple[Counterpart, Counterpart]]) -> None:
    """Store counterparts as they are now.

    Args:
        moves: Each as it was loaded, and as it is.

    Raises:
        LedgerError: Somebody else moved one of them meanwhile; nothing may be stored.
    """
    for before, after in moves:
        if before == after:
            continue
        stored = tx.execute(
            update(counterpart)
            .where(
                counterpart.c.id == before.id,
                counterpart.c.state == before.state.value,
                counterpart.c.attempts == before.attempts,
            )
            .values(_row(after))
        ).rowcount
        if stored != 1:
            raise LedgerError(
                "Somebody else worked on the same records at the same moment; nothing was "
                "changed, and the next run takes them up again.",
                detail=f"counterpart {before.id} was no longer as it had been read",
            )
