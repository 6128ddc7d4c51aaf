"""What a command's exit code says: one table, for the program, its help and its reference."""

from __future__ import annotations

from enum import IntEnum

from counterfoil.errors import (
    ConnectorError,
    CounterfoilError,
    DeliveryError,
    LedgerError,
    RejectedError,
    SettingsError,
    UsageError,
)

__all__ = ["MEANINGS", "Exit", "exit_of", "kind_of"]


class Exit(IntEnum):
    """The exit codes."""

    OK = 0
    PERSON = 1
    USAGE = 2
    CONFIGURATION = 3
    UNAVAILABLE = 4
    LEDGER = 5
    BUG = 70
    INTERRUPTED = 130


MEANINGS: dict[Exit, str] = {
    Exit.OK: "Done.",
    Exit.PERSON: "Done as far as possible, but something was refused or needs attention.",
    Exit.USAGE: "The command was not understood, or names something that does not exist.",
    Exit.CONFIGURATION: "A configuration value, the secret key or the port cannot be used.",
    Exit.UNAVAILABLE: "An outside system or a hub cannot be reached or is busy; try again later.",
    Exit.LEDGER: "The database is busy, full, in use by another hub, or cannot be opened or made.",
    Exit.BUG: "A mistake of Counterfoil's own; please report it with the output of --debug.",
    Exit.INTERRUPTED: "Interrupted with Ctrl-C; what was recorded stays, the rest goes on later.",
}

# The first that fits counts.
_EXITS: tuple[tuple[type[CounterfoilError], Exit, str], ...] = (
    (UsageError, Exit.USAGE, "usage"),
    (SettingsError, Exit.CONFIGURATION, "configuration"),
    (RejectedError, Exit.PERSON, "rejected"),
    (ConnectorError, Exit.UNAVAILABLE, "unavailable"),
    (DeliveryError, Exit.UNAVAILABLE, "unavailable"),
    (LedgerError, Exit.LEDGER, "ledger"),
)


def exit_of(error: BaseException) -> Exit:
    """Say which code an error ends the program with."""
    return next((code for type_, code, _ in _EXITS if isinstance(error, type_)), Exit.BUG)


def kind_of(error: BaseException) -> str:
    """Name the kind of an error for ``{"error": {"kind": ...}}``."""
    return next((kind for type_, _, kind in _EXITS if isinstance(error, type_)), "bug")
