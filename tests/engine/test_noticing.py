"""What a document just read means: begin a transfer, move one, or nothing."""

from __future__ import annotations

from datetime import date

import pytest

from counterfoil.documents import DocumentStatus, SalesOrder, fingerprint, refuse
from counterfoil.engine.life import Event, State
from counterfoil.engine.noticing import DELETED, Beginning, begin, notice
from counterfoil.engine.transfers import Transfer, advance
from counterfoil.settings import FlowMode, FlowName, Settings
from tests.support.builders import NOW, order, settings, transfer

OUT, IN = FlowName.SALES_ORDER_OUT, FlowName.SALES_ORDER_IN
ORDER = order("SO-1 ACME", "2 BOLT 1.50")
CHANGED = order("SO-1 ACME", "3 BOLT 1.50")
REFUSAL = refuse("rejected", target="QuickBooks", document="sales order", problem="no")

DRAFT, OPEN = DocumentStatus.DRAFT, DocumentStatus.OPEN
CLOSED, CANCELLED = DocumentStatus.CLOSED, DocumentStatus.CANCELLED
AUTOMATIC, MANUAL, OFF = FlowMode.AUTOMATIC, FlowMode.MANUAL, FlowMode.OFF


def rules(mode: FlowMode = AUTOMATIC, **changes: object) -> Settings:
    return settings(
        sales_order_out={"mode": mode, **changes}, sales_order_in={"mode": mode, **changes}
    )


def with_status(document: SalesOrder, status: DocumentStatus) -> SalesOrder:
    return order("SO-1 ACME", *document.lines, status=status)


def begun(document: SalesOrder, made: Settings) -> Transfer:
    """A transfer as it is begun."""
    beginning = begin(OUT, document, made)
    assert beginning is not None
    return transfer(state=beginning.state, reason=beginning.reason)


def noticed(before: Transfer, document: SalesOrder, made: Settings | None = None) -> Transfer:
    return notice(before, document, fingerprint(document), made or rules(), NOW)


class TestBegin:
    @pytest.mark.parametrize(
        "mode, status, state",
        [
            (AUTOMATIC, OPEN, State.READY),
            (AUTOMATIC, CLOSED, State.READY),
            (AUTOMATIC, DRAFT, State.HELD),
            (AUTOMATIC, CANCELLED, State.SKIPPED),
            (MANUAL, OPEN, State.HELD),
            (MANUAL, DRAFT, State.HELD),
            (MANUAL, CANCELLED, State.SKIPPED),
            (OFF, OPEN, None),
            (OFF, CANCELLED, None),
        ],
    )
    def test_flow_1_outward(
        self, mode: FlowMode, status: DocumentStatus, state: State | None
    ) -> None:
        """FLOW-1: automatic flows go, manual ones wait for a person, off begins nothing."""
        beginning = begin(OUT, with_status(ORDER, status), rules(mode))

        assert (beginning and beginning.state) == state
        assert beginning is None or (beginning.reason is None) == (state is State.READY)

    @pytest.mark.parametrize("status, state", [(OPEN, State.READY), (CANCELLED, State.SKIPPED)])
    def test_flow_4_inward(self, status: DocumentStatus, state: State) -> None:
        """FLOW-4: inward, cancelled orders are left out and all others taken."""
        beginning = begin(IN, with_status(ORDER, status), rules())

        assert beginning is not None
        assert beginning.state is state

    def test_flow_3_what_was_retrieved_by_hand_goes(self) -> None:
        """FLOW-3: an order somebody retrieved is not held for a second press."""
        assert begin(IN, ORDER, rules(MANUAL)) == Beginning(State.READY)
        assert begin(IN, ORDER, rules(OFF)) is None

    def test_too_old(self) -> None:
        """An order from before the start date is skipped, and says so."""
        beginning = begin(OUT, ORDER, rules(start_date=date(2026, 3, 1)))

        assert beginning is not None
        assert beginning.state is State.SKIPPED
        assert "start date" in (beginning.reason or "")

    def test_a_flow_this_version_lacks(self) -> None:
        """A flow without settings in this version begins nothing."""
        assert begin(FlowName.STOCK_COUNT_OUT, ORDER, rules()) is None

    def test_ready_needs_no_reason(self) -> None:
        """Only what does not go says why."""
        assert begin(OUT, ORDER, rules()) == Beginning(State.READY)


