"""What orders, goods, time and bills become in QuickBooks Online: each row by its name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest

from counterfoil.documents import (
    Ancestor,
    Bill,
    BillLine,
    CustomField,
    Document,
    DocumentKind,
    DocumentStatus,
    Estimate,
    ExpenseLine,
    Invoice,
    Item,
    ItemType,
    Money,
    OrderLine,
    OrderLink,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    RecordKind,
    Reference,
    Refusal,
    SalesOrder,
    SalesReceipt,
    StockCount,
    WorkEntry,
)
from counterfoil.documents.stock import CountLine
from counterfoil.settings import (
    CreatedItemType,
    DocumentNumber,
    FieldPair,
    FlowName,
    PurchaseOrderBecomes,
    SalesOrderBecomes,
    Settings,
    ShipDate,
    StockFallback,
    SystemName,
    WorkerList,
    WrittenBack,
    defaults_of,
    in_force,
)
from counterfoil.translate import TRANSLATORS, Became, OrderThere, Translated, Verdict

from .goods import TODAY, context, outcome, purchase, receipt, refused, shipment, there, translated

AUTOTASK, FUSION = SystemName.AUTOTASK, SystemName.FUSION_OPERATIONS
ONLINE = SystemName.QUICKBOOKS_ONLINE
DESK = in_force(defaults_of(AUTOTASK, ONLINE), AUTOTASK, ONLINE)
SHOP = in_force(defaults_of(FUSION, ONLINE), FUSION, ONLINE)
# As the target is described; see ``hub.systems.quickbooks_online_target``.
BOOKS: dict[str, Any] = {
    "target": "QuickBooks Online",
    "field_length_max": {"message_to_vendor": 4000, "freight": 0, "manufacturer_number": 0},
    "linked_lines_are_whole": True,
    "purchases_need_expense": True,
}
PAYABLE = "Accounts Payable (A/P)"


def rules(over: Settings, section: str, **changes: Any) -> Settings:
    """Some options of a section, set over the settings of a link."""
    return msgspec.structs.replace(
        over, **{section: msgspec.structs.replace(getattr(over, section), **changes)}
    )


def general(over: Settings, **changes: Any) -> Settings:
    """Some options of the whole link."""
    return rules(over, "general", **changes)


ORDERS = TRANSLATORS[FlowName.PURCHASE_ORDER_OUT]
BILLING = rules(
    DESK, "purchase_order_out", becomes=PurchaseOrderBecomes.BILL, payables_account=PAYABLE
)


def order(**changes: Any) -> PurchaseOrder:
    """An order of Autotask for ten switches and a rack, bought for Acme."""
    lines = (
        PurchaseLine(
            id="1",
            item=Reference("Switch 24", "88"),
            quantity=Quantity(Decimal(10)),
            unit_cost=Money(Decimal("412.50")),
            description="For the depot",
        ),
        PurchaseLine(
            id="2",
            item=Reference("Rack", "89"),
            quantity=Quantity(Decimal(1)),
            unit_cost=Money(Decimal(90)),
            customer=Reference("Globex", "12"),
        ),
    )
    made = PurchaseOrder(
        id="501",
        number="PO-501",
        vendor=Reference("Millco", "174"),
        created_on=date(2026, 2, 27),
        purchased_for=Reference("Acme", "9"),
        message_to_vendor="Ring the bell",
        freight=Money(Decimal("12.5")),
        lines=lines,
    )
    return msgspec.structs.replace(made, **changes)


def billed(document: PurchaseOrder, made: Settings = BILLING) -> Bill:
    """The bill that an order becomes."""
    found = translated(ORDERS, document, made, **BOOKS).document
    assert isinstance(found, Bill)
    return found


class TestOrdersAsBills:
    def test_op1_all_that_was_ordered_is_owed(self) -> None:
        """OP1: where set, a purchase order becomes a bill of the whole order."""
        bill = billed(order())

        assert ORDERS.target_kind(order(), BILLING) is DocumentKind.BILL
        assert bill.vendor == Reference("Millco")
        assert bill.memo == "Ring the bell"
        assert [(line.item, line.quantity, line.unit_cost) for line in bill.lines] == [
            (Reference("Switch 24"), Quantity(Decimal(10)), Money(Decimal("412.50"))),
            (Reference("Rack"), Quantity(Decimal(1)), Money(Decimal(90))),
        ]

    def test_op4_vendor_and_customers_go_by_their_names(self) -> None:
        """OP4: both are named as organizations are, and what they become is kept by identity."""
        found = translated(ORDERS, order(), BILLING, **BOOKS)

        assert found.identities[RecordKind.VENDOR, "Millco"] == "174"
        assert found.identities[RecordKind.CUSTOMER, "Acme"] == "9"
        made = context(BILLING, **BOOKS)
        assert ORDERS.new_record(RecordKind.VENDOR, "Millco", "Millco", made) is not None
        assert ORDERS.new_record(RecordKind.CUSTOMER, "Acme", "Acme", made) is not None

    def test_op5_no_tax_is_passed(self) -> None:
        """OP5: lines bear no tax code, unless one is chosen; then every line bears it."""
        taxed = rules(BILLING, "purchase_order_out", use_taxes="TAX")

        assert {line.tax_code for line in billed(order()).lines} == {None}
        assert {line.tax_code for line in billed(order(), taxed).lines} == {Reference("TAX")}

    def test_op10_the_number_is_autotasks_or_none(self) -> None:
        """OP10: QuickBooks numbers no bill; where it is to, the bill goes without a number."""
        ours = rules(
            BILLING,
            "purchase_order_out",
            document_number=DocumentNumber.ORDER_CODE,
            number_prefix="AT-",
        )

        assert ORDERS.number(order(), "", BILLING) is None
        assert ORDERS.number(order(), "", ours) == "AT-PO-501"
        assert ORDERS.must_check_number(ours)

    @pytest.mark.parametrize(
        "back, number, mark",
        [
            (WrittenBack.NUMBER, "PO-501", "PO-501"),
            (WrittenBack.NUMBER, None, "1042"),
            (WrittenBack.IDENTITY, "PO-501", "1042"),
        ],
    )
    def test_op10_the_mark_is_the_number_or_the_identity(
        self, back: WrittenBack, number: str | None, mark: str
    ) -> None:
        """OP10: what is written back of a bill is its number or its identity, never nothing."""
        made = rules(BILLING, "purchase_order_out", written_back=back)
        found = ORDERS.write_back(order(), Became(DocumentKind.BILL, "1042", number), made)

        assert [field.value for field in found] == [mark]

    def test_op11_without_an_expense_account_no_item_is_made(self) -> None:
        """OP11: one on an income account alone could not stand on a bill; the setting is named."""
        makes = rules(
            BILLING, "purchase_order_out", create_missing_items=True, income_account="Sales"
        )
        found = ORDERS.new_record(RecordKind.ITEM, "Rack", "Rack", context(makes, **BOOKS))

        assert isinstance(found, Refusal)
        assert found.code == "account-missing"
        assert found.choices[0].arguments == {"setting": "purchase-order-out.expense_account"}

    def test_op11_an_unknown_item_is_made_on_the_chosen_account(self) -> None:
        """OP11: an item is made with its expense account, where that was chosen; else it stops."""
        makes = rules(
            BILLING, "purchase_order_out", create_missing_items=True, expense_account="Purchases"
        )
        made = ORDERS.new_record(RecordKind.ITEM, "Rack", "Rack", context(makes, **BOOKS))

        assert isinstance(made, Item)
        assert (made.type, made.expense_account, made.income_account) == (
            ItemType.NON_INVENTORY,
            "Purchases",
            None,
        )
        assert ORDERS.new_accounts(makes) == ("Purchases",)
        assert ORDERS.new_record(RecordKind.ITEM, "Rack", "Rack", context(BILLING)) is None
        assert ORDERS.new_accounts(BILLING) == ()

    def test_op12_a_bill_needs_its_account(self) -> None:
        """OP12: the account on which it is owed is required."""
        without = rules(BILLING, "purchase_order_out", payables_account=None)

        assert billed(order()).payables_account == Reference(PAYABLE)
        refusal = refused(ORDERS, order(), without, **BOOKS)
        assert refusal.code == "payables-account-missing"
        assert refusal.choices[0].arguments == {"setting": "purchase-order-out.payables_account"}

    def test_op17_a_changed_order_changes_its_bill(self) -> None:
        """OP17: what the original never sent again is compared and sent, as the settings say."""
        bill = billed(order())
        there_now = msgspec.structs.replace(bill, id="1042", revision="3", currency="USD")

        assert ORDERS.carried(there_now) == ORDERS.carried(bill)
        assert ORDERS.may_change(there_now, bill) is None

    def test_custom_fields_stand_in_the_memo(self) -> None:
        """A bill has no custom fields: where they are saved they stand in its memo."""
        saves = rules(
            BILLING,
            "purchase_order_out",
            save_custom_fields=True,
            custom_fields=(FieldPair("Site", "Place"),),
        )
        document = order(custom_fields=(CustomField("Site", "Quay"),))

        assert billed(document, saves).memo == "Ring the bell; Place: Quay"
        assert not ORDERS.has_follow_ups(saves)
        assert ORDERS.follow_ups(document, saves) == ()


class TestOrdersAsOrders:
    def test_s10_it_becomes_a_purchase_order(self) -> None:
        """S10: for new users an order stays an order, and is billed as it is received."""
        assert ORDERS.target_kind(order(), DESK) is DocumentKind.PURCHASE_ORDER

    def test_s13_the_customer_stands_on_every_line(self) -> None:
        """S13: whom the order is for stands on all lines that name nobody else."""
        found = translated(ORDERS, order(), DESK, **BOOKS).document
        assert isinstance(found, PurchaseOrder)

        assert [line.customer for line in found.lines] == [Reference("Acme"), Reference("Globex")]
        assert found.purchased_for == Reference("Acme")

    def test_s15_cost_and_memo_of_a_line(self) -> None:
        """S15: quantity and cost travel, and the memo of a line is its description."""
        found = translated(ORDERS, order(), DESK, **BOOKS).document
        assert isinstance(found, PurchaseOrder)

        assert [line.description for line in found.lines] == ["For the depot", None]
        assert found.lines[0].unit_cost == Money(Decimal("412.50"))

    def test_what_online_has_no_place_for_is_told(self) -> None:
        """Freight stays and is told; a message that Desktop would not hold travels."""
        long = order(message_to_vendor="x" * 500)
        found = translated(ORDERS, long, DESK, **BOOKS)
        assert isinstance(found.document, PurchaseOrder)

        assert found.document.freight is None
        assert found.document.message_to_vendor == "x" * 500
        assert found.left_out == (
            "The freight of 12.5 stays: QuickBooks Online has no place for it.",
        )


RECEIPTS = TRANSLATORS[FlowName.RECEIPT_OUT]


class TestReceipts:
    def test_a_linked_line_says_all_that_others_say(self) -> None:
        """A bill's line names its order's line and bears item, price, text and customer, too."""
        ordered = there(["0/10 FLOUR 0.80"])
        before: Any = ordered.document
        line = msgspec.structs.replace(
            before.lines[0],
            description="Fine flour",
            customer=Reference("Acme", "9"),
        )
        ordered = OrderThere(
            document=msgspec.structs.replace(ordered.document, lines=(line,)), lines=ordered.lines
        )
        made = rules(SHOP, "receipt_out", payables_account=PAYABLE)
        found = translated(
            RECEIPTS, receipt("PO-17 MILLCO", "4/10 FLOUR 0.75"), made, order=ordered, **BOOKS
        ).document
        assert isinstance(found, Bill)

        assert found.lines == (
            BillLine(
                id="L1",
                item=Reference("FLOUR", "item-FLOUR"),
                description="Fine flour",
                quantity=Quantity(Decimal(4)),
                unit_cost=Money(Decimal("0.80")),
                customer=Reference("Acme", "9"),
                link=OrderLink("T", "T1"),
            ),
        )
        assert found.payables_account == Reference(PAYABLE)

    def test_goods_that_came_are_a_bill(self) -> None:
        """QuickBooks Online has no item receipts: what is received is owed."""
        document = receipt("PO-17 MILLCO", "4/10 FLOUR 0.75")
        assert RECEIPTS.target_kind(document, SHOP) is DocumentKind.BILL
        assert RECEIPTS.target_kind(document, DESK) is DocumentKind.BILL


SALES = TRANSLATORS[FlowName.SALES_ORDER_OUT]


def sold(**changes: Any) -> SalesOrder:
    """An order of Acme's for ten bolts."""
    made = SalesOrder(
        id="s-1",
        number="SO-1001",
        customer=Reference("ACME"),
        created_on=date(2026, 2, 27),
        due_on=date(2026, 3, 9),
        lines=(
            OrderLine(
                id="L1",
                item=Reference("BOLT"),
                quantity=Quantity(Decimal(10)),
                unit_price=Money(Decimal("1.20")),
            ),
        ),
    )
    return msgspec.structs.replace(made, **changes)


