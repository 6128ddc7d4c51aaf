"""Reading: what changed in one call, what was deleted, and what is asked for instead."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from counterfoil.connectors.quickbooks_online import CallClass, QuickBooksOnline
from counterfoil.documents import (
    Account,
    AccountType,
    Ancestor,
    Customer,
    DocumentKind,
    DocumentStatus,
    Item,
    ItemType,
    PurchaseOrder,
    Quantity,
    RecordKind,
    Vendor,
)
from counterfoil.engine.operations import (
    Busy,
    Describe,
    Done,
    FindDocument,
    Operation,
    Outcome,
    Page,
    ReadDeletions,
    ReadDocuments,
    ReadRecords,
    ReadStock,
    Refused,
)
from tests.connectors.quickbooks_online.play import NOW, TOLD, Company, company, fault, moment, rows

SINCE = moment("2026-03-20T09:00")
LONG_AGO = moment("2026-01-05T00:00")


def changes(told: str = TOLD, **entities: Any) -> dict[str, Any]:
    """An answer of change capture."""
    parts = [{entity: listed} for entity, listed in entities.items()]
    return {"CDCResponse": [{"QueryResponse": parts or [{}]}], "time": told}


def deleted(identity: str) -> dict[str, Any]:
    """What is left of a deleted object."""
    meta = {"LastUpdatedTime": "2026-03-20T01:00:00-08:00"}
    return {"domain": "QBO", "status": "Deleted", "Id": identity, "MetaData": meta}


def page_of(outcome: Outcome) -> Page:
    assert isinstance(outcome, Done), outcome
    assert outcome.page is not None
    return outcome.page


VENDORS = ReadRecords(id="1", kind=RecordKind.VENDOR, since=SINCE)
BILLS = ReadDocuments(id="2", kind=DocumentKind.BILL, since=SINCE, heads=True)
GONE = ReadDeletions(
    id="3", records=(RecordKind.VENDOR,), documents=(DocumentKind.BILL,), since=SINCE
)


class TestChangeCapture:
    def test_all_readings_of_a_batch_are_one_call(self, books: Company) -> None:
        """A look with nothing to do costs one read."""
        books.says(changes())
        outcomes = books.does(VENDORS, BILLS, GONE)

        (call,) = books.calls
        assert call.path == "/cdc"
        assert call.parameters["changedSince"] == "2026-03-20T09:00:00+00:00"
        assert {"Vendor", "Bill", "Customer"} <= set(call.parameters["entities"].split(","))
        assert books.counted == {CallClass.CORE_PLUS: 1}
        for outcome in outcomes:
            page = page_of(outcome)
            assert (page.records, page.documents, page.deleted_documents) == ((), (), ())
            # However long ago the last change was, so far it was read.
            assert page.latest == moment("2026-03-20T12:00")
            assert page.zone_s == 0

    def test_each_reading_gets_what_is_its(self, books: Company) -> None:
        """Records, documents with our marks, and deletions come apart."""
        bill = {
            "Id": "145",
            "SyncToken": "2",
            "VendorRef": {"value": "5", "name": "Acme"},
            "PrivateNote": "hello\n[counterfoil 0c7f4a529a3e5d1b8f662b1d1c0a9e77]",
            "Line": [],
        }
        vendor = {"Id": "5", "SyncToken": "1", "DisplayName": "Acme", "Active": True}
        books.says(changes(Vendor=[vendor], Bill=[bill, deleted("144")]), fault("610"))
        vendors, bills, gone = (page_of(each) for each in books.does(VENDORS, BILLS, GONE))

        assert [each.full_name for each in vendors.records] == ["Acme"]
        assert [(each.id, each.revision) for each in bills.documents] == [("145", "2")]
        assert bills.keys == {"145": "{0c7f4a52-9a3e-5d1b-8f66-2b1d1c0a9e77}"}
        assert gone.deleted_documents == ((DocumentKind.BILL, "144"),)
        assert gone.deleted_on == {"144": date(2026, 3, 20)}

    def test_a_deletion_is_read_before_it_is_believed(self, books: Company) -> None:
        """Objects that are there have been reported as deleted: such a one was changed."""
        alive = {"Id": "144", "SyncToken": "3", "Line": []}
        books.says(changes(Bill=[deleted("144")]), {"Bill": alive})
        bills, gone = (page_of(each) for each in books.does(BILLS, GONE))

        assert books.calls[1].path == "/bill/144"
        assert [each.id for each in bills.documents] == ["144"]
        assert gone.deleted_documents == ()

    def test_what_was_believed_is_not_read_again(self, books: Company) -> None:
        """Looks overlap, and reads are metered."""
        books.says(changes(Bill=[deleted("144")]), fault("610"), changes(Bill=[deleted("144")]))
        for _ in range(2):
            assert page_of(books.does(BILLS, GONE)[1]).deleted_documents

        assert len(books.calls) == 3

    def test_of_a_merged_vendor_the_loser_is_gone(self, books: Company) -> None:
        """Lists lose records, too."""
        books.says(changes(Vendor=[deleted("5")]), fault("610"))

        assert page_of(books.does(VENDORS, GONE)[1]).deleted_records == ((RecordKind.VENDOR, "5"),)

    def test_an_answer_that_is_full_is_asked_apart(self, books: Company) -> None:
        """A thousand objects are all it holds: the kind with the most is asked by questions."""
        many = [{"Id": str(number), "SyncToken": "0", "Line": []} for number in range(1000)]
        books.says(changes(Bill=many), changes(Bill=many), changes(), rows("Bill", *many[:3]))
        vendors, bills, gone = books.does(VENDORS, BILLS, GONE)

        _together, alone, rest, asked = books.calls
        assert alone.parameters["entities"] == "Bill"
        assert "Bill" not in rest.parameters["entities"].split(",")
        assert asked.path == "/query"
        assert "MetaData.LastUpdatedTime >= '2026-03-20T09:00:00+00:00'" in asked.query
        assert len(page_of(bills).documents) == 3
        assert page_of(vendors).latest is not None
        assert page_of(gone).deleted_documents == ()

    def test_what_lies_too_far_back_is_asked_by_questions(self, books: Company) -> None:
        """Change capture looks back thirty days; deletions are asked as far as it goes."""
        wide = ReadDocuments(id="2", kind=DocumentKind.BILL, since=LONG_AGO)
        gone = ReadDeletions(id="3", documents=(DocumentKind.BILL,), since=LONG_AGO)
        books.says(changes(), rows("Bill"))
        books.does(wide, gone)

        captured, asked = books.calls
        assert captured.parameters["changedSince"] == "2026-02-19T00:00:00+00:00"
        assert "LastUpdatedTime >= '2026-01-05T00:00:00+00:00'" in asked.query

    def test_a_clock_that_is_ahead_hides_no_deletion(self, books: Company) -> None:
        """How far change capture looks back is a matter of the service's clock, not of ours."""
        gone = ReadDeletions(id="3", documents=(DocumentKind.BILL,), since=SINCE)
        ahead = NOW + timedelta(days=40)
        books.connector = QuickBooksOnline(books.client, lambda: ahead)
        books.says(changes(), changes(Bill=[deleted("7")]), fault("610"))
        (found,) = books.does(gone)

        asked = [call.parameters["changedSince"] for call in books.calls[:2]]
        assert "Bill" in books.standing.looked
        assert asked[0] > asked[1]
        assert asked[1] == f"{SINCE.isoformat()}+00:00"
        assert page_of(found).deleted_documents == ((DocumentKind.BILL, "7"),)

    def test_time_is_asked_for_by_itself(self, books: Company) -> None:
        """Change capture does not carry it."""
        time = ReadDocuments(id="4", kind=DocumentKind.WORK_ENTRY, since=SINCE)
        books.says(changes(), rows("TimeActivity"))
        books.does(BILLS, time)

        assert "TimeActivity" not in books.calls[0].parameters["entities"]
        assert books.calls[1].query.startswith("SELECT * FROM TimeActivity WHERE MetaData")

    @pytest.mark.parametrize("no", [fault("500"), fault("3100", status=403)])
    def test_a_kind_that_may_not_be_carried_is_left_out_once_it_is_not(
        self, books: Company, no: httpx2.Response
    ) -> None:
        """Nothing says whether it carries inventory adjustments to any app: a refusal tells."""
        counts = ReadDocuments(id="4", kind=DocumentKind.STOCK_COUNT, since=SINCE)
        books.says(no, changes(), rows("InventoryAdjustment"), changes())
        outcomes = books.does(BILLS, counts)
        books.does(BILLS)

        assert all(isinstance(each, Done) for each in outcomes)
        assert "InventoryAdjustment" in books.calls[0].parameters["entities"]
        assert "InventoryAdjustment" not in books.calls[1].parameters["entities"]

    def test_adjustments_that_are_closed_to_the_app_are_none_of_ours(self, books: Company) -> None:
        """What we could not write is not there to be read; it is asked for once a day."""
        counts = ReadDocuments(id="4", kind=DocumentKind.STOCK_COUNT, dated=(date(2026, 3, 1),) * 2)
        books.says(fault("3100", status=403), fault("3100", status=403))
        for _ in range(3):
            assert page_of(books.does(counts)[0]).documents == ()
        assert len(books.calls) == 1
        books.clock.now += 86_401
        books.does(counts)

        assert len(books.calls) == 2

    def test_a_look_that_fails_tells_nothing(self, books: Company) -> None:
        """Every reading that hung on it is asked again later."""
        books.says(*(fault("10000", status=500) for _ in range(3)))

        assert all(isinstance(each, Busy) for each in books.does(VENDORS, BILLS, GONE))

    def test_an_answer_that_is_none_tells_nothing(self, books: Company) -> None:
        """An empty object is not “nothing has changed”."""
        books.says({}, {}, {})

        assert all(isinstance(each, Busy) for each in books.does(VENDORS, BILLS, GONE))

    def test_nothing_was_deleted_before_anything_was_read(self, books: Company) -> None:
        """From the first look on it is asked."""
        first = ReadDeletions(id="1", documents=(DocumentKind.BILL,))

        page = page_of(books.does(first)[0])
        assert (page.deleted_documents, page.latest) == ((), moment("2026-03-20T12:00"))
        assert books.calls == []


