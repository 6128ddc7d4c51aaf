"""Orders entered in the books come to the operations system: FLOW-3, FLOW-4, FLOW-5.

And what one side made from the other's order never goes back as a new one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest
from msgspec import structs

from counterfoil.engine.correcting import Correction
from counterfoil.hub import desk, systems
from counterfoil.hub.drive import drive
from counterfoil.settings import SystemName
from tests.hub.conftest import Household, OpenWorld
from tests.sandboxes.quickbooks_desktop.desk import (
    customer,
    line,
    request,
    sales_order,
    service,
    tags,
)
from tests.support.world import ACTOR, AUTOMATIC, World

INWARD = (
    "sales-order-out.mode=off",
    "sales-order-in.mode=automatic",
    "sales-order-in.start_date=2020-01-01",
)
BOTH = (*AUTOMATIC, *INWARD[1:])


def enter(world: World, *orders: tuple[str, ...], name: str = "ACME") -> None:
    """Enter orders in the books: a number, and lines as ``2 BOLT 1.50``."""
    known = {each["Name"] for each in world.booked("Customer")}
    if name not in known:
        world.enter_books(customer(name))
    items = {each["Name"] for each in world.booked("ItemService")}
    for number, *texts in orders:
        lines = []
        for text in texts:
            quantity, item, price = text.split(" ")
            if item not in items:
                world.enter_books(service(item, price))
                items.add(item)
            lines.append(line(item, quantity, rate=price))
        world.enter_books(sales_order(name, *lines, ref_number=number, date="2025-03-03"))


def both_sides(world: World) -> None:
    """Let the books be read, and the operations system be written."""
    world.run_web_connector()
    world.read_operations()


def codes(world: World) -> Counter[str]:
    """How often each code is in the operations system."""
    return Counter(str(each["code"]) for each in world.produced())


@pytest.fixture
def inward(open_company: OpenWorld) -> World:
    """A company whose orders are entered in the books and produced from there."""
    return open_company(*INWARD)


class TestArriving:
    def test_orders_arrive_with_their_clients_and_products(self, inward: World) -> None:
        """Clients and products that the operations system lacks are created there."""
        enter(inward, ("Q-1", "2 BOLT 1.50", "3 NUT 0.40"), ("Q-2", "1 NUT 0.40"))
        both_sides(inward)

        assert codes(inward) == {"Q-1": 1, "Q-2": 1}
        [first, _] = inward.produced()
        assert first["client"] == "ACME"
        products = first["shippings"][0]["products"]
        assert [(p["product"], p["quantity-ordered"], p["unit-price"]) for p in products] == [
            ("BOLT", "2", "1.50"),
            ("NUT", "3", "0.40"),
        ]
        assert {each["code"] for each in inward.operations.dump("clients")} == {"ACME"}
        assert {each["code"] for each in inward.operations.dump("products")} == {"BOLT", "NUT"}

    def test_a_cancelled_order_stays_where_it_is(self, inward: World) -> None:
        """FLOW-4: closed by hand counts as cancelled and is left out."""
        enter(inward, ("Q-1", "2 BOLT 1.50"), ("Q-2", "1 BOLT 1.50"))
        closed = next(each for each in inward.booked() if each["RefNumber"] == "Q-1")
        inward.clock.wait(5)
        inward.enter_books(
            request(
                "SalesOrderMod",
                tags(
                    TxnID=closed["TxnID"], EditSequence=closed["EditSequence"], IsManuallyClosed="1"
                ),
            )
        )
        both_sides(inward)

        assert codes(inward) == {"Q-2": 1}
        assert inward.states("sales-order-in")["Q-1"] == "skipped"

    def test_a_code_that_is_taken_gets_our_mark(self, inward: World) -> None:
        """An unrelated order has the number: ours is appended -QB, once."""
        inward.operations.settings(rate_limit=0)
        inward.order("Q-1", "SOMEBODY", "9 THING 9.99")
        enter(inward, ("Q-1", "2 BOLT 1.50"))
        both_sides(inward)
        both_sides(inward)

        assert codes(inward) == {"Q-1": 1, "Q-1-QB": 1}
        assert inward.states("sales-order-in") == {"Q-1": "done"}

    def test_a_code_that_is_taken_is_refused_where_set_so(self, inward: World) -> None:
        """With the other setting the order stops, and says which order has the number."""
        inward.set("sales-order-in.number_taken=refuse")
        inward.order("Q-1", "SOMEBODY", "9 THING 9.99")
        enter(inward, ("Q-1", "2 BOLT 1.50"))
        both_sides(inward)

        assert inward.row("Q-1", "sales-order-in").refusal == "number-taken"
        assert codes(inward) == {"Q-1": 1}

    def test_a_number_that_a_person_gave_is_never_altered(self, inward: World) -> None:
        """Where it is taken as well the order stops again, whatever the setting; a free one goes."""
        inward.set("sales-order-in.number_taken=refuse")
        inward.order("Q-1", "SOMEBODY", "9 THING 9.99")
        inward.order("Q-2", "SOMEBODY", "9 THING 9.99")
        enter(inward, ("Q-1", "2 BOLT 1.50"))
        both_sides(inward)
        given = [inward.row("Q-1", "sales-order-in").id]
        desk.correct(inward.hub, given, Correction(number="Q-2"), ACTOR)
        inward.set("sales-order-in.number_taken=append")
        both_sides(inward)
        assert inward.row("Q-1", "sales-order-in").refusal == "number-taken"

        desk.correct(inward.hub, given, Correction(number="Q-3"), ACTOR)
        desk.press(inward.hub, inward.link, given, ACTOR)
        both_sides(inward)
        assert codes(inward) == {"Q-1": 1, "Q-2": 1, "Q-3": 1}

    def test_many_orders_come_in_pages(
        self, inward: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """More orders than a page holds arrive, each once, however the run is cut."""
        usual_system = SystemName.QUICKBOOKS_DESKTOP
        usual = systems.traits_of(usual_system)
        small = structs.replace(usual, records_per_page=4, documents_per_page=5)
        for module in ("work", "drive"):
            monkeypatch.setattr(
                f"counterfoil.hub.{module}.traits_of",
                lambda system: small if system is usual_system else systems.traits_of(system),
            )
        enter(inward, *((f"Q-{number}", "1 BOLT 1.50") for number in range(1, 24)))
        inward.run_web_connector(cut_after=5)
        both_sides(inward)
        both_sides(inward)

        assert codes(inward) == {f"Q-{number}": 1 for number in range(1, 24)}


class TestWhen:
    def test_every_thirty_minutes_within_the_hours(self, open_company: OpenWorld) -> None:
        """FLOW-3 and FLOW-5: read every half hour, in the company's own hours only."""
        # It is 05:00 in New York when the world begins.
        world = open_company(*INWARD, "general.window_start=08:00", "general.window_end=18:00")
        enter(world, ("Q-1", "2 BOLT 1.50"))
        both_sides(world)
        assert codes(world) == {}

        world.clock.advance(hours=3)
        both_sides(world)
        assert codes(world) == {"Q-1": 1}

        enter(world, ("Q-2", "2 BOLT 1.50"))
        world.clock.advance(minutes=29)
        both_sides(world)
        assert codes(world) == {"Q-1": 1}
        world.clock.advance(minutes=2)
        both_sides(world)
        assert codes(world) == {"Q-1": 1, "Q-2": 1}

        enter(world, ("Q-3", "2 BOLT 1.50"))
        world.clock.advance(hours=10)
        both_sides(world)
        assert codes(world) == {"Q-1": 1, "Q-2": 1}

    def test_the_web_connector_is_told_none_between_two_readings(self, inward: World) -> None:
        """With nothing to read and nothing to write, QuickBooks is not touched."""
        both_sides(inward)
        inward.clock.advance(minutes=10)
        assert inward.run_web_connector().ending == "no work"
        inward.clock.advance(minutes=25)

        assert inward.run_web_connector().round_trips > 0

    def test_by_hand_with_a_date(self, open_company: OpenWorld) -> None:
        """What a person asks for comes with the next call, from that day on, and once."""
        world = open_company("sales-order-in.mode=manual", "sales-order-out.mode=off")
        enter(world, ("Q-1", "2 BOLT 1.50"))
        both_sides(world)
        world.clock.advance(days=3)
        enter(world, ("Q-2", "2 BOLT 1.50"))
        both_sides(world)
        assert codes(world) == {}

        said = desk.request_retrieval(world.hub, world.link, "sales-order", date(2025, 3, 6), ACTOR)
        assert "next call of the Web Connector or the agent" in said
        both_sides(world)
        states = world.states("sales-order-in")
        assert list(states) == ["Q-2"]
        assert world.run_web_connector().ending == "no work"

    def test_a_date_leaves_no_hole_before_it(self, inward: World) -> None:
        """Asked for since today, an automatic flow brings all from its start date on."""
        enter(inward, ("Q-1", "2 BOLT 1.50"))
        inward.clock.advance(days=3)
        enter(inward, ("Q-2", "2 BOLT 1.50"))
        desk.request_retrieval(inward.hub, inward.link, "sales-order", date(2025, 3, 7), ACTOR)
        both_sides(inward)

        assert codes(inward) == {"Q-1": 1, "Q-2": 1}

    @pytest.mark.parametrize("since", [date(2025, 3, 7), None])
    def test_a_date_hides_nothing_of_a_clock_set_back(
        self, open_company: OpenWorld, since: date | None
    ) -> None:
        """Asked for by a person, the books are read as far back as on schedule."""
        world = open_company(*BOTH)
        world.orders(1)
        world.sync()
        world.clock.advance(hours=1)
        enter(world, ("Q-1", "2 SCREW 1.50"))
        both_sides(world)
        world.books.wait(-2 * 3600)
        enter(world, ("Q-2", "2 SCREW 1.50"))
        world.clock.advance(days=3)
        desk.request_retrieval(world.hub, world.link, "sales-order", since, ACTOR)
        both_sides(world)

        assert codes(world) == {"SO-1": 1, "Q-1": 1, "Q-2": 1}

    def test_without_a_start_date_old_orders_stay(self, open_company: OpenWorld) -> None:
        """Nobody who links two systems wants years of finished work produced again."""
        world = open_company("sales-order-in.mode=automatic", "sales-order-out.mode=off")
        world.clock.advance(days=-30)
        enter(world, ("OLD-1", "2 BOLT 1.50"))
        world.clock.advance(days=30, minutes=5)
        enter(world, ("Q-1", "2 BOLT 1.50"))
        both_sides(world)

        assert codes(world) == {"Q-1": 1}


