"""An inactive record made active from the inbox: what is told before, what is written, and undone.

Each story names a record that somebody made inactive in QuickBooks, presses “Make it active and
send” as a page does, and looks at the books afterwards.
"""

from __future__ import annotations

from typing import Any

import pytest

from counterfoil.errors import UsageError
from counterfoil.hub import inbox
from counterfoil.hub.inbox import Asked, Case, Cured, CureName
from counterfoil.sandboxes.quickbooks_desktop import ProcessResult
from tests.hub.conftest import OpenWorld
from tests.sandboxes.quickbooks_desktop.desk import customer, request, service, tags
from tests.support.world import World

ANNA = "Anna"
STRICT = (
    "sales-order-out.mode=automatic",
    "sales-order-out.document_number=order_code",
)


@pytest.fixture
def strict(open_company: OpenWorld) -> World:
    """A company whose settings create nothing; its books know an inactive customer and item."""
    world = open_company(*STRICT)
    world.enter_books(
        customer("ACME"),
        customer("SLEEPY", active="false"),
        service("BOLT", "1.25"),
        service("OLD", "1.25", active="false"),
    )
    return world


def only(world: World) -> Case:
    """The one case that there is, with its documents."""
    (found,) = inbox.with_documents(world.hub, inbox.cases(world.hub))
    return found


def press(world: World, case: Case, choice: str = "activate") -> Cured:
    """Press a cure, as a page does: with what was seen."""
    tokens = tuple(each.token for each in case.documents)
    asked = Asked(choice=choice, documents=tokens, stand=case.stand)
    return inbox.cure(world.hub, case.key, asked, ANNA)


def active(world: World, kind: str, name: str) -> bool:
    """Whether a record of the books is active."""
    (found,) = [each for each in world.booked(kind) if each["Name"] == name]
    return bool(found["IsActive"] == "true")


def modified(world: World) -> list[str]:
    """Message sets that changed a record of a list."""
    return [
        text for text in world.counter.seen if "CustomerModRq" in text or "ServiceModRq" in text
    ]


def key_of(record: dict[str, Any]) -> str:
    """The key elements of a Mod."""
    return tags(ListID=record["ListID"], EditSequence=record["EditSequence"])


