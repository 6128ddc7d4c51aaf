"""Follow-ups: custom fields to be written to documents that have landed.

They move by the table that transfers move by (``engine.following``); here they are begun,
loaded for work and for people, and stored.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    Select,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)

from counterfoil.documents import DocumentKind, Reason, Refusal
from counterfoil.engine.deciding import Write
from counterfoil.engine.following import FollowUp, advance_field
from counterfoil.engine.life import STATES, Event, Owner, Standing, State, states_that_are
from counterfoil.errors import LedgerError

from ._prepared import Typed, among, listed
from .schema import follow_up, link, transfer

__all__ = [
    "any_in",
    "any_waits",
    "begin",
    "counts",
    "due",
    "end",
    "last_valued",
    "load",
    "of_transfers",
    "overdue",
    "refused_of_link",
    "save",
    "waiting",
]

_STORED: Final = tuple(name for name in FollowUp.__struct_fields__ if name not in ("id", "ours"))


def _named(field: str) -> ColumnElement[Any]:
    column: ColumnElement[Any] = follow_up.c["transfer_id" if field == "transfer" else field]
    return column


def _ours() -> ColumnElement[Any]:
    """What was written last into the same field of the same document."""
    earlier = follow_up.alias("earlier")
    return (
        select(earlier.c.value)
        .where(
            earlier.c.transfer_id == follow_up.c.transfer_id,
            earlier.c.document_id == follow_up.c.document_id,
            earlier.c.name == follow_up.c.name,
            earlier.c.state == State.DONE.value,
            earlier.c.id < follow_up.c.id,
        )
        .order_by(earlier.c.id.desc())
        .limit(1)
        .scalar_subquery()
        .label("ours")
    )


_COLUMNS: Final = (follow_up.c.id, *(_named(name) for name in _STORED), _ours())


def _read(row: Sequence[Any]) -> FollowUp:
    values = dict(zip(("id", *_STORED, "ours"), row, strict=True))
    return FollowUp(
        **{
            **values,
            "kind": DocumentKind(values["kind"]),
            "state": State(values["state"]),
            "refusal": values["refusal"] and msgspec.convert(values["refusal"], Refusal),
            "reason": values["reason"] and msgspec.convert(values["reason"], Reason),
        }
    )


def _row(field: FollowUp) -> dict[str, Any]:
    row = {name: getattr(field, name) for name in _STORED}
    row["transfer_id"] = row.pop("transfer")
    return {**row, "kind": field.kind.value, "state": field.state.value}


# --- Beginning and ending -----------------------------------------------------------------


def begin(tx: Connection, target: int, fields: Iterable[FollowUp]) -> None:
    """Begin follow-ups of documents that have landed on a connection.

    Each takes the place of an earlier one for the same field that has not left; what was
    written there already, as the last, is not written again.
    """
    wanted = list(fields)
    if not wanted:
        return
    known = defaultdict[tuple[int, str], list[FollowUp]](list)
    for each in of_transfers(tx, {field.transfer for field in wanted}):
        known[each.transfer, each.name].append(each)
    over, rows = [], []
    for field in wanted:
        before = known[field.transfer, field.name]
        over += _called_off(before, field.state_since)
        if not _is_written(field, before):
            rows.append({"target_id": target, **_row(field)})
    save(tx, over)
    if rows:
        tx.execute(insert(follow_up), rows)


def _is_written(field: FollowUp, before: Sequence[FollowUp]) -> bool:
    """Whether what was done or left last for this very field is the same value."""
    same = [
        each
        for each in before
        if each.document_id == field.document_id
        and (each.state is State.DONE or each.standing is Standing.IN_FLIGHT)
    ]
    return bool(same) and same[-1].value == field.value


def end(tx: Connection, transfers: Iterable[int], now: datetime) -> None:
    """Call off what is not on its way: its document is out, or another one from now on."""
    save(tx, _called_off(of_transfers(tx, transfers), now))


def _called_off(fields: Iterable[FollowUp], now: datetime) -> list[tuple[FollowUp, FollowUp]]:
    wanted = states_that_are(Standing.WANTED, Standing.STOPPED)
    return [
        (each, advance_field(each, Event.CALLED_OFF, now))
        for each in fields
        if each.state in wanted
    ]


# --- Loading ------------------------------------------------------------------------------

_IN_FLIGHT: Final = states_that_are(Standing.IN_FLIGHT)
# While its document is being changed or taken out, or is about to be, a field waits.
_MOVES: Final = tuple(
    state
    for state in states_that_are(Standing.WANTED, Standing.IN_FLIGHT)
    if state is not State.WAITING
)


def _is_in(column: ColumnElement[Any], states: Iterable[State]) -> ColumnElement[bool]:
    # A list of values is expanded at each execution, which prepared statements are spared.
    return or_(*(column == state.value for state in states))


def _may_go() -> tuple[ColumnElement[bool], ...]:
    """Give when nothing else that is written stands in a field's way."""
    other = follow_up.alias("other")
    return (
        or_(
            transfer.c.write.is_(None),
            (transfer.c.write != Write.VOID.value) & ~_is_in(transfer.c.state, _MOVES),
        ),
        ~exists().where(
            other.c.transfer_id == follow_up.c.transfer_id,
            other.c.name == follow_up.c.name,
            other.c.id < follow_up.c.id,
            _is_in(other.c.state, _IN_FLIGHT),
        ),
    )


