"""Transfers: loading them for work and for people, and storing what became of them.

What the engine takes up, a batch at a time, goes through prepared statements with plain
values (``_prepared``); what people ask for, through ordinary queries.  Rows are read by
name: ``_FIELDS`` says which column is which field, and how it is read and written.

What was done long ago costs nothing: what still has something to be done is found in
partial indexes (``schema.OPEN``), and how many are in which state is counted as they move
(``tally``).
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import compress
from operator import attrgetter, is_not, itemgetter
from typing import Any, Final, NamedTuple

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Dialect,
    LargeBinary,
    Select,
    String,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
    type_coerce,
    update,
)

from counterfoil.documents import DocumentKind, DocumentStatus, Reason, Refusal
from counterfoil.engine.correcting import Correction
from counterfoil.engine.deciding import Wish, Write
from counterfoil.engine.life import STATES, Owner, State
from counterfoil.engine.transfers import OrderSeen, Pairing, SetAside, Transfer
from counterfoil.errors import LedgerError

from . import daybook, words
from ._inserting import insert_of
from ._prepared import Prepared, Typed, among, listed, spelled
from ._searching import Sought, ways
from ._types import from_microseconds, to_microseconds
from .pairings import PAIRING_COLUMNS, pairing_of
from .schema import NOT_DONE, OPEN, UNENDED, document, pairing, tally, transfer

__all__ = [
    "Sourced",
    "any_waits",
    "begin",
    "by_key",
    "by_state",
    "compact_counts",
    "count_in",
    "counts",
    "counts_in",
    "due",
    "known",
    "load",
    "numbered",
    "of_link",
    "of_sources",
    "oldest",
    "save",
    "search",
    "waited_for",
    "waiting_because",
    "waiting_for",
    "work",
]


def _moment(count: int | None) -> datetime | None:
    return None if count is None else from_microseconds(count)


def _count(moment: datetime | None) -> int | None:
    return None if moment is None else to_microseconds(moment)


_REFUSAL = msgspec.json.Decoder(Refusal)
_REASON = msgspec.json.Decoder(Reason)
_NOTES = msgspec.json.Decoder(tuple[str, ...])
_ORDER = msgspec.json.Decoder(OrderSeen)
_LEFT_OUT = msgspec.json.Decoder(tuple[tuple[str, str], ...])
_CORRECTION = msgspec.json.Decoder(Correction)
_SET_ASIDE = msgspec.json.Decoder(SetAside)


def _json(value: Any) -> bytes | None:
    return None if value is None else msgspec.json.encode(value)


def _word(value: Any) -> str | None:
    return None if value is None else value.value


def _read_as(enum: type[StrEnum]) -> Callable[[str], Any]:
    """Give what reads a word of a list: by looking it up, at a fifth of the list's own price."""
    return {each.value: each for each in enum}.__getitem__


_KIND: Final = _read_as(DocumentKind)
_WRITE: Final = _read_as(Write)


class _Field(NamedTuple):
    """How one field of a transfer stands in its row."""

    column: str
    read: Callable[[Any], Any] | None = None
    write: Callable[[Any], Any] | None = None
    changes: bool = True


