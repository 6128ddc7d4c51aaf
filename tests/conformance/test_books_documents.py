"""QuickBooks Desktop against its stand-in: every kind of document that the flows write or read.

Created, found, changed, linked to its order, and taken out; each through the connector, and what
the books hold afterwards read back through it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

import msgspec
import pytest

from counterfoil.connectors.quickbooks_desktop.messages._forms import LISTS
from counterfoil.documents import (
    Ancestor,
    Bill,
    BillLine,
    CountLine,
    Customer,
    Document,
    DocumentKind,
    DocumentStatus,
    Employee,
    Estimate,
    ExpenseLine,
    FieldDefinition,
    Invoice,
    InvoiceLine,
    Item,
    ItemReceipt,
    ItemType,
    Money,
    OrderLink,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    RecordKind,
    Reference,
    StockCount,
    Vendor,
    WorkEntry,
    difference,
)
from counterfoil.engine.operations import (
    Batch,
    Busy,
    CreateDocument,
    CreateRecord,
    Done,
    FindDocument,
    LineScope,
    Outcome,
    ReadDeletions,
    ReadDocuments,
    ReadRecords,
    ReadStock,
    Refused,
    UpdateDocument,
    VoidDocument,
    VoidWay,
)
from counterfoil.engine.seeing import is_void
from counterfoil.sandboxes.quickbooks_desktop import CompanyFile, CompanySettings, fill_company
from tests.conformance.conftest import Books
from tests.conformance.test_company_file import APPLICATION, Office
from tests.sandboxes.quickbooks_desktop.desk import START
from tests.support.builders import product

DAY = date(2026, 2, 27)

_Document = TypeVar("_Document", bound=Document)


class Shop(Office):
    """The same office, with a vendor, a stocked part and a worker."""

    def __init__(self, company: CompanyFile, moment: list[float]) -> None:
        super().__init__(company, moment)
        self.vendor = self._listed(
            RecordKind.VENDOR, Vendor(id="", name="Ironworks", full_name="Ironworks")
        )
        accounts = {
            "income_account": "Sales:Goods",
            "expense_account": "Cost of Goods Sold",
            "asset_account": "Inventory Asset",
        }
        self.gear = self._listed(
            RecordKind.ITEM, product("GEAR", type=ItemType.INVENTORY, **accounts)
        )
        self.labour = self._listed(
            RecordKind.ITEM,
            product("Labour", type=ItemType.SERVICE, income_account="Sales:Services"),
        )
        self.worker = self._listed(
            RecordKind.EMPLOYEE, Employee(id="", name="Ana M. Silva", full_name="Ana M. Silva")
        )

    def put(self, kind: DocumentKind, document: Document) -> Outcome:
        return self.ask(CreateDocument(id="1", kind=kind, document=document, key=self.mark()))

    def make(self, kind: DocumentKind, document: Document) -> Done:
        done = self.put(kind, document)
        assert isinstance(done, Done), done
        return done

    def there(self, kind: DocumentKind, type_: type[_Document], id_: str | None) -> _Document:
        """A document as the books hold it, with its links."""
        page = self.page(FindDocument(id="1", kind=kind, ids=(id_ or "",), links=True))
        [found] = page.documents
        assert isinstance(found, type_)
        return found

    def update(self, kind: DocumentKind, done: Done, document: Document, **changes: Any) -> Outcome:
        assert done.id is not None
        change = UpdateDocument(
            id="1", kind=kind, document_id=done.id, revision=done.revision, document=document
        )
        return self.ask(msgspec.structs.replace(change, **changes))

    def take_out(
        self, kind: DocumentKind, id_: str | None, how: VoidWay = VoidWay.DELETE
    ) -> Outcome:
        return self.ask(VoidDocument(id="1", kind=kind, document_id=id_ or "", how=how))

    # --- The documents -------------------------------------------------------------------

    def purchase_order(self, number: str = "PO-1", *quantities: int) -> PurchaseOrder:
        return PurchaseOrder(
            id="",
            number=number,
            vendor=self.vendor,
            created_on=DAY,
            due_on=date(2026, 3, 9),
            memo="for the spring",
            message_to_vendor="ring twice",
            lines=tuple(
                PurchaseLine(
                    item=self.gear,
                    description=f"line {place}",
                    quantity=Quantity(Decimal(quantity)),
                    unit_cost=Money(Decimal("2.50")),
                )
                for place, quantity in enumerate(quantities or (10, 5), start=1)
            ),
        )

    def bill(self, number: str | None = "B-1", *lines: BillLine, **changes: Any) -> Bill:
        made = Bill(id="", number=number, vendor=self.vendor, created_on=DAY, lines=lines)
        return msgspec.structs.replace(made, **changes)

    def receipt(self, *lines: BillLine) -> ItemReceipt:
        return ItemReceipt(id="", number="R-1", vendor=self.vendor, created_on=DAY, lines=lines)

    def invoice_of(self, *lines: InvoiceLine, **changes: Any) -> Invoice:
        made = Invoice(id="", number="I-1", customer=self.customer, created_on=DAY, lines=lines)
        return msgspec.structs.replace(made, **changes)

    def received(self, quantity: int, order_id: str, line_id: str, **changes: Any) -> BillLine:
        """A line that takes so much of an order's line."""
        made = BillLine(
            item=self.gear,
            quantity=Quantity(Decimal(quantity)),
            link=OrderLink(order_id, line_id),
        )
        return msgspec.structs.replace(made, **changes)

    def shipped(self, quantity: str, order_id: str, line_id: str) -> InvoiceLine:
        return InvoiceLine(
            item=self.bolt,
            quantity=Quantity(Decimal(quantity)),
            link=OrderLink(order_id, line_id),
        )

    def ordered(self, *quantities: int) -> tuple[str, tuple[str, ...]]:
        """A purchase order in the books: its identity and those of its lines."""
        done = self.make(DocumentKind.PURCHASE_ORDER, self.purchase_order("PO-1", *quantities))
        assert done.id is not None
        return done.id, done.line_ids

    def entry(self, **changes: Any) -> WorkEntry:
        made = WorkEntry(
            id="",
            worker=self.worker,
            worked_on=DAY,
            minutes=95,
            customer=self.customer,
            service_item=self.labour,
            is_billable=True,
            notes="MO-7 turning",
        )
        return msgspec.structs.replace(made, **changes)

    def count(self, *counted: tuple[Reference, int]) -> StockCount:
        return StockCount(
            id="",
            number="C-1",
            counted_on=DAY,
            account=Reference("Cost of Goods Sold"),
            memo="spring count",
            lines=tuple(
                CountLine(item=item, counted=Quantity(Decimal(number))) for item, number in counted
            ),
        )


