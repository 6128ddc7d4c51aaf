"""From the body of a write to the values of a record: the first thing wrong with it is told.

Three steps: ``read`` takes what the table of entities knows and refuses the rest; ``merge``
lays it over what is stored, as a full or a sparse update does; ``check_references`` finds what
the record points to.  What is empty (``""``, null, an empty list or structure) was not sent:
clients write out every property they know.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ._desk import Desk
from ._errors import ApiError, inactive, invalid_reference, missing, stale
from ._wire import Row, number
from .entities import ENTITIES, STRUCTURES, Entity, Field, Kind

__all__ = [
    "PSEUDO_IDS",
    "check_references",
    "check_token",
    "envelope",
    "is_sparse",
    "merge",
    "read",
    "require",
]

PSEUDO_IDS = frozenset({"TAX", "NON", "SHIPPING_ITEM_ID", "GRATUITY_ITEM_ID"})
"""Ids that mean something though nothing has them."""

_UNSUPPORTED = (
    "Property Name:failed to parse json object; a property specified is unsupported or invalid"
)
# Who was faster, as the service would name another user.
_SOMEBODY = "Robin Marsh"
_AMOUNT_MAX = Decimal(99_999_999_999)
_EMPTY: tuple[object, ...] = (None, "", [], {})


def read(entity: Entity, body: object) -> tuple[Row, set[str]]:
    """Read a body: the values of writable properties, and the names of those sent empty.

    Raises:
        ApiError: An unknown property, a wrong type, a text too long, ...
    """
    if not isinstance(body, Mapping):
        raise ApiError(2010, _UNSUPPORTED)
    values: Row = {}
    emptied: set[str] = set()
    for name, value in body.items():
        field = entity.table.get(name)
        if field is None:
            raise ApiError(2010, _UNSUPPORTED, name)
        if "ro" in field:
            continue
        if _is_empty(field, value):
            emptied.add(name)
        else:
            values[name] = _value(field, value, name)
    return values, emptied


def envelope(body: Mapping[str, Any], name: str) -> str:
    """Read what every update carries beside the record's own values; ``""``: it is not there.

    Raises:
        ApiError: 2010 for a list or a structure.
    """
    value = body.get(name)
    if isinstance(value, (Mapping, list)):
        raise ApiError(2010, _UNSUPPORTED, name)
    return "" if value is None else str(value)


def check_token(body: Mapping[str, Any], row: Row) -> None:
    """Refuse an update that was not made from a record as it is stored.

    Raises:
        ApiError: 2020 without a SyncToken, 5010 with another one.
    """
    token = envelope(body, "SyncToken")
    if not token:
        raise missing("SyncToken")
    if token != row["SyncToken"]:
        raise stale(_SOMEBODY)


def _is_empty(field: Field, value: object) -> bool:
    if value in _EMPTY:
        return True
    return field.kind is Kind.REF and isinstance(value, Mapping) and value.get("value") in _EMPTY


def _value(field: Field, value: object, path: str) -> Any:
    if not field.is_list:
        return _READERS[field.kind](field, value, path)
    if not isinstance(value, list):
        raise ApiError(2010, _UNSUPPORTED, path)
    return [_READERS[field.kind](field, one, path) for one in value]


def _string(field: Field, value: object, path: str) -> str:
    if isinstance(value, (bool, Mapping, list)):
        raise ApiError(2010, _UNSUPPORTED, path)
    text = str(value)
    if field.length and len(text) > field.length:
        raise ApiError(
            2050,
            "String length specified does not match the supported length. "
            f"Min:0 Max:{field.length} supported. Supplied length:{len(text)}",
            path,
        )
    return text


def _boolean(field: Field, value: object, path: str) -> bool:
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise ApiError(2010, _UNSUPPORTED, path)
    return value


def _decimal(field: Field, value: object, path: str) -> Decimal:
    if isinstance(value, (bool, Mapping, list)):
        raise ApiError(2010, _UNSUPPORTED, path)
    try:
        found = number(value)
    except InvalidOperation:
        raise ApiError(2080, f"Invalid Number : {value}", path) from None
    if not found.is_finite() or abs(found) > _AMOUNT_MAX:
        raise ApiError(2090, f"Invalid Number Range : {value}", path)
    return found


def _integer(field: Field, value: object, path: str) -> int:
    found = _decimal(field, value, path)
    if found != found.to_integral_value():
        raise ApiError(2080, f"Invalid Number : {value}", path)
    return int(found)


def _date(field: Field, value: object, path: str) -> str:
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        raise ApiError(2060, f"Invalid Date : {value}", path) from None


def _datetime(field: Field, value: object, path: str) -> str:
    try:
        datetime.fromisoformat(str(value))
    except ValueError:
        raise ApiError(2060, f"Invalid Date : {value}", path) from None
    return str(value)


def _enum(field: Field, value: object, path: str) -> str:
    if value not in field.values:
        raise ApiError(2010, _UNSUPPORTED, path)
    return str(value)


def _ref(field: Field, value: object, path: str) -> Row:
    if not isinstance(value, Mapping) or value.keys() - {"value", "name", "type"}:
        raise ApiError(2010, _UNSUPPORTED, path)
    if isinstance(value["value"], (Mapping, list, bool)):
        raise ApiError(2010, _UNSUPPORTED, path)
    found: Row = {"value": str(value["value"])}
    if not field.refers_to:
        found |= {name: value[name] for name in ("name", "type") if value.get(name)}
    return found


def _struct(field: Field, value: object, path: str) -> Row:
    if not isinstance(value, Mapping):
        raise ApiError(2010, _UNSUPPORTED, path)
    members = STRUCTURES[field.struct]
    found: Row = {}
    for name, inner in value.items():
        member = members.get(name)
        if member is None:
            raise ApiError(2010, _UNSUPPORTED, f"{path}.{name}")
        if "ro" not in member and not _is_empty(member, inner):
            found[name] = _value(member, inner, f"{path}.{name}")
    for name, member in members.items():
        if "req" in member and name not in found:
            raise missing(f"{path}.{name}")
    return found


def _any(field: Field, value: object, path: str) -> object:
    return value


_READERS = {
    Kind.STRING: _string,
    Kind.BOOLEAN: _boolean,
    Kind.DECIMAL: _decimal,
    Kind.INTEGER: _integer,
    Kind.DATE: _date,
    Kind.DATETIME: _datetime,
    Kind.ENUM: _enum,
    Kind.REF: _ref,
    Kind.STRUCT: _struct,
    Kind.ANY: _any,
}


# --- Updates -----------------------------------------------------------------------------------


def is_sparse(body: Mapping[str, Any]) -> bool:
    """Whether an update is a sparse one."""
    return envelope(body, "sparse").lower() == "true"


def merge(entity: Entity, stored: Row, values: Row, emptied: set[str], *, sparse: bool) -> Row:
    """Lay what was sent over what is stored.

    A full update takes away what it does not name; a sparse one takes away only what it names
    as empty.  Neither touches what the service makes, nor what is fixed on create.
    """
    merged = dict(stored)
    for name, field in entity.table.items():
        if "ro" in field or "fixed" in field:
            continue
        if name in values:
            merged[name] = values[name]
        elif "kept" not in field and (not sparse or name in emptied):
            merged.pop(name, None)
    return merged


def require(entity: Entity, row: Row) -> None:
    """Refuse a record without what it needs.

    Raises:
        ApiError: 2020.
    """
    for name, field in entity.table.items():
        if "req" in field and name not in row:
            raise missing(name)


# --- References --------------------------------------------------------------------------------


def check_references(desk: Desk, entity: Entity, row: Row, stored: Row | None) -> None:
    """Refuse references to what is not there, and new ones to what is inactive.

    Raises:
        ApiError: 2500, or the code the switch names.
    """
    known = set() if stored is None else set(_references(entity.table, stored))
    for field_name, target, id_ in _references(entity.table, row):
        found = desk.find(target, id_)
        if found is None:
            raise invalid_reference(ENTITIES[target].words, id_, field_name)
        if found.get("Active") is False and (field_name, target, id_) not in known:
            raise inactive(int(desk.settings.inactive_reference))


def _references(table: Mapping[str, Field], row: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Give every reference in a record: property, entity, id."""
    found: list[tuple[str, str, str]] = []
    for name, value in row.items():
        field = table.get(name)
        if field is None:
            continue
        for one in value if field.is_list else [value]:
            if field.kind is Kind.STRUCT:
                found += _references(STRUCTURES[field.struct], one)
            elif field.kind is Kind.REF and field.refers_to and one["value"] not in PSEUDO_IDS:
                found.append((name, field.refers_to, one["value"]))
    return found
