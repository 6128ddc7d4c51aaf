"""The directory: our copy of each connection's list records, by name.

``find`` answers a whole batch's names in one query, whatever the size of the books;
``learn`` and ``forget`` keep the copy fresh.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Dialect,
    Select,
    and_,
    bindparam,
    delete,
    func,
    insert,
    or_,
    select,
)

from counterfoil.documents import (
    ListRecord,
    RecordKind,
    decode_record,
    encode,
    may_name,
    name_key,
    record_kind,
)
from counterfoil.engine.matching import Entry, Lookup, NameChoice, Paired

from ._prepared import Prepared, Typed, among, listed
from ._upsert import Upsert
from .schema import name_choice, record

__all__ = [
    "IDENTITIES",
    "OURS",
    "Chosen",
    "beginning",
    "choices",
    "choose",
    "chosen",
    "count",
    "counts",
    "drop_choice",
    "entry",
    "every",
    "find",
    "forget",
    "learn",
    "names",
    "namesakes",
    "pair",
    "paired",
    "read",
    "read_ids",
    "read_known",
    "sweep",
    "unchoose",
]

OURS: Final = "Counterfoil"
"""Author of what no person decided about a name."""
IDENTITIES: Final = "identity"
"""In place of a side: whose name keys are the source's identities, told by no person."""

# Looked up thousands of times; a dictionary answers ten times as fast as the enumeration.
_KINDS = {kind.value: kind for kind in RecordKind}

_ENTRY = (record.c.kind, record.c.record_id, record.c.full_name, record.c.is_active)


_LEARN = Upsert(record)


def learn(tx: Connection, connection: int, records: Iterable[ListRecord], run: int) -> None:
    """Keep records as just read or written."""
    rows = {(record_kind(each), each.id): _row(connection, each, run) for each in records}
    _LEARN.many(tx, rows.values())


def _row(connection: int, each: ListRecord, run: int) -> dict[str, Any]:
    key = name_key(each.full_name)
    return {
        "connection_id": connection,
        "kind": record_kind(each).value,
        "record_id": each.id,
        "full_name": each.full_name,
        "name_key": key,
        "last_key": key.rpartition(":")[2],
        "is_active": each.is_active,
        "body": encode(each),
        "read_in": run,
    }


_FORGET = Prepared(
    lambda _dialect: delete(record).where(
        record.c.connection_id == bindparam("connection"),
        record.c.kind == bindparam("kind"),
        record.c.record_id == bindparam("id"),
    )
)


def forget(tx: Connection, connection: int, gone: Iterable[tuple[RecordKind, str]]) -> None:
    """Drop records that were deleted in their system."""
    _FORGET.many(
        tx,
        [{"connection": connection, "kind": kind.value, "id": each} for kind, each in gone],
    )


def sweep(tx: Connection, connection: int, kind: RecordKind, run: int) -> int:
    """Drop what a complete reading of a list did not bring; says how many."""
    return tx.execute(
        delete(record).where(
            record.c.connection_id == connection,
            record.c.kind == kind.value,
            record.c.read_in != run,
        )
    ).rowcount


def _named(*columns: ColumnElement[Any]) -> Prepared:
    def make(dialect: Dialect) -> Select[Any]:
        return select(*columns).where(
            record.c.connection_id == bindparam("connection"),
            among(dialect, record.c.name_key, "keys"),
        )

    return Prepared(make)


_FIND = _named(record.c.name_key, *_ENTRY)
_READ = _named(record.c.kind, record.c.name_key, record.c.is_active, record.c.body)


def find(tx: Connection, connection: int, keys: Iterable[str]) -> Mapping[str, Sequence[Entry]]:
    """Give the entries of all kinds that bear these names, by name key."""
    found: defaultdict[str, list[Entry]] = defaultdict(list)
    values = {"connection": connection, "keys": listed(tx, sorted(set(keys)))}
    for key, kind, record_id, full_name, is_active in _FIND.all(tx, values):
        found[key].append(Entry(_KINDS[kind], record_id, full_name, bool(is_active)))
    return found


