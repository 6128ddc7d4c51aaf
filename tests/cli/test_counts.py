"""``send LINK stock-count`` and ``counts``: stock as people send it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import openpyxl

from tests.cli.conftest import Keyboard
from tests.support.world import World

ACCOUNT = "stock-count-out.adjustment_account=Inventory Asset"


def stocked(world: World) -> None:
    """The shop floor knows a bolt, and the hub does, too."""
    world.enter("products", code="BOLT", name="A bolt")
    world.read_operations()


class TestSend:
    def test_without_an_account_the_cure_is_told(self, at_hub: Keyboard, world: World) -> None:
        """STOCK-1, B13: refused before any call; the option and the setting are named."""
        stocked(world)
        told = at_hub.read("send", "1", "stock-count", "--all", "--known", code=2)["error"]

        assert "--account" in told["message"]
        assert "stock-count-out.adjustment_account" in told["message"]

    def test_a_press_is_shown_with_what_was_asked(self, at_hub: Keyboard, world: World) -> None:
        """Account and memo as set, or as named with the press (STOCK-1, STOCK-2)."""
        stocked(world)
        world.set(ACCOUNT)
        press = at_hub.read("send", "1", "stock-count", "--all", "--known")["press"]
        words = ("--known", "--account", "Losses", "--memo", "March")
        named = at_hub.read("send", "1", "stock-count", "BOLT", *words)["press"]

        newest, oldest = at_hub.read("counts", "1")["counts"]
        assert (newest["id"], newest["account"], newest["memo"]) == (named, "Losses", "March")
        assert (oldest["id"], oldest["account"], oldest["products"]) == (
            press,
            "Inventory Asset",
            None,
        )
        assert "is being asked how much" in at_hub.type("counts", "1", str(press)).stdout

    def test_what_is_meant_must_be_clear(self, at_hub: Keyboard, world: World) -> None:
        """Neither codes nor all, an unknown code, an account for an order: code 2."""
        stocked(world)
        world.set(ACCOUNT)
        for words in (
            ("send", "1", "stock-count"),
            ("send", "1", "stock-count", "SCREW"),
            ("send", "1", "sales-order", "--all", "--account", "Losses"),
            ("counts", "1", "7"),
        ):
            at_hub.read(*words, code=2)
        assert at_hub.read("counts", "1")["counts"] == []

    def test_a_preview_is_a_press_that_writes_nothing(self, at_hub: Keyboard, world: World) -> None:
        """Without an adjustment: it is told as what it is, and how to see what it came to."""
        stocked(world)
        world.set(ACCOUNT)
        told = at_hub.type("counts", "1", "--preview").stdout
        shown = at_hub.read("counts", "1")["counts"][0]

        assert shown["is_preview"]
        assert f"counterfoil counts 1 {shown['id']}" in told


def test_h1_the_history_of_synchronizations_goes_to_a_spreadsheet(
    at_hub: Keyboard, world: World, tmp_path: Path
) -> None:
    """H1: all presses as a table, and one of them with what differs and what was left out."""
    stocked(world)
    world.set(ACCOUNT)
    at_hub.type("counts", "1", "--preview")
    world.settle()
    [press] = csv.DictReader(io.StringIO(at_hub.type("counts", "1", "--csv").stdout))
    [row] = csv.DictReader(io.StringIO(at_hub.type("counts", "1", press["id"], "--csv").stdout))
    at_hub.type("counts", "1", press["id"], "--xlsx", str(tmp_path / "count.xlsx"))
    [sheet] = openpyxl.load_workbook(tmp_path / "count.xlsx").worksheets

    assert (press["is_preview"], press["looked_at"]) == ("True", "1")
    assert row["product"] == "BOLT"
    assert row["left_out"] or row["difference"]
    assert [cell.value for cell in sheet[1]] == [*row]
    both = at_hub.type("counts", "1", "--csv", "--json", code=2)
    assert "Give one of --json, --csv and --xlsx." in both.stdout + both.stderr


def test_only_autotask_has_a_checklist_of_its_link(at_hub: Keyboard, world: World) -> None:
    """For a link of Fusion Operations there are no steps, and it says where the books' stand."""
    assert at_hub.read("links", "checklist", "1")["steps"] == []
    shown = at_hub.type("links", "checklist", "1").stdout
    assert "counterfoil connections checklist" in shown
