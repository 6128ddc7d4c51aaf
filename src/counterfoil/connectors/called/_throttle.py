"""Our own limit, below the service's, which is shared with every other integration.

A bucket lets at most its capacity, and what it gains meanwhile, pass in any stretch of time.
``Throttle`` is the seam: several processes that serve one account share a bucket elsewhere.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

__all__ = ["InProcessThrottle", "Throttle", "TokenBucket"]

# A wait computed in binary must not end a hair before the next token is there.
_HAIR = 1e-9


class Throttle(Protocol):
    """Who says when the next call may leave."""

    def take(self) -> float:
        """Take one call; 0 seconds: it may leave now, else ask again after so many."""
        ...


@dataclass(frozen=True)
class TokenBucket:
    """How many calls may leave now, as a value.

    Attributes:
        tokens: Calls left at the moment ``at`` (seconds of any clock that only grows).
        capacity: Calls it holds at most; it gains ``per_minute``.
    """

    tokens: float
    at: float
    capacity: float
    per_minute: float

    def take(self, now: float) -> tuple[TokenBucket, float]:
        """Give the bucket afterwards and the seconds to wait: 0 when a token was taken."""
        gained = max(0.0, now - self.at) * self.per_minute / 60
        tokens = min(self.capacity, self.tokens + gained)
        if tokens + _HAIR >= 1:
            return replace(self, tokens=max(0.0, tokens - 1), at=now), 0.0
        return replace(self, tokens=tokens, at=now), (1 - tokens) * 60 / self.per_minute


class InProcessThrottle:
    """One bucket for all threads of one process.

    Args:
        clock: Seconds that only grow.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        *,
        capacity: float,
        per_minute: float,
    ) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._bucket = TokenBucket(capacity, clock(), capacity, per_minute)

    def take(self) -> float:
        with self._lock:
            self._bucket, wait_s = self._bucket.take(self._clock())
            return wait_s
