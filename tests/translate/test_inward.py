"""Purchase orders, invoices and estimates of the books become orders: FLOW-4, DOC-2, 7, 8, 4.6.

What all these flows share with sales orders is proved there; here, that each of them does it,
and what is its own.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from counterfoil.documents import (
    Document,
    DocumentKind,
    DocumentStatus,
    Estimate,
    Invoice,
    InvoiceLine,
    Item,
    ItemType,
    ListRecord,
    Money,
    OrderLine,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    RecordKind,
    Reference,
    Refusal,
    SalesOrder,
    Vendor,
    fingerprint,
    record_kind,
)
from counterfoil.settings import (
    FLOWS,
    OPTIONS,
    ClosedByHand,
    FieldPair,
    FlowMode,
    FlowName,
    InvoicedPart,
    NegativeLines,
    NumberTaken,
    ProductName,
    Settings,
)
from counterfoil.translate import TRANSLATORS, WHOLE, Context, Translated
from tests.support.builders import fields, line, product

SALES, PURCHASE = FlowName.SALES_ORDER_IN, FlowName.PURCHASE_ORDER_IN
INVOICE, ESTIMATE = FlowName.INVOICE_IN, FlowName.ESTIMATE_IN
NEW = [PURCHASE, INVOICE, ESTIMATE]
EACH_NEW = pytest.mark.parametrize("flow", NEW)
CLOSED, CANCELLED = DocumentStatus.CLOSED, DocumentStatus.CANCELLED


def rules(flow: FlowName, **changes: Any) -> Settings:
    """Settings with what is changed from one flow's defaults."""
    made, member = Settings(), flow.replace("-", "_")
    return replace(made, **{member: replace(getattr(made, member), **changes)})


def bought(text: str, **changes: Any) -> PurchaseLine:
    """A line of a purchase order: ``quantity item [cost]``."""
    made = line(text)
    return PurchaseLine(
        item=made.item,
        **{"quantity": made.quantity, "unit_cost": made.unit_price, **changes},
    )


def sold(text: str, **changes: Any) -> OrderLine:
    return line(text, **changes)


def source(flow: FlowName, *texts: str, **changes: Any) -> Document:
    """The flow's document number 1042 of ACME, dated 27 February, with lines as told."""
    both: dict[str, Any] = {"id": "T-1", "number": "1042", "created_on": date(2026, 2, 27)}
    if flow is PURCHASE:
        lines: Any = tuple(bought(each, id=f"L{n}") for n, each in enumerate(texts, start=1))
        return replace(PurchaseOrder(**both, vendor=Reference("ACME"), lines=lines), **changes)
    type_ = {SALES: SalesOrder, INVOICE: Invoice, ESTIMATE: Estimate}[flow]
    made = [sold(each, id=f"L{n}") for n, each in enumerate(texts, start=1)]
    if flow is INVOICE:
        made = [
            InvoiceLine(id=x.id, item=x.item, quantity=x.quantity, unit_price=x.unit_price)
            for x in made
        ]
    document: Document = type_(**both, customer=Reference("ACME"), lines=tuple(made))
    return replace(document, **changes)


def outcome(
    flow: FlowName,
    document: Document,
    made: Settings | None = None,
    *records: ListRecord,
    **more: Any,
) -> Translated | Refusal:
    settings = made or rules(flow)
    known = {(record_kind(each), each.full_name): each for each in records}
    about = Context(settings=settings, today=date(2026, 3, 2), records=known, target="Fusion")
    number = TRANSLATORS[flow].number(document, WHOLE, settings)
    return TRANSLATORS[flow].translate(document, number, replace(about, **more))


def retrieved(flow: FlowName, document: Document, *more: Any) -> Any:
    result = outcome(flow, document, *more)
    assert isinstance(result, Translated), result
    return result.document


def code(flow: FlowName, document: Document, made: Settings | None = None) -> str | None:
    ruling = TRANSLATORS[flow].rule(document, made or rules(flow))
    return None if ruling is None else ruling.reason.code


def _lines(result: Translated) -> Any:
    document: Any = result.document
    return document.lines


