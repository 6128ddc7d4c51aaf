"""The inbox over the JSON API: the same cases and cures, with the scopes they need."""

from __future__ import annotations

import pytest

from counterfoil.api import tokens
from counterfoil.hub.scopes import Scope
from tests.sandboxes.quickbooks_desktop.desk import customer
from tests.support.visitors import Visitor
from tests.support.world import World


@pytest.fixture
def stopped(world: World) -> World:
    """A company with an order for a customer that the books know by another name."""
    world.set("sales-order-out.create_missing_customers=false")
    world.enter_books(customer("PICNIC"))
    world.order("SO-1", "PICNIC-LTD", "2 BOLT 1.50")
    world.sync()
    return world


def test_cases_with_their_cures(reader: Visitor) -> None:
    """A case says what, who acts, which documents, and what each cure would do."""
    (case,) = reader.get("/inbox")["cases"]

    assert (case["kind"], case["code"], case["acts"]) == ("refused", "record-unknown", "bookkeeper")
    assert [each["number"] for each in case["documents"]] == ["SO-2"]
    assert case["cures"][0]["asks"] == "record"
    assert case["cures"][-1]["effect"][0].startswith("1 order, 2.00, goes nowhere")
    assert reader.get(f"/inbox/{case['key']}")["key"] == case["key"]
    assert reader.get("/inbox", acts="operations") == {"cases": []}
    assert reader.ask("GET", "/inbox/0123456789").status_code == 404


def test_cured_and_taken_back(stopped: World) -> None:
    """A cure answers with its own way back, which takes it back."""
    program = Visitor(stopped.hub).sign_in(stopped.hub)
    (case,) = program.get("/inbox")["cases"]
    key, tokens_seen = case["key"], [each["token"] for each in case["documents"]]
    names = program.get(f"/inbox/{key}/candidates")["candidates"]
    assert [each["full_name"] for each in names] == ["PICNIC"]

    body = {"choice": "use-record", "documents": tokens_seen}
    cured = program.post(f"/inbox/{key}/cure", body)
    assert cured["sentence"] == "SO-1 is on its way to QuickBooks as “PICNIC”."
    again = program.post(f"/inbox/{key}/cure", body)
    assert (again["is_done"], again["undo"]) == (False, None)
    told = program.post("/inbox/undo", {"undo": cured["undo"]})
    assert "looked up by its name again" in told["sentence"]
    assert program.ask("POST", "/inbox/undo", {"undo": {"name": "dance"}}).status_code == 400


def test_a_setting_needs_more_than_operating(stopped: World) -> None:
    """A token that may operate may not change a setting by a cure."""
    _number, token = tokens.add(stopped.hub, "operator", "tests", scope=Scope.OPERATE)
    operator = Visitor(stopped.hub)
    operator.http.headers["Authorization"] = f"Bearer {token}"
    (case,) = operator.get("/inbox")["cases"]
    choice = next(each for each in case["cures"] if each["needs"] == "administer")

    answer = operator.ask("POST", f"/inbox/{case['key']}/cure", {"choice": choice["choice"]})
    assert answer.status_code == 403
    assert "administer" in answer.text
