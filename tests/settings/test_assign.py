"""From what people type to settings that fit together."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.settings import (
    DEFAULTS,
    OPTIONS,
    SECTIONS,
    ChannelCustomer,
    CustomerName,
    DocumentNumber,
    FieldPair,
    FlowMode,
    FlowName,
    Option,
    Problem,
    SalesOrderOut,
    Settings,
    ShipDate,
    apply_texts,
    apply_values,
    check,
    customer_of_channel,
    parse_assignments,
    render,
    reset,
    to_json,
    to_text,
)
from counterfoil.settings._codec import from_json, from_text

from .strategies import settings as any_settings
from .strategies import values

ANY_OPTION_WITH_VALUE = st.sampled_from(list(OPTIONS.values())).flatmap(
    lambda option: st.tuples(st.just(option), values(option))
)


def taken(*assignments: str, over: Settings = DEFAULTS) -> Settings:
    """Give the settings; a problem fails the test with its own words."""
    result = parse_assignments(assignments, over)
    assert isinstance(result, Settings), "\n".join(map(str, result))
    return result


def refused(*assignments: str, over: Settings = DEFAULTS) -> Problem:
    """Give the one problem."""
    result = parse_assignments(assignments, over)
    assert isinstance(result, list), "nothing was wrong"
    (problem,) = result
    return problem


class TestParseAssignments:
    def test_takes_texts_over_current_settings(self) -> None:
        """What is not named stays as it was."""
        first = taken("sales-order-out.mode=automatic")
        second = taken("sales-order-out.document_number=order_code", over=first)
        assert second.sales_order_out == SalesOrderOut(
            mode=FlowMode.AUTOMATIC, document_number=DocumentNumber.ORDER_CODE
        )

    def test_looks_over_hyphens_case_and_spaces(self) -> None:
        """People write keys and choices as they like."""
        settings = taken(" Sales_Order_Out.Ship-Date = Due date ")
        assert settings.sales_order_out.ship_date is ShipDate.DUE_DATE

    def test_empties_an_option(self) -> None:
        """``key=`` takes a value back where none is allowed."""
        settings = taken("sales-order-out.start_date=2026-03-01")
        assert settings.sales_order_out.start_date == date(2026, 3, 1)
        assert taken("sales-order-out.start_date=", over=settings) == DEFAULTS

    def test_refuses_to_empty_what_needs_a_value(self) -> None:
        """An option that cannot be empty says so and names a value."""
        problem = refused("general.time_zone=")
        assert (problem.problem, problem.cure) == (
            "must not be empty",
            "Give a value, such as “UTC”.",
        )

    def test_tells_every_problem_at_once(self) -> None:
        """Three mistakes are three problems, and nothing is taken."""
        result = parse_assignments(["general.time_zone=Moon/Base", "nonsense=1", "lonely"])
        assert isinstance(result, list)
        assert [problem.key for problem in result] == ["lonely", "general.time_zone", "nonsense"]

    def test_suggests_keys(self) -> None:
        """A key without its section or with a typing error leads to the right one."""
        assert refused("vendor_name=code").suggestions == (
            "purchase-order-out.vendor_name",
            "receipt-out.vendor_name",
        )
        assert "general.time_zone" in refused("general.timezone=UTC").suggestions
        assert refused("mode=off").suggestions == tuple(f"{name}.mode" for name in SECTIONS[1:])

    def test_another_list_is_not_searched(self) -> None:
        """Of very many keys that do not exist, all are told, and the first are looked up."""
        found = parse_assignments([f"general.timezone{number}=UTC" for number in range(2_000)])

        assert isinstance(found, list)
        assert [len(found), bool(found[0].suggestions), found[-1].suggestions] == [2_000, True, ()]

    def test_suggests_choices(self) -> None:
        """A choice with a typing error leads to the right one, and all are listed."""
        problem = refused("sales-order-out.document_number=oder_code")
        assert problem.suggestions == ("order_code",)
        assert problem.cure == "Choose one of: books, order_code."

    def test_suggests_time_zones_by_place(self) -> None:
        """A city's name leads to its zone; another case is simply understood."""
        assert refused("general.time_zone=New York").suggestions == ("America/New_York",)
        assert taken("general.time_zone=europe/berlin").general.time_zone == "Europe/Berlin"

    @pytest.mark.parametrize("flow", sorted(set(FlowName) - set(SECTIONS)))
    def test_says_that_a_flow_is_planned(self, flow: str) -> None:
        """A setting of a flow that is not built yet is no typing error."""
        assert "is planned" in refused(f"{flow}.mode=manual").problem

    def test_refuses_a_key_given_twice(self) -> None:
        """Which of two values was meant cannot be known."""
        problem = refused("general.time_zone=UTC", "general.time-zone=Europe/Lisbon")
        assert problem.problem == "is given twice"

    def test_reads_as_one_line(self) -> None:
        """A problem printed is the key, what is wrong, and the cure."""
        assert str(refused("general.home_currency=Dollar")) == (
            "general.home_currency: “Dollar” is not a currency code. "
            "Write three letters, such as USD."
        )

    def test_shortens_long_values(self) -> None:
        """A problem quotes no more than a line of what was typed."""
        assert len(refused(f"general.home_currency={'x' * 500}").value) == 80


