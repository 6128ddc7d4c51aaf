"""The behaviour a stand-in has to show (reference, section 7), as a stranger meets it.

Most of it stands in its own file already: 7.1 in ``test_identity``, ``test_clocks`` and
``test_marks``, 7.2 in ``test_lists``, 7.3 in ``test_changes``, 7.4 in ``test_arithmetic``, 7.5 and
7.6 in ``test_orders``, ``test_outside_links`` and ``test_bookkeeping``, 7.7 in ``test_editions``,
``test_control`` and ``test_custom_fields``, 7.8 in ``test_message_sets`` and ``test_queries``.
Here is what was asked for by none of them.
"""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_desktop.outside import HresultError, Outside, act, fields, look
from tests.sandboxes.quickbooks_desktop.trade import (
    BILL,
    CUSTOMER,
    FOLLOWERS,
    INVOICE,
    PURCHASES,
    RECEIPT,
    VENDOR,
    Follower,
    Trade,
    changed_line,
    link,
    whole,
)

GOODS = {"ItemRef.FullName": "Wid", "Quantity": "2"}


def add(name: str, line: str = "", head: str = "") -> str:
    """An Add of two Wid for whoever such a document is for."""
    party = VENDOR if name in {"PurchaseOrder", "Bill", "ItemReceipt"} else CUSTOMER
    which = "VendorRef" if party == VENDOR else "CustomerRef"
    element = line or f"{name}Line"
    top = fields({f"{which}.FullName": party}) + head
    return act(f"{name}Add", f"{top}<{element}Add>{fields(GOODS)}</{element}Add>")


class TestNumbers:
    """7.1: which documents are numbered, each by its own count."""

    def test_each_kind_counts_for_itself(self, trade: Trade) -> None:
        """After number 40 of a kind comes 41, whatever the other kinds have."""
        for name in ("SalesOrder", "Invoice", "Estimate", "PurchaseOrder"):
            trade.outside.enter(add(name, head=fields({"RefNumber": "40"})))
            assert trade.outside.enter(add(name)).text("RefNumber") == "41"

    def test_bills_and_receipts_do_not_count(self, trade: Trade) -> None:
        """They bear the vendor's number or none."""
        made = [trade.outside.enter(add(name, "ItemLine")) for name in ("Bill", "ItemReceipt")]

        assert [one.text("RefNumber") for one in made] == [None, None]


class TestDefaults:
    """7.2: what a form takes from its customer or vendor."""

    def test_of_a_vendor(self, outside: Outside) -> None:
        """Terms and address come from the vendor, on orders and bills alike."""
        trade = Trade(outside)
        found = outside.enter(look("VendorQuery", fields({"FullName": VENDOR})))
        key = fields({name: found.text(name) for name in ("ListID", "EditSequence")})
        address = "<VendorAddress><Addr1>Foundry Lane</Addr1></VendorAddress>"
        outside.wait(2)
        outside.enter(act("VendorMod", key + address + fields({"TermsRef.FullName": "Net 30"})))

        for request in (add("PurchaseOrder"), add("Bill", "ItemLine")):
            made = trade.outside.enter(request)
            assert made.text("TermsRef/FullName") == "Net 30"
            assert made.text("VendorAddress/Addr1") == "Foundry Lane"


