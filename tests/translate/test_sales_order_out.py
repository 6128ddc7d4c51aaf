"""Sales order → sales order, towards the books: each rule of DOC-2 to DOC-9 by its name."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import msgspec
import pytest
from hypothesis import given

from counterfoil.documents import (
    Action,
    Address,
    Contact,
    Customer,
    CustomField,
    DocumentKind,
    DocumentStatus,
    Item,
    ItemType,
    ListRecord,
    Money,
    Quantity,
    RecordKind,
    Reference,
    Refusal,
    SalesOrder,
)
from counterfoil.settings import (
    OPTIONS,
    ChannelCustomer,
    CreatedItemType,
    CreationDate,
    CustomerName,
    DocumentNumber,
    FieldPair,
    FlowName,
    ItemName,
    LineDescription,
    Prices,
    ReleaseMoment,
    Settings,
    ShipDate,
)
from counterfoil.translate import TRANSLATORS, WHOLE, Context, Translated, Verdict
from tests.documents.strategies import shapes
from tests.support.builders import client, fields, line, order, product, settings

OUT = TRANSLATORS[FlowName.SALES_ORDER_OUT]
TODAY = date(2026, 3, 2)


def rules(**changes: Any) -> Settings:
    return settings(sales_order_out=changes)


def context(made: Settings, *records: ListRecord, today: date = TODAY) -> Context:
    kinds = {Customer: RecordKind.CUSTOMER, Item: RecordKind.ITEM}
    known = {(kinds[type(each)], each.full_name): each for each in records}
    return Context(settings=made, today=today, records=known, target="QuickBooks")


def outcome(
    document: SalesOrder, made: Settings, *records: ListRecord, today: date = TODAY
) -> Translated | Refusal:
    """Translate as planning does: number first, with the records that ``needs`` names only."""
    wanted = OUT.needs(document, made)
    full = context(made, *records, today=today)
    known = {key: record for key, record in full.records.items() if key in wanted}
    narrow = msgspec.structs.replace(full, records=known)
    return OUT.translate(document, OUT.number(document, WHOLE, made), narrow)


def booked(
    document: SalesOrder, made: Settings, *records: ListRecord, today: date = TODAY
) -> SalesOrder:
    result = outcome(document, made, *records, today=today)
    assert isinstance(result, Translated), result
    assert isinstance(result.document, SalesOrder)
    return result.document


def refused(document: SalesOrder, made: Settings, *records: ListRecord) -> Refusal:
    result = outcome(document, made, *records)
    assert isinstance(result, Refusal), result
    return result


class TestRule:
    START = date(2026, 2, 1)
    OLD, NEW = date(2026, 1, 31), date(2026, 2, 1)

    @pytest.mark.parametrize(
        "status, entered, verdict, code, is_passable",
        [
            (DocumentStatus.OPEN, NEW, None, None, None),
            (DocumentStatus.OPEN, date(2026, 2, 2), None, None, None),
            (DocumentStatus.OPEN, None, None, None, None),
            (DocumentStatus.CLOSED, NEW, None, None, None),
            (DocumentStatus.OPEN, OLD, Verdict.LEAVE_OUT, "too-old", True),
            (DocumentStatus.CLOSED, OLD, Verdict.LEAVE_OUT, "too-old", True),
            (DocumentStatus.DRAFT, NEW, Verdict.HOLD, "draft", False),
            (DocumentStatus.DRAFT, None, Verdict.HOLD, "draft", False),
            (DocumentStatus.DRAFT, OLD, Verdict.LEAVE_OUT, "draft", False),
            (DocumentStatus.CANCELLED, NEW, Verdict.LEAVE_OUT, "cancelled", False),
            (DocumentStatus.CANCELLED, OLD, Verdict.LEAVE_OUT, "cancelled", False),
        ],
    )
    def test_what_speaks_against_it(
        self,
        status: DocumentStatus,
        entered: date | None,
        verdict: Verdict | None,
        code: str | None,
        is_passable: bool | None,
    ) -> None:
        """Drafts wait, cancelled and old orders stay; only what is merely old may be sent anyway.

        The start date itself belongs to it.  An old draft is not held for ever.
        """
        source = order("SO-1 ACME", "1 NUT", status=status, created_on=entered)
        found = OUT.rule(source, rules(start_date=self.START))

        if found is None:
            assert code is None
            return
        assert (found.verdict, found.reason.code, found.is_passable) == (verdict, code, is_passable)

    def test_without_a_start_date_none_is_too_old(self) -> None:
        """An empty start date leaves nothing out."""
        assert OUT.rule(order("SO-1", created_on=date(1999, 1, 1)), rules()) is None

    def test_the_reason_names_both_days(self) -> None:
        """A bookkeeper reads of which day the order is, and which day the link starts from."""
        found = OUT.rule(order("SO-1", created_on=self.OLD), rules(start_date=self.START))

        assert found is not None
        assert found.reason.values == {"day": "2026-01-31", "start": "2026-02-01"}


class TestMoment:
    @pytest.mark.parametrize(
        "moment, code", [(ReleaseMoment.APPROVED, "draft"), (ReleaseMoment.ENTERED, None)]
    )
    def test_flow_1_entered_or_approved(self, moment: ReleaseMoment, code: str | None) -> None:
        """FLOW-1: an order goes when it is approved, or as set when it is entered."""
        found = OUT.rule(order("SO-1", status=DocumentStatus.DRAFT), rules(moment=moment))
        assert (None if found is None else found.reason.code) == code


class TestTaxes:
    @pytest.mark.parametrize(
        "outside, item, code",
        [(False, Reference("State tax"), None), (True, None, Reference("S"))],
    )
    def test_of_the_edition(
        self, outside: bool, item: Reference | None, code: Reference | None
    ) -> None:
        """Corrections 11: US books take a sales tax item, Canadian and UK ones codes on lines."""
        made = settings(
            sales_order_out={"sales_tax_item": "State tax", "tax_code": "S"},
            send_outside_us=outside,
        )
        found = booked(order("SO-1 ACME", "1 NUT"), made)

        assert (found.tax_item, found.lines[0].tax_code) == (item, code)


class TestMapping:
    def test_section_4_6_sales_order(self) -> None:
        """4.6: party, lines, quantities and prices travel; what the books add stays empty."""
        made = order("SO-1 ACME", "2 BOLT 1.50", "1 NUT", memo="Ring twice", currency="USD")

        assert booked(made, rules()) == SalesOrder(
            id="",
            number=None,
            customer=order("x ACME").customer,
            created_on=TODAY,
            currency="USD",
            lines=(line("2 BOLT 1.50"), line("1 NUT")),
        )

    def test_lines_keep_their_order_and_identity(self) -> None:
        """Lines come out in document order and keep their ids, so that they can be paired."""
        texts = [line(f"{n} ITEM-{n % 3}", id=f"L{n}") for n in range(1, 8)]

        assert [each.id for each in booked(order("SO-1 ACME", *texts), rules()).lines] == [
            f"L{n}" for n in range(1, 8)
        ]

    def test_quantities_ordered_go_whatever_was_shipped(self) -> None:
        """FLOW-11: the quantity is the one ordered, to the last decimal."""
        (only,) = booked(order("SO-1 ACME", "0.125 BOLT"), rules()).lines

        assert only.quantity == Quantity(Decimal("0.125"))

    @pytest.mark.parametrize("prices, sent", [(Prices.ORDER, "1.50"), (Prices.BOOKS, None)])
    def test_prices(self, prices: Prices, sent: str | None) -> None:
        """The order's prices go, or none at all so that the item's apply."""
        (only,) = booked(order("SO-1 ACME", "2 BOLT 1.50"), rules(send_prices=prices)).lines

        assert only.unit_price == (Money(Decimal(sent)) if sent else None)

    def test_a_line_without_price_sends_none(self) -> None:
        """4.6: a missing unit price is left out so that the books apply the item's."""
        assert booked(order("SO-1 ACME", "1 NUT"), rules()).lines[0].unit_price is None

    def test_references_bear_no_ids(self) -> None:
        """Translating looks no name up: references have the target's names and no ids."""
        document = booked(order("SO-1 ACME", "1 NUT"), rules())

        assert document.customer == Reference("ACME", id=None)
        assert document.lines[0].item == Reference("NUT", id=None)

    def test_an_order_without_lines_is_refused(self) -> None:
        """An empty order has nothing to book: it is refused, not sent."""
        assert refused(order("SO-1 ACME"), rules()).code == "nothing-to-send"

    def test_a_line_without_item_is_refused(self) -> None:
        """A line that names no item stops the order and names the line."""
        bare = line("1 NUT", item=None)
        refusal = refused(order("SO-1 ACME", "1 BOLT", bare), rules())

        assert (refusal.code, refusal.where) == ("reference-missing", "lines[1].item")


