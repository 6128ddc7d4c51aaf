"""Purchase orders of Autotask, all the way to QuickBooks Desktop and back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from counterfoil.api.ways_out import ways_out
from counterfoil.engine.asked import Kind
from counterfoil.hub import desk, views
from tests.sandboxes.quickbooks_desktop import desk as books
from tests.support.autotask import ServiceDesk
from tests.support.world import ACTOR


def vendors(service: ServiceDesk) -> set[str]:
    return {each["Name"] for each in service.booked("Vendor")}


_ACCOUNTS = ("IncomeAccountRef", "COGSAccountRef", "AssetAccountRef")


class TestTransfer:
    def test_p4_p9_it_is_transferred_once(self, service: ServiceDesk) -> None:
        """P4, P9: what is missing is created, the order goes once, its number comes back."""
        order = service.order("Pelican", "10 Switch 24 @ 412.50", "2 Rack @ 99.95")
        service.settle()
        service.look()

        service.check(order)
        there = service.there(order)
        assert there["VendorRef"]["FullName"] == "Pelican"
        assert service.external_number(order) == there["RefNumber"]
        assert {*service.items("Switch 24"), *service.items("Rack")} == {"Switch 24", "Rack"}

    def test_p2_a_new_order_goes_when_somebody_sends_it(self, service: ServiceDesk) -> None:
        """P1, P2, P3: an order that is new waits, and goes once it is set as ready to transfer."""
        order = service.order("Millco", "1 Rack", submit=False)
        service.settle()
        row = service.transfer(order)
        assert (row.state, row.reason) == ("held", "not-submitted")

        service.send("purchase-order", order)
        service.settle()
        service.check(order)

    def test_p26_a_number_is_used(self, service: ServiceDesk) -> None:
        """P26: as set, the External P.O. Number is the order's; a longer one stops it."""
        with service.having("purchase-order-out.document_number=external_number"):
            short = service.order("Millco", "1 Rack", externalPONumber="EXT-7")
            long = service.order("Millco", "1 Rack", externalPONumber="EXT-7-IS-LONG")
            service.settle()

            assert service.there(short)["RefNumber"] == "EXT-7"
            assert service.external_number(short) == "EXT-7"
            assert service.transfer(long).refusal == "number-too-long"
        desk.skip(service.hub, [service.transfer(long).id], ACTOR)

    def test_k39_anothers_number_stops_the_order(self, service: ServiceDesk) -> None:
        """K39: an order that another integration numbered waits, and is not numbered anew."""
        order = service.order("Millco", "1 Rack", externalPONumber="1044")
        service.settle()
        row = service.transfer(order)
        assert (row.state, row.reason, row.target_id) == ("held", "numbered-elsewhere", None)

        service.send("purchase-order", order)
        service.settle()
        service.check(order)
        assert service.external_number(order) == "1044"
        assert "1044" in service.transfer(order).field_problems[0]

    def test_p26_what_a_person_saw_is_written_over(self, service: ServiceDesk) -> None:
        """P26: a number that stood there is replaced once a person who saw it tries again."""
        order = service.order("Millco", "1 Rack", externalPONumber="1045")
        service.settle()
        service.send("purchase-order", order)
        service.settle()
        desk.retry(service.hub, ACTOR, transfer_ids=[service.transfer(order).id])
        service.settle()

        assert service.external_number(order) == service.there(order)["RefNumber"]
        assert service.transfer(order).field_problems == ()

    def test_p29_an_unknown_shipping_type_stays(self, service: ServiceDesk) -> None:
        """P29, P30: a shipping type is named where QuickBooks has that method, and else told."""
        known = service.order("Millco", "1 Rack", shippingType=1, freight=25.5)
        unknown = service.order("Millco", "1 Rack", shippingType=2)
        service.settle()

        assert service.there(known)["ShipMethodRef"]["FullName"] == "Ground"
        assert service.there(known)["FOB"] == "25.5"
        assert "ShipMethodRef" not in service.there(unknown)
        assert service.transfer(known).notes == ()
        assert "“Overnight” stays" in service.transfer(unknown).notes[0]

    def test_p29_p30_further_fields_are_compared(self, service: ServiceDesk) -> None:
        """P29, P30: changed at the source they are written; changed in the books that is seen."""
        order = service.order("Millco", "1 Rack", shippingType=1, freight=25.5)
        service.settle()
        service.tenant.tenant("PATCH", f"records/PurchaseOrders/{order}", {"freight": 30.5})
        service.look()
        assert service.transfer(order).state == "changed"
        service.send("purchase-order", order)
        service.settle()
        assert service.there(order)["FOB"] == "30.5"

        there = service.there(order)
        named = books.tags(TxnID=there["TxnID"], EditSequence=there["EditSequence"], FOB="Lisbon")
        service.clock.advance(seconds=5)
        service.enter_books(books.request("PurchaseOrderMod", named))
        service.look()
        row = service.transfer(order)
        assert (row.state, row.reason) == ("changed", "target-changed")
        desk.accept(service.hub, [row.id], ACTOR)

    def test_orders_wait_for_what_is_received(self, service: ServiceDesk) -> None:
        """P40: as set, an order goes once something of it was received."""
        with service.having("purchase-order-out.moment=partly_received"):
            order = service.order("Millco", "4 Rack")
            service.settle()
            assert service.transfer(order).state == "held"
            service.receive(order, 1)
            service.look()

            service.check(order)
            assert service.received(order) == [1]


