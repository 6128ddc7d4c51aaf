"""When automatic retrieval may start: the daily hours (FLOW-5) and the rhythm (FLOW-3).

FLOW-5 is read as a window of the wall clock in the company's zone: its start belongs to
it, its end does not; an end before the start means past midnight; no times or equal
times mean all day.  FLOW-3 counts from start to start; a run that takes longer than the
interval is followed by the next slot of that rhythm, and two never run at once.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from math import ceil

from ._choices import FlowMode, Weekday
from ._flows import FlowName
from ._values import Settings

__all__ = ["count_due_since", "in_window", "next_window_opening", "retrieval_due"]

_MINUTE = timedelta(minutes=1)

# An opening is at most a day away, and one more where a clock change swallows it.
_MINUTES_MAX = 2 * 24 * 60 + 60


def in_window(settings: Settings, local_time: time) -> bool:
    """Say whether automatic retrieval may start at a local time of day."""
    start, end = settings.general.window_start, settings.general.window_end
    if start is None or end is None or start == end:
        return True
    if start < end:
        return start <= local_time < end
    return local_time >= start or local_time < end


def next_window_opening(settings: Settings, now: datetime) -> datetime:
    """Give the first moment, from now on, at which the window is open; in now's zone.

    Goes through the minutes, because a change of the clock may swallow an opening, move
    it or repeat it; windows have no seconds.  At worst some three thousand steps, about
    two milliseconds.
    """
    assert now.tzinfo is not None, "a moment without a zone has no local time"
    zone = settings.zone
    utc = now.astimezone(UTC)
    if in_window(settings, utc.astimezone(zone).time()):
        return now
    moment = utc.replace(second=0, microsecond=0)
    for _ in range(_MINUTES_MAX):
        moment += _MINUTE
        if in_window(settings, moment.astimezone(zone).time()):
            return moment.astimezone(now.tzinfo)
    raise AssertionError("a window of at least a minute opens every day or the next")


def retrieval_due(
    last_start: datetime | None,
    now: datetime,
    settings: Settings,
    *,
    flow: FlowName,
    last_end: datetime | None = None,
    is_running: bool = False,
) -> bool:
    """Say whether an automatic retrieval shall start now.

    Args:
        last_start: When the last one started; ``None``: never.
        now: With its zone.
        settings: The link's.
        flow: An inward flow; nothing is due unless its mode is automatic.
        last_end: When the last one ended; ``None``: within its slot.
        is_running: ``True`` while one runs, this flow's or another's on the link.
    """
    section = settings.flow(flow)
    if is_running or section is None or section.mode is not FlowMode.AUTOMATIC:
        return False
    if not in_window(settings, now.astimezone(settings.zone).time()):
        return False
    # A start in the future means that the clock was set back: rather once too often,
    # since what comes twice is recognised.
    if last_start is None or last_start > now:
        return True
    interval = timedelta(minutes=settings.general.retrieval_interval_minutes)
    taken = max(timedelta(0), (last_end or last_start) - last_start)
    return now >= last_start + max(1, ceil(taken / interval)) * interval


_DAY = timedelta(days=1)


def count_due_since(settings: Settings, now: datetime) -> datetime | None:
    """Give the last moment at which stock was to be counted by itself.

    ``None``: never, or so long ago that it is left to the next time: what was not counted
    within twelve hours (the hub was off) is not counted in the middle of a working day.
    """
    rules = settings.stock_count_out
    if rules.daily_at is None or rules.mode is FlowMode.OFF:
        return None
    local = now.astimezone(settings.zone)
    moment = local.replace(
        hour=rules.daily_at.hour, minute=rules.daily_at.minute, second=0, microsecond=0
    )
    if moment > local:
        moment -= _DAY
    is_the_day = rules.weekday is None or list(Weekday)[moment.weekday()] is rules.weekday
    return moment if is_the_day and now - moment < _LATE_MAX else None


_LATE_MAX = timedelta(hours=12)
