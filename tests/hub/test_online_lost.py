"""Nothing lost, nothing twice in QuickBooks Online, whatever comes between two calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from counterfoil.hub import desk
from tests.support.online import OnlineDesk
from tests.support.world import ACTOR


@pytest.fixture(scope="module")
def company(online_desk: OnlineDesk) -> OnlineDesk:
    """The company, at rest, with what it buys in its books."""
    online_desk.goods("Rack")
    online_desk.settle()
    return online_desk


@contextmanager
def just_before(company: OnlineDesk, call: str, happens: Callable[[], object]) -> Iterator[None]:
    """Let something happen there right before the hub's next call of a path's end."""
    line, due = company.books_line, [happens]
    company.books_line.hears = lambda request: (
        due.pop()() if due and request.url.path.endswith(call) else None
    )
    yield
    line.hears = None
    assert not due, f"{call} was not called"


class TestTakingOut:
    def test_what_a_bookkeeper_changes_right_before_stays(self, company: OnlineDesk) -> None:
        """Between our reading and the deletion somebody changes it: that is told, and it stays."""
        order = company.order("Pelican", "1 Rack @ 5")
        company.settle()
        number = company.transfer(order).target_id or ""
        desk.undo(company.hub, ACTOR, transfer_ids=[company.transfer(order).id])
        with just_before(
            company,
            f"/purchaseorder/{number}",
            lambda: company.change_there("PurchaseOrder", number, TxnDate="2025-03-01"),
        ):
            company.read_books()
        company.clock.wait(900.0)
        company.read_books()

        row = company.transfer(order)
        assert number in {each["Id"] for each in company.held("PurchaseOrder")}
        assert (row.state, row.refusal) == ("refused", "undone-needs-consent"), row
