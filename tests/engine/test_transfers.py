"""A transfer as a value, and its marks: what ``advance`` keeps true on every way."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.documents import reason, refuse
from counterfoil.engine.deciding import Wish, Write
from counterfoil.engine.life import DECIDE, STATES, TABLE, Effect, Event, Standing, State
from counterfoil.engine.moving import advance
from counterfoil.engine.transfers import Transfer, derived_mark, mark_of, marks_of
from tests.support.builders import NOW, order, pairing, standpoint, transfer

REFUSAL = refuse("rejected", target="QuickBooks", document="sales order", problem="closed")
WHY = reason("busy", problem="locked")
ON_ITS_WAY = {State.MATCHING, State.SENDING, State.UNKNOWN, State.CONFIRMING}
HOUR = timedelta(hours=1)
SOURCE = order("SO-1 ACME", "1 NUT")
LANDED = standpoint(SOURCE, pairing=pairing(sent=SOURCE))


def moved(before: Transfer, event: Event, at: datetime = NOW) -> Transfer:
    """Advance with what the caller of that event gives."""
    is_refused = TABLE[before.state, event].to is State.REFUSED
    known = LANDED if event is Event.WRITTEN and before.write is not Write.VOID else standpoint()
    return advance(
        before,
        event,
        at,
        at=known,
        refusal=REFUSAL if is_refused else None,
        why=None if is_refused else WHY,
    )


class TestAdvance:
    def test_it_makes_another_value(self) -> None:
        """The transfer as it was stays as it was."""
        before = transfer()
        after = advance(before, Event.WRITE_SENT, NOW)

        assert (before.state, after.state) == (State.READY, State.SENDING)

    def test_an_impossible_event_raises(self) -> None:
        """What the table does not have is our mistake."""
        with pytest.raises(AssertionError):
            advance(transfer(state=State.DONE), Event.WRITE_SENT, NOW)

    def test_a_decision_needs_the_facts(self) -> None:
        """An answer that leads to a decision is not recorded without knowing the facts."""
        with pytest.raises(AssertionError):
            advance(transfer(state=State.SENDING), Event.WRITTEN, NOW)

    def test_a_state_knows_since_when(self) -> None:
        """The age of a state is counted from when it began, and no alert is older than it."""
        later = NOW + HOUR
        before = transfer(alerted_at=NOW)

        assert advance(before, Event.WRITE_SENT, later).state_since == later
        assert advance(before, Event.WRITE_SENT, later).alerted_at is None
        assert advance(before, Event.OVERDUE, later).alerted_at == later
        assert advance(before, Event.OVERDUE, later).state_since == NOW

    def test_a_fresh_start(self) -> None:
        """Trying again after a refusal forgets refusal, attempts and rounds."""
        before = transfer(
            state=State.REFUSED, refusal=REFUSAL, attempts=4, rounds=3, released_at=None
        )
        after = advance(before, Event.RESTARTED, NOW, at=standpoint())

        assert (after.state, after.write) == (State.READY, Write.CREATE)
        assert (after.refusal, after.reason, after.attempts, after.rounds) == (None, None, 0, 0)
        assert after.released_at == NOW

    @pytest.mark.parametrize("event", [Event.BUSY, Event.DECLINED, Event.WRITTEN])
    def test_what_was_looked_at_is_looked_at_again(self, event: Event) -> None:
        """After an attempt somebody else may have taken the number, so it is not trusted."""
        sending = transfer(state=State.SENDING, target_number="SO-1", is_checked=True)

        assert moved(sending, event).is_checked is False

    def test_a_set_that_was_refused_unread_needs_no_second_look(self) -> None:
        """What certainly never ran was looked at a moment ago; what was unknown is not."""
        sending = transfer(state=State.SENDING, target_number="SO-1", is_checked=True)
        confirming = transfer(state=State.CONFIRMING, target_number="SO-1", is_checked=True)

        assert moved(sending, Event.ABSENT).is_checked is True
        assert moved(confirming, Event.ABSENT).is_checked is False

    def test_what_never_happened_is_tried_again_at_its_old_age(self) -> None:
        """A write that never happened goes on counting its attempts and its age."""
        sending = transfer(state=State.SENDING, attempts=3, released_at=NOW - HOUR)
        after = moved(sending, Event.ABSENT)

        assert (after.state, after.attempts, after.released_at) == (State.READY, 3, NOW - HOUR)

    @pytest.mark.parametrize("asked, waits", [(None, 4), (3.0, 4), (600.0, 600)])
    def test_the_longer_wait_counts(self, asked: float | None, waits: int) -> None:
        """A busy target is left alone for its own wish or for ours, whichever is longer."""
        sending = transfer(state=State.SENDING, attempts=1)
        wish = timedelta(seconds=asked) if asked is not None else None
        after = advance(sending, Event.BUSY, NOW, why=WHY, retry_after=wish)

        assert after.retry_at == NOW + timedelta(seconds=waits)
        assert (after.state, after.reason) == (State.WAITING, WHY)

    def test_waits_for_records_grow_too(self) -> None:
        """A target that is busy whenever records are asked for is asked less and less often."""
        now, waiting, waits = NOW, transfer(), []
        for _ in range(4):
            matching = advance(waiting, Event.MATCH_SENT, now)
            waiting = advance(matching, Event.BUSY, now, why=WHY)
            assert waiting.retry_at is not None
            waits.append((waiting.retry_at - now).total_seconds())
            now = waiting.retry_at
            waiting = advance(waiting, Event.DUE, now)

        assert waits == [2, 4, 8, 16]

    def test_it_names_the_document_it_waits_for(self) -> None:
        """A document that waits for another one says which, until that has come."""
        why = reason("waits-for", document="sales order SO-1")
        waiting = advance(transfer(), Event.AWAITS, NOW, why=why, waits_for=77)
        due = advance(waiting, Event.DUE, NOW)

        assert (waiting.state, waiting.waits_for, waiting.retry_at) == (State.WAITING, 77, None)
        assert (due.state, due.waits_for, due.reason) == (State.READY, None, None)

    def test_a_document_taken_out_bears_another_mark_next_time(self) -> None:
        """25: what is taken out ends its mark: sent again it is another generation."""
        sending = transfer(
            state=State.SENDING, write=Write.VOID, key="{k}", target_number="7", wish=Wish.UNDO
        )
        after = moved(sending, Event.WRITTEN)

        assert (after.state, after.generation) == (State.SKIPPED, 1)
        assert (after.key, after.target_number) == (None, None)

    @pytest.mark.parametrize("wish", [Wish.SEND, Wish.REPLACE])
    @pytest.mark.parametrize("write", [Write.CREATE, Write.UPDATE])
    def test_a_wish_to_send_is_fulfilled(self, wish: Wish, write: Write) -> None:
        """What somebody wanted sent is sent once, not again and again."""
        sending = transfer(state=State.SENDING, write=write, wish=wish, wished_by="Dana")
        after = moved(sending, Event.WRITTEN)

        assert (after.state, after.wish, after.wished_by) == (State.DONE, Wish.NONE, None)


class TestMarks:
    ONE = ("fusion:1", "desktop:2", "sales-order-out", "SO-1", "", 0)

    def test_a_mark_is_derived(self) -> None:
        """73: made from what it marks, not from chance; it is known again after a restore."""
        assert derived_mark(*self.ONE) == derived_mark(*self.ONE)
        assert uuid.UUID(derived_mark(*self.ONE)).version == 5
        assert derived_mark(*self.ONE) == "{657b53bd-ef85-5a78-a3d1-e6221a52aaaf}"

    @pytest.mark.parametrize("position", range(6))
    def test_each_of_its_parts_counts(self, position: int) -> None:
        """Another account, flow, document, part or generation is another mark."""
        other: list[str | int] = list(self.ONE)
        other[position] = 1 if position == 5 else "x"

        assert derived_mark(*other) != derived_mark(*self.ONE)

    def test_parts_are_not_run_together(self) -> None:
        """What stands in one part cannot look like the next one."""
        assert derived_mark("a", "b", "f", "d", "1", 0) != derived_mark("a", "b", "f", "d1", "", 0)

    def test_earlier_generations_are_ours(self) -> None:
        """All generations are looked for, the newest first, as marks are compared."""
        found = marks_of("fusion:1", "desktop:2", "sales-order-out", "SO-1", "", 2)

        assert found == tuple(
            mark_of(derived_mark("fusion:1", "desktop:2", "sales-order-out", "SO-1", "", each))
            for each in (2, 1, 0)
        )

    def test_a_mark_is_compared_without_braces_and_case(self) -> None:
        """The books return our key in their own spelling."""
        assert mark_of("{ABCD-1}") == mark_of("abcd-1") == "abcd-1"


def invariants(now: Transfer) -> None:
    """What is true of every transfer, whatever has happened to it."""
    assert (now.refusal is not None) == (now.state is State.REFUSED)
    assert now.retry_at is None or now.state is State.WAITING
    assert now.waits_for is None or now.state is State.WAITING
    assert now.state is not State.WAITING or now.retry_at or now.waits_for
    assert now.exchange is None or now.state in ON_ITS_WAY
    assert (now.write is None) == (now.standing is Standing.RESTING)
    assert now.attempts >= 0
    if now.retry_at is not None:
        assert now.state_since < now.retry_at <= now.state_since + HOUR


@given(data=st.data())
def test_invariants_hold_on_every_way(data: st.DataObject) -> None:
    """Wherever a transfer wanders, refusal, wait, exchange and attempts say what its state says."""
    write = data.draw(st.sampled_from(Write))
    current = transfer(write=write)
    writes = 0
    for hour in range(data.draw(st.integers(1, 40))):
        rows = sorted(event for state, event in TABLE if state is current.state)
        if not rows:
            break
        event = data.draw(st.sampled_from(rows))
        cell = TABLE[current.state, event]
        before = current
        current = moved(before, event, NOW + HOUR * hour)
        if event is Event.AWAITS:
            current = msgspec.structs.replace(current, waits_for=5)
        if current.state in ON_ITS_WAY and current.state is not before.state:
            current = msgspec.structs.replace(current, exchange=hour)
        again = current.write is before.write and event in {Event.ABSENT, Event.CONFLICT}
        fresh = Effect.RESET in cell.effects or (cell.to is DECIDE and not again)
        writes = 0 if fresh else writes + (Effect.COUNT in cell.effects)

        invariants(current)
        assert current.attempts == writes or STATES[current.state].standing is Standing.RESTING
        if current.state is before.state and not fresh:
            assert current.state_since == before.state_since


class TestSurplus:
    @pytest.mark.parametrize(
        "total, sent, tax, sentence",
        [
            ("13.50", "12.50", "1.00", "added tax of 1.00."),
            ("13.51", "12.50", "1.00", "added tax of 1.00; 0.01 remain unexplained."),
            ("12.49", "12.50", None, "; -0.01 remain unexplained."),
            ("12.50", "12.50", "0.00", None),
            (None, "12.50", None, None),
            ("12.50", None, "1.00", None),
        ],
    )
    def test_what_the_target_comes_to_more(
        self, total: str | None, sent: str | None, tax: str | None, sentence: str | None
    ) -> None:
        """The tax explains what it comes to; the rest is said to be unexplained."""
        landed = pairing(total=total, sent_total=sent, tax=tax)
        found = landed.surplus

        if sentence is None:
            assert found is None
        else:
            assert found is not None
            told = found.sentence(landed, "QuickBooks")
            assert told.startswith(f"It comes to {total} there and to {sent} here")
            assert told.endswith(sentence)
            assert found.is_explained == ("unexplained" not in sentence)
