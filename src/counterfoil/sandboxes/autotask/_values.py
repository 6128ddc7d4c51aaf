"""What a client sends, checked field by field and brought to the one stored form.

Pure.  Names do not heed case; a property that no field has is passed over without a word.
Date-times are stored as UTC text with milliseconds (``2026-01-15T09:30:00.000``), which also
sorts; everything else as JSON has it.  References and picklists are checked later, against
what the tenant has (``_checks``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from .entities import Entity, Field, FieldType

__all__ = [
    "UDFS",
    "Row",
    "UnreadableError",
    "instant_text",
    "parse_instant",
    "read_fields",
    "read_udfs",
]

Row = dict[str, Any]
"""One stored record: every field of its entity by name, and its user-defined fields."""

UDFS = "userDefinedFields"
"""Where a record keeps its user-defined fields: stored as name -> text."""


class UnreadableError(ValueError):
    """A value is not of its field's type; says so in the service's words."""


_MIDNIGHT = "T00:00:00.000"


def instant_text(moment: datetime) -> str:
    """Give the stored spelling of a moment."""
    return (
        moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03}"
    )


def parse_instant(text: str) -> str:
    """Read a date or date-time; without an offset it is UTC.

    Raises:
        ValueError: No such day, or another form.
    """
    moment = datetime.fromisoformat(text)
    return instant_text(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def read_fields(
    entity: Entity,
    raw: Mapping[str, Any],
    *,
    refuses_read_only: bool = False,
    takes_read_only: bool = False,
) -> tuple[Row, list[str]]:
    """Bring the known, writable properties of an object to their stored form.

    Args:
        refuses_read_only: A read-only property is wrong, and else passed over.
        takes_read_only: It is taken like any other.

    Returns:
        What was sent, by the fields' own names, and a text for each thing wrong with it.
    """
    found: Row = {}
    problems: list[str] = []
    for name, value in raw.items():
        field = entity.folded.get(name.lower())
        if field is None or field.name == "id":
            continue
        if field.is_read_only and not takes_read_only:
            if refuses_read_only:
                problems.append(f"{field.name} is a read only field.")
            continue
        try:
            found[field.name] = _read(field, value)
        except UnreadableError as error:
            problems.append(str(error))
    return found, problems


def read_udfs(raw: object, known: Iterable[str]) -> dict[str, str | None]:
    """Read user-defined fields; names that nobody defined are passed over.

    Raises:
        UnreadableError: It is no array of name and value.
    """
    if not isinstance(raw, list) or not all(isinstance(one, dict) for one in raw):
        raise UnreadableError(f"{UDFS} must be an array of name and value.")
    names = {name.lower(): name for name in known}
    found: dict[str, str | None] = {}
    for one in raw:
        name = names.get(str(one.get("name")).lower())
        if name is not None:
            value = one.get("value")
            found[name] = None if value is None else str(value)
    return found


def _read(field: Field, value: object) -> Any:
    if value is None:
        return None
    if field.type is FieldType.STRING:
        return _text(field, value)
    if field.type is FieldType.BOOLEAN:
        return _flag(field, value)
    if field.type is FieldType.DATETIME:
        return _instant(field, value)
    return _number(field, value)


def _text(field: Field, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UnreadableError(_unexpected(field, value))
    text = str(value)
    if field.length and len(text) > field.length:
        raise UnreadableError(
            f"{field.name} exceeds the maximum length of {field.length} characters."
        )
    return text


def _flag(field: Field, value: object) -> bool:
    if not isinstance(value, bool):
        raise UnreadableError(f"Could not convert {value!r} to boolean. Path '{field.name}'.")
    return value


def _instant(field: Field, value: object) -> str:
    try:
        text = parse_instant(str(value))
    except ValueError:
        raise UnreadableError(
            f"Could not convert {value!r} to DateTime. Path '{field.name}'."
        ) from None
    return text[:10] + _MIDNIGHT if field.is_day else text


def _number(field: Field, value: object) -> int | float:
    if isinstance(value, bool):
        raise UnreadableError(_unexpected(field, value))
    if field.type.is_whole:
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if not isinstance(value, int):
            raise UnreadableError(f"Could not convert {value!r} to integer. Path '{field.name}'.")
        return value
    if not isinstance(value, int | float):
        raise UnreadableError(f"Could not convert {value!r} to {field.type}. Path '{field.name}'.")
    return value


def _unexpected(field: Field, value: object) -> str:
    first = str(value).lower()[0] if isinstance(value, bool) else str(value)[:1]
    return f"Unexpected character encountered while parsing value: {first}. Path '{field.name}'."
