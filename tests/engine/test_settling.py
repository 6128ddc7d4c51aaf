"""Settling: what each answer changes, and that every operation comes to an end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from counterfoil.documents import (
    Action,
    DocumentStatus,
    Money,
    RecordKind,
    Reference,
    SalesOrder,
    fingerprint,
    refuse,
)
from counterfoil.engine.asked import Asked, Kind, Sent
from counterfoil.engine.deciding import Wish, Write
from counterfoil.engine.life import State
from counterfoil.engine.operations import (
    Busy,
    Conflict,
    Done,
    Missing,
    Outcome,
    Page,
    Refused,
    Unknown,
    Unreadable,
    VoidWay,
)
from counterfoil.engine.seeing import is_news, seen_as
from counterfoil.engine.settlement import Chosen, Settlement, Waiting
from counterfoil.engine.settling import recognise, settle, unanswered
from counterfoil.engine.standpoint import Standpoint
from counterfoil.engine.transfers import PairedLine, Pairing, Transfer
from counterfoil.settings import ChangePolicy, DocumentNumber, FieldPair, FlowName
from counterfoil.translate import TRANSLATORS
from tests.engine.books import SALES_ORDER, Books, Desk
from tests.support.builders import (
    NOW,
    client,
    fields,
    line,
    mark,
    marks,
    order,
    pairing,
    product,
    seen,
    settings,
    standpoint,
    target,
    transfer,
)

REFUSAL = refuse("rejected", target="QuickBooks", document="sales order", problem="no")
NO = Refused(REFUSAL, "3140")
SOURCE = order("SO-1 ACME", "1 NUT")
OTHER = order("SO-1 ACME", "2 NUT")
SENT = fingerprint(SOURCE)
OUT = TRANSLATORS[FlowName.SALES_ORDER_OUT]


def waiting(
    *transfers: Transfer, at: Standpoint | None = None, **changes: Any
) -> dict[int, Waiting]:
    """What waits for an answer; the source as it was sent unless told otherwise."""
    return {
        each.id: msgspec.structs.replace(
            Waiting(transfer=each, at=at or standpoint(SOURCE), marks=marks(each)), **changes
        )
        for each in transfers
    }


def sent_as(document: SalesOrder, **changes: Any) -> Sent:
    """What was recorded with a write."""
    data = msgspec.Raw(msgspec.json.encode(document))
    return Sent(document=data, kind=SALES_ORDER, **changes)


def settled(
    asked: list[Asked], outcomes: Mapping[str, Outcome], of: Mapping[int, Waiting]
) -> Settlement:
    result = settle(asked, outcomes, of, NOW, target="QuickBooks")
    assert len(result.outcomes) == len(asked)
    moved = [each.id for each in result.transfers]
    assert len(moved) == len(set(moved))
    return result


def sending(id_: int = 1, **changes: Any) -> Transfer:
    return transfer(id_, State.SENDING, sent_fingerprint=SENT, attempts=1, exchange=5, **changes)


def write(id_: int = 1, kind: Kind = Kind.CREATE_DOCUMENT, sent: Sent | None = None) -> Asked:
    return Asked(
        wire_id=f"w{id_}", kind=kind, subject=SALES_ORDER, name="SO-1", transfer=id_, sent=sent
    )


def creation(*dependants: int, wire_id: str = "c1") -> Asked:
    return Asked(
        wire_id=wire_id,
        kind=Kind.CREATE_RECORD,
        subject=RecordKind.ITEM,
        name="NUT",
        dependants=dependants,
    )


def find(*dependants: int, wire_id: str = "f1") -> Asked:
    return Asked(wire_id=wire_id, kind=Kind.FIND, subject=SALES_ORDER, dependants=dependants)


def found(*documents: SalesOrder, keys: dict[str, str] | None = None, **changes: Any) -> Done:
    return Done(page=Page(documents=documents, keys=keys or {}, **changes))


def only(result: Settlement) -> Transfer:
    (moved,) = result.transfers
    return moved


class TestDocumentWritten:
    def test_done(self) -> None:
        """A document that was written is paired with what it became."""
        written = order("77 ACME", "1 NUT", id="T1")
        outcome = Done(
            id="T1", number="77", revision="9", total="1.50", line_ids=("a",), document=written
        )
        sent = sent_as(SOURCE, lines=(("source-1", "1"),), notes=("Line 2 is left out.",))
        result = settled([write(sent=sent)], {"w1": outcome}, waiting(sending()))
        ((moved, landing),) = result.landings

        assert only(result).state is moved.state is State.DONE
        assert moved.notes == ("Line 2 is left out.",)
        assert (landing.id, landing.number, landing.revision) == ("T1", "77", "9")
        assert (landing.total, landing.is_adopted, landing.is_closed) == ("1.50", False, False)
        assert landing.content == fingerprint(OUT.carried(written))
        assert landing.lines == (PairedLine("source-1", "a", "1"),)

    @pytest.mark.parametrize("line_ids", [(), ("a", "b"), ("",)])
    def test_lines_that_are_not_told_have_no_identity(self, line_ids: tuple[str, ...]) -> None:
        """What was sent is kept; where not each line is told, they have no identity there."""
        sent = sent_as(SOURCE, lines=(("source-1", "1"),))
        result = settled(
            [write(sent=sent)], {"w1": Done(id="T1", line_ids=line_ids)}, waiting(sending())
        )

        assert [landing.lines for _, landing in result.landings] == [
            (PairedLine("source-1", "", "1"),)
        ]

    @pytest.mark.parametrize("mark_, tells", [(mark(1), True), (None, False)])
    def test_whether_marks_come_back(self, mark_: str | None, tells: bool) -> None:
        """D7: a whole answer tells whether the target gives our marks back; a bare one does not."""
        whole = Done(id="T1", document=order("77 ACME", "1 NUT", id="T1"), mark=mark_)

        assert settled([write()], {"w1": whole}, waiting(sending())).keeps_marks is tells
        assert settled([write()], {"w1": Done(id="T1")}, waiting(sending())).keeps_marks is None

    def test_the_systems_own_clock(self) -> None:
        """D6: when the books say that they wrote is kept: their clock bounds what is read."""
        at = NOW.replace(tzinfo=None) - timedelta(days=5)
        result = settled([write()], {"w1": Done(id="T1", written_at=at)}, waiting(sending()))

        assert result.written_at == at

    @pytest.mark.parametrize(
        "outcome, state",
        [
            (Missing(), State.READY),
            (NO, State.REFUSED),
            (Busy("locked"), State.WAITING),
            (Unknown("timed out"), State.UNKNOWN),
            (None, State.UNKNOWN),
        ],
    )
    def test_any_other_outcome(self, outcome: Outcome | None, state: State) -> None:
        """Each outcome leads to its own state; an answer that leaves it out is no answer."""
        outcomes = {} if outcome is None else {"w1": outcome}
        moved = only(settled([write()], outcomes, waiting(sending())))

        assert moved.state is state
        assert (moved.refusal is not None) == (state is State.REFUSED)
        assert (moved.retry_at is not None) == (state is State.WAITING)
        assert (moved.reason is not None) == (state in {State.WAITING, State.UNKNOWN})

    def test_the_targets_own_wish(self) -> None:
        """A target that names how long to wait is obeyed."""
        moved = only(settled([write()], {"w1": Busy("limit", 900.0)}, waiting(sending())))

        assert moved.retry_at is not None
        assert (moved.retry_at - NOW).total_seconds() == 900

    @pytest.mark.parametrize("tries, state", [(1, State.WAITING), (6, State.REFUSED)])
    @pytest.mark.parametrize("is_write", [True, False])
    def test_what_may_be_a_lock_or_a_refusal(
        self, is_write: bool, tries: int, state: State
    ) -> None:
        """It waits for as long as a lock may last; then it is refused in the system's words."""
        outcome = Busy("“tomado”", otherwise=NO)
        before = transfer(
            1, State.SENDING if is_write else State.MATCHING, attempts=tries, exchange=5
        )
        asked, wire_id = (write(), "w1") if is_write else (creation(1), "c1")
        moved = only(settled([asked], {wire_id: outcome}, waiting(before)))

        assert moved.state is state
        assert moved.refusal == (REFUSAL if state is State.REFUSED else None)

    def test_every_outcome_is_kept(self) -> None:
        """For each operation asked, in its order, the outcome that counts is told."""
        asked = [write(1), write(2), write(3)]
        result = settled(
            asked, {"w3": Done(id="T3"), "w1": NO}, waiting(sending(1), sending(2), sending(3))
        )

        assert result.outcomes[0] == NO
        assert isinstance(result.outcomes[1], Unknown)
        assert result.outcomes[2] == Done(id="T3")

    def test_a_write_without_identity_is_our_mistake(self) -> None:
        """A connector that says done must say what it wrote."""
        with pytest.raises(AssertionError):
            settled([write()], {"w1": Done()}, waiting(sending()))

    def test_no_answer_at_all(self) -> None:
        """A batch without an answer makes each of its operations unknown."""
        asked = [write(), creation(2)]

        assert set(unanswered(asked, "cut off")) == {"w1", "c1"}
        assert set(unanswered(asked, "cut off").values()) == {Unknown("cut off")}