Opening = Callable[..., Shop]


@pytest.fixture
def opened() -> Iterator[Opening]:
    """Opens a company file; keyword arguments are settings of the stand-in."""
    companies: list[CompanyFile] = []

    def open_(**changes: Any) -> Shop:
        moment = [float(START)]
        company = CompanyFile.create(
            None, replace(CompanySettings(), **changes), now=lambda: moment[0]
        )
        companies.append(company)
        fill_company(company.process, company.settings)
        return Shop(company, moment)

    yield open_
    for company in companies:
        company.close()


@pytest.fixture
def shop(opened: Opening) -> Shop:
    return opened()


def person(shop: Shop, request: str, inside: str) -> None:
    """Somebody enters something at the desk."""
    text = (
        '<?xml version="1.0" encoding="utf-8"?><?qbxml version="16.0"?><QBXML>'
        f'<QBXMLMsgsRq onError="stopOnError"><{request}Rq requestID="1"><{request}>{inside}'
        f"</{request}></{request}Rq></QBXMLMsgsRq></QBXML>"
    )
    result = shop.company.process(text, application="A person")
    assert 'statusCode="0"' in result.response, result


# --- All kinds alike ----------------------------------------------------------------------

Making = Callable[[Shop], Document]


def _plain_bill(shop: Shop) -> Bill:
    return shop.bill(
        "B-1",
        BillLine(item=shop.gear, quantity=Quantity(Decimal(4)), unit_cost=Money(Decimal("2.50"))),
        due_on=date(2026, 3, 31),
        memo="by hand",
        expenses=(
            ExpenseLine(
                account=Reference("Cost of Goods Sold"), amount=Money(Decimal("7.00")), memo="post"
            ),
        ),
    )


def _plain_receipt(shop: Shop) -> ItemReceipt:
    line = BillLine(item=shop.gear, quantity=Quantity(Decimal(4)), unit_cost=Money(Decimal("2.50")))
    return shop.receipt(line)


def _plain_invoice(shop: Shop) -> Invoice:
    line = InvoiceLine(
        item=shop.bolt, quantity=Quantity(Decimal(3)), unit_price=Money(Decimal("1.50"))
    )
    return shop.invoice_of(
        line,
        shipped_on=date(2026, 3, 1),
        due_on=date(2026, 3, 31),
        memo="thank you",
        tracking_number="TRACK-7",
    )


def _plain_estimate(shop: Shop) -> Estimate:
    return Estimate(
        id="",
        number="E-1",
        customer=shop.customer,
        created_on=DAY,
        lines=(shop.line("3 BOLT 1.50"),),
    )