class TestSalesOrders:
    @pytest.mark.parametrize(
        "becomes, kind, type_, day",
        [
            (SalesOrderBecomes.ESTIMATE, DocumentKind.ESTIMATE, Estimate, "due_on"),
            (SalesOrderBecomes.INVOICE, DocumentKind.INVOICE, Invoice, "shipped_on"),
            (
                SalesOrderBecomes.SALES_RECEIPT,
                DocumentKind.SALES_RECEIPT,
                SalesReceipt,
                "shipped_on",
            ),
        ],
    )
    def test_it_becomes_what_is_set(
        self, becomes: SalesOrderBecomes, kind: DocumentKind, type_: type[Document], day: str
    ) -> None:
        """An estimate, an invoice or a sales receipt: its lines and its promised day travel."""
        made = rules(SHOP, "sales_order_out", becomes=becomes, ship_date=ShipDate.DUE_DATE)
        found: Any = translated(SALES, sold(), made, **BOOKS).document

        assert (SALES.target_kind(sold(), made), type(found)) == (kind, type_)
        assert (found.number, found.customer) == ("SO-1001", Reference("ACME"))
        assert getattr(found, day) == date(2026, 3, 9)
        assert [(line.item, line.unit_price) for line in found.lines] == [
            (Reference("BOLT"), Money(Decimal("1.20")))
        ]
        total = Money(Decimal(12))
        read: Any = msgspec.structs.replace(found, id="17", total=total, revision="1")
        assert SALES.carried(read) == SALES.carried(found)
        assert SALES.may_change(read, found) is None

    def test_a_landed_kind_stays_what_it_is(self) -> None:
        """What landed as an estimate is changed as one, whatever is set by now."""
        made = rules(SHOP, "sales_order_out", becomes=SalesOrderBecomes.INVOICE)
        found = translated(SALES, sold(), made, kind=DocumentKind.ESTIMATE, **BOOKS)

        assert isinstance(found.document, Estimate)


