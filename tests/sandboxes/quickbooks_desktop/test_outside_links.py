"""A stranger meets every refusal of a link, by name (corrections 1, 2 and 6).

Bills, item receipts and invoices are made from orders through the HTTP door only.  What is
refused leaves no trace: no document, and the order as open as before.
"""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_desktop.outside import Outside, Reply, act, fields, look
from tests.sandboxes.quickbooks_desktop.trade import (
    BILL,
    CUSTOMER,
    FOLLOWERS,
    INVOICE,
    PURCHASES,
    RECEIPT,
    VENDOR,
    Follower,
    Order,
    Trade,
    changed_line,
    link,
    whole,
)


class TestLinking:
    @FOLLOWERS
    def test_lines_in_sequence_are_taken(self, trade: Trade, kind: Follower) -> None:
        """Line after line, order after order: what every rule below leaves standing."""
        first, second = trade.order(kind), trade.order(kind)
        lines = [link(kind, one, at) for one in (first, second) for at in (0, 1)]
        trade.made(kind, "".join(lines))

        assert [trade.taken(kind, one) for one in (first, second)] == [["10", "5"]] * 2

    @FOLLOWERS
    def test_an_order_linked_whole_and_by_line(self, trade: Trade, kind: Follower) -> None:
        """The same order in LinkToTxnID and in a line is refused; nothing is counted twice."""
        order = trade.order(kind)
        refused = trade.make(kind, whole(order) + link(kind, order, 0, {"Quantity": "1"}))

        assert (refused.code, refused.severity) == (3210, "Error")
        assert "LinkToTxn" in refused.message
        assert trade.is_untouched(kind, order)

    @FOLLOWERS
    def test_an_order_linked_whole_twice(self, trade: Trade, kind: Follower) -> None:
        """Naming an order twice takes it twice no more than naming it once and by line."""
        order = trade.order(kind)

        assert trade.make(kind, whole(order) + whole(order)).code == 3210
        assert trade.is_untouched(kind, order)

    @FOLLOWERS
    def test_lines_out_of_sequence(self, trade: Trade, kind: Follower) -> None:
        """The order's second line before its first is refused."""
        order = trade.order(kind)

        assert trade.make(kind, link(kind, order, 1) + link(kind, order, 0)).code == 3210
        assert trade.is_untouched(kind, order)

    @FOLLOWERS
    def test_orders_mixed(self, trade: Trade, kind: Follower) -> None:
        """One order's line between two of another is refused."""
        first, second = trade.order(kind), trade.order(kind)
        lines = link(kind, first, 0) + link(kind, second, 0) + link(kind, first, 1)

        assert trade.make(kind, lines).code == 3210
        assert trade.is_untouched(kind, first, second)

    @FOLLOWERS
    def test_one_line_linked_twice(self, trade: Trade, kind: Follower) -> None:
        """Two lines from one line of the order are refused, or share it by switch."""
        order = trade.order(kind)
        lines = link(kind, order, 0, {"Quantity": "4"}) + link(kind, order, 0)
        refused = trade.make(kind, lines)
        trade.outside.switch(order_line_linked_twice=True)
        shared = trade.made(kind, lines)

        assert refused.code == 3210
        assert shared.texts(f"{kind.line}Ret/Quantity") == ["4", "6"]
        assert trade.taken(kind, order) == ["10", "0"]

    @FOLLOWERS
    @pytest.mark.parametrize("quantity", ["0", "-3"])
    def test_a_quantity_of_nothing(self, trade: Trade, kind: Follower, quantity: str) -> None:
        """Zero and less are refused."""
        order = trade.order(kind)

        assert trade.make(kind, link(kind, order, 0, {"Quantity": quantity})).code == 3210
        assert trade.is_untouched(kind, order)

    @FOLLOWERS
    def test_more_than_is_left(self, trade: Trade, kind: Follower) -> None:
        """Eleven of ten: nobody knows, so a switch decides."""
        order = trade.order(kind)
        much = link(kind, order, 0, {"Quantity": "11"})
        trade.outside.switch(more_than_ordered_allowed=False)
        refused = trade.make(kind, much)
        trade.outside.switch(more_than_ordered_allowed=True)
        trade.made(kind, much)

        assert refused.code == 3210
        assert trade.taken(kind, order) == ["11", "0"]

    def test_the_number_is_a_switch(self, trade: Trade) -> None:
        """No number is told for a broken rule: a test may try another."""
        order = trade.order(BILL)
        trade.outside.switch(link_rules_status=3180)

        assert trade.make(BILL, link(BILL, order, 1) + link(BILL, order, 0)).code == 3180

    @FOLLOWERS
    def test_a_dropped_link(self, trade: Trade, kind: Follower) -> None:
        """By switch the link is dropped without a word: only the order shows it."""
        trade.outside.switch(links_kept=False)
        order = trade.order(kind)
        by_line = trade.made(kind, link(kind, order, 0, {"Quantity": "2"}))
        by_order = trade.made(kind, whole(order))
        seen = trade.seen(kind, order)

        assert by_line.texts(f"{kind.line}Ret/Quantity") == ["2"]
        assert by_order.texts(f"{kind.line}Ret/ItemRef/FullName") == ["Wid", "Gad"]
        assert seen.texts(f"{kind.order_line}/{kind.taken}") == ["0", "0"]
        assert seen.texts("LinkedTxn/TxnID") == []


