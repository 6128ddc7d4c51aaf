"""Which documents were made from which, within their own system and across a link."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Select, and_, bindparam, or_, select
from sqlalchemy.sql import ClauseElement

from counterfoil.documents import Document, DocumentKind, DocumentStatus, Receipt, Shipment
from counterfoil.engine.life import State

from ._inserting import insert_of
from ._prepared import Prepared, among, listed, spelled
from .schema import UNENDED, ancestry, document, pairing, transfer

__all__ = [
    "Node",
    "changed_deliveries",
    "descendants",
    "held_beside",
    "keep",
    "numbers_of_ours",
    "parents",
    "sources_of_orders",
]


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


def _keep(dialect: Dialect) -> Any:
    return insert_of(dialect)(ancestry).on_conflict_do_nothing()


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


def parents(tx: Connection, connection: int, kind: DocumentKind, ids: Iterable[str]) -> set[Node]:
    """Give what documents of a kind once said they were made of, or fulfil."""
    values = {"connection": connection, "kind": kind.value, "ids": listed(tx, ids)}
    return {Node(DocumentKind(row[0]), row[1]) for row in _PARENTS.all(tx, values)}


_PARENTS = Prepared(
    lambda dialect: select(ancestry.c.ancestor_kind, ancestry.c.ancestor_id).where(
        ancestry.c.connection_id == bindparam("connection"),
        ancestry.c.kind == bindparam("kind"),
        among(dialect, ancestry.c.document_id, "ids"),
    )
)


def changed_deliveries(
    tx: Connection, connection: int, order: DocumentKind, ids: Iterable[str], kind: DocumentKind
) -> list[tuple[str, str]]:
    """Give orders with those documents of a kind that ever said they fulfil them.

    Only of those that have been another one since they were first seen, or are withdrawn.
    """
    values = {
        "connection": connection,
        "order": order.value,
        "ids": listed(tx, ids),
        "of": kind.value,
    }
    return [(row[0], row[1]) for row in _CHANGED.all(tx, values)]


_CHILD = and_(
    document.c.connection_id == ancestry.c.connection_id,
    document.c.kind == ancestry.c.kind,
    document.c.document_id == ancestry.c.document_id,
)
_CHANGED = Prepared(
    lambda dialect: (
        select(ancestry.c.ancestor_id, ancestry.c.document_id)
        .select_from(ancestry.join(document, _CHILD))
        .where(
            ancestry.c.connection_id == bindparam("connection"),
            ancestry.c.ancestor_kind == bindparam("order"),
            among(dialect, ancestry.c.ancestor_id, "ids"),
            ancestry.c.kind == bindparam("of"),
            or_(
                document.c.changed_at.is_not(None),
                document.c.is_gone,
                document.c.status == DocumentStatus.CANCELLED.value,
            ),
        )
        .order_by(ancestry.c.ancestor_id, ancestry.c.document_id)
    )
)


def held_beside(tx: Connection, rows: Iterable[int]) -> list[int]:
    """Give the documents made of the same as some others of which something is held, by row."""
    return [row[0] for row in _HELD_BESIDE.all(tx, {"rows": listed(tx, rows)})]


def _held_beside(dialect: Dialect) -> Select[tuple[int]]:
    one, beside, other = document.alias(), ancestry.alias(), document.alias()
    own = and_(
        ancestry.c.connection_id == one.c.connection_id,
        ancestry.c.kind == one.c.kind,
        ancestry.c.document_id == one.c.document_id,
    )
    same = and_(
        beside.c.connection_id == ancestry.c.connection_id,
        beside.c.ancestor_kind == ancestry.c.ancestor_kind,
        beside.c.ancestor_id == ancestry.c.ancestor_id,
    )
    child = and_(
        other.c.connection_id == beside.c.connection_id,
        other.c.kind == beside.c.kind,
        other.c.document_id == beside.c.document_id,
    )
    joined = one.join(ancestry, own).join(beside, same).join(other, child)
    return (
        select(other.c.id)
        .select_from(joined.join(transfer, transfer.c.document_id == other.c.id))
        .where(among(dialect, one.c.id, "rows"), spelled(transfer.c.state, State.HELD))
    )


_HELD_BESIDE = Prepared(_held_beside)


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
