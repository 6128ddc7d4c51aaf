"""Lists for people: whatever is asked for together, the page holds what fits, in order."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from counterfoil.engine.life import State
from counterfoil.engine.transfers import Transfer
from counterfoil.ledger import Database, connections, transfers
from counterfoil.settings import FlowName
from tests.ledger.builders import SALES_ORDER, World, settle_world
from tests.support.builders import NOW

FLOWS = (FlowName.SALES_ORDER_OUT, FlowName.SALES_ORDER_IN)
STATES = (State.DONE, State.SKIPPED, State.REFUSED, State.READY)


@pytest.fixture
def many(ledger: Database) -> list[Transfer]:
    """Transfers of two links and flows, in four states each, mixed."""
    world = settle_world(ledger)
    with ledger.writing() as tx:
        other = connections.add(
            tx, system="fusion-operations", name="Other Works", parameters={}, created_at=NOW
        )
        second = connections.add_link(
            tx, name="Other", operations_id=other, books_id=world.books, created_at=NOW
        )
    return _filled(world, (world.link, second))


def _filled(world: World, links: tuple[int, int]) -> list[Transfer]:
    world.begin("SO0")
    row = world.all()[0].document_row
    kinds = list(product(range(2), STATES, FLOWS, links))
    with world.ledger.writing() as tx:
        transfers.begin(
            tx,
            [
                Transfer(
                    id=0,
                    link=link,
                    flow=flow.value,
                    document_row=row,
                    part=f"{turn}{state.value}",
                    target=world.books,
                    target_kind=SALES_ORDER,
                    number=f"N{turn}-{position}",
                    state=state,
                    state_since=NOW,
                )
                for position, (turn, state, flow, link) in enumerate(kinds)
            ],
        )
    return world.all()


WANTED: list[dict[str, Any]] = [
    dict(zip(("link_id", "flow", "states"), each, strict=True))
    for each in product(
        (None, 1, 2),
        (None, FLOWS[0].value),
        (
            (),
            (State.DONE,),
            (State.SKIPPED,),
            (State.READY, State.SKIPPED),
            (State.DONE, State.READY),
        ),
    )
]


def test_whatever_is_sought_together(ledger: Database, many: list[Transfer]) -> None:
    """Each page of each list holds the first that fit, by their ids."""
    with ledger.reading() as tx:
        for wanted in WANTED:
            fitting = [
                each.id
                for each in many
                if wanted["link_id"] in (None, each.link)
                and wanted["flow"] in (None, each.flow)
                and (not wanted["states"] or each.state in wanted["states"])
            ]
            first = transfers.search(tx, **wanted, limit=3)
            after = first[-1].transfer.id
            following = transfers.search(tx, **wanted, limit=100, after=after)
            found = [each.transfer.id for each in (*first, *following)]
            assert (len(first), found) == (min(3, len(fitting)), fitting), wanted


def test_with_a_part_of_the_number(ledger: Database, many: list[Transfer]) -> None:
    """A part of the number is looked for within the list."""
    with ledger.reading() as tx:
        found = transfers.search(tx, link_id=2, states=[State.DONE], text="n1-")

    assert [each.transfer.id for each in found] == [
        each.id
        for each in many
        if each.link == 2 and each.state is State.DONE and (each.number or "").startswith("N1-")
    ]
