"""Instants and calendar dates as services write them.

An instant has a mandatory ``T``; its designator is ``Z``, an offset in three spellings, or
missing, and then the company's zone is meant.  Business dates are days in that zone: an
order entered at 23:00 in New York is not tomorrow's because it is tomorrow in UTC.

The first day of the year 1 is how many programs write "no date", so it is read as none.
Whatever lies at the other end of the calendar is converted as far as there are days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

__all__ = [
    "STRETCH_MAX",
    "days_between",
    "parse_day",
    "parse_instant",
    "render_day",
    "render_instant",
]

# Nobody works on one thing for longer; a mistyped year does not become 3,000 entries.
STRETCH_MAX = timedelta(days=366)

_INSTANT = re.compile(
    r"(?P<local>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?"
    r"(?P<zone>[zZ]|[+-]\d{2}(?::?\d{2})?)?"
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_instant(text: str, zone: tzinfo) -> datetime | None:
    """Read an instant; fractions of seconds are dropped.

    Returns:
        The instant in UTC; ``None`` for the first day of the year 1: no date.

    Raises:
        ValueError: Not of that form, or no such moment.
    """
    moment = _moment(text, zone)
    if moment.date() == date.min:
        return None
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("lies outside the calendar") from None


def _moment(text: str, zone: tzinfo) -> datetime:
    """Read an instant as it stands there, with its own offset."""
    match = _INSTANT.fullmatch(text.strip())
    if match is None:
        raise ValueError("is not a date such as 2025-03-03T09:00:00Z")
    try:
        local = datetime.fromisoformat(match["local"])
        return local.replace(tzinfo=_designated(match["zone"]) if match["zone"] else zone)
    except ValueError:
        raise ValueError("is no moment of the calendar") from None


def _designated(mark: str) -> timezone:
    if mark in "zZ":
        return UTC
    digits = mark[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-offset if mark[0] == "-" else offset)


def parse_day(text: str, zone: tzinfo) -> date | None:
    """Read a calendar day of the company; a bare ``2025-12-31`` is that day.

    Returns:
        The day; ``None`` for the first of the year 1: no date.

    Raises:
        ValueError: Neither an instant nor a day.
    """
    if _DAY.fullmatch(text.strip()):
        try:
            day = date.fromisoformat(text.strip())
        except ValueError:
            raise ValueError("is no day of the calendar") from None
        return None if day == date.min else day
    moment = _moment(text, zone)
    if moment.date() == date.min:
        return None
    try:
        return moment.astimezone(zone).date()
    except OverflowError:
        # Only at an end of the calendar, where the zone's day does not exist.
        return moment.date()


def render_instant(moment: datetime) -> str:
    """Write an instant with its designator: ``2025-03-03T09:00:00Z``."""
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        # At an end of the calendar: the same day in UTC, for there is no other.
        moment = moment.replace(tzinfo=UTC)
    return f"{moment.replace(microsecond=0, tzinfo=None).isoformat()}Z"


def render_day(day: date, zone: tzinfo) -> str:
    """Write a calendar day: the company's midnight, as an instant."""
    return render_instant(datetime.combine(day, time(), zone))


def days_between(start: datetime, end: datetime, zone: tzinfo) -> Iterator[tuple[date, int]]:
    """Yield each local day that a stretch of time touches, with its seconds on that day.

    A day has 23 or 25 hours where daylight saving changes.  Nothing comes of an empty or
    backward stretch.

    Raises:
        ValueError: Longer than ``STRETCH_MAX``, or at an end of the calendar.
    """
    if end - start > STRETCH_MAX:
        raise ValueError(f"lies more than {STRETCH_MAX.days} days after the start")
    try:
        yield from _days_between(start, end, zone)
    except OverflowError:
        raise ValueError("lies at an end of the calendar") from None


def _days_between(start: datetime, end: datetime, zone: tzinfo) -> Iterator[tuple[date, int]]:
    while start < end:
        day = start.astimezone(zone).date()
        midnight = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
        until = min(end, midnight)
        yield day, int((until - start).total_seconds())
        start = until
