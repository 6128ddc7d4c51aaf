"""Records as the service shows them: computed ones, hidden ones, and their spelling."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from . import _stock
from ._checks import choices
from ._desk import Desk
from ._settings import User
from ._values import UDFS, Row
from .entities import ENTITIES, Entity, Field, FieldType

__all__ = ["described", "field_list", "record", "records", "shown", "udf_definitions", "udf_list"]

_COMPUTED: dict[str, Callable[[Desk, Row], Row]] = {
    "InventoryItems": _stock.as_item,
    "InventoryProducts": _stock.counted,
}
"""Entities whose records are made from those of ``InventoryProducts`` when they are read."""

_ALL, _NONE = "All", "None"


def records(desk: Desk, entity: Entity) -> Iterable[Row]:
    """Give every record that the caller may see, ids ascending."""
    if not _may_see(desk, entity):
        return ()
    compute = _COMPUTED.get(entity.name)
    if compute is None:
        return desk.all(entity.name)
    return (compute(desk, row) for row in desk.all("InventoryProducts"))


def record(desk: Desk, entity: Entity, id_: int) -> Row | None:
    """Give one record that the caller may see."""
    if not _may_see(desk, entity):
        return None
    compute = _COMPUTED.get(entity.name)
    if compute is None:
        return desk.find(entity.name, id_)
    row = desk.find("InventoryProducts", id_)
    return None if row is None else compute(desk, row)


def _may_see(desk: Desk, entity: Entity) -> bool:
    return desk.user is None or entity.name not in desk.user.unseen


def udf_definitions(desk: Desk, entity: Entity) -> dict[str, Row]:
    """Give the definitions of an entity's user-defined fields by lower-case name."""
    if entity.udf_owner is None:
        return {}
    return {
        row["name"].lower(): row
        for row in desk.all("UserDefinedFieldDefinitions")
        if row["udfType"] == entity.udf_owner and row["isActive"] is not False
    }


def shown(desk: Desk, entity: Entity, row: Row, fields: tuple[str, ...] | None = None) -> Row:
    """Give a record as it goes over the line.

    Args:
        fields: Names to show, those of user-defined fields among them; ``None``: all.
    """
    names = entity.table if fields is None else [name for name in fields if name in entity.table]
    found: Row = {
        name: _spelled(desk, entity.table[name], row[name])
        for name in names
        if not entity.table[name].is_hidden
    }
    if entity.udf_owner is not None:
        wanted = [
            one["name"]
            for one in udf_definitions(desk, entity).values()
            if fields is None or one["name"] in fields
        ]
        if wanted or fields is None:
            found[UDFS] = [{"name": name, "value": row[UDFS].get(name)} for name in wanted]
    return found


def _spelled(desk: Desk, field: Field, value: Any) -> Any:
    if field.is_cost and desk.user is not None and not desk.user.sees_costs:
        return None
    if field.type is FieldType.DATETIME and value is not None:
        return value + "Z" if desk.settings.dates == "z" else value
    if field.type.is_number and not field.type.is_whole and value is not None:
        return float(value)
    return value


# --- What the service tells of itself ----------------------------------------------------------


def described(entity: Entity, user: User) -> dict[str, Any]:
    """Give ``entityInformation``."""
    writable = entity.name not in user.unwritable and "*" not in user.unwritable
    may = {verb: entity.may(verb) for verb in ("create", "update", "delete")}
    access = {
        verb.capitalize(): _ALL if can and writable else _NONE for verb, can in may.items()
    } | {"Query": _NONE if entity.name in user.unseen else _ALL}
    return {
        "name": entity.singular,
        "canCreate": may["create"],
        "canDelete": may["delete"],
        "canQuery": not entity.is_command,
        "canUpdate": may["update"],
        **{f"userAccessFor{verb}": value for verb, value in sorted(access.items())},
        "hasUserDefinedFields": entity.udf_owner is not None,
        "supportsWebhookCallouts": entity.webhooks,
    }


def field_list(desk: Desk, entity: Entity) -> list[dict[str, Any]]:
    """Give ``entityInformation/fields``."""
    return [
        _told(desk, field, is_queryable=field.is_queryable and not entity.is_command)
        for field in entity.table.values()
    ]


def _told(desk: Desk, field: Field, *, is_queryable: bool) -> dict[str, Any]:
    return {
        "name": field.name,
        "label": field.name,
        "dataType": field.type.value,
        "length": field.length,
        "description": "",
        "isRequired": field.is_required,
        "isReadOnly": field.is_read_only or (field.is_fixed and field.is_required),
        "isQueryable": is_queryable,
        "isReference": field.refers_to is not None,
        "referenceEntityType": _referred(field),
        "isPickList": field.picklist is not None,
        "picklistValues": None if field.picklist is None else _told_choices(desk, field),
        "picklistParentValueField": None,
        "isSupportedWebhookField": False,
    }


def _referred(field: Field) -> str:
    if field.refers_to is None:
        return ""
    entity = ENTITIES.get(field.refers_to)
    return field.refers_to.removesuffix("s") if entity is None else entity.singular


def _told_choices(desk: Desk, field: Field) -> list[dict[str, Any]]:
    return [
        {
            "value": str(value),
            "label": label,
            "isDefaultValue": place == 1,
            "sortOrder": place,
            "parentValue": "",
            "isActive": True,
            "isSystem": False,
        }
        for place, (value, label) in enumerate(choices(desk, field), start=1)
    ]


def udf_list(desk: Desk, entity: Entity) -> list[dict[str, Any]]:
    """Give ``entityInformation/userDefinedFields``."""
    return [
        _told(desk, Field(name=row["name"], type=FieldType.STRING), is_queryable=True)
        | {"type": row["dataType"], "isRequired": bool(row["isRequired"])}
        for row in udf_definitions(desk, entity).values()
    ]
