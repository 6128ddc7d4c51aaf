"""What forms, the API and the reference are made from."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given

from counterfoil.settings import (
    DEFAULTS,
    FLOWS,
    OPTIONS,
    SECTIONS,
    FlowMode,
    FlowName,
    OptionType,
    SalesOrderOut,
    Settings,
    form_fields,
    json_schema,
    reference_markdown,
    render,
    title_of,
    to_json,
)

from .strategies import FEWER
from .strategies import settings as any_settings


class TestFormFields:
    def test_describe_every_option_once(self) -> None:
        """All sections together show each option, in declared order."""
        fields = [field for section in SECTIONS for field in form_fields(section)]
        assert [field.key for field in fields] == list(OPTIONS)

    def test_show_the_settings_given(self) -> None:
        """A field bears its value beside its default, as text and as JSON."""
        settings = Settings(sales_order_out=SalesOrderOut(mode=FlowMode.OFF))
        mode = form_fields("sales-order-out", settings)[0]
        assert (mode.text, mode.default_text, mode.value) == ("off", "manual", "off")
        assert [choice.value for choice in mode.choices] == ["off", "manual", "automatic"]

    def test_say_what_has_an_effect(self) -> None:
        """Fields that depend on another say on which, and whether they count now."""
        off = {field.key: field for field in form_fields("sales-order-out")}
        account = off["sales-order-out.income_account"]
        assert account.only_when is not None
        assert account.only_when.key == "sales-order-out.create_missing_items"
        assert account.only_when.values == ("true",)
        assert (account.has_effect, account.required) == (False, False)
        on = Settings(sales_order_out=SalesOrderOut(create_missing_items=True))
        assert {f.key: f for f in form_fields("sales-order-out", on)}[account.key].has_effect

    def test_pairs_have_two_headings(self) -> None:
        """DOC-7, DOC-9: the columns stand in the order in which values travel."""
        fields = {f.key: f for section in SECTIONS for f in form_fields(section)}
        outward = fields["sales-order-out.custom_fields"]
        inward = fields["sales-order-in.custom_field"]
        assert outward.headings == ("Custom field of the document", "Custom field in the books")
        assert inward.headings == outward.headings[::-1]
        assert (outward.lengths, inward.lengths) == ((255, 31), (31, 255))

    @pytest.mark.parametrize("flow", sorted(set(FlowName) - set(SECTIONS)))
    def test_planned_flow_has_none(self, flow: FlowName) -> None:
        """A flow without options in this version has an empty form."""
        assert form_fields(flow) == []


class TestTitles:
    @pytest.mark.parametrize(
        "section, title",
        [
            ("general", "The whole link"),
            ("sales-order-out", "Sales orders to QuickBooks"),
            ("receipt-out", "Receivings to QuickBooks"),
            ("estimate-in", "Estimates from QuickBooks"),
        ],
    )
    def test_they_say_what_goes_and_which_way(self, section: str, title: str) -> None:
        """A flow is called as people call it, by its documents and by where they go."""
        assert title_of(section) == title

    def test_no_two_flows_bear_one(self) -> None:
        """Whoever reads a title knows the flow."""
        assert len({title_of(flow) for flow in FlowName}) == len(FlowName)


class TestJsonSchema:
    def test_is_json_and_names_every_key(self) -> None:
        """The schema has one property per option, with title, description and default."""
        schema = json.loads(json.dumps(json_schema()))
        assert list(schema["properties"]) == list(OPTIONS)
        for key, part in schema["properties"].items():
            assert part["title"] == OPTIONS[key].label
            assert part["description"] == OPTIONS[key].help
            assert part["default"] == to_json(OPTIONS[key], OPTIONS[key].default)

    @FEWER
    @given(any_settings())
    def test_accepts_all_settings(self, settings: Settings) -> None:
        """Whatever the settings, their JSON is valid under the schema."""
        schema = json_schema()
        for key, option in OPTIONS.items():
            assert _valid(to_json(option, settings.value(key)), schema["properties"][key]), key

    def test_refuses_other_values(self) -> None:
        """What the options refuse by type or bound, the schema refuses, too."""
        properties = json_schema()["properties"]
        assert not _valid("sometimes", properties["sales-order-out.mode"])
        assert not _valid(4, properties["general.retrieval_interval_minutes"])
        assert not _valid(None, properties["general.time_zone"])
        assert not _valid([{"source": "A"}], properties["sales-order-out.custom_fields"])


class TestReference:
    def test_has_a_row_for_every_option(self) -> None:
        """The page has one row per option, with key, rule and every choice."""
        page = reference_markdown()
        rows = [line for line in page.splitlines() if re.match(r"\| .* \| `[a-z-]+\.", line)]
        assert len(rows) == len(OPTIONS)
        for row, option in zip(rows, OPTIONS.values(), strict=True):
            assert f"| `{option.key}` |" in row
            assert option.help in row
            assert f"| {option.rule or ''} |" in row
            assert all(f"`{choice.value}`" in row for choice in option.choices)
            assert len(re.findall(r"(?<!\\)\|", row)) == 7

    def test_names_planned_flows(self) -> None:
        """What is not in this version is said openly."""
        page = reference_markdown()
        for flow in FLOWS.values():
            assert (f"- `{flow.name}`" in page) == flow.is_planned

    def test_shows_defaults(self) -> None:
        """Defaults stand there as they are typed."""
        page = reference_markdown()
        assert all(f"| `{text}`" in page for text in render(DEFAULTS).values() if text)

    def test_has_words_for_every_type(self) -> None:
        """No type of value lacks words for the page."""
        from counterfoil.settings._reference import _VALUE_WORDS

        assert set(_VALUE_WORDS) == set(OptionType) - {OptionType.CHOICE}


def _valid(value: Any, schema: dict[str, Any]) -> bool:
    """Validate the part of JSON Schema that the settings use."""
    if "anyOf" in schema:
        return any(_valid(value, part) for part in schema["anyOf"])
    if "oneOf" in schema:
        return [part["const"] for part in schema["oneOf"]].count(value) == 1
    kinds = {"string": str, "boolean": bool, "integer": int, "array": list, "object": dict}
    if schema["type"] == "null":
        return value is None
    if not isinstance(value, kinds[schema["type"]]):
        return False
    if isinstance(value, str):
        is_long_enough: bool = (
            schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", 10**6)
        )
        return is_long_enough and re.search(schema.get("pattern", ""), value) is not None
    if isinstance(value, list):
        fits: bool = len(value) <= schema.get("maxItems", 10**6)
        return fits and all(_valid(entry, schema["items"]) for entry in value)
    if isinstance(value, dict):
        names = schema["properties"]
        return set(schema["required"]) == set(value) and all(
            _valid(value[name], names[name]) for name in names
        )
    if isinstance(value, bool):
        return True
    return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
