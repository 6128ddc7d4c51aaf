"""Shipment → invoice: parts, links, what is open, and each rule by its name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from counterfoil.documents import (
    Ancestor,
    DocumentKind,
    DocumentStatus,
    Invoice,
    InvoiceLine,
    ListRecord,
    Money,
    Quantity,
    RecordKind,
    Reference,
    SalesOrder,
    Shipment,
)
from counterfoil.settings import (
    OPTIONS,
    ChannelCustomer,
    CreationDate,
    CustomerName,
    DocumentNumber,
    FieldPair,
    FlowName,
    LineDescription,
    LinkedText,
    OverDelivery,
    Settings,
    ShipDate,
    ShipmentMoment,
)
from counterfoil.translate import TRANSLATORS, LandedPart, Verdict
from tests.support.builders import client, fields, settings

from .goods import TODAY, context, moved, refused, shipment, there, translated

OUT = TRANSLATORS[FlowName.SHIPMENT_OUT]
LEFT, DUE = date(2026, 2, 27), date(2026, 3, 9)


def rules(*, general: dict[str, Any] | None = None, **changes: Any) -> Settings:
    return settings(flows={"shipment_out": changes}, **(general or {}))


def invoice(document: Shipment, made: Settings, *records: ListRecord, **known: Any) -> Invoice:
    found = translated(OUT, document, made, *records, **known).document
    assert isinstance(found, Invoice)
    return found


class TestRule:
    @pytest.mark.parametrize(
        "document, changes, expected",
        [
            (shipment("SO-1", "4/10 BOLT"), {}, None),
            (shipment("SO-1", "4/10 BOLT", shipped_on=None), {}, None),
            (shipment("SO-1", "0/10 BOLT"), {}, (Verdict.HOLD, "nothing-moved", False)),
            (shipment("SO-1", "0/10 BOLT"), {"whole_once": True}, None),
            (
                shipment("SO-1", "0/10 BOLT", shipped_on=None),
                {"whole_once": True},
                (Verdict.HOLD, "nothing-moved", False),
            ),
            (
                shipment("SO-1", "4/10 BOLT"),
                {"moment": ShipmentMoment.COMPLETE},
                (Verdict.HOLD, "not-complete", True),
            ),
            (shipment("SO-1", "10/10 BOLT"), {"moment": ShipmentMoment.COMPLETE}, None),
            (
                shipment("SO-1", "4/10 BOLT", status=DocumentStatus.CANCELLED),
                {},
                (Verdict.LEAVE_OUT, "cancelled", False),
            ),
            (
                shipment("SO-1", "4/10 BOLT"),
                {"start_date": TODAY},
                (Verdict.LEAVE_OUT, "too-old", True),
            ),
        ],
    )
    def test_flow_1_from_when_on_it_goes(
        self, document: Shipment, changes: dict[str, Any], expected: tuple[Any, ...] | None
    ) -> None:
        """FLOW-1: goods are invoiced once shipped, or once all are."""
        found = OUT.rule(document, rules(**changes))

        told = None if found is None else (found.verdict, found.reason.code, found.is_passable)
        assert told == expected

    def test_a_shipped_day_alone_carries_nothing(self) -> None:
        """A shipping that bears a day and moved nothing has no parts: nothing is invoiced."""
        assert OUT.is_split(rules())
        assert OUT.split(shipment("SO-1", "0/10 BOLT"), rules(), {}) == ()


class TestParts:
    def test_several_shippings_are_several_invoices(self) -> None:
        """A shipping that grows from 4 to 7 makes invoices of 4 and of 3."""
        has = {"1": LandedPart("1", (("L1", Decimal(4)),))}
        parts = OUT.split(shipment("SO-1", "7/10 BOLT"), rules(), has)

        assert parts is not None
        assert [(part.key, part.document.lines[0].moved.value) for part in parts] == [  # type: ignore[attr-defined]  # a shipment's
            ("1", 4),
            ("2", 3),
        ]

    def test_a_tracking_number_of_the_next_one_changes_nothing(self) -> None:
        """34: what a later movement adds to a shipping changes no part that has landed."""
        has = {"1": LandedPart("1", (("L1", Decimal(4)),))}
        before = OUT.split(shipment("SO-1", "4/10 BOLT"), rules(), {})
        grown = shipment("SO-1", "7/10 BOLT", tracking_number="1Z9", shipped_on=TODAY)
        after = OUT.split(grown, rules(), has)

        assert before is not None
        assert after is not None
        assert after[0].fingerprint == before[0].fingerprint

    def test_flow_11_whole_quantities(self) -> None:
        """FLOW-11: with whole quantities an invoice carries what was ordered."""
        made = rules(whole_once=True, link_to_order=False)
        (line,) = invoice(shipment("SO-1 ACME", "4/10 BOLT"), made).lines

        assert line.quantity == Quantity(Decimal(10))


class TestUnlinked:
    def test_section_4_6_invoice(self) -> None:
        """4.6: customer, day, items, quantities, prices and the tracking number travel."""
        document = shipment(
            "SO-1 ACME", "4/10 BOLT 1.50", "1/1 NUT", currency="USD", tracking_number="1Z9"
        )
        assert invoice(document, rules(link_to_order=False)) == Invoice(
            id="",
            customer=Reference("ACME"),
            created_on=LEFT,
            currency="USD",
            tracking_number="1Z9",
            lines=(
                InvoiceLine(
                    id="L1",
                    item=Reference("BOLT"),
                    quantity=Quantity(Decimal(4)),
                    unit_price=Money(Decimal("1.50")),
                ),
                InvoiceLine(id="L2", item=Reference("NUT"), quantity=Quantity(Decimal(1))),
            ),
        )

    @pytest.mark.parametrize(
        "outside, item, code",
        [(False, Reference("State tax"), None), (True, None, Reference("S"))],
    )
    def test_taxes_of_the_edition(
        self, outside: bool, item: Reference | None, code: Reference | None
    ) -> None:
        """US books take a sales tax item, Canadian and UK ones a code on each line."""
        made = rules(
            general={"send_outside_us": outside},
            link_to_order=False,
            sales_tax_item="State tax",
            tax_code="S",
        )
        found = invoice(shipment("SO-1 ACME", "1 BOLT"), made)

        assert (found.tax_item, found.lines[0].tax_code) == (item, code)

    def test_nothing_moved_is_refused(self) -> None:
        """A shipment whose lines moved nothing has nothing to book."""
        found = refused(OUT, shipment("SO-1 ACME", "0/10 BOLT"), rules(link_to_order=False))
        assert found.code == "nothing-to-send"

    def test_b12_nothing_is_created(self) -> None:
        """B12: invoices create neither customers nor items."""
        for kind in RecordKind:
            assert OUT.new_record(kind, "X", "X", context(rules())) is None
            assert OUT.creation_setting(kind) is None


class TestDoc4Customer:
    ACME = client("ACME", "Acme Products LLC")
    TABLE = (ChannelCustomer("Bazaar", "Bazaar Orders"),)
    SHIPMENT = shipment("SO-1 ACME", "1 NUT", sales_channel="Bazaar")

    @pytest.mark.parametrize(
        "choice, name",
        [
            (CustomerName.CLIENT_CODE, "ACME"),
            (CustomerName.CLIENT_NAME, "Acme Products LLC"),
            (CustomerName.SALES_CHANNEL, "Bazaar"),
            (CustomerName.CHANNEL_CUSTOMER, "Bazaar Orders"),
        ],
    )
    def test_b7_each_value(self, choice: CustomerName, name: str) -> None:
        """B7: each value of DOC-4 leads to the customer it says."""
        made = rules(link_to_order=False, customer_name=choice, channel_customers=self.TABLE)
        assert invoice(self.SHIPMENT, made, self.ACME).customer == Reference(name)

    @pytest.mark.parametrize("choice", CustomerName)
    def test_b7_an_empty_source_stops_the_document(self, choice: CustomerName) -> None:
        """B7: a shipment that lacks the chosen text is refused, and the setting is named."""
        made = rules(link_to_order=False, customer_name=choice, channel_customers=self.TABLE)
        found = refused(OUT, shipment("SO-1", "1 NUT"), made)

        assert (found.code, found.where) == ("reference-missing", "customer")
        assert choice.label in found.sentence

    def test_a_linked_invoice_bears_the_orders_customer(self) -> None:
        """DOC-4: where it is linked, the customer is the order's, whatever the client is called."""
        found = invoice(self.SHIPMENT, rules(), order=there(["0/10 NUT"], sales=True))
        assert found.customer == Reference("Acme LLC", "9-1")


