"""What is paired in a target and is to be read there again, or stands there for certain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, exists, func, select, update

from counterfoil.documents import DocumentKind

from ._prepared import Prepared, Typed, among, listed
from .schema import NOT_BROUGHT, RECEIPTS, STANDS, UNENDED, UNREAD, document, pairing

__all__ = [
    "Paired",
    "Watched",
    "never_read",
    "newest",
    "paired_with",
    "stale",
    "stale_all",
    "stale_receipts",
    "unread",
    "watched",
]


class Watched(NamedTuple):
    """A pairing as watching looks at it."""

    transfer: int
    target_id: str
    revision: str | None
    is_unread: bool


def watched(
    tx: Connection, connection: int, kind: DocumentKind, ids: Iterable[str]
) -> list[Watched]:
    """Give what is paired with these documents of a target."""
    values = {"connection": connection, "kind": kind.value, "ids": listed(tx, ids)}
    return [Watched(*row) for row in _WATCHED.all(tx, values)]


_WATCHED = Prepared(
    lambda dialect: select(
        pairing.c.transfer_id,
        pairing.c.target_id,
        # What was seen last, else what was answered when it was written.
        func.coalesce(pairing.c.seen_revision, pairing.c.target_revision),
        pairing.c.is_unread,
    ).where(
        UNENDED,
        pairing.c.target_connection_id == bindparam("connection"),
        pairing.c.target_kind == bindparam("kind"),
        among(dialect, pairing.c.target_id, "ids"),
    )
)


def unread(
    tx: Connection, connection: int, limit: int, *, after: int = 0
) -> list[tuple[int, DocumentKind, str, int]]:
    """List transfers whose document in a target is to be read, those after a row only.

    Transfer, kind, identity, and the pairing's row to go on from.
    """
    rows = tx.execute(
        select(pairing.c.transfer_id, pairing.c.target_kind, pairing.c.target_id, pairing.c.id)
        .where(
            # The index's own words: SQLite does not see that "is_unread = 1" means the same.
            UNREAD,
            pairing.c.id > after,
            pairing.c.target_connection_id == connection,
        )
        .order_by(pairing.c.id)
        .limit(limit)
    )
    return [(row[0], DocumentKind(row[1]), row[2], row[3]) for row in rows]


_STALE = Prepared(
    lambda _dialect: (
        update(pairing)
        .where(pairing.c.transfer_id == bindparam("transfer"), UNENDED)
        .values(is_unread=True)
    )
)


def stale(tx: Connection, transfers: Sequence[int]) -> None:
    """Keep that documents were changed in their target, and are to be read there."""
    _STALE.many(tx, [{"transfer": each} for each in sorted(transfers)])


def stale_all(tx: Connection, connection: int) -> None:
    """Keep that every document in a target is to be read again."""
    tx.execute(
        update(pairing)
        .where(UNENDED, pairing.c.target_connection_id == connection, pairing.c.gone_at.is_(None))
        .values(is_unread=True)
    )


def stale_receipts(tx: Connection, connection: int, since: datetime) -> None:
    """Keep that item receipts, paired since then, are to be read again in a target."""
    tx.execute(
        update(pairing)
        .where(RECEIPTS, pairing.c.target_connection_id == connection, pairing.c.paired_at >= since)
        .values(is_unread=True)
    )


class Paired(NamedTuple):
    """A transfer and its document in the target.

    ``is_known``: we wrote it or have read it; ``False``: so far a person's word is all.
    """

    transfer: int
    kind: DocumentKind
    target_id: str
    is_known: bool = True


def newest(tx: Connection, connection: int, limit: int) -> list[Paired]:
    """Give the documents of a target that were paired last and are not known to be gone.

    No item receipts: somebody who enters the bill makes them vanish without a word.
    """
    rows = tx.execute(
        select(pairing.c.transfer_id, pairing.c.target_kind, pairing.c.target_id)
        .where(
            # The index's own words.
            STANDS,
            pairing.c.target_connection_id == connection,
        )
        .order_by(pairing.c.id.desc())
        .limit(limit)
    )
    return [Paired(row[0], DocumentKind(row[1]), row[2]) for row in rows]


def paired_with(tx: Connection, transfers: Iterable[int]) -> list[Paired]:
    """Give the documents that some transfers are paired with."""
    rows = tx.execute(
        select(
            pairing.c.transfer_id,
            pairing.c.target_kind,
            pairing.c.target_id,
            pairing.c.is_adopted,
            pairing.c.target_content,
        ).where(UNENDED, among(tx.dialect, pairing.c.transfer_id, "transfers")),
        {"transfers": listed(tx, transfers)},
    )
    return [
        Paired(row[0], DocumentKind(row[1]), row[2], is_known=not row[3] or row[4] is not None)
        for row in rows
    ]


def never_read(tx: Connection, connection: int, kind: DocumentKind) -> list[str]:
    """Give what was paired there and that no reading has ever brought, by identity.

    A reading of everything that lacks it says that it is gone, as of what it brought before.
    What was brought since this was asked last is kept as such, so that it is looked at once.
    """
    asked = {"connection": connection, "of_kind": kind.value}
    _BRING.run(tx, asked)
    return [row[0] for row in _NEVER_READ.rows(tx, asked)]


_NOT_KNOWN: Final = (
    NOT_BROUGHT,
    pairing.c.target_connection_id == bindparam("connection"),
    pairing.c.target_kind == bindparam("of_kind"),
)
_BRING: Final = Typed(
    lambda _dialect: (
        update(pairing)
        .where(
            *_NOT_KNOWN,
            exists().where(
                document.c.connection_id == bindparam("connection"),
                document.c.kind == bindparam("of_kind"),
                document.c.document_id == pairing.c.target_id,
            ),
        )
        .values(is_brought=True)
    )
)
_NEVER_READ: Final = Typed(lambda _dialect: select(pairing.c.target_id).where(*_NOT_KNOWN))
