"""The records are the declaration: what every option must have, and the mechanism itself."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated

import msgspec
import pytest

from counterfoil.documents import RecordKind
from counterfoil.settings import (
    DEFAULTS,
    FLOWS,
    OPTIONS,
    SECTIONS,
    THEMES,
    CancelledWay,
    ChangePolicy,
    Choices,
    CreatedItemType,
    DocumentNumber,
    FlowMode,
    FlowName,
    FlowSettings,
    ItemName,
    Option,
    OptionType,
    SalesOrderOut,
    Settings,
    applies,
    check,
    in_force,
    options_in,
    parse_assignments,
)
from counterfoil.settings._codec import (
    PAIR_TYPES,
    UnfitError,
    fit,
    from_json,
    from_text,
    to_json,
    to_text,
)
from counterfoil.settings._option import declared, options_of

EVERY_OPTION = pytest.mark.parametrize("option", OPTIONS.values(), ids=OPTIONS.keys())

# Option by option as the reference has them: rule, key, default as text.
RULES = [
    ("FLOW-1", "sales-order-out.mode", "manual"),
    ("DOC-1", "sales-order-out.create_missing_items", "false"),
    ("DOC-1", "sales-order-out.item_type", "non_inventory"),
    ("DOC-1", "sales-order-out.income_account", ""),
    ("DOC-2", "sales-order-out.line_description", "empty"),
    ("DOC-3", "sales-order-out.document_number", "books"),
    ("DOC-4", "sales-order-out.customer_name", "client_code"),
    ("DOC-5", "sales-order-out.creation_date", "empty"),
    ("DOC-6", "sales-order-out.ship_date", "empty"),
    ("DOC-9", "sales-order-out.save_custom_fields", "false"),
    ("DOC-9", "sales-order-out.custom_fields", ""),
    ("FLOW-1", "purchase-order-out.mode", "manual"),
    ("FLOW-1", "purchase-order-out.moment", "approved"),
    ("DOC-1", "purchase-order-out.income_account_id", ""),
    ("DOC-3", "purchase-order-out.document_number", "books"),
    ("DOC-6", "purchase-order-out.expected_date", "true"),
    ("FLOW-1", "receipt-out.mode", "manual"),
    ("FLOW-1", "receipt-out.moment", "received"),
    ("FLOW-11", "receipt-out.whole_once", "false"),
    ("DOC-3", "receipt-out.document_number", "books"),
    ("DOC-9", "receipt-out.custom_fields_on", "memo"),
    ("FLOW-1", "shipment-out.mode", "manual"),
    ("FLOW-1", "shipment-out.moment", "shipped"),
    ("DOC-4", "shipment-out.customer_name", "client_code"),
    ("DOC-6", "shipment-out.ship_date", "empty"),
    ("FLOW-1", "work-entry-out.mode", "manual"),
    ("FLOW-1", "work-entry-out.moment", "completed"),
    ("TIME-1", "work-entry-out.customer_job", "order_code"),
    ("TIME-1", "work-entry-out.customer_reading", "client_first"),
    ("TIME-2", "work-entry-out.service_item", "operation"),
    ("TIME-3", "work-entry-out.payroll_item", ""),
    ("TIME-4", "work-entry-out.create_missing_employees", "false"),
    ("TIME-5", "work-entry-out.create_missing_customers", "false"),
    ("TIME-6", "work-entry-out.is_billable", "false"),
    ("FLOW-2", "stock-count-out.mode", "manual"),
    ("STOCK-1", "stock-count-out.adjustment_account", ""),
    ("STOCK-2", "stock-count-out.adjustment_memo", ""),
    ("STOCK-3", "stock-count-out.only_tagged", "false"),
    ("STOCK-4", "stock-count-out.match_field", ""),
    ("STOCK-11", "stock-count-out.tag", "Quickbooks"),
    ("FLOW-9", "general.send_outside_us", "false"),
    ("DOC-2", "sales-order-in.product_name", "code"),
    ("FLOW-7", "sales-order-in.changes", "report"),
    ("FLOW-4", "sales-order-in.include_fully_invoiced", "true"),
    ("DOC-7", "sales-order-in.custom_field", ""),
    ("DOC-8", "sales-order-in.ignore_categories", "false"),
    ("FLOW-3", "general.retrieval_interval_minutes", "30"),
    ("FLOW-5", "general.window_start", ""),
    ("FLOW-5", "general.window_end", ""),
    ("3.6", "general.unholdable_characters", "refuse"),
]


class TestEveryOption:
    @EVERY_OPTION
    def test_has_texts_for_people(self, option: Option) -> None:
        """Label and help are there; help ends like a sentence."""
        assert option.label.strip()
        assert option.help.endswith(".")
        for choice in option.choices:
            assert choice.label.strip()
            assert choice.help.endswith(".")

    @EVERY_OPTION
    def test_has_a_default_that_fits(self, option: Option) -> None:
        """The default passes the option's own checks unchanged."""
        assert fit(option, option.default) == option.default

    @EVERY_OPTION
    def test_reads_its_default_from_text_and_json(self, option: Option) -> None:
        """The default written as text or JSON reads back as itself."""
        assert from_text(option, to_text(option, option.default)) == option.default
        assert from_json(option, to_json(option, option.default)) == option.default

    @EVERY_OPTION
    def test_has_snake_case_name(self, option: Option) -> None:
        """Keys are a section, a dot and a name in snake case."""
        assert option.name == option.name.lower()
        assert option.name.isidentifier()
        assert option.key == f"{option.section}.{option.name}"

    @EVERY_OPTION
    def test_reads_every_choice(self, option: Option) -> None:
        """Each choice is read from its value, with hyphens or capitals, too."""
        for choice in option.choices:
            assert from_text(option, choice.value) is choice
            assert from_text(option, choice.value.upper().replace("_", "-")) is choice

    @EVERY_OPTION
    def test_depends_on_an_option_that_can_have_the_value(self, option: Option) -> None:
        """A condition names an option of the same section, and values it may have."""
        if option.only_when is not None:
            other = OPTIONS[f"{option.section}.{option.only_when.option}"]
            assert other is not option
            assert all(fit(other, value) == value for value in option.only_when.values)


