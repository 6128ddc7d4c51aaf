"""Rules 5.2 and 7.2: names, parents, defaults, and what a list refuses."""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_desktop.desk import (
    GOODS,
    Desk,
    customer,
    keyed,
    line,
    query,
    ref,
    request,
    sales_order,
    service,
    stock_item,
    tags,
    vendor,
)


class TestNames:
    @pytest.mark.parametrize(
        "second",
        [
            vendor("blue HERON cafe"),
            customer("Blue Heron Cafe "),
            request("OtherNameAdd", tags(Name="BLUE HERON CAFE")),
            request("EmployeeAdd", tags(FirstName="Blue", MiddleName="Heron", LastName="Cafe")),
        ],
        ids=["vendor", "customer with a blank", "other name", "employee"],
    )
    def test_four_lists_share_their_names(self, desk: Desk, second: str) -> None:
        """Customer, vendor, employee and other name take a name only once, whatever its case."""
        desk.enter(customer("Blue Heron Cafe"))

        refused = desk.one(second)

        assert refused.code == 3100
        assert refused.message.endswith("of the list element is already in use.")

    def test_item_types_share_their_names(self, shop: Desk) -> None:
        """A service cannot take a stock item's name."""
        assert shop.one(service("bolt-8")).code == 3100

    def test_a_name_is_unique_below_its_parent_only(self, shop: Desk) -> None:
        """Two customers may each have a job of one name."""
        shop.enter(customer("Red Kite Inn"), customer("Kitchen", "Red Kite Inn"))

        assert shop.one(customer("kitchen", "Red Kite Inn")).code == 3100

    def test_inactive_names_still_block(self, desk: Desk) -> None:
        """A name somebody made inactive is not free."""
        desk.enter(customer("Old Mill", active="false"))

        assert desk.one(vendor("Old Mill")).code == 3100

    def test_inactive_names_may_be_free(self, desk: Desk) -> None:
        """The other reading of the unconfirmed rule is a switch away."""
        desk.switch(inactive_names_block=False)
        desk.enter(customer("Old Mill", active="false"))

        assert desk.one(vendor("Old Mill")).code == 0

    def test_a_colon_is_refused(self, desk: Desk) -> None:
        """A colon separates levels, so no name may hold one."""
        refused = desk.one(customer("Heron: Cafe"))

        assert (refused.code, refused.message[:42]) == (
            3090,
            "Names in this list cannot contain a colon ",
        )

    def test_a_line_break_is_refused(self, desk: Desk) -> None:
        """Names are one line."""
        assert desk.one(customer("Heron\nCafe")).code == 3090

    def test_some_lists_say_3180_instead(self, desk: Desk) -> None:
        """A sales rep's initials that exist are an error when saving."""
        desk.enter(request("EmployeeAdd", tags(FirstName="Ada", LastName="Byrd")))
        add = request("SalesRepAdd", tags(Initial="AB") + ref("SalesRepEntityRef", "Ada Byrd"))

        assert desk.ask(add, add).codes == [0, 3180]

    def test_an_employee_is_named_by_the_program(self, desk: Desk) -> None:
        """Name is made of first, middle and last name."""
        employee = desk.one(
            request("EmployeeAdd", tags(FirstName="Ada", MiddleName="M.", LastName="Byrd"))
        )

        assert employee.text("Name") == "Ada M. Byrd"


