"""The one table of what this QuickBooks Online holds: entities, their fields and verbs.

Paths, checks, queries, change data capture and webhooks are all read from here; an entity
without further rules is complete as a row of this table.  Names, types, lengths and flags are
those of the reference, section 4; the filterable properties those of section 2.7.
"""

from __future__ import annotations

from ._structures import DETAILS, STRUCTURES
from ._table import ENVELOPE, Entity, Family, Field, Kind
from .lists import LISTS
from .names import NAMES
from .transactions import TRANSACTIONS

__all__ = [
    "DETAILS",
    "ENTITIES",
    "ENVELOPE",
    "FOLDED",
    "STRUCTURES",
    "Entity",
    "Family",
    "Field",
    "Kind",
]

ENTITIES: dict[str, Entity] = {entity.name: entity for entity in (*NAMES, *LISTS, *TRANSACTIONS)}

FOLDED: dict[str, Entity] = {name.lower(): entity for name, entity in ENTITIES.items()}
"""The same by lower-case name, as paths and queries have it."""