class TestLateAnswers:
    @pytest.mark.parametrize("kind", [Kind.CREATE_DOCUMENT, Kind.UPDATE_DOCUMENT])
    @pytest.mark.parametrize("state", [State.READY, State.DONE, State.REFUSED, State.WAITING])
    @pytest.mark.parametrize(
        "outcome", [Done(id="T1"), NO, Missing(), Conflict(), Busy("x"), Unknown("y")]
    )
    def test_what_was_found_out_meanwhile_counts(
        self, kind: Kind, state: State, outcome: Outcome
    ) -> None:
        """A late answer to a write whose fate was found out moves nothing."""
        moved_on = transfer(1, state)

        result = settled([write(kind=kind)], {"w1": outcome}, waiting(moved_on))

        assert (result.transfers, result.landings) == ((), ())

    @pytest.mark.parametrize(
        "outcome, state",
        [
            (Done(id="T1"), State.DONE),
            (NO, State.REFUSED),
            (Unknown("y"), State.UNKNOWN),
            (Missing(), None),
            (Conflict(), None),
            (Busy("x"), None),
        ],
    )
    def test_while_it_is_unknown(self, outcome: Outcome, state: State | None) -> None:
        """D4: a late answer may say that it is there or was refused, never that it is absent."""
        lost = transfer(1, State.UNKNOWN, sent_fingerprint=SENT)
        result = settled([write()], {"w1": outcome}, waiting(lost))

        assert [each.state for each in result.transfers] == ([] if state is None else [state])


class TestSourceMeanwhile:
    def test_4_changed_while_sending(self) -> None:
        """4: a source that changed while it was on its way is compared right after."""
        changed = waiting(sending(), at=standpoint(OTHER))
        moved = only(settled([write()], {"w1": Done(id="T1")}, changed))

        assert moved.state is State.CHANGED
        assert moved.reason is not None
        assert moved.reason.code == "source-changed"

    def test_it_is_paired_all_the_same(self) -> None:
        """A changed source does not unmake what was written."""
        changed = waiting(sending(), at=standpoint(OTHER))

        assert len(settled([write()], {"w1": Done(id="T1")}, changed).landings) == 1

    def test_26_gone_while_sending(self) -> None:
        """26: a source cancelled while it was on its way is shown at once, with the reason."""
        gone = waiting(sending(), at=standpoint(SOURCE, is_withdrawn=True))
        moved = only(settled([write()], {"w1": Done(id="T1")}, gone))

        assert moved.state is State.CHANGED
        assert moved.reason is not None
        assert moved.reason.code == "source-gone"

    @pytest.mark.parametrize(
        "outcome, state",
        [(NO, State.REFUSED), (Missing(), State.READY), (Unknown("?"), State.UNKNOWN)],
    )
    def test_a_change_matters_only_once_it_is_there(self, outcome: Outcome, state: State) -> None:
        """What did not get there is not shown as changed."""
        of = waiting(sending(), at=standpoint(OTHER))

        assert only(settled([write()], {"w1": outcome}, of)).state is state