class TestNumberAndDays:
    @pytest.mark.parametrize(
        "choice, number",
        [
            (DocumentNumber.BOOKS, None),
            (DocumentNumber.ORDER_CODE, "SO-1-2"),
            (DocumentNumber.OWN_CODE, "SHP-4-2"),
        ],
    )
    def test_doc_3_second_parts(self, choice: DocumentNumber, number: str | None) -> None:
        """DOC-3: the second invoice of a shipping bears the code with -2, or the books' number."""
        document = shipment("SO-1", "1 NUT", number="SHP-4")
        assert OUT.number(document, "2", rules(document_number=choice)) == number

    @pytest.mark.parametrize(
        "choice, day",
        [
            (CreationDate.EMPTY, LEFT),
            (CreationDate.DOCUMENT_DATE, LEFT),
            (CreationDate.SYNCHRONIZATION_DATE, TODAY),
        ],
    )
    def test_b8_each_value(self, choice: CreationDate, day: date) -> None:
        """B8, DOC-5: an invoice bears the day of shipping, or that of transfer."""
        assert invoice(shipment("SO-1 A", "1 NUT"), rules(creation_date=choice)).created_on == day

    @pytest.mark.parametrize(
        "choice, due, sent",
        [
            (ShipDate.EMPTY, DUE, None),
            (ShipDate.DUE_DATE, DUE, DUE),
            (ShipDate.DUE_DATE, None, None),
        ],
    )
    def test_b9_invoices(self, choice: ShipDate, due: date | None, sent: date | None) -> None:
        """B9, DOC-6: the due date becomes the invoice's ship date only where that is set."""
        document = shipment("SO-1 A", "1 NUT", due_on=due)
        assert invoice(document, rules(ship_date=choice)).shipped_on == sent


