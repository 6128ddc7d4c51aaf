"""Orders that their source closes short are closed in the books, after all that moved of them.

Played end to end: somebody closes the order in the operations system, the Web Connector calls,
and what QuickBooks shows is what counts.
"""

from __future__ import annotations

import pytest

from counterfoil.hub import desk
from tests.hub.conftest import OpenWorld
from tests.hub.test_fulfilling import RULES, invoiced, ordered, received
from tests.support.world import ACTOR, World

SHORT = (
    *RULES,
    "sales-order-out.close_when_closed=true",
    "purchase-order-out.close_when_closed=true",
)


def mark(world: World, number: str, status: str = "closed") -> None:
    """Close an order in the operations system, or open it again."""
    world.operations.token = ""
    resource = "sales-orders" if number.startswith("SO") else "purchase-orders"
    path = f"/{resource}/{world.source_ids[number]}"
    found = world.operations.call("GET", path).json()
    answer = world.operations.call("PUT", path, found | {"status": status})
    assert answer.is_success, answer.text


def rounds(world: World, count: int = 2) -> None:
    for _ in range(count):
        world.clock.advance(minutes=31)
        assert world.sync().is_clean


def is_closed(world: World, number: str) -> bool:
    kind = "SalesOrder" if number.startswith("SO") else "PurchaseOrder"
    return bool(ordered(world, kind, number)["IsManuallyClosed"] == "true")


def changes(world: World) -> int:
    """How often an order was changed in the books."""
    return sum(text.count("OrderModRq ") for text in world.counter.seen)


def state(world: World, number: str) -> tuple[str, str | None]:
    flow = "sales-order-out" if number.startswith("SO") else "purchase-order-out"
    row = world.row(number, flow)
    return row.state, row.sentence


def booked(world: World, number: str) -> int:
    """How much of an order is invoiced or received in the books."""
    told = invoiced if number.startswith("SO") else received
    (quantity,) = told(world, number)
    return int(quantity)


def half_done(open_company: OpenWorld, *settings: str) -> World:
    """Four of ten have moved of each order, and are in the books."""
    world = open_company(*SHORT, *settings)
    world.order("SO-1", "ACME", "10 BOLT 1.25")
    world.purchase("PO-1", "MILLCO", "10 FLOUR 0.80")
    world.ship("SO-1", "4 BOLT")
    world.receive("PO-1", "4 FLOUR")
    world.settle()
    assert (booked(world, "SO-1"), booked(world, "PO-1")) == (4, 4)
    return world


def test_closed_short(open_company: OpenWorld) -> None:
    """Closed at its source with something open: closed in the books, by one change, for good."""
    world = half_done(open_company)
    for number in ("SO-1", "PO-1"):
        mark(world, number)
    rounds(world, 3)

    for number in ("SO-1", "PO-1"):
        assert (state(world, number), is_closed(world, number)) == (("done", None), True)
    assert changes(world) == 2
    rounds(world)
    assert changes(world) == 2


def test_it_is_off_by_default(open_company: OpenWorld) -> None:
    """Where nobody asked for it, the order in the books stays open."""
    world = half_done(open_company)
    world.set("sales-order-out.close_when_closed=false")
    mark(world, "SO-1")
    rounds(world, 3)

    assert (state(world, "SO-1"), is_closed(world, "SO-1")) == (("done", None), False)


def test_after_the_last_of_it(open_company: OpenWorld) -> None:
    """What moved right before it was closed is invoiced first, linked to it; then it is closed."""
    world = half_done(open_company)
    world.ship("SO-1", "2 BOLT")
    mark(world, "SO-1")
    rounds(world, 4)

    assert booked(world, "SO-1") == 6
    assert len(world.booked("Invoice")) == 2
    assert (state(world, "SO-1"), is_closed(world, "SO-1")) == (("done", None), True)


def test_it_waits_for_a_person_to_send(open_company: OpenWorld) -> None:
    """What a person still has to send is awaited, and named; then the order is closed by itself."""
    world = half_done(open_company)
    world.set("shipment-out.mode=manual")
    world.ship("SO-1", "2 BOLT")
    mark(world, "SO-1")
    rounds(world, 3)
    word, why = state(world, "SO-1")
    assert (word, is_closed(world, "SO-1")) == ("waiting", False)
    assert (why or "").startswith("The document waits for shipment SO-1")

    desk.release(world.hub, world.link, "shipment", (), ACTOR, everything=True)
    rounds(world, 3)
    assert booked(world, "SO-1") == 6
    assert (state(world, "SO-1"), is_closed(world, "SO-1")) == (("done", None), True)


