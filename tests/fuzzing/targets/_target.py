"""What a target is, and how its seeds are found and taken apart."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

__all__ = ["Target", "as_text", "as_whole_text", "parts_of", "seeds_of"]

_SEEDS: Final = Path(__file__).parents[1] / "seeds"
_HEAD = re.compile(rb"^== ([\w-]{1,60})\n", re.MULTILINE)


@dataclass(frozen=True)
class Target:
    """A reader under test.

    Attributes:
        read: Takes the bytes, and raises when what the reader gave breaks its promise.
        seeds: Inputs it can read; they are spoilt.
        failures: What it may raise, as its docstring says.
        prepare: Makes what all inputs are read with; its time is nobody's.
    """

    read: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    failures: tuple[type[Exception], ...] = ()
    prepare: Callable[[], object] | None = None


def seeds_of(folder: str) -> tuple[bytes, ...]:
    """Give the seeds of a folder, in the order of their names."""
    found = tuple(path.read_bytes() for path in sorted((_SEEDS / folder).iterdir()))
    assert found, f"there are no seeds in {folder}"
    return found


def as_text(data: bytes) -> str:
    """Give any bytes as a text, half characters included where they spell one."""
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def as_whole_text(data: bytes) -> str:
    """Give any bytes as a text of whole characters: what was decoded strictly holds no others."""
    return data.decode(errors="replace")


def parts_of(data: bytes) -> dict[str, bytes]:
    """Take an input apart that holds several files or answers, each behind ``== name``."""
    _, *parts = _HEAD.split(data)
    return {name.decode(): part for name, part in zip(parts[::2], parts[1::2], strict=True)}
