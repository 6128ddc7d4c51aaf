"""Sales order → sales order, back from the books: FLOW-4, DOC-2, DOC-7, DOC-8 and section 4.6."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from counterfoil.documents import (
    Address,
    Contact,
    Customer,
    DocumentKind,
    DocumentStatus,
    Item,
    ItemType,
    ListRecord,
    Money,
    OrderLine,
    Quantity,
    RecordKind,
    Reference,
    Refusal,
    SalesOrder,
)
from counterfoil.settings import (
    OPTIONS,
    ClosedByHand,
    FieldPair,
    FlowName,
    InvoicedPart,
    NegativeLines,
    NumberTaken,
    ProductName,
    Settings,
)
from counterfoil.translate import TRANSLATORS, WHOLE, Context, Translated, Verdict
from tests.documents.strategies import shapes
from tests.support.builders import client, fields, line, order, product, settings

IN = TRANSLATORS[FlowName.SALES_ORDER_IN]
NOT_GOODS = [
    ItemType.SUBTOTAL,
    ItemType.DISCOUNT,
    ItemType.PAYMENT,
    ItemType.SALES_TAX,
    ItemType.SALES_TAX_GROUP,
    ItemType.GROUP,
]


def rules(**changes: Any) -> Settings:
    return settings(sales_order_in=changes)


def context(made: Settings, *records: ListRecord) -> Context:
    kinds = {Customer: RecordKind.CUSTOMER, Item: RecordKind.ITEM}
    known = {(kinds[type(each)], each.full_name): each for each in records}
    return Context(settings=made, today=date(2026, 3, 2), records=known, target="Fusion")


def outcome(document: SalesOrder, made: Settings, *records: ListRecord) -> Translated | Refusal:
    return IN.translate(document, IN.number(document, WHOLE, made), context(made, *records))


def retrieved(document: SalesOrder, made: Settings, *records: ListRecord) -> SalesOrder:
    result = outcome(document, made, *records)
    assert isinstance(result, Translated), result
    assert isinstance(result.document, SalesOrder)
    return result.document


class TestFlow4Rule:
    @pytest.mark.parametrize(
        "status, invoiced, code, is_passable",
        [
            (DocumentStatus.OPEN, True, None, None),
            (DocumentStatus.CLOSED, True, None, None),
            (DocumentStatus.CLOSED, False, "fully-invoiced", True),
            (DocumentStatus.CANCELLED, True, "cancelled", False),
            (DocumentStatus.CANCELLED, False, "cancelled", False),
        ],
    )
    def test_b17_everything_but_cancelled(
        self, status: DocumentStatus, invoiced: bool, code: str | None, is_passable: bool | None
    ) -> None:
        """B17: void and hand-closed orders stay for good, fully invoiced ones until one is sent."""
        made = rules(include_fully_invoiced=invoiced)
        found = IN.rule(order("7 ACME", "1 NUT", status=status), made)

        assert (found and found.reason.code, found and found.is_passable) == (code, is_passable)
        assert found is None or found.verdict is Verdict.LEAVE_OUT

    def test_flow_4_the_start_date_is_about_changes(self) -> None:
        """An order dated before the start date goes when it was changed since: it was read."""
        old = order("7", created_on=date(2026, 1, 31))

        assert IN.rule(old, rules(start_date=date(2026, 2, 1))) is None


class TestMapping:
    def test_section_4_6_inward(self) -> None:
        """4.6: number, day, due day, client, address, memo and lines travel."""
        home = Address(lines=("1 Elm St",))
        source = order(
            "1042 Acme:Roof",
            line("2 BOLT 1.50", description="Hex bolt", id="A-1"),
            due_on=date(2026, 3, 9),
            delivery_address=home,
            memo="Ring twice",
            currency="USD",
        )

        assert retrieved(source, rules()) == SalesOrder(
            id="",
            number="1042",
            customer=Reference("Acme:Roof"),
            created_on=date(2026, 2, 27),
            due_on=date(2026, 3, 9),
            delivery_address=home,
            memo="Ring twice",
            currency="USD",
            lines=(line("2 BOLT 1.50", notes="Hex bolt", id="A-1"),),
        )

    def test_without_customer_it_is_refused(self) -> None:
        """An order that names no customer cannot be produced for anybody."""
        refusal = outcome(order("7", "1 NUT"), rules())

        assert isinstance(refusal, Refusal)
        assert (refusal.code, refusal.where) == ("reference-missing", "customer")

    def test_an_empty_order_is_refused(self) -> None:
        """An order without lines has nothing to make."""
        refusal = outcome(order("7 ACME"), rules())

        assert isinstance(refusal, Refusal)
        assert refusal.code == "nothing-to-send"

    @pytest.mark.parametrize("type_", NOT_GOODS)
    def test_lines_that_steer_a_sum_stay(self, type_: ItemType) -> None:
        """4.6: subtotal, discount, tax, payment and group lines stay, and are counted."""
        source = order("7 ACME", "2 BOLT", "1 EXTRA -5.00", "1 NUT")
        result = outcome(source, rules(), product("EXTRA", type=type_), product("BOLT"))

        assert isinstance(result, Translated)
        assert isinstance(result.document, SalesOrder)
        assert [each.item and each.item.name for each in result.document.lines] == ["BOLT", "NUT"]
        assert result.left_out == ("Line 2 (EXTRA) names no goods and is left out.",)
        assert (RecordKind.ITEM, "EXTRA") not in result.origins

    @pytest.mark.parametrize("type_", sorted(set(ItemType) - set(NOT_GOODS)))
    def test_goods_and_work_travel(self, type_: ItemType) -> None:
        """Parts, assemblies, services and charges travel."""
        assert len(retrieved(order("7 ACME", "1 X"), rules(), product("X", type=type_)).lines) == 1

    def test_text_lines_stay(self) -> None:
        """4.6: a line that is text only stays and is quoted."""
        result = outcome(order("7 ACME", OrderLine(description="Thank you"), "1 NUT"), rules())

        assert isinstance(result, Translated)
        assert result.left_out == ("Line 1 (“Thank you”) names no goods and is left out.",)

    def test_nothing_but_text_is_refused(self) -> None:
        """An order whose lines all stay behind is refused like an empty one."""
        refusal = outcome(order("7 ACME", OrderLine(description="Thank you")), rules())

        assert isinstance(refusal, Refusal)
        assert refusal.code == "nothing-to-send"

    @pytest.mark.parametrize(
        "source, quantity, price",
        [
            (line("4 NUT"), "4", None),
            (line("4 NUT 0.25"), "4", "0.25"),
            (line("4 NUT", amount=Money(Decimal("1.00"))), "4", "0.25000"),
            (line("3 NUT", amount=Money(Decimal("1.00"))), "3", "0.33333"),
            (line("4 NUT 0.25", amount=Money(Decimal("9.99"))), "4", "0.25"),
            (
                OrderLine(item=Reference("NUT"), amount=Money(Decimal("7.50"))),
                "1",
                "7.50",
            ),
            (
                OrderLine(
                    item=Reference("NUT"),
                    unit_price=Money(Decimal("4.00")),
                    amount=Money(Decimal("20.00")),
                ),
                "1",
                "20.00",
            ),
        ],
    )
    def test_price_of_a_line(self, source: OrderLine, quantity: str, price: str | None) -> None:
        """A line without a price is priced from its amount; without a quantity it is one."""
        (only,) = retrieved(order("7 ACME", source), rules()).lines

        assert only.quantity == Quantity(Decimal(quantity))
        assert only.unit_price == (Money(Decimal(price)) if price else None)


NEGATIVE = NegativeLines
WHOLE_ORDER, REST = InvoicedPart.WHOLE, InvoicedPart.REST


def told(document: SalesOrder, made: Settings, *records: ListRecord) -> tuple[list[str], list[str]]:
    """What goes, as ``quantity item``, and what is told of the rest."""
    result = outcome(document, made, *records)
    assert isinstance(result, Translated), result
    assert isinstance(result.document, SalesOrder)
    goes = [
        f"{x.quantity.value} {x.item.name}" for x in result.document.lines if x.quantity and x.item
    ]
    return goes, list(result.left_out)


class TestNegativeLines:
    @pytest.mark.parametrize(
        "quantity, what", [("-2", "negative"), ("0", "zero"), ("-0.5", "negative")]
    )
    def test_refused_in_the_orders_own_terms(self, quantity: str, what: str) -> None:
        """Field case 12: the line's own number and item, though a line before it stays behind."""
        source = order(
            "7 ACME", OrderLine(description="Thanks"), "5 NUT", f"{quantity} BRACKET 4.00"
        )
        refusal = outcome(source, rules())

        assert isinstance(refusal, Refusal)
        assert (refusal.code, refusal.where) == ("quantity-unfit", "lines[2].quantity")
        assert refusal.sentence == (
            f"Line 3 (BRACKET) has the quantity {quantity}; Fusion takes no {what} quantities."
        )
        assert refusal.cure.startswith("Remove the line in QuickBooks, or let Counterfoil leave")
        assert "sales-order-in.negative_lines" in {
            each.arguments.get("setting") for each in refusal.choices
        }

    @pytest.mark.parametrize("quantity", ["-2", "0"])
    def test_left_out_and_told(self, quantity: str) -> None:
        """As set, such lines stay behind, and the transfer says which."""
        made = rules(negative_lines=NEGATIVE.LEAVE_OUT)

        assert told(order("7 ACME", "5 NUT", f"{quantity} BRACKET 4.00"), made) == (
            ["5 NUT"],
            [f"Line 2 (BRACKET) has the quantity {quantity} and is left out."],
        )

    def test_nothing_but_such_lines(self) -> None:
        """An order of returns alone has nothing to send."""
        refusal = outcome(order("7 ACME", "-1 NUT"), rules(negative_lines=NEGATIVE.LEAVE_OUT))

        assert isinstance(refusal, Refusal)
        assert refusal.code == "nothing-to-send"

    def test_a_discount_may_be_negative(self) -> None:
        """What names no goods stays behind anyway, whatever its quantity."""
        source = order("7 ACME", "5 NUT", "-1 OFF")

        assert told(source, rules(), product("OFF", type=ItemType.DISCOUNT))[0] == ["5 NUT"]

    def test_a_line_knows_its_own_number(self) -> None:
        """Where lines before it stay behind, a line that goes keeps the number people know."""
        source = order("7 ACME", OrderLine(description="Thanks"), "5 NUT")

        assert [each.position for each in retrieved(source, rules()).lines] == [2]


