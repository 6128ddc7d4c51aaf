"""A careless person presses every verb on documents in every state: no dead end, nothing twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import pytest

from counterfoil.errors import UsageError
from counterfoil.hub import desk
from tests.sandboxes.quickbooks_desktop.desk import line, sales_order
from tests.support.world import ACTOR, AUTOMATIC, World

MANUAL: Final = "sales-order-out.mode=manual"
STRICT: Final = "sales-order-out.create_missing_customers=false"
NO_DEAD_END: Final = ("refused", "changed", "held")


Press = Callable[[World, desk.TransferRow], object]


def enter(world: World, numbers: Sequence[str]) -> None:
    for number in numbers:
        world.order(number, "ACME", "1 BOLT 2.00")
    world.read_operations()


def rows_of(world: World, numbers: Sequence[str]) -> list[desk.TransferRow]:
    return [world.row(number) for number in numbers]


def held(world: World, numbers: Sequence[str]) -> None:
    world.set(MANUAL)
    enter(world, numbers)


def ready(world: World, numbers: Sequence[str]) -> None:
    enter(world, numbers)


def refused(world: World, numbers: Sequence[str]) -> None:
    world.set(STRICT)
    ready(world, numbers)
    world.run_web_connector()


def skipped(world: World, numbers: Sequence[str]) -> None:
    held(world, numbers)
    desk.skip(world.hub, [row.id for row in rows_of(world, numbers)], ACTOR)


def done(world: World, numbers: Sequence[str]) -> None:
    ready(world, numbers)
    world.run_web_connector()


def unconfirmed(world: World, numbers: Sequence[str]) -> None:
    held(world, numbers)
    for row in rows_of(world, numbers):
        assert row.number is not None
        desk.adopt(world.hub, row.id, row.number, ACTOR)


def undone(world: World, numbers: Sequence[str]) -> None:
    done(world, numbers)
    desk.undo(world.hub, ACTOR, transfer_ids=[row.id for row in rows_of(world, numbers)])


STATES: Final = (held, ready, refused, skipped, done, unconfirmed, undone)
VERBS: Final[dict[str, Press]] = {
    "send": lambda world, row: desk.release(
        world.hub, world.link, "sales-order", [row.number or ""], ACTOR, everything=False
    ),
    "retry": lambda world, row: desk.retry(world.hub, ACTOR, transfer_ids=[row.id]),
    "skip": lambda world, row: desk.skip(world.hub, [row.id], ACTOR),
    "accept": lambda world, row: desk.accept(world.hub, [row.id], ACTOR),
    "adopt": lambda world, row: desk.adopt(world.hub, row.id, row.number or "", ACTOR),
    "take back": lambda world, row: desk.take_back(world.hub, row.id, ACTOR),
    "undo": lambda world, row: desk.undo(world.hub, ACTOR, transfer_ids=[row.id]),
}


def press(world: World, verb: str, row: desk.TransferRow) -> None:
    """It is done, or refused in words that name the document."""
    try:
        told = VERBS[verb](world, row)
    except UsageError as error:
        told, refusal = None, error.message
        assert (row.number or "") in refusal, verb
    assert all(each.sentence for each in getattr(told, "left", ())), verb


@pytest.mark.parametrize("state", STATES, ids=lambda each: each.__name__)
def test_every_verb_in_every_state(
    open_company: Callable[..., World], state: Callable[[World, Sequence[str]], None]
) -> None:
    """It is done or refused in words; the books have it once at most; something can be done."""
    world = open_company(*AUTOMATIC)
    numbers = {verb: f"SO-{serial}" for serial, verb in enumerate(VERBS, start=1)}
    state(world, [*numbers.values()])
    for verb, number in numbers.items():
        press(world, verb, world.row(number))
    for _ in range(2):
        world.clock.advance(minutes=31)
        world.sync()

    booked = world.numbers_booked()
    for verb, number in numbers.items():
        row = world.row(number)
        assert booked[number] <= 1, verb
        assert (row.state == "done") == bool(row.target_id and booked[number]), verb
        assert row.sentence or row.state not in NO_DEAD_END, verb


class TestAdopting:
    @pytest.fixture
    def world(self, open_company: Callable[..., World]) -> World:
        """SO-1 waits; in the books somebody entered orders of that number by hand."""
        world = open_company(*AUTOMATIC)
        world.order("SO-0", "ACME", "1 BOLT 2.00")
        world.sync()
        held(world, ["SO-1"])
        return world

    def enter(self, world: World, customer: str, rate: str) -> str:
        """Somebody enters an order in the books; gives its identity there."""
        world.clock.advance(seconds=5)
        before = {each["TxnID"] for each in world.booked()}
        item = line("BOLT", "1", rate=rate)
        world.enter_books(sales_order(customer, item, ref_number="SO-1", date="2025-03-04"))
        [new] = {each["TxnID"] for each in world.booked()} - before
        return str(new)

    def ask(self, world: World, named: str, *, consent: bool = False) -> desk.Adopted | None:
        """Adopt, and let the Web Connector come; what is open then, ``None``: confirmed."""
        row = world.row("SO-1")
        desk.adopt(world.hub, row.id, named, ACTOR, consent=consent)
        world.run_web_connector()
        with world.hub.database.reading() as tx:
            return desk.shown_adoption(tx, row.id)

    def test_another_total(self, world: World) -> None:
        """It stays unconfirmed with both totals told, until a person consents."""
        self.enter(world, "ACME", "3.00")
        told = self.ask(world, "SO-1")
        assert told is not None
        assert told.sentence == "It comes to 3.00, and this one to 2.00."
        assert world.row("SO-1").state == "held"
        assert self.ask(world, "SO-1", consent=True) is None
        assert world.row("SO-1").state == "done"

    def test_several_of_one_number(self, world: World) -> None:
        """They are listed with date, party, total and id; the id chooses."""
        ids = [self.enter(world, "ACME", "2.00"), self.enter(world, "ACME", "3.00")]
        told = self.ask(world, "SO-1")
        assert told is not None
        assert [each.id for each in told.candidates] == ids
        assert {each.party for each in told.candidates} == {"ACME"}
        assert [each.total for each in told.candidates] == ["2.00", "3.00"]
        assert self.ask(world, ids[0]) is None
        assert world.row("SO-1").target_id == ids[0]

    def test_it_is_taken_back(self, world: World) -> None:
        """Confirmed or not: the books keep their document, and nothing is sent by it."""
        self.enter(world, "ACME", "2.00")
        assert self.ask(world, "SO-1") is None
        desk.take_back(world.hub, world.row("SO-1").id, ACTOR)
        world.clock.advance(minutes=31)
        world.sync()

        assert world.row("SO-1").target_id is None
        assert world.numbers_booked()["SO-1"] == 1
