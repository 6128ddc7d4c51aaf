"""What documents name and no list of their system has: who worked, and the marketplaces of orders.

Kept as documents are read, each name once, so that people see and decide them before the first
document goes; a page asks for them without reading a document.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Dialect, select

from counterfoil.documents import Document, SalesOrder, Shipment, WorkEntry, name_key

from ._inserting import insert_of
from ._prepared import Prepared
from ._types import to_microseconds
from .schema import told_name

__all__ = ["NameOf", "keep", "told_by", "told_names"]


# Longer than any name that books hold, and short enough for an index of PostgreSQL (2,704 bytes).
_NAME_LENGTH_MAX: Final = 255


class NameOf(StrEnum):
    """What a name is of."""

    WORKER = "worker"
    MARKETPLACE = "marketplace"


def told_by(document: Document) -> tuple[NameOf, str] | None:
    """Give what a document names; ``None``: nothing that is not in a list, or a text too long."""
    match document:
        case WorkEntry(worker=worker):
            found = NameOf.WORKER, worker.name
        case SalesOrder(sales_channel=str(channel)) | Shipment(sales_channel=str(channel)):
            found = NameOf.MARKETPLACE, channel
        case _:
            return None
    return found if 0 < len(found[1].strip()) <= _NAME_LENGTH_MAX else None


def keep(tx: Connection, connection: int, documents: Iterable[Document], now: datetime) -> None:
    """Keep what documents name, as far as it is new."""
    told_at = to_microseconds(now)
    found = {
        (told[0].value, name_key(told[1])): told[1].strip()
        for each in documents
        if (told := told_by(each)) is not None
    }
    # In one order, so that two processes never wait for each other crosswise.
    _KEEP.many(
        tx,
        [
            {
                "connection_id": connection,
                "told": told,
                "name_key": key,
                "name": name,
                "told_at": told_at,
            }
            for (told, key), name in sorted(found.items())
        ],
    )


def _keep(dialect: Dialect) -> Any:
    return insert_of(dialect)(told_name).on_conflict_do_nothing()


_KEEP = Prepared(_keep, *(column.name for column in told_name.columns))


def told_names(tx: Connection, connection: int, told: NameOf) -> list[str]:
    """List the names of a kind that a connection's documents told, in the order of names."""
    return list(
        tx.scalars(
            select(told_name.c.name)
            .where(told_name.c.connection_id == connection, told_name.c.told == told.value)
            .order_by(told_name.c.name_key)
        )
    )