class TestRecordCreated:
    NUT = product("NUT")

    def matching(self, *ids: int) -> list[Transfer]:
        return [transfer(id_, State.MATCHING, exchange=5) for id_ in ids]

    def test_done(self) -> None:
        """A record that was created is learned, and all that waited for it look again."""
        result = settled(
            [creation(1, 2)], {"c1": Done(id="9", record=self.NUT)}, waiting(*self.matching(1, 2))
        )

        assert result.learned == (self.NUT,)
        assert [each.state for each in result.transfers] == [State.READY, State.READY]

    def test_9_11_a_name_means_the_record_created_for_it(self) -> None:
        """9.11: a record created under another spelling is from now on what the name means."""
        luk = client("LUK")
        asked = msgspec.structs.replace(
            creation(1, 2), subject=RecordKind.CUSTOMER, sent=Sent(alias="ŁUK", links=(1, 4))
        )
        result = settled([asked], {"c1": Done(id="9", record=luk)}, waiting(*self.matching(1, 2)))
        lost = settled([asked], {}, waiting(*self.matching(1, 2)))

        assert result.chosen == tuple(
            Chosen(link=link, kind="customer", name="ŁUK", record=luk) for link in (1, 4)
        )
        assert lost.chosen == ()

    @pytest.mark.parametrize(
        "name, kept, is_told",
        [
            ("Kyle’s Yard", "Kyle?s Yard", True),
            ("Lager  Süd", "Lager Süd", True),
            ("North:East", "North-East", True),
            (" Kyle ", "Kyle", False),
            ("kyle", "Kyle", False),
        ],
    )
    @pytest.mark.parametrize("lost", [False, True])
    def test_the_books_spelled_it_otherwise(
        self, name: str, kept: str, is_told: bool, lost: bool
    ) -> None:
        """What was just created is used by its identity; the name asked for means it, and is told.

        Where the answer was lost, and the name is not found in the lists either, a person is
        asked: nothing is booked on what only looks alike.
        """
        books = Books()
        books.add(product("NUT"))
        books.spells = lambda text: kept if text.strip() == name.strip() else text
        desk = Desk(
            books,
            rules=settings(sales_order_out={"create_missing_customers": True}),
            to=target(has_hierarchy=False),
        )
        desk.refresh()
        one = msgspec.structs.replace(order("SO-1 ACME", "1 NUT"), customer=Reference(name))
        desk.take(one)
        (created,) = desk.record(desk.plan())
        if lost:
            books.execute(created)
            desk.lose()
        else:
            result = desk.settle({created.id: books.execute(created)})
            assert [each.name for each in result.chosen] == [name] * is_told
            assert [(who, kept in told) for who, told in result.remarks] == [(1, True)] * is_told
        desk.refresh()
        desk.run()

        assert len(books.records) == 2
        if lost and is_told:
            assert desk.transfers[1].state in (State.REFUSED, State.WAITING)
        else:
            assert [each.customer for each in books.documents.values()] == [Reference(kept, "R2")]

    @pytest.mark.parametrize(
        "outcome, state",
        [
            (NO, State.REFUSED),
            (Busy("locked"), State.WAITING),
            (Unknown("timed out"), State.READY),
            (None, State.READY),
            (Missing(), State.READY),
        ],
    )
    def test_any_other_outcome(self, outcome: Outcome | None, state: State) -> None:
        """A refused record refuses all that need it; a lost answer lets them look again."""
        result = settled(
            [creation(1, 2, 3)],
            {} if outcome is None else {"c1": outcome},
            waiting(*self.matching(1, 2, 3)),
        )

        assert {each.state for each in result.transfers} == {state}
        assert len(result.transfers) == 3
        assert result.learned == ()

    @pytest.mark.parametrize("tries, state", [(0, State.WAITING), (3, State.REFUSED)])
    def test_a_name_that_came_into_use_meanwhile(self, tries: int, state: State) -> None:
        """The lists are read again before a person is asked: somebody else may have made it."""
        taken = Refused(
            refuse("name-taken", kind="customer", value="LUK", other="record", target="QuickBooks")
        )
        tried = msgspec.structs.replace(self.matching(1)[0], attempts=tries)

        assert only(settled([creation(1)], {"c1": taken}, waiting(tried))).state is state

    @pytest.mark.parametrize(
        "outcomes, state",
        [
            ((Done(), NO, Busy("x"), Unknown("y")), State.REFUSED),
            ((Unknown("y"), Busy("x"), Done(), NO), State.REFUSED),
            ((Done(), Unknown("y"), Busy("x")), State.WAITING),
            ((Done(), Unknown("y"), Done()), State.READY),
            ((Done(), Done()), State.READY),
        ],
    )
    def test_the_gravest_outcome_counts(self, outcomes: tuple[Outcome, ...], state: State) -> None:
        """Of several records one transfer waits for, refused goes before busy, busy before lost."""
        asked = [creation(1, wire_id=f"c{n}") for n in range(len(outcomes))]
        answers = {f"c{n}": outcome for n, outcome in enumerate(outcomes)}

        assert only(settled(asked, answers, waiting(*self.matching(1)))).state is state

    @pytest.mark.parametrize("state", [State.HELD, State.SKIPPED, State.DONE])
    @pytest.mark.parametrize("outcome", [Done(), NO, Busy("x"), Unknown("y")])
    def test_whoever_has_moved_on_is_left_alone(self, state: State, outcome: Outcome) -> None:
        """A transfer that a person held or skipped meanwhile is not moved by the answer."""
        moved_on = transfer(1, state)

        assert settled([creation(1)], {"c1": outcome}, waiting(moved_on)).transfers == ()


class TestNumberLookedUp:
    def matching(self, id_: int = 1, number: str = "SO-1") -> Transfer:
        return transfer(id_, State.MATCHING, target_number=number, exchange=5)

    @pytest.mark.parametrize(
        "outcome",
        [Missing(), found(), found(order("SO-11 X")), found(order("so-1 X"))],
    )
    def test_free(self, outcome: Outcome) -> None:
        """A number that no document bears exactly is free."""
        moved = only(settled([find(1)], {"f1": outcome}, waiting(self.matching())))

        assert (moved.state, moved.is_checked, moved.target_number) == (
            State.READY,
            True,
            "SO-1",
        )

    def test_taken(self) -> None:
        """DOC-3: a number that a document bears is refused; that document is named."""
        other = order("SO-1 Zenith", "1 NUT", id="T9")
        moved = only(settled([find(1)], {"f1": found(other)}, waiting(self.matching())))

        assert moved.refusal is not None
        assert moved.refusal.code == "number-taken"
        assert "Zenith of 2026-02-27" in moved.refusal.sentence
        adopt = next(c for c in moved.refusal.choices if c.action is Action.ADOPT)
        assert adopt.arguments == {"id": "T9"}
        assert moved.target_number is None

    def test_another_number_is_tried(self) -> None:
        """4.6: where a suffix is allowed the number with it is looked up next."""
        moved = only(
            settled(
                [find(1)],
                {"f1": found(order("SO-1 Zenith"))},
                waiting(self.matching(), other_number="SO-1-QB"),
            )
        )

        assert (moved.state, moved.target_number, moved.is_checked) == (
            State.READY,
            "SO-1-QB",
            False,
        )

    def test_ours_is_there_already(self) -> None:
        """A document with our mark is ours, whatever its number: it is paired, not written again."""
        mine = self.matching()
        there = order("SO-5 ACME", "1 NUT", id="T1", revision="3", total=Money(Decimal("1.50")))
        keys = {"T1": mark(1).strip("{}").upper()}
        result = settled([find(1)], {"f1": found(there, keys=keys)}, waiting(mine))
        ((_, landing),) = result.landings

        assert only(result).state is State.DONE
        assert (landing.id, landing.revision, landing.total) == ("T1", "3", "1.50")

    @pytest.mark.parametrize("generation", [0, 1])
    def test_an_earlier_generation_is_ours_too(self, generation: int) -> None:
        """38: a document that bears a mark of an earlier generation is ours, and not sent again."""
        mine = msgspec.structs.replace(self.matching(), generation=1)
        there = order("SO-1 ACME", "1 NUT", id="T1")
        keys = {"T1": mark(1, generation=generation)}
        result = settled([find(1)], {"f1": found(there, keys=keys)}, waiting(mine))

        assert only(result).state is State.DONE

    def test_25_our_own_voided_document(self) -> None:
        """25: the number of our own voided document is not taken, nor is that one paired again."""
        mine = msgspec.structs.replace(self.matching(), generation=1)
        void = order("SO-1 ACME", id="T1", status=DocumentStatus.CANCELLED, total=Money(Decimal(0)))
        result = settled([find(1)], {"f1": found(void, keys={"T1": mark(1)})}, waiting(mine))

        assert (only(result).state, only(result).is_checked) == (State.READY, True)
        assert result.landings == ()

    @pytest.mark.parametrize(
        "outcome",
        [
            Done(),
            found(next="p2"),
            found(unreadable=(Unreadable(number="SO-1", problem="x"),)),
            found(unreadable=(Unreadable(id="T9", problem="x"),)),
        ],
    )
    def test_half_an_answer_frees_nothing(self, outcome: Outcome) -> None:
        """A number is free only where all that could bear it was read."""
        moved = only(settled([find(1)], {"f1": outcome}, waiting(self.matching())))

        assert (moved.state, moved.is_checked) == (State.READY, False)

    def test_each_of_many(self) -> None:
        """One look-up answers for many transfers, each by its own number."""
        result = settled(
            [find(1, 2, 3)],
            {"f1": found(order("SO-2 Zenith", id="T2"))},
            waiting(*[self.matching(n, f"SO-{n}") for n in (1, 2, 3)]),
        )

        assert {each.id: each.state for each in result.transfers} == {
            1: State.READY,
            2: State.REFUSED,
            3: State.READY,
        }

    @pytest.mark.parametrize(
        "outcome, state",
        [(Busy("x"), State.WAITING), (Unknown("y"), State.READY), (NO, State.REFUSED)],
    )
    def test_without_an_answer_nothing_is_free(self, outcome: Outcome, state: State) -> None:
        """A look-up that failed says nothing about the number."""
        moved = only(settled([find(1)], {"f1": outcome}, waiting(self.matching())))

        assert (moved.state, moved.is_checked) == (state, False)

    @pytest.mark.parametrize(
        "record, state",
        [(NO, State.REFUSED), (Busy("x"), State.WAITING), (Unknown("y"), State.READY)],
    )
    def test_a_free_number_beside_a_failed_record(self, record: Outcome, state: State) -> None:
        """The number being free does not help a record that could not be had."""
        moved = only(
            settled(
                [creation(1), find(1)], {"c1": record, "f1": Missing()}, waiting(self.matching())
            )
        )

        assert moved.state is state


