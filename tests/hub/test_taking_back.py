"""Taking back: “try again” before anything left, cures by their numbers, and very many at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection

from counterfoil.documents import RecordKind
from counterfoil.engine.counterparts import Decision
from counterfoil.errors import LedgerError, UsageError
from counterfoil.hub import desk, ending_early, inbox, views
from counterfoil.hub.desk import Released, Said, _outcomes
from counterfoil.hub.inbox import Asked
from counterfoil.ledger import directory
from counterfoil.ledger.database import Database
from counterfoil.ledger.transfers import Sourced
from tests.hub.conftest import OpenWorld
from tests.hub.test_life import source, store
from tests.sandboxes.quickbooks_desktop.desk import customer, service
from tests.support.world import ACTOR, World

STRICT = ("sales-order-out.mode=automatic", "sales-order-out.document_number=order_code")


@pytest.fixture
def stopped(open_company: OpenWorld) -> World:
    """Three orders for a customer that the books do not have."""
    world = open_company(*STRICT)
    world.enter_books(customer("PICNIC"), service("BOLT", "1.25"))
    for number in ("SO-1", "SO-2", "SO-3"):
        world.order(number, "PICNIC-LTD", "2 BOLT 1.50")
    world.sync()
    return world


def press(world: World, choice: str, answer: str = "") -> inbox.Cured:
    """Press a cure of the only case, on all that it keeps."""
    (case,) = inbox.cases(world.hub)
    asked = Asked(choice=choice, answer=answer, stand=case.stand)
    return inbox.cure(world.hub, case.key, asked, ACTOR)


class TestTryAgain:
    def test_taken_back_before_anything_left(self, stopped: World) -> None:
        """They stop again at once, each for the reason that it had, and nothing is asked."""
        before = {row.number: row.sentence for row in views.rows(stopped.hub)}
        cured = press(stopped, "retry")
        assert set(stopped.states().values()) == {"ready"}
        assert cured.number is not None
        told = inbox.take_back_done(stopped.hub, cured.number, "Ben")

        assert told == "3 documents stand as before, for the same reason."
        assert {row.number: row.sentence for row in views.rows(stopped.hub)} == before
        assert [each.code for each in inbox.cases(stopped.hub)] == ["record-unknown"]

    def test_too_late_once_it_has_moved(self, stopped: World) -> None:
        """What has been tried by then is as that left it, and that is said."""
        cured = press(stopped, "retry")
        stopped.sync()
        assert cured.number is not None

        with pytest.raises(UsageError, match="cannot be taken back any more"):
            inbox.take_back_done(stopped.hub, cured.number, "Ben")

    def test_not_once_its_source_says_something_else(self, stopped: World) -> None:
        """An order whose customer was put right meanwhile is not stopped for the old one."""
        cured = press(stopped, "retry")
        stopped.enter("clients", code="PICNIC", name="Picnic")
        store(stopped, {**source(stopped, "SO-1"), "client": "PICNIC"})
        stopped.read_operations()
        assert cured.number is not None
        told = inbox.take_back_done(stopped.hub, cured.number, "Ben")
        stopped.settle()

        assert told.startswith("2 documents stand as before")
        assert "1 had left, or moved, by then" in told
        stopped.check_exactly_once("SO-1")

    def test_not_what_somebody_else_has_decided_since(self, stopped: World) -> None:
        """Ben corrects one of them, and wants another one sent, too: both go."""
        first, second, _third = (stopped.row(each).id for each in ("SO-1", "SO-2", "SO-3"))
        cured = press(stopped, "retry")
        desk.edit(stopped.hub, first, {"customer": "PICNIC"}, "Ben")
        desk.press(stopped.hub, stopped.link, [second], "Ben")
        assert cured.number is not None
        told = inbox.take_back_done(stopped.hub, cured.number, ACTOR)

        assert told.startswith("1 document stands as before")
        assert stopped.states() == {"SO-1": "ready", "SO-2": "ready", "SO-3": "refused"}

    def test_what_was_not_reached_is_taken_back_by_the_same_number(
        self, stopped: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where a batch cannot be written it is told, and the cure is not taken for taken back."""
        cured = press(stopped, "retry")
        assert cured.number is not None
        monkeypatch.setattr(_outcomes, "BATCH", 2)
        with (
            counted(stopped.hub.database, monkeypatch, fails_at=2),
            pytest.raises(UsageError, match=r"2 documents stand .* 1 more document: Not reached"),
        ):
            inbox.take_back_done(stopped.hub, cured.number, "Ben")
        assert inbox.cures_done(stopped.hub)[0].undone_by is None

        inbox.take_back_done(stopped.hub, cured.number, "Ben")
        assert set(stopped.states().values()) == {"refused"}

    def test_what_arrived_stays(self, stopped: World) -> None:
        """A press that brought documents there takes nothing out again."""
        stopped.enter_books(customer("PICNIC-LTD"))
        cured = press(stopped, "retry")
        stopped.settle()
        assert cured.number is not None

        with pytest.raises(UsageError, match="cannot be taken back"):
            inbox.take_back_done(stopped.hub, cured.number, "Ben")
        stopped.check_exactly_once("SO-1", "SO-2", "SO-3")


