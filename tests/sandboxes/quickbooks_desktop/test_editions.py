"""Rule 7.7: editions, preferences, currencies and closed books."""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_desktop.desk import (
    Desk,
    customer,
    keyed,
    line,
    query,
    ref,
    request,
    sales_order,
    stock_item,
    tags,
    vendor,
)


class TestEditions:
    def test_pro_has_no_sales_orders(self, desk: Desk) -> None:
        """Adding one and asking for them are both 3250."""
        desk.reset(edition="Pro")
        desk.enter(customer("Blue Heron Cafe"), stock_item("BOLT-8"))
        order = sales_order("Blue Heron Cafe", line("BOLT-8", "1"))

        assert desk.ask(order, query("SalesOrderQuery")).codes == [3250, 3250]

    def test_the_edition_is_checked_before_anything_else(self, desk: Desk) -> None:
        """Pro says 3250 even of an order for nobody (7.8 step 3)."""
        desk.reset(edition="Pro")

        assert desk.one(sales_order("Nobody", line("Nothing", "1"))).code == 3250

    def test_premier_has_them(self, desk: Desk) -> None:
        """Premier takes sales orders."""
        desk.reset(edition="Premier")
        desk.enter(customer("Blue Heron Cafe"), stock_item("BOLT-8"))

        assert desk.one(sales_order("Blue Heron Cafe", line("BOLT-8", "1"))).code == 0

    def test_sites_need_enterprise_and_the_preference(self, desk: Desk) -> None:
        """InventorySiteRef is refused unless sites are on."""
        desk.enter(customer("Blue Heron Cafe"), stock_item("BOLT-8"))
        order = sales_order(
            "Blue Heron Cafe", line("BOLT-8", "1", rest=ref("InventorySiteRef", "North"))
        )
        site = request("InventorySiteAdd", tags(Name="North"))
        before = desk.ask(site, order).codes
        desk.prefer(inventory_sites=True)

        assert (before, desk.ask(site, order).codes) == ([3250, 3250], [0, 0])


class TestPreferences:
    def test_without_inventory_there_is_no_stock(self, desk: Desk) -> None:
        """Stock items and purchase orders are 3250."""
        desk.prefer(inventory=False)
        desk.enter(vendor("Ironmonger"))
        text = f"<PurchaseOrderLineAdd>{tags(Desc='Nails')}</PurchaseOrderLineAdd>"
        order = request("PurchaseOrderAdd", ref("VendorRef", "Ironmonger") + text)

        assert desk.ask(stock_item("BOLT-8"), order).codes == [3250, 3250]

    @pytest.mark.parametrize("refuses, code", [(True, 3250), (False, 0)])
    def test_classes_when_they_are_off(self, shop: Desk, *, refuses: bool, code: int) -> None:
        """A ClassRef is refused or ignored, as the switch says."""
        shop.enter(request("ClassAdd", tags(Name="North")))
        shop.prefer(class_tracking=False)
        shop.switch(class_tracking_off_refuses=refuses)
        order = shop.one(
            sales_order("Blue Heron Cafe", line("BOLT-8", "1", rest="")).replace(
                "<TxnDate>", ref("ClassRef", "North") + "<TxnDate>"
            )
        )

        assert order.code == code
        assert code or order.record.find("ClassRef") is None

    def test_classes_when_they_are_on(self, shop: Desk) -> None:
        """Orders and lines carry their class."""
        shop.enter(request("ClassAdd", tags(Name="North")))
        order = shop.one(
            sales_order(
                "Blue Heron Cafe",
                line("BOLT-8", "1", rest="").replace(
                    "</SalesOrderLineAdd>", ref("ClassRef", "North") + "</SalesOrderLineAdd>"
                ),
            )
        )

        assert order.text("SalesOrderLineRet/ClassRef/FullName") == "North"

    def test_estimates_when_they_are_off(self, shop: Desk) -> None:
        """An estimate is 3250."""
        shop.prefer(estimates=False)
        body = ref("CustomerRef", "Blue Heron Cafe") + line("BOLT-8", "1", kind="Estimate")

        assert shop.one(request("EstimateAdd", body)).code == 3250