class TestRules:
    @pytest.mark.parametrize("rule, key, default", RULES)
    def test_option_fulfils_rule(self, rule: str, key: str, default: str) -> None:
        """Each rule of the reference has its option, with the default stated there."""
        assert OPTIONS[key].rule == rule
        assert to_text(OPTIONS[key], OPTIONS[key].default) == default

    def test_doc_3_has_two_ways_to_number(self) -> None:
        """DOC-3: the books number the document, or it bears the order's code."""
        choices = OPTIONS["sales-order-out.document_number"].choices
        assert choices == (DocumentNumber.BOOKS, DocumentNumber.ORDER_CODE)

    @pytest.mark.parametrize("flow", ["receipt-out", "shipment-out"])
    def test_doc_3_goods_may_bear_their_own_code(self, flow: str) -> None:
        """DOC-3: a receiving or shipping may bear its own code instead of the order's."""
        assert DocumentNumber.OWN_CODE in OPTIONS[f"{flow}.document_number"].choices

    def test_doc_3_says_that_bills_are_never_numbered(self) -> None:
        """DOC-3: QuickBooks numbers no bill, and the option's help says so."""
        assert "never numbers bills" in OPTIONS["receipt-out.document_number"].help

    def test_timesheet_options_are_advanced(self) -> None:
        """TIME-1 to TIME-6: the timesheet options stand under the advanced ones."""
        rows = [row for row in options_in("work-entry-out") if (row.rule or "").startswith("TIME")]
        assert rows
        assert all(row.advanced for row in rows)

    def test_defaults_are_usable(self) -> None:
        """A link that nobody configured has settings without problems."""
        assert check(DEFAULTS) == []

    def test_flow_2_offers_no_automatic_stock_count(self) -> None:
        """FLOW-2: a flow that only people start does not offer the automatic mode."""
        mode = next(iter(options_of(FlowName.STOCK_COUNT_OUT, FlowSettings)))
        assert mode.choices == (FlowMode.OFF, FlowMode.MANUAL)
        with pytest.raises(UnfitError, match="automatic"):
            from_text(mode, "automatic")
        with pytest.raises(UnfitError, match="automatic"):
            fit(mode, FlowMode.AUTOMATIC)

    @pytest.mark.parametrize(
        "key, choices, default",
        [
            ("sales-order-out.changes", "report on_request automatic", "on_request"),
            ("sales-order-out.cancellations", "report on_request automatic", "on_request"),
            ("sales-order-out.cancelled_way", "close delete", "close"),
            ("sales-order-in.changes", "report on_request", "report"),
            ("sales-order-in.cancellations", "report on_request", "report"),
        ],
    )
    def test_what_follows_a_change(self, key: str, choices: str, default: str) -> None:
        """What was sent follows its source as set; nothing goes to production by itself."""
        option = OPTIONS[key]
        assert [choice.value for choice in option.choices] == choices.split()
        assert option.default == default
        with pytest.raises(UnfitError):
            from_text(option, "void")

    @pytest.mark.parametrize("key", ["sales-order-in.changes", "sales-order-in.cancellations"])
    def test_no_change_goes_to_production_by_itself(self, key: str) -> None:
        """FLOW-7: a change in the books is never copied unasked, however the value arrives."""
        for read in (from_text, from_json):
            with pytest.raises(UnfitError, match="automatic"):
                read(OPTIONS[key], "automatic")
        with pytest.raises(UnfitError, match="automatic"):
            fit(OPTIONS[key], ChangePolicy.AUTOMATIC)

    @pytest.mark.parametrize(
        "minutes, fits", [("-1", False), ("0", True), ("60", True), ("61", False)]
    )
    def test_changes_settle_within_an_hour(self, minutes: str, fits: bool) -> None:
        """An order that keeps changing is held back for an hour at most."""
        found = parse_assignments([f"general.quiet_minutes={minutes}"])
        assert isinstance(found, Settings) == fits

    def test_every_flow_says_what_follows_a_change(self) -> None:
        """Whatever the flow, its settings tell what a change and a cancellation lead to."""
        for name in SECTIONS[1:]:
            flow = DEFAULTS.flow(FlowName(name))
            assert flow is not None
            assert {flow.changes, flow.cancellations} <= set(ChangePolicy)

    def test_new_item_types_are_the_documents_own(self) -> None:
        """DOC-1: each kind of item that can be created is a kind of item."""
        assert [kind.item_type.value for kind in CreatedItemType] == list(CreatedItemType)


