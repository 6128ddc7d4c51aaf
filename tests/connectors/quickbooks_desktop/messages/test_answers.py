"""Answers as outcomes: what was done, what was found, and what silence never says."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.connectors.quickbooks_desktop.messages import (
    read_answer,
    requests_of,
)
from counterfoil.documents import (
    DocumentKind,
    Money,
    RecordKind,
    SalesOrder,
)
from counterfoil.engine.asked import OF_TO_DOS, Asked, Kind
from counterfoil.engine.operations import (
    Busy,
    Conflict,
    Done,
    Page,
    ReadDeletions,
    Refused,
    Unknown,
    Unreadable,
)
from counterfoil.engine.reading import STOCK_AT_SITES

KEY = "{00000000-0000-4000-8000-000000000001}"
MOMENT = datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001 - the wall clock of the books' computer
SALES_ORDER = DocumentKind.SALES_ORDER


def asked(kind: Kind, wire_id: str = "1", **more: Any) -> Asked:
    known = {"subject": "sales-order", "name": "SO-1", **more}
    return Asked(wire_id=wire_id, kind=kind, **known)


def answered(inside: str, attributes: str = 'messageSetStatusCode="0"') -> str:
    return f'<?xml version="1.0" ?><QBXML><QBXMLMsgsRs {attributes}>{inside}</QBXMLMsgsRs></QBXML>'


def reply(name: str, inside: str = "", code: int = 0, message: str = "", **more: str) -> str:
    severity = "Info" if code < 500 else "Warn" if code < 1000 else "Error"
    marks = "".join(f' {key}="{value}"' for key, value in more.items())
    wire = "" if "requestID" in more else ' requestID="1"'
    return (
        f'<{name}Rs{wire} statusCode="{code}" statusSeverity="{severity}" '
        f'statusMessage="{message}"{marks}>{inside}</{name}Rs>'
    )


ADDED = (
    "<SalesOrderRet><TxnID>A-1</TxnID><EditSequence>5</EditSequence><RefNumber>SO-1</RefNumber>"
    f"<TotalAmount>4.50</TotalAmount><ExternalGUID>{KEY}</ExternalGUID>"
    "<SalesOrderLineRet><TxnLineID>L-1</TxnLineID></SalesOrderLineRet>"
    "<SalesOrderLineRet><TxnLineID>L-2</TxnLineID></SalesOrderLineRet></SalesOrderRet>"
)


class TestAnswers:
    def one(self, kind: Kind, inside: str, *, recovers: bool = False, **more: Any) -> Any:
        question = msgspec.structs.replace(asked(kind), **more)
        return read_answer([question], answered(inside), recovers=recovers)["1"]

    def test_an_order_that_was_added(self) -> None:
        """Identity, number, version, sum, lines and mark are kept, and the order itself."""
        found = self.one(Kind.CREATE_DOCUMENT, reply("SalesOrderAdd", ADDED))

        assert msgspec.structs.replace(found, document=None) == Done(
            id="A-1", number="SO-1", revision="5", total="4.50", line_ids=("L-1", "L-2"), mark=KEY
        )
        assert isinstance(found.document, SalesOrder)
        assert (found.document.number, found.document.total) == ("SO-1", Money(Decimal("4.50")))
        assert [each.id for each in found.document.lines] == ["L-1", "L-2"]

    def test_an_order_that_was_changed(self) -> None:
        """A change is answered like an addition, with the new version."""
        found = self.one(Kind.UPDATE_DOCUMENT, reply("SalesOrderMod", ADDED))

        assert (found.id, found.revision, found.document.id) == ("A-1", "5", "A-1")

    def test_the_tax_in_the_total(self) -> None:
        """What the books figured as tax is told beside the total."""
        taxed = ADDED.replace("<TotalAmount>", "<SalesTaxTotal>0.36</SalesTaxTotal><TotalAmount>")
        found = self.one(Kind.CREATE_DOCUMENT, reply("SalesOrderAdd", taxed))

        assert (found.total, found.tax) == ("4.50", "0.36")

    @pytest.mark.parametrize(
        "code, expected",
        [(1, Done), (3250, Done), (1030, Done), (1000, Busy), (3260, Refused), (3390, Busy)],
    )
    def test_a_company_may_do_without_units(self, code: int, expected: type) -> None:
        """That the feature is off is an empty list; that the list cannot be read is none."""
        found = self.one(
            Kind.READ_RECORDS,
            reply("UnitOfMeasureSetQuery", code=code, message="no"),
            name="records/unit-set",
            subject=None,
        )

        assert isinstance(found, expected)
        if isinstance(found, Done):
            assert found.page == Page()
        if isinstance(found, Busy):
            assert found.reason.startswith("The list of unit of measure sets could not be read: ")

    def test_books_that_give_no_mark_back(self) -> None:
        """No mark, or the zero that stands for none, is no mark."""
        for mark in ("", "<ExternalGUID>0</ExternalGUID>", "<ExternalGUID/>"):
            inside = f"<SalesOrderRet><TxnID>A-1</TxnID>{mark}</SalesOrderRet>"
            assert self.one(Kind.CREATE_DOCUMENT, reply("SalesOrderAdd", inside)).mark is None

    @pytest.mark.parametrize(
        "spoilt",
        [
            "<TotalAmount>1,000</TotalAmount>",
            "<TxnDate>0001-01-01</TxnDate>",
            "<SalesOrderLineRet><Quantity>many</Quantity></SalesOrderLineRet>",
            f"<Memo>{'x' * 9000}</Memo>",
            f"<RefNumber>{'x' * 300}</RefNumber>",
        ],
        ids=lambda text: text[:20],
    )
    def test_a_landing_is_not_lost_to_what_stands_around_it(self, spoilt: str) -> None:
        """An order that was written and cannot be read is written; it has to be read again."""
        inside = f"<SalesOrderRet><TxnID>A-1</TxnID><EditSequence>5</EditSequence>{spoilt}"
        found = self.one(Kind.CREATE_DOCUMENT, reply("SalesOrderAdd", f"{inside}</SalesOrderRet>"))

        assert isinstance(found, Done)
        assert (found.id, found.revision, found.document) == ("A-1", "5", None)

    def test_a_warning_is_done_and_told(self) -> None:
        """Saved with a warning is saved; the warning stays beside it (550)."""
        found = self.one(
            Kind.CREATE_DOCUMENT, reply("SalesOrderAdd", ADDED, 550, "notes were not saved")
        )

        assert isinstance(found, Done)
        assert found.note == "notes were not saved"

    def test_a_recovered_answer_may_hold_identities_only(self) -> None:
        """ErrorRecovery alone says what was added, not what it is: it has to be read (3.3)."""
        inside = (
            "<ErrorRecovery><TxnID>A-1</TxnID><TxnNumber>9</TxnNumber>"
            f"<EditSequence>5</EditSequence><ExternalGUID>{KEY}</ExternalGUID></ErrorRecovery>"
        )
        found = self.one(Kind.CREATE_DOCUMENT, reply("SalesOrderAdd", inside), recovers=True)

        assert found == Done(id="A-1", revision="5", mark=KEY)
        assert (found.number, found.total, found.document) == (None, None, None)

    def test_done_without_an_identity_is_unknown(self) -> None:
        """An answer that says done and not what is not believed."""
        assert isinstance(self.one(Kind.CREATE_DOCUMENT, reply("SalesOrderAdd")), Unknown)
        nameless = "<SalesOrderRet><RefNumber>SO-1</RefNumber></SalesOrderRet>"
        assert isinstance(self.one(Kind.CREATE_DOCUMENT, reply("SalesOrderAdd", nameless)), Unknown)

    def test_refused_and_named_at_once_is_unknown(self) -> None:
        """An error beside a document that is there says two things, so neither is believed."""
        found = self.one(Kind.CREATE_DOCUMENT, reply("SalesOrderAdd", ADDED, 3180, "no"))

        assert isinstance(found, Unknown)

    @pytest.mark.parametrize("code", [3200, 3240, 3120, 3000, 500])
    def test_another_document_than_we_knew(self, code: int) -> None:
        """A stale version, or a document or line that is gone: it has to be read again."""
        found = self.one(Kind.UPDATE_DOCUMENT, reply("SalesOrderMod", code=code, message="words"))

        assert found == Conflict(None, f"SalesOrderMod {code}: words")

    @pytest.mark.parametrize(
        "code, message, outcome",
        [
            (3175, "", Busy),
            (3170, "", Busy),
            (3180, "modified by another user", Busy),
            (3180, "credit limit exceeded", Refused),
            (3140, "no such item", Refused),
            (3171, "closed", Refused),
        ],
    )
    def test_a_change_that_is_not_made(self, code: int, message: str, outcome: type) -> None:
        """Locks wait; what the document says, or the period, is a refusal."""
        inside = reply("SalesOrderMod", code=code, message=message)

        assert isinstance(self.one(Kind.UPDATE_DOCUMENT, inside), outcome)

    def test_an_order_that_was_deleted(self) -> None:
        """What was taken out is named in the reply itself."""
        inside = "<TxnDelType>SalesOrder</TxnDelType><TxnID>A-1</TxnID><RefNumber>SO-1</RefNumber>"

        assert self.one(Kind.VOID_DOCUMENT, reply("TxnDel", inside)) == Done(
            id="A-1", number="SO-1"
        )

    @pytest.mark.parametrize("code", [3120, 500])
    def test_what_is_out_already_is_out(self, code: int) -> None:
        """Taking out what is not there is done, with a note."""
        found = self.one(Kind.VOID_DOCUMENT, reply("TxnDel", code=code, message="not found"))

        assert isinstance(found, Done)
        assert found.note

    @pytest.mark.parametrize(
        "code, outcome",
        [(3160, Refused), (3161, Refused), (3185, Refused), (3175, Busy), (3200, Conflict),
         (3000, Conflict), (1000, Busy)],
    )  # fmt: skip
    def test_an_order_that_stays(self, code: int, outcome: type) -> None:
        """In use or in a closed period is a refusal in QuickBooks' words; locked waits."""
        found = self.one(Kind.VOID_DOCUMENT, reply("TxnDel", code=code, message="It is linked."))

        assert isinstance(found, outcome)
        if isinstance(found, Refused) and code == 3160:
            assert "It is linked." in found.refusal.sentence

    @pytest.mark.parametrize(
        "inside, outcome",
        [
            (reply("DataExtMod"), Done),
            (reply("DataExtDefAdd") + reply("DataExtAdd", requestID="1+"), Done),
            (reply("DataExtDefAdd", code=3180) + reply("DataExtAdd", requestID="1+"), Done),
            (reply("DataExtMod", code=3120), Refused),
            (reply("DataExtMod", code=3175), Busy),
            (
                reply("DataExtDefAdd", code=3180, message="it already exists")
                + reply("DataExtAdd", code=3180, message="it already exists", requestID="1+"),
                Refused,
            ),
            (reply("DataExtDefAdd"), Unknown),
        ],
    )
    def test_our_mark_on_the_company_file(self, inside: str, outcome: type) -> None:
        """What counts is that the value is kept; a lost half leaves it unknown."""
        assert isinstance(self.one(Kind.WRITE_MARK, inside), outcome)

    def test_a_customer_that_was_added_is_learned(self) -> None:
        """The record added is known from its answer, without reading the list again."""
        inside = (
            "<CustomerRet><ListID>8-1</ListID><Name>ACME</Name><FullName>ACME</FullName>"
            "<IsActive>true</IsActive></CustomerRet>"
        )
        found = self.one(Kind.CREATE_RECORD, reply("CustomerAdd", inside))

        assert found.id == "8-1"
        assert found.record.full_name == "ACME"

    def test_nothing_found_is_an_empty_page(self) -> None:
        """Status 1 is success (quirk 27), and so is 500 without records."""
        for code in (1, 500):
            found = self.one(Kind.FIND, reply("SalesOrderQuery", code=code))
            assert isinstance(found, Done)
            assert found.page is not None
            assert found.page.documents == ()

    def test_what_was_found_bears_its_marks(self) -> None:
        """Documents come with our marks on them, and with the latest change."""
        inside = (
            "<SalesOrderRet><TxnID>A-1</TxnID><TimeModified>2026-03-02T09:30:00-05:00"
            "</TimeModified><RefNumber>SO-1</RefNumber><ExternalGUID>{x}</ExternalGUID>"
            "</SalesOrderRet><SalesOrderRet><TxnID>A-2</TxnID></SalesOrderRet>"
        )
        page = self.one(Kind.FIND, reply("SalesOrderQuery", inside)).page

        assert [each.id for each in page.documents] == ["A-1", "A-2"]
        assert page.keys == {"A-1": "{x}"}
        assert page.latest == MOMENT

    def test_a_page_names_the_next(self) -> None:
        """The iterator's token goes on while anything remains, and no longer."""
        inside = "<CustomerRet><ListID>8-1</ListID><Name>A</Name></CustomerRet>"
        more = reply("CustomerQuery", inside, iteratorID="{x}", iteratorRemainingCount="3")
        last = reply("CustomerQuery", inside, iteratorID="{x}", iteratorRemainingCount="0")

        assert self.one(Kind.READ_RECORDS, more, subject=None).page.next == "{x}"
        assert self.one(Kind.READ_RECORDS, last, subject=None).page.next is None

    def test_more_without_a_token_is_no_page(self) -> None:
        """A list of which more is left and that cannot go on was not read."""
        inside = "<CustomerRet><ListID>8-1</ListID><Name>A</Name></CustomerRet>"
        for answer in (
            reply("CustomerQuery", inside, iteratorRemainingCount="3"),
            reply("CustomerQuery", inside, iteratorID="{x}"),
            reply("CustomerQuery", inside, iteratorID="{x}", iteratorRemainingCount="-1"),
        ):
            assert isinstance(self.one(Kind.READ_RECORDS, answer, subject="customer"), Unknown)

    def test_one_unreadable_record_spoils_nothing(self) -> None:
        """A record with nonsense in it is a row, and is known by its name; the others are read."""
        inside = (
            "<ItemServiceRet><ListID>8-1</ListID><Name>A</Name>"
            "<SalesOrPurchase><Price>dear</Price></SalesOrPurchase></ItemServiceRet>"
            "<ItemServiceRet><ListID>8-2</ListID><Name>B</Name></ItemServiceRet>"
        )
        page = self.one(Kind.READ_RECORDS, reply("ItemQuery", inside), subject="item").page

        assert [each.name for each in page.records] == ["A", "B"]
        assert page.records[0].sales_price is None
        assert page.unreadable == (
            Unreadable(
                id="8-1",
                number="A",
                field="sales_price",
                value="dear",
                problem="the sales price “dear” cannot be read as a number",
            ),
        )

    def test_an_order_that_cannot_be_read_is_a_row(self) -> None:
        """Number, line and value are named; its mark is read, and the others arrive."""
        inside = (
            "<SalesOrderRet><TxnID>A-1</TxnID><RefNumber>SO-1</RefNumber>"
            f"<ExternalGUID>{KEY}</ExternalGUID>"
            "<SalesOrderLineRet><Quantity>1</Quantity></SalesOrderLineRet>"
            "<SalesOrderLineRet><Quantity>1,000</Quantity></SalesOrderLineRet></SalesOrderRet>"
            "<SalesOrderRet><TxnID>A-2</TxnID></SalesOrderRet>"
        )
        for kind in (Kind.READ_DOCUMENTS, Kind.FIND):
            page = self.one(kind, reply("SalesOrderQuery", inside)).page

            assert [each.id for each in page.documents] == ["A-2"]
            assert page.keys == {"A-1": KEY}
            [row] = page.unreadable
            assert (row.id, row.number, row.value) == ("A-1", "SO-1", "1,000")
            assert row.field == "lines[1].quantity"
            assert "line 2: the quantity 1,000 cannot be read" in row.sentence

    @pytest.mark.parametrize(
        "inside, problem",
        [
            ("<ItemServiceRet><Name>A</Name></ItemServiceRet>", "no identity"),
            ("<ItemServiceRet><ListID>8-1</ListID></ItemServiceRet>", "no name"),
            ("<ItemRobotRet><ListID>8-1</ListID><Name>A</Name></ItemRobotRet>", "ItemRobotRet"),
            (f"<ItemServiceRet><ListID>{'8' * 300}</ListID><Name>A</Name></ItemServiceRet>", "255"),
        ],
        ids=["no identity", "no name", "new type", "endless identity"],
    )
    def test_nothing_is_passed_over_in_silence(self, inside: str, problem: str) -> None:
        """A record without identity or name, or of a type nobody knows, is a row too."""
        page = self.one(Kind.READ_RECORDS, reply("ItemQuery", inside), subject="item").page

        assert page.records == ()
        [row] = page.unreadable
        assert problem in row.problem

    def test_a_record_that_is_held_back_is_a_row(self) -> None:
        """501: QuickBooks has a record and does not show it; a look-up proves nothing then."""
        inside = reply("SalesOrderQuery", "<SalesOrderRet><TxnID>A-1</TxnID></SalesOrderRet>", 501)

        assert self.one(Kind.READ_DOCUMENTS, inside).page.unreadable
        assert isinstance(self.one(Kind.FIND, inside), Refused)

    @pytest.mark.parametrize(
        "time", ["2025-02-30T00:00:00-05:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59+14:00"]
    )
    def test_one_odd_time_of_change_hides_nothing(self, time: str) -> None:
        """A record whose time of change cannot be read is read; the time is left out."""
        inside = (
            f"<SalesOrderRet><TxnID>A-1</TxnID><TimeModified>{time}</TimeModified></SalesOrderRet>"
            "<SalesOrderRet><TxnID>A-2</TxnID><TimeModified>2026-03-02T09:30:00-05:00"
            "</TimeModified></SalesOrderRet>"
        )
        page = self.one(Kind.READ_DOCUMENTS, reply("SalesOrderQuery", inside)).page

        assert [each.id for each in page.documents] == ["A-1", "A-2"]
        assert page.unreadable == ()
        assert page.latest == MOMENT

    def test_a_business_date_must_be_one(self) -> None:
        """An order of the year 1 is a row that people see, not an order."""
        inside = "<SalesOrderRet><TxnID>A-1</TxnID><TxnDate>0001-01-01</TxnDate></SalesOrderRet>"
        page = self.one(Kind.READ_DOCUMENTS, reply("SalesOrderQuery", inside)).page

        assert page.documents == ()
        assert page.unreadable[0].field == "created_on"

    @pytest.mark.parametrize("kind", [Kind.READ_RECORDS, Kind.READ_DOCUMENTS, Kind.FIND])
    @pytest.mark.parametrize(
        "code, outcome",
        [(1000, Busy), (3390, Busy), (3391, Busy), (3231, Busy), (3120, Busy), (1999, Busy),
         (3250, Refused), (3260, Refused), (3030, Refused)],
    )  # fmt: skip
    def test_a_list_that_could_not_be_read_is_not_empty(
        self, kind: Kind, code: int, outcome: type
    ) -> None:
        """Whatever the error, there is no page, and a sentence that names the list."""
        name = "ItemQuery" if kind is Kind.READ_RECORDS else "SalesOrderQuery"
        subject = "item" if kind is Kind.READ_RECORDS else "sales-order"
        found = self.one(kind, reply(name, code=code, message="words"), subject=subject)

        assert isinstance(found, outcome)
        assert isinstance(found, Busy | Refused)
        says = found.reason if isinstance(found, Busy) else found.refusal.sentence
        assert ("item list" if subject == "item" else "sales orders") in says
        assert "words" in (found.refusal.detail or "" if isinstance(found, Refused) else says)

    @pytest.mark.parametrize(
        "name, subject, says",
        [
            ("records/customer", None, "The customer list could not be read"),
            ("records/account", None, "The chart of accounts could not be read"),
            ("x", "other-name", "The list of other names could not be read"),
            (None, None, "A list of QuickBooks could not be read"),
        ],
    )
    def test_a_list_is_called_as_people_call_it(
        self, name: str | None, subject: str | None, says: str
    ) -> None:
        """The ledger's word for a reading, be it subject or cursor, becomes the trade's."""
        found = self.one(Kind.READ_RECORDS, "", name=name, subject=subject)

        assert isinstance(found, Unknown)
        assert found.reason.startswith(says)

    def test_an_answer_to_another_question(self) -> None:
        """A page of items is no page of customers, and no answer about an order."""
        page = reply(
            "ItemQuery", "<ItemServiceRet><ListID>1</ListID><Name>A</Name></ItemServiceRet>"
        )

        assert isinstance(self.one(Kind.READ_RECORDS, page, subject="customer"), Unknown)
        assert isinstance(self.one(Kind.READ_RECORDS, page, subject="item"), Done)
        for kind in (Kind.CREATE_DOCUMENT, Kind.FIND, Kind.UPDATE_DOCUMENT, Kind.VOID_DOCUMENT):
            assert isinstance(self.one(kind, page), Unknown)

    def test_two_answers_are_none(self) -> None:
        """Two replies to one request leave it unknown."""
        twice = reply("SalesOrderAdd", ADDED) + reply("SalesOrderAdd", code=3140)

        assert isinstance(self.one(Kind.CREATE_DOCUMENT, twice), Unknown)

    def test_half_a_question_is_no_answer(self) -> None:
        """Where one of two halves is missing, what it would have said is not known."""
        lists = reply("ListDeletedQuery", code=1)

        assert isinstance(self.one(Kind.READ_DELETIONS, lists), Unknown)
        assert isinstance(
            self.one(Kind.READ_DELETIONS, reply("TxnDeletedQuery", code=1, requestID="1+")), Unknown
        )
        assert isinstance(self.one(Kind.WRITE_FIELD, reply("DataExtMod", code=3120)), Unknown)

    def test_deletions_of_documents_alone(self) -> None:
        """A half that was asked for alone is a whole answer."""
        inside = (
            "<TxnDeletedRet><TxnDelType>SalesOrder</TxnDelType><TxnID>A-1</TxnID></TxnDeletedRet>"
        )
        [request] = requests_of(ReadDeletions(id="1", documents=(SALES_ORDER,)))
        answer = reply("TxnDeletedQuery", inside, requestID=request.request_id or "")

        assert self.one(Kind.READ_DELETIONS, answer).page.deleted_documents == (
            (SALES_ORDER, "A-1"),
        )

    def test_a_description_that_failed(self) -> None:
        """A company that cannot be described is not described."""
        begun = reply("HostQuery") + reply("CompanyQuery", requestID="1+")
        for code, outcome in ((0, Done), (3260, Refused), (1000, Busy)):
            inside = begun + reply("PreferencesQuery", code=code, requestID="1++")
            assert isinstance(self.one(Kind.DESCRIBE, inside), outcome)
        assert isinstance(self.one(Kind.DESCRIBE, reply("HostQuery")), Unknown)

    def test_deletions_of_lists_and_documents(self) -> None:
        """Both halves are read; kinds we keep nothing of are passed over, nameless ones are not."""
        lists = reply(
            "ListDeletedQuery",
            "<ListDeletedRet><ListDelType>Customer</ListDelType><ListID>8-1</ListID>"
            "<TimeDeleted>2026-03-02T09:30:00-05:00</TimeDeleted></ListDeletedRet>"
            "<ListDeletedRet><ListDelType>ShipMethod</ListDelType><ListID>8-2</ListID>"
            "</ListDeletedRet>"
            "<ListDeletedRet><ListDelType>Vendor</ListDelType><FullName>Bolts Ltd</FullName>"
            "</ListDeletedRet>",
        )
        orders = reply(
            "TxnDeletedQuery",
            "<TxnDeletedRet><TxnDelType>SalesOrder</TxnDelType><TxnID>A-1</TxnID></TxnDeletedRet>",
            requestID="1+",
        )
        page = self.one(Kind.READ_DELETIONS, lists + orders).page

        assert page.deleted_records == ((RecordKind.CUSTOMER, "8-1"),)
        assert page.deleted_documents == ((SALES_ORDER, "A-1"),)
        assert page.latest == MOMENT
        assert [each.number for each in page.unreadable] == ["Bolts Ltd"]

    @pytest.mark.parametrize(
        "modified, added, outcome",
        [
            (0, 3100, Done),
            (3120, 0, Done),
            (3120, 3120, Refused),
            (3175, 3120, Busy),
            (3120, 3175, Busy),
            (3175, 3180, Busy),
        ],
    )
    def test_a_custom_field_is_written_by_one_of_two_requests(
        self, modified: int, added: int, outcome: type
    ) -> None:
        """One success is enough; locked waits; a field that is not there is refused."""
        inside = reply("DataExtMod", code=modified) + reply(
            "DataExtAdd", code=added, requestID="1+"
        )

        assert isinstance(self.one(Kind.WRITE_FIELD, inside), outcome)

    @pytest.mark.parametrize(
        "code, message, refusal",
        [
            (3120, "Object &quot;Colour&quot; specified in the request.", "field-missing"),
            (3120, "Das Objekt „Colour“ wurde nicht gefunden.", "field-missing"),
            (3351, "The custom field &quot;Colour&quot; is not assigned.", "field-missing"),
            (3120, "Object &quot;A-1&quot; specified in the request.", "rejected"),
            (3180, "There was an error when saving &quot;Colour&quot;.", "rejected"),
        ],
    )
    def test_a_field_that_is_not_there_is_told_from_its_document(
        self, code: int, message: str, refusal: str
    ) -> None:
        """What QuickBooks names is what it lacks, or has not defined for customers."""
        inside = reply("DataExtMod", code=code, message=message) + reply(
            "DataExtAdd", code=code, message=message, requestID="1+"
        )
        found = self.one(Kind.WRITE_FIELD, inside, name="Colour")

        assert isinstance(found, Refused)
        assert found.refusal.code == refusal


