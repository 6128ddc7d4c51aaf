"""Runs as people see them: what each did, what became of every document, how far one is."""

from __future__ import annotations

from datetime import timedelta

import pytest

from counterfoil.errors import UsageError
from counterfoil.hub import desk, views
from counterfoil.ledger import runs
from tests.support.world import ACTOR, World

NO_CUSTOMERS = "sales-order-out.create_missing_customers=false"


def last_run(world: World) -> views.RunRow:
    """The books' last run."""
    return views.runs_page(world.hub, connection=world.books_id, everything=True, limit=1)[0]


class TestRuns:
    def test_what_a_run_wrote_and_left(self, world: World) -> None:
        """A run says what it created and what stopped, with why; and who sent it."""
        world.set(NO_CUSTOMERS, "sales-order-out.mode=manual")
        world.enter_books(
            "<CustomerAddRq><CustomerAdd><Name>ACME</Name></CustomerAdd></CustomerAddRq>"
        )
        world.order("SO-1", "ACME", "2 BOLT 1.50")
        world.order("SO-2", "NOBODY", "1 BOLT 2.00")
        world.read_operations()
        desk.release(world.hub, world.link, "sales-order", [], "mara", everything=True)
        world.run_web_connector()
        run = last_run(world)

        assert (run.created, run.changed, run.is_on) == (1, 0, False)
        assert run.title == "1 document sent: Books"
        assert run.trigger == "web-connector"
        assert views.presses_of_run(world.hub, run.id) == ["mara"]
        (wrote,) = views.run_writes(world.hub, run.id)
        assert (wrote.number, wrote.party, wrote.amount) == ("SO-1", "ACME", "3.00")
        assert (wrote.action, wrote.kind, wrote.outcome) == ("created", "sales order", "arrived")
        assert wrote.there == world.row("SO-1").target_number
        (left,) = views.run_stopped(world.hub, run.id)
        assert (left.number, left.party) == ("SO-2", "NOBODY")
        assert "NOBODY" in left.sentence
        calls = [each.asked for each in views.run_calls(world.hub, run.id)]
        assert any("Sent 1 sales order" in each for each in calls)
        assert "Read customers" in " ".join(calls), calls
        assert [each.state for each in views.run_steps(world.hub, run.id)] == ["done"] * 3

    def test_a_list_is_filtered_and_paged(self, world: World) -> None:
        """By link, connection, how and time; a page after the other, newest first."""
        world.orders(1)
        world.sync()
        for _ in range(3):
            world.clock.advance(hours=1)
            world.run_web_connector()
        hub, now = world.hub, world.clock.now()
        everything = views.runs_page(hub, everything=True)
        ids = [each.id for each in everything]
        assert ids == sorted(ids, reverse=True)
        (wrote,) = views.runs_page(hub, how="wrote")
        assert wrote.id in {each.id for each in views.runs_page(hub, link=world.link)}
        assert len(views.runs_page(hub)) < len(everything)

        first = views.runs_page(hub, everything=True, limit=2)
        second = views.runs_page(hub, everything=True, limit=2, before=first[-1].id)
        assert [each.id for each in (*first, *second)] == ids[:4]
        since = now - timedelta(minutes=90)
        late = views.runs_page(hub, everything=True, since=since)
        early = views.runs_page(hub, everything=True, until=since)
        assert [each.id for each in (*late, *early)] == ids
        assert views.runs_page(hub, everything=True, since=now + timedelta(days=1)) == []
        assert views.runs_page(hub, how="on") == views.runs_page(hub, how="problem") == []
        with pytest.raises(UsageError):
            views.runs_page(hub, link="No such link")

    @pytest.mark.parametrize("run", [0, -1, 99_999, 2**70])
    def test_a_run_that_is_not_there(self, world: World, run: int) -> None:
        """It is told in words, with why one may be gone."""
        with pytest.raises(UsageError, match="kept for some weeks"):
            views.shown_run(world.hub, run)

    def test_a_run_that_ended_without_a_word(self, world: World) -> None:
        """One that nobody has heard of for long is not on, and says so."""
        with world.hub.database.writing() as tx:
            run = runs.begin(tx, world.books_id, "agent", world.clock.now())
        assert views.shown_run(world.hub, run).is_on
        world.clock.advance(minutes=16)
        shown = views.shown_run(world.hub, run)

        assert not shown.is_on
        assert "without a word" in str(shown.problem)


class TestWrites:
    def test_by_what_became_of_them(self, world: World) -> None:
        """What the books did not take is found by that, with their words."""
        world.orders(2)
        world.order("SO-X", "ACME", "1 BOLT 2.00")
        world.sync()
        found = views.writes_page(world.hub)
        assert {each.outcome for each in found} == {"arrived"}
        assert len(found) == 3
        assert views.writes_page(world.hub, outcome="refused") == []
        assert views.writes_page(world.hub, flow="receipt-out") == []
        assert len(views.writes_page(world.hub, link=world.link, limit=2)) == 2
        older = views.writes_page(world.hub, before=found[1].id)
        assert [each.id for each in older] == [found[2].id]
        hour = timedelta(hours=1)
        assert views.writes_page(world.hub, since=world.clock.now() + hour) == []
        assert views.writes_page(world.hub, until=world.clock.now() + hour) == found


class TestProgress:
    def test_it_counts_what_is_confirmed(self, world: World) -> None:
        """While a run is on, what it has not confirmed is not counted as arrived."""
        world.orders(3)
        world.read_operations()
        seen: list[views.RunProgress] = []

        def look(_text: str, _answer: object) -> None:
            run = last_run(world)
            assert run.is_on
            seen.append(views.run_progress(world.hub, run.id))

        world.counter.hears = look
        world.run_web_connector()
        world.counter.hears = None
        ended = views.run_progress(world.hub, last_run(world).id)

        assert (ended.arrived, ended.total, ended.is_on) == (3, 3, False)
        flying = [each for each in seen if each.moving]
        assert flying
        assert all((each.arrived, each.moving, each.total) == (0, 3, 3) for each in flying)
        assert all(each.is_on and each.total == 3 for each in seen)


class TestUndo:
    def test_what_was_sent_anew_is_the_newer_runs(self, world: World) -> None:
        """A run whose order was taken out and sent again has nothing to undo any more."""
        world.orders(1)
        world.settle()
        run = last_run(world).id
        desk.undo(world.hub, ACTOR, run=run)
        world.settle()
        assert world.booked() == []
        desk.retry(world.hub, ACTOR, transfer_ids=[world.row("SO-1").id])
        world.settle()

        with pytest.raises(UsageError, match="sent it anew since"):
            desk.undo(world.hub, ACTOR, run=run)
        assert len(world.booked()) == 1

    def test_the_effect_is_told_before(self, world: World) -> None:
        """What would be taken out, what stays and why, and what was only changed."""
        world.orders(2)
        world.sync()
        run = last_run(world)
        effect = desk.undo_effect(world.hub, run.id)
        assert sorted(each.number for each in effect.taken_out) == sorted(world.states())
        assert (effect.left, effect.updated) == ((), ())
        assert set(world.states().values()) == {"done"}

        done = desk.undo(world.hub, ACTOR, run=run.id)
        assert set(done.undone) == {each.id for each in effect.taken_out}
        world.settle()
        again = desk.undo_effect(world.hub, run.id)
        assert again.taken_out == ()
        assert {each.sentence for each in again.left} == {"It has been undone already."}
        with pytest.raises(UsageError):
            desk.undo_effect(world.hub, 99_999)
