"""Instants and the company's calendar days: A6 to A9."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.connectors.called import (
    days_between,
    parse_day,
    parse_instant,
    render_day,
    render_instant,
)

NEW_YORK, LISBON = ZoneInfo("America/New_York"), ZoneInfo("Europe/Lisbon")


class TestInstants:
    def test_a6_the_vendors_own_example(self) -> None:
        """A6: 09:15:15Z is 04:15:15 of the same day five hours west."""
        zone = timezone(timedelta(hours=-5))

        moment = parse_instant("2020-07-20T09:15:15Z", zone)
        assert moment is not None
        local = moment.astimezone(zone)

        assert (local.date(), local.time()) == (date(2020, 7, 20), time(4, 15, 15))

    def test_a7_without_zone_it_is_the_companys(self) -> None:
        """A7: in Lisbon's summer 09:15 without designator is 08:15 in UTC."""
        moment = parse_instant("2020-07-20T09:15:15", LISBON)

        assert moment == datetime(2020, 7, 20, 8, 15, 15, tzinfo=UTC)

    @pytest.mark.parametrize("offset", ["+01:00", "+0100", "+01"])
    def test_a8_three_spellings_of_one_offset(self, offset: str) -> None:
        """A8: all three spellings are the same instant."""
        moment = parse_instant(f"2020-07-20T09:15:15{offset}", NEW_YORK)

        assert moment == datetime(2020, 7, 20, 8, 15, 15, tzinfo=UTC)

    @pytest.mark.parametrize(
        "text", ["2020-07-20T09:15:15.123Z", "2020-07-20T09:15:15z", " 2020-07-20T09:15:15Z "]
    )
    def test_what_else_may_be_met(self, text: str) -> None:
        """Fractions, a small z and spaces are passed over."""
        assert parse_instant(text, NEW_YORK) == datetime(2020, 7, 20, 9, 15, 15, tzinfo=UTC)

    @pytest.mark.parametrize(
        "text", ["", "2020-07-20 09:15:15", "2020-07-20", "20.07.2020", "2020-13-20T09:15:15Z"]
    )
    def test_what_is_none(self, text: str) -> None:
        """The T is mandatory and the day has to exist."""
        with pytest.raises(ValueError, match=r"is not a date such as|is no moment"):
            parse_instant(text, NEW_YORK)


class TestDays:
    def test_a_day_is_the_companys(self) -> None:
        """Half past eleven in the evening in New York is not tomorrow."""
        assert parse_day("2025-07-02T03:30:00Z", NEW_YORK) == date(2025, 7, 1)
        assert parse_day("2025-12-31", NEW_YORK) == date(2025, 12, 31)

    @given(
        day=st.dates(date(1990, 1, 1), date(2060, 1, 1)),
        zone=st.sampled_from(sorted(available_timezones())).map(ZoneInfo),
    )
    def test_every_day_comes_back(self, day: date, zone: ZoneInfo) -> None:
        """Whatever the zone and its clock changes, a day written is the day read."""
        assert parse_day(render_day(day, zone), zone) == day

    @given(st.integers(0, 2**32))
    def test_every_instant_comes_back(self, seconds: int) -> None:
        """An instant written is the instant read, to the second."""
        whole = datetime.fromtimestamp(seconds, UTC)

        assert parse_instant(render_instant(whole), NEW_YORK) == whole


class TestSplitting:
    def test_a9_work_across_midnight(self) -> None:
        """A9: 23:30 to 00:30 is half an hour on either day."""
        start = datetime(2025, 3, 4, 23, 30, tzinfo=NEW_YORK)

        days = [*days_between(start, start + timedelta(hours=1), NEW_YORK)]

        assert days == [(date(2025, 3, 4), 1800), (date(2025, 3, 5), 1800)]

    def test_a_day_of_23_hours(self) -> None:
        """On the day the clock goes forward, midnight comes after 23 hours."""
        start = datetime(2025, 3, 9, 0, 0, tzinfo=NEW_YORK).astimezone(UTC)

        days = [*days_between(start, start + timedelta(hours=24), NEW_YORK)]

        assert days == [(date(2025, 3, 9), 23 * 3600), (date(2025, 3, 10), 3600)]

    def test_a_backward_stretch_is_nothing(self) -> None:
        """A record that ends before it starts has no time."""
        start = datetime(2025, 3, 9, tzinfo=UTC)

        assert [*days_between(start, start - timedelta(hours=1), NEW_YORK)] == []
