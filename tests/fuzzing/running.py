"""Judging what a reader does with an input.

An *escape* is an input that a reader did not deal with: it raised what it does not say it may
raise, gave what breaks its promise, or took more than ``CPU_S_MAX`` of the processor's time.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import FrameType
from typing import Final

from .mutation import spoilt
from .targets import Target

__all__ = ["CPU_S_MAX", "Escape", "fuzz", "judged"]

CPU_S_MAX: Final = 1.0
# Nothing is waited for longer; what would never end is an escape, too.
_BROKEN_OFF_AFTER_CPU_S: Final = 10.0


@dataclass(frozen=True)
class Escape:
    """An input that a reader did not deal with, and what happened instead."""

    data: bytes
    problem: str
    number: int = 0

    def __str__(self) -> str:
        return f"input {self.number}: {self.problem}"


class _EndlessError(Exception):
    """The reader was broken off."""


def judged(target: Target, data: bytes) -> Escape | None:
    """Let the target read ``data``; ``None``: it did, or refused as it says it may."""
    if target.prepare is not None:
        target.prepare()
    begun = time.process_time()
    try:
        with _broken_off():
            target.read(data)
    except target.failures:
        pass
    except Exception as error:  # noqa: BLE001 - whatever it is, it escaped
        return Escape(data, f"{type(error).__name__}: {error}"[:300])
    lasted_s = time.process_time() - begun
    return Escape(data, f"took {lasted_s:.1f} s") if lasted_s > CPU_S_MAX else None


def fuzz(target: Target, *, first: int, runs: int) -> Iterator[Escape]:
    """Yield what escapes of ``runs`` inputs, from number ``first`` on."""
    for number in range(first, first + runs):
        found = judged(target, spoilt(target.seeds, number))
        if found is not None:
            yield replace(found, number=number)


@contextmanager
def _broken_off() -> Iterator[None]:
    """Break off what takes far too long, where the system can (not on Windows)."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _EndlessError(f"still at it after {_BROKEN_OFF_AFTER_CPU_S:.0f} s")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, _BROKEN_OFF_AFTER_CPU_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
