"""How much there is of each item, as each system last said; unknown is kept as unknown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, Select, bindparam, select

from counterfoil.documents import Item, RecordKind, decode_record

from ._prepared import Prepared, among, listed
from ._types import from_microseconds, to_microseconds
from ._upsert import Upsert
from .schema import record, stock

__all__ = ["OnHand", "keep", "products", "read"]


class OnHand(NamedTuple):
    """What there is of an item; ``quantity`` is ``None`` where that could not be read."""

    quantity: Decimal | None
    read_at: datetime


_KEEP = Upsert(stock)


def keep(
    tx: Connection, connection: int, found: Mapping[str, Decimal | None], now: datetime
) -> None:
    """Keep what a reading brought, by the items' identities."""
    read_at = to_microseconds(now)
    _KEEP.many(
        tx,
        [
            {
                "connection_id": connection,
                "record_id": item,
                "on_hand": None if quantity is None else format(quantity, "f"),
                "read_at": read_at,
            }
            for item, quantity in sorted(found.items())
        ],
    )


_READ = Prepared(
    lambda dialect: select(stock.c.record_id, stock.c.on_hand, stock.c.read_at).where(
        stock.c.connection_id == bindparam("connection"),
        among(dialect, stock.c.record_id, "ids"),
    )
)


def read(
    tx: Connection, connection: int, ids: Iterable[str], since: datetime
) -> Mapping[str, OnHand]:
    """Give what there is of items, as far as it was read since a moment."""
    rows = _READ.all(tx, {"connection": connection, "ids": listed(tx, sorted(set(ids)))})
    found = {
        item: OnHand(None if on_hand is None else Decimal(on_hand), from_microseconds(read_at))
        for item, on_hand, read_at in rows
    }
    return {item: each for item, each in found.items() if each.read_at >= since}


def products(
    tx: Connection, connection: int, wanted: Collection[str] | None, after: str, limit: int
) -> list[Item]:
    """Give a page of a system's active items in the order of their identities.

    Args:
        wanted: Only these, ``None``: all.
        after: Those behind this identity.
    """
    query: Select[Any] = (
        select(record.c.body)
        .where(
            record.c.connection_id == connection,
            record.c.kind == RecordKind.ITEM.value,
            record.c.record_id > after,
            record.c.is_active,
        )
        .order_by(record.c.record_id)
        .limit(limit)
    )
    values = {}
    if wanted is not None:
        query = query.where(among(tx.dialect, record.c.record_id, "ids"))
        values["ids"] = listed(tx, wanted)
    found = (decode_record(RecordKind.ITEM, body) for body in tx.scalars(query, values))
    return [each for each in found if isinstance(each, Item)]
