"""``settings`` and ``flows``: what can be set, what is set, and by whom it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from counterfoil.settings import FLOWS, OPTIONS, Direction, SystemName, sections_for
from tests.cli.conftest import Keyboard
from tests.support.world import World


class TestSet:
    def test_what_was_set_is_shown(self, at_hub: Keyboard, world: World) -> None:
        """Every option is in the JSON; a value that was set is there as JSON."""
        before = at_hub.read("settings", "show", "1")["version"]
        made = at_hub.read(
            "settings",
            "set",
            "1",
            "sales-order-out.document-number=books",
            "general.time_zone=Europe/Paris",
        )
        shown = at_hub.read("settings", "show", "1")

        assert made["version"] == shown["version"] == before + 1
        assert set(shown["values"]) == set(OPTIONS)
        assert shown["values"]["general.time_zone"] == "Europe/Paris"
        assert shown["problems"] == []

    def test_one_bad_value_changes_nothing(self, at_hub: Keyboard, world: World) -> None:
        """All assignments are taken or none, and every problem is named with its cure."""
        before = at_hub.read("settings", "show", "1")
        done = at_hub.type(
            "settings",
            "set",
            "1",
            "general.time_zone=UTC",
            "sales-order-out.mode=sometimes",
            "sales-order-out.lines=3",
            code=2,
        )

        assert "sales-order-out.mode" in done.stderr
        assert "sales-order-out.lines" in done.stderr
        assert at_hub.read("settings", "show", "1") == before

    def test_the_text_shows_what_differs(self, at_hub: Keyboard, world: World) -> None:
        """Defaults are left out, and shown with --all."""
        keys = [
            line.split("\t")[0]
            for line in at_hub.type("settings", "show", "1").stdout.splitlines()[1:]
        ]
        everything = at_hub.type("settings", "show", "1", "--all").stdout.splitlines()[1:]

        assert "sales-order-out.mode" not in keys or "sales-order-out.income_account" in keys
        others = (None, SystemName.FUSION_OPERATIONS, SystemName.QUICKBOOKS_DESKTOP)
        sections = sections_for(*others[1:])
        assert len(keys) < len(everything)
        assert len(everything) == sum(
            row.only_with in others and row.section in sections for row in OPTIONS.values()
        )


class TestElsewhere:
    def test_an_export_is_imported(self, at_hub: Keyboard, world: World, tmp_path: Path) -> None:
        """The document brings every value back, from a file and from standard input."""
        file = tmp_path / "settings.json"
        at_hub.type("settings", "export", "1", str(file))
        values = at_hub.read("settings", "show", "1")["values"]
        at_hub.type("settings", "set", "1", "general.time_zone=Europe/Zurich")
        at_hub.type("settings", "import", "1", str(file))

        assert at_hub.read("settings", "show", "1")["values"] == values
        text = at_hub.type("settings", "export", "1").stdout
        assert text == file.read_text("utf-8")
        again = at_hub.read("settings", "import", "1", "-", keys=text)
        assert again["version"] == at_hub.read("settings", "show", "1")["version"]

    @pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": "other"}', "\x00"])
    def test_another_file_is_refused(self, at_hub: Keyboard, world: World, text: str) -> None:
        """What Counterfoil did not export changes nothing, and the sentence says so."""
        before = at_hub.read("settings", "show", "1")["version"]
        done = at_hub.read("settings", "import", "1", "-", keys=text, code=2)

        assert done["error"]["kind"] == "usage"
        assert at_hub.read("settings", "show", "1")["version"] == before

    def test_a_missing_file_is_named(self, at_hub: Keyboard, world: World) -> None:
        """The sentence names the file that cannot be read."""
        done = at_hub.type("settings", "import", "1", "absent.json", code=2)

        assert "absent.json" in done.stderr


class TestHistory:
    def test_it_tells_who_changed_what(self, at_hub: Keyboard, world: World) -> None:
        """Each version has its author and what changed, before and after."""
        at_hub.type("settings", "set", "1", "general.time_zone=Europe/Zurich")
        versions = at_hub.read("settings", "history", "1")["versions"]

        assert [each["version"] for each in versions] == list(range(1, len(versions) + 1))
        (change,) = versions[-1]["changes"]
        assert (change["key"], change["after"]) == ("general.time_zone", "Europe/Zurich")
        assert versions[-1]["author"]


class TestFlows:
    def test_every_flow_of_every_pairing_is_listed(self, keyboard: Keyboard) -> None:
        """W7: planned ones included; no database is needed for it."""
        found = keyboard.read("flows")["flows"]

        assert len(found) == sum(len(flow.pairings) for flow in FLOWS.values())
        built = {each["flow"] for each in found if each["is_built"]}
        assert {"sales-order-out", "sales-order-in"} <= built
        assert {each["direction"] for each in found} == set(Direction)

    def test_options_have_label_help_and_default(self, keyboard: Keyboard) -> None:
        """What a form needs is there, and no value of any link."""
        found = keyboard.read("flows")["flows"]
        options = next(each for each in found if each["flow"] == "sales-order-out")["options"]

        assert options
        for option in options:
            assert option["label"]
            assert option["help"]
            assert "default" in option
            assert "value" not in option

    def test_the_text_names_options_on_request(self, keyboard: Keyboard) -> None:
        """With --options each option stands there with its choices."""
        text = keyboard.type("flows", "--options").stdout

        assert "sales-order-out.customer_name" in text
        assert "client_code" in text


def test_json_is_one_value_on_one_line(keyboard: Keyboard) -> None:
    """Output with --json is read line by line by scripts."""
    done = keyboard.type("flows", "--json")

    assert done.stdout.count("\n") == 1
    assert isinstance(json.loads(done.stdout), dict)


class TestCheck:
    def test_what_settings_name_is_held_beside_the_lists(
        self, at_hub: Keyboard, world: World
    ) -> None:
        """Each name, how it stands, and names that are like one that is not there."""
        world.sync()
        world.set("sales-order-out.create_missing_items=true")
        world.set("sales-order-out.income_account=Sales:Goodz")
        names = {each["key"]: each for each in at_hub.read("settings", "check", "1")["names"]}

        assert names["sales-order-out.income_account"]["standing"] == "not found"
        assert "Near: Sales:Goods" in at_hub.type("settings", "check", "1").stdout
