"""Transfers: loading them for work and for people, and storing what became of them.

What the engine takes up, a batch at a time, goes through prepared statements with plain
values (``_prepared``); what people ask for, through ordinary queries.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    LargeBinary,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy.exc import IntegrityError

from counterfoil.documents import DocumentKind, DocumentStatus, Refusal
from counterfoil.engine.life import OWNERS, SETTLED, Owner, State
from counterfoil.engine.planning import FollowUp
from counterfoil.engine.settling import FieldResult
from counterfoil.engine.transfers import Landing, Transfer
from counterfoil.errors import LedgerError
from counterfoil.settings import FLOWS, FlowName

from ._prepared import Prepared, Typed, Values, among, listed
from ._types import from_microseconds, to_microseconds
from .schema import document, follow_up, pairing, transfer

__all__ = [
    "Sourced",
    "any_waits",
    "begin",
    "by_state",
    "count_in",
    "counts",
    "due",
    "follow_ups",
    "keep_fields",
    "load",
    "of_sources",
    "of_target",
    "oldest",
    "pair",
    "pairings",
    "save",
    "search",
    "work",
    "write_fields",
]

# In the order of Transfer's fields, as the driver has them.
_COLUMNS = (
    transfer.c.id,
    transfer.c.link_id,
    transfer.c.flow,
    transfer.c.document_id,
    transfer.c.target_id,
    transfer.c.number,
    transfer.c.state,
    type_coerce(transfer.c.state_since, BigInteger),
    transfer.c.key,
    type_coerce(transfer.c.released_at, BigInteger),
    transfer.c.attempts,
    type_coerce(transfer.c.retry_at, BigInteger),
    transfer.c.target_number,
    transfer.c.number_is_free,
    transfer.c.sent_fingerprint,
    transfer.c.settings_version,
    transfer.c.exchange_id,
    type_coerce(transfer.c.refusal, LargeBinary),
    transfer.c.reason,
    type_coerce(transfer.c.alerted_at, BigInteger),
)
_SOURCE = (
    document.c.kind,
    document.c.document_id,
    document.c.body,
    document.c.fingerprint,
    or_(document.c.is_gone, document.c.status == DocumentStatus.CANCELLED.value),
)


class Sourced(NamedTuple):
    """A transfer with its source document as last seen.

    ``is_withdrawn``: the document was cancelled or deleted.
    """

    transfer: Transfer
    kind: str
    document_id: str
    body: bytes
    fingerprint: str
    is_withdrawn: bool


def begin(tx: Connection, values: Sequence[Mapping[str, Any]]) -> None:
    """Begin transfers; each mapping holds the columns of a row.

    A key is in small letters, because systems differ in how they give it back.
    """
    assert all(each["key"] == each["key"].lower() for each in values)
    if values:
        tx.execute(insert(transfer), [dict(each) for each in values])


def _sourced_select() -> Select[Any]:
    return select(*_COLUMNS, *_SOURCE).join(document, document.c.id == transfer.c.document_id)


def _load(dialect: Dialect) -> Select[Any]:
    return _sourced_select().where(among(dialect, transfer.c.id, "ids")).order_by(transfer.c.id)


def _of_sources(dialect: Dialect) -> Select[Any]:
    return (
        _sourced_select()
        .where(
            document.c.connection_id == bindparam("connection"),
            document.c.kind == bindparam("kind"),
            among(dialect, document.c.document_id, "ids"),
        )
        .order_by(transfer.c.id)
    )


def _work(_dialect: Dialect) -> Select[Any]:
    return (
        _sourced_select()
        .where(
            transfer.c.target_id == bindparam("target"),
            transfer.c.state == bindparam("state"),
            transfer.c.id > bindparam("after"),
        )
        .order_by(transfer.c.id)
        .limit(bindparam("limit", type_=BigInteger))
    )


_LOAD = Prepared(_load)
_OF_SOURCES = Prepared(_of_sources)
_WORK = Prepared(_work)


def load(tx: Connection, ids: Iterable[int]) -> list[Sourced]:
    """Load transfers by their ids, with their sources, in order of their ids."""
    return _sourced(_LOAD.all(tx, {"ids": listed(tx, ids)}))


def work(
    tx: Connection, target: int, states: Iterable[State], limit: int, *, after: int = 0
) -> list[Sourced]:
    """Load what waits to be written to a connection, oldest first, those after an id only."""
    # One query per state reads the index in order and stops after ``limit`` rows; one
    # query for all would sort everything that waits, for every batch.
    found = [
        _WORK.all(tx, {"target": target, "state": state.value, "after": after, "limit": limit})
        for state in states
    ]
    return _sourced(list(heapq.merge(*found, key=itemgetter(0)))[:limit])


def of_sources(
    tx: Connection, connection: int, kind: DocumentKind, ids: Iterable[str]
) -> list[Sourced]:
    """Load the transfers of a connection's documents, in order of their ids."""
    values = {"connection": connection, "kind": kind.value, "ids": listed(tx, ids)}
    return _sourced(_OF_SOURCES.all(tx, values))


