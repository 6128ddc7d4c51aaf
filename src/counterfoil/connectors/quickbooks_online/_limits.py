"""How often a company is called, and what to do when it says: too often.

Three limits hold at once: ten calls a second and 500 a minute for all calls, and 40 a minute for
batches.  Ours lie below them, for others call the same company, too.  No answer tells how much is
left, so a refusal teaches: for some minutes everything goes at half the pace.

Reads are metered by the month, and used up they are refused with the same words as a burst.
Bursts pass within a minute; refusals of reads that last, while writes are taken, are the month's
end (``Quota``).

Source: reference sections 3.1 to 3.3; corrections 2, row 10.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from counterfoil.connectors.called import Throttle, TokenBucket

__all__ = ["CAPACITY", "PER_MINUTE", "Gate", "Pace", "Quota"]

# Within any minute at most 460 of the 500 calls; counted for all processes.
CAPACITY: Final = 40
PER_MINUTE: Final = 420
# Within any second at most 10 calls, within any minute at most 39 of the 40 batches.
_SECOND: Final = TokenBucket(tokens=2, at=0, capacity=2, per_minute=480)
_BATCHES: Final = TokenBucket(tokens=3, at=0, capacity=3, per_minute=36)
_SLOW_FOR_S: Final = 300.0
_WAIT_MIN_S: Final = 0.001


class _Lane:
    """One limit of our own; after a refusal it goes at half its pace for some minutes."""

    def __init__(self, usual: TokenBucket, clock: Callable[[], float]) -> None:
        self._usual = usual
        self._clock = clock
        self._lock = threading.Lock()
        self._bucket = replace(usual, at=clock())
        self._slow_until = clock()

    def take(self) -> float:
        with self._lock:
            now = self._clock()
            share = 0.5 if now < self._slow_until else 1.0
            bucket = replace(self._bucket, per_minute=self._usual.per_minute * share)
            self._bucket, wait_s = bucket.take(now)
            # No clock shows less: a shorter wait would be one of no length, again and again.
            return max(wait_s, _WAIT_MIN_S) if wait_s > 0 else 0.0

    def slow_down(self) -> None:
        """Learn that it was too much."""
        with self._lock:
            now = self._clock()
            self._bucket = replace(self._bucket, tokens=0.0, at=now)
            self._slow_until = now + _SLOW_FOR_S


class Pace:
    """Our own limits for one company, for all clients of a process."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.calls = _Lane(_SECOND, clock)
        self.batches = _Lane(_BATCHES, clock)

    def slow_down(self, *, is_batch: bool) -> None:
        """Learn that a call was one too many."""
        self.calls.slow_down()
        if is_batch:
            self.batches.slow_down()


class Gate:
    """Lets a client's next call pass once all limits that hold for it do: a ``Throttle``.

    A limit that has let it pass is not asked again while another one has it wait.
    """

    def __init__(self, shared: Throttle, pace: Pace) -> None:
        self._shared = shared
        self._pace = pace
        self._lanes: Sequence[Throttle] = (pace.calls, shared)
        self._left: list[Throttle] = []

    def expect(self, *, is_batch: bool) -> None:
        """Say what is called next."""
        batches = (self._pace.batches,) if is_batch else ()
        self._lanes = (*batches, self._pace.calls, self._shared)
        self._left = []

    def take(self) -> float:
        if not self._left:
            self._left = [*self._lanes]
        while self._left:
            wait_s = self._left[0].take()
            if wait_s > 0:
                return wait_s
            del self._left[0]
        return 0.0


class Quota:
    """Whether a company's metered reads are used up for this month.

    Nobody says so; it is told by reads that are refused for longer than any burst lasts while
    a write is taken, or, where nothing was to be written, for much longer.  Once in an hour a
    read is tried all the same.

    Args:
        clock: Seconds; they grow, but for when somebody sets the clock.
    """

    LASTS_S: Final = 120.0
    LASTS_ALONE_S: Final = 900.0
    TRIED_EVERY_S: Final = 3600.0

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._refused_since: float | None = None
        self._wrote = False
        self._tried_at = clock()

    @property
    def is_used_up(self) -> bool:
        """Whether reads are refused for good, as far as can be told."""
        if self._refused_since is None:
            return False
        lasts_s = self.LASTS_S if self._wrote else self.LASTS_ALONE_S
        return self._clock() - self._refused_since > lasts_s

    def wait_s(self) -> float:
        """Say how long a read is not worth trying; 0: it may go."""
        if not self.is_used_up:
            return 0.0
        since_s = self._clock() - self._tried_at
        # A clock that was set back since tells nothing: it is tried.
        return max(0.0, self.TRIED_EVERY_S - since_s) if since_s >= 0 else 0.0

    def read(self, *, is_refused: bool) -> None:
        """Learn what became of a read."""
        self._tried_at = self._clock()
        if not is_refused:
            self._refused_since, self._wrote = None, False
        elif self._refused_since is None:
            self._refused_since = self._clock()

    def wrote(self, *, is_refused: bool) -> None:
        """Learn what became of a write: one that is refused, too, speaks of a burst."""
        self._wrote = not is_refused
        if is_refused:
            self._refused_since = None