class TestDoc2LineDescription:
    BOLT = product("BOLT", "Hex bolt M8", notes="Galvanised")

    @pytest.mark.parametrize(
        "choice, text",
        [
            (LineDescription.EMPTY, None),
            (LineDescription.PRODUCT_NAME, "Hex bolt M8"),
            (LineDescription.PRODUCT_OBSERVATIONS, "Galvanised"),
            (LineDescription.LINE_OBSERVATIONS, "Urgent"),
        ],
    )
    def test_the_chosen_text(self, choice: LineDescription, text: str | None) -> None:
        """DOC-2: the description is the text chosen by the setting."""
        made = order("SO-1 ACME", line("1 BOLT", notes="Urgent", description="source's own"))
        (only,) = booked(made, rules(line_description=choice), self.BOLT).lines

        assert only.description == text

    @pytest.mark.parametrize("choice", LineDescription)
    def test_an_empty_text_is_left_out(self, choice: LineDescription) -> None:
        """DOC-2: where the chosen text is empty the books write the item's own."""
        made = order("SO-1 ACME", line("1 BOLT", notes=""))
        (only,) = booked(made, rules(line_description=choice), product("BOLT", "", notes="")).lines

        assert only.description is None

    @pytest.mark.parametrize("choice", LineDescription)
    def test_an_unknown_product_stops_nothing(self, choice: LineDescription) -> None:
        """DOC-2: a product that could not be read leaves the description out."""
        (only,) = booked(order("SO-1 ACME", "1 BOLT"), rules(line_description=choice)).lines

        assert only.description is None


