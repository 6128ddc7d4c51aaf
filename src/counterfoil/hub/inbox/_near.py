"""Which record a name may mean: those that are near, and why each is; a person chooses."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, NamedTuple

from sqlalchemy import Connection as Tx

from counterfoil.documents import (
    Employee,
    Item,
    ListRecord,
    RecordKind,
    loose_name_key,
    name_key,
)
from counterfoil.documents.records import Party
from counterfoil.ledger import directory

from ._shapes import Candidate

__all__ = ["Meant", "candidates", "likely", "sought"]

# So much of a name's beginning is looked up in the index; shorter names are like too many.
_BEGINNING: Final = 5
_BEGINNING_MIN: Final = 3
_BEGINNING_ROWS: Final = 60
# How like one name has to be to be taken for the one that is meant, and how much less all others.
_LIKELY: Final = 86.0
_LEAD: Final = 8.0
_NEAR: Final = 70.0
_SHOWN: Final = 6
_SOUGHT: Final = 20


class Meant(NamedTuple):
    """A name that the target does not have.

    Attributes:
        connection: Whose lists it is looked up in.
        name: As documents write it.
        own: The source's own record of that name; ``None``: it has none, or is not known.
    """

    connection: int
    kind: RecordKind
    name: str
    own: ListRecord | None = None


def likely(tx: Tx, meant: Meant) -> str | None:
    """Give the record that is most likely meant; ``None``: none is, or several are.

    Quick, for lists of many cases: it looks only at names that begin like this one.
    """
    beginning = name_key(meant.name)[:_BEGINNING]
    if len(beginning) < _BEGINNING_MIN:
        return None
    found = directory.beginning(tx, meant.connection, meant.kind, beginning, _BEGINNING_ROWS)
    exact = [each for each in found if name_key(each) == name_key(meant.name)]
    if exact:
        return exact[0]
    scored = _scored(meant.name, found, 2)
    if not scored or scored[0][1] < _LIKELY:
        return None
    is_alone = len(scored) == 1 or scored[1][1] <= scored[0][1] - _LEAD
    return scored[0][0] if is_alone else None


def candidates(tx: Tx, meant: Meant) -> list[Candidate]:
    """Give the records whose names are near, the nearest first, with why each is."""
    names = directory.names(tx, meant.connection, meant.kind)
    near = [name for name, _score in _scored(meant.name, names, _SHOWN)]
    first = next(iter(_plain(meant.name).split()), "")
    if len(first) >= _BEGINNING_MIN and len(near) < _SHOWN:
        near += [each for each in names if first in _plain(each).split() and each not in near]
    near = near[:_SHOWN]
    found = directory.read(tx, meant.connection, [(meant.kind, name) for name in near])
    return [
        _candidate(found[meant.kind, name], meant) for name in near if (meant.kind, name) in found
    ]


def sought(tx: Tx, meant: Meant, text: str) -> list[Candidate]:
    """Give the records that a person looks for: by part of the name, or by the whole identity."""
    found = directory.every(
        tx, meant.connection, meant.kind, text=text, only_active=True, limit=_SOUGHT
    )
    return [_candidate(each, meant) for each in found]


def _scored(name: str, names: Iterable[str], limit: int) -> list[tuple[str, float]]:
    # Loaded where it is of use: it takes longer than most commands run.
    from rapidfuzz import fuzz, process

    found = process.extract(
        name,
        list(names),
        scorer=fuzz.WRatio,
        processor=loose_name_key,
        limit=limit,
        score_cutoff=_NEAR,
    )
    return [(choice, score) for choice, score, _index in found]


# --- Why ----------------------------------------------------------------------------------


def _candidate(record: ListRecord, meant: Meant) -> Candidate:
    return Candidate(
        id=record.id,
        full_name=record.full_name,
        is_active=record.is_active,
        detail=_detail(record),
        why=tuple(_why(record, meant)),
    )


def _detail(record: ListRecord) -> str:
    """Say what tells a record from others of nearly its name."""
    if isinstance(record, Item):
        return record.description or ""
    if isinstance(record, Party):
        address = record.billing_address
        if address is not None:
            parts = (*address.lines, address.city, address.postal_code)
            return ", ".join(dict.fromkeys(part for part in parts if part))
    return ""


def _why(record: ListRecord, meant: Meant) -> Iterable[str]:
    """Say why a record is near, what proves most first."""
    own = meant.own
    if isinstance(own, Party) and isinstance(record, Party):
        yield from _same_party(own, record)
    mine, its = _plain(meant.name), _plain(record.full_name)
    if name_key(meant.name) == name_key(record.full_name):
        yield "the same name"
    elif mine == its:
        yield "same name but for blanks and signs"
    elif mine.startswith(its) or its.startswith(mine):
        yield "one name begins with the other"
    elif set(mine.split()) & set(its.split()):
        yield "names share a word"
    else:
        yield "name is near"
    if isinstance(record, Employee) and record.number:
        yield f"number {record.number}"


def _same_party(own: Party, record: Party) -> Iterable[str]:
    mine_at, its_at = own.contact, record.contact
    if mine_at and its_at:
        if mine_at.email and (its_at.email or "").casefold() == mine_at.email.casefold():
            yield "same e-mail address"
        if mine_at.phone and _digits(mine_at.phone) == _digits(its_at.phone or ""):
            yield "same telephone number"
    mine, its = own.billing_address, record.billing_address
    if mine and its and mine.city and its.city and mine.city.casefold() == its.city.casefold():
        yield "same town"


def _plain(name: str) -> str:
    return " ".join(re.findall(r"\w+", loose_name_key(name)))


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isdigit())
