"""What a token may do: four scopes, each with those below it."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from counterfoil.errors import UsageError

__all__ = ["WORDS", "Scope", "scope_named"]


class Scope(StrEnum):
    """What a token may do, from the least to the most; each may what the ones before it may."""

    METRICS = "metrics"
    READ = "read"
    OPERATE = "operate"
    ADMINISTER = "administer"

    def covers(self, other: Scope) -> bool:
        """Whether a token with this scope may do what needs the other."""
        order = list(Scope)
        return order.index(self) >= order.index(other)


WORDS: Final = {
    Scope.METRICS: "collect the metrics",
    Scope.READ: "look at everything but secrets",
    Scope.OPERATE: "send, retrieve, decide, pause and resume",
    Scope.ADMINISTER: "change connections, links and settings, and make passwords",
}
"""What each adds, for people."""


def scope_named(text: str) -> Scope:
    """Find a scope by its word.

    Raises:
        UsageError: There is none of that name.
    """
    try:
        return Scope(text.strip().lower())
    except ValueError:
        known = ", ".join(Scope)
        raise UsageError(f"There is no scope {text[:100]!r}; choose one of: {known}.") from None