class TestDoc3Number:
    @pytest.mark.parametrize(
        "choice, number", [(DocumentNumber.BOOKS, None), (DocumentNumber.ORDER_CODE, "SO-1")]
    )
    def test_who_numbers(self, choice: DocumentNumber, number: str | None) -> None:
        """DOC-3: the order's code becomes the number, or the books number it."""
        made = rules(document_number=choice)

        assert OUT.number(order("SO-1 ACME"), WHOLE, made) == number
        assert booked(order("SO-1 ACME", "1 NUT"), made).number == number

    @pytest.mark.parametrize(
        "choice, number", [(DocumentNumber.BOOKS, None), (DocumentNumber.ORDER_CODE, "SO-1-2")]
    )
    def test_a_part_has_a_number_of_its_own(
        self, choice: DocumentNumber, number: str | None
    ) -> None:
        """38: a second part bears the code with -2, unless the books number it."""
        made = rules(document_number=choice)

        assert OUT.number(order("SO-1 ACME"), "2", made) == number

    @pytest.mark.parametrize("check", [True, False])
    def test_looked_up_first(self, check: bool) -> None:
        """DOC-3: whether a number is looked up first is a setting."""
        assert OUT.must_check_number(rules(check_number_is_free=check)) is check

    def test_a_code_is_never_altered(self) -> None:
        """DOC-3: no other number is tried when the code is taken."""
        assert OUT.other_number("SO-1", rules()) is None