class TestLoopGuard:
    def test_nothing_goes_round(self, open_company: OpenWorld) -> None:
        """With both flows on, an order of either side is on the other side once, for ever."""
        world = open_company(*BOTH)
        enter(world, ("Q-1", "2 BOLT 1.50"))
        world.orders(2, client="SHOP")
        for _ in range(5):
            both_sides(world)
            world.clock.advance(minutes=31)

        assert codes(world) == {"SO-1": 1, "SO-2": 1, "Q-1": 1}
        assert world.numbers_booked() == {"SO-1": 1, "SO-2": 1, "Q-1": 1}
        assert world.states("sales-order-in") == {"Q-1": "done"}
        assert world.states() == {"SO-1": "done", "SO-2": "done"}

    @pytest.mark.parametrize("name", ["drop_before", "drop_after"])
    @pytest.mark.parametrize("turn", range(1, 6))
    def test_nothing_goes_round_after_a_lost_answer(
        self, household: Household, name: str, turn: int
    ) -> None:
        """An order whose answer is lost is known by our mark when the books are read."""
        with household.visit(*BOTH, requests_per_set="3") as world:
            world.clock.advance(hours=2)
            numbers = world.fresh_orders(3)
            world.run_web_connector(**{name: turn})
            for _ in range(3):
                world.clock.advance(minutes=31)
                both_sides(world)

            world.check_each_once(*numbers)
            assert set(codes(world).values()) == {1}
            assert set(codes(world)) == set(world.source_ids)
            assert world.states("sales-order-in") == {}


