"""The two limits on calls: so many in an hour, and so few at the same time.

Both count over all users of a tenant; the second one per integration code and endpoint.
Neither waits: what is too much is refused at once.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field

__all__ = ["HourLimit", "ThreadLimit"]

WINDOW_S = 3600.0

# The share of the threshold from which each call takes so many seconds longer.
_DELAYS_S = ((0.75, 1.0), (0.5, 0.5))


@dataclass
class HourLimit:
    """Calls in the last 60 minutes.

    Attributes:
        moments: When each counted call came, in Unix seconds, oldest first.
    """

    moments: deque[float] = field(default_factory=deque)

    def used(self, now: float) -> int:
        """How many calls the last hour saw."""
        while self.moments and self.moments[0] <= now - WINDOW_S:
            self.moments.popleft()
        return len(self.moments)

    def takes(self, now: float, threshold: int) -> bool:
        """Count a call, unless the threshold is reached; 0: there is none."""
        if threshold and self.used(now) >= threshold:
            return False
        self.moments.append(now)
        return True

    def delay_s(self, now: float, threshold: int) -> float:
        """How much longer a call takes at this rate of use."""
        share = self.used(now) / threshold if threshold else 0.0
        return next((delay for step, delay in _DELAYS_S if share >= step), 0.0)


@dataclass
class ThreadLimit:
    """Calls that run at the same time, per key.

    The slot of the call that ended last counts as taken for a while longer: who keeps two
    calls going is never refused, who keeps three going is.

    Attributes:
        refused: How many calls were turned away.
        highest: The most that ran at once, per key.
    """

    refused: int = 0
    highest: Counter[tuple[str, str]] = field(default_factory=Counter)
    _running: Counter[tuple[str, str]] = field(default_factory=Counter)
    _ended: dict[tuple[str, str], float] = field(default_factory=dict)

    def enter(self, key: tuple[str, str], now: float, *, limit: int, late_s: float) -> bool:
        """Take a slot, if one is free; 0: there is no limit."""
        late = key in self._ended and now - self._ended[key] < late_s
        if limit and self._running[key] + late >= limit:
            self.refused += 1
            return False
        self._running[key] += 1
        self.highest[key] = max(self.highest[key], self._running[key])
        return True

    def leave(self, key: tuple[str, str], now: float) -> None:
        """Give the slot back."""
        self._running[key] -= 1
        self._ended[key] = now
