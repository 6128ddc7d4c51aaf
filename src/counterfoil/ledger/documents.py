"""Source documents as last seen, and which of them still lack a transfer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, exists, or_, select, update

from counterfoil.documents import Document, DocumentKind, encode, fingerprint
from counterfoil.engine.transfers import mark_of

from ._prepared import Prepared, among, listed
from ._types import to_microseconds
from ._upsert import Upsert
from .schema import document, pairing, transfer

__all__ = ["Seen", "lacking_transfer", "mark_gone", "see", "seen_fingerprints"]


class Seen(NamedTuple):
    """A source document's row."""

    row: int
    id: str
    number: str | None
    body: bytes
    fingerprint: str


def seen_fingerprints(
    tx: Connection, connection: int, kind: DocumentKind, ids: Iterable[str] | None = None
) -> Mapping[str, tuple[str, str, bool]]:
    """Give what is known of a kind: document id -> fingerprint, status, gone.

    ``ids`` asks for these only, which costs the same however many there are.
    """
    query = select(
        document.c.document_id, document.c.fingerprint, document.c.status, document.c.is_gone
    ).where(document.c.connection_id == connection, document.c.kind == kind.value)
    values = {}
    if ids is not None:
        query = query.where(among(tx.dialect, document.c.document_id, "ids"))
        values["ids"] = listed(tx, ids)
    return {row[0]: (row[1], row[2], row[3]) for row in tx.execute(query, values)}


# A mark of ours that was read once stays: it says who made the document.
_SEE = Upsert(document, "connection_id", "kind", "document_id", keeping=("own_key",))


def see(
    tx: Connection,
    connection: int,
    kind: DocumentKind,
    documents: Iterable[Document],
    keys: Mapping[str, str],
    now: datetime,
) -> None:
    """Keep documents as just read; ``keys`` are marks of ours that some of them bear."""
    seen_at = to_microseconds(now)
    rows = {
        each.id: {
            "connection_id": connection,
            "kind": kind.value,
            "document_id": each.id,
            "number": each.number,
            "status": each.status.value,
            "fingerprint": fingerprint(each),
            "revision": each.revision,
            "body": encode(each),
            "seen_at": seen_at,
            "is_gone": False,
            "own_key": mark_of(keys[each.id]) if each.id in keys else None,
        }
        for each in documents
    }
    _SEE.many(tx, rows.values())


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
    _MARK_GONE.many(tx, [{"connection": connection, "of": kind.value, "id": each} for each in ids])


def lacking_transfer(
    tx: Connection, connection: int, kind: DocumentKind, link: int, flow: str
) -> list[Seen]:
    """List the documents that a flow has not taken up, in order of first sight.

    Left out are those that one of our own transfers made (the loop guard): they are
    the target of a pairing, bear the mark of a transfer, or have the number that a
    transfer on its way there is about to give.
    """
    made_by_us = exists().where(
        pairing.c.target_connection_id == connection,
        pairing.c.target_kind == kind.value,
        pairing.c.target_id == document.c.document_id,
    )
    # Keys of ours are in small letters, with braces or without.
    marks = (document.c.own_key, "{" + document.c.own_key + "}")
    bears_our_mark = exists().where(
        transfer.c.target_id == connection, or_(*(transfer.c.key == mark for mark in marks))
    )
    on_its_way = exists().where(
        transfer.c.target_id == connection,
        transfer.c.state.in_(("sending", "unknown", "confirming")),
        transfer.c.target_number == document.c.number,
    )
    # Found from indexes alone, so that what was taken up long ago costs next to nothing.
    every = document.alias()
    taken_up = exists().where(
        transfer.c.document_id == every.c.id,
        transfer.c.link_id == link,
        transfer.c.flow == flow,
    )
    not_taken_up = select(every.c.id).where(
        every.c.connection_id == connection, every.c.kind == kind.value, ~taken_up
    )
    rows = tx.execute(
        select(
            document.c.id,
            document.c.document_id,
            document.c.number,
            document.c.body,
            document.c.fingerprint,
        )
        .where(
            document.c.id.in_(not_taken_up),
            ~document.c.is_gone,
            ~made_by_us,
            ~bears_our_mark,
            ~on_its_way,
        )
        .order_by(document.c.id)
    )
    return [Seen(*row) for row in rows]
