"""Everything the sandbox knows: companies, tokens, the clock, faults and counts.

One lock guards it; a request works under the lock and only waits (a timeout it plays)
outside.  Time is simulated (``clock``), so a token of two hours or a minute's limit can be
lived through at once.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from counterfoil.sandboxes.kit import FaultPlan, SandboxClock

from ._company import Company, build
from ._desk import Desk, Tables
from ._errors import ApiError
from ._faults import Fault
from ._resources import RESOURCES
from ._store import Store

__all__ = ["FusionState", "Tenant", "Token"]

TOKEN_LIFE = timedelta(hours=2)
RATE_WINDOW = timedelta(seconds=60)
DEFAULT_SCOPES = ("productions_write",)


class Token(msgspec.Struct, frozen=True):
    """An access token: whose, by which key, for what, until when."""

    text: str
    company: str
    key: str
    scopes: tuple[str, ...]
    expires: datetime


class Tenant:
    """A company with what it holds and how it was called.

    Attributes:
        recent: When each counted call of the last minute came.
        not_before: No call is due before this: the end of the last ``Retry-After``.
        calls: ``METHOD /path`` -> calls that were accepted, ids written as ``{id}``.
        rejected: Calls answered with 429.
        impatient: Calls that came although ``Retry-After`` had not passed.
    """

    def __init__(self, company: Company) -> None:
        self.company = company
        self.tables = Tables()
        self.recent: deque[datetime] = deque()
        self.not_before: datetime | None = None
        self.calls: Counter[str] = Counter()
        self.rejected = 0
        self.impatient = 0

    def forget_calls(self) -> None:
        """Start counting anew."""
        self.calls.clear()
        self.rejected = self.impatient = 0


class FusionState:
    """The service's memory.

    Args:
        companies: Known from the start; those kept in ``directory`` come on top.
        directory: Where to keep everything, ``None``: in memory only.
        now: Source of time; ``sleep``: how a timeout is played.
    """

    def __init__(
        self,
        companies: Iterable[Company] = (),
        *,
        directory: Path | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.lock = threading.RLock()
        self.sleep = sleep
        self.tokens: dict[str, Token] = {}
        self.faults: FaultPlan[Fault] = FaultPlan()
        self.tenants: dict[str, Tenant] = {}
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)
        self._store = Store(None if directory is None else directory / "fusion-operations.sqlite3")
        facts = self._store.facts()
        self.clock = SandboxClock(
            lambda: now().timestamp(),
            shift_s=facts.get("clock-shift", 0.0),
            moved=lambda shift_s: self._store.keep(facts={"clock-shift": shift_s}),
        )
        for fields in facts.get("companies", []):
            company = build(Company, fields)
            self.tenants[company.name] = Tenant(company)
        self._read_back(facts)
        for company in companies:
            if company.name not in self.tenants:
                self.add_company(company)

    def _read_back(self, facts: dict[str, Any]) -> None:
        for company, path, id_, entity in self._store.rows():
            self.tenants[company].tables.set(RESOURCES[path], id_, entity)
        for company, line in self._store.feed():
            self.tenants[company].tables.feed.append(line)
        for name, tenant in self.tenants.items():
            tenant.tables.last_id = facts.get(f"last-id:{name}", tenant.tables.last_id)

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    # --- Time ------------------------------------------------------------------------------

    def now(self) -> datetime:
        """The simulated time, in UTC."""
        return self.clock.moment()

    # --- Companies -------------------------------------------------------------------------

    def add_company(self, company: Company) -> Tenant:
        """Take a company in.

        Raises:
            ApiError: 409 when its name or one of its keys is taken.
        """
        taken = {key for tenant in self.tenants.values() for key in tenant.company.keys}
        if company.name in self.tenants or taken & company.keys.keys():
            raise ApiError(409, f"company {company.name!r} or its key already exists")
        self.tenants[company.name] = Tenant(company)
        self._keep_companies()
        return self.tenants[company.name]

    def tenant(self, name_or_key: str) -> Tenant:
        """Give a company by its name or one of its API keys.

        Raises:
            ApiError: 404.
        """
        for tenant in self.tenants.values():
            if name_or_key == tenant.company.name or name_or_key in tenant.company.keys:
                return tenant
        raise ApiError(404, f"No company {name_or_key!r}")

    def change_settings(self, tenant: Tenant, settings: dict[str, Any]) -> Company:
        """Replace some of a company's settings."""
        tenant.company = tenant.company.changed(settings)
        self._keep_companies()
        return tenant.company

    def _keep_companies(self) -> None:
        companies = [msgspec.to_builtins(tenant.company) for tenant in self.tenants.values()]
        self._store.keep(facts={"companies": companies})

    def reset(self, names: Iterable[str]) -> None:
        """Empty companies: entities, feed, counts and tokens; settings stay."""
        for name in names:
            tenant = self.tenants[name]
            last_id = tenant.tables.last_id
            tenant.tables = Tables()
            tenant.tables.last_id = last_id
            tenant.forget_calls()
            tenant.recent.clear()
            tenant.not_before = None
            self._store.forget(name)
            self.tokens = {t: token for t, token in self.tokens.items() if token.company != name}

    # --- Tokens ----------------------------------------------------------------------------

    def mint(self, tenant: Tenant, key: str, scopes: tuple[str, ...]) -> Token:
        """Give a new token; earlier ones stay good until they expire."""
        now = self.now()
        self.tokens = {t: token for t, token in self.tokens.items() if token.expires > now}
        token = Token(
            secrets.token_hex(20),
            tenant.company.name,
            key,
            scopes or DEFAULT_SCOPES,
            now + TOKEN_LIFE,
        )
        self.tokens[token.text] = token
        return token

    def token(self, text: str | None) -> Token | None:
        """Give the token if it is good now."""
        token = self.tokens.get(text or "")
        return token if token is not None and token.expires > self.now() else None

    # --- Requests --------------------------------------------------------------------------

    def count(self, tenant: Tenant, call: str) -> None:
        """Count a call against the company's limit.

        Raises:
            ApiError: 429 with ``Retry-After``: whole seconds until the oldest counted call
                leaves the window, at least 1.  Refused calls are not counted.
        """
        now, limit = self.now(), tenant.company.settings.rate_limit
        if tenant.not_before is not None and now < tenant.not_before:
            tenant.impatient += 1
        while tenant.recent and tenant.recent[0] <= now - RATE_WINDOW:
            tenant.recent.popleft()
        if limit and len(tenant.recent) >= limit:
            left = (tenant.recent[0] + RATE_WINDOW - now).total_seconds()
            wait = max(1, -int(-left // 1))
            tenant.rejected += 1
            tenant.not_before = now + timedelta(seconds=wait)
            raise ApiError(429, "Too Many Requests", headers={"Retry-After": str(wait)})
        if limit:
            tenant.recent.append(now)
        tenant.calls[call] += 1

    def desk(self, tenant: Tenant) -> Desk:
        """Open a desk for one request."""
        return Desk(tenant.company, tenant.tables, self.now())

    def finish(self, tenant: Tenant, desk: Desk) -> None:
        """Make what lies on the desk real and permanent."""
        kept, lines = desk.finish()
        if kept:
            name = tenant.company.name
            self._store.keep(
                facts={f"last-id:{name}": tenant.tables.last_id},
                changes=[(name, *change) for change in kept],
                feed=[(name, line) for line in lines],
            )