class TestBesideABillsLink:
    @PURCHASES
    @pytest.mark.parametrize(
        "beside",
        [
            {"ItemRef.FullName": "Wid"},
            {"Desc": "as agreed"},
            {"Cost": "2.00"},
            {"CustomerRef.FullName": CUSTOMER},
            {"CustomerRef.FullName": CUSTOMER, "BillableStatus": "Billable"},
            {"OverrideItemAccountRef.FullName": "Materials and Supplies"},
        ],
        ids="+".join,
    )
    def test_is_nothing_but_quantity_and_amount(
        self, trade: Trade, kind: Follower, beside: dict[str, str]
    ) -> None:
        """3153 names the element, and the whole document is refused."""
        order = trade.order(kind)
        refused = trade.make(kind, link(kind, order, 0) + link(kind, order, 1, beside))

        assert refused.code == 3153, refused.message
        assert next(iter(beside)).partition(".")[0] in refused.message
        assert trade.is_untouched(kind, order)

    @pytest.mark.parametrize("how", ["refused", "unlinked"])
    @pytest.mark.parametrize("more", [{}, {"CustomerRef.FullName": CUSTOMER}])
    def test_is_no_tax_code(self, outside: Outside, how: str, more: dict[str, str]) -> None:
        """In a Canadian file, which has them on bills: 3210 whatever else happens to links."""
        outside.reset(country="CA")
        outside.version = "CA16.0"
        trade = Trade(outside)
        outside.switch(beside_bill_link=how)
        order = trade.order(BILL)
        code = {"Quantity": "1", **more, "SalesTaxCodeRef.FullName": "Tax"}
        refused = trade.make(BILL, link(BILL, order, 0, code))

        assert refused.code == 3210, refused.message
        assert "SalesTaxCodeRef" in refused.message
        assert trade.is_untouched(BILL, order)

    @PURCHASES
    def test_may_lose_the_link(self, trade: Trade, kind: Follower) -> None:
        """By switch such a line is entered and the order never hears of it."""
        trade.outside.switch(beside_bill_link="unlinked")
        order = trade.order(kind)
        job = {"Quantity": "2", "CustomerRef.FullName": CUSTOMER}
        item = {"ItemRef.FullName": "Wid", "Quantity": "3"}
        made = trade.made(kind, link(kind, order, 0, job) + link(kind, order, 1, item))

        assert made.texts("ItemLineRet/ItemRef/FullName") == ["Wid", "Wid"]
        assert made.texts("ItemLineRet/Amount") == ["5.00", "7.50"]
        assert trade.taken(kind, order) == ["0", "0"]
        assert trade.stock()[:2] == ("5", "10")


