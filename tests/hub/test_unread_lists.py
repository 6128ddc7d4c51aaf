"""A list that could not be read is not an empty list.

Played as a table: which reading fails, at which of its pages, with which answer, on a
link's first run and on a later one.  Nothing is refused for a name, nothing is created,
and all goes by itself once the list can be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from msgspec import structs

from counterfoil.hub import dispatcher, systems
from counterfoil.sandboxes.quickbooks_desktop import ProcessResult
from counterfoil.settings import SystemName
from tests.hub.conftest import OpenWorld
from tests.hub.test_inward import INWARD, both_sides, codes, enter
from tests.sandboxes.quickbooks_desktop.desk import customer, service
from tests.support.world import AUTOMATIC, World

After = Callable[[str, ProcessResult], ProcessResult]
NOT_CREATING = tuple(
    text.replace("create_missing_customers=true", "create_missing_customers=false").replace(
        "create_missing_items=true", "create_missing_items=false"
    )
    for text in AUTOMATIC
)
LISTS = {"Customer": "customer", "Item": "item"}
# Statuses, and what is no answer at all: the reply without its request's identity.
FAILURES = ("1000", "3390", "3391", "3231", "3250", "3260", "no requestID", "not there")


def failing(query: str, failure: str, *, page: int = 1, of: str = "") -> After:
    """Answer a list's query with a failure, from one of its pages on."""
    seen = 0

    def after(text: str, result: ProcessResult) -> ProcessResult:
        nonlocal seen
        if f"<{query}QueryRq" not in text or of not in text:
            return result
        seen += 1
        if seen < page:
            return result
        reply = re.compile(rf"<{query}QueryRs\b.*?(?:/>|</{query}QueryRs>)", re.DOTALL)
        return ProcessResult(reply.sub(_spoilt(failure), result.response))

    return after


def _spoilt(failure: str) -> Callable[[re.Match[str]], str]:
    def spoil(found: re.Match[str]) -> str:
        if failure == "not there":
            return ""
        if failure == "no requestID":
            return re.sub(r' requestID="[^"]*"', "", found[0])
        name, wire_id = re.match(r"<(\w+)", found[0]), re.search(r'requestID="([^"]*)"', found[0])
        assert name
        assert wire_id
        severity = "Info" if failure == "1" else "Error"
        return (
            f'<{name[1]} requestID="{wire_id[1]}" statusCode="{failure}" '
            f'statusSeverity="{severity}" statusMessage="There has been an internal error." />'
        )

    return spoil


def known_to_books(world: World) -> None:
    """The books hold the customer and the item of the order that waits."""
    world.enter_books(customer("ACME"), service("BOLT", "1.00"))


def is_put_off(world: World, number: str, words: str, flow: str = "sales-order-out") -> bool:
    """Whether a document waits with the sentence that a list could not be read."""
    row = world.row(number, flow)
    assert row.refusal is None, row.sentence
    return row.state in ("ready", "waiting") and words in (row.sentence or "").lower()