def _waiting(state: State, *conditions: ColumnElement[bool]) -> Callable[[Dialect], Select[Any]]:
    return lambda dialect: (
        select(*_COLUMNS)
        .join(transfer, transfer.c.id == follow_up.c.transfer_id)
        .where(
            follow_up.c.target_id == bindparam("target", type_=BigInteger),
            follow_up.c.state == state.value,
            among(dialect, transfer.c.link_id, "links"),
            *conditions,
        )
        .order_by(follow_up.c.id)
        .limit(bindparam("limit", type_=BigInteger))
    )


_WAITING: Final[Mapping[State, Typed]] = {
    State.READY: Typed(_waiting(State.READY, *_may_go())),
    State.UNKNOWN: Typed(_waiting(State.UNKNOWN)),
}


def waiting(
    tx: Connection, target: int, state: State, links: Iterable[int], limit: int
) -> list[FollowUp]:
    """Load what is to be written (ready) or asked about (unknown), oldest first.

    Args:
        target: The connection whose documents they are.
        state: Ready or unknown.
        links: Of these only.
        limit: At most so many.
    """
    values = {"target": target, "links": listed(tx, links), "limit": limit}
    return [_read(row) for row in _WAITING[state].rows(tx, values)]


def any_waits(tx: Connection, target: int, now: datetime) -> bool:
    """Say whether a connection has any field to be written or asked about by now."""
    found = _ANY_WAITS.one(tx, {"target": target, "now": now})
    return found is not None and bool(found[0])


def any_in(tx: Connection, target: int, states: Iterable[State]) -> bool:
    """Say whether a connection has any field in one of these states."""
    query = select(follow_up.c.id).where(
        follow_up.c.target_id == target,
        follow_up.c.state.in_([state.value for state in states]),
    )
    return tx.scalar(query.limit(1)) is not None


def _any_waits(_dialect: Dialect) -> Select[Any]:
    retry_at = bindparam("now", type_=follow_up.c.retry_at.type)
    may_go = (link.c.is_paused.is_(False), *_may_go())
    return select(
        or_(
            _waits_in(State.UNKNOWN),
            _waits_in(State.READY, *may_go),
            _waits_in(State.WAITING, follow_up.c.retry_at <= retry_at, *may_go),
        )
    )


