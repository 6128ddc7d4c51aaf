"""The inbox: what needs a person, each cause once, and the cures that bring documents in.

Each story lets documents stop, looks into the inbox as a bookkeeper would, presses what it
offers, and finds the documents in the books.
"""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from counterfoil.documents import Actor, Refusal, refuse
from counterfoil.engine.correcting import Correction
from counterfoil.errors import UsageError
from counterfoil.hub import desk, inbox, views
from counterfoil.hub.inbox import Asked, Asks, Case, Cured, CureName
from counterfoil.hub.inbox._cures import Setting, of_refusal
from counterfoil.ledger import transfers
from counterfoil.sandboxes.quickbooks_desktop import ProcessResult
from tests.hub.conftest import OpenWorld
from tests.hub.test_life import amend
from tests.sandboxes.quickbooks_desktop.desk import customer, service
from tests.support.world import World

ANNA, BEN = "Anna", "Ben"
STRICT = (
    "sales-order-out.mode=automatic",
    "sales-order-out.document_number=order_code",
    "sales-order-out.creation_date=document_date",
)


@pytest.fixture
def strict(open_company: OpenWorld) -> World:
    """A company whose settings create nothing; the books know PICNIC and BOLT."""
    world = open_company(*STRICT)
    world.enter_books(customer("PICNIC"), service("BOLT", "1.25"))
    return world


def only(world: World) -> Case:
    """The one case that there is, with its documents."""
    (found,) = inbox.with_documents(world.hub, inbox.cases(world.hub))
    return found


def press(world: World, case: Case, choice: str, answer: str = "", who: str = ANNA) -> Cured:
    """Press a cure, as a page does: with what was seen."""
    tokens = tuple(each.token for each in case.documents)
    asked = Asked(choice=choice, answer=answer, documents=tokens, stand=case.stand)
    return inbox.cure(world.hub, case.key, asked, who)


def two_unknown(world: World) -> Case:
    """Two orders for a customer whose name is not that of the books."""
    world.order("SO-1", "PICNIC-LTD", "2 BOLT 1.50")
    world.order("SO-2", "PICNIC-LTD", "1 BOLT 1.50")
    world.sync()
    return only(world)


class TestCases:
    def test_one_cause_once_with_its_documents(self, strict: World) -> None:
        """Two orders for one unknown customer are one case, with who acts and what they come to."""
        case = two_unknown(strict)

        assert "PICNIC-LTD" in case.sentence
        assert (case.number, case.noun, case.acts) == (2, "orders", Actor.BOOKKEEPER)
        assert [each.number for each in case.documents] == ["SO-1", "SO-2"]
        assert [str(each.amount) for each in case.totals] == ["4.50"]
        assert {each.party for each in case.documents} == {"PICNIC-LTD"}
        assert inbox.count(strict.hub) == 1

    def test_what_is_near_is_the_first_cure(self, strict: World) -> None:
        """The record that is most likely meant stands on the first button, by its name."""
        case = two_unknown(strict)

        assert case.primary.label == "Use PICNIC"
        assert [each.full_name for each in inbox.candidates(strict.hub, case)] == ["PICNIC"]
        assert case.cures[-1].name is CureName.SKIP

    def test_other_causes_are_other_cases(self, strict: World) -> None:
        """Another customer, and another reason, are cases of their own, the oldest first."""
        two_unknown(strict)
        strict.order("SO-3", "NOBODY", "1 BOLT 1.50")
        strict.order("SO-4", "PICNIC", "1 GEAR 1.50")
        strict.sync()

        found = inbox.cases(strict.hub)
        assert [each.number for each in found] == [2, 1, 1]
        assert len({each.key for each in found}) == inbox.count(strict.hub) == 3

    def test_each_document_knows_its_case(self, strict: World) -> None:
        """From a document alone the same case is told that lists it, whatever stopped it."""
        two_unknown(strict)
        strict.order("SO-3", "PICNIC", "1 GEAR 1.50")
        strict.order("SO-0041-REPLACEMENT", "PICNIC", "1 BOLT 1.50")
        strict.order("SO-5", "PICNIC", "1 BOLT 1.50")
        strict.settle()
        strict.clock.wait(4000)
        amend(strict, "SO-5", "3")
        strict.settle()

        told = {}
        for row in views.rows(strict.hub):
            refusal = views.details(strict.hub, row.id)["full_refusal"]
            known = msgspec.convert(refusal, Refusal | None)
            told[row.number] = inbox.key_of(row, known)
        found = inbox.with_documents(strict.hub, inbox.cases(strict.hub))
        listed = {each.number: case.key for case in found for each in case.documents}
        assert told == listed
        assert len(found) == 4

    def test_by_link_and_by_who_acts(self, strict: World) -> None:
        """Cases are found by their link, and by who can do something about them."""
        two_unknown(strict)

        assert len(inbox.cases(strict.hub, link=strict.link, acts=Actor.BOOKKEEPER)) == 1
        assert inbox.cases(strict.hub, acts=Actor.OPERATIONS) == []

    def test_a_key_may_be_shortened(self, strict: World) -> None:
        """A case is found by the beginning of its key; of another key nothing is known."""
        case = two_unknown(strict)

        assert inbox.case(strict.hub, case.key[:5]).key == case.key
        with pytest.raises(UsageError, match="no case"):
            inbox.case(strict.hub, "ffffffff")

    def test_a_connection_that_fails_comes_first(self, strict: World) -> None:
        """What holds everything up stands above what holds single documents."""
        two_unknown(strict)
        strict.shop_line.spoil = lambda _call, _body: "request"
        strict.clock.advance(minutes=10)
        strict.read_operations()

        first, *_others = inbox.cases(strict.hub)
        assert first.connection == strict.operations_id
        assert first.acts is Actor.ADMINISTRATOR
        assert first.primary.name is CureName.LOOK


