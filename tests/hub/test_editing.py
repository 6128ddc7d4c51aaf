"""“Edit and resend”: one document says something else in the books than its source does."""

from __future__ import annotations

from typing import Any

import pytest

from counterfoil.errors import UsageError
from counterfoil.hub import desk
from counterfoil.hub.desk import Editable
from counterfoil.sandboxes.quickbooks_desktop import ProcessResult
from tests.hub.conftest import OpenWorld
from tests.hub.test_life import source, store
from tests.sandboxes.fusion_operations import play as fusion
from tests.sandboxes.quickbooks_desktop import desk as books
from tests.sandboxes.quickbooks_desktop.desk import customer, query, ref, request, service, tags
from tests.support.autotask import ServiceDesk
from tests.support.world import ACTOR, World

STRICT = (
    "sales-order-out.mode=automatic",
    "sales-order-out.document_number=order_code",
    "sales-order-out.line_description=product_observations",
    "sales-order-out.ship_date=due_date",
)


@pytest.fixture
def strict(open_company: OpenWorld) -> World:
    """A company whose settings create nothing; the books know two customers and two items."""
    world = open_company(*STRICT)
    world.enter_books(
        customer("PICNIC"),
        customer("SLEEPY", active="false"),
        service("BOLT", "1.25"),
        service("NUT", "1.25"),
    )
    return world


def stopped(world: World, *lines: str) -> int:
    """An order for a customer that the books do not have."""
    world.order("SO-1", "PICNIC-LTD", *(lines or ("2 BOLT 1.50",)))
    world.sync()
    return world.row("SO-1").id


def keys(told: Editable) -> dict[str, str]:
    """What may be corrected, and what stands there."""
    return {each.label: each.value for each in told.fields}


def resend(world: World, transfer: int) -> None:
    """Try again, and let it arrive."""
    desk.press(world.hub, world.link, [transfer], ACTOR)
    world.settle()


class TestWhatCanBeCorrected:
    def test_names_days_and_texts_and_no_amounts(self, strict: World) -> None:
        """Its customer, items, days and texts; neither quantities nor prices."""
        told = desk.editable(strict.hub, stopped(strict))

        shown = keys(told)
        assert shown["Number"] == "SO-1"
        assert (shown["Customer"], shown["Line 1: item"]) == ("PICNIC-LTD", "BOLT")
        assert {"Date", "Ship date", "Memo"} <= shown.keys()
        assert not [each for each in shown if "uantity" in each or "rice" in each]
        assert (told.is_whole, told.kept) == (True, "")

    def test_not_once_it_arrived(self, strict: World) -> None:
        """What is there bears what it was sent with: that is said, and nothing is kept."""
        strict.order("SO-2", "PICNIC", "2 BOLT 1.50")
        strict.sync()
        transfer = strict.row("SO-2").id

        assert "It is done" in desk.editable(strict.hub, transfer).kept
        edited = desk.edit(strict.hub, transfer, {"memo": "Hello"}, ACTOR)
        assert edited.result.released == ()
        assert "It is done" in edited.result.left[0].words


