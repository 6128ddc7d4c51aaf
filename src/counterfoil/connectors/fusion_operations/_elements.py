"""A list of theirs as documents and records of ours, and what could not be read of it.

Pure.  An element that makes nothing becomes an ``Unreadable`` that tells as much of its
identity as can be read: what is there is not gone.  Whether an element *is not* the one that
is looked for can be said only when its code or id can be read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from counterfoil.connectors.called import Reader, clean_line
from counterfoil.documents import Document, InvalidDocument, ListRecord
from counterfoil.engine.operations import Unreadable

from ._fields import DEFAULTS, FieldMap
from ._wire import Side, order_parts

__all__ = [
    "Bad",
    "Codes",
    "Reading",
    "code_of",
    "identity_of",
    "part_ids",
    "read_documents",
    "read_records",
    "row",
    "says_closed",
    "told_orders",
    "unique",
]

FIELD_LENGTH_MAX = 200


class Bad(NamedTuple):
    """An element that could not be read: as it came, and the rows that tell of it."""

    raw: object
    rows: tuple[Unreadable, ...]


class Reading(NamedTuple):
    """A list, read.

    Attributes:
        told_orders, formerly: As in ``Page``.
    """

    documents: tuple[Document, ...] = ()
    records: tuple[ListRecord, ...] = ()
    bad: tuple[Bad, ...] = ()
    told_orders: tuple[str, ...] = ()
    formerly: Mapping[str, str] = MappingProxyType({})

    @property
    def unreadable(self) -> tuple[Unreadable, ...]:
        """What people see of it."""
        return tuple(row for each in self.bad for row in each.rows)

    @property
    def is_snapshot(self) -> bool:
        """Whether everything that is there tells at least its identity."""
        return all(row.id is not None for row in self.unreadable)


def _name(group: str, name: str, fields: FieldMap) -> str:
    key = f"{group}.{name}"
    return fields[key] if key in DEFAULTS else name


def identity_of(raw: object, group: str, fields: FieldMap) -> str | None:
    """Give an element's id, ``None`` where none can be read."""
    try:
        return Reader(raw).identity(_name(group, "id", fields))
    except InvalidDocument:
        return None


def says_closed(raw: object, group: str, fields: FieldMap) -> bool:
    """Whether an order says that it is closed; what cannot be read does not."""
    try:
        word = Reader(raw).text(_name(group, "status", fields))
    except InvalidDocument:
        return False
    return word is not None and fields.status(word) == "closed"


def code_of(raw: object, group: str, fields: FieldMap) -> str | None:
    """Give an element's code as it came, bad characters included; ``None``: not known.

    A code with bad characters is nobody's code, and so certainly not the one that is sought.
    """
    try:
        found = Reader(raw).as_written(_name(group, "code", fields))
    except InvalidDocument:
        return None
    return None if found is None else found.strip()


class Codes:
    """A list's elements by their code, made once and asked often."""

    def __init__(self, elements: Iterable[Any], group: str, fields: FieldMap) -> None:
        self._group = group
        self._fields = fields
        self._by_code: dict[str, list[Any]] = {}
        self._by_folded: dict[str, list[Any]] = {}
        self._unknown: list[Any] = []
        for raw in elements:
            code = code_of(raw, group, fields)
            if code is None:
                self._unknown.append(raw)
            else:
                self._by_code.setdefault(code, []).append(raw)
                self._by_folded.setdefault(code.casefold(), []).append(raw)

    def find(self, code: str, *, fold: bool = False) -> list[Any]:
        """Give the elements with a code; ``fold``: whatever their case.

        Raises:
            InvalidDocument: None has it, and of one it is not known which code it has.
        """
        wanted = code.strip()
        found = self._by_folded.get(wanted.casefold()) if fold else self._by_code.get(wanted)
        if not found and self._unknown:
            id_ = identity_of(self._unknown[0], self._group, self._fields)
            raise InvalidDocument(
                _name(self._group, "code", self._fields),
                "",
                f"cannot be read of the one with the id {id_ or 'that is not told'}, so it is "
                f"not known whether “{clean_line(code)}” is there",
            )
        return found or []