MAKINGS: dict[DocumentKind, Making] = {
    DocumentKind.SALES_ORDER: lambda shop: shop.order("SO-1", shop.line("2 BOLT 1.50")),
    DocumentKind.PURCHASE_ORDER: lambda shop: shop.purchase_order(),
    DocumentKind.BILL: _plain_bill,
    DocumentKind.ITEM_RECEIPT: _plain_receipt,
    DocumentKind.INVOICE: _plain_invoice,
    DocumentKind.ESTIMATE: _plain_estimate,
    DocumentKind.WORK_ENTRY: lambda shop: shop.entry(),
    DocumentKind.STOCK_COUNT: lambda shop: shop.count((shop.gear, 7)),
}
TOTALS = {
    DocumentKind.SALES_ORDER: "3.00",
    DocumentKind.PURCHASE_ORDER: "37.50",
    DocumentKind.BILL: "17.00",
    DocumentKind.ITEM_RECEIPT: "10.00",
    DocumentKind.INVOICE: "4.50",
    DocumentKind.ESTIMATE: "4.50",
}
NUMBERED = [kind for kind in MAKINGS if kind is not DocumentKind.WORK_ENTRY]


class TestEveryKind:
    @pytest.mark.parametrize("kind", MAKINGS, ids=str)
    def test_what_is_written_is_what_is_read(self, shop: Shop, kind: DocumentKind) -> None:
        """The answer, a look-up and a reading of what changed tell the same document."""
        written = MAKINGS[kind](shop)
        done = shop.make(kind, written)
        found = shop.there(kind, type(written), done.id)
        [read] = shop.page(ReadDocuments(id="1", kind=kind)).documents

        assert found == done.document == read
        assert difference(written, found) is None
        assert done.total == TOTALS.get(kind)
        assert len(done.line_ids) == len(getattr(written, "lines", ()))
        assert all(done.line_ids)

    @pytest.mark.parametrize("kind", MAKINGS, ids=str)
    def test_heads_tell_who_and_which(self, shop: Shop, kind: DocumentKind) -> None:
        """Identity, number, version, day, total and our mark come without any line."""
        done = shop.make(kind, MAKINGS[kind](shop))
        page = shop.page(ReadDocuments(id="1", kind=kind, heads=True))
        [head] = page.documents

        assert (head.id, head.number, head.revision) == (done.id, done.number, done.revision)
        assert page.keys == {done.id: done.mark}
        assert getattr(head, "lines", ()) == ()
        assert getattr(head, "total", None) == getattr(done.document, "total", None)
        assert page.unreadable == ()

    @pytest.mark.parametrize("kind", MAKINGS, ids=str)
    def test_what_is_deleted_is_gone_and_told(self, shop: Shop, kind: DocumentKind) -> None:
        """Deleted, it is found no more, the deletions name it, and once more is no error."""
        done = shop.make(kind, MAKINGS[kind](shop))

        assert isinstance(shop.take_out(kind, done.id), Done)
        assert shop.page(FindDocument(id="1", kind=kind, ids=(done.id or "",))).documents == ()
        told = shop.page(ReadDeletions(id="1", documents=tuple(MAKINGS)))
        assert told.deleted_documents == ((kind, done.id),)
        assert isinstance(shop.take_out(kind, done.id), Done)

    @pytest.mark.parametrize("kind", MAKINGS, ids=str)
    def test_a_lost_answer_is_asked_for(self, shop: Shop, kind: DocumentKind) -> None:
        """QuickBooks tells what became of it, and nothing is written a second time."""
        document = MAKINGS[kind](shop)
        create = CreateDocument(id="1", kind=kind, document=document, key=shop.mark())
        batch = Batch(operations=(create,), key="lost-answer")
        done = shop.books.perform(batch)["1"]
        told = shop.books.recover(batch)["1"]

        assert isinstance(done, Done), done
        assert isinstance(told, Done)
        assert (told.id, told.mark) == (done.id, create.key)
        assert len(shop.page(ReadDocuments(id="1", kind=kind)).documents) == 1

    @pytest.mark.parametrize("kind", NUMBERED, ids=str)
    def test_a_number_finds_it(self, shop: Shop, kind: DocumentKind) -> None:
        """Of several numbers those that are there come back."""
        done = shop.make(kind, MAKINGS[kind](shop))
        page = shop.page(FindDocument(id="1", kind=kind, numbers=(done.number or "", "X-9")))

        assert [each.id for each in page.documents] == [done.id]

    @pytest.mark.parametrize(
        "kind",
        [DocumentKind.INVOICE, DocumentKind.BILL, DocumentKind.ITEM_RECEIPT],
        ids=str,
    )
    def test_what_is_voided_stays_without_amounts(self, shop: Shop, kind: DocumentKind) -> None:
        """FLOW-4: a voided document is read as cancelled and void, its head as well."""
        done = shop.make(kind, MAKINGS[kind](shop))
        assert isinstance(shop.take_out(kind, done.id, VoidWay.VOID), Done)
        [head] = shop.page(ReadDocuments(id="1", kind=kind, heads=True)).documents
        found = shop.there(kind, Document, done.id)

        assert found.status is head.status is DocumentStatus.CANCELLED
        assert is_void(found)
        assert is_void(head)

    @pytest.mark.parametrize(
        "kind, changes",
        [
            (DocumentKind.PURCHASE_ORDER, {"memo": "sooner"}),
            (DocumentKind.BILL, {"memo": "checked"}),
            (DocumentKind.ITEM_RECEIPT, {"memo": "checked"}),
            (DocumentKind.INVOICE, {"memo": "checked", "tracking_number": "TRACK-8"}),
            (DocumentKind.ESTIMATE, {"memo": "last word"}),
            (DocumentKind.WORK_ENTRY, {"minutes": 120}),
            (DocumentKind.STOCK_COUNT, {"memo": "recounted"}),
        ],
        ids=str,
    )
    def test_a_header_is_changed_alone(
        self, shop: Shop, kind: DocumentKind, changes: dict[str, Any]
    ) -> None:
        """A change of the header leaves every line as it was."""
        written = MAKINGS[kind](shop)
        done = shop.make(kind, written)
        wanted = msgspec.structs.replace(written, **changes)
        changed = shop.update(kind, done, wanted, lines=LineScope.NONE)
        found = shop.there(kind, type(written), done.id)

        assert isinstance(changed, Done), changed
        assert difference(wanted, found) is None
        assert changed.line_ids == done.line_ids
        assert changed.revision != done.revision

    @pytest.mark.parametrize(
        "kind", [DocumentKind.PURCHASE_ORDER, DocumentKind.INVOICE, DocumentKind.ESTIMATE], ids=str
    )
    def test_lines_are_changed_and_added(self, shop: Shop, kind: DocumentKind) -> None:
        """A line that is named by its identity stays the same line."""
        written = MAKINGS[kind](shop)
        done = shop.make(kind, written)
        first: Any = getattr(written, "lines")[0]  # noqa: B009 - not every document has lines
        more = msgspec.structs.replace(first, quantity=Quantity(Decimal(9)))
        kept = msgspec.structs.replace(first, id=done.line_ids[0], quantity=Quantity(Decimal(1)))
        wanted = msgspec.structs.replace(written, lines=(more, kept))
        changed = shop.update(kind, done, wanted)

        assert isinstance(changed, Done), changed
        assert changed.line_ids[1] == done.line_ids[0]
        assert difference(wanted, shop.there(kind, type(written), done.id)) is None


