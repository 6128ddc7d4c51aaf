"""What is wrong with a setting somebody gave: a value, never an exception."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import msgspec

from counterfoil.documents import ended

__all__ = ["Problem", "nearest"]

# What is shown of an offending value; the rest is in the user's own hands.
_SHOWN_LENGTH_MAX = 80


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that keeps settings from being taken.

    Attributes:
        key: The option it is about; what the user typed when there is no such option.
        value: The offending value as text, shortened.
        problem: What is wrong, as the rest of a sentence that begins with the key.
        cure: What to do, a sentence of its own.
        suggestions: What may have been meant, best first; ready to be typed.
    """

    key: str
    value: str
    problem: str
    cure: str
    suggestions: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Give key, problem and cure in one line."""
        return f"{self.key}: {ended(self.problem)} {self.cure}"


def shown(value: object) -> str:
    """Give a value as it is quoted in a problem."""
    text = str(value)
    return text if len(text) <= _SHOWN_LENGTH_MAX else text[: _SHOWN_LENGTH_MAX - 1] + "…"


def nearest(wanted: str, known: Iterable[str], count: int = 3) -> tuple[str, ...]:
    """Find what may have been meant, best first; case is looked over."""
    by_folded = {name.casefold(): name for name in known}
    close = get_close_matches(wanted.casefold()[:100], by_folded, n=count, cutoff=0.7)
    return tuple(by_folded[name] for name in close)
