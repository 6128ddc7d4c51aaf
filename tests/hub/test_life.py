"""The whole life of a sales order, end to end: changed, cancelled, undone, and all of it at once.

Each test plays a story of people at both systems; the numbers are those of the stories that
the design was played through with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from counterfoil.errors import UsageError
from counterfoil.hub import accounts, desk
from counterfoil.sandboxes.quickbooks_desktop import ProcessResult
from counterfoil.sandboxes.web_connector import RunReport
from tests.hub.conftest import OpenWorld
from tests.sandboxes.quickbooks_desktop.desk import (
    customer,
    line,
    modify_line,
    query,
    ref,
    request,
    sales_order,
    service,
    tags,
)
from tests.support.world import ACTOR, AUTOMATIC, ZONE, KilledError, World

OUT = "sales-order-out"
ON_REQUEST = (*AUTOMATIC, f"{OUT}.changes=on_request", f"{OUT}.cancellations=on_request")
BY_ITSELF = (*AUTOMATIC, f"{OUT}.changes=automatic", f"{OUT}.cancellations=automatic")


# --- What people do ------------------------------------------------------------------------


def edit(world: World, number: str, quantity: str | None = None, **changes: Any) -> None:
    """Change an order at the shop floor: its first line's quantity, or other properties."""
    stored = source(world, number)
    if quantity is not None:
        stored["shippings"][0]["products"][0]["quantity-ordered"] = quantity
    changes = {name.replace("_", "-"): value for name, value in changes.items()}
    store(world, {**stored, **changes})


def store(world: World, order: dict[str, Any]) -> None:
    """Put an order at the shop floor in place of what is there."""
    world.operations.sign_in()
    answer = world.operations.call("PUT", f"/sales-orders/{order['id']}", order)
    assert answer.status_code == 200, answer.text


def cancel(world: World, number: str) -> None:
    """Delete an order at the shop floor."""
    world.operations.sign_in()
    answer = world.operations.call("DELETE", f"/sales-orders/{world.source_ids[number]}")
    assert answer.status_code == 204, answer.text


def source(world: World, number: str) -> dict[str, Any]:
    """An order as the shop floor has it."""
    wanted = world.source_ids[number]
    return next(each for each in world.produced() if str(each["id"]) == wanted)


def booked(world: World, number: str) -> dict[str, Any]:
    """The only order of a number in the books."""
    (found,) = [each for each in world.booked() if each.get("RefNumber") == number]
    return found


def amend(world: World, number: str, quantity: str | None = None, **fields: str) -> None:
    """Change an order in the books by hand: its first line's quantity, or other fields."""
    order = booked(world, number)
    text = tags(TxnID=order["TxnID"], EditSequence=order["EditSequence"], **fields)
    if quantity is not None:
        first, *others = [each["TxnLineID"] for each in order["lines"]]
        text += modify_line("SalesOrder", first, tags(Quantity=quantity))
        text += "".join(modify_line("SalesOrder", each) for each in others)
    world.clock.advance(seconds=5)
    world.enter_books(request("SalesOrderMod", text))


def take_out(world: World, number: str) -> None:
    """Delete an order in the books by hand."""
    txn = tags(TxnDelType="SalesOrder", TxnID=booked(world, number)["TxnID"])
    world.enter_books(query("TxnDel", txn))


def quantity_booked(world: World, number: str) -> str:
    """The quantity of an order's first line in the books."""
    return str(booked(world, number)["lines"][0]["Quantity"])


def rounds(world: World, count: int = 1) -> None:
    """Let everything run so many times, half an hour apart, as the books are read without other work."""
    for _ in range(count):
        world.clock.advance(minutes=31)
        report = world.sync()
        assert report.is_clean, report.last_result


def send(world: World, *numbers: str) -> desk.Released:
    """Press send."""
    return desk.release(world.hub, world.link, "sales-order", numbers, ACTOR, everything=False)


def undo(world: World, *numbers: str, consent: bool = False) -> desk.Undone:
    """Press undo."""
    ids = [world.row(number).id for number in numbers]
    return desk.undo(world.hub, ACTOR, transfer_ids=ids, consent=consent)


def state(world: World, number: str, flow: str = OUT) -> tuple[str, str | None]:
    """A transfer's state, and why it is in it."""
    row = world.row(number, flow)
    return row.state, row.refusal or row.reason


def writes(world: World) -> int:
    """How many writes QuickBooks was handed."""
    return sum(
        text.count(f"<SalesOrder{verb}Rq") for text in world.counter.seen for verb in ("Add", "Mod")
    ) + sum(text.count("<TxnDelRq") for text in world.counter.seen)


@pytest.fixture
def company(open_company: OpenWorld) -> World:
    """A company that sends changes and cancellations on request; SO-1 has landed."""
    world = open_company(*ON_REQUEST)
    world.order("SO-1", "ACME", "2 BOLT 1.50", "3 NUT 0.40")
    rounds(world)
    assert world.states() == {"SO-1": "done"}
    return world


@pytest.fixture
def eager(open_company: OpenWorld) -> World:
    """A company in which changes and cancellations go by themselves; SO-1 has landed."""
    world = open_company(*BY_ITSELF)
    world.order("SO-1", "ACME", "2 BOLT 1.50", "3 NUT 0.40")
    rounds(world)
    assert world.states() == {"SO-1": "done"}
    return world