class TestDoc4Customer:
    ACME = client("ACME", "Acme Products LLC")
    TABLE = (ChannelCustomer("Bazaar", "Bazaar Orders"), ChannelCustomer("Souk", "Souk Ltd"))
    ORDER = order("SO-1 ACME", "1 NUT", sales_channel="bazaar ")

    @pytest.mark.parametrize(
        "choice, name",
        [
            (CustomerName.CLIENT_CODE, "ACME"),
            (CustomerName.CLIENT_NAME, "Acme Products LLC"),
            (CustomerName.SALES_CHANNEL, "bazaar "),
            (CustomerName.CHANNEL_CUSTOMER, "Bazaar Orders"),
        ],
    )
    def test_b7_each_value(self, choice: CustomerName, name: str) -> None:
        """B7: each value of DOC-4 leads to the customer it says."""
        made = rules(customer_name=choice, channel_customers=self.TABLE)
        document = booked(self.ORDER, made, self.ACME)

        assert document.customer == Reference(name)

    @pytest.mark.parametrize(
        "choice, bare",
        [
            (CustomerName.CLIENT_CODE, order("SO-1", "1 NUT", sales_channel="Bazaar")),
            (CustomerName.CLIENT_NAME, order("SO-1 NEMO", "1 NUT", sales_channel="Bazaar")),
            (CustomerName.SALES_CHANNEL, order("SO-1 ACME", "1 NUT")),
            (CustomerName.CHANNEL_CUSTOMER, order("SO-1 ACME", "1 NUT")),
            (CustomerName.CHANNEL_CUSTOMER, order("SO-1 ACME", "1 NUT", sales_channel="Fair")),
        ],
    )
    def test_b7_an_empty_source_stops_the_order(
        self, choice: CustomerName, bare: SalesOrder
    ) -> None:
        """B7: an order that lacks the chosen text is refused, and the setting is named."""
        made = rules(customer_name=choice, channel_customers=self.TABLE)
        refusal = refused(bare, made, self.ACME)

        assert (refusal.code, refusal.where) == ("reference-missing", "customer")
        assert choice.label in refusal.sentence


class TestDoc5CreationDate:
    @pytest.mark.parametrize(
        "choice, day",
        [
            (CreationDate.EMPTY, TODAY),
            (CreationDate.DOCUMENT_DATE, date(2026, 2, 27)),
            (CreationDate.SYNCHRONIZATION_DATE, TODAY),
        ],
    )
    def test_b8_each_value(self, choice: CreationDate, day: date) -> None:
        """B8: an order bears the day of transfer, unless its own day is chosen."""
        made = rules(creation_date=choice)

        assert booked(order("SO-1 ACME", "1 NUT"), made).created_on == day

    @pytest.mark.parametrize(
        "utc, day",
        [
            (datetime(2026, 3, 2, 4, 59, 59, tzinfo=UTC), date(2026, 3, 1)),
            (datetime(2026, 3, 2, 5, 0, tzinfo=UTC), date(2026, 3, 2)),
            (datetime(2026, 7, 2, 3, 59, 59, tzinfo=UTC), date(2026, 7, 1)),
            (datetime(2026, 7, 2, 4, 0, tzinfo=UTC), date(2026, 7, 2)),
        ],
    )
    def test_b8_near_local_midnight(self, utc: datetime, day: date) -> None:
        """B8: the day is the company's own, one second before and at its midnight."""
        made = settings(zone="America/New_York")
        found = booked(order("SO-1 ACME", "1 NUT"), made, today=made.local_date(utc))

        assert found.created_on == day

    def test_an_order_without_a_day_takes_that_of_transfer(self) -> None:
        """DOC-5: an order that bears no day is booked on the day of transfer."""
        undated = order("SO-1 ACME", "1 NUT", created_on=None)
        made = rules(creation_date=CreationDate.DOCUMENT_DATE)

        assert booked(undated, made).created_on == TODAY


class TestDoc6ShipDate:
    @pytest.mark.parametrize(
        "choice, due, sent",
        [
            (ShipDate.EMPTY, date(2026, 3, 9), None),
            (ShipDate.DUE_DATE, date(2026, 3, 9), date(2026, 3, 9)),
            (ShipDate.DUE_DATE, None, None),
        ],
    )
    def test_b9_sales_orders(self, choice: ShipDate, due: date | None, sent: date | None) -> None:
        """B9: the due date becomes the ship date only where the setting says so."""
        made = order("SO-1 ACME", "1 NUT", due_on=due)

        assert booked(made, rules(ship_date=choice)).due_on == sent


