"""Exactly once: whatever is lost, refused, delayed or cut off, no document is lost or doubled.

Each seed plays one company: random orders, random outcomes, answers lost before and after
the books carried them out, and a program that stops between any two steps.  The seed is in
the test's name; the same seed plays the same game.
"""

from __future__ import annotations

import itertools
import random
from decimal import Decimal

import msgspec
import pytest

from counterfoil.documents import Quantity, SalesOrder, fingerprint
from counterfoil.engine.deciding import Wish
from counterfoil.engine.life import STATES, Standing, State
from counterfoil.engine.operations import Busy, Done, Operation, Outcome, Unknown, UpdateDocument
from counterfoil.engine.standpoint import Standpoint
from counterfoil.engine.transfers import Pairing
from counterfoil.settings import (
    CancelledWay,
    ChangePolicy,
    DocumentNumber,
    FieldPair,
    FlowName,
    NumberTaken,
)
from counterfoil.translate import TRANSLATORS
from tests.engine.books import Books, Desk, orders_of
from tests.support.builders import client, fields, marks, order, product, settings, target

SEEDS = range(20)
STEPS_IN_TROUBLE = 60
# Quantities that only people write.
BY_HAND = 1000


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

    def __init__(self, desk: Desk, chance: random.Random, *, people: bool = False) -> None:
        self.desk = desk
        self.chance = chance
        self.people = people
        # Documents that somebody changed there, and that nobody then sent over knowingly.
        self.edited: set[str] = set()
        # By hand, no two documents ever say the same.
        self.quantities = itertools.count(BY_HAND)

    def step(self) -> None:
        """One step, in which the program may stop and the line may go dead at any point."""
        desk, chance = self.desk, self.chance
        if chance.random() < 0.2:
            self._change_a_source()
        if self.people:
            self._let_people_act()
        if chance.random() < 0.2:
            desk.wake()
        if chance.random() < 0.5:
            desk.watch()
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
        if isinstance(operation, UpdateDocument) and isinstance(outcome, Done):
            assert operation.document_id not in self.edited, "wrote over somebody's own change"
        return Unknown("timed out") if self.chance.random() < 0.1 else outcome

    def _let_people_act(self) -> None:
        """Somebody edits or deletes a document there, cancels a source, or wishes something."""
        desk, chance = self.desk, self.chance
        id_ = chance.choice(list(desk.documents))
        there = sorted(desk.books.documents)
        if there and chance.random() < 0.1:
            edited = desk.books.documents[chance.choice(there)]
            first = msgspec.structs.replace(
                edited.lines[0], quantity=Quantity(Decimal(next(self.quantities)))
            )
            desk.books.edit(edited.id, lines=(first, *edited.lines[1:]))
            self.edited.add(edited.id)
        if there and chance.random() < 0.03:
            desk.books.remove(chance.choice(there))
        if chance.random() < 0.05:
            desk.cancel(id_)
        if chance.random() < 0.15:
            wish = chance.choice([Wish.SEND, Wish.SEND, Wish.LEAVE, Wish.UNDO])
            pairing = desk.pairings.get(id_)
            if wish is Wish.SEND and pairing is not None and self._shown(pairing):
                self.edited.discard(pairing.target_id)
            desk.wish(id_, wish)

    def _shown(self, pairing: Pairing) -> bool:
        """Whether the document there is as people were shown it."""
        found = self.desk.books.documents.get(pairing.target_id)
        carried = TRANSLATORS[self.desk.flow].carried
        return found is not None and fingerprint(carried(found)) == pairing.seen_content

    def _change_a_source(self) -> None:
        id_ = self.chance.choice(list(self.desk.documents))
        document = self.desk.documents[id_]
        first = msgspec.structs.replace(
            document.lines[0],
            quantity=Quantity(self.desk.documents[id_].lines[0].quantity.value + 1),  # type: ignore[union-attr]
        )
        changed = msgspec.structs.replace(document, lines=(first, *document.lines[1:]))
        self.desk.change(id_, changed)