@pytest.mark.parametrize(
    "key, text, words",
    [
        ("general.window_start", "24:00", "is not a time of day"),
        ("general.window_start", "7", "is not a time of day"),
        ("general.retrieval_interval_minutes", "4", "4 minutes is out of bounds"),
        ("general.retrieval_interval_minutes", "1441", "out of bounds"),
        ("general.retrieval_interval_minutes", "half", "is not a whole number"),
        ("general.home_currency", "Dollar", "is not a currency code"),
        ("sales-order-out.start_date", "2026-02-30", "is not a day"),
        ("sales-order-out.start_date", "01/02/2026", "is not a day"),
        ("sales-order-out.create_missing_items", "maybe", "neither true nor false"),
        ("sales-order-out.income_account", "A\nB", "line breaks"),
        ("sales-order-out.income_account", "A" * 160, "160 characters"),
        ("sales-order-out.custom_fields", "A=B; C", "“C” is not a pair"),
        ("sales-order-out.custom_fields", "A=B=C", "is not a pair"),
        ("sales-order-out.custom_fields", "A=", "half a pair"),
        ("sales-order-out.custom_fields", "A=1; B=2; C=3; D=4", "has 4 entries"),
        ("sales-order-out.custom_fields", "A=X; B=X", "“X” stands there twice"),
        ("sales-order-out.custom_fields", f"A={'X' * 32}", "32 characters"),
        ("sales-order-out.custom_fields", r"A\B=C", "backslash"),
        ("sales-order-out.channel_customers", "Web=A; WEB=B", "“WEB” stands there twice"),
        ("general.inventory_sites", "Main=North; MAIN=South", "“MAIN” stands there twice"),
        ("sales-order-in.custom_field", "A=B; C=D", "has 2 pairs"),
    ],
)
def test_refuses_what_does_not_fit(key: str, text: str, words: str) -> None:
    """Each kind of value is refused in words that name it, with a cure."""
    problem = refused(f"{key}={text}")
    assert problem.key == key
    assert words in problem.problem
    assert problem.cure.endswith(".")


@pytest.mark.parametrize(
    "key, raw",
    [
        ("general.time_zone", 1),
        ("general.time_zone", None),
        ("general.retrieval_interval_minutes", "30"),
        ("general.retrieval_interval_minutes", True),
        ("general.window_start", 22),
        ("sales-order-out.create_missing_items", "true"),
        ("sales-order-out.create_missing_items", 1),
        ("sales-order-out.document_number", "Order-Code"),
        ("sales-order-out.document_number", ["books"]),
        ("sales-order-out.start_date", 20260101),
        ("sales-order-out.custom_fields", "A=B"),
        ("sales-order-out.custom_fields", [["A", "B"]]),
        ("sales-order-out.custom_fields", [{"source": "A"}]),
        ("sales-order-in.custom_field", {"source": "A", "target": 1}),
        ("sales-order-out.no_such", 1),
        ("Sales-Order-Out.mode", "off"),
    ],
)
def test_refuses_json_of_another_type(key: str, raw: Any) -> None:
    """JSON is taken exactly: no numbers in quotes, no other spelling of a key."""
    result = apply_values({key: raw})
    assert isinstance(result, list)
    assert [problem.key for problem in result] == [key]