def read(
    tx: Connection, connection: int, wanted: Iterable[tuple[RecordKind, str]]
) -> Mapping[tuple[RecordKind, str], ListRecord]:
    """Give whole records by kind and the name a document uses for them.

    Two records of one kind can bear a name, one of them inactive; the active one counts.
    """
    spelled: defaultdict[tuple[str, str], list[tuple[RecordKind, str]]] = defaultdict(list)
    for kind, name in wanted:
        spelled[kind.value, name_key(name)].append((kind, name))
    keys = sorted({key for _kind, key in spelled})
    rows = _READ.all(tx, {"connection": connection, "keys": listed(tx, keys)})
    found: dict[tuple[RecordKind, str], ListRecord] = {}
    for kind_text, key, _is_active, body in sorted(rows, key=itemgetter(2)):
        if spellings := spelled.get((kind_text, key)):
            found.update(dict.fromkeys(spellings, decode_record(spellings[0][0], body)))
    return found


def namesakes(
    tx: Connection, connection: int, kind: RecordKind, last_keys: Iterable[str]
) -> Mapping[str, Sequence[str]]:
    """Give the full names of a list's active records by the last part of their names (DOC-8).

    Args:
        last_keys: Last parts, as names are compared.
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    values = {
        "connection": connection,
        "kind": kind.value,
        "keys": listed(tx, sorted(set(last_keys))),
    }
    for key, full_name in _NAMESAKES.all(tx, values):
        found[key].append(full_name)
    return found


_NAMESAKES = Prepared(
    lambda dialect: (
        select(record.c.last_key, record.c.full_name)
        .where(
            record.c.connection_id == bindparam("connection"),
            record.c.kind == bindparam("kind"),
            record.c.is_active,
            among(dialect, record.c.last_key, "keys"),
        )
        .order_by(record.c.full_name)
    )
)


def read_known(
    tx: Connection,
    connection: int,
    kind: RecordKind,
    ids: Iterable[str],
    *,
    naming: str | None = None,
) -> Mapping[str, ListRecord]:
    """Give whole records of one kind by their identities.

    ``naming``: only those that say something in this field; ``None``: all of them.
    """
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    values = {"connection": connection, "kind": kind.value, "ids": listed(tx, wanted)}
    return {
        record_id: decode_record(kind, body)
        for record_id, body in _READ_KNOWN.all(tx, values)
        if naming is None or may_name(body, naming)
    }


def read_ids(
    tx: Connection, connection: int, wanted: Iterable[tuple[RecordKind, str]]
) -> Mapping[tuple[RecordKind, str], ListRecord]:
    """Give whole records by kind and identity."""
    of_kind = defaultdict[RecordKind, list[str]](list)
    for kind, identity in wanted:
        of_kind[kind].append(identity)
    return {
        (kind, identity): record
        for kind, ids in of_kind.items()
        for identity, record in read_known(tx, connection, kind, ids).items()
    }


_READ_KNOWN = Prepared(
    lambda dialect: select(record.c.record_id, record.c.body).where(
        record.c.connection_id == bindparam("connection"),
        record.c.kind == bindparam("kind"),
        among(dialect, record.c.record_id, "ids"),
    )
)


def names(tx: Connection, connection: int, kind: RecordKind) -> list[str]:
    """Give the full names of a list's active records, for suggestions to people."""
    return [row[0] for row in _NAMES.all(tx, {"connection": connection, "kind": kind.value})]


# In the order of their keys, in which they are kept: ten thousand are not sorted for each page.
_NAMES = Prepared(
    lambda _dialect: (
        select(record.c.full_name)
        .where(
            record.c.connection_id == bindparam("connection"),
            record.c.kind == bindparam("kind"),
            record.c.is_active,
        )
        .order_by(record.c.name_key, record.c.record_id)
    )
)


def beginning(
    tx: Connection, connection: int, kind: RecordKind, start: str, limit: int
) -> list[str]:
    """Give some full names of a list's active records that begin like this, as names compare."""
    return list(
        tx.scalars(
            select(record.c.full_name)
            .where(
                record.c.connection_id == connection,
                # The first finds the place in the index, whatever a database makes of patterns.
                record.c.name_key >= start,
                record.c.name_key.startswith(start, autoescape=True),
                record.c.kind == kind.value,
                record.c.is_active,
            )
            .order_by(record.c.name_key)
            .limit(limit)
        )
    )


_STREAM_ROWS: Final = 500


