"""Documents that hang together: what is read of links, what is written, what would be refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
import pytest

from counterfoil.connectors.quickbooks_desktop import records, refusals
from counterfoil.connectors.quickbooks_desktop.messages import Writer, requests_of
from counterfoil.connectors.quickbooks_desktop.qbxml import Version
from counterfoil.documents import (
    Actor,
    Ancestor,
    Bill,
    BillLine,
    CustomField,
    Document,
    DocumentKind,
    Invoice,
    InvoiceLine,
    ItemReceipt,
    Money,
    OrderLink,
    Quantity,
    Reference,
)
from counterfoil.engine.operations import CreateDocument, FindDocument, LineScope, UpdateDocument
from tests.connectors.quickbooks_desktop.test_records import KEY, record

NEWEST = Version(16, 0)
VENDOR, CUSTOMER = Reference("Ironworks", "80000001-1"), Reference("ACME", "80000002-1")
GEAR = Reference("GEAR", "80000003-1")


def taken(order: str, line: str | None, quantity: str = "4", **changes: Any) -> BillLine:
    """So much of an order's line."""
    made = BillLine(item=GEAR, quantity=Quantity(Decimal(quantity)), link=OrderLink(order, line))
    return msgspec.structs.replace(made, **changes)


def bill(*lines: BillLine, **changes: Any) -> Bill:
    return msgspec.structs.replace(Bill(id="", vendor=VENDOR, lines=lines), **changes)


def invoice(*lines: InvoiceLine, **changes: Any) -> Invoice:
    return msgspec.structs.replace(Invoice(id="", customer=CUSTOMER, lines=lines), **changes)


def creation(document: Document, kind: DocumentKind = DocumentKind.BILL) -> CreateDocument:
    return CreateDocument(id="1", kind=kind, document=document, key=KEY)


def change(document: Document, **changes: Any) -> UpdateDocument:
    made = UpdateDocument(
        id="1", kind=DocumentKind.BILL, document_id="1-1", revision="5", document=document
    )
    return msgspec.structs.replace(made, **changes)


class TestReading:
    @pytest.mark.parametrize(
        "tag, types, came_from, went_into",
        [
            ("SalesOrderRet", ("Estimate", "Invoice"), ("estimate",), ("invoice",)),
            ("PurchaseOrderRet", ("Bill", "ItemReceipt"), (), ("bill", "item-receipt")),
            ("PurchaseOrderRet", ("SalesOrder",), (), ()),
            ("InvoiceRet", ("SalesOrder", "ReceivePayment"), ("sales-order",), ()),
            ("BillRet", ("PurchaseOrder", "BillPaymentCheck"), ("purchase-order",), ()),
            ("ItemReceiptRet", ("PurchaseOrder", "Bill"), ("purchase-order",), ("bill",)),
            ("EstimateRet", ("Invoice", "SalesOrder"), (), ("invoice", "sales-order")),
        ],
    )
    def test_ancestors_and_followers(
        self,
        tag: str,
        types: tuple[str, ...],
        came_from: tuple[str, ...],
        went_into: tuple[str, ...],
    ) -> None:
        """Orders, receipts and papers are linked in one direction; payments are neither."""
        links = "".join(
            f"<LinkedTxn><TxnID>{place}-1</TxnID><TxnType>{type_}</TxnType></LinkedTxn>" * 2
            for place, type_ in enumerate(types)
        )
        reader: Any = {
            "SalesOrderRet": records.read_sales_order,
            "PurchaseOrderRet": records.read_purchase_order,
            "InvoiceRet": records.read_invoice,
            "BillRet": records.read_bill,
            "ItemReceiptRet": records.read_item_receipt,
            "EstimateRet": records.read_estimate,
        }[tag]
        found = reader(record(f"<{tag}><TxnID>9-9</TxnID>{links}</{tag}>"))

        assert tuple(each.kind for each in found.made_from) == came_from
        assert tuple(each.kind for each in found.made_into) == went_into

    def test_links_are_told_once(self) -> None:
        """A document that is linked by several lines is one ancestor."""
        link = "<LinkedTxn><TxnID>1-1</TxnID><TxnType>PurchaseOrder</TxnType></LinkedTxn>"
        found = records.read_bill(record(f"<BillRet><TxnID>9-9</TxnID>{link}{link}</BillRet>"))

        assert found.made_from == (Ancestor("purchase-order", "1-1"),)

    @pytest.mark.parametrize(
        "kind, links, asks",
        [
            (DocumentKind.PURCHASE_ORDER, False, None),
            (DocumentKind.PURCHASE_ORDER, True, True),
            (DocumentKind.SALES_ORDER, False, True),
            (DocumentKind.INVOICE, False, True),
            (DocumentKind.WORK_ENTRY, True, None),
            (DocumentKind.STOCK_COUNT, True, None),
        ],
    )
    def test_links_are_asked_for_where_they_matter(
        self, kind: DocumentKind, links: bool, asks: bool | None
    ) -> None:
        """What may have an ancestor tells it always; an order's followers only when asked."""
        [request] = requests_of(FindDocument(id="1", kind=kind, ids=("1-1",), links=links))

        assert request.fields.get("IncludeLinkedTxns") is asks