class TestFateOfACreate:
    def confirming(self, id_: int = 1, number: str | None = "SO-1") -> Transfer:
        return transfer(
            id_,
            State.CONFIRMING,
            target_number=number,
            sent_fingerprint=SENT,
            attempts=1,
            exchange=6,
        )

    def of(self, **changes: Any) -> dict[int, Waiting]:
        return waiting(self.confirming(), sent=sent_as(SOURCE), **changes)

    def test_found_by_mark(self) -> None:
        """4.3: a document with our mark is the one whose answer was lost."""
        there = order("77 ACME", "1 NUT", id="T1")
        result = settled([find(1)], {"f1": found(there, keys={"T1": mark(1)})}, self.of())

        assert only(result).state is State.DONE
        assert [landing.id for _, landing in result.landings] == ["T1"]

    def test_found_by_number_and_content(self) -> None:
        """60: where documents bear no marks the one that says what we sent is ours."""
        there = order("SO-1 acme", "1 NUT", id="T1")
        result = settled([find(1)], {"f1": found(there)}, self.of())

        assert only(result).state is State.DONE
        assert [landing.number for _, landing in result.landings] == ["SO-1"]

    @pytest.mark.parametrize(
        "there",
        [order("SO-1 ACME", "2 NUT", id="T9"), order("SO-1 Zenith", "1 NUT", id="T9")],
    )
    def test_our_number_and_other_content(self, there: SalesOrder) -> None:
        """1.1, D3: a number alone makes no document ours: a person decides."""
        result = settled([find(1)], {"f1": found(there)}, self.of())

        assert result.landings == ()
        assert [each.refusal and each.refusal.code for each in result.transfers] == ["number-taken"]

    def test_without_knowing_what_was_sent(self) -> None:
        """Where what was sent is not known, no document of that number is taken for it."""
        there = order("SO-1 ACME", "1 NUT", id="T1")
        result = settled([find(1)], {"f1": found(there)}, waiting(self.confirming()))

        assert result.landings == ()

    @pytest.mark.parametrize("outcome", [Missing(), found(), found(order("SO-2 ACME"))])
    def test_never_happened(self, outcome: Outcome) -> None:
        """What is not there never happened, and may be sent."""
        moved = only(settled([find(1)], {"f1": outcome}, self.of()))

        assert (moved.state, moved.attempts) == (State.READY, 1)

    def test_58_not_while_it_may_still_run(self) -> None:
        """58, D4: what is not there is believed absent only once its write can no longer run."""
        young = self.of(may_run_until=NOW + timedelta(seconds=1))
        old = self.of(may_run_until=NOW)
        kept = only(settled([find(1)], {"f1": Missing()}, young))

        assert kept.state is State.UNKNOWN
        assert kept.reason is not None
        assert kept.reason.code == "hold-back"
        assert only(settled([find(1)], {"f1": Missing()}, old)).state is State.READY

    @pytest.mark.parametrize(
        "unreadable",
        [
            Unreadable(number="SO-1", problem="an amount"),
            Unreadable(id="T9", problem="no number"),
            Unreadable(problem="neither"),
        ],
    )
    def test_what_could_not_be_read_may_be_it(self, unreadable: Unreadable) -> None:
        """A document that could not be read may be ours, so nothing is believed absent."""
        outcome = found(unreadable=(unreadable,))

        assert only(settled([find(1)], {"f1": outcome}, self.of())).state is State.UNKNOWN

    def test_one_that_is_another_one(self) -> None:
        """A document that could not be read and has another number is not ours."""
        outcome = found(unreadable=(Unreadable(number="SO-7", problem="an amount"),))

        assert only(settled([find(1)], {"f1": outcome}, self.of())).state is State.READY

    @pytest.mark.parametrize("outcome", [Done(), found(next="p2")])
    def test_half_an_answer_is_none(self, outcome: Outcome) -> None:
        """An answer without its page, or with more pages to come, tells of no absence."""
        assert only(settled([find(1)], {"f1": outcome}, self.of())).state is State.UNKNOWN

    def test_somebody_elses_mark(self) -> None:
        """A document with our number and content and another's mark is not ours."""
        foreign = order("SO-1 ACME", "1 NUT", id="T9")
        outcome = found(foreign, keys={"T9": "{somebody-else}"})
        result = settled([find(1)], {"f1": outcome}, self.of())

        assert [each.refusal and each.refusal.code for each in result.transfers] == ["number-taken"]
        assert result.landings == ()

    def test_ours_among_others(self) -> None:
        """Our mark, and our content, go before a number that somebody else uses, too."""
        there = [order("SO-1 Zenith", id="T9"), order("SO-1 ACME", "1 NUT", id="T1")]
        by_mark = settled([find(1)], {"f1": found(*there, keys={"T1": mark(1)})}, self.of())
        by_content = settled([find(1)], {"f1": found(*there)}, self.of())

        for result in (by_mark, by_content):
            assert [landing.id for _, landing in result.landings] == ["T1"]

    @pytest.mark.parametrize("outcome", [Busy("locked"), Unknown("timed out"), NO, None])
    def test_nobody_can_tell(self, outcome: Outcome | None) -> None:
        """Without a clear answer it stays unknown, says why, and is asked about again."""
        outcomes = {} if outcome is None else {"f1": outcome}
        moved = only(settled([find(1)], outcomes, self.of()))

        assert (moved.state, moved.refusal) == (State.UNKNOWN, None)
        assert moved.reason

    @pytest.mark.parametrize(
        "outcome",
        [
            Busy("locked", detail="GET /a, 423"),
            Unknown("timed out", "GET /a, 423"),
            Refused(msgspec.structs.replace(REFUSAL, detail="GET /a, 423")),
        ],
    )
    def test_what_was_seen_is_kept(self, outcome: Outcome) -> None:
        """An engineer finds beside the reason what was seen when nobody could tell."""
        moved = only(settled([find(1)], {"f1": outcome}, self.of()))

        assert moved.reason is not None
        assert moved.reason.detail == "GET /a, 423"

    @pytest.mark.parametrize(
        "outcome, state",
        [
            (Done(id="T1"), State.DONE),
            (Missing(), State.READY),
            (NO, State.REFUSED),
            (Busy("x"), State.UNKNOWN),
            (Unknown("y"), State.UNKNOWN),
        ],
    )
    def test_the_whole_batch_recalled(self, outcome: Outcome, state: State) -> None:
        """3.3: books that recall a whole batch give each write its own outcome after all."""
        moved = only(settled([write()], {"w1": outcome}, self.of()))

        assert moved.state is state

    def test_changed_while_unknown(self) -> None:
        """A source that changed before its write was found is shown as changed."""
        there = order("SO-1 ACME", "1 NUT", id="T1")
        moved = only(settled([find(1)], {"f1": found(there)}, self.of(at=standpoint(OTHER))))

        assert moved.state is State.CHANGED

    def test_65_what_follows_was_recorded_with_the_write(self) -> None:
        """65: fields, notes and lines are those of the write, whatever the settings say now."""
        sent = sent_as(SOURCE, lines=(("s1", "1"),), follow_ups=(("JOB", "7"),), notes=("A note.",))
        there = order("SO-1 ACME", "1 NUT", id="T1")
        there = msgspec.structs.replace(
            there, lines=(msgspec.structs.replace(there.lines[0], id="t1"),)
        )
        of = waiting(self.confirming(), at=standpoint(OTHER), sent=sent)
        result = settled([find(1)], {"f1": found(there)}, of)
        ((moved, landing),) = result.landings

        assert [(each.name, each.value) for each in result.new_fields] == [("JOB", "7")]
        assert moved.notes == ("A note.",)
        assert landing.lines == (PairedLine("s1", "t1", "1"),)


