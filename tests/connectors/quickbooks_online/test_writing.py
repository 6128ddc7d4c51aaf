"""Writing: what leaves for a document, and what its answer comes to."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, Final

import httpx2
import msgspec
import pytest

from counterfoil.connectors.quickbooks_online import CallClass
from counterfoil.connectors.quickbooks_online._lists import read_record
from counterfoil.documents import (
    Bill,
    BillLine,
    Customer,
    DocumentKind,
    ExpenseLine,
    Money,
    OrderLink,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    RecordKind,
    Reference,
    Vendor,
)
from counterfoil.engine.operations import (
    ActivateRecord,
    Busy,
    Conflict,
    CreateDocument,
    CreateRecord,
    Done,
    FindDocument,
    LineScope,
    Refused,
    Unknown,
    UpdateDocument,
    VoidDocument,
    VoidWay,
)
from tests.connectors.quickbooks_online.play import (
    Company,
    batch,
    company,
    fault,
    item_fault,
    rows,
)

KEY = "{0c7f4a52-9a3e-5d1b-8f66-2b1d1c0a9e77}"
MARK = "[counterfoil 0c7f4a529a3e5d1b8f662b1d1c0a9e77]"
DAY = date(2026, 3, 2)
ACME = Reference("Acme", "56")
BOLT = Reference("Bolt", "11")


def bill(number: str | None = "PO-17", **more: Any) -> Bill:
    usual: dict[str, Any] = {
        "id": "",
        "number": number,
        "vendor": ACME,
        "created_on": DAY,
        "lines": (
            BillLine(item=BOLT, quantity=Quantity(Decimal(3)), unit_cost=Money(Decimal("1.335"))),
        ),
    }
    return Bill(**{**usual, **more})


def created(document: Any, id_: str = "1", key: str = KEY) -> CreateDocument:
    kind = DocumentKind.BILL if isinstance(document, Bill) else DocumentKind.PURCHASE_ORDER
    return CreateDocument(id=id_, kind=kind, document=document, key=key)


def answered(**more: Any) -> dict[str, Any]:
    """A bill as the service answers it."""
    usual = {
        "Id": "145",
        "SyncToken": "0",
        "DocNumber": "PO-17",
        "VendorRef": {"value": "56", "name": "Acme"},
        "TxnDate": "2026-03-02",
        "TotalAmt": 4.01,
        "Balance": 4.01,
        "PrivateNote": MARK,
        "CurrencyRef": {"value": "USD"},
        "MetaData": {"LastUpdatedTime": "2026-03-20T04:00:00-08:00"},
        "Line": [
            {
                "Id": "1",
                "Amount": 4.01,
                "DetailType": "ItemBasedExpenseLineDetail",
                "ItemBasedExpenseLineDetail": {
                    "ItemRef": {"value": "11", "name": "Bolt"},
                    "Qty": 3,
                    "UnitPrice": 1.335,
                },
            }
        ],
    }
    return {**usual, **more}


class TestOneBill:
    def test_what_leaves(self, books: Company) -> None:
        """A bare object with our mark, amounts that are quantity times price, and no read-only field."""
        books.says({"Bill": answered()})
        (done,) = books.does(created(bill()))

        (call,) = books.calls
        assert (call.method, call.path) == ("POST", "/bill")
        assert call.parameters["minorversion"] == "75"
        assert len(call.parameters["requestid"]) == 32
        assert call.body == {
            "DocNumber": "PO-17",
            "VendorRef": {"value": "56"},
            "TxnDate": "2026-03-02",
            "PrivateNote": MARK,
            "Line": [
                {
                    "DetailType": "ItemBasedExpenseLineDetail",
                    "Amount": Decimal("4.01"),
                    "ItemBasedExpenseLineDetail": {
                        "ItemRef": {"value": "11"},
                        "Qty": 3,
                        "UnitPrice": Decimal("1.335"),
                    },
                }
            ],
        }
        assert isinstance(done, Done)
        assert (done.id, done.number, done.revision, done.mark) == ("145", "PO-17", "0", KEY)
        assert (done.total, done.line_ids) == ("4.01", ("1",))
        assert str(done.written_at) == "2026-03-20 12:00:00"
        assert books.counted == {CallClass.CORE: 1}


class TestSeveral:
    def test_a_batch_goes_in_one_call(self, books: Company) -> None:
        """Thirty bills and a look-up beside them are one call, counted by what they are."""
        items = [{"Bill": answered(Id=str(at))} for at in range(1, 30)]
        books.says(batch(rows("Bill", answered(Id="9", DocNumber="PO-99")), *items))
        writes = [created(bill(f"PO-{at}"), str(at)) for at in range(1, 30)]
        find = FindDocument(id="30", kind=DocumentKind.BILL, numbers=("PO-99", "PO-98"))
        *done, found = books.does(*writes, find)

        (call,) = books.calls
        assert call.path == "/batch"
        assert len(call.parameters["requestid"]) == 32
        asked = call.body["BatchItemRequest"]
        assert [each["bId"] for each in asked] == [str(at) for at in range(1, 31)]
        assert asked[0]["Query"].startswith(
            "SELECT * FROM Bill WHERE DocNumber IN ('PO-99', 'PO-98') ORDERBY Id"
        )
        assert asked[1]["operation"] == "create"
        assert [each.id for each in done if isinstance(each, Done)] == [
            str(at) for at in range(1, 30)
        ]
        assert isinstance(found, Done)
        assert found.page is not None
        assert [each.number for each in found.page.documents] == ["PO-99"]
        assert books.counted == {CallClass.CORE: 29, CallClass.CORE_PLUS: 1}

    def test_each_item_has_its_own_outcome(self, books: Company) -> None:
        """One that is refused spoils no other."""
        books.says(batch({"Bill": answered()}, item_fault("6000", "Business Validation Error")))
        one, other = books.does(created(bill()), created(bill("PO-18"), "2"))

        assert isinstance(one, Done)
        assert isinstance(other, Refused)
        assert "Business Validation Error" in other.refusal.sentence

    @pytest.mark.parametrize(
        "answer",
        [
            httpx2.ReadTimeout("late"),
            httpx2.RemoteProtocolError("hung up"),
            httpx2.Response(500, content=b"<html>oops</html>"),
            httpx2.Response(503, content=b""),
            httpx2.Response(200, content=b"<html>a page</html>"),
            fault("10000", status=500),
        ],
    )
    def test_a_lost_batch_is_unknown_and_never_sent_again(
        self, books: Company, answer: Any
    ) -> None:
        """Not one of its writes is answered by what became of others, however many there are."""
        books.says(answer)
        outcomes = books.does(*(created(bill(f"PO-{at}"), str(at)) for at in range(8)))

        assert len(books.calls) == 1
        assert all(isinstance(each, Unknown) for each in outcomes)

    def test_an_item_that_the_answer_leaves_out_is_unknown(self, books: Company) -> None:
        """Silence about one item says nothing."""
        books.says({"BatchItemResponse": [{"bId": "1", "Bill": answered()}], "time": "x"})
        one, other = books.does(created(bill()), created(bill("PO-18"), "2"))

        assert isinstance(one, Done)
        assert isinstance(other, Unknown)

    def test_a_throttled_batch_waits_and_goes_again(self, books: Company) -> None:
        """It was not carried out, so that one may; it names no time, so a minute is waited for."""
        books.says(
            httpx2.Response(429, content=b"<x/>"), batch({"Bill": answered()}, {"Bill": answered()})
        )
        outcomes = books.does(created(bill()), created(bill("PO-18"), "2"))

        assert all(isinstance(each, Done) for each in outcomes)
        assert 60.0 in books.clock.waited
        first, second = books.calls
        assert first.parameters["requestid"] == second.parameters["requestid"]

    def test_the_identity_of_a_single_write_is_made_of_what_it_writes(self, books: Company) -> None:
        """The same has the same, so that it is carried out once; another has another."""
        for number in ("PO-1", "PO-1", "PO-2"):
            books.says({"Bill": answered()})
            books.does(created(bill(number)))

        one, same, other = (call.parameters["requestid"] for call in books.calls)
        assert one == same
        assert one != other

    def test_what_was_refused_goes_again_as_another_write(self, books: Company) -> None:
        """Else the service would tell the old refusal, whatever was mended since."""
        books.says(fault("6000"), {"Bill": answered()})
        for _ in range(2):
            books.does(created(bill()))

        refused, again = (call.parameters["requestid"] for call in books.calls)
        assert refused != again

    def test_no_two_batches_are_taken_for_one(self, books: Company) -> None:
        """One that comes again is answered with faults, not as the first time (row 1)."""
        for _ in range(2):
            books.says(batch({"Bill": answered()}, {"Bill": answered()}))
            books.does(created(bill()), created(bill("PO-18"), "2"))

        one, other = (call.parameters["requestid"] for call in books.calls)
        assert one != other
        assert len(one) + len("30") <= 50

    def test_a_question_has_no_identity(self, unknown: Company) -> None:
        """Asked again, it is to be answered anew."""
        unknown.says(company(), {"Bill": answered()})
        unknown.does(created(bill()))

        assert "requestid" not in unknown.calls[0].parameters

    def test_a_number_may_be_repeated_alone_and_in_a_batch(self, books: Company) -> None:
        """Each has its own place for that: a parameter, and the item's options."""
        one, other = (
            msgspec.structs.replace(created(bill(), id_), may_repeat_number=True) for id_ in "12"
        )
        books.says({"Bill": answered()}, batch({"Bill": answered()}, {"Bill": answered()}))
        books.does(one)
        books.does(one, other)

        alone, together = books.calls
        assert alone.parameters["include"] == "allowduplicatedocnum"
        assert [each["optionsData"] for each in together.body["BatchItemRequest"]] == [
            "allowduplicatedocnum"
        ] * 2


