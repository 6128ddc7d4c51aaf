"""Pages of names: both sides' lists beside each other, decided in bulk before the first document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest

from counterfoil.api import tokens
from counterfoil.documents import Account, AccountType, Employee
from counterfoil.engine.counterparts import Decision
from counterfoil.hub import desk
from counterfoil.hub.desk import Said
from counterfoil.hub.scopes import Scope
from counterfoil.ledger.database import sqlite_url
from tests.hub.test_told_lists import hours, learn, see
from tests.sandboxes.quickbooks_desktop import desk as books
from tests.support.visitors import Visitor
from tests.support.world import ACTOR, World, open_world

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
VENDORS = "/links/1/names/vendors"


@pytest.fixture(scope="module")
def starting(sqlite_tables: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Books with three vendors: the shop floor knows one by name and one nearly so."""
    file = tmp_path_factory.mktemp("names") / "hub.db"
    file.write_bytes(sqlite_tables)
    with open_world(sqlite_url(file)) as world:
        world.enter_books(
            books.vendor("Millwright Tools"),
            books.vendor("Granite & Sons"),
            books.vendor("Zephyr Air Freight"),
        )
        world.enter("suppliers", code="MILLWRIGHT TOOLS", name="Millwright")
        world.enter("suppliers", code="Granite and Sons Ltd", name="Granite")
        desk.names_page(world.hub, world.link, "vendors")
        world.sync()
        yield world


@pytest.fixture
def visitor(starting: World) -> Iterator[Visitor]:
    """Somebody who may decide; what was decided is taken back afterwards."""
    yield Visitor(starting.hub).sign_in(starting.hub)
    said = [each.id for each in desk.said_rows(starting.hub, starting.link)]
    desk.take_back_counterparts(starting.hub, starting.link, said, ACTOR)


def text_of(visitor: Visitor, path: str, status: int = 200) -> str:
    answer = visitor.http.get(path)
    assert answer.status_code == status, answer.text
    return unescape(answer.text)


def post(visitor: Visitor, path: str, **fields: str | list[str]) -> tuple[int, str]:
    answer = visitor.http.post(path, data=fields, headers=SAME_SITE)
    return answer.status_code, answer.headers.get("location") or unescape(answer.text)


def id_of(world: World, name: str) -> str:
    rows = desk.names_page(world.hub, world.link, "vendors").rows
    return next(each.id for each in rows if each.name == name)


def decided(world: World) -> dict[str, str]:
    return {each.name: each.decision for each in desk.said_rows(world.hub, world.link)}


# --- Looking ------------------------------------------------------------------------------


def test_what_is_open_comes_first_with_what_is_like_it(visitor: Visitor) -> None:
    """A near name is filled in and ticked; what is the same is not in the way."""
    shown = text_of(visitor, VENDORS)
    assert 'value="Granite and Sons Ltd"' in shown
    assert re.search(r'name="pick"[^>]* checked aria-label="Tick Granite & Sons"', shown)
    assert "Zephyr Air Freight" in shown
    assert "nothing there is like it" in shown
    assert "Millwright Tools" not in shown


@pytest.mark.parametrize(
    "query, told",
    [
        ("?fits=same", "the same name"),
        ("?fits=&of=operations", "Granite and Sons Ltd"),
        ("?fits=&q=zephyr", "Zephyr Air Freight"),
        ("?fits=&q=nobody", "No name here has “nobody” in it"),
        ("?fits=decided", "None here"),
        ("?fits=strange", "to decide"),
    ],
)
def test_a_list_is_narrowed(visitor: Visitor, query: str, told: str) -> None:
    """By how names fit, by side, and by part of a name."""
    assert told in text_of(visitor, VENDORS + query)


def test_records_of_the_other_side_are_offered(visitor: Visitor) -> None:
    """While somebody types; what is no list of both sides, or no page of one, is said so."""
    shown = text_of(visitor, "/links/1/names/vendors/search?q=gran")
    assert "Granite and Sons Ltd" in shown
    text_of(visitor, "/links/1/names/ship-methods", 404)
    text_of(visitor, VENDORS + "?after=nonsense", 409)


