"""Which records of two lists mean each other by what was chosen about names: in the inbox, on the
page of names, or by Counterfoil itself when it made a record under another name.

Planning reads the same choices (``directory.choices``, ``directory.paired``): what documents are
booked on is what lists show, wherever it was decided.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy import literal_column as literal

from counterfoil.documents import RecordKind

from ._prepared import among, listed
from .directory import IDENTITIES, OURS
from .schema import name_choice, record

__all__ = ["Meant", "Pair", "is_firmly_meant", "is_loosely_meant", "meant"]


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


_there = record.alias("there")
_held = name_choice.c


def meant(tx: Connection, of: Pair, ids: Iterable[str] | None = None) -> list[Meant]:
    """Say of records of a list what they are on the other side by what was chosen about names.

    What the names tell already is left out of what Counterfoil remembers.

    Args:
        ids: Only of these; ``None``: of all.
    """
    arms = [each.where(*_of_list(of)) for each in (_by_name(of), _as_meant(of), _by_identity(of))]
    values: dict[str, Any] = {}
    if ids is not None:
        arms = [each.where(among(tx.dialect, record.c.record_id, "ids")) for each in arms]
        values = {"ids": listed(tx, ids)}
    found = union_all(*arms).subquery()
    query = select(found).order_by(found.c.id, found.c.called)
    return [
        Meant(**row, is_firm=row["side"] == of.other_side and row["author"] != OURS)
        for row in tx.execute(query, values).mappings()
    ]


def is_firmly_meant(of: Pair) -> ColumnElement[bool]:
    """The condition that a person chose what a record's own name means."""
    return _exists(_by_name(of).where(_held.author != OURS))


def is_loosely_meant(of: Pair) -> ColumnElement[bool]:
    """The condition that another choice lets a record mean one of the other side."""
    ours = _by_name(of).where(_held.author == OURS)
    return or_(*map(_exists, (ours, _as_meant(of), _by_identity(of))))


def _exists(chosen: Select[Any]) -> ColumnElement[bool]:
    return exists(chosen.with_only_columns(literal("1")).correlate(record))


def _by_name(of: Pair) -> Select[Any]:
    """Choices about the name of a record, which means something on the other side."""
    there = and_(_in_other(of), _there.c.record_id == _held.record_id)
    differs = _there.c.name_key != _held.name_key
    return (
        _chosen(of, of.other_side, func.coalesce(_there.c.full_name, _held.create_as))
        .select_from(name_choice.outerjoin(_there, there))
        .where(_held.name_key == record.c.name_key)
        # What we remember holds while its record is there, under another name.
        .where(or_(_held.author != OURS, differs))
    )


def _as_meant(of: Pair) -> Select[Any]:
    """Choices that let a name of the other side mean a record."""
    there = and_(_in_other(of), _there.c.name_key == _held.name_key)
    differs = record.c.name_key != _held.name_key
    return (
        _chosen(of, of.side, _held.name)
        .select_from(name_choice.outerjoin(_there, there))
        .where(_held.record_id == record.c.record_id, or_(_held.author != OURS, differs))
    )


def _by_identity(of: Pair) -> Select[Any]:
    """What was known again by its identity, whatever it is called now."""
    source, target = (record, _there) if of.side == "operations" else (_there, record)
    ends = and_(source.c.record_id == _held.name_key, target.c.record_id == _held.record_id)
    return (
        _chosen(of, IDENTITIES, _there.c.full_name)
        .select_from(name_choice.join(_there, _in_other(of)))
        .where(ends, record.c.name_key != _there.c.name_key)
    )


def _chosen(of: Pair, side: str, name: ColumnElement[Any]) -> Select[Any]:
    """What is told of the choices of one side of a link; ``name``: of what the record is."""
    return select(
        record.c.record_id.label("id"),
        _there.c.record_id.label("record"),
        name.label("name"),
        _held.create_as.is_not(None).label("creates"),
        _held.author.label("author"),
        _held.side.label("side"),
        _held.name.label("called"),
    ).where(_held.link_id == of.link, _held.kind == of.kind.value, _held.side == side)


def _of_list(of: Pair) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return record.c.connection_id == of.source, record.c.kind == of.kind.value


def _in_other(of: Pair) -> ColumnElement[bool]:
    return and_(_there.c.connection_id == of.target, _there.c.kind == of.kind.value)
