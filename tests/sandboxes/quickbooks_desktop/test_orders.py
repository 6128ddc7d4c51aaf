"""Rules 7.5 and 7.6: orders, what follows them, and what that does to stock."""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_desktop.desk import (
    Desk,
    Reply,
    customer,
    invoice,
    keyed,
    line,
    modify_line,
    query,
    ref,
    request,
    sales_order,
    stock_item,
    tags,
    vendor,
)


@pytest.fixture
def order(shop: Desk) -> Reply:
    """An order of ten bolts and four nuts."""
    return shop.one(
        sales_order("Blue Heron Cafe", line("BOLT-8", "10"), line("NUT-8", "4"), ref_number="SO-1")
    )


def seen(desk: Desk, order: Reply, **more: str) -> Reply:
    shown = {"IncludeLineItems": "true", "IncludeLinkedTxns": "true", **more}
    return desk.one(query("SalesOrderQuery", tags(TxnID=order.text("TxnID"), **shown)))


def take(order: Reply, position: int, quantity: str | None) -> str:
    """An invoice line that takes over an order's line."""
    line_id = order.texts("SalesOrderLineRet/TxnLineID")[position]
    link = f"<LinkToTxn>{tags(TxnID=order.text('TxnID'), TxnLineID=line_id)}</LinkToTxn>"
    return f"<InvoiceLineAdd>{tags(Quantity=quantity)}{link}</InvoiceLineAdd>"


def delete(reply: Reply, kind: str) -> str:
    return query("TxnDel", tags(TxnDelType=kind, TxnID=reply.text("TxnID")))