# --- Deciding -----------------------------------------------------------------------------


def test_suggestions_are_linked_at_once_and_taken_back(visitor: Visitor, starting: World) -> None:
    """First what is about to be said, then the notice with its way back."""
    granite = id_of(starting, "Granite & Sons")
    fields: dict[str, str | list[str]] = {
        "do": "link",
        "pick": [granite],
        f"to:{granite}": "Granite and Sons Ltd",
        f"called:{granite}": "Granite & Sons",
        "fits": "open",
    }
    status, shown = post(visitor, VENDORS, **fields)
    assert status == 200
    assert "Link 1 vendors?" in shown or "Link 1 vendor?" in shown
    assert decided(starting) == {}
    status, to = post(visitor, VENDORS, **fields, sure="yes")
    assert (status, decided(starting)) == (303, {"Granite & Sons": "link"})
    notice = text_of(visitor, to)
    assert "1 record is linked." in notice
    assert 'action="/links/1/names/vendors/undo"' in notice
    assert "Granite and Sons Ltd" in text_of(visitor, VENDORS + "?fits=decided")
    status, to = post(visitor, f"{VENDORS}/undo", pick=[granite])
    assert (status, decided(starting)) == (303, {})
    assert "is undecided again" in text_of(visitor, to)
    assert post(visitor, f"{VENDORS}/undo", pick=[granite])[0] == 409


@pytest.mark.parametrize(
    "do, told", [("add", "Add 1 vendor to Shop floor?"), ("leave", "Leave 1 vendor as")]
)
def test_what_is_not_there_is_added_or_left(
    visitor: Visitor, starting: World, do: str, told: str
) -> None:
    """Each says what it does before it is done."""
    zephyr = id_of(starting, "Zephyr Air Freight")
    assert told in post(visitor, VENDORS, do=do, pick=[zephyr])[1]
    assert post(visitor, VENDORS, do=do, pick=[zephyr], sure="yes")[0] == 303
    assert decided(starting) == {"Zephyr Air Freight": do}


@pytest.mark.parametrize(
    "fields, told",
    [
        ({"do": "link"}, "Nothing is ticked yet."),
        ({"do": "link", "pick": ["V"], "called:V": "Voss"}, "Say which record it is: Voss."),
        ({"do": "strange", "pick": ["V"]}, "Choose what shall be done"),
        (
            {"do": "link", "pick": ["V"], "to:V": "Nobody", "sure": "yes"},
            "has no vendor of this identity",
        ),
    ],
)
def test_what_does_not_fit_is_said_and_typed_text_kept(
    visitor: Visitor, fields: dict[str, str | list[str]], told: str
) -> None:
    """Nothing is decided then."""
    status, shown = post(visitor, VENDORS, **fields)
    assert status == 400
    assert told in shown


def test_of_two_who_decide_the_second_hears_of_the_first(visitor: Visitor, starting: World) -> None:
    """Two records of the books cannot be one supplier: the sentence says what was decided."""
    record = "Granite and Sons Ltd"
    first = Said(id="Granite & Sons", decision=Decision.LINK, record=record)
    desk.say_counterparts(starting.hub, starting.link, "vendors", [first], "berta")
    zephyr = id_of(starting, "Zephyr Air Freight")
    fields: dict[str, str | list[str]] = {"do": "link", "pick": [zephyr], f"to:{zephyr}": record}
    status, shown = post(visitor, VENDORS, **fields, sure="yes")
    assert status == 400
    assert "it would be the same record of the other side" in shown


# --- Files --------------------------------------------------------------------------------


