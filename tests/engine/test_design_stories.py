"""The design's stories, as far as the pure engine decides them; each test is one story.

They are played on a ``Desk`` beside books that forget nothing, or told with facts where
the flow or the system does not exist yet.  What every row of a story means in detail is
tested beside the module that decides it; the stories that need more than the engine are
named at the end.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from counterfoil.documents import (
    DocumentStatus,
    Quantity,
    RecordKind,
    SalesOrder,
    encode,
    fingerprint,
    reason,
)
from counterfoil.engine.admission import Go, LeaveOut, admit
from counterfoil.engine.deciding import Facts, Rest, Source, Wish, Write, decide
from counterfoil.engine.life import FAMILY_AGE_LIMIT, STATES, TABLE, Effect, Event, State, Step
from counterfoil.engine.matching import NameChoice
from counterfoil.engine.moving import advance, reconsider
from counterfoil.engine.operations import (
    Busy,
    CreateDocument,
    FindDocument,
    Operation,
    UpdateDocument,
    VoidDocument,
)
from counterfoil.engine.seeing import seen_as
from counterfoil.engine.settlement import Waiting
from counterfoil.engine.settling import recognise
from counterfoil.engine.transfers import PairedLine, derived_mark
from counterfoil.settings import (
    CancelledWay,
    ChangePolicy,
    DocumentNumber,
    FieldPair,
    FlowMode,
    FlowName,
    Settings,
)
from counterfoil.translate import TRANSLATORS, LandedPart, part_number, split_counting_up
from tests.engine.books import Books, Desk
from tests.support.builders import (
    NOW,
    client,
    fields,
    line,
    mark,
    order,
    pairing,
    product,
    settings,
    standpoint,
    target,
    transfer,
)

MINUTE = timedelta(minutes=1)
ON_REQUEST, AUTOMATIC = ChangePolicy.ON_REQUEST, ChangePolicy.AUTOMATIC
FIRST = order("SO-1 ACME", line("2 NUT", id="s1"))
SECOND = order("SO-1 ACME", line("3 NUT", id="s1"))


def rules(**changes: Any) -> Settings:
    return settings(sales_order_out=changes)


def desk(made: Settings | None = None, **changes: Any) -> Desk:
    """An order that has landed, with whatever rules."""
    books = Books()
    books.add(client("ACME"), product("NUT"), product("BOLT"))
    played = Desk(books, rules=made or settings(), **changes)
    played.refresh()
    played.take(FIRST)
    played.run()
    assert played.transfers[1].state is State.DONE
    return played


def automatic(**changes: Any) -> Settings:
    policies = {"changes": AUTOMATIC, "cancellations": AUTOMATIC}
    return rules(**policies | changes)


def quantity(of: SalesOrder) -> Decimal:
    found = of.lines[0].quantity
    assert found is not None
    return found.value


def by_hand(played: Desk, pieces: int) -> SalesOrder:
    """Somebody changes the document there."""
    there = played.written(1)
    changed = msgspec.structs.replace(there.lines[0], quantity=Quantity(Decimal(pieces)))
    return played.books.edit(there.id, lines=(changed,))


def until(played: Desk, operation: type[Operation]) -> Operation:
    """Play until such an operation has left; its answer is still to come."""
    for _ in range(5):
        for asked in played.record(played.plan()):
            if isinstance(asked, operation):
                return asked
            played.settle({asked.id: played.books.execute(asked)})
    raise AssertionError("it never left")


def looked_at(played: Desk) -> None:
    """Read what the document says there now, as watching does."""
    at = played.at(1)
    assert at.pairing is not None
    there = played.books.documents.get(at.pairing.target_id)
    played.pairings[1] = seen_as(at.pairing, there, TRANSLATORS[played.flow], played.now)
    played.reconsider(1)


def told(played: Desk) -> tuple[State, str | None]:
    """Where the transfer stands, and why."""
    found = played.transfers[1]
    return found.state, found.reason.code if found.reason else None


def second(played: Desk) -> State:
    """Where the second order stands."""
    return played.transfers[2].state


class TestChanges:
    def test_1_order_changed_changes_on_request(self) -> None:
        """1: changed, told, sent on request: one order, the same pairing, as its source says."""
        played = desk()
        before = played.pairings[1].target_id
        played.change(1, SECOND)
        assert told(played) == (State.CHANGED, "source-changed")
        played.wish(1, Wish.SEND)
        played.run()

        assert told(played) == (State.DONE, None)
        assert quantity(played.written(1)) == 3
        assert (played.pairings[1].target_id, len(played.books.documents)) == (before, 1)

    def test_2_saved_every_minute_for_an_hour(self) -> None:
        """2: an order that is saved every minute is updated once an hour, with what it says then."""
        played = desk(automatic())
        for minute in range(1, 62):
            played.now = NOW + minute * MINUTE
            played.change(1, order("SO-1 ACME", line(f"{minute + 10} NUT", id="s1")))
            waiting = played.transfers[1]
            if waiting.retry_at is not None and waiting.retry_at <= played.now:
                played.keep(advance(waiting, Event.DUE, played.now))
            played.run()

        assert quantity(played.written(1)) == 71
        assert len(played.landings[1]) == 2

    @pytest.mark.parametrize("policy", [ON_REQUEST, AUTOMATIC])
    def test_3_changed_and_changed_back(self, policy: ChangePolicy) -> None:
        """3: changed, and changed back before it was sent: done, and nothing is written."""
        played = desk(rules(changes=policy))
        played.change(1, SECOND)
        played.change(1, FIRST)
        played.run()

        assert told(played) == (State.DONE, None)
        assert len(played.landings[1]) == 1

    def test_4_changed_while_its_update_is_sending(self) -> None:
        """4: an order changed while its update was on its way is compared again; the last wins."""
        played = desk(automatic(), now=NOW)
        played.rules = msgspec.structs.replace(
            played.rules, general=msgspec.structs.replace(played.rules.general, quiet_minutes=0)
        )
        played.change(1, SECOND)
        written = until(played, UpdateDocument)
        played.change(1, order("SO-1 ACME", line("4 NUT", id="s1")))
        played.settle({written.id: played.books.execute(written)})
        played.run()

        assert quantity(played.written(1)) == 4

    @pytest.mark.parametrize("policy", [ON_REQUEST, AUTOMATIC])
    @pytest.mark.parametrize("is_read", [True, False])
    def test_5_modified_in_both_systems(self, policy: ChangePolicy, is_read: bool) -> None:
        """5: a conflict is told before anything is written; then ours goes upon what was shown."""
        played = desk(rules(changes=policy))
        by_hand(played, 9)
        if is_read:
            looked_at(played)
        played.change(1, SECOND)
        if not is_read:
            played.wish(1, Wish.SEND)
        played.wake()
        played.run()
        assert told(played) == (State.CHANGED, "conflict")
        assert quantity(played.written(1)) == 9
        played.change(1, order("SO-1 ACME", line("4 NUT", id="s1")))
        assert told(played) == (State.CHANGED, "conflict")
        played.wish(1, Wish.SEND)
        played.run()

        assert quantity(played.written(1)) == 4

    def test_6_payment_link_and_custom_field(self) -> None:
        """6: what others add moves the revision and is no change; nobody is told."""
        played = desk()
        played.books.edit(
            played.written(1).id, custom_fields=fields(Job="7"), status=DocumentStatus.CLOSED
        )
        looked_at(played)

        assert told(played) == (State.DONE, None)

    def test_7_stale_though_nobody_changed_our_fields(self) -> None:
        """7: read, take the new revision, update: three rounds, then a person is asked."""
        played = desk()
        played.change(1, SECOND)
        played.wish(1, Wish.SEND)
        for _ in range(3):
            written = until(played, UpdateDocument)
            played.books.edit(played.written(1).id, memo="again")
            played.settle({written.id: played.books.execute(written)})
        played.run()
        assert played.refusal(1).code == "will-not-settle"
        played.wish(1, Wish.SEND)
        played.run()

        assert quantity(played.written(1)) == 3

    @pytest.mark.parametrize("had_run", [True, False])
    def test_8_9_update_lost(self, had_run: bool) -> None:
        """8, 9: a lost update is there, or is made again: once in effect, either way."""
        played = desk()
        played.change(1, SECOND)
        played.wish(1, Wish.SEND)
        written = until(played, UpdateDocument)
        if had_run:
            played.books.execute(written)
        played.lose()
        assert told(played) == (State.UNKNOWN, "outcome-asked")
        played.run()

        assert told(played) == (State.DONE, None)
        assert quantity(played.written(1)) == 3

    @pytest.mark.parametrize(
        "carried, state", [(False, (State.DONE, None)), (True, (State.CHANGED, "target-changed"))]
    )
    def test_10_update_lost_had_run_then_a_person_edits(
        self, carried: bool, state: tuple[State, str | None]
    ) -> None:
        """10: an edit of what we do not carry changes nothing; one of what we do is told, and kept."""
        played = desk()
        played.change(1, SECOND)
        played.wish(1, Wish.SEND)
        played.books.execute(until(played, UpdateDocument))
        if carried:
            by_hand(played, 9)
        else:
            played.books.edit(played.written(1).id, memo="a remark")
        played.lose()
        played.run()

        expected = (State.CHANGED, "conflict") if carried else state
        assert told(played) == expected
        assert quantity(played.written(1)) == (9 if carried else 3)

    def test_12_a_system_that_cannot_change_orders(self) -> None:
        """12: refused with what differs, and done once somebody accepted it as it is."""
        played = desk(to=target(changes=frozenset()))
        played.change(1, SECOND)
        played.wish(1, Wish.SEND)
        played.run()
        assert played.refusal(1).code == "cannot-change"
        assert "lines[0].quantity" in played.refusal(1).sentence
        played.pairings[1] = msgspec.structs.replace(
            played.pairings[1], sent_fingerprint=fingerprint(SECOND)
        )
        played.reconsider(1, pressed=True)

        assert told(played) == (State.DONE, None)

    @pytest.mark.parametrize("pieces, state", [(4, State.DONE), (1, State.REFUSED)])
    def test_13_14_changed_after_a_part_was_delivered(self, pieces: int, state: State) -> None:
        """13, 14: more may be ordered of a line that was delivered, less than that may not."""
        played = desk()
        there = played.written(1)
        delivered = msgspec.structs.replace(there.lines[0], delivered=Quantity(Decimal(2)))
        played.books.edit(there.id, lines=(delivered,))
        played.change(1, order("SO-1 ACME", line(f"{pieces} NUT", id="s1")))
        played.wish(1, Wish.SEND)
        played.run()

        assert played.transfers[1].state is state
        if state is State.REFUSED:
            assert played.refusal(1).code == "below-delivered"
        else:
            assert [each.id for each in played.written(1).lines] == [there.lines[0].id]

    @pytest.mark.parametrize("mode", [FlowMode.MANUAL, FlowMode.OFF])
    def test_15_refused_update_then_manual_or_off(self, mode: FlowMode) -> None:
        """15: a refused update whose flow is switched is changed or still refused, never held."""
        refused = transfer(state=State.REFUSED, write=Write.UPDATE, wish=Wish.SEND)
        at = standpoint(SECOND, rules(mode=mode), pairing=pairing(sent=FIRST))
        after = reconsider(refused, at, NOW)

        assert after.state is (State.CHANGED if mode is FlowMode.OFF else State.REFUSED)

    def test_16_adopted_order_then_source_changes(self) -> None:
        """16: what was adopted and read is a baseline; a change is told and sent on request."""
        played = desk()
        played.pairings[1] = msgspec.structs.replace(
            played.pairings[1], is_adopted=True, lines=None
        )
        played.change(1, SECOND)
        assert told(played) == (State.CHANGED, "source-changed")
        played.wish(1, Wish.SEND)
        played.run()

        assert quantity(played.written(1)) == 3
        assert played.landings[1][-1].is_adopted

    def test_18_settings_changed(self) -> None:
        """18: other settings make no landed document changed."""
        played = desk()
        played.rules = rules(document_number=DocumentNumber.ORDER_CODE)
        played.reconsider(1, restart=True)

        assert told(played) == (State.DONE, None)

    @pytest.mark.parametrize("is_taken", [True, False])
    def test_19_source_number_changed_after_landing(self, is_taken: bool) -> None:
        """19: the update bears the new number, looked up first; a taken one is refused."""
        played = desk(rules(document_number=DocumentNumber.ORDER_CODE))
        if is_taken:
            played.books.enter(order("SO-9 Zenith", "1 BOLT"))
        played.change(1, msgspec.structs.replace(FIRST, number="SO-9"))
        played.wish(1, Wish.SEND)
        played.run()

        assert played.written(1).number == ("SO-1" if is_taken else "SO-9")
        if is_taken:
            assert played.refusal(1).code == "number-taken"


class TestCancelVoidUndo:
    def test_20_cancelled_nothing_delivered_delete(self) -> None:
        """20: cancelled: told, taken out, skipped; the pairing has ended."""
        played = desk(rules(cancellations=ON_REQUEST, cancelled_way=CancelledWay.DELETE))
        played.cancel(1)
        assert told(played) == (State.CHANGED, "source-gone")
        played.wish(1, Wish.SEND)
        played.run()

        assert told(played) == (State.SKIPPED, "not-sent")
        assert (played.books.documents, played.pairings) == ({}, {})
        assert played.transfers[1].wish is Wish.NONE

    def test_21_cancelled_half_invoiced_close(self) -> None:
        """21: closed by an update, still landed; un-cancelled, an update opens it again."""
        played = desk(automatic(cancelled_way=CancelledWay.CLOSE))
        played.cancel(1)
        played.run()
        assert told(played) == (State.DONE, None)
        assert played.written(1).status is DocumentStatus.CANCELLED
        assert played.written(1).lines
        played.change(1, FIRST)
        played.run()

        assert told(played) == (State.DONE, None)
        assert played.written(1).status is DocumentStatus.OPEN
        assert len(played.books.documents) == 1

    def test_22_cancelled_after_it_was_invoiced(self) -> None:
        """22: read first: what was made from it keeps it there; a person is told."""
        played = desk(automatic(cancelled_way=CancelledWay.DELETE))
        there = played.written(1)
        delivered = msgspec.structs.replace(there.lines[0], delivered=Quantity(Decimal(1)))
        played.books.edit(there.id, lines=(delivered,))
        played.cancel(1)
        played.run()

        assert played.refusal(1).code == "paid-or-followed"
        assert len(played.books.documents) == 1

    @pytest.mark.parametrize("had_run", [True, False])
    def test_23_void_lost(self, had_run: bool) -> None:
        """23: a lost void is gone, or is made again; either way it ends skipped."""
        played = desk(automatic(cancelled_way=CancelledWay.DELETE))
        played.cancel(1)
        written = until(played, VoidDocument)
        if had_run:
            played.books.execute(written)
        played.lose()
        played.run()

        assert told(played) == (State.SKIPPED, "not-sent")
        assert not played.books.documents

    def test_25_voided_then_restored_at_the_source(self) -> None:
        """25: created again under the next generation of its mark; its number is not taken."""
        made = automatic(
            cancelled_way=CancelledWay.DELETE, document_number=DocumentNumber.ORDER_CODE
        )
        played = desk(made)
        played.cancel(1)
        played.run()
        played.change(1, FIRST)
        played.run()

        assert told(played) == (State.DONE, None)
        there = played.written(1)
        assert (there.number, played.books.keys[there.id]) == ("SO-1", mark(1, generation=1))

    @pytest.mark.parametrize("is_there", [True, False])
    def test_26_cancelled_while_unknown(self, is_there: bool) -> None:
        """26: the answer is recorded, then decided: taken out as set, or skipped when absent."""
        played = desk(automatic(cancelled_way=CancelledWay.DELETE))
        played.take(order("SO-2 ACME", "1 NUT"))
        written = until(played, CreateDocument)
        if is_there:
            played.books.execute(written)
        played.lose()
        played.cancel(2)
        assert second(played) is State.UNKNOWN
        played.run()

        assert second(played) is State.SKIPPED
        assert len(played.books.documents) == 1

    def test_27_gone_at_the_source_and_in_the_books(self) -> None:
        """27: the pairing has ended, it is skipped, and nothing is written."""
        played = desk()
        played.books.remove(played.written(1).id)
        looked_at(played)
        assert told(played) == (State.CHANGED, "target-gone")
        played.cancel(1)

        assert told(played) == (State.SKIPPED, "not-sent")
        assert (played.pairings, played.transfers[1].generation) == ({}, 1)

    def test_28_undo_of_what_another_document_fulfils(self) -> None:
        """28: an order whose invoice has landed is not taken out before it."""
        played = desk()
        played.followed.add(1)
        played.wish(1, Wish.UNDO)
        played.run()
        assert played.refusal(1).code == "paid-or-followed"
        assert len(played.books.documents) == 1
        played.followed.clear()
        played.wish(1, Wish.UNDO)
        played.run()

        assert told(played) == (State.SKIPPED, "undone-by")

    @pytest.mark.parametrize("moment", ["done", "waiting", "refused", "sending", "unknown"])
    def test_30_undo_at_any_moment(self, moment: str) -> None:
        """30: an undo is kept, carried out after the answer, and ends skipped."""
        played = desk()
        played.take(order("SO-2 ACME", "1 NUT"))
        written: Operation | None = None
        if moment == "refused":
            played.change(2, order("SO-2 NOBODY", "1 NUT"))
            played.run()
        elif moment != "done":
            written = until(played, CreateDocument)
            if moment == "waiting":
                played.settle({written.id: Busy("locked")})
            elif moment == "unknown":
                played.books.execute(written)
                played.lose()
        else:
            played.run()
        assert second(played) is State(moment)
        played.wish(2, Wish.UNDO)
        if moment == "sending":
            assert second(played) is State.SENDING
            assert written is not None
            played.settle({written.id: played.books.execute(written)})
        played.run()

        assert played.transfers[2].reason == reason("undone-by", who="Dana")
        assert len(played.books.documents) == 1

    def test_31_undo_with_the_flow_off_or_the_link_paused(self) -> None:
        """31: an undo goes with the flow off; it waits while the link is paused, then goes by itself."""
        played = desk()
        played.rules = rules(mode=FlowMode.OFF)
        played.is_paused = True
        played.wish(1, Wish.UNDO)
        played.run()
        assert told(played) == (State.CHANGED, "link-paused")
        played.is_paused = False
        played.reconsider(1)
        played.run()

        assert told(played) == (State.SKIPPED, "undone-by")

    def test_32_after_undo_the_source_is_edited(self) -> None:
        """32: what was undone stays skipped until a person sends it."""
        played = desk(automatic())
        played.wish(1, Wish.UNDO)
        played.run()
        played.change(1, SECOND)
        played.run()
        assert told(played) == (State.SKIPPED, "undone-by")
        played.wish(1, Wish.SEND)
        played.run()

        assert told(played) == (State.DONE, None)
        assert quantity(played.written(1)) == 3

    def test_33_undo_of_what_a_person_changed(self) -> None:
        """33: refused, as it was changed since; gone with their consent."""
        played = desk()
        by_hand(played, 9)
        played.wish(1, Wish.UNDO)
        played.run()
        assert played.refusal(1).code == "undone-needs-consent"
        assert quantity(played.written(1)) == 9
        shown = played.pairings[1]
        played.pairings[1] = msgspec.structs.replace(shown, content=shown.seen_content)
        played.reconsider(1, pressed=True)
        played.run()

        assert told(played) == (State.SKIPPED, "undone-by")
        assert not played.books.documents


def shown(**lines: int) -> dict[str, Decimal]:
    """What a receipt's lines say has come so far."""
    return {key: Decimal(value) for key, value in lines.items()}