class TestBesideAnInvoicesLink:
    EXTRAS = pytest.mark.parametrize(
        "tolerated, codes",
        [
            ("anything", [0, 0, 0, 3153]),
            ("quantity-and-amount", [0, 3153, 3153, 3153]),
            ("nothing", [3153, 3153, 3153, 3153]),
        ],
    )

    @EXTRAS
    def test_is_what_the_switch_tolerates(
        self, trade: Trade, tolerated: str, codes: list[int]
    ) -> None:
        """A vendor's note tolerates all but the item, another advises against any: a switch."""
        trade.outside.switch(beside_invoice_link=tolerated)
        order = trade.order(INVOICE)
        tried: list[dict[str, str]] = [
            {"Quantity": "1"},
            {"Quantity": "1", "Rate": "5.00"},
            {"Desc": "in blue", "Quantity": "1"},
            {"ItemRef.FullName": "Wid", "Quantity": "1"},
        ]

        assert [trade.make(INVOICE, link(INVOICE, order, 0, one)).code for one in tried] == codes
        assert trade.make(INVOICE, link(INVOICE, order, 1)).code == 0


class TestFiguringALinkedLine:
    @FOLLOWERS
    def test_amount_alone_means_one(self, trade: Trade, kind: Follower) -> None:
        """An amount on a linked, rated line makes the quantity one, not what is open."""
        order = trade.order(kind)
        made = trade.made(kind, link(kind, order, 0, {"Amount": "25.00"}))

        assert made.texts(f"{kind.line}Ret/Quantity") == ["1"]
        assert made.texts(f"{kind.line}Ret/Amount") == ["25.00"]
        assert trade.taken(kind, order) == ["1", "0"]

    @FOLLOWERS
    def test_quantity_and_amount_are_both_kept(self, trade: Trade, kind: Follower) -> None:
        """Who wants an exact amount sends both."""
        order = trade.order(kind)
        made = trade.made(kind, link(kind, order, 0, {"Quantity": "4", "Amount": "9.99"}))

        assert made.texts(f"{kind.line}Ret/Quantity") == ["4"]
        assert made.texts(f"{kind.line}Ret/Amount") == ["9.99"]
        assert trade.taken(kind, order) == ["4", "0"]

    @FOLLOWERS
    def test_quantity_alone_is_figured_at_five_decimals(self, trade: Trade, kind: Follower) -> None:
        """A rate of 3.333 gives 10.00 for three; half a cent goes up however the file rounds."""
        trade.outside.switch(rounding="ROUND_HALF_EVEN")
        order = trade.order(kind, "33.33", "6.25")
        lines = link(kind, order, 0, {"Quantity": "3"}) + link(kind, order, 1, {"Quantity": "0.5"})
        made = trade.made(kind, lines)

        assert made.texts(f"{kind.line}Ret/Amount") == ["10.00", "0.63"]