class TestSections:
    def test_are_general_and_flows(self) -> None:
        """General comes first, then a section for each flow that is built."""
        built = [name for name, flow in FLOWS.items() if not flow.is_planned]
        assert list(SECTIONS) == ["general", *built]

    def test_every_field_is_an_option(self) -> None:
        """No field of a record escapes the declaration, none is declared twice."""
        for section in SECTIONS:
            record = getattr(DEFAULTS, section.replace("-", "_"))
            assert [option.name for option in options_in(section)] == list(record.__struct_fields__)

    def test_flow_settings_are_found_by_name(self) -> None:
        """A flow gives its record; a planned one has none."""
        settings = Settings(sales_order_out=SalesOrderOut(mode=FlowMode.OFF))
        assert settings.flow(FlowName.SALES_ORDER_OUT) is settings.sales_order_out
        assert settings.flow(FlowName.RECEIPT_OUT) is settings.receipt_out
        for name in set(FlowName) - set(SECTIONS):
            assert settings.flow(name) is None


class TestInForce:
    def test_option_without_effect_is_at_its_default(self) -> None:
        """DOC-9: with the switch off, filled pairs do nothing, and stay stored."""
        stored = Settings(sales_order_out=SalesOrderOut(save_entity_code_to="Order code"))
        assert in_force(stored).sales_order_out.save_entity_code_to is None
        on = Settings(
            sales_order_out=SalesOrderOut(save_custom_fields=True, save_entity_code_to="Order code")
        )
        assert in_force(on) == on

    def test_condition_goes_through_the_option_above(self) -> None:
        """An account for stock has no effect while items are not created at all."""
        settings = Settings(
            sales_order_out=SalesOrderOut(
                item_type=CreatedItemType.INVENTORY, cogs_account="Cost of Goods Sold"
            )
        )
        assert not applies(OPTIONS["sales-order-out.cogs_account"], settings)
        assert in_force(settings) == DEFAULTS

    @pytest.mark.parametrize("policy", ChangePolicy)
    def test_nothing_is_deleted_where_cancellations_are_only_shown(
        self, policy: ChangePolicy
    ) -> None:
        """Where a cancellation is only reported, how it would be carried out has no effect."""
        stored = Settings(
            sales_order_out=SalesOrderOut(cancellations=policy, cancelled_way=CancelledWay.DELETE)
        )
        deletes = in_force(stored).sales_order_out.cancelled_way is CancelledWay.DELETE
        assert deletes == (policy is not ChangePolicy.REPORT)

    def test_changes_nothing_that_has_an_effect(self) -> None:
        """Options without a condition are never touched."""
        settings = Settings(sales_order_out=SalesOrderOut(item_name=ItemName.CUSTOM_FIELD))
        assert in_force(settings) == settings