class TestHierarchy:
    def test_a_job_shows_its_full_name_and_level(self, shop: Desk) -> None:
        """FullName joins the ancestors, Sublevel counts them."""
        job = shop.one(customer("Oven", "blue heron cafe:KITCHEN"))

        assert job.text("FullName") == "Blue Heron Cafe:Kitchen:Oven"
        assert job.text("Sublevel") == "2"
        assert job.text("ParentRef/FullName") == "Blue Heron Cafe:Kitchen"

    def test_renaming_a_parent_renames_all_below(self, shop: Desk) -> None:
        """Children show the new name and keep their ListID; orders show it, too."""
        order = shop.one(sales_order("Blue Heron Cafe:Kitchen", line("BOLT-8", "1")))
        parent = shop.one(query("CustomerQuery", tags(FullName="Blue Heron Cafe")))
        shop.enter(request("CustomerMod", keyed(parent, "ListID") + tags(Name="Grey Heron")))

        job = shop.one(query("CustomerQuery", tags(ListID=order.text("CustomerRef/ListID"))))
        seen = shop.one(query("SalesOrderQuery", tags(TxnID=order.text("TxnID"))))

        assert job.text("FullName") == "Grey Heron:Kitchen"
        assert seen.text("CustomerRef/FullName") == "Grey Heron:Kitchen"

    def test_an_unknown_parent_is_refused(self, desk: Desk) -> None:
        """A parent that does not exist is 3130, or 3140 when the switch says so."""
        assert desk.one(customer("Kitchen", "Nobody")).code == 3130
        desk.switch(parent_missing_status=3140)
        assert desk.one(customer("Kitchen", "Nobody")).code == 3140

    def test_an_items_parent_is_of_its_own_type(self, shop: Desk) -> None:
        """A service cannot stand below a stock item."""
        assert shop.one(service("Cutting", parent="BOLT-8")).code == 3130

    def test_lists_nest_five_levels(self, desk: Desk) -> None:
        """The sixth level is refused."""
        parents = [":".join("ABCDE"[:depth]) or None for depth in range(6)]
        answers = [desk.one(customer("ABCDEF"[depth], parents[depth])).code for depth in range(6)]

        assert answers == [0, 0, 0, 0, 0, 3130]

    def test_nobody_is_his_own_ancestor(self, shop: Desk) -> None:
        """A customer cannot be moved below its own job."""
        parent = shop.one(query("CustomerQuery", tags(FullName="Blue Heron Cafe")))
        move = keyed(parent, "ListID") + ref("ParentRef", "Blue Heron Cafe:Kitchen")

        assert shop.one(request("CustomerMod", move)).code == 3130

    def test_an_empty_parent_moves_to_the_top(self, shop: Desk) -> None:
        """An empty ParentRef makes a job a customer."""
        job = shop.one(query("CustomerQuery", tags(FullName="Blue Heron Cafe:Kitchen")))
        moved = shop.one(request("CustomerMod", keyed(job, "ListID") + "<ParentRef></ParentRef>"))

        assert (moved.text("FullName"), moved.text("Sublevel")) == ("Kitchen", "0")


class TestReferences:
    def test_an_unknown_name_is_3140(self, shop: Desk) -> None:
        """The message names the list, the value and the record that holds it."""
        refused = shop.one(sales_order("Nobody at All", line("BOLT-8", "1")))

        assert refused.code == 3140
        assert refused.message.startswith(
            'There is an invalid reference to QuickBooks Customer "Nobody at All" in the SalesOrder.'
        )

    def test_an_unknown_item_is_named(self, shop: Desk) -> None:
        """A line's item is a reference like any other."""
        refused = shop.one(sales_order("Blue Heron Cafe", line("BOLT-9", "1")))

        assert refused.code == 3140
        assert 'QuickBooks Item "BOLT-9"' in refused.message

    def test_a_vendor_is_no_customer(self, shop: Desk) -> None:
        """A name of another list does not serve, although it exists."""
        shop.enter(vendor("Ironmonger"))

        assert shop.one(sales_order("Ironmonger", line("BOLT-8", "1"))).code == 3140

    def test_names_are_found_without_regard_to_case(self, shop: Desk) -> None:
        """FullName lookups fold case at every level."""
        order = shop.one(sales_order("BLUE heron CAFE:kitchen", line("bolt-8", "1")))

        assert order.text("CustomerRef/FullName") == "Blue Heron Cafe:Kitchen"

    def test_the_list_id_wins_over_the_name(self, shop: Desk) -> None:
        """With both given, the name is not even looked at."""
        known = shop.one(query("CustomerQuery", tags(FullName="Blue Heron Cafe")))
        both = tags(ListID=known.text("ListID"), FullName="Somebody Else")
        body = f"<CustomerRef>{both}</CustomerRef>" + line("BOLT-8", "1")

        assert shop.one(request("SalesOrderAdd", body)).code == 0

    def test_an_inactive_item_is_refused(self, shop: Desk) -> None:
        """What a person took out of use cannot be ordered."""
        shop.enter(stock_item("OLD-BOLT", active="false"))

        refused = shop.one(sales_order("Blue Heron Cafe", line("OLD-BOLT", "1")))

        assert (refused.code, "inactive" in refused.message) == (3140, True)

    def test_an_inactive_item_may_be_taken(self, shop: Desk) -> None:
        """The other reading of the unconfirmed rule is a switch away."""
        shop.switch(inactive_reference_refused=False)
        shop.enter(stock_item("OLD-BOLT", active="false"))

        assert shop.one(sales_order("Blue Heron Cafe", line("OLD-BOLT", "1"))).code == 0


