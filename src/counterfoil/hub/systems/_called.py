"""What the clients of all systems that we call are made of."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from counterfoil.connectors.called import Line, Trial, TrialFailure
from counterfoil.errors import RejectedError, UnavailableError
from counterfoil.settings import SystemName

from ._shape import Calling, SharedThrottle, secret_place

__all__ = ["introduced", "line_of", "secrets_of"]

_LATER: Final = frozenset({TrialFailure.BUSY, TrialFailure.UNREACHABLE})


def secrets_of(connection: int | None, secret: str | None, call: Calling) -> dict[str, Any]:
    """Open a connection's secrets; without an id they are not sealed yet.

    Raises:
        SettingsError: They cannot be opened.
    """
    opened = secret or "{}"
    if connection is not None:
        opened = call.hub.vault.open(secret or "", secret_place(connection))
    found: dict[str, Any] = json.loads(opened)
    return found


def line_of(connection: int | None, call: Calling, *, capacity: int, per_minute: int) -> Line:
    """Say how a connection's client reaches the world; without an id no budget is counted."""
    hub = call.hub
    throttle = None
    if connection is not None:
        throttle = SharedThrottle(hub, connection, capacity=capacity, per_minute=per_minute)
    return Line(
        throttle=throttle,
        transport=hub.transport,
        sleep=hub.sleep,
        checkpoint=call.checkpoint,
        witness=call.witness,
    )


def introduced(trial: Trial, system: SystemName) -> Mapping[str, str]:
    """Give what a trial showed.

    Raises:
        RejectedError: It failed, and will again until somebody mends something.
        UnavailableError: It failed, and may work later.
    """
    if trial.works:
        return trial.facts
    error = UnavailableError if trial.failure in _LATER else RejectedError
    raise error(
        trial.sentence or "",
        *filter(None, (trial.cure,)),
        system=system.value,
        operation="sign in",
        code=trial.failure,
        detail=trial.detail,
    )
