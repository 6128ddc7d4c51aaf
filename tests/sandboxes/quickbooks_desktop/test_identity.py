"""Rule 7.1: identity, numbers and time."""

from __future__ import annotations

import re

from tests.sandboxes.quickbooks_desktop.desk import (
    START,
    Desk,
    customer,
    keyed,
    line,
    query,
    ref,
    request,
    sales_order,
    stock_item,
    tags,
)

ONE_BOLT = line("BOLT-8", "1")


def last_number(desk: Desk, ref_number: str | None = None) -> str | None:
    reply = desk.one(sales_order("Blue Heron Cafe", ONE_BOLT, ref_number=ref_number))
    return reply.text("RefNumber")


class TestIdentifiers:
    def test_ids_are_a_hex_counter_and_the_second_of_creation(self, shop: Desk) -> None:
        """ListID, TxnID and TxnLineID all have the form QuickBooks gives them."""
        order = shop.one(sales_order("Blue Heron Cafe", ONE_BOLT))
        ids = order.texts("TxnID") + order.texts("SalesOrderLineRet/TxnLineID")
        ids += order.texts("CustomerRef/ListID")

        assert len(ids) == 3
        assert all(re.fullmatch(rf"[0-9A-F]+-{START}", one) for one in ids)

    def test_an_id_is_never_given_twice(self, shop: Desk) -> None:
        """What was deleted does not free its TxnID."""
        first = shop.one(sales_order("Blue Heron Cafe", ONE_BOLT))
        shop.enter(query("TxnDel", tags(TxnDelType="SalesOrder", TxnID=first.text("TxnID"))))
        second = shop.one(sales_order("Blue Heron Cafe", ONE_BOLT))

        assert first.text("TxnID") != second.text("TxnID")
        assert first.texts("SalesOrderLineRet/TxnLineID") != second.texts(
            "SalesOrderLineRet/TxnLineID"
        )

    def test_txn_number_counts_over_all_types(self, shop: Desk) -> None:
        """TxnNumber rises by creation, whatever the type, and has nothing to do with RefNumber."""
        order = sales_order("Blue Heron Cafe", ONE_BOLT, ref_number="77")
        bill = request(
            "InvoiceAdd",
            ref("CustomerRef", "Blue Heron Cafe") + line("BOLT-8", "1", kind="Invoice"),
        )
        numbers = [reply.text("TxnNumber") for reply in shop.enter(order, bill, order).replies]

        assert numbers == ["1", "2", "3"]


class TestRefNumbers:
    def test_absent_takes_the_next_number(self, shop: Desk) -> None:
        """A sales order without RefNumber is numbered one after the last one entered."""
        assert [last_number(shop), last_number(shop)] == ["1", "2"]
        assert last_number(shop, "5000") == "5000"
        assert last_number(shop) == "5001"

    def test_the_digits_at_the_end_are_counted_on(self, shop: Desk) -> None:
        """A number with a word before its digits keeps the word and the leading zeros."""
        last_number(shop, "SO-099")

        assert last_number(shop) == "SO-100"

    def test_empty_stays_blank(self, shop: Desk) -> None:
        """An empty RefNumber element makes an order without a number."""
        assert last_number(shop, "") is None

    def test_empty_can_be_numbered_too(self, shop: Desk) -> None:
        """The other reading of the unconfirmed rule is a switch away."""
        shop.switch(number_when_empty=True)

        assert last_number(shop, "") == "1"

    def test_types_are_numbered_apart(self, shop: Desk) -> None:
        """An order's number says nothing about the next invoice's."""
        last_number(shop, "5000")
        bill = shop.one(
            request(
                "InvoiceAdd",
                ref("CustomerRef", "Blue Heron Cafe") + line("BOLT-8", "1", kind="Invoice"),
            )
        )

        assert bill.text("RefNumber") == "1"

    def test_numbers_may_repeat(self, shop: Desk) -> None:
        """Two orders with one number are both taken: RefNumber is no key."""
        orders = [sales_order("Blue Heron Cafe", ONE_BOLT, ref_number="A1")] * 2

        assert shop.ask(*orders).codes == [0, 0]
        found = shop.one(query("SalesOrderQuery", tags(RefNumber="a1")))
        assert len(found.records) == 2

    def test_bills_are_never_numbered(self, desk: Desk) -> None:
        """A bill without RefNumber stays without."""
        desk.enter(request("VendorAdd", tags(Name="Ironmonger")))
        expense = "<ExpenseLineAdd>{}{}</ExpenseLineAdd>".format(
            ref("AccountRef", "Freight and Delivery"), tags(Amount="5.00")
        )
        bill = desk.one(request("BillAdd", ref("VendorRef", "Ironmonger") + expense))

        assert bill.text("RefNumber") is None