class Colour(Choices):
    RED = "red", "Red", "Like a stop."


class TestMechanism:
    def test_fits_types_no_flow_uses_yet(self) -> None:
        """A record with numbers, days and plain texts gives rows that read and write."""

        class Planned(msgspec.Struct, frozen=True, kw_only=True):
            rate: Annotated[
                Decimal | None, declared("Rate", "A rate.", minimum=0, maximum=Decimal("1.5"))
            ] = None
            memo: Annotated[str | None, declared("Memo", "A text.", lengths=(5,))] = None
            at_least: Annotated[int, declared("Days", "A number.", minimum=0)] = 14

        rate, memo, days = options_of(FlowName.STOCK_COUNT_OUT, Planned)
        assert (rate.type, memo.type, days.type) == (
            OptionType.DECIMAL,
            OptionType.TEXT,
            OptionType.INTEGER,
        )
        assert from_text(rate, "0.50") == from_json(rate, "0.50") == Decimal("0.5")
        assert to_text(rate, Decimal("1E-7")) == "0.0000001"
        for wrong in ("1.51", "-1", "NaN", "Infinity", "many"):
            with pytest.raises(UnfitError):
                from_text(rate, wrong)
        with pytest.raises(UnfitError, match="at least 0"):
            _raise_with_cure(days, "-1")
        with pytest.raises(UnfitError, match="6 characters"):
            from_text(memo, "abcdef")

    def test_refuses_a_field_without_declaration(self) -> None:
        """A forgotten annotation is found when the package is imported."""

        class Forgotten(msgspec.Struct):
            since: date | None = None

        with pytest.raises(AssertionError, match=r"Forgotten\.since is not declared"):
            list(options_of("general", Forgotten))

    def test_refuses_a_field_without_default(self) -> None:
        """An option that nobody set must still have a value."""

        class Bare(msgspec.Struct):
            colour: Annotated[Colour, declared("Colour", "A colour.")]

        with pytest.raises(AssertionError, match=r"Bare\.colour has no default"):
            list(options_of("general", Bare))

    def test_refuses_a_type_without_reading(self) -> None:
        """A type that no row of the codec reads is our mistake."""

        class Strange(msgspec.Struct):
            mark: Annotated[bytes | None, declared("Mark", "A mark.")] = None

        with pytest.raises(AssertionError, match="no option has type"):
            list(options_of("general", Strange))


def _raise_with_cure(option: Option, text: str) -> None:
    try:
        from_text(option, text)
    except UnfitError as unfit:
        raise UnfitError(unfit.cure, unfit.cure) from unfit