class TestAnInvoicesOrder:
    def test_keeps_its_addresses(self, trade: Trade) -> None:
        """The order's addresses win on an invoice made from it; a Mod may change them after."""
        there = "<BillAddress><Addr1>1 Old Road</Addr1></BillAddress>"
        here = "<BillAddress><Addr1>2 New Road</Addr1></BillAddress>"
        order = trade.order(INVOICE, rest=there)
        by_line = trade.make(INVOICE, link(INVOICE, order, 0, {"Quantity": "1"}), here)
        by_order = trade.make(INVOICE, whole(order), here)
        changed = trade.change("Invoice", by_order.text("TxnID") or "", here)

        addresses = [one.text("BillAddress/Addr1") for one in (by_line, by_order, changed)]
        assert addresses == ["1 Old Road", "1 Old Road", "2 New Road"]

    def test_without_addresses_leaves_the_invoices(self, trade: Trade) -> None:
        """An order that holds none has none to win with."""
        here = "<BillAddress><Addr1>2 New Road</Addr1></BillAddress>"
        order = trade.order(INVOICE)

        made = trade.make(INVOICE, whole(order), here)
        assert made.text("BillAddress/Addr1") == "2 New Road"

    def test_of_several_the_first_that_has_addresses_wins(self, trade: Trade) -> None:
        """An order without leaves it to the next."""
        here = "<ShipAddress><Addr1>2 New Road</Addr1></ShipAddress>"
        orders = [trade.order(INVOICE, rest=rest) for rest in ("", here, here.replace("2", "3"))]
        made = trade.made(INVOICE, "".join(whole(order) for order in orders))

        assert made.text("ShipAddress/Addr1") == "2 New Road"

    def test_needs_a_sales_tax_item(self, trade: Trade) -> None:
        """Where sales tax is on, an order without one is invoiced after a Mod sets it."""
        trade.outside.switch(sales_order_tax_item_defaulted=False)
        order = trade.order(INVOICE)
        codes = [trade.make(INVOICE, one).code for one in (whole(order), link(INVOICE, order, 0))]
        item = fields({"ItemSalesTaxRef.FullName": "State Sales Tax"})
        mended = trade.change("SalesOrder", order.id, item)

        assert codes == [3210, 3210]
        assert mended.code == 0
        assert trade.make(INVOICE, whole(order)).code == 0

    @pytest.mark.parametrize("company", [{"preferences": {"sales_tax": False}}, {"country": "CA"}])
    def test_needs_none_where_there_is_none(
        self, outside: Outside, company: dict[str, object]
    ) -> None:
        """Without sales tax, and where tax goes by the codes of lines, nobody asks for it."""
        outside.reset(**company)
        outside.version = "CA16.0" if "country" in company else "16.0"
        trade = Trade(outside)
        outside.switch(sales_order_tax_item_defaulted=False)
        order = trade.order(INVOICE)

        assert trade.make(INVOICE, whole(order)).code == 0


