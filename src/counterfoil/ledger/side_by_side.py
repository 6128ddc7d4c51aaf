"""Two lists side by side, a page at a time: which records of one are which of the other.

What is compared by name and what people said is judged by the database, so that a page of ten
thousand records costs as much as one of a hundred; which names are alike is not judged here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, or_, select
from sqlalchemy import literal_column as literal

from counterfoil.documents import name_key

from .meant import Pair, is_firmly_meant, is_loosely_meant
from .schema import HOLDS, counterpart, record

__all__ = ["Fits", "counts", "page"]


class Fits(StrEnum):
    """How a record fits the other list, as far as names and people's words tell."""

    SAME = "same"
    """One active record there bears its name."""
    DECIDED = "decided"
    """A person has said what it is, wherever; or it was made there under another name."""
    DOUBTFUL = "doubtful"
    """Its name is there, but inactive, more than once, or in another list of one name space."""
    OPEN = "open"
    """Nothing there bears its name: something may be like it."""
    UNSET = "unset"
    """A setting that may stay empty: of no list of records."""


_there: Final = record.alias("there")
_told: Final = counterpart.c


def _fits(of: Pair) -> ColumnElement[str]:
    """How a record fits: the first that holds, as ``engine.counterparts.compared`` judges it."""
    own = _there.c.kind == of.kind.value
    active = select(func.count()).where(_named(of, own, _there.c.is_active)).scalar_subquery()
    doubtful = [(_is_there(of, own), Fits.DOUBTFUL)]
    if of.sharing:
        shared = _there.c.kind.in_([kind.value for kind in of.sharing])
        doubtful.append((_is_there(of, shared), Fits.DOUBTFUL))
    told = [
        (or_(_said(of), is_firmly_meant(of)), Fits.DECIDED),
        (active == 1, Fits.SAME),
        (is_loosely_meant(of), Fits.DECIDED),
        *doubtful,
    ]
    return case(*((holds, _word(fits)) for holds, fits in told), else_=_word(Fits.OPEN))


def _word(fits: Fits) -> ColumnElement[str]:
    return literal(f"'{fits}'")


def _named(of: Pair, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition that a record of the other side bears the name, and more."""
    return and_(_there.c.connection_id == of.target, _there.c.name_key == record.c.name_key, *more)


def _is_there(of: Pair, lists: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(1).where(_named(of, lists)))


def _said(of: Pair) -> ColumnElement[bool]:
    """Whether a person said what the record is, from whichever side."""
    holds = (_told.link_id == of.link, _told.kind == of.kind.value, HOLDS)
    here = (_told.source_id == of.source, _told.source_record == record.c.record_id)
    there = (_told.source_id == of.target, _told.record_id == record.c.record_id)
    return or_(*(exists(select(1).where(*holds, *ends)) for ends in (here, there)))


def _of_list(of: Pair, text: str | None = None) -> list[ColumnElement[bool]]:
    found = [
        record.c.connection_id == of.source,
        record.c.kind == of.kind.value,
        record.c.is_active,
    ]
    if text:
        found.append(record.c.name_key.contains(name_key(text), autoescape=True))
    return found


def counts(tx: Connection, of: Pair, *, text: str | None = None) -> Mapping[Fits, int]:
    """Count the active records of a list by how they fit."""
    fits = _fits(of).label("fits")
    found = select(fits).where(*_of_list(of, text)).subquery()
    rows = tx.execute(select(found.c.fits, func.count()).group_by(found.c.fits))
    return {Fits(word): number for word, number in rows}


def page(
    tx: Connection,
    of: Pair,
    *,
    fits: Sequence[Fits] = (),
    text: str | None = None,
    after: tuple[str, str] | None = None,
    limit: int,
) -> list[tuple[str, str]]:
    """Give name keys and identities of a list's active records, in the order of their names.

    Args:
        fits: Only those that fit so; empty: all.
        text: Part of the name, as names are compared.
        after: The last one of the page before.
    """
    place = record.c.name_key, record.c.record_id
    conditions: list[Any] = _of_list(of, text)
    if fits:
        conditions.append(_fits(of).in_([each.value for each in fits]))
    if after is not None:
        key, identity = after
        same = and_(record.c.name_key == key, record.c.record_id > identity)
        conditions.append(or_(record.c.name_key > key, same))
    query = select(*place).where(*conditions).order_by(*place).limit(limit)
    return [(row[0], row[1]) for row in tx.execute(query)]
