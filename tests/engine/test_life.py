"""The life of a transfer: what the table allows, and what it must never allow."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.engine.life import (
    OWNERS,
    SETTLED,
    TABLE,
    Effect,
    Event,
    Owner,
    State,
    Step,
    retry_delay,
    step,
)

# What only a mistake of ours could bring about, by state.  A row that is added to or taken
# from the table has to be added or taken here, too, and so cannot come about unnoticed.
NEVER = {
    State.HELD: "match sent, match answered, write sent, written, absent, declined, busy, "
    "unanswered, asked, due",
    State.READY: "match answered, written, absent, busy, unanswered, asked, due",
    State.MATCHING: "match sent, write sent, written, absent, asked, due",
    State.SENDING: "match sent, match answered, write sent, asked, due",
    State.UNKNOWN: "match sent, match answered, write sent, written, absent, busy, due",
    State.CONFIRMING: "match sent, match answered, write sent, asked, due",
    State.WAITING: "match sent, match answered, write sent, written, absent, declined, busy, "
    "unanswered, asked",
    State.DONE: "match sent, match answered, write sent, written, absent, declined, busy, "
    "unanswered, asked, due",
    State.CHANGED: "match sent, match answered, write sent, written, absent, declined, busy, "
    "unanswered, asked, due",
    State.REFUSED: "match sent, match answered, write sent, written, absent, declined, busy, "
    "unanswered, asked, due",
    State.SKIPPED: "match sent, match answered, write sent, written, absent, declined, busy, "
    "unanswered, asked, due",
}
IMPOSSIBLE = {(state, Event(word)) for state, words in NEVER.items() for word in words.split(", ")}

# What tells whether a write happened.
ANSWERS = {Event.WRITTEN, Event.ABSENT, Event.DECLINED, Event.BUSY, Event.UNANSWERED}


def reachable(
    starts: Iterable[State],
    follow: Callable[[State, Event, Step], bool] = lambda state, event, step: True,
) -> set[State]:
    """Give the states that can follow, along the cells that ``follow`` allows."""
    seen, open_ = set(starts), list(starts)
    while open_:
        state = open_.pop()
        for (before, event), cell in TABLE.items():
            if before is state and cell.state not in seen and follow(before, event, cell):
                seen.add(cell.state)
                open_.append(cell.state)
    return seen


class TestTable:
    @pytest.mark.parametrize("state", State)
    @pytest.mark.parametrize("event", Event)
    def test_every_pair_is_decided(self, state: State, event: Event) -> None:
        """Each state and event has a row, or is on the list of what can never happen."""
        if (state, event) in IMPOSSIBLE:
            assert (state, event) not in TABLE
            with pytest.raises(AssertionError, match=f"{state} cannot be {event}"):
                step(state, event)
        else:
            assert step(state, event) is TABLE[state, event]

    @pytest.mark.parametrize("event", Event)
    def test_every_event_can_happen_somewhere(self, event: Event) -> None:
        """No event is without any row."""
        assert [state for state in State if (state, event) in TABLE]

    @pytest.mark.parametrize("effect", Effect)
    def test_every_effect_is_used(self, effect: Effect) -> None:
        """No effect is without any row."""
        assert [cell for cell in TABLE.values() if effect in cell.effects]

    def test_people_and_sources_may_act_at_any_time(self) -> None:
        """Whatever a person presses or a source does, every state has a row for it."""
        outside = {
            Event.RELEASED,
            Event.WITHHELD,
            Event.EXCLUDED,
            Event.SOURCE_CHANGED,
            Event.SOURCE_RESTORED,
            Event.SOURCE_GONE,
            Event.ADOPTED,
            Event.ACCEPTED,
            Event.OVERDUE,
        }

        assert [(s, e) for s in State for e in outside if (s, e) not in TABLE] == []


class TestOnce:
    @pytest.mark.parametrize("start", [State.UNKNOWN, State.CONFIRMING])
    def test_an_unknown_write_is_never_sent_again(self, start: State) -> None:
        """From an unknown write no way leads to sending before its fate is known.

        Known means: it is there, it never happened, it was refused, or a person said so.
        """
        known = {Event.WRITTEN, Event.ABSENT, Event.DECLINED, Event.ADOPTED}

        found = reachable([start], lambda state, event, cell: event not in known)

        assert found == {State.UNKNOWN, State.CONFIRMING}

    def test_sending_is_moved_by_answers_only(self) -> None:
        """While a write is on its way no person, source or clock moves the transfer."""
        moved_by = {
            event
            for (state, event), cell in TABLE.items()
            if state is State.SENDING and cell.state is not State.SENDING
        }

        assert moved_by == ANSWERS

    def test_sending_has_one_door(self) -> None:
        """Only a ready transfer is sent, only by a write that is recorded, and it is counted."""
        doors = {
            (state, event, cell.effects)
            for (state, event), cell in TABLE.items()
            if cell.state is State.SENDING and state is not State.SENDING
        }

        assert doors == {(State.READY, Event.WRITE_SENT, (Effect.COUNT,))}

    def test_what_is_there_is_not_sent_again(self) -> None:
        """FLOW-7, FLOW-8: nothing leads from done or changed back to sending."""
        assert reachable([State.DONE]) == {State.DONE, State.CHANGED}

    def test_whatever_is_found_in_the_target_is_paired(self) -> None:
        """Every way to done from anything but a change keeps what the document became."""
        unpaired = {
            state
            for (state, _), cell in TABLE.items()
            if cell.state is State.DONE and Effect.PAIR not in cell.effects
        }

        assert unpaired == {State.DONE, State.CHANGED}


class TestNothingWaitsSilently:
    @pytest.mark.parametrize("state", State)
    def test_owner_and_age_limit(self, state: State) -> None:
        """Every state that is not settled has somebody who acts next, and an age limit."""
        owner, age_limit = OWNERS[state]
        if state in SETTLED:
            assert (owner, age_limit) == (Owner.NOBODY, None)
        else:
            assert owner is not Owner.NOBODY
            assert age_limit is not None
            assert age_limit > timedelta(0)

    @pytest.mark.parametrize("state", sorted(set(State) - SETTLED))
    def test_old_age_is_told(self, state: State) -> None:
        """Whatever is too old alerts somebody, and what only waited is stopped."""
        cell = TABLE[state, Event.OVERDUE]

        assert Effect.ALERT in cell.effects
        assert cell.state is (State.REFUSED if state is State.WAITING else state)

    def test_every_state_is_reached(self) -> None:
        """From where transfers begin, every state can be reached."""
        assert reachable([State.HELD, State.READY]) == set(State)

    @pytest.mark.parametrize("state", State)
    def test_every_state_has_a_way_out(self, state: State) -> None:
        """From every state something leads to a settled one."""
        assert reachable([state]) & SETTLED

    def test_a_person_alone_can_settle_what_is_theirs(self) -> None:
        """Wherever a person acts next, one press settles or releases the transfer."""
        presses = {Event.RELEASED, Event.EXCLUDED, Event.ADOPTED, Event.ACCEPTED}
        for state in (s for s in State if OWNERS[s].owner is Owner.PERSON):
            led_to = {TABLE[state, event].state for event in presses} - {state}

            assert led_to & (SETTLED | {State.READY}), state

    def test_a_refusal_is_explained(self) -> None:
        """Every way into refused, held or skipped keeps why."""
        unexplained = [
            (state, event)
            for (state, event), cell in TABLE.items()
            if cell.state in {State.REFUSED, State.HELD, State.SKIPPED, State.WAITING}
            and cell.state is not state
            and Effect.EXPLAIN not in cell.effects
        ]

        assert unexplained == []

    def test_a_transfer_that_waits_knows_until_when(self) -> None:
        """Every way into waiting sets the time and counts towards a longer wait."""
        into = [
            (state, cell.effects)
            for (state, _), cell in TABLE.items()
            if cell.state is State.WAITING and state is not State.WAITING
        ]

        assert all(Effect.RETRY_LATER in effects for _, effects in into)
        assert {state for state, effects in into if Effect.COUNT not in effects} == {State.SENDING}


class TestRetryDelay:
    def test_it_doubles_from_two_seconds(self) -> None:
        """The first waits are 2, 4, 8 and 16 seconds."""
        assert [retry_delay(n).total_seconds() for n in range(4)] == [2, 4, 8, 16]

    @given(st.integers(0, 10**9))
    def test_it_is_bounded_and_never_shrinks(self, attempts: int) -> None:
        """However many attempts, the wait is at most an hour and never shorter than before."""
        assert timedelta(0) < retry_delay(attempts) <= timedelta(hours=1)
        assert retry_delay(attempts) <= retry_delay(attempts + 1)