class TestEditing:
    def test_another_customer(self, strict: World) -> None:
        """The order arrives with the customer that was chosen, and its source keeps its own."""
        transfer = stopped(strict)
        made = desk.propose(strict.hub, transfer, {"customer": "picnic"})
        assert made.differences == (("Customer", "PICNIC-LTD", "PICNIC", "record"),)

        desk.edit(strict.hub, transfer, {"customer": "picnic"}, ACTOR)
        resend(strict, transfer)
        (booked,) = strict.booked()
        assert booked["CustomerRef"]["FullName"] == "PICNIC"
        assert desk.details(strict.hub, transfer)["document"]["customer"]["name"] == "PICNIC-LTD"

    def test_another_item_on_one_line(self, strict: World) -> None:
        """Only that line names it; its quantity and price stay."""
        strict.order("SO-1", "PICNIC", "2 GEAR 1.50", "3 BOLT 2.50")
        strict.sync()
        transfer = strict.row("SO-1").id
        (line,) = [
            each.key
            for each in desk.editable(strict.hub, transfer).fields
            if each.label == "Line 1: item"
        ]
        desk.edit(strict.hub, transfer, {line: "NUT"}, ACTOR)
        resend(strict, transfer)

        (booked,) = strict.booked()
        lines = booked["lines"]
        assert [each["ItemRef"]["FullName"] for each in lines] == ["NUT", "BOLT"]
        assert [(each["Quantity"], each["Rate"]) for each in lines] == [
            ("2", "1.50"),
            ("3", "2.50"),
        ]

    def test_day_number_and_memo_in_one(self, strict: World) -> None:
        """Several fields are said at once, and told in the audit."""
        strict.order("SO-0041-REPLACEMENT", "PICNIC", "2 BOLT 1.50")
        strict.sync()
        transfer = strict.row("SO-0041-REPLACEMENT").id
        typed = {"number": "SO-41R", "day": "2026-02-20", "memo": "Second try"}
        desk.edit(strict.hub, transfer, typed, ACTOR)
        resend(strict, transfer)

        (booked,) = strict.booked()
        assert (booked["RefNumber"], booked["TxnDate"]) == ("SO-41R", "2026-02-20")
        assert booked["Memo"] == "Second try"
        told = [each["detail"] or "" for each in desk.details(strict.hub, transfer)["audit"]]
        assert any("the memo “Second try”" in each for each in told)

    def test_once_the_source_says_something_else_that_counts(self, strict: World) -> None:
        """A correction holds as long as the source says what it said then."""
        transfer = stopped(strict)
        (line,) = [
            each.key
            for each in desk.editable(strict.hub, transfer).fields
            if each.label == "Line 1: item"
        ]
        desk.edit(strict.hub, transfer, {"customer": "PICNIC", line: "NUT"}, ACTOR)
        strict.enter_books(service("GEAR", "1.25"))
        strict.enter("products", code="GEAR", name="Gear")
        order = source(strict, "SO-1")
        order["shippings"][0]["products"][0]["product"] = "GEAR"
        store(strict, order)
        strict.settle()

        (booked,) = strict.booked()
        assert booked["CustomerRef"]["FullName"] == "PICNIC"
        assert [each["ItemRef"]["FullName"] for each in booked["lines"]] == ["GEAR"]


class TestOfWhatIsThere:
    @pytest.mark.parametrize("changes", ["automatic", "on_request"])
    def test_it_is_not_done_before_it_says_so_there(self, strict: World, changes: str) -> None:
        """A change stopped and was corrected, and its source went back: the books lack the memo."""
        strict.set(f"sales-order-out.changes={changes}")
        strict.order("SO-1", "PICNIC", "2 BOLT 1.50")
        strict.settle()
        strict.enter("clients", code="NOBODY", name="Nobody")
        store(strict, {**source(strict, "SO-1"), "client": "NOBODY"})
        strict.settle()
        transfer = strict.row("SO-1").id
        desk.press(strict.hub, strict.link, [transfer], ACTOR)
        strict.settle()
        assert strict.row("SO-1").refusal == "record-unknown"
        desk.edit(strict.hub, transfer, {"memo": "As agreed"}, ACTOR)
        store(strict, {**source(strict, "SO-1"), "client": "PICNIC"})
        strict.settle()

        assert strict.states() == {"SO-1": "done"}
        assert strict.booked()[0]["Memo"] == "As agreed"
        strict.check_books()


class TestOfWhatMayBeThere:
    def test_somebody_says_first_whether_it_is(self, strict: World) -> None:
        """Under another number it would not be met there: first its answer, then its edit."""
        strict.books.switch(marks_returned=False, set_answers_kept="none")
        strict.order("SO-1", "PICNIC", "2 BOLT 1.50")
        strict.counter.after = lambda text, result: (
            ProcessResult("", "0x80040402", "ended") if "<SalesOrderAddRq" in text else result
        )
        strict.sync()
        strict.counter.well_behaved()
        strict.clock.advance(minutes=3)
        strict.settle()
        transfer = strict.row("SO-1").id
        assert strict.row("SO-1").refusal == "outcome-unclear"

        edited = desk.edit(strict.hub, transfer, {"number": "SO-1B"}, ACTOR)
        assert edited.result.released == ()
        assert "may be there already" in edited.result.left[0].words
        assert "may be there already" in desk.editable(strict.hub, transfer).kept


