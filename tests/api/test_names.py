"""Both sides' lists side by side over the JSON API."""

from __future__ import annotations

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