class TestBills:
    def test_lines_of_both_tables_are_changed(self, shop: Shop) -> None:
        """Items and expenses are two tables: one can be emptied, the other goes on."""
        written = _plain_bill(shop)
        done = shop.make(DocumentKind.BILL, written)
        had = done.document
        assert isinstance(had, Bill)
        [line] = had.lines
        wanted = msgspec.structs.replace(
            written,
            lines=(msgspec.structs.replace(line, quantity=Quantity(Decimal(6)), amount=None),),
            expenses=(),
        )
        changed = shop.update(DocumentKind.BILL, done, wanted, expected=had)
        found = shop.there(DocumentKind.BILL, Bill, done.id)

        assert isinstance(changed, Done), changed
        assert found.expenses == ()
        assert found.total == Money(Decimal("15.00"))
        assert found.lines[0].id == line.id

    def test_an_amount_without_a_price(self, shop: Shop) -> None:
        """What has no price of its own bears its amount."""
        line = BillLine(
            item=shop.gear, quantity=Quantity(Decimal(3)), amount=Money(Decimal("10.00"))
        )
        done = shop.make(DocumentKind.BILL, shop.bill("B-1", line))

        assert done.total == "10.00"


# --- Links --------------------------------------------------------------------------------


class TestLinkedBills:
    @pytest.mark.parametrize("kind", [DocumentKind.BILL, DocumentKind.ITEM_RECEIPT], ids=str)
    def test_the_order_proves_the_link(self, shop: Shop, kind: DocumentKind) -> None:
        """What was received stands on the order's line, and the order names what was made."""
        order_id, (first, second) = shop.ordered()
        lines = (shop.received(4, order_id, first), shop.received(5, order_id, second))
        written = shop.bill("B-1", *lines) if kind is DocumentKind.BILL else shop.receipt(*lines)
        done = shop.make(kind, written)
        order = shop.there(DocumentKind.PURCHASE_ORDER, PurchaseOrder, order_id)

        assert [each.delivered for each in order.lines] == [
            Quantity(Decimal(4)),
            Quantity(Decimal(5)),
        ]
        assert order.made_into == (Ancestor(kind.value, done.id or ""),)
        assert order.status is DocumentStatus.OPEN
        made = shop.there(kind, type(written), done.id)
        assert made.made_from == (Ancestor("purchase-order", order_id),)
        assert difference(written, made) is None

    def test_several_bills_of_one_order(self, shop: Shop) -> None:
        """Two receivings are two bills; when all is received the order is closed."""
        order_id, (only,) = shop.ordered(10)
        for number, quantity in (("B-1", 4), ("B-2", 6)):
            line = shop.received(quantity, order_id, only)
            shop.make(DocumentKind.BILL, shop.bill(number, line))
        order = shop.there(DocumentKind.PURCHASE_ORDER, PurchaseOrder, order_id)

        assert order.lines[0].delivered == Quantity(Decimal(10))
        assert order.status is DocumentStatus.CLOSED
        assert len(order.made_into) == 2
        used = shop.put(DocumentKind.BILL, shop.bill("B-3", shop.received(1, order_id, only)))
        assert isinstance(used, Refused)
        assert used.refusal.code == "order-used-up"

    def test_an_exact_amount_rides_with_the_quantity(self, shop: Shop) -> None:
        """A price of more places than the books keep: quantity and amount are both said."""
        order_id, (only,) = shop.ordered(10)
        line = shop.received(4, order_id, only, amount=Money(Decimal("10.01")))
        done = shop.make(DocumentKind.BILL, shop.bill("B-1", line))
        order = shop.there(DocumentKind.PURCHASE_ORDER, PurchaseOrder, order_id)

        assert done.total == "10.01"
        assert order.lines[0].delivered == Quantity(Decimal(4))

    def test_a_whole_order(self, shop: Shop) -> None:
        """FLOW-11: one link takes over all that is open."""
        order_id, _ = shop.ordered()
        done = shop.make(DocumentKind.BILL, shop.bill("B-1", link=OrderLink(order_id)))
        order = shop.there(DocumentKind.PURCHASE_ORDER, PurchaseOrder, order_id)

        assert order.status is DocumentStatus.CLOSED
        assert done.total == "37.50"
        assert len(done.line_ids) == 2

    def test_a_link_that_quickbooks_drops(self, opened: Opening) -> None:
        """Corrections 1, row 4: the answer looks as always, and the order does not show it."""
        switches = replace(CompanySettings().switches, links_kept=False)
        shop = opened(switches=switches)
        order_id, (only,) = shop.ordered(10)
        shop.make(DocumentKind.BILL, shop.bill("B-1", shop.received(4, order_id, only)))
        order = shop.there(DocumentKind.PURCHASE_ORDER, PurchaseOrder, order_id)

        assert order.lines[0].delivered == Quantity(Decimal(0))
        assert order.made_into == ()

    def test_deleting_gives_the_order_back_what_was_taken(self, shop: Shop) -> None:
        """Delete and add again: the order is open in between, and shows the new bill after."""
        order_id, (only,) = shop.ordered(10)
        first = shop.make(DocumentKind.BILL, shop.bill("B-1", shop.received(4, order_id, only)))
        shop.take_out(DocumentKind.BILL, first.id)
        between = shop.there(DocumentKind.PURCHASE_ORDER, PurchaseOrder, order_id)
        again = shop.make(DocumentKind.BILL, shop.bill("B-1", shop.received(7, order_id, only)))
        after = shop.there(DocumentKind.PURCHASE_ORDER, PurchaseOrder, order_id)

        assert between.lines[0].delivered == Quantity(Decimal(0))
        assert after.lines[0].delivered == Quantity(Decimal(7))
        assert after.made_into == (Ancestor("bill", again.id or ""),)

    def test_a_receipt_becomes_a_bill(self, shop: Shop) -> None:
        """Corrections 1, row 8: the receipt is deleted, and the bill takes its place."""
        order_id, (only,) = shop.ordered(10)
        line = shop.received(4, order_id, only)
        receipt = shop.make(DocumentKind.ITEM_RECEIPT, shop.receipt(line))
        shop.take_out(DocumentKind.ITEM_RECEIPT, receipt.id)
        bill = shop.make(DocumentKind.BILL, shop.bill("B-1", line))
        order = shop.there(DocumentKind.PURCHASE_ORDER, PurchaseOrder, order_id)

        assert order.made_into == (Ancestor("bill", bill.id or ""),)

    def test_a_header_of_a_linked_bill_is_changed(self, shop: Shop) -> None:
        """Corrections 1, row 6: header only, and the link is still there."""
        order_id, (only,) = shop.ordered(10)
        written = shop.bill("B-1", shop.received(4, order_id, only))
        done = shop.make(DocumentKind.BILL, written)
        wanted = msgspec.structs.replace(written, memo="checked")
        changed = shop.update(DocumentKind.BILL, done, wanted, lines=LineScope.NONE)
        order = shop.there(DocumentKind.PURCHASE_ORDER, PurchaseOrder, order_id)

        assert isinstance(changed, Done)
        assert order.lines[0].delivered == Quantity(Decimal(4))

    def test_an_order_is_closed_by_hand(self, shop: Shop) -> None:
        """Closed short, it is read as cancelled with what was received of it."""
        order_id, (only,) = shop.ordered(10)
        shop.make(DocumentKind.BILL, shop.bill("B-1", shop.received(4, order_id, only)))
        current = shop.there(DocumentKind.PURCHASE_ORDER, PurchaseOrder, order_id)
        change = UpdateDocument(
            id="1",
            kind=DocumentKind.PURCHASE_ORDER,
            document_id=order_id,
            revision=current.revision,
            document=shop.purchase_order("PO-1", 10),
            lines=LineScope.NONE,
            closes=True,
        )
        assert isinstance(shop.ask(change), Done)
        closed = shop.there(DocumentKind.PURCHASE_ORDER, PurchaseOrder, order_id)

        assert closed.status is DocumentStatus.CANCELLED
        assert closed.lines[0].delivered == Quantity(Decimal(4))
        assert not is_void(closed)


