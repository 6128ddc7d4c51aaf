"""A shop floor whose lists show open orders only: what closes is not taken for cancelled."""

from __future__ import annotations

import httpx2
import pytest

from counterfoil.documents import DocumentKind
from counterfoil.hub import desk
from counterfoil.ledger import documents
from tests.support.world import World


@pytest.mark.parametrize("custom", ["listed", "on-request"])
def test_an_order_that_is_shipped_stays_as_it_was_sent(world: World, custom: str) -> None:
    """It closes and leaves the list; it is read once more, as closed, and is not gone."""
    world.operations.settings(closed_orders=custom)
    first, second = world.orders(2)
    world.sync()
    world.operations.control("POST", "/companies/acme/ship", {"order": first})
    for _ in range(2):
        world.clock.advance(hours=1)
        world.operations.token = ""
        world.sync()

    assert world.states() == {first: "done", second: "done"}
    assert world.numbers_booked() == {first: 1, second: 1}
    with world.hub.database.reading() as tx:
        known = documents.seen_fingerprints(
            tx, world.operations_id, DocumentKind.SALES_ORDER, [world.source_ids[first]]
        )
    (seen,) = known.values()
    assert (seen.status, seen.is_gone) == ("closed", False)


class Alone:
    """Between the hub and the service: what it answers to the question for one order."""

    def __init__(self, world: World, number: str) -> None:
        self._path = f"/sales-orders/{world.source_ids[number]}"
        self._beyond = world.shop_line.handle_request
        self.status, self.text = 200, ""
        world.shop_line.handle_request = self._answer  # type: ignore[method-assign]

    def end(self) -> None:
        """Let the service itself answer again."""
        self._path = "nobody asks"

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        if request.method != "GET" or not request.url.path.endswith(self._path):
            return self._beyond(request)
        return httpx2.Response(self.status, content=self.text.encode(), request=request)


@pytest.mark.parametrize(
    "status, text, why",
    [
        (500, "oops", "Fusion Operations had an error of its own"),
        (403, "", "Fusion Operations does not let this API key do that"),
        (400, "{}", "Fusion Operations refused"),
        (200, "<html>", "no JSON"),
        (200, "", "the answer is empty, or tells of another one"),
        (200, "null", "the answer is empty, or tells of another one"),
        (204, "", "the answer is empty, or tells of another one"),
        (200, '{"id": 1, "code": "SO-9"}', "the answer is empty, or tells of another one"),
    ],
)
def test_one_that_cannot_be_read_alone(world: World, status: int, text: str, why: str) -> None:
    """It is told, and not taken for deleted; all other orders go on being read and written."""
    world.operations.settings(closed_orders="on-request")
    first, second = world.orders(2)
    world.sync()
    alone = Alone(world, first)
    alone.status, alone.text = status, text
    world.operations.control("POST", "/companies/acme/ship", {"order": first})
    world.clock.advance(hours=1)
    world.operations.token = ""
    (third,) = world.orders(1, first=3)
    world.sync()

    assert world.states() == {first: "done", second: "done", third: "done"}
    assert world.numbers_booked() == {first: 1, second: 1, third: 1}
    told = next(each for each in desk.unreadables(world.hub) if each.kind == "sales-order")
    assert told.document_id == world.source_ids[first]
    assert why in told.problem
    alone.end()
    world.clock.advance(hours=1)
    world.operations.token = ""
    world.sync()
    assert desk.unreadables(world.hub) == []