class TestDefaults:
    def test_a_form_copies_from_its_customer(self, shop: Desk) -> None:
        """Terms, sales rep and addresses come from the customer where the order has none."""
        shop.enter(
            request("EmployeeAdd", tags(FirstName="Ada", LastName="Byrd")),
            request("SalesRepAdd", tags(Initial="AB") + ref("SalesRepEntityRef", "Ada Byrd")),
            customer(
                "Red Kite Inn",
                rest=f"<BillAddress>{tags(Addr1='2 Mill Lane', City='Ferry')}</BillAddress>"
                + ref("TermsRef", "Net 15")
                + ref("SalesRepRef", "AB"),
            ),
        )
        order = shop.one(sales_order("Red Kite Inn", line("BOLT-8", "1")))

        assert order.text("TermsRef/FullName") == "Net 15"
        assert order.text("SalesRepRef/FullName") == "AB"
        assert order.text("BillAddress/Addr1") == "2 Mill Lane"
        assert order.text("BillAddressBlock/Addr2") == "Ferry"

    def test_what_is_sent_stands(self, shop: Desk) -> None:
        """A form's own terms are not overwritten."""
        shop.enter(customer("Red Kite Inn", rest=ref("TermsRef", "Net 15")))
        order = shop.one(
            sales_order("Red Kite Inn", line("BOLT-8", "1"), rest=ref("TermsRef", "Net 60"))
        )

        assert order.text("TermsRef/FullName") == "Net 60"

    def test_new_records_are_active(self, desk: Desk) -> None:
        """IsActive is true unless somebody says otherwise."""
        assert desk.one(customer("Blue Heron Cafe")).text("IsActive") == "true"

    def test_balances_add_up_to_the_parent(self, shop: Desk) -> None:
        """Balance is a customer's own, TotalBalance holds its jobs' as well."""
        amount = tags(TxnDate="2026-03-02")
        shop.enter(
            *(
                request(
                    "InvoiceAdd",
                    ref("CustomerRef", name) + amount + line("BOLT-8", "8", kind="Invoice"),
                )
                for name in ("Blue Heron Cafe", "Blue Heron Cafe:Kitchen")
            )
        )
        parent = shop.one(query("CustomerQuery", tags(FullName="Blue Heron Cafe")))

        assert (parent.text("Balance"), parent.text("TotalBalance")) == ("10.00", "20.00")


class TestItems:
    @pytest.mark.parametrize("missing", ["IncomeAccountRef", "COGSAccountRef", "AssetAccountRef"])
    def test_stock_needs_three_accounts(self, desk: Desk, missing: str) -> None:
        """A stock item without one of its posting accounts is refused (7.6)."""
        accounts = {
            "IncomeAccountRef": GOODS,
            "COGSAccountRef": "Cost of Goods Sold",
            "AssetAccountRef": "Inventory Asset",
        }
        del accounts[missing]
        body = tags(Name="BOLT") + "".join(ref(name, to) for name, to in accounts.items())

        refused = desk.one(request("ItemInventoryAdd", body))

        assert (refused.code, missing in refused.message) == (3270, True)

    def test_accounts_have_to_be_of_the_right_type(self, desk: Desk) -> None:
        """Stock cannot be kept in the checking account."""
        wrong = stock_item("BOLT").replace("Inventory Asset", "Checking")

        assert desk.one(wrong).code == 3140

    def test_a_service_needs_an_account(self, desk: Desk) -> None:
        """A service without an account has nothing to post to."""
        body = tags(Name="Fitting") + f"<SalesOrPurchase>{tags(Price='60.00')}</SalesOrPurchase>"

        assert desk.one(request("ItemServiceAdd", body)).code == 3270

    def test_opening_stock_is_valued_at_cost(self, desk: Desk) -> None:
        """QuantityOnHand times PurchaseCost is the opening value, and hence the average cost."""
        item = desk.one(stock_item("BOLT", cost="0.50", on_hand="100"))

        assert item.text("QuantityOnHand") == "100"
        assert item.text("AverageCost") == "0.50"

    def test_prices_come_back_as_quickbooks_writes_them(self, desk: Desk) -> None:
        """Prices have two decimals at least and keep up to five."""
        item = desk.one(stock_item("BOLT", "2", cost="0.12345"))

        assert (item.text("SalesPrice"), item.text("PurchaseCost")) == ("2.00", "0.12345")

    def test_every_item_query_answers_in_union_order(self, shop: Desk) -> None:
        """ItemQuery mixes the types: services first, stock after, tax last (4.14)."""
        names = [record.tag for record in shop.one(query("ItemQuery")).records]

        assert names == [
            "ItemServiceRet",
            "ItemInventoryRet",
            "ItemInventoryRet",
            "ItemInventoryRet",
            "ItemSalesTaxRet",
            "ItemSalesTaxRet",
        ]


