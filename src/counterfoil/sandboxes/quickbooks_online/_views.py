"""How records are shown: in the order of their table, with the names of what they refer to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ._company import description, preferences
from ._desk import DELETED, Desk
from ._money import CURRENCIES
from ._wire import Row
from .entities import ENVELOPE, STRUCTURES, Entity, Field, Kind

__all__ = ["record_name", "shown", "tombstone"]

_CURRENCY = "CurrencyRef"
_WITHOUT_ID = frozenset({"ExchangeRate"})
_MADE = {"Preferences": preferences, "CompanyInfo": description}


def shown(desk: Desk, entity: Entity, row: Row, only: Iterable[str] | None = None) -> Row:
    """Show a record, or just some of its properties."""
    if entity.name in _MADE:
        row = _MADE[entity.name](desk)
    wanted = None if only is None else set(only)
    told = {
        name: value
        for name, value in _members(desk, entity.table, row).items()
        if name not in ENVELOPE and (wanted is None or name in wanted)
    }
    told |= {"domain": "QBO", "sparse": False}
    for name in ("Id", "SyncToken", "MetaData"):
        if name in row and (wanted is None or name in wanted) and entity.name not in _WITHOUT_ID:
            told[name] = row[name]
    return told


def tombstone(row: Row) -> Row:
    """What is left of a deleted record."""
    told: Row = {"domain": "QBO", "status": DELETED, "Id": row["Id"]}
    return told | {"MetaData": {"LastUpdatedTime": row["MetaData"]["LastUpdatedTime"]}}


def record_name(row: Mapping[str, Any] | None) -> str | None:
    """What a record is called by those who refer to it."""
    if row is None:
        return None
    names = ("FullyQualifiedName", "DisplayName", "Name", "DocNumber")
    return next((row[name] for name in names if name in row), None)


def _members(desk: Desk, table: Mapping[str, Field], row: Mapping[str, Any]) -> Row:
    return {name: _value(desk, field, row[name]) for name, field in table.items() if name in row}


def _value(desk: Desk, field: Field, value: Any) -> Any:
    if field.is_list:
        return [_one(desk, field, one) for one in value]
    return _one(desk, field, value)


def _one(desk: Desk, field: Field, value: Any) -> Any:
    if field.kind is Kind.STRUCT and isinstance(value, Mapping):
        return _members(desk, STRUCTURES[field.struct], value)
    if field.kind is Kind.REF:
        return _named(desk, field, value)
    return value


def _named(desk: Desk, field: Field, ref: Row) -> Row:
    id_ = ref["value"]
    if field.name == _CURRENCY:
        return {"value": id_, "name": CURRENCIES[id_]}
    if not field.refers_to:
        return ref
    name = record_name(desk.find(field.refers_to, id_))
    return {"value": id_} if name is None else {"value": id_, "name": name}