class TestStock:
    """ReadStock is one question in two halves: items, and items that are assembled."""

    def half(self, query: str, name: str, wire_id: str = "1", **more: str) -> str:
        tag = query.replace("Query", "Ret")
        item = (
            f"<{tag}><ListID>{name}-1</ListID><FullName>{name}</FullName>"
            f"<QuantityOnHand>7</QuantityOnHand></{tag}>"
        )
        return reply(query, item, 0, "", requestID=wire_id, **more)

    def told(self, *halves: str) -> Any:
        return read_answer([asked(Kind.READ_STOCK, subject=None)], answered("".join(halves)))["1"]

    def test_both_halves_are_one_page(self) -> None:
        """Each item with what there is of it; the token keeps both halves apart."""
        first = self.half(
            "ItemInventoryQuery", "GEAR", iteratorID="{a}", iteratorRemainingCount="5"
        )
        second = self.half(
            "ItemInventoryAssemblyQuery", "KIT", "1+", iteratorID="{b}", iteratorRemainingCount="0"
        )
        page = self.told(first, second).page

        assert {each.name: each.on_hand.value for each in page.records} == {"GEAR": 7, "KIT": 7}
        assert (page.next, page.remaining) == ("{a}|", 5)

    def test_the_half_that_goes_on_alone(self) -> None:
        """When one half has come to its end, the other one is a whole answer."""
        alone = self.half(
            "ItemInventoryAssemblyQuery", "KIT", "1-", iteratorID="{b}", iteratorRemainingCount="2"
        )
        page = self.told(alone).page

        assert (page.next, page.remaining) == ("|{b}", 2)

    def at_sites(self, *rows: str) -> Any:
        """What becomes of an answer with these rows."""
        question = asked(Kind.READ_STOCK, subject=None, name=STOCK_AT_SITES)
        told = reply("ItemSitesQuery", "".join(rows), 0, "", requestID="1")
        return read_answer([question], answered(told))["1"]

    def test_k27_stock_is_told_by_site(self) -> None:
        """Bins stand beside their sites, on whatever page; what names no site is in the sum."""

        def row(site: str, quantity: str, bin_: str = "") -> str:
            place = f"<InventorySiteRef><ListID>{site}</ListID></InventorySiteRef>" if site else ""
            within = f"<InventorySiteLocationRef><ListID>{bin_}</ListID></InventorySiteLocationRef>"
            return (
                "<ItemSitesRet><ItemInventoryRef><ListID>8-1</ListID></ItemInventoryRef>"
                f"{place}{within if bin_ else ''}<QuantityOnHand>{quantity}</QuantityOnHand>"
                "</ItemSitesRet>"
            )

        page = self.at_sites(
            row("N", "7"),
            row("N", "3", "b1"),
            row("S", "1", "b2"),
            row("S", "2", "b3"),
            row("", "9"),
        ).page
        assert {each.site: each.quantity for each in page.at_sites} == {
            "N": 7,
            "b1": 3,
            "b2": 1,
            "b3": 2,
        }

    def test_k27_a_row_that_cannot_be_read_is_told(self) -> None:
        """Its site is not taken for empty: the row is seen, and the others count."""
        bad = (
            "<ItemSitesRet><ListID>1-1</ListID><ItemInventoryRef><ListID>8-1</ListID>"
            "</ItemInventoryRef><InventorySiteRef><ListID>N</ListID></InventorySiteRef>"
            "<QuantityOnHand>many</QuantityOnHand></ItemSitesRet>"
        )
        page = self.at_sites(bad).page

        assert page.at_sites == ()
        assert "many" in page.unreadable[0].problem

    def test_half_an_answer_is_none(self) -> None:
        """What is missing is not known: it is not said that there are no assemblies."""
        assert isinstance(self.told(self.half("ItemInventoryQuery", "GEAR")), Unknown)

    @pytest.mark.parametrize(
        "code, expected", [(1, Done), (1030, Done), (3250, Done), (1000, Busy)]
    )
    def test_a_company_may_have_no_assemblies(self, code: int, expected: type) -> None:
        """An edition without them has none; a failure says nothing."""
        other = reply("ItemInventoryAssemblyQuery", code=code, requestID="1+")
        found = self.told(self.half("ItemInventoryQuery", "GEAR"), other)

        assert isinstance(found, expected)
        if isinstance(found, Done):
            assert found.page is not None
            assert [each.name for each in found.page.records] == ["GEAR"]
        if isinstance(found, Busy):
            assert found.reason.startswith("The stock that QuickBooks holds could not be read")

    def test_what_tells_no_quantity(self) -> None:
        """An item without a figure is there, and nobody knows how much of it."""
        bare = "<ItemInventoryRet><ListID>8-1</ListID><Name>A</Name></ItemInventoryRet>"
        found = self.told(
            reply("ItemInventoryQuery", bare),
            reply("ItemInventoryAssemblyQuery", code=1, requestID="1+"),
        )

        assert [each.on_hand for each in found.page.records] == [None]


