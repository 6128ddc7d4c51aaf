"""Marks that were read in a target, on documents that belong to no transfer of ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select

from counterfoil.documents import DocumentKind

from ._prepared import Prepared, among, listed
from ._upsert import Upsert
from .schema import mark

__all__ = ["Marked", "bearing", "keep"]


class Marked(NamedTuple):
    """A document of a target that bears a mark of ours and belongs to no transfer."""

    mark: str
    kind: DocumentKind
    document_id: str
    number: str | None
    revision: str | None
    total: str | None


def keep(tx: Connection, connection: int, marks: Sequence[Marked]) -> None:
    """Keep marks that were read in a target on documents that belong to no transfer."""
    rows = [
        {
            "connection_id": connection,
            "mark": each.mark,
            "kind": each.kind.value,
            "document_id": each.document_id,
            "number": each.number,
            "revision": each.revision,
            "total": each.total,
        }
        for each in marks
    ]
    _KEEP.many(tx, sorted(rows, key=itemgetter("mark")))


_KEEP = Upsert(mark)


def bearing(tx: Connection, connection: int, marks: Iterable[str]) -> Mapping[str, Marked]:
    """Give the documents of a target that bear one of these marks and are no one's."""
    rows = _BEARING.all(tx, {"connection": connection, "marks": listed(tx, marks)})
    return {row[0]: Marked(row[0], DocumentKind(row[1]), *row[2:]) for row in rows}


_BEARING = Prepared(
    lambda dialect: select(
        mark.c.mark, mark.c.kind, mark.c.document_id, mark.c.number, mark.c.revision, mark.c.total
    ).where(mark.c.connection_id == bindparam("connection"), among(dialect, mark.c.mark, "marks"))
)