def test_a_list_goes_out_and_comes_back_decided(visitor: Visitor, starting: World) -> None:
    """The same table as at the command line; one row that does not fit keeps all from it."""
    table = visitor.http.get(f"{VENDORS}/export").text
    assert table.splitlines()[0] == "id,name,fits,record,near,decision,name_there"
    zephyr = id_of(starting, "Zephyr Air Freight")
    for row, status in ((f"{zephyr},leave", 303), ("nobody,leave", 400), (f"{zephyr},what", 400)):
        file = ("n.csv", f"id,decision\r\n{row}\r\n")
        answer = visitor.http.post(f"{VENDORS}/import", files={"file": file}, headers=SAME_SITE)
        assert answer.status_code == status, row
    assert decided(starting) == {"Zephyr Air Freight": "leave"}
    answer = visitor.http.get(f"{VENDORS}/export", params={"format": "xlsx"})
    assert answer.status_code == 200


# --- Names in documents and in settings ---------------------------------------------------


def test_a_name_is_chosen_for_all_documents_and_taken_back(
    visitor: Visitor, starting: World
) -> None:
    """What names of documents mean is listed, chosen and taken back."""
    path = "/links/1/names/chosen"
    assert "Nobody has chosen a name yet" in text_of(visitor, path)
    fields = {"kind": "vendor", "side": "books", "name": "Granit", "create_as": ""}
    status, shown = post(visitor, path, **fields, record="Granite & Son")
    assert status == 400
    assert "Did you mean: Granite & Sons" in shown
    assert 'value="Granit"' in shown
    assert "--record" not in post(visitor, path, **fields)[1]
    assert post(visitor, path, **fields, record="Granite & Sons") == (303, path)
    shown = text_of(visitor, path)
    assert "The vendor “Granit” is “Granite & Sons” in Books from now on." in shown
    assert visitor.http.get(f"{path}/export").text.count("Granit") == 2
    assert post(visitor, f"{path}/undo", kind="vendor", side="books", name="Granit")[0] == 303
    assert desk.chosen_names(starting.hub, starting.link) == []
    assert post(visitor, f"{path}/undo", kind="vendor", side="books", name="Granit")[0] == 409


def test_a_newer_decision_about_a_name_stays(visitor: Visitor, starting: World) -> None:
    """The way back of an older press puts nothing back, and says why."""
    path = "/links/1/names/chosen"
    name = {"kind": "vendor", "side": "books", "name": "Granit"}
    post(visitor, path, **name, record="Granite & Sons", create_as="")
    made = desk.name_choice(starting.hub, starting.link, "vendor", "Granit", "books")
    post(visitor, path, **name, record="", create_as="Granit GmbH")

    status, text = post(visitor, f"{path}/undo", **name, made_record=made.record or "")
    assert (status, "Somebody has decided since" in text) == (409, True)
    newer = {**name, "record": made.record or "", "made_create_as": "Granit GmbH"}
    assert post(visitor, f"{path}/undo", **newer)[0] == 303
    [chosen] = desk.chosen_names(starting.hub, starting.link)
    assert chosen.meaning == "Granite & Sons"
    desk.unmatch_name(starting.hub, starting.link, "vendor", "Granit", ACTOR)


def test_what_settings_name_is_held_beside_the_lists(visitor: Visitor, starting: World) -> None:
    """Each with the setting that names it and how it stands."""
    starting.set("sales-order-out.create_missing_items=true")
    shown = text_of(visitor, "/links/1/names/settings")
    assert "IncomeAccountFullName" in shown
    assert visitor.http.get("/links/1/names/settings/export").status_code == 200


# --- Lists of which one side has names only -----------------------------------------------


@pytest.fixture
def staffed(visitor: Visitor, starting: World) -> Visitor:
    """Two workers that documents named, and the employees and accounts of the books."""
    learn(
        starting,
        Employee(id="E-1", name="Alves, Rita", full_name="Alves, Rita"),
        Account(id="A-1", name="Shrinkage", full_name="Shrinkage", type=AccountType.EXPENSE),
    )
    see(starting, hours("Rita Alves"), hours("Zoe Quist"))
    return visitor


