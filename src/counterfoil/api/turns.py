"""Turns: how many are served at once, so that nobody's calls starve another's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

__all__ = ["CrowdedError", "Turns"]


class CrowdedError(Exception):
    """As many wait under this name already as may."""


@dataclass
class _Line:
    turn: asyncio.Semaphore
    length: int = 0


class Turns:
    """A place where few are served at once, and of one name fewer.

    Args:
        at_once: All names together.
        each: Of one name.
        waiting: Of one name beyond that; more are sent away.
    """

    def __init__(self, *, at_once: int, each: int, waiting: int) -> None:
        self._all = asyncio.Semaphore(at_once)
        self._each = each
        self._length_max = each + waiting
        self._lines: dict[object, _Line] = {}

    @asynccontextmanager
    async def turn(self, name: object) -> AsyncIterator[None]:
        """Wait for a turn and keep it for the length of the context.

        A name waits for its own turn first, so however many come under it, only ``each`` of
        them stand in the way of others.

        Raises:
            CrowdedError: At once, when too many wait under the name.
        """
        line = self._lines.setdefault(name, _Line(asyncio.Semaphore(self._each)))
        if line.length >= self._length_max:
            raise CrowdedError
        line.length += 1
        try:
            async with line.turn, self._all:
                yield
        finally:
            line.length -= 1
            if not line.length:
                del self._lines[name]
