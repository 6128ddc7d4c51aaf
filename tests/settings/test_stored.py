"""Settings in the ledger and in the hands of people."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.settings import (
    DEFAULTS,
    OPTIONS,
    FlowMode,
    SalesOrderOut,
    Settings,
    Unreadable,
    decode_settings,
    encode_settings,
    export_document,
    import_document,
    parse_assignments,
)

from .strategies import FEWER
from .strategies import settings as any_settings

NEWER = '{"sales-order-out.mode": "off", "sales-order-out.colour": {"warm": 1.50}}'


def with_newer(settings: Settings) -> Settings:
    return msgspec.structs.replace(
        settings,
        unreadable=(
            Unreadable("general.phase_of_moon", '"full"'),
            Unreadable("sales-order-out.document_number", '["per", "customer", 1.50]'),
        ),
    )


class TestStored:
    def test_writes_defaults_too(self) -> None:
        """What a version meant does not change when a later program has other defaults."""
        assert list(json.loads(encode_settings(DEFAULTS))) == list(OPTIONS)

    def test_missing_keys_take_defaults(self) -> None:
        """A record of a version with fewer options still reads."""
        loaded = decode_settings('{"sales-order-out.mode": "automatic"}')
        assert loaded.problems == ()
        assert loaded.settings == Settings(sales_order_out=SalesOrderOut(mode=FlowMode.AUTOMATIC))

    def test_settings_of_the_first_version_take_the_defaults(self) -> None:
        """What the first version stored or exported knows no changes: they are on request."""
        new = {"general.quiet_minutes"}
        new |= {f"sales-order-out.{n}" for n in ("changes", "cancellations", "cancelled_way")}
        new |= {f"sales-order-in.{n}" for n in ("changes", "cancellations")}
        stored = json.loads(encode_settings(DEFAULTS))
        first = {key: value for key, value in stored.items() if key not in new}
        assert len(first) == len(stored) - len(new)

        assert decode_settings(json.dumps(first)).settings == DEFAULTS
        assert decode_settings(json.dumps(first)).problems == ()
        assert import_document(_document(first)) == DEFAULTS

    def test_keeps_and_reports_what_it_does_not_know(self) -> None:
        """A newer version's key is told, kept to the digit, and written back."""
        loaded = decode_settings(NEWER)
        (problem,) = loaded.problems
        assert problem.key == "sales-order-out.colour"
        assert "does not know" in problem.problem
        assert loaded.settings.sales_order_out.mode is FlowMode.OFF
        assert '"sales-order-out.colour":{"warm": 1.50}' in encode_settings(loaded.settings)

    def test_keeps_and_reports_a_newer_choice(self) -> None:
        """A value this version cannot read is told and kept; setting it anew replaces it."""
        loaded = decode_settings('{"sales-order-out.document_number": "per_customer"}')
        (problem,) = loaded.problems
        assert problem.key == "sales-order-out.document_number"
        assert "per_customer" in encode_settings(loaded.settings)
        anew = parse_assignments(["sales-order-out.document_number=books"], loaded.settings)
        assert anew == DEFAULTS

    def test_reports_what_does_not_fit_together(self) -> None:
        """Values that each read but do not fit together are told when loaded."""
        loaded = decode_settings('{"general.window_start": "22:00"}')
        assert [problem.key for problem in loaded.problems] == ["general.window_end"]

    @pytest.mark.parametrize(
        "text", ["", "[]", "null", "{", "7", '{"a": 1, "a": 2}', '{"a":' * 9999]
    )
    def test_raises_on_what_is_not_ours(self, text: str) -> None:
        """Something that is no JSON object was not written by this program."""
        with pytest.raises(ValueError, match=r"."):
            decode_settings(text)

    @FEWER
    @given(any_settings())
    def test_reads_back(self, settings: Settings) -> None:
        """Any settings, with what a newer version left, are read back equal."""
        assert decode_settings(encode_settings(settings)).settings == settings
        assert decode_settings(encode_settings(settings)).problems == ()
        plain = parse_assignments(["sales-order-out.document_number=books"], settings)
        assert isinstance(plain, Settings)
        assert decode_settings(encode_settings(with_newer(plain))).settings == with_newer(plain)


