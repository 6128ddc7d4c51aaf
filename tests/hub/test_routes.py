"""Several company files of one operations system: a document goes to one link at most."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from counterfoil.errors import UsageError
from counterfoil.hub import accounts, desk, finding, verbs
from counterfoil.settings import SystemName
from tests.hub.test_time_worked import works
from tests.sandboxes.fusion_operations import play as fusion
from tests.sandboxes.quickbooks_desktop import desk as books
from tests.support.world import ACTOR, AUTOMATIC, World


@pytest.fixture
def two(world: World) -> World:
    """A company with a second company file, linked to the same shop floor."""
    accounts.add_connection(world.hub, SystemName.QUICKBOOKS_DESKTOP, "West", {}, ACTOR)
    west = accounts.add_link(world.hub, "Shop floor", "West", ACTOR, name="West coast")
    desk.set_settings(world.hub, west.id, AUTOMATIC, ACTOR)
    return world


def route(world: World, link: int | str, **party: str) -> str:
    shop = finding.connection_named(world.hub, "Shop floor")
    return desk.set_route(world.hub, shop, link, ACTOR, **party)


def where(world: World, number: str) -> Mapping[int, str]:
    """Link -> state of the transfers of one order."""
    return {each.link: each.state.value for each in world.transfers() if each.number == number}


def test_without_routes_each_link_takes_all(two: World) -> None:
    """Nothing is routed until somebody says so."""
    two.fresh_orders()
    assert where(two, "F-1") == {1: "ready", 2: "ready"}


def test_a_document_goes_to_one_link(two: World) -> None:
    """W15, W17: its customer's link takes it, else the one for all the rest; the other leaves it out."""
    two.order("SO-0", "ACME", "1 BOLT 1.00")
    two.order("SO-1", "PACIFIC", "1 BOLT 1.00")
    two.read_operations()
    assert route(two, 1) == "What no other route names goes to “Shop floor ↔ Books”."
    route(two, "West coast", party="customer", name="PACIFIC")
    assert where(two, "SO-0") == {1: "ready", 2: "skipped"}
    assert where(two, "SO-1") == {1: "skipped", 2: "ready"}
    two.order("SO-2", "PACIFIC", "2 BOLT 1.00")
    two.sync()
    assert where(two, "SO-2") == {1: "skipped", 2: "ready"}
    assert two.numbers_booked() == {"SO-0": 1}
    told = next(each for each in two.transfers() if each.link == 1 and each.number == "SO-2")
    assert told.sentence == "The document belongs to the link “West coast”."


def test_what_landed_stays(two: World) -> None:
    """W18: a route that changes later moves what was not sent, and nothing that is there."""
    route(two, 1)
    two.order("SO-1", "PACIFIC", "1 BOLT 1.00")
    two.sync()
    assert where(two, "SO-1") == {1: "done", 2: "skipped"}
    two.set("sales-order-out.mode=manual")
    two.order("SO-2", "PACIFIC", "1 BOLT 1.00")
    two.read_operations()
    assert where(two, "SO-2") == {1: "held", 2: "skipped"}
    route(two, "West coast", party="customer", name="PACIFIC")
    assert where(two, "SO-1") == {1: "done", 2: "skipped"}
    assert where(two, "SO-2") == {1: "skipped", 2: "ready"}


def test_what_may_be_on_its_way_stays_until_it_is_known(two: World) -> None:
    """While nobody knows whether it landed, no other link takes it; if it did not, it moves."""
    route(two, 1)
    two.order("SO-1", "PACIFIC", "1 BOLT 1.00")
    two.read_operations()
    two.run_web_connector(drop_before=_writing(two))
    assert where(two, "SO-1")[1] in {"sending", "unknown", "confirming"}
    route(two, "West coast", party="customer", name="PACIFIC")
    assert where(two, "SO-1")[2] == "skipped"
    for _ in range(3):
        two.clock.advance(hours=1)
        two.sync()
    assert where(two, "SO-1") == {1: "skipped", 2: "ready"}
    assert two.numbers_booked() == {}


def test_what_is_lost_and_was_there_stays(two: World) -> None:
    """If it did land, it stays where it is, whatever the routes say by then."""
    route(two, 1)
    two.order("SO-1", "PACIFIC", "1 BOLT 1.00")
    two.read_operations()
    two.run_web_connector(drop_after=_writing(two))
    route(two, "West coast", party="customer", name="PACIFIC")
    for _ in range(2):
        two.clock.advance(hours=1)
        two.sync()
    assert where(two, "SO-1") == {1: "done", 2: "skipped"}
    assert two.numbers_booked() == {"SO-1": 1}


