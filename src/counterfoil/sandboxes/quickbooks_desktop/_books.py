"""An open company file as the rules see it.

``Books`` puts the store, the clock and the settings together with a directory
of every list record's name in memory, so that checking a reference costs no
read.  The rules in ``_lists``, ``_transactions`` and ``_queries`` are functions
over it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from counterfoil.sandboxes.kit import SandboxClock
from counterfoil.sandboxes.quickbooks_desktop._clock import (
    moved_wall,
    standard_offset,
    today,
    wall_clock,
)
from counterfoil.sandboxes.quickbooks_desktop._features import field_rules
from counterfoil.sandboxes.quickbooks_desktop._kinds import (
    LISTS,
    REFERENCES,
    Feature,
    Reference,
)
from counterfoil.sandboxes.quickbooks_desktop._records import Entry, ListRecord, Stock
from counterfoil.sandboxes.quickbooks_desktop._refusals import (
    bad_reference,
    feature_missing,
    inactive_reference,
    payroll_missing,
)
from counterfoil.sandboxes.quickbooks_desktop._settings import CompanySettings
from counterfoil.sandboxes.quickbooks_desktop._store import Store
from counterfoil.sandboxes.quickbooks_desktop._values import Fields, Value, cents, key

# How long a deleted record stays in the deleted lists (7.1).
DELETED_KEPT_DAYS = 90
# Bounds the memory spent on names already folded.
_NAME_KEYS_KEPT_MAX = 200_000


class Books:
    """One company's records, names and rules of the house."""

    def __init__(self, store: Store, settings: CompanySettings, clock: SandboxClock) -> None:
        self.store = store
        self.clock = clock
        self.settings = settings
        self.rules = field_rules(settings)
        self.zone = ZoneInfo(settings.time_zone)
        self.offset = standard_offset(self.zone)
        self.has_field_values = store.has_field_values()
        self.facts: dict[str, object] = {}
        # Set when a list record is written, so that a refusal knows to read the directory again.
        self.is_touched = False
        self._by_id: dict[str, Entry] = {}
        self._by_name: dict[tuple[str, str], str] = {}
        self._by_kind: dict[str, dict[str, Entry]] = {}
        self._below: dict[str, set[str]] = {}
        self._name_keys: dict[str, str] = {}
        self._bodies: dict[str, Fields] = {}
        self._blocks: dict[str, Fields] = {}
        self.reload()

    def change_settings(self, settings: CompanySettings) -> None:
        """What a person does in the Preferences window, or with the zone of the computer."""
        if settings.time_zone != self.settings.time_zone:
            self._move(ZoneInfo(settings.time_zone))
        self.settings = settings
        self.rules = field_rules(settings)
        self.facts.clear()
        self._name_keys.clear()
        self.store.set_fact("settings", settings.to_json())

    def _move(self, zone: ZoneInfo) -> None:
        """From now on every time is shown, compared and filtered in another zone (7.1)."""
        old = self.zone
        self.store.rewrite_times(lambda wall: moved_wall(wall, old, zone))
        self.zone, self.offset = zone, standard_offset(zone)

    def amount_text(self, number: Decimal) -> str:
        """A computed amount in cents, rounded as this company rounds."""
        return str(cents(number, self.settings.switches.rounding))

    # -- time and identity ------------------------------------------------------------------

    @property
    def unix_now(self) -> int:
        return int(self.clock())

    def wall_now(self) -> str:
        return wall_clock(self.unix_now, self.zone)

    def shown_time(self, wall: str) -> str:
        """A stored time as QuickBooks writes it, with the standard offset."""
        return wall + self.offset

    def today(self) -> date:
        return today(self.clock(), self.zone)

    def deleted_since(self) -> int:
        return self.unix_now - int(timedelta(days=DELETED_KEPT_DAYS).total_seconds())

    def new_list_id(self) -> str:
        return f"{0x80000000 + self.store.next_number('ListID'):X}-{self.unix_now}"

    def new_txn_id(self) -> str:
        return f"{self.store.next_number('TxnID'):X}-{self.unix_now}"

    # -- the directory ----------------------------------------------------------------------

    def reload(self) -> None:
        """Read the directory from the store again."""
        self._by_id.clear()
        self._by_name.clear()
        self._by_kind.clear()
        self._below.clear()
        self._bodies.clear()
        self._blocks.clear()
        self.facts.clear()
        for entry in self.store.entries():
            self._enter(entry)

    def entry(self, list_id: str) -> Entry | None:
        return self._by_id.get(list_id)

    def entries(self, kinds: Iterable[str]) -> list[Entry]:
        """Every record of these kinds, in the order of the kinds, then of entering."""
        return [entry for kind in kinds for entry in self._by_kind.get(kind, {}).values()]

    def children(self, list_id: str) -> list[Entry]:
        """Direct children of a list record."""
        return [self._by_id[child] for child in sorted(self._below.get(list_id, ()))]

    def named(self, kinds: Sequence[str], full_name: str) -> Entry | None:
        """The record of one of these kinds with this full name, whatever its case (5.2)."""
        wanted = self.name_key(full_name)
        for space in _spaces(tuple(kinds)):
            list_id = self._by_name.get((space, wanted))
            if list_id is not None:
                entry = self._by_id[list_id]
                if entry.kind in kinds:
                    return entry
        return None

    def holder(self, space: str, full_name: str) -> Entry | None:
        """Whatever record occupies this full name in a name space."""
        list_id = self._by_name.get((space, self.name_key(full_name)))
        return None if list_id is None else self._by_id[list_id]

    def name_key(self, full_name: str) -> str:
        """A full name in the form in which names are compared (5.2)."""
        found = self._name_keys.get(full_name)
        if found is None:
            found = key(full_name)
            if self.settings.switches.names_trimmed:
                found = ":".join(part.strip() for part in found.split(":"))
            if len(self._name_keys) < _NAME_KEYS_KEPT_MAX:
                self._name_keys[full_name] = found
        return found

    def body(self, list_id: str) -> Fields:
        """A list record's fields; the caller must not change them."""
        found = self._bodies.get(list_id)
        if found is None:
            record = self.store.list_record(list_id)
            assert record is not None, f"the directory names {list_id}, which is not stored"
            found = self._bodies[list_id] = record.body
        return found

    def write_list_record(self, record: ListRecord) -> None:
        """Store a new or changed list record and keep the directory in step."""
        self.is_touched = True
        self.store.write_list_record(record)
        old = self._by_id.get(record.list_id)
        if old is not None:
            self._leave(old)
        self._forget(record.list_id)
        self._enter(
            Entry(
                record.list_id,
                record.kind,
                record.parent_id,
                record.name,
                record.full_name,
                record.is_active,
            )
        )

    def delete_list_record(self, list_id: str) -> None:
        self.is_touched = True
        self.store.delete_list_record(list_id)
        entry = self._by_id.pop(list_id)
        del self._by_kind[entry.kind][list_id]
        self._leave(entry)
        self._forget(list_id)

    def _forget(self, list_id: str) -> None:
        # Facts about an item may rest on another record, such as its price level.
        self._bodies.pop(list_id, None)
        self._blocks.pop(list_id, None)
        self.facts.clear()

    def _enter(self, entry: Entry) -> None:
        self._by_id[entry.list_id] = entry
        self._by_kind.setdefault(entry.kind, {})[entry.list_id] = entry
        if entry.parent_id:
            self._below.setdefault(entry.parent_id, set()).add(entry.list_id)
        name = (LISTS[entry.kind].space, self.name_key(entry.full_name))
        self._by_name[name] = entry.list_id

    def _leave(self, entry: Entry) -> None:
        if entry.parent_id:
            self._below[entry.parent_id].discard(entry.list_id)
        name = (LISTS[entry.kind].space, self.name_key(entry.full_name))
        if self._by_name.get(name) == entry.list_id:
            del self._by_name[name]

    # -- references -------------------------------------------------------------------------

    def resolve(
        self,
        field: str,
        value: Value,
        owner: str,
        reference: Reference | None = None,
        *,
        inactive_allowed: bool = False,
    ) -> Entry | None:
        """The record a ``...Ref`` names, or ``None`` when the block is empty.

        ListID wins over FullName (7.2).  Raises ``RefusedError`` 3140 for what does
        not exist, is of another kind, or is inactive.
        """
        target = reference or REFERENCES[field]
        block = value if isinstance(value, dict) else {}
        list_id = block.get("ListID")
        full_name = block.get("FullName")
        if isinstance(list_id, str) and list_id:
            entry = self._by_id.get(list_id)
            shown = list_id
            if entry is not None and entry.kind not in target.kinds:
                entry = None
        elif isinstance(full_name, str) and full_name:
            entry = self.named(target.kinds, full_name)
            shown = full_name
        else:
            return None
        if entry is None:
            raise bad_reference(target.label, shown, owner)
        if (
            not entry.is_active
            and not inactive_allowed
            and self.settings.switches.inactive_reference_refused
        ):
            raise inactive_reference(target.label, shown, owner)
        return entry

    def resolve_all(self, fields: Fields, owner: str, *, skip: Iterable[str] = ()) -> Fields:
        """The same fields with every reference replaced by its ListID alone.

        An empty reference stays as an empty block, which clears it (7.3).
        """
        resolved: Fields = {}
        for name, value in fields.items():
            if name in REFERENCES and name not in skip:
                resolved[name] = self._resolved(name, value, owner)
            elif isinstance(value, dict):
                resolved[name] = self.resolve_all(value, owner)
            elif isinstance(value, list) and value and isinstance(value[0], dict):
                resolved[name] = [
                    self.resolve_all(part, owner) if isinstance(part, dict) else part
                    for part in value
                ]
            else:
                resolved[name] = value
        return resolved

    def _resolved(self, name: str, value: Value, owner: str) -> Value:
        if isinstance(value, list):
            return [self._resolved(name, part, owner) for part in value]
        entry = self.resolve(name, value, owner)
        return {} if entry is None else {"ListID": entry.list_id}

    def shown(self, fields: Mapping[str, Value]) -> Fields:
        """Fields as they leave the company file: references with their full names."""
        return {
            name: self._shown_value(value)
            for name, value in fields.items()
            if not name.startswith("_")
        }

    def _shown_value(self, value: Value) -> Value:
        if isinstance(value, str):
            return value
        if isinstance(value, list):
            return [self._shown_value(part) for part in value]
        list_id = value.get("ListID")
        if len(value) == 1 and isinstance(list_id, str):
            return self.reference_block(list_id)
        return self.shown(value)

    def reference_block(self, list_id: str) -> Fields:
        """A reference as it is shown: ListID and FullName; shared, so nobody may change it."""
        found = self._blocks.get(list_id)
        if found is None:
            entry = self._by_id.get(list_id)
            found = {"ListID": list_id}
            if entry is not None:
                found["FullName"] = entry.full_name
            self._blocks[list_id] = found
        return found

    # -- what the edition and the preferences allow -----------------------------------------

    def require(self, feature: Feature | None) -> None:
        """Refuse with 3250 what this edition or these preferences do not have (7.7).

        What belongs to payroll is refused with 3262 where there is no subscription to it.
        """
        if feature is None or self.allows(feature):
            return
        raise payroll_missing() if feature == "payroll" else feature_missing(feature)

    def allows(self, feature: Feature) -> bool:
        edition, preferences = self.settings.edition, self.settings.preferences
        if feature == "sales orders":
            return edition != "Pro"
        if feature == "assemblies":
            return edition != "Pro" and preferences.inventory
        if feature == "inventory":
            return preferences.inventory
        if feature == "multi-currency":
            return preferences.multi_currency
        if feature == "sites":
            return edition == "Enterprise" and preferences.inventory_sites
        if feature == "enhanced receiving":
            return edition == "Enterprise" and preferences.enhanced_receiving
        if feature == "units of measure":
            return edition != "Pro" and preferences.units_of_measure != "off"
        if feature == "payroll":
            return preferences.payroll
        if feature == "estimates":
            return preferences.estimates
        assert feature == "time", feature
        return preferences.time_tracking

    # -- quantities and balances ------------------------------------------------------------

    def move_stock(self, changes: Mapping[str, Stock]) -> None:
        """Add each item's changes to what it has."""
        if not changes:
            return
        moved = {item: self.store.stock(item) + change for item, change in changes.items()}
        self.store.write_stock(moved)

    def move_balance(self, list_id: str, change: Decimal) -> None:
        if list_id and change:
            self.store.write_balance(list_id, self.store.balance(list_id) + change)


@cache
def _spaces(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """The name spaces of these kinds, each once."""
    return tuple(dict.fromkeys(LISTS[kind].space for kind in kinds))
