"""The checklist of the reference, section 7: each row, as a stranger meets it.

Section 6, currencies, stands in a file of its own.
"""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_online.outside import (
    Json,
    Outside,
    billed,
    bought,
    code_of,
    linked,
    ordered,
    ref,
    refused,
    sold,
    spent,
)


class TestRow7x1ServerMadeFields:
    """7.1: what the service makes."""

    def test_ids_are_one_counter_per_family(self, online: Outside) -> None:
        """A vendor and a customer never have the same id, nor do a bill and an order."""
        vendor, customer = online.vendor(), online.customer()
        order, bill = ordered(online, vendor, spent(1)), billed(online, vendor, spent(1))

        assert int(customer["Id"]) == int(vendor["Id"]) + 1
        assert int(bill["Id"]) == int(order["Id"]) + 1

    def test_a_token_counts_changes(self, online: Outside) -> None:
        """SyncToken is "0" after create and one more after each change."""
        vendor = online.vendor()
        changed = online.change("Vendor", vendor, Notes="one")

        assert (vendor["SyncToken"], changed["SyncToken"]) == ("0", "1")
        assert changed["MetaData"]["LastUpdatedTime"] > vendor["MetaData"]["LastUpdatedTime"]

    def test_an_update_that_changes_nothing_leaves_no_trace(self, online: Outside) -> None:
        """The same values keep SyncToken and time."""
        vendor = online.vendor(Notes="one")
        again = online.change("Vendor", vendor, Notes="one")

        assert (again["SyncToken"], again["MetaData"]) == ("0", vendor["MetaData"])

    def test_amounts_and_lines_are_figured(self, online: Outside) -> None:
        """TotalAmt is the sum of the lines whatever was sent; lines are numbered."""
        item = online.item()
        bill = billed(online, online.vendor(), bought(item, 3, "1.115"), spent(2), TotalAmt=99)

        assert (str(bill["TotalAmt"]), str(bill["Balance"])) == ("5.35", "5.35")
        assert [(line["Id"], line["LineNum"]) for line in bill["Line"]] == [("1", 1), ("2", 2)]

    def test_names_of_references_are_filled_in(self, online: Outside) -> None:
        """A reference comes back with the name of what it refers to."""
        bill = billed(online, online.vendor("Pelican Supply"), spent(1))

        assert bill["VendorRef"]["name"] == "Pelican Supply"
        assert bill["APAccountRef"] == {"value": "33", "name": "Accounts Payable (A/P)"}

    @pytest.mark.parametrize("terms, due", [({}, "2026-01-15"), ("3", "2026-02-14")])
    def test_the_due_date_follows_the_terms(
        self, online: Outside, terms: Json | str, due: str
    ) -> None:
        """A bill is due the day it is dated, or the days of its terms later."""
        fields = {"SalesTermRef": ref(terms)} if isinstance(terms, str) else {}
        bill = billed(online, online.vendor(), spent(1), **fields)

        assert (bill["TxnDate"], bill["DueDate"]) == ("2026-01-15", due)

    def test_sales_forms_end_with_a_subtotal(self, online: Outside) -> None:
        """A line without an id says the sum of an invoice."""
        invoice = online.create(
            "Invoice", CustomerRef=ref(online.customer()), Line=[sold(online.item(), 2, 5)]
        )

        assert invoice["Line"][-1] == {
            "Amount": 10,
            "DetailType": "SubTotalLineDetail",
            "SubTotalLineDetail": {},
        }

    def test_empty_values_were_not_sent(self, online: Outside) -> None:
        """Clients write out what they know: "" and an integer token are as absent."""
        made = online.create("Vendor", DisplayName="A", Title="", SyncToken=0, Mobile=None)

        assert not {"Title", "Mobile"} & made.keys()