def test_goods_follow_their_order(two: World) -> None:
    """A shipment goes where its order went, though its customer was routed elsewhere since."""
    two.set("shipment-out.mode=automatic")
    desk.set_settings(two.hub, "West coast", ["shipment-out.mode=automatic"], ACTOR)
    route(two, 1)
    two.order("SO-1", "PACIFIC", "2 BOLT 1.00")
    two.sync()
    route(two, "West coast", party="customer", name="PACIFIC")
    two.ship("SO-1", "2 BOLT")
    two.settle()
    shipped = [each for each in two.transfers() if each.flow == "shipment-out"]
    assert {each.link: each.state.value for each in shipped} == {1: "done", 2: "skipped"}


def test_routes_are_listed_and_taken_back(two: World) -> None:
    """The rest comes first, for everything needs a place; taken back, everything is as before."""
    shop = finding.connection_named(two.hub, "Shop floor")
    two.order("SO-1", "PACIFIC", "1 BOLT 1.00")
    two.read_operations()
    with pytest.raises(UsageError, match="It is not said yet which link takes what no route names"):
        route(two, 1, party="customer", name="PACIFIC")
    route(two, 1)
    route(two, 2, party="customer", name="PACIFIC")
    assert [(each.party, each.link) for each in desk.route_rows(two.hub, shop)] == [
        (None, 1),
        ("customer", 2),
    ]
    with pytest.raises(UsageError, match="Other routes still need"):
        desk.clear_route(two.hub, shop, ACTOR)
    desk.clear_route(two.hub, shop, ACTOR, party="customer", name="PACIFIC")
    desk.clear_route(two.hub, shop, ACTOR)
    assert where(two, "SO-1") == {1: "ready", 2: "ready"}


@pytest.mark.parametrize(
    "link, party, told",
    [
        (2, {"party": "customer", "name": "NOBODY"}, "has no customer “NOBODY”"),
        (2, {"party": "item", "name": "BOLT"}, "cannot be routed"),
        (2, {"party": "customer"}, "Name both"),
        (7, {}, "no link"),
    ],
)
def test_what_does_not_fit(two: World, link: int, party: dict[str, str], told: str) -> None:
    """Each mistake is told, and nothing is routed."""
    with pytest.raises(UsageError, match=told):
        route(two, link, **party)
    assert desk.route_rows(two.hub, finding.connection_named(two.hub, "Shop floor")) == []


def test_a_link_that_routes_need_is_not_removed(two: World) -> None:
    """What would go nowhere is named first, with where to lead it."""
    route(two, "West coast")
    with pytest.raises(UsageError, match="routes of “Shop floor” lead to it"):
        accounts.change_link(two.hub, finding.link_named(two.hub, "West coast"), "remove", ACTOR)


def _writing(world: World) -> int:
    """The number of the message set of a run that writes the first order: after the lists, the
    watch and the mark of the ledger.
    """
    return 3 if world.counter.seen else 4


def test_w16_time_goes_where_its_worker_is_routed(two: World) -> None:
    """W16: what a person worked goes to the company file that their route names."""
    for link in (1, 2):
        rules = ["work-entry-out.mode=automatic", "work-entry-out.create_missing_employees=true"]
        desk.set_settings(two.hub, link, rules, ACTOR)
    two.enter("clients", code="ACME", name="Acme")
    two.enter("products", code="CAKE", name="Cake")
    staff = {"number": "12", "name": "Rita Alves"}
    two.operations.control("POST", f"/companies/{fusion.KEY}/entities/workers", staff)
    goods = [{"product": "CAKE", "quantity-ordered": 10}]
    made = two.enter("production-orders", code="MO-1", client="ACME", products=goods)
    works(two, made["id"], "12", "2025-03-03T14:00:00Z", "2025-03-03T16:15:00Z")
    two.operations.control("POST", f"/companies/{fusion.KEY}/finish", {"order": "MO-1"})
    route(two, 1)
    two.read_operations()
    route(two, "West coast", party="employee", name="Rita Alves")

    found = [each for each in two.transfers() if each.flow == "work-entry-out"]
    assert {each.link: each.state.value for each in found} == {1: "skipped", 2: "ready"}


def test_w19_each_file_is_counted_for_itself(two: World) -> None:
    """W19: a press on one link's stock counts that company file, and no other."""
    for link in (1, 2):
        account = "stock-count-out.adjustment_account=Inventory Asset"
        desk.set_settings(two.hub, link, [account], ACTOR)
    two.enter("products", code="BOLT", name="Bolt")
    count = {"product": "BOLT", "quantity": "7"}
    two.operations.control("POST", "/companies/acme/count", count)
    two.enter_books(books.stock_item("BOLT", on_hand="3"))
    two.sync()
    west = finding.link_named(two.hub, 2)
    verbs.send(two.hub, west, "stock-count", ["BOLT"], ACTOR)
    two.sync()
    assert two.booked("InventoryAdjustment") == []

    ours = finding.link_named(two.hub, 1)
    verbs.send(two.hub, ours, "stock-count", ["BOLT"], ACTOR)
    two.sync()
    assert len(two.booked("InventoryAdjustment")) == 1
