"""Invoices, bills, purchase orders, time entries and stock counts, as the books hold them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from counterfoil.connectors.quickbooks_desktop import records, refusals
from counterfoil.connectors.quickbooks_desktop.messages import Writer, requests_of
from counterfoil.connectors.quickbooks_desktop.qbxml import UnreadableValue, Version
from counterfoil.connectors.quickbooks_desktop.records import unreadable
from counterfoil.documents import (
    Bill,
    BillLine,
    CountLine,
    CustomField,
    Document,
    DocumentKind,
    DocumentStatus,
    Employee,
    Invoice,
    InvoiceLine,
    ItemType,
    Money,
    OrderLine,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    RecordKind,
    Reference,
    StockCount,
    WorkEntry,
)
from counterfoil.engine.operations import (
    CreateDocument,
    CreateRecord,
    FindDocument,
    LineScope,
    UpdateDocument,
    WriteField,
)
from counterfoil.engine.seeing import is_void
from tests.connectors.quickbooks_desktop.test_records import KEY, record
from tests.support.builders import order, product

NEWEST = Version(16, 0)
READERS: dict[str, Any] = {
    "InvoiceRet": records.read_invoice,
    "BillRet": records.read_bill,
    "ItemReceiptRet": records.read_item_receipt,
    "PurchaseOrderRet": records.read_purchase_order,
    "EstimateRet": records.read_estimate,
    "TimeTrackingRet": records.read_work_entry,
    "InventoryAdjustmentRet": records.read_stock_count,
}
WORKER = "<EntityRef><FullName>Ana Silva</FullName></EntityRef><TxnDate>2026-03-02</TxnDate>"


def read(tag: str, inside: str) -> Any:
    return READERS[tag](record(f"<{tag}><TxnID>A-1</TxnID>{inside}</{tag}>"))


class TestStates:
    @pytest.mark.parametrize(
        "tag, inside, status",
        [
            ("InvoiceRet", "<Subtotal>5.00</Subtotal>", DocumentStatus.OPEN),
            ("InvoiceRet", "<Subtotal>5.00</Subtotal><IsPaid>true</IsPaid>", DocumentStatus.CLOSED),
            (
                "InvoiceRet",
                "<Subtotal>5.00</Subtotal><AppliedAmount>-1.00</AppliedAmount>",
                DocumentStatus.CLOSED,
            ),
            (
                "InvoiceRet",
                "<Subtotal>5.00</Subtotal><AppliedAmount>0.00</AppliedAmount>",
                DocumentStatus.OPEN,
            ),
            ("InvoiceRet", "<IsPending>true</IsPending>", DocumentStatus.DRAFT),
            (
                "BillRet",
                "<AmountDue>5.00</AmountDue><OpenAmount>3.00</OpenAmount>",
                DocumentStatus.CLOSED,
            ),
            (
                "BillRet",
                "<AmountDue>5.00</AmountDue><OpenAmount>5.00</OpenAmount>",
                DocumentStatus.OPEN,
            ),
            ("BillRet", "<AmountDue>5.00</AmountDue><IsPaid>true</IsPaid>", DocumentStatus.CLOSED),
            (
                "PurchaseOrderRet",
                "<TotalAmount>5.00</TotalAmount><IsManuallyClosed>true</IsManuallyClosed>",
                DocumentStatus.CANCELLED,
            ),
            ("PurchaseOrderRet", "<IsFullyReceived>true</IsFullyReceived>", DocumentStatus.CLOSED),
            ("EstimateRet", "<IsActive>false</IsActive>", DocumentStatus.CLOSED),
            ("EstimateRet", "", DocumentStatus.OPEN),
            (
                "TimeTrackingRet",
                f"{WORKER}<Duration>PT1H</Duration><BillableStatus>HasBeenBilled</BillableStatus>",
                DocumentStatus.CLOSED,
            ),
        ],
    )
    def test_where_a_document_stands(self, tag: str, inside: str, status: DocumentStatus) -> None:
        """What is paid, if only in part, received or billed is closed; pending is none yet (FLOW-4)."""
        found = read(tag, inside)

        assert found.status is status
        assert not is_void(found)

    @pytest.mark.parametrize(
        "inside",
        [
            "<Subtotal>0.00</Subtotal><Memo>VOID: by Ana</Memo>",
            (
                "<Subtotal>0.00</Subtotal><SalesTaxTotal>0.00</SalesTaxTotal><Memo>Nul</Memo>"
                "<InvoiceLineRet><TxnLineID>1-1</TxnLineID><ItemRef><FullName>GEAR</FullName>"
                "</ItemRef><Quantity>0</Quantity></InvoiceLineRet>"
            ),
        ],
    )
    def test_a_voided_invoice(self, inside: str) -> None:
        """It stays without amounts: told by its memo, or by quantities that are gone."""
        found = read("InvoiceRet", inside)

        assert found.status is DocumentStatus.CANCELLED
        assert is_void(found)

    def test_goods_for_nothing_are_not_void(self) -> None:
        """An invoice of samples comes to nothing and is a good one."""
        found = read(
            "InvoiceRet",
            "<Subtotal>0.00</Subtotal><InvoiceLineRet><TxnLineID>1-1</TxnLineID><ItemRef>"
            "<FullName>GEAR</FullName></ItemRef><Quantity>2</Quantity></InvoiceLineRet>",
        )

        assert found.status is DocumentStatus.OPEN


class TestReading:
    def test_a_purchase_order(self) -> None:
        """Days, texts, costs, what was received and in which unit, and for whom."""
        found = read(
            "PurchaseOrderRet",
            "<VendorRef><ListID>8-1</ListID><FullName>Ironworks</FullName></VendorRef>"
            "<TxnDate>2026-03-02</TxnDate><RefNumber>PO-1</RefNumber><DueDate>2026-03-31</DueDate>"
            "<ExpectedDate>2026-03-09</ExpectedDate><TotalAmount>60.00</TotalAmount>"
            "<VendorMsg>ring</VendorMsg><PurchaseOrderLineRet><TxnLineID>1-1</TxnLineID><ItemRef>"
            "<FullName>GEAR</FullName></ItemRef><Quantity>5</Quantity><UnitOfMeasure>case"
            "</UnitOfMeasure><Rate>12.00</Rate><Amount>60.00</Amount><CustomerRef><FullName>ACME"
            "</FullName></CustomerRef><ReceivedQuantity>2</ReceivedQuantity></PurchaseOrderLineRet>",
        )

        assert isinstance(found, PurchaseOrder)
        assert (found.number, found.due_on) == ("PO-1", date(2026, 3, 9))
        assert found.message_to_vendor == "ring"
        assert found.lines == (
            PurchaseLine(
                id="1-1",
                item=Reference("GEAR"),
                quantity=Quantity(Decimal(5), "case"),
                unit_cost=Money(Decimal("12.00")),
                amount=Money(Decimal("60.00")),
                customer=Reference("ACME"),
                delivered=Quantity(Decimal(2), "case"),
            ),
        )

    def test_an_invoice_comes_to_its_sum_and_its_tax(self) -> None:
        """QuickBooks tells no total of an invoice; what is paid of it plays no part."""
        found = read(
            "InvoiceRet",
            "<Subtotal>50.00</Subtotal><SalesTaxTotal>4.00</SalesTaxTotal>"
            "<AppliedAmount>-20.00</AppliedAmount><BalanceRemaining>34.00</BalanceRemaining>",
        )

        assert (found.total, found.tax) == (Money(Decimal("54.00")), Money(Decimal("4.00")))

    def test_the_members_of_a_group_are_lines(self) -> None:
        """A bill of a group of items has the members as its lines."""
        found = read(
            "BillRet",
            "<ItemLineRet><TxnLineID>1-1</TxnLineID></ItemLineRet><ItemGroupLineRet><TxnLineID>1-2"
            "</TxnLineID><ItemLineRet><TxnLineID>1-3</TxnLineID></ItemLineRet></ItemGroupLineRet>",
        )

        assert [each.id for each in found.lines] == ["1-1", "1-3"]

    def test_seconds_are_dropped(self) -> None:
        """Time is whole minutes; QuickBooks keeps no seconds either."""
        found = read("TimeTrackingRet", f"{WORKER}<Duration>PT1H30M59S</Duration>")

        assert found.minutes == 90

    def test_a_count_tells_the_change_only(self) -> None:
        """QuickBooks keeps by how much the stock changed: the figure itself is not made up."""
        found = read(
            "InventoryAdjustmentRet",
            "<InventoryAdjustmentLineRet><TxnLineID>1-1</TxnLineID><ItemRef><FullName>GEAR"
            "</FullName></ItemRef><QuantityDifference>-2</QuantityDifference>"
            "</InventoryAdjustmentLineRet>",
        )

        assert found.lines == (
            CountLine(id="1-1", item=Reference("GEAR"), change=Quantity(Decimal(-2))),
        )

    @pytest.mark.parametrize(
        "tag, inside, field, party, says",
        [
            (
                "PurchaseOrderRet",
                (
                    "<VendorRef><FullName>Ironworks</FullName></VendorRef><PurchaseOrderLineRet>"
                    "<ReceivedQuantity>1,000</ReceivedQuantity></PurchaseOrderLineRet>"
                ),
                "lines[0].delivered",
                "Ironworks",
                "line 1: the received quantity 1,000",
            ),
            ("BillRet", "<AmountDue>lots</AmountDue>", "total", None, "the amount due “lots”"),
            (
                "BillRet",
                "<ExpenseLineRet><Amount>5.00</Amount></ExpenseLineRet>",
                "account",
                None,
                "the account of an expense",
            ),
            (
                "TimeTrackingRet",
                f"{WORKER}<Duration>an hour</Duration>",
                "minutes",
                "Ana Silva",
                "the duration “an hour”",
            ),
            ("TimeTrackingRet", WORKER, "minutes", "Ana Silva", "a length of time"),
            ("TimeTrackingRet", "<Duration>PT1H</Duration>", "worker", None, "a worker"),
        ],
    )
    def test_what_cannot_be_read_is_named(
        self, tag: str, inside: str, field: str, party: str | None, says: str
    ) -> None:
        """Field case 4: it is shown with identity, party, field and value, and never guessed."""
        found = record(f"<{tag}><TxnID>A-1</TxnID>{inside}</{tag}>")
        with pytest.raises(UnreadableValue) as caught:
            READERS[tag](found)
        row = unreadable(found, caught.value)

        assert (row.id, row.field, row.party) == ("A-1", field, party)
        assert says in row.problem


class TestWriting:
    def test_units_are_named_on_every_kind_of_line(self) -> None:
        """Field case 3: a line without its unit would be counted in another one."""
        cases = Quantity(Decimal(2), "case")
        item = Reference("GEAR")
        written: list[Any] = [
            records.write_purchase_order(
                PurchaseOrder(id="", lines=(PurchaseLine(item=item, quantity=cases),)), KEY
            )["PurchaseOrderLineAdd"],
            records.write_invoice(
                Invoice(id="", lines=(InvoiceLine(item=item, quantity=cases),)), KEY
            )["InvoiceLineAdd"],
            records.write_bill(Bill(id="", lines=(BillLine(item=item, quantity=cases),)), KEY)[
                "ItemLineAdd"
            ],
        ]

        assert [line["UnitOfMeasure"] for [line] in written] == ["case"] * 3

    @pytest.mark.parametrize("minutes, duration", [(1, "PT0H1M0S"), (95, "PT1H35M0S")])
    def test_time_is_hours_and_minutes(self, minutes: int, duration: str) -> None:
        """TIME: whole minutes become an interval as QuickBooks writes it."""
        entry = WorkEntry(
            id="", worker=Reference("Ana"), worked_on=date(2026, 3, 2), minutes=minutes
        )
        create = CreateDocument(id="1", kind=DocumentKind.WORK_ENTRY, document=entry, key=KEY)
        [request] = requests_of(create)

        assert request.fields["Duration"] == timedelta(minutes=minutes)
        assert request.fields["BillableStatus"] == "NotBillable"
        assert Writer(NEWEST).check(create) is None

    def test_time_that_was_billed_stays_billed(self) -> None:
        """A change of an invoiced entry does not offer it to be invoiced again."""
        entry = WorkEntry(
            id="", worker=Reference("Ana"), worked_on=date(2026, 3, 2), minutes=5, is_billable=True
        )
        change = UpdateDocument(
            id="1",
            kind=DocumentKind.WORK_ENTRY,
            document_id="1-1",
            revision="5",
            document=entry,
            expected=msgspec.structs.replace(entry, status=DocumentStatus.CLOSED),
        )

        assert "BillableStatus" not in records.change_work_entry(change)
        open_ = msgspec.structs.replace(change, expected=entry)
        assert records.change_work_entry(open_)["BillableStatus"] == "Billable"

    def test_a_count_is_absolute(self) -> None:
        """STOCK-7: the figure that was counted is written, not a difference."""
        line = CountLine(item=Reference("GEAR", "8-1"), counted=Quantity(Decimal("7.5")))
        made: Any = records.write_stock_count(StockCount(id="", lines=(line,)), KEY)

        assert made["InventoryAdjustmentLineAdd"] == [
            {
                "ItemRef": {"ListID": "8-1"},
                "QuantityAdjustment": {"NewQuantity": Decimal("7.5")},
            }
        ]

    def test_an_account_by_its_id(self) -> None:
        """An account or payroll item can be named by what QuickBooks calls its identity."""
        count = StockCount(id="", account=Reference("8000001A-1772461800"))
        named = StockCount(id="", account=Reference("4000-10 Goods"))

        assert records.write_stock_count(count, KEY)["AccountRef"] == {
            "ListID": "8000001A-1772461800"
        }
        assert records.write_stock_count(named, KEY)["AccountRef"] == {"FullName": "4000-10 Goods"}


class TestEditions:
    def sold(self, **changes: Any) -> CreateDocument:
        line = OrderLine(item=Reference("GEAR"), quantity=Quantity(Decimal(1)), **changes)
        document = order("SO-1 ACME", line, tax_item=Reference("Boston"))
        return CreateDocument(id="1", kind=DocumentKind.SALES_ORDER, document=document, key=KEY)

    def bought(self) -> CreateDocument:
        line = PurchaseLine(
            item=Reference("GEAR"), quantity=Quantity(Decimal(1)), tax_code=Reference("H")
        )
        document = PurchaseOrder(id="", vendor=Reference("Ironworks"), lines=(line,))
        return CreateDocument(id="1", kind=DocumentKind.PURCHASE_ORDER, document=document, key=KEY)

    def test_a_tax_item_stands_on_the_order(self) -> None:
        """An order that shall be invoiced names its sales tax item."""
        [request] = requests_of(self.sold())

        assert request.fields["ItemSalesTaxRef"] == {"FullName": "Boston"}

    @pytest.mark.parametrize("country", ["CA", "UK"])
    def test_tax_codes_outside_the_us(self, country: Any) -> None:
        """Elsewhere tax goes by the codes of the lines, of what is bought, too."""
        check = Writer(Version(13, 0, country)).check

        assert check(self.sold(tax_code=Reference("S"))) is None
        assert check(self.bought()) is None

    def test_no_tax_codes_on_purchases_in_the_us(self) -> None:
        """What an edition lacks is refused before it is sent, and says so."""
        problem = Writer(NEWEST).check(self.bought())

        assert problem is not None
        refusal = refusals.of_problem(problem)
        assert refusal.code == "feature-missing"
        assert "SalesTaxCodeRef" in refusal.sentence


class TestRefusedBeforeItIsSent:
    def count(self, *names: str) -> CreateDocument:
        lines = tuple(
            CountLine(item=Reference(name), counted=Quantity(Decimal(1))) for name in names
        )
        document = StockCount(id="", account=Reference("Shrinkage"), lines=lines)
        return CreateDocument(id="1", kind=DocumentKind.STOCK_COUNT, document=document, key=KEY)

    @pytest.mark.parametrize(
        "names, code",
        [
            ((), "missing"),
            (("GEAR", "BOLT", "GEAR"), "repeated"),
            (tuple(f"PART-{number}" for number in range(101)), "repeated"),
        ],
    )
    def test_a_count_that_is_none(self, names: tuple[str, ...], code: str) -> None:
        """STOCK: at most 100 lines in one adjustment, each item once, and at least one."""
        problem = Writer(NEWEST).check(self.count(*names))

        assert problem is not None
        assert problem.code == code
        assert Writer(NEWEST).check(self.count("GEAR", "BOLT")) is None

    @pytest.mark.parametrize(
        "kind, document, changes, says",
        [
            (
                DocumentKind.BILL,
                Bill(id=""),
                {"closes": True, "lines": LineScope.NONE},
                "a bill cannot be closed by hand",
            ),
            (
                DocumentKind.STOCK_COUNT,
                StockCount(id=""),
                {},
                "the lines of a stock count cannot be changed",
            ),
        ],
    )
    def test_what_quickbooks_has_no_way_to_do(
        self, kind: DocumentKind, document: Document, changes: dict[str, Any], says: str
    ) -> None:
        """What cannot be done is refused in words."""
        change = UpdateDocument(
            id="1", kind=kind, document_id="1-1", revision="5", document=document, **changes
        )
        problem = Writer(NEWEST).check(change)

        assert problem is not None
        assert says in refusals.of_problem(problem).sentence

    def test_a_bill_has_no_custom_fields_of_its_own(self) -> None:
        """Corrections 1, row 9: refused in words, before anything is asked."""
        field = WriteField(
            id="1", kind=DocumentKind.BILL, document_id="1-1", name="Batch", value="7"
        )
        problem = Writer(NEWEST).check(field)

        assert problem is not None
        assert "a bill has no custom fields of its own" in refusals.of_problem(problem).sentence

    def test_time_has_no_number(self) -> None:
        """A time entry cannot be looked for by a number."""
        problem = Writer(NEWEST).check(
            FindDocument(id="1", kind=DocumentKind.WORK_ENTRY, numbers=("7",))
        )

        assert problem is not None
        assert "no number" in problem.message

    @pytest.mark.parametrize(
        "name, code",
        [
            ("Ana  Silva", "value-unfit"),
            (" Ana", "value-unfit"),
            ("A" * 26, "value-unfit"),
            ("Ana " + "S" * 40, "value-too-long"),
        ],
    )
    def test_a_worker_whom_quickbooks_would_call_otherwise(self, name: str, code: str) -> None:
        """TIME-4: a name that QuickBooks would not put together again makes no employee."""
        worker = Employee(id="", name=name, full_name=name)
        create = CreateRecord(id="1", kind=RecordKind.EMPLOYEE, record=worker, key=KEY)
        problem = Writer(NEWEST).check(create)

        assert problem is not None
        assert refusals.of_problem(problem).code == code


class TestLists:
    def test_an_employee(self) -> None:
        """The three names, and whether time makes the paychecks, as far as it is told."""
        head = "<ListID>8-1</ListID><Name>Ana M. Silva</Name><FirstName>Ana</FirstName>"
        names = f"{head}<MiddleName>M.</MiddleName><LastName>Silva</LastName>"
        use = "UseTimeDataToCreatePaychecks"
        for told, paid in (("UseTimeData", True), ("NotSet", False), (None, None)):
            info = f"<EmployeePayrollInfo><{use}>{told}</{use}></EmployeePayrollInfo>"
            text = f"<EmployeeRet>{names}{info if told else ''}</EmployeeRet>"
            found = records.read_record(record(text))

            assert isinstance(found, Employee)
            assert (found.first_name, found.middle_name, found.last_name) == ("Ana", "M.", "Silva")
            assert found.is_paid_by_time is paid

    def test_a_custom_field_keeps_its_case(self) -> None:
        """DOC-9: its name is its identity, and its owners are called as we call them."""
        found: Any = records.read_record(
            record(
                "<DataExtDefRet><OwnerID>0</OwnerID><DataExtName>Our Code</DataExtName>"
                "<DataExtType>STR255TYPE</DataExtType><AssignToObject>Customer</AssignToObject>"
                "<AssignToObject>SalesOrder</AssignToObject></DataExtDefRet>"
            )
        )

        assert (found.id, found.full_name) == ("Our Code", "Our Code")
        assert found.owners == ("customer", "sales-order")

    def test_a_tax_code(self) -> None:
        """Whether what bears it is taxed is read with it."""
        found: Any = records.read_record(
            record(
                "<SalesTaxCodeRet><ListID>8-1</ListID><Name>Tax</Name><IsTaxable>true</IsTaxable>"
                "</SalesTaxCodeRet>"
            )
        )

        assert (found.full_name, found.is_taxable) == ("Tax", True)

    @pytest.mark.parametrize(
        "account, reference",
        [
            ("8000001A-1772461800", {"ListID": "8000001A-1772461800"}),
            ("Sales:Goods", {"FullName": "Sales:Goods"}),
            ("4000-1000", {"FullName": "4000-1000"}),
        ],
    )
    def test_an_income_account_by_id_or_full_name(
        self, account: str, reference: dict[str, str]
    ) -> None:
        """DOC-1: IncomeAccountId and IncomeAccountFullName are told apart by their form."""
        item = product("GEAR", type=ItemType.NON_INVENTORY, income_account=account)
        _, fields = records.write_item(item, KEY)

        assert fields["SalesOrPurchase"] == {"Desc": None, "Price": None, "AccountRef": reference}

    def test_custom_fields_of_items_on_bills_are_read(self) -> None:
        """What an item's own field says on a bill's line is read with the line."""
        found = read(
            "BillRet",
            "<ItemLineRet><TxnLineID>1-1</TxnLineID><DataExtRet><DataExtName>Batch</DataExtName>"
            "<DataExtValue>7</DataExtValue></DataExtRet></ItemLineRet>",
        )

        assert found.lines[0].custom_fields == (CustomField("Batch", "7"),)