def carried(key: str, **lines: int) -> tuple[str, LandedPart]:
    """A part that has landed."""
    return key, LandedPart(key, tuple((each, Decimal(n)) for each, n in lines.items()))


def parts(so_far: dict[str, Decimal], *landed: tuple[str, LandedPart], **how: bool) -> Any:
    """Which part carries what, and whether it has landed."""
    found = split_counting_up(so_far, dict(landed), **how)
    assert found is not None
    return [(each.key, dict(each.lines), each.has_landed) for each in found.portions]


class TestParts:
    def test_34_four_of_ten_billed_grows_to_seven(self) -> None:
        """34: part 1 stays as it is; part 2 carries the three that came since."""
        assert parts(shown(a=7), carried("1", a=4)) == [
            ("1", {"a": 4}, True),
            ("2", {"a": 3}, False),
        ]

    @pytest.mark.parametrize("landed, expected", [(True, 3), (False, 7)])
    def test_35_36_grows_before_the_first_has_landed(self, landed: bool, expected: int) -> None:
        """35, 36: no other part begins before: recovered, part 2 is 3; absent or refused, it is 7."""
        found = parts(shown(a=7), *([carried("1", a=4)] if landed else []))

        assert found[-1][1:] == ({"a": expected}, False)
        assert [key for key, _, _ in found] == (["1", "2"] if landed else ["1"])

    def test_37_less_than_landed(self) -> None:
        """37: seven become five with bills of four and three: the newest part is short of it."""
        found = parts(shown(a=5), carried("1", a=4), carried("2", a=3))

        assert found == [("1", {"a": 4}, True), ("2", {"a": 1}, True)]

    def test_38_two_bills_of_one_order(self) -> None:
        """38: parts have numbers and marks of their own."""
        numbers = [part_number("PO-17", each) for each in ("", "1", "2", "3")]
        marks = {derived_mark("f", "q", "receipt-out", "PO-17", each, 0) for each in ("1", "2")}

        assert numbers == ["PO-17", "PO-17", "PO-17-2", "PO-17-3"]
        assert len(marks) == 2

    def test_43_a_new_line_on_a_document_taken_up_long_ago(self) -> None:
        """43, 44: a late row makes the document grow: it is the open part's."""
        assert parts(shown(a=4, b=2), carried("1", a=4))[-1] == ("2", {"b": 2}, False)

    def test_45_once(self) -> None:
        """45: with "once", later growth is noted and nothing of it is written."""
        found = split_counting_up(shown(a=7), dict([carried("1", a=4)]), once=True)

        assert found is not None
        assert [each.key for each in found.portions] == ["1"]
        assert found.left_over == (("a", Decimal(3)),)

    def test_77_lines_that_are_not_known(self) -> None:
        """77: where what a landed part carried is unknown it is read first; nothing is guessed."""
        assert split_counting_up(shown(a=7), {"1": LandedPart("1", None)}) is None


