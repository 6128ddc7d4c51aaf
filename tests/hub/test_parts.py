"""Parts that a person takes back out, while more comes of the same receipt."""

from __future__ import annotations

from decimal import Decimal

import pytest

from counterfoil.documents import DocumentKind, MovementLine, Quantity, Receipt, Reference, encode
from counterfoil.engine.transfers import PairedLine
from counterfoil.hub import desk, parts
from counterfoil.settings import FlowName, Settings
from tests.hub.conftest import OpenWorld
from tests.hub.test_fulfilling import RULES, quantities, received
from tests.support.world import ACTOR, World


def receipts(world: World) -> list[desk.TransferRow]:
    return [row for row in world.transfers() if row.flow == "receipt-out"]


def undo(world: World, which: int) -> None:
    desk.undo(world.hub, ACTOR, transfer_ids=[receipts(world)[which].id])


@pytest.fixture
def world(open_company: OpenWorld) -> World:
    """A company that has received four of ten, and has them billed."""
    world = open_company(*RULES, "receipt-out.changes=automatic")
    world.purchase("PO-1", "MILLCO", "10 FLOUR 0.80")
    world.receive("PO-1", "4 FLOUR")
    world.settle()
    return world


@pytest.mark.parametrize("is_out", [True, False])
def test_what_comes_after_a_bill_was_undone_is_billed(world: World, is_out: bool) -> None:
    """34: a person takes the bill for four back out, three more come: those three are billed."""
    if is_out:
        undo(world, 0)
        world.settle()
    world.receive("PO-1", "3 FLOUR")
    world.read_operations()
    undo(world, 0)
    world.settle()

    assert quantities(world, "Bill") == [[Decimal(3)]]
    assert received(world, "PO-1") == [Decimal(3)]
    assert [row.state for row in receipts(world)] == ["skipped", "done"]


def test_a_bill_that_was_undone_and_is_sent_again(world: World) -> None:
    """34: sent again, the part that was taken out carries its own four and no more."""
    undo(world, 0)
    world.settle()
    world.receive("PO-1", "3 FLOUR")
    world.settle()
    number = receipts(world)[0].number or ""
    desk.release(world.hub, world.link, "receipt", [number], ACTOR, everything=False)
    world.settle()

    assert sorted(map(sum, quantities(world, "Bill"))) == [3, 4]
    assert received(world, "PO-1") == [Decimal(7)]


def test_what_an_earlier_part_gives_up_is_no_change_of_the_later_one(world: World) -> None:
    """37: of 4 and 1 one stays with each; nothing is said to be cancelled that is not."""
    world.receive("PO-1", "1 FLOUR")
    world.settle()
    world.receive("PO-1", "-1 FLOUR")
    world.settle()
    world.receive("PO-1", "-1 FLOUR")
    world.settle()
    world.settle()

    assert sum(map(sum, quantities(world, "Bill"))) == 3
    assert [row.state for row in receipts(world)] == ["done", "done"]


def test_a_part_that_another_one_took_over(world: World) -> None:
    """34: taken out and sent again together with what came since, one bill carries all of it."""
    world.set("receipt-out.mode=manual")
    undo(world, 0)
    world.settle()
    world.receive("PO-1", "3 FLOUR")
    world.settle()
    number = receipts(world)[0].number or ""
    desk.release(world.hub, world.link, "receipt", [number], ACTOR, everything=False)
    world.settle()

    assert quantities(world, "Bill") == [[Decimal(7)]]
    assert [row.reason for row in receipts(world)] == [None, "part-empty"]


@pytest.mark.parametrize("mode", ["automatic", "manual"])
def test_what_comes_after_goods_were_left_out(open_company: OpenWorld, mode: str) -> None:
    """34: a person leaves four out before they were billed; the three that come later are."""
    world = open_company(*RULES)
    world.set("receipt-out.mode=manual")
    world.purchase("PO-1", "MILLCO", "10 FLOUR 0.80")
    world.receive("PO-1", "4 FLOUR")
    world.settle()
    desk.skip(world.hub, [receipts(world)[0].id], ACTOR)
    world.set(f"receipt-out.mode={mode}")
    world.receive("PO-1", "3 FLOUR")
    world.settle()
    if mode == "manual":
        desk.retry(world.hub, ACTOR, transfer_ids=[receipts(world)[1].id])
        world.settle()

    assert quantities(world, "Bill") == [[Decimal(3)]]
    assert [row.state for row in receipts(world)] == ["skipped", "done"]

    desk.retry(world.hub, ACTOR, transfer_ids=[receipts(world)[0].id])
    world.settle()
    assert sorted(map(sum, quantities(world, "Bill"))) == [3, 4]


@pytest.mark.parametrize("shown", ["4", "7", "7.00", "0"])
@pytest.mark.parametrize("landed", [None, (), ("4",), ("4.00",), ("4", "3"), (None,)])
def test_a_split_that_is_remembered_is_the_split(
    shown: str, landed: tuple[str | None, ...] | None
) -> None:
    """What was split before is split as it would be anew, and spelled digit by digit so."""
    line = MovementLine(item=Reference("FLOUR"), moved=Quantity(Decimal(shown)), order_line_id="1")
    receipt = Receipt(id="R", order_id="PO", vendor=Reference("MILLCO"), lines=(line,))
    own = tuple(
        (str(at), None if each is None else (PairedLine("1", "T", each),))
        for at, each in enumerate(landed or (), start=1)
    )
    given = FlowName.RECEIPT_OUT, DocumentKind.RECEIPT, encode(receipt), Settings(), own

    anew = parts.given_parts.__wrapped__(*given)

    assert repr(parts.given_parts(*given)) == repr(anew)
    assert repr(parts.given_parts(*given)) == repr(anew)