class TestCures:
    def test_listed_and_taken_back_once(self, stopped: World) -> None:
        """Each is kept with who did what; taken back, the second who tries hears of the first."""
        cured = press(stopped, "skip", "By hand")
        (done,) = inbox.cures_done(stopped.hub)
        assert (done.id, done.actor, done.sentence) == (cured.number, ACTOR, cured.sentence)
        inbox.take_back_done(stopped.hub, done.id, "Ben")

        assert inbox.cures_done(stopped.hub)[0].undone_by == "Ben"
        with pytest.raises(UsageError, match="Ben has taken it back already"):
            inbox.take_back_done(stopped.hub, done.id, "Cleo")

    def test_a_number_given_since_stays(self, stopped: World) -> None:
        """Anna's number is too long; Ben gives another one, which her way back leaves."""
        stopped.order("SO-0041-REPLACEMENT", "PICNIC", "2 BOLT 1.50")
        stopped.sync()
        anna = self.number(stopped, "SO-41-REPLACEMENT", "Anna")
        stopped.sync()
        ben = self.number(stopped, "SO-41", "Ben")

        with pytest.raises(UsageError, match="Somebody has corrected it anew since"):
            inbox.take_back_done(stopped.hub, anna, "Anna")
        told = inbox.take_back_done(stopped.hub, ben, "Ben")
        assert told.startswith("They bear the number again that they had before")
        transfer = stopped.row("SO-0041-REPLACEMENT").id
        (shown,) = [
            each.value
            for each in desk.editable(stopped.hub, transfer).fields
            if each.key == "number"
        ]
        assert shown == "SO-41-REPLACEMENT"

    def number(self, world: World, number: str, actor: str) -> int:
        """Somebody gives the order that stopped over its number another one."""
        (case,) = [each for each in inbox.cases(world.hub) if each.code == "number-too-long"]
        asked = Asked(choice="number", answer=number, stand=case.stand)
        cured = inbox.cure(world.hub, case.key, asked, actor)
        assert cured.number is not None
        return cured.number

    def test_kept_for_thirty_days(self, stopped: World) -> None:
        """What is older is let go when the next one is done."""
        press(stopped, "skip", "By hand")
        stopped.clock.advance(days=31)
        stopped.order("SO-9", "NOBODY", "2 BOLT 1.50")
        stopped.sync()
        press(stopped, "skip", "By hand")

        assert len(inbox.cures_done(stopped.hub)) == 1