class TestLists:
    def read(self, books: Company, kind: RecordKind, *records: dict[str, Any]) -> Page:
        entity = {
            RecordKind.VENDOR: "Vendor",
            RecordKind.CUSTOMER: "Customer",
            RecordKind.ITEM: "Item",
            RecordKind.ACCOUNT: "Account",
        }[kind]
        books.says(rows(entity, *records))
        return page_of(books.does(ReadRecords(id="1", kind=kind, limit=1000))[0])

    def test_inactive_ones_come_too_and_keep_their_names(self, books: Company) -> None:
        """Deactivating gives a name a suffix; it is the same vendor all the same."""
        page = self.read(
            books,
            RecordKind.VENDOR,
            {"Id": "5", "SyncToken": "1", "DisplayName": "Acme (deleted)", "Active": False},
            {"Id": "6", "SyncToken": "0", "DisplayName": "Acme (deleted)", "Active": True},
        )

        assert "Active IN (true, false)" in books.calls[0].query
        assert page.records == (
            Vendor(id="5", name="Acme", full_name="Acme", is_active=False, revision="1"),
            Vendor(id="6", name="Acme (deleted)", full_name="Acme (deleted)", revision="0"),
        )

    def test_a_job_has_the_name_of_all_levels(self, books: Company) -> None:
        """Documents refer to it by that."""
        page = self.read(
            books,
            RecordKind.CUSTOMER,
            {"Id": "7", "DisplayName": "Roof", "FullyQualifiedName": "Ada:Roof", "Job": True},
        )

        assert page.records == (Customer(id="7", name="Roof", full_name="Ada:Roof"),)

    def test_an_item_tells_its_stock_and_since_when(self, books: Company) -> None:
        """Only what is stocked has a quantity."""
        page = self.read(
            books,
            RecordKind.ITEM,
            {
                "Id": "11",
                "Name": "Bolt",
                "Type": "Inventory",
                "QtyOnHand": 7.5,
                "InvStartDate": "2026-01-01",
                "ExpenseAccountRef": {"value": "80", "name": "Cost of Goods Sold"},
            },
            {"Id": "12", "Name": "Hour", "Type": "Service", "QtyOnHand": 0},
        )

        bolt, hour = page.records
        assert isinstance(bolt, Item)
        assert isinstance(hour, Item)
        assert (bolt.type, str(bolt.on_hand.value if bolt.on_hand else ""), bolt.stocked_since) == (
            ItemType.INVENTORY,
            "7.5",
            date(2026, 1, 1),
        )
        assert (bolt.is_purchased, hour.is_purchased, hour.on_hand) == (True, False, None)

    @pytest.mark.parametrize(
        "told, type_",
        [
            ("Accounts Payable", AccountType.ACCOUNTS_PAYABLE),
            ("Cost of Goods Sold", AccountType.COST_OF_GOODS_SOLD),
            ("Other Current Asset", AccountType.OTHER_CURRENT_ASSET),
            ("Something New", None),
        ],
    )
    def test_an_account_has_our_word_for_its_type(
        self, books: Company, told: str, type_: AccountType | None
    ) -> None:
        """A type that nobody knows is left open."""
        page = self.read(books, RecordKind.ACCOUNT, {"Id": "33", "Name": "X", "AccountType": told})

        (account,) = page.records
        assert isinstance(account, Account)
        assert account.type is type_

    def test_what_cannot_be_read_is_told(self, books: Company) -> None:
        """It is there, so it is not gone."""
        page = self.read(books, RecordKind.VENDOR, {"Id": "5", "DisplayName": None})

        assert [(each.id, each.field) for each in page.unreadable] == [("5", "DisplayName")]

    def test_a_long_list_comes_in_pages(self, books: Company) -> None:
        """The next one begins a little before the end of the last."""
        many = [{"Id": str(number), "DisplayName": f"V{number}"} for number in range(1000)]

        assert self.read(books, RecordKind.VENDOR, *many).next == "981"

    def test_a_company_in_the_us_has_two_codes_that_no_list_holds(self, books: Company) -> None:
        """Its lines are taxed or not; what the tax is the service figures."""
        books.says(rows("TaxCode", {"Id": "2", "Name": "California", "Taxable": True}))
        page = page_of(books.does(ReadRecords(id="1", kind=RecordKind.TAX_CODE))[0])

        assert [each.id for each in page.records] == ["2", "TAX", "NON"]

    def test_there_are_no_payroll_items(self, books: Company) -> None:
        """A list that is not there is no empty one."""
        (refused,) = books.does(ReadRecords(id="1", kind=RecordKind.PAYROLL_ITEM))

        assert isinstance(refused, Refused)

    def test_stock_is_what_items_have_on_hand(self, books: Company) -> None:
        """Some by identity, or all that is stocked."""
        item = {"Id": "11", "Name": "Bolt", "Type": "Inventory", "QtyOnHand": 3}
        books.says(rows("Item", item), rows("Item", item))
        some, every = books.does(ReadStock(id="1", items=("11",)), ReadStock(id="2", limit=1000))

        assert "Id IN ('11')" in books.calls[0].query
        assert "Type = 'Inventory'" in books.calls[1].query
        assert page_of(some).records == page_of(every).records


