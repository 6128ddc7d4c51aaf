"""``counterfoil names``: compare both sides' lists, decide in a spreadsheet, see and take back."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from counterfoil.documents import Account, Employee
from counterfoil.engine.counterparts import Decision
from counterfoil.hub import desk
from counterfoil.hub.desk import Said
from tests.cli.conftest import Keyboard
from tests.hub.test_told_lists import hours, learn, see
from tests.sandboxes.quickbooks_desktop.desk import vendor
from tests.support.world import ACTOR, World


@pytest.fixture
def read(world: World) -> World:
    """A company whose lists have been read once."""
    world.enter_books(vendor("Zephyr Air Freight"), vendor("Granite & Sons"), vendor("Millwright"))
    world.enter("suppliers", code="MILLWRIGHT", name="Millwright")
    world.enter("suppliers", code="Granite and Sons Ltd", name="Granite")
    world.sync()
    return world


def fits(at_hub: Keyboard) -> dict[str, str]:
    found = at_hub.read("names", "compare", "1", "vendors")
    return {each["name"]: each["likeness"] for each in found["rows"]}


def test_a_spreadsheet_goes_round(at_hub: Keyboard, read: World, tmp_path: Path) -> None:
    """W10, I3: what `compare --csv` prints is filled in and taken by `decide`, as spreadsheets save it."""
    text = at_hub.type("names", "compare", "1", "vendors", "--csv").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    for row in rows:
        if row["name"] == "Granite & Sons":
            row.update(decision="LINK", record=row["near"].split(";")[0])
        elif row["name"] == "Zephyr Air Freight":
            row.update(decision="add", name_there="Zephyr")
    file = tmp_path / "vendors.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as written:
        writer = csv.DictWriter(written, rows[0], delimiter=";")
        writer.writeheader()
        writer.writerows(rows)

    counted = at_hub.read("names", "decide", "1", "vendors", str(file))
    assert counted == {"decided": {"add": 1, "link": 1}}
    read.sync()

    shown = at_hub.read("names", "list", "1")["decided"]
    assert {each["name"]: (each["decision"], each["state"]) for each in shown} == {
        "Granite & Sons": ("link", "done"),
        "Zephyr Air Freight": ("add", "done"),
    }
    assert "Zephyr" in {each["code"] for each in read.operations.dump("suppliers")}
    assert fits(at_hub)["Granite & Sons"] == "decided"


def test_what_looks_like_a_formula_goes_round(
    at_hub: Keyboard, read: World, tmp_path: Path
) -> None:
    """What was defused for the spreadsheet means itself again when it comes back."""
    read.enter("suppliers", code="@Granite", name="Granite")
    read.clock.advance(hours=1)
    read.sync()
    text = at_hub.type("names", "compare", "1", "vendors", "--csv", "--of", "operations").stdout
    row = next(row for row in csv.DictReader(io.StringIO(text)) if row["name"] == "'@Granite")
    file = tmp_path / "vendors.csv"
    with file.open("w", encoding="utf-8", newline="") as written:
        writer = csv.DictWriter(written, row)
        writer.writeheader()
        writer.writerow({**row, "decision": "leave"})

    asked = ("names", "decide", "1", "vendors", str(file), "--of", "operations")
    assert at_hub.read(*asked) == {"decided": {"leave": 1}}


def test_what_is_shown_says_where_it_stands(at_hub: Keyboard, read: World) -> None:
    """The table counts first, and marks what is only alike as a question."""
    shown = at_hub.type("names", "compare", "1", "vendors").stdout
    assert "Books beside Shop floor:" in shown
    assert "Granite and Sons Ltd?" in shown
    only = at_hub.type("names", "compare", "1", "vendors", "--only", "same").stdout
    assert "Millwright" in only
    assert "Zephyr" not in only


def test_all_that_is_missing_is_added_and_taken_back(at_hub: Keyboard, read: World) -> None:
    """Without a file: all that nothing there is like; `undo` says what became of each."""
    at_hub.read("names", "decide", "1", "vendors", "--add-missing")
    numbers = {each["name"]: each["id"] for each in at_hub.read("names", "list", "1")["decided"]}
    assert "Granite & Sons" not in numbers
    told = at_hub.read("names", "undo", "1", str(numbers["Zephyr Air Freight"]))["told"]
    assert told == ["The vendor “Zephyr Air Freight” will not be added to Shop floor."]
    everything = at_hub.type("names", "list", "1", "--all").stdout
    assert "taken back" in everything


BAD_FILES = [
    (b"id,name\n1,Zephyr\n", "has no column “decision”"),
    (b"id,decision\n1,perhaps\n", "line 2: the decision is link, add or leave, not 'perhaps'"),
    (b"id,decision\n1,\n", "There is nothing to decide"),
    (b"id,decision\nNobody,add\n", "Nobody: Books has no vendor of this identity or name"),
    ("id,decision\nÉ,add\n".encode("latin-1"), "is not UTF-8"),
    (b'id,decision\n"1,add\n', "is no CSV"),
    (b"id,decision\n1\0,add\n", "character number 0"),
    (None, "cannot be read"),
]


def test_a_file_that_does_not_fit(at_hub: Keyboard, read: World, tmp_path: Path) -> None:
    """It names the file, the line and the cure, and nothing is taken."""
    for position, (content, told) in enumerate(BAD_FILES):
        file = tmp_path / f"decided-{position}.csv"
        if content is not None:
            file.write_bytes(content)
        answer = at_hub.type("names", "decide", "1", "vendors", str(file), code=2)
        assert told in answer.stderr
    assert at_hub.read("names", "list", "1") == {"decided": []}


BAD_WORDS = [
    ("compare 1 colours", "cannot be compared on this link"),
    ("compare 1 vendors --of left", "is no side of a link"),
    ("compare 1 vendors --only all", "--only is one of"),
    ("compare 1 vendors --csv --json", "not both"),
    ("decide 1 vendors", "--add-missing"),
    ("undo 1 7", "Nothing that holds has the number 7"),
]


def test_what_does_not_fit(at_hub: Keyboard, read: World) -> None:
    """Each mistake is told with what can be said instead."""
    for words, told in BAD_WORDS:
        answer = at_hub.type("names", *words.split(), code=2)
        assert told in answer.stdout + answer.stderr, words


def test_names_that_only_documents_tell(at_hub: Keyboard, world: World) -> None:
    """Which lists there are, what cannot be read of them, and a worker linked and taken back."""
    learn(world, Employee(id="E-1", name="Alves, Rita", full_name="Alves, Rita"))
    see(world, hours("Rita Alves"))
    shown = at_hub.type("names", "lists", "1").stdout
    assert "employees" in shown
    assert "reads no list of workers" in shown
    [row] = at_hub.read("names", "compare", "1", "employees")["rows"]
    assert (row["likeness"], row["near"]) == ("near", ["Alves, Rita"])
    desk.say_counterparts(
        world.hub,
        world.link,
        "employees",
        [Said(id="Rita Alves", decision=Decision.LINK, record="Alves, Rita")],
        ACTOR,
    )
    [row] = at_hub.read("names", "compare", "1", "employees", "--only", "decided")["rows"]
    assert row["record_name"] == "Alves, Rita"
    told = at_hub.type("names", "take-back", "1", "employees", "Rita Alves").stdout
    assert "is looked up by its name again" in told


def test_what_is_set_and_not_there(at_hub: Keyboard, world: World) -> None:
    """A name that only the settings give is not shown as if the books had it."""
    learn(world, Account(id="A-1", name="Inventory Shrinkage", full_name="Inventory Shrinkage"))
    world.set("stock-count-out.adjustment_account=Inventory Shrinkages")
    shown = at_hub.type("names", "compare", "1", "accounts").stdout
    assert "Inventory Shrinkages (not there); Inventory Shrinkage?" in shown