class TestTheChosenRecord:
    def test_renamed_since_is_the_same_one(self, strict: World) -> None:
        """The order goes to the customer that was chosen, whoever bears its name by now."""
        transfer, picnic = self.chosen(strict)
        self.rename(strict, picnic)
        strict.enter_books(customer("PICNIC"))
        resend(strict, transfer)

        (booked,) = strict.booked()
        assert booked["CustomerRef"] == {"ListID": picnic["ListID"], "FullName": "PICNIC OLD"}

    def test_gone_since_stops_it(self, strict: World) -> None:
        """Nothing is created in its place, nor is another one taken; a person says who is meant."""
        strict.set("sales-order-out.create_missing_customers=true")
        transfer, picnic = self.chosen(strict, customer="SLEEPLESS")
        strict.enter_books(query("ListDel", tags(ListDelType="Customer", ListID=picnic["ListID"])))
        resend(strict, transfer)
        assert strict.row("SO-1").refusal == "chosen-record-gone"

        desk.match_name(strict.hub, strict.link, "customer", "SLEEPLESS", ACTOR, record="PICNIC")
        resend(strict, transfer)
        (booked,) = strict.booked()
        assert booked["CustomerRef"]["FullName"] == "PICNIC"

    def chosen(self, world: World, customer: str = "PICNIC") -> tuple[int, dict[str, Any]]:
        """An order that stopped, a customer chosen for it, and that customer in the books."""
        if customer != "PICNIC":
            world.enter_books(books.customer(customer))
        world.order("SO-1", "SLEEPY", "2 BOLT 1.50")
        world.sync()
        transfer = world.row("SO-1").id
        desk.edit(world.hub, transfer, {"customer": customer}, ACTOR)
        (found,) = [each for each in world.booked("Customer") if each["Name"] == customer]
        return transfer, found

    def rename(self, world: World, found: dict[str, Any]) -> None:
        """A bookkeeper gives a customer another name."""
        world.clock.wait(5)
        key = tags(ListID=found["ListID"], EditSequence=found["EditSequence"])
        world.enter_books(request("CustomerMod", key + tags(Name=f"{found['Name']} OLD")))


class TestWhileItIsLookedUp:
    def test_a_bill_is_not_moved_past_its_number(self, service: ServiceDesk) -> None:
        """Its number is asked for among one vendor's; another vendor is taken once that is told.

        By hand the other vendor's invoice of that number was entered: it is not entered twice.
        """
        service.order("Plover", "1 Fan @ 5")
        service.settle()
        self.enter_bill(service, "Plover", "INV-77")
        with service.having("receipt-out.link_to_order=false"):
            order = service.order("Millco", "3 Fan @ 5")
            service.settle()
            service.receive(order, 3, invoice="INV-77")
            service.read_operations()
            told = list[desk.Left]()

            def meanwhile(text: str, _result: ProcessResult) -> None:
                if "<BillQueryRq" in text and "INV-77" in text and not told:
                    (receipt,) = service.receipts(order)
                    edited = desk.edit(service.hub, receipt.id, {"vendor": "Plover"}, ACTOR)
                    told.extend(edited.result.left)

            service.counter.hears = meanwhile
            service.run_web_connector()
            service.counter.hears = None
            service.settle()

        assert "has left to be looked up" in told[0].words
        bills = [
            (each["VendorRef"]["FullName"], each["RefNumber"]) for each in service.booked("Bill")
        ]
        assert bills == [("Plover", "INV-77"), ("Millco", "INV-77")]

    def enter_bill(self, service: ServiceDesk, vendor: str, number: str) -> None:
        """A bookkeeper enters a vendor's invoice."""
        account = next(
            each["FullName"]
            for each in service.booked("Account")
            if each["AccountType"] == "Expense"
        )
        line = (
            f"<ExpenseLineAdd>{ref('AccountRef', account)}{tags(Amount='15.00')}</ExpenseLineAdd>"
        )
        service.enter_books(
            request("BillAdd", ref("VendorRef", vendor) + tags(RefNumber=number) + line)
        )