BEFORE = order("SO-1 ACME", "1 NUT", id="T1", revision="1", memo="a default of the books")
AFTER = order("SO-1 ACME", "2 NUT", id="T1", revision="2", memo="another")
THEIRS = order("SO-1 ACME", "5 NUT", id="T1", revision="3")
FOREIGN_FIELD = order("SO-1 ACME", "2 NUT", id="T1", revision="4", customer_order_number="PO 7")


class TestFateOfAnUpdate:
    """The source says two nuts by now; the target was written with one."""

    AT = standpoint(
        OTHER,
        settings(sales_order_out={"changes": ChangePolicy.AUTOMATIC}),
        pairing=pairing(BEFORE, SOURCE),
    )

    def confirming(self, **changes: Any) -> Transfer:
        return transfer(
            state=State.CONFIRMING,
            write=Write.UPDATE,
            sent_fingerprint=fingerprint(OTHER),
            attempts=1,
            **changes,
        )

    def answered(self, outcome: Outcome, **changes: Any) -> Settlement:
        known: dict[str, Any] = {"at": self.AT, "sent": sent_as(OTHER)} | changes
        transfer_ = known.pop("of", None) or self.confirming()
        return settled([find(1)], {"f1": outcome}, waiting(transfer_, **known))

    @pytest.mark.parametrize("there", [AFTER, FOREIGN_FIELD])
    def test_9_it_had_run(self, there: SalesOrder) -> None:
        """9, 10a: every field we sent has its value: written, whatever else the books filled in."""
        result = self.answered(found(there))

        assert only(result).state is State.DONE
        assert [landing.revision for _, landing in result.landings] == [there.revision]

    def test_8_it_never_ran(self) -> None:
        """8: carried fields as before: absent, so it is tried again, upon what was read."""
        result = self.answered(found(BEFORE))
        moved = only(result)

        assert (moved.state, moved.write, moved.attempts) == (State.READY, Write.UPDATE, 1)
        assert result.landings == ()

    def test_8_not_while_it_may_still_run(self) -> None:
        """58: as before is believed to stay so only once the write can no longer run."""
        moved = only(self.answered(found(BEFORE), may_run_until=NOW + timedelta(minutes=5)))

        assert moved.state is State.UNKNOWN

    def test_8_one_that_only_clears_a_field(self) -> None:
        """What was sent says nothing of a field that it clears: as before is before, all the same."""
        dated = order("SO-1 ACME", "1 NUT", id="T1", due_on=SOURCE.created_on)
        at = replace(self.AT, pairing=pairing(dated, SOURCE))
        undated = sent_as(order("SO-1 ACME", "1 NUT"))

        assert only(self.answered(found(dated), at=at, sent=undated)).state is State.READY

    @pytest.mark.parametrize("wish", [Wish.NONE, Wish.SEND])
    def test_10b_it_had_run_and_a_person_changed_what_we_carry(self, wish: Wish) -> None:
        """10b: their content is kept and shown; a wish from before does not write over it."""
        moved = only(self.answered(found(THEIRS), of=self.confirming(wish=wish)))

        assert (moved.state, moved.wish) == (State.CHANGED, Wish.NONE)
        assert moved.reason is not None
        assert moved.reason.code == "conflict"

    def test_it_is_gone(self) -> None:
        """A document that is gone was not changed; a person decides whether to send it again."""
        result = self.answered(Missing(), of=self.confirming(wish=Wish.SEND))
        moved = only(result)

        assert moved.state is State.CHANGED
        assert moved.reason is not None
        assert moved.reason.code == "target-gone"
        assert [each.gone_at for each in result.seen] == [NOW]

    @pytest.mark.parametrize(
        "outcome",
        [
            Done(),
            found(next="p2"),
            found(unreadable=(Unreadable(id="T1", problem="x"),)),
            found(unreadable=(Unreadable(problem="x"),)),
            Busy("x"),
            Unknown("y"),
            NO,
        ],
    )
    def test_silence_says_nothing(self, outcome: Outcome) -> None:
        """What could not be read is neither gone nor as before."""
        result = self.answered(outcome)

        assert only(result).state is State.UNKNOWN
        assert result.seen == ()

    def test_seen_meanwhile(self) -> None:
        """A watch that read our own update before its fate was asked makes it no conflict."""
        pairing_ = self.AT.pairing
        assert pairing_ is not None
        result = self.answered(found(AFTER), at=replace(self.AT, pairing=seen(pairing_, AFTER)))

        assert only(result).state is State.DONE

    @pytest.mark.parametrize("status", [DocumentStatus.CLOSED, DocumentStatus.CANCELLED])
    def test_21_a_lost_close(self, status: DocumentStatus) -> None:
        """21: a lost closing is there when the document is closed, however its system says so."""
        closes = settings(sales_order_out={"cancellations": ChangePolicy.AUTOMATIC})
        at = replace(self.AT, is_withdrawn=True, link=standpoint(SOURCE, closes).link)
        sent = sent_as(BEFORE, closes=True)
        closed = msgspec.structs.replace(BEFORE, status=status)
        done = self.answered(found(closed), at=at, sent=sent)
        again = self.answered(found(BEFORE), at=at, sent=sent)

        assert only(done).state is State.DONE
        assert [landing.is_closed for _, landing in done.landings] == [True]
        assert (only(again).state, only(again).write) == (State.READY, Write.UPDATE)

    def test_what_an_update_does_not_change(self) -> None:
        """An update keeps whose document it was; a closing keeps which line is which."""
        lines = (PairedLine("s1", "t1", "1"),)
        kept = pairing(BEFORE, SOURCE, is_adopted=True, lines=lines)
        of = waiting(
            transfer(state=State.SENDING, write=Write.UPDATE), at=replace(self.AT, pairing=kept)
        )
        for sent, expected in ((Sent(closes=True), lines), (Sent(), None)):
            asked = write(kind=Kind.UPDATE_DOCUMENT, sent=sent)
            ((_, landing),) = settled([asked], {"w1": Done(id="T1")}, of).landings

            assert landing.is_adopted
            assert landing.lines == expected