class TestFamilies:
    WHY = reason("waits-for", document="sales order SO-1")

    def test_46_shipment_before_its_order(self) -> None:
        """46: it waits for the document, not for a time; when that has landed it goes."""
        waiting = advance(transfer(), Event.AWAITS, NOW, why=self.WHY, waits_for=5)
        due = advance(waiting, Event.DUE, NOW + timedelta(days=9))

        assert (waiting.state, waiting.waits_for, waiting.retry_at) == (State.WAITING, 5, None)
        assert (due.state, due.waits_for) == (State.READY, None)

    def test_47_its_order_is_refused(self) -> None:
        """47: it waits as long as what is held may be held, and says for which document."""
        assert STATES[State.HELD].age_limit == FAMILY_AGE_LIMIT
        assert self.WHY.sentence == "The document waits for sales order SO-1."
        assert TABLE[State.WAITING, Event.OVERDUE].to is State.REFUSED

    def test_50_link_dropped_silently(self) -> None:
        """50: what was entered is not done before its link is proved, and is paired at once."""
        assert TABLE[State.SENDING, Event.ENTERED] == Step(
            State.UNKNOWN, (Effect.PAIR, Effect.EXPLAIN)
        )
        assert (State.CONFIRMING, Event.UNLINKED) in TABLE
        assert (State.SENDING, Event.UNLINKED) not in TABLE

    @pytest.mark.parametrize("status", [DocumentStatus.DRAFT, DocumentStatus.CANCELLED])
    def test_51_crash_between_delete_and_add(self, status: DocumentStatus) -> None:
        """51: what takes the place of what was taken out goes, whatever rules of creation say."""
        source = msgspec.structs.replace(SECOND, status=status)
        at = standpoint(
            source,
            rules(mode=FlowMode.MANUAL, start_date=date(2027, 1, 1)),
            is_withdrawn=False,
        )
        sending = transfer(state=State.SENDING, write=Write.VOID, wish=Wish.SEND)
        after = advance(sending, Event.WRITTEN, NOW, at=at)
        once = advance(
            msgspec.structs.replace(after, state=State.SENDING),
            Event.WRITTEN,
            NOW,
            at=standpoint(source, pairing=pairing(sent=source), is_withdrawn=False),
        )

        assert (after.state, after.write, after.wish) == (State.READY, Write.CREATE, Wish.REPLACE)
        assert (once.state, once.wish) == (State.DONE, Wish.NONE)

    def test_54_gone_there(self) -> None:
        """54: a document that vanished there is told; nothing is sent again by itself."""
        played = desk(automatic())
        played.books.remove(played.written(1).id)
        looked_at(played)
        played.change(1, SECOND)
        played.run()

        assert told(played) == (State.CHANGED, "target-gone")
        assert not played.books.documents

    def test_54_found_gone_when_it_is_to_be_changed(self) -> None:
        """54: a press to change what turns out to be gone creates nothing; a person decides."""
        played = desk()
        played.change(1, SECOND)
        played.books.remove(played.written(1).id)
        played.wish(1, Wish.SEND)
        played.run()
        assert told(played) == (State.CHANGED, "target-gone")
        played.wish(1, Wish.SEND)
        played.run()

        assert told(played) == (State.DONE, None)
        assert played.transfers[1].generation == 1

    def test_57_recreated_at_the_source_under_the_same_code(self) -> None:
        """57: the old one gone on both sides is skipped, and its number is free for the new one."""
        played = desk(rules(document_number=DocumentNumber.ORDER_CODE))
        played.books.remove(played.written(1).id)
        looked_at(played)
        played.cancel(1)
        played.take(FIRST)
        played.run()

        assert [each.state for each in played.transfers.values()] == [State.SKIPPED, State.DONE]

    def test_57_the_old_one_is_still_there(self) -> None:
        """57: while the old one is still there its number is taken."""
        played = desk(rules(document_number=DocumentNumber.ORDER_CODE))
        played.take(FIRST)
        played.run()

        assert played.refusal(2).code == "number-taken"