class TestWhatIsTakenOtherwise:
    @pytest.mark.parametrize(
        "taken",
        [
            {"TxnDate": "2026-03-01"},
            {"VendorRef": {"value": "57", "name": "Acne"}},
        ],
    )
    def test_a_silent_change_leaves_the_document_to_be_read(
        self, books: Company, taken: dict[str, Any]
    ) -> None:
        """Another day or vendor than was sent shows when it is read; it is there all the same."""
        books.says({"Bill": answered(**taken)})
        (done,) = books.does(created(bill()))

        assert isinstance(done, Done)
        assert (done.id, done.document) == ("145", None)

    def test_an_ignored_currency_does(self, unknown: Company) -> None:
        """A bill in euros that is kept in dollars is not as it was sent."""
        unknown.says(company(CurrencyPrefs={"MultiCurrencyEnabled": True}), {"Bill": answered()})
        (done,) = unknown.does(created(bill(currency="EUR", exchange_rate=Money(Decimal("1.08")))))

        assert unknown.calls[1].body["CurrencyRef"] == {"value": "EUR"}
        assert unknown.calls[1].body["ExchangeRate"] == Decimal("1.08")
        assert isinstance(done, Done)
        assert done.document is None

    def test_a_document_that_cannot_be_read_has_landed(self, books: Company) -> None:
        """Whatever is wrong with the answer, the identity of what was written counts."""
        books.says({"Bill": answered(TxnDate="yesterday")})
        (done,) = books.does(created(bill()))

        assert isinstance(done, Done)
        assert (done.id, done.document, done.mark) == ("145", None, KEY)

    def test_an_answer_without_identity_is_unknown(self, books: Company) -> None:
        """It was carried out, but nobody can tell as what."""
        books.says({"Bill": {}})

        assert isinstance(books.does(created(bill()))[0], Unknown)