class TestRow7x2Numbers:
    """7.2: document numbers."""

    def test_numbers_go_on_from_the_last_one(self, online: Outside) -> None:
        """A prefix is kept, and zeros too."""
        customer, item = online.customer(), online.item()
        line = sold(item, 1, 1)
        online.create("Invoice", CustomerRef=ref(customer), Line=[line], DocNumber="App_0099")

        invoice = online.create("Invoice", CustomerRef=ref(customer), Line=[line])

        assert invoice["DocNumber"] == "App_0100"

    def test_numbered_by_hand_is_not_numbered(self, online: Outside) -> None:
        """With custom numbers nothing is made, unless it is asked for by its word."""
        online.switch(custom_sales_numbers=True, custom_purchase_numbers=True)
        who, line = ref(online.customer()), sold(online.item(), 1, 1)

        without = online.create("Estimate", CustomerRef=who, Line=[line])
        asked = online.create("Estimate", CustomerRef=who, Line=[line], DocNumber="AUTO_GENERATE")
        order = ordered(online, online.vendor(), spent(1))

        assert "DocNumber" not in without
        assert "DocNumber" not in order
        assert asked["DocNumber"] == "1001"

    def test_bills_are_never_numbered(self, online: Outside) -> None:
        """A bill has its vendor's number or none."""
        assert "DocNumber" not in billed(online, online.vendor(), spent(1))

    def test_a_number_that_is_taken_is_refused(self, online: Outside) -> None:
        """6140 tells the number, the kind and the id of the other document."""
        vendor = online.vendor()
        first = billed(online, vendor, spent(1), DocNumber="A-1")

        with refused(6140) as caught:
            billed(online, vendor, spent(1), DocNumber="a-1")

        assert f"with TxnId={first['Id']}" in caught.value.detail
        assert billed(online, online.vendor("Other"), spent(1), DocNumber="A-1")["Id"]

    def test_the_check_is_switched_off_by_the_caller(self, online: Outside) -> None:
        """include=allowduplicatedocnum, and optionsData in a batch."""
        body = {"VendorRef": ref(online.vendor()), "Line": [spent(1)], "DocNumber": "A-1"}
        online.create("Bill", **body)

        single = online.told("POST", "bill", body, include="allowduplicatedocnum")
        item = {"bId": "1", "operation": "create", "Bill": body}
        plain, allowed = online.batch(
            item, {**item, "bId": "2", "optionsData": "allowduplicatedocnum"}
        )

        assert single["Bill"]["DocNumber"] == "A-1"
        assert plain["Fault"]["Error"][0]["code"] == "6140"
        assert allowed["Bill"]["DocNumber"] == "A-1"

    @pytest.mark.parametrize(
        "how, warns, is_taken",
        [("by-preference", False, True), ("by-preference", True, False), ("taken", True, True)],
    )
    def test_the_switch_plays_each_reading(
        self, online: Outside, how: str, *, warns: bool, is_taken: bool
    ) -> None:
        """Whether the preference lets a duplicate pass is not known: both are played."""
        online.switch(duplicate_bill_number=how, warn_duplicate_bill_number=warns)
        body = {"VendorRef": ref(online.vendor()), "Line": [spent(1)], "DocNumber": "A-1"}
        online.create("Bill", **body)

        assert (online.call("POST", "bill", body).status_code == 200) is is_taken

    def test_a_long_number_is_refused(self, online: Outside) -> None:
        """2050 tells the lengths and the element."""
        with refused(2050) as caught:
            billed(online, online.vendor(), spent(1), DocNumber="1" * 22)

        assert caught.value.detail.endswith("Min:0 Max:21 supported. Supplied length:22")
        assert caught.value.element == "DocNumber"


