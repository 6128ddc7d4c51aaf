"""Who changed what, and when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given

from counterfoil.settings import (
    DEFAULTS,
    Change,
    FlowMode,
    SalesOrderOut,
    Settings,
    Unreadable,
    diff,
    next_version,
)

from .strategies import FEWER
from .strategies import settings as any_settings

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
AUTOMATIC = Settings(sales_order_out=SalesOrderOut(mode=FlowMode.AUTOMATIC))


class TestNextVersion:
    def test_counts_from_one(self) -> None:
        """Versions have no gaps, and each names what changed, by whom and when."""
        first = next_version(None, DEFAULTS, author="ines", at=NOON)
        second = next_version(first, AUTOMATIC, author="olaf", at=NOON + timedelta(hours=1))
        assert (first.number, first.changed) == (1, ())
        assert (second.number, second.changed) == (2, ("sales-order-out.mode",))
        assert (second.author, second.at) == ("olaf", NOON + timedelta(hours=1))
        assert second.values == AUTOMATIC

    def test_no_change_is_no_version(self) -> None:
        """Saving a form without a change leaves the version as it is."""
        first = next_version(None, AUTOMATIC, author="ines", at=NOON)
        assert next_version(first, AUTOMATIC, author="olaf", at=NOON) is first

    def test_first_names_what_differs_from_defaults(self) -> None:
        """A link made with settings of its own has them in its first version."""
        first = next_version(None, AUTOMATIC, author="ines", at=NOON)
        assert first.changed == ("sales-order-out.mode",)

    def test_wants_a_moment(self) -> None:
        """A time without a zone is our mistake."""
        with pytest.raises(AssertionError, match="moment"):
            next_version(None, DEFAULTS, author="ines", at=NOON.replace(tzinfo=None))


class TestDiff:
    def test_shows_texts(self) -> None:
        """A change is shown as a person would type it."""
        assert diff(DEFAULTS, AUTOMATIC) == [
            Change(
                key="sales-order-out.mode",
                label="Send sales orders",
                before="manual",
                after="automatic",
            )
        ]

    def test_shows_what_cannot_be_read(self) -> None:
        """A value of a newer version that comes or goes is a change, too."""
        newer = Settings(unreadable=(Unreadable("general.moon", '"new"'),))
        (change,) = diff(newer, DEFAULTS)
        assert (change.key, change.before, change.after) == ("general.moon", '"new"', "")

    @FEWER
    @given(any_settings(), any_settings())
    def test_is_empty_only_between_equals(self, one: Settings, other: Settings) -> None:
        """Two settings differ exactly when the list of changes is not empty."""
        assert (diff(one, other) == []) == (one == other)
