"""Operations as message sets: what is asked, and what is refused before it is sent."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from counterfoil.connectors.quickbooks_desktop.messages import (
    Writer,
    clear_set,
    render_batch,
    requests_of,
)
from counterfoil.connectors.quickbooks_desktop.messages._forms import LISTS
from counterfoil.connectors.quickbooks_desktop.qbxml import Version, parse_request_set
from counterfoil.documents import (
    Account,
    AccountingClass,
    Address,
    Bill,
    BillLine,
    CountLine,
    Customer,
    Document,
    DocumentKind,
    Employee,
    Estimate,
    ExpenseLine,
    InventorySite,
    Invoice,
    InvoiceLine,
    ItemReceipt,
    ItemType,
    ListRecord,
    Money,
    OrderLink,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    RecordKind,
    Reference,
    ShipMethod,
    StockCount,
    TaxCode,
    Vendor,
    WorkEntry,
)
from counterfoil.engine.operations import (
    ActivateRecord,
    Batch,
    CreateDocument,
    CreateRecord,
    Describe,
    FindDocument,
    LineScope,
    Operation,
    ReadDeletions,
    ReadDocuments,
    ReadRecords,
    ReadStock,
    UpdateDocument,
    VoidDocument,
    VoidWay,
    WriteField,
    WriteMark,
)
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


def change(*, lines: LineScope = LineScope.ALL, **changes: Any) -> UpdateDocument:
    """The same order as it shall be: the first line is there already, the second is new."""
    document = order(
        "SO-1 ACME",
        line("3 BOLT 1.50", item=Reference("BOLT", "80000001-1"), id="1F-1"),
        line("1 NUT", item=Reference("NUT", "80000002-1")),
        customer=Reference("ACME", "80000003-1"),
        **changes,
    )
    return UpdateDocument(
        id="1",
        kind=SALES_ORDER,
        document_id="1E-1",
        revision="1700000000",
        document=document,
        lines=lines,
    )


def removal(how: VoidWay = VoidWay.DELETE) -> VoidDocument:
    return VoidDocument(id="1", kind=SALES_ORDER, document_id="1E-1", how=how)


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


DAY = date(2026, 2, 27)


def documents() -> dict[DocumentKind, Document]:
    """One document of every kind, with everything in it that is written."""
    party, item = Reference("ACME", "80000003-1"), Reference("BOLT", "80000001-1")
    quantity, price = Quantity(Decimal(2), "each"), Money(Decimal("1.5"))
    link = OrderLink("1E-1", "1F-1")
    bought = (
        BillLine(item=item, quantity=quantity, unit_cost=price, customer=party, description="b"),
        BillLine(item=item, quantity=quantity, amount=Money(Decimal("3.01")), link=link),
    )
    account = Reference("Shrinkage")
    return {
        DocumentKind.PURCHASE_ORDER: PurchaseOrder(
            id="",
            number="PO-1",
            vendor=party,
            created_on=DAY,
            due_on=DAY,
            delivery_address=Address(lines=("Acme",), city="Lowell"),
            memo="m",
            message_to_vendor="v",
            lines=(PurchaseLine(item=item, quantity=quantity, unit_cost=price, customer=party),),
        ),
        DocumentKind.BILL: Bill(
            id="",
            number="B-1",
            vendor=party,
            created_on=DAY,
            due_on=DAY,
            memo="m",
            lines=bought,
            expenses=(ExpenseLine(account=account, amount=price.rounded(), memo="post"),),
        ),
        DocumentKind.ITEM_RECEIPT: ItemReceipt(id="", vendor=party, created_on=DAY, lines=bought),
        DocumentKind.INVOICE: Invoice(
            id="",
            number="I-1",
            customer=party,
            created_on=DAY,
            due_on=DAY,
            shipped_on=DAY,
            memo="m",
            tax_item=item,
            tracking_number="T-7",
            lines=(
                InvoiceLine(item=item, quantity=quantity, unit_price=price, tax_code=item),
                InvoiceLine(item=item, quantity=quantity, link=link),
            ),
        ),
        DocumentKind.ESTIMATE: Estimate(
            id="",
            number="E-1",
            customer=party,
            created_on=DAY,
            lines=(line("1 BOLT 1", item=item),),
        ),
        DocumentKind.WORK_ENTRY: WorkEntry(
            id="",
            worker=party,
            worked_on=DAY,
            minutes=95,
            customer=party,
            service_item=item,
            payroll_item=item,
            is_billable=True,
            notes="n",
        ),
        DocumentKind.STOCK_COUNT: StockCount(
            id="",
            number="C-1",
            counted_on=DAY,
            account=account,
            memo="m",
            lines=(CountLine(item=item, counted=Quantity(Decimal(7))),),
        ),
    }


OPERATIONS: list[Operation] = [
    creation(),
    CreateRecord(id="1", kind=RecordKind.CUSTOMER, record=client("ACME", "Acme"), key=KEY),
    *(item(kind) for kind in (ItemType.INVENTORY, ItemType.NON_INVENTORY, ItemType.SERVICE)),
    item(ItemType.OTHER_CHARGE),
    *(ReadRecords(id="1", kind=kind) for kind in LISTS if kind is not RecordKind.CLASS),
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
    FindDocument(id="1", kind=SALES_ORDER, ids=("1E-1", "2F-1")),
    ReadDocuments(id="1", kind=SALES_ORDER, since=MOMENT, heads=True),
    ReadDocuments(id="1", kind=SALES_ORDER, page="{page}", heads=True),
    ReadDeletions(id="1", records=(RecordKind.ITEM,)),
    change(),
    change(lines=LineScope.NONE),
    msgspec.structs.replace(change(lines=LineScope.NONE), closes=True),
    removal(),
    WriteMark(id="1", value="ledger 7 at 1234"),
    WriteMark(id="1", value="ledger 7 at 1234", exists=True),
    WriteField(id="1", kind=SALES_ORDER, document_id="1-1", name="Colour", value="red"),
    Describe(id="1"),
    *(
        CreateDocument(id="1", kind=kind, document=document, key=KEY)
        for kind, document in documents().items()
    ),
    *(
        UpdateDocument(
            id="1",
            kind=kind,
            document_id="1E-1",
            revision="1700000000",
            document=document,
            lines=LineScope.NONE,
        )
        for kind, document in documents().items()
    ),
    *(ReadDocuments(id="1", kind=kind, since=MOMENT) for kind in documents()),
    *(
        ReadDocuments(id="1", kind=kind, dated=(DAY, DAY), heads=True, page=None)
        for kind in documents()
    ),
    *(FindDocument(id="1", kind=kind, ids=("1E-1",), links=True) for kind in documents()),
    *(
        VoidDocument(id="1", kind=kind, document_id="1E-1", how=VoidWay.DELETE)
        for kind in documents()
    ),
    *(
        VoidDocument(id="1", kind=kind, document_id="1E-1", how=VoidWay.VOID)
        for kind in (DocumentKind.INVOICE, DocumentKind.BILL, DocumentKind.STOCK_COUNT)
    ),
    ReadDeletions(id="1", documents=tuple(DocumentKind)),
    ReadStock(id="1"),
    ReadStock(id="1", items=("80000001-1", "80000002-1")),
    ReadStock(id="1", page="{page}|"),
    ReadStock(id="1", page="{page}|{other}"),
    ReadStock(id="1", at_sites=True),
    ReadStock(id="1", items=("80000001-1", "80000002-1"), at_sites=True),
    ReadStock(id="1", page="{page}", at_sites=True),
    ReadRecords(id="1", kind=RecordKind.INVENTORY_SITE),
    CreateDocument(
        id="1",
        kind=DocumentKind.STOCK_COUNT,
        document=StockCount(
            id="",
            counted_on=date(2026, 3, 2),
            account=Reference("Shrinkage", "80000005-1"),
            site=Reference("Vans", "80000006-1"),
            lines=(CountLine(item=Reference("BOLT", "80000001-1"), counted=Quantity(Decimal(2))),),
        ),
        key=KEY,
    ),
    CreateDocument(
        id="1",
        kind=DocumentKind.PURCHASE_ORDER,
        document=PurchaseOrder(
            id="",
            vendor=Reference("Millco", "80000007-1"),
            site=Reference("Vans", "80000006-1"),
            lines=(PurchaseLine(item=Reference("BOLT", "80000001-1")),),
        ),
        key=KEY,
    ),
    CreateDocument(
        id="1",
        kind=DocumentKind.ITEM_RECEIPT,
        document=ItemReceipt(
            id="",
            vendor=Reference("Millco", "80000007-1"),
            lines=(
                BillLine(
                    item=Reference("BOLT", "80000001-1"),
                    quantity=Quantity(Decimal(2)),
                    site=Reference("Vans", "80000006-1"),
                ),
            ),
        ),
        key=KEY,
    ),
    CreateRecord(
        id="1",
        kind=RecordKind.VENDOR,
        record=Vendor(id="", name="Ironworks", full_name="Ironworks"),
        key=KEY,
    ),
    CreateRecord(
        id="1",
        kind=RecordKind.EMPLOYEE,
        record=Employee(id="", name="Ana M. Silva", full_name="Ana M. Silva", is_paid_by_time=True),
        key=KEY,
    ),
    CreateRecord(
        id="1",
        kind=RecordKind.CUSTOMER,
        record=Customer(id="", name="Kitchen", full_name="ACME:Kitchen"),
        key=KEY,
    ),
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

    def test_forty_documents_are_one_question(self) -> None:
        """Identities, or numbers compared exactly, are looked up together and read whole."""
        [by_id] = requests_of(FindDocument(id="1", kind=SALES_ORDER, ids=("A-1", "A-2")))
        [by_number] = requests_of(FindDocument(id="1", kind=SALES_ORDER, numbers=("SO-1",)))

        assert by_id.fields["TxnID"] == ["A-1", "A-2"]
        assert by_number.fields["RefNumberCaseSensitive"] == ["SO-1"]
        for request in (by_id, by_number):
            assert request.fields["IncludeLineItems"] is True
            assert request.fields["OwnerID"] == ["0"]
            assert request.fields["IncludeLinkedTxns"] is True
            assert len(request.fields) == 4

    def test_heads_come_without_lines_and_custom_fields(self) -> None:
        """Only what tells who and which a document is, our mark among it, on every page."""
        for page in (None, "{x}"):
            read = ReadDocuments(id="1", kind=SALES_ORDER, since=MOMENT, page=page, heads=True)
            [request] = requests_of(read)

            assert "IncludeLineItems" not in request.fields
            assert "OwnerID" not in request.fields
            elements = request.fields["IncludeRetElement"]
            assert isinstance(elements, list)
            assert {"TxnID", "EditSequence", "ExternalGUID", "TotalAmount"} <= set(elements)

    def test_a_changed_order_names_every_line(self) -> None:
        """7.3: known lines by their identity, new ones as -1, in their order."""
        [request] = requests_of(change())
        lines = request.fields["SalesOrderLineMod"]

        assert request.name == "SalesOrderMod"
        assert (request.fields["TxnID"], request.fields["EditSequence"]) == ("1E-1", "1700000000")
        assert isinstance(lines, list)
        assert [line["TxnLineID"] for line in lines] == ["1F-1", "-1"]
        assert lines[0] == {
            "TxnLineID": "1F-1",
            "ItemRef": {"ListID": "80000001-1"},
            "Quantity": Decimal(3),
            "Rate": Decimal("1.50"),
        }

    def test_what_an_add_leaves_out_stays_as_it_is(self) -> None:
        """7.3: an element that is left out is unchanged; our mark cannot be changed at all."""
        [request] = requests_of(change(due_on=date(2026, 3, 9)))

        assert request.fields["ShipDate"] == date(2026, 3, 9)
        assert "ExternalGUID" not in request.fields
        assert "Memo" not in request.fields
        assert "IsManuallyClosed" not in request.fields

    @pytest.mark.parametrize("closes", [True, False])
    def test_closing_is_a_header_alone(self, closes: bool) -> None:
        """An order is closed or opened again without a word about its lines."""
        [request] = requests_of(
            msgspec.structs.replace(change(lines=LineScope.NONE), closes=closes)
        )

        assert request.fields["IsManuallyClosed"] is closes
        assert "SalesOrderLineMod" not in request.fields

    def test_an_order_is_deleted(self) -> None:
        """TxnDel names type and identity, and no version."""
        [request] = requests_of(removal())

        assert request.name == "TxnDel"
        assert request.fields == {"TxnDelType": "SalesOrder", "TxnID": "1E-1"}

    def test_our_mark_on_a_company_file_is_defined_once(self) -> None:
        """The first time the field is made and filled; later it is only filled anew."""
        first = requests_of(WriteMark(id="7", value="x"))
        later = requests_of(WriteMark(id="7", value="x", exists=True))

        assert [(each.name, each.request_id) for each in first] == [
            ("DataExtDefAdd", "7"),
            ("DataExtAdd", "7+"),
        ]
        assert first[0].fields["AssignToObject"] == ["Company"]
        assert [(each.name, each.request_id) for each in later] == [("DataExtMod", "7")]
        assert later[0].fields["OtherDataExtType"] == "Company"

    def test_a_checked_request_is_rendered_once(self) -> None:
        """What was checked is what leaves, also when an id was given to another operation."""
        writer = Writer(NEWEST)
        first, second = creation("1"), item()
        assert writer.check(first) is None
        assert writer.check(second) is None
        text = writer.render(Batch(operations=(second,), key="k"))

        assert "<ItemNonInventoryAdd>" in text
        assert "SalesOrderAdd" not in text


TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["", "A\x0bB", "\x00", "\ud800", "\ufffe", "Λ", "x" * 5000, "é", "-1"]),
)
NUMBERS = st.one_of(
    st.decimals(allow_nan=True, allow_infinity=True),
    st.sampled_from([Decimal("1e30"), Decimal("1e999999999999"), Decimal("1e-999999999999")]),
)


@st.composite
def any_operation(draw: st.DrawFn) -> Operation:
    """An operation of any kind, with anything in its places."""
    text = draw(TEXTS)
    number = draw(NUMBERS)
    kind = draw(st.sampled_from(list(DocumentKind)))
    reference = Reference(text, draw(st.sampled_from([None, text])))
    one = line("1 BOLT", item=reference, quantity=Quantity(number, text), description=text, id=text)
    document = order(
        "SO-1",
        one,
        msgspec.structs.replace(one, unit_price=Money(number)),
        number=text,
        customer=reference,
        memo=text,
        created_on=draw(st.dates()),
    )
    made = product(text, text, type=draw(st.sampled_from([None, *ItemType])))
    since = draw(st.one_of(st.none(), st.datetimes()))
    page = draw(st.sampled_from([None, text]))
    return draw(
        st.sampled_from(
            [
                CreateDocument(id=text, kind=kind, document=document, key=text),
                CreateRecord(id="1", kind=RecordKind.ITEM, record=made, key=text),
                CreateRecord(id="1", kind=RecordKind.CUSTOMER, record=client(text), key=text),
                ActivateRecord(
                    id="1",
                    kind=RecordKind.ITEM,
                    record=msgspec.structs.replace(made, revision=text),
                ),
                UpdateDocument(
                    id="1",
                    kind=kind,
                    document_id=text,
                    revision=draw(st.sampled_from([None, text])),
                    document=document,
                    lines=draw(st.sampled_from(list(LineScope))),
                ),
                VoidDocument(
                    id="1",
                    kind=kind,
                    document_id=text,
                    how=draw(st.sampled_from(list(VoidWay))),
                ),
                ReadRecords(id=text, kind=RecordKind.ITEM, since=since, page=page),
                ReadDocuments(id=text, kind=kind, since=since, page=page, heads=bool(text)),
                ReadDeletions(id="1", documents=(kind,), since=since),
                FindDocument(id="1", kind=kind, ids=(text,)),
                FindDocument(id="1", kind=kind, numbers=(text, "SO-2")),
                FindDocument(id="1", kind=kind),
                WriteField(id="1", kind=kind, document_id=text, name=text, value=text),
                WriteMark(id="1", value=text, exists=bool(text)),
                Describe(id=text),
                Operation(id="1"),
            ]
        )
    )


class TestActivations:
    @pytest.mark.parametrize(
        "kind, record, name",
        [
            (RecordKind.CUSTOMER, client("A"), "CustomerMod"),
            (RecordKind.VENDOR, Vendor(id="", name="A", full_name="A"), "VendorMod"),
            (RecordKind.ACCOUNT, Account(id="", name="A", full_name="A"), "AccountMod"),
            (RecordKind.CLASS, AccountingClass(id="", name="A", full_name="A"), "ClassMod"),
            (RecordKind.TAX_CODE, TaxCode(id="", name="A", full_name="A"), "SalesTaxCodeMod"),
            (
                RecordKind.INVENTORY_SITE,
                InventorySite(id="", name="A", full_name="A"),
                "InventorySiteMod",
            ),
            (RecordKind.ITEM, product("A", "A", type=ItemType.INVENTORY), "ItemInventoryMod"),
            (RecordKind.ITEM, product("A", "A", type=ItemType.GROUP), "ItemGroupMod"),
        ],
    )
    def test_nothing_but_that_it_is_active(
        self, kind: RecordKind, record: ListRecord, name: str
    ) -> None:
        """A record is named with the version that was read, and made active; all else stays."""
        read = msgspec.structs.replace(record, id="8-1", revision="99", is_active=False)
        operation = ActivateRecord(id="1", kind=kind, record=read)

        (made,) = requests_of(operation)
        assert made.name == name
        assert made.fields == {"ListID": "8-1", "EditSequence": "99", "IsActive": True}
        assert Writer(NEWEST).check(operation) is None

    @pytest.mark.parametrize(
        "record, code",
        [
            (product("A", "A", type=ItemType.DISCOUNT, revision="9"), "unsupported"),
            (ShipMethod(id="1", name="A", full_name="A", revision="9"), "unsupported"),
            (product("A", "A", type=ItemType.SERVICE), "missing"),
        ],
    )
    def test_what_cannot_be_made_active(self, record: ListRecord, code: str) -> None:
        """What no request changes, and what was read without its version, is left to people."""
        read = msgspec.structs.replace(record, id="8-1", is_active=False)
        problem = Writer(NEWEST).check(ActivateRecord(id="1", kind=RecordKind.ITEM, record=read))

        assert problem is not None
        assert problem.code == code


class TestChecks:
    @given(any_operation())
    def test_whatever_is_asked_is_refused_or_rendered(self, operation: Operation) -> None:
        """No operation stumbles: it has a problem in words, or a text that QuickBooks takes."""
        writer = Writer(NEWEST)
        problem = writer.check(operation)

        if problem is None:
            parse_request_set(writer.render(Batch(operations=(operation,))))
        else:
            (problem.message + problem.value + problem.path).encode()
            assert problem.code

    @pytest.mark.parametrize(
        "operation, code, says",
        [
            (FindDocument(id="1", kind=SALES_ORDER, numbers=("SO-\x0b",)), "control-character", ""),
            (
                FindDocument(id="1", kind=SALES_ORDER, numbers=("SO-\ud800",)),
                "control-character",
                "",
            ),
            (FindDocument(id="1", kind=SALES_ORDER, numbers=("S" * 12,)), "too-long", "11 are"),
            (FindDocument(id="1", kind=SALES_ORDER, numbers=("",)), "missing", "empty"),
            (FindDocument(id="1", kind=SALES_ORDER), "unknown-request", "look-up"),
            (
                FindDocument(id="1", kind=SALES_ORDER, ids=("x",), numbers=("y",)),
                "unknown-request",
                "look-up",
            ),
            (FindDocument(id="1", kind=SALES_ORDER, ids=("x" * 37,)), "too-long", ""),
            (msgspec.structs.replace(change(), revision=None), "missing", "EditSequence"),
            (msgspec.structs.replace(change(), document_id=""), "missing", "TxnID"),
            (change(memo="a\x00b"), "control-character", "Memo"),
            (removal(VoidWay.VOID), "unsupported", "cannot be voided"),
            (msgspec.structs.replace(removal(), document_id=""), "missing", "TxnID"),
            (
                msgspec.structs.replace(removal(), kind=DocumentKind.SHIPMENT),
                "unknown-request",
                "shipment",
            ),
            (WriteMark(id="1", value="x" * 256), "too-long", "255"),
            (WriteMark(id="1", value="a\x00b"), "control-character", ""),
            (ReadDeletions(id="1"), "unknown-request", "deletions"),
            (ReadRecords(id="1", kind=RecordKind.ITEM, page="a\x0b"), "control-character", ""),
        ],
    )
    def test_what_is_refused_before_it_is_sent(
        self, operation: Operation, code: str, says: str
    ) -> None:
        """Look-ups and changes are checked like documents: one bad value spoils a whole set."""
        problem = Writer(NEWEST).check(operation)

        assert problem is not None
        assert problem.code == code
        assert says in problem.message

    def test_an_order_without_lines_does_not_keep_the_old_ones(self) -> None:
        """7.3: QuickBooks reads a change without lines as "leave the lines alone"."""
        bare = msgspec.structs.replace(change(), document=order("SO-1 ACME"))
        problem = Writer(NEWEST).check(bare)

        assert problem is not None
        assert problem.path == "SalesOrderLineMod"
        assert Writer(NEWEST).check(msgspec.structs.replace(bare, lines=LineScope.NONE)) is None

    def test_one_line_cannot_be_two(self) -> None:
        """A line that is there can be named once."""
        twice = order("SO-1 ACME", line("1 BOLT", id="1F-1"), line("2 BOLT", id="1F-1"))
        problem = Writer(NEWEST).check(msgspec.structs.replace(change(), document=twice))

        assert problem is not None
        assert problem.code == "repeated"