class TestMods:
    """7.3: what a Mod can clear and change."""

    @pytest.mark.parametrize("field", ["CustomerRef", "ARAccountRef", "TemplateRef"])
    def test_a_head_that_cannot_be_cleared(self, trade: Trade, field: str) -> None:
        """3190 names the field of the invoice."""
        made = trade.outside.enter(add("Invoice"))
        refused = trade.change("Invoice", made.text("TxnID") or "", f"<{field}/>")

        assert refused.code == 3190
        assert field in refused.message

    @pytest.mark.parametrize("field", ["ItemRef", "Quantity", "Rate", "Amount", "SalesTaxCodeRef"])
    def test_a_line_that_cannot_be_cleared(self, trade: Trade, field: str) -> None:
        """3190 of a line's field; what the schema never lets be empty is no qbXML at all."""
        made = trade.outside.enter(add("Invoice"))
        line = changed_line(INVOICE, made, 0).replace("</Inv", f"<{field}/></Inv")
        try:
            outcome = str(trade.change("Invoice", made.text("TxnID") or "", line).code)
        except HresultError as error:
            outcome = error.hresult

        assert outcome == "3190"

    @PURCHASES
    def test_lines_cleared_and_given(self, trade: Trade, kind: Follower) -> None:
        """Never both: 3153; cleared alone, the lines are gone."""
        expense = fields({"AccountRef.FullName": "Wages", "Amount": "1.00"})
        made = trade.made(kind, f"<ExpenseLineAdd>{expense}</ExpenseLineAdd>{item_line()}")
        txn_id = made.text("TxnID") or ""
        clear = fields({"ClearItemLines": "true"})
        both = trade.change(kind.name, txn_id, clear + changed_line(kind, made, 0))
        cleared = trade.change(kind.name, txn_id, clear)

        assert both.code == 3153
        assert cleared.texts("ItemLineRet") == []
        assert len(cleared.texts("ExpenseLineRet")) == 1

    @FOLLOWERS
    def test_the_other_side_of_a_link_stays(self, trade: Trade, kind: Follower) -> None:
        """Customer or vendor cannot change once a document is linked, nor a linked line's item."""
        other = {"Customer": "Inkwell", "Vendor": "Ore & Co."}[kind.party]
        trade.outside.enter(act(f"{kind.party}Add", fields({"Name": other})))
        made = trade.made(kind, whole(trade.order(kind)))
        txn_id = made.text("TxnID") or ""
        party = fields({f"{kind.party}Ref.FullName": other})
        item = changed_line(kind, made, 0, **{"ItemRef.FullName": "Gad"})

        assert trade.change(kind.name, txn_id, party).code == 3210
        assert trade.change(kind.name, txn_id, item + changed_line(kind, made, 1)).code == 3210

    def test_the_type_of_an_account_in_use_stays(self, trade: Trade) -> None:
        """What has been posted to cannot become something else."""
        expense = fields({"AccountRef.FullName": "Wages", "Amount": "1.00"})
        trade.made(BILL, f"<ExpenseLineAdd>{expense}</ExpenseLineAdd>")
        found = trade.outside.enter(look("AccountQuery", fields({"FullName": "Wages"})))
        key = {name: found.text(name) for name in ("ListID", "EditSequence")}
        trade.outside.wait(2)
        refused = trade.outside.ask(act("AccountMod", fields({**key, "AccountType": "Income"})))

        assert refused.code == 3210


class TestOrders:
    """7.5: when an order is finished, and what undoes it."""

    def test_closed_lines_finish_a_sales_order_and_no_purchase_order(self, trade: Trade) -> None:
        """The one is fully invoiced, the other never fully received, once a line was closed."""
        shown = []
        for kind, flag in ((INVOICE, "IsFullyInvoiced"), (RECEIPT, "IsFullyReceived")):
            order = trade.order(kind)
            closing = fields({"TxnLineID": order.lines[1], "IsManuallyClosed": "true"})
            first = fields({"TxnLineID": order.lines[0]})
            name = f"{kind.order}LineMod"
            lines = f"<{name}>{first}</{name}><{name}>{closing}</{name}>"
            assert trade.change(kind.order, order.id, lines).code == 0
            trade.made(kind, link(kind, order, 0))
            shown.append(trade.seen(kind, order).text(flag))

        assert shown == ["true", "false"]

    @FOLLOWERS
    @pytest.mark.parametrize("how", ["TxnDel", "TxnVoid"])
    def test_undoing_the_follower_opens_the_order(
        self, trade: Trade, kind: Follower, how: str
    ) -> None:
        """Deleted or voided: quantities go back, stock as before, the order open again."""
        order = trade.order(kind)
        before = trade.stock()
        made = trade.made(kind, whole(order))
        undo = {f"{how}Type": kind.name, "TxnID": made.text("TxnID")}
        trade.outside.enter(look(how, fields(undo)))

        assert trade.taken(kind, order) == ["0", "0"]
        assert trade.stock() == before
        assert trade.seen(kind, order).texts("LinkedTxn/TxnID") == []
        assert trade.make(kind, whole(order)).code == 0

    @FOLLOWERS
    def test_an_order_that_something_follows_stays(self, trade: Trade, kind: Follower) -> None:
        """3160 until the follower is gone."""
        order = trade.order(kind)
        made = trade.made(kind, link(kind, order, 1))
        gone = look("TxnDel", fields({"TxnDelType": kind.order, "TxnID": order.id}))
        refused = trade.outside.ask(gone)
        follower = {"TxnDelType": kind.name, "TxnID": made.text("TxnID")}
        trade.outside.enter(look("TxnDel", fields(follower)))

        assert (refused.code, trade.outside.ask(gone).code) == (3160, 0)

    @FOLLOWERS
    def test_links_to_what_is_no_such_order(self, trade: Trade, kind: Follower) -> None:
        """An estimate, an order of the other side, or nothing at all: 3120."""
        estimate = trade.outside.enter(add("Estimate"))
        wrong = trade.order(BILL if kind is INVOICE else INVOICE)
        ids = (estimate.text("TxnID"), wrong.id, "1-1")

        assert [trade.make(kind, fields({"LinkToTxnID": txn_id})).code for txn_id in ids] == [
            3120
        ] * 3

    def test_a_bill_counts_as_billed_and_a_receipt_does_not(self, trade: Trade) -> None:
        """UnbilledQuantity and IsBilled follow bills only; both count as received."""
        order = trade.order(BILL)
        trade.made(RECEIPT, link(RECEIPT, order, 0, {"Quantity": "4"}))
        trade.made(BILL, link(BILL, order, 0, {"Quantity": "6"}) + link(BILL, order, 1))
        seen = trade.seen(BILL, order)

        assert seen.texts("PurchaseOrderLineRet/ReceivedQuantity") == ["10", "5"]
        assert seen.texts("PurchaseOrderLineRet/UnbilledQuantity") == ["4", "0"]
        assert seen.texts("PurchaseOrderLineRet/IsBilled") == ["false", "true"]
        assert seen.text("IsFullyReceived") == "true"

    def test_an_estimate_is_closed_by_making_it_inactive(self, trade: Trade) -> None:
        """It has no other state, and moves no stock."""
        made = trade.outside.enter(add("Estimate"))
        closed = trade.change("Estimate", made.text("TxnID") or "", fields({"IsActive": "false"}))

        assert (made.text("IsActive"), closed.text("IsActive")) == ("true", "false")
        assert trade.stock() == ("0", "0", "0")