class TestTime:
    def test_times_carry_the_standard_offset(self, desk: Desk) -> None:
        """In summer the wall clock is right and the offset is still that of winter."""
        desk.post("/clock", {"unix": 1_782_921_600})  # 1 July 2026, 12:00 in New York

        assert desk.one(customer("Summer Fair")).text("TimeCreated") == "2026-07-01T12:00:00-05:00"

    def test_edit_sequence_is_the_second_of_the_change(self, desk: Desk) -> None:
        """EditSequence holds Unix seconds and moves with the clock."""
        added = desk.one(customer("Blue Heron Cafe"))
        desk.wait(5)
        changed = desk.one(request("CustomerMod", keyed(added, "ListID") + tags(Phone="555")))

        assert added.text("EditSequence") == str(START)
        assert changed.text("EditSequence") == str(START + 5)
        assert changed.text("TimeModified") == "2026-03-02T09:30:05-05:00"
        assert changed.text("TimeCreated") == added.text("TimeCreated")

    def test_two_edits_in_one_second_cannot_be_told_apart(self, desk: Desk) -> None:
        """A lost update within the same second goes unnoticed: the value did not change."""
        added = desk.one(customer("Blue Heron Cafe"))
        key = keyed(added, "ListID")
        edits = [request("CustomerMod", key + tags(Phone=phone)) for phone in ("1", "2")]

        assert desk.ask(*edits).codes == [0, 0]

    def test_a_stale_edit_sequence_changes_nothing(self, desk: Desk) -> None:
        """Any other than the current value is 3200, in QuickBooks' own words."""
        added = desk.one(customer("Blue Heron Cafe"))
        key = keyed(added, "ListID")
        desk.wait(2)
        desk.enter(request("CustomerMod", key + tags(Phone="1")))
        late = desk.one(request("CustomerMod", key + tags(Phone="2")))

        assert late.code == 3200
        assert late.message == f'The provided edit sequence "{START}" is out-of-date.'
        assert desk.one(query("CustomerQuery")).texts("Phone") == ["1"]

    def test_the_date_defaults_to_today(self, shop: Desk) -> None:
        """Without TxnDate an order is of the QuickBooks PC's own day."""
        shop.post("/clock", {"unix": 1_772_508_600})  # 3 March, 03:30 UTC: still the 2nd there

        order = shop.one(sales_order("Blue Heron Cafe", ONE_BOLT, date=None))

        assert order.text("TxnDate") == "2026-03-02"

    def test_the_due_date_follows_from_the_terms(self, shop: Desk) -> None:
        """DueDate is the date plus the terms' days, or the date itself without terms."""
        orders = shop.enter(
            sales_order("Blue Heron Cafe", ONE_BOLT),
            sales_order("Blue Heron Cafe", ONE_BOLT, rest=ref("TermsRef", "Net 30")),
        )

        assert [reply.text("DueDate") for reply in orders.replies] == ["2026-03-02", "2026-04-01"]


class TestWhatCountsAsAChange:
    def test_invoicing_an_order_touches_it(self, shop: Desk) -> None:
        """A linked order is newer than before, so that polling by time sees it."""
        order = shop.one(sales_order("Blue Heron Cafe", ONE_BOLT))
        shop.wait(60)
        head = ref("CustomerRef", "Blue Heron Cafe") + tags(LinkToTxnID=order.text("TxnID"))
        shop.enter(request("InvoiceAdd", head))
        seen = shop.one(query("SalesOrderQuery", tags(TxnID=order.text("TxnID"))))

        assert seen.text("TimeModified") == "2026-03-02T09:31:00-05:00"

    def test_a_moving_quantity_does_not_touch_the_item(self, shop: Desk) -> None:
        """Orders change what is on order, not when the item was changed."""
        before = shop.one(query("ItemInventoryQuery", tags(FullName="BOLT-8")))
        shop.wait(60)
        shop.enter(sales_order("Blue Heron Cafe", line("BOLT-8", "7")))
        after = shop.one(query("ItemInventoryQuery", tags(FullName="BOLT-8")))

        assert after.text("QuantityOnSalesOrder") == "7"
        assert after.text("TimeModified") == before.text("TimeModified")

    def test_text_outside_windows_1252_is_lost(self, desk: Desk) -> None:
        """QuickBooks keeps accents and the euro sign and makes question marks of the rest."""
        kept = desk.one(customer("Café €5"))
        lost = desk.one(stock_item("Łódź 日本"))

        assert kept.text("Name") == "Café €5"
        assert lost.text("Name") == "?ód? ??"
