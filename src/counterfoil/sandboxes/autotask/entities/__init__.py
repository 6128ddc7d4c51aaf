"""The one table of what this Autotask holds: entities, their fields, verbs and parents.

Paths, checks, filters, what is shown and what the service tells of itself are all read from
here; an entity without further rules (``_rules``) is complete as a row of this table.

Names, types and flags are those of the reference, section 11: the
names as clients made from the live description have them, lengths and flags as a tenant's
description of 2021 gave them.
"""

from __future__ import annotations

from ._picklists import API_LICENCE, PICKLISTS, VENDOR, Choice, OrderStatus
from ._table import Entity, Field, FieldType, Parent
from .billing import BILLING
from .inventory import INVENTORY
from .lists import LISTS
from .parties import PARTIES
from .purchasing import PURCHASING
from .service import SERVICE

__all__ = [
    "API_LICENCE",
    "CHILDREN",
    "ENTITIES",
    "FOLDED",
    "PICKLISTS",
    "VENDOR",
    "Choice",
    "Entity",
    "Field",
    "FieldType",
    "OrderStatus",
    "Parent",
]

ENTITIES: dict[str, Entity] = {
    entity.name: entity
    for entity in (*LISTS, *PARTIES, *INVENTORY, *PURCHASING, *SERVICE, *BILLING)
}

FOLDED: dict[str, Entity] = {name.lower(): entity for name, entity in ENTITIES.items()}
"""The same by lower-case name: paths do not heed case."""

CHILDREN: dict[tuple[str, str], Entity] = {
    ((entity.parent.path or entity.parent.entity).lower(), entity.parent.segment.lower()): entity
    for entity in ENTITIES.values()
    if entity.parent is not None
}
"""Parent's and child's segment of a path, lower-case -> the child."""
