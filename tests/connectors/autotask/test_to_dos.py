"""To-dos whose answers tell of others: nobody else's is touched, and none is added twice."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from counterfoil.connectors.autotask import Autotask, Tenant
from counterfoil.engine.operations import Busy, CreateToDo, Done, FindToDo
from tests.connectors.autotask.builders import ask, expect, items, scripted
from tests.connectors.autotask.conftest import NEW_YORK, MakeClient

KEY = "mark-1"
OURS = {"id": 5, "activityDescription": f"Look [{KEY}]", "completedDate": None}
OTHERS = {"id": 6, "activityDescription": "Call Ada", "completedDate": None}
NEW = CreateToDo(
    id="1",
    key=KEY,
    text="Look",
    action_type="To-do",
    assignee="Ada Byron",
    due=datetime(2026, 3, 2, tzinfo=UTC),
)


def desk(make_client: MakeClient, *found: dict[str, Any]) -> Autotask:
    """A service desk that answers every question with the same to-dos."""
    transport, _ = scripted(*[items(*found) for _ in range(9)])
    return Autotask(make_client(transport), Tenant(zone=NEW_YORK))


def test_ours_is_found(make_client: MakeClient) -> None:
    """By its mark, though it comes twice."""
    assert expect(Done, ask(desk(make_client, OURS, OURS), FindToDo(id="1", key=KEY))).id == "5"


def test_another_s_is_not_taken_for_ours(make_client: MakeClient) -> None:
    """Where the mark that was asked for was passed over: it would be completed in the end."""
    expect(Busy, ask(desk(make_client, OTHERS), FindToDo(id="1", key=KEY)))


def test_none_is_added_beside_what_was_not_asked_for(make_client: MakeClient) -> None:
    """Ours may be there, and was not told."""
    expect(Busy, ask(desk(make_client, OTHERS, OURS), NEW))
