"""The query language: a body or a ``search`` value, read into a question about one record.

Pure.  Names do not heed case, nor does the comparison of text.  A null is found by
``notExist`` and by nothing else, as in SQL.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ._errors import refused
from ._settings import Settings
from ._values import UDFS, Row, parse_instant
from .entities import Entity, Field, FieldType

__all__ = ["PAGE_SIZE_MAX", "Question", "Test", "read_question"]

PAGE_SIZE_MAX = 500
OR_MAX = 500

Test = Callable[[Row], bool]
"""Whether a record is one of those asked for."""

_TOO_MANY_ORS = "Invalid query syntax. Queries are limited to 500 or fewer 'OR' conditions."

_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "noteq": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}
_TEXT: dict[str, Callable[[str, str], bool]] = {
    "beginswith": str.startswith,
    "endswith": str.endswith,
    "contains": operator.contains,
}
_OPERATORS = (
    "eq, noteq, gt, gte, lt, lte, beginsWith, endsWith, contains, exist, notExist, in, notIn"
)


class _Nothing:
    """What a value becomes that can equal no stored one."""


_NOTHING = _Nothing()


@dataclass(frozen=True)
class Question:
    """What was asked for.

    Attributes:
        test: Which records.
        fields: The fields to show, in the table's order; ``None``: all.
        page_size: How many at a time.
    """

    test: Test
    fields: tuple[str, ...] | None
    page_size: int


def read_question(
    entity: Entity, raw: object, settings: Settings, udfs: Mapping[str, str], *, is_count: bool
) -> Question:
    """Read a query.

    Args:
        udfs: The entity's user-defined fields, by lower-case name.
        is_count: Only the number is asked for.

    Raises:
        ApiError: 500 for whatever is not understood.
    """
    if not isinstance(raw, dict):
        raise refused("Invalid query syntax. A JSON object with a filter was expected.")
    asked = {name.lower(): value for name, value in raw.items()}
    conditions = asked.get("filter")
    if conditions is None and is_count and settings.compatibility:
        conditions = [{"op": "exist", "field": "id"}]
    if not isinstance(conditions, list) or not conditions:
        raise refused("Invalid query syntax. The query must hold a filter.")
    if sum(1 for one in _leaves(conditions) if one.get("udf")) > 1:
        raise refused("Queries are limited to a single user-defined field.")
    if _ors(conditions) > OR_MAX:
        raise refused(_TOO_MANY_ORS)
    reader = _Reader(entity, settings, udfs)
    return Question(
        test=reader.group("and", conditions),
        fields=_included(entity, asked.get("includefields"), udfs),
        page_size=_page_size(asked.get("maxrecords")),
    )


def _page_size(asked: object) -> int:
    if asked is None:
        return PAGE_SIZE_MAX
    if isinstance(asked, bool) or not isinstance(asked, int) or not 1 <= asked <= PAGE_SIZE_MAX:
        raise refused(f"MaxRecords must be a value between 1 and {PAGE_SIZE_MAX}.")
    return asked


def _included(entity: Entity, asked: object, udfs: Mapping[str, str]) -> tuple[str, ...] | None:
    if asked is None or asked == []:
        return None
    if not isinstance(asked, list):
        raise refused("Invalid query syntax. IncludeFields must be an array of field names.")
    names = {str(name).lower() for name in asked}
    unknown = names - entity.folded.keys() - udfs.keys()
    if unknown:
        raise refused(
            *(f"Unable to find {name} in the {entity.singular} Entity." for name in sorted(unknown))
        )
    shown = [name for name in entity.table if name.lower() in names]
    return (*shown, *(name for folded, name in udfs.items() if folded in names))


def _leaves(conditions: list[Any]) -> Iterator[dict[str, Any]]:
    for one in conditions:
        if isinstance(one, dict):
            items = one.get("items")
            if isinstance(items, list):
                yield from _leaves(items)
            else:
                yield one


def _ors(conditions: list[Any], within: str = "and") -> int:
    """Count what stands in OR, the values of an ``in`` among it."""
    total = 0
    for one in conditions:
        if not isinstance(one, dict):
            continue
        op, items, value = str(one.get("op")).lower(), one.get("items"), one.get("value")
        if isinstance(items, list):
            total += _ors(items, op)
        elif op == "in" and isinstance(value, list):
            total += len(value)
        else:
            total += within == "or"
    return total


@dataclass(frozen=True)
class _Reader:
    """Makes tests out of conditions on one entity."""

    entity: Entity
    settings: Settings
    udfs: Mapping[str, str]

    def group(self, op: str, conditions: list[Any]) -> Test:
        tests = [self._condition(one) for one in conditions]
        joined = all if op == "and" else any
        return lambda row: joined(test(row) for test in tests)

    def _condition(self, raw: object) -> Test:
        if not isinstance(raw, dict):
            raise refused("Invalid query syntax. A filter holds objects with op and field.")
        one = {name.lower(): value for name, value in raw.items()}
        op = str(one.get("op")).lower()
        if op in {"and", "or"}:
            if not isinstance(one.get("items"), list) or not one["items"]:
                raise refused(f"Invalid query syntax. The group {op!r} must hold items.")
            return self.group(op, one["items"])
        if one.get("udf"):
            return self._udf_test(op, str(one.get("field")), one.get("value"))
        field = self._field(str(one.get("field")))
        return self._test(op, field, lambda row: row[field.name], one.get("value"))

    def _field(self, name: str) -> Field:
        field = self.entity.folded.get(name.lower())
        if field is None:
            raise refused(f"Unable to find {name} in the {self.entity.singular} Entity.")
        if not field.is_queryable:
            raise refused(f"The field {field.name} is not queryable.")
        return field

    def _udf_test(self, op: str, name: str, value: object) -> Test:
        found = self.udfs.get(name.lower())
        if found is None:
            raise refused(f"Unable to find {name} in the {self.entity.singular} Entity.")
        as_text = Field(name=found, type=FieldType.STRING)
        return self._test(op, as_text, lambda row: row[UDFS].get(found), value)

    def _test(self, op: str, field: Field, get: Callable[[Row], Any], value: object) -> Test:
        if op in {"exist", "notexist"}:
            return self._presence(get, wanted=op == "exist")
        if op in {"in", "notin"}:
            return self._membership(field, get, value, wanted=op == "in")
        if op in _TEXT:
            return _part(op, field, get, value)
        compare = _COMPARISONS.get(op)
        if compare is None:
            raise refused(f"Invalid query syntax. The operator {op!r} is none of {_OPERATORS}.")
        wanted = self._value(field, value)
        if wanted is _NOTHING:
            return lambda row: False
        return lambda row: (held := _folded(get(row))) is not None and compare(held, wanted)

    def _presence(self, get: Callable[[Row], Any], *, wanted: bool) -> Test:
        absent = (None, "") if self.settings.not_exist_finds_empty else (None,)
        return lambda row: (get(row) not in absent) is wanted

    def _membership(
        self, field: Field, get: Callable[[Row], Any], value: object, *, wanted: bool
    ) -> Test:
        if not isinstance(value, list):
            raise refused(f"Invalid query syntax. The value for {field.name} must be an array.")
        values = {self._value(field, one) for one in value} - {_NOTHING}
        return lambda row: (held := _folded(get(row))) is not None and (held in values) is wanted

    def _value(self, field: Field, value: object) -> Any:
        """Bring a filter's value to the stored form; ``_NOTHING``: nothing can be equal."""
        if value is None or isinstance(value, list | dict):
            raise refused(f"Invalid query syntax. {field.name} cannot be compared with {value!r}.")
        if field.type is FieldType.STRING:
            return _as_text(value).casefold()
        if field.type is FieldType.DATETIME:
            return _as_instant(field, value)
        if field.type is FieldType.BOOLEAN:
            if not isinstance(value, bool):
                raise refused(f"String was not recognized as a valid Boolean for {field.name}.")
            return value
        return self._as_number(field, value)

    def _as_number(self, field: Field, value: Any) -> Any:
        """Read a number; a text is one only for a picklist or where the switch says so.

        Source:
            Seen live by users of other clients: a text finds nothing, except that one which is
            no number and meets a picklist is an error.
        """
        if isinstance(value, bool):
            raise refused(f"Conversion failed when converting {value} to data type int.")
        if not isinstance(value, str):
            return value
        is_pick = field.picklist is not None
        if not is_pick and not self.settings.text_finds_numbers:
            return _NOTHING
        try:
            return float(value)
        except ValueError:
            raise refused(
                f"Conversion failed when converting varchar '{value}' to data type int."
            ) from None


def _part(op: str, field: Field, get: Callable[[Row], Any], value: object) -> Test:
    if field.type is not FieldType.STRING or not isinstance(value, str):
        raise refused(f"Invalid query syntax. {op!r} compares texts, and {field.name} is none.")
    compare, wanted = _TEXT[op], value.casefold()
    return lambda row: (held := _folded(get(row))) is not None and compare(held, wanted)


def _folded(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _as_instant(field: Field, value: object) -> str:
    try:
        return parse_instant(str(value)).casefold()
    except ValueError:
        raise refused(
            f"Conversion failed when converting {value!r} to date and/or time for {field.name}."
        ) from None
