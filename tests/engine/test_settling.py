"""Settling: what each answer changes, and that every operation comes to an end."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from counterfoil.documents import (
    Action,
    Money,
    RecordKind,
    Reference,
    SalesOrder,
    fingerprint,
    refuse,
)
from counterfoil.engine.life import State
from counterfoil.engine.operations import (
    Busy,
    Done,
    Missing,
    Outcome,
    Page,
    Refused,
    Unknown,
)
from counterfoil.engine.settling import (
    Asked,
    FieldResult,
    Kind,
    Settlement,
    Waiting,
    settle,
    unanswered,
)
from counterfoil.engine.transfers import Transfer
from counterfoil.settings import DocumentNumber, FieldPair, FlowName
from tests.engine.books import SALES_ORDER, Books, Desk
from tests.support.builders import NOW, client, fields, order, product, settings, target, transfer

REFUSAL = refuse("rejected", target="QuickBooks", document="sales order", problem="no")
NO = Refused(REFUSAL, "3140")
SOURCE = order("SO-1 ACME", "1 NUT")
SENT = fingerprint(SOURCE)


def waiting(*transfers: Transfer, **changes: Any) -> dict[int, Waiting]:
    return {
        each.id: msgspec.structs.replace(Waiting(transfer=each, fingerprint=SENT), **changes)
        for each in transfers
    }


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


def write(id_: int = 1) -> Asked:
    return Asked(
        wire_id=f"w{id_}",
        kind=Kind.CREATE_DOCUMENT,
        subject=SALES_ORDER,
        name="SO-1",
        transfer=id_,
    )


def creation(*dependants: int, wire_id: str = "c1") -> Asked:
    return Asked(
        wire_id=wire_id,
        kind=Kind.CREATE_RECORD,
        subject=RecordKind.ITEM,
        name="NUT",
        dependants=dependants,
    )


def find(*dependants: int, of: int | None = None) -> Asked:
    return Asked(
        wire_id="f1", kind=Kind.FIND, subject=SALES_ORDER, transfer=of, dependants=dependants
    )


def found(*documents: SalesOrder, keys: dict[str, str] | None = None) -> Done:
    return Done(page=Page(documents=documents, keys=keys or {}))


def only(result: Settlement) -> Transfer:
    (moved,) = result.transfers
    return moved


class TestDocumentWritten:
    def test_done(self) -> None:
        """A document that was written is paired with what it became."""
        outcome = Done(id="T1", number="77", revision="9", total="1.50", line_ids=("a", "b"))
        result = settled([write()], {"w1": outcome}, waiting(sending()))
        ((moved, landing),) = result.landings

        assert only(result).state is moved.state is State.DONE
        assert (landing.id, landing.number, landing.revision) == ("T1", "77", "9")
        assert (landing.total, landing.line_ids, landing.is_adopted) == ("1.50", ("a", "b"), False)

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


class TestSourceMeanwhile:
    def test_changed_while_sending(self) -> None:
        """A source that changed while it was on its way is shown as changed right after."""
        changed = waiting(sending(), fingerprint="another")
        moved = only(settled([write()], {"w1": Done(id="T1")}, changed))

        assert (moved.state, moved.alerted_at) == (State.CHANGED, NOW)

    def test_it_is_paired_all_the_same(self) -> None:
        """A changed source does not unmake what was written."""
        changed = waiting(sending(), fingerprint="another")

        assert len(settled([write()], {"w1": Done(id="T1")}, changed).landings) == 1

    @pytest.mark.parametrize("current", [SENT, "another"])
    def test_gone_while_sending(self, current: str) -> None:
        """A source cancelled while it was on its way is shown at once, with the reason."""
        gone = waiting(sending(), is_gone=True, fingerprint=current)
        moved = only(settled([write()], {"w1": Done(id="T1")}, gone))

        assert (moved.state, moved.alerted_at) == (State.CHANGED, NOW)
        assert "cancelled" in (moved.reason or "")

    @pytest.mark.parametrize("outcome", [NO, Missing(), Unknown("?"), Busy("locked")])
    def test_a_change_matters_only_once_it_is_there(self, outcome: Outcome) -> None:
        """What did not get there is not shown as changed."""
        moved = only(settled([write()], {"w1": outcome}, waiting(sending(), fingerprint="another")))

        assert moved.state is not State.CHANGED


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
        moved_on = transfer(1, state, reason="a person")

        assert settled([creation(1)], {"c1": outcome}, waiting(moved_on)).transfers == ()


class TestNumberLookedUp:
    def matching(self, id_: int = 1, number: str = "SO-1") -> Transfer:
        return transfer(id_, State.MATCHING, target_number=number, exchange=5)

    @pytest.mark.parametrize(
        "outcome",
        [Missing(), found(), found(order("SO-11 X")), found(order("so-1 X")), Done()],
    )
    def test_free(self, outcome: Outcome) -> None:
        """A number that no document bears exactly is free."""
        moved = only(settled([find(1)], {"f1": outcome}, waiting(self.matching())))

        assert (moved.state, moved.number_is_free, moved.target_number) == (
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

        assert (moved.state, moved.target_number, moved.number_is_free) == (
            State.READY,
            "SO-1-QB",
            False,
        )

    def test_ours_is_there_already(self) -> None:
        """A document with our mark is ours, whatever its number: it is paired, not written again."""
        mine = self.matching()
        there = order("SO-5 ACME", "1 NUT", id="T1", revision="3", total=Money(Decimal("1.50")))
        keys = {"T1": mine.key.strip("{}").upper()}
        result = settled([find(1)], {"f1": found(there, keys=keys)}, waiting(mine))
        ((_, landing),) = result.landings

        assert only(result).state is State.DONE
        assert (landing.id, landing.revision, landing.total) == ("T1", "3", "1.50")

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

        assert (moved.state, moved.number_is_free) == (state, False)

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


class TestFateOfAWrite:
    def confirming(self, id_: int = 1, number: str | None = "SO-1") -> Transfer:
        return transfer(
            id_,
            State.CONFIRMING,
            target_number=number,
            sent_fingerprint=SENT,
            attempts=1,
            exchange=6,
        )

    def test_found_by_mark(self) -> None:
        """4.3: a document with our mark is the one whose answer was lost."""
        lost = self.confirming(number=None)
        there = order("77 ACME", "1 NUT", id="T1")
        result = settled([find(of=1)], {"f1": found(there, keys={"T1": lost.key})}, waiting(lost))

        assert only(result).state is State.DONE
        assert [landing.id for _, landing in result.landings] == ["T1"]

    def test_found_by_number(self) -> None:
        """4.3: where documents bear no marks the one with our number is ours."""
        there = order("SO-1 ACME", "1 NUT", id="T1")
        result = settled([find(1)], {"f1": found(there)}, waiting(self.confirming()))

        assert only(result).state is State.DONE
        assert [landing.number for _, landing in result.landings] == ["SO-1"]

    @pytest.mark.parametrize("outcome", [Missing(), found(), found(order("SO-2 ACME"))])
    def test_never_happened(self, outcome: Outcome) -> None:
        """What is not there never happened, and may be sent."""
        moved = only(settled([find(1)], {"f1": outcome}, waiting(self.confirming())))

        assert (moved.state, moved.attempts) == (State.READY, 1)

    def test_somebody_elses_with_our_number(self) -> None:
        """A document with our number and another's mark is not ours: a person decides."""
        foreign = order("SO-1 Zenith", "1 NUT", id="T9")
        result = settled(
            [find(1)],
            {"f1": found(foreign, keys={"T9": "{somebody-else}"})},
            waiting(self.confirming()),
        )

        assert only(result).refusal is not None
        assert [each.refusal and each.refusal.code for each in result.transfers] == ["number-taken"]
        assert result.landings == ()

    def test_ours_among_others(self) -> None:
        """Our mark goes before a number that somebody else uses, too."""
        lost = self.confirming()
        there = [order("SO-1 Zenith", id="T9"), order("SO-1 ACME", id="T1")]
        result = settled([find(1)], {"f1": found(*there, keys={"T1": lost.key})}, waiting(lost))

        assert [landing.id for _, landing in result.landings] == ["T1"]

    @pytest.mark.parametrize("outcome", [Busy("locked"), Unknown("timed out"), NO, None])
    def test_nobody_can_tell(self, outcome: Outcome | None) -> None:
        """Without a clear answer it stays unknown, says why, and is asked about again."""
        outcomes = {} if outcome is None else {"f1": outcome}
        moved = only(settled([find(1)], outcomes, waiting(self.confirming())))

        assert (moved.state, moved.refusal) == (State.UNKNOWN, None)
        assert moved.reason

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
        moved = only(settled([write()], {"w1": outcome}, waiting(self.confirming())))

        assert moved.state is state

    def test_changed_while_unknown(self) -> None:
        """A source that changed before its write was found is shown as changed."""
        there = order("SO-1 ACME", id="T1")
        moved = only(
            settled(
                [find(1)], {"f1": found(there)}, waiting(self.confirming(), fingerprint="another")
            )
        )

        assert moved.state is State.CHANGED