class TestCures:
    def test_use_a_record(self, strict: World) -> None:
        """“Use PICNIC” says what it does first; then all orders of that name arrive, later too."""
        case = two_unknown(strict)
        told = inbox.effect(case, case.primary)
        assert told.lines[0] == "2 orders, 4.50, go to QuickBooks with the customer PICNIC."
        assert told.button == "Use PICNIC and send 2"

        cured = press(strict, case, case.primary.choice)
        assert cured.sentence == "2 orders are on their way to QuickBooks as “PICNIC”."
        assert inbox.count(strict.hub) == 0
        strict.order("SO-3", "PICNIC-LTD", "1 BOLT 1.50")
        strict.settle()
        strict.check_exactly_once("SO-1", "SO-2", "SO-3")

    def test_the_effect_reads_well_before_anything_is_chosen(self, strict: World) -> None:
        """What is still to be said is called what it is."""
        case = two_unknown(strict)
        use = next(each for each in case.cures if each.name is CureName.USE_RECORD)
        asked = msgspec.structs.replace(use, arguments={"kind": "customer", "name_meant": "A"})
        create = msgspec.structs.replace(asked, name=CureName.CREATE_AS, asks=Asks.NAME)

        assert "QuickBooks with the customer you choose." in inbox.effect(case, asked).lines[0]
        assert (
            inbox.effect(case, create)
            .lines[0]
            .startswith("The customer of the name you give is created in QuickBooks")
        )

    def test_undo_before_anything_left(self, strict: World) -> None:
        """Taken back before the next call, the name means nothing again and the orders stop."""
        case = two_unknown(strict)
        cured = press(strict, case, case.primary.choice)
        assert cured.undo is not None

        inbox.take_back(strict.hub, cured.undo, ANNA)
        strict.run_web_connector()
        assert only(strict).key == case.key
        assert strict.booked() == []

    def test_undo_gives_back_what_was_chosen_before(self, strict: World) -> None:
        """A name that meant another record before means it again."""
        strict.enter_books(customer("OTHER"))
        case = two_unknown(strict)
        desk.match_name(
            strict.hub, strict.link, "customer", "PICNIC-LTD", ANNA, create_as="PICNICS"
        )
        cured = press(strict, case, case.primary.choice)
        assert cured.undo is not None

        told = inbox.take_back(strict.hub, cured.undo, ANNA)
        assert "“PICNICS”" in told

    def test_one_of_several(self, strict: World) -> None:
        """Only the documents that were ticked are tried again."""
        case = two_unknown(strict)
        asked = Asked(choice="retry", documents=(case.documents[0].token,))

        assert inbox.cure(strict.hub, case.key, asked, ANNA).transfers == (case.documents[0].id,)
        assert only(strict).number == 1

    def test_leave_out_with_a_reason(self, strict: World) -> None:
        """What is left out for good keeps the reason, and can be taken back."""
        case = two_unknown(strict)
        cured = press(strict, case, "skip", "Entered by hand")

        assert cured.sentence == "2 orders are left out."
        note = desk.details(strict.hub, case.documents[0].id)["audit"][-1]
        assert (note["actor"], note["detail"]) == (ANNA, "Entered by hand")
        assert cured.undo is not None
        assert inbox.take_back(strict.hub, cured.undo, ANNA) == "2 documents are looked at again."
        strict.run_web_connector()
        assert only(strict).number == 2

    def test_change_a_setting_and_put_it_back(self, strict: World) -> None:
        """A setting that the case names is changed for all, and undo sets what it was."""
        case = two_unknown(strict)
        choice = next(each for each in case.cures if each.name is CureName.SET)
        told = inbox.effect(case, choice).lines[0]
        cured = press(strict, case, choice.choice)

        assert "“Create missing customers” of" in told
        assert "becomes “on”" in told
        assert cured.sentence.startswith("“Create missing customers” is “on” now.")
        assert cured.undo is not None
        inbox.take_back(strict.hub, cured.undo, ANNA)
        strict.run_web_connector()
        assert only(strict).key == case.key

    def test_a_closed_period_by_another_day(self, open_company: OpenWorld) -> None:
        """“Date it …” names the first open day; the order arrives with it, and keeps its own."""
        world = open_company(*STRICT)
        world.enter_books(customer("PICNIC"), service("BOLT", "1.25"))
        world.books.prefer(closing_date="2030-01-31")
        world.order("SO-1", "PICNIC", "2 BOLT 1.50")
        world.sync()
        case = only(world)
        assert case.code == "period-closed"
        assert case.primary.label == "Date it 1 Feb 2030"

        cured = press(world, case, "date")
        assert cured.sentence == "SO-1 is on its way to QuickBooks dated 1 Feb 2030."
        world.settle()
        world.check_exactly_once("SO-1")
        assert [each["TxnDate"] for each in world.booked()] == ["2030-02-01"]

    def test_no_day_is_refused_in_words(self, strict: World) -> None:
        """What is no day, number or record is told, and nothing is done."""
        case = two_unknown(strict)
        with pytest.raises(UsageError, match="no customer “NOBODY”"):
            press(strict, case, case.primary.choice, "NOBODY")
        with pytest.raises(UsageError, match="no cure"):
            press(strict, case, "dance")
        assert only(strict).stand == case.stand