class TestNames:
    LONG = "Server with two power supplies, in "

    def test_k7_names_that_collide_at_31_characters(self, service: ServiceDesk) -> None:
        """K7: two products whose names begin alike are two items, each with its whole name."""
        first, second = f"{self.LONG}black", f"{self.LONG}white"
        one = service.order("Millco", f"1 {first} @ 10", f"2 {second} @ 20")
        service.settle()
        other = service.order("Millco", f"3 {first} @ 10")
        service.settle()

        made = service.items("Server with")
        numbers = [service.product(first), service.product(second)]
        assert [*made] == [f"Server with two power #{each}" for each in numbers]
        assert [each["SalesDesc"].split("\n")[0] for each in made.values()] == [first, second]
        for order in (one, other):
            service.check(order)
        assert service.there(other)["lines"][0]["ItemRef"]["FullName"] == next(iter(made))

    def test_m14_a_tilde_makes_sub_items(self, service: ServiceDesk) -> None:
        """M14: “Cables~Cat 6” is the item Cat 6 below Cables, which is created, too."""
        order = service.order("Millco", "1 Cables~Cat 6", "2 Cables~Cat 7", "1 Cables~Raw~Copper")
        service.settle()

        service.check(order)
        assert {*service.items("Cables")} == {
            "Cables",
            "Cables:Cat 6",
            "Cables:Cat 7",
            "Cables:Raw",
            "Cables:Raw:Copper",
        }

    def test_m2_what_is_renamed_stays_what_it_is(self, service: ServiceDesk) -> None:
        """M2: a product and a vendor with other names go to the records they went to before."""
        order = service.order("Heron", "1 Blade @ 5")
        service.settle()
        service.rename("product", "Blade", "Blade v2")
        service.rename("vendor", "Heron", "Heron Ltd")
        service.clock.advance(hours=7)
        again = service.order("Heron", "2 Blade @ 5")
        service.look()

        for each in (order, again):
            service.check(each)
        assert {*service.items("Blade")} == {"Blade"}
        assert "Heron" in vendors(service)
        assert "Heron Ltd" not in vendors(service)

    def test_m3_a_vendor_is_matched_by_its_name_alone(self, service: ServiceDesk) -> None:
        """M3: a vendor of that name is taken, whatever its address and its capital letters."""
        address = "<VendorAddress><City>Porto</City></VendorAddress>"
        service.enter_books(books.request("VendorAdd", f"<Name>OSPREY</Name>{address}"))
        order = service.order("Osprey", "1 Rack")
        service.settle()

        assert service.there(order)["VendorRef"]["FullName"] == "OSPREY"

    def test_m7_an_item_that_is_there_keeps_its_accounts(self, service: ServiceDesk) -> None:
        """M5, M7: accounts are for what is created; an item that is there stays as it was made."""
        service.enter_books(books.stock_item("Crimper", cost="9.00"))
        before = service.items("Crimper")["Crimper"]
        with service.having("purchase-order-out.income_account=Sales:Services"):
            order = service.order("Millco", "1 Crimper @ 3", "1 Stripper @ 3")
            service.settle()

        assert service.transfer(order).state == "done"
        after = service.items("Crimper")["Crimper"]
        assert [after[each] for each in _ACCOUNTS] == [before[each] for each in _ACCOUNTS]

    def test_p5_a_non_inventory_part_stops_the_order(self, service: ServiceDesk) -> None:
        """P5, K8: an item of another type is found before anything is sent, with the ways out."""
        account = "<AccountRef><FullName>Sales:Goods</FullName></AccountRef>"
        part = f"<Name>Labels</Name><SalesOrPurchase>{account}</SalesOrPurchase>"
        service.enter_books(books.request("ItemNonInventoryAdd", part))
        order = service.order("Millco", "1 Labels")
        service.settle()

        row = service.transfer(order)
        assert (row.state, row.refusal, row.target_id) == ("refused", "item-not-stocked", None)
        told = " ".join(each.label for each in ways_out(desk.details(service.hub, row.id)))
        for way in ("Use “Labels” as it is", "Use another item", "under another name", "try again"):
            assert way in told

        desk.match_name(service.hub, service.link, "item", "Labels", ACTOR, record="Labels")
        desk.retry(service.hub, ACTOR, transfer_ids=[row.id])
        service.settle()
        service.check(order)

    def test_h2_transmission_details_hold_every_request_and_answer(
        self, service: ServiceDesk
    ) -> None:
        """H2: of a transfer it is told what was asked for it, what came of it, and in which words."""
        order = service.order("Millco", "1 Crimp ring @ 2.50")
        service.settle()
        row = service.transfer(order)

        shown = views.document_shown(service.hub, row.id)
        writes = [
            (exchange, step)
            for exchange in shown.exchanges
            for step in exchange.steps
            if step.kind is Kind.CREATE_DOCUMENT
        ]
        [(exchange, step)] = writes
        texts = views.wire_texts(service.hub, row.id, exchange.id)
        assert (step.outcome, step.outcome_id) == ("done", row.target_id)
        assert exchange.answered_at is not None
        assert b"<PurchaseOrderAddRq" in (texts.request or b"")
        assert b'statusMessage="Status OK"' in (texts.answer or b"")

    def test_a_line_for_a_deleted_product_is_told(self, service: ServiceDesk) -> None:
        """H3: an order with a line for a deleted product is a row that people see."""
        order = service.order("Millco", "1 Withdrawn")
        service.tenant.tenant("DELETE", f"records/Products/{service.product('Withdrawn')}")
        service.settle()

        self.check_told(service, order, "lines[0].productID")

    def test_a_vendor_without_a_name_is_told(self, service: ServiceDesk) -> None:
        """An order to a vendor without a name is a row that people see, and others go on."""
        order, other = service.order("Bittern", "1 Rack"), service.order("Millco", "1 Rack")
        path = f"records/Companies/{service.vendor('Bittern')}"
        service.tenant.tenant("PATCH", path, {"companyName": ""})
        service.settle()

        self.check_told(service, order, "vendorID")
        service.check(other)

    def check_told(self, service: ServiceDesk, order: int, field: str) -> None:
        assert str(order) not in service.states("purchase-order-out")
        told = [row for row in desk.unreadables(service.hub) if row.number == str(order)]
        assert {row.field for row in told} == {field}


