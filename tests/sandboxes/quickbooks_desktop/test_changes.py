"""Rule 7.3: what a Mod changes and what it leaves alone."""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_desktop.desk import (
    Desk,
    Reply,
    customer,
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
    """An order of three lines, with a memo and a number."""
    return shop.one(
        sales_order(
            "Blue Heron Cafe",
            line("BOLT-8", "4"),
            line("NUT-8", "10"),
            line("WASHER", "8"),
            ref_number="SO-1",
            rest=tags(Memo="by Friday"),
        )
    )


def line_ids(order: Reply) -> list[str]:
    return order.texts("SalesOrderLineRet/TxnLineID")


def change(shop: Desk, order: Reply, body: str) -> Reply:
    return shop.one(request("SalesOrderMod", keyed(order) + body))


class TestHeaders:
    def test_what_is_left_out_stays(self, shop: Desk, order: Reply) -> None:
        """A Mod of the memo changes neither number nor lines."""
        changed = change(shop, order, tags(Memo="by Monday"))

        assert changed.text("Memo") == "by Monday"
        assert changed.text("RefNumber") == "SO-1"
        assert line_ids(changed) == line_ids(order)
        assert changed.text("TotalAmount") == order.text("TotalAmount")

    def test_an_empty_element_clears(self, shop: Desk, order: Reply) -> None:
        """An empty memo removes the memo."""
        assert change(shop, order, tags(Memo="")).text("Memo") is None

    def test_the_customer_cannot_be_cleared(self, shop: Desk, order: Reply) -> None:
        """Clearing a field every order needs is 3190, in QuickBooks' words."""
        refused = change(shop, order, "<CustomerRef></CustomerRef>")

        assert refused.code == 3190
        assert refused.message == "Cannot clear the element in the CustomerRef field."

    def test_an_unknown_transaction_is_not_found(self, shop: Desk) -> None:
        """A Mod of a TxnID that does not exist is 3120."""
        body = tags(TxnID="1-1", EditSequence="1", Memo="x")

        assert shop.one(request("SalesOrderMod", body)).code == 3120

    def test_another_type_is_not_found(self, shop: Desk, order: Reply) -> None:
        """An order cannot be changed as an invoice."""
        assert shop.one(request("InvoiceMod", keyed(order) + tags(Memo="x"))).code == 3120

    def test_new_terms_move_the_due_date(self, shop: Desk, order: Reply) -> None:
        """DueDate follows the terms unless it is sent."""
        assert change(shop, order, ref("TermsRef", "Net 30")).text("DueDate") == "2026-04-01"


class TestLines:
    def test_a_mentioned_line_makes_the_list_complete(self, shop: Desk, order: Reply) -> None:
        """Lines that a Mod with lines does not mention are deleted (quirk 32)."""
        first, _, third = line_ids(order)
        changed = change(
            shop, order, modify_line("SalesOrder", third) + modify_line("SalesOrder", first)
        )

        assert line_ids(changed) == [third, first]
        assert changed.text("TotalAmount") == "6.00"

    def test_minus_one_is_a_new_line_in_its_place(self, shop: Desk, order: Reply) -> None:
        """A new line stands where it was sent and gets an ID of its own."""
        first, second, third = line_ids(order)
        new = modify_line("SalesOrder", "-1", ref("ItemRef", "Fitting") + tags(Quantity="2"))
        kept = [modify_line("SalesOrder", one) for one in (first, second, third)]
        changed = change(shop, order, kept[0] + new + kept[1] + kept[2])
        ids = line_ids(changed)

        assert [ids[0], ids[2], ids[3]] == [first, second, third]
        assert ids[1] not in {first, second, third, "-1"}
        assert changed.texts("SalesOrderLineRet/Amount")[1] == "120.00"

    def test_a_new_quantity_figures_the_amount_again(self, shop: Desk, order: Reply) -> None:
        """The rate stays, the amount follows."""
        changes = [
            modify_line("SalesOrder", one, tags(Quantity="100") if position == 0 else "")
            for position, one in enumerate(line_ids(order))
        ]
        changed = change(shop, order, "".join(changes))

        assert changed.texts("SalesOrderLineRet/Rate")[0] == "1.25"
        assert changed.texts("SalesOrderLineRet/Amount") == ["125.00", "4.00", "1.00"]

    def test_a_sent_amount_wins_over_quantity(self, shop: Desk, order: Reply) -> None:
        """An amount sent with a quantity is stored, and the rate follows from both."""
        changes = modify_line("SalesOrder", line_ids(order)[0], tags(Quantity="4", Amount="9.00"))
        changed = change(shop, order, changes)

        assert changed.texts("SalesOrderLineRet/Amount") == ["9.00"]
        assert changed.texts("SalesOrderLineRet/Rate") == ["2.25"]

    def test_a_new_item_brings_its_own_words_and_price(self, shop: Desk, order: Reply) -> None:
        """Changing a line's item takes description and price from the new one."""
        changed = change(
            shop, order, modify_line("SalesOrder", line_ids(order)[0], ref("ItemRef", "NUT-8"))
        )

        assert changed.texts("SalesOrderLineRet/Desc") == ["NUT-8 for sale"]
        assert changed.texts("SalesOrderLineRet/Amount") == ["1.60"]

    def test_a_line_of_another_order_is_not_found(self, shop: Desk, order: Reply) -> None:
        """A TxnLineID that is not this order's is 3120 and nothing changes."""
        refused = change(shop, order, modify_line("SalesOrder", "9-9"))
        seen = shop.one(
            query("SalesOrderQuery", tags(TxnID=order.text("TxnID"), IncludeLineItems="true"))
        )

        assert refused.code == 3120
        assert line_ids(seen) == line_ids(order)

    def test_a_lines_item_cannot_be_cleared(self, shop: Desk, order: Reply) -> None:
        """An empty ItemRef on a line is 3190."""
        body = modify_line("SalesOrder", line_ids(order)[0], "<ItemRef></ItemRef>")

        assert change(shop, order, body).code == 3190


class TestPurchases:
    @pytest.fixture
    def bill(self, desk: Desk) -> Reply:
        """A bill with an expense line and an item line."""
        desk.enter(vendor("Ironmonger"), stock_item("BOLT-8"))
        expense = ref("AccountRef", "Freight and Delivery") + tags(Amount="5.00")
        item = ref("ItemRef", "BOLT-8") + tags(Quantity="10", Cost="0.50")
        return desk.one(
            request(
                "BillAdd",
                ref("VendorRef", "Ironmonger")
                + f"<ExpenseLineAdd>{expense}</ExpenseLineAdd><ItemLineAdd>{item}</ItemLineAdd>",
            )
        )

    def test_the_two_tables_are_apart(self, desk: Desk, bill: Reply) -> None:
        """A Mod that mentions item lines leaves the expense lines as they are."""
        item = bill.text("ItemLineRet/TxnLineID")
        line_mod = f"<ItemLineMod>{tags(TxnLineID=item, Quantity='20')}</ItemLineMod>"
        changed = desk.one(request("BillMod", keyed(bill) + line_mod))

        assert changed.texts("ExpenseLineRet/Amount") == ["5.00"]
        assert changed.text("AmountDue") == "15.00"

    def test_a_table_can_be_emptied(self, desk: Desk, bill: Reply) -> None:
        """ClearExpenseLines removes the expense lines and nothing else."""
        changed = desk.one(request("BillMod", keyed(bill) + tags(ClearExpenseLines="true")))

        assert changed.texts("ExpenseLineRet/Amount") == []
        assert changed.text("AmountDue") == "5.00"


class TestListRecords:
    def test_fields_left_out_stay_and_empty_ones_go(self, desk: Desk) -> None:
        """A Mod of a customer changes what it names."""
        added = desk.one(customer("Blue Heron Cafe", rest=tags(Phone="555-0100", Fax="555-0101")))
        changed = desk.one(
            request("CustomerMod", keyed(added, "ListID") + tags(Phone="", Email="a@example.com"))
        )

        assert changed.text("Phone") is None
        assert changed.text("Fax") == "555-0101"
        assert changed.text("Email") == "a@example.com"

    def test_an_account_of_an_item_cannot_be_cleared(self, shop: Desk) -> None:
        """The sentence is the one QuickBooks is known to say."""
        item = shop.one(query("ItemInventoryQuery", tags(FullName="BOLT-8")))
        refused = shop.one(
            request("ItemInventoryMod", keyed(item, "ListID") + "<IncomeAccountRef/>")
        )

        assert refused.code == 3190
        assert refused.message == "Cannot clear the element in the IncomeAccountRef field."

    def test_a_taken_name_cannot_be_taken_by_renaming(self, desk: Desk) -> None:
        """Renaming into an existing name is 3100 like adding it."""
        desk.enter(vendor("Ironmonger"))
        added = desk.one(customer("Blue Heron Cafe"))

        refused = desk.one(request("CustomerMod", keyed(added, "ListID") + tags(Name="ironmonger")))

        assert refused.code == 3100

    def test_a_record_may_change_the_case_of_its_own_name(self, desk: Desk) -> None:
        """Its own name is not in its way."""
        added = desk.one(customer("blue heron cafe"))
        changed = desk.one(
            request("CustomerMod", keyed(added, "ListID") + tags(Name="Blue Heron Cafe"))
        )

        assert changed.text("Name") == "Blue Heron Cafe"

    def test_a_refused_change_leaves_the_names_as_they_were(self, shop: Desk) -> None:
        """After a refused renaming both names are still found where they were."""
        added = shop.one(query("CustomerQuery", tags(FullName="Blue Heron Cafe")))
        body = tags(ListID=added.text("ListID"), EditSequence="1", Name="Grey Heron")
        refused = shop.one(request("CustomerMod", body))

        assert refused.code == 3200
        assert shop.one(query("CustomerQuery", tags(FullName="Grey Heron"))).code == 500
        assert shop.one(query("CustomerQuery", tags(FullName="Blue Heron Cafe:Kitchen"))).code == 0


class TestGroupLines:
    @pytest.fixture
    def kit(self, shop: Desk) -> Reply:
        """An order of three kits of one bolt and two nuts each."""
        members = "".join(
            f"<ItemGroupLine>{ref('ItemRef', item)}{tags(Quantity=quantity)}</ItemGroupLine>"
            for item, quantity in (("BOLT-8", "1"), ("NUT-8", "2"))
        )
        shop.enter(request("ItemGroupAdd", tags(Name="KIT") + members))
        group = f"{ref('ItemGroupRef', 'KIT')}{tags(Quantity='3')}"
        return shop.one(
            sales_order(
                "Blue Heron Cafe", f"<SalesOrderLineGroupAdd>{group}</SalesOrderLineGroupAdd>"
            )
        )

    def change(self, shop: Desk, kit: Reply, body: str) -> Reply:
        line_id = kit.text("SalesOrderLineGroupRet/TxnLineID")
        group = f"<SalesOrderLineGroupMod>{tags(TxnLineID=line_id)}{body}</SalesOrderLineGroupMod>"
        return shop.one(request("SalesOrderMod", keyed(kit) + group))

    def test_a_new_quantity_expands_the_group_again(self, shop: Desk, kit: Reply) -> None:
        """Four kits are four bolts and eight nuts."""
        changed = self.change(shop, kit, tags(Quantity="4"))
        inside = "SalesOrderLineGroupRet/SalesOrderLineRet/Quantity"

        assert (kit.texts(inside), changed.texts(inside)) == (["3", "6"], ["4", "8"])
        assert changed.text("TotalAmount") == "8.20"

    def test_a_member_can_be_changed_alone(self, shop: Desk, kit: Reply) -> None:
        """A member that is mentioned changes, one that is not goes."""
        member = kit.text("SalesOrderLineGroupRet/SalesOrderLineRet/TxnLineID")
        changed = self.change(
            shop, kit, modify_line("SalesOrder", member, tags(Quantity="10", Rate="1.00"))
        )

        assert changed.texts("SalesOrderLineGroupRet/SalesOrderLineRet/TxnLineID") == [member]
        assert changed.text("SalesOrderLineGroupRet/TotalAmount") == "10.00"
        assert changed.text("TotalAmount") == "10.00"

    def test_a_group_that_is_only_mentioned_stays(self, shop: Desk, kit: Reply) -> None:
        """Its ID alone keeps it and its members as they are."""
        changed = self.change(shop, kit, "")

        assert changed.text("TotalAmount") == kit.text("TotalAmount")
        assert changed.texts("SalesOrderLineGroupRet/SalesOrderLineRet/TxnLineID") == kit.texts(
            "SalesOrderLineGroupRet/SalesOrderLineRet/TxnLineID"
        )