class TestDocument:
    def test_names_format_program_and_link(self) -> None:
        """A reader sees what the document is, who wrote it and for which link."""
        text = export_document(DEFAULTS, program_version="9.8.7", link="Harbour Bakery")
        document = json.loads(text)
        assert list(document) == ["format", "format_version", "program_version", "link", "values"]
        assert document["format"] == "counterfoil-settings"
        assert document["program_version"] == "9.8.7"
        assert list(document["values"]) == list(OPTIONS)
        assert text.endswith("}\n")
        assert text == export_document(DEFAULTS, program_version="9.8.7", link="Harbour Bakery")

    def test_claims_no_value_it_could_not_read(self) -> None:
        """A value of a newer version goes along as kept, not as our default."""
        document = json.loads(export_document(with_newer(DEFAULTS), program_version="1"))
        assert "sales-order-out.document_number" not in document["values"]
        assert document["kept"]["sales-order-out.document_number"] == ["per", "customer", 1.5]

    def test_missing_keys_take_defaults(self) -> None:
        """A document of an older version, or one cut down by hand, is taken."""
        assert import_document(_document({"sales-order-out.mode": "off"})) == Settings(
            sales_order_out=SalesOrderOut(mode=FlowMode.OFF)
        )

    @pytest.mark.parametrize(
        "values, key",
        [
            ({"sales-order-out.mood": "off"}, "sales-order-out.mood"),
            ({"sales-order-out.mode": "sometimes"}, "sales-order-out.mode"),
            ({"general.window_end": "06:00"}, "general.window_start"),
            ({"receipts-out.mode": "manual"}, "receipts-out.mode"),
            ([], "values"),
        ],
    )
    def test_bad_keys_are_problems(self, values: Any, key: str) -> None:
        """Nothing of a document with a mistake is taken, and the mistake is named."""
        result = import_document(_document(values))
        assert isinstance(result, list)
        assert [problem.key for problem in result] == [key]

    @pytest.mark.parametrize(
        "text, key",
        [
            ("", "document"),
            ("[1]", "document"),
            ('{"name": "package"}', "document"),
            ('{"format": "counterfoil-settings", "format_version": 2}', "format_version"),
            ('{"format": "counterfoil-settings"}', "format_version"),
            ('{"format": "counterfoil-settings", "format": "x"}', "document"),
            ("x" * 1_000_001, "document"),
        ],
    )
    def test_other_files_are_told_apart(self, text: str, key: str) -> None:
        """A file that is no export of ours, or of another format, is refused with a cure."""
        result = import_document(text)
        assert isinstance(result, list)
        (problem,) = result
        assert problem.key == key
        assert problem.cure

    def test_twins_within_values_are_refused(self) -> None:
        """A hand-edited document that gives one key twice is not guessed at."""
        text = _document({"sales-order-out.mode": "off"}).replace(
            '"sales-order-out.mode": "off"',
            '"sales-order-out.mode": "off", "sales-order-out.mode": "manual"',
        )
        result = import_document(text)
        assert isinstance(result, list)
        assert "stands there twice" in result[0].problem

    def test_accepts_a_byte_order_mark(self) -> None:
        """A document saved by an editor of Windows is taken."""
        text = export_document(DEFAULTS, program_version="1")
        assert import_document("\ufeff" + text) == DEFAULTS

    def test_takes_up_what_the_writer_could_not_read(self) -> None:
        """What an older version merely kept becomes a value where it is known."""
        text = _document({}, kept={"sales-order-out.mode": "off", "general.moon": "new"})
        settings = import_document(text)
        assert isinstance(settings, Settings)
        assert settings.sales_order_out.mode is FlowMode.OFF
        assert settings.unreadable == (Unreadable("general.moon", '"new"'),)

    @FEWER
    @given(any_settings(), st.booleans())
    def test_import_undoes_export(self, settings: Settings, newer: bool) -> None:
        """Whatever the settings, what was exported is imported equal, to the last byte."""
        if newer:
            plain = parse_assignments(["sales-order-out.document_number=books"], settings)
            assert isinstance(plain, Settings)
            settings = with_newer(plain)
        text = export_document(settings, program_version="0.1.0")
        again = import_document(text)
        assert isinstance(again, Settings)
        assert [e.key for e in again.unreadable] == [e.key for e in settings.unreadable]
        assert msgspec.structs.replace(again, unreadable=()) == msgspec.structs.replace(
            settings, unreadable=()
        )
        assert export_document(again, program_version="0.1.0") == text


def _document(values: Any, **more: Any) -> str:
    head = {"format": "counterfoil-settings", "format_version": 1, "program_version": "0"}
    return json.dumps({**head, "values": values, **more})