def every(
    tx: Connection,
    connection: int,
    kind: RecordKind,
    *,
    text: str | None = None,
    only_active: bool = False,
    after: tuple[str, str] | None = None,
    limit: int | None = None,
) -> Iterator[ListRecord]:
    """Give a list's records by name, some at a time: memory does not grow with the list.

    Args:
        text: Part of the full name as names are compared, or the whole identity.
        only_active: Leave out what is kept for history.
        after: Name key and identity of the record before the first one wanted.
        limit: At most so many; ``None``: all.
    """
    place = record.c.name_key, record.c.record_id
    conditions = [record.c.connection_id == connection, record.c.kind == kind.value]
    if text:
        named = record.c.name_key.contains(name_key(text), autoescape=True)
        conditions.append(or_(named, record.c.record_id == text))
    if only_active:
        conditions.append(record.c.is_active)
    if after is not None:
        key, identity = after
        same = and_(record.c.name_key == key, record.c.record_id > identity)
        conditions.append(or_(record.c.name_key > key, same))
    wanted = select(record.c.body).where(*conditions).order_by(*place).limit(limit)
    found = tx.execute(wanted, execution_options={"yield_per": _STREAM_ROWS})
    return (decode_record(kind, body) for body in found.scalars())


def count(tx: Connection, connection: int) -> Mapping[RecordKind, int]:
    """Count the records of each list."""
    return counts(tx, connection).get(connection, {})


def counts(tx: Connection, connection: int | None = None) -> dict[int, dict[RecordKind, int]]:
    """Count the records of each list of every connection, or of one."""
    query = select(record.c.connection_id, record.c.kind, func.count()).group_by(
        record.c.connection_id, record.c.kind
    )
    if connection is not None:
        query = query.where(record.c.connection_id == connection)
    found: dict[int, dict[RecordKind, int]] = {}
    for owner, kind, number in tx.execute(query):
        found.setdefault(owner, {})[RecordKind(kind)] = number
    return found


def entry(tx: Connection, connection: int, kind: RecordKind, name_or_id: str) -> Entry | None:
    """Find one record by its identity or its full name, as a person names it.

    The identity comes first, then active records.
    """
    of_list = record.c.connection_id == connection, record.c.kind == kind.value
    # One after the other: asked for both at once, the database goes through the whole list.
    by_id = select(*_ENTRY).where(*of_list, record.c.record_id == name_or_id)
    by_name = select(*_ENTRY).where(*of_list, record.c.name_key == name_key(name_or_id))
    active_first = by_name.order_by(record.c.is_active.desc()).limit(1)
    row = tx.execute(by_id).first() or tx.execute(active_first).first()
    return None if row is None else Entry(RecordKind(row[0]), row[1], row[2], row[3])


def choose(tx: Connection, values: Mapping[str, object]) -> None:
    """Keep what a person decided about a name; the last decision counts."""
    tx.execute(
        delete(name_choice).where(
            *(
                name_choice.c[column] == values[column]
                for column in ("link_id", "side", "kind", "name_key")
            )
        )
    )
    tx.execute(insert(name_choice), [dict(values)])


def unchoose(
    tx: Connection,
    link: int,
    kind: RecordKind,
    records: Iterable[str],
    author: str,
    made_at: datetime,
) -> None:
    """Take back what somebody decided at a moment to mean some records."""
    tx.execute(
        delete(name_choice).where(
            name_choice.c.link_id == link,
            name_choice.c.kind == kind.value,
            name_choice.c.record_id.in_(list(records)),
            name_choice.c.author == author,
            name_choice.c.made_at == made_at,
        )
    )


class Chosen(NamedTuple):
    """What a person decided that a name of documents means.

    ``meaning`` is the record's full name or the name to create it under; ``None``: the record
    that was chosen is gone.
    """

    side: str
    kind: RecordKind
    name_key: str
    name: str
    meaning: str | None
    creates: bool
    author: str
    made_at: datetime


