"""The client of a QuickBooks Online connection, made from what is stored of it.

Apart from the system's row, for it brings an HTTP client with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from counterfoil.connectors.quickbooks_online import (
    CAPACITY,
    ENVIRONMENTS,
    PER_MINUTE,
    PRODUCTION,
    Account,
    CallClass,
    Meter,
    OnlineClient,
    QuickBooksOnline,
    Standing,
    observe,
    try_account,
)
from counterfoil.engine.operations import Batch, Outcome
from counterfoil.errors import LedgerBusyError, RejectedError
from counterfoil.hub import metering
from counterfoil.hub.grants import tokens_of
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections
from counterfoil.settings import SystemName
from counterfoil.told import Advice, Told

from ._called import introduced, line_of
from ._shape import Assumed, Caller, Calling

__all__ = ["client_of", "opened"]


# The service works on one request for 120 seconds at most (reference section 3.1), and a batch
# may take most of that: to give up earlier would leave what is being done in doubt.
_ANSWER_S_MAX: Final = 115.0


class _Meter:
    """Counts a connection's calls, and keeps the counts with it."""

    def __init__(self, hub: Hub, connection: int) -> None:
        self._hub = hub
        self._connection = connection
        self._counted: dict[str, int] = {}

    def __call__(self, kind: CallClass, number: int) -> None:
        name = metering.READS if kind is CallClass.CORE_PLUS else metering.WRITES
        self._counted[name] = self._counted.get(name, 0) + number

    def keep(self) -> None:
        """Keep what was counted; a database that cannot be written keeps it for the next time."""
        if not self._counted:
            return
        with suppress(LedgerBusyError), self._hub.database.writing() as tx:
            metering.keep(tx, self._connection, self._counted, self._hub.now())
            self._counted = {}


class _Client:
    """A client with its company."""

    def __init__(self, client: OnlineClient, driver: QuickBooksOnline, meter: _Meter) -> None:
        self._client = client
        self._driver = driver
        self._meter = meter

    def perform(self, batch: Batch) -> list[tuple[str, Outcome]]:
        try:
            return self._driver.perform(batch)
        finally:
            self._meter.keep()

    def introduce(self) -> Mapping[str, str]:
        try:
            return introduced(try_account(self._client), SystemName.QUICKBOOKS_ONLINE)
        finally:
            self._meter.keep()

    def assumptions(self) -> list[Assumed]:
        return [
            Assumed(
                name=each.name, title=each.title, is_so=each.is_so, sentence=Told(each.sentence)
            )
            for each in observe(self._client)
        ]

    def close(self) -> None:
        self._client.close()


class _NotYet:
    """A connection that is being added: nobody has signed in, so nothing can be tried."""

    def perform(self, batch: Batch) -> list[tuple[str, Outcome]]:
        raise _not_connected()

    def introduce(self) -> Mapping[str, str]:
        return {}

    def assumptions(self) -> Sequence[Assumed]:
        return ()

    def close(self) -> None:
        """Nothing was opened."""


def _not_connected() -> RejectedError:
    return RejectedError(
        "Nobody has signed in for this connection yet.",
        Advice("Connect it", "connections connect NAME"),
        system=SystemName.QUICKBOOKS_ONLINE.value,
        operation="sign in",
        code="401",
    )


def client_of(
    connection: int,
    parameters: Mapping[str, Any],
    call: Calling,
    meter: Meter = lambda kind, number: None,
) -> OnlineClient:
    """Make the HTTP client of a connection; ``meter`` counts its calls.

    Raises:
        RejectedError: Nobody has signed in for it yet.
    """
    realm = _realm(call.hub, connection)
    usual = ENVIRONMENTS[str(parameters.get("environment", PRODUCTION))]
    return OnlineClient(
        Account(realm=realm, base_url=str(parameters.get("base_url") or usual)),
        tokens_of(call.hub, connection),
        line=replace(
            line_of(connection, call, capacity=CAPACITY, per_minute=PER_MINUTE),
            read_timeout_s=_ANSWER_S_MAX,
        ),
        standing=_standing(call.hub, connection, realm),
        meter=meter,
    )


def _realm(hub: Hub, connection: int) -> str:
    with hub.database.reading() as tx:
        found = connections.load(tx, connection)
    if found is None or found.account is None:
        raise _not_connected()
    return found.account


def _standing(hub: Hub, connection: int, realm: str) -> Standing:
    """Give what this process knows of a company since the last run."""
    # By the hub's own clock, which is what its waiting is measured by.
    known = Standing(lambda: hub.now().timestamp())
    return hub.standings.setdefault(f"{connection}/{realm}", known)


def opened(
    connection: int | None, parameters: Mapping[str, Any], secret: str | None, call: Calling
) -> Caller:
    """Open a client for a connection; see ``hub.systems.calling``."""
    if connection is None:
        return _NotYet()
    meter = _Meter(call.hub, connection)
    client = client_of(connection, parameters, call, meter)
    return _Client(client, QuickBooksOnline(client, call.hub.now), meter)
