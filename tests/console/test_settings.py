"""Pages of settings: shown from their declarations, changed only after what changes was seen."""

from __future__ import annotations

import re
from html import unescape

import pytest

from counterfoil.hub import desk, views
from counterfoil.settings import SECTIONS, export_document
from tests.support.visitors import Visitor
from tests.support.world import ACTOR, World

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
SALES = "/links/1/settings/sales-order-out"
GENERAL = "/links/1/settings/general"
MODE = "sales-order-out.mode"
QUIET = "general.quiet_minutes"


def text_of(visitor: Visitor, path: str, status: int = 200) -> str:
    answer = visitor.http.get(path)
    assert answer.status_code == status, answer.text
    return unescape(answer.text)


def post(visitor: Visitor, path: str, **fields: str) -> tuple[int, str]:
    """Send a form; gives the status, and where it leads or what it shows."""
    answer = visitor.http.post(path, data=fields, headers=SAME_SITE)
    return answer.status_code, answer.headers.get("location") or unescape(answer.text)


def hidden(shown: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', shown)
    return found[1] if found else ""


def value(world: World, key: str) -> object:
    return views.settings_of(world.hub, world.link)[0].value(key)


# --- Looking ------------------------------------------------------------------------------


@pytest.mark.parametrize("section", [each for each in SECTIONS if each != "bill-in"])
def test_every_section_is_a_page(reader: Visitor, section: str) -> None:
    """Made from the declarations, whatever kinds of fields stand there."""
    shown = text_of(reader, f"/links/1/settings/{section}")
    assert f'name="{section}.' in shown


def test_a_section_of_other_systems_is_not_there(reader: Visitor) -> None:
    """QuickBooks Desktop gives no bills back."""
    text_of(reader, "/links/1/settings/bill-in", 404)


@pytest.mark.parametrize(
    "told",
    [
        "When, and what it becomes",
        "Counts only while",
        "Changed",
        "Default",
        "Nothing is changed.",
    ],
)
def test_a_section_explains_itself(reader: Visitor, told: str) -> None:
    """Headings, what depends on what, and what differs from the defaults."""
    assert told in text_of(reader, SALES)


# --- Changing -----------------------------------------------------------------------------


def test_what_changes_is_shown_before_it_is_saved(program: Visitor, world: World) -> None:
    """Looked at first: the difference, and what it does to what waits; then saved, with a way back."""
    world.set("sales-order-out.mode=manual")
    world.orders(2)
    world.read_operations()
    seen = hidden(text_of(program, SALES), "seen")
    status, shown = post(program, SALES, **{MODE: "automatic", "seen": seen, "step": "save"})
    assert status == 200
    assert "Before you save: 1 change" in shown
    assert "2 documents that wait for somebody become ready to send." in shown
    assert value(world, MODE) == "manual"
    fields = {MODE: "automatic", "seen": seen, "looked": hidden(shown, "looked"), "step": "save"}
    assert post(program, SALES, **fields) == (303, SALES)
    assert value(world, MODE) == "automatic"
    assert set(world.states().values()) == {"ready"}
    notice = text_of(program, SALES)
    assert "1 setting saved." in notice
    back = re.search(r'action="(/links/1/settings/versions/\d+)"', notice)
    assert back is not None
    assert post(program, back[1], of=hidden(notice, "of"), back=SALES) == (303, SALES)
    assert value(world, MODE) == "manual"


def test_pressed_twice_it_is_saved_once(program: Visitor, world: World) -> None:
    """The second press finds nothing to change, and leads to the same page."""
    seen = hidden(text_of(program, GENERAL), "seen")
    _status, shown = post(program, GENERAL, **{QUIET: "7", "seen": seen})
    fields = {QUIET: "7", "seen": seen, "looked": hidden(shown, "looked"), "step": "save"}
    assert post(program, GENERAL, **fields) == (303, GENERAL)
    version = views.settings_of(world.hub, world.link)[1]
    assert post(program, GENERAL, **fields) == (303, GENERAL)
    assert views.settings_of(world.hub, world.link)[1] == version


def test_another_change_than_was_looked_at_is_shown_first(program: Visitor, world: World) -> None:
    """Whoever changes one more field after looking looks once more."""
    status, shown = post(program, GENERAL, **{QUIET: "7", "step": "look"})
    fields = {QUIET: "9", "looked": hidden(shown, "looked"), "step": "save"}
    status, shown = post(program, GENERAL, **fields)
    assert status == 200
    assert "Before you save" in shown
    assert value(world, QUIET) != 9


@pytest.mark.parametrize(
    "key, typed, told",
    [
        (QUIET, "soon", "is not a whole number"),
        (QUIET, "99", "is out of bounds"),
        ("general.time_zone", "Atlantis/Deep", "Atlantis/Deep"),
        ("general.window_start", "07:00", "s empty while the other end"),
    ],
)
def test_a_fault_stands_beside_its_field(
    program: Visitor, world: World, key: str, typed: str, told: str
) -> None:
    """Everything typed is kept, and nothing is saved."""
    before = views.settings_of(world.hub, world.link)[1]
    status, shown = post(program, GENERAL, **{key: typed, "step": "save"})
    assert status == 400
    assert told in shown
    assert f'value="{typed}"' in shown
    assert "to be put right first" in shown
    assert views.settings_of(world.hub, world.link)[1] == before


def test_of_two_who_save_the_second_sees_what_the_first_did(program: Visitor, world: World) -> None:
    """Both changes are kept, and neither is made unseen."""
    page = text_of(program, GENERAL)
    world.set("general.window_start=07:00", "general.window_end=19:00")
    fields = {QUIET: "7", "general.window_start": "", "general.window_end": ""}
    looked = {"seen": hidden(page, "seen"), "step": "save"}
    status, shown = post(program, GENERAL, **fields, **looked)
    assert status == 200
    assert f"{ACTOR} saved these settings meanwhile" in shown
    assert "07:00" in shown
    again = {"seen": hidden(shown, "seen"), "looked": hidden(shown, "looked"), "step": "save"}
    kept = {QUIET: "7", "general.window_start": "07:00", "general.window_end": "19:00"}
    assert post(program, GENERAL, **kept, **again)[0] == 303
    assert value(world, QUIET) == 7
    assert str(value(world, "general.window_start")) == "07:00:00"


def test_a_field_is_put_back_to_its_default(program: Visitor, world: World) -> None:
    """A button beside it fills the default in; it is saved as every change."""
    world.set(f"{QUIET}=9")
    _status, shown = post(program, GENERAL, **{QUIET: "9", "put_back": QUIET})
    assert "Before you save: 1 change" in shown
    assert f'name="{QUIET}" value="5"' in shown


def test_a_name_that_is_not_there_is_told_and_may_be_saved(program: Visitor, world: World) -> None:
    """The list may be older than the record: it is said, and whoever knows better saves."""
    world.sync()
    fields = {
        "sales-order-out.create_missing_items": "true",
        "sales-order-out.income_account": "Sales:Goodz",
    }
    _status, shown = post(program, SALES, **fields, step="look")
    assert "Books has no account “Sales:Goodz”." in shown
    assert "Near: " in shown
    assert "Save all the same" in shown
    told = {"looked": hidden(shown, "looked"), "step": "save"}
    assert post(program, SALES, **fields, **told)[0] == 303


def test_pairs_are_read_and_shown_again(program: Visitor, world: World) -> None:
    """Row by row, with characters that have a meaning elsewhere; a half row says what is missing."""
    key = "sales-order-out.channel_customers"
    rows = [
        (f"{key}:0", "eBay; UK"), (f"{key}:1", "Web=Shop"), (f"{key}:0", "Half"), (f"{key}:1", ""),
        ("sales-order-out.customer_name", "channel_customer"), ("step", "save"),
    ]  # fmt: skip
    answer = program.http.post(
        SALES, content="&".join(f"{k}={v.replace(' ', '+').replace('=', '%3D')}" for k, v in rows),
        headers={**SAME_SITE, "content-type": "application/x-www-form-urlencoded"},
    )  # fmt: skip
    assert answer.status_code == 400
    shown = unescape(answer.text)
    assert all(f'value="{each}"' in shown for each in ("eBay; UK", "Web=Shop", "Half"))


# --- Type-ahead ---------------------------------------------------------------------------


def test_names_are_offered_from_the_lists(program: Visitor, world: World) -> None:
    """Below the field from the beginning, and as somebody types."""
    world.set("sales-order-out.create_missing_items=true")
    world.sync()
    assert '<option value="Sales:Goods">' in text_of(program, SALES)
    key = "sales-order-out.income_account"
    found = text_of(program, f"/links/1/settings/search?key={key}&mark=here&{key}=goods")
    assert '<datalist id="here">' in found
    assert "Sales:Goods" in found
    text_of(program, "/links/1/settings/search?key=general.time_zone", 409)


# --- Proposals, history, files ---------------------------------------------------------------


def test_a_mode_is_switched_by_one_page(program: Visitor, world: World) -> None:
    """What switching it does is shown, and leads back to where it was pressed."""
    shown = text_of(program, f"/links/1/settings/propose?{MODE}=off&back=/links/1")
    assert "Change the settings: 1 change" in shown
    fields = {MODE: "off", "looked": hidden(shown, "looked"), "back": "/links/1"}
    assert post(program, "/links/1/settings/propose", **fields) == (303, "/links/1")
    assert value(world, MODE) == "off"
    assert "The settings say so already." in text_of(
        program, f"/links/1/settings/propose?{MODE}=off"
    )


def test_an_earlier_version_is_looked_at_and_taken_back(program: Visitor, world: World) -> None:
    """History tells who changed what; a version comes back by the same page of differences."""
    world.set(f"{QUIET}=9")
    version = views.settings_of(world.hub, world.link)[1]
    history = text_of(program, "/links/1/settings/history")
    assert f"Version {version}" in history
    assert ACTOR in history
    shown = text_of(program, f"/links/1/settings/versions/{version - 1}")
    assert f"Go back to version {version - 1}: 1 change" in shown
    fields = {QUIET: "5", "looked": hidden(shown, "looked")}
    assert post(program, "/links/1/settings/propose", **fields)[0] == 303
    assert value(world, QUIET) == 5
    text_of(program, "/links/1/settings/versions/99", 404)


def test_taking_back_what_somebody_changed_again_is_refused(program: Visitor, world: World) -> None:
    """An old notice does not undo what came after it."""
    world.set(f"{QUIET}=9")
    version = views.settings_of(world.hub, world.link)[1]
    world.set(f"{QUIET}=11")
    path = f"/links/1/settings/versions/{version - 1}"
    assert post(program, path, of=str(version))[0] == 409
    assert value(world, QUIET) == 11


def test_settings_go_out_and_come_back_as_a_file(program: Visitor, world: World) -> None:
    """What an imported file changes is seen before it is saved; what is no file of ours is said."""
    world.set(f"{QUIET}=9")
    document = program.http.get("/links/1/settings/export").text
    assert document == export_document(
        views.settings_of(world.hub, world.link)[0],
        program_version="0.1.0",
        link="Shop floor ↔ Books",
    )
    world.set(f"{QUIET}=11")
    path = "/links/1/settings/import"
    answer = program.http.post(path, files={"file": ("s.json", document)}, headers=SAME_SITE)
    assert "Import settings: 1 change" in answer.text
    assert value(world, QUIET) == 11
    for spoilt in ("", "no json", b"\xff\xfe"):
        answer = program.http.post(path, files={"file": ("s.json", spoilt)}, headers=SAME_SITE)
        assert answer.status_code == 400


@pytest.mark.parametrize("as_", ["csv", "xlsx"])
def test_history_is_exported(reader: Visitor, as_: str) -> None:
    """Each change is a row."""
    answer = reader.http.get("/links/1/settings/history/export", params={"format": as_})
    assert answer.status_code == 200


def test_an_operator_looks_only(calm: World, reader: Visitor) -> None:
    """Settings are changed by owners: the fields are there, and nothing to save them with."""
    desk.settings_effect(calm.hub, calm.link, views.settings_of(calm.hub, calm.link)[0])
    assert "Look at the changes" in text_of(reader, SALES)
