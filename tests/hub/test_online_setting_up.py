"""A link of Autotask with QuickBooks Online of which nothing has gone yet."""

from __future__ import annotations

from counterfoil.api import standing
from counterfoil.hub import before_first
from tests.support.online import OnlineDesk


def test_o7_the_status_tells_what_is_left(online_desk: OnlineDesk) -> None:
    """O7, S5: how far setting up has come stands with the link, with what is left of it."""
    with online_desk.having("purchase-order-out.mode=manual"):
        online_desk.goods("Rack")
        online_desk.order("Pelican", "1 Rack @ 1")
        online_desk.clock.advance(hours=7)
        online_desk.settle()
        (link,) = standing.status(online_desk.hub).links

    assert link.stage == "Step 1 Complete. Please Configure Settings."
    assert any("Automatic Purchase Order Sync" in each for each in link.steps_left)


def test_the_first_step_names_the_company(online_desk: OnlineDesk) -> None:
    """Somebody is signed in: to which company is told beside it, and nothing twice."""
    found = before_first.link_checklist(online_desk.hub, online_desk.link)
    step = next(each for each in found.steps if each.step == "signed-in")

    assert step.is_passed
    assert step.sentence == "It is Acme Books."