class TestLinkedInvoices:
    def test_the_order_proves_the_link(self, shop: Shop) -> None:
        """What was invoiced stands on the order's line, and the order names its invoice."""
        order = shop.enter("SO-1", "10 BOLT 1.50")
        line = shop.shipped("4", order.id or "", order.line_ids[0])
        written = shop.invoice_of(line)
        done = shop.make(DocumentKind.INVOICE, written)
        [there] = shop.found(order)

        assert there.lines[0].delivered == Quantity(Decimal(4))
        assert there.made_into == (Ancestor("invoice", done.id or ""),)
        assert done.total == "6.00"
        made = shop.there(DocumentKind.INVOICE, Invoice, done.id)
        assert made.made_from == (Ancestor("sales-order", order.id or ""),)
        assert difference(written, made) is None

    def test_a_reading_of_invoices_names_their_orders(self, shop: Shop) -> None:
        """An invoice of an order tells it, so that it makes no second order."""
        order = shop.enter("SO-1", "10 BOLT 1.50")
        shop.invoice(order)
        [read] = shop.page(ReadDocuments(id="1", kind=DocumentKind.INVOICE)).documents

        assert read.made_from == (Ancestor("sales-order", order.id or ""),)


class TestPaid:
    def test_an_invoice_that_was_paid_in_part_stays(self, shop: Shop) -> None:
        """What a customer has paid for is closed, and is not taken out; the refusal says why."""
        done = shop.make(DocumentKind.INVOICE, _plain_invoice(shop))
        assert shop.customer.id is not None
        person(
            shop,
            "ReceivePaymentAdd",
            f"<CustomerRef><ListID>{shop.customer.id}</ListID></CustomerRef>"
            "<TotalAmount>1.00</TotalAmount><AppliedToTxnAdd>"
            f"<TxnID>{done.id}</TxnID><PaymentAmount>1.00</PaymentAmount></AppliedToTxnAdd>",
        )
        found = shop.there(DocumentKind.INVOICE, Invoice, done.id)
        [head] = shop.page(ReadDocuments(id="1", kind=DocumentKind.INVOICE, heads=True)).documents
        refused = shop.take_out(DocumentKind.INVOICE, done.id)

        assert found.status is head.status is DocumentStatus.CLOSED
        assert found.total == Money(Decimal("4.50"))
        assert isinstance(refused, Refused)
        assert refused.refusal.code == "paid-or-followed"


