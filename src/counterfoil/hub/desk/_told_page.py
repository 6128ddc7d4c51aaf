"""Names that only one side tells, judged against the books' lists; see ``_told_lists``.

All of a list is judged at once, for there are tens or hundreds of workers, marketplaces and
settings; which names are alike is looked for only where it is shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final, NamedTuple

import msgspec
from sqlalchemy import Connection as Tx

from counterfoil.documents import AccountType, ListRecord, RecordKind, name_key
from counterfoil.engine.counterparts import Compared, Decision, Likeness
from counterfoil.engine.matching import Entry, Fit, Match, match, suggestions
from counterfoil.hub.links import LinkView
from counterfoil.hub.systems import target_of
from counterfoil.hub.unread import unread_lists
from counterfoil.ledger import directory
from counterfoil.ledger.side_by_side import Fits

from ._comparing import alike
from ._names_page import PageAsked
from ._told_lists import NamesList, Row, fitting, rows_of

__all__ = ["JudgedPage", "told_page", "told_rows", "unread_told"]

_FITS: Final[Mapping[Likeness, Fits]] = {
    Likeness.SAME: Fits.SAME,
    Likeness.DECIDED: Fits.DECIDED,
    Likeness.DOUBTFUL: Fits.DOUBTFUL,
    Likeness.NEAR: Fits.OPEN,
    Likeness.NONE: Fits.OPEN,
    Likeness.UNSET: Fits.UNSET,
}
"""How pages count what comparisons tell."""


class JudgedPage(NamedTuple):
    """A page of judged names; ``next``: where it ended, ``None``: no more."""

    rows: tuple[Compared, ...]
    counts: Mapping[Fits, int]
    next: tuple[str, str] | None


def unread_told(tx: Tx, view: LinkView, which: NamesList) -> dict[RecordKind, str]:
    """Give the lists of the books that have to be read first, with the reason of each."""
    unread = unread_lists(tx, view.books)
    return {kind: unread[kind] for kind in which.kinds if kind in unread}


def told_rows(tx: Tx, view: LinkView, which: NamesList) -> tuple[Compared, ...]:
    """Judge every name of a list, with what is like those that are not there."""
    judged = _judged(tx, view, which)
    return _with_near(tx, view, which, judged)


def told_page(tx: Tx, view: LinkView, which: NamesList, asked: PageAsked) -> JudgedPage:
    """Judge a page of names."""
    found = [each for each in _judged(tx, view, which) if _has(each[1], asked.text)]
    counts = Counter(_FITS[each.likeness] for _row, each in found)
    kept = [
        each
        for each in found
        if (not asked.fits or _FITS[each[1].likeness] in asked.fits)
        and (asked.after is None or _place(each[1]) > asked.after)
    ]
    rows = _with_near(tx, view, which, kept[: asked.limit])
    return JudgedPage(rows, counts, _place(rows[-1]) if len(kept) > asked.limit else None)


def _has(each: Compared, text: str | None) -> bool:
    wanted = name_key(text or "")
    return wanted in name_key(each.name) or wanted in name_key(each.record_name or "")


def _place(each: Compared) -> tuple[str, str]:
    return name_key(each.name), each.id


_Judged = list[tuple[Row, Compared]]


def _judged(tx: Tx, view: LinkView, which: NamesList) -> _Judged:
    rows = rows_of(tx, view, which)
    names = {name_key(each.given or each.name) for each in rows}
    there = directory.find(tx, view.books.id, names)
    shares = target_of(view.books).lists_share_names
    ids = {each.given for each in rows if each.by_identity and each.given}
    known = directory.read_known(tx, view.books.id, which.kinds[0], ids)

    def judge(row: Row) -> Compared:
        if row.by_identity and row.given:
            record = known.get(row.given)
            entries = [] if record is None else [_entry(which.kinds[0], record.id, record)]
            return _as_set(row, match(which.kinds[0], entries, lists_share_names=False))
        fit = _fit(which, there.get(name_key(row.given or row.name), ()), shares=shares)
        return _as_named(row, fit) if row.looks_up else _as_set(row, fit)

    return [(row, judge(row)) for row in rows]


def _entry(kind: RecordKind, identity: str, record: ListRecord) -> Entry:
    return Entry(kind, identity, record.full_name, record.is_active)


def _fit(which: NamesList, named: Sequence[Entry], *, shares: bool) -> Match:
    """Look a name up in the lists that it may be in, one after the other."""
    found = [match(kind, named, lists_share_names=shares) for kind in which.kinds]
    there = (each for each in found if each.fit not in (Fit.ABSENT, Fit.TAKEN))
    return next(there, found[0])


def _as_named(row: Row, fit: Match) -> Compared:
    """Judge a name of documents: what a person chose comes before what it says itself."""
    plain = Compared(id=row.id, name=row.name, likeness=Likeness.NONE)
    if row.choice is not None:
        return _as_chosen(plain, row)
    return _as_found(plain, fit, Likeness.SAME)


def _as_chosen(plain: Compared, row: Row) -> Compared:
    assert row.choice is not None, "only what somebody chose is judged so"
    _kind, choice = row.choice
    if choice.record is not None and choice.record.is_active:
        return msgspec.structs.replace(
            plain,
            likeness=Likeness.DECIDED,
            decision=Decision.LINK,
            record=choice.record.id,
            record_name=choice.record.full_name,
        )
    if choice.record is None and choice.create_as is not None:
        return msgspec.structs.replace(
            plain,
            likeness=Likeness.DECIDED,
            decision=Decision.ADD,
            record_name=choice.create_as,
        )
    given = None if choice.record is None else choice.record.full_name
    return msgspec.structs.replace(
        plain, likeness=Likeness.DOUBTFUL, decision=Decision.LINK, given=given
    )


def _as_set(row: Row, fit: Match) -> Compared:
    """Judge what a setting says, or that it says nothing."""
    plain = Compared(id=row.id, name=row.name, likeness=Likeness.NONE)
    if row.differs:
        return msgspec.structs.replace(plain, likeness=Likeness.DOUBTFUL, given=row.given)
    if row.given is None:
        likeness = Likeness.NONE if row.must else Likeness.UNSET
        return msgspec.structs.replace(plain, likeness=likeness)
    found = _as_found(plain, fit, Likeness.DECIDED)
    if found.record is not None:
        return msgspec.structs.replace(found, decision=Decision.LINK)
    return msgspec.structs.replace(found, given=row.given)


def _as_found(plain: Compared, fit: Match, likeness: Likeness) -> Compared:
    if fit.fit is Fit.FOUND:
        [entry] = fit.entries
        return msgspec.structs.replace(
            plain, likeness=likeness, record=entry.id, record_name=entry.full_name
        )
    if fit.fit is Fit.ABSENT:
        return plain
    return msgspec.structs.replace(plain, likeness=Likeness.DOUBTFUL)


# --- What may have been meant -------------------------------------------------------------


def _with_near(tx: Tx, view: LinkView, which: NamesList, judged: _Judged) -> tuple[Compared, ...]:
    """Add what is like the names that are not there, and what fits where nothing is named."""
    names: tuple[str, ...] = ()
    if any(_is_open(each) for _row, each in judged):
        lists = (directory.names(tx, view.books.id, kind) for kind in which.kinds)
        names = tuple(chain.from_iterable(lists))
    return tuple(
        _near(tx, view, row, each, names) if _is_open(each) else each for row, each in judged
    )


def _is_open(each: Compared) -> bool:
    return each.likeness in (Likeness.NONE, Likeness.UNSET)


def _near(tx: Tx, view: LinkView, row: Row, each: Compared, names: tuple[str, ...]) -> Compared:
    if row.naming is None or row.given is not None:
        near = alike(names).to(row.given or row.name)
    else:
        near = _for_purpose(tx, view, row, row.naming.types)
    likeness = Likeness.NEAR if near and each.likeness is Likeness.NONE else each.likeness
    return msgspec.structs.replace(each, near=near, likeness=likeness)


def _for_purpose(
    tx: Tx, view: LinkView, row: Row, types: tuple[AccountType, ...]
) -> tuple[str, ...]:
    """Give accounts of the types that a setting's account usually has, those like it first."""
    found = fitting(tx, view, types) if types else []
    # “Adjustment Account” is like “Inventory Adjustments”, and every account is an account.
    label = row.name.partition(":")[0].lower().replace("account", "").strip()
    return tuple(dict.fromkeys((*suggestions(label, found), *found)))[:_NEAR_MAX]


_NEAR_MAX: Final = 3