class TestLinkedBills:
    def test_a_line_names_the_orders_line(self, books: Company) -> None:
        """All three members, and neither an identity nor a place of its own (section 4.7)."""
        line = BillLine(
            id="7",
            item=BOLT,
            quantity=Quantity(Decimal(2)),
            unit_cost=Money(Decimal(1)),
            link=OrderLink("88", "3"),
        )
        books.says({"Bill": answered()})
        books.does(created(bill(lines=(line,))))

        (sent,) = books.calls[0].body["Line"]
        assert sent["LinkedTxn"] == [{"TxnId": "88", "TxnType": "PurchaseOrder", "TxnLineId": "3"}]
        assert "Id" not in sent
        assert "LineNum" not in sent

    def test_lines_of_accounts_stand_beside_those_of_items(self, books: Company) -> None:
        """Carriage goes to an account."""
        freight = ExpenseLine(
            account=Reference("Freight", "80"), amount=Money(Decimal("9.50")), memo="UPS"
        )
        books.says({"Bill": answered()})
        books.does(created(bill(expenses=(freight,))))

        assert books.calls[0].body["Line"][1] == {
            "DetailType": "AccountBasedExpenseLineDetail",
            "Description": "UPS",
            "Amount": Decimal("9.5"),
            "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "80"}},
        }

    def test_a_line_without_a_price_takes_the_items_own(self, books: Company) -> None:
        """The service fills in none by itself: it is asked for and sent."""
        line = BillLine(item=BOLT, quantity=Quantity(Decimal(4)))
        item = {"Id": "11", "Name": "Bolt", "PurchaseCost": 2.5}
        books.says(rows("Item", item), {"Bill": answered()})
        books.does(created(bill(lines=(line,))))

        assert books.calls[1].body["Line"][0]["Amount"] == Decimal(10)


