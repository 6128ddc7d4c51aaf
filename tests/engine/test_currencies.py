"""In which currency a document goes, told by both sides and the settings."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from counterfoil.documents import Bill, Money, Reference, Refusal, Vendor
from counterfoil.engine.currencies import in_currency
from counterfoil.engine.target import Currencies
from counterfoil.settings import ForeignCurrency, Settings, SeveralCurrencies

ONE, SEVERAL = Currencies("USD", are_several=False), Currencies("USD", are_several=True)
LISBON = Vendor(id="7", name="Lisbon", full_name="Lisbon", currency="EUR")
PELICAN = Vendor(id="8", name="Pelican", full_name="Pelican")


def asked(
    told: str | None, party: Vendor | None, books: Currencies, **general: Any
) -> Bill | Refusal:
    """What becomes of a bill whose source tells this currency, or none."""
    rules = Settings()
    rules = msgspec.structs.replace(
        rules, general=msgspec.structs.replace(rules.general, **general)
    )
    bill = Bill(id="", vendor=Reference("Lisbon"), currency=told)
    found = in_currency(bill, party, books, rules, "QuickBooks Online")
    assert isinstance(found, Bill | Refusal)
    return found


class TestCurrencies:
    @pytest.mark.parametrize(
        "told, party, books, currency, rate",
        [
            (None, LISBON, ONE, None, None),
            (None, PELICAN, SEVERAL, "USD", None),
            (None, None, SEVERAL, "USD", None),
            (None, LISBON, SEVERAL, "EUR", Money(Decimal(1), "USD")),
            ("EUR", LISBON, SEVERAL, "EUR", None),
            ("EUR", None, SEVERAL, "EUR", None),
            ("USD", PELICAN, SEVERAL, "USD", None),
        ],
    )
    def test_op6_op7_what_goes(
        self,
        told: str | None,
        party: Vendor | None,
        books: Currencies,
        currency: str | None,
        rate: Money | None,
    ) -> None:
        """OP6, OP7: in the vendor's currency; at the rate 1.00 where the source knows only one."""
        found = asked(told, party, books)
        assert isinstance(found, Bill)
        assert (found.currency, found.exchange_rate) == (currency, rate)

    @pytest.mark.parametrize(
        "told, party, books, general, code",
        [
            ("EUR", PELICAN, SEVERAL, {}, "currency-differs"),
            ("USD", LISBON, SEVERAL, {}, "currency-differs"),
            ("EUR", LISBON, ONE, {}, "currencies-off"),
            ("USD", PELICAN, ONE, {}, "currencies-off"),
            (
                None,
                LISBON,
                SEVERAL,
                {"foreign_currency": ForeignCurrency.REFUSE},
                "currency-foreign",
            ),
            (
                None,
                PELICAN,
                SEVERAL,
                {"several_currencies": SeveralCurrencies.YES},
                "currency-unknown",
            ),
        ],
    )
    def test_op6_op8_what_does_not(
        self,
        told: str | None,
        party: Vendor | None,
        books: Currencies,
        general: dict[str, Any],
        code: str,
    ) -> None:
        """OP6, OP8: what differs, is foreign or is not told stops, as set, and says why."""
        found = asked(told, party, books, **general)
        assert isinstance(found, Refusal)
        assert found.code == code

    @pytest.mark.parametrize("books, currency", [(ONE, None), (SEVERAL, "USD")])
    def test_op6_a_currency_that_does_not_count_is_left_out(
        self, books: Currencies, currency: str | None
    ) -> None:
        """OP6: where a person says that there is one currency, no document of any flow tells it."""
        found = asked("EUR", PELICAN, books, several_currencies=SeveralCurrencies.NO)

        assert isinstance(found, Bill)
        assert found.currency == currency