class TestSeveralPeople:
    def test_the_second_hears_what_the_first_did(self, strict: World) -> None:
        """Of two who saw one case, the second moves nothing and hears who did what, and when."""
        case = two_unknown(strict)
        press(strict, case, "skip", "Entered by hand")

        second = press(strict, case, case.primary.choice, who=BEN)
        assert not second.is_done
        assert second.sentence.startswith("Nothing was done twice: Anna left it out at ")
        assert "(Entered by hand)" in second.sentence
        assert strict.states() == {"SO-1": "skipped", "SO-2": "skipped"}

    def test_a_double_click_sends_once(self, strict: World) -> None:
        """The same press twice sends the orders once."""
        case = two_unknown(strict)
        press(strict, case, case.primary.choice)

        assert not press(strict, case, case.primary.choice).is_done
        strict.settle()
        strict.check_exactly_once("SO-1", "SO-2")

    def test_what_moved_meanwhile_is_left_alone(self, strict: World) -> None:
        """Of a case that somebody solved in part, only the rest is moved, and that is told."""
        case = two_unknown(strict)
        desk.skip(strict.hub, [case.documents[0].id], BEN)

        cured = press(strict, case, "retry")
        assert cured.transfers == (case.documents[1].id,)
        assert cured.sentence.endswith("1 of them had moved meanwhile and were left alone.")

    def test_all_of_a_case_that_is_another_by_now(self, strict: World) -> None:
        """Whoever asks for all of what they saw does nothing to what has come since."""
        case = two_unknown(strict)
        strict.order("SO-3", "PICNIC-LTD", "1 BOLT 1.50")
        strict.sync()

        asked = Asked(choice="skip", stand=case.stand)
        cured = inbox.cure(strict.hub, case.key, asked, ANNA)
        assert not cured.is_done
        assert "Look once more" in cured.sentence