class TestSection46:
    def test_a_purchase_order(self) -> None:
        """4.6: supplier, number, day, expected day, memo and lines with their cost travel."""
        order = source(
            PURCHASE, "2 BOLT 1.50", due_on=date(2026, 3, 9), memo="Dock 4", currency="USD"
        )

        assert retrieved(PURCHASE, order) == PurchaseOrder(
            id="",
            number="1042",
            vendor=Reference("ACME"),
            created_on=date(2026, 2, 27),
            due_on=date(2026, 3, 9),
            memo="Dock 4",
            currency="USD",
            lines=(bought("2 BOLT 1.50", id="L1"),),
        )

    @pytest.mark.parametrize("flow", [INVOICE, ESTIMATE])
    def test_papers_of_a_customer(self, flow: FlowName) -> None:
        """4.6: invoice and estimate become the sales order that an order would become."""
        same = {"due_on": date(2026, 3, 9), "memo": "Ring twice", "currency": "USD"}

        assert retrieved(flow, source(flow, "2 BOLT 1.50", **same)) == retrieved(
            SALES, source(SALES, "2 BOLT 1.50", **same)
        )

    def test_the_ship_date_comes_before_the_due_date(self) -> None:
        """4.6: an invoice's ship date is the due day, else the day on which it is due."""
        shipped = source(INVOICE, "1 NUT", shipped_on=date(2026, 3, 3), due_on=date(2026, 3, 30))

        assert retrieved(INVOICE, shipped).due_on == date(2026, 3, 3)

    @pytest.mark.parametrize(
        "flow, kind",
        [
            (PURCHASE, DocumentKind.PURCHASE_ORDER),
            (INVOICE, DocumentKind.SALES_ORDER),
            (ESTIMATE, DocumentKind.SALES_ORDER),
        ],
    )
    def test_what_it_becomes(self, flow: FlowName, kind: DocumentKind) -> None:
        """Section 4.2: the kind of document that each flow makes."""
        assert TRANSLATORS[flow].target_kind(source(flow), rules(flow)) is kind

    @EACH_NEW
    def test_a_blank_number_is_the_identity(self, flow: FlowName) -> None:
        """4.6: without RefNumber the books' identity is the code; a taken code gets our mark."""
        made = rules(flow)
        blank = source(flow, "1 NUT", number=None)

        assert TRANSLATORS[flow].number(blank, WHOLE, made) == "T-1"
        assert TRANSLATORS[flow].other_number("1042", made) == "1042-QB"
        refusing = rules(flow, number_taken=NumberTaken.REFUSE)
        assert TRANSLATORS[flow].other_number("1042", refusing) is None

    @EACH_NEW
    def test_without_its_party_it_is_refused(self, flow: FlowName) -> None:
        """A document that names nobody is an order for nobody."""
        party = "vendor" if flow is PURCHASE else "customer"
        refusal = outcome(flow, source(flow, "1 NUT", **{party: None}))

        assert isinstance(refusal, Refusal)
        assert (refusal.code, refusal.where) == ("reference-missing", party)
        assert FLOWS[flow].source.words in refusal.sentence

    @EACH_NEW
    @pytest.mark.parametrize("type_", [ItemType.SUBTOTAL, ItemType.DISCOUNT, ItemType.SALES_TAX])
    def test_sums_and_texts_stay(self, flow: FlowName, type_: ItemType) -> None:
        """4.6: what steers a sum and what is text only stays, and is told."""
        text = {PURCHASE: PurchaseLine, INVOICE: InvoiceLine, ESTIMATE: OrderLine}[flow]
        document: Any = source(flow, "2 BOLT", "1 EXTRA")
        document = replace(document, lines=(*document.lines, text(description="Thank you")))
        result = outcome(flow, document, None, product("EXTRA", type=type_))

        assert isinstance(result, Translated)
        assert [each.item.name for each in _lines(result)] == ["BOLT"]
        assert result.left_out == (
            "Line 2 (EXTRA) names no goods and is left out.",
            "Line 3 (“Thank you”) names no goods and is left out.",
        )

    @EACH_NEW
    def test_negative_lines_as_set(self, flow: FlowName) -> None:
        """Field case 12: a returned line stops the document, or is left out and told."""
        document = source(flow, "5 NUT", "-2 BRACKET 4.00")
        refusal = outcome(flow, document)
        leaving = rules(flow, negative_lines=NegativeLines.LEAVE_OUT)

        assert isinstance(refusal, Refusal)
        assert (refusal.code, refusal.where) == ("quantity-unfit", "lines[1].quantity")
        assert f"{flow}.negative_lines" in {
            each.arguments.get("setting") for each in refusal.choices
        }
        result = outcome(flow, document, leaving)
        assert isinstance(result, Translated)
        assert result.left_out == ("Line 2 (BRACKET) has the quantity -2 and is left out.",)

    def test_a_cost_is_told_by_its_amount(self) -> None:
        """A line of a purchase order without a cost is priced from what it comes to."""
        bare = bought("4 NUT", amount=Money(Decimal("1.00")))
        order = source(PURCHASE, lines=(bare,))

        assert retrieved(PURCHASE, order).lines[0].unit_cost == Money(Decimal("0.25000"))