class TestReleasedLater:
    @pytest.mark.parametrize(
        "mode, state", [(AUTOMATIC, State.READY), (MANUAL, State.HELD), (OFF, State.HELD)]
    )
    def test_a_draft_is_released(self, mode: FlowMode, state: State) -> None:
        """A draft that its source releases goes by itself only in an automatic flow."""
        held = begun(with_status(ORDER, DRAFT), rules())
        after = noticed(held, ORDER, rules(mode))

        assert after.state is state
        assert (after.reason is None) == (state is State.READY)

    def test_a_manual_draft_then_waits_for_a_person(self) -> None:
        """In a manual flow the reason changes from the draft to the person."""
        made = rules(MANUAL)
        after = noticed(begun(with_status(ORDER, DRAFT), made), ORDER, made)

        assert after.reason == "It waits until somebody sends it."

    def test_what_waits_for_a_person_stays(self) -> None:
        """A change at the source does not release what a person has to send."""
        held = begun(ORDER, rules(MANUAL))

        assert noticed(held, CHANGED, rules(AUTOMATIC)) == held

    def test_what_a_person_left_out_stays_out(self) -> None:
        """A change at the source does not bring back what a person has skipped."""
        skipped = transfer(state=State.SKIPPED, reason="Entered by hand.")

        assert noticed(skipped, CHANGED) == skipped

    def test_left_out_by_a_rule_that_no_longer_holds(self) -> None:
        """A document skipped by a rule goes once the rule lets it."""
        skipped = begun(ORDER, rules(start_date=date(2026, 3, 1)))
        later = order("SO-1 ACME", "2 BOLT 1.50", created_on=date(2026, 3, 1))

        assert noticed(skipped, later, rules(start_date=date(2026, 3, 1))).state is State.READY
        assert noticed(skipped, CHANGED, rules(start_date=date(2026, 3, 1))) == skipped

    @pytest.mark.parametrize("begun_cancelled", [True, False])
    @pytest.mark.parametrize("mode, state", [(AUTOMATIC, State.READY), (MANUAL, State.HELD)])
    def test_cancelled_and_reopened(
        self, begun_cancelled: bool, mode: FlowMode, state: State
    ) -> None:
        """A cancelled order that is reopened goes like a new one, whenever it was cancelled."""
        made = rules(mode)
        cancelled = with_status(ORDER, CANCELLED)
        if begun_cancelled:
            skipped = begun(cancelled, made)
        else:
            skipped = noticed(begun(ORDER, made), cancelled, made)
        assert skipped.state is State.SKIPPED

        assert noticed(skipped, ORDER, made).state is state

    @pytest.mark.parametrize("mode, state", [(AUTOMATIC, State.READY), (MANUAL, State.HELD)])
    def test_deleted_and_there_again(self, mode: FlowMode, state: State) -> None:
        """An order that a source forgot for a while goes like a new one once it is there again."""
        made = rules(mode)
        skipped = advance(begun(ORDER, made), Event.SOURCE_GONE, NOW, reason=DELETED)
        assert skipped.state is State.SKIPPED

        assert noticed(skipped, ORDER, made).state is state