class TestInvoicingAnOrder:
    def test_a_line_counts_what_was_taken(self, shop: Desk, order: Reply) -> None:
        """An invoice of six bolts leaves four to come, and the order open."""
        made = shop.one(invoice("Blue Heron Cafe", take(order, 0, "6")))
        after = seen(shop, order)

        assert made.text("InvoiceLineRet/ItemRef/FullName") == "BOLT-8"
        assert made.text("InvoiceLineRet/Amount") == "7.50"
        assert after.texts("SalesOrderLineRet/Invoiced") == ["6", "0"]
        assert after.text("IsFullyInvoiced") == "false"

    def test_everything_taken_completes_the_order(self, shop: Desk, order: Reply) -> None:
        """When the last open quantity is invoiced the order is fully invoiced."""
        shop.enter(invoice("Blue Heron Cafe", take(order, 0, "6")))
        shop.enter(invoice("Blue Heron Cafe", take(order, 0, None), take(order, 1, None)))
        after = seen(shop, order)

        assert after.texts("SalesOrderLineRet/Invoiced") == ["10", "4"]
        assert after.text("IsFullyInvoiced") == "true"

    def test_a_whole_order_is_taken_by_its_id(self, shop: Desk, order: Reply) -> None:
        """LinkToTxnID copies every open line with its open quantity."""
        shop.enter(invoice("Blue Heron Cafe", take(order, 0, "6")))
        made = shop.one(invoice("Blue Heron Cafe", order=order.text("TxnID")))

        assert made.texts("InvoiceLineRet/Quantity") == ["4", "4"]
        assert seen(shop, order).text("IsFullyInvoiced") == "true"

    def test_both_sides_name_each_other(self, shop: Desk, order: Reply) -> None:
        """LinkedTxn is on the order and on the invoice, and never in the Add's own answer."""
        made = shop.one(invoice("Blue Heron Cafe", order=order.text("TxnID")))
        bill = shop.one(
            query("InvoiceQuery", tags(TxnID=made.text("TxnID"), IncludeLinkedTxns="true"))
        )

        assert made.record.find("LinkedTxn") is None
        assert bill.text("LinkedTxn/TxnID") == order.text("TxnID")
        assert bill.text("LinkedTxn/TxnType") == "SalesOrder"
        assert seen(shop, order).text("LinkedTxn/TxnID") == made.text("TxnID")
        assert seen(shop, order).text("LinkedTxn/LinkType") == "QUANTYPE"

    def test_links_are_shown_on_request_only(self, shop: Desk, order: Reply) -> None:
        """Without IncludeLinkedTxns nobody hears of them."""
        shop.enter(invoice("Blue Heron Cafe", order=order.text("TxnID")))

        assert seen(shop, order, IncludeLinkedTxns="false").record.find("LinkedTxn") is None

    def test_a_linked_line_names_no_item(self, shop: Desk, order: Reply) -> None:
        """A line with LinkToTxn and ItemRef contradicts itself."""
        linked = take(order, 0, "1").replace("<Quantity>", ref("ItemRef", "BOLT-8") + "<Quantity>")

        assert shop.one(invoice("Blue Heron Cafe", linked)).code == 3153

    def test_another_customers_order_is_refused(self, shop: Desk, order: Reply) -> None:
        """An order can be invoiced to its own customer only."""
        shop.enter(customer("Red Kite Inn"))

        assert shop.one(invoice("Red Kite Inn", order=order.text("TxnID"))).code == 3210

    def test_a_finished_order_is_refused(self, shop: Desk, order: Reply) -> None:
        """Nothing is left to take: 570, and no invoice is made."""
        taking = invoice("Blue Heron Cafe", order=order.text("TxnID"))
        answer = shop.ask(taking, taking)

        assert answer.codes == [0, 570]
        assert shop.get("/counts")["Invoice"] == 1

    def test_a_closed_order_is_refused(self, shop: Desk, order: Reply) -> None:
        """A person who closes an order ends its invoicing."""
        shop.enter(request("SalesOrderMod", keyed(order) + tags(IsManuallyClosed="true")))

        assert shop.one(invoice("Blue Heron Cafe", order=order.text("TxnID"))).code == 570

    def test_taking_more_than_ordered_is_allowed(self, shop: Desk, order: Reply) -> None:
        """The user interface would ask; the SDK does not."""
        assert shop.one(invoice("Blue Heron Cafe", take(order, 0, "12"))).code == 0
        assert seen(shop, order).texts("SalesOrderLineRet/Invoiced") == ["12", "0"]

    def test_taking_more_may_be_refused(self, shop: Desk, order: Reply) -> None:
        """The other reading of the unconfirmed rule is a switch away."""
        shop.switch(more_than_ordered_allowed=False)
        codes = [shop.one(invoice("Blue Heron Cafe", take(order, 0, q))).code for q in ("12", "10")]

        assert codes == [3210, 0]

    def test_a_closed_order_may_only_warn(self, shop: Desk, order: Reply) -> None:
        """With the switch at Warn the other lines are booked, without the link."""
        shop.switch(closed_order_link_severity="Warn")
        shop.enter(request("SalesOrderMod", keyed(order) + tags(IsManuallyClosed="true")))
        made = shop.one(
            invoice("Blue Heron Cafe", take(order, 0, "1"), line("NUT-8", "1", kind="Invoice"))
        )

        assert made.texts("InvoiceLineRet/ItemRef/FullName") == ["NUT-8"]

    def test_deleting_the_invoice_gives_back(self, shop: Desk, order: Reply) -> None:
        """The order is as open as before."""
        made = shop.one(invoice("Blue Heron Cafe", order=order.text("TxnID")))
        shop.enter(delete(made, "Invoice"))
        after = seen(shop, order)

        assert after.texts("SalesOrderLineRet/Invoiced") == ["0", "0"]
        assert after.text("IsFullyInvoiced") == "false"
        assert after.record.find("LinkedTxn") is None

    def test_voiding_the_invoice_gives_back_and_keeps_it(self, shop: Desk, order: Reply) -> None:
        """A voided invoice stays with its number, without amounts."""
        made = shop.one(invoice("Blue Heron Cafe", order=order.text("TxnID")))
        shop.enter(query("TxnVoid", tags(TxnVoidType="Invoice", TxnID=made.text("TxnID"))))
        bill = shop.one(query("InvoiceQuery", tags(TxnID=made.text("TxnID"))))

        assert bill.text("BalanceRemaining") == "0.00"
        assert bill.text("RefNumber") == made.text("RefNumber")
        assert bill.text("Memo") == "VOID:"
        assert seen(shop, order).texts("SalesOrderLineRet/Invoiced") == ["0", "0"]

    def test_removing_a_linked_line_gives_it_back(self, shop: Desk, order: Reply) -> None:
        """A Mod that drops an invoice's line releases what it had taken."""
        made = shop.one(invoice("Blue Heron Cafe", order=order.text("TxnID")))
        shop.wait(2)
        kept = modify_line("Invoice", made.texts("InvoiceLineRet/TxnLineID")[1])
        shop.enter(request("InvoiceMod", keyed(made) + kept))

        assert seen(shop, order).texts("SalesOrderLineRet/Invoiced") == ["0", "4"]

    def test_a_linked_lines_item_stays(self, shop: Desk, order: Reply) -> None:
        """The item of an invoiced order line cannot change."""
        shop.enter(invoice("Blue Heron Cafe", take(order, 0, "6")))
        now = seen(shop, order)
        body = modify_line(
            "SalesOrder", now.texts("SalesOrderLineRet/TxnLineID")[0], ref("ItemRef", "NUT-8")
        )

        assert shop.one(request("SalesOrderMod", keyed(now) + body)).code == 3210


