"""``Retry-After``, in both forms that HTTP has for it."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Final

__all__ = ["RETRY_AFTER_DEFAULT_S", "retry_after_s"]

RETRY_AFTER_DEFAULT_S: Final = 60.0
RETRY_AFTER_TOLD_MAX_S: Final = 3600.0


def retry_after_s(header: str | None, date: str | None = None) -> float:
    """Read it: 60 seconds when absent or unreadable, an hour at most.

    Args:
        header: Whole seconds, or the moment from which on to come again.
        date: The answer's own ``Date``: a moment is reckoned from it, so that no clock of
            ours has a say in it.
    """
    if header is None:
        return RETRY_AFTER_DEFAULT_S
    # ``float`` takes fewer characters for blanks than ``strip`` does.
    told = header.strip()
    if told.isdecimal():
        return min(float(told), RETRY_AFTER_TOLD_MAX_S)
    until, since = _moment(header), _moment(date)
    if until is None or since is None:
        return RETRY_AFTER_DEFAULT_S
    return min(max((until - since).total_seconds(), 0.0), RETRY_AFTER_TOLD_MAX_S)


def _moment(text: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):
        return None
    # A moment without a zone is none that could be reckoned with.
    return found if found.tzinfo is not None else None
