"""Which of several links takes what: routes of an operations connection, by party."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import BigInteger, Connection, bindparam, delete, insert, select

from counterfoil.documents import name_key

from ._prepared import Typed, among, listed
from .schema import document, route

__all__ = ["Route", "add", "clear", "hold", "of_connection", "of_link"]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """What one customer, vendor or employee is routed to.

    Attributes:
        party: ``customer``, ``vendor`` or ``employee``; empty: all that no other route names.
        name: Of that party; empty with it.
        record: Its identity, where documents tell it; ``None``: they name it.
        link: Where its documents go.
    """

    id: int
    connection: int
    party: str
    name: str
    record: str | None
    link: int
    author: str
    made_at: datetime

    @property
    def key(self) -> tuple[str, str]:
        """By what it is looked up where a document names its party."""
        return self.party, name_key(self.name)


_COLUMNS = (
    route.c.id,
    route.c.connection_id,
    route.c.party,
    route.c.name,
    route.c.record_id,
    route.c.link_id,
    route.c.author,
    route.c.made_at,
)
_OF_CONNECTION = Typed(
    lambda _dialect: (
        select(*_COLUMNS)
        .where(route.c.connection_id == bindparam("connection", type_=BigInteger))
        .order_by(route.c.party, route.c.name_key)
    )
)


def of_connection(tx: Connection, connection: int) -> list[Route]:
    """List the routes of an operations connection, the one for all the rest first."""
    return [
        Route(**dict(zip(Route.__struct_fields__, row, strict=True)))
        for row in _OF_CONNECTION.rows(tx, {"connection": connection})
    ]


def of_link(tx: Connection, link: int) -> list[Route]:
    """List the routes that lead to a link."""
    rows = tx.execute(select(*_COLUMNS).where(route.c.link_id == link).order_by(route.c.id))
    return [Route(**dict(zip(Route.__struct_fields__, row, strict=True))) for row in rows]


def add(
    tx: Connection,
    connection: int,
    party: str,
    name: str,
    link: int,
    author: str,
    now: datetime,
    *,
    record: str | None = None,
) -> None:
    """Route a party's documents to a link, in place of where they went before."""
    clear(tx, connection, party, name)
    if record is not None:
        is_same = (route.c.party == party) & (route.c.record_id == record)
        tx.execute(delete(route).where(route.c.connection_id == connection, is_same))
    tx.execute(
        insert(route).values(
            connection_id=connection,
            party=party,
            name_key=name_key(name),
            name=name,
            record_id=record,
            link_id=link,
            author=author,
            made_at=now,
        )
    )


def clear(tx: Connection, connection: int, party: str, name: str) -> int:
    """Take a route back; says how many there were."""
    return tx.execute(
        delete(route).where(
            route.c.connection_id == connection,
            route.c.party == party,
            route.c.name_key == name_key(name),
        )
    ).rowcount


def hold(tx: Connection, rows: Iterable[int]) -> None:
    """Keep others from sending some documents until the transaction ends, by their rows.

    Two links that plan the same document at once then follow each other, and the second sees
    what the first has recorded.
    """
    wanted = (
        select(document.c.id)
        .where(among(tx.dialect, document.c.id, "rows"))
        .order_by(document.c.id)
        .with_for_update(key_share=True)
    )
    tx.execute(wanted, {"rows": listed(tx, sorted(set(rows)))})