class TestRow7x3Names:
    """7.3: names."""

    def test_one_name_space(self, online: Outside) -> None:
        """A customer cannot have a vendor's name; case and outer blanks are not heeded."""
        vendor = online.vendor("Acme")

        with refused(6240) as same_kind:
            online.vendor(" ACME ")
        with refused(6240) as other_kind:
            online.customer("acme")
        with refused(6240):
            online.create("Employee", GivenName="Acme")

        assert same_kind.value.detail.endswith(f"Id={vendor['Id']}")
        assert "Another customer, vendor or employee" in other_kind.value.detail

    def test_the_id_may_be_missing(self, online: Outside) -> None:
        """By the switch the fault ends with null."""
        online.switch(duplicate_name_id="null")
        online.vendor("Acme")

        with refused(6240) as caught:
            online.customer("Acme")

        assert caught.value.detail.endswith(": Id=null")

    def test_a_deactivated_name_is_free_again(self, online: Outside) -> None:
        """It gets a suffix, can be read by id, is left out of queries, and returns renamed."""
        vendor = online.vendor("Acme")
        gone = online.change("Vendor", vendor, Active=False)
        online.customer("Acme")

        assert online.read("Vendor", vendor["Id"])["DisplayName"] == "Acme (deleted)"
        assert online.find("select * from Vendor") == []
        everyone = online.find("select * from Vendor where Active in (true, false)")
        assert [one["Active"] for one in everyone] == [False]
        with refused(6240):
            online.change("Vendor", gone, Active=True)

    def test_a_deactivated_name_comes_back(self, online: Outside) -> None:
        """Where nobody took it, the plain name returns."""
        gone = online.change("Vendor", online.vendor("Acme"), Active=False)

        assert online.change("Vendor", gone, Active=True)["DisplayName"] == "Acme"

    @pytest.mark.parametrize("code", ["610", "2500"])
    def test_inactive_references_are_refused(self, online: Outside, code: str) -> None:
        """A new document for an inactive vendor is refused, without a word of which it was."""
        online.switch(inactive_reference=code)
        vendor = online.vendor()
        online.change("Vendor", vendor, Active=False)

        with refused(int(code)) as caught:
            billed(online, vendor, spent(1))

        assert "has been made inactive" in caught.value.detail

    def test_a_reference_to_nothing_is_named(self, online: Outside) -> None:
        """2500 tells the id that is not there."""
        with refused(2500) as caught:
            online.create("Bill", VendorRef=ref("999"), Line=[spent(1)])

        assert caught.value.detail.endswith("element id 999 not found")

    def test_merged_names(self, online: Outside) -> None:
        """The loser is gone, its documents are the winner's, and so is what is owed."""
        loser, winner = online.vendor("Acme"), online.vendor("Acme Ltd")
        bill = billed(online, loser, spent(7))

        online.desk("merge", {"entity": "Vendor", "loser": "Acme", "winner": "Acme Ltd"})

        assert online.read("Bill", bill["Id"])["VendorRef"]["value"] == winner["Id"]
        assert online.read("Vendor", winner["Id"])["Balance"] == 7
        with refused(610):
            online.read("Vendor", loser["Id"])

    def test_jobs_stand_below_their_customers(self, online: Outside) -> None:
        """A job has a parent, a full name and a level; balances add up."""
        parent = online.customer("Harbor")
        job = online.customer("Quay", Job=True, ParentRef=ref(parent))
        online.create("Invoice", CustomerRef=ref(job), Line=[sold(online.item(), 1, 5)])

        assert (job["FullyQualifiedName"], job["Level"]) == ("Harbor:Quay", 1)
        read = online.read("Customer", parent["Id"])
        assert (read["Balance"], read["BalanceWithJobs"]) == (0, 5)
        with refused(2020):
            online.customer("Alone", Job=True)

    @pytest.mark.parametrize("name", ["A:B", "A\tB", "A\nB"])
    def test_some_signs_cannot_stand_in_names(self, online: Outside, name: str) -> None:
        """Colons separate levels; tabs and line ends are refused."""
        with refused(2040):
            online.vendor(name)


