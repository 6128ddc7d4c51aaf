"""Which purchase orders go by themselves: looked back so many days, and what ERROR means."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from counterfoil.documents import DocumentStatus, PurchaseOrder, Reference
from counterfoil.engine.admission import Go, Hold, LeaveOut, Link, admit
from counterfoil.settings import FlowMode, FlowName, Settings, SystemName, defaults_of, options_for
from counterfoil.translate import TRANSLATORS

TODAY = date(2026, 3, 3)
FLOW = FlowName.PURCHASE_ORDER_OUT
AUTOTASK = defaults_of(SystemName.AUTOTASK)


def rules(**changes: Any) -> Settings:
    own = msgspec.structs.replace(AUTOTASK.purchase_order_out, mode=FlowMode.AUTOMATIC, **changes)
    return msgspec.structs.replace(AUTOTASK, purchase_order_out=own)


def order(day: date | None = TODAY, **changes: Any) -> PurchaseOrder:
    made = PurchaseOrder(
        id="501",
        number="501",
        vendor=Reference("Millco", "174"),
        created_on=day,
        lines=(),
    )
    return msgspec.structs.replace(made, **changes)


def asked(document: PurchaseOrder, *, pressed: bool = False, **changes: Any) -> str | None:
    """The code of what keeps an order, ``None``: it goes."""
    found = admit(document, FLOW, Link(settings=rules(**changes)), pressed=pressed, today=TODAY)
    return None if isinstance(found, Go) else found.reason.code


class TestWindow:
    @pytest.mark.parametrize(
        "day, days, kept",
        [
            (date(2026, 2, 17), 14, None),  # S6: 14 days seen on 3 March reach to 17 February
            (date(2026, 2, 16), 14, "outside-window"),
            (TODAY, 1, None),
            (date(2026, 3, 2), 1, None),
            (date(2026, 3, 1), 1, "outside-window"),
            (date(2026, 3, 4), 1, None),  # a tenant's clock that is ahead
            (TODAY, 0, "looks-not-back"),  # 0 pauses
            (date(2020, 1, 1), None, None),  # no window at all
            (None, 14, None),  # an order that tells no day is not too old
        ],
    )
    def test_op9_calendar_days_both_ends_counted(
        self, day: date | None, days: int | None, kept: str | None
    ) -> None:
        """OP9, S6: an order goes if it was created so many days ago or later; 0 pauses."""
        assert asked(order(day), look_back_days=days) == kept

    def test_op2_a_person_passes_over_window_and_status(self) -> None:
        """OP2, OP15: who sends an order passes over its age and status, and both are named."""
        old = order(date(2026, 1, 1), status=DocumentStatus.NEW)
        link = Link(settings=rules(look_back_days=14))
        found = admit(old, FLOW, link, pressed=True, today=TODAY)

        assert isinstance(found, Go)
        assert [each.code for each in found.passed] == ["outside-window", "not-submitted"]

    def test_nobody_passes_over_a_cancellation(self) -> None:
        """What no press passes over comes first, however old the order is."""
        old = order(date(2026, 1, 1), status=DocumentStatus.CANCELLED)

        assert asked(old, pressed=True, look_back_days=14) == "cancelled"

    def test_what_was_begun_grows_older(self) -> None:
        """An order that was taken up goes, however long the books could not be reached."""
        link = Link(settings=rules(look_back_days=14))

        assert admit(order(date(2026, 1, 1)), FLOW, link, pressed=False, today=None) == Go()

    def test_only_where_it_is_from(self) -> None:
        """The window, ERROR and to-dos are for links of Autotask."""
        names = {each.name for each in options_for(FLOW, SystemName.FUSION_OPERATIONS)}

        assert not names & {"look_back_days", "take_error_marked", "mark_errors", "to_dos"}


class TestErrorMark:
    @pytest.mark.parametrize("text", ["ERROR", "Error", " error "])
    def test_op2_what_the_old_app_marked_is_listed(self, text: str) -> None:
        """OP2: an order that bears ERROR waits under a cause of its own, until it is sent."""
        found = admit(
            order(external_number=text), FLOW, Link(settings=rules()), pressed=False, today=TODAY
        )

        assert isinstance(found, Hold)
        assert found.reason.code == "marked-error"
        assert asked(order(external_number=text), pressed=True) is None

    @pytest.mark.parametrize("switch", ["take_error_marked", "mark_errors"])
    def test_op2_by_a_switch_it_is_taken(self, switch: str) -> None:
        """OP2, OP3: such orders go by themselves where that is set, or ERROR is our own habit."""
        assert asked(order(external_number="ERROR"), **{switch: True}) is None

    def test_a_number_is_no_error(self) -> None:
        """K39: a number is another integration's, whatever is set about ERROR."""
        kept = asked(order(external_number="1044"), take_error_marked=True, mark_errors=True)

        assert kept == "numbered-elsewhere"


def test_every_flow_has_a_window() -> None:
    """Whoever is asked whether a document may be begun today has an answer."""
    link = Link(settings=rules())

    assert all(hasattr(each, "window") for each in TRANSLATORS.values())
    assert not isinstance(admit(order(), FLOW, link, pressed=False, today=TODAY), (Hold, LeaveOut))
