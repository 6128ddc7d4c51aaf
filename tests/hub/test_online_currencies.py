"""Several currencies on one side, on the other, or on both: what goes, and at what rate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from counterfoil.hub import desk
from tests.support.online import OnlineDesk
from tests.support.world import ACTOR

BECOMES_BILL = ("receipt-out.mode=off", "purchase-order-out.becomes=bill")


@pytest.fixture(scope="module")
def company(online_desk: OnlineDesk) -> OnlineDesk:
    """A company whose books know several currencies: vendors of Portugal are paid in euros."""
    online_desk.online.switch(multicurrency=True)
    online_desk.goods("Rack")
    for name in ("Lisbon Racks", "Braga Racks"):
        online_desk.make("Vendor", DisplayName=name, CurrencyRef={"value": "EUR"})
    online_desk.make(
        "Account",
        Name="Accounts Payable (A/P) - EUR",
        AccountType="Accounts Payable",
        AccountSubType="AccountsPayable",
        CurrencyRef={"value": "EUR"},
    )
    online_desk.online.told(
        "POST",
        "exchangerate",
        {"SourceCurrencyCode": "EUR", "AsOfDate": "2025-03-01", "Rate": 1.08},
    )
    return online_desk


@pytest.fixture(autouse=True)
def tidy(company: OnlineDesk) -> Iterator[None]:
    """What a test leaves undone is left out."""
    yield
    left = [row.id for row in company.transfers() if row.state == "refused"]
    desk.skip(company.hub, left, ACTOR)


def bill_of(company: OnlineDesk, order: int) -> dict[str, Any]:
    mark = company.transfer(order).target_id
    (found,) = [row for row in company.held("Bill") if row["Id"] == mark]
    return found


class TestOnlyTheBooks:
    def test_op7_it_goes_at_the_rate_one(self, company: OnlineDesk) -> None:
        """OP7: Autotask has no currencies: the amount counts as one of the home currency."""
        with company.having(*BECOMES_BILL):
            order = company.order("Lisbon Racks", "2 Rack @ 100")
            company.settle()

        bill = bill_of(company, order)
        assert (bill["CurrencyRef"]["value"], bill["ExchangeRate"]) == ("EUR", 1)
        assert bill["TotalAmt"] == bill["HomeBalance"] == 200
        assert bill["APAccountRef"]["name"] == "Accounts Payable (A/P) - EUR"

    def test_op7_as_set_it_stops(self, company: OnlineDesk) -> None:
        """OP7: the rate 1.00 is a choice: as set, such a document stops."""
        with company.having("general.foreign_currency=refuse"):
            order = company.order("Lisbon Racks", "2 Rack @ 100")
            company.settle()
            assert company.transfer(order).refusal == "currency-foreign"

    def test_op7_a_vendor_at_home_needs_no_rate(self, company: OnlineDesk) -> None:
        """OP7: a vendor who is paid in the home currency gets an ordinary order."""
        order = company.order("Pelican", "1 Rack @ 5")
        company.settle()
        assert company.transfer(order).state == "done"


class TestBothSides:
    def test_op6_currencies_that_agree_go(self, company: OnlineDesk) -> None:
        """S7, OP6: where both sides tell euros the order goes in euros, at the day's rate."""
        with company.having(*BECOMES_BILL):
            order = company.order_in_euros("Braga Racks", "3 Rack @ 100")
            company.settle()

        bill = bill_of(company, order)
        assert (bill["CurrencyRef"]["value"], str(bill["ExchangeRate"])) == ("EUR", "1.08")
        assert bill["TotalAmt"] == 300

    def test_op6_currencies_that_differ_stop(self, company: OnlineDesk) -> None:
        """OP6: a vendor who deals in dollars there is not sent an order in euros."""
        company.make("Vendor", DisplayName="Dollar Racks")
        order = company.order_in_euros("Dollar Racks", "3 Rack @ 100")
        company.settle()

        row = company.transfer(order)
        assert row.refusal == "currency-differs"
        assert "is in EUR, and the vendor “Dollar Racks”" in (row.sentence or "")
        assert "deals in USD" in (row.sentence or "")

    def test_op6_a_missing_vendor_is_made_in_the_currency(self, company: OnlineDesk) -> None:
        """OP6: a vendor that the books lack is made with the order's currency, for good."""
        order = company.order_in_euros("Porto Racks", "1 Rack @ 100")
        company.settle()

        (made,) = [row for row in company.held("Vendor") if row["DisplayName"] == "Porto Racks"]
        assert made["CurrencyRef"]["value"] == "EUR"
        assert company.transfer(order).state == "done"
