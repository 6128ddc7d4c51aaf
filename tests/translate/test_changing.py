"""What may still be changed of an order that the target has: nothing below what was delivered."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from counterfoil.documents import OrderLine, Quantity, Reference, SalesOrder
from counterfoil.settings import FlowName
from counterfoil.translate import TRANSLATORS
from tests.support.builders import line, order

FLOWS = pytest.mark.parametrize("flow", [FlowName.SALES_ORDER_OUT, FlowName.SALES_ORDER_IN])


def delivered(text: str, count: str | None, **changes: object) -> OrderLine:
    made = None if count is None else Quantity(Decimal(count))
    return line(text, id="L1", delivered=made, **changes)


def has(*lines: OrderLine) -> SalesOrder:
    return order("SO-1 ACME", *lines)


FOUR_OF_TEN = has(delivered("10 BOLT 1.50", "4"), line("1 NUT", id="L2"))
NUT = line("1 NUT", id="L2")


@FLOWS
@pytest.mark.parametrize(
    "story, shall_be",
    [
        ("13: another price", has(line("10 BOLT 2.00", id="L1"), NUT)),
        ("13: more", has(line("12 BOLT 1.50", id="L1"), NUT)),
        ("exactly what was delivered", has(line("4 BOLT 1.50", id="L1"), NUT)),
        ("4.0 is 4", has(line("4.0 BOLT 1.50", id="L1"), NUT)),
        ("the other line taken off", has(line("10 BOLT 1.50", id="L1"))),
        ("lines in another order", has(NUT, line("10 BOLT 1.50", id="L1"))),
        ("a line more", has(line("10 BOLT 1.50", id="L1"), NUT, line("1 WASHER"))),
        ("the item in capitals", has(line("10 bolt 1.50", id="L1"), NUT)),
        ("another text", has(line("10 BOLT 1.50", id="L1", description="Hex"), NUT)),
    ],
)
def test_what_may_be_changed(flow: FlowName, story: str, shall_be: SalesOrder) -> None:
    """13: price, text, a larger quantity and whatever was not delivered may be changed."""
    assert TRANSLATORS[flow].may_change(FOUR_OF_TEN, shall_be) is None


@FLOWS
@pytest.mark.parametrize(
    "story, shall_be, where, words",
    [
        ("10 to 3", has(line("3 BOLT 1.50", id="L1"), NUT), "lines[0].quantity", "3 would remain"),
        ("moved, 3", has(NUT, line("3 BOLT", id="L1")), "lines[1].quantity", "3 would remain"),
        ("taken off", has(NUT), "lines", "taken off"),
        ("entered anew", has(line("10 BOLT 1.50"), NUT), "lines", "taken off"),
        ("item swapped", has(line("10 SCREW", id="L1"), NUT), "lines[0].item", "“SCREW”"),
        ("made a text", has(OrderLine(id="L1"), NUT), "lines[0].item", "a text"),
        (
            "no quantity",
            has(msgspec.structs.replace(line("1 BOLT", id="L1"), quantity=None), NUT),
            "lines[0].quantity",
            "0 would remain",
        ),
    ],
)
def test_14_below_what_was_delivered(
    flow: FlowName, story: str, shall_be: SalesOrder, where: str, words: str
) -> None:
    """14: a delivered line stays, stays that item, and keeps what was delivered of it."""
    refusal = TRANSLATORS[flow].may_change(FOUR_OF_TEN, shall_be)

    assert refusal is not None
    assert (refusal.code, refusal.where, refusal.value) == ("below-delivered", where, "BOLT")
    assert words in refusal.sentence
    assert "4 of it are invoiced or shipped already" in refusal.sentence
    assert refusal.sentence.startswith("Line 1 “BOLT” of the sales order")


@FLOWS
@pytest.mark.parametrize("count", [None, "0"])
def test_what_was_not_delivered_may_go(flow: FlowName, count: str | None) -> None:
    """A line of which nothing was delivered, or of which nothing is told, may be taken off."""
    assert TRANSLATORS[flow].may_change(has(delivered("10 BOLT", count), NUT), has(NUT)) is None


@FLOWS
def test_identities_decide_where_both_are_known(flow: FlowName) -> None:
    """A renamed item is the same item; another item of the same name is not."""
    current = has(delivered("10 BOLT", "4", item=Reference("BOLT", id="8-1")))
    renamed = has(line("10 x", id="L1", item=Reference("Hex bolt", id="8-1")))
    other = has(line("10 x", id="L1", item=Reference("BOLT", id="8-2")))

    assert TRANSLATORS[flow].may_change(current, renamed) is None
    assert TRANSLATORS[flow].may_change(current, other) is not None


@FLOWS
def test_other_units_are_not_compared(flow: FlowName) -> None:
    """Twelve pieces and one dozen are not told apart here, so such a change is refused."""
    current = has(line("10 BOLT", id="L1", delivered=Quantity(Decimal(4), "each")))
    dozens = has(line("9 BOLT", id="L1", quantity=Quantity(Decimal(9), "dozen")))
    refusal = TRANSLATORS[flow].may_change(current, dozens)

    assert refusal is not None
    assert "9 dozen would remain ordered, and 4 each of it" in refusal.sentence
