"""What the books say of an order is wrong for a while; nothing stays refused over it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from counterfoil.sandboxes.quickbooks_desktop import ProcessResult
from tests.hub.conftest import OpenWorld
from tests.hub.test_fulfilling import RULES, invoiced, ordered, quantities
from tests.sandboxes.quickbooks_desktop.desk import request, tags
from tests.support.world import World


@pytest.fixture
def world(open_company: OpenWorld) -> World:
    """A company that has two lines on an order, and has not sent it yet."""
    world = open_company(*RULES)
    world.order("SO-1", "ACME", "10 BOLT 1.25", "10 NUT 0.50")
    return world


def spoilt(
    world: World, name: str, pattern: str, change: Callable[[re.Match[str]], str], *, times: int = 1
) -> None:
    """Let QuickBooks say something wrong in its answers to a request, so many times."""
    left = [times]

    def after(text: str, result: ProcessResult) -> ProcessResult:
        answer = result.response or ""
        if left[0] and f"<{name}Rs" in answer and re.search(pattern, answer):
            left[0] -= 1
            return replace(result, response=re.sub(pattern, change, answer))
        return result

    world.counter.after = after


@pytest.mark.parametrize("wrong", ["9-9", ""])
def test_lines_whose_identities_were_told_wrong(world: World, wrong: str) -> None:
    """Where the books told wrong identities of the order's lines, they are found by their items."""
    ids = iter(range(100))
    spoilt(
        world,
        "SalesOrderAdd",
        r"<TxnLineID>.*?</TxnLineID>",
        lambda _: f"<TxnLineID>{wrong}{next(ids)}</TxnLineID>" if wrong else "",
    )
    world.settle()
    world.counter.well_behaved()
    world.ship("SO-1", "4 BOLT", "2 NUT")
    world.settle()

    assert invoiced(world, "SO-1") == [4, 2]
    assert set(world.states("shipment-out").values()) == {"done"}


@pytest.mark.parametrize("quantity", ["-4", "99999999"])
def test_a_delivered_quantity_that_was_told_wrong(world: World, quantity: str) -> None:
    """That nothing is open any more is believed once it has been read twice."""
    world.settle()
    world.ship("SO-1", "4 BOLT")
    spoilt(
        world,
        "SalesOrderQuery",
        r"<Invoiced>.*?</Invoiced>",
        lambda _: f"<Invoiced>{quantity}</Invoiced>",
    )
    world.settle()

    assert quantities(world, "Invoice") == [[4]]


def test_what_was_refused_goes_once_its_order_is_right_again(world: World) -> None:
    """An order that is corrected in the books lets go what it stopped, without a press."""
    world.settle()
    order = ordered(world, "SalesOrder", "SO-1")
    closed = tags(
        TxnID=order["TxnID"],
        EditSequence=order["EditSequence"],
        IsManuallyClosed="true",
    )
    world.enter_books(request("SalesOrderMod", closed))
    world.ship("SO-1", "4 BOLT")
    world.settle()
    assert [row.state for row in world.transfers() if row.flow == "shipment-out"] == ["refused"]

    order = ordered(world, "SalesOrder", "SO-1")
    reopened = tags(
        TxnID=order["TxnID"],
        EditSequence=order["EditSequence"],
        IsManuallyClosed="false",
    )
    world.enter_books(request("SalesOrderMod", reopened))
    for _ in range(3):
        world.settle()
        world.clock.advance(hours=1)
    assert quantities(world, "Invoice") == [[4]]
