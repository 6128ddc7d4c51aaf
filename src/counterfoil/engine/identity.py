"""Who we are, beside the books we write to; and what it means when the two disagree.

A ledger keeps in the books who it is (its id), which of its copies (its epoch, which grows
when it is restored or moved) and how far it has come there (its position, which grows with
every batch that writes).  Read at the beginning of a run, the three tell whether one of both
is an older copy: of our ledger, or of the books.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

__all__ = ["LedgerMark", "Relation", "relation"]

_WORD: Final = "counterfoil"


class LedgerMark(NamedTuple):
    """What is kept in the books."""

    ledger: str
    epoch: int
    position: int

    def render(self) -> str:
        """Give it as text."""
        return f"{_WORD}/{self.ledger}/{self.epoch}/{self.position}"

    @classmethod
    def parse(cls, text: str) -> LedgerMark | None:
        """Read it; ``None``: somebody else wrote it, or it is damaged."""
        word, _, rest = text.strip().partition("/")
        parts = rest.split("/")
        numbers = parts[1:]
        if word != _WORD or len(parts) != 3 or not all(_is_count(each) for each in numbers):
            return None
        return cls(parts[0], int(numbers[0]), int(numbers[1]))


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 12


class Relation(StrEnum):
    """How a ledger and the books it writes to stand to each other."""

    SAME = "same"
    """Neither is older than the other, as far as is known."""
    UNKNOWN = "unknown"
    """The books did not say."""
    OLDER_BOOKS = "older books"
    """The books know less of us than they have confirmed: an older copy was restored."""
    OLDER_LEDGER = "older ledger"
    """The books know more of us than we do: our ledger was restored from a backup."""
    OTHER_LEDGER = "other ledger"
    """Another installation of Counterfoil writes to these books."""


def relation(
    mine: LedgerMark, confirmed: LedgerMark | None, there: LedgerMark | None, *, is_told: bool
) -> Relation:
    """Compare what we are with what the books say of us.

    Args:
        mine: Who we are now.
        confirmed: The last mark that the books are known to have kept, ``None``: none yet.
        there: The mark in the books, ``None``: none was read.
        is_told: The books were asked and answered; else no mark is no "no".
    """
    if there is None:
        if not is_told:
            return Relation.UNKNOWN
        return Relation.SAME if confirmed is None else Relation.OLDER_BOOKS
    if there.ledger != mine.ledger:
        return Relation.OTHER_LEDGER
    if (there.epoch, there.position) > (mine.epoch, mine.position):
        return Relation.OLDER_LEDGER
    if confirmed is not None and (there.epoch, there.position) < confirmed[1:]:
        return Relation.OLDER_BOOKS
    return Relation.SAME
