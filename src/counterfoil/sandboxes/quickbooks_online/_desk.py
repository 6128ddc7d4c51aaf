"""A company's tables, and the desk on which one request changes them.

Records are never changed in place: a rule takes one on the desk (``edit``), and what lies
there replaces the old one when the request ends well, all at once.  A request that is refused
half-way leaves nothing behind.  What really changed is found by comparing: it gets the next
SyncToken, a new time and an event; what is as it was keeps all three.
"""

from __future__ import annotations

import copy
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ._settings import Company, Settings
from ._store import Kept
from ._wire import Row
from .entities import ENTITIES, Family

__all__ = ["DELETED", "Desk", "Event", "Tables", "fold"]

DELETED = "Deleted"
"""The status of a record that was deleted; its id and the time are kept."""

Event = tuple[str, str, str, str]
"""Entity, id, what happened to it (``created``), and the id it absorbed (``""``)."""

_SERVER = ZoneInfo("America/Los_Angeles")
# What records are looked up by, beside their id.
_INDEXED = {
    **dict.fromkeys(("Vendor", "Customer", "Employee"), "DisplayName"),
    **dict.fromkeys(("Item", "Account", "Class", "Department", "Term", "TaxCode"), "Name"),
    "CompanyCurrency": "Code",
    **{
        name: "DocNumber"
        for name, entity in ENTITIES.items()
        if entity.family is Family.TRANSACTION and "DocNumber" in entity.table
    },
}
# What changes with every document without the record being another one.
_QUIET = {
    "Vendor": ("Balance",),
    "Customer": ("Balance", "BalanceWithJobs"),
    "Account": ("CurrentBalance", "CurrentBalanceWithSubAccounts"),
}
_COUNTERS = {
    name: entity.family if entity.family in {Family.NAME, Family.TRANSACTION} else name
    for name, entity in ENTITIES.items()
}
# Apart from each other, so that an id of one entity taken for another's is found out.
_FIRST_IDS = {Family.NAME: 1, Family.TRANSACTION: 1001} | {
    name: 200 + 100 * place
    for place, name in enumerate(
        name for name, counter in _COUNTERS.items() if counter == name and name != "Attachable"
    )
}


def fold(text: object) -> str:
    """Names and numbers are compared without case and outer blanks."""
    return str(text).strip().casefold()


class Tables:
    """Everything one company holds.

    Attributes:
        rows: Entity -> id -> record, oldest first; deleted ones included.
        last_ids: Counter -> the highest id given out; ids are never used again.
    """

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Row]] = {name: {} for name in ENTITIES}
        self.last_ids: dict[str, int] = {name: first - 1 for name, first in _FIRST_IDS.items()}
        self._index: dict[str, dict[str, dict[str, None]]] = {
            name: defaultdict(dict) for name in _INDEXED
        }

    def set(self, entity: str, id_: str, row: Row) -> None:
        """Put a record in place of the one with that id."""
        old = self.rows[entity].get(id_)
        field = _INDEXED.get(entity)
        if field is not None:
            if old is not None:
                self._index[entity][fold(old.get(field))].pop(id_, None)
            self._index[entity][fold(row.get(field))][id_] = None
        self.rows[entity][id_] = row
        counter = _COUNTERS[entity]
        if id_.isdecimal() and counter in self.last_ids:
            self.last_ids[counter] = max(self.last_ids[counter], int(id_))

    def ids(self, entity: str, value: str) -> tuple[str, ...]:
        """The ids of the records of that name or number, folded."""
        return tuple(self._index[entity].get(value, ()))