class TestRow7x4Purchases:
    """7.4: orders and their bills."""

    def test_an_order_posts_nothing(self, online: Outside) -> None:
        """It is open, nothing of it was received, stock and balances are as before."""
        vendor, stock = online.vendor(), online.stock()
        order = ordered(online, vendor, bought(stock, 10, 2))

        assert (order["POStatus"], order["Line"][0]["Received"]) == ("Open", 0)
        assert online.read("Item", stock["Id"])["QtyOnHand"] == 0
        assert online.read("Vendor", vendor["Id"])["Balance"] == 0

    def test_a_bill_takes_from_its_order(self, online: Outside) -> None:
        """A part leaves it open and counts up; all of it closes it; both show the link."""
        vendor, stock = online.vendor(), online.stock()
        order = ordered(online, vendor, bought(stock, 10, 2))
        part = billed(online, vendor, bought(stock, 4, 2, LinkedTxn=linked(order)))
        between = online.read("PurchaseOrder", order["Id"])
        billed(online, vendor, bought(stock, 6, 2, LinkedTxn=linked(order)))
        after = online.read("PurchaseOrder", order["Id"])

        assert part["Line"][0]["LinkedTxn"] == linked(order)
        assert part["LinkedTxn"] == [{"TxnId": order["Id"], "TxnType": "PurchaseOrder"}]
        assert (between["POStatus"], between["Line"][0]["Received"]) == ("Open", 4)
        assert (after["POStatus"], after["Line"][0]["Received"]) == ("Closed", 10)
        assert (after["SyncToken"], len(after["LinkedTxn"])) == ("2", 2)
        assert online.read("Item", stock["Id"])["QtyOnHand"] == 10
        assert online.read("Vendor", vendor["Id"])["Balance"] == 20

    def test_a_deleted_bill_reopens_its_order(self, online: Outside) -> None:
        """What was received falls back, and stock with it."""
        vendor, stock = online.vendor(), online.stock()
        order = ordered(online, vendor, bought(stock, 10, 2))
        bill = billed(online, vendor, bought(stock, 10, 2, LinkedTxn=linked(order)))
        online.delete("Bill", bill)
        after = online.read("PurchaseOrder", order["Id"])

        assert (after["POStatus"], after["Line"][0]["Received"]) == ("Open", 0)
        assert after["LinkedTxn"] == []
        assert online.read("Item", stock["Id"])["QtyOnHand"] == 0

    def test_an_order_may_stay_closed(self, online: Outside) -> None:
        """By the switch nothing opens again by itself."""
        online.switch(bill_reopens_order=False)
        vendor = online.vendor()
        order = ordered(online, vendor, spent(5))
        online.delete("Bill", billed(online, vendor, spent(5, LinkedTxn=linked(order))))

        assert online.read("PurchaseOrder", order["Id"])["POStatus"] == "Closed"

    def test_wrong_links_are_dropped_without_a_word(self, online: Outside) -> None:
        """Another vendor, another line, no line, a closed order: 200, and no link."""
        vendor, other = online.vendor("A"), online.vendor("B")
        order = ordered(online, vendor, spent(5))
        closed = ordered(online, vendor, spent(5), POStatus="Closed")
        [link] = linked(order)
        cases = [
            (other, link),
            (vendor, {**link, "TxnLineId": "9"}),
            (vendor, {name: value for name, value in link.items() if name != "TxnLineId"}),
            (vendor, {**link, "TxnId": "1"}),
            (vendor, linked(closed)[0]),
        ]

        made = [billed(online, who, spent(5, LinkedTxn=[wrong])) for who, wrong in cases]

        assert [bill["LinkedTxn"] for bill in made] == [[]] * 5
        assert not any("LinkedTxn" in bill["Line"][0] for bill in made)

    def test_right_links_may_be_dropped_too(self, online: Outside) -> None:
        """By the switch every link is."""
        online.switch(links="dropped")
        vendor = online.vendor()
        order = ordered(online, vendor, spent(5))

        assert billed(online, vendor, spent(5, LinkedTxn=linked(order)))["LinkedTxn"] == []

    def test_only_a_new_line_gets_a_link(self, online: Outside) -> None:
        """On an update an existing line keeps what it has; a new one is linked."""
        vendor = online.vendor()
        order = ordered(online, vendor, spent(5))
        bill = billed(online, vendor, spent(5))
        known = {**bill["Line"][0], "LinkedTxn": linked(order)}
        base = {"VendorRef": ref(vendor)}

        same = online.change("Bill", bill, Line=[known], **base)
        added = online.change("Bill", same, Line=[spent(5, LinkedTxn=linked(order))], **base)

        assert same["LinkedTxn"] == []
        assert added["LinkedTxn"] == [{"TxnId": order["Id"], "TxnType": "PurchaseOrder"}]

    def test_an_order_is_closed_and_opened_by_hand(self, online: Outside) -> None:
        """A sparse update sets its status."""
        order = ordered(online, online.vendor(), spent(5))
        closed = online.change("PurchaseOrder", order, POStatus="Closed")
        opened = online.change("PurchaseOrder", closed, POStatus="Open")

        assert (closed["POStatus"], opened["POStatus"]) == ("Closed", "Open")

    def test_paying_a_bill(self, online: Outside) -> None:
        """The balance falls, the total stays, the bill shows its payment and is not deleted."""
        vendor = online.vendor()
        bill = billed(online, vendor, spent(10))
        payment = online.desk("pay", {"bill": bill["Id"], "amount": 4})
        after = online.read("Bill", bill["Id"])

        assert (after["TotalAmt"], after["Balance"], after["SyncToken"]) == (10, 6, "1")
        link = {"TxnId": payment["Id"], "TxnType": "BillPaymentCheck"}
        assert after["LinkedTxn"] == [link]
        assert online.read("Vendor", vendor["Id"])["Balance"] == 6
        with refused(6000):
            online.delete("Bill", after)

    @pytest.mark.parametrize("code", ["6000", "620"])
    def test_an_order_with_a_bill_is_not_deleted(self, online: Outside, code: str) -> None:
        """It has to be unlinked first; the code is a switch."""
        online.switch(linked_order_delete=code)
        vendor = online.vendor()
        order = ordered(online, vendor, spent(5))
        billed(online, vendor, spent(5, LinkedTxn=linked(order)))

        with refused(int(code)):
            online.delete("PurchaseOrder", online.read("PurchaseOrder", order["Id"]))

    @pytest.mark.parametrize("how, received", [("taken", 5), ("dropped", 0)])
    def test_more_than_ordered(self, online: Outside, how: str, received: int) -> None:
        """No check of it is published: the link is kept, or by the switch dropped."""
        online.switch(over_billing=how)
        vendor = online.vendor()
        order = ordered(online, vendor, bought(online.item(), 2, 5))
        billed(online, vendor, bought(online.item("B"), 5, 5, LinkedTxn=linked(order)))

        read = online.read("PurchaseOrder", order["Id"])
        assert read["Line"][0]["Received"] == received