class TestOrdersThemselves:
    def test_an_order_with_links_cannot_be_deleted(self, shop: Desk, order: Reply) -> None:
        """Something follows it."""
        shop.enter(invoice("Blue Heron Cafe", order=order.text("TxnID")))

        assert shop.one(delete(order, "SalesOrder")).code == 3160

    def test_a_deleted_order_is_remembered_for_ninety_days(self, shop: Desk, order: Reply) -> None:
        """TxnDeletedQuery names it until then."""
        gone = shop.one(delete(order, "SalesOrder"))
        asking = query("TxnDeletedQuery", tags(TxnDelType="SalesOrder"))
        found = shop.one(asking)
        shop.wait(91 * 86400)

        assert gone.element.findtext("RefNumber") == "SO-1"
        assert found.text("TxnID") == order.text("TxnID")
        assert found.text("RefNumber") == "SO-1"
        assert shop.one(asking).code == 1

    def test_an_order_cannot_be_voided(self, shop: Desk, order: Reply) -> None:
        """SalesOrder is not among the types that TxnVoid takes: the whole set is refused."""
        answer = shop.ask(
            query("TxnVoid", tags(TxnVoidType="SalesOrder", TxnID=order.text("TxnID")))
        )

        assert answer.hresult == "0x80040400"

    def test_closing_by_hand_and_opening_again(self, shop: Desk, order: Reply) -> None:
        """A closed order no longer counts as ordered, an opened one does again."""
        closed = shop.one(request("SalesOrderMod", keyed(order) + tags(IsManuallyClosed="true")))
        counted = [on_order(shop)]
        shop.enter(request("SalesOrderMod", keyed(closed) + tags(IsManuallyClosed="false")))

        assert [*counted, on_order(shop)] == ["0", "10"]


def on_order(shop: Desk) -> str | None:
    reply = shop.one(query("ItemInventoryQuery", tags(FullName="BOLT-8")))
    return reply.text("QuantityOnSalesOrder")


