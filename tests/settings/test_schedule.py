"""Daily hours and rhythm of automatic retrieval."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.settings import (
    FlowMode,
    FlowName,
    GeneralSettings,
    SalesOrderIn,
    Settings,
    in_window,
    next_window_opening,
    retrieval_due,
)

NEW_YORK = ZoneInfo("America/New_York")
TEN = datetime(2026, 3, 2, 10, tzinfo=UTC)


def hours(start: str | None = None, end: str | None = None, zone: str = "UTC") -> Settings:
    """Give a link whose sales orders are retrieved automatically within these hours."""
    return Settings(
        general=GeneralSettings(
            time_zone=zone,
            window_start=time.fromisoformat(start) if start else None,
            window_end=time.fromisoformat(end) if end else None,
        ),
        sales_order_in=SalesOrderIn(mode=FlowMode.AUTOMATIC),
    )


def due(
    settings: Settings,
    last_start: datetime | None,
    now: datetime,
    last_end: datetime | None = None,
    is_running: bool = False,
) -> bool:
    return retrieval_due(
        last_start,
        now,
        settings,
        flow=FlowName.SALES_ORDER_IN,
        last_end=last_end,
        is_running=is_running,
    )


class TestWindow:
    @pytest.mark.parametrize(
        "start, end, at, open_",
        [
            ("22:00", "06:00", "23:30", True),  # B18
            ("22:00", "06:00", "05:59", True),  # B18
            ("22:00", "06:00", "06:00", False),  # B18
            ("22:00", "06:00", "22:00", True),
            ("22:00", "06:00", "21:59:59.999999", False),
            ("22:00", "06:00", "00:00", True),
            ("08:00", "18:00", "08:00", True),
            ("08:00", "18:00", "17:59:59", True),
            ("08:00", "18:00", "18:00", False),
            ("08:00", "18:00", "03:00", False),
            ("08:00", "08:00", "03:00", True),
            (None, None, "03:00", True),
            ("22:00", "00:00", "23:59", True),
            ("22:00", "00:00", "00:00", False),
        ],
    )
    def test_flow_5(self, start: str | None, end: str | None, at: str, open_: bool) -> None:
        """FLOW-5, B18: start inclusive, end exclusive, past midnight, equal is all day."""
        assert in_window(hours(start, end), time.fromisoformat(at)) is open_


class TestNextOpening:
    def test_is_now_while_open(self) -> None:
        """An open window opens now, to the microsecond."""
        now = TEN.replace(microsecond=7)
        assert next_window_opening(hours("08:00", "18:00"), now) == now

    def test_is_the_next_start(self) -> None:
        """A closed window opens at its start, in the company's zone."""
        opening = next_window_opening(hours("22:00", "06:00", "America/New_York"), TEN)
        assert opening == TEN  # five in the morning there
        later = next_window_opening(
            hours("22:00", "06:00", "America/New_York"), TEN + timedelta(hours=1, seconds=30)
        )
        assert later == datetime(2026, 3, 2, 22, tzinfo=NEW_YORK)

    def test_start_swallowed_by_the_clock_change(self) -> None:
        """Half past two does not exist in that night: the window opens when it is three."""
        before = datetime(2026, 3, 8, 1, 0, tzinfo=NEW_YORK)
        opening = next_window_opening(hours("02:30", "05:00", "America/New_York"), before)
        assert opening.astimezone(UTC) == datetime(2026, 3, 8, 7, 0, tzinfo=UTC)

    def test_window_swallowed_by_the_clock_change(self) -> None:
        """A window that does not exist in that night opens in the next."""
        before = datetime(2026, 3, 8, 1, 0, tzinfo=NEW_YORK)
        opening = next_window_opening(hours("02:00", "03:00", "America/New_York"), before)
        assert opening.astimezone(NEW_YORK) == datetime(2026, 3, 9, 2, 0, tzinfo=NEW_YORK)

    @given(
        st.times().map(lambda t: t.replace(second=0, microsecond=0)),
        st.times().map(lambda t: t.replace(second=0, microsecond=0)),
        st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    )
    def test_is_the_first_open_moment(self, start: time, end: time, now: datetime) -> None:
        """At the opening the window is open, and a minute before it is not (or is past)."""
        settings = hours(start.isoformat(), end.isoformat(), "America/New_York")
        opening = next_window_opening(settings, now)
        assert opening >= now
        assert in_window(settings, opening.astimezone(NEW_YORK).time())
        if opening > now:
            before = max(now, opening - timedelta(seconds=1))
            assert not in_window(settings, before.astimezone(NEW_YORK).time())