class TestChanges:
    def test_on_request(self, company: World) -> None:
        """1: a change is shown, and written when somebody sends it: one order, one pairing."""
        before = booked(company, "SO-1")
        edit(company, "SO-1", "5")
        rounds(company)
        assert state(company, "SO-1") == ("changed", "source-changed")
        assert quantity_booked(company, "SO-1") == "2"

        assert send(company, "SO-1").left == ()
        rounds(company)
        assert state(company, "SO-1") == ("done", None)
        assert quantity_booked(company, "SO-1") == "5"
        assert booked(company, "SO-1")["TxnID"] == before["TxnID"]
        company.check_books()

    def test_by_itself_after_a_quiet_time(self, eager: World) -> None:
        """2: an order that is saved every minute for an hour is written once, or once an hour."""
        before = writes(eager)
        for minute in range(45):
            edit(eager, "SO-1", str(10 + minute))
            eager.clock.advance(minutes=1)
            eager.sync()
        assert state(eager, "SO-1")[0] == "waiting"
        assert writes(eager) == before

        rounds(eager)
        assert state(eager, "SO-1") == ("done", None)
        assert quantity_booked(eager, "SO-1") == "54"
        assert writes(eager) == before + 1
        eager.check_books()

    def test_an_hour_at_most(self, eager: World) -> None:
        """2: one that never settles is written after an hour all the same."""
        before = writes(eager)
        for minute in range(70):
            edit(eager, "SO-1", str(10 + minute))
            eager.clock.advance(minutes=1)
            eager.sync()

        assert writes(eager) == before + 1

    def test_only_reported(self, company: World) -> None:
        """With "only show it" a change is shown; whoever presses send sends it."""
        company.set(f"{OUT}.changes=report")
        edit(company, "SO-1", "5")
        rounds(company)

        assert state(company, "SO-1") == ("changed", "source-changed")
        assert quantity_booked(company, "SO-1") == "2"

    def test_changed_back(self, eager: World) -> None:
        """3: changed and changed back before it was sent: nothing is written."""
        before = writes(eager)
        edit(eager, "SO-1", "5")
        eager.sync()
        edit(eager, "SO-1", "2")
        rounds(eager, 2)

        assert state(eager, "SO-1") == ("done", None)
        assert writes(eager) == before

    @pytest.mark.parametrize("fixture", ["company", "eager"])
    def test_changed_while_it_is_sent(self, fixture: str, request: pytest.FixtureRequest) -> None:
        """4: what changed during the flight is seen when it ends; the last content wins."""
        world: World = request.getfixturevalue(fixture)
        edit(world, "SO-1", "5")
        world.clock.advance(minutes=10)
        world.read_operations()
        world.clock.advance(minutes=10)
        world.read_operations()
        if fixture == "company":
            send(world, "SO-1")
        for _ in held_at(world, "<SalesOrderModRq"):
            edit(world, "SO-1", "7")
            world.read_operations()
            assert world.row("SO-1").state == "sending"
        assert quantity_booked(world, "SO-1") == "5"
        if fixture == "company":
            assert state(world, "SO-1") == ("changed", "source-changed")
            send(world, "SO-1")
        rounds(world, 2)

        assert quantity_booked(world, "SO-1") == "7"
        assert state(world, "SO-1") == ("done", None)
        world.check_books()

    def test_lines_come_and_go(self, company: World) -> None:
        """A line that is added, and one that is taken away, are there and gone in the books."""
        stored = source(company, "SO-1")
        products = stored["shippings"][0]["products"]
        company.enter("products", code="WASHER", name="Washer")
        products[:] = [products[1], {"product": "WASHER", "quantity-ordered": "9"}]
        store(company, stored)
        rounds(company)
        send(company, "SO-1")
        rounds(company, 2)

        assert state(company, "SO-1") == ("done", None)
        lines = booked(company, "SO-1")["lines"]
        assert [(each["ItemRef"]["FullName"], each["Quantity"]) for each in lines] == [
            ("NUT", "3"),
            ("WASHER", "9"),
        ]


def held_at(world: World, wanted: str) -> Iterator[RunReport]:
    """Run the Web Connector, and stand still while a message set like this is on its way."""
    report = RunReport()
    seen = len(world.counter.seen)
    for step in world.web_connector().steps(report, stops_when_done=True):
        del step
        new, seen = world.counter.seen[seen:], len(world.counter.seen)
        if any(wanted in text for text in new):
            yield report


class TestConflicts:
    def test_changed_on_both_sides(self, company: World) -> None:
        """5: shown with both values; "ours" writes over the version that was shown."""
        edit(company, "SO-1", "5")
        amend(company, "SO-1", "9")
        rounds(company)
        assert state(company, "SO-1") == ("changed", "conflict")
        details = desk.details(company.hub, company.row("SO-1").id)
        assert details["there"]["lines"][0]["quantity"][0] == "9"
        assert details["document"]["lines"][0]["quantity"][0] == "5"
        rounds(company, 2)
        assert quantity_booked(company, "SO-1") == "9"

        send(company, "SO-1")
        rounds(company)
        assert state(company, "SO-1") == ("done", None)
        assert quantity_booked(company, "SO-1") == "5"
        company.check_books()

    def test_theirs(self, company: World) -> None:
        """5: "theirs" leaves the books as they are; the next change starts from there."""
        edit(company, "SO-1", "5")
        amend(company, "SO-1", "9")
        rounds(company)
        desk.accept(company.hub, [company.row("SO-1").id], ACTOR)
        rounds(company, 2)
        assert state(company, "SO-1") == ("done", None)
        assert quantity_booked(company, "SO-1") == "9"

        edit(company, "SO-1", "6")
        rounds(company)
        assert state(company, "SO-1") == ("changed", "source-changed")
        send(company, "SO-1")
        rounds(company)
        assert state(company, "SO-1") == ("done", None)
        assert quantity_booked(company, "SO-1") == "6"

    def test_further_edits_stay_a_conflict(self, eager: World) -> None:
        """5: never by itself, whatever the source does afterwards."""
        amend(eager, "SO-1", "9")
        rounds(eager)
        assert state(eager, "SO-1") == ("changed", "target-changed")
        for quantity in ("5", "6"):
            edit(eager, "SO-1", quantity)
            rounds(eager, 2)
            assert state(eager, "SO-1") == ("changed", "conflict")
        assert quantity_booked(eager, "SO-1") == "9"

    def test_an_edit_between_the_look_and_the_press(self, company: World) -> None:
        """5: "ours" is said to what was shown; another edit since is shown first."""
        edit(company, "SO-1", "5")
        amend(company, "SO-1", "9")
        rounds(company)
        amend(company, "SO-1", "10")
        send(company, "SO-1")
        rounds(company, 2)

        assert state(company, "SO-1") == ("changed", "conflict")
        assert quantity_booked(company, "SO-1") == "10"

    def test_changed_in_the_books_only(self, company: World) -> None:
        """Shown, and written over by whoever sends it; changed back there, it is done again."""
        amend(company, "SO-1", "9")
        rounds(company)
        assert state(company, "SO-1") == ("changed", "target-changed")
        send(company, "SO-1")
        rounds(company)
        assert state(company, "SO-1") == ("done", None)
        assert quantity_booked(company, "SO-1") == "2"

        amend(company, "SO-1", "9")
        rounds(company)
        assert state(company, "SO-1") == ("changed", "target-changed")
        amend(company, "SO-1", "2")
        rounds(company)
        assert state(company, "SO-1") == ("done", None)

    def test_changed_back_on_one_side(self, company: World) -> None:
        """A conflict ends where one side says again what was written."""
        edit(company, "SO-1", "5")
        amend(company, "SO-1", "9")
        rounds(company)
        amend(company, "SO-1", "2")
        rounds(company)
        assert state(company, "SO-1") == ("changed", "source-changed")
        edit(company, "SO-1", "2")
        rounds(company)
        assert state(company, "SO-1") == ("done", None)

    def test_the_same_edit_on_both_sides(self, company: World) -> None:
        """Both were changed alike: whoever accepts it ends it, and nothing is written."""
        edit(company, "SO-1", "5")
        amend(company, "SO-1", "5")
        rounds(company)
        before = writes(company)
        desk.accept(company.hub, [company.row("SO-1").id], ACTOR)
        rounds(company, 2)

        assert state(company, "SO-1") == ("done", None)
        assert writes(company) == before

    def test_what_we_do_not_carry(self, company: World) -> None:
        """6: an edit of a field we do not carry moves the revision only: no alarm."""
        before = booked(company, "SO-1")["EditSequence"]
        amend(company, "SO-1", FOB="Lisbon", Memo="by hand")
        rounds(company)
        assert booked(company, "SO-1")["EditSequence"] != before
        assert state(company, "SO-1") == ("done", None)

        edit(company, "SO-1", "5")
        rounds(company)
        send(company, "SO-1")
        rounds(company)
        assert state(company, "SO-1") == ("done", None)
        order = booked(company, "SO-1")
        assert (order["FOB"], order["Memo"]) == ("Lisbon", "by hand")
        assert quantity_booked(company, "SO-1") == "5"

    def test_a_stale_revision(self, company: World) -> None:
        """7: nobody changed our fields, but the revision moved after we had read it."""
        edit(company, "SO-1", "5")
        rounds(company)
        send(company, "SO-1")
        hits = 0

        def meddle(text: str) -> None:
            nonlocal hits
            if "<SalesOrderModRq" in text and not hits:
                hits += 1
                amend(company, "SO-1", FOB="Lisbon")

        company.counter.before = meddle
        rounds(company)
        company.counter.before = None
        rounds(company)

        assert hits == 1
        assert state(company, "SO-1") == ("done", None)
        assert quantity_booked(company, "SO-1") == "5"
        assert booked(company, "SO-1")["FOB"] == "Lisbon"


