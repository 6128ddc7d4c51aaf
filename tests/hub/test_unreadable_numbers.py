"""Numbers in odd forms, from localised editions and repaired files: read, or shown.

An order that cannot be read is a row that people see, with its number, customer and day; it is
asked for in every run until it can be read.  The other orders of its page arrive.
"""

from __future__ import annotations

from datetime import date

from counterfoil.hub import desk
from counterfoil.sandboxes.quickbooks_desktop import ProcessResult
from tests.hub.conftest import OpenWorld
from tests.hub.test_inward import INWARD, both_sides, codes, enter
from tests.support.world import World


def written(world: World, forms: dict[str, str]) -> None:
    """Let QuickBooks write some numbers otherwise: as asked for, and as found there."""

    def after(_text: str, result: ProcessResult) -> ProcessResult:
        answer = result.response
        for usual, form in forms.items():
            for name in ("Quantity", "Price"):
                answer = answer.replace(f"<{name}>{usual}<", f"<{name}>{form}<")
        return ProcessResult(answer)

    world.counter.after = after


def test_it_is_shown_until_it_can_be_read(open_company: OpenWorld) -> None:
    """Field case 4: the row says what it is, and goes as soon as the order can be read."""
    world = open_company(*INWARD)
    enter(world, ("Q-1", "1000 BOLT 1.50"), ("Q-2", "2 BOLT 1.50"), ("Q-3", "3 BOLT 1.50"))
    written(world, {"1000": "1,000"})
    for _ in range(3):
        both_sides(world)
        world.clock.advance(days=2)

        assert codes(world) == {"Q-2": 1, "Q-3": 1}
        [row] = desk.unreadables(world.hub)
        assert (row.number, row.party, row.dated) == ("Q-1", "ACME", date(2025, 3, 3))
        assert row.problem.startswith("line 1: the quantity 1,000 cannot be read")
        assert world.status().unreadable == 1
    world.counter.well_behaved()
    for _ in range(2):
        both_sides(world)
        world.clock.advance(hours=1)

    assert codes(world) == {"Q-1": 1, "Q-2": 1, "Q-3": 1}
    assert desk.unreadables(world.hub) == []


def test_one_that_is_deleted_is_shown_no_more(open_company: OpenWorld) -> None:
    """What nobody can read and nobody has any more is no row."""
    world = open_company(*INWARD)
    enter(world, ("Q-1", "1000 BOLT 1.50"))
    written(world, {"1000": "1,000"})
    both_sides(world)
    world.clock.advance(hours=1)
    assert len(desk.unreadables(world.hub)) == 1
    [order] = world.booked()
    world.enter_books(
        f"<TxnDelRq><TxnDelType>SalesOrder</TxnDelType><TxnID>{order['TxnID']}</TxnID></TxnDelRq>"
    )
    both_sides(world)

    assert desk.unreadables(world.hub) == []


def test_a_record_whose_price_cannot_be_read_is_there(open_company: OpenWorld) -> None:
    """Documents name it by its name; the row says what is wrong with it."""
    world = open_company()
    enter(world, ("Q-1", "1 BOLT 1000.00"))
    written(world, {"1000.00": "1,000"})
    world.order("SO-1", "ACME", "1 BOLT 1.50")
    world.settle()

    assert world.states()["SO-1"] == "done"
    assert [each["Name"] for each in world.booked("ItemService")] == ["BOLT"]
    [row] = desk.unreadables(world.hub)
    assert (row.kind, row.number) == ("item", "BOLT")
    assert row.problem == "the sales price 1,000 cannot be read as a number"