class TestChanges:
    def test_p7_needs_resync_until_it_is_sent_again(self, service: ServiceDesk) -> None:
        """P7: a line that changes after transfer needs resync; sent again, the order follows."""
        order = service.order("Millco", "10 Rack @ 5")
        service.settle()
        service.change(order, 0, quantity=12, unit_cost=5.5)
        service.look()
        row = service.transfer(order)
        assert (row.state, row.called) == ("changed", "needs resync")
        assert desk.details(service.hub, row.id)["called"] == "needs resync"
        assert Decimal(service.there(order)["TotalAmount"]) == 50

        service.send("purchase-order", order)
        service.settle()
        service.check(order)

    def test_k30_as_set_it_is_sent_again_by_itself(self, service: ServiceDesk) -> None:
        """K30: with automatic changes a new line follows by itself once the order is quiet."""
        with service.having("purchase-order-out.changes=automatic"):
            order = service.order("Millco", "10 Rack @ 5")
            service.settle()
            service.add(order, "3 Switch 24 @ 7")
            service.look()

            service.check(order)

    def test_row_7_a_received_line_is_never_another_product(self, service: ServiceDesk) -> None:
        """Corrections 2, row 7: the product of a line that was received in part stays there."""
        order = service.order("Millco", "10 Rack @ 5")
        service.settle()
        service.receive(order, 4)
        service.look()
        service.change(order, 0, product=service.product("Switch 24"))
        service.look()
        service.send("purchase-order", order)
        service.settle()

        row = service.transfer(order)
        assert (row.state, row.refusal) == ("refused", "below-delivered")
        assert service.there(order)["lines"][0]["ItemRef"]["FullName"] == "Rack"

    def test_p10_what_is_changed_in_quickbooks_does_not_come_back(
        self, service: ServiceDesk
    ) -> None:
        """P10, K14: it is shown, and Autotask's order stays as it is."""
        order = service.order("Pelican", "3 Console @ 20.00")
        service.settle()
        before = service.lines(order)
        there = service.there(order)
        body = books.tags(
            TxnID=there["TxnID"], EditSequence=there["EditSequence"], TxnDate="2026-01-02"
        )
        service.enter_books(books.request("PurchaseOrderMod", body))
        service.look()

        assert service.transfer(order).reason == "target-changed"
        assert service.lines(order) == before

    def test_a_cancelled_order_is_taken_along(self, service: ServiceDesk) -> None:
        """An order that is cancelled after its transfer is closed in QuickBooks when it is sent."""
        order = service.order("Millco", "10 Rack @ 5")
        service.settle()
        service.tenant.desk("cancel", order=order)
        service.look()
        assert service.transfer(order).state == "changed"

        service.send("purchase-order", order)
        service.settle()
        assert service.there(order)["IsManuallyClosed"] == "true"