def _waits_in(state: State, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Give whether a connection has any field in a state; each alone is one look into an index."""
    return exists(
        select(follow_up.c.id)
        .join(transfer, transfer.c.id == follow_up.c.transfer_id)
        .join(link, link.c.id == transfer.c.link_id)
        .where(
            follow_up.c.target_id == bindparam("target", type_=BigInteger),
            follow_up.c.state == state.value,
            link.c.is_active,
            *conditions,
        )
    )


_ANY_WAITS = Typed(_any_waits)


def due(tx: Connection, target: int, now: datetime) -> list[FollowUp]:
    """Load those whose time to wait is over."""
    return [_read(row) for row in _DUE.rows(tx, {"target": target, "now": now})]


_DUE = Typed(
    lambda _dialect: (
        select(*_COLUMNS)
        .where(
            follow_up.c.target_id == bindparam("target", type_=BigInteger),
            follow_up.c.state == State.WAITING.value,
            follow_up.c.retry_at <= bindparam("now", type_=follow_up.c.retry_at.type),
        )
        .order_by(follow_up.c.id)
    )
)


def load(tx: Connection, ids: Iterable[int]) -> dict[int, FollowUp]:
    """Load follow-ups by their ids."""
    wanted = list(ids)
    if not wanted:
        return {}
    rows = _LOAD.rows(tx, {"ids": listed(tx, wanted)})
    return {each.id: each for each in map(_read, rows)}


_LOAD = Typed(
    lambda dialect: (
        select(*_COLUMNS).where(among(dialect, follow_up.c.id, "ids")).order_by(follow_up.c.id)
    )
)


def of_transfers(tx: Connection, transfers: Iterable[int]) -> list[FollowUp]:
    """Load the follow-ups of some transfers, in the order in which they were begun."""
    return [_read(row) for row in _OF_TRANSFERS.rows(tx, {"ids": listed(tx, transfers)})]


_OF_TRANSFERS = Typed(
    lambda dialect: (
        select(*_COLUMNS)
        .where(among(dialect, follow_up.c.transfer_id, "ids"))
        .order_by(follow_up.c.id)
    )
)


def last_valued(tx: Connection, link_id: int, target: int, value: str) -> dict[int, State]:
    """Give the transfers of a link of which a field shall hold a value, or was last to hold it.

    With how the field's follow-up fares; what was called off counts no more.
    """
    later = follow_up.alias("later")
    rows = tx.execute(
        select(follow_up.c.transfer_id, follow_up.c.state)
        .join(transfer, transfer.c.id == follow_up.c.transfer_id)
        .where(
            transfer.c.link_id == link_id,
            follow_up.c.target_id == target,
            follow_up.c.value == value,
            follow_up.c.state != State.SKIPPED.value,
            ~exists().where(
                later.c.transfer_id == follow_up.c.transfer_id,
                later.c.name == follow_up.c.name,
                later.c.state != State.SKIPPED.value,
                later.c.id > follow_up.c.id,
            ),
        )
    )
    return {transfer_id: State(state) for transfer_id, state in rows}


def refused_of_link(tx: Connection, link_id: int, after: int, limit: int) -> list[int]:
    """Give the transfers of a link of which a field is refused, those above an id."""
    return list(
        tx.scalars(
            select(follow_up.c.transfer_id)
            .join(transfer, transfer.c.id == follow_up.c.transfer_id)
            .where(
                transfer.c.link_id == link_id,
                follow_up.c.target_id == transfer.c.target_id,
                follow_up.c.state == State.REFUSED.value,
                follow_up.c.transfer_id > after,
            )
            .group_by(follow_up.c.transfer_id)
            .order_by(follow_up.c.transfer_id)
            .limit(limit)
        )
    )


def overdue(tx: Connection, state: State, before: datetime, limit: int) -> list[FollowUp]:
    """Load those that have been in a state since before a moment and of which nobody was told.

    As with transfers: where a person acts next, the age of the state counts, else that of
    its release.
    """
    since: ColumnElement[Any] = follow_up.c.state_since
    if STATES[state].owner is not Owner.PERSON:
        since = func.coalesce(follow_up.c.released_at, since)
    rows = tx.execute(
        select(*_COLUMNS)
        .where(
            follow_up.c.state == state.value,
            since < before,
            or_(follow_up.c.alerted_at.is_(None), follow_up.c.alerted_at < before),
        )
        .order_by(follow_up.c.id)
        .limit(limit)
    )
    return [_read(row) for row in rows]


def counts(tx: Connection, state: State) -> dict[int, int]:
    """Count, by link, the transfers of which a field is in a state that is no end."""
    rows = tx.execute(
        select(transfer.c.link_id, func.count(follow_up.c.transfer_id.distinct()))
        .join(transfer, transfer.c.id == follow_up.c.transfer_id)
        .where(follow_up.c.state == state.value)
        .group_by(transfer.c.link_id)
    )
    return {row[0]: row[1] for row in rows}


# --- Storing ------------------------------------------------------------------------------


def _save(_dialect: Dialect) -> Any:
    changing = [name for name in _STORED if name not in ("transfer", "kind", "document_id")]
    return (
        update(follow_up)
        .where(
            follow_up.c.id == bindparam("row", type_=BigInteger),
            follow_up.c.state == bindparam("was", type_=follow_up.c.state.type),
        )
        .values({name: bindparam(name, type_=follow_up.c[name].type) for name in changing})
    )


_SAVE = Typed(_save)


def save(tx: Connection, moves: Iterable[tuple[FollowUp, FollowUp]]) -> None:
    """Store follow-ups as they are now.

    Args:
        moves: Each as it was loaded, and as it is.

    Raises:
        LedgerError: Somebody else moved one of them meanwhile; nothing may be stored.
    """
    changed = sorted(
        ((before, after) for before, after in moves if before != after),
        key=lambda move: move[0].id,
    )
    rows = [
        {**_row(after), "row": after.id, "was": before.state.value} for before, after in changed
    ]
    stored = _SAVE.run_all(tx, rows)
    if stored != len(rows):
        raise LedgerError(
            "Somebody else worked on the same documents at the same moment; nothing was "
            "changed, and the next run takes them up again.",
            detail=f"{len(rows)} follow-ups to store, {stored} were as they had been read",
        )