class TestOutward:
    @pytest.mark.parametrize("query", LISTS)
    def test_the_first_run(self, open_company: OpenWorld, query: str) -> None:
        """Nothing is known of the list: the order waits, although everything may be created."""
        world = open_company()
        known_to_books(world)
        before = world.books.get("/counts")
        world.orders(1)
        for failure in FAILURES:
            world.counter.after = failing(query, failure)
            world.sync()
            world.clock.advance(minutes=31)

            assert is_put_off(world, "SO-1", f"the {LISTS[query]} list could not be read"), failure
            assert world.books.get("/counts") == before
        world.counter.well_behaved()
        world.settle()
        world.check_exactly_once("SO-1")
        assert world.books.get("/counts") == before | {"SalesOrder": 1}

    @pytest.mark.parametrize("settings", [AUTOMATIC, NOT_CREATING], ids=["creates", "refuses"])
    def test_a_later_run(self, open_company: OpenWorld, settings: tuple[str, ...]) -> None:
        """A record that was entered since is not missed; what was known before goes on."""
        world = open_company(*settings)
        known_to_books(world)
        world.orders(1)
        world.settle()
        world.enter_books(service("NUT", "2.00"))
        world.order("SO-2", "ACME", "1 NUT 2.00")
        world.order("SO-3", "ACME", "1 BOLT 2.00")
        world.clock.advance(hours=1)
        world.counter.after = failing("Item", "1000")
        world.sync()

        assert is_put_off(world, "SO-2", "the item list could not be read: ")
        assert world.states()["SO-3"] == "done"
        world.counter.well_behaved()
        world.settle()
        world.check_exactly_once("SO-1", "SO-2", "SO-3")
        assert len(world.booked("ItemService")) == 2

    def test_any_page(self, open_company: OpenWorld, monkeypatch: pytest.MonkeyPatch) -> None:
        """First, middle or last page, an iterator that vanished included: the list is unread.

        "Nothing found" is an answer on a first page only; later it contradicts what was
        announced.
        """
        small_pages(monkeypatch, 2)
        world = open_company()
        known_to_books(world)
        world.enter_books(*(service(f"A-{number}", "1.00") for number in range(5)))
        items = len(world.booked("ItemService"))
        world.orders(1)
        for page in (1, 2, 3):
            for failure in ("1000", "no requestID", "not there", "1")[: 3 + (page > 1)]:
                world.counter.after = failing("Item", failure, page=page)
                world.sync()
                world.clock.advance(minutes=31)

                assert is_put_off(world, "SO-1", "the item list could not be read"), failure
        world.counter.well_behaved()
        world.settle()
        world.check_exactly_once("SO-1")
        assert len(world.booked("ItemService")) == items

    def test_it_is_not_refused_for_its_age(self, open_company: OpenWorld) -> None:
        """However long the list stays unread, the order waits; then it goes."""
        world = open_company()
        world.orders(1)
        world.counter.after = failing("Item", "1000")
        for _ in range(3):
            world.sync()
            world.clock.advance(days=2)
            dispatcher.keep_house(world.hub)

        assert is_put_off(world, "SO-1", "the item list could not be read")
        world.counter.well_behaved()
        world.settle()
        world.check_exactly_once("SO-1")


class TestInward:
    @pytest.mark.parametrize("query", LISTS)
    def test_the_lists_of_the_books(self, open_company: OpenWorld, query: str) -> None:
        """What an item is, goods or a subtotal, is in the books' list: the order waits for it."""
        world = open_company(*INWARD)
        enter(world, ("Q-1", "2 BOLT 1.50"))
        words = f"the {LISTS[query]} list could not be read"
        for failure in ("1000", "3260", "not there"):
            world.counter.after = failing(query, failure)
            both_sides(world)
            world.clock.advance(minutes=31)

            assert is_put_off(world, "Q-1", words, "sales-order-in")
        assert world.operations.dump("products") == world.operations.dump("clients") == []
        world.counter.well_behaved()
        both_sides(world)
        assert codes(world) == {"Q-1": 1}

    def test_the_lists_of_the_shop_floor(self, open_company: OpenWorld) -> None:
        """A product list that does not come is no empty list: nothing is entered twice."""
        world = open_company(*INWARD)
        world.enter("clients", code="ACME", name="ACME")
        world.enter("products", code="BOLT", name="BOLT")
        enter(world, ("Q-1", "2 BOLT 1.50"))
        world.run_web_connector()
        world.operations.fault("error-before", method="GET", path="/products/", times=50)
        world.read_operations()

        assert is_put_off(world, "Q-1", "the item list could not be read", "sales-order-in")
        world.operations.control("DELETE", "/faults")
        world.clock.advance(hours=1)
        both_sides(world)
        assert codes(world) == {"Q-1": 1}
        assert len(world.operations.dump("products")) == 1


def small_pages(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Let a page hold so few records that a short list has several."""
    usual_system = SystemName.QUICKBOOKS_DESKTOP
    small = structs.replace(systems.traits_of(usual_system), records_per_page=size)
    for module in ("work", "drive"):
        monkeypatch.setattr(
            f"counterfoil.hub.{module}.traits_of",
            lambda system: small if system is usual_system else systems.SYSTEMS[system].traits,
        )
