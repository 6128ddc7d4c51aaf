"""Everything the stand-in knows: tenants, the clock, faults and counts.

One lock guards it, another one the counts of calls; a request works under the first and only
waits (a timeout it plays) outside.  Time is simulated (``clock``), so an hour's threshold can
be lived through at once.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from counterfoil.sandboxes.kit import FaultPlan, SandboxClock

from ._desk import Desk, Tables
from ._errors import DeskError
from ._faults import Fault
from ._limits import HourLimit, ThreadLimit
from ._seed import seed
from ._settings import API_RESOURCE, Tenant, User, build
from ._store import Store

__all__ = ["AutotaskState", "Household"]


class Household:
    """A tenant with what it holds and how it was called.

    Attributes:
        calls: ``METHOD /path`` -> calls that were let in, ids written as ``{id}``.
        rejected: Calls refused because of the hour's threshold.
    """

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.tables = Tables()
        self.hour = HourLimit()
        self.threads = ThreadLimit()
        self.calls: Counter[str] = Counter()
        self.rejected = 0

    def forget_calls(self) -> None:
        """Start counting anew; the hour's threshold goes on."""
        self.calls.clear()
        self.rejected = self.threads.refused = 0
        self.threads.highest.clear()


class AutotaskState:
    """The service's memory.

    Args:
        tenants: Known from the start; those kept in ``directory`` come on top.
        directory: Where to keep everything, ``None``: in memory only.
        now: Source of time; ``sleep``: how a timeout is played.
    """

    def __init__(
        self,
        tenants: Iterable[Tenant] = (),
        *,
        directory: Path | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.lock = threading.RLock()
        self.limits_lock = threading.Lock()
        self.sleep = sleep
        self.faults: FaultPlan[Fault] = FaultPlan()
        self.households: dict[str, Household] = {}
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)
        self._store = Store(None if directory is None else directory / "autotask.sqlite3")
        facts = self._store.facts()
        self.clock = SandboxClock(
            lambda: now().timestamp(),
            shift_s=facts.get("clock-shift", 0.0),
            moved=lambda shift_s: self._store.keep(facts={"clock-shift": shift_s}),
        )
        self._read_back(facts)
        for tenant in tenants:
            if tenant.name not in self.households:
                self.add_tenant(tenant)

    def _read_back(self, facts: dict[str, Any]) -> None:
        for fields in facts.get("tenants", []):
            tenant = build(Tenant, fields)
            self.households[tenant.name] = Household(tenant)
        for name, entity, id_, row in self._store.rows():
            self.households[name].tables.set(entity, id_, row)
        for name, household in self.households.items():
            household.tables.last_ids |= facts.get(f"last-ids:{name}", {})

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    # --- Tenants ---------------------------------------------------------------------------

    def add_tenant(self, tenant: Tenant) -> Household:
        """Take a tenant in, with the lists a fresh one has.

        Raises:
            DeskError: Its name or one of its users is taken.
        """
        taken = {user for one in self.households.values() for user in one.tenant.users}
        if tenant.name in self.households or taken & tenant.users.keys():
            raise DeskError(f"tenant {tenant.name!r} or its user already exists", 409)
        household = self.households[tenant.name] = Household(tenant)
        self._keep_tenants()
        self._seed(household)
        return household

    def remove_tenant(self, household: Household) -> None:
        """Forget a tenant with everything it holds."""
        del self.households[household.tenant.name]
        self._keep_tenants()
        self._store.forget(household.tenant.name)

    def household(self, name_or_user: str) -> Household:
        """Give a tenant by its name or one of its users.

        Raises:
            DeskError: 404.
        """
        for household in self.households.values():
            tenant = household.tenant
            if name_or_user == tenant.name or name_or_user in tenant.users:
                return household
        raise DeskError(f"no tenant {name_or_user!r}", 404)

    def change(self, household: Household, tenant: Tenant) -> Tenant:
        """Let a tenant be another: other switches, another zone, other users."""
        household.tenant = tenant
        self._keep_tenants()
        return tenant

    def _keep_tenants(self) -> None:
        tenants = [msgspec.to_builtins(one.tenant) for one in self.households.values()]
        self._store.keep(facts={"tenants": tenants})

    def reset(self, household: Household) -> None:
        """Let a tenant hold what a fresh one does; switches and highest ids stay."""
        last_ids = household.tables.last_ids
        household.tables = Tables()
        household.tables.last_ids = last_ids
        household.hour = HourLimit()
        household.forget_calls()
        self._store.forget(household.tenant.name)
        self._seed(household)

    def _seed(self, household: Household) -> None:
        desk = self.desk(household)
        seed(desk)
        self.finish(household, desk)

    # --- Requests --------------------------------------------------------------------------

    def desk(
        self,
        household: Household,
        *,
        writer: int = API_RESOURCE,
        caller: int | None = None,
        user: User | None = None,
    ) -> Desk:
        """Open a desk for one request."""
        return Desk(
            household.tenant,
            household.tables,
            self.clock.moment(),
            writer=writer,
            caller=caller,
            user=user,
        )

    def finish(self, household: Household, desk: Desk) -> None:
        """Make what lies on the desk real and permanent."""
        kept = desk.finish()
        if kept:
            name = household.tenant.name
            self._store.keep(facts={f"last-ids:{name}": desk.last_ids}, tenant=name, changes=kept)