class TestChanged:
    @pytest.mark.parametrize(
        "before, after",
        [
            (State.HELD, State.HELD),
            (State.READY, State.READY),
            (State.MATCHING, State.MATCHING),
            (State.SENDING, State.SENDING),
            (State.UNKNOWN, State.UNKNOWN),
            (State.CONFIRMING, State.CONFIRMING),
            (State.WAITING, State.READY),
            (State.REFUSED, State.READY),
            (State.DONE, State.CHANGED),
            (State.CHANGED, State.CHANGED),
            (State.SKIPPED, State.SKIPPED),
        ],
    )
    def test_by_state(self, before: State, after: State) -> None:
        """A corrected source is tried again, a sent one is shown as changed, the rest stays."""
        sent = fingerprint(ORDER) if before not in {State.HELD, State.READY} else None
        refusal = REFUSAL if before is State.REFUSED else None
        was = transfer(state=before, reason="x", sent_fingerprint=sent, refusal=refusal)

        assert noticed(was, CHANGED).state is after

    def test_restored(self) -> None:
        """A source that says again what was sent is no longer shown as changed."""
        done = transfer(state=State.DONE, sent_fingerprint=fingerprint(ORDER))
        changed = noticed(done, CHANGED)

        assert (changed.state, changed.alerted_at) == (State.CHANGED, NOW)
        assert noticed(changed, ORDER).state is State.DONE

    def test_progress_is_no_change(self) -> None:
        """An order that is shipped and closed after it was sent is still done."""
        done = transfer(state=State.DONE, sent_fingerprint=fingerprint(ORDER))

        assert noticed(done, with_status(ORDER, CLOSED)) == done

    @pytest.mark.parametrize("before", [State.READY, State.MATCHING, State.WAITING, State.REFUSED])
    @pytest.mark.parametrize("document", [ORDER, CHANGED])
    def test_withdrawn_to_a_draft(self, before: State, document: SalesOrder) -> None:
        """A draft is never sent: an order withdrawn before it is on its way is held again."""
        refusal = REFUSAL if before is State.REFUSED else None
        was = transfer(state=before, refusal=refusal, sent_fingerprint=fingerprint(ORDER))

        held = noticed(was, with_status(document, DRAFT))

        assert (held.state, held.refusal) == (State.HELD, None)
        assert noticed(held, document).state is State.READY

    def test_a_draft_on_its_way_is_left_alone(self) -> None:
        """What is already being written is not moved by its source."""
        sending = transfer(state=State.SENDING, sent_fingerprint=fingerprint(ORDER))

        assert noticed(sending, with_status(ORDER, DRAFT)) == sending


class TestCancelled:
    @pytest.mark.parametrize(
        "before, after",
        [
            (State.HELD, State.SKIPPED),
            (State.READY, State.SKIPPED),
            (State.MATCHING, State.SKIPPED),
            (State.WAITING, State.SKIPPED),
            (State.REFUSED, State.SKIPPED),
            (State.SKIPPED, State.SKIPPED),
            (State.SENDING, State.SENDING),
            (State.UNKNOWN, State.UNKNOWN),
            (State.CONFIRMING, State.CONFIRMING),
            (State.DONE, State.CHANGED),
            (State.CHANGED, State.CHANGED),
        ],
    )
    def test_by_state(self, before: State, after: State) -> None:
        """A cancelled order is left out before it is sent, and shown as changed afterwards."""
        refusal = REFUSAL if before is State.REFUSED else None
        was = transfer(state=before, reason="x", refusal=refusal)
        now = noticed(was, with_status(ORDER, CANCELLED))

        assert now.state is after
        if before not in {State.SENDING, State.UNKNOWN, State.CONFIRMING, State.SKIPPED}:
            assert now.reason == "It was cancelled at its source."

    def test_a_done_order_alerts(self) -> None:
        """Somebody is told that an order in the books was cancelled at its source."""
        done = transfer(state=State.DONE, sent_fingerprint=fingerprint(ORDER))
        changed = noticed(done, with_status(ORDER, CANCELLED))

        assert changed.alerted_at == NOW
        assert noticed(changed, ORDER).state is State.DONE


def test_a_second_look_changes_nothing() -> None:
    """Reading the same document again leaves its transfer as it is, in whatever state."""
    for state in State:
        refusal = REFUSAL if state is State.REFUSED else None
        was = transfer(
            state=state, reason="x", refusal=refusal, sent_fingerprint=fingerprint(ORDER)
        )
        again = noticed(noticed(was, ORDER), ORDER)

        assert again == noticed(was, ORDER)
        assert again.state is (State.DONE if state is State.CHANGED else state)


def test_accepting_a_change_settles_it() -> None:
    """A person who dealt with a change by hand settles it."""
    changed = transfer(state=State.CHANGED, sent_fingerprint=fingerprint(ORDER))

    assert advance(changed, Event.ACCEPTED, NOW).state is State.DONE
