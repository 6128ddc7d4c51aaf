"""Texts from outside, shown to people as they are: what cannot be seen is written out."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["visible"]

# Control characters but tab and line feed, the marks that turn the direction of text, line ends
# that are none to a terminal, and what is no character at all.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff"
    "\ud800-\udfff\ufffe\uffff]"
)


def visible(text: str) -> str:
    r"""Write out what a screen would obey, or not show: a bell becomes ``\\x07``.

    Nothing is dropped, so two names that differ are seen to differ.
    """
    if text.isprintable():
        return text
    return _UNSEEN.sub(_written_out, text)


def _written_out(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