class TestLostUpdates:
    @pytest.fixture
    def sent(self, company: World) -> World:
        """A change is about to be written."""
        edit(company, "SO-1", "5")
        rounds(company)
        send(company, "SO-1")
        return company

    @pytest.mark.parametrize("has_run", [False, True], ids=["never ran", "had run"])
    def test_it_is_there_once(self, sent: World, has_run: bool) -> None:
        """8, 9: whatever became of it, one update is there in the end, and it is done."""
        lose(sent, "<SalesOrderModRq", has_run=has_run)
        assert sent.row("SO-1").state == "sending"
        rounds(sent, 2)

        assert state(sent, "SO-1") == ("done", None)
        assert quantity_booked(sent, "SO-1") == "5"
        sent.check_books()

    def test_it_had_run_and_was_edited_since(self, sent: World) -> None:
        """10: an edit of a field we do not carry is nothing."""
        lose(sent, "<SalesOrderModRq", has_run=True)
        amend(sent, "SO-1", FOB="Lisbon")
        rounds(sent, 2)

        assert state(sent, "SO-1") == ("done", None)
        assert (booked(sent, "SO-1")["FOB"], quantity_booked(sent, "SO-1")) == ("Lisbon", "5")

    def test_it_had_run_and_its_quantity_was_edited_since(self, sent: World) -> None:
        """10: an edit of a field that we carry is shown, and nothing is written over it."""
        lose(sent, "<SalesOrderModRq", has_run=True)
        amend(sent, "SO-1", "9")
        rounds(sent, 3)

        assert sent.row("SO-1").state == "changed"
        assert quantity_booked(sent, "SO-1") == "9"


def lose(world: World, wanted: str, *, has_run: bool) -> None:
    """Let the Web Connector's computer stop at a message set like this one.

    Before QuickBooks saw it, or after it was carried out: no answer comes to it.
    """

    def before(text: str) -> None:
        if wanted in text and not has_run:
            raise KilledError

    def after(text: str, result: ProcessResult) -> ProcessResult:
        if wanted in text and has_run:
            raise KilledError
        return result

    world.clock.advance(minutes=10)
    world.read_operations()
    world.counter.before, world.counter.after = before, after
    with pytest.raises(KilledError):
        world.run_web_connector()
    world.counter.before = world.counter.after = None


def invoice_of(world: World, number: str) -> None:
    """Invoice the first line of an order in the books by hand, one piece of it."""
    order = booked(world, number)
    line = order["lines"][0]["TxnLineID"]
    link = f"<LinkToTxn>{tags(TxnID=order['TxnID'], TxnLineID=line)}</LinkToTxn>"
    text = ref("CustomerRef", "ACME") + tags(TxnDate="2025-03-05")
    text += f"<InvoiceLineAdd>{tags(Quantity='1')}{link}</InvoiceLineAdd>"
    world.clock.advance(seconds=5)
    world.enter_books(request("InvoiceAdd", text))


