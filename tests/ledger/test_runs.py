"""Runs: their tickets and agendas, how far reading has come, and what is kept of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import update

from counterfoil.documents import DocumentKind, RecordKind
from counterfoil.engine.asked import Asked, Kind
from counterfoil.engine.life import State
from counterfoil.engine.reading import DELETIONS, Reading
from counterfoil.errors import LedgerError
from counterfoil.ledger import exchanges, runs
from counterfoil.ledger.runs import RunState
from counterfoil.ledger.schema import exchange, operation, run
from counterfoil.told import Told
from tests.ledger.builders import DAY, MINUTE, World, creation, moved, rows_in
from tests.support.builders import NOW


def begin(world: World, **changes: str) -> int:
    """Begin a run on the books."""
    with world.ledger.writing() as tx:
        return runs.begin(tx, world.books, changes.pop("trigger", "schedule"), NOW, **changes)


def load(world: World, of: int) -> runs.Run:
    """A run as stored."""
    with world.ledger.reading() as tx:
        return runs.load(tx, of)


def end(world: World, *ids: int, **changes: Any) -> None:
    """End runs."""
    with world.ledger.writing() as tx:
        for each in ids:
            runs.change(tx, each, NOW + MINUTE, ended_at=NOW + MINUTE, **changes)


class TestTickets:
    def test_a_run_is_found_by_its_ticket(self, world: World) -> None:
        """The ticket's hash leads to the run, also after its end; another leads nowhere."""
        made = begin(world, trigger="web-connector", ticket_hash="h" * 64, expects="serverVersion")
        end(world, made, expects=None)

        with world.ledger.writing() as tx:
            found = runs.by_ticket(tx, "h" * 64)
            assert runs.by_ticket(tx, "x" * 64) is None
        assert found == runs.Run(
            id=made,
            connection=world.books,
            trigger="web-connector",
            started_at=NOW,
            touched_at=NOW + MINUTE,
            ended_at=NOW + MINUTE,
            expects=None,
            agenda=None,
            facts=RunState(),
            round_trips=0,
            settled=0,
            connection_errors=0,
            problem=None,
        )

    def test_a_ticket_is_one_runs(self, world: World) -> None:
        """Two runs cannot have the same ticket; any number can have none."""
        begin(world, ticket_hash="h" * 64)
        begin(world)
        begin(world)

        with pytest.raises(LedgerError):
            begin(world, ticket_hash="h" * 64)

    def test_others_end_when_one_begins(self, world: World) -> None:
        """A connector that was cut off leaves a run that its next session ends, saying so."""
        left = begin(world, trigger="web-connector", expects="sendRequestXML")
        end(world, world.run)
        with world.ledger.writing() as tx:
            assert runs.end_others(tx, world.books, NOW + MINUTE, "cut off") == [left]
            assert runs.end_others(tx, world.books, NOW + MINUTE, "cut off") == []

        ended = load(world, left)
        assert (ended.ended_at, ended.problem, ended.expects) == (
            NOW + MINUTE,
            Told("cut off"),
            None,
        )
        assert load(world, world.run).problem is None

    def test_newest_first(self, world: World) -> None:
        """A connection's runs are listed newest first."""
        made = begin(world)

        with world.ledger.reading() as tx:
            assert [each.id for each in runs.recent(tx, world.books, 10)] == [made, world.run]
            assert [each.id for each in runs.recent(tx, world.books, 1)] == [made]
            assert runs.recent(tx, world.operations, 10) == []


class TestAgenda:
    AGENDA = (
        Reading(cursor="records/item", records=RecordKind.ITEM, page="{token}"),
        Reading(
            cursor="documents/sales-order",
            documents=DocumentKind.SALES_ORDER,
            since=datetime(2026, 3, 1, 8, 30),  # noqa: DTZ001 - the system's own wall clock
            latest=datetime(2026, 3, 2, 8, 30, 1),  # noqa: DTZ001 - the system's own wall clock
            requests=(4, 5),
        ),
        Reading(cursor=DELETIONS),
    )

    def test_comes_back_as_it_was(self, world: World) -> None:
        """What is still to be read survives between two calls, wall clocks without a zone."""
        facts = RunState(agenda_made=True, country="US")
        with world.ledger.writing() as tx:
            runs.change(tx, world.run, NOW, agenda=self.AGENDA, facts=facts, round_trips=3)

        found = load(world, world.run)
        assert found.agenda == self.AGENDA
        assert found.facts == facts
        assert found.round_trips == 3

    def test_none_made_is_not_an_empty_one(self, world: World) -> None:
        """A run whose agenda is done differs from one that has not made it."""
        assert load(world, world.run).agenda is None
        with world.ledger.writing() as tx:
            runs.change(tx, world.run, NOW, agenda=[], facts=RunState(agenda_made=True))

        assert load(world, world.run).agenda == ()


class TestState:
    def test_changes_by_name(self, world: World) -> None:
        """What is remembered changes alone; everything else a run knows stays."""
        with world.ledger.writing() as tx:
            runs.remember(tx, world.run, NOW, version="16.0", batch_limit=25)
            known = runs.remember(tx, world.run, NOW, batch_limit=50, went_on=True)

        assert known == RunState(version="16.0", batch_limit=50, went_on=True)
        assert load(world, world.run).facts == known

    def test_what_an_older_version_kept_is_read(self, world: World) -> None:
        """Words that this version does not know are passed over."""
        with world.ledger.writing() as tx:
            old = {"version": "13.0", "country": "US", "agenda_made": True, "colour": "red"}
            tx.execute(update(run).where(run.c.id == world.run).values(facts=old))

        expected = RunState(version="13.0", country="US", agenda_made=True)
        assert load(world, world.run).facts == expected

    def test_a_word_nobody_knows_is_a_mistake(self, world: World) -> None:
        """It would be kept and never read."""
        with pytest.raises(TypeError), world.ledger.writing() as tx:
            runs.remember(tx, world.run, NOW, colour="red")