class TestWriting:
    def test_a_linked_line_carries_its_link_and_its_quantity(self) -> None:
        """Corrections 1, row 3: item, text, price and class stay with the order's line."""
        line = taken(
            "A-1",
            "L-1",
            description="a gear",
            unit_cost=Money(Decimal("2.5")),
            customer=CUSTOMER,
            accounting_class=Reference("North"),
        )
        made: Any = records.write_bill(bill(line), KEY)

        assert made["ItemLineAdd"] == [
            {"Quantity": Decimal(4), "LinkToTxn": {"TxnID": "A-1", "TxnLineID": "L-1"}}
        ]

    def test_an_exact_amount_goes_along(self) -> None:
        """Corrections 1, row 7: the amount never goes alone, or it would mean one piece."""
        made: Any = records.write_bill(
            bill(taken("A-1", "L-1", amount=Money(Decimal("10.01")))), KEY
        )

        assert made["ItemLineAdd"][0]["Quantity"] == Decimal(4)
        assert made["ItemLineAdd"][0]["Amount"] == Decimal("10.01")

    def test_an_invoice_line_is_linked_alike(self) -> None:
        """What holds for bills holds for invoices, and an unlinked line beside goes whole."""
        linked = InvoiceLine(item=GEAR, quantity=Quantity(Decimal(2)), link=OrderLink("A-1", "L-1"))
        plain = InvoiceLine(
            item=GEAR, quantity=Quantity(Decimal(1)), unit_price=Money(Decimal("7.5"))
        )
        made: Any = records.write_invoice(invoice(linked, plain), KEY)

        assert made["InvoiceLineAdd"] == [
            {"Quantity": Decimal(2), "LinkToTxn": {"TxnID": "A-1", "TxnLineID": "L-1"}},
            {
                "ItemRef": {"ListID": "80000003-1"},
                "Quantity": Decimal(1),
                "Rate": Decimal("7.5"),
            },
        ]

    def test_a_whole_order_is_one_link(self) -> None:
        """FLOW-11: the order's identity alone takes over all that is open."""
        link = OrderLink("A-1")
        receipt = ItemReceipt(id="", vendor=VENDOR, link=link)
        written: tuple[Any, ...] = (
            records.write_bill(bill(link=link), KEY),
            records.write_invoice(invoice(link=link), KEY),
            records.write_item_receipt(receipt, KEY),
        )
        for made in written:
            assert made["LinkToTxnID"] == ["A-1"]
            assert not made.get("ItemLineAdd")
            assert not made.get("InvoiceLineAdd")

    def test_an_items_own_field_stands_on_an_unlinked_line(self) -> None:
        """Corrections 1, row 9: a bill has no fields of its own, the items on it have."""
        line = BillLine(item=GEAR, custom_fields=(CustomField("Batch", "7"),))
        made: Any = records.write_bill(bill(line), KEY)

        assert made["ItemLineAdd"][0]["DataExt"] == [
            {"OwnerID": "0", "DataExtName": "Batch", "DataExtValue": "7"}
        ]


class TestRefusedBeforeItIsSent:
    @pytest.mark.parametrize(
        "document, says",
        [
            (bill(taken("A-1", "L-1"), link=OrderLink("A-1")), "taken over as a whole already"),
            (bill(link=OrderLink("A-1", "L-1")), "never both"),
            (bill(taken("A-1", None)), "does not name the line"),
            (bill(taken("A-1", "L-1"), taken("A-1", "L-1")), "the same line of the order"),
            (
                bill(taken("A-1", "L-1"), taken("B-1", "L-1"), taken("A-1", "L-2")),
                "two orders are mixed",
            ),
            (bill(taken("A-1", "L-1", "0")), "more than nothing"),
            (bill(taken("A-1", "L-1", "-3")), "more than nothing"),
            (
                bill(taken("A-1", "L-1", custom_fields=(CustomField("Batch", "7"),))),
                "no custom field",
            ),
        ],
    )
    def test_links_that_quickbooks_would_refuse_or_drop(self, document: Bill, says: str) -> None:
        """Corrections 1, row 5: what breaks a rule of linking never leaves, and is told."""
        problem = Writer(NEWEST).check(creation(document))

        assert problem is not None
        refusal = refusals.of_problem(problem)
        assert refusal.code == "link-refused"
        assert refusal.actor is Actor.BOOKKEEPER
        assert says in refusal.sentence

    def test_the_line_is_named(self) -> None:
        """A refusal names the line and what it is about."""
        problem = Writer(NEWEST).check(
            creation(bill(taken("A-1", "L-1"), taken("A-1", "L-2", "0")))
        )

        assert problem is not None
        assert "Line 2: the quantity" in refusals.of_problem(problem).sentence

    def test_lines_of_two_orders_one_after_the_other(self) -> None:
        """Several orders on one bill are fine while their lines are not mixed."""
        lines = (taken("A-1", "L-1"), taken("A-1", "L-2"), taken("B-1", "L-1"))

        assert Writer(NEWEST).check(creation(bill(*lines))) is None

    def test_the_lines_of_a_linked_document_are_not_changed(self) -> None:
        """Corrections 1, row 6: a Mod makes no link and loses some; the header alone goes."""
        linked, plain = bill(taken("A-1", "L-1")), bill(BillLine(id="1-2", item=GEAR))
        was_linked = bill(made_from=(Ancestor("purchase-order", "A-1"),))
        check = Writer(NEWEST).check

        for refused in (change(linked), change(plain, expected=was_linked)):
            problem = check(refused)
            assert problem is not None
            assert problem.code == "bad-link"
        assert check(change(linked, lines=LineScope.NONE)) is None
        assert check(change(plain)) is None
