"""Follow-ups: custom fields that fare by the table of every write."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from counterfoil.documents import CustomField, refuse
from counterfoil.engine.asked import Asked, Kind, Sent
from counterfoil.engine.deciding import Wish
from counterfoil.engine.following import READ_FOR, WITHDRAWN_MAX, FollowUp, advance_field
from counterfoil.engine.life import STATES, TABLE, Event, State
from counterfoil.engine.operations import (
    Busy,
    Conflict,
    Done,
    FindDocument,
    Missing,
    Outcome,
    Page,
    Refused,
    Unknown,
    Unreadable,
    WriteField,
)
from counterfoil.engine.planning import Plan, plan
from counterfoil.engine.settling import settle
from counterfoil.settings import FieldPair
from tests.engine.books import SALES_ORDER, Books, Desk
from tests.engine.test_planning import KNOWN
from tests.support.builders import (
    NOW,
    client,
    fields,
    numbered_keys,
    order,
    product,
    settings,
    target,
)

NO = Refused(refuse("field-missing", field="JOB", target="the books"))
LATER = NOW + timedelta(hours=1)


def field(state: State = State.READY, **changes: object) -> FollowUp:
    """Make the follow-up 4: the field JOB of T1 shall hold 7."""
    made = FollowUp(
        id=4,
        transfer=1,
        kind=SALES_ORDER,
        document_id="T1",
        name="JOB",
        value="7",
        state=state,
        state_since=NOW,
        released_at=NOW,
    )
    return msgspec.structs.replace(made, **changes)


def packed(*follow_ups: FollowUp, size: int = 10, guards: bool = False) -> Plan:
    to = msgspec.structs.replace(target(batch_size=size), guards_fields=guards)
    return plan([], [], follow_ups, KNOWN, to, now=NOW, new_key=numbered_keys())


def written(before: FollowUp, outcome: Outcome) -> FollowUp:
    """Give a follow-up after the answer to its write."""
    asked = Asked(wire_id="x", kind=Kind.WRITE_FIELD, subject=SALES_ORDER, follow_up=4)
    result = settle([asked], {"x": outcome}, {}, NOW, target="Books", follow_ups={4: before})
    assert (result.transfers, result.landings) == ((), ())
    return result.fields[0][1] if result.fields else before


def read(before: FollowUp, outcome: Outcome, *, settles: timedelta = timedelta(0)) -> FollowUp:
    """Give a follow-up after the answer to the question what its field holds."""
    asked = Asked(wire_id="x", kind=Kind.FIND, subject=SALES_ORDER, sent=Sent(fields=(4,)))
    result = settle(
        [asked],
        {"x": outcome},
        {},
        NOW,
        target="Books",
        follow_ups={4: before},
        settles_after=settles,
    )
    return result.fields[0][1] if result.fields else before


def page(value: str | None, revision: str = "2") -> Done:
    """Answer with the document as it is there; ``None``: its field is blank."""
    held = () if value is None else (CustomField("JOB", value),)
    there = order("SO-1 ACME", "1 NUT", custom_fields=held)
    return Done(page=Page(documents=(msgspec.structs.replace(there, id="T1", revision=revision),)))


class TestTable:
    @pytest.mark.parametrize("state, event", TABLE)
    def test_every_cell_leads_somewhere(self, state: State, event: Event) -> None:
        """Whatever can happen to a write can happen to a follow-up, and ends in a state."""
        if STATES[state].owner.value == "a person" and event is Event.OVERDUE:
            assert advance_field(field(state), event, NOW).alerted_at == NOW
        if event is Event.UNLINKED or (event is Event.CONFLICT and state is State.READY):
            return  # what has no lines is linked to nothing
        assert advance_field(field(state), event, NOW).state in State

    def test_from_unknown_there_is_no_way_to_sending(self) -> None:
        """A lost answer is read and compared; the field is never written blindly again."""
        after = {to.to for (state, _), to in TABLE.items() if state is State.UNKNOWN}

        assert State.SENDING not in after
        assert packed(field(State.UNKNOWN)).fields[0][1].state is State.CONFIRMING

    def test_busy_waits_longer_each_time(self) -> None:
        """A field that is put off comes again later, and no sooner than the target wishes."""
        put_off = written(field(State.SENDING, attempts=3), Busy("in use", retry_after_s=60))

        assert put_off.state is State.WAITING
        assert put_off.retry_at == NOW + timedelta(seconds=60)
        assert advance_field(put_off, Event.DUE, LATER).state is State.READY


class TestPlanning:
    def test_it_is_read_before_it_is_written(self) -> None:
        """What stands there is looked at first; fields of one document are one question."""
        made = packed(field(), field(id=5, name="LOT"))

        (find,) = [each.operation for each in made.operations]
        assert isinstance(find, FindDocument)
        assert find.ids == ("T1",)
        assert made.operations[0].sent == Sent(fields=(4, 5))
        assert {after.state for _, after in made.fields} == {State.MATCHING}

    @pytest.mark.parametrize(
        "ago, operation",
        [(timedelta(0), WriteField), (READ_FOR, FindDocument), (timedelta(days=1), FindDocument)],
    )
    def test_what_was_read_long_ago_is_read_again(
        self, ago: timedelta, operation: type[object]
    ) -> None:
        """Only what was read a moment ago is written."""
        (planned,) = packed(field(seen="", seen_at=NOW - ago)).operations

        assert isinstance(planned.operation, operation)

    @pytest.mark.parametrize(
        "changes, operation",
        [
            ({}, WriteField),
            ({"seen": ""}, FindDocument),
            ({"ours": "6"}, FindDocument),
            ({"replaces": "6"}, WriteField),
        ],
    )
    def test_where_the_connector_looks_a_blank_is_written_unread(
        self, changes: dict[str, Any], operation: type[object]
    ) -> None:
        """What reads right before it writes saves a question, and is told what it may replace."""
        (planned,) = packed(field(**changes), guards=True).operations

        assert isinstance(planned.operation, operation)
        if isinstance(planned.operation, WriteField):
            assert planned.operation.expected == changes.get("replaces")

    def test_a_full_batch_leaves_the_rest(self) -> None:
        """Fields that do not fit stay as they are."""
        many = [field(id=n, document_id=f"T{n}", seen="", seen_at=NOW) for n in range(5)]
        made = packed(*many, size=3)

        assert len(made.operations) == len(made.fields) == 3


class TestReading:
    @pytest.mark.parametrize(
        "found, changes, state",
        [
            (None, {}, State.READY),
            (" ", {}, State.READY),
            ("7", {}, State.DONE),
            (" 7 ", {}, State.DONE),
            ("6", {"ours": "6"}, State.READY),
            ("6", {"replaces": "6"}, State.READY),
            ("5", {"replaces": "6"}, State.REFUSED),
            ("6", {"revision": "2"}, State.READY),
            ("6", {"revision": "1"}, State.REFUSED),
            ("6", {}, State.REFUSED),
        ],
    )
    def test_what_may_be_written_over(
        self, found: str | None, changes: dict[str, object], state: State
    ) -> None:
        """What is blank, ours, the books' own or released by a person; nothing else."""
        after = read(field(State.MATCHING, **changes), page(found))

        assert after.state is state
        assert after.is_read(NOW) is (state is State.READY)

    def test_a_conflict_tells_both_values(self) -> None:
        """What somebody entered stays, and a person sees it beside ours."""
        after = read(field(State.MATCHING), page("6"))

        assert after.sentence == (
            "The custom field “JOB” was not written: Books holds “6” there, not “7”, and "
            "Counterfoil did not write that."
        )
        assert after.seen == "6"

    @pytest.mark.parametrize(
        "outcome, matching, confirming",
        [
            (Done(page=Page()), State.SKIPPED, State.READY),
            (Missing(), State.SKIPPED, State.READY),
            (Done(page=Page(next="more")), State.WAITING, State.UNKNOWN),
            (
                Done(page=Page(unreadable=(Unreadable(id="T1", problem="?"),))),
                State.WAITING,
                State.UNKNOWN,
            ),
            (Done(), State.WAITING, State.UNKNOWN),
            (Busy("in use"), State.WAITING, State.UNKNOWN),
            (Unknown("lost"), State.WAITING, State.UNKNOWN),
            (Conflict(), State.WAITING, State.UNKNOWN),
            (NO, State.REFUSED, State.UNKNOWN),
        ],
    )
    def test_silence_is_no_answer(
        self, outcome: Outcome, matching: State, confirming: State
    ) -> None:
        """Only a document that certainly is out ends its field; what was not read waits."""
        assert read(field(State.MATCHING), outcome).state is matching
        assert read(field(State.CONFIRMING, sent_at=NOW), outcome).state is confirming

    @pytest.mark.parametrize(
        "found, state",
        [("7", State.DONE), (None, State.READY), ("5", State.READY), ("6", State.REFUSED)],
    )
    def test_a_lost_answer_is_compared(self, found: str | None, state: State) -> None:
        """There is what we wrote, what stood there before, or what somebody wrote since."""
        asked = field(State.CONFIRMING, sent_at=NOW, seen="5", attempts=1)

        assert read(asked, page(found)).state is state

    def test_what_may_still_run_is_asked_again(self) -> None:
        """A blank field says nothing while its write can still be carried out."""
        asked = field(State.CONFIRMING, sent_at=NOW, seen="")
        after = read(asked, page(None), settles=timedelta(minutes=5))

        assert after.state is State.UNKNOWN
        assert after.reason is not None
        assert after.reason.code == "hold-back"

    @pytest.mark.parametrize("state", [State.DONE, State.SKIPPED, State.READY])
    def test_late_answers_change_nothing(self, state: State) -> None:
        """What has been found out, or called off, meanwhile stays so."""
        before = field(state)

        assert read(before, page("6")) == written(before, NO) == before


