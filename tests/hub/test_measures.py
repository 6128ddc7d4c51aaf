"""Units, decimals and taxes: what a line counts, how exactly, and what the books add to it."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from counterfoil.hub import desk
from counterfoil.sandboxes.quickbooks_desktop import CompanySettings, ProcessResult
from tests.hub.conftest import OpenWorld
from tests.hub.test_life import edit
from tests.sandboxes.quickbooks_desktop.desk import (
    customer,
    ref,
    request,
    sales_order,
    stock_item,
    tags,
    unit_set,
)
from tests.support.world import ZONE, World

INWARD = (
    "sales-order-out.mode=off",
    "sales-order-in.mode=automatic",
    "sales-order-in.start_date=2020-01-01",
)


def counted_item(world: World, *related: str, sales: str | None = None) -> None:
    """Enter the item BRACKET, counted in each, and the customer ACME."""
    world.enter_books(
        unit_set("Count in each", "each", *related, sales=sales),
        stock_item("BRACKET", "1.50", units="Count in each"),
        customer("ACME"),
    )


def entered(world: World, number: str, quantity: str, unit_name: str | None, price: str) -> None:
    """Enter an order over brackets in the books."""
    body = ref("ItemRef", "BRACKET") + tags(Quantity=quantity, UnitOfMeasure=unit_name, Rate=price)
    world.enter_books(
        sales_order(
            "ACME",
            f"<SalesOrderLineAdd>{body}</SalesOrderLineAdd>",
            ref_number=number,
            date="2025-03-03",
        )
    )


def both_sides(world: World) -> None:
    """Let the books be read, and the operations system be written."""
    world.run_web_connector()
    world.read_operations()


def produced(world: World, code: str) -> list[tuple[Decimal, Decimal]]:
    """Quantities and prices of an order in the operations system."""
    found = next(each for each in world.produced() if each["code"] == code)
    return [
        (Decimal(each["quantity-ordered"]), Decimal(each["unit-price"]))
        for shipping in found["shippings"]
        for each in shipping["products"]
    ]


def booked_lines(world: World, number: str) -> list[tuple[str, str | None, str, str]]:
    """Quantity, unit, rate and amount of an order's lines in the books."""
    found = next(each for each in world.booked() if each["RefNumber"] == number)
    return [
        (each["Quantity"], each.get("UnitOfMeasure"), each["Rate"], each["Amount"])
        for each in found["lines"]
    ]


def misread(world: World, element: str, value: str) -> None:
    """Let QuickBooks answer with this value wherever it tells the element."""

    def spoilt(_text: str, result: ProcessResult) -> ProcessResult:
        wanted = re.compile(f"(?<=<{element}>).*?(?=</{element}>)")
        return ProcessResult(wanted.sub(value, result.response))

    world.counter.after = spoilt


@pytest.fixture
def inward(open_company: OpenWorld) -> World:
    """A company whose orders are entered in the books and produced from there."""
    return open_company(*INWARD)