class TestConflict:
    AT = TestFateOfAnUpdate.AT

    def of(self, **changes: Any) -> dict[int, Waiting]:
        sending_ = transfer(state=State.SENDING, write=Write.UPDATE, **changes)
        return waiting(sending_, at=self.AT)

    def answered(self, outcome: Outcome, **changes: Any) -> Settlement:
        return settled([write(kind=Kind.UPDATE_DOCUMENT)], {"w1": outcome}, self.of(**changes))

    @pytest.mark.parametrize("outcome", [Conflict(), Conflict(BEFORE)])
    @pytest.mark.parametrize("wish", [Wish.NONE, Wish.SEND])
    def test_7_a_moved_revision_alone_is_no_change(self, outcome: Outcome, wish: Wish) -> None:
        """6, 7: carried fields as before: read again, and tried upon the new revision."""
        moved = only(self.answered(outcome, wish=wish))

        assert (moved.state, moved.write, moved.wish) == (State.READY, Write.UPDATE, wish)
        assert (moved.rounds, moved.is_checked) == (1, False)

    @pytest.mark.parametrize("wish", [Wish.NONE, Wish.SEND])
    def test_5_changed_in_both_systems(self, wish: Wish) -> None:
        """5: what a person changed there is kept and shown, even where somebody pressed send."""
        result = self.answered(Conflict(THEIRS), wish=wish)
        moved = only(result)

        assert (moved.state, moved.wish) == (State.CHANGED, Wish.NONE)
        assert moved.reason is not None
        assert moved.reason.code == "conflict"
        assert [each.seen_revision for each in result.seen] == ["3"]

    def test_5_ours_upon_what_was_shown(self) -> None:
        """5: once both were shown, a wish to send stands, as long as nothing else is seen."""
        shown = self.AT.pairing
        assert shown is not None
        at = replace(self.AT, pairing=seen(shown, THEIRS))
        sending_ = transfer(state=State.SENDING, write=Write.UPDATE, wish=Wish.SEND)
        asked = [write(kind=Kind.UPDATE_DOCUMENT)]
        again = settled(asked, {"w1": Conflict(THEIRS)}, waiting(sending_, at=at))
        other = settled(asked, {"w1": Conflict(AFTER)}, waiting(sending_, at=at))

        assert only(again).state is State.READY
        assert only(other).state is State.CHANGED

    def test_read_before_it_is_changed(self) -> None:
        """5: what the reading right before an update shows is told before anything is written."""
        for there, wish, state in [
            (BEFORE, Wish.NONE, State.READY),
            (BEFORE, Wish.SEND, State.READY),
            (THEIRS, Wish.NONE, State.CHANGED),
            (THEIRS, Wish.SEND, State.CHANGED),
        ]:
            matching = transfer(state=State.MATCHING, write=Write.UPDATE, wish=wish)
            result = settled([find(1)], {"f1": found(there)}, waiting(matching, at=self.AT))

            assert only(result).state is state
            assert only(result).is_checked is (state is State.READY)
            assert [each.seen_revision for each in result.seen] == [there.revision]

    @pytest.mark.parametrize(
        "outcome, state",
        [
            (Busy("x"), State.WAITING),
            (Unknown("y"), State.READY),
            (NO, State.REFUSED),
            (Done(), State.READY),
            (found(next="p2"), State.READY),
            (found(unreadable=(Unreadable(id="T1", problem="x"),)), State.READY),
        ],
    )
    def test_without_a_reading_nothing_is_changed(self, outcome: Outcome, state: State) -> None:
        """A reading that failed says nothing: it is not checked, and nothing is seen."""
        matching = transfer(state=State.MATCHING, write=Write.UPDATE)
        result = settled([find(1)], {"f1": outcome}, waiting(matching, at=self.AT))

        assert (only(result).state, only(result).is_checked) == (state, False)
        assert result.seen == ()

    @pytest.mark.parametrize(
        "outcome, state, is_checked",
        [
            (Missing(), State.READY, True),
            (found(msgspec.structs.replace(BEFORE, number="SO-9")), State.READY, True),
            (found(order("SO-9 Zenith", id="T8")), State.REFUSED, False),
            (found(unreadable=(Unreadable(number="SO-9", problem="x"),)), State.READY, False),
            (Unknown("y"), State.READY, False),
            (Busy("x"), State.WAITING, False),
        ],
    )
    def test_19_another_number_is_looked_up(
        self, outcome: Outcome, state: State, is_checked: bool
    ) -> None:
        """19: a number that the source bears by now is free, its own, or somebody else's."""
        matching = transfer(state=State.MATCHING, write=Write.UPDATE, target_number="SO-9")
        number = msgspec.structs.replace(find(1, wire_id="f2"), sent=Sent(by_number=True))
        for asked in ([find(1), number], [number, find(1)]):
            result = settled(
                asked, {"f1": found(BEFORE), "f2": outcome}, waiting(matching, at=self.AT)
            )

            assert (only(result).state, only(result).is_checked) == (state, is_checked)
            assert [each.gone_at for each in result.seen] in ([None], [])

    def test_a_record_beside_it_that_cannot_be_had(self) -> None:
        """A reading that went well does not help a record that was refused."""
        matching = transfer(state=State.MATCHING, write=Write.UPDATE)
        result = settled(
            [find(1), creation(1)],
            {"f1": found(BEFORE), "c1": NO},
            waiting(matching, at=self.AT),
        )

        assert only(result).state is State.REFUSED