class TestChangingWhatIsLinked:
    @pytest.mark.parametrize(
        "kind, switches, taken, stock",
        [
            (BILL, {}, "0", ("7", "10", "0")),
            (BILL, {"changed_bill_line": "counted"}, "7", ("7", "3", "0")),
            (RECEIPT, {}, "0", ("7", "10", "0")),
            (RECEIPT, {"changed_bill_line": "counted"}, "7", ("7", "3", "0")),
            (INVOICE, {}, "7", ("-7", "0", "3")),
            (INVOICE, {"changed_invoice_line": "unlinked"}, "0", ("-7", "0", "10")),
        ],
    )
    def test_loses_the_link_or_is_counted_anew(
        self,
        trade: Trade,
        kind: Follower,
        switches: dict[str, str],
        taken: str,
        stock: tuple[str, ...],
    ) -> None:
        """Ten become seven: the order says none or seven, and never ten; stock follows."""
        trade.outside.switch(**switches)
        order = trade.order(kind)
        made = trade.made(kind, link(kind, order, 0) + link(kind, order, 1))
        lines = changed_line(kind, made, 0, Quantity="7") + changed_line(kind, made, 1)
        changed = trade.change(kind.name, made.text("TxnID") or "", lines)

        assert changed.code == 0, changed.message
        assert trade.taken(kind, order) == [taken, "5"]
        assert trade.stock() == stock

    @FOLLOWERS
    def test_without_changing_them_keeps_the_links(self, trade: Trade, kind: Follower) -> None:
        """A Mod of the header, or one that only names the lines, leaves the order as it was."""
        order = trade.order(kind)
        made = trade.made(kind, whole(order))
        txn_id = made.text("TxnID") or ""
        codes = [trade.change(kind.name, txn_id, fields({"Memo": "checked"})).code]
        lines = changed_line(kind, made, 0) + changed_line(kind, made, 1)
        codes.append(trade.change(kind.name, txn_id, lines).code)

        assert codes == [0, 0]
        assert trade.taken(kind, order) == ["10", "5"]
        assert trade.seen(kind, order).texts("LinkedTxn/TxnID") == [txn_id]

    def test_whatever_becomes_of_their_items(self, trade: Trade) -> None:
        """A line that is only named passes unchanged, although its item has a text by now."""
        order = trade.order(BILL)
        made = trade.made(BILL, whole(order))
        found = trade.outside.enter(look("ItemInventoryQuery", fields({"FullName": "Wid"})))
        key = {name: found.text(name) for name in ("ListID", "EditSequence")}
        trade.outside.wait(2)
        trade.outside.enter(act("ItemInventoryMod", fields({**key, "PurchaseDesc": "As new"})))
        lines = changed_line(BILL, made, 0) + changed_line(BILL, made, 1)
        changed = trade.change("Bill", made.text("TxnID") or "", lines)

        assert changed.texts("ItemLineRet/Desc") == []
        assert trade.taken(BILL, order) == ["10", "5"]

    @FOLLOWERS
    def test_dropping_a_line_gives_it_back(self, trade: Trade, kind: Follower) -> None:
        """A line that a Mod with lines leaves out is gone, and its link with it."""
        order = trade.order(kind)
        made = trade.made(kind, whole(order))
        trade.change(kind.name, made.text("TxnID") or "", changed_line(kind, made, 1))

        assert trade.taken(kind, order) == ["0", "5"]

    def test_never_to_nothing(self, trade: Trade) -> None:
        """Counted anew, a linked line takes something still."""
        trade.outside.switch(changed_bill_line="counted")
        order = trade.order(BILL)
        made = trade.made(BILL, link(BILL, order, 0))
        lines = changed_line(BILL, made, 0, Quantity="0")

        assert trade.change("Bill", made.text("TxnID") or "", lines).code == 3210
        assert trade.taken(BILL, order) == ["10", "0"]

    def test_to_more_than_is_left(self, trade: Trade) -> None:
        """Counted anew, what the line had before is its own to take again; more is a switch."""
        trade.outside.switch(changed_bill_line="counted", more_than_ordered_allowed=False)
        order = trade.order(BILL)
        made = trade.made(BILL, link(BILL, order, 0, {"Quantity": "6"}))
        codes = [
            trade.change(
                "Bill", made.text("TxnID") or "", changed_line(BILL, made, 0, Quantity=quantity)
            ).code
            for quantity in ("11", "10")
        ]

        assert codes == [3210, 0]
        assert trade.taken(BILL, order) == ["10", "0"]

    def test_an_unlinked_line_gives_back_nothing_more(self, trade: Trade) -> None:
        """Once the link is lost, the line is like any other, and the order is not its business."""
        order = trade.order(BILL)
        made = trade.made(BILL, link(BILL, order, 0, {"Quantity": "6"}))
        txn_id = made.text("TxnID") or ""
        trade.change("Bill", txn_id, changed_line(BILL, made, 0, Quantity="5"))
        trade.made(BILL, link(BILL, order, 0, {"Quantity": "3"}))
        other = changed_line(BILL, made, 0, **{"ItemRef.FullName": "Gad"})
        assert trade.change("Bill", txn_id, other).code == 0
        trade.outside.enter(look("TxnDel", fields({"TxnDelType": "Bill", "TxnID": txn_id})))

        assert trade.taken(BILL, order) == ["3", "0"]
        assert trade.stock()[:2] == ("3", "7")


