"""How a write fares: what the table allows, and what it must never allow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.engine.life import (
    DECIDE,
    FAMILY_AGE_LIMIT,
    STATES,
    TABLE,
    Effect,
    Event,
    Owner,
    Standing,
    State,
    Step,
    retry_delay,
    states_that_are,
    step,
)

# What can happen to a write, by state.  A row that is added to or taken from the table has
# to be added or taken here, too, and so cannot come about unnoticed; all other pairs are
# impossible: only a mistake of ours leads there.
POSSIBLE = {
    State.HELD: "overdue",
    State.READY: "match sent, write sent, written, declined, busy, awaits, called off, overdue",
    State.MATCHING: "match answered, written, conflict, declined, busy, unanswered, called off, "
    "overdue",
    State.SENDING: "written, entered, conflict, absent, declined, busy, unanswered, overdue",
    State.UNKNOWN: "asked, written, entered, unanswered, declined, overdue",
    State.CONFIRMING: "written, entered, unlinked, conflict, absent, declined, busy, unanswered, "
    "overdue",
    State.WAITING: "due, restarted, called off, overdue",
    State.DONE: "",
    State.CHANGED: "overdue",
    State.REFUSED: "restarted, called off, overdue",
    State.SKIPPED: "",
}
PAIRS = {
    (state, Event(word)) for state, words in POSSIBLE.items() for word in words.split(", ") if word
}

# What the other system, or a person who looked there, says of a write.
ANSWERS = {
    Event.WRITTEN,
    Event.ENTERED,
    Event.UNLINKED,
    Event.CONFLICT,
    Event.ABSENT,
    Event.DECLINED,
    Event.BUSY,
    Event.UNANSWERED,
    Event.ASKED,
}
# Where a decision can lead: to rest, or to a write that begins.
DECIDED = {*states_that_are(Standing.RESTING), State.READY, State.WAITING}
SETTLED = {state for state, traits in STATES.items() if traits.is_settled}


def reachable(
    starts: Iterable[State],
    follow: Callable[[State, Event, Step], bool] = lambda state, event, step: True,
) -> set[State]:
    """Give the states that can follow, along the cells that ``follow`` allows."""
    seen, open_ = set(starts), list(starts)
    while open_:
        state = open_.pop()
        after: set[State] = set()
        if STATES[state].standing is Standing.RESTING:
            after |= DECIDED
        for (before, event), cell in TABLE.items():
            if before is state and follow(before, event, cell):
                after |= DECIDED if not isinstance(cell.to, State) else {cell.to}
        open_ += sorted(after - seen)
        seen |= after
    return seen


class TestTable:
    @pytest.mark.parametrize("state", State)
    @pytest.mark.parametrize("event", Event)
    def test_every_pair_is_decided(self, state: State, event: Event) -> None:
        """Each state and event has a row, or can never happen and says so."""
        if (state, event) in PAIRS:
            assert step(state, event) is TABLE[state, event]
        else:
            assert (state, event) not in TABLE
            with pytest.raises(AssertionError, match=f"{state} cannot be {event}"):
                step(state, event)

    @pytest.mark.parametrize("event", Event)
    def test_every_event_can_happen_somewhere(self, event: Event) -> None:
        """No event is without any row."""
        assert [state for state in State if (state, event) in TABLE]

    @pytest.mark.parametrize("effect", Effect)
    def test_every_effect_is_used(self, effect: Effect) -> None:
        """No effect is without any row."""
        assert [cell for cell in TABLE.values() if effect in cell.effects]

    def test_what_rests_is_moved_by_facts_only(self) -> None:
        """A document at rest knows no events of a write; only its age is told."""
        rows = {
            (state, event)
            for state, event in TABLE
            if STATES[state].standing is Standing.RESTING and event is not Event.OVERDUE
        }

        assert rows == set()

    def test_whoever_has_not_left_can_be_called_off(self) -> None:
        """A write that is wanted or was refused can be called off; one in flight cannot."""
        called_off = {state for state, event in TABLE if event is Event.CALLED_OFF}

        assert called_off == set(states_that_are(Standing.WANTED, Standing.STOPPED))


class TestOnce:
    @pytest.mark.parametrize("start", [State.UNKNOWN, State.CONFIRMING])
    def test_an_unknown_write_is_never_sent_again(self, start: State) -> None:
        """From an unknown write no way leads to sending before its fate is known."""
        known = {Event.WRITTEN, Event.ABSENT, Event.CONFLICT, Event.UNLINKED, Event.DECLINED}

        found = reachable([start], lambda state, event, cell: event not in known)

        assert found == {State.UNKNOWN, State.CONFIRMING}

    def test_no_row_leads_from_unknown_to_sending(self) -> None:
        """Neither unknown nor confirming has a row to sending, whatever the event."""
        after = {
            cell.to
            for (state, _), cell in TABLE.items()
            if state in (State.UNKNOWN, State.CONFIRMING)
        }

        assert State.SENDING not in after
        assert State.READY not in after

    def test_only_a_question_says_that_it_never_happened(self) -> None:
        """What is unknown is believed absent only while a question is open about it."""
        believed = {state for state, event in TABLE if event is Event.ABSENT}

        assert believed == {State.SENDING, State.CONFIRMING}

    @pytest.mark.parametrize("state", states_that_are(Standing.IN_FLIGHT))
    def test_what_is_in_flight_is_moved_by_answers_only(self, state: State) -> None:
        """While a write is on its way no person, source or clock moves the transfer."""
        moved_by = {
            event
            for (before, event), cell in TABLE.items()
            if before is state and cell.to is not state
        }

        assert moved_by <= ANSWERS
        assert TABLE[state, Event.OVERDUE].to is state

    def test_sending_has_one_door(self) -> None:
        """Only a ready transfer is sent, only by a write that is recorded, and it is counted."""
        doors = {
            (state, event, cell.effects)
            for (state, event), cell in TABLE.items()
            if cell.to is State.SENDING and state is not State.SENDING
        }

        assert doors == {(State.READY, Event.WRITE_SENT, (Effect.COUNT,))}

    def test_whatever_is_found_in_the_target_is_paired(self) -> None:
        """Every row of a written document keeps what it became, and begins afresh."""
        for (state, event), cell in TABLE.items():
            if event is Event.WRITTEN:
                assert cell == Step(DECIDE, (Effect.PAIR, Effect.RESET)), state

    def test_whatever_was_seen_is_kept(self) -> None:
        """A conflict keeps what the target says now, and the facts decide."""
        cells = {cell for (_, event), cell in TABLE.items() if event is Event.CONFLICT}

        assert cells == {Step(DECIDE, (Effect.SEE,))}


class TestNothingWaitsSilently:
    @pytest.mark.parametrize("state", State)
    def test_owner_and_age_limit(self, state: State) -> None:
        """Every state that is not settled has somebody who acts next, and an age limit."""
        traits = STATES[state]
        if traits.is_settled:
            assert (traits.owner, traits.age_limit) == (Owner.NOBODY, None)
        else:
            assert traits.owner is not Owner.NOBODY
            assert traits.age_limit is not None
            assert traits.age_limit > timedelta(0)

    @pytest.mark.parametrize("state", sorted(set(State) - SETTLED))
    def test_old_age_is_told(self, state: State) -> None:
        """Whatever is too old alerts somebody, and what only waited is stopped."""
        cell = TABLE[state, Event.OVERDUE]

        assert Effect.ALERT in cell.effects
        assert cell.to is (State.REFUSED if state is State.WAITING else state)

    def test_a_family_waits_as_long_as_what_is_held(self) -> None:
        """47: a document may wait for its order as long as an order may be held."""
        assert STATES[State.HELD].age_limit == FAMILY_AGE_LIMIT

    @pytest.mark.parametrize("state", State)
    def test_every_state_is_of_one_kind(self, state: State) -> None:
        """The standings part the states, in the table's order."""
        kinds = [standing for standing in Standing if state in states_that_are(standing)]

        assert kinds == [STATES[state].standing]
        assert states_that_are(*Standing) == tuple(State)

    def test_every_state_is_reached(self) -> None:
        """From where transfers begin, every state can be reached."""
        assert reachable([State.HELD, State.READY]) == set(State)

    @pytest.mark.parametrize("state", State)
    def test_every_state_has_a_way_out(self, state: State) -> None:
        """From every state something leads to a settled one."""
        assert reachable([state]) & SETTLED

    def test_a_refusal_is_explained(self) -> None:
        """Every way into refused, waiting or unknown keeps why."""
        unexplained = [
            (state, event)
            for (state, event), cell in TABLE.items()
            if cell.to in {State.REFUSED, State.WAITING, State.UNKNOWN}
            and cell.to is not state
            and Effect.EXPLAIN not in cell.effects
        ]

        assert unexplained == []

    def test_a_transfer_that_waits_knows_for_what(self) -> None:
        """Every way into waiting sets the time, or names the document that has to come."""
        into = {
            event: cell.effects
            for (state, event), cell in TABLE.items()
            if cell.to is State.WAITING and state is not State.WAITING
        }

        assert {e for e, effects in into.items() if Effect.RETRY_LATER not in effects} == {
            Event.AWAITS
        }


class TestRetryDelay:
    def test_it_doubles_from_two_seconds(self) -> None:
        """The first waits are 2, 4, 8 and 16 seconds."""
        assert [retry_delay(n).total_seconds() for n in range(4)] == [2, 4, 8, 16]

    @given(st.integers(0, 10**9))
    def test_it_is_bounded_and_never_shrinks(self, attempts: int) -> None:
        """However many attempts, the wait is at most an hour and never shorter than before."""
        assert timedelta(0) < retry_delay(attempts) <= timedelta(hours=1)
        assert retry_delay(attempts) <= retry_delay(attempts + 1)