class TestCursors:
    def at(self, minute: int) -> datetime:
        """A moment by the outside system's wall clock."""
        return datetime(2026, 3, 1, 8, minute)  # noqa: DTZ001 - the system's own wall clock

    def keep(self, world: World, *moved: tuple[str, datetime | None], later: int = 0) -> None:
        """Keep how far readings came."""
        with world.ledger.writing() as tx:
            runs.keep_cursors(tx, world.books, moved, NOW + later * MINUTE)

    def known(self, world: World) -> dict[str, tuple[datetime | None, datetime]]:
        """How far the books have been read."""
        with world.ledger.reading() as tx:
            assert runs.cursors(tx, world.operations) == {}
            return dict(runs.cursors(tx, world.books))

    def test_by_the_systems_own_clock(self, world: World) -> None:
        """A cursor holds the latest change in wall-clock time, and when it was read in ours."""
        self.keep(world, ("records/item", self.at(5)), ("records/class", None))

        assert self.known(world) == {
            "records/item": (self.at(5), NOW),
            "records/class": (None, NOW),
        }

    def test_as_far_as_it_is_told(self, world: World) -> None:
        """Back too: when the system's clock went back, whoever reads knows why."""
        self.keep(world, ("records/item", self.at(5)))
        self.keep(world, ("records/item", self.at(3)), later=1)

        assert self.known(world) == {"records/item": (self.at(3), NOW + MINUTE)}

    def test_one_cursor_told_twice(self, world: World) -> None:
        """Two readings under one cursor in one run come to the last that was told."""
        self.keep(
            world, ("documents/sales-order", self.at(2)), ("documents/sales-order", self.at(7))
        )

        assert self.known(world) == {"documents/sales-order": (self.at(7), NOW)}


class TestPrune:
    def prune(self, world: World, days: int = 0) -> int:
        """Drop what ended long ago; says how many went."""
        (before,) = rows_in(world.ledger, run)
        with world.ledger.writing() as tx:
            runs.prune(tx, NOW + days * DAY)
        return before - rows_in(world.ledger, run)[0]

    def read(self, world: World, of: int, *asked: Asked) -> None:
        """Let a run read something, answered."""
        reading = asked or (Asked(wire_id="1", kind=Kind.READ_RECORDS, subject="item"),)
        made = world.exchange(*reading, run=of, writes=False, key="")
        with world.ledger.writing() as tx:
            exchanges.answer(tx, made, state="answered", now=NOW)

    def test_runs_that_only_read_are_dropped(self, world: World) -> None:
        """An old run that read and wrote nothing goes, with its exchanges and operations."""
        idle = [begin(world) for _ in range(3)]
        begin(world)
        for each in idle:
            self.read(world, each)
        end(world, *idle)

        assert self.prune(world) == 0
        assert rows_in(world.ledger, run, exchange, operation) == [5, 3, 3]
        assert self.prune(world, days=1) == 3
        assert rows_in(world.ledger, run, exchange, operation) == [2, 0, 0]

    def test_what_was_done_for_a_document_stays(self, world: World) -> None:
        """Runs that wrote, asked for a document, or asked after a lost write are evidence."""
        (transfer,) = world.begin("SO1")
        wrote, looked, prepared, asked = (begin(world) for _ in range(4))
        lost = world.exchange(creation(transfer), run=wrote)
        self.read(world, looked, Asked(wire_id="1", kind=Kind.FIND, transfer=transfer.id))
        self.read(world, prepared, Asked(wire_id="1", kind=Kind.FIND, dependants=(transfer.id,)))
        world.exchange(run=asked, writes=False, recovers=lost)
        end(world, wrote, looked, prepared, asked)
        begin(world)

        assert self.prune(world, days=1) == 0

    def test_what_a_transfer_still_waits_for_stays(self, world: World) -> None:
        """A run whose exchange a transfer waits for is not dropped."""
        (transfer,) = world.begin("SO1")
        matching = begin(world)
        made = world.exchange(run=matching, writes=False)
        world.save((transfer, moved(transfer, State.MATCHING, exchange=made)))
        end(world, matching)
        begin(world)

        assert self.prune(world, days=1) == 0

    def test_what_stays_is_looked_at_once(self, world: World) -> None:
        """Evidence and problems are judged when they are old enough, and never again."""
        (transfer,) = world.begin("SO1")
        wrote, failed = begin(world), begin(world)
        world.exchange(creation(transfer), run=wrote)
        end(world, wrote)
        end(world, failed, problem="wrong company file")
        begin(world)

        with world.ledger.writing() as tx:
            assert [runs.prune(tx, NOW + DAY) for _ in range(2)] == [2, 0]

    def test_a_page_at_a_time(self, world: World) -> None:
        """So many and no more, the oldest first; the next call goes on."""
        idle = [begin(world) for _ in range(5)]
        begin(world)
        end(world, *idle)

        with world.ledger.writing() as tx:
            assert [runs.prune(tx, NOW + DAY, 2) for _ in range(4)] == [2, 2, 1, 0]

    def test_problems_open_runs_and_the_last_one_stay(self, world: World) -> None:
        """Kept are runs with a problem, runs not ended, and each connection's last."""
        failed, open_, last = (begin(world) for _ in range(3))
        end(world, world.run, last)
        end(world, failed, problem="wrong company file")

        assert self.prune(world, days=1) == 1
        with world.ledger.reading() as tx:
            assert [each.id for each in runs.recent(tx, world.books, 9)] == [last, open_, failed]