class TestStock:
    """7.6: values."""

    def test_cost_wins_over_a_total_value(self, outside: Outside) -> None:
        """Given both, the opening value is figured from the purchase cost."""
        accounts = {
            "COGSAccountRef.FullName": "Cost of Goods Sold",
            "AssetAccountRef.FullName": "Inventory Asset",
            "QuantityOnHand": "4",
            "TotalValue": "99.00",
        }
        head = {"Name": "Nib", "IncomeAccountRef.FullName": "Sales", "PurchaseCost": "2.50"}
        made = outside.enter(act("ItemInventoryAdd", fields({**head, **accounts})))

        assert made.text("AverageCost") == "2.50"

    def test_a_sale_takes_stock_at_its_cost(self, trade: Trade) -> None:
        """Whatever it is sold for, what stays is worth the same each."""
        trade.made(BILL, item_line("10", "3.00"))
        trade.made(BILL, item_line("10", "5.00"))
        sold = fields({"ItemRef.FullName": "Wid", "Quantity": "5", "Rate": "99.00"})
        trade.made(INVOICE, f"<InvoiceLineAdd>{sold}</InvoiceLineAdd>")
        found = trade.outside.enter(look("ItemInventoryQuery", fields({"FullName": "Wid"})))

        assert (found.text("QuantityOnHand"), found.text("AverageCost")) == ("15", "4.00")
        assert found.text("PurchaseCost") == "2.50"


class TestTheOrderOfChecks:
    """7.8, step 3: which of several faults is told."""

    def test_of_a_mod(self, trade: Trade) -> None:
        """A wrong reference before a stale edit sequence, and that before the closing date."""
        made = trade.made(BILL, link(BILL, trade.order(BILL), 0))
        trade.outside.change(preferences={"closing_date": "2031-12-31"})
        nobody = fields({"TermsRef.FullName": "Net 999"})
        key = fields({"TxnID": made.text("TxnID"), "EditSequence": "1"})
        now = fields({"TxnID": made.text("TxnID"), "EditSequence": made.text("EditSequence")})
        nothing = changed_line(BILL, made, 0, Quantity="1")

        asked = [key + nobody + nothing, key + nothing, now + nothing]
        codes = [trade.outside.ask(act("BillMod", one)).code for one in asked]

        assert codes == [3140, 3200, 3171]

    def test_of_an_add(self, trade: Trade) -> None:
        """What an edition has not is told before a customer who does not exist."""
        trade.outside.change(edition="Pro")
        nobody = fields({"CustomerRef.FullName": "Nobody"})
        line = f"<SalesOrderLineAdd>{fields(GOODS)}</SalesOrderLineAdd>"

        assert trade.outside.ask(act("SalesOrderAdd", nobody + line)).code == 3250


def item_line(quantity: str = "2", cost: str | None = None) -> str:
    """A bill's line of Wid that takes from no order."""
    inner = fields({"ItemRef.FullName": "Wid", "Quantity": quantity, "Cost": cost})
    return f"<ItemLineAdd>{inner}</ItemLineAdd>"