def test_what_is_left_out_is_not_awaited(open_company: OpenWorld) -> None:
    """What a person leaves out never comes: the order is closed without it."""
    world = half_done(open_company)
    world.set("shipment-out.mode=manual")
    world.ship("SO-1", "2 BOLT")
    mark(world, "SO-1")
    rounds(world, 3)
    (held,) = [row for row in world.transfers() if row.state == "held"]
    desk.skip(world.hub, [held.id], ACTOR)
    rounds(world)

    assert booked(world, "SO-1") == 4
    assert (state(world, "SO-1"), is_closed(world, "SO-1")) == (("done", None), True)


def test_silence_about_what_moved(open_company: OpenWorld) -> None:
    """What moved was read before it was seen closed: more may come, so it waits, and says so."""
    world = half_done(open_company)
    mark(world, "SO-1")
    rounds(world, 1)
    word, why = state(world, "SO-1")
    assert (word, is_closed(world, "SO-1")) == ("waiting", False)
    assert "once its shipments have been read again" in (why or "")

    rounds(world, 1)
    assert is_closed(world, "SO-1")


def test_what_moved_while_the_books_are_written(open_company: OpenWorld) -> None:
    """Goods that leave during a run, right before the order closes, are invoiced by the next."""
    world = half_done(open_company)

    def last_goods(*_set: object) -> None:
        world.counter.hears = None
        world.ship("SO-1", "2 BOLT")
        mark(world, "SO-1")
        for _ in range(2):
            world.clock.advance(minutes=1)
            world.read_operations()

    world.counter.hears = last_goods
    world.clock.advance(minutes=31)
    world.sync()
    assert not is_closed(world, "SO-1")

    rounds(world, 3)
    assert (booked(world, "SO-1"), is_closed(world, "SO-1")) == (6, True)


@pytest.mark.parametrize("goods", [("6 BOLT",), ()])
def test_all_of_it_moved(open_company: OpenWorld, goods: tuple[str, ...]) -> None:
    """All is invoiced and received: QuickBooks has closed it itself, and nothing is written."""
    world = half_done(open_company)
    world.ship("SO-1", *goods)
    world.receive("PO-1", "6 FLOUR")
    for number in ("SO-1", "PO-1"):
        mark(world, number)
    rounds(world, 4)

    assert (booked(world, "SO-1"), booked(world, "PO-1")) == (10, 10)
    for number in ("SO-1", "PO-1"):
        assert (state(world, number), is_closed(world, number)) == (("done", None), False)
    assert changes(world) == 0


def test_it_is_opened_again(open_company: OpenWorld) -> None:
    """Opened again at its source, it is opened in the books, and more of it can be linked."""
    world = half_done(open_company, "sales-order-out.changes=automatic")
    mark(world, "SO-1")
    rounds(world, 3)
    assert is_closed(world, "SO-1")
    mark(world, "SO-1", "open")
    rounds(world, 2)
    assert (state(world, "SO-1"), is_closed(world, "SO-1")) == (("done", None), False)

    world.ship("SO-1", "2 BOLT")
    rounds(world, 2)
    assert booked(world, "SO-1") == 6


def test_the_switch_is_turned_off_later(open_company: OpenWorld) -> None:
    """What was closed stays closed while its source is closed, whatever the switch says by now."""
    world = half_done(open_company, "sales-order-out.changes=automatic")
    mark(world, "SO-1")
    rounds(world, 3)
    world.set("sales-order-out.close_when_closed=false")
    rounds(world)

    assert (state(world, "SO-1"), is_closed(world, "SO-1")) == (("done", None), True)
    assert changes(world) == 1


@pytest.mark.parametrize("set_number", [1, 2, 3, 4])
@pytest.mark.parametrize("fault", ["drop_before", "drop_after"])
def test_its_answer_is_lost(open_company: OpenWorld, fault: str, set_number: int) -> None:
    """Whatever answer is lost on the way, it is closed once, and nothing else is touched."""
    world = half_done(open_company)
    mark(world, "PO-1")
    world.clock.advance(minutes=31)
    world.read_operations()
    world.clock.advance(minutes=31)
    world.read_operations()
    world.run_web_connector(**{fault: set_number})
    world.settle()
    rounds(world)

    assert booked(world, "PO-1") == 4
    assert (state(world, "PO-1"), is_closed(world, "PO-1")) == (("done", None), True)