class TestWriting:
    @pytest.mark.parametrize(
        "outcome, state",
        [
            (Done(), State.DONE),
            (NO, State.REFUSED),
            (Missing(), State.READY),
            (Conflict(), State.READY),
            (Busy("x"), State.WAITING),
            (Unknown("y"), State.UNKNOWN),
        ],
    )
    def test_b11_a_field_never_moves_its_document(self, outcome: Outcome, state: State) -> None:
        """B11: whatever becomes of a field, no transfer moves."""
        after = written(field(State.SENDING, attempts=1), outcome)

        assert after.state is state
        assert (after.sentence is None) is (state in (State.DONE, State.READY))

    def test_what_was_written_unread_is_read_after_a_conflict(self) -> None:
        """Something stands there: it is read next, and told; what was read and moved is refused."""
        unread = written(field(State.SENDING, attempts=1), Conflict())
        read_before = field(State.SENDING, attempts=1, seen="", seen_at=NOW)

        (planned,) = packed(unread, guards=True).operations
        assert isinstance(planned.operation, FindDocument)
        assert written(read_before, Conflict()).state is State.REFUSED

    def test_never_there_comes_to_an_end(self) -> None:
        """A target that shows the document and finds nothing to write to is told of."""
        after = written(field(State.SENDING, attempts=WITHDRAWN_MAX), Missing("no such field"))

        assert after.state is State.REFUSED
        assert "no such field" in (after.sentence or "")