class TestDoc9CustomFields:
    PAIRS = (FieldPair("Project", "PROJECT"), FieldPair("Lot", "LOT"), FieldPair("Site", "SITE"))
    ORDER = order("SO-1 ACME", "1 NUT", custom_fields=fields(Project="Roof", Lot="7", Site="North"))

    def test_b11_switch_off(self) -> None:
        """B11: with the switch off nothing is copied, whatever the pairs say."""
        made = rules(custom_fields=self.PAIRS, save_entity_code_to="CODE")

        assert OUT.follow_ups(self.ORDER, made) == ()

    def test_b11_switch_on(self) -> None:
        """B11: with the switch on the code and three pairs are copied, code first."""
        made = rules(save_custom_fields=True, custom_fields=self.PAIRS, save_entity_code_to="CODE")

        assert OUT.follow_ups(self.ORDER, made) == fields(
            CODE="SO-1", PROJECT="Roof", LOT="7", SITE="North"
        )

    def test_b11_pairs_without_code(self) -> None:
        """DOC-9: the pairs are independent of the field for the code."""
        made = rules(save_custom_fields=True, custom_fields=self.PAIRS[:1])

        assert OUT.follow_ups(self.ORDER, made) == fields(PROJECT="Roof")

    @pytest.mark.parametrize("name", ["project", "PROJECT", "Project "])
    def test_b11_wrong_case(self, name: str) -> None:
        """B11: a field whose name differs, if only in case, is not copied."""
        made = rules(save_custom_fields=True, custom_fields=(FieldPair(name, "PROJECT"),))

        assert OUT.follow_ups(self.ORDER, made) == ()

    def test_they_do_not_travel_with_the_document(self) -> None:
        """DOC-9: the books take them in a second step, so the document itself has none."""
        made = rules(save_custom_fields=True, custom_fields=self.PAIRS)

        assert booked(self.ORDER, made).custom_fields == ()

    def test_an_empty_field_is_passed_over(self) -> None:
        """DOC-9: a field without a value writes nothing."""
        made = rules(save_custom_fields=True, custom_fields=self.PAIRS)
        empty = order("SO-1 ACME", "1 NUT", custom_fields=(CustomField("Project", ""),))

        assert OUT.follow_ups(empty, made) == ()


class TestItemName:
    MADE = rules(item_name=ItemName.CUSTOM_FIELD, item_name_field="Books name")

    def test_a_custom_field_names_the_item(self) -> None:
        """The item's name may stand in a custom field of the product; the origin is kept."""
        bolt = product("BOLT", custom_fields=fields(Books_name="Parts:Bolts"))
        result = outcome(order("SO-1 ACME", "1 BOLT"), self.MADE, bolt)

        assert isinstance(result, Translated)
        assert result.origins[RecordKind.ITEM, "Parts:Bolts"] == "BOLT"
        assert isinstance(result.document, SalesOrder)
        assert result.document.lines[0].item == line("1 Parts:Bolts").item

    @pytest.mark.parametrize(
        "bolt", [product("BOLT"), product("BOLT", custom_fields=fields(Books_name=""))]
    )
    def test_the_code_is_not_tried_instead(self, bolt: Item) -> None:
        """A product without that field stops the order; its code is no substitute."""
        refusal = refused(order("SO-1 ACME", "1 BOLT"), self.MADE, bolt)

        assert (refusal.code, refusal.where) == ("reference-missing", "lines[0].item")


