"""What a document just read, a wish or a rule means for its transfer: begin, move, or nothing."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import msgspec
import pytest

from counterfoil.documents import DocumentStatus, Reason, SalesOrder, reason, refuse
from counterfoil.engine.deciding import Wish, Write
from counterfoil.engine.life import STATES, Event, Standing, State
from counterfoil.engine.moving import advance, reconsider
from counterfoil.engine.standpoint import QUIET_AT_MOST, Standpoint
from counterfoil.engine.transfers import Transfer
from counterfoil.settings import ChangePolicy, FlowMode, FlowName, Settings
from tests.support.builders import NOW, order, pairing, seen, settings, standpoint, transfer

OUT, IN = FlowName.SALES_ORDER_OUT, FlowName.SALES_ORDER_IN
ORDER = order("SO-1 ACME", "2 BOLT 1.50")
CHANGED = order("SO-1 ACME", "3 BOLT 1.50")
WRITTEN = order("SO-1 ACME", "2 BOLT 1.50", id="T1")
REFUSAL = refuse("rejected", target="QuickBooks", document="sales order", problem="no")
MINUTE = timedelta(minutes=1)

DRAFT, OPEN = DocumentStatus.DRAFT, DocumentStatus.OPEN
CLOSED, CANCELLED = DocumentStatus.CLOSED, DocumentStatus.CANCELLED
AUTOMATIC, MANUAL, OFF = FlowMode.AUTOMATIC, FlowMode.MANUAL, FlowMode.OFF


def rules(mode: FlowMode = AUTOMATIC, **changes: object) -> Settings:
    return settings(
        sales_order_out={"mode": mode, **changes}, sales_order_in={"mode": mode, **changes}
    )


def with_status(document: SalesOrder, status: DocumentStatus) -> SalesOrder:
    return msgspec.structs.replace(document, status=status)


def begun(at: Standpoint) -> Transfer:
    """A transfer as it is begun when its document is noticed."""
    return reconsider(transfer(state=State.HELD, flow=at.flow), at, NOW)


def landed(document: SalesOrder = ORDER, made: Settings | None = None, **known: Any) -> Standpoint:
    changes: dict[str, Any] = {"pairing": pairing(WRITTEN, ORDER)} | known
    return standpoint(document, made, **changes)


def code(of: Transfer) -> str | None:
    return of.reason.code if of.reason else None


class TestNoticed:
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
            (OFF, OPEN, State.HELD),
            (OFF, CANCELLED, State.SKIPPED),
        ],
    )
    def test_flow_1_outward(self, mode: FlowMode, status: DocumentStatus, state: State) -> None:
        """FLOW-1: automatic flows go, manual ones wait for a person, off holds all."""
        made = begun(standpoint(with_status(ORDER, status), rules(mode)))

        assert made.state is state
        assert (made.reason is None) == (state is State.READY)
        assert made.write is (Write.CREATE if state is State.READY else None)

    @pytest.mark.parametrize("mode", [AUTOMATIC, MANUAL])
    @pytest.mark.parametrize("status, state", [(OPEN, State.READY), (CANCELLED, State.SKIPPED)])
    def test_flow_3_flow_4_inward(
        self, mode: FlowMode, status: DocumentStatus, state: State
    ) -> None:
        """FLOW-3, FLOW-4: what was retrieved needs no second press; cancelled orders are left out."""
        made = begun(standpoint(with_status(ORDER, status), rules(mode), flow=IN))

        assert made.state is state

    def test_too_old(self) -> None:
        """An order from before the start date is skipped, and says so."""
        made = begun(standpoint(ORDER, rules(start_date=date(2026, 3, 1))))

        assert (made.state, code(made)) == (State.SKIPPED, "too-old")


class TestBeforeItHasLanded:
    @pytest.mark.parametrize(
        "mode, state, why",
        [
            (AUTOMATIC, State.READY, None),
            (MANUAL, State.HELD, "waits-for-person"),
            (OFF, State.HELD, "flow-off"),
        ],
    )
    def test_a_draft_is_released(self, mode: FlowMode, state: State, why: str | None) -> None:
        """A draft that its source releases goes by itself only in an automatic flow."""
        held = begun(standpoint(with_status(ORDER, DRAFT), rules()))
        after = reconsider(held, standpoint(ORDER, rules(mode)), NOW)

        assert (after.state, code(after)) == (state, why)

    def test_66_a_flow_becomes_automatic(self) -> None:
        """66: what a manual flow held goes once the flow is automatic, and back again."""
        held = begun(standpoint(ORDER, rules(MANUAL)))
        ready = reconsider(held, standpoint(ORDER, rules(AUTOMATIC)), NOW)
        off = reconsider(ready, standpoint(ORDER, rules(OFF)), NOW)

        assert (held.state, ready.state, off.state) == (State.HELD, State.READY, State.HELD)
        assert (code(off), off.write) == ("flow-off", None)

    def test_what_a_person_left_out_stays_out(self) -> None:
        """A change at the source does not bring back what a person has left out."""
        left = transfer(state=State.READY, wish=Wish.LEAVE, wished_by="Dana")
        out = reconsider(left, standpoint(ORDER), NOW)
        again = reconsider(out, standpoint(CHANGED), NOW, restart=True)

        assert out.reason == reason("left-out-by", who="Dana")
        assert again == out

    def test_left_out_by_a_rule_that_no_longer_holds(self) -> None:
        """A document skipped by a rule goes once the rule lets it."""
        strict = rules(start_date=date(2026, 3, 1))
        skipped = begun(standpoint(ORDER, strict))
        later = order("SO-1 ACME", "2 BOLT 1.50", created_on=date(2026, 3, 1))

        assert reconsider(skipped, standpoint(later, strict), NOW).state is State.READY
        assert reconsider(skipped, standpoint(CHANGED, strict), NOW) == skipped

    @pytest.mark.parametrize("withdrawn", [True, False])
    @pytest.mark.parametrize("mode, state", [(AUTOMATIC, State.READY), (MANUAL, State.HELD)])
    def test_cancelled_and_reopened(self, withdrawn: bool, mode: FlowMode, state: State) -> None:
        """An order that was cancelled, or forgotten by its source, goes like a new one after that."""
        made = rules(mode)
        gone = standpoint(ORDER, made, is_withdrawn=True)
        if not withdrawn:
            gone = standpoint(with_status(ORDER, CANCELLED), made, is_withdrawn=False)
        skipped = reconsider(begun(standpoint(ORDER, made)), gone, NOW)
        assert skipped.state is State.SKIPPED

        assert reconsider(skipped, standpoint(ORDER, made), NOW).state is state

    @pytest.mark.parametrize("before", [State.READY, State.MATCHING, State.WAITING, State.REFUSED])
    @pytest.mark.parametrize("document", [ORDER, CHANGED])
    def test_withdrawn_to_a_draft(self, before: State, document: SalesOrder) -> None:
        """A draft is never sent: an order withdrawn before it is on its way is held again."""
        refusal = REFUSAL if before is State.REFUSED else None
        was = transfer(state=before, refusal=refusal)

        held = reconsider(was, standpoint(with_status(document, DRAFT)), NOW)

        assert (held.state, held.refusal, held.write) == (State.HELD, None, None)
        assert reconsider(held, standpoint(document), NOW).state is State.READY

    @pytest.mark.parametrize(
        "before", [State.HELD, State.READY, State.MATCHING, State.WAITING, State.REFUSED]
    )
    def test_cancelled(self, before: State) -> None:
        """A cancelled order is left out as long as it was not sent."""
        after = reconsider(transfer(state=before), standpoint(ORDER, is_withdrawn=True), NOW)

        assert (after.state, code(after)) == (State.SKIPPED, "not-sent")

    def test_a_wish_outlasts_what_holds_it_back(self) -> None:
        """What a person sent while the link was paused goes by itself when it is resumed."""
        wished = transfer(state=State.HELD, wish=Wish.SEND)
        paused = reconsider(wished, standpoint(ORDER, rules(MANUAL), is_paused=True), NOW)

        assert (paused.state, code(paused), paused.wish) == (State.HELD, "link-paused", Wish.SEND)
        assert reconsider(paused, standpoint(ORDER, rules(MANUAL)), NOW).state is State.READY

    def test_a_wish_ends_when_it_is_skipped(self) -> None:
        """A wish to send what then cannot be sent ends, and is not carried out much later."""
        wished = transfer(state=State.READY, wish=Wish.SEND, wished_by="Dana")
        after = reconsider(wished, standpoint(ORDER, is_withdrawn=True), NOW)

        assert (after.state, after.wish) == (State.SKIPPED, Wish.NONE)


class TestInFlight:
    @pytest.mark.parametrize(
        "state", [s for s, t in STATES.items() if t.standing is Standing.IN_FLIGHT]
    )
    @pytest.mark.parametrize("write", Write)
    @pytest.mark.parametrize(
        "at",
        [
            standpoint(CHANGED),
            standpoint(with_status(ORDER, DRAFT)),
            standpoint(ORDER, is_withdrawn=True),
            standpoint(ORDER, rules(OFF)),
            standpoint(ORDER, is_paused=True),
            landed(CHANGED),
            landed(pairing=pairing(WRITTEN, ORDER, gone_at=NOW)),
        ],
    )
    def test_nobody_moves_it(self, state: State, write: Write, at: Standpoint) -> None:
        """While a write is on its way no source, rule, pause or press moves the transfer."""
        was = transfer(state=state, write=write, wish=Wish.UNDO)

        assert reconsider(was, at, NOW, restart=True, pressed=True) is was


class TestRefused:
    AT = standpoint(ORDER)

    def test_what_starts_it_again(self) -> None:
        """Another source content, other settings or a press starts it again; a second look not."""
        was = transfer(state=State.REFUSED, refusal=REFUSAL, attempts=2, rounds=3)

        assert reconsider(was, self.AT, NOW) is was
        for again in (
            reconsider(was, self.AT, NOW, restart=True),
            reconsider(was, self.AT, NOW, pressed=True),
        ):
            assert (again.state, again.refusal) == (State.READY, None)
            assert (again.attempts, again.rounds) == (0, 0)

    @pytest.mark.parametrize(
        "at",
        [
            standpoint(CHANGED),
            standpoint(ORDER, is_withdrawn=True),
            standpoint(ORDER, rules(OFF)),
            standpoint(ORDER, rules(MANUAL)),
        ],
    )
    def test_what_is_unclear_is_a_persons(self, at: Standpoint) -> None:
        """Nobody knows if it is there: no source and no rule sends it anew or leaves it out."""
        places = {"target": "QuickBooks", "document": "sales order", "near": "7"}
        unclear = refuse("outcome-unclear", **places)
        was = transfer(state=State.REFUSED, write=Write.CREATE, refusal=unclear)

        assert reconsider(was, at, NOW, restart=True) is was
        assert reconsider(was, self.AT, NOW, pressed=True).state is State.READY

    def test_15_a_refused_update_in_a_flow_that_is_off(self) -> None:
        """15: a refused update whose flow is switched off is changed, never held."""
        was = transfer(state=State.REFUSED, write=Write.UPDATE, refusal=REFUSAL, wish=Wish.SEND)
        after = reconsider(was, landed(CHANGED, rules(OFF)), NOW, restart=True)

        assert (after.state, code(after)) == (State.CHANGED, "flow-off")

    def test_restored_at_its_source(self) -> None:
        """A refused update whose source says again what was sent is done."""
        was = transfer(state=State.REFUSED, write=Write.UPDATE, refusal=REFUSAL)
        after = reconsider(was, landed(), NOW, restart=True)

        assert (after.state, after.refusal, after.write) == (State.DONE, None, None)


class TestPutOff:
    def test_2_a_locked_file_outlasts_edits(self) -> None:
        """2: the back-off of a locked file survives edits at the source; a person is faster."""
        sending = transfer(state=State.SENDING, write=Write.UPDATE, attempts=6)
        waiting = advance(sending, Event.BUSY, NOW, why=reason("busy", problem="locked"))
        automatic = rules(changes=ChangePolicy.AUTOMATIC)
        at = landed(CHANGED, automatic, changed_at=NOW)
        edited = reconsider(waiting, at, NOW + MINUTE, restart=True)
        pressed = reconsider(
            msgspec.structs.replace(waiting, wish=Wish.SEND), at, NOW + MINUTE, pressed=True
        )

        assert edited is waiting
        assert (pressed.state, pressed.attempts) == (State.READY, 0)

    def test_46_a_family_outlasts_edits(self) -> None:
        """46: what waits for its order goes on waiting for it when its own source changes."""
        why = reason("waits-for", document="sales order SO-1")
        waiting = advance(transfer(), Event.AWAITS, NOW, why=why, waits_for=7)

        assert reconsider(waiting, standpoint(CHANGED), NOW, restart=True) is waiting


class TestMatching:
    @pytest.mark.parametrize(
        "write, at", [(Write.CREATE, standpoint()), (Write.UPDATE, landed(CHANGED))]
    )
    def test_its_answer_is_awaited(self, write: Write, at: Standpoint) -> None:
        """What has asked for records or a reading awaits the answer, as long as it is still wanted."""
        made = standpoint(
            CHANGED, rules(changes=ChangePolicy.AUTOMATIC), pairing=at.pairing, changed_at=NOW
        )
        was = transfer(state=State.MATCHING, write=write, exchange=5)

        assert reconsider(was, made, NOW, restart=True, pressed=True) is was


class TestSettling:
    RULES = rules(changes=ChangePolicy.AUTOMATIC)

    def at(self, changed_at: datetime) -> Standpoint:
        return landed(CHANGED, self.RULES, changed_at=changed_at)

    def test_2_a_changed_order_waits_until_it_is_quiet(self) -> None:
        """2: five minutes after the last change an automatic update is ready, and says why not yet."""
        waiting = reconsider(transfer(state=State.DONE), self.at(NOW), NOW)
        due = advance(waiting, Event.DUE, NOW + 5 * MINUTE)
        looked_at = reconsider(due, self.at(NOW), NOW + 5 * MINUTE)

        assert (waiting.state, waiting.retry_at) == (State.WAITING, NOW + 5 * MINUTE)
        assert waiting.reason == Reason("settling", {"until": "09:05 UTC"})
        assert (due.state, due.write, due.reason) == (State.READY, Write.UPDATE, None)
        assert looked_at is due

    def test_2_one_update_an_hour(self) -> None:
        """2: an order that is saved every minute is written once in an hour, and no later."""
        current = transfer(state=State.DONE)
        ready: list[int] = []
        for minute in range(61):
            now = NOW + minute * MINUTE
            if current.state is State.WAITING and current.retry_at and current.retry_at <= now:
                current = advance(current, Event.DUE, now)
            current = reconsider(current, self.at(now), now, restart=True)
            if current.state is State.READY:
                ready.append(minute)

        assert ready == [QUIET_AT_MOST / MINUTE]

    def test_a_change_after_it_was_ready(self) -> None:
        """A change in the last moment begins the quiet time anew, within the hour."""
        ready = transfer(state=State.READY, write=Write.UPDATE, released_at=NOW)
        after = reconsider(ready, self.at(NOW + 5 * MINUTE), NOW + 5 * MINUTE)

        assert (after.state, after.retry_at) == (State.WAITING, NOW + 10 * MINUTE)

    def test_a_person_does_not_wait(self) -> None:
        """Pressing send ends the waiting at once."""
        waiting = reconsider(transfer(state=State.DONE), self.at(NOW), NOW)
        wished = msgspec.structs.replace(waiting, wish=Wish.SEND)

        assert reconsider(wished, self.at(NOW), NOW, pressed=True).state is State.READY


class TestAfterItHasLanded:
    def test_1_changed_and_sent_on_request(self) -> None:
        """1: a changed order is told, and updated when somebody presses send."""
        told = reconsider(transfer(state=State.DONE), landed(CHANGED), NOW)
        wished = msgspec.structs.replace(told, wish=Wish.SEND)
        ready = reconsider(wished, landed(CHANGED), NOW, pressed=True)

        assert (told.state, code(told)) == (State.CHANGED, "source-changed")
        assert (ready.state, ready.write) == (State.READY, Write.UPDATE)

    @pytest.mark.parametrize("wish", [Wish.NONE, Wish.SEND])
    def test_3_changed_back(self, wish: Wish) -> None:
        """3: an order that says again what was sent is done, and nothing is written."""
        changed = transfer(state=State.CHANGED, wish=wish)
        if wish is Wish.SEND:
            changed = transfer(state=State.READY, write=Write.UPDATE, wish=wish)
        done = reconsider(changed, landed(), NOW)

        assert (done.state, done.wish, done.write) == (State.DONE, Wish.NONE, None)

    def test_progress_is_no_change(self) -> None:
        """An order that is shipped and closed after it was sent is still done."""
        done = transfer(state=State.DONE)

        assert reconsider(done, landed(with_status(ORDER, CLOSED)), NOW) is done

    def test_back_to_a_draft(self) -> None:
        """That a landed order is a draft again holds nothing back."""
        done = transfer(state=State.DONE)

        assert reconsider(done, landed(with_status(ORDER, DRAFT)), NOW) is done

    def test_18_other_settings(self) -> None:
        """18: other settings make no landed document changed."""
        done = transfer(state=State.DONE)

        assert reconsider(done, landed(ORDER, rules(MANUAL)), NOW, restart=True) is done

    def test_what_was_sent_is_not_known(self) -> None:
        """9.15: a document adopted unread, or of an older version, counts as sent, without alarm."""
        unknown = standpoint(CHANGED, pairing=pairing())

        assert reconsider(transfer(state=State.DONE), unknown, NOW).state is State.DONE

    @pytest.mark.parametrize("pressed", [True, False])
    def test_accepted(self, pressed: bool) -> None:
        """What a person accepted (as seen is as sent and as written) is done."""
        there = order("SO-1 ACME", "9 BOLT", id="T1")
        accepted = pairing(there, CHANGED)

        after = reconsider(
            transfer(state=State.CHANGED),
            standpoint(CHANGED, pairing=accepted),
            NOW,
            pressed=pressed,
        )
        assert after.state is State.DONE

    def test_5_changed_there(self) -> None:
        """5: what somebody changed there is told, with both sides a conflict; send is then ours."""
        theirs = seen(pairing(WRITTEN, ORDER), order("SO-1 ACME", "9 BOLT 1.50", id="T1"))
        done = transfer(state=State.DONE)
        one = reconsider(done, landed(pairing=theirs), NOW)
        both = reconsider(done, landed(CHANGED, pairing=theirs), NOW)
        ours = reconsider(
            msgspec.structs.replace(both, wish=Wish.SEND), landed(CHANGED, pairing=theirs), NOW
        )

        assert (code(one), code(both)) == ("target-changed", "conflict")
        assert (ours.state, ours.write) == (State.READY, Write.UPDATE)

    @pytest.mark.parametrize("state", [State.READY, State.WAITING, State.UNKNOWN, State.DONE])
    def test_5_news_ends_a_wish_to_send(self, state: State) -> None:
        """5: who sent it before the target's change was seen is asked again, in flight or not."""
        theirs = seen(pairing(WRITTEN, ORDER), order("SO-1 ACME", "9 BOLT 1.50", id="T1"))
        at = landed(CHANGED, pairing=theirs)
        was = transfer(state=state, write=Write.UPDATE, wish=Wish.SEND)
        told = reconsider(was, at, NOW, news=True)

        assert told.wish is Wish.NONE
        assert (told.state is State.CHANGED) == (state is not State.UNKNOWN)

    def test_72_gone_there_and_sent_again(self) -> None:
        """72, 54: what is gone there is told; sent again it is created under another mark."""
        gone = landed(pairing=pairing(WRITTEN, ORDER, gone_at=NOW))
        told = reconsider(transfer(state=State.DONE, key="{k}"), gone, NOW)
        again = reconsider(msgspec.structs.replace(told, wish=Wish.SEND), gone, NOW, pressed=True)

        assert (told.state, code(told)) == (State.CHANGED, "target-gone")
        assert (again.state, again.write, again.generation, again.key) == (
            State.READY,
            Write.CREATE,
            1,
            None,
        )

    @pytest.mark.parametrize("state", [State.DONE, State.CHANGED, State.REFUSED, State.WAITING])
    def test_30_undone(self, state: State) -> None:
        """30: an undo is carried out from whatever state it was pressed in."""
        write = Write.UPDATE if state in (State.REFUSED, State.WAITING) else None
        was = transfer(state=state, write=write, wish=Wish.UNDO)
        after = reconsider(was, landed(CHANGED), NOW, pressed=True)

        assert (after.state, after.write) == (State.READY, Write.VOID)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("at", [standpoint(ORDER), landed(), landed(CHANGED)])
def test_a_second_look_changes_nothing(state: State, at: Standpoint) -> None:
    """Looking twice is looking once, in whatever state."""
    refusal = REFUSAL if state is State.REFUSED else None
    once = reconsider(transfer(state=state, refusal=refusal), at, NOW)

    assert reconsider(once, at, NOW) is once