class TestWrongInput:
    @pytest.mark.parametrize(
        "key, value, says",
        [
            ("customer", "NOBODY", "has no customer “NOBODY”"),
            ("customer", "PICNICC", "Did you mean: PICNIC"),
            ("customer", "SLEEPY", "inactive in QuickBooks"),
            ("day", "tomorrow", "is no day"),
            ("number", "SO-123456789012", "15 characters; 11 are allowed"),
            ("memo", "x" * 5000, "characters"),
            ("memo", "a\x0bb", "emo"),
        ],
    )
    def test_said_beside_the_field(self, strict: World, key: str, value: str, says: str) -> None:
        """What cannot be is told beside its field, and nothing is kept."""
        transfer = stopped(strict)
        made = desk.propose(strict.hub, transfer, {key: value})

        assert says in made.problems[key]
        with pytest.raises(UsageError, match=r"."):
            desk.edit(strict.hub, transfer, {key: value}, ACTOR)
        assert desk.details(strict.hub, transfer)["audit"] == []

    def test_a_name_that_means_another_record_here(self, strict: World) -> None:
        """Where the link has another meaning for the name, it is not taken for both."""
        strict.enter_books(customer("OTHER"))
        transfer = stopped(strict)
        desk.match_name(strict.hub, strict.link, "customer", "PICNIC", ACTOR, record="OTHER")

        made = desk.propose(strict.hub, transfer, {"customer": "PICNIC"})
        assert "means another customer" in made.problems["customer"]

    def test_a_field_that_cannot_be_corrected(self, strict: World) -> None:
        """A quantity is none of them; what can be is named."""
        with pytest.raises(UsageError, match=r"cannot be corrected\. What can: number"):
            desk.propose(strict.hub, stopped(strict), {"quantity": "3"})


class TestTakingBack:
    def test_as_it_was_before(self, strict: World) -> None:
        """What was said before stands again, and the document stops as it did."""
        transfer = stopped(strict)
        desk.edit(strict.hub, transfer, {"memo": "First"}, ACTOR)
        edited = desk.edit(strict.hub, transfer, {"customer": "PICNIC"}, ACTOR)
        desk.put_back_correction(
            strict.hub, transfer, ACTOR, made=edited.made, before=edited.before
        )

        shown = keys(desk.editable(strict.hub, transfer))
        assert (shown["Customer"], shown["Memo"]) == ("PICNIC-LTD", "First")

    def test_not_over_a_newer_one(self, strict: World) -> None:
        """Somebody has corrected it since: theirs stays."""
        transfer = stopped(strict)
        edited = desk.edit(strict.hub, transfer, {"memo": "First"}, ACTOR)
        desk.edit(strict.hub, transfer, {"memo": "Second"}, "Ben")

        with pytest.raises(UsageError, match="corrected it anew since"):
            desk.put_back_correction(
                strict.hub, transfer, ACTOR, made=edited.made, before=edited.before
            )

    def test_of_two_who_edit_the_second_hears_of_the_first(self, strict: World) -> None:
        """What was looked at has moved: nothing is written over."""
        transfer = stopped(strict)
        version = desk.editable(strict.hub, transfer).version
        desk.edit(strict.hub, transfer, {"memo": "First"}, ACTOR, version=version)
        late = desk.edit(strict.hub, transfer, {"memo": "Second"}, "Ben", version=version)

        assert late.result.released == ()
        assert "has moved since you looked" in late.result.left[0].words

    def test_what_the_source_says_takes_it_back(self, strict: World) -> None:
        """Typing what the source says itself leaves nothing said in its place."""
        transfer = stopped(strict)
        desk.edit(strict.hub, transfer, {"memo": "First"}, ACTOR)
        edited = desk.edit(strict.hub, transfer, {"memo": ""}, ACTOR)

        assert edited.made is None
        with pytest.raises(UsageError, match="says so already"):
            desk.edit(strict.hub, transfer, {"memo": ""}, ACTOR)

    def test_emptying_takes_it_back(self, strict: World) -> None:
        """An emptied name, text or day is the source's again; it never goes as nothing."""
        shipping = {
            "due-date": "2026-02-02T12:00:00Z",
            "products": [fusion.line("BOLT", "2", "1.50")],
        }
        strict.enter("products", code="BOLT", name="Bolt")
        strict.enter("clients", code="PICNIC-LTD", name="Picnic")
        strict.enter("sales-orders", code="SO-1", client="PICNIC-LTD", shippings=[shipping])
        strict.sync()
        transfer = strict.row("SO-1").id
        before = keys(desk.editable(strict.hub, transfer))
        typed = {"customer": "PICNIC", "number": "SO-1R", "due_on": "2026-02-20", "memo": "First"}
        told = desk.edit(strict.hub, transfer, typed, ACTOR).result.done
        edited = desk.edit(strict.hub, transfer, dict.fromkeys(typed, ""), ACTOR)

        assert before["Ship date"] == "2026-02-02"
        ((_number, words, _transfer),) = told
        assert "the ship date “2026-02-20”" in str(words), "as the form calls it"
        assert edited.made is None
        assert keys(desk.editable(strict.hub, transfer)) == before
