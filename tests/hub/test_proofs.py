"""What people do while a link to an order is entered and not proved yet."""

from __future__ import annotations

import pytest

from counterfoil.hub import desk
from counterfoil.sandboxes.web_connector import RunReport
from tests.hub.conftest import OpenWorld
from tests.hub.test_fulfilling import RULES, invoiced
from tests.support.world import ACTOR, World


@pytest.fixture
def world(open_company: OpenWorld) -> World:
    """A company whose order was shipped in part; nothing of that is in the books yet."""
    world = open_company(*RULES, requests_per_set="1")
    world.order("SO-1", "ACME", "10 BOLT 1.25")
    world.settle()
    world.ship("SO-1", "4 BOLT")
    world.read_operations()
    return world


def enter_the_invoice(world: World) -> None:
    """The Web Connector runs until the invoice is there, and is ended before its proof."""
    is_there: list[bool] = []
    world.counter.hears = lambda text, _: is_there.append("<InvoiceAddRq" in text)
    steps = world.web_connector().steps(RunReport())
    assert any(each == "receiveResponseXML" and any(is_there) for each in steps)
    steps.close()
    world.counter.hears = None


def test_a_link_is_proved_whatever_the_settings_say_by_now(world: World) -> None:
    """65: linking is switched off before the proof: the order that was linked to is asked."""
    enter_the_invoice(world)
    world.set("shipment-out.link_to_order=false")
    world.settle()

    assert invoiced(world, "SO-1") == [4]
    assert set(world.states("shipment-out").values()) == {"done"}


def test_30_undone_while_its_link_turns_out_to_be_dropped(world: World) -> None:
    """30, 50: a person undid the invoice meanwhile: it is taken out, and not entered again."""
    world.books.switch(links_kept=False)
    enter_the_invoice(world)
    world.books.switch(links_kept=True)
    desk.undo(world.hub, ACTOR, transfer_ids=[row.id for row in world.transfers()])
    world.settle()

    assert (world.booked("Invoice"), world.booked("SalesOrder")) == ([], [])
    assert {row.state for row in world.transfers()} == {"skipped"}