class TestRefusals:
    def test_a_number_that_is_ours_already_has_landed(self, books: Company) -> None:
        """6140 after an answer that was lost: what bears the number bears our mark."""
        books.says(fault("6140"), rows("Bill", answered(Id="77")))
        (done,) = books.does(created(bill()))

        assert isinstance(done, Done)
        assert done.id == "77"

    def test_a_number_of_somebody_else_names_it(self, books: Company) -> None:
        """6140: who has it is looked up, never parsed from the words."""
        books.says(fault("6140", "déjà utilisé"), rows("Bill", answered(Id="77", PrivateNote="")))
        (refused,) = books.does(created(bill()))

        assert isinstance(refused, Refused)
        assert refused.refusal.code == "number-taken"
        assert refused.refusal.choices[0].arguments == {"id": "77"}

    @pytest.mark.parametrize("code", ["610", "2500"])
    def test_a_reference_that_is_gone_has_our_lists_read_anew(
        self, books: Company, code: str
    ) -> None:
        """It may have been merged or made inactive since: only what stays so is a refusal."""
        books.says(fault(code, "made inactive"))
        (busy,) = books.does(created(bill()))

        assert isinstance(busy, Busy)
        assert busy.is_outdated
        assert busy.otherwise is not None
        assert "inactive" in busy.otherwise.refusal.sentence

    def test_a_day_before_the_stock_begins_names_that_day(self, books: Company) -> None:
        """6270 says neither which item nor since when: that is read."""
        item = {"Id": "11", "Name": "Bolt", "Type": "Inventory", "InvStartDate": "2026-03-10"}
        books.says(fault("6270"), rows("Item", item))
        (refused,) = books.does(created(bill()))

        assert isinstance(refused, Refused)
        assert "“Bolt” is tracked there from 2026-03-10 on" in refused.refusal.sentence
        # From now on it is known before anything is sent.
        (again,) = books.does(created(bill()))
        assert isinstance(again, Refused)
        assert len(books.calls) == 2

    def test_what_is_denied_is_a_missing_right(self, books: Company) -> None:
        """403 with the gateway's lower-case fault says what may be wrong."""
        body = b'{"fault":{"error":[{"message":"x","detail":null,"code":"3100"}],"type":"SERVICE"}}'
        books.says(httpx2.Response(403, content=body))
        (refused,) = books.does(created(bill()))

        assert isinstance(refused, Refused)
        assert refused.refusal.code == "permission-missing"
        assert "other environment" in refused.refusal.sentence


