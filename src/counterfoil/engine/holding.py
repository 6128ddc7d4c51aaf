"""Whether a write whose answer was lost may still be carried out.

A Web Connector takes a message set, and its computer falls asleep, or another connector
of the same company signs in.  The books keep no answer to the set: either it never
reached them, or it has not reached them *yet*.  Believing "never" too early sends the
same documents twice.  So the absence is believed only when the write can no longer run:

- whoever carried it is known to be over it (``Evidence.OVER``), or
- it is older than ``settles_after``, the longest that the system is given.

Until then nothing is written to that system; reading it is harmless.  The wait is
bounded: no evidence makes it longer than ``settles_after``.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

__all__ = ["Evidence", "Sent", "evidence_of", "held_until", "may_still_run"]


class Sent(Protocol):
    """A write that was sent: an exchange of the ledger."""

    @property
    def sent_at(self) -> datetime:
        """When it left."""


class Evidence(StrEnum):
    """What is known of whoever carries a write."""

    NOTHING = "nothing"
    ALIVE = "alive"
    """Its lock on the books is held as it was when the write left."""
    OVER = "over"
    """It has gone on to something else, or has let go of the books."""


def evidence_of(*, went_on: bool, lock_then: str | None, lock_now: str | None) -> Evidence:
    """Judge what a Web Connector left behind.

    A lock of somebody else proves nothing: it may have been taken over while the write
    was on its way.  Only a lock that was held and is released says that its holder is
    done.

    Args:
        went_on: A later call came from the same run, so its calls to the books have ended.
        lock_then: The text of the application's lock (``LOCKED:host:ticks``) that the run
            of the write met; ``None``: not told.
        lock_now: The same as the present run meets it.
    """
    if went_on:
        return Evidence.OVER
    if lock_then is None or lock_now is None or not _is_locked(lock_then):
        return Evidence.NOTHING
    if not _is_locked(lock_now):
        return Evidence.OVER
    return Evidence.ALIVE if lock_now.strip() == lock_then.strip() else Evidence.NOTHING


def _is_locked(text: str) -> bool:
    return text.strip().upper().startswith("LOCKED:")


def held_until(
    exchange: Sent, now: datetime, settles_after: timedelta, evidence: Evidence
) -> datetime | None:
    """Say until when nothing may be written; ``None``: it can no longer run."""
    if evidence is Evidence.OVER:
        return None
    until = exchange.sent_at + settles_after
    return until if now < until else None


def may_still_run(
    exchange: Sent, now: datetime, settles_after: timedelta, evidence: Evidence
) -> bool:
    """Say whether a write without an answer may still be carried out.

    Args:
        exchange: The write; whether it was answered is for the caller to know.
        now: By the clock that stamped ``sent_at``.
        settles_after: How long the system may take to carry a write out that reached it
            (or its Web Connector) at all.
        evidence: Of whoever carries it.
    """
    return held_until(exchange, now, settles_after, evidence) is not None
