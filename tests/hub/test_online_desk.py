"""Purchase orders of Autotask, all the way to QuickBooks Online and back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from counterfoil.hub import desk, inbox
from counterfoil.hub.inbox import Asked
from tests.support.online import OnlineDesk, amounts
from tests.support.world import ACTOR

BECOMES_BILL = (
    "receipt-out.mode=off",
    "purchase-order-out.becomes=bill",
)


@pytest.fixture(scope="module")
def company(online_desk: OnlineDesk) -> OnlineDesk:
    """The company, with what it buys in its books."""
    online_desk.goods("Switch 24", "Rack", "Cable")
    return online_desk


@pytest.fixture(autouse=True)
def tidy(company: OnlineDesk) -> Any:
    """What a test leaves undone is left out, so that the next one finds the company at rest."""
    yield
    left = [row.id for row in company.transfers() if row.state in ("refused", "held", "waiting")]
    desk.skip(company.hub, left, ACTOR)


def there(company: OnlineDesk, order: int, kind: str = "PurchaseOrder") -> dict[str, Any]:
    """What an order is in the books."""
    mark = company.transfer(order).target_id
    (found,) = [row for row in company.held(kind) if row["Id"] == mark]
    return found


def bills_of(company: OnlineDesk, order: int) -> list[dict[str, Any]]:
    """The bills of what was received of an order, oldest first."""
    ids = {row.target_id for row in company.receipts(order)}
    return [row for row in company.held("Bill") if row["Id"] in ids]


class TestOrders:
    def test_s10_an_order_stays_an_order(self, company: OnlineDesk) -> None:
        """S10, S12, S14, S15: it is transferred once, its vendor made, its number given back."""
        order = company.order("Pelican", "10 Switch 24 @ 412.50", "2 Rack @ 99.95")
        company.settle()
        company.look()

        booked = there(company, order)
        assert booked["VendorRef"]["name"] == "Pelican"
        assert booked["APAccountRef"]["name"] == "Accounts Payable (A/P)"
        assert booked["ShipAddr"]["City"] == "Albany"
        assert amounts(booked) == [
            ("Switch 24", Decimal(10), Decimal("412.5")),
            ("Rack", Decimal(2), Decimal("99.95")),
        ]
        assert company.external_number(order) == booked["DocNumber"]
        assert company.transfer(order).state == "done"

    def test_s13_the_customer_stands_on_all_lines(self, company: OnlineDesk) -> None:
        """S13, OP4, C1: whom it is bought for is made as a customer, and stands on each line."""
        client = company.tenant.vendor("Harbor Hotel")
        order = company.order("Pelican", "1 Rack @ 10", "2 Cable @ 1", purchaseForCompanyID=client)
        company.settle()

        lines = there(company, order)["Line"]
        names = [line[line["DetailType"]]["CustomerRef"]["name"] for line in lines]
        assert names == ["Harbor Hotel", "Harbor Hotel"]

    def test_c2_a_job_is_a_sub_customer(self, company: OnlineDesk) -> None:
        """C2: a job, which the original knew on Desktop only, is a customer below its customer."""
        job = company.tenant.vendor("Harbor Hotel~Annex")
        order = company.order("Pelican", "1 Rack @ 10", purchaseForCompanyID=job)
        company.settle()

        assert company.transfer(order).state == "done"
        (made,) = [row for row in company.held("Customer") if row["DisplayName"] == "Annex"]
        assert (made["FullyQualifiedName"], made["Job"]) == ("Harbor Hotel:Annex", True)

    def test_it_is_billed_as_it_is_received(self, company: OnlineDesk) -> None:
        """C3: each receipt is a bill that is linked to the order, which closes with the last."""
        order = company.order("Pelican", "10 Switch 24 @ 412.50", "2 Rack @ 99.95")
        company.settle()
        company.receive(order, 4, 1)
        company.look()
        assert there(company, order)["POStatus"] == "Open"

        company.receive(order, invoice="P-778")
        company.look()

        first, second = bills_of(company, order)
        assert amounts(first) == [
            ("Switch 24", Decimal(4), Decimal("412.5")),
            ("Rack", Decimal(1), Decimal("99.95")),
        ]
        assert amounts(second)[0] == ("Switch 24", Decimal(6), Decimal("412.5"))
        assert second["DocNumber"] == "P-778"
        booked = there(company, order)
        assert booked["POStatus"] == "Closed"
        assert [line["Received"] for line in booked["Line"]] == [10, 2]
        assert {link["TxnId"] for link in booked["LinkedTxn"]} == {first["Id"], second["Id"]}

    def test_op17_a_change_is_sent_again(self, company: OnlineDesk) -> None:
        """OP17: a line that changed after its transfer is changed there, once somebody sends it."""
        order = company.order("Pelican", "3 Rack @ 99.95")
        company.settle()
        company.change(order, 0, quantity=5)
        company.look()
        assert company.transfer(order).state == "changed"

        company.send("purchase-order", order)
        company.settle()
        assert amounts(there(company, order)) == [("Rack", Decimal(5), Decimal("99.95"))]

    def test_a_change_of_somebodys_there_is_never_written_over(self, company: OnlineDesk) -> None:
        """What a bookkeeper changed there stops the update, and both are shown."""
        order = company.order("Pelican", "3 Rack @ 99.95")
        company.settle()
        number = company.transfer(order).target_id
        assert number is not None
        company.change_there("PurchaseOrder", number, TxnDate="2025-03-01")
        company.change(order, 0, quantity=7)
        company.look()
        row = company.transfer(order)
        assert (row.state, row.reason) == ("changed", "conflict")

        company.send("purchase-order", order)
        company.settle()
        assert amounts(there(company, order)) == [("Rack", Decimal(7), Decimal("99.95"))]

    def test_an_undone_order_leaves(self, company: OnlineDesk) -> None:
        """Undone, the order is taken out of the books again."""
        order = company.order("Pelican", "1 Rack @ 5")
        company.settle()
        number = company.transfer(order).target_id
        desk.undo(company.hub, ACTOR, transfer_ids=[company.transfer(order).id])
        company.settle()

        assert number not in {row["Id"] for row in company.held("PurchaseOrder")}
        assert company.transfer(order).state == "skipped"


class TestTermsAndLocations:
    SET = (
        "purchase-order-out.payment_terms=Net 30",
        "purchase-order-out.location=Depot",
        "receipt-out.payment_terms=Net 15",
    )

    def test_as_set_they_stand_on_orders_and_bills(self, company: OnlineDesk) -> None:
        """Terms and location go by their names; a bill's due day follows its terms."""
        company.online.switch(track_departments=True)
        company.make("Department", Name="Depot")
        company.clock.advance(hours=2)
        with company.having(*self.SET):
            order = company.order("Pelican", "2 Rack @ 10")
            company.settle()
            company.receive(order)
            company.look()

        booked, (bill,) = there(company, order), bills_of(company, order)
        terms = {row["Id"]: row["Name"] for row in company.held("Term")}
        assert terms[booked["SalesTermRef"]["value"]] == "Net 30"
        assert booked["DepartmentRef"]["name"] == "Depot"
        assert terms[bill["SalesTermRef"]["value"]] == "Net 15"
        assert "DepartmentRef" not in bill

    @pytest.mark.parametrize(
        "setting, told",
        [
            ("payment_terms=Net 77", "payment term “Net 77”"),
            ("location=Nowhere", "location “Nowhere”"),
        ],
    )
    def test_a_name_that_is_not_there(self, company: OnlineDesk, setting: str, told: str) -> None:
        """It stops the order and is named; nothing is sent without it."""
        with company.having(f"purchase-order-out.{setting}"):
            order = company.order("Pelican", "1 Rack @ 10")
            company.settle()
            row = company.transfer(order)
        assert (row.state, row.refusal) == ("refused", "record-unknown")
        assert told in (row.sentence or "")

    def test_a_company_without_locations(self, company: OnlineDesk) -> None:
        """Where it keeps none, QuickBooks would drop it in silence; ours says so instead."""
        company.online.switch(track_departments=False)
        company.clock.advance(hours=2)
        with company.having("purchase-order-out.location=Depot"):
            order = company.order("Pelican", "1 Rack @ 10")
            company.settle()
            row = company.transfer(order)
        assert (row.state, row.refusal) == ("refused", "feature-missing")
        assert "switch on “Track locations”" in (row.sentence or "")