class TestVeryMany:
    def test_in_batches_of_bounded_transactions(
        self, stopped: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Each batch is a transaction of its own; together they are one answer."""
        monkeypatch.setattr(_outcomes, "BATCH", 2)
        ids = [row.id for row in views.rows(stopped.hub)]
        with counted(stopped.hub.database, monkeypatch) as written:
            told = desk.skip(stopped.hub, ids, ACTOR)

        assert told.released == tuple(ids)
        assert len(written) == 2

    def test_what_was_not_reached_is_told(
        self, stopped: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where a batch cannot be written, those before it stay done, and the rest is counted."""
        monkeypatch.setattr(_outcomes, "BATCH", 2)
        ids = [row.id for row in views.rows(stopped.hub)]
        with counted(stopped.hub.database, monkeypatch, fails_at=2):
            told = desk.skip(stopped.hub, ids, ACTOR)

        assert len(told.released) == 2
        assert told.left[0].number == "1 more document"
        assert "Do the same once more to go on" in told.left[0].words
        assert desk.skip(stopped.hub, ids, ACTOR).released == (ids[2],)

    def test_what_goes_meanwhile_undoes_nothing(
        self, stopped: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A later batch that fits no longer is told beside what was done before it."""
        monkeypatch.setattr(_outcomes, "BATCH", 2)
        ids = [row.id for row in views.rows(stopped.hub)]
        batches = iter([Released(released=tuple(ids[:2]))])

        def carry_out(_tx: Connection, _found: Sequence[Sourced]) -> Released:
            if (done := next(batches, None)) is None:
                raise UsageError("There is no link 1.")
            return done

        told = _outcomes.in_batches(stopped.hub, ids, carry_out)

        assert told.released == tuple(ids[:2])
        assert told.left[0].words.startswith("Not reached, and as before: There is no link 1.")
        with pytest.raises(UsageError, match="no link 1"):
            _outcomes.in_batches(stopped.hub, ids, carry_out)

    def test_one_that_is_not_there_stops_all(self, stopped: World) -> None:
        """A number that nothing has is told before anything is done."""
        ids = [row.id for row in views.rows(stopped.hub)]
        with pytest.raises(UsageError, match="no transfer 99"):
            desk.skip(stopped.hub, [*ids, 99], ACTOR)
        assert set(stopped.states().values()) == {"refused"}


@contextmanager
def counted(
    database: Database, monkeypatch: pytest.MonkeyPatch, *, fails_at: int = 0
) -> Iterator[list[Connection]]:
    """Count transactions that write; one of them may fail as a disk does that is full."""
    begun: list[Connection] = []
    writing = database.writing

    @contextmanager
    def counting() -> Iterator[Connection]:
        if len(begun) + 1 == fails_at:
            begun.append(begun[-1])
            raise LedgerError("The disk is full.")
        with writing() as tx:
            begun.append(tx)
            yield tx

    with monkeypatch.context() as patch:
        patch.setattr(database, "writing", counting)
        yield begun


class TestNames:
    def test_a_late_way_back_leaves_a_newer_decision(self, stopped: World) -> None:
        """Somebody has decided anew since: theirs holds, and whoever was late hears of it."""
        with stopped.hub.database.reading() as tx:
            (record,) = [
                each.id
                for each in directory.every(tx, stopped.books_id, RecordKind.CUSTOMER, text="")
            ]
        left = [Said(id=record, decision=Decision.LEAVE)]
        desk.say_counterparts(stopped.hub, stopped.link, "customers", left, ACTOR)
        made = desk.decisions_on(stopped.hub, stopped.link, "customers", [record])
        desk.say_counterparts(stopped.hub, stopped.link, "customers", left, "Ben")

        with pytest.raises(UsageError, match="Ben has decided anew about “PICNIC” since"):
            desk.take_back_records(
                stopped.hub, stopped.link, "customers", [record], ACTOR, made=made
            )
        now = desk.decisions_on(stopped.hub, stopped.link, "customers", [record])
        assert now != made


class TestRuns:
    def test_ends_after_the_batch_on_its_way(self, open_company: OpenWorld) -> None:
        """What left arrives once; what waits is told, and goes with the next run."""
        world = open_company(*STRICT, "sales-order-out.create_missing_customers=true")
        world.enter_books(service("BOLT", "1.25"))
        world.orders(3)
        world.read_operations()
        stopped = iter([True])

        def stop(text: str, _result: object) -> None:
            if "<CustomerAddRq" in text and next(stopped, False):
                (run,) = [each.id for each in views.runs_page(world.hub, how="on")]
                assert "ends once the batch" in ending_early.stop(world.hub, run, "Anna")
                assert "Anna has stopped it already" in ending_early.stop(world.hub, run, "Ben")

        world.counter.hears = stop
        world.run_web_connector()
        world.counter.hears = None
        run = next(each for each in views.runs_page(world.hub, everything=True) if each.stopped_by)

        assert str(run.problem) == (
            "Anna stopped it after the batch that was on its way. 3 documents wait for the next run."
        )
        assert world.booked() == []
        with pytest.raises(UsageError, match="has ended already"):
            ending_early.stop(world.hub, run.id, "Anna")
        world.settle()
        world.check_exactly_once("SO-1", "SO-2", "SO-3")

    def test_of_a_system_that_we_call(self, world: World) -> None:
        """A drive asks nothing more either, and its connection has no fault."""
        world.orders(1)
        stopped = iter([True])

        def stop(_request: object) -> None:
            (run,) = [each.id for each in views.runs_page(world.hub, how="on")][:1] or (0,)
            if run and next(stopped, False):
                ending_early.stop(world.hub, run, "Anna")

        world.shop_line.hears = stop
        report = world.read_operations()
        world.shop_line.hears = None
        (run,) = [each for each in views.runs_page(world.hub, everything=True) if each.stopped_by]

        assert (run.is_on, report.problem) == (False, None)
        assert str(run.problem).startswith("Anna stopped it after the batch")

    def test_no_such_run(self, world: World) -> None:
        """A number that no run has is told."""
        with pytest.raises(UsageError, match="no run 99"):
            ending_early.stop(world.hub, 99, "Anna")