def any_waits(tx: Connection, target: int, now: datetime) -> bool:
    """Say whether a connection has anything to be written or asked about by now."""
    found = _ANY_WAITS.one(tx, {"target": target, "now": now})
    return found is not None and bool(found[0])


def _any_waits(_dialect: Dialect) -> Select[Any]:
    waits = or_(
        *(transfer.c.state == state.value for state in (State.READY, State.UNKNOWN)),
        and_(transfer.c.state == State.WAITING.value, transfer.c.retry_at <= bindparam("now")),
    )
    target = bindparam("target", type_=BigInteger)
    return select(
        or_(
            exists().where(transfer.c.target_id == target, waits),
            exists().where(follow_up.c.target_id == target, follow_up.c.state == "open"),
        )
    )


_ANY_WAITS = Typed(_any_waits)


def count_in(tx: Connection, target: int, states: Iterable[State]) -> int:
    """Count the transfers to a connection that are in these states."""
    return (
        tx.scalar(
            select(func.count()).where(
                transfer.c.target_id == target,
                transfer.c.state.in_([state.value for state in states]),
            )
        )
        or 0
    )


def due(tx: Connection, target: int, now: datetime) -> list[Transfer]:
    """Load the transfers to a connection whose time to wait is over."""
    rows = _DUE.all(tx, {"target": target, "now": to_microseconds(now)})
    return [_transfer(row) for row in rows]


_DUE = Prepared(
    lambda _dialect: (
        select(*_COLUMNS)
        .where(
            transfer.c.target_id == bindparam("target"),
            transfer.c.state == State.WAITING.value,
            transfer.c.retry_at <= bindparam("now"),
        )
        .order_by(transfer.c.id)
    )
)


def by_state(tx: Connection, state: State, before: datetime, limit: int) -> list[Transfer]:
    """Load transfers that have been in a state since before a moment and told nobody.

    Where a person acts next, that is the age of the state; elsewhere the transfer goes to
    and fro between states, and is as old as its release.
    """
    since: ColumnElement[Any] = transfer.c.state_since
    if OWNERS[state].owner is not Owner.PERSON:
        since = func.coalesce(transfer.c.released_at, since)
    rows = tx.execute(
        select(*_COLUMNS)
        .where(
            transfer.c.state == state.value,
            since < before,
            or_(transfer.c.alerted_at.is_(None), transfer.c.alerted_at < before),
        )
        .order_by(transfer.c.id)
        .limit(limit)
    )
    return [_transfer(row) for row in rows]


def _sourced(rows: Iterable[Sequence[Any]]) -> list[Sourced]:
    return [
        Sourced(_transfer(row), row[-5], row[-4], row[-3], row[-2], bool(row[-1])) for row in rows
    ]


_REFUSAL = msgspec.json.Decoder(Refusal)


def _transfer(row: Sequence[Any]) -> Transfer:
    return Transfer(
        id=row[0],
        link=row[1],
        flow=row[2],
        document_row=row[3],
        target=row[4],
        number=row[5],
        state=State(row[6]),
        state_since=from_microseconds(row[7]),
        key=row[8],
        released_at=_moment(row[9]),
        attempts=row[10],
        retry_at=_moment(row[11]),
        target_number=row[12],
        number_is_free=bool(row[13]),
        sent_fingerprint=row[14],
        settings_version=row[15],
        exchange=row[16],
        refusal=None if row[17] is None else _REFUSAL.decode(row[17]),
        reason=row[18],
        alerted_at=_moment(row[19]),
    )


def _moment(count: int | None) -> datetime | None:
    return None if count is None else from_microseconds(count)


def _count(moment: datetime | None) -> int | None:
    return None if moment is None else to_microseconds(moment)


