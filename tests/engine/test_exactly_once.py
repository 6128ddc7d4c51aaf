"""Exactly once: whatever is lost, refused, delayed or cut off, no document is lost or doubled.

Each seed plays one company: random orders, random outcomes, answers lost before and after
the books carried them out, and a program that stops between any two steps.  The seed is in
the test's name; the same seed plays the same game.
"""

from __future__ import annotations

import random

import msgspec
import pytest

from counterfoil.documents import Quantity, SalesOrder
from counterfoil.engine.life import Event, State
from counterfoil.engine.operations import Busy, Operation, Outcome, Unknown
from counterfoil.engine.transfers import advance
from counterfoil.settings import DocumentNumber, FieldPair, FlowName, NumberTaken
from tests.engine.books import Books, Desk, orders_of
from tests.support.builders import client, fields, order, product, settings, target

SEEDS = range(20)
STEPS_IN_TROUBLE = 60


def some_orders(chance: random.Random, prefix: str) -> list[SalesOrder]:
    """Random orders over few customers and items; some have the same number."""
    made = []
    for position in range(chance.randint(5, 14)):
        number = f"{prefix}{chance.randint(1, 12)}" if prefix else f"SO-{position}"
        lines = [
            f"{chance.randint(1, 9)} ITEM-{chance.randint(1, 6)}"
            for _ in range(chance.randint(1, 4))
        ]
        heading = f"{number} Customer {chance.randint(1, 4)}"
        made.append(
            order(heading, *lines, id=f"source-{position}", custom_fields=fields(Job=str(position)))
        )
    return made


class Trouble:
    """A line to the books on which everything goes wrong that can."""

    def __init__(self, desk: Desk, chance: random.Random) -> None:
        self.desk = desk
        self.chance = chance

    def step(self) -> None:
        """One step, in which the program may stop and the line may go dead at any point."""
        desk, chance = self.desk, self.chance
        if chance.random() < 0.2:
            self._change_a_source()
        if chance.random() < 0.2:
            desk.wake()
        made = desk.plan()
        if chance.random() < 0.1:
            return  # stopped with a plan in memory: nobody knows of it
        operations = desk.record(made)
        if not operations:
            return
        carried_out = len(operations)
        if chance.random() < 0.25:
            carried_out = chance.randint(0, carried_out)
        answers = {each.id: self._execute(each) for each in operations[:carried_out]}
        if carried_out < len(operations) or chance.random() < 0.25:
            desk.lose()  # cut off, or stopped before the answer was recorded
        else:
            desk.settle({id_: each for id_, each in answers.items() if chance.random() > 0.05})
            desk.refresh()

    def _execute(self, operation: Operation) -> Outcome:
        if self.chance.random() < 0.1:
            return Busy("somebody has the file open")
        outcome = self.desk.books.execute(operation)
        return Unknown("timed out") if self.chance.random() < 0.1 else outcome

    def _change_a_source(self) -> None:
        id_ = self.chance.choice(list(self.desk.documents))
        document = self.desk.documents[id_]
        first = msgspec.structs.replace(
            document.lines[0],
            quantity=Quantity(self.desk.documents[id_].lines[0].quantity.value + 1),  # type: ignore[union-attr]
        )
        changed = msgspec.structs.replace(document, lines=(first, *document.lines[1:]))
        self.desk.change(id_, changed)


def play(desk: Desk, chance: random.Random) -> None:
    """Trouble for a while, then fair weather until all is quiet."""
    trouble = Trouble(desk, chance)
    for _ in range(STEPS_IN_TROUBLE):
        trouble.step()
    desk.refresh()
    for _ in range(60):
        desk.run()
        for each in desk.of(State.REFUSED):
            desk.transfers[each.id] = advance(each, Event.RELEASED, desk.now)
        if not desk.of(State.WAITING, State.READY, State.UNKNOWN):
            break
        desk.wake()
    desk.run()
    for each in desk.of(State.CHANGED, State.DONE):
        (written,) = desk.books.of_key(each.key)
        current = desk.documents[each.id].lines[0].quantity
        assert (written.lines[0].quantity == current) == (each.state is State.DONE)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("numbering", DocumentNumber)
def test_towards_the_books(seed: int, numbering: DocumentNumber) -> None:
    """Orders reach QuickBooks once each, numbered by themselves or by the books."""
    chance = random.Random(f"out {seed} {numbering}")
    books = Books()
    books.add(client("Customer 1"), product("ITEM-1"), product("ITEM-2"))
    desk = Desk(
        books,
        rules=settings(
            sales_order_out={
                "document_number": numbering,
                "create_missing_customers": True,
                "create_missing_items": True,
                "income_account": "Sales",
                "save_custom_fields": True,
                "custom_fields": (FieldPair("Job", "JOB"),),
            }
        ),
        to=target(batch_size=chance.choice([1, 2, 5, 100])),
    )
    desk.refresh()
    desk.take(*some_orders(chance, ""))

    play(desk, chance)

    desk.exactly_once()
    assert not desk.of(State.REFUSED)
    assert len(books.documents) == len(desk.transfers)
    assert not desk.follow_ups
    jobs = {name for _, name in books.fields}
    assert jobs == {"JOB"}
    assert len(books.fields) == len(books.documents)
    if numbering is DocumentNumber.ORDER_CODE:
        assert orders_of(books.documents.values()) == orders_of(desk.documents.values())


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("taken", NumberTaken)
def test_back_from_the_books(seed: int, taken: NumberTaken) -> None:
    """Orders reach a system that keeps no marks once each, though the books repeat numbers.

    The second of a number gets our suffix or waits for a person; nobody's order is taken
    for another's, and one that was there before stays alone.
    """
    chance = random.Random(f"in {seed} {taken}")
    floor = Books(keeps_marks=False, unique_numbers=True)
    floor.add(client("Customer 2"), product("ITEM-3"))
    floor.enter(order("N1 Somebody", "1 THING"))
    desk = Desk(
        floor,
        rules=settings(sales_order_in={"number_taken": taken}),
        flow=FlowName.SALES_ORDER_IN,
        to=target(
            name="Fusion Operations",
            batch_size=chance.choice([1, 3, 20]),
            has_hierarchy=False,
            lists_share_names=False,
            number_length_max={},
        ),
    )
    desk.refresh()
    desk.take(*some_orders(chance, "N"))

    play(desk, chance)
    for each in desk.of(State.READY):
        desk.transfers[each.id] = advance(each, Event.EXCLUDED, desk.now, reason="enough")

    numbers = orders_of(floor.documents.values())
    assert len(numbers) == len(set(numbers))
    for each in desk.transfers.values():
        written = floor.of_key(each.key)
        assert len(written) == (each.state in {State.DONE, State.CHANGED}), each
        landed = {landing.id for landing in desk.landings.get(each.id, ())}
        assert landed == {found.id for found in written}
    wanted = {each.number for each in desk.documents.values()}
    assert wanted <= {number.removesuffix("-QB") for number in numbers}
