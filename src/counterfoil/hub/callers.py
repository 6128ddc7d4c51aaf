"""The systems that we call, ready to be asked: client, secret, shared budget."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from counterfoil.connectors.fusion_operations import (
    Account,
    Company,
    FieldMap,
    FusionClient,
    FusionOperations,
)
from counterfoil.engine.operations import Batch, Outcome
from counterfoil.errors import SettingsError
from counterfoil.ledger import connections
from counterfoil.ledger.connections import Connection
from counterfoil.settings import SystemName

from .setup import Hub

__all__ = ["Caller", "SharedThrottle", "calling", "secret_place"]

# The service takes 120 calls a minute from all integrations of a company together; a
# bucket of 20 that fills at 100 a minute leaves room (reference section 1.4).
_CAPACITY: Final = 20
_PER_MINUTE: Final = 100


class Caller(Protocol):
    """A system that carries out batches when it is called."""

    def perform(self, batch: Batch) -> list[tuple[str, Outcome]]:
        """Carry a batch out; every operation comes to an outcome, none raises."""


class SharedThrottle:
    """A connection's budget of calls, counted in the ledger for all processes."""

    def __init__(self, hub: Hub, connection: int) -> None:
        self._hub = hub
        self._connection = connection

    def take(self) -> float:
        """Take one call; 0: it may leave now, else ask again after so many seconds."""
        with self._hub.database.writing() as tx:
            return connections.take_token(
                tx,
                self._connection,
                self._hub.now(),
                capacity=_CAPACITY,
                per_minute=_PER_MINUTE,
            )


def secret_place(connection: int) -> str:
    """Name the place to which a connection's secret is bound."""
    return f"connection/{connection}/secret"


@contextmanager
def calling(hub: Hub, connection: Connection) -> Iterator[Caller]:
    """Open a client for a connection.

    Raises:
        SettingsError: Its secret cannot be opened, or the system is not one we call.
    """
    if connection.system is not SystemName.FUSION_OPERATIONS:
        raise SettingsError(f"{connection.system.words} is not a system that Counterfoil calls.")
    place = secret_place(connection.id)
    secret = json.loads(hub.vault.open(connection.secret or "", place))
    parameters = connection.parameters
    client = FusionClient(
        Account(
            base_url=str(parameters["base_url"]),
            key=str(secret["key"]),
            secret=str(secret["secret"]),
        ),
        fields=FieldMap(parameters.get("field_map")),
        throttle=SharedThrottle(hub, connection.id),
        transport=hub.transport,
        sleep=hub.sleep,
    )
    company = Company(zone=ZoneInfo(str(parameters.get("time_zone") or "UTC")))
    try:
        yield FusionOperations(client, company)
    finally:
        client.close()
