"""Judging what a reader does with an input."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from .mutation import spoilt
from .targets import Target

__all__ = ["CPU_S_MAX", "Escape", "fuzz", "judged"]

# Of the processor's time, so that a busy machine accuses nobody.
CPU_S_MAX: Final = 1.0


@dataclass(frozen=True)
class Escape:
    """An input that a reader did not deal with, and what happened instead."""

    data: bytes
    problem: str
    number: int = 0

    def __str__(self) -> str:
        return f"input {self.number}: {self.problem}"


def judged(target: Target, data: bytes) -> Escape | None:
    """Let the target read ``data``; ``None``: it did, or refused as it says it may."""
    begun = time.process_time()
    try:
        target.read(data)
    except target.failures:
        pass
    except (Exception, RecursionError) as error:  # noqa: BLE001 (whatever it is, it escaped)
        return Escape(data, f"{type(error).__name__}: {error}"[:300])
    lasted_s = time.process_time() - begun
    return Escape(data, f"took {lasted_s:.1f} s") if lasted_s > CPU_S_MAX else None


def fuzz(target: Target, *, first: int, runs: int) -> Iterator[Escape]:
    """Yield what escapes of ``runs`` inputs, from number ``first`` on."""
    for number in range(first, first + runs):
        found = judged(target, spoilt(target.seeds, number))
        if found is not None:
            yield replace(found, number=number)
