"""What was written and in which run, as both databases tell it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from counterfoil.documents import refuse
from counterfoil.engine.asked import Asked, Kind
from counterfoil.engine.life import State
from counterfoil.engine.operations import Done, Outcome, Refused
from counterfoil.ledger import connections, exchanges, runs, written
from tests.ledger.builders import DAY, MINUTE, World, creation
from tests.support.builders import NOW

NO = refuse("nothing-to-send", document="order")


@pytest.fixture
def busy(world: World) -> World:
    """A ledger whose run created one order, was refused another, and has one on its way."""
    one, two, three = world.begin("SO1", "SO2", "SO3")
    read = world.exchange(
        Asked(wire_id="1", kind=Kind.READ_RECORDS, name="records/customer"),
        Asked(wire_id="2", kind=Kind.READ_RECORDS, name="records/item"),
        writes=False,
        key="",
    )
    asked = [creation(one), creation(two, "2")]
    wrote = world.exchange(*asked)
    world.exchange(creation(three), now=NOW + MINUTE)
    outcomes: list[Outcome] = [Done(id="T1", revision="1"), Refused(NO)]
    with world.ledger.writing() as tx:
        exchanges.answer(tx, read, state="answered", now=NOW + MINUTE)
        exchanges.settle(tx, wrote, asked, outcomes)
        exchanges.answer(tx, wrote, state="answered", now=NOW + MINUTE)
    world.move(two, State.REFUSED, refusal=NO)
    return world


def test_a_page_of_what_was_written(busy: World) -> None:
    """Newest first, by what it came to, by whose it is, and by time."""
    with busy.ledger.reading() as tx:
        found = written.page(tx)
        assert [(each.name, each.outcome) for each in found] == [
            ("SO3", None),
            ("SO2", "refused"),
            ("SO1", "done"),
        ]
        assert written.page(tx, limit=1) == found[:1]
        assert written.page(tx, before_id=found[0].id) == found[1:]
        assert written.page(tx, outcomes=[None, "done"]) == [found[0], found[2]]
        assert written.page(tx, run_id=busy.run, link_id=busy.link, flow=found[0].flow) == found
        assert written.page(tx, connection_id=busy.operations) == []
        assert written.page(tx, kinds=["void-document"]) == []
        assert written.page(tx, since=NOW + MINUTE) == found[:1]
        assert written.page(tx, until=NOW + MINUTE) == found[1:]
        assert written.page(tx, since=NOW + 30 * DAY) == []
        assert written.page(tx, until=NOW - DAY) == []


def test_a_run_is_counted(busy: World) -> None:
    """How many it created, and how many were refused or are on their way; when it did what."""
    with busy.ledger.reading() as tx:
        assert written.tallies(tx, [busy.run, 77]) == {
            busy.run: written.Tally(created=1, refused=1, moving=1)
        }
        spans = written.spans(tx, busy.run)
    assert spans[False] == written.Span(NOW, NOW + MINUTE, 1)
    assert spans[True] == written.Span(NOW, None, 2)


def test_round_trips_and_what_they_asked(busy: World) -> None:
    """Each with what it asked; what is read is named by its cursor."""
    with busy.ledger.reading() as tx:
        trips = written.round_trips(tx, busy.run)
        older = written.round_trips(tx, busy.run, before_id=trips[0].id, limit=1)
        asked = written.asked_in(tx, [each.id for each in trips])
    assert older == [trips[1]]
    assert [each.state for each in trips] == ["sent", "answered", "answered"]
    assert [each.subject for each in asked[trips[2].id]] == ["records/customer", "records/item"]
    assert sorted(each.outcome or "" for each in asked[trips[1].id]) == ["done", "refused"]


def test_what_stands_still(busy: World) -> None:
    """What stopped in a time and still does; how much is open; what was written before."""
    with busy.ledger.reading() as tx:
        (stopped,) = written.stopped(tx, busy.books, NOW, None, 10)
        assert written.stopped(tx, busy.books, NOW, NOW, 10) == [stopped]
        assert written.stopped(tx, busy.books, NOW + MINUTE, None, 10) == []
        assert written.open_states(tx, busy.books) == {State.READY: 2, State.REFUSED: 1}
        newest = written.page(tx)[0]
        assert set(written.before(tx, [stopped, newest.transfer], newest.exchange)) == {stopped}


def test_who_did_what(world: World) -> None:
    """The audit says who did some things to some subjects."""
    with world.ledger.writing() as tx:
        connections.note(tx, NOW, "mara", "released", "transfer/1")
        connections.note(tx, NOW, "mara", "skipped", "transfer/1")
        connections.note(tx, NOW, "ines", "released", "transfer/2")
        found = connections.noted(tx, ["transfer/1", "transfer/3"], ["released"])
    assert [(each.subject, each.actor) for each in found] == [("transfer/1", "mara")]


def test_runs_by_how_they_went(busy: World) -> None:
    """Those that wrote, had a problem or are on; with or without those that only read."""
    with busy.ledger.writing() as tx:
        idle, failed = (
            runs.begin(tx, busy.operations, "schedule", NOW + timedelta(hours=hour))
            for hour in (1, 2)
        )
        runs.change(tx, idle, NOW + DAY, ended_at=NOW + DAY)
        runs.change(tx, failed, NOW + DAY, ended_at=NOW + DAY, problem="no")

        def page(**sought: object) -> list[int]:
            return [each.id for each in runs.page(tx, **sought)]  # type: ignore[arg-type]  # words

        assert page() == [failed, idle, busy.run]
        assert page(only_what_did=True) == [failed, busy.run]
        assert page(how="wrote") == page(how="on") == [busy.run]
        assert page(how="problem") == [failed]
        assert page(connections=[busy.operations]) == [failed, idle]
        assert page(since=NOW + timedelta(hours=1)) == [failed, idle]
        assert page(until=NOW + timedelta(hours=2)) == [idle, busy.run]
        assert page(since=NOW + 9 * DAY) == []
        assert page(before=failed, limit=1) == [idle]
        assert runs.find(tx, 99) is None
