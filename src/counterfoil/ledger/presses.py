"""Presses on “send stock”: what people want counted, and what came of it.

A press is a row among the requests.  It is open until everything that it came to is settled:
as long as a document of it waits, what it says is counted anew before it leaves.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Connection, Row, Select, bindparam, func, insert, select, update

from counterfoil.documents import DocumentKind
from counterfoil.engine.counting import Counted, Wanted, prefix_of, press_of
from counterfoil.engine.life import State
from counterfoil.settings import FlowName

from . import transfers
from ._prepared import Prepared, among, listed
from .schema import COUNTS, document, request, transfer
from .transfers import Sourced

__all__ = [
    "Press",
    "add",
    "change",
    "documents_of",
    "load",
    "of_link",
    "opened",
    "page",
    "unsettled",
]

_FLOW = FlowName.STOCK_COUNT_OUT.value


class Press(msgspec.Struct, frozen=True, kw_only=True):
    """What a person wants counted.

    Attributes:
        wanted: Which products, and where the difference is posted.
        counted_at: When the source's quantities had last been read for it.
        taken_at: When all that came of it was settled, or a newer press took its place.
        result: What comparing both sides came to, the last time; ``None``: not compared yet.
    """

    id: int
    link: int
    author: str
    made_at: datetime
    wanted: Wanted
    counted_at: datetime | None
    taken_at: datetime | None
    result: Counted | None


_COLUMNS = (
    request.c.id,
    request.c.link_id,
    request.c.author,
    request.c.made_at,
    request.c["items"],
    request.c.counted_at,
    request.c.taken_at,
    request.c.result,
)


def _press(row: Row[Any]) -> Press:
    id_, link, author, made_at, items, counted_at, taken_at, result = tuple(row)
    return Press(
        id=id_,
        link=link,
        author=author,
        made_at=made_at,
        wanted=msgspec.convert(items, Wanted),
        counted_at=counted_at,
        taken_at=taken_at,
        result=None if result is None else msgspec.convert(result, Counted),
    )


def _select() -> Select[Any]:
    return select(*_COLUMNS).where(request.c.flow == _FLOW)


def add(tx: Connection, link: int, wanted: Wanted, author: str, now: datetime) -> int:
    """Note that a person wants stock counted; says the press's id."""
    result: Any = tx.execute(
        insert(request).values(
            link_id=link, flow=_FLOW, items=wanted, author=author, made_at=now, since=None
        )
    )
    return int(result.inserted_primary_key[0])


def opened(tx: Connection, link: int) -> list[Press]:
    """List the presses of a link of which something is still to be done, the newest first."""
    rows = tx.execute(
        _select()
        .where(request.c.link_id == link, request.c.taken_at.is_(None))
        .order_by(request.c.id.desc())
    )
    return [_press(row) for row in rows]


def page(tx: Connection, link: int | None, before: int | None, limit: int) -> list[Press]:
    """List presses, of one link or of all, the newest first: those with lower numbers."""
    query = _select().order_by(request.c.id.desc()).limit(limit)
    if link is not None:
        query = query.where(request.c.link_id == link)
    if before is not None:
        query = query.where(request.c.id < before)
    return [_press(row) for row in tx.execute(query)]


def of_link(tx: Connection, link: int, limit: int) -> list[Press]:
    """List the last presses of a link, the newest first."""
    rows = tx.execute(
        _select().where(request.c.link_id == link).order_by(request.c.id.desc()).limit(limit)
    )
    return [_press(row) for row in rows]


def newest(tx: Connection) -> Mapping[int, Press]:
    """Give the last press of each link that has one."""
    last = select(func.max(request.c.id)).where(request.c.flow == _FLOW).group_by(request.c.link_id)
    return {
        each.link: each for each in map(_press, tx.execute(_select().where(request.c.id.in_(last))))
    }


def load(tx: Connection, ids: Iterable[int]) -> Mapping[int, Press]:
    """Load presses by their ids."""
    rows = tx.execute(_select().where(request.c.id.in_(sorted(set(ids)))))
    return {row[0]: _press(row) for row in rows}


def change(tx: Connection, press: int, **values: Any) -> None:
    """Change columns of a press."""
    tx.execute(update(request).where(request.c.id == press).values(**values))


def unsettled(tx: Connection, link: int, states: Iterable[State]) -> list[Sourced]:
    """Load a link's counts that are in some states, none of them a settled one."""
    wanted = listed(tx, [state.value for state in states])
    found = _UNSETTLED.all(tx, {"link": link, "states": wanted})
    return transfers.load(tx, [row[0] for row in found]) if found else []


_UNSETTLED = Prepared(
    lambda dialect: (
        select(transfer.c.id)
        .where(
            # The index's own words.
            COUNTS,
            transfer.c.link_id == bindparam("link", type_=BigInteger),
            among(dialect, transfer.c.state, "states"),
        )
        .order_by(transfer.c.id)
    )
)


def documents_of(tx: Connection, press: int, operations: int) -> list[tuple[int, str, State]]:
    """Give what a press came to, in order: transfer, document's identity, and state."""
    prefix = prefix_of(press)
    rows = tx.execute(
        select(transfer.c.id, document.c.document_id, transfer.c.state)
        .join(document, document.c.id == transfer.c.document_id)
        .where(
            document.c.connection_id == operations,
            document.c.kind == DocumentKind.STOCK_COUNT.value,
            # One step through the index: what follows a slash is a digit.
            document.c.document_id > prefix,
            document.c.document_id < prefix + ":",
        )
        .order_by(transfer.c.id)
    )
    return [(row[0], row[1], State(row[2])) for row in rows if press_of(row[1]) == press]
