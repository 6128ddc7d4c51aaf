"""Codes that people type: made, and read as they were typed."""

from __future__ import annotations

import secrets
from typing import Final

__all__ = ["new_code", "typed_code"]

# No i, l, o, 0 or 1: people type it from a screen or a sheet of paper.
_ALPHABET: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS: Final = 4
_GROUP_LENGTH: Final = 4


def new_code() -> str:
    """Make a code of 79 random bits, in four groups."""
    groups = (
        "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
    )
    return "-".join(groups)


def typed_code(text: str) -> str:
    """Give a code without what people add to it when they type: blanks, dashes, capitals."""
    return "".join(each for each in text.casefold() if each.isalnum())