def row(error: InvalidDocument, *, id_: str | None, number: str | None = None) -> Unreadable:
    """Make the row that people see."""
    field = clean_line(error.where, FIELD_LENGTH_MAX)
    return Unreadable(
        id=id_,
        number=None if number is None else clean_line(number) or None,
        field=field,
        value=clean_line(error.value) or None,
        problem=clean_line(error.sentence, 2 * FIELD_LENGTH_MAX),
    )


def unique(elements: Iterable[Any], group: str, fields: FieldMap) -> list[Any]:
    """Leave out an element that a list shows twice."""
    found: dict[object, Any] = {}
    for index, raw in enumerate(elements):
        id_ = identity_of(raw, group, fields)
        found.setdefault(index if id_ is None else id_, raw)
    return [*found.values()]


def part_ids(raw: object, side: Side, fields: FieldMap) -> tuple[str | None, ...]:
    """Give the ids of an order's deliveries; one that is not known where they cannot be told."""
    try:
        reader = Reader(raw)
        order_id = reader.own_identity(fields[f"{side.order}.id"])
        return tuple(key for key, _, _ in order_parts(reader, order_id, side, fields))
    except InvalidDocument:
        return (None,)


def told_orders(
    elements: Iterable[Any], reading: Reading, group: str, fields: FieldMap
) -> tuple[str, ...]:
    """Name the orders among elements of which each document could be read."""
    bad = {id(each.raw) for each in reading.bad}
    named = (
        identity_of(raw, group, fields)
        for raw in unique(elements, group, fields)
        if id(raw) not in bad
    )
    return tuple(id_ for id_ in named if id_ is not None)


Identities = Callable[[object], Sequence[str | None]]
"""Which documents an element would have made, had it been readable."""


def read_documents(
    elements: Iterable[Any],
    parse: Callable[[object], Iterable[Document]],
    *,
    group: str,
    fields: FieldMap,
    identities: Identities | None = None,
) -> Reading:
    """Read a list of elements that make documents each; one bad element spoils nothing."""
    made: dict[str, Document] = {}
    bad: list[Bad] = []
    for raw in unique(elements, group, fields):
        try:
            documents = _each_once([*parse(raw)], made)
        except InvalidDocument as error:
            number = code_of(raw, group, fields) or identity_of(raw, group, fields)
            named = [identity_of(raw, group, fields)] if identities is None else identities(raw)
            bad.append(Bad(raw, tuple(row(error, id_=id_, number=number) for id_ in named)))
        else:
            made.update((each.id, each) for each in documents)
    return Reading(documents=tuple(made.values()), bad=tuple(bad))


def _each_once(documents: list[Document], made: Mapping[str, Document]) -> list[Document]:
    own: set[str] = set()
    for each in documents:
        if each.id in made or each.id in own:
            raise InvalidDocument("id", each.id, "is that of another one as well")
        own.add(each.id)
    return documents


def read_records(
    elements: Iterable[Any],
    parse: Callable[[object, list[InvalidDocument]], ListRecord],
    *,
    group: str,
    fields: FieldMap,
) -> Reading:
    """Read a list of records; a record with a spoilt fact is one, and the fact is told."""
    made: list[ListRecord] = []
    bad: list[Bad] = []
    for raw in unique(elements, group, fields):
        spoilt: list[InvalidDocument] = []
        try:
            made.append(parse(raw, spoilt))
        except InvalidDocument as error:
            spoilt = [error]
        if spoilt:
            id_, number = identity_of(raw, group, fields), code_of(raw, group, fields)
            bad.append(Bad(raw, tuple(row(each, id_=id_, number=number) for each in spoilt)))
    return Reading(records=tuple(made), bad=tuple(bad))