class TestFollowUps:
    FIELDS = (("JOB", "7"), ("LOT", "A"))

    def follow_up(self) -> Asked:
        return Asked(wire_id="x", kind=Kind.WRITE_FIELD, subject=SALES_ORDER, follow_up=4)

    def test_they_begin_when_the_document_is_there(self) -> None:
        """DOC-9: the fields are to be written to the very document that was made."""
        result = settled([write()], {"w1": Done(id="T1")}, waiting(sending(), fields=self.FIELDS))

        assert [(each.document_id, each.name, each.value) for each in result.new_fields] == [
            ("T1", "JOB", "7"),
            ("T1", "LOT", "A"),
        ]
        assert {each.kind for each in result.new_fields} == {SALES_ORDER}

    @pytest.mark.parametrize("outcome", [NO, Missing(), Busy("x"), Unknown("y")])
    def test_without_document_no_fields(self, outcome: Outcome) -> None:
        """DOC-9: nothing is to be written while the document is not there."""
        result = settled([write()], {"w1": outcome}, waiting(sending(), fields=self.FIELDS))

        assert result.new_fields == ()

    @pytest.mark.parametrize(
        "outcome, is_final, has_problem",
        [
            (Done(), True, False),
            (NO, True, True),
            (Missing(), True, True),
            (Missing("no such field"), True, True),
            (Busy("x"), False, True),
            (Unknown("y"), False, True),
        ],
    )
    def test_b11_a_field_never_moves_its_document(
        self, outcome: Outcome, is_final: bool, has_problem: bool
    ) -> None:
        """B11: whatever becomes of a field, no transfer moves; what was not answered is retried."""
        result = settled([self.follow_up()], {"x": outcome}, {})
        (field,) = result.fields

        assert isinstance(field, FieldResult)
        assert (field.follow_up, field.is_final, field.problem is not None) == (
            4,
            is_final,
            has_problem,
        )
        assert (result.transfers, result.landings) == ((), ())

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
        operations = desk.record(desk.plan())
        assert len(operations) == 3
        desk.lose()
        desk.run()

        assert len(books.documents) == 1
        assert sorted(name for _, name in books.fields) == ["JOB", "LOT", "SITE"]
        assert not desk.follow_ups


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
            to=target(has_hierarchy=False, lists_share_names=False, number_length_max={}),
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