def invoiced(text: str, of_it: str | None = None, *, closed: bool = False) -> OrderLine:
    done = Quantity(Decimal(of_it)) if of_it else None
    return line(text, delivered=done, is_closed=closed)


class TestPartInvoiced:
    SOURCE = order("7 ACME", invoiced("5 BOLT", "3"), invoiced("4 NUT", closed=True), "2 PIN")

    def test_the_rest(self) -> None:
        """As set: what is invoiced and what is closed by hand stays, and is told."""
        assert told(self.SOURCE, rules(part_invoiced=REST)) == (
            ["2 BOLT", "2 PIN"],
            [
                "Line 1 (BOLT) goes with 2: 3 of 5 are invoiced already.",
                "Line 2 (NUT) is closed by hand in QuickBooks and is left out.",
            ],
        )

    def test_the_whole(self) -> None:
        """As set: every line goes as it was ordered, and what is done is told."""
        assert told(self.SOURCE, rules(part_invoiced=WHOLE_ORDER)) == (
            ["5 BOLT", "4 NUT", "2 PIN"],
            [
                "Line 1 (BOLT) goes as a whole, although 3 of 5 are invoiced already.",
                "Line 2 (NUT) is closed by hand in QuickBooks and goes as a whole.",
            ],
        )

    def test_the_price_is_of_the_whole_line(self) -> None:
        """A price told as an amount is divided by what was ordered, not by what is left."""
        source = replace(invoiced("5 BOLT", "3"), amount=Money(Decimal("10.00")))
        (only,) = retrieved(order("7 ACME", source), rules(part_invoiced=REST)).lines

        assert (only.quantity, only.unit_price) == (
            Quantity(Decimal(2)),
            Money(Decimal("2.00000")),
        )

    @pytest.mark.parametrize(
        "lines, status, is_left",
        [
            ([invoiced("5 BOLT", "5"), invoiced("4 NUT", closed=True)], DocumentStatus.OPEN, False),
            ([invoiced("5 BOLT", "6")], DocumentStatus.OPEN, False),
            ([invoiced("5 BOLT", "5")], DocumentStatus.CLOSED, False),
            ([line("5 BOLT")], DocumentStatus.CLOSED, False),
            ([invoiced("5 BOLT", "4")], DocumentStatus.OPEN, True),
            ([invoiced("5 BOLT", "5"), line("1 PIN")], DocumentStatus.OPEN, True),
            # A service billed by its amount alone.
            (
                [invoiced("5 BOLT", "5"), OrderLine(item=Reference("FEE"))],
                DocumentStatus.OPEN,
                True,
            ),
        ],
    )
    def test_nothing_left(
        self, lines: list[OrderLine], status: DocumentStatus, is_left: bool
    ) -> None:
        """An order of which nothing is left is left out with its reason; the whole one goes."""
        source = order("7 ACME", *lines, status=status)
        taken = ClosedByHand.TAKE
        found = IN.rule(source, rules(part_invoiced=REST, closed_by_hand=taken))

        assert (found is None) is is_left
        assert found is None or (found.reason.code, found.is_passable) == ("nothing-left", False)
        assert IN.rule(source, rules(part_invoiced=WHOLE_ORDER, closed_by_hand=taken)) is None

    def test_the_rest_is_not_told_anew(self) -> None:
        """Once it has gone, what was done before is not known: a change is refused, honestly."""
        made = rules(part_invoiced=REST)
        changing = replace(context(made), is_update=True)
        refusal = IN.translate(self.SOURCE, "7", changing)

        assert isinstance(refusal, Refusal)
        assert refusal.code == "rest-unclear"
        assert "Line 1 (BOLT), Line 2 (NUT)" in refusal.sentence
        assert isinstance(IN.translate(order("7 ACME", "5 NUT"), "7", changing), Translated)


