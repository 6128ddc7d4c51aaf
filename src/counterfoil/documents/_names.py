"""How names are compared: as the books do, and more loosely for people's suggestions."""

from __future__ import annotations

import unicodedata

__all__ = ["composed", "loose_name_key", "name_key"]


def composed(text: str) -> str:
    """Give a text with each letter and its accents as one character, where there is one.

    Nothing that a person can see changes.
    """
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def name_key(full_name: str) -> str:
    """Give the form in which names are compared.

    Composed and decomposed letters are the same, and so are upper and lower case; blanks
    around a name, and around the colons of a hierarchy, do not count; blanks inside do.
    Characters are never replaced by others: ``ŁUK`` is not ``LUK``.
    """
    if full_name.isascii() and ":" not in full_name:
        return full_name.strip().lower()
    segments = composed(full_name).split(":")
    return ":".join(composed(segment.strip().casefold()) for segment in segments)


def loose_name_key(full_name: str) -> str:
    """Give the form in which names look alike to a person: for suggestions, never a match.

    No-break and doubled blanks are one blank, compatible characters (``Ⅳ``, ``ﬁ``) are
    what they stand for, and characters that take no room do not count.
    """
    if full_name.isascii():
        # No character of ASCII is hidden, or stands for another: thousands are compared at once.
        return " ".join(name_key(full_name).split())
    seen = "".join(each for each in full_name if unicodedata.category(each) != "Cf")
    return " ".join(name_key(unicodedata.normalize("NFKC", seen)).split())
