"""Trying a connection: each step, and what is so of the company."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from counterfoil.connectors.called import TrialFailure
from counterfoil.connectors.quickbooks_online import observe, try_account
from tests.connectors.quickbooks_online.play import Company, company, fault, rows

LACKS = fault("2020", "Required parameter Line is missing in the request")


class TestTrying:
    def test_it_works(self, unknown: Company) -> None:
        """The company is named, and an empty bill is refused for what it lacks only."""
        unknown.says(company(), rows("Bill"), LACKS)
        trial = try_account(unknown.client)

        assert trial.works
        assert trial.facts["company_name"] == "Fern & Cöpper"
        assert unknown.calls[-1].body == {}

    @pytest.mark.parametrize(
        "answers, failure",
        [
            ([httpx2.Response(401)] * 2, TrialFailure.CREDENTIALS),
            ([fault("3100", status=403)], TrialFailure.PERMISSION),
            ([company(), rows("Bill"), fault("5020", "no role")], TrialFailure.PERMISSION),
            ([httpx2.Response(200, content=b"<html>sign in</html>")] * 3, TrialFailure.STRANGE),
            ([httpx2.ConnectError("no")] * 3, TrialFailure.UNREACHABLE),
            ([httpx2.Response(503)] * 3, TrialFailure.BUSY),
        ],
    )
    def test_what_is_wrong_is_told_with_its_cure(
        self, unknown: Company, answers: list[Any], failure: TrialFailure
    ) -> None:
        """Sign-in, rights, address and the network each have their own words."""
        unknown.says(*answers)
        trial = try_account(unknown.client)

        assert trial.failure is failure
        assert trial.sentence
        assert trial.cure

    def test_a_missing_right_is_told_in_the_services_words(self, unknown: Company) -> None:
        """Which user it is about, and where."""
        unknown.says(company(), rows("Bill"), fault("5020", "Votre rôle ne le permet pas"))

        assert "Votre rôle" in (try_account(unknown.client).sentence or "")


class TestObserving:
    def seen(self, books: Company) -> dict[str, bool | None]:
        return {each.name: each.is_so for each in observe(books.client)}

    def test_a_company_that_has_all(self, unknown: Company) -> None:
        """Purchase orders, item lines, stock and adjustments."""
        unknown.says(company(), LACKS, rows("InventoryAdjustment"))

        assert self.seen(unknown) == {
            "purchase-orders": True,
            "items-on-purchases": True,
            "stock": True,
            "closing-date": True,
            "adjustments": True,
        }

    def test_one_that_lacks_much(self, unknown: Company) -> None:
        """Each with what to do about it."""
        unknown.says(
            company(
                sku="QuickBooks Online Simple Start",
                AccountingInfoPrefs={"BookCloseDate": "2025-12-31"},
                ProductAndServicesPrefs={"ForPurchase": False, "QuantityOnHand": False},
            ),
            fault("5020"),
            fault("3100", status=403),
        )

        assert self.seen(unknown) == {
            "purchase-orders": False,
            "items-on-purchases": False,
            "stock": None,
            "closing-date": None,
            "adjustments": False,
        }

    def test_adjustments_that_are_closed_come_with_the_way_round(self, unknown: Company) -> None:
        """Nearly every app meets them closed: what needs them is told, and what to set instead."""
        unknown.says(company(), LACKS, fault("3100", status=403))
        told = {each.name: each.sentence for each in observe(unknown.client)}

        assert "stock-count-out.fallback=set_items" in told["adjustments"]

    def test_what_cannot_be_read_tells_nothing(self, unknown: Company) -> None:
        """Neither yes nor no."""
        unknown.says(*[httpx2.Response(503)] * 3)

        assert set(self.seen(unknown).values()) == {None}
