"""A shop floor whose lists show open orders only: what closes is not taken for cancelled."""

from __future__ import annotations

import pytest

from counterfoil.documents import DocumentKind
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