class TestFeatures:
    @pytest.mark.parametrize(
        "kind, query",
        [
            (RecordKind.CLASS, "ClassQuery"),
            (RecordKind.PAYROLL_ITEM, "PayrollItemWageQuery"),
            (RecordKind.TAX_CODE, "SalesTaxCodeQuery"),
            (RecordKind.CUSTOM_FIELD, "DataExtDefQuery"),
            (RecordKind.SHIP_METHOD, "ShipMethodQuery"),
        ],
    )
    @pytest.mark.parametrize(
        "code, expected", [(1, Done), (3250, Done), (3262, Done), (3260, Refused), (1000, Busy)]
    )
    def test_a_company_may_do_without(
        self, kind: RecordKind, query: str, code: int, expected: type
    ) -> None:
        """Payroll off, classes off: the list is empty; without permission it is not known."""
        question = asked(Kind.READ_RECORDS, name=f"records/{kind}", subject=None)
        found = read_answer([question], answered(reply(query, code=code, message="no")))["1"]

        assert isinstance(found, expected)
        if isinstance(found, Done):
            assert found.page == Page()


class TestSilence:
    @pytest.mark.parametrize("text", ["<QBXML>", "no XML", "<QBXML>\n<a></b></QBXML>", "\ud800"])
    def test_an_unreadable_answer_leaves_all_unknown(self, text: str) -> None:
        """What cannot be read says nothing, and people are spared the parser's words."""
        found = read_answer(
            [asked(Kind.CREATE_DOCUMENT), asked(Kind.READ_RECORDS, "2", subject="item")], text
        )
        says = r"QuickBooks' answer could not be read( \(it is damaged at line \d+\))?"

        for wire_id, start in (("1", ""), ("2", "The item list could not be read: ")):
            outcome = found[wire_id]
            assert isinstance(outcome, Unknown)
            assert re.fullmatch(start + says, outcome.reason)

    def test_a_request_that_is_left_out_is_unknown(self) -> None:
        """Every operation comes to an outcome, also those the answer does not mention."""
        found = read_answer(
            [asked(Kind.CREATE_DOCUMENT), asked(Kind.CREATE_DOCUMENT, "2")],
            answered(reply("SalesOrderAdd", ADDED)),
        )

        assert isinstance(found["1"], Done)
        assert isinstance(found["2"], Unknown)

    @pytest.mark.parametrize("recovers", [True, False])
    @pytest.mark.parametrize(
        "code, words",
        [
            (600, "no such message set"),
            (9001, "with other contents"),
            (9002, "keeps no answer to its message set"),
            (9004, "too long"),
            (9005, "could not keep the answers"),
            (9999, "nobody has documented"),
        ],
    )
    def test_a_set_without_an_answer_says_nothing_of_any_document(
        self, code: int, words: str, recovers: bool
    ) -> None:
        """Neither a look-up nor a write is missing because QuickBooks keeps no answer (D1)."""
        questions = [asked(kind, kind.value) for kind in Kind]
        text = answered("", f'messageSetStatusCode="{code}"')
        found = read_answer(questions, text, recovers=recovers)

        assert set(found) == {each.wire_id for each in questions}
        for outcome in found.values():
            assert isinstance(outcome, Unknown)
            assert words in outcome.reason
            assert str(code) in outcome.reason

    def test_an_answer_that_could_not_be_kept_is_still_an_answer(self) -> None:
        """9005 beside replies: the set ran, and what became of it is told once."""
        text = answered(reply("SalesOrderAdd", ADDED), 'messageSetStatusCode="9005"')

        assert isinstance(read_answer([asked(Kind.CREATE_DOCUMENT)], text)["1"], Done)

    @pytest.mark.parametrize("code", [9001, 9002, 9004])
    def test_replies_of_a_set_that_was_not_carried_out(self, code: int) -> None:
        """Replies beside a status that says that nothing ran belong to something else."""
        text = answered(reply("SalesOrderAdd", ADDED), f'messageSetStatusCode="{code}"')

        assert isinstance(read_answer([asked(Kind.CREATE_DOCUMENT)], text)["1"], Unknown)

    @pytest.mark.parametrize(
        "borne, key, outcome",
        [
            ("batch-1", "batch-1", Done),
            ("BATCH-1", "batch-1", Done),
            (None, "batch-1", Done),
            ("", "batch-1", Done),
            ("batch-2", None, Done),
            ("batch-2", "batch-1", Unknown),
            ("batch-2", "", Unknown),
        ],
    )
    def test_an_answer_to_another_set_is_none(
        self, borne: str | None, key: str | None, outcome: type
    ) -> None:
        """An answer that names another message set than ours is about other documents."""
        mark = "" if borne is None else f'newMessageSetID="{borne}"'
        text = answered(reply("SalesOrderAdd", ADDED), mark)
        for recovers in (False, True):
            found = read_answer([asked(Kind.CREATE_DOCUMENT)], text, recovers=recovers, key=key)
            assert isinstance(found["1"], outcome)


