"""Rule 7.4: line arithmetic, groups and sales tax."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandboxes.quickbooks_desktop.desk import (
    Desk,
    Reply,
    customer,
    line,
    ref,
    request,
    sales_order,
    stock_item,
    tags,
)

CENT = Decimal("0.01")


def order(desk: Desk, *lines: str, to: str = "Blue Heron Cafe", rest: str = "") -> Reply:
    return desk.one(sales_order(to, *lines, rest=rest))


class TestAmounts:
    @pytest.mark.parametrize(
        "sent, quantity, rate, amount",
        [
            (line("BOLT-8", "3"), "3", "1.25", "3.75"),
            (line("BOLT-8"), "1", "1.25", "1.25"),
            (line("BOLT-8", rate="2.5"), "1", "2.50", "2.50"),
            (line("BOLT-8", "3", rate="0.335"), "3", "0.335", "1.01"),
            (line("WASHER", "1"), "1", "0.125", "0.13"),
            (line("BOLT-8", "3", amount="10.00"), "3", "3.33333", "10.00"),
            (line("BOLT-8", "2", rate="9.99", amount="10.00"), "2", "5.00", "10.00"),
            (line("BOLT-8", amount="10.00"), None, "10.00", "10.00"),
            (line("BOLT-8", "2.50000"), "2.5", "1.25", "3.13"),
            (line("BOLT-8", "-2"), "-2", "1.25", "-2.50"),
            (line("BOLT-8", "0"), "0", "1.25", "0.00"),
        ],
        ids=[
            "price of the item",
            "one of it",
            "rate without quantity",
            "rounded up at half a cent",
            "half a cent away from zero",
            "amount gives the rate",
            "amount wins over rate",
            "amount alone",
            "quantity without zeros",
            "given back",
            "none at all",
        ],
    )
    def test_a_line_is_figured(
        self, shop: Desk, sent: str, quantity: str | None, rate: str, amount: str
    ) -> None:
        """Amount wins over rate, rate over the item's price; rounding is away from zero."""
        record = order(shop, sent).record.find("SalesOrderLineRet")

        assert record is not None
        assert record.findtext("Quantity") == quantity
        assert record.findtext("Rate") == rate
        assert record.findtext("Amount") == amount

    def test_the_rounding_can_be_the_bankers(self, shop: Desk) -> None:
        """Half a cent goes to the even cent when the switch says so."""
        shop.switch(rounding="ROUND_HALF_EVEN")

        assert order(shop, line("WASHER", "1")).text("TotalAmount") == "0.12"

    def test_a_line_without_an_item_is_text(self, shop: Desk) -> None:
        """A description alone takes part in no sum."""
        made = order(shop, line(desc="Please handle with care"), line("BOLT-8", "2"))

        assert made.text("TotalAmount") == "2.50"
        assert made.record[-2].findtext("Amount") is None
        assert made.record[-2].findtext("Desc") == "Please handle with care"

    def test_the_items_words_stand_unless_others_are_sent(self, shop: Desk) -> None:
        """Desc defaults to the item's sales description."""
        made = order(shop, line("BOLT-8", "1"), line("BOLT-8", "1", desc="Zinc plated"))

        assert made.texts("SalesOrderLineRet/Desc") == ["BOLT-8 for sale", "Zinc plated"]


class TestGroups:
    def test_a_group_line_expands_into_its_members(self, shop: Desk) -> None:
        """Only group and quantity are sent; the member lines follow from the group."""
        members = "".join(
            f"<ItemGroupLine>{ref('ItemRef', item)}{tags(Quantity=quantity)}</ItemGroupLine>"
            for item, quantity in (("BOLT-8", "1"), ("NUT-8", "2"))
        )
        shop.enter(request("ItemGroupAdd", tags(Name="KIT", ItemDesc="Bolt with nuts") + members))
        group = f"{ref('ItemGroupRef', 'KIT')}{tags(Quantity='3')}"
        made = order(
            shop,
            line("WASHER", "8"),
            f"<SalesOrderLineGroupAdd>{group}</SalesOrderLineGroupAdd>",
        )
        group_line = made.record.find("SalesOrderLineGroupRet")

        assert group_line is not None
        assert group_line.findtext("TotalAmount") == "6.15"
        assert [one.text for one in group_line.iterfind("SalesOrderLineRet/Quantity")] == ["3", "6"]
        assert made.text("TotalAmount") == "7.15"