SHIPMENTS = TRANSLATORS[FlowName.SHIPMENT_OUT]


def estimate(*lines: str, made_into: tuple[str, ...] = ()) -> OrderThere:
    """An estimate in the books; lines are as of ``there``."""
    order: Any = there(lines, sales=True).document
    head: dict[str, Any] = {
        name: getattr(order, name) for name in ("id", "number", "customer", "lines")
    }
    ancestors = tuple(Ancestor(*each.split()) for each in made_into)
    pairs = {f"L{place}": f"T{place}" for place in range(1, len(lines) + 1)}
    return OrderThere(document=Estimate(**head, made_into=ancestors), lines=pairs)


class TestShipments:
    @pytest.mark.parametrize(
        "lines, made_into, why",
        [
            (("10/10 BOLT 1.20", "5/5 NUT 0.10"), (), None),
            (("4/10 BOLT 1.20", "5/5 NUT 0.10"), (), "this is a part of it"),
            (("10/10 BOLT 1.20",), (), "this is a part of it"),
            (
                ("10/10 BOLT 1.20", "5/5 NUT 0.10"),
                ("invoice 88",),
                "the invoice 88 was made from it already",
            ),
        ],
    )
    def test_an_estimate_makes_one_invoice(
        self, lines: tuple[str, ...], made_into: tuple[str, ...], why: str | None
    ) -> None:
        """The invoice of a whole order is linked to its estimate; a part goes without, and says so."""
        there_now = estimate("?/10 BOLT 1.20", "?/5 NUT 0.10", made_into=made_into)
        found = translated(SHIPMENTS, shipment("SO-1 ACME", *lines), SHOP, order=there_now, **BOOKS)
        invoice = found.document
        assert isinstance(invoice, Invoice)

        assert invoice.link == (OrderLink("T") if why is None else None)
        assert invoice.lines[0].unit_price == Money(Decimal("1.20"))
        assert {line.link for line in invoice.lines} == {None}
        said = "It goes without a link to the estimate SO-1: QuickBooks Online makes one invoice of"
        assert found.left_out == (() if why is None else (f"{said} an estimate, and {why}.",))