class TestChangingTheOrder:
    def cut(self, trade: Trade, order: Order, *lines: tuple[int, str | None]) -> Reply:
        """A Mod of a purchase order that names these lines, with these quantities."""
        inner = "".join(
            f"<PurchaseOrderLineMod>{fields({'TxnLineID': order.lines[at], 'Quantity': quantity})}"
            "</PurchaseOrderLineMod>"
            for at, quantity in lines
        )
        return trade.change("PurchaseOrder", order.id, inner)

    def test_below_what_was_received(self, trade: Trade) -> None:
        """Six of ten came: the line is cut to six and no further."""
        order = trade.order(RECEIPT)
        trade.made(RECEIPT, link(RECEIPT, order, 0, {"Quantity": "6"}))
        codes = [self.cut(trade, order, (0, quantity), (1, None)).code for quantity in ("5", "6")]
        seen = trade.seen(RECEIPT, order)

        assert codes == [3210, 0]
        assert seen.texts("PurchaseOrderLineRet/Quantity") == ["6", "5"]
        assert seen.texts("PurchaseOrderLineRet/UnbilledQuantity") == ["6", "5"]

    def test_without_a_line_that_was_received(self, trade: Trade) -> None:
        """Its receipt would point at nothing; a line nobody received may go."""
        order = trade.order(RECEIPT)
        trade.made(RECEIPT, link(RECEIPT, order, 0, {"Quantity": "6"}))

        assert [self.cut(trade, order, (at, None)).code for at in (1, 0)] == [3210, 0]
        assert trade.taken(RECEIPT, order) == ["6"]

    def test_as_the_switch_allows(self, trade: Trade) -> None:
        """Allowed, a line goes with the links to it: nothing points at nothing."""
        trade.outside.switch(order_cut_below_taken_allowed=True)
        order = trade.order(RECEIPT)
        made = trade.made(RECEIPT, link(RECEIPT, order, 0, {"Quantity": "6"}))
        codes = [self.cut(trade, order, (0, "5"), (1, None)).code]
        codes.append(self.cut(trade, order, (1, None)).code)
        shown = fields({"TxnID": made.text("TxnID"), "IncludeLinkedTxns": "true"})
        receipt = trade.outside.enter(look("ItemReceiptQuery", shown))

        assert codes == [0, 0]
        assert receipt.texts("LinkedTxn/TxnID") == []
        assert trade.seen(RECEIPT, order).texts("LinkedTxn/TxnID") == []

    def test_after_more_came_than_ordered(self, trade: Trade) -> None:
        """Twelve of ten came: naming the line with its ten cuts nothing."""
        order = trade.order(RECEIPT)
        trade.made(RECEIPT, link(RECEIPT, order, 0, {"Quantity": "12"}))

        assert self.cut(trade, order, (0, "10"), (1, "4")).code == 0

    def test_a_sales_order_keeps_to_what_was_invoiced(self, trade: Trade) -> None:
        """The same holds of sales orders."""
        order = trade.order(INVOICE)
        trade.made(INVOICE, link(INVOICE, order, 0, {"Quantity": "6"}))
        line = fields({"TxnLineID": order.lines[0], "Quantity": "2"})
        inner = f"<SalesOrderLineMod>{line}</SalesOrderLineMod>"

        assert trade.change("SalesOrder", order.id, inner).code == 3210


