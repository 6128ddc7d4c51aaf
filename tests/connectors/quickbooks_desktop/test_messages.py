"""Batches as message sets, and the answers to them as outcomes."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from counterfoil.connectors.quickbooks_desktop.messages import (
    Writer,
    clear_set,
    read_answer,
    render_batch,
    requests_of,
)
from counterfoil.connectors.quickbooks_desktop.qbxml import Version
from counterfoil.documents import DocumentKind, ItemType, Money, RecordKind, Reference
from counterfoil.engine.operations import (
    Batch,
    Busy,
    CreateDocument,
    CreateRecord,
    Describe,
    Done,
    FindDocument,
    Missing,
    Operation,
    ReadDeletions,
    ReadDocuments,
    ReadRecords,
    Refused,
    Unknown,
    WriteField,
)
from counterfoil.engine.settling import Asked, Kind
from tests.support.builders import client, line, order, product
from tests.support.world import judge

NEWEST = Version(16, 0)
KEY = "{00000000-0000-4000-8000-000000000001}"
MOMENT = datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001 - the wall clock of the books' computer
SALES_ORDER = DocumentKind.SALES_ORDER


def creation(wire_id: str = "1") -> CreateDocument:
    """An order whose references are resolved."""
    document = order(
        "SO-1 ACME",
        line("2 BOLT 1.50", item=Reference("BOLT", "80000001-1")),
        line("1 NUT", item=Reference("NUT", "80000002-1")),
        customer=Reference("ACME", "80000003-1"),
    )
    return CreateDocument(id=wire_id, kind=SALES_ORDER, document=document, key=KEY)


def item(kind: ItemType = ItemType.NON_INVENTORY) -> CreateRecord:
    record = product(
        "GEAR",
        "A gear",
        type=kind,
        sales_price=Money(Decimal("9.5")),
        income_account="Sales:Goods",
        expense_account="Cost of Goods Sold",
        asset_account="Inventory Asset",
    )
    return CreateRecord(id="1", kind=RecordKind.ITEM, record=record, key=KEY)


OPERATIONS: list[Operation] = [
    creation(),
    CreateRecord(id="1", kind=RecordKind.CUSTOMER, record=client("ACME", "Acme"), key=KEY),
    *(item(kind) for kind in (ItemType.INVENTORY, ItemType.NON_INVENTORY, ItemType.SERVICE)),
    item(ItemType.OTHER_CHARGE),
    *(ReadRecords(id="1", kind=kind) for kind in RecordKind if kind is not RecordKind.CLASS),
    *(
        ReadRecords(id="1", kind=kind, since=MOMENT)
        for kind in (RecordKind.CUSTOMER, RecordKind.ITEM, RecordKind.ACCOUNT)
    ),
    ReadRecords(id="1", kind=RecordKind.CUSTOMER, page="{page}"),
    ReadDocuments(id="1", kind=SALES_ORDER, since=MOMENT),
    ReadDocuments(id="1", kind=SALES_ORDER, page="{page}"),
    ReadDeletions(id="1", records=tuple(RecordKind), documents=(SALES_ORDER,), since=MOMENT),
    ReadDeletions(id="1", documents=(SALES_ORDER,)),
    FindDocument(id="1", kind=SALES_ORDER, numbers=("SO-1", "SO-2")),
    FindDocument(id="1", kind=SALES_ORDER, key=KEY, since=MOMENT.replace(tzinfo=UTC)),
    WriteField(id="1", kind=SALES_ORDER, document_id="1-1", name="Colour", value="red"),
    Describe(id="1"),
]


class TestRequests:
    @pytest.mark.parametrize("version", [Version(13, 0), NEWEST], ids=str)
    @pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: type(each).__name__)
    def test_every_operation_is_a_request_quickbooks_takes(
        self, operation: Operation, version: Version
    ) -> None:
        """Check 3 of 8.1: what is rendered satisfies Intuit's schema and the rules."""
        text = render_batch(Batch(operations=(operation,), key="k" * 24), version)

        judge(text, (version.major, version.minor))
        assert Writer(version).check(operation) is None

    def test_identities_travel(self) -> None:
        """A request bears its operation's id, and the order bears our mark."""
        text = render_batch(Batch(operations=(creation("7"),), key="batch", clears="old"), NEWEST)

        assert 'requestID="7"' in text
        assert f"<ExternalGUID>{KEY}</ExternalGUID>" in text
        assert 'newMessageSetID="batch"' in text
        assert 'oldMessageSetID="old"' in text
        assert 'onError="continueOnError"' in text

    def test_readings_need_no_recovery(self) -> None:
        """A batch that only reads has no message-set id: nothing of it is to be kept."""
        reading = ReadRecords(id="1", kind=RecordKind.CUSTOMER)

        assert "MessageSetID" not in render_batch(Batch(operations=(reading,)), NEWEST)

    def test_a_recovery_is_an_empty_set(self) -> None:
        """What became of a set is asked with both ids and nothing inside (3.3)."""
        text = render_batch(Batch(operations=(creation(),), key="lost", recovers=True), NEWEST)
        message_set = etree.fromstring(text.encode())[0]

        assert message_set.get("newMessageSetID") == message_set.get("oldMessageSetID") == "lost"
        assert len(message_set) == 0

    def test_clearing_is_an_empty_set_too(self) -> None:
        """An answer is forgotten by an empty set that names the old id alone (3.3)."""
        message_set = etree.fromstring(clear_set("old", NEWEST).encode())[0]

        assert message_set.get("oldMessageSetID") == "old"
        assert message_set.get("newMessageSetID") is None
        assert len(message_set) == 0

    def test_a_page_goes_on_without_the_filters_of_its_start(self) -> None:
        """Repeating filters with ``Continue`` is refused (quirk 13)."""
        [request] = requests_of(
            ReadRecords(id="1", kind=RecordKind.CUSTOMER, since=MOMENT, page="{x}", limit=50)
        )

        assert request.attributes == {"iterator": "Continue", "iteratorID": "{x}"}
        assert set(request.fields) == {"MaxReturned", "IncludeRetElement"}

    def test_inactive_records_are_read_too(self) -> None:
        """A list filter defaults to active records; a mirror wants all."""
        [request] = requests_of(ReadRecords(id="1", kind=RecordKind.VENDOR))

        assert request.fields["ActiveStatus"] == "All"

    def test_a_search_for_a_mark_looks_back_over_the_clocks_differences(self) -> None:
        """Two days of margin: the clock of the books' computer is another one."""
        [request] = requests_of(
            FindDocument(id="1", kind=SALES_ORDER, key=KEY, since=MOMENT.replace(tzinfo=UTC))
        )
        since = request.fields["ModifiedDateRangeFilter"]["FromModifiedDate"]  # type: ignore[index,call-overload]

        assert since == MOMENT.replace(day=28, month=2)

    def test_a_checked_request_is_rendered_once(self) -> None:
        """What was checked is what leaves, also when an id was given to another operation."""
        writer = Writer(NEWEST)
        first, second = creation("1"), item()
        assert writer.check(first) is None
        assert writer.check(second) is None
        text = writer.render(Batch(operations=(second,), key="k"))

        assert "<ItemNonInventoryAdd>" in text
        assert "SalesOrderAdd" not in text


