"""The history of transfers as a table: filtered, printed as CSV, written as a workbook."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.cli.conftest import Keyboard
from tests.support.world import World


@pytest.fixture
def traded(world: World) -> World:
    """Two orders are in the books, two are refused for their customer's name is a formula."""
    world.orders(2)
    world.sync()
    world.set("sales-order-out.create_missing_customers=false")
    world.order("SO-9", "=SUM(A1)", "2 PART-1 1.25")
    world.order("20.10", "=SUM(A1)", "1 PART-1 1.25")
    world.sync()
    return world


def printed(at_hub: Keyboard, *words: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(at_hub.type("transfers", *words, "--csv").stdout)))


def opened(file: Path) -> list[tuple[Any, ...]]:
    [sheet] = openpyxl.load_workbook(file).worksheets
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


def test_both_sides_stand_in_a_line(at_hub: Keyboard, traded: World) -> None:
    """H1: number, party, amount and day of the source, and what it became."""
    rows = {each["number"]: each for each in printed(at_hub)}
    assert len(rows) == 4
    done = next(each for each in rows.values() if each["state"] == "done")
    assert done["became"] == "sales-order"
    assert float(done["amount"]) == float(done["there_total"])
    assert rows["SO-9"]["party"] == "'=SUM(A1)"
    assert rows["SO-9"]["cause"] == "record-unknown"
    assert rows["SO-9"]["cure"]


def test_a_workbook_holds_texts_as_texts(at_hub: Keyboard, traded: World, tmp_path: Path) -> None:
    """What looks like a formula or an amount and is a name stays one; amounts are numbers."""
    file = tmp_path / "history.xlsx"
    at_hub.type("transfers", "--xlsx", str(file))
    header, *rows = opened(file)
    party, amount = header.index("party"), header.index("amount")
    assert "=SUM(A1)" in [row[party] for row in rows]
    assert all(isinstance(row[amount], float) for row in rows)
    assert "20.10" in [row[header.index("number")] for row in rows]
    assert [cell.data_type for cell in openpyxl.load_workbook(file).active[4]][party] == "s"
    told = at_hub.type("transfers", "--csv", "--xlsx", str(file), code=2)
    assert "Give one of --json, --csv and --xlsx." in told.stderr


def test_a_file_that_is_there_is_left(at_hub: Keyboard, traded: World, tmp_path: Path) -> None:
    """Nothing is written over, and what cannot be written says why."""
    file = tmp_path / "history.xlsx"
    file.write_text("mine")
    assert "is there already" in at_hub.type("transfers", "--xlsx", str(file), code=2).stderr
    assert file.read_text() == "mine"
    nowhere = str(tmp_path / "no" / "history.xlsx")
    assert "cannot be written" in at_hub.type("transfers", "--xlsx", nowhere, code=2).stderr


def test_what_one_cause_stopped(at_hub: Keyboard, traded: World) -> None:
    """H5: found by the cause's code, and tried again by it, others left as they are."""
    found = at_hub.read("transfers", "--cause", "record-unknown")["transfers"]
    assert [each["number"] for each in found] == ["SO-9", "20.10"]
    first = at_hub.read("transfers", "--cause", "record-unknown", "--limit", "1")
    assert (len(first["transfers"]), first["next"]) == (1, found[0]["id"])
    assert at_hub.read("transfers", "--cause", "number-taken")["transfers"] == []
    refused = at_hub.type("retry", "--link", "1", "--cause", "number-taken", code=2)
    assert "What there is: record-unknown" in refused.stderr
    released = at_hub.read("retry", "--link", "1", "--cause", "record-unknown")["released"]
    assert released == [each["id"] for each in found]
    assert "give --link" in at_hub.type("retry", "--cause", "record-unknown", "1", code=2).stderr


def test_since_a_day(at_hub: Keyboard, traded: World) -> None:
    """Only what came where it stands on that day or later."""
    today = traded.clock.now().date()
    assert len(printed(at_hub, "--since", str(today.replace(day=1)))) == 4
    assert printed(at_hub, "--since", str(today.replace(year=today.year + 1))) == []
    shown = at_hub.type("transfers", "--since", str(today.replace(day=1)), "--limit", "2").stdout
    assert "There may be more: --after 2" in shown
