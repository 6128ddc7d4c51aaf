"""Measures: quantities and prices in the units, and with the decimals, of the target."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.documents import (
    Item,
    Money,
    OrderLine,
    Quantity,
    Reference,
    SalesOrder,
    Unit,
    UnitSet,
    name_key,
    rounded_to,
)
from counterfoil.engine.drafting import Draft, draft
from counterfoil.engine.matching import Entry, Lookup
from counterfoil.engine.measuring import Side, measured, total_of
from counterfoil.settings import ExcessDecimals, FlowName, Settings
from tests.support.builders import NOW, line, order, product, settings, target, transfer, work

ROUND = settings(excess_decimals=ExcessDecimals.ROUND)


def units(name: str, base: str, *related: str, **changes: Any) -> UnitSet:
    """A set of units: ``units("Count", "each", "case 12")``."""
    made = []
    for text in related:
        called, ratio = text.rsplit(" ", 1)
        made.append(Unit(called, called[:2], Quantity(Decimal(ratio))))
    record = UnitSet(
        id=f"set-{name}", name=name, full_name=name, base=Unit(base), related=tuple(made)
    )
    return msgspec.structs.replace(record, **changes)


COUNT = units("Count", "each", "case 12", "box 7", "pair 2", counts=True)


def counted(code: str, of: UnitSet | None, **changes: Any) -> Item:
    """An item that is counted in a set of units."""
    return product(code, unit_set=of and Reference(of.name, of.id), **changes)


def side(*items: Item, sets: tuple[UnitSet, ...] = (COUNT,), **changes: Any) -> Side:
    made = Side(
        name="QuickBooks Desktop",
        items={key: each for each in items for key in (each.full_name, each.id)},
        sets={key: each for each in sets for key in (each.id, name_key(each.name))},
    )
    return msgspec.structs.replace(made, **changes)


def each_of(item: Item | None) -> Any:
    """The look-up that finds this item, whatever is asked for."""

    def found(wanted: Lookup) -> Entry | None:
        return None if item is None else Entry(wanted.kind, item.id, item.full_name, True)

    return found


def inward(
    entered: OrderLine,
    books: Side,
    rules: Settings | None = None,
    product_there: Item | None = None,
) -> Draft:
    """An order of the books, on its way to the operations system."""
    flow = FlowName.SALES_ORDER_IN
    made = draft(
        work(order("Q-1 ACME", entered), transfer(flow=flow), rules),
        {},
        target(name="Fusion Operations"),
        NOW,
    )
    there = Side(name="Fusion Operations")
    if product_there is not None:
        there = side(product_there, sets=())
    to = target(name="Fusion Operations", quantity_places=6, price_places=6)
    return measured(made, books, there, to, each_of(product_there))


def outward(
    text: str, there: Side, item: Item | None, own: Item | None = None, rules: Any = None
) -> Draft:
    """An order of the operations system, on its way to the books."""
    made = draft(work(order("SO-1 ACME", text), rules=rules), {}, target(), NOW)
    source = side(*([own] if own else []), sets=(), name="Fusion Operations")
    return measured(made, source, there, target(), each_of(item))


def only_line(made: Draft) -> OrderLine:
    assert made.refusal is None, made.refusal
    assert made.waits is None
    assert made.translated is not None
    assert isinstance(made.translated.document, SalesOrder)
    (found,) = made.translated.document.lines
    return found


def said(made: Draft) -> str:
    assert made.refusal is not None, "it is not refused"
    return made.refusal.sentence


def in_units(quantity: str, unit: str, price: str | None, **changes: Any) -> OrderLine:
    """A line of the books: ``in_units("2", "case", "18.00")``."""
    made = line(f"{quantity} BRACKET")
    return msgspec.structs.replace(
        made,
        quantity=Quantity(Decimal(quantity), unit),
        unit_price=None if price is None else Money(Decimal(price)),
        **changes,
    )


class TestFromTheBooks:
    @pytest.mark.parametrize(
        "entered, quantity, price",
        [
            (in_units("2", "case", "18.00"), "24", "1.50"),
            (in_units("2", "CASE", "18.00"), "24", "1.50"),
            (in_units("2", "ca", "18.00"), "24", "1.50"),
            (in_units("5", "each", "1.50"), "5", "1.50"),
            (in_units("0.5", "case", "18.00"), "6.0", "1.50"),
            (in_units("2", "case", None), "24", None),
        ],
    )
    def test_a_quantity_travels_in_base_units(
        self, entered: OrderLine, quantity: str, price: str | None
    ) -> None:
        """Quantity times, price by what the unit holds; what it comes to stays."""
        found = only_line(inward(entered, side(counted("BRACKET", COUNT))))

        assert found.quantity == Quantity(Decimal(quantity))
        assert found.unit_price == (None if price is None else Money(Decimal(price)))
        assert found.unit_set is None

    def test_the_lines_own_set_comes_first(self) -> None:
        """A line that names another set than its item's is counted in that one."""
        dozens = units("Dozens", "each", "case 24")
        entered = in_units("2", "case", "24.00", unit_set=Reference("Dozens", "set-Dozens"))
        books = side(counted("BRACKET", COUNT), sets=(COUNT, dozens))

        assert only_line(inward(entered, books)).quantity == Quantity(Decimal(48))

    def test_a_set_that_was_renamed_is_known_by_its_identity(self) -> None:
        """The item still bears the set's old name; its identity tells which it is."""
        renamed = msgspec.structs.replace(COUNT, name="Pieces", full_name="Pieces")
        found = inward(
            in_units("2", "case", "18.00"), side(counted("BRACKET", COUNT), sets=(renamed,))
        )

        assert only_line(found).quantity == Quantity(Decimal(24))

    @pytest.mark.parametrize(
        "unit, books, problem",
        [
            ("crate", side(counted("BRACKET", COUNT)),
             "its unit of measure set “Count” has no such unit"),
            ("case", side(counted("BRACKET", None)),
             "the item has no unit of measure set in QuickBooks Desktop"),
            ("case", side(counted("BRACKET", COUNT), sets=()),
             "the unit of measure set “Count” could not be read from QuickBooks Desktop"),
        ],
    )  # fmt: skip
    def test_what_is_not_known_is_refused(self, unit: str, books: Side, problem: str) -> None:
        """The refusal names line, item, quantity and unit; nothing is taken for pieces."""
        found = inward(in_units("2", unit, "18.00"), books)

        assert said(found) == f"Line 1 (BRACKET): the quantity is 2 {unit}, and {problem}."

    def test_two_units_of_one_name(self) -> None:
        """Which of two cases is meant nobody knows; that there is none would be untrue."""
        twice = units("Count", "each", "case 12", "Case 24")
        books = side(counted("BRACKET", twice), sets=(twice,))

        assert said(inward(in_units("2", "case", "18.00"), books)) == (
            "Line 1 (BRACKET): the quantity is 2 case, and its unit of measure set “Count” has "
            "several units of that name."
        )

    def test_the_smallest_and_the_largest(self) -> None:
        """A price per crumb of a unit is a long number, and no mistake of ours."""
        crumbs = units("Weight", "ton", "crumb 0.0000000001")
        books = side(counted("BRACKET", crumbs), sets=(crumbs,))
        entered = in_units("10000000000", "crumb", "123456789012345678")

        made = only_line(inward(entered, books))
        assert made.quantity == Quantity(Decimal(1))
        assert made.unit_price == Money(Decimal("1234567890123456780000000000.00"))

    def test_sets_that_could_not_be_read_are_waited_for(self) -> None:
        """Silence is no answer: the document waits, and says for what."""
        books = side(counted("BRACKET", COUNT), unread="The list could not be read: busy.")
        found = inward(in_units("2", "case", "18.00"), books)

        assert found.waits is not None
        assert found.waits.sentence == ("The list could not be read: busy.")

    def test_without_a_unit_nothing_is_asked(self) -> None:
        """A line that names no unit counts in the item's own, whatever could not be read."""
        books = side(counted("BRACKET", COUNT), unread="no")

        assert only_line(inward(line("2 BRACKET 1.50"), books)) == msgspec.structs.replace(
            line("2 BRACKET 1.50"), notes=None
        )

    @pytest.mark.parametrize(
        "called, expected",
        [(None, "24"), ("un", "24"), ("Case", "2"), ("pair", "12"), ("kg", None)],
    )
    def test_the_product_has_a_unit_of_its_own(
        self, called: str | None, expected: str | None
    ) -> None:
        """A product counted in cases gets cases; one whose unit the set lacks stops the order."""
        there = product("BRACKET", unit=called)
        found = inward(
            in_units("2", "case", "18.00"), side(counted("BRACKET", COUNT)), product_there=there
        )

        if expected is None:
            assert "the unit “kg” of the product is none of the set “Count”" in said(found)
        else:
            assert only_line(found).quantity == Quantity(Decimal(expected))

    def test_a_price_that_has_no_end(self) -> None:
        """18.00 for seven is refused, or rounded and told, as set."""
        books = side(counted("BRACKET", COUNT))
        entered = in_units("1", "box", "18.00")

        assert said(inward(entered, books)) == (
            "Line 1 (BRACKET): 18.00 per box is no exact price in the unit that Fusion Operations "
            "counts in; Fusion Operations keeps 6 decimals."
        )
        rounded = inward(entered, books, ROUND)
        assert only_line(rounded).unit_price == Money(Decimal("2.571429"))
        assert rounded.translated is not None
        [note] = rounded.translated.left_out
        assert note == (
            "Line 1 (BRACKET): 1 box at 18.00 was rounded to 7 at 2.571429; the line comes to "
            "18.00 there as here."
        )

    def test_a_price_that_follows_from_the_amount(self) -> None:
        """Where the books tell an amount and no price, what it comes to is checked."""
        entered = msgspec.structs.replace(line("30000 BRACKET"), amount=Money(Decimal("100.00")))
        found = inward(entered, side())

        assert only_line(found).unit_price == Money(Decimal("0.00333"))
        assert found.translated is not None
        [note] = found.translated.left_out
        assert note == (
            "Line 1 (BRACKET): its amount gives no exact price; at 0.00333 the line comes to 99.90 "
            "there, and to 100.00 here."
        )
        exact = msgspec.structs.replace(line("3 BRACKET"), amount=Money(Decimal("100.00")))
        again = inward(exact, side()).translated
        assert again is not None
        assert again.left_out == ()