# The words of the vendor's own settings (reference section 4), by which users know an option.
_KNOWN_AS = [
    ("sales-order-out.document_number", "Quickbooks Document Number"),
    ("sales-order-out.customer_name", "Quickbooks Customer Name"),
    ("sales-order-out.creation_date", "Quickbooks Document Creation Date"),
    ("sales-order-out.ship_date", "QuickBooks Document Ship Date"),
    ("sales-order-out.line_description", "Quickbooks Item Line Description"),
    ("sales-order-out.create_missing_items", "Create missing items"),
    ("sales-order-out.income_account_id", "IncomeAccountId"),
    ("sales-order-out.income_account", "IncomeAccountFullName"),
    (
        "sales-order-out.save_custom_fields",
        "Save Fusion Operations Entity Code to Quickbooks Custom Field",
    ),
    ("sales-order-in.ignore_categories", "Ignore Category Names on Products Import"),
    (
        "sales-order-in.custom_field",
        "Save Quickbooks Custom Field to Fusion Operations Custom Field",
    ),
    ("work-entry-out.customer_job", "Customer:Job"),
    ("work-entry-out.service_item", "Service item"),
    ("work-entry-out.payroll_item", "Payroll item"),
    ("work-entry-out.create_missing_employees", "Create missing employee"),
    ("work-entry-out.create_missing_customers", "Create missing customer job"),
    ("work-entry-out.is_billable", "Set “Billable” to true when submitting time entries"),
    ("stock-count-out.adjustment_account", "Adjustment Account"),
    ("stock-count-out.adjustment_memo", "Adjustment Memo"),
    ("stock-count-out.only_tagged", "Only sync products marked with the Quickbooks tag"),
    ("stock-count-out.match_field", "Custom field to match quickbooks item"),
    ("general.window_start", "Synchronization Interval Start Time"),
    ("general.window_end", "Synchronization Interval End Time"),
]


@pytest.mark.parametrize("key, label", _KNOWN_AS)
def test_options_bear_the_words_users_know(key: str, label: str) -> None:
    """DOC-1 to DOC-9, TIME-1 to TIME-6, STOCK-1 to STOCK-4, FLOW-5: labels are the vendor's."""
    assert OPTIONS[key].label == label


@pytest.mark.parametrize(
    "key, labels",
    [
        (
            "sales-order-out.customer_name",
            {"Marketplace Name", "“Quickbooks Customer” of the marketplace"},
        ),
        ("sales-order-out.document_number", {"Order Code", "QBD generated (sequential)"}),
        ("receipt-out.creation_date", {"Empty", "Document Date", "Synchronization Date"}),
        ("shipment-out.ship_date", {"Empty", "Due Date"}),
        (
            "receipt-out.line_description",
            {"Product Name", "Product Observations", "Shipping/Receiving Product Observations"},
        ),
        (
            "work-entry-out.payroll_item",
            {
                "Production Order/Job Code",
                "Production Order/Job Description",
                "Operation Name",
                "Section Name",
            },
        ),
    ],
)
def test_choices_bear_the_words_users_know(key: str, labels: set[str]) -> None:
    """DOC-2 to DOC-6 and TIME-3: so do the values among which people choose."""
    assert labels <= {choice.label for choice in OPTIONS[key].choices}


def test_every_option_stands_under_one_heading() -> None:
    """The table of headings names each option once, and none that there is not."""
    listed = [name for names in THEMES.values() for name in names]
    assert sorted(listed) == sorted({option.name for option in OPTIONS.values()})


@EVERY_OPTION
def test_what_names_a_record_says_of_which_list(option: Option) -> None:
    """Accounts name accounts; of a pair, each part says what it names."""
    parts = 2 if option.type in PAIR_TYPES else 1
    assert len(option.names) in (0, parts)
    if option.type is OptionType.ACCOUNT:
        assert option.names[0] is not None
        assert option.names[0].list is RecordKind.ACCOUNT