class TestClosingByHand:
    CLOSED, OPEN = fields({"IsManuallyClosed": "true"}), fields({"IsManuallyClosed": "false"})

    def line(self, order: Order, at: int, closed: str | None) -> str:
        inner = fields({"TxnLineID": order.lines[at], "IsManuallyClosed": closed})
        return f"<PurchaseOrderLineMod>{inner}</PurchaseOrderLineMod>"

    def closed(self, trade: Trade, kind: Follower, order: Order) -> list[str]:
        """The flag of the header, then of each line."""
        seen = trade.seen(kind, order)
        lines = seen.texts(f"{kind.order_line}/IsManuallyClosed")
        return [seen.text("IsManuallyClosed") or "", *lines]

    def test_a_fully_received_order(self, trade: Trade) -> None:
        """What is received is closed already: closing it by hand is an error."""
        order = trade.order(RECEIPT)
        trade.made(RECEIPT, whole(order))
        refused = trade.change("PurchaseOrder", order.id, self.CLOSED)

        assert refused.code == 3210
        assert "IsManuallyClosed" in refused.message
        assert trade.seen(RECEIPT, order).text("IsFullyReceived") == "true"

    def test_an_order_of_nothing(self, trade: Trade) -> None:
        """Nothing was received of it, so it may be closed."""
        none = fields({"ItemRef.FullName": "Wid", "Quantity": "0"})
        line = f"<PurchaseOrderLineAdd>{none}</PurchaseOrderLineAdd>"
        head = fields({"VendorRef.FullName": VENDOR})
        made = trade.outside.enter(act("PurchaseOrderAdd", head + line))

        assert trade.change("PurchaseOrder", made.text("TxnID") or "", self.CLOSED).code == 0

    def test_a_fully_received_line(self, trade: Trade) -> None:
        """The same of a line; the open one beside it may be closed."""
        order = trade.order(RECEIPT)
        trade.made(RECEIPT, link(RECEIPT, order, 0))
        both = [
            self.line(order, 0, first) + self.line(order, 1, second)
            for first, second in (("true", None), (None, "true"))
        ]

        assert [trade.change("PurchaseOrder", order.id, one).code for one in both] == [3210, 0]
        assert self.closed(trade, RECEIPT, order) == ["false", "false", "true"]
        assert trade.make(RECEIPT, link(RECEIPT, order, 1)).code == 570

    @pytest.mark.parametrize("kind", [RECEIPT, INVOICE], ids=lambda kind: kind.order)
    def test_the_header_closes_and_opens_all_lines(self, trade: Trade, kind: Follower) -> None:
        """With the header the lines are closed, and opened with it."""
        order = trade.order(kind)
        trade.change(kind.order, order.id, self.CLOSED)
        closed = self.closed(trade, kind, order)
        stock = trade.stock()[1:]
        trade.change(kind.order, order.id, self.OPEN)

        assert (closed, stock) == (["true"] * 3, ("0", "0"))
        assert self.closed(trade, kind, order) == ["false"] * 3
        assert trade.make(kind, whole(order)).code == 0

    def test_the_header_wins_over_its_lines(self, trade: Trade) -> None:
        """Both sent, the lines' flags count for nothing."""
        order = trade.order(RECEIPT)
        lines = self.line(order, 0, "false") + self.line(order, 1, "false")
        trade.change("PurchaseOrder", order.id, self.CLOSED + lines)
        closed = self.closed(trade, RECEIPT, order)
        lines = self.line(order, 0, "true") + self.line(order, 1, "true")
        trade.change("PurchaseOrder", order.id, self.OPEN + lines)

        assert (closed, self.closed(trade, RECEIPT, order)) == (["true"] * 3, ["false"] * 3)

    def test_a_closed_orders_lines_stay_closed(self, trade: Trade) -> None:
        """The header stands when only a line is sent, and new lines are closed with it."""
        order = trade.order(RECEIPT)
        trade.change("PurchaseOrder", order.id, self.CLOSED)
        new = fields({"TxnLineID": "-1", "ItemRef.FullName": "Wid", "Quantity": "3"})
        lines = self.line(order, 0, "false") + self.line(order, 1, None)
        lines += f"<PurchaseOrderLineMod>{new}</PurchaseOrderLineMod>"
        trade.change("PurchaseOrder", order.id, lines)

        assert self.closed(trade, RECEIPT, order) == ["true"] * 4

    def test_what_is_received_by_now_is_not_opened(self, trade: Trade) -> None:
        """Closed at six of ten and cut to six, the order is done: there is nothing to open."""
        order = trade.order(RECEIPT)
        trade.made(RECEIPT, link(RECEIPT, order, 0, {"Quantity": "6"}) + link(RECEIPT, order, 1))
        trade.change("PurchaseOrder", order.id, self.CLOSED)
        six, five = ({"TxnLineID": order.lines[0], "Quantity": "6"}, {"TxnLineID": order.lines[1]})
        name = "PurchaseOrderLineMod"
        lines = f"<{name}>{fields(six)}</{name}><{name}>{fields(five)}</{name}>"
        codes = [trade.change("PurchaseOrder", order.id, one).code for one in (lines, self.OPEN)]

        assert codes == [0, 3210]

    def test_a_fully_invoiced_order_is_a_switch(self, trade: Trade) -> None:
        """The vendor tells of received lines only."""
        order = trade.order(INVOICE)
        trade.made(INVOICE, whole(order))
        trade.outside.switch(invoiced_order_closable=False)
        refused = trade.change("SalesOrder", order.id, self.CLOSED)
        trade.outside.switch(invoiced_order_closable=True)

        assert refused.code == 3210
        assert trade.change("SalesOrder", order.id, self.CLOSED).code == 0