class TestLostAnswers:
    def test_58_a_write_that_runs_after_we_were_told(self) -> None:
        """58: absent is believed only once the write can no longer run: it is there once."""
        played = desk(
            rules(document_number=DocumentNumber.ORDER_CODE),
            to=target(keeps_marks=False),
            may_run_for=timedelta(minutes=30),
        )
        played.take(order("SO-2 ACME", "1 NUT"))
        late = until(played, CreateDocument)
        played.lose()
        played.round()
        assert second(played) is State.UNKNOWN
        assert played.transfers[2].reason is not None
        assert played.transfers[2].reason.code == "hold-back"
        played.books.execute(late)
        played.run()

        assert second(played) is State.DONE
        assert len(played.books.documents) == 2

    def test_59_a_batch_of_thirty_is_lost(self) -> None:
        """59: looked for in one question; only those that are missing are sent again."""
        played = desk(
            rules(document_number=DocumentNumber.ORDER_CODE), to=target(keeps_marks=False)
        )
        played.take(*[order(f"N-{n} ACME", "1 NUT") for n in range(30)])
        played.round()
        written = played.record(played.plan())
        for each in written[:17]:
            played.books.execute(each)
        played.lose()
        made = played.plan()
        assert [type(each.operation) for each in made.operations] == [FindDocument]
        played.run()

        played.exactly_once()
        assert len(played.books.documents) == 31

    @pytest.mark.parametrize("is_ours", [True, False])
    def test_60_create_lost_without_marks(self, is_ours: bool) -> None:
        """60: by number: the same content is ours, another content is somebody's: a person decides."""
        played = desk(
            rules(document_number=DocumentNumber.ORDER_CODE), to=target(keeps_marks=False)
        )
        played.take(order("SO-2 ACME", "1 NUT"))
        written = until(played, CreateDocument)
        if is_ours:
            played.books.execute(written)
        else:
            played.books.enter(order("SO-2 ACME", "5 NUT"))
        played.lose()
        played.run()

        assert second(played) is (State.DONE if is_ours else State.REFUSED)
        assert len(played.books.documents) == 2

    def test_65_settings_change_between_draft_and_answer(self) -> None:
        """65: the follow-ups are those recorded with the write, whatever the settings say then."""
        made = rules(save_custom_fields=True, custom_fields=(FieldPair("Job", "JOB"),))
        played = desk(made)
        played.take(order("SO-2 ACME", "1 NUT", custom_fields=fields(Job="7")))
        written = until(played, CreateDocument)
        played.rules = settings()
        played.settle({written.id: played.books.execute(written)})
        played.run()

        assert [name for _, name in played.books.fields] == ["JOB"]