class TestUnitsFromTheBooks:
    def test_two_cases_of_twelve_are_24_pieces(self, inward: World) -> None:
        """A line in cases is produced in pieces, at the price of a piece."""
        counted_item(inward, "case 12")
        entered(inward, "Q-3", "2", "case", "18.00")
        both_sides(inward)

        assert produced(inward, "Q-3") == [(Decimal(24), Decimal("1.50"))]
        assert inward.row("Q-3", "sales-order-in").state == "done"
        both_sides(inward)
        assert inward.row("Q-3", "sales-order-in").state == "done"

    def test_a_price_that_does_not_divide_is_refused_or_rounded(self, inward: World) -> None:
        """18.00 for seven is no exact price each: the order stops, or is rounded as set."""
        counted_item(inward, "box 7")
        entered(inward, "Q-4", "2", "box", "18.00")
        both_sides(inward)

        row = inward.row("Q-4", "sales-order-in")
        assert row.refusal == "unit-inexact"
        assert row.sentence == (
            "Line 1 (BRACKET): 18.00 per box is no exact price in the unit that Fusion Operations "
            "counts in; Fusion Operations keeps 6 decimals."
        )
        inward.set("general.excess_decimals=round")
        both_sides(inward)
        assert produced(inward, "Q-4") == [(Decimal(14), Decimal("2.571429"))]
        [note] = inward.row("Q-4", "sales-order-in").notes
        assert note == (
            "Line 1 (BRACKET): 2 box at 18.00 was rounded to 14 at 2.571429; the line comes to "
            "36.00 there as here."
        )

    def test_sets_that_cannot_be_read_let_the_order_wait(self, inward: World) -> None:
        """A failed reading is no empty list: the order waits, and goes by itself later."""
        counted_item(inward, "case 12")
        entered(inward, "Q-3", "2", "case", "18.00")
        inward.books.post(
            "/faults",
            {"kind": "internal-error", "count": 50, "match": "UnitOfMeasureSetQuery"},
        )
        both_sides(inward)

        row = inward.row("Q-3", "sales-order-in")
        assert (row.state, row.reason) == ("waiting", "list-unread")
        assert "unit of measure sets could not be read" in (row.sentence or "")
        inward.counter.well_behaved()
        inward.settle()
        assert produced(inward, "Q-3") == [(Decimal(24), Decimal("1.50"))]

    def test_an_item_of_which_something_else_cannot_be_read(self, inward: World) -> None:
        """An item whose price is a riddle is still counted in its units."""
        counted_item(inward, "case 12")
        misread(inward, "SalesPrice", "1,000")
        entered(inward, "Q-3", "2", "case", "18.00")
        both_sides(inward)

        assert produced(inward, "Q-3") == [(Decimal(24), Decimal("1.50"))]

    def test_a_company_without_units_is_not_held_up(self, open_company: OpenWorld) -> None:
        """Where units are switched off their list is refused, and orders come as ever."""
        company = CompanySettings.from_json(
            {"time_zone": ZONE, "preferences": {"units_of_measure": "off"}}
        )
        world = open_company(*INWARD, company=company)
        world.enter_books(stock_item("BRACKET"), customer("ACME"))
        entered(world, "Q-5", "2", None, "18.00")
        both_sides(world)

        assert produced(world, "Q-5") == [(Decimal(2), Decimal("18.00"))]


class TestUnitsInTheBooks:
    def test_a_line_names_the_base_unit(self, world: World) -> None:
        """QuickBooks would count in cases by default; the order says each, and lives on."""
        counted_item(world, "case 12", sales="case")
        world.order("SO-1", "ACME", "24 BRACKET 1.50")
        world.sync()

        assert booked_lines(world, "SO-1") == [("24", "each", "1.50", "36.00")]
        world.settle()
        assert world.states() == {"SO-1": "done"}

    def test_a_change_keeps_the_unit(self, world: World) -> None:
        """A changed order is changed in the same unit."""
        world.set("sales-order-out.changes=automatic", "general.quiet_minutes=0")
        counted_item(world, "case 12", sales="case")
        world.order("SO-1", "ACME", "24 BRACKET 1.50")
        world.sync()
        edit(world, "SO-1", "36")
        world.settle()

        assert booked_lines(world, "SO-1") == [("36", "each", "1.50", "54.00")]

    @pytest.mark.parametrize(
        "called, booked",
        [
            ("case", ("2", "case", "18.00", "36.00")),
            ("un", ("2", "each", "18.00", "36.00")),
            ("kg", None),
        ],
    )
    def test_the_products_own_unit(
        self, world: World, called: str, booked: tuple[str, str, str, str] | None
    ) -> None:
        """A product's unit that the set has is named; one that it has not stops the order."""
        counted_item(world, "case 12")
        world.enter("products", code="BRACKET", name="Bracket", unit=called)
        world.order("SO-2", "ACME", "2 BRACKET 18.00")
        world.sync()

        if booked is not None:
            assert booked_lines(world, "SO-2") == [booked]
            return
        row = world.row("SO-2")
        assert row.refusal == "unit-unknown"
        assert row.sentence == (
            "Line 1 (BRACKET): the quantity is 2 kg, and the unit “kg” of the product is none of "
            "the set “Count in each”."
        )

    @pytest.mark.parametrize("ratio", ["0", "-12", "1,000", "twelve", "", "1e40"])
    def test_a_set_that_cannot_be_read(self, world: World, ratio: str) -> None:
        """Its only set is unreadable: nobody knows what 24 would count, and nothing is written."""
        counted_item(world, "case 12", sales="case")
        misread(world, "ConversionRatio", ratio)
        world.order("SO-1", "ACME", "24 BRACKET 1.50")
        world.order("SO-2", "ACME", "1 BOLT 1.25")
        world.sync()

        assert world.row("SO-1").sentence == (
            "Line 1 (BRACKET): the quantity is 24, and the unit of measure set “Count in each” "
            "could not be read from QuickBooks."
        )
        world.check_exactly_once("SO-2")

    def test_an_item_of_which_something_else_cannot_be_read(self, world: World) -> None:
        """An item whose price is a riddle is still counted in its units, and not in cases."""
        counted_item(world, "case 12", sales="case")
        misread(world, "SalesPrice", "1,000")
        world.order("SO-1", "ACME", "24 BRACKET 1.50")
        world.sync()

        assert booked_lines(world, "SO-1") == [("24", "each", "1.50", "36.00")]

    @pytest.mark.parametrize("kind", ["Other", "", "Something new"])
    def test_pieces_are_no_dozens(self, world: World, kind: str) -> None:
        """Where it is not told what a set counts, a piece is not taken for its base unit."""
        world.enter_books(
            unit_set("Dozens", "dozen"), stock_item("EGG", "3.00", units="Dozens"), customer("ACME")
        )
        misread(world, "UnitOfMeasureType", kind)
        world.enter("products", code="EGG", name="Egg", unit="un")
        world.order("SO-1", "ACME", "24 EGG 0.25")
        world.sync()

        assert world.row("SO-1").refusal == "unit-unknown"
        assert world.booked() == []


