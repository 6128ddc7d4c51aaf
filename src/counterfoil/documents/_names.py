"""How names are compared: as the books do, and more loosely for people's suggestions."""

from __future__ import annotations

import unicodedata

__all__ = ["loose_name_key", "name_key"]


def name_key(full_name: str) -> str:
    """Give the form in which names are compared.

    Composed and decomposed letters are the same, and so are upper and lower case; blanks
    around a name, and around the colons of a hierarchy, do not count; blanks inside do.
    Characters are never replaced by others: ``ŁUK`` is not ``LUK``.
    """
    if full_name.isascii() and ":" not in full_name:
        return full_name.strip().lower()
    segments = unicodedata.normalize("NFC", full_name).split(":")
    folded = (segment.strip().casefold() for segment in segments)
    return ":".join(unicodedata.normalize("NFC", segment) for segment in folded)


def loose_name_key(full_name: str) -> str:
    """Give the form in which names look alike to a person: for suggestions, never a match.

    No-break and doubled blanks are one blank, and compatible characters (``Ⅳ``, ``ﬁ``)
    are what they stand for.
    """
    return " ".join(name_key(unicodedata.normalize("NFKC", full_name)).split())
