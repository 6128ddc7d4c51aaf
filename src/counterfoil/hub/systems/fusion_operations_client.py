"""The client of a Fusion Operations connection, made from what is stored of it.

Apart from the system's row, for it brings an HTTP client with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from counterfoil.connectors.fusion_operations import (
    CAPACITY,
    PER_MINUTE,
    Account,
    Company,
    FieldMap,
    FusionClient,
    FusionOperations,
    Verdict,
    probe,
    try_account,
)
from counterfoil.engine.operations import Batch, Outcome
from counterfoil.settings import SystemName
from counterfoil.told import Told

from ._called import introduced, line_of, secrets_of
from ._shape import Assumed, Caller, Calling
from .fusion_operations import WAYS

__all__ = ["client_of", "company_of", "opened"]


class _Client:
    """A client with its company."""

    def __init__(self, client: FusionClient, company: Company) -> None:
        self._client = client
        self._zone = company.zone
        self._operations = FusionOperations(client, company)

    def perform(self, batch: Batch) -> list[tuple[str, Outcome]]:
        return self._operations.perform(batch)

    def introduce(self) -> Mapping[str, str]:
        return introduced(try_account(self._client), SystemName.FUSION_OPERATIONS)

    def assumptions(self) -> list[Assumed]:
        return [
            Assumed(
                name=each.name,
                title=each.sentence,
                is_so=_IS_SO[each.verdict],
                sentence=Told(each.found, *filter(None, (each.cure,))),
            )
            for each in probe(self._client, self._zone).assumptions
        ]

    def close(self) -> None:
        self._client.close()


_IS_SO: Final[Mapping[Verdict, bool | None]] = {
    Verdict.HOLDS: True,
    Verdict.FAILS: False,
    Verdict.OPEN: None,
}


def client_of(
    connection: int | None, parameters: Mapping[str, Any], secret: str | None, call: Calling
) -> FusionClient:
    """Make the HTTP client of a connection; without an id, ``secret`` is not sealed.

    Raises:
        SettingsError: The secret cannot be opened.
    """
    secrets = secrets_of(connection, secret, call)
    return FusionClient(
        Account(
            base_url=str(parameters["base_url"]),
            key=str(secrets["key"]),
            secret=str(secrets["secret"]),
        ),
        fields=FieldMap(parameters.get("field_map")),
        line=line_of(connection, call, capacity=CAPACITY, per_minute=PER_MINUTE),
    )


def opened(
    connection: int | None, parameters: Mapping[str, Any], secret: str | None, call: Calling
) -> Caller:
    """Open a client for a connection; see ``hub.systems.calling``."""
    client = client_of(connection, parameters, secret, call)
    return _Client(client, company_of(parameters))


def company_of(parameters: Mapping[str, Any]) -> Company:
    """Say what a connection's settings say of its company."""
    ways: dict[str, Any] = {name: parameters[name] for name in WAYS if name in parameters}
    return Company(zone=ZoneInfo(str(parameters.get("time_zone") or "UTC")), **ways)
