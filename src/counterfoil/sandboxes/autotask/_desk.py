"""A tenant's tables, and the desk on which one request changes them.

Records are never changed in place: a rule takes one on the desk (``edit``), and what lies
there replaces the old one when the request ends well, all at once.  A request that is refused
half-way leaves nothing behind.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from ._settings import Tenant, User
from ._store import Kept
from ._values import UDFS, Row, instant_text, parse_instant
from .entities import ENTITIES

__all__ = ["Desk", "Tables"]

INDEXED = {
    (entity.name, entity.parent.field) for entity in ENTITIES.values() if entity.parent is not None
} | {
    ("InventoryProducts", "productID"),
    ("PurchaseOrderItems", "productID"),
    ("InventoryStockedItems", "inventoryProductID"),
    ("InventoryStockedItems", "purchaseOrderItemReceivingID"),
}
"""What records are looked up by, beside their id."""

# So that an id of one entity taken for another's is found out.
_FIRST_IDS = {name: 100_000 * place + 1 for place, name in enumerate(ENTITIES, start=1)}


class Tables:
    """Everything one tenant holds.

    Attributes:
        rows: Entity -> id -> record, ids ascending.
        last_ids: Entity -> the highest id given out; ids are never used again.
    """

    def __init__(self) -> None:
        self.rows: dict[str, dict[int, Row]] = {name: {} for name in ENTITIES}
        self.last_ids = {name: first - 1 for name, first in _FIRST_IDS.items()}
        self._index: dict[tuple[str, str], dict[object, dict[int, None]]] = {
            key: defaultdict(dict) for key in INDEXED
        }

    def set(self, entity: str, id_: int, row: Row | None) -> None:
        """Put a record in place of the one with that id; ``None`` removes it."""
        old = self.rows[entity].pop(id_, None) if row is None else self.rows[entity].get(id_)
        for (indexed, field), index in self._index.items():
            if indexed != entity:
                continue
            if old is not None:
                index[old[field]].pop(id_, None)
            if row is not None:
                index[row[field]][id_] = None
        if row is not None:
            self.rows[entity][id_] = row
            self.last_ids[entity] = max(self.last_ids[entity], id_)

    def ids(self, entity: str, field: str, value: object) -> tuple[int, ...]:
        """The ids of the records that hold that value in an indexed field."""
        return tuple(self._index[entity, field].get(value, ()))


class Desk:
    """One request's view of a tenant.

    Args:
        tenant: Whose request it is.
        tables: What it holds; changed only by ``finish``.
        now: The simulated time.
        writer: The resource who writes.
        caller: The API user behind it, when another resource is named as the writer.
    """

    def __init__(
        self,
        tenant: Tenant,
        tables: Tables,
        now: datetime,
        *,
        writer: int,
        caller: int | None = None,
        user: User | None = None,
    ) -> None:
        self.tenant = tenant
        self.settings = tenant.settings
        self.now = self._opened = instant_text(now)
        self.writer = writer
        self.caller = caller
        self.user = user
        self._tables = tables
        self._last_ids: dict[str, int] = {}
        self._changes: dict[tuple[str, int], Row | None] = {}

    def date(self, moment: str | None) -> None:
        """Let what follows be dated otherwise than now; ``None``: now."""
        self.now = self._opened if moment is None else parse_instant(moment)

    # --- Reading ---------------------------------------------------------------------------

    def find(self, entity: str, id_: object) -> Row | None:
        """Give the record with that id as it would be now; not to be changed."""
        if not isinstance(id_, int):
            return None
        if (entity, id_) in self._changes:
            return self._changes[entity, id_]
        return self._tables.rows[entity].get(id_)

    def get(self, entity: str, id_: object) -> Row:
        """Give a record that must be there: its id stands in another record."""
        row = self.find(entity, id_)
        assert row is not None, (entity, id_)
        return row

    def all(self, entity: str) -> Iterator[Row]:
        """Yield every record of an entity, ids ascending."""
        for id_ in [*self._tables.rows[entity]]:
            row = self.find(entity, id_)
            if row is not None:
                yield row
        yield from self._added(entity)

    def where(self, entity: str, field: str, value: object) -> Iterator[Row]:
        """Yield every record that holds a value in a field the tables are indexed by."""
        for id_ in self._tables.ids(entity, field, value):
            row = self.find(entity, id_)
            if row is not None and row[field] == value:
                yield row
        for row in self._added(entity):
            if row[field] == value:
                yield row

    def _added(self, entity: str) -> Iterator[Row]:
        known = self._tables.rows[entity]
        for (changed, id_), row in [*self._changes.items()]:
            if changed == entity and id_ not in known and row is not None:
                yield row

    # --- Writing ---------------------------------------------------------------------------

    def new_id(self, entity: str) -> int:
        """Give an id that no record of the entity ever had."""
        last = self._last_ids.get(entity, self._tables.last_ids[entity])
        self._last_ids[entity] = last + 1
        return last + 1

    def add(self, entity: str, values: Row, *, id_: int | None = None) -> Row:
        """Lay a new record on the desk; fields without a value are null."""
        row: Row = dict.fromkeys(ENTITIES[entity].table) | {UDFS: {}} | values
        row["id"] = self.new_id(entity) if id_ is None else id_
        self._changes[entity, row["id"]] = row
        return row

    def edit(self, entity: str, id_: int) -> Row:
        """Take a record on the desk: the copy may be changed and will replace it."""
        pending = self._changes.get((entity, id_))
        if pending is not None:
            return pending
        row = copy.deepcopy(self.get(entity, id_))
        self._changes[entity, id_] = row
        return row

    def remove(self, entity: str, id_: int) -> None:
        """Mark a record as deleted."""
        self._changes[entity, id_] = None

    def finish(self) -> list[Kept]:
        """Make everything on the desk real; gives what has to be kept."""
        kept: list[Kept] = []
        for (entity, id_), row in self._changes.items():
            if row is None and id_ not in self._tables.rows[entity]:
                continue
            self._tables.set(entity, id_, row)
            kept.append((entity, id_, row))
        for entity, last in self._last_ids.items():
            self._tables.last_ids[entity] = max(last, self._tables.last_ids[entity])
        return kept

    @property
    def last_ids(self) -> dict[str, int]:
        """Entity -> the highest id given out, of every entity."""
        return self._tables.last_ids