# What moving a transfer can change.
_CHANGING = (
    "state",
    "state_since",
    "released_at",
    "attempts",
    "retry_at",
    "target_number",
    "number_is_free",
    "sent_fingerprint",
    "settings_version",
    "exchange_id",
    "refusal",
    "reason",
    "alerted_at",
)
_SAVE = Prepared(
    lambda _dialect: (
        update(transfer)
        .where(transfer.c.id == bindparam("row"), transfer.c.state == bindparam("was"))
        .values({name: bindparam(name, type_=transfer.c[name].type) for name in _CHANGING})
    )
)


def save(tx: Connection, moves: Iterable[tuple[Transfer, Transfer]]) -> None:
    """Store transfers as they are now.

    Args:
        moves: Each transfer as it was loaded, and as it is.

    Raises:
        LedgerError: Somebody else moved one of them meanwhile; nothing may be stored,
            so the caller lets it end the transaction.
    """
    # In order of ids, so that two processes that store the same rows never wait for
    # each other crosswise.
    rows = sorted(
        (_saved(before, after) for before, after in moves if before is not after),
        key=itemgetter("row"),
    )
    stored = _SAVE.many(tx, rows)
    if stored != len(rows):
        raise LedgerError(
            "Somebody else worked on the same documents at the same moment; nothing was "
            "changed, and the next run takes them up again.",
            detail=f"{len(rows)} transfers to store, {stored} were in the state expected",
        )


def _saved(before: Transfer, after: Transfer) -> Values:
    assert before.id == after.id
    return {
        "row": after.id,
        "was": before.state.value,
        "state": after.state.value,
        "state_since": to_microseconds(after.state_since),
        "released_at": _count(after.released_at),
        "attempts": after.attempts,
        "retry_at": _count(after.retry_at),
        "target_number": after.target_number,
        "number_is_free": after.number_is_free,
        "sent_fingerprint": after.sent_fingerprint,
        "settings_version": after.settings_version,
        "exchange_id": after.exchange,
        "refusal": None if after.refusal is None else msgspec.json.encode(after.refusal),
        "reason": after.reason,
        "alerted_at": _count(after.alerted_at),
    }


# What the landing says; where it came from is the document's own row.
_LANDED = (
    "link_id",
    "flow",
    "transfer_id",
    "target_connection_id",
    "target_kind",
    "target_id",
    "target_number",
    "target_revision",
    "target_total",
    "lines",
    "sent_fingerprint",
    "paired_at",
    "is_adopted",
)
_PAIR = Prepared(
    lambda _dialect: insert(pairing).from_select(
        ["source_connection_id", "source_kind", "source_id", *_LANDED],
        select(
            document.c.connection_id,
            document.c.kind,
            document.c.document_id,
            *(bindparam(name, type_=pairing.c[name].type) for name in _LANDED),
        ).where(document.c.id == bindparam("document_row")),
    )
)


def pair(tx: Connection, landings: Iterable[tuple[Transfer, Landing]], now: datetime) -> None:
    """Keep what documents became: the stub that stays behind.

    Raises:
        LedgerError: A target document already belongs to another transfer, or a
            transfer already has one; nothing may be stored.
    """
    rows = [_stub(each, to, to_microseconds(now)) for each, to in landings]
    try:
        stored = _PAIR.many(tx, rows)
    except IntegrityError as error:
        raise LedgerError(
            "A document in the target already belongs to another transfer; nothing was "
            "changed. Look both transfers up and leave one of them out.",
            detail=str(error.orig),
        ) from error
    assert stored == len(rows), "a transfer without its source document"


def _stub(each: Transfer, to: Landing, now: int) -> Values:
    return {
        "link_id": each.link,
        "flow": each.flow,
        "transfer_id": each.id,
        "document_row": each.document_row,
        "target_connection_id": each.target,
        "target_kind": FLOWS[FlowName(each.flow)].target.value,
        "target_id": to.id,
        "target_number": to.number,
        "target_revision": to.revision,
        "target_total": to.total,
        "lines": msgspec.json.encode(to.line_ids),
        "sent_fingerprint": each.sent_fingerprint,
        "paired_at": now,
        "is_adopted": to.is_adopted,
    }


def pairings(tx: Connection, ids: Iterable[int]) -> Mapping[int, Row[Any]]:
    """Give the pairings of transfers, by transfer."""
    wanted = among(tx.dialect, pairing.c.transfer_id, "ids")
    rows = tx.execute(select(pairing).where(wanted), {"ids": listed(tx, ids)})
    return {row.transfer_id: row for row in rows}


