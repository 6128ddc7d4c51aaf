"""Names: which record of the target a document's reference means.

The rules are exact, so that nothing is ever booked on somebody with a similar name:

* Upper and lower case are the same; blanks around a name, and around the colons of a
  hierarchy, do not count; blanks inside do.
* A reference is compared with full names: ``Bakery:Cakes`` is the record ``Cakes``
  below ``Bakery``, never a record ``Cakes`` elsewhere.
* An inactive record is found, and named as the reason for refusing it.
* What a record of the source became before, told by its identity, comes before its name.
* What a person chose for a name (``NameChoice``) comes before all rules; where the record
  chosen is gone or inactive, a person chooses again, and nothing is created in its place.
* Similar names are suggestions for a person (``suggestions``), never a match.

Source: reference section 5.2 (QuickBooks names ignore case, are unique per parent,
and customers, vendors, employees and other names share one name space).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeVar

import msgspec

from counterfoil.documents import (
    Bill,
    BillLine,
    CountLine,
    Estimate,
    ExpenseLine,
    Invoice,
    InvoiceLine,
    ItemReceipt,
    MovementLine,
    OrderLine,
    PurchaseLine,
    PurchaseOrder,
    Receipt,
    RecordKind,
    Reference,
    SalesOrder,
    SalesReceipt,
    Shipment,
    StockCount,
    WorkEntry,
    loose_name_key,
    name_key,
)

__all__ = [
    "Alike",
    "Entry",
    "Fit",
    "Lookup",
    "Match",
    "NameChoice",
    "Paired",
    "lookup",
    "match",
    "parents_of",
    "references",
    "suggestions",
    "with_references",
]


class Lookup(NamedTuple):
    """A name to be looked up in a connection's directory."""

    kind: RecordKind
    key: str


# The same few names come again and again: on the lines of one order, and in each step of
# planning.  Bounded, so that memory does not grow with the books: some ten megabytes when full.
@lru_cache(maxsize=32_768)
def lookup(kind: RecordKind, name: str) -> Lookup:
    """Make the look-up of a name as a document writes it."""
    return Lookup(kind, name_key(name))


class Entry(NamedTuple):
    """A directory entry: as much of a list record as matching needs."""

    kind: RecordKind
    id: str
    full_name: str
    is_active: bool


class NameChoice(NamedTuple):
    """What a person decided a name means.

    ``record`` is the entry meant; ``create_as`` the name under which it shall be found or
    created.  Both ``None``: the record chosen is gone, and what is meant now is a doubt.
    """

    record: Entry | None = None
    create_as: str | None = None


class Paired(NamedTuple):
    """What a record of the source, by its identity there, is in the target (M2).

    Nobody chose it: what a person says about its name comes before it.
    """

    link: int
    kind: RecordKind
    identity: str
    name: str
    record_id: str

    @property
    def key(self) -> tuple[int, RecordKind, str]:
        """Whose it is."""
        return self.link, self.kind, self.identity


class Fit(StrEnum):
    """How a name fits the directory."""

    FOUND = "found"
    ABSENT = "absent"
    INACTIVE = "inactive"
    AMBIGUOUS = "ambiguous"
    TAKEN = "taken"
    """Absent, and it could not be created: another list has the name."""
    GONE = "gone"
    """The record that a person chose for it is no longer there."""


class Match(NamedTuple):
    """What a look-up came to; ``entries`` are those that led there."""

    fit: Fit
    entries: tuple[Entry, ...] = ()


# QuickBooks keeps one name space for these four lists (reference section 5.2).
SHARED_NAMES: Final = frozenset(
    {RecordKind.CUSTOMER, RecordKind.VENDOR, RecordKind.EMPLOYEE, RecordKind.OTHER_NAME}
)