class TestFlow4:
    @EACH_NEW
    def test_b17_cancelled_stays(self, flow: FlowName) -> None:
        """B17: what is void, withdrawn or closed by hand is left out."""
        assert code(flow, source(flow, "1 NUT", status=CANCELLED)) == "cancelled"
        assert code(flow, source(flow, "1 NUT")) is None

    @EACH_NEW
    def test_b17_fully_done_is_taken(self, flow: FlowName) -> None:
        """B17: what is received, paid or accepted in full is taken like any other."""
        assert code(flow, source(flow, "1 NUT", status=CLOSED)) is None

    def test_fully_received_as_set(self) -> None:
        """FLOW-4: as set, orders received on every row stay, until somebody sends one."""
        made = rules(PURCHASE, include_fully_received=False)
        ruling = TRANSLATORS[PURCHASE].rule(source(PURCHASE, "1 NUT", status=CLOSED), made)

        assert ruling is not None
        assert (ruling.reason.code, ruling.is_passable) == ("fully-received", True)

    @pytest.mark.parametrize("flow", [SALES, PURCHASE])
    @pytest.mark.parametrize(
        "story, status, closed, left_out_when",
        [
            ("open", DocumentStatus.OPEN, "", ""),
            ("closed as a whole", CANCELLED, "", "any nothing"),
            ("closed as a whole, its lines too", CANCELLED, "12", "any nothing"),
            ("one line closed", DocumentStatus.OPEN, "1", "any"),
            ("each line closed", DocumentStatus.OPEN, "12", "any nothing"),
            ("all done", CLOSED, "", ""),
        ],
    )
    def test_closed_by_hand_as_set(
        self, flow: FlowName, story: str, status: DocumentStatus, closed: str, left_out_when: str
    ) -> None:
        """FLOW-4: left out always, when nothing is open (the default), or never."""
        document: Any = source(flow, "1 NUT", "1 BOLT", status=status)
        lines = tuple(
            replace(each, is_closed=str(position) in closed)
            for position, each in enumerate(document.lines, start=1)
        )
        document = replace(document, lines=lines)
        chosen = {"any": ClosedByHand.ANY_LINE, "nothing": ClosedByHand.NOTHING_OPEN}

        for word, choice in chosen.items():
            is_out = code(flow, document, rules(flow, closed_by_hand=choice)) is not None
            assert is_out is (word in left_out_when), f"{story}: {word}"
        assert code(flow, document, rules(flow, closed_by_hand=ClosedByHand.TAKE)) is None
        default = OPTIONS[f"{flow}.closed_by_hand"].default
        assert default is ClosedByHand.NOTHING_OPEN

    def test_a_delivered_line_beside_a_closed_one(self) -> None:
        """Nothing is open where the one line is received and the other one closed by hand."""
        done = bought("5 NUT", delivered=Quantity(Decimal(5)))
        order = source(PURCHASE, lines=(done, bought("2 BOLT", is_closed=True)))

        assert code(PURCHASE, order) == "cancelled"

    def test_the_rest_of_a_purchase_order(self) -> None:
        """As set, only what is neither received nor closed goes; the whole is told of."""
        part = bought("5 NUT", delivered=Quantity(Decimal(3)))
        order = source(PURCHASE, lines=(part, bought("2 BOLT", is_closed=True)))
        rest = rules(PURCHASE, part_received=InvoicedPart.REST)
        result, whole = outcome(PURCHASE, order, rest), outcome(PURCHASE, order)

        assert isinstance(result, Translated)
        assert isinstance(whole, Translated)
        assert result.left_out == (
            "Line 1 (NUT) goes with 2: 3 of 5 are received already.",
            "Line 2 (BOLT) is closed by hand in QuickBooks and is left out.",
        )
        assert whole.left_out[0] == (
            "Line 1 (NUT) goes as a whole, although 3 of 5 are received already."
        )
        refusal = outcome(PURCHASE, order, rest, is_update=True)
        assert isinstance(refusal, Refusal)
        assert refusal.code == "rest-unclear"

    @pytest.mark.parametrize("status", [CLOSED, CANCELLED])
    def test_nothing_is_left(self, status: DocumentStatus) -> None:
        """Where the rest is taken, an order that is done has none."""
        made = rules(PURCHASE, part_received=InvoicedPart.REST, closed_by_hand=ClosedByHand.TAKE)

        assert code(PURCHASE, source(PURCHASE, "1 NUT", status=status), made) == "nothing-left"

    def test_flow_6_estimates_are_off(self) -> None:
        """FLOW-6: estimates come only where somebody switches them on."""
        assert Settings().estimate_in.mode is FlowMode.OFF
        assert {Settings().invoice_in.mode, Settings().purchase_order_in.mode} == {FlowMode.MANUAL}