class TestDoc1Creation:
    ACCOUNTS = MappingProxyType(
        {"income_account": "Sales", "cogs_account": "COGS", "asset_account": "Stock"}
    )

    def make(self, kind: RecordKind, name: str, made: Settings, *records: ListRecord) -> object:
        return OUT.new_record(kind, name, name, context(made, *records))

    @pytest.mark.parametrize("kind", [RecordKind.CUSTOMER, RecordKind.ITEM])
    def test_b12_off_nothing_is_created(self, kind: RecordKind) -> None:
        """B12: unless its setting is on, nothing is created; the setting can be named."""
        assert self.make(kind, "NEW", rules()) is None
        assert OUT.creation_setting(kind) in OPTIONS

    @pytest.mark.parametrize(
        "kind", sorted(set(RecordKind) - {RecordKind.CUSTOMER, RecordKind.ITEM})
    )
    def test_other_lists_are_never_written(self, kind: RecordKind) -> None:
        """Accounts, vendors and all other lists are never created by this flow."""
        made = rules(create_missing_customers=True, create_missing_items=True, **self.ACCOUNTS)

        assert self.make(kind, "NEW", made) is None
        assert OUT.creation_setting(kind) is None

    def test_a_customer_takes_what_the_client_has(self) -> None:
        """A created customer bears the looked-up name and the client's company and addresses."""
        home, desk = Address(lines=("1 Elm St",), city="Springfield"), Contact(email="a@b.example")
        acme = client("ACME", "Acme LLC", billing_address=home, contact=desk)
        made = self.make(RecordKind.CUSTOMER, "ACME", rules(create_missing_customers=True), acme)

        assert made == Customer(
            id="",
            name="ACME",
            full_name="ACME",
            company_name="Acme LLC",
            billing_address=home,
            contact=desk,
        )

    def test_a_customer_that_cannot_be_read_is_a_bare_name(self) -> None:
        """Without the client's record the customer is created under its name alone."""
        made = self.make(RecordKind.CUSTOMER, "ACME", rules(create_missing_customers=True))

        assert made == Customer(id="", name="ACME", full_name="ACME")

    @pytest.mark.parametrize("choice", [CustomerName.SALES_CHANNEL, CustomerName.CHANNEL_CUSTOMER])
    def test_a_marketplace_is_not_its_client(self, choice: CustomerName) -> None:
        """A customer created for a marketplace takes no address of whoever ordered there."""
        made = rules(
            customer_name=choice,
            channel_customers=(ChannelCustomer("Bazaar", "Bazaar Orders"),),
            create_missing_customers=True,
        )
        result = outcome(order("SO-1 ACME", "1 NUT", sales_channel="Bazaar"), made)
        assert isinstance(result, Translated)
        ((name, origin),) = [
            (name, origin)
            for (kind, name), origin in result.origins.items()
            if kind is RecordKind.CUSTOMER
        ]
        acme = client("ACME", "Acme LLC", billing_address=Address(city="Springfield"))

        record = OUT.new_record(RecordKind.CUSTOMER, name, origin, context(made, acme))

        assert record == Customer(id="", name=name, full_name=name)

    def test_b12_an_item_is_a_non_inventory_part(self) -> None:
        """DOC-1: an item is created as a non-inventory part on the income account."""
        made = rules(create_missing_items=True, income_account="Sales")
        price = Money(Decimal("1.50"))
        record = self.make(
            RecordKind.ITEM, "BOLT", made, product("BOLT", "Bolt", sales_price=price)
        )

        assert record == Item(
            id="",
            name="BOLT",
            full_name="BOLT",
            type=ItemType.NON_INVENTORY,
            description="Bolt",
            sales_price=price,
            income_account="Sales",
        )

    def test_an_inventory_part_has_three_accounts(self) -> None:
        """DOC-1: an inventory part posts sales, cost and stock to their accounts."""
        made = rules(
            create_missing_items=True, item_type=CreatedItemType.INVENTORY, **self.ACCOUNTS
        )
        record = self.make(RecordKind.ITEM, "BOLT", made)

        assert isinstance(record, Item)
        accounts = (record.income_account, record.expense_account, record.asset_account)
        assert accounts == ("Sales", "COGS", "Stock")

    @pytest.mark.parametrize(
        "choice, text",
        [(LineDescription.EMPTY, "Bolt"), (LineDescription.PRODUCT_OBSERVATIONS, "Galvanised")],
    )
    def test_its_text_follows_doc_2(self, choice: LineDescription, text: str) -> None:
        """DOC-1: a created item is described as DOC-2 describes lines."""
        made = rules(create_missing_items=True, income_account="Sales", line_description=choice)
        bolt = product("BOLT", "Bolt", notes="Galvanised")
        record = self.make(RecordKind.ITEM, "BOLT", made, bolt)

        assert isinstance(record, Item)
        assert record.description == text

    @pytest.mark.parametrize(
        "type_, missing",
        [
            (CreatedItemType.NON_INVENTORY, "income_account"),
            (CreatedItemType.SERVICE, "income_account"),
            (CreatedItemType.INVENTORY, "income_account"),
            (CreatedItemType.INVENTORY, "cogs_account"),
            (CreatedItemType.INVENTORY, "asset_account"),
        ],
    )
    def test_a_missing_account_is_refused(self, type_: CreatedItemType, missing: str) -> None:
        """DOC-1: without its account an item is not created; the button leads to the setting."""
        accounts = {key: name for key, name in self.ACCOUNTS.items() if key != missing}
        made = rules(create_missing_items=True, item_type=type_, **accounts)
        refusal = self.make(RecordKind.ITEM, "BOLT", made)

        assert isinstance(refusal, Refusal)
        assert refusal.code == "account-missing"
        change = next(c for c in refusal.choices if c.action is Action.CHANGE_SETTING)
        assert change.arguments == {"setting": f"sales-order-out.{missing}"}
        assert change.arguments["setting"] in OPTIONS

    @pytest.mark.parametrize("type_", [CreatedItemType.NON_INVENTORY, CreatedItemType.SERVICE])
    def test_other_accounts_are_not_asked_for(self, type_: CreatedItemType) -> None:
        """DOC-1: what is not stocked needs the income account only."""
        made = rules(create_missing_items=True, item_type=type_, income_account="Sales")
        record = self.make(RecordKind.ITEM, "BOLT", made)

        assert isinstance(record, Item)
        assert record.type is type_.item_type
        assert (record.expense_account, record.asset_account) == (None, None)


