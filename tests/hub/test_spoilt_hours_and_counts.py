"""Hours and stock on a spoilt wire: nothing lost, nothing twice, nothing of another's taken."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from counterfoil.sandboxes.quickbooks_desktop import ProcessResult
from tests.hub.conftest import Household, OpenWorld
from tests.hub.test_counting_companies import ACCOUNT, Stockroom
from tests.hub.test_time_worked import RULES, works
from tests.sandboxes.fusion_operations import play as fusion
from tests.sandboxes.quickbooks_desktop.desk import customer, service
from tests.support.world import World

Change = Callable[[str], str]

_serial = count(1)


# --- What the wire does to an answer ----------------------------------------------------------


def swapped(pattern: str, by: str) -> Change:
    """Another value in place of what was said."""
    return lambda text: re.sub(pattern, by, text, flags=re.DOTALL)


def doubled(name: str) -> Change:
    """Every record, or every answer to a request, twice."""
    return swapped(rf"(<{name}[ >].*?</{name}>)", r"\1\1")


def halved(text: str) -> str:
    """The first half of an answer."""
    return text[: len(text) // 2]


def answering(world: World, request: str, change: Change, *, times: int = 1) -> None:
    """Let QuickBooks' answers to a request come changed, so many times."""
    left = [times]

    def after(sent: str, result: ProcessResult) -> ProcessResult:
        if f"<{request}Rq" not in sent or not left[0]:
            return result
        left[0] -= 1
        return replace(result, response=change(result.response or ""))

    world.counter.after = after


def never_running(request: str) -> Callable[[str], ProcessResult | None]:
    """Sets with a request are answered with nothing, and not carried out, once."""
    left = [1]

    def before(sent: str) -> ProcessResult | None:
        if f"<{request}Rq" not in sent or not left[0]:
            return None
        left[0] -= 1
        return ProcessResult("")

    return before


# --- Hours ------------------------------------------------------------------------------------


@pytest.fixture
def bakery(household: Household) -> Iterator[World]:
    """A company that lives on; each test brings its own production order."""
    with household.visit(*RULES) as world:
        if not world.booked("ItemService"):
            furnish(world)
        world.clock.advance(hours=2)
        yield world


def furnish(world: World) -> None:
    """What time is booked on, on both sides."""
    world.books.enter(customer("ACME"), service("Baking"))
    world.enter("clients", code="ACME", name="Acme")
    world.enter("products", code="CAKE", name="Cake")
    worker = {"number": "12", "name": "Rita Alves"}
    world.operations.control("POST", f"/companies/{fusion.KEY}/entities/workers", worker)


def baked(world: World) -> str:
    """Rita works on a new production order, two hours and a half, and it is completed."""
    code = f"MO-{next(_serial)}"
    goods = [{"product": "CAKE", "quantity-ordered": 10}]
    world.operations.token = ""
    made = world.enter("production-orders", code=code, client="ACME", products=goods)
    works(world, made["id"], "12", "2025-03-03T14:00:00Z", "2025-03-03T16:30:00Z")
    world.operations.control("POST", f"/companies/{fusion.KEY}/finish", {"order": code})
    return code


def entries(world: World, code: str) -> list[tuple[str, str, str]]:
    """Who, for whom and how long, of each entry of a production order in the books."""
    return [
        (each["EntityRef"]["FullName"], each["CustomerRef"]["FullName"], each["Duration"])
        for each in world.booked("TimeTracking")
        if code in each.get("Notes", "").split()
    ]


RIGHT = [("Rita Alves", "ACME", "PT2H30M0S")]


def healed(world: World) -> None:
    """The wire is whole again, and a day passes."""
    world.counter.well_behaved()
    world.shop_line.rewrite = None
    for _ in range(2):
        world.settle()
        world.clock.advance(hours=25)


@pytest.mark.parametrize("fate", ["drop_before", "drop_after"])
@pytest.mark.parametrize("number", [2, 3, 4])
def test_hours_whose_answer_is_lost(bakery: World, fate: str, number: int) -> None:
    """Whichever set is lost, with or without being carried out, the time is there once."""
    code = baked(bakery)
    bakery.read_operations()
    bakery.run_web_connector(**{fate: number})
    healed(bakery)

    assert entries(bakery, code) == RIGHT
    assert set(bakery.states("work-entry-out").values()) == {"done"}