_FIELDS: Final[Mapping[str, _Field]] = {
    "id": _Field("id", changes=False),
    "link": _Field("link_id", changes=False),
    "flow": _Field("flow", changes=False),
    "document_row": _Field("document_id", changes=False),
    "target": _Field("target_id", changes=False),
    "target_kind": _Field("target_kind", _KIND, _word),
    "number": _Field("number"),
    "state": _Field("state", _read_as(State), _word),
    "state_since": _Field("state_since", _moment, _count),
    "part": _Field("part", changes=False),
    "key": _Field("key"),
    "generation": _Field("generation"),
    "write": _Field("write", lambda word: word and _WRITE(word), _word),
    "wish": _Field("wish", _read_as(Wish), _word),
    "wished_by": _Field("wished_by"),
    "released_at": _Field("released_at", _moment, _count),
    "attempts": _Field("attempts"),
    "retry_at": _Field("retry_at", _moment, _count),
    "target_number": _Field("target_number"),
    "is_checked": _Field("is_checked", bool),
    "sent_fingerprint": _Field("sent_fingerprint"),
    "settings_version": _Field("settings_version"),
    "exchange": _Field("exchange_id"),
    "rounds": _Field("rounds"),
    "waits_for": _Field("waits_for_id"),
    "refusal": _Field("refusal", lambda data: data and _REFUSAL.decode(data), _json),
    "reason": _Field("reason", lambda data: data and _REASON.decode(data), _json),
    "notes": _Field(
        "notes",
        lambda data: _NOTES.decode(data) if data else (),
        lambda notes: _json(notes or None),
    ),
    "order_seen": _Field("order_seen", lambda data: data and _ORDER.decode(data), _json),
    "left_out": _Field("left_out", lambda data: data and _LEFT_OUT.decode(data), _json),
    "correction": _Field("correction", lambda data: data and _CORRECTION.decode(data), _json),
    "set_aside": _Field("set_aside", lambda data: data and _SET_ASIDE.decode(data), _json),
    "alerted_at": _Field("alerted_at", _moment, _count),
    "version": _Field("version"),
}
assert tuple(_FIELDS) == Transfer.__struct_fields__, "every field has its column"

_INSTANTS: Final = frozenset({"state_since", "released_at", "retry_at", "alerted_at"})
_STRUCTURES: Final = frozenset({"refusal", "reason", "notes"})


def _plain(name: str) -> ColumnElement[Any]:
    """Give a column as the driver has it."""
    column = transfer.c[name]
    if name in _INSTANTS:
        return type_coerce(column, BigInteger).label(name)
    if name in _STRUCTURES:
        return type_coerce(column, LargeBinary).label(name)
    return column


_COLUMNS: Final = tuple(_plain(field.column) for field in _FIELDS.values())
_READERS: Final = tuple((name, field.read) for name, field in _FIELDS.items())
_WIDTH: Final = len(_COLUMNS)
_SOURCE: Final = (
    document.c.kind,
    document.c.document_id,
    document.c.body,
    document.c.fingerprint,
    or_(document.c.is_gone, document.c.status == DocumentStatus.CANCELLED.value),
    type_coerce(document.c.changed_at, BigInteger),
    document.c.is_gone,
)


class Sourced(NamedTuple):
    """A transfer with its source document as last seen, and its unended pairing.

    ``is_withdrawn``: the document was cancelled or deleted; ``is_gone``: it was deleted.
    """

    transfer: Transfer
    kind: DocumentKind
    document_id: str
    body: bytes
    fingerprint: str
    is_withdrawn: bool
    changed_at: datetime | None
    pairing: Pairing | None
    is_gone: bool = False


_ONE_PER: Final = ("link_id", "flow", "document_id", "part")


def begin(tx: Connection, beginnings: Iterable[Transfer]) -> int:
    """Begin transfers; says how many.

    Whoever comes second for a document finds it begun: two runs may see it at once.
    """
    # In one order, so that two runs which begin the same ones never wait for each other
    # crosswise.
    rows = sorted((_row(each) for each in beginnings), key=itemgetter(*_ONE_PER))
    begun = [row for row in rows if _BEGIN.all(tx, {**row, **_first_day(row)})]
    _tally(tx, Counter((row["link_id"], row["flow"], row["state"]) for row in begun))
    words.keep(tx, (row["document_id"] for row in begun))
    return len(begun)


