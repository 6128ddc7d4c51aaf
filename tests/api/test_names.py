"""Both sides' lists side by side over the JSON API."""

from __future__ import annotations

from counterfoil.api import tokens
from counterfoil.documents import Employee
from counterfoil.hub.scopes import Scope
from tests.hub.test_told_lists import hours, learn, see
from tests.sandboxes.quickbooks_desktop.desk import customer
from tests.support.visitors import Visitor
from tests.support.world import World

CUSTOMERS = "/links/1/names/customers"


def test_lists_are_compared_decided_and_taken_back(program: Visitor, world: World) -> None:
    """The same verbs as on the command line: compare, decide, list, undo."""
    world.enter_books(customer("Zephyr"))
    world.orders(1)
    world.sync()
    rows = program.get(CUSTOMERS)["rows"]
    assert rows
    first = next(each for each in rows if each["likeness"] == "none")
    said = {"rows": [{"id": first["id"], "decision": "leave"}]}
    assert program.post(CUSTOMERS, said) == {"decided": {"leave": 1}}
    [row] = program.get("/links/1/names")["decided"]
    assert (row["name"], row["decision"]) == (first["name"], "leave")
    told = program.post("/links/1/names/undo", {"ids": [row["id"]]})
    assert told["sentences"] == [f"The customer “{first['name']}” is undecided again."]
    assert program.get("/links/1/names")["decided"] == []
    assert len(program.get("/links/1/names", all=True)["decided"]) == 1


def test_what_does_not_fit_is_a_conflict(program: Visitor, world: World) -> None:
    """409: a record that is not there; nothing is taken."""
    world.orders(1)
    world.sync()
    answer = program.ask("POST", CUSTOMERS, {"rows": [{"id": "Nobody", "decision": "add"}]})
    assert answer.status_code == 409
    assert "no customer of this identity or name" in answer.json()["error"]["message"]
    assert program.get("/links/1/names")["decided"] == []


def test_names_that_documents_told_are_decided_alike(program: Visitor, world: World) -> None:
    """Which lists there are is told; a worker is linked and taken back by name."""
    learn(world, Employee(id="E-1", name="Alves, Rita", full_name="Alves, Rita"))
    see(world, hours("Rita Alves"))
    lists = {each["word"]: each for each in program.get("/links/1/names/lists")["lists"]}
    assert lists["employees"]["held"] == "documents"
    assert lists["accounts"]["needs"] == "administer"
    path = "/links/1/names/employees"
    [row] = program.get(path)["rows"]
    assert (row["id"], row["near"]) == ("Rita Alves", ["Alves, Rita"])
    said = {"rows": [{"id": row["id"], "decision": "link", "record": "Alves, Rita"}]}
    assert program.post(path, said) == {"decided": {"link": 1}}
    told = program.post(f"{path}/undo", {"ids": [row["id"]]})
    assert told["sentences"] == ["The employee “Rita Alves” is looked up by its name again."]


def test_settings_need_the_scope_of_settings(program: Visitor, world: World) -> None:
    """403 for whoever may decide only; 409 where the link has no such list."""
    operator = Visitor(world.hub)
    _number, token = tokens.add(world.hub, "decides", "tests", scope=Scope.OPERATE)
    operator.http.headers["Authorization"] = f"Bearer {token}"
    said = {"rows": [{"id": "stock-count-out.adjustment_account", "decision": "leave"}]}
    for path, body in (("", said), ("/undo", {"ids": ["x"]})):
        answer = operator.ask("POST", f"/links/1/names/accounts{path}", body)
        assert answer.status_code == 403
        assert "administer" in answer.json()["error"]["message"]
    assert program.ask("POST", "/links/1/names/accounts", said).status_code == 409
