"""Deliberate faults: the product without one of its safeguards, and who notices.

A net is as good as what it catches.  Each row takes one named safeguard out of the running
program; ``test_faults`` then plays the seeds that are known to catch it (or the named test,
where no simulated life can reach it) and fails unless something did not hold.

``python -m tests.simulation.trying`` tries all of them and prints how many are caught.
"""

# ruff: noqa: SLF001 - safeguards are taken out where they stand

from __future__ import annotations

import builtins
import sys
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec
import pytest
from sqlalchemy import select

from counterfoil.connectors.quickbooks_desktop import messages
from counterfoil.engine import (
    confirming,
    creating,
    deciding,
    drafting,
    moving,
    planning,
    settlement,
    settling,
    standpoint,
)
from counterfoil.engine.asked import Asked, Kind
from counterfoil.engine.deciding import Target as Seen
from counterfoil.engine.life import Standing
from counterfoil.engine.operations import Conflict, CreateRecord, Done, Missing, Page
from counterfoil.engine.reading import Reading
from counterfoil.hub import (
    answered_readings,
    answering,
    clocks,
    desktop_answers,
    drive,
    holding,
    intake,
    planned,
    readings_due,
    recording,
    restored,
    watching,
)
from counterfoil.hub.desk import _undoing
from counterfoil.hub.systems import quickbooks_desktop_target
from counterfoil.ledger import connections, exchanges, runs, transfers
from counterfoil.ledger.schema import transfer

__all__ = ["FAULTS", "Fault", "fault_named"]

Breaks = Callable[[pytest.MonkeyPatch], None]


class Fault(NamedTuple):
    """A safeguard, and how to take it out.

    Attributes:
        name: What is wrong then.
        breaks: Takes the safeguard out until the patch is undone.
        seeds: Lives that are known to notice, the quickest first.
        test: Where no simulated life notices, or not for certain: the test that does.
    """

    name: str
    breaks: Breaks
    seeds: tuple[int, ...] = ()
    test: str | None = None


# --- Readings -----------------------------------------------------------------------------


def _no_reading_after_a_recovery(patch: pytest.MonkeyPatch) -> None:
    """What a lost batch did is learnt, and the lists are taken for what they were before."""
    take_recovery, anew = answering._take_recovery, answered_readings.anew
    recovering: list[bool] = []

    def recovered(*arguments: Any) -> int:
        recovering.append(True)
        return take_recovery(*arguments)

    def not_anew(tx: Any, run: Any) -> Any:
        if recovering:
            recovering.clear()
            return runs.load(tx, run.id).facts
        return anew(tx, run)

    patch.setattr(answering, "_take_recovery", recovered)
    patch.setattr(answered_readings, "anew", not_anew)