class TestServiceFaults:
    """The operations system fails while an order is being entered there."""

    @pytest.fixture
    def world(self, household: Household) -> Iterator[World]:
        """A company that lives on; each test enters an order of its own in the books."""
        with household.visit(*INWARD) as opened:
            opened.clock.advance(hours=2)
            yield opened

    @pytest.mark.parametrize(
        "kind",
        [
            "error-before",
            "error-after",
            "timeout-before",
            "timeout-after",
            "truncated",
            "html",
            "html-ok",
            "unauthorized",
            "too-many",
        ],
    )
    @pytest.mark.parametrize(
        "method, path",
        [("POST", "*"), ("GET", "/sales-orders/")],
    )
    def test_each_order_arrives_once(self, world: World, kind: str, method: str, path: str) -> None:
        """Whatever the service answers, the order is there once in the end."""
        number = f"Q-{len(world.booked()) + 1}"
        enter(world, (number, "2 BOLT 1.50"), name=f"CLIENT-{number}")
        world.run_web_connector()
        world.operations.fault(kind, method=method, path=path, times=4)
        for _ in range(4):
            world.read_operations()
            world.clock.advance(hours=1)
        world.operations.control("DELETE", "/faults")
        assert world.row(number, "sales-order-in").refusal is None
        for _ in range(3):
            both_sides(world)
            world.clock.advance(hours=1)

        assert world.states("sales-order-in")[number] == "done"
        assert codes(world)[number] == 1
        clients = [each["code"] for each in world.operations.dump("clients")]
        assert clients.count(f"CLIENT-{number}") == 1

    def test_the_key_is_withdrawn(self, world: World) -> None:
        """With a key that no longer opens, orders wait; nothing is refused for it."""
        number = f"Q-{len(world.booked()) + 1}"
        enter(world, (number, "2 BOLT 1.50"))
        world.run_web_connector()
        world.operations.fault("unauthorized", times=1000)
        report = world.read_operations()

        assert report.problem
        assert world.states("sales-order-in")[number] in {"ready", "waiting", "matching"}
        world.operations.control("DELETE", "/faults")
        for _ in range(3):
            world.clock.advance(hours=1)
            both_sides(world)
        assert codes(world)[number] == 1