class TestSettingsRoutesLinks:
    def test_66_flow_off_and_on_manual_to_automatic(self) -> None:
        """66: held while off, decided again at the change, gone once automatic."""
        played = desk(rules(mode=FlowMode.AUTOMATIC))
        played.rules = rules(mode=FlowMode.OFF)
        played.take(order("SO-2 ACME", "1 NUT"))
        states = []
        for mode in (FlowMode.OFF, FlowMode.MANUAL, FlowMode.AUTOMATIC):
            played.rules = rules(mode=mode)
            played.reconsider(2)
            played.run()
            states.append(played.transfers[2].state)

        assert states == [State.HELD, State.HELD, State.DONE]

    def test_68_link_paused_with_documents_in_flight(self) -> None:
        """68: questions go on, writes do not; resumed, it goes on by itself."""
        played = desk(
            rules(document_number=DocumentNumber.ORDER_CODE), to=target(keeps_marks=False)
        )
        played.take(order("SO-2 ACME", "1 NUT"))
        until(played, CreateDocument)
        played.lose()
        played.is_paused = True
        played.run()
        assert told(played)[0] is State.DONE
        assert second(played) is State.HELD
        assert len(played.books.documents) == 1
        played.is_paused = False
        played.reconsider(2)
        played.run()

        assert second(played) is State.DONE

    def test_70_send_this_one(self) -> None:
        """70: a press passes over the passable rules and names them; cancelled binds."""
        old = standpoint(FIRST, rules(start_date=date(2027, 1, 1)))
        admitted = old.admission(transfer(wish=Wish.SEND))
        cancelled = msgspec.structs.replace(FIRST, status=DocumentStatus.CANCELLED)
        bound = admit(cancelled, FlowName.SALES_ORDER_OUT, old.link, pressed=True)

        assert isinstance(admitted, Go)
        assert [each.code for each in admitted.passed] == ["too-old"]
        assert bound == LeaveOut(reason("cancelled"))

    def test_71_customer_merged(self) -> None:
        """71: a choice that points to nothing is refused; no customer is created anew."""
        played = desk(rules(create_missing_customers=True))
        played.choices[RecordKind.CUSTOMER, "Acme Inc"] = NameChoice()
        played.take(order("SO-2 Acme Inc", "1 NUT"))
        played.run()

        assert played.refusal(2).code == "chosen-record-gone"
        assert len(played.books.records) == 3


