"""Piles: what waits for a person, put together by what it waits for.

A pile is counted where it lies, without its documents being read: by the partial indexes of what
somebody still has something to do with, and the few words of each refusal that tell it from
another.  Its documents are read a page at a time, when somebody looks.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    Text,
    case,
    cast,
    exists,
    func,
    literal_column,
    null,
    select,
    type_coerce,
)

from counterfoil.engine.life import State

from ._prepared import spelled
from .schema import LASTS, OPEN, cause, follow_up, link, transfer

__all__ = ["Heap", "Member", "Pile", "count", "members", "piles"]


class Heap(StrEnum):
    """What kind of thing lies on a pile."""

    REFUSED = "refused"
    """Documents that stopped with a refusal."""
    CHANGED = "changed"
    """Documents that are there and have changed since, on either side."""
    FIELDS = "fields"
    """Documents that are there, and a custom field of which could not be written."""


class Pile(NamedTuple):
    """What waits for one decision.

    Attributes:
        code: Of the refusal or the reason.
        about: The value that the refusal names, or its sentence; empty: of a change.
        number: How many documents.
        first: The oldest of them.
        since: Since when the one waits that has waited longest.
        stand: Changes with every change of what lies on it, and with nothing else.
    """

    heap: Heap
    link: int
    flow: str
    code: str
    about: str
    number: int
    first: int
    since: datetime
    stand: str

    @property
    def key(self) -> tuple[str, int, str, str, str]:
        """Tells it from all others, from look to look."""
        return self.heap, self.link, self.flow, self.code, self.about


class Member(NamedTuple):
    """A transfer that lies on a pile, and the version in which it does."""

    id: int
    version: int


def piles(tx: Connection) -> list[Pile]:
    """Give every pile of the links in use, the one that has waited longest first."""
    found = [
        Pile(heap, row[0], row[1], row[2], row[3] or "", int(row[4]), row[5], row[6], _stand(row))
        for heap in Heap
        for row in tx.execute(_piled(tx, heap))
    ]
    return sorted(found, key=lambda pile: (pile.since, pile.key))


def _stand(row: Any) -> str:
    _link, _flow, _code, _about, number, first, _since, last, versions, which = row
    return f"{number}.{first}.{last}.{versions}.{which}"


def _piled(tx: Connection, heap: Heap) -> Select[Any]:
    words = _words(tx, heap)
    rows = _of(heap).c
    counted = (
        func.count(transfer.c.id.distinct()),
        func.min(transfer.c.id),
        func.min(rows.state_since),
        func.max(rows.id),
        # A field has no version; a moment at which it stopped tells it from before.
        func.sum(transfer.c.version) if heap is not Heap.FIELDS else func.max(rows.state_since),
        # Nor does one that comes make up for another that leaves.
        func.sum(rows.id * (transfer.c.version + 1)),
    )
    # By their places: two databases do not agree on what is the same expression.
    places: list[ColumnElement[Any]] = [literal_column(str(place)) for place in range(1, 5)]
    return _lying(heap, transfer.c.link_id, transfer.c.flow, *words, *counted).group_by(*places)


def _of(heap: Heap) -> Any:
    return follow_up if heap is Heap.FIELDS else transfer


def _lying(heap: Heap, *columns: ColumnElement[Any]) -> Select[Any]:
    in_use = exists().where(link.c.id == transfer.c.link_id, link.c.is_active)
    if heap is Heap.FIELDS:
        joined = follow_up.join(transfer, transfer.c.id == follow_up.c.transfer_id)
        stopped = spelled(follow_up.c.state, State.REFUSED)
        return select(*columns).select_from(joined).where(stopped, in_use)
    state = State.REFUSED if heap is Heap.REFUSED else State.CHANGED
    return select(*columns).where(OPEN, spelled(transfer.c.state, state), in_use)


def _words(tx: Connection, heap: Heap) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Give the code of what stopped it, and what that is about."""
    if heap is Heap.CHANGED:
        return _part(tx, transfer.c.reason, "0"), null()
    refusal = _of(heap).c.refusal
    value = func.nullif(_part(tx, refusal, "value"), "")
    sentence = _part(tx, refusal, "sentence")
    # A value that the sentence does not name is the document's own, such as its number.
    place = func.strpos if tx.dialect.name == "postgresql" else func.instr
    about = case((place(sentence, value) > 0, value), else_=sentence)
    return _part(tx, refusal, "code"), about


def _part(tx: Connection, column: ColumnElement[Any], name: str) -> ColumnElement[Any]:
    """Give a text out of a structured value; ``name``: a field, or a place in an array."""
    raw: ColumnElement[Any] = type_coerce(column, LargeBinary)
    if tx.dialect.name == "postgresql":
        return func.json_extract_path_text(cast(func.convert_from(raw, "UTF8"), JSON), name)
    place = f"$[{name}]" if name.isdigit() else f"$.{name}"
    return func.json_extract(cast(raw, Text), place)


def members(
    tx: Connection, pile: Pile, *, after: int = 0, limit: int | None = None
) -> list[Member]:
    """Give what lies on a pile, the oldest first; ``after``: only those with ids above it."""
    code, about = _words(tx, pile.heap)
    query = (
        _lying(pile.heap, transfer.c.id, transfer.c.version)
        .where(
            # A reckoned value is in no index: what is open is read, not all of the flow.
            transfer.c.link_id + 0 == pile.link,
            transfer.c.flow.concat("") == pile.flow,
            transfer.c.id > after,
            code == pile.code,
        )
        .order_by(transfer.c.id)
        .distinct()
        .limit(limit)
    )
    if pile.heap is not Heap.CHANGED:
        query = query.where(about == pile.about)
    return [Member(*row) for row in tx.execute(query)]


# --- How many -----------------------------------------------------------------------------

_OVERDUE_CHANGES: Final = f"overdue-{State.CHANGED.value}"


def count(tx: Connection, kept: Iterable[str] = ()) -> int:
    """Count the piles, and beside them the causes of other kinds as they were last noticed.

    Args:
        kept: Kinds of causes that count besides.
    """
    lying = sum(
        int(
            tx.scalar(
                select(func.count()).select_from(
                    _lying(heap, transfer.c.link_id, transfer.c.flow, *_words(tx, heap))
                    .distinct()
                    .subquery()
                )
            )
            or 0
        )
        for heap in Heap
    )
    others = select(func.count()).where(
        LASTS, cause.c.kind.in_(list(kept)), cause.c.code != _OVERDUE_CHANGES
    )
    return lying + int(tx.scalar(others) or 0)