class TestFateOfAVoid:
    AT = standpoint(SOURCE, pairing=pairing(BEFORE, SOURCE))

    def answered(
        self, outcome: Outcome, how: VoidWay = VoidWay.DELETE, **changes: Any
    ) -> Settlement:
        lost = transfer(state=State.CONFIRMING, write=Write.VOID, wish=Wish.UNDO, wished_by="Dana")
        of = waiting(lost, at=self.AT, sent=Sent(kind=SALES_ORDER, how=how), **changes)
        return settled([find(1)], {"f1": outcome}, of)

    @pytest.mark.parametrize("outcome", [Missing(), found()])
    def test_23_gone(self, outcome: Outcome) -> None:
        """23: a lost void whose document is gone is carried out; its mark is spent."""
        moved = only(self.answered(outcome))

        assert (moved.state, moved.generation) == (State.SKIPPED, 1)

    def test_23_voided(self) -> None:
        """23: a document that stays without amounts is voided."""
        void = msgspec.structs.replace(
            BEFORE, status=DocumentStatus.CANCELLED, total=Money(Decimal(0))
        )

        assert only(self.answered(found(void), VoidWay.VOID)).state is State.SKIPPED

    @pytest.mark.parametrize(
        "how, total", [(VoidWay.VOID, 9), (VoidWay.DELETE, 9), (VoidWay.DELETE, 0)]
    )
    def test_23_closed_by_hand_is_not_out(self, how: VoidWay, total: int) -> None:
        """A document that is only closed is still there, be it worth nothing."""
        closed = msgspec.structs.replace(
            BEFORE, status=DocumentStatus.CANCELLED, total=Money(Decimal(total))
        )
        moved = only(self.answered(found(closed), how))

        assert (moved.state, moved.write) == (State.READY, Write.VOID)

    def test_23_as_before(self) -> None:
        """23: a document that is as before was not taken out, once that can no longer happen."""
        assert only(self.answered(found(BEFORE))).state is State.READY
        young = self.answered(found(BEFORE), may_run_until=NOW + timedelta(seconds=1))
        assert only(young).state is State.UNKNOWN

    def test_changed_meanwhile(self) -> None:
        """A document that somebody changed is seen; the undo looks at it again first."""
        result = self.answered(found(THEIRS))
        moved = only(result)

        assert (moved.state, moved.write, moved.is_checked) == (State.READY, Write.VOID, False)
        assert [each.seen_revision for each in result.seen] == ["3"]

    @pytest.mark.parametrize("state", [State.SENDING, State.CONFIRMING, State.UNKNOWN])
    def test_answered(self, state: State) -> None:
        """A void that was carried out ends as skipped."""
        lost = transfer(state=state, write=Write.VOID, wish=Wish.UNDO, wished_by="Dana")
        result = settled(
            [write(kind=Kind.VOID_DOCUMENT)], {"w1": Done(id="T1")}, waiting(lost, at=self.AT)
        )

        assert (only(result).state, result.landings) == (State.SKIPPED, ())
        assert only(result).generation == 1


class TestRecognised:
    """A reading of what was written lately shows what became of a lost create."""

    LOST = transfer(1, State.UNKNOWN, sent_fingerprint=SENT, attempts=1)
    # The books number it.
    SENT_AS = sent_as(
        msgspec.structs.replace(SOURCE, number=None),
        lines=(("s1", "1"),),
        follow_ups=(("JOB", "7"),),
        notes=("A note.",),
    )

    def read(self, there: SalesOrder | None, **changes: Any) -> Settlement:
        heads = changes.pop("heads", False)
        of = waiting(changes.pop("of", self.LOST), sent=self.SENT_AS, **changes)
        return recognise(of, {1: there}, NOW, target="QuickBooks", heads=heads)

    def there(self, text: str = "1 NUT", **changes: Any) -> SalesOrder:
        return order("77 ACME", line(text, id="t1"), id="T1", **changes)

    def test_it_lands_as_it_was_written(self) -> None:
        """65: with the lines, notes and custom fields that were recorded with the write."""
        result = self.read(self.there())
        ((moved, landing),) = result.landings

        assert (moved.state, moved.notes) == (State.DONE, ("A note.",))
        assert landing.lines == (PairedLine("s1", "t1", "1"),)
        assert [(each.document_id, each.name) for each in result.new_fields] == [("T1", "JOB")]

    def test_d8_a_head_is_read_later(self) -> None:
        """D8: of a head neither content nor lines are known, and nobody is alarmed for that."""
        ((_, landing),) = self.read(order("77 ACME", id="T1"), heads=True).landings

        assert (landing.content, landing.lines) == (None, None)

    def test_changed_before_it_was_found(self) -> None:
        """10: what somebody changed before it was found is no content of ours: the next look tells.

        What it carries of its source is known all the same, and which line there is which is not.
        """
        theirs = self.there("5 NUT")
        result = self.read(theirs)
        ((_, landing),) = result.landings
        paired = landing.as_pairing(SENT)

        assert landing.lines == (PairedLine("s1", "", "1"),)
        assert is_news(paired, seen_as(paired, theirs, OUT, NOW))

    def test_it_is_not_there(self) -> None:
        """A complete reading without it: absent, once the write can no longer run."""
        young = self.read(None, may_run_until=NOW + timedelta(seconds=1))

        assert only(self.read(None)).state is State.READY
        assert only(young).state is State.UNKNOWN

    def test_it_was_voided_since(self) -> None:
        """A document of ours that was voided before it was found is none."""
        void = self.there(status=DocumentStatus.CANCELLED, total=Money(Decimal(0)))

        assert only(self.read(void)).state is State.READY

    @pytest.mark.parametrize(
        "of",
        [
            transfer(1, State.SENDING),
            transfer(1, State.DONE),
            transfer(1, State.READY),
            transfer(1, State.UNKNOWN, write=Write.UPDATE),
        ],
    )
    @pytest.mark.parametrize("is_there", [True, False])
    def test_only_lost_creates(self, of: Transfer, is_there: bool) -> None:
        """Whatever else a reading shows is not decided here."""
        there = self.there() if is_there else None

        assert self.read(there, of=of) == Settlement()


class TestSeen:
    PAIRED = pairing(BEFORE, SOURCE)

    def test_what_was_never_read_is_learnt(self) -> None:
        """9.15: a document never read after our write is learnt without alarm, with its number."""
        unread = pairing(None, SOURCE)
        learnt = seen_as(unread, THEIRS, OUT, NOW)

        assert learnt.content == learnt.seen_content == fingerprint(OUT.carried(THEIRS))
        assert (learnt.number, learnt.seen_revision) == ("SO-1", "3")
        assert not is_news(unread, learnt)

    @pytest.mark.parametrize(
        "there, news", [(BEFORE, False), (THEIRS, True), (None, True), (AFTER, True)]
    )
    def test_news(self, there: SalesOrder | None, news: bool) -> None:
        """Other carried fields are news, and so is that it is gone; each only once."""
        after = seen_as(self.PAIRED, there, OUT, NOW)

        assert is_news(self.PAIRED, after) is news
        assert not is_news(after, seen_as(after, there, OUT, NOW))

    def test_6_what_others_add_is_no_change(self) -> None:
        """6: a payment, a link or a custom field moves the revision, not what we carry."""
        paid = msgspec.structs.replace(
            BEFORE, revision="9", status=DocumentStatus.CLOSED, custom_fields=fields(Job="7")
        )
        after = seen_as(self.PAIRED, paid, OUT, NOW)

        assert after.seen_content == after.content
        assert after.newest_revision == "9"

    def test_there_again(self) -> None:
        """A document that was believed gone and is read again is there."""
        gone = seen_as(self.PAIRED, None, OUT, NOW)

        assert seen_as(gone, BEFORE, OUT, NOW).gone_at is None

    def test_each_pairing_once(self) -> None:
        """What was seen of a document is told once, whatever else its batch brought."""
        pairings: tuple[Pairing, ...] = settled(
            [find(1)],
            {"f1": found(THEIRS)},
            waiting(transfer(state=State.MATCHING, write=Write.UPDATE), at=TestConflict.AT),
        ).seen

        assert [each.id for each in pairings] == [1]


