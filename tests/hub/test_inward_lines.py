"""Lines of orders from the books that cannot go, or need not, as they stand there."""

from __future__ import annotations

from typing import Any

from counterfoil.hub import desk
from tests.hub.conftest import OpenWorld
from tests.hub.test_inward import INWARD, both_sides, codes, enter
from tests.hub.test_life import invoice_of
from tests.support.world import World


def goes(world: World, number: str) -> list[tuple[str, str]]:
    """What is ordered at the shop floor under a number."""
    [order] = [each for each in world.produced() if each["code"] == number]
    lines: list[dict[str, Any]] = order["shippings"][0]["products"]
    return [(each["quantity-ordered"], each["product"]) for each in lines]


def test_a_return_line(open_company: OpenWorld) -> None:
    """Field case 12: refused in the books' terms; left out and told once that is set."""
    world = open_company(*INWARD)
    enter(world, ("Q-1", "5 BRACKET 4.00", "-2 BRACKET 4.00"))
    both_sides(world)
    row = world.row("Q-1", "sales-order-in")

    assert (row.state, row.refusal) == ("refused", "quantity-unfit")
    assert "Line 2 (BRACKET) has the quantity -2; Fusion Operations takes no" in (
        row.sentence or ""
    )
    world.set("sales-order-in.negative_lines=leave_out")
    world.clock.advance(hours=1)
    both_sides(world)

    assert goes(world, "Q-1") == [("5", "BRACKET")]
    row = world.row("Q-1", "sales-order-in")
    assert row.notes == ("Line 2 (BRACKET) has the quantity -2 and is left out.",)


def test_what_was_invoiced_while_it_waited(open_company: OpenWorld) -> None:
    """As set, what is left goes: also of what was invoiced after the order was first read."""
    world = open_company(*INWARD, "sales-order-in.part_invoiced=rest")
    world.set("sales-order-in.create_missing_products=false")
    enter(world, ("Q-1", "5 BOLT 4.00"), ("Q-2", "1 BOLT 4.00"))
    both_sides(world)
    assert {row.refusal for row in world.transfers()} == {"record-unknown"}
    for number in ("Q-1", "Q-2"):
        invoice_of(world, number)
    world.set("sales-order-in.create_missing_products=true")
    world.clock.advance(hours=1)
    both_sides(world)

    assert set(codes(world)) == {"Q-1"}
    assert goes(world, "Q-1") == [("4", "BOLT")]
    assert world.row("Q-1", "sales-order-in").notes == (
        "Line 1 (BOLT) goes with 4: 1 of 5 are invoiced already.",
    )
    [left_out] = [row for row in desk.rows(world.hub, limit=9) if row.number == "Q-2"]
    assert (left_out.state, left_out.reason) == ("skipped", "nothing-left")