def play(desk: Desk, chance: random.Random, *, people: bool = False) -> None:
    """Trouble for a while, then fair weather until all is quiet."""
    trouble = Trouble(desk, chance, people=people)
    for _ in range(STEPS_IN_TROUBLE):
        trouble.step()
    desk.refresh()
    for _ in range(60):
        desk.run()
        for each in desk.of(State.REFUSED):
            desk.wish(each.id, each.wish if people else Wish.SEND)
        if not desk.of(State.WAITING, State.READY, State.UNKNOWN):
            break
        desk.wake()
    desk.wake()
    desk.run()
    for each in desk.of(State.CHANGED, State.DONE):
        if people:
            continue
        written, current = desk.written(each.id), desk.documents[each.id]
        assert (written.lines[0].quantity == current.lines[0].quantity) == (
            each.state is State.DONE
        )


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
    assert {each.state for each in desk.follow_ups.values()} == {State.DONE}
    assert all(len(values) == 1 for values in books.fields.values())
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
            keeps_marks=False,
        ),
    )
    desk.refresh()
    desk.take(*some_orders(chance, "N"))

    play(desk, chance)
    for each in desk.of(State.READY):
        desk.wish(each.id, Wish.LEAVE)

    numbers = orders_of(floor.documents.values())
    assert len(numbers) == len(set(numbers))
    for each in desk.transfers.values():
        written = floor.of_marks(marks(each))
        assert len(written) == (each.state in {State.DONE, State.CHANGED}), each
        landed = {landing.id for landing in desk.landings.get(each.id, ())}
        assert landed == {found.id for found in written}
    wanted = {each.number for each in desk.documents.values()}
    assert wanted <= {number.removesuffix("-QB") for number in numbers}


@pytest.mark.parametrize("seed", range(15))
@pytest.mark.parametrize("way", CancelledWay)
@pytest.mark.parametrize("policy", [ChangePolicy.ON_REQUEST, ChangePolicy.AUTOMATIC])
def test_the_whole_life(seed: int, way: CancelledWay, policy: ChangePolicy) -> None:
    """Orders change, are cancelled, sent again, left and undone on both sides, in all trouble.

    In the end each landed document is there once, nobody's own change was written over
    unknowingly, what is done says what its source says, and what was undone is out.
    """
    chance = random.Random(f"life {seed} {way} {policy}")
    books = Books()
    books.add(client("Customer 1"), *[product(f"ITEM-{n}") for n in range(1, 7)])
    desk = Desk(
        books,
        rules=settings(
            sales_order_out={
                "document_number": chance.choice(list(DocumentNumber)),
                "create_missing_customers": True,
                "changes": policy,
                "cancellations": policy,
                "cancelled_way": way,
            }
        ),
        to=target(batch_size=chance.choice([1, 2, 5, 100])),
    )
    desk.refresh()
    desk.take(*some_orders(chance, ""))

    play(desk, chance, people=True)

    for each in desk.transfers.values():
        there = [found.id for found in books.of_marks(marks(each))]
        pairing = desk.pairings.get(each.id)
        assert STATES[each.state].standing is not Standing.IN_FLIGHT, each
        if pairing is None:
            assert there == [], each
        elif there:
            assert there == [pairing.target_id], each
        at: Standpoint = desk.at(each.id)
        if each.wish is Wish.UNDO and each.state is not State.REFUSED:
            assert (each.state, there) == (State.SKIPPED, []), each
        if each.state is State.DONE and there and not at.is_withdrawn:
            assert says_its_source(desk, each.id), each


def says_its_source(desk: Desk, id_: int) -> bool:
    """Whether a document says what its source says, or what somebody wrote there unseen."""
    there, source = desk.written(id_), desk.documents[id_]
    ours = [each.quantity for each in source.lines] == [each.quantity for each in there.lines]
    return ours or any(
        each.quantity is not None and each.quantity.value >= BY_HAND for each in there.lines
    )