class TestTogether:
    def test_doc_1_needs_the_income_account(self) -> None:
        """DOC-1: items cannot be created while no account takes their sales."""
        problem = refused("sales-order-out.create_missing_items=true")
        assert problem.key == "sales-order-out.income_account"
        assert problem.problem == "is needed: sales-order-out.create_missing_items is true"
        taken(
            "sales-order-out.create_missing_items=true",
            "sales-order-out.income_account=Sales:Products",
        )

    def test_doc_1_inventory_needs_three_accounts(self) -> None:
        """DOC-1: an inventory part needs income, cost and asset accounts."""
        result = parse_assignments(
            ["sales-order-out.create_missing_items=on", "sales-order-out.item_type=inventory"]
        )
        assert isinstance(result, list)
        assert {problem.key.partition(".")[2] for problem in result} == {
            "income_account",
            "cogs_account",
            "asset_account",
        }

    @pytest.mark.parametrize("flow", ["sales-order-out", "purchase-order-out"])
    def test_doc_1_needs_an_income_account(self, flow: str) -> None:
        """DOC-1: to create items, the income account is named by its full name or its id."""
        creates = f"{flow}.create_missing_items=on"

        problem = refused(creates)
        assert problem.key == f"{flow}.income_account"
        assert f"{flow}.expense_account" in problem.cure
        taken(creates, f"{flow}.income_account=Sales")
        taken(creates, f"{flow}.expense_account=Purchases")
        taken(creates, f"{flow}.income_account_id=80000001-1234567890")

    def test_time_3_time_4_no_payroll_item_for_employees_that_we_create(self) -> None:
        """TIME-3, TIME-4: the impossible combination is refused when saved, each alone is taken."""
        payroll = "work-entry-out.payroll_item=operation"
        creates = "work-entry-out.create_missing_employees=on"
        problem = refused(payroll, creates)

        assert problem.key == "work-entry-out.create_missing_employees"
        assert "use time data to create paychecks" in problem.cure
        taken(payroll)
        taken(creates)

    @pytest.mark.parametrize("flow", ["receipt-out", "shipment-out"])
    def test_flow_10_flow_11_whole_quantities_need_the_order(self, flow: str) -> None:
        """FLOW-10, FLOW-11: two shippings without their order would each carry all of it."""
        once, refuses = f"{flow}.whole_once=true", f"{flow}.order_missing=refuse"

        assert refused(once).key == f"{flow}.order_missing"
        assert refused(once, f"{flow}.link_to_order=false").key == f"{flow}.whole_once"
        taken(once, refuses)

    @pytest.mark.parametrize("flow", ["sales-order-out", "shipment-out"])
    def test_flow_9_no_sales_tax_item_outside_the_us(self, flow: str) -> None:
        """FLOW-9: what Canadian and UK books lack is refused when saved, not left out unsaid."""
        item, abroad = f"{flow}.sales_tax_item=State tax", "general.send_outside_us=true"
        problem = refused(item, abroad)

        assert problem.key == f"{flow}.sales_tax_item"
        assert f"{flow}.tax_code" in problem.cure
        taken(item)
        taken(abroad, f"{flow}.tax_code=S")

    @pytest.mark.parametrize(
        "flow", [name for name in SECTIONS if f"{name}.save_entity_code_to" in OPTIONS]
    )
    def test_doc_9_a_field_takes_one_value(self, flow: str) -> None:
        """DOC-9: the field for the code is none that a pair fills, too."""
        problem = refused(f"{flow}.save_entity_code_to=Job", f"{flow}.custom_fields=Site=Job")

        assert problem.key == f"{flow}.save_entity_code_to"

    def test_op11_an_expense_account_is_one_too(self) -> None:
        """OP11: an item that is only bought is posted to an expense account."""
        taken(
            "purchase-order-out.create_missing_items=on",
            "purchase-order-out.expense_account=Purchases",
        )

    @pytest.mark.parametrize(
        "orders, movements, becomes",
        [
            ("purchase-order-out", "receipt-out", "bill"),
            ("sales-order-out", "shipment-out", "invoice"),
            ("sales-order-out", "shipment-out", "sales_receipt"),
        ],
    )
    def test_op1_the_same_goods_are_never_owed_twice(
        self, orders: str, movements: str, becomes: str
    ) -> None:
        """OP1: an order that is billed by itself leaves nothing for what moves of it to bill."""
        problem = refused(f"{orders}.becomes={becomes}")

        assert problem.key == f"{orders}.becomes"
        assert problem.cure == f"Set {movements}.mode=off, too."
        taken(f"{orders}.becomes={becomes}", f"{movements}.mode=off")
        taken(f"{orders}.becomes={becomes}", f"{orders}.mode=off")

    def test_type_without_creation_needs_no_account(self) -> None:
        """What has no effect needs nothing."""
        taken("sales-order-out.item_type=inventory")

    def test_doc_4_needs_the_table_of_channels(self) -> None:
        """DOC-4: customers of marketplaces need a table; its names are found without case."""
        problem = refused("sales-order-out.customer_name=channel_customer")
        assert problem.key == "sales-order-out.channel_customers"
        out = taken(
            "sales-order-out.customer_name=channel_customer",
            "sales-order-out.channel_customers=Web Shop=Internet:Retail; Fair=Walk-in",
        ).sales_order_out
        assert out.customer_name is CustomerName.CHANNEL_CUSTOMER
        assert out.channel_customers[1] == ChannelCustomer("Fair", "Walk-in")
        assert customer_of_channel(out.channel_customers, " web shop") == "Internet:Retail"
        assert customer_of_channel(out.channel_customers, "Auction") is None

    def test_item_field_is_needed(self) -> None:
        """Items named by a custom field need the field's name."""
        problem = refused("sales-order-out.item_name=custom_field")
        assert problem.key == "sales-order-out.item_name_field"

    def test_flow_5_needs_both_times(self) -> None:
        """FLOW-5: a window with one end is no window; the missing end is named."""
        assert refused("general.window_start=22:00").key == "general.window_end"
        assert refused("general.window_end=6:00").key == "general.window_start"
        general = taken("general.window_start=22:00", "general.window_end=6:00").general
        assert (general.window_start, general.window_end) == (time(22), time(6))

    def test_doc_9_fills_a_field_once(self) -> None:
        """DOC-9: the order's code and a pair cannot go to the same field."""
        problem = refused(
            "sales-order-out.save_entity_code_to=Origin",
            "sales-order-out.custom_fields=Machine=Origin",
        )
        assert problem.key == "sales-order-out.save_entity_code_to"

    def test_finds_values_of_records_built_by_hand(self) -> None:
        """Settings that came around the reading functions are checked as strictly."""
        wrong = Settings(
            sales_order_out=SalesOrderOut(
                income_account="A" * 200, custom_fields=(FieldPair("", "X"),)
            )
        )
        assert [problem.key for problem in check(wrong)] == [
            "sales-order-out.income_account",
            "sales-order-out.custom_fields",
        ]


