"""Instants and calendar dates as Fusion Operations writes them (section 1.5).

An instant has a mandatory ``T``; its designator is ``Z``, an offset in three spellings, or
missing, and then the company's zone is meant.  Business dates are days in that zone: an
order entered at 23:00 in New York is not tomorrow's because it is tomorrow in UTC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

__all__ = ["days_between", "parse_day", "parse_instant", "render_day", "render_instant"]

_INSTANT = re.compile(
    r"(?P<local>\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?)(?:[.,]\d+)?"
    r"(?P<zone>[zZ]|[+-]\d{2}(?::?\d{2})?)?"
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_instant(text: str, zone: tzinfo) -> datetime:
    """Read an instant; fractions of seconds are dropped.

    Returns:
        The instant in UTC.

    Raises:
        ValueError: Not of that form, or no such moment.
    """
    match = _INSTANT.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a date such as 2025-03-03T09:00:00Z")
    local, mark = datetime.fromisoformat(match["local"]), match["zone"]
    return local.replace(tzinfo=_designated(mark) if mark else zone).astimezone(UTC)


def _designated(mark: str) -> timezone:
    if mark in "zZ":
        return UTC
    digits = mark[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(-offset if mark[0] == "-" else offset)


def parse_day(text: str, zone: tzinfo) -> date:
    """Read a calendar day of the company; a bare ``2025-12-31`` is that day.

    Raises:
        ValueError: Neither an instant nor a day.
    """
    if _DAY.fullmatch(text.strip()):
        return date.fromisoformat(text.strip())
    return parse_instant(text, zone).astimezone(zone).date()


def render_instant(moment: datetime) -> str:
    """Write an instant with its designator: ``2025-03-03T09:00:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def render_day(day: date, zone: tzinfo) -> str:
    """Write a calendar day: the company's midnight, as an instant."""
    return render_instant(datetime.combine(day, time(), zone))


def days_between(start: datetime, end: datetime, zone: tzinfo) -> Iterator[tuple[date, int]]:
    """Yield each local day that a stretch of time touches, with its seconds on that day.

    A day has 23 or 25 hours where daylight saving changes.  Nothing comes of an empty or
    backward stretch.
    """
    while start < end:
        day = start.astimezone(zone).date()
        midnight = datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)
        until = min(end, midnight)
        yield day, int((until - start).total_seconds())
        start = until