class TestIdentity:
    def test_72_books_restored_to_yesterday(self) -> None:
        """72: what is gone is told; sent again in bulk it bears the next generation's mark."""
        played = desk()
        played.books.remove(played.written(1).id)
        looked_at(played)
        played.wish(1, Wish.SEND)
        played.run()

        assert told(played) == (State.DONE, None)
        assert played.books.keys[played.written(1).id] == mark(1, generation=1)

    def test_73_hub_restored(self) -> None:
        """73: a hub of yesterday knows its documents by their marks: nothing is sent twice."""
        played = desk()
        restored = Desk(played.books)
        restored.refresh()
        restored.take(FIRST)
        restored.may_create = False
        restored.run()
        restored.exactly_once()

        assert len(played.books.documents) == 1
        assert restored.pairings[1].target_id == played.pairings[1].target_id

    def test_74_two_hubs_without_a_place_for_their_name(self) -> None:
        """74: the same accounts and documents have the same marks, so each finds the other's."""
        one, other = desk(), Desk(Books())
        other.books = one.books
        other.refresh()
        other.take(FIRST)
        other.run()

        assert len(one.books.documents) == 1

    def test_76_migration_with_a_write_unknown(self) -> None:
        """76: a write of an older version, with its random key and without what was sent, goes on."""
        played = desk()
        played.take(order("SO-2 ACME", "1 NUT"))
        written = until(played, CreateDocument)
        assert isinstance(written, CreateDocument)
        random_key = "{0f9f6b0e-8a3b-4b52-9d0a-2b1f6f6f7a11}"
        played.books.execute(msgspec.structs.replace(written, key=random_key))
        played.lose()
        old = msgspec.structs.replace(played.transfers[2], key=random_key)
        there = next(
            played.books.documents[id_]
            for id_, key in played.books.keys.items()
            if key == random_key
        )
        waiting = Waiting(transfer=old, at=played.at(2))
        result = recognise({2: waiting}, {2: there}, NOW, target="QuickBooks", heads=True)
        ((found, landing),) = result.landings

        assert (found.state, found.key) == (State.DONE, random_key)
        assert (landing.content, landing.lines) == (None, None)

    def test_77_migration_done_but_changed_since(self) -> None:
        """77: lines that are unknown are matched when they are first needed."""
        played = desk()
        there = played.written(1).lines[0].id
        played.pairings[1] = msgspec.structs.replace(played.pairings[1], lines=None)
        played.change(1, SECOND)
        played.wish(1, Wish.SEND)
        played.run()

        assert [each.id for each in played.written(1).lines] == [there]
        assert played.pairings[1].lines == (PairedLine("s1", there, "3"),)


