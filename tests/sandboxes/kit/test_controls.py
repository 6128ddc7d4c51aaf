"""The door for tests, as any stand-in opens it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from fastapi import APIRouter, FastAPI, HTTPException
from starlette.testclient import TestClient

from counterfoil.sandboxes.kit import ArmedFault, Door, FaultPlan, SandboxClock


class Fault(ArmedFault, frozen=True, forbid_unknown_fields=True):
    """A fault with a colour."""

    colour: str


def settings(fields: dict[str, object]) -> dict[str, object]:
    if "speed" in fields:
        raise ValueError("there is no speed")
    return {"size": 1, **fields}


@pytest.fixture
def http() -> Iterator[TestClient]:
    """A stand-in that is nothing but its door."""
    router, plan, clock = APIRouter(), FaultPlan[Fault](), SandboxClock(lambda: 1000.0)
    saved: list[str] = []
    door = Door(
        router,
        lock=nullcontext(),
        refused=lambda words: HTTPException(422, words),
        missing=lambda words: HTTPException(404, words),
    )
    door.faults(plan, Fault, lambda armed: {"armed": armed})
    door.clock(clock, lambda: {"unix": clock()})
    door.settings(settings)
    door.saves(lambda: saved, saved.append, lambda name: saved.remove(_known(name, saved)))
    app = FastAPI()
    app.include_router(router)
    with TestClient(app) as client:
        yield client


def _known(name: str, saved: list[str]) -> str:
    if name not in saved:
        raise KeyError(name)
    return name


def test_faults_are_armed_listed_and_cleared(http: TestClient) -> None:
    """What is armed is shown as it will strike, and gone when cleared."""
    armed = http.post("/faults", json={"colour": "red", "count": None})
    assert (armed.status_code, armed.json()["count"]) == (201, None)
    assert http.get("/faults").json()["armed"] == [{"colour": "red", "count": None, "skip": 0}]

    assert http.delete("/faults").status_code == 204

    assert http.get("/faults").json() == {"armed": []}


@pytest.mark.parametrize(
    "path, body, word",
    [
        ("/faults", {}, "colour"),
        ("/faults", {"colour": "red", "speed": 1}, "speed"),
        ("/faults", {"colour": "red", "count": "many"}, "count"),
        ("/clock", {"advance_s": "soon"}, "advance_s"),
        ("/clock", {"set": "2025-03-04T10:00:00"}, "set"),
        ("/clock", {"forward": 3}, "forward"),
        ("/saves", {"name": ""}, "name"),
        ("/saves", {}, "name"),
    ],
)
def test_a_wrong_request_is_told_what_is_wrong(
    http: TestClient, path: str, body: dict[str, object], word: str
) -> None:
    """The stand-in's own refusal carries words that name the field."""
    answer = http.post(path, json=body)

    assert answer.status_code == 422
    assert word in answer.json()["detail"]


@pytest.mark.parametrize(
    "body, unix",
    [
        ({"advance_s": 60}, 1060.0),
        ({"advance_s": -86400}, -85400.0),
        ({"advance-seconds": 0.5}, 1000.5),
        ({"unix": 5000, "advance_s": 1}, 5001.0),
        ({"set": "1970-01-01T02:00:00+01:00"}, 3600.0),
        ({}, 1000.0),
    ],
)
def test_the_clock_is_moved(http: TestClient, body: dict[str, object], unix: float) -> None:
    """To a moment, then on; the answer and every later look show where it is."""
    assert http.post("/clock", json=body).json() == {"unix": unix}
    assert http.get("/clock").json() == {"unix": unix}


def test_settings_are_replaced(http: TestClient) -> None:
    """The answer shows all of them; a wrong one is refused in its own words."""
    assert http.patch("/settings", json={"colour": "red"}).json() == {"size": 1, "colour": "red"}

    refused = http.patch("/settings", json={"speed": 3})

    assert (refused.status_code, refused.json()["detail"]) == (422, "there is no speed")


def test_states_are_saved_and_brought_back(http: TestClient) -> None:
    """A name that was saved can be restored; another one is not there."""
    assert http.post("/saves", json={"name": "monday"}).status_code == 201
    assert http.get("/saves").json() == ["monday"]

    assert http.post("/saves/monday/restore").json() == {"name": "monday"}

    assert http.post("/saves/sunday/restore").status_code == 404
