"""Companies whose Fusion Operations shows things elsewhere, played from end to end."""

from __future__ import annotations

from decimal import Decimal

from counterfoil.hub import accounts
from counterfoil.ledger import connections
from tests.hub.conftest import OpenWorld
from tests.hub.test_fulfilling import RULES
from tests.support.world import ACTOR, World


def found_in(world: World, **places: str) -> None:
    """Say where the connection finds things."""
    with world.hub.database.reading() as tx:
        shop = connections.load(tx, world.operations_id)
    assert shop is not None
    accounts.change_connection(world.hub, shop, places, ACTOR, checks=False)


def test_each_receiving_of_a_day_is_a_bill(open_company: OpenWorld) -> None:
    """B4: where movements tell what came, each day's goods are a bill, linked to the order."""
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
    world.settle()

    bills = [[Decimal(line["Quantity"]) for line in each["lines"]] for each in world.booked("Bill")]
    assert bills == [[4], [3]]
    (order,) = world.booked("PurchaseOrder")
    assert Decimal(order["lines"][0]["ReceivedQuantity"]) == 7


def test_the_last_shipment_of_an_order_that_leaves_the_list(open_company: OpenWorld) -> None:
    """A flow of shipments alone knows the orders, too: what closes one is not overlooked."""
    world = open_company(
        *(
            f"{flow}.mode=off"
            for flow in ("sales-order-out", "sales-order-in", "invoice-in", "estimate-in")
        ),
        "shipment-out.mode=automatic",
    )
    world.operations.settings(closed_orders="on-request")
    (number,) = world.orders(1)
    world.sync()
    world.operations.control("POST", "/companies/acme/ship", {"order": number})
    world.clock.advance(hours=1)
    world.operations.token = ""
    world.sync()

    assert [row.flow for row in world.transfers()] == ["shipment-out"]