class TestSalesTax:
    @pytest.fixture
    def taxed(self, shop: Desk) -> Desk:
        """A customer who pays 8 percent, one who pays none, and an untaxed item."""
        shop.enter(
            customer(
                "Red Kite Inn",
                rest=ref("SalesTaxCodeRef", "Tax") + ref("ItemSalesTaxRef", "State Sales Tax"),
            ),
            customer(
                "Parish School",
                rest=ref("SalesTaxCodeRef", "Non") + ref("ItemSalesTaxRef", "State Sales Tax"),
            ),
            stock_item("BREAD", "3.00", tax_code="Non"),
        )
        return shop

    def test_tax_is_the_rate_of_the_taxable_lines(self, taxed: Desk) -> None:
        """Untaxed lines count in the subtotal and not in the tax."""
        made = order(taxed, line("BOLT-8", "10"), line("BREAD", "1"), to="Red Kite Inn")

        assert made.text("Subtotal") == "15.50"
        assert made.text("SalesTaxPercentage") == "8"
        assert made.text("SalesTaxTotal") == "1.00"
        assert made.text("TotalAmount") == "16.50"
        assert made.texts("SalesOrderLineRet/SalesTaxCodeRef/FullName") == ["Tax", "Non"]

    def test_a_customer_without_tax_overrides_the_item(self, taxed: Desk) -> None:
        """A non-taxable customer's code replaces that of every item."""
        made = order(taxed, line("BOLT-8", "10"), to="Parish School")

        assert made.texts("SalesOrderLineRet/SalesTaxCodeRef/FullName") == ["Non"]
        assert made.text("SalesTaxTotal") == "0.00"

    def test_a_lines_own_code_stands(self, taxed: Desk) -> None:
        """A code that was sent is not overridden."""
        sent = line("BOLT-8", "10", rest=ref("SalesTaxCodeRef", "Non"))

        assert order(taxed, sent, to="Red Kite Inn").text("SalesTaxTotal") == "0.00"

    def test_without_sales_tax_there_are_no_tax_elements(self, taxed: Desk) -> None:
        """The preference off, tax elements are dropped and none come back."""
        taxed.prefer(sales_tax=False)
        made = order(
            taxed,
            line("BOLT-8", "10", rest=ref("SalesTaxCodeRef", "Tax")),
            to="Red Kite Inn",
            rest=ref("ItemSalesTaxRef", "State Sales Tax"),
        )

        assert made.text("TotalAmount") == "12.50"
        assert "Tax" not in "".join(str(element.tag) for element in made.record.iter())

    def test_without_sales_tax_its_elements_may_be_refused(self, taxed: Desk) -> None:
        """The other reading of the unconfirmed rule is a switch away."""
        taxed.prefer(sales_tax=False)
        taxed.switch(sales_tax_off_refuses=True)
        sent = line("BOLT-8", "10", rest=ref("SalesTaxCodeRef", "Tax"))

        assert order(taxed, sent).code == 3250


@given(
    lines=st.lists(
        st.tuples(
            st.decimals("-999", "999", places=3),
            st.decimals("0", "9999", places=5),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_totals_are_the_sum_of_rounded_lines(
    counter: Desk, lines: list[tuple[Decimal, Decimal]]
) -> None:
    """Whatever the lines, each is rounded by itself and the total adds them up."""
    if not counter.get("/records/ItemInventory", full_name="ANY"):
        counter.reset()
        counter.enter(customer("Blue Heron Cafe"), stock_item("ANY"))
    sent = [line("ANY", str(quantity), rate=str(rate)) for quantity, rate in lines]
    made = order(counter, *sent)
    amounts = [(quantity * rate).quantize(CENT, ROUND_HALF_UP) for quantity, rate in lines]

    assert [Decimal(text) for text in made.texts("SalesOrderLineRet/Amount")] == amounts
    assert Decimal(made.text("TotalAmount") or "") == sum(amounts)