def match(kind: RecordKind, named: Sequence[Entry], *, lists_share_names: bool) -> Match:
    """Decide what a name means.

    Args:
        kind: The list the document refers to.
        named: All entries of the directory, of any kind, with that name's key.
        lists_share_names: Whether the target's name lists are one name space.
    """
    own = [entry for entry in named if entry.kind is kind]
    active = tuple(entry for entry in own if entry.is_active)
    if len(active) == 1:
        return Match(Fit.FOUND, active)
    if len(active) > 1:
        return Match(Fit.AMBIGUOUS, active)
    if own:
        return Match(Fit.INACTIVE, tuple(own))
    others = tuple(entry for entry in named if entry.kind in SHARED_NAMES)
    if others and lists_share_names and kind in SHARED_NAMES:
        return Match(Fit.TAKEN, others)
    return Match(Fit.ABSENT)


def parents_of(full_name: str) -> list[str]:
    """Give the names of all levels above a name, the top one first."""
    levels = full_name.split(":")[:-1]
    return [":".join(levels[:count]) for count in range(1, len(levels) + 1)]


SUGGESTION_SCORE_MIN: Final = 70.0


def suggestions(name: str, candidates: Iterable[str], *, limit: int = 3) -> tuple[str, ...]:
    """Give the names most like one that was not found, best first; for people only."""
    # Loaded where it is of use: it takes longer than most commands run.
    from rapidfuzz import fuzz, process

    found = process.extract(
        name,
        list(candidates),
        scorer=fuzz.WRatio,
        processor=loose_name_key,
        limit=limit,
        score_cutoff=SUGGESTION_SCORE_MIN,
    )
    return tuple(choice for choice, _score, _index in found)


# A word that more of the names bear says nothing about which of them is meant (Ltd, Supply).
_TELLING_SHARE_MAX: Final = 0.02
_TELLING_NAMES_MIN: Final = 50
# Looked at more closely: a name of one word is far from one with “Ltd” after it.
_SPELLED_SCORE_MIN: Final = 55.0
_SPELLED_MAX: Final = 20


