"""Time as the QuickBooks PC shows it.

QuickBooks writes local wall-clock time with the zone's *standard* offset, in
summer too, so the instant it names is an hour wrong then (7.1; quirk 14).
Filters without an offset are wall-clock time of the same PC; a filter that
repeats QuickBooks' own text means the same moment again.

EditSequence is the Unix second of the change (7.1), so it follows the instant.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def wall_clock(unix_seconds: int, zone: ZoneInfo) -> str:
    """The moment as the PC's clock shows it, sortable: ``2026-07-01T09:30:00``."""
    return datetime.fromtimestamp(unix_seconds, zone).strftime("%Y-%m-%dT%H:%M:%S")


def standard_offset(zone: ZoneInfo) -> str:
    """The zone's offset from UTC without daylight saving: ``-05:00``."""
    return _offset_text(_standard_delta(zone))


def today(unix_seconds: float, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(unix_seconds, zone).date()


def moved_wall(wall: str, old: ZoneInfo, new: ZoneInfo) -> str:
    """What the PC's clock shows for the same instant once it stands in another zone.

    Of an hour that comes twice in autumn the first one is meant: the text does not say.
    """
    moment = datetime.fromisoformat(wall).replace(tzinfo=old)
    return moment.astimezone(new).strftime("%Y-%m-%dT%H:%M:%S")


def filter_moment(text: str, zone: ZoneInfo, *, end: bool) -> str:
    """A date-time filter as wall-clock text that sorts among stored times.

    A date alone is the start of its day, or its end for a ``To`` filter; a time
    with an offset is moved to the standard offset (3.4, 3.5).
    """
    if len(text) == 10:
        return text + ("T23:59:59" if end else "T00:00:00")
    parsed = datetime.fromisoformat(text)
    if parsed.tzinfo is not None:
        parsed = (parsed.astimezone(UTC) + _standard_delta(zone)).replace(tzinfo=None)
    elif len(text) < 19 and end:
        parsed += timedelta(seconds=59)
    return parsed.strftime("%Y-%m-%dT%H:%M:%S")


def _standard_delta(zone: ZoneInfo) -> timedelta:
    # January and July differ exactly where there is daylight saving, in either hemisphere.
    offsets = []
    for month in (1, 7):
        moment = datetime(2026, month, 15, tzinfo=zone)
        offsets.append((moment.utcoffset() or timedelta()) - (moment.dst() or timedelta()))
    return min(offsets)


def _offset_text(delta: timedelta) -> str:
    minutes = int(delta.total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