class TestNumber:
    def test_a_blank_number_is_replaced(self) -> None:
        """4.6: an order without number takes the books' identity of it."""
        made = rules()

        assert IN.number(order("7 ACME"), WHOLE, made) == "7"
        assert IN.number(SalesOrder(id="1A-99"), WHOLE, made) == "1A-99"
        assert IN.number(SalesOrder(id="1A-99"), "2", made) == "1A-99-2"

    def test_it_is_always_looked_up(self) -> None:
        """Codes are unique in the operations system, so the number is looked up first."""
        assert IN.must_check_number(rules()) is True

    @pytest.mark.parametrize(
        "number, choice, other",
        [
            ("7", NumberTaken.APPEND, "7-QB"),
            ("7-QB", NumberTaken.APPEND, None),
            ("7", NumberTaken.REFUSE, None),
        ],
    )
    def test_qb_suffix(self, number: str, choice: NumberTaken, other: str | None) -> None:
        """4.6: a number that is taken gets our mark, once, where the setting allows it."""
        assert IN.other_number(number, rules(number_taken=choice)) == other


class TestDoc8Categories:
    @pytest.mark.parametrize(
        "ignore, name, code",
        [
            (True, "A:B:C", "C"),
            (False, "A:B:C", "A:B:C"),
            (True, "C", "C"),
            (True, "A: C", "C"),
        ],
    )
    def test_b10(self, ignore: bool, name: str, code: str) -> None:
        """B10: the code is the last part of the name, or the whole of it."""
        made = rules(ignore_categories=ignore)
        result = outcome(order("7 ACME", line("1 x", item=Reference(name))), made)

        assert isinstance(result, Translated)
        assert isinstance(result.document, SalesOrder)
        assert result.document.lines[0].item == Reference(code)
        assert result.origins[RecordKind.ITEM, code] == name

    def test_the_customer_keeps_its_whole_name(self) -> None:
        """DOC-8 is about products: a job's customer is named in full."""
        made = retrieved(order("7 Acme:Roof", "1 A:B"), rules(ignore_categories=True))

        assert made.customer == Reference("Acme:Roof")


