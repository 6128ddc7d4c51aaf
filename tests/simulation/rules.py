"""Under which rules a simulated company lives: settings, sizes, and what its books are like.

The seed alone says so.  The first five seeds already differ in everything that matters, so
that the small default run meets both numberings, every size of set and every way in which
changes and cancellations are dealt with.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tests.support.world import AUTOMATIC

__all__ = ["Rules", "rules_of"]

_NUMBERINGS: Final = ("order_code", "books")
_SIZES: Final = (1, 3, 7, 100, 10)
_CHANGES: Final = ("automatic", "on_request")
_CANCELLED: Final = (
    ("automatic", "delete"),
    ("on_request", "close"),
    ("report", "close"),
    ("automatic", "close"),
    ("on_request", "delete"),
)
# How far the books' computer is ahead of everybody else's clock.
_CLOCK_DAYS: Final = (0, -5, 0, 0, 2, 0, -1)


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a company is like.

    Attributes:
        cancelled_way: What becomes of a sales order whose order was deleted.
        is_inward: Orders of the books come to the operations system, too.
        marks_returned: The books give our marks back.
        answers_kept: The books keep the answer to the last message set.
        settles_s: For how long the hub waits before it believes a set lost.
        small_pages: Lists come a few records at a time.
        crashes: QuickBooks ends in the middle of sets, and does not keep their answers.
        loses_answers: QuickBooks' answers to what was written are lost day by day, where the
            books do nothing worse: each set's answer is kept, and nothing is restored.
        sleeps_long: Its computers fall asleep with sets in their hands day by day, and
            QuickBooks takes long over its lists.
        books_restored: Somebody restores an older company file now and then.
        ledger_restored: Somebody restores an older copy of the hub's database.
    """

    numbering: str
    set_size: int
    changes: str
    cancellations: str
    cancelled_way: str
    is_inward: bool
    marks_returned: bool
    answers_kept: bool
    clock_days: int
    settles_s: int
    small_pages: bool
    crashes: bool
    loses_answers: bool
    sleeps_long: bool
    books_restored: bool
    ledger_restored: bool

    @property
    def settings(self) -> tuple[str, ...]:
        """The link's settings."""
        own = [each for each in AUTOMATIC if "document_number" not in each]
        mode = "automatic" if self.is_inward else "off"
        return (
            *own,
            f"sales-order-out.document_number={self.numbering}",
            f"sales-order-out.changes={self.changes}",
            f"sales-order-out.cancellations={self.cancellations}",
            f"sales-order-out.cancelled_way={self.cancelled_way}",
            f"sales-order-in.mode={mode}",
            "sales-order-in.start_date=2020-01-01",
        )


def rules_of(seed: int) -> Rules:
    """Say under which rules the company of a seed lives."""
    cancellations, way = _CANCELLED[(seed + seed // 5) % len(_CANCELLED)]
    loses_answers = seed % 11 == 7
    ledger_restored = seed % 5 == 2 and not loses_answers
    return Rules(
        numbering=_NUMBERINGS[seed % 2],
        set_size=_SIZES[seed % len(_SIZES)],
        changes=_CHANGES[seed // 2 % 2],
        cancellations=cancellations,
        cancelled_way=way,
        # Orders that came from the books bear no mark in the operations system: a ledger
        # that was restored cannot tell them from others there.
        is_inward=not ledger_restored,
        marks_returned=ledger_restored or seed % 6 not in (1, 4),
        answers_kept=loses_answers or seed % 5 != 4,
        clock_days=_CLOCK_DAYS[seed % len(_CLOCK_DAYS)],
        settles_s=120,
        small_pages=seed % 4 == 1,
        crashes=seed % 7 != 1 and not loses_answers,
        loses_answers=loses_answers,
        sleeps_long=seed % 10 == 9 and not loses_answers,
        books_restored=seed % 5 == 3 and not loses_answers,
        ledger_restored=ledger_restored,
    )