class TestInward:
    @pytest.mark.parametrize(
        "taken_by",
        [
            reason("made-from", kind="estimate", number="E-7"),
            reason("from-us", number="SO-1"),
        ],
    )
    def test_78_79_its_ancestor_was_taken_up_or_is_ours(self, taken_by: Any) -> None:
        """78, 79: what was made from something taken up, or from ours, is skipped, naming it."""
        at = standpoint(FIRST, flow=FlowName.SALES_ORDER_IN, taken_by=taken_by)
        after = reconsider(transfer(state=State.HELD, flow=FlowName.SALES_ORDER_IN), at, NOW)

        assert (after.state, after.reason) == (State.SKIPPED, taken_by)

    def test_80_changed_in_the_books_after_production_began(self) -> None:
        """80: told; sent on request, where that system allows; production's own moves are no change."""
        at = standpoint(SECOND, flow=FlowName.SALES_ORDER_IN, pairing=pairing(sent=FIRST))
        changed = reconsider(transfer(state=State.DONE, flow=FlowName.SALES_ORDER_IN), at, NOW)
        carried_ = TRANSLATORS[FlowName.SALES_ORDER_IN].carried
        made = order("SO-1 ACME", line("2 NUT", id="m1"))
        progressed = msgspec.structs.replace(
            made,
            lines=(msgspec.structs.replace(made.lines[0], delivered=Quantity(Decimal(1))),),
        )

        assert (changed.state, changed.reason) == (State.CHANGED, reason("source-changed"))
        assert encode(carried_(made)) == encode(carried_(progressed))