class TestRefusals:
    def test_op4_no_name_is_customer_and_vendor(self, company: OnlineDesk) -> None:
        """OP4: a vendor whose name a customer has is explained before anything is sent."""
        company.make("Customer", DisplayName="Acme")
        order = company.order("Acme", "1 Rack @ 10")
        company.settle()

        row = company.transfer(order)
        assert (row.state, row.refusal) == ("refused", "name-taken")
        assert "a customer already has that name" in (row.sentence or "")
        assert "Acme" not in {each["DisplayName"] for each in company.held("Vendor")}

    def test_op11_an_unknown_item_stops_its_order(self, company: OnlineDesk) -> None:
        """OP11: by itself, an item that the books lack stops its order, and the others go."""
        stops = company.order("Pelican", "1 Unheard of @ 10")
        goes = company.order("Pelican", "1 Rack @ 10")
        company.settle()

        assert company.transfer(stops).refusal == "record-unknown"
        assert company.transfer(goes).state == "done"

    def test_op11_what_creating_it_needs_is_told(self, company: OnlineDesk) -> None:
        """OP11: who lets Counterfoil create what is missing hears which account that needs."""
        order = company.order("Pelican", "1 Unmade @ 10")
        company.settle()

        found = desk.details(company.hub, company.transfer(order).id)["full_refusal"]
        (offer,) = [each for each in found["choices"] if each["action"] == "change-setting"]
        assert offer["label"] == (
            "Let Counterfoil create missing items (it needs an account, too: "
            "purchase-order-out.expense_account)"
        )

    def test_op11_as_set_it_stops_the_run(self, company: OnlineDesk) -> None:
        """OP11: as set, the others wait until the order is settled, and go then."""
        with company.having("purchase-order-out.unknown_item_stops_all=true"):
            stops = company.order("Pelican", "1 Never seen @ 10")
            waits = company.order("Pelican", "1 Rack @ 10")
            company.tick()
            company.tick()
            row = company.transfer(waits)
            assert (row.state, row.reason) == ("waiting", "run-stopped")

            desk.skip(company.hub, [company.transfer(stops).id], ACTOR)
            company.look()
            assert company.transfer(waits).state == "done"

    def test_op11_however_many_stopped_before_it(
        self, company: OnlineDesk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """OP11: it stops the run although more than a page of others stopped over their vendors."""
        monkeypatch.setattr("counterfoil.hub.stopping._PAGE", 1)
        with company.having(
            "purchase-order-out.create_missing_vendors=false",
            "purchase-order-out.unknown_item_stops_all=true",
        ):
            stopped = [company.order(name, "1 Rack @ 10") for name in ("Nobody A", "Nobody B")]
            company.tick()
            company.tick()
            stopped.append(company.order("Pelican", "1 Nowhere seen @ 10"))
            company.tick()
            company.tick()
            waits = company.order("Pelican", "1 Rack @ 10")
            company.tick()
            company.tick()
            assert company.transfer(waits).reason == "run-stopped"

            ids = [company.transfer(each).id for each in stopped]
            assert {company.transfer(each).refusal for each in stopped} == {"record-unknown"}
            desk.skip(company.hub, ids, ACTOR)
            company.look()
            assert company.transfer(waits).state == "done"

    def test_op11_as_set_it_is_made(self, company: OnlineDesk) -> None:
        """OP11: as set, a missing item is made on the chosen expense account."""
        with company.having(
            "purchase-order-out.create_missing_items=true",
            "purchase-order-out.expense_account=Supplies",
        ):
            order = company.order("Pelican", "1 Brand new @ 10")
            company.settle()

        assert company.transfer(order).state == "done"
        (made,) = [row for row in company.held("Item") if row["Name"] == "Brand new"]
        assert (made["Type"], made["ExpenseAccountRef"]["name"]) == ("NonInventory", "Supplies")

    def test_op12_no_order_without_its_account(self, company: OnlineDesk) -> None:
        """OP12: without a payables account nothing is sent, and the setting is named."""
        with company.having("purchase-order-out.payables_account="):
            order = company.order("Pelican", "1 Rack @ 10")
            company.settle()

            row = company.transfer(order)
            assert (row.state, row.refusal) == ("refused", "payables-account-missing")

    def test_op10_a_used_number_is_not_sent(self, company: OnlineDesk) -> None:
        """OP10: a number that QuickBooks has already stops the order, unless that is allowed."""
        with company.having("purchase-order-out.document_number=order_code"):
            order = company.order("Pelican", "1 Rack @ 10")
            company.enter_there("PurchaseOrder", "Pelican", "1 Rack @ 9", DocNumber=str(order))
            company.settle()
            assert company.transfer(order).refusal == "number-taken"

        allows = "purchase-order-out.check_number_is_free=false"
        with company.having("purchase-order-out.document_number=order_code", allows):
            desk.retry(company.hub, ACTOR, transfer_ids=[company.transfer(order).id])
            company.settle()
            assert there(company, order)["DocNumber"] == str(order)

    def test_a_bill_by_hand_is_not_doubled(self, company: OnlineDesk) -> None:
        """One invoice in two receipts is two bills; one that somebody entered is not owed again."""
        order = company.order("Pelican", "10 Rack @ 5")
        company.settle()
        company.receive(order, 4, invoice="INV-9")
        company.look()
        company.receive(order, 3, invoice="INV-9")
        company.look()
        assert [row["DocNumber"] for row in bills_of(company, order)] == ["INV-9", "INV-9"]

        company.enter_there("Bill", "Pelican", "3 Rack @ 5", DocNumber="INV-10")
        company.receive(order, 3, invoice="INV-10")
        company.look()
        (stopped,) = [row for row in company.receipts(order) if row.state == "refused"]
        assert stopped.refusal == "number-taken"
        (by_hand,) = [row for row in company.held("Bill") if row.get("DocNumber") == "INV-10"]
        offered = {
            each["action"]: each
            for each in desk.details(company.hub, stopped.id)["full_refusal"]["choices"]
        }
        assert offered["adopt"]["arguments"] == {"id": by_hand["Id"]}
        assert len(bills_of(company, order)) == 2

    def test_another_vendors_bill_has_its_own_number(self, company: OnlineDesk) -> None:
        """With the check on, a number that another vendor's bill bears is free."""
        with company.having("receipt-out.check_number_is_free=true"):
            order = company.order("Pelican", "5 Rack @ 5")
            company.settle()
            company.make("Vendor", DisplayName="Heron")
            company.enter_there("Bill", "Heron", "1 Rack @ 5", DocNumber="INV-20")
            company.receive(order, 5, invoice="INV-20")
            company.look()

            assert [row["DocNumber"] for row in bills_of(company, order)] == ["INV-20"]

    def test_op14_an_item_that_cannot_be_bought(self, company: OnlineDesk) -> None:
        """OP14: an item without an expense account is named before the order is sent."""
        company.goods("Service only", ExpenseAccountRef=None, Type="Service")
        order = company.order("Pelican", "1 Service only @ 10")
        company.settle()

        assert company.transfer(order).refusal == "item-not-purchased"

    def test_op8_books_with_one_currency_take_nothing_in_another(self, company: OnlineDesk) -> None:
        """OP8: where only Autotask knows several currencies nothing is sent, unless they are one."""
        order = company.order_in_euros("Braga Racks", "1 Rack @ 10")
        company.settle()
        row = company.transfer(order)
        assert (row.state, row.refusal) == ("refused", "currencies-off")

        with company.having("general.several_currencies=no"):
            desk.retry(company.hub, ACTOR, transfer_ids=[row.id])
            company.settle()
            assert company.transfer(order).state == "done"

    def test_an_inactive_item(self, company: OnlineDesk) -> None:
        """An item that was deactivated is named before the order is sent."""
        company.goods("Old Rack")
        company.delete_there("Item", "Old Rack")
        order = company.order("Pelican", "1 Old Rack @ 10")
        company.settle()

        assert company.transfer(order).refusal == "record-inactive"

    def test_an_inactive_item_made_active(self, company: OnlineDesk) -> None:
        """From the inbox it is made active under its own name, and the order arrives."""
        company.goods("Idle Rack")
        company.delete_there("Item", "Idle Rack")
        order = company.order("Pelican", "1 Idle Rack @ 10")
        company.settle()
        case = next(each for each in inbox.cases(company.hub) if "Idle Rack" in each.sentence)
        assert case.primary.label == "Make Idle Rack active and send"
        inbox.cure(company.hub, case.key, Asked(choice="activate", stand=case.stand), ACTOR)
        company.settle()

        (item,) = [row for row in company.held("Item") if row["Name"].startswith("Idle Rack")]
        assert (item["Name"], item["Active"]) == ("Idle Rack", True)
        assert company.transfer(order).state == "done"
        assert amounts(there(company, order)) == [("Idle Rack", Decimal(1), Decimal(10))]


class TestBills:
    def test_op1_all_that_was_ordered_is_a_bill(self, company: OnlineDesk) -> None:
        """OP1, OP5, OP12: as set, the order becomes a bill, without tax, on the chosen account."""
        with company.having(*BECOMES_BILL):
            order = company.order("Pelican", "10 Switch 24 @ 412.50")
            company.settle()

            bill = there(company, order, "Bill")
            assert amounts(bill) == [("Switch 24", Decimal(10), Decimal("412.5"))]
            assert bill["APAccountRef"]["name"] == "Accounts Payable (A/P)"
            assert "DocNumber" not in bill
            assert company.external_number(order) == bill["Id"]

    def test_a_cancelled_order_takes_its_bill_along(self, company: OnlineDesk) -> None:
        """A bill cannot be closed: what is cancelled is taken out, whatever is set for orders."""
        with company.having(*BECOMES_BILL, "purchase-order-out.cancellations=automatic"):
            order = company.order("Pelican", "1 Rack @ 10")
            company.settle()
            bill = there(company, order, "Bill")["Id"]
            company.tenant.desk("cancel", order=order)
            company.look()
            assert bill not in {row["Id"] for row in company.held("Bill")}

    def test_an_order_and_its_receipts_never_both_owe(self, company: OnlineDesk) -> None:
        """What is received of an order that was billed is left out, whatever is set by then."""
        with company.having(*BECOMES_BILL):
            order = company.order("Pelican", "10 Switch 24 @ 412.50")
            company.settle()
        before = len(company.held("Bill"))
        company.receive(order, 4)
        company.look()

        (receipt,) = company.receipts(order)
        assert (receipt.state, receipt.reason) == ("skipped", "owed-with-order")
        assert len(company.held("Bill")) == before

    def test_an_order_of_which_something_is_billed_is_no_bill(self, company: OnlineDesk) -> None:
        """The other way round: the order waits for nobody, it is owed already."""
        with company.having("purchase-order-out.mode=manual", "receipt-out.link_to_order=false"):
            order = company.order("Pelican", "10 Switch 24 @ 412.50")
            company.settle()
            company.receive(order, 4)
            company.look()
            assert [row.state for row in company.receipts(order)] == ["done"]
        with company.having(*BECOMES_BILL):
            company.look()
            row = company.transfer(order)
            assert (row.state, row.reason) == ("skipped", "owed-with-goods")

    def test_a_closed_period(self, company: OnlineDesk) -> None:
        """A bill that is dated in a closed period is not sent, and says so."""
        company.online.switch(book_close_date="2031-12-31")
        try:
            with company.having(*BECOMES_BILL):
                order = company.order("Pelican", "1 Rack @ 10")
                company.look(minutes=24 * 60)
                assert company.transfer(order).refusal == "period-closed"
        finally:
            company.online.switch(book_close_date=None)

    def test_stock_that_is_counted_later(self, company: OnlineDesk) -> None:
        """A bill of a day before its item's stock is counted names the item and that day."""
        company.stocked("Fresh stock", since="2031-01-01")
        with company.having(*BECOMES_BILL):
            order = company.order("Pelican", "1 Fresh stock @ 10")
            company.settle()

            row = company.transfer(order)
            assert row.refusal == "item-not-yet-stocked"
            assert "2031-01-01" in (row.sentence or "")


class TestTrouble:
    def test_a_lost_answer_is_looked_for(self, company: OnlineDesk) -> None:
        """Orders whose answer was lost are found by their marks; none is sent a second time."""
        orders = [company.order("Pelican", f"{count} Rack @ 10") for count in (1, 2, 3)]
        company.read_operations()
        company.books_line.spoil = lambda _number, body: "answer" if '"create"' in body else None
        company.read_books()
        company.books_line.spoil = None
        company.settle()

        assert [company.transfer(order).state for order in orders] == ["done"] * 3
        marks = [row.get("PrivateNote") for row in company.held("PurchaseOrder")]
        assert len(marks) == len({*marks})

    def test_a_link_that_is_dropped_without_a_word(self, company: OnlineDesk) -> None:
        """A bill whose link QuickBooks dropped is there, and is told as not linked."""
        order = company.order("Pelican", "4 Rack @ 10")
        company.settle()
        company.online.switch(links="dropped")
        try:
            company.receive(order, 2)
            company.look()
            (receipt,) = company.receipts(order)
            assert receipt.target_id is not None
            assert (receipt.state, receipt.reason) == ("changed", "not-linked")
        finally:
            company.online.switch(links="kept")

    def test_a_preview_sends_nothing(self, company: OnlineDesk) -> None:
        """What an order would become is shown without a call that writes."""
        order = company.order("Pelican", "2 Rack @ 10")
        company.read_operations()
        before = len(company.held("PurchaseOrder"))
        (shown,) = desk.preview(company.hub, company.link)

        assert (shown.action, shown.subject) == ("create", "purchase-order")
        assert shown.transfer == company.transfer(order).id
        assert len(company.held("PurchaseOrder")) == before
        company.settle()
