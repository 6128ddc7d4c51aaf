"""A company's tables, and the desk on which one request changes them.

Entities are never changed in place: a rule takes an entity on the desk (``edit``), and what
lies there replaces the old one when the request ends well, all at once.  A request that is
refused half-way leaves nothing behind.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from ._company import Company
from ._errors import ApiError
from ._intake import instant_text
from ._resources import RESOURCES, Entity, Resource, references

__all__ = ["Change", "Desk", "Tables"]

Change = dict[str, Any]
"""One line of the changes feed: sequence, entity, id, action, date, and its channel."""

FIRST_ID = 1001


class Tables:
    """Everything one company holds.

    Attributes:
        rows: Resource -> id -> entity, in order of creation.
        keys: Resource -> key -> id, for resources with a unique key.
        folded: The same by lower-case key.
        last_id: Highest id given out; ids are never used again.
        feed: Every change, oldest first.
    """

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Entity]] = {path: {} for path in RESOURCES}
        self.keys: dict[str, dict[str, str]] = {path: {} for path in RESOURCES}
        self.folded: dict[str, dict[str, str]] = {path: {} for path in RESOURCES}
        self.last_id = FIRST_ID - 1
        self.feed: list[Change] = []

    def set(self, resource: Resource, id_: str, entity: Entity | None) -> None:
        """Put an entity in place of the one with that id; ``None`` removes it."""
        old = self.rows[resource.path].get(id_)
        if resource.key and resource.is_unique and old is not None:
            self.keys[resource.path].pop(old[resource.key], None)
            self.folded[resource.path].pop(old[resource.key].casefold(), None)
        if entity is None:
            self.rows[resource.path].pop(id_, None)
            return
        self.rows[resource.path][id_] = entity
        if resource.key and resource.is_unique:
            self.keys[resource.path][entity[resource.key]] = id_
            self.folded[resource.path][entity[resource.key].casefold()] = id_


class Desk:
    """One request's view of a company.

    Args:
        company: Whose request it is.
        tables: What it holds; changed only by ``finish``.
        now: The simulated time.
    """

    def __init__(self, company: Company, tables: Tables, now: datetime) -> None:
        self.company = company
        self.now = now
        self.next_id = tables.last_id
        self._tables = tables
        self._changes: dict[tuple[str, str], tuple[Entity | None, str]] = {}

    @property
    def now_text(self) -> str:
        """The simulated time as it is stored."""
        return instant_text(self.now)

    def new_id(self) -> str:
        """Give an id that was never used in this company."""
        self.next_id += 1
        return str(self.next_id)

    def find(self, path: str, id_: str) -> Entity | None:
        """Give the entity with that id as it would be now; not to be changed."""
        if (path, id_) in self._changes:
            return self._changes[path, id_][0]
        return self._tables.rows[path].get(id_)

    def get(self, path: str, id_: str) -> Entity:
        """Give the entity with that id.

        Raises:
            ApiError: 404.
        """
        entity = self.find(path, id_)
        if entity is None:
            raise ApiError(404, f"No {RESOURCES[path].entity} with id {id_!r}")
        return entity

    def by_key(self, path: str, key: str) -> Entity | None:
        """Give the entity with that code or number."""
        name = RESOURCES[path].key
        assert name is not None, path
        for (changed, _), (entity, _action) in self._changes.items():
            if changed == path and entity is not None and entity[name] == key:
                return entity
        id_ = self._tables.keys[path].get(key)
        found = None if id_ is None else self.find(path, id_)
        return found if found is not None and found[name] == key else None

    def all(self, path: str) -> Iterator[Entity]:
        """Yield every entity of a resource in order of creation."""
        for id_ in [*self._tables.rows[path]]:
            entity = self.find(path, id_)
            if entity is not None:
                yield entity
        known = self._tables.rows[path]
        for (changed, id_), (entity, _action) in [*self._changes.items()]:
            if changed == path and id_ not in known and entity is not None:
                yield entity

    def edit(self, path: str, id_: str) -> Entity:
        """Take an entity on the desk: the copy may be changed and will replace it."""
        pending = self._changes.get((path, id_))
        if pending is not None and pending[0] is not None:
            return pending[0]
        entity = copy.deepcopy(self.get(path, id_))
        self._changes[path, id_] = (entity, "updated")
        return entity

    def put(self, path: str, entity: Entity, action: str) -> None:
        """Lay a new or replacing entity on the desk; ``action``: created or updated."""
        self._changes[path, entity["id"]] = (entity, action)

    def remove(self, path: str, id_: str) -> None:
        """Mark an entity as deleted."""
        self._changes[path, id_] = (None, "deleted")

    def check_key(self, resource: Resource, entity: Entity) -> None:
        """Refuse a code that another entity has (409), or has in other case (strict codes)."""
        if not (resource.key and resource.is_unique):
            return
        key = entity[resource.key]
        twin = self.by_key(resource.path, key)
        if twin is not None and twin["id"] != entity["id"]:
            raise ApiError(409, f"{resource.entity} {key!r} already exists", field=resource.key)
        if self.company.settings.strict_codes:
            id_ = self._tables.folded[resource.path].get(key.casefold())
            twin = None if id_ is None else self.find(resource.path, id_)
            if twin is not None and twin["id"] != entity["id"]:
                raise ApiError(
                    409,
                    f"{resource.entity} {key!r} differs only by case from {twin[resource.key]!r}",
                    field=resource.key,
                )

    def check_references(self, resource: Resource, entity: Entity) -> None:
        """Refuse a code that nobody has (400), naming it."""
        for where, holder, field in references(resource.fields, entity):
            target = RESOURCES[field.refers_to or ""]
            value = holder[field.name]
            if self.by_key(target.path, value) is None:
                raise ApiError(400, f"Unknown {target.entity} {value!r}", field=where)

    def users_of(self, resource: Resource, key: str) -> Iterator[tuple[Resource, Entity]]:
        """Yield every entity that refers to the key."""
        for other in RESOURCES.values():
            for entity in self.all(other.path):
                if any(
                    field.refers_to == resource.path and holder[field.name] == key
                    for _, holder, field in references(other.fields, entity)
                ):
                    yield other, entity

    def rename(self, resource: Resource, old: str, new: str) -> None:
        """Let everything that refers to the old key refer to the new one."""
        for other, user in [*self.users_of(resource, old)]:
            entity = self.edit(other.path, user["id"])
            for _, holder, field in [*references(other.fields, entity)]:
                if field.refers_to == resource.path and holder[field.name] == old:
                    holder[field.name] = new

    def finish(self) -> tuple[list[tuple[str, str, int, Entity | None]], list[Change]]:
        """Make everything on the desk real.

        Returns:
            What has to be kept: (resource, id, position, entity) and the feed's new lines.
        """
        kept: list[tuple[str, str, int, Entity | None]] = []
        lines: list[Change] = []
        for (path, id_), (entity, action) in self._changes.items():
            if entity is None and id_ not in self._tables.rows[path]:
                continue
            self._tables.set(RESOURCES[path], id_, entity)
            kept.append((path, id_, int(id_), entity))
            lines.append(
                {
                    "sequence": len(self._tables.feed) + len(lines) + 1,
                    "entity": RESOURCES[path].entity,
                    "id": id_,
                    "action": action,
                    "date": self.now_text,
                    "channel": path,
                }
            )
        self._tables.feed.extend(lines)
        self._tables.last_id = self.next_id
        return kept, lines
