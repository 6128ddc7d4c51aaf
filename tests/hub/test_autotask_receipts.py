"""What was received of Autotask's orders, all the way to QuickBooks Desktop."""

from __future__ import annotations

import pytest

from counterfoil.hub import desk
from tests.sandboxes.quickbooks_desktop import desk as books
from tests.support.autotask import ServiceDesk
from tests.support.world import ACTOR


def kinds(service: ServiceDesk, order: int) -> list[str | None]:
    """What the receipts of an order became, oldest first; ``None``: nothing yet."""
    return [row.target_kind if row.target_id else None for row in service.receipts(order)]


def _id_of(service: ServiceDesk, order: int) -> str:
    """What QuickBooks calls an order."""
    return str(service.transfer(order).target_id)


class TestReceived:
    def test_p8_two_saves_are_two_item_receipts(self, service: ServiceDesk) -> None:
        """P8, P6, P41: each save is an item receipt linked to the order, and the stock follows."""
        order = service.order("Millco", "10 Panel @ 5", "4 Dish @ 7")
        service.settle()
        service.receive(order, 4, 1)
        service.look()
        assert service.received(order) == [4, 1]

        service.receive(order)
        service.look()
        assert kinds(service, order) == ["item-receipt", "item-receipt"]
        assert service.there(order)["IsFullyReceived"] == "true"
        assert (service.on_hand("Panel"), service.on_hand("Dish")) == (10, 4)
        service.check(order)

    def test_p43_many_receipts_of_one_order_go_in_one_run(self, service: ServiceDesk) -> None:
        """P43: each of many saves is a receipt; one run books them all, two round trips each."""
        order = service.order("Millco", "20 Bracket @ 5")
        service.settle()
        for _ in range(8):
            service.receive(order, 2)
            service.clock.advance(minutes=1)
        service.read_operations()
        before = len(service.counter.seen)
        service.run_web_connector()

        assert [each.state for each in service.receipts(order)] == ["done"] * 8
        assert service.received(order) == [16]
        sets = [
            text for text in service.counter.seen[before:] if f">{_id_of(service, order)}<" in text
        ]
        assert len(sets) <= 2 * 8 + 2

    def test_a_known_invoice_makes_a_bill(self, service: ServiceDesk) -> None:
        """P45: a save with the vendor's invoice number is a bill that bears it."""
        order = service.order("Millco", "10 Rack @ 5")
        service.settle()
        service.receive(order, 4, invoice="INV-9")
        service.receive(order, 6, invoice="INV-10")
        service.look()

        assert kinds(service, order) == ["bill", "bill"]
        numbers = {each["RefNumber"] for each in service.followers(order)}
        assert numbers == {"INV-9", "INV-10"}
        assert service.received(order) == [10]

    def test_an_invoice_that_comes_later(self, service: ServiceDesk) -> None:
        """A receipt whose invoice number is entered later becomes the bill, by itself as set."""
        with service.having("receipt-out.changes=automatic"):
            order = service.order("Millco", "10 Relay @ 5")
            service.settle()
            service.receive(order, 4)
            service.look()
            assert kinds(service, order) == ["item-receipt"]

            # The service takes it of no client any more; at the screens it can be entered.
            path = f"records/PurchaseOrders/{order}"
            service.tenant.tenant("PATCH", path, {"vendorInvoiceNumber": "INV-11"})
            service.look()
        assert kinds(service, order) == ["bill"]
        assert [each["RefNumber"] for each in service.followers(order)] == ["INV-11"]
        assert service.received(order) == [4]
        assert service.on_hand("Relay") == 4

    def test_the_receipt_waits_for_its_order(self, service: ServiceDesk) -> None:
        """Goods of an order that has not gone wait; sent, both go, the order first."""
        with service.having("purchase-order-out.mode=manual"):
            order = service.order("Millco", "10 Rack @ 5")
            service.receive(order, 4)
            service.sync()
            assert [row.state for row in service.receipts(order)] == ["waiting"]

            service.send("purchase-order", order)
            service.look()
        assert service.received(order) == [4]

    def test_an_order_that_others_made_is_not_touched(self, service: ServiceDesk) -> None:
        """Receipts never go beside, nor to an order that somebody entered in QuickBooks."""
        service.order("Plover", "1 Rack")
        service.settle()
        with service.having("purchase-order-out.mode=off"):
            order = service.order("Plover", "10 Rack @ 5")
            service.enter_books(
                books.request(
                    "PurchaseOrderAdd",
                    "<VendorRef><FullName>Plover</FullName></VendorRef>"
                    f"<RefNumber>{order}</RefNumber><PurchaseOrderLineAdd><ItemRef>"
                    "<FullName>Rack</FullName></ItemRef><Quantity>10</Quantity>"
                    "</PurchaseOrderLineAdd>",
                )
            )
            service.receive(order, 4)
            service.look()

            assert kinds(service, order) == [None]
            (theirs,) = [
                each for each in service.booked("PurchaseOrder") if each["RefNumber"] == str(order)
            ]
            assert theirs["lines"][0]["ReceivedQuantity"] == "0"
            desk.skip(service.hub, [row.id for row in service.receipts(order)], ACTOR)

    def test_a_bill_by_hand_is_not_doubled(self, service: ServiceDesk) -> None:
        """A bill that somebody entered under the vendor's invoice number stops the receipt's."""
        order = service.order("Millco", "10 Rack @ 5")
        service.settle()
        service.enter_books(
            books.request(
                "BillAdd",
                "<VendorRef><FullName>Millco</FullName></VendorRef><RefNumber>INV-30</RefNumber>"
                "<ItemLineAdd><ItemRef><FullName>Rack</FullName></ItemRef><Quantity>4</Quantity>"
                "</ItemLineAdd>",
            )
        )
        service.receive(order, 4, invoice="INV-30")
        service.look()

        (row,) = service.receipts(order)
        assert (row.state, row.refusal) == ("refused", "number-taken")
        desk.skip(service.hub, [row.id], ACTOR)


