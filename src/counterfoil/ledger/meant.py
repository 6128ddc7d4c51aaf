"""Which records of two lists mean each other by what was chosen about names: in the inbox, on the
page of names, or by Counterfoil itself when it made a record under another name.

Planning reads the same choices (``directory.choices``, ``directory.paired``): what documents are
booked on is what lists show, wherever it was decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    FromClause,
    Select,
    and_,
    func,
    or_,
    select,
    union_all,
)

from counterfoil.documents import RecordKind

from ._prepared import among, listed
from .directory import IDENTITIES, OURS
from .schema import name_choice, record

__all__ = ["Meant", "Pair", "firm_ids", "loose_ids", "meant"]


class Pair(NamedTuple):
    """Whose records are held beside whose.

    Attributes:
        side: Which side of the link the records are of: ``books`` or ``operations``.
        sharing: Lists of the other side that are one name space with this one; empty: it is alone.
    """

    link: int
    kind: RecordKind
    side: str
    source: int
    target: int
    sharing: tuple[RecordKind, ...] = ()

    @property
    def other_side(self) -> str:
        """The side that they are held beside."""
        return "operations" if self.side == "books" else "books"


class Meant(NamedTuple):
    """What a record is on the other side, by a choice.

    Attributes:
        id: The record's identity in its own list.
        record: Identity of what it is there; ``None``: only its name is known.
        name: What that is called there, or how documents write it.
        creates: It is found or made there under this name.
        author: Who chose it.
        side, called: Of the choice, as ``directory.drop_choice`` takes them; the side
            ``identity``: nobody can take it back.
        is_firm: A person chose what its own name means: that comes before what names tell.
    """

    id: str
    record: str | None
    name: str | None
    creates: bool
    author: str
    side: str
    called: str
    is_firm: bool

    @property
    def is_ours(self) -> bool:
        """Nobody chose it: Counterfoil made the record, or knew it again."""
        return self.author == OURS


_own = record.alias("own")
_other = record.alias("other")
_held = name_choice.c


def meant(tx: Connection, of: Pair, ids: Iterable[str] | None = None) -> list[Meant]:
    """Say of records of a list what they are on the other side by what was chosen about names.

    What the names tell already is left out of what Counterfoil remembers.

    Args:
        ids: Only of these; ``None``: of all.
    """
    found = union_all(_by_name(of), _as_meant(of), _by_identity(of)).subquery()
    query = select(*(found.c[name] for name in _TOLD)).order_by(found.c.id, found.c.called)
    values: dict[str, Any] = {}
    if ids is not None:
        query = query.where(among(tx.dialect, found.c.id, "ids"))
        values = {"ids": listed(tx, ids)}
    return [
        Meant(**row, is_firm=row["side"] == of.other_side and row["author"] != OURS)
        for row in tx.execute(query, values).mappings()
    ]


_TOLD: Final = tuple(name for name in Meant._fields if name != "is_firm")


def firm_ids(of: Pair) -> Select[Any]:
    """Select the identities of those records of whose names a person chose what they mean."""
    return _ids(_by_name(of).where(_held.author != OURS))


def loose_ids(of: Pair) -> CompoundSelect[Any]:
    """Select those of the other records that mean one of the other side by a choice."""
    ours = _by_name(of).where(_held.author == OURS)
    return union_all(*map(_ids, (ours, _as_meant(of), _by_identity(of))))


def _ids(chosen: Select[Any]) -> Select[Any]:
    return chosen.with_only_columns(_own.c.record_id)


def _by_name(of: Pair) -> Select[Any]:
    """Names of records, which mean something on the other side."""
    name = and_(_in_own(of), _own.c.name_key == _held.name_key)
    there = and_(_in_other(of), _other.c.record_id == _held.record_id)
    return (
        _chosen(of, of.other_side, func.coalesce(_other.c.full_name, _held.create_as))
        .select_from(name_choice.join(_own, name).outerjoin(_other, there))
        .where(_holds(_other))
    )


def _as_meant(of: Pair) -> Select[Any]:
    """Records that names of the other side mean."""
    itself = and_(_in_own(of), _own.c.record_id == _held.record_id)
    there = and_(_in_other(of), _other.c.name_key == _held.name_key)
    return (
        _chosen(of, of.side, _held.name)
        .select_from(name_choice.join(_own, itself).outerjoin(_other, there))
        .where(_holds(_own))
    )


def _by_identity(of: Pair) -> Select[Any]:
    """Records that were known again by their identities, whatever they are called now."""
    source, target = (_own, _other) if of.side == "operations" else (_other, _own)
    ends = and_(source.c.record_id == _held.name_key, target.c.record_id == _held.record_id)
    return (
        _chosen(of, IDENTITIES, _other.c.full_name)
        .select_from(name_choice.join(_own, _in_own(of)).join(_other, _in_other(of)))
        .where(ends, _own.c.name_key != _other.c.name_key)
    )


def _chosen(of: Pair, side: str, name: ColumnElement[Any]) -> Select[Any]:
    """What is told of the choices of one side of a link; ``name``: of what the record is."""
    return select(
        _own.c.record_id.label("id"),
        _other.c.record_id.label("record"),
        name.label("name"),
        _held.create_as.is_not(None).label("creates"),
        _held.author.label("author"),
        _held.side.label("side"),
        _held.name.label("called"),
    ).where(_held.link_id == of.link, _held.kind == of.kind.value, _held.side == side)


def _holds(meant_: FromClause) -> ColumnElement[bool]:
    """What a person chose holds; what we remember does while its record is there, called so."""
    differs = meant_.c.name_key != _held.name_key
    return or_(_held.author != OURS, and_(meant_.c.record_id.is_not(None), differs))


def _in_own(of: Pair) -> ColumnElement[bool]:
    return and_(_own.c.connection_id == of.source, _own.c.kind == of.kind.value)


def _in_other(of: Pair) -> ColumnElement[bool]:
    return and_(_other.c.connection_id == of.target, _other.c.kind == of.kind.value)
