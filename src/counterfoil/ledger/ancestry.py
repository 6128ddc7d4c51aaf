"""Which documents were made from which, within their own system and across a link."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, Dialect, Select, bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement

from counterfoil.documents import Document, DocumentKind, Receipt, Shipment

from ._prepared import Prepared, among, listed
from .schema import UNENDED, ancestry, pairing, transfer

__all__ = ["Node", "descendants", "keep", "numbers_of_ours", "sources_of_orders"]


class Node(NamedTuple):
    """A document of a system, by its kind and its identity there."""

    kind: DocumentKind
    id: str


def keep(
    tx: Connection, connection: int, kind: DocumentKind, documents: Iterable[Document]
) -> None:
    """Keep what documents say they were made from, and which orders they fulfil."""
    rows = {
        (connection, ancestor_kind, ancestor_id, kind.value, each.id)
        for each in documents
        for ancestor_kind, ancestor_id in _ancestors(each)
    }
    _KEEP.many(tx, [dict(zip(_COLUMNS, row, strict=True)) for row in sorted(rows)])


def _ancestors(document: Document) -> Iterator[tuple[str, str]]:
    for ancestor in document.made_from:
        yield ancestor.kind, ancestor.id
    if isinstance(document, Shipment):
        yield DocumentKind.SALES_ORDER.value, document.order_id
    if isinstance(document, Receipt):
        yield DocumentKind.PURCHASE_ORDER.value, document.order_id


_COLUMNS = tuple(column.name for column in ancestry.columns)


def _keep(dialect: Dialect) -> ClauseElement:
    insert_ = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
    return insert_(ancestry).on_conflict_do_nothing()


_KEEP = Prepared(_keep, *_COLUMNS)


def descendants(
    tx: Connection, connection: int, kind: DocumentKind, ids: Iterable[str]
) -> list[tuple[Node, Node]]:
    """Give each document of a kind with those that once said they were made of it, or fulfil it."""
    values = {"connection": connection, "kind": kind.value, "ids": listed(tx, ids)}
    return [
        (Node(kind, ancestor_id), Node(DocumentKind(of_kind), document_id))
        for ancestor_id, of_kind, document_id in _DESCENDANTS.all(tx, values)
    ]


_DESCENDANTS = Prepared(
    lambda dialect: select(ancestry.c.ancestor_id, ancestry.c.kind, ancestry.c.document_id).where(
        ancestry.c.connection_id == bindparam("connection"),
        ancestry.c.ancestor_kind == bindparam("kind"),
        among(dialect, ancestry.c.ancestor_id, "ids"),
    )
)


def numbers_of_ours(
    tx: Connection, connection: int, kind: DocumentKind, ids: Iterable[str]
) -> Mapping[str, str | None]:
    """Give the numbers of those documents of a system that we wrote, by their identities."""
    values = {"connection": connection, "kind": kind.value, "ids": listed(tx, ids)}
    return {row[0]: row[1] for row in _OURS.all(tx, values)}


_OURS = Prepared(
    lambda dialect: _paired(dialect, select(pairing.c.target_id, pairing.c.target_number))
)


def sources_of_orders(
    tx: Connection, connection: int, kind: DocumentKind, ids: Iterable[str], source: DocumentKind
) -> Mapping[str, str | None]:
    """Give those documents of a system that we made of a kind of another system's.

    By their identities, with the number of what they were made of.
    """
    values = {
        "connection": connection,
        "kind": kind.value,
        "ids": listed(tx, ids),
        "source": source.value,
    }
    return {row[0]: row[1] for row in _SOURCES.all(tx, values)}


_SOURCES = Prepared(
    lambda dialect: _paired(
        dialect,
        select(pairing.c.target_id, transfer.c.number)
        .select_from(pairing.join(transfer, transfer.c.id == pairing.c.transfer_id))
        .where(pairing.c.source_kind == bindparam("source")),
    )
)


def _paired(dialect: Dialect, query: Select[tuple[str, str | None]]) -> ClauseElement:
    return query.where(
        UNENDED,
        pairing.c.target_connection_id == bindparam("connection"),
        pairing.c.target_kind == bindparam("kind"),
        among(dialect, pairing.c.target_id, "ids"),
    )