class TestDesktop:
    @pytest.mark.parametrize(
        "party, item, kind, name",
        [("SLEEPY", "BOLT", "Customer", "SLEEPY"), ("ACME", "OLD", "ItemService", "OLD")],
    )
    def test_made_active_and_sent(
        self, strict: World, party: str, item: str, kind: str, name: str
    ) -> None:
        """The first button makes it active; both orders that name it arrive, once each."""
        strict.order("SO-1", party, f"2 {item} 1.50")
        strict.order("SO-2", party, f"1 {item} 1.50")
        strict.sync()
        case = only(strict)
        assert case.primary.name is CureName.ACTIVATE
        assert case.primary.label == f"Make {name} active and send"
        told = inbox.effect(case, case.primary)
        assert told.button == "Make it active and send 2"
        assert any(f"{name} is made active in QuickBooks" in line for line in told.lines)

        cured = press(strict, case)
        assert cured.sentence.startswith("2 orders are on their way to QuickBooks once")
        strict.clock.wait(60)
        strict.settle()

        assert active(strict, kind, name)
        assert len(modified(strict)) == 1
        strict.check_exactly_once("SO-1", "SO-2")
        assert inbox.count(strict.hub) == 0

    def test_said_for_one_write(self, strict: World) -> None:
        """What is made inactive again afterwards stays so: nobody has asked for that one."""
        strict.order("SO-1", "SLEEPY", "2 BOLT 1.50")
        strict.sync()
        press(strict, only(strict))
        strict.clock.wait(60)
        strict.settle()
        strict.clock.wait(60)
        self.rest(strict)
        strict.order("SO-2", "SLEEPY", "1 BOLT 1.50")
        strict.settle()

        assert only(strict).primary.name is CureName.ACTIVATE
        assert not active(strict, "Customer", "SLEEPY")
        strict.check_exactly_once("SO-1")

    def test_active_by_another_way_meanwhile(self, strict: World) -> None:
        """What still stands is told that the record is active now, and is simply tried again."""
        strict.order("SO-1", "SLEEPY", "2 BOLT 1.50")
        strict.order("SO-2", "SLEEPY", "1 BOLT 1.50")
        strict.enter_books(customer("SLEEPYHEAD"))
        strict.sync()
        case = only(strict)
        asked = Asked(choice="activate", documents=(case.documents[0].token,), stand=case.stand)
        inbox.cure(strict.hub, case.key, asked, ANNA)
        strict.clock.wait(60)
        strict.settle()

        left = only(strict)
        assert (left.primary.label, left.number) == ("Try again", 1)
        assert inbox.effect(left, left.primary).lines[0] == "SLEEPY is there now, and active."
        assert not [each for each in left.cures if each.name is CureName.ACTIVATE]
        assert inbox.candidates(strict.hub, left)[0].why == ("the same name",)
        press(strict, left, "retry")
        strict.clock.wait(60)
        strict.settle()
        strict.check_exactly_once("SO-1", "SO-2")

    def rest(self, world: World) -> None:
        """Somebody makes the customer inactive."""
        (sleepy,) = [each for each in world.booked("Customer") if each["Name"] == "SLEEPY"]
        world.enter_books(
            request("CustomerMod", key_of(sleepy) + tags(IsActive="false")),
        )

    def test_changed_by_somebody_since_it_was_read(self, strict: World) -> None:
        """Of another version it is left alone: its list is read anew, and then it is done."""
        strict.order("SO-1", "SLEEPY", "2 BOLT 1.50")
        strict.sync()
        case = only(strict)
        turns = iter([True])

        def changed_before(text: str) -> None:
            if "CustomerModRq" in text and next(turns, False):
                self.change(strict)

        press(strict, case)
        strict.clock.wait(60)
        strict.counter.before = changed_before
        strict.settle()
        strict.counter.well_behaved()

        (sleepy,) = [each for each in strict.booked("Customer") if each["Name"] == "SLEEPY"]
        assert (sleepy["IsActive"], sleepy["Notes"]) == ("true", "Prepays")
        strict.check_exactly_once("SO-1")

    def change(self, world: World) -> None:
        """A bookkeeper writes a note on the customer, between our reading and our write."""
        (sleepy,) = [each for each in world.booked("Customer") if each["Name"] == "SLEEPY"]
        world.clock.wait(5)
        world.enter_books(request("CustomerMod", key_of(sleepy) + tags(Notes="Prepays")))

    def test_an_answer_that_leaves_it_out(self, strict: World) -> None:
        """What became of it is told by its list: it is not done twice, and the order arrives."""
        strict.order("SO-1", "SLEEPY", "2 BOLT 1.50")
        strict.sync()
        press(strict, only(strict))
        strict.clock.wait(60)

        def left_out(text: str, result: ProcessResult) -> ProcessResult:
            before, middle, rest = result.response.partition("<CustomerModRs")
            return (
                ProcessResult(before + rest.partition("</CustomerModRs>")[2]) if middle else result
            )

        strict.counter.after = left_out
        strict.settle()
        strict.counter.well_behaved()

        assert len(modified(strict)) == 1
        strict.check_exactly_once("SO-1")

    @pytest.mark.parametrize(
        "said, sentence",
        [
            (("<IsActive>true", "<IsActive>false"), "active, and has not"),
            (("<ListID>", "<ListID>F"), "answered of another record"),
        ],
    )
    def test_an_answer_that_is_no_success(
        self, strict: World, said: tuple[str, str], sentence: str
    ) -> None:
        """“Done”, and it is inactive or somebody else: it stops with that sentence, asked no more."""
        strict.order("SO-1", "SLEEPY", "2 BOLT 1.50")
        strict.sync()
        press(strict, only(strict))

        def rests_again(text: str, result: ProcessResult) -> ProcessResult:
            if "CustomerModRq" not in text:
                return result
            self.rest(strict)
            return ProcessResult(result.response.replace(*said))

        strict.counter.after = rests_again
        for _ in range(5):
            strict.clock.wait(60)
            strict.sync()
        strict.counter.well_behaved()

        row = strict.row("SO-1")
        assert (row.state, row.refusal) == ("refused", "rejected")
        assert sentence in (row.sentence or "")
        assert len(modified(strict)) <= 4
        assert not strict.booked()

    def test_taken_back_before_it_left(self, strict: World) -> None:
        """Undone, nothing is made active, and the order stops again for the same reason."""
        strict.order("SO-1", "SLEEPY", "2 BOLT 1.50")
        strict.sync()
        cured = press(strict, only(strict))
        assert cured.undo is not None
        told = inbox.take_back(strict.hub, cured.undo, ANNA)
        strict.sync()

        assert "SLEEPY is not made active" in told
        assert not active(strict, "Customer", "SLEEPY")
        assert only(strict).code == "record-inactive"

    def test_taken_back_while_it_is_out(self, strict: World) -> None:
        """What is on its way to QuickBooks is not said to be called off."""
        strict.order("SO-1", "SLEEPY", "2 BOLT 1.50")
        strict.sync()
        cured = press(strict, only(strict))
        assert cured.undo is not None
        undo, told = cured.undo, list[str]()

        def meanwhile(text: str, _result: ProcessResult) -> None:
            if "<CustomerModRq" in text:
                with pytest.raises(UsageError) as refused:
                    inbox.take_back(strict.hub, undo, ANNA)
                told.append(refused.value.message)

        strict.clock.wait(60)
        strict.counter.hears = meanwhile
        strict.settle()
        strict.counter.hears = None

        assert len(told) == 1
        assert "It has left to be looked up, or for a record that it names" in told[0]
        strict.check_exactly_once("SO-1")

    def test_taken_back_too_late(self, strict: World) -> None:
        """Once the order arrived there is nothing to take back here, and that is said."""
        strict.order("SO-1", "SLEEPY", "2 BOLT 1.50")
        strict.sync()
        cured = press(strict, only(strict))
        strict.clock.wait(60)
        strict.settle()
        assert cured.undo is not None

        with pytest.raises(UsageError, match=r"any more: .*\. SLEEPY stays active"):
            inbox.take_back(strict.hub, cured.undo, ANNA)