class TestCancelled:
    @pytest.fixture(params=["company", "eager"])
    def either(self, request: pytest.FixtureRequest) -> World:
        """Cancellations on request, and by themselves."""
        world: World = request.getfixturevalue(request.param)
        return world

    def wait(self, world: World) -> None:
        """Let the cancellation go; where it waits for a person, press send."""
        rounds(world)
        if world.row("SO-1").state == "changed":
            assert state(world, "SO-1") == ("changed", "source-gone")
            assert send(world, "SO-1").left == ()
        rounds(world, 2)

    def test_deleted(self, either: World) -> None:
        """20: with "delete" the order goes from the books, and its transfer is skipped."""
        either.set(f"{OUT}.cancelled_way=delete")
        cancel(either, "SO-1")
        self.wait(either)

        assert state(either, "SO-1") == ("skipped", "not-sent")
        assert either.booked() == []
        assert either.row("SO-1").target_id is None

    def test_closed(self, either: World) -> None:
        """21: with "close" the order stays, closed by hand with its lines, and is done."""
        cancel(either, "SO-1")
        self.wait(either)

        order = booked(either, "SO-1")
        assert order["IsManuallyClosed"] == "true"
        assert [each["Quantity"] for each in order["lines"]] == ["2", "3"]
        assert state(either, "SO-1") == ("done", None)
        assert either.row("SO-1").target_id == order["TxnID"]
        before = writes(either)
        rounds(either, 2)
        assert writes(either) == before

    def test_reported(self, company: World) -> None:
        """With "only show it" nothing is written; accepted, it is dealt with."""
        company.set(f"{OUT}.cancellations=report")
        cancel(company, "SO-1")
        rounds(company, 2)
        assert state(company, "SO-1") == ("changed", "source-gone")
        desk.accept(company.hub, [company.row("SO-1").id], ACTOR)
        rounds(company)

        assert state(company, "SO-1") == ("done", None)
        assert booked(company, "SO-1")["IsManuallyClosed"] == "false"

    @pytest.mark.parametrize("way", ["close", "delete"])
    def test_after_it_was_invoiced(self, eager: World, way: str) -> None:
        """21, 22: half invoiced, it can be closed; it is never deleted."""
        eager.set(f"{OUT}.cancelled_way={way}")
        invoice_of(eager, "SO-1")
        rounds(eager)
        cancel(eager, "SO-1")
        rounds(eager, 2)

        if way == "close":
            assert state(eager, "SO-1") == ("done", None)
            assert booked(eager, "SO-1")["IsManuallyClosed"] == "true"
        else:
            assert state(eager, "SO-1") == ("refused", "paid-or-followed")
            assert booked(eager, "SO-1")["IsManuallyClosed"] == "false"

    @pytest.mark.parametrize("way", ["close", "delete"])
    def test_restored(self, eager: World, way: str) -> None:
        """21, 25: closed it is opened again; deleted it is created again, under another mark."""
        eager.set(f"{OUT}.cancelled_way={way}")
        first = booked(eager, "SO-1")
        eager.shop_line.rewrite = lambda text: text.replace(
            '"status":"open"', '"status":"cancelled"'
        )
        rounds(eager, 2)
        assert state(eager, "SO-1")[0] == ("done" if way == "close" else "skipped")
        eager.shop_line.rewrite = None
        rounds(eager, 3)

        order = booked(eager, "SO-1")
        assert state(eager, "SO-1") == ("done", None)
        assert order["IsManuallyClosed"] == "false"
        assert (order["TxnID"] == first["TxnID"]) is (way == "close")
        assert (order["ExternalGUID"] == first["ExternalGUID"]) is (way == "close")
        eager.check_books()

    @pytest.mark.parametrize("has_run", [False, True], ids=["never ran", "had run"])
    @pytest.mark.parametrize("way", ["close", "delete"])
    def test_its_answer_is_lost(self, eager: World, way: str, has_run: bool) -> None:
        """23: gone or closed it is; as before it is taken out again."""
        eager.set(f"{OUT}.cancelled_way={way}")
        cancel(eager, "SO-1")
        eager.read_operations()
        wanted = "<SalesOrderModRq" if way == "close" else "<TxnDelRq"
        lose(eager, wanted, has_run=has_run)
        rounds(eager, 2)

        assert state(eager, "SO-1")[0] == ("done" if way == "close" else "skipped")
        if way == "delete":
            assert eager.booked() == []
        else:
            assert booked(eager, "SO-1")["IsManuallyClosed"] == "true"

    def test_edited_between_our_look_and_our_deletion(self, eager: World) -> None:
        """24: what was read right before differs from what we wrote: nothing is deleted."""
        eager.set(f"{OUT}.cancelled_way=delete")
        cancel(eager, "SO-1")
        eager.clock.advance(minutes=31)
        eager.read_operations()
        amend(eager, "SO-1", "9")
        rounds(eager)

        assert state(eager, "SO-1") == ("changed", "conflict")
        assert quantity_booked(eager, "SO-1") == "9"

    def test_before_it_was_sent(self, eager: World) -> None:
        """Cancelled before anything was written, it is left out."""
        eager.order("SO-2", "ACME", "1 BOLT 1.50")
        eager.read_operations()
        cancel(eager, "SO-2")
        rounds(eager)

        assert state(eager, "SO-2") == ("skipped", "not-sent")
        assert eager.numbers_booked() == {"SO-1": 1}

    def test_restored_while_it_is_taken_out(self, eager: World) -> None:
        """25: the source comes back during the flight: it is created again."""
        eager.set(f"{OUT}.cancelled_way=delete")
        eager.shop_line.rewrite = lambda text: text.replace(
            '"status":"open"', '"status":"cancelled"'
        )
        eager.clock.advance(minutes=31)
        eager.read_operations()
        eager.shop_line.rewrite = None
        for _ in held_at(eager, "<TxnDelRq"):
            eager.clock.advance(minutes=1)
            eager.read_operations()
        rounds(eager, 2)

        assert state(eager, "SO-1") == ("done", None)
        assert eager.numbers_booked() == {"SO-1": 1}
        eager.check_books()

    @pytest.mark.parametrize("ending", ["done", "has run", "never ran"])
    def test_while_it_is_created(self, eager: World, ending: str) -> None:
        """26: the answer is recorded, and then it is taken out, or skipped when absent."""
        eager.set(f"{OUT}.cancelled_way=delete")
        eager.order("SO-2", "ACME", "1 BOLT 1.50")
        eager.read_operations()
        if ending == "done":
            for _ in held_at(eager, "<SalesOrderAddRq"):
                cancel(eager, "SO-2")
                eager.read_operations()
                assert eager.row("SO-2").state == "sending"
        else:
            lose(eager, "<SalesOrderAddRq", has_run=ending == "has run")
            cancel(eager, "SO-2")
        rounds(eager, 3)

        assert state(eager, "SO-2") == ("skipped", "not-sent")
        assert eager.numbers_booked() == {"SO-1": 1}

    def test_gone_on_both_sides(self, company: World) -> None:
        """27: nothing is left to be decided."""
        cancel(company, "SO-1")
        take_out(company, "SO-1")
        rounds(company, 2)

        assert state(company, "SO-1") == ("skipped", "not-sent")


