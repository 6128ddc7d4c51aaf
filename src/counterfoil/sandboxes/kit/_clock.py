"""The time a stand-in lives in.

It follows a source (the real clock, or a test's) and is shifted against it: ahead, back, to
a moment.  So the outside system's computer can be days wrong while everybody else is right.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

__all__ = ["Now", "SandboxClock"]

Now = Callable[[], float]
"""Gives Unix seconds."""


class SandboxClock:
    """A clock that can be moved from outside; the source keeps running underneath.

    Args:
        now: The source.
        shift_s: How far it is moved from the start, as it was kept.
        moved: Told the new shift in seconds whenever somebody moves it.
    """

    def __init__(
        self, now: Now, *, shift_s: float = 0.0, moved: Callable[[float], None] | None = None
    ) -> None:
        self._now = now
        self._shift_s = shift_s
        self._moved = moved

    def __call__(self) -> float:
        return self._now() + self._shift_s

    def moment(self) -> datetime:
        """The same in UTC, to the microsecond."""
        return datetime.fromtimestamp(self(), UTC)

    def advance(self, seconds: float) -> None:
        """Move it on; a negative number moves it back."""
        self._shift(self._shift_s + seconds)

    def set(self, unix_seconds: float) -> None:
        """Let it be that moment now."""
        self._shift(unix_seconds - self._now())

    def reset(self) -> None:
        """Show the source's own time again."""
        self._shift(0.0)

    def _shift(self, shift_s: float) -> None:
        self._shift_s = shift_s
        if self._moved is not None:
            self._moved(shift_s)