class TestFollowUps:
    FIELDS = (("JOB", "7"), ("LOT", "A"))

    def test_they_begin_when_the_document_is_there(self) -> None:
        """DOC-9: the fields are to be written to the very document that was made."""
        sent = sent_as(SOURCE, follow_ups=self.FIELDS)
        result = settled([write(sent=sent)], {"w1": Done(id="T1")}, waiting(sending()))

        assert [(each.document_id, each.name, each.value) for each in result.new_fields] == [
            ("T1", "JOB", "7"),
            ("T1", "LOT", "A"),
        ]
        assert {each.kind for each in result.new_fields} == {SALES_ORDER}

    @pytest.mark.parametrize("outcome", [NO, Missing(), Busy("x"), Unknown("y")])
    def test_without_document_no_fields(self, outcome: Outcome) -> None:
        """DOC-9: nothing is to be written while the document is not there."""
        sent = sent_as(SOURCE, follow_ups=self.FIELDS)
        result = settled([write(sent=sent)], {"w1": outcome}, waiting(sending()))

        assert result.new_fields == ()

    def test_b11_the_document_is_not_sent_again(self) -> None:
        """B11: three pairs whose second step fails leave one document, and are tried again."""
        books = Books()
        books.add(client("ACME"), product("NUT"))
        pairs = tuple(FieldPair(name, name.upper()) for name in ("Job", "Lot", "Site"))
        desk = Desk(
            books,
            rules=settings(sales_order_out={"save_custom_fields": True, "custom_fields": pairs}),
        )
        desk.refresh()
        desk.take(order("SO-1 ACME", "1 NUT", custom_fields=fields(Job="7", Lot="A", Site="N")))
        desk.round()
        desk.round()
        operations = desk.record(desk.plan())
        assert len(operations) == 3
        desk.lose()
        desk.run()

        assert len(books.documents) == 1
        assert sorted(name for _, name in books.fields) == ["JOB", "LOT", "SITE"]
        assert {each.state for each in desk.follow_ups.values()} == {State.DONE}


class TestReadings:
    @pytest.mark.parametrize(
        "kind", [Kind.DESCRIBE, Kind.READ_RECORDS, Kind.READ_DOCUMENTS, Kind.READ_DELETIONS]
    )
    def test_they_move_no_transfer(self, kind: Kind) -> None:
        """What was only read changes no transfer by itself."""
        result = settled([Asked(wire_id="r", kind=kind)], {"r": found(SOURCE)}, {})

        assert result == Settlement(outcomes=(found(SOURCE),))


class TestTogether:
    """Planning and settling against books that forget nothing."""

    RULES = settings(
        sales_order_out={
            "document_number": DocumentNumber.ORDER_CODE,
            "create_missing_customers": True,
            "create_missing_items": True,
            "income_account": "Sales",
        }
    )

    def desk(self, *orders: SalesOrder) -> Desk:
        books = Books()
        books.add(client("ACME"), product("NUT"))
        desk = Desk(books, rules=self.RULES)
        desk.refresh()
        desk.take(*orders)
        return desk

    @pytest.mark.parametrize("carried_out", [True, False])
    def test_a_lost_answer(self, carried_out: bool) -> None:
        """Whether or not the write happened before the answer was lost, it is there once."""
        desk = self.desk(order("SO-1 ACME", "1 NUT"))
        desk.round()
        operations = desk.record(desk.plan())
        if carried_out:
            desk.books.execute(operations[0])
        desk.lose()

        assert desk.of(State.UNKNOWN) == [desk.transfers[1]]
        desk.round()
        assert desk.of(State.DONE if carried_out else State.READY) == [desk.transfers[1]]
        desk.run()
        desk.exactly_once()
        assert desk.transfers[1].attempts == 0

    @pytest.mark.parametrize("carried_out", [True, False])
    def test_a_lost_answer_to_a_numberless_write(self, carried_out: bool) -> None:
        """Where the books number documents the lost one is found by our mark."""
        desk = self.desk(order("SO-1 ACME", "1 NUT"))
        desk.rules = settings()
        operations = desk.record(desk.plan())
        if carried_out:
            desk.books.execute(operations[0])
        desk.lose()
        desk.run()

        desk.exactly_once()
        assert desk.transfers[1].state is State.DONE

    @pytest.mark.parametrize("carried_out", [True, False])
    def test_a_lost_creation(self, carried_out: bool) -> None:
        """A record whose answer was lost is found in the directory, not created twice."""
        desk = self.desk(order("SO-1 NEW", "1 NUT"))
        operations = desk.record(desk.plan())
        if carried_out:
            for each in operations:
                desk.books.execute(each)
        desk.lose()
        desk.run()

        desk.exactly_once()
        assert len([r for r in desk.books.records.values() if r.name == "NEW"]) == 1

    def test_somebody_entered_the_order_by_hand(self) -> None:
        """DOC-3: an order whose number a person has used is refused, theirs stays as it is."""
        desk = self.desk(order("SO-1 ACME", "1 NUT"), order("SO-2 ACME", "1 NUT"))
        desk.books.enter(order("SO-1 ACME", "1 NUT"))
        desk.run()

        desk.exactly_once()
        assert desk.refusal(1).code == "number-taken"
        assert len(desk.books.documents) == 2

    def test_corrected_at_the_source(self) -> None:
        """A refused order that is corrected at its source goes without being asked."""
        desk = self.desk(order("SO-123456789012 ACME", "1 NUT"))
        desk.run()
        assert desk.refusal(1).code == "number-too-long"
        desk.change(1, order("SO-9 ACME", "1 NUT"))
        desk.run()

        desk.exactly_once()
        assert [each.number for each in desk.books.documents.values()] == ["SO-9"]

    def test_another_number_after_a_refusal(self) -> None:
        """An order refused after its number was looked up goes under its later number."""
        desk = self.desk(order("SO-1 ACME", "1 NUT"))
        desk.round()
        (written,) = desk.record(desk.plan())
        desk.settle({written.id: NO})
        assert desk.refusal(1).code == "rejected"
        desk.change(1, order("SO-2 ACME", "1 NUT"))
        desk.run()

        assert [each.number for each in desk.books.documents.values()] == ["SO-2"]

    def test_qb_suffix(self) -> None:
        """4.6: a retrieved order whose code is taken gets our suffix; if that is taken, too, a person decides."""
        floor = Books(keeps_marks=False, unique_numbers=True)
        floor.enter(order("7 Somebody"))
        floor.enter(order("8 Somebody"))
        floor.enter(order("8-QB Somebody"))
        desk = Desk(
            floor,
            rules=settings(),
            flow=FlowName.SALES_ORDER_IN,
            to=target(
                has_hierarchy=False,
                lists_share_names=False,
                number_length_max={},
                keeps_marks=False,
            ),
        )
        desk.take(order("7 ACME", "1 NUT"), order("8 ACME", "1 NUT"), order("9 ACME", "1 NUT"))
        desk.run()

        desk.exactly_once()
        written = {each.number for id_, each in floor.documents.items() if id_ in floor.keys}
        assert written == {"7-QB", "9"}
        assert desk.refusal(2).code == "number-taken"

    def test_ids_reach_the_books(self) -> None:
        """What is written refers to the books' own records by their ids."""
        desk = self.desk(order("SO-1 new", "1 Fresh", "2 NUT"))
        desk.run()
        (written,) = desk.books.documents.values()
        ids = {each.name: id_ for id_, each in desk.books.records.items()}

        assert written.customer == Reference("new", ids["new"])
        assert [each.item for each in written.lines] == [
            Reference("Fresh", ids["Fresh"]),
            Reference("NUT", ids["NUT"]),
        ]