class TestUndo:
    def test_before_it_has_landed(self, company: World) -> None:
        """30: what has not been sent is skipped, and stays so until a person sends it."""
        company.order("SO-2", "ACME", "1 BOLT 1.50")
        company.read_operations()
        undo(company, "SO-2")
        rounds(company, 2)
        assert state(company, "SO-2") == ("skipped", "undone-by")
        assert company.numbers_booked() == {"SO-1": 1}

        edit(company, "SO-2", "7")
        rounds(company)
        assert state(company, "SO-2") == ("skipped", "undone-by")
        send(company, "SO-2")
        rounds(company)
        assert state(company, "SO-2") == ("done", None)

    def test_after_it_has_landed(self, company: World) -> None:
        """32: it goes from the books, and the next runs do not bring it back."""
        first = booked(company, "SO-1")["ExternalGUID"]
        undone = undo(company, "SO-1")
        assert (len(undone.undone), undone.left) == (1, ())
        rounds(company, 3)
        assert state(company, "SO-1") == ("skipped", "undone-by")
        assert company.booked() == []

        send(company, "SO-1")
        rounds(company, 2)
        assert state(company, "SO-1") == ("done", None)
        assert booked(company, "SO-1")["ExternalGUID"] != first
        company.check_books()

    @pytest.mark.parametrize("ending", ["done", "has run", "never ran"])
    def test_in_flight(self, company: World, ending: str) -> None:
        """30: the wish is kept, and carried out after the answer."""
        company.order("SO-2", "ACME", "1 BOLT 1.50")
        company.read_operations()
        if ending == "done":
            for _ in held_at(company, "<SalesOrderAddRq"):
                assert "on its way" in str(undo(company, "SO-2").left[0][1])
        else:
            lose(company, "<SalesOrderAddRq", has_run=ending == "has run")
            undo(company, "SO-2")
        rounds(company, 3)

        assert state(company, "SO-2") == ("skipped", "undone-by")
        assert company.numbers_booked() == {"SO-1": 1}

    def test_while_refused(self, company: World) -> None:
        """30: a refused document that is undone is skipped."""
        company.set(f"{OUT}.create_missing_customers=false")
        company.order("SO-2", "STRANGER", "1 BOLT 1.50")
        rounds(company)
        assert state(company, "SO-2")[0] == "refused"
        undo(company, "SO-2")
        rounds(company)

        assert state(company, "SO-2") == ("skipped", "undone-by")

    def test_what_somebody_changed_in_the_books(self, company: World) -> None:
        """33: refused, with the values; with consent it goes all the same."""
        amend(company, "SO-1", "9")
        rounds(company)
        undo(company, "SO-1")
        rounds(company)
        assert state(company, "SO-1") == ("refused", "undone-needs-consent")
        details = desk.details(company.hub, company.row("SO-1").id)
        assert details["there"]["lines"][0]["quantity"][0] == "9"
        assert quantity_booked(company, "SO-1") == "9"

        undo(company, "SO-1", consent=True)
        rounds(company)
        assert state(company, "SO-1") == ("skipped", "undone-by")
        assert company.booked() == []

    def test_changed_since_without_having_been_seen(self, company: World) -> None:
        """33: an edit that nobody has read yet keeps it from being taken out, too."""
        amend(company, "SO-1", "9")
        undo(company, "SO-1")
        rounds(company)

        assert state(company, "SO-1") == ("refused", "undone-needs-consent")
        assert quantity_booked(company, "SO-1") == "9"

    def test_accepted_it_is_not_undone(self, company: World) -> None:
        """33: whoever accepts what stands there takes the wish to undo it back."""
        amend(company, "SO-1", "9")
        undo(company, "SO-1")
        rounds(company)
        desk.accept(company.hub, [company.row("SO-1").id], ACTOR)
        rounds(company, 2)

        assert state(company, "SO-1") == ("done", None)
        assert quantity_booked(company, "SO-1") == "9"

    def test_a_run(self, company: World) -> None:
        """28, 29: what it created goes; what it only changed is listed and stays."""
        edit(company, "SO-1", "5")
        rounds(company)
        send(company, "SO-1")
        company.order("SO-2", "ACME", "1 BOLT 1.50")
        company.order("SO-3", "ACME", "1 BOLT 1.50")
        rounds(company)
        details = desk.details(company.hub, company.row("SO-2").id)
        run = details["exchanges"][-1]["run"]
        undone = desk.undo(company.hub, ACTOR, run=run)
        assert (len(undone.undone), undone.left, undone.updated) == (2, (), ("SO-1",))
        rounds(company, 2)

        assert company.states() == {"SO-1": "done", "SO-2": "skipped", "SO-3": "skipped"}
        assert company.numbers_booked() == {"SO-1": 1}
        assert quantity_booked(company, "SO-1") == "5"

    def test_what_was_invoiced(self, company: World) -> None:
        """28: an order with an invoice is not taken out; the refusal says so."""
        invoice_of(company, "SO-1")
        rounds(company)
        undo(company, "SO-1")
        rounds(company)

        assert state(company, "SO-1") == ("refused", "paid-or-followed")
        assert company.numbers_booked() == {"SO-1": 1}

    @pytest.mark.parametrize("has_run", [False, True], ids=["never ran", "had run"])
    def test_while_a_change_is_unknown(self, company: World, has_run: bool) -> None:
        """30: what became of the change is asked first, then it is taken out."""
        edit(company, "SO-1", "5")
        rounds(company)
        send(company, "SO-1")
        lose(company, "<SalesOrderModRq", has_run=has_run)
        undo(company, "SO-1")
        rounds(company, 3)

        assert state(company, "SO-1") == ("skipped", "undone-by")
        assert company.booked() == []

    def test_what_is_gone_already(self, company: World) -> None:
        """What somebody took out of the books by hand is skipped, too."""
        take_out(company, "SO-1")
        undo(company, "SO-1")
        rounds(company, 2)

        assert state(company, "SO-1") == ("skipped", "undone-by")

    def test_after_it_was_closed(self, eager: World) -> None:
        """An order that we closed, because it was cancelled, can be taken out all the same."""
        cancel(eager, "SO-1")
        rounds(eager, 2)
        undo(eager, "SO-1")
        rounds(eager, 2)

        assert state(eager, "SO-1")[0] == "skipped"
        assert eager.booked() == []

    def test_with_the_flow_off(self, company: World) -> None:
        """31: taking out needs no flow."""
        company.set(f"{OUT}.mode=off")
        undo(company, "SO-1")
        rounds(company, 2)

        assert state(company, "SO-1") == ("skipped", "undone-by")
        assert company.booked() == []

    def test_with_the_link_paused(self, company: World) -> None:
        """31: while the link is paused nothing is written; resumed, it goes by itself."""
        link(company, "pause")
        undo(company, "SO-1")
        rounds(company, 2)
        assert state(company, "SO-1") == ("changed", "link-paused")
        assert company.numbers_booked() == {"SO-1": 1}

        link(company, "resume")
        rounds(company, 2)
        assert state(company, "SO-1") == ("skipped", "undone-by")

    def test_its_answer_is_lost(self, company: World) -> None:
        """23: a deletion that had run is found out."""
        undo(company, "SO-1")
        lose(company, "<TxnDelRq", has_run=True)
        rounds(company, 2)

        assert state(company, "SO-1") == ("skipped", "undone-by")


def link(world: World, verb: str) -> None:
    """Pause, resume or remove the company's link."""
    with world.hub.database.reading() as tx:
        found = desk.find_link(tx, world.link)
    accounts.change_link(world.hub, found, verb, ACTOR)


class TestChangedBeforeItWasRead:
    def spoil_the_answer(self, world: World) -> None:
        """The answer to the next order's creation arrives in pieces, and no other is kept."""
        world.books.switch(set_answers_kept="none")
        spoilt: list[str] = []

        def after(text: str, result: ProcessResult) -> ProcessResult:
            if "<SalesOrderAddRq" in text and not spoilt:
                spoilt.append(text)
                return ProcessResult("<QBXML><QBXMLMsgsRs>")
            return result

        world.counter.after = after

    def test_what_somebody_changed_meanwhile_is_shown(self, company: World) -> None:
        """An order found by its mark is compared with what was sent, not learnt as it is."""
        self.spoil_the_answer(company)
        company.order("SO-7", "ACME", "3 BOLT 1.50")
        company.sync()
        amend(company, "SO-7", "77")
        rounds(company, 2)

        assert state(company, "SO-7") == ("changed", "target-changed")
        assert quantity_booked(company, "SO-7") == "77"

    def test_as_it_was_sent_it_is_done(self, company: World) -> None:
        """Where nobody changed it, nothing is told, now or later."""
        self.spoil_the_answer(company)
        company.order("SO-7", "ACME", "3 BOLT 1.50")
        company.sync()
        rounds(company, 3)

        assert state(company, "SO-7") == ("done", None)
        company.check_books()


def telling_deleted(txn_id: str, day: str) -> Callable[[str, ProcessResult], ProcessResult]:
    """Let the next answer about deleted documents name one that the file still shows."""
    told: list[str] = []

    def after(text: str, result: ProcessResult) -> ProcessResult:
        asked = re.search(r'<TxnDeletedQueryRq requestID="([^"]+)"', text)
        if asked is None or told:
            return result
        told.append(txn_id)
        row = (
            f"<TxnDeletedRet><TxnDelType>SalesOrder</TxnDelType><TxnID>{txn_id}</TxnID>"
            f"<TimeCreated>{day}T08:00:00-05:00</TimeCreated>"
            f"<TimeDeleted>{day}T09:00:00-05:00</TimeDeleted></TxnDeletedRet>"
        )
        answer = (
            f'<TxnDeletedQueryRs requestID="{asked[1]}" statusCode="0" statusSeverity="Info" '
            f'statusMessage="Status OK">{row}</TxnDeletedQueryRs>'
        )
        own = r"<TxnDeletedQueryRs [^>]*(/>|>.*?</TxnDeletedQueryRs>)"
        return ProcessResult(re.sub(own, answer, result.response, count=1, flags=re.DOTALL))

    return after