# --- Time, stock, records -----------------------------------------------------------------


class TestTime:
    @pytest.mark.parametrize("minutes", [1, 59, 60, 61, 1440])
    def test_whole_minutes_both_ways(self, shop: Shop, minutes: int) -> None:
        """A duration is hours and minutes in the books, and the same minutes here."""
        done = shop.make(DocumentKind.WORK_ENTRY, shop.entry(minutes=minutes))

        assert shop.there(DocumentKind.WORK_ENTRY, WorkEntry, done.id).minutes == minutes

    def test_billable_needs_a_customer_and_a_service(self, shop: Shop) -> None:
        """TIME-6: without them it is refused, and not entered."""
        refused = shop.put(DocumentKind.WORK_ENTRY, shop.entry(customer=None, service_item=None))

        assert isinstance(refused, Refused)

    def test_a_payroll_item_needs_paychecks_by_time(self, shop: Shop) -> None:
        """TIME-3: an employee without that mark takes no payroll item; the cure says so."""
        person(
            shop,
            "PayrollItemWageAdd",
            "<Name>Hourly</Name><WageType>HourlyRegular</WageType><ExpenseAccountRef><FullName>"
            "Cost of Goods Sold</FullName></ExpenseAccountRef>",
        )
        [wage] = shop.page(ReadRecords(id="1", kind=RecordKind.PAYROLL_ITEM)).records
        hourly = Reference(wage.full_name, wage.id)
        paid = Employee(id="", name="Bo Park", full_name="Bo Park", is_paid_by_time=True)
        bo = shop._listed(RecordKind.EMPLOYEE, paid)  # noqa: SLF001 - the office's own

        refused = shop.put(DocumentKind.WORK_ENTRY, shop.entry(payroll_item=hourly))
        done = shop.put(DocumentKind.WORK_ENTRY, shop.entry(worker=bo, payroll_item=hourly))

        assert isinstance(refused, Refused)
        assert refused.refusal.code == "payroll-item-unfit"
        assert isinstance(done, Done), done