class TestNeeds:
    def test_nothing_is_read_by_default(self) -> None:
        """With default settings no record of the source has to be read."""
        assert OUT.needs(order("SO-1 ACME", "1 NUT"), rules()) == ()

    def test_what_a_setting_reads_is_asked_for(self) -> None:
        """A setting that reads the client or the products names each of them."""
        made = rules(
            customer_name=CustomerName.CLIENT_NAME, line_description=LineDescription.PRODUCT_NAME
        )

        assert set(OUT.needs(order("SO-1 ACME", "1 NUT", "2 BOLT"), made)) == {
            (RecordKind.CUSTOMER, "ACME"),
            (RecordKind.ITEM, "NUT"),
            (RecordKind.ITEM, "BOLT"),
        }


def test_it_becomes_a_sales_order() -> None:
    """A sales order is a sales order in the books."""
    assert OUT.target_kind(order("SO-1 ACME"), rules()) is DocumentKind.SALES_ORDER


@given(document=shapes(SalesOrder))
def test_translating_twice_gives_equal_documents(document: SalesOrder) -> None:
    """Pure: whatever the order, the same input gives an equal result."""
    made = rules(save_custom_fields=True, save_entity_code_to="CODE")

    first, second = outcome(document, made), outcome(document, made)

    assert first == second


@given(document=shapes(SalesOrder))
def test_every_line_is_booked_or_the_order_refused(document: SalesOrder) -> None:
    """No order goes with fewer lines than it has, and every reference has a known origin."""
    result = outcome(document, rules())
    if isinstance(result, Refusal):
        assert result.code in {"nothing-to-send", "reference-missing"}
        return

    assert isinstance(result.document, SalesOrder)
    assert len(result.document.lines) == len(document.lines)
    assert result.left_out == ()
    for each, source in zip(result.document.lines, document.lines, strict=True):
        assert each.item is not None
        assert source.item is not None
        assert result.origins[RecordKind.ITEM, each.item.name]
        assert (each.quantity, each.id) == (source.quantity, source.id)