class TestDeletedInTheBooks:
    def test_sent_again(self, company: World) -> None:
        """Shown; sent again it is created anew, under another mark."""
        first = booked(company, "SO-1")["ExternalGUID"]
        day = company.clock.moment.astimezone(ZoneInfo(ZONE))
        take_out(company, "SO-1")
        rounds(company, 2)
        assert state(company, "SO-1") == ("changed", "target-gone")
        assert f"deleted in QuickBooks on {day.day} {day:%B %Y}" in (
            company.row("SO-1").sentence or ""
        )
        assert company.booked() == []

        send(company, "SO-1")
        rounds(company, 2)
        assert state(company, "SO-1") == ("done", None)
        assert booked(company, "SO-1")["ExternalGUID"] != first
        company.check_books()

    def test_the_deletion_counts(self, company: World) -> None:
        """Where one answer tells a deletion and shows the order as well, it is a person's."""
        company.counter.after = telling_deleted(booked(company, "SO-1")["TxnID"], "2025-03-04")
        rounds(company)

        assert state(company, "SO-1") == ("changed", "target-gone")
        assert "deleted in QuickBooks on 4 March 2025" in (company.row("SO-1").sentence or "")

    def test_accepted(self, company: World) -> None:
        """Accepted, it is left out; a change at the source does not bring it back."""
        take_out(company, "SO-1")
        rounds(company)
        desk.accept(company.hub, [company.row("SO-1").id], ACTOR)
        edit(company, "SO-1", "5")
        rounds(company, 2)

        assert state(company, "SO-1") == ("skipped", "left-out-by")
        assert company.booked() == []

    def test_never_by_itself(self, eager: World) -> None:
        """Changed at its source as well, it is not created anew without being asked."""
        take_out(eager, "SO-1")
        edit(eager, "SO-1", "5")
        rounds(eager, 3)

        assert state(eager, "SO-1") == ("changed", "target-gone")
        assert eager.booked() == []

    def test_right_before_an_update(self, company: World) -> None:
        """A change is sent, but the order has gone meanwhile: that is shown."""
        edit(company, "SO-1", "5")
        rounds(company)
        take_out(company, "SO-1")
        send(company, "SO-1")
        rounds(company, 2)

        assert state(company, "SO-1") == ("changed", "target-gone")
        assert company.booked() == []

    def test_entered_again_at_the_source(self, eager: World) -> None:
        """57: deleted on both sides and entered again under its number, it is another order."""
        cancel(eager, "SO-1")
        take_out(eager, "SO-1")
        rounds(eager)
        eager.order("SO-1", "ACME", "4 BOLT 1.50")
        rounds(eager, 2)

        assert quantity_booked(eager, "SO-1") == "4"
        assert sorted(each.state for each in eager.transfers()) == ["done", "skipped"]


def unconfirmed(world: World, number: str) -> str:
    """Why nobody knows yet whether a document is the one that a person said it is."""
    adoption = desk.details(world.hub, world.row(number).id)["adoption"]
    assert adoption is not None
    return str(adoption["sentence"])


class TestAdopted:
    @pytest.fixture
    def by_hand(self, company: World) -> World:
        """Somebody entered SO-2 in the books by hand; ours is refused for its number."""
        company.clock.advance(seconds=5)
        lines = [line("BOLT", "2", rate="1.50")]
        company.enter_books(sales_order("ACME", *lines, ref_number="SO-2", date="2025-03-04"))
        company.order("SO-2", "ACME", "2 BOLT 1.50")
        rounds(company)
        assert state(company, "SO-2") == ("refused", "number-taken")
        return company

    @pytest.mark.parametrize("name", ["TxnID", "RefNumber"])
    def test_it_is_ours_from_then_on(self, by_hand: World, name: str) -> None:
        """16: by its identity or its number; its changes are shown and sent on request."""
        desk.adopt(by_hand.hub, by_hand.row("SO-2").id, booked(by_hand, "SO-2")[name], ACTOR)
        rounds(by_hand)
        assert state(by_hand, "SO-2") == ("done", None)

        edit(by_hand, "SO-2", "6")
        rounds(by_hand)
        assert state(by_hand, "SO-2") == ("changed", "source-changed")
        send(by_hand, "SO-2")
        rounds(by_hand, 2)
        assert state(by_hand, "SO-2") == ("done", None)
        assert quantity_booked(by_hand, "SO-2") == "6"
        assert by_hand.numbers_booked() == {"SO-1": 1, "SO-2": 1}

    def test_an_identity_that_is_not_there(self, by_hand: World) -> None:
        """The next run finds nothing by it, and says so; nothing is confirmed or sent."""
        desk.adopt(by_hand.hub, by_hand.row("SO-2").id, "ABC-1741083000", ACTOR)
        rounds(by_hand, 2)

        assert unconfirmed(by_hand, "SO-2").startswith("QuickBooks Desktop has no document")
        assert state(by_hand, "SO-2") == ("refused", "number-taken")
        assert by_hand.numbers_booked() == {"SO-1": 1, "SO-2": 1}

    def test_what_belongs_to_another(self, by_hand: World) -> None:
        """An order of another transfer is not given away, whoever consents."""
        first, row = booked(by_hand, "SO-1")["TxnID"], by_hand.row("SO-2")
        desk.adopt(by_hand.hub, row.id, first, ACTOR, consent=True)
        rounds(by_hand)

        owner = by_hand.row("SO-1").id
        assert f"the document of transfer {owner}" in unconfirmed(by_hand, "SO-2")
        assert by_hand.row("SO-2").target_id is None

    def test_it_is_not_undone_without_consent(self, by_hand: World) -> None:
        """What a person entered by hand is not ours to take out, unless they say so."""
        desk.adopt(by_hand.hub, by_hand.row("SO-2").id, booked(by_hand, "SO-2")["TxnID"], ACTOR)
        rounds(by_hand)
        assert "by hand" in str(undo(by_hand, "SO-2").left[0][1])
        rounds(by_hand)
        assert state(by_hand, "SO-2") == ("done", None)

        assert undo(by_hand, "SO-2", consent=True).left == ()
        rounds(by_hand, 2)
        assert state(by_hand, "SO-2") == ("skipped", "undone-by")
        assert by_hand.numbers_booked() == {"SO-1": 1}

    def test_what_has_landed(self, by_hand: World) -> None:
        """17: what is in the books already is not taken for something else there."""
        with pytest.raises(UsageError, match="sent already"):
            desk.adopt(by_hand.hub, by_hand.row("SO-1").id, booked(by_hand, "SO-2")["TxnID"], ACTOR)

    def test_in_place_of_what_is_gone(self, by_hand: World) -> None:
        """17: deleted in the books and entered there anew by hand, it is that one."""
        take_out(by_hand, "SO-1")
        rounds(by_hand)
        by_hand.clock.advance(seconds=5)
        lines = [line("BOLT", "2", rate="1.50"), line("NUT", "3", rate="0.40")]
        by_hand.enter_books(sales_order("ACME", *lines, ref_number="SO-1", date="2025-03-04"))
        desk.adopt(by_hand.hub, by_hand.row("SO-1").id, booked(by_hand, "SO-1")["TxnID"], ACTOR)
        rounds(by_hand)

        assert state(by_hand, "SO-1") == ("done", None)
        assert by_hand.numbers_booked() == {"SO-1": 1, "SO-2": 1}