def test_63_our_write_back_changes_the_source() -> None:
    """63: a source that says the same of what was sent is as sent, so there is no loop."""
    facts = Facts(landed=True, source=Source.AS_SENT, changes=AUTOMATIC)

    assert decide(facts) == Rest(State.DONE)


def test_refusals_of_the_stories_offer_a_way_out() -> None:
    """Whatever a story ends with, somebody has something to press."""
    played = desk()
    by_hand(played, 9)
    played.wish(1, Wish.UNDO)
    played.run()

    assert len(played.refusal(1).choices) >= 2


NOT_PLAYED_HERE = """
11  own writes to one record more than a second apart: a clock between two batches
17  adopt on a landed transfer: the desk's verb refuses in words
24  the window between a reading and TxnVoid: stated in docs/guarantees.md, measured on the wire
29  undo of a run that only updated: the run's list of what it created is the ledger's
39  one receipt over two purchase orders: the receipt flow's own split
40, 41  stock counts: a press reads, then makes documents: the hub's verb and that flow
42  work entries: the flow's own split, by the entries' identities
48, 49  an order that cannot come, or was adopted: the link's state is read by the hub
50  after *unlinked*: void once, then refused: needs a fact that linked documents will bring
52, 56  delete and add of a linked document's lines: needs the same fact
53  an item receipt that becomes a bill: the receipt flow's target kind
55  what may still be billed is read from the order right before linking: that flow's plan
61, 62, 64  follow-ups: their rows, owners and causes are the ledger's
63  which fields a part's fingerprint leaves out: that flow's split
67, 69  routes and links made again: one transaction of the ledger
75  a moved database: leases and the epoch are the ledger's
"""
"""Stories that need the hub, the ledger, the wire or a flow to come, and why."""
