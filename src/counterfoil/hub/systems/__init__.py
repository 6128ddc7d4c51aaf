"""The outside systems, one row each: the only place that knows which is which.

A row holds what the hub has to know about a system: its **traits** (how it is driven, what
can be done with what was written to it, how long a write may take), its **target**
description for planning, its **form** of credentials and how they are tried, and its
**opener** where we are the ones who call.  Nothing outside asks ``if system is ...``:
a new system is a module here, and its row in ``SYSTEMS``.

Rows load no connector: that is done where a target is described or a client is opened, for
most of what a person asks needs neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from counterfoil.engine.life import State
from counterfoil.errors import SettingsError
from counterfoil.ledger.connections import Connection
from counterfoil.settings import SystemName

from . import autotask, fusion_operations, quickbooks_desktop, quickbooks_online
from ._shape import (
    LOOKS_EVERY_S_MAX,
    SETTLES_AFTER_S_MAX,
    Assumed,
    Caller,
    Calling,
    Checkpoint,
    Credential,
    Form,
    Given,
    KeepsToDos,
    SharedThrottle,
    Side,
    System,
    Traits,
    TrialStep,
    secret_place,
)

if TYPE_CHECKING:
    from counterfoil.connectors.quickbooks_desktop import messages
    from counterfoil.connectors.quickbooks_desktop.qbxml import Version
    from counterfoil.engine.drafting import Target

__all__ = [
    "LOOKS_EVERY_S_MAX",
    "SETTLES_AFTER_S_MAX",
    "SYSTEMS",
    "Assumed",
    "Caller",
    "Calling",
    "Checkpoint",
    "Credential",
    "Form",
    "Given",
    "KeepsToDos",
    "SharedThrottle",
    "Side",
    "System",
    "Traits",
    "TrialStep",
    "calling",
    "looks_every",
    "secret_place",
    "settles_after",
    "side_of",
    "signs_in",
    "state_called",
    "system_of",
    "target_by_the_newest",
    "target_of",
    "traits_of",
]

SYSTEMS: Final[Mapping[SystemName, System]] = {
    each.name: each
    for each in (
        autotask.SYSTEM,
        fusion_operations.SYSTEM,
        quickbooks_desktop.SYSTEM,
        quickbooks_online.SYSTEM,
    )
}


def system_of(name: SystemName) -> System:
    """Give a system's row."""
    return SYSTEMS[name]


def side_of(name: SystemName) -> Side:
    """Say on which side of a link a system stands."""
    return SYSTEMS[name].side


def traits_of(name: SystemName) -> Traits:
    """Say how a system is driven."""
    return SYSTEMS[name].traits


def signs_in(name: SystemName) -> bool:
    """Whether a person signs in there for a connection, at a provider."""
    return SYSTEMS[name].form.provider is not None


def state_called(state: State, source: SystemName) -> str:
    """Say what the users of a system call the state of a document of theirs."""
    return SYSTEMS[source].state_words.get(state, state.value)


def settles_after(connection: Connection) -> timedelta:
    """Say how long a write to a connection may still be carried out after it was sent."""
    own = connection.parameters.get("settles_after_s")
    usual = traits_of(connection.system).settles_after
    return usual if own is None else timedelta(seconds=int(own))


def looks_every(connection: Connection) -> timedelta:
    """Say how long after a look at a connection that we call the next one comes by itself (O4)."""
    own = connection.parameters.get("looks_every_s")
    return traits_of(connection.system).looks_every if own is None else timedelta(seconds=int(own))


def target_of(
    connection: Connection,
    *,
    version: Version | None = None,
    batch_limit: int | None = None,
    writer: messages.Writer | None = None,
) -> Target:
    """Describe a connection as planning sees it.

    Args:
        connection: Where documents go.
        version: The qbXML version of this run; systems without one pass over it.
        batch_limit: Smaller than usual after a set that the system could not take.
        writer: Renders the batch afterwards, where the system has one; of that version.
    """
    return SYSTEMS[connection.system].target(connection, version, batch_limit, writer)


def target_by_the_newest(connection: Connection) -> Target:
    """Describe a connection for somebody who only looks: no run has said which version it has."""
    from counterfoil.connectors.quickbooks_desktop.web_connector.hcp import HIGHEST_VERSION

    return target_of(connection, version=HIGHEST_VERSION)


def calling(connection: Connection, call: Calling) -> Caller:
    """Open a client for a connection, as ``call`` says; the caller closes it.

    Raises:
        SettingsError: Its secret cannot be opened, or the system is not one we call.
    """
    opener = SYSTEMS[connection.system].opener
    if opener is None:
        raise SettingsError(f"{connection.system.words} is not a system that Counterfoil calls.")
    return opener(connection.id, connection.parameters, connection.secret, call)