class TestPresses:
    def test_what_was_put_off_is_tried_at_once(self, company: World) -> None:
        """A locked record makes a document wait; a press does not wait for the back-off."""
        company.books.arm("locked-record", match="SalesOrderAdd", count=None)
        company.order("SO-2", "ACME", "1 BOLT 1.50")
        company.sync()
        assert company.row("SO-2").state == "waiting"
        company.counter.well_behaved()
        released = desk.retry(company.hub, ACTOR, transfer_ids=[company.row("SO-2").id])
        assert len(released.released) == 1
        assert company.row("SO-2").state == "ready"
        company.run_web_connector()

        assert state(company, "SO-2") == ("done", None)

    def test_what_settles_is_sent_at_once(self, eager: World) -> None:
        """2: whoever presses send does not wait until the order is quiet."""
        edit(eager, "SO-1", "5")
        eager.read_operations()
        assert state(eager, "SO-1") == ("waiting", "settling")
        send(eager, "SO-1")
        eager.run_web_connector()

        assert state(eager, "SO-1") == ("done", None)
        assert quantity_booked(eager, "SO-1") == "5"


class TestSwitches:
    def test_a_refused_update_of_a_flow_that_is_switched_off(self, company: World) -> None:
        """15: a landed document is never held; it is changed, and says that the flow is off."""
        company.set(f"{OUT}.create_missing_items=false")
        company.enter("products", code="UNKNOWN", name="Unknown")
        stored = source(company, "SO-1")
        stored["shippings"][0]["products"].append({"product": "UNKNOWN", "quantity-ordered": "1"})
        store(company, stored)
        rounds(company)
        send(company, "SO-1")
        rounds(company)
        assert state(company, "SO-1")[0] == "refused"
        company.set(f"{OUT}.mode=off")
        rounds(company)

        assert state(company, "SO-1")[0] == "changed"

    def test_a_refused_update_that_was_corrected(self, company: World) -> None:
        """A change that was refused goes by itself once its source is corrected."""
        edit(company, "SO-1", "5", code="SO-1-FAR-TOO-LONG")
        rounds(company)
        send(company, "SO-1-FAR-TOO-LONG")
        rounds(company)
        assert [each.refusal for each in company.transfers()] == ["number-too-long"]
        edit(company, "SO-1", code="SO-1")
        rounds(company, 2)

        assert state(company, "SO-1") == ("done", None)
        assert quantity_booked(company, "SO-1") == "5"

    def test_settings_do_not_change_what_has_landed(self, company: World) -> None:
        """18: other settings make no document changed; what waits is drafted anew."""
        company.set(f"{OUT}.document_number=books")
        rounds(company)

        assert state(company, "SO-1") == ("done", None)

    def test_off_and_on(self, company: World) -> None:
        """66: orders are held while the flow is off, and go when it is on again."""
        company.order("SO-2", "ACME", "1 BOLT 1.50")
        company.read_operations()
        assert company.row("SO-2").state == "ready"
        company.set(f"{OUT}.mode=off")
        assert state(company, "SO-2") == ("held", "flow-off")
        rounds(company)
        assert company.numbers_booked() == {"SO-1": 1}
        company.set(f"{OUT}.mode=automatic")
        rounds(company)

        assert state(company, "SO-2") == ("done", None)

    def test_manual_to_automatic(self, company: World) -> None:
        """66: what a manual flow held goes by itself once it is automatic."""
        company.set(f"{OUT}.mode=manual")
        numbers = [f"SO-{each}" for each in range(2, 6)]
        for number in numbers:
            company.order(number, "ACME", "1 BOLT 1.50")
        rounds(company)
        assert {company.states()[number] for number in numbers} == {"held"}
        company.set(f"{OUT}.mode=automatic")
        rounds(company)

        company.check_exactly_once("SO-1", *numbers)

    def test_paused_in_flight(self, company: World) -> None:
        """68: what became of a write is asked while the link is paused, and nothing else."""
        company.order("SO-2", "ACME", "1 BOLT 1.50")
        company.read_operations()
        lose(company, "<SalesOrderAddRq", has_run=True)
        link(company, "pause")
        company.order("SO-3", "ACME", "1 BOLT 1.50")
        edit(company, "SO-1", "5")
        rounds(company, 2)
        assert state(company, "SO-2") == ("done", None)
        assert "SO-3" not in company.states(), "nothing is read either"
        assert company.numbers_booked() == {"SO-1": 1, "SO-2": 1}

        link(company, "resume")
        rounds(company)
        assert state(company, "SO-3") == ("done", None)
        assert company.numbers_booked() == {"SO-1": 1, "SO-2": 1, "SO-3": 1}

    def test_removed_and_linked_again(self, company: World) -> None:
        """69: the old link goes on with what it knew: nothing is sent twice."""
        link(company, "remove")
        company.order("SO-2", "ACME", "1 BOLT 1.50")
        rounds(company)
        made = accounts.add_link(company.hub, "Shop floor", "Books", ACTOR)
        assert (made.id, made.is_resumed) == (company.link, True)
        rounds(company, 2)

        company.check_exactly_once("SO-1", "SO-2")

    def test_one_that_is_too_old(self, company: World) -> None:
        """70: a press passes over a rule that may be passed over; the audit names it."""
        company.set(f"{OUT}.start_date=2025-03-10")
        company.order("SO-2", "ACME", "1 BOLT 1.50")
        rounds(company)
        assert state(company, "SO-2") == ("skipped", "too-old")
        assert send(company, "SO-2").left == ()
        rounds(company)

        assert state(company, "SO-2") == ("done", None)
        audit = desk.details(company.hub, company.row("SO-2").id)["audit"]
        assert "passed over" in audit[-1]["detail"]

    def test_another_number_at_the_source(self, company: World) -> None:
        """19: the order in the books gets the number its source has now."""
        edit(company, "SO-1", code="SO-9")
        rounds(company)
        send(company, "SO-9")
        rounds(company, 2)

        assert company.states() == {"SO-9": "done"}
        assert company.numbers_booked() == {"SO-9": 1}

    def test_below_what_was_invoiced(self, company: World) -> None:
        """14: a quantity below what was invoiced is refused before it is sent."""
        invoice_of(company, "SO-1")
        invoice_of(company, "SO-1")
        rounds(company)
        assert state(company, "SO-1") == ("done", None)
        edit(company, "SO-1", "1")
        rounds(company)
        send(company, "SO-1")
        before = writes(company)
        rounds(company, 2)

        assert state(company, "SO-1") == ("refused", "below-delivered")
        assert writes(company) == before


INWARD = (
    f"{OUT}.mode=off",
    "sales-order-in.mode=automatic",
    "sales-order-in.start_date=2020-01-01",
    "sales-order-in.changes=on_request",
    "sales-order-in.cancellations=on_request",
)
IN = "sales-order-in"


