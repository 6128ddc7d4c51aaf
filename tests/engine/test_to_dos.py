"""Things to be done about errors: when they are made, completed and tried again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from counterfoil.documents import refuse
from counterfoil.engine.life import Event, State
from counterfoil.engine.operations import Busy, Done, Missing, Outcome, Refused, Unknown
from counterfoil.engine.to_dos import (
    ToDo,
    ToDoWrite,
    advance_to_do,
    answered,
    mark_of,
    over,
    wanted_again,
)

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
NO = refuse("nothing-to-send", document="order")
CREATE, COMPLETE = ToDoWrite.CREATE, ToDoWrite.COMPLETE


def to_do(state: State = State.READY, write: ToDoWrite = CREATE, **more: object) -> ToDo:
    made = ToDo(
        id=1,
        link=1,
        target=2,
        kind="per_cause",
        subject="a",
        text="Do it.",
        action_type="Phone Call",
        assignee="ada",
        made_at=NOW,
        state_since=NOW,
        state=state,
        write=write,
        record_id="7" if write is COMPLETE or state is State.DONE else None,
    )
    for name, value in more.items():
        made = type(made)(**{**{f: getattr(made, f) for f in made.__struct_fields__}, name: value})
    return made


class TestAnswers:
    @pytest.mark.parametrize(
        "write, state, outcome, becomes",
        [
            (CREATE, State.SENDING, Done(id="9"), State.DONE),
            (CREATE, State.SENDING, Missing(), State.READY),
            (CREATE, State.SENDING, Refused(NO), State.REFUSED),
            (CREATE, State.SENDING, Busy("later"), State.WAITING),
            (CREATE, State.SENDING, Unknown("lost"), State.UNKNOWN),
            (CREATE, State.SENDING, Done(), State.UNKNOWN),
            (CREATE, State.CONFIRMING, Done(id="9"), State.DONE),
            (CREATE, State.CONFIRMING, Missing(), State.READY),
            # That a question was refused says nothing of the write.
            (CREATE, State.CONFIRMING, Refused(NO), State.UNKNOWN),
            (CREATE, State.CONFIRMING, Busy("later"), State.UNKNOWN),
            (COMPLETE, State.SENDING, Done(id="7"), State.DONE),
            # Somebody took it away: nothing is left to be done.
            (COMPLETE, State.SENDING, Missing(), State.DONE),
            (COMPLETE, State.CONFIRMING, Missing(), State.READY),
            (CREATE, State.READY, Done(id="9"), State.READY),
        ],
    )
    def test_an_answer(
        self, write: ToDoWrite, state: State, outcome: Outcome, becomes: State
    ) -> None:
        """OP13: every answer leads somewhere, and silence never to a second to-do."""
        after = answered(to_do(state, write), outcome, NOW, "Autotask")

        assert after.state is becomes
        is_completed = write is COMPLETE and becomes is State.DONE
        assert (after.closed_at is not None) is is_completed


class TestWanted:
    @pytest.mark.parametrize(
        "state, write, becomes, closes",
        [
            (State.READY, CREATE, (State.SKIPPED, CREATE), True),
            (State.REFUSED, CREATE, (State.SKIPPED, CREATE), True),
            (State.DONE, CREATE, (State.READY, COMPLETE), False),
            (State.SENDING, CREATE, (State.SENDING, CREATE), False),
            (State.UNKNOWN, CREATE, (State.UNKNOWN, CREATE), False),
            (State.READY, COMPLETE, (State.READY, COMPLETE), False),
        ],
    )
    def test_its_cause_is_over(
        self, state: State, write: ToDoWrite, becomes: tuple[State, ToDoWrite], closes: bool
    ) -> None:
        """OP13: what was never made is called off, what is there completed, what flies awaited."""
        after = over(to_do(state, write), NOW)

        assert (after.state, after.write) == becomes
        assert (after.closed_at is not None) is closes

    def test_its_cause_came_back(self) -> None:
        """OP13: one whose completion has not left stays open, the same one."""
        after = wanted_again(over(to_do(State.DONE), NOW), "Do it.", "Phone Call", "ada", NOW)

        assert (after.state, after.write, after.record_id) == (State.DONE, CREATE, "7")

    @pytest.mark.parametrize(
        "assignee, days, becomes",
        [("ada", 0, State.REFUSED), ("bob", 0, State.READY), ("ada", 2, State.READY)],
    )
    def test_one_that_was_refused(self, assignee: str, days: int, becomes: State) -> None:
        """OP13: it is tried again under other settings, and once a day."""
        refused = advance_to_do(to_do(State.SENDING), Event.DECLINED, NOW, refusal=NO)
        now = NOW + timedelta(days=days)
        after = wanted_again(refused, "Do it.", "Phone Call", assignee, now)

        assert (after.state, after.assignee) == (becomes, assignee)


def test_a_mark_says_what_it_is_about() -> None:
    """The same subject of the same tenant has the same mark, whichever ledger makes it."""
    marks = {
        mark_of("tenant", "per_cause", "a"),
        mark_of("tenant", "per_cause", "a"),
        mark_of("tenant", "per_cause", "b"),
        mark_of("tenant", "per_error", "a"),
        mark_of("other", "per_cause", "a"),
    }

    assert len(marks) == 4