class TestBeforeSending:
    @pytest.mark.parametrize(
        "preferences, document, code, words",
        [
            (
                {"AccountingInfoPrefs": {"BookCloseDate": "2026-03-02"}},
                bill(),
                "period-closed",
                "closed period",
            ),
            (
                {"ProductAndServicesPrefs": {"ForPurchase": False}},
                bill(),
                "feature-missing",
                "Show items table",
            ),
            ({}, bill(currency="EUR"), "value-unfit", "Multicurrency"),
            (
                {"sku": "QuickBooks Online Essentials"},
                PurchaseOrder(id="", vendor=ACME, created_on=DAY, lines=(PurchaseLine(item=BOLT),)),
                "feature-missing",
                "become bills instead",
            ),
        ],
    )
    def test_what_the_company_would_refuse_is_not_sent(
        self,
        unknown: Company,
        preferences: dict[str, Any],
        document: Any,
        code: str,
        words: str,
    ) -> None:
        """Closing date, item lines, currency and edition are told in plain words."""
        unknown.says(company(**preferences))
        if isinstance(document, PurchaseOrder):
            unknown.says(rows("Item"))
        (refused,) = unknown.does(created(document))

        assert isinstance(refused, Refused)
        assert refused.refusal.code == code
        assert words in refused.refusal.sentence
        assert all(call.method == "GET" or call.path == "/batch" for call in unknown.calls)

    def test_an_order_may_bear_a_day_of_a_closed_period(self, unknown: Company) -> None:
        """It posts nothing."""
        unknown.says(
            company(AccountingInfoPrefs={"BookCloseDate": "2026-12-31"}),
            rows("Item"),
            {"PurchaseOrder": answered()},
        )
        order = PurchaseOrder(id="", vendor=ACME, created_on=DAY, lines=(PurchaseLine(item=BOLT),))

        assert isinstance(unknown.does(created(order))[0], Done)

    def test_a_company_is_asked_once_an_hour(self, books: Company) -> None:
        """Preferences are metered like any read."""
        for _ in range(3):
            books.says({"Bill": answered()})
            books.does(created(bill()))
        books.clock.now += 3601
        books.says(company(), {"Bill": answered()})
        books.does(created(bill()))

        assert [call.path for call in books.calls] == ["/bill"] * 3 + ["/batch", "/bill"]

    def test_a_clock_that_was_set_back_keeps_nothing_fresh(self, books: Company) -> None:
        """What was read at a time that has not come yet is read anew."""
        books.clock.now -= 86400
        books.says(company(), {"Bill": answered()})
        books.does(created(bill()))

        assert [call.path for call in books.calls] == ["/batch", "/bill"]


class TestBlindness:
    """Reads are used up, and what the company is like was read before."""

    @pytest.fixture
    def used_up(self, books: Company) -> Company:
        books.standing.quota.read(is_refused=True)
        books.standing.quota.wrote(is_refused=False)
        books.clock.now += 200
        return books

    def test_nothing_is_written_that_may_be_there(self, used_up: Company) -> None:
        """Nothing was read since the start: a restored ledger would write everything again."""
        (outcome,) = used_up.does(created(bill()))

        assert isinstance(outcome, Busy)
        assert "since Counterfoil was started" in outcome.reason
        assert used_up.calls == []

    def test_what_was_read_once_is_enough(self, used_up: Company) -> None:
        """What this ledger never sent is not there."""
        used_up.standing.looked.add("Bill")
        used_up.says({"Bill": answered()})

        assert isinstance(used_up.does(created(bill()))[0], Done)


