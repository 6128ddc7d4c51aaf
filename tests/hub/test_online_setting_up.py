"""A link of Autotask with QuickBooks Online of which nothing has gone yet."""

from __future__ import annotations

import pytest

from counterfoil.api import standing
from counterfoil.hub import before_first
from counterfoil.ledger import connections
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
    assert any("Automatic Purchase Order Sync" in str(each) for each in link.steps_left)


def test_the_first_step_names_the_company(online_desk: OnlineDesk) -> None:
    """Somebody is signed in: to which company is told beside it, and nothing twice."""
    found = before_first.link_checklist(online_desk.hub, online_desk.link)
    step = next(each for each in found.steps if each.step == "signed-in")

    assert step.is_passed
    assert step.sentence.sentence == "It is Acme Books."


@pytest.mark.parametrize(
    "several, setting, is_passed, told",
    [
        (None, "as_seen", None, "has not told its currencies"),
        ("no", "as_seen", True, "QuickBooks keeps USD only"),
        ("no", "yes", False, "switch Multicurrency on there"),
        ("yes", "no", True, "goes as USD at the rate 1.00"),
        ("yes", "as_seen", True, "an order's currency has to be its vendor's"),
    ],
)
def test_op6_to_op8_who_deals_in_several_currencies(
    online_desk: OnlineDesk, several: str | None, setting: str, is_passed: bool | None, told: str
) -> None:
    """OP6, OP7, OP8: what follows from the currencies of both sides is told before the first order."""
    hub, books = online_desk.hub, online_desk.books_id
    with hub.database.writing() as tx:
        known = connections.load(tx, books)
        assert known is not None
        facts = {name: value for name, value in known.facts.items() if name != "multi_currency"}
        facts |= {} if several is None else {"multi_currency": several, "home_currency": "USD"}
        connections.change(tx, books, facts=facts)
    with online_desk.having(f"general.several_currencies={setting}"):
        found = before_first.link_checklist(hub, online_desk.link)
    step = next(each for each in found.steps if each.step == "currencies")

    assert step.is_passed is is_passed
    assert told.lower() in str(step.sentence).lower()