class TestTakingBack:
    """A way back that is pressed late takes nothing back of what somebody decided since."""

    def test_what_was_sent_since_is_not_sent_again(self, strict: World) -> None:
        """An order left out, then sent by another and changed in the books, is left alone."""
        case = two_unknown(strict)
        skipped = press(strict, case, "skip", "Entered by hand")
        assert skipped.undo is not None
        desk.match_name(strict.hub, strict.link, "customer", "PICNIC-LTD", BEN, record="PICNIC")
        desk.press(strict.hub, strict.link, [each.id for each in case.documents], BEN)
        strict.settle()
        strict.clock.wait(4000)
        amend(strict, "SO-1", "5")
        strict.settle()
        assert strict.states() == {"SO-1": "changed", "SO-2": "done"}

        with pytest.raises(UsageError, match="decided about it since: it is changed by now"):
            inbox.take_back(strict.hub, skipped.undo, ANNA)
        assert strict.states() == {"SO-1": "changed", "SO-2": "done"}

    def test_a_name_that_means_something_else_by_now(self, strict: World) -> None:
        """What another decided about the name since stays decided."""
        strict.enter_books(customer("OTHER"))
        case = two_unknown(strict)
        cured = press(strict, case, case.primary.choice)
        assert cured.undo is not None
        desk.match_name(strict.hub, strict.link, "customer", "PICNIC-LTD", BEN, record="OTHER")

        with pytest.raises(UsageError, match="Somebody has decided since what “PICNIC-LTD” means"):
            inbox.take_back(strict.hub, cured.undo, ANNA)
        [chosen] = desk.chosen_names(strict.hub, strict.link)
        assert chosen.meaning == "OTHER"

    def test_one_correction_of_two(self, strict: World) -> None:
        """Who takes the day back leaves the number that was given before."""
        ids = [two_unknown(strict).documents[0].id]
        desk.correct(strict.hub, ids, Correction(number="SO-1A"), BEN)
        desk.correct(strict.hub, ids, Correction(day=date(2030, 2, 1)), ANNA)

        desk.uncorrect(strict.hub, ids, Correction(day=date(2030, 2, 1)), ANNA)
        assert correction_of(strict, "SO-1") == Correction(number="SO-1A")
        desk.uncorrect(strict.hub, ids, Correction(number="SO-1A"), BEN)
        assert correction_of(strict, "SO-1") is None

    def test_what_is_out_keeps_its_correction(self, strict: World) -> None:
        """An order that arrived under a corrected number, and changed since, bears it still."""
        strict.order("SO-1", "PICNIC-LTD", "2 BOLT 1.50")
        strict.sync()
        ids = [only(strict).documents[0].id]
        desk.match_name(strict.hub, strict.link, "customer", "PICNIC-LTD", BEN, record="PICNIC")
        desk.correct(strict.hub, ids, Correction(number="SO-1A"), ANNA)
        desk.press(strict.hub, strict.link, ids, ANNA)
        strict.settle()
        strict.clock.wait(4000)
        amend(strict, "SO-1A", "5")
        strict.settle()
        assert strict.states() == {"SO-1": "changed"}

        [left] = desk.uncorrect(strict.hub, ids, Correction(number="SO-1A"), ANNA).left
        assert str(left.sentence).startswith(
            "It is changed: a document is corrected before it is sent"
        )
        assert correction_of(strict, "SO-1") == Correction(number="SO-1A")

    def test_what_may_be_there_is_not_sent_by_an_undo(self, open_company: OpenWorld) -> None:
        """Nobody knows whether it arrived: leaving it out has no way back that would send it."""
        world = lost_answer(open_company)
        case = only(world)
        assert case.code == "outcome-unclear"
        skip, again = case.cure("skip"), case.cure("retry")
        assert skip is not None
        assert again is not None
        assert inbox.effect(case, skip).way_back.startswith("Cannot be undone")
        assert "is there twice then" in inbox.effect(case, again).lines[1]

        # Neither who tries all again, nor who names an order, says that it did not arrive.
        [left] = desk.retry(world.hub, ANNA, link=world.link).left
        assert str(left.sentence).startswith("It may be there already.")
        kept = desk.press_one(world.hub, case.documents[0].id, ANNA).kept
        assert str(kept) == world.row("SO-1").sentence
        assert only(world).stand == case.stand

        assert press(world, case, "skip").undo is None