def _first_day(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give under which day lists show a transfer whose document bears none."""
    began = from_microseconds(row["state_since"])
    return {"began": began.date().isoformat(), "of": row["document_id"]}


def _begin(dialect: Dialect) -> Any:
    dated = select(document.c.dated).where(document.c.id == bindparam("of")).scalar_subquery()
    # That something comes back tells that it was begun: an ordinary insert that did nothing
    # counts as one row on PostgreSQL.
    return (
        insert_of(dialect)(transfer)
        .values(day=func.coalesce(dated, bindparam("began", type_=String)))
        .on_conflict_do_nothing(index_elements=list(_ONE_PER))
        .returning(transfer.c.id)
    )


_BEGIN = Prepared(_begin, *(field.column for name, field in _FIELDS.items() if name != "id"))


_Writer = tuple[str, str, Callable[[Any], Any] | None]
_WRITERS: Final[Sequence[_Writer]] = [
    (name, field.column, field.write) for name, field in _FIELDS.items()
]
_CHANGERS: Final[Sequence[_Writer]] = [writer for writer in _WRITERS if _FIELDS[writer[0]].changes]
_CHANGING: Final = attrgetter(*(name for name, _column, _write in _CHANGERS))


def _row(each: Transfer, writers: Sequence[_Writer] = _WRITERS) -> dict[str, Any]:
    return {
        column: getattr(each, name) if write is None else write(getattr(each, name))
        for name, column, write in writers
    }


def _tally(tx: Connection, moved: Mapping[tuple[int, str, str], int]) -> None:
    """Count what came to a state and what left it; rows are added, none is waited for."""
    _COUNT.many(
        tx,
        [
            {"link_id": link, "flow": flow, "state": state, "number": number}
            for (link, flow, state), number in sorted(moved.items())
            if number
        ],
    )


_COUNT = Prepared(lambda _dialect: insert(tally), "link_id", "flow", "state", "number")


def _sourced_select() -> Select[Any]:
    paired = and_(pairing.c.transfer_id == transfer.c.id, UNENDED)
    return select(*_COLUMNS, *_SOURCE, *PAIRING_COLUMNS).select_from(
        transfer.join(document, document.c.id == transfer.c.document_id).outerjoin(pairing, paired)
    )


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


def _work(state: State) -> Prepared:
    return Prepared(
        lambda _dialect: (
            _sourced_select()
            .where(
                OPEN,
                transfer.c.target_id == bindparam("target"),
                spelled(transfer.c.state, state),
                transfer.c.id > bindparam("after"),
            )
            .order_by(transfer.c.id)
            .limit(bindparam("limit", type_=BigInteger))
        )
    )


_LOAD = Prepared(_load)
_OF_SOURCES = Prepared(_of_sources)
_WORK = {state: _work(state) for state, traits in STATES.items() if not traits.is_settled}


def known(tx: Connection, ids: Iterable[int]) -> set[int]:
    """Give those of some ids that are transfers'."""
    return {int(row[0]) for row in _KNOWN.all(tx, {"ids": listed(tx, ids)})}


_KNOWN: Final = Prepared(
    lambda dialect: select(transfer.c.id).where(among(dialect, transfer.c.id, "ids"))
)


def load(tx: Connection, ids: Iterable[int]) -> list[Sourced]:
    """Load transfers by their ids, with their sources, in order of their ids."""
    return _sourced(_LOAD.all(tx, {"ids": listed(tx, ids)}))


def work(
    tx: Connection, target: int, states: Iterable[State], limit: int, *, after: int = 0
) -> list[Sourced]:
    """Load what waits to be written to a connection, oldest first, those after an id only."""
    # One query per state reads the index in order and stops after ``limit`` rows; one
    # query for all would sort everything that waits, for every batch.
    values = {"target": target, "after": after, "limit": limit}
    found = [_WORK[state].all(tx, values) for state in states]
    return _sourced(list(heapq.merge(*found, key=itemgetter(0)))[:limit])


def of_sources(
    tx: Connection, connection: int, kind: DocumentKind, ids: Iterable[str]
) -> list[Sourced]:
    """Load the transfers of a connection's documents, in order of their ids."""
    values = {"connection": connection, "kind": kind.value, "ids": listed(tx, ids)}
    return _sourced(_OF_SOURCES.all(tx, values))


def of_link(tx: Connection, link: int, after: int, limit: int) -> list[Sourced]:
    """Load a page of a link's transfers that somebody still has something to do with.

    Those that a rule skipped are among them: another rule may let them go.
    """
    rows = tx.execute(
        _sourced_select()
        .where(
            NOT_DONE,
            transfer.c.link_id == link,
            transfer.c.id > after,
        )
        .order_by(transfer.c.id)
        .limit(limit)
    )
    return _sourced(rows)


def by_key(
    tx: Connection, target: int, keys: Iterable[str], states: Iterable[State]
) -> list[Sourced]:
    """Load the transfers to a connection that bear one of these marks, in some states."""
    both = [spelled for key in keys for spelled in (key, "{" + key + "}")]
    rows = tx.execute(
        _sourced_select()
        .where(
            transfer.c.target_id == target,
            transfer.c.state.in_([state.value for state in states]),
            among(tx.dialect, transfer.c.key, "keys"),
        )
        .order_by(transfer.c.id),
        {"keys": listed(tx, both)},
    )
    return _sourced(rows)


def waiting_for(tx: Connection, documents: Iterable[int]) -> list[Sourced]:
    """Load the transfers that wait for one of these documents to come first."""
    return _sourced(_WAITING_FOR.all(tx, {"documents": listed(tx, documents)}))


_WAITING_FOR = Prepared(
    lambda dialect: (
        _sourced_select()
        .where(
            among(dialect, transfer.c.waits_for_id, "documents"),
            spelled(transfer.c.state, State.WAITING),
        )
        .order_by(transfer.c.id)
    )
)


def waited_for(tx: Connection, each: Transfer) -> Sourced | None:
    """Load the transfer of the document that has to come before this one; ``None``: none is."""
    if each.waits_for is None:
        return None
    rows = tx.execute(
        _sourced_select()
        .where(
            transfer.c.document_id == bindparam("document", type_=BigInteger),
            transfer.c.link_id == bindparam("link", type_=BigInteger),
        )
        .order_by(transfer.c.id)
        .limit(1),
        {"document": each.waits_for, "link": each.link},
    )
    return next(iter(_sourced(rows)), None)


def any_waits(tx: Connection, target: int, now: datetime) -> bool:
    """Say whether a connection has any document to be written or asked about by now."""
    found = _ANY_WAITS.one(tx, {"target": target, "now": now})
    return found is not None and bool(found[0])


def _any_waits(_dialect: Dialect) -> Select[Any]:
    target = bindparam("target", type_=BigInteger)

    def waits(state: State, *more: ColumnElement[bool]) -> ColumnElement[bool]:
        # Each alone is one look into the index of what is open.
        return exists().where(
            OPEN, transfer.c.target_id == target, spelled(transfer.c.state, state), *more
        )

    return select(
        or_(
            waits(State.READY),
            waits(State.UNKNOWN),
            # Looked for by a reading that was cut off: the next run reads again.
            waits(State.CONFIRMING),
            waits(State.WAITING, transfer.c.retry_at <= bindparam("now")),
        )
    )


_ANY_WAITS = Typed(_any_waits)


def count_in(tx: Connection, target: int, states: Iterable[State]) -> int:
    """Count the transfers to a connection that are in these states, all of them open ones."""
    values = {"target": target, "states": listed(tx, _open_only(states))}
    return int(_COUNT_IN.all(tx, values)[0][0])


_COUNT_IN = Prepared(
    lambda dialect: select(func.count()).where(
        OPEN,
        transfer.c.target_id == bindparam("target", type_=BigInteger),
        among(dialect, transfer.c.state, "states"),
    )
)


def counts_in(tx: Connection, states: Iterable[State]) -> Mapping[int, int]:
    """Count, by target, the transfers that are in these states, all of them open ones."""
    wanted = _open_only(states)
    # Of all that is open, for so the index is read in its own order.
    rows = tx.execute(
        select(transfer.c.target_id, transfer.c.state, func.count())
        .where(OPEN)
        .group_by(transfer.c.target_id, transfer.c.state)
    )
    found = Counter[int]()
    for target, state, number in rows:
        found[target] += number if state in wanted else 0
    return found


def _open_only(states: Iterable[State]) -> list[str]:
    wanted = list(states)
    assert not any(STATES[state].is_settled for state in wanted)
    return [state.value for state in wanted]


def due(tx: Connection, target: int, now: datetime, limit: int) -> list[Transfer]:
    """Load the transfers to a connection whose time to wait is over, the oldest of them."""
    rows = _DUE.all(tx, {"target": target, "now": to_microseconds(now), "limit": limit})
    return [_transfer(row) for row in rows]


_DUE = Prepared(
    lambda _dialect: (
        select(*_COLUMNS)
        .where(
            OPEN,
            transfer.c.target_id == bindparam("target"),
            spelled(transfer.c.state, State.WAITING),
            transfer.c.retry_at <= bindparam("now"),
        )
        .order_by(transfer.c.id)
        .limit(bindparam("limit", type_=BigInteger))
    )
)


def waiting_because(tx: Connection, target: int, code: str) -> list[Transfer]:
    """Load the transfers to a connection that wait for a reason of one kind."""
    rows = _WAITING.all(tx, {"target": target})
    found = (_transfer(row) for row in rows)
    return [each for each in found if each.reason is not None and each.reason.code == code]


_WAITING = Prepared(
    lambda _dialect: (
        select(*_COLUMNS)
        .where(
            OPEN,
            transfer.c.target_id == bindparam("target"),
            spelled(transfer.c.state, State.WAITING),
        )
        .order_by(transfer.c.id)
    )
)


def by_state(
    tx: Connection,
    state: State,
    before: datetime,
    limit: int,
    *,
    waits_since: timedelta | None = None,
) -> list[Transfer]:
    """Load transfers that have been in a state since before a moment and told nobody.

    Where a person acts next, that is the age of the state; elsewhere the transfer goes to
    and fro between states, and is as old as its release.  A document that waits for
    another one is given longer: ``waits_since``, counted back from ``before``.
    """
    since: ColumnElement[Any] = transfer.c.state_since
    if STATES[state].owner is not Owner.PERSON:
        since = func.coalesce(transfer.c.released_at, since)
    is_late: ColumnElement[bool] = since < before
    if waits_since is not None:
        is_late = or_(
            and_(transfer.c.waits_for_id.is_(None), is_late), since < before - waits_since
        )
    rows = tx.execute(
        select(*_COLUMNS)
        .where(
            OPEN,
            transfer.c.state == state.value,
            is_late,
            or_(transfer.c.alerted_at.is_(None), transfer.c.alerted_at < before),
        )
        .order_by(transfer.c.id)
        .limit(limit)
    )
    return [_transfer(row) for row in rows]


def _sourced(rows: Iterable[Sequence[Any]]) -> list[Sourced]:
    found = []
    for row in rows:
        kind, document_id, body, fingerprint, is_withdrawn, changed_at, is_gone, *paired = row[
            _WIDTH:
        ]
        found.append(
            Sourced(
                _transfer(row),
                _KIND(kind),
                document_id,
                body,
                fingerprint,
                bool(is_withdrawn),
                _moment(changed_at),
                pairing_of(paired),
                bool(is_gone),
            )
        )
    return found


def _transfer(row: Sequence[Any]) -> Transfer:
    return Transfer(
        **{
            name: value if read is None else read(value)
            for (name, read), value in zip(_READERS, row, strict=False)
        }
    )


@lru_cache(maxsize=256)
def _saving(columns: tuple[str, ...]) -> Prepared:
    """Make the statement that stores some columns of a transfer.

    A column that is named costs a look into each of its indexes, whether it changes or not.
    """
    return Prepared(
        lambda _dialect: (
            update(transfer)
            .where(transfer.c.id == bindparam("row"), transfer.c.version == bindparam("was"))
            .values({name: bindparam(name, type_=transfer.c[name].type) for name in columns})
        )
    )


def _changers(moves: Iterable[tuple[Transfer, Transfer]]) -> list[_Writer]:
    """Give what writes the fields in which any of the moves differ."""
    found: set[_Writer] = set()
    for before, after in moves:
        # What stays is the same value, not only an equal one.
        found.update(compress(_CHANGERS, map(is_not, _CHANGING(before), _CHANGING(after))))
    return [writer for writer in _CHANGERS if writer in found and writer[0] != "version"]


def save(tx: Connection, moves: Iterable[tuple[Transfer, Transfer]]) -> None:
    """Store transfers as they are now.

    Args:
        moves: Each transfer as it was loaded, and as it is.

    Raises:
        LedgerError: Somebody else changed one of them meanwhile; nothing may be stored,
            so the caller lets it end the transaction.
    """
    changed = [(before, after) for before, after in moves if before is not after]
    # In order of ids, so that two processes that store the same rows never wait for
    # each other crosswise.
    changed.sort(key=lambda move: move[1].id)
    writers = _changers(changed)
    rows = [_saved(before, after, writers) for before, after in changed]
    stored = _saving((*(column for _, column, _ in writers), "version")).many(tx, rows)
    if stored != len(rows):
        raise LedgerError(
            "Somebody else worked on the same documents at the same moment; nothing was "
            "changed, and the next run takes them up again.",
            detail=f"{len(rows)} transfers to store, {stored} were as they had been read",
        )
    moved = Counter[tuple[int, str, str]]()
    for before, after in changed:
        if before.state is not after.state:
            moved[before.link, before.flow, before.state.value] -= 1
            moved[after.link, after.flow, after.state.value] += 1
    _tally(tx, moved)
    daybook.note(tx, changed)


def _saved(before: Transfer, after: Transfer, writers: Sequence[_Writer]) -> dict[str, Any]:
    assert before.id == after.id
    row = _row(after, writers)
    row.update(row=after.id, was=before.version, version=before.version + 1)
    return row


def counts(tx: Connection, link_id: int | None = None) -> list[tuple[int, str, State, int]]:
    """Count transfers by link, flow and state; however many there are, it costs the same."""
    query = (
        select(tally.c.link_id, tally.c.flow, tally.c.state, func.sum(tally.c.number))
        .group_by(tally.c.link_id, tally.c.flow, tally.c.state)
        .having(func.sum(tally.c.number) != 0)
    )
    if link_id is not None:
        query = query.where(tally.c.link_id == link_id)
    return [(row[0], row[1], State(row[2]), int(row[3])) for row in tx.execute(query)]


def compact_counts(tx: Connection) -> int:
    """Put the counters' rows together, those that are there now; says how many there were."""
    # What is summed is what was really taken away: another process may be at it, too, and
    # rows that were added earlier may be committed later.
    taken = tx.execute(
        delete(tally).returning(tally.c.link_id, tally.c.flow, tally.c.state, tally.c.number)
    ).all()
    sums = Counter[tuple[int, str, str]]()
    for link, flow, state, number in taken:
        sums[link, flow, state] += number
    _tally(tx, sums)
    return len(taken)


def oldest(tx: Connection) -> dict[State, datetime]:
    """Give since when the oldest transfer of each state that is no end has been in it."""
    rows = tx.execute(
        select(transfer.c.state, func.min(transfer.c.state_since))
        .where(OPEN)
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
    fields: bool = False,
    limit: int = 100,
    after: int = 0,
    since: datetime | None = None,
) -> list[Sourced]:
    """Find transfers for people, in order of their ids.

    Args:
        link_id, flow, states: Only of these; empty: of all.
        text: Part of the number, without regard to the case of A to Z.
        codes: Exact numbers.
        fields: Only those of which a custom field is refused.
        limit, after: A page: at most so many, with ids above ``after``.
        since: Only those that came where they stand at this instant or later.
    """
    sought = Sought(link_id, flow, tuple(states), text, tuple(codes), fields, after, since)
    ids: set[int] = set()
    for conditions in ways(sought):
        page = select(transfer.c.id).where(*conditions).order_by(transfer.c.id).limit(limit)
        ids.update(tx.scalars(page))
    return load(tx, sorted(ids)[:limit])


def numbered(tx: Connection, number: str, limit: int) -> list[Sourced]:
    """Find the transfers of a number, as their source or their target has it, by their ids.

    Each side is one look into its index, however much there is.
    """
    bears_it = select(transfer.c.id).where(transfer.c.number == number)
    became_it = select(pairing.c.transfer_id).where(UNENDED, pairing.c.target_number == number)
    ids = tx.scalars(bears_it.union(became_it)).all()
    return load(tx, sorted(ids)[:limit])