class TestLinked:
    OPEN = there(["0/10 BOLT 0.125", "0/5 NUT 2.00"], sales=True)

    def test_a_linked_line_says_which_order_line_and_how_much(self) -> None:
        """A linked line bears link and quantity, and the amount where cents do not hold it."""
        document = shipment("SO-1 ACME", moved("2/5 NUT 9", "L2"), moved("3/10 BOLT 9", "L1"))
        first, second = invoice(document, rules(), order=self.OPEN).lines

        assert first.link is not None
        assert (first.link.line_id, first.amount) == ("T1", Money(Decimal("0.38")))
        assert (first.unit_price, first.description) == (None, None)
        assert second.link is not None
        assert (second.link.line_id, second.amount) == ("T2", None)

    @pytest.mark.parametrize(
        "line, code", [("10/10 BOLT", "already-invoiced"), ("8/10 BOLT", "over-delivered")]
    )
    def test_55_invoiced_by_hand(self, line: str, code: str) -> None:
        """55: an order that a bookkeeper invoiced is invoiced no second time; it is named."""
        order = there([line], sales=True, made_into=["invoice INV9"])
        found = refused(OUT, shipment("SO-1 ACME", "4/10 BOLT"), rules(), order=order)

        assert found.code == code
        assert "invoice INV9" in found.sentence
        if code == "over-delivered":
            arguments = found.choices[0].arguments
            assert OPTIONS[arguments["setting"]].choices[1] == arguments["value"]

    def test_over_delivery_takes_what_is_open(self) -> None:
        """Over-delivery, as set: what is open is invoiced."""
        made = rules(over_delivery=OverDelivery.TAKE_OPEN)
        order = there(["8/10 BOLT"], sales=True)
        (line,) = invoice(shipment("SO-1 A", "4/10 BOLT"), made, order=order).lines

        assert line.quantity == Quantity(Decimal(2))

    @pytest.mark.parametrize(
        "charges, outside, item, code",
        [
            (True, False, None, "tax-item-missing"),
            (True, False, Reference("State tax"), None),
            (True, True, None, None),
            (False, False, None, None),
        ],
    )
    def test_an_order_without_sales_tax_item_cannot_be_invoiced(
        self, charges: bool, outside: bool, item: Reference | None, code: str | None
    ) -> None:
        """Corrections 11: where the books charge sales tax, an order needs a sales tax item."""
        made = rules(general={"charges_sales_tax": charges, "send_outside_us": outside})
        order = there(["0/10 BOLT"], sales=True, tax_item=item)
        document = shipment("SO-1 ACME", "4/10 BOLT")

        assert isinstance(order.document, SalesOrder)
        if code is None:
            assert invoice(document, made, order=order).lines
            return
        found = refused(OUT, document, made, order=order)
        assert found.code == code
        assert "sales-order-out.sales_tax_item" in {
            each.arguments.get("setting") for each in found.choices
        }

    def test_b3_one_shipping_of_an_order(self) -> None:
        """B3, FLOW-10: with whole quantities a second shipping of an order is refused."""
        order = there(["0/10 BOLT"], sales=True, made_into=["invoice INV9"])
        made = rules(whole_once=True)
        found = refused(OUT, shipment("SO-1 A", "4/10 BOLT"), made, order=order)

        assert found.code == "one-per-order"
        assert "Only one invoice of an order" in found.sentence

    def test_flow_11_what_the_order_ordered(self) -> None:
        """FLOW-11: with whole quantities an invoice carries what the order, not one of its
        shippings, ordered; lines that are closed by hand or not of the source stay.
        """
        order = there(
            ["0/10 BOLT", "0/5 NUT 2.00", "0/7 PIN", "0/9 CAP"],
            sales=True,
            closed=[3],
            paired={"S1:1": "T1", "S2:1": "T2", "S2:2": "T3"},
        )
        document = shipment("SO-1 A", moved("4/10 BOLT", "S1:1"))
        made = rules(whole_once=True)
        found = translated(OUT, document, made, order=order)

        assert isinstance(found.document, Invoice)
        assert [
            (line.id, line.link and line.link.line_id, line.quantity)
            for line in found.document.lines
        ] == [
            ("S1:1", "T1", Quantity(Decimal(10))),
            ("S2:1", "T2", Quantity(Decimal(5))),
        ]
        assert found.left_out == (
            "NUT goes as ordered, with 5, although it is not on this shipping.",
            "Line 1 (BOLT) goes as ordered, with 10, although 4 moved.",
        )
        assert [line.id for line in invoice(document, rules(), order=order).lines] == ["S1:1"]

    def test_doc_2_texts_go_to_the_memo(self) -> None:
        """DOC-2: as set, texts that linked lines do not take stand in the memo."""
        made = rules(
            line_description=LineDescription.LINE_OBSERVATIONS, linked_text=LinkedText.MEMO
        )
        lines = (moved("4 BOLT", "L1", notes="Boxed"), moved("1 NUT", "L2", notes="Loose"))
        found = invoice(shipment("SO-1 A", *lines), made, order=self.OPEN)

        assert found.memo == "Boxed; Loose"

    def test_it_names_its_order(self) -> None:
        """An invoice is linked to the sales order that its shipment fulfils."""
        found = OUT.order_of(shipment("SO-1", "1 BOLT"), rules())
        assert found == Ancestor("sales-order", "id-SO-1")
        assert OUT.target_kind(shipment("SO-1"), rules()) is DocumentKind.INVOICE
        again = OUT.next_kind(DocumentKind.INVOICE, shipment("SO-1"), rules(), pressed=True)
        assert again is DocumentKind.INVOICE