class TestReset:
    def test_puts_back_to_default(self) -> None:
        """Named options are as if nobody had set them; others stay."""
        settings = taken("sales-order-out.mode=off", "sales-order-in.mode=off")
        back = reset(["sales-order-out.mode"], settings)
        assert back == taken("sales-order-in.mode=off")

    def test_names_unknown_keys(self) -> None:
        """A key that does not exist is a problem, not silence."""
        result = reset(["sales-order-out.mood"], DEFAULTS)
        assert isinstance(result, list)
        assert "sales-order-out.mode" in result[0].suggestions


class TestRoundTrips:
    @given(ANY_OPTION_WITH_VALUE)
    def test_every_value_reads_back_from_its_text(self, drawn: tuple[Option, Any]) -> None:
        """Whatever the option and its value, the text reads back as an equal value."""
        option, value = drawn
        assert from_text(option, to_text(option, value)) == value

    @given(ANY_OPTION_WITH_VALUE)
    def test_every_value_reads_back_from_its_json(self, drawn: tuple[Option, Any]) -> None:
        """Whatever the option and its value, the JSON reads back as an equal value."""
        option, value = drawn
        assert from_json(option, to_json(option, value)) == value

    @given(any_settings())
    @hypothesis.settings(max_examples=3)  # each draws every option there is
    def test_whole_settings_read_back(self, settings: Settings) -> None:
        """All texts of any settings, given at once, make equal settings."""
        texts = render(settings)
        assert apply_texts(texts) == settings
        assert parse_assignments([f"{key}={text}" for key, text in texts.items()]) == settings

    @given(st.sampled_from(list(OPTIONS)), st.text(max_size=20))
    def test_no_text_raises(self, key: str, text: str) -> None:
        """Anything at all typed for any option gives settings or problems of that section."""
        result = parse_assignments([f"{key}={text}"])
        if isinstance(result, list):
            section = key.partition(".")[0]
            assert all(problem.key.startswith(section) for problem in result)
        else:
            assert check(result) == []

    @given(
        st.sampled_from(list(OPTIONS)),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=2)
                | st.dictionaries(st.sampled_from(["source", "target", "x"]), inner, max_size=2)
            ),
            max_leaves=4,
        ),
    )
    def test_no_json_raises(self, key: str, raw: Any) -> None:
        """Any JSON given for any option gives settings or problems."""
        result = apply_values({key: raw})
        assert isinstance(result, list) or check(result) == []