class TestCrashes:
    """The hub's process ends while it calls the operations system."""

    @pytest.fixture
    def world(self, household: Household) -> Iterator[World]:
        with household.visit(*INWARD) as opened:
            opened.clock.advance(hours=2)
            yield opened

    @pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
    @pytest.mark.parametrize("call", range(2, 9))
    @pytest.mark.parametrize("known", [False, True], ids=["new-client", "known-client"])
    def test_a_drive_ends_at_any_call(
        self, world: World, call: int, before: bool, known: bool
    ) -> None:
        """Killed before or after any call, the next drive finishes, and nothing is doubled."""
        number = f"Q-{len(world.booked()) + 1}"
        if not world.booked():
            enter(world, ("Q-0", "1 BOLT 1.50"))
            both_sides(world)
        name, part = ("ACME", "BOLT") if known else (f"CLIENT-{number}", f"PART-{number}")
        enter(world, (number, "2 BOLT 1.50", f"1 {part} 2.00"), name=name)
        world.clock.advance(minutes=31)
        world.run_web_connector()
        with world.shop_line.spoiled_at(call, "kill before" if before else "kill after"):
            world.read_operations()
        for _ in range(2):
            world.clock.advance(hours=1)
            both_sides(world)

        assert world.states("sales-order-in")[number] == "done"
        assert codes(world)[number] == 1
        assert world.unsettled() == {}


class TestLease:
    """Two drives of one connection: one works, whoever they are."""

    def test_the_second_of_two_drives_leaves_it_alone(self, inward: World) -> None:
        """While one drive is at work, another one of the same process is turned away."""
        enter(inward, ("Q-1", "2 BOLT 1.50"))
        inward.run_web_connector()
        turn = iter([True])
        others = []

        def at_once(number: int, _body: str) -> None:
            if next(turn, False):
                others.append(drive(inward.hub, inward.operations_id, "person"))

        inward.shop_line.spoil = at_once
        report = inward.read_operations()

        assert [other.skipped for other in others] == [True]
        assert not report.skipped
        assert codes(inward) == {"Q-1": 1}

    def test_a_drive_that_takes_too_long_loses_its_place(self, inward: World) -> None:
        """After the lease ran out another drive takes over; the order is there once."""
        enter(inward, ("Q-1", "2 BOLT 1.50"))
        inward.run_web_connector()
        turn = iter([True])
        others = []

        def asleep(number: int, body: str) -> None:
            if '"code":"Q-1"' in body.replace(" ", "") and next(turn, False):
                inward.clock.advance(minutes=11)
                others.append(drive(inward.hub, inward.operations_id, "person"))

        inward.shop_line.spoil = asleep
        report = inward.read_operations()
        inward.shop_line.spoil = None

        assert [other.skipped for other in others] == [False]
        assert str(report.problem) == "Another process has taken over this connection."
        inward.clock.advance(hours=1)
        both_sides(inward)
        assert codes(inward) == {"Q-1": 1}
        assert inward.states("sales-order-in") == {"Q-1": "done"}


def test_the_whole_company_on_either_database(either_world: World) -> None:
    """The same company, cut and finished, on SQLite and on PostgreSQL."""
    world = either_world
    world.set(*INWARD[1:])
    enter(world, ("Q-1", "2 BOLT 1.50"))
    world.orders(4, client="SHOP")
    world.read_operations()
    world.run_web_connector(drop_after=3)
    world.run_web_connector(drop_before=1)
    world.restart()
    for _ in range(3):
        both_sides(world)
        world.clock.advance(hours=1)

    assert world.numbers_booked() == {"SO-1": 1, "SO-2": 1, "SO-3": 1, "SO-4": 1, "Q-1": 1}
    assert codes(world)["Q-1"] == 1
    assert world.unsettled() == {}
    world.check_books()