class TestStock:
    def stock(self, desk: Desk, item: str = "BOLT-8") -> tuple[str | None, ...]:
        reply = desk.one(query("ItemInventoryQuery", tags(FullName=item)))
        names = ("QuantityOnHand", "QuantityOnOrder", "QuantityOnSalesOrder", "AverageCost")
        return tuple(reply.text(name) for name in names)

    def test_an_order_reserves_and_an_invoice_takes(self, shop: Desk, order: Reply) -> None:
        """Ordered quantities turn into sold ones as they are invoiced."""
        stages = [self.stock(shop)]
        shop.enter(invoice("Blue Heron Cafe", take(order, 0, "6")))
        stages.append(self.stock(shop))

        assert stages == [("100", "0", "10", "0.50"), ("94", "0", "4", "0.50")]

    def test_a_purchase_raises_stock_and_its_cost(self, shop: Desk) -> None:
        """Average cost is the value of all that is on hand, divided by its quantity."""
        shop.enter(vendor("Ironmonger"))
        wanted = ref("ItemRef", "BOLT-8") + tags(Quantity="100", Rate="1.50")
        purchase = shop.one(
            request(
                "PurchaseOrderAdd",
                ref("VendorRef", "Ironmonger")
                + f"<PurchaseOrderLineAdd>{wanted}</PurchaseOrderLineAdd>",
            )
        )
        ordered = self.stock(shop)
        link = tags(
            TxnID=purchase.text("TxnID"), TxnLineID=purchase.text("PurchaseOrderLineRet/TxnLineID")
        )
        shop.enter(
            request(
                "ItemReceiptAdd",
                ref("VendorRef", "Ironmonger")
                + f"<ItemLineAdd>{tags(Quantity='60')}<LinkToTxn>{link}</LinkToTxn></ItemLineAdd>",
            )
        )
        after = shop.one(
            query("PurchaseOrderQuery", tags(TxnID=purchase.text("TxnID"), IncludeLineItems="1"))
        )

        assert ordered == ("100", "100", "0", "0.50")
        assert self.stock(shop) == ("160", "40", "0", "0.875")
        assert after.text("PurchaseOrderLineRet/ReceivedQuantity") == "60"
        assert after.text("PurchaseOrderLineRet/UnbilledQuantity") == "100"
        assert after.text("IsFullyReceived") == "false"

    def test_a_bill_receives_and_bills(self, shop: Desk) -> None:
        """A bill against the whole order completes it, and the vendor is owed its amount."""
        shop.enter(vendor("Ironmonger"))
        wanted = ref("ItemRef", "BOLT-8") + tags(Quantity="10", Rate="0.70")
        purchase = shop.one(
            request(
                "PurchaseOrderAdd",
                ref("VendorRef", "Ironmonger")
                + f"<PurchaseOrderLineAdd>{wanted}</PurchaseOrderLineAdd>",
            )
        )
        body = ref("VendorRef", "Ironmonger") + tags(LinkToTxnID=purchase.text("TxnID"))
        bill = shop.one(request("BillAdd", body))
        after = shop.one(
            query("PurchaseOrderQuery", tags(TxnID=purchase.text("TxnID"), IncludeLineItems="1"))
        )

        assert bill.text("AmountDue") == "7.00"
        assert after.text("IsFullyReceived") == "true"
        assert after.text("PurchaseOrderLineRet/IsBilled") == "true"
        assert shop.one(query("VendorQuery", tags(FullName="Ironmonger"))).text("Balance") == "7.00"

    def test_an_adjustment_sets_the_count(self, shop: Desk) -> None:
        """A new quantity becomes a difference, at average cost."""
        count = f"<QuantityAdjustment>{tags(NewQuantity='90')}</QuantityAdjustment>"
        adjusted = shop.one(
            request(
                "InventoryAdjustmentAdd",
                ref("AccountRef", "Inventory Adjustments")
                + f"<InventoryAdjustmentLineAdd>{ref('ItemRef', 'BOLT-8')}{count}"
                "</InventoryAdjustmentLineAdd>",
            )
        )

        assert adjusted.text("InventoryAdjustmentLineRet/QuantityDifference") == "-10"
        assert adjusted.text("InventoryAdjustmentLineRet/ValueDifference") == "-5.00"
        assert self.stock(shop) == ("90", "0", "0", "0.50")

    def test_a_value_adjustment_moves_the_cost(self, shop: Desk) -> None:
        """A new value leaves the quantity and changes the average cost."""
        value = f"<ValueAdjustment>{tags(NewValue='75.00')}</ValueAdjustment>"
        adjusted = shop.one(
            request(
                "InventoryAdjustmentAdd",
                ref("AccountRef", "Inventory Adjustments")
                + f"<InventoryAdjustmentLineAdd>{ref('ItemRef', 'BOLT-8')}{value}"
                "</InventoryAdjustmentLineAdd>",
            )
        )

        assert adjusted.code == 0, adjusted.message
        assert self.stock(shop) == ("100", "0", "0", "0.75")

    def test_only_stock_can_be_adjusted(self, shop: Desk) -> None:
        """A service has no quantity."""
        count = f"<QuantityAdjustment>{tags(NewQuantity='1')}</QuantityAdjustment>"
        refused = shop.one(
            request(
                "InventoryAdjustmentAdd",
                ref("AccountRef", "Inventory Adjustments")
                + f"<InventoryAdjustmentLineAdd>{ref('ItemRef', 'Fitting')}{count}"
                "</InventoryAdjustmentLineAdd>",
            )
        )

        assert refused.code == 3280

    def test_stock_may_go_negative_or_not(self, shop: Desk) -> None:
        """Selling what is not there is allowed, or 3180 when the switch says so."""
        much = invoice("Blue Heron Cafe", line("NUT-8", "51", kind="Invoice"))
        shop.switch(stock_may_go_negative=False)
        refused = shop.one(much)
        shop.switch(stock_may_go_negative=True)

        assert (refused.code, shop.one(much).code) == (3180, 0)
        assert self.stock(shop, "NUT-8")[0] == "-1"

    def test_a_changed_order_moves_only_the_difference(self, shop: Desk, order: Reply) -> None:
        """Changing quantities, items and lines leaves exactly what stands on orders."""
        shop.enter(stock_item("PIN"))
        first, second = order.texts("SalesOrderLineRet/TxnLineID")
        body = modify_line("SalesOrder", first, tags(Quantity="3"))
        body += modify_line("SalesOrder", "-1", ref("ItemRef", "PIN") + tags(Quantity="5"))
        shop.enter(request("SalesOrderMod", keyed(order) + body))

        reserved = {item: self.stock(shop, item)[2] for item in ("BOLT-8", "NUT-8", "PIN")}
        assert reserved == {"BOLT-8": "3", "NUT-8": "0", "PIN": "5"}
        assert second

    def test_a_refused_invoice_moves_nothing(self, shop: Desk, order: Reply) -> None:
        """What fails at its last line has taken nothing from its first."""
        refused = shop.one(
            invoice("Blue Heron Cafe", take(order, 0, "6"), line("BOLT-9", "1", kind="Invoice"))
        )

        assert refused.code == 3140
        assert seen(shop, order).texts("SalesOrderLineRet/Invoiced") == ["0", "0"]
        assert self.stock(shop) == ("100", "0", "10", "0.50")


