"""What was shipped and received is corrected in Fusion Operations after it was sent.

Played where movements tell what moved (way D): a movement's day, its shipping or its order is
changed, and the books hold everything once all the same.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from counterfoil.connectors.fusion_operations import _goods, _movements
from counterfoil.connectors.fusion_operations._goods import former_key
from counterfoil.hub import desk
from tests.hub.conftest import OpenWorld
from tests.hub.test_fulfilling import RULES, quantities, received
from tests.hub.test_shop_floor import found_in
from tests.support.world import ACTOR, World

FLOW = "receipt-out"


@pytest.fixture
def world(open_company: OpenWorld) -> World:
    """A company that knows its goods by movements, and has ordered ten; four and three came."""
    world = open_company(*RULES)
    world.operations.settings(shipping_mode="D")
    found_in(world, receipts_from="movements")
    world.purchase("PO-1", "MILLCO", "10 FLOUR 0.80")
    world.receive("PO-1", "4 FLOUR")
    world.settle()
    world.clock.advance(days=1)
    world.operations.token = ""
    world.receive("PO-1", "3 FLOUR")
    world.settle()
    assert billed(world) == [4, 3]
    return world


def read_again(world: World) -> None:
    """An hour later everything is read again, and comes to rest."""
    world.clock.advance(hours=1)
    world.settle()


def billed(world: World) -> list[int]:
    return [int(sum(each)) for each in quantities(world, "Bill")]


def rows(world: World) -> list[desk.TransferRow]:
    return [row for row in world.transfers() if row.flow == FLOW]


def states(world: World) -> list[str]:
    return [row.state for row in rows(world)]


def correct(world: World, which: int, **changes: object) -> None:
    """Correct a movement; ``days`` moves it to another day."""
    movement = world.operations.all("inventory-movements")[which]
    if "days" in changes:
        day = timedelta(days=float(str(changes.pop("days"))))
        changes["date"] = f"{world.clock.moment - day:%Y-%m-%dT12:00:00Z}"
    answer = world.operations.call(
        "PUT", f"/inventory-movements/{movement['id']}", {**movement, **changes}
    )
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("closed_orders", ["listed", "on-request"])
def test_another_day_or_receiving(world: World, closed_orders: str) -> None:
    """A movement whose day or receiving is corrected stays the delivery that was billed."""
    world.operations.settings(closed_orders=closed_orders)
    correct(world, 0, days=30)
    correct(world, 1, receiving="9001")
    read_again(world)

    assert (billed(world), states(world)) == ([4, 3], ["done", "done"])


def put_together(world: World) -> None:
    """The goods of both days came on one day, as it turns out."""
    on = world.operations.all("inventory-movements")[0]["date"]
    correct(world, 1, date=on)


def test_two_deliveries_become_one(world: World) -> None:
    """What one delivery takes over from another one waits until that one's bill is out."""
    world.operations.settings(closed_orders="on-request")
    put_together(world)
    read_again(world)

    assert billed(world) == [4, 3]
    assert states(world) == ["done", "changed", "held"]
    assert "so these goods may be in it" in (rows(world)[2].sentence or "")
    world.set("receipt-out.cancellations=automatic")
    for _ in range(2):
        read_again(world)
    assert (billed(world), [*map(int, received(world, "PO-1"))]) == ([4, 3], [7])
    assert states(world) == ["done", "skipped", "done"]


def test_one_delivery_becomes_two(world: World) -> None:
    """What a delivery loses to a new one is billed once the older bill says less."""
    put_together(world)
    world.set("receipt-out.cancellations=automatic", "receipt-out.changes=automatic")
    read_again(world)
    world.set("receipt-out.cancellations=report", "receipt-out.changes=report")
    correct(world, 1, days=30)
    read_again(world)
    assert sum(billed(world)) == 7

    world.set("receipt-out.cancellations=automatic", "receipt-out.changes=automatic")
    for _ in range(2):
        read_again(world)
    assert (sum(billed(world)), [*map(int, received(world, "PO-1"))]) == (7, [7])
    assert "held" not in states(world)


def test_whoever_knows_sends_what_is_doubtful(world: World) -> None:
    """Goods that may be sent already go when a person names them, not with everything."""
    put_together(world)
    read_again(world)
    held = rows(world)[2]
    pressed = desk.release(world.hub, world.link, "receipt", [], ACTOR, everything=True)
    assert (pressed.released, len(pressed.left)) == ((), 1)
    desk.retry(world.hub, ACTOR, transfer_ids=[held.id])
    read_again(world)

    assert billed(world) == [4, 3, 3]


def test_a_delivery_that_is_no_more(world: World) -> None:
    """A movement that was deleted is said of its bill, also where closed orders are not listed."""
    world.operations.settings(closed_orders="on-request")
    movement = world.operations.all("inventory-movements")[1]
    world.operations.call("DELETE", f"/inventory-movements/{movement['id']}")
    read_again(world)

    assert states(world) == ["done", "changed"]
    assert rows(world)[1].reason == "source-gone"


def test_what_an_earlier_version_took_up(
    open_company: OpenWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was billed by its day before an upgrade is the same delivery after it."""
    world = open_company(*RULES)
    world.operations.settings(shipping_mode="D")
    found_in(world, receipts_from="movements")
    world.purchase("PO-1", "MILLCO", "10 FLOUR 0.80")
    world.receive("PO-1", "4 FLOUR")
    with monkeypatch.context() as earlier:
        for module in (_goods, _movements):
            earlier.setattr(module, "key_of", lambda order, place, _: former_key(order, place))
        world.settle()
    read_again(world)
    assert (billed(world), states(world)) == ([4], ["done"])

    correct(world, 0, days=30)
    read_again(world)
    assert (billed(world), states(world)) == ([4], ["changed", "held"])
