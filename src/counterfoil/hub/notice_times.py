"""When a rule of notices tells: its quiet hours, and the hour of its digest.

Pure.  Both are wall clock in the company's zone: where the clock changes, an hour that comes twice
is quiet twice, and a digest comes once a day whatever the clock does.

===========================  ==============================================================
``18:00-07:00``              quiet every day from six, through the night, until seven
``mon-fri 18:00-07:00``      quiet in the nights that begin on these days
``sat,sun 00:00-24:00``      quiet on whole days
``daily@08:00``              a digest every day at eight
``monday@08:00``             a digest once a week
===========================  ==============================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Final

import msgspec

from counterfoil.errors import UsageError
from counterfoil.settings import Weekday

__all__ = ["Digest", "Quiet", "is_quiet", "quiet_ends", "read_digest", "read_quiet"]

_DAYS: Final = tuple(Weekday)
_SHORT: Final = tuple(day.value[:3] for day in _DAYS)
_ALL: Final = frozenset(range(7))
_DAILY: Final = "daily"
_MINUTE: Final = timedelta(minutes=1)
# Whoever is quiet for longer is quiet always.
_MINUTES_MAX: Final = 8 * 24 * 60

_TIME: Final = r"([01]?\d|2[0-3]):([0-5]\d)"
_QUIET: Final = re.compile(
    rf"(?:(?P<days>[a-z,\- ]+) )?(?P<begin>{_TIME}) ?[-–] ?(?P<end>24:00|{_TIME})"
)
_DIGEST: Final = re.compile(rf"(?P<day>[a-z]+) ?@ ?(?P<at>{_TIME})")


class Quiet(msgspec.Struct, frozen=True):
    """Hours in which nothing is told.

    Attributes:
        begin, end: An end that is no later than the beginning is on the next day.
        days: On which they begin; 0 is Monday.
    """

    begin: time
    end: time
    days: frozenset[int] = _ALL

    def __str__(self) -> str:
        hours = f"{self.begin:%H:%M}-{self.end:%H:%M}"
        return hours if self.days == _ALL else f"{_named(self.days)} {hours}"

    @property
    def words(self) -> str:
        """They as people say them."""
        is_whole_day = self.begin == self.end == time(0, 0)
        hours = "all day" if is_whole_day else f"{self.begin:%H:%M} to {self.end:%H:%M}"
        if self.days == _ALL:
            return f"every day {hours}"
        named = _named(self.days).title().replace("-", "\N{EN DASH}").replace(",", ", ")
        return f"{named} {hours}"

    def covers(self, local: datetime) -> bool:
        """Whether a moment of the wall clock is one of them."""
        day, now = local.weekday(), local.time()
        if self.begin < self.end:
            return day in self.days and self.begin <= now < self.end
        of_yesterday = (day - 1) % 7 in self.days and now < self.end
        return of_yesterday or (day in self.days and now >= self.begin)


class Digest(msgspec.Struct, frozen=True):
    """When one message tells everything; ``weekday``: 0 is Monday, ``None``: every day."""

    at: time
    weekday: int | None = None

    def __str__(self) -> str:
        day = _DAILY if self.weekday is None else _DAYS[self.weekday].value
        return f"{day}@{self.at:%H:%M}"

    @property
    def words(self) -> str:
        """It as people say it."""
        day = "every day" if self.weekday is None else f"every {_DAYS[self.weekday].label}"
        return f"{day} at {self.at:%H:%M}"

    def last(self, now: datetime, zone: tzinfo) -> datetime:
        """Give the last moment, by now, at which it was to be told; in UTC."""
        today = now.astimezone(zone).date()
        for back in range(8):
            day = today - timedelta(days=back)
            # Of an hour that comes twice the first one counts; one that never comes is told an
            # hour later by that day's clock.
            moment = datetime.combine(day, self.at, zone).astimezone(UTC)
            if moment <= now and self.weekday in (None, day.weekday()):
                return moment
        raise AssertionError("every day of the week was looked at")


def is_quiet(hours: Iterable[Quiet], moment: datetime, zone: tzinfo) -> bool:
    """Whether a moment lies in any of the quiet hours."""
    local = moment.astimezone(zone)
    return any(each.covers(local) for each in hours)


def quiet_ends(hours: Sequence[Quiet], moment: datetime, zone: tzinfo) -> datetime:
    """Give the first moment, from this one on, that is not quiet.

    Of hours without an end: the moment itself, for then nobody would ever be told.
    """
    # In UTC, for of a wall clock's minutes some never come.
    found = moment.astimezone(UTC)
    for _ in range(_MINUTES_MAX):
        if not is_quiet(hours, found, zone):
            return found
        found = found.replace(second=0, microsecond=0) + _MINUTE
    return moment


def read_quiet(text: str) -> Quiet:
    """Read quiet hours as people type them.

    Raises:
        UsageError: They are none.
    """
    typed = " ".join(text.lower().split())
    match = _QUIET.fullmatch(typed)
    days = _ALL if match is None or match["days"] is None else _days(match["days"])
    if match is None or days is None:
        raise UsageError(
            f"{text.strip()[:60]!r} are no quiet hours. They are like 18:00-07:00, "
            "mon-fri 18:00-07:00, or sat,sun 00:00-24:00 for whole days."
        )
    return Quiet(_time(match["begin"]), _time(match["end"]), days)


def read_digest(text: str) -> Digest:
    """Read when a digest comes, as people type it.

    Raises:
        UsageError: It is no such time.
    """
    match = _DIGEST.fullmatch(" ".join(text.lower().split()))
    day = None if match is None else _day(match["day"])
    if match is None or (day is None and match["day"] != _DAILY):
        raise UsageError(
            f"{text.strip()[:60]!r} is no time for a digest. It is like daily@08:00 or "
            "monday@08:00."
        )
    return Digest(_time(match["at"]), day)


def _time(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour) % 24, int(minute))


def _day(word: str) -> int | None:
    """Give which day a word names, whole or by three letters; ``None``: none."""
    named = [at for at, day in enumerate(_DAYS) if word in (day.value, _SHORT[at])]
    return named[0] if named else None


def _days(text: str) -> frozenset[int] | None:
    """Read days such as ``mon-fri`` or ``sat,sun``; ``None``: one of them is none."""
    found: set[int] = set()
    for part in text.split(","):
        first, _dash, last = part.strip().partition("-")
        begin, end = _day(first.strip()), _day((last or first).strip())
        if begin is None or end is None:
            return None
        found.update((begin + step) % 7 for step in range((end - begin) % 7 + 1))
    return frozenset(found)


def _named(days: frozenset[int]) -> str:
    """Give days by three letters; three or more in a row as a span."""
    first = next(day for day in sorted(days) if (day - 1) % 7 not in days)
    is_span = len(days) > 2 and all((first + step) % 7 in days for step in range(len(days)))
    if is_span:
        return f"{_SHORT[first]}-{_SHORT[(first + len(days) - 1) % 7]}"
    return ",".join(_SHORT[day] for day in sorted(days))