WRITTEN = "TimeTrackingAdd"
CHANGES = {
    "half": halved,
    "nothing": lambda text: "",
    "twice": doubled("TimeTrackingAddRs"),
    "record twice": doubled("TimeTrackingRet"),
    "other worker": swapped(r"(<EntityRef>.*?<FullName>)[^<]*", r"\1Somebody Else"),
    "no id": swapped(r"<TxnID>[^<]*</TxnID>", ""),
    "other mark": swapped(r"<ExternalGUID>[^<]*", "<ExternalGUID>{0-0}"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_hours_whose_answer_is_spoilt(bakery: World, change: str) -> None:
    """A damaged answer to a written entry books no second one, and leaves it known."""
    code = baked(bakery)
    bakery.read_operations()
    answering(bakery, WRITTEN, CHANGES[change])
    bakery.run_web_connector()
    healed(bakery)

    assert entries(bakery, code) == RIGHT
    assert set(bakery.states("work-entry-out").values()) == {"done"}, bakery.unsettled()


@pytest.mark.parametrize("said", ["PT9H0M0S", "PT0H0M0S"])
def test_other_hours_than_were_sent(bakery: World, said: str) -> None:
    """Where the books first say other hours than they hold, a person is shown both."""
    code = baked(bakery)
    bakery.read_operations()
    answering(bakery, WRITTEN, swapped(r"<Duration>[^<]*", f"<Duration>{said}"))
    bakery.run_web_connector()
    healed(bakery)

    assert entries(bakery, code) == RIGHT
    assert bakery.states("work-entry-out")[code] in ("done", "changed")


def test_an_identity_that_was_told_wrong(open_company: OpenWorld) -> None:
    """An entry that is not where the books said is asked about, and not written anew."""
    world = open_company(*RULES)
    furnish(world)
    code = baked(world)
    world.read_operations()
    answering(world, WRITTEN, swapped(r"<TxnID>[^<]*", "<TxnID>FFFF-1"))
    world.run_web_connector()
    world.clock.advance(hours=2)
    world.sync()
    world.answers_about_file()
    healed(world)

    assert entries(world, code) == RIGHT


def test_hours_of_a_set_that_never_ran(bakery: World) -> None:
    """An empty answer to a set that was not carried out is not taken for done."""
    code = baked(bakery)
    bakery.read_operations()
    bakery.counter.before = never_running(WRITTEN)
    bakery.run_web_connector()
    healed(bakery)

    assert entries(bakery, code) == RIGHT


READ = {
    "half": halved,
    "nothing": lambda text: "",
    "twice": doubled("TimeTrackingRet"),
    "other hours": swapped(r"<Duration>[^<]*", "<Duration>PT9H0M0S"),
    "other worker": swapped(r"(<EntityRef>.*?<FullName>)[^<]*", r"\1Somebody Else"),
    "other mark": swapped(r"<ExternalGUID>[^<]*", "<ExternalGUID>{0-0}"),
}


@pytest.mark.parametrize("change", READ)
def test_lost_hours_that_are_looked_for_on_a_spoilt_wire(bakery: World, change: str) -> None:
    """What is said wrong of entries while a lost one is looked for writes none anew."""
    code = baked(bakery)
    bakery.read_operations()
    lose = iter([True])

    def after(sent: str, result: ProcessResult) -> ProcessResult:
        if f"<{WRITTEN}Rq" in sent and next(lose, False):
            return ProcessResult("", "0x80040402", "lost")
        if "<TimeTrackingQueryRq" in sent:
            return replace(result, response=READ[change](result.response or ""))
        return result

    bakery.counter.after = after
    for _ in range(3):
        bakery.run_web_connector()
        bakery.clock.advance(hours=1)
    healed(bakery)

    assert entries(bakery, code) == RIGHT


def productions(world: World, change: Callable[[list[dict[str, Any]]], object]) -> None:
    """Let the shop floor tell something else of the time worked."""

    def told(body: str) -> str:
        if '"start-time"' not in body:
            return body
        found = json.loads(body)
        change(found)
        return json.dumps(found)

    world.shop_line.rewrite = told


TOLD: dict[str, Callable[[list[dict[str, Any]]], object]] = {
    "twice": lambda rows: rows.extend(list(rows)),
    "none": lambda rows: rows.clear(),
    "no end": lambda rows: [row.pop("end-time", None) for row in rows],
    "another order's": lambda rows: [
        row.update({"production-order": {"id": "999"}}) for row in rows
    ],
    "nobody's": lambda rows: [row.update({"worker": None}) for row in rows],
    "no number": lambda rows: [row.update({"start-time": "yesterday"}) for row in rows],
}


@pytest.mark.parametrize("change", TOLD)
def test_hours_that_the_shop_floor_tells_wrong(bakery: World, change: str) -> None:
    """Records that are missing, doubled or damaged book nothing wrong; whole again, they go."""
    code = baked(bakery)
    productions(bakery, TOLD[change])
    bakery.sync()
    assert entries(bakery, code) in ([], RIGHT)
    healed(bakery)

    assert entries(bakery, code) == RIGHT


def test_half_a_list_of_hours(bakery: World) -> None:
    """A list that breaks off tells nothing: what it did not come to is not gone."""
    code = baked(bakery)
    bakery.shop_line.rewrite = lambda body: halved(body) if '"start-time"' in body else body
    bakery.sync()
    healed(bakery)

    assert entries(bakery, code) == RIGHT


# --- Stock ------------------------------------------------------------------------------------


@pytest.fixture
def room(household: Household) -> Iterator[Stockroom]:
    """A stockroom that lives on; each test brings its own products."""
    with household.visit(ACCOUNT) as world:
        world.clock.advance(hours=2)
        yield Stockroom(world)


def bolts(room: Stockroom, here: str = "12", there: str = "10") -> str:
    """A new product of which so many are here, and the books hold so many."""
    code = f"BOLT-{next(_serial)}"
    room.world.operations.token = ""
    room.product(code, here, there)
    room.world.sync()
    return code


@pytest.mark.parametrize("fate", ["drop_before", "drop_after"])
@pytest.mark.parametrize("number", [2, 3, 4])
def test_a_count_whose_answer_is_lost(room: Stockroom, fate: str, number: int) -> None:
    """Whichever set is lost, the books hold what was counted, by one adjustment."""
    code = bolts(room)
    before = len(room.world.booked("InventoryAdjustment"))
    press = room.send(code)
    room.world.run_web_connector(**{fate: number})
    healed(room.world)

    assert room.held()[code] == Decimal(12)
    assert len(room.world.booked("InventoryAdjustment")) == before + 1
    assert set(room.result(press).transfers) == {"done"}


ADJUSTED = {
    "half": halved,
    "nothing": lambda text: "",
    "twice": doubled("InventoryAdjustmentAddRs"),
    "record twice": doubled("InventoryAdjustmentRet"),
    "other item": swapped(r"(<ItemRef>.*?<FullName>)[^<]*", r"\1OTHER"),
    "other quantity": swapped(r"<QuantityDifference>[^<]*", "<QuantityDifference>999"),
    "no id": swapped(r"<TxnID>[^<]*</TxnID>", ""),
}


@pytest.mark.parametrize("change", ADJUSTED)
def test_a_count_whose_answer_is_spoilt(room: Stockroom, change: str) -> None:
    """A damaged answer to an adjustment makes no second one."""
    code = bolts(room)
    before = len(room.world.booked("InventoryAdjustment"))
    room.send(code)
    answering(room.world, "InventoryAdjustmentAdd", ADJUSTED[change])
    room.world.run_web_connector()
    healed(room.world)

    assert room.held()[code] == Decimal(12)
    assert len(room.world.booked("InventoryAdjustment")) == before + 1


HELD = {
    "half": halved,
    "nothing": lambda text: "",
    "twice": doubled("ItemInventoryRet"),
    "no quantity": swapped(r"<QuantityOnHand>[^<]*</QuantityOnHand>", ""),
    "no number": swapped(r"<QuantityOnHand>[^<]*", "<QuantityOnHand>many"),
    "other quantity": swapped(r"<QuantityOnHand>[^<]*", "<QuantityOnHand>-5"),
    "other id": swapped(r"<ListID>[^<]*", "<ListID>FFFF-1"),
}


@pytest.mark.parametrize("change", HELD)
def test_what_the_books_hold_is_told_wrong(room: Stockroom, change: str) -> None:
    """Over a damaged reading a count is right, or left out and told; pressed again it is right."""
    code = bolts(room)
    press = room.send(code)
    answering(room.world, "ItemInventoryQuery", HELD[change], times=3)
    room.world.run_web_connector()
    found = room.result(press)
    assert room.held()[code] == Decimal(12 if found.transfers == {"done": 1} else 10), found
    healed(room.world)
    room.send(code)
    healed(room.world)

    assert room.held()[code] == Decimal(12)


COUNTED: dict[str, Callable[[dict[str, Any]], object]] = {
    "no quantity": lambda row: row.pop("quantity"),
    "no number": lambda row: row.update(quantity="many"),
    "another product's": lambda row: row.update(product="OTHER"),
    "in another unit": lambda row: row.update(unit="pallet"),
}


@pytest.mark.parametrize("change", COUNTED)
def test_what_the_shop_floor_has_is_told_wrong(room: Stockroom, change: str) -> None:
    """A stock that cannot be read is left out and told, and never nought (STOCK-10)."""
    code = bolts(room)

    def told(body: str) -> str:
        if '"warehouses"' not in body:
            return body
        row = json.loads(body)
        COUNTED[change](row)
        return json.dumps(row)

    room.world.shop_line.rewrite = told
    press = room.send(code)
    room.world.run_web_connector()
    found = room.result(press)
    assert room.held()[code] == Decimal(12 if found.transfers == {"done": 1} else 10), found
    healed(room.world)
    room.send(code)
    healed(room.world)

    assert room.held()[code] == Decimal(12)