class TestChanges:
    def change(self, **more: Any) -> UpdateDocument:
        line = BillLine(
            id="1", item=BOLT, quantity=Quantity(Decimal(5)), unit_cost=Money(Decimal(2))
        )
        usual: dict[str, Any] = {
            "id": "1",
            "kind": DocumentKind.BILL,
            "document_id": "145",
            "revision": "4",
            "document": bill(lines=(line,)),
        }
        return UpdateDocument(**{**usual, **more})

    def test_lines_go_all_together_and_nothing_is_dropped(self, books: Company) -> None:
        """A known line keeps what we say nothing of; kinds we do not know go along unchanged."""
        strange = {
            "Id": "9",
            "LineNum": 3,
            "Amount": -1,
            "DetailType": "TaxLineDetail",
            "TaxLineDetail": {"x": 1},
        }
        current = answered(SyncToken="4")
        current["Line"][0]["ItemBasedExpenseLineDetail"]["BillableStatus"] = "Billable"
        current["Line"].append(strange)
        books.says({"Bill": current}, {"Bill": answered(SyncToken="5")})
        (done,) = books.does(self.change())

        read, written = books.calls
        assert (read.method, read.path) == ("GET", "/bill/145")
        assert written.body["sparse"] is True
        assert (written.body["Id"], written.body["SyncToken"]) == ("145", "4")
        known, carried = written.body["Line"]
        assert known["Id"] == "1"
        assert known["ItemBasedExpenseLineDetail"]["BillableStatus"] == "Billable"
        assert known["ItemBasedExpenseLineDetail"]["Qty"] == 5
        assert carried == {name: value for name, value in strange.items() if name != "LineNum"}
        assert isinstance(done, Done)
        assert done.revision == "5"

    def test_token_zero_is_a_token(self, books: Company) -> None:
        """A document that was never changed has the token “0”."""
        books.says({"Bill": answered()}, {"Bill": answered(SyncToken="1")})

        assert isinstance(books.does(self.change(revision="0"))[0], Done)

    def test_a_change_names_no_currency_where_but_one_is_kept(self, books: Company) -> None:
        """Not even the home currency."""
        books.says({"Bill": answered(SyncToken="4")}, {"Bill": answered(SyncToken="5")})
        books.does(self.change(document=bill(currency="USD")))

        assert "CurrencyRef" not in books.calls[1].body

    def test_a_header_only_change_carries_no_line(self, books: Company) -> None:
        """Lines of a linked document stay as they are; the mark stays in the note."""
        books.says({"Bill": answered(SyncToken="4")}, {"Bill": answered(SyncToken="5")})
        books.does(self.change(document=bill(lines=(), memo="other"), lines=LineScope.NONE))

        body = books.calls[1].body
        assert "Line" not in body
        assert body["PrivateNote"] == f"other\n{MARK}"

    def test_another_version_is_a_conflict(self, books: Company) -> None:
        """What was changed meanwhile is told with what stands there now; nothing is written."""
        books.says({"Bill": answered(SyncToken="6", DocNumber="X")})
        (conflict,) = books.does(self.change())

        assert isinstance(conflict, Conflict)
        assert conflict.current is not None
        assert conflict.current.number == "X"
        assert len(books.calls) == 1

    @pytest.mark.parametrize("code", ["5010", "610"])
    def test_a_change_in_between_is_a_conflict(self, books: Company, code: str) -> None:
        """The token guards the moment between the read and the write."""
        books.says({"Bill": answered(SyncToken="4")}, fault(code))

        assert isinstance(books.does(self.change())[0], Conflict)

    def test_an_order_is_closed_by_its_status(self, books: Company) -> None:
        """A sparse change of nothing else; what has to be repeated is."""
        order = {
            "Id": "8",
            "SyncToken": "1",
            "VendorRef": {"value": "56"},
            "APAccountRef": {"value": "33"},
            "Line": [],
        }
        books.says({"PurchaseOrder": order}, {"PurchaseOrder": {**order, "POStatus": "Closed"}})
        header = PurchaseOrder(id="", vendor=ACME, memo="so", currency="USD")
        (done,) = books.does(
            UpdateDocument(
                id="1",
                kind=DocumentKind.PURCHASE_ORDER,
                document_id="8",
                revision="1",
                document=header,
                lines=LineScope.NONE,
                closes=True,
            )
        )

        assert books.calls[1].body == {
            "Id": "8",
            "SyncToken": "1",
            "sparse": True,
            "VendorRef": {"value": "56"},
            "APAccountRef": {"value": "33"},
            "POStatus": "Closed",
        }
        assert isinstance(done, Done)


class TestTakingOut:
    def gone(self, how: VoidWay = VoidWay.DELETE, kind: DocumentKind = DocumentKind.BILL) -> Any:
        return VoidDocument(id="1", kind=kind, document_id="145", how=how)

    def test_a_deletion_sends_identity_and_token_only(self, books: Company) -> None:
        """With more, extension blocks make it fail (section 2.6)."""
        books.says({"Bill": answered(SyncToken="4")}, {"Bill": {"status": "Deleted", "Id": "145"}})
        (done,) = books.does(self.gone())

        call = books.calls[1]
        assert call.parameters["operation"] == "delete"
        assert call.body == {"Id": "145", "SyncToken": "4"}
        assert isinstance(done, Done)

    def test_what_was_changed_since_it_was_read_stays(self, books: Company) -> None:
        """It is told with what stands there now, and nothing is taken out."""
        books.says({"Bill": answered(SyncToken="5", DocNumber="V-9")})
        operation = msgspec.structs.replace(self.gone(), revision="4")
        (conflict,) = books.does(operation)

        assert isinstance(conflict, Conflict)
        assert conflict.current is not None
        assert conflict.current.number == "V-9"
        assert len(books.calls) == 1

    @pytest.mark.parametrize("answers", [(fault("610"),), ({"Bill": answered()}, fault("610"))])
    def test_what_is_gone_already_is_done(self, books: Company, answers: Any) -> None:
        """Before the call, or by the time it came."""
        books.says(*answers)

        assert isinstance(books.does(self.gone())[0], Done)

    @pytest.mark.parametrize(
        "kind, entity, parameters",
        [
            (DocumentKind.INVOICE, "Invoice", {"operation": "void"}),
            (
                DocumentKind.SALES_RECEIPT,
                "SalesReceipt",
                {"operation": "update", "include": "void"},
            ),
        ],
    )
    def test_sales_forms_are_voided_each_in_its_way(
        self, books: Company, kind: DocumentKind, entity: str, parameters: dict[str, str]
    ) -> None:
        """An invoice has an operation for it; a sales receipt is updated."""
        books.says({entity: answered()}, {entity: answered(TotalAmt=0)})
        books.does(self.gone(VoidWay.VOID, kind))

        assert parameters.items() <= books.calls[1].parameters.items()