def test_workers_are_linked_after_the_effect_was_seen(staffed: Visitor, starting: World) -> None:
    """The page says what cannot be read; what is near is filled in, linked, and taken back."""
    path = "/links/1/names/employees"
    shown = text_of(staffed, path)
    assert "reads no list of workers from Fusion Operations" in shown
    assert 'value="Alves, Rita"' in shown
    assert "Those of operations" not in shown
    assert "Leave them" not in shown
    fields: dict[str, str | list[str]] = {
        "do": "link",
        "pick": ["Rita Alves"],
        "to:Rita Alves": "Alves, Rita",
    }
    assert (
        "every document that writes the name means this record" in post(staffed, path, **fields)[1]
    )
    assert desk.chosen_names(starting.hub, starting.link) == []
    status, to = post(staffed, path, **fields, sure="yes")
    assert status == 303
    notice = text_of(staffed, to)
    assert "1 employee is linked." in notice
    assert f'action="{path}/undo"' in notice
    assert "somebody linked them" in text_of(staffed, f"{path}?fits=decided")
    assert staffed.http.get(f"{path}/export").text.count("Alves") == 3
    assert post(staffed, f"{path}/undo", pick=["Rita Alves"])[0] == 303
    assert desk.chosen_names(starting.hub, starting.link) == []


def test_whoever_is_not_shown_is_entered(staffed: Visitor, starting: World) -> None:
    """By name, with what is missing said; the sure page names both."""
    path = "/links/1/names/employees"
    status, shown = post(staffed, path, do="enter", **{"to:entered": "Alves, Rita"})
    assert (status, "Say who or what it is." in shown) == (400, True)
    fields = {"do": "enter", "entered": "R. Alves", "to:entered": "Alves, Rita"}
    assert "R. Alves" in post(staffed, path, **fields)[1]
    fields = {"do": "link", "pick": "R. Alves", "to:R. Alves": "Alves, Rita", "sure": "yes"}
    assert post(staffed, path, **fields)[0] == 303
    [chosen] = desk.chosen_names(starting.hub, starting.link)
    assert (chosen.name, chosen.meaning) == ("R. Alves", "Alves, Rita")
    assert post(staffed, f"{path}/undo", pick=["R. Alves"])[0] == 303


def test_accounts_are_set_from_their_page(staffed: Visitor, starting: World) -> None:
    """What each is for, with what would fit; saved as settings, and put back as settings."""
    starting.set("general.time_zone=America/Chicago")
    path, key = "/links/1/names/accounts", "stock-count-out.adjustment_account"
    shown = text_of(staffed, f"{path}?fits=unset")
    assert "Adjustment Account: " in shown
    assert "nothing is set, and nothing has to be" in shown
    assert "Shrinkage" in text_of(staffed, f"{path}/search?to:x=shri")
    fields = {"do": "link", "pick": key, f"to:{key}": "Shrinkage", "sure": "yes"}
    status, to = post(staffed, path, **fields)
    assert status == 303
    assert 'action="/links/1/settings/versions/' in text_of(staffed, to)
    shown = text_of(staffed, f"{path}?fits=decided")
    assert "set, and there" in shown
    assert post(staffed, path, do="undo", pick=key)[0] == 303
    assert f'value="{key}"' not in text_of(staffed, f"{path}?fits=decided")


def test_settings_are_not_for_whoever_may_only_decide(staffed: Visitor, starting: World) -> None:
    """An operator links workers, and sees accounts without a form."""
    operator = Visitor(starting.hub)
    _number, token = tokens.add(starting.hub, "Olga", ACTOR, scope=Scope.OPERATE)
    operator.http.headers["Authorization"] = f"Bearer {token}"
    assert "Use these" not in text_of(operator, "/links/1/names/accounts?fits=")
    fields = {"do": "link", "pick": "stock-count-out.adjustment_account"}
    assert post(operator, "/links/1/names/accounts", **fields)[0] == 403
    assert post(operator, "/links/1/names/accounts/undo", **fields)[0] == 403
    assert "Link them" in text_of(operator, "/links/1/names/employees")