class TestTogether:
    """Planning and settling against books that forget nothing."""

    def desk(self) -> Desk:
        books = Books()
        books.add(client("ACME"), product("NUT"))
        pairs = tuple(FieldPair(name, name.upper()) for name in ("Job", "Lot"))
        desk = Desk(
            books,
            rules=settings(sales_order_out={"save_custom_fields": True, "custom_fields": pairs}),
        )
        desk.refresh()
        desk.take(order("SO-1 ACME", "1 NUT", custom_fields=fields(Job="7", Lot="A")))
        return desk

    def until_sent(self, desk: Desk) -> tuple[WriteField, ...]:
        """Play until the fields are on their way."""
        for _ in range(6):
            operations = desk.record(desk.plan())
            if all(isinstance(each, WriteField) for each in operations):
                return tuple(each for each in operations if isinstance(each, WriteField))
            desk.settle({each.id: desk.books.execute(each) for each in operations})
        raise AssertionError("no field was ever written")

    def test_a_lost_answer_writes_nothing_twice(self) -> None:
        """The fields were written and nobody heard: they are read, found, and left."""
        desk = self.desk()
        for each in self.until_sent(desk):
            desk.books.execute(each)
        desk.lose()
        desk.run()

        assert list(desk.books.fields.values()) == [["7"], ["A"]]
        assert {each.state for each in desk.follow_ups.values()} == {State.DONE}

    def test_what_somebody_entered_meanwhile_stays(self) -> None:
        """A lost write, and a person who filled the field: refused, with both values."""
        desk = self.desk()
        self.until_sent(desk)
        desk.lose()
        desk.books.fill(next(iter(desk.books.documents)), "JOB", "8")
        desk.run()

        by_name = {each.name: each for each in desk.follow_ups.values()}
        assert by_name["LOT"].state is State.DONE
        assert by_name["JOB"].state is State.REFUSED
        assert (by_name["JOB"].seen, by_name["JOB"].value) == ("8", "7")

    def test_with_its_document_a_field_ends(self) -> None:
        """The order was deleted in the books before its fields were written."""
        desk = self.desk()
        self.until_sent(desk)
        desk.lose()
        desk.books.remove(next(iter(desk.books.documents)))
        desk.run()

        assert {each.state for each in desk.follow_ups.values()} == {State.SKIPPED}
        assert desk.transfers[1].wish is Wish.NONE