class TestDeletion:
    def test_a_record_in_use_stays(self, shop: Desk) -> None:
        """A customer with an order cannot be deleted."""
        order = shop.one(sales_order("Blue Heron Cafe:Kitchen", line("BOLT-8", "1")))
        delete = query(
            "ListDel", tags(ListDelType="Customer", ListID=order.text("CustomerRef/ListID"))
        )

        assert shop.one(delete).code == 3160

    def test_a_parent_stays(self, shop: Desk) -> None:
        """A customer with jobs cannot be deleted."""
        found = shop.one(query("CustomerQuery", tags(FullName="Blue Heron Cafe")))

        refused = shop.one(
            query("ListDel", tags(ListDelType="Customer", ListID=found.text("ListID")))
        )

        assert refused.code == 3160

    def test_a_parent_may_go_and_leave_its_jobs(self, shop: Desk) -> None:
        """The other reading of the unconfirmed rule: the jobs move to the top."""
        shop.switch(parent_deletable=True)
        parent = shop.one(query("CustomerQuery", tags(FullName="Blue Heron Cafe")))
        shop.enter(query("ListDel", tags(ListDelType="Customer", ListID=parent.text("ListID"))))

        assert shop.one(query("CustomerQuery")).texts("FullName") == ["Kitchen"]

    def test_a_free_record_goes_and_is_remembered(self, shop: Desk) -> None:
        """A deleted record is gone from its list and found in the deleted list."""
        found = shop.one(query("ItemInventoryQuery", tags(FullName="WASHER")))
        answer = shop.ask(
            query("ListDel", tags(ListDelType="ItemInventory", ListID=found.text("ListID"))),
            query("ItemInventoryQuery", tags(FullName="WASHER")),
            query("ListDeletedQuery", tags(ListDelType="ItemInventory")),
        )

        assert answer.codes == [0, 500, 0]
        assert answer[2].texts("FullName") == ["WASHER"]
        assert answer[2].texts("ListID") == found.texts("ListID")

    def test_in_multi_user_mode_it_only_becomes_inactive(self, desk: Desk) -> None:
        """ListDel answers OK and the record is still there, inactive: read back after deleting."""
        desk.reset(file_mode="MultiUser")
        added = desk.one(customer("Blue Heron Cafe"))
        deleted = desk.one(
            query("ListDel", tags(ListDelType="Customer", ListID=added.text("ListID")))
        )
        seen = desk.one(query("CustomerQuery", tags(ListID=added.text("ListID"))))

        assert (deleted.code, seen.text("IsActive")) == (0, "false")


class TestSalesTaxCodes:
    def test_a_used_code_cannot_change_sides(self, shop: Desk) -> None:
        """A code that stands on an order stays taxable (7.4)."""
        shop.enter(sales_order("Blue Heron Cafe", line("BOLT-8", "1")))
        code = shop.one(query("SalesTaxCodeQuery", tags(FullName="Tax")))
        change = request("SalesTaxCodeMod", keyed(code, "ListID") + tags(IsTaxable="false"))

        assert shop.one(change).code == 3210

    def test_a_name_has_three_characters(self, desk: Desk) -> None:
        """A longer code refuses the whole message set."""
        answer = desk.ask(request("SalesTaxCodeAdd", tags(Name="Taxi", IsTaxable="true")))

        assert answer.hresult == "0x80040400"
