"""How often an app may call, and what its calls are counted as.

Windows slide and nobody waits: what is too much is refused at once, and a refused call does
not count.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field

from ._settings import Settings

__all__ = ["CORE", "CORE_PLUS", "Limits", "Usage"]

CORE, CORE_PLUS = "Core", "CorePlus"


@dataclass
class _Window:
    """Calls of the last so many seconds, oldest first."""

    seconds: float
    moments: deque[float] = field(default_factory=deque)

    def is_full(self, now: float, limit: int) -> bool:
        """Whether one more would be too much; 0: there is no limit."""
        while self.moments and self.moments[0] <= now - self.seconds:
            self.moments.popleft()
        return 0 < limit <= len(self.moments)


@dataclass
class Limits:
    """The windows of one company; those per app hold one for each."""

    _minute: _Window = field(default_factory=lambda: _Window(60.0))
    _second: dict[str, _Window] = field(default_factory=dict)
    _batches: dict[str, _Window] = field(default_factory=dict)

    def take(self, app: str, now: float, settings: Settings, *, is_batch: bool) -> bool:
        """Count a call, unless it is one too many."""
        asked = [
            (self._minute, settings.per_minute),
            (self._second.setdefault(app, _Window(1.0)), settings.per_second),
        ]
        if is_batch:
            batches = self._batches.setdefault(app, _Window(60.0))
            asked.append((batches, settings.batches_per_minute))
        if any(window.is_full(now, limit) for window, limit in asked):
            return False
        for window, _ in asked:
            window.moments.append(now)
        return True


@dataclass
class Usage:
    """What one app used, for the bill of its maker.

    Attributes:
        calls: Class -> successful calls; each item of a batch is one.
        month: CorePlus calls by month, such as ``2026-01``.
        refused: Calls refused for being too many, by reason.
    """

    calls: Counter[str] = field(default_factory=Counter)
    month: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def count(self, class_: str, month: str) -> None:
        """Count a successful call."""
        self.calls[class_] += 1
        if class_ == CORE_PLUS:
            self.month[month] += 1

    def is_used_up(self, quota: int | None, month: str) -> bool:
        """Whether the month's reads are gone."""
        return quota is not None and self.month[month] >= quota
