"""When stock is counted by itself."""

from __future__ import annotations

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from counterfoil.settings import FlowMode, Leading, Settings, Weekday, count_due_since, in_force
from counterfoil.settings._registry import DEFAULTS, with_values

ZONE = "America/New_York"


def settings(at: time | None = time(2), day: Weekday | None = None) -> Settings:
    return with_values(
        DEFAULTS,
        {
            "general.time_zone": ZONE,
            "stock-count-out.daily_at": at,
            "stock-count-out.weekday": day,
        },
    )


@pytest.mark.parametrize(
    "now, since",
    [
        ("2026-03-02 02:00", "2026-03-02 02:00"),
        ("2026-03-02 13:59", "2026-03-02 02:00"),
        ("2026-03-02 01:59", None),
        ("2026-03-02 14:00", None),
    ],
)
def test_once_a_day_until_half_a_day_later(now: str, since: str | None) -> None:
    """From its time on it is due, and no more twelve hours later: then the next time counts."""
    zone = ZoneInfo(ZONE)
    found = count_due_since(settings(), datetime.fromisoformat(now).replace(tzinfo=zone))

    assert found == (since and datetime.fromisoformat(since).replace(tzinfo=zone))


@pytest.mark.parametrize("day, is_due", [(Weekday.MONDAY, True), (Weekday.TUESDAY, False)])
def test_on_its_day_only(day: Weekday, *, is_due: bool) -> None:
    """With a day of the week, once a week."""
    monday = datetime(2026, 3, 2, 3, tzinfo=ZoneInfo(ZONE))

    assert (count_due_since(settings(day=day), monday) is not None) is is_due


def test_without_a_time_never() -> None:
    """Stock is sent by hand unless somebody set a time."""
    assert (
        count_due_since(settings(at=None), datetime(2026, 3, 2, 3, tzinfo=ZoneInfo(ZONE))) is None
    )


@pytest.mark.parametrize(
    "leading, off",
    [
        (Leading.OPERATIONS, set[str]()),
        (Leading.PURCHASING_ONLY, {"stock_count_out"}),
        (Leading.BOOKS, {"purchase_order_out", "receipt_out", "stock_count_out"}),
    ],
)
def test_who_leads_says_which_flows_are_off(leading: Leading, off: set[str]) -> None:
    """A flow that would write over what the other system leads does not run."""
    acting = in_force(with_values(DEFAULTS, {"general.leading": leading}))
    flows = ("purchase_order_out", "receipt_out", "stock_count_out")

    assert {flow for flow in flows if getattr(acting, flow).mode is FlowMode.OFF} == off
