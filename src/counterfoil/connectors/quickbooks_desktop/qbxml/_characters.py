"""Characters: what QuickBooks can hold, and how text becomes part of a document.

QuickBooks stores Windows-1252; anything else comes back mangled (quirk 8).  So text is checked
before it is sent and, where a user prefers that to a refusal, folded to what can be held.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

_MARKUP = re.compile("[&<>\"']")
_REFERENCES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;"}

# What decomposition does not find: letters with a stroke, and signs that people do type.
_NEAREST: Final = str.maketrans(
    {
        "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "Ħ": "H", "ħ": "h", "Ŧ": "T", "ŧ": "t",
        "ı": "i", "Ŋ": "N", "ŋ": "n", "ĸ": "k", "ſ": "s", "ẞ": "SS", "ə": "e", "Ə": "E",
        "−": "-", "‐": "-", "‑": "-", "‒": "-", "―": "—", "⁄": "/", "∕": "/",
        "′": "'", "″": '"', "ʼ": "'", "‛": "'", "‟": '"', "∗": "*", "⋅": "·", "μ": "µ",
        "≤": "<=", "≥": ">=", "≠": "!=", "≈": "~", "→": "->", "←": "<-", "⌀": "Ø", "∅": "Ø",
        "Ω": "Ohm", "₤": "£", "₣": "F", "№": "No.", "℃": "°C", "℉": "°F",
    }
)  # fmt: skip
_HOLDABLE_CONTROLS: Final = "\t\n\r"
_NO_CHARACTER: Final = "?"


def unholdable(text: str) -> str:
    """The characters of ``text`` that QuickBooks cannot hold, each once, in order of appearance."""
    if text.isascii() and text.isprintable():
        return ""
    return "".join(dict.fromkeys(character for character in text if not _is_holdable(character)))


def transliterate(text: str) -> str:
    """``text`` with every character QuickBooks cannot hold folded to the nearest it can.

    Letters lose only the marks Windows-1252 lacks (``ő`` becomes ``o``, ``é`` stays); what has no
    near neighbour becomes ``?``; control characters go.  The result may be longer than the text.
    """
    if not unholdable(text):
        return text
    return "".join(_folded(character) for character in unicodedata.normalize("NFC", text))


def escaped(text: str) -> str:
    """``text`` as XML character data or attribute value, the five markup characters escaped."""
    if _MARKUP.search(text) is None:
        return text
    return _MARKUP.sub(lambda found: _REFERENCES[found[0]], text)


def _is_holdable(character: str) -> bool:
    if character < " " or "\x7f" <= character < "\xa0":
        return character in _HOLDABLE_CONTROLS
    try:
        character.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


@cache
def _folded(character: str) -> str:
    if _is_holdable(character):
        return character
    nearest = character.translate(_NEAREST)
    kept = "".join(part for part in nearest if _is_holdable(part))
    if nearest != character and kept:
        return kept
    parts = unicodedata.normalize("NFKD", character).translate(_NEAREST)
    kept = "".join(part for part in parts if _is_holdable(part))
    if kept:
        return kept
    kind = unicodedata.category(character)
    if kind in ("Cc", "Cf", "Mn", "Me"):
        return ""
    return " " if kind.startswith("Z") else _NO_CHARACTER