class TestTime:
    def entry(self, **fields: str) -> str:
        entity, rest = fields.pop("entity", "Ada Byrd"), dict(fields)
        body = tags(TxnDate="2026-03-02") + ref("EntityRef", entity)
        for name in ("CustomerRef", "ItemServiceRef"):
            body += ref(name, rest.pop(name, None))
        return request("TimeTrackingAdd", body + tags(**rest))

    def test_hours_are_kept_without_seconds(self, shop: Desk) -> None:
        """A duration comes back in hours and minutes."""
        shop.enter(request("EmployeeAdd", tags(FirstName="Ada", LastName="Byrd")))

        assert shop.one(self.entry(Duration="PT1H30M59S")).text("Duration") == "PT1H30M0S"

    def test_billable_time_names_customer_and_service(self, shop: Desk) -> None:
        """Billable without customer or service item lacks an element."""
        shop.enter(request("EmployeeAdd", tags(FirstName="Ada", LastName="Byrd")))
        bare = self.entry(Duration="PT1H0M0S", BillableStatus="Billable")
        whole = self.entry(
            Duration="PT1H0M0S",
            BillableStatus="Billable",
            CustomerRef="Blue Heron Cafe",
            ItemServiceRef="Fitting",
        )

        assert [shop.one(bare).code, shop.one(whole).code] == [3150, 0]

    def test_a_customer_is_no_worker(self, shop: Desk) -> None:
        """EntityRef takes employees, vendors and other names."""
        assert shop.one(self.entry(entity="Blue Heron Cafe", Duration="PT1H0M0S")).code == 3140


class TestEstimates:
    def test_an_estimate_is_figured_like_an_order(self, shop: Desk) -> None:
        """Estimates have lines, totals and a state of their own."""
        made = shop.one(
            request(
                "EstimateAdd",
                ref("CustomerRef", "Blue Heron Cafe") + line("BOLT-8", "8", kind="Estimate"),
            )
        )

        assert (made.text("TotalAmount"), made.text("IsActive")) == ("10.00", "true")
        assert on_order(shop) == "0"