class TestInward:
    @pytest.fixture
    def inward(self, open_company: OpenWorld) -> World:
        """A company whose orders come from the books; Q-1 was retrieved."""
        world = open_company(*INWARD)
        world.enter_books(customer("ACME"), service("BOLT", "1.50"), service("NUT", "0.40"))
        lines = [line("BOLT", "2", rate="1.50"), line("NUT", "3", rate="0.40")]
        world.enter_books(sales_order("ACME", *lines, ref_number="Q-1", date="2025-03-03"))
        rounds(world)
        world.read_operations()
        assert world.states(IN) == {"Q-1": "done"}
        return world

    def send(self, world: World) -> desk.Released:
        """Press send, for a document of the books."""
        return desk.retry(world.hub, ACTOR, transfer_ids=[world.row("Q-1", IN).id])

    def produced(self, world: World) -> list[str]:
        """The quantities of the only order at the shop floor."""
        (order,) = world.produced()
        return [each["quantity-ordered"] for each in order["shippings"][0]["products"]]

    def both(self, world: World, count: int = 1) -> None:
        """Let the books be read, and the shop floor be written."""
        for _ in range(count):
            rounds(world)
            world.read_operations()

    def test_changed_in_the_books(self, inward: World) -> None:
        """80: shown, and applied when somebody sends it."""
        amend(inward, "Q-1", "7")
        self.both(inward)
        assert state(inward, "Q-1", IN) == ("changed", "source-changed")
        assert self.produced(inward) == ["2", "3"]
        assert self.send(inward).left == ()
        self.both(inward, 2)

        assert state(inward, "Q-1", IN) == ("done", None)
        assert self.produced(inward) == ["7", "3"]

    def test_orders_cannot_be_changed_there(self, inward: World) -> None:
        """12, 80: where the service takes no changes, that is said, with what differs."""
        inward.operations.settings(can_change_orders=False)
        amend(inward, "Q-1", "7")
        self.both(inward)
        self.send(inward)
        self.both(inward, 2)
        assert state(inward, "Q-1", IN) == ("refused", "cannot-change")
        desk.accept(inward.hub, [inward.row("Q-1", IN).id], ACTOR)
        self.both(inward)

        assert state(inward, "Q-1", IN) == ("done", None)
        assert self.produced(inward) == ["2", "3"]

    @pytest.mark.parametrize("fate", ["request", "answer", "kill before", "kill after"])
    def test_the_answer_to_a_change_is_lost(self, inward: World, fate: str) -> None:
        """8, 9, 12: read and compared; one change is there in the end."""
        amend(inward, "Q-1", "7")
        self.both(inward)
        self.send(inward)

        def spoil(_number: int, body: str) -> str | None:
            return fate if "quantity-ordered" in body else None

        inward.shop_line.spoil = spoil
        inward.clock.advance(minutes=31)
        inward.read_operations()
        inward.shop_line.spoil = None
        self.both(inward, 3)

        assert state(inward, "Q-1", IN) == ("done", None)
        assert self.produced(inward) == ["7", "3"]

    def test_changed_at_the_shop_floor_right_before(self, inward: World) -> None:
        """5: what was changed there after the press is shown, not written over."""
        amend(inward, "Q-1", "7")
        self.both(inward)
        inward.source_ids["Q-1"] = inward.produced()[0]["id"]
        self.send(inward)
        edit(inward, "Q-1", "4")
        self.both(inward, 2)

        assert state(inward, "Q-1", IN) == ("changed", "conflict")
        assert self.produced(inward) == ["4", "3"]

    def test_only_shown(self, inward: World) -> None:
        """With "only show it" nothing is written by itself; accepted, it is dealt with."""
        inward.set("sales-order-in.changes=report")
        amend(inward, "Q-1", "7")
        self.both(inward, 2)
        assert state(inward, "Q-1", IN) == ("changed", "source-changed")
        assert self.produced(inward) == ["2", "3"]
        desk.accept(inward.hub, [inward.row("Q-1", IN).id], ACTOR)
        self.both(inward)
        assert state(inward, "Q-1", IN) == ("done", None)

    def test_deleted_in_the_books(self, inward: World) -> None:
        """Shown; sent, the order that came of it is deleted, too."""
        take_out(inward, "Q-1")
        self.both(inward)
        assert state(inward, "Q-1", IN) == ("changed", "source-gone")
        self.send(inward)
        self.both(inward, 2)

        assert state(inward, "Q-1", IN) == ("skipped", "not-sent")
        assert inward.produced() == []

    def test_closed_in_the_books(self, inward: World) -> None:
        """A closing by hand counts as cancelled; opened again, nothing has happened."""
        amend(inward, "Q-1", IsManuallyClosed="1")
        self.both(inward)
        assert state(inward, "Q-1", IN) == ("changed", "source-gone")
        amend(inward, "Q-1", IsManuallyClosed="0")
        self.both(inward)

        assert state(inward, "Q-1", IN) == ("done", None)

    def test_changed_at_the_shop_floor(self, inward: World) -> None:
        """Somebody changed the order that came of it: shown, never written over by itself."""
        inward.source_ids["Q-1"] = inward.produced()[0]["id"]
        edit(inward, "Q-1", "4")
        self.both(inward, 2)
        assert state(inward, "Q-1", IN) == ("changed", "target-changed")
        amend(inward, "Q-1", "7")
        self.both(inward)
        assert state(inward, "Q-1", IN) == ("changed", "conflict")
        assert self.produced(inward) == ["4", "3"]
        self.send(inward)
        self.both(inward, 2)

        assert state(inward, "Q-1", IN) == ("done", None)
        assert self.produced(inward) == ["7", "3"]

    def test_cut_below_what_was_shipped(self, inward: World) -> None:
        """14, 80: less than was shipped is refused before it is sent."""
        order = inward.produced()[0]
        order["shippings"][0]["products"][0]["quantity-shipped"] = "2"
        store(inward, order)
        amend(inward, "Q-1", "1")
        self.both(inward)
        self.send(inward)
        self.both(inward)

        assert state(inward, "Q-1", IN) == ("refused", "below-delivered")

    def test_shipped_since(self, inward: World) -> None:
        """80: what production moved is no change."""
        order = inward.produced()[0]
        order["shippings"][0]["products"][0]["quantity-shipped"] = "1"
        store(inward, order)
        self.both(inward, 2)

        assert state(inward, "Q-1", IN) == ("done", None)

    def test_undone(self, inward: World) -> None:
        """Undone, the order goes from the shop floor, and the books do not bring it back."""
        desk.undo(inward.hub, ACTOR, transfer_ids=[inward.row("Q-1", IN).id])
        self.both(inward, 2)

        assert state(inward, "Q-1", IN) == ("skipped", "undone-by")
        assert inward.produced() == []

    def test_deleted_at_the_shop_floor(self, inward: World) -> None:
        """Shown; sent again it is created anew."""
        inward.source_ids["Q-1"] = inward.produced()[0]["id"]
        cancel(inward, "Q-1")
        self.both(inward, 2)
        assert state(inward, "Q-1", IN) == ("changed", "target-gone")
        self.send(inward)
        self.both(inward, 2)

        assert state(inward, "Q-1", IN) == ("done", None)
        assert self.produced(inward) == ["2", "3"]

    def test_what_we_made_does_not_go_back(self, inward: World) -> None:
        """79: with both flows on, neither what came nor what went goes round."""
        inward.set(f"{OUT}.mode=automatic", *AUTOMATIC[1:])
        inward.order("SO-1", "SHOP", "1 SCREW 1.50")
        amend(inward, "Q-1", "7")
        self.both(inward, 3)

        assert inward.states(IN) == {"Q-1": "changed"}
        assert inward.states() == {"SO-1": "done"}