def _writes_back(_call: int, body: str) -> bool:
    return '"externalPONumber":"' in body.replace(": ", ":")


class TestLostAnswers:
    @pytest.mark.parametrize("call", [1, 3, 5])
    def test_whatever_answer_of_autotask_is_lost(self, service: ServiceDesk, call: int) -> None:
        """Whichever answer of Autotask is lost while an order is read, it goes once."""
        order = service.order("Millco", "10 Rack @ 5")
        with service.shop_line.spoiled_at(call, "answer"):
            service.sync()
        service.look()

        service.check(order)
        assert service.external_number(order) == service.there(order)["RefNumber"]

    @pytest.mark.parametrize("fate", ["request", "answer"])
    def test_the_number_is_written_back_once(self, service: ServiceDesk, fate: str) -> None:
        """A number whose writing was lost is read, and written again only where it is not there."""
        order = service.order("Millco", "10 Rack @ 5")
        service.sync()
        lost: list[str] = []

        def spoil(call: int, body: str) -> str | None:
            if lost or not _writes_back(call, body):
                return None
            lost.append(body)
            return fate

        service.shop_line.spoil = spoil
        try:
            service.read_operations()
        finally:
            service.shop_line.spoil = None
        assert len(lost) == 1
        service.look()
        service.look()

        assert service.external_number(order) == service.there(order)["RefNumber"]
        assert service.transfer(order).field_problems == ()

    @pytest.mark.parametrize("call", range(2, 7))
    def test_whatever_call_of_the_web_connector_is_lost(
        self, service: ServiceDesk, call: int
    ) -> None:
        """Whichever call of the Web Connector is lost, the order is there once."""
        order = service.order("Millco", "10 Rack @ 5")
        service.read_operations()
        with service.pipe.spoiled_at(call, "request"):
            service.run_web_connector()
        service.clock.advance(minutes=5)
        service.settle()

        service.check(order)