class TestLookingUp:
    def find(self, books: Company, operation: Operation) -> Page:
        return page_of(books.does(operation)[0])

    def test_many_identities_are_one_question(self, books: Company) -> None:
        """What the page lacks is not there."""
        books.says(rows("Bill", {"Id": "1", "Line": []}))
        find = FindDocument(id="1", kind=DocumentKind.BILL, ids=("1", "2"))

        assert [each.id for each in self.find(books, find).documents] == ["1"]
        assert "Id IN ('1', '2')" in books.calls[0].query

    def test_numbers_are_asked_for_in_a_list(self, books: Company) -> None:
        """One that may not be asked for as it is, by what is like it."""
        books.says(rows("Bill"), rows("Bill"))
        self.find(books, FindDocument(id="1", kind=DocumentKind.BILL, numbers=("A-1", "B’2")))

        assert "DocNumber IN ('A-1')" in books.calls[0].query
        assert "DocNumber LIKE 'B%2'" in books.calls[1].query

    def test_a_span_of_days_is_asked_for_by_the_forms_own_date(self, books: Company) -> None:
        """Whatever the clocks said when it was written."""
        days = (date(2026, 3, 1), date(2026, 3, 2))
        books.says(rows("Bill"))
        books.does(ReadDocuments(id="1", kind=DocumentKind.BILL, dated=days, heads=True))

        assert "TxnDate >= '2026-03-01' AND TxnDate <= '2026-03-02'" in books.calls[0].query

    def test_an_order_tells_its_bills_and_what_came(self, books: Company) -> None:
        """Both on the order itself, so links cost nothing."""
        order = {
            "Id": "8",
            "POStatus": "Open",
            "LinkedTxn": [{"TxnId": "145", "TxnType": "Bill"}] * 2,
            "Line": [
                {
                    "Id": "1",
                    "Amount": 10,
                    "Received": 4,
                    "DetailType": "ItemBasedExpenseLineDetail",
                    "ItemBasedExpenseLineDetail": {"ItemRef": {"value": "11"}, "Qty": 10},
                }
            ],
        }
        books.says(rows("PurchaseOrder", order))
        find = FindDocument(id="1", kind=DocumentKind.PURCHASE_ORDER, ids=("8",), links=True)
        (found,) = self.find(books, find).documents

        assert isinstance(found, PurchaseOrder)
        assert found.made_into == (Ancestor("bill", "145"),)
        assert found.lines[0].delivered == Quantity(Decimal(4))

    @pytest.mark.parametrize(
        "status, received, becomes",
        [
            ("Open", 4, DocumentStatus.OPEN),
            ("Closed", 10, DocumentStatus.CLOSED),
            ("Closed", 4, DocumentStatus.CANCELLED),
        ],
    )
    def test_closed_with_something_to_come_is_closed_by_hand(
        self, books: Company, status: str, received: int, becomes: DocumentStatus
    ) -> None:
        """FLOW-4: an order that was filled is none that was given up."""
        line = {
            "Id": "1",
            "Received": received,
            "DetailType": "ItemBasedExpenseLineDetail",
            "ItemBasedExpenseLineDetail": {"ItemRef": {"value": "11"}, "Qty": 10},
        }
        books.says(rows("PurchaseOrder", {"Id": "8", "POStatus": status, "Line": [line]}))
        find = FindDocument(id="1", kind=DocumentKind.PURCHASE_ORDER, ids=("8",))

        assert self.find(books, find).documents[0].status is becomes


class TestDescribing:
    def test_a_company_tells_what_it_has(self, unknown: Company) -> None:
        """Edition, currency, closing date and preferences, in one call."""
        unknown.says(
            company(
                AccountingInfoPrefs={"BookCloseDate": "2025-12-31", "ClassTrackingPerTxn": True},
                OtherPrefs={
                    "NameValue": [
                        {"Name": "VendorAndPurchasesPrefs.UseCustomTxnNumbers", "Value": "true"}
                    ]
                },
            )
        )
        (done,) = unknown.does(Describe(id="1"))

        assert isinstance(done, Done)
        assert {
            "company_name": "Fern & Cöpper",
            "edition": "QuickBooks Online Plus",
            "home_currency": "USD",
            "multi_currency": "no",
            "closing_date": "2025-12-31",
            "purchase_orders": "yes",
            "custom_numbers_purchases": "yes",
            "classes": "yes",
        }.items() <= done.facts.items()
        assert len(unknown.calls) == 1
