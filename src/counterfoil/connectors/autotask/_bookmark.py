"""Where the last reading of orders ended, for a system that tells of no changes.

Orders bear no time of their last change.  So a reading is one of three:

=============  ==========================================================================
first          all orders there are, a page at a time
look           what shows itself cheaply: new orders, orders just submitted or cancelled,
               new rows of receiving, and how many orders there are of each open status
sweep          open orders with their lines and receipts, some at each look, so that all are
               read within the hour; what changed is told by whoever keeps fingerprints
=============  ==========================================================================

Its cost grows with the orders that are open, not with those there ever were.  Where the counts
have changed and nothing shows why, the sweep goes through all open orders at once.

A bookmark is a text to everybody else: it is given back with the next reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

import msgspec

__all__ = ["Bookmark"]

# All open orders are read again within this: with the time to the next look that is an hour.
ROUND: Final = timedelta(minutes=45)
# As often as it may be looked at with some use; a little less, for clocks that differ.
STEP_MAX: Final = timedelta(minutes=4, seconds=30)
# As much is made up for at one look as was owed since the one before, which is 15 minutes unless
# somebody set it otherwise; of a longer while, in which nobody looked, no more.
OWED_MAX: Final = timedelta(minutes=16)
# So often at most a sweep goes through everything at once.
HURRY: Final = timedelta(minutes=15)
LABELS_KEPT: Final = timedelta(hours=12)


class Bookmark(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a reading ended.

    Attributes:
        first_to: The first reading has come to the order of this identity; ``None``: it has
            come to its end.
        order, row: The highest identities seen, of orders and of rows of receiving.
        looked_at: When the last look (or the first reading) began, by our clock.
        counts: Status -> how many orders there were of it.
        swept_to: The sweep has come to the order of this identity.
        swept_at: When its last step was due.
        hurried_at: When it last began to go through everything at once.
        hurries: It is doing so.
        labels: Status -> its word; ``labels_at``: when they were read.
    """

    first_to: int | None = -1
    order: int = -1
    row: int = -1
    looked_at: datetime | None = None
    counts: dict[int, int] = {}
    swept_to: int = -1
    swept_at: datetime | None = None
    hurried_at: datetime | None = None
    hurries: bool = False
    labels: dict[int, str] = {}
    labels_at: datetime | None = None

    @classmethod
    def of(cls, text: str | None) -> Bookmark:
        """Read one; what is none begins anew, which brings everything once more."""
        if text is None:
            return cls()
        try:
            return msgspec.json.decode(text, type=cls)
        except msgspec.DecodeError:
            return cls()

    def text(self) -> str:
        """Write it."""
        return msgspec.json.encode(self).decode()

    def has_labels(self, now: datetime) -> bool:
        """Whether the words of statuses are kept, and new enough."""
        return (
            bool(self.labels) and self.labels_at is not None and now < self.labels_at + LABELS_KEPT
        )

    # --- Looks ---

    def looked(self, now: datetime, counts: Mapping[int, int], *, found_any: bool) -> Bookmark:
        """Note a look's counts; what changed and does not show itself is looked for at once."""
        differs = bool(self.counts) and dict(counts) != self.counts
        may_hurry = self.hurried_at is None or self.hurried_at + HURRY <= now
        hurries = differs and not found_any and may_hurry and not self.hurries
        noted = msgspec.structs.replace(self, looked_at=now, counts=dict(counts))
        if not hurries:
            return noted
        return msgspec.structs.replace(noted, hurries=True, hurried_at=now, swept_to=-1)

    # --- Sweeps ---

    def is_due(self, now: datetime, portion: int) -> bool:
        """Whether a step of the sweep, of so many orders, is to be done."""
        swept_at = self.swept_at
        return self.hurries or swept_at is None or swept_at + self._pause(portion) <= now

    def swept(self, now: datetime, to: int | None, portion: int) -> Bookmark:
        """Note a step that came to an order; ``None``: to the end of them.

        What one step read as a whole is owed nothing more.
        """
        is_whole = to is None and self.swept_to == -1
        pause = self._pause(portion)
        due = now if self.swept_at is None else self.swept_at + pause
        due = max(due, now - OWED_MAX + pause)
        return msgspec.structs.replace(
            self,
            swept_to=-1 if to is None else to,
            swept_at=now if self.hurries or is_whole else min(due, now),
            hurries=self.hurries and to is not None,
        )

    def _pause(self, portion: int) -> timedelta:
        """Say how long after one step the next one is due."""
        steps = max(1, -(-sum(self.counts.values()) // portion))
        return min(ROUND / steps, STEP_MAX)