class TestRetrievalDue:
    def test_flow_3_counts_from_start_to_start(self) -> None:
        """FLOW-3: every thirty minutes, however long the run took within them."""
        end = TEN + timedelta(minutes=20)
        assert not due(hours(), TEN, TEN + timedelta(minutes=29, seconds=59), end)
        assert due(hours(), TEN, TEN + timedelta(minutes=30), end)

    def test_flow_3_overrun_takes_the_next_slot(self) -> None:
        """FLOW-3: a run of 45 minutes is followed at 60, not at once."""
        end = TEN + timedelta(minutes=45)
        assert not due(hours(), TEN, TEN + timedelta(minutes=46), end)
        assert due(hours(), TEN, TEN + timedelta(minutes=60), end)

    def test_flow_3_never_two_at_once(self) -> None:
        """FLOW-3: nothing is due while a retrieval runs, however late it is."""
        assert not due(hours(), TEN, TEN + timedelta(hours=9), is_running=True)

    def test_first_is_due_at_once(self) -> None:
        """A flow that never ran does not wait for half an hour."""
        assert due(hours(), None, TEN)

    def test_flow_5_waits_for_the_window(self) -> None:
        """FLOW-5: outside the daily hours nothing starts; at their start it does."""
        settings = hours("22:00", "06:00", "America/New_York")
        closed = datetime(2026, 3, 2, 21, 59, tzinfo=NEW_YORK)
        assert not due(settings, TEN, closed)
        assert due(settings, TEN, closed + timedelta(minutes=1))

    def test_only_automatic_flows(self) -> None:
        """FLOW-3, FLOW-5: by hand or off, nothing is due, whatever the hours."""
        for mode in (FlowMode.MANUAL, FlowMode.OFF):
            settings = Settings(sales_order_in=SalesOrderIn(mode=mode))
            assert not due(settings, None, TEN)

    def test_planned_flow_is_never_due(self) -> None:
        """A flow without settings does not run."""
        assert not retrieval_due(None, TEN, hours(), flow=FlowName.INVOICE_IN)

    def test_clock_set_back(self) -> None:
        """A last start in the future does not keep the next one waiting for it."""
        assert due(hours(), TEN + timedelta(days=3), TEN)

    def test_interval_is_a_setting(self) -> None:
        """Another interval is kept as well."""
        settings = Settings(
            general=GeneralSettings(retrieval_interval_minutes=5),
            sales_order_in=SalesOrderIn(mode=FlowMode.AUTOMATIC),
        )
        assert due(settings, TEN, TEN + timedelta(minutes=5))


class TestLocalDate:
    def test_is_the_company_s_day(self) -> None:
        """Late evening in New York is the same day there, and the next in UTC."""
        evening = datetime(2026, 3, 3, 3, 30, tzinfo=UTC)
        assert hours(zone="America/New_York").local_date(evening).isoformat() == "2026-03-02"
        assert hours().local_date(evening).isoformat() == "2026-03-03"

    def test_wants_a_moment(self) -> None:
        """A time without a zone has no local day."""
        with pytest.raises(AssertionError, match="zone"):
            hours().local_date(datetime(2026, 3, 3))  # noqa: DTZ001
