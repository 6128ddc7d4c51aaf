"""Our mark on what we created, and what people wrote beside it.

It stands at the end of the private note (time entries have none: of the description), on a line
of its own, short and in brackets, so that people see that a program needs it.  Reading takes it
away again, so memo and mark come apart; whoever changes a memo keeps the mark that is there.
"""

from __future__ import annotations

import re
import uuid
from typing import Final

__all__ = ["NOTE_LENGTH_MAX", "marked", "split"]

NOTE_LENGTH_MAX: Final = 4000
"""Characters of a note, with our mark."""

_MARK: Final = re.compile(
    r"(?:^|\n)[ \t]*\[counterfoil ([0-9a-f]{32}|[0-9A-Za-z._:-]{1,50})\](?=[ \t]*(?:\n|$))"
)


def marked(note: str | None, key: str) -> str:
    """Give a note with our mark."""
    mark = f"[counterfoil {_short(key)}]"
    return f"{note.rstrip()}\n{mark}" if note and note.strip() else mark


def split(note: str | None) -> tuple[str | None, str | None]:
    """Take a note apart: what people wrote, and the key of our mark; ``None``: there is none.

    Whatever was written after the mark stays with what people wrote; of several marks the last
    one counts.
    """
    if not note:
        return None, None
    found = _MARK.findall(note)
    rest = _MARK.sub("", note).strip("\r\n")
    return (rest if rest.strip() else None), (_long(found[-1]) if found else None)


def _short(key: str) -> str:
    try:
        return uuid.UUID(key).hex
    except ValueError:
        return key


def _long(mark: str) -> str:
    """Give a key as the engine writes it; what somebody else wrote there stays as it is."""
    return "{" + str(uuid.UUID(mark)) + "}" if _HEX.fullmatch(mark) else mark


_HEX: Final = re.compile(r"[0-9a-fA-F]{32}")