def of_target(tx: Connection, connection: int, kind: DocumentKind, target_id: str) -> int | None:
    """Give the transfer that a document of a target belongs to, ``None``: no one's."""
    return tx.scalar(
        select(pairing.c.transfer_id).where(
            pairing.c.target_connection_id == connection,
            pairing.c.target_kind == kind.value,
            pairing.c.target_id == target_id,
        )
    )


def follow_ups(tx: Connection, target: int, limit: int) -> list[FollowUp]:
    """Load the custom fields still to be written to a connection's documents."""
    rows = _FOLLOW_UPS.all(tx, {"target": target, "limit": limit})
    return [
        msgspec.convert(
            dict(zip(FollowUp.__struct_fields__, row, strict=True)), FollowUp, strict=False
        )
        for row in rows
    ]


_FOLLOW_UPS = Prepared(
    lambda _dialect: (
        select(
            follow_up.c.id,
            follow_up.c.transfer_id,
            follow_up.c.kind,
            follow_up.c.document_id,
            follow_up.c.name,
            follow_up.c.value,
        )
        .where(follow_up.c.target_id == bindparam("target"), follow_up.c.state == "open")
        .order_by(follow_up.c.id)
        .limit(bindparam("limit", type_=BigInteger))
    )
)


def write_fields(tx: Connection, target: int, fields: Iterable[FollowUp]) -> None:
    """Keep custom fields that have to be written."""
    rows = [
        {
            "transfer_id": each.transfer,
            "target_id": target,
            "kind": each.kind.value,
            "document_id": each.document_id,
            "name": each.name,
            "value": each.value,
            "state": "open",
        }
        for each in fields
    ]
    if rows:
        tx.execute(insert(follow_up), rows)


_KEEP_FIELD = Prepared(
    lambda _dialect: (
        update(follow_up)
        .where(follow_up.c.id == bindparam("row"))
        .values(
            {name: bindparam(name, type_=follow_up.c[name].type) for name in ("state", "problem")}
        )
    )
)


def keep_fields(tx: Connection, results: Iterable[FieldResult]) -> None:
    """Keep what became of custom fields; one that may be tried again stays open."""
    _KEEP_FIELD.many(
        tx,
        [
            {
                "row": each.follow_up,
                "state": "open" if not each.is_final else "failed" if each.problem else "done",
                "problem": each.problem,
            }
            for each in results
        ],
    )


def counts(tx: Connection, link_id: int | None = None) -> list[tuple[int, str, State, int]]:
    """Count transfers by link, flow and state."""
    query = select(transfer.c.link_id, transfer.c.flow, transfer.c.state, func.count()).group_by(
        transfer.c.link_id, transfer.c.flow, transfer.c.state
    )
    if link_id is not None:
        query = query.where(transfer.c.link_id == link_id)
    return [(row[0], row[1], State(row[2]), row[3]) for row in tx.execute(query)]


def oldest(tx: Connection) -> dict[State, datetime]:
    """Give since when the oldest transfer of each state that is no end has been in it."""
    waiting = [state.value for state in State if state not in SETTLED]
    rows = tx.execute(
        select(transfer.c.state, func.min(transfer.c.state_since))
        .where(transfer.c.state.in_(waiting))
        .group_by(transfer.c.state)
    )
    return {State(state): since for state, since in rows}


def search(
    tx: Connection,
    *,
    link_id: int | None = None,
    flow: str | None = None,
    states: Iterable[State] = (),
    text: str | None = None,
    codes: Iterable[str] = (),
    limit: int = 100,
    after: int = 0,
) -> list[Sourced]:
    """Find transfers for people, in order of their ids.

    Args:
        link_id, flow, states: Only of these; empty: of all.
        text: Part of the number, without regard to the case of A to Z.
        codes: Exact numbers.
        limit, after: A page: at most so many, with ids above ``after``.
    """
    conditions: list[Any] = [transfer.c.id > after]
    if link_id is not None:
        conditions.append(transfer.c.link_id == link_id)
    if flow is not None:
        conditions.append(transfer.c.flow == flow)
    if wanted := [state.value for state in states]:
        conditions.append(transfer.c.state.in_(wanted))
    if text:
        conditions.append(_holds(text))
    if numbers := list(codes):
        conditions.append(transfer.c.number.in_(numbers))
    found = tx.execute(_sourced_select().where(*conditions).order_by(transfer.c.id).limit(limit))
    return _sourced(found)


def _holds(text: str) -> ColumnElement[bool]:
    # Databases differ in what they take for the small form of other letters.
    small = "".join(letter.lower() if letter.isascii() else letter for letter in text)
    return func.lower(transfer.c.number).contains(small, autoescape=True)