def chosen(tx: Connection, link: int, sides: Mapping[str, int]) -> list[Chosen]:
    """List what people decided about names, by list and name; ``sides``: their connections."""
    found: list[Chosen] = []
    for side, connection in sides.items():
        meant = and_(
            record.c.connection_id == connection,
            record.c.kind == name_choice.c.kind,
            record.c.record_id == name_choice.c.record_id,
        )
        rows = tx.execute(
            select(
                name_choice.c.kind,
                name_choice.c.name_key,
                name_choice.c.name,
                name_choice.c.create_as,
                record.c.full_name,
                name_choice.c.author,
                name_choice.c.made_at,
            )
            .select_from(name_choice.outerjoin(record, meant))
            .where(
                name_choice.c.link_id == link,
                name_choice.c.side == side,
                name_choice.c.author != OURS,
            )
            .order_by(name_choice.c.kind, name_choice.c.name_key)
        )
        found += [
            Chosen(side, RecordKind(kind), key, name, as_ or full, as_ is not None, author, at)
            for kind, key, name, as_, full, author, at in rows
        ]
    return found


def drop_choice(tx: Connection, link: int, side: str, wanted: Lookup) -> bool:
    """Take back what a person decided about a name; ``False``: nothing was."""
    gone = tx.execute(
        delete(name_choice).where(
            name_choice.c.link_id == link,
            name_choice.c.side == side,
            name_choice.c.kind == wanted.kind.value,
            name_choice.c.name_key == wanted.key,
            name_choice.c.author != OURS,
        )
    )
    return gone.rowcount == 1


def choices(tx: Connection, link: int, side: str, connection: int) -> Mapping[Lookup, NameChoice]:
    """Give what was decided about the names of one side of a link.

    What was remembered for a record that we created ends with that record: nobody chose it.
    """
    rows = _CHOICES.rows(tx, {"connection": connection, "link": link, "side": side})
    return {
        Lookup(RecordKind(kind), key): NameChoice(
            record=Entry(RecordKind(entry_kind), record_id, full_name, is_active)
            if record_id is not None
            else None,
            create_as=create_as,
        )
        for kind, key, create_as, entry_kind, record_id, full_name, is_active in rows
    }


def paired(
    tx: Connection, link: int, connection: int, wanted: Iterable[tuple[RecordKind, str]]
) -> Mapping[tuple[RecordKind, str], Entry]:
    """Give what records of a link's source became, by list and identity there.

    A record that is gone from the target is not told: what it stood for is looked up by its name.
    """
    asked = set(wanted)
    values = {
        "connection": connection,
        "link": link,
        "keys": listed(tx, sorted({identity for _kind, identity in asked})),
    }
    rows = _PAIRED.rows(tx, values)
    found = {
        (RecordKind(kind), identity): Entry(RecordKind(kind), record_id, full_name, is_active)
        for kind, identity, record_id, full_name, is_active in rows
    }
    return {key: entry for key, entry in found.items() if key in asked}


def _paired(dialect: Dialect) -> Select[Any]:
    return (
        select(
            name_choice.c.kind,
            name_choice.c.name_key,
            record.c.record_id,
            record.c.full_name,
            record.c.is_active,
        )
        .join(
            record,
            and_(
                record.c.connection_id == bindparam("connection"),
                record.c.kind == name_choice.c.kind,
                record.c.record_id == name_choice.c.record_id,
            ),
        )
        .where(
            name_choice.c.link_id == bindparam("link"),
            name_choice.c.side == IDENTITIES,
            among(dialect, name_choice.c.name_key, "keys"),
        )
    )


_PAIRED = Typed(_paired)


def pair(tx: Connection, each: Paired, now: datetime) -> None:
    """Keep what a record of a link's source became; the last time counts."""
    choose(
        tx,
        {
            "link_id": each.link,
            "side": IDENTITIES,
            "kind": each.kind,
            "name_key": each.identity,
            "name": each.name,
            "record_id": each.record_id,
            "create_as": None,
            "author": OURS,
            "made_at": now,
        },
    )


def _choices(_dialect: Dialect) -> Select[Any]:
    chosen = and_(
        record.c.connection_id == bindparam("connection"),
        record.c.kind == name_choice.c.kind,
        record.c.record_id == name_choice.c.record_id,
    )
    return (
        select(name_choice.c.kind, name_choice.c.name_key, name_choice.c.create_as, *_ENTRY)
        .select_from(name_choice.outerjoin(record, chosen))
        .where(
            name_choice.c.link_id == bindparam("link"),
            name_choice.c.side == bindparam("side"),
            or_(name_choice.c.author != OURS, record.c.record_id.is_not(None)),
        )
    )


_CHOICES = Typed(_choices)
