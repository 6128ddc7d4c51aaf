"""Sentences without what only engineers need: a terminal's commands, and what went over the wire.

The hub's sentences name the command that mends something, after a colon or at a sentence's end.
Here that part is taken out; what is left says what was seen.  What an error saw is told apart,
beneath a fold.
"""

from __future__ import annotations

import re
from typing import Final

from counterfoil.errors import parted

__all__ = ["seen", "spoken"]

_SENTENCES: Final = re.compile(r"(?<=[.!?”])\s+(?=[A-Z“])")
_COMMAND: Final = re.compile(r"[,:;]?\s*(?:or\s+)?[“`]?(?:counterfoil [a-z]|--[a-z]).*$", re.DOTALL)
# What leads to a command, and says nothing without it.
_LEADING: Final = re.compile(
    r"[,;:]?\s*\b(?:with|by|give|see|from|to look at it|to do it|then it is)$", re.IGNORECASE
)
_PURPOSE: Final = re.compile(r";\s*to [^;]*$")
# What is left of a sentence that was a command's introduction and nothing else.
_WORDS_MIN: Final = 3
_EMPTY: Final = frozenset({"it is made", "look at it", "then repeat it"})


def spoken(text: str | None) -> str:
    """Give a sentence for whoever reads a page; empty where nothing else was said."""
    sentence, _seen = parted(text or "")
    told = (_without(each) for each in _SENTENCES.split(sentence))
    return " ".join(filter(None, told))


def seen(text: str | None) -> str:
    """Give what an error saw, for whoever helps; empty where it says no more."""
    return parted(text or "")[1]


def _without(sentence: str) -> str:
    cut = _COMMAND.sub("", sentence).rstrip()
    if cut == sentence.rstrip():
        return sentence
    bare = _LEADING.sub("", _PURPOSE.sub("", cut)).rstrip(" ,;:")
    if bare.lower() in _EMPTY or len(bare.split()) < _WORDS_MIN:
        return ""
    return bare if bare.endswith((".", "!", "?")) else f"{bare}."