class TestActivations:
    INACTIVE: Final = {
        "Vendor": {"Id": "56", "SyncToken": "4", "DisplayName": "Acme (deleted)", "Active": False}
    }

    def acme(self, name: str = "Acme") -> ActivateRecord:
        record = Vendor(id="56", name=name, full_name=name, is_active=False, revision="3")
        return ActivateRecord(id="1", kind=RecordKind.VENDOR, record=record)

    def test_it_is_read_first_and_keeps_all_else(self, books: Company) -> None:
        """A sparse update over what is there right now gives it its plain name back."""
        active = {"Id": "56", "SyncToken": "5", "DisplayName": "Acme", "Active": True}
        books.says(self.INACTIVE, {"Vendor": active})
        (done,) = books.does(self.acme())

        assert isinstance(done, Done)
        assert done.record == Vendor(id="56", name="Acme", full_name="Acme", revision="5")
        assert books.calls[1].body == {
            "Id": "56",
            "SyncToken": "4",
            "sparse": True,
            "Active": True,
            "DisplayName": "Acme",
        }

    @pytest.mark.parametrize("name", ["Acme  Supply", "Acme\u00a0Supply", " Acme", "A" * 499])
    def test_it_is_called_afterwards_as_before(self, books: Company, name: str) -> None:
        """We read names as one short line; what is sent back is what stands there."""
        current = {"Id": "56", "SyncToken": "4", "DisplayName": f"{name} (deleted)"}
        inactive = current | {"Active": False}
        books.says({"Vendor": inactive}, {"Vendor": current})
        books.does(
            ActivateRecord(
                id="1", kind=RecordKind.VENDOR, record=read_record(RecordKind.VENDOR, inactive)
            )
        )

        assert books.calls[1].body["DisplayName"] == name

    def test_what_is_active_by_now_is_left_alone(self, books: Company) -> None:
        """Somebody was quicker, or an answer was lost: nothing is written."""
        books.says({"Vendor": {"Id": "56", "SyncToken": "5", "DisplayName": "Acme"}})
        (done,) = books.does(self.acme())

        assert isinstance(done, Done)
        assert len(books.calls) == 1

    def test_somebody_else_is_called_so(self, books: Company) -> None:
        """Its name was given anew while it was inactive: a person looks."""
        books.says(self.INACTIVE, fault("6240", "The name supplied already exists."))
        (outcome,) = books.does(self.acme())

        assert isinstance(outcome, Refused)
        assert outcome.refusal.code == "name-taken"

    @pytest.mark.parametrize("answers", [(INACTIVE, "5010"), ("610",)])
    def test_another_one_than_was_read(
        self, books: Company, answers: tuple[dict[str, Any] | str, ...]
    ) -> None:
        """Changed in that moment, or gone: the lists are read anew before it is tried again."""
        books.says(*(fault(each, "Stale") if isinstance(each, str) else each for each in answers))
        (outcome,) = books.does(self.acme())

        assert isinstance(outcome, Busy)
        assert outcome.is_outdated
        assert outcome.otherwise is not None, "what stays so is no wait without end"

    def test_it_is_called_otherwise_by_now(self, books: Company) -> None:
        """Nobody said that whoever bears another name shall be active: nothing is written."""
        current = {"Id": "56", "SyncToken": "5", "DisplayName": "Apex (deleted)", "Active": False}
        books.says({"Vendor": current})
        (outcome,) = books.does(self.acme())

        assert isinstance(outcome, Busy)
        assert outcome.is_outdated
        assert len(books.calls) == 1


