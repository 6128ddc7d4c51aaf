"""What a stand-in can be told to get wrong.

A fault waits for chances that fit it, lets ``skip`` of them pass unharmed, spoils ``count``
of those that follow and is gone.  What a chance is (a call, a message set, a session) and
which fit, each stand-in decides: it subclasses ``ArmedFault``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

import msgspec

__all__ = ["ArmedFault", "FaultPlan"]


class ArmedFault(msgspec.Struct, frozen=True, kw_only=True):
    """One armed fault.

    Attributes:
        count: How many chances it still spoils; ``None``: all, until it is cleared.
        skip: How many pass unharmed first.
    """

    count: int | None = 1
    skip: int = 0


AnyFault = TypeVar("AnyFault", bound=ArmedFault)


class FaultPlan(Generic[AnyFault]):
    """The faults that are armed, in the order in which they were; any thread may use it."""

    def __init__(self) -> None:
        self._armed: list[AnyFault] = []
        self._lock = threading.Lock()

    def arm(self, fault: AnyFault) -> None:
        """Let a fault wait for its chances; one without any is used up from the start."""
        if fault.count != 0:
            with self._lock:
                self._armed.append(fault)

    def clear(self) -> None:
        """Take all of them back."""
        with self._lock:
            self._armed.clear()

    def armed(self) -> tuple[AnyFault, ...]:
        """Those that can still strike, with the chances they have left."""
        with self._lock:
            return tuple(self._armed)

    def struck(self, fits: Callable[[AnyFault], bool]) -> AnyFault | None:
        """The fault that spoils the chance at hand, used up by one.

        Every fitting fault before it that still skips has one chance less to skip.
        """
        with self._lock:
            for position, fault in enumerate(self._armed):
                if not fits(fault):
                    continue
                if fault.skip:
                    self._armed[position] = msgspec.structs.replace(fault, skip=fault.skip - 1)
                    continue
                if fault.count is not None:
                    left = msgspec.structs.replace(fault, count=fault.count - 1)
                    self._armed[position : position + 1] = [left] if left.count else []
                return fault
        return None
