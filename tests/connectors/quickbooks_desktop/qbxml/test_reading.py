"""Values from outside: what is read, and that everything else is not read at all."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from counterfoil.connectors.quickbooks_desktop.qbxml import _reading as reading

DIGITS = st.text(st.sampled_from("0123456789.,-+eE '\u00a0_٣²NaInfity"), max_size=60)
NUMBERS = [
    ("2", "2"),
    ("-1234.50", "-1234.50"),
    ("+.5", "0.5"),
    (" 12 ", "12"),
    ("1e5", "100000"),
    ("1.5E-3", "0.0015"),
    ("1,234.50", "1234.50"),
    ("-1,234.50", "-1234.50"),
    ("1.234,50", "1234.50"),
    ("1,234,567", "1234567"),
    ("1.234.567", "1234567"),
    ("1 234,50", "1234.50"),
    ("1\u00a0234", "1234"),
    ("1'234.50", "1234.50"),
    ("12,5", "12.5"),
    ("0,125", "0.125"),
    ("1234,567", "1234.567"),
    ("1.234", "1.234"),
]
NO_NUMBERS = [
    "",
    "two",
    "1,000",
    "12,000",
    "1,23,4",
    "1,2345,678",
    "1,234,50",
    "1.234.50",
    "$5",
    "5%",
    "1_000",
    "٣",
    "NaN",
    "-Infinity",
    "1e30",
    "1e999",
    "1e-31",
    "1e99999999999999999999",
    "1" * 19,
    "0." + "1" * 31,
    "9" * 100_000,
]


class TestNumbers:
    @pytest.mark.parametrize("text, number", NUMBERS)
    def test_what_can_be_read_in_one_way_is_read(self, text: str, number: str) -> None:
        """Plain numbers, and separators that say one thing only."""
        assert reading.decimal_of(text) == Decimal(number)
        assert "E" not in str(reading.decimal_of(text))

    @pytest.mark.parametrize("text", NO_NUMBERS, ids=lambda text: text[:20])
    def test_what_says_two_things_or_too_much_is_not_read(self, text: str) -> None:
        """``1,000`` is a thousand or one; a number too large to calculate with is none."""
        assert reading.decimal_of(text) is None

    @given(DIGITS)
    @example("1" * 18 + "." + "1" * 12)
    def test_whatever_is_read_can_be_calculated_with(self, text: str) -> None:
        """No number that is read overflows when it is multiplied and rounded to cents."""
        number = reading.decimal_of(text)

        if number is not None:
            cents = (number * Decimal("1.5")).quantize(Decimal("0.01"), ROUND_HALF_UP)
            assert cents.is_finite()
            assert len(number.as_tuple().digits) <= reading.DIGITS_MAX + reading.EXPONENT_MAX

    @given(DIGITS)
    @example("9" * 5000)
    def test_whole_numbers(self, text: str) -> None:
        """A whole number has at most 18 digits, in ASCII, with nothing between them."""
        number = reading.integer_of(text)

        assert number is None or number == int(text.strip())
        assert number is None or abs(number) < 10**18


class TestTimes:
    @pytest.mark.parametrize(
        "text, day",
        [
            ("2026-01-31", date(2026, 1, 31)),
            ("2026-01-31T23:59:59-08:00", date(2026, 1, 31)),
            ("2026-01-31Z", date(2026, 1, 31)),
            ("1900-01-01", date(1900, 1, 1)),
            ("9998-12-31", date(9998, 12, 31)),
        ],
    )
    def test_dates(self, text: str, day: date) -> None:
        """A date is read as it stands, and of a date-time its date."""
        assert reading.date_of(text) == day

    @pytest.mark.parametrize(
        "text",
        ["", "0001-01-01", "9999-12-31", "2026-02-30", "2026-13-01", "20260131", "2026-W05-6",
         "31.01.2026", "2026-01-31x", "٢٠٢٦-01-31"],
    )  # fmt: skip
    def test_what_is_no_date(self, text: str) -> None:
        """A day that does not exist, or so near the end of time that a zone would leave it."""
        assert reading.date_of(text) is None
        assert reading.wall_clock_of(text) is None

    @pytest.mark.parametrize(
        "text, moment",
        [
            ("2026-01-31T23:59:59-08:00", datetime(2026, 1, 31, 23, 59, 59)),  # noqa: DTZ001
            ("2026-01-31T23:59", datetime(2026, 1, 31, 23, 59)),  # noqa: DTZ001
            ("2026-01-31T23:59:59.123Z", datetime(2026, 1, 31, 23, 59, 59)),  # noqa: DTZ001
            ("2026-01-31", datetime(2026, 1, 31)),  # noqa: DTZ001
            ("2026-01-31T23:59:59+99:99", datetime(2026, 1, 31, 23, 59, 59)),  # noqa: DTZ001
        ],
    )
    def test_the_wall_clock_counts_without_its_offset(self, text: str, moment: datetime) -> None:
        """What the clock showed is kept; no offset, however odd, is applied."""
        assert reading.wall_clock_of(text) == moment

    @pytest.mark.parametrize(
        "text",
        ["2025-02-30T00:00:00-05:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00",
         "2026-01-31T25:00:00", "2026-01-31T23:59:61", "2026-01-31 noon"],
    )  # fmt: skip
    def test_what_is_no_time(self, text: str) -> None:
        """Impossible times, and those at the ends of the calendar."""
        assert reading.wall_clock_of(text) is None

    @given(st.one_of(st.text(max_size=40), st.datetimes().map(datetime.isoformat)))
    def test_whatever_is_read_can_be_moved(self, text: str) -> None:
        """No time that is read leaves the calendar when a day is taken or added."""
        moment = reading.wall_clock_of(text)
        day = reading.date_of(text)

        for found in (moment, day):
            assert found is None or found - timedelta(days=1) < found + timedelta(days=1)

    @pytest.mark.parametrize(
        "text, length",
        [("PT1H30M0S", 5400), ("-PT30M", -1800), ("PT5S", 5), ("PT", None), ("P1D", None),
         ("PT" + "9" * 30 + "H", None), ("PT1.5H", None)],
    )  # fmt: skip
    def test_intervals(self, text: str, length: int | None) -> None:
        """Hours, minutes and seconds, few enough digits that no length overflows."""
        found = reading.interval_of(text)

        assert found == (None if length is None else timedelta(seconds=length))

    @pytest.mark.parametrize(
        "text, flag",
        [("true", True), ("1", True), (" TRUE ", True), ("false", False), ("0", False),
         ("yes", None), ("", None)],
    )  # fmt: skip
    def test_booleans(self, text: str, flag: bool | None) -> None:
        """The four words of the schema, in any case."""
        assert reading.flag_of(text) is flag
