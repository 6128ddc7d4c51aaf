"""The client of an Autotask connection, made from what is stored of it.

Apart from the system's row, for it brings an HTTP client with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from counterfoil.connectors.autotask import (
    CAPACITY,
    PER_MINUTE,
    Account,
    Autotask,
    AutotaskClient,
    Tenant,
    observe,
    to_do_problem,
    try_account,
)
from counterfoil.documents import Refusal
from counterfoil.engine.operations import Batch, Outcome
from counterfoil.settings import SystemName
from counterfoil.told import Told

from ._called import introduced, line_of, secrets_of
from ._shape import Assumed, Caller, Calling
from .autotask import AVAILABLE

__all__ = ["client_of", "opened"]


class _Client:
    """A client with its tenant."""

    def __init__(self, client: AutotaskClient, driver: Autotask) -> None:
        self._client = client
        self._driver = driver

    def perform(self, batch: Batch) -> list[tuple[str, Outcome]]:
        return self._driver.perform(batch)

    def introduce(self) -> Mapping[str, str]:
        return introduced(try_account(self._client), SystemName.AUTOTASK)

    def assumptions(self) -> list[Assumed]:
        return [
            Assumed(
                name=each.name, title=each.title, is_so=each.is_so, sentence=Told(each.sentence)
            )
            for each in observe(self._client)
        ]

    def to_do_problem(self, action_type: str, assignee: str) -> Refusal | None:
        return to_do_problem(self._client, action_type, assignee)

    def close(self) -> None:
        self._client.close()


def client_of(
    connection: int | None, parameters: Mapping[str, Any], secret: str | None, call: Calling
) -> AutotaskClient:
    """Make the HTTP client of a connection; without an id, ``secret`` is not sealed.

    Raises:
        SettingsError: The secret cannot be opened.
    """
    secrets = secrets_of(connection, secret, call)
    return AutotaskClient(
        Account(
            user=str(parameters["api_user"]),
            secret=secrets["secret"],
            integration_code=secrets["integration_code"],
            base_url=str(parameters["base_url"]),
        ),
        line=line_of(connection, call, capacity=CAPACITY, per_minute=PER_MINUTE),
        zones=call.hub.zones,
    )


def opened(
    connection: int | None, parameters: Mapping[str, Any], secret: str | None, call: Calling
) -> Caller:
    """Open a client for a connection; see ``hub.systems.calling``."""
    client = client_of(connection, parameters, secret, call)
    tenant = Tenant(
        zone=ZoneInfo(str(parameters.get("time_zone") or "UTC")),
        counts_promised=parameters.get("stock_from") != AVAILABLE,
        tells_sites=call.tells_sites,
    )
    return _Client(client, Autotask(client, tenant, call.hub.now))