class TestToTheBooks:
    @pytest.mark.parametrize(
        "called, named",
        [(None, "each"), ("un", "each"), ("PCS", "each"), ("case", "case"), ("ca", "case")],
    )
    def test_the_line_names_its_unit(self, called: str | None, named: str) -> None:
        """The product's unit where the set has it, else the base unit; numbers stay."""
        item = counted("BRACKET", COUNT)
        own = product("BRACKET", unit=called)
        found = only_line(outward("2 BRACKET 18.00", side(item), item, own))

        assert found.quantity == Quantity(Decimal(2), named)
        assert found.unit_price == Money(Decimal("18.00"))

    @pytest.mark.parametrize(
        "called, sentence",
        [
            ("un", "the quantity is 24 un, and the unit “un” of the product is none of the set"),
            (None, "the quantity is 24, and the product has no unit, and the set"),
        ],
    )
    def test_a_piece_is_no_dozen(self, called: str | None, sentence: str) -> None:
        """Where the books count in dozens, a product counted in pieces stops the order.

        So does one of which nobody knows what it is counted in.
        """
        dozens = units("Dozens", "dozen", counts=True)
        item = counted("BRACKET", dozens)
        own = product("BRACKET", unit=called)
        found = outward("24 BRACKET 1.50", side(item, sets=(dozens,)), item, own)

        assert f"Line 1 (BRACKET): {sentence} “Dozens”" in (said(found) or "")

    def test_items_without_a_set_name_no_unit(self) -> None:
        """Most items have no set: whatever the product's unit, nothing is named."""
        item = counted("BRACKET", None)
        own = product("BRACKET", unit="kg")

        assert only_line(outward("2 BRACKET 18.00", side(item), item, own)) == line(
            "2 BRACKET 18.00"
        )

    def test_sets_that_could_not_be_read(self) -> None:
        """An item with a set waits; one without goes."""
        item, plain = counted("BRACKET", COUNT), counted("BOLT", None)
        there = side(item, plain, sets=(), unread="The list could not be read")

        assert outward("2 BRACKET 18.00", there, item).waits is not None
        assert only_line(outward("2 BOLT 18.00", there, plain)) == line("2 BOLT 18.00")


