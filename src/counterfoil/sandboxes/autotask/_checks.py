"""What is checked alike for every entity: what must be there, picklists and references."""

from __future__ import annotations

from collections.abc import Iterator

from ._desk import Desk
from ._values import Row
from .entities import ENTITIES, PICKLISTS, Choice, Entity, Field

__all__ = ["choices", "missing", "unknown_values"]

# Where an entity's rows are a picklist's values, its label stands in one of these.
_LABELS = ("name", "locationName")


def choices(desk: Desk, field: Field) -> tuple[Choice, ...]:
    """Give the values of a picklist field; ``()``: they are not known."""
    if not field.picklist:
        return ()
    if field.picklist in PICKLISTS:
        return PICKLISTS[field.picklist]
    return tuple(
        (row["id"], next(str(row[name]) for name in _LABELS if name in row))
        for row in desk.all(field.picklist)
        if row.get("isActive") is not False
    )


def missing(entity: Entity, row: Row) -> Iterator[str]:
    """Name every required field without a value, in the service's words."""
    for field in entity.table.values():
        if field.is_required and row.get(field.name) in {None, ""}:
            if field.picklist is not None:
                yield _dangling(field)
            else:
                yield f"Missing Required Field: {field.name}"


def unknown_values(desk: Desk, entity: Entity, values: Row) -> Iterator[str]:
    """Name every value that no picklist offers and no record has as its id."""
    for name, value in values.items():
        field = entity.table.get(name)  # user-defined fields stand in no table
        if value is None or field is None:
            continue
        if field.picklist is not None:
            offered = choices(desk, field)
            if offered and value not in {choice for choice, _ in offered}:
                yield _dangling(field)
        elif field.refers_to in ENTITIES and desk.find(field.refers_to, value) is None:
            yield _dangling(field)


def _dangling(field: Field) -> str:
    return f"Value does not reference an existing entity for {field.name} . "