class TestRow7x5Inventory:
    """7.5: stock."""

    def test_sales_take_and_adjustments_move(self, online: Outside) -> None:
        """Invoices take, adjustments go either way, negative stock is allowed."""
        online.switch(inventory_adjustment="free")
        stock = online.stock(on_hand=2)
        online.create("Invoice", CustomerRef=ref(online.customer()), Line=[sold(stock, 5, 1)])
        kind = "ItemAdjustmentLineDetail"
        line = {"DetailType": kind, kind: {"ItemRef": ref(stock), "QtyDiff": 10}}
        after_sale = online.read("Item", stock["Id"])["QtyOnHand"]
        adjusted = online.create(
            "InventoryAdjustment", AdjustAccountRef=ref("91"), TxnDate="2026-01-15", Line=[line]
        )

        assert after_sale == -3
        assert online.read("Item", stock["Id"])["QtyOnHand"] == 7
        online.delete("InventoryAdjustment", adjusted)
        assert online.read("Item", stock["Id"])["QtyOnHand"] == -3

    def test_an_adjustment_is_a_premium_interface(self, online: Outside) -> None:
        """An app without a paid tier gets 3100, whatever it tries; people in the product do not."""
        statement = "select * from InventoryAdjustment"
        answers = [
            online.call("POST", "inventoryadjustment", {}),
            online.call("GET", "inventoryadjustment/1"),
            online.call("GET", "query", query=statement),
        ]
        [item] = online.batch({"bId": "1", "Query": statement})
        kind = "ItemAdjustmentLineDetail"
        line = {"DetailType": kind, kind: {"ItemRef": ref(online.stock()), "QtyDiff": 1}}
        counted = {"AdjustAccountRef": ref("91"), "TxnDate": "2026-01-15", "Line": [line]}

        assert [answer.status_code for answer in answers] == [403] * 3
        assert answers[0].json()["fault"]["error"][0]["code"] == "3100"
        assert code_of(item) == "3100"
        assert online.desk("make/InventoryAdjustment", counted)["Id"]

    @pytest.mark.parametrize("how, status", [("premium", 200), ("premium-everywhere", 403)])
    def test_change_capture_may_be_closed_too(self, online: Outside, how: str, status: int) -> None:
        """Whether a change capture that names it is refused as a whole is not known."""
        online.switch(inventory_adjustment=how)
        names, since = "Vendor,InventoryAdjustment", "2026-01-15T00:00:00Z"

        answer = online.call("GET", "cdc", entities=names, changedSince=since)

        assert answer.status_code == status

    def test_nothing_is_dated_before_the_start(self, online: Outside) -> None:
        """A bill before an item's start date is refused, and the date is told."""
        stock = online.stock()

        with refused(6270) as caught:
            billed(online, online.vendor(), bought(stock, 1, 1), TxnDate="2025-12-31")

        assert "2026-01-01" in caught.value.detail

    def test_quantity_on_the_item_is_an_adjustment(self, online: Outside) -> None:
        """A sparse update with quantity and date counts stock; the start date stays."""
        stock = online.stock()
        counted = online.change("Item", stock, QtyOnHand=8, InvStartDate="2026-01-10")

        assert (counted["QtyOnHand"], counted["InvStartDate"]) == (8, "2026-01-01")

    def test_an_inventory_item_stays_one(self, online: Outside) -> None:
        """Its type cannot be changed."""
        with refused(6000):
            online.change("Item", online.stock(), Type="Service")

    @pytest.mark.parametrize(
        "fields, code",
        [
            ({"ExpenseAccountRef": None, "IncomeAccountRef": None}, 2020),
            ({"Type": "Inventory", "TrackQtyOnHand": True}, 6520),
            ({"Type": "Inventory", "QtyOnHand": 1}, 2020),
            ({"Name": "A:B"}, 2040),
        ],
    )
    def test_what_an_item_needs(self, online: Outside, fields: Json, code: int) -> None:
        """Accounts, and for stock a quantity and a start date; a name without a colon."""
        with refused(code):
            online.item(**fields)

    def test_the_wrong_kind_of_account_is_refused(self, online: Outside) -> None:
        """An inventory item's expense account is one for goods sold."""
        with refused(6430):
            online.stock(ExpenseAccountRef=ref("7"))