WORK = TRANSLATORS[FlowName.WORK_ENTRY_OUT]
ENTRY = WorkEntry(id="w", worker=Reference("Ada Byron"), worked_on=TODAY, minutes=95)


class TestTimeAndStock:
    @pytest.mark.parametrize(
        "workers, expected",
        [
            (WorkerList.EMPLOYEES, (False, False)),
            (WorkerList.EITHER, (False, True)),
            (WorkerList.VENDORS, (True, False)),
        ],
    )
    def test_workers_are_employees_or_vendors(
        self, workers: WorkerList, expected: tuple[bool, bool]
    ) -> None:
        """A worker is looked up in the list that is set, or in both."""
        found = translated(WORK, ENTRY, rules(SHOP, "work_entry_out", workers=workers), **BOOKS)
        assert isinstance(found.document, WorkEntry)

        assert (found.document.is_contractor, found.may_be_contractor) == expected

    def test_billable_time_bears_its_rate(self) -> None:
        """The rate that is set goes with the entry."""
        made = rules(SHOP, "work_entry_out", hourly_rate=Decimal(45))
        found = translated(WORK, ENTRY, made, **BOOKS).document
        assert isinstance(found, WorkEntry)

        assert found.hourly_rate == Money(Decimal(45))
        assert WORK.carried(found) == WORK.carried(msgspec.structs.replace(found, id="9"))

    @pytest.mark.parametrize("fallback", list(StockFallback))
    def test_a_count_says_whether_items_may_be_set(self, fallback: StockFallback) -> None:
        """Where the books take no adjustment, items are set only if that was chosen."""
        made = rules(SHOP, "stock_count_out", fallback=fallback, adjustment_account="Shrinkage")
        lines = (CountLine(item=Reference("BOLT"), counted=Quantity(Decimal(7))),)
        found = translated(
            TRANSLATORS[FlowName.STOCK_COUNT_OUT], StockCount(id="c", lines=lines), made, **BOOKS
        ).document
        assert isinstance(found, StockCount)

        assert found.may_set_items is (fallback is StockFallback.SET_ITEMS)

    def test_a_new_stock_item_bears_its_start_date(self) -> None:
        """An inventory item is counted from the day that is set."""
        made = rules(
            DESK,
            "purchase_order_out",
            create_missing_items=True,
            item_type=CreatedItemType.INVENTORY,
            income_account="Sales",
            cogs_account="Cost of Goods Sold",
            asset_account="Inventory Asset",
            stocked_since=date(2025, 7, 1),
        )
        found = ORDERS.new_record(RecordKind.ITEM, "Rack", "Rack", context(made, **BOOKS))

        assert isinstance(found, Item)
        assert found.stocked_since == date(2025, 7, 1)
        assert set(ORDERS.new_accounts(made)) == {"Sales", "Cost of Goods Sold", "Inventory Asset"}


