"""Values as they come from outside: the one place where each is bounded.

Whatever a reply holds, what is read from it here is something the rest of the program can keep,
compare and calculate with, or it is not read at all (``None``):

- texts have no control characters and no halves of surrogate pairs (the door in ``_xml`` leaves
  none), and no more characters than any field of qbXML;
- numbers have few enough digits that no calculation with them can overflow;
- dates and times are far enough from the ends of the calendar that no change of zone leaves it.

Numbers are read tolerantly where there is only one way to read them.  QuickBooks writes ``1234.5``,
but localised editions and repaired files have been seen with separators: ``1,234.50``, ``1.234,50``
and ``12,5`` each say one thing and are read; ``1,000`` says two and is not.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

# Twice the longest field of Intuit's schema; and what no name, number or identity comes near.
TEXT_LENGTH_MAX: Final = 8190
WORD_LENGTH_MAX: Final = 255

DIGITS_MAX: Final = 30
EXPONENT_MAX: Final = 30
# QuickBooks' own amounts have 13 digits before the point.
WHOLE_DIGITS_MAX: Final = 18
_NUMBER_LENGTH_MAX: Final = 80
_INTEGER_DIGITS_MAX: Final = 18

# QuickBooks itself begins with 1901; a year at each end is left for changes of zone.
YEAR_FIRST: Final = 1900
YEAR_LAST: Final = 9998
_ZONE_MAX: Final = timedelta(hours=14)

_BLANKS: Final = " \t\r\n\u00a0\u202f\u2009"
# Written in so few characters and without an exponent, a number is within all bounds.
_NUMBER_LENGTH_SURE: Final = 18
_SURE: Final = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_PLAIN: Final = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?", re.ASCII)
_GROUPED: Final = re.compile(
    r"(?P<whole>[+-]?[1-9]\d{0,2}(?P<group>[,.'\u2019 \u00a0\u202f\u2009])\d{3}"
    r"(?:(?P=group)\d{3})*)"
    r"(?:(?P<point>[.,])(?P<rest>\d+))?",
    re.ASCII,
)
_COMMA: Final = re.compile(r"(?P<sign>[+-]?)(?P<whole>\d+),(?P<rest>\d+)", re.ASCII)
_INTEGER: Final = re.compile(rf"[+-]?\d{{1,{_INTEGER_DIGITS_MAX}}}", re.ASCII)
_DATE: Final = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:[T ]\d.*|Z|[+-]\d{2}:\d{2})?", re.ASCII | re.DOTALL
)
_WALL_CLOCK: Final = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})(?:[T ](?P<time>\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?)?"
    r"(?:Z|[+-]\d{1,2}:?\d{0,2})?",
    re.ASCII,
)
_ZONE: Final = re.compile(
    r".*\d(?:(?P<utc>Z)|(?P<sign>[+-])(?P<h>\d{1,2}):?(?P<m>\d{2})?)", re.ASCII | re.DOTALL
)
_INTERVAL: Final = re.compile(
    r"(?P<sign>[+-]?)PT(?=\d)(?:(?P<h>\d{1,9})H)?(?:(?P<m>\d{1,9})M)?(?:(?P<s>\d{1,9})S)?",
    re.ASCII,
)


def decimal_of(text: str) -> Decimal | None:
    """A number of at most 30 digits, below 10 to the power of 18 and without exponent."""
    if len(text) <= _NUMBER_LENGTH_SURE and _SURE.fullmatch(text):
        return Decimal(text)
    text = text.strip(_BLANKS)
    if len(text) > _NUMBER_LENGTH_MAX:
        return None
    plain = text if _PLAIN.fullmatch(text) else _without_separators(text)
    return None if plain is None else _bounded(Decimal(plain))


def _without_separators(text: str) -> str | None:
    """A number written with separators, if they can be read in one way only."""
    comma = _COMMA.fullmatch(text)
    if comma is not None:
        whole, rest = comma["whole"], comma["rest"]
        may_be_thousands = len(rest) == 3 and len(whole) <= 3 and not whole.startswith("0")
        return None if may_be_thousands else f"{comma['sign']}{whole}.{rest}"
    grouped = _GROUPED.fullmatch(text)
    if grouped is None:
        return None
    group, point = grouped["group"], grouped["point"]
    if point == group or (point is None and group in ",." and grouped["whole"].count(group) == 1):
        return None
    whole = grouped["whole"].replace(group, "")
    return whole if point is None else f"{whole}.{grouped['rest']}"


def _bounded(number: Decimal) -> Decimal | None:
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int), "the patterns let no infinity pass"
    too_exact = len(digits) > DIGITS_MAX or abs(exponent) > EXPONENT_MAX
    if too_exact or (number and number.adjusted() >= WHOLE_DIGITS_MAX):
        return None
    return Decimal(f"{number:f}") if exponent > 0 else number


def integer_of(text: str) -> int | None:
    """A whole number of at most 18 digits."""
    text = text.strip(_BLANKS)
    return int(text) if _INTEGER.fullmatch(text) else None


def date_of(text: str) -> date | None:
    """A calendar date between 1900 and 9998; of a date-time, its date."""
    found = _DATE.fullmatch(text.strip(_BLANKS))
    if found is None:
        return None
    try:
        day = date.fromisoformat(found["day"])
    except ValueError:
        return None
    return day if YEAR_FIRST <= day.year <= YEAR_LAST else None


def wall_clock_of(text: str) -> datetime | None:
    """What a clock showed, between 1900 and 9998; an offset is left out, never applied."""
    found = _WALL_CLOCK.fullmatch(text.strip(_BLANKS))
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(f"{found['day']}T{found['time'] or '00:00'}")
    except ValueError:
        return None
    return moment if YEAR_FIRST <= moment.year <= YEAR_LAST else None


def zone_of(text: str) -> timedelta | None:
    """How far ahead of UTC a date-time says to be; ``None``: it does not say, or no zone is."""
    _day, separator, clock = text.strip(_BLANKS).partition("T")
    found = _ZONE.fullmatch(clock) if separator and wall_clock_of(text) is not None else None
    if found is None:
        return None
    if found["utc"]:
        return timedelta(0)
    ahead = timedelta(hours=int(found["h"]), minutes=int(found["m"] or 0))
    return None if ahead > _ZONE_MAX else -ahead if found["sign"] == "-" else ahead


def interval_of(text: str) -> timedelta | None:
    """A time interval such as ``PT1H30M0S``."""
    found = _INTERVAL.fullmatch(text.strip(_BLANKS))
    if found is None:
        return None
    length = timedelta(
        hours=int(found["h"] or 0), minutes=int(found["m"] or 0), seconds=int(found["s"] or 0)
    )
    return -length if found["sign"] == "-" else length


def flag_of(text: str) -> bool | None:
    """A boolean."""
    return _FLAGS.get(text.strip(_BLANKS).lower())


_FLAGS: Final = {"true": True, "1": True, "false": False, "0": False}
