"""Section 6 of the reference: more than one currency, and taxes outside the US."""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_online.outside import (
    Json,
    Outside,
    World,
    billed,
    ref,
    refused,
    sold,
    spent,
)


class TestRow6Currencies:
    """6: more than one currency."""

    @pytest.fixture
    def foreign(self, online: Outside) -> Json:
        online.switch(multicurrency=True)
        return online.vendor("Lumière SA", CurrencyRef=ref("EUR"))

    def test_off_means_no_currency_is_named(self, online: Outside) -> None:
        """Even the home currency is refused on names; answers tell it all the same."""
        with refused(6000) as caught:
            online.vendor(CurrencyRef=ref("USD"))

        assert "Multi Currency should be enabled" in caught.value.detail
        assert online.vendor()["CurrencyRef"]["value"] == "USD"

    def test_preferences_tell(self, online: Outside, foreign: Json) -> None:
        """Whether it is on, and the home currency."""
        prefs = online.told("GET", "preferences")["Preferences"]["CurrencyPrefs"]

        assert prefs == {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "USD"}}

    def test_a_vendors_currency_stays(self, online: Outside, foreign: Json) -> None:
        """What is sent later is passed over."""
        after = online.change("Vendor", foreign, CurrencyRef=ref("GBP"), Notes="x")

        assert after["CurrencyRef"]["value"] == "EUR"

    @pytest.mark.parametrize("how, currency", [("added", "EUR"), ("ignored", "USD")])
    def test_a_currency_the_company_lacks(self, online: Outside, how: str, currency: str) -> None:
        """It is added to the list, or silently not taken: both were told."""
        online.switch(multicurrency=True, unknown_currency=how)

        made = online.vendor("Lumière SA", CurrencyRef=ref("EUR"))

        assert made["CurrencyRef"]["value"] == currency
        assert len(online.find("select * from CompanyCurrency")) == (how == "added")

    def test_a_foreign_bill(self, online: Outside, foreign: Json) -> None:
        """Amounts are the vendor's, home amounts are figured, payables are of the currency."""
        bill = billed(online, foreign, spent(100), CurrencyRef=ref("EUR"), ExchangeRate="1.25")

        assert (bill["TotalAmt"], bill["HomeTotalAmt"], bill["HomeBalance"]) == (100, 125, 125)
        assert bill["APAccountRef"]["name"] == "Accounts Payable (A/P) - EUR"

    def test_only_the_partys_currency(self, online: Outside, foreign: Json) -> None:
        """Another one, or none where it is not the home currency, is refused; so are accounts."""
        euro = {"CurrencyRef": ref("EUR"), "ExchangeRate": 1}

        for fields in ({"CurrencyRef": ref("GBP"), "ExchangeRate": 1}, {}):
            with refused(6000) as caught:
                billed(online, foreign, spent(1), **fields)
            assert "one foreign currency per transaction" in caught.value.detail
        with refused(6000):
            billed(online, foreign, spent(1), APAccountRef=ref("33"), **euro)

    def test_a_rate_is_needed(self, online: Outside, foreign: Json) -> None:
        """Without it 2410, or by the switch the rate that was stored for the day."""
        euro = {"CurrencyRef": ref("EUR")}
        with refused(2410):
            billed(online, foreign, spent(1), **euro)
        rate = {"SourceCurrencyCode": "EUR", "AsOfDate": "2026-01-10", "Rate": "1.1"}
        online.told("POST", "exchangerate", rate)
        online.switch(missing_rate="rate-of-the-day")

        assert str(billed(online, foreign, spent(1), **euro)["ExchangeRate"]) == "1.1"
        read = online.told("GET", "exchangerate", sourcecurrencycode="EUR")["ExchangeRate"]
        assert (str(read["Rate"]), "Id" in read) == ("1.1", False)
        with refused(6000):
            online.told("GET", "exchangerate", sourcecurrencycode="USD")

    def test_at_home_the_rate_is_one(self, online: Outside, foreign: Json) -> None:
        """A rate that is sent with the home currency is not taken."""
        bill = billed(online, online.vendor(), spent(10), ExchangeRate="0.5")

        assert (bill["ExchangeRate"], bill["HomeTotalAmt"]) == (1, 10)

    @pytest.mark.parametrize("country, words", [("CA", "GST/HST rate"), ("GB", "VAT rate")])
    def test_taxes_elsewhere(self, world: World, country: str, words: str) -> None:
        """Outside the US every line needs a tax code; the tax is figured and added."""
        online = world.fresh(country=country)
        vendor = online.vendor()
        with refused(6000) as caught:
            billed(online, vendor, spent(100))
        line = spent(100)
        line["AccountBasedExpenseLineDetail"]["TaxCodeRef"] = ref("2")

        bill = billed(online, vendor, line)
        inclusive = billed(online, vendor, line, GlobalTaxCalculation="TaxInclusive")

        assert words in caught.value.detail
        rate = {"CA": 5, "GB": 20}[country]
        assert (bill["TotalAmt"], bill["TxnTaxDetail"]["TotalTax"]) == (100 + rate, rate)
        assert inclusive["TotalAmt"] == 100


class TestSalesTax:
    """4.9, 7.8: sales tax of the US, by the document's rate on the lines that are marked."""

    @pytest.fixture
    def invoice(self, online: Outside) -> Json:
        item = online.item()
        lines = [
            sold(item, 1, 100, TaxCodeRef=ref("TAX")),
            sold(item, 1, 50, TaxCodeRef=ref("NON")),
        ]
        return {"CustomerRef": ref(online.customer()), "Line": lines}

    @pytest.mark.parametrize(
        "tax, total",
        [({"TxnTaxCodeRef": ref("2")}, 158), ({"TotalTax": "7.5"}, "157.5"), (None, 150)],
    )
    def test_it_is_figured_or_taken(
        self, online: Outside, invoice: Json, tax: Json | None, total: object
    ) -> None:
        """At the code's rate, or as the client figured it."""
        online.switch(sales_tax=True)

        made = online.create("Invoice", **invoice, TxnTaxDetail=tax)

        assert str(made["TotalAmt"]) == str(total)

    def test_off_it_is_passed_over(self, online: Outside, invoice: Json) -> None:
        """So it is on bills."""
        made = online.create("Invoice", **invoice, TxnTaxDetail={"TotalTax": 7})
        bill = billed(online, online.vendor(), spent(1), TxnTaxDetail={"TotalTax": 7})

        assert (made["TotalAmt"], bill["TotalAmt"]) == (150, 1)
        assert "TxnTaxDetail" not in made

    def test_a_discount_is_taken_off(self, online: Outside, invoice: Json) -> None:
        """A percentage of what is sold before it."""
        kind = "DiscountLineDetail"
        detail = {"PercentBased": True, "DiscountPercent": 10}
        line = {"DetailType": kind, kind: detail, "Amount": 0}

        made = online.create("Invoice", **{**invoice, "Line": [*invoice["Line"], line]})

        assert (made["TotalAmt"], made["Line"][2]["Amount"]) == (135, 15)