class TestDoc7CustomField:
    SOURCE = order("7 ACME", "1 NUT", custom_fields=fields(Job_No="4711", Other="x", Empty=""))

    @pytest.mark.parametrize(
        "pair, copied",
        [
            (None, ()),
            (FieldPair("Job No", "Job"), fields(Job="4711")),
            (FieldPair("job no", "Job"), ()),
            (FieldPair("Absent", "Job"), ()),
            (FieldPair("Empty", "Job"), ()),
        ],
    )
    def test_one_pair(self, pair: FieldPair | None, copied: object) -> None:
        """DOC-7: one named field is copied; absent, empty or miswritten ones are not."""
        assert retrieved(self.SOURCE, rules(custom_field=pair)).custom_fields == copied

    def test_nothing_is_written_afterwards(self) -> None:
        """The operations system takes the field with the order, so no second step follows."""
        made = rules(custom_field=FieldPair("Job No", "Job"))

        assert IN.follow_ups(self.SOURCE, made) == ()


class TestCreation:
    @pytest.mark.parametrize(
        "choice, text, name",
        [
            (ProductName.CODE, "Hex bolt", "BOLT"),
            (ProductName.DESCRIPTION, "Hex bolt", "Hex bolt"),
            (ProductName.DESCRIPTION, None, "BOLT"),
            (ProductName.DESCRIPTION, "", "BOLT"),
        ],
    )
    def test_doc_2_name_of_a_product(
        self, choice: ProductName, text: str | None, name: str
    ) -> None:
        """DOC-2: a new product is named by its description where chosen, else by its code."""
        made = context(rules(product_name=choice), product("Parts:BOLT", text))
        record = IN.new_record(RecordKind.ITEM, "BOLT", "Parts:BOLT", made)

        assert record == Item(id="", name="BOLT", full_name="BOLT", description=name)

    def test_an_unread_item_is_a_product_named_by_its_code(self) -> None:
        """A product is created even where the item could not be read."""
        made = context(rules(product_name=ProductName.DESCRIPTION))

        record = IN.new_record(RecordKind.ITEM, "BOLT", "BOLT", made)

        assert isinstance(record, Item)
        assert record.description == "BOLT"

    def test_a_client(self) -> None:
        """4.6: a client's code is the customer's full name; company and addresses come along."""
        desk = Contact(phone="555-0100")
        acme = client("Acme:Roof", "Acme Roofing", contact=desk)

        record = IN.new_record(
            RecordKind.CUSTOMER, "Acme:Roof", "Acme:Roof", context(rules(), acme)
        )

        assert record == Customer(
            id="",
            name="Acme:Roof",
            full_name="Acme:Roof",
            company_name="Acme Roofing",
            contact=desk,
        )

    @pytest.mark.parametrize(
        "kind, switch",
        [
            (RecordKind.CUSTOMER, "create_missing_clients"),
            (RecordKind.ITEM, "create_missing_products"),
        ],
    )
    def test_switched_off(self, kind: RecordKind, switch: str) -> None:
        """With its switch off a record is not created, and the switch can be named."""
        assert IN.new_record(kind, "X", "X", context(rules(**{switch: False}))) is None
        assert IN.new_record(kind, "X", "X", context(rules())) is not None
        assert IN.creation_setting(kind) == f"sales-order-in.{switch}"
        assert IN.creation_setting(kind) in OPTIONS

    @pytest.mark.parametrize(
        "kind", sorted(set(RecordKind) - {RecordKind.CUSTOMER, RecordKind.ITEM})
    )
    def test_other_lists_are_never_written(self, kind: RecordKind) -> None:
        """No other list is written."""
        assert IN.new_record(kind, "X", "X", context(rules())) is None
        assert IN.creation_setting(kind) is None


def test_items_are_read_to_tell_goods_from_sums() -> None:
    """Every item of the order is asked for under the name that the books use."""
    made = IN.needs(order("7 ACME", "1 A:B", OrderLine(), "2 C"), rules(ignore_categories=True))

    assert made == ((RecordKind.ITEM, "A:B"), (RecordKind.ITEM, "C"))


def test_it_becomes_a_sales_order() -> None:
    """A sales order is an order in the operations system."""
    assert IN.target_kind(order("7 ACME"), rules()) is DocumentKind.SALES_ORDER


@given(document=shapes(SalesOrder), ignore=st.booleans())
def test_translating_twice_gives_equal_documents(document: SalesOrder, ignore: bool) -> None:
    """Pure: whatever the order, the same input gives an equal result; no line vanishes uncounted."""
    made = rules(ignore_categories=ignore)

    first, second = outcome(document, made), outcome(document, made)

    assert first == second
    if isinstance(first, Translated):
        assert isinstance(first.document, SalesOrder)
        stays = [told for told in first.left_out if " goes " not in told]
        assert len(first.document.lines) + len(stays) == len(document.lines)