class TestNewRecords:
    def vendor(self, name: str = "Acme", **more: Any) -> CreateRecord:
        record = Vendor(id="", name=name, full_name=name, **more)
        return CreateRecord(id="1", kind=RecordKind.VENDOR, record=record, key=KEY)

    def test_all_lists_that_share_names_are_searched_first(self, books: Company) -> None:
        """In one call, inactive ones included, and under the name they get when deactivated."""
        nobody = batch(rows("Vendor"), rows("Customer"), rows("Employee"))
        books.says(nobody, {"Vendor": {"Id": "56", "SyncToken": "0", "DisplayName": "Acme"}})
        (done,) = books.does(self.vendor())

        searched, created_ = books.calls
        queries = [each["Query"] for each in searched.body["BatchItemRequest"]]
        assert [query.split()[3] for query in queries] == ["Vendor", "Customer", "Employee"]
        assert all(
            "DisplayName IN ('Acme', 'Acme (deleted)') AND Active IN (true, false)" in query
            for query in queries
        )
        assert created_.body == {"DisplayName": "Acme"}
        assert isinstance(done, Done)
        assert done.record is not None
        assert done.record.id == "56"

    @pytest.mark.parametrize(
        "found, code",
        [
            (("Vendor", {"Id": "5", "DisplayName": "ACME "}), None),
            (
                ("Vendor", {"Id": "5", "DisplayName": "Acme (deleted)", "Active": False}),
                "record-inactive",
            ),
            (("Customer", {"Id": "5", "DisplayName": "acme"}), "name-taken"),
            (
                ("Employee", {"Id": "5", "DisplayName": "Acme (deleted)", "Active": False}),
                "name-taken",
            ),
        ],
    )
    def test_what_is_there_is_not_created(
        self, books: Company, found: tuple[str, dict[str, Any]], code: str | None
    ) -> None:
        """The same name, however it is written: in its own list it is it, in another it is taken."""
        entity, record = found
        lists = ("Vendor", "Customer", "Employee")
        books.says(batch(*(rows(each, *([record] if each == entity else [])) for each in lists)))
        (outcome,) = books.does(self.vendor())

        assert len(books.calls) == 1
        if code is None:
            assert isinstance(outcome, Done)
            assert outcome.id == "5"
        else:
            assert isinstance(outcome, Refused)
            assert outcome.refusal.code == code

    def test_a_name_taken_meanwhile_is_told(self, books: Company) -> None:
        """6240 without an identity in its words (corrections 2, row 13)."""
        books.says(
            batch(rows("Vendor"), rows("Customer"), rows("Employee")),
            fault("6240", "The name supplied already exists. : null"),
        )
        (refused,) = books.does(self.vendor())

        assert isinstance(refused, Refused)
        assert refused.refusal.code == "name-taken"

    def test_a_curly_apostrophe_is_never_asked_for(self, books: Company) -> None:
        """What is like it is asked for, and compared here."""
        like = {"Id": "5", "DisplayName": "O'Neil"}
        same = {"Id": "6", "DisplayName": "O’NEIL"}
        books.says(batch(rows("Vendor", like, same), rows("Customer"), rows("Employee")))
        (done,) = books.does(self.vendor("O’Neil"))

        assert "’" not in str(books.calls[0].body)
        assert "DisplayName LIKE 'O%Neil%'" in str(books.calls[0].body)
        assert isinstance(done, Done)
        assert done.id == "6"

    def test_a_job_is_made_below_its_customer(self, books: Company) -> None:
        """A sub-customer names its parent by identity."""
        record = Customer(id="", name="Roof", full_name="Ada:Roof")
        books.says(
            batch(
                rows("Vendor"),
                rows("Customer"),
                rows("Employee"),
                rows("Customer", {"Id": "3", "DisplayName": "Ada", "FullyQualifiedName": "Ada"}),
            ),
            {"Customer": {"Id": "9", "DisplayName": "Roof", "FullyQualifiedName": "Ada:Roof"}},
        )
        books.does(CreateRecord(id="1", kind=RecordKind.CUSTOMER, record=record, key=KEY))

        assert books.calls[1].body == {
            "DisplayName": "Roof",
            "Job": True,
            "ParentRef": {"value": "3"},
        }