class TestDoc9CustomFields:
    @pytest.mark.parametrize("on", [True, False])
    def test_b11_after_the_invoice(self, on: bool) -> None:
        """B11: code and fields are written once the invoice is there, with the switch on."""
        made = rules(
            save_custom_fields=on,
            save_entity_code_to="CODE",
            custom_fields=(FieldPair("Site", "SITE"), FieldPair("site", "WRONG CASE")),
        )
        document = shipment("SO-1 A", "1 BOLT", custom_fields=fields(Site="North"))

        assert OUT.has_follow_ups(made) is on
        assert OUT.follow_ups(document, made) == (fields(CODE="SO-1", SITE="North") if on else ())


class TestCarried:
    INVOICE = Invoice(
        id="I1",
        number="SO-1",
        customer=Reference("Acme LLC", "9-1"),
        created_on=LEFT,
        lines=(InvoiceLine(item=Reference("BOLT", "8-1"), quantity=Quantity(Decimal("4.0"))),),
    )

    @pytest.mark.parametrize(
        "changes, same",
        [
            ({"id": "I2", "tax": Money(Decimal(1)), "status": DocumentStatus.CLOSED}, True),
            ({"customer": Reference("Acme", "9-1")}, True),
            ({"customer": Reference("Acme LLC", "9-2")}, False),
            ({"number": None}, False),
            ({"created_on": TODAY}, False),
            ({"memo": "x"}, False),
            ({"lines": ()}, False),
        ],
    )
    def test_what_we_write(self, changes: dict[str, Any], same: bool) -> None:
        """Number, customer, day, memo, items and quantities are ours; the rest is the books'."""
        fields_ = {name: getattr(self.INVOICE, name) for name in self.INVOICE.__struct_fields__}
        read = Invoice(**(fields_ | changes))

        assert (OUT.carried(read) == OUT.carried(self.INVOICE)) is same
        assert OUT.may_change(self.INVOICE, read) is None
