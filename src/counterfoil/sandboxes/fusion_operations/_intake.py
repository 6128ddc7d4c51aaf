"""What a client sends, checked and brought to the one stored form.

Pure.  Unknown properties are passed over; a mandatory one that is absent, a number that is
none, a date without its ``T`` or a word outside its list is refused with status 400, naming
the property.  References are checked later, against what the company has (``_desk``).
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from ._errors import ApiError
from ._resources import Entity, Field, FieldType

__all__ = ["instant_text", "parse_instant", "read_fields", "read_json"]

_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(?:(Z)|([+-])(\d\d)(?::?(\d\d))?)?"
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def read_json(body: bytes) -> Any:
    """Read a body; decimals stay exact.

    Raises:
        ApiError: 400 ``Invalid JSON``, the service's own words.
    """

    def refuse(constant: str) -> Any:
        raise ValueError(constant)

    try:
        return json.loads(body, parse_float=Decimal, parse_constant=refuse)
    except (ValueError, RecursionError):
        raise ApiError(400, "Invalid JSON") from None


def parse_instant(text: str, zone: ZoneInfo) -> datetime:
    """Read one date-time; without a designator it is the company's local time.

    Raises:
        ValueError: Not of the form ``YYYY-MM-DDThh:mm:ss`` with ``Z``, ``+01:00``,
            ``+0100``, ``+01`` or nothing after it, or no such day.
    """
    match = _INSTANT.fullmatch(text)
    if match is None:
        raise ValueError(text)
    local = datetime.fromisoformat(match[1])
    if match[2]:
        return local.replace(tzinfo=UTC)
    if match[3]:
        offset = timedelta(hours=int(match[4]), minutes=int(match[5] or 0))
        return local.replace(tzinfo=timezone(-offset if match[3] == "-" else offset))
    return local.replace(tzinfo=zone)


def instant_text(moment: datetime) -> str:
    """Give the stored spelling: UTC, whole seconds, ``Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_fields(
    fields: tuple[Field, ...],
    raw: object,
    *,
    zone: ZoneInfo,
    extra: tuple[str, ...] = (),
    path: str = "",
) -> Entity:
    """Bring one object to its stored form, with the default of every absent property.

    Args:
        extra: Names kept as they are although the table does not know them.
        path: Of this object within the body, for messages.

    Raises:
        ApiError: 400, naming the property.
    """
    if not isinstance(raw, Mapping):
        raise ApiError(400, f"{path or 'The body'} must be an object", field=path or None)
    entity: Entity = {}
    for field in fields:
        value = None if field.is_derived else raw.get(field.name)
        if value is None and field.also:
            value = raw.get(field.also)
        where = f"{path}.{field.name}" if path else field.name
        if value is None or value in ("", []):
            if field.is_required:
                raise ApiError(400, f"Missing mandatory field {where}", field=where)
            entity[field.name] = copy.copy(field.default)
            continue
        entity[field.name] = _read(field, value, zone, where)
    entity.update({name: raw[name] for name in extra if name in raw})
    return entity


def _read(field: Field, value: object, zone: ZoneInfo, where: str) -> Any:
    match field.type:
        case FieldType.TEXT:
            return _read_text(field, value, where)
        case FieldType.DECIMAL:
            return _read_decimal(field, value, where)
        case FieldType.WHOLE:
            number = Decimal(_read_decimal(field, value, where))
            if number != number.to_integral_value():
                raise _bad(where, value, "a whole number")
            return int(number)
        case FieldType.FLAG:
            if not isinstance(value, bool):
                raise _bad(where, value, "true or false")
            return value
        case FieldType.INSTANT | FieldType.DAY:
            return _read_time(field, value, zone, where)
        case FieldType.LABELS:
            return [_plain(part, f"{where}[{i}]") for i, part in enumerate(_array(value, where))]
        case FieldType.PAIRS:
            return _read_pairs(value, where)
        case FieldType.RECORD:
            return read_fields(field.fields, value, zone=zone, path=where)
        case FieldType.RECORDS:
            return _read_records(field, value, zone, where)


def _bad(where: str, value: object, wanted: str) -> ApiError:
    return ApiError(400, f"{where} must be {wanted}, not {str(value)[:80]!r}", field=where)


def _array(value: object, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise _bad(where, value, "an array")
    return value


def _plain(value: object, where: str) -> str:
    # A number where text is meant is taken as written (status 0 of older clients, ids).
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise _bad(where, value, "text")
    return str(value)


def _read_text(field: Field, value: object, where: str) -> str:
    text = _plain(value, where)
    if field.is_key or field.refers_to:
        text = text.strip()
        if not text:
            raise ApiError(400, f"Missing mandatory field {where}", field=where)
    if field.choices and text not in field.choices:
        # One early client creates production orders with the number 0 for "open".
        if value == 0 and field.default is not None:
            return str(field.default)
        raise _bad(where, value, "one of " + ", ".join(field.choices))
    return text


def _read_decimal(field: Field, value: object, where: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise _bad(where, value, "a number")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise _bad(where, value, "a number") from None
    if not number.is_finite():
        raise _bad(where, value, "a number")
    if field.minimum is not None and number < field.minimum:
        raise _bad(where, value, f"at least {field.minimum}")
    return format(number, "f")


def _read_time(field: Field, value: object, zone: ZoneInfo, where: str) -> str:
    text = _plain(value, where)
    try:
        if field.type is FieldType.DAY and _DAY.fullmatch(text):
            return date.fromisoformat(text).isoformat()
        moment = parse_instant(text, zone)
    except ValueError:
        raise _bad(where, value, "a date such as 2025-03-03T09:00:00Z") from None
    if field.type is FieldType.DAY:
        return moment.astimezone(zone).date().isoformat()
    return instant_text(moment)


def _read_pairs(value: object, where: str) -> list[dict[str, str]]:
    if isinstance(value, Mapping):
        value = [{"name": name, "value": inner} for name, inner in value.items()]
    found = []
    for index, pair in enumerate(_array(value, where)):
        inner = f"{where}[{index}]"
        if not isinstance(pair, Mapping) or not pair.get("name"):
            raise _bad(inner, pair, "an object with name and value")
        content = pair.get("value")
        found.append(
            {
                "name": _plain(pair["name"], f"{inner}.name"),
                "value": "" if content is None else _plain(content, f"{inner}.value"),
            }
        )
    return found


def _read_records(field: Field, value: object, zone: ZoneInfo, where: str) -> list[Entity]:
    found = [
        read_fields(field.fields, element, zone=zone, path=f"{where}[{index}]")
        for index, element in enumerate(_array(value, where))
    ]
    for key in (inner.name for inner in field.fields if inner.is_key):
        seen: set[str] = set()
        for index, element in enumerate(found):
            if element[key] in seen:
                inner = f"{where}[{index}].{key}"
                raise ApiError(409, f"{inner} {element[key]!r} is there twice", field=inner)
            seen.add(element[key])
    return found
