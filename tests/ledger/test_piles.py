"""Piles and the daybook: counted where things lie, alike on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from counterfoil.documents import Refusal, reason, refuse
from counterfoil.engine.life import State
from counterfoil.ledger import daybook, piles
from counterfoil.ledger.daybook import Happened
from counterfoil.ledger.piles import Heap, Member, Pile
from tests.ledger.builders import World
from tests.support.builders import NOW

HOUR = timedelta(hours=1)


def unknown(name: str) -> Refusal:
    """A customer that is not in the books."""
    return refuse(
        "record-unknown", value=name, kind="customer", target="QuickBooks", setting="", where="c"
    )


def lying(world: World) -> list[Pile]:
    """What lies where."""
    with world.ledger.reading() as tx:
        found = piles.piles(tx)
        assert piles.count(tx) == len(found)
        return found


class TestPiles:
    def test_by_what_stopped_them(self, world: World) -> None:
        """Two orders for one customer are one pile, another customer another, the oldest first."""
        one, two, three = world.begin("SO1", "SO2", "SO3")
        world.move(one, State.REFUSED, refusal=unknown("PICNIC"), state_since=NOW + HOUR)
        world.move(two, State.REFUSED, refusal=unknown("PICNIC"), state_since=NOW + 2 * HOUR)
        world.move(three, State.REFUSED, refusal=unknown("HARBOR"), state_since=NOW)

        harbor, picnic = lying(world)
        assert (harbor.about, harbor.number) == ("HARBOR", 1)
        assert (picnic.code, picnic.about, picnic.number) == ("record-unknown", "PICNIC", 2)
        assert (picnic.first, picnic.since, picnic.heap) == (one.id, NOW + HOUR, Heap.REFUSED)

    def test_a_documents_own_value_makes_no_pile_of_its_own(self, world: World) -> None:
        """What the sentence does not name, such as each one's number, keeps nothing apart."""
        for number in ("SO1", "SO2"):
            (begun,) = world.begin(number)
            refusal = refuse(
                "period-closed", value=number, target="QuickBooks", document="sales order"
            )
            world.move(begun, State.REFUSED, refusal=refusal)

        (pile,) = lying(world)
        assert pile.number == 2

    def test_changed_documents_lie_by_their_reason(self, world: World) -> None:
        """What has changed since is a pile for each reason."""
        one, two = world.begin("SO1", "SO2")
        world.move(one, State.CHANGED, reason=reason("target-changed"))
        world.move(two, State.CHANGED, reason=reason("conflict"))

        assert {(pile.heap, pile.code) for pile in lying(world)} == {
            (Heap.CHANGED, "target-changed"),
            (Heap.CHANGED, "conflict"),
        }

    def test_its_members_a_page_at_a_time(self, world: World) -> None:
        """Members come in order with their versions; what moves changes the pile's stand."""
        begun = world.begin("SO1", "SO2", "SO3")
        stored = [world.move(each, State.REFUSED, refusal=unknown("X")) for each in begun]
        (pile,) = lying(world)

        with world.ledger.reading() as tx:
            assert piles.members(tx, pile, limit=2) == [Member(each.id, 1) for each in stored[:2]]
            assert piles.members(tx, pile, after=stored[1].id) == [Member(stored[2].id, 1)]
        world.move(stored[0], State.READY, refusal=None)
        (rest,) = lying(world)
        assert rest.key == pile.key
        assert rest.stand != pile.stand

    def test_what_moves_leaves(self, world: World) -> None:
        """Nothing that is done or on its way lies anywhere."""
        one, _two = world.begin("SO1", "SO2")
        world.move(one, State.DONE)

        assert lying(world) == []


class TestDaybook:
    def test_arrived_and_stopped_by_quarter(self, world: World) -> None:
        """What arrives and what stops is counted in the quarter of an hour in which it does."""
        one, two, three = world.begin("SO1", "SO2", "SO3")
        at = datetime(2030, 1, 2, 3, 44, 5, tzinfo=UTC)
        world.move(one, State.DONE, state_since=at)
        world.move(two, State.REFUSED, refusal=unknown("X"), state_since=at)
        world.move(three, State.HELD, state_since=at)

        began = datetime(2030, 1, 2, 3, 30, tzinfo=UTC)
        with world.ledger.reading() as tx:
            found = {(each.what, each.began_at, each.number) for each in daybook.since(tx, began)}
            later = daybook.since(tx, began + HOUR)
        assert found == {(Happened.ARRIVED, began, 1), (Happened.STOPPED, began, 1)}
        assert later == []

    def test_a_change_that_is_accepted_is_no_arrival(self, world: World) -> None:
        """What a person accepts was there before."""
        (one,) = world.begin("SO1")
        changed = world.move(one, State.CHANGED, reason=reason("conflict"))
        world.move(changed, State.DONE, reason=None)

        with world.ledger.reading() as tx:
            assert [each.what for each in daybook.since(tx, NOW - HOUR)] == [Happened.STOPPED]

    def test_put_together_and_forgotten(self, world: World) -> None:
        """Rows of one quarter become one; what is long ago is dropped."""
        for number in ("SO1", "SO2"):
            (begun,) = world.begin(number)
            world.move(begun, State.DONE)
        with world.ledger.writing() as tx:
            assert daybook.compact(tx, NOW) == 2
            assert [each.number for each in daybook.since(tx, NOW - HOUR)] == [2]
            assert daybook.compact(tx, NOW) == 1
            daybook.compact(tx, NOW + daybook.KEPT_FOR + HOUR)
            assert daybook.since(tx, NOW - HOUR) == []
