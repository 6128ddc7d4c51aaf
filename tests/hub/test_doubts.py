"""Settings that disagree with what the books hold: people are warned."""

from __future__ import annotations

import pytest

from counterfoil.documents import Account
from counterfoil.hub import desk
from counterfoil.ledger import directory
from tests.support.world import World

_ID = "sales-order-out.income_account_id"
_NAME = "sales-order-out.income_account"


@pytest.mark.parametrize(
    "name, is_read, is_warned",
    [("Sales", True, True), ("sales:GOODS", True, False), ("Sales", False, False)],
)
def test_doc_1_id_and_full_name_disagree(
    world: World, name: str, *, is_read: bool, is_warned: bool
) -> None:
    """DOC-1: of two accounts the id counts, with a warning; an unread list says nothing."""
    if is_read:
        goods = Account(id="80000001-1", name="Goods", full_name="Sales:Goods")
        with world.hub.database.writing() as tx:
            directory.learn(tx, world.books_id, [goods], run=1)
    world.set(f"{_ID}=80000001-1", f"{_NAME}={name}")
    told = desk.doubts_of(world.hub, world.link)

    assert len(told) == is_warned
    if is_warned:
        assert "80000001-1 is the account “Sales:Goods”" in told[0]
        assert "the id counts" in told[0]
