"""Questions to Autotask, typed: what is built here is never misunderstood there.

A text compared with a number finds nothing and says nothing (corrections 2, row 2), so a
value whose type is not its field's is our mistake, an assertion.  Queries are values: equal
ones ask the same.

Source: reference section 4.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from ._entities import ENTITIES, Entity, Type

__all__ = [
    "IN_MAX",
    "PAGE_MAX",
    "Condition",
    "Either",
    "Query",
    "above",
    "among",
    "any_of",
    "at_least",
    "below",
    "contains",
    "everything",
    "is_",
    "portions",
]

PAGE_MAX: Final = 500
# A list counts towards the 500 conditions that a query may have joined by "or".
IN_MAX: Final = 500

Scalar = int | Decimal | str | bool | datetime

_HOLDS: Final[Mapping[Type, tuple[type, ...]]] = {
    Type.WHOLE: (int,),
    Type.NUMBER: (int, Decimal),
    Type.TEXT: (str,),
    Type.MOMENT: (datetime,),
    Type.FLAG: (bool,),
}


@dataclass(frozen=True)
class Condition:
    """What one field has to be; a tuple is a list of values."""

    op: str
    field: str
    value: Scalar | tuple[Scalar, ...]

    def body(self, entity: Entity) -> dict[str, Any]:
        """Write it.

        Raises:
            AssertionError: The entity has no such field, it may not stand in a filter, or
                holds no such value.
        """
        type_ = entity.fields.get(self.field)
        assert type_ is not None, f"{entity.name} has no field {self.field}"
        assert self.field not in entity.unfiltered, f"{self.field} may not stand in a filter"
        if isinstance(self.value, tuple):
            assert 0 < len(self.value) <= IN_MAX, f"{len(self.value)} values of {self.field}"
            value: Any = [_written(each, type_, self.field) for each in self.value]
        else:
            value = _written(self.value, type_, self.field)
        return {"op": self.op, "field": self.field, "value": value}


@dataclass(frozen=True)
class Either:
    """At least one of some conditions holds."""

    conditions: tuple[Condition, ...]

    def body(self, entity: Entity) -> dict[str, Any]:
        """Write it."""
        return {"op": "or", "items": [each.body(entity) for each in self.conditions]}


def _written(value: Scalar, type_: Type, field: str) -> Any:
    is_flag = isinstance(value, bool)
    fits = isinstance(value, _HOLDS[type_]) and is_flag is (type_ is Type.FLAG)
    assert fits, f"{field} holds a {type_.value}, not {value!r}"
    if isinstance(value, datetime):
        assert value.tzinfo is not None, f"{field} needs a moment with its zone"
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03}Z"
    return value


@dataclass(frozen=True)
class Query:
    """Which records of an entity, and which of their fields.

    Attributes:
        filter: All of these hold.
        fields: Those wanted; empty: all that the table names.
        size: Records a page.
        is_whole: All fields are wanted, those that users defined among them.
    """

    entity: Entity
    filter: tuple[Condition | Either, ...]
    fields: tuple[str, ...] = ()
    size: int = PAGE_MAX
    is_whole: bool = False

    @classmethod
    def of(
        cls,
        name: str,
        *filters: Condition | Either,
        fields: str = "",
        size: int = PAGE_MAX,
        is_whole: bool = False,
    ) -> Query:
        """Make one from an entity's name and its fields' names, divided by blanks."""
        return cls(ENTITIES[name], filters, tuple(fields.split()), size, is_whole)

    def body(self) -> dict[str, Any]:
        """Write it; the identity is always asked for, for pages depend on it."""
        assert 1 <= self.size <= PAGE_MAX, "a page holds 500 records at most"
        unknown = set(self.fields) - set(self.entity.fields)
        assert not unknown, f"{self.entity.name} has no field {', '.join(sorted(unknown))}"
        wanted = self.fields or tuple(self.entity.fields)
        body: dict[str, Any] = {"MaxRecords": self.size, "filter": self.conditions()}
        return body if self.is_whole else {**body, "IncludeFields": sorted({"id", *wanted})}

    def conditions(self) -> list[dict[str, Any]]:
        """Write its filter, which is never empty."""
        return [each.body(self.entity) for each in self.filter or everything()]


def is_(field: str, value: Scalar) -> Condition:
    """The field is this."""
    return Condition("eq", field, value)


def among(field: str, values: Iterable[Scalar]) -> Condition:
    """The field is one of these, at most 500."""
    return Condition("in", field, tuple(values))


def above(field: str, value: Scalar) -> Condition:
    """The field is more than this."""
    return Condition("gt", field, value)


def at_least(field: str, value: Scalar) -> Condition:
    """The field is this or more."""
    return Condition("gte", field, value)


def below(field: str, value: Scalar) -> Condition:
    """The field is less than this."""
    return Condition("lt", field, value)


def contains(field: str, text: str) -> Condition:
    """The field has this text in it."""
    return Condition("contains", field, text)


def any_of(*conditions: Condition) -> Either:
    """At least one of these holds."""
    return Either(conditions)


def everything() -> tuple[Condition, ...]:
    """Every record; "more than 0" would leave out company 0, the tenant itself."""
    return (at_least("id", 0),)


def portions(ids: Iterable[int]) -> list[tuple[int, ...]]:
    """Give identities in order, as many at a time as one query may name."""
    left = sorted(set(ids))
    return [tuple(left[start : start + IN_MAX]) for start in range(0, len(left), IN_MAX)]