class TestStock:
    def on_hand(self, shop: Shop) -> dict[str, Quantity | None]:
        page = shop.page(ReadStock(id="1"))
        return {each.full_name: each.on_hand for each in page.records if isinstance(each, Item)}

    def test_a_count_sets_the_stock(self, shop: Shop) -> None:
        """STOCK-7: absolute figures; the same count again changes nothing and is refused."""
        done = shop.make(DocumentKind.STOCK_COUNT, shop.count((shop.gear, 7)))

        assert isinstance(done.document, StockCount)
        assert done.document.lines[0].change == Quantity(Decimal(7))
        assert self.on_hand(shop) == {"GEAR": Quantity(Decimal(7))}
        assert isinstance(shop.put(DocumentKind.STOCK_COUNT, shop.count((shop.gear, 7))), Refused)

    def test_only_stocked_items_are_read(self, shop: Shop) -> None:
        """What is asked for and not stocked is not among the answers."""
        items = (shop.gear.id or "", shop.bolt.id or "")
        page = shop.page(ReadStock(id="1", items=items))

        assert [each.id for each in page.records] == [shop.gear.id]
        assert page.next is None

    def test_stock_comes_in_pages(self, shop: Shop) -> None:
        """Both kinds of stocked items are read to their end, each item once."""
        accounts = {
            "income_account": "Sales:Goods",
            "expense_account": "Cost of Goods Sold",
            "asset_account": "Inventory Asset",
        }
        for number in range(4):
            part = product(f"PART-{number}", type=ItemType.INVENTORY, **accounts)
            shop._listed(RecordKind.ITEM, part)  # noqa: SLF001 - the office's own
        session = shop.company.open_session(None, application=APPLICATION)
        books = Books(session.process)
        seen: list[str] = []
        token: str | None = None
        for _ in range(3):
            read = ReadStock(id="1", limit=2, page=token)
            done = books.perform(Batch(operations=(read,)))["1"]
            assert isinstance(done, Done), done
            assert done.page is not None
            seen += [each.full_name for each in done.page.records]
            token = done.page.next
        session.close()

        assert token is None
        assert seen == ["GEAR", "PART-0", "PART-1", "PART-2", "PART-3"]

    def test_counting_waits_for_single_user_mode(self, opened: Opening) -> None:
        """Corrections 1, row 12: it is a state that people see, and not a refusal."""
        shop = opened(file_mode="MultiUser")
        waits = shop.put(DocumentKind.STOCK_COUNT, shop.count((shop.gear, 7)))

        assert isinstance(waits, Busy)
        assert "single-user mode" in waits.reason

    def test_enterprise_may_count_in_multi_user_mode(self, opened: Opening) -> None:
        """Where the edition allows it, nobody has to leave the file."""
        switches = replace(CompanySettings().switches, adjusts_in_multi_user="Enterprise")
        shop = opened(file_mode="MultiUser", switches=switches)

        assert shop.make(DocumentKind.STOCK_COUNT, shop.count((shop.gear, 7))).id