BILLS_IN = TRANSLATORS[FlowName.BILL_IN]


def bill(**changes: Any) -> Bill:
    """A bill of Mill Co's: flour, and carriage on an account."""
    made = Bill(
        id="88",
        number="INV-9",
        vendor=Reference("Mill Co", "56"),
        created_on=date(2026, 2, 27),
        due_on=date(2026, 3, 29),
        lines=(
            BillLine(
                id="1",
                item=Reference("Food:Flour", "5"),
                description="Fine",
                quantity=Quantity(Decimal(40)),
                unit_cost=Money(Decimal("0.80")),
            ),
        ),
        expenses=(ExpenseLine(account=Reference("Freight", "7"), amount=Money(Decimal("12.50"))),),
    )
    return msgspec.structs.replace(made, **changes)


class TestBillsIn:
    def test_a_bill_becomes_the_order_that_is_received(self) -> None:
        """Vendor, number, day and goods travel; what names an account stays, and is told."""
        found = translated(BILLS_IN, bill(), SHOP)
        made = found.document
        assert isinstance(made, PurchaseOrder)

        assert (made.number, made.vendor) == ("INV-9", Reference("Mill Co"))
        assert (made.created_on, made.due_on) == (date(2026, 2, 27), date(2026, 2, 27))
        assert [(line.item, line.quantity, line.unit_cost, line.notes) for line in made.lines] == [
            (Reference("Food:Flour"), Quantity(Decimal(40)), Money(Decimal("0.80")), "Fine")
        ]
        assert found.left_out == ("12.5 on the account Freight name no goods and are left out.",)

    @pytest.mark.parametrize(
        "changes, code",
        [({"vendor": None}, "reference-missing"), ({"lines": ()}, "nothing-to-send")],
    )
    def test_a_bill_that_makes_no_order_says_why(self, changes: dict[str, Any], code: str) -> None:
        """A bill without a vendor, or without goods, makes no order."""
        result = outcome(BILLS_IN, bill(**changes), SHOP)
        assert isinstance(result, Refusal)
        assert result.code == code

    def test_a_void_bill_is_left_out(self) -> None:
        """FLOW-4: what is void makes no order; what is paid does."""
        void = BILLS_IN.rule(bill(status=DocumentStatus.CANCELLED), SHOP)
        assert void is not None
        assert void.verdict is Verdict.LEAVE_OUT
        assert BILLS_IN.rule(bill(status=DocumentStatus.CLOSED), SHOP) is None
        assert BILLS_IN.target_kind(bill(), SHOP) is DocumentKind.PURCHASE_ORDER

    def test_orders_come_as_before(self) -> None:
        """Orders and bills share what they become: an order's own due day is kept."""
        found = translated(
            TRANSLATORS[FlowName.PURCHASE_ORDER_IN], purchase("PO-17 MILLCO", "4 FLOUR 0.80"), SHOP
        )
        assert isinstance(found, Translated)
        assert isinstance(found.document, PurchaseOrder)
        assert found.document.due_on == date(2026, 3, 9)
