"""May it go: one answer, and for what has landed only what binds a change."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from counterfoil.documents import DocumentStatus, SalesOrder, reason
from counterfoil.engine.admission import Admission, Go, Hold, LeaveOut, Link, admit, admit_change
from counterfoil.settings import FlowMode, FlowName
from tests.support.builders import order, settings

OUT, IN = FlowName.SALES_ORDER_OUT, FlowName.SALES_ORDER_IN
TOO_OLD = reason("too-old", day=date(2026, 2, 27), start=date(2026, 3, 1))


def of(status: DocumentStatus = DocumentStatus.OPEN) -> SalesOrder:
    return order("SO-1 ACME", "1 NUT", status=status)


NOT_READY = reason("setup-unfinished", connection="Books", step="test access")


def link(mode: FlowMode = FlowMode.AUTOMATIC, **changes: Any) -> Link:
    rules = {key: changes.pop(key) for key in ("start_date",) if key in changes}
    made = settings(sales_order_out={"mode": mode, **rules}, sales_order_in={"mode": mode})
    return Link(settings=made, **changes)


@pytest.mark.parametrize(
    "flow, status, link_, pressed, expected",
    [
        (OUT, DocumentStatus.OPEN, link(), False, Go()),
        (OUT, DocumentStatus.CLOSED, link(), False, Go()),
        (OUT, DocumentStatus.DRAFT, link(), False, Hold(reason("draft"))),
        (OUT, DocumentStatus.DRAFT, link(), True, Hold(reason("draft"))),
        (OUT, DocumentStatus.CANCELLED, link(), False, LeaveOut(reason("cancelled"))),
        (OUT, DocumentStatus.CANCELLED, link(), True, LeaveOut(reason("cancelled"))),
        (IN, DocumentStatus.CANCELLED, link(), True, LeaveOut(reason("cancelled"))),
        (OUT, DocumentStatus.OPEN, link(FlowMode.OFF), True, Hold(reason("flow-off"))),
        (OUT, DocumentStatus.OPEN, link(FlowMode.MANUAL), True, Go()),
        (OUT, DocumentStatus.OPEN, link(is_paused=True), True, Hold(reason("link-paused"))),
        (
            OUT,
            DocumentStatus.OPEN,
            link(problem="no account"),
            True,
            Hold(reason("settings-problem", problem="no account")),
        ),
        # SET-6: a failed step of setting up, in either direction, whoever presses.
        (OUT, DocumentStatus.OPEN, link(not_ready=NOT_READY), True, Hold(NOT_READY)),
        (IN, DocumentStatus.OPEN, link(not_ready=NOT_READY), False, Hold(NOT_READY)),
        # The pause goes before all other reasons: it is what has to end first.
        (OUT, DocumentStatus.CANCELLED, link(is_paused=True), False, Hold(reason("link-paused"))),
        (OUT, DocumentStatus.OPEN, link(start_date=date(2026, 3, 1)), False, LeaveOut(TOO_OLD)),
        # 70: a person who presses passes over a rule that may be passed, and it is named.
        (OUT, DocumentStatus.OPEN, link(start_date=date(2026, 3, 1)), True, Go((TOO_OLD,))),
    ],
)
def test_a_create(
    flow: FlowName, status: DocumentStatus, link_: Link, pressed: bool, expected: Admission
) -> None:
    """1.4, 70: for a create all rules bind; a press passes over those that are passable."""
    assert admit(of(status), flow, link_, pressed=pressed) == expected


@pytest.mark.parametrize("pressed", [True, False])
def test_78_taken_up_already(pressed: bool) -> None:
    """78, 79: what was made from something taken up, or came from us, is left out for anybody."""
    ours = reason("from-us", number="SO-1")

    assert admit(of(), OUT, link(), pressed=pressed, taken_by=ours) == LeaveOut(ours)


@pytest.mark.parametrize(
    "link_, expected",
    [
        (link(), Go()),
        (link(FlowMode.MANUAL), Go()),
        (link(FlowMode.OFF), Hold(reason("flow-off"))),
        (link(is_paused=True), Hold(reason("link-paused"))),
        (link(problem="x"), Hold(reason("settings-problem", problem="x"))),
    ],
)
def test_a_change(link_: Link, expected: Admission) -> None:
    """9.1: what has landed is held back by the pause, the switch and unusable settings only."""
    assert admit_change(OUT, link_) == expected


@pytest.mark.parametrize(
    "flow, country, switched_on, expected",
    [
        (OUT, "US", False, Go()),
        (OUT, None, False, Go()),
        (OUT, "CA", False, Hold(reason("outside-us", country="CA"))),
        (OUT, "UK", False, Hold(reason("outside-us", country="UK"))),
        (OUT, "CA", True, Go()),
        (OUT, "UK", True, Go()),
        (OUT, "AU", True, Hold(reason("outside-us", country="AU"))),
        (IN, "CA", False, Go()),
        (IN, "AU", False, Go()),
    ],
)
@pytest.mark.parametrize("pressed", [True, False])
def test_b5_flow_9_outside_the_united_states(
    flow: FlowName, country: str | None, switched_on: bool, expected: Admission, pressed: bool
) -> None:
    """B5, FLOW-9: outside the US nothing goes unless that is switched on; retrieving works."""
    rules = Link(settings=settings(send_outside_us=switched_on), country=country)

    assert admit(of(), flow, rules, pressed=pressed) == expected


def test_a_flow_this_version_lacks() -> None:
    """A flow that nobody switched on, or that this version lacks, is off."""
    assert admit_change(FlowName.ESTIMATE_IN, link()) == Hold(reason("flow-off"))