class TestOptions:
    @EACH_NEW
    def test_doc_7_one_field(self, flow: FlowName) -> None:
        """DOC-7: one named field is copied, with its case; an absent one is passed over."""
        document = source(flow, "1 NUT", custom_fields=fields(Job_No="4711"))
        pair = rules(flow, custom_field=FieldPair("Job No", "Job"))
        other = rules(flow, custom_field=FieldPair("job no", "Job"))

        assert retrieved(flow, document, pair).custom_fields == fields(Job="4711")
        assert retrieved(flow, document, other).custom_fields == ()

    @EACH_NEW
    @pytest.mark.parametrize("ignore, product_code", [(True, "C"), (False, "A:B:C")])
    def test_doc_8_categories(self, flow: FlowName, ignore: bool, product_code: str) -> None:
        """B10, DOC-8: the product is the last part of the item's name, or the whole of it."""
        result = outcome(flow, source(flow, "1 A:B:C"), rules(flow, ignore_categories=ignore))

        assert isinstance(result, Translated)
        assert result.origins[RecordKind.ITEM, product_code] == "A:B:C"

    @EACH_NEW
    def test_doc_2_name_of_a_product(self, flow: FlowName) -> None:
        """DOC-2: a missing product is always created, named as set."""
        made = rules(flow, product_name=ProductName.DESCRIPTION)
        about = Context(
            settings=made,
            today=date(2026, 3, 2),
            records={(RecordKind.ITEM, "BOLT"): product("BOLT", "Hex bolt")},
        )
        record = TRANSLATORS[flow].new_record(RecordKind.ITEM, "BOLT", "BOLT", about)

        assert isinstance(record, Item)
        assert record.description == "Hex bolt"

    def test_a_supplier_is_created(self) -> None:
        """4.6: a supplier's code is the vendor's full name; its company comes along."""
        known = Vendor(id="V", name="ACME", full_name="ACME", company_name="Acme Ltd")
        made = TRANSLATORS[PURCHASE].new_record(
            RecordKind.VENDOR,
            "ACME",
            "ACME",
            Context(
                settings=rules(PURCHASE),
                today=date(2026, 3, 2),
                records={(RecordKind.VENDOR, "ACME"): known},
            ),
        )

        assert made == Vendor(id="", name="ACME", full_name="ACME", company_name="Acme Ltd")

    @pytest.mark.parametrize(
        "flow, kind, switch",
        [
            (PURCHASE, RecordKind.VENDOR, "create_missing_suppliers"),
            (INVOICE, RecordKind.CUSTOMER, "create_missing_clients"),
            (ESTIMATE, RecordKind.CUSTOMER, "create_missing_clients"),
            (PURCHASE, RecordKind.ITEM, "create_missing_products"),
        ],
    )
    def test_switched_off(self, flow: FlowName, kind: RecordKind, switch: str) -> None:
        """With its switch off a record is not created, and the switch can be named."""
        flow_rules, off = rules(flow), rules(flow, **{switch: False})
        about = Context(settings=flow_rules, today=date(2026, 3, 2))
        translator = TRANSLATORS[flow]

        assert translator.new_record(kind, "X", "X", about) is not None
        assert translator.new_record(kind, "X", "X", replace(about, settings=off)) is None
        assert translator.creation_setting(kind) == f"{flow}.{switch}"
        assert f"{flow}.{switch}" in OPTIONS
        assert translator.creation_setting(RecordKind.ACCOUNT) is None


class TestAfterwards:
    def test_carried_of_a_purchase_order(self) -> None:
        """What is received or noted of an order there is no change of it; its lines are."""
        carried = TRANSLATORS[PURCHASE].carried
        there: Any = source(PURCHASE, "2 BOLT 1.50")
        noted = replace(
            there,
            memo="Ring",
            status=CLOSED,
            lines=(bought("2.0 BOLT 1.5", delivered=Quantity(Decimal(2)), notes="x"),),
        )
        dearer = replace(there, lines=(bought("2 BOLT 1.60"),))

        assert fingerprint(carried(there)) == fingerprint(carried(noted))
        assert fingerprint(carried(there)) != fingerprint(carried(dearer))
        assert carried(carried(there)) == carried(there)

    def test_nothing_below_what_was_received(self) -> None:
        """13: a purchase order is not cut below what has come of it."""
        came = source(PURCHASE, lines=(bought("10 BOLT", id="L1", delivered=Quantity(Decimal(4))),))
        refusal = TRANSLATORS[PURCHASE].may_change(
            came, source(PURCHASE, lines=(bought("3 BOLT", id="L1"),))
        )

        assert refusal is not None
        assert "4 of it are received or billed already" in refusal.sentence
        assert "purchase order" in refusal.sentence