PIECES = st.sampled_from(
    [
        "<SalesOrderRet><TxnID>A-1</TxnID>", "</SalesOrderRet>", "<SalesOrderLineRet>",
        "</SalesOrderLineRet>", "<Quantity>1e99999999999999999999</Quantity>",
        "<Rate>1,000</Rate>", "<Amount>&#11;5</Amount>", "<TxnDate>0001-01-01</TxnDate>",
        "<TimeModified>9999-12-31T23:59:59-12:00</TimeModified>", "<Memo>\x0b\x00</Memo>",
        "<RefNumber>" + "9" * 400 + "</RefNumber>", "<TotalAmount>NaN</TotalAmount>", "\ud800",
        "<IsManuallyClosed>perhaps</IsManuallyClosed>", "<a>" * 50, "</a>" * 50, "&nope;",
        "<ItemServiceRet><ListID>8-1</ListID><Name>A</Name>", "</ItemServiceRet>",
        "<ErrorRecovery><TxnID>A-1</TxnID></ErrorRecovery>", "<TxnID/>", "<QuantityOnHand>x",
        "<ListDeletedRet><ListDelType>Customer</ListDelType><TimeDeleted>x</TimeDeleted>",
    ]
)  # fmt: skip
ATTRIBUTES = st.sampled_from(
    ['statusCode="0"', 'statusCode="9"', 'statusCode="x"', 'statusCode="-1"', 'statusCode="500"',
     'statusCode="3120"', 'statusCode="99999999999999999999999"', 'statusSeverity="Error"',
     'statusSeverity="Warn"', 'iteratorRemainingCount="-5"', 'iteratorID="{x}"', ""]
)  # fmt: skip
NAMES = st.sampled_from(
    ["SalesOrderAdd", "SalesOrderMod", "SalesOrderQuery", "ItemQuery", "TxnDel", "DataExtMod",
     "DataExtAdd", "DataExtDefAdd", "CustomerAdd", "ListDeletedQuery", "TxnDeletedQuery"]
)  # fmt: skip


# Books keep no lists of what is to be done.
ASKED_OF_BOOKS = [kind for kind in Kind if kind not in OF_TO_DOS]


@given(
    name=NAMES,
    attributes=st.lists(ATTRIBUTES, max_size=3, unique_by=lambda text: text.partition("=")[0]),
    pieces=st.lists(PIECES, max_size=8),
    recovers=st.booleans(),
)
def test_whatever_is_answered_comes_to_an_outcome(
    name: str, attributes: list[str], pieces: list[str], recovers: bool
) -> None:
    """No answer, however damaged, stumbles or hides an operation; what it says can be kept."""
    marks = " ".join(attributes)
    inside = f'<{name}Rs requestID="1" {marks}>{"".join(pieces)}</{name}Rs>'
    for kind in ASKED_OF_BOOKS:
        question = asked(kind)
        found = read_answer([question], answered(inside, ""), recovers=recovers, key="k")

        assert set(found) == {"1"}
        msgspec.json.encode(found["1"]).decode("utf-8", "strict")