def asked(kind: Kind, wire_id: str = "1", **more: Any) -> Asked:
    return Asked(wire_id=wire_id, kind=kind, subject="sales-order", name="SO-1", **more)


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
    "<TotalAmount>4.50</TotalAmount>"
    "<SalesOrderLineRet><TxnLineID>L-1</TxnLineID></SalesOrderLineRet>"
    "<SalesOrderLineRet><TxnLineID>L-2</TxnLineID></SalesOrderLineRet></SalesOrderRet>"
)


class TestAnswers:
    def one(self, kind: Kind, inside: str, **more: Any) -> Any:
        return read_answer([asked(kind)], answered(inside), **more)["1"]

    def test_an_order_that_was_added(self) -> None:
        """Identity, number, version, sum and lines of the order are kept."""
        assert self.one(Kind.CREATE_DOCUMENT, reply("SalesOrderAdd", ADDED)) == Done(
            id="A-1", number="SO-1", revision="5", total="4.50", line_ids=("L-1", "L-2")
        )

    def test_a_warning_is_done_and_told(self) -> None:
        """Saved with a warning is saved; the warning stays beside it (550)."""
        found = self.one(
            Kind.CREATE_DOCUMENT, reply("SalesOrderAdd", ADDED, 550, "notes were not saved")
        )

        assert isinstance(found, Done)
        assert found.note == "notes were not saved"

    def test_a_recovered_answer_may_hold_identities_only(self) -> None:
        """ErrorRecovery alone says what was added (3.3)."""
        inside = "<ErrorRecovery><TxnID>A-1</TxnID><EditSequence>5</EditSequence></ErrorRecovery>"
        found = self.one(Kind.CREATE_DOCUMENT, reply("SalesOrderAdd", inside), recovers=True)

        assert found == Done(id="A-1", revision="5")

    def test_done_without_an_identity_is_unknown(self) -> None:
        """An answer that says done and not what is not believed."""
        assert isinstance(self.one(Kind.CREATE_DOCUMENT, reply("SalesOrderAdd")), Unknown)

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

        assert self.one(Kind.READ_RECORDS, more).page.next == "{x}"
        assert self.one(Kind.READ_RECORDS, last).page.next is None

    def test_one_unreadable_record_spoils_nothing(self) -> None:
        """A record with nonsense in it is left out and named; the others are read."""
        inside = (
            "<ItemServiceRet><ListID>8-1</ListID><Name>A</Name>"
            "<SalesOrPurchase><Price>dear</Price></SalesOrPurchase></ItemServiceRet>"
            "<ItemServiceRet><ListID>8-2</ListID><Name>B</Name></ItemServiceRet>"
        )
        page = self.one(Kind.READ_RECORDS, reply("ItemQuery", inside)).page

        assert [each.name for each in page.records] == ["B"]
        assert "dear" in page.unreadable[0]

    def test_deletions_of_lists_and_documents(self) -> None:
        """Both halves of the question are read; kinds we keep nothing of are passed over."""
        lists = reply(
            "ListDeletedQuery",
            "<ListDeletedRet><ListDelType>Customer</ListDelType><ListID>8-1</ListID>"
            "<TimeDeleted>2026-03-02T09:30:00-05:00</TimeDeleted></ListDeletedRet>"
            "<ListDeletedRet><ListDelType>ShipMethod</ListDelType><ListID>8-2</ListID>"
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


class TestSilence:
    def test_an_unreadable_answer_leaves_all_unknown(self) -> None:
        """What cannot be read says nothing about any operation."""
        found = read_answer([asked(Kind.CREATE_DOCUMENT), asked(Kind.FIND, "2")], "<QBXML>")

        assert [type(each) for each in found.values()] == [Unknown, Unknown]

    def test_a_request_that_is_left_out_is_unknown(self) -> None:
        """Every operation comes to an outcome, also those the answer does not mention."""
        found = read_answer(
            [asked(Kind.CREATE_DOCUMENT), asked(Kind.CREATE_DOCUMENT, "2")],
            answered(reply("SalesOrderAdd", ADDED)),
        )

        assert isinstance(found["1"], Done)
        assert isinstance(found["2"], Unknown)

    def test_a_set_that_is_not_known_never_ran(self) -> None:
        """Status 9002 to the question what became of a set (3.3)."""
        text = answered("", 'messageSetStatusCode="9002"')

        assert isinstance(
            read_answer([asked(Kind.CREATE_DOCUMENT)], text, recovers=True)["1"], Missing
        )
        assert isinstance(read_answer([asked(Kind.CREATE_DOCUMENT)], text)["1"], Unknown)

    def test_a_set_that_quickbooks_cannot_tell_about(self) -> None:
        """Any other silence is no answer, and names the status for the engineer."""
        text = answered("", 'messageSetStatusCode="9001"')
        found = read_answer([asked(Kind.CREATE_DOCUMENT)], text, recovers=True)["1"]

        assert isinstance(found, Unknown)
        assert re.search("9001", found.reason)