class Desk:
    """One request's view of a company.

    Args:
        company: Whose request it is.
        tables: What it holds; changed only by ``finish``.
        now: The simulated time.
    """

    def __init__(self, company: Company, tables: Tables, now: datetime) -> None:
        self.company = company
        self.settings: Settings = company.settings
        self.now = now
        self.changed_settings: dict[str, object] = {}
        self.told: dict[tuple[str, str], tuple[str, str]] = {}
        self._tables = tables
        self._last_ids: dict[str, int] = {}
        self._changes: dict[tuple[str, str], Row] = {}

    @property
    def today(self) -> str:
        """The day it is in the company's zone."""
        return self.now.astimezone(ZoneInfo(self.company.time_zone)).date().isoformat()

    @property
    def stamp(self) -> str:
        """The moment as the service writes it."""
        return moment_text(self.now)

    # --- Reading ---------------------------------------------------------------------------

    def any(self, entity: str, id_: object) -> Row | None:
        """Give the record with that id, a deleted one included; not to be changed."""
        if not isinstance(id_, str):
            return None
        return self._changes.get((entity, id_)) or self._tables.rows[entity].get(id_)

    def find(self, entity: str, id_: object) -> Row | None:
        """Give the record with that id as it would be now; not to be changed."""
        row = self.any(entity, id_)
        return None if row is None or row.get("status") == DELETED else row

    def get(self, entity: str, id_: object) -> Row:
        """Give a record that must be there: its id stands in another record."""
        row = self.find(entity, id_)
        assert row is not None, (entity, id_)
        return row

    def all(self, entity: str, *, with_deleted: bool = False) -> Iterator[Row]:
        """Yield every record of an entity, oldest first."""
        known = self._tables.rows[entity]
        added = [id_ for (name, id_) in self._changes if name == entity and id_ not in known]
        for id_ in [*known, *added]:
            row = self.any(entity, id_)
            if row is not None and (with_deleted or row.get("status") != DELETED):
                yield row

    def newest(self, entity: str) -> Iterator[Row]:
        """Yield every record of an entity, newest first."""
        known = self._tables.rows[entity]
        added = [id_ for (name, id_) in self._changes if name == entity and id_ not in known]
        for id_ in [*reversed(added), *reversed(known)]:
            row = self.find(entity, id_)
            if row is not None:
                yield row

    def named(self, entity: str, name: object) -> Iterator[Row]:
        """Yield the records of that name (lists) or number (documents), without heed of case."""
        field, folded = _INDEXED[entity], fold(name)
        changed = [id_ for (one, id_) in self._changes if one == entity]
        for id_ in dict.fromkeys([*self._tables.ids(entity, folded), *changed]):
            row = self.find(entity, id_)
            if row is not None and field in row and fold(row[field]) == folded:
                yield row

    # --- Writing ---------------------------------------------------------------------------

    def new_id(self, entity: str) -> str:
        """Give an id that no record of the family ever had."""
        counter = _COUNTERS[entity]
        last = self._last_ids.get(counter, self._tables.last_ids[counter])
        self._last_ids[counter] = last + 1
        return str(last + 1)

    def add(self, entity: str, values: Row, *, id_: str | None = None) -> Row:
        """Lay a new record on the desk."""
        row = values | {"Id": self.new_id(entity) if id_ is None else id_}
        self._changes[entity, row["Id"]] = row
        return row

    def edit(self, entity: str, id_: str) -> Row:
        """Take a record on the desk: the copy may be changed and will replace it."""
        pending = self._changes.get((entity, id_))
        if pending is not None:
            return pending
        row = copy.deepcopy(self.get(entity, id_))
        self._changes[entity, id_] = row
        return row

    def remove(self, entity: str, id_: str) -> None:
        """Mark a record as deleted."""
        self._changes[entity, id_] = {"Id": id_, "status": DELETED}

    def tell(self, entity: str, id_: str, verb: str, absorbed: str = "") -> None:
        """Let the event of a change be another one than created, updated or deleted."""
        self.told[entity, id_] = (verb, absorbed)

    # --- Ending ----------------------------------------------------------------------------

    def settle(self) -> None:
        """Give every record that differs from what is kept its next SyncToken and time."""
        for (entity, id_), row in self._changes.items():
            old = self._tables.rows[entity].get(id_)
            if old is None:
                row.setdefault("SyncToken", "0")
                row.setdefault(
                    "MetaData", {"CreateTime": self.stamp, "LastUpdatedTime": self.stamp}
                )
            elif _differ(entity, old, row) and not _is_settled(old, row):
                self._stamp(old, row)

    def _stamp(self, old: Row, row: Row) -> None:
        before = datetime.fromisoformat(old["MetaData"]["LastUpdatedTime"])
        moment = max(self.now, before + timedelta(seconds=1))
        row["MetaData"] = {**old["MetaData"], "LastUpdatedTime": moment_text(moment)}
        row["SyncToken"] = str(int(old["SyncToken"]) + 1)

    def finish(self) -> tuple[list[Kept], list[Event]]:
        """Make everything on the desk real; gives what has to be kept and what to call out."""
        self.settle()
        kept: list[Kept] = []
        events: list[Event] = []
        for (entity, id_), row in self._changes.items():
            old = self._tables.rows[entity].get(id_)
            if old is None and row.get("status") == DELETED:
                continue
            told = self.told.get((entity, id_))
            if told is not None or old is None or _differ(entity, old, row):
                events.append((entity, id_, *(told or (_verb(old, row), ""))))
            self._tables.set(entity, id_, row)
            kept.append((entity, id_, row))
        for counter, last in self._last_ids.items():
            self._tables.last_ids[counter] = max(last, self._tables.last_ids[counter])
        return kept, events

    @property
    def last_ids(self) -> dict[str, int]:
        """Counter -> the highest id given out."""
        return self._tables.last_ids


def moment_text(moment: datetime) -> str:
    """Write a moment as the service does: to the second, with the offset of its own zone."""
    return moment.astimezone(_SERVER).isoformat(timespec="seconds")


def _is_settled(old: Row, row: Row) -> bool:
    return row.get("SyncToken") not in {None, old["SyncToken"]}


def _differ(entity: str, old: Row, new: Row) -> bool:
    passed_over = {"MetaData", "SyncToken", *_QUIET.get(entity, ())}
    return any(old.get(name) != new.get(name) for name in (old.keys() | new.keys()) - passed_over)


def _verb(old: Row | None, row: Row) -> str:
    if old is None:
        return "created"
    return "deleted" if row.get("status") == DELETED else "updated"