class TestTheFormItself:
    def expense(self, amount: str = "5.00", **more: str) -> str:
        given = {"AccountRef.FullName": "Freight and Delivery", "Amount": amount, **more}
        return f"<ExpenseLineAdd>{fields(given)}</ExpenseLineAdd>"

    @PURCHASES
    def test_a_payables_account_that_is_none(self, trade: Trade, kind: Follower) -> None:
        """Any other account is as unknown as one that does not exist."""
        checking = fields({"APAccountRef.FullName": "Checking"})
        payable = fields({"APAccountRef.FullName": "Accounts Payable"})
        refused = trade.make(kind, self.expense(), checking)

        assert refused.code == 3140
        assert 'AP Account "Checking"' in refused.message
        assert trade.make(kind, self.expense(), payable).code == 0

    def test_a_payables_account_that_becomes_none(self, trade: Trade) -> None:
        """A Mod is checked like an Add."""
        made = trade.made(BILL, self.expense())
        checking = fields({"APAccountRef.FullName": "Checking"})

        assert trade.change("Bill", made.text("TxnID") or "", checking).code == 3140

    def test_a_receivables_account_that_is_none(self, trade: Trade) -> None:
        """The same of an invoice."""
        checking = fields({"ARAccountRef.FullName": "Checking"})
        line = fields({"ItemRef.FullName": "Wid", "Quantity": "1"})
        refused = trade.make(INVOICE, f"<InvoiceLineAdd>{line}</InvoiceLineAdd>", checking)

        assert refused.code == 3140
        assert 'AR Account "Checking"' in refused.message

    @PURCHASES
    def test_an_expense_of_no_account(self, trade: Trade, kind: Follower) -> None:
        """3150 as long as accounts are required, which they are unless somebody says otherwise."""
        nowhere = "<ExpenseLineAdd><Amount>5.00</Amount></ExpenseLineAdd>"
        refused = trade.make(kind, nowhere)
        trade.outside.switch(expense_account_required=False)

        assert refused.code == 3150
        assert "AccountRef" in refused.message
        assert trade.make(kind, nowhere).code == 0

    @PURCHASES
    def test_a_billable_line_for_nobody(self, trade: Trade, kind: Follower) -> None:
        """Billable needs a customer, on expenses and on items."""
        billable = {"BillableStatus": "Billable"}
        somebody = {"CustomerRef.FullName": CUSTOMER, **billable}
        item = {"ItemRef.FullName": "Wid", "Quantity": "1"}
        tried = [
            self.expense(**billable),
            f"<ItemLineAdd>{fields({**item, **billable})}</ItemLineAdd>",
            self.expense(**somebody),
            f"<ItemLineAdd>{fields({**item, **somebody})}</ItemLineAdd>",
        ]

        assert [trade.make(kind, one).code for one in tried] == [3150, 3150, 0, 0]

    def test_a_total_of_less_than_nothing(self, trade: Trade) -> None:
        """Negative lines are fine until the document is; then it would be a credit."""
        bills = [self.expense("-5.00"), self.expense("9.00") + self.expense("-9.00")]
        line = fields({"ItemRef.FullName": "Wid", "Quantity": "-1"})
        codes = [trade.make(BILL, one).code for one in bills]
        codes.append(trade.make(INVOICE, f"<InvoiceLineAdd>{line}</InvoiceLineAdd>").code)
        trade.outside.switch(total_negative_allowed=True)
        codes.append(trade.make(BILL, bills[0]).code)

        assert codes == [3210, 0, 3210, 0]

    def test_a_total_with_its_tax(self, trade: Trade) -> None:
        """Lines of 0.50 with 0.80 of tax taken back come to less than nothing, too."""
        taxed = {"ItemRef.FullName": "Wid", "Quantity": "-1", "Rate": "10.00"}
        untaxed = {"ItemRef.FullName": "Gad", "Quantity": "1", "Rate": "10.50"}
        lines = "".join(
            f"<InvoiceLineAdd>{fields({**one, 'SalesTaxCodeRef.FullName': code})}</InvoiceLineAdd>"
            for one, code in ((taxed, "Tax"), (untaxed, "Non"))
        )
        item = fields({"ItemSalesTaxRef.FullName": "State Sales Tax"})

        assert [trade.make(INVOICE, lines, head).code for head in ("", item)] == [0, 3210]
