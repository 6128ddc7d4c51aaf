"""Time worked becomes timesheet entries, once its production order is completed."""

from __future__ import annotations

from counterfoil.hub import desk
from tests.hub.conftest import OpenWorld
from tests.sandboxes.fusion_operations import play as fusion
from tests.sandboxes.quickbooks_desktop.desk import customer, service
from tests.support.world import ACTOR, AUTOMATIC, World

RULES = (
    *AUTOMATIC,
    "work-entry-out.mode=automatic",
    "work-entry-out.create_missing_employees=true",
)


def works(world: World, order: str, worker: str, start: str, end: str) -> None:
    """Record that somebody worked on a production order."""
    world.operations.control(
        "POST",
        f"/companies/{fusion.KEY}/produce",
        {
            "production-order": {"id": order},
            "product": "CAKE",
            "operation": {"code": "BAKE", "name": "Baking"},
            "worker": {"number": worker, "name": "Rita Alves"},
            "start-time": start,
            "end-time": end,
            "quantity": "1",
        },
    )


def test_hours_of_an_order_that_is_completed(open_company: OpenWorld) -> None:
    """TIME-1, TIME-2, TIME-4: entries wait for the order's end, then go once, a day each."""
    world = open_company(*RULES)
    world.books.enter(customer("ACME"), service("Baking"))
    world.enter("clients", code="ACME", name="Acme")
    world.enter("products", code="CAKE", name="Cake")
    world.operations.control(
        "POST", f"/companies/{fusion.KEY}/entities/workers", {"number": "12", "name": "Rita Alves"}
    )
    made = world.enter(
        "production-orders",
        code="MO-1",
        client="ACME",
        products=[{"product": "CAKE", "quantity-ordered": 10}],
    )
    works(world, made["id"], "12", "2025-03-03T14:00:00Z", "2025-03-03T16:15:00Z")
    works(world, made["id"], "12", "2025-03-03T17:00:00Z", "2025-03-03T17:45:00Z")
    world.settle()
    assert world.booked("TimeTracking") == []

    world.operations.control("POST", f"/companies/{fusion.KEY}/finish", {"order": "MO-1"})
    world.settle()
    (entry,) = world.booked("TimeTracking")
    assert (entry["Duration"], entry["EntityRef"]["FullName"]) == ("PT3H0M0S", "Rita Alves")
    assert entry["CustomerRef"]["FullName"] == "ACME"
    assert entry["ItemServiceRef"]["FullName"] == "Baking"

    again = desk.release(world.hub, world.link, "work-entry", ["MO-1"], ACTOR, everything=False)
    assert "It has been sent already" in str(again.left[0][1])
    world.clock.advance(hours=2)
    world.settle()
    assert len(world.booked("TimeTracking")) == 1