def lost_answer(open_company: OpenWorld) -> World:
    """A company with an order of which nobody knows whether it arrived."""
    own = [each for each in STRICT if "document_number" not in each]
    world = open_company(*own, "sales-order-out.document_number=books")
    world.enter_books(customer("PICNIC"), service("BOLT", "1.25"))
    world.books.switch(marks_returned=False, set_answers_kept="none")
    world.order("SO-1", "PICNIC", "2 BOLT 1.50")
    world.counter.after = lambda text, result: (
        ProcessResult("", "0x80040402", "ended") if "<SalesOrderAddRq" in text else result
    )
    world.sync()
    world.counter.well_behaved()
    world.clock.advance(minutes=3)
    world.settle()
    return world


def correction_of(world: World, number: str) -> Correction | None:
    """What a person lets an order say in the books in place of its source."""
    with world.hub.database.reading() as tx:
        return transfers.load(tx, [world.row(number).id])[0].transfer.correction


class TestChanges:
    def test_a_change_in_the_books_is_kept_or_written_over(self, world: World) -> None:
        """What somebody changed in the books is told with both ways out; undo calls it off."""
        world.orders(1)
        world.settle()
        world.clock.wait(4000)
        amend(world, "SO-1", "5")
        world.settle()

        case = only(world)
        assert case.sentence == "A sales order was changed by somebody in QuickBooks."
        assert [each.name for each in case.cures] == [CureName.ACCEPT, CureName.SEND]
        sent = press(world, case, "send")
        assert sent.undo is not None
        inbox.take_back(world.hub, sent.undo, ANNA)
        again = only(world)
        press(world, again, "accept")
        assert inbox.cases(world.hub) == []


class TestDays:
    def test_a_day_is_written_for_people(self) -> None:
        """A day bears its month in letters, so that nobody takes it for another."""
        from counterfoil.hub.inbox._cures import as_day

        assert as_day(date(2026, 11, 1)) == "1 Nov 2026"


class TestEditing:
    def test_a_text_that_is_not_taken_is_edited_first(self) -> None:
        """What QuickBooks does not take of a text, a person puts right; elsewhere that comes late."""
        at = Setting(
            source="Shop", target="QuickBooks", side="books", today=date(2026, 3, 2), facts={}
        )
        too_long = refuse(
            "value-too-long", field="The memo", length=5000, limit=4095, target="QuickBooks"
        )
        unknown = refuse("record-unknown", value="X", kind="item", target="Q", besides="")

        assert of_refusal(too_long, at)[0].name is CureName.EDIT
        assert of_refusal(unknown, at)[0].name is not CureName.EDIT

    def test_it_is_no_press(self, strict: World) -> None:
        """What a document shall say is asked field by field: a cure without fields says how."""
        two_unknown(strict)
        case = only(strict)
        asked = Asked(choice="edit", documents=(case.documents[0].token,))
        with pytest.raises(UsageError, match=r"counterfoil correct \d+ FIELD=VALUE"):
            inbox.cure(strict.hub, case.key, asked, ANNA)