def _no_reading_after_a_lost_creation(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(answering, "_lost_something", lambda asked, outcomes: False)


def _holes_between_retrievals(patch: pytest.MonkeyPatch) -> None:
    """A retrieval begins at the day that a person named, whatever was read before."""

    def later(*values: Any, **more: Any) -> Any:
        asks = sys._getframe(1).f_code.co_name == "_wanted_documents"
        return values[0] if asks else builtins.min(*values, **more)

    patch.setattr(readings_due, "min", later, raising=False)


def _watch_is_not_required(patch: pytest.MonkeyPatch) -> None:
    plan_next = planned.plan_next

    def anything(*arguments: Any, **_more: Any) -> Any:
        return plan_next(*arguments, may_create=None)

    patch.setattr(planned, "plan_next", anything)


def _half_a_reading_counts(patch: pytest.MonkeyPatch) -> None:
    """A reading is complete although its pages did not come."""

    def all_complete(readings: Sequence[Reading], answered: Mapping[str, Any]) -> Any:
        return (), tuple(readings)

    patch.setattr(answered_readings, "next_page", all_complete)


def _own_documents_come_back(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(intake, "_from_us", lambda *arguments: set())


def _cursors_believe_any_clock(patch: pytest.MonkeyPatch) -> None:
    def reached(latest: Any, before: Any, *_arguments: Any, **_named: Any) -> Any:
        return max((each for each in (latest, before) if each is not None), default=None)

    patch.setattr(clocks, "reached", reached)


def _no_look_back_in_older_books(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(restored, "look_back", lambda tx, connection: "It seems to be an older copy.")
    patch.setattr(restored, "take_last", lambda *arguments: None)


# --- Answers ------------------------------------------------------------------------------


def _unreadable_is_an_answer(patch: pytest.MonkeyPatch) -> None:
    """A write whose answer cannot be read counts as answered: with nothing."""
    patch.setattr(desktop_answers, "_is_unreadable", lambda exchange, outcomes: False)


def _unkept_is_missing(patch: pytest.MonkeyPatch) -> None:
    """That QuickBooks keeps no answer (9002) is read as: nothing of it ever ran."""
    read_answer = messages.read_answer

    def read(asked: Sequence[Asked], text: str, **more: Any) -> Mapping[str, Any]:
        outcomes = read_answer(asked, text, **more)
        if 'messageSetStatusCode="9002"' not in text:
            return outcomes
        return {
            each.wire_id: Done(page=Page()) if each.kind is Kind.FIND else Missing()
            for each in asked
        }

    patch.setattr(messages, "read_answer", read)
    patch.setattr(answering, "_looked_for", lambda asked, outcomes: outcomes)


def _any_answer_is_taken(patch: pytest.MonkeyPatch) -> None:
    """The answer to another message set is taken for this one's."""
    patch.setattr(desktop_answers.Answered, "is_anothers", property(lambda self: False))
    read_answer = messages.read_answer

    def read(asked: Sequence[Asked], text: str, **more: Any) -> Mapping[str, Any]:
        return read_answer(asked, text, **{**more, "key": None})

    patch.setattr(messages, "read_answer", read)


def _young_writes_are_believed_gone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(holding, "held_until", lambda *arguments: None)


def _lost_is_absent(patch: pytest.MonkeyPatch) -> None:
    """A lost create is sent again without anybody having looked for it."""
    lose = answering.lose

    def lost(tx: Any, exchange: Any, target: Any, now: Any, why: str) -> None:
        if not exchange.writes:
            lose(tx, exchange, target, now, why)
            return
        asked = exchanges.asked(tx, exchange.id)
        exchanges.answer(tx, exchange.id, state="lost", now=now, problem=why)
        connection = connections.load(tx, exchange.connection_id)
        assert connection is not None
        gone = answering.never_ran(asked, why)
        answering._settle(tx, connection, exchange, asked, gone, target, now)

    patch.setattr(answering, "lose", lost)


# --- What is ours -------------------------------------------------------------------------


def _number_is_identity(patch: pytest.MonkeyPatch) -> None:
    """Whatever bears our number counts as ours, whatever its mark."""
    patch.setattr(confirming, "bears_mark", lambda marks, document, page: True)


def _numbers_are_not_looked_up(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(drafting.Work, "must_check_number", property(lambda self: False))


def _marks_are_random(patch: pytest.MonkeyPatch) -> None:
    """Every create bears a new mark, which only this copy of the ledger knows."""

    def random_key(self: drafting.Work) -> str:
        return self.transfer.key or "{" + str(uuid.uuid4()) + "}"

    patch.setattr(drafting.Work, "key", property(random_key))


def _one_document_for_two(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(
        recording, "_without_taken", lambda tx, connection, waiting, settled, now: settled
    )


# --- What people did ----------------------------------------------------------------------


def _a_change_is_no_news(patch: pytest.MonkeyPatch) -> None:
    """What somebody changed in the target after a wish was made does not end the wish."""
    patch.setattr(settlement, "is_news", lambda before, after: False)
    patch.setattr(watching, "is_news", lambda before, after: False)


def _the_target_is_never_looked_at(patch: pytest.MonkeyPatch) -> None:
    """An update is made whatever somebody wrote there."""
    told = standpoint.Standpoint._target

    def unseen(self: standpoint.Standpoint) -> Seen:
        found = told(self)
        return Seen.AS_WRITTEN if found is Seen.OTHER else found

    patch.setattr(standpoint.Standpoint, "_target", unseen)


def _the_newest_revision_is_taken(patch: pytest.MonkeyPatch) -> None:
    """A change that the target refuses, for it holds another revision, is made all the same."""
    written = settling._Settler._written

    def forced(self: Any, each: Asked, transfer: int, outcome: Any) -> None:
        if isinstance(outcome, Conflict):
            kept = self.changes.standpoint(transfer).pairing
            outcome = Done(id=kept.target_id, number=kept.number, total=kept.total)
        written(self, each, transfer, outcome)

    patch.setattr(settling._Settler, "_written", forced)


def _pairings_outlive_a_void(patch: pytest.MonkeyPatch) -> None:
    fulfilled = moving._fulfilled

    def kept(transfer: Any) -> dict[str, Any]:
        changes = fulfilled(transfer)
        return changes | {"generation": transfer.generation} if "generation" in changes else changes

    patch.setattr(moving, "_fulfilled", kept)


def _wishes_in_flight_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    undone = _undoing._undone

    def only_at_rest(tx: Any, each: Any, *arguments: Any, **more: Any) -> Any:
        after, sentence = undone(tx, each, *arguments, **more)
        flies = each.transfer.standing is Standing.IN_FLIGHT
        kept = msgspec.structs.replace(each.transfer, released_at=after.released_at)
        return (kept if flies else after), sentence

    patch.setattr(_undoing, "_undone", only_at_rest)


def _rules_are_asked_once(patch: pytest.MonkeyPatch) -> None:
    """What is about to be written is not decided anew: it may be called off by now."""
    patch.setattr(planning, "reconsider", lambda transfer, at, now: transfer)


def _gone_at_the_source_is_not_seen(patch: pytest.MonkeyPatch) -> None:
    rows = tuple(
        row for row in deciding.DECISIONS if not row.name.startswith("not landed, gone at its")
    )
    patch.setattr(deciding, "DECISIONS", rows)


# --- Before it leaves ---------------------------------------------------------------------


def _creations_are_not_checked(patch: pytest.MonkeyPatch) -> None:
    checks = quickbooks_desktop_target._check

    def lax(writer: messages.Writer) -> Callable[[Any, Any], Any]:
        checked = checks(writer)

        def check(operation: Any, settings: Any) -> Any:
            return None if isinstance(operation, CreateRecord) else checked(operation, settings)

        return check

    patch.setattr(quickbooks_desktop_target, "_check", lax)


def _two_use_one_number(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(creating, "_number_in_use", lambda packing, work: False)


# --- Who may work -------------------------------------------------------------------------


def _leases_are_not_checked(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(drive._Lease, "hold", lambda self, tx: None)


def _versions_are_not_compared(patch: pytest.MonkeyPatch) -> None:
    saving = transfers._saving

    class Blind:
        """Stores rows whatever version they have by now."""

        def __init__(self, columns: tuple[str, ...]) -> None:
            self._save = saving(columns)

        def many(self, tx: Any, rows: Sequence[dict[str, Any]]) -> int:
            for row in rows:
                found = select(transfer.c.version)
                now = tx.scalar(found.where(transfer.c.id == row["row"]))
                self._save.many(tx, [{**row, "was": now}])
            return len(rows)

    patch.setattr(transfers, "_saving", Blind)


# --- The table ----------------------------------------------------------------------------

_LOST: Final = "tests/hub/test_lost_answers.py"

FAULTS: Final[tuple[Fault, ...]] = (
    Fault(
        "the lists are not read again after a recovery",
        _no_reading_after_a_recovery,
        seeds=(49, 59),
        test=f"{_LOST}::test_the_lists_are_read_again_after_a_recovery",
    ),
    Fault(
        "the lists are not read again after a lost creation",
        _no_reading_after_a_lost_creation,
        seeds=(18, 29),
        test=f"{_LOST}::test_the_lists_are_read_again_after_a_lost_creation",
    ),
    Fault(
        "a hole between two retrievals",
        _holes_between_retrievals,
        seeds=(1,),
        test="tests/hub/test_inward.py::TestWhen::test_a_date_leaves_no_hole_before_it",
    ),
    Fault("creations are not checked", _creations_are_not_checked, seeds=(1,)),
    Fault(
        "an answer that cannot be read is an answer",
        _unreadable_is_an_answer,
        seeds=(7, 73),
        test=f"{_LOST}::test_an_answer_that_cannot_be_read_is_asked_for_again",
    ),
    Fault(
        "9002 is believed at once",
        _unkept_is_missing,
        seeds=(1,),
        test="tests/connectors/quickbooks_desktop/messages/test_answers.py::TestSilence",
    ),
    Fault("a document of our number is ours", _number_is_identity, seeds=(5,)),
    Fault(
        "nothing is held back",
        _young_writes_are_believed_gone,
        test="tests/hub/test_holding.py",
    ),
    Fault(
        "creating without having watched",
        _watch_is_not_required,
        test="tests/hub/test_restored.py::TestOlderLedger::test_nothing_is_created_before_it_was_read",
    ),
    Fault("numbers are not looked up", _numbers_are_not_looked_up, seeds=(3,)),
    Fault(
        "half a reading is complete",
        _half_a_reading_counts,
        seeds=(1,),
    ),
    Fault(
        "a change there is no news",
        _a_change_is_no_news,
        test="tests/engine/test_settling.py::TestConflict",
    ),
    Fault(
        "a change there is not looked at",
        _the_target_is_never_looked_at,
        test="tests/engine/test_design_stories.py",
    ),
    Fault(
        "a conflict counts as done",
        _the_newest_revision_is_taken,
        test="tests/engine/test_settling.py::TestConflict",
    ),
    Fault(
        "pairings outlive a void",
        _pairings_outlive_a_void,
        test="tests/engine/test_design_stories.py::TestCancelVoidUndo",
    ),
    Fault(
        "wishes in flight are forgotten",
        _wishes_in_flight_are_forgotten,
        test=f"{_LOST}::test_an_order_that_was_undone_on_its_way_is_taken_out",
    ),
    Fault(
        "leases are not checked",
        _leases_are_not_checked,
        test="tests/hub/test_inward.py::TestLease::test_a_drive_that_takes_too_long_loses_its_place",
    ),
    Fault(
        "versions are not compared",
        _versions_are_not_compared,
        test="tests/ledger/test_transfers.py::TestSave::test_refused_when_somebody_else_moved_one",
    ),
    Fault(
        "marks are random", _marks_are_random, test="tests/hub/test_restored.py::TestOlderLedger"
    ),
    Fault(
        "the answer to another set is taken",
        _any_answer_is_taken,
        test="tests/hub/test_desktop_run.py::TestAnswers",
    ),
    Fault(
        "a lost create is sent again",
        _lost_is_absent,
        test=f"{_LOST}::test_an_answer_that_cannot_be_read_is_asked_for_again",
    ),
    Fault("our own documents come back", _own_documents_come_back, seeds=(1,)),
    Fault(
        "cursors believe any clock",
        _cursors_believe_any_clock,
        seeds=(1,),
    ),
    Fault(
        "older books are not looked through",
        _no_look_back_in_older_books,
        test="tests/hub/test_restored.py::TestOlderBooks"
        "::test_nothing_is_written_before_somebody_says_that_it_is_right[documents]",
    ),
    Fault(
        "one document for two transfers",
        _one_document_for_two,
        test=f"{_LOST}::test_an_answer_that_names_the_document_of_another_order",
    ),
    Fault(
        "two documents use one number",
        _two_use_one_number,
        test="tests/engine/test_planning.py::TestNumbers",
    ),
    Fault(
        "the rules are asked only once",
        _rules_are_asked_once,
        test="tests/engine/test_planning_changes.py::TestUpdate",
    ),
    Fault(
        "deleted orders are sent",
        _gone_at_the_source_is_not_seen,
        test="tests/engine/test_deciding.py::TestProduct::test_it_comes_to_rest",
    ),
)


def fault_named(name: str) -> Fault:
    """Give the row of a name."""
    return next(each for each in FAULTS if each.name == name)
