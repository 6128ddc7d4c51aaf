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


_NEIGHBOURS: Final = 12
_NAMED_MAX: Final = 3


def described(text: str, wanted: str) -> str:
    """Say where characters of ``wanted`` stand in a text so that a person finds them.

    Each by its name, its place and its neighbours, for many look like others or like nothing:
    ``the zero width space at place 5, between “ACME” and “ Ltd”``.
    """
    places = [place for place, character in enumerate(text) if character in wanted]
    told = [_described(text, place) for place in places[:_NAMED_MAX]]
    if len(places) > _NAMED_MAX:
        told.append(f"{len(places) - _NAMED_MAX} more")
    return "; ".join(told)


def _described(text: str, place: int) -> str:
    character = text[place]
    before = _visible(text[max(place - _NEIGHBOURS, 0) : place])
    after = _visible(text[place + 1 : place + 1 + _NEIGHBOURS])
    where = {
        (True, True): f"between “{before}” and “{after}”",
        (True, False): f"at the end, after “{before}”",
        (False, True): f"at the beginning, before “{after}”",
        (False, False): "alone",
    }[bool(before), bool(after)]
    shown = f" “{character}”" if unicodedata.category(character)[0] in "LNPS" else ""
    return f"the {_name_of(character)}{shown} at place {place + 1}, {where}"


def _name_of(character: str) -> str:
    """Give a character's name in small letters."""
    name = unicodedata.name(character, "")
    if name:
        return name.lower()
    kind = "control character" if unicodedata.category(character) == "Cc" else "nameless character"
    return f"{kind} number {ord(character)}"


def _visible(text: str) -> str:
    """Leave out what cannot be seen, or would join what stands beside it."""
    return "".join(each for each in text if unicodedata.category(each)[0] in "LNPSZ").strip("\n")


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