class TestDecimals:
    def test_more_decimals_than_the_books_keep(self, world: World) -> None:
        """Field case 9: one sentence with line, product, number and limit, and a choice."""
        world.order("SO-7", "ACME", "0.3333333 BRACKET 1.5")
        world.order("SO-8", "ACME", "1 BRACKET 33.333333333")
        world.order("SO-9", "ACME", "1 BRACKET 0.000015")
        world.sync()

        told = {row.number: (row.sentence, row.cure) for row in world.transfers()}
        cure = "Shorten it where it was entered, or let Counterfoil round."
        assert told == {
            number: (f"Line 1 (BRACKET): the {what} decimals; QuickBooks keeps 5.", cure)
            for number, what in {
                "SO-7": "quantity 0.3333333 has 7",
                "SO-8": "price 33.333333333 has 9",
                "SO-9": "price 0.000015 has 6",
            }.items()
        }
        world.set("general.excess_decimals=round")
        world.settle()
        assert [booked_lines(world, each)[0][:3] for each in ("SO-7", "SO-8", "SO-9")] == [
            ("0.33333", None, "1.50"),
            ("1", None, "33.33333"),
            ("1", None, "0.00002"),
        ]

    def test_the_cent_is_explained(self, world: World) -> None:
        """Where rounding moves a line's total, the transfer says from what to what."""
        world.set("general.excess_decimals=round")
        world.order("SO-6", "ACME", "1000 BOLT 0.123446")
        world.sync()

        [note] = world.row("SO-6").notes
        assert note == (
            "Line 1 (BOLT): 1000 at 0.123446 was rounded to 1000 at 0.12345; the line comes to "
            "123.45 there as here."
        )
        world.order("SO-5", "ACME", "10000 BOLT 0.123456")
        world.sync()
        [note] = world.row("SO-5").notes
        assert note == (
            "Line 1 (BOLT): 10000 at 0.123456 was rounded to 10000 at 0.12346; the line comes to "
            "1234.60 there, and to 1234.56 here."
        )


class TestTax:
    def test_the_tax_that_the_books_add_is_told(self, world: World) -> None:
        """What QuickBooks adds is kept with its reason, and is nobody's change."""
        world.enter_books(
            request(
                "ItemSalesTaxAdd",
                tags(Name="County", TaxRate="8.0") + ref("TaxVendorRef", None),
            ),
            customer("ACME", rest=ref("ItemSalesTaxRef", "County")),
            stock_item("BOLT", tax_code="Tax"),
        )
        world.order("SO-5", "ACME", "10 BOLT 1.25")
        world.settle()

        landing = desk.details(world.hub, world.row("SO-5").id)["landing"]
        assert landing["total"] == "13.50"
        assert landing["sent_total"] == "12.50"
        assert landing["tax"] == "1.00"
        assert landing["difference"] == {
            "amount": "1.00",
            "reason": "tax",
            "sentence": "It comes to 13.50 there and to 12.50 here: QuickBooks Desktop added tax "
            "of 1.00.",
        }
        world.settle()
        assert world.states() == {"SO-5": "done"}
        assert world.row("SO-5").difference == landing["difference"]["sentence"]

    def test_without_tax_nothing_is_told(self, world: World) -> None:
        """Where both sides come to the same there is no difference to explain."""
        world.order("SO-4", "ACME", "10 BOLT 1.25")
        world.settle()

        assert desk.details(world.hub, world.row("SO-4").id)["landing"]["difference"] is None
