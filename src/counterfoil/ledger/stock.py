"""How much there is of each item, as each system last said; unknown is kept as unknown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, bindparam, select

from counterfoil.documents import Item, RecordKind, decode_record

from ._prepared import Prepared, among, listed
from ._types import from_microseconds, to_microseconds
from ._upsert import Upsert
from .schema import record, stock, stock_at_site

__all__ = ["OnHand", "keep", "keep_at_sites", "products", "read", "read_at_sites"]


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


_KEEP_AT_SITES: Final = Upsert(stock_at_site)


def keep_at_sites(
    tx: Connection,
    connection: int,
    found: Mapping[tuple[str, str], Decimal | None],
    now: datetime,
) -> None:
    """Keep what a reading brought, by the identities of item and site."""
    read_at = to_microseconds(now)
    _KEEP_AT_SITES.many(
        tx,
        [
            {
                "connection_id": connection,
                "record_id": item,
                "site_id": site,
                "on_hand": None if quantity is None else format(quantity, "f"),
                "read_at": read_at,
            }
            for (item, site), quantity in sorted(found.items())
        ],
    )


_READ_AT_SITES: Final = Prepared(
    lambda dialect: select(
        stock_at_site.c.record_id,
        stock_at_site.c.site_id,
        stock_at_site.c.on_hand,
        stock_at_site.c.read_at,
    ).where(
        stock_at_site.c.connection_id == bindparam("connection"),
        among(dialect, stock_at_site.c.record_id, "ids"),
    )
)


def read_at_sites(
    tx: Connection, connection: int, ids: Iterable[str], since: datetime
) -> Mapping[str, Mapping[str, OnHand]]:
    """Give item -> site -> what there is of it, as far as it was read since a moment."""
    found: defaultdict[str, dict[str, OnHand]] = defaultdict(dict)
    values = {"connection": connection, "ids": listed(tx, sorted(set(ids)))}
    for item, site, on_hand, read_at in _READ_AT_SITES.all(tx, values):
        at = from_microseconds(read_at)
        if at >= since:
            found[item][site] = OnHand(None if on_hand is None else Decimal(on_hand), at)
    return found


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