class TestCurrencies:
    def test_one_currency_shows_none(self, shop: Desk) -> None:
        """Without multi-currency no currency element appears, and none is taken."""
        made = shop.one(sales_order("Blue Heron Cafe", line("BOLT-8", "1")))
        sent = sales_order("Blue Heron Cafe", line("BOLT-8", "1"), rest=tags(ExchangeRate="1.1"))

        assert made.record.find("CurrencyRef") is None
        assert made.record.find("ExchangeRate") is None
        assert shop.one(sent).code == 3250

    def test_a_transaction_takes_its_customers_currency(self, desk: Desk) -> None:
        """CurrencyRef comes from the customer, the home amount from the rate."""
        desk.reset(preferences={"multi_currency": True})
        desk.enter(
            customer("Atelier Nord", rest=ref("CurrencyRef", "Euro")),
            customer("Blue Heron Cafe"),
            stock_item("BOLT-8", "10.00"),
        )
        abroad = desk.one(
            sales_order("Atelier Nord", line("BOLT-8", "2"), rest=tags(ExchangeRate="1.25"))
        )
        home = desk.one(sales_order("Blue Heron Cafe", line("BOLT-8", "2")))

        assert abroad.text("CurrencyRef/FullName") == "Euro"
        assert abroad.text("TotalAmount") == "20.00"
        assert abroad.text("TotalAmountInHomeCurrency") == "25.00"
        assert home.text("CurrencyRef/FullName") == "US Dollar"
        assert home.text("ExchangeRate") == "1"

    def test_orders_by_currency(self, desk: Desk) -> None:
        """CurrencyFilter finds the orders of one currency."""
        desk.reset(preferences={"multi_currency": True})
        desk.enter(
            customer("Atelier Nord", rest=ref("CurrencyRef", "Euro")),
            customer("Blue Heron Cafe"),
            stock_item("BOLT-8"),
            sales_order("Atelier Nord", line("BOLT-8"), ref_number="E-1"),
            sales_order("Blue Heron Cafe", line("BOLT-8"), ref_number="D-1"),
        )
        body = f"<CurrencyFilter>{tags(FullName='Euro')}</CurrencyFilter>"

        assert desk.one(query("SalesOrderQuery", body)).texts("RefNumber") == ["E-1"]


class TestClosingDate:
    @pytest.mark.parametrize(
        "date, code", [("2026-02-27", 3171), ("2026-02-28", 3171), ("2026-03-01", 0)]
    )
    def test_closed_books_take_nothing_new(self, shop: Desk, date: str, code: int) -> None:
        """What is dated on the closing date or before it is refused."""
        shop.prefer(closing_date="2026-02-28")

        made = shop.one(sales_order("Blue Heron Cafe", line("BOLT-8", "1"), date=date))

        assert made.code == code
        assert code == 0 or "closed through 2026-02-28" in made.message

    def test_what_is_closed_is_neither_changed_nor_deleted(self, shop: Desk) -> None:
        """A Mod is 3171 and a deletion 3161, also when the Mod moves the date out."""
        order = shop.one(sales_order("Blue Heron Cafe", line("BOLT-8", "1"), date="2026-02-20"))
        shop.prefer(closing_date="2026-02-28")
        change = request("SalesOrderMod", keyed(order) + tags(TxnDate="2026-03-05"))
        delete = query("TxnDel", tags(TxnDelType="SalesOrder", TxnID=order.text("TxnID")))

        assert shop.ask(change, delete).codes == [3171, 3161]

    def test_nothing_is_moved_into_closed_books(self, shop: Desk) -> None:
        """A Mod that would date an order back is refused."""
        order = shop.one(sales_order("Blue Heron Cafe", line("BOLT-8", "1"), date="2026-03-05"))
        shop.prefer(closing_date="2026-02-28")

        assert shop.one(
            request("SalesOrderMod", keyed(order) + tags(TxnDate="2026-02-01"))
        ).code == (3171)

    def test_the_date_can_be_read(self, desk: Desk) -> None:
        """PreferencesQuery shows it, so that a product can refuse beforehand."""
        desk.prefer(closing_date="2026-02-28")

        shown = desk.one(query("PreferencesQuery")).text("AccountingPreferences/ClosingDate")
        assert shown == "2026-02-28"


class TestCountries:
    def test_an_american_element_is_unknown_in_canada(self, desk: Desk) -> None:
        """ItemSalesTaxRef on a customer does not exist there; IsTaxIncluded exists nowhere else."""
        american = customer("A", rest=ref("ItemSalesTaxRef", "State Sales Tax"))
        desk.reset(country="CA")
        abroad = desk.ask(american)
        desk.reset(country="US")

        assert abroad.hresult == "0x80040400"
        assert desk.ask(american).codes == [0]

    def test_the_host_says_where_it_is(self, desk: Desk) -> None:
        """HostRet names the country of the edition."""
        desk.reset(country="UK")

        assert desk.one(query("HostQuery")).text("Country") == "UK"