class TestDecimals:
    @pytest.mark.parametrize(
        "text, said_so, rounded",
        [
            ("0.3333333 BRACKET 1.5", "the quantity 0.3333333 has 7", ("0.33333", "1.5")),
            ("1 BRACKET 33.333333333", "the price 33.333333333 has 9", ("1", "33.33333")),
            ("1 BRACKET 1.5E-5", "the price 0.000015 has 6", ("1", "0.00002")),
            ("-0.1234565 BRACKET 1", "the quantity -0.1234565 has 7", ("-0.12346", "1")),
            ("1.000000 BRACKET 2.5000000", None, ("1.000000", "2.5000000")),
        ],
    )
    def test_refused_or_rounded_as_set(
        self, text: str, said_so: str | None, rounded: tuple[str, str]
    ) -> None:
        """Number, count and limit in one sentence; zeros at the end are no decimals."""
        found = outward(text, side(), None)

        if said_so is not None:
            assert said(found) == f"Line 1 (BRACKET): {said_so} decimals; QuickBooks keeps 5."
        there = only_line(outward(text, side(), None, rules=ROUND))
        assert there.quantity == Quantity(Decimal(rounded[0]))
        assert there.unit_price == Money(Decimal(rounded[1]))

    def test_the_choice_is_a_button(self) -> None:
        """The refusal offers the setting, with its key and value."""
        refusal = outward("0.3333333 BRACKET 1.5", side(), None).refusal

        assert refusal is not None
        assert refusal.choices[0].arguments == {
            "setting": "general.excess_decimals",
            "value": "round",
        }

    @pytest.mark.parametrize("rules", [{}, {"rules": ROUND}])
    def test_nothing_is_rounded_away(self, rules: dict[str, Any]) -> None:
        """A quantity that would become zero stops the order, and rounding is not offered."""
        found = outward("0.000001 BRACKET 5000", side(), None, **rules)

        assert said(found) == (
            "Line 1 (BRACKET): the quantity 0.000001 would be rounded to nothing; QuickBooks keeps "
            "5 decimals."
        )

    def test_the_line_is_told_by_its_own_number(self) -> None:
        """Lines that were left out before it do not move the number that people see."""
        entered = (
            OrderLine(id="A", description="with thanks"),
            line("0.3333333 BRACKET 1.5", id="B"),
        )
        flow = FlowName.SALES_ORDER_IN
        made = draft(work(order("Q-1 ACME", *entered), transfer(flow=flow)), {}, target(), NOW)

        assert said(measured(made, side(), side(), target(), each_of(None))).startswith(
            "Line 2 (BRACKET): "
        )

    @given(
        number=st.fractions(min_value=-(10**9), max_value=10**9),
        places=st.integers(min_value=0, max_value=8),
    )
    def test_rounding_is_by_half_a_step_at_most(self, number: Fraction, places: int) -> None:
        """Whatever is rounded is within half a step of it; a half goes away from zero."""
        found = Fraction(rounded_to(places, number))

        assert abs(found - number) <= Fraction(1, 2 * 10**places)
        assert (found * 10**places).denominator == 1
        if abs(found - number) == Fraction(1, 2 * 10**places):
            assert abs(found) > abs(number)


@pytest.mark.parametrize(
    "lines, total",
    [
        (("2 NUT 1.25", "3 BOLT 0.125"), "2.88"),
        (("2 NUT",), None),
        ((), None),
        (("-2 NUT 1.25",), "-2.50"),
    ],
)
def test_what_the_lines_come_to(lines: tuple[str, ...], total: str | None) -> None:
    """Each line in cents; not known where a line leaves its price to the books."""
    assert total_of(order("SO-1 ACME", *lines)) == total
