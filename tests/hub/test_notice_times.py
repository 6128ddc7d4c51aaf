"""Quiet hours and digests by the wall clock, whatever the clock does."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from counterfoil.errors import UsageError
from counterfoil.hub.notice_times import (
    Digest,
    is_quiet,
    quiet_ends,
    read_digest,
    read_quiet,
)

DENVER = ZoneInfo("America/Denver")


def local(text: str, *, fold: int = 0) -> datetime:
    """A moment by Denver's wall clock; 2026-03-02 is a Monday."""
    return datetime.fromisoformat(text).replace(tzinfo=DENVER, fold=fold)


@pytest.mark.parametrize(
    "hours, moment, is_covered",
    [
        ("18:00-07:00", "2026-03-02 17:59", False),
        ("18:00-07:00", "2026-03-02 18:00", True),
        ("18:00-07:00", "2026-03-03 06:59", True),
        ("18:00-07:00", "2026-03-03 07:00", False),
        ("12:00-13:00", "2026-03-02 12:30", True),
        ("12:00-13:00", "2026-03-02 13:00", False),
        # The night that begins on Friday ends on Saturday; Saturday's own is not quiet.
        ("mon-fri 18:00-07:00", "2026-03-07 06:00", True),
        ("mon-fri 18:00-07:00", "2026-03-07 19:00", False),
        ("mon-fri 18:00-07:00", "2026-03-02 06:00", False),
        ("sat,sun 00:00-24:00", "2026-03-08 23:59", True),
        ("sat,sun 00:00-24:00", "2026-03-09 00:00", False),
        ("sun 22:00-24:00", "2026-03-08 23:59", True),
        ("sun 22:00-24:00", "2026-03-09 00:00", False),
    ],
)
def test_what_is_quiet(hours: str, moment: str, is_covered: bool) -> None:
    """The beginning belongs to it, the end does not; a night belongs to the day it begins on."""
    assert is_quiet([read_quiet(hours)], local(moment), DENVER) is is_covered


@pytest.mark.parametrize(
    "typed, written",
    [
        ("18:00-07:00", "18:00-07:00"),
        (" Mon-Fri  18:00 - 7:00 ", "mon-fri 18:00-07:00"),
        ("sunday,saturday 00:00-24:00", "sat,sun 00:00-00:00"),
        ("fri-mon 9:30-10:00", "fri-mon 09:30-10:00"),
        ("mon,wed 09:30-10:00", "mon,wed 09:30-10:00"),
        ("mon-sun 09:30-10:00", "09:30-10:00"),
    ],
)
def test_hours_are_kept_as_people_would_write_them(typed: str, written: str) -> None:
    """However they are typed, they are shown in one way, which reads as the same."""
    assert str(read_quiet(typed)) == written
    assert read_quiet("sat,sun 0:00-24:00").words == "Sat, Sun all day"
    assert read_quiet("mon-fri 18:00-7:00").words == "Mon\N{EN DASH}Fri 18:00 to 07:00"
    assert read_quiet(written) == read_quiet(typed)


@pytest.mark.parametrize(
    "typed", ["", "18-7", "25:00-07:00", "18:00", "xyz 18:00-07:00", "24:00-1"]
)
def test_what_are_no_hours(typed: str) -> None:
    """What cannot be read is named, with how it is written."""
    with pytest.raises(UsageError, match=r"like 18:00-07:00"):
        read_quiet(typed)


@pytest.mark.parametrize(
    "hours, moment, end",
    [
        (["18:00-07:00"], "2026-03-02 23:10", "2026-03-03 07:00"),
        (["18:00-07:00"], "2026-03-02 12:00:30", "2026-03-02 12:00:30"),
        (["fri 18:00-00:00", "sat,sun 00:00-00:00"], "2026-03-06 20:00", "2026-03-09 00:00"),
        # Two o'clock does not come that night; three does.
        (["22:00-02:30"], "2026-03-07 23:00", "2026-03-08 03:00"),
        # Whoever is always quiet would hear of nothing: it is told at once.
        (["00:00-00:00"], "2026-03-02 12:00", "2026-03-02 12:00"),
    ],
)
def test_when_quiet_ends(hours: list[str], moment: str, end: str) -> None:
    """The first moment by the wall clock that is not quiet."""
    found = quiet_ends([read_quiet(each) for each in hours], local(moment), DENVER)

    assert found == local(end)


@pytest.mark.parametrize(
    "digest, now, last",
    [
        ("daily@08:00", "2026-03-03 08:00", "2026-03-03 08:00"),
        ("daily@08:00", "2026-03-03 07:59", "2026-03-02 08:00"),
        ("monday@08:00", "2026-03-09 07:59", "2026-03-02 08:00"),
        ("mon@8:00", "2026-03-09 08:01", "2026-03-09 08:00"),
        # Half past two comes an hour later on that day.
        ("daily@02:30", "2026-03-08 03:31", "2026-03-08 03:30"),
    ],
)
def test_when_a_digest_was_last_due(digest: str, now: str, last: str) -> None:
    """By the wall clock, once a day or a week."""
    assert read_digest(digest).last(local(now), DENVER) == local(last)


def test_an_hour_that_comes_twice_is_told_once() -> None:
    """When the clock is set back, the first half past one counts, and no second one."""
    digest = read_digest("daily@01:30")
    first = local("2026-11-01 01:45")
    second = local("2026-11-01 01:45", fold=1)

    assert first.astimezone(UTC) < second.astimezone(UTC)
    assert digest.last(first, DENVER) == digest.last(second, DENVER)


def test_a_digest_in_words() -> None:
    """As people say it, and as it is written."""
    assert read_digest("Daily @ 8:00").words == "every day at 08:00"
    assert read_digest("fri@17:00").words == "every Friday at 17:00"
    assert str(read_digest("fri@17:00")) == "friday@17:00"
    assert isinstance(read_digest("daily@08:00"), Digest)
    for wrong in ("daily", "someday@08:00", "daily@24:00"):
        with pytest.raises(UsageError, match="daily@08:00"):
            read_digest(wrong)