class Alike:
    """A list of names in which many names are looked for: made once, asked for each of them.

    Looked at are the names that share a telling word with the one looked for, and those that are
    spelled like it as a whole; how alike they are is judged as ``suggestions`` judges it.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(names)
        self._keys = [loose_name_key(each) for each in self._names]
        by_word: defaultdict[str, list[int]] = defaultdict(list)
        for at, key in enumerate(self._keys):
            for word in set(_words(key)):
                by_word[word].append(at)
        most = max(_TELLING_NAMES_MIN, int(len(self._names) * _TELLING_SHARE_MAX))
        self._telling = {word: found for word, found in by_word.items() if len(found) <= most}

    def to(self, name: str, *, limit: int = 3) -> tuple[str, ...]:
        """Give the names most like one, best first."""
        from rapidfuzz import fuzz, process

        key = loose_name_key(name)
        near = {at for word in _words(key) for at in self._telling.get(word, ())}
        spelled = process.extract(
            key, self._keys, scorer=fuzz.ratio, limit=_SPELLED_MAX, score_cutoff=_SPELLED_SCORE_MIN
        )
        near.update(at for _key, _score, at in spelled)
        found = process.extract(
            key,
            {at: self._keys[at] for at in sorted(near)},
            scorer=fuzz.WRatio,
            limit=limit,
            score_cutoff=SUGGESTION_SCORE_MIN,
        )
        return tuple(self._names[at] for _key, _score, at in found)


def _words(key: str) -> list[str]:
    """Give the words of a name, as they are compared."""
    return _WORD.findall(key)


_WORD: Final = re.compile(r"\w{2,}")


# Which fields of which shape refer to which list.  ``None`` marks the fields that hold
# lines, whose shapes have rows of their own.
_CUSTOMER, _VENDOR, _ITEM = RecordKind.CUSTOMER, RecordKind.VENDOR, RecordKind.ITEM
_OF_CLASS, _TAXED = ("accounting_class", RecordKind.CLASS), ("tax_code", RecordKind.TAX_CODE)
_OWED_ON = ("payables_account", RecordKind.ACCOUNT)
_TERMS, _PLACE = ("terms", RecordKind.PAYMENT_TERM), ("location", RecordKind.LOCATION)
_STORED_AT = ("site", RecordKind.INVENTORY_SITE)
_OWED = (
    ("vendor", _VENDOR),
    _OWED_ON,
    _TERMS,
    _PLACE,
    ("lines", None),
    ("expenses", None),
)
_FIELDS: Final[dict[type[msgspec.Struct], tuple[tuple[str, RecordKind | None], ...]]] = {
    SalesOrder: (("customer", _CUSTOMER), ("tax_item", _ITEM), ("lines", None)),
    Estimate: (("customer", _CUSTOMER), _TERMS, _PLACE, ("lines", None)),
    SalesReceipt: (("customer", _CUSTOMER), _PLACE, ("lines", None)),
    Invoice: (("customer", _CUSTOMER), ("tax_item", _ITEM), _TERMS, _PLACE, ("lines", None)),
    PurchaseOrder: (
        ("vendor", _VENDOR),
        ("purchased_for", _CUSTOMER),
        _OWED_ON,
        _TERMS,
        _PLACE,
        _STORED_AT,
        ("lines", None),
    ),
    Bill: _OWED,
    ItemReceipt: _OWED,
    Receipt: (("vendor", _VENDOR), ("lines", None)),
    Shipment: (("customer", _CUSTOMER), ("lines", None)),
    StockCount: (("account", RecordKind.ACCOUNT), _STORED_AT, ("lines", None)),
    WorkEntry: (
        ("worker", RecordKind.EMPLOYEE),
        ("customer", _CUSTOMER),
        ("service_item", _ITEM),
        ("payroll_item", RecordKind.PAYROLL_ITEM),
    ),
    OrderLine: (("item", _ITEM), _OF_CLASS, _TAXED),
    InvoiceLine: (("item", _ITEM), _OF_CLASS, _TAXED),
    PurchaseLine: (("item", _ITEM), ("customer", _CUSTOMER), _OF_CLASS, _TAXED),
    BillLine: (("item", _ITEM), ("customer", _CUSTOMER), _OF_CLASS, _TAXED, _STORED_AT),
    ExpenseLine: (
        ("account", RecordKind.ACCOUNT),
        ("customer", _CUSTOMER),
        ("accounting_class", RecordKind.CLASS),
    ),
    MovementLine: (("item", _ITEM),),
    CountLine: (("item", _ITEM),),
}

# A worker who is paid by bills is in the list of vendors.
_OF_CONTRACTOR: Final = tuple(
    (field, _VENDOR if field == "worker" else kind) for field, kind in _FIELDS[WorkEntry]
)


def _fields_of(shape: msgspec.Struct) -> tuple[tuple[str, RecordKind | None], ...]:
    if isinstance(shape, WorkEntry) and shape.is_contractor:
        return _OF_CONTRACTOR
    return _FIELDS[type(shape)]


_AnyStruct = TypeVar("_AnyStruct", bound=msgspec.Struct)


def references(document: msgspec.Struct) -> list[tuple[str, Lookup, str]]:
    """List the references of a document, header first, then line by line.

    Returns:
        Where each stands (``lines[2].item``), what to look up, and the name as written.
    """
    found: list[tuple[str, Lookup, str]] = []
    _collect(document, "", found)
    return found


def _collect(shape: msgspec.Struct, where: str, found: list[tuple[str, Lookup, str]]) -> None:
    for field, kind in _fields_of(shape):
        value = getattr(shape, field)
        if value is None:
            continue
        if kind is not None:
            found.append((where + field, lookup(kind, value.name), value.name))
            continue
        for position, line in enumerate(value):
            _collect(line, f"{field}[{position}].", found)


def with_references(document: _AnyStruct, find: Callable[[Lookup], Reference]) -> _AnyStruct:
    """Give the document with every reference replaced by what it was found to mean."""
    changes: dict[str, Any] = {}
    for field, kind in _fields_of(document):
        value = getattr(document, field)
        if kind is None:
            changes[field] = tuple([with_references(line, find) for line in value])
        elif value is not None:
            changes[field] = find(lookup(kind, value.name))
    return msgspec.structs.replace(document, **changes)