class TestRecords:
    @pytest.mark.parametrize(
        "name, parts",
        [
            ("Ana Silva", ("Ana", None, "Silva")),
            ("Ana M. Silva", ("Ana", "M.", "Silva")),
            ("Maximiliana Fernanda Silva", ("Maximiliana Fernanda", None, "Silva")),
            ("Cher", ("Cher", None, None)),
        ],
    )
    def test_an_employee_is_shown_under_the_name_of_the_worker(
        self, shop: Shop, name: str, parts: tuple[str | None, ...]
    ) -> None:
        """TIME-4: QuickBooks puts the name together itself, and it is the one that was meant."""
        if name == "Ana M. Silva":
            identity = shop.worker.id
        else:
            worker = Employee(id="", name=name, full_name=name)
            identity = shop._listed(RecordKind.EMPLOYEE, worker).id  # noqa: SLF001 - its own
        page = shop.page(ReadRecords(id="1", kind=RecordKind.EMPLOYEE))
        [found] = [each for each in page.records if each.id == identity]

        assert isinstance(found, Employee)
        assert found.full_name == name
        assert (found.first_name, found.middle_name, found.last_name) == parts

    @pytest.mark.parametrize("kind", LISTS, ids=str)
    def test_every_list_can_be_read(self, shop: Shop, kind: RecordKind) -> None:
        """A list of a feature that is off or unused is empty, and never an error."""
        assert shop.page(ReadRecords(id="1", kind=kind)).unreadable == ()

    def test_custom_fields_are_listed_as_they_are_written(self, shop: Shop) -> None:
        """DOC-9: names keep their case; who has a field is told."""
        person(
            shop,
            "DataExtDefAdd",
            "<OwnerID>0</OwnerID><DataExtName>Entity Code</DataExtName><DataExtType>STR255TYPE"
            "</DataExtType><AssignToObject>Customer</AssignToObject>"
            "<AssignToObject>Item</AssignToObject>",
        )
        [found] = shop.page(ReadRecords(id="1", kind=RecordKind.CUSTOM_FIELD)).records

        assert isinstance(found, FieldDefinition)
        assert found.id == found.full_name == "Entity Code"
        assert set(found.owners) >= {"customer", "item"}

    def test_a_company_without_payroll(self, opened: Opening) -> None:
        """TIME-3: its payroll items are an empty list, and nobody is paid by time there."""
        shop = opened(preferences=replace(CompanySettings().preferences, payroll=False))
        paid = Employee(id="", name="Bo Park", full_name="Bo Park", is_paid_by_time=True)
        refused = shop.ask(
            CreateRecord(id="1", kind=RecordKind.EMPLOYEE, record=paid, key=shop.mark())
        )

        assert shop.page(ReadRecords(id="1", kind=RecordKind.PAYROLL_ITEM)).records == ()
        assert isinstance(refused, Refused)
        assert refused.refusal.code == "feature-missing"

    def test_a_job_of_a_customer_that_is_there(self, shop: Shop) -> None:
        """TIME-5: a job is created below its customer, and called by both names."""
        job = Customer(id="", name="Kitchen", full_name="ACME:Kitchen")
        done = shop.ask(CreateRecord(id="1", kind=RecordKind.CUSTOMER, record=job, key=shop.mark()))

        assert isinstance(done, Done), done
        assert done.record is not None
        assert done.record.full_name == "ACME:Kitchen"

    def test_a_customer_whose_name_a_vendor_has(self, shop: Shop) -> None:
        """The name lists share their names: refused, and the record is named."""
        taken = Customer(id="", name="Ironworks", full_name="Ironworks")
        refused = shop.ask(
            CreateRecord(id="1", kind=RecordKind.CUSTOMER, record=taken, key=shop.mark())
        )

        assert isinstance(refused, Refused)
        assert refused.refusal.code == "name-taken"

    def test_a_pro_edition_has_no_sales_orders(self, opened: Opening) -> None:
        """A missing feature is named, with who can do something about it."""
        shop = opened(edition="Pro")
        refused = shop.put(DocumentKind.SALES_ORDER, shop.order("SO-1", shop.line("1 BOLT 1")))

        assert isinstance(refused, Refused)
        assert refused.refusal.code == "feature-missing"
        assert "sales orders" in refused.refusal.sentence

    def test_accounts_are_named_by_id_or_full_name(self, shop: Shop) -> None:
        """DOC-1: IncomeAccountId and IncomeAccountFullName mean the same account."""
        accounts = shop.page(ReadRecords(id="1", kind=RecordKind.ACCOUNT)).records
        goods = next(each for each in accounts if each.full_name == "Sales:Goods")
        for name, account in (("BY-ID", goods.id), ("BY-NAME", goods.full_name)):
            item = product(name, type=ItemType.NON_INVENTORY, income_account=account)
            done = shop.ask(
                CreateRecord(id="1", kind=RecordKind.ITEM, record=item, key=shop.mark())
            )
            assert isinstance(done, Done), done
            assert isinstance(done.record, Item)
            assert done.record.income_account == "Sales:Goods"

    def test_an_item_that_is_bought_too(self, shop: Shop) -> None:
        """DOC-1: with an account for purchases an item has both sides."""
        item = product(
            "BOTH",
            "both",
            type=ItemType.NON_INVENTORY,
            income_account="Sales:Goods",
            expense_account="Cost of Goods Sold",
            purchase_cost=Money(Decimal("1.25")),
            sales_price=Money(Decimal("2.50")),
        )
        done = shop.ask(CreateRecord(id="1", kind=RecordKind.ITEM, record=item, key=shop.mark()))

        assert isinstance(done, Done), done
        assert isinstance(done.record, Item)
        assert done.record.purchase_cost == Money(Decimal("1.25"))
        assert done.record.sales_price == Money(Decimal("2.50"))
