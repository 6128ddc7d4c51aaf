"""How a connection stands in a few words, and what is known of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from counterfoil.hub.facts_told import told
from counterfoil.hub.metering import READS, WRITES, counted
from counterfoil.hub.systems import traits_of
from counterfoil.hub.views import ConnectionStatus
from counterfoil.ledger.connections import Connection

__all__ = ["Health", "facts_of", "health_of"]

_SILENT_AFTER: Final = timedelta(hours=1)


class Health(NamedTuple):
    """How it stands: kind of mark, and the words beside it."""

    kind: str
    words: str


def health_of(found: ConnectionStatus, now: datetime, *, is_active: bool = True) -> Health:
    """Say in a few words how a connection stands."""
    if not is_active:
        return Health("skip", "Removed")
    if found.trouble is not None:
        return Health("bad", "Needs a sign-in")
    if found.problem:
        return Health("need", "Needs attention")
    if found.last_seen_at is None:
        return Health("ready", "Not used yet")
    if not traits_of(found.system).is_called and now - found.last_seen_at > _SILENT_AFTER:
        return Health("again", "Silent")
    if found.notice is not None:
        return Health("hold", "Sign-in ends soon")
    return Health("good", "Works")


_SET: Final[Mapping[str, str]] = {
    "base_url": "Address",
    "api_user": "API user",
    "client_id": "Client ID",
    "environment": "Keys",
    "time_zone": "Time zone",
}
_ENVIRONMENTS: Final = {"production": "Production", "sandbox": "Development"}


def facts_of(connection: Connection, now: datetime) -> list[tuple[str, str]]:
    """List what is known of a connection, in words; nothing that only programs need."""
    found = [*told(connection.facts), *_set(connection.parameters)]
    if connection.user_name is not None:
        found.append(("User name", connection.user_name))
    calls = counted(connection, now)
    if READS in calls:
        found.append(("Reads this month", f"{calls[READS]:,}"))
    if WRITES in calls:
        found.append(("Writes this month", f"{calls[WRITES]:,}"))
    return found


def _set(parameters: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, label in _SET.items():
        if parameters.get(name):
            value = str(parameters[name])
            yield label, _ENVIRONMENTS.get(value, value)
