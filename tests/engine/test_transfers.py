"""A transfer as a value: what ``advance`` keeps true on every way through the table."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.documents import refuse
from counterfoil.engine.life import TABLE, Effect, Event, State, retry_delay
from counterfoil.engine.transfers import Transfer, advance, mark_of
from tests.support.builders import NOW, transfer

REFUSAL = refuse("rejected", target="QuickBooks", document="sales order", problem="closed")
ON_ITS_WAY = {State.MATCHING, State.SENDING, State.UNKNOWN, State.CONFIRMING}


def moved(before: Transfer, event: Event, at: datetime = NOW) -> Transfer:
    """Advance with what the caller of that event gives."""
    is_refused = TABLE[before.state, event].state is State.REFUSED
    return advance(
        before,
        event,
        at,
        refusal=REFUSAL if is_refused else None,
        reason=None if is_refused else "because",
    )


class TestAdvance:
    def test_it_makes_another_value(self) -> None:
        """The transfer as it was stays as it was."""
        before = transfer()
        after = advance(before, Event.WRITE_SENT, NOW)

        assert (before.state, after.state) == (State.READY, State.SENDING)

    def test_an_event_that_stays_changes_nothing(self) -> None:
        """Pressing send on what is done gives the very same transfer."""
        done = transfer(state=State.DONE)

        assert advance(done, Event.RELEASED, NOW) is done

    def test_an_impossible_event_raises(self) -> None:
        """What the table does not have is our mistake."""
        with pytest.raises(AssertionError):
            advance(transfer(state=State.DONE), Event.WRITE_SENT, NOW)

    def test_a_state_knows_since_when(self) -> None:
        """The age of a state is counted from when it began, and no alert is older than it."""
        later = NOW + timedelta(hours=1)
        before = transfer(alerted_at=NOW)

        assert advance(before, Event.WRITE_SENT, later).state_since == later
        assert advance(before, Event.WRITE_SENT, later).alerted_at is None
        assert advance(before, Event.OVERDUE, later).alerted_at == later
        assert advance(before, Event.OVERDUE, later).state_since == NOW

    def test_a_fresh_start(self) -> None:
        """Trying again after a refusal forgets refusal, attempts and the number looked up."""
        before = transfer(
            state=State.REFUSED, refusal=REFUSAL, attempts=4, reason="x", released_at=None
        )
        after = advance(before, Event.RELEASED, NOW)

        assert (after.refusal, after.reason, after.attempts) == (None, None, 0)
        assert after.released_at == NOW

    @pytest.mark.parametrize("event", [Event.BUSY, Event.DECLINED, Event.WRITTEN])
    def test_a_free_number_is_looked_up_again_after_a_rest(self, event: Event) -> None:
        """While a transfer rests somebody else may take its number, so it is not trusted."""
        sending = transfer(state=State.SENDING, target_number="SO-1", number_is_free=True)

        assert moved(sending, event).number_is_free is False
        assert moved(sending, Event.ABSENT).number_is_free is True

    @pytest.mark.parametrize(
        "asked, waits",
        [(None, 4), (3.0, 4), (600.0, 600)],
    )
    def test_the_longer_wait_counts(self, asked: float | None, waits: int) -> None:
        """A busy target is left alone for its own wish or for ours, whichever is longer."""
        sending = transfer(state=State.SENDING, attempts=1)
        after = advance(
            sending,
            Event.BUSY,
            NOW,
            reason="locked",
            retry_after=timedelta(seconds=asked) if asked is not None else None,
        )

        assert after.retry_at == NOW + timedelta(seconds=waits)
        assert (after.state, after.reason) == (State.WAITING, "locked")

    def test_waits_for_records_grow_too(self) -> None:
        """A target that is busy whenever records are asked for is asked less and less often."""
        now, waiting, waits = NOW, transfer(), []
        for _ in range(4):
            matching = advance(waiting, Event.MATCH_SENT, now)
            waiting = advance(matching, Event.BUSY, now, reason="locked")
            assert waiting.retry_at is not None
            waits.append((waiting.retry_at - now).total_seconds())
            now = waiting.retry_at
            waiting = advance(waiting, Event.DUE, now)

        assert waits == [2, 4, 8, 16]

    def test_a_mark_is_compared_without_braces_and_case(self) -> None:
        """The books return our key in their own spelling."""
        assert mark_of("{ABCD-1}") == mark_of("abcd-1") == "abcd-1"


def invariants(now: Transfer) -> None:
    """What is true of every transfer, whatever has happened to it."""
    assert (now.refusal is not None) == (now.state is State.REFUSED)
    assert (now.retry_at is not None) == (now.state is State.WAITING)
    assert now.exchange is None or now.state in ON_ITS_WAY
    assert now.attempts >= 0
    assert now.state not in {State.HELD, State.SKIPPED} or now.reason
    if now.retry_at is not None:
        assert now.state_since < now.retry_at <= now.state_since + retry_delay(99)


@given(data=st.data(), start=st.sampled_from([State.HELD, State.READY]))
def test_invariants_hold_on_every_way(data: st.DataObject, start: State) -> None:
    """Wherever a transfer wanders, refusal, wait, exchange and attempts say what its state says."""
    current = transfer(state=start, reason="at first" if start is State.HELD else None)
    writes = 0
    for hour in range(data.draw(st.integers(1, 40))):
        rows = sorted(event for state, event in TABLE if state is current.state)
        event = data.draw(st.sampled_from(rows))
        effects = TABLE[current.state, event].effects
        before, current = current, moved(current, event, NOW + timedelta(hours=hour))
        if current.state in ON_ITS_WAY and current.state is not before.state:
            current = msgspec.structs.replace(current, exchange=hour)
        writes = 0 if Effect.RESET in effects else writes + (Effect.COUNT in effects)

        invariants(current)
        assert current.attempts == writes
        if current.state is before.state and Effect.RESET not in effects:
            assert current.state_since == before.state_since
