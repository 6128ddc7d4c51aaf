"""Source documents as last seen, which of them still wait for a flow, and what is unreadable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    TextClause,
    Update,
    bindparam,
    delete,
    exists,
    select,
    update,
)

from counterfoil.documents import Document, DocumentKind, encode, fingerprint
from counterfoil.engine.heading import Heading, heading_of
from counterfoil.engine.life import Standing, states_that_are
from counterfoil.engine.operations import Unreadable
from counterfoil.engine.transfers import mark_of

from . import ancestry, told_names, words
from ._prepared import Prepared, Typed, among, listed
from ._types import to_microseconds
from ._upsert import Upsert
from .schema import (
    CLOSED_SINCE,
    NOT_CLOSED,
    OPEN,
    PENDING,
    UNENDED,
    document,
    link,
    pairing,
    transfer,
    unreadable,
)

__all__ = [
    "Pending",
    "Seen",
    "Unread",
    "by_ids",
    "by_numbers",
    "count_unreadable",
    "has_any",
    "headings",
    "is_unreadable",
    "keep_unreadable",
    "latest",
    "mark_gone",
    "offer_again",
    "on_its_way",
    "open_ids",
    "pending",
    "put_up",
    "see",
    "seen_fingerprints",
    "take_up",
    "unreadable_ids",
    "unreadables",
]

_OPEN_MAX = 1000


class Seen(NamedTuple):
    """What is known of a document without reading it."""

    fingerprint: str
    status: str
    is_gone: bool
    revision: str | None = None


def seen_fingerprints(
    tx: Connection, connection: int, kind: DocumentKind, ids: Iterable[str] | None = None
) -> Mapping[str, Seen]:
    """Give what is known of a kind, by document id.

    ``ids`` asks for these only, which costs the same however many there are.
    """
    of_kind = {"connection": connection, "of_kind": kind.value}
    if ids is None:
        rows = _SEEN.rows(tx, of_kind)
    else:
        rows = _SEEN_AMONG.rows(tx, {**of_kind, "ids": listed(tx, ids)})
    return {row[0]: Seen(*row[1:]) for row in rows}


def _of_kind() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        document.c.connection_id == bindparam("connection"),
        document.c.kind == bindparam("of_kind"),
    )


_SEEING = select(
    document.c.document_id,
    document.c.fingerprint,
    document.c.status,
    document.c.is_gone,
    document.c.revision,
).where(*_of_kind())
_SEEN = Typed(lambda _dialect: _SEEING)
_SEEN_AMONG = Typed(lambda dialect: _SEEING.where(among(dialect, document.c.document_id, "ids")))


# A mark of ours that was read once stays: it says who made the document.
_SEE = Upsert(document, "connection_id", "kind", "document_id", keeping=("own_key", "changed_at"))


def see(
    tx: Connection,
    connection: int,
    kind: DocumentKind,
    documents: Iterable[Document],
    keys: Mapping[str, str],
    now: datetime,
    *,
    known: Mapping[str, Seen],
) -> None:
    """Keep documents as just read, and offer them to the flows that read them.

    Args:
        keys: Marks that some of them bear, by document id.
        known: What was known of them.
    """
    seen_at = to_microseconds(now)
    found = list(documents)
    rows = {}
    for each in found:
        print_ = fingerprint(each)
        before = known.get(each.id)
        has_changed = before is not None and before.fingerprint != print_
        heading = heading_of(each)
        rows[each.id] = {
            "connection_id": connection,
            "kind": kind.value,
            "document_id": each.id,
            "number": each.number,
            "status": each.status.value,
            "fingerprint": print_,
            "revision": each.revision,
            "body": encode(each),
            "seen_at": seen_at,
            "is_gone": False,
            "own_key": mark_of(keys[each.id]) if each.id in keys else None,
            "changed_at": seen_at if has_changed else None,
            "is_pending": True,
            "party": heading.party,
            "dated": heading.dated and heading.dated.isoformat(),
            "total": heading.total,
            "currency": heading.currency,
        }
    # In the order in which they were read, which is the order of first sight; nobody else
    # reads this connection.
    _SEE.many(tx, rows.values())
    ancestry.keep(tx, connection, kind, found)
    told_names.keep(tx, connection, found, now)
    words.keep_anew(tx, connection, kind, [row for row in rows if rows[row]["changed_at"]])


_MARK_GONE = Prepared(
    lambda _dialect: (
        update(document)
        .where(
            document.c.connection_id == bindparam("connection"),
            document.c.kind == bindparam("of"),
            document.c.document_id == bindparam("id"),
        )
        .values(is_gone=True)
    )
)


def mark_gone(tx: Connection, connection: int, kind: DocumentKind, ids: Iterable[str]) -> None:
    """Keep that documents were deleted at their source."""
    _MARK_GONE.many(
        tx, [{"connection": connection, "of": kind.value, "id": each} for each in sorted(ids)]
    )


def latest(
    tx: Connection, connection: int, kind: DocumentKind, limit: int
) -> list[tuple[str, str | None]]:
    """Give identity and number of the documents of a kind that were seen first most lately."""
    rows = tx.execute(
        select(document.c.document_id, document.c.number)
        .where(
            document.c.connection_id == connection,
            document.c.kind == kind.value,
            ~document.c.is_gone,
        )
        .order_by(document.c.id.desc())
        .limit(limit)
    )
    return [(row[0], row[1]) for row in rows]


def has_any(tx: Connection, connection: int) -> bool:
    """Whether any document of a connection was ever read."""
    found = tx.scalar(select(exists().where(document.c.connection_id == connection)))
    return bool(found)


def headings(tx: Connection, rows: Iterable[int]) -> Mapping[int, Heading]:
    """Give what lists show of documents, by their rows."""
    found = tx.execute(
        select(
            document.c.id,
            document.c.party,
            document.c.dated,
            document.c.total,
            document.c.currency,
        ).where(among(tx.dialect, document.c.id, "rows")),
        {"rows": listed(tx, rows)},
    )
    return {
        row: Heading(party, dated and date.fromisoformat(dated), total, currency)
        for row, party, dated, total, currency in found
    }


class Pending(NamedTuple):
    """A document that waits to be offered to the flows that read it."""

    row: int
    id: str
    number: str | None
    body: bytes
    fingerprint: str
    own_key: str | None
    status: str
    seen_at: datetime
    changed_at: datetime | None
    is_pending: bool = True


_PENDING = (
    document.c.id,
    document.c.document_id,
    document.c.number,
    document.c.body,
    document.c.fingerprint,
    document.c.own_key,
    document.c.status,
    document.c.seen_at,
    document.c.changed_at,
    document.c.is_pending,
)


def pending(
    tx: Connection, connection: int, kind: DocumentKind, limit: int, *, after: int = 0
) -> list[Pending]:
    """List a page of the documents that wait, in order of first sight."""
    asked = {"connection": connection, "of_kind": kind.value, "after": after, "limit": limit}
    return [Pending._make(row) for row in _WAITING.rows(tx, asked)]


_WAITING = Typed(
    lambda _dialect: (
        select(*_PENDING)
        .where(
            *_of_kind(),
            # The index's own words: SQLite does not see that "is_pending = 1" means the same.
            PENDING,
            ~document.c.is_gone,
            document.c.id > bindparam("after"),
        )
        .order_by(document.c.id)
        .limit(bindparam("limit", type_=BigInteger))
    )
)


def by_ids(
    tx: Connection, connection: int, kind: DocumentKind, ids: Iterable[str]
) -> list[Pending]:
    """Load documents by their identities, whether they wait or not."""
    rows = tx.execute(
        select(*_PENDING)
        .where(
            document.c.connection_id == connection,
            document.c.kind == kind.value,
            among(tx.dialect, document.c.document_id, "ids"),
        )
        .order_by(document.c.id),
        {"ids": listed(tx, ids)},
    )
    return [Pending._make(row) for row in rows]


def open_ids(
    tx: Connection, connection: int, kind: DocumentKind, since: datetime
) -> tuple[str, ...]:
    """Give the identities of documents that are not closed, or were not at that time.

    Of very many, those that were seen first last are given; those not closed come first.
    """
    asked = {"connection": connection, "of_kind": kind.value, "limit": _OPEN_MAX}
    ids = [row[0] for row in _OPEN_NOW.rows(tx, asked)]
    lately = {**asked, "since": since, "limit": _OPEN_MAX - len(ids)}
    return (*ids, *(row[0] for row in _CLOSED_LATELY.rows(tx, lately)))


def _newest(*conditions: ColumnElement[bool] | TextClause) -> Typed:
    query = select(document.c.document_id).where(*_of_kind(), *conditions)
    limit = bindparam("limit", type_=BigInteger)
    return Typed(lambda _dialect: query.order_by(document.c.id.desc()).limit(limit))


_OPEN_NOW = _newest(NOT_CLOSED)
_CLOSED_LATELY = _newest(CLOSED_SINCE, document.c.changed_at >= bindparam("since"))


def _set_pending(rows: Select[tuple[int]], *, is_pending: bool) -> Update:
    # In order of ids, so that two processes that change the same rows never wait for each
    # other crosswise.
    ordered = rows.order_by(document.c.id).with_for_update(key_share=True)
    return update(document).where(document.c.id.in_(ordered)).values(is_pending=is_pending)


_TAKE_UP = Prepared(
    lambda dialect: _set_pending(
        select(document.c.id).where(among(dialect, document.c.id, "rows")), is_pending=False
    )
)


def take_up(tx: Connection, rows: Sequence[int]) -> None:
    """Keep that documents have been offered to every flow that reads them."""
    if rows:
        _TAKE_UP.many(tx, [{"rows": listed(tx, rows)}])


_OFFER_AGAIN = Prepared(
    lambda dialect: _set_pending(
        select(document.c.id).where(among(dialect, document.c.id, "rows")), is_pending=True
    )
)


def offer_again(tx: Connection, rows: Iterable[int]) -> None:
    """Offer documents once more to the flows that read them: something of them may be left."""
    wanted = sorted(set(rows))
    if wanted:
        _OFFER_AGAIN.many(tx, [{"rows": listed(tx, wanted)}])


def put_up(tx: Connection, link_id: int) -> None:
    """Offer again what a link's flows have not taken up: they, or their rules, have changed.

    What a transfer became is no source, whatever the rules.
    """
    taken = exists().where(transfer.c.document_id == document.c.id, transfer.c.link_id == link_id)
    ours = exists().where(
        UNENDED,
        pairing.c.target_connection_id == document.c.connection_id,
        pairing.c.target_kind == document.c.kind,
        pairing.c.target_id == document.c.document_id,
    )
    sides = (
        select(link.c.operations_id)
        .where(link.c.id == link_id)
        .union(select(link.c.books_id).where(link.c.id == link_id))
    )
    # What is gone is left out last: the rest is known from indexes alone.
    rows = select(document.c.id).where(document.c.connection_id.in_(sides), ~taken, ~ours)
    tx.execute(_set_pending(rows, is_pending=True).where(~document.c.is_gone))


def on_its_way(tx: Connection, target: int, numbers: Iterable[str]) -> set[str]:
    """Give those of the numbers that a transfer in flight to a connection is about to give."""
    flying = [state.value for state in states_that_are(Standing.IN_FLIGHT)]
    rows = tx.scalars(
        select(transfer.c.target_number).where(
            OPEN,
            transfer.c.target_id == target,
            transfer.c.state.in_(flying),
            among(tx.dialect, transfer.c.target_number, "numbers"),
        ),
        {"numbers": listed(tx, numbers)},
    )
    return {number for number in rows if number is not None}


def by_numbers(
    tx: Connection, connection: int, kind: DocumentKind, numbers: Iterable[str]
) -> Mapping[str, tuple[str, ...]]:
    """Give the identities of documents by their numbers, as far as they have been read."""
    rows = tx.execute(
        select(document.c.number, document.c.document_id).where(
            document.c.connection_id == connection,
            document.c.kind == kind.value,
            ~document.c.is_gone,
            among(tx.dialect, document.c.number, "numbers"),
        ),
        {"numbers": listed(tx, numbers)},
    )
    found: dict[str, tuple[str, ...]] = {}
    for number, document_id in rows:
        found[number] = (*found.get(number, ()), document_id)
    return found


# --- What could not be read ---------------------------------------------------------------


class Unread(NamedTuple):
    """A record that could not be read, as people see it."""

    connection: int
    kind: str
    document_id: str | None
    number: str | None
    party: str | None
    dated: date | None
    field: str | None
    value: str | None
    problem: str
    first_seen_at: datetime
    seen_at: datetime


_ANY_UNREADABLE = Typed(
    lambda _dialect: (
        select(unreadable.c.id)
        .where(
            unreadable.c.connection_id == bindparam("connection"),
            unreadable.c.kind == bindparam("of_kind"),
        )
        .limit(1)
    )
)
_KEEP_UNREADABLE = Upsert(unreadable, "connection_id", "kind", "name", first=("first_seen_at",))


def keep_unreadable(
    tx: Connection,
    connection: int,
    kind: str,
    rows: Sequence[Unreadable],
    read: Iterable[str],
    now: datetime,
    *,
    everything: bool,
) -> None:
    """Keep what could not be read, and forget what can be read again.

    Args:
        kind: Of document or record.
        rows: What could not be read now.
        read: Identities of what was read now.
        everything: This was a complete reading: what it did not mention is gone.
    """
    moment = to_microseconds(now)
    names = {each.id or each.number or each.problem: each for each in rows}
    if _ANY_UNREADABLE.one(tx, {"connection": connection, "of_kind": kind}):
        of_kind = unreadable.c.connection_id == connection, unreadable.c.kind == kind
        gone = delete(unreadable).where(*of_kind)
        if everything:
            gone = gone.where(~among(tx.dialect, unreadable.c.name, "names"))
            tx.execute(gone, {"names": listed(tx, names)})
        else:
            gone = gone.where(among(tx.dialect, unreadable.c.name, "names"))
            tx.execute(gone, {"names": listed(tx, set(read) - set(names))})
    _KEEP_UNREADABLE.many(
        tx,
        [
            {
                "connection_id": connection,
                "kind": kind,
                "name": name,
                "document_id": each.id,
                "number": each.number,
                "party": each.party,
                "dated": each.dated and each.dated.isoformat(),
                "field": each.field,
                "value": each.value,
                "problem": each.problem,
                "first_seen_at": moment,
                "seen_at": moment,
            }
            for name, each in names.items()
        ],
    )


def unreadables(tx: Connection, connection: int | None = None) -> list[Unread]:
    """List what could not be read, the newest first.

    What moved of an order that cannot be read is told with it: it is one record there.
    """
    query = select(
        unreadable.c.connection_id,
        *(unreadable.c[name] for name in Unread._fields[1:]),
    ).order_by(unreadable.c.id.desc())
    if connection is not None:
        query = query.where(unreadable.c.connection_id == connection)
    found = [Unread(*row) for row in tx.execute(query)]
    told = {_record_of(each, each.kind) for each in found}
    return [
        each if each.dated is None else each._replace(dated=date.fromisoformat(str(each.dated)))
        for each in found
        if each.kind not in _PARTS_OF or _record_of(each, _PARTS_OF[each.kind]) not in told
    ]


def count_unreadable(tx: Connection) -> Mapping[int, int]:
    """Count, by connection, what ``unreadables`` lists."""
    return Counter(each.connection for each in unreadables(tx))


# Documents that are read out of others: the same text fails for both.
_PARTS_OF: Final[Mapping[str, str]] = {
    DocumentKind.SHIPMENT.value: DocumentKind.SALES_ORDER.value,
    DocumentKind.RECEIPT.value: DocumentKind.PURCHASE_ORDER.value,
}


def _record_of(each: Unread, kind: str) -> tuple[object, ...]:
    return (each.connection, kind, each.number, each.field, each.value, each.problem)


def unreadable_ids(tx: Connection, connection: int, limit: int) -> dict[DocumentKind, list[str]]:
    """Give the identities of documents that could not be read, by kind, the newest first."""
    rows = tx.execute(
        select(unreadable.c.kind, unreadable.c.document_id)
        .where(
            unreadable.c.connection_id == connection,
            unreadable.c.document_id.is_not(None),
            unreadable.c.kind.in_([kind.value for kind in DocumentKind]),
        )
        .order_by(unreadable.c.id.desc())
        .limit(limit)
    )
    found: dict[DocumentKind, list[str]] = {}
    for kind, document_id in rows:
        found.setdefault(DocumentKind(kind), []).append(document_id)
    return found


def is_unreadable(tx: Connection, connection: int, kind: str) -> set[str]:
    """Give the names of what could not be read of a kind."""
    rows: Iterable[Any] = tx.scalars(
        select(unreadable.c.name).where(
            unreadable.c.connection_id == connection, unreadable.c.kind == kind
        )
    )
    return set(rows)