class TestTakenBack:
    def test_a_cancelled_receipt_is_taken_out(self, service: ServiceDesk) -> None:
        """P42: a receipt that is cancelled is deleted there, never offset; the order is open again."""
        order = service.order("Millco", "10 Fuse @ 5")
        service.settle()
        (row,) = service.receive(order, 4)
        service.look()
        service.take_back(row)
        service.look()
        (transfer,) = service.receipts(order)
        assert (transfer.state, transfer.called) == ("changed", "needs resync")

        service.send("receipt", transfer.number)
        service.settle()
        assert service.followers(order) == []
        assert service.received(order) == [0]
        assert service.on_hand("Fuse") == 0

    def test_goods_that_come_again_after_that(self, service: ServiceDesk) -> None:
        """After a cancelled receipt was taken out, goods that come again are a receipt anew."""
        with service.having("receipt-out.cancellations=automatic"):
            order = service.order("Millco", "10 Lamp @ 5")
            service.settle()
            (row,) = service.receive(order, 4)
            service.look()
            service.take_back(row)
            service.look()
            service.receive(order)
            service.look()

        assert service.received(order) == [10]
        assert len(service.followers(order)) == 1
        assert service.on_hand("Lamp") == 10


class TestRenamed:
    def test_a_product_renamed_between_order_and_receipt(self, service: ServiceDesk) -> None:
        """What is received of a product that was renamed goes to the order's item."""
        order = service.order("Millco", "10 Hinge @ 5")
        service.settle()
        service.rename("product", "Hinge", "Hinge v2")
        service.clock.advance(hours=7)
        service.receive(order)
        service.look()

        service.check(order)
        assert {*service.items("Hinge")} == {"Hinge"}
        assert service.on_hand("Hinge") == 10


class TestLostAnswers:
    @pytest.mark.parametrize("call", range(2, 8))
    def test_whatever_call_is_lost(self, service: ServiceDesk, call: int) -> None:
        """Whichever call of the Web Connector is lost, the goods are booked once."""
        order = service.order("Millco", f"10 Bulb {call} @ 5")
        service.settle()
        service.receive(order, 4)
        service.clock.advance(minutes=90)
        service.read_operations()
        with service.pipe.spoiled_at(call, "request"):
            service.run_web_connector()
        service.clock.advance(minutes=5)
        service.settle()

        assert [row.state for row in service.receipts(order)] == ["done"]
        assert service.received(order) == [4]
        assert service.on_hand(f"Bulb {call}") == 4
