"""How often QuickBooks Online is called, and what is kept of it between runs."""

from __future__ import annotations

from datetime import timedelta

import pytest

from counterfoil.api.metrics import Metrics
from counterfoil.hub import metering, views
from counterfoil.ledger import connections
from counterfoil.ledger.connections import Connection
from tests.support.online import OnlineDesk


@pytest.fixture(scope="module")
def company(online_desk: OnlineDesk) -> OnlineDesk:
    """The company, at rest, with what it buys in its books."""
    online_desk.goods("Rack")
    online_desk.settle()
    return online_desk


def calls(company: OnlineDesk) -> list[str]:
    """Give what the hub called since this was asked last."""
    told = company.online.control("GET", "/exchanges")
    company.online.control("DELETE", "/exchanges")
    return [f"{each['method']} {each['path']}" for each in told]


def books(company: OnlineDesk) -> Connection:
    with company.hub.database.reading() as tx:
        found = connections.load(tx, company.books_id)
    assert found is not None
    return found


class TestCalls:
    def test_a_look_with_nothing_to_do_is_one_call(self, company: OnlineDesk) -> None:
        """Lists, documents and deletions come from one change capture."""
        calls(company)
        for _ in range(3):
            company.clock.wait(900.0)
            company.read_books()

        assert calls(company) == ["GET cdc"] * 3

    def test_orders_go_thirty_at_a_time(self, company: OnlineDesk) -> None:
        """With the numbers of the next ones looked up beside them."""
        before = len(company.held("PurchaseOrder"))
        for number in range(40):
            company.order("Acme", f"{number + 1} Rack @ 9.95")
        company.read_operations()
        calls(company)
        company.read_books()

        assert len(company.held("PurchaseOrder")) - before == 40
        assert len(calls(company)) <= 5


class TestFacts:
    def test_what_the_company_is_like_is_read_once_a_day(self, company: OnlineDesk) -> None:
        """Planning knows its currency before it writes the first document."""
        facts = books(company).facts
        assert (facts["home_currency"], facts["multi_currency"]) == ("USD", "no")
        company.online.switch(book_close_date="2020-12-31")
        company.clock.advance(hours=12)
        company.read_books()
        assert "closing_date" not in books(company).facts
        company.clock.advance(hours=13)
        company.read_books()

        assert books(company).facts["closing_date"] == "2020-12-31"
        company.online.switch(book_close_date=None)
        company.clock.advance(hours=25)
        company.read_books()
        assert "closing_date" not in books(company).facts

    def test_calls_are_counted_by_the_month(self, company: OnlineDesk) -> None:
        """Reads are metered, writes are free; both show with the connection."""
        now = company.hub.now()
        counted = metering.counted(books(company), now)
        calls(company)
        company.read_books()

        assert metering.counted(books(company), now)[metering.READS] == (
            counted[metering.READS] + len(calls(company))
        )
        assert metering.counted(books(company), now + timedelta(days=40)) == {}
        told = Metrics(company.hub).text().decode()
        assert 'counterfoil_connection_calls_month{class="metered_reads",connection="2"' in told
        (shown,) = [
            each for each in views.connection_status(company.hub) if each.id == company.books_id
        ]
        assert shown.facts[metering.READS] > 0

    def test_another_month_begins_anew_and_keeps_the_last_ones_reads(
        self, company: OnlineDesk
    ) -> None:
        """They are what a plan of the app is chosen by."""
        now = company.hub.now()
        before = metering.counted(books(company), now)[metering.READS]
        with company.hub.database.writing() as tx:
            metering.keep(tx, company.books_id, {metering.WRITES: 3}, now + timedelta(days=40))
        facts = books(company).facts

        assert metering.counted(books(company), now + timedelta(days=40)) == {metering.WRITES: 3}
        assert facts["metered_reads_last_month"] == before


class TestUsedUpReads:
    def test_what_is_new_goes_although_nothing_can_be_read(self, company: OnlineDesk) -> None:
        """The month's reads are used up: it is said in its own words, and writes go on."""
        company.online.app(core_plus_quota=0)
        before = len(company.held("PurchaseOrder"))
        company.order("Acme", "1 Rack @ 9.95")
        company.read_operations()
        for _ in range(3):
            company.read_books()
            company.clock.wait(901.0)
        problem = books(company).last_problem or ""
        company.online.app(core_plus_quota=None)

        assert len(company.held("PurchaseOrder")) - before == 1
        assert "this month's reads" in str(problem)
        company.clock.wait(3600.0)
        company.read_books()
        assert books(company).last_problem is None