class TestRow7x6SalesVoidAndFreeze:
    """7.6: sales, voids and closed books."""

    @pytest.mark.parametrize("status", ["Closed", "Converted"])
    def test_an_estimate_is_closed_by_its_invoice(self, online: Outside, status: str) -> None:
        """The invoice names it; it shows the invoice and leaves Pending."""
        online.switch(invoiced_estimate=status)
        who, line = ref(online.customer()), sold(online.item(), 1, 5)
        estimate = online.create("Estimate", CustomerRef=who, Line=[line])
        link = [{"TxnId": estimate["Id"], "TxnType": "Estimate"}]
        invoice = online.create("Invoice", CustomerRef=who, Line=[line], LinkedTxn=link)
        after = online.read("Estimate", estimate["Id"])

        assert (estimate["TxnStatus"], after["TxnStatus"]) == ("Pending", status)
        assert after["LinkedTxn"] == [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]
        assert invoice["LinkedTxn"] == link

    def test_a_payment_and_a_void(self, online: Outside) -> None:
        """A payment lowers the balance; a void zeroes all and gives the payment back."""
        customer = online.customer()
        who = ref(customer)
        invoice = online.create("Invoice", CustomerRef=who, Line=[sold(online.item(), 2, 5)])
        pays = {"Amount": 10, "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
        payment = online.create("Payment", CustomerRef=who, TotalAmt=10, Line=[pays])
        paid = online.read("Invoice", invoice["Id"])
        body = {"Id": paid["Id"], "SyncToken": paid["SyncToken"]}
        void = online.told("POST", "invoice", body, operation="void")["Invoice"]

        assert (paid["Balance"], paid["SyncToken"]) == (0, "1")
        assert (void["TotalAmt"], void["Balance"], void["PrivateNote"]) == (0, 0, "Voided")
        assert (void["SyncToken"], void["LinkedTxn"]) == ("2", [])
        assert void["Line"][0]["SalesItemLineDetail"]["Qty"] == 0
        assert online.read("Payment", payment["Id"])["UnappliedAmt"] == 10
        assert online.read("Customer", customer["Id"])["Balance"] == -10

    @pytest.mark.parametrize("has_password, code", [(False, 6200), (True, 6210)])
    def test_closed_books_stay_closed(
        self, online: Outside, *, has_password: bool, code: int
    ) -> None:
        """Nothing dated in them is entered, changed or deleted; orders are no postings."""
        vendor = online.vendor()
        bill = billed(online, vendor, spent(1), TxnDate="2026-01-10")
        online.switch(book_close_date="2026-01-10", book_close_password=has_password)

        with refused(code):
            billed(online, vendor, spent(1), TxnDate="2026-01-10")
        with refused(code):
            online.delete("Bill", bill)
        assert ordered(online, vendor, spent(1), TxnDate="2026-01-10")["Id"]
        prefs = online.told("GET", "preferences")["Preferences"]
        assert prefs["AccountingInfoPrefs"]["BookCloseDate"] == "2026-01-10"

    def test_billed_hours(self, online: Outside) -> None:
        """An invoice that names hours marks them as billed; nobody else can."""
        who = ref(online.customer())
        worker = online.create("Employee", GivenName="Ilse", FamilyName="Brandt")
        hours = {"NameOf": "Employee", "EmployeeRef": ref(worker), "Hours": 4, "Minutes": 30}
        billable = {"BillableStatus": "Billable", "HourlyRate": 20, "CustomerRef": who}
        activity = online.create("TimeActivity", **hours, **billable)
        link = [{"TxnId": activity["Id"], "TxnType": "TimeActivity"}]
        line = sold(online.item(), 1, 90)
        online.create("Invoice", CustomerRef=who, Line=[line], LinkedTxn=link)

        after = online.read("TimeActivity", activity["Id"])
        assert after["BillableStatus"] == "HasBeenBilled"
        with refused(2170):
            online.create("TimeActivity", **hours, BillableStatus="HasBeenBilled")

    @pytest.mark.parametrize(
        "fields, code",
        [
            ({"NameOf": "Employee"}, 2020),
            ({"Hours": None}, 2020),
            ({"Hours": 9000}, 2090),
            ({"BillableStatus": "Billable"}, 2020),
        ],
    )
    def test_what_hours_need(self, online: Outside, fields: Json, code: int) -> None:
        """A name of the kind it says, a duration in bounds, and for billing a rate and customer."""
        known = {"NameOf": "Vendor", "VendorRef": ref(online.vendor()), "Hours": 1}

        with refused(code):
            online.create("TimeActivity", **{**known, **fields})
